//! The text of a spec: keys and values, a line each, with comments after them or in front.

use std::fmt::Write;

use crate::discover::word;

/// Longest line with a comment after its value, characters; longer comments are in front of it.
const LINE_MAX: usize = 110;

/// A spec under way.
#[derive(Debug, Default)]
pub(super) struct Yaml {
    text: String,
}

impl Yaml {
    pub(super) fn finish(self) -> String {
        self.text
    }

    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// A comment on lines of its own.
    pub(super) fn comment(&mut self, depth: usize, comment: &str) {
        let indent = "  ".repeat(depth);
        let mut line = format!("{indent}#");
        for word in one_line(comment).split(' ') {
            if line.chars().count() + 1 + word.chars().count() > LINE_MAX && !line.ends_with('#') {
                let _ = writeln!(self.text, "{line}");
                line = format!("{indent}#");
            }
            line.push(' ');
            line.push_str(word);
        }
        let _ = writeln!(self.text, "{line}");
    }

    /// A command to type, whole on a comment line of its own.
    pub(super) fn command(&mut self, depth: usize, command: &str) {
        let _ = writeln!(self.text, "{}#   {}", "  ".repeat(depth), one_line(command));
    }

    /// `key:`, with what follows below it.
    pub(super) fn open(&mut self, depth: usize, key: &str) {
        let _ = writeln!(self.text, "{}{}:", "  ".repeat(depth), word(key));
    }

    /// `key: value`; the value is written as it is given.
    pub(super) fn entry(&mut self, depth: usize, key: &str, value: &str, comment: Option<&str>) {
        let line = format!("{}{}: {value}", "  ".repeat(depth), word(key));
        match comment {
            None => {
                let _ = writeln!(self.text, "{line}");
            }
            Some(comment) if line.chars().count() + comment.chars().count() + 4 <= LINE_MAX => {
                let _ = writeln!(self.text, "{line}  # {}", one_line(comment));
            }
            Some(comment) => {
                self.comment(depth, comment);
                let _ = writeln!(self.text, "{line}");
            }
        }
    }
}

/// The text without line breaks of any kind and without what a terminal would obey, so that no part of it leaves a
/// comment.
pub(super) fn one_line(text: &str) -> String {
    let is_stray = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}');
    text.replace(['\n', '\t'], " ").replace(is_stray, "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_leaves_its_comment() {
        let mut yaml = Yaml::default();
        yaml.comment(1, "a\nname: b\r\u{85}c: d\u{2028}e: f \u{1b}[2J");
        yaml.entry(0, "x: y", &word("z\n# not a comment"), Some("k\nname: b"));
        assert_eq!(
            yaml.finish(),
            "  # a name: b\u{fffd}\u{fffd}c: d\u{fffd}e: f \u{fffd}[2J\n\"x: y\": \"z\\n# not a comment\"  # k name: b\n"
        );
    }

    #[test]
    fn long_comments_stand_in_front() {
        let mut yaml = Yaml::default();
        yaml.entry(1, "a", "b", Some(&"word ".repeat(30)));
        let text = yaml.finish();
        assert!(text.lines().count() > 1 && text.ends_with("  a: b\n"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= LINE_MAX), "{text}");
    }
}
