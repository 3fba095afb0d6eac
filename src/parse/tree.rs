//! YAML text as a tree in which every value and every key knows its place.
//!
//! Built straight from the parser's events and not by serde, for three reasons: every duplicate key is found and
//! not the first only, the spans have ends, and the same tree serves `render::verify`, which needs tags.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, Tag};

/// How deep values may be nested. The spec has four levels.
pub(super) const MAX_DEPTH: usize = 64;
/// How many values a text may have, those that aliases repeat included. The spec has fewer than a hundred; a
/// stack of CloudFormation's 500 resources stays under it as well.
const MAX_NODES: usize = 50_000;

/// A value with its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Byte range in the text; of a mapping or list, from its first to behind its last value.
    pub range: Range<usize>,
    /// A tag other than YAML's own, with its exclamation mark (`!Ref`), and its place.
    pub tag: Option<(String, Range<usize>)>,
}

/// A YAML value.
#[derive(Clone, Debug)]
pub enum Kind {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`; YAML 1.2 knows no `yes`.
    Bool(bool),
    /// A whole number that fits 64 bits.
    Integer(i64),
    /// Any other finite number.
    Float(f64),
    /// Text, with the offsets of the pieces that stand verbatim in the file (see [`crate::source::Excerpt`]).
    String(String, Vec<(usize, usize)>),
    /// A list.
    Sequence(Vec<Node>),
    /// Keys and values in the order of the text.
    Mapping(Vec<Entry>),
}

/// A key with its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Its place.
    pub key_range: Range<usize>,
    /// What it holds.
    pub value: Node,
}

/// Why a text is not a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Not YAML: the parser's words, at a byte.
    Syntax(String, usize),
    /// Nested too deeply, at a byte.
    TooDeep(usize),
    /// Too many values, or aliases that repeat too much, at a byte.
    TooComplex(usize),
    /// A key stands twice: its name, the second place, the first place.
    DuplicateKey(String, Range<usize>, Range<usize>),
    /// A key that is no plain text, at a byte range.
    KeyNotText(Range<usize>),
    /// A second document (`---`), at a byte.
    SecondDocument(usize),
}

/// The tree of a text, `None` where the text holds no value, and everything that is wrong with it.
pub fn read(text: &str) -> (Option<Node>, Vec<Fault>) {
    let mut builder = Builder { text, nodes: 0, anchors: HashMap::new(), faults: Vec::new() };
    let mut events = Events { parser: Parser::new_from_str(text) };
    match builder.document(&mut events) {
        Ok(node) => (node, builder.faults),
        Err(fault) => {
            builder.faults.push(fault);
            (None, builder.faults)
        }
    }
}

struct Events<'a> {
    parser: Parser<'a, granit_parser::StrInput<'a>>,
}

impl<'a> Events<'a> {
    fn next(&mut self) -> Result<Option<(Event<'a>, granit_parser::Span)>, Fault> {
        match self.parser.next_event() {
            None => Ok(None),
            Some(Ok(event)) => Ok(Some(event)),
            Some(Err(error)) => {
                let (words, at) = (error.info(), error.marker().byte_offset().unwrap_or_default());
                // The parser has a limit of its own, which it meets in flow collections first.
                Err(if words.contains("recursion limit") {
                    Fault::TooDeep(at)
                } else {
                    Fault::Syntax(words, at)
                })
            }
        }
    }
}

/// Finds a key among those read. Nearly every mapping has a few keys, and looking through them beats a table of them.
#[derive(Default)]
struct KeyIndex {
    table: HashMap<String, usize>,
}

impl KeyIndex {
    /// Keys up to which looking through them is quicker.
    const FEW: usize = 32;

    fn find(&mut self, entries: &[Entry], key: &str) -> Option<usize> {
        if entries.len() <= Self::FEW {
            return entries.iter().position(|entry| entry.key == key);
        }
        for (at, entry) in entries.iter().enumerate().skip(self.table.len()) {
            self.table.insert(entry.key.clone(), at);
        }
        self.table.get(key).copied()
    }
}

struct Builder<'a> {
    text: &'a str,
    nodes: usize,
    anchors: HashMap<usize, (Node, usize)>,
    faults: Vec<Fault>,
}

impl<'a> Builder<'a> {
    fn document(&mut self, events: &mut Events<'a>) -> Result<Option<Node>, Fault> {
        let mut root = None;
        while let Some((event, span)) = events.next()? {
            match event {
                Event::StreamEnd => break,
                Event::DocumentStart(..) if root.is_some() => {
                    self.faults.push(Fault::SecondDocument(range(&span).start));
                    return Ok(root);
                }
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
                event => root = Some(self.node(event, &span, events, 0)?),
            }
        }
        Ok(root)
    }

    fn count(&mut self, nodes: usize, at: usize) -> Result<(), Fault> {
        self.nodes += nodes;
        if self.nodes > MAX_NODES { Err(Fault::TooComplex(at)) } else { Ok(()) }
    }

    fn node(
        &mut self,
        event: Event<'a>,
        span: &granit_parser::Span,
        events: &mut Events<'a>,
        depth: usize,
    ) -> Result<Node, Fault> {
        let place = range(span);
        if depth > MAX_DEPTH {
            return Err(Fault::TooDeep(place.start));
        }
        let before = self.nodes;
        self.count(1, place.start)?;
        let (kind, end, anchor, tag) = match event {
            Event::Alias(id) => {
                let Some((node, size)) = self.anchors.get(&id).cloned() else {
                    return Err(Fault::Syntax("an alias is used inside its own anchor".into(), place.start));
                };
                self.count(size, place.start)?;
                return Ok(Node { range: place, ..node });
            }
            Event::Scalar(value, style, anchor, tag) => {
                let tag = tag.and_then(|tag| own_tag(&tag, span));
                // A block's span runs on to where the next line begins.
                let place = place.start..self.trimmed(place.end).max(place.start);
                let kind = self.scalar(value, style, tag.is_some(), &place);
                (kind, place.end, anchor, tag)
            }
            Event::SequenceStart(_, anchor, tag) => {
                let mut items = Vec::new();
                let mut end = place.end;
                while let Some((event, span)) = events.next()? {
                    if matches!(event, Event::SequenceEnd) {
                        end = end.max(range(&span).end.min(self.trimmed(range(&span).end)));
                        break;
                    }
                    let item = self.node(event, &span, events, depth + 1)?;
                    end = item.range.end;
                    items.push(item);
                }
                (Kind::Sequence(items), end, anchor, tag.and_then(|tag| own_tag(&tag, span)))
            }
            Event::MappingStart(_, anchor, tag) => {
                let (entries, end) = self.mapping(events, depth, place.end)?;
                (Kind::Mapping(entries), end, anchor, tag.and_then(|tag| own_tag(&tag, span)))
            }
            _ => return Err(Fault::Syntax("a value is missing".into(), place.start)),
        };
        let node = Node { kind, range: place.start..end.max(place.start), tag };
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), self.nodes - before));
        }
        Ok(node)
    }

    fn mapping(
        &mut self,
        events: &mut Events<'a>,
        depth: usize,
        start: usize,
    ) -> Result<(Vec<Entry>, usize), Fault> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut index = KeyIndex::default();
        let mut end = start;
        while let Some((event, span)) = events.next()? {
            if matches!(event, Event::MappingEnd) {
                end = end.max(self.trimmed(range(&span).end));
                break;
            }
            let key_range = range(&span);
            // Taken as it is written: `012: x` is the key "012", not a number.
            let key = match event {
                Event::Scalar(value, ..) => value.into_owned(),
                other => {
                    let key = self.node(other, &span, events, depth + 1)?;
                    self.faults.push(Fault::KeyNotText(key.range));
                    let Some((event, span)) = events.next()? else { break };
                    end = end.max(self.node(event, &span, events, depth + 1)?.range.end);
                    continue;
                }
            };
            let Some((event, span)) = events.next()? else { break };
            let value = self.node(event, &span, events, depth + 1)?;
            end = end.max(value.range.end);
            if let Some(first) = index.find(&entries, &key) {
                self.faults.push(Fault::DuplicateKey(key, key_range, entries[first].key_range.clone()));
                continue;
            }
            entries.push(Entry { key, key_range, value });
        }
        Ok((entries, end))
    }

    /// The end of the text before an offset, white space left out: a block collection's end event lies where the
    /// next line begins.
    fn trimmed(&self, end: usize) -> usize {
        self.text.get(..end).map_or(end, |text| text.trim_end().len())
    }

    fn scalar(&self, value: Cow<str>, style: ScalarStyle, tagged: bool, place: &Range<usize>) -> Kind {
        if style == ScalarStyle::Plain
            && !tagged
            && let Some(kind) = plain(&value)
        {
            return kind;
        }
        let pieces = self.pieces(&value, style, place);
        Kind::String(value.into_owned(), pieces)
    }

    fn pieces(&self, value: &str, style: ScalarStyle, place: &Range<usize>) -> Vec<(usize, usize)> {
        let Some(written) = self.text.get(place.clone()) else { return Vec::new() };
        if style == ScalarStyle::Literal {
            self.literal_pieces(value, place)
        } else {
            verbatim(value, written, place)
        }
    }

    /// Line by line: a literal block's lines stand in the file as they are, behind the indentation.
    fn literal_pieces(&self, value: &str, place: &Range<usize>) -> Vec<(usize, usize)> {
        // The span begins at the header (`|`) or at the first line, as the parser's version has it.
        let first = match self.text[place.start..].starts_with('|') {
            true => self.text[place.start..].find('\n').map_or(self.text.len(), |at| place.start + at + 1),
            false => self.text[..place.start].rfind('\n').map_or(0, |at| at + 1),
        };
        let mut pieces = Vec::new();
        let (mut in_value, mut in_file) = (0, first);
        for line in value.split_inclusive('\n') {
            let rest = &self.text[in_file..];
            let length = rest.find('\n').map_or(rest.len(), |at| at + 1);
            let (wanted, have) = (line.trim_end_matches('\n'), rest[..length].trim_end_matches(['\n', '\r']));
            if !have.ends_with(wanted) {
                return Vec::new();
            }
            pieces.push((in_value, in_file + have.len() - wanted.len()));
            in_value += line.len();
            in_file += length;
        }
        pieces
    }
}

/// One piece where a scalar stands in the file as it is, quotes aside.
fn verbatim(value: &str, written: &str, place: &Range<usize>) -> Vec<(usize, usize)> {
    let quotes = usize::from(written.starts_with(['"', '\'']));
    match written.get(quotes..quotes + value.len()) {
        Some(text) if text == value => vec![(0, place.start + quotes)],
        _ => Vec::new(),
    }
}

fn range(span: &granit_parser::Span) -> Range<usize> {
    span.byte_range().unwrap_or(0..0)
}

fn own_tag(tag: &Tag, span: &granit_parser::Span) -> Option<(String, Range<usize>)> {
    let name = tag.to_string();
    let place = span.tag_span().map_or_else(|| range(span), |span| range(&span));
    (!name.starts_with("!!") && !name.starts_with("tag:yaml.org")).then_some((name, place))
}

/// YAML 1.2's core schema, but that numbers with a leading zero stay text: account ids and versions are written
/// that way, and nobody means octal.
fn plain(value: &str) -> Option<Kind> {
    match value {
        "" | "~" | "null" | "Null" | "NULL" => return Some(Kind::Null),
        "true" | "True" | "TRUE" => return Some(Kind::Bool(true)),
        "false" | "False" | "FALSE" => return Some(Kind::Bool(false)),
        _ => {}
    }
    let digits = value.strip_prefix(['-', '+']).unwrap_or(value);
    let numeric = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'))
        && !(digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0."));
    if numeric {
        if let Ok(number) = value.parse::<i64>() {
            return Some(Kind::Integer(number));
        }
        if let Some(number) = value.parse::<f64>().ok().filter(|number| number.is_finite()) {
            return Some(Kind::Float(number));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(text: &str) -> Vec<Entry> {
        match read(text) {
            (Some(Node { kind: Kind::Mapping(entries), .. }), faults) if faults.is_empty() => entries,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_key_and_value_has_its_place() {
        let text = "a: 1\nb:\n  c: [x, 'y']\n  d: true\n";
        let entries = root(text);
        assert_eq!(&text[entries[1].key_range.clone()], "b");
        assert_eq!(&text[entries[1].value.range.clone()], "c: [x, 'y']\n  d: true");
        let Kind::Mapping(inner) = &entries[1].value.kind else { panic!() };
        assert_eq!(&text[inner[0].value.range.clone()], "[x, 'y']");
    }

    #[test]
    fn scalars_are_yaml_1_2() {
        for (text, wanted) in [
            ("a: yes", "String"),
            ("a: 012", "String"),
            ("a: 12", "Integer"),
            ("a: 1.5", "Float"),
            ("a:", "Null"),
        ] {
            assert!(format!("{:?}", root(text)[0].value.kind).starts_with(wanted), "{text}");
        }
    }

    #[test]
    fn all_duplicate_keys_are_found() {
        let (_, faults) = read("a: 1\na: 2\nb: {c: 1, c: 2}\n");
        assert_eq!(faults.len(), 2);
    }

    #[test]
    fn a_literal_block_leads_back_to_its_lines() {
        let text = "sql: |\n    SELECT\n      a\n";
        let entries = root(text);
        let Kind::String(value, pieces) = &entries[0].value.kind else { panic!() };
        assert_eq!(value, "SELECT\n  a\n", "{:?}", entries[0].value.range);
        assert_eq!(pieces, &[(0, 11), (7, 22)]);
        assert_eq!(&text[22..25], "  a");
    }

    #[test]
    fn bombs_are_refused() {
        let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let before = level - 1;
            laughs += &format!("a{level}: &a{level} [{}]\n", vec![format!("*a{before}"); 9].join(", "));
        }
        assert!(matches!(read(&laughs).1[..], [Fault::TooComplex(_)]));
        assert!(matches!(read(&"[".repeat(100_000)).1[..], [Fault::TooDeep(_)]));
        assert!(matches!(read(&"- ".repeat(20_000)).1[..], [Fault::TooDeep(_)]));
    }

    #[test]
    fn tags_are_kept() {
        let entries = root("a: !GetAtt Stream.Arn\n");
        assert_eq!(entries[0].value.tag.as_ref().map(|tag| tag.0.as_str()), Some("!GetAtt"));
    }
}
