//! Consumers: what is decided about them, and how they are read from the spec.

use super::pipeline::{OutputFunction, Pattern, Setting};
use super::{DEFAULT_OUTPUT_RETRIES, Resolver};
use crate::aws::limits::lambda;
use crate::parse::step;
use crate::source::Span;
use crate::spec;
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

impl Resolver<'_> {
    pub(super) fn consumer(&self, name: String, consumer: spec::Consumer) -> Option<Consumer> {
        let spec = format!("/consumers/{}", step(&name));
        let kind = if let Some(lambda) = consumer.lambda {
            ConsumerKind::Lambda(self.lambda_consumer(&format!("{spec}/lambda"), lambda))
        } else if let Some(reader) = consumer.fan_out {
            ConsumerKind::FanOut(self.reader(&format!("{spec}/fan_out"), reader)?)
        } else if let Some(reader) = consumer.poll {
            ConsumerKind::Poll(self.reader(&format!("{spec}/poll"), reader)?)
        } else {
            // The schema asks for one of them.
            return None;
        };
        Some(Consumer { span: self.key(&spec), name, spec, kind })
    }

    fn reader(&self, at: &str, reader: spec::consumers::Reader) -> Option<Reader> {
        match (reader.role, reader.account) {
            (Some(role), _) => Some(Reader::Role(self.written(&format!("{at}/role"), role))),
            (None, Some(account)) => Some(Reader::Account(self.written(&format!("{at}/account"), account))),
            // The schema asks for one of them.
            (None, None) => None,
        }
    }

    fn lambda_consumer(&self, at: &str, lambda: spec::consumers::LambdaConsumer) -> LambdaConsumer {
        let of = |key: &str| format!("{at}/{key}");
        LambdaConsumer {
            function_span: self.places.value(&of("function")),
            role: self.written(&of("role"), lambda.role.clone()),
            function: OutputFunction {
                arn: lambda.function,
                role: lambda.role,
                batch_size: lambda.batch_size.unwrap_or(lambda::STREAM_BATCH_DEFAULT),
                window: self.or(&of("window"), lambda.window.map(|window| window.0), 0),
                retries: lambda.retries.unwrap_or(DEFAULT_OUTPUT_RETRIES),
                partial_failures: lambda.partial_failures.unwrap_or(false),
            },
            parallelization: lambda.parallelization.unwrap_or(1),
            start: lambda.start.unwrap_or(ConsumerStart::Oldest),
            max_age: self.optional(&of("max_age"), lambda.max_age.map(|age| age.0)),
            filter_span: self.places.value(&of("filter")),
            filters: lambda
                .filter
                .into_iter()
                .flatten()
                .enumerate()
                .map(|(n, pattern)| self.pattern(&of(&format!("filter/{n}")), pattern))
                .collect(),
            fan_out: lambda.fan_out.unwrap_or(false),
        }
    }
}
