//! Folders of a prefix as partitions that Athena enumerates itself (partition projection): which keys there are, and where
//! their objects lie. Athena user guide, "Use partition projection with Amazon Athena", 2026-04.

use super::fields::Fields;
use super::glue_type::GlueType;
use super::partition_keys::pattern;
use super::time_pattern::{Piece, TimePattern, TimeUnit, push_text};
use crate::pipeline::{
    DEFAULT_TIME_FOLDERS, KEY_NAMESPACES, Partition, PrefixPart, literal_head, split_prefix,
};
use crate::sql::DataType;

/// The folders of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Projection {
    /// What all keys of objects begin with; empty, or with a slash at its end.
    pub location: String,
    /// The same with the folders of a partition, such as `users/${day}/`.
    pub template: String,
    /// The partition keys, in the order of the folders.
    pub keys: Vec<ProjectedKey>,
}

/// A partition key of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectedKey {
    /// Its name.
    pub name: String,
    /// Its type.
    pub glue_type: GlueType,
    /// How Athena knows its values.
    pub values: KeyValues,
}

/// How Athena knows the values of a partition key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyValues {
    /// All times by a pattern, from the day of the oldest objects on.
    Times {
        /// The pattern.
        pattern: TimePattern,
        /// Its smallest unit.
        unit: TimeUnit,
        /// Whether there may be folders ahead of the clock in UTC.
        is_ahead: bool,
    },
    /// Whole numbers of two digits.
    Numbers(TimeUnit),
    /// These values.
    Listed(Vec<String>),
    /// Those that a query gives: each query needs a condition on the key.
    Given,
}

/// Why Athena cannot enumerate the folders of a prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProjectionFault {
    /// Random text before other folders.
    Random,
    /// Letters of a time pattern.
    Letters(String),
    /// An expression that is reported elsewhere.
    Unknown,
}

/// A piece of a prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Item {
    Text(String),
    Unit(TimeUnit),
    Random,
    Key(String),
}

/// What the folders of a prefix depend on, besides the prefix.
#[derive(Clone, Copy, Debug)]
pub struct Layout<'a> {
    /// The partition keys of the spec.
    pub partitions: &'a [Partition],
    /// What is delivered.
    pub fields: &'a Fields,
    /// Whether the prefix has the times of a zone other than UTC.
    pub is_zoned: bool,
    /// Names of the table's columns.
    pub columns: &'a [String],
}

/// The partitions of a prefix.
///
/// # Errors
/// Where Athena cannot enumerate them.
pub fn projection(prefix: &str, layout: Layout) -> Result<Projection, ProjectionFault> {
    let default;
    let prefix = if prefix.contains("!{") {
        prefix
    } else {
        // Firehose's own folders.
        default = format!("{prefix}{DEFAULT_TIME_FOLDERS}");
        &default
    };
    let (location, items) = folders(items(prefix)?)?;
    let mut found = Found { layout, template: location.clone(), keys: Vec::new() };
    let mut at = 0;
    while let Some(item) = items.get(at) {
        at += match item {
            Item::Text(text) => {
                found.template.push_str(text);
                1
            }
            Item::Key(name) => {
                found.key(name);
                1
            }
            Item::Random => return Err(ProjectionFault::Random),
            Item::Unit(_) => {
                let length = run(&items[at..]);
                found.time(&items[at..at + length]);
                length
            }
        };
    }
    Ok(Projection { location, template: found.template, keys: found.keys })
}

/// The folder that all keys of a prefix begin with.
pub fn location(prefix: &str) -> &str {
    let head = literal_head(prefix);
    &head[..head.rfind('/').map_or(0, |slash| slash + 1)]
}

fn items(prefix: &str) -> Result<Vec<Item>, ProjectionFault> {
    let mut items = Vec::new();
    for part in split_prefix(prefix).map_err(|_| ProjectionFault::Unknown)? {
        let expression = match part {
            PrefixPart::Text(text) => {
                items.push(Item::Text(text.to_owned()));
                continue;
            }
            PrefixPart::Expression(expression) => expression,
        };
        if let Some(pattern) = expression.strip_prefix("timestamp:") {
            let pattern = TimePattern::parse(pattern).map_err(ProjectionFault::Letters)?;
            items.extend(pattern.0.into_iter().map(|piece| match piece {
                Piece::Text(text) => Item::Text(text),
                Piece::Unit(unit) => Item::Unit(unit),
            }));
        } else if expression == "firehose:random-string" {
            items.push(Item::Random);
        } else if let Some(key) = KEY_NAMESPACES.iter().find_map(|known| expression.strip_prefix(known)) {
            items.push(Item::Key(key.to_owned()));
        } else {
            return Err(ProjectionFault::Unknown);
        }
    }
    Ok(items)
}

/// The folder that all keys begin with, and the pieces of the folders below it. What follows the last slash is part of
/// the names of objects.
fn folders(items: Vec<Item>) -> Result<(String, Vec<Item>), ProjectionFault> {
    // Slashes stand alone, so that items can be cut there.
    let mut pieces: Vec<Item> = Vec::new();
    for item in items {
        match item {
            Item::Text(text) => {
                pieces.extend(text.split_inclusive('/').map(|part| Item::Text(part.to_owned())));
            }
            other => pieces.push(other),
        }
    }
    let ends = |item: &Item| matches!(item, Item::Text(text) if text.ends_with('/'));
    let last = pieces.iter().rposition(ends).map_or(0, |at| at + 1);
    pieces.truncate(last);
    // A random folder below all others is found by listing them.
    if let Some(random) = pieces.iter().position(|item| *item == Item::Random) {
        if pieces[random..].iter().any(|item| matches!(item, Item::Unit(_) | Item::Key(_))) {
            return Err(ProjectionFault::Random);
        }
        let before = pieces[..random].iter().rposition(ends).map_or(0, |at| at + 1);
        pieces.truncate(before);
    }
    let fixed = pieces.iter().position(|item| !matches!(item, Item::Text(_))).unwrap_or(pieces.len());
    let head = pieces[..fixed].iter().rposition(ends).map_or(0, |at| at + 1);
    let items = pieces.split_off(head);
    let text = |item: &Item| match item {
        Item::Text(text) => text.clone(),
        _ => String::new(),
    };
    Ok((pieces.iter().map(text).collect(), items))
}

/// How many items are one time: units and the text between them. `=` begins another key, as in `/month=`.
fn run(items: &[Item]) -> usize {
    let mut length = 0;
    let mut pending = 0;
    for item in items {
        match item {
            Item::Unit(_) => {
                length += pending + 1;
                pending = 0;
            }
            Item::Text(text) if !text.contains('=') => pending += 1,
            _ => break,
        }
    }
    length
}

struct Found<'a> {
    layout: Layout<'a>,
    template: String,
    keys: Vec<ProjectedKey>,
}

impl Found<'_> {
    /// A folder of a partition key.
    fn key(&mut self, name: &str) {
        let Layout { partitions, fields, .. } = self.layout;
        let partition = partitions.iter().find(|partition| partition.key == name);
        let field = partition.and_then(|partition| fields.find(&partition.column.value));
        let pattern = partition.zip(field).and_then(|(partition, field)| pattern(partition, field));
        let listed = partition.and_then(|partition| partition.values.as_ref());
        let values = match (listed, pattern, field.map(|field| field.data_type)) {
            (Some(listed), ..) => KeyValues::Listed(listed.value.clone()),
            // Times of the data may be ahead of the clock.
            (None, Some(pattern), _) => times(pattern, true).unwrap_or(KeyValues::Given),
            (None, None, Some(DataType::Boolean)) => KeyValues::Listed(vec!["true".into(), "false".into()]),
            (None, None, _) => KeyValues::Given,
        };
        self.add(name.to_owned(), values);
    }

    /// Folders of the time of arrival: one key if they are a time, else one for each unit.
    fn time(&mut self, items: &[Item]) {
        let mut pattern = TimePattern::default();
        for item in items {
            match item {
                Item::Unit(unit) => pattern.0.push(Piece::Unit(*unit)),
                Item::Text(text) => push_text(&mut pattern.0, text),
                Item::Random | Item::Key(_) => {}
            }
        }
        let named = hive_name(&self.template);
        if let Some(values) = times(pattern.clone(), self.layout.is_zoned) {
            let usual = match (&values, pattern.smallest()) {
                (_, Some(TimeUnit::Hour)) => "datehour",
                (KeyValues::Numbers(unit), _) => unit.name(),
                (_, unit) => unit.map_or("time", TimeUnit::name),
            };
            let name = self.free(named.as_deref().unwrap_or(usual));
            self.add(name, values);
            return;
        }
        for piece in pattern.0 {
            match piece {
                Piece::Text(text) => self.template.push_str(&text),
                Piece::Unit(unit) => {
                    let single = TimePattern(vec![Piece::Unit(unit)]);
                    let values = times(single, self.layout.is_zoned).unwrap_or(KeyValues::Given);
                    let name = self.free(unit.name());
                    self.add(name, values);
                }
            }
        }
    }

    /// A name that no column and no other key has.
    fn free(&self, name: &str) -> String {
        let taken = |name: &str| {
            self.layout.columns.iter().any(|column| column == name)
                || self.layout.partitions.iter().any(|partition| partition.key == name)
                || self.keys.iter().any(|key| key.name == name)
        };
        let mut free = name.to_owned();
        while taken(&free) {
            free.insert_str(0, "delivery_");
        }
        free
    }

    fn add(&mut self, name: String, values: KeyValues) {
        self.template.push_str("${");
        self.template.push_str(&name);
        self.template.push('}');
        let glue_type = match values {
            KeyValues::Numbers(_) => GlueType::Int,
            _ => GlueType::String,
        };
        // A prefix may have the same folder twice.
        if self.keys.iter().all(|key| key.name != name) {
            self.keys.push(ProjectedKey { name, glue_type, values });
        }
    }
}

/// How Athena knows the texts of a pattern. A comma separates the ends of its ranges, so the units around one are keys of
/// their own.
fn times(pattern: TimePattern, is_ahead: bool) -> Option<KeyValues> {
    if pattern.0.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains(','))) {
        return None;
    }
    let single = match pattern.0.as_slice() {
        [Piece::Unit(unit)] if *unit != TimeUnit::Year => Some(*unit),
        _ => None,
    };
    match (pattern.smallest(), single) {
        (Some(unit), _) => Some(KeyValues::Times { pattern, unit, is_ahead }),
        (None, Some(unit)) => Some(KeyValues::Numbers(unit)),
        (None, None) => None,
    }
}

/// The name in front of a value: `day` of `users/day=`.
fn hive_name(template: &str) -> Option<String> {
    let name = template.rsplit('/').next()?.strip_suffix('=')?.to_ascii_lowercase();
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    (!name.is_empty() && name.chars().all(allowed)).then_some(name)
}

impl Projection {
    /// Whether Athena enumerates times, for which the day of the oldest objects is needed.
    pub fn has_times(&self) -> bool {
        self.keys.iter().any(|key| matches!(key.values, KeyValues::Times { .. }))
    }

    /// The parameters of the table, but for the address of its bucket. `since` is the day of the oldest objects.
    pub fn parameters(&self, since: &str) -> Vec<(String, String)> {
        if self.keys.is_empty() {
            return Vec::new();
        }
        let mut all = vec![("projection.enabled".to_owned(), "true".to_owned())];
        for key in &self.keys {
            let mut add = |name: &str, value: String| {
                all.push((format!("projection.{}.{name}", key.name), value));
            };
            match &key.values {
                KeyValues::Times { pattern, unit, is_ahead } => {
                    let end = if *is_ahead { "NOW+1DAYS" } else { "NOW" };
                    add("type", "date".into());
                    add("format", pattern.text());
                    add("range", format!("{},{end}", pattern.at(since)));
                    add("interval", "1".into());
                    add("interval.unit", unit.interval().into());
                }
                KeyValues::Numbers(unit) => {
                    add("type", "integer".into());
                    add("range", unit.range().unwrap_or_default().into());
                    add("digits", unit.digits().to_string());
                }
                KeyValues::Listed(values) => {
                    add("type", "enum".into());
                    add("values", values.join(","));
                }
                KeyValues::Given => add("type", "injected".into()),
            }
        }
        all
    }

    /// The conditions of a first query: those that Athena asks for, and the first time.
    pub fn conditions(&self, since: &str) -> Vec<String> {
        let condition = |key: &ProjectedKey| match &key.values {
            KeyValues::Given => Some(format!("{} = '...'", key.name)),
            KeyValues::Times { pattern, .. } => Some(format!("{} >= '{}'", key.name, pattern.at(since))),
            KeyValues::Numbers(_) | KeyValues::Listed(_) => None,
        };
        self.keys.iter().filter_map(condition).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(prefix: &str) -> Result<Projection, ProjectionFault> {
        let fields = Fields { list: Vec::new(), of_rows: true };
        projection(prefix, Layout { partitions: &[], fields: &fields, is_zoned: false, columns: &[] })
    }

    /// Template, and the keys with what Athena knows of them.
    fn shown(prefix: &str) -> String {
        let found = project(prefix).expect(prefix);
        let parameters = found.parameters("2026-11-29");
        let keys: Vec<String> = parameters
            .into_iter()
            .filter(|(name, _)| [".type", ".range", ".format"].iter().any(|end| name.ends_with(end)))
            .map(|(name, value)| format!("{}={value}", name.trim_start_matches("projection.")))
            .collect();
        format!("{} {}", found.template, keys.join(" "))
    }

    #[test]
    fn the_folders_of_a_prefix_are_keys() {
        for (prefix, expected) in [
            (
                "users/",
                "users/${datehour} datehour.type=date datehour.format=yyyy/MM/dd/HH datehour.range=2026/11/29/00,NOW",
            ),
            (
                "",
                "${datehour} datehour.type=date datehour.format=yyyy/MM/dd/HH datehour.range=2026/11/29/00,NOW",
            ),
            (
                "a/dt=!{timestamp:yyyy-MM-dd}/",
                "a/dt=${dt}/ dt.type=date dt.format=yyyy-MM-dd dt.range=2026-11-29,NOW",
            ),
            (
                "a/year=!{timestamp:yyyy}/month=!{timestamp:MM}/",
                "a/year=${year}/month=${month}/ year.type=date year.format=yyyy year.range=2026,NOW \
                 month.type=integer month.range=1,12",
            ),
            (
                "a/!{timestamp:'year='yyyy'/month='MM}/",
                "a/year=${year}/month=${month}/ year.type=date year.format=yyyy year.range=2026,NOW \
                 month.type=integer month.range=1,12",
            ),
            (
                "a/!{timestamp:yyyy/MM}/!{firehose:random-string}/",
                "a/${month}/ month.type=date month.format=yyyy/MM month.range=2026/11,NOW",
            ),
            ("a/!{firehose:random-string}/", "a/ "),
            (
                "a/!{timestamp:yyyy}-!{timestamp:MM}/x-",
                "a/${month}/ month.type=date month.format=yyyy-MM month.range=2026-11,NOW",
            ),
            (
                "a/!{timestamp:yyyy,MM}/",
                "a/${year},${month}/ year.type=date year.format=yyyy year.range=2026,NOW month.type=integer \
                 month.range=1,12",
            ),
            (
                "a/!{timestamp:HH}/!{timestamp:yyyy}/",
                "a/${hour}/${year}/ hour.type=integer hour.range=0,23 year.type=date year.format=yyyy year.range=2026,NOW",
            ),
        ] {
            let expected = expected.replacen("${datehour} ", "${datehour}/ ", 1);
            assert_eq!(shown(prefix), expected, "{prefix}");
        }
    }

    #[test]
    fn what_athena_cannot_enumerate_is_a_fault() {
        assert_eq!(project("a/!{firehose:random-string}/!{timestamp:yyyy}/"), Err(ProjectionFault::Random));
        assert_eq!(project("a/!{timestamp:yyyy/MMM}/"), Err(ProjectionFault::Letters("MMM".into())));
        assert_eq!(project("a/!{timestamp:YYYY}/"), Err(ProjectionFault::Letters("YYYY".into())));
    }

    #[test]
    fn a_zone_ahead_of_utc_has_folders_of_tomorrow() {
        let fields = Fields { list: Vec::new(), of_rows: true };
        let layout =
            Layout { partitions: &[], fields: &fields, is_zoned: true, columns: &["day".to_owned()] };
        let found = projection("a/!{timestamp:yyyy-MM-dd}/", layout).expect("a projection");
        assert_eq!(found.keys[0].name, "delivery_day");
        assert!(found.parameters("2026-11-29").iter().any(|(_, value)| value == "2026-11-29,NOW+1DAYS"));
    }
}
