//! What pipelines of one spec must not share: each environment inherits the sources of the spec, and AWS gives some of what they
//! name to one reader only; and its tables, whose names are unique in an account and region.

use crate::aws::limits::{monitoring, pipes};
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::{LogSource, Pipeline, Setting, SourceKind, Table, TableSource};
use crate::source::Span;

/// Something that a source of a pipeline reads, or that its stack creates under a name of its own.
#[derive(Debug)]
pub struct Use {
    /// What it is.
    what: &'static What,
    /// Its ARN or name.
    id: String,
    /// Its place.
    span: Span,
    /// Name of the source; pointer to the table of the spec.
    part: String,
}

/// What AWS shares with few.
#[derive(Debug)]
struct What {
    name: &'static str,
    /// Where the spec has it.
    place: Place,
    /// Its key there.
    key: &'static str,
    /// Pipelines that may read it.
    max: usize,
    because: &'static str,
}

/// A part of the spec.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// A source of this kind.
    Source(&'static str),
    /// The table of a delivery.
    Table,
}

static QUEUE: What = What {
    name: "queue",
    place: Place::Source("sqs"),
    key: "queue: ARN",
    max: 1,
    because: "so each gets a part of its messages",
};
static WEB_ACL: What = What {
    name: "web ACL",
    place: Place::Source("waf"),
    key: "web_acl: ARN",
    max: 1,
    because: "and it has one log, so the second deployment fails",
};
static LOG_GROUP: What = What {
    name: "log group",
    place: Place::Source("cloudwatch_logs"),
    key: "groups: [NAME]",
    max: monitoring::SUBSCRIPTION_FILTERS_MAX,
    because: "and it has two subscription filters, so the third deployment fails",
};
static TABLE_STREAM: What = What {
    name: "DynamoDB stream",
    place: Place::Source("dynamodb"),
    key: "stream: ARN",
    max: pipes::TABLE_STREAM_READERS_MAX,
    because: "and more than two readers of a shard are throttled",
};

static DATABASE: What = What {
    name: "database",
    place: Place::Table,
    key: "database",
    max: 1,
    because: "whose name an account has once per region, so the second deployment in an account fails",
};
static TABLE: What = What {
    name: "table",
    place: Place::Table,
    key: "name",
    max: 1,
    because: "whose name a database has once, so the second deployment in an account fails",
};

/// The database that a table's stack creates, or the table in a database of others.
fn created(pipeline: &Pipeline, table: &Table) -> Option<Use> {
    let TableSource::Own { database, own_database, name } = &table.source else { return None };
    let (what, named) = if *own_database { (&DATABASE, database) } else { (&TABLE, name) };
    let id = match own_database {
        true => format!("{}:{}", pipeline.region.value, database.value),
        false => format!("{}:{}.{}", pipeline.region.value, database.value, name.value),
    };
    Some(Use { what, id, span: named.span, part: table.spec.clone() })
}

/// The finding about databases and tables that several environments create.
fn created_twice(one: &Use, environment: &str, listed: &str, has_others: bool) -> Diagnostic {
    let What { name: what, key, because, .. } = one.what;
    let name = one.id.rsplit([':', '.']).next().unwrap_or_default();
    let end = environment.replace('-', "_");
    let steps: Vec<&str> = one.part.split('/').filter(|step| !step.is_empty()).collect();
    let open: String = steps.iter().map(|step| format!("{step}: {{")).collect();
    let close = "}".repeat(steps.len());
    let others = if has_others { ", and in the other deliveries with this database" } else { "" };
    Diagnostic::warning(
        Code::SharedTable,
        one.span,
        format!("{listed} create the same {what} `{name}`, {because}"),
        format!(
            "write another name in the environment, as in `environments: {{{environment}: {{{open}{key}: {name}_{end}{close}}}}}`{others}"
        ),
    )
}

/// What the sources of a pipeline read, and what its stack creates in the Data Catalog.
pub fn uses(pipeline: &Pipeline) -> Vec<Use> {
    let tables = pipeline.deliveries.iter().filter_map(|delivery| delivery.destination.table());
    let mut found: Vec<Use> = tables.filter_map(|table| created(pipeline, table)).collect();
    for source in &pipeline.sources {
        let (what, ids): (_, &[Setting<String>]) = match &source.kind {
            SourceKind::Sqs(sqs) => (&QUEUE, std::slice::from_ref(&sqs.queue)),
            SourceKind::Waf(waf) => (&WEB_ACL, std::slice::from_ref(&waf.web_acl)),
            SourceKind::DynamoDb(table) => (&TABLE_STREAM, std::slice::from_ref(&table.stream)),
            SourceKind::CloudWatchLogs(logs) => match &logs.from {
                LogSource::Groups(groups) => (&LOG_GROUP, groups),
                LogSource::Accounts(_) => continue,
            },
            // Every subscriber of the others gets every record.
            SourceKind::Api(_)
            | SourceKind::CloudFront(_)
            | SourceKind::EventBridge(_)
            | SourceKind::Iot(_)
            | SourceKind::MetricStream(_)
            | SourceKind::Sns(_)
            | SourceKind::Writers(_) => continue,
        };
        let of = |id: &Setting<String>| Use {
            what,
            id: id.value.clone(),
            span: id.span,
            part: source.name.clone(),
        };
        found.extend(ids.iter().map(of));
    }
    found
}

/// Findings about what more pipelines read than can, each with the index of the first pipeline that is too many. Of the pipelines,
/// there are the environments (the spec's own has none) and what they read.
pub fn shared(pipelines: &[(Option<&str>, Vec<Use>)]) -> Vec<(usize, Diagnostic)> {
    let mut found = Vec::new();
    let mut known: Vec<(&'static str, &str)> = Vec::new();
    for (at, (environment, uses)) in pipelines.iter().enumerate() {
        let Some(environment) = environment else { continue };
        for one in uses {
            let is_same = |other: &Use| (other.what.name, &other.id) == (one.what.name, &one.id);
            let earlier: Vec<(&str, &Use)> = pipelines[..at]
                .iter()
                .filter_map(|(name, uses)| {
                    Some((name.unwrap_or_default(), uses.iter().find(|other| is_same(other))?))
                })
                .collect();
            if earlier.len() < one.what.max || known.contains(&(one.what.name, &one.id)) {
                continue;
            }
            known.push((one.what.name, &one.id));
            let What { name: what, place, key, because, .. } = one.what;
            let name = |name: &str| match name {
                "" => "the pipeline without an environment".to_owned(),
                name => format!("environment `{name}`"),
            };
            let all: Vec<String> =
                earlier.iter().map(|(other, _)| name(other)).chain([name(environment)]).collect();
            let listed = match all.as_slice() {
                [others @ .., last] => format!("{} and {last}", others.join(", ")),
                [] => continue,
            };
            let Place::Source(kind) = place else {
                let finding = created_twice(
                    one,
                    environment,
                    &listed,
                    uses.iter().filter(|other| is_same(other)).count() > 1,
                );
                let others = earlier.iter().filter(|(_, other)| other.span != one.span);
                let finding =
                    others.fold(finding, |finding, (other, of)| finding.related(of.span, name(other)));
                found.push((at, finding));
                continue;
            };
            let help = format!(
                "name another {what} in the environment, as in `environments: {{{environment}: {{sources: {{{}: {{{kind}: \
                 {{{key}}}}}}}}}}}`, or remove the source there: `{}: ~`",
                one.part, one.part
            );
            let message = format!("{listed} read the same {what}, {because}");
            let finding = Diagnostic::warning(Code::SharedSource, one.span, message, help);
            let others = earlier.iter().filter(|(_, other)| other.span != one.span);
            let finding = others.fold(finding, |finding, (other, of)| finding.related(of.span, name(other)));
            found.push((at, finding));
        }
    }
    found
}
