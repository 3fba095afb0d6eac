//! Firehose and its destinations: what is decided about them, and how it is read from the spec.

use indexmap::IndexMap;
use serde::Serialize;

pub use super::destinations::*;
use super::pipeline::{Encryption, Intake, Setting, Transform, logical_name};
use super::{DEFAULT_ERROR_PREFIX, Resolver};
use crate::aws::destinations::{self, Capabilities};
use crate::aws::limits::MIB;
use crate::diagnostics::{Code, Diagnostic};
use crate::parse::step;
use crate::source::Span;
use crate::spec::{self, Compression, Newline, Unpack};

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

/// Where the records go.
#[derive(Clone, Debug)]
pub enum Destination {
    /// S3.
    S3(S3Location),
    /// Anything else, with a bucket beside it.
    Service(Service),
}

/// Something that Firehose writes to. A destination has one of each purpose at most.
#[derive(Clone, Copy, Debug)]
pub enum Sink<'a> {
    /// A bucket.
    Bucket(Purpose, &'a S3Location),
    /// A destination that is no bucket.
    Service(&'a Service),
}

/// What a sink is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// It holds what is delivered.
    Destination,
    /// It holds what does not reach a destination, or everything.
    Backup,
}

/// A place in S3.
#[derive(Clone, Debug)]
pub struct S3Location {
    /// Its place in the spec, a JSON pointer.
    pub spec: String,
    /// Place of its key.
    pub span: Span,
    /// What its logical ids end in.
    pub suffix: String,
    /// An existing bucket.
    pub bucket: Option<Setting<String>>,
    /// What keys begin with.
    pub prefix: Setting<String>,
    /// The same for what could not be processed.
    pub error_prefix: Setting<String>,
    /// How objects are compressed.
    pub compression: Compression,
    /// What names end in.
    pub file_extension: Option<Setting<String>>,
    /// Time zone of timestamp expressions.
    pub time_zone: Option<Setting<String>>,
    /// At rest.
    pub encryption: Setting<Encryption>,
    /// Seconds until objects of the stack's own bucket expire.
    pub expire_after: Option<Setting<u64>>,
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

    /// What it is called in a sentence.
    pub fn words(&self) -> String {
        self.name.as_ref().map_or_else(|| "delivery".into(), |name| format!("delivery {name}"))
    }

    /// Bytes and seconds that are collected for one object in the bucket of a purpose.
    pub fn buffer(&self, purpose: Purpose) -> (u64, u64) {
        match purpose {
            Purpose::Destination => (self.buffer_size.value, self.buffer_interval.value),
            Purpose::Backup => {
                let (mib, seconds) = destinations::BACKUP_BUFFER;
                (mib * MIB, seconds)
            }
        }
    }
}

impl Destination {
    /// What Firehose can do there.
    pub fn capabilities(&self) -> &'static Capabilities {
        match self {
            Self::S3(_) => &destinations::S3,
            Self::Service(service) => service.kind.capabilities(),
        }
    }

    /// What Firehose writes to.
    pub fn sinks(&self) -> Vec<Sink<'_>> {
        match self {
            Self::S3(location) => vec![Sink::Bucket(Purpose::Destination, location)],
            Self::Service(service) => {
                vec![Sink::Service(service), Sink::Bucket(Purpose::Backup, &service.backup.location)]
            }
        }
    }

    /// The sink of a purpose.
    pub fn sink(&self, purpose: Purpose) -> Option<Sink<'_>> {
        self.sinks().into_iter().find(|sink| sink.purpose() == purpose)
    }

    /// The bucket for what does not reach the destination.
    pub fn failures(&self) -> (Purpose, &S3Location) {
        match self {
            Self::S3(location) => (Purpose::Destination, location),
            Self::Service(service) => (Purpose::Backup, &service.backup.location),
        }
    }

    /// What it is, where it is no bucket.
    pub fn service(&self) -> Option<&Service> {
        match self {
            Self::S3(_) => None,
            Self::Service(service) => Some(service),
        }
    }

    /// The places in S3 that Firehose writes to.
    pub fn locations(&self) -> impl Iterator<Item = &S3Location> {
        self.sinks().into_iter().filter_map(Sink::location)
    }
}

impl<'a> Sink<'a> {
    /// What it is for.
    pub fn purpose(self) -> Purpose {
        match self {
            Self::Bucket(purpose, _) => purpose,
            Self::Service(_) => Purpose::Destination,
        }
    }

    /// The place in S3 that it is.
    pub fn location(self) -> Option<&'a S3Location> {
        match self {
            Self::Bucket(_, location) => Some(location),
            Self::Service(_) => None,
        }
    }

    /// Logical id of its main resource; `None` where that is not the stack's.
    pub fn logical_id(self) -> Option<String> {
        match self {
            Self::Bucket(purpose, location) => {
                location.bucket.is_none().then(|| format!("{}{}", purpose.bucket(), location.suffix))
            }
            Self::Service(_) => None,
        }
    }
}

impl Purpose {
    /// What the logical id of the stack's own bucket for it begins with.
    pub fn bucket(self) -> &'static str {
        match self {
            Self::Destination => "Bucket",
            Self::Backup => "BackupBucket",
        }
    }

    /// What users call its bucket.
    pub fn name(self) -> &'static str {
        match self {
            Self::Destination => "bucket",
            Self::Backup => "backup",
        }
    }

    /// What its bucket is for, as the stack's outputs have it.
    pub fn description(self) -> &'static str {
        match self {
            Self::Destination => "Bucket that the objects are written to",
            Self::Backup => "Bucket for records that do not reach the destination",
        }
    }
}

/// Default of an error prefix. In an existing bucket, it has the pipeline's name, since other pipelines may write there
/// as well; and the delivery's, if there are several.
pub fn default_error_prefix(pipeline: &str, delivery: Option<&str>, existing: bool) -> String {
    match existing {
        true => {
            let own =
                delivery.map_or_else(|| pipeline.to_owned(), |delivery| format!("{pipeline}/{delivery}"));
            DEFAULT_ERROR_PREFIX.replacen('/', &format!("/{own}/"), 1)
        }
        false => DEFAULT_ERROR_PREFIX.into(),
    }
}

impl Resolver<'_> {
    /// The deliveries, in the order of the spec.
    pub(super) fn deliveries(&mut self, written: Deliveries, pipeline: &str, queries: bool) -> Vec<Delivery> {
        let Deliveries { one, several, transform, stream } = written;
        if let (Some(_), Some(_)) = (&one, &several) {
            let (span, other) = (self.key("/deliveries"), self.key("/delivery"));
            self.diagnostics.push(
                Diagnostic::error(
                    Code::ConflictingKeys,
                    span,
                    "a pipeline has `delivery` or `deliveries`",
                    "move `delivery` into `deliveries`, under a name",
                )
                .related(other, "the other one"),
            );
        }
        let several_written = several.is_some();
        let of_several = several
            .into_iter()
            .flatten()
            .map(|(name, delivery)| (Some(name.clone()), format!("/deliveries/{}", step(&name)), delivery));
        let all: Vec<_> = one
            .map(|delivery| (None, "/delivery".to_owned(), delivery))
            .into_iter()
            .chain(of_several)
            .collect();
        let mut transform = transform;
        if transform.is_some() && several_written {
            let span = self.key("/transform");
            self.diagnostics.push(Diagnostic::error(
                Code::ConflictingKeys,
                span,
                "with `deliveries`, each has a transform of its own",
                "move `transform` into the deliveries whose records it processes",
            ));
            transform = None;
        }
        all.into_iter()
            .map(|(name, spec, mut delivery)| {
                let own = delivery.transform.take();
                let (at, written) = match (own, transform.take()) {
                    (Some(own), shared) => {
                        if shared.is_some() {
                            self.two_transforms(&spec);
                        }
                        (format!("{spec}/transform"), Some(own))
                    }
                    (None, shared) => ("/transform".to_owned(), shared),
                };
                let raw = match stream {
                    Some(_) => FROM_STREAM,
                    None => FROM_RECORDS,
                };
                let runs_query = queries && delivery.from.as_deref() != Some(raw);
                let written = match written {
                    None if runs_query => Some(("/analytics".to_owned(), spec::Transform::default())),
                    written => written.map(|written| (at, written)),
                };
                self.one_delivery(name, spec, delivery, (written, queries), pipeline, stream)
            })
            .collect()
    }

    fn two_transforms(&mut self, spec: &str) {
        let (span, other) = (self.key(&format!("{spec}/transform")), self.key("/transform"));
        self.diagnostics.push(
            Diagnostic::error(
                Code::ConflictingKeys,
                span,
                "the delivery has two transforms",
                "remove one of them",
            )
            .related(other, "the other one"),
        );
    }

    fn one_delivery(
        &mut self,
        name: Option<String>,
        at: String,
        mut delivery: spec::Delivery,
        (transform, queries): (Option<(String, spec::Transform)>, bool),
        pipeline: &str,
        stream: Option<Span>,
    ) -> Delivery {
        let (size, interval) = delivery.buffer.map(|buffer| (buffer.size.0, buffer.interval.0)).unzip();
        let direct = Direct {
            intake: Intake {
                record_size: self.or(
                    &format!("{at}/record_size"),
                    delivery.record_size.map(|size| size.0),
                    1,
                ),
                records_per_second: self.or(
                    &format!("{at}/records_per_second"),
                    delivery.records_per_second,
                    1.0,
                ),
                average: self.or(
                    &format!("{at}/average"),
                    delivery.average,
                    delivery.records_per_second.unwrap_or(1.0),
                ),
            },
            encryption: self.encryption(&format!("{at}/encryption"), delivery.encryption.take()),
        };
        let direct = self.direct(direct, &at, stream);
        let runs_query = queries && delivery.from.as_deref() != Some(FROM_STREAM);
        // What comes from CloudWatch Logs alone needs no function.
        let own = transform.as_ref().filter(|_| direct.is_some() && !runs_query);
        let unpack = own.and_then(|(at, transform)| self.unpacked_by_firehose(at, transform));
        let transform = transform.filter(|_| unpack.is_none());
        let id = name.as_deref().map(logical_name).unwrap_or_default();
        let site = Site { at: &at, pipeline, delivery: name.as_deref(), suffix: id };
        let destination = self.destination(&mut delivery, &site);
        let defaults = destination.capabilities();
        Delivery {
            span: self.key(&at),
            from: self.optional(&format!("{at}/from"), delivery.from),
            transform: transform.map(|(at, transform)| self.transform(&at, transform, defaults.separator)),
            unpack,
            direct,
            buffer_size: self.or(&format!("{at}/buffer/size"), size, defaults.buffer_mib_default * MIB),
            buffer_interval: self.or(&format!("{at}/buffer/interval"), interval, defaults.buffer_s_default),
            newline: self.or(&format!("{at}/newline"), delivery.newline, Newline::Append),
            destination,
            name,
            spec: at,
        }
    }

    /// What Firehose unpacks itself; keys of a function have no meaning then.
    fn unpacked_by_firehose(&mut self, at: &str, transform: &spec::Transform) -> Option<Setting<Unpack>> {
        // Beside a function of the user's, `unpack` is reported.
        if transform.lambda.is_some() {
            return None;
        }
        let unpack = self.written(&format!("{at}/unpack"), transform.unpack?);
        let keys = [
            ("append", transform.append.is_some()),
            ("timeout", transform.timeout.is_some()),
            ("memory", transform.memory.is_some()),
            ("architecture", transform.architecture.is_some()),
            ("buffer", transform.buffer.is_some()),
            ("retries", transform.retries.is_some()),
        ];
        for (key, _) in keys.into_iter().filter(|(_, written)| *written) {
            let span = self.key(&format!("{at}/{key}"));
            self.diagnostics.push(
                Diagnostic::error(
                    Code::ConflictingKeys,
                    span,
                    format!("`{key}` is for a function, and without a stream and SQL Firehose itself unpacks log events"),
                    format!("remove `{key}`"),
                )
                .related(unpack.span, "what is unpacked"),
            );
        }
        Some(unpack)
    }

    /// The load of a delivery that records are put straight into. With a stream, the load is the stream's.
    fn direct(&mut self, direct: Direct, at: &str, stream: Option<Span>) -> Option<Direct> {
        let Direct { intake: Intake { record_size, records_per_second, average }, encryption } = &direct;
        let keys = [
            ("record_size", record_size.written, record_size.span, "2 KiB"),
            ("records_per_second", records_per_second.written, records_per_second.span, "1000"),
            ("average", average.written, average.span, ""),
            ("encryption", encryption.written, encryption.span, ""),
        ];
        match stream {
            Some(stream) => {
                for (key, _, _, _) in keys.into_iter().filter(|(_, written, ..)| *written) {
                    let help = match key {
                        "encryption" => {
                            "remove it; `stream.encryption` covers what Firehose reads".to_owned()
                        }
                        key => format!("remove it, and write `{key}` in `stream`"),
                    };
                    let message =
                        format!("`{key}` is for a delivery without a stream, and this one reads a stream");
                    let span = self.key(&format!("{at}/{key}"));
                    self.diagnostics.push(
                        Diagnostic::error(Code::DirectPut, span, message, help).related(stream, "the stream"),
                    );
                }
                None
            }
            None => {
                for (key, _, _, example) in
                    keys.into_iter().filter(|(_, written, _, example)| !written && !example.is_empty())
                {
                    let message = format!("`{key}` is missing: without a stream, the load is declared here");
                    let span = self.key(at);
                    let help = format!("add `{key}: {example}` with your figure");
                    self.diagnostics.push(Diagnostic::error(Code::DirectPut, span, message, help));
                }
                Some(direct)
            }
        }
    }

    fn destination(&mut self, delivery: &mut spec::Delivery, site: &Site) -> Destination {
        match self.service(delivery, site) {
            Some(service) => Destination::Service(service),
            None => {
                let at = site.at;
                let keys = [("backup", delivery.backup.is_some()), ("retry", delivery.retry.is_some())];
                for (key, _) in keys.into_iter().filter(|(_, written)| *written) {
                    let span = self.key(&format!("{at}/{key}"));
                    self.diagnostics.push(
                        Diagnostic::error(
                            Code::DestinationKey,
                            span,
                            format!("`{key}` is for destinations other than S3"),
                            format!("remove `{key}`; Firehose retries a bucket for up to 24 h"),
                        )
                        .related(self.key(&format!("{at}/s3")), "the destination"),
                    );
                }
                // The schema asks for one of them.
                Destination::S3(self.s3(delivery.s3.take().unwrap_or_default(), site))
            }
        }
    }

    fn s3(&self, s3: spec::delivery::S3, site: &Site) -> S3Location {
        let at = format!("{}/s3", site.at);
        let error_prefix = default_error_prefix(site.pipeline, site.delivery, s3.bucket.is_some());
        let of = |key: &str| format!("{at}/{key}");
        S3Location {
            span: self.key(&at),
            suffix: site.suffix.clone(),
            bucket: self.optional(&of("bucket"), s3.bucket),
            prefix: self.or(&of("prefix"), s3.prefix, String::new()),
            error_prefix: self.or(&of("error_prefix"), s3.error_prefix, error_prefix),
            compression: s3.compression.unwrap_or(Compression::None),
            file_extension: self.optional(&of("file_extension"), s3.file_extension),
            time_zone: self.optional(&of("time_zone"), s3.time_zone),
            encryption: self.encryption(&of("encryption"), s3.encryption),
            expire_after: self.optional(&of("expire_after"), s3.expire_after.map(|time| time.0)),
            spec: at,
        }
    }
}

/// A delivery whose destination is read.
pub(super) struct Site<'a> {
    /// The delivery's place in the spec, a JSON pointer.
    pub at: &'a str,
    /// The pipeline's name.
    pub pipeline: &'a str,
    /// The delivery's name.
    pub delivery: Option<&'a str>,
    /// What logical ids end in.
    pub suffix: String,
}

/// What the spec has about deliveries.
pub(super) struct Deliveries {
    /// `delivery`.
    pub one: Option<spec::Delivery>,
    /// `deliveries`.
    pub several: Option<IndexMap<String, spec::Delivery>>,
    /// The transform beside `delivery`.
    pub transform: Option<spec::Transform>,
    /// Place of the stream, if there is one.
    pub stream: Option<Span>,
}

/// Value of `from` for the stream.
pub const FROM_STREAM: &str = "stream";
/// Value of `from` for the records that are put into a delivery, without the SQL.
pub const FROM_RECORDS: &str = "records";
