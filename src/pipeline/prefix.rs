//! The parts of an S3 prefix.

/// A part of a prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrefixPart<'a> {
    /// Text as it is.
    Text(&'a str),
    /// What is between `!{` and `}`.
    Expression(&'a str),
}

/// A prefix in parts.
///
/// # Errors
/// What is wrong with it.
pub fn split_prefix(prefix: &str) -> Result<Vec<PrefixPart<'_>>, String> {
    let mut parts = Vec::new();
    let mut rest = prefix;
    while let Some(at) = rest.find("!{") {
        if at > 0 {
            parts.push(PrefixPart::Text(&rest[..at]));
        }
        let inner = &rest[at + 2..];
        let end = inner.find('}').ok_or("an expression `!{` is not closed by `}`")?;
        parts.push(PrefixPart::Expression(&inner[..end]));
        rest = &inner[end + 1..];
    }
    if !rest.is_empty() {
        parts.push(PrefixPart::Text(rest));
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_split() {
        assert_eq!(
            split_prefix("a/!{timestamp:yyyy}/b"),
            Ok(vec![
                PrefixPart::Text("a/"),
                PrefixPart::Expression("timestamp:yyyy"),
                PrefixPart::Text("/b")
            ])
        );
        assert!(split_prefix("a/!{timestamp").is_err());
    }
}
