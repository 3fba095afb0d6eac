//! Operators that the parser asks for, since it does not know them: `BETWEEN SYMMETRIC` and `POSITION(.. FROM n)`.

use sqlparser::ast::{BinaryOperator, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentList};
use sqlparser::ast::{FunctionArguments, Ident, ObjectName};
use sqlparser::dialect::{Dialect, Precedence};
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::Token;

use super::super::scan::StreamingSql;

/// `x [NOT] BETWEEN SYMMETRIC a AND b`, in which either bound may be the smaller one; `BETWEEN ASYMMETRIC` is `BETWEEN`.
pub(in super::super) fn infix(
    parser: &mut Parser,
    left: &Expr,
    precedence: u8,
) -> Option<Result<Expr, ParserError>> {
    let word = |ahead: usize, keyword: Keyword| matches!(&parser.peek_nth_token_ref(ahead).token, Token::Word(word) if word.keyword == keyword);
    let negated = word(0, Keyword::NOT);
    let between = usize::from(negated);
    let symmetric = word(between + 1, Keyword::SYMMETRIC);
    if !word(between, Keyword::BETWEEN) || !(symmetric || word(between + 1, Keyword::ASYMMETRIC)) {
        return None;
    }
    for _ in 0..between + 2 {
        parser.next_token();
    }
    Some(bounds(parser, precedence).map(|(low, high)| {
        let boxed = |expr: &Expr| Box::new(expr.clone());
        let one = |low: &Expr, high: &Expr| Expr::Between {
            expr: boxed(left),
            negated,
            low: boxed(low),
            high: boxed(high),
        };
        if !symmetric {
            return one(&low, &high);
        }
        let op = if negated { BinaryOperator::And } else { BinaryOperator::Or };
        Expr::Nested(Box::new(Expr::BinaryOp {
            left: Box::new(one(&low, &high)),
            op,
            right: Box::new(one(&high, &low)),
        }))
    }))
}

fn bounds(parser: &mut Parser, precedence: u8) -> Result<(Expr, Expr), ParserError> {
    let low = parser.parse_subexpr(precedence)?;
    parser.expect_keyword(Keyword::AND)?;
    let high = parser.parse_subexpr(precedence)?;
    Ok((low, high))
}

/// `POSITION(part IN text FROM start)`, as a call with three arguments.
pub(in super::super) fn prefix(parser: &mut Parser) -> Option<Result<Expr, ParserError>> {
    let name = parser.peek_token_ref().clone();
    let Token::Word(word) = &name.token else { return None };
    if word.keyword != Keyword::POSITION || parser.peek_nth_token_ref(1).token != Token::LParen {
        return None;
    }
    let found = parser.maybe_parse(|parser| {
        parser.next_token();
        parser.next_token();
        // The word IN ends what precedes it.
        let precedence = StreamingSql.prec_value(Precedence::Between);
        let part = parser.parse_subexpr(precedence)?;
        parser.expect_keyword(Keyword::IN)?;
        let text = parser.parse_expr()?;
        parser.expect_keyword(Keyword::FROM)?;
        let start = parser.parse_expr()?;
        parser.expect_token(&Token::RParen)?;
        Ok([part, text, start])
    });
    match found {
        Ok(None) => None,
        Ok(Some(arguments)) => {
            let ident = Ident { value: word.value.clone(), quote_style: None, span: name.span };
            let args =
                arguments.into_iter().map(|expr| FunctionArg::Unnamed(FunctionArgExpr::Expr(expr))).collect();
            Some(Ok(Expr::Function(Function {
                name: ObjectName::from(vec![ident]),
                uses_odbc_syntax: false,
                parameters: FunctionArguments::None,
                args: FunctionArguments::List(FunctionArgumentList {
                    duplicate_treatment: None,
                    args,
                    clauses: Vec::new(),
                }),
                filter: None,
                null_treatment: None,
                over: None,
                within_group: Vec::new(),
            })))
        }
        Err(error) => Some(Err(error)),
    }
}
