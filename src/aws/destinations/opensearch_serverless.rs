//! OpenSearch Serverless. Data Firehose developer guide, "Configure destination settings" and "Monitor with CloudWatch metrics",
//! 2026-11.

use super::{
    Capabilities, Denied, FIREHOSE, OPENSEARCH, PUTS_SUCCEEDED, Reading, Unit, Watched, delivery, freshness,
    last_delivery, metric, records_delivered, share,
};

/// What Firehose and OpenSearch Serverless accept.
pub mod limits {
    /// US dollars per month of a collection without standby replicas: 1 OCU. Three articles of 2026 agree; us-east-1.
    pub const LEAST_MONTHLY_USD: u64 = 175;
    /// What a data access policy of Firehose allows. Data Firehose developer guide, "Grant Firehose access to a public OpenSearch
    /// Serverless destination", 2026-11.
    pub const PERMISSIONS: [&str; 3] = ["aoss:CreateIndex", "aoss:UpdateIndex", "aoss:WriteDocument"];
}

/// A collection. Buffer, retries and backup are those of a domain.
pub const OPENSEARCH_SERVERLESS: Capabilities = Capabilities {
    key: "opensearch_serverless",
    words: "OpenSearch Serverless",
    cannot_write: "OpenSearch Serverless accepts no documents: a policy denies it, a field has another type, or the capacity is used up.",
    description: "Firehose stream that sends the documents to OpenSearch Serverless",
    metrics: &delivery(&[
        last_delivery("DeliveryToAmazonOpenSearchServerless.Records"),
        records_delivered("DeliveryToAmazonOpenSearchServerless.Records"),
        metric(
            PUTS_SUCCEEDED,
            "indexing success rate",
            "DeliveryToAmazonOpenSearchServerless.Success",
            "Average",
            Reading::Lowest,
            Unit::Share,
        ),
        freshness("DeliveryToAmazonOpenSearchServerless.DataFreshness"),
    ]),
    watched: Watched {
        records: FIREHOSE.metric("DeliveryToAmazonOpenSearchServerless.Records"),
        freshness: FIREHOSE.metric("DeliveryToAmazonOpenSearchServerless.DataFreshness"),
        success: share(FIREHOSE.metric("DeliveryToAmazonOpenSearchServerless.Success")),
        denied: Some(Denied {
            access: FIREHOSE.metric("DeliveryToAmazonOpenSearchServerless.AuthFailure"),
            rejected: FIREHOSE.metric("DeliveryToAmazonOpenSearchServerless.DeliveryRejected"),
            cause: "The data access policy or the network policy of the collection does not allow it.",
        }),
    },
    ..OPENSEARCH
};
