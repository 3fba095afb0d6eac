//! The records of the newest page, over and over until there is a newer one.

use std::sync::Arc;

use tokio::sync::{Notify, watch};

use super::{Source, SourceError};
use crate::{
    record::{Page, Record},
    stats::Stats,
};

/// The reading end of the source.
#[derive(Debug)]
pub struct Pages {
    newest: watch::Receiver<Option<Arc<Page>>>,
    wanted: Arc<Notify>,
    current: Arc<Page>,
    place: usize,
    /// A newer page replaces the current one before all of it was sent.
    at_once: bool,
    /// How many records before the end of a page the next one is asked for.
    ahead: usize,
    asked: bool,
    /// All of the current page was sent already.
    again: bool,
}

impl Pages {
    /// Reads what `newest` holds, and tells `wanted` when a page is nearly used up. A page is replaced
    /// `at_once` where the source itself decides when there is a new one.
    #[must_use]
    pub fn new(
        newest: watch::Receiver<Option<Arc<Page>>>,
        wanted: Arc<Notify>,
        at_once: bool,
        ahead: usize,
    ) -> Self {
        Self { newest, wanted, current: Arc::default(), place: 0, at_once, ahead, asked: true, again: false }
    }

    /// The next record; `None` before the first page.
    fn record(&mut self) -> Option<Record> {
        let at_end = self.place >= self.current.records.len();
        if (at_end || self.at_once || self.again) && self.newest.has_changed().unwrap_or(false) {
            self.turn();
        } else if at_end {
            self.place = 0;
            self.again = true;
        }
        if !self.asked && self.current.records.len() - self.place <= self.ahead {
            self.asked = true;
            self.wanted.notify_one();
        }
        let record = self.current.records.get(self.place).cloned();
        self.place += 1;
        record
    }

    fn turn(&mut self) -> bool {
        let Some(page) = self.newest.borrow_and_update().clone() else { return false };
        self.current = page;
        self.place = 0;
        self.asked = false;
        self.again = false;
        true
    }
}

impl Source for Pages {
    async fn ready(&mut self) -> Result<(), SourceError> {
        if self.newest.wait_for(Option::is_some).await.is_ok() && self.turn() {
            return Ok(());
        }
        Err(SourceError::Closed)
    }

    /// There is always a next record: the last page goes round while there is no newer one.
    fn next(&mut self, _: &Stats) -> Result<Option<Record>, SourceError> {
        Ok(self.record())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Option<Arc<Page>> {
        let records =
            text.chars().map(|c| Record::new(c.to_string(), Some("k".to_owned()))).collect::<Vec<_>>();
        Some(Arc::new(Page { records, too_large: 0, without_key: 0 }))
    }

    fn take(pages: &mut Pages, records: usize) -> String {
        (0..records)
            .map(|_| {
                let record = pages.record().expect("a record");
                char::from(record.data[0])
            })
            .collect()
    }

    #[tokio::test]
    async fn loops_and_turns_where_a_page_is_used_up() {
        let (sender, newest) = watch::channel(None);
        let wanted = Arc::new(Notify::new());
        let mut pages = Pages::new(newest, wanted.clone(), false, 1);
        assert!(pages.record().is_none());
        sender.send(page("abc")).expect("someone listens");
        pages.ready().await.expect("a page");
        assert_eq!(take(&mut pages, 2), "ab");
        sender.send(page("xy")).expect("someone listens");
        assert_eq!(take(&mut pages, 4), "cxyx");
        // Its "x" is sent a second time already, so nothing is lost by turning now.
        sender.send(page("123")).expect("someone listens");
        assert_eq!(take(&mut pages, 4), "1231");
    }

    #[tokio::test]
    async fn turns_at_once_where_the_source_decides() {
        let (sender, newest) = watch::channel(page("abc"));
        let mut pages = Pages::new(newest, Arc::new(Notify::new()), true, 1);
        pages.ready().await.expect("a page");
        assert_eq!(take(&mut pages, 2), "ab");
        sender.send(page("xy")).expect("someone listens");
        assert_eq!(take(&mut pages, 3), "xyx");
    }

    #[tokio::test]
    async fn asks_once_before_the_end_of_a_page() {
        let (_sender, newest) = watch::channel(page("abcd"));
        let wanted = Arc::new(Notify::new());
        let mut pages = Pages::new(newest, wanted.clone(), false, 2);
        pages.ready().await.expect("a page");
        let asked = async |seconds| {
            tokio::time::timeout(std::time::Duration::from_millis(seconds), wanted.notified()).await.is_ok()
        };
        take(&mut pages, 2);
        assert!(!asked(20).await);
        take(&mut pages, 1);
        assert!(asked(20).await);
        take(&mut pages, 9);
        assert!(!asked(20).await, "the page is in use again, and its successor on its way");
    }

    #[tokio::test]
    async fn an_ended_source_gives_nothing() {
        let (sender, newest) = watch::channel(None);
        drop(sender);
        assert!(Pages::new(newest, Arc::new(Notify::new()), false, 1).ready().await.is_err());
    }
}
