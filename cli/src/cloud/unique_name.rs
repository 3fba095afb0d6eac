//! Names for requests that AWS tells apart by their name.

use std::hash::{BuildHasher, RandomState};

/// A name that no change set of the stack, and no other request, has had.
pub fn unique_name() -> String {
    // The standard library's random keys are unique enough; nobody has to be unable to guess one.
    format!("pipec-{:016x}", RandomState::new().hash_one(()))
}
