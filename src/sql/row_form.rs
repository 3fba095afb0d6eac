//! Rows in the form that a destination needs: keys in lower case, and times with a `T`.
//!
//! The transform writes them, whatever made the rows: the SQL that it runs itself, or Flink, whose rows other readers of
//! the same stream get as the SQL has them.

use pipec_core::TimePart;
use pipec_core::query as program;

use super::program::column_type;
use super::query::Stream;
use crate::aws::destinations::Form;

/// A record program's query with its rows in a form.
#[must_use]
pub fn formed(query: program::Query, form: Form) -> program::Query {
    let program::Query { mut streams, mut inserts, .. } = query;
    for (at, stream) in streams.iter_mut().enumerate() {
        let Some(keys) = &mut stream.keys else { continue };
        if form.lower_case_keys {
            keys.iter_mut().for_each(|key| *key = lower_case(key));
        }
        if !form.iso_times {
            continue;
        }
        let is_time = |data_type: &program::DataType| *data_type == program::DataType::Timestamp;
        let times: Vec<usize> = (0..stream.types.len()).filter(|at| is_time(&stream.types[*at])).collect();
        for insert in inserts.iter_mut().filter(|insert| insert.into == at + 1) {
            for time in &times {
                let item = std::mem::replace(&mut insert.items[*time], program::Expr::Null);
                insert.items[*time] = program::Expr::FormatTime(Box::new(item), iso_time());
            }
        }
        times.into_iter().for_each(|at| stream.types[at] = program::DataType::Text);
    }
    program::Query { streams, inserts, ..query }
}

/// A query that reads the rows of an output, as Flink writes them, and gives each as it is.
pub fn rows_as_they_are(output: &Stream) -> program::Query {
    let types = || output.columns.iter().map(|column| column_type(column.data_type, None));
    let keys = || output.columns.iter().map(|column| column.name.clone());
    let columns = keys().zip(types()).map(|(key, data_type)| program::Column { path: vec![key], data_type });
    program::Query {
        columns: columns.collect(),
        streams: vec![program::Stream { types: types().collect(), keys: Some(keys().collect()) }],
        inserts: vec![program::Insert {
            from: 0,
            into: 1,
            lookups: Vec::new(),
            filter: None,
            items: (0..output.columns.len()).map(program::Expr::Column).collect(),
        }],
        ..program::Query::default()
    }
}

/// A key as a destination has it that needs lower case.
pub fn lower_case(key: &str) -> String {
    key.to_lowercase()
}

/// `2026-11-30T12:00:00.123`: SQL's times have milliseconds and no zone.
fn iso_time() -> Vec<TimePart> {
    let (field, text) = (TimePart::Field, |text: &str| TimePart::Text(text.to_owned()));
    let date = [field('y', 4), text("-"), field('M', 2), text("-"), field('d', 2)];
    let clock = [field('H', 2), text(":"), field('m', 2), text(":"), field('s', 2), text("."), field('S', 3)];
    date.into_iter().chain([text("T")]).chain(clock).collect()
}
