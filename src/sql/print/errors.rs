//! Faults as rows of the output `ERROR_STREAM`: values that do not fit their columns, records without an event time,
//! rows that the sink cannot take. All of it is read from the one table of records, whose columns are texts then; only
//! records that the format skips come from another (`not_json`, `not_csv`).

use std::fmt::Write;

use super::super::data_type::{DataType, Family};
use super::super::query::{Column, Query, RecordFormat, Role, StreamId, TimeAttribute};
use super::super::resolve::RECORDS_TABLE;
use super::{bounds, not_csv, not_json, quote, records, time_name};

/// When a record has no event time.
fn no_time(query: &Query) -> Option<String> {
    let event_time = query.event_time?;
    if query.stream(StreamId::INPUT).carries.contains(&TimeAttribute::EventTime) {
        let time = time_name(TimeAttribute::EventTime);
        let time = format!("CAST(`record`.{time} AS TIMESTAMP(3))");
        return Some(records::lacks_event_time(event_time, &time));
    }
    let text = records::text(query, event_time.column, &query.input[event_time.column]);
    Some(format!("{} IS NULL", records::event_value(query, event_time, text)))
}

/// What a column of a record must be to be a fault; nothing where any text fits.
fn fault(query: &Query, at: usize, column: &Column) -> Option<String> {
    if query.event_time.is_some_and(|event_time| event_time.column == at) {
        return no_time(query);
    }
    let (text, value) = (records::text(query, at, column), records::value(query, at, column));
    match (column.data_type.family(), query.format) {
        (Family::Text, _) => None,
        (Family::Boolean, RecordFormat::Json) => None,
        // An empty field is NULL.
        (_, RecordFormat::Csv { .. }) => Some(format!("{text} <> '' AND {value} IS NULL")),
        (_, RecordFormat::Json) => Some(format!("{text} IS NOT NULL AND {value} IS NULL")),
    }
}

/// One fault as the columns of the output.
pub(super) fn row(time: &str, name: &str, message: &str, data: &str) -> String {
    let text =
        |value: &str, length: u32| format!("CAST(SUBSTRING({value}, 1, {length}) AS VARCHAR({length}))");
    [
        format!("  {time} AS `ERROR_TIME`"),
        "  CAST('ERROR' AS VARCHAR(10)) AS `ERROR_LEVEL`".into(),
        format!("  CAST({name} AS VARCHAR(32)) AS `ERROR_NAME`"),
        format!("  {} AS `MESSAGE`", text(message, 4_096)),
        format!("  {time} AS `DATA_ROWTIME`"),
        format!("  {} AS `DATA_ROW`", text(data, 49_152)),
        "  CAST(NULL AS VARCHAR(128)) AS `PUMP_NAME`".into(),
    ]
    .join(",\n")
}

/// The statements that write faults.
pub(super) fn print(query: &Query, text: &mut String) {
    let Some(errors) = query.errors.map(|id| quote::name(&query.stream(id).name)) else { return };
    values(query, &errors, text);
    match query.format {
        RecordFormat::Json => not_json::print(query, &errors, text),
        RecordFormat::Csv { .. } => not_csv::print(query, &errors, text),
    }
    for insert in &query.inserts {
        let stream = query.stream(insert.into);
        if stream.role != Role::Output {
            continue;
        }
        let Some(too_large) = bounds::rows_fit(insert, stream, false) else { continue };
        let message = quote::text(&format!("a row of {} has more than 1 MiB", stream.name));
        let now = "CAST(CURRENT_ROW_TIMESTAMP() AS TIMESTAMP(3))";
        let _ = write!(
            text,
            "-- Rows that exceed the sink's limit.\nINSERT INTO {errors}\nSELECT\n{}\nFROM (\n{}\n)\nWHERE {too_large};\n\n",
            row(now, "'ROW_TOO_LARGE'", &message, "CAST(NULL AS STRING)"),
            super::sized(query, insert).1,
        );
    }
}

/// One row for each record with values that do not fit.
fn values(query: &Query, errors: &str, text: &mut String) {
    let columns = || query.input.iter().enumerate();
    let faults: Vec<(String, String)> = columns()
        .filter_map(|(at, column)| Some((quote::text(&column.name), fault(query, at, column)?)))
        .collect();
    if faults.is_empty() {
        return;
    }
    let named: Vec<String> =
        faults.iter().map(|(name, fault)| format!("CASE WHEN {fault} THEN {name} END")).collect();
    let message = format!("'no value, or one that does not fit: ' || CONCAT_WS(', ', {})", named.join(", "));
    let data: Vec<String> = columns()
        .map(|(at, column)| {
            format!("KEY {} VALUE {}", quote::text(&column.name), records::text(query, at, column))
        })
        .collect();
    let data = format!("JSON_OBJECT({} NULL ON NULL)", data.join(", "));
    let name = match no_time(query) {
        Some(none) => format!("CASE WHEN {none} THEN 'NO_EVENT_TIME' ELSE 'INVALID_VALUE' END"),
        None => "'INVALID_VALUE'".into(),
    };
    let time = format!("CAST(`record`.{} AS TIMESTAMP(3))", time_name(TimeAttribute::Rowtime));
    let conditions: Vec<&str> = faults.iter().map(|(_, fault)| fault.as_str()).collect();
    let _ = write!(
        text,
        "-- Records with invalid values.\nINSERT INTO {errors}\nSELECT\n{}\nFROM {} AS `record`{}\nWHERE {};\n\n",
        row(&time, &name, &message, &data),
        quote::name(RECORDS_TABLE),
        records::elements(query),
        conditions.join("\n  OR "),
    );
}

/// The value of a column of JSON from its text, as the JSON format would read it. A number in quotes counts as one
/// without.
pub(super) fn of_text(text: &str, data_type: DataType) -> String {
    let target = quote::data_type(data_type);
    match data_type {
        DataType::Boolean => format!("(LOWER(TRIM({text})) = 'true')"),
        DataType::TinyInt | DataType::SmallInt => {
            // Java trims all of these characters.
            let trimmed = r"^[\x00-\x20]*([+-]?[0-9]+)[\x00-\x20]*\z";
            format!("TRY_CAST(REGEXP_EXTRACT({text}, '{trimmed}', 1) AS {target})")
        }
        DataType::Integer | DataType::BigInt => {
            // As above; CAST trims spaces alone.
            let trimmed = format!(r"REGEXP_REPLACE({text}, '^[\x00-\x20]+|[\x00-\x20]+\z', '')");
            format!("TRY_CAST(CAST(TRY_CAST({trimmed} AS DECIMAL(38, 9)) AS STRING) AS {target})")
        }
        // Where a column of the table is a DECIMAL and is read, texts keep all digits of a number.
        DataType::Decimal { .. } => format!(
            "COALESCE({}, CAST({EXACT} AS {target}))",
            super::cast::cast(text, DataType::Varchar(None), data_type)
        ),
        _ => super::cast::cast(text, DataType::Varchar(None), data_type),
    }
}

/// A column that no record has.
pub(super) const EXACT: &str = "`pipec_exact`";

/// Whether the table of records needs it.
pub(super) fn needs_exact(query: &Query) -> bool {
    let is_decimal = |column: &Column| matches!(column.data_type, DataType::Decimal { .. });
    query.errors.is_some() && query.format == RecordFormat::Json && query.input.iter().any(is_decimal)
}
