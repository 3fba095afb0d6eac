//! `import`: an application of Kinesis Data Analytics for SQL, as something else describes it, to a spec and its SQL.
//!
//! One file a format reads it into an [`Application`]; `spec` writes that. What a file names is not trusted: it becomes
//! YAML by one way of quoting, comments stay on their lines, and no file is read that lies outside the file's folder.

mod application;
mod cloudformation;
mod describe;
mod outputs;
mod records;
mod spec;
mod terraform;
mod value;
mod yaml;

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

pub use application::Application;
pub use spec::{Download, Imported};

use crate::Select;
use crate::diagnostics::{self, Code, Diagnostic};
use crate::parse::load;
use crate::parse::tree::{self, Fault, Kind, Node};
use crate::programs::Programs;
use crate::source::{SourceFile, Sources};
use crate::spec::AnalyticsRuntime;
use crate::world::World;

/// The applications that a file describes.
///
/// # Errors
/// When the file cannot be read, or describes none.
pub fn read(
    world: &dyn World,
    path: &Path,
    sources: &mut Sources,
) -> Result<(Vec<Application>, Vec<Diagnostic>), Vec<Diagnostic>> {
    let id = load(world, path, sources).map_err(|diagnostic| vec![*diagnostic])?;
    let file = sources.file(id);
    let (applications, others, mut diagnostics) = applications(world, path, file)?;
    if applications.is_empty() {
        diagnostics.push(none(file, &others));
        return Err(diagnostics);
    }
    Ok((applications, diagnostics))
}

type Found = (Vec<Application>, Vec<String>, Vec<Diagnostic>);

fn applications(world: &dyn World, path: &Path, file: &SourceFile) -> Result<Found, Vec<Diagnostic>> {
    let text = file.text();
    let folder = path.parent().unwrap_or(Path::new(""));
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    if matches!(extension, "tf" | "hcl") {
        let body =
            terraform::parse(text).map_err(|(at, words)| vec![unreadable(file, at, "Terraform", &words)])?;
        return Ok(terraform::read(&body, file, folder, world));
    }
    match document(text) {
        Ok(Some(root)) if cloudformation::is_template(&root) => Ok(cloudformation::read(&root, file)),
        Ok(Some(root)) => {
            let (applications, others) = describe::read(&root, file);
            Ok((applications, others, Vec::new()))
        }
        Ok(None) => Ok(Found::default()),
        Err((at, words)) => match terraform::parse(text) {
            Ok(body) if body.get_blocks("resource").next().is_some() => {
                Ok(terraform::read(&body, file, folder, world))
            }
            _ => Err(vec![unreadable(file, at, "JSON or YAML", &words)]),
        },
    }
}

/// A document of YAML or JSON; `None` where it is empty.
fn document(text: &str) -> Result<Option<Node>, (usize, String)> {
    let (node, faults) = tree::read(text);
    let fatal = faults.into_iter().find_map(|fault| match fault {
        Fault::Syntax(words, at) => Some((at, words)),
        Fault::TooDeep(at) => Some((at, "it is nested too deeply".into())),
        Fault::TooComplex(at) => Some((at, "it has too many values".into())),
        Fault::DuplicateKey(..) | Fault::KeyNotText(_) | Fault::SecondDocument(_) => None,
    });
    let Some(fault) = fatal else { return Ok(node) };
    // JSON has escapes that YAML has not: halves of surrogate pairs.
    match serde_json::from_str(text) {
        Ok(value) => Ok(Some(without_places(&value))),
        Err(_) => Err(fault),
    }
}

fn without_places(value: &serde_json::Value) -> Node {
    use serde_json::Value;
    let kind = match value {
        Value::Null => Kind::Null,
        Value::Bool(value) => Kind::Bool(*value),
        Value::Number(number) => {
            number.as_i64().map_or_else(|| Kind::Float(number.as_f64().unwrap_or_default()), Kind::Integer)
        }
        Value::String(text) => Kind::String(text.clone(), Vec::new()),
        Value::Array(items) => Kind::Sequence(items.iter().map(without_places).collect()),
        Value::Object(entries) => Kind::Mapping(
            entries
                .iter()
                .map(|(key, value)| tree::Entry {
                    key: key.clone(),
                    key_range: 0..0,
                    value: without_places(value),
                })
                .collect(),
        ),
    };
    Node { kind, range: 0..0, tag: None }
}

fn unreadable(file: &SourceFile, at: usize, format: &str, words: &str) -> Diagnostic {
    Diagnostic::error(
        Code::ImportSyntax,
        file.span(at..at),
        format!("this is not valid {format}: {words}"),
        "pass the output of `aws kinesisanalytics describe-application`, a CloudFormation template, or a `.tf` file of \
         Terraform, unchanged",
    )
}

fn none(file: &SourceFile, others: &[String]) -> Diagnostic {
    let (message, help) = match others {
        [] => (
            "the file describes no application of Kinesis Data Analytics for SQL".to_owned(),
            "pass the output of `aws kinesisanalytics describe-application`, a CloudFormation template with \
             `AWS::KinesisAnalytics::Application`, or a `.tf` file with `aws_kinesis_analytics_application`",
        ),
        others => (
            format!("the file describes no application with SQL: {}", others.join(", ")),
            "import applications of Kinesis Data Analytics for SQL; a Flink application has its own program",
        ),
    };
    Diagnostic::error(Code::NoApplication, file.first_line(), message, help)
}

/// The specs of applications, each under a name of its own, and what was found on the way.
pub fn import(
    world: &dyn World,
    programs: &Programs,
    applications: &[Application],
) -> (Vec<Imported>, Vec<Diagnostic>) {
    let (mut all, mut findings): (Vec<Imported>, Vec<Diagnostic>) = (Vec::new(), Vec::new());
    for application in applications {
        let plain = spec::pipeline_name(&application.name);
        let mut name = plain.clone();
        let mut count = 1;
        while all.iter().any(|other| other.name == name) {
            count += 1;
            let number = format!("-{count}");
            name = plain.chars().take(40 - number.len()).collect::<String>() + &number;
        }
        let (lambda, _) = spec::write(application, &name, AnalyticsRuntime::Lambda);
        let runtime =
            if runs(world, programs, &lambda) { AnalyticsRuntime::Lambda } else { AnalyticsRuntime::Flink };
        let (imported, found) = spec::write(application, &name, runtime);
        all.push(imported);
        findings.extend(found);
    }
    diagnostics::sort(&mut findings);
    (all, findings)
}

/// Whether a pipeline compiles, with a row without values in each reference table that is not there yet.
fn runs(world: &dyn World, programs: &Programs, imported: &Imported) -> bool {
    if imported.incomplete {
        return false;
    }
    let mut files = HashMap::from([
        (PathBuf::from(imported.spec_file()), imported.spec.clone()),
        (PathBuf::from(imported.sql_file()), imported.sql.clone()),
    ]);
    files.extend(
        imported.downloads.iter().map(|download| (PathBuf::from(&download.file), download.stand_in.clone())),
    );
    let over = Over { files, world };
    crate::compile(&over, programs, Path::new(&imported.spec_file()), Select::Spec).pipeline().is_some()
}

/// Files that are not on the disk yet.
struct Over<'a> {
    files: HashMap<PathBuf, String>,
    world: &'a dyn World,
}

impl World for Over<'_> {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        match self.files.get(path) {
            Some(text) => Ok(text.clone().into_bytes()),
            None => self.world.read(path),
        }
    }

    fn size(&self, path: &Path) -> io::Result<u64> {
        match self.files.get(path) {
            Some(text) => Ok(text.len() as u64),
            None => self.world.size(path),
        }
    }
}
