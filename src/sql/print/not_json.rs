//! Records that are not JSON: the JSON format skips them before the SQL sees a row, and does not count them. So they
//! are looked for in a second table of the same stream, whose rows are the bytes of the records.
//!
//! What is a fault here has to be what the format skips, a record of which it makes no row at all. It reads the bytes
//! with a parser that takes more than `IS JSON` does: records in UTF-16 and UTF-32, a mark of the byte order, control
//! characters in texts, exponents of any length, arrays of objects. Those are looked for only in what `IS JSON` does
//! not take.

use std::fmt::Write;

use super::super::query::Query;
use super::super::resolve::BYTES_TABLE;
use super::{errors, quote, records};

/// What stands for a byte that belongs to no character.
const UNREADABLE: &str = r"U&'\FFFD'";
/// Levels of arrays in one another that are looked through for an object of the outermost.
const ARRAYS: usize = 4;

/// A character of UTF-8 beyond ASCII, in a regular expression over bytes, as the readers of Flink's formats take it.
pub(super) const UTF8: &str = r"[\xC0-\xDF][\x80-\xBF]|[\xE0-\xEF][\x80-\xBF]{2}|[\xF0-\xF7][\x80-\xBF]{3}";

/// The bytes as characters of the encoding that the format finds in them. Characters beyond ASCII do not matter to
/// JSON: each is an `x` where there are bytes to check.
fn characters() -> String {
    let bytes = "DECODE(`record`, 'ISO-8859-1')";
    let begins = |with: &str| format!("REGEXP({bytes}, '^({with})')");
    let without_mark = format!(r"REGEXP_REPLACE({bytes}, '^\xEF\xBB\xBF', '')");
    let as_ascii = format!(
        r"REGEXP_REPLACE(REGEXP_REPLACE({without_mark}, '{UTF8}', 'x'), '[\x80-\xFF]', {UNREADABLE})"
    );
    let mut text = String::from("CASE");
    for (start, encoding) in [
        (r"\x00\x00\x00|\x00\x00\xFE\xFF|\xFF\xFE\x00\x00", "UTF-32"),
        (r"[^\x00]\x00\x00\x00", "UTF-32LE"),
        (r"\xFE\xFF|\xFF\xFE|\x00[^\x00]", "UTF-16"),
        (r"[^\x00]\x00", "UTF-16LE"),
    ] {
        let _ = write!(text, "\n        WHEN {} THEN DECODE(`record`, '{encoding}')", begins(start));
    }
    format!("{text}\n        ELSE {as_ascii} END")
}

/// The characters as `IS JSON` takes them where the format does: within texts a control character is a letter, which is
/// legal there alone, and what no encoding has is a control character, which is legal nowhere.
fn strict(query: &Query) -> String {
    let controls = r"REGEXP_REPLACE(`characters`, '[\x00-\x08\x0B\x0C\x0E-\x1F]', 'x')";
    let blanks = format!(r"REGEXP_REPLACE({controls}, '[\t\n\r]', ' ')");
    // Five digits are too many for a DOUBLE as well, and may be those of an escape.
    let exponents = match errors::needs_exact(query) {
        true => blanks,
        false => format!("REGEXP_REPLACE({blanks}, '(?<=[eE][+-]?)[0-9]{{6,990}}(?![0-9])', '11111')"),
    };
    format!(r"REPLACE({exponents}, {UNREADABLE}, U&'\0001')")
}

/// Whether an array has an object in it: one that is in the outermost brackets.
fn has_object() -> String {
    let without_escapes = r"REGEXP_REPLACE(`strict`, '\\.', '')";
    let without_texts = format!(r#"REGEXP_REPLACE({without_escapes}, '"[^"]*"', '')"#);
    let mut brackets = format!(r"REGEXP_REPLACE({without_texts}, '[^\[\]{{}}]', '')");
    for _ in 1..ARRAYS {
        brackets = format!(r"REGEXP_REPLACE({brackets}, '(?!^)\[[{{}}]*\]', '')");
    }
    format!(r"REGEXP({brackets}, '^\[[^\]]*\{{')")
}

/// The statements that write a row for each record that is not JSON.
pub(super) fn print(query: &Query, errors: &str, text: &mut String) {
    let now = "CAST(CURRENT_ROW_TIMESTAMP() AS TIMESTAMP(3))";
    let message = quote::text("a record that is neither a JSON object nor an array of objects");
    let _ = write!(
        text,
        "-- The bytes of the records, read a second time: the JSON format skips invalid records without counting them.\n\
         {create}\
         -- Records that are not JSON. What IS JSON rejects is checked again, as the format reads it: in UTF-16, and so on.\n\
         INSERT INTO {errors}\nSELECT\n{row}\nFROM (\n  \
           SELECT *, {strict} AS `strict` FROM (\n    \
             SELECT `record`, DECODE(`record`, 'UTF-8') AS `text`,\n      {characters} AS `characters`\n    \
             FROM {table}\n  )\n)\n\
         WHERE CASE\n  \
           WHEN `text` IS JSON OBJECT AND POSITION({UNREADABLE} IN `text`) = 0 THEN FALSE\n  \
           WHEN `strict` IS JSON OBJECT THEN FALSE\n  \
           WHEN `strict` IS JSON ARRAY THEN NOT {has_object}\n  \
           ELSE TRUE END;\n\n",
        table = quote::name(BYTES_TABLE),
        create = records::bytes_table(query),
        row = errors::row(now, "'NOT_JSON'", &message, "`text`"),
        strict = strict(query),
        characters = characters(),
        has_object = has_object(),
    );
}
