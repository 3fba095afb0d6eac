//! What waits to be sent, in an order that keeps every key's.

use std::collections::{HashMap, VecDeque};

use crate::{batch::Batch, record::Record};

/// Most calls in flight. At the 30 ms that a call takes from afar, that is 250,000 records a second.
pub const MAX_CALLS: usize = 16;
/// Most records in hand, waiting and in flight, however fast the pace: one more batch for each call.
const MAX_RECORDS: usize = 2 * MAX_CALLS * crate::batch::MAX_RECORDS;
/// Bytes in hand at which nothing more is taken: 16 MiB. A call in flight has its records in memory about
/// three times more, as they are and in base64.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Records on their way from the source to the stream.
///
/// **Order.** Of each partition key at most one record is out at a time, in all calls together: the next is
/// given out when the stream has acknowledged the one before. PutRecords itself promises no order, since a
/// record of a call may be refused and a later one accepted; this way it does not matter. A key so gets as
/// many records a second as calls fit into a second one after the other, 50 to 150 within a region. Records
/// with random keys have no order, and no such limit; nor have those for Firehose, which have no key.
#[derive(Debug)]
pub struct Outbox {
    /// What may go out now.
    ready: VecDeque<Record>,
    /// For each key that is out or ready, what comes after.
    behind: HashMap<u64, VecDeque<Record>>,
    records: usize,
    bytes: usize,
    max_records: usize,
    call_bytes: usize,
}

/// What was sent and is to be reported back with [`Outbox::sent`].
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    orders: Vec<u64>,
    records: usize,
    bytes: usize,
}

impl Outbox {
    /// An outbox for a second's records, and one at least, which go out in calls of at most so many bytes. What is in hand when a stream comes back after an
    /// outage is sent at once, and should not throttle it.
    #[must_use]
    pub fn new(records_per_second: f64, call_bytes: usize) -> Self {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let second = records_per_second.ceil() as usize;
        Self {
            ready: VecDeque::new(),
            behind: HashMap::new(),
            records: 0,
            bytes: 0,
            max_records: second.clamp(1, MAX_RECORDS),
            call_bytes,
        }
    }

    /// Takes a record in.
    pub fn push(&mut self, record: Record) {
        self.records += 1;
        self.bytes += record.size();
        if let Some(order) = record.order() {
            if let Some(behind) = self.behind.get_mut(&order) {
                behind.push_back(record);
                return;
            }
            self.behind.insert(order, VecDeque::new());
        }
        self.ready.push_back(record);
    }

    /// Whether another record may be taken in. It may be of any size: the bound is passed by one at most.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.records < self.max_records && self.bytes < MAX_BYTES
    }

    /// Whether it is full of records that wait for others of their keys.
    #[must_use]
    pub fn is_held_by_keys(&self) -> bool {
        !self.has_room() && self.ready.is_empty()
    }

    /// How many records are in hand, waiting or out.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records
    }

    /// Whether nothing is in hand.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// Gives out a batch, as full as it gets, of no key twice; `None` while nothing may go out.
    pub fn batch(&mut self) -> Option<(Batch, Receipt)> {
        let (mut batch, mut receipt) = (Batch::new(self.call_bytes), Receipt::default());
        while let Some(record) = self.ready.pop_front() {
            let order = record.order();
            if let Err(record) = batch.push(record) {
                self.ready.push_front(record);
                break;
            }
            receipt.orders.extend(order);
        }
        receipt.records = batch.len();
        receipt.bytes = batch.bytes();
        (!batch.is_empty()).then_some((batch, receipt))
    }

    /// All of a batch was accepted (or is left out for good), so what comes after may go out.
    pub fn sent(&mut self, receipt: &Receipt) {
        self.records -= receipt.records;
        self.bytes -= receipt.bytes;
        for order in &receipt.orders {
            match self.behind.get_mut(order).and_then(VecDeque::pop_front) {
                Some(next) => self.ready.push_back(next),
                None => _ = self.behind.remove(order),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::kinesis;

    fn record(key: Option<u8>, number: usize) -> Record {
        Record::new(number.to_string(), key.map(|key| key.to_string()))
    }

    fn number(record: &Record) -> usize {
        String::from_utf8_lossy(&record.data).parse().expect("a number")
    }

    #[test]
    fn gives_out_one_record_of_a_key_at_a_time() {
        let mut outbox = Outbox::new(1e6, kinesis::MAX_BYTES);
        for (key, n) in [(Some(1), 0), (Some(1), 1), (Some(2), 2), (None, 3), (None, 4), (Some(1), 5)] {
            outbox.push(record(key, n));
        }
        let numbers = |batch: &Batch| batch.records().iter().map(number).collect::<Vec<_>>();
        let (first, receipt) = outbox.batch().expect("a batch");
        assert_eq!(numbers(&first), [0, 2, 3, 4]);
        assert!(outbox.batch().is_none());
        outbox.push(record(Some(2), 6));
        assert!(outbox.batch().is_none());
        outbox.sent(&receipt);
        let (second, receipt) = outbox.batch().expect("a batch");
        assert_eq!(numbers(&second), [1, 6]);
        outbox.sent(&receipt);
        let (third, receipt) = outbox.batch().expect("a batch");
        assert_eq!(numbers(&third), [5]);
        outbox.sent(&receipt);
        assert!(outbox.is_empty() && outbox.behind.is_empty() && outbox.bytes == 0);
    }

    #[test]
    fn is_bounded_in_bytes_and_in_records() {
        let mut outbox = Outbox::new(1e6, kinesis::MAX_BYTES);
        while outbox.has_room() {
            outbox.push(Record::new(vec![0; 10 * 1024 * 1024], None));
        }
        assert_eq!(outbox.len(), 2);
        let mut outbox = Outbox::new(1e6, kinesis::MAX_BYTES);
        while outbox.has_room() {
            outbox.push(record(None, 0));
        }
        assert_eq!(outbox.len(), MAX_RECORDS);
        let mut outbox = Outbox::new(2.5, kinesis::MAX_BYTES);
        while outbox.has_room() {
            outbox.push(record(None, 0));
        }
        assert_eq!(outbox.len(), 3);
    }

    proptest! {
        /// Whatever comes in and whichever call ends first, every record goes out once, and in its key's order.
        #[test]
        fn keeps_every_key_in_order(
            keys in prop::collection::vec(prop::option::weighted(0.9, 0_u8..5), 1..200),
            choices in prop::collection::vec(any::<prop::sample::Index>(), 400),
        ) {
            let mut outbox = Outbox::new(1e6, kinesis::MAX_BYTES);
            let (mut out, mut done) = (Vec::new(), Vec::new());
            let mut next = keys.iter().enumerate();
            let mut choices = choices.iter().cycle();
            while done.len() < keys.len() {
                let choice = choices.next().expect("endless").index(3);
                if choice == 0 && let Some((n, key)) = next.next() {
                    outbox.push(record(*key, n));
                } else if choice == 1 && let Some(batch) = outbox.batch() {
                    out.push(batch);
                } else if !out.is_empty() {
                    let place = choices.next().expect("endless").index(out.len());
                    let (batch, receipt) = out.swap_remove(place);
                    done.extend(batch.records().iter().map(number));
                    outbox.sent(&receipt);
                } else if let Some(batch) = outbox.batch() {
                    out.push(batch);
                } else if let Some((n, key)) = next.next() {
                    outbox.push(record(*key, n));
                }
                let mut orders: Vec<_> =
                    out.iter().flat_map(|(batch, _)| batch.records()).filter_map(Record::order).collect();
                orders.sort_unstable();
                prop_assert!(orders.windows(2).all(|pair| pair[0] != pair[1]), "a key is out twice");
            }
            for key in 0..5 {
                let numbers: Vec<_> = done.iter().filter(|n| keys[**n] == Some(key)).collect();
                prop_assert!(numbers.is_sorted(), "{numbers:?}");
            }
            prop_assert!(outbox.is_empty() && outbox.behind.is_empty());
            prop_assert_eq!(outbox.bytes, 0);
        }
    }
}
