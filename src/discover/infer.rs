//! Columns and their types, from samples.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::{Map, Value};

use super::seen::{Seen, is_time_name, varchar};
use crate::sql::{DataType, EpochUnit, Path, RecordFormat};

/// What samples say of their records.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Discovery {
    /// How a record is written.
    #[serde(serialize_with = "format_name")]
    pub format: RecordFormat,
    /// Columns, in the order in which their fields were first seen.
    pub columns: Vec<ColumnFound>,
    /// Fields that become no column.
    pub left_out: Vec<LeftOut>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ColumnFound {
    /// Name: the field's own, or with those around it where two are alike.
    pub name: String,
    /// Type.
    #[serde(rename = "type", serialize_with = "shown")]
    pub data_type: DataType,
    /// Path of the value.
    #[serde(serialize_with = "shown")]
    pub path: Path,
    /// What the records' numbers count since 1970, where they become times.
    #[serde(rename = "as", skip_serializing_if = "Option::is_none", serialize_with = "encoding_name")]
    pub epoch: Option<EpochUnit>,
    /// What is worth a look, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<&'static str>,
}

/// A field that becomes no column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LeftOut {
    /// Path of the field.
    #[serde(serialize_with = "shown")]
    pub path: Path,
    /// Why.
    pub because: &'static str,
}

impl Discovery {
    /// Gives the columns of fields other names: of CSV, whose fields have no paths.
    pub(super) fn rename(&mut self, from: &[String], to: &[String]) {
        for column in &mut self.columns {
            let name = column.path.segments().first().cloned().unwrap_or_default();
            if let Some((_, new)) = from.iter().zip(to).find(|(old, _)| **old == name) {
                column.name.clone_from(new);
                column.path = Path::field(new);
            }
        }
    }
}

fn format_name<S: serde::Serializer>(format: &RecordFormat, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match format {
        RecordFormat::Json => "json",
        RecordFormat::Csv { .. } => "csv",
    })
}

fn encoding_name<S: serde::Serializer>(epoch: &Option<EpochUnit>, serializer: S) -> Result<S::Ok, S::Error> {
    match epoch {
        Some(unit) => serializer.collect_str(&format_args!("epoch_{}", unit.name())),
        None => serializer.serialize_none(),
    }
}

fn shown<S: serde::Serializer>(value: &impl std::fmt::Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// A field: the keys that lead to it, and how many of them lead to an array whose elements have it.
type Field = (Vec<String>, Option<usize>);
/// Most different fields that are counted; a spec has far fewer columns.
const FIELDS_MAX: usize = 200_000;

/// What has been seen of records so far.
#[derive(Debug, Default)]
pub struct Inference {
    fields: IndexMap<Field, Seen>,
    /// The keys of the first field beyond [`FIELDS_MAX`].
    beyond: Option<Vec<String>>,
}

impl Inference {
    /// Adds a record.
    pub fn add(&mut self, record: &Map<String, Value>) {
        self.look(record, &mut Vec::new(), None);
    }

    fn look(&mut self, entries: &Map<String, Value>, path: &mut Vec<String>, array: Option<usize>) {
        for (key, value) in entries {
            path.push(key.clone());
            if self.fields.len() >= FIELDS_MAX && !self.fields.contains_key(&(path.clone(), array)) {
                self.beyond.get_or_insert_with(|| path.clone());
                path.pop();
                continue;
            }
            let seen = self.fields.entry((path.clone(), array)).or_default();
            seen.add(value);
            let is_deepest = path.len() >= pipec_path::MAX_DEPTH;
            match value {
                Value::Array(items) if array.is_none() && !is_deepest => {
                    let at = Some(path.len());
                    items.iter().filter_map(Value::as_object).for_each(|item| self.look(item, path, at));
                }
                // Its fields have no paths, so it is a value like an array.
                Value::Object(_) if is_deepest => seen.array = true,
                Value::Object(inner) => {
                    seen.object = true;
                    self.look(inner, path, array);
                }
                _ => {}
            }
            path.pop();
        }
    }

    /// The array whose elements become rows: the only one that has nothing but objects. A record has one such array at
    /// most.
    fn rows(&self) -> Option<Vec<String>> {
        let mut arrays = self.fields.iter().filter(|((_, array), seen)| {
            array.is_none() && seen.objects_within && !seen.others_within && !seen.object && !seen.is_scalar()
        });
        let ((path, _), _) = arrays.next()?;
        let has_fields = self
            .fields
            .keys()
            .any(|(segments, array)| *array == Some(path.len()) && segments.starts_with(path));
        (arrays.next().is_none() && has_fields).then(|| path.clone())
    }

    /// The columns.
    pub fn finish(self, format: RecordFormat) -> Discovery {
        let rows = self.rows();
        let mut columns = Vec::new();
        let mut left_out = Vec::new();
        for ((segments, array), seen) in self.fields {
            let is_rows = rows.as_ref().is_some_and(|rows| segments == *rows && array.is_none());
            let is_of_rows =
                array.is_some_and(|at| rows.as_ref().is_some_and(|rows| segments[..at] == **rows));
            if is_rows || array.is_some() && !is_of_rows {
                continue;
            }
            let path = match array {
                Some(at) => Path::of_elements(&segments[..at], &segments[at..]),
                None => Path::new(segments),
            };
            let is_writable = path.segments().iter().all(|key| is_writable(key));
            let because = match (seen.object, seen.array, seen.is_scalar()) {
                (true, false, false) => continue,
                (false, _, _) if !is_writable => "its name cannot be used in SQL",
                (false, true, false) => {
                    let (data_type, note) = (varchar(seen.longest_json), Some("an array, as a JSON string"));
                    columns.push(ColumnFound { name: String::new(), data_type, path, epoch: None, note });
                    continue;
                }
                (false, false, _) => {
                    let named = path.segments().last().is_some_and(|key| is_time_name(key));
                    let (data_type, epoch, note) = match seen.as_time(named) {
                        Some(unit) => (DataType::Timestamp, Some(unit), None),
                        None => {
                            let (data_type, note) = seen.data_type();
                            (data_type, None, note)
                        }
                    };
                    let note = note.or(is_of_rows.then_some("one row per element of the array"));
                    columns.push(ColumnFound { name: String::new(), data_type, path, epoch, note });
                    continue;
                }
                _ => "it contains objects, arrays or values in different records",
            };
            left_out.push(LeftOut { path, because });
        }
        left_out.extend(
            self.beyond
                .map(|path| LeftOut { path: Path::new(path), because: "more fields than are counted" }),
        );
        name(&mut columns);
        Discovery { format, columns, left_out }
    }
}

/// Whether SQL can name a column so, see the invariants of a query.
pub(super) fn is_writable(key: &str) -> bool {
    !key.is_empty() && key.chars().count() <= 128 && !key.contains("${") && !key.chars().any(stray)
}

/// Characters that a spec cannot contain: control characters, separators of lines, and what is no character.
pub(super) fn stray(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// The last key of each path, with the keys before it as far as it takes to tell two columns apart.
fn name(columns: &mut [ColumnFound]) {
    let mut taken: HashSet<String> = HashSet::new();
    let tail = |path: &Path, keys: usize| {
        let segments = path.segments();
        segments[segments.len().saturating_sub(keys)..].join("_")
    };
    // How many columns have a tail of so many keys.
    let mut tails: HashMap<(usize, String), usize> = HashMap::new();
    let deepest = columns.iter().map(|column| column.path.segments().len()).max().unwrap_or_default();
    for column in columns.iter() {
        for keys in 1..=deepest {
            *tails.entry((keys, tail(&column.path, keys))).or_default() += 1;
        }
    }
    for column in columns.iter_mut() {
        let depth = column.path.segments().len();
        let keys = (1..depth).find(|keys| tails[&(*keys, tail(&column.path, *keys))] == 1);
        let mut name = tail(&column.path, keys.unwrap_or(depth));
        while taken.contains(&name) {
            name.push('_');
        }
        taken.insert(name.clone());
        column.name = name;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn of(records: &[Value]) -> Discovery {
        let mut inference = Inference::default();
        records.iter().filter_map(Value::as_object).for_each(|record| inference.add(record));
        inference.finish(RecordFormat::Json)
    }

    #[test]
    fn fields_beyond_the_most_are_reported() {
        let record =
            |fields: usize| json!((0..fields).map(|at| (format!("k{at}"), json!(1))).collect::<Map<_, _>>());
        assert_eq!(of(&[record(FIELDS_MAX)]).left_out, []);
        let left_out = of(&[record(FIELDS_MAX + 2)]).left_out;
        assert_eq!(left_out.len(), 1);
        assert_eq!(left_out[0].path.segments(), [format!("k{FIELDS_MAX}")]);
    }

    fn columns(records: &[Value]) -> Vec<(String, String, String)> {
        let found = of(records).columns;
        found.into_iter().map(|c| (c.name, c.data_type.to_string(), c.path.to_string())).collect()
    }

    #[test]
    fn nested_objects_become_flat_columns() {
        let found = columns(&[
            json!({"name": {"first": "Ada", "last": "Byron"}, "dob": {"age": 36}, "at": {"latitude": "51.50"}}),
            json!({"name": {"first": "A name of twenty-two.", "last": null}, "dob": {"age": 3_000_000_000_u32}, "ok": true}),
        ]);
        let expected = [
            ("first", "VARCHAR(32)", "$.name.first"),
            ("last", "VARCHAR(16)", "$.name.last"),
            ("age", "BIGINT", "$.dob.age"),
            ("latitude", "DOUBLE", "$.at.latitude"),
            ("ok", "BOOLEAN", "$.ok"),
        ];
        assert_eq!(found, expected.map(|(name, kind, path)| (name.into(), kind.into(), path.into())));
    }

    #[test]
    fn types_are_the_narrowest_that_fit() {
        for (values, expected) in [
            (vec![json!(1), json!(-5)], "INTEGER"),
            (vec![json!(1), json!(1.5)], "DOUBLE"),
            (vec![json!(1_u64 << 40)], "BIGINT"),
            (vec![json!("2026-01-27 09:30:00"), json!("2026-01-27T09:30:00.123Z")], "TIMESTAMP"),
            (vec![json!("2026-01-27")], "DATE"),
            (vec![json!("09:30:00.5")], "TIME"),
            (vec![json!("2026-01-27"), json!("soon")], "VARCHAR(16)"),
            (vec![json!("01234")], "VARCHAR(16)"),
            (vec![json!(1), json!("one")], "VARCHAR(32)"),
            (vec![json!(true), json!(null)], "BOOLEAN"),
            (vec![json!(null)], "VARCHAR(16)"),
            (vec![json!("x".repeat(70_000))], "VARCHAR"),
            (vec![json!("x".repeat(40_000))], "VARCHAR(65535)"),
        ] {
            let records: Vec<Value> = values.into_iter().map(|value| json!({ "x": value })).collect();
            assert_eq!(columns(&records)[0].1, expected);
        }
    }

    #[test]
    fn numbers_of_a_plausible_year_are_times_where_the_name_says_so() {
        for (key, values, expected) in [
            ("taken", vec![json!(1_780_315_200_123_i64)], "TIMESTAMP ms"),
            ("ts", vec![json!(1_780_315_200), json!(1_780_315_200.5)], "TIMESTAMP s"),
            ("eventTime", vec![json!("1780315200123")], "TIMESTAMP ms"),
            ("created_at", vec![json!(1_780_315_200_123_456_i64), json!(null)], "TIMESTAMP us"),
            ("sent", vec![json!(1_780_315_200_123_456_789_i64)], "TIMESTAMP ns"),
            ("ts", vec![json!(1_780_315_200), json!(1_780_315_200_123_i64)], "BIGINT"),
            ("ts", vec![json!(1_780_315_200), json!(12)], "INTEGER"),
            ("ts", vec![json!(1_780_315_200), json!("soon")], "VARCHAR(32)"),
            ("customer", vec![json!(1_780_315_200)], "INTEGER"),
            ("format", vec![json!(1_780_315_200)], "INTEGER"),
            (
                "taken",
                vec![json!("2026-06-01T14:00:01.5+02:00"), json!("2026-06-01 12:00:00 UTC")],
                "TIMESTAMP",
            ),
            ("taken", vec![json!("2026-06-01T14:00:01 CET")], "VARCHAR(32)"),
        ] {
            let records: Vec<Value> = values.into_iter().map(|value| json!({ key: value })).collect();
            let column = &of(&records).columns[0];
            let unit = column.epoch.map_or(String::new(), |unit| format!(" {}", unit.name()));
            assert_eq!(format!("{}{unit}", column.data_type), expected, "{key}");
        }
    }

    #[test]
    fn names_that_are_alike_get_those_around_them() {
        let found = columns(&[json!({"from": {"id": 1}, "to": {"id": 2}, "to_id": 3, "x": {"id_": 4}})]);
        let names: Vec<_> = found.into_iter().map(|column| column.0).collect();
        assert_eq!(names, ["from_id", "to_id", "to_id_", "id_"]);
    }

    #[test]
    fn very_many_names_are_told_apart() {
        // A comparison of each with all others would take minutes here.
        let ids: Map<String, Value> = (0..30_000).map(|n| (n.to_string(), json!({"x": n}))).collect();
        let found = columns(&[Value::Object(ids)]);
        assert_eq!((found.len(), found[7].0.as_str()), (30_000, "7_x"));
    }

    #[test]
    fn an_array_of_objects_becomes_rows_and_others_text() {
        let found = columns(&[
            json!({"id": 1, "items": [{"price": 1.5, "tags": ["a"]}, {"price": 2}], "codes": [1, 2]}),
        ]);
        let expected = [
            ("id", "INTEGER", "$.id"),
            ("price", "DOUBLE", "$.items[0:].price"),
            ("tags", "VARCHAR(16)", "$.items[0:].tags"),
            ("codes", "VARCHAR(16)", "$.codes"),
        ];
        assert_eq!(found, expected.map(|(name, kind, path)| (name.into(), kind.into(), path.into())));
        // A record has one array of rows.
        let found = columns(&[json!({"a": [{"x": 1}], "b": [{"y": 2}]})]);
        assert_eq!(found.iter().map(|column| column.2.as_str()).collect::<Vec<_>>(), ["$.a", "$.b"]);
    }

    #[test]
    fn whole_numbers_above_64_bits_keep_their_digits_or_say_so() {
        let of = |text: &str| {
            let column = of(&[serde_json::from_str(text).unwrap()]).columns.remove(0);
            (column.data_type.to_string(), column.note.unwrap_or_default())
        };
        assert_eq!(of(r#"{"id": 9223372036854775807}"#).0, "BIGINT");
        assert_eq!(
            of(r#"{"id": 18446744073709551615}"#),
            ("DECIMAL(20, 0)".into(), "above the largest BIGINT")
        );
        assert!(of(r#"{"id": 18446744073709551616}"#).1.contains("VARCHAR would keep all digits"));
    }

    #[test]
    fn turns_are_left_out_and_told() {
        let found = of(&[json!({"tags": ["a"], "mixed": {"a": 1}, "${x}": 1}), json!({"mixed": 7})]);
        let told: Vec<_> =
            found.left_out.iter().map(|left| format!("{}: {}", left.path, left.because)).collect();
        assert_eq!(
            told,
            [
                "$.mixed: it contains objects, arrays or values in different records",
                "$['${x}']: its name cannot be used in SQL"
            ]
        );
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,20}".prop_map(Value::from)
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::hash_map("[a-c_. '\\\\]{0,3}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_column_has_a_name_of_its_own_and_a_path_that_reads(records in prop::collection::vec(any_json(), 0..6)) {
            let found = of(&records).columns;
            let mut names: Vec<_> = found.iter().map(|column| &column.name).collect();
            names.sort();
            names.dedup();
            prop_assert_eq!(names.len(), found.len());
            for column in found {
                prop_assert_eq!(crate::sql::parse_column_path(&column.path.to_string()), Ok(column.path));
            }
        }
    }
}
