//! A template that is too large for a request, as an object of the artifacts' bucket.

use sha2::{Digest, Sha256};

use pipec_compiler::hex::hex;

use super::upload;
use crate::cloud::client::{AwsClient, Bucket, Call};
use crate::cloud::stop::Step;
use pipec_compiler::plan::permissions::TEMPLATE_KEY;

/// Hexadecimal digits of the hash in the key.
const KEY_HASH_CHARS: usize = 20;

/// Where a template is.
pub(super) struct LargeTemplate {
    key: String,
    /// Address for CloudFormation.
    pub(super) url: String,
    /// Whether it was not there before.
    sent: bool,
}

impl LargeTemplate {
    /// Sends a template under a key that holds its hash.
    ///
    /// # Errors
    /// As AWS gives them.
    pub(super) fn send(client: &dyn AwsClient, bucket: &Bucket, template: &str) -> Step<Self> {
        let hash = hex(Sha256::digest(template.as_bytes()));
        let key = format!("{TEMPLATE_KEY}{}.yaml", &hash[..KEY_HASH_CHARS]);
        let recorded = upload::recorded(client, bucket, &key)?;
        let sent = upload::send_missing(client, bucket, &key, recorded.as_deref(), template.as_bytes())?;
        Ok(Self { url: client.object_url(bucket, &key), key, sent })
    }

    /// Removes it where it was not there before.
    ///
    /// # Errors
    /// As AWS gives them.
    pub(super) fn take_back(&self, client: &dyn AwsClient, bucket: &Bucket) -> Call<()> {
        if !self.sent {
            return Ok(());
        }
        let versions = client.versions_of(bucket, &self.key)?;
        client.delete_versions(bucket, &versions)
    }
}
