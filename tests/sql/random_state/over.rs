//! OVER and LAG.

use pipec_compiler::sql::DataType;

use super::{From, Grammar};

impl Grammar<'_> {
    /// What stands in the parentheses of OVER.
    pub(super) fn window(&mut self, from: &From, frame: bool) -> String {
        let mut parts = Vec::new();
        let keys = self.keys(&from.columns);
        if !keys.is_empty() {
            parts.push(format!("PARTITION BY {}", keys.join(", ")));
        }
        if self.one_in(2) {
            parts.push(format!("ORDER BY {}", self.of(&from.times)));
        }
        if frame {
            let (interval, rows) = (self.interval(), [0, 1, 10, 1000][self.random.below(4)]);
            parts.push(match self.random.below(6) {
                0 | 1 => format!("RANGE INTERVAL {interval} PRECEDING"),
                2 => format!("RANGE BETWEEN INTERVAL {interval} PRECEDING AND CURRENT ROW"),
                3 => format!("ROWS {rows} PRECEDING"),
                4 => format!("ROWS BETWEEN {rows} PRECEDING AND CURRENT ROW"),
                _ => self.pick(&[
                    "RANGE UNBOUNDED PRECEDING",
                    "ROWS UNBOUNDED PRECEDING",
                    "RANGE CURRENT ROW",
                    "RANGE INTERVAL '0' SECOND PRECEDING",
                    "ROWS BETWEEN 10 PRECEDING AND 1 PRECEDING",
                    "",
                ]),
            });
        }
        parts.join(" ")
    }

    pub(super) fn over_function(&mut self, columns: &[(String, DataType)]) -> String {
        let (any, number) = (self.expression(None, columns), self.expression(Some(1), columns));
        match self.random.below(6) {
            0 => "COUNT(*)".into(),
            1 => format!("COUNT({any})"),
            2 => format!("{}({any})", self.pick(&["MIN", "MAX"])),
            3 => format!("{}({any})", self.pick(&["FIRST_VALUE", "LAST_VALUE"])),
            4 => format!("{}({number})", self.pick(&["SUM", "AVG"])),
            _ => format!("{}({number})", self.pick(&["STDDEV_POP", "STDDEV_SAMP", "VAR_POP", "VAR_SAMP"])),
        }
    }

    pub(super) fn over(&mut self) -> String {
        let from = self.from();
        let window = self.window(&from, true);
        let named = self.one_in(4);
        let over = if named { "OVER w".to_owned() } else { format!("OVER ({window})") };
        let mut values: Vec<String> =
            (0..self.random.below(3)).map(|_| self.expression(None, &from.columns)).collect();
        for _ in 0..=self.random.below(3) {
            let function = format!("{} {over}", self.over_function(&from.columns));
            values.push(if self.one_in(4) { format!("COALESCE({function}, NULL)") } else { function });
        }
        let (items, filter) = (self.items(values), self.filter(&from.columns));
        let named = if named { format!(" WINDOW w AS ({window})") } else { String::new() };
        format!("SELECT {items} FROM {}{filter}{named}", from.text)
    }

    /// Several windows in one SELECT, and functions that go back to other rows beside them.
    pub(super) fn several_over(&mut self) -> String {
        let from = self.from();
        let windows: Vec<String> = (0..2 + self.random.below(2)).map(|_| self.window(&from, true)).collect();
        let mut values = Vec::new();
        for at in 0..windows.len() {
            values.push(format!("{} OVER w{at}", self.over_function(&from.columns)));
        }
        if self.one_in(3) {
            let (value, window) = (self.expression(None, &from.columns), self.window(&from, false));
            values.push(format!("LAG({value}, {}) OVER ({window})", 1 + self.random.below(3)));
        }
        if self.one_in(3) {
            values.push(format!(
                "{} OVER w0 - {} OVER w1",
                self.number_over(&from.columns),
                self.number_over(&from.columns)
            ));
        }
        values.push(self.expression(None, &from.columns));
        let (items, filter) = (self.items(values), self.filter(&from.columns));
        let named: Vec<String> =
            windows.iter().enumerate().map(|(at, window)| format!("w{at} AS ({window})")).collect();
        format!("SELECT {items} FROM {}{filter} WINDOW {}", from.text, named.join(", "))
    }

    fn number_over(&mut self, columns: &[(String, DataType)]) -> String {
        let number = self.expression(Some(1), columns);
        format!("{}({number})", self.pick(&["SUM", "AVG", "MAX", "COUNT"]))
    }

    pub(super) fn lag(&mut self) -> String {
        let from = self.from();
        let (window, value, back) =
            (self.window(&from, false), self.expression(None, &from.columns), 1 + self.random.below(3));
        let otherwise = if self.one_in(3) { ", NULL" } else { "" };
        let lag = format!("LAG({value}, {back}{otherwise}) OVER ({window})");
        let mut values = vec![self.expression(None, &from.columns), lag];
        if self.one_in(3) {
            let value = self.expression(None, &from.columns);
            values.push(format!("LAG({value}, {}) OVER ({window})", 1 + self.random.below(3)));
        }
        let (items, filter) = (self.items(values), self.filter(&from.columns));
        format!("SELECT {items} FROM {}{filter}", from.text)
    }
}
