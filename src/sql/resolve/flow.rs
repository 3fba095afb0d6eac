//! The streams in the order in which rows flow through them: what feeds what, and which times they carry.

use std::collections::HashMap;

use super::super::Input;
use super::super::data_type::DataType;
use super::super::expr::{Aggregate, Expr, ExprKind};
use super::super::name::Name;
use super::super::parse::{InsertInto, Statement};
use super::super::query::{
    Clock, Insert, Meaning, Order, Query, Role, Select, Start, Stream, StreamColumn, StreamId, TimeAttribute,
    TimeBounds,
};
use super::super::scan::Text;
use super::expr::Resolver;
use super::from::and;
use super::operand::Operand;
use super::scope::quoted;
use super::select::{Here, Item, Selected, meaning};
use super::streams::{Streams, is_generated, output};
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::source::Span;

/// What a SELECT without INSERT writes to.
const BARE_OUTPUT: &str = "OUTPUT";

/// The typed query, if nothing is wrong.
pub(in super::super) fn resolve(
    statements: Vec<Statement>,
    input: &Input,
    text: &Text,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Query> {
    super::input::check(input, diagnostics);
    let mut streams = Streams::new(input, text.whole());
    let mut inserts = Vec::new();
    let mut incomplete = false;
    let mut values = 0;
    let mut created = Vec::new();
    for statement in statements {
        match statement {
            Statement::CreateStream(create) => created.push(create),
            Statement::Insert(insert) => inserts.push(insert),
            Statement::Faulty(names) => streams.faulty.extend(names),
            Statement::Refused(name) => {
                streams.faulty.insert(name.text);
            }
        }
    }
    let (out, empty) = super::input_name::leave_out_empty_parts(&inserts, &streams.input, diagnostics);
    let mut at = 0;
    inserts.retain(|_| {
        at += 1;
        !out.contains(&(at - 1))
    });
    for create in created.into_iter().filter(|create| !empty.contains(&create.name.text)) {
        streams.declare(create, diagnostics);
    }
    same_pumps(&inserts, diagnostics);
    let mut resolved: Vec<(usize, Vec<Insert>)> = Vec::new();
    for at in reading_order(&inserts) {
        let insert = &inserts[at];
        match resolve_insert(insert, &mut streams, text, &mut values, diagnostics) {
            Some(inserts) => resolved.push((at, inserts)),
            None => {
                incomplete = true;
                // What is known of its rows is too little to find faults where they are read.
                let names = insert.into.iter().map(|into| into.text.clone());
                let declared = |name: &String| streams.ids.contains_key(name);
                let (declared, new): (Vec<String>, Vec<String>) = names.partition(declared);
                streams.faulty.extend(new);
                streams.unread.extend(declared);
            }
        }
    }
    if input.columns.is_empty() {
        let message = "the input has no columns";
        let help =
            "declare them in the spec, under records.columns: first: {type: VARCHAR(16), path: $.name.first}";
        diagnostics.push(Diagnostic::error(Code::RecordsMissing, text.whole(), message, help));
    }
    if inserts.is_empty() && !crate::diagnostics::has_errors(diagnostics) {
        diagnostics.push(Diagnostic::error(
            Code::NoOutput,
            text.whole(),
            "this SQL contains no query",
            "write SELECT \"column\", .. FROM \"SOURCE_SQL_STREAM_001\"",
        ));
    }
    if incomplete || crate::diagnostics::has_errors(diagnostics) {
        return None;
    }
    resolved.sort_by_key(|(at, _)| *at);
    let mut all = std::mem::take(&mut streams.inserts);
    all.extend(resolved.into_iter().flat_map(|(_, inserts)| inserts));
    let left_out = super::outputs::named(&mut streams, &mut all, input.outputs);
    finish(streams, all, left_out, input, text.is_plain, diagnostics)
}

/// The inserts, those first that feed what others read; as written where one feeds itself.
fn reading_order(inserts: &[Box<InsertInto>]) -> Vec<usize> {
    let target = |at: usize| inserts[at].into.as_ref().map_or(BARE_OUTPUT, |into| into.text.as_str());
    let is_target = |name: &str| (0..inserts.len()).any(|at| target(at) == name);
    let is_read = |read: &Name, target: &str| match is_target(&read.text) {
        true => read.text == target,
        false => read.means(target),
    };
    let mut order: Vec<usize> = Vec::new();
    while order.len() < inserts.len() {
        let open: Vec<usize> = (0..inserts.len()).filter(|at| !order.contains(at)).collect();
        let ready = open.iter().find(|&&at| {
            !open.iter().any(|&other| inserts[at].reads.iter().any(|read| is_read(read, target(other))))
        });
        order.push(*ready.unwrap_or(&open[0]));
    }
    order
}

fn same_pumps(inserts: &[Box<InsertInto>], diagnostics: &mut Vec<Diagnostic>) {
    let mut pumps: HashMap<&str, Span> = HashMap::new();
    for pump in inserts.iter().filter_map(|insert| insert.pump.as_ref()) {
        if let Some(first) = pumps.insert(&pump.text, pump.span) {
            let message = format!("there are two pumps named `{}`", pump.text);
            let fault = Diagnostic::error(Code::DuplicateName, pump.span, message, "rename one of them");
            diagnostics.push(fault.related(first, "the first one"));
        }
    }
}

fn resolve_insert(
    insert: &InsertInto,
    streams: &mut Streams,
    text: &Text,
    values: &mut usize,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Vec<Insert>> {
    let bare = || Name { text: BARE_OUTPUT.into(), quoted: true, span: insert.select_span };
    let into = insert.into.clone().unwrap_or_else(bare);
    // In the old dialect only declared columns are found in another case: a stream of that name is a new one.
    let exact = || Ok(streams.ids.get(&into.text).copied());
    let known = match if text.is_plain { streams.known(&into) } else { exact() } {
        Ok(known) => known,
        Err(fault) => {
            diagnostics.push(fault);
            return None;
        }
    };
    let is_input = streams.input.is(&into.text).then_some(StreamId::INPUT);
    let known = known.or(is_input);
    let fault = match (known, &insert.into) {
        (Some(StreamId::INPUT), _) => Some((Code::UnsupportedSql, "the input is read-only".into())),
        (Some(id), _) if matches!(streams.get(id).role, Role::Reference(_)) => {
            Some((Code::UnsupportedSql, "a reference table is read-only".into()))
        }
        (Some(_), None) => Some((
            Code::DuplicateName,
            format!("a second query without INSERT INTO writes to `{BARE_OUTPUT}`"),
        )),
        (None, _) if is_generated(&into.text) => {
            Some((Code::DuplicateName, format!("`{}` is a name that pipec uses itself", into.text)))
        }
        _ => None,
    };
    let refused = fault.is_some() && insert.into.is_some();
    if let Some((code, message)) = fault {
        let help = match insert.into {
            Some(_) => "write INSERT INTO with another name",
            None => "to write the rows of both there, write INSERT INTO \"OUTPUT\" before it",
        };
        diagnostics.push(Diagnostic::error(code, into.span, message, help));
    }
    let mut resolver = Resolver {
        text,
        streams,
        here: Here::default(),
        span: insert.select_span,
        diagnostics,
        refused: insert.refused,
        depth: 0,
        faults: 0,
        values,
    };
    let selected = insert.query.as_ref().and_then(|query| resolver.query(query))?;
    if refused && known.is_some() || resolver.streams.faulty.iter().any(|faulty| into.means(faulty)) {
        return None;
    }
    let names = insert.columns.as_deref();
    let id = match known {
        Some(id) => id,
        None => {
            let columns = resolver.declared_by(&selected[0].items, names, false)?;
            resolver.streams.add(output(into.text, columns, into.span))
        }
    };
    resolver.insert(selected, id, names, insert.span)
}

impl Resolver<'_, '_> {
    /// Puts rows into a stream.
    fn insert(
        &mut self,
        selected: Vec<Selected>,
        into: StreamId,
        names: Option<&[Name]>,
        span: Span,
    ) -> Option<Vec<Insert>> {
        let mut inserts = Vec::new();
        for mut selected in selected {
            let stream = self.streams.get(into).clone();
            let items = self.fit(std::mem::take(&mut selected.items), &stream, names)?;
            let (selected, items) = self.without_nulls(selected, items, into)?;
            let meanings: Vec<Meaning> = items.iter().map(|item| meaning(item, &selected)).collect();
            self.streams.feed(into, &meanings, &selected.times, selected.windowed);
            inserts.push(Insert { into, select: Select { items, ..selected.select }, span });
        }
        Some(inserts)
    }

    /// Rows without those that hold NULL where the stream takes none. What is computed of several rows is tested in a
    /// SELECT around.
    fn without_nulls(
        &mut self,
        selected: Selected,
        items: Vec<Expr>,
        into: StreamId,
    ) -> Option<(Selected, Vec<Expr>)> {
        let required = self.streams.required.get(&into).cloned().unwrap_or_default();
        let (mut selected, mut items) = (selected, items);
        let Some(first) = required.first() else { return Some((selected, items)) };
        let column = self.streams.get(into).columns[*first].clone();
        let message = format!(
            "a row with NULL in `{}` is dropped; Kinesis Data Analytics wrote it to error_stream",
            column.name
        );
        if !self.diagnostics.iter().any(|known| known.span == column.span && known.message == message) {
            let help = "no action is needed if such rows can be dropped; otherwise remove NOT NULL";
            self.approximate(column.span, &message, help);
        }
        if selected.select.group.is_some() || selected.select.over.is_some() {
            let columns = self.streams.get(into).columns.clone();
            let named = |(value, column): (Expr, &StreamColumn)| Item {
                name: Some(Name { text: column.name.clone(), quoted: true, span: value.span }),
                value: Operand::Typed(value),
            };
            selected.items = items.into_iter().zip(&columns).map(named).collect();
            let id = self.anonymous(vec![selected])?;
            let span = self.span;
            selected = self.rows_of(id, span)?;
            let values = std::mem::take(&mut selected.items).into_iter();
            let typed = |item: Item| match item.value {
                Operand::Typed(value) => Some(value),
                Operand::Null(_) => None,
            };
            items = values.map(typed).collect::<Option<_>>()?;
        }
        let mut conditions: Vec<Expr> = selected.select.filter.take().into_iter().collect();
        conditions.extend(required.iter().map(|at| {
            let operand = Box::new(items[*at].clone());
            let (kind, span) = (ExprKind::IsNull { operand, negated: true }, items[*at].span);
            Expr { kind, data_type: DataType::Boolean, span }
        }));
        selected.select.filter = if conditions.len() > 1 { Some(and(conditions)) } else { conditions.pop() };
        Some((selected, items))
    }

    /// A stream that the user did not name.
    pub(super) fn anonymous(&mut self, selected: Vec<Selected>) -> Option<StreamId> {
        let columns = self.declared_by(&selected[0].items, None, true)?;
        let span = selected[0].select.span;
        let id = self.streams.add_anonymous(columns, span);
        let inserts = self.insert(selected, id, None, span)?;
        self.streams.inserts.extend(inserts);
        Some(id)
    }
}

/// Roles, and the order in which a stream is fed by those before it only.
fn finish(
    streams: Streams,
    mut inserts: Vec<Insert>,
    left_out: Vec<String>,
    input: &Input,
    is_plain: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Query> {
    let out = streams.left_out.clone();
    let is_out = |at: usize| out.contains(&StreamId(at));
    let (mut all, references) = streams.into_references();
    if let (true, Some(first)) = (inserts.is_empty(), (0..all.len()).find(|at| is_out(*at))) {
        let message = "all outputs are `none`, so nothing is computed";
        let help = format!("write `{}: delivery` in `analytics.outputs`", all[first].name);
        diagnostics.push(Diagnostic::error(Code::NoOutput, all[first].span, message, help));
        return None;
    }
    let mut fed_by: Vec<Vec<usize>> = vec![Vec::new(); all.len()];
    let mut is_fed = vec![false; all.len()];
    for insert in &mut inserts {
        is_fed[insert.into.0] = true;
        let into = insert.into.0;
        insert.select.from.visit_streams(&mut |read, span| {
            fed_by[into].push(read.0);
            match all[read.0].role {
                Role::Input => all[read.0].span = span,
                Role::Reference(_) => {}
                Role::Inner | Role::Output => all[read.0].role = Role::Inner,
            }
        });
    }
    for (at, (stream, fed)) in all.iter().zip(&is_fed).enumerate().skip(1) {
        if is_out(at) {
            continue;
        }
        if !fed && !matches!(stream.role, Role::Reference(_)) {
            let message = format!("no statement inserts into `{}`", stream.name);
            let fed = all.iter().zip(&is_fed).filter(|(other, fed)| **fed && other.role == Role::Output);
            let names = fed.clone().map(|(other, _)| other.name.as_str());
            let alike = suggest::nearest(&stream.name, names);
            let meant = fed.map(|(other, _)| other).find(|other| Some(other.name.as_str()) == alike);
            diagnostics.push(match meant {
                None => {
                    let help =
                        format!("write INSERT INTO {} SELECT .., or remove the stream", quoted(&stream.name));
                    Diagnostic::error(Code::NoOutput, stream.span, message, help)
                }
                Some(other) => {
                    let [own, other_name] = [&stream.name, &other.name].map(|name| quoted(name));
                    let help = format!(
                        "write INSERT INTO {own} SELECT .. instead of {other_name}, or remove the stream"
                    );
                    Diagnostic::error(Code::NoOutput, stream.span, message, help)
                        .related(other.span, "a stream with a similar name")
                }
            });
        }
        if stream.role == Role::Output {
            diagnostics.extend(bad_output(stream));
        }
    }
    let order = match order(&fed_by) {
        Ok(order) => order,
        Err(stuck) => {
            let message = format!("`{}` feeds itself", all[stuck].name);
            let help = "remove one of the inserts of the cycle";
            diagnostics.push(Diagnostic::error(Code::UnsupportedSql, all[stuck].span, message, help));
            return None;
        }
    };
    if crate::diagnostics::has_errors(diagnostics) {
        return None;
    }
    let mut place = vec![None; order.len()];
    for (new, &old) in order.iter().filter(|at| !is_out(**at)).enumerate() {
        place[old] = Some(new);
    }
    // What is left out is named by nothing.
    let moved = |id: StreamId| StreamId(place[id.0].unwrap_or_default());
    for insert in &mut inserts {
        insert.into = moved(insert.into);
        insert.select.from.visit_streams(&mut |stream, _| *stream = moved(*stream));
    }
    let placed = place.into_iter().zip(all);
    let mut sorted: Vec<(usize, Stream)> =
        placed.filter_map(|(place, stream)| Some((place?, stream))).collect();
    sorted.sort_by_key(|(place, _)| *place);
    let mut streams: Vec<Stream> = sorted.into_iter().map(|(_, stream)| stream).collect();
    carry(&mut streams, &inserts);
    let fault =
        |insert| join_of_two_times(&streams, insert).or_else(|| windows_of_rows_of_windows(&inserts, insert));
    if let Some(fault) = inserts.iter().find_map(fault) {
        diagnostics.push(fault);
        return None;
    }
    let (clock, reason) = clock(&inserts);
    if let Some(reason) = reason {
        if streams[0].carries.contains(&TimeAttribute::EventTime) {
            let message = format!("{} together with event-time windows", reason.what);
            let help = "base all windows on the same time, or write two pipelines";
            diagnostics.push(super::super::refuse::refusal(reason.span, &message, help));
            return None;
        }
        if uses_rowtime(&inserts) {
            let help = "no action is needed while records keep arriving; after a pause, the last window waits for the next record";
            let message = format!(
                "windows over ROWTIME close with the next record here, not by the clock, since Flink {} only by event time",
                reason.does
            );
            diagnostics.push(Diagnostic::warning(Code::ApproximateSql, reason.span, message, help));
        }
    }
    let event_time = input.event_time;
    let (format, input) = (input.format, input.columns.to_vec());
    Some(Query {
        format,
        input,
        event_time,
        is_plain,
        clock,
        start: Start::default(),
        streams,
        references,
        inserts,
        left_out,
        errors: None,
    })
}

/// Why a stream cannot leave the SQL.
fn bad_output(stream: &Stream) -> Option<Diagnostic> {
    if let Some(rank) = stream.columns.iter().find(|column| column.meaning == Meaning::Rank) {
        let message = format!("`{}` numbers rows without a limit", rank.name);
        let help = "keep the first few in an outer SELECT: WHERE \"n\" <= 10";
        return Some(Diagnostic::error(Code::UnsupportedSql, rank.span, message, help));
    }
    if is_output_name(&stream.name) {
        return None;
    }
    let message = format!("`{}` cannot be the name of an output", stream.name);
    let help = "start with a letter, then write letters, digits and `_`: AWS resources are named after it";
    Some(Diagnostic::error(Code::UnsupportedSql, stream.span, message, help))
}

/// Why `ROWTIME` has to be kept with the rows.
struct Kept {
    what: &'static str,
    does: &'static str,
    span: Span,
}

/// What `ROWTIME` has to be: Flink numbers rows of a window, and gives out single rows of it, by a kept time only. By
/// the clock, a row of a join has the time at which the next join meets it, and not those of the rows that it is made of.
fn clock(inserts: &[Insert]) -> (Clock, Option<Kept>) {
    let needs = |select: &Select| {
        let ranks = select.expressions().into_iter().any(|expr| {
            expr.any(&|part| matches!(part.kind, ExprKind::Aggregate { function: Aggregate::RowNumber, .. }))
        });
        let single = select.group.is_none()
            && select.from.window().is_some_and(|window| window.time == TimeAttribute::Rowtime);
        ranks || single
    };
    let ranked = inserts.iter().find(|insert| needs(&insert.select)).filter(|_| uses_rowtime(inserts));
    // Rows of one time meet by the time that they were read at: by the clock, each would meet those of its own instant.
    let of_one_time = |bounds: &TimeBounds| {
        bounds.first.1 == TimeAttribute::Rowtime && bounds.low_ms == 0 && bounds.high_ms == 0
    };
    let met = inserts.iter().find(|insert| insert.select.from.bounds().iter().any(of_one_time));
    let joined = inserts.iter().find(|insert| {
        let from = &insert.select.from;
        from.joins_by(TimeAttribute::Rowtime) > 1
            || from
                .conditions()
                .into_iter()
                .any(|on| on.any(&|part| matches!(part.kind, ExprKind::Rowtime { .. })))
    });
    let kept = match (ranked, joined.or(met)) {
        (Some(insert), _) => {
            let over = insert.select.over.as_ref().map(|over| over.span);
            let window = insert.select.from.window().map(|window| window.span);
            let span = over.or(window).unwrap_or(insert.span);
            Some(Kept { what: "ranks within windows of ROWTIME", does: "ranks rows", span })
        }
        (None, Some(insert)) => {
            let (what, does) = match joined {
                Some(_) => ("a join of three streams by ROWTIME", "joins three streams"),
                None => ("a join of rows with the same ROWTIME", "joins rows with the same time"),
            };
            Some(Kept { what, does, span: insert.select.from.span() })
        }
        (None, None) => None,
    };
    (if kept.is_some() { Clock::Ingestion } else { Clock::Processing }, kept)
}

/// Whether a window is cut from `ROWTIME` at all.
fn uses_rowtime(inserts: &[Insert]) -> bool {
    inserts
        .iter()
        .any(|insert| insert.select.from.window().is_some_and(|window| window.time == TimeAttribute::Rowtime))
}

/// Notes which times the rows of each stream have to carry. Streams follow those that feed them, so what is read is
/// known before what feeds it is asked.
fn carry(streams: &mut [Stream], inserts: &[Insert]) {
    for at in (0..streams.len()).rev() {
        for insert in inserts.iter().filter(|insert| insert.into.0 == at) {
            let carried = streams[at].carries.clone();
            let read = insert.select.from.streams();
            for (relation, time) in times_of(&insert.select, &carried) {
                let carries = &mut streams[read[relation].0].carries;
                if !carries.contains(&time) {
                    carries.push(time);
                    carries.sort();
                }
            }
        }
    }
}

/// A join by the clock whose rows continue with their event time: Flink's keeps no other time.
fn join_of_two_times(streams: &[Stream], insert: &Insert) -> Option<Diagnostic> {
    let bounds = insert.select.from.bounds();
    let by_clock = bounds.iter().any(|bounds| bounds.first.1 == TimeAttribute::Rowtime);
    let times = times_of(&insert.select, &streams[insert.into.0].carries);
    let keeps_event_time = times.iter().any(|(_, time)| *time == TimeAttribute::EventTime);
    (by_clock && keeps_event_time).then(|| {
        let help = "compare the columns of the event time in each JOIN: b.\"time\" BETWEEN a.\"time\" - INTERVAL '1' MINUTE \
                    AND a.\"time\"";
        super::super::refuse::refusal(insert.select.span, "a join by ROWTIME of rows ordered by event time", help)
    })
}

/// Windows of rows that a window's table function gave one by one, for which Flink has no plan.
fn windows_of_rows_of_windows(inserts: &[Insert], insert: &Insert) -> Option<Diagnostic> {
    fn holds(inserts: &[Insert], read: StreamId) -> bool {
        inserts.iter().filter(|insert| insert.into == read).any(|insert| {
            let from = &insert.select.from;
            insert.select.group.is_none()
                && (from.window().is_some() || from.streams().into_iter().any(|read| holds(inserts, read)))
        })
    }
    let window = insert.select.from.window()?;
    insert.select.from.streams().into_iter().any(|read| holds(inserts, read)).then(|| {
        let help = "group the inner windows, or read the stream itself in both";
        super::super::refuse::refusal(window.span, "a window over the ungrouped rows of another window", help)
    })
}

/// The times that a SELECT reads, each of its relation, to give rows that carry some.
fn times_of(select: &Select, carried: &[TimeAttribute]) -> Vec<(usize, TimeAttribute)> {
    let mut times = Vec::new();
    fn rowtimes(expr: &Expr, times: &mut Vec<(usize, TimeAttribute)>) {
        if let ExprKind::Rowtime { relation } = expr.kind {
            times.push((relation, TimeAttribute::Rowtime));
        }
        expr.operands(&mut |operand| rowtimes(operand, times));
    }
    for expr in select.expressions().into_iter().chain(select.from.expressions()) {
        rowtimes(expr, &mut times);
    }
    times.extend(select.from.window().map(|window| (0, window.time)));
    for bounds in select.from.bounds() {
        times.extend([bounds.first, bounds.second]);
    }
    if let Some(over) = &select.over
        && let Order::Time(time) = over.order
    {
        times.push((0, time));
    }
    if select.group.is_none()
        && let Some(relation) = select.from.timekeeper()
    {
        times.extend(carried.iter().map(|time| (relation, *time)));
    }
    times
}

/// An order in which everything comes after what feeds it, else one that feeds itself. As written where possible.
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
