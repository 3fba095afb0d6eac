//! Laws of every template: a user's text stays a value, the same spec gives the same bytes, and nothing that the front
//! end lets pass makes a template that pipec cannot vouch for.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;

use crate::support::programs;
use pipec_compiler::Select;
use pipec_compiler::diagnostics::Code;
use pipec_compiler::parse::tree::{self, Kind, Node};
use pipec_compiler::world::World;
use pipec_path::{Path, Step};
use pipec_producer_config::{Config, PartitionKey, Source, Target};
use proptest::prelude::*;

/// Files in memory.
struct Memory(BTreeMap<PathBuf, String>);

impl World for Memory {
    fn read(&self, path: &std::path::Path) -> io::Result<Vec<u8>> {
        self.0.get(path).map(|text| text.clone().into_bytes()).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn size(&self, path: &std::path::Path) -> io::Result<u64> {
        self.read(path).map(|bytes| bytes.len() as u64)
    }
}

fn compile(spec: &str) -> pipec_compiler::Compilation {
    let path = PathBuf::from("spec.yaml");
    pipec_compiler::compile(
        &Memory(BTreeMap::from([(path.clone(), spec.to_owned())])),
        &programs(),
        &path,
        Select::Spec,
    )
}

fn template(spec: &str) -> String {
    let compilation = compile(spec);
    match compilation.pipelines.into_iter().next() {
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

fn user_data(template: &str) -> String {
    let root = tree::read(template).0.expect("a template");
    let data = get(&root, "Resources/ProducerLaunchTemplate/Properties/LaunchTemplateData/UserData");
    text(get(data, "Fn::Base64")).to_owned()
}

/// The configuration that the producer reads, but for what only a stack knows.
fn producer_json(template: &str) -> String {
    let script = user_data(template);
    let start = script.find("<<'CONFIG'\n").expect("a quoted heredoc") + 11;
    let config = &script[start..start + script[start..].find("\nCONFIG\n").expect("its end")];
    config.replace("${!", "${")
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
    assert!(user_data(&template).contains("`id` ${!AWS::StackName}"), "kept from Fn::Sub");
    let config = producer_json(&template);
    let config: serde_json::Value = serde_json::from_str(&config).expect("JSON");
    assert_eq!(config["source"]["http"]["headers"]["x-note"], "UNIT $(reboot) `id` ${AWS::StackName}");
    assert_eq!(config["stream"], "${Stream}");
}

#[test]
fn the_producer_reads_the_paths_that_pipec_writes() {
    let more = "producer:\n  records_per_second: 1\n  partition_key: $['user id'].x\n  http:\n    url: HTTPS://example.com/\n    records: $.pages[0]['it\\'s']\n    refresh: 2 d\n";
    let config = Config::from_json(producer_json(&template(&spec("d", "t", "p/", more))).as_bytes());
    let config = config.expect("a configuration");
    let key = PartitionKey::Path(pipec_path::parse("$['user id'].x").expect("a path"));
    assert_eq!(config.target.partition_key(), Some(&key));
    let Source::Http(http) = config.source else { panic!("{:?}", config.source) };
    let step = |key: &str| Step::Key(key.into());
    assert_eq!(http.records.steps(), [step("pages"), Step::Index(0), step("it's")]);
    assert_eq!(http.refresh_seconds, Some(172_800));
}

/// The references are filled in by the stack; `Delivery` is created before the instances, which refer to it.
#[test]
fn the_producer_reads_the_firehose_stream_that_pipec_writes() {
    let direct = "name: direct\ndeliveries:\n  all: {record_size: 1 KiB, records_per_second: 10, s3: {}}\nproducer: {http: \
                  {url: 'https://example.com/'}, records_per_second: 1}\n";
    let json = producer_json(&template(direct));
    let config = Config::from_json(json.as_bytes()).expect("a configuration");
    let Target::Delivery(delivery) = config.target else { panic!("{:?}", config.target) };
    assert_eq!(delivery.name, "${DeliveryAll}");
    assert_eq!(delivery.endpoint, "https://firehose.${AWS::Region}.${AWS::URLSuffix}");
    assert_eq!(config.max_record_size, 1_024_000);
}

/// `main.py` stops at a place of the SQL that the property group does not fill.
#[test]
fn every_place_of_the_sql_is_a_property_of_the_application() {
    let mut applications = 0;
    for entry in std::fs::read_dir(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples"))
        .expect("a folder")
    {
        let spec = entry.expect("a file").path();
        if spec.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let compilation =
            pipec_compiler::compile(&pipec_compiler::world::Disk, &programs(), &spec, Select::Spec);
        let Some(analytics) = compilation.pipeline().expect("a stack").plan.analytics else { continue };
        let places: BTreeSet<&str> = analytics
            .sql
            .split("${")
            .skip(1)
            .filter_map(|rest| rest.split_once('}'))
            .map(|found| found.0)
            .collect();
        let properties: BTreeSet<&str> =
            analytics.properties.iter().map(|property| property.key.as_str()).collect();
        assert!(places.is_subset(&properties), "{}: {places:?} {properties:?}", spec.display());
        assert!(places.len() >= 3, "{}: {places:?}", spec.display());
        applications += 1;
    }
    assert!(applications > 0, "no example has an application");
}

/// The bucket that Redshift loads from has no prefix. The faults of the SQL, which are in it as well, have one of their own.
#[test]
fn faults_of_the_sql_are_not_among_the_records_to_load() {
    let text_of = template(
        "name: orders\nregion: us-east-1\nstream: {record_size: 1 KiB, records_per_second: 10}\n\
         records: {format: json, columns: {id: {type: BIGINT}}}\n\
         analytics: {runtime: flink, errors: delivery, sql: SELECT id FROM stream}\n\
         delivery:\n  redshift: {workgroup: shop, database: dev, table: orders, \
         secret: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:a-AbCdEf'}\n",
    );
    let root = tree::read(&text_of).0.expect("YAML");
    let staged = get(&root, "Resources/Delivery/Properties/RedshiftDestinationConfiguration/S3Configuration");
    let Kind::Mapping(entries) = &staged.kind else { panic!("a mapping") };
    assert!(entries.iter().all(|entry| !entry.key.contains("Prefix")), "{text_of}");
    let faults = get(&root, "Resources/ErrorDelivery/Properties/ExtendedS3DestinationConfiguration");
    assert_eq!(text(get(faults, "Prefix")), "errors/query/");
    assert_eq!(text(get(faults, "ErrorOutputPrefix")), "errors/query/!{firehose:error-output-type}/");
}

/// The examples, with other SQL and other records.
struct Changed;

/// A text of an example, and the text that replaces it.
const CHANGES: [(&str, &str); 5] = [
    (">= 21", ">= 22"),
    ("\"celsius\" > 30", "\"celsius\" > 31"),
    ("\"count\" > 1000", "\"count\" > 1001"),
    ("LAG(\"celsius\", 1)", "LAG(\"celsius\", 2)"),
    ("\"ada\"", "\"eva\""),
];

impl World for Changed {
    fn read(&self, path: &std::path::Path) -> io::Result<Vec<u8>> {
        let text = String::from_utf8(pipec_compiler::world::Disk.read(path)?).expect("text");
        Ok(CHANGES.iter().fold(text, |text, (from, to)| text.replace(from, to)).into_bytes())
    }

    fn size(&self, path: &std::path::Path) -> io::Result<u64> {
        pipec_compiler::world::Disk.size(path)
    }
}

/// The resources of a type, as text.
fn of_type(template: &str, resource_type: &str) -> Vec<String> {
    let mut found = Vec::new();
    let resources = template.split_once("\nResources:\n").expect("resources").1;
    for resource in resources.split("\n\n") {
        if resource.contains(&format!("    Type: {resource_type}\n")) {
            found.push(resource.to_owned());
        }
    }
    found
}

/// IAM is eventually consistent: an update that changed a role and at once had a service use it would fail now and then,
/// and so would its rollback.
#[test]
fn other_content_changes_no_role_and_no_policy() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut differ = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let spec = entry.expect("a file").path();
        if spec.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let template = |world: &dyn World| {
            pipec_compiler::compile(world, &programs(), &spec, Select::Spec)
                .pipeline()
                .expect("a stack")
                .template
        };
        let (before, after) = (template(&pipec_compiler::world::Disk), template(&Changed));
        for resource_type in ["AWS::IAM::Role", "AWS::IAM::Policy"] {
            assert_eq!(of_type(&before, resource_type), of_type(&after, resource_type), "{}", spec.display());
        }
        let granted = ["AWS::IAM::Role", "AWS::IAM::Policy"];
        assert!(granted.iter().any(|kind| !of_type(&before, kind).is_empty()));
        if before != after {
            differ.push(spec.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned());
        }
    }
    differ.sort();
    let with_content = [
        "adult-users",
        "machine-readings",
        "own-network",
        "price-alerts",
        "replay",
        "user-data-lambda",
        "user-data-pipeline",
    ];
    assert_eq!(differ, with_content);
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
        !existing.contains("AWS::S3::Bucket") && existing.contains("arn:${AWS::Partition}:s3:::my-lake/p/*")
    );
}

#[test]
fn an_own_key_is_granted_to_who_needs_it_through_its_service() {
    let key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let spec = spec("d", "t", "p/", HTTP)
        .replace("  record_size", &format!("  encryption: {{kms_key: \"{key}\"}}\n  record_size"))
        .replace("    prefix", &format!("    encryption: {{kms_key: \"{key}\"}}\n    prefix"));
    let stack = compile(&spec).pipeline().expect("a stack");
    let granted: Vec<(&str, Vec<&str>, String)> = stack
        .plan
        .roles
        .iter()
        .flat_map(|role| role.grants.iter().map(|grant| (role.logical_id.as_ref(), grant)))
        .filter(|(_, grant)| grant.resources.iter().any(|resource| resource.shown() == key))
        .map(|(role, grant)| (role, grant.actions.clone(), grant.conditions[0].values[0].shown()))
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
    let example = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/user-data-pipeline.yaml");
    let compilation =
        pipec_compiler::compile(&pipec_compiler::world::Disk, &programs(), &example, Select::Spec);
    for role in compilation.pipeline().expect("a stack").plan.roles {
        assert!(!role.grants.is_empty(), "{} has no edge", role.logical_id);
        for grant in role.grants {
            assert!(grant.actions.iter().all(|action| !action.contains('*')), "{:?}", grant.actions);
            let star = grant.resources.iter().any(|resource| resource.shown() == "*");
            assert_eq!(star, grant.because.contains("no resource-level permissions"), "{}", grant.because);
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
        if let Some(stack) = first.pipeline() {
            let root = tree::read(&stack.template).0.expect("a template");
            prop_assert_eq!(text(get(&root, "Description")), description);
            prop_assert_eq!(compile(&spec).pipeline().expect("a stack").template, stack.template);
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
        prop_assert_eq!(compilation.pipelines.is_empty(), pipec_compiler::diagnostics::has_errors(&compilation.diagnostics));
    }

    #[test]
    fn the_producer_reads_what_is_compiled(
        key in path(), records in path(), column in "[ -~é]{1,8}", magnitude in -9.0..6.5_f64,
        refresh in prop::option::of(0_u64..3_000_000), instances in 1_u64..4, kind in 0..3, header in "[ -~]{0,20}",
    ) {
        let rate = 10_f64.powf(magnitude);
        let source = match kind {
            0 => {
                let refresh = refresh.map(|refresh| format!(", refresh: {refresh} s")).unwrap_or_default();
                format!("http: {{url: \"http://example.com/\", records: {}, headers: {{x-note: {}}}{refresh}}}", json(&records), json(&header))
            }
            1 => "generate: {seed: 7}".to_owned(),
            _ => format!("generate: {{seed: 7}}\n  partition_key: {}", json(&key)),
        };
        let path = Path::new(vec![Step::Key("a".into()), Step::Key(column)]).to_string();
        let spec = format!(
            "name: p\nstream:\n  record_size: 100 B\n  records_per_second: {rate}\ndelivery: {{s3: {{}}}}\nrecords:\n  format: json\n  columns:\n    a: {{type: INTEGER, path: {}}}\n    b: {{type: VARCHAR(9), path: {}}}\nproducer:\n  records_per_second: {rate}\n  instances: {instances}\n  instance_type: m7i.24xlarge\n  {source}\n",
            json(&path), json(&key),
        );
        let compilation = compile(&spec);
        prop_assert!(compilation.diagnostics.iter().all(|diagnostic| diagnostic.code != Code::InternalFault), "{spec}");
        prop_assert_eq!(compilation.pipelines.is_empty(), pipec_compiler::diagnostics::has_errors(&compilation.diagnostics));
        if let Some(stack) = compilation.pipeline() {
            let config = Config::from_json(producer_json(&stack.template).as_bytes());
            prop_assert!(config.is_ok(), "{spec}\n{config:?}");
        }
    }
}

/// A path, as pipec writes it.
fn path() -> impl Strategy<Value = String> {
    let step = prop_oneof![
        8 => "[ -~é]{1,8}".prop_map(Step::Key),
        1 => (0..9_usize).prop_map(Step::Index),
    ];
    prop::collection::vec(step, 1..4).prop_map(|steps| Path::new(steps).to_string())
}
