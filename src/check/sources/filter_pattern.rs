//! Filter patterns of CloudWatch Logs: what its API rejects, and what means something else than it seems to.
//!
//! Amazon CloudWatch Logs User Guide, "Filter pattern syntax for metric filters, subscription filters, and Live Tail", 2026-11.

/// Characters of a pattern. CloudWatch Logs API reference, `PutSubscriptionFilter`, 2026-11.
const PATTERN_CHARS_MAX: usize = 1024;

/// What is wrong with a pattern, and what to write.
pub(super) fn fault(pattern: &str) -> Option<(String, String)> {
    let length = pattern.chars().count();
    if length > PATTERN_CHARS_MAX {
        return Some((
            format!("the filter has {length} characters; CloudWatch Logs accepts {PATTERN_CHARS_MAX}"),
            "split it into two sources".into(),
        ));
    }
    let text = pattern.trim();
    let bare = outside_quotes(text);
    let Some(bare) = bare else {
        return Some((
            "a quotation mark of the filter is not closed".into(),
            "write a phrase in double quotation marks, as in `filter: '\"connection reset\"'`".into(),
        ));
    };
    match text.chars().next() {
        Some('{') => json(text, &bare),
        Some('[') if !text.ends_with(']') => Some((
            "a filter of fields starts with `[` and ends with `]`".into(),
            "write it as in `filter: '[ip, user, status = 5*]'`".into(),
        )),
        Some('[') => None,
        _ => terms(&bare),
    }
}

/// A filter for messages that are JSON.
fn json(text: &str, bare: &str) -> Option<(String, String)> {
    let example = "write it as in `filter: '{ $.level = \"ERROR\" }'`";
    if !text.ends_with('}') {
        return Some(("a filter of JSON starts with `{` and ends with `}`".into(), example.into()));
    }
    if bare.contains("==") {
        return Some(("CloudWatch Logs compares with one `=`".into(), example.into()));
    }
    let inner = bare.trim_start_matches('{').trim_end_matches('}').trim_start_matches([' ', '(', '!']);
    if !inner.starts_with("$.") && !inner.starts_with("$[") {
        let name: String =
            inner.chars().take_while(|c| c.is_ascii_alphanumeric() || "._-".contains(*c)).collect();
        let name = if name.is_empty() { "level" } else { name.as_str() };
        return Some((
            "a filter of JSON names a field by its path from `$`".into(),
            format!("write `$.{name}`, as in `filter: '{{ $.{name} = \"ERROR\" }}'`"),
        ));
    }
    None
}

/// Terms that all occur in an event: there are no words for `and` and `or`.
fn terms(bare: &str) -> Option<(String, String)> {
    let words: Vec<&str> = bare.split_whitespace().collect();
    let operator = words.iter().find(|word| ["OR", "AND", "NOT", "||", "&&"].contains(word))?;
    let others: Vec<&str> = words.iter().filter(|word| *word != operator).copied().collect();
    let marked = |mark: &str| {
        others
            .iter()
            .map(|word| format!("{mark}{}", word.trim_start_matches('?')))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let (meaning, instead) = match *operator {
        "OR" | "||" => ("one of its terms", marked("?")),
        "NOT" => ("events without a term", others.last().map_or_else(String::new, |last| format!("-{last}"))),
        _ => ("all of its terms", marked("")),
    };
    let word = match operator.chars().all(|c| c.is_ascii_alphabetic()) {
        true => format!("; for the word itself, write `\"{operator}\"`"),
        false => String::new(),
    };
    Some((
        format!("`{operator}` is not an operator of a filter: events would have to contain it"),
        format!("for {meaning}, write `filter: '{instead}'`{word}"),
    ))
}

/// The text without what is in quotation marks; `None` if one is not closed.
fn outside_quotes(text: &str) -> Option<String> {
    let mut outside = String::new();
    let mut quoted = false;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '"' => quoted = !quoted,
            c if !quoted => outside.push(c),
            _ => {}
        }
    }
    (!quoted).then_some(outside)
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn patterns_of_the_user_guide_are_accepted() {
        for pattern in [
            "",
            " ",
            "ERROR",
            "ERROR ARGUMENTS",
            "?ERROR ?ARGUMENTS",
            "ERROR -EXITING",
            "\"INTERNAL SERVER ERROR\"",
            "\"OR\"",
            "%AUTHORIZED%",
            "[ip, user, username, timestamp, request =*.html*, status_code = 4*, bytes]",
            "[w1!=%abc%, w2]",
            "{ $.eventType = \"UpdateTrail\" }",
            "{($.eventType != \"A\") && ($.sourceIPAddress NOT EXISTS)}",
            "{ $.objectList[1].flag = 1 || $.users[*] IS NULL }",
            "{ !($.a = 1) }",
            "{ $.['a b'] = \"==\" }",
        ] {
            assert_eq!(fault(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn what_a_new_user_writes_is_answered_with_what_to_write() {
        for (pattern, help) in [
            ("ERROR OR WARN", "`filter: '?ERROR ?WARN'`"),
            ("ERROR || WARN", "`filter: '?ERROR ?WARN'`"),
            ("ERROR AND timeout", "`filter: 'ERROR timeout'`"),
            ("ERROR NOT health", "`filter: '-health'`"),
            ("{ level = \"ERROR\" }", "`$.level`"),
            ("{ $.level == \"ERROR\" }", "write it as in"),
            ("{ $.level = \"ERROR\"", "write it as in"),
            ("[a, b", "write it as in"),
            ("\"connection reset", "quotation marks"),
        ] {
            let found = fault(pattern);
            assert!(found.as_ref().is_some_and(|(_, found)| found.contains(help)), "{pattern}: {found:?}");
        }
        assert!(fault(&"x".repeat(1025)).is_some());
    }
}
