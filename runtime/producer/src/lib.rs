//! Fills a Kinesis data stream with the records of an HTTP API, at a steady pace.
//!
//! | subject | module |
//! | --- | --- |
//! | the configuration file | [`config`], [`path`] |
//! | records and pages | [`record`], [`pages`], [`source`] |
//! | when | [`pacer`] |
//! | how many at a time | [`batch`] |
//! | until they are accepted | [`sender`], [`kinesis`] |
//! | how it goes | [`stats`], [`health`] |
//! | all together | [`run`] |

// The futures are run on one thread and need not be Send.
#![allow(async_fn_in_trait)]

pub mod batch;
pub mod config;
pub mod health;
pub mod kinesis;
pub mod pacer;
pub mod pages;
pub mod path;
pub mod record;
pub mod run;
pub mod sender;
pub mod source;
pub mod stats;
