//! `pipec import`

use std::path::{Path, PathBuf};

use clap::Args;

use super::RuntimeArgs;
use super::aws::client_of_environment;
use super::output::{Exit, any_errors, note, report, shown, tally, typed, write};
use crate::cloud::call_error::{CallError, CallErrorKind};
use crate::cloud::sdk::SdkClient;
use pipec_compiler::diagnostics::{Format, suggest};
use pipec_compiler::import::{Application, Download, Imported, import, read};
use pipec_compiler::resolve::REFERENCE_BYTES_MAX;
use pipec_compiler::source::Sources;
use pipec_compiler::terminal::printable;
use pipec_compiler::world::Disk;

/// Convert a Kinesis Data Analytics for SQL application into a spec and its SQL
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  aws kinesisanalytics describe-application --application-name trades > trades.json\n  \
                  pipec import trades.json                       trades.yaml and trades.sql\n  \
                  pipec import template.yaml --name trades       of several in a CloudFormation template\n  \
                  pipec import main.tf --out pipelines           from Terraform\n  \
                  pipec import trades.json --fetch               and the reference tables from S3\n\n\
                  Comments in the spec mark what needs your attention: the load, which an application does not declare, and \
                  parts without a counterpart in a pipeline. The spec is checked immediately."
)]
pub(super) struct Import {
    /// Output of `describe-application` (either API version), a CloudFormation template, or a `.tf` file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Only the application with this name
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Output folder; several applications get one subfolder each
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
    /// Overwrite existing files
    #[arg(long)]
    force: bool,
    /// Fetch the files of reference tables from S3, as `aws s3 cp` would
    #[arg(long)]
    fetch: bool,
    /// Region of the bucket, instead of `AWS_REGION` or the profile's
    #[arg(long, value_name = "REGION", requires = "fetch")]
    region: Option<String>,
    #[command(flatten)]
    runtime: RuntimeArgs,
}

impl Import {
    pub(super) fn run(self) -> Result<(), Exit> {
        let programs = self.runtime.programs()?;
        let mut sources = Sources::default();
        let (applications, mut findings) = match read(&Disk, &self.file, &mut sources) {
            Ok(read) => read,
            Err(findings) => {
                report(&[(sources, findings)], Format::Text)?;
                note("nothing was written");
                return Err(Exit::Spec);
            }
        };
        let applications = self.chosen(applications)?;
        let (imported, found) = import(&Disk, &programs, &applications);
        findings.extend(found);
        let several = imported.len() > 1;
        let folder = |one: &Imported| if several { self.out.join(&one.name) } else { self.out.clone() };
        for one in &imported {
            self.spare(&folder(one), one)?;
        }
        let of_import = [(sources, findings)];
        report(&of_import, Format::Text)?;
        let mut failed = any_errors(&of_import);
        let mut downloads = imported.iter().flat_map(|one| &one.downloads);
        let fetches = self.fetch && downloads.any(|download| download.bucket.is_some());
        let client = fetches.then(|| client_of_environment(self.region.clone())).transpose()?;
        for one in &imported {
            let folder = folder(one);
            let (spec, sql) = (folder.join(one.spec_file()), folder.join(one.sql_file()));
            write(&sql, one.sql.as_bytes())?;
            write(&spec, one.spec.as_bytes())?;
            note(&format!("wrote {} and {}", shown(&spec), shown(&sql)));
            let mut missing = Vec::new();
            for download in &one.downloads {
                let path = folder.join(&download.file);
                if self.fetch {
                    fetch(client.as_ref(), download, &path)?;
                } else if !path.exists() {
                    missing.push(format!(
                        "{} does not exist yet; the comment at `file` in the spec shows how to get it",
                        shown(&path)
                    ));
                }
            }
            if one.incomplete {
                note(&format!(
                    "{} is not complete: fix the errors above, then run pipec check {}",
                    shown(&spec),
                    typed(&spec)
                ));
                continue;
            }
            failed |= self.check(&programs, &spec, &missing)?;
        }
        if failed { Err(Exit::Spec) } else { Ok(()) }
    }

    /// The applications that are asked for.
    fn chosen(&self, mut applications: Vec<Application>) -> Result<Vec<Application>, Exit> {
        let Some(name) = &self.name else { return Ok(applications) };
        let names: Vec<String> = applications.iter().map(|application| application.name.clone()).collect();
        applications.retain(|application| application.name == *name);
        if applications.is_empty() {
            return Err(Exit::usage(&format!(
                "`{}` describes no application `{name}`; {}",
                shown(&self.file),
                suggest::instead(name, names.iter().map(String::as_str))
            )));
        }
        Ok(applications)
    }

    /// Nothing that is there is written over unless that is asked for, and the file that is read never.
    fn spare(&self, folder: &Path, imported: &Imported) -> Result<(), Exit> {
        let fetched = imported.downloads.iter().filter(|_| self.fetch).map(|download| download.file.clone());
        let files = [imported.spec_file(), imported.sql_file()];
        for path in files.into_iter().chain(fetched).map(|name| folder.join(name)) {
            let real = std::fs::canonicalize(&path);
            if real.is_ok_and(|real| std::fs::canonicalize(&self.file).is_ok_and(|read| read == real)) {
                let problem =
                    format!("`{}` is the input file; name another folder with `--out`", shown(&path));
                return Err(Exit::usage(&problem));
            }
            if path.exists() && !self.force {
                return Err(Exit::usage(&format!(
                    "`{}` already exists; --force overwrites it",
                    shown(&path)
                )));
            }
        }
        Ok(())
    }

    /// Checks a spec that has been written; whether it has errors.
    fn check(
        &self,
        programs: &pipec_compiler::programs::Programs,
        spec: &Path,
        missing: &[String],
    ) -> Result<bool, Exit> {
        let compiled = pipec_compiler::compile(&Disk, programs, spec, pipec_compiler::Select::All);
        let found = [(compiled.sources, compiled.diagnostics)];
        report(&found, Format::Text)?;
        let failed = any_errors(&found);
        let verdict = match (failed, tally(&found).as_str()) {
            (true, tally) => format!("has {tally}"),
            (false, "") => "is fine".to_owned(),
            (false, tally) => format!("is fine: {tally}"),
        };
        note(&format!("{} {verdict}", shown(spec)));
        missing.iter().for_each(|missing| note(missing));
        let spec = typed(spec);
        note(&if failed {
            format!("next: fix the errors above, then run pipec check {spec}")
        } else {
            format!("next: write the load into `stream`, then run pipec plan {spec}")
        });
        Ok(failed)
    }
}

/// Downloads a reference table.
fn fetch(client: Option<&SdkClient>, download: &Download, path: &Path) -> Result<(), Exit> {
    let (Some(client), Some(bucket)) = (client, &download.bucket) else {
        note(&format!("{} is not fetched: the file does not contain its bucket", shown(path)));
        return Ok(());
    };
    let refused = |said: String| {
        note(&printable(&format!("error: s3:GetObject on `s3://{bucket}/{}`: {said}", download.key)));
        note(
            "help: request `s3:GetObject` on it, check the bucket's region, or copy the file yourself and remove `--fetch`",
        );
        Exit::Aws
    };
    let bytes = match client.object_bytes(bucket, &download.key, REFERENCE_BYTES_MAX) {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(size)) => {
            let kib = REFERENCE_BYTES_MAX >> 10;
            return Err(refused(format!("it has {size} bytes; a table has {kib} KiB at most")));
        }
        Err(CallError { kind: CallErrorKind::Interrupted, .. }) => return Err(Exit::Interrupted),
        Err(error) => {
            let code = error.code.map(|code| format!("{code}: ")).unwrap_or_default();
            return Err(refused(format!("{code}{}", error.message)));
        }
    };
    write(path, &bytes)?;
    note(&printable(&format!("fetched s3://{bucket}/{} as {}", download.key, shown(path))));
    Ok(())
}
