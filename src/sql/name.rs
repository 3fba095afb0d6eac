//! Names: how they are read, and which of several a name without quotes stands for.

use sqlparser::tokenizer::Word;

use super::scan::Text;
use crate::source::Span;

/// A name as written.
#[derive(Clone, Debug)]
pub(super) struct Name {
    /// Without quotes: in upper case in the old dialect, as written in plain SQL.
    pub(super) text: String,
    pub(super) quoted: bool,
    pub(super) span: Span,
}

/// Which of several names is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meant<'a> {
    /// This one, by its place among them.
    One(usize),
    /// No one.
    None,
    /// These two, which differ in case only.
    Either(&'a str, &'a str),
}

impl Name {
    /// Which of several names this one means: the one of the same spelling, else, without quotes, the only one of
    /// another case.
    pub(super) fn among<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Meant<'a> {
        let mut found: Option<(usize, &'a str)> = None;
        let mut other = None;
        for (at, name) in names.into_iter().enumerate() {
            if name == self.text {
                return Meant::One(at);
            }
            if !self.quoted && same_letters(name, &self.text) {
                match found {
                    None => found = Some((at, name)),
                    Some((_, first)) if first != name => other = other.or(Some(name)),
                    Some(_) => {}
                }
            }
        }
        match (found, other) {
            (Some((_, first)), Some(second)) => Meant::Either(first, second),
            (Some((at, _)), None) => Meant::One(at),
            (None, _) => Meant::None,
        }
    }

    /// Whether this name means another, which is the only one there.
    pub(super) fn means(&self, name: &str) -> bool {
        name == self.text || !self.quoted && same_letters(name, &self.text)
    }

    /// Whether it is a word that SQL knows, in upper case here.
    pub(super) fn is_word(&self, word: &str) -> bool {
        if self.quoted { self.text == word } else { self.text.eq_ignore_ascii_case(word) }
    }

    /// The name of a function, which is known in upper case.
    pub(super) fn upper(mut self) -> Self {
        if !self.quoted {
            self.text = self.text.to_uppercase();
        }
        self
    }
}

/// Whether two names differ in case at most.
pub(super) fn same_letters(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

/// A word as a name.
pub(super) fn folded(word: &Word, text: &Text) -> String {
    folded_text(&word.value, word.quote_style.is_some(), text)
}

/// A name as it is kept: without quotes in upper case, unless the SQL is plain.
pub(super) fn folded_text(name: &str, quoted: bool, text: &Text) -> String {
    if quoted || text.is_plain { name.to_owned() } else { name.to_uppercase() }
}

/// Why a text cannot be a name, and what to do. A name becomes a key of JSON and is in the generated SQL.
pub(super) fn bad_name(text: &str) -> Option<(&'static str, &'static str)> {
    if text.is_empty() {
        Some(("a name is empty", "write the name between the double quotes"))
    } else if text.trim().is_empty() {
        Some(("a name consists of spaces", "write a letter between the double quotes"))
    } else if text.chars().any(char::is_control) {
        Some(("a name contains a control character", "write the name on one line, without tabs"))
    } else if text.contains("${") {
        Some(("a name contains `${`, which marks placeholders", "choose another name"))
    } else if text.chars().count() > 128 {
        Some(("a name is longer than 128 characters", "choose a shorter name"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_spelling_comes_first() {
        let mut sources = crate::source::Sources::default();
        let id = sources.add("a.sql", String::new());
        let span = sources.file(id).span(0..0);
        let name = |text: &str, quoted| Name { text: text.into(), quoted, span };
        let names = ["temp", "Temp", "age", "AGE", "City"];
        assert_eq!(name("Temp", false).among(names), Meant::One(1));
        assert_eq!(name("TEMP", false).among(names), Meant::Either("temp", "Temp"));
        assert_eq!(name("city", false).among(names), Meant::One(4));
        assert_eq!(name("city", true).among(names), Meant::None);
        assert_eq!(name("town", false).among(names), Meant::None);
    }
}
