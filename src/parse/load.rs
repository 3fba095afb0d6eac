//! A file of the user's, read as text.

use std::path::Path;

use crate::diagnostics::{Code, Diagnostic};
use crate::source::{FileId, MAX_SOURCE_BYTES, Sources};
use crate::world::World;

/// Reads a file into `sources`.
///
/// # Errors
/// A diagnostic that lies in the file, which is empty where it could not be read.
pub fn load(world: &dyn World, path: &Path, sources: &mut Sources) -> Result<FileId, Box<Diagnostic>> {
    let shown = path.to_string_lossy().into_owned();
    let fault = |sources: &mut Sources, text: String, at: usize, code, message: String, help: String| {
        let id = sources.add(&shown, text);
        Box::new(Diagnostic::error(code, sources.file(id).span(at..at), message, help))
    };
    let too_large = |sources: &mut Sources, bytes: u64| {
        let message = format!("the file has {bytes} bytes; pipec reads {MAX_SOURCE_BYTES} at most");
        fault(sources, String::new(), 0, Code::FileTooLarge, message, "name the spec, not a data file".into())
    };
    let bytes = match world.size(path) {
        Ok(size) if size > MAX_SOURCE_BYTES as u64 => return Err(too_large(sources, size)),
        Ok(_) => world.read(path),
        Err(error) => Err(error),
    };
    let bytes = match bytes {
        Ok(bytes) if bytes.len() > MAX_SOURCE_BYTES => return Err(too_large(sources, bytes.len() as u64)),
        Ok(bytes) => bytes,
        Err(error) => {
            let message = format!("the file cannot be read: {}", reason(&error));
            let help = match error.kind() {
                std::io::ErrorKind::NotFound => "check the path; `pipec init` writes a new spec".into(),
                std::io::ErrorKind::IsADirectory => "name a file, as in `pipec check pipeline.yaml`".into(),
                _ => "make the file readable for you".to_owned(),
            };
            return Err(fault(sources, String::new(), 0, Code::UnreadableFile, message, help));
        }
    };
    match String::from_utf8(bytes) {
        // A byte order mark is no content; editors on Windows write it.
        Ok(text) => Ok(sources.add(&shown, text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let message = format!("the file is not UTF-8 text, from byte {at} on");
            Err(fault(sources, text, at, Code::NotUtf8, message, "save the file as UTF-8".into()))
        }
    }
}

/// Why the bytes of a file are not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It has so many bytes.
    TooLarge(u64),
    /// In the system's words.
    Failed(String),
}

/// Reads a file of at most `max` bytes.
///
/// # Errors
/// When it is larger, or cannot be read.
pub fn load_bytes(world: &dyn World, path: &Path, max: u64) -> Result<Vec<u8>, Unread> {
    let failed = |error: std::io::Error| Unread::Failed(reason(&error));
    let size = world.size(path).map_err(failed)?;
    if size > max {
        return Err(Unread::TooLarge(size));
    }
    let bytes = world.read(path).map_err(failed)?;
    // It may have grown meanwhile.
    if bytes.len() as u64 > max { Err(Unread::TooLarge(bytes.len() as u64)) } else { Ok(bytes) }
}

/// The system's words without the error number.
fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".into(),
        std::io::ErrorKind::PermissionDenied => "permission denied".into(),
        std::io::ErrorKind::IsADirectory => "it is a folder".into(),
        kind => kind.to_string(),
    }
}
