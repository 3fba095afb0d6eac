//! Places in S3 that Firehose writes to, and the stack's own buckets for them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use super::grants::{Grant, grant, key};
use super::resources::Resource;
use super::value::{Value, literal};
use crate::aws::limits::MIB;
use crate::resolve::pipeline::{Delivery, Encryption, Pipeline, Purpose, S3Location, Sink};
use crate::spec::{Compression, SECONDS_PER_DAY};

/// What the keys of faults begin with.
pub const ERROR_ROWS_PREFIX: &str = "errors/query/";

/// A place in S3.
#[derive(Clone, Debug, Serialize)]
pub struct S3LocationPlan {
    /// What it is for.
    pub purpose: Purpose,
    /// Its place in the spec, a JSON pointer.
    pub spec: &'static str,
    /// Logical id of the bucket; `None` where that is not the stack's.
    pub logical_id: Option<&'static str>,
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
    pub logical_id: &'static str,
    /// Logical id of the bucket for its access logs.
    pub access_logs: String,
    /// What it is for.
    pub purpose: Purpose,
    /// Its place in the spec, a JSON pointer.
    pub spec: &'static str,
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
pub(super) fn locations(pipeline: &Pipeline) -> BTreeMap<Purpose, S3LocationPlan> {
    let delivery = &pipeline.delivery;
    let sinks = delivery.destination.sinks().into_iter();
    let of = |sink: Sink| Some((sink.purpose(), plan(delivery, sink.purpose(), sink.location()?)));
    sinks.filter_map(of).collect()
}

/// Plans the place in S3 for the faults of the query.
pub(super) fn faults(pipeline: &Pipeline) -> S3LocationPlan {
    let (purpose, location) = pipeline.delivery.destination.failures();
    S3LocationPlan {
        prefix: ERROR_ROWS_PREFIX.into(),
        error_prefix: format!("{ERROR_ROWS_PREFIX}!{{firehose:error-output-type}}/"),
        file_extension: None,
        time_zone: None,
        ..plan(&pipeline.delivery, purpose, location)
    }
}

fn plan(delivery: &Delivery, purpose: Purpose, location: &S3Location) -> S3LocationPlan {
    let (buffer_size, buffer_interval) = delivery.buffer(purpose);
    S3LocationPlan {
        purpose,
        spec: location.spec,
        logical_id: Sink::Bucket(purpose, location).logical_id(),
        output: (format!("{}Name", purpose.bucket()), purpose.description()),
        bucket_arn: arns(purpose, location, "*").0,
        bucket_name: match &location.bucket {
            Some(bucket) => Value::text(&bucket.value),
            None => Value::reference(purpose.bucket()),
        },
        buffer_size: buffer_size / MIB,
        buffer_interval,
        prefix: location.prefix.value.clone(),
        error_prefix: location.error_prefix.value.clone(),
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
            logical_id,
            access_logs: access_logs(logical_id),
            purpose: sink.purpose(),
            spec: location.spec,
            key: customer_key(&location.encryption.value),
            expire_days: location.expire_after.as_ref().map(|time| time.value / SECONDS_PER_DAY),
            noncurrent_days: 30,
            abort_days: 7,
            access_log_days: 90,
        })
    };
    pipeline.delivery.destination.sinks().into_iter().filter_map(own).collect()
}

fn access_logs(bucket: &str) -> String {
    format!("AccessLog{bucket}")
}

/// The resources of a bucket of the stack's own.
pub(super) fn resources(spec: &'static str, bucket: &str) -> Vec<Resource> {
    let resource = |logical_id: String, resource_type| Resource {
        logical_id: Cow::Owned(logical_id),
        resource_type,
        spec: Cow::Borrowed(spec),
    };
    let logs = access_logs(bucket);
    vec![
        resource(bucket.into(), "AWS::S3::Bucket"),
        resource(format!("{bucket}Policy"), "AWS::S3::BucketPolicy"),
        resource(logs.clone(), "AWS::S3::Bucket"),
        resource(format!("{logs}Policy"), "AWS::S3::BucketPolicy"),
    ]
}

/// ARN of a bucket, and of the objects in it whose keys are such.
fn arns(purpose: Purpose, location: &S3Location, keys: &str) -> (Value, Value) {
    match &location.bucket {
        Some(bucket) => {
            let arn = format!("arn:${{AWS::Partition}}:s3:::{}", literal(&bucket.value));
            (Value::sub(arn.clone()), Value::sub(format!("{arn}/{keys}")))
        }
        None => {
            let bucket = purpose.bucket();
            (Value::arn(bucket), Value::sub(format!("${{{bucket}.Arn}}/{keys}")))
        }
    }
}

/// What writing objects with such keys needs.
pub(super) fn grants(purpose: Purpose, location: &S3Location, keys: &str) -> Vec<Grant> {
    let (bucket, objects) = arns(purpose, location, keys);
    let mut grants = vec![
        grant(
            "FindBucket",
            &["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
            vec![bucket],
            "Firehose looks up the bucket and its incomplete uploads.",
        ),
        grant(
            "WriteObjects",
            &["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
            vec![objects],
            "Firehose writes objects.",
        ),
    ];
    grants.extend(key(
        &location.encryption.value,
        "EncryptObjects",
        &["kms:Decrypt", "kms:GenerateDataKey"],
        "s3",
        "The objects are encrypted with this key.",
    ));
    grants
}
