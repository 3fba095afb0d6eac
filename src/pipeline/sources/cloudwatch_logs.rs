//! CloudWatch Logs.

use crate::pipeline::Setting;
pub use crate::spec::sources::Distribution;

/// Log events of CloudWatch Logs.
#[derive(Clone, Debug)]
pub struct CloudWatchLogs {
    /// Where they come from.
    pub from: LogSource,
    /// Filter pattern, if not all log events are sent.
    pub filter: Option<Setting<String>>,
    /// How they are distributed over shards, if the user chooses it.
    pub distribution: Option<Setting<Distribution>>,
}

/// Where log events come from.
#[derive(Clone, Debug)]
pub enum LogSource {
    /// Log groups of the stack's account, by their names.
    Groups(Vec<Setting<String>>),
    /// Other accounts, by their ids.
    Accounts(Vec<Setting<String>>),
}
