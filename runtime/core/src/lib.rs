//! What happens to one record: the logic that the Firehose transform and the compiler's own
//! `simulate` and `test` share.
//!
//! A [`RecordProgram`] is data that the compiler writes and the transform reads. Nothing here knows
//! AWS, base64 or a wire format: bytes of one record go in, one [`Outcome`] comes out.

mod program;

pub use program::{Outcome, ProgramError, RecordProgram, Suffix, VERSION};
