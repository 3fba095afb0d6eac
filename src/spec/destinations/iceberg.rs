//! Apache Iceberg.

use schemars::JsonSchema;
use serde::Deserialize;

/// A table of Apache Iceberg: one that exists in the Glue Data Catalog, or one of Amazon S3 Tables.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    {"required": ["glue"]},
    {"required": ["s3_tables"]},
]))]
pub struct Iceberg {
    /// A table that exists in the Glue Data Catalog, with its objects in your own bucket.
    pub glue: Option<IcebergGlue>,
    /// A table in a table bucket of Amazon S3 Tables, which compacts it. The stack creates it.
    pub s3_tables: Option<S3Tables>,
    /// Columns that identify a row, for updates and deletes. Needs `operation`.
    #[schemars(extend("examples" = [["id"]]))]
    pub unique_keys: Option<Vec<String>>,
    /// Column of the operation on a row: `insert`, `update` or `delete`, in lower case. It is not a column of the table. Needs
    /// `unique_keys`. Default: each row is inserted. A change of it needs a new Firehose stream.
    #[schemars(extend("examples" = ["op"]))]
    pub operation: Option<String>,
}

/// A table in the Glue Data Catalog.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IcebergGlue {
    /// Name of its database.
    #[schemars(extend("examples" = ["web_shop"]))]
    pub database: String,
    /// Its name. It has been created by Athena, Spark or another writer of Iceberg.
    #[schemars(extend("examples" = ["orders"]))]
    pub table: String,
    /// Folder of its objects, which Firehose writes to.
    #[schemars(extend("examples" = ["s3://our-data-lake/orders/"]))]
    pub location: String,
    /// ARN of the customer managed key that encrypts the objects, where the bucket has one.
    #[schemars(extend("examples" = ["arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"]))]
    pub kms_key: Option<String>,
}

/// A table of Amazon S3 Tables.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct S3Tables {
    /// Name of the table bucket, unique in the account and region.
    #[schemars(extend("examples" = ["shop-tables"]))]
    pub bucket: String,
    /// Name of the namespace, which is the database in Athena.
    #[schemars(extend("examples" = ["web_shop"]))]
    pub namespace: String,
    /// Name of the table.
    #[schemars(extend("examples" = ["orders"]))]
    pub table: String,
    /// Whether all three exist. Default: `false`: the stack creates them, with the columns of the SQL's output or of
    /// `records.columns`, and retains them when it is deleted.
    pub existing: Option<bool>,
}
