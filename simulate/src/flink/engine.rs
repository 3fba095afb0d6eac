//! A mini-cluster of Flink in a Java program of its own, which runs one list of jobs after another.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::find::Flink;

/// The compiled classes of runtime/flink/local.
const JAR: &[u8] = include_bytes!("../../../runtime/flink/local/pipec-local.jar");
/// Jobs that run at once.
const SLOTS: &str = "4";
/// Packages of Java that Flink reaches into. Flink's `config.yaml`, `env.java.opts.all`.
const OPENED: [&str; 8] = [
    "java.lang",
    "java.lang.reflect",
    "java.util",
    "java.util.concurrent",
    "java.net",
    "java.nio",
    "java.time",
    "sun.nio.ch",
];
/// How long the program may take to end.
const END: Duration = Duration::from_secs(5);
/// The end of the program's log that a message shows, characters.
const LOG_CHARS: usize = 600;

/// A running mini-cluster.
#[derive(Debug)]
pub struct Engine {
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    folder: TempDir,
    version: String,
}

impl Engine {
    /// Starts one.
    ///
    /// # Errors
    /// Why it cannot be started, in a sentence.
    pub fn start(flink: &Flink) -> Result<Self, String> {
        let refused = |error: std::io::Error| format!("Flink cannot be started: {error}");
        let folder = tempfile::Builder::new().prefix("pipec-flink-").tempdir().map_err(refused)?;
        let jar = folder.path().join("pipec-local.jar");
        fs::write(&jar, JAR).map_err(refused)?;
        let log = File::create(log(folder.path())).map_err(refused)?;
        let separator = if cfg!(windows) { ";" } else { ":" };
        let classes = format!("{}{separator}{}", jar.display(), flink.lib.join("*").display());
        let mut process = Command::new(&flink.java)
            // Jobs are short: what starts sooner ends sooner.
            .args(["-Xmx1g", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dlog4j2.level=ERROR"])
            .args(OPENED.map(|package| format!("--add-opens=java.base/{package}=ALL-UNNAMED")))
            .arg("-cp")
            .arg(classes)
            .args(["PipecLocal", SLOTS])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .map_err(refused)?;
        let input = process.stdin.take();
        let output = process.stdout.take().ok_or("Flink cannot be started: it has no output")?;
        Ok(Self { process, input, output: BufReader::new(output), folder, version: flink.version.clone() })
    }

    /// Flink's version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Runs jobs at once, and waits for all of them.
    ///
    /// # Errors
    /// Why they did not run. A job that failed by itself has a fault, and is not an error here.
    pub fn run(&mut self, jobs: &[PathBuf]) -> Result<(), String> {
        if jobs.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = jobs.iter().map(|job| job.display().to_string()).collect();
        let sent = self
            .input
            .as_mut()
            .map(|input| writeln!(input, "{}", names.join("\t")).and_then(|()| input.flush()));
        if !matches!(sent, Some(Ok(()))) {
            return Err(self.ended());
        }
        let mut line = String::new();
        loop {
            line.clear();
            match self.output.read_line(&mut line) {
                Ok(0) | Err(_) => return Err(self.ended()),
                Ok(_) if line.trim_end() == "done" => return Ok(()),
                // Flink prints lines of its own.
                Ok(_) => {}
            }
        }
    }

    fn ended(&self) -> String {
        let log = fs::read_to_string(log(self.folder.path())).unwrap_or_default();
        let log = log.trim();
        let start = log.char_indices().rev().nth(LOG_CHARS).map_or(0, |(start, _)| start);
        format!("Flink ended unexpectedly: {}", if log.is_empty() { "it has no log" } else { &log[start..] })
    }
}

fn log(folder: &Path) -> PathBuf {
    folder.join("flink.log")
}

impl Drop for Engine {
    fn drop(&mut self) {
        // The program ends with its input.
        self.input = None;
        let since = Instant::now();
        while matches!(self.process.try_wait(), Ok(None)) && since.elapsed() < END {
            thread::sleep(Duration::from_millis(20));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
