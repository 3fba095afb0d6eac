//! Destinations, and what stands beside them.

mod backup;

pub use backup::{Backup, BackupPlace, BackupRecords};
