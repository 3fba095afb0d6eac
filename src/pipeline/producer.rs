//! The producer.

use std::sync::Arc;

use super::Setting;
use crate::source::Span;

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
