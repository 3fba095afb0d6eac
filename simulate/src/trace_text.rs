//! The trace for people.

use std::fmt::Write;

use comfy_table::{CellAlignment, Table, presets};

use super::shards::ShardTrace;
use super::trace::{DeliveryTrace, ObjectTrace, StreamTrace, Trace};
use pipec_compiler::amount::count as number;
use pipec_compiler::terminal::printable;

/// Objects that are listed.
const OBJECTS: usize = 10;
/// Shards that are listed.
const SHARDS: usize = 16;
/// Characters of a record that is shown.
const SHOWN_CHARS: usize = 400;
/// How far the size of records may be from what the spec declares, as a factor.
const SIZE_FACTOR: f64 = 1.25;
/// The same for the rows of an output.
const ROWS_FACTOR: f64 = 1.25;

/// The trace for people.
pub fn text(trace: &Trace) -> String {
    let mut text = String::new();
    write_source(trace, &mut text);
    write_steps(trace, &mut text);
    if let Some(stream) = trace.stream.as_ref().filter(|stream| !stream.shards.is_empty()) {
        write_shards(stream, &mut text);
    }
    trace.deliveries.iter().for_each(|delivery| write_objects(delivery, &mut text));
    write_shown(trace, &mut text);
    trace.notes.iter().for_each(|note| {
        let _ = writeln!(text, "\nnote: {note}");
    });
    advice(trace).iter().for_each(|advice| {
        let _ = writeln!(text, "\nadvice: {advice}");
    });
    // Records come from anywhere.
    printable(&text)
}

fn write_source(trace: &Trace, text: &mut String) {
    let source = &trace.source;
    let _ = write!(text, "{}: {} from {}", trace.pipeline, records(source.records_in), source.name);
    if let (Some(first), Some(last)) = (&source.first, &source.last) {
        let _ = write!(text, ", from {first} to {last}");
    }
    let _ = writeln!(text, ", {}", bytes(source.bytes_out));
}

fn write_steps(trace: &Trace, text: &mut String) {
    let mut table = bare(["step", "in", "out", "dropped", "failed", ""]);
    align(&mut table, 1..5);
    let mut row = |step: String, numbers: [u64; 4], more: Vec<String>| {
        let [records_in, out, dropped, failed] = numbers.map(number);
        table.add_row([step, records_in, out, dropped, failed, more.join("; ")]);
    };
    let source = &trace.source;
    let mut more = Vec::new();
    counted(&mut more, source.too_large, "larger than the service accepts");
    counted(&mut more, source.without_key, "without a partition key of their own");
    counted(&mut more, source.without_time, "without a time of their own");
    row("source".into(), [source.records_in, source.records_out, 0, source.too_large], more);
    if let Some(stream) = &trace.stream {
        let throttled = stream.shards.iter().map(|shard| shard.throttled).sum();
        let mut more = Vec::new();
        counted(&mut more, throttled, "beyond a shard's limit, and so sent again");
        row("stream".into(), [stream.records, stream.records, 0, 0], more);
    }
    for consumer in &trace.consumers {
        row(format!("consumer {}", consumer.name), [consumer.records, consumer.records, 0, 0], Vec::new());
    }
    for rows in &trace.rows {
        let mut more = vec![format!("{} rows per record, by {}", ratio(rows.rows_per_record), rows.runs_on)];
        counted(&mut more, rows.skipped.unwrap_or(0), "records skipped: not what the SQL reads");
        counted(&mut more, rows.invalid_values.unwrap_or(0), "invalid values, read as NULL");
        let dropped = rows.dropped.unwrap_or(0);
        row(format!("SQL to {}", rows.output), [rows.records_in, rows.rows, dropped, 0], more);
    }
    for delivery in &trace.deliveries {
        let of = delivery.name.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
        if let Some(transform) = &delivery.transform {
            let step = if transform.runs_query { "SQL in the transform" } else { "transform" };
            let calls = if transform.calls == 1 { "call" } else { "calls" };
            let mut more = vec![format!("{} {calls}", number(transform.calls))];
            if transform.runs_query {
                let per_record = transform.rows as f64 / delivery.records_in.max(1) as f64;
                more.push(format!("{} rows, {} per record", number(transform.rows), ratio(per_record)));
            }
            counted(&mut more, transform.invalid_values, "invalid values, read as NULL");
            counted(&mut more, transform.log_events, "log events unpacked");
            counted(&mut more, transform.control_messages, "control messages dropped");
            counted(&mut more, transform.not_applicable, "failed: not a record that the program reads");
            counted(&mut more, transform.no_partition, "failed: a partition key has no value");
            counted(&mut more, transform.reply_full, "failed: the reply of 6 MB was full");
            let numbers = [delivery.records_in, delivery.records_out, delivery.dropped, delivery.failed];
            row(format!("{step}{of}"), numbers, more);
        }
        let (into, dropped, failed) = match &delivery.transform {
            Some(_) => (delivery.records_out, 0, 0),
            None => (delivery.records_in, delivery.dropped, delivery.failed),
        };
        let (one, many) = if delivery.is_service { ("request", "requests") } else { ("object", "objects") };
        let objects = match delivery.objects {
            1 => format!("1 {one}"),
            count => format!("{} {many}", number(count)),
        };
        let mut more = vec![format!("{objects}, {}", bytes(delivery.object_bytes))];
        for failure in &delivery.failures {
            counted(&mut more, failure.records, &format!("failed: {}", failure.reason));
        }
        counted(&mut more, delivery.error_objects, "error objects");
        counted(&mut more, delivery.backup_objects, "backup objects");
        row(format!("delivery{of}"), [into, delivery.records_out, dropped, failed], more);
    }
    push(&table, text);
}

fn write_shards(stream: &StreamTrace, text: &mut String) {
    let mut table = bare(["shard", "records", "share", "busiest second", "of its limit"]);
    align(&mut table, 1..5);
    let row = |shard: &ShardTrace| {
        [
            shard.shard.to_string(),
            number(shard.records),
            format!("{:.1} %", shard.share_percent),
            format!(
                "{} records, {}",
                number(shard.peak_records_per_second),
                bytes(shard.peak_bytes_per_second)
            ),
            format!("{:.0} %", shard.peak_percent_of_limit),
        ]
    };
    let mut shards: Vec<&ShardTrace> = stream.shards.iter().collect();
    if shards.len() > SHARDS {
        shards.sort_by(|one, other| other.peak_percent_of_limit.total_cmp(&one.peak_percent_of_limit));
        let _ = writeln!(text, "\nthe {SHARDS} busiest of {} shards:", stream.shards.len());
        shards.truncate(SHARDS);
    }
    shards.iter().for_each(|shard| {
        table.add_row(row(shard));
    });
    push(&table, text);
    if let Some(hottest) = stream.hottest().filter(|_| stream.shards.len() > 1) {
        let percent = hottest.peak_percent_of_limit;
        let _ = writeln!(
            text,
            "the hottest shard is {}, with {percent:.0} % of its limit in its busiest second",
            hottest.shard
        );
    }
}

fn write_objects(delivery: &DeliveryTrace, text: &mut String) {
    if delivery.listed.is_empty() {
        return;
    }
    let (what, delivered) = match delivery.is_service {
        true => ("request", "a record is delivered after"),
        false => ("object", "a record is in S3 after"),
    };
    let mut table = bare([what, "records", "size"]);
    align(&mut table, 1..3);
    let failed = delivery.listed.iter().filter(|object| object.failed);
    let data = delivery.listed.iter().filter(|object| !object.failed);
    let listed: Vec<&ObjectTrace> = data.take(OBJECTS).chain(failed.take(OBJECTS)).collect();
    for object in &listed {
        table.add_row([
            format!("{}/{}", object.bucket, object.key),
            number(object.records),
            bytes(object.bytes),
        ]);
    }
    push(&table, text);
    let more = (delivery.objects + delivery.error_objects + delivery.backup_objects)
        .saturating_sub(listed.len() as u64);
    if more > 0 {
        let _ = writeln!(text, "and {} more", number(more));
    }
    if let Some(delay) = &delivery.delay {
        let (shortest, longest) = (time(delay.shortest), time(delay.longest));
        let _ = match shortest == longest {
            true => writeln!(text, "{delivered} {longest}"),
            false => {
                writeln!(text, "{delivered} {shortest} to {longest}, on average {}", time(delay.average))
            }
        };
    }
}

fn write_shown(trace: &Trace, text: &mut String) {
    for (number, shown) in trace.shown.iter().enumerate() {
        let _ = writeln!(text, "\nrecord {} of {}\n  {}", number + 1, shown.arrived, cut(&shown.record));
        for fate in &shown.fates {
            let lines = fate.content.as_deref().map(cut).unwrap_or_default();
            let lines = lines.lines().map(|line| format!("\n    {line}")).collect::<String>();
            let _ = writeln!(text, "  {}: {}{lines}", fate.delivery, fate.result);
        }
    }
}

/// What the figures suggest to change in the spec.
fn advice(trace: &Trace) -> Vec<String> {
    let mut advice = Vec::new();
    let source = &trace.source;
    let (observed, declared) = (source.average_record_size, source.declared_record_size as f64);
    let differs = |one: f64, other: f64, factor: f64| one > other * factor || one * factor < other;
    if source.records_out > 0 && differs(observed, declared, SIZE_FACTOR) {
        advice.push(format!(
            "an average record has {observed:.0} bytes, and `record_size` declares {declared:.0}; write `record_size: {observed:.0} B` if these records are typical"
        ));
    }
    for rows in &trace.rows {
        let observed = rows.rows_per_record;
        let Some(planned) = rows.planned.filter(|planned| differs(observed, *planned, ROWS_FACTOR)) else {
            continue;
        };
        if observed > 0.0 {
            advice.push(format!(
                "a record becomes {} rows of {}, and {} are planned; write `rows_per_record: {}` in `analytics` if these records are typical",
                ratio(observed),
                rows.output,
                ratio(planned),
                ratio(observed)
            ));
        }
    }
    let hottest = trace.stream.as_ref().and_then(StreamTrace::hottest);
    if let Some(shard) = hottest.filter(|shard| shard.throttled > 0) {
        advice.push(format!(
            "shard {} rejects {} at first; records with one partition key go to one shard, so choose a key with more values, or `random`",
            shard.shard,
            records(shard.throttled)
        ));
    }
    advice
}

fn counted(more: &mut Vec<String>, count: u64, what: &str) {
    if count > 0 {
        more.push(format!("{} {what}", number(count)));
    }
}

fn records(count: u64) -> String {
    if count == 1 { "1 record".into() } else { format!("{} records", number(count)) }
}

/// A ratio with three significant digits.
fn ratio(ratio: f64) -> String {
    let digits = if ratio == 0.0 { 0 } else { (2 - ratio.abs().log10().floor() as i32).clamp(0, 9) };
    let text = format!("{ratio:.*}", digits.unsigned_abs() as usize);
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

fn bytes(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.2} GB", bytes as f64 / 1e9),
    }
}

fn time(millis: i64) -> String {
    match millis {
        ..1_000 => format!("{millis} ms"),
        1_000..120_000 => format!("{:.0} s", millis as f64 / 1e3),
        _ => format!("{:.1} min", millis as f64 / 6e4),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}..", &text[..end]),
        None => text.to_owned(),
    }
}

fn bare<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header);
    table
}

fn align(table: &mut Table, columns: std::ops::Range<usize>) {
    for column in columns {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

fn push(table: &Table, text: &mut String) {
    text.push('\n');
    for line in table.lines() {
        text.push_str(line.strip_prefix(' ').unwrap_or(&line).trim_end());
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_readable() {
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(number(999), "999");
        assert_eq!(ratio(0.123_456), "0.123");
        assert_eq!(ratio(12.0), "12");
        assert_eq!(ratio(1234.5), "1234");
        assert_eq!(ratio(0.0), "0");
        assert_eq!(bytes(1_500), "1.5 kB");
        assert_eq!(time(90_000), "90 s");
        assert_eq!(time(300_000), "5.0 min");
    }
}
