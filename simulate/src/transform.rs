//! What happens to a record between Firehose's intake and its destination: the transform's own code in process, or what
//! Firehose does itself.

use pipec_core::{RecordProgram, log_messages};
use pipec_transform::batch::Counts;
use pipec_transform::plain::{Answer, Plain};
use pipec_transform::reply::LIMIT;

use super::buffer::interval_ms;
use pipec_compiler::aws::limits::MIB;
use pipec_compiler::plan::{Content, DeliveryPlan};

/// Length of a record's id in a call, with its quotes in JSON: 56 digits. AWS's sample events of Firehose, 2026-11.
const ID_CHARS: usize = 58;

/// A record on its way.
#[derive(Clone, Copy, Debug)]
pub struct Waiting<'a> {
    /// Its content.
    pub data: &'a [u8],
    /// When it arrived, milliseconds since 1970.
    pub arrived: i64,
    /// Whether what becomes of it is shown, and under which number.
    pub shown: Option<usize>,
}

/// What became of a record.
#[derive(Debug, PartialEq, Eq)]
pub enum Fate<'a> {
    /// It goes to the destination with this content, and with its partition keys as a JSON object; empty without any.
    Out(&'a [u8], &'a [u8]),
    /// It is left out on purpose.
    Dropped,
    /// It goes under the error prefix.
    Failed(Failure),
}

/// Why a record goes under the error prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The program cannot be applied to it.
    NotApplicable,
    /// One of its partition keys has no value.
    NoPartition,
    /// It is not JSON, and Firehose cannot extract its partition keys.
    NotExtracted,
    /// One of the partition keys that Firehose extracts has no value.
    NoKey,
    /// Firehose fills as many partitions as its quota allows.
    PartitionsExceeded,
    /// It is not JSON, and cannot be converted.
    NotConverted,
    /// It is not a document, which OpenSearch needs.
    NotDocument,
    /// The transform's reply is full.
    ReplyFull,
    /// Firehose cannot unpack it.
    NotUnpacked,
}

/// The step before the destination.
#[derive(Debug)]
pub enum Transform {
    /// pipec's transform.
    Program(Box<Calls>),
    /// A function of the user's, which does not run here: records pass.
    Own,
    /// None, or what Firehose does itself.
    Firehose {
        /// Takes the messages out of records of CloudWatch Logs.
        extracts_messages: bool,
        /// Puts a newline after each record.
        appends_newline: bool,
    },
}

/// Calls of pipec's transform.
#[derive(Debug)]
pub struct Calls {
    program: RecordProgram,
    size_max: u64,
    interval_ms: i64,
    /// The records of the batch, one after another: memory that is used again is cheaper than memory that is returned.
    bytes: Vec<u8>,
    batch: Vec<Placed>,
    opened: i64,
    totals: Totals,
}

/// A record of a batch.
#[derive(Debug)]
struct Placed {
    /// Where it ends in the batch.
    end: usize,
    arrived: i64,
    shown: Option<usize>,
}

/// What the calls did, together.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// Calls.
    pub calls: u64,
    /// As the function counts.
    pub counts: Counts,
}

impl Transform {
    /// The step of a delivery.
    ///
    /// # Errors
    /// Where the plan's program cannot be read, a fault of pipec.
    pub fn of(delivery: &DeliveryPlan) -> Result<Self, String> {
        if delivery.own_transform.is_some() {
            return Ok(Self::Own);
        }
        let Some(plan) = &delivery.transform else {
            let (extracts_messages, appends_newline) = (delivery.extracts_messages, delivery.appends_newline);
            return Ok(Self::Firehose { extracts_messages, appends_newline });
        };
        let Content::Function { files, .. } = &plan.artifact.content else {
            return Err("the transform has no program".into());
        };
        let (_, program) = files.first().ok_or("the transform has no program")?;
        let program = RecordProgram::from_json(program.as_bytes()).map_err(|error| error.to_string())?;
        let mebibytes: f64 = plan.buffer_size.parse().map_err(|_| "the transform has no buffer")?;
        Ok(Self::Program(Box::new(Calls {
            program,
            size_max: (mebibytes * MIB as f64) as u64,
            interval_ms: interval_ms(plan.buffer_interval),
            bytes: Vec::new(),
            batch: Vec::new(),
            opened: 0,
            totals: Totals::default(),
        })))
    }

    /// What the calls did.
    pub fn totals(&self) -> Option<&Totals> {
        match self {
            Self::Program(calls) => Some(&calls.totals),
            Self::Own | Self::Firehose { .. } => None,
        }
    }
}

impl Calls {
    /// Whether the query runs in the transform.
    pub fn has_query(&self) -> bool {
        self.program.has_query()
    }

    /// When the batch is due, if there is one, milliseconds since 1970.
    pub fn due(&self) -> Option<i64> {
        (!self.batch.is_empty()).then(|| self.opened.saturating_add(self.interval_ms))
    }

    /// Takes a record into the batch; whether that is full then.
    pub fn add(&mut self, record: Waiting) -> bool {
        let Waiting { data, arrived, shown } = record;
        if self.batch.is_empty() {
            self.opened = arrived;
        }
        self.bytes.extend_from_slice(data);
        self.batch.push(Placed { end: self.bytes.len(), arrived, shown });
        self.bytes.len() as u64 >= self.size_max
    }

    /// Calls the function with the batch, at a time in milliseconds since 1970.
    ///
    /// # Errors
    /// As `with` gives them.
    pub fn call<E>(
        &mut self,
        now: i64,
        mut with: impl FnMut(&Waiting, Fate) -> Result<(), E>,
    ) -> Result<(), E> {
        let ids = std::iter::repeat_n(ID_CHARS, self.batch.len());
        let mut plain = Plain::new(&self.program, ids, LIMIT);
        let mut start = 0;
        for Placed { end, arrived, shown } in &self.batch {
            let record = &Waiting { data: &self.bytes[start..*end], arrived: *arrived, shown: *shown };
            start = *end;
            match plain.answer(record.data, now) {
                Answer::Ok(bytes, keys) => with(record, Fate::Out(&bytes, &keys))?,
                Answer::Dropped => with(record, Fate::Dropped)?,
                Answer::NotApplicable => with(record, Fate::Failed(Failure::NotApplicable))?,
                Answer::NoPartition => with(record, Fate::Failed(Failure::NoPartition))?,
                Answer::ReplyFull => with(record, Fate::Failed(Failure::ReplyFull))?,
            }
        }
        self.totals.calls += 1;
        add(&mut self.totals.counts, &plain.counts());
        self.batch.clear();
        self.bytes.clear();
        Ok(())
    }
}

fn add(to: &mut Counts, more: &Counts) {
    let Counts {
        records,
        ok,
        dropped,
        failed,
        invalid_values,
        log_events,
        control_messages,
        not_base64,
        not_applicable,
        no_partition,
        reply_full,
    } = more;
    to.records += records;
    to.ok += ok;
    to.dropped += dropped;
    to.failed += failed;
    to.invalid_values += invalid_values;
    to.log_events += log_events;
    to.control_messages += control_messages;
    to.not_base64 += not_base64;
    to.not_applicable += not_applicable;
    to.no_partition += no_partition;
    to.reply_full += reply_full;
}

/// What Firehose itself makes of a record.
pub fn of_firehose<'a>(
    data: &'a [u8],
    extracts_messages: bool,
    appends_newline: bool,
    scratch: &'a mut Vec<u8>,
) -> Fate<'a> {
    scratch.clear();
    if extracts_messages {
        return match log_messages(data) {
            None => Fate::Failed(Failure::NotUnpacked),
            Some(messages) if messages.is_empty() => Fate::Dropped,
            Some(messages) => {
                *scratch = messages;
                Fate::Out(scratch, &[])
            }
        };
    }
    if !appends_newline {
        return Fate::Out(data, &[]);
    }
    scratch.extend_from_slice(data);
    scratch.push(b'\n');
    Fate::Out(scratch, &[])
}
