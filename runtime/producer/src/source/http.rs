//! Pages from an HTTP API, fetched beside the sending so that a slow API never stops it.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use pipec_net::dns::Resolver;
use reqwest::{
    Certificate, Client, StatusCode,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER},
};
use rustls::pki_types::CertificateDer;
use tokio::{
    sync::{Notify, watch},
    time::{Instant, sleep, sleep_until},
};

use crate::{
    config::{HttpSource, PartitionKey},
    health::Health,
    record::{Page, PageError},
    stats::Stats,
};

/// Largest answer, in bytes. Two pages are held at a time.
const MAX_ANSWER: usize = 32 * 1024 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const TIMEOUT: Duration = Duration::from_secs(60);
/// Shortest time between two good answers, where nothing else is said: free APIs ban for less.
const MIN_INTERVAL: Duration = Duration::from_secs(5);
/// Upper end of the first wait after a bad answer, and of every wait.
const BACKOFF_BASE: Duration = Duration::from_secs(2);
const BACKOFF_CAP: Duration = Duration::from_secs(300);
/// Longest that an API can make us wait by `Retry-After`.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(900);

/// Why the source cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// A header's name or value is none.
    #[error("source.http.headers: {0:?} is not a header")]
    Header(String),
    /// The client.
    #[error("cannot set up the HTTP client: {0}")]
    Client(#[from] reqwest::Error),
}

/// Why there is no page. Holds nothing of the answer's body.
#[derive(Debug, thiserror::Error)]
enum FetchError {
    #[error("it returned {status}")]
    Status { status: StatusCode, retry_after: Option<Duration> },
    #[error("its response is larger than {MAX_ANSWER} bytes")]
    TooLarge,
    #[error("{0}")]
    Page(#[from] PageError),
    #[error("{0}")]
    Http(String),
}

impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> Self {
        // The address may hold a token in its query.
        let error = error.without_url();
        let mut text = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            source = cause.source();
        }
        Self::Http(text)
    }
}

/// An HTTP API.
#[derive(Debug)]
pub struct Http {
    client: Client,
    config: HttpSource,
    key: Option<PartitionKey>,
    max_record_size: usize,
}

struct Names(Resolver);

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = self.0.clone();
        Box::pin(async move {
            let addresses = resolver.lookup(name.as_str()).await?;
            // Port 0 stands for the one of the address.
            Ok(Box::new(addresses.into_iter().map(|ip| SocketAddr::new(ip, 0))) as Addrs)
        })
    }
}

impl Http {
    /// Sets up the client; nothing is fetched yet.
    ///
    /// # Errors
    /// When a header is none, or TLS cannot be set up.
    pub fn new(
        config: HttpSource,
        key: Option<PartitionKey>,
        max_record_size: usize,
        resolver: Resolver,
    ) -> Result<Self, SetupError> {
        Self::trusting(pipec_net::http::roots(), config, key, max_record_size, resolver)
    }

    fn trusting(
        roots: &[CertificateDer<'_>],
        config: HttpSource,
        key: Option<PartitionKey>,
        max_record_size: usize,
        resolver: Resolver,
    ) -> Result<Self, SetupError> {
        // A second call changes nothing; the provider is the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut headers = HeaderMap::new();
        for (name, value) in &config.headers {
            let header = || SetupError::Header(name.clone());
            headers.append(
                HeaderName::try_from(name).map_err(|_| header())?,
                HeaderValue::try_from(value).map_err(|_| header())?,
            );
        }
        let roots = roots.iter().map(|der| Certificate::from_der(der));
        let client = Client::builder()
            .user_agent(concat!("pipec-producer/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .dns_resolver(Names(resolver))
            .tls_certs_only(roots.collect::<Result<Vec<_>, _>>()?)
            .build()?;
        Ok(Self { client, config, key, max_record_size })
    }

    async fn fetch(&self) -> Result<Page, FetchError> {
        let mut response = self.client.get(&self.config.url).send().await?;
        let status = response.status();
        if !status.is_success() {
            let header = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
            let retry_after = header.and_then(|text| text.parse().ok()).map(Duration::from_secs);
            return Err(FetchError::Status { status, retry_after });
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > MAX_ANSWER {
                return Err(FetchError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Page::read(&body, &self.config.records, self.key.as_ref(), self.max_record_size)?)
    }

    /// Fetches pages for as long as someone listens. `wanted` says that the last page is nearly used up.
    pub async fn run(
        self,
        pages: watch::Sender<Option<Arc<Page>>>,
        wanted: Arc<Notify>,
        stats: Arc<Stats>,
        health: Arc<Health>,
    ) {
        let mut failures = 0_u32;
        loop {
            let fetched = Instant::now();
            match self.fetch().await {
                Ok(page) => {
                    failures = 0;
                    report(&page);
                    stats.page();
                    stats.too_large(page.too_large);
                    stats.without_key(page.without_key);
                    health.source_works();
                    if pages.send(Some(Arc::new(page))).is_err() {
                        return;
                    }
                    match self.config.refresh_seconds {
                        Some(seconds) => sleep_until(fetched + Duration::from_secs(seconds)).await,
                        None => {
                            wanted.notified().await;
                            sleep_until(fetched + MIN_INTERVAL).await;
                        }
                    }
                }
                Err(error) => {
                    stats.source_error();
                    health.source_fails(&error.to_string());
                    sleep(backoff(failures, &error)).await;
                    failures = failures.saturating_add(1);
                }
            }
            if pages.is_closed() {
                return;
            }
        }
    }
}

fn report(page: &Page) {
    if page.too_large > 0 {
        tracing::warn!(
            records = page.too_large,
            "records are larger than the stream accepts; they are dropped"
        );
    }
    if page.without_key > 0 {
        tracing::warn!(records = page.without_key, "records have no partition key; a random key is used");
    }
}

/// Full jitter, but never sooner than the API asks for.
fn backoff(failures: u32, error: &FetchError) -> Duration {
    let limit = BACKOFF_BASE.saturating_mul(1 << failures.min(16)).min(BACKOFF_CAP);
    let jitter = limit.mul_f64(fastrand::f64());
    match error {
        FetchError::Status { retry_after: Some(asked), .. } => (*asked).min(MAX_RETRY_AFTER) + jitter,
        _ => jitter,
    }
}

#[cfg(test)]
#[path = "../../../net/tests/tls/mod.rs"]
mod tls;

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn source(port: u16) -> HttpSource {
        let config = serde_json::json!({"url": format!("https://localhost:{port}/"), "records": "$.results"});
        serde_json::from_value(config).expect("a source")
    }

    fn gzip(text: &str) -> Vec<u8> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(text.as_bytes()).expect("memory");
        let packed = packed.finish().expect("memory");
        let mut answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            packed.len()
        )
        .into_bytes();
        answer.extend(packed);
        answer
    }

    #[tokio::test]
    async fn fetches_over_tls_from_whom_it_trusts_alone() {
        let (port, authority) = tls::serve(gzip(r#"{"results":[1,2,3]}"#)).await;
        let resolver = Resolver::from_system().expect("a resolver");
        let random = || Some(PartitionKey::Random {});
        let trusting = Http::trusting(&[authority], source(port), random(), 100, resolver.clone());
        let page = trusting.expect("a client").fetch().await.expect("a page");
        assert_eq!(page.records.len(), 3);
        let public = Http::new(source(port), random(), 100, resolver).expect("a client");
        let refusal = public.fetch().await.expect_err("the authority is not Mozilla's").to_string();
        assert!(refusal.contains("UnknownIssuer"), "{refusal}");
    }

    #[tokio::test]
    async fn an_answer_is_bounded_unpacked() {
        // Some 30 KB that unpack to more than the limit.
        let (port, authority) = tls::serve(gzip(&"x".repeat(MAX_ANSWER + 1))).await;
        let resolver = Resolver::from_system().expect("a resolver");
        let source = Http::trusting(&[authority], source(port), Some(PartitionKey::Random {}), 100, resolver);
        let error = source.expect("a client").fetch().await.expect_err("it is too large");
        assert!(matches!(error, FetchError::TooLarge), "{error}");
    }
}
