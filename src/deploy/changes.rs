//! A change set in the pipeline's words: what is made, changed, made anew and lost.

use serde::Serialize;

use super::client::{ChangeAction, PropertyChange, Replacement, ResourceChange};
use super::kinds;

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Logical id.
    pub resource: String,
    /// What it is, such as `Kinesis stream`.
    pub kind: String,
    /// What is done.
    pub action: Action,
    /// What of it changes, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub what: Vec<String>,
    /// What is at stake, where it holds data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss: Option<Loss>,
}

/// What is done to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Made.
    Add,
    /// Changed in place.
    Change,
    /// Changed, perhaps by a new one in its place.
    PerhapsReplace,
    /// A new one takes its place.
    Replace,
    /// Taken out of the stack.
    Remove,
}

/// Data that a change puts at stake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Loss {
    /// What: "the records in it".
    pub what: String,
    /// Whether the old resource stays, outside of the stack.
    pub kept: bool,
}

impl Change {
    /// Whether the user has to name the resource for this.
    pub fn endangers_data(&self) -> bool {
        self.loss.is_some()
    }
}

/// The changes in words, without those that no one would notice.
pub fn read(changes: &[ResourceChange]) -> Vec<Change> {
    changes.iter().filter(|change| !is_noise(change)).map(read_one).collect()
}

/// Metadata leads back to the spec, and changes nothing that runs.
fn is_noise(change: &ResourceChange) -> bool {
    change.action == ChangeAction::Modify
        && change.replacement == Replacement::Never
        && !change.details.is_empty()
        && change.details.iter().all(|detail| detail.attribute == "Metadata")
}

fn read_one(change: &ResourceChange) -> Change {
    let action = match (change.action, change.replacement) {
        (ChangeAction::Add | ChangeAction::Import, _) => Action::Add,
        (ChangeAction::Remove, _) => Action::Remove,
        (ChangeAction::Modify, Replacement::Never) => Action::Change,
        (ChangeAction::Modify, Replacement::Always) => Action::Replace,
        (ChangeAction::Modify, Replacement::Perhaps) | (ChangeAction::Dynamic, _) => Action::PerhapsReplace,
    };
    let held = kinds::held(&change.resource_type).filter(|_| action > Action::Change);
    let mut what: Vec<String> = Vec::new();
    for detail in &change.details {
        let words = detail_words(&change.resource_type, detail);
        what.extend(words.filter(|words| !what.contains(words)));
    }
    Change {
        resource: change.logical_id.clone(),
        kind: kinds::words(&change.resource_type).to_owned(),
        action,
        what,
        loss: held.map(|what| Loss {
            what: what.to_owned(),
            kept: match &change.policy_action {
                Some(policy) => policy.contains("Retain"),
                // An emulator may not say; pipec's buckets are kept.
                None => change.resource_type == "AWS::S3::Bucket",
            },
        }),
    }
}

/// Longest value that stands in a line.
const VALUE_CHARS_MAX: usize = 24;

fn detail_words(resource_type: &str, detail: &PropertyChange) -> Option<String> {
    if detail.attribute == "Metadata" {
        return None;
    }
    let name = match &detail.name {
        Some(name) => kinds::property(resource_type, name),
        None => match detail.attribute.as_str() {
            // Says nothing that its neighbours do not.
            "Properties" => return None,
            "Tags" => "tags",
            other => other,
        },
    };
    let short = |value: &String| value.len() <= VALUE_CHARS_MAX && !value.starts_with(['{', '[']);
    match (&detail.before, &detail.after) {
        (Some(before), Some(after)) if short(before) && short(after) => {
            Some(format!("{name} {before} -> {after}"))
        }
        _ => Some(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(resource_type: &str, replacement: Replacement, details: Vec<PropertyChange>) -> ResourceChange {
        ResourceChange {
            logical_id: "Stream".into(),
            resource_type: resource_type.into(),
            action: ChangeAction::Modify,
            replacement,
            policy_action: None,
            details,
        }
    }

    fn detail(
        attribute: &str,
        name: Option<&str>,
        before: Option<&str>,
        after: Option<&str>,
    ) -> PropertyChange {
        PropertyChange {
            attribute: attribute.into(),
            name: name.map(Into::into),
            before: before.map(Into::into),
            after: after.map(Into::into),
            replacement: Replacement::Never,
        }
    }

    #[test]
    fn a_change_says_what_and_between_which_values() {
        let shards = detail("Properties", Some("ShardCount"), Some("3"), Some("6"));
        let read = read(&[change("AWS::Kinesis::Stream", Replacement::Never, vec![shards])]);
        assert_eq!(read[0].what, ["shards 3 -> 6"]);
        assert_eq!((read[0].action, &read[0].loss), (Action::Change, &None));
    }

    #[test]
    fn metadata_alone_is_no_change() {
        let metadata = detail("Metadata", None, None, None);
        assert_eq!(read(&[change("AWS::Kinesis::Stream", Replacement::Never, vec![metadata])]), []);
    }

    #[test]
    fn a_replacement_puts_at_stake_what_the_resource_holds() {
        for replacement in [Replacement::Perhaps, Replacement::Always] {
            let read = read(&[
                change("AWS::Kinesis::Stream", replacement, Vec::new()),
                change("AWS::Lambda::Function", replacement, Vec::new()),
            ]);
            assert!(read[0].endangers_data() && !read[1].endangers_data());
        }
    }
}
