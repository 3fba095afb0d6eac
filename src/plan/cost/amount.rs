//! Numbers and dollars for people.

/// A number for people: thousands grouped, no more decimals than tell something.
pub fn amount(value: f64) -> String {
    let decimals = match value.abs() {
        size if size >= 1_000.0 => 0,
        size if size >= 1.0 => 2,
        _ => 6,
    };
    let (whole, fraction) = grouped(value, decimals);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") }
}

/// Dollars for people: thousands grouped, with cents.
pub fn dollars(usd: f64) -> String {
    let (whole, cents) = grouped(usd, 2);
    format!("{whole}.{cents}")
}

/// A difference in dollars for people, with its sign.
pub fn dollars_more(usd: f64) -> String {
    match dollars(usd).as_str() {
        "0.00" | "-0.00" => "0.00".to_owned(),
        text if text.starts_with('-') => text.to_owned(),
        text => format!("+{text}"),
    }
}

/// The whole part of a number with its thousands grouped, and its decimals.
fn grouped(value: f64, decimals: usize) -> (String, String) {
    let text = format!("{value:.decimals$}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut grouped = String::from(sign);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    (grouped, fraction.to_owned())
}
