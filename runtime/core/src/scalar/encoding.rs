//! Texts as the bytes that they are: hashes, base64, hexadecimal digits, parts of URLs.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use md5::Digest;

use super::Scalar;

/// As Java reads it: the padding may be missing, and bits that belong to no byte are not looked at.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The value of a function of one text.
pub(super) fn call(function: Scalar, text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    Some(match function {
        Scalar::Hex => hexadecimal(bytes, b"0123456789ABCDEF"),
        Scalar::ToBase64 => BASE64.encode(bytes),
        // What is no text in UTF-8 is one with replacements, as in Java.
        Scalar::FromBase64 if text.ends_with('=') && !text.len().is_multiple_of(4) => return None,
        Scalar::FromBase64 => String::from_utf8_lossy(&BASE64.decode(bytes).ok()?).into_owned(),
        Scalar::Md5 => digits(&md5::Md5::digest(bytes)),
        Scalar::Sha1 => digits(&sha1::Sha1::digest(bytes)),
        Scalar::Sha224 => digits(&sha2::Sha224::digest(bytes)),
        Scalar::Sha256 => digits(&sha2::Sha256::digest(bytes)),
        Scalar::Sha384 => digits(&sha2::Sha384::digest(bytes)),
        Scalar::Sha512 => digits(&sha2::Sha512::digest(bytes)),
        Scalar::UrlEncode => url_encoded(bytes),
        Scalar::UrlDecode => url_decoded(bytes)?,
        _ => return None,
    })
}

fn digits(hash: &[u8]) -> String {
    hexadecimal(hash, b"0123456789abcdef")
}

fn hexadecimal(bytes: &[u8], digits: &[u8; 16]) -> String {
    let pair = |byte: &u8| [byte >> 4, byte & 15].map(|half| char::from(digits[usize::from(half)]));
    bytes.iter().flat_map(pair).collect()
}

/// As Java's `URLEncoder` writes it.
fn url_encoded(bytes: &[u8]) -> String {
    let mut written = String::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'*' | b'_' => {
                written.push(char::from(*byte));
            }
            b' ' => written.push('+'),
            other => {
                written.push('%');
                written.push_str(&hexadecimal(&[*other], b"0123456789ABCDEF"));
            }
        }
    }
    written
}

/// As Java's `URLDecoder` reads it: the two characters behind `%` are a number, which may have a sign.
fn url_decoded(text: &[u8]) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        bytes.push(match first {
            b'+' => b' ',
            b'%' => {
                let (pair, behind) = rest.split_at_checked(2)?;
                rest = behind;
                let digit =
                    |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                match pair[0] {
                    b'+' => digit(pair[1])?,
                    b'-' => digit(pair[1]).filter(|digit| *digit == 0)?,
                    high => digit(high)? << 4 | digit(pair[1])?,
                }
            }
            other => *other,
        });
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_their_standards() {
        let hash = |function| call(function, "abc").expect("a hash");
        assert_eq!(hash(Scalar::Md5), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(hash(Scalar::Sha1), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(hash(Scalar::Sha224), "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7");
        assert_eq!(hash(Scalar::Sha256), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert!(hash(Scalar::Sha384).starts_with("cb00753f45a35e8bb5a03d699ac65007"));
        assert!(hash(Scalar::Sha512).starts_with("ddaf35a193617abacc417349ae204131"));
    }

    #[test]
    fn encodings_come_back() {
        for text in ["", "a", "ab", "abc", "Straße 😀", "a+b c%&=?/"] {
            for (to, from) in [(Scalar::ToBase64, Scalar::FromBase64), (Scalar::UrlEncode, Scalar::UrlDecode)]
            {
                let encoded = call(to, text).expect("encoded");
                assert_eq!(call(from, &encoded).as_deref(), Some(text), "{encoded}");
            }
        }
        for bad in ["a", "ab=", "a===", "=", "abc%", "ab\n="] {
            assert_eq!(call(Scalar::FromBase64, bad), None, "{bad}");
        }
        assert_eq!(call(Scalar::FromBase64, "YWI").as_deref(), Some("ab"));
        for bad in ["%", "%4", "%zz", "%-1"] {
            assert_eq!(call(Scalar::UrlDecode, bad), None, "{bad}");
        }
        assert_eq!(call(Scalar::UrlDecode, "%+41+%C3%9F").as_deref(), Some("\u{4}1 ß"));
    }
}
