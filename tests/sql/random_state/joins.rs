//! Joins of streams, of windows, and of three.

use pipec_compiler::sql::DataType;

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

    fn joined(&mut self, tables: &[Source]) -> String {
        let (all, named) = self.join_of(tables);
        let mut values: Vec<String> =
            (0..1 + self.random.below(4)).map(|_| self.expression(None, &all.columns)).collect();
        if self.one_in(2) {
            values.push(self.of(&all.times));
        }
        let (items, filter) = (self.items(values), self.filter(&all.columns));
        format!("SELECT {items} FROM {}{filter}{named}", all.text)
    }

    /// A join as a FROM clause, and the WINDOW clause that it needs.
    fn join_of(&mut self, tables: &[Source]) -> (From, String) {
        let names = ["a", "b", "c"];
        let mut all = self.named(&tables[0], names[0]);
        let mut named = String::new();
        if self.one_in(6) {
            self.look_up(&mut all, "k");
        }
        let first_time = self.of(&all.times);
        for (table, name) in tables.iter().zip(names).skip(1) {
            let right = self.named(table, name);
            let kind = self.pick(&["JOIN", "JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"]);
            let (on, interval) = (self.on(&all, &right), self.interval());
            match self.random.below(5) {
                0 | 1 if !table.text.starts_with('(') => {
                    let text = format!("{} OVER (RANGE INTERVAL {interval} PRECEDING) AS {name}", table.text);
                    all.text += &format!(" {kind} {text} ON {on}");
                }
                2 if !table.text.starts_with('(') => {
                    if named.is_empty() {
                        named = format!(" WINDOW recent AS (RANGE INTERVAL {interval} PRECEDING)");
                    }
                    all.text += &format!(" {kind} {} OVER recent AS {name} ON {on}", table.text);
                }
                _ => {
                    let time = self.of(&right.times);
                    let (low, high) = (
                        self.interval(),
                        self.pick(&["", "", " + INTERVAL '1' MINUTE", " + INTERVAL '5000' SECOND"]),
                    );
                    // Two times are compared that are of one kind, most often.
                    let is_rowtime = |time: &String| time.ends_with(".ROWTIME");
                    let alike: Vec<String> = all
                        .times
                        .iter()
                        .filter(|other| is_rowtime(other) == is_rowtime(&time))
                        .cloned()
                        .collect();
                    let from =
                        if alike.is_empty() || self.one_in(8) { first_time.clone() } else { self.of(&alike) };
                    let bounds = format!("{time} BETWEEN {from} - INTERVAL {low} AND {from}{high}");
                    all.text += &format!(" {kind} {} ON {on} AND {bounds}", right.text);
                }
            }
            all.columns.extend(right.columns);
            all.times.extend(right.times);
        }
        if self.one_in(6) {
            self.look_up(&mut all, "l");
        }
        (all, named)
    }

    /// Rows of the same time: with a comma, or, in the old dialect, without bounds.
    pub(super) fn join_of_equal_times(&mut self) -> String {
        let (left, right) = (self.table(), self.table());
        let (a, b) = (self.named(&left, "a"), self.named(&right, "b"));
        let on = self.on(&a, &b);
        let text = match self.random.below(3) {
            0 => format!("{}, {} WHERE a.ROWTIME = b.ROWTIME", a.text, b.text),
            1 => format!("{}, {} WHERE a.ROWTIME = b.ROWTIME AND {on}", a.text, b.text),
            _ => {
                let kind = self.pick(&["JOIN", "LEFT JOIN", "FULL JOIN"]);
                format!("{} {kind} {} ON {on}", a.text, b.text)
            }
        };
        let both = [a.columns.as_slice(), b.columns.as_slice()].concat();
        let mut values = vec![self.expression(None, &both), self.expression(None, &both)];
        if self.one_in(2) {
            values.push("ROWTIME".into());
        }
        format!("SELECT {} FROM {text}", self.items(values))
    }

    /// GROUP BY or OVER around a join.
    pub(super) fn windows_of_join(&mut self) -> String {
        let tables = [self.table(), self.table()];
        let (from, named) = self.join_of(&tables);
        let time = from.times[0].clone();
        let filter = self.filter(&from.columns);
        if !named.is_empty() || self.one_in(2) {
            let mut keys = self.keys(&from.columns);
            let step = format!("STEP({time} BY INTERVAL {})", self.interval());
            let values = self.group_values(&keys, std::slice::from_ref(&step), &from.columns);
            keys.push(step);
            let items = self.items(values);
            return format!("SELECT {items} FROM {}{filter} GROUP BY {}{named}", from.text, keys.join(", "));
        }
        let window = self.window(&from, true);
        let values = vec![
            self.expression(None, &from.columns),
            format!("{} OVER ({window})", self.over_function(&from.columns)),
        ];
        format!("SELECT {} FROM {}{filter}", self.items(values), from.text)
    }
}
