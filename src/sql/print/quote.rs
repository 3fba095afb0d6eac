//! Names, texts and numbers as Flink SQL writes them.
//!
//! Invariant: nothing that these functions give holds a line break or `${`, whatever the user wrote. So a statement
//! ends where `;` precedes an empty line, and nowhere else, and every `${` is one of the printer's own.

use super::super::data_type::DataType;
use super::super::expr::Literal;

/// A name, kept as it is.
pub(super) fn name(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// A text constant.
pub(super) fn text(text: &str) -> String {
    let plain = !text.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'));
    let quoted = text.replace('\'', "''");
    if plain && !text.contains("${") {
        return format!("'{quoted}'");
    }
    let mut escaped = String::from("U&'");
    let mut characters = quoted.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => escaped.push_str(r"\\"),
            '$' if characters.peek() == Some(&'{') => escaped.push_str(r"\0024"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => {
                escaped.push_str(&format!("\\{:04X}", u32::from(c)));
            }
            other => escaped.push(other),
        }
    }
    escaped.push('\'');
    escaped
}

/// A time in UTC as ISO 8601 writes it, with milliseconds and an offset.
pub(super) fn instant(ms: i64) -> String {
    format!("{}+00:00", pipec_core::timestamp_text(ms).replace(' ', "T"))
}

/// A type.
pub(super) fn data_type(data_type: DataType) -> String {
    match data_type {
        DataType::Integer => "INT".into(),
        DataType::Real => "FLOAT".into(),
        DataType::Varchar(None) => "STRING".into(),
        DataType::Timestamp => "TIMESTAMP(3)".into(),
        other => other.to_string(),
    }
}

/// A constant.
pub(super) fn literal(literal: &Literal, data_type: DataType) -> String {
    match literal {
        Literal::Null => format!("CAST(NULL AS {})", self::data_type(data_type)),
        Literal::Boolean(true) => "TRUE".into(),
        Literal::Boolean(false) => "FALSE".into(),
        // Its digits alone are one too many for a whole number.
        Literal::Integer(i64::MIN) => format!("CAST('{}' AS BIGINT)", i64::MIN),
        Literal::Integer(value) => value.to_string(),
        Literal::Decimal(digits) if digits.contains('.') || digits.parse::<i32>().is_ok() => digits.clone(),
        Literal::Decimal(digits) => format!("CAST('{digits}' AS {})", self::data_type(data_type)),
        Literal::Double(value) => format!("{value:E}"),
        Literal::Text(value) => text(value),
        Literal::Date(value) => format!("DATE {}", text(value)),
        Literal::Time(value) => format!("TIME {}", text(value)),
        // Milliseconds are written out, since they decide the type and with it the text of a time.
        Literal::Timestamp(value) => {
            let (seconds, fraction) = value.split_once('.').unwrap_or((value, ""));
            format!("TIMESTAMP {}", text(&format!("{seconds}.{fraction:0<3}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts_stay_on_one_line_and_fill_nothing_in() {
        assert_eq!(text("it's"), "'it''s'");
        assert_eq!(text(r"a\b"), r"'a\b'");
        assert_eq!(text("a\\\n;\n\n"), r"U&'a\\\000A;\000A\000A'");
        assert_eq!(text("${x} $y"), r"U&'\0024{x} $y'");
        assert_eq!(name("a`b"), "`a``b`");
    }

    proptest! {
        #[test]
        fn no_text_ends_a_statement(value in "(?s).{0,40}|[$]{1,3}[{]") {
            let quoted = text(&value);
            let (line_break, place) = (quoted.contains(['\n', '\r']), quoted.contains("${"));
            prop_assert!(!line_break && !place);
        }
    }
}
