//! `pipec permissions`

use std::path::{Path, PathBuf};

use clap::Args;

use super::PipelineArgs;
use super::aws::{Compiled, EventFormat, compile};
use super::output::{Exit, Stage, Staged, note, print, shown};
use pipec_compiler::aws::limits::iam::MANAGED_POLICY_CHARS_MAX;
use pipec_compiler::aws::limits::{NameRule, names};
use pipec_compiler::plan::permissions::{Deployer, PolicyDocument, policy};

/// Print the IAM policy that the deployer of a pipeline needs
///
/// Works offline: the policy is derived from the spec. It allows pipec's own calls, the
/// calls that CloudFormation makes on the deployer's behalf, and, in the statements `Watch...` at its end, watching the pipeline.
///
/// The policy is for what one version of the spec has. An update also deletes what only the old version has, and a rollback
/// makes it again: attach the policies of both versions until the update is complete. Otherwise AWS denies, for example,
/// an update that changes `iam.path` or removes `logs.kms_key`. Adding or removing `iam.boundary` also needs
/// `iam:DeleteRolePermissionsBoundary`, which no policy of pipec allows.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pipec permissions --account 123456789012 pipeline.yaml > deployer.json\n  pipec \
                        permissions pipeline.yaml --out policies\n  aws iam create-policy --policy-name \
                        orders-deployer-1 --policy-document file://policies/deployer-1.json"
)]
pub(super) struct Permissions {
    #[command(flatten)]
    pipeline: PipelineArgs,
    /// Account of the deployment; by default, the account of the policy itself
    #[arg(long, value_name = "ID", value_parser = account)]
    account: Option<String>,
    /// Region of the deployment; by default the spec's
    #[arg(long, value_parser = region)]
    region: Option<String>,
    /// Name of the stack; by default the pipeline's
    #[arg(long, value_name = "NAME", value_parser = |name: &str| named(&names::STACK, name))]
    stack: Option<String>,
    /// Bucket of the artifacts; by default pipec's own, whose creation the policy then allows
    #[arg(long, value_name = "NAME", value_parser = |name: &str| named(&names::S3_BUCKET, name))]
    artifact_bucket: Option<String>,
    /// Allow `pipec destroy --empty-bucket` as well
    #[arg(long)]
    empty_bucket: bool,
    /// Allow `pipec destroy --artifacts` as well
    #[arg(long)]
    artifacts: bool,
    /// Write DIR/deployer-1.json and so on, each within the size limit of a managed policy
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

fn named(rule: &NameRule, name: &str) -> Result<String, String> {
    rule.check(name).map(|()| name.to_owned()).map_err(|fault| fault.to_string())
}

fn account(id: &str) -> Result<String, String> {
    /// Digits of an account id. AWS account management reference, 2026-11.
    const DIGITS: usize = 12;
    let valid = id.len() == DIGITS && id.bytes().all(|byte| byte.is_ascii_digit());
    if valid { Ok(id.to_owned()) } else { Err(format!("an account ID has {DIGITS} digits")) }
}

fn region(name: &str) -> Result<String, String> {
    let valid = name.contains('-')
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if valid { Ok(name.to_owned()) } else { Err("a region is written like `eu-west-1`".to_owned()) }
}

impl Permissions {
    pub(super) fn run(self) -> Result<(), Exit> {
        let Compiled { stack, .. } = compile(&self.pipeline, EventFormat::Text)?;
        let plan = &stack.plan;
        let document = policy(
            plan,
            &Deployer {
                stack: self.stack.as_deref().unwrap_or(&plan.name),
                account: self.account.as_deref(),
                region: self.region.as_deref().unwrap_or(&plan.region),
                artifact_bucket: self.artifact_bucket.as_deref(),
                empty_bucket: self.empty_bucket,
                artifacts: self.artifacts,
            },
        );
        match &self.out {
            Some(folder) => write(&document.parts(), folder),
            None => {
                let chars = document.chars();
                if chars > MANAGED_POLICY_CHARS_MAX {
                    note(&format!(
                        "note: the policy has {chars} characters, and a managed policy is limited to \
                         {MANAGED_POLICY_CHARS_MAX}; `--out DIR` writes {} that fit",
                        document.parts().len()
                    ));
                }
                print(&text(&document))
            }
        }
    }
}

fn text(document: &PolicyDocument) -> String {
    serde_json::to_string_pretty(document).unwrap_or_default() + "\n"
}

/// Writes one file for each document, and takes away what an earlier, longer policy has left.
fn write(documents: &[PolicyDocument], folder: &Path) -> Result<(), Exit> {
    let path = |number: usize| folder.join(format!("deployer-{number}.json"));
    let stage = Stage::new(folder)?;
    let mut staged = Vec::new();
    for (index, document) in documents.iter().enumerate() {
        staged.extend(stage.file(path(index + 1), text(document).as_bytes())?);
    }
    let left = (documents.len() + 1..).map(path).take_while(|path| path.exists());
    staged.extend(left.map(Staged::removal));
    staged.iter().try_for_each(Staged::place)?;
    for number in 1..=documents.len() {
        note(&format!("wrote {}", shown(&path(number))));
    }
    Ok(())
}
