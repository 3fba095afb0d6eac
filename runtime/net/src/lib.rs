//! How the programs in AWS reach the network: names, trust, credentials.
//!
//! They are static glibc binaries, built on one Linux and run on another. Static glibc's `getaddrinfo`
//! loads the NSS modules of the machine that it runs on, which belong to another glibc, and can crash. So
//! no name is resolved by libc here: everything goes through [`dns::Resolver`]. The root certificates are
//! in the binary as well, so no file of the machine decides whom it trusts.

pub mod aws;
pub mod dns;
pub mod http;

pub use pipec_log as log;
