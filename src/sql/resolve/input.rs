//! The input's columns: names that SQL can hold, and paths that can be read side by side.

use super::super::Input;
use super::super::data_type::Family;
use super::super::name::bad_name;
use super::super::print::raw_type_of;
use super::super::query::{Column, RecordFormat};
use crate::diagnostics::{Code, Diagnostic};

/// Reports what keeps the columns from being one table.
pub(super) fn check(input: &Input, diagnostics: &mut Vec<Diagnostic>) {
    for reference in input.references {
        if super::streams::is_own(&reference.name) {
            let message =
                format!("`{}` is the name of the input, or a name that pipec uses itself", reference.name);
            let help = "choose another name for this table";
            diagnostics.push(Diagnostic::error(Code::DuplicateName, reference.span, message, help));
        }
        let columns = reference.columns.iter().map(|(name, _, span)| (name, *span));
        for (name, span) in std::iter::once((&reference.name, reference.span)).chain(columns) {
            if let Some((message, help)) = bad_name(name) {
                diagnostics.push(Diagnostic::error(Code::SqlSyntax, span, message, help));
            }
        }
    }
    let columns = input.columns;
    for (at, column) in columns.iter().enumerate() {
        let before = &columns[..at];
        diagnostics.extend(unusable(column));
        if let Some(first) = before.iter().find(|first| first.name == column.name) {
            let message = format!("there are two columns named `{}`", column.name);
            let fault = Diagnostic::error(Code::DuplicateName, column.span, message, "rename one of them");
            diagnostics.push(fault.related(first.span, "the first one"));
        } else if input.format != RecordFormat::Json {
            // Fields of a line lie side by side.
        } else if let Some(other) = before.iter().find(|other| other_array(other, column)) {
            let message = format!("`{}` and `{}` are elements of two arrays", other.path, column.path);
            let help = "flatten one of them, and read the other as a whole: a VARCHAR column with the path of the array";
            let fault = Diagnostic::error(Code::UnsupportedSql, column.span, message, help);
            diagnostics.push(fault.related(other.span, "the first array"));
        } else if let Some(other) =
            before.iter().find(|other| inside(other, column) && !is_text(other, column))
        {
            let inner =
                if other.path.segments().len() > column.path.segments().len() { other } else { column };
            let message = format!(
                "`{}` is {}, but lies within an object that is read as a string",
                inner.path, inner.data_type
            );
            let help = format!("declare `{}` as VARCHAR, and convert it in the SQL with CAST", inner.name);
            diagnostics.push(Diagnostic::error(Code::UnsupportedSql, inner.span, message, help));
        } else if let Some(other) = before.iter().find(|other| clash(other, column)) {
            let message = format!("`{}` and `{}` cannot both be read", other.path, column.path);
            let help = if other.path == column.path {
                "read it once, and convert it in the SQL with CAST"
            } else {
                "read the values within it, each as a separate column"
            };
            let fault = Diagnostic::error(Code::UnsupportedSql, column.span, message, help);
            diagnostics.push(fault.related(other.span, format!("`{}`", other.path)));
        }
    }
}

fn unusable(column: &Column) -> Option<Diagnostic> {
    if let Some((message, help)) = bad_name(&column.name) {
        return Some(Diagnostic::error(Code::SqlSyntax, column.span, message, help));
    }
    if column.path.is_root() {
        let message = "a column cannot be the whole record";
        let help = "name a key of it: $.name";
        return Some(Diagnostic::error(Code::UnsupportedSql, column.span, message, help));
    }
    let first = column.path.segments().first();
    if first.is_some_and(|key| key == "pipec_rowtime" || key == "pipec_event_time") {
        let message = format!("`{}` is a name that pipec uses itself", column.path);
        let help = "rename the field in the program that writes the records";
        return Some(Diagnostic::error(Code::UnsupportedSql, column.span, message, help));
    }
    let (_, help) = column.path.segments().iter().find_map(|key| bad_name(key))?;
    let message = format!("the path `{}` cannot be read", column.path);
    Some(Diagnostic::error(Code::UnsupportedSql, column.span, message, help))
}

/// Whether both are elements of arrays, and not of the same.
fn other_array(a: &Column, b: &Column) -> bool {
    match (a.path.elements(), b.path.elements()) {
        (Some((a, _)), Some((b, _))) => a != b,
        _ => false,
    }
}

/// Whether one record cannot hold both: one is within the other, or they are the same as different types.
fn clash(a: &Column, b: &Column) -> bool {
    let (a_path, b_path) = (a.path.segments(), b.path.segments());
    let array = |column: &Column| column.path.elements().map(|(array, _)| array.len());
    let through = |array: Option<usize>, path: &[String], other: &[String]| {
        array.is_some_and(|length| path.len() > length && path[..length] == other[..length.min(other.len())])
    };
    // The same key as an array and as an object.
    if array(a) != array(b) && (through(array(a), b_path, a_path) || through(array(b), a_path, b_path)) {
        return true;
    }
    if a_path == b_path {
        raw_type_of(a) != raw_type_of(b)
    } else {
        let either_is_root = a.path.is_root() || b.path.is_root();
        let is_inside = !either_is_root && (a_path.starts_with(b_path) || b_path.starts_with(a_path));
        is_inside && !(inside(a, b) && is_text(a, b))
    }
}

/// Whether one is an object as a text, and the other a value in it.
fn inside(a: &Column, b: &Column) -> bool {
    let (a_path, b_path) = (a.path.segments(), b.path.segments());
    let (outer, is_inside) = if a_path.len() < b_path.len() {
        (a, b_path.starts_with(a_path))
    } else {
        (b, a_path.starts_with(b_path))
    };
    let arrays = a.path.elements().is_some() || b.path.elements().is_some();
    a_path.len() != b_path.len()
        && is_inside
        && !arrays
        && !outer.path.is_root()
        && outer.data_type.family() == Family::Text
}

fn is_text(a: &Column, b: &Column) -> bool {
    [a, b].iter().all(|column| column.data_type.family() == Family::Text)
}
