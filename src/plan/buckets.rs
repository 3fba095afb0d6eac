//! Places in S3 that Firehose writes to, and the stack's own buckets for them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use super::grants::{Condition, Grant, grant, key};
use super::resources::Resource;
use super::value::{Value, literal, policy_literal};
use crate::aws::destinations::{NOT_LOADED, NOT_PROCESSED};
use crate::aws::limits::MIB;
pub use crate::pipeline::literal_head;
use crate::pipeline::{Delivery, Encryption, Pipeline, Purpose, S3Location, Sink};
use crate::spec::{Compression, SECONDS_PER_DAY};

/// What the keys of the query's faults begin with. In a bucket that is not the stack's, other pipelines may write theirs
/// as well.
pub(super) fn error_rows_prefix(pipeline: &str, location: &S3Location) -> String {
    match &location.bucket {
        Some(_) => format!("errors/{pipeline}/query/"),
        None => "errors/query/".into(),
    }
}

/// A place in S3.
#[derive(Clone, Debug, Serialize)]
pub struct S3LocationPlan {
    /// What it is for.
    pub purpose: Purpose,
    /// Its place in the spec, a JSON pointer.
    pub spec: String,
    /// Logical id of the bucket; `None` where that is not the stack's.
    pub logical_id: Option<String>,
    /// The stack's output that names the bucket, and what that says of it.
    pub output: (String, &'static str),
    /// ARN of the bucket.
    pub bucket_arn: Value,
    /// Name of the bucket.
    pub bucket_name: Value,
    /// MiB that are collected for one object.
    pub buffer_size: u64,
    /// Seconds that are collected for one object.
    pub buffer_interval: u64,
    /// What keys begin with.
    pub prefix: String,
    /// The same for what could not be processed.
    pub error_prefix: String,
    /// The same for the faults of the query.
    pub error_rows_prefix: String,
    /// Firehose's word for the compression.
    pub compression: &'static str,
    /// What names end in.
    pub file_extension: Option<String>,
    /// Time zone of timestamp expressions.
    pub time_zone: Option<String>,
    /// ARN of the customer's key.
    pub key: Option<String>,
}

/// A bucket of the stack's own.
#[derive(Clone, Debug, Serialize)]
pub struct BucketPlan {
    /// Logical id.
    pub logical_id: String,
    /// Logical id of the bucket for its access logs.
    pub access_logs: String,
    /// What it is for.
    pub purpose: Purpose,
    /// Its place in the spec, a JSON pointer.
    pub spec: String,
    /// ARN of the customer's key.
    pub key: Option<String>,
    /// Days until objects expire.
    pub expire_days: Option<u64>,
    /// Days until a version that is no longer current goes.
    pub noncurrent_days: u64,
    /// Days until an unfinished upload goes.
    pub abort_days: u64,
    /// Days that access logs are kept.
    pub access_log_days: u64,
}

/// Plans the places in S3 that Firehose writes to.
pub(super) fn locations(pipeline: &Pipeline, delivery: &Delivery) -> BTreeMap<Purpose, S3LocationPlan> {
    let sinks = delivery.destination.sinks().into_iter();
    let name = &pipeline.name.value;
    let of = |sink: Sink| Some((sink.purpose(), plan(name, delivery, sink.purpose(), sink.location()?)));
    sinks.filter_map(of).collect()
}

/// Plans the place in S3 for the faults of the query.
pub(super) fn faults(pipeline: &Pipeline, delivery: &Delivery) -> S3LocationPlan {
    let (purpose, location) = delivery.destination.failures();
    let prefix = error_rows_prefix(&pipeline.name.value, location);
    S3LocationPlan {
        error_prefix: format!("{prefix}!{{firehose:error-output-type}}/"),
        prefix,
        file_extension: None,
        time_zone: None,
        ..plan(&pipeline.name.value, delivery, purpose, location)
    }
}

fn plan(name: &str, delivery: &Delivery, purpose: Purpose, location: &S3Location) -> S3LocationPlan {
    let (buffer_size, buffer_interval) = delivery.buffer(purpose);
    S3LocationPlan {
        purpose,
        spec: location.spec.clone(),
        logical_id: Sink::Bucket(purpose, location).logical_id(),
        output: (
            format!("{}{}Name", purpose.bucket(), location.suffix),
            delivery.destination.bucket_description(purpose),
        ),
        bucket_arn: bucket_arn(purpose, location),
        bucket_name: match &location.bucket {
            Some(bucket) => Value::text(&bucket.value),
            None => Value::reference(&own_bucket(purpose, location)),
        },
        buffer_size: buffer_size / MIB,
        buffer_interval,
        prefix: location.prefix.value.clone(),
        error_prefix: location.error_prefix.value.clone(),
        error_rows_prefix: error_rows_prefix(name, location),
        compression: match location.compression {
            Compression::None => "UNCOMPRESSED",
            Compression::Gzip => "GZIP",
            Compression::Zip => "ZIP",
            Compression::Snappy => "Snappy",
            Compression::HadoopSnappy => "HADOOP_SNAPPY",
        },
        file_extension: location.file_extension.as_ref().map(|extension| extension.value.clone()),
        time_zone: location.time_zone.as_ref().map(|zone| zone.value.clone()),
        key: customer_key(&location.encryption.value),
    }
}

impl S3LocationPlan {
    /// What the keys of records that failed begin with. Where records are loaded from, Firehose's own folders.
    pub fn error_prefixes(&self) -> Vec<&str> {
        match self.purpose {
            Purpose::Staging => vec![NOT_LOADED, NOT_PROCESSED],
            Purpose::Destination | Purpose::Backup => vec![&self.error_prefix],
        }
    }

    /// Where keys that begin with this are, for people.
    pub fn address(&self) -> String {
        format!("s3://{}/{}", self.bucket_name.shown(), self.prefix)
    }
}

fn customer_key(encryption: &Encryption) -> Option<String> {
    match encryption {
        Encryption::CustomerKey(arn) => Some(arn.clone()),
        Encryption::AwsManaged => None,
    }
}

/// Plans the stack's own buckets.
pub(super) fn plans(pipeline: &Pipeline) -> Vec<BucketPlan> {
    let own = |sink: Sink| {
        let (logical_id, location) = sink.logical_id().zip(sink.location())?;
        Some(BucketPlan {
            access_logs: access_logs(&logical_id),
            logical_id,
            purpose: sink.purpose(),
            spec: location.spec.clone(),
            key: customer_key(&location.encryption.value),
            expire_days: location.expire_after.as_ref().map(|time| time.value / SECONDS_PER_DAY),
            noncurrent_days: 30,
            abort_days: 7,
            access_log_days: 90,
        })
    };
    pipeline.deliveries.iter().flat_map(|delivery| delivery.destination.sinks()).filter_map(own).collect()
}

fn access_logs(bucket: &str) -> String {
    format!("AccessLog{bucket}")
}

/// The resources of a bucket of the stack's own.
pub(super) fn resources(spec: &str, bucket: &str) -> Vec<Resource> {
    let resource = |logical_id: String, resource_type| Resource {
        logical_id: Cow::Owned(logical_id),
        resource_type,
        spec: Cow::Owned(spec.to_owned()),
    };
    let logs = access_logs(bucket);
    vec![
        resource(bucket.into(), "AWS::S3::Bucket"),
        resource(format!("{bucket}Policy"), "AWS::S3::BucketPolicy"),
        resource(logs.clone(), "AWS::S3::Bucket"),
        resource(format!("{logs}Policy"), "AWS::S3::BucketPolicy"),
    ]
}

/// Logical id of the stack's own bucket.
fn own_bucket(purpose: Purpose, location: &S3Location) -> String {
    format!("{}{}", purpose.bucket(), location.suffix)
}

/// ARN of a bucket.
fn bucket_arn(purpose: Purpose, location: &S3Location) -> Value {
    match &location.bucket {
        Some(bucket) => Value::sub(format!("arn:${{AWS::Partition}}:s3:::{}", literal(&bucket.value))),
        None => Value::arn(&own_bucket(purpose, location)),
    }
}

/// ARN of the objects whose keys begin with a text.
fn object_arn(purpose: Purpose, location: &S3Location, head: &str) -> Value {
    let head = policy_literal(head);
    match &location.bucket {
        Some(bucket) => {
            Value::sub(format!("arn:${{AWS::Partition}}:s3:::{}/{head}*", literal(&bucket.value)))
        }
        None => Value::sub(format!("${{{}.Arn}}/{head}*", own_bucket(purpose, location))),
    }
}

/// What the keys of all objects of a place begin with, as far as that is fixed. All of the stack's own bucket is for
/// them.
pub(super) fn heads(location: &S3Location) -> Vec<&str> {
    match &location.bucket {
        Some(_) => least(&[&location.prefix.value, &location.error_prefix.value].map(|of| literal_head(of))),
        None => vec![""],
    }
}

/// Beginnings without those that begin with another one.
fn least<'a>(heads: &[&'a str]) -> Vec<&'a str> {
    let mut sorted = heads.to_vec();
    sorted.sort_unstable();
    let mut least: Vec<&str> = Vec::new();
    for head in sorted {
        if !least.iter().any(|known| head.starts_with(known)) {
            least.push(head);
        }
    }
    least
}

/// What writing objects needs whose keys have one of these beginnings.
pub(super) fn grants(purpose: Purpose, location: &S3Location, heads: &[&str]) -> Vec<Grant> {
    let bucket = bucket_arn(purpose, location);
    let objects: Vec<Value> = heads.iter().map(|head| object_arn(purpose, location, head)).collect();
    let mut grants = if heads.contains(&"") {
        vec![grant(
            "FindBucket",
            &["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
            vec![bucket.clone()],
            "Firehose looks up the bucket and its incomplete uploads.",
        )]
    } else {
        let mut list = grant(
            "ListObjects",
            &["s3:ListBucket"],
            vec![bucket.clone()],
            "Firehose lists objects under its prefixes. `IfExists` also allows requests without a prefix, which looking up \
             the bucket needs; they can list the whole bucket.",
        );
        list.conditions = vec![Condition {
            operator: "StringLikeIfExists",
            key: "s3:prefix",
            values: heads.iter().map(|head| Value::sub(format!("{}*", policy_literal(head)))).collect(),
        }];
        vec![
            grant(
                "LocateBucket",
                &["s3:GetBucketLocation", "s3:ListBucketMultipartUploads"],
                vec![bucket.clone()],
                "Firehose looks up the bucket and its incomplete uploads.",
            ),
            list,
        ]
    };
    grants.push(grant(
        "WriteObjects",
        &["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
        objects.clone(),
        match heads.contains(&"") {
            true => "Firehose writes objects.",
            false => "Firehose writes objects under its prefixes only.",
        },
    ));
    grants.extend(
        key(
            &location.encryption.value,
            "EncryptObjects",
            &["kms:Decrypt", "kms:GenerateDataKey"],
            "s3",
            "The objects are encrypted with this key. The context is the object, or the bucket if it has a bucket key.",
        )
        .map(|mut grant| {
            grant.conditions.push(Condition {
                operator: "StringLike",
                key: "kms:EncryptionContext:aws:s3:arn",
                values: std::iter::once(bucket).chain(objects).collect(),
            });
            grant
        }),
    );
    grants
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::fixture::planned;

    /// The resources and conditions of Firehose's permissions in S3 and on keys.
    fn permissions(s3: &str) -> String {
        let spec = format!(
            "name: orders\nstream: {{ record_size: 1 KiB, records_per_second: 10 }}\ndelivery: {{ s3: {s3} }}\n"
        );
        let (plan, _) = planned(&spec);
        let role = plan.roles.iter().find(|role| role.logical_id == "DeliveryRole").expect("a role");
        let mut lines = Vec::new();
        for grant in &role.grants {
            if grant.actions.iter().any(|action| action.starts_with("s3:") || action.starts_with("kms:")) {
                let shown = |values: &[Value]| values.iter().map(Value::shown).collect::<Vec<_>>().join(" ");
                lines.push(format!("{}: {}", grant.sid, shown(&grant.resources)));
                for condition in &grant.conditions {
                    lines.push(format!("  {} {}", condition.key, shown(&condition.values)));
                }
            }
        }
        lines.join("\n")
    }

    #[test]
    fn permissions_on_a_bucket_of_others_end_at_the_fixed_parts_of_the_prefixes() {
        let bucket = "arn:${AWS::Partition}:s3:::our-lake";
        assert_eq!(
            permissions("{ bucket: our-lake, prefix: 'team/orders/!{timestamp:yyyy}/' }"),
            [
                format!("LocateBucket: {bucket}"),
                format!("ListObjects: {bucket}"),
                "  s3:prefix errors/orders/* team/orders/*".into(),
                format!("WriteObjects: {bucket}/errors/orders/* {bucket}/team/orders/*"),
            ]
            .join("\n")
        );
    }

    #[test]
    fn a_prefix_that_begins_with_an_expression_leaves_the_whole_bucket() {
        let all = permissions("{ bucket: our-lake, prefix: '!{timestamp:yyyy}/' }");
        assert!(all.contains("WriteObjects: arn:${AWS::Partition}:s3:::our-lake/*"), "{all}");
        assert!(!all.contains("s3:prefix"), "{all}");
    }

    #[test]
    fn letters_with_a_meaning_in_policies_are_escaped() {
        let all = permissions("{ bucket: our-lake, prefix: 'a*b?c$/', error_prefix: 'a*b?c$/errors/' }");
        assert!(all.contains("s3:::our-lake/a${!*}b${!?}c${!$}/*"), "{all}");
        assert!(!all.contains("errors"), "the error prefix lies within the prefix: {all}");
    }

    #[test]
    fn a_key_is_for_the_objects_of_the_pipeline_only() {
        let key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        let all = permissions(&format!("{{ bucket: lake, prefix: a/, encryption: {{ kms_key: '{key}' }} }}"));
        let bucket = "arn:${AWS::Partition}:s3:::lake";
        assert!(
            all.ends_with(&format!(
                "EncryptObjects: {key}\n  kms:ViaService s3.${{AWS::Region}}.${{AWS::URLSuffix}}\n  \
                 kms:EncryptionContext:aws:s3:arn {bucket} {bucket}/a/* {bucket}/errors/orders/*"
            )),
            "{all}"
        );
    }
}
