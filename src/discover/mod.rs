//! `discover`: sample records to the `records:` block of a spec. Fields of nested objects become columns of their own,
//! with the narrowest types that every sample fits.

mod block;
mod infer;
mod samples;
mod seen;

pub(crate) use block::word;
pub use block::{Unwritable, block, written_into};
pub use infer::{ColumnFound, Discovery, Inference, LeftOut};
pub use samples::{NoSamples, Samples, read};
