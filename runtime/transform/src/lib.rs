//! The Firehose record transform: one event in, one reply out.
//!
//! | subject | module |
//! | --- | --- |
//! | the event, borrowed from its bytes | [`event`] |
//! | appending in base64 without decoding the record | [`tail`] |
//! | the reply and its size limit | [`reply`] |
//! | the program applied to a batch | [`batch`] |

pub mod batch;
pub mod event;
pub mod reply;
pub mod tail;
