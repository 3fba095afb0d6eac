//! HTTP clients over TLS with the certificates that are in the binary.

use std::time::Duration;

use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::{
    Builder, Connector,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::{HttpConnectorSettings, SharedHttpClient};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustls_pki_types::CertificateDer;

use crate::dns::Resolver;

/// Mozilla's root certificates, as DER.
#[must_use]
pub fn roots() -> &'static [CertificateDer<'static>] {
    webpki_root_certs::TLS_SERVER_ROOT_CERTS
}

/// A client for the AWS SDK.
#[must_use]
pub fn client(resolver: Resolver) -> SharedHttpClient {
    client_trusting(roots(), resolver)
}

fn client_trusting(roots: &[CertificateDer<'_>], resolver: Resolver) -> SharedHttpClient {
    Builder::new().tls_provider(ring()).tls_context(context(roots)).build_with_resolver(resolver)
}

/// A bare connection pool, for requests that no SDK makes.
#[must_use]
pub fn connector(resolver: Resolver, connect: Duration, read: Duration) -> Connector {
    let settings = HttpConnectorSettings::builder().connect_timeout(connect).read_timeout(read).build();
    Connector::builder()
        .tls_provider(ring())
        .tls_context(context(roots()))
        .connector_settings(settings)
        .sleep_impl(TokioSleep::new())
        .build_with_resolver(resolver)
}

fn ring() -> Provider {
    Provider::Rustls(CryptoMode::Ring)
}

fn context(roots: &[CertificateDer<'_>]) -> TlsContext {
    // The trust store takes PEM only, and turns it into DER again.
    let pem = roots.iter().fold(String::new(), |mut pem, certificate| {
        pem.push_str("-----BEGIN CERTIFICATE-----\n");
        for line in STANDARD.encode(certificate).as_bytes().chunks(64) {
            pem.extend(line.iter().map(|byte| char::from(*byte)));
            pem.push('\n');
        }
        pem.push_str("-----END CERTIFICATE-----\n");
        pem
    });
    let store = TrustStore::empty().with_pem_certificate(pem);
    TlsContext::builder().with_trust_store(store).build().expect("a context of certificates alone is valid")
}

#[cfg(test)]
#[path = "../tests/tls/mod.rs"]
mod tls;

#[cfg(test)]
mod tests {
    use aws_smithy_async::time::SystemTimeSource;
    use aws_smithy_runtime_api::client::{
        http::{HttpClient as _, HttpConnector as _},
        orchestrator::HttpRequest,
        runtime_components::RuntimeComponentsBuilder,
    };
    use aws_smithy_types::body::SdkBody;

    use super::*;

    /// What a client of the SDK answers for `https://localhost`.
    async fn status(client: &SharedHttpClient, port: u16) -> Result<u16, String> {
        let settings = HttpConnectorSettings::builder().connect_timeout(Duration::from_secs(10)).build();
        let components = RuntimeComponentsBuilder::for_tests()
            .with_sleep_impl(Some(TokioSleep::new()))
            .with_time_source(Some(SystemTimeSource::new()))
            .build()
            .expect("components");
        let connector = client.http_connector(&settings, &components);
        let mut request = HttpRequest::new(SdkBody::empty());
        request.set_uri(format!("https://localhost:{port}/")).expect("an address");
        let answer = connector.call(request).await;
        answer.map(|answer| answer.status().as_u16()).map_err(|error| format!("{error:?}"))
    }

    #[tokio::test]
    async fn the_client_trusts_its_roots_and_nobody_else() {
        let answer = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n".to_vec();
        let (port, authority) = tls::serve(answer).await;
        let resolver = Resolver::from_system().expect("a resolver");
        let trusting = client_trusting(&[authority], resolver.clone());
        assert_eq!(status(&trusting, port).await, Ok(204));
        let refusal = status(&client(resolver), port).await.expect_err("the authority is not Mozilla's");
        assert!(refusal.contains("UnknownIssuer"), "{refusal}");
    }

    #[tokio::test]
    async fn every_root_is_readable_by_the_client() {
        // Certificates are parsed when a connector is built, and a bad one panics there.
        assert!(roots().len() > 100, "{}", roots().len());
        let resolver = Resolver::from_system().expect("a resolver");
        let _ = connector(resolver, Duration::from_secs(1), Duration::from_secs(1));
    }
}
