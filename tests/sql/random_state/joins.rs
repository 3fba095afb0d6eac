//! Joins of streams, of windows, and of three.

use pipec::sql::DataType;

use super::{From, Grammar, Source, family};

impl Grammar<'_> {
    /// A condition on the columns of two sides.
    pub(super) fn on(&mut self, left: &From, right: &From) -> String {
        let (a, data_type) = self.of(&left.columns);
        let alike: Vec<(String, DataType)> =
            right.columns.iter().filter(|column| family(column.1) == family(data_type)).cloned().collect();
        let equal = if alike.is_empty() || self.one_in(6) {
            format!(
                "{} = {}",
                self.expression(Some(1), &left.columns),
                self.expression(Some(1), &right.columns)
            )
        } else {
            format!("{a} {} {}", self.pick(&["=", "=", "=", "<>", "<"]), self.of(&alike).0)
        };
        if self.one_in(3) {
            let both = [left.columns.as_slice(), right.columns.as_slice()].concat();
            format!("{equal} AND {}", self.condition(&both))
        } else {
            equal
        }
    }

    pub(super) fn join(&mut self) -> String {
        let mut tables = vec![self.table()];
        for _ in 0..=self.random.below(3).min(1 + self.random.below(2)) {
            tables.push(self.table());
        }
        tables.truncate(3);
        self.joined(&tables)
    }

    pub(super) fn join_of_windows(&mut self) -> String {
        let mut tables = Vec::new();
        for _ in 0..2 {
            let select =
                if self.one_in(2) { self.windows_by_step() } else { self.windows_of_table_function() };
            match self.columns_of(&select) {
                Some(columns) => tables.push(Source { text: format!("({select})"), columns }),
                None => tables.push(self.table()),
            }
        }
        self.joined(&tables)
    }

    pub(super) fn joined(&mut self, tables: &[Source]) -> String {
        let names = ["a", "b", "c"];
        let mut all = self.named(&tables[0], names[0]);
        if self.one_in(6) {
            self.look_up(&mut all, "k");
        }
        let first_time = self.of(&all.times);
        for (table, name) in tables.iter().zip(names).skip(1) {
            let right = self.named(table, name);
            let kind = self.pick(&["JOIN", "JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"]);
            let (on, interval) = (self.on(&all, &right), self.interval());
            if self.one_in(2) && !table.text.starts_with('(') {
                let text = format!("{} OVER (RANGE INTERVAL {interval} PRECEDING) AS {name}", table.text);
                all.text += &format!(" {kind} {text} ON {on}");
            } else {
                let time = self.of(&right.times);
                let (low, high) = (
                    self.interval(),
                    self.pick(&["", "", " + INTERVAL '1' MINUTE", " + INTERVAL '5000' SECOND"]),
                );
                let from = if self.one_in(2) { first_time.clone() } else { self.of(&all.times) };
                let bounds = format!("{time} BETWEEN {from} - INTERVAL {low} AND {from}{high}");
                all.text += &format!(" {kind} {} ON {on} AND {bounds}", right.text);
            }
            all.columns.extend(right.columns);
            all.times.extend(right.times);
        }
        if self.one_in(6) {
            self.look_up(&mut all, "l");
        }
        let mut values: Vec<String> =
            (0..1 + self.random.below(4)).map(|_| self.expression(None, &all.columns)).collect();
        if self.one_in(2) {
            values.push(self.of(&all.times));
        }
        let (items, filter) = (self.items(values), self.filter(&all.columns));
        format!("SELECT {items} FROM {}{filter}", all.text)
    }
}
