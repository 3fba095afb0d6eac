//! How many parts of a Flink job read the input, which decides whether a changed job finds its position in the stream.
//!
//! The Kinesis source of Flink SQL has no id of its own. Flink derives one from the source's number among the sources and
//! from the number of operators that are chained to it (`StreamGraphHasherV2`, Flink 2.2.1, 2026-11), whatever these
//! compute and however parallel they are. A snapshot lists positions by that id, so a job with another number of readers
//! does not find them. `tests/flink/test_positions.py` compares these numbers with the ids of a real Flink.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::hex::hex;

/// Table of the input.
const RECORDS: &str = "`pipec_records`";
/// End of a statement in the generated text.
const STATEMENT_END: &str = ";\n\n";
/// Bytes of the hash of a job's shape.
const SHAPE_BYTES: usize = 4;

/// Operators that read the source of the records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceReaders {
    least: usize,
    /// Flink merges readers that do the same, and which are the same is known only after it has planned the job.
    most: usize,
    /// The SQL without names and values, hashed: the same shape has the same operators. If all that the job does is to
    /// compute columns and to filter rows, the number of its INSERTs decides.
    shape: String,
}

/// Whether a job finds the position of the one that it replaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PositionMatch {
    /// It does.
    Kept,
    /// It does not.
    Lost,
    /// Only Flink's plan shows it.
    Unknown,
}

impl SourceReaders {
    /// The readers in generated Flink SQL, as planned by a runtime environment.
    pub fn of(sql: &str, runtime_environment: &str) -> Self {
        let mut views: HashMap<&str, Part> = HashMap::new();
        let (mut plain, mut others, mut timed) = (BTreeSet::new(), 0_usize, false);
        // Whether rows have a watermark; whether nothing but sessions reads the source.
        let (mut ordered, mut only_sessions) = (false, true);
        let (mut shape, mut inserts, mut only_plain) = (Shape::default(), 0, true);
        let mut targets = BTreeSet::new();
        for statement in sql.split(STATEMENT_END) {
            let tokens = tokens(statement);
            let words: Vec<&str> = tokens.iter().take(4).copied().collect();
            match words.as_slice() {
                ["CREATE", "TEMPORARY", "TABLE", name] if *name == RECORDS => {
                    ordered = tokens.contains(&"WATERMARK");
                    // A clock in addition to the columns is an operator of its own.
                    only_plain &= !tokens.contains(&"AS");
                    views.insert(RECORDS, Part { leaves: 1, ..Part::default() });
                }
                ["CREATE", "TEMPORARY", "VIEW", name] => {
                    shape.add(&tokens);
                    views.insert(*name, Part::of(tokens.get(4..).unwrap_or_default(), &views));
                }
                ["INSERT", "INTO", target, ..] => {
                    shape.add(&tokens);
                    let part = Part::of(tokens.get(3..).unwrap_or_default(), &views);
                    inserts += 1;
                    only_plain &= targets.insert(*target);
                    only_plain &= part.leaves == 1 && part.kind == Kind::Plain && part.is_one_operator();
                    if part.leaves == 1 && part.kind == Kind::Plain {
                        plain.insert(part.text);
                    } else {
                        others = others.saturating_add(part.leaves);
                        timed |= part.leaves > 0 && part.kind == Kind::Timed;
                        only_sessions &= part.leaves == 0 || part.session;
                    }
                }
                _ => {}
            }
        }
        let most = plain.len().saturating_add(others);
        // Before a watermark only the columns count that are read, so readers of the same columns are one. Elsewhere, a
        // window's reader adds the time to the columns, and a row that leaves the job has none.
        let apart = if ordered { 0 } else { plain.len() + usize::from(timed) };
        // A session of all rows reads the source directly, not as a part of its chain.
        let some = usize::from(most > 0 && !(plain.is_empty() && only_sessions));
        let shape = match only_plain && !ordered && inserts == plain.len() {
            true => Shape::of_plain(inserts),
            false => shape,
        };
        Self { least: apart.max(some).min(most), most, shape: shape.hash(runtime_environment) }
    }

    /// Whether this job finds the position of a deployed one.
    pub fn position_of(&self, deployed: &Self) -> PositionMatch {
        let exact = self.least == self.most && deployed.least == deployed.most;
        if exact && self.most == deployed.most || self.same_operators(deployed) {
            PositionMatch::Kept
        } else if self.least > deployed.most || deployed.least > self.most {
            PositionMatch::Lost
        } else {
            PositionMatch::Unknown
        }
    }

    /// Whether all operators of this job have the ids of a deployed one's, and so find their state.
    pub fn same_operators(&self, deployed: &Self) -> bool {
        self == deployed
    }

    /// The number, or its bounds, in words.
    pub fn words(&self) -> String {
        if self.least == self.most {
            self.most.to_string()
        } else {
            format!("{} to {}", self.least, self.most)
        }
    }
}

/// As in the template: the number, or its bounds, and the shape: `2 a1b2c3d4`, `1-3 a1b2c3d4`.
impl fmt::Display for SourceReaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.least == self.most {
            write!(f, "{} {}", self.most, self.shape)
        } else {
            write!(f, "{}-{} {}", self.least, self.most, self.shape)
        }
    }
}

impl Serialize for SourceReaders {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromStr for SourceReaders {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (bounds, shape) = text.split_once(' ').ok_or(())?;
        let (least, most) = bounds.split_once('-').unwrap_or((bounds, bounds));
        let number = |text: &str| text.parse().map_err(|_| ());
        Ok(Self { least: number(least)?, most: number(most)?, shape: shape.to_owned() })
    }
}

/// What is read between the source and an operator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// Columns and conditions.
    #[default]
    Plain,
    /// Windows, or functions over rows in the order of time.
    Timed,
    /// More than that.
    Other,
}

/// A query, with what its views read.
#[derive(Clone, Debug, Default)]
struct Part {
    /// How often it reads the source.
    leaves: usize,
    kind: Kind,
    /// Whether sessions are among it.
    session: bool,
    /// Its text, with that of the view that it reads; of one that reads several, incomplete.
    text: String,
}

impl Part {
    fn of(tokens: &[&str], views: &HashMap<&str, Part>) -> Self {
        let mut part = Self::default();
        let mut behind = String::new();
        // Whether a SELECT has begun at each level of parentheses: `EXTRACT(DAY FROM x)` reads no table.
        let mut selects = vec![false];
        for (at, token) in tokens.iter().enumerate() {
            match *token {
                "(" => selects.push(false),
                ")" if selects.len() > 1 => {
                    selects.pop();
                }
                "SELECT" => {
                    if let Some(level) = selects.last_mut() {
                        *level = true;
                    }
                }
                "SESSION" => (part.session, part.kind) = (true, Kind::Other),
                "UNNEST" | "JOIN" | "LATERAL" | "UNION" | "DISTINCT" => part.kind = Kind::Other,
                "OVER" | "GROUP" | "TUMBLE" | "HOP" | "CUMULATE" => part.kind = part.kind.max(Kind::Timed),
                _ => {}
            }
            part.text += token;
            part.text.push(' ');
            let before = at.checked_sub(1).and_then(|before| tokens.get(before)).copied();
            let reads = match before {
                Some("FROM") => selects.last() == Some(&true),
                Some("JOIN" | "TABLE") => true,
                _ => false,
            };
            if let Some(read) = reads.then(|| views.get(token)).flatten() {
                part.leaves = part.leaves.saturating_add(read.leaves);
                part.kind = part.kind.max(read.kind);
                part.session |= read.session;
                behind.clone_from(&read.text);
            }
        }
        if part.leaves == 1 && part.kind == Kind::Plain {
            part.text += &behind;
        }
        part
    }
}

impl Part {
    /// Whether there is one operator for it. Rows that stay as they are need none, and a value that is hidden from the
    /// planner has one of its own.
    fn is_one_operator(&self) -> bool {
        let mut words = self.text.split(' ');
        words.clone().any(|word| word == "WHERE" || word == "(") && !words.any(|word| word == "RAND_INTEGER")
    }
}

/// The SQL without its names and values: each is its number among those of its kind, in the order in which they come.
#[derive(Debug, Default)]
struct Shape<'a> {
    digest: Sha256,
    numbers: HashMap<&'a str, usize>,
}

impl<'a> Shape<'a> {
    fn add(&mut self, tokens: &[&'a str]) {
        for token in tokens {
            if token.starts_with(|first: char| first == '`' || first == '\'' || first.is_ascii_digit()) {
                let next = self.numbers.len();
                let number = *self.numbers.entry(token).or_insert(next);
                self.digest
                    .update(format!("{}{number}", &token[..1].replace(|c: char| c.is_ascii_digit(), "0")));
            } else {
                self.digest.update(token);
            }
            self.digest.update(" ");
        }
    }

    fn of_plain(inserts: usize) -> Self {
        let mut shape = Self::default();
        shape.digest.update(format!("plain {inserts}"));
        shape
    }

    fn hash(mut self, runtime_environment: &str) -> String {
        self.digest.update(runtime_environment);
        hex(&self.digest.finalize()[..SHAPE_BYTES])
    }
}

/// The tokens of a statement, without the comments in front of it.
fn tokens(statement: &str) -> Vec<&str> {
    let mut rest = statement.trim_start();
    while rest.starts_with("--") {
        rest = rest.split_once('\n').map_or("", |(_, rest)| rest).trim_start();
    }
    let mut found = Vec::new();
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
        let length = match first {
            '\'' | '`' => quoted(rest, first),
            _ if is_word(first) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (token, behind) = rest.split_at(length);
        found.push(token);
        rest = behind.trim_start();
    }
    found
}

/// Length of a quoted text; a doubled quote belongs to it.
fn quoted(text: &str, quote: char) -> usize {
    let mut end = 1;
    while let Some(at) = text.get(end..).and_then(|rest| rest.find(quote)) {
        end += at + 1;
        if !text[end..].starts_with(quote) {
            return end;
        }
        end += 1;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "-- The records.\nCREATE TEMPORARY TABLE `pipec_records` (\n  `a` INT\n) WITH (\n  'x' = 'y'\n);\n\n\
                         CREATE TEMPORARY VIEW `s` AS\nSELECT `a` FROM `pipec_records` AS `record`;\n\n";

    fn readers(rest: &str) -> SourceReaders {
        SourceReaders::of(&format!("{TABLE}{rest}"), "FLINK-2_2")
    }

    fn numbers(rest: &str) -> String {
        readers(rest).words()
    }

    #[test]
    fn each_insert_reads_unless_it_does_the_same() {
        let one = "INSERT INTO `o`\nSELECT `a` AS `a` FROM `s` WHERE `a` > 1;\n\n";
        let same = "INSERT INTO `p`\nSELECT `a` AS `a` FROM `s` WHERE `a` > 1;\n\n";
        let another = "INSERT INTO `p`\nSELECT `a` AS `a` FROM `s` WHERE `a` > 2;\n\n";
        assert_eq!(numbers(one), "1");
        assert_eq!(numbers(&format!("{one}{same}")), "1");
        assert_eq!(numbers(&format!("{one}{another}")), "2");
        let window = "INSERT INTO `w`\nSELECT COUNT(*) AS `n` FROM TABLE(TUMBLE(TABLE `s`, DESCRIPTOR(`t`), INTERVAL '1' \
                      MINUTE)) GROUP BY `window_start`;\n\n";
        assert_eq!(numbers(window), "1");
        assert_eq!(numbers(&format!("{one}{window}")), "2");
        assert_eq!(numbers(&format!("{one}{another}{window}")), "3");
    }

    #[test]
    fn bounds_where_only_the_plan_shows_it() {
        assert_eq!(
            numbers("INSERT INTO `o`\nSELECT 1 FROM `s` AS `x` JOIN `s` AS `y` ON TRUE;\n\n"),
            "1 to 2"
        );
        let session =
            "INSERT INTO `o`\nSELECT COUNT(*) FROM `s` GROUP BY SESSION(`t`, INTERVAL '5' SECOND);\n\n";
        assert_eq!(numbers(session), "0 to 1");
    }

    #[test]
    fn a_name_in_a_text_or_in_a_function_is_not_read() {
        let text = "INSERT INTO `o`\nSELECT 'FROM `s` it''s' || EXTRACT(DAY FROM `s`) AS `a` FROM `s`;\n\n";
        assert_eq!(numbers(text), "1");
    }

    #[test]
    fn names_and_values_are_no_shape() {
        let join = |name: &str, value: u32| {
            readers(&format!(
                "INSERT INTO `{name}`\nSELECT 1 FROM `s` AS `x` JOIN `s` AS `y` ON `x`.`a` = `y`.`a` + {value};\n\n"
            ))
        };
        let (a, b) = (join("o", 7), join("p", 8));
        assert_eq!(a, b);
        assert_eq!(a.position_of(&b), PositionMatch::Kept);
        let other = readers("INSERT INTO `o`\nSELECT 1 FROM `s` AS `x` LEFT JOIN `s` AS `y` ON TRUE;\n\n");
        assert_eq!(a.position_of(&other), PositionMatch::Unknown);
        assert_ne!(a, SourceReaders::of("", "FLINK-1_20"));
    }

    #[test]
    fn the_text_in_a_template_is_read_again() {
        for text in ["2 0a1b2c3d", "1-3 0a1b2c3d"] {
            assert_eq!(text.parse::<SourceReaders>().expect("readers").to_string(), text);
        }
        for wrong in ["", "2", "x 0a1b2c3d", "1- 0a1b2c3d", "-1 0a1b2c3d"] {
            assert!(wrong.parse::<SourceReaders>().is_err(), "{wrong}");
        }
    }
}
