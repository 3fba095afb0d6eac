//! Shard counts that one update cannot reach. Kinesis takes at most twice and at least half the present count at a
//! time, and CloudFormation passes the refusal on.

use pipec_compiler::parse::tree::{self, Entry, Kind, Node};

/// What a count may grow or shrink by in one call. `UpdateShardCount`, Kinesis API reference, 2026-11.
const FACTOR: u64 = 2;

/// The counts on the way, the target as the last one.
pub fn steps(from: u64, to: u64) -> Vec<u64> {
    let mut steps = Vec::new();
    let mut count = from.max(1);
    while count != to {
        count = to.clamp(count.div_ceil(FACTOR), count * FACTOR);
        steps.push(count);
    }
    steps
}

/// A stream's shard count in a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShardCount {
    /// Logical id of the stream.
    pub stream: String,
    /// Count.
    pub count: u64,
    /// Where the number stands in the template.
    pub range: std::ops::Range<usize>,
}

/// The shard counts of a template.
pub fn shard_counts(template: &str) -> Vec<ShardCount> {
    let (Some(root), _) = tree::read(template) else { return Vec::new() };
    let Some(resources) = entry(&root, "Resources") else { return Vec::new() };
    let Kind::Mapping(resources) = &resources.value.kind else { return Vec::new() };
    let count = |resource: &Entry| {
        let count = &entry(&entry(&resource.value, "Properties")?.value, "ShardCount")?.value;
        let Kind::Integer(number) = count.kind else { return None };
        let range = count.range.clone();
        Some(ShardCount { stream: resource.key.clone(), count: number.try_into().ok()?, range })
    };
    resources.iter().filter_map(count).collect()
}

fn entry<'a>(node: &'a Node, key: &str) -> Option<&'a Entry> {
    let Kind::Mapping(entries) = &node.kind else { return None };
    entries.iter().find(|entry| entry.key == key)
}

/// A stream's count in the template, and the counts on the way there.
pub type Way = (ShardCount, Vec<u64>);

/// The ways of the streams that need more than one step, from what is deployed to the template.
pub fn ways(deployed: &str, template: &str) -> Vec<Way> {
    let deployed = shard_counts(deployed);
    let way = |to: ShardCount| {
        let from = deployed.iter().find(|from| from.stream == to.stream)?;
        let steps = steps(from.count, to.count);
        (steps.len() > 1).then_some((to, steps))
    };
    shard_counts(template).into_iter().filter_map(way).collect()
}

/// The template as it is after the step of this number, from 0; streams that are there sooner stay.
pub fn at_step(template: &str, ways: &[Way], number: usize) -> String {
    let mut text = template.to_owned();
    // From the end, so that the places of the others stay.
    for (at, steps) in ways.iter().rev() {
        let count = steps.get(number).unwrap_or(&at.count);
        text.replace_range(at.range.clone(), &count.to_string());
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_step_is_one_that_kinesis_takes(from in 1_u64..10_000, to in 1_u64..10_000) {
            let mut count = from;
            for step in steps(from, to) {
                prop_assert!(step <= count * 2 && step * 2 >= count && step != count);
                count = step;
            }
            prop_assert_eq!(count, to);
        }
    }

    const TEMPLATE: &str = "Resources:\n  Stream:\n    Properties:\n      ShardCount: 3\n  OutputStream:\n    Properties:\n      \
                            ShardCount: 2\n  Bucket:\n    Properties: {}\n";

    #[test]
    fn templates_in_between_have_the_counts_in_between() {
        let target = TEMPLATE
            .replace("ShardCount: 3", "ShardCount: 20")
            .replace("ShardCount: 2\n  B", "ShardCount: 5\n  B");
        let ways = ways(TEMPLATE, &target);
        assert_eq!(
            ways.iter().map(|(_, steps)| steps.clone()).collect::<Vec<_>>(),
            [vec![6, 12, 20], vec![4, 5]]
        );
        let counts = |number| {
            shard_counts(&at_step(&target, &ways, number)).iter().map(|one| one.count).collect::<Vec<_>>()
        };
        assert_eq!((counts(0), counts(1), counts(2)), (vec![6, 4], vec![12, 5], vec![20, 5]));
        assert_eq!(at_step(&target, &ways, 2), target);
    }

    #[test]
    fn a_single_step_is_no_way() {
        assert_eq!(ways(TEMPLATE, &TEMPLATE.replace("ShardCount: 3", "ShardCount: 6")), []);
    }
}
