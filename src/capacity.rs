//! How many shards a load needs. Exact integer arithmetic, since a shard too few throttles.

use crate::aws::limits::kinesis::{
    SHARD_READ_BYTES_PER_S, SHARD_WRITE_BYTES_PER_S, SHARD_WRITE_RECORDS_PER_S,
};
use crate::pipeline::{Intake, Pipeline};
use crate::sql::{self, DataType, StreamColumn};

/// Rates are counted in millionths of a record per second.
const MICRO: u128 = 1_000_000;

/// What a stream has to carry.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Load {
    /// Records a second at peak.
    pub records_per_second: f64,
    /// Records a second on average over a month, which the bill counts.
    pub average: f64,
    /// Bytes of a record, its partition key included.
    pub record_bytes: u64,
    /// Consumers that share a shard's read throughput by polling.
    pub consumers: u64,
    /// Percent to carry beyond the load.
    pub headroom_percent: u64,
}

/// A limit of a shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// 1 MiB written a second.
    WriteBytes,
    /// 1,000 records written a second.
    WriteRecords,
    /// 2 MiB read a second, shared by the consumers.
    ReadBytes,
}

impl Limit {
    /// The limit in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::WriteBytes => "write bytes (1 MiB/s per shard)",
            Self::WriteRecords => "write records (1,000/s per shard)",
            Self::ReadBytes => "read bytes (2 MiB/s per shard, shared by its consumers)",
        }
    }

    /// The limit as a word for programs.
    pub fn key(self) -> &'static str {
        match self {
            Self::WriteBytes => "write_bytes",
            Self::WriteRecords => "write_records",
            Self::ReadBytes => "read_bytes",
        }
    }
}

/// What one limit asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Term {
    /// The limit.
    pub limit: Limit,
    /// The load's part in units of the limit, a second, headroom left out.
    pub load: f64,
    /// What one shard carries of it.
    pub per_shard: u64,
    /// Shards for the load alone.
    pub bare: u64,
    /// Shards for the load with headroom.
    pub shards: u64,
}

/// What a load needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Need {
    /// What each limit asks for.
    pub terms: [Term; 3],
    /// The limit that asks for the most, the first of those that do.
    pub binding: Limit,
    /// Shards for the load alone, at least one.
    pub bare: u64,
    /// Shards for the load with headroom, at least one.
    pub shards: u64,
}

/// The rate in millionths, rounded up.
fn micro(records_per_second: f64) -> u128 {
    // The schema lets only finite rates above 0 pass; `as` saturates.
    (records_per_second * MICRO as f64).ceil().max(0.0) as u128
}

/// Bytes a second of a load, rounded up.
pub fn bytes_per_second(records_per_second: f64, record_bytes: u64) -> u64 {
    let bytes = micro(records_per_second).saturating_mul(u128::from(record_bytes)).div_ceil(MICRO);
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

/// The shards that a load needs.
pub fn shards(load: &Load) -> Need {
    let rate = micro(load.records_per_second);
    let bytes = rate.saturating_mul(u128::from(load.record_bytes));
    let term = |limit, amount: u128, per_shard: u64| {
        let count = |amount: u128, scale: u128| {
            u64::try_from(amount.div_ceil(u128::from(per_shard) * MICRO * scale)).unwrap_or(u64::MAX)
        };
        let with_headroom = amount.saturating_mul(u128::from(load.headroom_percent) + 100);
        Term {
            limit,
            load: amount as f64 / MICRO as f64,
            per_shard,
            bare: count(amount, 1),
            shards: count(with_headroom, 100),
        }
    };
    let terms = [
        term(Limit::WriteBytes, bytes, SHARD_WRITE_BYTES_PER_S),
        term(Limit::WriteRecords, rate, SHARD_WRITE_RECORDS_PER_S),
        term(Limit::ReadBytes, bytes.saturating_mul(u128::from(load.consumers)), SHARD_READ_BYTES_PER_S),
    ];
    let mut most = &terms[0];
    for term in &terms[1..] {
        if (term.shards, term.load / term.per_shard as f64) > (most.shards, most.load / most.per_shard as f64)
        {
            most = term;
        }
    }
    Need {
        binding: most.limit,
        bare: terms.iter().map(|term| term.bare).max().unwrap_or(1).max(1),
        shards: most.shards.max(1),
        terms,
    }
}

/// What the input stream has to carry.
pub fn input_load(pipeline: &Pipeline, consumers: u64) -> Load {
    let intake = &pipeline.intake;
    Load {
        records_per_second: intake.records_per_second.value,
        average: intake.average.value,
        record_bytes: pipeline.counted_record_bytes(),
        consumers,
        headroom_percent: pipeline.headroom(),
    }
}

/// The partition key of a row that Flink writes: its Kinesis connector draws a UUID a record.
pub const ROW_KEY_BYTES: u64 = 36;

/// What the stream of an output's rows has to carry.
pub fn output_load(
    pipeline: &Pipeline,
    query: Option<&sql::Query>,
    output: &sql::Stream,
    consumers: u64,
) -> Load {
    let intake = &pipeline.intake;
    let rows = |records| match (&pipeline.analytics, query) {
        (Some(analytics), Some(query)) => analytics.row_rate(query, output, records).per_second,
        _ => records,
    };
    Load {
        records_per_second: rows(intake.records_per_second.value),
        average: rows(intake.average.value),
        record_bytes: row_bytes(output, intake).saturating_add(ROW_KEY_BYTES),
        consumers,
        headroom_percent: pipeline.headroom(),
    }
}

/// The longest row of an output in JSON.
pub fn row_bytes(output: &sql::Stream, intake: &Intake) -> u64 {
    // `"KEY":value,`
    let column = |column: &StreamColumn| {
        let value = value_bytes(column.data_type, intake.record_size.value);
        value.saturating_add(column.name.len() as u64 + 4)
    };
    output.columns.iter().map(column).fold(2, u64::saturating_add)
}

/// The longest text of a value in JSON; of unbounded text, the record that it comes from.
fn value_bytes(data_type: DataType, record_bytes: u64) -> u64 {
    match data_type.text_length() {
        Some(length) => length.map_or(record_bytes, u64::from).min(record_bytes).saturating_add(2),
        // The longest is a timestamp, `"2026-01-27 00:00:00.000"`, or a double with its exponent.
        None => 25,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn load(records_per_second: f64, record_bytes: u64, consumers: u64, headroom_percent: u64) -> Load {
        Load { records_per_second, average: records_per_second, record_bytes, consumers, headroom_percent }
    }

    #[test]
    fn each_limit_can_bind() {
        let bytes = shards(&load(1000.0, 2048 + 36, 1, 25));
        assert_eq!((bytes.shards, bytes.bare, bytes.binding), (3, 2, Limit::WriteBytes));
        let records = shards(&load(1500.0, 100, 1, 0));
        assert_eq!((records.shards, records.binding), (2, Limit::WriteRecords));
        let reads = shards(&load(1000.0, 1024, 4, 0));
        assert_eq!((reads.shards, reads.binding), (2, Limit::ReadBytes));
    }

    #[test]
    fn a_36_byte_key_needs_the_second_shard() {
        assert_eq!(shards(&load(1000.0, 1024 + 24, 1, 0)).shards, 1);
        assert_eq!(shards(&load(1000.0, 1024 + 36, 1, 0)).shards, 2);
    }

    proptest! {
        #[test]
        fn shards_are_never_too_few_nor_one_too_many(
            rate in 0.001..200_000.0_f64, bytes in 1_u64..2_000_000, consumers in 0_u64..8, headroom in 0_u64..200
        ) {
            let need = shards(&load(rate, bytes, consumers, headroom));
            let factor = 1.0 + headroom as f64 / 100.0;
            let carries = |shards: f64| {
                let room = 1.0 + 1e-9;
                shards * 1_048_576.0 * room >= rate * bytes as f64 * factor
                    && shards * 1000.0 * room >= rate * factor
                    && shards * 2_097_152.0 * room >= rate * bytes as f64 * consumers as f64 * factor
            };
            prop_assert!(carries(need.shards as f64));
            // A rate is rounded up to a millionth of a record, hence the slack.
            prop_assert!(need.shards == 1 || !carries((need.shards - 1) as f64 * (1.0 - 1e-6) ) );
            prop_assert!(need.bare <= need.shards);
        }
    }
}
