//! The artifacts into their bucket. A key holds a hash, so what is there under it with the right bytes stays.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::report::{Event, Reporter};
use crate::cloud::call_error::CallErrorKind;
use crate::cloud::client::{AwsClient, Bucket, ObjectHead};
use crate::cloud::stop::{At, Step, Stop};
use pipec_compiler::diagnostics::Code;
use pipec_compiler::plan::{Artifact, Plan};

/// The bytes of artifacts.
pub trait ArtifactSource {
    /// The bytes of an artifact; `None` where a part of it is not on this machine.
    ///
    /// # Errors
    /// Where it cannot be made.
    fn local(&self, artifact: &Artifact) -> Step<Option<Cow<'_, [u8]>>>;

    /// The bytes of an artifact, with what has to be fetched for it.
    ///
    /// # Errors
    /// Where it cannot be had.
    fn fetched(&self, artifact: &Artifact) -> Step<Cow<'_, [u8]>>;
}

/// Sends what is missing.
///
/// # Errors
/// As AWS and the source give them. What was sent before stays, and is not sent again.
pub fn upload(
    client: &dyn AwsClient,
    reporter: &mut dyn Reporter,
    source: &dyn ArtifactSource,
    plan: &Plan,
    bucket: &Bucket,
) -> Step<()> {
    let mut present = 0;
    for artifact in &plan.artifacts {
        let recorded = recorded(client, bucket, &artifact.s3_key)?;
        let bytes = match (source.local(artifact)?, &recorded) {
            // Its connector is not here; S3 verified the bytes when they came.
            (None, Some(_)) => {
                present += 1;
                continue;
            }
            (None, None) => source.fetched(artifact)?,
            (Some(bytes), _) => bytes,
        };
        if !send_missing(client, bucket, &artifact.s3_key, recorded.as_deref(), &bytes)? {
            present += 1;
            continue;
        }
        reporter.tell(&Event::Uploaded {
            artifact: artifact.name.to_owned(),
            key: artifact.s3_key.clone(),
            bytes: bytes.len() as u64,
        });
    }
    if present > 0 {
        reporter.tell(&Event::Present { count: present });
    }
    Ok(())
}

/// The SHA-256 that S3 recorded over an object; `None` where there is no such object, or it came without one.
pub(super) fn recorded(client: &dyn AwsClient, bucket: &Bucket, key: &str) -> Step<Option<String>> {
    let head = client.object(bucket, key).map_err(|error| explain(error.into(), bucket))?;
    Ok(head.and_then(|ObjectHead { sha256 }| sha256))
}

/// Sends an object, whole or not at all, unless S3 recorded the same bytes; whether it was sent.
pub(super) fn send_missing(
    client: &dyn AwsClient,
    bucket: &Bucket,
    key: &str,
    recorded: Option<&str>,
    bytes: &[u8],
) -> Step<bool> {
    let sha256 = STANDARD.encode(Sha256::digest(bytes));
    if recorded == Some(&sha256) {
        return Ok(false);
    }
    let sent = client.put_object(bucket, key, bytes, &sha256);
    sent.map(|()| true).map_err(|error| match error.kind {
        CallErrorKind::NotFound => Stop::fault(
            Code::ArtifactBucket,
            At::Name,
            format!("there is no bucket `{}` for the artifacts", bucket.name),
            "name one in the stack's region with `--artifact-bucket`",
        ),
        _ => explain(error.into(), bucket),
    })
}

/// S3 answers for a bucket of another account as for a missing permission.
fn explain(stop: Stop, bucket: &Bucket) -> Stop {
    match stop {
        Stop::Fault(mut fault) if fault.code == Code::MissingPermission => {
            let owner = match &bucket.owner {
                Some(owner) => {
                    format!(", which account {owner} must own unless it is named with `--artifact-bucket`")
                }
                None => String::new(),
            };
            let absent = match fault.message.starts_with("s3:GetObject") {
                true => "; without `s3:ListBucket`, S3 also reports a missing object like this",
                false => "",
            };
            fault.help += &format!("; the bucket is `{}`{owner}{absent}", bucket.name);
            Stop::Fault(fault)
        }
        stop => stop,
    }
}
