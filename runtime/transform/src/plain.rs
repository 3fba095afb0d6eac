//! A record program applied to a batch whose records are not in base64, as on the machine of a developer. Which records are
//! `Ok`, with which bytes, is the same as in AWS: the limit of a reply counts.

use std::borrow::Cow;

use pipec_core::{Outcome, RecordProgram};

use crate::{
    batch::Counts,
    reply::{Full, Room},
};

/// What became of a record.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer<'a> {
    /// Goes on with these bytes, and with its partition keys as a JSON object; empty without any.
    Ok(Cow<'a, [u8]>, Vec<u8>),
    /// Left out on purpose.
    Dropped,
    /// The program cannot be applied to it.
    NotApplicable,
    /// One of its partition keys has no value.
    NoPartition,
    /// Its rows do not fit into the reply.
    ReplyFull,
}

/// A batch, record by record.
#[derive(Debug)]
pub struct Plain<'p> {
    program: &'p RecordProgram,
    room: Room,
    counts: Counts,
}

impl<'p> Plain<'p> {
    /// A batch with a reply of at most `limit` bytes, of records with ids of these lengths in JSON.
    #[must_use]
    pub fn new(program: &'p RecordProgram, ids: impl ExactSizeIterator<Item = usize>, limit: usize) -> Self {
        let counts = Counts { records: ids.len(), ..Counts::default() };
        Self { program, room: Room::new(ids, limit), counts }
    }

    /// Answers the next record, at a time in milliseconds since 1970, which only queries with a clock use.
    pub fn answer<'a>(&mut self, record: &'a [u8], now: i64) -> Answer<'a> {
        let applied = self.program.apply_counting_at(record, now);
        self.counts.invalid_values += u64::from(applied.invalid_values);
        self.counts.log_events += u64::from(applied.unpacked.events);
        self.counts.control_messages += u64::from(applied.unpacked.is_control_message);
        match applied.outcome {
            Outcome::Ok(bytes) => {
                let base64 = base64_simd::STANDARD.encoded_length(bytes.len());
                let keys = applied.partition_keys;
                let taken = match keys.len() {
                    0 => self.room.take(base64),
                    length => self.room.take_in_partition(base64, length),
                };
                match taken {
                    Ok(()) => {
                        self.counts.ok += 1;
                        Answer::Ok(bytes, keys)
                    }
                    Err(Full) => {
                        self.counts.failed += 1;
                        self.counts.reply_full += 1;
                        Answer::ReplyFull
                    }
                }
            }
            Outcome::Dropped => {
                self.counts.dropped += 1;
                Answer::Dropped
            }
            Outcome::ProcessingFailed if applied.lacks_key => {
                self.counts.failed += 1;
                self.counts.no_partition += 1;
                Answer::NoPartition
            }
            Outcome::ProcessingFailed => {
                self.counts.failed += 1;
                self.counts.not_applicable += 1;
                Answer::NotApplicable
            }
        }
    }

    /// What became of the batch.
    #[must_use]
    pub fn counts(self) -> Counts {
        self.counts
    }
}

#[cfg(test)]
mod tests {
    use base64_simd::STANDARD;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::{batch::transform_within, event::Event};

    /// A reply of the function, as answers: the result, the data, the partition keys.
    fn replied(reply: &[u8]) -> Vec<(String, Option<Vec<u8>>, Value)> {
        let reply: Value = serde_json::from_slice(reply).expect("JSON");
        let answer = |answer: &Value| {
            let data = answer["data"].as_str().map(|data| STANDARD.decode_to_vec(data).expect("base64"));
            (
                answer["result"].as_str().expect("a result").to_owned(),
                data,
                answer["metadata"]["partitionKeys"].clone(),
            )
        };
        reply["records"].as_array().expect("a list").iter().map(answer).collect()
    }

    fn programs() -> Vec<RecordProgram> {
        let query = r#"{"columns":[{"path":["b"],"type":"integer"}],"array":{"path":["a"],"columns":[0]},
            "streams":[{"types":["integer"],"keys":["n"]}],"inserts":[{"from":0,"into":1,"items":[{"column":0}]}]}"#;
        let program = format!(r#"{{"version":{},"append":"\n","query":{query}}}"#, pipec_core::VERSION);
        let column = pipec_core::query::Column {
            path: vec!["b".into()],
            data_type: pipec_core::query::DataType::Integer,
        };
        let keys = vec![pipec_core::PartitionKey { name: "b".into(), column: 0, time: None }];
        let partition = pipec_core::Partition { columns: vec![column], keys };
        vec![
            RecordProgram::appending("\n").partitioning(Some(partition)).expect("keys"),
            RecordProgram::appending("\n"),
            RecordProgram::appending(""),
            RecordProgram::appending("\n").unpacking(Some(pipec_core::Unpack::CloudwatchLogs)),
            RecordProgram::from_json(program.as_bytes()).expect("a program"),
        ]
    }

    proptest! {
        #[test]
        fn means_the_same_as_the_function(
            payloads in prop::collection::vec(
                prop_oneof![
                    prop::collection::vec(any::<u8>(), 0..70),
                    "[\\[\\]{}\"a:,\n 17]{0,12}|\\{\"a\":\\[(\\{\"b\":[17]\\},){0,3}\\{\\}\\]\\}".prop_map(String::into_bytes),
                ],
                0..20,
            ),
            id in 0_usize..60,
            limit in 0_usize..3000,
            which in 0_usize..5,
        ) {
            let program = &programs()[which];
            let ids: Vec<String> = (0..payloads.len()).map(|n| format!("{n:0>id$}")).collect();
            let records: Vec<Value> = ids.iter().zip(&payloads)
                .map(|(id, payload)| json!({"recordId": id, "data": STANDARD.encode_to_string(payload)}))
                .collect();
            let event = json!({"records": records}).to_string();
            let event = Event::from_json(event.as_bytes()).expect("an event");
            let (reply, counts) = transform_within(program, &event, limit);
            let mut plain = Plain::new(program, ids.iter().map(|id| id.len() + 2), limit);
            let answers: Vec<_> = payloads.iter().map(|payload| match plain.answer(payload, 0) {
                Answer::Ok(bytes, keys) => {
                    let keys = if keys.is_empty() { Value::Null } else { serde_json::from_slice(&keys).expect("JSON") };
                    ("Ok".to_owned(), Some(bytes.into_owned()), keys)
                }
                Answer::Dropped => ("Dropped".to_owned(), None, Value::Null),
                Answer::NotApplicable | Answer::NoPartition | Answer::ReplyFull => {
                    ("ProcessingFailed".to_owned(), None, Value::Null)
                }
            }).collect();
            prop_assert_eq!(answers, replied(&reply));
            prop_assert_eq!(plain.counts(), counts);
        }
    }
}
