//! Readers of the stream besides Firehose and Flink.

use super::{OutputFunction, Pattern, Setting};
use crate::source::Span;
pub use crate::spec::consumers::ConsumerStart;

/// A reader of the stream besides Firehose and Flink.
#[derive(Clone, Debug)]
pub struct Consumer {
    /// Its name in the spec.
    pub name: String,
    /// Place of its name.
    pub span: Span,
    /// Its place in the spec, a JSON pointer.
    pub spec: String,
    /// What it is.
    pub kind: ConsumerKind,
}

/// What a consumer is.
#[derive(Clone, Debug)]
pub enum ConsumerKind {
    /// A function of the user's.
    Lambda(LambdaConsumer),
    /// A program with enhanced fan-out.
    FanOut(Reader),
    /// A program that polls.
    Poll(Reader),
}

/// A function of the user's that is called with records.
#[derive(Clone, Debug)]
pub struct LambdaConsumer {
    /// The function and its batches.
    pub function: OutputFunction,
    /// Place of the function's ARN.
    pub function_span: Span,
    /// The function's role, with its place.
    pub role: Setting<String>,
    /// Concurrent calls per shard.
    pub parallelization: u64,
    /// Where Lambda starts to read.
    pub start: ConsumerStart,
    /// Seconds after which a record is not retried, if there are any.
    pub max_age: Option<Setting<u64>>,
    /// Place of the filters.
    pub filter_span: Span,
    /// Patterns of records.
    pub filters: Vec<Pattern>,
    /// Whether it reads with enhanced fan-out.
    pub fan_out: bool,
}

/// A program that reads.
#[derive(Clone, Debug)]
pub enum Reader {
    /// With a role of the stack's account.
    Role(Setting<String>),
    /// In another account, by its id.
    Account(Setting<String>),
}

impl Consumer {
    /// The program, if it is one.
    pub fn reader(&self) -> Option<&Reader> {
        match &self.kind {
            ConsumerKind::Lambda(_) => None,
            ConsumerKind::FanOut(reader) | ConsumerKind::Poll(reader) => Some(reader),
        }
    }

    /// The other account, if it is in one.
    pub fn account(&self) -> Option<&Setting<String>> {
        match self.reader()? {
            Reader::Account(account) => Some(account),
            Reader::Role(_) => None,
        }
    }

    /// Whether it is registered with enhanced fan-out.
    pub fn fans_out(&self) -> bool {
        match &self.kind {
            ConsumerKind::Lambda(lambda) => lambda.fan_out,
            ConsumerKind::FanOut(_) => true,
            ConsumerKind::Poll(_) => false,
        }
    }
}
