//! Batches that PutRecords and PutRecordBatch take.

use crate::record::Record;

/// Most records of one call, the same for both services. Sources: Kinesis API, `PutRecords`; Firehose API,
/// `PutRecordBatch`, 2026-11.
pub const MAX_RECORDS: usize = 500;

/// Records for one call, within its limits.
#[derive(Debug)]
pub struct Batch {
    records: Vec<Record>,
    bytes: usize,
    max_bytes: usize,
}

impl Batch {
    /// An empty batch for a call of at most so many bytes.
    #[must_use]
    pub fn new(max_bytes: usize) -> Self {
        Self { records: Vec::new(), bytes: 0, max_bytes }
    }

    /// Adds a record, or gives it back if the batch has no room for it.
    ///
    /// # Errors
    /// The record, for the next batch. An empty batch takes any record that a call takes.
    pub fn push(&mut self, record: Record) -> Result<(), Record> {
        let bytes = self.bytes + record.size();
        if self.records.len() == MAX_RECORDS || bytes > self.max_bytes {
            return Err(record);
        }
        self.bytes = bytes;
        self.records.push(record);
        Ok(())
    }

    /// The records, in the order they came.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// Data and keys, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Keeps the records whose place `keep` says yes to.
    pub fn keep(&mut self, keep: impl Fn(usize) -> bool) {
        let mut place = 0;
        self.records.retain(|_| {
            place += 1;
            keep(place - 1)
        });
        self.bytes = self.records.iter().map(Record::size).sum();
    }

    /// Takes the second half out.
    #[must_use]
    pub fn split(&mut self) -> Self {
        let records = self.records.split_off(self.records.len() / 2);
        let bytes = records.iter().map(Record::size).sum();
        self.bytes -= bytes;
        Self { records, bytes, max_bytes: self.max_bytes }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{firehose, kinesis::MAX_BYTES};

    fn batches(max_bytes: usize, records: Vec<Record>) -> Vec<Batch> {
        let mut batches = vec![Batch::new(max_bytes)];
        for record in records {
            if let Err(record) = batches.last_mut().expect("there is one").push(record) {
                let mut next = Batch::new(max_bytes);
                next.push(record).expect("an empty batch takes it");
                batches.push(next);
            }
        }
        batches
    }

    #[test]
    fn takes_exactly_the_limits() {
        let small = Record::new(vec![0; 10], Some("k".to_owned()));
        let sizes: Vec<_> = batches(MAX_BYTES, vec![small; 1001]).iter().map(Batch::len).collect();
        assert_eq!(sizes, [500, 500, 1]);

        let mib = Record::new(vec![0; 1024 * 1024 - 1], Some("k".to_owned()));
        let sizes: Vec<_> = batches(MAX_BYTES, vec![mib; 11]).iter().map(Batch::len).collect();
        assert_eq!(sizes, [10, 1]);

        let largest = Record::new(vec![0; MAX_BYTES - 1], Some("k".to_owned()));
        let sizes: Vec<_> = batches(MAX_BYTES, vec![largest; 2]).iter().map(Batch::len).collect();
        assert_eq!(sizes, [1, 1]);

        let largest = Record::keyless(vec![0; 1_024_000]);
        let sizes: Vec<_> = batches(firehose::MAX_BYTES, vec![largest; 9]).iter().map(Batch::len).collect();
        assert_eq!(sizes, [4, 4, 1]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn limits_hold_and_nothing_is_lost(
            sizes in prop::collection::vec(prop_oneof![0_usize..100, 0_usize..2_000_000], 0..1200),
            max_bytes in prop::sample::select(vec![MAX_BYTES, firehose::MAX_BYTES]),
        ) {
            // One zeroed buffer for all of them, and the number of each in its key.
            let zeroes = bytes::Bytes::from(vec![0; 2_000_000]);
            let record = |(n, size): (usize, &usize)| Record::new(zeroes.slice(..*size), Some(n.to_string()));
            let batches = batches(max_bytes, sizes.iter().enumerate().map(record).collect());
            let mut next = 0;
            for batch in &batches {
                prop_assert!(batch.len() <= MAX_RECORDS && batch.bytes() <= max_bytes);
                prop_assert_eq!(batch.bytes(), batch.records().iter().map(Record::size).sum::<usize>());
                for record in batch.records() {
                    prop_assert_eq!(record.partition_key(), next.to_string());
                    next += 1;
                }
            }
            prop_assert_eq!(next, sizes.len());
        }

        #[test]
        fn keeps_what_it_is_told_to(kept in prop::collection::vec(any::<bool>(), 0..50)) {
            let mut batch = Batch::new(MAX_BYTES);
            for n in 0..kept.len() {
                batch.push(Record::new(vec![0; n], Some(n.to_string()))).expect("there is room");
            }
            batch.keep(|n| kept[n]);
            let keys: Vec<_> = batch.records().iter().map(Record::partition_key).collect();
            let expected: Vec<_> = (0..kept.len()).filter(|n| kept[*n]).map(|n| n.to_string()).collect();
            prop_assert_eq!(keys, expected);
            let (records, bytes) = (batch.len(), batch.bytes());
            let half = batch.split();
            prop_assert_eq!((batch.len() + half.len(), batch.bytes() + half.bytes()), (records, bytes));
            for batch in [batch, half] {
                prop_assert_eq!(batch.bytes(), batch.records().iter().map(Record::size).sum::<usize>());
            }
        }
    }
}
