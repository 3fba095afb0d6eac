//! Random queries with state: windows of every form, OVER, ranks, joins of two and three, look-ups, SELECTs in one
//! another, odd names, intervals of any length.
//!
//! A query is a few statements. Each is proposed by a small function of the [`Grammar`] and kept if the compiler takes
//! it, so the grammar may propose what is refused; how much of it is taken is counted for each function.
//!
//! With PIPEC_RANDOM_PLANS, a directory, each query is written there as `NAME.sql`, Flink's SQL, beside the text that it
//! was made of. tests/flink has a real Flink plan all of them. PIPEC_RANDOM_SEED and PIPEC_RANDOM_PLAN_COUNT change
//! which and how many.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::Path;

use pipec::sql::{DataType, Family, Meaning, Query, RecordFormat, print_flink};

use crate::random::{COLUMNS, Random, number};
use crate::random_expressions::accepted;
use crate::random_inputs::{KEYS, table};
use crate::support::{Analyzed, analyzed_as};

/// Columns of the input beside those of `random`, with names that Flink or pipec has a use for; `␣` is a blank.
const ODD_COLUMNS: &str = "\
a␣b               INTEGER      $['a␣b']
x.y               VARCHAR(8)   $.odd['x.y']
`tick`            DOUBLE       $.odd['`tick`']
größe             DECIMAL(6,1) $.größe
select            VARCHAR(12)  $.select
window_start      TIMESTAMP    $.window_start
window_end        INTEGER      $.window_end
window_time       VARCHAR(3)   $.window_time
pipec_rowtime_    BIGINT       $.row_time
pipec_event_time  VARCHAR(30)  $.event_time
";

/// Names of values: SQL's words, Flink's own names, pipec's, and characters of all kinds.
const NAMES: &[&str] = &[
    "n",
    "N",
    "x",
    "key",
    "value",
    "order",
    "group",
    "user",
    "timestamp",
    "date",
    "time",
    "interval",
    "a b",
    "x.y",
    "`",
    "a`b",
    "é",
    "größe",
    "名前",
    "window_start",
    "window_end",
    "window_time",
    "pipec_rowtime",
    "pipec_rowtime_",
    "pipec_event_time",
    "record",
    "element",
    "proctime",
    "rowtime",
    "$f0",
    "EXPR$0",
    "f0",
    "_",
    "1",
    "'",
    "a,b",
    "(",
    "%s",
    "{}",
    "$",
    "\\",
    "--",
    "/*",
    "DEFAULT",
    "NULL",
    "TRUE",
    "row_number",
    "rank",
    "current_timestamp",
    "😀",
];

/// Names of outputs, which AWS resources are named after, and of streams that are read.
const STREAMS: &[&str] = &[
    "OUTPUT",
    "SELECT",
    "Order",
    "a",
    "A",
    "b",
    "window_start",
    "pipec_rowtime",
    "record",
    "element",
    "c_1",
    "Table",
    "DESTINATION_SQL_STREAM",
    "values",
    "user",
    "time",
];

/// A column of a [`Source`].
#[derive(Clone)]
struct Column {
    name: String,
    data_type: DataType,
    meaning: Meaning,
}

/// What a FROM clause may name: a stream, or a SELECT in parentheses.
#[derive(Clone)]
struct Source {
    text: String,
    columns: Vec<Column>,
}

/// A FROM clause: its text, its columns as SQL names them, and what may be a time of its rows.
#[derive(Clone)]
struct From {
    text: String,
    columns: Vec<(String, DataType)>,
    times: Vec<String>,
    rowtime: String,
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The family of an expression in `random`.
fn family(data_type: DataType) -> usize {
    match data_type {
        DataType::Date => 3,
        DataType::Time => 4,
        DataType::Timestamp => 5,
        _ => match data_type.family() {
            Family::Boolean => 0,
            Family::Number => 1,
            _ => 2,
        },
    }
}

/// The columns of `random` by their names, whose expressions are written over them.
fn plain_columns() -> BTreeMap<&'static str, DataType> {
    let column = |line: &'static str| {
        let mut words = line.split_whitespace();
        Some((words.next()?, words.next()?.parse().ok()?))
    };
    COLUMNS.lines().filter_map(column).collect()
}

/// What a statement may be, by a name, and what proposes one.
type Production<G> = (&'static str, fn(&mut G) -> String);

/// Proposes statements.
struct Grammar<'g> {
    random: &'g mut Random,
    /// Expressions over the columns of `random`, each with its type.
    pool: &'g [(String, DataType)],
    plain: BTreeMap<&'static str, DataType>,
    format: RecordFormat,
    column_lines: &'g str,
    event_time: String,
    /// The statements that were taken.
    sql: Vec<String>,
    /// The input and the streams so far.
    sources: Vec<Source>,
}

impl<'g> Grammar<'g> {
    /// What a statement may be, more likely what stands here twice. Whoever adds a construct writes a function and adds it
    /// here.
    #[rustfmt::skip]
    const PRODUCTIONS: [Production<Self>; 17] = [
        ("rows", Self::rows),
        ("union", Self::union),
        ("with", Self::with),
        ("windows by a step", Self::windows_by_step),
        ("windows by a step", Self::windows_by_step),
        ("windows of a table function", Self::windows_of_table_function),
        ("windows of a table function", Self::windows_of_table_function),
        ("stagger", Self::stagger),
        ("rows with their window", Self::rows_with_window),
        ("over", Self::over),
        ("over", Self::over),
        ("lag", Self::lag),
        ("rank", Self::rank),
        ("old table functions", Self::old_table_functions),
        ("join", Self::join),
        ("join", Self::join),
        ("join of windows", Self::join_of_windows),
    ];

    fn one_in(&mut self, count: usize) -> bool {
        self.random.below(count) == 0
    }

    fn pick(&mut self, list: &[&str]) -> String {
        self.random.pick(list).to_owned()
    }

    fn of<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.random.below(list.len())].clone()
    }

    fn analyzed(&self, sql: &str) -> Analyzed {
        let tables = |span| (0..KEYS.len()).map(|at| table(at, false, span)).collect();
        analyzed_as(self.format, sql, self.column_lines, &self.event_time, tables)
    }

    /// The text with the statements so far before it.
    fn with_all(&self, statement: &str) -> String {
        self.sql.iter().map(String::as_str).chain([statement]).collect::<Vec<_>>().join(";\n")
    }

    /// The columns of a SELECT, if the compiler takes it.
    fn columns_of(&self, select: &str) -> Option<Vec<Column>> {
        let query = self.analyzed(&self.with_all(&format!("INSERT INTO \"PROBE\" {select}"))).query?;
        columns_of(&query, "PROBE")
    }

    // Parts of statements.

    /// A length of time of any size, as it stands behind INTERVAL.
    fn interval(&mut self) -> String {
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
    fn expression(&mut self, wanted: Option<usize>, columns: &[(String, DataType)]) -> String {
        self.typed_expression(wanted, None, columns)
    }

    fn typed_expression(
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
    fn over_columns(&mut self, text: &str, columns: &[(String, DataType)]) -> String {
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

    fn condition(&mut self, columns: &[(String, DataType)]) -> String {
        self.expression(Some(0), columns)
    }

    /// ` WHERE ..`, or nothing.
    fn filter(&mut self, columns: &[(String, DataType)]) -> String {
        if self.one_in(3) { format!(" WHERE {}", self.condition(columns)) } else { String::new() }
    }

    /// Values with names.
    fn items(&mut self, values: Vec<String>) -> String {
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
    fn aggregate(&mut self, columns: &[(String, DataType)]) -> String {
        let distinct = if self.one_in(4) { "DISTINCT " } else { "" };
        let (any, number) = (self.expression(None, columns), self.expression(Some(1), columns));
        let wide =
            self.pick(&["SUM", "AVG", "STDDEV_POP", "STDDEV_SAMP", "VAR_POP", "VAR_SAMP", "MIN", "MAX"]);
        match self.random.below(9) {
            0 => "COUNT(*)".into(),
            1 => format!("COUNT({distinct}{any})"),
            2 | 3 => format!("{wide}({distinct}{number})"),
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
    fn group_values(
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

    fn having(&mut self, columns: &[(String, DataType)]) -> String {
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

    /// Up to three keys.
    fn keys(&mut self, columns: &[(String, DataType)]) -> Vec<String> {
        let mut keys: Vec<String> = Vec::new();
        for _ in 0..self.random.below(4) {
            let key = if self.one_in(3) { self.expression(None, columns) } else { self.of(columns).0 };
            if !keys.contains(&key) && !key.starts_with("CAST(NULL") && key != "NULL" {
                keys.push(key);
            }
        }
        keys
    }

    // FROM.

    fn source(&mut self) -> Source {
        if self.one_in(2) { self.sources[0].clone() } else { self.of(&self.sources.clone()) }
    }

    /// A SELECT in parentheses, or a stream.
    fn table(&mut self) -> Source {
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
    fn named(&mut self, source: &Source, name: &str) -> From {
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
    fn from(&mut self) -> From {
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
    fn look_up(&mut self, from: &mut From, name: &str) {
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

    // Statements.

    fn rows(&mut self) -> String {
        let from = self.from();
        let mut values: Vec<String> =
            (0..1 + self.random.below(5)).map(|_| self.expression(None, &from.columns)).collect();
        if self.one_in(2) {
            values.push(self.of(&from.times));
        }
        let (items, filter) = (self.items(values), self.filter(&from.columns));
        format!("SELECT {items} FROM {}{filter}", from.text)
    }

    fn union(&mut self) -> String {
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

    fn with(&mut self) -> String {
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

    fn windows_by_step(&mut self) -> String {
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
    fn table_function(&mut self, source: &Source) -> (String, From) {
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

    fn windows_of_table_function(&mut self) -> String {
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

    fn stagger(&mut self) -> String {
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

    fn rows_with_window(&mut self) -> String {
        let source = self.source();
        let (text, from) = self.table_function(&source);
        let values = vec!["window_start".into(), "window_end".into(), self.expression(None, &from.columns)];
        let (items, filter) = (self.items(values), self.filter(&from.columns));
        format!("SELECT {items} FROM {text}{filter}")
    }

    /// What stands in the parentheses of OVER.
    fn window(&mut self, from: &From, frame: bool) -> String {
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

    fn over_function(&mut self, columns: &[(String, DataType)]) -> String {
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

    fn over(&mut self) -> String {
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

    fn lag(&mut self) -> String {
        let from = self.from();
        let (window, value, back) =
            (self.window(&from, false), self.expression(None, &from.columns), 1 + self.random.below(3));
        let otherwise = if self.one_in(3) { ", NULL" } else { "" };
        let lag = format!("LAG({value}, {back}{otherwise}) OVER ({window})");
        let values = vec![self.expression(None, &from.columns), lag];
        let (items, filter) = (self.items(values), self.filter(&from.columns));
        format!("SELECT {items} FROM {}{filter}", from.text)
    }

    /// The first few of each window.
    fn rank(&mut self) -> String {
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

    fn old_table_functions(&mut self) -> String {
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

    /// A condition on the columns of two sides.
    fn on(&mut self, left: &From, right: &From) -> String {
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

    fn join(&mut self) -> String {
        let mut tables = vec![self.table()];
        for _ in 0..=self.random.below(3).min(1 + self.random.below(2)) {
            tables.push(self.table());
        }
        tables.truncate(3);
        self.joined(&tables)
    }

    fn join_of_windows(&mut self) -> String {
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

    // The query.

    /// The SELECT as a statement that feeds a stream, which is perhaps declared, with other types.
    fn statement(&mut self, select: &str) -> Option<(String, String)> {
        let mut name = self.pick(STREAMS);
        while self.sources.iter().any(|source| source.text == quoted(&name)) {
            name += "_1";
        }
        let insert = format!("INSERT INTO {} {select}", quoted(&name));
        let query = self.analyzed(&self.with_all(&insert)).query?;
        if !self.one_in(3) {
            return Some((name, insert));
        }
        let columns = columns_of(&query, &name)?;
        let mut declared = Vec::new();
        for column in &columns {
            let data_type = match column.data_type {
                DataType::BigInt if self.one_in(2) => "INTEGER".into(),
                DataType::Double if self.one_in(2) => "DECIMAL(12,3)".into(),
                DataType::Varchar(_) if self.one_in(2) => "VARCHAR(5)".into(),
                DataType::Timestamp if self.one_in(8) => "DATE".into(),
                other => other.to_string(),
            };
            declared.push(format!("{} {data_type}", quoted(&column.name)));
        }
        let pump = self.sql.len();
        let statement = format!(
            "CREATE OR REPLACE STREAM {name} ({});\nCREATE OR REPLACE PUMP \"P{pump}\" AS INSERT INTO {name} {select}",
            declared.join(", "),
            name = quoted(&name),
        );
        self.analyzed(&self.with_all(&statement))
            .query
            .map(|_| (name.clone(), statement))
            .or(Some((name, insert)))
    }

    /// Adds a statement, if the compiler takes what a production proposes.
    fn add(&mut self, counts: &mut BTreeMap<&'static str, [usize; 2]>, refused: &mut Vec<String>) {
        let (kind, production) = self.of(&Self::PRODUCTIONS);
        let select = production(self);
        let statement = self.statement(&select);
        if statement.is_none() {
            let text = self.analyzed(&self.with_all(&format!("INSERT INTO \"PROBE\" {select}"))).text();
            let first: Vec<&str> = text.lines().filter(|line| line.starts_with("error")).take(1).collect();
            refused.push(format!("{kind}: {}: {select}", first.concat()));
        }
        counts.entry(kind).or_default()[usize::from(statement.is_some())] += 1;
        let Some((name, statement)) = statement else { return };
        self.sql.push(statement);
        let Some(query) = self.analyzed(&self.sql.join(";\n")).query else {
            self.sql.pop();
            return;
        };
        let columns = columns_of(&query, &name).expect("it was added");
        self.sources.push(Source { text: quoted(&name), columns });
    }
}

/// The columns of a stream of a query.
fn columns_of(query: &Query, name: &str) -> Option<Vec<Column>> {
    let id = query.stream_ids().find(|id| query.stream(*id).name == name)?;
    let column = |column: &pipec::sql::StreamColumn| Column {
        name: column.name.clone(),
        data_type: column.data_type,
        meaning: column.meaning,
    };
    Some(query.stream(id).columns.iter().map(column).collect())
}

#[test]
fn random_queries_with_state() {
    let (seed, count) = (number("PIPEC_RANDOM_SEED", 1), number("PIPEC_RANDOM_PLAN_COUNT", 12));
    let target = env::var_os("PIPEC_RANDOM_PLANS");
    if let Some(target) = &target {
        fs::create_dir_all(target).expect("a folder");
    }
    let mut random = Random(seed ^ 0x57A7E);
    let pool: Vec<(String, DataType)> = (0..40 + 2 * count as usize)
        .map(|_| {
            let family = [0, 1, 1, 1, 2, 2, 2, 3, 4, 5, 5][random.below(11)];
            accepted(&mut random, family)
        })
        .collect();
    let (mut counts, mut refused) = (BTreeMap::new(), Vec::new());
    let usual = format!("{COLUMNS}{ODD_COLUMNS}");
    // Their names are those of a window's bounds, which no SELECT can then name.
    let bounds = |line: &&str| !line.starts_with("window_start") && !line.starts_with("window_end");
    let without_bounds: String = usual.split_inclusive('\n').filter(bounds).collect();
    for case in 0..count {
        let lines = if random.below(4) == 0 { &usual } else { &without_bounds };
        let arrays = random.below(8) == 0;
        let column_lines = if arrays { lines.replace("$.whole.", "$.whole[0:].") } else { lines.clone() };
        let format =
            if random.below(8) == 0 { RecordFormat::Csv { delimiter: ';' } } else { RecordFormat::Json };
        let event_time = match random.below(4) {
            0 => String::new(),
            _ => format!("at {}", [0, 1, 5_000, 1_500_000_000][random.below(4)]),
        };
        let mut grammar = Grammar {
            random: &mut random,
            pool: &pool,
            plain: plain_columns(),
            format,
            column_lines: &column_lines,
            event_time,
            sql: Vec::new(),
            sources: Vec::new(),
        };
        let input = grammar
            .analyzed("INSERT INTO \"x\" SELECT \"b\" FROM stream")
            .query
            .expect("the columns are fine");
        grammar.sources.push(Source {
            text: "stream".into(),
            columns: columns_of(&input, "SOURCE_SQL_STREAM_001").expect("the input"),
        });
        while grammar.sql.len() < 1 + case as usize % 3 {
            grammar.add(&mut counts, &mut refused);
        }
        let sql = grammar.sql.join(";\n");
        let query = grammar.analyzed(&sql).query.expect("all statements were taken");
        if let Some(target) = &target {
            let path = Path::new(target).join(format!("state-{seed}-{case}.sql"));
            fs::write(&path, print_flink(&query)).expect("Flink's SQL");
            fs::write(path.with_extension("input"), sql).expect("the SQL");
        }
    }
    if let Some(target) = &target {
        let taken = counts.iter().map(|(kind, [no, yes])| format!("{kind}: {yes} taken, {no} refused"));
        let lines: Vec<String> = taken.chain(refused).collect();
        fs::write(Path::new(target).join("refused"), lines.join("\n")).expect("what was refused");
    }
    let all = Grammar::PRODUCTIONS.iter().map(|(kind, _)| *kind);
    let missing: Vec<&str> =
        all.filter(|kind| counts.get(kind).is_none_or(|[_, taken]| *taken == 0)).collect();
    assert!(count < 100 || missing.is_empty(), "the compiler takes nothing of: {missing:?}");
}
