//! What was done so far.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use serde::Serialize;

/// Counters that only grow.
#[derive(Debug, Default)]
pub struct Stats {
    sent: AtomicU64,
    bytes: AtomicU64,
    retried: AtomicU64,
    failed: AtomicU64,
    given_up: AtomicU64,
    too_large: AtomicU64,
    without_key: AtomicU64,
    pages: AtomicU64,
    source_errors: AtomicU64,
}

/// The counters at one moment, or the difference of two.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Snapshot {
    /// Records that the stream accepted.
    pub records_sent: u64,
    /// Data and keys of these, in bytes.
    pub bytes_sent: u64,
    /// Records that were sent again, each as often as it was.
    pub records_retried: u64,
    /// Records that were left out since the stream will never take them, or were unsent at the end.
    pub records_failed: u64,
    /// Records that were due while nothing could be sent, and are not caught up with.
    pub records_given_up: u64,
    /// Records of the source that are larger than the stream takes.
    pub records_too_large: u64,
    /// Records that got a random key since they have no value at the key's path.
    pub records_without_key: u64,
    /// Pages that the source gave.
    pub pages: u64,
    /// Attempts to get a page that failed.
    pub source_errors: u64,
}

fn add(counter: &AtomicU64, n: usize) {
    counter.fetch_add(n as u64, Relaxed);
}

impl Stats {
    /// The stream accepted records.
    pub fn sent(&self, records: usize, bytes: usize) {
        add(&self.sent, records);
        add(&self.bytes, bytes);
    }

    /// Records are sent again.
    pub fn retried(&self, records: usize) {
        add(&self.retried, records);
    }

    /// Records are left out.
    pub fn failed(&self, records: usize) {
        add(&self.failed, records);
    }

    /// Records are in hand at the end, and nobody sends them any more.
    pub fn unsent(&self, records: u64) {
        self.failed.fetch_add(records, Relaxed);
    }

    /// Records that were due are not caught up with.
    pub fn given_up(&self, records: u64) {
        self.given_up.fetch_add(records, Relaxed);
    }

    /// Records of the source are left out since they are too large.
    pub fn too_large(&self, records: usize) {
        add(&self.too_large, records);
    }

    /// Records of the source have no key.
    pub fn without_key(&self, records: usize) {
        add(&self.without_key, records);
    }

    /// The source gave a page.
    pub fn page(&self) {
        add(&self.pages, 1);
    }

    /// The source gave no page.
    pub fn source_error(&self) {
        add(&self.source_errors, 1);
    }

    /// The counters now.
    #[must_use]
    pub fn now(&self) -> Snapshot {
        Snapshot {
            records_sent: self.sent.load(Relaxed),
            bytes_sent: self.bytes.load(Relaxed),
            records_retried: self.retried.load(Relaxed),
            records_failed: self.failed.load(Relaxed),
            records_given_up: self.given_up.load(Relaxed),
            records_too_large: self.too_large.load(Relaxed),
            records_without_key: self.without_key.load(Relaxed),
            pages: self.pages.load(Relaxed),
            source_errors: self.source_errors.load(Relaxed),
        }
    }
}

impl Snapshot {
    /// What happened since `before`.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        Self {
            records_sent: self.records_sent - before.records_sent,
            bytes_sent: self.bytes_sent - before.bytes_sent,
            records_retried: self.records_retried - before.records_retried,
            records_failed: self.records_failed - before.records_failed,
            records_given_up: self.records_given_up - before.records_given_up,
            records_too_large: self.records_too_large - before.records_too_large,
            records_without_key: self.records_without_key - before.records_without_key,
            pages: self.pages - before.pages,
            source_errors: self.source_errors - before.source_errors,
        }
    }
}
