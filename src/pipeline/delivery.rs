//! A delivery: Firehose and what it reads.

use super::{
    COLLECTION, Destination, Encryption, Intake, PRIVATE_LINK, Pipeline, Purpose, SEARCH, Setting,
    SourceKind, Target, Transform, UPDATING, logical_name,
};
use crate::aws::destinations;
use crate::aws::limits::MIB;
use crate::aws::limits::firehose::WAF_PREFIX;
use crate::aws::limits::names::DELIVERY_STREAM;
use crate::source::Span;
use crate::spec::{Newline, Unpack};

/// Firehose.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Its name among several; `None` of `delivery`, which has none.
    pub name: Option<String>,
    /// Its place in the spec, a JSON pointer.
    pub spec: String,
    /// Place of its key.
    pub span: Span,
    /// What it reads, if the user says it: `stream`, or an output of the SQL.
    pub from: Option<Setting<String>>,
    /// The Lambda transform.
    pub transform: Option<Transform>,
    /// What Firehose itself unpacks, without a function.
    pub unpack: Option<Setting<Unpack>>,
    /// What is put straight into it, if there is no stream.
    pub direct: Option<Direct>,
    /// Bytes that are collected before they are written.
    pub buffer_size: Setting<u64>,
    /// Seconds that are collected before they are written.
    pub buffer_interval: Setting<u64>,
    /// Whether Firehose puts a newline after each record, where no transform does.
    pub newline: Setting<Newline>,
    /// Where the records go.
    pub destination: Destination,
}

impl Delivery {
    /// What its logical ids end in; nothing for `delivery`.
    pub fn suffix(&self) -> String {
        self.name.as_deref().map(logical_name).unwrap_or_default()
    }

    /// The logical id of one of its resources.
    pub fn id(&self, prefix: &str) -> String {
        format!("{prefix}{}", self.suffix())
    }

    /// Logical id of its Firehose stream. A setting that Firehose cannot take back is a part of it, so that a change of the
    /// setting creates another stream.
    pub fn stream_id(&self) -> String {
        self.id(&format!("{}Delivery", self.fixed_settings().concat()))
    }

    /// The settings among [`FIXED_SETTINGS`] that it has, as its logical id has them.
    pub fn fixed_settings(&self) -> Vec<&'static str> {
        let (is_partitioned, is_backed_up) = match &self.destination {
            Destination::S3(s3) => (!s3.partitions.is_empty(), s3.backup.is_some()),
            Destination::Service(service) => (false, service.backup.all.value),
        };
        let kind = self.destination.service().and_then(|service| service.kind.fixed());
        let partitioned = is_partitioned.then_some(FIXED_SETTINGS[0].0);
        let backed_up = is_backed_up.then_some(FIXED_SETTINGS[1].0);
        partitioned.into_iter().chain(backed_up).chain(kind).collect()
    }

    /// Name of the Firehose stream that records are put into: what precedes the stack's name, and what follows it.
    pub fn direct_name(&self, pipeline: &Pipeline) -> (&'static str, String) {
        let takes_waf = pipeline.sources.iter().any(|source| {
            let Target::Delivery(at) = pipeline.target(source) else { return false };
            let target = pipeline.deliveries.get(at).map(|target| &target.spec);
            matches!(source.kind, SourceKind::Waf(_)) && target == Some(&self.spec)
        });
        let prefix = if takes_waf { WAF_PREFIX } else { "" };
        let name = self.name.as_deref().unwrap_or("delivery");
        // CloudFormation creates a new stream before it deletes the old one, so their names differ.
        let fixed: Vec<String> =
            self.fixed_settings().iter().map(|setting| setting.to_ascii_lowercase()).collect();
        let words: String = fixed.iter().map(|setting| format!("-{setting}")).collect();
        // CloudFormation replaces a stream whose network changes, by one of another name.
        let network = self.destination.service().and_then(|service| service.kind.network());
        let network = network.map(|network| format!("-{}", network.hash())).unwrap_or_default();
        let all = |end: &str| format!("-{name}{end}{network}");
        let fits = |rest: &str| {
            (prefix.len() + pipeline.name.value.len() + rest.len()) as u64 <= DELIVERY_STREAM.max
        };
        let long = all(&words);
        if fixed.is_empty() || fits(&long) {
            return (prefix, long);
        }
        let letters: String = fixed.iter().filter_map(|setting| setting.chars().next()).collect();
        (prefix, all(&format!("-{letters}")))
    }

    /// Whether Firehose appends a newline to each record: it keeps the records of some destinations apart itself.
    pub fn appends_newline(&self) -> bool {
        self.newline.value == Newline::Append && !self.destination.capabilities().separator.is_empty()
    }

    /// What it is called in a sentence.
    pub fn words(&self) -> String {
        self.name.as_ref().map_or_else(|| "delivery".into(), |name| format!("delivery {name}"))
    }

    /// Bytes and seconds that are collected for one object in the bucket of a purpose.
    pub fn buffer(&self, purpose: Purpose) -> (u64, u64) {
        match purpose {
            Purpose::Destination | Purpose::Staging => (self.buffer_size.value, self.buffer_interval.value),
            Purpose::Backup => {
                let (mib, seconds) = destinations::BACKUP_BUFFER;
                (mib * MIB, seconds)
            }
        }
    }
}

/// What Firehose accepts at the creation of a stream only, or never takes back, although its schema does not declare that:
/// the part of the logical id, and the words. Firehose guide, "Dynamic partitioning"; API S3BackupMode, 2026-11.
pub const FIXED_SETTINGS: [(&str, &str); 6] = [
    ("Partitioned", "dynamic partitioning"),
    ("BackedUp", "the backup of all records"),
    (SEARCH, "OpenSearch as its destination"),
    (COLLECTION, "OpenSearch Serverless as its destination"),
    (PRIVATE_LINK, "the private link"),
    (UPDATING, "updates of an Iceberg table"),
];

/// Direct PUT.
#[derive(Clone, Debug)]
pub struct Direct {
    /// The load.
    pub intake: Intake,
    /// While Firehose holds the records.
    pub encryption: Setting<Encryption>,
}

/// What a delivery reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input<'a> {
    /// The stream.
    Stream,
    /// An output of the SQL: the one of that name, or the one that goes to `delivery`.
    Rows(Option<&'a str>),
    /// What is put into it.
    Direct,
}

/// Value of `from` for the stream.
pub const FROM_STREAM: &str = "stream";

/// Value of `from` for the records that are put into a delivery, without the SQL.
pub const FROM_RECORDS: &str = "records";
