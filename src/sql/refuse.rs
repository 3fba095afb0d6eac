//! What SQL has and this compiler does not translate: refused by name, at its place, with a way out.
//!
//! Found in the tokens, before parsing, since the parser does not know half of these forms. Whatever the list
//! misses is refused, less nicely, where the syntax tree is resolved: nothing is ever passed through.

use sqlparser::tokenizer::{Token, Word};

use super::scan::{Lexeme, Text};
use crate::diagnostics::{Code, Diagnostic};

const AGGREGATE: &str = "only queries over single records are translated: aggregate where the output is read, \
                         for example with Athena over the bucket";
const STREAM_OF_ITS_OWN: &str = "give the inner SELECT a stream of its own: CREATE OR REPLACE STREAM, a pump that \
                                 inserts into it, and FROM that stream";
const NO_WINDOW: &str = "remove it: only queries over single records are translated";

/// A clause, named by its first words.
struct Clause {
    words: &'static [&'static str],
    help: &'static str,
}

const CLAUSES: &[Clause] = &[
    Clause { words: &["GROUP", "BY"], help: AGGREGATE },
    Clause { words: &["HAVING"], help: AGGREGATE },
    Clause { words: &["DISTINCT"], help: "remove it, and drop duplicates where the output is read" },
    Clause { words: &["ORDER", "BY"], help: "remove it: a stream has no end at which it could be sorted" },
    Clause { words: &["UNION"], help: "write one INSERT INTO the same stream for each SELECT" },
    Clause { words: &["INTERSECT"], help: "write both conditions into one WHERE with AND" },
    Clause { words: &["EXCEPT"], help: "write both conditions into one WHERE with AND NOT" },
    Clause {
        words: &["JOIN"],
        help: "read one stream; the values of a small table can be written as a CASE expression",
    },
    Clause { words: &["WINDOWED", "BY"], help: NO_WINDOW },
    Clause { words: &["WINDOW"], help: NO_WINDOW },
    Clause { words: &["OVER", "("], help: NO_WINDOW },
    Clause { words: &["MATCH_RECOGNIZE"], help: NO_WINDOW },
    Clause { words: &["QUALIFY"], help: "write the condition into WHERE" },
    Clause { words: &["LIMIT"], help: "remove it: a stream has no end; filter with WHERE" },
    Clause { words: &["FETCH"], help: "remove it: a stream has no end; filter with WHERE" },
    Clause { words: &["(", "SELECT"], help: STREAM_OF_ITS_OWN },
    Clause { words: &["WITH"], help: STREAM_OF_ITS_OWN },
    Clause { words: &["VALUES"], help: "write SELECT with constants, FROM the input" },
    Clause { words: &["SIMILAR", "TO"], help: "write LIKE, or several of them with OR" },
    Clause {
        words: &["INTERVAL"],
        help: "compare with a constant: \"time\" >= TIMESTAMP '2026-01-27 00:00:00'",
    },
];

/// Names of functions that are known, and what to do without them.
const FUNCTIONS: &[(&[&str], &str)] = &[
    (
        &[
            "COUNT",
            "SUM",
            "AVG",
            "MIN",
            "MAX",
            "STDDEV_POP",
            "STDDEV_SAMP",
            "STDDEV",
            "VAR_POP",
            "VAR_SAMP",
            "VARIANCE",
            "COUNT_DISTINCT_ITEMS_TUMBLING",
            "TOP_K_ITEMS_TUMBLING",
            "EXP_AVG",
        ],
        AGGREGATE,
    ),
    (&["TUMBLE", "HOP", "SESSION", "CUMULATE", "STEP", "MONOTONIC"], NO_WINDOW),
    (
        &["LAG", "LEAD", "FIRST_VALUE", "LAST_VALUE", "NTH_VALUE", "ROW_NUMBER", "RANK", "DENSE_RANK"],
        NO_WINDOW,
    ),
    (
        &["RANDOM_CUT_FOREST", "RANDOM_CUT_FOREST_WITH_EXPLANATION", "HOTSPOTS"],
        "Flink SQL has no counterpart: find anomalies where the output is read",
    ),
    (
        &[
            "REGEX_LOG_PARSE",
            "REGEX_REPLACE",
            "REGEXP_REPLACE",
            "REGEXP_EXTRACT",
            "FAST_REGEX_LOG_PARSE",
            "FIXED_COLUMN_LOG_PARSE",
            "SYS_LOG_PARSE",
            "VARIABLE_COLUMN_LOG_PARSE",
            "W3C_LOG_PARSE",
            "COLUMN_LOG_PARSE",
        ],
        "pass the text on as it is, and take it apart where the output is read",
    ),
    (
        &[
            "CURRENT_TIMESTAMP",
            "CURRENT_DATE",
            "CURRENT_TIME",
            "CURRENT_ROW_TIMESTAMP",
            "LOCALTIMESTAMP",
            "LOCALTIME",
            "PROCTIME",
            "UNIX_TIMESTAMP",
            "NOW",
        ],
        "use a column that holds a time; Firehose adds the time of arrival to the names of its objects",
    ),
    (
        &[
            "TO_TIMESTAMP",
            "CHAR_TO_TIMESTAMP",
            "CHAR_TO_DATE",
            "CHAR_TO_TIME",
            "TIMESTAMP_TO_CHAR",
            "DATE_TO_CHAR",
            "TIME_TO_CHAR",
            "TSDIFF",
            "TIMESTAMPDIFF",
            "TIMESTAMPADD",
            "DATE_FORMAT",
        ],
        "declare the column as TIMESTAMP, or write CAST(x AS TIMESTAMP) for a text like 2026-01-27 09:30:00",
    ),
    (&["EXTRACT", "FLOOR", "CEIL", "CEILING"], "compute it where the output is read"),
    (&["POSITION", "OVERLAY", "INITCAP", "REPLACE", "LPAD", "RPAD", "SPLIT_INDEX"], "use LIKE and SUBSTRING"),
    (&["ABS"], "write CASE WHEN x < 0 THEN -x ELSE x END"),
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
    (&["ROUND", "SQRT", "POWER", "LN", "LOG10", "EXP", "RAND"], "compute it where the output is read"),
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

/// Every refused clause and function in the tokens of a query.
pub(super) fn refuse(tokens: &[Lexeme], text: &Text) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    // What stands in the parentheses of a window, or of a function over a whole stream, goes with it.
    let mut skip_to = 0;
    for at in 0..tokens.len() {
        if at < skip_to {
            continue;
        }
        let rest = &tokens[at..];
        // A name behind a point, or what AS introduces, is no clause.
        let previous = at.checked_sub(1).map(|at| &tokens[at]);
        let is_name = previous.is_some_and(|token| {
            let distinct_from = rest[0].is_word("DISTINCT") && (token.is_word("IS") || token.is_word("NOT"));
            token.is(&Token::Period) || token.is_word("AS") || distinct_from
        });
        if is_name {
            continue;
        }
        if let Some(clause) = CLAUSES.iter().find(|clause| starts_with(rest, clause.words)) {
            let words: Vec<&str> = clause.words.iter().copied().filter(|word| *word != "(").collect();
            let last = if clause.words[0] == "(" { 1 } else { words.len() - 1 };
            let start = if clause.words[0] == "(" { &rest[1] } else { &rest[0] };
            let what = match words.as_slice() {
                ["SELECT"] => "a SELECT inside of another".to_string(),
                words => format!("`{}`", words.join(" ")),
            };
            found.push(refusal(text.span(start.range.start..rest[last].range.end), &what, clause.help));
            if matches!(clause.words[0], "OVER" | "WINDOWED" | "WINDOW") {
                skip_to = at + behind_parentheses(rest);
            }
        } else if let Token::Word(Word { value, quote_style: None, .. }) = &rest[0].token.token {
            let name = value.to_uppercase();
            let called = rest.get(1).is_some_and(|next| next.is(&Token::LParen));
            if let Some(help) = function(&name).filter(|_| called) {
                found.push(refusal(text.span(rest[0].range.clone()), &format!("`{name}`"), help));
                if name == "STEP" || rest.get(2).is_some_and(|token| token.is_word("CURSOR")) {
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
    tokens.len() >= words.len()
        && words.iter().zip(tokens).all(|(word, token)| match *word {
            "(" => token.is(&Token::LParen),
            word => token.is_word(word),
        })
}
