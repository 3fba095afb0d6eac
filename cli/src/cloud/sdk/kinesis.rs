//! Records of a Kinesis data stream that is there.

use std::time::{Duration, Instant};

use aws_sdk_kinesis::Client;
use aws_sdk_kinesis::types::ShardIteratorType;

use super::SdkClient;
use crate::cloud::client::{AwsClient, Call};

/// Records that are enough to settle types.
const RECORDS_MAX: usize = 1_000;
/// Shards that are read; keys spread records of all kinds over all of them.
const SHARDS_MAX: i32 = 4;
/// Longest time for one shard.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two calls for one shard, which takes five per second. Kinesis quota page, 2026-11.
const INTERVAL: Duration = Duration::from_millis(250);

impl SdkClient {
    /// The oldest records that a stream still has, a thousand at most, each with a newline after it.
    ///
    /// # Errors
    /// What AWS refuses.
    pub fn oldest_records(&self, stream: &str) -> Call<Vec<u8>> {
        let client = Client::new(self.config());
        let shards = client.list_shards().stream_name(stream).max_results(SHARDS_MAX).send();
        let shards = self.call("kinesis:ListShards", shards)?;
        let (mut text, mut count) = (Vec::new(), 0);
        for shard in shards.shards() {
            let iterator = client
                .get_shard_iterator()
                .stream_name(stream)
                .shard_id(shard.shard_id())
                .shard_iterator_type(ShardIteratorType::TrimHorizon)
                .send();
            let mut next = self.call("kinesis:GetShardIterator", iterator)?.shard_iterator;
            let end = Instant::now() + PATIENCE;
            while let Some(iterator) = next.take().filter(|_| count < RECORDS_MAX && Instant::now() < end) {
                let got = client.get_records().shard_iterator(iterator).limit(RECORDS_MAX as i32).send();
                let got = self.call("kinesis:GetRecords", got)?;
                for record in got.records() {
                    text.extend_from_slice(record.data().as_ref());
                    text.push(b'\n');
                    count += 1;
                }
                if got.records().is_empty() && got.millis_behind_latest() == Some(0) {
                    break;
                }
                next = got.next_shard_iterator;
                self.wait(INTERVAL)?;
            }
        }
        Ok(text)
    }
}
