//! The streams of a text: which there are, who feeds them, and which leave it.

use std::collections::{HashMap, HashSet};

use super::super::data_type::DataType;
use super::super::parse::{CreateStream, InsertInto, Name, Statement};
use super::super::query::{Column, FromClause, Insert, Query, Role, Select, Stream, StreamColumn, StreamId};
use super::super::scan::Text;
use super::expr::Resolver;
use super::scope::{Scope, quoted, same_but_case};
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::source::Span;

/// The input as the old service called it.
pub(super) const INPUT_NAME: &str = "SOURCE_SQL_STREAM_001";
/// The input as it may be called as well.
pub(super) const SHORT_NAME: &str = "STREAM";
/// What a SELECT without INSERT writes to.
const BARE_OUTPUT: &str = "OUTPUT";
/// What the printer calls the table of raw records.
pub(in super::super) const RECORDS_TABLE: &str = "pipec_records";

/// The streams known so far; the input first.
#[derive(Debug)]
pub(super) struct Streams {
    all: Vec<Stream>,
    ids: HashMap<String, StreamId>,
    /// Names of streams whose definition has a fault, which is reported there and not where they are read.
    faulty: HashSet<String>,
}

impl Streams {
    fn new(input: &[Column], span: Span) -> Self {
        let columns = input
            .iter()
            .map(|column| StreamColumn {
                name: column.name.clone(),
                data_type: column.data_type,
                span: column.span,
            })
            .collect();
        let mut streams = Self { all: Vec::new(), ids: HashMap::new(), faulty: HashSet::new() };
        streams.add(Stream { name: INPUT_NAME.into(), columns, role: Role::Input, span });
        streams.ids.insert(SHORT_NAME.into(), StreamId::INPUT);
        streams.ids.insert(SHORT_NAME.to_lowercase(), StreamId::INPUT);
        streams
    }

    fn add(&mut self, stream: Stream) -> StreamId {
        let id = StreamId(self.all.len());
        self.ids.insert(stream.name.clone(), id);
        self.all.push(stream);
        id
    }

    pub(super) fn get(&self, id: StreamId) -> &Stream {
        &self.all[id.0]
    }

    /// The stream of a name, else the fault if it is a new one.
    pub(super) fn find(&self, name: &Name) -> Result<StreamId, Option<Diagnostic>> {
        if self.faulty.contains(&name.text) {
            return Err(None);
        }
        self.ids.get(&name.text).copied().ok_or_else(|| {
            let names = self.all.iter().map(|stream| stream.name.as_str());
            let help = match same_but_case(name, names.clone()) {
                Some(help) => help,
                None => match suggest::nearest(&name.text, names) {
                    Some(near) => format!("did you mean {}?", quoted(near)),
                    None => format!("the input is called {}, or stream", quoted(INPUT_NAME)),
                },
            };
            let message = format!("there is no stream `{}`", name.text);
            Some(Diagnostic::error(Code::UnknownTable, name.span, message, help))
        })
    }

    /// Takes a declared stream in.
    fn declare(&mut self, create: CreateStream, diagnostics: &mut Vec<Diagnostic>) {
        let CreateStream { name, columns } = create;
        if let Some(fault) = self.taken(&name) {
            diagnostics.push(fault);
            return;
        }
        let mut declared: Vec<StreamColumn> = Vec::new();
        for (column, data_type) in columns {
            if let Some(first) = declared.iter().find(|first| first.name == column.text) {
                let message = format!("`{}` has two columns `{}`", name.text, column.text);
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
            declared.push(StreamColumn { name: column.text, data_type, span: column.span });
        }
        self.add(Stream { name: name.text, columns: declared, role: Role::Output, span: name.span });
    }

    /// Why a new stream cannot have a name.
    fn taken(&self, name: &Name) -> Option<Diagnostic> {
        if name.text == RECORDS_TABLE {
            let message = format!("`{RECORDS_TABLE}` is the name of a table that is generated");
            return Some(Diagnostic::error(Code::DuplicateName, name.span, message, "choose another name"));
        }
        let id = *self.ids.get(&name.text)?;
        Some(if id == StreamId::INPUT {
            let message = format!("`{}` is the name of the input", name.text);
            Diagnostic::error(Code::DuplicateName, name.span, message, "choose another name")
        } else {
            let message = format!("there are two streams `{}`", name.text);
            let help = "rename one of them; several pumps can insert into one stream";
            Diagnostic::error(Code::DuplicateName, name.span, message, help)
                .related(self.get(id).span, "the first one")
        })
    }
}

/// The typed query, if nothing is wrong.
pub(in super::super) fn resolve(
    statements: Vec<Statement>,
    input: &[Column],
    text: &Text,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Query> {
    super::input::check(input, diagnostics);
    let mut streams = Streams::new(input, text.whole());
    let mut inserts = Vec::new();
    let mut incomplete = false;
    for statement in statements {
        match statement {
            Statement::CreateStream(create) => streams.declare(create, diagnostics),
            Statement::Insert(insert) => inserts.push(insert),
        }
    }
    same_pumps(&inserts, diagnostics);
    let mut resolved = Vec::new();
    for insert in &inserts {
        match resolve_insert(insert, &mut streams, text, diagnostics) {
            Some(insert) => resolved.push(insert),
            None => {
                incomplete = true;
                let undeclared = insert.into.iter().filter(|into| !streams.ids.contains_key(&into.text));
                let names: Vec<String> = undeclared.map(|into| into.text.clone()).collect();
                streams.faulty.extend(names);
            }
        }
    }
    if input.is_empty() {
        let message = "the input has no columns";
        let help =
            "name them in the spec, below records.columns: first: {type: VARCHAR(16), path: $.name.first}";
        diagnostics.push(Diagnostic::error(Code::RecordsMissing, text.whole(), message, help));
    }
    if inserts.is_empty() && !crate::diagnostics::has_errors(diagnostics) {
        diagnostics.push(Diagnostic::error(
            Code::NoOutput,
            text.whole(),
            "this SQL holds no query",
            "write SELECT \"column\", .. FROM \"SOURCE_SQL_STREAM_001\"",
        ));
    }
    if incomplete || crate::diagnostics::has_errors(diagnostics) {
        return None;
    }
    finish(streams, resolved, input, diagnostics)
}

fn same_pumps(inserts: &[Box<InsertInto>], diagnostics: &mut Vec<Diagnostic>) {
    let mut pumps: HashMap<&str, Span> = HashMap::new();
    for pump in inserts.iter().filter_map(|insert| insert.pump.as_ref()) {
        if let Some(first) = pumps.insert(&pump.text, pump.span) {
            let message = format!("there are two pumps `{}`", pump.text);
            let fault = Diagnostic::error(Code::DuplicateName, pump.span, message, "rename one of them");
            diagnostics.push(fault.related(first, "the first one"));
        }
    }
}

fn resolve_insert(
    insert: &InsertInto,
    streams: &mut Streams,
    text: &Text,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Insert> {
    let bare = || Name { text: BARE_OUTPUT.into(), quoted: true, span: insert.select_span };
    let into = insert.into.clone().unwrap_or_else(bare);
    let known = streams.ids.get(&into.text).copied();
    let fault = match (known, &insert.into) {
        (Some(StreamId::INPUT), _) => {
            Some((Code::UnsupportedSql, "nothing can be inserted into the input".into()))
        }
        (Some(_), None) => Some((
            Code::DuplicateName,
            format!("a second query without INSERT INTO writes to `{BARE_OUTPUT}`"),
        )),
        (None, _) if into.text == RECORDS_TABLE => {
            Some((Code::DuplicateName, format!("`{RECORDS_TABLE}` is the name of a table that is generated")))
        }
        _ => None,
    };
    if let Some((code, message)) = fault {
        let help = match insert.into {
            Some(_) => "write INSERT INTO and another name",
            None => "write INSERT INTO \"OUTPUT\" in front of it if the rows of both are to go there",
        };
        diagnostics.push(Diagnostic::error(code, into.span, message, help));
    }
    let mut resolver = Resolver {
        text,
        scope: Scope { relations: Vec::new() },
        span: insert.select_span,
        diagnostics,
        refused: insert.refused,
        depth: 0,
        faults: 0,
    };
    let selected = insert.query.as_ref().and_then(|query| resolver.query(query, streams));
    let names = insert.columns.as_deref();
    let selected = selected?;
    let (id, items) = match known {
        Some(StreamId::INPUT) => return None,
        Some(_) if streams.faulty.contains(&into.text) => return None,
        Some(id) => (id, resolver.fit(selected.items, streams.get(id), names)?),
        None => {
            let columns = resolver.declared_by(&selected.items, names)?;
            let stream = Stream { name: into.text, columns, role: Role::Output, span: into.span };
            let values = resolver.fit(selected.items, &stream, names)?;
            (streams.add(stream), values)
        }
    };
    let select = Select { from: selected.from, filter: selected.filter, items, span: insert.select_span };
    Some(Insert { into: id, select, span: insert.span })
}

/// Roles, and the order in which a stream is fed by those before it only.
fn finish(
    streams: Streams,
    mut inserts: Vec<Insert>,
    input: &[Column],
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Query> {
    let mut all = streams.all;
    let mut fed_by: Vec<Vec<usize>> = vec![Vec::new(); all.len()];
    let mut is_fed = vec![false; all.len()];
    for insert in &inserts {
        is_fed[insert.into.0] = true;
        for read in insert.select.from.streams() {
            fed_by[insert.into.0].push(read.0);
            if read != StreamId::INPUT {
                all[read.0].role = Role::Inner;
            } else {
                let FromClause::Stream { span, .. } = insert.select.from;
                all[0].span = span;
            }
        }
    }
    for (stream, fed) in all.iter().zip(&is_fed).skip(1) {
        if !fed {
            let message = format!("nothing is inserted into `{}`", stream.name);
            let help = format!("write INSERT INTO {} SELECT .., or remove the stream", quoted(&stream.name));
            diagnostics.push(Diagnostic::error(Code::NoOutput, stream.span, message, help));
        }
        if stream.role == Role::Output && !is_output_name(&stream.name) {
            let message = format!("`{}` cannot be the name of an output", stream.name);
            let help = "write letters, digits and `_`, a letter first: AWS resources are named after it";
            diagnostics.push(Diagnostic::error(Code::UnsupportedSql, stream.span, message, help));
        }
    }
    let order = match order(&fed_by) {
        Ok(order) => order,
        Err(stuck) => {
            let message = format!("`{}` feeds itself", all[stuck].name);
            let help = "remove one of the inserts on the way round";
            diagnostics.push(Diagnostic::error(Code::UnsupportedSql, all[stuck].span, message, help));
            return None;
        }
    };
    if crate::diagnostics::has_errors(diagnostics) {
        return None;
    }
    let mut place = vec![0; order.len()];
    for (new, &old) in order.iter().enumerate() {
        place[old] = new;
    }
    for insert in &mut inserts {
        insert.into = StreamId(place[insert.into.0]);
        let FromClause::Stream { stream, .. } = &mut insert.select.from;
        *stream = StreamId(place[stream.0]);
    }
    let mut sorted: Vec<(usize, Stream)> = place.into_iter().zip(all).collect();
    sorted.sort_by_key(|(place, _)| *place);
    let streams = sorted.into_iter().map(|(_, stream)| stream).collect();
    Some(Query { input: input.to_vec(), streams, inserts })
}

/// An order in which everything comes behind what feeds it, else one that feeds itself. As written where possible.
fn order(fed_by: &[Vec<usize>]) -> Result<Vec<usize>, usize> {
    let mut order = Vec::new();
    let mut is_placed = vec![false; fed_by.len()];
    while order.len() < fed_by.len() {
        let ready =
            (0..fed_by.len()).find(|&at| !is_placed[at] && fed_by[at].iter().all(|&feed| is_placed[feed]));
        match ready {
            Some(next) => {
                is_placed[next] = true;
                order.push(next);
            }
            None => return Err(is_placed.iter().position(|placed| !placed).unwrap_or(0)),
        }
    }
    Ok(order)
}

fn is_output_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
