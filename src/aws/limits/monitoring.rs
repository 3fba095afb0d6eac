//! CloudWatch alarms and log groups.

/// Days for which a log group may keep its events. CloudFormation schema, 2026-10.
pub const LOG_RETENTION_DAYS: &[u64] = &[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
/// Those of [`LOG_RETENTION_DAYS`] that the AWS Guard Rules Registry knows as well (snapshot of
/// March 2024); the others make its retention rule fail.
pub const LOG_RETENTION_DAYS_ALL_SCANNERS: &[u64] =
    &[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 3653];
/// Days of log retention that Security Hub's CloudWatch.16 asks for. From memory, 2026-11.
pub const LOG_RETENTION_DAYS_SECURITY_HUB: u64 = 365;

/// Alarm periods below a minute that every tool accepts, seconds; longer ones are multiples of 60.
/// CloudFormation schema and cfn-lint, 2026-11 (the API also knows 20, from memory).
pub const ALARM_PERIODS_BELOW_MINUTE_S: &[u64] = &[10, 30];
/// Seconds that period times evaluation periods may span. From memory, 2026-11.
pub const ALARM_SPAN_S_MAX: u64 = 86_400;
/// Actions of an alarm per state. From memory, 2026-11.
pub const ALARM_ACTIONS_MAX: u64 = 5;
/// Seconds of `DeliveryToS3.DataFreshness` that AWS takes as the bound of its advised alarm.
/// Firehose guide "Best practices with CloudWatch alarms", 2026-11.
pub const FIREHOSE_FRESHNESS_S_ADVISED: u64 = 900;

/// Whether an alarm may have this period, seconds.
pub fn alarm_period_is_valid(seconds: u64) -> bool {
    ALARM_PERIODS_BELOW_MINUTE_S.contains(&seconds) || (seconds >= 60 && seconds.is_multiple_of(60))
}

/// The shortest retention that is at least `days` and that all scanners know, or the longest one.
pub fn log_retention_at_least(days: u64) -> u64 {
    let known = LOG_RETENTION_DAYS_ALL_SCANNERS;
    let at = known.partition_point(|&d| d < days);
    known[at.min(known.len() - 1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retention_choices() {
        assert!(LOG_RETENTION_DAYS.is_sorted());
        let known = LOG_RETENTION_DAYS_ALL_SCANNERS;
        assert!(known.is_sorted() && known.iter().all(|d| LOG_RETENTION_DAYS.contains(d)));
        assert_eq!(log_retention_at_least(0), 1);
        assert_eq!(log_retention_at_least(8), 14);
        assert_eq!(log_retention_at_least(1000), 1827);
        assert_eq!(log_retention_at_least(9999), 3653);
    }

    #[test]
    fn alarm_periods() {
        assert!(alarm_period_is_valid(10) && alarm_period_is_valid(300));
        assert!(!alarm_period_is_valid(45) && !alarm_period_is_valid(90));
        assert!(!alarm_period_is_valid(0));
    }
}
