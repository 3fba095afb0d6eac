//! A line of fields, taken apart as the reader that Flink uses (Jackson) does it, so that both runtimes take and refuse
//! the same records.

use std::borrow::Cow;

/// What is no line of so many fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

type Result<T> = std::result::Result<T, Malformed>;

/// Reads the fields of a record's first line, in the order of the columns; what is missing at its end stays `None`. The
/// result is whether lines follow that are not blank, which nothing reads.
///
/// A field in double quotes may hold delimiters, line breaks, and quotes that are written twice. Behind the last column
/// one more field is let pass that is blank. An empty record is malformed, and an empty line is one empty field.
pub(crate) fn read<'a>(
    record: &'a [u8],
    delimiter: char,
    found: &mut [Option<Cow<'a, str>>],
) -> Result<bool> {
    let text = str::from_utf8(record).map_err(|_| Malformed)?;
    if text.is_empty() {
        return Err(Malformed);
    }
    // A mark of the byte order, which Jackson looks for in records of at least four bytes.
    let text = text.strip_prefix('\u{feff}').filter(|rest| !rest.is_empty()).unwrap_or(text);
    let mut line = Line { rest: Some(text), behind: "", delimiter };
    for column in found {
        match line.field()? {
            None => return Ok(line.has_more()),
            field => *column = field,
        }
    }
    match line.field()? {
        None => Ok(line.has_more()),
        Some(more) if more.chars().all(|c| c <= ' ') && line.field()?.is_none() => Ok(line.has_more()),
        Some(_) => Err(Malformed),
    }
}

struct Line<'a> {
    /// What is left, `None` behind the last field.
    rest: Option<&'a str>,
    /// What follows the line, once its last field is read.
    behind: &'a str,
    delimiter: char,
}

impl<'a> Line<'a> {
    /// Whether lines other than blank ones follow this one.
    fn has_more(&self) -> bool {
        self.behind.chars().any(|c| c > ' ')
    }

    /// Continues after a field.
    fn leave(&mut self, behind: &'a str) {
        self.rest = behind.strip_prefix(self.delimiter);
        if self.rest.is_none() {
            self.behind = behind;
        }
    }

    fn field(&mut self) -> Result<Option<Cow<'a, str>>> {
        let Some(text) = self.rest else { return Ok(None) };
        if let Some(quoted) = text.strip_prefix('"') {
            return self.quoted(quoted).map(Some);
        }
        let end = text.find([self.delimiter, '\n', '\r']);
        let (field, behind) = end.map_or((text, ""), |end| text.split_at(end));
        self.leave(behind);
        Ok(Some(field.into()))
    }

    /// A field whose first quote is read. Blanks may stand between its last one and the delimiter.
    fn quoted(&mut self, text: &'a str) -> Result<Cow<'a, str>> {
        let mut field = Cow::Borrowed("");
        let mut rest = text;
        loop {
            let (part, behind) = rest.split_once('"').ok_or(Malformed)?;
            if field.is_empty() {
                field = part.into();
            } else {
                field.to_mut().push_str(part);
            }
            rest = behind;
            match rest.strip_prefix('"') {
                Some(behind) => {
                    field.to_mut().push('"');
                    rest = behind;
                }
                None => break,
            }
        }
        let end = rest.find(|c| c == self.delimiter || c > ' ' || matches!(c, '\n' | '\r'));
        let behind = end.map_or("", |end| &rest[end..]);
        self.leave(behind);
        if self.rest.is_some() || behind.is_empty() || behind.starts_with(['\n', '\r']) {
            Ok(field)
        } else {
            Err(Malformed)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Three fields, or none where the record is malformed.
    fn fields(record: &[u8]) -> Option<Vec<Option<String>>> {
        let mut found = vec![None; 3];
        read(record, '|', &mut found).ok()?;
        Some(found.into_iter().map(|field| field.map(Cow::into_owned)).collect())
    }

    /// What is expected here is what Flink 2.2.1 made of the same bytes.
    #[test]
    fn lines_are_read_as_flink_reads_them() {
        for (record, expected) in [
            ("a|b|c", [Some("a"), Some("b"), Some("c")]),
            ("a|b", [Some("a"), Some("b"), None]),
            ("a|b|", [Some("a"), Some("b"), Some("")]),
            ("a||c", [Some("a"), Some(""), Some("c")]),
            ("|||", [Some(""), Some(""), Some("")]),
            ("a|b|c|  ", [Some("a"), Some("b"), Some("c")]),
            ("a|b|c|\" \"\nx", [Some("a"), Some("b"), Some("c")]),
            ("a|b\nd|e|f", [Some("a"), Some("b"), None]),
            ("a\rb|c", [Some("a"), None, None]),
            ("\r\na|b|c", [Some(""), None, None]),
            ("   ", [Some("   "), None, None]),
            ("\"a\"\"x\"|b|c", [Some("a\"x"), Some("b"), Some("c")]),
            ("\"\"\"\"|\"\"\"b\"\"\"|\"\"", [Some("\""), Some("\"b\""), Some("")]),
            ("\"a|b\"| b |c ", [Some("a|b"), Some(" b "), Some("c ")]),
            ("\"a\" \t|b|c", [Some("a"), Some("b"), Some("c")]),
            ("\"a\r\nb\"|b|\"c\"\r\n", [Some("a\r\nb"), Some("b"), Some("c")]),
            (" \"a\"|b\"q\"|c", [Some(" \"a\""), Some("b\"q\""), Some("c")]),
            ("a|b|c\n\"x", [Some("a"), Some("b"), Some("c")]),
            ("a\\|#b|null", [Some("a\\"), Some("#b"), Some("null")]),
            ("\u{feff}a|b|c", [Some("a"), Some("b"), Some("c")]),
            ("\u{feff}", [Some("\u{feff}"), None, None]),
        ] {
            let expected = expected.map(|field| field.map(String::from)).to_vec();
            assert_eq!(fields(record.as_bytes()), Some(expected), "{record:?}");
        }
        for record in
            ["", "a|b|c|d", "a|b|c||", "a|b|c| \t|", "a|b|c|\"\"|", "\"a\"x|b|c", "a|\"b", "a|b|c|\u{a0}"]
        {
            assert_eq!(fields(record.as_bytes()), None, "{record:?}");
        }
        assert_eq!(fields(b"a|\xff"), None);
    }

    #[test]
    fn lines_behind_the_first_are_noticed() {
        for (record, more) in [
            ("a|b\nc|d", true),
            ("a|b|c\r\nd", true),
            ("a|b|c| \n\"", true),
            ("a|b\r\n", false),
            ("a|b|c\n \t\r\n\n", false),
            ("\"a\nb\"|c", false),
            ("\"a\" \nb", true),
            ("a", false),
        ] {
            assert_eq!(read(record.as_bytes(), '|', &mut [const { None }; 3]), Ok(more), "{record:?}");
        }
    }

    #[test]
    fn a_blank_may_part_fields() {
        let mut found = vec![None; 3];
        assert_eq!(read(b"\"a b\" c ", ' ', &mut found), Ok(false));
        assert_eq!(found, [Some("a b".into()), Some("c".into()), Some("".into())]);
    }

    proptest! {
        #[test]
        fn any_bytes_have_an_end(record in prop::collection::vec(any::<u8>(), 0..60), delimiter: char) {
            let _ = read(&record, delimiter, &mut [const { None }; 3]);
        }

        /// Quoted as RFC 4180 says, every text comes back.
        #[test]
        fn quoted_fields_come_back(texts in prop::collection::vec("(?s)[a\"|\r\n é]{0,6}", 3)) {
            let quoted = |text: &String| format!("\"{}\"", text.replace('"', "\"\""));
            let record = texts.iter().map(quoted).collect::<Vec<_>>().join("|");
            prop_assert_eq!(fields(record.as_bytes()), Some(texts.into_iter().map(Some).collect()));
        }
    }
}
