//! A pipeline with every value decided: defaults filled and marked, text read, files loaded. Plain data.
//! `resolve` makes it.

mod alarms;
mod analytics;
mod consumer;
mod delivery;
mod destination;
mod http;
mod iceberg;
mod opensearch;
mod opensearch_serverless;
mod prefix;
mod producer;
mod records;
mod redshift;
mod s3;
mod s3_location;
mod service;
mod snowflake;
mod sources;
mod splunk;
mod stream;
mod table;
mod transform;

use std::borrow::Cow;

use crate::aws::limits::firehose;
use crate::aws::limits::monitoring::FIREHOSE_RETRY_S_MAX;
use crate::parse::step;
use crate::source::Span;
use crate::spec::{AnalyticsRuntime, ErrorsPlace};
use crate::sql::{self, ERROR_STREAM, OutputName, Place, Query};

pub use alarms::*;
pub use analytics::*;
pub use consumer::*;
pub use delivery::*;
pub use destination::*;
pub use http::*;
pub use iceberg::*;
pub use opensearch::*;
pub use opensearch_serverless::*;
pub use prefix::*;
pub use producer::*;
pub use records::*;
pub use redshift::*;
pub use s3::*;
pub use s3_location::*;
pub use service::*;
pub use snowflake::*;
pub use sources::*;
pub use splunk::*;
pub use stream::*;
pub use table::*;
pub use transform::*;

/// Default of `stream.headroom`, percent.
pub const DEFAULT_HEADROOM_PERCENT: u64 = 25;

/// A value with its place; of a default, the place of what would hold it.
#[derive(Clone, Debug)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
    /// Whether the user wrote it.
    pub written: bool,
}

/// A pipeline.
#[derive(Clone, Debug)]
pub struct Pipeline {
    /// The whole spec's place.
    pub span: Span,
    /// Its name; not written where it is made of the spec's and an environment's, at whose key it lies then.
    pub name: Setting<String>,
    /// The spec's name, of which that one is made.
    pub base_name: Option<Setting<String>>,
    /// What it is for.
    pub description: Option<Setting<String>>,
    /// Whose quotas and prices count.
    pub region: Setting<String>,
    /// The records that come in.
    pub intake: Intake,
    /// The stream.
    pub stream: Option<Stream>,
    /// What fills the stream.
    pub producer: Option<Producer>,
    /// The services that write records, in the order of the spec.
    pub sources: Vec<Source>,
    /// What reads the stream besides Firehose and Flink, in the order of the spec.
    pub consumers: Vec<Consumer>,
    /// The columns of a record.
    pub records: Option<Records>,
    /// The SQL.
    pub analytics: Option<Analytics>,
    /// Firehose and its destinations: `delivery`, or those of `deliveries` in their order.
    pub deliveries: Vec<Delivery>,
    /// Retention of all log groups, in seconds.
    pub log_retention: Setting<u64>,
    /// ARN of the key of all log groups.
    pub log_key: Option<Setting<String>>,
    /// ARN of the permissions boundary of all roles.
    pub role_boundary: Option<Setting<String>>,
    /// Path of all roles.
    pub role_path: Option<Setting<String>>,
    /// The user's tags.
    pub tags: Vec<Tag>,
    /// What watches the pipeline.
    pub alarms: Option<Alarms>,
    /// Whether there is a dashboard.
    pub dashboard: bool,
    /// What is typed after a command for this pipeline: `orders.yaml --env test`.
    pub command: String,
}

impl Pipeline {
    /// The SQL, if this is what runs it.
    pub fn analytics_on(&self, runtime: AnalyticsRuntime) -> Option<&Analytics> {
        self.analytics.as_ref().filter(|analytics| analytics.runtime.value == runtime)
    }

    /// Whether the faults of the SQL go to the bucket.
    pub fn delivers_errors(&self) -> bool {
        let errors = self.analytics_on(AnalyticsRuntime::Flink).and_then(|analytics| analytics.errors);
        errors.is_some_and(|errors| errors.place == ErrorsPlace::Delivery)
    }

    /// Place of what takes the records in: of the stream, else of the first delivery.
    pub fn intake_span(&self) -> Span {
        let stream = self.stream.as_ref().map(|stream| stream.span);
        stream.or(self.deliveries.first().map(|delivery| delivery.span)).unwrap_or(self.span)
    }

    /// What the load of the records that come in is declared for, and its key in the spec.
    pub fn declared_in(&self) -> (&'static str, String) {
        match (&self.stream, self.deliveries.first()) {
            (None, Some(Delivery { name: Some(name), .. })) => ("the delivery", format!("deliveries.{name}")),
            (None, Some(_)) => ("the delivery", "delivery".into()),
            _ => ("the stream", "stream".into()),
        }
    }

    /// Bytes of an average record that count against a shard's limits.
    pub fn counted_record_bytes(&self) -> u64 {
        self.intake.record_size.value.saturating_add(self.partition_key_bytes())
    }

    /// Bytes of a partition key; none where records go straight into Firehose.
    pub fn partition_key_bytes(&self) -> u64 {
        self.stream.as_ref().map_or(0, |stream| stream.partition_key_size.value)
    }

    /// Bytes of the largest record that may come in.
    pub fn record_bytes_max(&self) -> u64 {
        self.stream.as_ref().map_or(firehose::RECORD_BYTES_MAX, |stream| stream.max_record_size.value)
    }

    /// Percent that streams have beyond the declared load.
    pub fn headroom(&self) -> u64 {
        self.stream.as_ref().map_or(DEFAULT_HEADROOM_PERCENT, |stream| stream.headroom.value)
    }

    /// Seconds for which records of the stream can be read; without a stream, for which Firehose holds them.
    pub fn retention(&self) -> u64 {
        self.stream.as_ref().map_or(FIREHOSE_RETRY_S_MAX, |stream| stream.retention.value)
    }

    /// Encryption of the streams.
    pub fn stream_encryption(&self) -> &Encryption {
        self.stream.as_ref().map_or(&Encryption::AwsManaged, |stream| &stream.encryption.value)
    }

    /// What a delivery reads.
    pub fn input<'a>(&self, delivery: &'a Delivery) -> Input<'a> {
        let from = delivery.from.as_ref().map(|from| from.value.as_str());
        match (&self.stream, &self.analytics, from) {
            (None, ..) => Input::Direct,
            (Some(_), _, Some(FROM_STREAM)) | (Some(_), None, _) => Input::Stream,
            (Some(_), Some(analytics), from) => match analytics.runtime.value {
                AnalyticsRuntime::Flink => Input::Rows(from),
                AnalyticsRuntime::Lambda => Input::Stream,
            },
        }
    }

    /// Whether the SQL runs in a delivery's transform.
    pub fn runs_query(&self, delivery: &Delivery) -> bool {
        let from = delivery.from.as_ref().map(|from| from.value.as_str());
        let raw = if self.stream.is_some() { FROM_STREAM } else { FROM_RECORDS };
        self.analytics_on(AnalyticsRuntime::Lambda).is_some() && from != Some(raw)
    }

    /// The output of the SQL whose rows a delivery gets, from Flink or from its own transform.
    pub fn output<'q>(&self, delivery: &Delivery, query: &'q Query) -> Option<&'q sql::Stream> {
        let analytics = self.analytics.as_ref()?;
        match self.input(delivery) {
            Input::Rows(Some(name)) => query.outputs().find(|output| output.name == name),
            Input::Rows(None) => analytics.delivered(query),
            Input::Stream | Input::Direct => analytics.delivered(query).filter(|_| self.runs_query(delivery)),
        }
    }

    /// The streams of the SQL that the spec names, as the SQL needs to know them.
    pub fn output_names(&self) -> Vec<OutputName> {
        let place = |target: &OutputTarget| match target {
            OutputTarget::Nowhere => Place::Nowhere,
            OutputTarget::Delivery | OutputTarget::Stream(_) | OutputTarget::Lambda(..) => Place::Somewhere,
        };
        let outputs = self.analytics.iter().flat_map(|analytics| &analytics.outputs);
        let mut names: Vec<OutputName> = outputs
            .map(|output| OutputName { name: output.name.clone(), place: place(&output.target) })
            .collect();
        let from = self.deliveries.iter().filter_map(|delivery| delivery.from.as_ref());
        for from in from.filter(|from| ![FROM_STREAM, FROM_RECORDS].contains(&from.value.as_str())) {
            if names.iter().all(|known| known.name != from.value) {
                names.push(OutputName { name: from.value.clone(), place: Place::Somewhere });
            }
        }
        names
    }

    /// Whether a delivery reads the output of the SQL that goes to `delivery`, from Flink.
    pub fn delivers_rows(&self) -> bool {
        self.deliveries.iter().any(|delivery| self.input(delivery) == Input::Rows(None))
    }

    /// A delivery by its name; `None` is the name of the only one.
    pub fn delivery(&self, name: Option<&str>) -> Option<&Delivery> {
        self.deliveries.iter().find(|delivery| delivery.name.as_deref() == name)
    }

    /// The delivery whose bucket takes the faults of the SQL: the first that reads rows, else the first.
    pub fn error_delivery(&self) -> Option<&Delivery> {
        let reads_rows = |delivery: &&Delivery| matches!(self.input(delivery), Input::Rows(_));
        self.deliveries.iter().find(reads_rows).or(self.deliveries.first())
    }

    /// A source by its name.
    pub fn source(&self, name: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.name == name)
    }

    /// A consumer by its name.
    pub fn consumer(&self, name: &str) -> Option<&Consumer> {
        self.consumers.iter().find(|consumer| consumer.name == name)
    }

    /// What a source writes into.
    pub fn target(&self, source: &Source) -> Target {
        let to = source.to.as_ref().map(|to| to.value.as_str());
        let named =
            self.deliveries.iter().position(|delivery| to.is_some() && delivery.name.as_deref() == to);
        match self.stream {
            Some(_) => Target::Stream,
            None => Target::Delivery(named.unwrap_or(0)),
        }
    }

    /// The part of the spec that an output of the SQL follows from, a JSON pointer.
    pub fn spec_of_output(&self, name: &str) -> Cow<'static, str> {
        let Some(analytics) = &self.analytics else { return "/analytics".into() };
        if name == ERROR_STREAM && analytics.errors.is_some() {
            "/analytics/errors".into()
        } else if analytics.outputs.iter().any(|setting| setting.name == name) {
            format!("/analytics/outputs/{}", step(name)).into()
        } else {
            "/analytics".into()
        }
    }
}

/// What a source writes into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The stream.
    Stream,
    /// Firehose itself: Direct PUT into the delivery at this place.
    Delivery(usize),
}

/// A tag.
#[derive(Clone, Debug)]
pub struct Tag {
    /// Key.
    pub key: String,
    /// Value.
    pub value: String,
    /// Place of the key.
    pub key_span: Span,
    /// Place of the value.
    pub value_span: Span,
}

/// A name as a part of a logical id: `high_alerts` is `HighAlerts`.
pub fn logical_name(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let word = |word: &str| {
        let (first, rest) = word.split_at(1);
        first.to_ascii_uppercase() + &rest.to_ascii_lowercase()
    };
    let id: String = words.map(word).collect();
    if id.is_empty() { "Rows".into() } else { id.chars().take(64).collect() }
}

#[cfg(test)]
mod tests {
    use super::logical_name;

    #[test]
    fn names_become_parts_of_logical_ids() {
        for (name, id) in
            [("ALERTS", "Alerts"), ("high_alerts", "HighAlerts"), ("\u{e9}\u{e9}", "Rows"), ("a b-2", "AB2")]
        {
            assert_eq!(logical_name(name), id);
        }
    }
}
