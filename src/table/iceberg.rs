//! The columns of a table of Apache Iceberg, from the fields of what is delivered.

use std::collections::HashSet;

use super::fields::{Field, Fields};
use crate::source::Span;
use crate::sql::{self, DataType, EpochUnit};

/// A column of a table of Apache Iceberg.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IcebergColumn {
    /// Its name, which is also its key in the JSON.
    pub name: String,
    /// Its type, as Iceberg writes it.
    pub data_type: String,
    /// The same, as Athena's DDL has it.
    pub athena_type: String,
}

/// Why a field of a record is no column. Rows of the SQL have columns always: the transform writes them for the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IcebergFault {
    /// It is within an object or an array: Firehose reads the first level of a record.
    Inside(Span),
    /// Its key is not in lower case.
    Case(Span),
    /// Its number does not count microseconds.
    Epoch(Span),
    /// Its key is another column's as well.
    Twice(Span),
    /// CloudFormation would replace its key in the template.
    Replaced(Span),
}

/// A type as Iceberg and as Athena's DDL write it. Apache Iceberg, "Schemas and data types"; Athena user guide, "Supported data
/// types for Iceberg tables in Athena", 2026-11. Iceberg has no whole numbers of 8 and 16 bits; a time of day is a text, as in
/// other tables.
fn types(data_type: DataType) -> (String, String) {
    let same = |word: &str| (word.to_owned(), word.to_owned());
    match data_type {
        DataType::Boolean => same("boolean"),
        DataType::TinyInt | DataType::SmallInt | DataType::Integer => same("int"),
        DataType::BigInt => ("long".into(), "bigint".into()),
        DataType::Decimal { precision, scale } => same(&format!("decimal({precision},{scale})")),
        DataType::Real => same("float"),
        DataType::Double => same("double"),
        DataType::Char(_) | DataType::Varchar(_) | DataType::Time => same("string"),
        DataType::Date => same("date"),
        DataType::Timestamp => same("timestamp"),
    }
}

/// The columns of a table; the column of the operation is none of them.
///
/// # Errors
/// All fields of records that cannot be columns.
pub fn columns(fields: &Fields, operation: Option<&str>) -> Result<Vec<IcebergColumn>, Vec<IcebergFault>> {
    let is_operation =
        |field: &Field| operation.is_some_and(|operation| named(field, fields.of_rows) == operation);
    let fields_of_table = || fields.list.iter().filter(|field| !is_operation(field));
    let mut faults: Vec<_> = fields_of_table().filter_map(|field| fault(field, fields.of_rows)).collect();
    // Names of rows are compared where all lower-case keys are.
    if faults.is_empty() && !fields.of_rows {
        let mut known = HashSet::new();
        let twice = fields_of_table().filter(|field| !known.insert(named(field, fields.of_rows)));
        faults.extend(twice.map(|field| IcebergFault::Twice(field.span)));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let column = |field: &Field| {
        let (data_type, athena_type) = types(field.data_type);
        IcebergColumn { name: named(field, fields.of_rows), data_type, athena_type }
    };
    Ok(fields_of_table().map(column).collect())
}

/// The key of a field as it is delivered.
pub fn named(field: &Field, of_rows: bool) -> String {
    let key = field.path.first().map_or(field.name.as_str(), String::as_str);
    if of_rows { sql::lower_case(key) } else { key.to_owned() }
}

fn fault(field: &Field, of_rows: bool) -> Option<IcebergFault> {
    if named(field, of_rows).contains("{{resolve:") {
        return Some(IcebergFault::Replaced(field.span));
    }
    if of_rows {
        return None;
    }
    if field.is_inside_array || field.path.len() != 1 {
        return Some(IcebergFault::Inside(field.span));
    }
    if sql::lower_case(&field.path[0]) != field.path[0] {
        return Some(IcebergFault::Case(field.span));
    }
    let counts = field.epoch.is_some_and(|unit| unit != EpochUnit::Microseconds);
    counts.then_some(IcebergFault::Epoch(field.span))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use crate::table::fixture;

    fn field(key: &str, data_type: &str, span: Span) -> Field {
        Field { span, ..fixture::field(key, data_type, None) }
    }

    #[test]
    fn every_sql_type_has_a_type_of_iceberg() {
        let mut sources = Sources::default();
        let id = sources.add("a", "a".into());
        let span = sources.file(id).span(0..1);
        for (sql, iceberg, athena) in [
            ("BOOLEAN", "boolean", "boolean"),
            ("TINYINT", "int", "int"),
            ("SMALLINT", "int", "int"),
            ("INTEGER", "int", "int"),
            ("BIGINT", "long", "bigint"),
            ("REAL", "float", "float"),
            ("FLOAT", "double", "double"),
            ("DECIMAL(10, 2)", "decimal(10,2)", "decimal(10,2)"),
            ("CHAR(3)", "string", "string"),
            ("VARCHAR(16)", "string", "string"),
            ("DATE", "date", "date"),
            ("TIME", "string", "string"),
            ("TIMESTAMP", "timestamp", "timestamp"),
        ] {
            let fields =
                Fields { list: vec![field("A", sql, span), field("OP", "CHAR(6)", span)], of_rows: true };
            let columns = columns(&fields, Some("op")).expect("columns");
            let expected =
                IcebergColumn { name: "a".into(), data_type: iceberg.into(), athena_type: athena.into() };
            assert_eq!(columns, [expected], "{sql}");
        }
    }

    #[test]
    fn fields_of_records_are_columns_as_they_are() {
        let mut sources = Sources::default();
        let id = sources.add("a", "a".into());
        let span = sources.file(id).span(0..1);
        let inside = Field { path: vec!["a".into(), "b".into()], ..field("b", "DOUBLE", span) };
        let millis = Field { epoch: Some(EpochUnit::Milliseconds), ..field("at", "TIMESTAMP", span) };
        let micros = Field { epoch: Some(EpochUnit::Microseconds), ..field("at", "TIMESTAMP", span) };
        let list = vec![field("A", "DOUBLE", span), inside, millis];
        let faults = [IcebergFault::Case(span), IcebergFault::Inside(span), IcebergFault::Epoch(span)];
        assert_eq!(columns(&Fields { list, of_rows: false }, None), Err(faults.into()));
        let fields = Fields { list: vec![field("a", "DOUBLE", span), micros], of_rows: false };
        assert_eq!(columns(&fields, None).expect("columns").len(), 2);
        let twice = vec![field("a", "DOUBLE", span), field("a", "INTEGER", span)];
        let faults = columns(&Fields { list: twice, of_rows: false }, None);
        assert_eq!(faults, Err(vec![IcebergFault::Twice(span)]));
        let replaced = vec![field("{{resolve:ssm:a}}", "DOUBLE", span)];
        let faults = columns(&Fields { list: replaced, of_rows: true }, None);
        assert_eq!(faults, Err(vec![IcebergFault::Replaced(span)]));
    }
}
