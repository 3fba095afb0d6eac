//! Numbers as people write them, where a spec takes a plain one.

/// The suffixes of a rate, and the number of seconds of each.
const PER: [(&str, f64); 15] = [
    ("records per second", 1.0),
    ("records/second", 1.0),
    ("records/sec", 1.0),
    ("records/s", 1.0),
    ("per second", 1.0),
    ("events/s", 1.0),
    ("/second", 1.0),
    ("/sec", 1.0),
    ("/s", 1.0),
    ("rps", 1.0),
    ("per minute", 60.0),
    ("/minute", 60.0),
    ("/min", 60.0),
    ("per hour", 3_600.0),
    ("/h", 3_600.0),
];
/// Letters for powers of ten.
const POWERS: [(&str, f64); 4] = [("k", 1e3), ("K", 1e3), ("M", 1e6), ("m", 1e6)];

/// The number that a text means, in the form of the spec: `200/s` is 200, `1,000` is 1000, `2k` is 2000. Nothing where
/// that is not certain or not exact.
pub(super) fn meant(text: &str, whole: bool) -> Option<String> {
    let text = text.trim();
    let (text, seconds) = PER
        .iter()
        .find_map(|(words, seconds)| Some((text.strip_suffix(words)?.trim_end(), *seconds)))
        .unwrap_or((text, 1.0));
    let (text, power) = POWERS
        .iter()
        .find_map(|(letter, power)| Some((text.strip_suffix(letter)?.trim_end(), *power)))
        .unwrap_or((text, 1.0));
    let digits: String = text.chars().filter(|c| !"_ '".contains(*c)).collect();
    // A comma parts thousands, unless one or two digits follow it, as in most of Europe.
    let digits = match digits.rsplit_once(',') {
        Some((_, behind)) if behind.len() == 3 => digits.replace(',', ""),
        Some((before, behind)) if !before.contains(',') && (1..=2).contains(&behind.len()) => {
            format!("{before}.{behind}")
        }
        Some(_) => return None,
        None => digits,
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit()) || digits.contains(['e', 'E']) {
        return None;
    }
    let number = digits.parse::<f64>().ok()?;
    if (seconds, power) == (1.0, 1.0) && !(whole && number.fract() != 0.0) {
        return Some(digits);
    }
    let number = number * power / seconds;
    (number < 1e15 && (number * 1e6).fract() == 0.0 && !(whole && number.fract() != 0.0))
        .then(|| number.to_string())
}

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn numbers_are_what_people_mean() {
        for (text, number) in [
            ("200/s", Some("200")),
            ("200 records per second", Some("200")),
            ("600/min", Some("10")),
            ("1k", Some("1000")),
            ("1.5k", Some("1500")),
            ("1,000", Some("1000")),
            ("1'000", Some("1000")),
            ("10_000", Some("10000")),
            ("0,5", Some("0.5")),
            ("1,0000", None),
            ("100/min", None),
            (".inf", None),
            ("1e400", None),
            ("many", None),
        ] {
            assert_eq!(meant(text, false).as_deref(), number, "{text}");
        }
        assert_eq!(meant("1.5", true), None);
        assert_eq!(meant("1.5k", true).as_deref(), Some("1500"));
    }
}
