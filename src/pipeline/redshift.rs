//! Redshift as a destination.

use super::Setting;

/// A cluster or workgroup of Redshift, and a table of it.
#[derive(Clone, Debug)]
pub struct Redshift {
    /// Where it is.
    pub host: RedshiftHost,
    /// Name of the database.
    pub database: Setting<String>,
    /// Name of the table, perhaps with its schema.
    pub table: Setting<String>,
    /// The columns that COPY loads, if the spec names them.
    pub columns: Option<Setting<Vec<String>>>,
    /// The spec's options of COPY.
    pub copy_options: Option<Setting<String>>,
    /// Whether the staged objects are compressed with gzip.
    pub gzip: bool,
}

/// Where Redshift is.
#[derive(Clone, Debug)]
pub enum RedshiftHost {
    /// A serverless workgroup of the stack's account and region, by its name.
    Workgroup(Setting<String>),
    /// Host and port.
    Endpoint(Setting<String>),
}

impl RedshiftHost {
    /// Its place in the spec and what stands there.
    pub fn setting(&self) -> &Setting<String> {
        match self {
            Self::Workgroup(setting) | Self::Endpoint(setting) => setting,
        }
    }

    /// Whether it is serverless, which is billed while it works.
    pub fn is_serverless(&self) -> bool {
        match self {
            Self::Workgroup(_) => true,
            Self::Endpoint(endpoint) => endpoint.value.contains(".redshift-serverless."),
        }
    }
}
