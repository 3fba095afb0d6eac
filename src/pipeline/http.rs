//! An HTTP endpoint as a destination.

use super::Setting;
use crate::aws::destinations::{self, Capabilities};
use crate::source::Span;

/// An HTTP endpoint.
#[derive(Clone, Debug)]
pub struct Http {
    /// Whose it is.
    pub vendor: Vendor,
    /// Its address.
    pub url: Setting<String>,
    /// Its name in the console.
    pub name: Setting<String>,
    /// Whether requests are compressed.
    pub gzip: bool,
    /// What is sent with each request.
    pub attributes: Vec<Attribute>,
}

/// Whose an endpoint is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vendor {
    /// Anyone's.
    Other,
    /// Datadog's.
    Datadog,
    /// New Relic's.
    NewRelic,
}

/// A name and a value that are sent with each request.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Name.
    pub name: String,
    /// Value.
    pub value: Setting<String>,
    /// Place of the name.
    pub span: Span,
}

impl Vendor {
    /// What Firehose can do there.
    pub fn capabilities(self) -> &'static Capabilities {
        match self {
            Self::Other => &destinations::HTTP,
            Self::Datadog => &destinations::DATADOG,
            Self::NewRelic => &destinations::NEW_RELIC,
        }
    }
}
