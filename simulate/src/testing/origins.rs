//! Which SELECT made a row, and which one left a record out: for the message of a test that fails. Only SQL without state has an
//! answer, since of other SQL several records make a row.

use std::path::Path;

use pipec_compiler::Stack;
use pipec_compiler::source::{Sources, Span};
use pipec_compiler::sql::{Role, Step, print_steps};
use pipec_compiler::terminal::printable;
use pipec_core::query::Query;
use pipec_core::{Outcome, RecordProgram, Unpack};
use serde_json::Value;

use super::Test;
use super::outcome::lines;
use super::run::arrivals;

/// Records that a message explains.
const SHOWN: usize = 10;
/// Characters of a condition that a message shows.
const CONDITION: usize = 60;

/// What each SELECT made of each record of a test.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    outputs: Vec<Output>,
}

#[derive(Clone, Debug)]
struct Output {
    name: String,
    /// Whether it is what `expect.rows` compares.
    is_main: bool,
    records: Vec<Record>,
}

#[derive(Clone, Debug, Default)]
struct Record {
    /// Whether the SQL cannot read it.
    is_unreadable: bool,
    /// The rows that leave the SQL, each with the place of its SELECT.
    rows: Vec<(Value, String)>,
    /// What left rows out, in sentences without the record.
    left_out: Vec<String>,
}

/// The programs of a [`Step`], and its places as they are shown.
struct Runs {
    select: String,
    conditions: Vec<(String, RecordProgram)>,
    joins: Vec<String>,
    is_last: bool,
    read: RecordProgram,
    joined: RecordProgram,
    made: RecordProgram,
}

impl Origins {
    /// Runs the records of a test through each SELECT alone; the folder is that of the test's files. Nothing where the SQL has
    /// state, or where there is none.
    pub fn of(stack: &Stack, sources: &Sources, test: &Test, folder: &Path) -> Self {
        Self::found(stack, sources, test, folder).unwrap_or_default()
    }

    fn found(stack: &Stack, sources: &Sources, test: &Test, folder: &Path) -> Option<Self> {
        let query = stack.checked.query()?;
        let pipeline = stack.checked.pipeline();
        let first = pipeline.deliveries.first().and_then(|delivery| pipeline.output(delivery, query));
        let main = first.or(query.outputs().next())?.name.clone();
        let transforms = pipeline.deliveries.iter().filter_map(|delivery| delivery.transform.as_ref());
        let unpack = transforms.filter_map(|transform| transform.unpack.as_ref()).next().is_some();
        let unpack = unpack.then_some(Unpack::CloudwatchLogs);
        let ids = query.stream_ids().filter(|id| query.stream(*id).role == Role::Output);
        let mut outputs = Vec::new();
        for id in ids {
            let steps = print_steps(query, id).ok()?;
            let steps = steps.into_iter().map(|step| Runs::of(step, sources, unpack));
            let (steps, name) = (steps.collect::<Option<Vec<_>>>()?, query.stream(id).name.clone());
            let mut records = Vec::new();
            let mut arrivals = arrivals(stack, &test.given, folder).ok()?;
            while let Some(arrival) = arrivals.arrive().ok()? {
                records.push(Record::of(&steps, &arrival.record.data, arrival.at));
            }
            outputs.push(Output { is_main: name == main, name, records });
        }
        Some(Self { outputs })
    }

    /// The rows of an output; `None` is the one that `expect.rows` compares.
    pub(super) fn output(&self, name: Option<&str>) -> Option<OutputOrigins<'_>> {
        let is_it = |output: &&Output| name.map_or(output.is_main, |name| output.name == name);
        self.outputs.iter().find(is_it).map(OutputOrigins)
    }
}

/// What is known of the rows of one output.
#[derive(Clone, Copy, Debug)]
pub(super) struct OutputOrigins<'o>(&'o Output);

impl OutputOrigins<'_> {
    /// The record and the SELECT that a row comes from, where only one does.
    pub fn of(self, row: &Value) -> Option<String> {
        let mut found = self.0.records.iter().enumerate().flat_map(|(at, record)| {
            record.rows.iter().filter(|(one, _)| one == row).map(move |(_, select)| (at, select))
        });
        let (at, select) = found.next()?;
        found.next().is_none().then(|| format!("  made of record {} by the SELECT at {select}", at + 1))
    }

    /// The records that no row, or not each row, is left of, and why.
    pub fn left_out(self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for (at, record) in self.0.records.iter().enumerate() {
            if record.is_unreadable {
                all.push(format!("  record {} failed: the SQL cannot read it", at + 1));
            }
            all.extend(record.left_out.iter().map(|why| format!("  record {}: {why}", at + 1)));
        }
        let hidden = all.len().saturating_sub(SHOWN);
        all.truncate(SHOWN);
        all.extend((hidden > 0).then(|| format!("  and {hidden} more")));
        all
    }
}

impl Runs {
    fn of(step: Step, sources: &Sources, unpack: Option<Unpack>) -> Option<Self> {
        let program = |query: Query| Some(RecordProgram::querying(query, "\n").ok()?.unpacking(unpack));
        let place = |span: Span| {
            let file = sources.file(span.file);
            format!("{}:{}", file.path(), file.position(span.start as usize).line)
        };
        let conditions = step.conditions.into_iter().map(|(span, query)| {
            let text: Vec<&str> = sources.file(span.file).text()[span.range()].split_whitespace().collect();
            let shown: String = printable(&text.join(" ")).chars().take(CONDITION).collect();
            Some((format!("`{shown}` at {}", place(span)), program(query)?))
        });
        Some(Self {
            select: place(step.select),
            conditions: conditions.collect::<Option<_>>()?,
            joins: step.joins.into_iter().map(place).collect(),
            is_last: step.is_last,
            read: program(step.read)?,
            joined: program(step.joined)?,
            made: program(step.made)?,
        })
    }
}

impl Record {
    fn of(steps: &[Runs], data: &[u8], at: i64) -> Self {
        let mut record = Self::default();
        for step in steps {
            let rows = |program: &RecordProgram| match program.apply_at(data, at) {
                Outcome::Ok(rows) => Some(lines(&[rows.into_owned()])),
                Outcome::Dropped => Some(Vec::new()),
                Outcome::ProcessingFailed => None,
            };
            let (Some(read), Some(joined), Some(made)) =
                (rows(&step.read), rows(&step.joined), rows(&step.made))
            else {
                record.is_unreadable = true;
                return record;
            };
            let of = |left: usize, all: usize| match all {
                1 => "the row is left out".to_owned(),
                _ => format!("{left} of {all} rows are left out"),
            };
            if joined.len() < read.len() {
                let (left, joins) = (of(read.len() - joined.len(), read.len()), step.joins.join(", "));
                record.left_out.push(format!("{left}: without a partner in the JOIN at {joins}"));
            }
            let meet =
                |(_, one): &&(String, RecordProgram)| rows(one).map_or(0, |rows| rows.len()) < joined.len();
            if let Some((condition, _)) = step.conditions.iter().find(meet) {
                let left = of(joined.len() - made.len(), joined.len());
                record.left_out.push(format!("{left} by the condition {condition}"));
            }
            if step.is_last {
                record.rows.extend(made.into_iter().map(|row| (row, step.select.clone())));
            }
        }
        record
    }
}
