//! Reads JSON from its bytes: one value after the other, without a tree.

use std::borrow::Cow;
use std::collections::{HashMap, hash_map::Entry};

use super::text::{unescape, write_text};
use super::{Key, MAX_DEPTH, MAX_DIGITS, MAX_KEY, Malformed, Raw, Result};
use crate::decimal::Digits;

/// Where reading is.
pub(super) struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    pub(super) at: usize,
    /// Whether all numbers are read as exact ones.
    exact: bool,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str, at: usize, exact: bool) -> Self {
        Self { text, bytes: text.as_bytes(), at, exact }
    }

    pub(super) fn peek(&self) -> Result<u8> {
        self.bytes.get(self.at).copied().ok_or(Malformed)
    }

    pub(super) fn next(&mut self) -> Result<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Ok(byte)
    }

    pub(super) fn blanks(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    pub(super) fn slice(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// The members of an object whose brace is read; `member` reads a value.
    pub(super) fn object(
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
    pub(super) fn elements(
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
    pub(super) fn column(&mut self, key: &Key, depth: usize, found: &mut [Raw<'a>]) -> Result<()> {
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

    pub(super) fn skip(&mut self, depth: usize) -> Result<()> {
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

    pub(super) fn rewrite(
        &mut self,
        depth: usize,
        number: &dyn Fn(Raw) -> String,
        out: &mut String,
    ) -> Result<()> {
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
