//! The input: a table with the shape of the records, and a view that gives the columns their names and types.

use std::fmt::Write;

use super::super::data_type::{DataType, Family};
use super::super::query::{Column, Query, StreamId};
use super::super::resolve::RECORDS_TABLE;
use super::{expr, quote};

/// A key of the records, with what lies below it.
#[derive(Debug)]
struct Field<'a> {
    key: &'a str,
    shape: Shape<'a>,
}

#[derive(Debug)]
enum Shape<'a> {
    Value(DataType),
    Row(Vec<Field<'a>>),
}

/// What the JSON format makes of a value before it is cut and converted: times have more spellings than it reads.
pub(in super::super) fn raw_type(data_type: DataType) -> DataType {
    match data_type.family() {
        Family::Text | Family::Time => DataType::Varchar(None),
        Family::Boolean | Family::Number => data_type,
    }
}

fn add<'a>(fields: &mut Vec<Field<'a>>, path: &'a [String], data_type: DataType) {
    let Some((key, rest)) = path.split_first() else { return };
    let at = fields.iter().position(|field| field.key == key).unwrap_or_else(|| {
        let shape = if rest.is_empty() { Shape::Value(raw_type(data_type)) } else { Shape::Row(Vec::new()) };
        fields.push(Field { key, shape });
        fields.len() - 1
    });
    if let Shape::Row(inner) = &mut fields[at].shape {
        add(inner, rest, data_type);
    }
}

fn type_of(shape: &Shape) -> String {
    match shape {
        Shape::Value(data_type) => quote::data_type(*data_type),
        Shape::Row(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|field| format!("{} {}", quote::name(field.key), type_of(&field.shape)))
                .collect();
            format!("ROW<{}>", fields.join(", "))
        }
    }
}

pub(super) fn print(query: &Query, text: &mut String) {
    let mut fields = Vec::new();
    for column in &query.input {
        add(&mut fields, column.path.segments(), column.data_type);
    }
    let fields: Vec<String> = fields
        .iter()
        .map(|field| format!("  {} {}", quote::name(field.key), type_of(&field.shape)))
        .collect();
    let _ = write!(
        text,
        "-- The records as they are. A field that is missing or has another type is NULL; what is no JSON object is \
         skipped.\n\
         CREATE TEMPORARY TABLE {} (\n{}\n) WITH (\n  \
         'connector' = 'kinesis',\n  \
         'stream.arn' = '${{input.stream.arn}}',\n  \
         'aws.region' = '${{aws.region}}',\n  \
         'source.init.position' = 'TRIM_HORIZON',\n  \
         'format' = 'json',\n  \
         'json.ignore-parse-errors' = 'true',\n  \
         'json.decode.json-parser.enabled' = 'false'\n\
         );\n\n",
        quote::name(RECORDS_TABLE),
        fields.join(",\n"),
    );
    let columns: Vec<String> = query.input.iter().map(column).collect();
    let _ = write!(
        text,
        "-- The input: its columns with their names and types; text is cut to its length.\n\
         CREATE TEMPORARY VIEW {} AS\nSELECT\n{}\nFROM {} AS `record`;\n\n",
        quote::name(&query.stream(StreamId::INPUT).name),
        columns.join(",\n"),
        quote::name(RECORDS_TABLE),
    );
}

fn column(column: &Column) -> String {
    let path: Vec<String> = column.path.segments().iter().map(|key| quote::name(key)).collect();
    let value = format!("`record`.{}", path.join("."));
    let raw = raw_type(column.data_type);
    let value = if raw == column.data_type { value } else { expr::cast(&value, raw, column.data_type) };
    format!("  {value} AS {}", quote::name(&column.name))
}
