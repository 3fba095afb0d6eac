//! The streams of a text: which there are, and what is known of their rows.

use std::collections::{HashMap, HashSet};

use super::super::data_type::DataType;
use super::super::epoch::EpochUnit;
use super::super::expr::Literal;
use super::super::name::{Meant, Name};
use super::super::parse::CreateStream;
use super::super::query::{Insert, Meaning, Role, Stream, StreamColumn, StreamId, TimeAttribute};
use super::super::{Input, Reference};
use super::input_name::InputName;
use super::scope::{either, quoted, same_but_case};
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::source::Span;

/// The input as Kinesis Data Analytics called it.
pub(super) const INPUT_NAME: &str = "SOURCE_SQL_STREAM_001";
/// The input as it may be called as well.
pub(super) const SHORT_NAME: &str = "STREAM";
/// What the printer calls the table of raw records.
pub(in super::super) const RECORDS_TABLE: &str = "pipec_records";
/// What the printer calls the table of their bytes.
pub(in super::super) const BYTES_TABLE: &str = "pipec_bytes";
/// What the names of streams that the user did not name begin with.
const ANONYMOUS: &str = "pipec_select_";

/// What the name of a stream that is read begins with, where an output has its own name.
pub(super) const READ: &str = "pipec_read_";

/// What is known of the rows of a stream.
#[derive(Clone, Debug, Default)]
pub(super) struct Flow {
    /// The times that they have.
    pub(super) times: Vec<TimeAttribute>,
    /// Whether they come out when a window closes.
    pub(super) windowed: bool,
    /// Whether something has been inserted.
    is_fed: bool,
}

/// The streams known so far; the input first.
#[derive(Debug)]
pub(super) struct Streams {
    /// What the input is called.
    pub(super) input: InputName,
    pub(super) all: Vec<Stream>,
    flows: Vec<Flow>,
    pub(super) ids: HashMap<String, StreamId>,
    /// Names of streams whose definition has a fault, which is reported there and not where they are read.
    pub(super) faulty: HashSet<String>,
    /// Names of streams that something goes into that has a fault: nothing is said of what reads them.
    pub(super) unread: HashSet<String>,
    /// The columns of streams that are NOT NULL.
    pub(super) required: HashMap<StreamId, Vec<usize>>,
    /// Streams that are not wanted.
    pub(super) left_out: HashSet<StreamId>,
    /// What fed the streams that are left out.
    pub(super) fed_by: HashMap<StreamId, Vec<StreamId>>,
    /// What goes into streams that the user did not name.
    pub(super) inserts: Vec<Insert>,
    references: Vec<Vec<Vec<Literal>>>,
    /// What the event time's column counts since 1970, unless it is a TIMESTAMP.
    pub(super) event_unit: Option<EpochUnit>,
}

impl Streams {
    pub(super) fn new(input: &Input, span: Span) -> Self {
        let columns = input.columns.iter().enumerate().map(|(at, column)| StreamColumn {
            name: column.name.clone(),
            data_type: column.data_type,
            meaning: match input.event_time {
                Some(event_time) if event_time.column == at => Meaning::EventTime,
                _ => Meaning::Value,
            },
            span: column.span,
        });
        let mut streams = Self {
            input: InputName::new(input.name),
            all: Vec::new(),
            flows: Vec::new(),
            ids: HashMap::new(),
            faulty: HashSet::new(),
            unread: HashSet::new(),
            required: HashMap::new(),
            left_out: HashSet::new(),
            fed_by: HashMap::new(),
            inserts: Vec::new(),
            references: Vec::new(),
            event_unit: input.event_time.and_then(|event_time| event_time.unit),
        };
        let id = streams.add(stream(INPUT_NAME.into(), columns.collect(), Role::Input, span));
        let flow = &mut streams.flows[id.0];
        flow.times = vec![TimeAttribute::Rowtime];
        flow.times.extend(input.event_time.map(|_| TimeAttribute::EventTime));
        streams.ids.insert(SHORT_NAME.into(), StreamId::INPUT);
        streams.ids.insert(SHORT_NAME.to_lowercase(), StreamId::INPUT);
        for reference in input.references.iter().filter(|reference| !is_own(&reference.name)) {
            streams.refer(reference);
        }
        streams
    }

    fn refer(&mut self, reference: &Reference) {
        let column = |(name, data_type, span): &(String, DataType, Span)| StreamColumn {
            name: name.clone(),
            data_type: *data_type,
            meaning: Meaning::Value,
            span: *span,
        };
        let columns = reference.columns.iter().map(column).collect();
        let role = Role::Reference(self.references.len());
        self.references.push(reference.rows.clone());
        self.add(stream(reference.name.clone(), columns, role, reference.span));
    }

    pub(super) fn add(&mut self, stream: Stream) -> StreamId {
        let id = StreamId(self.all.len());
        self.ids.insert(stream.name.clone(), id);
        self.all.push(stream);
        self.flows.push(Flow::default());
        id
    }

    /// Gives a stream another name, and tells which stream had it.
    pub(super) fn cover(&mut self, name: String, id: StreamId) -> Option<StreamId> {
        self.ids.insert(name, id)
    }

    /// Takes names away again that hid others, the newest first.
    pub(super) fn uncover(&mut self, hidden: Vec<(String, Option<StreamId>)>) {
        for (name, before) in hidden.into_iter().rev() {
            match before {
                Some(id) => self.ids.insert(name, id),
                None => self.ids.remove(&name),
            };
        }
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = StreamId> + use<> {
        (0..self.all.len()).map(StreamId)
    }

    /// Gives a stream another name for good.
    pub(super) fn rename(&mut self, id: StreamId, name: String) {
        self.all[id.0].name = name;
    }

    /// Marks streams that nothing goes into and nothing reads, and that are no output.
    pub(super) fn leave_out(&mut self, streams: Vec<StreamId>) {
        self.left_out.extend(streams);
    }

    /// A stream that the user did not name.
    pub(super) fn add_anonymous(&mut self, columns: Vec<StreamColumn>, span: Span) -> StreamId {
        let number = self.all.iter().filter(|stream| stream.name.starts_with(ANONYMOUS)).count() + 1;
        self.add(stream(format!("{ANONYMOUS}{number}"), columns, Role::Inner, span))
    }

    pub(super) fn flow(&self, id: StreamId) -> &Flow {
        &self.flows[id.0]
    }

    /// The rows of a reference table.
    pub(super) fn rows(&self, reference: usize) -> &[Vec<Literal>] {
        &self.references[reference]
    }

    pub(super) fn into_references(self) -> (Vec<Stream>, Vec<Vec<Vec<Literal>>>) {
        (self.all, self.references)
    }

    /// Notes what an insert brings: what all of a stream's inserts have in common is known of it.
    pub(super) fn feed(
        &mut self,
        id: StreamId,
        meanings: &[Meaning],
        times: &[TimeAttribute],
        windowed: bool,
    ) {
        let (flow, stream) = (&mut self.flows[id.0], &mut self.all[id.0]);
        if flow.is_fed {
            flow.times.retain(|time| times.contains(time));
            flow.windowed |= windowed;
            for (column, meaning) in stream.columns.iter_mut().zip(meanings) {
                if column.meaning != *meaning {
                    column.meaning = Meaning::Value;
                }
            }
        } else {
            *flow = Flow { times: times.to_vec(), windowed, is_fed: true };
            for (column, meaning) in stream.columns.iter_mut().zip(meanings) {
                column.meaning = *meaning;
            }
        }
    }

    pub(super) fn get(&self, id: StreamId) -> &Stream {
        &self.all[id.0]
    }

    /// The stream of a name, else the fault if it is a new one.
    pub(super) fn find(&self, name: &Name) -> Result<StreamId, Option<Diagnostic>> {
        if self.faulty.iter().chain(&self.unread).any(|faulty| name.means(faulty)) {
            return Err(None);
        }
        let known = self.known(name).map_err(Some)?;
        known.or_else(|| self.input.is(&name.text).then_some(StreamId::INPUT)).ok_or_else(|| {
            if name.text.eq_ignore_ascii_case("error_stream") {
                let help = "remove the query that reads it: a value that cannot be converted is NULL here, and its row is kept";
                return Some(super::super::refuse::refusal(name.span, "`error_stream`", help));
            }
            let names = self.all.iter().map(|stream| stream.name.as_str()).filter(|name| !is_generated(name));
            let help = match same_but_case(name, names.clone()) {
                Some(help) => help,
                None => match suggest::nearest(&name.text, names).filter(|_| !is_parallel(&name.text)) {
                    Some(near) => format!("did you mean {}?", quoted(near)),
                    None => match super::input_name::prefix(&name.text) {
                        Some((prefix, _)) => {
                            format!("if it is the input, write `name: {prefix}` in `records`; else create the stream")
                        }
                        None => format!(
                            "the input is named {}, or stream; declare a small table in analytics.reference_tables",
                            quoted(INPUT_NAME)
                        ),
                    },
                },
            };
            let message = format!("there is no stream `{}`", name.text);
            Some(Diagnostic::error(Code::UnknownTable, name.span, message, help))
        })
    }

    /// The stream that a name means, if there is one.
    pub(super) fn known(&self, name: &Name) -> Result<Option<StreamId>, Diagnostic> {
        let mut names: Vec<&str> = self.ids.keys().map(String::as_str).collect();
        names.sort_unstable();
        match name.among(names.iter().copied()) {
            Meant::One(at) => Ok(self.ids.get(names[at]).copied()),
            Meant::None => Ok(None),
            Meant::Either(a, b) if self.ids.get(a) == self.ids.get(b) => Ok(self.ids.get(a).copied()),
            Meant::Either(a, b) => Err(either(name, a, b)),
        }
    }

    /// Takes a declared stream in.
    pub(super) fn declare(&mut self, create: CreateStream, diagnostics: &mut Vec<Diagnostic>) {
        let CreateStream { name, columns, required } = create;
        if let Some(fault) = self.taken(&name) {
            diagnostics.push(fault);
            return;
        }
        let mut declared: Vec<StreamColumn> = Vec::new();
        for (column, data_type) in columns {
            if let Some(first) = declared.iter().find(|first| first.name == column.text) {
                let message = format!("`{}` has two columns named `{}`", name.text, column.text);
                let fault =
                    Diagnostic::error(Code::DuplicateName, column.span, message, "rename one of them");
                diagnostics.push(fault.related(first.span, "the first one"));
                continue;
            }
            // A type that cannot be read is an error already, and what goes into such a stream is not another.
            let data_type = data_type.unwrap_or_else(|| {
                self.faulty.insert(name.text.clone());
                DataType::Varchar(None)
            });
            declared.push(StreamColumn {
                name: column.text,
                data_type,
                meaning: Meaning::Value,
                span: column.span,
            });
        }
        let id = self.add(stream(name.text, declared, Role::Output, name.span));
        self.required.insert(id, required);
    }

    /// Why a new stream cannot have a name.
    fn taken(&self, name: &Name) -> Option<Diagnostic> {
        if is_generated(&name.text) {
            let message = format!("`{}` is a name that pipec uses itself", name.text);
            return Some(Diagnostic::error(Code::DuplicateName, name.span, message, "choose another name"));
        }
        let id = match self.ids.get(&name.text) {
            Some(id) => *id,
            None if self.input.is_named(&name.text) => StreamId::INPUT,
            None => return None,
        };
        Some(if let Role::Reference(_) = self.get(id).role {
            let message = format!("`{}` is the name of a reference table", name.text);
            Diagnostic::error(Code::DuplicateName, name.span, message, "choose another name")
                .related(self.get(id).span, "the table")
        } else if id == StreamId::INPUT {
            let message = format!("`{}` is the name of the input", name.text);
            Diagnostic::error(Code::DuplicateName, name.span, message, "choose another name")
        } else {
            let message = format!("there are two streams named `{}`", name.text);
            let help = "rename one of them; several pumps can insert into one stream";
            Diagnostic::error(Code::DuplicateName, name.span, message, help)
                .related(self.get(id).span, "the first one")
        })
    }
}

fn stream(name: String, columns: Vec<StreamColumn>, role: Role, span: Span) -> Stream {
    Stream { name, columns, role, carries: Vec::new(), span }
}

/// Whether a name is that of an input, `_001`, and not a misspelled one.
fn is_parallel(name: &str) -> bool {
    super::input_name::prefix(name).is_some()
}

/// Whether a name is one that the printer, or a SELECT without a name, may have.
pub(super) fn is_generated(name: &str) -> bool {
    [RECORDS_TABLE, BYTES_TABLE].contains(&name) || name.starts_with(ANONYMOUS) || name.starts_with(READ)
}

/// Whether a name is one that a table in addition to the input cannot have.
pub(super) fn is_own(name: &str) -> bool {
    name == INPUT_NAME || name.to_uppercase() == SHORT_NAME || is_generated(name)
}

/// An output of the user's.
pub(super) fn output(name: String, columns: Vec<StreamColumn>, span: Span) -> Stream {
    stream(name, columns, Role::Output, span)
}
