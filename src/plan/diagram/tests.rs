use super::*;
use crate::plan::cost::estimate;
use crate::plan::fixture::{SOURCES, flink_spec, planned, spec};
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

/// Each dollar of the bill is at one part, or it is for what watches the pipeline.
#[test]
fn the_parts_share_the_bill() {
    for text in [SOURCES.to_owned(), flink_spec(PROVISIONED), steps()] {
        let (plan, _) = planned(&text);
        let cost = estimate(&plan, Prices::BuiltIn);
        let diagram = Diagram::of(&plan, &cost, Per::Month);
        let parts: f64 = diagram.shapes.iter().filter_map(|shape| shape.monthly_usd).sum();
        let watching: f64 =
            cost.lines.iter().filter(|line| line.part.is_none()).filter_map(|line| line.monthly_usd).sum();
        assert!(
            (parts + watching - cost.monthly_usd).abs() < 0.01,
            "{parts} + {watching} != {}",
            cost.monthly_usd
        );
    }
}
