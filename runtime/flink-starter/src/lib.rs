//! The custom resource that starts and stops a Managed Service for Apache Flink application, since
//! CloudFormation itself never does.
//!
//! | subject | module |
//! | --- | --- |
//! | the request | [`event`] |
//! | what to do next | [`machine`] |
//! | whether RUNNING is true | [`proof`] |
//! | what the template decides | [`configuration`] |
//! | the service's calls | [`service`] |
//! | doing it until a deadline | [`drive`] |
//! | the answer | [`answer`] |
//! | an answer after a panic | [`mod@panic`] |

// The futures are run on one thread and need not be Send.
#![allow(async_fn_in_trait)]

pub mod answer;
pub mod configuration;
pub mod drive;
pub mod event;
pub mod handler;
pub mod machine;
pub mod panic;
pub mod proof;
pub mod service;
