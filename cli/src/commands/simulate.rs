//! `pipec simulate`

use std::path::{Component, Path, PathBuf};
use std::time::{Duration, Instant};
use std::{fs, thread};

use clap::{Args, ValueEnum};
use similar::{ChangeTag, TextDiff};

use super::PipelineArgs;
use super::connectors::cache;
use super::output::{Exit, any_errors, note, print, report, shown, tally};
use super::since::since;
use super::watched_disk::WatchedDisk;
use pipec_compiler::Stack;
use pipec_compiler::diagnostics::{Format, Severity};
use pipec_simulate::flink::{Engine, find};
use pipec_simulate::source::{self, Pace};
use pipec_simulate::store::{MARK, Store};
use pipec_simulate::trace::Trace;
use pipec_simulate::{START, Settings, Simulation, arrivals, trace_text};

/// Run the pipeline on this machine: records through shards, SQL and transform into objects
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pipec simulate pipeline.yaml                               60 seconds of the producer's own source\n  \
                  pipec simulate --input orders.jsonl --out objects pipeline.yaml   a file, and the objects that S3 would get\n  \
                  pipec simulate --input orders.jsonl --at ordered_at pipeline.yaml  records arrive at their own times\n  \
                  pipec simulate --show 5 pipeline.yaml                      the first records, and what becomes of them"
)]
pub(super) struct Simulate {
    #[command(flatten)]
    pipeline: PipelineArgs,
    /// File of records, one per line: JSON lines or CSV, gzip or not; `-` is standard input. Default: the producer's own source
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// Folder for the objects, `<bucket>/<key>`; it is emptied first if an earlier simulation wrote it. Default: objects are only counted
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Records per second by the records' clock; each run is as fast as this machine. Default: the rate in the spec
    #[arg(long, value_name = "N", value_parser = rate)]
    rate: Option<f64>,
    /// Column, or path such as `$.time`, of the time at which a record arrives. Default: by the rate
    #[arg(long, value_name = "COLUMN")]
    at: Option<String>,
    /// Time at which the first record arrives, such as `2026-01-01T00:00:00Z`, unless `--at` decides it
    #[arg(long, value_name = "TIME", value_parser = start)]
    start: Option<i64>,
    /// Time by the records' clock after which the source ends, such as `60s` or `1h`. Default for a source that never ends: 60s
    #[arg(long = "for", value_name = "TIME", value_parser = since)]
    within: Option<i64>,
    /// Records after which the source ends
    #[arg(long, value_name = "N")]
    records: Option<u64>,
    /// Number that made-up records, random partition keys and names of objects start from
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Delivery that the records are put into, if there is no stream and there are several
    #[arg(long, value_name = "NAME")]
    into: Option<String>,
    /// Folder of Flink, which then runs SQL without state, too. Default for SQL with state: `PIPEC_FLINK`, `FLINK_HOME`, an installed
    /// `apache-flink` package, or what `pipec flink install` installed
    #[arg(long, value_name = "DIR")]
    flink: Option<PathBuf>,
    /// Number of records that are shown with what becomes of them
    #[arg(long, value_name = "N", default_value_t = 0)]
    show: usize,
    /// Run again when the spec, the SQL or the input changes, and print what changed; Flink keeps running between two runs
    #[arg(long)]
    watch: bool,
    /// `text` for people, `json` for programs
    #[arg(long, value_enum, default_value_t)]
    format: TraceFormat,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum TraceFormat {
    #[default]
    Text,
    Json,
}

fn rate(text: &str) -> Result<f64, String> {
    let rate: f64 = text.parse().map_err(|_| "a number of records per second, such as 1000".to_owned())?;
    if rate.is_finite() && rate > 0.0 { Ok(rate) } else { Err("a rate is more than 0".into()) }
}

fn start(text: &str) -> Result<i64, String> {
    let problem = || "a time in the years 1970 to 9999, such as 2026-01-01T00:00:00Z".into();
    arrivals::start_time(text).ok_or_else(problem)
}

impl Simulate {
    pub(super) fn run(self) -> Result<(), Exit> {
        let mut engine = None;
        if self.watch {
            return self.watch(&mut engine);
        }
        let trace = self.once(&WatchedDisk::default(), &mut engine)?.ok_or(Exit::Spec)?;
        self.print(&trace)
    }

    fn print(&self, trace: &Trace) -> Result<(), Exit> {
        match self.format {
            TraceFormat::Text => print(&trace_text::text(trace)),
            TraceFormat::Json => {
                let mut text = serde_json::to_string_pretty(trace).unwrap_or_default();
                text.push('\n');
                print(&text)
            }
        }
    }

    /// Runs again whenever a file changes, until the user interrupts. The mini-cluster of Flink keeps running.
    fn watch(&self, engine: &mut Option<Engine>) -> Result<(), Exit> {
        if self.format == TraceFormat::Json {
            let problem = "`--watch` prints the lines that change: leave out `--format json` or `--watch`";
            return Err(Exit::usage(problem));
        }
        if self.input.as_deref().is_some_and(|input| input == Path::new("-")) {
            return Err(Exit::usage(
                "`--watch` reads the input again, and standard input can be read only once: write the records into a file, \
                 and name it with `--input FILE`",
            ));
        }
        let mut before: Option<String> = None;
        loop {
            let began = Instant::now();
            let disk = WatchedDisk::default();
            // What is wrong with a run has been printed, and the next change may mend it.
            if let Ok(Some(trace)) = self.once(&disk, engine) {
                let text = trace_text::text(&trace);
                match &before {
                    None => self.print(&trace)?,
                    Some(before) if *before == text => note("nothing changed in the output"),
                    Some(before) => print(&changes(before, &text))?,
                }
                before = Some(text);
            }
            note(&format!("ran in {} ms; waiting for changes", began.elapsed().as_millis()));
            while !disk.is_changed() {
                thread::sleep(POLL);
            }
        }
    }

    /// Compiles and runs once; no trace if the spec has errors.
    fn once(&self, disk: &WatchedDisk, engine: &mut Option<Engine>) -> Result<Option<Trace>, Exit> {
        if let Some(input) = &self.input {
            disk.watch(input);
        }
        let Some(stack) = self.compile(disk)? else { return Ok(None) };
        if let Some(folder) = &self.out {
            empty(folder)?;
        }
        let store = self.out.as_ref().map_or(Store::Nowhere, |folder| Store::Folder(folder.clone()));
        let trace = self.simulate(&stack, store, engine);
        trace.map(Some).map_err(|problem| Exit::usage(&problem))
    }

    /// The pipeline if the spec has no errors.
    fn compile(&self, disk: &WatchedDisk) -> Result<Option<Stack>, Exit> {
        let programs = self.pipeline.runtime.programs()?;
        let environment = self.pipeline.env.as_deref().into();
        let compilation = pipec_compiler::compile(disk, &programs, &self.pipeline.spec, environment);
        let pipec_compiler::Compilation { sources, mut diagnostics, pipelines, .. } = compilation;
        // Warnings and advice are for `check`.
        diagnostics.retain(|one| one.severity == Severity::Error);
        let found = [(sources, diagnostics)];
        report(&found, Format::Text)?;
        let stack = pipelines.into_iter().next().filter(|_| !any_errors(&found));
        if stack.is_none() {
            note(&format!("nothing was simulated: {}", tally(&found)));
        }
        Ok(stack)
    }

    fn simulate(&self, stack: &Stack, store: Store, engine: &mut Option<Engine>) -> Result<Trace, String> {
        let pace = Pace {
            rate: self.rate,
            start: self.start.unwrap_or(START),
            at: self.at.clone(),
            records: self.records,
            within: self.within,
            seed: self.seed,
        };
        let settings = Settings {
            seed: self.seed.unwrap_or(0),
            show: self.show,
            into: self.into.clone(),
            start: pace.start,
            on_flink: self.flink.is_some(),
            ..Settings::new(store)
        };
        let (mut arrivals, name) = match &self.input {
            Some(path) => (source::from_file(stack, path, &pace)?, shown(path)),
            None => source::from_producer(stack, &pace, page)?,
        };
        let mut simulation = Simulation::new(stack, &settings)?;
        if simulation.needs_flink() && engine.is_none() {
            // Before the records are read, which may take a while, and in which Flink starts.
            let flink = find(self.flink.as_deref(), cache().as_deref())?;
            note(&format!("starting Flink {}", flink.version));
            *engine = Some(Engine::start(&flink)?);
        }
        simulation.feed(&mut arrivals)?;
        if let (Some(running), Some(job)) = (engine.as_mut(), simulation.job()?) {
            if let Err(problem) = running.run(&[job]) {
                *engine = None;
                return Err(problem);
            }
            simulation.ran_on(running.version());
        }
        simulation.finish(&arrivals, &name)
    }
}

/// Time between two looks at the files that are watched.
const POLL: Duration = Duration::from_millis(50);

/// The lines of the trace that differ.
fn changes(before: &str, after: &str) -> String {
    let diff = TextDiff::from_lines(before, after);
    let changed = diff.iter_all_changes().filter(|change| change.tag() != ChangeTag::Equal);
    changed.map(|change| format!("{} {}", change.tag(), change.value())).collect()
}

/// Most bytes of a page of an API.
const PAGE_BYTES_MAX: u64 = 64 << 20;
const PAGE_TIMEOUT: Duration = Duration::from_secs(30);

/// Fetches a page of an API.
fn page(url: &str, headers: &[(String, String)]) -> Result<Vec<u8>, String> {
    let agent: ureq::Agent = ureq::Agent::config_builder().timeout_global(Some(PAGE_TIMEOUT)).build().into();
    let request = headers.iter().fold(agent.get(url), |request, (name, value)| request.header(name, value));
    let refused = |error: ureq::Error| format!("{url}: {error}");
    let mut response = request.call().map_err(refused)?;
    response.body_mut().with_config().limit(PAGE_BYTES_MAX).read_to_vec().map_err(refused)
}

/// Removes from a folder what an earlier simulation wrote. A folder with anything else and without its mark is left alone.
fn empty(folder: &Path) -> Result<(), Exit> {
    let refused =
        |error: std::io::Error| Exit::usage(&format!("`{}` cannot be used: {error}", shown(folder)));
    fs::create_dir_all(folder).map_err(refused)?;
    let mark = folder.join(MARK);
    match fs::read_to_string(&mark) {
        Ok(buckets) => {
            for bucket in buckets.lines() {
                let mut parts = Path::new(bucket).components();
                let is_name = matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None));
                let bucket = folder.join(bucket);
                if is_name && fs::symlink_metadata(&bucket).is_ok_and(|there| there.is_dir()) {
                    fs::remove_dir_all(&bucket).map_err(refused)?;
                }
            }
            // Only when they are gone; the store adds those that it makes.
            fs::write(&mark, "").map_err(refused)
        }
        Err(_) if fs::read_dir(folder).map_err(refused)?.next().is_some() => Err(Exit::usage(&format!(
            "`{}` is not empty, and no simulation wrote it; name another folder with `--out`",
            shown(folder)
        ))),
        Err(_) => Ok(()),
    }
}
