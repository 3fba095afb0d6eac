//! S3's answers as the types of [`super::super::client`].

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, ChecksumMode, ChecksumType, Delete, ObjectIdentifier};
use aws_smithy_types::timeout::TimeoutConfig;

use super::{SdkClient, UPLOAD_TIMEOUT};
use crate::cloud::call_error::{CallError, CallErrorKind};
use crate::cloud::client::{Bucket, Call, ObjectHead, ObjectVersion, Objects};

/// Keys of one call. S3 API reference, 2026-11.
const PAGE: i32 = 1_000;

impl SdkClient {
    fn list_versions(&self, bucket: &Bucket, prefix: Option<&str>) -> Call<Option<Vec<ObjectVersion>>> {
        let request = self.s3.list_object_versions().bucket(&bucket.name).max_keys(PAGE);
        let request = request.set_expected_bucket_owner(bucket.owner.clone());
        let send = request.set_prefix(prefix.map(str::to_owned)).send();
        let answer = match self.call("s3:ListBucketVersions", send) {
            Ok(answer) => answer,
            Err(error) if error.kind == CallErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let version = |key: Option<&str>, version: Option<&str>| ObjectVersion {
            key: key.unwrap_or_default().to_owned(),
            version: version.unwrap_or("null").to_owned(),
        };
        let objects = answer.versions().iter();
        let objects = objects.map(|one| version(one.key(), one.version_id()));
        let markers = answer.delete_markers().iter().map(|one| version(one.key(), one.version_id()));
        Ok(Some(objects.chain(markers).collect()))
    }

    /// The bytes of an object; its size instead, if it has more than a limit.
    ///
    /// # Errors
    /// What AWS refuses.
    pub fn object_bytes(&self, bucket: &str, key: &str, limit: usize) -> Call<Result<Vec<u8>, u64>> {
        const ACTION: &str = "s3:GetObject";
        let object = self.call(ACTION, self.s3.get_object().bucket(bucket).key(key).send())?;
        let size = object.content_length().and_then(|size| u64::try_from(size).ok()).unwrap_or_default();
        if size > limit as u64 {
            return Ok(Err(size));
        }
        let body = self.wait_for(ACTION, async {
            object.body.collect().await.map_err(|error| CallError {
                action: ACTION,
                kind: CallErrorKind::Unreachable,
                code: None,
                message: format!("the object ended early: {error}"),
            })
        })?;
        Ok(Ok(body.to_vec()))
    }
}

impl Objects for SdkClient {
    fn bucket_exists(&self, bucket: &str) -> Call<bool> {
        match self.call("s3:ListBucket", self.s3.head_bucket().bucket(bucket).send()) {
            Ok(_) => Ok(true),
            Err(error) if error.kind == CallErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn bucket_key(&self, bucket: &str) -> Call<Option<String>> {
        let send = self.s3.get_bucket_encryption().bucket(bucket).send();
        let answer = self.call("s3:GetEncryptionConfiguration", send)?;
        let Some(encryption) = answer.server_side_encryption_configuration() else { return Ok(None) };
        let mut rules = encryption.rules().iter();
        let default = rules.find_map(|rule| rule.apply_server_side_encryption_by_default());
        let key = default.and_then(|default| default.kms_master_key_id());
        // AWS's own key allows every principal of the account, through S3. By its ARN it looks like any other.
        Ok(key.filter(|key| !key.ends_with("alias/aws/s3")).map(str::to_owned))
    }

    fn object(&self, bucket: &Bucket, key: &str) -> Call<Option<ObjectHead>> {
        let request = self.s3.head_object().bucket(&bucket.name).key(key);
        let request = request.checksum_mode(ChecksumMode::Enabled);
        let send = request.set_expected_bucket_owner(bucket.owner.clone()).send();
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

    fn put_object(&self, bucket: &Bucket, key: &str, bytes: &[u8], sha256: &str) -> Call<()> {
        let patience = TimeoutConfig::builder().operation_attempt_timeout(UPLOAD_TIMEOUT).build();
        let patience = aws_sdk_s3::config::Builder::new().timeout_config(patience);
        let send = self
            .s3
            .put_object()
            .bucket(&bucket.name)
            .key(key)
            .set_expected_bucket_owner(bucket.owner.clone())
            // One request, never parts: S3 then keeps the SHA-256 of the whole, which the instances look for.
            .checksum_algorithm(ChecksumAlgorithm::Sha256)
            .checksum_sha256(sha256)
            .body(ByteStream::from(bytes.to_vec()))
            .customize()
            .config_override(patience)
            .send();
        self.call("s3:PutObject", send).map(drop)
    }

    fn delete_versions(&self, bucket: &Bucket, versions: &[ObjectVersion]) -> Call<()> {
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
        let send = self.s3.delete_objects().bucket(&bucket.name).delete(delete);
        let send = send.set_expected_bucket_owner(bucket.owner.clone()).send();
        let answer = self.call("s3:DeleteObjectVersion", send)?;
        match answer.errors().first() {
            None => Ok(()),
            Some(error) => Err(CallError {
                kind: CallErrorKind::of("s3:DeleteObjectVersion", error.code(), 200),
                code: error.code().map(str::to_owned),
                ..refused(error.message().unwrap_or_default().to_owned())
            }),
        }
    }

    fn object_url(&self, bucket: &Bucket, key: &str) -> String {
        match self.config.endpoint_url() {
            Some(endpoint) => format!("{}/{}/{key}", endpoint.trim_end_matches('/'), bucket.name),
            None => {
                let end = if self.region.starts_with("cn-") { ".cn" } else { "" };
                format!("https://{}.s3.{}.amazonaws.com{end}/{key}", bucket.name, self.region)
            }
        }
    }

    fn object_versions(&self, bucket: &Bucket) -> Call<Option<Vec<ObjectVersion>>> {
        self.list_versions(bucket, None)
    }

    fn versions_of(&self, bucket: &Bucket, key: &str) -> Call<Vec<ObjectVersion>> {
        let mut versions = self.list_versions(bucket, Some(key))?.unwrap_or_default();
        versions.retain(|version| version.key == key);
        Ok(versions)
    }

    fn delete_bucket(&self, bucket: &Bucket) -> Call<()> {
        let request = self.s3.delete_bucket().bucket(&bucket.name);
        let send = request.set_expected_bucket_owner(bucket.owner.clone()).send();
        match self.call("s3:DeleteBucket", send) {
            Err(error) if error.kind == CallErrorKind::NotFound => Ok(()),
            answer => answer.map(drop),
        }
    }
}
