//! `pipec diff`

use clap::Args;
use similar::TextDiff;

use super::PipelineArgs;
use super::aws::{AwsArgs, Compiled, EventFormat, compile};
use super::connectors::ConnectorArgs;
use super::deploy::Source;
use super::output::{Exit, print};
use super::progress::{JsonReporter, TextReporter};
use crate::cloud::client::StackReader;
use crate::cloud::interrupt::Interrupt;
use crate::cloud::stop::Step;
use crate::deploy::change_set::Base;
use crate::deploy::deployment::{self, Job, Outcome};
use crate::deploy::report::Reporter;
use pipec_compiler::terminal::printable;

/// Lines around a difference.
const CONTEXT_LINES: usize = 3;

/// Show what a deployment would change, without changing anything
///
/// Creates a change set and deletes it again. Exits with 4 if the stack differs from the spec.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  pipec diff pipeline.yaml               in the pipeline's words\n  \
                        pipec diff pipeline.yaml --template    the templates, line by line\n  \
                        pipec diff pipeline.yaml || exit       in a script: exit 4 when it differs")]
pub(super) struct Diff {
    #[command(flatten)]
    pipeline: PipelineArgs,
    /// Also show the lines of the template that differ
    #[arg(long)]
    template: bool,
    /// Bucket for the artifacts, instead of the stack's
    #[arg(long, value_name = "NAME", env = "PIPEC_ARTIFACT_BUCKET")]
    artifact_bucket: Option<String>,
    /// Output format: `text`, or `json` with one object per line
    #[arg(long, value_enum, default_value_t)]
    format: EventFormat,
    #[command(flatten)]
    aws: AwsArgs,
    #[command(flatten)]
    connectors: ConnectorArgs,
}

impl Diff {
    pub(super) fn run(self) -> Result<(), Exit> {
        let compiled = compile(&self.pipeline, self.format)?;
        let interrupt = Interrupt::install();
        match self.diff(&compiled, &interrupt) {
            Ok((Outcome::Unchanged, _)) => Ok(()),
            Ok((_, lines)) => {
                print(&lines)?;
                Err(Exit::Stale)
            }
            Err(stop) => Err(compiled.stopped(stop, self.format)),
        }
    }

    /// How it ended, and the lines that differ where they are asked for.
    fn diff(&self, compiled: &Compiled, interrupt: &Interrupt) -> Step<(Outcome, String)> {
        let client = compiled.client(&self.aws, interrupt)?;
        let source = Source::new(compiled, &self.connectors, interrupt);
        let spec = compiled.shown_spec();
        let plan = &compiled.stack.plan;
        let template = &compiled.stack.template;
        let job = Job {
            client: &client,
            plan,
            template,
            source: &source,
            artifact_bucket: self.artifact_bucket.as_deref(),
            spec: &spec,
        };
        let mut reporter: Box<dyn Reporter> = match self.format {
            EventFormat::Text => Box::new(TextReporter::of_changes(interrupt.clone())),
            EventFormat::Json => Box::new(JsonReporter),
        };
        let outcome = deployment::diff(&job, &mut *reporter)?;
        let mut lines = String::new();
        if self.template && outcome != Outcome::Unchanged {
            let stack = client.stack(&plan.name)?;
            // What was never executed has no template.
            let deployed = match stack.filter(|stack| Base::of(Some(stack)) == Base::Stack) {
                Some(stack) => client.template(&stack.id)?,
                None => String::new(),
            };
            lines = match self.format {
                EventFormat::Text => unified(&deployed, template),
                EventFormat::Json => {
                    let event =
                        serde_json::json!({"event": "templates", "deployed": deployed, "spec": template});
                    format!("{event}\n")
                }
            };
        }
        Ok((outcome, lines))
    }
}

/// The lines that differ. Somebody else may have deployed what is there.
fn unified(deployed: &str, template: &str) -> String {
    let diff = TextDiff::from_lines(deployed, template);
    let mut diff = diff.unified_diff();
    printable(&diff.context_radius(CONTEXT_LINES).header("deployed", "spec").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_that_others_deployed_does_not_steer_the_terminal() {
        let lines = unified("Description: \u{1b}[2Jgone\n", "Description: here\n");
        assert!(lines.contains("-Description: \u{fffd}[2Jgone\n+Description: here\n"), "{lines}");
    }
}
