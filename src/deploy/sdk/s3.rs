//! S3's answers as the types of [`super::super::client`].

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, ChecksumMode, ChecksumType, Delete, ObjectIdentifier};
use aws_smithy_types::timeout::TimeoutConfig;

use super::{SdkClient, UPLOAD_TIMEOUT};
use crate::deploy::call_error::{CallError, CallErrorKind};
use crate::deploy::client::{Call, ObjectHead, ObjectVersion};

/// Keys of one call. S3 API reference, 2026-11.
const PAGE: i32 = 1_000;

impl SdkClient {
    pub(super) fn head_object(
        &self,
        bucket: &str,
        key: &str,
        owner: Option<&str>,
    ) -> Call<Option<ObjectHead>> {
        let request = self.s3.head_object().bucket(bucket).key(key).checksum_mode(ChecksumMode::Enabled);
        let send = request.set_expected_bucket_owner(owner.map(str::to_owned)).send();
        match self.call("s3:GetObject", send) {
            Ok(answer) => {
                let whole = answer.checksum_type() != Some(&ChecksumType::Composite);
                let sha256 = answer.checksum_sha256().filter(|_| whole).map(str::to_owned);
                Ok(Some(ObjectHead { sha256 }))
            }
            Err(error) if error.kind == CallErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(super) fn send_object(
        &self,
        bucket: &str,
        key: &str,
        owner: Option<&str>,
        bytes: &[u8],
        sha256: &str,
    ) -> Call<()> {
        let patience = TimeoutConfig::builder().operation_attempt_timeout(UPLOAD_TIMEOUT).build();
        let patience = aws_sdk_s3::config::Builder::new().timeout_config(patience);
        let send = self
            .s3
            .put_object()
            .bucket(bucket)
            .key(key)
            .set_expected_bucket_owner(owner.map(str::to_owned))
            // One request, never parts: S3 then keeps the SHA-256 of the whole, which the instances look for.
            .checksum_algorithm(ChecksumAlgorithm::Sha256)
            .checksum_sha256(sha256)
            .body(ByteStream::from(bytes.to_vec()))
            .customize()
            .config_override(patience)
            .send();
        self.call("s3:PutObject", send).map(drop)
    }

    pub(super) fn list_versions(
        &self,
        bucket: &str,
        prefix: Option<&str>,
    ) -> Call<Option<Vec<ObjectVersion>>> {
        let request = self.s3.list_object_versions().bucket(bucket).max_keys(PAGE);
        let send = request.set_prefix(prefix.map(str::to_owned)).send();
        let answer = match self.call("s3:ListBucketVersions", send) {
            Ok(answer) => answer,
            Err(error) if error.kind == CallErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let version = |key: Option<&str>, version: Option<&str>, bytes: i64| ObjectVersion {
            key: key.unwrap_or_default().to_owned(),
            version: version.unwrap_or("null").to_owned(),
            bytes: bytes.try_into().unwrap_or_default(),
        };
        let objects = answer.versions().iter();
        let objects = objects.map(|one| version(one.key(), one.version_id(), one.size().unwrap_or_default()));
        let markers = answer.delete_markers().iter().map(|one| version(one.key(), one.version_id(), 0));
        Ok(Some(objects.chain(markers).collect()))
    }

    pub(super) fn delete_objects(&self, bucket: &str, versions: &[ObjectVersion]) -> Call<()> {
        let refused = |message: String| CallError {
            action: "s3:DeleteObjectVersion",
            kind: CallErrorKind::Refused,
            code: None,
            message,
        };
        let mut delete = Delete::builder().quiet(true);
        for version in versions {
            let object = ObjectIdentifier::builder().key(&version.key).version_id(&version.version).build();
            delete = delete.objects(object.map_err(|error| refused(error.to_string()))?);
        }
        let delete = delete.build().map_err(|error| refused(error.to_string()))?;
        let send = self.s3.delete_objects().bucket(bucket).delete(delete).send();
        let answer = self.call("s3:DeleteObjectVersion", send)?;
        match answer.errors().first() {
            None => Ok(()),
            Some(error) => Err(CallError {
                kind: CallErrorKind::of(error.code(), 200),
                code: error.code().map(str::to_owned),
                ..refused(error.message().unwrap_or_default().to_owned())
            }),
        }
    }
}
