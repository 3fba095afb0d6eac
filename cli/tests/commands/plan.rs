//! What is printed of a compiled pipeline: plan, permissions, SQL, pages, prices.

use std::fs;
use std::sync::Arc;

use serde_json::Value;

use crate::support::place::{FLINK, Place, SPEC, code, err, files, out};
use crate::support::server::{Request, Response, serve};

#[test]
fn the_sql_of_a_lambda_pipeline_is_told_as_such() {
    let place = Place::new();
    place.file("orders.yaml", &FLINK.replace("runtime: flink", "runtime: lambda"));
    let output = place.pipec(&["sql", "orders.yaml"]);
    assert_eq!(code(&output), 0);
    assert!(err(&output).contains("runs in the Lambda transform"), "{}", err(&output));
}

#[test]
fn the_plan_has_the_names_of_the_contract() {
    let output = Place::new().pipec(&["plan", "--format", "json", "orders.yaml"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let plan: Value = serde_json::from_str(&out(&output)).expect("JSON");
    assert_eq!(plan["shards"]["count"], 1);
    for key in ["shards", "resources", "grants", "cost", "advice"] {
        assert!(!plan[key].is_null(), "{key}");
    }
    for key in ["monthly_usd", "lines", "prices_as_of"] {
        assert!(!plan["cost"][key].is_null(), "{key}");
    }
    for key in ["role", "actions", "resources", "because"] {
        assert!(!plan["grants"][0][key].is_null(), "{key}");
    }
}

#[test]
fn destinations_are_compared() {
    let place = Place::new();
    place.file(
        "columns.yaml",
        &format!("{SPEC}records: {{format: json, columns: {{id: {{type: BIGINT}}}}}}\n"),
    );
    let output = place.pipec(&["plan", "--compare", "iceberg,parquet", "--format", "json", "columns.yaml"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let compared: Value = serde_json::from_str(&out(&output)).expect("JSON");
    let names = compared["columns"].as_array().expect("columns").iter().map(|column| column["name"].as_str());
    assert_eq!(names.collect::<Vec<_>>(), [Some("s3"), Some("iceberg"), Some("parquet")]);
    assert!(compared["columns"][1]["possible"]["usd_per_gigabyte"].is_number(), "{compared}");
    let text = out(&place.pipec(&["plan", "--compare", "iceberg", "columns.yaml"]));
    assert!(text.contains("placeholder: `iceberg.s3_tables.bucket` is `your-tables`"), "{text}");
    let unknown = place.pipec(&["plan", "--compare", "hudi", "columns.yaml"]);
    assert_eq!(code(&unknown), 2);
    assert!(err(&unknown).contains("write one of s3, parquet, orc"), "{}", err(&unknown));
}

#[test]
fn permissions_are_counted_unless_they_are_to_be_listed() {
    let place = Place::new();
    let plan = out(&place.pipec(&["plan", "orders.yaml"]));
    assert!(plan.contains("permissions: 4 grants, 1 role; --grants lists them"), "{plan}");
    let listed = out(&place.pipec(&["plan", "orders.yaml", "--grants"]));
    assert!(listed.contains("    Firehose reads the stream.\n"), "{listed}");
    assert!(listed.find("cost: ") < listed.find("permissions: "), "{listed}");
}

#[test]
fn the_picture_has_the_costs_of_the_span_of_time() {
    let place = Place::new();
    for (format, first) in [("mermaid", "---\ntitle: "), ("dot", "digraph pipeline {"), ("svg", "<svg ")] {
        let output = place.pipec(&["graph", "orders.yaml", "--format", format, "--per", "hour"]);
        assert_eq!((code(&output), err(&output)), (0, String::new()), "{format}");
        let picture = out(&output);
        assert!(picture.starts_with(first) && picture.contains(" per hour"), "{picture}");
        assert!(!picture.contains(" per month"), "{picture}");
    }
}

#[test]
fn the_deployers_policy_is_all_of_stdout() {
    let place = Place::new();
    let output =
        place.pipec(&["permissions", "orders.yaml", "--account", "123456789012", "--stack", "orders-test"]);
    assert_eq!((code(&output), err(&output)), (0, String::new()));
    let policy: Value = serde_json::from_str(&out(&output)).expect("JSON");
    assert_eq!(policy["Version"], "2012-10-17");
    assert_eq!(policy["Statement"][0]["Sid"], "DeployStack");
    let stack = &policy["Statement"][0]["Resource"][0];
    assert_eq!(*stack, "arn:aws:cloudformation:us-east-1:123456789012:stack/orders-test/*");
    assert_eq!(out(&place.pipec(&["permissions", "orders.yaml"])).matches("orders-test").count(), 0);
}

#[test]
fn deleting_data_and_artifacts_is_allowed_where_it_is_asked_for() {
    let place = Place::new();
    place.file("orders.yaml", FLINK);
    let sids = |options: &[&str]| -> Vec<String> {
        let output = place.pipec(&[&["permissions", "orders.yaml"], options].concat());
        let policy: Value = serde_json::from_str(&out(&output)).expect("JSON");
        let statements = policy["Statement"].as_array().expect("statements").iter();
        statements.filter_map(|statement| statement["Sid"].as_str().map(str::to_owned)).collect()
    };
    let own = sids(&[]);
    for (option, more) in [
        ("--empty-bucket", ["DeleteBuckets", "EmptyBuckets"]),
        ("--artifacts", ["FindStacksWithTheSameArtifacts", "DeleteArtifacts"]),
    ] {
        assert_eq!(sids(&[option]), [&own[..], &more.map(str::to_owned)].concat(), "{option}");
    }
}

#[test]
fn a_policy_that_is_too_large_for_one_is_written_as_several() {
    let place = Place::new();
    place.file("orders.yaml", FLINK);
    let output = place.pipec(&["permissions", "orders.yaml"]);
    assert_eq!(code(&output), 0);
    assert!(
        err(&output).contains("a managed policy is limited to 6144; `--out DIR` writes 2 that fit"),
        "{}",
        err(&output)
    );
    let whole: Value = serde_json::from_str(&out(&output)).expect("JSON");

    fs::create_dir(place.path("policies")).expect("a folder");
    place.file("policies/deployer-3.json", "{}");
    place.file("policies/notes.txt", "mine");
    let output = place.pipec(&["permissions", "orders.yaml", "--out", "policies"]);
    assert_eq!((code(&output), out(&output)), (0, String::new()));
    let written: Vec<Value> = (1..=2)
        .map(|number| {
            let path = place.path(&format!("policies/deployer-{number}.json"));
            serde_json::from_slice(&fs::read(path).expect("a policy")).expect("JSON")
        })
        .collect();
    let statements: Vec<&Value> =
        written.iter().flat_map(|part| part["Statement"].as_array().expect("statements")).collect();
    assert_eq!(statements, whole["Statement"].as_array().expect("statements").iter().collect::<Vec<_>>());
    assert_eq!(
        files(&place.path("policies")).len(),
        3,
        "what an earlier policy left is gone, what is not its own stays"
    );
}

#[test]
fn a_policy_for_what_cannot_be_is_refused() {
    let place = Place::new();
    for args in [
        ["--account", "1234"],
        ["--account", "12345678901x"],
        ["--region", "Ireland"],
        ["--stack", "1st"],
        ["--artifact-bucket", "A_B"],
    ] {
        let output = place.pipec(&[&["permissions", "orders.yaml"], &args[..]].concat());
        assert_eq!((code(&output), out(&output)), (2, String::new()), "{args:?}");
    }
    place.file("orders.yaml", &SPEC.replace("1 KiB", "1024"));
    let output = place.pipec(&["permissions", "orders.yaml", "--out", "policies"]);
    assert_eq!((code(&output), out(&output)), (1, String::new()));
    assert!(!place.path("policies").exists());
}

#[test]
fn the_sql_is_printed_with_the_columns_of_its_outputs() {
    let place = Place::new();
    place.file("flink.yaml", FLINK);
    let text = place.pipec(&["sql", "flink.yaml"]);
    assert_eq!(code(&text), 0);
    let sql = out(&text);
    assert!(
        sql.contains("CREATE TEMPORARY TABLE `pipec_records`")
            && sql.ends_with("FROM `SOURCE_SQL_STREAM_001`;\n\n")
    );
    let json: Value =
        serde_json::from_str(&out(&place.pipec(&["sql", "--format", "json", "flink.yaml"]))).expect("JSON");
    assert_eq!(json["sql"], Value::from(sql));
    assert_eq!(json["stateless"], Value::from(true));
    assert_eq!(json["outputs"][0]["name"], Value::from("OUTPUT"));
    assert_eq!(json["outputs"][0]["columns"], serde_json::json!([{"name": "id", "type": "BIGINT"}]));
    let none = place.pipec(&["sql", "orders.yaml"]);
    assert_eq!((code(&none), out(&none).as_str()), (1, ""));
    assert!(err(&none).contains("has no SQL"));
}

#[test]
fn pages_are_printed() {
    let place = Place::new();
    assert!(out(&place.pipec(&["explain", "601"])).starts_with("# PIPE0601"));
    assert!(out(&place.pipec(&["explain", "--list"])).lines().count() > 80);
    assert!(serde_json::from_str::<Value>(&out(&place.pipec(&["schema"]))).is_ok());
    assert!(out(&place.pipec(&["completions", "bash"])).contains("pipec"));
    assert!(out(&place.pipec(&["man"])).contains(".TH pipec"));
    assert_eq!(code(&place.pipec(&["man", "--out", "man"])), 0);
    assert!(place.path("man/pipec-build.1").exists());
    assert!(out(&place.pipec(&["--help"])).contains("Exit codes"));
}

/// AWS's price list with the services of a raw pipeline in eu-west-1, in the form of its documentation.
fn price_list() -> String {
    serve(Arc::new(|request: Request| {
        let offer = request.target.split('/').nth(4).unwrap_or_default().to_owned();
        let (usages, known): (&[&str], bool) = match offer.as_str() {
            "AmazonKinesis" => (
                &[
                    "0,Inf,ShardHour,0.0170000000,USD,EU-Storage-ShardHour",
                    "0,Inf,PutRequest,0.0000000154,USD,EU-PutRequestPayloadUnits",
                ],
                true,
            ),
            "AmazonKinesisFirehose" => (
                &[
                    "0,512000,GB,0.0310000000,USD,EU-BilledBytes",
                    "512000,Inf,GB,0.0270000000,USD,EU-BilledBytes",
                ],
                true,
            ),
            "AmazonS3" => (&["0,Inf,Requests,0.0000050000,USD,EU-Requests-Tier1"], true),
            // The download of the largest file fails.
            "AmazonEC2" => return Some(Response { status: 404, ..Default::default() }),
            _ => (&[], false),
        };
        let body = if request.target.ends_with("/current/region_index.json") {
            let region = if known { "eu-west-1" } else { "us-east-1" };
            format!(
                r#"{{"formatVersion": "v1.0", "regions": {{"{region}": {{"regionCode": "{region}",
                "currentVersionUrl": "/offers/v1.0/aws/{offer}/20261120000000/{region}/index.json"}}}}}}"#
            )
        } else if request.target.ends_with("/20261120000000/eu-west-1/index.csv") {
            let lines: String =
                usages.iter().map(|usage| format!("sku,term,OnDemand,{usage},eu-west-1\n")).collect();
            format!(
                "\"FormatVersion\",\"v1.0\"\n\"Publication Date\",\"2026-11-20T08:58:57Z\"\n\"OfferCode\",\"{offer}\"\n\
                 \"SKU\",\"OfferTermCode\",\"TermType\",\"StartingRange\",\"EndingRange\",\"Unit\",\"PricePerUnit\",\
                 \"Currency\",\"usageType\",\"Region Code\"\n{lines}"
            )
        } else {
            return Some(Response { status: 404, ..Default::default() });
        };
        Some(Response { status: 200, headers: Vec::new(), body })
    }))
}

#[test]
fn prices_of_a_region_are_fetched_kept_and_used_by_plan() {
    let place = Place::new();
    place.file(
        "eu.yaml",
        "name: orders\nregion: eu-west-1\nstream: {record_size: 1 KiB, records_per_second: 1000, headroom: 0 %}\n\
         delivery: {s3: {prefix: orders/}}\n",
    );
    let unknown = place.pipec(&["plan", "eu.yaml"]);
    assert_eq!(code(&unknown), 0);
    assert!(err(&unknown).contains("fetch them with pipec prices eu.yaml"), "{}", err(&unknown));

    let list = price_list();
    let fetched = place.pipec(&["prices", "--price-list", &list, "eu.yaml"]);
    assert_eq!(code(&fetched), 0, "{}", err(&fetched));
    let told = out(&fetched);
    assert!(told.starts_with("eu-west-1: 4 prices of 5, as of 2026-11-20\n"), "{told}");
    // Storage is not in the list.
    assert!(told.ends_with("unknown: S3: objects of a month\n"), "{told}");

    let plan = place.pipec(&["plan", "--format", "json", "eu.yaml"]);
    assert_eq!(code(&plan), 0, "{}", err(&plan));
    let plan: Value = serde_json::from_str(&out(&plan)).expect("JSON");
    let line = |item: &str| {
        let lines = plan["cost"]["lines"].as_array().expect("lines");
        let line = lines.iter().find(|line| line["item"] == item);
        line.unwrap_or_else(|| panic!("no {item}: {lines:?}"))["monthly_usd"].as_f64()
    };
    assert_eq!(plan["cost"]["prices_as_of"], "2026-11-20");
    // Estimated anew, an advice is there once.
    let unwatched = plan["advice"].as_array().expect("advice").iter().filter(|one| one["code"] == "PIPE1301");
    assert_eq!(unwatched.count(), 1, "{plan:#}");
    // 2 shards x 730 h x 0.017; 2,628 million units x 0.0154; 12,531.28 GB x 0.031.
    assert_eq!(line("Stream: shards"), Some(24.82));
    assert_eq!(line("Stream: PUT payload units"), Some(40.47));
    assert_eq!(line("Firehose: data in"), Some(388.47));
    assert_eq!(line("S3: objects of a month"), None);

    let refused = place.pipec(&["prices", "--price-list", "http://127.0.0.1:9", "eu.yaml"]);
    assert_eq!(code(&refused), 2);
    assert!(err(&refused).contains("/offers/v1.0/aws/"), "{}", err(&refused));
}

#[test]
fn prices_that_were_fetched_before_a_file_failed_are_kept() {
    let place = Place::new();
    place.file(
        "eu.yaml",
        "name: orders\nregion: eu-west-1\nstream: {record_size: 1 KiB, records_per_second: 1000, headroom: 0 %}\n\
         producer: {generate: {}, records_per_second: 1000}\n\
         records: {format: json, columns: {PRICE: {type: INTEGER}}}\ndelivery: {s3: {prefix: orders/}}\n",
    );
    let failed = place.pipec(&["prices", "--price-list", &price_list(), "eu.yaml"]);
    assert_eq!(code(&failed), 2);
    assert!(err(&failed).contains("AmazonEC2"), "{}", err(&failed));

    let plan = place.pipec(&["plan", "--format", "json", "eu.yaml"]);
    assert_eq!(code(&plan), 0, "{}", err(&plan));
    let plan: Value = serde_json::from_str(&out(&plan)).expect("JSON");
    let lines = plan["cost"]["lines"].as_array().expect("lines");
    let shards = lines.iter().find(|line| line["item"] == "Stream: shards").expect("the shards");
    assert_eq!(shards["monthly_usd"].as_f64(), Some(24.82), "{lines:?}");
}
