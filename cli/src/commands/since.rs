//! `--since`: a length of time, written as in a spec.

use pipec_compiler::spec::quantity::{Duration, Quantity, QuantityError};

/// Longest look back, seconds: what CloudWatch and Kinesis keep at most is a matter of years.
const SECONDS_MAX: u64 = 100 * 365 * 24 * 3_600;

/// Reads a length of time into milliseconds, for clap.
pub(super) fn since(text: &str) -> Result<i64, String> {
    let read = Duration::read(text).map_err(|error| {
        let help = match &error {
            QuantityError::UnknownUnit { meant: Some(meant), .. } => format!("write `{meant}`"),
            QuantityError::UnknownUnit { known, .. } => format!("the units are {known}"),
            _ => "write `30s`, `5min`, `1h` or `7d`".to_owned(),
        };
        format!("{error}; {help}")
    })?;
    let seconds = i64::try_from(read.0.min(SECONDS_MAX)).unwrap_or(i64::MAX);
    Ok(seconds.saturating_mul(1_000))
}

#[cfg(test)]
mod tests {
    use super::since;

    #[test]
    fn lengths_of_time_are_those_of_a_spec() {
        assert_eq!(since("90s"), Ok(90_000));
        assert_eq!(since("1 h"), Ok(3_600_000));
        assert_eq!(since("5m"), Err("`m` is not a unit here; write `5 min`".into()));
        assert_eq!(since("10"), Err("the unit is missing; write `30s`, `5min`, `1h` or `7d`".into()));
        assert!(since("99999999999 d").is_ok_and(|millis| millis > 0));
    }
}
