//! No finding repeats a secret: a password, a secret parameter of a URL, or a header that carries one.

use std::collections::HashMap;
use std::path::Path;

use crate::support::{Files, compiled};
use pipec_compiler::diagnostics::Format;
use pipec_compiler::diagnostics::format::Findings;
use proptest::prelude::*;

/// Specs with the secrets A, B, C and D: the password, two parameters and a header. Each has other faults on the same
/// lines, or cannot be parsed.
const SPECS: [&str; 14] = [
    // Block style, and a finding about each secret.
    "producer:\n  http:\n    url: \"http://u:@A@@example.com/?token=@B@&n=1&password=@C@\"\n    headers:\n      Authorization: @D@\n  records_per_second: 1\n",
    "producer:\n  http:\n    url: https://u:@A@@example.com/?token=@B@&api_key=@C@\n    headers:\n      X-Api-Key: \"@D@\"\n  records_per_second: 1\n",
    // A flow line with another fault.
    "producer: {http: {url: \"https://u:@A@@example.com/?token=@B@&password=@C@\", headers: {Authorization: \"Bearer @D@\"}}, records_per_second: 10}\n",
    "producer: {http: {url: \"https://u:@A@@example.com/?token=@B@&password=@C@\", headers: {Authorization: '@D@'}}, records_per_second: 1, instance_typ: t3.micro}\n",
    "producer: {\"http\":{\"url\":\"https://u:@A@@example.com/?sig=1&X-Amz-Signature=@B@&X-Amz-Credential=@C@\",\"headers\":{\"cookie\":\"@D@\"}},\"records_per_second\":1,\"instance_type\":\"t2.micro\"}\nregion: eu-north-1\n",
    // Not URLs, and keys in the wrong place.
    "producer:\n  http: {url: ftp://u:@A@@example.com/?token=@B@&password=@C@ x, header: {Authorization: @D@}}\n  records_per_second: 1\n",
    "producer:\n  http: {url: u://u:@A@@/?token=@B@&password=@C@#f}\n  headers:\n    Cookie: @D@\n  records_per_second: 1\n",
    "producer:\n  http: https://u:@A@@example.com/?token=@B@&password=@C@\n  headers: \"Authorization: @D@\"\n",
    "producer:\n  http: {url: [\"https://u:@A@@example.com/?token=@B@&password=@C@\"], headers: [\"Authorization: @D@\"]}\n",
    // Values of another type, on several lines, and of an anchor.
    "producer:\n  http:\n    url: {a: \"https://u:@A@@example.com/?token=@B@&password=@C@\"}\n    headers:\n      Authorization:\n        - Bearer @D@\n",
    "producer:\n  http:\n    url: https://u:@A@@example.com/?token=@B@&password=@C@\n    headers:\n      Authorization: |\n        Bearer\n        @D@\n  records_per_second: x\n",
    "x: &secret @D@\nproducer:\n  http: {url: \"https://u:@A@@example.com/?token=@B@&password=@C@\", headers: {Authorization: *secret}}\n",
    // No YAML.
    "producer:\n  http: {url: \"https://u:@A@@example.com/?token=@B@&password=@C@\", headers: {Authorization: Bearer: @D@}\n",
    "producer:\n\thttp: {url: https://u:@A@@example.com/?token=@B@&password=@C@, headers: {Authorization: Bearer @D@, x}}\n",
];

fn printed(spec: &str, format: Format) -> String {
    let files = Files(HashMap::from([("spec.yaml".into(), spec.as_bytes().to_vec())]));
    let found = compiled(&files, Path::new("spec.yaml"), None);
    assert!(!found.diagnostics.is_empty(), "nothing is found in\n{spec}");
    format.render(&[Findings { sources: &found.sources, diagnostics: &found.diagnostics }])
}

/// Digits only as well, since a number is printed in other words than a text.
fn secret() -> impl Strategy<Value = String> {
    prop_oneof!["[A-Z][A-Za-z0-9_~+.-]{6,24}[A-Za-z0-9]", "[1-9][0-9]{7,15}", "0x[A-F0-9]{8}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_finding_repeats_a_secret(secrets in proptest::array::uniform4(secret())) {
        for spec in SPECS {
            let tail = "name: orders\nstream: {record_size: 1 KiB, records_per_second: 5}\ndelivery: {s3: {}}\n";
            let named = "@A@ @B@ @C@ @D@".split(' ').zip(&secrets);
            let spec = named.fold(format!("{spec}{tail}"), |spec, (name, secret)| spec.replace(name, secret));
            for format in [Format::Text, Format::Json, Format::Sarif, Format::Github] {
                let printed = printed(&spec, format);
                for secret in &secrets {
                    prop_assert!(!printed.contains(secret), "{secret} of\n{spec}is in\n{printed}");
                }
            }
        }
    }
}

/// The masks hide no more than the secrets: a column and a tag of the same names are shown.
#[test]
fn names_of_secrets_elsewhere_are_shown() {
    let spec = "name: orders\nstream: {record_size: 1 KiB, records_per_second: 5}\nrecords: {columns: {token: VARCHRA(8)}}\n\
                tags: {token: \"a?b\", secret: 1}\ndelivery: {s3: {}}\n";
    let printed = printed(spec, Format::Text);
    assert!(printed.contains("VARCHRA(8)") && printed.contains("a?b"), "{printed}");
}
