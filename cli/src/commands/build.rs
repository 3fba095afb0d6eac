//! `pipec build`

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::connectors::{self, ConnectorArgs};
use super::output::{
    Exit, FindingsFormat, Stage, Staged, any_errors, counted, note, parallel, report, shown, tally, typed,
    write,
};
use super::test::without_tests;
use super::{RuntimeArgs, compile};
use pipec_compiler::Stack;
use pipec_compiler::artifacts::connector::Jar;
use pipec_compiler::artifacts::{self, ARTIFACTS_DIR};
use pipec_compiler::aws::flink::Maven;
use pipec_compiler::check;
use pipec_compiler::diagnostics::Diagnostic;
use pipec_compiler::plan::Artifact;
use pipec_compiler::programs::Programs;
use pipec_compiler::source::{Sources, Span};

/// Where output goes.
const DEFAULT_OUT: &str = "generated";

/// Write the stack: template, artifacts and manifest
///
/// Writes, for the spec and for each of its environments, DIR/NAME/template.yaml, DIR/NAME/manifest.json and,
/// where there is SQL for Flink, DIR/NAME/pipeline.sql, which are for committing, and the artifacts that all
/// pipelines share to DIR/artifacts, which are not. Needs no network and no AWS account.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pipec build pipeline.yaml\n  pipec build --env prod pipeline.yaml\n  pipec build pipelines/*.yaml --out \
                        generated\n  pipec build --check pipelines/*.yaml      in CI: exit 4 when the committed \
                        output is stale"
)]
pub(super) struct Build {
    /// Specs to build
    #[arg(required = true, value_name = "SPEC")]
    specs: Vec<PathBuf>,
    /// Only the pipeline of this environment; without it, the spec's own and those of all its environments
    #[arg(long, value_name = "NAME")]
    env: Option<String>,
    /// Output folder
    #[arg(long, value_name = "DIR", default_value = DEFAULT_OUT)]
    out: PathBuf,
    /// Write nothing; exit with 4 if the output is not up to date
    #[arg(long)]
    check: bool,
    /// Output format: `text` goes to stderr, the others to stdout
    #[arg(long, value_enum, default_value_t)]
    format: FindingsFormat,
    /// Fetch a missing connector from the Maven repository
    #[arg(long)]
    fetch_connector: bool,
    #[command(flatten)]
    connectors: ConnectorArgs,
    #[command(flatten)]
    runtime: RuntimeArgs,
}

/// What of a stack is written. The texts lie on the disk already, so that a thousand specs take no more memory than
/// one; they are moved to their places when every spec has turned out fine.
struct Output {
    name: String,
    place: Span,
    staged: Vec<Staged>,
    stale: Vec<String>,
    artifacts: Vec<Artifact>,
    connector: Option<Maven>,
    resources: usize,
}

/// How far a build came.
enum Attempt {
    /// To its end.
    Done,
    /// To a lock that has taken a jar in, before anything else was written.
    Locked,
}

/// What came of one spec.
type Compiled = (Sources, Vec<Diagnostic>, Vec<Output>);

impl Build {
    pub(super) fn run(mut self) -> Result<(), Exit> {
        self.specs = without_tests(self.specs);
        let programs = self.runtime.programs()?;
        // The first use of a jar writes a lock, and its digest is part of a key: then the specs are compiled once more.
        match self.attempt(&programs)? {
            Attempt::Done => Ok(()),
            Attempt::Locked => self.attempt(&programs).map(|_| ()),
        }
    }

    fn attempt(&self, programs: &Programs) -> Result<Attempt, Exit> {
        let mut found = Vec::new();
        let mut outputs = Vec::new();
        let stage = if self.check { None } else { Some(Stage::new(&self.out)?) };
        let compiled = parallel(&self.specs, |spec| self.compile(spec, programs, stage.as_ref()));
        for (spec, compiled) in self.specs.iter().zip(compiled) {
            let (sources, diagnostics, stacks) = compiled?;
            found.push((sources, diagnostics));
            outputs.extend(stacks.into_iter().map(|output| (spec, found.len() - 1, output)));
        }
        duplicates(&outputs, &mut found);
        if !any_errors(&found) && !self.check && self.locks(&outputs)? {
            return Ok(Attempt::Locked);
        }
        report(&found, self.format.into())?;
        if any_errors(&found) {
            drop(stage);
            // The folder goes where it was made for this; one with anything in it stays.
            let _ = fs::remove_dir(&self.out);
            note(&format!("nothing was written: {}", tally(&found)));
            return Err(Exit::Spec);
        }
        let left = self.left_over(&outputs);
        if self.check {
            return self.compare(&outputs, &left).map(|()| Attempt::Done);
        }
        let jars = match self.jars(&outputs) {
            Ok(jars) => jars,
            Err(exit) => {
                drop(stage);
                let _ = fs::remove_dir(&self.out);
                return Err(exit);
            }
        };
        self.write_artifacts(&outputs, programs, &jars)?;
        let placed = parallel(&outputs, |(_, _, output)| output.staged.iter().try_for_each(Staged::place));
        placed.into_iter().collect::<Result<(), Exit>>()?;
        if self.format == FindingsFormat::Text {
            let told: Vec<String> = outputs.iter().map(|(_, _, output)| self.told(output)).collect();
            note(&told.join("\n"));
            for folder in &left {
                note(&format!("{} is of no pipeline any more: delete it", shown(folder)));
            }
        }
        Ok(Attempt::Done)
    }

    /// Folders that an earlier build wrote for environments that the specs no longer have. A pipeline of the spec itself
    /// may be any other spec's.
    fn left_over(&self, outputs: &[(&PathBuf, usize, Output)]) -> Vec<PathBuf> {
        if self.env.is_some() {
            return Vec::new();
        }
        let names: BTreeSet<&str> = outputs.iter().map(|(.., output)| output.name.as_str()).collect();
        let own = |folder: &str| {
            names.iter().any(|name| folder.strip_prefix(name).is_some_and(|rest| rest.starts_with('-')))
        };
        let entries = fs::read_dir(&self.out).into_iter().flatten().flatten();
        let folders = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let mut left: Vec<PathBuf> = folders
            .filter(|folder| !names.contains(folder.as_str()) && own(folder))
            .map(|folder| self.out.join(folder))
            .filter(|folder| is_of_environment(folder, &names))
            .collect();
        left.sort();
        left
    }

    fn compile(&self, spec: &Path, programs: &Programs, stage: Option<&Stage>) -> Result<Compiled, Exit> {
        let compiled = compile(programs, spec, self.env.as_deref());
        let outputs =
            compiled.pipelines.into_iter().map(|stack| self.output(stack, &compiled.sources, stage));
        let outputs = outputs.collect::<Result<Vec<Output>, Exit>>()?;
        Ok((compiled.sources, compiled.diagnostics, outputs))
    }

    fn output(&self, stack: Stack, sources: &Sources, stage: Option<&Stage>) -> Result<Output, Exit> {
        let folder = self.out.join(&stack.plan.name);
        let (mut staged, mut stale) = (Vec::new(), Vec::new());
        let texts = artifacts::texts(&stack.plan, &stack.template);
        self.keep_inputs(sources, &folder)?;
        for name in artifacts::TEXT_NAMES.iter().filter(|name| texts.iter().all(|text| text.name != **name)) {
            let path = folder.join(name);
            if path.exists() {
                match stage {
                    Some(_) => staged.push(Staged::removal(path)),
                    None => stale.push(format!("{} is no longer generated", shown(&path))),
                }
            }
        }
        for text in texts {
            let path = folder.join(text.name);
            match stage {
                Some(stage) => staged.extend(stage.file(path, text.text.as_bytes())?),
                None => match fs::read(&path) {
                    Ok(there) if there == text.text.as_bytes() => {}
                    Ok(_) => stale.push(format!("{} is stale", shown(&path))),
                    Err(_) => stale.push(format!("{} is missing", shown(&path))),
                },
            }
        }
        Ok(Output {
            place: stack.checked.pipeline().name.span,
            staged,
            stale,
            connector: artifacts::connector(&stack.plan),
            resources: stack.plan.resources.len(),
            name: stack.plan.name,
            artifacts: stack.plan.artifacts,
        })
    }

    /// What the compilation reads is never written over, nor removed as something that an earlier build wrote.
    fn keep_inputs(&self, sources: &Sources, folder: &Path) -> Result<(), Exit> {
        let inputs: Vec<PathBuf> = sources.paths().filter_map(|path| fs::canonicalize(path).ok()).collect();
        for name in artifacts::TEXT_NAMES {
            let path = folder.join(name);
            if fs::canonicalize(&path).is_ok_and(|path| inputs.contains(&path)) {
                return Err(Exit::usage(&format!(
                    "`{}` is read by the spec and would be overwritten; rename it, or build with another `--out`",
                    shown(&path)
                )));
            }
        }
        Ok(())
    }

    /// Says what is not as the specs give it.
    fn compare(&self, outputs: &[(&PathBuf, usize, Output)], left: &[PathBuf]) -> Result<(), Exit> {
        let out = match typed(&self.out).as_str() {
            DEFAULT_OUT => String::new(),
            out => format!(" --out {out}"),
        };
        let env = self.env.as_ref().map(|env| format!(" --env {env}")).unwrap_or_default();
        for (spec, _, output) in outputs {
            for stale in &output.stale {
                note(&format!("{stale}: run `pipec build {}{env}{out}`", typed(spec)));
            }
            if let (Some(path), Some(connector)) = (self.missing(output), &output.connector) {
                note(&format!(
                    "{} is not built, since the connector {connector} is not on this machine; the committed files do \
                     not depend on it",
                    shown(&path)
                ));
            }
        }
        for folder in left {
            note(&format!("{} is of no pipeline any more: delete it", shown(folder)));
        }
        let is_current = outputs.iter().all(|(_, _, output)| output.stale.is_empty()) && left.is_empty();
        if is_current { Ok(()) } else { Err(Exit::Stale) }
    }

    /// Holds every jar that is here against the locks, before anything is written; whether a lock has taken one in.
    fn locks(&self, outputs: &[(&PathBuf, usize, Output)]) -> Result<bool, Exit> {
        let jars = self.jars(outputs).inspect_err(|_| {
            // The folder goes where it was made for this; one with anything in it stays.
            let _ = fs::remove_dir(&self.out);
        })?;
        let mut locked = false;
        for (spec, _, output) in outputs {
            let Some(connector) = &output.connector else { continue };
            let Some(jar) = jars.get(&connector.to_string()) else { continue };
            locked |= connectors::verify(spec, connector, jar).map_err(|problem| Exit::usage(&problem))?;
        }
        Ok(locked)
    }

    /// The connectors that the outputs need, each verified against the locks of the specs that need it.
    fn jars(&self, outputs: &[(&PathBuf, usize, Output)]) -> Result<BTreeMap<String, Jar>, Exit> {
        let mut jars: BTreeMap<String, Jar> = BTreeMap::new();
        let mut missing: BTreeSet<String> = BTreeSet::new();
        for (spec, _, output) in outputs {
            let Some(connector) = &output.connector else { continue };
            let coordinates = connector.to_string();
            if missing.contains(&coordinates) {
                continue;
            }
            if !jars.contains_key(&coordinates) {
                let mut jar = self.connectors.find(connector).map_err(|problem| Exit::usage(&problem))?;
                if jar.is_none() && self.fetch_connector {
                    let fetched = self.connectors.fetch(spec, connector);
                    jar = Some(fetched.map_err(|problem| Exit::usage(&problem))?);
                }
                let Some(jar) = jar else {
                    missing.insert(coordinates);
                    continue;
                };
                jars.insert(coordinates.clone(), jar);
            }
            let verified = connectors::check(spec, connector, &jars[&coordinates]);
            verified.map_err(|problem| Exit::usage(&problem))?;
        }
        Ok(jars)
    }

    /// The artifacts that are not there yet, before the templates that name them.
    fn write_artifacts(
        &self,
        outputs: &[(&PathBuf, usize, Output)],
        programs: &Programs,
        jars: &BTreeMap<String, Jar>,
    ) -> Result<(), Exit> {
        let mut missing: BTreeMap<PathBuf, (&Artifact, Option<&Jar>)> = BTreeMap::new();
        for (_, _, output) in outputs {
            let jar = output.connector.as_ref().and_then(|connector| jars.get(&connector.to_string()));
            for artifact in &output.artifacts {
                let path = self.out.join(ARTIFACTS_DIR).join(&artifact.s3_key);
                missing.entry(path).or_insert((artifact, jar));
            }
        }
        missing.retain(|path, _| !path.exists());
        let missing: Vec<_> = missing.into_iter().collect();
        let written = parallel(&missing, |(path, (artifact, jar))| {
            match artifacts::bytes(artifact, programs, jar.map(|jar| jar.bytes.as_slice())) {
                Ok(Some(bytes)) => write(path, &bytes),
                Ok(None) => Ok(()),
                Err(error) => Err(Exit::usage(&format!("`{}` cannot be built: {error}", shown(path)))),
            }
        });
        written.into_iter().collect()
    }

    /// What was written, and what is missing.
    fn told(&self, output: &Output) -> String {
        let folder = shown(&self.out.join(&output.name));
        let state = if output.staged.is_empty() { "unchanged" } else { "wrote" };
        let missing = self.missing(output);
        let artifacts = counted(output.artifacts.len(), "artifact", "artifacts");
        let mut text = format!(
            "{state} {folder}: {} resources, {}",
            output.resources,
            artifacts.as_deref().unwrap_or("no artifacts")
        );
        if let (Some(path), Some(connector)) = (missing, &output.connector) {
            text += &format!(
                ", of which 1 is missing\nmissing {}: it contains the connector {connector}, which is neither in \
                 pipec's \
                 cache nor in the local Maven repository; build with `--fetch-connector` or `--connector-jar FILE`. The \
                 template is complete; the key of this file changes once, when `pipec.lock` records the first jar.",
                shown(&path)
            );
        }
        text
    }

    /// The Flink zip, where it could not be made.
    fn missing(&self, output: &Output) -> Option<PathBuf> {
        output.connector.as_ref()?;
        let flink = output.artifacts.iter().find(|artifact| artifact.name == "flink")?;
        Some(self.out.join(ARTIFACTS_DIR).join(&flink.s3_key)).filter(|path| !path.exists())
    }
}

/// Two specs of one name would write the same files.
fn duplicates(outputs: &[(&PathBuf, usize, Output)], found: &mut [(Sources, Vec<Diagnostic>)]) {
    let paths: Vec<String> = outputs.iter().map(|(spec, ..)| shown(spec)).collect();
    let names = paths
        .iter()
        .zip(outputs)
        .map(|(path, (.., output))| (path.as_str(), output.name.as_str(), output.place));
    for (at, diagnostic) in check::same_names(names) {
        found[outputs[at].1].1.push(diagnostic);
    }
}

/// Whether a build wrote a folder for an environment of one of some pipelines: the manifest has the names of both.
fn is_of_environment(folder: &Path, specs: &BTreeSet<&str>) -> bool {
    let Ok(text) = fs::read_to_string(folder.join("manifest.json")) else { return false };
    let Ok(manifest) = serde_json::from_str::<serde_json::Value>(&text) else { return false };
    let name = folder.file_name().and_then(|name| name.to_str());
    manifest["pipeline"].as_str() == name
        && manifest["environment_of"].as_str().is_some_and(|of| specs.contains(of))
}
