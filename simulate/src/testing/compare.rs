//! Expected rows and those that came.

use serde_json::Value;

use super::Rows;
use super::origins::OutputOrigins;

/// Rows that a message shows of a kind.
const SHOWN: usize = 10;

/// What differs, in lines; none if all is as expected. `origins` has what made the rows, where that is known.
pub(super) fn differences(
    whose: &str,
    expected: &Rows,
    actual: &[Value],
    origins: Option<OutputOrigins>,
) -> Vec<String> {
    let mut lines = Vec::new();
    let left_out = |fewer: bool| origins.filter(|_| fewer).map(OutputOrigins::left_out).unwrap_or_default();
    if let Some(count) = expected.count.filter(|count| *count != actual.len() as u64) {
        lines.push(format!("{whose}: {count} rows are expected, and {} came", actual.len()));
        lines.extend(left_out(expected.rows.is_none() && (actual.len() as u64) < count));
    }
    let Some(rows) = &expected.rows else { return lines };
    let pairs = match expected.ordered {
        true => in_order(rows, actual),
        false => in_any_order(rows, actual),
    };
    let missing: Vec<usize> = (0..rows.len()).filter(|row| pairs[*row].is_none()).collect();
    let mut others: Vec<usize> = (0..actual.len()).filter(|row| !pairs.contains(&Some(*row))).collect();
    if missing.is_empty() && others.is_empty() {
        return lines;
    }
    if expected.ordered
        && rows.len() == actual.len()
        && in_any_order(rows, actual).iter().all(Option::is_some)
    {
        lines.push(format!("{whose}: the expected rows came in another order"));
    } else {
        lines.push(format!("{whose}: {} rows are expected, and {} came", rows.len(), actual.len()));
    }
    let came = |row: &Value| {
        let origin = origins.and_then(|origins| origins.of(row));
        std::iter::once(format!("+ {row}")).chain(origin)
    };
    for row in missing.iter().take(SHOWN) {
        lines.push(format!("- {}", rows[*row]));
        // The row that comes closest, if any column is the same.
        let closest =
            others.iter().enumerate().max_by_key(|(_, other)| same_columns(&rows[*row], &actual[**other]));
        let closest = closest.filter(|(_, other)| same_columns(&rows[*row], &actual[**other]) > 0);
        if let Some((at, other)) = closest.map(|(at, other)| (at, *other)) {
            lines.extend(came(&actual[other]));
            lines.extend(columns(&rows[*row], &actual[other]));
            others.remove(at);
        }
    }
    lines.extend(others.iter().take(SHOWN).flat_map(|row| came(&actual[*row])));
    let hidden = missing.len().saturating_sub(SHOWN) + others.len().saturating_sub(SHOWN);
    if hidden > 0 {
        lines.push(format!("  and {hidden} more"));
    }
    lines.extend(left_out(!missing.is_empty()));
    lines
}

/// For each expected row, the row at its place.
fn in_order(expected: &[Value], actual: &[Value]) -> Vec<Option<usize>> {
    let matches = |row: usize| actual.get(row).is_some_and(|one| is_as(&expected[row], one));
    (0..expected.len()).map(|row| matches(row).then_some(row)).collect()
}

/// For each expected row, another row that is as expected: the most that can be paired.
fn in_any_order(expected: &[Value], actual: &[Value]) -> Vec<Option<usize>> {
    let mut taken: Vec<Option<usize>> = vec![None; actual.len()];
    for row in 0..expected.len() {
        pair(row, expected, actual, &mut taken, &mut vec![false; actual.len()]);
    }
    let mut pairs = vec![None; expected.len()];
    for (other, row) in taken.iter().enumerate() {
        if let Some(row) = row {
            pairs[*row] = Some(other);
        }
    }
    pairs
}

/// Finds a row for an expected one, which may move one that is paired.
fn pair(
    row: usize,
    expected: &[Value],
    actual: &[Value],
    taken: &mut [Option<usize>],
    seen: &mut [bool],
) -> bool {
    for other in 0..actual.len() {
        if seen[other] || !is_as(&expected[row], &actual[other]) {
            continue;
        }
        seen[other] = true;
        let is_free = match taken[other] {
            None => true,
            Some(before) => pair(before, expected, actual, taken, seen),
        };
        if is_free {
            taken[other] = Some(row);
            return true;
        }
    }
    false
}

/// Whether a value is as expected. Keys that are not expected are not compared; numbers are compared by value.
fn is_as(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            expected.iter().all(|(key, value)| is_as(value, actual.get(key).unwrap_or(&Value::Null)))
        }
        (Value::Array(expected), Value::Array(actual)) => {
            expected.len() == actual.len()
                && expected.iter().zip(actual).all(|(one, other)| is_as(one, other))
        }
        (Value::Number(one), Value::Number(other)) => one == other || is_same(one.as_f64(), other.as_f64()),
        _ => expected == actual,
    }
}

/// Whether two numbers are the same, to the last digits of a binary number of 64 bits.
fn is_same(one: Option<f64>, other: Option<f64>) -> bool {
    let (Some(one), Some(other)) = (one, other) else { return false };
    (one - other).abs() <= one.abs().max(other.abs()) * f64::EPSILON * 4.0
}

fn same_columns(expected: &Value, actual: &Value) -> usize {
    let (Value::Object(expected), Value::Object(actual)) = (expected, actual) else { return 0 };
    expected.iter().filter(|(key, value)| actual.get(*key).is_some_and(|other| is_as(value, other))).count()
}

/// The columns that differ.
fn columns(expected: &Value, actual: &Value) -> Vec<String> {
    let (Value::Object(expected), Value::Object(actual)) = (expected, actual) else { return Vec::new() };
    let other = |key: &str| actual.get(key).unwrap_or(&Value::Null);
    let differs = expected.iter().filter(|(key, value)| !is_as(value, other(key)));
    differs.map(|(key, value)| format!("  {key}: {value} is expected, and {} came", other(key))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rows(rows: &Value, ordered: bool) -> Rows {
        Rows { rows: Some(rows.as_array().expect("a list").clone()), count: None, ordered }
    }

    fn differ(expected: &Value, ordered: bool, actual: &Value) -> Vec<String> {
        differences("OUT", &rows(expected, ordered), actual.as_array().expect("a list"), None)
    }

    #[test]
    fn omitted_columns_are_not_compared() {
        assert!(differ(&json!([{"a": 1}]), false, &json!([{"a": 1.0, "b": 2}])).is_empty());
        assert!(differ(&json!([{"a": null}]), false, &json!([{}])).is_empty());
        assert!(differ(&json!([]), false, &json!([])).is_empty());
        assert!(!differ(&json!([]), false, &json!([{}])).is_empty());
    }

    #[test]
    fn order_counts_where_it_is_asked_for() {
        assert!(differ(&json!([{"a": 1}, {"a": 2}]), false, &json!([{"a": 2}, {"a": 1}])).is_empty());
        let lines = differ(&json!([{"a": 1}, {"a": 2}]), true, &json!([{"a": 2}, {"a": 1}]));
        assert_eq!(lines[0], "OUT: the expected rows came in another order");
        let lines = differ(&json!([{"a": 1}, {"a": 2}]), true, &json!([{"a": 2}, {"a": 3}]));
        assert_eq!(lines[0], "OUT: 2 rows are expected, and 2 came");
    }

    /// The first row would take the only one that the second can have.
    #[test]
    fn rows_are_paired_as_well_as_they_can_be() {
        assert!(
            differ(&json!([{"a": 1}, {"a": 1, "b": 2}]), false, &json!([{"a": 1, "b": 2}, {"a": 1, "b": 3}]))
                .is_empty()
        );
    }

    #[test]
    fn a_difference_names_the_columns() {
        assert_eq!(
            differ(&json!([{"id": 1, "total": 250}]), false, &json!([{"id": 1, "total": 25}, {"id": 2}])),
            [
                "OUT: 1 rows are expected, and 2 came",
                "- {\"id\":1,\"total\":250}",
                "+ {\"id\":1,\"total\":25}",
                "  total: 250 is expected, and 25 came",
                "+ {\"id\":2}"
            ]
        );
        let count = Rows { count: Some(3), ..Rows::default() };
        assert_eq!(differences("OUT", &count, &[json!({})], None), ["OUT: 3 rows are expected, and 1 came"]);
    }
}
