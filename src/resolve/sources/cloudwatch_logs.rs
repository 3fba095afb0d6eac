//! CloudWatch Logs.

use super::super::Resolver;
use crate::pipeline::{CloudWatchLogs, LogSource};
use crate::spec::sources as spec;

impl Resolver<'_> {
    pub(super) fn cloudwatch_logs(&self, at: &str, logs: spec::CloudWatchLogs) -> CloudWatchLogs {
        let from = match logs.accounts {
            Some(accounts) => LogSource::Accounts(self.texts(&format!("{at}/accounts"), accounts)),
            // The schema requires one of them.
            None => LogSource::Groups(self.texts(&format!("{at}/groups"), logs.groups.unwrap_or_default())),
        };
        CloudWatchLogs {
            from,
            filter: self.optional(&format!("{at}/filter"), logs.filter),
            distribution: self.optional(&format!("{at}/distribution"), logs.distribution),
        }
    }
}
