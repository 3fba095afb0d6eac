//! Random queries with state: windows of every form, OVER, ranks, joins of two and three, look-ups, forests, SELECTs in one
//! another, both dialects, odd names, intervals of any length.
//!
//! A query is a few statements. Each is proposed by a small function of the [`Grammar`] and kept if the compiler takes
//! it, so the grammar may propose what is refused; how much of it is taken is counted for each function.
//!
//! With PIPEC_RANDOM_PLANS, a directory, each query is written there as `NAME.sql`, Flink's SQL, beside the text that it
//! was made of. tests/flink has a real Flink plan all of them. PIPEC_RANDOM_SEED and PIPEC_RANDOM_PLAN_COUNT change
//! which and how many.
mod joins;
mod names;
mod over;
mod parts;
mod rows;
mod sources;
mod windows;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::Path;

use pipec_compiler::sql::{DataType, Family, Meaning, Query, RecordFormat, print_flink};

use crate::random::{COLUMNS, Random, number};
use crate::random_expressions::accepted;
use crate::random_inputs::{KEYS, table};
use crate::support::{Analyzed, analyzed_as};
use names::{ODD_COLUMNS, STREAMS};
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
    /// Whether reference tables have more rows than a CASE takes.
    large_tables: bool,
    /// The statements that were taken.
    sql: Vec<String>,
    /// The input and the streams so far.
    sources: Vec<Source>,
}

impl<'g> Grammar<'g> {
    /// What a statement may be, more likely what stands here twice. Whoever adds a construct writes a function and adds it
    /// here.
    #[rustfmt::skip]
    const PRODUCTIONS: [Production<Self>; 24] = [
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
        ("windows in GROUP BY", Self::windows_in_group),
        ("windows in GROUP BY", Self::windows_in_group),
        ("distinct rows of windows", Self::distinct),
        ("several windows of OVER", Self::several_over),
        ("random cut forest", Self::forest),
        ("join of equal times", Self::join_of_equal_times),
        ("windows of a join", Self::windows_of_join),
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
        let tables = |span| (0..KEYS.len()).map(|at| table(at, self.large_tables, span)).collect();
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
    fn add(
        &mut self,
        counts: &mut BTreeMap<&'static str, [usize; 2]>,
        refused: &mut Vec<String>,
    ) -> Option<Query> {
        let (kind, production) = self.of(&Self::PRODUCTIONS);
        let select = production(self);
        let statement = self.statement(&select);
        if statement.is_none() {
            let text = self.analyzed(&self.with_all(&format!("INSERT INTO \"PROBE\" {select}"))).text();
            let first: Vec<&str> = text.lines().filter(|line| line.starts_with("error")).take(1).collect();
            refused.push(format!("{kind}: {}: {select}", first.concat()));
        }
        counts.entry(kind).or_default()[usize::from(statement.is_some())] += 1;
        let (name, statement) = statement?;
        self.sql.push(statement);
        let Some(query) = self.analyzed(&self.sql.join(";\n")).query else {
            self.sql.pop();
            return None;
        };
        let columns = columns_of(&query, &name).expect("it was added");
        self.sources.push(Source { text: quoted(&name), columns });
        Some(query)
    }

    /// Begins with a stream that makes all of it SQL of the old dialect.
    fn begin_in_old_dialect(&mut self) {
        let statement = "CREATE OR REPLACE STREAM \"ALL\" (\"b\" BOOLEAN, \"x\" DOUBLE);\n\
                         CREATE OR REPLACE PUMP \"ALL_PUMP\" AS INSERT INTO \"ALL\" SELECT STREAM \"b\", \"f\" FROM stream";
        let query = self.analyzed(statement).query.expect("a stream and its pump");
        self.sql.push(statement.into());
        self.sources
            .push(Source { text: "\"ALL\"".into(), columns: columns_of(&query, "ALL").expect("the stream") });
    }
}

/// The columns of a stream of a query.
fn columns_of(query: &Query, name: &str) -> Option<Vec<Column>> {
    let id = query.stream_ids().find(|id| query.stream(*id).name == name)?;
    let column = |column: &pipec_compiler::sql::StreamColumn| Column {
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
        let large_tables = random.below(12) == 0;
        let mut grammar = Grammar {
            random: &mut random,
            pool: &pool,
            plain: plain_columns(),
            format,
            column_lines: &column_lines,
            event_time,
            large_tables,
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
        if grammar.one_in(4) {
            grammar.begin_in_old_dialect();
        }
        let least = grammar.sql.len() + 1 + case as usize % 3;
        let mut query = None;
        while grammar.sql.len() < least
            || query.as_ref().is_none_or(|query: &Query| query.stateless().is_ok())
        {
            if let Some(added) = grammar.add(&mut counts, &mut refused) {
                query = Some(added);
            }
        }
        let (sql, query) = (grammar.sql.join(";\n"), query.expect("all statements were taken"));
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
