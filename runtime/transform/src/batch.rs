//! A record program applied to a batch.

use base64_simd::STANDARD;
use pipec_core::{Applied, Outcome, RecordProgram, Suffix};
use serde::Serialize;

use crate::{
    base64::{Base64, Scratch},
    event::{Event, Record},
    reply::{Full, LIMIT, Reply},
};

/// What became of a batch, for the log. Those that are metrics are called by their names there.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Records that came in.
    #[serde(rename = "Records")]
    pub records: usize,
    /// Records answered `Ok`.
    pub ok: usize,
    /// Records answered `Dropped`.
    #[serde(rename = "Dropped")]
    pub dropped: usize,
    /// Records answered `ProcessingFailed`, for whatever of the reasons below.
    #[serde(rename = "ProcessingFailed")]
    pub failed: usize,
    /// Values that did not fit their columns, and so were NULL.
    #[serde(rename = "InvalidValues")]
    pub invalid_values: u64,
    /// Log events that were unpacked from records of CloudWatch Logs.
    #[serde(skip_serializing_if = "is_zero")]
    pub log_events: u64,
    /// Dropped because CloudWatch Logs sent them to check that it may write.
    #[serde(skip_serializing_if = "is_zero")]
    pub control_messages: u64,
    /// Failed because their data is no base64.
    pub not_base64: usize,
    /// Failed because the program cannot be applied to them.
    pub not_applicable: usize,
    /// Failed because a partition key has no value.
    #[serde(skip_serializing_if = "is_none")]
    pub no_partition: usize,
    /// Failed because the reply was full.
    pub reply_full: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde gives references")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde gives references")]
fn is_none(count: &usize) -> bool {
    *count == 0
}

/// Answers every record of `event` once and in order, within Lambda's limit.
#[must_use]
pub fn transform(program: &RecordProgram, event: &Event<'_>) -> (Vec<u8>, Counts) {
    transform_within(program, event, LIMIT)
}

/// As [`transform`], with a reply of at most `limit` bytes.
#[must_use]
pub fn transform_within(program: &RecordProgram, event: &Event<'_>, limit: usize) -> (Vec<u8>, Counts) {
    let mut batch = Batch::new(&event.records, limit);
    for record in &event.records {
        batch.answer(program, record);
    }
    (batch.reply.finish(), batch.counts)
}

struct Batch {
    reply: Reply,
    counts: Counts,
    scratch: Scratch,
}

/// What became of a record that does not fail.
enum Answered {
    Ok,
    Dropped,
}

enum Failure {
    NotBase64,
    NotApplicable,
    NoPartition,
    ReplyFull,
}

impl From<Full> for Failure {
    fn from(_: Full) -> Self {
        Self::ReplyFull
    }
}

impl Batch {
    fn new(records: &[Record<'_>], limit: usize) -> Self {
        Self {
            reply: Reply::new(records, limit),
            counts: Counts { records: records.len(), ..Counts::default() },
            scratch: Scratch::default(),
        }
    }

    fn answer(&mut self, program: &RecordProgram, record: &Record<'_>) {
        let answered = match (&record.data, program.appends_only()) {
            (None, _) => Err(Failure::NotBase64),
            (Some(base64), Some(suffix)) => self.append(record.id, base64, suffix),
            (Some(base64), None) => self.run(record.id, base64, |payload| program.apply_counting(payload)),
        };
        self.settle(record.id, answered);
    }

    fn append(&mut self, id: &str, base64: &Base64<'_>, suffix: Suffix<'_>) -> Result<Answered, Failure> {
        let appended = base64.append(suffix, &mut self.scratch).ok_or(Failure::NotBase64)?;
        self.reply.ok(id, appended.head, appended.tail)?;
        Ok(Answered::Ok)
    }

    /// Decodes the whole record, for programs that look at more than its end.
    fn run(
        &mut self,
        id: &str,
        base64: &Base64<'_>,
        apply: impl for<'a> FnOnce(&'a [u8]) -> Applied<'a>,
    ) -> Result<Answered, Failure> {
        let Scratch { decoded, encoded } = &mut self.scratch;
        decoded.clear();
        STANDARD.decode_append(base64.as_bytes(), decoded).map_err(|_| Failure::NotBase64)?;
        let applied = apply(decoded);
        self.counts.invalid_values += u64::from(applied.invalid_values);
        self.counts.log_events += u64::from(applied.unpacked.events);
        self.counts.control_messages += u64::from(applied.unpacked.is_control_message);
        match applied.outcome {
            Outcome::Ok(bytes) => {
                encoded.clear();
                STANDARD.encode_append(&bytes, encoded);
                if applied.partition_keys.is_empty() {
                    self.reply.ok(id, encoded, &[])?;
                } else {
                    self.reply.ok_in_partition(id, encoded, &applied.partition_keys)?;
                }
                Ok(Answered::Ok)
            }
            Outcome::Dropped => {
                self.reply.dropped(id);
                Ok(Answered::Dropped)
            }
            Outcome::ProcessingFailed if applied.lacks_key => Err(Failure::NoPartition),
            Outcome::ProcessingFailed => Err(Failure::NotApplicable),
        }
    }

    fn settle(&mut self, id: &str, answered: Result<Answered, Failure>) {
        let counts = &mut self.counts;
        let failure = match answered {
            Ok(Answered::Ok) => return counts.ok += 1,
            Ok(Answered::Dropped) => return counts.dropped += 1,
            Err(failure) => failure,
        };
        self.reply.failed(id);
        counts.failed += 1;
        match failure {
            Failure::NotBase64 => counts.not_base64 += 1,
            Failure::NotApplicable => counts.not_applicable += 1,
            Failure::NoPartition => counts.no_partition += 1,
            Failure::ReplyFull => counts.reply_full += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use pipec_core::query::{Column, DataType};
    use pipec_core::{Partition, PartitionKey};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    /// The reply as JSON, checked for what holds for every event: each id once and in order, a known
    /// result, data exactly where the record is `Ok`, counts that add up.
    fn transformed(append: &str, event: &Value, limit: usize) -> (Vec<Value>, Counts) {
        let event_json = event.to_string();
        let parsed = Event::from_json(event_json.as_bytes()).expect("an event");
        let (reply, counts) = transform_within(&RecordProgram::appending(append), &parsed, limit);
        let answers = checked(event, &reply, &counts);
        (answers, counts)
    }

    fn checked(event: &Value, reply: &[u8], counts: &Counts) -> Vec<Value> {
        let reply: Value = serde_json::from_slice(reply).expect("the reply is JSON");
        let answers = reply["records"].as_array().expect("a list").clone();
        let ids = |list: &[Value]| list.iter().map(|record| record["recordId"].clone()).collect::<Vec<_>>();
        assert_eq!(ids(&answers), ids(event["records"].as_array().expect("a list")));
        for answer in &answers {
            let result = answer["result"].as_str().expect("a result");
            assert!(["Ok", "Dropped", "ProcessingFailed"].contains(&result), "{result}");
            assert_eq!(answer["data"].is_string(), result == "Ok");
        }
        assert_eq!(counts.records, answers.len());
        assert_eq!(counts.records, counts.ok + counts.dropped + counts.failed);
        let of_records = counts.not_applicable + counts.no_partition;
        assert_eq!(counts.failed, counts.not_base64 + of_records + counts.reply_full);
        answers
    }

    fn event(records: &[Value]) -> Value {
        let records: Vec<_> = records
            .iter()
            .enumerate()
            .map(|(n, data)| {
                json!({
                    "recordId": format!("4964{n}\"\\é"),
                    "approximateArrivalTimestamp": 1_779_000_000_000_u64 + n as u64,
                    "kinesisRecordMetadata": {"shardId": "shardId-000000000000", "partitionKey": "k"},
                    "data": data,
                })
            })
            .collect();
        json!({
            "invocationId": "5f6a",
            "sourceKinesisStreamArn": "arn:aws:kinesis:us-east-1:111122223333:stream/s",
            "deliveryStreamArn": "arn:aws:firehose:us-east-1:111122223333:deliverystream/d",
            "region": "us-east-1",
            "records": records,
        })
    }

    #[test]
    fn an_empty_batch_has_an_empty_reply() {
        let (answers, counts) = transformed("\n", &event(&[]), LIMIT);
        assert!(answers.is_empty());
        assert_eq!(counts, Counts::default());
    }

    #[test]
    fn poison_fails_alone() {
        let poison = [json!("%%%"), json!("YQ"), json!(null), json!(7), json!({"a": 1}), json!("YQ==")];
        let (answers, counts) = transformed("\n", &event(&poison), LIMIT);
        assert_eq!(counts.not_base64, 5);
        assert_eq!(answers[5], json!({"recordId": answers[5]["recordId"], "result": "Ok", "data": "YQo="}));
    }

    #[test]
    fn a_record_without_data_fails_alone() {
        let event = json!({"records": [{"recordId": "1"}, {"recordId": "2", "data": ""}]});
        let (answers, _) = transformed("\n", &event, LIMIT);
        assert_eq!(answers[0]["result"], "ProcessingFailed");
        assert_eq!(answers[1]["data"], "Cg==");
    }

    #[test]
    fn a_program_that_looks_inside_is_given_the_decoded_record() {
        let event = event(&[json!("YQ=="), json!("Yg=="), json!("Yw=="), json!("?")]);
        let event_json = event.to_string();
        let parsed = Event::from_json(event_json.as_bytes()).expect("an event");
        let mut batch = Batch::new(&parsed.records, LIMIT);
        for record in &parsed.records {
            let ran = record.data.as_ref().ok_or(Failure::NotBase64).and_then(|base64| {
                batch.run(record.id, base64, |payload| match payload {
                    b"a" => Outcome::Dropped.into(),
                    b"b" => Applied { invalid_values: 2, ..Outcome::ProcessingFailed.into() },
                    other => Applied { invalid_values: 1, ..Outcome::Ok(other.into()).into() },
                })
            });
            batch.settle(record.id, ran);
        }
        let answers = checked(&event, &batch.reply.finish(), &batch.counts);
        let results: Vec<_> = answers.iter().map(|answer| &answer["result"]).collect();
        assert_eq!(results, ["Dropped", "ProcessingFailed", "Ok", "ProcessingFailed"]);
        assert_eq!(answers[2]["data"], "Yw==");
        assert_eq!((batch.counts.dropped, batch.counts.not_applicable, batch.counts.not_base64), (1, 1, 1));
        assert_eq!(batch.counts.invalid_values, 3);
    }

    #[test]
    fn partition_keys_are_metadata_of_a_record() {
        let column = Column { path: vec!["c".into()], data_type: DataType::Varchar(8) };
        let keys = vec![PartitionKey { name: "country".into(), column: 0, time: None }];
        let partition = Partition { columns: vec![column], keys };
        let program = RecordProgram::appending("\n").partitioning(Some(partition)).expect("a program");
        let data = |text: &str| json!(STANDARD.encode_to_string(text));
        let event = event(&[data(r#"{"c":"D\"E"}"#), data(r#"{"d":1}"#), data("x")]);
        let event_json = event.to_string();
        let parsed = Event::from_json(event_json.as_bytes()).expect("an event");
        let (reply, counts) = transform(&program, &parsed);
        let answers = checked(&event, &reply, &counts);
        assert_eq!(answers[0]["metadata"], json!({"partitionKeys": {"country": "D\"E"}}));
        assert_eq!(answers[0]["data"], data("{\"c\":\"D\\\"E\"}\n"));
        assert_eq!((counts.no_partition, counts.not_applicable, counts.ok), (1, 1, 1));
        // A reply without room for the keys does not carry the record.
        let room = reply.len() - 1;
        let (reply, counts) = transform_within(&program, &parsed, room);
        assert!(reply.len() <= room);
        assert_eq!((counts.reply_full, counts.ok), (1, 0));
    }

    #[test]
    fn what_does_not_fit_fails_and_the_small_ones_after_it_go_on() {
        let mut records = vec![json!("QUFB".repeat(500_000)); 3];
        records.push(json!("YQ=="));
        let event = event(&records);
        let event_json = event.to_string();
        let parsed = Event::from_json(event_json.as_bytes()).expect("an event");
        let suffix = "x".repeat(200_000);
        let (reply, counts) = transform(&RecordProgram::appending(suffix.as_str()), &parsed);
        assert!(reply.len() <= LIMIT, "{}", reply.len());
        assert_eq!((counts.ok, counts.reply_full), (3, 1));
        let answers = checked(&event, &reply, &counts);
        assert_eq!(answers[2]["result"], "ProcessingFailed");
        assert_eq!(answers[3]["result"], "Ok");
    }

    #[test]
    fn log_events_that_do_not_fit_fail_as_one_record() {
        let gzip = |text: &str| {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            std::io::Write::write_all(&mut encoder, text.as_bytes()).expect("memory");
            json!(STANDARD.encode_to_string(encoder.finish().expect("memory")))
        };
        let events = |message: &str| {
            let events = vec![json!({"id": "1", "timestamp": 1, "message": message}); 40];
            gzip(&json!({"messageType": "DATA_MESSAGE", "logEvents": events}).to_string())
        };
        let large = "x".repeat(100_000);
        let event = event(&[events(&large), events("small"), events(&large)]);
        let event_json = event.to_string();
        assert!(event_json.len() < 200_000);
        let parsed = Event::from_json(event_json.as_bytes()).expect("an event");
        let program = RecordProgram::appending("\n").unpacking(Some(pipec_core::Unpack::CloudwatchLogs));
        let (reply, counts) = transform(&program, &parsed);
        assert!(reply.len() <= LIMIT, "{}", reply.len());
        assert_eq!((counts.ok, counts.reply_full, counts.log_events), (2, 1, 120));
        let answers = checked(&event, &reply, &counts);
        assert_eq!(answers[2]["result"], "ProcessingFailed");
    }

    proptest! {
        #[test]
        fn decodes_to_payload_and_suffix(
            payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..70), 0..40),
        ) {
            let data: Vec<_> = payloads.iter().map(|p| json!(STANDARD.encode_to_string(p))).collect();
            let (answers, counts) = transformed("\n", &event(&data), LIMIT);
            prop_assert_eq!(counts.ok, payloads.len());
            for (answer, payload) in answers.iter().zip(&payloads) {
                let data = answer["data"].as_str().expect("data");
                let mut expected = payload.clone();
                if !expected.ends_with(b"\n") { expected.push(b'\n'); }
                prop_assert_eq!(STANDARD.decode_to_vec(data).expect("base64"), expected);
            }
        }

        /// Whatever a query makes of a record, none, one or several rows: it is one answer.
        #[test]
        fn a_query_answers_each_record_once(
            payloads in prop::collection::vec("(?s)[\\[\\]{}\"a:,\n 17]{0,12}|\\{\"a\":\\[(\\{\"b\":[17]\\},){0,3}\\{\\}\\]\\}", 0..20),
            csv: bool,
            limit in 0_usize..4000,
        ) {
            let data: Vec<_> = payloads.iter().map(|payload| json!(STANDARD.encode_to_string(payload))).collect();
            let event = event(&data);
            let event_json = event.to_string();
            let parsed = Event::from_json(event_json.as_bytes()).expect("an event");
            let input = match csv {
                true => r#""format":{"csv":","},"columns":[{"type":"integer"}]"#,
                false => r#""columns":[{"path":["b"],"type":"integer"}],"array":{"path":["a"],"columns":[0]}"#,
            };
            let insert = r#"{"from":0,"into":1,"items":[{"column":0}]}"#;
            let query = format!(r#"{{{input},"streams":[{{"types":["integer"],"keys":["n"]}}],"inserts":[{insert},{insert}]}}"#);
            let program = format!(r#"{{"version":{},"append":"\n","query":{query}}}"#, pipec_core::VERSION);
            let program = RecordProgram::from_json(program.as_bytes()).expect("a program");
            let (reply, counts) = transform(&program, &parsed);
            for answer in checked(&event, &reply, &counts) {
                if let Some(data) = answer["data"].as_str() {
                    let rows = STANDARD.decode_to_vec(data).expect("base64");
                    prop_assert!(rows.ends_with(b"\n") && rows.split(|byte| *byte == b'\n').count() % 2 == 1);
                }
            }
            let (reply, counts) = transform_within(&program, &parsed, limit);
            checked(&event, &reply, &counts);
        }

        #[test]
        fn never_exceeds_the_limit(
            data in prop::collection::vec("([A-Za-z0-9+/]{4}){0,8}|.{0,9}", 0..20),
            suffix in "[a-z]{0,40}",
            percent in 0_usize..=100,
            spare in any::<bool>(),
        ) {
            let data: Vec<_> = data.into_iter().map(Value::from).collect();
            let event = event(&data);
            let event_json = event.to_string();
            let parsed = Event::from_json(event_json.as_bytes()).expect("an event");
            let program = RecordProgram::appending(suffix);
            let least = transform_within(&program, &parsed, 0).0.len();
            let most = transform_within(&program, &parsed, usize::MAX).0.len();
            // A short `Ok` is up to 5 bytes smaller than the failure that room is kept back for.
            let spare = if spare { 5 * data.len() } else { 0 };
            let limit = least + (most - least) * percent / 100 + spare;
            let (reply, counts) = transform_within(&program, &parsed, limit);
            prop_assert!(reply.len() <= limit, "{} > {limit}", reply.len());
            prop_assert!(percent < 100 || (spare == 0 && !data.is_empty()) || counts.reply_full == 0);
            checked(&event, &reply, &counts);
        }
    }
}
