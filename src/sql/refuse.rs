//! What SQL has and this compiler does not translate: refused by name, at its place, with a way out.
//!
//! Found in the tokens, before parsing, since the parser does not know half of these forms. Whatever the list
//! misses is refused, less nicely, where the syntax tree is resolved: nothing is ever passed through.

use sqlparser::tokenizer::{Token, Word};

use super::dialect::{Bound, stream_bound};
use super::scan::{Lexeme, Text};
use crate::diagnostics::{Code, Diagnostic};

const NO_WINDOW: &str = "write a window: GROUP BY STEP(ROWTIME BY INTERVAL '1' MINUTE), or OVER (RANGE INTERVAL '1' MINUTE \
                         PRECEDING)";

/// A clause, named by its first words.
struct Clause {
    words: &'static [&'static str],
    help: &'static str,
}

const CLAUSES: &[Clause] = &[
    Clause {
        words: &["UNION", "DISTINCT"],
        help: "write UNION ALL, and drop duplicates where the output is read",
    },
    Clause { words: &["INTERSECT"], help: "write both conditions into one WHERE with AND" },
    Clause { words: &["EXCEPT"], help: "write both conditions into one WHERE with AND NOT" },
    Clause { words: &["MATCH_RECOGNIZE"], help: NO_WINDOW },
    Clause { words: &["QUALIFY"], help: "write the condition into the WHERE of a SELECT around this one" },
    Clause { words: &["LIMIT"], help: "remove it: a stream has no end; filter with WHERE" },
    Clause { words: &["FETCH"], help: "remove it: a stream has no end; filter with WHERE" },
    Clause { words: &["VALUES"], help: "write SELECT with constants, FROM the input" },
];

/// Names of functions that are known, and what to do without them.
const FUNCTIONS: &[(&[&str], &str)] = &[
    (
        &["EXP_AVG", "LEAD", "NTH_VALUE", "RANK", "DENSE_RANK"],
        "Flink SQL has no counterpart on a stream: compute it where the output is read",
    ),
    (
        &["GROUP_RANK"],
        "write ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY \"n\" DESC) AS place in a SELECT in FROM that \
         reads a GROUP BY, and WHERE place <= 10 around it",
    ),
    (
        &["RANDOM_CUT_FOREST", "RANDOM_CUT_FOREST_WITH_EXPLANATION", "HOTSPOTS"],
        "Flink SQL has no counterpart: find anomalies where the output is read",
    ),
    (
        &["FAST_REGEX_LOG_PARSE", "FIXED_COLUMN_LOG_PARSE", "SYS_LOG_PARSE", "COLUMN_LOG_PARSE"],
        "write REGEX_LOG_PARSE with a regular expression, or SUBSTRING for columns at fixed places",
    ),
    (&["PROCTIME"], "write ROWTIME"),
    (&["GREATEST"], "write CASE WHEN a >= b THEN a ELSE b END"),
    (&["LEAST"], "write CASE WHEN a <= b THEN a ELSE b END"),
    (&["NVL", "IFNULL"], "write COALESCE(a, b)"),
    (&["DECODE", "IIF"], "write CASE WHEN .. THEN .. ELSE .. END"),
    (&["CONCAT"], "write a || b"),
    (&["LENGTH", "LEN"], "write CHAR_LENGTH(x)"),
    (&["UCASE"], "write UPPER(x)"),
    (&["LCASE"], "write LOWER(x)"),
    (&["BTRIM"], "write TRIM(x)"),
    (&["LTRIM"], "write TRIM(LEADING FROM x)"),
    (&["RTRIM"], "write TRIM(TRAILING FROM x)"),
    (&["LEFT"], "write SUBSTRING(x FROM 1 FOR n)"),
    (&["RIGHT"], "write SUBSTRING(x FROM CHAR_LENGTH(x) - n + 1)"),
    (&["POWER", "EXP", "RAND", "ROUND", "TRUNC", "TRUNCATE"], "compute it where the output is read"),
    (&["DATEADD", "DATE_ADD"], "write x + INTERVAL '1' DAY"),
    (&["DATEDIFF"], "write TIMESTAMPDIFF(DAY, a, b)"),
    (&["TRY_CAST", "SAFE_CAST", "CONVERT"], "write CAST(x AS type): what cannot be converted becomes NULL"),
    (&["UNNEST", "JSON_VALUE", "JSON_QUERY"], "give the value a column of its own, with its path"),
];

/// What to do instead of a function that is known but not translated.
pub(super) fn function(name: &str) -> Option<&'static str> {
    FUNCTIONS.iter().find(|(names, _)| names.contains(&name)).map(|(_, help)| *help)
}

/// The refusal of something by its name.
pub(super) fn refusal(span: crate::source::Span, what: &str, help: &str) -> Diagnostic {
    Diagnostic::error(Code::UnsupportedSql, span, format!("{what} is not translated"), help)
}

/// Why a join cannot look at so many rows of one of its streams, and what to write.
fn unbounded(bound: Bound) -> Option<(&'static str, &'static str)> {
    match bound {
        Bound::Time => None,
        Bound::Rows => Some((
            "a number of rows as the window of a join",
            "Flink joins within a time: write OVER (RANGE INTERVAL '1' MINUTE PRECEDING)",
        )),
        Bound::Unbounded => Some((
            "a join with all rows that ever came",
            "write how far back: OVER (RANGE INTERVAL '1' MINUTE PRECEDING)",
        )),
    }
}

/// Every refused clause and function in the tokens of a query.
pub(super) fn refuse(tokens: &[Lexeme], text: &Text) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    // What stands in the parentheses of a function over a whole stream goes with it.
    let mut skip_to = 0;
    for at in 0..tokens.len() {
        if at < skip_to {
            continue;
        }
        let rest = &tokens[at..];
        // A name behind a point, or what AS introduces, is no clause.
        let previous = at.checked_sub(1).map(|at| &tokens[at]);
        let is_name = previous.is_some_and(|token| token.is(&Token::Period) || token.is_word("AS"));
        if is_name {
            continue;
        }
        if let Some(clause) = CLAUSES.iter().find(|clause| starts_with(rest, clause.words)) {
            let name = clause.words.join(" ");
            let span = text.span(rest[0].range.start..rest[clause.words.len() - 1].range.end);
            found.push(refusal(span, &format!("`{name}`"), clause.help));
        } else if let Some((bound, end)) = stream_bound(tokens, at)
            && let Some((what, help)) = unbounded(bound)
        {
            let span = text.span(rest[0].range.start..tokens[end - 1].range.end);
            found.push(refusal(span, what, help));
        } else if let Token::Word(Word { value, quote_style: None, .. }) = &rest[0].token.token {
            let name = value.to_uppercase();
            let called = rest.get(1).is_some_and(|next| next.is(&Token::LParen));
            if let Some(help) = function(&name).filter(|_| called) {
                found.push(refusal(text.span(rest[0].range.clone()), &format!("`{name}`"), help));
                if rest.get(2).is_some_and(|token| token.is_word("CURSOR")) {
                    skip_to = at + behind_parentheses(rest);
                }
            }
        }
    }
    found
}

/// How many tokens there are up to the end of the first parentheses.
fn behind_parentheses(tokens: &[Lexeme]) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        if token.is(&Token::LParen) {
            depth += 1;
        } else if token.is(&Token::RParen) {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return at + 1;
            }
        }
    }
    tokens.len()
}

fn starts_with(tokens: &[Lexeme], words: &[&str]) -> bool {
    tokens.len() >= words.len() && words.iter().zip(tokens).all(|(word, token)| token.is_word(word))
}
