//! Base64 that has been looked at, and appending to it without decoding it.
//!
//! Base64 writes each three bytes as four characters, so bytes at the end change only the last four
//! characters: the rest is checked, not decoded, and copied as it is.

use std::borrow::Cow;

use base64_simd::STANDARD;
use pipec_core::Suffix;

/// Base64 of the standard alphabet with padding, the whole of it checked: the destination must never get bytes
/// that cannot be decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base64<'a>(Cow<'a, [u8]>);

/// Base64 in two parts: `head` borrowed from the input, `tail` new and short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended<'a> {
    /// All of the input that stays; whole quanta, so `tail` may follow directly.
    pub head: &'a [u8],
    /// What replaces the rest of the input and goes behind it.
    pub tail: &'a [u8],
}

/// Buffers that keep their memory from one record to the next.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(crate) decoded: Vec<u8>,
    pub(crate) encoded: Vec<u8>,
}

impl<'a> Base64<'a> {
    /// The text as base64, or `None` where it is none.
    #[must_use]
    pub fn check(text: Cow<'a, [u8]>) -> Option<Self> {
        STANDARD.check(&text).ok().map(|()| Self(text))
    }

    /// The base64 in a JSON text, or `None` where it is no string or its content no base64.
    #[must_use]
    pub fn from_json(json: &'a str) -> Option<Self> {
        let inside = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        match inside {
            Some(text) if !text.contains('\\') => Self::check(Cow::Borrowed(text.as_bytes())),
            // JSON allows to write `/` as `\/`, and some encoders do.
            _ => Self::check(Cow::Owned(serde_json::from_str::<String>(json).ok()?.into_bytes())),
        }
    }

    /// The base64 as text.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Makes the payload end with `suffix`. `None` is for what is no base64, which this never is.
    #[must_use]
    pub fn append<'b>(&'b self, suffix: Suffix<'_>, scratch: &'b mut Scratch) -> Option<Appended<'b>> {
        let text = &*self.0;
        // The last quantum holds at least one byte, the ones before it three each.
        let quanta = suffix.len().div_ceil(3) + 1;
        let Scratch { decoded, encoded } = scratch;
        decoded.clear();
        STANDARD.decode_append(&text[text.len().saturating_sub(quanta * 4)..], decoded).ok()?;
        let missing = suffix.missing_from(decoded);
        if missing.is_empty() {
            return Some(Appended { head: text, tail: &[] });
        }

        // Bytes of a last quantum that is padded have to be encoded again with what follows them. Text glued
        // behind the padding would decode to the payload alone, or not at all.
        let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
        let (head, rest) = match padding {
            0 => (text, 0),
            padding => (&text[..text.len() - 4], 3 - padding),
        };
        decoded.drain(..decoded.len() - rest);
        decoded.extend_from_slice(missing);
        encoded.clear();
        STANDARD.encode_append(&decoded, encoded);
        Some(Appended { head, tail: encoded })
    }
}

#[cfg(test)]
mod tests {
    use pipec_core::{Outcome, RecordProgram};
    use proptest::prelude::*;

    use super::*;

    fn appended(base64: &str, suffix: &str) -> Option<String> {
        let program = RecordProgram::appending(suffix);
        let checked = Base64::check(Cow::Borrowed(base64.as_bytes()))?;
        let mut scratch = Scratch::default();
        let done = checked.append(program.appends_only().expect("it only appends"), &mut scratch)?;
        Some(String::from_utf8([done.head, done.tail].concat()).expect("text"))
    }

    #[test]
    fn gluing_base64_is_not_appending() {
        // "Cg==" is the newline. Glued, it is right only behind payloads whose length is a multiple of 3.
        let encoded = STANDARD.encode_to_string("user");
        let glued = format!("{encoded}Cg==");
        assert_eq!(glued, "dXNlcg==Cg==");
        assert!(STANDARD.decode_to_vec(&glued).is_err());
        let ours = appended(&encoded, "\n").expect("base64");
        assert_eq!(STANDARD.decode_to_vec(ours).expect("base64"), b"user\n");
    }

    #[test]
    fn leaves_the_suffix_alone_that_is_there() {
        for payload in ["\n", "a\n", "ab\n", "abc\n", "abcd\n"] {
            let encoded = STANDARD.encode_to_string(payload);
            assert_eq!(appended(&encoded, "\n").expect("base64"), encoded);
        }
    }

    #[test]
    fn refuses_bad_base64_wherever_it_is_bad() {
        let long = format!("{}*{}", "AAAA".repeat(100), "AAA".repeat(101));
        for bad in ["A", "AA", "AAA", "AA=A", "====", "AAAAA", "Zm9v!mFy", "-_-_", "AA==AA==", "é===", &long]
        {
            assert_eq!(appended(bad, "\n"), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn decodes_to_what_the_program_says(
            payload in prop::collection::vec(any::<u8>(), 0..200),
            suffix in prop_oneof![Just("\n".to_owned()), Just(String::new()), "[a\n\r]{1,9}"],
            already in any::<bool>(),
        ) {
            let mut payload = payload;
            if already { payload.extend(suffix.bytes()); }
            let ours = appended(&STANDARD.encode_to_string(&payload), &suffix).expect("base64");
            let program = RecordProgram::appending(suffix);
            let Outcome::Ok(expected) = program.apply(&payload) else { panic!("appending cannot fail") };
            prop_assert_eq!(&STANDARD.decode_to_vec(&ours).expect("base64")[..], &expected[..]);
            prop_assert_eq!(ours, STANDARD.encode_to_string(expected));
        }

        #[test]
        fn agrees_with_the_decoder_on_what_is_base64(text in "[A-D+/=]{0,24}") {
            prop_assert_eq!(appended(&text, "\n").is_some(), STANDARD.decode_to_vec(&text).is_ok());
        }
    }
}
