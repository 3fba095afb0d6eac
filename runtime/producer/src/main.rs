//! `pipec-producer --config FILE [--dry-run]`: see `--help`.

use std::{
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
    config::{Config, Source},
    health::Health,
    kinesis::{self, Kinesis},
    pages::Pages,
    record::Record,
    run::{Limits, run},
    sender::{PutError, Refusal, Stream},
    source::Http,
    stats::{Snapshot, Stats},
};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::{Notify, watch},
};

const HELP: &str = "\
Fills a Kinesis data stream with the records of an HTTP API.

Usage: pipec-producer --config FILE [--dry-run] [--start-deadline SECONDS]

  --config FILE             the configuration, JSON
  --dry-run                 print records to stdout, one a line, instead of sending them
  --start-deadline SECONDS  fail if the stream has accepted nothing until then (default 240)
  --version, --help

Credentials come from the environment or from the instance's role. SIGTERM sends what is in hand and ends.
Exit codes: 0 stopped, 1 nothing could be sent or not all of it, 2 usage or configuration.
";

/// CloudFormation waits for the instance's signal longer than this.
const START: Duration = Duration::from_secs(240);
/// Well within systemd's default of 90 s before it kills.
const DRAIN: Duration = Duration::from_secs(20);
const REPORT: Duration = Duration::from_secs(60);
/// How long before a page's end the next is asked for.
const AHEAD_SECONDS: f64 = 2.0;

struct Options {
    config: PathBuf,
    dry_run: bool,
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
    if options.dry_run {
        pipec_net::log::start_on_stderr();
    } else {
        pipec_net::log::start();
    }
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
    match runtime.block_on(produce(config, &options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn options() -> Result<Option<Options>, lexopt::Error> {
    let (mut config, mut dry_run, mut start) = (None, false, START);
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("config") => config = Some(PathBuf::from(parser.value()?)),
            Arg::Long("dry-run") => dry_run = true,
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
    Ok(Some(Options { config, dry_run, start }))
}

fn read_config(path: &PathBuf) -> Result<Config, String> {
    let json = fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    Config::from_json(&json).map_err(|error| format!("cannot use {}: {error}", path.display()))
}

async fn produce(config: Config, options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    let resolver = Resolver::from_system()?;
    let rate = config.records_per_second;
    let health = Arc::new(if options.dry_run {
        Health::silent()
    } else {
        Health::new(format!("sending {rate} records/s to stream {}", config.stream))
    });
    let stats = Arc::new(Stats::default());

    let Source::Http(source) = config.source;
    let at_once = source.refresh_seconds.is_some();
    let source = Http::new(source, config.partition_key, config.max_record_size, resolver.clone())?;
    let (sender, newest) = watch::channel(None);
    let wanted = Arc::new(Notify::new());
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let ahead = (rate * AHEAD_SECONDS).ceil() as usize;
    let mut pages = Pages::new(newest, wanted.clone(), at_once, ahead);
    tokio::spawn(source.run(sender, wanted, stats.clone(), health.clone()));
    tokio::spawn(report(stats.clone()));

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

    let limits = Limits { start: options.start, drain: DRAIN };
    let began = Instant::now();
    let end = if options.dry_run {
        run(&Stdout, &mut pages, rate, limits, &stats, &health, stop).await
    } else {
        let http = http::client(resolver);
        let credentials = Credentials::EnvironmentOrInstance;
        let sdk = aws::config(http, Some(config.region), credentials, kinesis::PATIENCE).await;
        let stream = Kinesis::new(aws_sdk_kinesis::Client::new(&sdk), config.stream);
        run(&stream, &mut pages, rate, limits, &stats, &health, stop).await
    };
    stats.now().log(began.elapsed(), "in all");
    health.stopping(&end.as_ref().map_or_else(ToString::to_string, |()| "stopped".to_owned()));
    Ok(end?)
}

/// Writes a line a minute.
async fn report(stats: Arc<Stats>) {
    let mut before = Snapshot::default();
    let mut ticks = tokio::time::interval(REPORT);
    ticks.tick().await;
    loop {
        ticks.tick().await;
        let now = stats.now();
        now.since(&before).log(REPORT, "in the last minute");
        before = now;
    }
}

/// Where a dry run sends its records.
struct Stdout;

impl Stream for Stdout {
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
