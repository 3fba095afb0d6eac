//! The destination of a delivery, and what Firehose writes to for it.

use serde::Serialize;

use super::S3Location;
use crate::aws::destinations::{self, Capabilities};

/// Where the records go.
#[derive(Clone, Debug)]
pub enum Destination {
    /// S3.
    S3(S3Location),
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

/// Something that Firehose writes to. A destination has one of each purpose at most.
#[derive(Clone, Copy, Debug)]
pub enum Sink<'a> {
    /// A bucket.
    Bucket(Purpose, &'a S3Location),
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
    pub fn logical_id(self) -> Option<String> {
        match self {
            Self::Bucket(purpose, location) => {
                location.bucket.is_none().then(|| format!("{}{}", purpose.bucket(), location.suffix))
            }
        }
    }
}

/// What a sink is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// It holds what is delivered.
    Destination,
}

impl Purpose {
    /// What the logical id of the stack's own bucket for it begins with.
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
