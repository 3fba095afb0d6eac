//! Redshift.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::spec::{Duration, Encryption};

/// Amazon Redshift: a serverless workgroup or a provisioned cluster. Firehose stages objects in a bucket of the stack, and has
/// Redshift load them with COPY. It reaches Redshift over the internet, and the table exists.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["workgroup"]}, {"required": ["endpoint"]}]))]
pub struct Redshift {
    /// Name of a serverless workgroup of the pipeline's account and region, which listens at port 5439.
    #[schemars(extend("examples" = ["analytics"]))]
    pub workgroup: Option<String>,
    /// Host and port of a cluster or workgroup, as Redshift names them. Default of the port: 5439.
    #[schemars(extend("examples" = ["analytics.cabc1234wxyz.us-east-1.redshift.amazonaws.com:5439"]))]
    pub endpoint: Option<String>,
    /// Name of the database.
    #[schemars(extend("examples" = ["dev"]))]
    pub database: String,
    /// Name of the table, with or without its schema. `pipec plan` prints the statement that creates it.
    #[schemars(extend("examples" = ["public.orders"]))]
    pub table: String,
    /// Columns that COPY loads. The others have their default. Default: the columns of the SQL's output; without SQL, all
    /// columns of the table.
    #[schemars(extend("examples" = [["id", "country"]]))]
    pub columns: Option<Vec<String>>,
    /// ARN of a secret in Secrets Manager with a user of Redshift, `{"username": "..", "password": ".."}`, in the pipeline's
    /// region.
    #[schemars(extend("examples" = ["arn:aws:secretsmanager:us-east-1:111122223333:secret:redshift-AbCdEf"]))]
    pub secret: String,
    /// ARN of the customer managed key that encrypts the secret. Default: the key of Secrets Manager.
    #[schemars(extend("examples" = ["arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"]))]
    pub secret_kms_key: Option<String>,
    /// Options of COPY, as in its documentation. pipec adds the format, which is `JSON 'auto ignorecase'` unless an option names
    /// another one, `TIMEFORMAT`, the compression and the region of the bucket. Default: none.
    #[schemars(extend("examples" = ["TRUNCATECOLUMNS MAXERROR 10"]))]
    pub copy_options: Option<String>,
    /// The bucket of the stack that COPY reads.
    pub staging: Option<Staging>,
}

/// A bucket of the stack that COPY reads.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Staging {
    /// Compression of the objects. Default: `gzip`.
    pub compression: Option<StagingCompression>,
    /// Encryption at rest. Default: `aws_managed`.
    pub encryption: Option<Encryption>,
    /// Age in whole days at which objects expire, loaded or not. Firehose deletes none. Default: `14 d`.
    #[schemars(extend("examples" = ["14 d"]))]
    pub expire_after: Option<Duration>,
}

/// Compression of objects that COPY reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StagingCompression {
    /// No compression.
    None,
    /// gzip.
    Gzip,
}
