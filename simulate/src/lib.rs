//! The pipeline on this machine: records through partition keys and shards, the transform's own code, Firehose's buffers
//! and into objects under the keys that Firehose would give them. SQL with state runs on a real Flink. One pass; the memory
//! does not grow with the records.

pub mod arrivals;
pub mod buffer;
pub mod bulk;
pub mod compress;
pub mod content;
pub mod conversion;
pub mod delivery;
mod error_document;
pub mod flink;
pub mod java_time;
pub mod object_key;
pub mod outputs;
pub mod shards;
pub mod source;
pub mod sql;
pub mod store;
pub mod table;
pub mod testing;
pub mod trace;
pub mod trace_text;
pub mod transform;
pub mod version;

use std::io;
use std::path::PathBuf;

use arrivals::{Arrival, Arrivals};
use delivery::DeliveryRun;
use outputs::Outputs;
use shards::Shards;
use sql::{Made, Sql};
use store::Store;
use trace::{ConsumerTrace, ShownFate, ShownRecord, SourceTrace, StreamTrace, Trace, time_text};

use pipec_compiler::Stack;
use pipec_compiler::diagnostics::suggest::nearest;
use pipec_compiler::plan::{ConsumerPlan, DeliveryPlan, Plan, Reads};
use pipec_compiler::sql::ERROR_STREAM;

/// When the first record arrives, unless it has a time: 2026-01-01T00:00:00Z, so that each run gives the same keys.
pub const START: i64 = 1_767_225_600_000;

/// Settings of a run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What random keys and names start from.
    pub seed: u64,
    /// Records that are shown with what became of them.
    pub show: usize,
    /// Where the objects go.
    pub store: Store,
    /// Without a stream: the delivery that the records are put into; the first one if not named.
    pub into: Option<String>,
    /// When the run starts, milliseconds since 1970: the time of what has none.
    pub start: i64,
    /// Whether Flink runs SQL that needs no state, too.
    pub on_flink: bool,
    /// Whether the trace has the content of what is delivered, and the rows. For small runs.
    pub keeps_contents: bool,
}

impl Settings {
    /// Settings of a run without anything shown.
    pub fn new(store: Store) -> Self {
        Self { seed: 0, show: 0, store, into: None, start: START, on_flink: false, keeps_contents: false }
    }
}

/// A pipeline that runs here.
#[derive(Debug)]
pub struct Simulation<'p> {
    plan: &'p Plan,
    /// Bytes of an average record, as the spec declares it.
    declared_record_size: u64,
    shards: Option<Shards>,
    records: u64,
    bytes: u64,
    sql: Option<Sql>,
    outputs: Outputs,
    deliveries: Deliveries,
    shown: Vec<ShownRecord>,
    show: usize,
    notes: Vec<String>,
    /// Version of the Flink that runs the SQL.
    flink: Option<String>,
}

/// Deliveries with what each gets.
type Deliveries = Vec<(Gets, DeliveryRun)>;

/// What a delivery gets.
#[derive(Clone, Debug, PartialEq)]
enum Gets {
    /// The records that arrive.
    Records,
    /// Rows of this output of the SQL.
    Rows(String),
    /// Nothing here: records are put into another delivery.
    Nothing,
}

impl<'p> Simulation<'p> {
    /// A pipeline with nothing in it.
    ///
    /// # Errors
    /// What cannot run here, in a sentence.
    pub fn new(stack: &'p Stack, settings: &Settings) -> Result<Self, String> {
        pipec_records::record::seed_keys(settings.seed);
        let plan = &stack.plan;
        let sql = Sql::of(stack, settings.start, settings.on_flink)?;
        let (deliveries, notes) = deliveries(stack, settings)?;
        let read = |output: &str| deliveries.iter().any(|(gets, _)| *gets == Gets::Rows(output.to_owned()));
        let names = sql.as_ref().map(Sql::outputs).unwrap_or_default();
        let outputs = Outputs::new(stack, names, read, settings);
        let shards = plan.stream.as_ref().map(|stream| stream.shards);
        Ok(Self {
            plan,
            declared_record_size: stack.checked.pipeline().intake.record_size.value,
            shards: shards.flatten().map(Shards::new),
            records: 0,
            bytes: 0,
            sql,
            outputs,
            deliveries,
            shown: Vec::new(),
            show: settings.show,
            notes,
            flink: None,
        })
    }

    /// Whether a job waits for Flink after the records have arrived.
    pub fn needs_flink(&self) -> bool {
        matches!(self.sql, Some(Sql::Flink(_)))
    }

    /// All records arrive.
    ///
    /// # Errors
    /// Why they do not, in a sentence.
    pub fn feed(&mut self, arrivals: &mut Arrivals) -> Result<(), String> {
        while let Some(arrival) = arrivals.arrive()? {
            self.arrive(&arrival).map_err(|error| unwritable(&error))?;
        }
        Ok(())
    }

    /// The file of the job that Flink has to run before [`Simulation::finish`].
    ///
    /// # Errors
    /// Why it cannot be written, in a sentence.
    pub fn job(&mut self) -> Result<Option<PathBuf>, String> {
        match &mut self.sql {
            Some(Sql::Flink(job)) => job.file().map(Some).map_err(|error| unwritable(&error)),
            Some(Sql::InProcess(_)) | None => Ok(None),
        }
    }

    /// The job has run on a Flink of this version.
    pub fn ran_on(&mut self, flink: &str) {
        self.flink = Some(flink.to_owned());
    }

    /// Ends: what Flink has made is delivered, and what waits is delivered when it is due.
    ///
    /// # Errors
    /// Why it does not, in a sentence.
    pub fn finish(mut self, arrivals: &Arrivals, name: &str) -> Result<Trace, String> {
        if let Some(Sql::Flink(job)) = &self.sql
            && let Some(fault) = job.fault()
        {
            return Err(format!("Flink cannot run the SQL: {fault}"));
        }
        self.deliver_rows(arrivals).map_err(|error| unwritable(&error))?;
        self.end(arrivals, name).map_err(|error| unwritable(&error))
    }

    fn arrive(&mut self, arrival: &Arrival) -> io::Result<()> {
        let Arrival { record, at } = arrival;
        self.records += 1;
        self.bytes += record.data.len() as u64;
        if let Some(shards) = &mut self.shards {
            let key = record.partition_key();
            shards.add(&key, (record.data.len() + key.len()) as u64, *at);
        }
        let shown = (self.shown.len() < self.show).then(|| {
            let text = content::text(&record.data).trim_end().to_owned();
            self.shown.push(ShownRecord { record: text, arrived: time_text(*at), fates: Vec::new() });
            self.shown.len() - 1
        });
        for (gets, delivery) in &mut self.deliveries {
            if *gets == Gets::Records {
                delivery.add(&record.data, *at, shown)?;
            }
        }
        let Some(sql) = &mut self.sql else { return Ok(()) };
        let (outputs, deliveries) = (&mut self.outputs, &mut self.deliveries);
        let mut fates = Vec::new();
        sql.add(*at, &record.data, |number, made| {
            if shown.is_some() {
                let (result, content) = match &made {
                    Made::Rows(rows) => ("rows", Some(content::text(rows).trim_end().to_owned())),
                    Made::Dropped => ("dropped", None),
                    Made::Skipped => ("skipped", None),
                };
                let delivery = format!("SQL to {}", outputs.name(number));
                fates.push(ShownFate { delivery, result, content });
            }
            let Made::Rows(rows) = made else { return Ok(()) };
            let rows = rows.strip_suffix(b"\n").unwrap_or(rows).split(|byte| *byte == b'\n');
            rows.into_iter().try_for_each(|row| row_out(outputs, deliveries, number, row, *at))
        })?;
        if let Some(shown) = shown {
            self.shown[shown].fates.append(&mut fates);
        }
        Ok(())
    }

    /// Delivers what Flink has made.
    fn deliver_rows(&mut self, arrivals: &Arrivals) -> io::Result<()> {
        let Some(Sql::Flink(job)) = &self.sql else { return Ok(()) };
        let Some((first, last)) = arrivals.span() else { return Ok(()) };
        let (outputs, deliveries) = (&mut self.outputs, &mut self.deliveries);
        for (number, output) in job.outputs().iter().enumerate() {
            let mut before = first;
            job.rows(output, |row| {
                // The end of the records closes all windows: later records would.
                before = row.watermark.clamp(before, last);
                row_out(outputs, deliveries, number, row.data, before)
            })?;
        }
        Ok(())
    }

    fn end(self, arrivals: &Arrivals, name: &str) -> io::Result<Trace> {
        let plan = self.plan;
        let stats = arrivals.stats.now();
        let span = arrivals.span();
        let seconds = span.map_or(0.0, |(first, last)| last.saturating_sub(first) as f64 / 1000.0);
        let per = |all: f64, of: f64| if of > 0.0 { all / of } else { 0.0 };
        let source = SourceTrace {
            name: name.to_owned(),
            records_in: self.records + stats.records_too_large,
            records_out: self.records,
            bytes_out: self.bytes,
            too_large: stats.records_too_large,
            without_key: stats.records_without_key,
            without_time: arrivals.without_time,
            first: span.map(|(first, _)| time_text(first)),
            last: span.map(|(_, last)| time_text(last)),
            records_per_second: per(self.records.saturating_sub(1) as f64, seconds),
            average_record_size: per(self.bytes as f64, self.records as f64),
            declared_record_size: self.declared_record_size,
        };
        let shards = self.shards.as_ref().map(Shards::trace).unwrap_or_default();
        let stream = plan.stream.as_ref().map(|stream| StreamTrace {
            name: stream.logical_id.to_string(),
            records: self.records,
            shards,
        });
        let mut shown = self.shown;
        let mut deliveries = Vec::new();
        for (_, delivery) in self.deliveries {
            let (trace, fates) = delivery.finish()?;
            deliveries.push(trace);
            for (number, fate) in fates {
                shown[number].fates.push(fate);
            }
        }
        let consumer =
            |consumer: &ConsumerPlan| ConsumerTrace { name: consumer.name.clone(), records: self.records };
        Ok(Trace {
            pipeline: plan.name.clone(),
            source,
            stream,
            rows: self.outputs.finish(self.sql.as_ref(), self.flink.as_deref(), self.records)?,
            deliveries,
            consumers: plan.consumers.iter().map(consumer).collect(),
            notes: self.notes,
            shown,
        })
    }
}

/// A row leaves the SQL.
fn row_out(
    outputs: &mut Outputs,
    deliveries: &mut [(Gets, DeliveryRun)],
    number: usize,
    row: &[u8],
    at: i64,
) -> io::Result<()> {
    outputs.add(number, row)?;
    let name = outputs.name(number);
    for (gets, delivery) in deliveries {
        if matches!(gets, Gets::Rows(output) if output == name) {
            delivery.add(row, at, None)?;
        }
    }
    Ok(())
}

/// The deliveries with what each gets, and what runs in another way than in AWS.
fn deliveries(stack: &Stack, settings: &Settings) -> Result<(Deliveries, Vec<String>), String> {
    let plan = &stack.plan;
    let is_direct = |delivery: &&DeliveryPlan| matches!(delivery.reads, Reads::Direct(_));
    let into = match &settings.into {
        Some(_) if !plan.deliveries.iter().any(|delivery| is_direct(&delivery)) => {
            return Err("the records are written to the stream, and each delivery reads from there; leave out the delivery to write to".into());
        }
        None => plan.deliveries.first().map(|delivery| delivery.logical_id.clone()),
        Some(name) => {
            let named = plan.deliveries.iter().find(|delivery| delivery.name.as_ref() == Some(name));
            Some(named.ok_or_else(|| unknown_delivery(plan, name))?.logical_id.clone())
        }
    };
    let pipeline = stack.checked.pipeline();
    let (mut deliveries, mut notes) = (Vec::new(), Vec::new());
    for delivery in &plan.deliveries {
        let of_spec = pipeline.delivery(delivery.name.as_deref());
        let output = of_spec.zip(stack.checked.query()).and_then(|(one, query)| pipeline.output(one, query));
        let gets = match &delivery.reads {
            Reads::Stream => Gets::Records,
            Reads::Rows(logical_id) => {
                Gets::Rows(output.map_or(logical_id.clone(), |output| output.name.clone()))
            }
            Reads::Direct(_) if Some(&delivery.logical_id) == into.as_ref() => Gets::Records,
            Reads::Direct(_) => Gets::Nothing,
        };
        let run = DeliveryRun::new(stack, delivery, settings)
            .map_err(|problem| format!("{}: {problem}", delivery.words()))?;
        notes.extend(run.notes());
        if gets == Gets::Nothing {
            let name = delivery.name.as_deref().unwrap_or_default();
            notes.push(format!("{}: nothing is put into it; use `--into {name}`", delivery.words()));
        }
        deliveries.push((gets, run));
    }
    if let Some(errors) = &plan.error_delivery {
        let run = DeliveryRun::of_errors(plan, errors, settings)
            .map_err(|problem| format!("the delivery of error records: {problem}"))?;
        deliveries.push((Gets::Rows(ERROR_STREAM.into()), run));
    }
    Ok((deliveries, notes))
}

/// The names that may follow `--into`.
fn unknown_delivery(plan: &Plan, name: &str) -> String {
    let names: Vec<&str> = plan.deliveries.iter().filter_map(|delivery| delivery.name.as_deref()).collect();
    match nearest(name, names.iter().copied()) {
        Some(meant) => format!("there is no delivery `{name}`; did you mean `{meant}`?"),
        None if names.is_empty() => {
            format!(
                "there is no delivery `{name}`: the only one has no name; leave out the delivery to write to"
            )
        }
        None => format!("there is no delivery `{name}`; there are: {}", names.join(", ")),
    }
}

fn unwritable(error: &io::Error) -> String {
    format!("the results cannot be written: {error}")
}
