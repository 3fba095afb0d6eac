//! The columns of a table of Redshift, from the fields of what is delivered. Redshift database developer guide, "Data types" and
//! "Ingesting and querying semistructured data", 2026-11.

use super::fields::{Field, Fields};
use super::keyed::{KeyedColumn, Naming, SameColumn, keyed_columns};
use crate::aws::destinations::redshift_identifier;
use crate::aws::destinations::redshift_limits::{CHARACTER_BYTES_MAX, VARCHAR_BYTES_MAX};
use crate::sql::{DataType, EpochUnit};

/// The columns of a table for these fields, in lower case, as Redshift stores names. An object and an array are of type SUPER.
///
/// # Errors
/// Two keys that differ in case alone.
pub fn redshift_columns(fields: &Fields) -> Result<Vec<KeyedColumn>, SameColumn> {
    let format = time_format(fields);
    let naming = Naming {
        name: str::to_lowercase,
        nested: "SUPER",
        data_type: |field: &Field| data_type(field, format),
    };
    keyed_columns(fields, &naming)
}

/// The statement that creates the table, in lines.
pub fn create_table(table: &str, columns: &[KeyedColumn]) -> Vec<String> {
    let mut lines = vec![format!("CREATE TABLE {table} (")];
    let last = columns.len().saturating_sub(1);
    lines.extend(columns.iter().enumerate().map(|(at, column)| {
        let comma = if at == last { "" } else { "," };
        format!("  {} {}{comma}", redshift_identifier(&column.name), column.data_type)
    }));
    lines.push(");".to_owned());
    lines
}

/// The value of `TIMEFORMAT`: text in any usual form, or numbers if all times are numbers of one unit.
pub fn time_format(fields: &Fields) -> &'static str {
    let times =
        || fields.list.iter().filter(|field| field.data_type == DataType::Timestamp && !fields.of_rows);
    let all = |unit: EpochUnit| times().next().is_some() && times().all(|field| field.epoch == Some(unit));
    if all(EpochUnit::Seconds) {
        "epochsecs"
    } else if all(EpochUnit::Milliseconds) {
        "epochmillisecs"
    } else {
        "auto"
    }
}

fn data_type(field: &Field, time_format: &str) -> String {
    // VARCHAR counts bytes, SQL counts characters.
    let text = |characters: Option<u32>| {
        let bytes = characters.map_or(VARCHAR_BYTES_MAX, |characters| {
            characters.saturating_mul(CHARACTER_BYTES_MAX).clamp(1, VARCHAR_BYTES_MAX)
        });
        format!("VARCHAR({bytes})")
    };
    match field.data_type {
        DataType::Boolean => "BOOLEAN".into(),
        DataType::TinyInt | DataType::SmallInt => "SMALLINT".into(),
        DataType::Integer => "INTEGER".into(),
        DataType::BigInt => "BIGINT".into(),
        DataType::Decimal { precision, scale } => format!("DECIMAL({precision}, {scale})"),
        DataType::Real => "REAL".into(),
        DataType::Double => "DOUBLE PRECISION".into(),
        DataType::Char(characters) => text(Some(characters)),
        DataType::Varchar(characters) => text(characters),
        DataType::Date => "DATE".into(),
        DataType::Time => "TIME".into(),
        DataType::Timestamp => match field.epoch {
            // COPY reads numbers as times in one unit for all columns.
            Some(EpochUnit::Seconds) if time_format == "auto" => "DOUBLE PRECISION".into(),
            Some(EpochUnit::Milliseconds) if time_format == "auto" => "BIGINT".into(),
            Some(EpochUnit::Microseconds | EpochUnit::Nanoseconds) => "BIGINT".into(),
            _ => "TIMESTAMP".into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::fixture::field;

    fn shown(list: Vec<Field>) -> String {
        let columns = redshift_columns(&Fields { list, of_rows: false });
        let one = |column: &KeyedColumn| format!("{} {}", column.name, column.data_type);
        match columns {
            Ok(columns) => columns.iter().map(one).collect::<Vec<_>>().join(", "),
            Err(same) => format!("same: {}", same.name),
        }
    }

    #[test]
    fn text_has_room_for_four_bytes_per_character() {
        let plain = |path, of| field(path, of, None);
        assert_eq!(
            shown(vec![
                plain("ID", "BIGINT"),
                plain("country", "CHAR(2)"),
                plain("name", "VARCHAR(20000)"),
                plain("note", "VARCHAR"),
                plain("price", "DECIMAL(10, 2)"),
            ]),
            "id bigint, country VARCHAR(8), name VARCHAR(65535), note VARCHAR(65535), price DECIMAL(10, 2)"
                .replace("bigint", "BIGINT")
        );
    }

    #[test]
    fn objects_are_one_column_and_names_fold() {
        let plain = |path, of| field(path, of, None);
        assert_eq!(
            shown(vec![
                plain("user.name", "VARCHAR"),
                plain("user.age", "INTEGER"),
                plain("at", "TIMESTAMP")
            ]),
            "user SUPER, at TIMESTAMP"
        );
        assert_eq!(shown(vec![plain("ID", "BIGINT"), plain("id", "BIGINT")]), "same: id");
    }

    #[test]
    fn numbers_are_times_if_all_have_one_unit() {
        let time = |path, epoch| field(path, "TIMESTAMP", epoch);
        let (seconds, milliseconds) = (Some(EpochUnit::Seconds), Some(EpochUnit::Milliseconds));
        assert_eq!(shown(vec![time("a", milliseconds), time("b", milliseconds)]), "a TIMESTAMP, b TIMESTAMP");
        assert_eq!(
            shown(vec![time("a", milliseconds), time("b", None), time("c", seconds)]),
            "a BIGINT, b TIMESTAMP, c DOUBLE PRECISION"
        );
    }
}
