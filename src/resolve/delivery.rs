//! Reads the deliveries and their destinations from the spec.

use indexmap::IndexMap;

use super::{DEFAULT_ERROR_PREFIX, Resolver};
use crate::aws::limits::MIB;
use crate::diagnostics::{Code, Diagnostic};
use crate::parse::step;
use crate::pipeline::{
    Delivery, Destination, Direct, FROM_RECORDS, FROM_STREAM, Intake, KeysFrom, S3Location, Setting,
    logical_name,
};
use crate::source::Span;
use crate::spec::{self, AnalyticsRuntime, Compression, Newline, Unpack};

/// Default of an error prefix. In an existing bucket, it has the pipeline's name, since other pipelines may write there
/// as well; and the delivery's, if there are several.
pub fn default_error_prefix(pipeline: &str, delivery: Option<&str>, existing: bool) -> String {
    match existing {
        true => {
            let own =
                delivery.map_or_else(|| pipeline.to_owned(), |delivery| format!("{pipeline}/{delivery}"));
            DEFAULT_ERROR_PREFIX.replacen('/', &format!("/{own}/"), 1)
        }
        false => DEFAULT_ERROR_PREFIX.into(),
    }
}

impl Resolver<'_> {
    /// The deliveries, in the order of the spec.
    pub(super) fn deliveries(
        &mut self,
        written: Deliveries,
        pipeline: &str,
        runtime: Option<AnalyticsRuntime>,
    ) -> Vec<Delivery> {
        let queries = runtime == Some(AnalyticsRuntime::Lambda);
        let Deliveries { one, several, transform, stream } = written;
        if let (Some(_), Some(_)) = (&one, &several) {
            let (span, other) = (self.key("/deliveries"), self.key("/delivery"));
            // What only the spec has is removed in the environment, and not in the spec.
            let below = |key: &str| self.places.is_below_environment(key);
            let help = match (below("/delivery"), below("/deliveries")) {
                (true, false) => "add `delivery: ~` to the environment, which removes the spec's",
                (false, true) => "add `deliveries: ~` to the environment, which removes the spec's",
                _ => "move `delivery` into `deliveries`, under a name",
            };
            self.diagnostics.push(
                Diagnostic::error(
                    Code::ConflictingKeys,
                    span,
                    "a pipeline has `delivery` or `deliveries`",
                    help,
                )
                .related(other, "the other one"),
            );
        }
        let several_written = several.is_some();
        let of_several = several
            .into_iter()
            .flatten()
            .map(|(name, delivery)| (Some(name.clone()), format!("/deliveries/{}", step(&name)), delivery));
        let all: Vec<_> = one
            .map(|delivery| (None, "/delivery".to_owned(), delivery))
            .into_iter()
            .chain(of_several)
            .collect();
        let mut transform = transform;
        if transform.is_some() && several_written {
            let span = self.key("/transform");
            let help = match self.places.is_below_environment("/transform") {
                true => {
                    "add `transform: ~` to the environment, and write one in the deliveries whose records it processes"
                }
                false => "move `transform` into the deliveries whose records it processes",
            };
            let message = "with `deliveries`, each has its own transform";
            self.diagnostics.push(Diagnostic::error(Code::ConflictingKeys, span, message, help));
            transform = None;
        }
        all.into_iter()
            .map(|(name, spec, mut delivery)| {
                let own = delivery.transform.take();
                let (at, written) = match (own, transform.take()) {
                    (Some(own), shared) => {
                        if shared.is_some() {
                            self.two_transforms(&spec);
                        }
                        (format!("{spec}/transform"), Some(own))
                    }
                    (None, shared) => ("/transform".to_owned(), shared),
                };
                let raw = match stream {
                    Some(_) => FROM_STREAM,
                    None => FROM_RECORDS,
                };
                let runs_query = queries && delivery.from.as_deref() != Some(raw);
                let written = match written {
                    None if runs_query => Some(("/analytics".to_owned(), spec::Transform::default())),
                    written => written.map(|written| (at, written)),
                };
                self.one_delivery(name, spec, delivery, (written, runtime), pipeline, stream)
            })
            .collect()
    }

    fn two_transforms(&mut self, spec: &str) {
        let (span, other) = (self.key(&format!("{spec}/transform")), self.key("/transform"));
        self.diagnostics.push(
            Diagnostic::error(
                Code::ConflictingKeys,
                span,
                "the delivery has two transforms",
                "remove one of them",
            )
            .related(other, "the other one"),
        );
    }

    fn one_delivery(
        &mut self,
        name: Option<String>,
        at: String,
        mut delivery: spec::Delivery,
        (transform, runtime): (Option<(String, spec::Transform)>, Option<AnalyticsRuntime>),
        pipeline: &str,
        stream: Option<Span>,
    ) -> Delivery {
        let (size, interval) =
            delivery.buffer.take().map(|buffer| (buffer.size.0, buffer.interval.0)).unzip();
        let direct = Direct {
            intake: Intake {
                record_size: self.or(
                    &format!("{at}/record_size"),
                    delivery.record_size.map(|size| size.0),
                    1,
                ),
                records_per_second: self.or(
                    &format!("{at}/records_per_second"),
                    delivery.records_per_second,
                    1.0,
                ),
                average: self.or(
                    &format!("{at}/average"),
                    delivery.average,
                    delivery.records_per_second.unwrap_or(1.0),
                ),
            },
            encryption: self.encryption(&format!("{at}/encryption"), delivery.encryption.take()),
        };
        let direct = self.direct(direct, &at, stream);
        let reads_rows = delivery.from.as_deref() != Some(FROM_STREAM);
        let runs_query = runtime == Some(AnalyticsRuntime::Lambda) && reads_rows;
        // What comes from CloudWatch Logs alone needs no function, if Firehose can keep the events apart.
        let own = transform.as_ref().filter(|_| direct.is_some() && !runs_query && delivery.s3.is_some());
        let unpack = own.and_then(|(at, transform)| self.unpacked_by_firehose(at, transform));
        let transform = transform.filter(|_| unpack.is_none());
        let id = name.as_deref().map(logical_name).unwrap_or_default();
        let site = Site { at: &at, pipeline, delivery: name.as_deref(), suffix: id };
        // A function of the user's returns no keys that pipec knows of.
        let keys_from = match transform.as_ref().is_some_and(|(_, own)| own.lambda.is_none()) {
            true => KeysFrom::Transform,
            false => KeysFrom::Firehose,
        };
        let destination = self.destination(&mut delivery, keys_from, &site);
        let defaults = destination.capabilities();
        // Where Firehose cannot append the separator, the transform does.
        let needs_newline = !defaults.separator.is_empty()
            && !defaults.is_appended
            && delivery.newline != Some(Newline::None);
        // Flink writes rows as the SQL has them, for whoever reads its output.
        let changes_rows =
            defaults.form.changes_rows() && runtime == Some(AnalyticsRuntime::Flink) && reads_rows;
        let transform = transform.or_else(|| {
            (needs_newline || changes_rows)
                .then(|| (format!("{at}/{}", defaults.key), spec::Transform::default()))
        });
        Delivery {
            span: self.key(&at),
            from: self.optional(&format!("{at}/from"), delivery.from),
            transform: transform.map(|(at, transform)| {
                // The events of a record are lines of it, whatever keeps records apart.
                let lines = transform.unpack.is_some() && !defaults.splits_objects;
                self.transform(&at, transform, if lines { "\n" } else { defaults.separator })
            }),
            unpack,
            direct,
            buffer_size: self.or(&format!("{at}/buffer/size"), size, defaults.buffer_mib_default * MIB),
            buffer_interval: self.or(&format!("{at}/buffer/interval"), interval, defaults.buffer_s_default),
            newline: self.or(&format!("{at}/newline"), delivery.newline, Newline::Append),
            destination,
            name,
            spec: at,
        }
    }

    /// What Firehose unpacks itself; keys of a function have no meaning then.
    fn unpacked_by_firehose(&mut self, at: &str, transform: &spec::Transform) -> Option<Setting<Unpack>> {
        // Beside a function of the user's, `unpack` is reported.
        if transform.lambda.is_some() {
            return None;
        }
        let unpack = self.written(&format!("{at}/unpack"), transform.unpack?);
        let keys = [
            ("append", transform.append.is_some()),
            ("timeout", transform.timeout.is_some()),
            ("memory", transform.memory.is_some()),
            ("architecture", transform.architecture.is_some()),
            ("buffer", transform.buffer.is_some()),
            ("retries", transform.retries.is_some()),
        ];
        for (key, _) in keys.into_iter().filter(|(_, written)| *written) {
            let span = self.key(&format!("{at}/{key}"));
            self.diagnostics.push(
                Diagnostic::error(
                    Code::ConflictingKeys,
                    span,
                    format!("`{key}` is for a function, and without a stream and SQL Firehose itself unpacks log events"),
                    format!("remove `{key}`"),
                )
                .related(unpack.span, "the unpacking"),
            );
        }
        Some(unpack)
    }

    /// The load of a delivery that records are put straight into. With a stream, the load is the stream's.
    fn direct(&mut self, direct: Direct, at: &str, stream: Option<Span>) -> Option<Direct> {
        let Direct { intake: Intake { record_size, records_per_second, average }, encryption } = &direct;
        let keys = [
            ("record_size", record_size.written, record_size.span, "2 KiB"),
            ("records_per_second", records_per_second.written, records_per_second.span, "1000"),
            ("average", average.written, average.span, ""),
            ("encryption", encryption.written, encryption.span, ""),
        ];
        match stream {
            Some(stream) => {
                let written: Vec<&str> =
                    keys.iter().filter(|(_, written, ..)| *written).map(|(key, ..)| *key).collect();
                // Of an environment that adds a stream, it is one fault: the spec needs these keys.
                let below = |key: &&&str| self.places.is_below_environment(&format!("{at}/{key}"));
                let (of_spec, own): (Vec<&str>, Vec<&str>) = written.iter().partition(|key| below(key));
                if let Some(first) = of_spec.first() {
                    let span = self.key(&format!("{at}/{first}"));
                    let removed: Vec<String> = of_spec.iter().map(|key| format!("{key}: ~")).collect();
                    let place = at.trim_start_matches('/');
                    let help = match place.split_once('/') {
                        None => format!("add `{place}: {{{}}}` to the environment", removed.join(", ")),
                        Some((several, name)) => format!(
                            "add `{several}: {{{name}: {{{}}}}}` to the environment",
                            removed.join(", ")
                        ),
                    };
                    let message = format!(
                        "`{first}` is for a delivery without a stream, and the environment adds a stream"
                    );
                    self.diagnostics.push(
                        Diagnostic::error(Code::DirectPut, span, message, help).related(stream, "the stream"),
                    );
                }
                for key in own {
                    let help = match key {
                        "encryption" => {
                            "remove it; `stream.encryption` covers the records that Firehose reads".to_owned()
                        }
                        key => format!("remove it, and write `{key}` in `stream`"),
                    };
                    let message =
                        format!("`{key}` is for a delivery without a stream, and this one reads a stream");
                    let span = self.key(&format!("{at}/{key}"));
                    self.diagnostics.push(
                        Diagnostic::error(Code::DirectPut, span, message, help).related(stream, "the stream"),
                    );
                }
                None
            }
            None => {
                let missing: Vec<_> =
                    keys.iter().filter(|(_, written, _, example)| !written && !example.is_empty()).collect();
                // The spec has its load in the stream that the environment removes.
                let removed = self.places.removed("/stream").filter(|_| self.places.is_below_environment(at));
                if let (Some(span), false) = (removed, missing.is_empty()) {
                    let keys: Vec<String> =
                        missing.iter().map(|(key, _, _, example)| format!("{key}: {example}")).collect();
                    let place = at.trim_start_matches('/');
                    let entries = format!("{{{}}}", keys.join(", "));
                    let help = match place.split_once('/') {
                        None => format!("add `{place}: {entries}` to the environment, with your figures"),
                        Some((several, name)) => format!(
                            "add `{several}: {{{name}: {entries}}}` to the environment, with your figures"
                        ),
                    };
                    let message = "without a stream, the load is declared in the delivery";
                    self.diagnostics.push(Diagnostic::error(Code::DirectPut, span, message, help));
                    return Some(direct);
                }
                for (key, _, _, example) in missing {
                    let message = format!("`{key}` is missing: without a stream, the load is declared here");
                    let span = self.key(at);
                    let help = format!("add `{key}: {example}` with your figure");
                    self.diagnostics.push(Diagnostic::error(Code::DirectPut, span, message, help));
                }
                Some(direct)
            }
        }
    }

    fn destination(
        &mut self,
        delivery: &mut spec::Delivery,
        keys_from: KeysFrom,
        site: &Site,
    ) -> Destination {
        if let Some(service) = self.service(delivery, site) {
            return Destination::Service(Box::new(service));
        }
        let of = |key: &str| format!("{}/{key}", site.at);
        if delivery.retry.is_some() {
            let span = self.key(&of("retry"));
            self.diagnostics.push(
                Diagnostic::error(
                    Code::DestinationKey,
                    span,
                    "`retry` is for destinations other than S3",
                    "remove `retry`; Firehose retries a bucket for up to 24 h",
                )
                .related(self.key(&of("s3")), "the destination"),
            );
        }
        let names = (site.pipeline, site.delivery);
        let backup = delivery.backup.take();
        if let Some(backup) = &backup {
            self.backup_records(&of("backup"), backup);
        }
        let backup = backup.map(|backup| self.backup(&of("backup"), backup, names, &site.suffix));
        // The schema requires one of them.
        let s3 = delivery.s3.take().unwrap_or_default();
        Destination::S3(Box::new(self.s3(&of("s3"), s3, backup, names, keys_from, &site.suffix)))
    }

    /// A place in S3.
    pub(super) fn s3_location(
        &self,
        at: &str,
        s3: spec::S3,
        (pipeline, delivery): (&str, Option<&str>),
        suffix: &str,
    ) -> S3Location {
        let error_prefix = default_error_prefix(pipeline, delivery, s3.bucket.is_some());
        let of = |key: &str| format!("{at}/{key}");
        S3Location {
            spec: at.to_owned(),
            span: self.key(at),
            suffix: suffix.to_owned(),
            bucket: self.optional(&of("bucket"), s3.bucket),
            prefix: self.or(&of("prefix"), s3.prefix, String::new()),
            error_prefix: self.or(&of("error_prefix"), s3.error_prefix, error_prefix),
            compression: s3.compression.unwrap_or(Compression::None),
            file_extension: self.optional(&of("file_extension"), s3.file_extension),
            time_zone: self.optional(&of("time_zone"), s3.time_zone),
            encryption: self.encryption(&of("encryption"), s3.encryption),
            expire_after: self.optional(&of("expire_after"), s3.expire_after.map(|time| time.0)),
        }
    }
}

/// A delivery whose destination is read.
pub(super) struct Site<'a> {
    /// The delivery's place in the spec, a JSON pointer.
    pub at: &'a str,
    /// The pipeline's name.
    pub pipeline: &'a str,
    /// The delivery's name.
    pub delivery: Option<&'a str>,
    /// What logical ids end in.
    pub suffix: String,
}

/// What the spec has about deliveries.
pub(super) struct Deliveries {
    /// `delivery`.
    pub one: Option<spec::Delivery>,
    /// `deliveries`.
    pub several: Option<IndexMap<String, spec::Delivery>>,
    /// The transform beside `delivery`.
    pub transform: Option<spec::Transform>,
    /// Place of the stream, if there is one.
    pub stream: Option<Span>,
}
