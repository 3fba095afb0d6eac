//! What tests need.

use super::fields::Field;
use crate::source::{Sources, Span};
use crate::sql::EpochUnit;

/// A place in a file.
pub fn span() -> Span {
    let mut sources = Sources::default();
    let file = sources.add("test", "text".to_owned());
    sources.file(file).span(0..1)
}

/// A field at a path with dots, which is its name as well.
pub fn field(path: &str, data_type: &str, epoch: Option<EpochUnit>) -> Field {
    Field {
        name: path.into(),
        path: path.split('.').map(str::to_owned).collect(),
        is_inside_array: false,
        data_type: data_type.parse().expect(data_type),
        epoch,
        span: span(),
    }
}
