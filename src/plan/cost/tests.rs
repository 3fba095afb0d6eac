use super::*;
use crate::plan::fixture::{planned, spec, with_flink};

const LOAD: &str = "record_size: 1 KiB, records_per_second: 1000, headroom: 0 %";

fn cost(spec: &str) -> Cost {
    estimate(&planned(spec).0, Prices::BuiltIn)
}

fn usd(cost: &Cost, item: &str) -> Option<f64> {
    let line = cost.lines.iter().find(|line| line.item == item);
    line.unwrap_or_else(|| panic!("no line {item}: {cost:#?}")).monthly_usd
}

#[test]
fn the_worked_example_of_the_price_notes() {
    let cost = cost(&spec(LOAD, ""));
    assert_eq!(usd(&cost, "Stream: shards"), Some(21.90));
    assert_eq!(usd(&cost, "Stream: PUT payload units"), Some(36.79));
    assert_eq!(usd(&cost, "Firehose: data in"), Some(363.41));
    // 1,000 KiB/s fill 5 MiB in 5.12 s.
    let objects = cost.lines.iter().find(|line| line.item == "S3: objects written").expect("objects");
    assert!((objects.quantity - 2_628.0 / 5.12 * 0.976_562_5 * 1.024).abs() < 0.001, "{objects:?}");
    assert!(cost.complete);
    assert_eq!(cost.prices_as_of.as_deref(), Some("2024-07"));
}

#[test]
fn lines_add_up_to_the_cent() {
    let (plan, _) = with_flink(LOAD, 100);
    let cost = estimate(&plan, Prices::BuiltIn);
    let cents: f64 = cost.lines.iter().filter_map(|line| line.monthly_usd).map(|usd| usd * 100.0).sum();
    assert!((cents - cost.monthly_usd * 100.0).abs() < 1e-6);
    for line in &cost.lines {
        assert!(!line.unit.is_empty(), "{line:?}");
        assert!(line.unit_price.is_some_and(|price| price > 0.0), "{line:?}");
        assert!(!line.note.is_empty(), "{line:?}");
    }
}

#[test]
fn flink_has_its_orchestrating_kpu_and_an_output_stream() {
    let (plan, _) = with_flink(LOAD, 100);
    let cost = estimate(&plan, Prices::BuiltIn);
    assert_eq!(usd(&cost, "Flink: KPUs"), Some(160.60));
    // One KPU of its own has 50 GB; the one for orchestration has none.
    assert_eq!(usd(&cost, "Flink: running storage"), Some(5.0));
    assert_eq!(usd(&cost, "OutputStream: shards"), Some(10.95));
    assert!(cost.left_out.iter().any(|left| left.item == "Flink snapshots"));
}

#[test]
fn rows_are_called_rows_where_they_are_counted() {
    let notes = |analytics: &str, select: &str| {
        let sections = format!(
            "records: {{format: json, columns: {{k: {{type: VARCHAR(8)}}}}}}\nanalytics: {{runtime: flink, {analytics}sql: {select:?}}}\n"
        );
        let found = [LOAD, &format!("{LOAD}, capacity: on_demand")].map(|load| {
            let cost = cost(&spec(load, &sections));
            let lines = cost.lines.into_iter().filter(|line| line.item.starts_with("OutputStream: "));
            lines.map(|line| line.note).collect::<Vec<_>>().join("; ")
        });
        found.join("; ")
    };
    let minute =
        "SELECT \"k\", COUNT(*) AS n FROM stream GROUP BY \"k\", STEP(stream.ROWTIME BY INTERVAL '1' MINUTE)";
    let filter = "SELECT \"k\" FROM stream WHERE \"k\" > 'a'";
    for (analytics, select, counted) in [
        ("keys: {k: 100}, ", minute, true),
        ("rows_per_record: 0.1, ", minute, true),
        ("rows_per_record: 0.1, ", filter, true),
        ("", minute, false),
        ("", filter, false),
    ] {
        let notes = notes(analytics, select);
        assert_eq!(notes.contains("1 per row of"), counted, "{notes}");
        let conditional = notes.matches(", if each becomes a row").count();
        assert_eq!(conditional, if counted { 0 } else { 3 }, "{notes}");
    }
}

#[test]
fn on_demand_is_billed_by_rounded_volume() {
    let cost = cost(&spec(
        "record_size: 1000 B, partition_key_size: 36 B, records_per_second: 100, capacity: on_demand, retention: 200 h",
        "",
    ));
    assert_eq!(usd(&cost, "Stream: on demand"), Some(29.20));
    // 1,036 B count as 2,048 B.
    assert_eq!(usd(&cost, "Stream: data in"), Some(40.1));
    assert_eq!(usd(&cost, "Stream: data out"), Some(10.14));
    // 144 h in the band up to a week, 32 h beyond it.
    assert_eq!(usd(&cost, "Stream: retention over 24 h"), Some(5.0));
    assert_eq!(usd(&cost, "Stream: retention over 7 d"), Some(0.26));
}

#[test]
fn provisioned_retention_is_billed_by_shard() {
    let cost = cost(&spec(&format!("{LOAD}, retention: 7 d"), ""));
    assert_eq!(usd(&cost, "Stream: retention over 24 h"), Some(29.2));
    assert!(!cost.lines.iter().any(|line| line.item == "Stream: retention over 7 d"));
}

#[test]
fn the_transform_is_called_for_a_full_buffer_or_in_time() {
    let full = cost(&spec(LOAD, "transform: {}\n"));
    let requests = |cost: &Cost| {
        cost.lines.iter().find(|line| line.item == "Lambda: requests").expect("requests").quantity
    };
    assert!((requests(&full) - 2.628 * 0.976_562_5).abs() < 1e-4);
    let timed = cost(&spec("record_size: 1 KiB, records_per_second: 1", "transform: {}\n"));
    assert!((requests(&timed) - 2.628 / 60.0).abs() < 1e-4);
    let rare = cost(&spec("record_size: 1 KiB, records_per_second: 0.001", "transform: {}\n"));
    assert!((requests(&rare) - 0.002_628).abs() < 1e-6);
    let arm = cost(&spec(LOAD, "transform: { architecture: arm64 }\n"));
    assert!(usd(&arm, "Lambda: duration") < usd(&full, "Lambda: duration"));
}

#[test]
fn the_producer_is_billed_by_instance() {
    let producer =
        "producer: { http: { url: 'https://example.com/' }, records_per_second: 2, instances: 2 }\n";
    let cost = cost(&spec(LOAD, producer));
    assert_eq!(usd(&cost, "EC2: t3.micro"), Some(15.18));
    assert_eq!(usd(&cost, "EC2: gp3 volumes"), Some(1.28));
    assert_eq!(usd(&cost, "EC2: public IPv4"), Some(7.3));
}

#[test]
fn an_unknown_price_is_not_zero() {
    let cost = cost(&format!("region: eu-central-1\n{}", spec(LOAD, "")));
    assert!(!cost.complete);
    assert_eq!(cost.prices_as_of, None);
    assert_eq!(usd(&cost, "Stream: shards"), None);
    assert_eq!(cost.lines[0].unit, "shard-hour");
    let json = serde_json::to_value(&cost).expect("JSON");
    assert_eq!(json["lines"][0]["monthly_usd"], serde_json::Value::Null);
}

#[test]
fn the_bill_counts_the_average_and_shards_follow_from_the_peak() {
    let peak = cost(&spec(LOAD, ""));
    let average = cost(&spec(&format!("{LOAD}, average: 250"), ""));
    assert_eq!(usd(&average, "Stream: shards"), usd(&peak, "Stream: shards"));
    // A quarter of 36.79 and of 363.41, to the cent.
    assert_eq!(usd(&average, "Stream: PUT payload units"), Some(9.20));
    assert_eq!(usd(&average, "Firehose: data in"), Some(90.85));
    assert!(average.basis.contains("average") && peak.basis.contains("peak"));
}
