//! Functions of Flink in addition to those of the old dialect: what each takes and gives, how Flink writes it, and what
//! of it the record program has. One table, from which they are resolved, printed and described.

use pipec_core::Scalar;

use super::expr::{Aggregate, Expr, ExprKind, Function};
use super::query::Query;
use crate::source::Span;

/// A function of its arguments alone.
#[derive(Debug)]
pub struct Builtin {
    /// Its name in SQL.
    pub name: &'static str,
    /// How it is called.
    pub form: &'static str,
    /// What it gives, NULL and the edges included.
    pub about: &'static str,
    /// What its arguments are.
    pub(super) takes: &'static [Takes],
    /// Whether the last argument may come again, or be missing.
    pub(super) more: bool,
    pub(super) gives: Gives,
    /// As Flink writes it: `{0}` is the first argument, `{*}` are all of them. It must not stop a job, whatever the
    /// arguments are.
    pub(super) flink: &'static str,
    /// What a record program calls it; nothing where only Flink has it.
    pub(super) scalar: Option<Scalar>,
    /// The first version of Flink that has it, where it is one that AWS runs in addition to older ones.
    pub since: Option<&'static str>,
}

impl PartialEq for Builtin {
    fn eq(&self, other: &Self) -> bool {
        (self.name, self.flink) == (other.name, other.flink)
    }
}

impl Eq for Builtin {}

impl std::hash::Hash for Builtin {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (self.name, self.flink).hash(state);
    }
}

impl Builtin {
    /// How often Flink's form writes an argument out, at most.
    pub(super) fn times(&self) -> usize {
        let count = |at: usize| self.flink.matches(&format!("{{{at}}}")).count();
        (0..self.takes.len()).map(count).max().unwrap_or(1).max(1)
    }

    /// The call as Flink writes it.
    pub(super) fn print(&self, arguments: &[String]) -> String {
        let mut written = String::new();
        let mut rest = self.flink;
        while let Some((text, behind)) = rest.split_once('{') {
            written.push_str(text);
            let (place, behind) = behind.split_once('}').unwrap_or((behind, ""));
            match place.parse::<usize>() {
                Ok(at) => written.push_str(arguments.get(at).map_or("", String::as_str)),
                Err(_) if place == "*" => written.push_str(&arguments.join(", ")),
                // A regular expression has braces as well.
                Err(_) => written.push_str(&format!("{{{place}}}")),
            }
            rest = behind;
        }
        written + rest
    }
}

/// What an argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    /// A text.
    Text,
    /// A number as DOUBLE.
    Double,
    /// A whole number of up to 32 bits.
    Integer,
    /// A whole number as BIGINT.
    BigInt,
    /// A constant whole number from 0 to 65,535.
    Count,
    /// A constant path of JSON.
    JsonPath,
    /// A constant that names a part of a URL.
    UrlPart,
}

/// The type of the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gives {
    /// Text as long as the first argument at most.
    Part,
    /// Text of any length.
    Text,
    /// INTEGER
    Integer,
    /// DOUBLE
    Double,
    /// BOOLEAN
    Boolean,
}

/// The function of a name, in upper case.
pub(super) fn builtin(name: &str) -> Option<&'static Builtin> {
    BUILTINS.iter().find(|builtin| builtin.name == name)
}

/// A function that both back ends have, of arguments that are written out once.
const fn both(
    name: &'static str,
    form: &'static str,
    takes: &'static [Takes],
    gives: Gives,
    flink: &'static str,
    scalar: Scalar,
    about: &'static str,
) -> Builtin {
    Builtin { name, form, about, takes, more: false, gives, flink, scalar: Some(scalar), since: None }
}

/// A function that only Flink has.
const fn flink(
    name: &'static str,
    form: &'static str,
    takes: &'static [Takes],
    gives: Gives,
    flink: &'static str,
    about: &'static str,
) -> Builtin {
    Builtin { name, form, about, takes, more: false, gives, flink, scalar: None, since: None }
}

/// A function of one DOUBLE whose value is NULL where Flink's is no finite number, which JSON does not have.
macro_rules! finite {
    ($name:literal, $scalar:expr, $about:literal) => {
        both(
            $name,
            concat!($name, "(x)"),
            &[Takes::Double],
            Gives::Double,
            concat!("CASE WHEN ABS(", $name, "({0})) <= 1.7976931348623157E308 THEN ", $name, "({0}) END"),
            $scalar,
            $about,
        )
    };
}

/// The same of two.
macro_rules! finite_of_two {
    ($name:literal, $form:literal, $scalar:expr, $about:literal) => {
        both(
            $name,
            $form,
            &[Takes::Double, Takes::Double],
            Gives::Double,
            concat!(
                "CASE WHEN ABS(",
                $name,
                "({0}, {1})) <= 1.7976931348623157E308 THEN ",
                $name,
                "({0}, {1}) END"
            ),
            $scalar,
            $about,
        )
    };
}

/// A hash of a string.
macro_rules! hash {
    ($name:literal, $scalar:expr) => {
        both(
            $name,
            concat!($name, "(x)"),
            &[Takes::Text],
            Gives::Text,
            concat!($name, "({0})"),
            $scalar,
            "hash of the UTF-8 bytes of a string, as lower-case hexadecimal digits",
        )
    };
}

/// What [`super::resolve`] calls by a name.
pub(super) const BUILTINS: &[Builtin] = &[
    finite_of_two!(
        "POWER",
        "POWER(x, 2)",
        Scalar::Power,
        "the first argument to the power of the second, as DOUBLE; NULL if that is not finite"
    ),
    finite!("EXP", Scalar::Exp, "e to the power of a number"),
    finite!("LOG2", Scalar::Log2, "the logarithm to base 2; NULL for 0 and below"),
    finite!("SIN", Scalar::Sin, "the sine of an angle in radians"),
    finite!("COS", Scalar::Cos, "the cosine of an angle in radians"),
    finite!("TAN", Scalar::Tan, "the tangent of an angle in radians"),
    finite!("COT", Scalar::Cot, "the cotangent of an angle in radians; NULL for 0"),
    finite!("ASIN", Scalar::Asin, "the arc sine; NULL outside -1 to 1"),
    finite!("ACOS", Scalar::Acos, "the arc cosine; NULL outside -1 to 1"),
    finite!("ATAN", Scalar::Atan, "the arc tangent"),
    finite_of_two!("ATAN2", "ATAN2(y, x)", Scalar::Atan2, "the angle of the point (x, y)"),
    finite!("SINH", Scalar::Sinh, "the hyperbolic sine"),
    finite!("COSH", Scalar::Cosh, "the hyperbolic cosine"),
    finite!("TANH", Scalar::Tanh, "the hyperbolic tangent"),
    finite!("DEGREES", Scalar::Degrees, "radians converted to degrees"),
    finite!("RADIANS", Scalar::Radians, "degrees converted to radians"),
    both(
        "LEFT",
        "LEFT(x, 3)",
        &[Takes::Text, Takes::Integer],
        Gives::Part,
        "LEFT({0}, {1})",
        Scalar::Left,
        "the first n characters; an empty string below 1",
    ),
    both(
        "RIGHT",
        "RIGHT(x, 3)",
        &[Takes::Text, Takes::Integer],
        Gives::Part,
        "RIGHT({0}, {1})",
        Scalar::Right,
        "the last n characters; an empty string below 1",
    ),
    both(
        "REPEAT",
        "REPEAT(x, 3)",
        &[Takes::Text, Takes::Count],
        Gives::Text,
        "CASE WHEN CHAR_LENGTH({0}) * CAST({1} AS BIGINT) <= 1048576 THEN REPEAT({0}, {1}) END",
        Scalar::Repeat,
        "a string repeated n times; NULL for more than 1,048,576 characters",
    ),
    both(
        "REVERSE",
        "REVERSE(x)",
        &[Takes::Text],
        Gives::Part,
        "REVERSE({0})",
        Scalar::Reverse,
        "the characters in reverse order",
    ),
    both(
        "ASCII",
        "ASCII(x)",
        &[Takes::Text],
        Gives::Integer,
        "CASE WHEN ASCII({0}) >= 0 THEN ASCII({0}) END",
        Scalar::Ascii,
        "the code of the first character; 0 for an empty string, NULL for a character outside ASCII",
    ),
    both(
        "CHR",
        "CHR(65)",
        &[Takes::BigInt],
        Gives::Text,
        "CHR({0})",
        Scalar::Chr,
        "the character with the code of the lowest eight bits of a number; an empty string for negative numbers",
    ),
    Builtin {
        name: "CONCAT_WS",
        form: "CONCAT_WS(', ', a, b)",
        about: "the concatenation of strings, separated by the first argument; NULLs are skipped",
        takes: &[Takes::Text, Takes::Text],
        more: true,
        gives: Gives::Text,
        flink: "CONCAT_WS({*})",
        scalar: Some(Scalar::ConcatWs),
        since: None,
    },
    both(
        "BIN",
        "BIN(x)",
        &[Takes::BigInt],
        Gives::Text,
        "BIN({0})",
        Scalar::Bin,
        "the binary digits of a whole number; all 64 for a negative number",
    ),
    both(
        "TO_BASE64",
        "TO_BASE64(x)",
        &[Takes::Text],
        Gives::Text,
        "TO_BASE64({0})",
        Scalar::ToBase64,
        "the UTF-8 bytes of a string in base64",
    ),
    // Flink stops at what is no base64.
    both(
        "FROM_BASE64",
        "FROM_BASE64(x)",
        &[Takes::Text],
        Gives::Text,
        "CASE WHEN REGEXP({0}, '^[A-Za-z0-9+/]*$') AND MOD(CHAR_LENGTH({0}), 4) <> 1 \
         OR REGEXP({0}, '^[A-Za-z0-9+/]*={1,2}$') AND MOD(CHAR_LENGTH({0}), 4) = 0 THEN FROM_BASE64({0}) END",
        Scalar::FromBase64,
        "the decoded text of a base64 string; NULL if it is not valid base64",
    ),
    hash!("MD5", Scalar::Md5),
    hash!("SHA1", Scalar::Sha1),
    hash!("SHA224", Scalar::Sha224),
    hash!("SHA256", Scalar::Sha256),
    hash!("SHA384", Scalar::Sha384),
    hash!("SHA512", Scalar::Sha512),
    Builtin {
        since: Some("2.0"),
        ..both(
            "URL_ENCODE",
            "URL_ENCODE(x)",
            &[Takes::Text],
            Gives::Text,
            "URL_ENCODE({0})",
            Scalar::UrlEncode,
            "a string encoded for a URL's query, in UTF-8",
        )
    },
    Builtin {
        since: Some("2.0"),
        ..both(
            "URL_DECODE",
            "URL_DECODE(x)",
            &[Takes::Text],
            Gives::Text,
            "URL_DECODE({0})",
            Scalar::UrlDecode,
            "the decoded text of a component of a URL's query; NULL if it is not valid",
        )
    },
    flink(
        "PARSE_URL",
        "PARSE_URL(x, 'HOST')",
        &[Takes::Text, Takes::UrlPart],
        Gives::Part,
        "PARSE_URL({0}, {1})",
        "a component of a URL: HOST, PATH, QUERY, REF, PROTOCOL, FILE, AUTHORITY or USERINFO; NULL if the string is not a URL",
    ),
    flink(
        "JSON_VALUE",
        "JSON_VALUE(x, '$.a.b')",
        &[Takes::Text, Takes::JsonPath],
        Gives::Text,
        "JSON_VALUE({0}, {1})",
        "a string, number or Boolean in a JSON text, as a string; NULL if there is none",
    ),
    flink(
        "JSON_QUERY",
        "JSON_QUERY(x, '$.a')",
        &[Takes::Text, Takes::JsonPath],
        Gives::Text,
        "JSON_QUERY({0}, {1})",
        "an object or an array in a JSON text, as JSON; NULL if there is none",
    ),
    flink(
        "JSON_EXISTS",
        "JSON_EXISTS(x, '$.a')",
        &[Takes::Text, Takes::JsonPath],
        Gives::Boolean,
        "JSON_EXISTS({0}, {1})",
        "whether a JSON text has a value at a path",
    ),
    flink(
        "IS_ALPHA",
        "IS_ALPHA(x)",
        &[Takes::Text],
        Gives::Boolean,
        "CASE WHEN {0} IS NOT NULL THEN IS_ALPHA({0}) END",
        "whether a string consists of one or more letters",
    ),
    flink(
        "IS_DIGIT",
        "IS_DIGIT(x)",
        &[Takes::Text],
        Gives::Boolean,
        "CASE WHEN {0} IS NOT NULL THEN IS_DIGIT({0}) END",
        "whether a string consists of one or more digits",
    ),
    flink(
        "IS_DECIMAL",
        "IS_DECIMAL(x)",
        &[Takes::Text],
        Gives::Boolean,
        "CASE WHEN {0} IS NOT NULL THEN IS_DECIMAL({0}) END",
        "whether a string is a number",
    ),
];

/// `LOG(base, x)`, which has a form of one argument as well.
pub(super) static LOG: Builtin = finite_of_two!(
    "LOG",
    "LOG(x), or LOG(base, x)",
    Scalar::Log,
    "the natural logarithm, or the logarithm to a base; NULL if there is none"
);

/// `HEX` of a string.
pub(super) static HEX_OF_TEXT: Builtin = both(
    "HEX",
    "HEX(x)",
    &[Takes::Text],
    Gives::Text,
    "HEX({0})",
    Scalar::Hex,
    "the hexadecimal digits of a whole number, or of the bytes of a string in UTF-8",
);

/// `HEX` of a number.
pub(super) static HEX: Builtin = Builtin { takes: &[Takes::BigInt], ..both_of(&HEX_OF_TEXT) };

/// `ROUND` of a DOUBLE; Flink stops at what is not finite.
pub(super) static ROUND: Builtin = both(
    "ROUND",
    "ROUND(x, 2)",
    &[Takes::Double, Takes::Integer],
    Gives::Double,
    "CASE WHEN ABS({0}) <= 1.7976931348623157E308 THEN ROUND({0}, {1}) END",
    Scalar::Round,
    "a number rounded to n decimal places (default 0), half away from zero; NULL if it is not finite",
);

/// `ROUND` of a DECIMAL.
pub(super) static ROUND_OF_DECIMAL: Builtin = Builtin { flink: "ROUND({0}, {1})", ..both_of(&ROUND) };

/// `TRUNCATE` of a DOUBLE; Flink stops at what is not finite, and at more than 20 digits before the point, where there
/// is nothing after it.
pub(super) static TRUNCATE: Builtin = both(
    "TRUNCATE",
    "TRUNCATE(x, 2)",
    &[Takes::Double, Takes::Integer],
    Gives::Double,
    "CASE WHEN ABS({0}) < 1E19 THEN TRUNCATE({0}, {1}) WHEN ABS({0}) <= 1.7976931348623157E308 THEN {0} END",
    Scalar::Truncate,
    "a number truncated to n decimal places (default 0), towards zero; NULL if it is not finite",
);

/// `TRUNCATE` of a DECIMAL.
pub(super) static TRUNCATE_OF_DECIMAL: Builtin =
    Builtin { flink: "TRUNCATE({0}, {1})", ..both_of(&TRUNCATE) };

/// The largest of values of one type.
pub(super) static GREATEST: Builtin = Builtin {
    name: "GREATEST",
    form: "GREATEST(a, b)",
    about: "the largest argument; NULL if one is NULL",
    takes: &[],
    more: true,
    gives: Gives::Text,
    flink: "GREATEST({*})",
    scalar: Some(Scalar::Greatest),
    since: None,
};

/// The smallest of values of one type.
pub(super) static LEAST: Builtin = Builtin {
    name: "LEAST",
    form: "LEAST(a, b)",
    about: "the smallest argument; NULL if one is NULL",
    takes: &[],
    more: true,
    gives: Gives::Text,
    flink: "LEAST({*})",
    scalar: Some(Scalar::Least),
    since: None,
};

/// Those of several types.
pub(super) static TYPED: [&Builtin; 6] = [&LOG, &HEX, &ROUND, &TRUNCATE, &GREATEST, &LEAST];

/// A copy, for a variant of it.
const fn both_of(builtin: &Builtin) -> Builtin {
    Builtin {
        name: builtin.name,
        form: builtin.form,
        about: builtin.about,
        takes: builtin.takes,
        more: builtin.more,
        gives: builtin.gives,
        flink: builtin.flink,
        scalar: builtin.scalar,
        since: builtin.since,
    }
}

impl Query {
    /// The functions of it that older versions of Flink do not have: their names, the first version, their places.
    pub fn newer_functions(&self) -> Vec<(&'static str, &'static str, Span)> {
        fn visit(expr: &Expr, found: &mut Vec<(&'static str, &'static str, Span)>) {
            match &expr.kind {
                ExprKind::Call { function: Function::Builtin(builtin), .. } => {
                    found.extend(builtin.since.map(|since| (builtin.name, since, expr.span)));
                }
                ExprKind::Aggregate { function: Aggregate::Percentile, .. } => {
                    found.push(("PERCENTILE", "2.0", expr.span));
                }
                _ => {}
            }
            expr.operands(&mut |operand| visit(operand, found));
        }
        let mut found = Vec::new();
        for insert in &self.inserts {
            let select = &insert.select;
            for expr in select.expressions().into_iter().chain(select.from.expressions()) {
                visit(expr, &mut found);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_not_read_as_places() {
        let arguments = [String::from("'{1}'"), String::from("2")];
        let left = builtin("LEFT").expect("it is there");
        assert_eq!(left.print(&arguments), "LEFT('{1}', 2)");
        let joined = builtin("CONCAT_WS").expect("it is there");
        assert_eq!(joined.print(&arguments), "CONCAT_WS('{1}', 2)");
        assert_eq!(builtin("EXP").map(Builtin::times), Some(2));
        assert_eq!(builtin("FROM_BASE64").map(Builtin::times), Some(5));
    }

    #[test]
    fn names_are_there_once() {
        let names = || BUILTINS.iter().chain(TYPED).map(|builtin| builtin.name);
        for name in names() {
            assert_eq!(names().filter(|other| *other == name).count(), 1, "{name}");
        }
    }
}
