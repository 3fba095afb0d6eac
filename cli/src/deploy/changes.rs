//! A change set in the pipeline's words: what is made, changed, made anew and lost.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::cloud::client::{ChangeAction, PropertyChange, Replacement, ResourceChange};
use crate::cloud::kinds;
use pipec_compiler::diagnostics::suggest::all_of;
use pipec_compiler::pipeline::FIXED_SETTINGS;

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
    let staying = staying(changes);
    let real = |change: &ResourceChange| {
        let details = live(change, &staying).cloned().collect();
        ResourceChange { details, ..change.clone() }
    };
    let noise = |change: &ResourceChange, real: &ResourceChange| {
        // Metadata leads back to the spec, and changes nothing that runs.
        let silent = real.details.iter().all(|detail| detail.attribute == "Metadata");
        staying.contains(change.logical_id.as_str()) && !change.details.is_empty() && silent
    };
    let read =
        changes.iter().map(|change| (change, real(change))).filter(|(change, real)| !noise(change, real));
    let read = read.map(|(change, real)| {
        let mut one = read_one(&real, staying.contains(change.logical_id.as_str()));
        one.what.extend(comes_too_early(change, changes));
        one
    });
    let mut read: Vec<Change> = read.collect();
    name_successors(&mut read);
    read
}

/// A new resource in place of a removed one of its type, as for a source with another name, where AWS accepts one: CloudFormation
/// creates it before it deletes the old one.
fn comes_too_early(new: &ResourceChange, changes: &[ResourceChange]) -> Option<String> {
    let why = kinds::one_at_a_time(&new.resource_type).filter(|_| new.action == ChangeAction::Add)?;
    let removed = changes
        .iter()
        .find(|change| change.action == ChangeAction::Remove && change.resource_type == new.resource_type)?;
    let old = &removed.logical_id;
    Some(format!("created before {old} is deleted; {why}: keep the name, or deploy without the source first"))
}

/// Names the Firehose stream that a new one takes the place of, and the setting that an existing one does not accept.
fn name_successors(changes: &mut [Change]) {
    /// What the logical id of a Firehose stream has after its settings; the delivery's name follows.
    const STREAM: &str = "Delivery";
    let head = |id: &str| id.find(STREAM).unwrap_or(0);
    let settings = |id: &str| -> Vec<&'static str> {
        let parts = &id[..head(id)];
        FIXED_SETTINGS.iter().filter(|(part, _)| parts.contains(part)).map(|(_, words)| *words).collect()
    };
    let plain = |id: &str| id[head(id)..].to_owned();
    let kind = kinds::words("AWS::KinesisFirehose::DeliveryStream");
    let is_stream = |change: &&Change, action| change.action == action && change.kind == kind;
    let removed: Vec<String> = changes
        .iter()
        .filter(|change| is_stream(change, Action::Remove))
        .map(|change| change.resource.clone())
        .collect();
    for change in changes.iter_mut().filter(|change| is_stream(&&**change, Action::Add)) {
        let Some(old) = removed.iter().find(|old| plain(old) == plain(&change.resource)) else { continue };
        let (before, after) = (settings(old), settings(&change.resource));
        let all = FIXED_SETTINGS.iter().map(|(_, words)| *words);
        let switched: Vec<&str> =
            all.filter(|words| before.contains(words) != after.contains(words)).collect();
        let words = all_of(&switched);
        change
            .what
            .push(format!("replaces {old}, since Firehose cannot switch {words} on and off in a stream"));
    }
}

/// What of a resource changes, but for names and ARNs of resources that stay what they are: CloudFormation cannot rule
/// out that those change, and lists everything that follows.
fn live<'a>(
    change: &'a ResourceChange,
    staying: &BTreeSet<&str>,
) -> impl Iterator<Item = &'a PropertyChange> {
    let staying = staying.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    change
        .details
        .iter()
        .filter(move |detail| detail.follows.as_ref().is_none_or(|followed| !staying.contains(followed)))
}

/// The resources that are changed and stay the same resource.
fn staying(changes: &[ResourceChange]) -> BTreeSet<&str> {
    let mut staying = BTreeSet::new();
    loop {
        let found: Vec<&str> = changes
            .iter()
            .filter(|change| change.action == ChangeAction::Modify && stays(change, &staying))
            .map(|change| change.logical_id.as_str())
            .filter(|name| !staying.contains(name))
            .collect();
        if found.is_empty() {
            return staying;
        }
        staying.extend(found);
    }
}

/// Whether a changed resource stays. Where CloudFormation cannot tell, its properties do: of what holds data, only those
/// that an existing one does not take make it anew.
fn stays(change: &ResourceChange, staying: &BTreeSet<&str>) -> bool {
    let data = kinds::held(&change.resource_type);
    let takes = |detail: &PropertyChange| match (data, &detail.name) {
        (Some(data), Some(name)) => !data.create_only.contains(&name.as_str()),
        (Some(_), None) => detail.attribute != "Properties",
        (None, _) => detail.replacement == Replacement::Never,
    };
    match change.replacement {
        Replacement::Never => true,
        Replacement::Always => false,
        Replacement::Perhaps => !change.details.is_empty() && live(change, staying).all(takes),
    }
}

fn read_one(change: &ResourceChange, stays: bool) -> Change {
    let action = match (change.action, change.replacement) {
        (ChangeAction::Add | ChangeAction::Import, _) => Action::Add,
        (ChangeAction::Remove, _) => Action::Remove,
        (ChangeAction::Modify, _) if stays => Action::Change,
        (ChangeAction::Modify, Replacement::Always) => Action::Replace,
        (ChangeAction::Modify | ChangeAction::Dynamic, _) => Action::PerhapsReplace,
    };
    let data = kinds::held(&change.resource_type).filter(|_| action > Action::Change);
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
        loss: data.map(|data| Loss {
            what: data.holds.to_owned(),
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
            follows: None,
        }
    }

    #[test]
    fn a_renamed_source_that_aws_would_reject_is_named() {
        let changes = |new: &str, old: &str| {
            [(new, "SourceNew", ChangeAction::Add), (old, "SourceOld", ChangeAction::Remove)].map(
                |(resource_type, id, action)| ResourceChange {
                    logical_id: id.into(),
                    action,
                    ..change(resource_type, Replacement::Never, Vec::new())
                },
            )
        };
        for kind in
            ["AWS::WAFv2::LoggingConfiguration", "AWS::SNS::Subscription", "AWS::Logs::SubscriptionFilter"]
        {
            let read = read(&changes(kind, kind));
            assert!(read[0].what[0].starts_with("created before SourceOld is deleted; "), "{read:?}");
            assert_eq!(read[1].what, [""; 0]);
        }
        let of_other_kinds = read(&changes("AWS::SNS::Subscription", "AWS::WAFv2::LoggingConfiguration"));
        assert!(of_other_kinds.iter().all(|change| change.what.is_empty()));
        assert!(read(&changes("AWS::Events::Rule", "AWS::Events::Rule"))[0].what.is_empty());
    }

    #[test]
    fn what_only_follows_a_resource_that_stays_is_no_change() {
        let stream = |replacement| {
            change(
                "AWS::Kinesis::Stream",
                replacement,
                vec![detail("Properties", Some("ShardCount"), None, None)],
            )
        };
        let source = detail("Properties", Some("KinesisStreamSourceConfiguration"), None, None);
        let follows =
            PropertyChange { replacement: Replacement::Always, follows: Some("Stream".into()), ..source };
        let delivery = ResourceChange {
            logical_id: "Delivery".into(),
            ..change("AWS::KinesisFirehose::DeliveryStream", Replacement::Perhaps, vec![follows])
        };
        let actions = |replacement| {
            read(&[delivery.clone(), stream(replacement)]).iter().map(|one| one.action).collect::<Vec<_>>()
        };
        assert_eq!(actions(Replacement::Never), [Action::Change]);
        assert_eq!(actions(Replacement::Always), [Action::PerhapsReplace, Action::Replace]);
    }

    #[test]
    fn a_change_says_what_and_between_which_values() {
        let shards = detail("Properties", Some("ShardCount"), Some("3"), Some("6"));
        let read = read(&[change("AWS::Kinesis::Stream", Replacement::Never, vec![shards])]);
        assert_eq!(read[0].what, ["shards 3 -> 6"]);
        assert_eq!((read[0].action, &read[0].loss), (Action::Change, &None));
    }

    #[test]
    fn a_new_firehose_stream_names_the_one_that_it_replaces() {
        let of = |id: &str, action| ResourceChange {
            logical_id: id.into(),
            action,
            ..change("AWS::KinesisFirehose::DeliveryStream", Replacement::Never, vec![])
        };
        let read = read(&[
            of("PartitionedBackedUpDeliverySites", ChangeAction::Add),
            of("BackedUpDeliverySites", ChangeAction::Remove),
            of("DeliveryOrders", ChangeAction::Add),
            of("Delivery", ChangeAction::Remove),
        ]);
        let what: Vec<String> = read.into_iter().flat_map(|change| change.what).collect();
        assert_eq!(
            what,
            [
                "replaces BackedUpDeliverySites, since Firehose cannot switch dynamic partitioning on and off in a stream"
            ]
        );
    }

    #[test]
    fn metadata_alone_is_no_change() {
        let metadata = detail("Metadata", None, None, None);
        assert_eq!(read(&[change("AWS::Kinesis::Stream", Replacement::Never, vec![metadata])]), []);
    }

    #[test]
    fn what_cloudformation_leaves_open_is_settled_by_the_property() {
        let of = |name| {
            let detail = detail("Properties", name, None, None);
            read(&[change("AWS::Kinesis::Stream", Replacement::Perhaps, vec![detail])])[0].endangers_data()
        };
        assert_eq!([of(Some("ShardCount")), of(Some("Name")), of(None)], [false, true, true]);
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
