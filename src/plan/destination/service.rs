//! What all destinations have that are not S3, and what a kind of them has to say.

use serde::Serialize;

use super::super::alarms::{Compare, FIVE_MINUTES, MINUTE, Rule, Span};
use super::super::existing::Existing;
use super::super::grants::{Condition, Grant, grant, key};
use super::super::value::Value;
use super::super::{DeliveryPlan, S3LocationPlan};
use super::{DestinationPlan, Shown};
use crate::aws::destinations::{Capabilities, Denied, Fallback};
use crate::aws::existing;
use crate::pipeline::{Delivery, Encryption, Pipeline, Purpose, Secret, Service};
use crate::spec::{AlarmKey, Duration};
use crate::table::fields::Fields;

/// What the template needs of any destination that is not S3, and what people need to know about it.
#[derive(Clone, Debug, Serialize)]
pub struct ServicePlan {
    /// What it is.
    #[serde(skip)]
    pub name: &'static str,
    /// Its address.
    #[serde(skip)]
    pub url: String,
    /// ARN of the secret.
    pub secret: Option<String>,
    /// Seconds that Firehose retries.
    pub retry: u64,
    /// `S3BackupMode`.
    pub backup: &'static str,
    /// Whether the bucket beside it gets all records.
    #[serde(skip)]
    pub backs_up_all: bool,
    /// What it uses and the stack does not create.
    #[serde(skip)]
    pub existing: Vec<Existing>,
    /// What data transfer costs.
    #[serde(skip)]
    pub data_transfer: &'static str,
    /// Where the records go, in a few words.
    #[serde(skip)]
    pub address: String,
    /// What is to be known of it, by its name in the JSON.
    #[serde(skip)]
    pub facts: Vec<(&'static str, String)>,
    /// The same in sentences.
    #[serde(skip)]
    pub notes: Vec<String>,
    /// What its owner has to do, as lines to read and to type.
    #[serde(skip)]
    pub other_side: Vec<String>,
}

/// A kind of destination that is not S3.
pub(super) trait Kind {
    /// What the template needs.
    fn values(&self, site: &Site) -> DestinationPlan;
    /// What it is.
    fn name(&self) -> &'static str;
    /// Its address.
    fn url(&self) -> &str;
    /// What Firehose needs to deliver, besides reading the secret.
    fn grants(&self) -> Vec<Grant> {
        Vec::new()
    }
    /// The stack's own resources: logical ids with their types. Firehose's stream is created after them.
    fn resources(&self, _delivery: &Delivery) -> Vec<(String, &'static str)> {
        Vec::new()
    }
    /// What it uses and the stack does not create, besides the secret and its key.
    fn existing(&self, _service: &Service) -> Vec<Existing> {
        Vec::new()
    }
    /// What data transfer costs, and why no line says how much.
    fn data_transfer(&self) -> &'static str;
    /// Where the records go, in a few words.
    fn address(&self) -> String;
    /// What is to be known of it, by its name in the JSON.
    fn facts(&self, site: &Site) -> Vec<(&'static str, String)>;
    /// What else is to be known of it, in sentences.
    fn notes(&self, _site: &Site) -> Vec<String> {
        Vec::new()
    }
    /// What its owner has to do, as lines to read and to type.
    fn other_side(&self, site: &Site) -> Vec<String>;
}

/// A destination in its pipeline.
#[derive(Clone, Copy)]
pub(super) struct Site<'a> {
    pub pipeline: &'a Pipeline,
    pub delivery: &'a Delivery,
    pub service: &'a Service,
    /// The fields of what is delivered, as far as they are known.
    pub fields: Option<&'a Fields>,
}

pub(super) fn plan(site: &Site, kind: &dyn Kind) -> ServicePlan {
    let Site { pipeline, delivery, service, .. } = *site;
    let all = service.backup.all.value;
    let fallback: Option<&Fallback> = delivery.destination.capabilities().fallback.as_ref();
    let mode = fallback.map(|fallback| fallback.all.filter(|_| all).unwrap_or(fallback.failed));
    let mut other_side: Vec<String> =
        service.secret.iter().flat_map(|secret| stored(secret, &pipeline.region.value)).collect();
    other_side.extend(kind.other_side(site));
    ServicePlan {
        name: kind.name(),
        url: kind.url().to_owned(),
        secret: service.secret.as_ref().map(|secret| secret.arn.value.clone()),
        retry: service.retry.value,
        backup: mode.unwrap_or_default(),
        backs_up_all: all,
        existing: secrets(service).into_iter().chain(kind.existing(service)).collect(),
        data_transfer: kind.data_transfer(),
        address: kind.address(),
        facts: kind.facts(site),
        notes: kind.notes(site),
        other_side,
    }
}

/// The secret, and the key that encrypts it.
fn secrets(service: &Service) -> Vec<Existing> {
    let Some(secret) = &service.secret else { return Vec::new() };
    let at = |key: &str| format!("{}/{key}", service.spec);
    let key = secret.key.as_ref().map(|key| &key.value);
    let declared = key.map_or("alias/aws/secretsmanager", String::as_str);
    let of_secret = Existing::new(&existing::SECRET, &secret.arn.value, at("secret")).with(
        "key",
        &declared,
        at("secret"),
    );
    let of_key = key.map(|key| Existing::new(&existing::KEY, key, at("secret_kms_key")));
    [of_secret].into_iter().chain(of_key).collect()
}

/// What Firehose needs to log in and to deliver.
pub(super) fn grants(service: &Service, kind: &dyn Kind) -> Vec<Grant> {
    let grants = kind.grants();
    let Some(Secret { arn, key: own, .. }) = &service.secret else { return grants };
    let secret = || vec![Value::text(&arn.value)];
    let because = "Firehose logs in to the destination with this secret.";
    let read = grant("ReadSecret", &["secretsmanager:GetSecretValue"], secret(), because);
    let own = own.as_ref().map(|own| Encryption::CustomerKey(own.value.clone()));
    let because = "The secret is encrypted with this key.";
    let decrypt = own.and_then(|own| key(&own, "DecryptSecret", &["kms:Decrypt"], "secretsmanager", because));
    let decrypt = decrypt.map(|mut grant| {
        let key = "kms:EncryptionContext:SecretARN";
        grant.conditions.push(Condition { operator: "StringEquals", key, values: secret() });
        grant
    });
    grants.into_iter().chain([read]).chain(decrypt).collect()
}

/// How the secret's value is stored.
fn stored(secret: &Secret, region: &str) -> Vec<String> {
    let fields: Vec<String> = secret.fields.iter().map(|field| format!("\"{field}\": \"..\"")).collect();
    vec![
        format!(
            "the secret contains {{{}}}; Firehose reads a new value within 10 minutes:",
            fields.join(", ")
        ),
        format!(
            "  aws secretsmanager put-secret-value --region {region} --secret-id {} --secret-string file://secret.json",
            secret.arn.value
        ),
    ]
}

/// Whether records are late, and whether they are written at all.
pub(super) fn alarms(to: &Capabilities, late: u64, logs: &str) -> Vec<Rule> {
    let freshness = Rule::new(
        AlarmKey::Freshness,
        (to.watched.freshness, "Maximum"),
        Span(FIVE_MINUTES, 1, 1),
        Compare::Above,
        late as f64,
        format!("Records have not reached {} after {}. {logs} shows why.", to.words, Duration(late)),
    );
    let success = &to.watched.success;
    let failures = Rule::new(
        AlarmKey::WriteFailures,
        (success.metric, success.statistic),
        Span(FIVE_MINUTES, 3, 3),
        Compare::Below,
        success.floor,
        format!("{} {logs} shows the error.", to.cannot_write),
    );
    let denied = to.watched.denied.as_ref().map_or_else(Vec::new, |denied| denied_requests(to, denied, logs));
    [freshness, failures].into_iter().chain(denied).collect()
}

/// Whether the destination rejects Firehose. A change of its configuration rejects requests of a few seconds, which Firehose repeats.
fn denied_requests(to: &Capabilities, denied: &Denied, logs: &str) -> Vec<Rule> {
    let rule = |key, metric, fault: &str| {
        let text = format!("{} {fault} {} {logs} shows the error.", capitalized(to.words), denied.cause);
        Rule::new(key, (metric, "Maximum"), Span(MINUTE, 5, 5), Compare::AtLeast, 1.0, text)
    };
    vec![
        rule(AlarmKey::AccessDenied, denied.access, "does not accept Firehose's role."),
        rule(AlarmKey::DeliveryRejected, denied.rejected, "rejects the deliveries."),
    ]
}

/// A text whose first letter is a capital.
fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

impl ServicePlan {
    /// The destination as it is reported.
    pub(super) fn shown(&self, delivery: &DeliveryPlan) -> Shown {
        let backup = delivery.location(Purpose::Backup);
        let at = |prefix: fn(&S3LocationPlan) -> &String| {
            backup.map_or_else(String::new, |at| format!("s3://{}/{}", at.bucket_name.shown(), prefix(at)))
        };
        if let Some(staging) = delivery.location(Purpose::Staging) {
            return self.shown_staged(staging, backup);
        }
        let (records, failed) = (at(|at| &at.prefix), at(|at| &at.error_prefix));
        let kept = if self.backs_up_all { format!("all records -> {records}; ") } else { String::new() };
        let mut facts = self.facts.clone();
        facts.push(("retry", Duration(self.retry).to_string()));
        facts.push(("backup", self.backup.to_owned()));
        if self.backs_up_all {
            facts.push(("backup_records", records));
        }
        facts.push(("backup_errors", failed.clone()));
        Shown {
            line: format!(
                "{}; retried for {}; {kept}failed records -> {failed}",
                self.address,
                Duration(self.retry)
            ),
            facts,
            notes: self.notes.clone(),
            other_side: self.other_side.clone(),
        }
    }

    /// The same of one that loads from a bucket, where what fails is as well.
    fn shown_staged(&self, staging: &S3LocationPlan, backup: Option<&S3LocationPlan>) -> Shown {
        let bucket = staging.address();
        let failed: Vec<String> =
            staging.error_prefixes().iter().map(|folder| format!("{bucket}{folder}")).collect();
        let failed = failed.join(" and ");
        let mut facts = self.facts.clone();
        facts.push(("retry", Duration(self.retry).to_string()));
        facts.push(("staging", bucket.clone()));
        facts.push(("staging_errors", failed.clone()));
        facts.push(("backup", self.backup.to_owned()));
        let mut notes = self.notes.clone();
        if let Some(backup) = backup {
            facts.push(("backup_records", backup.address()));
            notes.push(format!("raw records -> {}, {}", backup.address(), backup.compression));
        }
        Shown {
            line: format!(
                "{}; loaded from {bucket}, retried for {}; failed records -> {failed}",
                self.address,
                Duration(self.retry)
            ),
            facts,
            notes,
            other_side: self.other_side.clone(),
        }
    }
}
