//! What FROM names: streams, SELECTs in parentheses, reference tables.

use pipec_compiler::sql::{DataType, Meaning};

use super::{Column, From, Grammar, Source, family, quoted};
use crate::random_inputs::KEYS;

impl Grammar<'_> {
    pub(super) fn source(&mut self) -> Source {
        if self.one_in(2) { self.sources[0].clone() } else { self.of(&self.sources.clone()) }
    }

    /// A SELECT in parentheses, or a stream.
    pub(super) fn table(&mut self) -> Source {
        let source = self.source();
        if !self.one_in(4) {
            return source;
        }
        let from = self.named(&source, "s");
        let values = (0..2 + self.random.below(3)).map(|_| self.expression(None, &from.columns)).collect();
        let (items, filter) = (self.items(values), self.filter(&from.columns));
        let select = format!(
            "SELECT {items}, {} AS \"t\", {}.ROWTIME AS \"r\" FROM {}{filter}",
            from.times[0], "s", from.text
        );
        match self.columns_of(&select) {
            Some(columns) => Source { text: format!("({select})"), columns },
            None => source,
        }
    }

    /// A source by a name.
    pub(super) fn named(&mut self, source: &Source, name: &str) -> From {
        let columns: Vec<(String, DataType)> = source
            .columns
            .iter()
            .map(|column| (format!("{name}.{}", quoted(&column.name)), column.data_type))
            .collect();
        let rowtime = format!("{name}.ROWTIME");
        let is_time = |column: &&Column| {
            matches!(column.meaning, Meaning::EventTime | Meaning::Rowtime | Meaning::WindowStart { .. })
        };
        let mut times: Vec<String> = source
            .columns
            .iter()
            .filter(is_time)
            .map(|column| format!("{name}.{}", quoted(&column.name)))
            .collect();
        if times.is_empty() || self.one_in(2) {
            times.insert(0, rowtime.clone());
        }
        From { text: format!("{} AS {name}", source.text), columns, times, rowtime }
    }

    /// Rows to look at: of a stream or a SELECT, perhaps with what reference tables say.
    pub(super) fn from(&mut self) -> From {
        let table = self.table();
        let mut from = self.named(&table, "s");
        for name in ["k", "l"] {
            if self.one_in(5) {
                self.look_up(&mut from, name);
            }
        }
        from
    }

    /// Adds the columns of a reference table to rows.
    pub(super) fn look_up(&mut self, from: &mut From, name: &str) {
        let at = self.random.below(KEYS.len());
        let (key_type, _, _) = KEYS[at];
        let key_type: DataType = key_type.parse().expect("a type");
        let value = self.expression(Some(family(key_type)), &from.columns);
        let join = self.pick(&["JOIN", "LEFT JOIN"]);
        from.text += &format!(" {join} \"K{at}\" AS {name} ON {name}.\"key\" = {value}");
        from.columns.extend(
            [
                ("key", key_type.to_string()),
                ("name", "VARCHAR(16)".into()),
                ("code", "CHAR(3)".into()),
                ("worth", "DECIMAL(8,2)".into()),
                ("known", "BOOLEAN".into()),
            ]
            .map(|(column, data_type)| (format!("{name}.\"{column}\""), data_type.parse().expect("a type"))),
        );
    }
}
