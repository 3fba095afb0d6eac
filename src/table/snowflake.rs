//! The columns of a table of Snowflake, from the fields of what is delivered. Snowflake, "Table support and schema" (Snowpipe Streaming) and
//! "Summary of data types", 2026-11.

use super::fields::{Field, Fields};
use crate::sql::{DataType, EpochUnit};

/// The longest VARCHAR, characters.
const VARCHAR_CHARS_MAX: u32 = 16_777_216;

/// A column of a table of Snowflake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnowflakeColumn {
    /// Its name, which is the key of the JSON: Firehose compares both letter by letter.
    pub name: String,
    /// Its type.
    pub data_type: String,
}

/// The columns of a table for these fields: the keys of the records. An object and an array are a column of type VARIANT.
pub fn snowflake_columns(fields: &Fields) -> Vec<SnowflakeColumn> {
    let mut columns: Vec<SnowflakeColumn> = Vec::new();
    // The whole record is no key of it.
    for (field, key, inner) in fields
        .list
        .iter()
        .filter_map(|field| field.path.split_first().map(|(key, inner)| (field, key, inner)))
    {
        let is_nested = !inner.is_empty() || field.is_inside_array;
        let data_type = if is_nested { "VARIANT".to_owned() } else { data_type(field) };
        match columns.iter_mut().find(|column| column.name == *key) {
            None => columns.push(SnowflakeColumn { name: key.clone(), data_type }),
            // Several fields of an object, or the object itself as well.
            Some(known) if is_nested => known.data_type = data_type,
            Some(_) => {}
        }
    }
    columns
}

/// A name in quotes, which keep its letters as they are.
pub fn snowflake_identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn data_type(field: &Field) -> String {
    let text = |characters: u32| format!("VARCHAR({})", characters.clamp(1, VARCHAR_CHARS_MAX));
    match field.data_type {
        DataType::Boolean => "BOOLEAN".into(),
        DataType::TinyInt | DataType::SmallInt | DataType::Integer | DataType::BigInt => {
            "NUMBER(38, 0)".into()
        }
        DataType::Decimal { precision, scale } => format!("NUMBER({precision}, {scale})"),
        DataType::Real | DataType::Double => "FLOAT".into(),
        DataType::Char(characters) | DataType::Varchar(Some(characters)) => text(characters),
        DataType::Varchar(None) => "VARCHAR".into(),
        DataType::Date => "DATE".into(),
        DataType::Time => "TIME(3)".into(),
        DataType::Timestamp => match field.epoch {
            Some(EpochUnit::Seconds) => "FLOAT".into(),
            Some(_) => "NUMBER(38, 0)".into(),
            None => "TIMESTAMP_NTZ(3)".into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::fixture::span;

    #[test]
    fn names_keep_their_case_and_objects_are_one_column() {
        let field = |path: &str, data_type: &str| Field {
            name: path.into(),
            path: path.split('.').map(str::to_owned).collect(),
            is_inside_array: false,
            data_type: data_type.parse().expect(data_type),
            epoch: None,
            span: span(),
        };
        let list = vec![
            field("orderId", "BIGINT"),
            field("NAME", "VARCHAR(20)"),
            field("price", "DECIMAL(10, 2)"),
            field("user.city", "VARCHAR"),
            field("user.zip", "VARCHAR"),
            field("at", "TIMESTAMP"),
        ];
        let columns = snowflake_columns(&Fields { list, of_rows: false });
        let shown: Vec<String> = columns
            .iter()
            .map(|one| format!("{} {}", snowflake_identifier(&one.name), one.data_type))
            .collect();
        assert_eq!(
            shown,
            [
                "\"orderId\" NUMBER(38, 0)",
                "\"NAME\" VARCHAR(20)",
                "\"price\" NUMBER(10, 2)",
                "\"user\" VARIANT",
                "\"at\" TIMESTAMP_NTZ(3)",
            ]
        );
    }
}
