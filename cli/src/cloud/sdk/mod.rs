//! The AWS SDK as [`AwsClient`]: its retries, its timeouts, its chain of credentials.

mod cloudformation;
mod flink;
mod kinesis;
mod lookup;
mod observer;
mod s3;
mod xml;

use std::future::Future;
use std::io::Write;
use std::time::{Duration, Instant};

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::display::DisplayErrorContext;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use tokio::runtime::Runtime;

use super::call_error::{CallError, CallErrorKind};
use super::client::{AwsClient, Call};
use super::interrupt::Interrupt;
use pipec_compiler::terminal::printable;

/// Attempts of a call, the first one included; with the SDK's pauses they span about a minute.
const ATTEMPTS_MAX: u32 = 7;
/// The user's own word on attempts, which goes before. AWS SDKs and Tools reference guide, "retry behavior", 2026-11.
const RETRY_VARIABLES: [&str; 2] = ["AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE"];
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Of one attempt. CloudFormation answers within seconds.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);
/// Of one attempt to send an artifact, of which the largest has some 25 MB.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(600);
/// Longest of the SDK's pauses between two attempts.
const BACKOFF_MAX: Duration = Duration::from_secs(10);

/// Where the calls go and with whose rights, beside what the environment and the AWS CLI's files say.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Region, ahead of `AWS_REGION` and the profile's.
    pub region: Option<String>,
    /// Profile, ahead of `AWS_PROFILE`.
    pub profile: Option<String>,
    /// Region where nothing names one.
    pub fallback_region: Option<String>,
    /// Whether every call is told.
    pub verbose: bool,
}

/// Calls to AWS, one after the other.
pub struct SdkClient {
    runtime: Runtime,
    region: String,
    interrupt: Interrupt,
    verbose: bool,
    config: SdkConfig,
    cloudformation: aws_sdk_cloudformation::Client,
    s3: aws_sdk_s3::Client,
}

/// The configuration that region, profile and the environment give, as for the AWS CLI.
async fn configuration(settings: &Settings) -> SdkConfig {
    let provider = Provider::Rustls(CryptoMode::Ring);
    let http = aws_smithy_http_client::Builder::new().tls_provider(provider).build_https();
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http).timeout_config(
        TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .build(),
    );
    // More patience than the SDK's, unless the standard variables say how much.
    if !RETRY_VARIABLES.iter().any(|name| std::env::var_os(name).is_some()) {
        let retries = RetryConfig::standard().with_max_attempts(ATTEMPTS_MAX).with_max_backoff(BACKOFF_MAX);
        loader = loader.retry_config(retries);
    }
    if let Some(region) = &settings.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(profile) = &settings.profile {
        loader = loader.profile_name(profile);
    }
    loader.load().await
}

impl SdkClient {
    /// A client; `None` where nothing names a region.
    ///
    /// # Errors
    /// As the operating system gives them.
    pub fn new(settings: &Settings, interrupt: Interrupt) -> std::io::Result<Option<Self>> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let mut config = runtime.block_on(configuration(settings));
        if config.region().is_none() {
            let Some(fallback) = &settings.fallback_region else { return Ok(None) };
            config = config.into_builder().region(Region::new(fallback.clone())).build();
        }
        let Some(region) = config.region().map(ToString::to_string) else { return Ok(None) };
        // An emulator on loopback has no names for buckets.
        let s3 = aws_sdk_s3::config::Builder::from(&config)
            .force_path_style(config.endpoint_url().is_some())
            .build();
        Ok(Some(Self {
            cloudformation: aws_sdk_cloudformation::Client::new(&config),
            s3: aws_sdk_s3::Client::from_conf(s3),
            runtime,
            region,
            interrupt,
            verbose: settings.verbose,
            config,
        }))
    }

    /// The configuration, for clients of other services.
    fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// Waits for an answer, or for Ctrl-C.
    ///
    /// # Errors
    /// What AWS refuses, in [`CallError`]'s kinds.
    pub fn call<T, E>(
        &self,
        action: &'static str,
        answer: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> Call<T>
    where
        E: std::error::Error + ProvideErrorMetadata + 'static,
    {
        let start = Instant::now();
        let result = self.wait_for(action, async {
            answer.await.map_err(|error| self.located(call_error(action, &error)))
        });
        if self.verbose {
            let seconds = start.elapsed().as_secs_f64();
            let end = match &result {
                Ok(_) => "ok",
                Err(error) => error.code.as_deref().unwrap_or("no answer"),
            };
            let _ = writeln!(anstream::stderr(), "{action}: {} ({seconds:.2} s)", printable(end));
        }
        result
    }

    /// Waits for a part of an answer, or for Ctrl-C.
    fn wait_for<T>(&self, action: &'static str, part: impl Future<Output = Call<T>>) -> Call<T> {
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                _ = self.interrupt.pressed() => Err(interrupted(action)),
                answer = part => answer,
            }
        })
    }

    /// With the address that does not answer, where it is not AWS's own.
    fn located(&self, mut error: CallError) -> CallError {
        let service = error.action.split(':').next().unwrap_or_default();
        if let (CallErrorKind::Unreachable, None, Some(address)) =
            (error.kind, &error.code, self.own_endpoint(service))
        {
            error.message += &format!(" from {address}");
        }
        error
    }
}

fn interrupted(action: &'static str) -> CallError {
    CallError { action, kind: CallErrorKind::Interrupted, code: None, message: "interrupted".into() }
}

/// What a failure means. Credentials that cannot be had show as a request that was not sent.
fn call_error<E>(action: &'static str, error: &SdkError<E, HttpResponse>) -> CallError
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    let Some(response) = error.raw_response().filter(|_| matches!(error, SdkError::ServiceError(_))) else {
        let context = DisplayErrorContext(error).to_string();
        let (kind, message) = unsent(&context);
        return CallError { action, kind, code: None, message };
    };
    let status = response.status().as_u16();
    let kind = CallErrorKind::of(action, error.code(), status);
    CallError {
        action,
        kind,
        code: error.code().map(str::to_owned).or_else(|| Some(format!("HTTP {status}"))),
        message: error.message().unwrap_or(kind.words()).to_owned(),
    }
}

/// Why a request was not sent, or was not answered, in words for people.
fn unsent(context: &str) -> (CallErrorKind, String) {
    let lower = context.to_lowercase();
    let has = |word: &str| lower.contains(word);
    if has("credential") || has("identity resolver") || has("sso") && has("token") {
        return if has("expired") || has("token is invalid") || has("sso") {
            (CallErrorKind::ExpiredCredentials, CallErrorKind::ExpiredCredentials.words().into())
        } else {
            (CallErrorKind::NoCredentials, "no credentials were found".into())
        };
    }
    let message = if has("timeout") || has("timed out") {
        "no response in time"
    } else if has("dns") || has("resolve") {
        "its name cannot be resolved"
    } else if has("certificate") || has("tls") {
        "no trusted connection"
    } else if has("connect") || has("dispatch failure") {
        "no connection"
    } else {
        "an unreadable response"
    };
    (CallErrorKind::Unreachable, message.into())
}

impl AwsClient for SdkClient {
    fn wait(&self, time: Duration) -> Call<()> {
        self.wait_for("wait", async {
            tokio::time::sleep(time).await;
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_sent_is_told_in_plain_words() {
        let kind = |context: &str| unsent(context).0;
        assert_eq!(
            kind("dispatch failure: other: the credential provider was not enabled: no providers in chain"),
            CallErrorKind::NoCredentials
        );
        assert_eq!(
            kind("dispatch failure: loading credentials: the SSO token has expired"),
            CallErrorKind::ExpiredCredentials
        );
        assert_eq!(
            unsent("dispatch failure: io error: error trying to connect: refused"),
            (CallErrorKind::Unreachable, "no connection".into())
        );
    }
}
