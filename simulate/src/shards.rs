//! The shards of a stream: which of them gets a record, and how much each gets.

use md5::{Digest as _, Md5};
use serde::Serialize;

use pipec_compiler::aws::limits::kinesis::{SHARD_WRITE_BYTES_PER_S, SHARD_WRITE_RECORDS_PER_S};

/// Milliseconds of a second.
const SECOND: i64 = 1000;

/// The shards of a stream, with what they have got so far.
#[derive(Debug)]
pub struct Shards(Vec<Shard>);

#[derive(Clone, Debug, Default)]
struct Shard {
    records: u64,
    bytes: u64,
    /// The second that is counted, and what came in it.
    second: i64,
    in_second: (u64, u64),
    peak: (u64, u64),
    /// Records beyond what the shard accepts in a second.
    throttled: u64,
}

/// A shard in the trace.
#[derive(Clone, Debug, Serialize)]
pub struct ShardTrace {
    /// Its number, from 0.
    pub shard: usize,
    /// Records.
    pub records: u64,
    /// Data and partition keys, bytes.
    pub bytes: u64,
    /// Its share of the records, percent.
    pub share_percent: f64,
    /// Most records of a second.
    pub peak_records_per_second: u64,
    /// Most bytes of a second.
    pub peak_bytes_per_second: u64,
    /// How much of its limits its busiest second used, percent.
    pub peak_percent_of_limit: f64,
    /// Records that it would have rejected at first, since the second's limit was reached.
    pub throttled: u64,
}

impl Shards {
    /// So many empty shards, each with an equal part of the hash keys.
    pub fn new(count: u64) -> Self {
        Self(vec![Shard::default(); usize::try_from(count.max(1)).unwrap_or(1)])
    }

    /// The shard of a partition key. Kinesis API, `PutRecord`: the MD5 of the key is the hash key, and each shard has a range of
    /// those.
    pub fn of(&self, partition_key: &str) -> usize {
        let hash: [u8; 16] = Md5::digest(partition_key.as_bytes()).into();
        let high = u128::from_be_bytes(hash) >> 64;
        usize::try_from((high * self.0.len() as u128) >> 64).unwrap_or(0)
    }

    /// Counts a record of so many bytes with its key, which arrives at a time, milliseconds since 1970.
    pub fn add(&mut self, partition_key: &str, bytes: u64, at: i64) {
        let of = self.of(partition_key);
        let Some(shard) = self.0.get_mut(of) else { return };
        shard.records += 1;
        shard.bytes += bytes;
        let second = at.div_euclid(SECOND);
        if second != shard.second {
            shard.second = second;
            shard.in_second = (0, 0);
        }
        shard.in_second.0 += 1;
        shard.in_second.1 += bytes;
        shard.peak.0 = shard.peak.0.max(shard.in_second.0);
        shard.peak.1 = shard.peak.1.max(shard.in_second.1);
        let is_over =
            shard.in_second.0 > SHARD_WRITE_RECORDS_PER_S || shard.in_second.1 > SHARD_WRITE_BYTES_PER_S;
        shard.throttled += u64::from(is_over);
    }

    /// What each has got.
    pub fn trace(&self) -> Vec<ShardTrace> {
        let all: u64 = self.0.iter().map(|shard| shard.records).sum();
        let percent = |part: u64, of: u64| if of == 0 { 0.0 } else { part as f64 * 100.0 / of as f64 };
        let one = |(number, shard): (usize, &Shard)| ShardTrace {
            shard: number,
            records: shard.records,
            bytes: shard.bytes,
            share_percent: percent(shard.records, all),
            peak_records_per_second: shard.peak.0,
            peak_bytes_per_second: shard.peak.1,
            peak_percent_of_limit: percent(shard.peak.0, SHARD_WRITE_RECORDS_PER_S)
                .max(percent(shard.peak.1, SHARD_WRITE_BYTES_PER_S)),
            throttled: shard.throttled,
        };
        self.0.iter().enumerate().map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The MD5 of a text begins with these digits: `printf TEXT | md5sum`.
    #[test]
    fn the_hash_of_the_key_chooses_the_shard() {
        let shards = Shards::new(4);
        // 0cc175b9.., 92eb5ffe.., 4a8a08f0.., 8277e091.., e1671797..
        for (key, shard) in [("a", 0), ("b", 2), ("c", 1), ("d", 2), ("e", 3)] {
            assert_eq!(shards.of(key), shard, "{key}");
        }
        assert_eq!(Shards::new(1).of("b"), 0);
    }

    #[test]
    fn the_busiest_second_counts() {
        let mut shards = Shards::new(1);
        for at in 0..1500 {
            shards.add("a", 100, at / 2);
        }
        let trace = &shards.trace()[0];
        assert_eq!((trace.peak_records_per_second, trace.throttled), (1500, 500));
        assert_eq!(trace.peak_percent_of_limit, 150.0);
        assert_eq!(trace.share_percent, 100.0);
    }
}
