//! What fills the stream, or writes into Firehose.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Duration;

/// EC2 instances that send records to the stream or, if there is no stream, to the delivery (the first of several): an
/// Auto Scaling group that is accessible only through Session Manager.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["http"]}, {"required": ["file"]}, {"required": ["generate"]}]))]
pub struct Producer {
    /// Records from a web API. Exactly one of `http`, `file` and `generate` is the source.
    pub http: Option<HttpSource>,
    /// Records from a file next to the spec, which becomes an artifact of the stack.
    pub file: Option<FileSource>,
    /// Records generated from `records.columns`, with the declared `record_size`, for load tests.
    pub generate: Option<GeneratorSource>,
    /// Rate of all instances together, in records per second.
    #[schemars(extend("exclusiveMinimum" = 0), extend("examples" = [2]))]
    pub records_per_second: f64,
    /// Source of the partition key: `random`, or the path of a field such as `$.login.uuid`. A field keeps the order of
    /// the records that share its value. Requires a `stream`, since Firehose has no partition keys. Default: `random`.
    #[schemars(extend("examples" = ["$.login.uuid"]))]
    pub partition_key: Option<String>,
    /// EC2 instance type. Default: `t3.micro`.
    #[schemars(extend("examples" = ["t3.micro"]))]
    pub instance_type: Option<String>,
    /// Number of instances, 1 to 500. Default: as many as the rate needs, up to 4.
    #[schemars(range(min = 1, max = 500))]
    pub instances: Option<u64>,
    /// Network of the instances. Default: a new VPC with two public subnets and no inbound access.
    pub network: Option<Network>,
}

/// A web API that returns records.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HttpSource {
    /// URL of a page of records in JSON.
    #[schemars(extend("examples" = ["https://randomuser.me/api/?results=500"]))]
    pub url: String,
    /// Path of the array of records in the response, as in `$.results` or `$.pages[0].items`; `$` if the response is
    /// the array. Default: `$`.
    #[schemars(extend("examples" = ["$.results"]))]
    pub records: Option<String>,
    /// How often to fetch a new page, every 1 s to 30 d; until then, the last page is repeated. Default: once all
    /// records of the page have been sent, at most every 5 s.
    #[schemars(extend("examples" = ["60 s"]))]
    pub refresh: Option<Duration>,
    /// Request headers. Do not put secrets here: many people can read the spec and the template.
    pub headers: Option<IndexMap<String, String>>,
}

/// A file of records.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileSource {
    /// Path of the file, relative to the spec: one record per line, at most 64 MiB. Blank lines are skipped.
    #[schemars(extend("examples" = ["users.jsonl"]))]
    pub path: String,
    /// Whether to send the file repeatedly. Default: `false`, once per start of an instance.
    pub repeat: Option<bool>,
}

/// Generated records: JSON with a value for every column, and `padding` up to the declared size.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GeneratorSource {
    /// Seed of the generator; the same seed gives the same values. Default: 1.
    #[schemars(extend("examples" = [7]))]
    pub seed: Option<u64>,
}

/// An existing network.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// ID of the VPC.
    #[schemars(regex(pattern = r"^vpc-[0-9a-f]{8,17}$"), extend("examples" = ["vpc-0123456789abcdef0"]))]
    pub vpc: String,
    /// IDs of subnets in that VPC, 1 to 16, with a route to the internet or to endpoints for Kinesis (without a stream,
    /// Firehose), S3, CloudWatch Logs, Systems Manager and CloudFormation. Two subnets in different Availability Zones
    /// survive the loss of one zone.
    #[schemars(
        length(min = 1, max = 16),
        inner(regex(pattern = r"^subnet-[0-9a-f]{8,17}$")),
        extend("examples" = [["subnet-0123456789abcdef0"]])
    )]
    pub subnets: Vec<String>,
    /// Whether instances get a public IP address; `true` for public subnets. Default: `false`.
    pub public_address: Option<bool>,
}
