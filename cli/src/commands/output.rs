//! What the verbs share: printing, exit codes, several specs at once, files that are whole or not there.

use std::borrow::Cow;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use clap::ValueEnum;
use tempfile::TempDir;

use crate::cloud::interrupt::EXIT_CODE;
use pipec_compiler::diagnostics::format::Findings;
use pipec_compiler::diagnostics::{self, Diagnostic, Format, Severity};
use pipec_compiler::source::Sources;
use pipec_compiler::terminal::printable;

/// How the findings of specs are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum FindingsFormat {
    /// People: source lines with a caret.
    #[default]
    Text,
    /// Programs: an array of objects.
    Json,
    /// Code scanning services: SARIF 2.1.0.
    Sarif,
    /// GitHub Actions: workflow commands that become annotations.
    Github,
}

impl From<FindingsFormat> for Format {
    fn from(format: FindingsFormat) -> Self {
        match format {
            FindingsFormat::Text => Self::Text,
            FindingsFormat::Json => Self::Json,
            FindingsFormat::Sarif => Self::Sarif,
            FindingsFormat::Github => Self::Github,
        }
    }
}

/// Why a command ends without success. The codes are a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// The spec has errors.
    Spec,
    /// The command was called wrongly, or the machine refused.
    Usage,
    /// AWS said no.
    Aws,
    /// The output is not what the spec gives.
    Stale,
    /// The user pressed Ctrl-C.
    Interrupted,
    /// The reader of the output went away.
    Closed,
}

impl Exit {
    pub(super) fn code(self) -> u8 {
        match self {
            Self::Spec => 1,
            Self::Usage => 2,
            Self::Aws => 3,
            Self::Stale => 4,
            Self::Interrupted => EXIT_CODE,
            Self::Closed => 0,
        }
    }

    /// Says what is wrong with the call.
    pub(super) fn usage(problem: &str) -> Self {
        note(&format!("error: {}", printable(problem)));
        Self::Usage
    }
}

/// A result, to stdout.
pub(super) fn print(text: &str) -> Result<(), Exit> {
    match anstream::stdout().write_all(text.as_bytes()) {
        Ok(()) => Ok(()),
        // `pipec plan | head` is no error.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Exit::Closed),
        Err(error) => Err(Exit::usage(&format!("the output cannot be written: {error}"))),
    }
}

/// A line for people, to stderr. Nothing can be done where that fails.
pub(super) fn note(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// Prints findings where they belong: text for people to stderr, the rest to stdout.
pub(super) fn report(found: &[(Sources, Vec<Diagnostic>)], format: Format) -> Result<(), Exit> {
    if format == Format::Text {
        // A finding's lines stand for themselves, so that many specs can be told on all processors.
        let texts =
            parallel(found, |(sources, diagnostics)| format.render(&[Findings { sources, diagnostics }]));
        let _ = anstream::stderr().write_all(texts.concat().as_bytes());
        return Ok(());
    }
    let findings: Vec<Findings> =
        found.iter().map(|(sources, diagnostics)| Findings { sources, diagnostics }).collect();
    let text = format.render(&findings);
    match print(&text) {
        // Who reads the findings may stop early; whether there are errors is still to be told.
        Err(Exit::Closed) => Ok(()),
        result => result,
    }
}

/// "2 errors, 1 warning", or nothing.
pub(super) fn tally(found: &[(Sources, Vec<Diagnostic>)]) -> String {
    let count = |severity| {
        found.iter().flat_map(|(_, diagnostics)| diagnostics).filter(|one| one.severity == severity).count()
    };
    [
        counted(count(Severity::Error), "error", "errors"),
        counted(count(Severity::Warning), "warning", "warnings"),
        counted(count(Severity::Advice), "advice", "pieces of advice"),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(", ")
}

/// "3 shards", "1 shard", or nothing for none.
pub(super) fn counted(count: usize, one: &str, many: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{count} {many}")),
    }
}

/// The day by the clock in UTC, as `2026-11-30`.
pub(super) fn today() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let millis = i64::try_from(now.as_millis()).unwrap_or(i64::MAX);
    pipec_core::timestamp_text(millis).chars().take(10).collect()
}

/// Whether any spec has an error.
pub(super) fn any_errors(found: &[(Sources, Vec<Diagnostic>)]) -> bool {
    found.iter().any(|(_, diagnostics)| diagnostics::has_errors(diagnostics))
}

/// Does the same to every item on all processors; the results keep the items' order.
pub(super) fn parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let workers = thread::available_parallelism().map_or(1, usize::from).min(items.len());
    if workers < 2 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::with_capacity(items.len()));
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { break };
                    let result = work(item);
                    if let Ok(mut results) = results.lock() {
                        results.push((index, result));
                    }
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_default();
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Files that are written but not yet in their places. What is not placed goes when this does.
pub(super) struct Stage {
    folder: TempDir,
    next: AtomicUsize,
}

/// A file on the stage, or one that goes.
pub(super) struct Staged {
    from: Option<PathBuf>,
    to: PathBuf,
}

impl Stage {
    /// A stage on the same file system as the output, so that placing a file is renaming it.
    pub(super) fn new(out: &Path) -> Result<Self, Exit> {
        fs::create_dir_all(out).map_err(|error| refused(out, &error))?;
        let folder = tempfile::Builder::new().prefix(".pipec-").tempdir_in(out);
        Ok(Self { folder: folder.map_err(|error| refused(out, &error))?, next: AtomicUsize::new(0) })
    }

    /// Stages a file; `None` where it is in its place already.
    pub(super) fn file(&self, to: PathBuf, content: &[u8]) -> Result<Option<Staged>, Exit> {
        if fs::read(&to).is_ok_and(|there| there == content) {
            return Ok(None);
        }
        let from = self.folder.path().join(self.next.fetch_add(1, Ordering::Relaxed).to_string());
        fs::write(&from, content).map_err(|error| refused(&to, &error))?;
        Ok(Some(Staged { from: Some(from), to }))
    }
}

impl Staged {
    /// A file that an earlier build wrote and this one does not.
    pub(super) fn removal(to: PathBuf) -> Self {
        Self { from: None, to }
    }

    /// Moves the file to its place, or removes it.
    pub(super) fn place(&self) -> Result<(), Exit> {
        let done = match &self.from {
            None => fs::remove_file(&self.to),
            Some(from) => fs::rename(from, &self.to).or_else(|_| {
                fs::create_dir_all(self.to.parent().unwrap_or(Path::new(".")))?;
                fs::rename(from, &self.to)
            }),
        };
        done.map_err(|error| refused(&self.to, &error))
    }
}

fn refused(path: &Path, error: &io::Error) -> Exit {
    Exit::usage(&format!("`{}` cannot be written: {error}", shown(path)))
}

/// Writes a file that is whole or not there. An existing one keeps its links and permissions.
pub(super) fn write(path: &Path, content: &[u8]) -> Result<(), Exit> {
    let real = fs::canonicalize(path);
    let path = real.as_deref().unwrap_or(path);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match Stage::new(folder)?.file(path.to_owned(), content)? {
        Some(staged) => {
            if let (Some(from), Ok(there)) = (&staged.from, fs::metadata(path)) {
                fs::set_permissions(from, there.permissions()).map_err(|error| refused(path, &error))?;
            }
            staged.place()
        }
        None => Ok(()),
    }
}

/// A path as an argument of a command to type.
pub(super) fn typed(path: &Path) -> String {
    let shown = shown(path);
    // Only a null character cannot be quoted, and no path has one.
    shlex::try_quote(&shown).map_or(shown.clone(), Cow::into_owned)
}

/// A path for people, with forward slashes.
pub(super) fn shown(path: &Path) -> String {
    path.display().to_string().replace('\\', "/")
}
