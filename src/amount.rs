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

/// A whole number for people: thousands grouped.
pub fn count(number: u64) -> String {
    thousands(&number.to_string())
}

/// The whole part of a number with its thousands grouped, and its decimals.
fn grouped(value: f64, decimals: usize) -> (String, String) {
    let text = format!("{value:.decimals$}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    (format!("{sign}{}", thousands(digits)), fraction.to_owned())
}

/// Digits with a comma in front of each group of three.
pub fn thousands(digits: &str) -> String {
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        assert_eq!([0, 999, 1000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([dollars(1234.5), dollars(0.0), dollars(-1000.0)], ["1,234.50", "0.00", "-1,000.00"]);
        assert_eq!(
            [dollars_more(0.001), dollars_more(-0.001), dollars_more(1.0), dollars_more(-1.0)],
            ["0.00", "0.00", "+1.00", "-1.00"]
        );
    }

    #[test]
    fn numbers_for_people() {
        let cases = [
            (0.0, "0"),
            (0.0438, "0.0438"),
            (999.5, "999.5"),
            (1_048_576.0, "1,048,576"),
            (123_456.7, "123,457"),
            (-1234.0, "-1,234"),
        ];
        for (number, text) in cases {
            assert_eq!(amount(number), text);
        }
    }
}
