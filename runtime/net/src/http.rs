//! HTTP clients over TLS with the certificates that are in the binary.

use std::time::Duration;

use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::{
    Builder, Connector,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::{HttpConnectorSettings, SharedHttpClient};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::dns::Resolver;

/// Mozilla's root certificates, as DER.
#[must_use]
pub fn roots() -> &'static [rustls_pki_types::CertificateDer<'static>] {
    webpki_root_certs::TLS_SERVER_ROOT_CERTS
}

/// A client for the AWS SDK.
#[must_use]
pub fn client(resolver: Resolver) -> SharedHttpClient {
    Builder::new().tls_provider(ring()).tls_context(context()).build_with_resolver(resolver)
}

/// A bare connection pool, for requests that no SDK makes.
#[must_use]
pub fn connector(resolver: Resolver, connect: Duration, read: Duration) -> Connector {
    let settings = HttpConnectorSettings::builder().connect_timeout(connect).read_timeout(read).build();
    Connector::builder()
        .tls_provider(ring())
        .tls_context(context())
        .connector_settings(settings)
        .sleep_impl(TokioSleep::new())
        .build_with_resolver(resolver)
}

fn ring() -> Provider {
    Provider::Rustls(CryptoMode::Ring)
}

fn context() -> TlsContext {
    // The trust store takes PEM only, and turns it into DER again.
    let pem = roots().iter().fold(String::new(), |mut pem, certificate| {
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
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_root_is_readable_by_the_client() {
        // Certificates are parsed when a connector is built, and a bad one panics there.
        assert!(roots().len() > 100, "{}", roots().len());
        let resolver = Resolver::from_system().expect("a resolver");
        let _ = connector(resolver, Duration::from_secs(1), Duration::from_secs(1));
    }
}
