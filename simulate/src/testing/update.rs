//! What came, written into a file as what is expected.

use std::fmt::Write;

use serde_json::Value;

use super::{Expect, Outcome, Rows, Test, read};

/// A file of tests with what came of some of them in place of what was expected.
///
/// # Errors
/// Why it cannot be written, in a sentence.
pub fn updated(text: &str, outcomes: &[(&Test, &Outcome)]) -> Result<String, String> {
    let mut changes: Vec<(std::ops::Range<usize>, String)> = Vec::new();
    for (test, outcome) in outcomes {
        if let Some(name) = test.expect.outputs.keys().find(|name| !outcome.outputs.contains_key(*name)) {
            let known: Vec<&str> = outcome.outputs.keys().map(String::as_str).collect();
            let known = if known.is_empty() { "none".into() } else { known.join(", ") };
            return Err(format!("{}: there is no output `{name}`; there are: {known}", test.name));
        }
        match &test.expect_ranges {
            Some((key, value)) => {
                let block = block(text, key.start, &test.expect, outcome);
                changes.push((key.start..value.end.max(key.end), block));
            }
            None => {
                let end = text[..test.range.end].trim_end().len();
                let column = column(text, test.range.start);
                let block = block_at(column, &Expect::default(), outcome);
                changes.push((end..end, format!("\n{}{block}", " ".repeat(column))));
            }
        }
    }
    changes.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut new = text.to_owned();
    for (range, block) in changes {
        new.replace_range(range, &block);
    }
    // What was a list or an object in one line may have an end that is not part of its place.
    let same = read(&new).is_ok_and(|tests| {
        outcomes.iter().all(|(test, outcome)| {
            let found = tests.iter().find(|other| other.name == test.name);
            found.is_some_and(|found| outcome.differences(&found.expect).is_empty())
        })
    });
    if same {
        Ok(new)
    } else {
        Err("`expect` cannot be updated; write it as a block, one key per line".into())
    }
}

/// The column at which a place is, from 0.
fn column(text: &str, at: usize) -> usize {
    at - text[..at].rfind('\n').map_or(0, |line| line + 1)
}

fn block(text: &str, key: usize, expect: &Expect, outcome: &Outcome) -> String {
    block_at(column(text, key), expect, outcome)
}

/// The key `expect` at a column, with what came for all that was expected; for a test that expects nothing, with all.
fn block_at(column: usize, expect: &Expect, outcome: &Outcome) -> String {
    let inner = " ".repeat(column + 2);
    let mut block = String::from("expect:");
    // What Flink does not report is removed.
    let reported = Expect {
        dropped: expect.dropped.and(outcome.dropped),
        failed: expect.failed.and(outcome.failed),
        ..expect.clone()
    };
    let expects_nothing = reported.is_empty();
    let write_rows = |block: &mut String, indent: &str, rows: &Rows, actual: &[Value], always: bool| {
        if rows.ordered {
            let _ = write!(block, "\n{indent}ordered: true");
        }
        if rows.count.is_some() {
            let _ = write!(block, "\n{indent}count: {}", actual.len());
        }
        if rows.rows.is_some() || always {
            if actual.is_empty() {
                let _ = write!(block, "\n{indent}rows: []");
            } else {
                let _ = write!(block, "\n{indent}rows:");
                for row in actual {
                    let _ = write!(block, "\n{indent}  - {row}");
                }
            }
        }
    };
    if !expect.main.is_empty() || expect.main.ordered || expects_nothing {
        write_rows(&mut block, &inner, &expect.main, &outcome.main, expects_nothing);
    }
    if !expect.outputs.is_empty() {
        let _ = write!(block, "\n{inner}outputs:");
        for (name, rows) in &expect.outputs {
            let _ = write!(block, "\n{inner}  {}:", Value::from(name.as_str()));
            let actual = outcome.outputs.get(name).map_or(&[][..], Vec::as_slice);
            write_rows(&mut block, &format!("{inner}    "), rows, actual, rows.is_empty());
        }
    }
    for (what, expected, actual) in
        [("dropped", expect.dropped, outcome.dropped), ("failed", expect.failed, outcome.failed)]
    {
        if let Some(actual) = actual.filter(|_| expected.is_some() || expects_nothing) {
            let _ = write!(block, "\n{inner}{what}: {actual}");
        }
    }
    if expect.objects.is_some() {
        let _ = write!(block, "\n{inner}objects:");
        for (key, records) in &outcome.objects {
            let _ = write!(block, "\n{inner}  - {{key: {}, records: {records}}}", Value::from(key.as_str()));
        }
    }
    block
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn outcome() -> Outcome {
        Outcome { main: vec![json!({"id": 1})], dropped: Some(2), failed: Some(0), ..Outcome::default() }
    }

    #[test]
    fn what_came_replaces_what_was_expected() {
        let text = "# Orders.\ntests:\n  - name: a   # kept\n    given: [{id: 1}]\n    expect:\n      rows:\n        - {id: 2}\n      dropped: 0\n  - name: b\n    given: [{id: 1}]\n";
        let tests = read(text).expect("tests");
        let new = updated(text, &[(&tests[0], &outcome()), (&tests[1], &outcome())]).expect("a text");
        assert_eq!(
            new,
            "# Orders.\ntests:\n  - name: a   # kept\n    given: [{id: 1}]\n    expect:\n      rows:\n        - {\"id\":1}\n      dropped: 2\n  - name: b\n    given: [{id: 1}]\n    \
             expect:\n      rows:\n        - {\"id\":1}\n      dropped: 2\n      failed: 0\n"
        );
        let again = read(&new).expect("tests");
        assert_eq!(updated(&new, &[(&again[0], &outcome()), (&again[1], &outcome())]), Ok(new.clone()));
    }

    #[test]
    fn what_flink_does_not_report_is_removed() {
        let outcome = Outcome { main: vec![json!({"id": 1})], ..Outcome::default() };
        for (expect, updated_to) in [
            ("dropped: 1", "rows:\n      - {\"id\":1}"),
            ("dropped: 1\n    count: 7", "count: 1"),
            ("ordered: true", "ordered: true\n    rows:\n      - {\"id\":1}"),
        ] {
            let text = format!("tests:\n- name: a\n  given: [{{id: 1}}]\n  expect:\n    {expect}\n");
            let tests = read(&text).expect("tests");
            let new = updated(&text, &[(&tests[0], &outcome)]);
            assert_eq!(new, Ok(text.replace(expect, updated_to)));
        }
        let text = "tests:\n- name: a\n  given: [{id: 1}]\n  expect: {outputs: {TYPO: []}}\n";
        let tests = read(text).expect("tests");
        assert_eq!(
            updated(text, &[(&tests[0], &outcome)]),
            Err("a: there is no output `TYPO`; there are: none".into())
        );
    }

    #[test]
    fn only_what_was_expected_is_written() {
        let text = "tests:\n- name: a\n  given: [{id: 1}]\n  expect:\n    count: 7\n    outputs:\n      OUT: [{n: 1}]\n";
        let tests = read(text).expect("tests");
        let mut outcome = outcome();
        outcome.outputs.insert("OUT".into(), vec![json!({"n": 2}), json!("text")]);
        let new = updated(text, &[(&tests[0], &outcome)]).expect("a text");
        assert_eq!(
            new,
            "tests:\n- name: a\n  given: [{id: 1}]\n  expect:\n    count: 1\n    outputs:\n      \"OUT\":\n        rows:\n          - {\"n\":2}\n          - \"text\"\n"
        );
    }
}
