//! What Firehose writes about a record that fails.

use std::borrow::Cow;
use std::io;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;

use super::conversion::Unfit;
use super::transform::{Failure, Waiting};

/// A failed record, as Firehose writes it, with the names and in the order of what it writes. Those of the conversion have other names:
/// Data Firehose developer guide, "Convert input data format", 2026-11, and what the service writes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorDocument<'a> {
    raw_data: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error_message: Option<&'a str>,
    attempts_made: u32,
    arrival_timestamp: i64,
    attempt_ending_timestamp: i64,
    #[serde(rename = "lambdaARN", skip_serializing_if = "Option::is_none")]
    lambda_arn: Option<&'a str>,
}

/// The part of an error prefix that `!{firehose:error-output-type}` becomes.
const PROCESSING_FAILED: &str = "processing-failed";
/// The same for records that are not converted.
const CONVERSION_FAILED: &str = "format-conversion-failed";
/// The same for records that OpenSearch does not accept.
const SEARCH_FAILED: &str = "AmazonOpenSearchService-failed";
/// The same for records of partitions beyond the quota. Data Firehose developer guide, "Buffer data for dynamic partitioning", 2026-11.
const PARTITIONS_EXCEEDED: &str = "activePartitionExceeded";

/// The line about a failed record.
pub(super) fn document(
    record: &Waiting,
    function: Option<&str>,
    failure: Failure,
    unfit: Option<&Unfit>,
    now: i64,
) -> io::Result<Vec<u8>> {
    let (error_type, code, message) = reason(failure, unfit);
    let is_last = error_type == CONVERSION_FAILED;
    let document = ErrorDocument {
        raw_data: BASE64_STANDARD.encode(record.data),
        error_code: (!is_last).then_some(code),
        error_message: (!is_last).then_some(message),
        last_error_code: is_last.then_some(code),
        last_error_message: is_last.then_some(message),
        attempts_made: 1,
        arrival_timestamp: record.arrived,
        attempt_ending_timestamp: now,
        lambda_arn: function.filter(|_| is_of_lambda(failure)),
    };
    let mut line = serde_json::to_vec(&document).map_err(io::Error::other)?;
    line.push(b'\n');
    Ok(line)
}

/// Whether the transform reports the failure.
fn is_of_lambda(failure: Failure) -> bool {
    matches!(failure, Failure::NotApplicable | Failure::NoPartition | Failure::ReplyFull)
}

/// The reason of a failure in a few words, unless the transform reports it: that counts by itself.
pub(super) fn of_firehose_itself(failure: Failure, unfit: Option<&Unfit>) -> Option<Cow<'static, str>> {
    let reason = match failure {
        Failure::NotApplicable | Failure::NoPartition | Failure::ReplyFull => return None,
        Failure::NotUnpacked => "not gzip of CloudWatch Logs",
        Failure::NotConverted => return unfit.map(|unfit| unfit.reason.clone()),
        Failure::NotExtracted => "not JSON, and so without partition keys",
        Failure::NoKey => "a partition key has no value",
        Failure::PartitionsExceeded => "more partitions at a time than `partition_quota`",
        Failure::NotDocument => "not one JSON object without a newline",
    };
    Some(reason.into())
}

/// What Firehose writes about a failed record: the part of the prefix, the code and the message.
pub(super) fn reason(failure: Failure, unfit: Option<&Unfit>) -> (&'static str, &'static str, &str) {
    match failure {
        Failure::NotApplicable | Failure::NoPartition | Failure::ReplyFull => {
            (PROCESSING_FAILED, "Lambda.ProcessingFailedStatus", "ProcessingFailed status set for record")
        }
        Failure::NotUnpacked => {
            (PROCESSING_FAILED, "DecompressionFailed", "The record is not gzip of CloudWatch Logs")
        }
        Failure::NotDocument => {
            (SEARCH_FAILED, "OS.MalformedData", "The record is not one JSON object without a newline")
        }
        // The messages are those that users report; AWS documents neither.
        Failure::NotExtracted => {
            (PROCESSING_FAILED, "DynamicPartitioning.MetadataExtractionFailed", "Non JSON record provided")
        }
        Failure::NoKey => (
            PROCESSING_FAILED,
            "DynamicPartitioning.MetadataExtractionFailed",
            "partitionKeys values must not be null or empty",
        ),
        // AWS documents the part of the prefix alone.
        Failure::PartitionsExceeded => (
            PARTITIONS_EXCEEDED,
            "DynamicPartitioning.ActivePartitionExceeded",
            "The number of active partitions exceeds the quota of the Firehose stream",
        ),
        Failure::NotConverted => {
            let (code, message) = unfit.map_or(("", ""), |unfit| (unfit.code, unfit.message.as_str()));
            (CONVERSION_FAILED, code, message)
        }
    }
}
