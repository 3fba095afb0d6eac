//! An object of S3 that is there, for `import`.

use aws_sdk_s3::Client;
use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata};

use super::output::{Exit, note};
use crate::cloud::sdk::{Settings, configuration};
use pipec_compiler::resolve::REFERENCE_BYTES_MAX;
use pipec_compiler::terminal::printable;

/// Where an object lies.
pub(super) struct Bucket<'a> {
    pub(super) name: &'a str,
    /// Instead of the one of the environment or the profile.
    pub(super) region: Option<String>,
}

/// The bytes of an object that is small enough for a reference table.
///
/// Region and credentials are those of the AWS CLI: `AWS_REGION`, `AWS_PROFILE`, `AWS_ENDPOINT_URL`, SSO.
pub(super) fn bytes(bucket: &Bucket, key: &str) -> Result<Vec<u8>, Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Exit::usage(&format!("no runtime: {error}")))?;
    runtime.block_on(async {
        let config = configuration(&Settings { region: bucket.region.clone(), ..Settings::default() }).await;
        if config.region().is_none() {
            return Err(Exit::usage("no region: set AWS_REGION, or write `--region us-east-1`"));
        }
        let path_style = config.endpoint_url().is_some();
        let config = aws_sdk_s3::config::Builder::from(&config).force_path_style(path_style).build();
        let object = Client::from_conf(config).get_object().bucket(bucket.name).key(key).send().await;
        let object = object.map_err(|error| {
            let said = match (error.code(), error.message()) {
                (Some(code), Some(message)) => format!("{code}: {message}"),
                (Some(code), None) => code.to_owned(),
                _ => DisplayErrorContext(&error).to_string(),
            };
            refused(bucket.name, key, &said)
        })?;
        let bytes = object.content_length().unwrap_or_default();
        if u64::try_from(bytes).unwrap_or_default() > REFERENCE_BYTES_MAX as u64 {
            let kib = REFERENCE_BYTES_MAX >> 10;
            return Err(refused(
                bucket.name,
                key,
                &format!("it has {bytes} bytes; a table has {kib} KiB at most"),
            ));
        }
        let body = object.body.collect().await;
        let body =
            body.map_err(|error| refused(bucket.name, key, &DisplayErrorContext(&error).to_string()))?;
        Ok(body.into_bytes().to_vec())
    })
}

fn refused(bucket: &str, key: &str, said: &str) -> Exit {
    note(&printable(&format!("error: s3:GetObject on `s3://{bucket}/{key}`: {said}")));
    note(
        "help: request `s3:GetObject` on it, check the bucket's region, or copy the file yourself and remove `--fetch`",
    );
    Exit::Aws
}
