//! The values of partition keys: for the transform, which returns them, and as jq, for Firehose's own extraction.

use pipec_core::query;
use pipec_core::{Partition as Program, PartitionKey};

use super::fields::{Field, Fields};
use super::time_pattern::TimePattern;
use crate::pipeline::Partition;
use crate::sql::{DataType, EpochUnit, column_type};

/// The jq that Firehose runs. API Processor, `JsonParsingEngine`, 2026-11.
pub const JQ_ENGINE: &str = "JQ-1.6";

/// The keys for the record program. `runs_query` is whether its query makes the rows that have the columns; else it reads
/// them from the record.
pub fn program(partitions: &[Partition], fields: &Fields, runs_query: bool) -> Option<Program> {
    let mut columns = Vec::new();
    let mut keys = Vec::new();
    for partition in partitions {
        let at = fields.position(&partition.column.value)?;
        let field = &fields.list[at];
        let column = if runs_query {
            at
        } else {
            columns.push(query::Column {
                path: field.path.clone(),
                data_type: column_type(field.data_type, field.epoch),
            });
            columns.len() - 1
        };
        let time = pattern(partition, field).map(|pattern| pattern.parts());
        keys.push(PartitionKey { name: partition.key.clone(), column, time });
    }
    (!keys.is_empty()).then_some(Program { columns, keys })
}

/// The keys as one jq expression.
pub fn jq(partitions: &[Partition], fields: &Fields) -> Option<String> {
    let one = |partition: &Partition| {
        let field = fields.find(&partition.column.value)?;
        Some(format!("{}: {}", partition.key, value(field, pattern(partition, field).as_ref())))
    };
    let all: Option<Vec<String>> = partitions.iter().map(one).collect();
    all.map(|all| format!("{{{}}}", all.join(", ")))
}

/// Whether jq takes a time from a text as it is written, in whatever zone that is.
pub fn takes_written_time(partition: &Partition, fields: &Fields) -> bool {
    let field = fields.find(&partition.column.value);
    let is_text = |field: &Field| field.data_type == DataType::Timestamp && field.epoch.is_none();
    !fields.of_rows && partition.format.is_some() && field.is_some_and(is_text)
}

fn written(partition: &Partition) -> Option<TimePattern> {
    partition.format.as_ref().and_then(|format| TimePattern::parse(&format.value).ok())
}

/// The pattern of a key that is a time; of a DATE, the usual one by default.
pub fn pattern(partition: &Partition, field: &Field) -> Option<TimePattern> {
    let of_date =
        || (field.data_type == DataType::Date).then(|| TimePattern::parse("yyyy-MM-dd").ok()).flatten();
    written(partition).or_else(of_date)
}

fn value(field: &Field, pattern: Option<&TimePattern>) -> String {
    let path = path(&field.path);
    let Some(pattern) = pattern else { return path };
    match field.epoch {
        None => pattern.jq_of_text(&path),
        Some(unit) => {
            let seconds = match unit {
                EpochUnit::Seconds => String::new(),
                EpochUnit::Milliseconds => " / 1000".into(),
                EpochUnit::Microseconds => " / 1000000".into(),
                EpochUnit::Nanoseconds => " / 1000000000".into(),
            };
            let strftime = serde_json::Value::from(pattern.strftime());
            format!("({path} | tonumber{seconds} | floor | strftime({strftime}))")
        }
    }
}

/// The path of a value.
fn path(keys: &[String]) -> String {
    let is_name = |key: &str| {
        let mut letters = key.chars();
        letters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
            && letters.all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let step = |key: &String| match is_name(key) {
        true => format!(".{key}"),
        false => format!(".{}", serde_json::Value::from(key.as_str())),
    };
    keys.iter().map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::Setting;
    use crate::table::fixture::span;

    fn setting(value: &str) -> Setting<String> {
        Setting { value: value.into(), span: span(), written: true }
    }

    #[test]
    fn keys_are_one_jq_expression() {
        let field = |name: &str, path: &[&str], data_type: &str, epoch| Field {
            name: name.into(),
            path: path.iter().map(|&key| key.to_owned()).collect(),
            is_inside_array: false,
            data_type: data_type.parse().expect(data_type),
            epoch,
            span: span(),
        };
        let list = vec![
            field("country", &["address", "country"], "VARCHAR(2)", None),
            field("kind", &["event-kind"], "VARCHAR", None),
            field("at", &["at"], "TIMESTAMP", None),
            field("ms", &["ms"], "TIMESTAMP", Some(EpochUnit::Milliseconds)),
        ];
        let fields = Fields { list, of_rows: false };
        let partition = |key: &str, column: &str, format: Option<&str>| Partition {
            key: key.into(),
            span: span(),
            column: setting(column),
            format: format.map(setting),
            values: None,
            count: None,
        };
        let partitions = [
            partition("country", "country", None),
            partition("kind", "KIND", None),
            partition("day", "at", Some("yyyy-MM-dd")),
            partition("month", "at", Some("yyyy/MM")),
            partition("hour", "ms", Some("HH")),
        ];
        assert_eq!(
            jq(&partitions, &fields).as_deref(),
            Some(
                r#"{country: .address.country, kind: ."event-kind", day: (.at | if length < 10 then null else .[0:10] end), month: (.at | if length < 7 then null else .[0:4] + "/" + .[5:7] end), hour: (.ms | tonumber / 1000 | floor | strftime("%H"))}"#
            )
        );
    }
}
