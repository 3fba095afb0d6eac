//! Parts of statements: values, conditions, keys, lengths of time.

use pipec_compiler::sql::DataType;

use super::names::NAMES;
use super::{Grammar, family, quoted};
use crate::random::Random;

impl Grammar<'_> {
    /// A length of time of any size, as it stands behind INTERVAL.
    pub(super) fn interval(&mut self) -> String {
        if self.one_in(2) {
            return self.pick(&[
                "'1' SECOND",
                "'10' SECOND",
                "'1' MINUTE",
                "'5' MINUTE",
                "'1' HOUR",
                "'1' DAY",
            ]);
        }
        let digits = |random: &mut Random, most: usize| {
            let count = 1 + random.below(most);
            let first = 1 + random.below(9);
            (1..count).fold(first.to_string(), |text, _| text + &random.below(10).to_string())
        };
        match self.random.below(9) {
            0 => format!("'{}' DAY", digits(self.random, 4)),
            1 => format!("'{}' HOUR", digits(self.random, 5)),
            2 => format!("'{}' MINUTE", digits(self.random, 7)),
            3 => format!("'{}' SECOND", digits(self.random, 9)),
            4 => format!("'{}.{:03}' SECOND", digits(self.random, 8), self.random.below(1000)),
            5 => format!("'0.{:03}' SECOND", 1 + self.random.below(999)),
            6 => format!("'{} {:02}:30' DAY TO MINUTE", digits(self.random, 3), self.random.below(24)),
            7 => format!("'{}:{:02}' MINUTE TO SECOND", digits(self.random, 6), self.random.below(60)),
            _ => format!("'{} 01:02:03.{}' DAY TO SECOND", digits(self.random, 4), self.random.below(10)),
        }
    }

    /// An expression of a family, or of any, over columns of any name.
    pub(super) fn expression(&mut self, wanted: Option<usize>, columns: &[(String, DataType)]) -> String {
        self.typed_expression(wanted, None, columns)
    }

    pub(super) fn typed_expression(
        &mut self,
        wanted: Option<usize>,
        exactly: Option<DataType>,
        columns: &[(String, DataType)],
    ) -> String {
        let fits = |(_, data_type): &&(String, DataType)| {
            wanted.is_none_or(|wanted| family(*data_type) == wanted)
                && exactly.is_none_or(|exactly| *data_type == exactly)
        };
        if !self.one_in(3) {
            let found: Vec<&(String, DataType)> = columns.iter().filter(fits).collect();
            if !found.is_empty() {
                return found[self.random.below(found.len())].0.clone();
            }
        }
        let pool = self.pool;
        let found: Vec<&(String, DataType)> = pool.iter().filter(fits).collect();
        match (found.is_empty(), exactly) {
            (true, Some(exactly)) => format!("CAST(NULL AS {exactly})"),
            (true, None) => "NULL".into(),
            _ => {
                let text = found[self.random.below(found.len())].0.clone();
                self.over_columns(&text, columns)
            }
        }
    }

    /// An expression over the columns of `random` as one over others: each becomes one of its type, else of its family.
    pub(super) fn over_columns(&mut self, text: &str, columns: &[(String, DataType)]) -> String {
        let mut written = String::new();
        for (at, part) in text.split('"').enumerate() {
            if at % 2 == 0 {
                written.push_str(part);
                continue;
            }
            let data_type = self.plain[part];
            let same: Vec<&String> =
                columns.iter().filter(|column| column.1 == data_type).map(|column| &column.0).collect();
            let alike: Vec<&String> = columns
                .iter()
                .filter(|column| family(column.1) == family(data_type))
                .map(|column| &column.0)
                .collect();
            written += &match (same.as_slice(), alike.as_slice()) {
                ([], []) => format!("CAST(NULL AS {data_type})"),
                ([], alike) => format!("CAST({} AS {data_type})", alike[self.random.below(alike.len())]),
                (same, _) => same[self.random.below(same.len())].clone(),
            };
        }
        written
    }

    pub(super) fn condition(&mut self, columns: &[(String, DataType)]) -> String {
        self.expression(Some(0), columns)
    }

    /// ` WHERE ..`, or nothing.
    pub(super) fn filter(&mut self, columns: &[(String, DataType)]) -> String {
        if self.one_in(3) { format!(" WHERE {}", self.condition(columns)) } else { String::new() }
    }

    /// Values with names.
    pub(super) fn items(&mut self, values: Vec<String>) -> String {
        let mut names: Vec<String> = Vec::new();
        let item = |value: String| {
            let mut name = self.pick(NAMES);
            while names.contains(&name) {
                name += "_";
            }
            names.push(name.clone());
            format!("{value} AS {}", quoted(&name))
        };
        values.into_iter().map(item).collect::<Vec<_>>().join(", ")
    }

    /// What an aggregate makes of rows, as a value.
    pub(super) fn aggregate(&mut self, columns: &[(String, DataType)]) -> String {
        let distinct = if self.one_in(4) { "DISTINCT " } else { "" };
        let (any, number) = (self.expression(None, columns), self.expression(Some(1), columns));
        let wide =
            self.pick(&["SUM", "AVG", "STDDEV_POP", "STDDEV_SAMP", "VAR_POP", "VAR_SAMP", "MIN", "MAX"]);
        match self.random.below(12) {
            0 => "COUNT(*)".into(),
            1 => format!("COUNT({distinct}{any})"),
            2 | 3 => format!("{wide}({distinct}{number})"),
            8 => {
                let nulls = self.pick(&["", "", " IGNORE NULLS", " RESPECT NULLS"]);
                format!("{}({any}){nulls}", self.pick(&["FIRST_VALUE", "LAST_VALUE"]))
            }
            9 => format!(
                "{}({distinct}{number}) FILTER (WHERE {})",
                self.pick(&["SUM", "COUNT"]),
                self.condition(columns)
            ),
            10 => match self.random.below(4) {
                0 => format!("LISTAGG({}, ',')", self.expression(Some(2), columns)),
                1 => format!("PERCENTILE({number}, 0.95)"),
                _ => format!("{}({})", self.pick(&["EVERY", "ANY"]), self.condition(columns)),
            },
            4 => format!("{}({any})", self.pick(&["MIN", "MAX"])),
            5 => format!("SUM({distinct}{number}) / COUNT(*)"),
            6 => format!("COALESCE({wide}({number}), 0)"),
            7 => format!("CASE WHEN COUNT({any}) > 1 THEN MAX({number}) END"),
            _ => format!(
                "CAST({wide}({number}) AS {})",
                self.pick(&["INTEGER", "VARCHAR(8)", "DECIMAL(10,2)", "DOUBLE"])
            ),
        }
    }

    /// A value of a group: a key, an aggregate, a bound of the window, a constant.
    pub(super) fn group_values(
        &mut self,
        keys: &[String],
        bounds: &[String],
        columns: &[(String, DataType)],
    ) -> Vec<String> {
        let mut values: Vec<String> = keys.to_vec();
        values.extend(bounds.iter().cloned());
        for _ in 0..=self.random.below(4) {
            values.push(self.aggregate(columns));
        }
        if self.one_in(4) {
            values.push(self.pick(&[
                "CAST(NULL AS INTEGER)",
                "'x'",
                "NULLIF('x', '')",
                "1.5",
                "CAST(NULL AS VARCHAR(3))",
            ]));
        }
        // Not always all of them, nor in this order.
        for at in (1..values.len()).rev() {
            let other = self.random.below(at + 1);
            values.swap(at, other);
        }
        let keep = 1 + self.random.below(values.len());
        values.truncate(keep.max(values.len().saturating_sub(2)).max(1));
        values
    }

    pub(super) fn having(&mut self, columns: &[(String, DataType)]) -> String {
        if !self.one_in(3) {
            return String::new();
        }
        let number = self.expression(Some(1), columns);
        let condition = match self.random.below(4) {
            0 => "COUNT(*) > 1".into(),
            1 => format!("SUM({number}) BETWEEN 0 AND 1000"),
            2 => format!("MAX({number}) IS NOT NULL AND COUNT(DISTINCT {number}) < 5"),
            _ => format!("NOT (MIN({number}) = 3)"),
        };
        format!(" HAVING {condition}")
    }

    /// Up to three keys; one of them perhaps promised to grow.
    pub(super) fn keys(&mut self, columns: &[(String, DataType)]) -> Vec<String> {
        let mut keys: Vec<String> = Vec::new();
        for _ in 0..self.random.below(4) {
            let key = if self.one_in(3) { self.expression(None, columns) } else { self.of(columns).0 };
            if !keys.contains(&key) && !key.starts_with("CAST(NULL") && key != "NULL" {
                keys.push(if self.one_in(12) { format!("MONOTONIC({key})") } else { key });
            }
        }
        keys
    }
}
