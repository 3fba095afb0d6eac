//! Facts about AWS as data: limits, regions, instance types, Flink runtimes and prices.
//!
//! The modules below this one depend on nothing else in the crate. Every figure carries its unit,
//! where it was read, and when. A source that ends in "from memory" was not found in a document
//! and should be checked against an account before money or data depends on it.

pub mod cloudfront;
pub mod destinations;
pub mod endpoints;
pub mod existing;
pub mod flink;
pub mod flink_throughput;
pub mod handler_permissions;
pub mod instance_types;
pub mod limits;
pub mod metrics;
pub mod offers;
pub mod prices;
pub mod regions;
pub mod time_zones;
