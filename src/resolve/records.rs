//! The columns of a record, and which of them says when something happened.

use super::{Resolver, invalid_path};
use crate::aws::limits::kinesis;
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::parse::step;
use crate::pipeline::Records;
use crate::source::Span;
use crate::spec::{self, Duration, Format, SECONDS_PER_DAY, SECONDS_PER_HOUR, TimeEncoding};
use crate::sql::{Column, DataType, EpochUnit, EventTime, Family, Path, RecordFormat, parse_column_path};

/// Default of `records.event_time.lateness`, seconds.
pub const DEFAULT_LATENESS_S: u64 = 5;
/// Default of `records.event_time.ahead`, seconds: clocks that show the local time without saying so are up to 14 hours
/// ahead of UTC.
pub const DEFAULT_AHEAD_S: u64 = 24 * SECONDS_PER_HOUR;
/// Range of `records.event_time.ahead`, seconds: clocks differ by seconds at least; a year is no longer a clock's fault.
const AHEAD_S: std::ops::RangeInclusive<u64> = 60..=365 * SECONDS_PER_DAY;
/// Longest `records.event_time.lateness`, seconds: what a stream keeps at most.
pub const LATENESS_S_MAX: u64 = kinesis::RETENTION_HOURS.max * SECONDS_PER_HOUR;

impl Resolver<'_> {
    pub(super) fn records(&mut self, records: spec::Records) -> Records {
        let declared = records.columns.len();
        let format = self.format(records.format, records.delimiter.as_deref());
        let mut columns = Vec::new();
        for (name, column) in records.columns {
            let pointer = format!("/records/columns/{}", step(&name));
            let data_type = self.data_type(&column.data_type, &format!("{pointer}/type"));
            let path = self.path(&name, column.path, records.format, &format!("{pointer}/path"));
            let epoch = self.encoding(column.encoding, data_type, &format!("{pointer}/as"));
            if let (Some(data_type), Some(path), Some(epoch)) = (data_type, path, epoch) {
                columns.push(Column { name, data_type, path, epoch, span: self.key(&pointer) });
            }
        }
        let complete = columns.len() == declared;
        let event_time =
            records.event_time.map(|event_time| self.event_time(&event_time, &columns, complete));
        Records {
            span: self.key("/records"),
            name: records.name,
            format: format.unwrap_or_default(),
            columns,
            event_time: event_time.flatten(),
            complete: complete
                && format.is_some()
                && event_time.is_none_or(|event_time| event_time.is_some()),
        }
    }

    fn format(&mut self, format: Format, delimiter: Option<&str>) -> Option<RecordFormat> {
        let span = self.places.value("/records/delimiter");
        let mut characters = delimiter.unwrap_or(",").chars();
        match (format, characters.next(), characters.next()) {
            (Format::Json, ..) if delimiter.is_some() => {
                let message = "JSON records have no delimiter";
                let help = "remove `delimiter`, or write `format: csv`";
                self.diagnostics.push(Diagnostic::error(Code::ConflictingKeys, span, message, help));
                None
            }
            (Format::Json, ..) => Some(RecordFormat::Json),
            // One character to Java, which has two for what needs more than 16 bits.
            (Format::Csv, Some(delimiter), None)
                if delimiter.len_utf16() == 1 && !matches!(delimiter, '"' | '\\' | '\n' | '\r') =>
            {
                Some(RecordFormat::Csv { delimiter })
            }
            (Format::Csv, ..) => {
                let message =
                    "fields are separated by one character, which is not a quote, backslash or line break";
                let help = "write `delimiter: \",\"`, `delimiter: \";\"` or `delimiter: \"|\"`";
                self.diagnostics.push(Diagnostic::error(Code::InvalidFormat, span, message, help));
                None
            }
        }
    }

    /// A column's type, reported if it is none.
    pub(super) fn data_type(&mut self, text: &str, pointer: &str) -> Option<DataType> {
        match text.parse::<DataType>() {
            Ok(data_type) => Some(data_type),
            Err(error) => {
                self.diagnostics.push(Diagnostic::error(
                    Code::InvalidColumnType,
                    self.places.value(pointer),
                    match format!("`{text}`") {
                        shown if error.message.starts_with(&shown) => error.message,
                        shown => format!("{shown}: {}", error.message),
                    },
                    error.help,
                ));
                None
            }
        }
    }

    /// What a TIMESTAMP column's numbers count; none for texts.
    fn encoding(
        &mut self,
        encoding: Option<TimeEncoding>,
        data_type: Option<DataType>,
        pointer: &str,
    ) -> Option<Option<EpochUnit>> {
        if let (Some(_), Some(data_type)) = (encoding, data_type)
            && data_type != DataType::Timestamp
        {
            let message = format!("`as` is the encoding of a TIMESTAMP, but this column is {data_type}");
            let help = "write `type: TIMESTAMP`, or remove `as`";
            let span = self.places.value(pointer);
            self.diagnostics.push(Diagnostic::error(Code::TimeEncoding, span, message, help));
            return None;
        }
        Some(match encoding {
            None | Some(TimeEncoding::Text) => None,
            Some(TimeEncoding::EpochS) => Some(EpochUnit::Seconds),
            Some(TimeEncoding::EpochMs) => Some(EpochUnit::Milliseconds),
            Some(TimeEncoding::EpochUs) => Some(EpochUnit::Microseconds),
            Some(TimeEncoding::EpochNs) => Some(EpochUnit::Nanoseconds),
        })
    }

    /// Where a column's value lies; fields of CSV have no paths.
    pub(super) fn path(
        &mut self,
        name: &str,
        path: Option<String>,
        format: Format,
        pointer: &str,
    ) -> Option<Path> {
        let span = self.places.value(pointer);
        match (path, format) {
            (None, _) => Some(Path::field(name)),
            (Some(_), Format::Csv) => {
                let message = "a field of CSV has no path: columns are read by their order";
                let help = "remove `path`, and declare every column from the left";
                self.diagnostics.push(Diagnostic::error(Code::ConflictingKeys, span, message, help));
                None
            }
            (Some(text), Format::Json) => match parse_column_path(&text) {
                Ok(path) => Some(path),
                Err(error) => {
                    self.diagnostics.push(invalid_path(&text, &error, span));
                    None
                }
            },
        }
    }

    /// The time of a record's event: a TIMESTAMP of the record itself.
    fn event_time(
        &mut self,
        event_time: &spec::EventTime,
        columns: &[Column],
        complete: bool,
    ) -> Option<EventTime> {
        let span = self.places.value("/records/event_time/column");
        let fault = |message: String, help: String, declared: Option<Span>| {
            let fault = Diagnostic::error(Code::EventTime, span, message, help);
            match declared {
                Some(declared) => fault.related(declared, "declared here"),
                None => fault,
            }
        };
        let wanted = &event_time.column;
        let unit = event_time.unit.map(|unit| match unit {
            spec::EpochUnit::S => EpochUnit::Seconds,
            spec::EpochUnit::Ms => EpochUnit::Milliseconds,
            spec::EpochUnit::Us => EpochUnit::Microseconds,
            spec::EpochUnit::Ns => EpochUnit::Nanoseconds,
        });
        let found = match columns.iter().position(|column| column.name == *wanted) {
            Some(at) => {
                let column = &columns[at];
                if let Some((message, help)) = unfit(column, unit) {
                    Err(Some(fault(message, help, Some(column.span))))
                } else if column.path.elements().is_some() {
                    let message = format!("`{wanted}` is in an array, and a record has one time");
                    let help = "name a column outside the array".into();
                    Err(Some(fault(message, help, Some(column.span))))
                } else {
                    Ok(at)
                }
            }
            // What cannot be read has been reported.
            None if !complete => Err(None),
            None => {
                let names = columns.iter().map(|column| column.name.as_str());
                let help = suggest::instead(wanted, names);
                Err(Some(fault(format!("`{wanted}` is not a column of the records"), help, None)))
            }
        };
        match found {
            Ok(column) => {
                let lateness_s = event_time.lateness.map_or(DEFAULT_LATENESS_S, |lateness| lateness.0);
                if lateness_s > LATENESS_S_MAX {
                    let most = Duration(LATENESS_S_MAX);
                    self.diagnostics.push(Diagnostic::error(
                        Code::OutOfRange,
                        self.places.value("/records/event_time/lateness"),
                        format!("records are retained for at most {most}, so none can be later"),
                        format!("write `lateness: {most}` or less; windows wait that long"),
                    ));
                    return None;
                }
                let ahead_s = event_time.ahead.map_or(DEFAULT_AHEAD_S, |ahead| ahead.0);
                if !AHEAD_S.contains(&ahead_s) {
                    let (least, most) = (Duration(*AHEAD_S.start()), Duration(*AHEAD_S.end()));
                    self.diagnostics.push(Diagnostic::error(
                        Code::OutOfRange,
                        self.places.value("/records/event_time/ahead"),
                        format!("an event time may be {least} to {most} ahead of the clock"),
                        format!("write `ahead: {}`", Duration(DEFAULT_AHEAD_S)),
                    ));
                    return None;
                }
                Some(EventTime {
                    column,
                    unit,
                    lateness_ms: lateness_s.saturating_mul(1000),
                    ahead_ms: ahead_s.saturating_mul(1000),
                })
            }
            Err(fault) => {
                self.diagnostics.extend(fault);
                None
            }
        }
    }
}

/// Why a column cannot hold the event time in a unit, or as a TIMESTAMP without one; and what to write.
fn unfit(column: &Column, unit: Option<EpochUnit>) -> Option<(String, String)> {
    let (name, data_type) = (&column.name, column.data_type);
    match (data_type, unit) {
        (DataType::Timestamp, None) => None,
        (DataType::Timestamp, Some(unit)) => Some((
            format!("`{name}` is a TIMESTAMP, and `unit` is for numbers"),
            match column.epoch {
                Some(_) => "remove `unit`: `as` of the column defines it".into(),
                None => format!(
                    "remove `unit`, or, if the records contain numbers, write `as: epoch_{}` at the column instead",
                    unit.name()
                ),
            },
        )),
        (_, Some(unit)) if data_type.holds_epoch(unit) => None,
        (_, Some(unit)) => Some((
            format!("`{name}` is {data_type}, which cannot contain `{}` since 1970", unit.name()),
            match data_type.family() {
                Family::Number => "declare it as BIGINT, or as DOUBLE for fractions of seconds".into(),
                _ => "name a column of numbers, or remove `unit` and declare it as TIMESTAMP".into(),
            },
        )),
        (_, None) => Some((
            format!("`{name}` is {data_type}, not a TIMESTAMP"),
            match data_type.family() {
                Family::Number => {
                    "write `unit: ms` if it counts milliseconds since 1970; or `s`, `us`, `ns`".into()
                }
                _ => {
                    "declare it as TIMESTAMP, which accepts strings such as 2026-01-27T09:30:00+01:00".into()
                }
            },
        )),
    }
}
