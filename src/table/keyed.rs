//! The columns of a table whose names are the keys of the records, in the case in which the table has names.

use super::fields::{Field, Fields};
use crate::source::Span;

/// A column, which has the values of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyedColumn {
    /// Its name, in the case of the table.
    pub name: String,
    /// Its key in the JSON.
    pub key: String,
    /// Its type.
    pub data_type: String,
    /// Where it is declared.
    pub span: Span,
}

/// Two fields that would be the same column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SameColumn {
    /// The name.
    pub name: String,
    /// The later one.
    pub span: Span,
    /// The earlier one.
    pub other: Span,
}

/// How a table names and types its columns.
#[derive(Debug)]
pub(super) struct Naming<N, T> {
    /// The name of a key's column.
    pub name: N,
    /// The type of objects and arrays.
    pub nested: &'static str,
    /// The type of another field.
    pub data_type: T,
}

/// The columns of a table for these fields. An object and an array are one column.
///
/// # Errors
/// Two keys that are the same column: the table gets the values of one of them.
pub(super) fn keyed_columns(
    fields: &Fields,
    naming: &Naming<impl Fn(&str) -> String, impl Fn(&Field) -> String>,
) -> Result<Vec<KeyedColumn>, SameColumn> {
    let mut columns: Vec<KeyedColumn> = Vec::new();
    // The whole record is no key of it.
    for (field, key, inner) in fields
        .list
        .iter()
        .filter_map(|field| field.path.split_first().map(|(key, inner)| (field, key, inner)))
    {
        let is_nested = !inner.is_empty() || field.is_inside_array;
        let data_type = if is_nested { naming.nested.to_owned() } else { (naming.data_type)(field) };
        let name = (naming.name)(key);
        match columns.iter_mut().find(|column| column.name == name) {
            None => columns.push(KeyedColumn { name, key: key.clone(), data_type, span: field.span }),
            Some(known) if known.key != *key => {
                return Err(SameColumn { name, span: field.span, other: known.span });
            }
            // Several fields of an object, or the object itself as well.
            Some(known) if is_nested => known.data_type = data_type,
            Some(_) => {}
        }
    }
    Ok(columns)
}
