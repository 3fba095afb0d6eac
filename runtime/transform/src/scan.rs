//! Reads an event of the shape that Firehose writes, without a look at what is not needed.
//!
//! What looks any different is left to serde: a key written with escapes or twice, an id that is no text, a
//! text that is no event. So a whole reader of JSON is not written again here, and its errors are serde's. The
//! one law is that an event read here is the event that serde reads; the tests below hold the two together.

use std::borrow::Cow;

use crate::{
    base64::Base64,
    event::{Event, Record},
};

/// The event, or `None` where serde has to decide.
#[must_use]
pub fn event(json: &[u8]) -> Option<Event<'_>> {
    let mut scanner = Scanner { json, at: 0 };
    let (mut invocation_id, mut records) = (None, None);
    scanner.object(|scanner, key| match key {
        "invocationId" => once(&mut invocation_id, scanner.text()?),
        "records" => {
            let list = scanner.records()?;
            once(&mut records, list)
        }
        _ => scanner.skip(),
    })?;
    scanner.space();
    (scanner.at == json.len())
        .then_some(Event { invocation_id: invocation_id.map(Cow::Borrowed), records: records? })
}

/// Serde refuses a key that is there twice.
fn once<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

struct Scanner<'a> {
    json: &'a [u8],
    at: usize,
}

/// A JSON string without its quotes.
struct Text<'a> {
    inside: &'a [u8],
    escaped: bool,
}

impl<'a> Scanner<'a> {
    fn records(&mut self) -> Option<Vec<Record<'a>>> {
        let mut records = Vec::new();
        self.items(b'[', b']', |scanner| {
            records.push(scanner.record()?);
            Some(())
        })?;
        Some(records)
    }

    fn record(&mut self) -> Option<Record<'a>> {
        let (mut id, mut data) = (None, None);
        self.object(|scanner, key| match key {
            "recordId" => once(&mut id, scanner.id()?),
            "data" => once(&mut data, scanner.data()?),
            _ => scanner.skip(),
        })?;
        Some(Record { id: id?, data: data.flatten() })
    }

    /// The id with its quotes and escapes, as it is sent back.
    fn id(&mut self) -> Option<&'a str> {
        let start = self.at;
        self.string()?;
        str::from_utf8(&self.json[start..self.at]).ok()
    }

    /// A string without escapes.
    fn text(&mut self) -> Option<&'a str> {
        let Text { inside, escaped: false } = self.string()? else { return None };
        str::from_utf8(inside).ok()
    }

    /// Checks the text as base64 and with it as JSON, which allows more.
    fn data(&mut self) -> Option<Option<Base64<'a>>> {
        if let Some(rest) = self.json[self.at..].strip_prefix(b"\"") {
            let end = memchr::memchr(b'"', rest)?;
            if let Some(base64) = Base64::check(Cow::Borrowed(&rest[..end])) {
                self.at += end + 2;
                return Some(Some(base64));
            }
        }
        let start = self.at;
        self.skip()?;
        let json = str::from_utf8(&self.json[start..self.at]).ok()?;
        Some(Base64::from_json(json))
    }

    fn skip(&mut self) -> Option<()> {
        // A stack of what is open, a bit each: an object is 1, a list is 0. The highest 1 is its bottom.
        let mut open = 1_u64;
        loop {
            match self.peek()? {
                b'"' => {
                    self.string()?;
                }
                b'-' | b'0'..=b'9' => self.number()?,
                b't' => self.word(b"true")?,
                b'f' => self.word(b"false")?,
                b'n' => self.word(b"null")?,
                bracket @ (b'{' | b'[') => {
                    self.at += 1;
                    self.space();
                    let object = bracket == b'{';
                    if self.peek()? == if object { b'}' } else { b']' } {
                        self.at += 1;
                    } else {
                        if open.leading_zeros() == 0 {
                            return None;
                        }
                        open = open << 1 | u64::from(object);
                        if object {
                            self.key()?;
                        }
                        continue;
                    }
                }
                _ => return None,
            }
            loop {
                if open == 1 {
                    return Some(());
                }
                self.space();
                let object = open & 1 == 1;
                match self.next()? {
                    b',' => {
                        self.space();
                        if object {
                            self.key()?;
                        }
                        break;
                    }
                    b'}' if object => open >>= 1,
                    b']' if !object => open >>= 1,
                    _ => return None,
                }
            }
        }
    }

    /// Each member of an object: its key, and the scanner at its value.
    fn object(&mut self, mut member: impl FnMut(&mut Self, &'a str) -> Option<()>) -> Option<()> {
        self.items(b'{', b'}', |scanner| {
            // An escaped key can be one of ours in disguise.
            let Text { inside, escaped: false } = scanner.key()? else { return None };
            member(scanner, str::from_utf8(inside).ok()?)
        })
    }

    fn items(&mut self, open: u8, close: u8, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.space();
        if self.next()? != open {
            return None;
        }
        self.space();
        if self.peek()? == close {
            self.at += 1;
            return Some(());
        }
        loop {
            item(self)?;
            self.space();
            match self.next()? {
                b',' => self.space(),
                byte if byte == close => return Some(()),
                _ => return None,
            }
        }
    }

    /// A key, and the scanner at its value.
    fn key(&mut self) -> Option<Text<'a>> {
        let key = self.string()?;
        self.space();
        if self.next()? != b':' {
            return None;
        }
        self.space();
        Some(key)
    }

    fn string(&mut self) -> Option<Text<'a>> {
        if self.next()? != b'"' {
            return None;
        }
        let (start, mut escaped) = (self.at, false);
        loop {
            self.at += plain(&self.json[self.at..]);
            match self.next()? {
                b'"' => return Some(Text { inside: &self.json[start..self.at - 1], escaped }),
                b'\\' => {
                    escaped = true;
                    self.escape()?;
                }
                _ => return None,
            }
        }
    }

    fn escape(&mut self) -> Option<()> {
        match self.next()? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(()),
            b'u' => (0..4).all(|_| self.next().is_some_and(|byte| byte.is_ascii_hexdigit())).then_some(()),
            _ => None,
        }
    }

    fn number(&mut self) -> Option<()> {
        self.at += usize::from(self.peek() == Some(b'-'));
        match self.next()? {
            b'0' => {}
            b'1'..=b'9' => self.digits(),
            _ => return None,
        }
        // A fraction and an exponent are serde's.
        (!matches!(self.peek(), Some(b'.' | b'e' | b'E' | b'0'..=b'9'))).then_some(())
    }

    fn digits(&mut self) {
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        self.at += self.json[self.at..].starts_with(word).then_some(word.len())?;
        Some(())
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.json.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }
}

/// How many bytes stand before the first one that means something inside of a string: its end, an escape, a
/// control character, which is not allowed there. Eight at a time: most strings that get here are short.
fn plain(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGHEST: u64 = ONES << 7;
    // The highest bit of each byte that is below `limit`, right up to the first one: a borrow only goes upwards.
    let below = |word: u64, limit: u8| word.wrapping_sub(ONES * u64::from(limit)) & !word & HIGHEST;
    let (words, rest) = bytes.as_chunks::<8>();
    for (n, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let is = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
        let found = is(b'"') | is(b'\\') | below(word, b' ');
        if found != 0 {
            return n * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..b' ');
    bytes.len() - rest.len() + rest.iter().position(special).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_firehose_writes() {
        let direct = r#"{"invocationId":"i","deliveryStreamArn":"arn","region":"us-east-1","records":[{"recordId":"1","approximateArrivalTimestamp":1779000000000,"data":"YQ=="},{"recordId":"2","approximateArrivalTimestamp":1779000000001,"data":""}]}"#;
        let kinesis = r#"{"invocationId":"i","sourceKinesisStreamArn":"arn","deliveryStreamArn":"arn","region":"us-east-1","records":[{"recordId":"1","approximateArrivalTimestamp":1779000000000,"kinesisRecordMetadata":{"sequenceNumber":"4959","subsequenceNumber":0,"partitionKey":"é \"k\" \u00e9","shardId":"shardId-000000000000","approximateArrivalTimestamp":1779000000000},"data":"a\/8="}]}"#;
        for json in [direct, kinesis] {
            for json in [json.to_owned(), json.replace(':', " : ").replace(',', "\r\n\t, ")] {
                let read = event(json.as_bytes());
                assert!(read.is_some(), "{json}");
                assert_eq!(read, Event::of_any_shape(json.as_bytes()).ok());
            }
        }
    }

    #[test]
    fn leaves_the_rest_to_serde() {
        let deep = format!(r#"{{"x":{}{},"records":[]}}"#, "[".repeat(70), "]".repeat(70));
        for json in [
            r#"{"records":[{"recordId":7,"data":"YQ=="}]}"#,
            r#"{"records":[{"record\u0049d":"1","data":"YQ=="}]}"#,
            r#"{"records":[],"x":1.5e9}"#,
            r#"["i",[["1","YQ=="]]]"#,
            &deep,
        ] {
            assert_eq!(event(json.as_bytes()), None, "{json}");
            assert!(Event::from_json(json.as_bytes()).is_ok(), "{json}");
        }
        for json in [r#"{"records":[],"records":[]}"#, r#"{"records":[]} x"#, r#"{"records":[],}"#, "{}"] {
            assert!(Event::from_json(json.as_bytes()).is_err(), "{json}");
        }
    }

    fn space() -> impl Strategy<Value = &'static str> {
        prop_oneof![8 => Just(""), 1 => Just(" "), 1 => Just("\r\n\t")]
    }

    fn string() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            20 => "[a-z0-9+/= ]{0,12}",
            4 => prop::sample::select(&[r#"\""#, r"\\", r"\/", r"\n", r"\u0041", r"\ud800", "é", "日", "\u{7f}"])
                .prop_map(str::to_owned),
            1 => prop::sample::select(&["\n", "\0", r"\x", r"\u00g0", r"\u12", "\""]).prop_map(str::to_owned),
        ];
        prop::collection::vec(piece, 0..4).prop_map(|pieces| format!("\"{}\"", pieces.concat()))
    }

    fn base64() -> impl Strategy<Value = String> {
        prop_oneof![
            4 => prop::collection::vec(any::<u8>(), 0..80)
                .prop_map(|payload| base64_simd::STANDARD.encode_to_string(payload)),
            1 => "[A-D/+=]{0,12}",
        ]
        .prop_flat_map(|text| prop_oneof![Just(text.clone()), Just(text.replace('/', r"\/"))])
        .prop_map(|text| format!("\"{text}\""))
    }

    fn value() -> impl Strategy<Value = String> {
        let numbers = &["0", "-1", "1779000000000", "1.5", "-0", "1e9", "01", "-", "1.", "+1"];
        let words = &["true", "false", "null", "nul", "True", ""];
        let leaf = prop_oneof![
            4 => string(),
            2 => prop::sample::select(numbers).prop_map(str::to_owned),
            1 => prop::sample::select(words).prop_map(str::to_owned),
        ];
        leaf.prop_recursive(4, 16, 4, |inner| {
            prop_oneof![
                list("[", inner.clone(), "]"),
                list(
                    "{",
                    (string(), space(), space(), inner).prop_map(|(k, a, b, v)| format!("{k}{a}:{b}{v}")),
                    "}"
                ),
            ]
        })
    }

    fn list(
        open: &'static str,
        item: impl Strategy<Value = String>,
        close: &'static str,
    ) -> impl Strategy<Value = String> {
        let item =
            (space(), item, space()).prop_map(|(before, item, after)| format!("{before}{item}{after}"));
        let items = prop::collection::vec(item, 0..4).prop_map(|items| items.join(","));
        (space(), items).prop_map(move |(space, items)| format!("{open}{space}{items}{close}"))
    }

    /// An object that most often has the member `key` once, among others and anywhere.
    fn object(members: Vec<(&'static str, BoxedStrategy<String>)>) -> impl Strategy<Value = String> {
        let others = prop::collection::vec(
            (string(), value()).prop_map(|(key, value)| format!("{key}:{value}")),
            0..2,
        );
        let times = prop_oneof![12 => Just(1_usize), 1 => Just(0), 1 => Just(2)];
        let known = members.into_iter().map(|(key, value)| {
            let member =
                (space(), value).prop_map(move |(space, value)| format!("\"{key}\"{space}:{value}")).boxed();
            times.clone().prop_flat_map(move |times| prop::collection::vec(member.clone(), times)).boxed()
        });
        (known.collect::<Vec<_>>(), others)
            .prop_map(|(known, others)| [known.concat(), others].concat())
            .prop_shuffle()
            .prop_map(|members| format!("{{{}}}", members.join(",")))
    }

    fn any_event() -> impl Strategy<Value = String> {
        let record = object(vec![
            ("recordId", prop_oneof![9 => string().boxed(), 1 => value().boxed()].boxed()),
            ("data", prop_oneof![9 => base64().boxed(), 1 => value().boxed(), 1 => string().boxed()].boxed()),
        ]);
        object(vec![
            ("invocationId", prop_oneof![9 => string().boxed(), 1 => value().boxed()].boxed()),
            ("records", prop_oneof![9 => list("[", record, "]").boxed(), 1 => value().boxed()].boxed()),
        ])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn is_what_serde_reads(json in any_event(), trailing in space()) {
            let json = json + trailing;
            if let Some(read) = event(json.as_bytes()) {
                prop_assert_eq!(Event::of_any_shape(json.as_bytes()), Ok(read));
            }
        }

        #[test]
        fn is_what_serde_reads_with_any_fault(
            json in any_event(),
            at in any::<prop::sample::Index>(),
            length in 0_usize..3,
            fault in prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(&b"\"\\,:[]{}0-"[..])], 0..3),
        ) {
            let mut json = json.into_bytes();
            let at = at.index(json.len());
            json.splice(at..(at + length).min(json.len()), fault);
            if let Some(read) = event(&json) {
                prop_assert_eq!(Event::of_any_shape(&json), Ok(read));
            }
        }

        #[test]
        fn finds_the_first_byte_that_means_something(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let first = bytes.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..b' '));
            prop_assert_eq!(plain(&bytes), first.unwrap_or(bytes.len()));
        }
    }
}
