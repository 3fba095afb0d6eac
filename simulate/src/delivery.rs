//! A delivery: Firehose with its transform, its buffers and its destination.

use std::borrow::Cow;
use std::io;

use pipec_compiler::Stack;
use pipec_compiler::pipeline::{Delivery, KeysFrom, Purpose, S3, TableSource};
use pipec_compiler::plan::value::Value;
use pipec_compiler::plan::{
    ConversionPlan, DeliveryPlan, DestinationPlan, ERROR_LOG_STREAM, ErrorDeliveryPlan, Plan, S3LocationPlan,
};
use pipec_compiler::table::fields::fields;
use pipec_compiler::table::layout::layout;
use pipec_compiler::table::partition_keys;
use pipec_core::RecordProgram;
use serde::de::IgnoredAny;

use super::buffer::{Form, PARQUET, Place, Written};
use super::conversion::{Cell, Conversion, Format};
use super::error_document::{document, of_firehose_itself, reason};
use super::object_key::Kind;
use super::trace::{DeliveryTrace, FailureTrace, ShownFate, TransformTrace};
use super::transform::{Failure, Fate, Transform, Waiting, of_firehose};
use super::{Settings, content};

/// A delivery that runs.
#[derive(Debug)]
pub struct DeliveryRun {
    name: Option<String>,
    words: String,
    transform: Transform,
    runs_query: bool,
    appends_newline: bool,
    /// ARN of the function, for error objects.
    function: String,
    /// For what Firehose itself makes of a record.
    scratch: Vec<u8>,
    /// The bucket of the records before the transform.
    backup: Option<Place>,
    out: Out,
}

/// What leaves the transform, and where it goes.
#[derive(Debug)]
struct Out {
    place: Place,
    /// Firehose's own extraction of partition keys.
    partitioner: Option<RecordProgram>,
    /// What records are converted to.
    converts: Option<Converts>,
    /// For the rows of a record.
    cells: Vec<Cell>,
    /// The bucket of records that fail, if the destination is not a bucket.
    failures: Option<Place>,
    /// Whether the destination is not a bucket.
    is_service: bool,
    /// Whether each record has to be one JSON object without a newline.
    is_document: bool,
    /// What loads the objects.
    loads: Option<&'static str>,
    rows: u64,
    records_in: u64,
    records_out: u64,
    dropped: u64,
    failed: u64,
    bytes_out: u64,
    /// Records that failed in Firehose itself, by reason.
    failures_by_reason: Vec<FailureTrace>,
    /// What became of the records that are shown, by their numbers.
    fates: Vec<(usize, ShownFate)>,
    /// What was delivered, if it is kept.
    contents: Option<Vec<Vec<u8>>>,
}

/// What records are converted to.
#[derive(Debug)]
struct Converts {
    /// The format in a sentence.
    words: &'static str,
    conversion: Conversion,
    /// Whether the objects are written in it. Else they are JSON lines, for this reason.
    json_lines: Option<&'static str>,
}

impl DeliveryRun {
    /// A delivery of a plan.
    ///
    /// # Errors
    /// What cannot be evaluated here, in a sentence.
    pub fn new(stack: &Stack, delivery: &DeliveryPlan, settings: &Settings) -> Result<Self, String> {
        let plan = &stack.plan;
        let stream = match &delivery.direct {
            Some(direct) => direct.name.shown().replace("${AWS::StackName}", &plan.name),
            // CloudFormation appends random letters to a name that it makes.
            None => format!("{}-{}", plan.name, delivery.logical_id),
        };
        let place = |location: &S3LocationPlan| {
            Place::new(location, bucket(plan, location), &stream, settings.seed, settings.store.clone())
        };
        let own = delivery.own_transform.as_ref().map(|own| own.arn.clone());
        let pipecs = delivery.transform.as_ref().map(|transform| {
            format!(
                "arn:aws:lambda:{}:000000000000:function:{}-{}",
                plan.region, plan.name, transform.logical_id
            )
        });
        let location = || delivery.location(Purpose::Destination).ok_or("it has no bucket");
        let buffer = (delivery.buffer_size, delivery.buffer_interval);
        let requests = |form| {
            let folder = format!(
                "requests{}",
                delivery.name.as_ref().map(|name| format!("-{name}")).unwrap_or_default()
            );
            Place::of_requests(&folder, &stream, form, buffer, settings)
        };
        let mut converts = None;
        let destination = match &delivery.destination {
            DestinationPlan::S3(s3) => {
                let mut place = place(location()?)?;
                let of_spec = stack.checked.pipeline().delivery(delivery.name.as_deref());
                if let Some(s3) = of_spec.and_then(|one| one.destination.s3())
                    && !s3.partitions.is_empty()
                {
                    place = place.partitioned(s3.partition_quota.value);
                }
                if let Some((conversion, of_spec)) = s3.conversion.as_ref().zip(of_spec) {
                    (place, converts) = converted(stack, place, conversion, of_spec)?;
                }
                place
            }
            DestinationPlan::Http(_) => requests(Form::Http)?,
            DestinationPlan::Splunk(_) => requests(Form::Plain)?,
            DestinationPlan::OpenSearch(search) => {
                let ids = search.document_id == "FIREHOSE_DEFAULT";
                requests(Form::Bulk { index: search.index.clone(), rotation: search.rotation, ids })?
            }
            DestinationPlan::OpenSearchServerless(search) => {
                requests(Form::Bulk { index: search.index.clone(), rotation: "NoRotation", ids: false })?
            }
            DestinationPlan::Iceberg(_) | DestinationPlan::Snowflake(_) => requests(Form::Lines)?,
            // COPY loads the objects of the bucket.
            DestinationPlan::Redshift(_) => {
                place(delivery.location(Purpose::Staging).ok_or("it has no bucket")?)?
            }
        };
        // Next to a bucket, the backup has all records; next to another destination, perhaps only those that fail.
        let backup = delivery.location(Purpose::Backup);
        let backs_up = delivery.service.as_ref().is_none_or(|service| service.backs_up_all);
        // What fails is in the bucket that a destination loads from.
        let is_staged = delivery.location(Purpose::Staging).is_some();
        let is_service = delivery.service.is_some() && !is_staged;
        let failures = delivery.failures().filter(|_| is_service);
        let loads = is_staged.then_some(delivery.capabilities.words);
        Ok(Self {
            name: delivery.name.clone(),
            words: delivery.words(),
            transform: Transform::of(delivery)?,
            runs_query: delivery.transform.as_ref().is_some_and(|transform| transform.runs_query),
            appends_newline: delivery.appends_newline,
            function: own.or(pipecs).unwrap_or_default(),
            scratch: Vec::new(),
            backup: backup.filter(|_| backs_up).map(place).transpose()?,
            out: Out {
                partitioner: partitioner(stack, delivery),
                converts,
                failures: failures.map(place).transpose()?,
                is_service,
                is_document: matches!(
                    delivery.destination,
                    DestinationPlan::OpenSearch(_) | DestinationPlan::OpenSearchServerless(_)
                ),
                loads,
                ..Out::new(destination, settings)
            },
        })
    }

    /// The delivery of the SQL's error records.
    ///
    /// # Errors
    /// What cannot be evaluated here, in a sentence.
    pub fn of_errors(plan: &Plan, errors: &ErrorDeliveryPlan, settings: &Settings) -> Result<Self, String> {
        let stream = format!("{}-{ERROR_LOG_STREAM}", plan.name);
        let place = Place::new(
            &errors.location,
            bucket(plan, &errors.location),
            &stream,
            settings.seed,
            settings.store.clone(),
        )?;
        let name = "errors".to_owned();
        Ok(Self {
            words: format!("delivery {name}"),
            name: Some(name),
            transform: Transform::Firehose { extracts_messages: false, appends_newline: true },
            runs_query: false,
            appends_newline: true,
            function: String::new(),
            scratch: Vec::new(),
            backup: None,
            out: Out::new(place, settings),
        })
    }

    /// What runs in another way than in AWS.
    pub fn notes(&self) -> Vec<String> {
        let (words, function) = (&self.words, &self.function);
        let own = matches!(self.transform, Transform::Own)
            .then(|| format!("{words}: the function {function} does not run here; records pass as they are"));
        let converted = self.out.converts.as_ref().and_then(|converts| {
            let (format, why) = (converts.words, converts.json_lines?);
            Some(format!(
                "{words}: the objects are {format} in AWS, and JSON lines here, since {why}; their names end in `.jsonl`"
            ))
        });
        let requests = self.out.is_service.then(|| {
            format!("{words}: requests are files here; nothing is sent, and compression and attributes are left out")
        });
        let loads = self.out.loads.map(|loads| format!("{words}: {loads} does not load the objects here"));
        own.into_iter().chain(converted).chain(requests).chain(loads).collect()
    }

    /// A record comes in.
    ///
    /// # Errors
    /// As the store gives them.
    pub fn add(&mut self, data: &[u8], arrived: i64, shown: Option<usize>) -> io::Result<()> {
        self.tick(arrived)?;
        self.out.records_in += 1;
        if let Some(backup) = &mut self.backup {
            backup.add(Kind::Data, &[], data, arrived, arrived)?;
        }
        let record = Waiting { data, arrived, shown };
        let (extracts, appends) = match &mut self.transform {
            Transform::Program(calls) => {
                if calls.add(record) {
                    self.call(arrived)?;
                }
                return Ok(());
            }
            Transform::Own => (false, self.appends_newline),
            Transform::Firehose { extracts_messages, appends_newline } => {
                (*extracts_messages, *appends_newline)
            }
        };
        let fate = of_firehose(data, extracts, appends, &mut self.scratch);
        self.out.settle(&self.words, None, &record, &fate, arrived, 0)
    }

    /// Does what is due at a time.
    ///
    /// # Errors
    /// As the store gives them.
    pub fn tick(&mut self, now: i64) -> io::Result<()> {
        if let Some(backup) = &mut self.backup {
            backup.tick(now)?;
        }
        let due = match &self.transform {
            Transform::Program(calls) => calls.due().filter(|due| now >= *due),
            Transform::Own | Transform::Firehose { .. } => None,
        };
        if let Some(due) = due {
            if let Some(failures) = &mut self.out.failures {
                failures.tick(due)?;
            }
            self.out.place.tick(due)?;
            self.call(due)?;
        }
        if let Some(failures) = &mut self.out.failures {
            failures.tick(now)?;
        }
        self.out.place.tick(now)
    }

    /// Calls the transform with what waits for it.
    fn call(&mut self, now: i64) -> io::Result<()> {
        let Transform::Program(calls) = &mut self.transform else { return Ok(()) };
        let has_query = calls.has_query();
        let (out, words, function) = (&mut self.out, &self.words, &self.function);
        calls.call(now, |record, fate| {
            let rows = match &fate {
                Fate::Out(bytes, _) if has_query => memchr::memchr_iter(b'\n', bytes).count().max(1) as u64,
                _ => 0,
            };
            out.settle(words, Some(function), record, &fate, now, rows)
        })
    }

    /// Ends the delivery: what waits is delivered when it is due.
    ///
    /// # Errors
    /// As the store gives them.
    pub fn finish(mut self) -> io::Result<(DeliveryTrace, Vec<(usize, ShownFate)>)> {
        self.tick(i64::MAX)?;
        let Written { mut objects, mut counts, records: _, bytes, delay } = self.out.place.finish()?;
        if let Some(failures) = &mut self.out.failures {
            let failed = failures.finish()?;
            counts.1 += failed.counts.1;
            objects.extend(failed.objects);
        }
        let backup = self.backup.as_mut().map(Place::finish).transpose()?.unwrap_or_default();
        let backup_objects = backup.counts.0;
        objects.extend(backup.objects);
        let transform = self.transform.totals().map(|totals| TransformTrace {
            runs_query: self.runs_query,
            calls: totals.calls,
            rows: self.out.rows,
            invalid_values: totals.counts.invalid_values,
            log_events: totals.counts.log_events,
            control_messages: totals.counts.control_messages,
            not_applicable: totals.counts.not_applicable as u64,
            no_partition: totals.counts.no_partition as u64,
            reply_full: totals.counts.reply_full as u64,
        });
        let trace = DeliveryTrace {
            name: self.name,
            transform,
            records_in: self.out.records_in,
            records_out: self.out.records_out,
            dropped: self.out.dropped,
            failed: self.out.failed,
            bytes_out: self.out.bytes_out,
            objects: counts.0,
            object_bytes: bytes.0,
            error_objects: counts.1,
            backup_objects,
            is_service: self.out.is_service,
            failures: self.out.failures_by_reason,
            delay,
            listed: objects,
            contents: self.out.contents.unwrap_or_default(),
        };
        Ok((trace, self.out.fates))
    }
}

impl Out {
    fn new(place: Place, settings: &Settings) -> Self {
        Self {
            place,
            partitioner: None,
            converts: None,
            cells: Vec::new(),
            failures: None,
            is_service: false,
            is_document: false,
            loads: None,
            rows: 0,
            records_in: 0,
            records_out: 0,
            dropped: 0,
            failed: 0,
            bytes_out: 0,
            failures_by_reason: Vec::new(),
            fates: Vec::new(),
            contents: settings.keeps_contents.then(Vec::new),
        }
    }

    /// Puts a record where it belongs.
    fn settle(
        &mut self,
        delivery: &str,
        function: Option<&str>,
        record: &Waiting,
        fate: &Fate,
        now: i64,
        rows: u64,
    ) -> io::Result<()> {
        let own_keys;
        let fate = match (fate, &self.partitioner) {
            (Fate::Out(bytes, _), _) if self.is_document && !is_document(bytes) => {
                &Fate::Failed(Failure::NotDocument)
            }
            (Fate::Out(bytes, _), Some(partitioner)) => {
                own_keys = partitioner.apply_counting_at(bytes, now).partition_keys;
                match own_keys.is_empty() {
                    true if is_json(bytes) => &Fate::Failed(Failure::NoKey),
                    true => &Fate::Failed(Failure::NotExtracted),
                    false => &Fate::Out(bytes, &own_keys),
                }
            }
            _ => fate,
        };
        self.cells.clear();
        let mut unfit = None;
        let fate = match (fate, &self.converts) {
            (Fate::Out(bytes, _), Some(converts)) => {
                unfit = converts.conversion.convert(bytes, &mut self.cells).err();
                if unfit.is_some() { &Fate::Failed(Failure::NotConverted) } else { fate }
            }
            _ => fate,
        };
        let fate = match fate {
            Fate::Out(_, keys) if !self.place.accepts(keys) => &Fate::Failed(Failure::PartitionsExceeded),
            fate => fate,
        };
        if let Some(number) = record.shown {
            let (result, content) = match fate {
                Fate::Out(bytes, _) => ("delivered", Some(content::text(bytes))),
                Fate::Dropped => ("dropped", None),
                Fate::Failed(_) => ("failed", None),
            };
            let content = content.map(|text| text.trim_end().to_owned());
            self.fates.push((number, ShownFate { delivery: delivery.to_owned(), result, content }));
        }
        match fate {
            Fate::Out(bytes, keys) => {
                self.rows += rows;
                if let Some(contents) = &mut self.contents {
                    contents.push(bytes.to_vec());
                }
                self.records_out += 1;
                self.bytes_out += bytes.len() as u64;
                match &self.converts {
                    Some(Converts { json_lines: None, .. }) => {
                        let cells = self.cells.drain(..);
                        self.place.add_rows(keys, cells, bytes.len(), record.arrived, now)
                    }
                    _ => self.place.add(Kind::Data, keys, bytes, record.arrived, now),
                }
            }
            Fate::Dropped => {
                self.dropped += 1;
                Ok(())
            }
            Fate::Failed(failure) => {
                self.failed += 1;
                let (error_type, error_code, _) = reason(*failure, unfit.as_ref());
                if let Some(reason) = of_firehose_itself(*failure, unfit.as_ref()) {
                    self.count(error_code, reason);
                }
                let line = document(record, function, *failure, unfit.as_ref(), now)?;
                let place = self.failures.as_mut().unwrap_or(&mut self.place);
                place.add(Kind::Failed(error_type), &[], &line, record.arrived, now)
            }
        }
    }

    /// Counts a record that failed in Firehose itself.
    fn count(&mut self, error_code: &'static str, reason: Cow<'static, str>) {
        match self.failures_by_reason.iter_mut().find(|one| one.reason == reason) {
            Some(one) => one.records += 1,
            None => self.failures_by_reason.push(FailureTrace { error_code, reason, records: 1 }),
        }
    }
}

/// Whether a record is JSON.
fn is_json(bytes: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(bytes).is_ok()
}

/// The place of objects that Firehose converts, and the conversion. They are JSON lines where pipec cannot write them.
fn converted(
    stack: &Stack,
    place: Place,
    plan: &ConversionPlan,
    delivery: &Delivery,
) -> Result<(Place, Option<Converts>), String> {
    let known = delivery.destination.s3().filter(|s3| is_own(s3));
    let pipeline = stack.checked.pipeline();
    let layout = known.and_then(|s3| layout(pipeline, stack.checked.query(), delivery, s3).ok());
    let columns = layout.map(|layout| layout.columns).unwrap_or_default();
    let (place, json_lines) = match plan.serializer {
        "OrcSerDe" => (place.json_lines(".orc"), Some("nothing here writes ORC")),
        _ if columns.is_empty() => {
            (place.json_lines(PARQUET), Some("the columns of an existing table are known in AWS alone"))
        }
        _ => (place.parquet(Format::new(&columns, plan.compression)?), None),
    };
    let conversion = Conversion::new(&columns);
    Ok((place, Some(Converts { words: plan.words, conversion, json_lines })))
}

/// Whether the table over the objects is of the stack.
fn is_own(s3: &S3) -> bool {
    s3.table.as_ref().is_some_and(|table| matches!(table.source, TableSource::Own { .. }))
}

/// Whether a record is one JSON object without a newline.
fn is_document(bytes: &[u8]) -> bool {
    !bytes.contains(&b'\n')
        && bytes.trim_ascii_start().starts_with(b"{")
        && serde_json::from_slice::<IgnoredAny>(bytes).is_ok()
}

/// Firehose's own extraction of partition keys, by the program that pipec's transform has for it.
fn partitioner(stack: &Stack, delivery: &DeliveryPlan) -> Option<RecordProgram> {
    let pipeline = stack.checked.pipeline();
    let of_spec = pipeline.delivery(delivery.name.as_deref())?;
    let s3 = of_spec.destination.s3().filter(|s3| s3.keys_from == KeysFrom::Firehose)?;
    let fields = fields(pipeline, stack.checked.query(), of_spec).ok()?;
    let partition = partition_keys::program(&s3.partitions, &fields, false)?;
    RecordProgram::appending("").partitioning(Some(partition)).ok()
}

/// The name of a bucket; of the stack's own, one that CloudFormation could have given.
fn bucket(plan: &Plan, location: &S3LocationPlan) -> String {
    match &location.bucket_name {
        Value::Text(name) => name.clone(),
        _ => {
            let id = location.logical_id.as_deref().unwrap_or("bucket");
            format!("{}-{}", plan.name, id).to_ascii_lowercase()
        }
    }
}
