//! `pipec-producer --config FILE [--dry-run]`: see `--help`.

use std::{
    error::Error,
    fs,
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use lexopt::Arg;
use pipec_net::{
    aws::{self, Credentials},
    dns::Resolver,
    http,
};
use pipec_producer::{
    config::{Config, Source as From, Target},
    firehose::Firehose,
    health::Health,
    kinesis::{self, Kinesis},
    log::{self, Output},
    publish::Publisher,
    record::Record,
    run::{End, Limits, RunError, run},
    sender::{PutError, Refusal, Stream},
    source::{Source, file::File, generator::Generator, http::Http, pages::Pages},
    stats::{Snapshot, Stats},
};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::{Notify, watch},
    time::timeout,
};

const HELP: &str = "\
Fills a Kinesis data stream or a Firehose stream with the records of an HTTP API, of a file, or of a generator.

Usage: pipec-producer --config FILE [--dry-run] [--instance NAME] [--start-deadline SECONDS]

  --config FILE             the configuration, JSON
  --dry-run                 print records to stdout, one a line, instead of sending them
  --instance NAME           this instance's name, for its log stream and the generator's seed
                            (default: the id of the EC2 instance, else the host's name)
  --start-deadline SECONDS  fail if the stream has accepted nothing until then (default 240)
  --version, --help

Credentials come from the environment or from the instance's role, and AWS_ENDPOINT_URL names another endpoint.
SIGTERM sends what is in hand and ends.
Exit codes: 0 stopped, or all of the file sent but records larger than the stream takes; 1 nothing could be sent or
not all of it; 2 usage or configuration; 3 all of the file sent but records that the stream did not take; 4 the
source gave no records until the start deadline.
";

/// Trying again may help.
const FAILED: u8 = 1;
/// Trying again would send everything a second time; the unit does not.
const LEFT_OUT: u8 = 3;
/// The source's fault, not the stack's: an update of the stack does not fail for it.
const NO_RECORDS: u8 = 4;
/// CloudFormation waits for the instance's signal longer than this.
const START: Duration = Duration::from_secs(240);
/// With the next one well within the time that the unit gives before it kills.
const DRAIN: Duration = Duration::from_secs(20);
/// For the last lines of the log.
const FLUSH: Duration = Duration::from_secs(10);
const REPORT: Duration = Duration::from_secs(60);
/// How long before a page's end the next is asked for.
const AHEAD_SECONDS: f64 = 2.0;

struct Options {
    config: PathBuf,
    dry_run: bool,
    instance: Option<String>,
    start: Duration,
}

fn main() -> ExitCode {
    let options = match options() {
        Ok(Some(options)) => options,
        Ok(None) => return ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "pipec-producer: {error}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    let output = if options.dry_run { Output::Stderr } else { Output::Stdout };
    output.start();
    let config = match read_config(&options.config) {
        Ok(config) => config,
        Err(error) => {
            tracing::error!("{error}");
            return ExitCode::from(2);
        }
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "cannot start");
            return ExitCode::FAILURE;
        }
    };
    ExitCode::from(runtime.block_on(start(config, &options, output)))
}

fn options() -> Result<Option<Options>, lexopt::Error> {
    let (mut config, mut dry_run, mut instance, mut start) = (None, false, None, START);
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("config") => config = Some(PathBuf::from(parser.value()?)),
            Arg::Long("dry-run") => dry_run = true,
            Arg::Long("instance") => instance = Some(lexopt::ValueExt::string(parser.value()?)?),
            Arg::Long("start-deadline") => {
                start = Duration::from_secs(lexopt::ValueExt::parse(&parser.value()?)?);
            }
            Arg::Long("help") | Arg::Short('h') => {
                let _ = write!(io::stdout(), "{HELP}");
                return Ok(None);
            }
            Arg::Long("version") => {
                let _ = writeln!(io::stdout(), "pipec-producer {}", env!("CARGO_PKG_VERSION"));
                return Ok(None);
            }
            other => return Err(other.unexpected()),
        }
    }
    let config = config.ok_or("--config FILE is missing")?;
    Ok(Some(Options { config, dry_run, instance, start }))
}

fn read_config(path: &PathBuf) -> Result<Config, String> {
    let json = fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    Config::from_json(&json).map_err(|error| format!("cannot use {}: {error}", path.display()))
}

/// Connects the stream and the log's publisher, and produces. Says in the log what went wrong, and gives the exit code.
async fn start(config: Config, options: &Options, output: Output) -> u8 {
    let resolver = match Resolver::from_system() {
        Ok(resolver) => resolver,
        Err(error) => {
            tracing::error!(%error, "host names cannot be resolved");
            return FAILED;
        }
    };
    if options.dry_run {
        let instance = options.instance.clone().unwrap_or_else(host_name);
        return said(&produce(config, options, output, &Stdout, resolver, &instance).await);
    }
    let http = http::client(resolver.clone());
    let named = options.instance.clone();
    let needs_name = config.log.is_some() || matches!(config.source, From::Generator(_));
    let instance = match named {
        None if needs_name => aws::instance_id(http.clone()).await.unwrap_or_else(host_name),
        named => named.unwrap_or_default(),
    };
    let credentials = Credentials::EnvironmentOrInstance;
    let sdk = aws::config(http, Some(config.region.clone()), credentials, kinesis::PATIENCE).await;
    let (stopper, stop) = watch::channel(false);
    let publishing = config.log.clone().map(|target| {
        let client = aws_sdk_cloudwatchlogs::Client::new(&sdk);
        let stream = target.stream.unwrap_or_else(|| instance.clone());
        tokio::spawn(Publisher::new(client, target.group, stream).run(log::lines(), stop))
    });
    let stream = match &config.target {
        Target::Stream { name, .. } => {
            Service::Kinesis(Kinesis::new(aws_sdk_kinesis::Client::new(&sdk), name.clone()))
        }
        Target::Delivery(delivery) => Service::Firehose(Firehose::new(&sdk, delivery)),
    };
    let code = said(&produce(config, options, output, &stream, resolver, &instance).await);
    let _ = stopper.send(true);
    if let Some(publishing) = publishing
        && timeout(FLUSH, publishing).await.is_err()
    {
        tracing::warn!("the last lines of the log could not be published");
    }
    code
}

/// Says why it ended, if not well, and gives the exit code.
fn said(end: &Result<(), Box<dyn Error>>) -> u8 {
    let Err(error) = end else { return 0 };
    tracing::error!("{error}");
    match error.downcast_ref() {
        Some(RunError::LeftOut { .. }) => LEFT_OUT,
        Some(RunError::NoRecords { .. }) => NO_RECORDS,
        _ => FAILED,
    }
}

/// The name of this machine, for one that is no EC2 instance.
fn host_name() -> String {
    let read = |path| fs::read_to_string(path).ok().map(|text| text.trim().to_owned());
    let name = ["/proc/sys/kernel/hostname", "/etc/hostname"].into_iter().filter_map(read);
    name.into_iter().find(|name| !name.is_empty()).unwrap_or_else(|| "localhost".to_owned())
}

/// Opens the source, and sends what it gives.
async fn produce(
    config: Config,
    options: &Options,
    output: Output,
    stream: &impl Stream,
    resolver: Resolver,
    instance: &str,
) -> Result<(), Box<dyn Error>> {
    let rate = config.records_per_second;
    let health = Arc::new(if options.dry_run {
        Health::silent()
    } else {
        Health::new(format!("sending {rate} records/s to stream {}", config.target.name()))
    });
    let producer = Producer {
        stream,
        rate,
        limits: Limits { start: options.start, drain: DRAIN },
        name: config.target.name().to_owned(),
        stats: Arc::default(),
        health: health.clone(),
        output,
    };
    let stop = stop()?;
    let (key, max) = (config.target.partition_key().cloned(), config.max_record_size);
    let end = match config.source {
        From::Http(source) => {
            let at_once = source.refresh_seconds.is_some();
            let source = Http::new(source, key, max, resolver)?;
            let (sender, newest) = watch::channel(None);
            let wanted = Arc::new(Notify::new());
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let ahead = (rate * AHEAD_SECONDS).ceil() as usize;
            let pages = Pages::new(newest, wanted.clone(), at_once, ahead);
            tokio::spawn(source.run(sender, wanted, producer.stats.clone(), health.clone()));
            producer.run(pages, stop).await
        }
        From::File(source) => match File::open(&source, key, max) {
            Ok(file) => producer.run(file, stop).await,
            Err(error) => Err(RunError::Source(error.into())),
        },
        From::Generator(source) => {
            let generator = Generator::new(&source, instance, key, max)?;
            producer.run(generator, stop).await
        }
    };
    match &end {
        Ok(End::Stopped) => health.stopping("stopped"),
        Ok(End::Finished) => {
            tracing::info!("all records of the source that the stream accepts have been sent");
            health.stopping("all records of the source that the stream accepts have been sent");
        }
        Err(error) => health.stopping(&error.to_string()),
    }
    Ok(end.map(|_| ())?)
}

/// All that does not depend on the source.
struct Producer<'s, S> {
    stream: &'s S,
    rate: f64,
    limits: Limits,
    /// The stream's.
    name: String,
    stats: Arc<Stats>,
    health: Arc<Health>,
    output: Output,
}

impl<S: Stream> Producer<'_, S> {
    /// Runs to the end, and writes a line a minute.
    async fn run(&self, mut source: impl Source, stop: watch::Receiver<bool>) -> Result<End, RunError> {
        let began = Instant::now();
        let mut last = (Snapshot::default(), began);
        let mut report = || {
            let now = (self.stats.now(), Instant::now());
            self.output.metrics(&self.name, &now.0.since(&last.0), now.1 - last.1);
            last = now;
        };
        let running = run(self.stream, &mut source, self.rate, self.limits, &self.stats, &self.health, stop);
        tokio::pin!(running);
        let mut minutes = tokio::time::interval_at((began + REPORT).into(), REPORT);
        let end = loop {
            tokio::select! {
                end = &mut running => break end,
                _ = minutes.tick() => report(),
            }
        };
        report();
        self.output.total(&self.stats.now(), began.elapsed());
        end
    }
}

/// Says true when the process is told to stop.
fn stop() -> io::Result<watch::Receiver<bool>> {
    let (stopper, stop) = watch::channel(false);
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        tracing::info!("told to stop");
        let _ = stopper.send(true);
        // Kept, since a stop whose sender is gone could not be told from no stop.
        stopper.closed().await;
    });
    Ok(stop)
}

/// The service of the target. One type, so that what sends is in the program once.
enum Service {
    Kinesis(Kinesis),
    Firehose(Firehose),
}

impl Stream for Service {
    fn call_bytes(&self) -> usize {
        match self {
            Self::Kinesis(stream) => stream.call_bytes(),
            Self::Firehose(stream) => stream.call_bytes(),
        }
    }

    async fn put(&self, records: &[Record]) -> Result<Vec<Result<(), Refusal>>, PutError> {
        match self {
            Self::Kinesis(stream) => stream.put(records).await,
            Self::Firehose(stream) => stream.put(records).await,
        }
    }
}

/// Where a dry run sends its records.
struct Stdout;

impl Stream for Stdout {
    fn call_bytes(&self) -> usize {
        kinesis::MAX_BYTES
    }

    async fn put(&self, records: &[Record]) -> Result<Vec<Result<(), Refusal>>, PutError> {
        let mut out = io::stdout().lock();
        let written = records
            .iter()
            .try_for_each(|record| out.write_all(&record.data).and_then(|()| out.write_all(b"\n")))
            .and_then(|()| out.flush());
        match written {
            Ok(()) => Ok(vec![Ok(()); records.len()]),
            // The reader, `head` for one, has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
            Err(error) => Err(PutError::Passing(Refusal(error.to_string()))),
        }
    }
}
