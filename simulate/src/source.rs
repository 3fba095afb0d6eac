//! Where the records of a run come from: a file, or the producer's own source.

use std::fs;
use std::io::{self, BufRead, BufReader, Cursor};
use std::path::Path;
use std::sync::Arc;

use flate2::bufread::MultiGzDecoder;
use pipec_records::config::{Config, PartitionKey, Source, Target};
use pipec_records::source::generator::Generator;
use pipec_records::source::lines::Lines;

use super::arrivals::{Arrivals, Clock, Feed, Reader, TimeField};
use super::content::GZIP;
use super::table::Rows;
use pipec_compiler::Stack;
use pipec_compiler::pipeline::{self, Pipeline};
use pipec_compiler::producer_config;
use pipec_compiler::sql::RecordFormat;

/// Bytes that are read at once.
const READ: usize = 256 * 1024;
/// The producer's instance whose records are made up here.
const INSTANCE: &str = "i-00000000000000000";

/// How records arrive, where the spec does not decide it.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    /// Records per second, instead of those of the spec.
    pub rate: Option<f64>,
    /// When the first record arrives, milliseconds since 1970.
    pub start: i64,
    /// The column, or the path, of a record's time.
    pub at: Option<String>,
    /// Records at most.
    pub records: Option<u64>,
    /// Milliseconds at most, by the records' clock.
    pub within: Option<i64>,
    /// What made-up records start from, instead of the spec's seed.
    pub seed: Option<u64>,
}

/// Records of a file; `-` is standard input.
///
/// # Errors
/// Why it cannot be read, in a sentence.
pub fn from_file(stack: &Stack, path: &Path, pace: &Pace) -> Result<Arrivals, String> {
    let pipeline = stack.checked.pipeline();
    let name = path.display();
    let unreadable = |error: io::Error| format!("`{name}` cannot be read: {error}");
    let mut reader: Reader = if path.as_os_str() == "-" {
        Box::new(BufReader::with_capacity(READ, io::stdin()))
    } else {
        Box::new(BufReader::with_capacity(READ, fs::File::open(path).map_err(unreadable)?))
    };
    let is_packed = reader.fill_buf().map_err(unreadable)?.starts_with(&GZIP);
    if is_packed {
        reader = Box::new(BufReader::with_capacity(READ, MultiGzDecoder::new(reader)));
    }
    let is_table = name.to_string().trim_end_matches(".gz").to_lowercase().ends_with(".csv");
    let is_json = !matches!(format(pipeline), RecordFormat::Csv { .. });
    if is_table && is_json {
        let columns = pipeline.records.iter().flat_map(|records| &records.columns);
        reader = Box::new(Rows::new(reader, &columns).map_err(|problem| format!("`{name}`: {problem}"))?);
    }
    let (_, max) = intake(pipeline);
    arrivals(pipeline, Feed::lines(reader, max), pace)
}

/// Records of the producer's own source. `fetch` gets a page of an API.
///
/// # Errors
/// Why there are none, in a sentence.
pub fn from_producer(
    stack: &Stack,
    pace: &Pace,
    fetch: impl Fn(&str, &[(String, String)]) -> Result<Vec<u8>, String>,
) -> Result<(Arrivals, String), String> {
    let pipeline = stack.checked.pipeline();
    let Some(producer) = &pipeline.producer else {
        return Err("the pipeline has no producer: name a file of records with `--input FILE`".into());
    };
    let config = producer_config::config(pipeline, producer, 1).ok_or("the producer has no configuration")?;
    let (key, max) = intake(pipeline);
    let (feed, name) = match (&config.source, &producer.source) {
        (Source::Generator(generator), _) => {
            let mut generator = generator.clone();
            generator.seed = pace.seed.unwrap_or(generator.seed);
            let made = Generator::new(&generator, INSTANCE, key.clone(), max)?;
            (Feed::Generator(Box::new(made)), "generated records".to_owned())
        }
        (_, pipeline::ProducerSource::File(file)) => {
            let content = file.content.clone().ok_or("the producer's file cannot be read")?;
            let reader: Reader = Box::new(BufReader::new(Cursor::new(Arc::clone(&content))));
            let feed = if file.repeat {
                Feed::Repeated(content, Lines::new(reader, key.clone(), max))
            } else {
                Feed::lines(reader, max)
            };
            (feed, file.path.value.clone())
        }
        (Source::Http(http), _) => {
            let headers: Vec<_> =
                http.headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
            let page = fetch(&http.url, &headers)?;
            let page = pipec_records::record::Page::read(&page, &http.records, key.as_ref(), max);
            let page = page.map_err(|error| format!("{}: {error}", http.url))?;
            (Feed::Page(page, 0), http.url.clone())
        }
        (Source::File(_), _) => return Err("the producer has no file".into()),
    };
    let is_endless = feed.is_endless();
    let mut pace = pace.clone();
    if is_endless && pace.records.is_none() && pace.within.is_none() {
        pace.within = Some(DEFAULT_MS);
    }
    Ok((arrivals(pipeline, feed, &pace)?, name))
}

/// Milliseconds for which a source runs that never ends.
const DEFAULT_MS: i64 = 60_000;

/// Records with their times, milliseconds since 1970.
///
/// # Errors
/// Why the pace cannot be kept, in a sentence.
pub fn from_list(
    stack: &Stack,
    records: Vec<(Vec<u8>, Option<i64>)>,
    pace: &Pace,
) -> Result<Arrivals, String> {
    arrivals(stack.checked.pipeline(), Feed::Listed(records.into_iter()), pace)
}

fn arrivals(pipeline: &Pipeline, feed: Feed, pace: &Pace) -> Result<Arrivals, String> {
    let (key, max) = intake(pipeline);
    let producer = pipeline.producer.as_ref().map(|producer| producer.records_per_second.value);
    let rate = pace.rate.or(producer).unwrap_or(pipeline.intake.records_per_second.value);
    let at = match &pace.at {
        Some(at) => Some(time_field(pipeline, at)?),
        // The records' own time, unless a rate is asked for, or each has another time.
        None if pace.rate.is_none() && !matches!(feed, Feed::Listed(_)) => {
            event_time(pipeline).map(|column| time_field(pipeline, column)).transpose()?
        }
        None => None,
    };
    let clock = Clock { start: pace.start, records_per_second: rate, at };
    Ok(Arrivals::new(feed, clock, key, max).within(pace.records, pace.within))
}

/// The column of the event time.
fn event_time(pipeline: &Pipeline) -> Option<&str> {
    let records = pipeline.records.as_ref()?;
    let column = records.columns.get(records.event_time?.column)?;
    column.path.elements().is_none().then_some(column.name.as_str())
}

fn format(pipeline: &Pipeline) -> RecordFormat {
    pipeline.records.as_ref().map_or(RecordFormat::Json, |records| records.format)
}

/// The partition key of records, and the largest record, data and key, in bytes.
fn intake(pipeline: &Pipeline) -> (Option<PartitionKey>, usize) {
    let max = usize::try_from(pipeline.record_bytes_max()).unwrap_or(usize::MAX);
    let Some(stream) = &pipeline.stream else { return (None, max) };
    let config =
        pipeline.producer.as_ref().and_then(|producer| producer_config::config(pipeline, producer, 1));
    if let Some(Config { target: Target::Stream { partition_key, .. }, .. }) = config {
        return (Some(partition_key), max);
    }
    let declared = stream.partition_key.as_ref().and_then(|key| key.value.path.clone().ok());
    (Some(declared.map_or(PartitionKey::Random {}, PartitionKey::Path)), max)
}

/// The place of the time that `--at` names: a column, or a path.
fn time_field(pipeline: &Pipeline, at: &str) -> Result<TimeField, String> {
    let columns = pipeline.records.iter().flat_map(|records| &records.columns);
    let column = columns.enumerate().find(|(_, column)| column.name.eq_ignore_ascii_case(at));
    match (format(pipeline), column) {
        (RecordFormat::Csv { delimiter }, Some((number, _))) => {
            Ok(TimeField::Field(number, u8::try_from(delimiter).unwrap_or(b',')))
        }
        (RecordFormat::Csv { .. }, None) => Err(format!("the records have no column `{at}`")),
        (RecordFormat::Json, column) => {
            let path = match column {
                Some((_, column)) if column.path.elements().is_none() => {
                    let steps = column.path.segments().iter().cloned().map(pipec_path::Step::Key);
                    Ok(pipec_path::Path::new(steps.collect()))
                }
                Some(_) => return Err(format!("the column `{at}` lies in an array")),
                None if at.starts_with('$') => pipec_path::parse(at),
                None => Ok(pipec_path::Path::new(vec![pipec_path::Step::Key(at.to_owned())])),
            };
            path.map(TimeField::Path).map_err(|error| format!("`{at}` is not a path: {error}"))
        }
    }
}
