//! `build` and `init`: files, names, what is missing.

use std::fs;

use serde_json::Value;

use crate::support::place::{FLINK, Place, SPEC, code, err, files, out};

#[test]
fn a_build_names_folders_of_removed_environments() {
    let place = Place::new();
    let with = format!("{SPEC}environments:\n  prod: {{}}\n");
    place.file("orders.yaml", &with);
    assert_eq!(code(&place.pipec(&["build", "orders.yaml"])), 0);
    assert_eq!(code(&place.pipec(&["build", "--check", "orders.yaml"])), 0);
    // Another spec's folder with a name alike.
    place.file("other.yaml", &SPEC.replace("name: orders", "name: orders-eu"));
    assert_eq!(code(&place.pipec(&["build", "other.yaml"])), 0);
    place.file("orders.yaml", SPEC);
    let output = place.pipec(&["build", "--check", "orders.yaml"]);
    assert_eq!(code(&output), 4);
    assert!(
        err(&output).ends_with("\ngenerated/orders-prod is of no pipeline any more: delete it\n"),
        "{}",
        err(&output)
    );
    let output = place.pipec(&["build", "orders.yaml"]);
    assert!(err(&output).contains("orders-prod is of no pipeline any more"), "{}", err(&output));
}

#[test]
fn a_missing_artifact_is_not_counted_as_built() {
    let place = Place::new();
    place.file("orders.yaml", FLINK);
    let output = place.pipec(&["build", "orders.yaml"]);
    assert!(err(&output).contains(" artifacts, of which 1 is missing\nmissing "), "{}", err(&output));
}

#[test]
fn a_build_is_the_same_twice_and_check_sees_a_change() {
    let place = Place::new();
    assert_eq!(code(&place.pipec(&["build", "orders.yaml"])), 0);
    let first = files(&place.path("generated"));
    assert_eq!(first.len(), 2, "{first:?}");
    let template = fs::read(place.path("generated/orders/template.yaml")).expect("the template");
    let again = place.pipec(&["build", "orders.yaml"]);
    assert!(err(&again).contains("unchanged"), "{}", err(&again));
    assert_eq!(files(&place.path("generated")), first);
    assert_eq!(code(&place.pipec(&["build", "--check", "orders.yaml"])), 0);

    place.file("orders.yaml", &SPEC.replace("records_per_second: 100", "records_per_second: 9000"));
    let stale = place.pipec(&["build", "--check", "orders.yaml"]);
    assert_eq!(code(&stale), 4);
    assert!(err(&stale).contains("generated/orders/template.yaml is stale: run `pipec build orders.yaml`"));
    assert_eq!(fs::read(place.path("generated/orders/template.yaml")).expect("the template"), template);
}

#[test]
fn a_build_leaves_no_temporary_files_and_readable_modes() {
    let place = Place::new();
    place.file("orders.yaml", &format!("{SPEC}transform: {{}}\n"));
    assert_eq!(code(&place.pipec(&["build", "orders.yaml"])), 0);
    let files = files(&place.path("generated"));
    assert_eq!(files.len(), 3);
    for file in &files {
        assert!(!file.contains(".pipec-"), "{file}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(file).expect("a file").permissions().mode() & 0o777, 0o644, "{file}");
        }
    }
}

#[test]
fn the_manifest_has_the_names_of_the_contract() {
    let place = Place::new();
    place.file("orders.yaml", &format!("{SPEC}transform: {{}}\n"));
    assert_eq!(code(&place.pipec(&["build", "orders.yaml"])), 0);
    let manifest = fs::read_to_string(place.path("generated/orders/manifest.json")).expect("the manifest");
    let manifest: Value = serde_json::from_str(&manifest).expect("JSON");
    assert_eq!(manifest["pipec"], env!("CARGO_PKG_VERSION"));
    let artifact = &manifest["artifacts"][0];
    assert_eq!(artifact["name"], "transform");
    let file = place.path("generated/orders").join(artifact["file"].as_str().expect("a file"));
    assert!(file.exists());
    assert!(file.ends_with(artifact["s3_key"].as_str().expect("a key")));
}

#[test]
fn two_specs_of_one_name_are_refused() {
    let place = Place::new();
    place.file("again.yaml", SPEC);
    let output = place.pipec(&["build", "orders.yaml", "again.yaml"]);
    assert_eq!(code(&output), 1);
    assert!(err(&output).contains("error[PIPE0806]"), "{}", err(&output));
    assert!(!place.path("generated").exists());
}

#[test]
fn init_writes_a_spec_that_builds_and_overwrites_nothing() {
    let place = Place::new();
    assert_eq!(code(&place.pipec(&["init", "new.yaml"])), 0);
    let checked = place.pipec(&["check", "--deny-warnings", "new.yaml"]);
    assert_eq!(code(&checked), 0, "{}", err(&checked));
    assert_eq!(code(&place.pipec(&["build", "new.yaml"])), 0);
    assert_eq!(code(&place.pipec(&["init", "new.yaml"])), 2);
    assert_eq!(code(&place.pipec(&["init", "--force", "new.yaml"])), 0);
    let spaced = place.pipec(&["init", "my pipeline.yaml"]);
    assert!(err(&spaced).ends_with("and pipec build 'my pipeline.yaml'\n"), "{}", err(&spaced));
    let tested = place.pipec(&["test", "new.yaml"]);
    assert_eq!(
        (code(&tested), out(&tested)),
        (0, "ok   new.yaml: each order becomes a line\n1 passed, 0 failed\n".into())
    );
}

/// The parts of the commented spec that are comments build as well.
#[test]
fn init_with_everything_uncommented_builds() {
    let place = Place::new();
    place.pipec(&["init", "new.yaml"]);
    let text = fs::read_to_string(place.path("new.yaml")).expect("the spec");
    let sections: Vec<String> = text
        .lines()
        .map(|line| {
            let active = ["# producer:", "# records:", "# analytics:", "#   ", "# tags:", "# environments:"]
                .iter()
                .any(|start| line.starts_with(start));
            if active { line[2..].to_owned() } else { line.to_owned() }
        })
        .collect();
    place.file("new.yaml", &sections.join("\n"));
    let output = place.pipec(&["check", "new.yaml"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert_eq!(code(&place.pipec(&["build", "new.yaml"])), 0);
    assert!(place.path("generated/orders/pipeline.sql").exists());
}

#[test]
fn a_prebuilt_program_is_needed_for_arm64_and_taken() {
    let place = Place::new();
    place.file("arm.yaml", &format!("{SPEC}transform:\n  architecture: arm64\n"));
    let refused = place.pipec(&["build", "arm.yaml"]);
    assert_eq!(code(&refused), 1);
    assert!(
        err(&refused).contains("error[PIPE0503]") && err(&refused).contains("--runtime-dir"),
        "{}",
        err(&refused)
    );

    fs::create_dir_all(place.path("programs/arm64")).expect("a folder");
    let mut elf = vec![0_u8; 64];
    elf[..4].copy_from_slice(b"\x7fELF");
    elf[18] = 183;
    fs::write(place.path("programs/arm64/transform"), &elf).expect("a program");
    let built = place.pipec(&["build", "--runtime-dir", "programs", "arm.yaml"]);
    assert_eq!(code(&built), 0, "{}", err(&built));
    assert!(files(&place.path("generated/artifacts"))[0].contains("transform-arm64-"));

    fs::write(place.path("programs/arm64/transform"), "#!/bin/sh\n").expect("a program");
    assert_eq!(code(&place.pipec(&["build", "--runtime-dir", "programs", "arm.yaml"])), 2);
}
