//! Rules of IoT Core: its SQL and the templates of a partition key.
//!
//! AWS IoT Core developer guide, "AWS IoT SQL reference" and "Substitution templates", 2026-11.

use super::{Rules, Site};
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::{Iot, Setting};

/// Levels that a topic filter may have. AWS IoT Core quotas, "Maximum number of slashes in topic and topic filter" is 7; 2026-11.
const TOPIC_LEVELS_MAX: usize = 8;

impl Rules for Iot {
    fn check(&self, site: &Site, found: &mut Vec<Diagnostic>) {
        found.extend(
            statement(&self.sql.value)
                .map(|(message, help)| Diagnostic::error(Code::IotStatement, self.sql.span, message, help)),
        );
        if let Some(key) = &self.partition_key {
            found.extend(template(key));
            found.extend(site.stream_only("partition_key", Some(key.span)));
        }
    }
}

/// A word of a statement, or a text in quotation marks.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Word<'a> {
    Plain(&'a str),
    Single(&'a str),
    Double(&'a str),
}

fn words(sql: &str) -> Vec<Word<'_>> {
    let mut found = Vec::new();
    let mut rest = sql.trim_start();
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '\'' | '"' => rest[1..].find(first).map_or(rest.len(), |end| end + 2),
            c if c.is_whitespace() || ",()".contains(c) => {
                rest = &rest[c.len_utf8()..];
                continue;
            }
            _ => rest.find(|c: char| c.is_whitespace() || ",()'\"".contains(c)).unwrap_or(rest.len()),
        };
        let (word, after) = rest.split_at(end);
        let inner = word.trim_matches(first);
        found.push(match first {
            '\'' => Word::Single(inner),
            '"' => Word::Double(inner),
            _ => Word::Plain(word),
        });
        rest = after;
    }
    found
}

/// What IoT Core rejects in a statement, and what to write.
fn statement(sql: &str) -> Option<(String, String)> {
    let words = words(sql);
    let is =
        |word: &Word, keyword: &str| matches!(word, Word::Plain(text) if text.eq_ignore_ascii_case(keyword));
    if !words.first().is_some_and(|word| is(word, "SELECT") || is(word, "SET")) {
        return Some((
            "a rule of IoT Core is a SELECT".into(),
            "write `SELECT * FROM 'sensors/+/data'`".into(),
        ));
    }
    if let Some(found) = unclosed(sql) {
        return Some(found);
    }
    if let [select, from, ..] = words.as_slice()
        && is(select, "SELECT")
        && is(from, "FROM")
    {
        return Some((
            "the statement selects nothing".into(),
            "write `SELECT *` for the whole message".into(),
        ));
    }
    for clause in ["GROUP", "ORDER", "HAVING", "JOIN", "LIMIT", "UNION"] {
        if words.iter().any(|word| is(word, clause)) {
            return Some((
                format!("the SQL of IoT Core has no {clause}"),
                "select the messages here, and process them with the pipeline's own SQL, in `analytics`"
                    .into(),
            ));
        }
    }
    // A nested SELECT has a FROM of its own, with a field.
    let mut after = words.iter().zip(words.iter().skip(1)).filter(|(word, _)| is(word, "FROM"));
    let topic = after.clone().find_map(|(_, next)| match next {
        Word::Single(topic) => Some(topic),
        _ => None,
    });
    match (topic, after.next_back()) {
        (Some(topic), _) => filter(topic),
        (None, Some((_, Word::Single(topic) | Word::Double(topic) | Word::Plain(topic)))) => Some((
            "the topic filter must be in single quotation marks".into(),
            format!("write `FROM '{topic}'`"),
        )),
        (None, None) => Some((
            "the statement has no FROM with a topic filter".into(),
            "end it with `FROM 'sensors/+/data'`".into(),
        )),
    }
}

/// A text or a parenthesis that is not closed.
fn unclosed(sql: &str) -> Option<(String, String)> {
    let mut quote = None;
    let mut depth = 0_i32;
    for character in sql.chars() {
        match (quote, character) {
            (Some(open), close) if open == close => quote = None,
            (None, '\'' | '"') => quote = Some(character),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            break;
        }
    }
    match (quote, depth) {
        (Some(open), _) => Some((
            format!("a string in the statement is not closed by `{open}`"),
            format!("add `{open}` at the end of the text"),
        )),
        (None, 0) => None,
        (None, depth) => Some((
            format!("the statement has one `{}` too many", if depth > 0 { '(' } else { ')' }),
            format!("remove it, or add a `{}`", if depth > 0 { ')' } else { '(' }),
        )),
    }
}

/// What is wrong with a topic filter.
fn filter(topic: &str) -> Option<(String, String)> {
    let levels: Vec<&str> = topic.split('/').collect();
    if topic.is_empty() {
        return Some(("the topic filter is empty".into(), "write `FROM '#'` for all topics".into()));
    }
    // The levels `$aws/rules/NAME` of a basic ingest do not count.
    if levels.len() > TOPIC_LEVELS_MAX && levels[0] != "$aws" {
        return Some((
            format!("the topic filter has {} levels; IoT Core accepts {TOPIC_LEVELS_MAX}", levels.len()),
            "end it earlier, with `#`".into(),
        ));
    }
    for (at, level) in levels.iter().enumerate() {
        let is_last = at + 1 == levels.len();
        if level.contains('#') && (*level != "#" || !is_last) {
            let before = if at == 0 { String::new() } else { format!("{}/", levels[..at].join("/")) };
            return Some((
                "`#` matches all further levels, so it must be the last level by itself".into(),
                format!("write `FROM '{before}#'`, or `+` for one level"),
            ));
        }
        if level.contains('+') && *level != "+" {
            let mut fixed = levels.clone();
            fixed[at] = "+";
            return Some((
                "`+` matches a whole level, not a part of one".into(),
                format!(
                    "write `FROM '{}'`, and compare the level with `topic({})` in WHERE",
                    fixed.join("/"),
                    at + 1
                ),
            ));
        }
        if level.contains('*') {
            let mut fixed = levels.clone();
            fixed[at] = "+";
            return Some((
                "the wildcards of a topic filter are `+` and `#`, not `*`".into(),
                format!("write `FROM '{}'`", fixed.join("/")),
            ));
        }
    }
    None
}

/// What is wrong with the template of a partition key.
fn template(key: &Setting<String>) -> Option<Diagnostic> {
    let text = &key.value;
    let error = |message: &str, help: String| Some(Diagnostic::error(Code::IotKey, key.span, message, help));
    let opened = text.matches("${").count();
    if opened == 0 {
        let plain = text.trim_start_matches("$.").trim_matches(['{', '}', '$']);
        let is_field =
            !plain.is_empty() && plain.chars().all(|c| c.is_ascii_alphanumeric() || "_.()".contains(c));
        return error(
            "the partition key is the same for all messages, so they all go to one shard",
            match is_field {
                true => format!("write `partition_key: \"${{{plain}}}\"`"),
                false => "write `partition_key: \"${topic(2)}\"`, or remove it".into(),
            },
        );
    }
    let closed = text.split("${").skip(1).all(|part| part.contains('}'));
    if !closed {
        return error(
            "a substitution template is not closed",
            format!("write `partition_key: \"{text}}}\"`"),
        );
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_of_the_developer_guide_are_accepted() {
        for sql in [
            "SELECT * FROM 'topic/subtopic'",
            "select *, topic(2) as device, timestamp() as ts from 'a/+/b' where temperature > 50 and color <> 'FROM x'",
            "SELECT VALUE readings FROM 'a/#'",
            "SELECT encode(*, 'base64') AS data FROM '#'",
            "SELECT * FROM '$aws/things/+/shadow/update/accepted'",
            "SELECT color.red AS r, (SELECT v FROM e) AS v FROM 'a/b'",
            "SELECT * FROM 'a/b' WHERE (SELECT v FROM e) > 1",
        ] {
            assert_eq!(statement(sql), None, "{sql}");
        }
    }
}
