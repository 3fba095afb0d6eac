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
                "change the consumer of that destination to read the stream of ERROR_STREAM",
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

    /// `error_stream` of Kinesis Data Analytics, which is an output of Flink; the output, if a function is called with
    /// its rows.
    fn errors<'o>(&mut self, output: &'o Output, runtime: AnalyticsRuntime) -> Option<&'o Output> {
        let went = went(output);
        if runtime == AnalyticsRuntime::Lambda {
            self.yaml.comment(
                1,
                &format!("`error_stream` {went}. Lambda counts invalid values as `InvalidValues`."),
            );
            self.not_carried(
                &output.name,
                "the output `error_stream` is not created: an invalid value is NULL, and its row is kept"
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
                "`error_stream` {went}. An invalid value is NULL here, and its row is kept; a record \
                 that cannot be read is skipped. Both are reported."
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
            "a copy of {name}, by the last statement of the SQL: no output went to Firehose, but a pipeline needs a delivery"
        );
        self.yaml.entry(2, &copy, "delivery", Some(&comment));
        self.not_carried(
            &output.name,
            format!(
                "no output goes to Firehose, but a pipeline needs a delivery: a copy of `{name}` goes to S3"
            ),
            "keep it, or name another output for `delivery` and delete the last statement of the SQL",
        );
        let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
        self.statement = Some(format!(
            "-- By `pipec import`: a pipeline needs a delivery, and no output went to Firehose.\n\
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
                format!("`{name}` is written as CSV, but the rows of a pipeline are JSON"),
                "change the consumer of the output to read JSON",
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
                    format!("`{name}` went to Firehose as well, but a pipeline has one delivery"),
                    "create a Firehose stream that reads this output's stream, or split the SQL into two pipelines",
                );
            }
            Some((TargetKind::Lambda, function)) => {
                self.yaml.open(2, name);
                self.yaml.open(3, "lambda");
                let arn = word(&function.text.written());
                let comment = function.text.as_known().is_none().then_some("write the function's ARN");
                self.yaml.entry(4, "function", &arn, comment);
                let name = arn.rsplit(':').next().unwrap_or_default().trim_matches('"');
                self.yaml.comment(
                    4,
                    "The name of the function's execution role, which the application does not contain:",
                );
                self.yaml.command(
                    4,
                    &format!(
                        "aws lambda get-function-configuration --query Role --function-name {}",
                        typed(name)
                    ),
                );
                self.yaml.entry(4, "role", "\"?\"", None);
                if is_csv {
                    self.yaml.comment(4, "The function was called with CSV; here it is called with JSON.");
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
        None => "went to a destination that this file does not define".into(),
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
