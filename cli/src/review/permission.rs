//! The permissions of a template: every statement of every policy in it, taken apart.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::template::{Template, TemplateResource, shown};

/// One action on one resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Permission {
    /// Who may; a role of the stack is `${Role.Arn}`.
    principal: String,
    /// On what.
    resource: String,
    /// Under which condition, as JSON; empty without one.
    condition: String,
    /// `Allow` or `Deny`.
    effect: String,
    /// The action.
    action: String,
}

/// Actions of one principal on one resource, as they are shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Permissions {
    /// Who may: a role of the stack by its logical id, or a principal of a resource policy.
    pub principal: String,
    /// `Allow` or `Deny`.
    pub effect: String,
    /// The actions, sorted.
    pub actions: Vec<String>,
    /// On what, in the template's short form.
    pub resource: String,
    /// Under which condition, as JSON; empty without one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub condition: String,
}

/// What a template allows that another one does not.
pub(super) fn beyond(template: &Template, other: &Template) -> Vec<Permissions> {
    let others = permissions(other);
    let mut grouped: BTreeMap<(String, String, String, String), Vec<String>> = BTreeMap::new();
    for one in permissions(template).into_iter().filter(|one| !others.contains(one)) {
        let Permission { principal, resource, condition, effect, action } = one;
        grouped.entry((principal, resource, condition, effect)).or_default().push(action);
    }
    let shown = |((principal, resource, condition, effect), actions)| Permissions {
        principal,
        effect,
        actions,
        resource,
        condition,
    };
    grouped.into_iter().map(shown).collect()
}

fn permissions(template: &Template) -> BTreeSet<Permission> {
    let mut found = BTreeSet::new();
    for (logical_id, resource) in &template.resources {
        let holders = holders(logical_id, resource);
        let values = resource.properties.values();
        values.for_each(|value| statements(value, logical_id, &holders, &mut found));
        found.extend(of_function(resource));
    }
    found
}

/// The roles that hold the policies of a resource.
fn holders(logical_id: &str, resource: &TemplateResource) -> Vec<String> {
    match resource.resource_type.as_str() {
        "AWS::IAM::Role" => vec![logical_id.to_owned()],
        _ => {
            let of = |name: &str| resource.properties.get(name);
            let roles = of("Roles").and_then(Value::as_array).into_iter().flatten();
            roles.chain(of("RoleName")).map(role).collect()
        }
    }
}

/// A role by its logical id, or by its name.
fn role(value: &Value) -> String {
    shown(value).trim_start_matches("${").trim_end_matches('}').to_owned()
}

/// Finds policy documents, wherever they are, those in text included.
fn statements(value: &Value, logical_id: &str, holders: &[String], found: &mut BTreeSet<Permission>) {
    match value {
        Value::Object(entries) => match entries.get("Statement") {
            Some(Value::Array(items)) => {
                items.iter().for_each(|item| statement(item, logical_id, holders, found));
            }
            Some(one @ Value::Object(_)) => statement(one, logical_id, holders, found),
            _ => entries.values().for_each(|inner| statements(inner, logical_id, holders, found)),
        },
        Value::Array(items) => items.iter().for_each(|item| statements(item, logical_id, holders, found)),
        Value::String(text) if text.contains("\"Statement\"") => {
            if let Ok(document @ Value::Object(_)) = serde_json::from_str(text) {
                statements(&document, logical_id, holders, found);
            }
        }
        _ => {}
    }
}

fn statement(item: &Value, logical_id: &str, holders: &[String], found: &mut BTreeSet<Permission>) {
    let listed = |name: &str| match item.get(name) {
        Some(Value::Array(items)) => items.iter().map(shown).collect(),
        Some(one) => vec![shown(one)],
        None => Vec::new(),
    };
    let principals = match item.get("Principal") {
        Some(Value::Object(kinds)) if !kinds.keys().any(|key| key.starts_with("Fn::") || key == "Ref") => {
            let flat = kinds.values().flat_map(|names| match names {
                Value::Array(names) => names.iter().map(shown).collect(),
                one => vec![shown(one)],
            });
            flat.collect()
        }
        Some(one) => vec![shown(one)],
        None => holders.to_vec(),
    };
    // A trust policy and some resource policies are about what has them.
    let mut resources = listed("Resource");
    if resources.is_empty() {
        resources.push(logical_id.to_owned());
    }
    let mut actions = listed("Action");
    actions.extend(listed("NotAction").into_iter().map(|action| format!("all but {action}")));
    let text = |name: &str| item.get(name).map(shown).unwrap_or_default();
    for principal in &principals {
        for resource in &resources {
            for action in &actions {
                found.insert(Permission {
                    principal: principal.clone(),
                    resource: resource.clone(),
                    condition: text("Condition"),
                    effect: text("Effect"),
                    action: action.clone(),
                });
            }
        }
    }
}

/// `AWS::Lambda::Permission` has no policy document.
fn of_function(resource: &TemplateResource) -> Option<Permission> {
    if resource.resource_type != "AWS::Lambda::Permission" {
        return None;
    }
    let text = |name: &str| resource.properties.get(name).map(shown).unwrap_or_default();
    let conditions = ["SourceArn", "SourceAccount"].into_iter().map(|name| (name, text(name)));
    let conditions: Vec<String> = conditions
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    Some(Permission {
        principal: text("Principal"),
        resource: text("FunctionName"),
        condition: conditions.join(", "),
        effect: "Allow".to_owned(),
        action: text("Action"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = "Resources:\n  Role:\n    Type: AWS::IAM::Role\n    Properties:\n      \
        AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: firehose.amazonaws.com}, Action: sts:AssumeRole}]}\n      \
        Policies: [{PolicyName: p, PolicyDocument: {Statement: [{Effect: Allow, Action: ACTIONS, Resource: !GetAtt Stream.Arn}]}}]\n";

    fn template(actions: &str) -> Template {
        Template::read(&POLICY.replace("ACTIONS", actions)).expect("a template")
    }

    #[test]
    fn only_what_is_new_is_gained() {
        let (one, two) =
            (template("[kinesis:GetRecords]"), template("[kinesis:GetRecords, kinesis:ListShards]"));
        assert_eq!(beyond(&one, &two), []);
        let gained = beyond(&two, &one);
        assert_eq!(gained.len(), 1);
        assert_eq!(
            (&*gained[0].principal, &*gained[0].resource, &gained[0].actions[..]),
            ("Role", "${Stream.Arn}", &["kinesis:ListShards".to_owned()][..])
        );
    }

    #[test]
    fn a_trust_policy_is_about_its_role() {
        let all = beyond(&template("x:Y"), &Template::default());
        let trust =
            all.iter().find(|one| one.principal == "firehose.amazonaws.com").expect("the trust policy");
        assert_eq!((&*trust.resource, &trust.actions[..]), ("Role", &["sts:AssumeRole".to_owned()][..]));
    }

    #[test]
    fn policies_in_text_and_permissions_of_functions_count() {
        let text = "Resources:\n  D:\n    Type: AWS::Logs::Destination\n    Properties:\n      DestinationPolicy: \
                    '{\"Statement\": {\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"a:B\"}}'\n  F:\n    Type: \
                    AWS::Lambda::Permission\n    Properties: {Principal: s3.amazonaws.com, Action: lambda:InvokeFunction, \
                    FunctionName: !Ref Fn, SourceAccount: !Ref AWS::AccountId}\n";
        let found = beyond(&Template::read(text).expect("a template"), &Template::default());
        let short: Vec<_> =
            found.iter().map(|one| (&*one.principal, &*one.resource, &*one.condition)).collect();
        assert_eq!(short, [("*", "D", ""), ("s3.amazonaws.com", "${Fn}", "SourceAccount ${AWS::AccountId}")]);
    }
}
