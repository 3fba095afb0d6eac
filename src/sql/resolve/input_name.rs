//! What the input is called: `NAME_001` after the prefix that Kinesis Data Analytics gave its in-application streams,
//! and `NAME_002` and on where it read the records in several.

use std::collections::{BTreeSet, HashSet};

use super::super::name::Name;
use super::super::parse::InsertInto;
use super::super::refuse::refusal;
use crate::diagnostics::{Code, Diagnostic};

/// The prefix that the console of Kinesis Data Analytics gave.
const PREFIX: &str = "SOURCE_SQL_STREAM";

/// What the input may be called, in addition to its short name.
#[derive(Debug)]
pub(super) struct InputName {
    own: Option<String>,
}

impl InputName {
    pub(super) fn new(own: Option<&str>) -> Self {
        Self { own: own.map(str::to_owned) }
    }

    /// Whether a name is the input's: a prefix, alone or with a number after it.
    pub(super) fn is(&self, name: &str) -> bool {
        prefix(name).is_some_and(|(prefix, _)| prefix == PREFIX) || self.is_named(name)
    }

    /// Whether it is that of the spec.
    pub(super) fn is_named(&self, name: &str) -> bool {
        let own = self.own.as_deref();
        let is_own = |own: &str| {
            own.eq_ignore_ascii_case(name)
                || prefix(name).is_some_and(|(prefix, _)| prefix.eq_ignore_ascii_case(own))
        };
        own.is_some_and(is_own)
    }

    /// The number of a name of the input.
    pub(super) fn number(&self, name: &str) -> Option<u16> {
        prefix(name).filter(|_| self.is(name)).map(|(_, number)| number)
    }
}

/// The prefix and the number of a name such as `TILL_001`.
pub(super) fn prefix(name: &str) -> Option<(&str, u16)> {
    let (prefix, number) = name.rsplit_once('_')?;
    let is_number = number.len() == 3 && number.bytes().all(|byte| byte.is_ascii_digit());
    let number = number.parse().ok().filter(|number| is_number && *number > 0)?;
    (!prefix.is_empty()).then_some((prefix, number))
}

/// Leaves out what reads a part of the input that has no records: all of them come in the part of the lowest number.
/// Gives the places of these, and the names of streams that nothing is left to go into.
pub(super) fn leave_out_empty_parts(
    inserts: &[Box<InsertInto>],
    input: &InputName,
    diagnostics: &mut Vec<Diagnostic>,
) -> (HashSet<usize>, BTreeSet<String>) {
    let reads = || inserts.iter().flat_map(|insert| &insert.reads);
    let numbers = || reads().filter_map(|read| input.number(&read.text));
    let Some(least) = numbers().min().filter(|least| numbers().any(|number| number > *least)) else {
        return (HashSet::new(), BTreeSet::new());
    };
    let part = reads().find(|read| input.number(&read.text) == Some(least));
    let part = part.map(|part| part.text.clone()).unwrap_or_default();
    let mut empty: BTreeSet<String> = BTreeSet::new();
    let is_empty = |empty: &BTreeSet<String>, read: &Name| {
        empty.contains(&read.text) || input.number(&read.text).is_some_and(|number| number > least)
    };
    let targets: BTreeSet<String> =
        inserts.iter().filter_map(|insert| Some(insert.into.as_ref()?.text.clone())).collect();
    let is_known = |read: &&Name| input.is(&read.text) || targets.contains(&read.text);
    let mut out: HashSet<usize> = HashSet::new();
    loop {
        let before = out.len();
        for (at, insert) in inserts.iter().enumerate() {
            let mut reads = insert.reads.iter().filter(is_known).peekable();
            if reads.peek().is_some() && reads.all(|read| is_empty(&empty, read)) {
                out.insert(at);
            }
        }
        for target in &targets {
            let mut feeds = inserts
                .iter()
                .enumerate()
                .filter(|(_, insert)| insert.into.as_ref().is_some_and(|into| into.text == *target));
            if feeds.all(|(at, _)| out.contains(&at)) {
                empty.insert(target.clone());
            }
        }
        if out.len() == before {
            break;
        }
    }
    for (at, insert) in inserts.iter().enumerate() {
        let Some(read) = insert.reads.iter().find(|read| is_empty(&empty, read)) else { continue };
        let read = &read.text;
        let span = insert.pump.as_ref().map_or(insert.select_span, |pump| pump.span);
        if out.contains(&at) {
            let message = format!("this is left out, since `{read}` is empty: all records are in `{part}`");
            let help = "no action is needed; the parts that Kinesis Data Analytics read in parallel are one stream here";
            diagnostics.push(Diagnostic::warning(Code::ApproximateSql, span, message, help));
        } else {
            let help = format!("read `{part}` alone: all records are in it");
            diagnostics.push(refusal(
                span,
                &format!("`{read}` together with another part of the input"),
                &help,
            ));
        }
    }
    (out, empty)
}

#[cfg(test)]
mod tests {
    use super::{InputName, prefix};

    #[test]
    fn names_of_the_input_have_a_number() {
        assert_eq!(prefix("TILL_001"), Some(("TILL", 1)));
        assert_eq!(prefix("a_b_012"), Some(("a_b", 12)));
        for name in ["TILL", "TILL_1", "TILL_0001", "_001", "TILL_000", "TILL_0x1"] {
            assert_eq!(prefix(name), None, "{name}");
        }
        let input = InputName::new(Some("TILL"));
        assert!(["TILL", "TILL_001", "TILL_002", "SOURCE_SQL_STREAM_001"].iter().all(|name| input.is(name)));
        assert!(input.is("till_001") && !input.is("TILLS_001") && !InputName::new(None).is("TILL_001"));
    }
}
