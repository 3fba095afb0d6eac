//! What Flink's planner must not see through.
//!
//! Where it knows that a condition is never true, it leaves out what follows it, and then misses the windows and the
//! bounds of time there. A column that it knows to be one constant is none that rows are sorted or joined by. And what
//! a column is, it writes out at each place that names the column, which multiplies a long expression.
//!
//! A number that is drawn is unknown to it. A condition that rests on nothing else it would still move, as far as
//! between a window by the clock and its groups, which it has no plan for; so the number is a column, or a count. It is
//! a call with an argument, since Flink fails over a condition of a join in which every call is without one (2.2.1,
//! 2026-11).

use super::super::data_type::DataType;
use super::super::expr::Literal;
use super::quote;

/// Never true, and not known to be so.
const NEVER: &str = "RAND_INTEGER(1) < 0";

/// How long the text of a column may be that Flink writes out at each place of its name.
const MOST_WRITTEN_OUT: usize = 400;

/// The same of all places together.
const MOST_OF_ALL_PLACES: usize = 2000;

/// What [`NEVER`] draws.
pub(super) const DRAWN: &str = "RAND_INTEGER(1)";

/// A condition whose value Flink cannot know.
pub(super) fn condition(text: &str) -> String {
    condition_unless(NEVER, text)
}

/// The same, which Flink does not move to before a column that is `never` below 0. An IF, since Flink takes a CASE of
/// truths apart, and turns several with one condition into one another forever.
pub(super) fn condition_unless(never: &str, text: &str) -> String {
    format!("IF({never}, TRUE, {text})")
}

/// The same of groups, by their number of rows. Flink has no plan for an IF there.
pub(super) fn condition_of_group(rows: &str, text: &str) -> String {
    format!("CASE WHEN {rows} < 0 THEN TRUE ELSE {text} END")
}

/// A value that Flink cannot know, nor write out at each place of its name.
pub(super) fn value(text: &str) -> String {
    format!("CASE WHEN {NEVER} THEN NULL ELSE {text} END")
}

/// A constant that Flink cannot know, of a type. A CASE of two NULLs would be one again.
pub(super) fn constant(text: &str, data_type: DataType) -> String {
    format!("IF({NEVER}, {}, {text})", quote::literal(&Literal::Null, data_type))
}

/// The whole text, with what its first reader wonders about.
pub(super) fn explained(text: String) -> String {
    if !text.contains(DRAWN) {
        return text;
    }
    let comment =
        "-- RAND_INTEGER(1) is always 0. It hides a value from Flink's planner, or has it computed once.\n\n";
    text.replacen("\n\n", &format!("\n{comment}"), 1)
}

/// The value of a column, which is computed once where it is long, or where so many places name it that it would be
/// long in all of them.
pub(super) fn computed_once(text: String, places: usize) -> String {
    let is_opaque = text.starts_with("CASE WHEN RAND_INTEGER(1) < 0 ");
    let is_long = text.len() > MOST_WRITTEN_OUT || places > 1 && text.len() * places > MOST_OF_ALL_PLACES;
    if is_long && !is_opaque { value(&text) } else { text }
}
