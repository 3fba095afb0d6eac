//! The Flink application and the function that starts it.

use serde::Serialize;

use super::forests::{self, ForestPlan, PYTHON_FILES};
use super::outputs::OutputPlan;
use super::state::{self, StatePlan};
use super::streams::stream_arn;
use super::throughput::{self as plan_throughput, ThroughputPlan};
use super::value::Value;
use super::{Artifact, ConnectorDigests, Content, FLINK_FOLDER, grants, own_key, s3_key};
use crate::aws::flink;
use crate::aws::instance_types::Architecture;
use crate::aws::limits::flink::KPU_ORCHESTRATION;
use crate::check::Checked;
use crate::graph::DELIVERED_STREAM;
use crate::programs::{Program, Programs};
use crate::spec::AnalyticsRuntime;
use crate::{sql, throughput};

/// The program of every Flink application: it reads the SQL beside it and submits it.
pub const MAIN_PY: &str = include_str!("../../runtime/flink/main.py");

/// The Flink application.
#[derive(Clone, Debug, Serialize)]
pub struct AnalyticsPlan {
    /// Managed Flink's runtime environment.
    pub runtime_environment: String,
    /// Parallel subtasks.
    pub parallelism: u64,
    /// How the load needs it.
    pub throughput: ThroughputPlan,
    /// Subtasks that share a KPU.
    pub parallelism_per_kpu: u64,
    /// KPUs that are billed, the orchestrating one included.
    pub billed_kpus: u64,
    /// Whether Managed Flink scales by processor load.
    pub auto_scaling: bool,
    /// Whether state is saved before an update.
    pub snapshots: bool,
    /// The connector's file in the zip.
    pub connector: String,
    /// Its coordinates, for people.
    pub connector_coordinates: String,
    /// The application's name.
    pub application_name: Value,
    /// What `main.py` fills into the SQL: placeholder and value.
    pub properties: Vec<Property>,
    /// The settings whose change restarts the application, as one text.
    pub settings: String,
    /// The SQL that Flink runs.
    #[serde(skip)]
    pub sql: String,
    /// How many parts of the job read the stream, which decides whether a changed job finds its position.
    pub source_readers: sql::SourceReaders,
    /// Where reading begins without a position.
    #[serde(skip)]
    pub first_record: sql::Start,
    /// Whether the query keeps no state between records.
    pub stateless: bool,
    /// What only a time-to-live ends of its state.
    pub endless_state: Option<StatePlan>,
    /// The random cut forests of the query.
    pub forests: Vec<ForestPlan>,
    /// `functions.json`, where there are any.
    #[serde(skip)]
    pub functions: Option<String>,
    /// The zip.
    pub artifact: Artifact,
    /// The function that starts the application.
    pub start: StartPlan,
}

/// A value that the application reads when it starts.
#[derive(Clone, Debug, Serialize)]
pub struct Property {
    /// Name of the placeholder.
    pub key: String,
    /// What it stands for.
    pub value: Value,
}

/// The function that starts the application and stops it again.
#[derive(Clone, Debug, Serialize)]
pub struct StartPlan {
    /// The function's zip.
    pub artifact: Artifact,
    /// The function's processor.
    pub architecture: &'static str,
    /// Seconds that a start may take: Lambda's limit.
    pub timeout: u64,
    /// Seconds that CloudFormation waits for the function's answer.
    pub service_timeout: u64,
}

/// Plans the application.
pub(super) fn plan(
    checked: &Checked,
    outputs: &[OutputPlan],
    programs: &Programs,
    connectors: &ConnectorDigests,
) -> Option<AnalyticsPlan> {
    let analytics = checked.pipeline().analytics_on(AnalyticsRuntime::Flink)?;
    let query = checked.query()?;
    let flink = &analytics.flink;
    let connector = flink::runtime(&flink.runtime_environment.value)?.kinesis_sql_connector?;
    let sql = sql::print_flink(query);
    let need = throughput::of_pipeline(query, analytics, &checked.pipeline().intake);
    let parallelism = match flink.parallelism.written {
        true => flink.parallelism.value,
        false => need.parallelism(flink.parallelism_per_kpu.value),
    };
    let kpus = parallelism.div_ceil(flink.parallelism_per_kpu.value);
    let mut properties = vec![
        Property { key: "aws.region".into(), value: Value::reference("AWS::Region") },
        Property { key: "input.stream.arn".into(), value: stream_arn(checked.pipeline()) },
    ];
    for output in query.outputs() {
        let own = outputs.iter().find(|own| own.name == output.name);
        properties.push(Property {
            key: format!("output.{}.stream.arn", output.name),
            value: Value::arn(own.map_or(DELIVERED_STREAM, |own| &own.stream.logical_id)),
        });
    }
    let endless_state = state::plan(checked);
    let ttl = endless_state.as_ref().map(|state| state.ttl_seconds);
    if let Some(seconds) = ttl {
        properties.push(Property { key: "state.ttl".into(), value: Value::text(format!("{seconds} s")) });
    }
    let functions = forests::functions(query);
    let forest = programs.get(Program::Forest, Architecture::X86_64).filter(|_| functions.is_some());
    let coordinates = connector.to_string();
    let mut inputs = vec![MAIN_PY.as_bytes(), sql.as_bytes(), coordinates.as_bytes()];
    // Another jar gives another key. It is the same whether or not the jar is on this machine.
    let digest = connectors.get(&coordinates);
    inputs.extend(digest.map(String::as_bytes));
    if let Some(functions) = &functions {
        inputs.push(functions.as_bytes());
        inputs.extend(PYTHON_FILES.iter().map(|(_, text)| text.as_bytes()));
        inputs.push(forest?.inputs.as_bytes());
    }
    Some(AnalyticsPlan {
        runtime_environment: flink.runtime_environment.value.clone(),
        parallelism,
        throughput: plan_throughput::plan(&need, !flink.parallelism.written),
        parallelism_per_kpu: flink.parallelism_per_kpu.value,
        billed_kpus: kpus + KPU_ORCHESTRATION,
        auto_scaling: flink.auto_scaling,
        snapshots: flink.snapshots,
        connector: format!("lib/{}", connector.jar()),
        connector_coordinates: connector.to_string(),
        application_name: Value::sub(grants::APPLICATION_NAME),
        properties,
        settings: format!(
            "{} {} parallelism={} per-kpu={} auto-scaling={} snapshots={}{}",
            flink.runtime_environment.value,
            connector.jar(),
            parallelism,
            flink.parallelism_per_kpu.value,
            flink.auto_scaling,
            flink.snapshots,
            ttl.map(|seconds| format!(" state-ttl={seconds}s")).unwrap_or_default()
        ),
        source_readers: sql::SourceReaders::of(&sql, &flink.runtime_environment.value),
        first_record: query.start,
        stateless: match query.errors {
            Some(_) => query.stateless().is_ok(),
            None => sql::needs_flink(query).is_none(),
        },
        endless_state,
        forests: forests::plan(query),
        artifact: Artifact {
            name: "flink",
            s3_key: own_key(FLINK_FOLDER, &checked.pipeline().name.value, &inputs, "zip"),
            content: Content::Flink { sql: sql.clone(), functions: functions.clone(), connector },
        },
        sql,
        functions,
        start: start(programs)?,
    })
}

fn start(programs: &Programs) -> Option<StartPlan> {
    /// Lambda's longest run; the starter answers before it ends.
    const TIMEOUT_S: u64 = crate::aws::limits::lambda::TIMEOUT_S.max;
    /// The call of the function may wait before it runs.
    const QUEUE_S: u64 = 300;
    let architecture = Architecture::X86_64;
    let build = programs.get(Program::FlinkStarter, architecture)?;
    let name = format!("flink-starter-{}", architecture.name());
    Some(StartPlan {
        artifact: Artifact {
            name: Program::FlinkStarter.name(),
            s3_key: s3_key(&name, &[build.inputs.as_bytes()], "zip"),
            content: Content::Function { program: Program::FlinkStarter, architecture, files: Vec::new() },
        },
        architecture: architecture.name(),
        timeout: TIMEOUT_S,
        service_timeout: TIMEOUT_S + QUEUE_S,
    })
}
