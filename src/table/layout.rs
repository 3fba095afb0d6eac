//! A table of the stack over the objects of a delivery: its columns and its folders.

use super::columns::{ColumnFault, TableColumn, columns, glue_name};
use super::fields::{Fields, NoFields, fields};
use super::projection::{Layout, Projection, ProjectionFault, projection};
use crate::pipeline::{Delivery, Partition, Pipeline, S3};
use crate::source::Span;
use crate::sql::Query;

/// Name of the zone in which Athena enumerates times.
const UTC: &str = "UTC";

/// Columns and folders of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableLayout {
    /// Its columns, without those that are partition keys.
    pub columns: Vec<TableColumn>,
    /// Its folders.
    pub projection: Projection,
}

/// Why there cannot be a table over these objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LayoutFault {
    /// The fields are not known.
    Fields(NoFields),
    /// A field cannot be a column.
    Column(ColumnFault),
    /// A partition key has the name of a column with other values.
    Key {
        /// Its name.
        key: String,
        /// Its place.
        span: Span,
    },
    /// Athena cannot enumerate the folders.
    Folders(ProjectionFault),
    /// All values are in the names of the folders.
    NoColumns,
}

/// The table over what a delivery writes to S3.
///
/// # Errors
/// The first reason against it.
pub fn layout(
    pipeline: &Pipeline,
    query: Option<&Query>,
    delivery: &Delivery,
    s3: &S3,
) -> Result<TableLayout, LayoutFault> {
    let fields = fields(pipeline, query, delivery).map_err(LayoutFault::Fields)?;
    let mut columns = columns(&fields, s3.format.value).map_err(LayoutFault::Column)?;
    for partition in &s3.partitions {
        if fields.find(&partition.column.value).is_none() {
            // A fault of the partition key.
            return Err(LayoutFault::Fields(NoFields::Faulty));
        }
        let Some(at) = columns.iter().position(|column| column.name == partition.key) else { continue };
        // The name of the folder has the value, and a table cannot have it twice.
        if !is_same(partition, &fields, &columns[at]) {
            return Err(LayoutFault::Key { key: partition.key.clone(), span: partition.span });
        }
        columns.remove(at);
    }
    if columns.is_empty() {
        return Err(LayoutFault::NoColumns);
    }
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    let zone = s3.location.time_zone.as_ref();
    let projection = projection(
        &s3.location.prefix.value,
        Layout {
            partitions: &s3.partitions,
            fields: &fields,
            is_zoned: zone.is_some_and(|zone| zone.value != UTC),
            columns: &names,
        },
    )
    .map_err(LayoutFault::Folders)?;
    Ok(TableLayout { columns, projection })
}

/// Whether a key has the values of a column as they are.
fn is_same(partition: &Partition, fields: &Fields, column: &TableColumn) -> bool {
    let field = fields.find(&partition.column.value);
    partition.format.is_none()
        && field.is_some_and(|field| field.path.len() == 1 && glue_name(&field.path[0]) == column.name)
}
