//! The EC2 producer: what it sends, and what carries it.

use super::Context;
use crate::aws::instance_types::{self, Architecture, InstanceType};
use crate::aws::limits::{MIB, ec2};
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::instances::{InstanceNeed, instances};
use crate::pipeline::{PartitionKey, Pipeline, Producer, ProducerSource};
use crate::producer_config;
use crate::programs::Program;
use crate::resolve::invalid_path;
use crate::spec::ByteSize;

/// Most instances that are computed from a rate. Instances fetch independently of each other, so more of them is a
/// decision, not arithmetic; beyond this a larger type is the better answer.
const COMPUTED_INSTANCES_MAX: u64 = 4;
/// Bytes of user data that do not depend on the spec, rounded up; a test holds the template against it.
pub(crate) const USER_DATA_FRAME_BYTES: usize = 7 * 1024;
/// Families that nearly every region has, from which a larger type is proposed.
const COMMON_FAMILIES: [&str; 8] = ["t3", "m6i", "c6i", "m7i", "t4g", "m6g", "c6g", "m7g"];
pub(super) fn check(context: &mut Context) {
    let Some(producer) = &context.pipeline.producer else { return };
    let mut found = Vec::new();
    key(context.pipeline, producer, &mut found);
    rate(context.pipeline, producer, &mut found);
    instance(context, producer, &mut found);
    user_data(context.pipeline, producer, &mut found);
    subnets(producer, &mut found);
    found.into_iter().for_each(|diagnostic| context.report(diagnostic));
}

fn key(pipeline: &Pipeline, producer: &Producer, found: &mut Vec<Diagnostic>) {
    // Without a stream and without a delivery, that is the fault.
    if pipeline.stream.is_none() && producer.partition_key.written && !pipeline.deliveries.is_empty() {
        found.push(Diagnostic::error(
            Code::KeyWithoutStream,
            producer.partition_key.span,
            "Firehose has no partition keys, and the producer writes directly to it",
            "remove `partition_key`, or add a `stream`, which keeps the order of the records of a key",
        ));
        return;
    }
    let PartitionKey::Field(field) = &producer.partition_key.value else { return };
    let span = producer.partition_key.span;
    match &field.path {
        Ok(path) if !path.is_root() => {}
        Err(error) if field.text.starts_with('$') => found.push(invalid_path(&field.text, error, span)),
        _ => found.push(Diagnostic::error(
            Code::ConstantPartitionKey,
            span,
            format!(
                "`{}` would be the partition key of all records, so all of them go to one shard",
                field.text
            ),
            "write `partition_key: random`, or the path of a field, as in `$.login.uuid`",
        )),
    }
}

fn rate(pipeline: &Pipeline, producer: &Producer, found: &mut Vec<Diagnostic>) {
    let declared = &pipeline.intake.records_per_second;
    let sent = &producer.records_per_second;
    if sent.value > declared.value {
        let (declared_for, place) = pipeline.declared_in();
        found.push(
            Diagnostic::error(
                Code::ProducerRate,
                sent.span,
                format!(
                    "the producer sends {} records per second; {declared_for} is declared for {}",
                    sent.value, declared.value
                ),
                format!("write `records_per_second: {}` in `{place}`, or send less", sent.value),
            )
            .related(declared.span, "the declared load"),
        );
    }
}

/// A type that is written and that the spec's region does not have. pipec's list may be older than the offer, so this is
/// a warning; and the default is a type of nearly all regions.
fn offered(pipeline: &Pipeline, producer: &Producer, need: &InstanceNeed, found: &mut Vec<Diagnostic>) {
    let setting = &producer.instance_type;
    let region = pipeline.region.value.as_str();
    if !setting.written || instance_types::is_offered(need.instance_type, region) != Some(false) {
        return;
    }
    let help = match of_region(need.wire_bytes_per_second, need.instance_type, region) {
        Some(other) => format!("write `instance_type: {other}`"),
        None => format!(
            "write a type that the region offers: `aws ec2 describe-instance-type-offerings --region {region}`"
        ),
    };
    found.push(
        Diagnostic::warning(
            Code::InstanceTypeRegion,
            setting.span,
            format!("{region} does not offer `{}`, so no instance can be launched", setting.value),
            help,
        )
        .related(pipeline.region.span, "the region"),
    );
}

/// The smallest type of the same processor that a region offers and that carries a rate, of the common families.
fn of_region(bytes_per_second: u64, present: &InstanceType, region: &str) -> Option<&'static str> {
    COMMON_FAMILIES
        .iter()
        .flat_map(|family| instance_types::all().iter().filter(move |known| known.family() == *family))
        .filter(|known| known.architecture == present.architecture)
        .filter(|known| instance_types::is_offered(known, region) == Some(true))
        .filter(|known| known.network_baseline_bytes_per_s() >= bytes_per_second)
        .filter(|known| known.memory_mib >= present.memory_mib)
        .min_by_key(|known| (known.memory_mib, known.vcpus, known.name))
        .map(|known| known.name)
}

fn instance(context: &Context, producer: &Producer, found: &mut Vec<Diagnostic>) {
    let setting = &producer.instance_type;
    let Some(need) = instances(context.pipeline) else {
        // Another family is another machine: `p5` is not a slip of `r5`.
        let initial = setting.value.chars().next();
        let alike = instance_types::all()
            .iter()
            .filter(|known| context.programs.get(Program::Producer, known.architecture).is_some())
            .map(|known| known.name)
            .filter(|name| name.chars().next() == initial);
        let help = match suggest::nearest(&setting.value, alike) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => "write a type of the families t, m, c or r, as in `t3.micro`".into(),
        };
        found.push(Diagnostic::error(
            Code::UnknownInstanceType,
            setting.span,
            format!("`{}` is not a known instance type", setting.value),
            help,
        ));
        return;
    };
    offered(context.pipeline, producer, &need, found);
    let architecture = need.instance_type.architecture;
    if context.programs.get(Program::Producer, architecture).is_none() {
        let twin = twin(need.instance_type).map(|twin| format!("write `instance_type: {twin}`, or build"));
        found.push(Diagnostic::error(
            Code::ProducerArchitecture,
            setting.span,
            format!(
                "this build of pipec includes no producer for {} ({})",
                architecture.name(),
                setting.value
            ),
            format!(
                "{} with `--runtime-dir DIR`, where `DIR/{}/{}` is the program",
                twin.unwrap_or_else(|| "build".into()),
                architecture.name(),
                Program::Producer.name()
            ),
        ));
    }
    let most = if producer.instances.is_some() { need.count } else { COMPUTED_INSTANCES_MAX };
    if need.needed > most {
        let baseline = need.instance_type.network_baseline_bytes_per_s();
        let larger = larger(need.wire_bytes_per_second, need.instance_type);
        let mib = |bytes: u64| bytes as f64 / MIB as f64;
        let (span, instead) = match &producer.instances {
            Some(instances) => (instances.span, format!("write `instances: {}`", need.needed)),
            None => (setting.span, format!("write `instances: {}`", need.needed)),
        };
        found.push(
            Diagnostic::error(
                Code::InstanceNetwork,
                span,
                format!(
                    "the rate is {:.1} MiB/s on the wire; {} sustains {:.1} MiB/s, so it needs {} of them",
                    mib(need.wire_bytes_per_second),
                    setting.value,
                    mib(baseline),
                    need.needed
                ),
                match larger {
                    Some(larger) => format!("write `instance_type: {larger}`, or {instead}"),
                    None => instead,
                },
            )
            .related(
                producer.records_per_second.span,
                format!("records of {}", ByteSize(context.pipeline.intake.record_size.value)),
            ),
        );
    }
}

/// The smallest type of the same processor whose baseline carries a rate: the least network, then the least memory.
fn larger(bytes_per_second: u64, present: &InstanceType) -> Option<&'static str> {
    instance_types::all()
        .iter()
        .filter(|candidate| candidate.architecture == present.architecture)
        .filter(|candidate| {
            candidate.family() == present.family() || COMMON_FAMILIES.contains(&candidate.family())
        })
        .filter(|candidate| candidate.network_baseline_bytes_per_s() >= bytes_per_second)
        .min_by_key(|candidate| {
            (candidate.vcpus, candidate.memory_mib, candidate.network_baseline_mbit, candidate.name)
        })
        .map(|candidate| candidate.name)
}

/// The type of the same size with an Intel or AMD processor: `t4g.micro` is `t3.micro`, `m7g.large` is `m7i.large`.
fn twin(instance_type: &InstanceType) -> Option<&'static str> {
    let (family, size) = instance_type.name.split_once('.')?;
    let candidates = if family == "t4g" {
        vec![format!("t3.{size}")]
    } else {
        vec![format!("{}.{size}", family.replace('g', "i")), format!("{}.{size}", family.replace('g', "a"))]
    };
    candidates.iter().find_map(|name| {
        instance_types::instance_type(name)
            .filter(|twin| twin.architecture == Architecture::X86_64)
            .map(|twin| twin.name)
    })
}

fn user_data(pipeline: &Pipeline, producer: &Producer, found: &mut Vec<Diagnostic>) {
    let Some(config) = producer_config::config(pipeline, producer, 1) else { return };
    // As it stands in the user data: indented, quotes and escapes included.
    let json =
        serde_json::to_string_pretty(&(&config.source, config.target.partition_key())).unwrap_or_default();
    let bytes = USER_DATA_FRAME_BYTES + json.len() + 4 * json.lines().count();
    let max = ec2::USER_DATA_BYTES_MAX as usize;
    if bytes <= max {
        return;
    }
    let (span, help) = match &producer.source {
        ProducerSource::Http(http) => {
            let headers: usize = http.headers.iter().map(|(name, value, _)| name.len() + value.len()).sum();
            let first = http.headers.first().filter(|_| headers > http.url.value.len());
            (first.map_or(http.url.span, |header| header.2), "shorten the URL and the headers")
        }
        ProducerSource::File(file) => (file.path.span, "shorten the path of the partition key"),
        ProducerSource::Generator(generator) => {
            (generator.span, "declare fewer columns, or send records of a file")
        }
    };
    found.push(Diagnostic::error(
        Code::UserDataTooLarge,
        span,
        format!("the instances' user data would have about {bytes} bytes; EC2 accepts {max}"),
        help,
    ));
}

fn subnets(producer: &Producer, found: &mut Vec<Diagnostic>) {
    let Some(network) = &producer.network else { return };
    let subnets = &network.subnets;
    let mut unique = subnets.value.clone();
    unique.sort();
    unique.dedup();
    if unique.len() < subnets.value.len() {
        found.push(Diagnostic::error(
            Code::SubnetCount,
            subnets.span,
            "a subnet is listed twice",
            "list subnets of different Availability Zones, each once",
        ));
    } else if subnets.value.len() == 1 {
        found.push(Diagnostic::warning(
            Code::SubnetCount,
            subnets.span,
            "with one subnet, the producer stops when its Availability Zone fails",
            "add a subnet of another Availability Zone",
        ));
    }
}
