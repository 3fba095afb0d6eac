//! Deployments as a user meets them, in every state of a stack: pipec against a double of AWS that plays a script. A
//! file of `cases/` a scenario: the command, and each call with its answer; beside it what the console shows.
//! `PIPEC_BLESS=1 cargo test --test cli deploy_scenarios::` writes the texts anew; read the diff.

mod answers;
mod double;
mod permissions;
mod script;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use pipec_compiler::Select;
use pipec_compiler::world::Disk;

use crate::support::server::{Request, serve};
use answers::World;
use double::Double;
use script::Scenario;

/// Scenarios at the same time.
const AT_ONCE: usize = 4;
/// After which a command is taken for stuck.
const PATIENCE: Duration = Duration::from_secs(120);

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/deploy_scenarios")
}

/// All scenarios, by name.
fn scenarios() -> Vec<Scenario> {
    let cases = fs::read_dir(folder().join("cases")).expect("the scenarios");
    let mut paths: Vec<PathBuf> = cases.map(|entry| entry.expect("a file").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    paths.sort();
    let begin = script::value(&folder().join("beginnings.yaml"));
    paths.iter().map(|path| Scenario::read(path, &begin)).collect()
}

/// What a run showed, and what was not as the script has it.
struct Run {
    console: String,
    faults: Vec<String>,
}

/// Runs a scenario; `lenient` answers whatever is asked after the end of the script.
fn run(scenario: &Scenario, lenient: bool) -> Run {
    let spec = folder().join(scenario.spec());
    let compiled = pipec_compiler::compile(&Disk, &pipec_programs::embedded(), &spec, Select::Spec)
        .pipeline()
        .expect("a spec that compiles");
    let double = Arc::new(Mutex::new(Double::new(scenario.clone(), World::new(compiled), lenient)));
    let answering = Arc::clone(&double);
    let address =
        serve(Arc::new(move |request: Request| answering.lock().expect("the double").answer(&request)));
    let scratch = tempfile::tempdir().expect("a folder");
    let console = scratch.path().join("console");
    let child = start(scenario, &address, &console);
    double.lock().expect("the double").process = Some(child.id());
    let exit = end(child);
    let mut shown = fs::read_to_string(&console).expect("what it wrote");
    shown = format!(
        "$ {}\n{}exit {exit}\n",
        scenario.command,
        normal(&shown.replace(&address, "http://ENDPOINT"))
    );
    let mut double = double.lock().expect("the double");
    let mut faults = std::mem::take(&mut double.faults);
    if !double.left().is_empty() {
        faults.push(format!("calls that did not come: {:?}", double.left()));
    }
    let answered = Path::new(env!("CARGO_TARGET_TMPDIR")).join("deploy_scenarios");
    fs::create_dir_all(&answered).expect("a folder");
    let answers = serde_json::to_string_pretty(&double.answered).expect("JSON");
    fs::write(answered.join(format!("{}.json", scenario.name)), answers).expect("the answers");
    Run { console: shown, faults }
}

/// Both streams go to one file, as on a console.
fn start(scenario: &Scenario, address: &str, console: &Path) -> Child {
    let out = File::create(console).expect("a file");
    let mut words = scenario.command.split_whitespace().peekable();
    let mut command = Command::new(env!("CARGO_BIN_EXE_pipec"));
    let home = console.parent().expect("a folder");
    command
        .current_dir(folder())
        .env_clear()
        .env("HOME", home)
        .env("PATH", env::var_os("PATH").unwrap_or_default())
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_MAX_ATTEMPTS", "1")
        .env("AWS_ENDPOINT_URL", address)
        .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "example");
    while let Some((name, value)) =
        words.next_if(|word| word.contains('=')).and_then(|word| word.split_once('='))
    {
        if value.is_empty() {
            command.env_remove(name)
        } else {
            command.env(name, value)
        };
    }
    assert_eq!(words.next(), Some("pipec"));
    command
        .args(words)
        .stdin(Stdio::null())
        .stderr(out.try_clone().expect("the same file"))
        .stdout(out)
        .spawn()
        .expect("pipec runs")
}

/// The exit code.
fn end(mut child: Child) -> i32 {
    let start = Instant::now();
    loop {
        match child.try_wait().expect("a child") {
            Some(status) => return status.code().unwrap_or(-1),
            None if start.elapsed() > PATIENCE => child.kill().expect("its end"),
            None => thread::sleep(Duration::from_millis(10)),
        }
    }
}

/// The text without what differs between two runs: times, hashes, and sizes of what a compiler made.
fn normal(text: &str) -> String {
    let mut normal = String::new();
    for line in text.lines() {
        let line = anstream::adapter::strip_str(line).to_string();
        let line = event(&line).unwrap_or(line);
        let line = line.split(' ').map(word).collect::<Vec<_>>().join(" ");
        let line = match line.rsplit_once(", ") {
            Some((sent, _)) if line.starts_with("artifacts   sent") => format!("{sent}, SIZE"),
            _ => line,
        };
        normal += line.trim_end();
        normal.push('\n');
    }
    normal
}

/// A word of a line; the parts of a key that are hashes follow from the sources of what runs in AWS.
fn word(word: &str) -> String {
    let parts: Vec<&str> = word.split(':').collect();
    if let [minutes, seconds] = parts[..]
        && seconds.len() == 2
        && [minutes, seconds].iter().all(|part| part.parse::<u8>().is_ok())
    {
        return "M:SS".to_owned();
    }
    let is_hash = |part: &&str| part.len() >= 16 && part.chars().all(|letter| letter.is_ascii_hexdigit());
    let parts = word.split(|letter: char| !letter.is_ascii_alphanumeric());
    parts.filter(is_hash).fold(word.to_owned(), |word, hash| word.replace(hash, "HASH"))
}

/// An event as JSON, without how long it took and how large what a compiler made is.
fn event(line: &str) -> Option<String> {
    let mut event: serde_json::Value = serde_json::from_str(line).ok()?;
    for name in ["bytes", "seconds"] {
        if event.get(name).is_some() && event["event"] != "resource" {
            event[name] = 0.into();
        }
    }
    Some(event.to_string())
}

/// Runs all, some at a time, and gives what `check` finds wrong.
fn all(scenarios: &[Scenario], check: impl Fn(&Scenario) -> Option<String> + Sync) -> Vec<String> {
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(scenario) = scenarios.get(next.fetch_add(1, Ordering::SeqCst)) {
                    if let Some(problem) = check(scenario) {
                        wrong.lock().expect("the list").push(format!("{}: {problem}", scenario.name));
                    }
                }
            });
        }
    });
    let mut wrong = wrong.into_inner().expect("the list");
    wrong.sort();
    wrong
}

/// Holds a text against its file, or writes the file.
fn held(file: &Path, text: &str) -> Option<String> {
    if env::var_os("PIPEC_BLESS").is_some() {
        fs::write(file, text).expect("writing the expected text");
    }
    let expected = fs::read_to_string(file).unwrap_or_default();
    (expected != text).then(|| format!("expected\n{expected}\nshown\n{text}"))
}

#[test]
fn every_scenario_shows_what_is_expected() {
    let wrong = all(&scenarios(), |scenario| {
        let run = run(scenario, false);
        let shown = held(&folder().join("cases").join(&scenario.name).with_extension("txt"), &run.console);
        if run.faults.is_empty() {
            shown
        } else {
            Some(format!("{}\n{}", run.faults.join("\n"), run.console))
        }
    });
    assert!(wrong.is_empty(), "{}\n\nPIPEC_BLESS=1 writes the shown texts", wrong.join("\n\n"));
}
