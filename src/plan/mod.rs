//! `plan`: a checked pipeline to everything that its stack holds. Total and deterministic; every decision about AWS
//! is made here, and the templates only write it down.

pub mod advice;
pub mod alarms;
mod analytics;
mod buckets;
mod consumers;
pub mod cost;
pub mod dashboard;
mod delivery;
pub mod destination;
pub mod diagram;
pub mod existing;
mod faults;
#[cfg(any(test, feature = "fixture"))]
pub mod fixture;
mod forests;
mod function;
pub mod grants;
mod order;
mod outputs;
pub mod permissions;
pub mod positions;
mod producer;
pub mod report;
mod resources;
mod rows;
pub mod sources;
mod state;
mod steps;
mod streams;
mod table;
pub mod throughput;
pub mod value;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::aws::instance_types::Architecture;
use crate::check::Checked;
use crate::graph::Graph;
use crate::hex::hex;
use crate::pipeline::Pipeline;
use crate::programs::{Program, Programs};
use crate::spec::{PIPELINE_TAG, SECONDS_PER_DAY};
pub use alarms::{AlarmMetric, AlarmPlan, AlarmsPlan, TopicPlan};
pub use analytics::{AnalyticsPlan, MAIN_PY, StartPlan};
pub use buckets::{BucketPlan, S3LocationPlan, literal_head};
pub use consumers::{ConsumerPlan, RegisteredPlan, StreamPolicyPlan};
pub use dashboard::DashboardPlan;
pub use delivery::{
    DeliveryPlan, DirectPlan, ERROR_LOG_STREAM, ErrorDeliveryPlan, OwnTransformPlan, Reads, TransformPlan,
};
pub use destination::{ConversionPlan, DestinationPlan};
pub use faults::FaultPlan;
pub use forests::{ForestPlan, PYTHON_FILES};
pub use function::FunctionPlan;
use grants::{ArtifactKeys, Role};
pub use order::Before;
pub use outputs::OutputPlan;
pub use producer::{NetworkPlan, ProducerPlan, RecordsPlan};
pub use resources::Resource;
pub use sources::{SourcePlan, SourceShown};
pub use steps::StepPlan;
pub use streams::{Carries, RowsPlan, StreamPlan};
pub use table::{ColumnPlan, TablePlan};
use value::Value;

/// Everything that a stack holds.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    /// The pipeline's name.
    pub name: String,
    /// Name of the spec's own pipeline, where this is an environment's that is named after it.
    pub environment_of: Option<String>,
    /// The template's description.
    pub description: String,
    /// The region whose quotas and prices count.
    pub region: String,
    /// Tags of every resource that takes tags.
    pub tags: Vec<TagPlan>,
    /// The stream that takes the records in.
    pub stream: Option<StreamPlan>,
    /// The stream of the query's rows that Firehose reads.
    pub output_stream: Option<StreamPlan>,
    /// Outputs of the query that do not go to Firehose.
    pub outputs: Vec<OutputPlan>,
    /// The instances that fill the stream.
    pub producer: Option<ProducerPlan>,
    /// The services that write records.
    pub sources: Vec<SourcePlan>,
    /// What reads the stream besides Firehose and Flink.
    pub consumers: Vec<ConsumerPlan>,
    /// What other accounts may do with the stream.
    pub stream_policy: Option<StreamPolicyPlan>,
    /// The Flink application.
    pub analytics: Option<AnalyticsPlan>,
    /// The streams that the query computes, in the order of their definition.
    #[serde(skip)]
    pub steps: Vec<StepPlan>,
    /// Firehose.
    pub deliveries: Vec<DeliveryPlan>,
    /// Firehose for the faults of the query.
    pub error_delivery: Option<ErrorDeliveryPlan>,
    /// Whether the spec declares an average load below the peak.
    #[serde(skip)]
    pub has_average: bool,
    /// What becomes of records and rows that are not as they should be.
    pub faults: Vec<FaultPlan>,
    /// What watches the pipeline.
    pub alarms: Option<AlarmsPlan>,
    /// The dashboard.
    pub dashboard: Option<DashboardPlan>,
    /// The stack's own buckets.
    pub buckets: Vec<BucketPlan>,
    /// Retention of every log group, days.
    pub log_retention_days: u64,
    /// ARN of the key of every log group.
    pub log_key: Option<String>,
    /// ARN of the permissions boundary of every role.
    pub role_boundary: Option<String>,
    /// Path of every role and instance profile.
    pub role_path: Option<String>,
    /// Who may do what.
    pub roles: Vec<Role>,
    /// What the stack runs, in the order of the data.
    pub artifacts: Vec<Artifact>,
    /// Every resource of the template.
    pub resources: Vec<Resource>,
    /// The order of creation that no reference gives: a logical id, and what is created before it.
    pub order: BTreeMap<Cow<'static, str>, Vec<Before>>,
    /// What follows from the pipeline's shape.
    #[serde(skip)]
    pub graph: Graph,
}

/// A tag.
#[derive(Clone, Debug, Serialize)]
pub struct TagPlan {
    /// Key.
    pub key: String,
    /// Value.
    pub value: String,
}

/// Something that the stack runs, under a key that changes exactly when its inputs do.
#[derive(Clone, Debug, Serialize)]
pub struct Artifact {
    /// What it is: `transform`, `flink`, `flink-starter`, `producer`, `records`.
    pub name: &'static str,
    /// Key in the artifact bucket, and the name of its file.
    pub s3_key: String,
    /// What it is made of.
    #[serde(skip)]
    pub content: Content,
}

/// What an artifact is made of.
#[derive(Clone, Debug)]
pub enum Content {
    /// A Lambda zip: the program as `bootstrap`, and files beside it.
    Function {
        /// Which program.
        program: Program,
        /// For which processor.
        architecture: Architecture,
        /// Name and text of each file beside it.
        files: Vec<(&'static str, String)>,
    },
    /// The program itself, gzip-compressed.
    Executable {
        /// Which program.
        program: Program,
        /// For which processor.
        architecture: Architecture,
    },
    /// A file of records, gzip-compressed.
    Records(Arc<[u8]>),
    /// The zip of a Flink application: fixed program, SQL, connector.
    Flink {
        /// The SQL that it runs.
        sql: String,
        /// `functions.json`, where the SQL calls forests; the program of the forest goes with it.
        functions: Option<String>,
        /// The connector's coordinates.
        connector: crate::aws::flink::Maven,
    },
}

/// Length of the hash in a key. 80 bits: no two contents meet by chance.
const KEY_HASH_CHARS: usize = 20;

/// Folder of the artifact bucket for Flink applications, by pipeline.
pub(super) const FLINK_FOLDER: &str = "flink";
/// Folder for files of records, by pipeline.
pub(super) const RECORDS_FOLDER: &str = "records";
/// Folder for the producer, which is the same program for all pipelines.
pub(super) const PRODUCER_FOLDER: &str = "producer";

/// Hash of what an artifact is made from.
fn key_hash(inputs: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for input in inputs {
        // The length first, so that no two lists of inputs have the same bytes.
        hash.update((input.len() as u64).to_be_bytes());
        hash.update(input);
    }
    hex(hash.finalize())[..KEY_HASH_CHARS].to_owned()
}

/// A key that holds a hash of what the artifact is made from.
fn s3_key(name: &str, inputs: &[&[u8]], suffix: &str) -> String {
    format!("{name}-{}.{suffix}", key_hash(inputs))
}

/// The same in a folder of the pipeline's own. A role may read the whole folder, so its policy is the same for every
/// content: an update that changed a policy and had it used at once would fail where IAM is slower.
fn own_key(folder: &str, pipeline: &str, inputs: &[&[u8]], suffix: &str) -> String {
    format!("{folder}/{pipeline}/{}.{suffix}", key_hash(inputs))
}

impl Artifact {
    /// What the keys of all versions of this artifact match, as in a policy.
    pub fn key_pattern(&self) -> String {
        match self.s3_key.rsplit_once('/') {
            Some((folder, _)) => format!("{folder}/*"),
            None => format!("{}-*", self.name),
        }
    }
}

/// The keys of artifacts that a template names.
pub fn artifact_keys(template: &str) -> BTreeSet<String> {
    let words = template.split(|c: char| !(c.is_ascii_alphanumeric() || "-_./".contains(c)));
    words.filter_map(artifact_key).map(str::to_owned).collect()
}

/// The key at the end of a word, which may be a URL without its scheme.
fn artifact_key(word: &str) -> Option<&str> {
    let is_hash = |hash: &str| {
        hash.len() == KEY_HASH_CHARS
            && hash.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    };
    let (folder, name) = word.rsplit_once('/').unwrap_or(("", word));
    let (stem, _) = name.split_once('.')?;
    let (before, hash) = stem.rsplit_once('-').unwrap_or(("", stem));
    if !is_hash(hash) {
        return None;
    }
    let above = |levels: usize| folder.rsplit('/').nth(levels).unwrap_or_default();
    let folders = match (before.is_empty(), above(1)) {
        (true, FLINK_FOLDER | RECORDS_FOLDER) => 2,
        (false, _) if above(0) == PRODUCER_FOLDER => 1,
        (false, _) => 0,
        (true, _) => return None,
    };
    let own: usize = folder.rsplit('/').take(folders).map(|folder| folder.len() + 1).sum();
    word.get(word.len() - name.len() - own..)
}

impl Plan {
    /// All streams: the input, what Firehose reads, and those of the other outputs.
    pub fn streams(&self) -> impl Iterator<Item = &StreamPlan> {
        let others = self.outputs.iter().map(|output| &output.stream);
        self.stream.iter().chain(&self.output_stream).chain(others)
    }

    /// Name of what takes the records in: of the stream, else of the first delivery.
    pub fn intake(&self) -> Value {
        let direct = self.deliveries.first().and_then(|delivery| delivery.direct.as_ref());
        match (&self.stream, direct) {
            (Some(stream), _) => stream.name.clone(),
            (None, Some(direct)) => direct.name.clone(),
            (None, None) => Value::text(""),
        }
    }

    /// The same for `Fn::Sub`.
    pub fn intake_name(&self) -> String {
        self.intake().in_sub()
    }

    /// The places in S3 that all deliveries write to.
    pub fn locations(&self) -> impl Iterator<Item = &S3LocationPlan> {
        self.deliveries.iter().flat_map(|delivery| delivery.locations.values())
    }

    /// A delivery by its logical id.
    pub fn delivery_of(&self, logical_id: &str) -> Option<&DeliveryPlan> {
        self.deliveries.iter().find(|delivery| delivery.logical_id == logical_id)
    }

    /// A transform with its delivery, by its logical id.
    pub fn transform_of(&self, logical_id: &str) -> Option<(&DeliveryPlan, &TransformPlan)> {
        let all =
            self.deliveries.iter().filter_map(|delivery| Some((delivery, delivery.transform.as_ref()?)));
        all.into_iter().find(|(_, transform)| transform.logical_id == logical_id)
    }

    /// The transforms of all deliveries.
    pub fn transforms(&self) -> impl Iterator<Item = &TransformPlan> {
        self.deliveries.iter().filter_map(|delivery| delivery.transform.as_ref())
    }

    /// A stream by its logical id.
    pub fn stream_of(&self, logical_id: &str) -> Option<&StreamPlan> {
        self.streams().find(|stream| stream.logical_id == logical_id)
    }
}

/// Whether a load has an average below its peak.
fn has_average(pipeline: &Pipeline) -> bool {
    let direct = pipeline.deliveries.iter().filter_map(|delivery| delivery.direct.as_ref());
    let mut intakes = direct.map(|direct| &direct.intake).chain([&pipeline.intake]);
    intakes.any(|intake| intake.average.value < intake.records_per_second.value)
}

/// The SHA-256 of each connector whose jar is known, by its coordinates: the contents of `pipec.lock`.
pub type ConnectorDigests = BTreeMap<String, String>;

/// Plans a pipeline with the programs that this pipec carries. `check` has seen to it that they are there.
pub fn plan(checked: &Checked, programs: &Programs, connectors: &ConnectorDigests) -> Plan {
    let pipeline = checked.pipeline();
    let outputs = outputs::plan(checked);
    let consumers = consumers::plan(checked);
    let analytics = analytics::plan(checked, &outputs, programs, connectors);
    let producer = producer::plan(pipeline, programs);
    let deliveries = delivery::plan(checked, programs);
    let mut artifacts: Vec<Artifact> = [
        producer.as_ref().map(|producer| producer.artifact.clone()),
        producer.as_ref().and_then(|producer| Some(producer.records.as_ref()?.artifact.clone())),
        analytics.as_ref().map(|analytics| analytics.artifact.clone()),
        analytics.as_ref().map(|analytics| analytics.start.artifact.clone()),
    ]
    .into_iter()
    .flatten()
    .collect();
    for transform in deliveries.iter().filter_map(|delivery| delivery.transform.as_ref()) {
        // Transforms that do the same are one artifact.
        if artifacts.iter().all(|known| known.s3_key != transform.artifact.s3_key) {
            artifacts.push(transform.artifact.clone());
        }
    }
    let pattern = |artifact: Option<&Artifact>| artifact.map(Artifact::key_pattern);
    let keys = ArtifactKeys {
        flink: pattern(analytics.as_ref().map(|analytics| &analytics.artifact)),
        producer: pattern(producer.as_ref().map(|producer| &producer.artifact)),
        records: pattern(producer.as_ref().and_then(|producer| Some(&producer.records.as_ref()?.artifact))),
    };
    let output_stream = streams::output(checked);
    let mut tags = vec![TagPlan { key: PIPELINE_TAG.into(), value: pipeline.name.value.clone() }];
    tags.extend(pipeline.tags.iter().map(|tag| TagPlan { key: tag.key.clone(), value: tag.value.clone() }));
    let mut plan = Plan {
        name: pipeline.name.value.clone(),
        environment_of: pipeline.base_name.as_ref().map(|name| name.value.clone()),
        description: pipeline
            .description
            .as_ref()
            .map_or_else(|| format!("Pipeline {}", pipeline.name.value), |text| text.value.clone()),
        region: pipeline.region.value.clone(),
        tags,
        stream: streams::input(pipeline, checked.graph()),
        has_average: has_average(pipeline),
        roles: grants::roles(pipeline, checked.graph(), &keys),
        deliveries,
        error_delivery: delivery::errors(checked),
        output_stream,
        outputs,
        faults: faults::plan(checked),
        buckets: buckets::plans(pipeline),
        log_retention_days: pipeline.log_retention.value / SECONDS_PER_DAY,
        log_key: pipeline.log_key.as_ref().map(|key| key.value.clone()),
        role_boundary: pipeline.role_boundary.as_ref().map(|arn| arn.value.clone()),
        // IAM's own default, which the template need not name.
        role_path: pipeline.role_path.as_ref().map(|path| path.value.clone()).filter(|path| path != "/"),
        producer,
        sources: sources::plan(pipeline),
        stream_policy: consumers::stream_policy(pipeline, &consumers),
        consumers,
        analytics,
        steps: checked.query().map(steps::plan).unwrap_or_default(),
        artifacts,
        resources: resources::list(pipeline, checked.graph()),
        order: order::order(pipeline, checked.graph()),
        graph: checked.graph().clone(),
        alarms: None,
        dashboard: None,
    };
    // What watches the rest is planned when the rest is.
    plan.alarms = alarms::plan(&plan, checked);
    plan.dashboard = dashboard::plan(&plan, checked);
    if let Some(alarms) = &plan.alarms {
        plan.resources.extend(alarms.resources());
        plan.order.extend(alarms.order());
    }
    plan.resources.extend(plan.dashboard.as_ref().map(DashboardPlan::resource));
    plan
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_names_its_artifacts_in_every_form() {
        let hash = "0123456789abcdef0123";
        let template = format!(
            "FileKey: flink/orders/{hash}.zip\nS3Key: transform-x86_64-{hash}.zip\nfetch 'producer/arm64-{hash}.gz' x\n\
             finish 1 \"s3://$bucket/producer/arm64-{hash}.gz is bad\"\ns3://b/records/orders/{hash}.jsonl.gz\n\
             arn:aws:s3:::${{ArtifactBucket}}/flink-{hash}.zip\nflink/orders/*\nother/{hash}.zip {hash} a-{hash}"
        );
        let keys: Vec<String> = artifact_keys(&template).into_iter().collect();
        let form = |form: &str| form.replace('#', hash);
        assert_eq!(
            keys,
            [
                "flink-#.zip",
                "flink/orders/#.zip",
                "producer/arm64-#.gz",
                "records/orders/#.jsonl.gz",
                "transform-x86_64-#.zip"
            ]
            .map(form)
        );
    }
}
