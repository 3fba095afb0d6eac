//! A Kinesis data stream in AWS.

use std::time::Duration;

use aws_sdk_kinesis::{Client, primitives::Blob, types::PutRecordsRequestEntry};
use pipec_net::aws::Patience;

use crate::{
    record::Record,
    sender::{PutError, Refusal, Stream, put_error},
};

/// Two attempts of the SDK, which also sets right a wrong clock; all else is up to [`crate::sender`].
/// An attempt has time for 10 MiB over a slow link.
pub const PATIENCE: Patience =
    Patience { attempts: 2, connect: Duration::from_secs(5), attempt: Duration::from_secs(30) };

/// Most bytes of one call, data and keys: 10 MiB. Source: Kinesis API, `PutRecords`.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;

/// A Kinesis data stream. Needs `kinesis:PutRecords` on it, and `kms:GenerateDataKey` on its key if that is
/// not AWS's own.
#[derive(Debug)]
pub struct Kinesis {
    client: Client,
    stream: String,
}

impl Kinesis {
    /// The stream of this name.
    #[must_use]
    pub fn new(client: Client, stream: String) -> Self {
        Self { client, stream }
    }
}

impl Stream for Kinesis {
    fn call_bytes(&self) -> usize {
        MAX_BYTES
    }

    async fn put(&self, records: &[Record]) -> Result<Vec<Result<(), Refusal>>, PutError> {
        let mut call = self.client.put_records().stream_name(&self.stream);
        for record in records {
            let entry = PutRecordsRequestEntry::builder()
                .data(Blob::new(record.data.to_vec()))
                .partition_key(record.partition_key())
                .build()
                .map_err(|error| PutError::Invalid(Refusal(error.to_string())))?;
            call = call.records(entry);
        }
        let output = call.send().await.map_err(|error| put_error(&error))?;
        let results = output.records().iter();
        Ok(results
            .map(|result| result.error_code().map_or(Ok(()), |code| Err(Refusal(code.to_owned()))))
            .collect())
    }
}
