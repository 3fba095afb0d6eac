//! The order in which CloudFormation creates the resources of a template: nothing uses a role that was created just before it,
//! and nothing sends records before what processes them exists.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::programs;
use pipec_compiler::Select;

/// Types that have a role at no risk: CloudFormation repeats the creation of a function and of an instance profile when IAM has
/// not propagated the role yet, and API Gateway and CloudFront first assume theirs for a request.
const REPEATED: [&str; 5] = [
    "AWS::Lambda::Function",
    "AWS::IAM::InstanceProfile",
    "AWS::IAM::Policy",
    "AWS::ApiGateway::Method",
    "AWS::CloudFront::RealtimeLogConfig",
];

/// Types whose resources make records flow into a pipeline.
const SENDERS: [&str; 11] = [
    "AWS::ApiGateway::Deployment",
    "AWS::CloudFront::RealtimeLogConfig",
    "AWS::CloudWatch::MetricStream",
    "AWS::Events::Rule",
    "AWS::IoT::TopicRule",
    "AWS::Logs::Destination",
    "AWS::Logs::SubscriptionFilter",
    "AWS::Pipes::Pipe",
    "AWS::SNS::Subscription",
    "AWS::WAFv2::LoggingConfiguration",
    "AWS::AutoScaling::AutoScalingGroup",
];

/// A resource, and the logical ids that it names in its properties and in all.
#[derive(Default)]
struct Named {
    resource_type: String,
    spec: String,
    in_properties: BTreeSet<String>,
    all: BTreeSet<String>,
}

/// The resources of a template by their logical ids.
struct Resources(BTreeMap<String, Named>);

impl Resources {
    fn read(template: &str) -> Self {
        let mut found: BTreeMap<String, Named> = BTreeMap::new();
        let (mut inside, mut last, mut depends) = (false, String::new(), false);
        for line in template.lines().filter(|line| !line.is_empty() && !line.trim_start().starts_with('#')) {
            if !line.starts_with(' ') {
                inside = line == "Resources:";
            }
            let indent = line.len() - line.trim_start().len();
            if !inside {
                continue;
            }
            if indent == 2 {
                last = line.trim().trim_end_matches(':').to_owned();
                found.insert(last.clone(), Default::default());
                continue;
            }
            let Some(resource) = found.get_mut(&last) else { continue };
            if indent == 4 {
                depends = line.starts_with("    DependsOn:");
                if let Some(name) = line.strip_prefix("    Type: ") {
                    resource.resource_type = name.to_owned();
                }
            }
            if let Some(place) = line.strip_prefix("      pipec: {spec: ") {
                resource.spec = place.trim_matches(['"', '}']).to_owned();
            }
            let word = |text: &str| text.chars().take_while(char::is_ascii_alphanumeric).collect::<String>();
            for before in ["!Ref ", "!GetAtt ", "${"] {
                resource.in_properties.extend(line.split(before).skip(1).map(word));
            }
            if let Some(name) = line.trim().strip_prefix("- ").filter(|_| depends) {
                resource.all.insert(word(name));
            }
        }
        found.values_mut().for_each(|resource| resource.all.extend(resource.in_properties.clone()));
        Self(found)
    }

    fn is(&self, id: &str, resource_type: &str) -> bool {
        self.0.get(id).is_some_and(|one| one.resource_type == resource_type)
    }

    /// All that is created before a resource.
    fn before(&self, id: &str) -> BTreeSet<String> {
        let mut before = BTreeSet::new();
        let mut open = vec![id.to_owned()];
        while let Some(next) = open.pop() {
            for other in self.0.get(&next).into_iter().flat_map(|one| &one.all) {
                if self.0.contains_key(other) && before.insert(other.clone()) {
                    open.push(other.clone());
                }
            }
        }
        before
    }

    /// Whether a resource is one that processes records of the input, and that a source waits for.
    fn processes(&self, id: &str) -> bool {
        let one = &self.0[id];
        let of_consumer = one.spec.starts_with("/consumers");
        match one.resource_type.as_str() {
            "AWS::KinesisFirehose::DeliveryStream" | "Custom::FlinkStart" => true,
            "AWS::Kinesis::StreamConsumer" | "AWS::Lambda::EventSourceMapping" | "AWS::IAM::Policy" => {
                of_consumer
            }
            "AWS::Kinesis::ResourcePolicy" => id.starts_with("Consumer"),
            _ => false,
        }
    }
}

/// Every template of the examples, the shapes and the judges' specs, by the name of its spec.
///
/// # Panics
/// If a template lacks what its plan says about the order.
fn templates() -> Vec<(String, Resources)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let entries = |folder: &str| {
        let entries = fs::read_dir(root.join(folder)).expect("a folder");
        entries.map(|entry| entry.expect("a file").path()).collect::<Vec<PathBuf>>()
    };
    let shapes = entries("tests/shapes").into_iter().map(|shape| shape.join("spec.yaml"));
    let files = [entries("examples"), entries("tests/judges/specs")].concat();
    let specs = files.into_iter().filter(|path| path.extension().is_some_and(|one| one == "yaml"));
    let mut found = Vec::new();
    for spec in specs.chain(shapes) {
        let compiled =
            pipec_compiler::compile(&pipec_compiler::world::Disk, &programs(), &spec, Select::Spec);
        let stack = compiled.pipeline().unwrap_or_else(|| panic!("{} has no stack", spec.display()));
        let resources = Resources::read(&stack.template);
        for (id, before) in &stack.plan.order {
            let named =
                &resources.0.get(id.as_ref()).unwrap_or_else(|| panic!("{id} of {}", spec.display())).all;
            for other in before.iter().flat_map(|one| &one.logical_ids) {
                assert!(named.contains(other.as_ref()), "{}: {id} does not wait for {other}", spec.display());
            }
        }
        found.push((spec.display().to_string(), resources));
    }
    found
}

#[test]
fn no_resource_uses_a_role_that_was_created_just_before() {
    let mut types = BTreeSet::new();
    let mut faults = Vec::new();
    for (spec, resources) in templates() {
        for (id, resource) in &resources.0 {
            // A policy that has the role's name: nothing assumes the role for it.
            let names_only = resource.resource_type == "AWS::OpenSearchServerless::AccessPolicy";
            if names_only || REPEATED.contains(&resource.resource_type.as_str()) {
                continue;
            }
            let before = resources.before(id);
            let roles = resource.in_properties.iter().filter(|id| resources.is(id, "AWS::IAM::Role"));
            // The role of a function of the user's is older than the stack, and its policy is not.
            let is_mapping = resource.resource_type == "AWS::Lambda::EventSourceMapping";
            let policies =
                resource.all.iter().filter(|id| is_mapping && resources.is(id, "AWS::IAM::Policy"));
            for role in roles.chain(policies) {
                types.insert(resource.resource_type.clone());
                let after = |other: &String| resources.before(other).contains(role);
                if !before.iter().any(after) {
                    faults.push(format!("{spec}: {id} uses {role}, which is created just before it"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let expected = [
        "AWS::CloudWatch::MetricStream",
        "AWS::EC2::FlowLog",
        "AWS::Events::Rule",
        "AWS::IoT::TopicRule",
        "AWS::KinesisAnalyticsV2::Application",
        "AWS::KinesisFirehose::DeliveryStream",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Logs::Destination",
        "AWS::Logs::SubscriptionFilter",
        "AWS::Pipes::Pipe",
        "AWS::SNS::Subscription",
    ];
    assert!(expected.iter().all(|one| types.contains(*one)), "{types:?}");
}

#[test]
fn nothing_sends_before_all_that_processes_records_exists() {
    let mut types = BTreeSet::new();
    let mut faults = Vec::new();
    for (spec, resources) in templates() {
        let processing: Vec<&String> = resources.0.keys().filter(|id| resources.processes(id)).collect();
        for (id, resource) in &resources.0 {
            let of_source = resource.spec.starts_with("/sources") || resource.spec.starts_with("/producer");
            if !SENDERS.contains(&resource.resource_type.as_str()) || !of_source {
                continue;
            }
            types.insert(resource.resource_type.clone());
            let before = resources.before(id);
            let late = processing.iter().filter(|one| !before.contains(**one));
            faults.extend(late.map(|one| format!("{spec}: {id} sends before {one} exists")));
            // The policy of a queue that the source's own service writes to.
            let queues = resource.in_properties.iter().filter(|one| resources.is(one, "AWS::SQS::Queue"));
            for queue in queues {
                let policies = resources.0.iter().filter(|(_, one)| {
                    one.resource_type == "AWS::SQS::QueuePolicy" && one.in_properties.contains(queue)
                });
                let late = policies.filter(|(policy, _)| !before.contains(*policy));
                faults.extend(late.map(|(policy, _)| format!("{spec}: {id} sends before {policy} exists")));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(types, SENDERS.map(str::to_owned).into(), "a type of which no spec has one");
}
