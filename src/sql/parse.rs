//! From tokens to statements. The heads (CREATE STREAM, CREATE PUMP, INSERT INTO) are read here, since no SQL parser
//! knows them; the SELECT after them is `sqlparser`'s.

use std::collections::HashSet;
use std::ops::Range;

use sqlparser::ast;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Token, Word};

use super::data_type::DataType;
use super::dialect;
use super::name::{Name, bad_name, folded};
use super::refuse::{refusal, refuse};
use super::scan::{Lexeme, StreamingSql, Text, lower_first, too_deep};
use super::syntax;
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;

/// More than any application has; every INSERT is an operator of the job.
const MAX_STATEMENTS: usize = 250;

/// One statement.
#[derive(Debug)]
pub(super) enum Statement {
    CreateStream(CreateStream),
    Insert(Box<InsertInto>),
    /// Could not be read; the streams that it names are known, or fed, nevertheless.
    Faulty(Vec<String>),
    /// A view or a table, which is refused; what names it is not refused again.
    Refused(Name),
}

/// `CREATE [OR REPLACE] STREAM name (column type, ...)`
#[derive(Debug)]
pub(super) struct CreateStream {
    pub(super) name: Name,
    /// Without a type when that could not be read.
    pub(super) columns: Vec<(Name, Option<DataType>)>,
    /// Places of the columns that are NOT NULL.
    pub(super) required: Vec<usize>,
}

/// `[CREATE [OR REPLACE] PUMP pump [STARTED] AS] [INSERT INTO into [(columns)]] SELECT ...`
#[derive(Debug)]
pub(super) struct InsertInto {
    pub(super) pump: Option<Name>,
    pub(super) into: Option<Name>,
    pub(super) columns: Option<Vec<Name>>,
    /// Without one when it could not be parsed.
    pub(super) query: Option<Box<ast::Query>>,
    /// The names that stand where a stream does.
    pub(super) reads: Vec<Name>,
    /// Whether something in the query has been refused already.
    pub(super) refused: bool,
    pub(super) select_span: Span,
    pub(super) span: Span,
}

/// Reads every statement that can be read, and reports the others.
pub(super) fn parse(
    statements: &[Vec<Lexeme>],
    text: &Text,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Statement> {
    if let Some(first) = statements.get(MAX_STATEMENTS).and_then(|statement| statement.first()) {
        let message = format!("the SQL has more than {MAX_STATEMENTS} statements");
        let help = "split it into several pipelines";
        let span = text.span(first.range.clone());
        diagnostics.push(Diagnostic::error(Code::UnsupportedSql, span, message, help));
    }
    statements
        .iter()
        .take(MAX_STATEMENTS)
        .filter_map(|tokens| {
            let mut cursor = Cursor { tokens, at: 0, text, diagnostics };
            cursor.statement().unwrap_or_else(|fault| {
                diagnostics.push(fault);
                Some(Statement::Faulty(named(tokens, text)))
            })
        })
        .collect()
}

/// Reads the tokens of one statement from left to right.
struct Cursor<'a, 'd> {
    tokens: &'a [Lexeme],
    at: usize,
    text: &'a Text<'a>,
    diagnostics: &'d mut Vec<Diagnostic>,
}

type Parsed<T> = Result<T, Diagnostic>;

impl Cursor<'_, '_> {
    fn peek(&self, ahead: usize) -> Option<&Lexeme> {
        self.tokens.get(self.at + ahead)
    }

    fn is_word(&self, ahead: usize, word: &str) -> bool {
        self.peek(ahead).is_some_and(|token| token.is_word(word))
    }

    fn skip_word(&mut self, word: &str) -> bool {
        let found = self.is_word(0, word);
        self.at += usize::from(found);
        found
    }

    fn skip(&mut self, token: &Token) -> bool {
        let found = self.peek(0).is_some_and(|next| next.is(token));
        self.at += usize::from(found);
        found
    }

    /// The place of some tokens, from `start` up to the last one that was read.
    fn span_from(&self, start: usize) -> Span {
        let last = self.at.clamp(start + 1, self.tokens.len()) - 1;
        self.text.span(self.tokens[start].range.start..self.tokens[last].range.end)
    }

    /// The next token, else the end of the statement.
    fn here(&self) -> Range<usize> {
        match (self.peek(0), self.tokens.last()) {
            (Some(token), _) => token.range.clone(),
            (None, Some(last)) => last.range.end..last.range.end,
            (None, None) => 0..0,
        }
    }

    fn syntax(&self, expected: &str, help: &str) -> Diagnostic {
        let found = match self.peek(0) {
            Some(token) => format!("`{}`", self.text.text(token.range.clone())),
            None => "the end of the statement".into(),
        };
        let message = format!("expected {expected}, found {found}");
        Diagnostic::error(Code::SqlSyntax, self.text.span(self.here()), message, help)
    }

    fn expect_word(&mut self, word: &str, help: &str) -> Parsed<()> {
        if self.skip_word(word) { Ok(()) } else { Err(self.syntax(word, help)) }
    }

    fn name(&mut self, what: &str) -> Parsed<Name> {
        let Some((Token::Word(word), span)) =
            self.peek(0).map(|lexeme| (&lexeme.token.token, self.text.span(lexeme.range.clone())))
        else {
            let help = "a name is a word, or any string in double quotes";
            return Err(self.syntax(what, help));
        };
        let name = Name { text: folded(word, self.text), quoted: word.quote_style.is_some(), span };
        if let Some((message, help)) = bad_name(&name.text) {
            return Err(Diagnostic::error(Code::SqlSyntax, span, message, help));
        }
        self.at += 1;
        if self.peek(0).is_some_and(|next| next.is(&Token::Period)) {
            let help = "write the stream's name alone: streams have no schema";
            return Err(self.syntax("no schema before the name", help));
        }
        Ok(name)
    }

    fn statement(&mut self) -> Parsed<Option<Statement>> {
        if let Some(token) = too_deep(self.tokens) {
            return Err(Diagnostic::error(
                Code::UnsupportedSql,
                self.text.span(token.range.clone()),
                "this expression is too long, or nested too deeply",
                "write a list with IN, remove parentheses, or split the query with an intermediate stream",
            ));
        }
        if self.skip_word("CREATE") {
            if self.skip_word("OR") {
                self.expect_word("REPLACE", "write CREATE OR REPLACE STREAM")?;
            }
            return if self.skip_word("STREAM") {
                self.create_stream().map(Some)
            } else if self.skip_word("PUMP") {
                self.pump().map(Some)
            } else {
                let refused = self.other_create();
                let name = self.other_name();
                match name {
                    Some(name) => {
                        self.diagnostics.push(refused);
                        Ok(Some(Statement::Refused(name)))
                    }
                    None => Err(refused),
                }
            };
        }
        if self.is_word(0, "INSERT") {
            return self.insert(None, 0).map(Some);
        }
        if self.is_word(0, "SELECT") || self.is_word(0, "WITH") || self.is_word(0, "VALUES") {
            return self.select(0, None, None, None).map(Some);
        }
        Err(self.other_statement())
    }

    /// The name of a view or a table.
    fn other_name(&mut self) -> Option<Name> {
        self.skip_word("TEMPORARY");
        if !self.skip_word("VIEW") && !self.skip_word("TABLE") {
            return None;
        }
        self.name("a name").ok()
    }

    fn other_create(&self) -> Diagnostic {
        let word = self.peek(0).map_or("", |token| self.text.text(token.range.clone())).to_uppercase();
        let help = match word.as_str() {
            "TABLE" | "TEMPORARY" => "write CREATE OR REPLACE STREAM: it names the columns of an output",
            "VIEW" => {
                "write WITH name AS (SELECT ..) before the query; or INSERT INTO name SELECT .., and read that stream"
            }
            "FUNCTION" | "SCHEMA" | "CATALOG" | "DATABASE" => "write the expression in the query",
            _ => {
                return self
                    .syntax("STREAM or PUMP", "write CREATE OR REPLACE STREAM \"NAME\" (column type)");
            }
        };
        refusal(self.text.span(self.here()), &format!("`CREATE {word}`"), help)
    }

    fn other_statement(&self) -> Diagnostic {
        let word = self.peek(0).map_or("", |token| self.text.text(token.range.clone())).to_uppercase();
        let help = match word.as_str() {
            "ALTER" => "remove it: a pump runs as soon as the application starts",
            "DROP" => "remove it: only the objects that the SQL declares exist",
            "SET" | "RESET" | "USE" => "remove it: the application's settings are in the spec",
            "UPDATE" | "DELETE" | "MERGE" | "TRUNCATE" => {
                "write INSERT INTO: a row of a stream never changes"
            }
            _ => {
                if let Some(keyword) = syntax::keyword_like(&word) {
                    return self.syntax("a statement", &format!("did you mean {keyword}?"));
                }
                let help = "a statement starts with CREATE OR REPLACE STREAM, CREATE OR REPLACE PUMP, INSERT \
                            INTO or SELECT";
                return self.syntax("a statement", help);
            }
        };
        refusal(self.text.span(self.here()), &format!("`{word}`"), help)
    }

    /// `DESCRIPTION 'words'`, which says nothing to a compiler.
    fn skip_description(&mut self) {
        let text = |lexeme: &Lexeme| matches!(lexeme.token.token, Token::SingleQuotedString(_));
        if self.is_word(0, "DESCRIPTION") && self.peek(1).is_some_and(text) {
            self.at += 2;
        }
    }

    fn create_stream(&mut self) -> Parsed<Statement> {
        let help = "write CREATE OR REPLACE STREAM \"NAME\" (first VARCHAR(16), age INTEGER)";
        let name = self.name("the stream's name")?;
        if self.is_word(0, "AS") || self.is_word(0, "WITH") {
            let written = self.text.text(self.tokens[self.at - 1].range.clone());
            let help = format!(
                "write INSERT INTO {written} SELECT ..; or CREATE OR REPLACE STREAM with its columns, and a pump"
            );
            return Err(refusal(self.text.span(self.here()), "a stream that is declared by a SELECT", &help));
        }
        if !self.skip(&Token::LParen) {
            return Err(self.syntax("the columns in parentheses", help));
        }
        let (mut columns, mut required) = (Vec::new(), Vec::new());
        loop {
            let column = self.name("a column's name")?;
            let (data_type, is_required) = self.column_type()?;
            if is_required {
                required.push(columns.len());
            }
            columns.push((column, data_type));
            if self.skip(&Token::RParen) {
                break;
            }
            if !self.skip(&Token::Comma) {
                return Err(self.syntax("`,` or `)`", help));
            }
        }
        self.skip_description();
        match self.peek(0) {
            None => Ok(Statement::CreateStream(CreateStream { name, columns, required })),
            Some(_) => Err(self.syntax("`;` after the columns", "end the statement with `;`")),
        }
    }

    /// Up to the comma or parenthesis after a column's type, and whether the column is NOT NULL.
    fn column_type(&mut self) -> Parsed<(Option<DataType>, bool)> {
        let start = self.at;
        let (mut depth, mut end) = (0_usize, self.at);
        while let Some(lexeme) = self.tokens.get(end) {
            match lexeme.token.token {
                Token::LParen => depth += 1,
                Token::RParen | Token::Comma if depth == 0 => break,
                Token::RParen => depth -= 1,
                _ => {}
            }
            end += 1;
        }
        let is_constraint = |token: &&Lexeme| {
            ["NOT", "NULL", "DEFAULT", "PRIMARY", "UNIQUE", "DESCRIPTION"]
                .iter()
                .any(|word| token.is_word(word))
        };
        let type_end = self.tokens[start..end]
            .iter()
            .position(|token| is_constraint(&token))
            .map_or(end, |at| start + at);
        if type_end == start {
            return Err(self.syntax("the column's type", "write it like `first VARCHAR(16)`"));
        }
        // What begins after a whole type is the next column, without its comma.
        let next = (start + 1..type_end).find(|&at| {
            let behind_length = self.tokens[at - 1].is(&Token::RParen)
                && !["WITH", "WITHOUT", "VARYING"].iter().any(|word| self.tokens[at].is_word(word));
            behind_length
                || matches!(self.tokens[at].token.token, Token::Word(Word { quote_style: Some(_), .. }))
        });
        if let Some(next) = next {
            self.at = next;
            return Err(self.syntax("`,` or `)`", "put a comma between two columns"));
        }
        let range = self.tokens[start].range.start..self.tokens[type_end - 1].range.end;
        let words: Vec<&str> =
            self.tokens[start..type_end].iter().map(|token| self.text.text(token.range.clone())).collect();
        self.at = type_end;
        let is_required = self.is_word(0, "NOT") && self.is_word(1, "NULL");
        if is_required {
            self.at += 2;
        } else {
            self.skip_word("NULL");
        }
        self.skip_description();
        if self.at < end {
            let help = "remove it: filter with WHERE, and choose a value with COALESCE";
            let span = self.text.span(self.here().start..self.tokens[end - 1].range.end);
            self.diagnostics.push(refusal(span, "a condition on a column", help));
        }
        self.at = end;
        match words.join(" ").parse() {
            Ok(data_type) => Ok((Some(data_type), is_required)),
            Err(error) => {
                let span = self.text.span(range);
                self.diagnostics.push(Diagnostic::error(Code::TypeMismatch, span, error.message, error.help));
                Ok((None, is_required))
            }
        }
    }

    fn pump(&mut self) -> Parsed<Statement> {
        let help = "write CREATE OR REPLACE PUMP \"NAME\" AS INSERT INTO \"STREAM\" SELECT STREAM ..";
        let pump = self.name("the pump's name")?;
        self.skip_description();
        if self.is_word(0, "STOPPED") {
            let help = "remove the pump; to run it, write STARTED or leave STOPPED out";
            return Err(refusal(self.text.span(self.here()), "a pump that is `STOPPED`", help));
        }
        self.skip_word("STARTED");
        self.expect_word("AS", help)?;
        if !self.is_word(0, "INSERT") {
            return Err(self.syntax("INSERT INTO", help));
        }
        self.insert(Some(pump), 0)
    }

    fn insert(&mut self, pump: Option<Name>, start: usize) -> Parsed<Statement> {
        self.at += 1;
        let help = "write INSERT INTO \"STREAM\" SELECT ..";
        self.expect_word("INTO", help)?;
        let into = self.name("the name of a stream")?;
        let mut columns = None;
        if self.peek(0).is_some_and(|next| next.is(&Token::LParen)) && !self.is_word(1, "SELECT") {
            self.at += 1;
            let mut names = Vec::new();
            loop {
                names.push(self.name("a column's name")?);
                if self.skip(&Token::RParen) {
                    break;
                }
                if !self.skip(&Token::Comma) {
                    return Err(self.syntax("`,` or `)`", help));
                }
            }
            columns = Some(names);
        }
        if self.peek(0).is_none() {
            return Err(self.syntax("SELECT", help));
        }
        self.select(start, pump, Some(into), columns)
    }

    /// The rest of the statement as a query.
    fn select(
        &mut self,
        start: usize,
        pump: Option<Name>,
        into: Option<Name>,
        columns: Option<Vec<Name>>,
    ) -> Parsed<Statement> {
        let first = self.at;
        let tokens = &self.tokens[first..];
        let refusals = refuse(tokens, self.text);
        let refused = !refusals.is_empty();
        let query = match parse_query(tokens) {
            Ok(query) => Some(query),
            // A form that the parser does not know at all: its name says more than the parser can.
            Err(_) if refused => None,
            Err(error) => {
                self.diagnostics.push(self.query_fault(&error));
                None
            }
        };
        self.diagnostics.extend(refusals);
        self.at = self.tokens.len();
        let (select_span, span) = (self.span_from(first), self.span_from(start));
        Ok(Statement::Insert(Box::new(InsertInto {
            pump,
            into,
            columns,
            query,
            reads: reads(tokens, self.text),
            refused,
            select_span,
            span,
        })))
    }

    fn query_fault(&self, error: &ParserError) -> Diagnostic {
        let message = match error {
            ParserError::TokenizerError(message) | ParserError::ParserError(message) => message,
            ParserError::RecursionLimitExceeded => {
                return Diagnostic::error(
                    Code::UnsupportedSql,
                    self.text.span(self.here()),
                    "this query is nested too deeply",
                    "remove parentheses, or split the query with an intermediate stream",
                );
            }
        };
        let (message, place) = self.text.place_of(message);
        let stripped = message.strip_prefix("Expected: ").or_else(|| message.strip_prefix("Expected "));
        let parts = stripped.and_then(|rest| rest.rsplit_once(", found: "));
        let found = parts.map_or("", |(_, found)| found);
        let mut before = self.tokens.iter().filter(|token| Some(token.range.start) <= place);
        // The parser names the right token, but not always its place.
        let named = before.clone().rfind(|token| self.text.text(token.range.clone()) == found);
        let end = self.tokens.last().map_or(0..0, |last| last.range.end..last.range.end);
        let range = match named.or_else(|| before.next_back()) {
            Some(token) if place.is_some() && found != "EOF" => token.range.clone(),
            _ => end,
        };
        let stopped = self.tokens.iter().position(|token| token.range.start >= range.start);
        let stopped = stopped.unwrap_or(self.tokens.len());
        if let Some(cause) = syntax::cause(self.tokens, stopped, self.text.all()) {
            return Diagnostic::error(
                Code::SqlSyntax,
                self.text.span(cause.range),
                cause.message,
                cause.help,
            );
        }
        let message = match parts {
            Some((expected, found)) => {
                let symbol = !expected.contains(char::is_alphabetic);
                let expected = if symbol { format!("`{expected}`") } else { expected.into() };
                match found {
                    "EOF" => format!("expected {expected}, found the end of the statement"),
                    "`" => format!("expected {expected}, found a backtick"),
                    found => format!("expected {expected}, found `{found}`"),
                }
            }
            None => lower_first(message),
        };
        let behind_comma = self.tokens.iter().rfind(|token| token.range.end <= range.start);
        let help = if message.ends_with("found a backtick") {
            "quote names with double quotes, and strings with single quotes".into()
        } else if behind_comma.is_some_and(|token| token.is(&Token::Comma)) {
            "remove the comma before it, or write a value between them".into()
        } else {
            syntax::begun(self.tokens, stopped)
        };
        Diagnostic::error(Code::SqlSyntax, self.text.span(range), message, help)
    }
}

/// The streams that a statement declares or feeds, folded.
fn named(tokens: &[Lexeme], text: &Text) -> Vec<String> {
    let is_place = |at: usize| at > 0 && (tokens[at - 1].is_word("STREAM") || tokens[at - 1].is_word("INTO"));
    let head = tokens.iter().position(|token| token.is_word("SELECT")).unwrap_or(tokens.len());
    let names = (0..head).filter(|at| is_place(*at)).filter_map(|at| match &tokens[at].token.token {
        Token::Word(word) => Some(folded(word, text)),
        _ => None,
    });
    names.collect()
}

/// Whether a text is plain SQL: the old dialect declares streams or pumps.
pub(super) fn is_plain(statements: &[Vec<Lexeme>]) -> bool {
    let declares = |tokens: &Vec<Lexeme>| {
        let word = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.is_word(word));
        let at = if word(1, "OR") && word(2, "REPLACE") { 3 } else { 1 };
        word(0, "CREATE") && (word(at, "STREAM") || word(at, "PUMP"))
    };
    !statements.iter().any(declares)
}

/// The names after FROM, JOIN and the like.
fn reads(tokens: &[Lexeme], text: &Text) -> Vec<Name> {
    let in_lists = places_in_lists(tokens);
    let is_place = |at: usize| {
        let word = |back: usize, words: &[&str]| {
            at >= back && words.iter().any(|word| tokens[at - back].is_word(word))
        };
        let opened = at >= 2 && tokens[at - 1].is(&Token::LParen);
        if in_lists.contains(&at) {
            return true;
        }
        word(1, &["FROM", "JOIN", "TABLE"]) || opened && word(2, &["TUMBLE", "HOP", "SESSION", "CUMULATE"])
    };
    let names = tokens.iter().enumerate().filter(|(at, _)| is_place(*at));
    names
        .filter_map(|(_, lexeme)| match &lexeme.token.token {
            Token::Word(word) => Some(Name {
                text: folded(word, text),
                quoted: word.quote_style.is_some(),
                span: text.span(lexeme.range.clone()),
            }),
            _ => None,
        })
        .collect()
}

/// The places after the commas of lists after FROM.
fn places_in_lists(tokens: &[Lexeme]) -> HashSet<usize> {
    const CLAUSES: [&str; 9] = ["SELECT", "WHERE", "GROUP", "HAVING", "WINDOW", "ORDER", "ON", "UNION", "BY"];
    let mut places = HashSet::new();
    // For each open parenthesis, whether a list continues.
    let mut lists = vec![false];
    for (at, token) in tokens.iter().enumerate() {
        let is_inner = lists.len() > 1;
        let Some(list) = lists.last_mut() else { break };
        match token.token.token {
            Token::LParen => lists.push(false),
            Token::RParen if is_inner => {
                lists.pop();
            }
            Token::Comma if *list => {
                places.insert(at + 1);
            }
            Token::Word(_) if token.is_word("FROM") => *list = true,
            Token::Word(_) if *list && CLAUSES.iter().any(|word| token.is_word(word)) => *list = false,
            _ => {}
        }
    }
    places
}

fn parse_query(tokens: &[Lexeme]) -> Result<Box<ast::Query>, ParserError> {
    let mut parser = Parser::new(&StreamingSql).with_tokens_with_locations(dialect::plain(tokens));
    let query = parser.parse_query()?;
    let next = parser.peek_token();
    if next.token == Token::EOF { Ok(query) } else { parser.expected("the end of the statement", next) }
}
