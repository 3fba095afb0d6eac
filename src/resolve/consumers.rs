//! Reads the consumers from the spec.

use super::{DEFAULT_OUTPUT_RETRIES, Resolver};
use crate::aws::limits::lambda;
use crate::parse::step;
use crate::pipeline::{Consumer, ConsumerKind, ConsumerStart, LambdaConsumer, OutputFunction, Reader};
use crate::spec;

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
            // The schema requires one of them.
            return None;
        };
        Some(Consumer { span: self.key(&spec), name, spec, kind })
    }

    fn reader(&self, at: &str, reader: spec::consumers::Reader) -> Option<Reader> {
        match (reader.role, reader.account) {
            (Some(role), _) => Some(Reader::Role(self.written(&format!("{at}/role"), role))),
            (None, Some(account)) => Some(Reader::Account(self.written(&format!("{at}/account"), account))),
            // The schema requires one of them.
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
