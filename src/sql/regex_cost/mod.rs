//! What a regular expression of Java's can cost: it goes back and tries again, in a time that grows with a power of the
//! text's length or twofold with each character, and it calls itself for each pass of a group. A job whose task
//! is busy for hours, or whose stack overflows, has stopped. So Flink gets a text only as long as the expression bears.
//!
//! The expression is read into the places where a character is taken and what may follow each of them. Two ways
//! through a loop for the same text make it exponential; each loop that can take over a part of the text from the
//! one before it raises the power by one. Both are judged by sets of characters: sometimes too high, never too low for what
//! is read here. Possessive quantifiers and atomic groups go back nowhere.

mod places;
mod read;

use places::Places;
use read::{Node, read};

use super::expr::{Expr, ExprKind, Function, Literal, Pattern, PatternPart};
use super::query::Query;
use super::similar;
use crate::source::Span;

/// How an expression is applied to a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Applied {
    /// It is looked for from every character on.
    Found,
    /// It has to match the whole text.
    Whole,
}

/// The longest text, in characters, that an expression is given in Flink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Longest {
    /// Any: its time grows with the text.
    Any,
    /// So many: beyond, one text could take seconds, or overflow the stack.
    Characters(u32),
    /// So few that nothing is left of it: the time doubles with every character or two.
    Hopeless,
}

/// Characters of a text whose time grows with the square of its length: about a second at 10^8 steps (Java 17, measured
/// 2026-11-30: `a+x` takes more than 25 s for 100,000 characters).
const SQUARE: u32 = 10_000;
/// The same for the third power.
const CUBE: u32 = 400;
/// The same for the fourth.
const FOURTH: u32 = 100;
/// Up to so many characters, twofold growth is harmless.
const EXPONENTIAL: u32 = 20;
/// Steps of a group's repetition that a stack of 1 MiB holds, each weighed by the parts of the group (Java 17, measured
/// 2026-11-30: `(a|b)*` overflows between 1,000 and 3,000 passes, `((a|b)(c?|d))*` below 1,000).
const STACK: u32 = 2_000;

/// The longest text for an expression.
pub(super) fn longest(expression: &str, applied: Applied) -> Longest {
    let node = read(expression);
    let places = Places::of(&node, applied);
    if places.is_exponential() {
        return Longest::Hopeless;
    }
    let by_time = match places.power() {
        0 | 1 => None,
        2 => Some(SQUARE),
        3 => Some(CUBE),
        4 => Some(FOURTH),
        _ => return Longest::Hopeless,
    };
    match by_time.into_iter().chain(stack(&node)).min() {
        Some(characters) => Longest::Characters(characters),
        None => Longest::Any,
    }
}

/// A search in a text that may be longer than its expression bears in Flink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CostlySearch {
    /// The longest text that is searched, in characters; `None` if the time doubles with every character or two.
    pub longest: Option<u32>,
    /// Where the search is written.
    pub span: Span,
}

impl Query {
    /// The searches of the query whose texts may be too long for Flink, each place once.
    pub fn costly_searches(&self) -> Vec<CostlySearch> {
        fn gather(expr: &Expr, found: &mut Vec<CostlySearch>) {
            if let Some((text, longest)) = searched(expr)
                && let Some(most) = limit(text, longest)
            {
                let longest = (longest != Longest::Hopeless).then_some(most);
                // A pattern of LIKE is not an expression with a place of its own.
                let span = match &expr.kind {
                    ExprKind::Call { arguments, .. } => {
                        arguments.get(1).map_or(expr.span, |written| written.span)
                    }
                    _ => expr.span,
                };
                let search = CostlySearch { longest, span };
                if found.iter().all(|before| before.span != search.span) {
                    found.push(search);
                }
            }
            expr.operands(&mut |operand| gather(operand, found));
        }
        let mut found = Vec::new();
        for insert in &self.inserts {
            for expr in insert.select.expressions().into_iter().chain(insert.select.from.expressions()) {
                gather(expr, &mut found);
            }
        }
        found
    }
}

/// The text that an expression searches, and how long it may be.
pub(super) fn searched(expr: &Expr) -> Option<(&Expr, Longest)> {
    let constant = |expr: &Expr| match &expr.kind {
        ExprKind::Literal(Literal::Text(text)) => Some(text.clone()),
        _ => None,
    };
    match &expr.kind {
        ExprKind::Call { function: Function::RegexpReplace | Function::RegexpExtract, arguments } => {
            Some((arguments.first()?, longest(&constant(arguments.get(1)?)?, Applied::Found)))
        }
        ExprKind::Call { function: Function::SimilarTo, arguments } => {
            let escape = arguments.get(2).and_then(constant).and_then(|escape| escape.chars().next());
            let java = similar::java(&constant(arguments.get(1)?)?, escape).ok()?;
            Some((arguments.first()?, longest(&java, Applied::Whole)))
        }
        ExprKind::Like { operand, pattern, .. } => Some((operand, like(pattern))),
        _ => None,
    }
}

/// Flink makes a regular expression of a pattern that has `_`, or needs an escape character.
fn like(pattern: &Pattern) -> Longest {
    let is_expression = pattern.parts.iter().any(|part| match part {
        PatternPart::One => true,
        PatternPart::Text(text) => text.contains(['%', '_']),
        PatternPart::Any => false,
    });
    if !is_expression {
        return Longest::Any;
    }
    let part = |part: &PatternPart| match part {
        PatternPart::One => ".".into(),
        PatternPart::Any => ".*".into(),
        PatternPart::Text(text) => format!(r"\Q{}\E", text.replace(r"\E", r"\E\\E\Q")),
    };
    longest(&pattern.parts.iter().map(part).collect::<String>(), Applied::Whole)
}

/// How many characters of a text are searched at most, where its type allows for more.
pub(super) fn limit(text: &Expr, longest: Longest) -> Option<u32> {
    let most = match longest {
        Longest::Any => return None,
        Longest::Characters(most) => most,
        Longest::Hopeless => EXPONENTIAL,
    };
    let length = text.data_type.text_length().flatten();
    length.is_none_or(|length| length > most).then_some(most)
}

/// Repetitions that a loop without calls takes; more of them count as any number.
const FEW: u32 = 50;

/// The longest text whose passes through a group fit on the stack.
fn stack(node: &Node) -> Option<u32> {
    let inner = node.parts().iter().filter_map(|part| stack(part)).min();
    let own = match node {
        // A group of a fixed form is repeated by a loop, another one by a call for each pass.
        Node::Repeat { node, most, .. } if most.is_none_or(|most| most > FEW) && !node.is_fixed() => {
            Some((STACK / node.weight().max(1)).max(EXPONENTIAL) * node.shortest().clamp(1, 50))
        }
        _ => None,
    };
    inner.into_iter().chain(own).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_whose_time_doubles_are_known() {
        for expression in [
            "(a+)+$",
            "(a*)*y",
            "(a|a)*y",
            "(a|aa)+$",
            "(a|a?)+$",
            "(x+x+)+y",
            r"(\w+\s?)*!",
            r"^(([a-z])+.)+[A-Z]([a-z])+$",
            r"([\w.]+)*@",
            "((a|b)*|c)*y",
            "(?i)(A|a)+z",
            "(.*,)*x",
            "(a?){60}y",
            "(.*a){12}y",
        ] {
            assert_eq!(longest(expression, Applied::Found), Longest::Hopeless, "{expression}");
        }
    }

    #[test]
    fn expressions_whose_time_is_a_power_get_shorter_texts() {
        for (expression, applied, characters) in [
            ("a+x", Applied::Found, SQUARE),
            (r"\d+px", Applied::Found, SQUARE),
            ("x*+y", Applied::Found, SQUARE),
            ("^.*a.*b", Applied::Found, SQUARE),
            ("a*a*a*x", Applied::Found, FOURTH),
            (".*a.*b.*c", Applied::Whole, CUBE),
        ] {
            assert_eq!(longest(expression, applied), Longest::Characters(characters), "{expression}");
        }
    }

    #[test]
    fn expressions_as_people_write_them_take_any_text() {
        for expression in [
            "abc",
            r"\d+",
            r"^(\d+) (\w+)$",
            r"[a-z]+",
            r"^\[([^\]]*)\] (.*)$",
            r"(\d{4})-(\d{2})-(\d{2})",
            r"^(\S+) (\S+) (\S+) \[([^\]]+)\]",
            r"(ab|cd)x",
            r"(a)*",
            r"(?>a+)",
            "[0-9]{1,3}(,[0-9]{3}){0,5}",
            "",
            r"\Qa+\E",
        ] {
            assert_eq!(longest(expression, Applied::Found), Longest::Any, "{expression}");
        }
    }

    #[test]
    fn groups_that_call_themselves_get_shorter_texts() {
        for expression in ["(a|b)*", "(?:[^,]+,)*x?", "(ab?)*"] {
            let Longest::Characters(characters) = longest(expression, Applied::Found) else {
                panic!("{expression} takes any text")
            };
            assert!((100..=1000).contains(&characters), "{expression}: {characters}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(expression in r"[ab.()|*+?{}\[\]^$\\,0-9dwsQE:=!<>i-]{0,30}") {
            longest(&expression, Applied::Found);
            longest(&expression, Applied::Whole);
        }
    }
}
