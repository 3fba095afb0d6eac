//! Texts of JSON: their bytes, their escapes, their quotes.

use std::borrow::Cow;

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
