//! CloudWatch Logs.

use super::super::Resolver;
use super::super::pipeline::Setting;
use crate::spec::sources as spec;
pub use spec::Distribution;

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

impl Resolver<'_> {
    pub(super) fn cloudwatch_logs(&self, at: &str, logs: spec::CloudWatchLogs) -> CloudWatchLogs {
        let from = match logs.accounts {
            Some(accounts) => LogSource::Accounts(self.texts(&format!("{at}/accounts"), accounts)),
            // The schema asks for one of them.
            None => LogSource::Groups(self.texts(&format!("{at}/groups"), logs.groups.unwrap_or_default())),
        };
        CloudWatchLogs {
            from,
            filter: self.optional(&format!("{at}/filter"), logs.filter),
            distribution: self.optional(&format!("{at}/distribution"), logs.distribution),
        }
    }
}
