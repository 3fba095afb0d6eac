//! OVER and LAG.

use pipec::sql::DataType;

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
                _ => self.pick(&["RANGE UNBOUNDED PRECEDING", "ROWS UNBOUNDED PRECEDING", ""]),
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

    pub(super) fn lag(&mut self) -> String {
        let from = self.from();
        let (window, value, back) =
            (self.window(&from, false), self.expression(None, &from.columns), 1 + self.random.below(3));
        let otherwise = if self.one_in(3) { ", NULL" } else { "" };
        let lag = format!("LAG({value}, {back}{otherwise}) OVER ({window})");
        let values = vec![self.expression(None, &from.columns), lag];
        let (items, filter) = (self.items(values), self.filter(&from.columns));
        format!("SELECT {items} FROM {}{filter}", from.text)
    }
}
