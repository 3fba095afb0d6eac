//! A pipeline with other destinations, side by side: the spec is compiled with each, so that all figures are those of a plan.

use std::path::Path;

use serde::Serialize;
use serde_json::{Value, json};

use crate::artifacts::connector::{LOCK_FILE, Lock};
use crate::aws::destinations::Rows;
use crate::diagnostics::{Code, Diagnostic, Severity};
use crate::parse::Parsed;
use crate::plan::cost;
use crate::plan::{DeliveryPlan, Plan};
use crate::price_list::{PriceList, Prices};
use crate::programs::Programs;
use crate::source::Sources;
use crate::spec::{self, Duration, ObjectFormat};
use crate::world::World;
use crate::{Back, Stack, back_end, checked_spec, document};

mod text;

pub use text::text;

/// A kind of destination, or a format, that a pipeline is compared with.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// What is typed for it.
    pub name: &'static str,
    /// The destination as a spec has it, with placeholders for what a spec of another kind lacks.
    written: fn() -> Value,
    /// The placeholders: where they stand in the destination.
    placeholders: &'static [&'static str],
}

/// A secret that nobody has.
const SECRET: &str = "arn:aws:secretsmanager:REGION:111122223333:secret:your-secret-AbCdEf";

const fn kind(name: &'static str, placeholders: &'static [&'static str], written: fn() -> Value) -> Kind {
    Kind { name, written, placeholders }
}

fn s3(format: &str) -> Value {
    json!({"s3": {"format": format, "table": {"database": "your_database", "name": "your_table", "since": "2026-01-01"}}})
}

/// All kinds, in the order of the documentation.
pub const KINDS: &[Kind] = &[
    kind("s3", &[], || json!({"s3": {}})),
    kind("parquet", &["s3.table.database", "s3.table.name", "s3.table.since"], || s3("parquet")),
    kind("orc", &["s3.table.database", "s3.table.name", "s3.table.since"], || s3("orc")),
    kind(
        "http",
        &["http.url", "http.secret"],
        || json!({"http": {"url": "https://firehose.example.com/v1", "secret": SECRET}}),
    ),
    kind("datadog", &["datadog.secret"], || json!({"datadog": {"secret": SECRET}})),
    kind("new_relic", &["new_relic.secret"], || json!({"new_relic": {"secret": SECRET}})),
    kind(
        "splunk",
        &["splunk.endpoint", "splunk.secret"],
        || json!({"splunk": {"endpoint": "https://splunk.example.com:8088", "secret": SECRET}}),
    ),
    kind(
        "opensearch",
        &["opensearch.domain", "opensearch.index"],
        || json!({"opensearch": {"domain": "arn:aws:es:REGION:111122223333:domain/your-domain", "index": "your-index"}}),
    ),
    kind(
        "opensearch_serverless",
        &[
            "opensearch_serverless.collection.name",
            "opensearch_serverless.collection.id",
            "opensearch_serverless.index",
        ],
        || {
            json!({"opensearch_serverless": {"collection": {"name": "your-collection", "id": "a1b2c3d4e5f6g7h8i9j0"},
                "index": "your-index"}})
        },
    ),
    kind(
        "redshift",
        &["redshift.workgroup", "redshift.database", "redshift.table", "redshift.secret"],
        || json!({"redshift": {"workgroup": "your-workgroup", "database": "dev", "table": "your_table", "secret": SECRET}}),
    ),
    kind(
        "snowflake",
        &[
            "snowflake.account_url",
            "snowflake.database",
            "snowflake.schema",
            "snowflake.table",
            "snowflake.secret",
        ],
        || {
            json!({"snowflake": {"account_url": "https://xy12345.REGION.snowflakecomputing.com", "database": "YOUR_DATABASE",
                "schema": "PUBLIC", "table": "YOUR_TABLE", "secret": SECRET}})
        },
    ),
    kind(
        "iceberg",
        &["iceberg.s3_tables.bucket", "iceberg.s3_tables.namespace", "iceberg.s3_tables.table"],
        || json!({"iceberg": {"s3_tables": {"bucket": "your-tables", "namespace": "your_namespace", "table": "your_table"}}}),
    ),
];

/// The kind of a name.
pub fn kind_of(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

/// A pipeline beside itself with other destinations.
#[derive(Debug, Serialize)]
pub struct Comparison {
    /// The pipeline's name.
    pub pipeline: String,
    /// Its region.
    pub region: String,
    /// The delivery whose destination is another one each time; `None` of `delivery`.
    pub delivery: Option<String>,
    /// Gigabytes (2^30 bytes) per month that come to the delivery at the declared load.
    pub gigabytes: f64,
    /// The spec as it is, and each kind in the order in which it was asked for.
    pub columns: Vec<Column>,
}

/// One destination.
#[derive(Debug, Serialize)]
pub struct Column {
    /// The kind; of the spec's own, the key of its destination.
    pub name: String,
    /// Whether the spec has it.
    pub is_own: bool,
    /// What it comes to, or why it cannot be.
    #[serde(flatten)]
    pub result: Outcome,
}

/// What a destination comes to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Its figures.
    Possible(Box<Figures>),
    /// The first error, and what to write.
    Refused {
        /// Code of the error.
        code: String,
        /// The error in one sentence.
        message: String,
        /// What to write.
        help: String,
    },
}

/// Figures of a pipeline with a destination.
#[derive(Debug, Serialize)]
pub struct Figures {
    /// Seconds after which a record is delivered at the latest, if nothing is late: the buffers of the transform and of the
    /// destination.
    pub latency_seconds: u64,
    /// Seconds of these for the buffer of the destination.
    pub interval: u64,
    /// MiB that are delivered earlier.
    pub buffer_mib: u64,
    /// Least and greatest interval, seconds.
    pub interval_seconds: (u64, u64),
    /// Least and greatest buffer, MiB.
    pub size_mib: (u64, u64),
    /// Seconds of the retries, and at most; `None` of S3, 24 h.
    pub retry_seconds: Option<(u64, u64)>,
    /// US dollars per month of the delivery, its transform and its destination; `None` where a price is unknown.
    pub delivery_usd: Option<f64>,
    /// The same per gigabyte that comes in.
    pub usd_per_gigabyte: Option<f64>,
    /// US dollars per month of the whole pipeline; `None` where a price is unknown.
    pub pipeline_usd: Option<f64>,
    /// What is billed as well and not estimated.
    pub not_included: Vec<String>,
    /// What a record is at the destination.
    pub record: &'static str,
    /// Where the records go.
    pub line: String,
    /// What its owner has to do.
    pub other_side: Vec<String>,
    /// Values that the spec lacks, which stand for those of the user: place and value.
    pub placeholders: Vec<(String, String)>,
}

/// Compares a pipeline with other destinations of its first delivery. `list` reads the price list of a region, where there is one.
///
/// # Errors
/// What is wrong with the spec as it is, with its sources.
pub fn compare(
    world: &dyn World,
    programs: &Programs,
    path: &Path,
    environment: Option<&str>,
    kinds: &[&'static Kind],
    list: &dyn Fn(&str) -> Option<PriceList>,
) -> Result<Comparison, (Sources, Vec<Diagnostic>)> {
    let mut sources = Sources::default();
    let document = match document(world, path, &mut sources) {
        Ok(document) => document,
        Err(found) => return Err((sources, found)),
    };
    let parsed = match document.merge(environment, &sources) {
        Ok(parsed) => parsed,
        Err(found) => return Err((sources, found)),
    };
    let lock = Lock::read(world, &path.with_file_name(LOCK_FILE)).unwrap_or_default();
    let compiled = |parsed: Parsed, sources: &mut Sources| -> Result<Stack, Vec<Diagnostic>> {
        let front = checked_spec(world, programs, path, &document, parsed, sources);
        let Some((checked, places)) = front.checked else { return Err(front.found) };
        let Back { result, found, .. } = back_end(checked, places, programs, lock.connectors());
        let mut stack = result.ok_or(found)?;
        if let Some(list) = list(&stack.plan.region) {
            stack.cost = cost::estimate(&stack.plan, Prices::Listed(&list));
        }
        Ok(stack)
    };
    let own = match compiled(parsed.clone(), &mut sources) {
        Ok(own) => own,
        Err(found) => return Err((sources, found)),
    };
    let Some(delivery) = own.plan.deliveries.first() else {
        let span = own.checked.pipeline().span;
        let message = "the pipeline has no delivery, whose destination could be another one";
        let found = Diagnostic::error(Code::ConflictingKeys, span, message, "add `delivery: {s3: {}}`");
        return Err((sources, vec![found]));
    };
    let region = own.plan.region.clone();
    let name = delivery.name.clone();
    let mut columns = vec![Column {
        name: delivery.capabilities.key.to_owned(),
        is_own: true,
        result: Outcome::Possible(Box::new(figures(&own, delivery, Vec::new()))),
    }];
    for kind in kinds {
        let mut other = parsed.clone();
        let placeholders = kind.put_into(&mut other.spec, &region);
        let result = match compiled(other, &mut sources) {
            Ok(stack) => match stack.plan.deliveries.first() {
                Some(delivery) => Outcome::Possible(Box::new(figures(&stack, delivery, placeholders))),
                None => continue,
            },
            Err(found) => refused(&found),
        };
        columns.push(Column { name: kind.name.to_owned(), is_own: false, result });
    }
    Ok(Comparison {
        pipeline: own.plan.name.clone(),
        region,
        delivery: name,
        gigabytes: cost::monthly_gigabytes(&own.plan, delivery),
        columns,
    })
}

fn refused(found: &[Diagnostic]) -> Outcome {
    let first = found.iter().find(|one| one.severity == Severity::Error).or(found.first());
    let of = |text: fn(&Diagnostic) -> String| first.map_or_else(String::new, text);
    Outcome::Refused {
        code: of(|one| one.code.to_string()),
        message: of(|one| one.message.clone()),
        help: of(|one| one.help.clone()),
    }
}

fn figures(stack: &Stack, delivery: &DeliveryPlan, placeholders: Vec<(String, String)>) -> Figures {
    let Stack { plan, cost, .. } = stack;
    let capabilities = delivery.capabilities;
    let of_delivery = usd_of(plan, cost, delivery);
    let gigabytes = cost::monthly_gigabytes(plan, delivery);
    let shown = delivery.shown();
    Figures {
        latency_seconds: delivery.buffer_interval + delivery.transform_interval(),
        interval: delivery.buffer_interval,
        buffer_mib: delivery.buffer_size,
        interval_seconds: (capabilities.buffer_s.min, capabilities.buffer_s.max),
        size_mib: (capabilities.buffer_mib.min, capabilities.buffer_mib.max),
        retry_seconds: capabilities
            .fallback
            .as_ref()
            .zip(delivery.service.as_ref())
            .map(|(fallback, service)| (service.retry, fallback.retry_s.max)),
        delivery_usd: of_delivery,
        usd_per_gigabyte: of_delivery.filter(|_| gigabytes > 0.0).map(|usd| usd / gigabytes),
        pipeline_usd: cost.complete.then_some(cost.monthly_usd),
        not_included: vec![format!("data transfer: {}", delivery.data_transfer())],
        record: match capabilities.rows {
            Rows::One => "one row or event",
            Rows::Any => "any number of rows",
        },
        line: shown.line,
        other_side: shown.other_side,
        placeholders,
    }
}

/// US dollars per month of the lines of a delivery: of Firehose, its transform, and what it writes to.
fn usd_of(plan: &Plan, cost: &cost::Cost, delivery: &DeliveryPlan) -> Option<f64> {
    let below = |spec: &str, of: &str| spec == of || spec.starts_with(&format!("{of}/"));
    let is_of =
        |spec: &str| below(spec, &delivery.spec) || (delivery.name.is_none() && below(spec, "/transform"));
    let lines = cost.lines.iter().filter(|line| is_of(&line.spec));
    // Without any, there is no delivery in the bill.
    let usd: Option<Vec<f64>> = lines.map(|line| line.monthly_usd).collect();
    usd.filter(|usd| !usd.is_empty() || plan.deliveries.is_empty()).map(|usd| usd.iter().sum())
}

impl Kind {
    /// Gives the first delivery of a spec this destination; what the spec has of it stays. The placeholders, with their places.
    fn put_into(self, spec: &mut spec::Spec, region: &str) -> Vec<(String, String)> {
        let first = match (&mut spec.delivery, &mut spec.deliveries) {
            (Some(delivery), _) => delivery,
            (None, Some(several)) => match several.values_mut().next() {
                Some(delivery) => delivery,
                None => return Vec::new(),
            },
            (None, None) => return Vec::new(),
        };
        let text = (self.written)().to_string().replace("REGION", region);
        let written: Value = serde_json::from_str(&text).unwrap_or_default();
        let Ok(mut other) = serde_json::from_value::<spec::Delivery>(written.clone()) else {
            return Vec::new();
        };
        let before = first.clone();
        let mut placeholders: Vec<&str> = self.placeholders.to_vec();
        // Its buffer, retries and backup are those of the spec as well.
        let is_own = match self.name {
            "http" => keep(&mut other.http, before.http, &mut placeholders),
            "datadog" => keep(&mut other.datadog, before.datadog, &mut placeholders),
            "new_relic" => keep(&mut other.new_relic, before.new_relic, &mut placeholders),
            "splunk" => keep(&mut other.splunk, before.splunk, &mut placeholders),
            "opensearch" => keep(&mut other.opensearch, before.opensearch, &mut placeholders),
            "opensearch_serverless" => {
                keep(&mut other.opensearch_serverless, before.opensearch_serverless, &mut placeholders)
            }
            "redshift" => keep(&mut other.redshift, before.redshift, &mut placeholders),
            "snowflake" => keep(&mut other.snowflake, before.snowflake, &mut placeholders),
            "iceberg" => keep(&mut other.iceberg, before.iceberg, &mut placeholders),
            // Of S3, the bucket and the table stay, and the format is another one.
            _ => match (&mut other.s3, before.s3) {
                (Some(to), Some(from)) => {
                    to.bucket = from.bucket;
                    to.prefix = from.prefix;
                    if from.table.is_some() {
                        to.table = from.table;
                        placeholders.clear();
                    }
                    let format = |written: Option<ObjectFormat>| written.unwrap_or(ObjectFormat::Json);
                    format(to.format) == format(from.format)
                }
                _ => false,
            },
        };
        *first = spec::Delivery {
            from: before.from,
            transform: before.transform,
            record_size: before.record_size,
            records_per_second: before.records_per_second,
            average: before.average,
            encryption: before.encryption,
            buffer: before.buffer.filter(|_| is_own),
            retry: before.retry.filter(|_| is_own),
            backup: before.backup.filter(|_| is_own),
            ..other
        };
        let value = |place: &&str| {
            let found = place.split('.').try_fold(&written, |value, key| value.get(key));
            found.and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        placeholders.iter().map(|place| ((*place).to_owned(), value(place))).collect()
    }
}

/// A destination that the spec has stays as it is; whether it has it.
fn keep<T>(to: &mut Option<T>, from: Option<T>, placeholders: &mut Vec<&str>) -> bool {
    let is_own = from.is_some();
    if is_own {
        *to = from;
        placeholders.clear();
    }
    is_own
}

impl Figures {
    /// Time until a record is delivered, for people.
    pub fn latency(&self) -> String {
        format!("{}, or {} MiB", Duration(self.latency_seconds), self.buffer_mib)
    }
}
