//! Look-ups in reference tables, whose rows are in the SQL.
//!
//! A table of a few rows is a CASE, which is easy to read. A larger one is text: keys and values, one after the other,
//! with characters between them that they do not hold. What follows a key is cut out. Several texts, chosen by
//! comparing the key, keep each of them short. Flink plans that in a second for 1,000 rows, where hundreds of branches,
//! or of entries of a MAP, take ten and then overflow the stack of its planner (2.2.1, 2026-11).

use super::super::data_type::{DataType, Family};
use super::super::expr::{ColumnRef, Expr, Literal};
use super::super::query::{FromClause, Role, StreamId};
use super::conditions::one_zero;
use super::expr::Expressions;
use super::{Printer, quote};

/// Branches of a CASE.
const MOST_BRANCHES: usize = 16;
/// Bytes of what the branches of a CASE compare together: Flink writes out in each branch what is looked for.
const MOST_COMPARED: usize = 2000;
/// Rows in one text, which a look-up goes through from its start.
pub(in super::super) const ROWS_OF_TEXT: usize = 128;
/// Bytes of one text; a class of Java holds constants of up to 65,535.
const BYTES_OF_TEXT: usize = 8192;

/// A key and what belongs to it.
type Entry<'e> = (String, &'e [Literal]);

impl Printer<'_> {
    /// What rows must hold to have a partner in the reference tables of inner joins.
    pub(super) fn partners(&self, from: &FromClause, expressions: &Expressions) -> Vec<String> {
        match from {
            FromClause::Stream { .. } => Vec::new(),
            FromClause::Join { left, right, .. } => {
                [self.partners(left, expressions), self.partners(right, expressions)].concat()
            }
            FromClause::Lookup { left, table, key, outer, .. } => {
                let mut all = self.partners(left, expressions);
                if !outer {
                    all.push(self.partner(*table, key.0, &key.1, expressions));
                }
                all
            }
        }
    }

    fn partner(&self, table: StreamId, key: usize, value: &Expr, expressions: &Expressions) -> String {
        let found = self.rows(table).iter().filter(|row| row[key] != Literal::Null).count();
        let known = if found == 0 {
            "FALSE".into()
        } else if found > MOST_BRANCHES {
            let keys = self.entries(table, key, value, text_of_key);
            let keys: Vec<(String, String)> =
                keys.into_iter().map(|(known, _)| (known, String::new())).collect();
            format!("{} IS NOT NULL", search(keys, &key_as_text(value, expressions)))
        } else {
            let keys = self.entries(table, key, value, constant_of_key);
            let keys: Vec<String> = keys.into_iter().map(|(known, _)| known).collect();
            format!("{} IN ({})", known_as(value, expressions), keys.join(", "))
        };
        expressions.computed(known, value)
    }

    fn rows(&self, table: StreamId) -> &[Vec<Literal>] {
        match self.query.stream(table).role {
            Role::Reference(at) => &self.query.references[at],
            _ => &[],
        }
    }

    /// The keys of a reference table, each with its row. Large whole numbers may be one floating point number; the
    /// first row has it then.
    fn entries(
        &self,
        table: StreamId,
        key: usize,
        value: &Expr,
        written: fn(&Literal, DataType, DataType) -> String,
    ) -> Vec<Entry<'_>> {
        let data_type = self.query.stream(table).columns[key].data_type;
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for row in self.rows(table).iter().filter(|row| row[key] != Literal::Null) {
            let known = written(&row[key], data_type, value.data_type);
            if seen.insert(known.clone()) {
                entries.push((known, row));
            }
        }
        entries
    }

    /// A column of a reference table: the value that belongs to the key.
    pub(super) fn looked_up(&self, column: ColumnRef) -> String {
        let table = self.relations[column.relation];
        let data_type: DataType = self.query.stream(table).columns[column.column].data_type;
        let (Some((key, value)), target) =
            (key_of(&self.insert.select.from, column.relation), quote::data_type(data_type))
        else {
            return quote::literal(&Literal::Null, data_type);
        };
        let (column_of, rowtime_of) = (|column| self.column(column), |relation| self.rowtime(relation));
        let expressions = Expressions {
            column: &column_of,
            rowtime: &rowtime_of,
            over: None,
            merges: false,
            overlaps: false,
            apart: None,
            hides: false,
            never: None,
            hides_literals: false,
            narrowed: &|_| false,
            shared: self.shared(),
            computed: &[],
            arguments: None,
        };
        let has_value =
            |row: &&Vec<Literal>| row[key] != Literal::Null && row[column.column] != Literal::Null;
        let looked_for = known_as(value, &expressions);
        match self.rows(table).iter().filter(has_value).count() {
            0 => quote::literal(&Literal::Null, data_type),
            rows if rows <= MOST_BRANCHES && rows * looked_for.len() <= MOST_COMPARED => {
                let entries = self.entries(table, key, value, constant_of_key);
                let branch = |(known, row): &Entry| match &row[column.column] {
                    Literal::Null => String::new(),
                    value => format!(" WHEN {known} THEN {}", quote::literal(value, data_type)),
                };
                let branches: String = entries.iter().map(branch).collect();
                format!("CAST(CASE {looked_for}{branches} END AS {target})")
            }
            _ => {
                let entries = self.entries(table, key, value, text_of_key);
                let pair = |(known, row): Entry| match &row[column.column] {
                    Literal::Null => None,
                    value => Some((known, text_of_value(value))),
                };
                let found =
                    search(entries.into_iter().filter_map(pair).collect(), &key_as_text(value, &expressions));
                // A text is read as a number of 32 bits by another way than a constant.
                match data_type {
                    DataType::Real => format!("CAST(CAST({found} AS DOUBLE) AS {target})"),
                    _ => format!("CAST({found} AS {target})"),
                }
            }
        }
    }
}

/// The value after a key, which is a text: NULL where there is none.
fn search(mut entries: Vec<(String, String)>, key: &str) -> String {
    let holds = |c: char| entries.iter().any(|(known, value)| known.contains(c) || value.contains(c));
    let mut unused = "¦¬§¶†‡•".chars().chain('\u{100}'..='\u{fff}').filter(|&c| !holds(c));
    let (Some(start), Some(end)) = (unused.next(), unused.next()) else {
        return "CAST(NULL AS STRING)".into();
    };
    entries.sort();
    let mut texts: Vec<(&str, String)> = Vec::new();
    let mut rows = 0;
    for (known, value) in &entries {
        let entry = format!("{start}{known}{end}{value}");
        match texts.last_mut() {
            Some((_, text)) if rows < ROWS_OF_TEXT && text.len() + entry.len() <= BYTES_OF_TEXT => {
                text.push_str(&entry);
                rows += 1;
            }
            _ => {
                texts.push((known, entry));
                rows = 1;
            }
        }
    }
    /// The text in which a key lies, by halves.
    fn choice(texts: &[(&str, String)], key: &str) -> String {
        match texts {
            [] => quote::text(""),
            [(_, text)] => quote::text(text),
            texts => {
                let (low, high) = texts.split_at(texts.len() / 2);
                let least = quote::text(high[0].0);
                format!("CASE WHEN {key} < {least} THEN {} ELSE {} END", choice(low, key), choice(high, key))
            }
        }
    }
    // A key of a record may hold anything; what ends a key becomes what is in no text.
    let wanted = format!("'{start}' || REPLACE({key}, '{end}', '{start}{start}') || '{end}'");
    format!("REGEXP_EXTRACT(SPLIT_INDEX({}, {wanted}, 1), '^[^{start}]*', 0)", choice(&texts, key))
}

/// A key as a constant of the type of what it is compared with.
fn constant_of_key(key: &Literal, data_type: DataType, compared: DataType) -> String {
    match (key, compared) {
        (Literal::Integer(number), to) if to.is_approximate() => format!("{:E}", *number as f64),
        (number @ Literal::Integer(_), to @ DataType::Decimal { .. }) => {
            format!("CAST({} AS {})", quote::literal(number, data_type), quote::data_type(to))
        }
        (known, _) => quote::literal(known, data_type),
    }
}

/// What a key is compared with.
fn known_as(value: &Expr, expressions: &Expressions) -> String {
    let text = expressions.operand(value);
    if value.data_type.is_approximate() { one_zero(&text) } else { text }
}

/// A key as the text that [`key_as_text`] makes of a value that equals it.
fn text_of_key(key: &Literal, _: DataType, compared: DataType) -> String {
    match (key, compared) {
        (Literal::Integer(number), to) if to.is_approximate() => (*number as f64 as i64).to_string(),
        (Literal::Integer(number), DataType::Decimal { scale: 1.., .. }) => {
            let zeros = "0".repeat(usize::from(compared.digits().map_or(0, |(_, scale)| scale)));
            format!("{number}.{zeros}")
        }
        (Literal::Timestamp(time), _) => {
            let (seconds, fraction) = time.split_once('.').unwrap_or((time, ""));
            format!("{seconds}.{fraction:0<3}")
        }
        (key, _) => text_of_value(key),
    }
}

/// What is looked for, as a text.
fn key_as_text(value: &Expr, expressions: &Expressions) -> String {
    let text = expressions.operand(value);
    match value.data_type.family() {
        Family::Text => expressions.atom(value),
        _ if value.data_type.is_approximate() => {
            // Whole numbers that 64 bits hold: no other can be a key.
            let whole = format!("ABS({text}) <= 9.223372036854775807E18 AND {text} = FLOOR({text})");
            format!("CASE WHEN {whole} THEN CAST(CAST({text} AS BIGINT) AS STRING) END")
        }
        _ => format!("CAST({text} AS STRING)"),
    }
}

/// A constant as a text that a cast reads.
fn text_of_value(value: &Literal) -> String {
    match value {
        Literal::Null => String::new(),
        Literal::Boolean(truth) => truth.to_string(),
        Literal::Integer(number) => number.to_string(),
        Literal::Double(number) => format!("{number:E}"),
        Literal::Decimal(text)
        | Literal::Text(text)
        | Literal::Date(text)
        | Literal::Time(text)
        | Literal::Timestamp(text) => text.clone(),
    }
}

/// The column of the table and what it must equal, of the look-up that is a relation.
fn key_of(from: &FromClause, relation: usize) -> Option<(usize, &Expr)> {
    match from {
        FromClause::Stream { .. } => None,
        FromClause::Join { left, right, .. } => {
            let leaves = left.streams().len();
            if relation < leaves { key_of(left, relation) } else { key_of(right, relation - leaves) }
        }
        FromClause::Lookup { left, key, .. } if left.streams().len() == relation => Some((key.0, &key.1)),
        FromClause::Lookup { left, .. } => key_of(left, relation),
    }
}
