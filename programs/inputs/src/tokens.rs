//! Hashes Rust sources by what is compiled of them: neither comments, nor the layout, nor tests. The build script makes
//! the programs' keys with it.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use sha2::{Digest, Sha256};

/// Adds a source to a hash. One that cannot be read as Rust counts byte by byte.
pub fn hash(source: &str, hash: &mut Sha256) {
    match source.parse::<TokenStream>() {
        Ok(tokens) => stream(tokens, hash),
        Err(_) => hash.update(source),
    }
}

fn stream(tokens: TokenStream, hash: &mut Sha256) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        if let Some((attribute, length)) = attribute(&tokens[at..]) {
            match attribute.as_str() {
                "cfg(test)" if item(&tokens[at + length..]) > 0 => {
                    at += length + item(&tokens[at + length..]);
                    continue;
                }
                text if text.starts_with("doc=") => {
                    at += length;
                    continue;
                }
                _ => {}
            }
        }
        tree(token, hash);
        at += 1;
    }
}

/// Each token with its kind and a length, so that no two sequences of tokens are hashed as the same bytes.
fn tree(token: &TokenTree, hash: &mut Sha256) {
    let mut add = |kind: &str, text: &str| {
        hash.update(kind);
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    };
    match token {
        TokenTree::Ident(name) => add("name", &name.to_string()),
        TokenTree::Literal(literal) => add("literal", &literal.to_string()),
        TokenTree::Punct(sign) => {
            let kind = if sign.spacing() == Spacing::Joint { "joint" } else { "sign" };
            add(kind, &sign.as_char().to_string());
        }
        TokenTree::Group(group) => {
            add("open", delimiter(group.delimiter()));
            stream(group.stream(), hash);
            hash.update("close");
        }
    }
}

fn delimiter(delimiter: Delimiter) -> &'static str {
    match delimiter {
        Delimiter::Parenthesis => "(",
        Delimiter::Brace => "{",
        Delimiter::Bracket => "[",
        Delimiter::None => "",
    }
}

/// The text of an attribute that begins here, without spaces before its value, and how many tokens it has.
fn attribute(tokens: &[TokenTree]) -> Option<(String, usize)> {
    let is = |token: Option<&TokenTree>, sign| matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign);
    if !is(tokens.first(), '#') {
        return None;
    }
    let length = if is(tokens.get(1), '!') { 3 } else { 2 };
    match tokens.get(length - 1) {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket => {
            let text: String = group.stream().into_iter().map(|token| token.to_string()).collect();
            Some((text, length))
        }
        _ => None,
    }
}

/// How many tokens an item has that begins here: its other attributes, and up to its semicolon or its braces. Of
/// anything else, such as a field, none: it counts, test or not.
fn item(tokens: &[TokenTree]) -> usize {
    let mut start = 0;
    while let Some((_, length)) = attribute(&tokens[start..]) {
        start += length;
    }
    let Some(TokenTree::Ident(keyword)) = tokens.get(start) else { return 0 };
    let ends_at_braces = match keyword.to_string().as_str() {
        "mod" | "fn" | "impl" => true,
        "use" => false,
        _ => return 0,
    };
    let is_end = |token: &TokenTree| match token {
        TokenTree::Punct(sign) => sign.as_char() == ';',
        TokenTree::Group(group) => ends_at_braces && group.delimiter() == Delimiter::Brace,
        _ => false,
    };
    tokens.iter().skip(start).position(is_end).map_or(0, |length| start + length + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "//! A module.\nuse std::fmt;\n/// Adds.\nfn add(a: u8, b: u8) -> u8 {\n    a + b // they fit\n}\n\n\
                          #[cfg(test)]\n#[path = \"x.rs\"]\nmod x;\n\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn adds() {}\n}\n";

    fn hashed(source: &str) -> Vec<u8> {
        let mut digest = Sha256::new();
        hash(source, &mut digest);
        digest.finalize().to_vec()
    }

    #[test]
    fn comments_layout_and_tests_do_not_count() {
        for (old, new) in [
            ("//! A module.", ""),
            ("//! A module.", "//! Another text.\n#![doc = \"more\"]"),
            ("/// Adds.", "/** Adds\n two numbers. */"),
            ("// they fit", "/* they do */"),
            ("    a + b", "a\n+\n\tb"),
            ("mod x;", "use a::{b, c};"),
            ("fn adds() {}", "fn adds() { assert_eq!(add(1, 1), 2); }"),
            ("mod x;", "mod y;"),
            ("#[test]\n    fn adds() {}", ""),
        ] {
            let changed = SOURCE.replacen(old, new, 1);
            assert_ne!(changed, SOURCE, "{old}");
            assert_eq!(hashed(&changed), hashed(SOURCE), "{old} -> {new}");
        }
        let without = SOURCE.split("#[cfg(test)]").next().unwrap_or_default();
        assert_eq!(hashed(without), hashed(SOURCE));
    }

    #[test]
    fn whatever_is_compiled_counts() {
        let mut seen = vec![hashed(SOURCE)];
        for (old, new) in [
            ("a + b", "a - b"),
            ("a + b", "b + a"),
            ("a + b", "(a + b)"),
            ("a + b", "{a + b}"),
            ("a + b", "a + b + 1"),
            ("a + b", "a + b + 1_u8"),
            ("a + b", "a + b + \"1\".len()"),
            ("a + b", "a + b + \" 1\".len()"),
            ("a + b", "a & & b"),
            ("a + b", "a && b"),
            ("fn add", "pub fn add"),
            ("fn add", "#[inline] fn add"),
            ("fn add", "#[cfg(not(test))] fn add"),
            ("fn add", "fn r#add"),
            ("#[cfg(test)]\nmod tests", "#[cfg(unix)]\nmod tests"),
            ("#[cfg(test)]\nmod tests", "mod tests"),
            ("mod tests {\n", "mod tests {}\nmod other {\n"),
            ("mod x;", "mod x;\nfn more() {}"),
            ("use std::fmt;", "use std::fmt;\nconst TEXT: &str = \"// no comment\";"),
            ("use std::fmt;", "use std::fmt;\nconst TEXT: &str = \"// another\";"),
            ("a: u8, b", "#[cfg(test)] a: u8, b"),
            ("a: u8, b", "#[cfg(test)] a: u8, c"),
            ("use std::fmt;", "use std::fmt;\ninclude!(\"x.rs\");"),
        ] {
            let changed = SOURCE.replacen(old, new, 1);
            let digest = hashed(&changed);
            assert!(!seen.contains(&digest), "{old} -> {new}");
            seen.push(digest);
        }
    }

    #[test]
    fn what_is_not_rust_counts_byte_by_byte() {
        assert_ne!(hashed("fn ( // a"), hashed("fn ( // b"));
    }

    #[test]
    fn the_programs_own_sources_are_rust() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../runtime");
        let mut open = vec![root];
        let mut files = 0;
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    open.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let text = std::fs::read_to_string(&path).expect("a source");
                    assert!(text.parse::<TokenStream>().is_ok(), "{}", path.display());
                    files += 1;
                }
            }
        }
        assert!(files > 50, "{files}");
    }
}
