//! Letters of the patterns of Kinesis Data Analytics (Java's SimpleDateFormat) that Flink's formatter does not have, or
//! reads another way: they are computed in addition to what it formats. All times are in UTC; weeks are those of the
//! USA, as in Kinesis Data Analytics.

use super::super::data_type::DataType;
use super::super::expr::{Arithmetic, Comparison, Expr, ExprKind, Function, Literal, TimeField};
use super::expr::Resolver;
use super::functions::regexp_extract;
use super::operand::convert;
use crate::source::Span;

/// A part of a pattern.
#[derive(Debug, PartialEq, Eq)]
enum Piece {
    /// What Flink's formatter takes, quotes included.
    Plain(String),
    /// A letter, and how often it occurs in a row.
    Letter(char, usize),
}

/// Letters that are computed.
const COMPUTED: &str = "uwWFkKzZX";
/// Letters of a zone.
const ZONES: &str = "zZX";

/// Cuts a pattern at the letters that are computed.
fn pieces(pattern: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut quoted = false;
    let mut characters = pattern.chars().peekable();
    while let Some(character) = characters.next() {
        quoted ^= character == '\'';
        if quoted || !COMPUTED.contains(character) {
            plain.push(character);
            continue;
        }
        let mut count = 1;
        while characters.next_if_eq(&character).is_some() {
            count += 1;
        }
        if !plain.is_empty() {
            pieces.push(Piece::Plain(std::mem::take(&mut plain)));
        }
        pieces.push(Piece::Letter(character, count));
    }
    if !plain.is_empty() {
        pieces.push(Piece::Plain(plain));
    }
    pieces
}

/// Whether a pattern has letters that are computed.
pub(super) fn is_old(pattern: &str) -> bool {
    pieces(pattern).iter().any(|piece| matches!(piece, Piece::Letter(..)))
}

impl Resolver<'_, '_> {
    /// A time as a text of such a pattern.
    pub(super) fn format_old(&mut self, time: &Expr, pattern: &str, span: Span) -> Option<Expr> {
        let mut texts = Vec::new();
        for piece in pieces(pattern) {
            texts.push(match piece {
                Piece::Plain(pattern) => {
                    self.plain_pattern(&pattern, span)?;
                    let arguments = vec![time.clone(), text(&pattern, span)];
                    let kind = ExprKind::Call { function: Function::FormatTimestamp, arguments };
                    Expr { kind, data_type: DataType::Varchar(None), span }
                }
                Piece::Letter(letter, count) => printed(letter, count, time),
            });
        }
        self.count(texts.len() * 8)?;
        if texts.len() == 1 {
            return texts.pop();
        }
        Some(Expr { kind: ExprKind::Concat(texts), data_type: DataType::Varchar(None), span })
    }

    /// A text of such a pattern as a time: a zone at its end is taken off, and the time moved to UTC.
    pub(super) fn parse_old(&mut self, value: &Expr, pattern: &str, span: Span) -> Option<Expr> {
        let mut pieces = pieces(pattern);
        let zone = match pieces.pop() {
            Some(Piece::Letter(letter, _)) if ZONES.contains(letter) => Some(letter),
            _ => None,
        };
        let (Some(_), [Piece::Plain(plain)]) = (zone, pieces.as_slice()) else {
            let message =
                "a pattern that reads a string can contain only letters for date and time, and one time zone at its end".into();
            let help = "write z, Z or X last, and of the others yyyy MM dd HH hh mm ss SSS a".into();
            return self.mismatch(span, message, help);
        };
        self.plain_pattern(plain, span)?;
        self.count(40)?;
        const ZONE: &str = "([A-Z]{1,4}|(?:GMT|UTC)?[+-][0-9]{1,2}:?(?:[0-9]{2})?)";
        let part = |expression: &str| {
            let expression = text(expression, span);
            regexp_extract(value.clone(), expression, 1)
        };
        let local = part(&format!("^(.*?){ZONE}$"));
        let zone = part(&format!("{ZONE}$"));
        let number = |expression: &str| convert(part(expression), DataType::BigInt);
        let hours = number("[+-]([0-9]{1,2}):?(?:[0-9]{2})?$");
        let minutes = number("[+-][0-9]{1,2}:?([0-9]{2})$");
        let arguments = vec![local, text(plain, span)];
        let kind = ExprKind::Call { function: Function::ParseTimestamp, arguments };
        let local = Expr { kind, data_type: DataType::Timestamp, span };
        let kind = ExprKind::Call { function: Function::UnixTimestamp, arguments: vec![local] };
        let local = Expr { kind, data_type: DataType::BigInt, span };
        let offset = offset(&zone, part("([+-])[0-9:]+$"), hours, minutes);
        let utc = calculated(Arithmetic::Subtract, local, offset);
        let kind = ExprKind::Call { function: Function::FromUnixTimestamp, arguments: vec![utc] };
        Some(Expr { kind, data_type: DataType::Timestamp, span })
    }
}

/// Zones with a name, in minutes before UTC; the ones of the USA and of Europe.
const NAMED: &[(&str, i64)] = &[
    ("EST", -300),
    ("EDT", -240),
    ("CST", -360),
    ("CDT", -300),
    ("MST", -420),
    ("MDT", -360),
    ("PST", -480),
    ("PDT", -420),
    ("CET", 60),
    ("CEST", 120),
    ("EET", 120),
    ("EEST", 180),
    ("WET", 0),
    ("WEST", 60),
    ("BST", 60),
    ("JST", 540),
    ("IST", 330),
];
const UTC: &[&str] = &["Z", "UTC", "GMT", "UT"];
const MS_PER_MINUTE: i64 = 60_000;

/// The milliseconds that a zone is ahead of UTC; NULL of one that is not known.
fn offset(zone: &Expr, sign: Expr, hours: Expr, minutes: Expr) -> Expr {
    let span = zone.span;
    let is = |names: &[&str]| {
        let list = names.iter().map(|name| text(name, span)).collect();
        let operand = Box::new(zone.clone());
        boolean(ExprKind::In { operand, list, negated: false }, span)
    };
    let milliseconds = |minutes: i64| number(minutes * MS_PER_MINUTE, span);
    let known = Expr {
        kind: ExprKind::IsNull { operand: Box::new(hours.clone()), negated: true },
        data_type: DataType::Boolean,
        span,
    };
    let minutes =
        Expr { kind: ExprKind::Coalesce(vec![minutes, number(0, span)]), data_type: DataType::BigInt, span };
    let all = calculated(Arithmetic::Add, calculated(Arithmetic::Multiply, hours, number(60, span)), minutes);
    let all = calculated(Arithmetic::Multiply, all, number(MS_PER_MINUTE, span));
    let is_before = boolean(
        ExprKind::Compare {
            operator: Comparison::Equal,
            left: Box::new(sign),
            right: Box::new(text("-", span)),
        },
        span,
    );
    let sign = chosen(vec![(is_before, number(-1, span))], number(1, span));
    let signed = calculated(Arithmetic::Multiply, sign, all);
    let mut branches = vec![(is(UTC), number(0, span)), (known, signed)];
    branches.extend(NAMED.iter().map(|(name, minutes)| (is(&[*name]), milliseconds(*minutes))));
    Expr { kind: ExprKind::Case { branches, otherwise: None }, data_type: DataType::BigInt, span }
}

/// What a letter stands for, as a text.
fn printed(letter: char, count: usize, time: &Expr) -> Expr {
    let span = time.span;
    let field = |field| extract(field, time);
    let (one, week) = (|| number(1, span), || number(7, span));
    let plus = |a, b| calculated(Arithmetic::Add, a, b);
    let minus = |a, b| calculated(Arithmetic::Subtract, a, b);
    // Never below 0: 53 weeks are added first.
    let of_week = |days| calculated(Arithmetic::Modulo, plus(days, number(371, span)), week());
    let weeks = |days| plus(calculated(Arithmetic::Divide, days, week()), one());
    // Days from the Sunday before the first of the year, or of the month, and on.
    let since = |start: TimeField| {
        let first = of_week(minus(field(TimeField::DayOfWeek), field(start)));
        plus(minus(field(start), one()), first)
    };
    let value = match letter {
        'u' => plus(of_week(minus(field(TimeField::DayOfWeek), number(2, span))), one()),
        'F' => weeks(minus(field(TimeField::Day), one())),
        'W' => weeks(since(TimeField::Day)),
        'w' => {
            // A week that holds the first of January is that year's first.
            let saturday = minus(plus(field(TimeField::Day), week()), field(TimeField::DayOfWeek));
            let equals = |operator, left, right| {
                boolean(ExprKind::Compare { operator, left: Box::new(left), right: Box::new(right) }, span)
            };
            let is_last = boolean(
                ExprKind::And(vec![
                    equals(Comparison::Equal, field(TimeField::Month), number(12, span)),
                    equals(Comparison::Greater, saturday, number(31, span)),
                ]),
                span,
            );
            chosen(vec![(is_last, one())], weeks(since(TimeField::DayOfYear)))
        }
        'k' => {
            let hour = plus(field(TimeField::Hour), number(23, span));
            plus(calculated(Arithmetic::Modulo, hour, number(24, span)), one())
        }
        'K' => calculated(Arithmetic::Modulo, field(TimeField::Hour), number(12, span)),
        'z' if count > 3 => return text("Coordinated Universal Time", span),
        'z' => return text("UTC", span),
        'Z' => return text("+0000", span),
        _ => return text("Z", span),
    };
    let written = Expr {
        kind: ExprKind::Cast { operand: Box::new(value), written: true },
        data_type: DataType::Varchar(Some(20)),
        span,
    };
    // No such number has more than two digits.
    if count < 2 {
        return written;
    }
    let length = Literal::Integer(i64::try_from(count).unwrap_or(2));
    let length = Expr { kind: ExprKind::Literal(length), data_type: DataType::Integer, span };
    let arguments = vec![written, length, text("0", span)];
    let kind = ExprKind::Call { function: Function::LeftPad, arguments };
    Expr { kind, data_type: DataType::Varchar(None), span }
}

fn extract(field: TimeField, time: &Expr) -> Expr {
    let kind = ExprKind::Call { function: Function::Extract(field), arguments: vec![time.clone()] };
    Expr { kind, data_type: DataType::BigInt, span: time.span }
}

fn text(text: &str, span: Span) -> Expr {
    let length = u32::try_from(text.chars().count().max(1)).ok();
    Expr { kind: ExprKind::Literal(Literal::Text(text.into())), data_type: DataType::Varchar(length), span }
}

fn number(number: i64, span: Span) -> Expr {
    Expr { kind: ExprKind::Literal(Literal::Integer(number)), data_type: DataType::BigInt, span }
}

fn boolean(kind: ExprKind, span: Span) -> Expr {
    Expr { kind, data_type: DataType::Boolean, span }
}

fn chosen(branches: Vec<(Expr, Expr)>, otherwise: Expr) -> Expr {
    let span = otherwise.span;
    let kind = ExprKind::Case { branches, otherwise: Some(Box::new(otherwise)) };
    Expr { kind, data_type: DataType::BigInt, span }
}

fn calculated(operator: Arithmetic, left: Expr, right: Expr) -> Expr {
    let span = left.span;
    let kind = ExprKind::Arithmetic { operator, left: Box::new(left), right: Box::new(right) };
    Expr { kind, data_type: DataType::BigInt, span }
}

#[cfg(test)]
mod tests {
    use super::{Piece, pieces};

    #[test]
    fn patterns_are_cut_at_letters_that_are_computed() {
        let plain = |text: &str| Piece::Plain(text.into());
        assert_eq!(pieces("yyyy 'w' ww"), [plain("yyyy 'w' "), Piece::Letter('w', 2)]);
        assert_eq!(pieces("uu:z"), [Piece::Letter('u', 2), plain(":"), Piece::Letter('z', 1)]);
        assert_eq!(pieces("HH ''z'' mm").len(), 3);
        assert_eq!(pieces("yyyy"), [plain("yyyy")]);
        assert!(pieces("").is_empty());
    }
}
