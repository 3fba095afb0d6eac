//! Random stateless queries over random records: what the record program makes of them.
//!
//! With PIPEC_RANDOM_CASES, a directory, each query is written there as a case, with `pipeline.sql` and the record
//! program's rows as the expected ones; tests/flink runs them on a real Flink. PIPEC_RANDOM_SEED,
//! PIPEC_RANDOM_COUNT and PIPEC_RANDOM_RECORDS change which, how many, and of how many records.

use std::env;
use std::fs;
use std::path::Path;

use pipec::sql::{DataType, Query, Role, needs_flink, print_flink, print_program};
use pipec_core::RecordProgram;

use crate::record_program::{rows, run};
use crate::support;

pub const COLUMNS: &str = "\
b     BOOLEAN        $.b
t     TINYINT        $.whole.t
s     SMALLINT       $.whole.s
i     INTEGER        $.whole.i
l     BIGINT         $.whole.l
d     DECIMAL(10,2)  $.d
e     DECIMAL(38,12) $.e
r     REAL           $.r
f     DOUBLE         $.f
v     VARCHAR(10)    $.v
w     VARCHAR        $['w w']
c     CHAR(4)        $.c
day   DATE           $.day
clock TIME           $.clock
at    TIMESTAMP      $.at
";
/// Records of each query.
pub fn records() -> usize {
    number("PIPEC_RANDOM_RECORDS", 60) as usize
}

/// SplitMix64: the same numbers everywhere for one seed.
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }

    pub fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

/// Values that a key of a record may have, whatever its column's type is.
pub const VALUES: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "1",
    "-1",
    "7",
    "40",
    "127",
    "128",
    "-128",
    "-129",
    "300",
    "32767",
    "-32769",
    "2147483647",
    "-2147483648",
    "2147483648",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "123456789012345678901234567890",
    "0.5",
    "-0.5",
    "1.5",
    "2.5",
    "-2.9",
    "20.999",
    "1e2",
    "1E-3",
    "-0",
    "0.005",
    "1.005",
    "99999999.99",
    "99999999.995",
    "100000000",
    "12345.678",
    "3e9",
    "\"\"",
    "\" \"",
    "\"12\"",
    "\" 12 \"",
    "\"-7.9\"",
    "\"+5\"",
    "\".5\"",
    "\"5.\"",
    "\"1e3\"",
    "\"1d\"",
    "\"abc\"",
    "\"ABC\"",
    "\"abcdefghijklm\"",
    "\"a\"",
    "\"a  \"",
    "\"  a\"",
    "\"Straße\"",
    "\"ÉCOLE é\"",
    "\"😀 smile 😀\"",
    "\"ΑΣ\"",
    "\"İI\"",
    "\"a\\nb\"",
    "\"\\u0041\\u00e9\\ud83d\\ude00\"",
    "\"tab\\t\\\"q\\\"\"",
    "\"10%\"",
    "\"a_b\"",
    "\"true\"",
    "\"T\"",
    "\"no\"",
    "\"yes\"",
    "\"2026-01-27\"",
    "\"2026-1-5\"",
    "\"2026-02-30\"",
    "\"2024-02-29\"",
    "\"1969-12-31\"",
    "\"0001-01-01\"",
    "\"2026-01-27 09:30:00\"",
    "\"2026-01-27T09:30:00.123Z\"",
    "\"2026-01-27 09:30:00.5\"",
    "\"1969-12-31T23:59:59.999Z\"",
    "\"09:30:00\"",
    "\"9:30\"",
    "\"23:59:59.9\"",
    "\"12:00:00.5\"",
    "\"NaN\"",
    "\"-Infinity\"",
    "1e999",
    "-1e39",
    "3.4028235677973366e38",
    "1e200",
    "-1e308",
    "4.9e-324",
    "\"1e999\"",
    "\"7\\r\\n\"",
    "\"\\u00017\"",
    "\"\\t7\\n\"",
    "1e2147483647",
    "1e2147483648",
    "1.5e-2147483647",
    "1e0000000000001",
    "\"1582-10-10 00:00:00\"",
    "\"1582-10-04\"",
    "\"1500-02-29 12:00:00\"",
    "\"2024-02-30 00:00:00\"",
    "\"1900-01-01 00:00:00\"",
    "\"9999-12-31 23:59:59.999\"",
    "\"e-mail o'neil\"",
    "\"a\u{e001}b\"",
    "\"a\u{e002}b\"",
    "\"a\u{e003}b\"",
    "\"a\u{e004}b\"",
    "{}",
    "[]",
    "{\"a\":[1,2.50,\"x\"],\"a\":null}",
    "[1e2, true, \"é\"]",
];

/// A record as it comes: what no text can hold stands as a character for private use.
pub fn bytes_of(record: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(record.len());
    for character in record.chars() {
        match character {
            // No character begins with this byte.
            '\u{e001}' => bytes.push(0xFF),
            // Two surrogates, each as a character.
            '\u{e002}' => bytes.extend([0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80]),
            // A character that takes a byte more than it has to.
            '\u{e003}' => bytes.extend([0xC0, 0xA2]),
            // A character that is cut.
            '\u{e004}' => bytes.extend([0xE2, 0x82]),
            other => bytes.extend(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    bytes
}

fn record(random: &mut Random) -> String {
    match random.below(24) {
        0 => {
            let (first, second) = (object(random), object(random));
            random
                .pick(&["[]", "[5]", "[A]", "[A,B]", "[5, A]", " [ A , \"x\" , B ] x", "[[A]]", "[A,tru]"])
                .replace('A', &first)
                .replace('B', &second)
        }
        1 => object(random) + random.pick(&["\u{e001}", "\u{e004}", "x"]),
        _ => object(random),
    }
}

fn object(random: &mut Random) -> String {
    let likely: &[(&str, &[&str])] = &[
        ("b", &["true", "false"]),
        ("d", &["12.50", "-0.05", "99999999.99", "3", "0.01"]),
        ("e", &["1.123456789012", "-12345678901234567890.5", "0", "3.000000000001", "2"]),
        ("r", &["0.5", "1.25", "-3", "100000.0"]),
        ("f", &["0.5", "-2.75", "1e10", "40", "0.1", "1e200", "-9223372036854775808", "2147483648"]),
        ("v", &["\"abc\"", "\"a\"", "\"Straße\"", "\"12\"", "\"10% off\""]),
        ("w w", &["\"abc\"", "\"x y z\"", "\"-4.5\"", "\"2026-01-27\""]),
        ("c", &["\"ab\"", "\"abcd\"", "\"é\""]),
        ("day", &["\"2026-01-27\"", "\"2024-02-29\"", "\"1970-01-01\""]),
        ("clock", &["\"09:30:00\"", "\"23:59:59\"", "\"00:00:00\""]),
        (
            "at",
            &[
                "\"2023-12-31 23:59:59.999\"",
                "\"2024-02-29 12:00:00\"",
                "\"2027-01-01 00:00:00\"",
                "\"2026-01-27 09:30:00\"",
                "\"2026-01-27T09:30:00.123Z\"",
                "\"1969-12-31 23:59:59.999\"",
            ],
        ),
    ];
    let whole: &[(&str, &[&str])] = &[
        ("t", &["1", "-128", "127", "0"]),
        ("s", &["300", "-32768", "0"]),
        ("i", &["40", "-7", "2147483647", "-2147483648", "0", "21.9", "-1", "2"]),
        ("l", &["9000000000", "-1", "9223372036854775807", "-9223372036854775808", "0", "3037000500"]),
    ];
    let mut members = |keys: &[(&str, &[&str])]| {
        let member = |(key, values): &(&str, &[&str])| {
            let value = match random.below(10) {
                0..=5 => random.pick(values),
                _ => random.pick(VALUES),
            };
            format!("{key:?}:{value}")
        };
        keys.iter().map(member).collect::<Vec<_>>().join(",")
    };
    let (outer, inner) = (members(likely), members(whole));
    match random.below(12) {
        0 => format!("{{{outer}}}"),
        1 => format!("{{\"whole\":[1],{outer},\"more\":{{\"t\":5}}}}"),
        2 => format!("{{\"whole\":{{\"t\":5}},{outer}, \"whole\" : {{{inner}}}}}"),
        3 => format!("{{{outer},\"whole\":{{{inner}}},\"x\":tru}}"),
        _ => format!("{{{outer},\"whole\":{{{inner},\"other\":[{{\"t\":1}}]}}}}"),
    }
}

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
                32 => format!("REPEAT({a}, {})", r.pick(&["0", "1", "3", "60000"])),
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

/// A query of several outputs. One of them has all columns, so that Flink reads all of them, and each has a DECIMAL, so
/// that numbers are read as exact ones even where Flink reads the records for one output alone; numbers of 32 bits are
/// written as such of 64, since Java writes more of their digits than it has to.
pub fn query(random: &mut Random) -> String {
    let mut sql = String::from(
        "INSERT INTO \"ALL\" SELECT \"b\", \"t\", \"s\", \"i\", \"l\", \"d\", \"e\", CAST(\"r\" AS DOUBLE) AS \"r\", \"f\", \"v\", \"w\", \
         \"c\", \"day\", \"clock\", \"at\" FROM stream",
    );
    for output in 0..4 {
        let mut items = vec![String::from("\"d\"")];
        for item in 0..10 {
            let family = [0, 0, 1, 1, 1, 2, 2, 2, 3, 4, 5][random.below(11)];
            let (text, data_type) = accepted(random, family);
            let text = if data_type == DataType::Real { format!("CAST({text} AS DOUBLE)") } else { text };
            items.push(format!("{text} AS \"x{item}\""));
        }
        let filter = match random.below(3) {
            0 => format!("\n WHERE {}", accepted(random, 0).0),
            _ => String::new(),
        };
        sql +=
            &format!(";\nINSERT INTO \"O{output}\" SELECT\n  {}\nFROM stream{filter}", items.join(",\n  "));
    }
    sql
}

pub fn number(name: &str, otherwise: u64) -> u64 {
    env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

/// Runs the record programs of a query's outputs, and writes them down as a case where that is asked for. Gives the
/// number of rows.
pub fn run_case(name: &str, sql: &str, query: &Query, records: &str) -> usize {
    let target = env::var_os("PIPEC_RANDOM_CASES");
    let folder = target.as_ref().map(|target| Path::new(target).join(name));
    if let Some(folder) = &folder {
        fs::create_dir_all(folder.join("expected")).expect("a folder");
        fs::write(folder.join("input.sql"), sql).expect("the SQL");
        fs::write(folder.join("pipeline.sql"), print_flink(query)).expect("Flink's SQL");
        fs::write(folder.join("records.jsonl"), bytes_of(records)).expect("the records");
    }
    let mut written = 0;
    for output in query.stream_ids().filter(|id| query.stream(*id).role == Role::Output) {
        let program = print_program(query, output).expect("the query is stateless");
        let program = RecordProgram::querying(program, "\n").expect("it holds together");
        let json = program.to_json().expect("a program is JSON");
        assert_eq!(RecordProgram::from_json(json.as_bytes()).expect("it reads back"), program);
        let made = run(&program, records);
        written += rows(&made).len();
        let (records, rate) = (records.lines().count(), query.row_rate(query.stream(output), 1.0));
        let most = rate.per_second * records as f64;
        assert!(!rate.open.is_empty() || made.lines().count() as f64 <= most, "more rows than {most}");
        if let Some(folder) = &folder {
            let name = format!("{}.jsonl", query.stream(output).name);
            fs::write(folder.join("expected").join(name), made).expect("the rows");
        }
    }
    written
}

#[test]
fn random_queries() {
    let (seed, count) = (number("PIPEC_RANDOM_SEED", 2), number("PIPEC_RANDOM_COUNT", 4));
    let mut random = Random(seed);
    let mut written = 0;
    for case in 0..count {
        let sql = query(&mut random);
        let lines: Vec<String> = (0..records()).map(|_| record(&mut random)).collect();
        let analyzed = support::analyzed(&sql, COLUMNS);
        let Some(query) = &analyzed.query else { panic!("{}", analyzed.text()) };
        written += run_case(&format!("random-{seed}-{case}"), &sql, query, &lines.join("\n"));
    }
    assert!(written > 0, "no row was written");
}
