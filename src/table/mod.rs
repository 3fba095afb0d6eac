//! Tables over delivered objects: their columns, the layout of their folders, and the keys of those.
//!
//! | subject | module |
//! | --- | --- |
//! | what a delivery delivers: its fields with their types | [`fields`] |
//! | the columns of a table | [`columns`] |
//! | types of the Glue Data Catalog | [`glue_type`] |
//! | the folders of a prefix as partitions of Athena | [`projection`] |
//! | patterns of times in folders | [`time_pattern`] |
//! | the values of partition keys | [`partition_keys`] |

pub mod columns;
pub mod fields;
pub mod glue_type;
pub mod partition_keys;
pub mod projection;
pub mod time_pattern;
