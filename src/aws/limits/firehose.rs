//! Amazon Data Firehose: intake, buffering, the Lambda transform and delivery to S3.

use super::{Bounds, KIB, MIB, NameRule};

/// Bytes of one record before base64 ("1,000 KiB"). Firehose quota page, 2023; API PutRecord,
/// 2026-11. Less than the default record of a Kinesis stream.
pub const RECORD_BYTES_MAX: u64 = 1_000 * KIB;

/// Intake of one Direct PUT delivery stream; a Kinesis source has no such quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DirectPutQuota {
    /// Records per second.
    pub records_per_s: u64,
    /// Requests per second.
    pub requests_per_s: u64,
    /// Bytes per second.
    pub bytes_per_s: u64,
}

/// Direct PUT quota in us-east-1, us-west-2 and eu-west-1. Firehose quota page, 2023 (bytes
/// confirmed 2026; the API text of PutRecord still says 5,000 records/s).
pub const DIRECT_PUT_LARGE: DirectPutQuota =
    DirectPutQuota { records_per_s: 500_000, requests_per_s: 2_000, bytes_per_s: 5 * MIB };
/// Direct PUT quota in all other regions. Firehose quota page, 2023 (bytes confirmed 2026).
pub const DIRECT_PUT_SMALL: DirectPutQuota =
    DirectPutQuota { records_per_s: 100_000, requests_per_s: 1_000, bytes_per_s: MIB };

/// `BufferingHints.SizeInMBs` for S3, MiB; measured before compression. CloudFormation schema,
/// 2026-10. Set it together with the interval or set neither (API S3 BufferingHints).
pub const S3_BUFFER_MIB: Bounds<u64> = Bounds::new(1, 128);
/// `BufferingHints.IntervalInSeconds` for S3, seconds. CloudFormation schema, 2026-10.
pub const S3_BUFFER_S: Bounds<u64> = Bounds::new(0, 900);
/// Buffer size used when none is set, MiB. API BufferingHints, 2026-11.
pub const S3_BUFFER_MIB_DEFAULT: u64 = 5;
/// Buffer interval used when none is set, seconds. API BufferingHints, 2026-11.
pub const S3_BUFFER_S_DEFAULT: u64 = 300;

/// Seconds within which most records of a stream are delivered whose interval is 0 ("zero buffering"). Firehose guide,
/// "Understand buffering hints", 2026-11.
pub const ZERO_BUFFERING_S_MAX: u64 = 5;
/// `SizeInMBs` with record format conversion or dynamic partitioning, MiB; the latter also asks for 60 s. API
/// CreateDeliveryStream refuses less, reproduced by cdk-preflight 0.0.143 in 2026-10; interval: aws-cdk, 2026-11.
pub const S3_LARGE_BUFFER_MIB: Bounds<u64> = Bounds::new(64, 128);
/// `SizeInMBs` with record format conversion when none is set, MiB. Firehose guide, "Buffering hints", 2026-11.
pub const S3_LARGE_BUFFER_MIB_DEFAULT: u64 = 128;
/// `IntervalInSeconds` with dynamic partitioning, seconds. See above.
pub const S3_PARTITIONED_BUFFER_S: Bounds<u64> = Bounds::new(60, 900);
/// Partitions that a stream fills at a time; beyond, records go under the error prefix. Firehose guide, "Quota", 2026-11.
pub const ACTIVE_PARTITIONS_DEFAULT: u64 = 500;
/// The most that AWS raises the quota to. Same page.
pub const ACTIVE_PARTITIONS: Bounds<u64> = Bounds::new(1, 2_500);
/// Partition keys of a stream. Firehose guide, "Dynamic partitioning", 2026-11.
pub const PARTITION_KEYS_MAX: usize = 50;

/// Lambda processor: `BufferSizeInMBs`, MiB. CloudFormation reference, page ProcessorParameter, and
/// Firehose guide "Transform source data", 2026-11.
pub const LAMBDA_BUFFER_MIB: Bounds<f64> = Bounds::new(0.2, 3.0);
/// Lambda processor: `BufferSizeInMBs` when none is set, MiB. API Processor, 2026-11.
pub const LAMBDA_BUFFER_MIB_DEFAULT: f64 = 1.0;
/// Lambda processor: `BufferIntervalInSeconds`, seconds. API Processor, 2026-11.
pub const LAMBDA_BUFFER_S: Bounds<u64> = Bounds::new(0, 900);
/// Lambda processor: `BufferIntervalInSeconds` when none is set, seconds. API Processor, 2026-11.
pub const LAMBDA_BUFFER_S_DEFAULT: u64 = 60;
/// Lambda processor: `NumberOfRetries`. Range from memory, 2026-11.
pub const LAMBDA_RETRIES: Bounds<u64> = Bounds::new(0, 300);
/// Lambda processor: `NumberOfRetries` when none is set. API Processor, 2026-11.
pub const LAMBDA_RETRIES_DEFAULT: u64 = 3;
/// Seconds that Firehose waits for the function, though Lambda allows more. Firehose guide
/// "Transform source data", 2026-11.
pub const LAMBDA_TIMEOUT_S_MAX: u64 = 300;

/// Length of `Prefix` and `ErrorOutputPrefix` as written, characters. CloudFormation schema,
/// 2026-10.
pub const PREFIX_RAW_CHARS_MAX: u64 = 1_024;
/// Length of a prefix after its expressions are filled in, characters. Firehose guide "Custom
/// prefixes", 2023.
pub const PREFIX_EVALUATED_CHARS_MAX: u64 = 512;
/// Characters that `!{firehose:random-string}` gives. Same page.
pub const RANDOM_STRING_CHARS: u64 = 11;

/// `CustomTimeZone`: no digits and no sign, so `Etc/GMT+5` cannot be used. CloudFormation schema,
/// 2026-10. Leave the property out for UTC.
pub const CUSTOM_TIME_ZONE: NameRule = NameRule::new(Bounds::new(1, 50), "letters, `/` and `_`", |c| {
    c.is_ascii_alphabetic() || c == '/' || c == '_'
});
/// `FileExtension`, dot included; it replaces `.gz` and the like. CloudFormation schema, 2026-10.
pub const FILE_EXTENSION: NameRule =
    NameRule::new(Bounds::new(2, 128), "lower-case letters, digits and `!-_.*'()`", |c| {
        c.is_ascii_lowercase() || c.is_ascii_digit() || "!-_.*'()".contains(c)
    })
    .starting("a dot", |c| c == '.');

/// What the name of a Firehose stream starts with that AWS WAF may write to. WAF developer guide, "Amazon Data Firehose",
/// 2026-11.
pub const WAF_PREFIX: &str = "aws-waf-logs-";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_zone_and_extension_rules() {
        assert!(CUSTOM_TIME_ZONE.check("Europe/Berlin").is_ok());
        assert!(CUSTOM_TIME_ZONE.check("Etc/GMT+5").is_err());
        assert!(FILE_EXTENSION.check(".json.gz").is_ok());
        assert!(FILE_EXTENSION.check("json").is_err());
        assert!(FILE_EXTENSION.check(".JSON").is_err());
    }
}
