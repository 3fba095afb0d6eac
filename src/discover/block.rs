//! The `records:` block: as text, and in the place that it has in a spec.

use std::fmt::Write;
use std::ops::Range;

use super::infer::{ColumnFound, Discovery, stray};
use crate::parse::tree::{self, Entry, Kind, Node};
use crate::sql::{DataType, RecordFormat};

/// Keys of a spec after which `records` stands, the last first.
const BEFORE: [&str; 4] = ["producer", "stream", "description", "name"];

/// Why a block cannot be put into a spec: one terse sentence, without a full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unwritable(pub String);

/// The block as a user would write it: a column a line, in columns.
pub fn block(discovery: &Discovery) -> String {
    let columns = &discovery.columns;
    let name = |column: &ColumnFound| format!("{}:", word(&column.name));
    let kind = |column: &ColumnFound| format!("{},", word(&column.data_type.to_string()));
    let widest = |shown: &dyn Fn(&ColumnFound) -> String| {
        columns.iter().map(|column| shown(column).chars().count()).max().unwrap_or_default()
    };
    let (names, kinds) = (widest(&name), widest(&kind));
    let mut text = match discovery.format {
        RecordFormat::Json => String::from("records:\n  format: json\n"),
        RecordFormat::Csv { delimiter: ',' } => String::from("records:\n  format: csv\n"),
        RecordFormat::Csv { delimiter } => {
            format!(
                "records:\n  format: csv\n  delimiter: {}\n",
                serde_json::Value::from(delimiter.to_string())
            )
        }
    };
    // Which of several times is that of the event is for a person to say.
    if let Some(time) = columns.iter().find(|column| column.data_type == DataType::Timestamp) {
        let _ = writeln!(
            text,
            "  # event_time: {{column: {}, lateness: 5 s}}   # for windows by the time in the record",
            word(&time.name)
        );
    }
    text.push_str("  columns:\n");
    for column in columns {
        let note = column.note.map(|note| format!("  # {note}")).unwrap_or_default();
        let _ = match discovery.format {
            RecordFormat::Json => writeln!(
                text,
                "    {:names$} {{type: {:kinds$} path: {}{}}}{note}",
                name(column),
                kind(column),
                word(&column.path.to_string()),
                encoding(column)
            ),
            // Fields have no names; their order is that of the columns.
            RecordFormat::Csv { .. } => {
                let kind = word(&column.data_type.to_string());
                writeln!(text, "    {:names$} {{type: {kind}{}}}{note}", name(column), encoding(column))
            }
        };
    }
    for left in &discovery.left_out {
        // A key can be anything, and this is a comment of one line.
        let path = left.path.to_string().replace(stray, "\u{fffd}");
        let _ = writeln!(text, "    # {path} is left out: {}", left.because);
    }
    text
}

/// How a time is written in the record, where that is a number.
fn encoding(column: &ColumnFound) -> String {
    column.epoch.map_or(String::new(), |unit| format!(", as: epoch_{}", unit.name()))
}

/// A word that YAML reads as this very text within braces, or the text in quotes.
pub(crate) fn word(text: &str) -> String {
    let character = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '$' | '(' | ')');
    let first = |c: char| c.is_ascii_alphabetic() || c == '$';
    let is_word = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word));
    if text.starts_with(first) && text.chars().all(character) && !is_word {
        text.to_owned()
    } else {
        serde_json::Value::from(text).to_string()
    }
}

/// A spec with the block in it, in place of the one that is there; everything else stays byte for byte.
///
/// # Errors
/// When the text is no spec in block style.
pub fn written_into(spec: &str, discovery: &Discovery) -> Result<String, Unwritable> {
    let (node, faults) = tree::read(spec);
    let (Some(Node { kind: Kind::Mapping(entries), range, .. }), true) = (&node, faults.is_empty()) else {
        return Err(Unwritable("it is not valid YAML; `pipec check` prints the cause".into()));
    };
    if spec[range.start..].starts_with('{') {
        return Err(Unwritable("it is written in braces, and the block needs separate lines".into()));
    }
    let mut block = block(discovery);
    let (place, text) = match entries.iter().position(|entry| entry.key == "records") {
        Some(at) => {
            if let Some(kept) = event_time(spec, &entries[at].value) {
                let proposed = block.lines().find(|line| line.starts_with("  # event_time: "));
                let proposed = proposed.map(|line| format!("{line}\n")).unwrap_or_default();
                block = block.replacen(&format!("{proposed}  columns:\n"), &format!("{kept}  columns:\n"), 1);
            }
            (lines(spec, entries, at), block)
        }
        None => {
            let before = BEFORE.iter().find_map(|key| entries.iter().position(|entry| entry.key == **key));
            let end = before.map_or(spec.len(), |at| lines(spec, entries, at).end);
            (end..end, format!("\n{block}"))
        }
    };
    let (head, tail) = (&spec[..place.start], &spec[place.end..]);
    let gap = if head.is_empty() || head.ends_with('\n') { "" } else { "\n" };
    let written = format!("{head}{gap}{text}{tail}");
    // Nothing is written that does not read back.
    match tree::read(&written) {
        (Some(_), faults) if faults.is_empty() => Ok(written),
        _ => Err(Unwritable("the block does not fit between its lines".into())),
    }
}

/// The `event_time` of a block that is there, which samples do not tell, indented for the new block.
fn event_time(spec: &str, records: &Node) -> Option<String> {
    let Kind::Mapping(entries) = &records.kind else { return None };
    let entry = entries.iter().find(|entry| entry.key == "event_time")?;
    let start = entry.key_range.start;
    let indent = start - spec[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let mut kept = String::new();
    for (at, line) in spec[start..entry.value.range.end].lines().enumerate() {
        let text = if at == 0 { line } else { line.get(indent..).unwrap_or(line.trim_start()) };
        let _ = writeln!(kept, "  {text}");
    }
    Some(kept)
}

/// The lines of an entry, from its key to the last line that belongs to it. Comments in front of the next key are the
/// next key's.
fn lines(spec: &str, entries: &[Entry], at: usize) -> Range<usize> {
    let start = spec[..entries[at].key_range.start].rfind('\n').map_or(0, |newline| newline + 1);
    let next = entries.get(at + 1).map_or(spec.len(), |next| next.key_range.start);
    let mut end = start;
    let mut offset = start;
    for line in spec[start..next].split_inclusive('\n') {
        offset += line.len();
        let text = line.trim();
        // What is in the first column belongs to no entry.
        let outside = offset > start + line.len() && !line.starts_with([' ', '\t', '-']);
        if !text.is_empty() && !outside {
            end = offset;
        }
    }
    start..end
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::infer::Inference;
    use super::super::samples;
    use super::*;

    fn of(record: &serde_json::Value) -> Discovery {
        let mut inference = Inference::default();
        inference.add(record.as_object().expect("a record"));
        inference.finish(RecordFormat::Json)
    }

    fn found() -> Discovery {
        let record = json!({"name": {"first": "Ada"}, "age": 36, "no": 1, "the note": null, "tags": []});
        of(&record)
    }

    const BLOCK: &str = "records:\n  format: json\n  columns:\n    first:      {type: VARCHAR(16), path: $.name.first}\n    age:        {type: INTEGER,     path: $.age}\n    \"no\":       {type: INTEGER,     path: $.no}\n    \"the note\": {type: VARCHAR(16), path: \"$['the note']\"}  # null in every sample\n    tags:       {type: VARCHAR(16), path: $.tags}  # an array, as a JSON string\n";

    #[test]
    fn a_block_is_written_as_a_person_would() {
        assert_eq!(block(&found()), BLOCK);
    }

    #[test]
    fn a_key_cannot_write_a_line_of_its_own() {
        let record = json!({"id": 1, "a\n    evil: {type: INTEGER}\u{1b}[2J\u{9b}\u{2028}": 2});
        let text = block(&of(&record));
        assert_eq!(text.lines().count(), 5, "{text}");
        assert!(!text.contains(|c: char| stray(c) && c != '\n'), "{text:?}");
        let spec = written_into("name: users\n", &of(&record)).unwrap();
        let (Some(Node { kind: Kind::Mapping(entries), .. }), _) = tree::read(&spec) else {
            panic!("{spec}")
        };
        let Kind::Mapping(records) = &entries[1].value.kind else { panic!("{spec}") };
        let Kind::Mapping(columns) = &records[1].value.kind else { panic!("{spec}") };
        assert_eq!(columns.iter().map(|column| column.key.as_str()).collect::<Vec<_>>(), ["id"]);
    }

    #[test]
    fn a_time_is_proposed_for_windows() {
        let record = json!({"id": 1, "taken": 1_780_315_200_123_i64});
        let found = of(&record);
        let expected = "records:\n  format: json\n  # event_time: {column: taken, lateness: 5 s}   # for windows by the time in the record\n  columns:\n    id:    {type: INTEGER,   path: $.id}\n    taken: {type: TIMESTAMP, path: $.taken, as: epoch_ms}\n";
        assert_eq!(block(&found), expected);
        let spec = "name: users\nrecords:\n  format: json\n  event_time: {column: taken, lateness: 1 min}\n  columns:\n    taken: {type: TIMESTAMP}\n";
        let written = written_into(spec, &found).unwrap();
        assert!(
            written.contains("json\n  event_time: {column: taken, lateness: 1 min}\n  columns:"),
            "{written}"
        );
    }

    #[test]
    fn a_block_of_csv_has_no_paths() {
        let found = samples::read(&b"ticker|price\nAXN|12.5\n"[..]).unwrap().discovery;
        assert_eq!(
            block(&found),
            "records:\n  format: csv\n  delimiter: \"|\"\n  columns:\n    ticker: {type: VARCHAR(16)}\n    price:  {type: DOUBLE}\n"
        );
    }

    #[test]
    fn it_goes_behind_the_stream_and_its_comments() {
        let spec = "name: users\n\nstream:\n  record_size: 1 KiB   # average\n  records_per_second: 1\n\n# where it goes\ndelivery:\n  s3: {}\n";
        let written = written_into(spec, &found()).unwrap();
        assert_eq!(
            written,
            format!(
                "name: users\n\nstream:\n  record_size: 1 KiB   # average\n  records_per_second: 1\n\n{BLOCK}\n# where it goes\ndelivery:\n  s3: {{}}\n"
            )
        );
        assert_eq!(written_into(&written, &found()).as_deref(), Ok(written.as_str()));
    }

    #[test]
    fn the_block_that_is_there_makes_way() {
        for old in [
            "records: {format: json, columns: {a: {type: INTEGER}}}\n",
            "records:\n  format: json\n  # old\n  columns:\n    a: {type: INTEGER}\n",
        ] {
            let written = written_into(&format!("name: users\n{old}# end\n"), &found()).unwrap();
            assert_eq!(written, format!("name: users\n{BLOCK}# end\n"));
        }
    }

    #[test]
    fn the_event_time_stays() {
        let kept = "records:\n  format: json\n  event_time: {column: at, lateness: 5 s}\n  columns:\n";
        for old in [
            "records: {format: json, event_time: {column: at, lateness: 5 s}, columns: {a: {type: INTEGER}}}\n",
            "records:\n    event_time: {column: at, lateness: 5 s}\n    columns: {a: {type: INTEGER}}\n",
        ] {
            let written = written_into(&format!("name: users\n{old}"), &found()).unwrap();
            assert!(written.contains(kept), "{written}");
        }
        let old = "records:\n    columns: {a: {type: INTEGER}}\n    event_time:\n        column: at\n        lateness: 5 s\n";
        let written = written_into(&format!("name: users\n{old}"), &found()).unwrap();
        assert!(
            written.contains("  event_time:\n      column: at\n      lateness: 5 s\n  columns:\n"),
            "{written}"
        );
    }

    #[test]
    fn what_is_no_spec_is_left_alone() {
        assert!(written_into("{name: users}", &found()).is_err());
        assert!(written_into("name: [", &found()).is_err());
        assert!(written_into("", &found()).is_err());
        let without_newline = written_into("name: users", &found()).unwrap();
        assert!(without_newline.starts_with("name: users\n\nrecords:\n"), "{without_newline}");
    }
}
