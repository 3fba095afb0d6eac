//! `pipec discover`

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use comfy_table::{ContentArrangement, Table, presets};
use serde_json::{Value, json};

use super::live_stream;
use super::output::{Exit, note, print, shown, write};
use crate::discover::{Discovery, block, discover, read, written_into};
use crate::parse::{Unread, load_bytes};
use crate::terminal::printable;
use crate::world::Disk;

/// Records that are shown beside what becomes of them.
const SHOWN: usize = 3;
/// Width of the table, as of the plan's.
const WIDTH: u16 = 120;
/// Largest file of samples, bytes.
const FILE_BYTES_MAX: u64 = 64 << 20;
/// Most columns of a spec, see `maxProperties` in its schema.
const COLUMNS_MAX: usize = 1_000;

/// Infer the columns of sample records, and write them into a spec
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pipec discover users.jsonl                          the block, to look at\n  \
                        pipec discover users.jsonl --write pipeline.yaml    and into a spec\n  \
                        pipec discover --stream orders --region eu-west-1   of a stream that is there\n\n\
                        The file holds JSON objects, one per line or concatenated, or one array of them; or CSV, with \
                        a line of names or without. Gzip is read as well. Widen a type that the samples make too \
                        narrow."
)]
pub(super) struct Discover {
    /// Sample records
    #[arg(value_name = "FILE", required_unless_present = "stream")]
    file: Option<PathBuf>,
    /// Take the oldest records of this Kinesis data stream instead of a file
    #[arg(long, value_name = "NAME", conflicts_with = "file")]
    stream: Option<String>,
    /// Region of the stream, instead of `AWS_REGION` or the profile's
    #[arg(long, value_name = "REGION", requires = "stream")]
    region: Option<String>,
    /// Write the block into this spec, in place of its `records`
    #[arg(long, value_name = "SPEC")]
    write: Option<PathBuf>,
    /// `text` for people, `json` for programs
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
        let (name, bytes) = match (&self.stream, &self.file) {
            (Some(stream), _) => (stream.clone(), live_stream::records(stream, self.region.clone())?),
            (None, file) => {
                let file = file.as_deref().unwrap_or(Path::new(""));
                (shown(file), content(file)?)
            }
        };
        if let (Some(stream), true) = (&self.stream, bytes.is_empty()) {
            note(&format!(
                "error: {stream}: the stream contains no records\nhelp: send some, or use a file of records"
            ));
            return Err(Exit::Spec);
        }
        let samples = read(&bytes).map_err(|none| {
            note(&printable(&format!("error: {name}: {}\nhelp: {}", none.message, none.help)));
            Exit::Spec
        })?;
        let discovery = discover(&samples);
        let records = &samples.records;
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
                found["records"] = records.len().into();
                print(&format!("{found:#}\n"))?;
            }
            DiscoverFormat::Text => {
                note(&side_by_side(records, &discovery));
                if self.write.is_none() {
                    print(&block(&discovery))?;
                }
            }
        }
        if let Some(spec) = &self.write {
            self.write_into(spec, &discovery)?;
        }
        note(&format!(
            "{} columns of {} records{}",
            discovery.columns.len(),
            records.len(),
            self.write.as_ref().map(|spec| format!(", written into {}", shown(spec))).unwrap_or_default()
        ));
        Ok(())
    }

    fn write_into(&self, path: &Path, discovery: &Discovery) -> Result<(), Exit> {
        let text = fs::read_to_string(path)
            .map_err(|error| Exit::usage(&format!("`{}` cannot be read: {error}", shown(path))))?;
        let written = written_into(&text, discovery)
            .map_err(|problem| Exit::usage(&format!("`{}` is left as it is: {}", shown(path), problem.0)))?;
        write(path, written.as_bytes())
    }
}

fn content(file: &Path) -> Result<Vec<u8>, Exit> {
    load_bytes(&Disk, file, FILE_BYTES_MAX).map_err(|unread| {
        let problem = match unread {
            Unread::TooLarge(_) => format!("it has over {} MiB; give a part of it", FILE_BYTES_MAX >> 20),
            Unread::Failed(reason) => reason,
        };
        Exit::usage(&format!("`{}` cannot be read: {problem}", shown(file)))
    })
}

/// The first records, and what the columns hold of them.
fn side_by_side(records: &[Value], discovery: &Discovery) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(WIDTH);
    table.set_header(["record", "row"]);
    for record in records.iter().take(SHOWN) {
        let row: Vec<String> = discovery
            .columns
            .iter()
            .map(|column| {
                let value = column.path.segments().iter().try_fold(record, |value, key| value.get(key));
                format!("{} = {}", column.name, value.map_or("NULL".into(), value_shown))
            })
            .collect();
        // Samples come from anywhere.
        table.add_row([printable(&format!("{record:#}")), printable(&row.join("\n"))]);
    }
    table.to_string()
}

fn value_shown(value: &Value) -> String {
    match value {
        Value::Null => "NULL".into(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
