//! `pipec simulate`

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};
use std::{fs, thread};

use clap::{Args, ValueEnum};
use similar::{ChangeTag, TextDiff};

use super::PipelineArgs;
use super::connectors::cache;
use super::output::{Exit, any_errors, note, print, report, shown, tally, write};
use super::since::since;
use pipec_compiler::Stack;
use pipec_compiler::diagnostics::{Format, Severity};
use pipec_compiler::pipeline::ProducerSource;
use pipec_compiler::world::Disk;
use pipec_simulate::flink::{Engine, find};
use pipec_simulate::source::{self, Pace};
use pipec_simulate::store::Store;
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
    arrivals::time(text).ok_or_else(|| "a time such as 2026-01-01T00:00:00Z".into())
}

/// What a run came to: the trace, and the files that it was made from.
struct Run {
    trace: Option<Trace>,
    inputs: Vec<PathBuf>,
}

impl Simulate {
    pub(super) fn run(self) -> Result<(), Exit> {
        let mut engine = None;
        if self.watch {
            return self.watch(&mut engine);
        }
        let trace = self.once(&mut engine)?.trace.ok_or(Exit::Spec)?;
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
        let mut before: Option<String> = None;
        loop {
            let began = Instant::now();
            // The files as they are before they are read: what changes meanwhile is seen.
            let own = times(&self.files(&[]));
            let run = self.once(engine);
            let inputs = run.as_ref().map(|run| run.inputs.clone()).unwrap_or_default();
            let files = self.files(&inputs);
            if let Ok(Run { trace: Some(trace), .. }) = run {
                let text = trace_text::text(&trace);
                match &before {
                    None => self.print(&trace)?,
                    Some(before) if *before == text => note("nothing changed in the output"),
                    Some(before) => print(&changes(before, &text))?,
                }
                before = Some(text);
            }
            note(&format!("ran in {} ms; waiting for changes", began.elapsed().as_millis()));
            let seen = times(&files);
            let is_changed = own.iter().any(|(path, time)| seen.get(path) != Some(time));
            while !is_changed && times(&files) == seen {
                thread::sleep(POLL);
            }
        }
    }

    /// The files whose change starts another run.
    fn files(&self, inputs: &[PathBuf]) -> Vec<PathBuf> {
        let own = [Some(&self.pipeline.spec), self.input.as_ref()].into_iter().flatten();
        own.chain(inputs).cloned().collect()
    }

    /// Compiles and runs once.
    fn once(&self, engine: &mut Option<Engine>) -> Result<Run, Exit> {
        let (stack, inputs) = self.compile()?;
        let Some(stack) = stack else { return Ok(Run { trace: None, inputs }) };
        let folder = self.out.as_deref().map(OutFolder::empty).transpose()?;
        let store = self.out.as_ref().map_or(Store::Nowhere, |folder| Store::Folder(folder.clone()));
        let trace = self.simulate(&stack, store, engine);
        // Also after a failure, so that the next run may remove what this one wrote.
        folder.map(|folder| folder.mark()).transpose()?;
        let trace = trace.map_err(|problem| Exit::usage(&problem))?;
        Ok(Run { trace: Some(trace), inputs })
    }

    /// The pipeline if the spec has no errors, and the files that were read.
    fn compile(&self) -> Result<(Option<Stack>, Vec<PathBuf>), Exit> {
        let programs = self.pipeline.runtime.programs()?;
        let environment = self.pipeline.env.as_deref().into();
        let compilation = pipec_compiler::compile(&Disk, &programs, &self.pipeline.spec, environment);
        let pipec_compiler::Compilation { sources, mut diagnostics, pipelines, .. } = compilation;
        let mut inputs: Vec<PathBuf> = sources.paths().map(PathBuf::from).collect();
        // Warnings and advice are for `check`.
        diagnostics.retain(|one| one.severity == Severity::Error);
        let found = [(sources, diagnostics)];
        report(&found, Format::Text)?;
        let stack = pipelines.into_iter().next().filter(|_| !any_errors(&found));
        if stack.is_none() {
            note(&format!("nothing was simulated: {}", tally(&found)));
        }
        let producer = stack.as_ref().and_then(|stack| stack.checked.pipeline().producer.as_ref());
        if let Some(ProducerSource::File(file)) = producer.map(|producer| &producer.source) {
            inputs.push(self.pipeline.spec.with_file_name(&file.path.value));
        }
        Ok((stack, inputs))
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
            let ran = running.run(&[job]);
            if ran.is_err() {
                *engine = None;
            }
            ran?;
        }
        simulation.finish(&arrivals, &name)
    }
}

/// Time between two looks at the files that are watched.
const POLL: Duration = Duration::from_millis(50);

/// When each file was changed, and its size; nothing of those that are not there.
fn times(files: &[PathBuf]) -> BTreeMap<PathBuf, Option<(SystemTime, u64)>> {
    let time = |path: &PathBuf| {
        let metadata = fs::metadata(path).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    };
    files.iter().map(|path| (path.clone(), time(path))).collect()
}

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

/// The file that says that a folder is of a simulation, with the names of the buckets in it.
const MARK: &str = ".pipec-simulate";

/// The folder of the objects.
struct OutFolder<'a> {
    path: &'a Path,
    /// What is in it and is not of a simulation.
    others: BTreeSet<OsString>,
}

impl<'a> OutFolder<'a> {
    /// The folder without what an earlier simulation wrote. A folder with anything else and without its mark is left alone.
    fn empty(path: &'a Path) -> Result<Self, Exit> {
        let refused = |error: std::io::Error| refused(path, &error);
        fs::create_dir_all(path).map_err(refused)?;
        match fs::read_to_string(path.join(MARK)) {
            Ok(buckets) => {
                for bucket in buckets.lines() {
                    let mut parts = Path::new(bucket).components();
                    let is_name = matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None));
                    let bucket = path.join(bucket);
                    if is_name && fs::symlink_metadata(&bucket).is_ok_and(|there| there.is_dir()) {
                        fs::remove_dir_all(&bucket).map_err(refused)?;
                    }
                }
            }
            Err(_) if fs::read_dir(path).map_err(refused)?.next().is_some() => {
                return Err(Exit::usage(&format!(
                    "`{}` is not empty, and no simulation wrote it; name another folder with `--out`",
                    shown(path)
                )));
            }
            Err(_) => {}
        }
        Ok(Self { others: names(path)?, path })
    }

    /// Writes which folders the simulation made, so that the next one may remove them.
    fn mark(&self) -> Result<(), Exit> {
        let own = names(self.path)?.into_iter().filter(|name| !self.others.contains(name));
        let text: String = own.map(|name| format!("{}\n", name.to_string_lossy())).collect();
        write(&self.path.join(MARK), text.as_bytes())
    }
}

fn refused(folder: &Path, error: &std::io::Error) -> Exit {
    Exit::usage(&format!("`{}` cannot be used: {error}", shown(folder)))
}

fn names(folder: &Path) -> Result<BTreeSet<OsString>, Exit> {
    let entries = fs::read_dir(folder).map_err(|error| refused(folder, &error))?;
    Ok(entries.flatten().map(|entry| entry.file_name()).collect())
}
