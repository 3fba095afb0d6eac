//! Configuration of AWS clients.

use std::time::Duration;

use aws_config::{
    BehaviorVersion, Region, SdkConfig, environment::EnvironmentVariableCredentialsProvider, imds,
    imds::credentials::ImdsCredentialsProvider, meta::credentials::CredentialsProviderChain,
    provider_config::ProviderConfig, retry::RetryConfig, timeout::TimeoutConfig,
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

/// Attempts to ask for the instance's id; the first seconds of an instance may fail.
const IMDS_ATTEMPTS: u32 = 3;

/// Where credentials come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credentials {
    /// The environment: what a Lambda function has.
    Environment,
    /// The environment, then the role of the EC2 instance through IMDSv2.
    EnvironmentOrInstance,
}

/// Attempts and times of one call.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Attempts in all; the SDK waits between them with full jitter.
    pub attempts: u32,
    /// Longest time to open a connection.
    pub connect: Duration,
    /// Longest time for one attempt, from sending to the end of the answer.
    pub attempt: Duration,
}

/// The configuration for a client of any service.
///
/// `region` is taken from `AWS_REGION` where it is `None`, and `AWS_ENDPOINT_URL` is honoured. No other
/// source of credentials is tried than the one named: no profile, no web identity, no process.
pub async fn config(
    http: SharedHttpClient,
    region: Option<String>,
    credentials: Credentials,
    patience: Patience,
) -> SdkConfig {
    let environment = EnvironmentVariableCredentialsProvider::new();
    let mut chain = CredentialsProviderChain::first_try("Environment", environment);
    if credentials == Credentials::EnvironmentOrInstance {
        let provider = ProviderConfig::without_region().with_http_client(http.clone());
        let instance = ImdsCredentialsProvider::builder().configure(&provider).build();
        chain = chain.or_else("Ec2InstanceMetadata", instance);
    }
    let region = region.or_else(|| std::env::var("AWS_REGION").ok()).map(Region::new);
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .region(region)
        .credentials_provider(chain)
        .retry_config(RetryConfig::standard().with_max_attempts(patience.attempts))
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(patience.connect)
                .operation_attempt_timeout(patience.attempt)
                .build(),
        )
        .load()
        .await
}

/// The id of the EC2 instance that this runs on, through IMDSv2; `None` anywhere else, and where
/// `AWS_EC2_METADATA_DISABLED` is `true`.
pub async fn instance_id(http: SharedHttpClient) -> Option<String> {
    if std::env::var("AWS_EC2_METADATA_DISABLED").is_ok_and(|text| text.eq_ignore_ascii_case("true")) {
        return None;
    }
    let client = imds::Client::builder()
        .configure(&ProviderConfig::without_region().with_http_client(http))
        .max_attempts(IMDS_ATTEMPTS)
        .build();
    let id = client.get("/latest/meta-data/instance-id").await.ok()?;
    Some(String::from(id)).filter(|id| !id.is_empty())
}
