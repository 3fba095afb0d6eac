//! Patterns of times in the names of folders: the letters of Java's `DateTimeFormatter` that Athena can enumerate.

use pipec_core::TimePart;

/// A unit of time in a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TimeUnit {
    /// `yyyy`.
    Year,
    /// `MM`.
    Month,
    /// `dd`.
    Day,
    /// `HH`.
    Hour,
    /// `mm`.
    Minute,
}

const UNITS: [TimeUnit; 5] =
    [TimeUnit::Year, TimeUnit::Month, TimeUnit::Day, TimeUnit::Hour, TimeUnit::Minute];

impl TimeUnit {
    /// Its letter.
    pub fn letter(self) -> char {
        match self {
            Self::Year => 'y',
            Self::Month => 'M',
            Self::Day => 'd',
            Self::Hour => 'H',
            Self::Minute => 'm',
        }
    }

    /// How often the letter is written.
    pub fn digits(self) -> usize {
        if self == Self::Year { 4 } else { 2 }
    }

    /// Its name, for a column.
    pub fn name(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Month => "month",
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Minute => "minute",
        }
    }

    /// Athena's word for it. Athena user guide, "Supported types for partition projection", 2026-04.
    pub fn interval(self) -> &'static str {
        match self {
            Self::Year => "YEARS",
            Self::Month => "MONTHS",
            Self::Day => "DAYS",
            Self::Hour => "HOURS",
            Self::Minute => "MINUTES",
        }
    }

    /// Its values, if they do not depend on the others.
    pub fn range(self) -> Option<&'static str> {
        match self {
            Self::Year => None,
            Self::Month => Some("1,12"),
            Self::Day => Some("1,31"),
            Self::Hour => Some("0,23"),
            Self::Minute => Some("0,59"),
        }
    }

    /// Characters of the unit in `2026-11-29 12:00`.
    fn characters(self) -> (usize, usize) {
        match self {
            Self::Year => (0, 4),
            Self::Month => (5, 7),
            Self::Day => (8, 10),
            Self::Hour => (11, 13),
            Self::Minute => (14, 16),
        }
    }

    /// The unit of a run of equal letters.
    pub fn of(letter: char, count: usize) -> Option<Self> {
        let same = match letter {
            'u' => 'y',
            'L' => 'M',
            other => other,
        };
        UNITS.into_iter().find(|unit| unit.letter() == same && unit.digits() == count)
    }
}

/// A piece of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// This text.
    Text(String),
    /// A unit.
    Unit(TimeUnit),
}

/// A pattern of a time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimePattern(pub Vec<Piece>);

impl TimePattern {
    /// Reads a pattern of `yyyy`, `MM`, `dd`, `HH`, `mm`, and of text, which needs quotes if it has letters.
    ///
    /// # Errors
    /// The letters that it may not have.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let length = if first == '\'' {
                let end = rest[1..].find('\'').ok_or("'")? + 2;
                let inner = &rest[1..end - 1];
                push_text(&mut pieces, if inner.is_empty() { "'" } else { inner });
                end
            } else if first.is_ascii_alphabetic() {
                let count = rest.chars().take_while(|c| *c == first).count();
                let unit = TimeUnit::of(first, count).ok_or_else(|| rest[..count].to_owned())?;
                pieces.push(Piece::Unit(unit));
                count
            } else {
                push_text(&mut pieces, &rest[..first.len_utf8()]);
                first.len_utf8()
            };
            rest = &rest[length..];
        }
        Ok(Self(pieces))
    }

    /// The units, in order.
    pub fn units(&self) -> Vec<TimeUnit> {
        let unit = |piece: &Piece| match piece {
            Piece::Unit(unit) => Some(*unit),
            Piece::Text(_) => None,
        };
        self.0.iter().filter_map(unit).collect()
    }

    /// The smallest unit, if the units go from the year down to it without a gap, so that the text is a time.
    pub fn smallest(&self) -> Option<TimeUnit> {
        let units = self.units();
        (!units.is_empty() && UNITS.starts_with(&units)).then(|| units[units.len() - 1])
    }

    /// The pattern as Java and Athena read it.
    pub fn text(&self) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Unit(unit) => unit.letter().to_string().repeat(unit.digits()),
            Piece::Text(text) if text.chars().any(|c| c.is_ascii_alphabetic() || "'[]{}#".contains(c)) => {
                format!("'{}'", text.replace('\'', "''"))
            }
            Piece::Text(text) => text.clone(),
        };
        self.0.iter().map(piece).collect()
    }

    /// The start of a day, `yyyy-MM-dd`, by this pattern.
    pub fn at(&self, day: &str) -> String {
        let time = format!("{day} 00:00");
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Unit(unit) => {
                let (from, to) = unit.characters();
                time.get(from..to).unwrap_or_default().to_owned()
            }
        };
        self.0.iter().map(piece).collect()
    }

    /// The pattern for the record program.
    pub fn parts(&self) -> Vec<TimePart> {
        let part = |piece: &Piece| match piece {
            Piece::Text(text) => TimePart::Text(text.clone()),
            Piece::Unit(unit) => TimePart::Field(unit.letter(), unit.digits()),
        };
        self.0.iter().map(part).collect()
    }

    /// A jq expression that gives the pattern of a text such as `2026-11-29 12:00:00`, which is at a path.
    pub fn jq_of_text(&self, path: &str) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => serde_json::Value::from(text.as_str()).to_string(),
            Piece::Unit(unit) => {
                let (from, to) = unit.characters();
                format!(".[{from}:{to}]")
            }
        };
        // Parts that are next to each other in the text as well are one part of it.
        let parts = match self.whole() {
            Some((from, to)) => format!(".[{from}:{to}]"),
            None => self.0.iter().map(piece).collect::<Vec<_>>().join(" + "),
        };
        let end = self.units().into_iter().map(|unit| unit.characters().1).max().unwrap_or(0);
        // A record without the time has no key; without the condition, its key would be a part of the time, or the text
        // between the parts.
        format!("({path} | if length < {end} then null else {parts} end)")
    }

    /// The characters of the text, if the pattern is a part of it as it is: `yyyy-MM-dd`.
    fn whole(&self) -> Option<(usize, usize)> {
        const TEXT: &str = "yyyy-MM-dd HH:mm";
        let text = self.text();
        TEXT.find(&text).map(|from| (from, from + text.len()))
    }

    /// The same for `strftime`.
    pub fn strftime(&self) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.replace('%', "%%"),
            Piece::Unit(TimeUnit::Year) => "%Y".into(),
            Piece::Unit(TimeUnit::Month) => "%m".into(),
            Piece::Unit(TimeUnit::Day) => "%d".into(),
            Piece::Unit(TimeUnit::Hour) => "%H".into(),
            Piece::Unit(TimeUnit::Minute) => "%M".into(),
        };
        self.0.iter().map(piece).collect()
    }
}

/// Adds text to pieces.
pub fn push_text(pieces: &mut Vec<Piece>, more: &str) {
    match pieces.last_mut() {
        Some(Piece::Text(text)) => text.push_str(more),
        _ if more.is_empty() => {}
        _ => pieces.push(Piece::Text(more.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_read_and_written() {
        for text in ["yyyy-MM-dd", "yyyy/MM/dd/HH", "yyyyMMdd", "'year='yyyy", "yyyy'T'HH", "HH"] {
            let pattern = TimePattern::parse(text).expect(text);
            assert_eq!(pattern.text(), text);
        }
        assert_eq!(TimePattern::parse("yy-MM"), Err("yy".into()));
        assert_eq!(TimePattern::parse("yyyy-MMM"), Err("MMM".into()));
        assert_eq!(TimePattern::parse("'year"), Err("'".into()));
    }

    #[test]
    fn a_time_goes_from_the_year_down_without_a_gap() {
        let smallest = |text: &str| TimePattern::parse(text).expect(text).smallest();
        assert_eq!(smallest("yyyy/MM/dd/HH"), Some(TimeUnit::Hour));
        assert_eq!(smallest("yyyy"), Some(TimeUnit::Year));
        assert_eq!(smallest("yyyy-dd"), None);
        assert_eq!(smallest("HH"), None);
        assert_eq!(smallest("-"), None);
    }

    #[test]
    fn a_pattern_takes_parts_of_a_text() {
        let of = |text: &str| TimePattern::parse(text).expect(text);
        assert_eq!(of("yyyy-MM-dd").jq_of_text(".at"), "(.at | if length < 10 then null else .[0:10] end)");
        assert_eq!(
            of("yyyy/MM").jq_of_text(".at"),
            r#"(.at | if length < 7 then null else .[0:4] + "/" + .[5:7] end)"#
        );
        assert_eq!(of("HH").jq_of_text(".at"), "(.at | if length < 13 then null else .[11:13] end)");
        assert_eq!(of("yyyy/MM/dd/HH").strftime(), "%Y/%m/%d/%H");
        assert_eq!(of("yyyy/MM/dd/HH").at("2026-11-29"), "2026/11/29/00");
    }
}
