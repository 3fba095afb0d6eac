//! What keeps one record from stopping the job: texts that are searched or replaced are bounded, and a row that
//! the sink cannot take is left out.
//!
//! All of it is decided by types, when the pipeline is compiled: where no text can be as long, nothing is printed.

use super::super::expr::{Aggregate, Expr, ExprKind, Literal};
use super::super::query::{Insert, Query, Stream, StreamColumn, StreamId};
use super::super::regex_cost;
use super::expr::Expressions;
use super::value_name;
use crate::aws::limits::MIB;
use crate::aws::limits::flink::SINK_RECORD_BYTES;
use crate::source::Span;

/// Characters that a text may grow to by a replacement; a few of them fit into the memory of a KPU.
const MOST_REPLACED: u64 = 64 * MIB;
/// Characters of a text without a length: no record is much longer.
const UNBOUNDED: u64 = MIB;
/// How long the texts of a replacement are written that are written twice.
const MOST_COPIED: usize = 250;
/// Bytes of a character in JSON, at most: Flink writes two escapes for one beyond the first 65,536.
const CHARACTER_BYTES: u64 = 12;
/// Bytes of a value that is no text, at most: a DECIMAL with its sign and its point, quotes around a time.
const VALUE_BYTES: u64 = 48;
/// Texts of up to so many characters are not looked at one by one.
const SHORT: u32 = 1_000;

impl Expressions<'_> {
    /// A text, or NULL where it has more characters.
    fn at_most(&self, text: &Expr, characters: u64) -> String {
        let written = self.print(text);
        match &text.kind {
            ExprKind::Column(_) => {
                format!("CASE WHEN CHAR_LENGTH({written}) <= {characters} THEN {written} END")
            }
            // It is not written twice, since it may hold as much in turn.
            _ => format!("REGEXP_EXTRACT({written}, '^(?s).{{0,{characters}}}\\z', 0)"),
        }
    }

    /// The text that is searched, if it is not longer than the expression bears.
    pub(super) fn searched(&self, search: &Expr) -> Option<String> {
        let (text, longest) = regex_cost::searched(search)?;
        let most = regex_cost::limit(text, longest)?;
        Some(self.at_most(text, most.into()))
    }

    /// The text of a replacement, and what takes the place of matches of `what`, each at least a character long where
    /// that is not known. One of the two is NULL where the result could become too long.
    pub(super) fn replaced(&self, call: &Expr, what: Option<&Expr>) -> (String, String) {
        let ExprKind::Call { arguments, .. } = &call.kind else { return Default::default() };
        let (text, by) = (&arguments[0], &arguments[2]);
        let characters = |expr: &Expr| match &expr.kind {
            ExprKind::Literal(Literal::Text(text)) => text.chars().count() as u64,
            _ => expr.data_type.text_length().flatten().map_or(UNBOUNDED, u64::from),
        };
        let each = match what.map(|what| &what.kind) {
            Some(ExprKind::Literal(Literal::Text(text))) => (text.chars().count() as u64).max(1),
            _ => 1,
        };
        let searched =
            regex_cost::searched(call).and_then(|(text, longest)| regex_cost::limit(text, longest));
        let longest = searched.map_or(characters(text), |most| characters(text).min(most.into()));
        let written = self.searched(call).unwrap_or_else(|| self.print(text));
        let matches = longest / each + 1;
        if matches.saturating_mul(characters(by)) <= MOST_REPLACED {
            return (written, self.print(by));
        }
        let copied = self.print(by);
        if written.len().max(copied.len()) <= MOST_COPIED {
            let matches = format!("(CAST(CHAR_LENGTH({written}) AS BIGINT) / {each} + 1)");
            let fits = format!("{matches} * CHAR_LENGTH({copied}) <= {MOST_REPLACED}");
            return (written, format!("CASE WHEN {fits} THEN {copied} END"));
        }
        // What is long is not written twice, so the longer of both has to be short by itself.
        let most = (MOST_REPLACED / characters(by).max(1)).saturating_sub(1) * each;
        if searched.is_none() && characters(by) < characters(text) {
            (self.at_most(text, most.max(1)), copied)
        } else {
            (written, self.at_most(by, (MOST_REPLACED / matches).max(1)))
        }
    }
}

/// What must be true of the rows of an insert, so that the sink takes them; `None` if it takes all that the types
/// allow. Of groups it is asked together with their number of rows, which is [`ROWS`] of their SELECT: Flink would push
/// a condition on their keys alone below the aggregate, and then see no window any more.
pub(super) fn rows_fit(insert: &Insert, output: &Stream, fit: bool) -> Option<String> {
    let fits = fits(output)?;
    Some(match (insert.select.group.is_some(), fit) {
        (false, true) => fits,
        (false, false) => format!("NOT ({fits})"),
        (true, true) => format!("CASE WHEN {fits}\n  THEN {ROWS} > 0 ELSE {ROWS} < 0 END"),
        (true, false) => format!("CASE WHEN {fits}\n  THEN {ROWS} < 0 ELSE {ROWS} > 0 END"),
    })
}

/// Rows of a group, in addition to the columns of the output.
pub(super) const ROWS: &str = "`pipec_rows`";

/// What must be true of the rows of an output, so that the sink takes them; `None` if it takes all that the types
/// allow.
fn fits(output: &Stream) -> Option<String> {
    let key =
        |column: &StreamColumn| serde_json::to_string(&column.name).map_or(0, |key| key.len() as u64 + 2);
    let (mut fixed, mut most) = (2, 2_u64);
    let mut texts = Vec::new();
    for (at, column) in output.columns.iter().enumerate() {
        let value = match column.data_type.text_length() {
            None => VALUE_BYTES,
            Some(Some(length)) => u64::from(length) * CHARACTER_BYTES + 2,
            Some(None) => SINK_RECORD_BYTES,
        };
        most = most.saturating_add(key(column) + value);
        fixed += key(column);
        match column.data_type.text_length() {
            Some(length) if length.is_none_or(|length| length > SHORT) => {
                texts.push(value_name(output, at));
            }
            _ => fixed += value,
        }
    }
    if most <= SINK_RECORD_BYTES {
        return None;
    }
    let rest = SINK_RECORD_BYTES.saturating_sub(fixed);
    let sum = |of: &dyn Fn(&str) -> String| texts.iter().map(|text| of(text)).collect::<Vec<_>>().join(" + ");
    let characters = sum(&|text| format!("COALESCE(CHAR_LENGTH({text}), 0)"));
    // Quotes, escapes and all: four characters for each three bytes. Of the characters that the sink writes as two
    // escapes, JSON_STRING has four bytes, and eight are to be added.
    let encoded = sum(&|text| {
        format!(
            "COALESCE(CHAR_LENGTH(TO_BASE64(JSON_STRING({text}))) + 11 * CHAR_LENGTH(REGEXP_REPLACE({text}, '[^\\x{{10000}}-\\x{{10FFFF}}]', '')), 8)"
        )
    });
    let quotes = 2 * texts.len() as u64;
    Some(format!(
        "{characters} <= {}\n  OR {encoded} <= {}",
        rest.saturating_sub(quotes) / CHARACTER_BYTES,
        rest / 3 * 4,
    ))
}

/// Whether the types of an output allow a row that the sink cannot take.
pub fn row_may_be_too_large(output: &Stream) -> bool {
    fits(output).is_some()
}

/// Where a LISTAGG without a length is that an output's rows can hold, so that they grow with the groups.
pub fn unbounded_list(query: &Query, output: &Stream) -> Option<Span> {
    let is_long = |column: &StreamColumn| column.data_type.text_length() == Some(None);
    let is_list = |expr: &Expr| matches!(expr.kind, ExprKind::Aggregate { function: Aggregate::ListAgg, .. });
    let mut streams: Vec<StreamId> =
        query.stream_ids().filter(|id| query.stream(*id).name == output.name).collect();
    let mut at = 0;
    while let Some(&id) = streams.get(at) {
        at += 1;
        if !query.stream(id).columns.iter().any(is_long) {
            continue;
        }
        for insert in query.inserts_into(id) {
            let items = insert.select.items.iter().zip(&query.stream(id).columns);
            let list = items.filter(|(_, column)| is_long(column)).find(|(item, _)| item.any(&is_list));
            if let Some((item, _)) = list {
                return Some(item.span);
            }
            let from = insert.select.from.streams();
            streams.extend(from.into_iter().filter(|id| !streams.contains(id)).collect::<Vec<_>>());
        }
    }
    None
}
