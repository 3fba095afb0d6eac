//! What keeps a query from being parsed, in words that point at the cause: the parser reports where it stopped, which
//! is often after it.

use std::ops::Range;

use sqlparser::tokenizer::{Token, Word};

use super::scan::Lexeme;

/// A cause: where it is, what it is, what to type.
pub(super) struct Cause {
    pub(super) range: Range<usize>,
    pub(super) message: String,
    pub(super) help: String,
}

/// Words that begin a clause or belong to one. A word that is one step away from them is one of them misspelt, if the
/// parser stopped after it.
const KEYWORDS: &[&str] = &[
    "SELECT",
    "FROM",
    "WHERE",
    "GROUP",
    "HAVING",
    "ORDER",
    "JOIN",
    "LEFT",
    "UNION",
    "INSERT",
    "INTO",
    "BETWEEN",
    "INTERVAL",
    "WINDOW",
    "WINDOWED",
    "PARTITION",
    "CREATE",
    "REPLACE",
    "STREAM",
    "PUMP",
    "WHEN",
    "THEN",
    "ELSE",
    "CASE",
    "CAST",
    "LIKE",
    "OVER",
    "RANGE",
    "ROWS",
    "PRECEDING",
    "MINUTE",
    "SECOND",
    "HOUR",
    "WITH",
];

/// The forms that a word begins.
const FORMS: &[(&str, &str)] = &[
    ("CASE", "CASE WHEN condition THEN a ELSE b END"),
    ("OVER", "OVER (PARTITION BY column RANGE INTERVAL '1' MINUTE PRECEDING)"),
    ("INTERVAL", "INTERVAL '1' MINUTE"),
    ("BETWEEN", "x BETWEEN 1 AND 10"),
    ("GROUP", "GROUP BY column, STEP(ROWTIME BY INTERVAL '1' MINUTE)"),
    ("HAVING", "HAVING COUNT(*) > 1"),
    ("ORDER", "ORDER BY ROWTIME"),
    ("JOIN", "JOIN \"other\" OVER (RANGE INTERVAL '1' MINUTE PRECEDING) AS b ON a.k = b.k"),
    ("WHERE", "WHERE condition AND condition"),
    ("FROM", "FROM \"stream\" AS s"),
    ("WITH", "WITH name AS (SELECT ..) SELECT .. FROM name"),
    ("SELECT", "SELECT column, expression AS name FROM \"stream\" WHERE condition"),
];

/// The cause in the tokens of a query, of which the parser did not understand the one `at` a place; its number after
/// the last one is the end.
pub(super) fn cause(tokens: &[Lexeme], at: usize, source: &str) -> Option<Cause> {
    typographic(tokens)
        .or_else(|| doubled_quote(tokens, at))
        .or_else(|| without_end(tokens))
        .or_else(|| length_without_interval(tokens, at, source))
        .or_else(|| misspelt(tokens, at, source))
        .or_else(|| foreign(tokens, at))
        .or_else(|| reserved(tokens, source))
        .or_else(|| name_before_over(tokens, at))
        .or_else(|| without_comma(tokens, at, source))
        .or_else(|| parentheses(tokens, at))
}

/// The form that was begun before a token: of the innermost function or clause.
pub(super) fn begun(tokens: &[Lexeme], at: usize) -> String {
    let mut closed = 0_usize;
    for place in (0..at.min(tokens.len())).rev() {
        let lexeme = &tokens[place];
        if lexeme.is(&Token::RParen) {
            closed += 1;
        } else if lexeme.is(&Token::LParen) {
            if closed > 0 {
                closed -= 1;
                continue;
            }
            let function = place.checked_sub(1).and_then(|before| match &tokens[before].token.token {
                Token::Word(Word { value, quote_style: None, .. }) => Some(value.to_uppercase()),
                _ => None,
            });
            if let Some(form) = function.and_then(|name| super::resolve::form_of(&name)) {
                return format!("write it like {form}");
            }
        } else if closed == 0
            && let Some((_, form)) = FORMS.iter().find(|(word, _)| lexeme.is_word(word))
        {
            return format!("write it like {form}");
        }
    }
    "a query has the form SELECT \"column\", .. FROM \"stream\" WHERE condition".into()
}

/// A word that is one step away from a keyword: a letter too much, too few or wrong, or two in the wrong order.
pub(super) fn keyword_like(word: &str) -> Option<&'static str> {
    let word = word.to_uppercase();
    if word.len() < 3 || KEYWORDS.contains(&word.as_str()) {
        return None;
    }
    let near = |keyword: &&&str| strsim::osa_distance(&word, keyword) == 1 && keyword.len() > 3;
    KEYWORDS.iter().find(near).copied()
}

/// Quotes as a text program sets them.
fn typographic(tokens: &[Lexeme]) -> Option<Cause> {
    let quote = |lexeme: &&Lexeme| {
        matches!(
            lexeme.token.token,
            Token::Char('\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}' | '\u{201e}' | '´')
        )
    };
    let lexeme = tokens.iter().find(quote)?;
    Some(Cause {
        range: lexeme.range.clone(),
        message: "this is a typographic quotation mark".into(),
        help:
            "write strings in straight single quotes, 'Berlin', and names in straight double quotes, \"city\""
                .into(),
    })
}

/// `''Berlin''`: an empty text, a name, and another empty text.
fn doubled_quote(tokens: &[Lexeme], at: usize) -> Option<Cause> {
    let is_empty =
        |lexeme: &Lexeme| matches!(&lexeme.token.token, Token::SingleQuotedString(text) if text.is_empty());
    let place = (1..tokens.len().min(at + 2)).find(|&place| {
        is_empty(&tokens[place - 1])
            && tokens[place - 1].range.end == tokens[place].range.start
            && matches!(tokens[place].token.token, Token::Word(_) | Token::Number(..))
    })?;
    Some(Cause {
        range: tokens[place - 1].range.start..tokens[place].range.end,
        message: "this string starts with two quotes, which are an empty string".into(),
        help: "write one single quote on each side: 'Berlin'".into(),
    })
}

/// A CASE without its END.
fn without_end(tokens: &[Lexeme]) -> Option<Cause> {
    let mut open: Vec<&Lexeme> = Vec::new();
    for (place, lexeme) in tokens.iter().enumerate() {
        let is_name = place > 0 && (tokens[place - 1].is(&Token::Period) || tokens[place - 1].is_word("AS"));
        if lexeme.is_word("CASE") && !is_name {
            open.push(lexeme);
        } else if lexeme.is_word("END") && !is_name {
            open.pop();
        }
    }
    let case = open.pop()?;
    Some(Cause {
        range: case.range.clone(),
        message: "this CASE has no END".into(),
        help: "write CASE WHEN condition THEN a ELSE b END".into(),
    })
}

/// A keyword that is misspelt, just before the place where the parser stopped.
fn misspelt(tokens: &[Lexeme], at: usize, source: &str) -> Option<Cause> {
    let from = at.saturating_sub(2);
    let to = (at + 1).min(tokens.len());
    let found = tokens[from..to].iter().rev().find_map(|lexeme| match &lexeme.token.token {
        Token::Word(Word { value, quote_style: None, .. }) => Some((lexeme, keyword_like(value)?)),
        _ => None,
    });
    let (lexeme, keyword) = found?;
    let written = source.get(lexeme.range.clone()).unwrap_or_default();
    Some(Cause {
        range: lexeme.range.clone(),
        message: format!("`{written}` is not a keyword of SQL"),
        help: format!("did you mean {keyword}?"),
    })
}

/// What other databases write otherwise.
fn foreign(tokens: &[Lexeme], at: usize) -> Option<Cause> {
    let lexeme = tokens.get(at)?;
    let (message, help) = match &lexeme.token.token {
        Token::DoubleEq => ("`==` is not a comparison operator of SQL", "write one `=`"),
        Token::DoubleColon => ("`::` is not supported as a conversion", "write CAST(x AS INTEGER)"),
        Token::Arrow | Token::LongArrow => {
            ("`->` is not a supported operator", "declare a column for the value, with its path: $.a.b")
        }
        Token::LBracket => (
            "an array element cannot be read in the SQL",
            "declare a column for it, with the path $.items[0:] and its element",
        ),
        Token::Overlap => ("`&&` is not an operator of SQL", "write AND"),
        Token::ShiftLeft | Token::ShiftRight | Token::Caret | Token::Pipe | Token::Ampersand => {
            ("this is not a supported operator", "write it with AND, OR, comparisons, arithmetic and ||")
        }
        Token::Tilde => ("`~` is not a supported operator", "write REGEXP(x, '[0-9]+')"),
        _ => return None,
    };
    Some(Cause { range: lexeme.range.clone(), message: message.into(), help: help.into() })
}

/// A word of SQL where a value is expected, most likely the name of a column.
fn reserved(tokens: &[Lexeme], source: &str) -> Option<Cause> {
    const WORDS: [&str; 8] = ["ALL", "DISTINCT", "EXISTS", "FROM", "INTERVAL", "LIMIT", "NOT", "TOP"];
    let ends = |token: Option<&Lexeme>| {
        token.is_none_or(|next| {
            next.is(&Token::Comma)
                || next.is(&Token::RParen)
                || ["FROM", "AS"].iter().any(|word| next.is_word(word))
        })
    };
    let place = (1..tokens.len()).find(|&place| {
        let before = &tokens[place - 1];
        (before.is_word("SELECT") || before.is(&Token::Comma))
            && WORDS.iter().any(|word| tokens[place].is_word(word))
            && ends(tokens.get(place + 1))
    })?;
    // `SELECT a, FROM s` has a comma too many.
    if tokens[place].is_word("FROM") && tokens[place - 1].is(&Token::Comma) {
        return None;
    }
    let written = source.get(tokens[place].range.clone()).unwrap_or_default();
    Some(Cause {
        range: tokens[place].range.clone(),
        message: format!("`{written}` is a keyword of SQL"),
        help: format!("write \"{written}\" if it is a column"),
    })
}

/// `JOIN b AS x OVER (..)`: the window of a join follows the stream, before its name.
fn name_before_over(tokens: &[Lexeme], at: usize) -> Option<Cause> {
    let over = (0..at.min(tokens.len())).rev().find(|place| tokens[*place].is_word("OVER"))?;
    let open = tokens.get(over + 1)?;
    let window = tokens.get(over + 2)?;
    let named = over.checked_sub(2).is_some_and(|before| {
        matches!(tokens[before + 1].token.token, Token::Word(_))
            && (tokens[before].is_word("AS") || matches!(tokens[before].token.token, Token::Word(_)))
    });
    let is_window = open.is(&Token::LParen) && (window.is_word("RANGE") || window.is_word("ROWS"));
    // After a function, OVER is its own; that precedes FROM.
    let is_join = tokens[..over].iter().rev().find_map(|token| match &token.token.token {
        Token::Word(_) if token.is_word("JOIN") => Some(true),
        Token::Word(_) if token.is_word("SELECT") || token.is_word("ON") => Some(false),
        _ => None,
    });
    (is_window && named && is_join == Some(true)).then(|| Cause {
        range: tokens[over].range.clone(),
        message: "OVER comes after the alias of the stream".into(),
        help:
            "write it before the name: JOIN \"other\" OVER (RANGE INTERVAL '1' MINUTE PRECEDING) AS b ON .."
                .into(),
    })
}

/// `TUMBLE(at, 1 MINUTE)`: a length of time that lacks its INTERVAL.
fn length_without_interval(tokens: &[Lexeme], at: usize, source: &str) -> Option<Cause> {
    const UNITS: [&str; 8] = ["SECOND", "SECONDS", "MINUTE", "MINUTES", "HOUR", "HOURS", "DAY", "DAYS"];
    let unit = tokens.get(at)?;
    let count = &tokens[at.checked_sub(1)?];
    let digits = source.get(count.range.clone()).unwrap_or_default().trim_matches('\'');
    let is_count = matches!(count.token.token, Token::Number(..) | Token::SingleQuotedString(_))
        && !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    let name = UNITS.iter().find(|name| unit.is_word(name)).filter(|_| is_count)?;
    Some(Cause {
        range: count.range.start..unit.range.end,
        message: "a length of time starts with INTERVAL".into(),
        help: format!("write INTERVAL '{digits}' {}", name.trim_end_matches('S')),
    })
}

/// Two keys of a GROUP BY without a comma between them.
fn without_comma(tokens: &[Lexeme], at: usize, source: &str) -> Option<Cause> {
    let next = tokens.get(at)?;
    let before = &tokens[at.checked_sub(1)?];
    let begins = matches!(next.token.token, Token::Word(_));
    let ends = matches!(before.token.token, Token::Word(_) | Token::RParen) && !before.is_word("BY");
    let clause = tokens[..at].iter().rev().find_map(|token| {
        ["BY", "SELECT", "FROM", "WHERE", "HAVING", "OVER", "WINDOW", "ON"]
            .into_iter()
            .find(|word| token.is_word(word))
    });
    let is_list = clause == Some("BY") && begins && ends;
    is_list.then(|| Cause {
        range: next.range.clone(),
        message: format!(
            "there is no comma between `{}` and another key",
            source.get(next.range.clone()).unwrap_or_default()
        ),
        help: "write a comma before it".into(),
    })
}

/// Parentheses that are not closed, or close nothing.
fn parentheses(tokens: &[Lexeme], at: usize) -> Option<Cause> {
    let mut open: Vec<usize> = Vec::new();
    for (place, lexeme) in tokens.iter().enumerate() {
        if lexeme.is(&Token::LParen) {
            open.push(place);
        } else if lexeme.is(&Token::RParen) && open.pop().is_none() {
            return Some(Cause {
                range: lexeme.range.clone(),
                message: "this `)` closes nothing".into(),
                help: "remove it, or write `(` where it starts".into(),
            });
        }
    }
    // Of several, the last one before the parser stopped.
    let place = open.iter().rev().copied().find(|place| *place < at).or_else(|| open.last().copied())?;
    let function = place.checked_sub(1).map(|before| &tokens[before].token.token);
    let form = match function {
        Some(Token::Word(Word { value, quote_style: None, .. })) => {
            super::resolve::form_of(&value.to_uppercase())
        }
        _ => None,
    };
    Some(Cause {
        range: tokens[place].range.clone(),
        message: "this `(` is not closed".into(),
        help: match form {
            Some(form) => format!("write `)` where it ends, as in {form}"),
            None => "write `)` where it ends".into(),
        },
    })
}

/// The comment that lacks its end, where the scanner ran out of text.
pub(super) fn open_comment(source: &str) -> Option<Range<usize>> {
    unfinished(source, true)
}

/// The text in single quotes that lacks its end, where the scanner ran out of text: the first one that continues over
/// the end of its line, or that a letter follows.
pub(super) fn open_text(source: &str) -> Option<Range<usize>> {
    unfinished(source, false)
}

fn unfinished(source: &str, is_comment: bool) -> Option<Range<usize>> {
    let bytes = source.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &source[at..];
        let until = |end: &str, from: usize| rest[from..].find(end).map(|length| from + length + end.len());
        let first_line = |text: &str| text.find('\n').unwrap_or(text.len());
        let length = match bytes[at] {
            b'-' if rest.starts_with("--") => until("\n", 2),
            b'/' if rest.starts_with("/*") => {
                let end = until("*/", 2);
                if is_comment && end.is_none() {
                    return Some(at..at + first_line(rest));
                }
                end
            }
            b'"' => until("\"", 1),
            b'\'' => {
                let end = until("'", 1);
                let text = &rest[..end.unwrap_or(rest.len())];
                let behind = end.and_then(|end| rest[end..].chars().next());
                let goes_on = text.contains('\n') || behind.is_some_and(char::is_alphanumeric);
                if !is_comment && (end.is_none() || goes_on) {
                    return Some(at..at + first_line(text));
                }
                end
            }
            _ => Some(rest.chars().next().map_or(1, char::len_utf8)),
        };
        at += length?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_end_is_found_where_it_begins() {
        let text = |source| open_text(source).map(|range| &source[range]);
        assert_eq!(text("SELECT 'a' FROM s WHERE x = 'b AND y = 'c'"), Some("'b AND y = '"));
        assert_eq!(text("SELECT 'it''s' -- don't\n FROM s WHERE x = 'b\n AND y = 1"), Some("'b"));
        assert_eq!(text("SELECT \"it's\" FROM s WHERE x = 'b"), Some("'b"));
        let comment = |source| open_comment(source).map(|range| &source[range]);
        assert_eq!(comment("SELECT /* a */ 1 /* b\n FROM s"), Some("/* b"));
    }

    #[test]
    fn keywords_are_one_step_away() {
        assert_eq!(keyword_like("FORM"), Some("FROM"));
        assert_eq!(keyword_like("gruop"), Some("GROUP"));
        assert_eq!(keyword_like("SELCT"), Some("SELECT"));
        assert_eq!(keyword_like("from"), None);
        assert_eq!(keyword_like("id"), None);
        assert_eq!(keyword_like("temperature"), None);
    }
}
