//! JSON as it stands in a record: checked to its last brace, and decoded only where a column lies.
//!
//! The grammar is that of RFC 8259 with the limits and liberties of the reader that Flink uses (Jackson): control
//! characters may stand in a text, what follows the record's object is not looked at, nesting and numbers have
//! limits. So both runtimes take and refuse the same records.

use std::{
    borrow::Cow,
    collections::{HashMap, hash_map::Entry},
};

use crate::decimal::Digits;

/// The deepest nesting that is read, as in Jackson.
const MAX_DEPTH: usize = 1000;
/// The most digits of a number, as in Jackson.
const MAX_DIGITS: usize = 1000;
/// The longest key in bytes; Jackson counts characters.
const MAX_KEY: usize = 50_000;

/// A value as it is written in a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Raw<'a> {
    /// There is none.
    Absent,
    /// `null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// A number without point and exponent.
    Integer(&'a str),
    /// Any other number.
    Fraction(&'a str),
    /// What stands between quotes, without a backslash.
    Text(&'a str),
    /// What stands between quotes, with escapes in it.
    Escaped(&'a str),
    /// An object or an array, with its braces.
    Container(&'a str),
}

/// What is no JSON, or beyond a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

type Result<T> = std::result::Result<T, Malformed>;

/// Where the columns lie: the keys of one object.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys(Vec<Key>);

#[derive(Clone, Debug)]
struct Key {
    name: Box<str>,
    /// The columns at this key or below it.
    columns: Vec<usize>,
    /// Those at this key.
    whole: Vec<usize>,
    /// Empty where the value itself is what the columns take.
    inner: Keys,
}

impl Keys {
    /// Adds a column with the keys that lead to it.
    pub(crate) fn add(&mut self, path: &[String], column: usize) {
        let Some((name, rest)) = path.split_first() else { return };
        let at = self.0.iter().position(|key| *key.name == **name).unwrap_or_else(|| {
            let (columns, whole) = (Vec::new(), Vec::new());
            self.0.push(Key { name: name.as_str().into(), columns, whole, inner: Self::default() });
            self.0.len() - 1
        });
        self.0[at].columns.push(column);
        if rest.is_empty() {
            self.0[at].whole.push(column);
        }
        self.0[at].inner.add(rest, column);
    }

    fn find(&self, name: &str) -> Option<&Key> {
        self.0.iter().find(|key| *key.name == *name)
    }
}

/// The text of a record. What is no UTF-8 is read as Jackson reads it: a character may take more bytes than it has to,
/// and a pair of surrogates six. Where a byte begins no character, the text ends.
pub(crate) fn text(record: &[u8]) -> Cow<'_, str> {
    let text = match str::from_utf8(record) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(decoded(record)),
    };
    match text {
        Cow::Borrowed(text) => text.strip_prefix('\u{feff}').unwrap_or(text).into(),
        Cow::Owned(text) => match text.strip_prefix('\u{feff}') {
            Some(text) => text.to_owned().into(),
            None => text.into(),
        },
    }
}

#[cold]
fn decoded(record: &[u8]) -> String {
    let mut units: Vec<u16> = Vec::with_capacity(record.len());
    let mut bytes = record.iter().copied();
    while let Some(first) = bytes.next() {
        let (more, bits) = match first {
            0..0x80 => (0, first),
            0xC0..0xE0 => (1, first & 0x1F),
            0xE0..0xF0 => (2, first & 0x0F),
            0xF0..0xF8 => (3, first & 0x07),
            _ => break,
        };
        let mut character = i32::from(bits);
        let mut is_whole = true;
        for _ in 0..more {
            match bytes.next() {
                Some(next @ 0x80..0xC0) => character = character << 6 | i32::from(next & 0x3F),
                _ => is_whole = false,
            }
        }
        if !is_whole {
            break;
        }
        if more == 3 {
            let above = character - 0x10000;
            units.extend([0xD800 | (above >> 10) as u16, 0xDC00 | (above & 0x3FF) as u16]);
        } else if more > 0 && character < 0x80 {
            // It stands for itself, and closes no text.
            units.extend(format!("\\u{character:04x}").encode_utf16());
        } else {
            units.push(character as u16);
        }
    }
    char::decode_utf16(units).map(|unit| unit.unwrap_or('?')).collect()
}

/// The objects of a record that is an array; none of a record that is no array.
///
/// # Errors
/// When the array is no JSON.
pub(crate) fn records(text: &str, exact: bool) -> Result<Option<Vec<&str>>> {
    let mut scanner = Scanner { text, bytes: text.as_bytes(), at: 0, exact };
    scanner.blanks();
    if scanner.peek()? != b'[' {
        return Ok(None);
    }
    scanner.at += 1;
    let mut found = Vec::new();
    scanner.elements(1, |scanner, depth| {
        let start = scanner.at;
        scanner.skip(depth)?;
        found.extend(Some(scanner.slice(start, scanner.at)).filter(|element| element.starts_with('{')));
        Ok(())
    })?;
    Ok(Some(found))
}

/// Finds the values of all columns in a record; `found` has a place for each. Where numbers are `exact`, none may have an
/// exponent that no exact number has.
pub(crate) fn read<'a>(text: &'a str, keys: &Keys, exact: bool, found: &mut [Raw<'a>]) -> Result<()> {
    let mut scanner = Scanner { text, bytes: text.as_bytes(), at: 0, exact };
    scanner.blanks();
    if scanner.next()? != b'{' {
        return Err(Malformed);
    }
    scanner.object(1, &mut |scanner, name, depth| match keys.find(name) {
        Some(key) => scanner.column(key, depth, found),
        None => scanner.skip(depth),
    })
}

/// The objects among the elements of an array that was read before, each as its text; none where it is another
/// container.
pub(crate) fn objects(container: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut scanner = Scanner { text: container, bytes: container.as_bytes(), at: 1, exact: false };
    if container.starts_with('[') {
        // What is given here was read before, so there is nothing left to fail.
        let _ = scanner.elements(0, |scanner, depth| {
            let start = scanner.at;
            scanner.skip(depth)?;
            found.extend(Some(scanner.slice(start, scanner.at)).filter(|element| element.starts_with('{')));
            Ok(())
        });
    }
    found
}

/// The value of a container as text, with numbers and texts in one spelling and only the last of several equal keys.
pub(crate) fn normalize(container: &str, number: &dyn Fn(Raw) -> String) -> String {
    let mut out = String::with_capacity(container.len());
    let mut scanner = Scanner { text: container, bytes: container.as_bytes(), at: 0, exact: false };
    // What is given here was read before, so there is nothing left to fail.
    let _ = scanner.rewrite(0, number, &mut out);
    out
}

/// A text without its escapes. Half of a surrogate pair is no character and becomes `?`.
pub(crate) fn unescape(escaped: &str) -> Cow<'_, str> {
    let mut parts = escaped.split('\\');
    let mut text = String::with_capacity(escaped.len());
    text.push_str(parts.next().unwrap_or_default());
    let mut high: Option<u32> = None;
    while let Some(part) = parts.next() {
        let mut rest = part.chars();
        let character = match rest.next() {
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => {
                let unit = part.get(1..5).and_then(|hex| u32::from_str_radix(hex, 16).ok()).unwrap_or(0);
                rest = part.get(5..).unwrap_or_default().chars();
                match (high.take(), unit) {
                    (Some(high), 0xDC00..=0xDFFF) => {
                        text.pop();
                        char::from_u32(0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00)).unwrap_or('?')
                    }
                    (_, 0xD800..=0xDBFF) => {
                        high = Some(unit).filter(|_| rest.as_str().is_empty());
                        '?'
                    }
                    _ => char::from_u32(unit).unwrap_or('?'),
                }
            }
            Some(other) => other,
            // An escaped backslash: the text behind it starts with the next part.
            None => {
                text.push('\\');
                text.push_str(parts.next().unwrap_or_default());
                high = None;
                continue;
            }
        };
        if !part.starts_with('u') {
            high = None;
        }
        text.push(character);
        text.push_str(rest.as_str());
    }
    Cow::Owned(text)
}

/// Writes a text with its quotes.
pub(crate) fn write_text(text: &str, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut written = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if byte >= b' ' && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.extend_from_slice(&bytes[written..at]);
        written = at + 1;
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0x8 => out.extend_from_slice(b"\\b"),
            0xc => out.extend_from_slice(b"\\f"),
            _ => {
                out.extend_from_slice(b"\\u00");
                out.extend_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
            }
        }
    }
    out.extend_from_slice(&bytes[written..]);
    out.push(b'"');
}

struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// Whether all numbers are read as exact ones.
    exact: bool,
}

impl<'a> Scanner<'a> {
    fn peek(&self) -> Result<u8> {
        self.bytes.get(self.at).copied().ok_or(Malformed)
    }

    fn next(&mut self) -> Result<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Ok(byte)
    }

    fn blanks(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    fn slice(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// The members of an object whose brace is read; `member` reads a value.
    fn object(
        &mut self,
        depth: usize,
        member: &mut dyn FnMut(&mut Self, &str, usize) -> Result<()>,
    ) -> Result<()> {
        self.members(depth, |scanner, name, escaped, depth| {
            if escaped { member(scanner, &unescape(name), depth) } else { member(scanner, name, depth) }
        })
    }

    #[inline]
    fn members(
        &mut self,
        depth: usize,
        mut member: impl FnMut(&mut Self, &'a str, bool, usize) -> Result<()>,
    ) -> Result<()> {
        if depth > MAX_DEPTH {
            return Err(Malformed);
        }
        self.blanks();
        if self.peek()? == b'}' {
            self.at += 1;
            return Ok(());
        }
        loop {
            if self.next()? != b'"' {
                return Err(Malformed);
            }
            let start = self.at;
            let escaped = self.string()?;
            let name = self.slice(start, self.at - 1);
            if name.len() > MAX_KEY {
                return Err(Malformed);
            }
            self.blanks();
            if self.next()? != b':' {
                return Err(Malformed);
            }
            self.blanks();
            member(self, name, escaped, depth)?;
            self.blanks();
            match self.next()? {
                b',' => self.blanks(),
                b'}' => return Ok(()),
                _ => return Err(Malformed),
            }
        }
    }

    #[inline]
    fn elements(
        &mut self,
        depth: usize,
        mut element: impl FnMut(&mut Self, usize) -> Result<()>,
    ) -> Result<()> {
        if depth > MAX_DEPTH {
            return Err(Malformed);
        }
        self.blanks();
        if self.peek()? == b']' {
            self.at += 1;
            return Ok(());
        }
        loop {
            element(self, depth)?;
            self.blanks();
            match self.next()? {
                b',' => self.blanks(),
                b']' => return Ok(()),
                _ => return Err(Malformed),
            }
        }
    }

    /// The value of a key that columns lie at or below. Of several equal keys the last one counts.
    fn column(&mut self, key: &Key, depth: usize, found: &mut [Raw<'a>]) -> Result<()> {
        if key.inner.0.is_empty() {
            let value = self.value(depth)?;
            for &column in &key.columns {
                found[column] = value;
            }
            return Ok(());
        }
        for &column in &key.columns {
            found[column] = Raw::Absent;
        }
        if !key.whole.is_empty() {
            // An object that is taken as a text, and values in it: it is read twice.
            let start = self.at;
            let value = self.value(depth)?;
            for &column in &key.whole {
                found[column] = value;
            }
            if !matches!(value, Raw::Container(_)) {
                return Ok(());
            }
            self.at = start;
        }
        if self.peek()? != b'{' {
            return self.skip(depth);
        }
        self.at += 1;
        self.object(depth + 1, &mut |scanner, name, depth| match key.inner.find(name) {
            Some(key) => scanner.column(key, depth, found),
            None => scanner.skip(depth),
        })
    }

    fn value(&mut self, depth: usize) -> Result<Raw<'a>> {
        let start = self.at;
        Ok(match self.peek()? {
            b'"' => {
                self.at += 1;
                let escaped = self.string()?;
                let text = self.slice(start + 1, self.at - 1);
                if escaped { Raw::Escaped(text) } else { Raw::Text(text) }
            }
            b'{' | b'[' => {
                self.skip(depth)?;
                Raw::Container(self.slice(start, self.at))
            }
            b't' => self.word(b"true", Raw::Boolean(true))?,
            b'f' => self.word(b"false", Raw::Boolean(false))?,
            b'n' => self.word(b"null", Raw::Null)?,
            _ => {
                let whole = self.number()?;
                let text = self.slice(start, self.at);
                if whole { Raw::Integer(text) } else { Raw::Fraction(text) }
            }
        })
    }

    fn skip(&mut self, depth: usize) -> Result<()> {
        match self.peek()? {
            b'"' => {
                self.at += 1;
                self.string().map(drop)
            }
            b'{' => {
                self.at += 1;
                self.members(depth + 1, |scanner, _, _, depth| scanner.skip(depth))
            }
            b'[' => {
                self.at += 1;
                self.elements(depth + 1, Self::skip)
            }
            b't' => self.word(b"true", ()),
            b'f' => self.word(b"false", ()),
            b'n' => self.word(b"null", ()),
            _ => self.number().map(drop),
        }
    }

    fn word<T>(&mut self, word: &[u8], value: T) -> Result<T> {
        if !self.bytes[self.at..].starts_with(word) {
            return Err(Malformed);
        }
        self.at += word.len();
        Ok(value)
    }

    /// Reads up to the closing quote, and says whether there is an escape before it.
    #[inline]
    fn string(&mut self) -> Result<bool> {
        let mut escaped = false;
        loop {
            self.at = quote_or_backslash(self.bytes, self.at).ok_or(Malformed)?;
            if self.next()? == b'"' {
                return Ok(escaped);
            }
            escaped = true;
            match self.next()? {
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                b'u' => {
                    let hex = self.bytes.get(self.at..self.at + 4).ok_or(Malformed)?;
                    if !hex.iter().all(u8::is_ascii_hexdigit) {
                        return Err(Malformed);
                    }
                    self.at += 4;
                }
                _ => return Err(Malformed),
            }
        }
    }

    /// Reads a number, and says whether it has neither point nor exponent.
    fn number(&mut self) -> Result<bool> {
        if self.peek()? == b'-' {
            self.at += 1;
        }
        let start = self.at;
        match self.next()? {
            b'0' => {}
            b'1'..=b'9' => self.digits(),
            _ => return Err(Malformed),
        }
        let mut whole = true;
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            whole = false;
            self.some_digits()?;
        }
        if let Some(b'e' | b'E') = self.bytes.get(self.at) {
            self.at += 1;
            whole = false;
            if let b'+' | b'-' = self.peek()? {
                self.at += 1;
            }
            self.some_digits()?;
            if self.exact && Digits::read(self.slice(start, self.at)).is_none() {
                return Err(Malformed);
            }
        }
        if self.at - start > MAX_DIGITS { Err(Malformed) } else { Ok(whole) }
    }

    fn some_digits(&mut self) -> Result<()> {
        if !self.next()?.is_ascii_digit() {
            return Err(Malformed);
        }
        self.digits();
        Ok(())
    }

    fn digits(&mut self) {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
    }

    fn rewrite(&mut self, depth: usize, number: &dyn Fn(Raw) -> String, out: &mut String) -> Result<()> {
        let text = |text: &str, out: &mut String| {
            let mut quoted = Vec::with_capacity(text.len() + 2);
            write_text(text, &mut quoted);
            out.push_str(&String::from_utf8(quoted).unwrap_or_default());
        };
        match self.peek()? {
            b'{' => {
                self.at += 1;
                // In the order of their first place. A record may have very many, so none is looked for in turn.
                let mut members: Vec<(Cow<str>, String)> = Vec::new();
                let mut places: HashMap<Cow<str>, usize> = HashMap::new();
                self.members(depth + 1, |scanner, name, escaped, depth| {
                    let name = if escaped { unescape(name) } else { name.into() };
                    let mut value = String::new();
                    scanner.rewrite(depth, number, &mut value)?;
                    match places.entry(name) {
                        Entry::Occupied(place) => members[*place.get()].1 = value,
                        Entry::Vacant(place) => {
                            members.push((place.key().clone(), value));
                            place.insert(members.len() - 1);
                        }
                    }
                    Ok(())
                })?;
                out.push('{');
                for (at, (name, value)) in members.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    text(name, out);
                    out.push(':');
                    out.push_str(value);
                }
                out.push('}');
            }
            b'[' => {
                self.at += 1;
                out.push('[');
                let mut first = true;
                self.elements(depth + 1, |scanner, depth| {
                    if !std::mem::take(&mut first) {
                        out.push(',');
                    }
                    scanner.rewrite(depth, number, out)
                })?;
                out.push(']');
            }
            _ => match self.value(depth)? {
                Raw::Boolean(truth) => out.push_str(if truth { "true" } else { "false" }),
                raw @ (Raw::Integer(_) | Raw::Fraction(_)) => out.push_str(&number(raw)),
                Raw::Text(plain) => text(plain, out),
                Raw::Escaped(escaped) => text(&unescape(escaped), out),
                Raw::Absent | Raw::Null | Raw::Container(_) => out.push_str("null"),
            },
        }
        Ok(())
    }
}

/// Where the next quote or backslash stands; eight bytes at a time.
#[inline]
fn quote_or_backslash(bytes: &[u8], mut at: usize) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let word = u64::from_le_bytes(*eight);
        let quote = word ^ (ONES * b'"' as u64);
        let backslash = word ^ (ONES * b'\\' as u64);
        // The lowest byte that is zero has its high bit set; bytes above it may have it wrongly.
        let zero = (quote.wrapping_sub(ONES) & !quote | backslash.wrapping_sub(ONES) & !backslash) & HIGH;
        if zero != 0 {
            return Some(at + zero.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    let rest = bytes.get(at..)?;
    rest.iter().position(|byte| matches!(byte, b'"' | b'\\')).map(|found| at + found)
}
