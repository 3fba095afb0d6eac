//! What the verbs share: printing, exit codes, several specs at once, files that are whole or not there.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::diagnostics::format::Findings;
use crate::diagnostics::{self, Diagnostic, Format, Severity};
use crate::source::Sources;

/// Why a command ends without success. The codes are a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// The spec has errors.
    Spec,
    /// The command was called wrongly, or the machine refused.
    Usage,
    /// The output is not what the spec gives.
    Stale,
    /// The reader of the output went away.
    Closed,
}

impl Exit {
    pub(super) fn code(self) -> u8 {
        match self {
            Self::Spec => 1,
            Self::Usage => 2,
            Self::Stale => 4,
            Self::Closed => 0,
        }
    }

    /// Says what is wrong with the call.
    pub(super) fn usage(problem: &str) -> Self {
        note(&format!("error: {problem}"));
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
    let findings: Vec<Findings> =
        found.iter().map(|(sources, diagnostics)| Findings { sources, diagnostics }).collect();
    let text = format.render(&findings);
    if format == Format::Text {
        let _ = anstream::stderr().write_all(text.as_bytes());
        return Ok(());
    }
    print(&text)
}

/// "2 errors, 1 warning", or nothing.
pub(super) fn tally(found: &[(Sources, Vec<Diagnostic>)]) -> String {
    let count = |severity| {
        found.iter().flat_map(|(_, diagnostics)| diagnostics).filter(|one| one.severity == severity).count()
    };
    let counted = |count: usize, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{count} {many}")),
    };
    [
        counted(count(Severity::Error), "error", "errors"),
        counted(count(Severity::Warning), "warning", "warnings"),
        counted(count(Severity::Advice), "advice", "advices"),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(", ")
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

/// Writes a file that is whole or not there: to a temporary file beside it, then by renaming. `false` where the file
/// was the same already.
pub(super) fn write(path: &Path, content: &[u8]) -> Result<bool, Exit> {
    let refused =
        |error: &io::Error| Exit::usage(&format!("`{}` cannot be written: {error}", path.display()));
    if fs::read(path).is_ok_and(|there| there == content) {
        return Ok(false);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| refused(&error))?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".pipec-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o644));
    }
    let mut file = builder.tempfile_in(folder).map_err(|error| refused(&error))?;
    file.write_all(content).map_err(|error| refused(&error))?;
    file.persist(path).map_err(|error| refused(&error.error))?;
    Ok(true)
}

/// A path for people, with forward slashes.
pub(super) fn shown(path: &Path) -> String {
    path.display().to_string().replace('\\', "/")
}
