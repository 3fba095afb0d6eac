//! How often Flink plans a SELECT: once for each place where its rows are read, since a view is no more than its text.
//! A chain of streams in which each reads the one before twice doubles with every link.

use super::super::query::{Insert, Query, Role, StreamId};
use super::super::refuse::refusal;
use super::Printer;
use super::from::has_wide_session;
use crate::aws::limits::flink::{PLANNED_SELECTS_MAX, PLANNED_SELECTS_OF_ALL_MAX};
use crate::diagnostics::Diagnostic;

/// SELECTs that the generated text holds once more for each place where they are read, all together.
const WRITTEN_OUT_MAX: usize = 200;
/// The same within one another, which Flink's parser goes down.
const WRITTEN_OUT_LEVELS_MAX: usize = 30;

/// Bytes of one expression in Flink's SQL, texts apart. Of 80,000, the code that Flink generates is not compiled within
/// minutes (2.2.1, 2026-11). Long values of the rows of one stream are columns of their own, which come nowhere near.
const EXPRESSION_MAX: usize = 30_000;
/// How many times as long as the SQL that it was made of such an expression is at least: a long list is not one.
const GROWTH_MIN: usize = 4;

/// Why Flink could not plan a query within a reasonable time; `None` if it can.
pub fn unplannable(query: &Query) -> Option<Diagnostic> {
    read_too_often(query).or_else(|| too_long(query))
}

/// Why Flink could not compile an expression; `None` if it can.
fn too_long(query: &Query) -> Option<Diagnostic> {
    let is_long = |insert: &&Insert| {
        let text = Printer::new(query, insert).select();
        let longest = text.lines().map(without_texts).max().unwrap_or_default();
        let written = insert.select.span.range().len();
        longest > EXPRESSION_MAX.max(GROWTH_MIN * written)
    };
    let insert = query.inserts.iter().find(is_long)?;
    let what = "an expression whose generated code is too long for Flink";
    let help = "compute a part of it in a SELECT in FROM, under a name: FROM (SELECT x * 2 AS y FROM s) AS t";
    Some(refusal(insert.select.span, what, help))
}

/// Bytes of a line that are in no quotes.
fn without_texts(line: &str) -> usize {
    line.split('\'').step_by(2).map(str::len).sum()
}

/// SELECTs after the rows of a stream.
#[derive(Clone, Copy, Default)]
struct Behind {
    /// Of all views, each as often as it is read.
    planned: usize,
    /// Of those that the text repeats.
    written: usize,
    /// How deep these are within one another.
    levels: usize,
}

/// Why Flink could not plan all that is read; `None` if it can.
fn read_too_often(query: &Query) -> Option<Diagnostic> {
    let mut behind = vec![Behind::default(); query.streams.len()];
    let mut all = Behind::default();
    // A stream comes after those that it reads.
    for at in 0..query.streams.len() {
        let id = StreamId(at);
        let (is_inner, is_wide) = (query.stream(id).role == Role::Inner, has_wide_session(query, id));
        for insert in query.inserts_into(id) {
            let mut own = Behind { planned: 1, ..Behind::default() };
            for read in insert.select.from.streams() {
                let read = behind[read.0];
                own.planned = own.planned.saturating_add(read.planned);
                own.written = own.written.saturating_add(read.written);
                own.levels = own.levels.max(read.levels);
            }
            if !is_inner {
                all.planned = all.planned.saturating_add(own.planned);
            }
            all.written = all.written.saturating_add(own.written);
            if all.written > WRITTEN_OUT_MAX || own.levels > WRITTEN_OUT_LEVELS_MAX {
                let what = "a session by several columns that is read in this many places";
                let help = "join the columns into one in a SELECT in FROM, and partition by that: a || ',' || b AS k";
                return Some(refusal(insert.select.span, what, help));
            }
            let most = match all.planned > PLANNED_SELECTS_OF_ALL_MAX {
                true => Some(PLANNED_SELECTS_OF_ALL_MAX),
                false => Some(PLANNED_SELECTS_MAX).filter(|most| own.planned > *most),
            };
            if let Some(most) = most {
                let what =
                    format!("SQL whose streams are read so often that Flink plans more than {most} SELECTs");
                let help = "read each stream once or twice, or continue in a second pipeline that reads an output of this one";
                return Some(refusal(insert.select.span, &what, help));
            }
            if is_inner {
                behind[at].planned = behind[at].planned.saturating_add(own.planned);
            }
            if is_wide {
                behind[at].written = behind[at].written.saturating_add(own.written + 1);
                behind[at].levels = behind[at].levels.max(own.levels + 1);
            }
        }
    }
    None
}
