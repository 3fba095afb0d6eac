//! What the spec names and the stack does not create: looked up before anything is created, since a creation that fails at
//! the last resource deletes all the others again.

use std::collections::BTreeSet;

use serde_json::Value;

use super::registered;
use super::report::{Event, Reporter};
use crate::cloud::call_error::{CallError, CallErrorKind};
use crate::cloud::client::{AwsClient, StackReader};
use crate::cloud::stop::{At, Fault, Step, Stop};
use pipec_compiler::aws::existing::{Fact, Is, filled};
use pipec_compiler::diagnostics::Code;
use pipec_compiler::plan::Plan;
use pipec_compiler::plan::existing::{Declared, Existing, existing};

/// Positions of the region and of the account among the parts of an ARN. IAM user guide, "ARN format", 2026-11.
const ARN_REGION: usize = 3;
const ARN_ACCOUNT: usize = 4;
/// The account of AWS's own policies.
const AWS_ACCOUNT: &str = "aws";

/// End of the alias of the key that AWS manages, which needs no permission.
const KINESIS_KEY: &str = "alias/aws/kinesis";

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
            Some(fault) => vec![fault],
            None if unreachable.contains(service) => {
                skip(reporter, &one, &format!("{}: no connection, as before", one.kind.action));
                Vec::new()
            }
            None => match client.look_up(one.kind, &one.id) {
                Ok(Some(response)) => {
                    let wrong = wrong(&one, &response, &unusable);
                    for message in notes(&one, &response, &wrong) {
                        reporter.tell(&Event::Note { message });
                    }
                    wrong
                }
                Ok(None) if one.kind.missing.is_empty() => Vec::new(),
                Ok(None) => vec![missing(&one)],
                Err(error) if error.kind == CallErrorKind::OtherRegion => vec![other_region(&one, client)],
                Err(error) if is_of_credentials(&error) => return Err(error.into()),
                Err(error) => {
                    if error.kind == CallErrorKind::Unreachable {
                        unreachable.insert(service);
                    }
                    skip(reporter, &one, &error.to_string());
                    Vec::new()
                }
            },
        };
        for (id, fault) in found {
            unusable.insert(id);
            faults.push(fault);
        }
    }
    if faults.is_empty() {
        faults.extend(registered::check(client, reporter, plan)?);
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Stop::Faults(faults)),
    }
}

/// Whether no other call would succeed either.
pub(super) fn is_of_credentials(error: &CallError) -> bool {
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
            format!("the {what} belongs to account {owner}, but the credentials to {account}"),
            format!("log in to {owner}, as with `AWS_PROFILE=name`, or name one of {account}"),
        ));
    }
    let of_arn = part(ARN_REGION).filter(|of_arn| *of_arn != region)?;
    Some(fault(
        &one.id,
        &one.spec,
        format!("the {what} is in {of_arn}, but the stack in {region}"),
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

/// The facts that do not hold: the first one of the resource itself, or else the first of each declaration.
fn wrong(one: &Existing, response: &Value, unusable: &BTreeSet<String>) -> Vec<Found> {
    let mut faults: Vec<Found> = Vec::new();
    for (fact, found, declared) in breaches(one, one.kind.facts, response, unusable) {
        let value = declared.map_or("", |declared| &declared.value);
        let help = filled(help(fact, &found), &one.id, &found, value);
        let message = filled(fact.fault, &one.id, &found, value);
        // A fault at another place than the resource's is one of what is declared there.
        match declared {
            Some(declared) if declared.spec != one.spec => {
                faults.push(fault(&declared.value, &declared.spec, message, help));
            }
            Some(_) => faults.push(fault(&one.id, &one.spec, message, help)),
            None => return vec![fault(&one.id, &one.spec, message, help)],
        }
    }
    faults.dedup_by(|(_, later), (_, earlier)| later.at == earlier.at);
    faults
}

/// The first note of each declaration that has no fault. Of what cannot be used, there are none.
fn notes(one: &Existing, response: &Value, faults: &[Found]) -> Vec<String> {
    if faults.iter().any(|(_, fault)| fault.at == At::Spec(one.spec.to_string())) {
        return Vec::new();
    }
    let mut places: Vec<&str> = Vec::new();
    let mut notes = Vec::new();
    for (fact, found, declared) in breaches(one, one.kind.notes, response, &BTreeSet::new()) {
        let at = declared.map_or(&one.spec, |declared| &declared.spec);
        let has_fault = faults.iter().any(|(_, fault)| fault.at == At::Spec(at.to_string()));
        if has_fault || places.contains(&at.as_ref()) {
            continue;
        }
        places.push(at);
        let value = declared.map_or("", |declared| &declared.value);
        let [message, help] =
            [fact.fault, help(fact, &found)].map(|text| filled(text, &one.id, &found, value));
        notes.push(format!("{message}; {help}"));
    }
    notes
}

/// A fact that does not hold, the value that was found, and what the spec declares.
type Breach<'a> = (&'static Fact, String, Option<&'a Declared>);

fn breaches<'a>(
    one: &'a Existing,
    facts: &'static [Fact],
    response: &'a Value,
    unusable: &'a BTreeSet<String>,
) -> impl Iterator<Item = Breach<'a>> {
    facts.iter().filter_map(move |fact| {
        let found = match response.pointer(fact.at)? {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(value) => value.to_string(),
            _ => return None,
        };
        let declared = |name: &str| one.declared.iter().find(|declared| declared.name == name);
        let number = |text: &str| text.parse::<u64>().ok();
        let (declared, holds) = match fact.is {
            Is::OneOf(words) => (None, words.contains(&found.as_str())),
            Is::NoneOf(words) => (None, !words.contains(&found.as_str())),
            Is::PolicyFor(service) => (None, allows(&found, service)),
            Is::Declared(name) => {
                let declared = declared(name)?;
                let holds = is_same(&found, &declared.value) || unusable.contains(&declared.value);
                (Some(declared), holds)
            }
            Is::Key(name) => {
                let declared = declared(name)?;
                let holds = found.ends_with(KINESIS_KEY)
                    || is_same(&found, &declared.value)
                    || unusable.contains(&declared.value);
                (Some(declared), holds)
            }
            Is::AtLeastUnless(_, at, word) if response.pointer(at)? == word => return None,
            Is::AtLeast(name) | Is::AtLeastUnless(name, ..) => {
                let declared = declared(name)?;
                (Some(declared), number(&found)? >= number(&declared.value)?)
            }
            Is::AtMost(name) => {
                let declared = declared(name)?;
                (Some(declared), number(&found)? <= number(&declared.value)?)
            }
        };
        (!holds).then_some((fact, found, declared))
    })
}

/// Whether a service's value is the declared one. It may be an ARN, whose last part is declared, or the last part of what is
/// declared as an ARN.
fn is_same(found: &str, declared: &str) -> bool {
    let last = |text: &str| text.rsplit('/').next().unwrap_or_default().to_owned();
    found == declared || last(found) == declared || found == last(declared)
}

/// The help for the value that was found.
fn help(fact: &Fact, found: &str) -> &'static str {
    let help = fact.help.iter().find(|(value, _)| value.is_empty() || *value == found);
    help.map(|(_, help)| *help).unwrap_or_default()
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
    use pipec_compiler::aws::existing::{ExistingKind, FUNCTION, KEY, SUBNET};

    fn named(kind: &'static ExistingKind, id: &str) -> Existing {
        Existing { kind, id: id.to_owned(), spec: "/at".into(), declared: Vec::new() }
    }

    #[test]
    fn an_arn_of_another_region_or_account_needs_no_call() {
        let of = |kind, id: &str| {
            elsewhere(&named(kind, id), "us-east-1", "111122223333").map(|(_, fault)| fault.message)
        };
        assert_eq!(of(&KEY, "arn:aws:kms:us-east-1:444455556666:key/1"), None, "keys can be shared");
        assert_eq!(
            of(&KEY, "arn:aws:kms:eu-west-1:111122223333:key/1").as_deref(),
            Some("the KMS key is in eu-west-1, but the stack in us-east-1")
        );
        assert_eq!(
            of(&FUNCTION, "arn:aws:lambda:us-east-1:444455556666:function:f").as_deref(),
            Some("the function belongs to account 444455556666, but the credentials to 111122223333")
        );
        assert_eq!(of(&SUBNET, "subnet-1"), None);
    }

    #[test]
    fn a_response_without_a_fact_is_no_fault() {
        let vpc = Declared { name: "vpc", value: "vpc-1".into(), spec: "/at".into() };
        let subnet = Existing { declared: vec![vpc], ..named(&SUBNET, "subnet-1") };
        let response =
            |vpc: &str, state: &str| json!({"subnetSet": {"item": {"vpcId": vpc, "state": state}}});
        let none = BTreeSet::new();
        let message = |response: &Value, unusable: &BTreeSet<String>| {
            wrong(&subnet, response, unusable).into_iter().map(|(_, fault)| fault.message).next()
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
