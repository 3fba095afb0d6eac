//! The programs that run in AWS, as pipec embeds them. The build script builds and packs them; no other crate does.

use std::borrow::Cow;

use pipec_compiler::aws::instance_types::Architecture;
use pipec_compiler::programs::{Build, Program, Programs};

static EMBEDDED: &[Build] = &include!(concat!(env!("OUT_DIR"), "/programs.rs"));

/// The embedded programs.
pub fn embedded() -> Programs {
    Programs::new(EMBEDDED.iter().cloned())
}
