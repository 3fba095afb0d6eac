//! The functions that there are, what they take, and how they are called.

use super::super::builtin::{BUILTINS, TYPED};
use super::super::expr::Function;

/// A function with a fixed list of arguments.
pub(in super::super) struct Signature {
    pub(in super::super) name: &'static str,
    pub(super) function: Function,
    pub(super) takes: &'static [Takes],
    pub(super) gives: Gives,
    pub(in super::super) form: &'static str,
}

/// What an argument is.
#[derive(Clone, Copy)]
pub(in super::super) enum Takes {
    Text,
    /// A constant text that is a regular expression.
    Expression,
    /// A number as DOUBLE.
    Double,
    /// A whole number of at least 0.
    Index,
    /// A constant whole number, the length of a text.
    Length,
}

/// The type of the result.
#[derive(Clone, Copy)]
pub(in super::super) enum Gives {
    /// Text as long as the first argument at most.
    Part,
    /// Text of any length.
    Text,
    /// INTEGER.
    Integer,
    /// DOUBLE.
    Double,
}

pub(in super::super) const SIGNATURES: &[Signature] = &[
    Signature {
        name: "UPPER",
        function: Function::Upper,
        takes: &[Takes::Text],
        gives: Gives::Part,
        form: "UPPER(x)",
    },
    Signature {
        name: "LOWER",
        function: Function::Lower,
        takes: &[Takes::Text],
        gives: Gives::Part,
        form: "LOWER(x)",
    },
    Signature {
        name: "INITCAP",
        function: Function::InitCap,
        takes: &[Takes::Text],
        gives: Gives::Part,
        form: "INITCAP(x)",
    },
    Signature {
        name: "CHAR_LENGTH",
        function: Function::CharLength,
        takes: &[Takes::Text],
        gives: Gives::Integer,
        form: "CHAR_LENGTH(x)",
    },
    Signature {
        name: "CHARACTER_LENGTH",
        function: Function::CharLength,
        takes: &[Takes::Text],
        gives: Gives::Integer,
        form: "CHARACTER_LENGTH(x)",
    },
    Signature {
        name: "REPLACE",
        function: Function::Replace,
        takes: &[Takes::Text, Takes::Text, Takes::Text],
        gives: Gives::Text,
        form: "REPLACE(x, 'what', 'by')",
    },
    Signature {
        name: "REGEXP_REPLACE",
        function: Function::RegexpReplace,
        takes: &[Takes::Text, Takes::Expression, Takes::Text],
        gives: Gives::Text,
        form: "REGEXP_REPLACE(x, '[0-9]+', '#')",
    },
    Signature {
        name: "SPLIT_INDEX",
        function: Function::SplitIndex,
        takes: &[Takes::Text, Takes::Text, Takes::Index],
        gives: Gives::Part,
        form: "SPLIT_INDEX(x, ',', 0)",
    },
    Signature {
        name: "LPAD",
        function: Function::LeftPad,
        takes: &[Takes::Text, Takes::Length, Takes::Text],
        gives: Gives::Text,
        form: "LPAD(x, 8, '0')",
    },
    Signature {
        name: "RPAD",
        function: Function::RightPad,
        takes: &[Takes::Text, Takes::Length, Takes::Text],
        gives: Gives::Text,
        form: "RPAD(x, 8, ' ')",
    },
    Signature {
        name: "SQRT",
        function: Function::SquareRoot,
        takes: &[Takes::Double],
        gives: Gives::Double,
        form: "SQRT(x)",
    },
    Signature {
        name: "LN",
        function: Function::Ln,
        takes: &[Takes::Double],
        gives: Gives::Double,
        form: "LN(x)",
    },
    Signature {
        name: "LOG10",
        function: Function::Log10,
        takes: &[Takes::Double],
        gives: Gives::Double,
        form: "LOG10(x)",
    },
];

/// Functions with a form of their own, and how they are called.
pub(in super::super) const FORMS: &[(&str, &str)] = &[
    ("SUBSTRING", "SUBSTRING(x FROM 1 FOR 3)"),
    ("TRIM", "TRIM(x)"),
    ("POSITION", "POSITION('a' IN x)"),
    ("OVERLAY", "OVERLAY(x PLACING 'a' FROM 1 FOR 1)"),
    ("MOD", "MOD(a, b)"),
    ("ABS", "ABS(x)"),
    ("CEIL", "CEIL(x)"),
    ("FLOOR", "FLOOR(x), or FLOOR(time TO MINUTE)"),
    ("COALESCE", "COALESCE(a, b)"),
    ("NULLIF", "NULLIF(a, b)"),
    ("CAST", "CAST(x AS INTEGER)"),
    ("REGEX_REPLACE", "REGEX_REPLACE(x, '[0-9]+', '#', 1, 0)"),
    ("REGEXP_EXTRACT", "REGEXP_EXTRACT(x, 'id=([0-9]+)', 1)"),
    ("REGEX_LOG_PARSE", "REGEX_LOG_PARSE(x, '(..)(..)') AS r, in a SELECT in FROM"),
    (
        "VARIABLE_COLUMN_LOG_PARSE",
        "VARIABLE_COLUMN_LOG_PARSE(x, 'a VARCHAR(8), b INTEGER', ',') AS r, in a SELECT in FROM",
    ),
    ("W3C_LOG_PARSE", "W3C_LOG_PARSE(x, 'COMMON') AS r, in a SELECT in FROM"),
    ("STEP", "STEP(ROWTIME BY INTERVAL '1' MINUTE)"),
    ("EXTRACT", "EXTRACT(HOUR FROM x)"),
    ("CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP"),
    ("CURRENT_DATE", "CURRENT_DATE"),
    ("LOCALTIMESTAMP", "LOCALTIMESTAMP"),
    ("CURRENT_TIME", "CURRENT_TIME"),
    ("LOCALTIME", "LOCALTIME"),
    ("CURRENT_ROW_TIMESTAMP", "CURRENT_ROW_TIMESTAMP"),
    ("MONOTONIC", "MONOTONIC(x)"),
    ("EVERY", "EVERY(x > 0)"),
    ("ANY", "ANY(x > 0)"),
    ("UNIX_TIMESTAMP", "UNIX_TIMESTAMP(time): its milliseconds since 1970"),
    ("TO_TIMESTAMP", "TO_TIMESTAMP(milliseconds)"),
    ("CHAR_TO_TIMESTAMP", "CHAR_TO_TIMESTAMP('yyyy-MM-dd HH:mm:ss', x)"),
    ("CHAR_TO_DATE", "CHAR_TO_DATE('yyyy-MM-dd', x)"),
    ("TIMESTAMP_TO_CHAR", "TIMESTAMP_TO_CHAR('yyyy-MM-dd HH:mm:ss', x)"),
    ("DATE_TO_CHAR", "DATE_TO_CHAR('yyyy-MM-dd', x)"),
    ("CHAR_TO_TIME", "CHAR_TO_TIME('HH:mm:ss', x)"),
    ("TIME_TO_CHAR", "TIME_TO_CHAR('HH:mm:ss', x)"),
    ("DATE_FORMAT", "DATE_FORMAT(x, 'yyyy-MM-dd HH:mm:ss')"),
    ("TSDIFF", "TSDIFF(later, earlier): the milliseconds between both"),
    ("TIMESTAMPDIFF", "TIMESTAMPDIFF(SECOND, a, b)"),
    ("TIMESTAMPADD", "TIMESTAMPADD(MINUTE, 5, x)"),
    ("NOW", "NOW()"),
    ("LENGTH", "LENGTH(x)"),
    ("LEN", "LEN(x)"),
    ("UCASE", "UCASE(x)"),
    ("LCASE", "LCASE(x)"),
    ("PI", "PI()"),
    ("E", "E()"),
    ("IF", "IF(condition, a, b)"),
    ("IIF", "IIF(condition, a, b)"),
    ("IFNULL", "IFNULL(a, b)"),
    ("NVL", "NVL(a, b)"),
    ("CONCAT", "CONCAT(a, b)"),
    ("ELT", "ELT(n, a, b)"),
    ("TRUNC", "TRUNC(x, 2)"),
    ("SIGN", "SIGN(x)"),
    ("LTRIM", "LTRIM(x)"),
    ("RTRIM", "RTRIM(x)"),
    ("BTRIM", "BTRIM(x)"),
    ("SUBSTR", "SUBSTR(x, 1, 3)"),
    ("INSTR", "INSTR(x, 'a')"),
    ("LOCATE", "LOCATE('a', x)"),
    ("STARTSWITH", "STARTSWITH(x, 'a')"),
    ("ENDSWITH", "ENDSWITH(x, 'a')"),
    ("REGEXP", "REGEXP(x, '[0-9]+')"),
    ("REGEXP_SUBSTR", "REGEXP_SUBSTR(x, '[0-9]+')"),
    ("SHA2", "SHA2(x, 256)"),
    ("TO_DATE", "TO_DATE(x), or TO_DATE(x, 'yyyy-MM-dd')"),
    ("TO_TIMESTAMP_LTZ", "TO_TIMESTAMP_LTZ(milliseconds, 3), or TO_TIMESTAMP_LTZ(seconds, 0)"),
    ("FROM_UNIXTIME", "FROM_UNIXTIME(seconds)"),
    ("YEAR", "YEAR(x)"),
    ("QUARTER", "QUARTER(x)"),
    ("MONTH", "MONTH(x)"),
    ("WEEK", "WEEK(x)"),
    ("HOUR", "HOUR(x)"),
    ("MINUTE", "MINUTE(x)"),
    ("SECOND", "SECOND(x)"),
    ("DAYOFYEAR", "DAYOFYEAR(x)"),
    ("DAYOFMONTH", "DAYOFMONTH(x)"),
    ("DAYOFWEEK", "DAYOFWEEK(x)"),
];

/// How a function is called.
pub(super) fn form(name: &str) -> &'static str {
    form_of(name).unwrap_or("CAST(x AS INTEGER)")
}

/// How a function is called, if it is one.
pub(in super::super) fn form_of(name: &str) -> Option<&'static str> {
    let fixed = SIGNATURES.iter().map(|signature| (signature.name, signature.form));
    let builtins = BUILTINS.iter().chain(TYPED).map(|builtin| (builtin.name, builtin.form));
    fixed.chain(FORMS.iter().copied()).chain(builtins).find(|(known, _)| *known == name).map(|(_, form)| form)
}
