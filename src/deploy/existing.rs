//! What the spec names and the stack does not create: looked at before anything is made, since a creation that fails at the
//! last resource deletes all the others again.

use super::report::{Event, Reporter};
use crate::cloud::call_error::CallErrorKind;
use crate::cloud::client::AwsClient;
use crate::cloud::stop::{At, Step, Stop};
use crate::diagnostics::Code;
use crate::plan::Plan;

/// Position of the account among the parts of an ARN. IAM user guide, "ARN format", 2026-11.
const ARN_ACCOUNT: usize = 4;

/// Something that the spec names.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Named {
    /// Its place in the spec, a JSON pointer.
    at: String,
    /// What it is, for people.
    what: &'static str,
    /// Its name or its ARN.
    name: String,
    /// What must hold.
    must: Must,
}

/// What must hold of something that the spec names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Must {
    /// The bucket exists in the stack's region.
    Exist,
    /// It belongs to the account of the stack, or to AWS.
    BeOfAccount,
}

/// Everything that is looked at.
fn named(plan: &Plan) -> Vec<Named> {
    let buckets = plan.locations().filter(|location| location.logical_id.is_none());
    let buckets = buckets.map(|location| Named {
        at: format!("{}/bucket", location.spec),
        what: "bucket",
        name: location.bucket_name.shown(),
        must: Must::Exist,
    });
    let functions = plan.outputs.iter().filter_map(|output| Some((output, output.function.as_ref()?)));
    let functions = functions.map(|(output, function)| Named {
        at: format!("{}/lambda/function", output.stream.spec),
        what: "function",
        name: function.arn.clone(),
        must: Must::BeOfAccount,
    });
    let boundary = plan.role_boundary.iter().map(|arn| Named {
        at: "/iam/boundary".into(),
        what: "permissions boundary",
        name: arn.clone(),
        must: Must::BeOfAccount,
    });
    buckets.chain(functions).chain(boundary).collect()
}

/// Looks at what the spec names. What may not be looked at is skipped, with a note.
///
/// # Errors
/// The first that cannot be used, and where no call would succeed.
pub(super) fn check(
    client: &dyn AwsClient,
    reporter: &mut dyn Reporter,
    plan: &Plan,
    account: &str,
) -> Step<()> {
    for Named { at, what, name, must } in named(plan) {
        let unusable = |problem: String, help: String| {
            Err(Stop::fault(Code::ExistingResource, At::Spec(at.clone()), problem, help))
        };
        match must {
            Must::BeOfAccount => {
                let owner = name.split(':').nth(ARN_ACCOUNT).unwrap_or_default();
                if owner != account && owner != "aws" {
                    return unusable(
                        format!("the {what} belongs to account {owner}, and the credentials to {account}"),
                        format!(
                            "log in to {owner}, as with `AWS_PROFILE=name`, or name a {what} of {account}"
                        ),
                    );
                }
            }
            Must::Exist => match client.bucket_exists(&name) {
                Ok(true) => {}
                Ok(false) => {
                    return unusable(
                        format!("there is no {what} `{name}`"),
                        format!(
                            "create it: `aws s3 mb s3://{name} --region {}`; without `bucket`, the stack creates one",
                            client.region()
                        ),
                    );
                }
                Err(error) if error.kind == CallErrorKind::OtherRegion => {
                    return unusable(
                        format!("the {what} `{name}` is not in {}", client.region()),
                        format!(
                            "name a {what} of {0}; or write the {what}'s region as `region`",
                            client.region()
                        ),
                    );
                }
                Err(error) if error.kind == CallErrorKind::Denied => reporter
                    .tell(&Event::Note { message: format!("the {what} `{name}` was not verified: {error}") }),
                Err(error) => return Err(error.into()),
            },
        }
    }
    Ok(())
}

/// Roles of the stack read artifacts, and have no permission for the key of a bucket that others configured. The key's
/// policy may allow them all the same, and AWS's own key, which does, can be configured by its ARN: hence a note.
///
/// # Errors
/// Where no call would succeed.
pub(super) fn check_artifact_key(
    client: &dyn AwsClient,
    reporter: &mut dyn Reporter,
    plan: &Plan,
    bucket: &str,
) -> Step<()> {
    // CloudFormation reads the code of functions with the deployer's permissions.
    let readers: Vec<&str> = [
        plan.analytics.as_ref().map(|_| "the Flink application"),
        plan.producer.as_ref().map(|_| "the producer"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if readers.is_empty() {
        return Ok(());
    }
    match client.bucket_key(bucket) {
        Ok(None) => Ok(()),
        Ok(Some(key)) => {
            let message = format!(
                "the bucket `{bucket}` encrypts objects with the key {key}: unless that is `aws/s3`, {} can read them \
                 only if the key's policy allows it",
                readers.join(" and ")
            );
            reporter.tell(&Event::Note { message });
            Ok(())
        }
        Err(error) if matches!(error.kind, CallErrorKind::Denied | CallErrorKind::NotFound) => {
            if error.kind == CallErrorKind::Denied {
                let message = format!("the encryption of the bucket `{bucket}` was not verified: {error}");
                reporter.tell(&Event::Note { message });
            }
            // The upload finds out whether there is such a bucket.
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}
