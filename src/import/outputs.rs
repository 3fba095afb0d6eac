//! Where the outputs of an application go in its spec.

use super::application::{Output, RecordFormat, TargetKind};
use super::spec::{Writer, typed};
use crate::discover::word;
use crate::spec::AnalyticsRuntime;
use crate::sql::ERROR_STREAM;

impl Writer {
    pub(super) fn outputs(&mut self, outputs: &[Output], runtime: AnalyticsRuntime) {
        let (errors, outputs): (Vec<&Output>, Vec<&Output>) = outputs
            .iter()
            .partition(|output| output.name.text.written().eq_ignore_ascii_case("error_stream"));
        let called = errors.first().and_then(|output| self.errors(output, runtime));
        for second in errors.iter().skip(1) {
            self.not_carried(
                &second.name,
                format!("`error_stream` has a second destination: it also {}", went(second)),
                "let what reads it there read the stream of ERROR_STREAM",
            );
        }
        if outputs.is_empty() && called.is_none() {
            return;
        }
        self.yaml.open(1, "outputs");
        let firehose = |output: &&Output| matches!(output.target, Some((TargetKind::Firehose, _)));
        let delivered = outputs.iter().position(firehose);
        let mut written: Vec<String> = Vec::new();
        for (at, output) in outputs.iter().enumerate() {
            let name = output.name.text.written();
            self.needs(&output.name, "an output's name");
            if written.contains(&name) {
                let went = went(output);
                self.yaml.comment(2, &format!("It also {went}."));
                self.not_carried(
                    &output.name,
                    format!("`{name}` has a second destination: it also {went}"),
                    "add a stream with a pump that selects all of this one, and name it in `outputs`",
                );
                continue;
            }
            self.output(output, &name, delivered == Some(at));
            written.push(name);
        }
        if let Some(output) = called {
            self.output(output, ERROR_STREAM, false);
        }
        if delivered.is_none()
            && let Some(first) = outputs.first()
        {
            self.copy(first, &written);
        }
    }

    /// The old service's `error_stream`, which is an output of Flink; the output, if a function is called with its rows.
    fn errors<'o>(&mut self, output: &'o Output, runtime: AnalyticsRuntime) -> Option<&'o Output> {
        let went = went(output);
        if runtime == AnalyticsRuntime::Lambda {
            self.yaml.comment(
                1,
                &format!("`error_stream` {went}. The Lambda counts values that do not fit: `InvalidValues`."),
            );
            self.not_carried(
                &output.name,
                "the output `error_stream` is not made: a value that does not fit is NULL, and its row stays"
                    .into(),
                "write `runtime: flink` and `errors: stream` in `analytics`, or watch `InvalidValues` of the function",
            );
            return None;
        }
        let place = match &output.target {
            Some((TargetKind::Firehose, _)) => "delivery",
            Some((TargetKind::Lambda | TargetKind::Stream, _)) | None => "stream",
        };
        self.yaml.comment(
            1,
            &format!(
                "`error_stream` {went}. A value that does not fit is NULL here, and its row stays as well; what is no \
                 JSON is skipped, and no fault."
            ),
        );
        self.yaml.entry(1, "errors", place, None);
        matches!(&output.target, Some((TargetKind::Lambda, _))).then_some(output)
    }

    /// A pipeline has a delivery: where no output went to Firehose, a copy of the first does.
    fn copy(&mut self, output: &Output, names: &[String]) {
        let name = output.name.text.written();
        let mut copy = format!("{name}_COPY");
        while names.contains(&copy) {
            copy.push('_');
        }
        let comment = format!(
            "a copy of {name}, by the last statement of the SQL: no output went to Firehose, and a pipeline has a delivery"
        );
        self.yaml.entry(2, &copy, "delivery", Some(&comment));
        self.not_carried(
            &output.name,
            format!(
                "no output goes to Firehose, and a pipeline has a delivery: a copy of `{name}` goes to S3"
            ),
            "leave it so, or name another output for `delivery` and delete the last statement of the SQL",
        );
        let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
        self.statement = Some(format!(
            "-- By `pipec import`: a pipeline has a delivery, and no output went to Firehose.\n\
             INSERT INTO {} SELECT STREAM * FROM {};\n",
            quoted(&copy),
            quoted(&name)
        ));
    }

    fn output(&mut self, output: &Output, name: &str, delivered: bool) {
        let is_csv = output.format == RecordFormat::Csv;
        let went = went(output);
        let as_csv = if is_csv { ", as CSV; here it is JSON" } else { "" };
        if is_csv {
            self.not_carried(
                &output.name,
                format!("`{name}` is written as CSV, and the rows of a pipeline are JSON"),
                "let the reader of the output take JSON",
            );
        }
        let comment = format!("{went}{as_csv}");
        match &output.target {
            Some((TargetKind::Firehose, _)) if delivered => {
                self.yaml.entry(2, name, "delivery", Some(&comment));
            }
            Some((TargetKind::Firehose, _)) => {
                self.yaml.entry(
                    2,
                    name,
                    "{stream: {}}",
                    Some(&format!("{comment}; a pipeline has one delivery")),
                );
                self.not_carried(
                    &output.name,
                    format!("`{name}` went to Firehose as well, and a pipeline has one delivery"),
                    "let a Firehose stream read the stream of this output, or split the SQL over two pipelines",
                );
            }
            Some((TargetKind::Lambda, function)) => {
                self.yaml.open(2, name);
                self.yaml.open(3, "lambda");
                let arn = word(&function.text.written());
                let comment = function.text.as_known().is_none().then_some("write the function's ARN");
                self.yaml.entry(4, "function", &arn, comment);
                let name = arn.rsplit(':').next().unwrap_or_default().trim_matches('"');
                self.yaml
                    .comment(4, "The name of the function's own role, which the application does not have:");
                self.yaml.command(
                    4,
                    &format!(
                        "aws lambda get-function-configuration --query Role --function-name {}",
                        typed(name)
                    ),
                );
                self.yaml.entry(4, "role", "\"?\"", None);
                if is_csv {
                    self.yaml.comment(4, "It was called with CSV; here it is called with JSON.");
                }
            }
            Some((TargetKind::Stream, _)) | None => {
                self.yaml.entry(2, name, "{stream: {}}", Some(&comment));
            }
        }
    }
}

/// What an output went to, as the end of a sentence.
fn went(output: &Output) -> String {
    match &output.target {
        None => "went to a place that this file does not name".into(),
        Some((kind, arn)) => {
            let kind = match kind {
                TargetKind::Stream => "stream",
                TargetKind::Firehose => "Firehose stream",
                TargetKind::Lambda => "function",
            };
            format!("went to the {kind} {}", arn.text.written())
        }
    }
}
