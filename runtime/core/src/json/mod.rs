//! JSON as it stands in a record: checked to its last brace, and decoded only where a column lies.
//!
//! The grammar is that of RFC 8259 with the limits and liberties of the reader that Flink uses (Jackson): control
//! characters may stand in a text, what follows the record's object is not looked at, nesting and numbers have
//! limits. So both runtimes take and refuse the same records.

mod scanner;
mod text;

use scanner::Scanner;
pub(crate) use text::{text, unescape, write_text};

/// The deepest nesting that is read, as in Jackson.
const MAX_DEPTH: usize = 1000;
/// The most digits of a number, as in Jackson.
const MAX_DIGITS: usize = 1000;
/// The longest key in bytes; Jackson counts characters.
const MAX_KEY: usize = 50_000;

/// A value as it is written in a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Raw<'a> {
    /// There is none.
    Absent,
    /// `null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// A number without point and exponent.
    Integer(&'a str),
    /// Any other number.
    Fraction(&'a str),
    /// What stands between quotes, without a backslash.
    Text(&'a str),
    /// What stands between quotes, with escapes in it.
    Escaped(&'a str),
    /// An object or an array, with its braces.
    Container(&'a str),
}

/// What is no JSON, or beyond a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

type Result<T> = std::result::Result<T, Malformed>;

/// Where the columns lie: the keys of one object.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys(Vec<Key>);

#[derive(Clone, Debug)]
struct Key {
    name: Box<str>,
    /// The columns at this key or below it.
    columns: Vec<usize>,
    /// Those at this key.
    whole: Vec<usize>,
    /// Empty where the value itself is what the columns take.
    inner: Keys,
}

impl Keys {
    /// Adds a column with the keys that lead to it.
    pub(crate) fn add(&mut self, path: &[String], column: usize) {
        let Some((name, rest)) = path.split_first() else { return };
        let at = self.0.iter().position(|key| *key.name == **name).unwrap_or_else(|| {
            let (columns, whole) = (Vec::new(), Vec::new());
            self.0.push(Key { name: name.as_str().into(), columns, whole, inner: Self::default() });
            self.0.len() - 1
        });
        self.0[at].columns.push(column);
        if rest.is_empty() {
            self.0[at].whole.push(column);
        }
        self.0[at].inner.add(rest, column);
    }

    /// Whether a column lies at this key or below it.
    pub(crate) fn reads(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    fn find(&self, name: &str) -> Option<&Key> {
        self.0.iter().find(|key| *key.name == *name)
    }
}

/// The objects of a record that is an array; none of a record that is no array.
///
/// # Errors
/// When the array is no JSON.
pub(crate) fn records(text: &str, exact: bool) -> Result<Option<Vec<&str>>> {
    let mut scanner = Scanner::new(text, 0, exact);
    scanner.blanks();
    if scanner.peek()? != b'[' {
        return Ok(None);
    }
    scanner.at += 1;
    let mut found = Vec::new();
    scanner.elements(1, |scanner, depth| {
        let start = scanner.at;
        scanner.skip(depth)?;
        found.extend(Some(scanner.slice(start, scanner.at)).filter(|element| element.starts_with('{')));
        Ok(())
    })?;
    Ok(Some(found))
}

/// The text of an object, if the whole text is one; for `exact`, see [`read`].
pub(crate) fn object(text: &str, exact: bool) -> Option<&str> {
    let text = text.trim_matches([' ', '\n', '\r', '\t']);
    if !text.starts_with('{') {
        return None;
    }
    let mut scanner = Scanner::new(text, 0, exact);
    // It becomes a part of another object.
    scanner.skip(1).ok()?;
    (scanner.at == text.len()).then_some(text)
}

/// Finds the values of all columns in a record; `found` has a place for each. Where numbers are `exact`, none may have an
/// exponent that no exact number has.
pub(crate) fn read<'a>(text: &'a str, keys: &Keys, exact: bool, found: &mut [Raw<'a>]) -> Result<()> {
    let mut scanner = Scanner::new(text, 0, exact);
    scanner.blanks();
    if scanner.next()? != b'{' {
        return Err(Malformed);
    }
    scanner.object(1, &mut |scanner, name, depth| match keys.find(name) {
        Some(key) => scanner.column(key, depth, found),
        None => scanner.skip(depth),
    })
}

/// The objects among the elements of an array that was read before, each as its text; none where it is another
/// container.
pub(crate) fn objects(container: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut scanner = Scanner::new(container, 1, false);
    if container.starts_with('[') {
        // What is given here was read before, so there is nothing left to fail.
        let _ = scanner.elements(0, |scanner, depth| {
            let start = scanner.at;
            scanner.skip(depth)?;
            found.extend(Some(scanner.slice(start, scanner.at)).filter(|element| element.starts_with('{')));
            Ok(())
        });
    }
    found
}

/// The value of a container as text, with numbers and texts in one spelling and only the last of several equal keys.
pub(crate) fn normalize(container: &str, number: &dyn Fn(Raw) -> String) -> String {
    let mut out = String::with_capacity(container.len());
    let mut scanner = Scanner::new(container, 0, false);
    // What is given here was read before, so there is nothing left to fail.
    let _ = scanner.rewrite(0, number, &mut out);
    out
}
