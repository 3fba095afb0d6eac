//! The story of a deployment, for people and for programs.

use std::io::{self, BufRead, IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::output::{counted, note, print};
use crate::cloud::cause;
use crate::cloud::interrupt::Interrupt;
use crate::deploy::changes::{Action, Change};
use crate::deploy::positions::Position;
use crate::deploy::report::{Answer, Event, Reporter, ShardSteps};
use pipec_compiler::terminal::printable;

/// Width of the column of logical ids.
const NAME_WIDTH: usize = 26;
/// Width of the column of kinds.
const KIND_WIDTH: usize = 30;
/// Resources on the line of what is not ready yet.
const BUSY_MAX: usize = 3;

/// An object per line, on stdout.
pub(super) struct JsonReporter;

impl Reporter for JsonReporter {
    fn tell(&mut self, event: &Event) {
        // Told again and again, and only for those who watch.
        if !matches!(event, Event::Busy { .. }) {
            let _ = print(&format!("{}\n", serde_json::to_string(event).unwrap_or_default()));
        }
    }

    fn ask(&mut self, _: &str) -> Answer {
        Answer::Nobody
    }
}

/// Lines on stderr, and outputs on stdout; where it is a terminal, a last line that moves.
pub(super) struct TextReporter {
    interrupt: Interrupt,
    start: Instant,
    bar: Option<ProgressBar>,
    live: bool,
    /// Whether what was found is the result, and goes to stdout.
    changes_to_stdout: bool,
}

impl TextReporter {
    pub(super) fn new(interrupt: Interrupt) -> Self {
        let live = io::stderr().is_terminal() && std::env::var_os("CI").is_none();
        Self { interrupt, start: Instant::now(), bar: None, live, changes_to_stdout: false }
    }

    /// A reporter whose result are the changes.
    pub(super) fn of_changes(interrupt: Interrupt) -> Self {
        let mut reporter = Self::new(interrupt);
        reporter.changes_to_stdout = true;
        reporter
    }

    fn line(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| note(line)),
            None => note(line),
        }
    }

    fn busy(&mut self, resources: &[String], ready: usize) {
        if !self.live {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            bar.enable_steady_tick(Duration::from_millis(120));
            bar.with_style(
                ProgressStyle::with_template("{spinner} {elapsed_precise} {wide_msg}")
                    .unwrap_or_else(|_| ProgressStyle::default_spinner()),
            )
        });
        let mut names = resources.iter().take(BUSY_MAX).cloned().collect::<Vec<_>>().join(", ");
        if resources.len() > BUSY_MAX {
            names += &format!(" and {} more", resources.len() - BUSY_MAX);
        }
        let waits = if names.is_empty() { String::new() } else { format!(", waiting for {names}") };
        bar.set_message(printable(&format!("{ready} ready{waits}")));
    }

    fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

impl Drop for TextReporter {
    fn drop(&mut self) {
        self.clear();
    }
}

impl Reporter for TextReporter {
    fn tell(&mut self, event: &Event) {
        match event {
            Event::Busy { resources, ready } => self.busy(resources, *ready),
            Event::Changes { .. } | Event::Position { .. } if self.changes_to_stdout => {
                let _ = print(&format!("{}\n", text(event)));
            }
            Event::Output { .. } => {
                let _ = print(&format!("{}\n", text(event)));
            }
            Event::Resource { .. } | Event::Application { .. } => {
                let seconds = self.start.elapsed().as_secs();
                self.line(&format!("{:>4}:{:02}  {}", seconds / 60, seconds % 60, text(event)));
            }
            _ => {
                if matches!(event, Event::Finished { .. }) {
                    self.clear();
                }
                self.line(&text(event));
            }
        }
    }

    fn ask(&mut self, question: &str) -> Answer {
        self.clear();
        if !io::stdin().is_terminal() {
            return Answer::Nobody;
        }
        let _ = write!(anstream::stderr(), "{} [y/N] ", printable(question));
        let answer = self.interrupt.during(|| {
            let mut line = String::new();
            io::stdin().lock().read_line(&mut line).map(|_| line)
        });
        self.start = Instant::now();
        match answer {
            Some(Ok(line)) if ["y", "yes"].contains(&line.trim().to_lowercase().as_str()) => Answer::Yes,
            Some(_) => Answer::No,
            None => {
                // Ends the line of the question.
                note("");
                Answer::Interrupted
            }
        }
    }
}

/// An event as lines for people. Names and reasons are AWS's, and those who wrote them.
fn text(event: &Event) -> String {
    let text = match event {
        Event::Account { account, region, stack, status } => {
            let status = status.as_deref().map_or_else(|| "not there yet".to_owned(), str::to_lowercase);
            format!("stack {stack} in account {account}, {region}: {}", status.replace('_', " "))
        }
        Event::ArtifactBucket { bucket, created } => {
            let made = if *created { "created " } else { "" };
            format!("artifacts   {made}bucket {bucket}")
        }
        Event::Uploaded { artifact, key, bytes } => {
            format!("artifacts   uploaded {artifact}: {key}, {}", size(*bytes))
        }
        Event::Present { count } => {
            format!("artifacts   {} already uploaded", counted(*count, "is", "are").unwrap_or_default())
        }
        Event::Changes { changes, shard_steps } => changes_text(changes, shard_steps),
        Event::Position { position, message, help } => {
            let word = match position {
                Position::Kept => "kept",
                Position::Lost => "LOST",
                Position::Unknown => "PERHAPS LOST",
            };
            let help = help.as_ref().map(|help| format!("\n  help: {help}")).unwrap_or_default();
            format!("position    {word}: {message}{help}")
        }
        Event::Unchanged { stack } => format!("the stack {stack} is up to date"),
        Event::Following { stack, status } => {
            format!("the stack {stack} is {status}: waiting for that first")
        }
        Event::Resource { resource, kind, status, reason, seconds } => {
            let seconds = seconds.map(|seconds| format!(" in {seconds} s")).unwrap_or_default();
            let cancelled = reason.as_deref().is_some_and(cause::is_consequence);
            let words = if cancelled { "cancelled".to_owned() } else { status_words(status) };
            let reason = reason.as_deref().filter(|_| !cancelled).map(cause::words);
            let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
            format!("{resource:<NAME_WIDTH$} {kind:<KIND_WIDTH$} {words}{seconds}{reason}")
        }
        Event::Application { application, status } => {
            format!("{:<NAME_WIDTH$} {application} is {status}", "Flink application")
        }
        Event::Savings { usd_per_hour, usd_per_month } => {
            format!("saves       USD {usd_per_hour} per hour, USD {usd_per_month} per month, at list price")
        }
        Event::Note { message } => message.clone(),
        Event::Finished { stack, status, seconds } => {
            format!("stack {stack}: {status} after {}:{:02}", seconds / 60, seconds % 60)
        }
        Event::Loss { lost, kept } => {
            let list = |title: &str, items: &[String]| {
                if items.is_empty() { String::new() } else { format!("{title}\n  {}\n", items.join("\n  ")) }
            };
            format!("{}{}", list("lost:", lost), list("kept:", kept)).trim_end().to_owned()
        }
        Event::Emptied { bucket, versions } => format!("{bucket}: deleted {versions} versions of objects"),
        Event::Output { name, value, .. } => format!("{name} = {value}"),
        Event::Busy { .. } => String::new(),
    };
    printable(&text)
}

/// `CREATE_COMPLETE` as "created".
fn status_words(status: &str) -> String {
    match status {
        "CREATE_COMPLETE" => "created".to_owned(),
        "UPDATE_COMPLETE" => "changed".to_owned(),
        "DELETE_COMPLETE" => "deleted".to_owned(),
        "DELETE_SKIPPED" => "kept".to_owned(),
        other => other.to_owned(),
    }
}

pub(super) fn changes_text(changes: &[Change], shard_steps: &[ShardSteps]) -> String {
    let count = |actions: &[Action]| changes.iter().filter(|change| actions.contains(&change.action)).count();
    let counts: Vec<String> = [
        (count(&[Action::Add]), "add"),
        (count(&[Action::Change]), "change"),
        (count(&[Action::Replace, Action::PerhapsReplace]), "replace"),
        (count(&[Action::Remove]), "remove"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, verb)| format!("{count} to {verb}"))
    .collect();
    if counts.is_empty() {
        return "changes     of outputs, tags or metadata only".to_owned();
    }
    let mut text = format!("changes     {}", counts.join(", "));
    for change in changes {
        let mark = match change.action {
            Action::Add => '+',
            Action::Change => '~',
            Action::PerhapsReplace | Action::Replace => '!',
            Action::Remove => '-',
        };
        let line = format!("{:<NAME_WIDTH$} {:<KIND_WIDTH$} {}", change.resource, change.kind, about(change));
        text += &format!("\n  {mark} {}", line.trim_end());
    }
    for steps in shard_steps {
        let counts: Vec<String> = steps.counts.iter().map(u64::to_string).collect();
        text += &format!(
            "\n  {} takes {} updates, as Kinesis at most doubles or halves at a time, and ten times in 24 h: {} shards",
            steps.stream,
            counts.len(),
            counts.join(", ")
        );
    }
    text
}

/// What of a resource changes, and what that means.
fn about(change: &Change) -> String {
    let mut words: Vec<String> = Vec::new();
    match change.action {
        Action::Replace => words.push("REPLACED by a new one".to_owned()),
        Action::PerhapsReplace => words.push("PERHAPS REPLACED by a new one".to_owned()),
        _ => {}
    }
    if let Some(loss) = &change.loss {
        let kept = format!("is retained with {}", loss.what);
        words.push(if loss.kept { kept } else { format!("LOST: {}", loss.what) });
    }
    if !change.what.is_empty() {
        words.push(change.what.join(", "));
    }
    words.join(": ")
}

/// Bytes in the largest unit that keeps a whole number of tenths.
fn size(bytes: u64) -> String {
    const KIB: u64 = 1024;
    const MIB: u64 = KIB * KIB;
    match bytes {
        ..KIB => format!("{bytes} B"),
        KIB..MIB => format!("{} KiB", bytes / KIB),
        _ => format!("{}.{} MiB", bytes / MIB, bytes % MIB * 10 / MIB),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_does_not_steer_the_terminal() {
        let reason = "refused \u{1b}[2J\u{9b}31m\u{7f}";
        let resource = Event::Resource {
            resource: "Stream".into(),
            kind: "Kinesis stream".into(),
            status: "CREATE_FAILED".into(),
            reason: Some(reason.into()),
            seconds: None,
        };
        let output =
            Event::Output { name: "Stream".into(), value: reason.into(), description: String::new() };
        for event in [resource, output, Event::Note { message: reason.into() }] {
            assert!(text(&event).ends_with("refused \u{fffd}[2J\u{fffd}31m\u{fffd}"), "{:?}", text(&event));
        }
    }
}
