//! `pipec discover`

use std::fs::{self, File};
use std::io::{Cursor, ErrorKind, Read};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use comfy_table::{ContentArrangement, Table, presets};
use serde_json::{Map, Value, json};

use super::aws::client_of_environment;
use super::output::{Exit, counted, note, print, shown, write};
use crate::cloud::call_error::{CallError, CallErrorKind};
use pipec_compiler::discover::{Discovery, block, read, written_into};
use pipec_compiler::sql::Path as SqlPath;
use pipec_compiler::terminal::printable;

/// Characters of a value in the table.
const VALUE_CHARS: usize = 200;
/// Elements of an array in the table.
const ITEMS: usize = 3;
/// Width of the table, as of the plan's.
const WIDTH: u16 = 120;
/// Most columns of a spec, see `maxProperties` in its schema.
const COLUMNS_MAX: usize = 1_000;

/// Infer the columns of sample records, and write them into a spec
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pipec discover users.jsonl                          print the block\n  \
                        pipec discover users.jsonl --write pipeline.yaml    and into a spec\n  \
                        zcat users.jsonl.gz | pipec discover -              of another program\n  \
                        pipec discover --stream orders --region eu-west-1   of a stream that is there\n\n\
                        The file holds JSON objects, one per line or concatenated, or one array of them; or CSV, with \
                        a line of names or without. Gzip is read as well. All records count. Widen a type that the samples make too \
                        narrow."
)]
pub(super) struct Discover {
    /// Sample records; `-` for standard input
    #[arg(value_name = "FILE", required_unless_present = "stream")]
    file: Option<PathBuf>,
    /// Read the oldest records of this Kinesis data stream instead of a file
    #[arg(long, value_name = "NAME", conflicts_with = "file")]
    stream: Option<String>,
    /// Region of the stream, instead of `AWS_REGION` or the profile's
    #[arg(long, value_name = "REGION", requires = "stream")]
    region: Option<String>,
    /// Write the block into this spec, replacing its `records`
    #[arg(long, value_name = "SPEC")]
    write: Option<PathBuf>,
    /// Output format: `text` or `json`
    #[arg(long, value_enum, default_value_t)]
    format: DiscoverFormat,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum DiscoverFormat {
    #[default]
    Text,
    Json,
}

impl Discover {
    pub(super) fn run(self) -> Result<(), Exit> {
        let (name, file): (String, Box<dyn Read>) = match (&self.stream, &self.file) {
            (Some(stream), _) => {
                let client = client_of_environment(self.region.clone())?;
                let bytes = client.oldest_records(stream).map_err(|error| refused(stream, &error))?;
                if bytes.is_empty() {
                    note(&format!(
                        "error: {}: the stream contains no records\nhelp: send some, or use a file of records",
                        printable(stream)
                    ));
                    return Err(Exit::Spec);
                }
                (stream.clone(), Box::new(Cursor::new(bytes)))
            }
            (None, Some(file)) if file.as_os_str() != "-" => (shown(file), Box::new(opened(file)?)),
            (None, _) => ("standard input".into(), Box::new(std::io::stdin())),
        };
        let samples = read(file).map_err(|none| {
            note(&printable(&format!("error: {name}: {}\nhelp: {}", none.message, none.help)));
            Exit::Spec
        })?;
        let discovery = &samples.discovery;
        if discovery.columns.is_empty() {
            return Err(Exit::usage(&format!("{name}: no field of the records can be a column")));
        }
        if discovery.columns.len() > COLUMNS_MAX {
            note(&format!(
                "error: {name}: the records have {} different fields; a spec has up to {COLUMNS_MAX} columns\n\
                 help: names that are values, such as ids, make no columns; send them as values of a list",
                discovery.columns.len()
            ));
            return Err(Exit::Spec);
        }
        match self.format {
            DiscoverFormat::Json => {
                let mut found = json!(discovery);
                found["records"] = samples.count.into();
                print(&escaped(&format!("{found:#}\n")))?;
            }
            DiscoverFormat::Text => {
                note(&side_by_side(&samples.first, discovery));
                if self.write.is_none() {
                    print(&block(discovery))?;
                }
            }
        }
        if let Some(spec) = &self.write {
            self.write_into(spec, discovery)?;
        }
        note(&format!(
            "{} of {}{}{}",
            counted(discovery.columns.len(), "column", "columns").unwrap_or_default(),
            counted(samples.count, "record", "records").unwrap_or_default(),
            if samples.is_cut { ", those of the first GiB" } else { "" },
            self.write.as_ref().map(|spec| format!(", written into {}", shown(spec))).unwrap_or_default()
        ));
        Ok(())
    }

    fn write_into(&self, path: &Path, discovery: &Discovery) -> Result<(), Exit> {
        let text = fs::read_to_string(path)
            .map_err(|error| Exit::usage(&format!("`{}` cannot be read: {error}", shown(path))))?;
        let written = written_into(&text, discovery)
            .map_err(|problem| Exit::usage(&format!("`{}` is left unchanged: {}", shown(path), problem.0)))?;
        write(path, written.as_bytes())
    }
}

fn opened(file: &Path) -> Result<File, Exit> {
    let refused = |reason: &str| Exit::usage(&format!("`{}` cannot be read: {reason}", shown(file)));
    match File::open(file).and_then(|open| Ok((open.metadata()?.is_dir(), open))) {
        Ok((false, open)) => Ok(open),
        Ok((true, _)) => Err(refused("it is a folder")),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(refused("there is no such file")),
        Err(error) => Err(refused(&error.to_string())),
    }
}

/// JSON with escapes for control characters above ASCII, which a terminal obeys as well.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '\n' => text.push(c),
            c if c.is_control() => text += &format!("\\u{:04x}", u32::from(c)),
            c => text.push(c),
        }
    }
    text
}

/// The first records, and what the columns hold of them.
fn side_by_side(records: &[Value], discovery: &Discovery) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(WIDTH);
    table.set_header(["record", "row"]);
    for record in records {
        let row: Vec<String> = discovery
            .columns
            .iter()
            .map(|column| {
                let value = value_at(record, &column.path);
                format!("{} = {}", column.name, value.map_or("NULL".into(), value_shown))
            })
            .collect();
        // Samples come from anywhere.
        table.add_row([printable(&format!("{:#}", shortened(record))), printable(&row.join("\n"))]);
    }
    table.to_string()
}

fn value_shown(value: &Value) -> String {
    match value {
        Value::Null => "NULL".into(),
        Value::String(text) => short(text),
        other => short(&other.to_string()),
    }
}

/// The value of a column, of the first element where elements become rows.
fn value_at<'r>(record: &'r Value, path: &SqlPath) -> Option<&'r Value> {
    let below = |value, keys: &[String]| keys.iter().try_fold(value, |value: &Value, key| value.get(key));
    match path.elements() {
        None => below(record, path.segments()),
        Some((array, element)) => below(below(record, array)?.get(0)?, element),
    }
}

/// A text of a length that a table can show.
fn short(text: &str) -> String {
    match text.char_indices().nth(VALUE_CHARS) {
        Some((end, _)) => format!("{}.. ({} characters)", &text[..end], text.chars().count()),
        None => text.to_owned(),
    }
}

/// A record with texts and arrays of a length that a table can show.
fn shortened(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(short(text)),
        Value::Array(items) => {
            let more = items.len().saturating_sub(ITEMS);
            let rest = (more > 0).then(|| Value::String(format!(".. {more} more")));
            items.iter().take(ITEMS).map(shortened).chain(rest).collect()
        }
        Value::Object(entries) => {
            entries.iter().map(|(key, value)| (short(key), shortened(value))).collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

/// What AWS said, in its words, and what to do about it.
fn refused(stream: &str, error: &CallError) -> Exit {
    let help = match error.kind {
        CallErrorKind::Interrupted => return Exit::Interrupted,
        CallErrorKind::Denied => format!("request `{}` on this stream", error.action),
        CallErrorKind::NotFound => "check the name, the region and the account".to_owned(),
        _ => error.help().replace("; it resumes where it stopped", ""),
    };
    note(&printable(&format!("error: stream `{stream}`: {error}\nhelp: {help}")));
    Exit::Aws
}
