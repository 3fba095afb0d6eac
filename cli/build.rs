//! Links pipec at a fixed address.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // A run of a few milliseconds spends a fifth of them on 117,000 relocations if it may lie at any address.
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|actual| actual == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
