//! What SQL has and this compiler does not translate: refused by name, at its place, with a way out.
//!
//! Found in the tokens, before parsing, since the parser does not know half of these forms. Whatever the list
//! misses is refused, less nicely, where the syntax tree is resolved: nothing is ever passed through.

use sqlparser::tokenizer::{Token, Word};

use super::catalog::FLINK_FUNCTIONS;
use super::dialect::{Bound, stream_bound};
use super::scan::{Lexeme, Text};
use crate::diagnostics::{Code, Diagnostic};

const NO_WINDOW: &str = "write a window: GROUP BY STEP(ROWTIME BY INTERVAL '1' MINUTE), or OVER (RANGE INTERVAL '1' MINUTE \
                         PRECEDING)";

const NO_END: &str = "remove it: a stream has no end; filter with WHERE";

/// A clause, named by its first words.
struct Clause {
    words: &'static [&'static str],
    help: &'static str,
}

const CLAUSES: &[Clause] = &[
    Clause {
        words: &["UNION", "DISTINCT"],
        help: "write UNION ALL, and drop duplicates in the program that reads the output",
    },
    Clause { words: &["INTERSECT"], help: "write both conditions into one WHERE with AND" },
    Clause { words: &["EMIT", "CHANGES"], help: "remove it: a row is written once, as soon as it is known" },
    Clause { words: &["EMIT", "FINAL"], help: "remove it: a window is written once, when it closes" },
    Clause { words: &["WINDOW", "TUMBLING"], help: "write GROUP BY k, TUMBLE(ROWTIME, INTERVAL '1' MINUTE)" },
    Clause {
        words: &["WINDOW", "HOPPING"],
        help: "write GROUP BY k, HOP(ROWTIME, INTERVAL '10' SECOND, INTERVAL '1' MINUTE): first the slide, then the length",
    },
    Clause { words: &["WINDOW", "SESSION"], help: "write GROUP BY k, SESSION(ROWTIME, INTERVAL '1' MINUTE)" },
    Clause {
        words: &["TIMESTAMP", "BY"],
        help: "declare the column in the spec: records.event_time: {column: at, lateness: 5 s}",
    },
    Clause { words: &["GROUPING", "SETS"], help: "write one query for each grouping" },
    Clause { words: &["EXCEPT"], help: "write both conditions into one WHERE with AND NOT" },
    Clause { words: &["MATCH_RECOGNIZE"], help: NO_WINDOW },
    Clause { words: &["QUALIFY"], help: "write the condition in the WHERE of an outer SELECT" },
    Clause { words: &["LIMIT", "ALL"], help: NO_END },
    Clause { words: &["FETCH", "FIRST"], help: NO_END },
    Clause { words: &["FETCH", "NEXT"], help: NO_END },
];

const ONE_VALUE: &str = "declare a column for each value, with its path: a column contains one value";

/// Names of functions that are known, and what to do without them, including those of arrays and maps.
const FUNCTIONS: &[(&[&str], &str)] = &[
    (
        &["EXP_AVG", "LEAD", "NTH_VALUE", "RANK", "DENSE_RANK"],
        "Flink SQL has no counterpart on a stream: compute it in the program that reads the output",
    ),
    (
        &["GROUP_RANK"],
        "write ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY \"n\" DESC) AS place in a SELECT in FROM that \
         reads a GROUP BY, and WHERE place <= 10 around it",
    ),
    (
        &["HOTSPOTS"],
        "Flink SQL has no counterpart: score the rows with RANDOM_CUT_FOREST, or find dense regions in the program that reads the output",
    ),
    (
        &["FAST_REGEX_LOG_PARSE", "FIXED_COLUMN_LOG_PARSE", "SYS_LOG_PARSE", "COLUMN_LOG_PARSE"],
        "write REGEX_LOG_PARSE with a regular expression, or SUBSTRING for columns at fixed places",
    ),
    (&["PROCTIME"], "write ROWTIME"),
    (&["AVERAGE", "MEAN"], "write AVG(x)"),
    (&["GETDATE", "SYSDATE", "CURDATE"], "write CURRENT_TIMESTAMP, or CURRENT_DATE"),
    (&["TO_UNIXTIME", "UNIX_MILLIS", "TO_UNIX_TIMESTAMP"], "write UNIX_TIMESTAMP(x), in milliseconds"),
    (
        &["TUMBLING", "TUMBLINGWINDOW", "TUMBLE_WINDOW"],
        "write GROUP BY k, TUMBLE(ROWTIME, INTERVAL '1' MINUTE)",
    ),
    (
        &["HOPPING", "HOPPINGWINDOW", "HOP_WINDOW", "SLIDINGWINDOW"],
        "write GROUP BY k, HOP(ROWTIME, INTERVAL '10' SECOND, INTERVAL '1' MINUTE): first the slide, then the length",
    ),
    (&["SESSIONWINDOW", "SESSION_WINDOW"], "write GROUP BY k, SESSION(ROWTIME, INTERVAL '1' MINUTE)"),
    (&["ROLLUP", "CUBE"], "write one query for each grouping"),
    (
        &["MAX_BY", "MIN_BY", "ARG_MAX", "ARG_MIN"],
        "write LAST_VALUE(x) for the newest row; for another order, find the row in the program that reads the output",
    ),
    (&["DECODE"], "write CASE WHEN .. THEN .. ELSE .. END"),
    (&["NVL2"], "write IF(x IS NOT NULL, a, b)"),
    (&["ISNULL"], "write COALESCE(a, b), or x IS NULL"),
    (
        &["RAND", "RANDOM", "RAND_INTEGER"],
        "sample by the hash of a key: WHERE MD5(x) < '1'; a random number would change when a record is read again",
    ),
    (
        &["UUID", "GEN_RANDOM_UUID"],
        "write MD5 of the fields that identify the record; a random value would change when a record is read again",
    ),
    (&["DATEADD", "DATE_ADD"], "write x + INTERVAL '1' DAY"),
    (&["DATE_SUB"], "write x - INTERVAL '1' DAY"),
    (&["DATEDIFF", "DATE_DIFF"], "write TIMESTAMPDIFF(DAY, a, b)"),
    (&["DATE_TRUNC", "TIME_BUCKET"], "write FLOOR(x TO HOUR), or STEP(x BY INTERVAL '15' MINUTE)"),
    (&["DATE_PART"], "write EXTRACT(HOUR FROM x)"),
    (&["TO_CHAR"], "write DATE_FORMAT(x, 'yyyy-MM-dd HH:mm:ss'), or CAST(x AS VARCHAR(16))"),
    (&["TO_NUMBER"], "write CAST(x AS DECIMAL(10, 2))"),
    (&["STR_TO_DATE"], "write TO_DATE(x, 'yyyy-MM-dd')"),
    (&["OVERLAPS"], "compare the bounds: a1 < b2 AND b1 < a2"),
    (&["SAFE_CAST", "CONVERT"], "write CAST(x AS type): a value that cannot be converted becomes NULL"),
    (&["SPLIT_PART", "SPLIT"], "write SPLIT_INDEX(x, ',', 0), which counts from 0"),
    (&["REGEXP_LIKE", "RLIKE"], "write REGEXP(x, '[0-9]+')"),
    (
        &["REGEXP_EXTRACT_ALL", "REGEXP_MATCHES"],
        "write REGEXP_EXTRACT(x, '(a)|(b)', 1) for each group: a column contains one value",
    ),
    (
        &["REGEXP_COUNT", "REGEXP_INSTR"],
        "write REGEXP(x, '[0-9]+'), or CHAR_LENGTH(REGEXP_REPLACE(x, '[0-9]', ''))",
    ),
    (&["TRANSLATE"], "write REPLACE(REPLACE(x, 'a', 'b'), 'c', 'd')"),
    (&["PRINTF", "FORMAT"], "write a || b, and LPAD(x, 8, '0') for a width"),
    (&["ENCODE", "UNHEX"], "write TO_BASE64(x) or HEX(x): there is no type for bytes"),
    (&["HASH_CODE", "HASHCODE"], "write MD5(x)"),
    (
        &[
            "IS_JSON",
            "JSON_STRING",
            "JSON_OBJECT",
            "JSON_ARRAY",
            "JSON_QUOTE",
            "JSON_UNQUOTE",
            "JSON_LENGTH",
            "JSON",
            "PARSE_JSON",
            "TRY_PARSE_JSON",
            "TO_JSON",
        ],
        "declare a column for each value: each row of an output is a JSON object",
    ),
    (
        &["UNNEST", "EXPLODE", "FROM_JSON", "GET_JSON_OBJECT"],
        "declare a column for the value, with its path; $.items[0:].price makes one row of each element",
    ),
    (&["OBJECT_OF", "OBJECT_UPDATE", "CARDINALITY", "ELEMENT", "STR_TO_MAP"], ONE_VALUE),
    (
        &["ARRAY_AGG", "COLLECT", "COLLECT_LIST", "COLLECT_SET", "JSON_ARRAYAGG", "JSON_OBJECTAGG"],
        "write LISTAGG(x, ','): a column contains one value",
    ),
    (&["STRING_AGG", "GROUP_CONCAT"], "write LISTAGG(x, ',')"),
    (&["APPROX_COUNT_DISTINCT"], "write COUNT(DISTINCT x)"),
    (&["MEDIAN", "PERCENTILE_CONT", "PERCENTILE_APPROX", "APPROX_PERCENTILE"], "write PERCENTILE(x, 0.5)"),
    (&["COUNT_IF", "COUNTIF"], "write SUM(CASE WHEN condition THEN 1 ELSE 0 END)"),
    (
        &["CUME_DIST", "PERCENT_RANK", "NTILE", "SINGLE_VALUE"],
        "compute it in the program that reads the output: a stream has no end",
    ),
    (&["GROUPING", "GROUPING_ID", "GROUP_ID"], "write one query for each grouping"),
    (&["TYPEOF"], "docs have the types of results: `pipec explain functions`"),
    (
        &["CURRENT_DATABASE", "CURRENT_WATERMARK", "SOURCE_WATERMARK", "STREAMRECORD_TIMESTAMP"],
        "remove it: there is one database, and records.event_time sets the watermark",
    ),
    (&["CURRENT_USER", "USER", "DATABASE"], "remove it: a stream has no users"),
    (&["ML_PREDICT", "ML_EVALUATE", "VECTOR_SEARCH"], "call the model in the program that reads the output"),
    (&["CONVERT_TZ"], "times are in UTC: convert them in the program that reads the output"),
    (&["WINDOW"], "write GROUP BY TUMBLE(ROWTIME, INTERVAL '1' MINUTE), and TUMBLE_START(..) for its start"),
    (&["STRLEN"], "write CHAR_LENGTH(x)"),
    (&["ADD_MONTHS"], "write x + INTERVAL '1' MONTH"),
    (&["GENERATE_SERIES"], "put the rows into a file, and declare it in analytics.reference_tables"),
];

/// Whether a function is of arrays or maps by its name.
fn is_nested(name: &str) -> bool {
    name.starts_with("ARRAY_") || name.starts_with("MAP_")
}

/// The functions that are refused, with what to do instead.
pub(super) fn functions() -> impl Iterator<Item = (&'static str, &'static str)> {
    let named = || FUNCTIONS.iter().flat_map(|(names, help)| names.iter().map(|name| (*name, *help)));
    let nested = FLINK_FUNCTIONS.iter().copied().filter(|name| is_nested(name));
    named().chain(
        nested.filter(move |name| named().all(|(known, _)| known != *name)).map(|name| (name, ONE_VALUE)),
    )
}

/// What to do instead of a function that is known but not translated.
pub(super) fn function(name: &str) -> Option<&'static str> {
    functions().find(|(known, _)| *known == name).map(|(_, help)| help)
}

/// The refusal of something by its name.
pub(super) fn refusal(span: crate::source::Span, what: &str, help: &str) -> Diagnostic {
    Diagnostic::error(Code::UnsupportedSql, span, format!("{what} is not supported"), help)
}

/// Why a join cannot look at so many rows of one of its streams, and what to write.
fn unbounded(bound: Bound) -> Option<(&'static str, &'static str)> {
    match bound {
        Bound::Time => None,
        Bound::Rows => Some((
            "a join window measured in rows",
            "write a time range: OVER (RANGE INTERVAL '1' MINUTE PRECEDING)",
        )),
        Bound::Unbounded => Some((
            "a join with all earlier rows",
            "write a time range: OVER (RANGE INTERVAL '1' MINUTE PRECEDING)",
        )),
    }
}

/// Every refused clause and function in the tokens of a query.
pub(super) fn refuse(tokens: &[Lexeme], text: &Text) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    // What is in the parentheses of a function over a whole stream goes with it.
    let mut skip_to = 0;
    for at in 0..tokens.len() {
        if at < skip_to {
            continue;
        }
        let rest = &tokens[at..];
        // A name after a point, or what AS introduces, is no clause.
        let previous = at.checked_sub(1).map(|at| &tokens[at]);
        let is_name = previous.is_some_and(|token| token.is(&Token::Period) || token.is_word("AS"));
        if is_name {
            continue;
        }
        if let Some((count, help)) = ambiguous_clause(rest, previous) {
            let name = rest[..count]
                .iter()
                .map(|token| text.text(token.range.clone()))
                .collect::<Vec<_>>()
                .join(" ");
            let span = text.span(rest[0].range.start..rest[count - 1].range.end);
            found.push(refusal(span, &format!("`{}`", name.to_uppercase()), help));
        } else if let Some(clause) = CLAUSES.iter().find(|clause| starts_with(rest, clause.words)) {
            let name = clause.words.join(" ");
            let span = text.span(rest[0].range.start..rest[clause.words.len() - 1].range.end);
            found.push(refusal(span, &format!("`{name}`"), clause.help));
            if clause.words[0] == "WINDOW" {
                skip_to = at + behind_parentheses(rest);
            }
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

/// A clause that only what stands next to it tells from a column's name: how many tokens, and what to write.
fn ambiguous_clause(rest: &[Lexeme], previous: Option<&Lexeme>) -> Option<(usize, &'static str)> {
    let (first, next) = (rest.first()?, rest.get(1)?);
    let is_number = matches!(next.token.token, Token::Number(..));
    let is_behind_select = previous.is_some_and(|before| before.is_word("SELECT"));
    if is_number && (first.is_word("LIMIT") || first.is_word("TOP") && is_behind_select) {
        return Some((2, NO_END));
    }
    if first.is_word("VALUES") && next.is(&Token::LParen) {
        return Some((1, "write SELECT with constants, and FROM with the input"));
    }
    let leaves_out = ["EXCEPT", "EXCLUDE", "REPLACE"].iter().any(|word| first.is_word(word));
    let is_behind_star = previous.is_some_and(|before| before.is(&Token::Mul));
    if leaves_out && is_behind_star && next.is(&Token::LParen) {
        return Some((1, "name the columns instead of `*`"));
    }
    None
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
