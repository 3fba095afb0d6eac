//! Places in S3: the destination, and buckets that other destinations need.

use super::super::{Context, names};
use super::prefix;
use crate::aws::limits::firehose;
use crate::aws::limits::names as rules;
use crate::aws::time_zones;
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::pipeline::{Delivery, S3Location};
use crate::spec::{Compression, SECONDS_PER_DAY};

/// A lifecycle rule counts days in 32 bits with a sign. S3 API, LifecycleExpiration.
const EXPIRE_DAYS_MAX: u64 = 2_147_483_647;

pub(super) fn check(context: &mut Context, delivery: &Delivery, location: &S3Location) {
    object_names(context, delivery, location);
    bucket(context, location);
    prefix::check(context, delivery, location);
}

fn object_names(context: &mut Context, delivery: &Delivery, location: &S3Location) {
    let mut found = Vec::new();
    if let Some(zone) = location.time_zone.as_ref().filter(|zone| !time_zones::is_accepted(&zone.value)) {
        let help = match time_zones::alike(&zone.value) {
            Some(alike) => format!("write `time_zone: {alike}`"),
            None => {
                let names: Vec<String> = time_zones::names().collect();
                match suggest::nearest(&zone.value, names.iter().map(String::as_str)) {
                    Some(near) if near.split('/').next() == zone.value.split('/').next() => {
                        format!("did you mean `{near}`?")
                    }
                    _ => "write a zone by its place, as in `Europe/Berlin`, or `UTC`".into(),
                }
            }
        };
        let message =
            format!("`{}` is not on Firehose's list of time zones, which has older names", zone.value);
        found.push(Diagnostic::error(Code::TimeZone, zone.span, message, help));
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
    found.extend(extension(location, delivery));
    found.into_iter().for_each(|diagnostic| context.report(diagnostic));
}

/// Endings by which readers know how to unpack an object. Athena and Spark go by the name alone. The first is Firehose's
/// own; Firehose guide, "Configure Amazon S3 object name format", 2026-11.
fn endings(compression: Compression) -> &'static [&'static str] {
    match compression {
        Compression::None => &[],
        Compression::Gzip => &[".gz"],
        Compression::Zip => &[".zip"],
        Compression::Snappy => &[".snappy"],
        Compression::HadoopSnappy => &[".hsnappy", ".snappy"],
    }
}

/// Endings of what is packed or no text, which Firehose does not write here.
const OTHER_ENDINGS: [&str; 8] = [".gzip", ".bz2", ".zst", ".lz4", ".xz", ".parquet", ".orc", ".avro"];

/// An extension that makes readers unpack what is not packed, or not unpack what is.
fn extension(location: &S3Location, delivery: &Delivery) -> Option<Diagnostic> {
    if delivery.destination.s3().is_some_and(|s3| s3.format.value.is_columnar()) {
        // The format decides; see `conversion`.
        return None;
    }
    let extension = location.file_extension.as_ref()?;
    if firehose::FILE_EXTENSION.check(&extension.value).is_err() {
        return None;
    }
    let all = [Compression::Gzip, Compression::Zip, Compression::Snappy, Compression::HadoopSnappy];
    let own = endings(location.compression);
    if own.iter().any(|ending| extension.value.ends_with(ending)) {
        return None;
    }
    let of_another = all.into_iter().flat_map(endings).chain(&OTHER_ENDINGS);
    let other = of_another.copied().find(|ending| extension.value.ends_with(ending));
    let plain = other.map_or(extension.value.as_str(), |ending| extension.value.trim_end_matches(ending));
    let (message, better) = match (own.first(), other) {
        (None, None) => return None,
        (None, Some(ending)) => (
            format!("the objects are text, but readers would interpret `{ending}` differently"),
            if plain.is_empty() { ".jsonl".to_owned() } else { plain.to_owned() },
        ),
        (Some(own), _) => (
            format!(
                "readers unpack objects by the end of their names, and `{}` does not end in `{own}`",
                extension.value
            ),
            format!("{plain}{own}"),
        ),
    };
    let named = all.into_iter().find(|kind| other.is_some_and(|ending| endings(*kind).contains(&ending)));
    let instead = match named.map(Compression::name) {
        Some(name) => format!(", or `compression: {name}`"),
        None if own.is_empty() => String::new(),
        None => ", or remove it for the extension of the compression".into(),
    };
    let help = format!("write `file_extension: {better}`{instead}");
    Some(Diagnostic::warning(Code::ExtensionMismatch, extension.span, message, help))
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
            let (name, below) = name.split_once('/').unwrap_or((name, ""));
            let below = below.trim_matches('/');
            let prefix =
                if below.is_empty() { String::new() } else { format!(" and `prefix: \"{below}/\"`") };
            found.push(Diagnostic::error(
                Code::BucketName,
                bucket.span,
                "a bucket is given by its name alone",
                format!("write `bucket: {name}`{prefix}"),
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
