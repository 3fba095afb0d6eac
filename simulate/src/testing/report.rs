//! The results of tests, for people and for programs.

use std::fmt::Write;

use pipec_compiler::diagnostics::github::{data, property};
use pipec_compiler::terminal::printable;
use serde::Serialize;

/// A test that has run.
#[derive(Clone, Debug, Serialize)]
pub struct Ran {
    /// The spec, and its environment.
    pub spec: String,
    /// The file of the test.
    pub file: String,
    /// Its line there, from 1.
    pub line: usize,
    /// Its name.
    pub name: String,
    /// What is not as expected, in lines; none if it passed.
    pub differences: Vec<String>,
}

#[derive(Serialize)]
struct Report<'a> {
    passed: usize,
    failed: usize,
    tests: &'a [Ran],
}

fn passed(ran: &[Ran]) -> usize {
    ran.iter().filter(|one| one.differences.is_empty()).count()
}

/// For people.
pub fn text(ran: &[Ran]) -> String {
    let mut text = String::new();
    for one in ran {
        let state = if one.differences.is_empty() { "ok  " } else { "FAIL" };
        let _ = write!(text, "{state} {}: {}", one.spec, one.name);
        if one.differences.is_empty() {
            text.push('\n');
            continue;
        }
        let _ = writeln!(text, " ({}:{})", one.file, one.line);
        for line in &one.differences {
            let _ = writeln!(text, "       {line}");
        }
    }
    let passed = passed(ran);
    let _ = writeln!(text, "{passed} passed, {} failed", ran.len() - passed);
    // Names and rows come from anywhere.
    printable(&text)
}

/// For programs.
pub fn json(ran: &[Ran]) -> String {
    let passed = passed(ran);
    let report = Report { passed, failed: ran.len() - passed, tests: ran };
    let mut text = serde_json::to_string_pretty(&report).unwrap_or_default();
    text.push('\n');
    text
}

/// In the form of JUnit, which build servers read.
pub fn junit(ran: &[Ran]) -> String {
    let failed = ran.len() - passed(ran);
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(text, "<testsuites tests=\"{}\" failures=\"{failed}\">", ran.len());
    for suite in ran.chunk_by(|one, other| one.spec == other.spec) {
        let failed = suite.len() - passed(suite);
        let name = xml(&suite[0].spec);
        let _ =
            writeln!(text, "  <testsuite name=\"{name}\" tests=\"{}\" failures=\"{failed}\">", suite.len());
        for one in suite {
            let (case, file) = (xml(&one.name), xml(&one.file));
            let _ = write!(
                text,
                "    <testcase name=\"{case}\" classname=\"{name}\" file=\"{file}\" line=\"{}\"",
                one.line
            );
            match one.differences.first() {
                None => text.push_str("/>\n"),
                Some(first) => {
                    let (first, all) = (xml(first), xml(&one.differences.join("\n")));
                    let _ = writeln!(
                        text,
                        ">\n      <failure message=\"{first}\">{all}</failure>\n    </testcase>"
                    );
                }
            }
        }
        text.push_str("  </testsuite>\n");
    }
    text.push_str("</testsuites>\n");
    text
}

/// Text of XML 1.0, which has no control characters.
fn xml(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push('\n'),
            c if c.is_control() || ['\u{fffe}', '\u{ffff}'].contains(&c) => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Annotations of GitHub Actions.
pub fn github(ran: &[Ran]) -> String {
    let mut text = String::new();
    for one in ran.iter().filter(|one| !one.differences.is_empty()) {
        let _ = writeln!(
            text,
            "::error file={},line={},title={}::{}",
            property(&one.file),
            one.line,
            property(&format!("test failed: {}", one.name)),
            data(&one.differences.join("\n"))
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ran() -> Vec<Ran> {
        let one = |name: &str, differences: &[&str]| Ran {
            spec: "orders.yaml".into(),
            file: "orders.test.yaml".into(),
            line: 3,
            name: name.into(),
            differences: differences.iter().map(ToString::to_string).collect(),
        };
        vec![one("good", &[]), one("bad <&>", &["rows: 1 rows are expected, and 0 came", "- {\"a\":1}"])]
    }

    #[test]
    fn nothing_steers_a_terminal() {
        let mut ran = ran();
        ran[0].name = "a\u{1b}[2Jb".into();
        assert!(text(&ran).starts_with("ok   orders.yaml: a\u{fffd}[2Jb\n"), "{}", text(&ran));
    }

    #[test]
    fn people_and_programs_read_the_same() {
        assert_eq!(
            text(&ran()),
            "ok   orders.yaml: good\nFAIL orders.yaml: bad <&> (orders.test.yaml:3)\n       rows: 1 rows are expected, and 0 came\n       - {\"a\":1}\n1 passed, 1 failed\n"
        );
        let value: serde_json::Value = serde_json::from_str(&json(&ran())).expect("JSON");
        assert_eq!((&value["passed"], &value["failed"]), (&1.into(), &1.into()));
        assert_eq!(
            github(&ran()),
            "::error file=orders.test.yaml,line=3,title=test failed%3A bad <&>::rows: 1 rows are expected, and 0 came%0A- {\"a\":1}\n"
        );
        assert_eq!(
            junit(&ran()),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"2\" failures=\"1\">\n  <testsuite name=\"orders.yaml\" tests=\"2\" failures=\"1\">\n    \
             <testcase name=\"good\" classname=\"orders.yaml\" file=\"orders.test.yaml\" line=\"3\"/>\n    \
             <testcase name=\"bad &lt;&amp;&gt;\" classname=\"orders.yaml\" file=\"orders.test.yaml\" line=\"3\">\n      \
             <failure message=\"rows: 1 rows are expected, and 0 came\">rows: 1 rows are expected, and 0 came\n- {&quot;a&quot;:1}</failure>\n    </testcase>\n  \
             </testsuite>\n</testsuites>\n"
        );
    }
}
