//! Comparisons of numbers in a condition: `[">", 0, "<=", 5]`.

use serde_json::Value;

use super::condition::{Wrong, flow};
use super::event_pattern::Dialect;

/// Operators of `numeric`.
const OPERATORS: [&str; 5] = ["=", "<", "<=", ">", ">="];

/// What is wrong with the list of a `numeric` condition.
pub(super) fn fault(key: &str, value: &Value, dialect: &Dialect) -> Option<Wrong> {
    let form = || format!("write as in `{key}: [{{numeric: [\">\", 0, \"<=\", 5]}}]`");
    let fixed = |terms: &[(&str, &Value)]| {
        let terms: Vec<String> =
            terms.iter().map(|(operator, number)| format!("\"{operator}\", {}", flow(number))).collect();
        format!("write `{key}: [{{numeric: [{}]}}]`", terms.join(", "))
    };
    let terms = match value {
        Value::Array(terms) => terms,
        number if number.is_number() => {
            return Some((
                "`numeric` has a list of an operator and a number".into(),
                format!(
                    "write `{key}: [{number}]`, or an operator as in `{key}: [{{numeric: [\">\", {number}]}}]`"
                ),
            ));
        }
        _ => return Some(("`numeric` has a list of an operator and a number".into(), form())),
    };
    if terms.is_empty() || terms.len() % 2 == 1 || terms.len() > 4 {
        return Some((
            "`numeric` has an operator and a number, and for a range one more of each".into(),
            form(),
        ));
    }
    // Operators and numbers, which a text can be as well.
    let mut pairs: Vec<(&str, Value)> = Vec::new();
    let mut quoted = None;
    for pair in terms.chunks(2) {
        let operator = pair[0].as_str().unwrap_or_default();
        let number = match &pair[1] {
            Value::String(text) => {
                quoted = quoted.or(Some(text.as_str()));
                text.parse().ok().filter(Value::is_number)
            }
            number => Some(number.clone()).filter(Value::is_number),
        };
        match (operator, number) {
            ("==", Some(number)) => return Some(unknown_operator("==", fixed(&[("=", &number)]))),
            ("!=" | "<>", Some(number)) => {
                let help = format!("write `{key}: [{{anything-but: {number}}}]`");
                return Some(unknown_operator(operator, help));
            }
            ("=>", Some(number)) => return Some(unknown_operator("=>", fixed(&[(">=", &number)]))),
            ("=<", Some(number)) => return Some(unknown_operator("=<", fixed(&[("<=", &number)]))),
            (operator, Some(number)) if OPERATORS.contains(&operator) => pairs.push((operator, number)),
            (operator, None) if OPERATORS.contains(&operator) => {
                return Some((format!("`{}` in `numeric` is not a number", flow(&pair[1])), form()));
            }
            _ => return Some(unknown_operator(&flow(&pair[0]), form())),
        }
    }
    let refs: Vec<(&str, &Value)> = pairs.iter().map(|(operator, number)| (*operator, number)).collect();
    if let Some(text) = quoted {
        return Some((format!("`\"{text}\"` in `numeric` is a string"), fixed(&refs)));
    }
    if let Some(max) = dialect.number_max {
        let over = refs.iter().find(|(_, number)| number.as_f64().is_some_and(|number| number.abs() > max));
        if let Some((_, number)) = over {
            return Some((
                format!(
                    "{} compares numbers from -{max} to {max}, and `{number}` is not one of them",
                    dialect.service
                ),
                format!("write a number up to {max}"),
            ));
        }
    }
    range(&refs, fixed)
}

/// A range is a lower bound and then an upper one.
fn range(pairs: &[(&str, &Value)], fixed: impl Fn(&[(&str, &Value)]) -> String) -> Option<Wrong> {
    let [(low, bottom), (high, top)] = pairs else { return None };
    if low.starts_with('<') && high.starts_with('>') {
        return Some((
            "a range of `numeric` starts with its lower bound".into(),
            fixed(&[(high, top), (low, bottom)]),
        ));
    }
    if !low.starts_with('>') || !high.starts_with('<') {
        return Some((
            "a range of `numeric` is a lower and an upper bound".into(),
            fixed(&[(">=", bottom), ("<=", top)]),
        ));
    }
    let is_empty = bottom.as_f64().zip(top.as_f64()).is_some_and(|(bottom, top)| bottom >= top);
    is_empty.then(|| {
        let help = match bottom == top {
            true => fixed(&[("=", bottom)]),
            false => fixed(&[(low, top), (high, bottom)]),
        };
        ("no number is in this range".into(), help)
    })
}

fn unknown_operator(operator: &str, help: String) -> Wrong {
    (format!("`numeric` has no operator `{operator}`"), help)
}
