//! Appending to a payload that is there as base64.
//!
//! Base64 writes each three bytes as four characters, so bytes at the end change only the last four
//! characters: the rest is checked, not decoded, and copied as it is.

use base64_simd::STANDARD;
use pipec_core::Suffix;

/// The text is not base64 of the standard alphabet with padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotBase64;

impl From<base64_simd::Error> for NotBase64 {
    fn from(_: base64_simd::Error) -> Self {
        Self
    }
}

/// Base64 in two parts: `head` borrowed from the input, `tail` new and short.
#[derive(Debug, PartialEq, Eq)]
pub struct Appended<'a> {
    /// All of the input that stays; whole quanta, so `tail` may follow directly.
    pub head: &'a str,
    /// What replaces the rest of the input and goes behind it.
    pub tail: String,
}

impl Appended<'_> {
    /// Length of the base64 text in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.head.len() + self.tail.len()
    }

    /// Whether the payload is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Makes the payload behind `base64` end with `suffix`.
///
/// # Errors
/// When `base64` is not valid. The whole of it is looked at: the destination must never get bytes that
/// cannot be decoded.
pub fn append<'a>(base64: &'a str, suffix: Suffix<'_>) -> Result<Appended<'a>, NotBase64> {
    STANDARD.check(base64.as_bytes())?;

    // The last quantum holds at least one byte, the ones before it three each.
    let quanta = suffix.len().div_ceil(3) + 1;
    let window = base64.len().saturating_sub(quanta * 4);
    let end = STANDARD.decode_to_vec(&base64[window..])?;
    let missing = suffix.missing_from(&end);
    if missing.is_empty() {
        return Ok(Appended { head: base64, tail: String::new() });
    }

    // Bytes of a last quantum that is padded have to be encoded again with what follows them. Text glued
    // behind the padding would decode to the payload alone, or not at all.
    let (head, rest) = match base64.bytes().rev().take_while(|byte| *byte == b'=').count() {
        0 => (base64, &[][..]),
        padding => (&base64[..base64.len() - 4], &end[end.len() - (3 - padding)..]),
    };
    Ok(Appended { head, tail: STANDARD.encode_to_string([rest, missing].concat()) })
}

#[cfg(test)]
mod tests {
    use pipec_core::{Outcome, RecordProgram};
    use proptest::prelude::*;

    use super::*;

    fn appended(base64: &str, suffix: &str) -> Result<String, NotBase64> {
        let program = RecordProgram::appending(suffix);
        let done = append(base64, program.appends_only().expect("it only appends"))?;
        Ok(format!("{}{}", done.head, done.tail))
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
            assert_eq!(appended(bad, "\n"), Err(NotBase64), "{bad}");
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
            prop_assert_eq!(appended(&text, "\n").is_ok(), STANDARD.decode_to_vec(&text).is_ok());
        }
    }
}
