//! `resolve`: a [`Spec`](crate::spec::Spec) to a [`Pipeline`]. Defaults are filled and marked as such, types and paths are read, the SQL
//! file is loaded. What a value means is decided here; whether AWS takes it, in `check`.

mod alarms;
mod analytics;
mod consumers;
mod delivery;
mod destinations;
mod producer;
mod records;
mod references;
mod s3;
mod sources;

pub use delivery::default_error_prefix;
pub use references::MAX_BYTES as REFERENCE_BYTES_MAX;

use std::path::Path as FilePath;

use crate::aws::instance_types::Architecture;
use crate::aws::{limits, regions};
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::parse::{Parsed, Places, step};
use crate::pipeline::{
    Capacity, DEFAULT_HEADROOM_PERCENT, Delivery, Encryption, Existing, Intake, OwnTransform, PathText,
    Pipeline, Setting, Stream, Tag, Transform,
};
use crate::source::{Sources, Span};
use crate::spec::{self, AnalyticsRuntime, CapacityMode, SECONDS_PER_DAY, SECONDS_PER_HOUR};
use crate::world::World;

/// Default of `region`.
pub const DEFAULT_REGION: &str = "us-east-1";
/// Default of `stream.partition_key_size`: a UUID as text.
pub const DEFAULT_PARTITION_KEY_BYTES: u64 = 36;
/// Default of `producer.instance_type`.
pub const DEFAULT_INSTANCE_TYPE: &str = "t3.micro";
/// Default of `producer.generate.seed`.
pub const DEFAULT_SEED: u64 = 1;
/// Largest file of records: it is read with every compilation and travels with the stack.
pub const RECORDS_FILE_BYTES_MAX: u64 = 64 * limits::MIB;
/// Default of `transform.timeout`, seconds: AWS advises a minute for a Firehose transform.
pub const DEFAULT_TRANSFORM_TIMEOUT_S: u64 = 60;
/// Default of `transform.memory`: the function needs a tenth; the rest buys processor share.
pub const DEFAULT_TRANSFORM_MEMORY: u64 = 256 * limits::MIB;
/// Default of `analytics.outputs.<name>.lambda.retries`: AWS's own, without end, holds a shard up for its retention.
pub const DEFAULT_OUTPUT_RETRIES: u64 = 3;
/// Default of `analytics.flink.state_ttl`, seconds: long enough for what reports daily or weekly, and an end.
pub const DEFAULT_STATE_TTL_S: u64 = 7 * SECONDS_PER_DAY;
/// Default of `delivery.s3.error_prefix` in the stack's own bucket; see [`default_error_prefix`].
pub const DEFAULT_ERROR_PREFIX: &str = "errors/!{firehose:error-output-type}/";
/// Default of `logs.retention`, seconds: what AWS's security standard asks for.
pub const DEFAULT_LOG_RETENTION_S: u64 =
    limits::monitoring::LOG_RETENTION_DAYS_SECURITY_HUB * SECONDS_PER_DAY;

/// Default of `alarms.thresholds.iterator_age`, seconds: a restart from a checkpoint takes minutes.
pub const DEFAULT_ITERATOR_AGE_ALARM_S: u64 = 600;
/// Seconds before the end of a retention period within which an alarm on the age of records cannot ring any more: it takes
/// 15 minutes, and the records expire.
const EXPIRY_MARGIN_S: u64 = SECONDS_PER_HOUR;

/// The highest threshold of an alarm on the age of records that are retained for so many seconds.
pub fn age_max(retention: u64) -> u64 {
    retention.saturating_sub(EXPIRY_MARGIN_S).max(EXPIRY_MARGIN_S)
}

/// The pipeline of a spec, and what could not be read.
pub fn resolve(
    parsed: Parsed,
    spec_path: &FilePath,
    world: &dyn World,
    sources: &mut Sources,
) -> (Pipeline, Vec<Diagnostic>) {
    let Parsed { spec, places, environment } = parsed;
    let mut resolver = Resolver { places: &places, diagnostics: Vec::new() };
    let r = &mut resolver;
    let name = r.written("/name", spec.name);
    let environment_name = environment.as_ref().map(|environment| environment.name.clone());
    let (name, base_name) = match environment.filter(|environment| !environment.is_named()) {
        Some(environment) => {
            let (value, span) = environment.name_over(&name.value);
            (Setting { value, span, written: false }, Some(name))
        }
        None => (name, None),
    };
    let (logs, iam) = (spec.logs.unwrap_or_default(), spec.iam.unwrap_or_default());
    let region = spec.region.as_deref().unwrap_or(DEFAULT_REGION);
    // The query needs a transform to run in.
    let runtime =
        spec.analytics.as_ref().map(|analytics| analytics.runtime.unwrap_or(AnalyticsRuntime::Lambda));
    let written = delivery::Deliveries {
        one: spec.delivery,
        several: spec.deliveries,
        transform: spec.transform,
        stream: spec.stream.as_ref().map(|_| r.key("/stream")),
    };
    let deliveries = r.deliveries(written, &name.value, runtime);
    let pipeline = Pipeline {
        span: places.key(""),
        base_name,
        description: spec.description.map(|text| r.written("/description", text)),
        intake: r.intake(spec.stream.as_ref(), &deliveries),
        stream: spec.stream.map(|stream| r.stream(stream, region)),
        region: r.or("/region", spec.region, DEFAULT_REGION.into()),
        producer: spec.producer.and_then(|producer| r.producer(producer, spec_path, world)),
        sources: spec
            .sources
            .into_iter()
            .flatten()
            .filter_map(|(name, source)| r.source(name, source))
            .collect(),
        consumers: spec
            .consumers
            .into_iter()
            .flatten()
            .filter_map(|(name, consumer)| r.consumer(name, consumer))
            .collect(),
        records: spec.records.map(|records| r.records(records)),
        analytics: spec.analytics.map(|analytics| r.analytics(analytics, spec_path, world, sources)),
        deliveries,
        name,
        log_key: logs.kms_key.map(|key| r.written("/logs/kms_key", key)),
        role_boundary: iam.boundary.map(|arn| r.written("/iam/boundary", arn)),
        role_path: iam.path.map(|path| r.written("/iam/path", path)),
        log_retention: r.or(
            "/logs/retention",
            logs.retention.map(|retention| retention.0),
            DEFAULT_LOG_RETENTION_S,
        ),
        tags: r.tags(spec.tags),
        alarms: spec.alarms.map(|alarms| r.alarms(alarms)),
        dashboard: spec.dashboard.unwrap_or(false),
        command: command(spec_path, environment_name.as_deref()),
    };
    (pipeline, resolver.diagnostics)
}

/// What is typed after a command for this pipeline: the file's name, not its path, which differs from machine to machine.
fn command(spec: &FilePath, environment: Option<&str>) -> String {
    let name = spec.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    // Only what a shell takes as one plain word.
    let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    let spec = if plain { name } else { "SPEC" };
    environment.map_or_else(|| spec.to_owned(), |environment| format!("{spec} --env {environment}"))
}

struct Resolver<'a> {
    places: &'a Places,
    diagnostics: Vec<Diagnostic>,
}

impl Resolver<'_> {
    fn written<T>(&self, pointer: &str, value: T) -> Setting<T> {
        Setting { value, span: self.places.value(pointer), written: true }
    }

    /// A value that has no default.
    fn optional<T>(&self, pointer: &str, value: Option<T>) -> Option<Setting<T>> {
        value.map(|value| self.written(pointer, value))
    }

    fn or<T>(&self, pointer: &str, value: Option<T>, default: T) -> Setting<T> {
        let written = value.is_some();
        Setting { value: value.unwrap_or(default), span: self.places.value(pointer), written }
    }

    fn key(&self, pointer: &str) -> Span {
        self.places.key(pointer)
    }

    fn encryption(&self, pointer: &str, encryption: Option<spec::Encryption>) -> Setting<Encryption> {
        match encryption {
            Some(spec::Encryption::Key(key)) => {
                self.written(&format!("{pointer}/kms_key"), Encryption::CustomerKey(key.kms_key))
            }
            Some(spec::Encryption::Mode(_)) => self.written(pointer, Encryption::AwsManaged),
            None => self.or(pointer, None, Encryption::AwsManaged),
        }
    }

    /// The load of the stream; without one, that of the first delivery.
    fn intake(&self, stream: Option<&spec::Stream>, deliveries: &[Delivery]) -> Intake {
        let direct = deliveries.iter().find_map(|delivery| Some(delivery.direct.as_ref()?.intake.clone()));
        match (stream, direct) {
            (Some(stream), _) => Intake {
                record_size: self.written("/stream/record_size", stream.record_size.0),
                records_per_second: self.written("/stream/records_per_second", stream.records_per_second),
                average: self.or("/stream/average", stream.average, stream.records_per_second),
            },
            (None, Some(direct)) => direct,
            // Neither, which `check` reports.
            (None, None) => Intake {
                record_size: self.or("", None, 1),
                records_per_second: self.or("", None, 1.0),
                average: self.or("", None, 1.0),
            },
        }
    }

    fn stream(&self, stream: spec::Stream, region: &str) -> Stream {
        let capacity = match &stream.capacity {
            Some(spec::Capacity::Fixed(fixed)) => {
                self.written("/stream/capacity/shards", Capacity::Fixed(fixed.shards))
            }
            Some(spec::Capacity::Mode(CapacityMode::OnDemand)) => {
                self.written("/stream/capacity", Capacity::OnDemand)
            }
            Some(spec::Capacity::Mode(CapacityMode::Provisioned)) => {
                self.written("/stream/capacity", Capacity::Provisioned)
            }
            None => self.or("/stream/capacity", None, Capacity::Provisioned),
        };
        Stream {
            span: self.key("/stream"),
            existing: stream.existing.map(|arn| Existing {
                name: arn.rsplit('/').next().unwrap_or_default().to_owned(),
                arn: self.written("/stream/existing", arn),
            }),
            partition_key_size: self.or(
                "/stream/partition_key_size",
                stream.partition_key_size.map(|size| size.0),
                DEFAULT_PARTITION_KEY_BYTES,
            ),
            partition_key: stream
                .partition_key
                .clone()
                .map(|text| self.written("/stream/partition_key", path_text(text))),
            max_record_size: self.or(
                "/stream/max_record_size",
                stream.max_record_size.map(|size| size.0),
                limits::kinesis::RECORD_KIB_DEFAULT * limits::KIB,
            ),
            capacity,
            headroom: self.or(
                "/stream/headroom",
                stream.headroom.map(|percent| percent.0),
                DEFAULT_HEADROOM_PERCENT,
            ),
            shard_quota: self.or("/stream/shard_quota", stream.shard_quota, regions::quotas(region).shards),
            retention: self.or(
                "/stream/retention",
                stream.retention.map(|retention| retention.0),
                limits::kinesis::RETENTION_HOURS_DEFAULT * SECONDS_PER_HOUR,
            ),
            encryption: self.encryption("/stream/encryption", stream.encryption.clone()),
        }
    }

    fn transform(&self, at: &str, transform: spec::Transform, separator: &str) -> Transform {
        let of = |key: &str| format!("{at}/{key}");
        let buffer = transform.buffer.unwrap_or_default();
        // What is unpacked comes back many times as large.
        let default_buffer = match transform.unpack {
            Some(_) => limits::firehose::LAMBDA_BUFFER_MIB.min,
            None => limits::firehose::LAMBDA_BUFFER_MIB_DEFAULT,
        };
        let default_buffer = (default_buffer * limits::MIB as f64).ceil() as u64;
        let architecture = transform.architecture.map(|architecture| match architecture {
            spec::Architecture::X86 => Architecture::X86_64,
            spec::Architecture::Arm64 => Architecture::Arm64,
        });
        Transform {
            spec: at.to_owned(),
            span: self.key(at),
            written: at.ends_with("/transform") && self.places.is_written(at),
            own: transform.lambda.map(|own| OwnTransform {
                span: self.key(&of("lambda")),
                function: self.written(&of("lambda/function"), own.function),
                role: self.optional(&of("lambda/role"), own.role),
            }),
            unpack: self.optional(&of("unpack"), transform.unpack),
            append: self.or(&of("append"), transform.append, separator.into()),
            timeout: self.or(
                &of("timeout"),
                transform.timeout.map(|timeout| timeout.0),
                DEFAULT_TRANSFORM_TIMEOUT_S,
            ),
            memory: self.or(&of("memory"), transform.memory.map(|memory| memory.0), DEFAULT_TRANSFORM_MEMORY),
            architecture: self.or(&of("architecture"), architecture, Architecture::X86_64),
            buffer_size: self.or(&of("buffer/size"), buffer.size.map(|size| size.0), default_buffer),
            buffer_interval: self.or(
                &of("buffer/interval"),
                buffer.interval.map(|interval| interval.0),
                limits::firehose::LAMBDA_BUFFER_S_DEFAULT,
            ),
            retries: self.or(&of("retries"), transform.retries, limits::firehose::LAMBDA_RETRIES_DEFAULT),
        }
    }

    fn tags(&self, tags: Option<indexmap::IndexMap<String, String>>) -> Vec<Tag> {
        tags.into_iter()
            .flatten()
            .map(|(key, value)| {
                let pointer = format!("/tags/{}", step(&key));
                let (key_span, value_span) = (self.key(&pointer), self.places.value(&pointer));
                Tag { key, value, key_span, value_span }
            })
            .collect()
    }
}

fn path_text(text: String) -> PathText {
    PathText { path: pipec_path::parse(&text), text }
}

/// What a path that cannot be read tells the user, wherever it stands.
pub fn invalid_path(text: &str, error: &pipec_path::PathError, span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::InvalidPath,
        span,
        format!("`{text}` is not a path: {}", error.message),
        error.help.clone(),
    )
}

/// The help for a file that is not there: one beside it with a name like it.
fn near_file(world: &dyn World, spec: &FilePath, written: &str) -> Option<String> {
    let path = FilePath::new(written);
    let at = spec.parent().unwrap_or(FilePath::new("")).join(path);
    let folder = at.parent().unwrap_or(FilePath::new(""));
    let name = path.file_name()?.to_str()?;
    let spec = spec.file_name().and_then(|name| name.to_str());
    let names = world.names(folder);
    let others = names.iter().map(String::as_str).filter(|other| *other != name && Some(*other) != spec);
    let of_kind = others.filter(|other| FilePath::new(other).extension() == path.extension());
    let near = suggest::nearest(name, of_kind)?;
    Some(format!("did you mean `{}`?", path.with_file_name(near).display()))
}
