//! S3 as a destination: places, formats, tables and partitions.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Duration, Encryption};

/// An S3 bucket as the destination.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct S3 {
    /// Name of an existing bucket. Default: a bucket in the stack: private, encrypted and versioned, and retained when
    /// the stack is deleted.
    #[schemars(extend("examples" = ["my-data-lake"]))]
    pub bucket: Option<String>,
    /// Prefix of the objects' keys, in which `!{timestamp:..}` and `!{firehose:random-string}` are evaluated, and with
    /// `partition_by` the keys of it. Firehose appends `yyyy/MM/dd/HH/` if there is no expression. With `partition_by`, the
    /// folders `KEY=VALUE/` are appended to a prefix that names no key. Default: empty; with a `table` of the stack, its
    /// name and a slash.
    #[schemars(extend("examples" = ["user-data/"]))]
    pub prefix: Option<String>,
    /// Prefix of the keys of objects with failed records, in which `!{firehose:error-output-type}` is evaluated as
    /// well. Default: `errors/!{firehose:error-output-type}/`; in an existing bucket, `errors/NAME/..` with the
    /// pipeline's name.
    #[schemars(extend("examples" = ["errors/!{firehose:error-output-type}/"]))]
    pub error_prefix: Option<String>,
    /// Format of the objects. `parquet` and `orc` need a `table`, whose columns they have. Default: `json`, the records as
    /// they are.
    pub format: Option<ObjectFormat>,
    /// A table of the Glue Data Catalog, by which Athena reads the objects. Its columns are those of the SQL's output;
    /// without SQL, of `records.columns`. Default: none.
    pub table: Option<Table>,
    /// Folders by the values of columns: each key is the name of a folder, as in `country=DE/`, and Firehose stores every
    /// record in the folder of its values (dynamic partitioning). Up to 50 keys, which start with a lower-case letter,
    /// followed by lower-case letters, digits and underscores. Default: none.
    #[schemars(extend("minProperties" = 1, "maxProperties" = 50))]
    pub partition_by: Option<IndexMap<String, Partition>>,
    /// Partitions that Firehose may fill at a time, 1 to 2,500: the quota of your account. Default: 500.
    #[schemars(extend("examples" = [2500]))]
    pub partition_quota: Option<u64>,
    /// Compression of the objects; of `parquet` and `orc`, the compression within them. Default: `none`; for `parquet` and
    /// `orc`, `snappy`.
    pub compression: Option<Compression>,
    /// Extension of the objects' names, starting with a dot. Default: the extension of the compression.
    #[schemars(extend("examples" = [".jsonl"]))]
    pub file_extension: Option<String>,
    /// Time zone of timestamp expressions, as in `Europe/Berlin`. Default: `UTC`.
    #[schemars(extend("examples" = ["Europe/Berlin"]))]
    pub time_zone: Option<String>,
    /// Encryption at rest. Default: `aws_managed`.
    pub encryption: Option<Encryption>,
    /// Age in whole days at which objects in the stack's own bucket expire. Default: never.
    #[schemars(extend("examples" = ["365 d"]))]
    pub expire_after: Option<Duration>,
}

/// Compression of the objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Compression {
    /// No compression.
    None,
    /// gzip.
    Gzip,
    /// ZIP.
    Zip,
    /// Snappy.
    Snappy,
    /// Snappy with Hadoop's framing.
    HadoopSnappy,
}

impl Compression {
    /// The word for it in a spec.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Zip => "zip",
            Self::Snappy => "snappy",
            Self::HadoopSnappy => "hadoop_snappy",
        }
    }
}

/// Format of the objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ObjectFormat {
    /// The records as they are.
    Json,
    /// Apache Parquet.
    Parquet,
    /// Apache ORC.
    Orc,
}

impl ObjectFormat {
    /// The word for it in a spec.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Parquet => "parquet",
            Self::Orc => "orc",
        }
    }

    /// Its name in a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Parquet => "Parquet",
            Self::Orc => "ORC",
        }
    }

    /// Whether Firehose converts the records to it.
    pub fn is_columnar(self) -> bool {
        self != Self::Json
    }
}

/// A table of the Glue Data Catalog. Athena finds its partitions by the layout of the keys, so nothing has to be added
/// when a new folder appears.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["database", "name"]}, {"required": ["existing"]}]))]
pub struct Table {
    /// Database of the table, which the stack creates; `{existing: NAME}` for one that exists. Lower-case letters, digits
    /// and underscores.
    pub database: Option<Database>,
    /// Name of the table, which the stack creates. Lower-case letters, digits and underscores.
    #[schemars(extend("examples" = ["users"]))]
    pub name: Option<String>,
    /// A table that exists, as `DATABASE.TABLE`: its columns are those of the objects. Only for `parquet` and `orc`.
    #[schemars(extend("examples" = ["events.users"]))]
    pub existing: Option<String>,
    /// Day of the oldest objects, in UTC, as `yyyy-MM-dd`. Athena looks for no earlier folders. Required if the keys contain
    /// a date.
    #[schemars(regex(pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), extend("examples" = ["2026-11-29"]))]
    pub since: Option<String>,
    /// Whether Lake Formation controls the access to the table: the stack then grants Firehose `DESCRIBE` and `SELECT` on
    /// it, and the deployer must be a data lake administrator. Default: `false`.
    pub lake_formation: Option<bool>,
}

/// Database of a table.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Database {
    /// A database in the stack.
    Own(String),
    /// A database that exists.
    Existing(ExistingDatabase),
}

/// A database that exists.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExistingDatabase {
    /// Its name.
    #[schemars(extend("examples" = ["events"]))]
    pub existing: String,
}

/// The values of a partition key: a column, or a column with more about it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Partition {
    /// The column whose values are used.
    Column(String),
    /// The column, with more about its values.
    Detailed(PartitionColumn),
}

/// A column whose values are those of a partition key.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartitionColumn {
    /// Column of the SQL's output; without SQL, of `records.columns`.
    #[schemars(extend("examples" = ["AT"]))]
    pub column: String,
    /// Pattern of a DATE or a TIMESTAMP column, of `yyyy`, `MM`, `dd`, `HH` and `mm` with `-`, `/`, `_` or `.` between
    /// them. Default: `yyyy-MM-dd` for a DATE; a TIMESTAMP needs one.
    #[schemars(extend("examples" = ["yyyy-MM-dd"]))]
    pub format: Option<String>,
    /// All values that the column has. Athena then needs no condition on the key.
    #[schemars(extend("examples" = [["DE", "FR"]], "minItems" = 1, "maxItems" = 500))]
    pub values: Option<Vec<String>>,
    /// Number of different values within a buffer interval, to compare with the quota of partitions. Default: the number
    /// of `values`, or of `analytics.keys`.
    #[schemars(extend("minimum" = 1), extend("examples" = [40]))]
    pub count: Option<u64>,
}
