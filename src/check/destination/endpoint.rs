//! Addresses that Firehose sends to: over HTTPS, through the internet.

use core::net::IpAddr;

use fluent_uri::Uri;
use fluent_uri::component::Authority;

use crate::diagnostics::{Code, Diagnostic, secrets};
use crate::pipeline::Setting;

/// Ends of names that resolve within a network only.
const PRIVATE_ENDS: [&str; 5] = [".internal", ".local", ".lan", ".localdomain", ".corp"];

/// An address of a destination.
#[derive(Clone, Copy)]
pub(super) struct Endpoint<'a> {
    /// The address.
    pub address: &'a Setting<String>,
    /// Its key in the spec.
    pub key: &'static str,
    /// A whole address of its kind.
    pub example: &'static str,
    /// What listens there.
    pub listener: &'static str,
    /// What AWS has no private path to.
    pub service: &'static str,
    /// The only port, where there is one.
    pub port: Option<u16>,
}

impl<'a> Endpoint<'a> {
    /// An error at the address.
    pub fn fault(&self, message: String, help: impl Into<String>) -> Diagnostic {
        Diagnostic::error(Code::EndpointUrl, self.address.span, message, help)
    }

    /// The address without its secrets.
    fn shown(&self) -> std::borrow::Cow<'a, str> {
        secrets::masked(&self.address.value)
    }

    /// An address over HTTPS, and the host that it has.
    ///
    /// # Errors
    /// The reason why it is none.
    pub fn read(&self) -> Result<(Uri<&'a str>, Authority<'a>), Diagnostic> {
        let (text, shown) = (self.address.value.as_str(), self.shown());
        let example = || format!("write an address such as `{}`", self.example);
        // Without a scheme, the host before a port would be read as one.
        let Some(uri) = Uri::parse(text).ok().filter(|_| text.contains("//")) else {
            let help = match self.lacks_scheme_only() {
                true => format!("write `{}: https://{shown}`", self.key),
                false => example(),
            };
            return Err(self.fault(format!("`{shown}` is not an address"), help));
        };
        let scheme = uri.scheme().as_str();
        if !scheme.eq_ignore_ascii_case("https") {
            let help = match shown.strip_prefix("http://") {
                Some(rest) => format!(
                    "write `{}: https://{rest}`, with a certificate of a public authority at the {}",
                    self.key, self.listener
                ),
                None => example(),
            };
            return Err(self.fault(format!("Firehose sends over https, not `{scheme}`"), help));
        }
        match uri.authority().filter(|authority| !authority.host().is_empty()) {
            Some(authority) => Ok((uri, authority)),
            None => Err(self.fault(format!("`{shown}` names no host"), example())),
        }
    }

    /// Whether the address is accepted with a scheme in front of it.
    fn lacks_scheme_only(&self) -> bool {
        let text = &self.address.value;
        let whole = format!("https://{text}");
        let uri = Uri::parse(whole.as_str()).ok().filter(|_| !text.contains("//"));
        uri.and_then(|uri| uri.authority()).is_some_and(|authority| {
            !is_private(authority.host()) && authority.userinfo().is_none() && self.has_port(&authority)
        })
    }

    /// Whether Firehose sends to the port of an address.
    pub fn has_port(&self, authority: &Authority) -> bool {
        match (self.port, authority.port()) {
            (Some(only), Some(port)) => port.as_str().parse() == Ok(only),
            _ => true,
        }
    }

    /// A user name or password in the address, which the template would have.
    pub fn user(&self, authority: &Authority, help: impl Into<String>) -> Option<Diagnostic> {
        let message = "the address contains a user name or password";
        authority.userinfo().map(|_| Diagnostic::error(Code::SecretInSpec, self.address.span, message, help))
    }

    /// A host that the internet does not reach.
    pub fn private(&self, host: &str) -> Option<Diagnostic> {
        is_private(host).then(|| {
            let message = format!("Firehose sends over the internet, and `{host}` is not a public host");
            let Self { listener, service, .. } = self;
            self.fault(
                message,
                format!("name a public address of the {listener}; AWS has no private path to {service}"),
            )
        })
    }
}

/// Whether a host is one that the internet does not reach.
pub(super) fn is_private(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(address)) => {
            let shared = address.octets()[0] == 100 && (64..128).contains(&address.octets()[1]);
            address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_unspecified()
                || shared
        }
        Ok(IpAddr::V6(address)) => {
            address.is_loopback()
                || address.is_unique_local()
                || address.is_unicast_link_local()
                || address.is_unspecified()
        }
        Err(_) => {
            host == "localhost" || !host.contains('.') || PRIVATE_ENDS.iter().any(|end| host.ends_with(end))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_private;

    #[test]
    fn hosts_that_the_internet_does_not_reach() {
        for host in [
            "10.1.2.3",
            "192.168.0.1",
            "127.0.0.1",
            "0.0.0.0",
            "100.64.0.1",
            "[::]",
            "[::1]",
            "[fd00::1]",
            "[::ffff:10.0.0.1]",
            "localhost",
            "collector",
            "a.internal",
        ] {
            assert!(is_private(host), "{host}");
        }
        for host in [
            "203.0.113.9",
            "100.63.0.1",
            "example.com",
            "[2001:db8::1]",
            "[::ffff:203.0.113.9]",
            "internal.example.com",
        ] {
            assert!(!is_private(host), "{host}");
        }
    }
}
