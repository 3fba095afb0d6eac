//! Tables over delivered objects: their columns, the layout of their folders, and the keys of those.
//!
//! | subject | module |
//! | --- | --- |
//! | what a delivery delivers: its fields with their types | [`fields`] |
//! | the columns of a table | [`columns`] |
//! | both of a table of the stack | [`layout`] |
//! | the columns of a table of Iceberg | [`iceberg`] |
//! | types of the Glue Data Catalog | [`glue_type`] |
//! | the columns of a table whose names are the keys | [`keyed`] |
//! | the columns of a table of Redshift | [`redshift`] |
//! | the columns of a table of Snowflake | [`snowflake`] |
//! | the folders of a prefix as partitions of Athena | [`projection`] |
//! | patterns of times in folders | [`time_pattern`] |
//! | the values of partition keys | [`partition_keys`] |
//! | their number within a buffer interval | [`active_partitions`] |

pub mod active_partitions;
pub mod columns;
pub mod fields;
#[cfg(test)]
mod fixture;
pub mod glue_type;
pub mod iceberg;
pub mod keyed;
pub mod layout;
pub mod partition_keys;
pub mod projection;
pub mod redshift;
pub mod snowflake;
pub mod time_pattern;
