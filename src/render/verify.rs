//! The template, read again: every reference leads somewhere, nothing waits for itself, CloudFormation's limits hold.
//! A failure is a fault of pipec, and is told as one.

use std::collections::{BTreeMap, BTreeSet};

use crate::aws::limits::{cloudformation, ec2, iam};
use crate::parse::tree::{self, Entry, Fault, Kind, Node};
use crate::plan::Plan;

/// The template again where nothing is wrong with it.
///
/// # Errors
/// What is wrong, in words for pipec's developers.
pub fn verify(text: String, plan: &Plan) -> Result<String, String> {
    let problems = problems(&text, plan);
    if problems.is_empty() { Ok(text) } else { Err(problems.join("; ")) }
}

fn problems(text: &str, plan: &Plan) -> Vec<String> {
    let (root, faults) = tree::read(text);
    let mut problems: Vec<String> = faults.iter().map(described).collect();
    let Some(root) = root else { return problems };
    let mut verifier = Verifier { names: BTreeSet::new(), graph: BTreeMap::new(), problems: Vec::new() };
    verifier.template(&root, plan);
    if text.len() as u64 > cloudformation::TEMPLATE_S3_BYTES_MAX {
        verifier.problems.push(format!("the template has {} bytes", text.len()));
    }
    problems.append(&mut verifier.problems);
    problems
}

fn described(fault: &Fault) -> String {
    match fault {
        Fault::Syntax(words, at) => format!("byte {at} is not YAML: {words}"),
        Fault::TooDeep(at) | Fault::TooComplex(at) => format!("too much is nested at byte {at}"),
        Fault::DuplicateKey(key, ..) => format!("the key `{key}` appears twice"),
        Fault::KeyNotText(place) => format!("the key at byte {} is not text", place.start),
        Fault::SecondDocument(at) => format!("a second document begins at byte {at}"),
    }
}

struct Verifier<'a> {
    names: BTreeSet<&'a str>,
    graph: BTreeMap<&'a str, BTreeSet<String>>,
    problems: Vec<String>,
}

fn entries(node: &Node) -> &[Entry] {
    match &node.kind {
        Kind::Mapping(entries) => entries,
        _ => &[],
    }
}

fn get<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    entries(node).iter().find(|entry| entry.key == key).map(|entry| &entry.value)
}

fn text(node: &Node) -> Option<&str> {
    match &node.kind {
        Kind::String(text, _) => Some(text),
        _ => None,
    }
}

impl<'a> Verifier<'a> {
    fn template(&mut self, root: &'a Node, plan: &Plan) {
        let section = |name| get(root, name).map(entries).unwrap_or_default();
        let (parameters, resources, outputs) =
            (section("Parameters"), section("Resources"), section("Outputs"));
        self.names.extend(parameters.iter().chain(resources).map(|entry| entry.key.as_str()));
        for resource in resources {
            let mut references = BTreeSet::new();
            self.references(&resource.value, &mut references);
            let depends = get(&resource.value, "DependsOn");
            match depends.map(|node| &node.kind) {
                Some(Kind::String(name, _)) => drop(references.insert(name.clone())),
                Some(Kind::Sequence(names)) => {
                    references.extend(names.iter().filter_map(text).map(str::to_owned));
                }
                _ => {}
            }
            self.graph.insert(&resource.key, references);
            if resource.key.len() > 255 || !resource.key.chars().all(|c| c.is_ascii_alphanumeric()) {
                self.problems.push(format!("`{}` is not a logical id", resource.key));
            }
            self.sizes(resource);
        }
        let mut used = BTreeSet::new();
        for output in outputs {
            self.references(&output.value, &mut used);
        }
        for (from, references) in self.graph.iter().map(|(from, to)| (*from, to)).chain([("Outputs", &used)])
        {
            for name in references.iter().filter(|name| !self.names.contains(name.as_str())) {
                self.problems.push(format!("`{from}` refers to `{name}`, which is not there"));
            }
        }
        self.cycles();
        self.complete(resources, plan);
        for (what, count, max) in [
            ("resources", resources.len(), cloudformation::RESOURCES_MAX),
            ("outputs", outputs.len(), cloudformation::OUTPUTS_MAX),
            ("parameters", parameters.len(), cloudformation::PARAMETERS_MAX),
        ] {
            if count as u64 > max {
                self.problems.push(format!("{count} {what}; CloudFormation accepts {max}"));
            }
        }
    }

    /// The template holds what the plan lists, and nothing else.
    fn complete(&mut self, resources: &[Entry], plan: &Plan) {
        let rendered: BTreeSet<(&str, &str)> = resources
            .iter()
            .map(|entry| (entry.key.as_str(), get(&entry.value, "Type").and_then(text).unwrap_or_default()))
            .collect();
        let planned: BTreeSet<(&str, &str)> = plan
            .resources
            .iter()
            .map(|resource| (resource.logical_id.as_ref(), resource.resource_type))
            .collect();
        for (name, kind) in rendered.symmetric_difference(&planned) {
            self.problems
                .push(format!("`{name}` ({kind}) is in the plan or in the template, and not in both"));
        }
    }

    fn references(&mut self, node: &Node, found: &mut BTreeSet<String>) {
        if let Some((tag, _)) = &node.tag {
            match (tag.as_str(), &node.kind) {
                ("!Ref", Kind::String(name, _)) => refer(name, found),
                ("!GetAtt", Kind::String(path, _)) => {
                    refer(path.split('.').next().unwrap_or_default(), found);
                }
                ("!Sub", Kind::String(pattern, _)) => self.substitutions(pattern, found),
                ("!Join" | "!Select" | "!Split", Kind::Sequence(_)) | ("!GetAZs", Kind::String(..)) => {}
                _ => self.problems.push(format!("`{tag}` is not a function that pipec uses")),
            }
        }
        match &node.kind {
            Kind::Sequence(items) => items.iter().for_each(|item| self.references(item, found)),
            Kind::Mapping(entries) => entries.iter().for_each(|entry| self.references(&entry.value, found)),
            _ => {}
        }
    }

    fn substitutions(&mut self, pattern: &str, found: &mut BTreeSet<String>) {
        let mut rest = pattern;
        while let Some(at) = rest.find("${") {
            rest = &rest[at + 2..];
            let Some(end) = rest.find('}') else {
                self.problems.push("`${` is not closed in a Fn::Sub".into());
                return;
            };
            let name = &rest[..end];
            if !name.starts_with('!') {
                refer(name.split('.').next().unwrap_or_default(), found);
            }
            rest = &rest[end..];
        }
    }

    fn cycles(&mut self) {
        let mut done: BTreeSet<&str> = BTreeSet::new();
        loop {
            let ready: Vec<&str> = self
                .graph
                .iter()
                .filter(|(name, references)| {
                    !done.contains(*name)
                        && references
                            .iter()
                            .all(|to| done.contains(to.as_str()) || !self.graph.contains_key(to.as_str()))
                })
                .map(|(name, _)| *name)
                .collect();
            if ready.is_empty() {
                break;
            }
            done.extend(ready);
        }
        let stuck: Vec<&str> = self.graph.keys().filter(|name| !done.contains(*name)).copied().collect();
        if !stuck.is_empty() {
            self.problems.push(format!("these resources wait for each other: {}", stuck.join(", ")));
        }
    }

    /// Bounds that only show in the written text.
    fn sizes(&mut self, resource: &Entry) {
        let Some(properties) = get(&resource.value, "Properties") else { return };
        let user_data = get(properties, "LaunchTemplateData")
            .and_then(|data| get(data, "UserData"))
            .and_then(|data| get(data, "Fn::Base64"))
            .and_then(text);
        if let Some(script) = user_data
            && script.len() as u64 > ec2::USER_DATA_BYTES_MAX
        {
            self.problems.push(format!("the user data has {} bytes", script.len()));
        }
        let policies: usize = match get(properties, "Policies").map(|node| &node.kind) {
            Some(Kind::Sequence(items)) => items.iter().map(|item| item.range.len()).sum(),
            _ => 0,
        };
        if policies as u64 > iam::ROLE_INLINE_CHARS_MAX {
            self.problems.push(format!("the policies of `{}` have {policies} characters", resource.key));
        }
    }
}

/// A name that is a resource or a parameter; pseudo parameters are CloudFormation's own.
fn refer(name: &str, found: &mut BTreeSet<String>) {
    if !name.starts_with("AWS::") {
        found.insert(name.to_owned());
    }
}
