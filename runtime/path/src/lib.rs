//! Paths into a JSON document: `$.name.first`, `$['first name'].x`, `$.pages[0].items`. The compiler and the programs that
//! it configures read them by this grammar and by no other.

use std::fmt;

/// Most steps of a path; deeper than any record that a person has written.
pub const MAX_DEPTH: usize = 32;

/// Where in a document a value lies: the steps from the outside in. The path of the whole document, `$`, has none.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path {
    steps: Vec<Step>,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Into an object: a key.
    Key(String),
    /// Into an array: a position, from 0.
    Index(usize),
}

impl Path {
    /// The path of these steps, from the outside in.
    #[must_use]
    pub fn new(steps: Vec<Step>) -> Self {
        Self { steps }
    }

    /// The steps, from the outside in.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Whether this is the whole document.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.steps.is_empty()
    }

    /// The keys of a path that leads through objects alone.
    #[must_use]
    pub fn keys(&self) -> Option<Vec<&str>> {
        self.steps
            .iter()
            .map(|step| match step {
                Step::Key(key) => Some(key.as_str()),
                Step::Index(_) => None,
            })
            .collect()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("$")?;
        self.steps.iter().try_for_each(|step| step.fmt(formatter))
    }
}

/// The step as it is written behind another: `.name`, `['first name']` or `[0]`.
impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Key(key) if is_plain(key) => write!(formatter, ".{key}"),
            Self::Key(key) => {
                write!(formatter, "['{}']", key.replace('\\', r"\\").replace('\'', r"\'"))
            }
            Self::Index(index) => write!(formatter, "[{index}]"),
        }
    }
}

/// Why a text is not a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathError {
    /// One terse sentence, without a full stop.
    pub message: String,
    /// What to type.
    pub help: String,
    /// Whether the text asks for several elements of an array, or for one from its end.
    pub slices: bool,
}

impl PathError {
    /// An error with what to type.
    pub fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into(), slices: false }
    }
}

impl fmt::Display for PathError {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "{}; {}", self.message, self.help)
    }
}

impl std::error::Error for PathError {}

/// Reads a path such as `$.name.first` or `$.pages[0].items`. A key with other characters than letters, digits, `_` and
/// `-` is written in brackets: `$['first name'].x`, with `\'` and `\\` for a quote and a backslash.
///
/// # Errors
/// When the text has another form, or one of JSONPath's forms that can match more than one value.
pub fn parse(text: &str) -> Result<Path, PathError> {
    let Some(mut rest) = text.strip_prefix('$') else {
        let shown: String = text.chars().take(60).collect();
        let plain = !shown.is_empty() && shown.split('.').all(is_plain);
        let help = if plain { format!("write `$.{shown}`") } else { "write it like `$.name.first`".into() };
        return Err(PathError::new("a path starts with `$`, the record", help));
    };
    let mut steps = Vec::new();
    while !rest.is_empty() {
        let (step, after) = if let Some(after) = rest.strip_prefix('.') {
            dotted(after)?
        } else if let Some(after) = rest.strip_prefix('[') {
            bracketed(after)?
        } else {
            return Err(PathError::new(
                "a key of a path follows a dot or is in brackets",
                "write it like `$.name.first` or `$['first name']`",
            ));
        };
        if matches!(&step, Step::Key(key) if key.chars().any(char::is_control)) {
            return Err(PathError::new("a key of a path contains a control character", "remove it"));
        }
        steps.push(step);
        rest = after;
        if steps.len() > MAX_DEPTH {
            return Err(PathError::new(
                format!("a path has at most {MAX_DEPTH} keys"),
                "use a value that is less deeply nested",
            ));
        }
    }
    Ok(Path { steps })
}

fn dotted(text: &str) -> Result<(Step, &str), PathError> {
    if text.starts_with('.') {
        return Err(PathError::new(
            "`..` can match many values, but a path selects one value",
            "write every key, like `$.name.first`",
        ));
    }
    if text.starts_with('*') {
        return Err(PathError::new(
            "`*` can match many values, but a path selects one value",
            "write the key's name",
        ));
    }
    let end = text.find(|c| !is_key_character(c)).unwrap_or(text.len());
    let (key, rest) = text.split_at(end);
    if key.is_empty() {
        return Err(PathError::new("a key is missing after the dot", "write it like `$.name.first`"));
    }
    if !rest.is_empty() && !rest.starts_with(['.', '[']) {
        let key: String = text.chars().take_while(|c| !matches!(c, '.' | '[')).take(60).collect();
        let quoted = key.replace('\\', r"\\").replace('\'', r"\'");
        return Err(PathError::new(
            format!("the key `{key}` contains a character that needs brackets"),
            format!("write `['{quoted}']` instead of `.{key}`"),
        ));
    }
    Ok((Step::Key(key.into()), rest))
}

fn bracketed(text: &str) -> Result<(Step, &str), PathError> {
    let mut characters = text.char_indices();
    let quote = match characters.next() {
        Some((_, quote @ ('\'' | '"'))) => quote,
        Some((_, '0'..='9' | '-' | ':' | '*' | '?')) => return index(text),
        _ => {
            return Err(PathError::new(
                "a key in brackets must be quoted",
                "write it like `$['first name']`",
            ));
        }
    };
    let mut key = String::new();
    while let Some((at, character)) = characters.next() {
        if character == quote {
            return match text[at + 1..].strip_prefix(']') {
                Some(_) if key.is_empty() => {
                    Err(PathError::new("a key in brackets is empty", "write the key's name"))
                }
                Some(rest) => Ok((Step::Key(key), rest)),
                None => Err(PathError::new("a bracket is not closed", "write it like `$['first name']`")),
            };
        }
        match character {
            '\\' => match characters.next() {
                Some((_, escaped @ ('\\' | '\'' | '"'))) => key.push(escaped),
                _ => {
                    return Err(PathError::new(
                        "a backslash is only allowed before a quote or a backslash",
                        r"write `\\` for a backslash",
                    ));
                }
            },
            other => key.push(other),
        }
    }
    Err(PathError::new("a quote is not closed", "write it like `$['first name']`"))
}

fn index(text: &str) -> Result<(Step, &str), PathError> {
    let Some((inner, rest)) = text.split_once(']') else {
        return Err(PathError::new("a bracket is not closed", "write it like `$.items[0]`"));
    };
    match inner.parse() {
        Ok(index) if inner.bytes().all(|digit| digit.is_ascii_digit()) => Ok((Step::Index(index), rest)),
        _ => Err(PathError {
            slices: true,
            ..PathError::new(
                "a path selects one element of an array",
                "write its position from 0, like `$.items[0]`",
            )
        }),
    }
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

    fn written(text: &str) -> Result<String, String> {
        parse(text).map(|path| path.to_string()).map_err(|error| error.help)
    }

    #[test]
    fn paths_are_read() {
        for (text, plain) in [
            ("$", "$"),
            ("$.name.first", "$.name.first"),
            (r#"$['a b'].c["d.e"]"#, "$['a b'].c['d.e']"),
            (r"$['it\'s']", r"$['it\'s']"),
            ("$['name']", "$.name"),
            ("$.first-name.é", "$.first-name.é"),
            ("$.pages[0].items[12]['a b']", "$.pages[0].items[12]['a b']"),
            ("$[0]", "$[0]"),
        ] {
            assert_eq!(written(text).as_deref(), Ok(plain));
        }
        assert_eq!(parse("$.a['b c']").expect("a path").keys(), Some(vec!["a", "b c"]));
        assert_eq!(parse("$.a[0]").expect("a path").keys(), None);
    }

    #[test]
    fn a_text_that_is_not_a_path_comes_with_a_way_out() {
        for (text, help) in [
            ("name.first", "write `$.name.first`"),
            ("", "write it like `$.name.first`"),
            ("$name", "write it like `$.name.first` or `$['first name']`"),
            ("$.", "write it like `$.name.first`"),
            ("$..first", "write every key, like `$.name.first`"),
            ("$.*", "write the key's name"),
            ("$.a b.c", "write `['a b']` instead of `.a b`"),
            ("$['a", "write it like `$['first name']`"),
            ("$[a]", "write it like `$['first name']`"),
            ("$['']", "write the key's name"),
            ("$[0", "write it like `$.items[0]`"),
            ("$[-1]", "write its position from 0, like `$.items[0]`"),
            ("$.a[0:]", "write its position from 0, like `$.items[0]`"),
            ("$.a[99999999999999999999]", "write its position from 0, like `$.items[0]`"),
        ] {
            assert_eq!(written(text), Err(help.into()), "{text}");
        }
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof!["[^\\p{Cc}]{1,8}".prop_map(Step::Key), (0..1000_usize).prop_map(Step::Index)]
    }

    proptest! {
        #[test]
        fn a_path_reads_back_as_it_is_written(steps in proptest::collection::vec(step(), 0..6)) {
            let path = Path::new(steps);
            prop_assert_eq!(parse(&path.to_string()), Ok(path));
        }

        #[test]
        fn reading_a_path_never_panics(text in "\\$?[\\[\\].'\"\\\\a-c0*:\u{e9} ]{0,20}") {
            let _ = parse(&text);
        }
    }
}
