//! What a delivery delivers: the fields of its JSON, with their SQL types.

use crate::pipeline::{Delivery, Pipeline, Transform};
use crate::source::Span;
use crate::sql::{DataType, EpochUnit, Query, RecordFormat};

/// A field of what is delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in the SQL or in the spec.
    pub name: String,
    /// The keys that lead to it in the JSON.
    pub path: Vec<String>,
    /// Whether it is in an array, or is the whole record.
    pub is_inside_array: bool,
    /// Its type.
    pub data_type: DataType,
    /// What a number counts since 1970 that is a TIMESTAMP.
    pub epoch: Option<EpochUnit>,
    /// Where it is declared.
    pub span: Span,
}

impl Field {
    /// The keys that lead to it in a document of OpenSearch, where a dot in a key leads into an object.
    pub fn document_path(&self) -> Vec<&str> {
        self.path.iter().flat_map(|key| key.split('.')).collect()
    }
}

/// The fields of what is delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields {
    /// All of them, in order.
    pub list: Vec<Field>,
    /// Whether they are rows of the SQL; else they are records as they come in.
    pub of_rows: bool,
}

/// Why nothing is known of the fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoFields {
    /// There is neither SQL nor a list of columns.
    Undeclared,
    /// Records are lines of CSV.
    Csv,
    /// Something else has an error that is reported.
    Faulty,
}

/// The fields of what a delivery delivers: the columns of the SQL's output, else those of the records.
///
/// # Errors
/// Where they are not known.
pub fn fields(pipeline: &Pipeline, query: Option<&Query>, delivery: &Delivery) -> Result<Fields, NoFields> {
    use crate::pipeline::Input;
    let of_rows = matches!(pipeline.input(delivery), Input::Rows(_)) || pipeline.runs_query(delivery);
    if of_rows {
        let output = query.and_then(|query| pipeline.output(delivery, query)).ok_or(NoFields::Faulty)?;
        let field = |column: &crate::sql::StreamColumn| Field {
            name: column.name.clone(),
            path: vec![column.name.clone()],
            is_inside_array: false,
            data_type: column.data_type,
            epoch: None,
            span: column.span,
        };
        return Ok(Fields { list: output.columns.iter().map(field).collect(), of_rows });
    }
    let records = pipeline.records.as_ref().ok_or(NoFields::Undeclared)?;
    if !records.complete {
        return Err(NoFields::Faulty);
    }
    if records.format != RecordFormat::Json {
        return Err(NoFields::Csv);
    }
    let field = |column: &crate::sql::Column| Field {
        name: column.name.clone(),
        path: column.path.segments().to_vec(),
        is_inside_array: column.path.elements().is_some() || column.path.is_root(),
        data_type: column.data_type,
        epoch: column.epoch,
        span: column.span,
    };
    Ok(Fields { list: records.columns.iter().map(field).collect(), of_rows })
}

/// The fields of lines of CSV, in their order.
pub fn csv_fields(pipeline: &Pipeline) -> Option<Fields> {
    let records = pipeline.records.as_ref().filter(|records| records.complete)?;
    let field = |column: &crate::sql::Column| Field {
        name: column.name.clone(),
        path: vec![column.name.clone()],
        is_inside_array: false,
        data_type: column.data_type,
        epoch: column.epoch,
        span: column.span,
    };
    Some(Fields { list: records.columns.iter().map(field).collect(), of_rows: false })
}

/// The fields of what reaches the destination: the same, unless a function of the user's or the unpacking decides about them.
///
/// # Errors
/// Where they are not known.
pub fn delivered_fields(
    pipeline: &Pipeline,
    query: Option<&Query>,
    delivery: &Delivery,
) -> Result<Fields, NoFields> {
    let is_other = |transform: &Transform| transform.own.is_some() || transform.unpack.is_some();
    match &delivery.transform {
        Some(transform) if is_other(transform) => Err(NoFields::Undeclared),
        _ => fields(pipeline, query, delivery),
    }
}

impl Fields {
    /// The field of a name: in the same case, else the only one in another case.
    pub fn find(&self, name: &str) -> Option<&Field> {
        self.position(name).map(|at| &self.list[at])
    }

    /// Position of the field of a name.
    pub fn position(&self, name: &str) -> Option<usize> {
        let exact = self.list.iter().position(|field| field.name == name);
        exact.or_else(|| {
            let alike = |field: &Field| field.name.eq_ignore_ascii_case(name);
            let mut found = (0..self.list.len()).filter(|at| alike(&self.list[*at]));
            found.next().filter(|_| found.next().is_none())
        })
    }
}
