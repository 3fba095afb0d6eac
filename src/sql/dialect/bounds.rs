//! `OVER` after what a FROM clause reads: how far back rows are looked at, in a join.

use sqlparser::tokenizer::{Token, TokenWithSpan, Word};

use super::super::scan::Lexeme;
use super::{closing, instead, keyword, opening, plain};

/// What is in the parentheses of an OVER in FROM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Bound {
    /// A length of time, or the row's own time.
    Time,
    /// A number of rows.
    Rows,
    /// All rows.
    Unbounded,
}

/// `OVER (..)` or `OVER name` after a stream or a SELECT in FROM.
struct Over<'a> {
    /// What is in the parentheses, here or in the WINDOW clause.
    inner: &'a [Lexeme],
    /// The place of its last token.
    end: usize,
    /// Whether it follows a SELECT in parentheses.
    behind_select: bool,
}

fn over(tokens: &[Lexeme], at: usize) -> Option<Over<'_>> {
    if !tokens.get(at)?.is_word("OVER") {
        return None;
    }
    let before = at.checked_sub(1)?;
    let behind_select = match tokens[before].token.token {
        Token::Word(_) => false,
        Token::RParen if is_select(tokens, before) => true,
        // An aggregate.
        _ => return None,
    };
    let next = tokens.get(at + 1)?;
    if next.is(&Token::LParen) {
        let end = closing(tokens, at + 1)?;
        return Some(Over { inner: &tokens[at + 2..end], end, behind_select });
    }
    let Token::Word(name) = &next.token.token else { return None };
    let definition = (0..tokens.len()).find(|&place| {
        let is_name = matches!(&tokens[place].token.token, Token::Word(word) if same(word, name));
        let is_first =
            place > 0 && (tokens[place - 1].is_word("WINDOW") || tokens[place - 1].is(&Token::Comma));
        let follows = |ahead: usize| tokens.get(place + ahead);
        is_name
            && is_first
            && follows(1).is_some_and(|token| token.is_word("AS"))
            && follows(2).is_some_and(|token| token.is(&Token::LParen))
            && follows(3).is_some_and(|token| {
                ["RANGE", "ROWS", "PARTITION", "ORDER"].iter().any(|word| token.is_word(word))
            })
    })?;
    let close = closing(tokens, definition + 2)?;
    Some(Over { inner: &tokens[definition + 3..close], end: at + 1, behind_select })
}

/// Whether two words are one name.
fn same(a: &Word, b: &Word) -> bool {
    let folded = |word: &Word| match word.quote_style {
        Some(_) => word.value.clone(),
        None => word.value.to_uppercase(),
    };
    folded(a) == folded(b)
}

/// Whether the parenthesis at `close` closes a SELECT that FROM reads.
fn is_select(tokens: &[Lexeme], close: usize) -> bool {
    let Some(open) = opening(tokens, close) else { return false };
    let starts = tokens.get(open + 1).is_some_and(|token| token.is_word("SELECT") || token.is_word("WITH"));
    let is_read = open > 0
        && (tokens[open - 1].is_word("FROM")
            || tokens[open - 1].is_word("JOIN")
            || tokens[open - 1].is(&Token::Comma));
    starts && is_read
}

/// The bound that is written after a stream or a SELECT in FROM, and the place after it.
pub(in super::super) fn stream_bound(tokens: &[Lexeme], at: usize) -> Option<(Bound, usize)> {
    let over = over(tokens, at)?;
    Some((kind(over.inner), over.end + 1))
}

fn kind(inner: &[Lexeme]) -> Bound {
    let starts = |words: &[&str]| {
        inner.len() >= words.len() && words.iter().zip(inner).all(|(word, token)| token.is_word(word))
    };
    if inner.iter().any(|token| token.is_word("UNBOUNDED")) || inner.is_empty() {
        Bound::Unbounded
    } else if starts(&["ROWS"]) {
        Bound::Rows
    } else {
        Bound::Time
    }
}

/// `INTERVAL ..` of a bound of time.
fn interval(inner: &[Lexeme], place: &Lexeme) -> Option<Vec<TokenWithSpan>> {
    let rest = inner.first().filter(|token| token.is_word("RANGE")).map(|_| &inner[1..])?;
    let rest = match rest.first() {
        Some(between) if between.is_word("BETWEEN") => {
            let and = rest.iter().position(|token| token.is_word("AND"))?;
            let ends = rest.get(and + 1)?.is_word("CURRENT") && rest.get(and + 2)?.is_word("ROW");
            ends.then(|| &rest[1..and])?
        }
        _ => rest,
    };
    let is_current =
        rest.first()?.is_word("CURRENT") && rest.get(1).is_some_and(|token| token.is_word("ROW"));
    if is_current && rest.len() == 2 {
        let zero = Token::SingleQuotedString("0".into());
        return Some(vec![
            instead(place, keyword("INTERVAL")),
            instead(place, zero),
            instead(place, keyword("SECOND")),
        ]);
    }
    let (last, length) = rest.split_last()?;
    let is_length = last.is_word("PRECEDING") && length.first()?.is_word("INTERVAL");
    is_length.then(|| length.iter().map(|token| token.token.clone()).collect())
}

/// The bound at a place as the parser takes it, and the place after it. After a SELECT its name comes first.
pub(super) fn read(tokens: &[Lexeme], at: usize) -> Option<(Vec<TokenWithSpan>, usize)> {
    let over = over(tokens, at)?;
    let place = &tokens[at];
    let open = instead(place, Token::LParen);
    let close = instead(place, Token::RParen);
    let length = interval(over.inner, place)?;
    let mut written = Vec::new();
    let mut next = over.end + 1;
    if over.behind_select {
        next += usize::from(tokens.get(next).is_some_and(|token| token.is_word("AS")));
        let named = matches!(tokens.get(next).map(|token| &token.token.token), Some(Token::Word(word))
            if !["JOIN", "LEFT", "RIGHT", "FULL", "INNER", "ON", "WHERE", "GROUP", "WINDOW"]
                .iter()
                .any(|clause| word.quote_style.is_none() && word.value.eq_ignore_ascii_case(clause)));
        if named {
            next += 1;
            if tokens.get(next).is_some_and(|token| token.is(&Token::LParen)) {
                next = closing(tokens, next)? + 1;
            }
        }
        written.extend(plain(&tokens[over.end + 1..next]));
        written.push(instead(place, keyword("TABLESAMPLE")));
    }
    written.push(open);
    written.extend(length);
    written.push(close);
    Some((written, next))
}
