//! Error codes in Firehose's log: what each means, and what to do. One list per prefix of the codes.
//!
//! Data Firehose developer guide, "Monitor using CloudWatch Logs" and "Troubleshooting HTTP endpoints", 2026-11. A code that is in
//! no list is printed as Firehose logs it.

/// An error code of Firehose.
#[derive(Debug)]
pub struct DeliveryError {
    /// As in the log.
    pub code: &'static str,
    /// The cause in one sentence.
    pub cause: &'static str,
    /// What to do.
    pub help: &'static str,
}

/// A code with its meaning.
const fn error(code: &'static str, cause: &'static str, help: &'static str) -> DeliveryError {
    DeliveryError { code, cause, help }
}

/// What a code means; `None` for one that is not known. Of `HttpEndpoint.DestinationException`, the message has the status of
/// the response, which tells more. Of OpenSearch, Firehose logs the errors as they are returned: the code is a status, and the message
/// has the exception.
pub fn explained(code: &str, message: &str) -> Option<&'static DeliveryError> {
    let status = message.split("endpoint destination. ").nth(1).and_then(|rest| rest.get(..3));
    let by_status = || STATUSES.iter().find(|known| Some(known.code) == status);
    let exact = || LISTS.iter().copied().flatten().find(|known| known.code == code);
    let is_status = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit());
    let of_search = || SEARCH_EXCEPTIONS.iter().find(|known| message.contains(known.code));
    match code {
        DESTINATION_EXCEPTION => by_status().or_else(exact),
        _ if is_status || code.starts_with("OS.") || code.starts_with("ES.") => of_search().or_else(exact),
        _ => exact(),
    }
}

/// All codes.
const LISTS: &[&[DeliveryError]] = &[HTTP, ICEBERG, LAMBDA, REDSHIFT, S3, SEARCH, SNOWFLAKE, SPLUNK];

/// Response that is no acknowledgement.
const DESTINATION_EXCEPTION: &str = "HttpEndpoint.DestinationException";

/// Statuses of a response of an endpoint.
const STATUSES: &[DeliveryError] = &[
    error(
        "400",
        "the endpoint does not accept the request as it is",
        "compare `url`, `attributes` and `compression` with the endpoint's documentation",
    ),
    error(
        "401",
        "the endpoint does not accept the access key",
        "store the right key as `api_key` of the secret; Firehose reads it again within 10 minutes",
    ),
    error(
        "403",
        "the access key may not deliver to this endpoint",
        "give the key the permission, or store another one as `api_key` of the secret",
    ),
    error("404", "the endpoint has no such path", "correct the path of `url`"),
    error(
        "413",
        "the request is too large for the endpoint; Firehose drops such records without a backup",
        "write a smaller `buffer.size`, or have the endpoint accept larger requests",
    ),
    error(
        "429",
        "the endpoint rejects requests that come too fast",
        "have its owner raise the limit, or write a larger `buffer` for fewer requests",
    ),
    error("500", "the endpoint failed", "see the log of the endpoint; Firehose retries"),
    error(
        "502",
        "the endpoint's proxy has no response of its server",
        "see the log of the endpoint; Firehose retries",
    ),
    error("503", "the endpoint is not available", "see the log of the endpoint; Firehose retries"),
    error(
        "504",
        "the endpoint's proxy has no response of its server in time",
        "see the log of the endpoint; Firehose retries",
    ),
];

const HTTP: &[DeliveryError] = &[
    error(
        DESTINATION_EXCEPTION,
        "the endpoint responded with another status than 200",
        "see the status in the message, and the log of the endpoint",
    ),
    error(
        "HttpEndpoint.InvalidResponseFromDestination",
        "the response is not the acknowledgement that Firehose needs, so the records are sent again although the endpoint has them",
        "respond with 200, `Content-Type: application/json` and `{\"requestId\": ID of the request, \"timestamp\": milliseconds}`",
    ),
    error(
        "HttpEndpoint.RequestTimeout",
        "the endpoint did not respond within 3 minutes",
        "respond before the records are processed, or write a smaller `buffer.size`",
    ),
    error(
        "HttpEndpoint.ConnectionFailed",
        "Firehose cannot connect to the endpoint",
        "check that its name resolves to a public address, that port 443 is open, and that its certificate is of a public \
         authority and not expired",
    ),
    error(
        "HttpEndpoint.ConnectionReset",
        "the endpoint closed the connection",
        "see the log of the endpoint; Firehose retries",
    ),
    error(
        "HttpEndpoint.ResponseTooLarge",
        "the response has more than 1 MiB",
        "respond with the acknowledgement alone",
    ),
    error(
        "HttpEndpoint.SSLHandshakeFailure",
        "the endpoint's certificate or its TLS version is not accepted",
        "use a certificate of a public authority for the name in `url`, with its intermediate certificates",
    ),
];

/// Of Iceberg. Data Firehose developer guide, "Set up the Firehose stream" for Apache Iceberg Tables, "Handle errors", 2026-11;
/// `MissingColumnWithinRecord` is in reports of users alone.
const ICEBERG: &[DeliveryError] = &[
    error(
        "Iceberg.NoSuchTable",
        "the table does not exist, has no columns, or is not of version 2 of Iceberg",
        "create it, or correct its name; `pipec plan` prints the statement",
    ),
    error(
        "Iceberg.InvalidTableName",
        "the table has no name, or is not of version 2 of Iceberg",
        "correct its name; `pipec plan` prints the statement that creates it",
    ),
    error(
        "Iceberg.MissingColumnWithinRecord",
        "the record has no key with the name of a column, in the same case",
        "write the keys in lower case, or add SQL, whose keys are in lower case",
    ),
    error(
        "Glue.AccessDenied",
        "Firehose may not read or commit to the table in the Data Catalog",
        "where Lake Formation controls the database, grant the role of the delivery the permissions that `pipec plan` prints",
    ),
    error(
        "Glue.EntityNotFoundException",
        "the database or the table does not exist in the Data Catalog",
        "create it; of S3 Tables, add the catalog `s3tablescatalog` that `pipec plan` prints",
    ),
];

/// Of OpenSearch: codes, and statuses without an exception that is known.
const SEARCH: &[DeliveryError] = &[
    error(
        "OS.MalformedData",
        "the record is not one JSON object on one line",
        "send one object per record, without a newline; SQL makes such rows",
    ),
    error(
        "OS.AccessDenied",
        "Firehose's role may not write to the domain or the collection",
        "look for policies that deny it; with fine-grained access control, map the role: `pipec plan SPEC` prints the requests",
    ),
    error("OS.ResourceNotFound", "the domain does not exist", "create it, or name another one in `domain`"),
    error(
        "400",
        "OpenSearch does not accept the document",
        "see the message: most often a value does not fit the type of its field",
    ),
    error(
        "403",
        "Firehose's role may not write to the index",
        "with fine-grained access control, map the role: `pipec plan SPEC` prints the requests",
    ),
    error(
        "404",
        "the index or the domain does not exist",
        "allow the creation of indexes, or create the index",
    ),
    error("413", "the bulk request is too large for the domain", "write a smaller `buffer.size`"),
    error(
        "429",
        "the domain has no capacity for more documents",
        "add nodes or OCUs, or deliver less; Firehose retries",
    ),
    error("503", "the domain is not available", "see the health of the domain; Firehose retries"),
];

/// Exceptions of OpenSearch, by a part of the message.
const SEARCH_EXCEPTIONS: &[DeliveryError] = &[
    error(
        "mapper_parsing_exception",
        "a value does not fit the type of its field, which the index template or the first document has set",
        "create the index template that `pipec plan SPEC` prints, which applies to the next index; cast the value in the SQL",
    ),
    error(
        "illegal_argument_exception",
        "a field has another type in the index, or the index has too many fields",
        "create the index template that `pipec plan SPEC` prints, and select fewer fields in the SQL",
    ),
    error(
        "security_exception",
        "Firehose's role is not mapped to a role of the domain that may write to the index",
        "map it as an administrator of the domain: `pipec plan SPEC` prints the requests",
    ),
    error(
        "invalid_index_name_exception",
        "OpenSearch does not accept the name of the index",
        "write another `index` in lower case",
    ),
    error(
        "cluster_block_exception",
        "the domain blocks writes: its disks are full, or an administrator has set the block",
        "add storage or delete old indexes; Firehose retries",
    ),
    error(
        "rejected_execution_exception",
        "the queues of the domain are full",
        "add nodes, or deliver less; Firehose retries",
    ),
    error(
        "index_not_found_exception",
        "the index does not exist, and the domain creates none",
        "set `action.auto_create_index` of the domain, or create the index",
    ),
];

const SPLUNK: &[DeliveryError] = &[
    error(
        "Splunk.AckTimeout",
        "Splunk did not acknowledge the events within `ack_timeout`, so they are sent again and can be there twice",
        "write a larger `ack_timeout`; see whether the indexers are behind",
    ),
    error(
        "Splunk.DisabledAck",
        "the token has no indexer acknowledgement, which Firehose needs",
        "set `useACK = 1` for the token, or select Enable indexer acknowledgement in Splunk",
    ),
    error(
        "Splunk.InvalidToken",
        "Splunk does not accept the token",
        "store the right one as `hec_token` of the secret; Firehose reads it again within 10 minutes",
    ),
    error(
        "Splunk.InvalidDataFormat",
        "Splunk does not accept the form of the events",
        "with `type: event`, each record is an object with the key `event`; any other record needs `type: raw`",
    ),
    error(
        "Splunk.InvalidIndex",
        "the token does not allow this index",
        "allow the index for the token, or remove `index` from the events",
    ),
    error(
        "Splunk.ProxyWithoutStickySessions",
        "the load balancer sends the requests for an acknowledgement to another indexer than the events",
        "switch sticky sessions by cookie on, without an end",
    ),
    error(
        "Splunk.SSLUnverified",
        "the certificate of the collector is not accepted",
        "use a certificate of a public authority for the name in `endpoint`, with its intermediate certificates",
    ),
    error(
        "Splunk.SSLHandshake",
        "the certificate of the collector, or its TLS version, is not accepted",
        "use a certificate of a public authority for the name in `endpoint`, with its intermediate certificates",
    ),
    error(
        "Splunk.URLNotFound",
        "the address has no HTTP Event Collector",
        "correct the port of `endpoint`, and enable the collector in its global settings",
    ),
    error("Splunk.ServerError", "Splunk failed", "see the log of Splunk, `splunkd.log`; Firehose retries"),
    error(
        "Splunk.IndexerBusy",
        "the queues of the indexers are full",
        "add indexers, or deliver less; Firehose retries",
    ),
    error(
        "Splunk.ConnectionRecycled",
        "a connection was closed while events were not acknowledged yet, so they are sent again",
        "nothing, unless it happens often: then look at the load balancer's idle timeout",
    ),
    error(
        "Splunk.ConnectionTimeout",
        "Firehose cannot connect to the collector",
        "check that its name resolves to a public address, and that its firewall allows the addresses of Firehose of your region",
    ),
    error(
        "Splunk.InvalidEndpoint",
        "the address of the collector is not valid",
        "correct `endpoint`: `https://HOST:PORT`, without a path",
    ),
];

const REDSHIFT: &[DeliveryError] = &[
    error(
        "Redshift.TableNotFound",
        "the table does not exist",
        "create it: `pipec plan SPEC` prints the statement; or correct `table`, with its schema if that is not `public`",
    ),
    error(
        "Redshift.SyntaxError",
        "Redshift cannot parse the COPY command",
        "correct `copy_options` or the names in `table` and `columns`",
    ),
    error(
        "Redshift.AuthenticationFailed",
        "Redshift does not accept the user or the password",
        "store the right ones as `username` and `password` of the secret; Firehose reads them again within 10 minutes",
    ),
    error(
        "Redshift.AccessDenied",
        "Firehose may not use its role",
        "run `pipec deploy` again, and look for policies that deny it",
    ),
    error(
        "Redshift.S3BucketAccessDenied",
        "COPY may not read the staging bucket",
        "look for statements of the bucket's policy or its key's policy that deny it; the stack's role allows it",
    ),
    error(
        "Redshift.DataLoadFailed",
        "Redshift does not accept the values of a row",
        "see why: `SELECT * FROM sys_load_error_detail ORDER BY start_time DESC`; then change the type of the column, or \
         write `copy_options: TRUNCATECOLUMNS` if a text is too long",
    ),
    error(
        "Redshift.ColumnNotFound",
        "a column that COPY names is not in the table",
        "add it to the table, as `pipec plan SPEC` prints it, or remove it from `columns`",
    ),
    error("Redshift.DatabaseNotFound", "the database does not exist", "correct `database`"),
    error(
        "Redshift.IncorrectCopyOptions",
        "options of COPY are missing or contradict each other",
        "correct `copy_options`",
    ),
    error(
        "Redshift.MissingColumn",
        "a column of the table is NOT NULL without a default, and COPY does not load it",
        "give the column a default, or add it to `columns`",
    ),
    error(
        "Redshift.ConnectionFailed",
        "Firehose cannot connect to Redshift",
        "check that it is publicly accessible and available, and that its security group admits Firehose: `pipec plan SPEC` \
         prints the rule",
    ),
    error(
        "Redshift.ColumnMismatch",
        "COPY has another number of columns than the table",
        "name the columns in `columns`",
    ),
    error(
        "Redshift.IncorrectOrMissingRegion",
        "COPY looks for the bucket in another region",
        "name the endpoint as Redshift has it, with its region: pipec writes `REGION` where it differs from the pipeline's",
    ),
    error(
        "Redshift.IncorrectJsonPathsFile",
        "the file of JSON paths is not valid",
        "write `JSON 'auto ignorecase'` in `copy_options`",
    ),
    error(
        "Redshift.MissingS3File",
        "objects that COPY needs are gone",
        "write a longer `staging.expire_after`, and look for other rules that delete them",
    ),
    error(
        "Redshift.InsufficientPrivilege",
        "the user may not load the table",
        "run `GRANT INSERT ON TABLE` for it: `pipec plan SPEC` prints the statements",
    ),
    error("Redshift.ReadOnlyCluster", "the cluster is being resized", "wait; Firehose retries"),
    error("Redshift.DiskFull", "the disks of the cluster are full", "delete data, or resize the cluster"),
];

const SNOWFLAKE: &[DeliveryError] = &[
    error(
        "Snowflake.InvalidUrl",
        "Firehose cannot connect to the address",
        "correct `account_url`; over a private link, it has the account locator and the region",
    ),
    error(
        "Snowflake.InvalidUser",
        "Snowflake has no such user",
        "store the right one as `user` of the secret",
    ),
    error(
        "Snowflake.InvalidRole",
        "the role does not exist, or the user does not have it",
        "run `GRANT ROLE .. TO USER ..`, or correct `role`",
    ),
    error(
        "Snowflake.DefaultRoleMissing",
        "the user has no default role, and the spec names none",
        "write `role`, or run `ALTER USER .. SET DEFAULT_ROLE = ..`",
    ),
    error(
        "Snowflake.InvalidDatabase",
        "the database does not exist, or the role may not use it",
        "correct `database`, or run `GRANT USAGE ON DATABASE`: `pipec plan SPEC` prints the statements",
    ),
    error(
        "Snowflake.InvalidSchema",
        "the schema does not exist, or the role may not use it",
        "correct `schema`, or run `GRANT USAGE ON SCHEMA`: `pipec plan SPEC` prints the statements",
    ),
    error(
        "Snowflake.InvalidTable",
        "the table does not exist, or the role may not insert into it",
        "create it, or run `GRANT INSERT ON TABLE`: `pipec plan SPEC` prints the statements",
    ),
    error(
        "Snowflake.InvalidTableType",
        "Snowpipe Streaming does not support this type of table",
        "name a standard table",
    ),
    error(
        "Snowflake.InvalidColumns",
        "a column has a default, an identity, a collation or a type that Snowpipe Streaming does not support",
        "create the table as `pipec plan SPEC` prints it",
    ),
    error(
        "Snowflake.MissingColumns",
        "a record has no value for a column that is NOT NULL",
        "run `ALTER TABLE .. ALTER COLUMN .. DROP NOT NULL`, or have the records contain the key",
    ),
    error(
        "Snowflake.ExtraColumns",
        "a record has a key without a column of its name in upper case",
        "add the column as `pipec plan SPEC` prints it, or write `content_column` for the whole record",
    ),
    error(
        "Snowflake.InvalidInput",
        "a record is not a single JSON object",
        "fix the producer; SQL with `runtime: lambda` leaves such records out",
    ),
    error(
        "Snowflake.InvalidValue",
        "a value does not fit the type of its column",
        "change the type of the column, or cast in the SQL",
    ),
    error(
        "Snowflake.IncorrectValue",
        "a value does not fit the type of its column",
        "change the type of the column, or cast in the SQL",
    ),
    error(
        "Snowflake.InvalidPrivateKeyOrPassphrase",
        "Snowflake does not accept the private key",
        "store the key without its first and last line and without line breaks as `private_key` of the secret, and the passphrase, if \
         it has one, as `key_passphrase`",
    ),
    error(
        "Snowflake.SSLUnverified",
        "the certificate of the host is not that of the account",
        "correct `account_url`: the host as Snowflake names it",
    ),
];

/// Of the transform.
const LAMBDA: &[DeliveryError] = &[
    error(
        "Lambda.InvokeAccessDenied",
        "Firehose may not call the transform",
        "run `pipec deploy` again, and look for policies that deny it",
    ),
    error(
        "Lambda.FunctionTimedOut",
        "the transform did not end within its timeout",
        "write a larger `transform.timeout`, or a smaller `transform.buffer`",
    ),
    error("Lambda.FunctionError", "the transform failed", "`pipec logs SPEC transform` shows its error"),
    error(
        "Lambda.JsonProcessingException",
        "the response of the transform is not valid",
        "return `recordId`, `result` and `data` for each record",
    ),
    error(
        "Lambda.InvokeLimitExceeded",
        "Lambda throttles the transform: the account's concurrency is used up",
        "request a higher quota for concurrent executions",
    ),
    error(
        "Lambda.ResourceNotFound",
        "the function does not exist",
        "create it, or name another one in `transform.lambda.function`",
    ),
];

/// Of the bucket, also of the one beside a destination.
const S3: &[DeliveryError] = &[
    error(
        "S3.AccessDenied",
        "Firehose may not write to the bucket",
        "look for statements of the bucket's policy that deny it; the stack's role allows it",
    ),
    error("S3.NoSuchBucket", "the bucket does not exist", "create it again, or name another one"),
    error(
        "S3.KMS.NotFoundException",
        "the key of the bucket does not exist",
        "name another key in `encryption.kms_key`",
    ),
    error(
        "S3.KMS.AccessDeniedException",
        "Firehose may not use the key of the bucket",
        "allow its role in the key's policy",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_tells_more_than_its_code() {
        let message = "The following response was received from the endpoint destination. 413: {\"errorMessage\": \"large\"}";
        let found = explained(DESTINATION_EXCEPTION, message).expect("known");
        assert!(found.cause.contains("drops"), "{found:?}");
        let other = explained(
            DESTINATION_EXCEPTION,
            "The following response was received from the endpoint destination. 418: {}",
        );
        assert_eq!(other.map(|known| known.code), Some(DESTINATION_EXCEPTION));
        assert!(explained("Own.Code", "").is_none());
    }

    #[test]
    fn an_exception_of_opensearch_tells_more_than_its_status() {
        let conflict = "{\"type\":\"mapper_parsing_exception\",\"reason\":\"failed to parse field [total] of type [double]\"}";
        let of = |code, message| explained(code, message).map(|known| known.code);
        assert_eq!(of("400", conflict), Some("mapper_parsing_exception"));
        assert_eq!(of("400", "{\"type\":\"of_tomorrow\"}"), Some("400"));
        assert_eq!(of("403", "{\"type\":\"security_exception\"}"), Some("security_exception"));
        assert_eq!(of("S3.AccessDenied", conflict), Some("S3.AccessDenied"));
    }

    #[test]
    fn codes_are_there_once() {
        let mut codes: Vec<&str> = LISTS.iter().copied().flatten().map(|known| known.code).collect();
        let all = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), all);
    }
}
