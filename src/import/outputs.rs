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
        let errors = self.errors(&errors, runtime);
        if outputs.is_empty() && errors.is_none() {
            return;
        }
        self.yaml.open(1, "outputs");
        if let Some(errors) = errors {
            self.output(errors, ERROR_STREAM, false);
        }
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
        if delivered.is_none()
            && let Some(first) = outputs.first()
        {
            self.copy(first, &written);
        }
    }

    /// The stream of faults: `errors` of the spec with Flink. Where its rows went to a function, or to Firehose, it is an
    /// output that is written out.
    fn errors<'o>(&mut self, errors: &[&'o Output], runtime: AnalyticsRuntime) -> Option<&'o Output> {
        let first = *errors.first()?;
        for output in errors {
            let went = went(output);
            if runtime == AnalyticsRuntime::Lambda {
                self.yaml.comment(
                    1,
                    &format!(
                        "`error_stream` {went}. The metric InvalidValues counts its faults here; with runtime flink, \
                         `errors: stream` writes them."
                    ),
                );
                self.not_carried(
                    &output.name,
                    "the output `error_stream` is not made: a value that does not fit is NULL, is counted, and its row stays"
                        .into(),
                    "leave such rows out with `WHERE \"column\" IS NOT NULL`, or write `runtime: flink` and `errors: stream`",
                );
            } else {
                self.yaml.comment(1, &format!("`error_stream` {went}; here it is the output ERROR_STREAM."));
            }
        }
        if runtime == AnalyticsRuntime::Lambda {
            return None;
        }
        self.yaml.entry(1, "errors", "stream", None);
        for second in &errors[1..] {
            self.not_carried(
                &second.name,
                format!("`error_stream` has a second destination: it also {}", went(second)),
                "let what reads it there read the stream of ERROR_STREAM",
            );
        }
        matches!(first.target, Some((TargetKind::Lambda | TargetKind::Firehose, _))).then_some(first)
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
