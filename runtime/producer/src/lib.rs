//! Fills a Kinesis data stream or a Firehose stream with records, at a steady pace.
//!
//! | subject | module |
//! | --- | --- |
//! | the configuration file | [`config`] |
//! | records | [`record`] |
//! | where they come from: an API, a file, a generator | [`source`] |
//! | when | [`pacer`] |
//! | in which order, how many at a time | [`outbox`], [`batch`] |
//! | until they are accepted | [`sender`], [`kinesis`], [`firehose`] |
//! | how it goes | [`stats`], [`health`], [`log`], [`publish`] |
//! | all together | [`run`] |

// The futures are run on one thread and need not be Send.
#![allow(async_fn_in_trait)]

pub mod batch;
pub mod firehose;
pub mod health;
pub mod kinesis;
pub mod log;
pub mod outbox;
pub mod pacer;
pub mod publish;
pub mod run;
pub mod sender;
pub mod source;

pub use pipec_producer_config as config;
pub use pipec_records::{record, stats};
