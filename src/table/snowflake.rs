//! The columns of a table of Snowflake, from the fields of what is delivered. Snowflake, "Table support and schema" (Snowpipe Streaming) and
//! "Summary of data types", 2026-11.

use super::fields::{Field, Fields};
use super::keyed::{KeyedColumn, Naming, SameColumn, keyed_columns};
use crate::sql::{DataType, EpochUnit};

/// The longest VARCHAR, characters.
const VARCHAR_CHARS_MAX: u32 = 16_777_216;

/// The column of a key. Snowpipe Streaming reads a key as SQL reads a name: in upper case unless it is in quotes. Snowflake's SDK for
/// Java, `LiteralQuoteUtils.unquoteColumnName`, 2026-11.
pub fn snowflake_column(key: &str) -> String {
    let inner = key.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match inner.filter(|inner| !inner.replace("\"\"", "").contains('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => key.to_uppercase(),
    }
}

/// The columns of a table for these fields. An object and an array are of type VARIANT.
///
/// # Errors
/// Two keys that differ in case alone.
pub fn snowflake_columns(fields: &Fields) -> Result<Vec<KeyedColumn>, SameColumn> {
    keyed_columns(fields, &Naming { name: snowflake_column, nested: "VARIANT", data_type })
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
    use crate::table::fixture::field;

    #[test]
    fn names_are_in_upper_case_and_objects_are_one_column() {
        let field = |path: &str, data_type: &str| field(path, data_type, None);
        let list = vec![
            field("orderId", "BIGINT"),
            field("NAME", "VARCHAR(20)"),
            field("price", "DECIMAL(10, 2)"),
            field("user.city", "VARCHAR"),
            field("user.zip", "VARCHAR"),
            field("at", "TIMESTAMP"),
        ];
        let columns = snowflake_columns(&Fields { list, of_rows: false }).expect("columns");
        let shown: Vec<String> = columns
            .iter()
            .map(|one| format!("{} {}", snowflake_identifier(&one.name), one.data_type))
            .collect();
        assert_eq!(
            shown,
            [
                "\"ORDERID\" NUMBER(38, 0)",
                "\"NAME\" VARCHAR(20)",
                "\"PRICE\" NUMBER(10, 2)",
                "\"USER\" VARIANT",
                "\"AT\" TIMESTAMP_NTZ(3)",
            ]
        );
    }

    #[test]
    fn a_key_is_read_as_a_name_of_sql() {
        for (key, column) in [
            ("orderId", "ORDERID"),
            ("\"orderId\"", "orderId"),
            ("a \"b\"", "A \"B\""),
            ("\"a\"\"b\"", "a\"b"),
        ] {
            assert_eq!(snowflake_column(key), column);
        }
    }
}
