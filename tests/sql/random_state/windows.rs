//! Windows in GROUP BY and in table functions.

use super::{From, Grammar, Source};

impl Grammar<'_> {
    pub(super) fn windows_by_step(&mut self) -> String {
        let from = self.from();
        let (time, mut keys) = (self.of(&from.times), self.keys(&from.columns));
        let step = if self.one_in(3) {
            format!("FLOOR({time} TO {})", self.pick(&["SECOND", "MINUTE", "HOUR", "DAY"]))
        } else {
            format!("STEP({time} BY INTERVAL {})", self.interval())
        };
        let values = self.group_values(&keys, std::slice::from_ref(&step), &from.columns);
        let place = self.random.below(keys.len() + 1);
        keys.insert(place, step);
        if self.one_in(6) {
            keys.push(format!("STEP({} BY INTERVAL {})", self.of(&from.times), self.interval()));
        }
        let (items, filter, having) =
            (self.items(values), self.filter(&from.columns), self.having(&from.columns));
        format!("SELECT {items} FROM {}{filter} GROUP BY {}{having}", from.text, keys.join(", "))
    }

    /// Flink's older windows, which stand in GROUP BY, with their bounds.
    pub(super) fn windows_in_group(&mut self) -> String {
        let from = self.from();
        let (time, mut keys) = (self.of(&from.times), self.keys(&from.columns));
        let name = self.pick(&["TUMBLE", "HOP", "SESSION"]);
        let lengths = match name.as_str() {
            "HOP" => self.two_lengths(),
            _ => format!("INTERVAL {}", self.interval()),
        };
        let bounds: Vec<String> = ["START", "END", "ROWTIME", "PROCTIME"]
            .iter()
            .filter(|_| self.one_in(2))
            .map(|bound| format!("{name}_{bound}({time}, {lengths})"))
            .collect();
        let values = self.group_values(&keys, &bounds, &from.columns);
        let place = self.random.below(keys.len() + 1);
        keys.insert(place, format!("{name}({time}, {lengths})"));
        let (items, filter, having) =
            (self.items(values), self.filter(&from.columns), self.having(&from.columns));
        format!("SELECT {items} FROM {}{filter} GROUP BY {}{having}", from.text, keys.join(", "))
    }

    /// A step and a length that is a multiple of it.
    fn two_lengths(&mut self) -> String {
        let (unit, step) = (self.pick(&["SECOND", "MINUTE", "HOUR"]), 1 + self.random.below(1200));
        format!("INTERVAL '{step}' {unit}, INTERVAL '{}' {unit}", step * (1 + self.random.below(8)))
    }

    /// Different rows of each window.
    pub(super) fn distinct(&mut self) -> String {
        let from = self.from();
        let time = self.of(&from.times);
        let mut values = vec![format!("STEP({time} BY INTERVAL {})", self.interval())];
        for _ in 0..1 + self.random.below(3) {
            values.push(self.expression(None, &from.columns));
        }
        if self.one_in(3) {
            values.push(from.rowtime.clone());
        }
        let (items, filter) = (self.items(values), self.filter(&from.columns));
        format!("SELECT DISTINCT {items} FROM {}{filter}", from.text)
    }

    /// A window's table function over a stream, what it is called with, and the columns that keep its windows apart.
    fn table_function(&mut self, source: &Source) -> (String, From, Vec<String>) {
        let from = self.named(source, "w");
        let time = self.of(&from.times).trim_start_matches("w.").to_owned();
        let length = self.interval();
        let function = self.pick(&["TUMBLE", "HOP", "CUMULATE", "SESSION"]);
        let lengths = match function.as_str() {
            "HOP" | "CUMULATE" => self.two_lengths(),
            _ => format!("INTERVAL {length}"),
        };
        let mut apart: Vec<String> = Vec::new();
        if function == "SESSION" {
            apart = (0..self.random.below(3)).map(|_| self.of(&from.columns).0).collect();
            apart.dedup();
        }
        let columns: Vec<&str> = apart.iter().map(|column| column.trim_start_matches("w.")).collect();
        let partition = match columns.as_slice() {
            [] => String::new(),
            columns => format!(" PARTITION BY {}", columns.join(", ")),
        };
        let rows = format!("TABLE {}{partition}", source.text);
        (format!("TABLE({function}({rows}, DESCRIPTOR({time}), {lengths})) AS w"), from, apart)
    }

    pub(super) fn windows_of_table_function(&mut self) -> String {
        let source = self.source();
        let (text, from, apart) = self.table_function(&source);
        let keys = if text.contains("SESSION(") { apart } else { self.keys(&from.columns) };
        let bounds = match self.random.below(4) {
            0 => vec![],
            1 => vec!["window_start".to_owned()],
            2 => vec!["window_end".to_owned(), "window_start".to_owned()],
            _ => vec!["w.ROWTIME".to_owned()],
        };
        let values = self.group_values(&keys, &bounds, &from.columns);
        let mut by = vec!["window_start".to_owned(), "window_end".to_owned()];
        by.extend(keys);
        let (items, filter, having) =
            (self.items(values), self.filter(&from.columns), self.having(&from.columns));
        format!("SELECT {items} FROM {text}{filter} GROUP BY {}{having}", by.join(", "))
    }

    pub(super) fn stagger(&mut self) -> String {
        let source = self.source();
        let from = self.named(&source, "s");
        let mut keys: Vec<String> = (0..1 + self.random.below(3)).map(|_| self.of(&from.columns).0).collect();
        keys.dedup();
        if self.one_in(3) {
            keys.push(self.expression(None, &from.columns));
        }
        let values = self.group_values(&keys, &[], &from.columns);
        let time = self.of(&from.times);
        if self.one_in(3) {
            keys.push(format!("STEP({time} BY INTERVAL {})", self.interval()));
        }
        let (items, filter, interval) = (self.items(values), self.filter(&from.columns), self.interval());
        format!(
            "SELECT {items} FROM {}{filter} WINDOWED BY STAGGER (PARTITION BY {} RANGE INTERVAL {interval})",
            from.text,
            keys.join(", ")
        )
    }

    pub(super) fn rows_with_window(&mut self) -> String {
        let source = self.source();
        let (text, from, _) = self.table_function(&source);
        let values = vec!["window_start".into(), "window_end".into(), self.expression(None, &from.columns)];
        let (items, filter) = (self.items(values), self.filter(&from.columns));
        format!("SELECT {items} FROM {text}{filter}")
    }

    /// The first few of each window.
    pub(super) fn rank(&mut self) -> String {
        let from = self.from();
        let (time, keys) = (self.of(&from.times), self.keys(&from.columns));
        let step = format!("STEP({time} BY INTERVAL {})", self.interval());
        let by = [std::slice::from_ref(&step), keys.as_slice()].concat().join(", ");
        let value = self.aggregate(&from.columns);
        let key = keys.first().cloned().unwrap_or_else(|| "COUNT(*)".into());
        let inner = format!(
            "SELECT {key} AS \"k\", {value} AS \"v\", {step} AS \"from\", s.ROWTIME AS \"to\" FROM {} GROUP BY {by}",
            from.text
        );
        let (further, order) = (
            self.pick(&["", ", \"k\""]),
            self.pick(&["\"v\" DESC", "\"v\", \"k\" DESC", "\"k\"", "'x', \"v\"", "UPPER('x')"]),
        );
        let ranked = format!(
            "SELECT \"k\", \"v\", \"to\", ROW_NUMBER() OVER (PARTITION BY \"from\", \"to\"{further} ORDER BY {order}) AS \"place\" FROM ({inner}) AS i"
        );
        format!(
            "SELECT \"k\", \"v\", \"place\" FROM ({ranked}) AS r WHERE \"place\" <= {}",
            1 + self.random.below(9)
        )
    }

    /// A random cut forest over the numbers of a SELECT.
    pub(super) fn forest(&mut self) -> String {
        let from = self.from();
        let mut values: Vec<String> = Vec::new();
        for _ in 0..1 + self.random.below(3) {
            values.push(format!("CAST({} AS DOUBLE)", self.expression(Some(1), &from.columns)));
        }
        for _ in 0..self.random.below(3) {
            values.push(self.expression(None, &from.columns));
        }
        if self.one_in(2) {
            values.push(self.of(&from.times));
        }
        let (items, filter) = (self.items(values), self.filter(&from.columns));
        let explained = self.one_in(3);
        let (function, columns) = match explained {
            true => ("RANDOM_CUT_FOREST_WITH_EXPLANATION", "ANOMALY_SCORE, ANOMALY_EXPLANATION"),
            false => ("RANDOM_CUT_FOREST", "ANOMALY_SCORE"),
        };
        let arguments = match self.random.below(3) {
            0 => "",
            1 => ", 50, 128",
            _ if explained => ", 10, 20, 100, 2, TRUE",
            _ => ", 10, 20, 100, 2",
        };
        let call = format!(
            "TABLE({function}(CURSOR(SELECT STREAM {items} FROM {}{filter}){arguments})) AS f",
            from.text
        );
        match self.random.below(3) {
            0 => format!("SELECT * FROM {call}"),
            1 => format!("SELECT {columns} FROM {call} WHERE ANOMALY_SCORE > 1.5"),
            _ => format!(
                "SELECT MAX(ANOMALY_SCORE) AS \"most\", COUNT(*) AS \"rows\" FROM {call} GROUP BY STEP(f.ROWTIME BY INTERVAL {})",
                self.interval()
            ),
        }
    }

    pub(super) fn old_table_functions(&mut self) -> String {
        let source = self.source();
        let (column, seconds) = (self.of(&source.columns).name, 1 + self.random.below(100_000));
        let rows = format!("CURSOR(SELECT STREAM * FROM {})", source.text);
        if column.contains('\'') {
            return "SELECT".into();
        }
        if self.one_in(2) {
            let count = 1 + self.random.below(20);
            format!(
                "SELECT ITEM, ITEM_COUNT FROM TABLE(TOP_K_ITEMS_TUMBLING({rows}, '{column}', {count}, {seconds}))"
            )
        } else {
            format!(
                "SELECT NUMBER_OF_DISTINCT_ITEMS FROM TABLE(COUNT_DISTINCT_ITEMS_TUMBLING({rows}, '{column}', {seconds}))"
            )
        }
    }
}
