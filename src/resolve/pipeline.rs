//! A pipeline with every value decided: defaults filled and marked, text read, files loaded. Plain data.

use std::borrow::Cow;
use std::sync::Arc;

use super::DEFAULT_HEADROOM_PERCENT;
pub use super::alarms::*;
pub use super::consumers::*;
pub use super::delivery::*;
pub use super::s3::*;
pub use super::sources::*;
use crate::aws::instance_types::Architecture;
use crate::aws::limits::firehose;
use crate::aws::limits::monitoring::FIREHOSE_RETRY_S_MAX;
use crate::parse::step;
use crate::source::{Excerpt, Span};
use crate::spec::{AnalyticsRuntime, ErrorsPlace, Unpack};
use crate::sql::{
    self, Column, ERROR_STREAM, EventTime, OutputName, Place, Query, RecordFormat, Reference, RowRate, Start,
};

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

/// The load of records that come in.
#[derive(Clone, Debug)]
pub struct Intake {
    /// Average record without its partition key, bytes.
    pub record_size: Setting<u64>,
    /// Peak rate.
    pub records_per_second: Setting<f64>,
    /// Average rate over a month.
    pub average: Setting<f64>,
}

/// The Kinesis data stream.
#[derive(Clone, Debug)]
pub struct Stream {
    /// Place of its key.
    pub span: Span,
    /// The stream that exists already, if it is not the stack's.
    pub existing: Option<Existing>,
    /// Partition key, bytes.
    pub partition_key_size: Setting<u64>,
    /// The field that others take the partition key from, if the user says it.
    pub partition_key: Option<Setting<PathText>>,
    /// Largest record, bytes.
    pub max_record_size: Setting<u64>,
    /// What carries the load.
    pub capacity: Setting<Capacity>,
    /// Percent beyond the declared load.
    pub headroom: Setting<u64>,
    /// Shards that the account may have.
    pub shard_quota: Setting<u64>,
    /// Seconds that records stay readable.
    pub retention: Setting<u64>,
    /// At rest.
    pub encryption: Setting<Encryption>,
}

/// A stream that is not the stack's.
#[derive(Clone, Debug)]
pub struct Existing {
    /// Its ARN.
    pub arn: Setting<String>,
    /// Its name, the last part of the ARN.
    pub name: String,
}

/// What carries a stream's load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capacity {
    /// Shards computed from the load.
    Provisioned,
    /// A number of shards that the user chose.
    Fixed(u64),
    /// Kinesis scales.
    OnDemand,
}

/// Encryption at rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// The service's own key.
    AwsManaged,
    /// The ARN of a customer's key.
    CustomerKey(String),
}

/// EC2 instances that fill the stream.
#[derive(Clone, Debug)]
pub struct Producer {
    /// Place of its key.
    pub span: Span,
    /// Where records come from.
    pub source: ProducerSource,
    /// Rate of all instances together.
    pub records_per_second: Setting<f64>,
    /// Where the partition key comes from.
    pub partition_key: Setting<PartitionKey>,
    /// EC2 instance type.
    pub instance_type: Setting<String>,
    /// How many, where the user says so.
    pub instances: Option<Setting<u64>>,
    /// An existing network.
    pub network: Option<Network>,
}

/// Where the producer's records come from.
#[derive(Clone, Debug)]
pub enum ProducerSource {
    /// A web API.
    Http(HttpSource),
    /// A file that travels with the stack.
    File(FileSource),
    /// Made up from the columns.
    Generator(GeneratorSource),
}

/// A web API that answers with records.
#[derive(Clone, Debug)]
pub struct HttpSource {
    /// Address of a page of records.
    pub url: Setting<String>,
    /// Path of the records in a page.
    pub records: Setting<PathText>,
    /// Seconds between two fetches.
    pub refresh: Option<Setting<u64>>,
    /// Request headers: name, value, place of the name.
    pub headers: Vec<(String, String, Span)>,
}

/// A file of records, one per line.
#[derive(Clone, Debug)]
pub struct FileSource {
    /// Its path as written.
    pub path: Setting<String>,
    /// Its bytes; `None` where it could not be read, which has been reported.
    pub content: Option<Arc<[u8]>>,
    /// Whether it is sent again and again.
    pub repeat: bool,
}

/// Made-up records.
#[derive(Clone, Debug)]
pub struct GeneratorSource {
    /// Place of its key.
    pub span: Span,
    /// Where the values begin.
    pub seed: u64,
}

/// A path as written, and as read where it can be.
#[derive(Clone, Debug)]
pub struct PathText {
    /// As written.
    pub text: String,
    /// As read, or what is wrong and what to type.
    pub path: Result<pipec_path::Path, pipec_path::PathError>,
}

/// Where a record's partition key comes from.
#[derive(Clone, Debug)]
pub enum PartitionKey {
    /// A new random key a record.
    Random,
    /// A field of the record.
    Field(PathText),
}

/// An existing network.
#[derive(Clone, Debug)]
pub struct Network {
    /// VPC id.
    pub vpc: String,
    /// Subnet ids.
    pub subnets: Setting<Vec<String>>,
    /// Whether instances get a public address.
    pub public_address: bool,
}

/// The columns of a record.
#[derive(Clone, Debug)]
pub struct Records {
    /// Place of its key.
    pub span: Span,
    /// The prefix of the input's name in the SQL.
    pub name: Option<String>,
    /// How a record is written.
    pub format: RecordFormat,
    /// The columns that could be read.
    pub columns: Vec<Column>,
    /// Which of them says when something happened.
    pub event_time: Option<EventTime>,
    /// Whether that is all of them. If not, what the SQL says of the others is no fault of the SQL.
    pub complete: bool,
}

/// The SQL and what runs it.
#[derive(Clone, Debug)]
pub struct Analytics {
    /// Place of its key.
    pub span: Span,
    /// Flink or the Lambda.
    pub runtime: Setting<AnalyticsRuntime>,
    /// The text, with the way back to the file it stands in.
    pub sql: Option<Excerpt>,
    /// Where Flink begins to read.
    pub start: Start,
    /// The tables that it joins, if all could be read.
    pub references: Option<Vec<Reference>>,
    /// Where outputs go that the user named.
    pub outputs: Vec<OutputSetting>,
    /// What becomes of faults, where the user says it.
    pub errors: Option<Errors>,
    /// Rows of an output that a record becomes, where the user says it.
    pub rows_per_record: Option<f64>,
    /// Keys, each the columns of it in alphabetical order, with their number.
    pub keys: Vec<(Vec<String>, Setting<u64>)>,
    /// Flink's settings.
    pub flink: Flink,
}

/// What becomes of faults.
#[derive(Clone, Copy, Debug)]
pub struct Errors {
    /// Where they go.
    pub place: ErrorsPlace,
    /// Place of the value.
    pub span: Span,
}

impl Analytics {
    /// The rows of an output that so many records per second become, as the user says, else at most.
    pub fn row_rate(&self, query: &Query, output: &sql::Stream, records_per_second: f64) -> RowRate {
        match self.rows_per_record.filter(|_| !query.is_errors(output)) {
            Some(rows) => {
                RowRate { per_second: records_per_second * rows, open: Vec::new(), windows: Vec::new() }
            }
            None => query.row_rate(output, records_per_second, &|columns| self.key_count(columns)),
        }
    }

    /// How many different values the columns have together, in alphabetical order, where the user says it.
    pub fn key_count(&self, columns: &[String]) -> Option<u64> {
        self.keys.iter().find(|(key, _)| key == columns).map(|(_, count)| count.value)
    }

    /// The output of a query that goes to Firehose: the one that is named for it, else the first. `check` sees to it
    /// that there is exactly one.
    pub fn delivered<'q>(&self, query: &'q Query) -> Option<&'q sql::Stream> {
        let named = self.outputs.iter().find(|output| matches!(output.target, OutputTarget::Delivery));
        query.outputs().find(|output| named.is_none_or(|named| named.name == output.name))
    }
}

/// Where an output of the SQL goes.
#[derive(Clone, Debug)]
pub struct OutputSetting {
    /// The output's name.
    pub name: String,
    /// Place of the name.
    pub span: Span,
    /// Where to.
    pub target: OutputTarget,
}

/// Where an output can go.
#[derive(Clone, Debug)]
pub enum OutputTarget {
    /// To Firehose.
    Delivery,
    /// Nowhere: the stream is left out.
    Nowhere,
    /// To a stream of its own.
    Stream(OutputStream),
    /// To a stream of its own, and from there to a function.
    Lambda(OutputStream, OutputFunction),
}

/// A stream of an output's own.
#[derive(Clone, Debug)]
pub struct OutputStream {
    /// Seconds that rows stay readable.
    pub retention: Setting<u64>,
}

/// A function of the user's.
#[derive(Clone, Debug)]
pub struct OutputFunction {
    /// Its ARN.
    pub arn: String,
    /// Name of its role.
    pub role: String,
    /// Most rows of one call.
    pub batch_size: u64,
    /// Seconds that rows are collected for one call.
    pub window: Setting<u64>,
    /// Repetitions of a failed call.
    pub retries: u64,
    /// Whether the function reports the rows that failed.
    pub partial_failures: bool,
}

/// Settings of the Flink application.
#[derive(Clone, Debug)]
pub struct Flink {
    /// Managed Flink's runtime environment.
    pub runtime_environment: Setting<String>,
    /// Parallel subtasks.
    pub parallelism: Setting<u64>,
    /// Subtasks that share a KPU.
    pub parallelism_per_kpu: Setting<u64>,
    /// Whether Managed Flink scales by processor load.
    pub auto_scaling: bool,
    /// Whether state is saved before an update.
    pub snapshots: bool,
    /// Seconds of silence after which a key is forgotten; 0 is never.
    pub state_ttl: Setting<u64>,
}

/// The Lambda transform.
#[derive(Clone, Debug)]
pub struct Transform {
    /// Its place in the spec, a JSON pointer: the SQL's, if it is there only to run that.
    pub spec: String,
    /// Place of its key.
    pub span: Span,
    /// Whether the user wrote it; else it is there for the SQL.
    pub written: bool,
    /// A function of the user's, in place of pipec's.
    pub own: Option<OwnTransform>,
    /// What records are unpacked from, before anything else.
    pub unpack: Option<Setting<Unpack>>,
    /// What is put behind each record.
    pub append: Setting<String>,
    /// Seconds.
    pub timeout: Setting<u64>,
    /// Bytes.
    pub memory: Setting<u64>,
    /// Processor.
    pub architecture: Setting<Architecture>,
    /// Bytes that Firehose collects for one call.
    pub buffer_size: Setting<u64>,
    /// Seconds that Firehose collects for one call.
    pub buffer_interval: Setting<u64>,
    /// Repetitions of a failed call.
    pub retries: Setting<u64>,
}

/// A function of the user's that transforms records.
#[derive(Clone, Debug)]
pub struct OwnTransform {
    /// Place of its key.
    pub span: Span,
    /// ARN.
    pub function: Setting<String>,
    /// Name of its role.
    pub role: Option<Setting<String>>,
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
