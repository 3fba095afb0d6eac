//! Random expressions of each type.

use pipec_compiler::sql::{DataType, needs_flink};

use crate::random::{COLUMNS, Random};
use crate::support;

/// Parts of a time; the first eight are units as well.
const FIELDS: &[&str] =
    &["YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "DOW", "DOY"];

/// Java's expressions that a record program has as well.
const EXPRESSIONS: &[&str] = &[
    "[0-9]+",
    "a",
    "(a|b)(c?)",
    "^([a-z]+)(.*)$",
    "(.*?)[^0-9]*$",
    "(?i)ABC",
    "([^\\s]+)\\s+(\\S+)",
    "(\\d{1,2})[.:-](\\d+)",
    "(?<first>\\w)(\\w)?",
    "[^a-c\\d ]",
    "^|$",
    "((a)|b)+",
    "\\p{Upper}+(\\P{Alpha})",
    "é|😀|(ß)",
    "\\Q.\\E(.)",
    "(?is)(A.B)|(\\x41+)",
    "^(....)-(..)-..$|^x",
    "(\\h*)\\v?$",
];
/// Any of Java's expressions; a record program has most of them.
fn java_expression(r: &mut Random, depth: usize) -> String {
    let mut text = String::new();
    for _ in 0..=r.below(3) {
        let atom = match r.below(if depth == 0 { 6 } else { 10 }) {
            0..=2 => r.pick(&["a", "b", "c", "1", "-", " ", "é", "😀", "A"]).into(),
            3 => r.pick(&["[ab]", "[^a]", "[^\\d]", "[a-c1-]", "[\\s\\w]", "[^é😀]", "[.A-Z]"]).into(),
            4 => r.pick(&[".", "\\d", "\\w", "\\s", "\\D", "\\W", "\\S", "\\p{Alpha}"]).into(),
            5 => r.pick(&["^", "$", "(?i)", "(?s)", "\\A", "\\z", "\\h"]).into(),
            6 | 7 => format!("({})", java_expression(r, depth - 1)),
            8 => format!("(?:{})", java_expression(r, depth - 1)),
            _ => format!("({}|{})", java_expression(r, depth - 1), java_expression(r, depth - 1)),
        };
        let times = match r.below(2) {
            0 => "",
            _ => r.pick(&["?", "*", "+", "{1,2}", "{2}", "{1,}", "??", "*?", "+?", "{1,2}?"]),
        };
        text += &format!("{atom}{times}");
    }
    match r.below(8) {
        0 => format!("{text}|{}", r.pick(&["b$", "c+", "^$", "(x)"])),
        1 => format!("{text}$"),
        _ => text,
    }
}

/// Patterns of SIMILAR TO.
const SIMILAR: &[&str] = &[
    "(a|x)%",
    "%[0-9]+",
    "_{2,4}",
    "[^a]%",
    "%[[:ALPHA:]]",
    "a.c|12",
    "%(é|ß)_*",
    "[a-c]+d*%",
    "2026-__-__%",
    "",
];
/// Patterns of times.
const PATTERNS: &[&str] = &[
    "yyyy-MM-dd HH:mm:ss",
    "yyyy-MM-dd HH:mm:ss.SSS",
    "yyyyMMddHHmmssSSS",
    "dd/MM/yy",
    "d.M.y H:m:s",
    "EEE, dd MMM yyyy hh:mm a",
    "EEEE d MMMM yyyy",
    "yyyy D",
    "yyyyDDD",
    "QQQ yyyy",
    "yyyy QQQQ ''o''''clock'' H",
    "MM-dd",
    "HH ss",
    "yy Q MMMMM E",
    "yyyy-MM-dd''T''HH:mm",
    "SSSSSSSSS s m h",
    "EEEEE DD QQQQQ a",
    "yyyyyMM",
];

/// SQL expressions of a family; many have the wrong types in them and are thrown away.
fn expression(random: &mut Random, family: usize, depth: usize) -> String {
    let r = random;
    if depth == 0 {
        return match family {
            0 => r.pick(&["\"b\"", "TRUE", "FALSE"]).into(),
            1 => r
                .pick(&[
                    "\"t\"",
                    "\"s\"",
                    "\"i\"",
                    "\"l\"",
                    "\"d\"",
                    "\"e\"",
                    "\"f\"",
                    "\"r\"",
                    "1",
                    "7",
                    "0",
                    "-3",
                    "2.5",
                    "0.05",
                    "1e0",
                    "3000000000",
                    "100",
                ])
                .into(),
            2 => r.pick(&["\"v\"", "\"w\"", "\"c\"", "'abc'", "''", "' a '", "'12'", "'é😀'"]).into(),
            3 => r.pick(&["\"day\"", "DATE '2026-01-27'"]).into(),
            4 => r.pick(&["\"clock\"", "TIME '12:00:00'"]).into(),
            _ => r.pick(&["\"at\"", "TIMESTAMP '2026-01-27 09:30:00'"]).into(),
        };
    }
    let mut of = |family: usize| expression(r, family, depth - 1);
    match family {
        0 => {
            let (number, other, text, like) = (of(1), of(1), of(2), of(2));
            let (left, right, date, at) = (of(0), of(0), of(3), of(5));
            let comparison = r.pick(&["=", "<>", "<", "<=", ">", ">="]);
            match r.below(16) {
                14 => format!("REGEXP({text}, '{}')", r.pick(EXPRESSIONS)),
                15 => format!("{}({text}, {like})", r.pick(&["STARTSWITH", "ENDSWITH"])),
                0 | 1 => format!("{number} {comparison} {other}"),
                2 => format!("{text} {comparison} {like}"),
                3 => format!("({left} AND {right})"),
                4 => format!("({left} OR {right})"),
                5 => format!("NOT ({left})"),
                6 => format!("{text} IS {}NULL", r.pick(&["", "NOT "])),
                7 => format!("{number} {}IN ({other}, 40, 7)", r.pick(&["", "NOT "])),
                8 => format!("{number} {}BETWEEN 0 AND {other}", r.pick(&["", "NOT "])),
                9 => {
                    let pattern = r.pick(&["a%", "%b_", "_", "%", "10!%%", "%é%", "a_c", "ab%ab", ""]);
                    format!("{text} {}LIKE '{pattern}' ESCAPE '!'", r.pick(&["", "NOT "]))
                }
                10 => format!("CAST({text} AS BOOLEAN)"),
                11 => format!("{text} {}SIMILAR TO '{}'", r.pick(&["", "NOT "]), r.pick(SIMILAR)),
                _ => match r.below(3) {
                    0 => format!("{date} {comparison} DATE '2026-01-27'"),
                    1 => format!("{at} < CURRENT_TIMESTAMP"),
                    _ => format!("{at} {comparison} TIMESTAMP '2026-01-27 09:30:00'"),
                },
            }
        }
        1 => {
            let (a, b, text, truth) = (of(1), of(1), of(2), of(0));
            let number = r.pick(&[
                "TINYINT",
                "SMALLINT",
                "INTEGER",
                "BIGINT",
                "DOUBLE",
                "REAL",
                "DECIMAL(10,2)",
                "DECIMAL(38,6)",
                "DECIMAL(5,0)",
            ]);
            match r.below(36) {
                34 => {
                    let (later, earlier) = (expression(r, 5, depth - 1), expression(r, 5, depth - 1));
                    format!("TSDIFF({later}, {earlier})")
                }
                35 => format!("({a} {} 1 {} {b})", r.pick(&["+", "-", "*"]), r.pick(&["+", "-", "*"])),
                24 | 25 => {
                    let places = r.pick(&["", ", 0", ", 1", ", 2", ", -1", ", -3", ", 7"]);
                    format!("{}({a}{places})", r.pick(&["ROUND", "TRUNCATE"]))
                }
                26 => format!("SIGN({a})"),
                27 | 28 => format!("{}({a}, {b})", r.pick(&["GREATEST", "LEAST", "IFNULL"])),
                // The last digits are those of a processor; a REAL does not have them.
                29 => {
                    let function = r.pick(&["SIN", "COS", "TANH", "ATAN", "ASIN", "ACOS", "LOG2", "RADIANS"]);
                    format!("CAST({function}({a}) AS REAL)")
                }
                30 => format!(
                    "CAST({} AS REAL)",
                    r.pick(&[
                        "POWER(ABS(#), 0.5)",
                        "EXP(TANH(#))",
                        "DEGREES(ATAN(#))",
                        "LOG(2, #)",
                        "ATAN2(#, 2)",
                        "TAN(#)"
                    ])
                    .replace('#', &a)
                ),
                31 => format!("ASCII({text})"),
                32 => format!("IF({truth}, {a}, {b})"),
                33 => format!(
                    "{}({})",
                    r.pick(&["YEAR", "DAYOFYEAR", "DAYOFWEEK", "MINUTE", "WEEK"]),
                    expression(r, 5, depth - 1)
                ),
                0 => format!("({a} + {b})"),
                1 => format!("({a} - {b})"),
                2 => format!("({a} * {b})"),
                // Flink cannot plan a division of constants by what is no number but computed.
                3 if a.contains('"') => format!("({a} / {b})"),
                4 => format!("MOD({a}, {b})"),
                5 => format!("(-{a})"),
                6 => format!("CHAR_LENGTH({text})"),
                7 => format!("CAST({a} AS {number})"),
                8 => format!("CAST({text} AS {number})"),
                9 => format!("CASE WHEN {truth} THEN {a} ELSE {b} END"),
                10 => format!("COALESCE({a}, {b})"),
                11 => format!("NULLIF({a}, {b})"),
                12 => format!("POSITION({} IN {text})", expression(r, 2, depth - 1)),
                13 => format!("ABS({a})"),
                14 => format!("CEIL({a})"),
                15 => format!("FLOOR({a})"),
                16 => format!("SQRT({a})"),
                17 => format!("{}({a})", r.pick(&["LN", "LOG10"])),
                18 | 19 => {
                    let (field, family) = (r.pick(FIELDS), [3, 5][r.below(2)]);
                    format!("EXTRACT({field} FROM {})", expression(r, family, depth - 1))
                }
                20 | 21 => {
                    let (from, to) = (expression(r, 5, depth - 1), expression(r, 5, depth - 1));
                    format!("TIMESTAMPDIFF({}, {from}, {to})", r.pick(&FIELDS[..8]))
                }
                22 => format!("UNIX_TIMESTAMP({})", expression(r, 5, depth - 1)),
                _ => format!("STEP(\"l\" BY {})", r.pick(&["10", "7", "60000"])),
            }
        }
        2 => {
            let (a, b, truth, at) = (of(2), of(2), of(0), of(5));
            let any = [1, 0, 3, 4, 5][r.below(5)];
            let any = expression(r, any, depth - 1);
            let text = r.pick(&["VARCHAR(3)", "VARCHAR", "CHAR(6)", "VARCHAR(40)"]);
            match r.below(44) {
                30 | 31 => format!(
                    "{}({a}, {})",
                    r.pick(&["LEFT", "RIGHT"]),
                    r.pick(&["0", "1", "3", "-2", "\"i\"", "\"t\""])
                ),
                32 => format!("REPEAT({a}, {})", r.pick(&["0", "1", "3", "6000"])),
                33 => format!("REVERSE({a})"),
                34 => format!("CHR({})", r.pick(&["\"i\"", "\"l\"", "\"t\"", "65", "233", "0"])),
                35 => format!("CONCAT({a}, {b})"),
                36 => format!("CONCAT_WS({}, {a}, {b}, \"c\")", r.pick(&["', '", "''", "\"v\""])),
                37 => format!("{}({})", r.pick(&["BIN", "HEX"]), r.pick(&["\"i\"", "\"l\"", "\"t\""])),
                38 => format!("{}({a})", r.pick(&["HEX", "TO_BASE64", "URL_ENCODE", "URL_DECODE"])),
                39 => format!("FROM_BASE64(TO_BASE64({a}))"),
                40 => {
                    let text = r.pick(&["YWJj", "YWI", "YWI=", "YWI==", "a", "a===", "%", "YQ==", ""]);
                    format!("FROM_BASE64(NULLIF('{text}', {b}))")
                }
                41 => {
                    let hash = r.pick(&["MD5", "SHA1", "SHA224", "SHA256", "SHA384", "SHA512"]);
                    format!("{hash}({a})")
                }
                42 => format!("{}({a}, {b})", r.pick(&["GREATEST", "LEAST", "NVL"])),
                43 => format!("FROM_UNIXTIME({})", r.pick(&["\"i\"", "0", "1767225600", "\"t\""])),
                0 | 1 => format!("({a} || {b})"),
                2 => format!("UPPER({a})"),
                3 => format!("LOWER({a})"),
                4 => format!(
                    "TRIM({} '{}' FROM {a})",
                    r.pick(&["BOTH", "LEADING", "TRAILING"]),
                    r.pick(&[" ", "a", "é"])
                ),
                5 => format!(
                    "SUBSTRING({a}, {}, {})",
                    r.pick(&["1", "2", "9", "\"i\"", "0", "-1", "\"t\""]),
                    r.pick(&["1", "3", "0", "\"t\"", "\"i\""])
                ),
                6 => format!("CAST({any} AS {text})"),
                7 => format!("CAST({at} AS {text})"),
                8 => format!("CASE WHEN {truth} THEN {a} ELSE {b} END"),
                9 => format!("COALESCE({a}, {b})"),
                10 => format!("NULLIF({a}, {b})"),
                11 => format!("INITCAP({a})"),
                12 => {
                    let length = r.pick(&["", " FOR 0", " FOR 1", " FOR 3", " FOR \"t\""]);
                    format!("OVERLAY({a} PLACING {b} FROM {}{length})", r.pick(&["1", "2", "7", "\"i\""]))
                }
                13 => format!("REPLACE({a}, {}, {b})", r.pick(&["'a'", "''", "'😀'", "'bc'", "\"v\""])),
                14 | 15 => {
                    let separator = r.pick(&["' '", "','", "''", "'a'", "'bc'", "\"c\""]);
                    format!("SPLIT_INDEX({a}, {separator}, {})", r.pick(&["0", "1", "2", "\"t\""]))
                }
                16 | 17 => {
                    let length = r.pick(&["0", "1", "3", "7", "40"]);
                    format!("{}({a}, {length}, {b})", r.pick(&["LPAD", "RPAD"]))
                }
                18 | 19 => {
                    format!("REGEXP_EXTRACT({a}, '{}', {})", r.pick(EXPRESSIONS), r.pick(&["0", "1", "2"]))
                }
                20 | 21 => format!("REGEXP_REPLACE({a}, '{}', {b})", r.pick(EXPRESSIONS)),
                22..=24 => format!("DATE_FORMAT({at}, '{}')", r.pick(PATTERNS)),
                25 | 26 => {
                    let (expression, group) = (java_expression(r, 2), r.pick(&["0", "1", "2"]));
                    format!("REGEXP_EXTRACT({a}, '{expression}', {group})")
                }
                // A match of nothing may be one between the halves of a surrogate pair.
                27 | 28 => format!("REGEXP_REPLACE({a}, '({})[a-z ]', {b})", java_expression(r, 2)),
                _ => format!("TRIM({a})"),
            }
        }
        3 => match r.below(4) {
            3 => format!("TO_DATE({})", expression(r, 2, depth - 1)),
            0 => format!("CAST({} AS DATE)", expression(r, 2, depth - 1)),
            1 => format!("CAST({} AS DATE)", expression(r, 5, depth - 1)),
            _ => format!("COALESCE({}, {})", expression(r, 3, depth - 1), expression(r, 3, 0)),
        },
        4 => format!("CAST({} AS TIME)", expression(r, 2, depth - 1)),
        _ => match r.below(12) {
            0 => format!("CAST({} AS TIMESTAMP)", expression(r, 2, depth - 1)),
            1 => format!("CAST({} AS TIMESTAMP)", expression(r, 3, depth - 1)),
            2 | 3 => format!("FLOOR({} TO {})", expression(r, 5, depth - 1), r.pick(&FIELDS[..8])),
            4 | 5 => format!("CEIL({} TO {})", expression(r, 5, depth - 1), r.pick(&FIELDS[..8])),
            6 => {
                let step = r.pick(&["'15' MINUTE", "'1' HOUR", "'7' SECOND", "'1' DAY", "'2' DAY"]);
                format!("STEP({} BY INTERVAL {step})", expression(r, 5, depth - 1))
            }
            7 | 8 => {
                let interval = r.pick(&[
                    "'1' MONTH",
                    "'13' MONTH",
                    "'2' YEAR",
                    "'1:30' MINUTE TO SECOND",
                    "'20' DAY",
                    "'400' DAY",
                    "'0.001' SECOND",
                ]);
                let sign = r.pick(&["+", "-"]);
                format!("({} {sign} INTERVAL {interval})", expression(r, 5, depth - 1))
            }
            9 => format!("TO_TIMESTAMP({})", expression(r, 1, depth - 1)),
            10 => {
                // A text of the pattern's own, or any.
                let pattern = r.pick(PATTERNS);
                let text = match r.below(3) {
                    0 => expression(r, 2, depth - 1),
                    _ => format!("DATE_FORMAT({}, '{pattern}')", expression(r, 5, depth - 1)),
                };
                format!("TO_TIMESTAMP({text}, '{pattern}')")
            }
            _ => format!("COALESCE({}, {})", expression(r, 5, depth - 1), expression(r, 5, 0)),
        },
    }
}

/// One expression that the compiler takes, and its type.
pub fn accepted(random: &mut Random, family: usize) -> (String, DataType) {
    loop {
        let depth = 1 + random.below(3);
        let text = expression(random, family, depth);
        let analyzed = support::analyzed(&format!("SELECT {text} AS \"x\" FROM stream"), COLUMNS);
        // An expression that only Flink has is none of these.
        if let Some(query) = analyzed.query.filter(|query| needs_flink(query).is_none()) {
            let output = query.outputs().next().expect("an output");
            return (text, output.columns[0].data_type);
        }
    }
}
