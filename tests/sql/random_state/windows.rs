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
        let (items, filter, having) =
            (self.items(values), self.filter(&from.columns), self.having(&from.columns));
        format!("SELECT {items} FROM {}{filter} GROUP BY {}{having}", from.text, keys.join(", "))
    }

    /// A window's table function over a stream, and what it is called with.
    pub(super) fn table_function(&mut self, source: &Source) -> (String, From) {
        let from = self.named(source, "w");
        let time = self.of(&from.times).trim_start_matches("w.").to_owned();
        let length = self.interval();
        let function = self.pick(&["TUMBLE", "HOP", "CUMULATE", "SESSION"]);
        let lengths = match function.as_str() {
            "HOP" | "CUMULATE" => {
                let (unit, step) = (self.pick(&["SECOND", "MINUTE", "HOUR"]), 1 + self.random.below(1200));
                format!("INTERVAL '{step}' {unit}, INTERVAL '{}' {unit}", step * (1 + self.random.below(8)))
            }
            _ => format!("INTERVAL {length}"),
        };
        let text = format!("TABLE({function}(TABLE {}, DESCRIPTOR({time}), {lengths})) AS w", source.text);
        (text, from)
    }

    pub(super) fn windows_of_table_function(&mut self) -> String {
        let source = self.source();
        let (text, from) = self.table_function(&source);
        let keys = match text.contains("SESSION(") {
            // A session is kept apart by columns only.
            true => (0..self.random.below(4)).map(|_| self.of(&from.columns).0).collect(),
            false => self.keys(&from.columns),
        };
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
        let (text, from) = self.table_function(&source);
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
        let (further, order) =
            (self.pick(&["", ", \"k\""]), self.pick(&["\"v\" DESC", "\"v\", \"k\" DESC", "\"k\""]));
        let ranked = format!(
            "SELECT \"k\", \"v\", \"to\", ROW_NUMBER() OVER (PARTITION BY \"from\", \"to\"{further} ORDER BY {order}) AS \"place\" FROM ({inner}) AS i"
        );
        format!(
            "SELECT \"k\", \"v\", \"place\" FROM ({ranked}) AS r WHERE \"place\" <= {}",
            1 + self.random.below(9)
        )
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
