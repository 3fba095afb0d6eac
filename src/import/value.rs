//! A value of a file that describes applications, whatever the file's format.

use crate::source::Span;

/// Longest text that is put together from parts, bytes: more than a file may have as a whole.
const TEXT_BYTES_MAX: usize = 1 << 20;

/// A value with its place.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) kind: Kind,
    pub(super) span: Span,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// Nothing is written.
    Absent,
    Text(Text),
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
}

impl Value {
    pub(super) fn text_of(text: Text, span: Span) -> Self {
        Self { kind: Kind::Text(text), span }
    }

    /// The value of a key, which has another name in each format. Of a list, that of its first value: blocks of
    /// Terraform are lists of one.
    pub(super) fn get(&self, keys: &[&str]) -> Option<&Self> {
        match &self.kind {
            Kind::Map(entries) => entries
                .iter()
                .find(|(key, value)| keys.contains(&key.as_str()) && !matches!(value.kind, Kind::Absent))
                .map(|(_, value)| value),
            Kind::List(items) => items.first()?.get(keys),
            Kind::Absent | Kind::Text(_) => None,
        }
    }

    /// The values of a list, or the one value.
    pub(super) fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::List(items) => items,
            Kind::Absent => &[],
            Kind::Text(_) | Kind::Map(_) => std::slice::from_ref(self),
        }
    }

    pub(super) fn text(&self) -> Option<&Text> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a key.
    pub(super) fn text_at(&self, keys: &[&str]) -> Option<Placed> {
        let value = self.get(keys)?;
        Some(Placed { text: value.text()?.clone(), span: value.span })
    }
}

/// A text and its place.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) text: Text,
    pub(super) span: Span,
}

/// A text, perhaps with parts that the file does not hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Text {
    parts: Vec<Part>,
    /// Of all parts.
    bytes: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Known(String),
    /// What the file names in its place: a parameter, a resource, a function.
    Unknown(String),
}

impl Text {
    pub(super) fn known(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { bytes: text.len(), parts: vec![Part::Known(text)] }
    }

    pub(super) fn unknown(reference: impl Into<String>) -> Self {
        let reference = reference.into();
        Self { bytes: reference.len(), parts: vec![Part::Unknown(reference)] }
    }

    /// Appends a text. One that grows beyond all files is unknown as a whole.
    pub(super) fn append(&mut self, other: Self) {
        self.bytes += other.bytes;
        if self.bytes > TEXT_BYTES_MAX {
            *self = Self::unknown("a string of more than 1 MiB");
            return;
        }
        for part in other.parts {
            match (self.parts.last_mut(), part) {
                (Some(Part::Known(before)), Part::Known(more)) => before.push_str(&more),
                (_, part) => self.parts.push(part),
            }
        }
    }

    /// The text, where the file holds all of it.
    pub(super) fn as_known(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Known(text)] => Some(text),
            _ => None,
        }
    }

    /// What the whole text is a reference to.
    pub(super) fn reference(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [Part::Unknown(reference)] => Some(reference),
            _ => None,
        }
    }

    /// What the file does not hold.
    pub(super) fn unknowns(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Known(_) => None,
            Part::Unknown(reference) => Some(reference.as_str()),
        })
    }

    /// The text, with `${reference}` for what the file does not hold.
    pub(super) fn written(&self) -> String {
        let parts = self.parts.iter().map(|part| match part {
            Part::Known(text) => text.clone(),
            Part::Unknown(reference) => format!("${{{reference}}}"),
        });
        parts.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_are_known_become_one() {
        let mut text = Text::known("a");
        text.append(Text::known("b"));
        assert_eq!(text.as_known(), Some("ab"));
        text.append(Text::unknown("Name"));
        assert_eq!((text.as_known(), text.written().as_str()), (None, "ab${Name}"));
        assert_eq!(text.unknowns().collect::<Vec<_>>(), ["Name"]);
        assert_eq!(Text::unknown("Name").reference(), Some("Name"));
    }

    #[test]
    fn a_text_that_doubles_for_ever_ends() {
        let mut text = Text::known("0123456789");
        for _ in 0..64 {
            text.append(text.clone());
        }
        assert!(text.as_known().is_none());
        assert!(text.written().len() <= 2 * TEXT_BYTES_MAX);
    }
}
