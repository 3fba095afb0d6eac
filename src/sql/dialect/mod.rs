//! Forms of the old dialect, and of Flink's, that the SQL parser does not know, rewritten token by token into forms
//! that it does. Every token keeps its place, so diagnostics point at what the user wrote.
//!
//! | written | read as |
//! | --- | --- |
//! | `SELECT STREAM ..`, `SELECT ALL ..` | `SELECT ..` |
//! | `STEP(x BY y)` | `STEP(x, y)` |
//! | `WINDOWED BY STAGGER (PARTITION BY a, b RANGE INTERVAL ..)` | `GROUP BY STAGGER(a, b, INTERVAL ..)` |
//! | `"S" OVER (RANGE INTERVAL .. PRECEDING)` in FROM, `"S" OVER w` | `"S"(INTERVAL ..)` |
//! | `(SELECT ..) OVER (RANGE INTERVAL .. PRECEDING) AS a` in FROM | `(SELECT ..) AS a TABLESAMPLE (INTERVAL ..)` |
//! | `(a - b) SECOND`, also `DAY TO SECOND` | `TIMESTAMPDIFF(SECOND, b, a)`, `TIMESTAMPDIFF(DAY_TO_SECOND, b, a)` |
//! | `TRIM(BOTH FROM x)` | `TRIM(BOTH ' ' FROM x)` |
//! | `FLOOR((x - TIMESTAMP '1970-01-01 00:00:00') SECOND / 10 TO SECOND)` | `STEP(x, INTERVAL '10' SECOND)` |
//! | `CEILING(x)` | `CEIL(x)` |
//! | `CURSOR(SELECT ..)`, `TABLE "S"` as an argument | `(SELECT ..)`, `"S"` |
//! | `SESSION(TABLE "S" PARTITION BY a, b, DESCRIPTOR(..), ..)` | `SESSION("S", PARTITION(a, b), DESCRIPTOR(..), ..)` |

mod bounds;
mod difference;
mod infix;

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::scan::Lexeme;
pub(super) use bounds::{Bound, stream_bound};
pub(super) use infix::{infix, prefix};

/// The tokens of a query as the SQL parser takes them.
pub(super) fn plain(tokens: &[Lexeme]) -> Vec<TokenWithSpan> {
    let mut plain = Vec::with_capacity(tokens.len());
    // Parentheses whose BY is a comma, by depth.
    let mut depth = 0_usize;
    let mut steps = Vec::new();
    let mut at = 0;
    while let Some(lexeme) = tokens.get(at) {
        let rest = &tokens[at..];
        let next_is = |ahead: usize, token: &Token| rest.get(ahead).is_some_and(|next| next.is(token));
        let next_word = |ahead: usize, word: &str| rest.get(ahead).is_some_and(|next| next.is_word(word));
        let before = at.checked_sub(1).map(|at| &tokens[at]);
        let is_argument = before.is_some_and(|token| {
            token.is(&Token::LParen) || token.is(&Token::RArrow) || token.is(&Token::Comma)
        });
        let left_out = is_keyword_of_select(tokens, at)
            || lexeme.is_word("CURSOR") && next_is(1, &Token::LParen)
            || lexeme.is_word("TABLE")
                && is_argument
                && rest.get(1).is_some_and(|next| matches!(next.token.token, Token::Word(_)));
        if left_out {
            at += 1;
            continue;
        }
        if lexeme.is_word("STEP") && next_is(1, &Token::LParen) {
            steps.push(depth + 1);
            plain.push(lexeme.token.clone());
        } else if lexeme.is_word("BY") && steps.last() == Some(&depth) {
            plain.push(instead(lexeme, Token::Comma));
        } else if lexeme.is_word("CEILING") && next_is(1, &Token::LParen) {
            plain.push(instead(lexeme, keyword("CEIL")));
        } else if lexeme.is_word("WINDOWED") && next_word(1, "BY") && next_word(2, "STAGGER") {
            plain.push(instead(lexeme, keyword("GROUP")));
        } else if lexeme.is_word("PARTITION")
            && at >= 2
            && tokens[at - 2].is_word("STAGGER")
            && next_word(1, "BY")
        {
            at += 1;
        } else if lexeme.is_word("RANGE") && next_word(1, "INTERVAL") && is_in_stagger(tokens, at) {
            plain.push(instead(lexeme, Token::Comma));
        } else if let Some(end) = session_partition(tokens, at) {
            plain.push(instead(lexeme, Token::Comma));
            plain.push(instead(lexeme, Token::make_word("PIPEC_PARTITION", None)));
            plain.push(instead(lexeme, Token::LParen));
            let inner = &tokens[at + 2..end];
            let inner = match inner {
                [first, inner @ .., last] if first.is(&Token::LParen) && last.is(&Token::RParen) => inner,
                inner => inner,
            };
            plain.extend(inner.iter().map(|token| token.token.clone()));
            plain.push(instead(&tokens[end], Token::RParen));
            at = end - 1;
        } else if let Some((written, next)) = bounds::read(tokens, at) {
            plain.extend(written);
            at = next;
            continue;
        } else if let Some((written, next)) = difference::read(tokens, at) {
            plain.extend(written);
            at = next;
            continue;
        } else if is_side_of_trim(tokens, at) && next_word(1, "FROM") {
            plain.push(lexeme.token.clone());
            plain.push(instead(lexeme, Token::SingleQuotedString(" ".into())));
        } else if let Some((step, end)) = start_of_step(rest) {
            plain.extend(step);
            at += end;
        } else if let Some((step, end)) = seconds_since_1970(rest) {
            plain.extend(step);
            at += end;
        } else {
            match lexeme.token.token {
                Token::LParen => depth += 1,
                Token::RParen => {
                    if steps.last() == Some(&depth) {
                        steps.pop();
                    }
                    depth = depth.saturating_sub(1);
                }
                _ => {}
            }
            plain.push(lexeme.token.clone());
        }
        at += 1;
    }
    plain
}

/// Another token in the place of one.
fn instead(lexeme: &Lexeme, token: Token) -> TokenWithSpan {
    TokenWithSpan { token, span: lexeme.token.span }
}

fn keyword(word: &str) -> Token {
    Token::make_keyword(word)
}

/// `STREAM` after `SELECT` is the old dialect's way to say that the query never ends, and `ALL` keeps rows that are
/// equal, as a SELECT does anyway. A parser would take the first for a column.
fn is_keyword_of_select(tokens: &[Lexeme], at: usize) -> bool {
    let behind = |back: usize, word: &str| at >= back && tokens[at - back].is_word(word);
    let is_column = tokens.get(at + 1).is_none_or(|next| {
        next.is(&Token::Comma) || next.is(&Token::Period) || next.is_word("FROM") || next.is_word("AS")
    });
    let is_stream = tokens[at].is_word("STREAM") && behind(1, "SELECT");
    let is_all =
        tokens[at].is_word("ALL") && (behind(1, "SELECT") || behind(1, "STREAM") && behind(2, "SELECT"));
    (is_stream || is_all) && !is_column
}

/// `BOTH`, `LEADING` or `TRAILING` at the start of TRIM's parenthesis.
fn is_side_of_trim(tokens: &[Lexeme], at: usize) -> bool {
    let is_side = ["BOTH", "LEADING", "TRAILING"].iter().any(|word| tokens[at].is_word(word));
    is_side && at >= 2 && tokens[at - 1].is(&Token::LParen) && tokens[at - 2].is_word("TRIM")
}

/// The place of the parenthesis that closes the one at `open`.
fn closing(tokens: &[Lexeme], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        if token.is(&Token::LParen) {
            depth += 1;
        } else if token.is(&Token::RParen) {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

/// The place of the parenthesis that the one at `close` closes.
fn opening(tokens: &[Lexeme], close: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in tokens[..=close].iter().enumerate().rev() {
        if token.is(&Token::RParen) {
            depth += 1;
        } else if token.is(&Token::LParen) {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

/// Whether the innermost open parenthesis is STAGGER's.
fn is_in_stagger(tokens: &[Lexeme], at: usize) -> bool {
    let mut closed = 0_usize;
    for (place, token) in tokens[..at].iter().enumerate().rev() {
        if token.is(&Token::RParen) {
            closed += 1;
        } else if token.is(&Token::LParen) {
            if closed == 0 {
                return place > 0 && tokens[place - 1].is_word("STAGGER");
            }
            closed -= 1;
        }
    }
    false
}

/// The comma before DESCRIPTOR, where `PARTITION BY a, b` follows the table of a SESSION.
fn session_partition(tokens: &[Lexeme], at: usize) -> Option<usize> {
    let starts = tokens[at].is_word("PARTITION") && tokens.get(at + 1)?.is_word("BY");
    let word = |back: usize, word: &str| at >= back && tokens[at - back].is_word(word);
    let opened = |back: usize| at >= back && tokens[at - back].is(&Token::LParen);
    let is_session = word(2, "TABLE") && opened(3) && word(4, "SESSION");
    if !(starts && is_session) {
        return None;
    }
    let end = tokens[at..].iter().position(|token| token.is_word("DESCRIPTOR"))? + at - 1;
    tokens[end].is(&Token::Comma).then_some(end)
}

/// `TIMESTAMP '1970-01-01 00:00:00' + n * FLOOR(..)` of such a step: its start. As a STEP, and the place of its last token.
fn start_of_step(tokens: &[Lexeme]) -> Option<(Vec<TokenWithSpan>, usize)> {
    let [timestamp, epoch, plus, count, times, ..] = tokens else { return None };
    let form =
        timestamp.is_word("TIMESTAMP") && is_1970(epoch) && plus.is(&Token::Plus) && times.is(&Token::Mul);
    let (step, end) = seconds_since_1970(tokens.get(5..).filter(|_| form)?)?;
    let Token::Number(digits, _) = &count.token.token else { return None };
    let is_same = step.iter().any(|token| token.token == Token::SingleQuotedString(digits.clone()));
    is_same.then_some((step, end + 5))
}

fn is_1970(lexeme: &Lexeme) -> bool {
    matches!(&lexeme.token.token, Token::SingleQuotedString(text)
        if text.trim_end_matches(".0") == "1970-01-01 00:00:00")
}

/// `FLOOR((x - TIMESTAMP '1970-01-01 00:00:00') SECOND / n TO SECOND)`, the way to write a step before there was
/// STEP: as a STEP, and the place of its last token.
fn seconds_since_1970(tokens: &[Lexeme]) -> Option<(Vec<TokenWithSpan>, usize)> {
    let starts = tokens.first()?.is_word("FLOOR")
        && tokens.get(1)?.is(&Token::LParen)
        && tokens.get(2)?.is(&Token::LParen);
    if !starts {
        return None;
    }
    // x is a name, perhaps with a qualifier.
    let minus = (4..=6).find(|&at| tokens.get(at).is_some_and(|token| token.is(&Token::Minus)))?;
    let [timestamp, epoch, close, unit, slash, count, to, again, end] = tokens.get(minus + 1..minus + 10)?
    else {
        return None;
    };
    let Token::Number(digits, _) = &count.token.token else { return None };
    let is_unit =
        ["SECOND", "MINUTE", "HOUR", "DAY"].iter().any(|name| unit.is_word(name) && again.is_word(name));
    let matches = timestamp.is_word("TIMESTAMP")
        && is_1970(epoch)
        && close.is(&Token::RParen)
        && is_unit
        && slash.is(&Token::Div)
        && to.is_word("TO")
        && end.is(&Token::RParen);
    if !matches {
        return None;
    }
    let mut step = vec![instead(&tokens[0], Token::make_word("STEP", None)), tokens[1].token.clone()];
    step.extend(tokens[3..minus].iter().map(|token| token.token.clone()));
    step.push(instead(timestamp, Token::Comma));
    step.push(instead(timestamp, keyword("INTERVAL")));
    step.push(instead(count, Token::SingleQuotedString(digits.clone())));
    step.push(unit.token.clone());
    step.push(end.token.clone());
    Some((step, minus + 9))
}
