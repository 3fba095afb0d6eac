//! The Firehose record transform: one event in, one reply out.
//!
//! | subject | module |
//! | --- | --- |
//! | the event, borrowed from its bytes | [`event`], [`scan`] |
//! | base64, and appending to it | [`base64`] |
//! | the reply and its size limit | [`reply`] |
//! | the program applied to a batch | [`batch`] |
//! | the same for records that are not in base64 | [`plain`] |
//! | its counts, in the log and as metrics | [`report`] |

pub mod base64;
pub mod batch;
pub mod event;
pub mod plain;
pub mod reply;
pub mod report;
pub mod scan;
