//! Paths into a JSON record: `$.name.first`, `$['first name'].x`, and of columns also `$.items[0:].price`.

use std::fmt;

/// The deepest path; deeper than any record that a person has written.
pub const MAX_DEPTH: usize = 32;
const INTO_ARRAY: &str = "a path cannot reach into an array";

/// Where in a record a value lies: the keys from the outside in. The path of the whole record, `$`, has none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path {
    segments: Vec<String>,
    /// How many keys lead to the array whose elements become rows.
    array: Option<usize>,
}

impl Path {
    /// The path of these keys, from the outside in.
    pub fn new(segments: Vec<String>) -> Self {
        Self { segments, array: None }
    }

    /// The path of one field of the record.
    pub fn field(key: &str) -> Self {
        Self { segments: vec![key.to_owned()], array: None }
    }

    /// The keys, from the outside in.
    pub fn segments(&self) -> &[String] {
        &self.segments
    }

    /// The keys that lead to an array whose elements become rows, and those from an element to the value.
    pub fn elements(&self) -> Option<(&[String], &[String])> {
        self.array.map(|array| self.segments.split_at(array))
    }

    /// Whether this is the whole record.
    pub fn is_root(&self) -> bool {
        self.segments.is_empty()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("$")?;
        for (at, key) in self.segments.iter().enumerate() {
            if self.array == Some(at) {
                formatter.write_str("[0:]")?;
            }
            if is_plain(key) {
                write!(formatter, ".{key}")?;
            } else {
                write!(formatter, "['{}']", key.replace('\\', r"\\").replace('\'', r"\'"))?;
            }
        }
        Ok(())
    }
}

/// Why a text is no path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathError {
    /// One terse sentence, without a full stop.
    pub message: String,
    /// What to type.
    pub help: String,
}

impl PathError {
    fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into() }
    }
}

impl fmt::Display for PathError {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "{}; {}", self.message, self.help)
    }
}

impl std::error::Error for PathError {}

/// Reads a path such as `$.name.first`; a key with other characters than letters, digits, `_` and `-` stands in
/// brackets: `$['first name'].x`, with `\'` and `\\` for a quote and a backslash.
///
/// # Errors
/// When the text has another form, or one of JSONPath's forms that can match more than one value.
pub fn parse_path(text: &str) -> Result<Path, PathError> {
    let Some(mut rest) = text.strip_prefix('$') else {
        let shown: String = text.chars().take(60).collect();
        let plain = !shown.is_empty() && shown.split('.').all(is_plain);
        let help = if plain { format!("write `$.{shown}`") } else { "write it like `$.name.first`".into() };
        return Err(PathError::new("a path starts with `$`, the record", help));
    };
    let mut segments = Vec::new();
    while !rest.is_empty() {
        let (key, after) = if let Some(after) = rest.strip_prefix('.') {
            dotted(after)?
        } else if let Some(after) = rest.strip_prefix('[') {
            bracketed(after)?
        } else {
            return Err(PathError::new(
                "a key of a path stands behind a point or in brackets",
                "write it like `$.name.first` or `$['first name']`",
            ));
        };
        if key.chars().any(char::is_control) {
            return Err(PathError::new("a key of a path holds a control character", "remove it"));
        }
        segments.push(key);
        rest = after;
        if segments.len() > MAX_DEPTH {
            return Err(PathError::new(
                format!("a path has at most {MAX_DEPTH} keys"),
                "take a value that lies less deep",
            ));
        }
    }
    Ok(Path { segments, array: None })
}

/// Reads the path of a column: as [`parse_path`], and with `[0:]` once behind the key of an array. Keys behind that make
/// a row of each element; without any, the array is taken as its text.
///
/// # Errors
/// As [`parse_path`], and when two arrays are named.
pub fn parse_column_path(text: &str) -> Result<Path, PathError> {
    const ELEMENTS: &str = "[0:]";
    let Some((array, element)) = text.split_once(ELEMENTS).filter(|(array, _)| array.len() > 1) else {
        return parse_path(text).map_err(|error| match error.message.as_str() {
            INTO_ARRAY => PathError::new(
                INTO_ARRAY,
                "write `$.items[0:].price` for one row of each element, or `$.items[0:]` for the array as text",
            ),
            _ => error,
        });
    };
    if element.contains(ELEMENTS) {
        return Err(PathError::new(
            "only one array of a record becomes rows",
            "take the inner array as a whole, in a VARCHAR column: end the path before its `[0:]`",
        ));
    }
    let array = parse_path(array)?.segments;
    let element = parse_path(&format!("${element}"))?.segments;
    let at = Some(array.len()).filter(|_| !element.is_empty());
    Ok(Path { segments: [array, element].concat(), array: at })
}

fn dotted(text: &str) -> Result<(String, &str), PathError> {
    if text.starts_with('.') {
        return Err(PathError::new(
            "`..` can match many values, and a column has one",
            "write every key, like `$.name.first`",
        ));
    }
    if text.starts_with('*') {
        return Err(PathError::new(
            "`*` can match many values, and a column has one",
            "write the key's name",
        ));
    }
    let end = text.find(|c| !is_key_character(c)).unwrap_or(text.len());
    let (key, rest) = text.split_at(end);
    if key.is_empty() {
        return Err(PathError::new("a key is missing behind the point", "write it like `$.name.first`"));
    }
    if !rest.is_empty() && !rest.starts_with(['.', '[']) {
        let key: String = text.chars().take_while(|c| !matches!(c, '.' | '[')).take(60).collect();
        let quoted = key.replace('\\', r"\\").replace('\'', r"\'");
        return Err(PathError::new(
            format!("the key `{key}` holds a character that needs brackets"),
            format!("write `['{quoted}']` in place of `.{key}`"),
        ));
    }
    Ok((key.into(), rest))
}

fn bracketed(text: &str) -> Result<(String, &str), PathError> {
    let mut characters = text.char_indices();
    let quote = match characters.next() {
        Some((_, quote @ ('\'' | '"'))) => quote,
        Some((_, '0'..='9' | '-' | ':' | '*' | '?')) => {
            return Err(PathError::new(
                INTO_ARRAY,
                "take the array as a whole (a VARCHAR column gets its JSON text), or send one record an element",
            ));
        }
        _ => return Err(PathError::new("a key in brackets is quoted", "write it like `$['first name']`")),
    };
    let mut key = String::new();
    while let Some((at, character)) = characters.next() {
        if character == quote {
            return match text[at + 1..].strip_prefix(']') {
                Some(_) if key.is_empty() => {
                    Err(PathError::new("a key in brackets is empty", "write the key's name"))
                }
                Some(rest) => Ok((key, rest)),
                None => Err(PathError::new("a bracket is not closed", "write it like `$['first name']`")),
            };
        }
        match character {
            '\\' => match characters.next() {
                Some((_, escaped @ ('\\' | '\'' | '"'))) => key.push(escaped),
                _ => {
                    return Err(PathError::new(
                        "a backslash stands before a quote or a backslash only",
                        r"write `\\` for a backslash",
                    ));
                }
            },
            other => key.push(other),
        }
    }
    Err(PathError::new("a quote is not closed", "write it like `$['first name']`"))
}

fn is_key_character(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.chars().all(is_key_character)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn keys(text: &str) -> Result<Vec<String>, String> {
        parse_path(text).map(|path| path.segments().to_vec()).map_err(|error| error.help)
    }

    #[test]
    fn paths_are_read() {
        assert_eq!(keys("$"), Ok(vec![]));
        assert_eq!(keys("$.name.first"), Ok(vec!["name".into(), "first".into()]));
        assert_eq!(keys(r#"$['a b'].c["d.e"]"#), Ok(vec!["a b".into(), "c".into(), "d.e".into()]));
        assert_eq!(keys(r"$['it\'s']"), Ok(vec!["it's".into()]));
        assert_eq!(keys("$.first-name.é"), Ok(vec!["first-name".into(), "é".into()]));
    }

    #[test]
    fn what_is_no_path_comes_with_a_way_out() {
        for (text, help) in [
            ("name.first", "write `$.name.first`"),
            ("", "write it like `$.name.first`"),
            ("$name", "write it like `$.name.first` or `$['first name']`"),
            ("$.", "write it like `$.name.first`"),
            ("$..first", "write every key, like `$.name.first`"),
            ("$.*", "write the key's name"),
            ("$.a b.c", "write `['a b']` in place of `.a b`"),
            ("$['a", "write it like `$['first name']`"),
            ("$[a]", "write it like `$['first name']`"),
            ("$['']", "write the key's name"),
        ] {
            assert_eq!(keys(text), Err(help.into()), "{text}");
        }
        assert!(keys("$.results[0].x").is_err_and(|help| help.contains("one record an element")));
    }

    #[test]
    fn an_array_becomes_rows_or_its_text() {
        let path = parse_column_path("$.a.items[0:].price.net").expect("a path");
        let (array, element) = path.elements().expect("an array");
        assert_eq!((array.join("."), element.join(".")), ("a.items".into(), "price.net".into()));
        assert_eq!(path.to_string(), "$.a.items[0:].price.net");
        assert_eq!(parse_column_path("$.a[0:]"), parse_path("$.a"));
        assert!(parse_column_path("$.a[0].b").is_err_and(|error| error.help.contains("[0:]")));
        assert!(parse_column_path("$.a[0:].b[0:].c").is_err() && parse_column_path("$[0:].c").is_err());
    }

    proptest! {
        #[test]
        fn a_path_reads_back_as_it_is_written(keys in proptest::collection::vec("[^\\p{Cc}]{1,8}", 0..6)) {
            let path = Path { segments: keys, array: None };
            prop_assert_eq!(parse_path(&path.to_string()), Ok(path));
        }

        #[test]
        fn reading_a_path_never_panics(text in "\\$?[\\[\\].'\"\\\\a-c0*\u{e9} ]{0,20}") {
            let _ = parse_path(&text);
        }
    }
}
