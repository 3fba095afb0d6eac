//! The functions as people look them up: in `pipec explain functions` and in docs/sql-functions.md. What is known here is
//! held against Flink's own list, so that none of its functions is undecided.

use std::borrow::Cow;

use super::builtin::{BUILTINS, TYPED};
use super::refuse;
use super::resolve::{FORMS, SIGNATURES, aggregate_names};

/// Where a function runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runs {
    /// In Flink and in the Lambda.
    Both,
    /// In Flink alone.
    Flink,
}

/// A function.
#[derive(Clone, Debug)]
pub struct Described {
    /// Its name.
    pub name: &'static str,
    /// How it is called.
    pub form: Cow<'static, str>,
    /// What it gives.
    pub about: &'static str,
    /// Where it runs.
    pub runs: Runs,
    /// The first version of Flink that has it, where older ones are to be had as well.
    pub since: Option<&'static str>,
}

/// What functions of the old dialect, and those of another name, give.
const ABOUT: &[(&str, &str)] = &[
    ("UPPER", "a string in upper case"),
    ("LOWER", "a string in lower case"),
    ("INITCAP", "a string with the first letter of each word in upper case"),
    ("CHAR_LENGTH", "the number of characters"),
    ("CHARACTER_LENGTH", "as CHAR_LENGTH"),
    ("LENGTH", "as CHAR_LENGTH"),
    ("LEN", "as CHAR_LENGTH"),
    ("UCASE", "as UPPER"),
    ("LCASE", "as LOWER"),
    ("REPLACE", "a string with every occurrence of the second replaced by the third"),
    ("REGEXP_REPLACE", "a string with every match of a constant regular expression replaced"),
    ("REGEX_REPLACE", "as REGEXP_REPLACE, in the syntax of the old dialect"),
    ("REGEXP_EXTRACT", "a group of the first match of a constant regular expression; NULL without a match"),
    ("REGEXP_SUBSTR", "the first match of a constant regular expression; NULL without one"),
    ("REGEXP", "whether a string has a match of a constant regular expression"),
    ("SPLIT_INDEX", "the n-th field between separators, counted from 0; NULL if there are fewer"),
    ("LPAD", "a string padded at its start, or truncated, to a length"),
    ("RPAD", "a string padded at its end, or truncated, to a length"),
    ("SQRT", "the square root; NULL for negative numbers"),
    ("LN", "the natural logarithm; NULL for 0 and below"),
    ("LOG10", "the logarithm to base 10; NULL for 0 and below"),
    ("SUBSTRING", "a part of a string; the first character is at position 1"),
    ("SUBSTR", "as SUBSTRING"),
    ("TRIM", "a string without spaces at both ends; also TRIM(LEADING '-' FROM x)"),
    ("LTRIM", "a string without spaces at its start; the second argument replaces the space"),
    ("RTRIM", "a string without spaces at its end; the second argument replaces the space"),
    ("BTRIM", "a string without spaces at both ends; the second argument replaces the space"),
    ("POSITION", "the position of the first string in the second, counted from 1; 0 if it is not found"),
    ("INSTR", "the position of the second string in the first, counted from 1; 0 if it is not found"),
    ("LOCATE", "as POSITION"),
    ("STARTSWITH", "whether a string starts with another"),
    ("ENDSWITH", "whether a string ends with another"),
    ("OVERLAY", "a string with a part of it replaced"),
    ("MOD", "the remainder of a division, with the sign of the dividend; NULL for a divisor of 0"),
    ("ABS", "the absolute value"),
    ("SIGN", "1, 0 or -1, as INTEGER; NULL for NaN"),
    ("CEIL", "a number rounded up; of a time, the start of the next unit: CEIL(time TO HOUR)"),
    ("FLOOR", "a number rounded down; of a time, the start of its unit"),
    ("TRUNC", "as TRUNCATE"),
    ("PI", "3.141592653589793"),
    ("E", "2.718281828459045"),
    ("COALESCE", "the first argument that is not NULL"),
    ("IFNULL", "the first argument that is not NULL"),
    ("NVL", "the first argument that is not NULL"),
    ("NULLIF", "NULL if both are equal, otherwise the first argument"),
    ("IF", "the second argument if the condition is true, otherwise the third"),
    ("IIF", "as IF"),
    ("ELT", "the n-th of the other arguments, counted from 1; NULL if there is none"),
    ("CONCAT", "the concatenation of strings; NULL if one is NULL"),
    ("CAST", "a value as another type; NULL if it cannot be converted; also TRY_CAST"),
    ("SHA2", "a SHA-2 hash of 224, 256, 384 or 512 bits; the number is a constant"),
    ("CURRENT_ROW_TIMESTAMP", "the time of the row, ROWTIME"),
    ("MONOTONIC", "its argument; declares that the values increase"),
    ("EVERY", "whether a condition is true for all rows of a group"),
    ("ANY", "whether a condition is true for at least one row of a group"),
    ("CHAR_TO_TIME", "a TIME from a string, by a pattern"),
    ("TIME_TO_CHAR", "a string from a TIME, by a pattern"),
    (
        "STEP",
        "a time rounded down to a multiple of an interval since 1970, or a number rounded down to a multiple",
    ),
    ("EXTRACT", "a field of a time, as BIGINT: YEAR to SECOND, QUARTER, WEEK, DOW, DOY"),
    ("YEAR", "a field of a time, as BIGINT"),
    ("QUARTER", "a field of a time, as BIGINT"),
    ("MONTH", "a field of a time, as BIGINT"),
    ("WEEK", "the week of the year, ISO 8601, as BIGINT"),
    ("HOUR", "a field of a time, as BIGINT"),
    ("MINUTE", "a field of a time, as BIGINT"),
    ("SECOND", "a field of a time, as BIGINT"),
    ("DAYOFYEAR", "counted from 1, as BIGINT"),
    ("DAYOFMONTH", "counted from 1, as BIGINT"),
    ("DAYOFWEEK", "as BIGINT; 1 is Sunday"),
    ("CURRENT_TIMESTAMP", "the time at which the row is processed, in UTC"),
    ("LOCALTIMESTAMP", "as CURRENT_TIMESTAMP"),
    ("NOW", "as CURRENT_TIMESTAMP"),
    ("CURRENT_DATE", "the date of CURRENT_TIMESTAMP"),
    ("CURRENT_TIME", "the time of day of CURRENT_TIMESTAMP"),
    ("LOCALTIME", "as CURRENT_TIME"),
    (
        "UNIX_TIMESTAMP",
        "the milliseconds since 1970 of a time, as in the old dialect; Flink's own function returns seconds",
    ),
    (
        "TO_TIMESTAMP",
        "a time from milliseconds since 1970, or from a string, optionally with a pattern as the second argument",
    ),
    ("TO_TIMESTAMP_LTZ", "a time from a number since 1970"),
    ("FROM_UNIXTIME", "a time from seconds since 1970, as a string"),
    ("TO_DATE", "a date from a string"),
    ("CHAR_TO_TIMESTAMP", "a time from a string, by a pattern as in Java; NULL if the string does not match"),
    ("CHAR_TO_DATE", "a date from a string, by a pattern as in Java"),
    ("TIMESTAMP_TO_CHAR", "a time as a string, by a pattern as in Java"),
    ("DATE_TO_CHAR", "a date as a string, by a pattern as in Java"),
    ("DATE_FORMAT", "a time as a string, by a pattern as in Java"),
    ("TSDIFF", "the difference in milliseconds"),
    ("TIMESTAMPDIFF", "the number of whole units from the first time to the second"),
    ("TIMESTAMPADD", "a time plus a constant number of units"),
    ("REGEX_LOG_PARSE", "columns of a log line"),
    ("VARIABLE_COLUMN_LOG_PARSE", "columns of a line with a delimiter"),
    ("W3C_LOG_PARSE", "columns of a web server's log line"),
    ("COUNT", "the number of rows, or of values that are not NULL, as BIGINT"),
    ("SUM", "the sum: BIGINT for whole numbers, DECIMAL with 38 digits for a DECIMAL, otherwise DOUBLE"),
    ("AVG", "the average: DECIMAL with 38 digits for a DECIMAL, otherwise DOUBLE"),
    ("MIN", "the smallest value"),
    ("MAX", "the largest value"),
    ("STDDEV_POP", "the population standard deviation, as DOUBLE"),
    ("STDDEV_SAMP", "the sample standard deviation, as DOUBLE; also STDDEV"),
    ("VAR_POP", "the population variance, as DOUBLE"),
    ("VAR_SAMP", "the sample variance, as DOUBLE; also VARIANCE"),
    ("FIRST_VALUE", "the oldest value"),
    ("LAST_VALUE", "the newest value"),
    ("LAG", "the value in an earlier row, by its offset"),
    ("ROW_NUMBER", "the rank of a row in its window, limited by WHERE in the outer query"),
    ("LISTAGG", "the concatenation of strings, separated by a comma or by the second argument"),
    ("PERCENTILE", "the percentile of a group, as DOUBLE"),
];

/// All functions, by their names.
pub fn functions() -> Vec<Described> {
    let about = |name: &str| ABOUT.iter().find(|(known, _)| *known == name).map_or("", |(_, about)| about);
    let both = |name, form: &'static str| Described {
        name,
        form: form.into(),
        about: about(name),
        runs: Runs::Both,
        since: None,
    };
    let mut all: Vec<Described> =
        SIGNATURES.iter().map(|signature| both(signature.name, signature.form)).collect();
    all.extend(FORMS.iter().map(|(name, form)| match *name {
        // Aggregates in the form of conditions.
        "EVERY" | "ANY" => Described { runs: Runs::Flink, ..both(name, form) },
        _ => both(name, form),
    }));
    all.extend(BUILTINS.iter().chain(TYPED).map(|builtin| Described {
        name: builtin.name,
        form: builtin.form.into(),
        about: builtin.about,
        runs: if builtin.scalar.is_some() { Runs::Both } else { Runs::Flink },
        since: builtin.since,
    }));
    all.extend(aggregate_names().map(|(name, form)| Described {
        name,
        form: form.into(),
        about: about(name),
        runs: Runs::Flink,
        since: (name == "PERCENTILE").then_some("2.0"),
    }));
    all.sort_by_key(|function| function.name);
    all
}

/// Functions that are refused by their names, with what to do instead.
pub fn refused() -> Vec<(&'static str, &'static str)> {
    let mut all: Vec<(&str, &str)> = refuse::functions().collect();
    all.sort_unstable();
    all
}

/// The functions as a table for a terminal.
pub fn text() -> String {
    let all = functions();
    let width = all.iter().map(|function| function.form.chars().count()).filter(|width| *width < 44).max();
    let width = width.unwrap_or(0);
    let mut text = String::from("Functions. Those marked `flink` need `runtime: flink`.\n\n");
    for function in all {
        let runs = match function.runs {
            Runs::Both => String::new(),
            Runs::Flink => match function.since {
                Some(since) => format!(" [flink, since {since}]"),
                None => " [flink]".into(),
            },
        };
        text += &format!("{:width$}  {}{runs}\n", function.form, function.about);
    }
    text += "\nNot supported, and what to write instead:\n\n";
    for (name, help) in refused() {
        text += &format!("{name:width$}  {help}\n");
    }
    text
}

/// The same as a page of the documentation.
pub fn page() -> String {
    let cell = |text: &str| text.replace('|', "\\|");
    let mut page = String::from(HEAD);
    for function in functions() {
        let runs = match (function.runs, function.since) {
            (Runs::Both, None) => "both".into(),
            (Runs::Both, Some(since)) => format!("both; Flink since {since}"),
            (Runs::Flink, None) => "Flink".into(),
            (Runs::Flink, Some(since)) => format!("Flink since {since}"),
        };
        page += &format!("| `{}` | {} | {runs} |\n", cell(&function.form), cell(function.about));
    }
    page += OPERATORS;
    for (name, what) in FLINK_SYNTAX {
        page += &format!("| `{}` | {} |\n", cell(name), cell(what));
    }
    page += REFUSED;
    for (name, help) in refused() {
        page += &format!("| `{name}` | {} |\n", cell(help));
    }
    page
}

const HEAD: &str = "\
# Functions of the SQL

Generated by `PIPEC_BLESS=1 cargo test --test compiler committed::`; `pipec explain functions` prints the same. *Both* means Flink and
Lambda, which give the same values. Unless the table says otherwise, the result is NULL if an argument is NULL. No argument
stops a pipeline: if there is no result, as for the logarithm of 0, the result is NULL.

| function | result | runtime |
| --- | --- | --- |
";

const OPERATORS: &str = "
## Flink's operators and clauses

| Flink | pipec |
| --- | --- |
";

const REFUSED: &str = "
## Refused functions

| function | instead |
| --- | --- |
";

/// What Flink's parser knows as an operator, and what becomes of it here.
const FLINK_SYNTAX: &[(&str, &str)] = &[
    ("= <> < <= > >=", "both"),
    ("+ - * / %", "both; division by zero is NULL"),
    ("||", "both"),
    ("AND OR NOT", "both"),
    ("BETWEEN, IN (list), LIKE, SIMILAR TO, IS NULL", "both"),
    ("CASE", "both"),
    ("INTERVAL", "both, added to a time"),
    ("EXISTS, IN (SELECT ..)", "refused; write a JOIN within time bounds, or with a reference table"),
    ("UNION ALL", "both"),
    ("UNION, INTERSECT, EXCEPT", "refused: a stream has no end"),
    ("TUMBLE, HOP, SESSION, CUMULATE in FROM", "Flink"),
    ("TUMBLE, HOP, SESSION in GROUP BY, with _START, _END, _ROWTIME", "Flink"),
    ("ARRAY, MAP, ROW, MULTISET, element access", "refused: a column holds one value"),
    ("MATCH_RECOGNIZE and its functions", "refused"),
    ("IS JSON", "refused; write JSON_EXISTS"),
];

/// Flink's built-in functions by the names that SQL calls them: the operator table of Flink 2.2.1, and its built-in
/// function definitions, read from the jars on 2026-11-30. Operators and words of clauses are left out.
pub const FLINK_FUNCTIONS: &[&str] = &[
    "ABS",
    "ACOS",
    "APPROX_COUNT_DISTINCT",
    "ARRAY_AGG",
    "ARRAY_APPEND",
    "ARRAY_CONCAT",
    "ARRAY_CONTAINS",
    "ARRAY_DISTINCT",
    "ARRAY_EXCEPT",
    "ARRAY_INTERSECT",
    "ARRAY_JOIN",
    "ARRAY_MAX",
    "ARRAY_MIN",
    "ARRAY_POSITION",
    "ARRAY_PREPEND",
    "ARRAY_REMOVE",
    "ARRAY_REVERSE",
    "ARRAY_SLICE",
    "ARRAY_SORT",
    "ARRAY_UNION",
    "ASCII",
    "ASIN",
    "ATAN",
    "ATAN2",
    "AVG",
    "BIN",
    "BTRIM",
    "CARDINALITY",
    "CAST",
    "CEIL",
    "CHARACTER_LENGTH",
    "CHAR_LENGTH",
    "CHR",
    "COALESCE",
    "COLLECT",
    "CONCAT",
    "CONCAT_WS",
    "CONVERT_TZ",
    "COS",
    "COSH",
    "COT",
    "COUNT",
    "CUME_DIST",
    "CURRENT_DATABASE",
    "CURRENT_DATE",
    "CURRENT_ROW_TIMESTAMP",
    "CURRENT_TIME",
    "CURRENT_TIMESTAMP",
    "CURRENT_WATERMARK",
    "DATE_FORMAT",
    "DAYOFMONTH",
    "DAYOFWEEK",
    "DAYOFYEAR",
    "DECODE",
    "DEGREES",
    "DENSE_RANK",
    "E",
    "ELEMENT",
    "ELT",
    "ENCODE",
    "ENDSWITH",
    "EXP",
    "EXTRACT",
    "FIRST_VALUE",
    "FLOOR",
    "FROM_BASE64",
    "FROM_UNIXTIME",
    "GREATEST",
    "GROUPING",
    "GROUPING_ID",
    "GROUP_ID",
    "HASH_CODE",
    "HEX",
    "HOUR",
    "IF",
    "IFNULL",
    "INITCAP",
    "INSTR",
    "IS_ALPHA",
    "IS_DECIMAL",
    "IS_DIGIT",
    "JSON",
    "JSON_ARRAY",
    "JSON_ARRAYAGG",
    "JSON_EXISTS",
    "JSON_OBJECT",
    "JSON_OBJECTAGG",
    "JSON_QUERY",
    "JSON_QUOTE",
    "JSON_STRING",
    "JSON_UNQUOTE",
    "JSON_VALUE",
    "LAG",
    "LAST_VALUE",
    "LEAD",
    "LEAST",
    "LEFT",
    "LISTAGG",
    "LN",
    "LOCALTIME",
    "LOCALTIMESTAMP",
    "LOCATE",
    "LOG",
    "LOG10",
    "LOG2",
    "LOWER",
    "LPAD",
    "LTRIM",
    "MAP_ENTRIES",
    "MAP_FROM_ARRAYS",
    "MAP_KEYS",
    "MAP_UNION",
    "MAP_VALUES",
    "MAX",
    "MD5",
    "MIN",
    "MINUTE",
    "ML_EVALUATE",
    "ML_PREDICT",
    "MOD",
    "MONTH",
    "NOW",
    "NTILE",
    "NULLIF",
    "OBJECT_OF",
    "OBJECT_UPDATE",
    "OVERLAPS",
    "OVERLAY",
    "PARSE_JSON",
    "PARSE_URL",
    "PERCENTILE",
    "PERCENT_RANK",
    "PI",
    "POSITION",
    "POWER",
    "PRINTF",
    "PROCTIME",
    "QUARTER",
    "RADIANS",
    "RAND",
    "RAND_INTEGER",
    "RANK",
    "REGEXP",
    "REGEXP_COUNT",
    "REGEXP_EXTRACT",
    "REGEXP_EXTRACT_ALL",
    "REGEXP_INSTR",
    "REGEXP_REPLACE",
    "REGEXP_SUBSTR",
    "REPEAT",
    "REPLACE",
    "REVERSE",
    "RIGHT",
    "ROUND",
    "ROW_NUMBER",
    "RPAD",
    "RTRIM",
    "SECOND",
    "SHA1",
    "SHA2",
    "SHA224",
    "SHA256",
    "SHA384",
    "SHA512",
    "SIGN",
    "SIN",
    "SINGLE_VALUE",
    "SINH",
    "SOURCE_WATERMARK",
    "SPLIT",
    "SPLIT_INDEX",
    "SQRT",
    "STARTSWITH",
    "STDDEV",
    "STDDEV_POP",
    "STDDEV_SAMP",
    "STREAMRECORD_TIMESTAMP",
    "STR_TO_MAP",
    "SUBSTR",
    "SUBSTRING",
    "SUM",
    "TAN",
    "TANH",
    "TIMESTAMPADD",
    "TIMESTAMPDIFF",
    "TO_BASE64",
    "TO_DATE",
    "TO_TIMESTAMP",
    "TO_TIMESTAMP_LTZ",
    "TRANSLATE",
    "TRIM",
    "TRUNCATE",
    "TRY_CAST",
    "TRY_PARSE_JSON",
    "TYPEOF",
    "UNHEX",
    "UNIX_TIMESTAMP",
    "UPPER",
    "URL_DECODE",
    "URL_ENCODE",
    "UUID",
    "VARIANCE",
    "VAR_POP",
    "VAR_SAMP",
    "VECTOR_SEARCH",
    "WEEK",
    "YEAR",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_of_flink_is_decided() {
        let known = functions();
        let refused = refused();
        let is_decided = |name: &&str| {
            known.iter().any(|function| function.name == *name)
                || refused.iter().any(|(refused, _)| refused == name)
                || ["STDDEV", "VARIANCE", "TRY_CAST"].contains(name)
        };
        let undecided: Vec<&&str> = FLINK_FUNCTIONS.iter().filter(|name| !is_decided(name)).collect();
        assert!(undecided.is_empty(), "{undecided:?}");
    }

    #[test]
    fn every_function_says_what_it_gives() {
        for function in functions() {
            assert!(!function.about.is_empty(), "{}", function.name);
        }
        let twice = functions().windows(2).find(|pair| pair[0].name == pair[1].name).map(|pair| pair[0].name);
        assert_eq!(twice, None, "a function is listed twice");
        for (name, _) in ABOUT {
            assert!(functions().iter().any(|function| function.name == *name), "{name} is not there");
        }
        for (name, _) in refused() {
            assert!(functions().iter().all(|function| function.name != name), "{name} is refused as well");
        }
    }
}
