//! The report for people.

use std::fmt::Write;

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, presets};

use super::{
    AlarmsReport, AnalyticsReport, DeliveryReport, NamedDeliveryReport, PlanReport, StreamReport,
    TransformReport,
};
use crate::amount::{amount, dollars};
use crate::aws::limits::{MIB, kinesis};
use crate::plan::cost::Cost;
use crate::plan::{Carries, FaultPlan};
use crate::spec::Duration;
use crate::terminal::printable;
use crate::throughput::figure;

/// Widest line of a table, without its indentation.
const WIDTH: u16 = 128;

/// How permissions are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grants {
    /// By their number.
    #[default]
    Counted,
    /// Each with its actions, resources and reason.
    Listed,
}

/// The report for people.
pub fn text(report: &PlanReport, grants: Grants) -> String {
    let mut text =
        format!("{} in {}: {} resources\n\n", report.pipeline, report.region, report.resources.len());
    write_picture(report, &mut text);
    write_parts(report, &mut text);
    write_cost(&report.cost, &mut text);
    write_grants(report, grants, &mut text);
    if let Some(log_key) = &report.log_key {
        section(&mut text, "key of the log groups", &log_key.key);
        let _ = writeln!(text, "  its key policy must contain this statement:\n  {}", log_key.statement);
    }
    for advice in &report.advice {
        let _ = write!(text, "\nadvice[{}]: {}\n  help: {}\n", advice.code, advice.message, advice.help);
    }
    // A user's own words could hold what a terminal obeys.
    printable(&text)
}

fn section(text: &mut String, title: &str, facts: &str) {
    let _ = write!(text, "\n{title}: {facts}\n");
}

/// The parts as a tree, with what each costs.
fn write_picture(report: &PlanReport, text: &mut String) {
    let mut table = bare_table();
    for line in &report.picture {
        table.add_row([line.part.clone(), line.what.clone(), line.cost.clone()]);
    }
    align_right(&mut table, &[2]);
    push_table(&table, text);
}

fn write_parts(report: &PlanReport, text: &mut String) {
    if let Some(producer) = &report.producer {
        let facts = format!(
            "{} x {}, {} needed; {}: {} records/s, {} B/s on the wire",
            producer.count,
            producer.instance_type,
            producer.needed,
            producer.source,
            amount(producer.records_per_second),
            amount(producer.wire_bytes_per_second as f64)
        );
        section(text, "producer", &facts);
    }
    for source in &report.sources {
        section(text, &format!("source {}", source.name), &source.line);
        let _ = writeln!(text, "  a record is {}", source.record);
        let _ = writeln!(text, "  a record that it cannot write is {}", source.failures);
        write_other_side(&source.other_side, text);
    }
    if let Some(shards) = &report.shards {
        write_stream(if shards.existing { "existing stream" } else { "stream" }, shards, text);
    }
    for consumer in &report.consumers {
        section(text, &format!("consumer {}", consumer.name), &consumer.line);
        write_other_side(&consumer.other_side, text);
    }
    if let Some(analytics) = &report.analytics {
        let facts = format!(
            "{}, parallelism {}{}, {} KPUs billed, {}",
            analytics.runtime_environment,
            analytics.parallelism,
            if analytics.throughput.computed { "" } else { " as in the spec" },
            analytics.billed_kpus,
            if analytics.stateless { "stateless" } else { "with state" }
        );
        section(text, "analytics", &facts);
        if let Some(state) = &analytics.endless_state {
            for place in &state.places {
                let size = match (place.keys, place.bytes) {
                    (Some(keys), Some(bytes)) => {
                        format!(
                            "{} keys, about {} MB",
                            amount(keys as f64),
                            amount(bytes.div_ceil(1_000_000) as f64)
                        )
                    }
                    _ => "number of keys unknown".into(),
                };
                let _ = writeln!(text, "  unbounded state: {}, {size}", place.what);
            }
            let _ = match state.ttl_seconds {
                0 => writeln!(text, "  keys never expire"),
                seconds => writeln!(text, "  a key expires after {} without records", Duration(seconds)),
            };
        }
        write_throughput(analytics, text);
        for forest in &analytics.forests {
            let _ = writeln!(text, "  {forest}");
        }
        let _ = writeln!(text, "  a changed query {}", analytics.restore);
    }
    if let Some(output) = &report.output_shards {
        write_stream("output stream", output, text);
    }
    for output in &report.outputs {
        write_stream(&format!("output {}", output.name), &output.shards, text);
        if let Some(function) = &output.function {
            let _ = writeln!(text, "  its rows go to {function}");
        }
    }
    if let Some(transform) = &report.transform {
        write_transform("transform", transform, text);
    }
    if let Some(delivery) = &report.delivery {
        write_delivery("delivery", delivery, text);
    }
    for NamedDeliveryReport { name, transform, delivery } in &report.deliveries {
        if let Some(transform) = transform {
            write_transform(&format!("transform of {name}"), transform, text);
        }
        write_delivery(&format!("delivery {name}"), delivery, text);
    }
    write_faults(&report.faults, text);
    if let Some(alarms) = &report.alarms {
        write_alarms(alarms, text);
    }
}

fn write_transform(title: &str, transform: &TransformReport, text: &mut String) {
    let facts = format!(
        "Lambda, {}, {} MiB, {} s{}; one call per {} MiB or {} s",
        transform.architecture,
        transform.memory_mib,
        transform.timeout_seconds,
        if transform.runs_query { ", runs the SQL" } else { "" },
        transform.buffer_mib,
        transform.buffer_seconds
    );
    section(text, title, &facts);
}

/// What the owner of a source, a consumer or a destination has to do.
fn write_other_side(lines: &[String], text: &mut String) {
    if !lines.is_empty() {
        let _ = writeln!(text, "  on the other side:");
    }
    for line in lines {
        let _ = writeln!(text, "    {line}");
    }
}

fn write_delivery(title: &str, delivery: &DeliveryReport, text: &mut String) {
    let facts = format!(
        "{} -> {}; {} per {} MiB or {} s",
        delivery.source, delivery.destination, delivery.unit, delivery.buffer_mib, delivery.buffer_seconds
    );
    section(text, title, &facts);
    if let Some(own) = &delivery.own_transform {
        let _ = writeln!(
            text,
            "  transformed by {}; one call per {} MiB or {} s, {} retries",
            own.function, own.buffer_mib, own.buffer_seconds, own.retries
        );
    }
    if let Some(load) = &delivery.direct {
        let _ = writeln!(text, "  {load}");
    }
    if delivery.extracts_messages {
        let what =
            "writes the message of each log event, without its group and time, and accepts no other records";
        let _ = writeln!(text, "  Firehose itself unpacks records of CloudWatch Logs: it {what}");
    }
    for note in &delivery.notes {
        let _ = writeln!(text, "  {note}");
    }
    if let Some(faults) = &delivery.faults {
        let _ = writeln!(text, "  error records -> {faults}");
    }
    write_other_side(&delivery.other_side, text);
}

/// When each alarm rings.
fn write_alarms(alarms: &AlarmsReport, text: &mut String) {
    section(text, "alarms", &format!("{}, which notify {}", alarms.alarms.len(), alarms.notify));
    let mut table = bare_table();
    for alarm in &alarms.alarms {
        let missing = if alarm.missing_is_a_fault { ", or no data" } else { "" };
        table.add_row([alarm.resource.clone(), alarm.alarm.to_owned(), format!("{}{missing}", alarm.rings)]);
    }
    push_table(&table, text);
}

/// Where what is not as it should be is counted.
fn write_faults(faults: &[FaultPlan], text: &mut String) {
    if faults.is_empty() {
        return;
    }
    let uncounted = faults.iter().filter(|fault| fault.counted.is_none()).count();
    let facts = match uncounted {
        0 => "all are counted".to_owned(),
        1 => "one kind is not counted".to_owned(),
        kinds => format!("{kinds} kinds are not counted"),
    };
    section(text, "faults", &facts);
    let mut table = bare_table();
    for fault in faults {
        let counted = match (&fault.counted, fault.help) {
            (Some(counted), _) => counted.clone(),
            (None, Some(help)) => format!("not counted; write {help}"),
            (None, None) => "not counted".into(),
        };
        table.add_row([fault.what.to_owned(), fault.becomes.to_owned(), counted]);
    }
    push_table(&table, text);
}

/// What a record costs Flink, and what the load needs.
fn write_throughput(analytics: &AnalyticsReport, text: &mut String) {
    let throughput = &analytics.throughput;
    let mut table = bare_table();
    for term in &throughput.terms {
        let largest = if term.largest && throughput.terms.len() > 1 { "<- largest" } else { "" };
        let micros = format!("{} us", figure(term.microseconds));
        let mut note = term.note.clone();
        if let Some(subtasks) = term.subtasks.filter(|subtasks| (2..analytics.parallelism).contains(subtasks))
        {
            let _ = write!(note, ", so work for {subtasks} subtasks");
        }
        table.add_row([term.what.clone(), micros, note, largest.to_owned()]);
    }
    align_right(&mut table, &[1]);
    push_table(&table, text);
    let _ = writeln!(text, "  {}", throughput.shown());
}

fn write_stream(title: &str, stream: &StreamReport, text: &mut String) {
    let kept = Duration(stream.retention_hours * 3_600);
    let capacity = match stream.count {
        Some(1) => "1 shard".to_owned(),
        Some(count) => format!("{count} shards"),
        None => "on demand".to_owned(),
    };
    let output = stream.carries == Carries::Rows;
    let at_most = if output { "at most " } else { "" };
    let load = format!(
        "{at_most}{} {} per second of {} B, partition key included",
        amount(stream.records_per_second),
        if output { "rows" } else { "records" },
        amount(stream.record_bytes as f64)
    );
    section(text, title, &format!("{capacity}; {load}; retained {kept}"));
    if let Some(rows) = &stream.rows {
        let _ = writeln!(text, "  {rows}");
    }
    let mut table = bare_table();
    if let Some(on_demand) = &stream.on_demand {
        let row = |word: &str, load: u64, start: u64, ceiling: u64| {
            [
                word.to_owned(),
                format!("{} B/s", amount(load as f64)),
                format!("starts at {} B/s", amount(start as f64)),
                format!("grows to {} B/s", amount(ceiling as f64)),
            ]
        };
        table.add_row(row("write", on_demand.write, on_demand.write_start, on_demand.write_ceiling));
        table.add_row(row("read", on_demand.read, on_demand.read_start, on_demand.read_ceiling));
        align_right(&mut table, &[1, 2, 3]);
    }
    for term in &stream.arithmetic {
        let binding = if stream.binding == Some(term.limit) { "<- binding" } else { "" };
        table.add_row([term.limit.replace('_', " "), term.text.clone(), binding.to_owned()]);
    }
    push_table(&table, text);
    if stream.readers > 1 {
        let _ = writeln!(
            text,
            "  {} readers share {} GetRecords calls and {} MiB per shard and second",
            stream.readers,
            kinesis::SHARD_GET_RECORDS_PER_S,
            kinesis::SHARD_READ_BYTES_PER_S / MIB
        );
    }
    if let (Some(count), Some(needed)) = (stream.count, stream.needed)
        && count != needed
    {
        let _ = writeln!(text, "  {needed} needed with headroom; the spec sets {count}");
    }
}

fn write_grants(report: &PlanReport, grants: Grants, text: &mut String) {
    let mut roles: Vec<_> = report.grants.iter().map(|grant| &grant.role).collect();
    roles.dedup();
    let counted = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let numbers = format!("{}, {}", counted(report.grants.len(), "grant"), counted(roles.len(), "role"));
    match grants {
        Grants::Counted if !report.grants.is_empty() => {
            return section(text, "permissions", &format!("{numbers}; --grants lists them"));
        }
        Grants::Counted | Grants::Listed => section(text, "permissions", &numbers),
    }
    let mut role = "";
    for grant in &report.grants {
        if grant.role != role {
            role = &grant.role;
            let _ = writeln!(text, "  {role}, for {}", grant.principal);
        }
        let _ = writeln!(text, "    {}", grant.because);
        let _ = writeln!(text, "      {}", grant.actions.join(", "));
        let _ = writeln!(text, "      on {}", grant.resources.join(", "));
        for condition in &grant.conditions {
            let _ = writeln!(text, "      if {condition}");
        }
    }
}

fn write_cost(cost: &Cost, text: &mut String) {
    let sum = format!(
        "USD {} per month{}",
        dollars(cost.monthly_usd),
        if cost.complete { "" } else { " plus unknown prices" }
    );
    let facts = match &cost.prices_as_of {
        Some(months) => format!("{sum}; prices of {months} in {}", cost.region),
        None => format!("unknown: pipec has no prices for {}", cost.region),
    };
    section(text, "cost", &facts);
    let _ = writeln!(text, "  {}", cost.basis);
    let mut table = bare_table();
    let mut unsure = false;
    for line in &cost.lines {
        let about = line.monthly_usd.is_some() && !line.sure;
        unsure |= about;
        let mark = if about { "~" } else { "" };
        table.add_row([
            line.item.clone(),
            amount(line.quantity),
            match line.unit_price {
                Some(price) => format!("{} x {price}", line.unit),
                None => line.unit.to_owned(),
            },
            line.monthly_usd.map_or_else(|| "unknown".to_owned(), |usd| format!("{mark}{usd:.2}")),
            line.note.clone(),
        ]);
    }
    align_right(&mut table, &[1, 3]);
    for column in [0, 1, 2, 3] {
        if let Some(column) = table.column_mut(column) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    push_table(&table, text);
    if unsure {
        text.push_str("  ~ estimate: based on an assumption or an unverified price\n");
    }
    for left_out in &cost.left_out {
        let _ = writeln!(text, "  not included: {} ({})", left_out.item, left_out.because);
    }
}

/// A table without lines, of the same width everywhere.
fn bare_table() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(WIDTH);
    table
}

fn align_right(table: &mut Table, columns: &[usize]) {
    for &column in columns {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

/// A table, indented. Comfy-table pads each cell on both sides, which gives one blank; those at the end go.
fn push_table(table: &Table, text: &mut String) {
    for line in table.lines() {
        text.push(' ');
        text.push_str(line.trim_end());
        text.push('\n');
    }
}
