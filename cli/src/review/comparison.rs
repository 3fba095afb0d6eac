//! Two builds of a pipeline: what changes, what may be lost, who may do more or less, and what it costs.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value};

use super::earlier::EarlierBuild;
use super::permission::{Permissions, beyond};
use super::template::{Template, TemplateResource, references, shown};
use crate::cloud::client::{ChangeAction, PropertyChange, Replacement, ResourceChange};
use crate::cloud::kinds;
use crate::deploy::changes::{self, Change};

/// What a build changes against an earlier one. Whether a resource that holds no data is replaced is not decided here:
/// CloudFormation does, and `pipec diff` asks it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The resources that change.
    pub changes: Vec<Change>,
    /// What is allowed now, and was not before.
    pub gained: Vec<Permissions>,
    /// What was allowed before, and is not now.
    pub lost: Vec<Permissions>,
    /// US dollars per month before, by pipec's own prices; `None` where the earlier build has no estimate.
    pub monthly_usd_before: Option<f64>,
    /// The same now.
    pub monthly_usd_after: Option<f64>,
    /// What costs more or less, with the difference in US dollars per month; what costs the most more first. Empty
    /// where one of the builds has no estimate.
    pub costs: Vec<CostChange>,
}

/// A line of the bill that changes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CostChange {
    /// What is billed.
    pub item: String,
    /// US dollars per month, more or less than before.
    pub monthly_usd: f64,
}

impl Comparison {
    /// Compares two builds.
    pub fn of(before: &EarlierBuild, after: &EarlierBuild) -> Self {
        Self {
            changes: changes::read(&resource_changes(&before.template, &after.template)),
            gained: beyond(&after.template, &before.template),
            lost: beyond(&before.template, &after.template),
            monthly_usd_before: before.monthly_usd,
            monthly_usd_after: after.monthly_usd,
            costs: match (before.monthly_usd, after.monthly_usd) {
                (Some(_), Some(_)) => cost_changes(&before.costs, &after.costs),
                _ => Vec::new(),
            },
        }
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.gained.is_empty() && self.lost.is_empty() && self.costs.is_empty()
    }

    /// US dollars per month more than before; less is negative.
    pub fn monthly_usd_more(&self) -> Option<f64> {
        Some(self.monthly_usd_after? - self.monthly_usd_before?)
    }
}

fn cost_changes(before: &BTreeMap<String, f64>, after: &BTreeMap<String, f64>) -> Vec<CostChange> {
    let items: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let of = |costs: &BTreeMap<String, f64>, item: &str| costs.get(item).copied().unwrap_or_default();
    let mut changes: Vec<CostChange> = items
        .into_iter()
        .map(|item| CostChange { item: item.clone(), monthly_usd: of(after, item) - of(before, item) })
        .filter(|change| change.monthly_usd.abs() >= 0.005)
        .collect();
    changes.sort_by(|one, other| other.monthly_usd.total_cmp(&one.monthly_usd));
    changes
}

/// The changes as CloudFormation would list them.
fn resource_changes(before: &Template, after: &Template) -> Vec<ResourceChange> {
    let replaced = replaced(before, after);
    let mut changes = Vec::new();
    for (logical_id, old) in &before.resources {
        match after.resources.get(logical_id) {
            Some(new) if new.resource_type == old.resource_type => {
                let details = details(old, new, &replaced);
                if !details.is_empty() {
                    let policy = new.attribute("UpdateReplacePolicy").unwrap_or("Delete");
                    let is_replaced = replaced.contains(logical_id.as_str());
                    changes.push(ResourceChange {
                        action: ChangeAction::Modify,
                        replacement: if is_replaced { Replacement::Always } else { Replacement::Never },
                        policy_action: is_replaced.then(|| format!("ReplaceAnd{policy}")),
                        details,
                        ..change(logical_id, new)
                    });
                }
            }
            _ => {
                let policy = old.attribute("DeletionPolicy").unwrap_or("Delete").to_owned();
                changes.push(ResourceChange {
                    action: ChangeAction::Remove,
                    policy_action: Some(policy),
                    ..change(logical_id, old)
                });
            }
        }
    }
    let is_new = |(logical_id, new): &(&String, &TemplateResource)| {
        before.resources.get(*logical_id).is_none_or(|old| old.resource_type != new.resource_type)
    };
    changes.extend(after.resources.iter().filter(is_new).map(|(logical_id, new)| change(logical_id, new)));
    changes
}

fn change(logical_id: &str, resource: &TemplateResource) -> ResourceChange {
    ResourceChange {
        logical_id: logical_id.to_owned(),
        resource_type: resource.resource_type.clone(),
        action: ChangeAction::Add,
        replacement: Replacement::Never,
        policy_action: None,
        details: Vec::new(),
    }
}

/// The resources that hold data and are made anew: a property changes that only a new resource takes, or the resource
/// that such a property refers to is made anew.
fn replaced<'a>(before: &'a Template, after: &'a Template) -> BTreeSet<&'a str> {
    let mut replaced = BTreeSet::new();
    loop {
        let found = after.resources.iter().filter(|(logical_id, new)| {
            let old = before.resources.get(*logical_id);
            let old = old.filter(|old| old.resource_type == new.resource_type);
            let data = old.and_then(|old| Some((old, kinds::held(&new.resource_type)?)));
            data.is_some_and(|(old, data)| {
                data.create_only.iter().any(|name| {
                    let (old, new) = (old.properties.get(*name), new.properties.get(*name));
                    old != new || new.is_some_and(|new| refers(new, &replaced))
                })
            })
        });
        let found: Vec<&str> = found.map(|(logical_id, _)| logical_id.as_str()).collect();
        let count = replaced.len();
        replaced.extend(found);
        if replaced.len() == count {
            return replaced;
        }
    }
}

fn refers(value: &Value, names: &BTreeSet<&str>) -> bool {
    let mut found = BTreeSet::new();
    references(value, &mut found);
    found.iter().any(|name| names.contains(name.as_str()))
}

fn details(old: &TemplateResource, new: &TemplateResource, replaced: &BTreeSet<&str>) -> Vec<PropertyChange> {
    let of =
        |attribute: &str, name: Option<&str>, before: Option<&Value>, after: Option<&Value>| PropertyChange {
            attribute: attribute.to_owned(),
            name: name.map(str::to_owned),
            before: before.map(shown),
            after: after.map(shown),
            replacement: Replacement::Never,
            follows: None,
        };
    let properties = names(&old.properties, &new.properties).into_iter().filter_map(|name| {
        let (before, after) = (old.properties.get(name), new.properties.get(name));
        let follows = after.is_some_and(|after| refers(after, replaced));
        let attribute = if name == "Tags" { ("Tags", None) } else { ("Properties", Some(name)) };
        (before != after || follows).then(|| of(attribute.0, attribute.1, before, after))
    });
    // What the order of creation is, is no change of what runs.
    let attributes = names(&old.attributes, &new.attributes).into_iter().filter(|name| *name != "DependsOn");
    let attributes = attributes.filter_map(|name| {
        let (before, after) = (old.attributes.get(name), new.attributes.get(name));
        (before != after).then(|| of(name, None, None, None))
    });
    properties.chain(attributes).collect()
}

fn names<'a>(old: &'a Map<String, Value>, new: &'a Map<String, Value>) -> BTreeSet<&'a str> {
    old.keys().chain(new.keys()).map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::changes::Action;

    const STACK: &str = "Resources:\n  Stream:\n    Type: AWS::Kinesis::Stream\n    Properties: {ShardCount: 1}\n  \
        Delivery:\n    Type: AWS::KinesisFirehose::DeliveryStream\n    Properties:\n      \
        KinesisStreamSourceConfiguration: {KinesisStreamARN: !GetAtt Stream.Arn}\n  Bucket:\n    Type: AWS::S3::Bucket\n    \
        DeletionPolicy: RetainExceptOnCreate\n    UpdateReplacePolicy: Retain\n";

    fn build(template: &str) -> EarlierBuild {
        EarlierBuild {
            template: Template::read(template).expect("a template"),
            monthly_usd: None,
            costs: BTreeMap::new(),
        }
    }

    fn compared(after: &str) -> Vec<(String, Action, Option<bool>)> {
        let comparison = Comparison::of(&build(STACK), &build(after));
        let short = comparison.changes.into_iter();
        short.map(|one| (one.resource, one.action, one.loss.map(|loss| loss.kept))).collect()
    }

    #[test]
    fn the_same_is_no_change() {
        assert!(Comparison::of(&build(STACK), &build(STACK)).is_empty());
    }

    #[test]
    fn a_new_name_replaces_the_stream_and_what_reads_it() {
        let after = compared(&STACK.replace("ShardCount: 1", "ShardCount: 1, Name: other"));
        let lost = |name: &str| (name.to_owned(), Action::Replace, Some(false));
        assert_eq!(after, [lost("Stream"), lost("Delivery")]);
    }

    #[test]
    fn more_shards_are_a_change_in_place() {
        let after = compared(&STACK.replace("ShardCount: 1", "ShardCount: 2"));
        assert_eq!(after, [("Stream".to_owned(), Action::Change, None)]);
    }

    #[test]
    fn a_bucket_that_goes_stays_with_its_objects() {
        let after = &STACK[..STACK.find("  Bucket:").expect("a bucket")];
        assert_eq!(compared(after), [("Bucket".to_owned(), Action::Remove, Some(true))]);
        let stream = STACK.replace("  Stream:", "  Other:").replace("Stream.Arn", "Other.Arn");
        assert_eq!(
            compared(&stream),
            [
                ("Stream".to_owned(), Action::Remove, Some(false)),
                ("Delivery".to_owned(), Action::Replace, Some(false)),
                ("Other".to_owned(), Action::Add, None),
            ]
        );
    }

    #[test]
    fn a_table_is_changed_for_new_objects_and_a_new_name_is_another_table() {
        let table = "Resources:\n  TableShopOrders:\n    Type: AWS::Glue::Table\n    Properties:\n      DatabaseName: shop\n      \
            TableInput: {Name: orders, StorageDescriptor: {Columns: [{Name: id, Type: int}]}}\n";
        let compared = |after: &str| {
            let changes = Comparison::of(&build(table), &build(after)).changes.into_iter();
            changes.map(|one| (one.resource, one.action, one.what, one.loss)).collect::<Vec<_>>()
        };
        let words = "columns, format or partitions; objects that are there already stay as they are";
        assert_eq!(
            compared(&table.replace("Type: int", "Type: bigint")),
            [("TableShopOrders".to_owned(), Action::Change, vec![words.to_owned()], None)]
        );
        // The logical id follows the name, which only a new table accepts.
        let renamed = table.replace("TableShopOrders", "TableShopSales").replace("orders", "sales");
        assert_eq!(
            compared(&renamed),
            [
                ("TableShopOrders".to_owned(), Action::Remove, vec![], None),
                ("TableShopSales".to_owned(), Action::Add, vec![], None),
            ]
        );
    }

    #[test]
    fn costs_are_compared_by_item() {
        let costs =
            |pairs: &[(&str, f64)]| pairs.iter().map(|(item, usd)| ((*item).to_owned(), *usd)).collect();
        let changes = cost_changes(
            &costs(&[("a", 1.0), ("b", 2.0), ("c", 3.0)]),
            &costs(&[("a", 1.001), ("b", 5.0), ("d", 1.0)]),
        );
        let short: Vec<_> = changes.iter().map(|one| (&*one.item, one.monthly_usd)).collect();
        assert_eq!(short, [("b", 3.0), ("d", 1.0), ("c", -3.0)]);
    }
}
