//! What the spec names and the stack does not create: looked up before anything is created, since a creation that fails at
//! the last resource deletes all the others again.

use std::collections::BTreeSet;

use serde_json::Value;

use super::report::{Event, Reporter};
use crate::aws::existing::{Fact, Is, filled};
use crate::cloud::call_error::{CallError, CallErrorKind};
use crate::cloud::client::{AwsClient, StackReader};
use crate::cloud::stop::{At, Fault, Step, Stop};
use crate::diagnostics::Code;
use crate::plan::Plan;
use crate::plan::existing::{Existing, existing};

/// Positions of the region and of the account among the parts of an ARN. IAM user guide, "ARN format", 2026-11.
const ARN_REGION: usize = 3;
const ARN_ACCOUNT: usize = 4;
/// The account of AWS's own policies.
const AWS_ACCOUNT: &str = "aws";

/// Looks up everything that the plan uses and does not create. What cannot be looked up is skipped, with a note.
///
/// # Errors
/// All faults that were found, and where no call would succeed.
pub(super) fn check(
    client: &dyn AwsClient,
    reporter: &mut dyn Reporter,
    plan: &Plan,
    account: &str,
) -> Step<()> {
    let mut faults: Vec<Fault> = Vec::new();
    // A fault that follows from another one is not reported.
    let mut unusable: BTreeSet<String> = BTreeSet::new();
    let mut unreachable: BTreeSet<&str> = BTreeSet::new();
    for one in existing(plan) {
        let service = one.kind.service();
        if unusable.contains(&one.id) {
            continue;
        }
        let found = match elsewhere(&one, client.region(), account) {
            Some(fault) => Some(fault),
            None if unreachable.contains(service) => {
                skip(reporter, &one, &format!("{}: no connection, as before", one.kind.action));
                None
            }
            None => match client.look_up(one.kind, &one.id) {
                Ok(Some(response)) => wrong(&one, &response, &unusable),
                Ok(None) if one.kind.missing.is_empty() => None,
                Ok(None) => Some(missing(&one)),
                Err(error) if error.kind == CallErrorKind::OtherRegion => Some(other_region(&one, client)),
                Err(error) if is_of_credentials(&error) => return Err(error.into()),
                Err(error) => {
                    if error.kind == CallErrorKind::Unreachable {
                        unreachable.insert(service);
                    }
                    skip(reporter, &one, &error.to_string());
                    None
                }
            },
        };
        if let Some((id, fault)) = found {
            unusable.insert(id);
            faults.push(fault);
        }
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Stop::Faults(faults)),
    }
}

/// Whether no other call would succeed either.
fn is_of_credentials(error: &CallError) -> bool {
    match error.kind {
        CallErrorKind::Interrupted
        | CallErrorKind::NoCredentials
        | CallErrorKind::ExpiredCredentials
        | CallErrorKind::WrongCredentials => true,
        CallErrorKind::Denied
        | CallErrorKind::NotFound
        | CallErrorKind::Exists
        | CallErrorKind::Throttled
        | CallErrorKind::Unreachable
        | CallErrorKind::OtherRegion
        | CallErrorKind::Refused => false,
    }
}

fn skip(reporter: &mut dyn Reporter, one: &Existing, why: &str) {
    let message = format!("the {} `{}` was not verified: {why}", one.kind.what, one.id);
    reporter.tell(&Event::Note { message });
}

/// A fault of a resource, with the id of what cannot be used.
type Found = (String, Fault);

fn fault(id: &str, at: &str, message: String, help: String) -> Found {
    let at = At::Spec(at.to_owned());
    (id.to_owned(), Fault { code: Code::ExistingResource, at, message, help })
}

/// A fault that follows from an ARN alone.
fn elsewhere(one: &Existing, region: &str, account: &str) -> Option<Found> {
    let part = |at: usize| one.id.split(':').nth(at).filter(|part| !part.is_empty());
    let what = one.kind.what;
    if let Some(owner) =
        part(ARN_ACCOUNT).filter(|owner| one.kind.own_account && *owner != account && *owner != AWS_ACCOUNT)
    {
        return Some(fault(
            &one.id,
            &one.spec,
            format!("the {what} belongs to account {owner}, and the credentials to {account}"),
            format!("log in to {owner}, as with `AWS_PROFILE=name`, or name one of {account}"),
        ));
    }
    let of_arn = part(ARN_REGION).filter(|of_arn| *of_arn != region)?;
    Some(fault(
        &one.id,
        &one.spec,
        format!("the {what} is in {of_arn}, and the stack in {region}"),
        format!("name one of {region}; or write `region: {of_arn}`"),
    ))
}

fn missing(one: &Existing) -> Found {
    let help = filled(one.kind.missing, &one.id, "", "");
    fault(&one.id, &one.spec, format!("there is no {} `{}`", one.kind.what, one.id), help)
}

/// S3 answers for all regions.
fn other_region(one: &Existing, client: &dyn StackReader) -> Found {
    let (what, region) = (one.kind.what, client.region());
    fault(
        &one.id,
        &one.spec,
        format!("the {what} `{}` is not in {region}", one.id),
        format!("name one of {region}; or write the {what}'s region as `region`"),
    )
}

/// The first fact that does not hold.
fn wrong(one: &Existing, response: &Value, unusable: &BTreeSet<String>) -> Option<Found> {
    one.kind.facts.iter().find_map(|fact| {
        let found = response.pointer(fact.at)?.as_str()?;
        let holds = match fact.is {
            Is::OneOf(words) => words.contains(&found),
            Is::NoneOf(words) => !words.contains(&found),
            Is::PolicyFor(service) => allows(found, service),
            Is::Related => one.related.as_ref().is_none_or(|(related, _)| {
                found == related || found.rsplit('/').next() == Some(related) || unusable.contains(related)
            }),
        };
        // A fault at the place of the related resource is one of that resource.
        let (id, at) = match (fact.is, &one.related) {
            (Is::Related, Some((related, at))) if *at != one.spec => (related, at),
            _ => (&one.id, &one.spec),
        };
        (!holds).then(|| fault(id, at, said(fact, one, found), help(fact, one, found)))
    })
}

/// Whether a policy has a statement for a service. A policy that cannot be read is not a fault.
fn allows(policy: &str, service: &str) -> bool {
    let Ok(policy) = serde_json::from_str::<Value>(policy) else { return true };
    list(&policy["Statement"]).iter().filter(|statement| statement["Effect"] == "Allow").any(|statement| {
        let principal = &statement["Principal"];
        let services = list(&principal["Service"]);
        let mut services = services.iter().filter_map(Value::as_str);
        *principal == "*"
            || list(&principal["AWS"]).iter().any(|principal| *principal == "*")
            || services.any(|principal| principal.starts_with(service))
    })
}

/// A value of a policy that may be a list or the only element of one.
fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}

fn said(fact: &Fact, one: &Existing, found: &str) -> String {
    filled(fact.fault, &one.id, found, related(one))
}

fn help(fact: &Fact, one: &Existing, found: &str) -> String {
    let help = fact.help.iter().find(|(value, _)| value.is_empty() || *value == found);
    filled(help.map(|(_, help)| *help).unwrap_or_default(), &one.id, found, related(one))
}

fn related(one: &Existing) -> &str {
    one.related.as_ref().map_or("", |(related, _)| related)
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::aws::existing::{ExistingKind, FUNCTION, KEY, SUBNET};

    fn named(kind: &'static ExistingKind, id: &str) -> Existing {
        Existing { kind, id: id.to_owned(), spec: "/at".into(), related: None }
    }

    #[test]
    fn an_arn_of_another_region_or_account_needs_no_call() {
        let of = |kind, id: &str| {
            elsewhere(&named(kind, id), "us-east-1", "111122223333").map(|(_, fault)| fault.message)
        };
        assert_eq!(of(&KEY, "arn:aws:kms:us-east-1:444455556666:key/1"), None, "keys can be shared");
        assert_eq!(
            of(&KEY, "arn:aws:kms:eu-west-1:111122223333:key/1").as_deref(),
            Some("the KMS key is in eu-west-1, and the stack in us-east-1")
        );
        assert_eq!(
            of(&FUNCTION, "arn:aws:lambda:us-east-1:444455556666:function:f").as_deref(),
            Some("the function belongs to account 444455556666, and the credentials to 111122223333")
        );
        assert_eq!(of(&SUBNET, "subnet-1"), None);
    }

    #[test]
    fn a_response_without_a_fact_is_no_fault() {
        let subnet = Existing { related: Some(("vpc-1".into(), "/at".into())), ..named(&SUBNET, "subnet-1") };
        let response =
            |vpc: &str, state: &str| json!({"subnetSet": {"item": {"vpcId": vpc, "state": state}}});
        let none = BTreeSet::new();
        let message = |response: &Value, unusable: &BTreeSet<String>| {
            wrong(&subnet, response, unusable).map(|(_, fault)| fault.message)
        };
        assert_eq!(message(&json!({}), &none), None);
        assert_eq!(message(&response("vpc-1", "available"), &none), None);
        assert_eq!(
            message(&response("vpc-2", "available"), &none).as_deref(),
            Some("the subnet `subnet-1` is in vpc-2, not in vpc-1")
        );
        let without_vpc = BTreeSet::from(["vpc-1".to_owned()]);
        assert_eq!(message(&response("vpc-2", "available"), &without_vpc), None);
        assert_eq!(
            message(&response("vpc-2", "pending"), &without_vpc).as_deref(),
            Some("the subnet `subnet-1` has the state pending")
        );
    }

    #[test]
    fn a_policy_is_for_a_service_by_its_principal() {
        let of = |principal: Value| {
            json!({"Statement": [{"Effect": "Allow", "Principal": principal}]}).to_string()
        };
        for (policy, expected) in [
            (of(json!({"Service": "logs.eu-west-1.amazonaws.com"})), true),
            (of(json!({"Service": ["s3.amazonaws.com", "logs.cn-north-1.amazonaws.com.cn"]})), true),
            (of(json!("*")), true),
            (of(json!({"AWS": "*"})), true),
            (of(json!({"AWS": "arn:aws:iam::111122223333:root"})), false),
            (of(json!({"Service": "s3.amazonaws.com"})), false),
            (
                r#"{"Statement": {"Effect": "Deny", "Principal": {"Service": "logs.amazonaws.com"}}}"#.into(),
                false,
            ),
            (
                r#"{"Statement": {"Effect": "Allow", "Principal": {"Service": "logs.amazonaws.com"}}}"#
                    .into(),
                true,
            ),
            ("no policy".into(), true),
        ] {
            assert_eq!(allows(&policy, "logs."), expected, "{policy}");
        }
    }
}
