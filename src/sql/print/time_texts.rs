//! How a text becomes a time in Flink SQL.
//!
//! `TO_TIMESTAMP(text)` takes five times as long as one with a pattern, and knows neither `T` nor offsets. So the usual
//! spellings go through a pattern, those with an offset through their parts, and what is left through
//! `TO_TIMESTAMP(text)`, which takes a day alone, single digits and years of five digits. The conditions let only
//! through what fits the pattern: for what does not, Flink tries another reader, which makes a day of 24 hours.

/// A day that may exist.
const DAY: &str = "(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
/// Hours and minutes.
const MINUTE: &str = "([01][0-9]|2[0-3]):[0-5][0-9]";
/// What `pattern` reads.
const PATTERN: &str = "'yyyy-MM-dd HH:mm:ss.SSS'";

/// The time of a text, NULL where it is none. `between` is between the parts.
pub(super) fn read(text: &str, between: &str) -> String {
    let usual = format!(r"^{DAY}[T ]{MINUTE}:[0-5][0-9]([.][0-9]{{3,9}})?(Z|[+]00:?00)?\z");
    let zone = r" ?(Z|UTC|GMT)| ?[+-][01][0-9](:?[0-5][0-9])?( [A-Z]{1,5})?";
    let zoned =
        format!(r"^{DAY}[T ]{MINUTE}(:[0-5][0-9]([.,][0-9]{{1,9}})?)?({zone})?(\[[A-Za-z0-9_/+-]+\])?\z");
    let seconds = format!("COALESCE(REGEXP_EXTRACT({text}, '^.{{16}}(:[0-9]{{2}})', 1), ':00')");
    let fraction = format!("COALESCE(REGEXP_EXTRACT({text}, '^.{{19}}[.,]([0-9]{{1,3}})', 1), '')");
    let hours = format!(r"REGEXP_EXTRACT({text}, '^.{{16}}[^\[+-]*([+-][0-9]{{2}})', 1)");
    let sign =
        format!(r"CASE REGEXP_EXTRACT({text}, '^.{{16}}[^\[+-]*([+-])', 1) WHEN '-' THEN -1 ELSE 1 END");
    let minutes = format!(r"REGEXP_EXTRACT({text}, '^.{{16}}[^\[+-]*[+-][0-9]{{2}}:?([0-9]{{2}})', 1)");
    [
        format!("CASE WHEN REGEXP({text}, '{usual}')"),
        format!(
            "THEN TO_TIMESTAMP(RPAD(REPLACE(SUBSTRING({text}, 1, CASE LOCATE('.', {text}) WHEN 20 THEN 23 ELSE 19 END), 'T', ' '), 23, '.000'), {PATTERN})"
        ),
        format!("WHEN REGEXP({text}, '{zoned}')"),
        format!(
            "THEN TO_TIMESTAMP(SUBSTRING({text}, 1, 10) || ' ' || SUBSTRING({text}, 12, 5) || {seconds} || '.' || RPAD({fraction}, 3, '0'), {PATTERN})"
        ),
        format!(
            "- INTERVAL '1' HOUR * COALESCE(TRY_CAST({hours} AS INT), 0) - INTERVAL '1' MINUTE * COALESCE({sign} * TRY_CAST({minutes} AS INT), 0)"
        ),
        format!("ELSE TO_TIMESTAMP(REPLACE(REPLACE({text}, 'T', ' '), 'Z', '')) END"),
    ]
    .join(between)
}

/// How often [`read`] writes the text.
pub(in super::super) const COPIES: usize = 12;
