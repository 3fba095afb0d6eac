//! The EC2 producer: instances, network and what they run.

use fluent_uri::Uri;
use serde::Serialize;
use serde_json::Value as Json;

use super::value::literal;
use super::{Artifact, Content, PRODUCER_FOLDER, RECORDS_FOLDER, own_key, s3_key};
use crate::aws::instance_types::Architecture;
use crate::aws::limits::ec2;
use crate::instances::instances;
use crate::pipeline::{FileSource, Pipeline, Producer, ProducerSource};
use crate::producer_config::{self, RECORDS_FILE};
use crate::programs::{Program, Programs};

/// The instances that fill the stream, or Firehose.
#[derive(Clone, Debug, Serialize)]
pub struct ProducerPlan {
    /// EC2 instance type.
    pub instance_type: &'static str,
    /// How many.
    pub count: u64,
    /// How many of them an update may take away at once: all but this many.
    pub in_service: u64,
    /// Whether its processor runs on credits.
    #[serde(skip)]
    pub burstable: bool,
    /// Whether the type takes `EbsOptimized`.
    pub ebs_optimized: bool,
    /// Systems Manager parameter that holds the image.
    pub image_parameter: &'static str,
    /// Age at which Auto Scaling replaces an instance, seconds; `None` if a new instance would send the whole source
    /// again.
    pub max_lifetime_seconds: Option<u64>,
    /// Size of an instance's volume, GiB.
    pub volume_gib: u64,
    /// A VPC of the stack's own, or an existing one.
    pub network: NetworkPlan,
    /// TCP ports that the instances reach.
    pub ports: Vec<u16>,
    /// The producer's settings, JSON with `${..}` for `Fn::Sub`.
    pub config: String,
    /// What the instances run.
    pub artifact: Artifact,
    /// The file of records that they send.
    pub records: Option<RecordsPlan>,
    /// The service that takes the records.
    pub service: &'static str,
    /// Where the records come from, in a few words.
    pub source: String,
    /// Instances that the rate needs.
    pub needed: u64,
    /// Bytes a second on the wire.
    pub wire_bytes_per_second: u64,
    /// Records a second of all instances.
    pub records_per_second: f64,
}

/// A file of records on the instances.
#[derive(Clone, Debug, Serialize)]
pub struct RecordsPlan {
    /// What they fetch.
    pub artifact: Artifact,
    /// Where they keep it.
    pub path: &'static str,
}

/// Where the instances run.
#[derive(Clone, Debug, Serialize)]
pub struct NetworkPlan {
    /// An existing VPC.
    pub vpc: Option<String>,
    /// Its subnets.
    pub subnets: Vec<String>,
    /// Whether instances get a public address.
    pub public_address: bool,
}

/// What Amazon Linux 2023's image has; the producer stores nothing.
const VOLUME_GIB: u64 = 8;

/// Plans the producer.
pub(super) fn plan(pipeline: &Pipeline, programs: &Programs) -> Option<ProducerPlan> {
    let producer = pipeline.producer.as_ref()?;
    let need = instances(pipeline)?;
    let architecture = need.instance_type.architecture;
    let build = programs.get(Program::Producer, architecture)?;
    Some(ProducerPlan {
        instance_type: need.instance_type.name,
        count: need.count,
        in_service: need.count - 1,
        burstable: need.instance_type.burstable,
        ebs_optimized: need.instance_type.ebs_optimized,
        image_parameter: match architecture {
            Architecture::X86_64 => ec2::AMI_PARAMETER_X86_64,
            Architecture::Arm64 => ec2::AMI_PARAMETER_ARM64,
        },
        max_lifetime_seconds: match &producer.source {
            ProducerSource::File(file) if !file.repeat => None,
            ProducerSource::Http(_) | ProducerSource::File(_) | ProducerSource::Generator(_) => {
                Some(ec2::INSTANCE_RENEWAL_S)
            }
        },
        volume_gib: VOLUME_GIB,
        network: match &producer.network {
            Some(network) => NetworkPlan {
                vpc: Some(network.vpc.clone()),
                subnets: network.subnets.value.clone(),
                public_address: network.public_address,
            },
            None => NetworkPlan { vpc: None, subnets: Vec::new(), public_address: true },
        },
        ports: ports(producer),
        config: config(pipeline, producer, need.count)?,
        artifact: Artifact {
            name: Program::Producer.name(),
            s3_key: format!(
                "{PRODUCER_FOLDER}/{}",
                s3_key(architecture.name(), &[build.inputs.as_bytes()], "gz")
            ),
            content: Content::Executable { program: Program::Producer, architecture },
        },
        records: records(pipeline, producer),
        service: if pipeline.stream.is_some() { "Kinesis" } else { "Firehose" },
        source: source(producer),
        needed: need.needed,
        wire_bytes_per_second: need.wire_bytes_per_second,
        records_per_second: producer.records_per_second.value,
    })
}

fn source(producer: &Producer) -> String {
    match &producer.source {
        // Without its query: a reader wants to know whom the instances ask.
        ProducerSource::Http(http) => http.url.value.split(['?', '#']).next().unwrap_or_default().to_owned(),
        ProducerSource::File(file) if file.repeat => format!("{} repeatedly", file.path.value),
        ProducerSource::File(file) => format!("{} once", file.path.value),
        ProducerSource::Generator(generator) => format!("generated, seed {}", generator.seed),
    }
}

/// The file of records, by its content.
fn records(pipeline: &Pipeline, producer: &Producer) -> Option<RecordsPlan> {
    let ProducerSource::File(FileSource { content: Some(content), .. }) = &producer.source else {
        return None;
    };
    let artifact = Artifact {
        name: "records",
        s3_key: own_key(RECORDS_FOLDER, &pipeline.name.value, &[content], "jsonl.gz"),
        content: Content::Records(content.clone()),
    };
    Some(RecordsPlan { artifact, path: RECORDS_FILE })
}

/// 443 for AWS, and the source's port where it is another.
fn ports(producer: &Producer) -> Vec<u16> {
    const HTTPS: u16 = 443;
    let url = match &producer.source {
        ProducerSource::Http(http) => http.url.value.as_str(),
        ProducerSource::File(_) | ProducerSource::Generator(_) => return vec![HTTPS],
    };
    let uri = Uri::parse(url).ok();
    let port = uri.as_ref().and_then(|uri| {
        let given = uri.authority().and_then(|authority| authority.port_to_u16().ok().flatten());
        given.or_else(|| uri.scheme().as_str().eq_ignore_ascii_case("http").then_some(80))
    });
    let mut ports = vec![HTTPS];
    ports.extend(port.filter(|port| *port != HTTPS));
    ports
}

/// The configuration that the producer reads. User's text is kept from `Fn::Sub`.
fn config(pipeline: &Pipeline, producer: &Producer, count: u64) -> Option<String> {
    let mut config = serde_json::to_value(producer_config::config(pipeline, producer, count)?).ok()?;
    for of_the_user in ["partition_key", "source"] {
        // Firehose has no partition key.
        if let Some(value) = config.get_mut(of_the_user) {
            *value = literals(value.take());
        }
    }
    serde_json::to_string_pretty(&config).ok()
}

/// Every text and key as a [`literal`].
fn literals(value: Json) -> Json {
    match value {
        Json::String(text) => Json::String(literal(&text)),
        Json::Array(items) => items.into_iter().map(literals).collect(),
        Json::Object(entries) => {
            entries.into_iter().map(|(key, value)| (literal(&key), literals(value))).collect()
        }
        other => other,
    }
}
