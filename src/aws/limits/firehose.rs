//! Amazon Data Firehose: intake, buffering, the Lambda transform and delivery to S3.

use super::{Bounds, KIB, MIB, NameRule};

/// Bytes of one record before base64 ("1,000 KiB"). Firehose quota page, 2023; API PutRecord,
/// 2026-11. Less than the default record of a Kinesis stream.
pub const RECORD_BYTES_MAX: u64 = 1_000 * KIB;
/// Records in one `PutRecordBatch`. API PutRecordBatch, 2026-11.
pub const PUT_BATCH_MAX_RECORDS: u64 = 500;
/// Bytes in one `PutRecordBatch`. API PutRecordBatch, 2026-11.
pub const PUT_BATCH_MAX_BYTES: u64 = 4 * MIB;
/// Delivery streams per account and region. API CreateDeliveryStream, 2026-11.
pub const STREAMS_PER_REGION: u64 = 5_000;
/// Hours for which Direct PUT data is kept while the destination is down; a stream source keeps
/// what the stream's retention keeps. Firehose quota page, 2023.
pub const DIRECT_PUT_HOLD_HOURS: u64 = 24;
/// Delivery streams that one customer managed key may serve. API CreateDeliveryStream, 2026-11.
pub const STREAMS_PER_KEY: u64 = 500;
/// `ThroughputHintInMBs` of a Direct PUT stream, MiB/s. CloudFormation schema, 2026-10.
pub const THROUGHPUT_HINT_MIB_PER_S: Bounds<u64> = Bounds::new(1, 100);

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
/// Least buffer size with conversion to Parquet or ORC, MiB. Firehose guide "Converting input
/// record format", 2023.
pub const S3_BUFFER_MIB_MIN_CONVERSION: u64 = 64;
/// Buffer size used with conversion when none is set, MiB. Firehose guide, 2023.
pub const S3_BUFFER_MIB_DEFAULT_CONVERSION: u64 = 128;
/// Least buffer size with dynamic partitioning, MiB. From memory, 2026-11.
pub const S3_BUFFER_MIB_MIN_PARTITIONING: u64 = 64;
/// Least buffer interval with dynamic partitioning, seconds. Firehose guide "Buffer data for
/// dynamic partitioning", 2026-11.
pub const S3_BUFFER_S_MIN_PARTITIONING: u64 = 60;
/// Factor by which the real delay can exceed the interval with dynamic partitioning. Same page.
pub const PARTITIONING_DELAY_FACTOR: f64 = 1.5;
/// Active partitions of a delivery stream by default; the surplus goes to the error prefix.
/// Same page.
pub const ACTIVE_PARTITIONS_DEFAULT: u64 = 500;
/// Active partitions that can be had on request. Same page.
pub const ACTIVE_PARTITIONS_MAX: u64 = 5_000;
/// Seconds of incoming data that the buffer should at least hold. API BufferingHints, 2026-11.
pub const BUFFER_ADVISED_SECONDS_OF_DATA: u64 = 10;
/// `RetryOptions.DurationInSeconds` of the destinations that have it, seconds. CloudFormation
/// schema, 2026-10.
pub const RETRY_S: Bounds<u64> = Bounds::new(0, 7_200);

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
/// Seconds under which a transform's timeout is uncomfortably short. Firehose guide, 2023.
pub const LAMBDA_TIMEOUT_S_ADVISED_MIN: u64 = 60;
/// Invocations in flight per shard of the source stream. Firehose quota page, 2023.
pub const LAMBDA_CALLS_PER_SHARD: u64 = 5;
/// Length of a processor parameter's value, characters. CloudFormation schema, 2026-10.
pub const PROCESSOR_PARAMETER_CHARS: Bounds<u64> = Bounds::new(1, 5_120);

/// Length of `Prefix` and `ErrorOutputPrefix` as written, characters. CloudFormation schema,
/// 2026-10.
pub const PREFIX_RAW_CHARS_MAX: u64 = 1_024;
/// Length of a prefix after its expressions are filled in, characters. Firehose guide "Custom
/// prefixes", 2023.
pub const PREFIX_EVALUATED_CHARS_MAX: u64 = 512;
/// Characters that `!{firehose:random-string}` gives. Same page.
pub const RANDOM_STRING_CHARS: u64 = 11;
/// What Firehose appends (UTC) to a prefix without a timestamp expression. Same page.
pub const PREFIX_DEFAULT_TIMESTAMP: &str = "yyyy/MM/dd/HH/";
/// Values of `CompressionFormat` for S3, spelt as the service wants them. CloudFormation schema,
/// 2026-10. With format conversion only `UNCOMPRESSED` is allowed.
pub const S3_COMPRESSION: &[&str] = &["GZIP", "HADOOP_SNAPPY", "Snappy", "UNCOMPRESSED", "ZIP"];
/// The suffix that Firehose gives an object by its compression, or "" where it gives none.
/// From memory, 2026-11.
pub const S3_COMPRESSION_SUFFIX: &[(&str, &str)] = &[
    ("GZIP", ".gz"),
    ("HADOOP_SNAPPY", ".hsnappy"),
    ("Snappy", ".snappy"),
    ("UNCOMPRESSED", ""),
    ("ZIP", ".zip"),
];

/// `CustomTimeZone`: no digits and no sign, so `Etc/GMT+5` cannot be used. CloudFormation schema,
/// 2026-10. Leave the property out for UTC.
pub const CUSTOM_TIME_ZONE: NameRule =
    NameRule::new("a Firehose time zone", Bounds::new(1, 50), "letters, `/` and `_`", |c| {
        c.is_ascii_alphabetic() || c == '/' || c == '_'
    });
/// `FileExtension`, dot included; it replaces `.gz` and the like. CloudFormation schema, 2026-10.
pub const FILE_EXTENSION: NameRule = NameRule::new(
    "a Firehose file extension",
    Bounds::new(2, 128),
    "lower-case letters, digits and `!-_.*'()`",
    |c| c.is_ascii_lowercase() || c.is_ascii_digit() || "!-_.*'()".contains(c),
)
.starting("a dot", |c| c == '.');

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
