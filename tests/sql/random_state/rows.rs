//! Statements that look at one row at a time.

use pipec_compiler::sql::DataType;

use super::{Grammar, Source};

impl Grammar<'_> {
    pub(super) fn rows(&mut self) -> String {
        let from = self.from();
        let mut values: Vec<String> =
            (0..1 + self.random.below(5)).map(|_| self.expression(None, &from.columns)).collect();
        if self.one_in(2) {
            values.push(self.of(&from.times));
        }
        let (items, filter) = (self.items(values), self.filter(&from.columns));
        format!("SELECT {items} FROM {}{filter}", from.text)
    }

    pub(super) fn union(&mut self) -> String {
        let types: Vec<DataType> = (0..1 + self.random.below(3)).map(|_| self.of(self.pool).1).collect();
        let mut sides = Vec::new();
        for _ in 0..2 + self.random.below(2) {
            let from = self.from();
            let mut values: Vec<String> = types
                .iter()
                .map(|data_type| self.typed_expression(None, Some(*data_type), &from.columns))
                .collect();
            values.push(from.rowtime.clone());
            let (items, filter) = (self.items(values), self.filter(&from.columns));
            sides.push(format!("SELECT {items} FROM {}{filter}", from.text));
        }
        sides.join(" UNION ALL ")
    }

    pub(super) fn with(&mut self) -> String {
        let inner = match self.random.below(3) {
            0 => self.windows_by_step(),
            1 => self.union(),
            _ => self.rows(),
        };
        let Some(columns) = self.columns_of(&inner) else { return inner };
        let from = self.named(&Source { text: "\"common\"".into(), columns }, "s");
        let value = self.expression(None, &from.columns);
        format!(
            "WITH \"common\" AS ({inner}) SELECT {value} AS \"v\", {} AS \"r\" FROM {}",
            from.rowtime, from.text
        )
    }
}
