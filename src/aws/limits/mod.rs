//! Service limits and name rules that a compiled stack has to respect.
//!
//! Dates in the comments say when the source was read (or, where a copy of a page was older, the
//! year of the copy). "CloudFormation schema" is the resource schema for us-east-1 as of 2026-10;
//! "API" names the operation in the AWS API reference, read in 2026-11. Many rules live only in the
//! service API: neither CloudFormation nor cfn-lint reports a breach before deployment.

use std::fmt;

pub mod api_gateway;
pub mod billing;
pub mod cloudformation;
pub mod ec2;
pub mod firehose;
pub mod flink;
pub mod iam;
pub mod iot;
pub mod kinesis;
pub mod lambda;
pub mod monitoring;
pub mod names;
pub mod pipes;
pub mod random_cut_forest;
pub mod tags;

pub use names::{NameFault, NameRule};

/// One kibibyte, in bytes. AWS writes "KB" for it in nearly every limit.
pub const KIB: u64 = 1024;
/// One mebibyte, in bytes. AWS writes "MB" for it in nearly every limit.
pub const MIB: u64 = 1024 * KIB;
/// One gibibyte, in bytes. The "GB" of AWS bills is this unit.
pub const GIB: u64 = 1024 * MIB;

/// An inclusive range of allowed values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds<T> {
    /// The least value allowed.
    pub min: T,
    /// The greatest value allowed.
    pub max: T,
}

impl<T> Bounds<T> {
    /// The range from `min` to `max`, both included.
    pub const fn new(min: T, max: T) -> Self {
        Self { min, max }
    }
}

impl<T: PartialOrd + Copy> Bounds<T> {
    /// Whether `value` lies in the range.
    pub fn contains(&self, value: T) -> bool {
        value >= self.min && value <= self.max
    }
}

impl<T: fmt::Display> fmt::Display for Bounds<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.min, self.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_include_both_ends() {
        let hours = kinesis::RETENTION_HOURS;
        assert!(hours.contains(24) && hours.contains(8760));
        assert!(!hours.contains(23) && !hours.contains(8761));
        assert_eq!(hours.to_string(), "24 to 8760");
        assert!(firehose::LAMBDA_BUFFER_MIB.contains(0.2));
        assert!(!firehose::LAMBDA_BUFFER_MIB.contains(0.1));
    }

    #[test]
    fn firehose_record_is_smaller_than_the_default_stream_record() {
        const { assert!(firehose::RECORD_BYTES_MAX < kinesis::RECORD_KIB_DEFAULT * KIB) };
        assert_eq!(firehose::RECORD_BYTES_MAX, 1_024_000);
    }

    #[test]
    fn a_full_lambda_buffer_fits_the_payload_after_base64() {
        let full = firehose::LAMBDA_BUFFER_MIB.max * MIB as f64 * 4.0 / 3.0;
        assert!(full < lambda::SYNC_PAYLOAD_BYTES_MAX as f64);
    }
}
