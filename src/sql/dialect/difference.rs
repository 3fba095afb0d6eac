//! `(a - b) SECOND`: the standard's way to take the difference of two times.

use sqlparser::tokenizer::{Token, TokenWithSpan, Word};

use super::super::scan::Lexeme;
use super::{closing, instead, plain};

const UNITS: [&str; 6] = ["YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"];

fn unit(token: Option<&Lexeme>) -> Option<&'static str> {
    UNITS.into_iter().find(|unit| token.is_some_and(|token| token.is_word(unit)))
}

/// The difference that starts at a place, as a call, and the place after it.
pub(super) fn read(tokens: &[Lexeme], at: usize) -> Option<(Vec<TokenWithSpan>, usize)> {
    // After a name it is a list of arguments.
    let behind_name = at.checked_sub(1).is_some_and(|before| {
        matches!(&tokens[before].token.token, Token::Word(Word { value, quote_style, .. })
            if quote_style.is_some()
                || !["SELECT", "STREAM", "DISTINCT", "WHEN", "THEN", "ELSE", "CASE", "AND", "OR", "NOT", "BETWEEN", "ON",
                     "WHERE", "HAVING", "BY", "FROM"]
                    .iter()
                    .any(|word| value.eq_ignore_ascii_case(word)))
    });
    if behind_name || !tokens[at].is(&Token::LParen) {
        return None;
    }
    let close = closing(tokens, at)?;
    let first = unit(tokens.get(close + 1))?;
    let mut next = behind_digits(tokens, close + 2)?;
    let mut name = first.to_owned();
    if tokens.get(next).is_some_and(|token| token.is_word("TO")) {
        let last = unit(tokens.get(next + 1))?;
        name = format!("{first}_TO_{last}");
        next = behind_digits(tokens, next + 2)?;
    }
    let inner = &tokens[at + 1..close];
    let minus = minus(inner)?;
    let (later, earlier) = (&inner[..minus], &inner[minus + 1..]);
    if later.is_empty() || earlier.is_empty() {
        return None;
    }
    let (open, end) = (&tokens[at], &tokens[close]);
    let mut written = vec![
        instead(open, Token::make_word("TIMESTAMPDIFF", None)),
        instead(open, Token::LParen),
        instead(&tokens[close + 1], Token::make_word(&name, None)),
        instead(open, Token::Comma),
    ];
    written.extend(plain(earlier));
    written.push(instead(open, Token::Comma));
    written.extend(plain(later));
    written.push(instead(end, Token::RParen));
    Some((written, next))
}

/// The place after `(4)` or `(4, 3)`, the digits of an interval, if they are here.
fn behind_digits(tokens: &[Lexeme], at: usize) -> Option<usize> {
    if tokens.get(at).is_some_and(|token| token.is(&Token::LParen)) {
        closing(tokens, at).map(|close| close + 1)
    } else {
        Some(at)
    }
}

/// The only minus that is not in parentheses.
fn minus(inner: &[Lexeme]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut found = None;
    for (at, token) in inner.iter().enumerate() {
        match token.token.token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            Token::Minus if depth == 0 && found.is_some() => return None,
            Token::Minus if depth == 0 => found = Some(at),
            Token::Comma if depth == 0 => return None,
            _ => {}
        }
    }
    found
}
