//! From text to tokens that know their places, one list for each statement.
//!
//! Statements are cut apart before any is parsed, so that a fault in one hides no other.

use std::ops::Range;

use sqlparser::ast::Expr;
use sqlparser::dialect::Dialect;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Span as SqlSpan, Token, TokenWithSpan, Tokenizer, Word};

use super::dialect;
use crate::diagnostics::{Code, Diagnostic};
use crate::source::{Excerpt, Span};

/// How names and numbers look: the SQL standard's way, with `"` around a name that is to be kept as it is.
#[derive(Debug)]
pub(super) struct StreamingSql;

impl Dialect for StreamingSql {
    fn is_identifier_start(&self, c: char) -> bool {
        c.is_alphabetic() || c == '_'
    }

    fn is_identifier_part(&self, c: char) -> bool {
        c.is_alphanumeric() || c == '_' || c == '$'
    }

    fn is_delimited_identifier_start(&self, c: char) -> bool {
        c == '"'
    }

    fn supports_filter_during_aggregation(&self) -> bool {
        true
    }

    fn supports_unicode_string_literal(&self) -> bool {
        true
    }

    fn parse_infix(
        &self,
        parser: &mut Parser,
        left: &Expr,
        precedence: u8,
    ) -> Option<Result<Expr, ParserError>> {
        dialect::infix(parser, left, precedence)
    }

    fn parse_prefix(&self, parser: &mut Parser) -> Option<Result<Expr, ParserError>> {
        dialect::prefix(parser)
    }
}

/// The text with the way from the tokenizer's lines and columns to places in the user's file.
#[derive(Debug)]
pub(super) struct Text<'a> {
    excerpt: &'a Excerpt,
    /// Offset of each character.
    characters: Vec<usize>,
    /// Index into `characters` of the first one of each line.
    lines: Vec<usize>,
    /// Whether it is plain SQL, where a name without quotes keeps its spelling, and not the old dialect.
    pub(super) is_plain: bool,
}

impl<'a> Text<'a> {
    pub(super) fn new(excerpt: &'a Excerpt) -> Self {
        let (mut characters, mut lines) = (Vec::new(), vec![0]);
        for (at, character) in excerpt.text().char_indices() {
            characters.push(at);
            if character == '\n' {
                lines.push(characters.len());
            }
        }
        Self { excerpt, characters, lines, is_plain: false }
    }

    /// The offset of a place, if it is one.
    fn offset(&self, place: Location) -> Option<usize> {
        let line = usize::try_from(place.line).ok()?.checked_sub(1)?;
        let column = usize::try_from(place.column).ok()?.checked_sub(1)?;
        let at = self.lines.get(line)? + column;
        Some(self.characters.get(at).copied().unwrap_or(self.excerpt.text().len()))
    }

    /// A range of the text as a place in the user's file.
    pub(super) fn span(&self, range: Range<usize>) -> Span {
        self.excerpt.span(range)
    }

    /// A span of the parser's as a place in the user's file, if it is one.
    pub(super) fn locate(&self, span: SqlSpan) -> Option<Span> {
        Some(self.span(self.offset(span.start)?..self.offset(span.end)?))
    }

    /// The whole text in the user's file.
    pub(super) fn whole(&self) -> Span {
        self.excerpt.whole()
    }

    /// The text.
    pub(super) fn all(&self) -> &str {
        self.excerpt.text()
    }

    /// What is in the text there.
    pub(super) fn text(&self, range: Range<usize>) -> &str {
        self.excerpt.text().get(range).unwrap_or_default()
    }

    /// Splits "... at Line: 3, Column: 7", which is how the parser tells where a fault is.
    pub(super) fn place_of<'m>(&self, message: &'m str) -> (&'m str, Option<usize>) {
        let Some((message, place)) = message.rsplit_once(" at Line: ") else { return (message, None) };
        let at = place.split_once(", Column: ").and_then(|(line, column)| {
            self.offset(Location { line: line.parse().ok()?, column: column.parse().ok()? })
        });
        (message, at)
    }
}

/// A token and where it is in the text.
#[derive(Clone, Debug)]
pub(super) struct Lexeme {
    pub(super) token: TokenWithSpan,
    pub(super) range: Range<usize>,
}

impl Lexeme {
    /// Whether it is this word, unquoted, in any case.
    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(&self.token.token, Token::Word(Word { value, quote_style: None, .. })
            if value.eq_ignore_ascii_case(word))
    }

    pub(super) fn is(&self, token: &Token) -> bool {
        self.token.token == *token
    }
}

/// The tokens of each statement, without spaces and comments.
pub(super) fn scan(text: &Text) -> Result<Vec<Vec<Lexeme>>, Diagnostic> {
    let source = text.excerpt.text();
    let plain = with_plain_comments(source);
    let tokens = Tokenizer::new(&StreamingSql, &plain).tokenize_with_location().map_err(|error| {
        let message = match lower_first(&error.message) {
            text if text == "unterminated string literal" => "this string has no closing quote".into(),
            name if name.starts_with("expected close delimiter") => "this name has no closing quote".into(),
            comment if comment.ends_with("multi-line comment") => "this comment is not closed".into(),
            other => other,
        };
        let open = message == "this string has no closing quote";
        let open = match message.as_str() {
            "this comment is not closed" => super::syntax::open_comment(source),
            _ if open => super::syntax::open_text(source),
            _ => None,
        };
        let open = open.map(|range| text.span(range));
        let at = open.unwrap_or_else(|| {
            text.offset(error.location).map_or(text.whole(), |at| {
                let line_end = source[at..].find('\n').map_or(source.len(), |length| at + length);
                text.span(at..line_end)
            })
        });
        let help = if message.contains("delimited identifier") || message.contains("this name") {
            "a name in double quotes ends with a double quote; a quote inside is written twice"
        } else if message.contains("comment") {
            "a comment that starts with `/*` ends with `*/`"
        } else {
            "a string ends with a single quote; a quote inside is written twice: 'it''s'"
        };
        Diagnostic::error(Code::SqlSyntax, at, message, help)
    })?;
    let mut statements = vec![Vec::new()];
    for token in tokens {
        match token.token {
            Token::Whitespace(_) | Token::EOF => {}
            Token::SemiColon => statements.push(Vec::new()),
            _ => {
                let start = text.offset(token.span.start).unwrap_or(0);
                let end = text.offset(token.span.end).unwrap_or(start).max(start);
                if let Some(statement) = statements.last_mut() {
                    statement.push(Lexeme { token, range: start..end });
                }
            }
        }
    }
    statements.retain(|statement| !statement.is_empty());
    Ok(statements)
}

/// The text with `--` for each `//` that begins a comment, which Kinesis Data Analytics took as well. Both are as long,
/// so every place stays the same. Inside of a text, a name or a comment, `//` is what it is.
fn with_plain_comments(source: &str) -> String {
    let mut plain = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let closed_by = |end: &str, from: usize| {
            rest[from..].find(end).map_or(rest.len(), |length| from + length + end.len())
        };
        let line = || rest.find('\n').unwrap_or(rest.len());
        let length = match first {
            '\'' => closed_by("'", 1),
            '"' => closed_by("\"", 1),
            '-' if rest.starts_with("--") => line(),
            '/' if rest.starts_with("/*") => closed_by("*/", 2),
            '/' if rest.starts_with("//") => {
                plain.push_str("--");
                plain.push_str(&rest[2..line()]);
                rest = &rest[line()..];
                continue;
            }
            other => other.len_utf8(),
        };
        plain.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    plain
}

/// More operators in a row than any person writes; the parsed tree is as deep, and must fit the stack.
const MAX_DEPTH: usize = 1000;
/// More parentheses, or CASEs, in each other than any person writes. The parser's own limit is a little higher, but
/// it looks for another meaning of the word CASE then.
const MAX_LEVELS: usize = 40;

/// The place at which an expression could become deeper than [`MAX_DEPTH`] or [`MAX_LEVELS`], if there is one. Every
/// token but a constant and a quoted name counts, up to the next comma; what is in parentheses, or between CASE and
/// END, counts as its longest part.
pub(super) fn too_deep(tokens: &[Lexeme]) -> Option<&Lexeme> {
    /// Tokens since the last comma, and the most that there were before one.
    struct Level {
        now: usize,
        most: usize,
    }
    let mut levels = vec![Level { now: 0, most: 0 }];
    let mut depth = 0;
    for lexeme in tokens {
        let opens = lexeme.is(&Token::LParen) || lexeme.is_word("CASE");
        let closes = (lexeme.is(&Token::RParen) || lexeme.is_word("END")) && levels.len() > 1;
        let separates = lexeme.is(&Token::Comma)
            || ["WHEN", "THEN", "ELSE"].iter().any(|word| lexeme.is_word(word)) && levels.len() > 1;
        if opens {
            levels.push(Level { now: 1, most: 1 });
            depth += 1;
        } else if closes {
            if let Some(level) = levels.pop() {
                let most = level.most.max(level.now);
                depth = depth - level.now + most;
                if let Some(outer) = levels.last_mut() {
                    outer.now += most;
                }
            }
        } else if let Some(level) = levels.last_mut() {
            match &lexeme.token.token {
                _ if separates => {
                    depth -= level.now;
                    level.most = level.most.max(level.now);
                    level.now = 0;
                }
                Token::Number(..) | Token::SingleQuotedString(_) => {}
                Token::Word(Word { quote_style: Some(_), .. }) => {}
                _ => {
                    level.now += 1;
                    depth += 1;
                }
            }
        }
        if depth > MAX_DEPTH || levels.len() > MAX_LEVELS {
            return Some(lexeme);
        }
    }
    None
}

/// A library's message in the manner of ours: lower case, no full stop.
pub(super) fn lower_first(message: &str) -> String {
    let message = message.trim().trim_end_matches('.');
    let mut characters = message.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => "this cannot be read".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::with_plain_comments;

    #[test]
    fn slashes_begin_a_comment_outside_of_texts_and_names_only() {
        for (written, read) in [
            ("// don't\nSELECT 1", "-- don't\nSELECT 1"),
            ("SELECT 'http://a' //b\n, \"c//d\"", "SELECT 'http://a' --b\n, \"c//d\""),
            ("SELECT 'it''s // x' -- a // b", "SELECT 'it''s // x' -- a // b"),
            ("/* // ' \" */ // x", "/* // ' \" */ -- x"),
            ("a / b /", "a / b /"),
            ("//", "--"),
            ("'é// ", "'é// "),
            ("/* // ", "/* // "),
        ] {
            assert_eq!(with_plain_comments(written), read, "{written}");
        }
    }
}
