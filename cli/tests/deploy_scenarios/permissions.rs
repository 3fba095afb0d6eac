//! A permission that is missing, call by call: whichever it is, its action is named.

use std::collections::BTreeMap;

use serde_json::json;

use super::double::LOOK_UPS;
use super::script::Call;
use super::{all, folder, held, run, scenarios};

/// Calls that help and are not needed: a deployment goes on without them, and a failure has its cause or not.
const OPTIONAL: [&str; 7] = [
    "DescribeApplication",
    "DescribeApplicationOperation",
    "DescribeEvents",
    "FilterLogEvents",
    "GetBucketEncryption",
    "HeadBucket",
    "ListStreamConsumers",
];

/// IAM's action of an operation, where it is not its name.
fn action(operation: &str) -> String {
    let (service, name) = match operation {
        "GetCallerIdentity" => ("sts", operation),
        "HeadObject" => ("s3", "GetObject"),
        "ListObjectVersions" => ("s3", "ListBucketVersions"),
        "DeleteObjects" => ("s3", "DeleteObjectVersion"),
        "PutObject" | "DeleteBucket" => ("s3", operation),
        "StartApplication" | "StopApplication" => ("kinesisanalytics", operation),
        _ => ("cloudformation", operation),
    };
    format!("{service}:{name}")
}

#[test]
fn a_missing_permission_is_named_whichever_it_is() {
    // Of every operation the scenario that comes to it first; all of it before is as it was.
    let mut cut = BTreeMap::new();
    for scenario in scenarios() {
        for at in 0..scenario.calls.len() {
            let operation = scenario.calls[at].operation.clone();
            let is_optional =
                OPTIONAL.contains(&operation.as_str()) || LOOK_UPS.contains(&operation.as_str());
            if is_optional || cut.contains_key(&operation) {
                continue;
            }
            let mut denied = scenario.clone();
            denied.calls.truncate(at);
            let action = action(&operation);
            let message = format!(
                "User: arn:aws:iam::111122223333:user/dana is not authorized to perform: {action} because no \
                 identity-based policy allows the {action} action"
            );
            let answer = json!({"error": "AccessDenied", "message": message, "status": 403});
            denied.calls.push(Call { operation: operation.clone(), words: Vec::new(), answer });
            denied.name = format!("permission-{operation}");
            cut.insert(operation, denied);
        }
    }
    assert!(cut.len() >= 17, "{:?}", cut.keys());
    let scenarios: Vec<_> = cut.into_values().collect();
    let wrong = all(&scenarios, |scenario| {
        let run = run(scenario, true);
        let operation = &scenario.calls.last()?.operation;
        let named = format!("request permission for `{}`", action(operation));
        let fine = run.console.contains("[PIPE1102]")
            && run.console.contains(&named)
            && run.console.ends_with("exit 3\n");
        if !fine || !run.faults.is_empty() {
            return Some(format!("{:?}\n{}", run.faults, run.console));
        }
        held(&folder().join("permissions").join(operation).with_extension("txt"), &run.console)
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
