//! Places in S3: the destination, and buckets that other destinations need.

use super::super::{Context, names};
use super::prefix;
use crate::aws::limits::firehose;
use crate::aws::limits::names as rules;
use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::pipeline::S3Location;
use crate::spec::SECONDS_PER_DAY;

/// A lifecycle rule counts days in 32 bits with a sign. S3 API, LifecycleExpiration.
const EXPIRE_DAYS_MAX: u64 = 2_147_483_647;

pub(super) fn check(context: &mut Context, location: &S3Location) {
    object_names(context, location);
    bucket(context, location);
    prefix::check(context, location);
}

fn object_names(context: &mut Context, location: &S3Location) {
    let mut found = Vec::new();
    if let Some(zone) = &location.time_zone {
        found.extend(names::against(
            &firehose::CUSTOM_TIME_ZONE,
            zone,
            Code::TimeZone,
            "write a zone by its place, as in `Europe/Berlin`, or `UTC`",
        ));
    }
    if let Some(extension) = &location.file_extension {
        found.extend(names::against(
            &firehose::FILE_EXTENSION,
            extension,
            Code::FileExtension,
            &match format!(".{}", extension.value.trim_start_matches('.').to_lowercase()) {
                better if firehose::FILE_EXTENSION.check(&better).is_ok() => {
                    format!("write `file_extension: {better}`")
                }
                _ => "write a dot and lower-case letters, as in `.jsonl`".into(),
            },
        ));
    }
    found.into_iter().for_each(|diagnostic| context.report(diagnostic));
}

fn bucket(context: &mut Context, location: &S3Location) {
    let mut found = Vec::new();
    if let Some(expire) = &location.expire_after
        && (expire.value == 0
            || !expire.value.is_multiple_of(SECONDS_PER_DAY)
            || expire.value / SECONDS_PER_DAY > EXPIRE_DAYS_MAX)
    {
        found.push(Diagnostic::error(
            Code::OutOfRange,
            expire.span,
            format!("objects expire after 1 to {EXPIRE_DAYS_MAX} whole days"),
            format!(
                "write `expire_after: {} d`",
                expire.value.div_ceil(SECONDS_PER_DAY).clamp(1, EXPIRE_DAYS_MAX)
            ),
        ));
    }
    if let Some(bucket) = &location.bucket {
        if bucket.value.starts_with("arn:") || bucket.value.starts_with("s3://") {
            let name = bucket.value.trim_start_matches("s3://").rsplit(':').next().unwrap_or_default();
            let name = name.split('/').next().unwrap_or_default();
            found.push(Diagnostic::error(
                Code::BucketName,
                bucket.span,
                "a bucket is given by its name alone",
                format!("write `bucket: {name}`"),
            ));
        } else {
            found.extend(names::against(
                &rules::S3_BUCKET,
                bucket,
                Code::BucketName,
                "write the name of an existing bucket: 3 to 63 lower-case letters, digits, dots and hyphens",
            ));
        }
        if let Some(expire) = &location.expire_after {
            found.push(
                Diagnostic::error(
                    Code::ConflictingKeys,
                    expire.span,
                    "objects expire by their bucket's own rules, and this bucket is not the stack's",
                    "remove `expire_after`, and set a lifecycle rule where the bucket is made",
                )
                .related(bucket.span, "an existing bucket"),
            );
        }
    }
    found.into_iter().for_each(|diagnostic| context.report(diagnostic));
}
