//! Name resolution without libc.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr},
};

use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};
use hickory_resolver::{
    ConnectionProvider, ResolverBuilder, TokioResolver,
    config::{LookupIpStrategy, NameServerConfig, ResolverConfig},
    net::{NetError, runtime::TokioRuntimeProvider},
};

/// The resolver of every VPC, link-local. It is used where `/etc/resolv.conf` cannot be read.
/// Source: Amazon VPC User Guide, "Understanding Amazon DNS".
const AMAZON_DNS: IpAddr = IpAddr::V4(Ipv4Addr::new(169, 254, 169, 253));

/// Resolves names by asking the name servers of `/etc/resolv.conf`, after a look into `/etc/hosts`.
///
/// Clones share one cache.
#[derive(Clone)]
pub struct Resolver(TokioResolver);

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Resolver")
    }
}

impl Resolver {
    /// Reads the configuration of the machine.
    ///
    /// # Errors
    /// When no resolver can be set up at all; an unreadable configuration alone is no error.
    pub fn from_system() -> Result<Self, NetError> {
        match TokioResolver::builder_tokio() {
            Ok(builder) => Self::build(builder),
            Err(error) => {
                tracing::warn!(%error, "cannot read the DNS configuration; using {AMAZON_DNS}");
                let servers = vec![NameServerConfig::udp_and_tcp(AMAZON_DNS)];
                let config = ResolverConfig::from_parts(None, Vec::new(), servers);
                Self::build(TokioResolver::builder_with_config(config, TokioRuntimeProvider::default()))
            }
        }
    }

    fn build(mut builder: ResolverBuilder<TokioRuntimeProvider>) -> Result<Self, NetError>
    where
        TokioRuntimeProvider: ConnectionProvider,
    {
        // AWS's standard endpoints have IPv4 addresses only, and a subnet without IPv6 is the rule.
        builder.options_mut().ip_strategy = LookupIpStrategy::Ipv4thenIpv6;
        builder.build().map(Self)
    }

    /// All addresses of a name.
    ///
    /// # Errors
    /// When no server answers, or none knows the name.
    pub async fn lookup(&self, name: &str) -> Result<Vec<IpAddr>, NetError> {
        Ok(self.0.lookup_ip(name).await?.iter().collect())
    }
}

impl ResolveDns for Resolver {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(async move { self.lookup(name).await.map_err(ResolveDnsError::new) })
    }
}
