//! What the verbs that ask AWS share: one compiled spec, a client, and faults at their place in the spec.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::json;

use super::PipelineArgs;
use super::output::{Exit, any_errors, note, print, tally, today, typed};
use super::progress::{JsonReporter, TextReporter};
use crate::cloud::interrupt::Interrupt;
use crate::cloud::sdk::{SdkClient, Settings};
use crate::cloud::stop::{At, Fault, Stop};
use crate::deploy::report::Reporter;
use pipec_compiler::Stack;
use pipec_compiler::diagnostics::format::Findings;
use pipec_compiler::diagnostics::{Code, Diagnostic, Format, Severity};
use pipec_compiler::programs::Programs;
use pipec_compiler::source::Sources;
use pipec_compiler::terminal::printable;
use pipec_compiler::world::Disk;

/// Where AWS is asked, as for the AWS CLI: `AWS_PROFILE`, `AWS_REGION`, SSO, `AWS_ENDPOINT_URL`.
#[derive(Clone, Debug, Args)]
pub(super) struct AwsArgs {
    /// Profile of the AWS CLI's files, instead of `AWS_PROFILE`
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Region, instead of `AWS_REGION` or the profile's; must be the spec's
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// Log every AWS call
    #[arg(long, short)]
    verbose: bool,
}

/// Who reads what is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum EventFormat {
    /// Human-readable text
    #[default]
    Text,
    /// JSON, one object per line
    Json,
}

impl EventFormat {
    pub(super) fn reporter(self, interrupt: &Interrupt) -> Box<dyn Reporter> {
        match self {
            Self::Text => Box::new(TextReporter::new(interrupt.clone())),
            Self::Json => Box::new(JsonReporter),
        }
    }

    /// Tells what was found: to people on stderr, to programs as events.
    fn tell(self, sources: &Sources, diagnostics: &[Diagnostic]) {
        let findings = [Findings { sources, diagnostics }];
        if self == Self::Text {
            let text = Format::Text.render(&findings);
            if !text.is_empty() {
                note(text.trim_end());
            }
            return;
        }
        let found = serde_json::from_str(&Format::Json.render(&findings));
        let found: Vec<serde_json::Map<_, _>> = found.unwrap_or_default();
        for one in found {
            let mut event = serde_json::Map::new();
            event.insert("event".to_owned(), one.get("severity").cloned().unwrap_or_default());
            event.extend(one);
            let _ = print(&format!("{}\n", serde_json::Value::from(event)));
        }
    }
}

/// AWS without a spec: region and credentials are those of the AWS CLI (`AWS_REGION`, `AWS_PROFILE`, `AWS_ENDPOINT_URL`, SSO).
pub(super) fn client_of_environment(region: Option<String>) -> Result<SdkClient, Exit> {
    let client = SdkClient::new(&Settings { region, ..Settings::default() }, Interrupt::install());
    let client = client.map_err(|error| Exit::usage(&format!("no runtime: {error}")))?;
    client.ok_or_else(|| Exit::usage("no region: set AWS_REGION, or write `--region us-east-1`"))
}

/// A compiled spec and what leads from a fault to its line.
pub(super) struct Compiled {
    pub(super) sources: Sources,
    pub(super) stack: Stack,
    pub(super) programs: Programs,
    pub(super) spec: PathBuf,
    env: Option<String>,
    /// The profile of the command line, once AWS is called.
    profile: OnceCell<String>,
}

/// Compiles the one spec that is asked about, or its environment; advice is for `plan`. What is found is told in the
/// format, which has to be text where stdout holds something else than events.
pub(super) fn compile(pipeline: &PipelineArgs, format: EventFormat) -> Result<Compiled, Exit> {
    let PipelineArgs { spec, env, runtime } = pipeline.clone();
    let programs = runtime.programs()?;
    let mut compilation = pipec_compiler::compile(&Disk, &programs, &spec, env.as_deref().into());
    compilation.on_day(&today());
    let pipec_compiler::Compilation { sources, mut diagnostics, pipelines, .. } = compilation;
    diagnostics.retain(|diagnostic| diagnostic.severity != Severity::Advice);
    format.tell(&sources, &diagnostics);
    let found = [(sources, diagnostics)];
    let stack = pipelines.into_iter().next().filter(|_| !any_errors(&found)).ok_or_else(|| {
        note(&format!("nothing was done: {}", tally(&found)));
        Exit::Spec
    })?;
    let [(sources, _)] = found;
    Ok(Compiled { sources, stack, programs, spec, env, profile: OnceCell::new() })
}

impl Compiled {
    /// The spec and its environment as the user named them, for commands to repeat.
    pub(super) fn shown_spec(&self) -> String {
        let spec = typed(&self.spec);
        self.env.as_ref().map_or(spec.clone(), |env| format!("{spec} --env {env}"))
    }

    /// AWS in the spec's region.
    pub(super) fn client(&self, args: &AwsArgs, interrupt: &Interrupt) -> Result<SdkClient, Stop> {
        let region = &self.stack.checked.pipeline().region;
        if let Some(profile) = &args.profile {
            let _ = self.profile.set(typed(Path::new(profile)));
        }
        let settings = Settings {
            region: args.region.clone(),
            profile: args.profile.clone(),
            fallback_region: Some(region.value.clone()),
            verbose: args.verbose,
        };
        let client = SdkClient::new(&settings, interrupt.clone()).map_err(|error| {
            Stop::fault(Code::AwsUnreachable, At::Name, format!("no runtime: {error}"), "free some memory")
        })?;
        let client = client.ok_or_else(|| {
            Stop::fault(Code::OtherRegion, At::Region, "no region is named", "write `region:` into the spec")
        })?;
        let asked = crate::cloud::client::StackReader::region(&client);
        if asked != region.value {
            let spec = if region.written { "" } else { ", where no `region` is written" };
            return Err(Stop::fault(
                Code::OtherRegion,
                At::Region,
                format!("the spec is for {}{spec}, but the AWS region is {asked}", region.value),
                format!("write `region: {asked}` into the spec, or run with `--region {}`", region.value),
            ));
        }
        Ok(client)
    }

    /// Tells why there is no next step, and how the command exits.
    pub(super) fn stopped(&self, stop: Stop, format: EventFormat) -> Exit {
        match stop {
            Stop::Declined => {
                note("nothing was changed");
                Exit::Usage
            }
            Stop::Interrupted(meanwhile) => {
                match format {
                    EventFormat::Text => note(&format!("interrupted: {}", printable(&meanwhile))),
                    EventFormat::Json => {
                        let _ =
                            print(&format!("{}\n", json!({"event": "interrupted", "message": meanwhile})));
                    }
                }
                Exit::Interrupted
            }
            Stop::Fault(fault) => {
                let exit = match fault.code {
                    Code::DataAtStake | Code::OtherRegion => Exit::Spec,
                    Code::Unconfirmed | Code::ArtifactMissing => Exit::Usage,
                    _ => Exit::Aws,
                };
                format.tell(&self.sources, &[self.diagnostic(&fault)]);
                exit
            }
            Stop::Faults(faults) => {
                let found: Vec<Diagnostic> = faults.iter().map(|fault| self.diagnostic(fault)).collect();
                format.tell(&self.sources, &found);
                Exit::Aws
            }
        }
    }

    /// A fault at the line of the spec that led to it.
    fn diagnostic(&self, fault: &Fault) -> Diagnostic {
        let places = &self.stack.places;
        let pointer = match &fault.at {
            At::Name => None,
            At::Region => Some("/region"),
            At::Spec(pointer) => Some(pointer.as_str()),
            At::Resource(logical_id) => {
                let resources = &self.stack.plan.resources;
                let found = resources.iter().find(|resource| resource.logical_id == *logical_id);
                found.map(|resource| resource.spec.as_ref())
            }
        };
        // What the spec leaves to a default stands at the nearest key that it has.
        let pointer =
            pointer.filter(|pointer| *pointer != "/name").and_then(|pointer| places.nearest(pointer));
        // The name of an environment's pipeline stands at the environment.
        let name = &self.stack.checked.pipeline().name;
        let of_name = if name.written { places.key("/name") } else { name.span };
        let span = pointer.map_or(of_name, |pointer| places.key(pointer));
        let message = fault.message.replace(['\n', '\r'], " ");
        // What does not know how the spec was named says SPEC.
        let help = fault.help.replace(" SPEC", &format!(" {}", self.shown_spec()));
        let region = self.stack.checked.pipeline().region.value.as_str();
        let help = asking_there(&help, region, self.profile.get().map(String::as_str));
        Diagnostic::error(fault.code, span, message, help)
    }
}

/// A help whose AWS CLI commands use the region and the profile that pipec used: by itself, the CLI might look for
/// the same name elsewhere.
fn asking_there(help: &str, region: &str, profile: Option<&str>) -> String {
    let options = [("--region", Some(region)), ("--profile", profile)];
    let mut complete = String::new();
    // Every second part is between backticks.
    for (index, part) in help.split('`').enumerate() {
        if index > 0 {
            complete.push('`');
        }
        complete.push_str(part);
        if index % 2 == 1 && part.starts_with("aws ") {
            // A login is for a profile, whatever region it asks.
            let none = if part.starts_with("aws sso ") { "--region" } else { "" };
            let missing = options.iter().filter(|(name, _)| !part.contains(name) && *name != none);
            for (name, value) in missing.filter_map(|(name, value)| Some((name, (*value)?))) {
                complete.push_str(&format!(" {name} {value}"));
            }
        }
    }
    complete
}

#[cfg(test)]
mod tests {
    use super::asking_there;

    #[test]
    fn commands_of_the_aws_cli_ask_where_pipec_asked() {
        let help = "run `pipec start a.yaml`, `aws s3 mb s3://b --region eu-west-1` or `aws sts get-caller-identity`";
        assert_eq!(
            asking_there(help, "eu-west-1", None),
            "run `pipec start a.yaml`, `aws s3 mb s3://b --region eu-west-1` or `aws sts get-caller-identity --region \
             eu-west-1`"
        );
        assert_eq!(
            asking_there("`aws s3 ls`: aws", "eu-west-1", Some("'my team'")),
            "`aws s3 ls --region eu-west-1 --profile 'my team'`: aws"
        );
        assert_eq!(
            asking_there("`aws sso login`", "eu-west-1", Some("team")),
            "`aws sso login --profile team`"
        );
        assert_eq!(asking_there("AWS says no", "eu-west-1", None), "AWS says no");
    }
}
