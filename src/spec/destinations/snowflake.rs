//! Snowflake.

use schemars::JsonSchema;
use serde::Deserialize;

/// Snowflake. Firehose inserts each record as a row of a table, which exists.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Snowflake {
    /// Address of the account: `https` and the host, which ends in `.snowflakecomputing.com`, without a port and a path.
    #[schemars(extend("examples" = ["https://xy12345.us-east-1.snowflakecomputing.com"]))]
    pub account_url: String,
    /// Name of the database, as Snowflake stores it: in upper case unless it was created in quotes.
    #[schemars(extend("examples" = ["SHOP"]))]
    pub database: String,
    /// Name of the schema, as Snowflake stores it.
    #[schemars(extend("examples" = ["PUBLIC"]))]
    pub schema: String,
    /// Name of the table, as Snowflake stores it. `pipec plan` prints the statement that creates it.
    #[schemars(extend("examples" = ["ORDERS"]))]
    pub table: String,
    /// ARN of a secret in Secrets Manager with a user and its private key, `{"user": "..", "private_key": "..", "key_passphrase":
    /// ".."}`, in the pipeline's region. The key has neither its header nor line breaks; without encryption, `key_passphrase` is left out.
    #[schemars(extend("examples" = ["arn:aws:secretsmanager:us-east-1:111122223333:secret:snowflake-AbCdEf"]))]
    pub secret: String,
    /// ARN of the customer managed key that encrypts the secret. Default: the key of Secrets Manager.
    #[schemars(extend("examples" = ["arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"]))]
    pub secret_kms_key: Option<String>,
    /// Role of Snowflake that inserts the rows. Default: the default role of the user.
    #[schemars(extend("examples" = ["FIREHOSE"]))]
    pub role: Option<String>,
    /// Name of a VARIANT column that contains the whole record. Default: each key of the record is a column.
    #[schemars(extend("examples" = ["RECORD"]))]
    pub content_column: Option<String>,
    /// Name of a VARIANT column for where the record comes from. Needs `content_column`. Default: none.
    #[schemars(extend("examples" = ["RECORD_METADATA"]))]
    pub metadata_column: Option<String>,
    /// ID of the private link of the Snowflake account: `privatelink-vpce-id` of `SELECT SYSTEM$GET_PRIVATELINK_CONFIG()`. A change of it
    /// creates another Firehose stream. Default: Firehose reaches Snowflake over the internet.
    #[schemars(extend("examples" = ["com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0"]))]
    pub private_link: Option<String>,
}
