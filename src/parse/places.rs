//! Where each value of a spec stands, by JSON pointer.

use std::collections::HashMap;
use std::ops::Range;

use serde_json::{Map, Number, Value};

use super::tree::{Kind, Node};
use crate::source::{Excerpt, SourceFile, Span};

#[derive(Clone, Debug)]
struct Place {
    key: Option<Span>,
    value: Span,
    pieces: Vec<(usize, usize)>,
    /// A number as it is written.
    number: Option<String>,
}

/// The way back from a value to its place.
#[derive(Clone, Debug)]
pub struct Places {
    places: HashMap<String, Place>,
    /// Where an environment removed keys; none where none has been laid over the spec.
    removed: Option<HashMap<String, Span>>,
    environment: Option<Span>,
    start: Span,
    is_part: bool,
}

/// A key as a step of a JSON pointer (RFC 6901).
pub fn step(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

impl Places {
    /// Lowers a tree to a JSON value and remembers the places.
    pub fn lower(node: &Node, file: &SourceFile) -> (Value, Self) {
        let start = file.first_line();
        let mut places =
            Self { places: HashMap::new(), removed: None, environment: None, start, is_part: false };
        let value = places.value_of(node, None, String::new(), file);
        (value, places)
    }

    fn value_of(&mut self, node: &Node, key: Option<Span>, pointer: String, file: &SourceFile) -> Value {
        let mut pieces = Vec::new();
        let value = match &node.kind {
            Kind::Null => Value::Null,
            Kind::Bool(value) => Value::Bool(*value),
            Kind::Integer(value) => Value::Number((*value).into()),
            Kind::Float(value) => Number::from_f64(*value).map_or(Value::Null, Value::Number),
            Kind::String(value, found) => {
                pieces.clone_from(found);
                Value::String(value.clone())
            }
            Kind::Sequence(items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| self.value_of(item, None, format!("{pointer}/{index}"), file))
                .collect(),
            Kind::Mapping(entries) => {
                let mut map = Map::new();
                for entry in entries {
                    let pointer = format!("{pointer}/{}", step(&entry.key));
                    let key = file.span(entry.key_range.clone());
                    map.insert(entry.key.clone(), self.value_of(&entry.value, Some(key), pointer, file));
                }
                Value::Object(map)
            }
        };
        let span = file.span(node.range.clone());
        let number = value.is_number().then(|| file.text()[node.range.clone()].trim().to_owned());
        self.places.insert(pointer, Place { key, value: span, pieces, number });
        value
    }

    /// The places of a part of a spec, which an environment lays over it.
    pub(super) fn of_part(self) -> Self {
        Self { is_part: true, ..self }
    }

    /// Whether these are the places of a part of a spec alone.
    pub(super) fn is_part(&self) -> bool {
        self.is_part
    }

    /// Keeps in mind where the environment that has been laid over the spec removed keys.
    pub(super) fn remember(
        &mut self,
        environment: Span,
        removed: Vec<(String, Range<usize>)>,
        file: &SourceFile,
    ) {
        self.environment = Some(environment);
        let places = removed.into_iter().map(|(pointer, range)| (pointer, file.span(range)));
        self.removed = Some(places.collect());
    }

    /// Whether an environment has been laid over the spec. A `null` that is left then met nothing.
    pub(super) fn is_overlaid(&self) -> bool {
        self.removed.is_some()
    }

    /// Whether a key is written in the spec itself, and not in the environment that has been laid over it.
    pub fn is_below_environment(&self, pointer: &str) -> bool {
        let Some(part) = self.environment else { return false };
        let key = self.key(pointer);
        self.is_written(pointer) && !(part.start <= key.start && key.end <= part.end)
    }

    /// Where an environment removed the key of a pointer, if it did.
    pub fn removed(&self, pointer: &str) -> Option<Span> {
        self.removed.as_ref()?.get(pointer).copied()
    }

    /// The pointer, or that of the nearest part of the spec that would hold its value; `None` for the spec itself.
    pub fn nearest<'p>(&self, pointer: &'p str) -> Option<&'p str> {
        let mut pointer = pointer;
        while !pointer.is_empty() && !self.is_written(pointer) {
            pointer = &pointer[..pointer.rfind('/')?];
        }
        (!pointer.is_empty()).then_some(pointer)
    }

    /// The key at a pointer; for what is not written, the key of what would hold it.
    pub fn key(&self, pointer: &str) -> Span {
        match self.places.get(pointer) {
            Some(Place { key: Some(key), .. }) => *key,
            Some(Place { value, .. }) if !pointer.is_empty() => *value,
            _ => match pointer.rfind('/') {
                Some(at) => self.key(&pointer[..at]),
                None => self.start,
            },
        }
    }

    /// Whether there is something at a pointer.
    pub fn is_written(&self, pointer: &str) -> bool {
        self.places.contains_key(pointer)
    }

    /// The value at a pointer; for what is not written, the key of what would hold it.
    pub fn value(&self, pointer: &str) -> Span {
        match self.places.get(pointer) {
            Some(place) if !pointer.is_empty() => place.value,
            _ => self.key(pointer),
        }
    }

    /// The number at a pointer as it is written, which its value does not tell: `1.10` is another version than `1.1`.
    pub(super) fn number(&self, pointer: &str) -> Option<&str> {
        self.places.get(pointer)?.number.as_deref()
    }

    /// A text value with the way back into the file.
    pub fn excerpt(&self, pointer: &str, text: &str) -> Excerpt {
        let pieces = self.places.get(pointer).map(|place| place.pieces.clone()).unwrap_or_default();
        Excerpt::pieces(text.to_owned(), self.value(pointer), pieces)
    }
}
