//! CloudWatch alarms and log groups.

/// Days for which a log group may keep its events. CloudFormation schema, 2026-10.
pub const LOG_RETENTION_DAYS: &[u64] = &[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
/// Days of log retention that Security Hub's CloudWatch.16 asks for. From memory, 2026-11.
pub const LOG_RETENTION_DAYS_SECURITY_HUB: u64 = 365;
