//! The names that a SELECT gives its values. GROUP BY and HAVING may use them, where no column has the name; WHERE and
//! the values themselves are read before there are any.

use sqlparser::ast;

use super::super::name::{Meant, Name, folded_text};
use super::super::scan::Text;
use super::expr::Resolver;
use super::operand::Operand;
use super::scope::quoted;
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;

/// The names of a SELECT's values, and what those are.
#[derive(Debug, Default)]
pub(super) struct Aliases {
    all: Vec<(Name, ast::Expr)>,
    /// The values themselves, by their places.
    items: Vec<Option<ast::Expr>>,
    /// Whether the clause that is read may use them.
    pub(super) usable: bool,
}

impl Aliases {
    pub(super) fn of(items: &[ast::SelectItem], text: &Text, otherwise: Span) -> Self {
        let named = items.iter().filter_map(|item| match item {
            ast::SelectItem::ExprWithAlias { expr, alias } => {
                let quoted = alias.quote_style.is_some();
                let span = text.locate(alias.span).unwrap_or(otherwise);
                let text = folded_text(&alias.value, quoted, text);
                Some((Name { text, quoted, span }, expr.clone()))
            }
            _ => None,
        });
        let items = items.iter().map(|item| match item {
            ast::SelectItem::ExprWithAlias { expr, .. } | ast::SelectItem::UnnamedExpr(expr) => {
                Some(expr.clone())
            }
            _ => None,
        });
        Self { all: named.collect(), items: items.collect(), usable: false }
    }

    /// Whether a value is called so.
    pub(super) fn has(&self, name: &Name) -> bool {
        let names = self.all.iter().map(|(alias, _)| alias.text.as_str());
        matches!(name.among(names), Meant::One(_))
    }

    /// The value at a place, counted from 1, if that is one of its own.
    pub(super) fn at(&self, place: &str) -> Option<ast::Expr> {
        let at = place.parse::<usize>().ok()?.checked_sub(1)?;
        self.items.get(at)?.clone().filter(|expr| !matches!(expr, ast::Expr::Value(_)))
    }
}

impl Resolver<'_, '_> {
    /// The value that a name stands for which is not a column's: what the SELECT calls so, where that may be used.
    pub(super) fn named_value(&mut self, name: &Name, fault: Diagnostic) -> Option<Operand> {
        let names = self.here.aliases.all.iter().map(|(alias, _)| alias.text.as_str());
        let Meant::One(at) = name.among(names) else { return self.fault(fault) };
        let (alias, value) = self.here.aliases.all[at].clone();
        if self.here.aliases.usable {
            // What an alias stands for holds none itself.
            self.here.aliases.usable = false;
            let value = self.operand(&value);
            self.here.aliases.usable = true;
            return value;
        }
        let message = format!("`{}` is an alias of this SELECT, which cannot be used here", name.text);
        let help = format!(
            "repeat the expression, or put it into a SELECT in FROM: FROM (SELECT .. AS {0}) WHERE {0} ..",
            if alias.quoted { quoted(&alias.text) } else { alias.text.clone() }
        );
        let fault = Diagnostic::error(Code::UnknownColumn, name.span, message, help);
        self.fault(fault.related(alias.span, "the alias"))
    }
}
