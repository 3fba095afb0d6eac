//! Records and where they come from, as the producer sends them and as `pipec simulate` runs them on this machine.
//!
//! | subject | module |
//! | --- | --- |
//! | the configuration, and its paths in the text of a record | [`config`], [`path`] |
//! | records and their partition keys | [`record`] |
//! | sources: a file, a generator, the pages of an API | [`source`] |
//! | counters | [`stats`] |

// The futures are run on one thread and need not be Send.
#![allow(async_fn_in_trait)]

pub mod path;
pub mod record;
pub mod source;
pub mod stats;

pub use pipec_producer_config as config;
