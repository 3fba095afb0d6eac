//! The steps to which AWS rounds before it bills. Prices are in [`crate::aws::prices`].

use super::KIB;

/// Bytes of one PUT payload unit of a provisioned stream: each record is rounded up to whole
/// units on its own, so batching saves nothing. Kinesis pricing page, undated copy ("25 KB").
pub const PUT_PAYLOAD_UNIT_BYTES: u64 = 25 * KIB;
/// Bytes to which each record written to an on-demand stream is rounded up; reads are not rounded.
/// Kinesis pricing page, 2023 ("1 KB (1,024 bytes)").
pub const ON_DEMAND_RECORD_BYTES: u64 = KIB;
/// Bytes to which Firehose rounds up each record, from Direct PUT and from a Kinesis source alike;
/// vended logs are not rounded. Firehose pricing page, undated copy ("5 KB").
pub const FIREHOSE_RECORD_BYTES: u64 = 5 * KIB;
/// Hours of the month that price estimates use.
pub const HOURS_PER_MONTH: u64 = 730;
/// Seconds of the month that price estimates use.
pub const SECONDS_PER_MONTH: u64 = HOURS_PER_MONTH * 3_600;

/// PUT payload units that a record of `bytes` (data plus partition key) costs.
pub const fn put_payload_units(bytes: u64) -> u64 {
    let units = bytes.div_ceil(PUT_PAYLOAD_UNIT_BYTES);
    if units == 0 { 1 } else { units }
}

/// `bytes` rounded up to a whole multiple of `step`; at least one step.
pub const fn rounded_up(bytes: u64, step: u64) -> u64 {
    let steps = bytes.div_ceil(step);
    (if steps == 0 { 1 } else { steps }).saturating_mul(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_of_the_pricing_page() {
        assert_eq!(put_payload_units(5 * KIB), 1);
        assert_eq!(put_payload_units(25 * KIB), 1);
        assert_eq!(put_payload_units(45 * KIB), 2);
        assert_eq!(put_payload_units(1000 * KIB), 40);
        assert_eq!(put_payload_units(0), 1);
    }

    #[test]
    fn rounding() {
        assert_eq!(rounded_up(100, FIREHOSE_RECORD_BYTES), 5_120);
        assert_eq!(rounded_up(5_121, FIREHOSE_RECORD_BYTES), 10_240);
        assert_eq!(rounded_up(4_608, ON_DEMAND_RECORD_BYTES), 5_120);
    }
}
