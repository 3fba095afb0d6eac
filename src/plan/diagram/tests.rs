use std::collections::BTreeSet;

use super::*;
use crate::plan::cost::estimate;
use crate::plan::fixture::{DESTINATIONS, LAKE, SOURCES, delivering, flink_spec, planned, spec};
use crate::plan::report::{Grants, report, text};
use crate::price_list::Prices;

const PROVISIONED: &str = "record_size: 1 KiB, records_per_second: 1500";

fn drawn(spec: &str) -> Diagram {
    let (plan, _) = planned(spec);
    Diagram::of(&plan, &estimate(&plan, Prices::BuiltIn), Per::Month)
}

fn steps() -> String {
    let sql = "CREATE STREAM \"CLEAN\" (\"id\" INTEGER);\n\
               CREATE PUMP p AS INSERT INTO \"CLEAN\" SELECT STREAM \"id\" FROM SOURCE_SQL_STREAM_001;\n\
               CREATE STREAM \"OUT\" (\"id\" INTEGER);\n\
               CREATE PUMP q AS INSERT INTO \"OUT\" SELECT STREAM \"id\" FROM \"CLEAN\";";
    let block: String = sql.lines().map(|line| format!("\n    {line}")).collect();
    format!(
        "name: p\nstream: {{{PROVISIONED}}}\nrecords: {{format: json, columns: {{id: {{type: INTEGER}}}}}}\n\
         analytics:\n  runtime: flink\n  sql: |{block}\ndelivery: {{s3: {{}}}}\n"
    )
}

#[test]
fn a_small_pipeline_in_each_format() {
    let diagram = drawn(&spec(PROVISIONED, "transform: {append: \"\\n\"}\n"));
    insta::assert_snapshot!("mermaid", mermaid(&diagram));
    insta::assert_snapshot!("dot", dot(&diagram));
    insta::assert_snapshot!("svg", svg(&diagram, "pipec-head"));
}

#[test]
fn the_steps_of_the_sql_lie_between_the_application_and_its_output() {
    insta::assert_debug_snapshot!("steps", tree(&drawn(&steps())));
}

#[test]
fn every_source_is_drawn_above_what_it_writes_into() {
    let lines = tree(&drawn(SOURCES));
    insta::assert_snapshot!(
        "sources",
        lines
            .iter()
            .map(|line| format!("{} | {} | {}\n", line.part, line.what, line.cost))
            .collect::<String>()
    );
}

/// A destination with a bucket for all records.
fn backed_up() -> String {
    delivering(
        "retry: 10 min, backup: all, http: { url: 'https://firehose.intake.orders.example.com/v1/orders/events' }",
    )
}

#[test]
fn a_destination_is_its_address_its_kind_and_its_retries() {
    let lines = tree(&drawn(&backed_up()));
    insta::assert_snapshot!(
        "destination",
        lines
            .iter()
            .map(|line| format!("{} | {} | {}\n", line.part, line.what, line.cost))
            .collect::<String>()
    );
}

/// The report, the picture and the manifest name the same parts of several deliveries, with the same dollars.
#[test]
fn the_report_the_picture_and_the_manifest_agree() {
    let (plan, _) = planned(LAKE);
    let cost = estimate(&plan, Prices::BuiltIn);
    let by_item = cost.by_item();
    let priced: Vec<&str> =
        cost.lines.iter().filter(|line| line.monthly_usd.is_some()).map(|line| line.item.as_str()).collect();
    // No two lines are one in the manifest.
    assert_eq!(priced.iter().collect::<BTreeSet<_>>().len(), priced.len());
    assert_eq!(by_item.keys().map(String::as_str).collect::<BTreeSet<_>>(), priced.into_iter().collect());
    let report = report(&plan, &cost, &[]);
    assert_eq!(report.cost.by_item(), by_item);
    let text = text(&report, Grants::Counted);
    for line in &cost.lines {
        assert!(text.contains(&line.item), "{}", line.item);
    }
    let diagram = Diagram::of(&plan, &cost, Per::Month);
    for name in ["columns", "lines"] {
        let of_delivery = |item: &String| item.starts_with(&format!("{name}: Firehose: "));
        let billed: f64 = by_item.iter().filter(|(item, _)| of_delivery(item)).map(|(_, usd)| usd).sum();
        let shape = diagram.shapes.iter().find(|shape| shape.class == Class::Delivery && shape.title == name);
        let drawn = shape.and_then(|shape| shape.monthly_usd).unwrap_or_else(|| panic!("{name}"));
        assert!(billed > 0.0 && (drawn - billed).abs() < 0.001, "{name}: {drawn} != {billed}");
    }
}

/// Each dollar of the bill is at one part, or it is for what watches the pipeline.
#[test]
fn the_parts_share_the_bill() {
    let specs = [SOURCES.to_owned(), flink_spec(PROVISIONED), steps(), LAKE.to_owned(), backed_up()];
    for text in specs.into_iter().chain(DESTINATIONS.iter().map(|one| delivering(one))) {
        let (plan, _) = planned(&text);
        let cost = estimate(&plan, Prices::BuiltIn);
        let diagram = Diagram::of(&plan, &cost, Per::Month);
        let parts: f64 = diagram.shapes.iter().filter_map(|shape| shape.monthly_usd).sum();
        let watching: f64 =
            cost.lines.iter().filter(|line| line.part.is_none()).filter_map(|line| line.monthly_usd).sum();
        assert!(
            (parts + watching - cost.monthly_usd).abs() < 0.01,
            "{parts} + {watching} != {}: {text}",
            cost.monthly_usd
        );
    }
}
