//! Firehose and its destination: what is decided about them, and how it is read from the spec.

use serde::Serialize;

use super::pipeline::{Encryption, Setting};
use super::{DEFAULT_ERROR_PREFIX, Resolver};
use crate::aws::destinations::{self, Capabilities};
use crate::aws::limits::MIB;
use crate::source::Span;
use crate::spec::{self, Compression, Newline};

/// Firehose.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Place of its key.
    pub span: Span,
    /// Bytes that are collected before they are written.
    pub buffer_size: Setting<u64>,
    /// Seconds that are collected before they are written.
    pub buffer_interval: Setting<u64>,
    /// Whether Firehose puts a newline after each record, where no transform does.
    pub newline: Setting<Newline>,
    /// Where the records go.
    pub destination: Destination,
}

/// Where the records go.
#[derive(Clone, Debug)]
pub enum Destination {
    /// S3.
    S3(S3Location),
}

/// Something that Firehose writes to. A destination has one of each purpose at most.
#[derive(Clone, Copy, Debug)]
pub enum Sink<'a> {
    /// A bucket.
    Bucket(Purpose, &'a S3Location),
}

/// What a sink is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// It holds what is delivered.
    Destination,
}

/// A place in S3.
#[derive(Clone, Debug)]
pub struct S3Location {
    /// Its place in the spec, a JSON pointer.
    pub spec: &'static str,
    /// Place of its key.
    pub span: Span,
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
    /// Bytes and seconds that are collected for one object in the bucket of a purpose.
    pub fn buffer(&self, purpose: Purpose) -> (u64, u64) {
        match purpose {
            Purpose::Destination => (self.buffer_size.value, self.buffer_interval.value),
        }
    }
}

impl Destination {
    /// What Firehose can do there.
    pub fn capabilities(&self) -> &'static Capabilities {
        match self {
            Self::S3(_) => &destinations::S3,
        }
    }

    /// What Firehose writes to.
    pub fn sinks(&self) -> Vec<Sink<'_>> {
        match self {
            Self::S3(location) => vec![Sink::Bucket(Purpose::Destination, location)],
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
        }
    }

    /// The place in S3 that it is.
    pub fn location(self) -> Option<&'a S3Location> {
        match self {
            Self::Bucket(_, location) => Some(location),
        }
    }

    /// Logical id of its main resource; `None` where that is not the stack's.
    pub fn logical_id(self) -> Option<&'static str> {
        match self {
            Self::Bucket(purpose, location) => location.bucket.is_none().then(|| purpose.bucket()),
        }
    }
}

impl Purpose {
    /// Logical id of the stack's own bucket for it.
    pub fn bucket(self) -> &'static str {
        match self {
            Self::Destination => "Bucket",
        }
    }

    /// What users call its bucket.
    pub fn name(self) -> &'static str {
        match self {
            Self::Destination => "bucket",
        }
    }

    /// What its bucket is for, as the stack's outputs have it.
    pub fn description(self) -> &'static str {
        match self {
            Self::Destination => "Bucket that the objects are written to",
        }
    }
}

/// Default of an error prefix. In an existing bucket, it has the pipeline's name, since other pipelines may write there
/// as well.
pub fn default_error_prefix(pipeline: &str, existing: bool) -> String {
    match existing {
        true => DEFAULT_ERROR_PREFIX.replacen('/', &format!("/{pipeline}/"), 1),
        false => DEFAULT_ERROR_PREFIX.into(),
    }
}

impl Resolver<'_> {
    pub(super) fn delivery(&self, delivery: spec::Delivery, pipeline: &str) -> Delivery {
        let (size, interval) = delivery.buffer.map(|buffer| (buffer.size.0, buffer.interval.0)).unzip();
        // The schema asks for one of them.
        let destination = Destination::S3(self.s3(delivery.s3.unwrap_or_default(), pipeline));
        let defaults = destination.capabilities();
        Delivery {
            span: self.key("/delivery"),
            buffer_size: self.or("/delivery/buffer/size", size, defaults.buffer_mib_default * MIB),
            buffer_interval: self.or("/delivery/buffer/interval", interval, defaults.buffer_s_default),
            newline: self.or("/delivery/newline", delivery.newline, Newline::Append),
            destination,
        }
    }

    fn s3(&self, s3: spec::delivery::S3, pipeline: &str) -> S3Location {
        let error_prefix = default_error_prefix(pipeline, s3.bucket.is_some());
        S3Location {
            spec: "/delivery/s3",
            span: self.key("/delivery/s3"),
            bucket: s3.bucket.map(|bucket| self.written("/delivery/s3/bucket", bucket)),
            prefix: self.or("/delivery/s3/prefix", s3.prefix, String::new()),
            error_prefix: self.or("/delivery/s3/error_prefix", s3.error_prefix, error_prefix),
            compression: s3.compression.unwrap_or(Compression::None),
            file_extension: s3
                .file_extension
                .map(|extension| self.written("/delivery/s3/file_extension", extension)),
            time_zone: s3.time_zone.map(|zone| self.written("/delivery/s3/time_zone", zone)),
            encryption: self.encryption("/delivery/s3/encryption", s3.encryption),
            expire_after: s3.expire_after.map(|time| self.written("/delivery/s3/expire_after", time.0)),
        }
    }
}
