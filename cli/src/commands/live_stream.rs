//! Records of a Kinesis data stream that is there, for `discover`.

use std::time::Duration;

use aws_sdk_kinesis::Client;
use aws_sdk_kinesis::config::http::HttpResponse;
use aws_sdk_kinesis::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_kinesis::types::ShardIteratorType;
use tokio::time::{Instant, sleep};

use super::output::{Exit, note};
use crate::cloud::call_error::CallErrorKind;
use crate::cloud::sdk::{Settings, call_error, configuration};
use pipec_compiler::terminal::printable;

/// Records that are enough to settle types.
const RECORDS_MAX: usize = 1_000;
/// Shards that are looked at; keys spread records of all kinds over all of them.
const SHARDS_MAX: i32 = 4;
/// Longest look at one shard.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two looks at one shard, which takes five a second. Kinesis quota page, 2026-11.
const INTERVAL: Duration = Duration::from_millis(250);

/// The oldest records that a stream still has, each with a newline behind it.
///
/// Region and credentials are those of the AWS CLI: `AWS_REGION`, `AWS_PROFILE`, `AWS_ENDPOINT_URL`, SSO.
pub(super) fn records(stream: &str, region: Option<String>) -> Result<Vec<u8>, Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Exit::usage(&format!("no runtime: {error}")))?;
    runtime.block_on(async {
        let config = configuration(&Settings { region, ..Settings::default() }).await;
        if config.region().is_none() {
            return Err(Exit::usage("no region: set AWS_REGION, or write `--region us-east-1`"));
        }
        read(&Client::new(&config), stream).await
    })
}

async fn read(client: &Client, stream: &str) -> Result<Vec<u8>, Exit> {
    let shards = client.list_shards().stream_name(stream).max_results(SHARDS_MAX).send().await;
    let shards = shards.map_err(|error| refused("kinesis:ListShards", stream, &error))?;
    let (mut text, mut count) = (Vec::new(), 0);
    for shard in shards.shards() {
        let iterator = client
            .get_shard_iterator()
            .stream_name(stream)
            .shard_id(shard.shard_id())
            .shard_iterator_type(ShardIteratorType::TrimHorizon)
            .send()
            .await
            .map_err(|error| refused("kinesis:GetShardIterator", stream, &error))?;
        let mut next = iterator.shard_iterator;
        let end = Instant::now() + PATIENCE;
        while let Some(iterator) = next.take().filter(|_| count < RECORDS_MAX && Instant::now() < end) {
            let got = client.get_records().shard_iterator(iterator).limit(RECORDS_MAX as i32).send().await;
            let got = got.map_err(|error| refused("kinesis:GetRecords", stream, &error))?;
            for record in got.records() {
                text.extend_from_slice(record.data().as_ref());
                text.push(b'\n');
                count += 1;
            }
            if got.records().is_empty() && got.millis_behind_latest() == Some(0) {
                break;
            }
            next = got.next_shard_iterator;
            sleep(INTERVAL).await;
        }
    }
    Ok(text)
}

/// What AWS said, in its words, and what to do about it.
fn refused<E>(action: &'static str, stream: &str, error: &SdkError<E, HttpResponse>) -> Exit
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    let error = call_error(action, error);
    let help = match error.kind {
        CallErrorKind::Denied => format!("request `{action}` on this stream"),
        CallErrorKind::NotFound => "check the name, the region and the account".to_owned(),
        _ => error.help().replace("; it resumes where it stopped", ""),
    };
    note(&printable(&format!("error: stream `{stream}`: {error}\nhelp: {help}")));
    Exit::Aws
}
