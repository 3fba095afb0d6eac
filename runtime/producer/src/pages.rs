//! The records of the newest page, over and over until there is a newer one.

use std::sync::Arc;

use tokio::sync::{Notify, watch};

use crate::record::{Page, Record};

/// The reading end of the source.
#[derive(Debug)]
pub struct Pages {
    newest: watch::Receiver<Option<Arc<Page>>>,
    wanted: Arc<Notify>,
    current: Arc<Page>,
    place: usize,
    /// A newer page replaces the current one in its middle, not only at its end.
    at_once: bool,
    /// How many records before the end of a page the next one is asked for.
    ahead: usize,
    asked: bool,
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
        Self { newest, wanted, current: Arc::default(), place: 0, at_once, ahead, asked: true }
    }

    /// Waits for the first page; `false` if the source ended without one.
    pub async fn first(&mut self) -> bool {
        self.newest.wait_for(Option::is_some).await.is_ok() && self.turn()
    }

    /// The next record, again until [`Pages::advance`] is called; `None` before the first page.
    pub fn peek(&mut self) -> Option<&Record> {
        let at_end = self.place >= self.current.records.len();
        if (at_end || self.at_once) && self.newest.has_changed().unwrap_or(false) {
            self.turn();
        } else if at_end {
            self.place = 0;
        }
        if !self.asked && self.current.records.len() - self.place <= self.ahead {
            self.asked = true;
            self.wanted.notify_one();
        }
        self.current.records.get(self.place)
    }

    /// The record that was looked at is taken.
    pub fn advance(&mut self) {
        self.place += 1;
    }

    fn turn(&mut self) -> bool {
        let Some(page) = self.newest.borrow_and_update().clone() else { return false };
        self.current = page;
        self.place = 0;
        self.asked = false;
        true
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
                let data = pages.peek().expect("a record").data.clone();
                pages.advance();
                char::from(data[0])
            })
            .collect()
    }

    #[tokio::test]
    async fn loops_and_turns_at_the_end_of_a_page() {
        let (sender, newest) = watch::channel(None);
        let wanted = Arc::new(Notify::new());
        let mut pages = Pages::new(newest, wanted.clone(), false, 1);
        assert!(pages.peek().is_none());
        sender.send(page("abc")).expect("someone listens");
        assert!(pages.first().await);
        assert_eq!(take(&mut pages, 5), "abcab");
        sender.send(page("xy")).expect("someone listens");
        assert_eq!(take(&mut pages, 4), "cxyx");
    }

    #[tokio::test]
    async fn turns_at_once_where_the_source_decides() {
        let (sender, newest) = watch::channel(page("abc"));
        let mut pages = Pages::new(newest, Arc::new(Notify::new()), true, 1);
        assert!(pages.first().await);
        assert_eq!(take(&mut pages, 2), "ab");
        sender.send(page("xy")).expect("someone listens");
        assert_eq!(take(&mut pages, 3), "xyx");
    }

    #[tokio::test]
    async fn asks_once_before_the_end_of_a_page() {
        let (_sender, newest) = watch::channel(page("abcd"));
        let wanted = Arc::new(Notify::new());
        let mut pages = Pages::new(newest, wanted.clone(), false, 2);
        assert!(pages.first().await);
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
        assert!(!Pages::new(newest, Arc::new(Notify::new()), false, 1).first().await);
    }
}
