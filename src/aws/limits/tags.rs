//! Resource tags.

use super::Bounds;

/// Tags of a resource. CloudFormation schema, 2026-10; the same for all types used here.
pub const TAGS_MAX: u64 = 50;
/// Length of a tag's key, characters. CloudFormation schema, 2026-10.
pub const KEY_CHARS: Bounds<u64> = Bounds::new(1, 128);
/// Length of a tag's value on a Kinesis stream, characters: one less than elsewhere.
/// CloudFormation schema, 2026-10.
pub const KINESIS_VALUE_CHARS: Bounds<u64> = Bounds::new(0, 255);
/// Start of a key that AWS keeps to itself, in any case. Tagging guide, from memory, 2026-11.
pub const RESERVED_PREFIX: &str = "aws:";

/// Whether a key begins with [`RESERVED_PREFIX`].
pub fn is_reserved(key: &str) -> bool {
    key.get(..RESERVED_PREFIX.len()).is_some_and(|head| head.eq_ignore_ascii_case(RESERVED_PREFIX))
}

/// Whether every service here takes the character in a tag's key or value: letters, digits, blanks
/// and `_.:/=+-@`. Tagging guide, from memory, 2026-11.
pub fn is_allowed(c: char) -> bool {
    c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_keys() {
        assert!(is_reserved("aws:cloudformation:stack-name") && is_reserved("AWS:x"));
        assert!(!is_reserved("awsome") && !is_reserved("aw") && !is_reserved("é"));
    }

    #[test]
    fn characters() {
        assert!("cost centre=4/2".chars().all(is_allowed));
        assert!(!is_allowed('<') && !is_allowed('\n'));
    }
}
