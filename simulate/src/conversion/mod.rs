//! Firehose's conversion of JSON to rows of a table, by the rules of its OpenX JSON deserializer. OpenX JSON SerDe, and what the
//! service does with each form of a value, 2026-09.

mod file;
mod value;

use std::borrow::Cow;
use std::fmt;

use pipec_compiler::table::columns::TableColumn;
use pipec_compiler::table::glue_type::GlueType;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

pub use file::{Format, ParquetFile};
pub use value::Cell;

use value::cell;

/// Code of a record that is not JSON.
const PARSE_ERROR: &str = "DataFormatConversion.ParseError";
/// Code of a record that is no row of the table.
const MALFORMED: &str = "DataFormatConversion.MalformedData";
/// What a message about a value begins with.
const MISMATCH: &str = "Data does not match the schema.";

/// The conversion by the columns of a table.
#[derive(Clone, Debug)]
pub struct Conversion {
    columns: Vec<Column>,
}

/// A column, or a field of one.
#[derive(Clone, Debug)]
struct Column {
    /// Its key in the JSON, in lower case.
    key: String,
    /// Its name, with those of the columns around it.
    name: String,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Value(GlueType),
    Struct(Vec<Column>),
}

/// Why a record is not converted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// Firehose's code.
    pub code: &'static str,
    /// Firehose's message.
    pub message: String,
    /// The reason in a few words.
    pub reason: Cow<'static, str>,
}

impl Unfit {
    fn malformed(message: &str, reason: &'static str) -> Self {
        Self { code: MALFORMED, message: message.to_owned(), reason: reason.into() }
    }
}

/// The members of an object, in order.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

/// A text of JSON, borrowed where it has no escapes.
#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((Text(key), value)) = map.next_entry::<Text<'de>, &'de RawValue>()? {
                    members.push((key, value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

impl Conversion {
    /// The conversion to rows of these columns; without any, records are only parsed.
    pub fn new(columns: &[TableColumn]) -> Self {
        let column = |column: &TableColumn| Column::new(&column.key, column.name.clone(), &column.glue_type);
        Self { columns: columns.iter().map(column).collect() }
    }

    /// Appends the rows of a record, one for each of its objects: a cell for each column, where that of an object is those of its
    /// fields. A record with an object that is no row has no rows.
    ///
    /// # Errors
    /// Why the record is not converted.
    pub fn convert(&self, record: &[u8], cells: &mut Vec<Cell>) -> Result<(), Unfit> {
        let before = cells.len();
        let converted = self.rows(record, cells);
        if converted.is_err() {
            cells.truncate(before);
        }
        converted
    }

    fn rows(&self, record: &[u8], cells: &mut Vec<Cell>) -> Result<(), Unfit> {
        let mut is_empty = true;
        for document in serde_json::Deserializer::from_slice(record).into_iter::<&RawValue>() {
            is_empty = false;
            let document = document.map_err(|_| not_json())?;
            match document.get().as_bytes().first() {
                Some(b'{') => {}
                Some(b'[') => return Err(Unfit::malformed(MISMATCH, "a list, and so no row")),
                _ => {
                    let message = "The input JSON contained a primitive at the top level. The top level must be an object or array.";
                    return Err(Unfit::malformed(message, "no object, and so no row"));
                }
            }
            let members = members(document)?;
            for column in &self.columns {
                column.read(find(&members, column), 0, cells)?;
            }
        }
        if is_empty {
            let message = "The record was empty or contained only whitespace.";
            return Err(Unfit::malformed(message, "empty, and so no row"));
        }
        Ok(())
    }
}

fn not_json() -> Unfit {
    Unfit {
        code: PARSE_ERROR,
        message: "Encountered malformed JSON.".into(),
        reason: "not JSON, and so not converted".into(),
    }
}

fn members(object: &RawValue) -> Result<Members<'_>, Unfit> {
    serde_json::from_str(object.get()).map_err(|_| not_json())
}

/// The value of a column. Of several keys that differ in case, the last one counts.
fn find<'a>(members: &Members<'a>, column: &Column) -> Option<&'a RawValue> {
    members.0.iter().rev().find(|(key, _)| column.is_of(key)).map(|(_, value)| *value)
}

impl Column {
    fn new(key: &str, name: String, glue_type: &GlueType) -> Self {
        let kind = match glue_type {
            GlueType::Struct(fields) => {
                let field =
                    |(field, of): &(String, GlueType)| Self::new(field, format!("{name}.{field}"), of);
                Kind::Struct(fields.iter().map(field).collect())
            }
            value => Kind::Value(value.clone()),
        };
        Self { key: key.to_lowercase(), name, kind }
    }

    /// Whether its values are under a key, which is compared without its case.
    fn is_of(&self, key: &str) -> bool {
        self.key.eq_ignore_ascii_case(key) || (!key.is_ascii() && key.to_lowercase() == self.key)
    }

    /// Appends the cells of a value below so many objects.
    fn read(&self, value: Option<&RawValue>, depth: i16, cells: &mut Vec<Cell>) -> Result<(), Unfit> {
        let Some(value) = value.filter(|value| value.get() != "null") else {
            self.skip(depth, cells);
            return Ok(());
        };
        match &self.kind {
            Kind::Value(glue_type) => {
                cells.push(cell(value, glue_type).map_err(|cause| self.unfit(glue_type, &cause))?);
                Ok(())
            }
            Kind::Struct(fields) => match value.get().as_bytes().first() {
                Some(b'{') => {
                    let members = members(value)?;
                    fields.iter().try_for_each(|field| field.read(find(&members, field), depth + 1, cells))
                }
                // A list has the fields in their order.
                Some(b'[') => {
                    let list: Vec<&RawValue> = serde_json::from_str(value.get()).map_err(|_| not_json())?;
                    let mut list = list.into_iter();
                    fields.iter().try_for_each(|field| field.read(list.next(), depth + 1, cells))
                }
                _ => {
                    let cause = format!("Data is not JSONObject  but {}", value::in_java(value));
                    Err(self.unfit("an object", &cause))
                }
            },
        }
    }

    /// Appends the cells of NULL below so many objects.
    fn skip(&self, depth: i16, cells: &mut Vec<Cell>) {
        match &self.kind {
            Kind::Value(_) => cells.push(Cell::Null(depth)),
            Kind::Struct(fields) => fields.iter().for_each(|field| field.skip(depth, cells)),
        }
    }

    fn unfit(&self, kind: impl fmt::Display, cause: &str) -> Unfit {
        Unfit {
            code: MALFORMED,
            message: format!("{MISMATCH} {cause}"),
            reason: format!("a value does not fit column `{}` ({kind})", self.name).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use pipec_compiler::plan::fixture::planned;
    use pipec_compiler::table::layout::layout;

    use super::*;

    /// The conversion of a delivery with these columns, and the name and the type of each.
    fn conversion(columns: &str) -> (Conversion, String) {
        let spec = format!(
            "name: orders\nstream: {{record_size: 1 KiB, records_per_second: 10}}\nrecords: {{format: json, columns: {{{columns}}}}}\n\
             delivery: {{s3: {{format: parquet, table: {{database: shop, name: orders, since: 2026-11-29}}}}}}\naccept: [{{code: PIPE1717, reason: UTC}}]\n"
        );
        let (_, checked) = planned(&spec);
        let delivery = &checked.pipeline().deliveries[0];
        let s3 = delivery.destination.s3().expect("a bucket");
        let layout = layout(checked.pipeline(), checked.query(), delivery, s3).expect("a table");
        let shown: Vec<String> =
            layout.columns.iter().map(|column| format!("{} {}", column.name, column.glue_type)).collect();
        (Conversion::new(&layout.columns), shown.join(", "))
    }

    /// The cells of a value in a column of a SQL type, or the message.
    fn of(sql: &str, value: &str) -> Result<Cell, String> {
        let (conversion, _) = conversion(&format!("a: {{type: \"{sql}\"}}"));
        let mut cells = Vec::new();
        let record = format!("{{\"a\":{value}}}");
        let converted = conversion.convert(record.as_bytes(), &mut cells);
        converted.map(|()| cells.remove(0)).map_err(|unfit| unfit.message)
    }

    fn fails(sql: &str, value: &str, input: &str) {
        let message = format!("Data does not match the schema. For input string: \"{input}\"");
        assert_eq!(of(sql, value), Err(message), "{sql} {value}");
    }

    #[test]
    fn whole_numbers_are_numbers_or_texts_in_range() {
        for (sql, value, expected) in [
            ("TINYINT", "-128", -128),
            ("TINYINT", "\"127\"", 127),
            ("SMALLINT", "32767", 32_767),
            ("INTEGER", "-2147483648", -2_147_483_648),
            ("BIGINT", "\" 9223372036854775807 \"", i64::MAX),
        ] {
            assert_eq!(of(sql, value), Ok(Cell::Int(expected)), "{sql} {value}");
        }
        for (sql, value) in [
            ("TINYINT", "128"),
            ("SMALLINT", "-32769"),
            ("INTEGER", "2147483648"),
            ("BIGINT", "9223372036854775808"),
            ("INTEGER", "3.5"),
            ("INTEGER", "1e3"),
            ("INTEGER", "true"),
        ] {
            fails(sql, value, value);
        }
        fails("INTEGER", "\"many\"", "many");
        fails("INTEGER", "\"\"", "");
        assert_eq!(of("INTEGER", "null"), Ok(Cell::Null(0)));
    }

    #[test]
    fn other_numbers_are_rounded_as_their_types_are() {
        assert_eq!(of("REAL", "0.1"), Ok(Cell::Float(0.1)));
        assert_eq!(of("DOUBLE", "\"1.5e3\""), Ok(Cell::Double(1500.0)));
        fails("DOUBLE", "1e999", "1e999");
        fails("REAL", "1e39", "1e39");
        fails("DOUBLE", "\"NaN\"", "NaN");
        let decimal = |value: &str| match of("DECIMAL(5, 2)", value) {
            Ok(Cell::Decimal(unscaled)) => Ok(unscaled),
            Ok(cell) => panic!("{cell:?}"),
            Err(message) => Err(message),
        };
        for (value, unscaled) in
            [("1", 100), ("\"-1.005\"", -101), ("999.994", 99_999), ("0e99999", 0), ("1.5e2", 15_000)]
        {
            assert_eq!(decimal(value), Ok(unscaled), "{value}");
        }
        for value in ["999.995", "1000", "1e99999"] {
            fails("DECIMAL(5, 2)", value, value);
        }
        // More digits than a floating point number has.
        let long = "1234567890123456789012345678.0123456789";
        assert_eq!(
            of("DECIMAL(38, 10)", long),
            Ok(Cell::Decimal(12_345_678_901_234_567_890_123_456_780_123_456_789))
        );
    }

    #[test]
    fn booleans_are_the_two_words_in_any_case() {
        assert_eq!(of("BOOLEAN", "true"), Ok(Cell::Boolean(true)));
        assert_eq!(of("BOOLEAN", "\"False\""), Ok(Cell::Boolean(false)));
        fails("BOOLEAN", "1", "1");
        fails("BOOLEAN", "\"yes\"", "yes");
    }

    #[test]
    fn texts_are_any_value() {
        let text = |value: &str| match of("VARCHAR(2)", value) {
            Ok(Cell::Text(text)) => text,
            other => panic!("{other:?}"),
        };
        assert_eq!(text("\"a\\u00e4\\n\""), "a\u{e4}\n");
        assert_eq!(text("1.50"), "1.50");
        assert_eq!(text("true"), "true");
        // The keys of all objects have lost their case.
        assert_eq!(text("{\"Outer\": [{\"Inner\": null}]}"), "{\"outer\":[{\"inner\":null}]}");
        // A value of the longest nesting that is parsed, and one that is longer.
        let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(text(&deep(100)), deep(100));
        assert_eq!(text(&deep(5_000)), deep(5_000));
    }

    #[test]
    fn days_and_times_have_the_forms_that_firehose_reads() {
        assert_eq!(of("DATE", "\"2026-1-5\""), Ok(Cell::Date(20_458)));
        for value in ["2026-02-30", "2026-01-05 00:00:00", "26-01-05", "2026-01", "+2026-01-05", "20260105"] {
            fails("DATE", &format!("\"{value}\""), value);
        }
        fails("DATE", "20458", "20458");
        let at = |nanos: i64| Ok(Cell::Timestamp { days: 20_458, nanos });
        let hour = 3_600_000_000_000;
        for (value, expected) in [
            ("\"2026-1-5 1:0:0\"", at(hour)),
            ("\"2026-01-05 01:00:00.123456789\"", at(hour + 123_456_789)),
            ("\"2026-01-05T01:00:00Z\"", at(hour)),
            ("\"2026-01-05T01:00:00.5\"", at(hour + 500_000_000)),
            ("1767574800", at(hour)),
            ("\"1767574800\"", at(hour)),
            ("1767574800.25", at(hour + 250_000_000)),
            ("1767574800250", at(hour + 250_000_000)),
            ("0", Ok(Cell::Timestamp { days: 0, nanos: 0 })),
            ("-1", Ok(Cell::Timestamp { days: -1, nanos: 86_399_000_000_000 })),
        ] {
            assert_eq!(of("TIMESTAMP", value), expected, "{value}");
        }
        for value in [
            "2026-01-05T01:00:00+01:00",
            "2026-1-5T01:00:00Z",
            "2026-01-05 01:00:00Z",
            "2026-01-05 01:00",
            "2026-01-05",
            "2026-01-05 25:00:00",
            "2026-02-30 01:00:00",
            "2026-01-05 01:00:00.",
            "2026-01-05 01:00:00.1234567890",
            "soon",
            "",
        ] {
            fails("TIMESTAMP", &format!("\"{value}\""), value);
        }
        fails("TIMESTAMP", "1e30", "1e30");
        fails("TIMESTAMP", "true", "true");
    }

    #[test]
    fn objects_are_found_in_any_case_and_filled_by_lists() {
        let columns = "id: {type: INTEGER}, city: {type: VARCHAR, path: $.address.city}, zip: {type: INTEGER, path: $.address.zip}, \
            \u{e4}: {type: VARCHAR, path: \"$['Stra\u{df}e-\u{c4}']\"}";
        let (conversion, shown) = conversion(columns);
        assert_eq!(shown, "id int, address struct<city:string,zip:int>, stra_e__ string");
        let cells = |record: &str| {
            let mut cells = Vec::new();
            conversion.convert(record.as_bytes(), &mut cells).map(|()| cells).map_err(|unfit| unfit.message)
        };
        let text = |text: &str| Cell::Text(text.to_owned());
        assert_eq!(
            cells("{\"ID\":1,\"Address\":{\"CITY\":\"Bonn\"},\"STRA\u{df}E-\u{e4}\":\"x\",\"more\":[]}"),
            Ok(vec![Cell::Int(1), text("Bonn"), Cell::Null(1), text("x")])
        );
        assert_eq!(
            cells("{\"address\":[\"Bonn\",\"53111\",true]}{\"id\":2,\"address\":{}}\n"),
            Ok(vec![
                Cell::Null(0),
                text("Bonn"),
                Cell::Int(53_111),
                Cell::Null(0),
                Cell::Int(2),
                Cell::Null(1),
                Cell::Null(1),
                Cell::Null(0),
            ])
        );
        assert_eq!(
            cells("{\"address\":42}"),
            Err(format!("{MISMATCH} Data is not JSONObject  but java.lang.Long with value 42"))
        );
        let unfit = conversion.convert(b"{\"id\":1}{\"address\":{\"zip\":\"x\"}}", &mut Vec::new());
        assert_eq!(unfit.expect_err("no number").reason, "a value does not fit column `address.zip` (int)");
    }

    #[test]
    fn what_is_no_row_has_the_code_of_firehose() {
        let (conversion, _) = conversion("id: {type: INTEGER}");
        for (record, code, message) in [
            ("no JSON", PARSE_ERROR, "Encountered malformed JSON."),
            ("{\"id\":1}{\"id\":", PARSE_ERROR, "Encountered malformed JSON."),
            ("{\"id\":1}, {\"id\":2}", PARSE_ERROR, "Encountered malformed JSON."),
            (" \n", MALFORMED, "The record was empty or contained only whitespace."),
            ("", MALFORMED, "The record was empty or contained only whitespace."),
            ("[{\"id\":1}]", MALFORMED, MISMATCH),
            (
                "\"a\"",
                MALFORMED,
                "The input JSON contained a primitive at the top level. The top level must be an object or array.",
            ),
        ] {
            let mut cells = vec![Cell::Null(0)];
            let unfit = conversion.convert(record.as_bytes(), &mut cells).expect_err(record);
            assert_eq!((unfit.code, unfit.message.as_str()), (code, message), "{record}");
            assert_eq!(cells.len(), 1);
        }
        let binary = conversion.convert(b"{\"id\":\"\xff\"}", &mut Vec::new()).expect_err("no UTF-8");
        assert_eq!(binary.code, PARSE_ERROR);
    }
}
