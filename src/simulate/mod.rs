//! The pipeline on this machine: records through partition keys and shards, the transform's own code, Firehose's buffers
//! and into objects under the keys that Firehose would give them. One pass; the memory does not grow with the records.

pub mod arrivals;
pub mod buffer;
pub mod compress;
pub mod delivery;
pub mod java_time;
pub mod object_key;
pub mod shards;
pub mod source;
pub mod store;
pub mod table;
pub mod trace;
pub mod trace_text;
pub mod transform;

use std::io;

use arrivals::{Arrival, Arrivals};
use delivery::DeliveryRun;
use shards::Shards;
use store::Store;
use trace::{ConsumerTrace, ShownRecord, SourceTrace, StreamTrace, Trace, time_text};

use crate::Stack;
use crate::plan::{ConsumerPlan, Plan, Reads};
use crate::watch::tail::decode;

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
    deliveries: Vec<(Gets, DeliveryRun)>,
    shown: Vec<ShownRecord>,
    show: usize,
    notes: Vec<String>,
}

/// What a delivery gets.
#[derive(Clone, Debug, PartialEq)]
enum Gets {
    /// The records that arrive.
    Records,
    /// Rows of the stream of this logical id.
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
        let plan = &stack.plan;
        pipec_records::record::seed_keys(settings.seed);
        let into = match &settings.into {
            None => plan.deliveries.first().map(|delivery| delivery.logical_id.clone()),
            Some(name) => {
                let named = plan.deliveries.iter().find(|delivery| delivery.name.as_ref() == Some(name));
                Some(named.ok_or_else(|| format!("there is no delivery `{name}`"))?.logical_id.clone())
            }
        };
        let mut deliveries = Vec::new();
        let mut notes = Vec::new();
        for delivery in &plan.deliveries {
            let gets = match &delivery.reads {
                Reads::Stream => Gets::Records,
                Reads::Rows(logical_id) => Gets::Rows(logical_id.clone()),
                Reads::Direct(_) if Some(&delivery.logical_id) == into.as_ref() => Gets::Records,
                Reads::Direct(_) => Gets::Nothing,
            };
            let run = DeliveryRun::new(plan, delivery, settings.seed, settings.store.clone())
                .map_err(|problem| format!("{}: {problem}", delivery.words()))?;
            notes.extend(run.note());
            if gets == Gets::Nothing {
                let name = delivery.name.as_deref().unwrap_or_default();
                notes.push(format!("{}: nothing is put into it; use `--into {name}`", delivery.words()));
            }
            deliveries.push((gets, run));
        }
        let shards = plan.stream.as_ref().map(|stream| stream.shards);
        Ok(Self {
            plan,
            declared_record_size: stack.checked.pipeline().intake.record_size.value,
            shards: shards.flatten().map(Shards::new),
            records: 0,
            bytes: 0,
            deliveries,
            shown: Vec::new(),
            show: settings.show,
            notes,
        })
    }

    /// A record arrives.
    ///
    /// # Errors
    /// As the store gives them.
    pub fn arrive(&mut self, arrival: &Arrival) -> io::Result<()> {
        let Arrival { record, at } = arrival;
        self.records += 1;
        self.bytes += record.data.len() as u64;
        if let Some(shards) = &mut self.shards {
            let key = record.partition_key();
            shards.add(&key, (record.data.len() + key.len()) as u64, *at);
        }
        let shown = (self.shown.len() < self.show).then(|| {
            let text = decode::text(&record.data).trim_end().to_owned();
            self.shown.push(ShownRecord { record: text, arrived: time_text(*at), fates: Vec::new() });
            self.shown.len() - 1
        });
        for (gets, delivery) in &mut self.deliveries {
            if *gets == Gets::Records {
                delivery.add(&record.data, *at, shown)?;
            }
        }
        Ok(())
    }

    /// Runs all records through, and ends.
    ///
    /// # Errors
    /// Why it ends early, in a sentence.
    pub fn run(mut self, arrivals: &mut Arrivals, name: &str) -> Result<Trace, String> {
        let unwritable = |error: io::Error| format!("an object cannot be written: {error}");
        while let Some(arrival) = arrivals.next()? {
            self.arrive(&arrival).map_err(unwritable)?;
        }
        self.finish(arrivals, name).map_err(unwritable)
    }

    /// Ends: what waits is delivered when it is due.
    fn finish(self, arrivals: &Arrivals, name: &str) -> io::Result<Trace> {
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
        let consumer = |consumer: &ConsumerPlan| ConsumerTrace {
            name: consumer.name.clone(),
            records: self.records,
        };
        Ok(Trace {
            pipeline: plan.name.clone(),
            source,
            stream,
            rows: Vec::new(),
            deliveries,
            consumers: plan.consumers.iter().map(consumer).collect(),
            notes: self.notes,
            shown,
        })
    }
}
