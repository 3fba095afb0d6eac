//! Laws of every template: a user's text stays a value, the same spec gives the same bytes, and nothing that the front
//! end lets pass makes a template that pipec cannot vouch for.

mod support;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use pipec::diagnostics::Code;
use pipec::parse::tree::{self, Kind, Node};
use pipec::world::World;
use proptest::prelude::*;
use support::programs;

/// Files in memory.
struct Memory(BTreeMap<PathBuf, String>);

impl World for Memory {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.0.get(path).map(|text| text.clone().into_bytes()).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn size(&self, path: &Path) -> io::Result<u64> {
        self.read(path).map(|bytes| bytes.len() as u64)
    }
}

fn compile(spec: &str) -> pipec::Compilation {
    let path = PathBuf::from("spec.yaml");
    pipec::compile(&Memory(BTreeMap::from([(path.clone(), spec.to_owned())])), &programs(), &path, None)
}

fn template(spec: &str) -> String {
    let compilation = compile(spec);
    match compilation.stack {
        Some(stack) => stack.template,
        None => panic!("{spec}\n{:?}", compilation.diagnostics),
    }
}

fn get<'a>(node: &'a Node, path: &str) -> &'a Node {
    path.split('/').fold(node, |node, key| match &node.kind {
        Kind::Mapping(entries) => {
            &entries.iter().find(|entry| entry.key == key).unwrap_or_else(|| panic!("no {key}")).value
        }
        Kind::Sequence(items) => &items[key.parse::<usize>().expect("an index")],
        _ => panic!("{key} of a scalar"),
    })
}

fn text(node: &Node) -> &str {
    match &node.kind {
        Kind::String(text, _) => text,
        _ => panic!("no text"),
    }
}

fn json(text: &str) -> String {
    serde_json::to_string(text).expect("JSON")
}

const HTTP: &str = "producer:\n  records_per_second: 1\n  http:\n    url: https://example.com/?a=$(reboot)\n    headers: {x-note: \"UNIT $(reboot) `id` ${AWS::StackName}\"}\n";

fn spec(description: &str, tag: &str, prefix: &str, more: &str) -> String {
    format!(
        "name: orders\ndescription: {}\ntags: {{note: {}}}\nstream:\n  record_size: 1 KiB\n  records_per_second: 100\ndelivery:\n  s3:\n    prefix: {}\n{more}",
        json(description),
        json(tag),
        json(prefix)
    )
}

#[test]
fn text_that_looks_like_yaml_stays_a_value() {
    let nasty = "Yes\n- inject: \"<1>\" 'q' {{ 7 * 7 }} !Ref Stream ${AWS::AccountId} # no";
    let template = template(&spec(nasty, "no: x = y", "a: b/!{timestamp:yyyy}/", ""));
    let (root, faults) = tree::read(&template);
    assert!(faults.is_empty());
    let root = root.expect("a template");
    assert_eq!(text(get(&root, "Description")), nasty);
    assert_eq!(text(get(&root, "Resources/Stream/Properties/Tags/1/Value")), "no: x = y");
    let s3 = get(&root, "Resources/Delivery/Properties/ExtendedS3DestinationConfiguration");
    assert_eq!(text(get(s3, "Prefix")), "a: b/!{timestamp:yyyy}/");
    assert!(get(s3, "Prefix").tag.is_none());
}

#[test]
fn text_in_the_user_data_is_neither_filled_in_nor_run() {
    let template = template(&spec("d", "t", "p/", HTTP));
    let root = tree::read(&template).0.expect("a template");
    let data = get(&root, "Resources/ProducerLaunchTemplate/Properties/LaunchTemplateData/UserData");
    let script = text(get(data, "Fn::Base64"));
    assert!(script.contains("`id` ${!AWS::StackName}"), "kept from Fn::Sub");
    let start = script.find("<<'CONFIG'\n").expect("a quoted heredoc") + 11;
    let config = &script[start..start + script[start..].find("\nCONFIG\n").expect("its end")];
    let config = config.replace("${!", "${");
    let config: serde_json::Value = serde_json::from_str(&config).expect("JSON");
    assert_eq!(config["source"]["http"]["headers"]["x-note"], "UNIT $(reboot) `id` ${AWS::StackName}");
    assert_eq!(config["stream"], "${Stream}");
}

#[test]
fn parts_are_left_out_with_their_resources() {
    let bare = template(&spec("d", "t", "p/", ""));
    for absent in ["Transform", "Producer", "Analytics", "OutputStream", "Starter"] {
        assert!(!bare.contains(&format!("\n  {absent}")), "{absent}");
    }
    assert!(bare.contains("- Type: AppendDelimiterToRecord"), "a newline all the same");
    assert!(
        !template(&spec("d", "t", "p/", "transform: {}\n")).contains("AppendDelimiterToRecord"),
        "one owner"
    );
    let existing = spec("d", "t", "p/", "").replace("    prefix:", "    bucket: my-lake\n    prefix:");
    let existing = template(&existing);
    assert!(
        !existing.contains("AWS::S3::Bucket") && existing.contains("arn:${AWS::Partition}:s3:::my-lake/*")
    );
}

#[test]
fn an_own_key_is_granted_to_who_needs_it_through_its_service() {
    let key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let spec = spec("d", "t", "p/", HTTP)
        .replace("  record_size", &format!("  encryption: {{kms_key: \"{key}\"}}\n  record_size"))
        .replace("    prefix", &format!("    encryption: {{kms_key: \"{key}\"}}\n    prefix"));
    let stack = compile(&spec).stack.expect("a stack");
    let granted: Vec<(&str, Vec<&str>, String)> = stack
        .plan
        .roles
        .iter()
        .flat_map(|role| role.grants.iter().map(|grant| (role.logical_id, grant)))
        .filter(|(_, grant)| grant.resources.iter().any(|resource| resource.shown() == key))
        .map(|(role, grant)| (role, grant.actions.clone(), grant.conditions[0].value.shown()))
        .collect();
    let kinesis = "kinesis.${AWS::Region}.${AWS::URLSuffix}".to_owned();
    let s3 = "s3.${AWS::Region}.${AWS::URLSuffix}".to_owned();
    assert_eq!(
        granted,
        [
            ("ProducerRole", vec!["kms:GenerateDataKey"], kinesis.clone()),
            ("DeliveryRole", vec!["kms:Decrypt"], kinesis),
            ("DeliveryRole", vec!["kms:Decrypt", "kms:GenerateDataKey"], s3),
        ]
    );
}

#[test]
fn no_action_is_a_wildcard_and_every_star_has_its_reason() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/user-data-pipeline.yaml");
    let compilation = pipec::compile(&pipec::world::Disk, &programs(), &example, None);
    for role in compilation.stack.expect("a stack").plan.roles {
        assert!(!role.grants.is_empty(), "{} has no edge", role.logical_id);
        for grant in role.grants {
            assert!(grant.actions.iter().all(|action| !action.contains('*')), "{:?}", grant.actions);
            let star = grant.resources.iter().any(|resource| resource.shown() == "*");
            assert_eq!(star, grant.because.contains("no resource level"), "{}", grant.because);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_a_value_or_refused(description in "\\PC{0,60}", tag in "\\PC{0,30}", prefix in "\\PC{0,40}") {
        let spec = spec(&description, &tag, &prefix, HTTP);
        let first = compile(&spec);
        prop_assert!(first.diagnostics.iter().all(|diagnostic| diagnostic.code != Code::InternalFault));
        if let Some(stack) = first.stack {
            let root = tree::read(&stack.template).0.expect("a template");
            prop_assert_eq!(text(get(&root, "Description")), description);
            prop_assert_eq!(compile(&spec).stack.expect("a stack").template, stack.template);
        }
    }

    #[test]
    fn any_load_and_shape_makes_a_stack_or_an_error(
        rate in 0.001..50_000.0_f64, size in 1_u64..2_000_000, on_demand: bool, transform: bool, producer: bool,
        sql: bool, region in prop::sample::select(vec!["us-east-1", "eu-central-1", "ap-south-1"]),
    ) {
        let mut spec = format!(
            "name: p\nregion: {region}\nstream:\n  record_size: {size} B\n  records_per_second: {rate}\n"
        );
        if on_demand { spec += "  capacity: on_demand\n" }
        spec += "delivery: {s3: {}}\n";
        if transform { spec += "transform: {}\n" }
        if producer { spec += &format!("producer:\n  records_per_second: {rate}\n  http: {{url: \"https://example.com/\"}}\n") }
        if sql {
            spec += "records:\n  format: json\n  columns:\n    a: {type: INTEGER}\nanalytics:\n  runtime: flink\n  sql: SELECT \"a\" FROM stream\n";
        }
        let compilation = compile(&spec);
        prop_assert!(compilation.diagnostics.iter().all(|diagnostic| diagnostic.code != Code::InternalFault), "{spec}");
        prop_assert_eq!(compilation.stack.is_none(), pipec::diagnostics::has_errors(&compilation.diagnostics));
    }
}
