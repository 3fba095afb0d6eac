//! The columns of a table, from the fields of what is delivered.

use super::fields::{Field, Fields};
use super::glue_type::GlueType;
use crate::source::Span;
use crate::spec::ObjectFormat;
use crate::sql::{DataType, EpochUnit};

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableColumn {
    /// Its name in the catalog.
    pub name: String,
    /// Its key in the JSON.
    pub key: String,
    /// Its type.
    pub glue_type: GlueType,
    /// Where it is declared.
    pub span: Span,
}

/// Fields that cannot be columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnFault {
    /// Two fields, or objects of fields, have the same name in the catalog.
    Same {
        /// The name, with those of the objects around it.
        name: String,
        /// The later one.
        span: Span,
        /// The earlier one.
        other: Span,
    },
    /// One field is an object, and another one is inside of it.
    Overlap {
        /// The key of the object.
        key: String,
        /// The later one.
        span: Span,
        /// The earlier one.
        other: Span,
    },
    /// A field of an object whose key is not a name of the catalog, so that no reader finds it.
    Nested {
        /// The key.
        key: String,
        /// Where it is declared.
        span: Span,
    },
    /// A field in an array, or the whole record.
    Array {
        /// Its name.
        name: String,
        /// Where it is declared.
        span: Span,
    },
}

/// A name as the catalog has it: lower-case letters, digits and underscores.
pub fn glue_name(key: &str) -> String {
    let allowed = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    key.chars().map(allowed).collect()
}

impl TableColumn {
    /// Whether its name is that of its key in any case, by which Firehose and Athena find it.
    pub fn is_found_by_name(&self) -> bool {
        self.key.eq_ignore_ascii_case(&self.name)
    }
}

/// The columns of a table over objects of a format.
///
/// # Errors
/// The first field that cannot be a column.
pub fn columns(fields: &Fields, format: ObjectFormat) -> Result<Vec<TableColumn>, ColumnFault> {
    let mut columns: Vec<TableColumn> = Vec::new();
    for (at, field) in fields.list.iter().enumerate() {
        let Some((key, inner)) = field.path.split_first().filter(|_| !field.is_inside_array) else {
            return Err(ColumnFault::Array { name: field.name.clone(), span: field.span });
        };
        if let Some(key) = inner.iter().find(|key| !key.eq_ignore_ascii_case(&glue_name(key))) {
            return Err(ColumnFault::Nested { key: key.clone(), span: field.span });
        }
        if let Some(fault) = fields.list[..at].iter().find_map(|other| clash(field, other)) {
            return Err(fault);
        }
        let name = glue_name(key);
        let leaf = glue_type(field, fields.of_rows, format);
        match columns.iter_mut().find(|column| column.name == name) {
            Some(known) => insert(&mut known.glue_type, inner, leaf),
            None => columns.push(TableColumn {
                name,
                key: key.clone(),
                glue_type: nested(inner, leaf),
                span: field.span,
            }),
        }
    }
    Ok(columns)
}

/// Two fields that cannot both be in a table.
fn clash(field: &Field, other: &Field) -> Option<ColumnFault> {
    let (span, other_span) = (field.span, other.span);
    for (at, (key, known)) in field.path.iter().zip(&other.path).enumerate() {
        let name = glue_name(key);
        if name != glue_name(known) {
            return None;
        }
        let is_last = field.path.len() == at + 1 && other.path.len() == at + 1;
        if key != known || is_last {
            let names: Vec<String> = field.path[..=at].iter().map(|key| glue_name(key)).collect();
            return Some(ColumnFault::Same { name: names.join("."), span, other: other_span });
        }
    }
    let key = field.path.first()?.clone();
    Some(ColumnFault::Overlap { key, span, other: other_span })
}

/// A type behind keys.
fn nested(keys: &[String], leaf: GlueType) -> GlueType {
    match keys.split_first() {
        None => leaf,
        Some((key, inner)) => GlueType::Struct(vec![(glue_name(key), nested(inner, leaf))]),
    }
}

/// Adds a field behind keys to an object, which does not clash with it.
fn insert(object: &mut GlueType, keys: &[String], leaf: GlueType) {
    let (GlueType::Struct(fields), Some((key, inner))) = (object, keys.split_first()) else { return };
    let name = glue_name(key);
    match fields.iter_mut().find(|(known, _)| *known == name) {
        Some((_, known)) => insert(known, inner, leaf),
        None => fields.push((name, nested(inner, leaf))),
    }
}

/// The type of a field. Rows have times as `2026-11-29 12:00:00.123`, which Firehose and Athena read. Records have any
/// form: Firehose converts ISO 8601 and numbers of seconds or milliseconds, Athena reads neither.
fn glue_type(field: &Field, of_rows: bool, format: ObjectFormat) -> GlueType {
    if field.data_type != DataType::Timestamp || of_rows {
        return field.data_type.into();
    }
    match (field.epoch, format.is_columnar()) {
        (None | Some(EpochUnit::Seconds | EpochUnit::Milliseconds), true) => GlueType::Timestamp,
        (None, false) => GlueType::String,
        (Some(EpochUnit::Seconds), false) => GlueType::Double,
        (Some(_), _) => GlueType::BigInt,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::fixture;

    fn field(path: &str, data_type: &str) -> Field {
        fixture::field(path, data_type, None)
    }

    fn shown(fields: Vec<Field>, format: ObjectFormat) -> String {
        let all = columns(&Fields { list: fields, of_rows: false }, format);
        let all = all.map(|columns| {
            let one = |column: &TableColumn| format!("{} {}", column.name, column.glue_type);
            columns.iter().map(one).collect::<Vec<_>>().join(", ")
        });
        all.unwrap_or_else(|fault| format!("{fault:?}").split(' ').next().unwrap_or_default().to_owned())
    }

    #[test]
    fn fields_of_an_object_are_one_column() {
        let fields = vec![
            field("ID", "BIGINT"),
            field("name.first", "VARCHAR(8)"),
            field("age", "INTEGER"),
            field("name.last", "VARCHAR"),
            field("name.title.long", "VARCHAR"),
        ];
        assert_eq!(
            shown(fields, ObjectFormat::Parquet),
            "id bigint, name struct<first:string,last:string,title:struct<long:string>>, age int"
        );
    }

    #[test]
    fn names_that_meet_are_faults() {
        let of = |one, two| shown(vec![field(one, "VARCHAR"), field(two, "VARCHAR")], ObjectFormat::Json);
        assert_eq!(of("user-id", "user_id"), "Same");
        assert_eq!(of("ID", "id"), "Same");
        assert_eq!(of("name", "name.first"), "Overlap");
        assert_eq!(of("name.first", "name"), "Overlap");
        assert_eq!(of("a.b", "a.b.c"), "Overlap");
        assert_eq!(of("a.b.c", "a"), "Overlap");
        assert_eq!(of("a.b", "a.b"), "Same");
        assert_eq!(of("a.b", "a.B"), "Same");
        assert_eq!(of("a.b.c", "a.B.d"), "Same");
        assert_eq!(of("a.b", "A.c"), "Same");
        assert_eq!(of("a.b", "a.c"), "a struct<b:string,c:string>");
    }

    #[test]
    fn times_of_records_are_what_their_reader_accepts() {
        let mut fields = vec![field("at", "TIMESTAMP"); 4];
        for (at, epoch) in
            [EpochUnit::Seconds, EpochUnit::Milliseconds, EpochUnit::Nanoseconds].into_iter().enumerate()
        {
            fields[at + 1].epoch = Some(epoch);
            fields[at + 1].path = vec![format!("t{at}")];
        }
        assert_eq!(
            shown(fields.clone(), ObjectFormat::Orc),
            "at timestamp, t0 timestamp, t1 timestamp, t2 bigint"
        );
        assert_eq!(shown(fields, ObjectFormat::Json), "at string, t0 double, t1 bigint, t2 bigint");
    }
}
