//! Files that a user wrote, and places in them.
//!
//! Invariant: a [`Span`] always lies in a file of the [`Sources`] it was made for, on character boundaries.

use std::ops::Range;

use crate::terminal::printable;

/// Names a file of one [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

impl FileId {
    /// Its place in [`Sources::files`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A range of bytes in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file that the bytes lie in.
    pub file: FileId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte; equal to `start` for a place between two characters.
    pub end: u32,
}

impl Span {
    /// The span as a range of byte offsets.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A line and a column, both counted from 1; the column counts characters, not bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// One file: its path as the user knows it, and its text.
#[derive(Debug)]
pub struct SourceFile {
    id: FileId,
    path: String,
    text: String,
    line_starts: Vec<usize>,
}

impl SourceFile {
    /// The name by which spans refer to this file.
    pub fn id(&self) -> FileId {
        self.id
    }

    /// The path as it was given, with control characters replaced.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The span of a range of bytes, moved onto character boundaries and into the file if it is not there.
    pub fn span(&self, range: Range<usize>) -> Span {
        let end = self.text.ceil_char_boundary(range.end.min(self.text.len()));
        let start = self.text.floor_char_boundary(range.start.min(end));
        Span { file: self.id, start: offset(start), end: offset(end) }
    }

    /// The span of the whole file's first line, for what concerns the file as such.
    pub fn first_line(&self) -> Span {
        self.span(0..self.text.find('\n').unwrap_or(self.text.len()))
    }

    /// Where a byte lies.
    pub fn position(&self, byte: usize) -> Position {
        let line = self.line_starts.partition_point(|&start| start <= byte);
        let start = self.line_starts[line - 1];
        let column = self.text.get(start..byte).map_or(0, |text| text.chars().count());
        Position { line, column: column + 1 }
    }

    /// Offset of the first byte of a line (from 1); the end of the text when there are fewer lines.
    pub fn line_start(&self, line: usize) -> usize {
        self.line_starts.get(line - 1).copied().unwrap_or(self.text.len())
    }
}

/// Offsets fit 32 bits since no source may be larger than [`MAX_SOURCE_BYTES`].
fn offset(byte: usize) -> u32 {
    u32::try_from(byte).unwrap_or(u32::MAX)
}

/// The largest file that is read as a source, in bytes. A spec is a few KiB; the bound keeps a wrong path (a
/// data file, say) from costing time and memory.
pub const MAX_SOURCE_BYTES: usize = 1 << 20;

/// All files of one compilation.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// Takes a file in; one that is there already, as several environments read it, only once.
    pub fn add(&mut self, path: &str, text: String) -> FileId {
        let path = printable(path).replace(['\n', '\t'], "\u{fffd}");
        if let Some(there) = self.files.iter().find(|file| file.path == path && file.text == text) {
            return there.id;
        }
        let id = FileId(offset(self.files.len()));
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        self.files.push(SourceFile { id, path, text, line_starts });
        id
    }

    /// Paths of all files, as they are shown.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|file| file.path.as_str())
    }

    /// All files, in the order of their ids.
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// The file of an id that this table gave out.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.index()]
    }

    /// Where a span starts and ends.
    pub fn positions(&self, span: Span) -> (Position, Position) {
        let file = self.file(span.file);
        (file.position(span.start as usize), file.position(span.end as usize))
    }
}

/// A text that lies in a file, perhaps indented there (a block scalar of a YAML file), with the way back from its
/// own offsets to those of the file.
#[derive(Clone, Debug)]
pub struct Excerpt {
    text: String,
    whole: Span,
    /// (offset in `text`, offset in the file) of each piece that is copied verbatim, in order; empty when the text
    /// is not a verbatim copy (an escaped string), and then every place is the whole.
    pieces: Vec<(usize, usize)>,
}

impl Excerpt {
    /// A whole file as a text.
    pub fn file(file: &SourceFile) -> Self {
        Self { text: file.text.clone(), whole: file.span(0..file.text.len()), pieces: vec![(0, 0)] }
    }

    /// A text whose pieces are copied from the span `whole`.
    pub fn pieces(text: String, whole: Span, pieces: Vec<(usize, usize)>) -> Self {
        Self { text, whole, pieces }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The span of the whole text in its file.
    pub fn whole(&self) -> Span {
        self.whole
    }

    /// The span, in the file, of a range of the text.
    pub fn span(&self, range: Range<usize>) -> Span {
        match (self.locate(range.start), range.end.checked_sub(1).and_then(|last| self.locate(last))) {
            (Some(start), Some(last)) if range.end > range.start => {
                Span { file: self.whole.file, start: offset(start), end: offset(last + 1).max(offset(start)) }
            }
            (Some(start), _) => Span { file: self.whole.file, start: offset(start), end: offset(start) },
            _ => self.whole,
        }
    }

    fn locate(&self, at: usize) -> Option<usize> {
        let piece = self.pieces.partition_point(|&(start, _)| start <= at).checked_sub(1)?;
        let (start, in_file) = self.pieces[piece];
        Some(in_file + (at - start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_from_one() {
        let mut sources = Sources::default();
        let id = sources.add("a.yaml", "é: 1\nb: 2\n".into());
        let file = sources.file(id);
        assert_eq!(file.position(0), Position { line: 1, column: 1 });
        assert_eq!(file.position(2), Position { line: 1, column: 2 });
        assert_eq!(file.position(6), Position { line: 2, column: 1 });
        assert_eq!(file.span(1..2).range(), 0..2, "a span never cuts a character");
        assert_eq!(file.span(50..90).range(), 11..11);
    }

    #[test]
    fn an_excerpt_leads_back_to_its_file() {
        let mut sources = Sources::default();
        let id = sources.add("a.yaml", "sql: |\n  one\n  two\n".into());
        let whole = sources.file(id).span(5..19);
        let text = Excerpt::pieces("one\ntwo\n".into(), whole, vec![(0, 9), (4, 15)]);
        assert_eq!(text.span(4..7).range(), 15..18);
        assert_eq!(text.span(1..6).range(), 10..17);
        assert_eq!(Excerpt::pieces("x".into(), whole, vec![]).span(0..1), whole);
    }
}
