//! What fills the stream.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Duration;

/// EC2 instances that fill the stream: an Auto Scaling group, reachable through Session Manager only.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["http"]}, {"required": ["file"]}, {"required": ["generate"]}]))]
pub struct Producer {
    /// Records from a web API. One of `http`, `file` and `generate` is the source.
    pub http: Option<HttpSource>,
    /// Records from a file beside the spec, which travels with the stack.
    pub file: Option<FileSource>,
    /// Records made up from `records.columns`, as large as `stream.record_size` says, for load tests.
    pub generate: Option<GeneratorSource>,
    /// Records in a second that all instances send together.
    #[schemars(extend("exclusiveMinimum" = 0), extend("examples" = [2]))]
    pub records_per_second: f64,
    /// Where a record's partition key comes from: `random`, or the path of a field such as `$.login.uuid`, which
    /// keeps the order of the records that share it. Default: `random`.
    #[schemars(extend("examples" = ["$.login.uuid"]))]
    pub partition_key: Option<String>,
    /// EC2 instance type. Default: `t3.micro`.
    #[schemars(extend("examples" = ["t3.micro"]))]
    pub instance_type: Option<String>,
    /// How many instances. Default: as many as the rate needs.
    #[schemars(range(min = 1, max = 500))]
    pub instances: Option<u64>,
    /// Where the instances run. Default: a VPC of the stack's own with two public subnets and no way in.
    pub network: Option<Network>,
}

/// A web API that answers with records.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HttpSource {
    /// Address of a page of records, JSON.
    #[schemars(extend("examples" = ["https://randomuser.me/api/?results=500"]))]
    pub url: String,
    /// Path of the array of records in the answer, as in `$.results` or `$.pages[0].items`; `$` where the answer is the
    /// array. Default: `$`.
    #[schemars(extend("examples" = ["$.results"]))]
    pub records: Option<String>,
    /// How often a new page is fetched, every 1 s to 30 d; the last one is repeated meanwhile. Default: when the page has
    /// been sent, at most every 5 s.
    #[schemars(extend("examples" = ["60 s"]))]
    pub refresh: Option<Duration>,
    /// Request headers. No secrets: the spec and the template are read by many.
    pub headers: Option<IndexMap<String, String>>,
}

/// A file of records.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileSource {
    /// A file beside the spec, one record per line, 64 MiB at most. Blank lines are left out.
    #[schemars(extend("examples" = ["users.jsonl"]))]
    pub path: String,
    /// Whether the file is sent again and again. Default: `false`, once each time that an instance starts.
    pub repeat: Option<bool>,
}

/// Made-up records: JSON with a value for every column, and `padding` up to the declared size.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GeneratorSource {
    /// Where the made-up values begin; the same seed makes the same values. Default: 1.
    #[schemars(extend("examples" = [7]))]
    pub seed: Option<u64>,
}

/// An existing network.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// The VPC.
    #[schemars(regex(pattern = r"^vpc-[0-9a-f]{8,17}$"), extend("examples" = ["vpc-0123456789abcdef0"]))]
    pub vpc: String,
    /// Subnets of that VPC with a way out to the internet or to endpoints of Kinesis, S3, CloudWatch Logs,
    /// Systems Manager and CloudFormation; two of them survive the loss of an Availability Zone.
    #[schemars(
        length(min = 1, max = 16),
        inner(regex(pattern = r"^subnet-[0-9a-f]{8,17}$")),
        extend("examples" = [["subnet-0123456789abcdef0"]])
    )]
    pub subnets: Vec<String>,
    /// Whether instances get a public address; `true` for public subnets. Default: `false`.
    pub public_address: Option<bool>,
}
