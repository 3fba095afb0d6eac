//! CloudWatch alarms, log groups and SNS topics.

/// Days for which a log group may keep its events. CloudFormation schema, 2026-10.
pub const LOG_RETENTION_DAYS: &[u64] = &[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
/// Days of log retention that Security Hub's CloudWatch.16 asks for. From memory, 2026-11.
pub const LOG_RETENTION_DAYS_SECURITY_HUB: u64 = 365;
/// Characters of a topic's name. SNS API reference, `CreateTopic`, 2026-11.
pub const TOPIC_NAME_CHARS_MAX: usize = 256;
/// Characters of an e-mail address. RFC 5321, 4.5.3.1.3, less its brackets.
pub const EMAIL_CHARS_MAX: usize = 254;
/// Shortest time without data that an alarm can distinguish from a late metric, seconds. Kinesis reports each minute,
/// within two. From practice, 2026-11.
pub const NO_DATA_S_MIN: u64 = 300;
/// Seconds for which Firehose retries to write to S3. Data Firehose developer guide, "Handle data delivery failures",
/// 2026-11.
pub const FIREHOSE_RETRY_S_MAX: u64 = 86_400;
/// Subscription filters of a log group, besides one of the account. API PutSubscriptionFilter, 2026-11.
pub const SUBSCRIPTION_FILTERS_MAX: usize = 2;
