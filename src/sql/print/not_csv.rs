//! Records that are not a line of CSV, and lines after the first one: the CSV format skips the former and reads none of
//! the latter, and counts neither. So they are looked for in a second table of the same stream, whose rows are the bytes
//! of the records.
//!
//! Fields, quotes and line breaks are a regular language, so one expression accepts the lines that the format reads. Its
//! reader decodes the bytes itself, and only as far as it needs them: bytes after the first line that are not UTF-8 do not
//! matter to it, except directly after the line break. It also reads UTF-16 and UTF-32.
//!
//! Not followed are letters of ASCII that are written with more than one byte, which UTF-8 forbids; and a fault of the
//! reader in records whose last one to three bytes are letters beyond ASCII and begin a piece of 4,000 characters, which
//! it skips.

use std::fmt::Write;

use super::super::query::{Query, RecordFormat};
use super::super::resolve::BYTES_TABLE;
use super::{errors, not_json, quote, records};

/// The replacement for bytes that the reader cannot decode.
const UNREADABLE: char = '\u{FFFD}';
/// Stands for a delimiter beyond ASCII while the other letters are decoded. No byte is this character.
const HIDDEN: &str = r"U&'\E000'";
/// All characters that the reader takes for whitespace.
const BLANK: &str = r"\x00-\x20";

/// A character of a regular expression of Java, within brackets or not.
fn escaped(character: char) -> String {
    format!(r"\x{{{:X}}}", u32::from(character))
}

/// The expressions of a line.
struct Line {
    /// All of its fields, without what ends it.
    fields: String,
}

impl Line {
    /// The line of so many columns. A character of `never` is part of no line.
    ///
    /// Each repetition is possessive: what a field begins with decides how it continues, and Java neither tries another
    /// way nor calls itself for each field.
    fn new(columns: usize, delimiter: char, never: &str) -> Self {
        let delimiter = escaped(delimiter);
        let blanks = format!(r"[{BLANK}&&[^{delimiter}\n\r]]*+");
        let quoted = format!(r#""[^"{never}]*+(?:""[^"{never}]*+)*+"{blanks}"#);
        let plain = format!(r#"(?!")[^{delimiter}\n\r{never}]*+"#);
        let field = format!("(?:{quoted}|{plain})");
        let more = columns.saturating_sub(1);
        // After the last column the reader takes one more field, if it is blank.
        let blank = format!(r#"{delimiter}(?:"[{BLANK}]*+"{blanks}|{blanks})"#);
        Self { fields: format!(r"^(?!\z)(?:{field}{delimiter}){{0,{more}}}+{field}(?:{blank})?+") }
    }

    /// Whether the format reads a row.
    fn is_read(&self, text: &str) -> String {
        let end = format!(r"(?:\z|(?:\r\n?+|\n)(?!{}))", escaped(UNREADABLE));
        format!("REGEXP({text}, {})", quote::text(&format!("{}{end}", self.fields)))
    }

    /// Whether the format reads all of it.
    fn is_whole(&self, text: &str) -> String {
        let end = format!(r"(?:\z|[\r\n][{BLANK}]*+\z)");
        format!("REGEXP({text}, {})", quote::text(&format!("{}{end}", self.fields)))
    }
}

/// The bytes as characters of the encoding that the reader finds in them. Letters beyond ASCII do not matter to a line,
/// except a delimiter.
fn characters(delimiter: char) -> String {
    let bytes = "`bytes`";
    let any = r"[\x00-\xFF]";
    let unreadable = format!(r"U&'\{:04X}'", u32::from(UNREADABLE));
    let letter = if delimiter == 'x' { "'y'" } else { "'x'" };
    let mut text = String::from("CASE");
    let mut begins = |with: &str, then: &str| {
        let _ = write!(text, "\n        WHEN REGEXP({bytes}, '^(?:{with})') THEN {then}");
    };
    let utf32 = |encoding: &str| format!("DECODE(`record`, '{encoding}')");
    let utf16 = |encoding: &str| format!("REPLACE(DECODE(`record`, '{encoding}'), {unreadable}, {letter})");
    begins(&format!(r"\x00\x00(?:\xFE\xFF|\x00{any})|\xFF\xFE\x00\x00"), &utf32("UTF-32"));
    // Orders of bytes that it does not read, and a mark of the byte order before a last letter of several bytes.
    let refused = r"\x00\x00(?:\xFF\xFE|[^\x00]\x00)|(?:\xFE\xFF|\x00[^\x00])\x00\x00";
    begins(&format!(r"{refused}|\xEF\xBB\xBF[\x80-\xFF]{any}{{0,2}}\z"), &unreadable);
    begins(r"[^\x00]\x00\x00\x00", &utf32("UTF-32LE"));
    begins(&format!(r"(?:\xFE\xFF|\xFF\xFE){any}{any}|\x00{any}"), &utf16("UTF-16"));
    begins(r"[^\x00]\x00", &utf16("UTF-16LE"));
    let utf8 = not_json::UTF8;
    // Fewer than four bytes are not looked at for a mark.
    let without_mark = |bytes: &str| format!(r"REGEXP_REPLACE({bytes}, '^\xEF\xBB\xBF(?!\z)', '')");
    let decoded = |bytes: &str| {
        let letters = format!("REGEXP_REPLACE({}, '{utf8}', {letter})", without_mark(bytes));
        format!(r"REGEXP_REPLACE({letters}, '[\x80-\xFF]', {unreadable})")
    };
    let as_read = if delimiter.is_ascii() {
        decoded(bytes)
    } else {
        let unit = |code: u32| format!(r"\{code:04X}");
        let parts: String = delimiter.to_string().bytes().map(|byte| unit(byte.into())).collect();
        let hidden = decoded(&format!("REPLACE({bytes}, U&'{parts}', {HIDDEN})"));
        format!("REPLACE({hidden}, {HIDDEN}, U&'{}')", unit(delimiter.into()))
    };
    format!("{text}\n        ELSE {as_read} END")
}

/// The statements that write a row for each record that is no line of CSV, or has more lines than the first.
pub(super) fn print(query: &Query, errors: &str, text: &mut String) {
    let RecordFormat::Csv { delimiter } = query.format else { return };
    let columns = query.input.len();
    // Most records are ASCII, and need no decoding. A byte 0 may be half a character.
    let ascii = Line::new(columns, delimiter, r"\x00\x80-\xFF");
    let line = Line::new(columns, delimiter, &escaped(UNREADABLE));
    let now = "CAST(CURRENT_ROW_TIMESTAMP() AS TIMESTAMP(3))";
    let kind = |read: &str, skipped: &str| format!("CASE WHEN `is_read` THEN {read} ELSE {skipped} END");
    let message = kind(
        &quote::text("a record of several lines, of which only the first is read"),
        &quote::text("a record that is not a line of CSV with the declared columns"),
    );
    let _ = write!(
        text,
        "-- The bytes of the records, read a second time: the CSV format skips unreadable records without counting them.\n\
         {table}\
         -- Records that are not a line of CSV, and records of several lines. A line of ASCII is looked at as it is, any other\n\
         -- as the format decodes it.\n\
         INSERT INTO {errors}\nSELECT\n{row}\nFROM (\n  \
           SELECT *, {is_read} AS `is_read` FROM (\n    \
             SELECT *,\n      {characters} AS `characters`\n    FROM (\n      \
               SELECT `record`, DECODE(`record`, 'UTF-8') AS `text`, DECODE(`record`, 'ISO-8859-1') AS `bytes`\n      \
               FROM {name}\n    )\n  )\n)\n\
         WHERE CASE\n  \
           WHEN {fast} THEN FALSE\n  \
           ELSE NOT {whole} END;\n\n",
        table = records::bytes_table(query),
        name = quote::name(BYTES_TABLE),
        row = errors::row(now, &kind("'IGNORED_LINES'", "'NOT_CSV'"), &message, "`text`"),
        is_read = line.is_read("`characters`"),
        characters = characters(delimiter),
        fast = ascii.is_whole("`bytes`"),
        whole = line.is_whole("`characters`"),
    );
}
