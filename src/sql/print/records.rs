//! The input: a table with the shape of the records, and a view that gives the columns their names and types.

use std::fmt::Write;

use super::super::data_type::{DataType, Family};
use super::super::epoch;
use super::super::query::{Clock, Column, EventTime, Query, RecordFormat, Start, StreamId, TimeAttribute};
use super::super::resolve::{BYTES_TABLE, RECORDS_TABLE};
use super::{arithmetic, cast, column_name, errors, opaque, quote, time, time_name, time_texts};

/// A key of the records, with what is below it.
#[derive(Debug)]
struct Field<'a> {
    key: &'a str,
    shape: Shape<'a>,
}

#[derive(Debug)]
enum Shape<'a> {
    Value(DataType),
    Row(Vec<Field<'a>>),
    /// An array of objects.
    Array(Vec<Field<'a>>),
}

/// What the JSON format makes of a value before it is cut and converted: times have more spellings than it reads.
fn raw_type(data_type: DataType) -> DataType {
    match data_type.family() {
        Family::Text | Family::Time => DataType::Varchar(None),
        Family::Boolean | Family::Number => data_type,
    }
}

/// The same for a column, whose times may be numbers.
pub(in super::super) fn raw_type_of(column: &Column) -> DataType {
    column.epoch.map_or(raw_type(column.data_type), epoch::number)
}

/// Adds a value of a raw type with what lies around it; `array` is the number of keys that lead to an array.
fn add<'a>(fields: &mut Vec<Field<'a>>, path: &'a [String], array: Option<usize>, data_type: DataType) {
    let Some((key, rest)) = path.split_first() else { return };
    let at = fields.iter().position(|field| field.key == key).unwrap_or_else(|| {
        let shape = match (rest.is_empty(), array) {
            (true, _) => Shape::Value(data_type),
            (false, Some(1)) => Shape::Array(Vec::new()),
            (false, _) => Shape::Row(Vec::new()),
        };
        fields.push(Field { key, shape });
        fields.len() - 1
    });
    if let Shape::Row(inner) | Shape::Array(inner) = &mut fields[at].shape {
        add(inner, rest, array.and_then(|array| array.checked_sub(1)), data_type);
    }
}

fn type_of(shape: &Shape) -> String {
    match shape {
        Shape::Value(data_type) => quote::data_type(*data_type),
        Shape::Row(fields) => row(fields),
        Shape::Array(fields) => format!("ARRAY<{}>", row(fields)),
    }
}

fn row(fields: &[Field]) -> String {
    let fields: Vec<String> =
        fields.iter().map(|field| format!("{} {}", quote::name(field.key), type_of(&field.shape))).collect();
    format!("ROW<{}>", fields.join(", "))
}

/// The table's columns, its format's options, and what is said of it.
fn table(query: &Query) -> (Vec<String>, String, &'static str) {
    match query.format {
        RecordFormat::Json => {
            let mut fields = Vec::new();
            for column in query.input.iter().filter(|column| around(query, column).is_none()) {
                let array = column.path.elements().map(|(array, _)| array.len());
                add(&mut fields, column.path.segments(), array, table_type(query, column));
            }
            let field = |field: &Field| format!("  {} {}", quote::name(field.key), type_of(&field.shape));
            let options = "'format' = 'json',\n  'json.ignore-parse-errors' = 'true',\n  \
                           'json.decode.json-parser.enabled' = 'false'"
                .to_owned();
            let comment = "-- The records as they are. A field that is missing or has another type is NULL; a record that is \
                           neither a JSON object nor an array of objects is skipped.";
            let mut fields: Vec<String> = fields.iter().map(field).collect();
            if errors::needs_exact(query) {
                fields.push(format!("  {} DECIMAL(1, 0)", errors::EXACT));
            }
            (fields, options, comment)
        }
        RecordFormat::Csv { delimiter } => {
            let stream = query.stream(StreamId::INPUT);
            let field = |at: usize| format!("  {} STRING", column_name(stream, at));
            let options = format!(
                "'format' = 'csv',\n  'csv.field-delimiter' = {},\n  'csv.ignore-parse-errors' = 'true'",
                quote::text(&delimiter.to_string())
            );
            let comment = "-- The records as they are: fields by their order. A missing field is NULL.";
            ((0..query.input.len()).map(field).collect(), options, comment)
        }
    }
}

pub(super) fn print(query: &Query, text: &mut String) {
    let stream = query.stream(StreamId::INPUT);
    let (mut fields, options, comment) = table(query);
    fields.extend(stream.carries.iter().flat_map(|time| time_fields(query, *time)));
    let _ = write!(
        text,
        "{comment}\n\
         CREATE TEMPORARY TABLE {} (\n{}\n) WITH (\n\
         {},\n  \
         {options}\n\
         );\n\n",
        quote::name(RECORDS_TABLE),
        fields.join(",\n"),
        stream_options(query),
    );
    let value = |(at, column)| {
        let value = opaque::computed_once(value(query, at, column), 0);
        format!("  {value} AS {}", column_name(stream, at))
    };
    let mut columns: Vec<String> = query.input.iter().enumerate().map(value).collect();
    columns.extend(stream.carries.iter().map(|time| format!("  `record`.{0} AS {0}", time_name(*time))));
    let _ = write!(
        text,
        "-- The input: its columns with their names and types; strings are truncated to their length.\n\
         CREATE TEMPORARY VIEW {} AS\nSELECT\n{}\nFROM {} AS `record`{};\n\n",
        quote::name(&stream.name),
        columns.join(",\n"),
        quote::name(RECORDS_TABLE),
        elements(query),
    );
}

/// The table whose rows are the bytes of the records.
pub(super) fn bytes_table(query: &Query) -> String {
    format!(
        "CREATE TEMPORARY TABLE {} (\n  `record` BYTES\n) WITH (\n{},\n  'format' = 'raw'\n);\n\n",
        quote::name(BYTES_TABLE),
        stream_options(query)
    )
}

/// The options that name the stream, a line each.
fn stream_options(query: &Query) -> String {
    [
        "  'connector' = 'kinesis'",
        "  'stream.arn' = '${input.stream.arn}'",
        "  'aws.region' = '${aws.region}'",
        &format!("  {}", start(query.start)),
    ]
    .join(",\n")
}

/// The options that say where reading begins. The connector takes a time in this form unless told otherwise.
fn start(start: Start) -> String {
    match start {
        Start::Oldest => "'source.init.position' = 'TRIM_HORIZON'".into(),
        Start::Latest => "'source.init.position' = 'LATEST'".into(),
        Start::At(ms) => format!(
            "'source.init.position' = 'AT_TIMESTAMP',\n  'source.init.timestamp' = '{}'",
            quote::instant(ms)
        ),
    }
}

/// One row for each element of the array, where columns are in one; a record without elements gives one row.
pub(super) fn elements(query: &Query) -> String {
    let columns = || query.input.iter().filter(|_| query.format == RecordFormat::Json);
    let Some((array, _)) = columns().find_map(|column| column.path.elements()) else { return String::new() };
    let mut keys: Vec<String> = Vec::new();
    for (_, element) in columns().filter_map(|column| column.path.elements()) {
        let key = quote::name(&element[0]);
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let array: Vec<String> = array.iter().map(|key| quote::name(key)).collect();
    format!("\n  LEFT JOIN UNNEST(`record`.{}) AS `element` ({}) ON TRUE", array.join("."), keys.join(", "))
}

/// Where a column lies, in FROM of the view.
pub(super) fn text(query: &Query, at: usize, column: &Column) -> String {
    match (query.format, column.path.elements()) {
        (RecordFormat::Csv { .. }, _) => {
            format!("`record`.{}", column_name(query.stream(StreamId::INPUT), at))
        }
        (RecordFormat::Json, Some((_, element))) => {
            let keys: Vec<String> = element.iter().map(|key| quote::name(key)).collect();
            format!("`element`.{}", keys.join("."))
        }
        (RecordFormat::Json, None) => match around(query, column) {
            Some(object) => inside(object, column),
            None => format!("`record`.{}", path(column)),
        },
    }
}

/// What the table of records gives a column: its text, where faults are written.
fn table_type(query: &Query, column: &Column) -> DataType {
    match query.errors {
        Some(_) => DataType::Varchar(None),
        None => raw_type_of(column),
    }
}

/// A value at a path as its raw type, and that type.
fn raw_value(query: &Query, path: String, column: &Column) -> (String, DataType) {
    match query.format {
        RecordFormat::Csv { .. } => (path, DataType::Varchar(None)),
        RecordFormat::Json => {
            let data_type = raw_type_of(column);
            let is_read = table_type(query, column) == data_type;
            (if is_read { path } else { errors::of_text(&path, data_type) }, data_type)
        }
    }
}

/// The value of a column, with its type.
pub(super) fn value(query: &Query, at: usize, column: &Column) -> String {
    let (path, raw) = raw_value(query, text(query, at, column), column);
    let data_type = column.data_type;
    if raw == data_type && data_type.is_approximate() {
        // No JSON number is infinite, or NaN, which Flink reads in texts.
        return arithmetic::finite(&path, data_type);
    }
    read(&path, raw, column, "\n    ")
}

/// A value of a raw type as its column's.
fn read(path: &str, raw: DataType, column: &Column, between: &str) -> String {
    match column.epoch {
        Some(unit) => time::since_epoch(path, raw, unit),
        None if raw == column.data_type => path.to_owned(),
        None if column.data_type == DataType::Timestamp => time_texts::read(path, between),
        None => cast::cast(path, raw, column.data_type),
    }
}

/// Stands for an event time that a record does not have: the start of the year 1, which programs write for none.
const NO_TIME: &str = "TIMESTAMP '0001-01-01 00:00:00'";

/// The event time of a record, from the path of its column; NULL where it has none.
pub(super) fn event_value(query: &Query, event_time: EventTime, path: String) -> String {
    let column = &query.input[event_time.column];
    let (path, raw) = raw_value(query, path, column);
    match event_time.unit {
        Some(unit) => time::since_epoch(&path, raw, unit),
        None => read(&path, raw, column, "\n    "),
    }
}

/// The column that takes an object as a text, of those that hold this one's value: the outermost.
fn around<'q>(query: &'q Query, column: &Column) -> Option<&'q Column> {
    let path = column.path.segments();
    let is_around = |other: &&Column| {
        let outer = other.path.segments();
        outer.len() < path.len() && path.starts_with(outer) && other.path.elements().is_none()
    };
    query.input.iter().filter(is_around).min_by_key(|other| other.path.segments().len())
}

/// A value in an object that is read as a text: as a text too, and an object or an array as JSON.
fn inside(object: &Column, column: &Column) -> String {
    let keys = &column.path.segments()[object.path.segments().len()..];
    let key = |key: &String| format!("['{}']", key.replace('\\', r"\\").replace('\'', r"\'"));
    let inner = quote::text(&format!("lax ${}", keys.iter().map(key).collect::<String>()));
    let text = format!("`record`.{}", path(object));
    format!("COALESCE(JSON_VALUE({text}, {inner}), JSON_QUERY({text}, {inner}))")
}

/// A time that rows are ordered by, and how late it may come.
fn time_fields(query: &Query, time: TimeAttribute) -> Vec<String> {
    let name = time_name(time);
    match (time, query.event_time) {
        (TimeAttribute::Rowtime, _) => match query.clock {
            Clock::Processing => vec![format!("  {name} AS PROCTIME()")],
            Clock::Ingestion => vec![
                format!("  {name} AS CURRENT_ROW_TIMESTAMP()"),
                format!("  WATERMARK FOR {name} AS {name} - INTERVAL '0.001' SECOND"),
            ],
        },
        (TimeAttribute::EventTime, Some(event_time)) => {
            let column = &query.input[event_time.column];
            let path = match query.format {
                RecordFormat::Json => path(column),
                RecordFormat::Csv { .. } => column_name(query.stream(StreamId::INPUT), event_time.column),
            };
            let value = event_value(query, event_time, path);
            // Without any lateness, Flink drops rows that are as old as the newest one.
            let lateness = i64::try_from(event_time.lateness_ms).unwrap_or(i64::MAX).max(1);
            vec![
                // A missing time must not stop the job. What is ordered by it leaves such a record out.
                format!("  {name} AS COALESCE({value}, {NO_TIME})"),
                format!(
                    "  WATERMARK FOR {name} AS CASE WHEN {} THEN {name} - {} END",
                    is_not_ahead(name, event_time),
                    time::interval(lateness)
                ),
            ]
        }
        (TimeAttribute::EventTime, None) => Vec::new(),
    }
}

/// What makes an event time one that counts, also before it is known whether the record has one. A record of the far
/// future would end all windows before its own.
fn is_not_ahead(time: &str, event_time: EventTime) -> String {
    let ahead = i64::try_from(event_time.ahead_ms).unwrap_or(i64::MAX).max(1);
    format!("{time} < LOCALTIMESTAMP + {}", time::interval(ahead))
}

/// What rows with an event time have in common. Those that have none come early enough where nothing has a time yet, so
/// what is ordered by it leaves them out by name. The column that holds the time would be read a second time.
pub(super) fn has_event_time(query: &Query, time: &str) -> String {
    let is_there = format!("{time} > {NO_TIME}");
    match query.event_time {
        Some(event_time) => format!("{is_there}\n  AND {}", is_not_ahead(time, event_time)),
        None => is_there,
    }
}

/// The opposite of [`has_event_time`].
pub(super) fn lacks_event_time(event_time: EventTime, time: &str) -> String {
    format!("({time} <= {NO_TIME} OR NOT {})", is_not_ahead(time, event_time))
}

/// Where the value of a column is in the table of records.
fn path(column: &Column) -> String {
    let path: Vec<String> = column.path.segments().iter().map(|key| quote::name(key)).collect();
    path.join(".")
}
