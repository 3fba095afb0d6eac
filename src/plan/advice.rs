//! What would make a plan cheaper, each advice with the sum that it is about, or fit better. Nothing is advised that the
//! user cannot do.

use super::cost::{self, Cost, CostLine, estimate};
use super::{DeliveryPlan, Plan, Reads, StreamPlan, alarms, rows, state, throughput};
use crate::aws::destinations::Rows;
use crate::aws::limits::KIB;
use crate::aws::limits::billing::{FIREHOSE_RECORD_BYTES, ON_DEMAND_RECORD_BYTES, PUT_PAYLOAD_UNIT_BYTES};
use crate::capacity;
use crate::check::Checked;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::NodeKind;
use crate::pipeline::{Capacity, Delivery, Pipeline};
use crate::price_list::Prices;

/// US dollars per month below which no advice is worth reading.
const LEAST_USD: f64 = 10.0;
/// Share of the whole cost below which none is.
const LEAST_SHARE: f64 = 0.1;
/// Bytes that part two events of one record: a newline, or what the transform appends.
const SEPARATOR_BYTES: u64 = 1;

/// All advice about a plan.
pub fn advise(plan: &Plan, cost: &Cost, prices: Prices, checked: &Checked) -> Vec<Diagnostic> {
    let estimate = |plan: &Plan| estimate(plan, prices);
    let windows = rows::unknown_keys(plan, cost, estimate, checked);
    // The same number decides both.
    let told = windows.is_some();
    pack_records(plan, cost, estimate, checked.pipeline())
        .into_iter()
        .chain(stateless_on_flink(plan, cost, estimate, checked))
        .chain(windows)
        .chain(rows::advise(checked))
        .chain(state::advise(checked))
        .chain(throughput::advise(checked).filter(|_| !told))
        .chain(alarms::unwatched(plan, prices, checked))
        .collect()
}

fn worth_it(saving: f64, of: f64) -> bool {
    saving >= LEAST_USD && saving >= of * LEAST_SHARE
}

/// Several events in a record, where the record goes to Firehose as it is. Not before Flink, which reads one JSON
/// object per record; and not for what pipec's own producer or a service sends, which is one event per record.
fn pack_records(
    plan: &Plan,
    cost: &Cost,
    estimate: impl Fn(&Plan) -> Cost,
    pipeline: &Pipeline,
) -> Option<Diagnostic> {
    // Where Firehose keeps records apart, each is one event at the destination.
    let packs = plan.deliveries.iter().all(|delivery| !delivery.capabilities.separator.is_empty());
    // Services write one event per record.
    // Firehose stores a record in one partition, and its events may belong to several.
    let is_partitioned = pipeline
        .deliveries
        .iter()
        .any(|delivery| delivery.destination.s3().is_some_and(|s3| !s3.partitions.is_empty()));
    if !packs
        || is_partitioned
        || pipeline.analytics.is_some()
        || !pipeline.sources.is_empty()
        || !cost.complete
    {
        return None;
    }
    let stream = plan.stream.as_ref().filter(|_| !plan.deliveries.is_empty())?;
    let own = plan.producer.as_ref().map_or(0.0, |producer| producer.records_per_second);
    let rate = stream.load.records_per_second - own;
    if rate <= 0.0 {
        return None;
    }
    let before = estimate(&packed(plan, pipeline, rate, 1)?).monthly_usd;
    let saving =
        |events| Some((before - estimate(&packed(plan, pipeline, rate, events)?).monthly_usd, events));
    // Firehose does not bill the partition key, the stream does.
    let key = pipeline.partition_key_bytes();
    let small = saving(events_within(FIREHOSE_RECORD_BYTES, pipeline))?;
    let large = saving(events_within(PUT_PAYLOAD_UNIT_BYTES.saturating_sub(key), pipeline))?;
    // Larger records for a real gain only: what is lost or retried is lost or retried as a whole.
    let (saved, events) = if worth_it(large.0 - small.0, cost.monthly_usd - small.0) { large } else { small };
    if events < 2 || !worth_it(saved, cost.monthly_usd) {
        return None;
    }
    let kib = (events * (pipeline.intake.record_size.value + SEPARATOR_BYTES)).div_ceil(KIB);
    let transform = pipeline.deliveries.iter().find_map(|delivery| delivery.transform.as_ref());
    let transform = transform.filter(|transform| transform.own.is_none());
    let lines = match transform {
        None => format!("{events} JSON lines, each with its newline,"),
        // What appends nothing leaves the newlines to the producer as well.
        Some(transform) if transform.append.value.is_empty() => {
            format!("{events} JSON lines, each with its newline,")
        }
        Some(transform) if transform.append.value == "\n" => format!("{events} JSON lines"),
        Some(transform) => {
            format!(
                "{events} events, with {} between,",
                serde_json::Value::from(transform.append.value.as_str())
            )
        }
    };
    let whose = if own > 0.0 { " that other programs send" } else { "" };
    Some(
        Diagnostic::advice(
            Code::PackRecords,
            pipeline.intake.record_size.span,
            format!(
                "packing {events} events{whose} into a record would save about {saved:.0} of {:.0} USD per month",
                cost.monthly_usd
            ),
            format!(
                "let your producer batch {lines} into one record of about {kib} KB, and declare the `record_size` and \
                 `records_per_second` of these records; other consumers must then split them"
            ),
        )
        .label(format!(
            "Firehose bills a record in steps of {} KB, a stream in steps of {} KB",
            FIREHOSE_RECORD_BYTES / KIB,
            match stream.shards {
                Some(_) => PUT_PAYLOAD_UNIT_BYTES,
                None => ON_DEMAND_RECORD_BYTES,
            } / KIB
        )),
    )
}

/// Events that fit so many bytes; at least one.
fn events_within(bytes: u64, pipeline: &Pipeline) -> u64 {
    (bytes / pipeline.intake.record_size.value.saturating_add(SEPARATOR_BYTES)).max(1)
}

/// The plan of a rate of events with several of them in a record.
fn packed(plan: &Plan, pipeline: &Pipeline, rate: f64, events: u64) -> Option<Plan> {
    let size = pipeline.intake.record_size.value;
    let data = if events == 1 { size } else { events.checked_mul(size.checked_add(SEPARATOR_BYTES)?)? };
    let of = plan.stream.as_ref()?;
    let mut load = of.load;
    load.average *= rate / load.records_per_second / events as f64;
    load.records_per_second = rate / events as f64;
    load.record_bytes = data.checked_add(pipeline.partition_key_bytes())?;
    let need = capacity::shards(&load);
    let shards = match pipeline.stream.as_ref()?.capacity.value {
        Capacity::Provisioned => Some(need.shards),
        // A number that the user chose stays.
        Capacity::Fixed(_) | Capacity::OnDemand => of.shards,
    };
    let stream = Some(StreamPlan { load, need, shards, ..of.clone() });
    Some(Plan { stream, deliveries: of_records(plan, data), ..plan.clone() })
}

/// The deliveries if they read records of so many bytes from the input stream.
fn of_records(plan: &Plan, record_bytes: u64) -> Vec<DeliveryPlan> {
    let of =
        |delivery: &DeliveryPlan| DeliveryPlan { record_bytes, reads: Reads::Stream, ..delivery.clone() };
    plan.deliveries.iter().map(of).collect()
}

/// Flink for a query that could do without.
fn stateless_on_flink(
    plan: &Plan,
    cost: &Cost,
    estimate: impl Fn(&Plan) -> Cost,
    checked: &Checked,
) -> Option<Diagnostic> {
    // The Lambda has one output.
    let analytics =
        plan.analytics.as_ref().filter(|analytics| analytics.stateless && plan.outputs.is_empty())?;
    let rows = plan.output_stream.as_ref()?;
    let pipeline = checked.pipeline();
    // Its rows would be one record.
    let several = |delivery: &Delivery| {
        let one = delivery.destination.capabilities().rows == Rows::One;
        let output = checked.query().and_then(|query| Some((query, pipeline.output(delivery, query)?)));
        one && output.is_some_and(|(query, output)| !query.makes_one_row(output))
    };
    // Firehose calls one function, which is the user's.
    let is_own =
        |delivery: &Delivery| delivery.transform.as_ref().is_some_and(|transform| transform.own.is_some());
    if pipeline.deliveries.iter().any(|delivery| is_own(delivery) || several(delivery)) {
        return None;
    }
    let message = if cost.complete {
        let without = Plan {
            analytics: None,
            output_stream: None,
            deliveries: of_records(plan, pipeline.intake.record_size.value),
            ..plan.clone()
        };
        let without = compared(&estimate(&without));
        let most = compared(cost) - without;
        // With Flink, Firehose bills the rows that pass; in the Lambda, all records.
        let mut none = rows.clone();
        (none.load.records_per_second, none.load.average) = (0.0, 0.0);
        let least = compared(&estimate(&Plan { output_stream: Some(none), ..plan.clone() })) - without;
        let least = if filters(checked) { least.min(most) } else { most };
        saving_message(least, most)?
    } else {
        format!(
            "this query is stateless, and Flink is billed for {} KPUs and an output stream",
            analytics.billed_kpus
        )
    };
    Some(
        Diagnostic::advice(
            Code::StatelessOnFlink,
            pipeline.analytics.as_ref()?.runtime.span,
            message,
            "write `runtime: lambda`: the same rows, from the transform's function",
        )
        .label("each row depends on a single record"),
    )
}

/// The part of a cost in which the two runtimes differ: the same rows are delivered either way.
fn compared(cost: &Cost) -> f64 {
    let differs =
        |line: &&CostLine| !matches!(line.part, None | Some(NodeKind::Destination | NodeKind::Producer));
    cost::total(cost.lines.iter().filter(differs))
}

/// Whether the query may keep records from the output.
fn filters(checked: &Checked) -> bool {
    checked.query().is_none_or(|query| query.inserts.iter().any(|insert| insert.select.filter.is_some()))
}

/// What the Lambda saves, between no row and a row for every record.
fn saving_message(least: f64, most: f64) -> Option<String> {
    let start = "this query is stateless; without Flink it would cost";
    if most < LEAST_USD {
        return None;
    }
    Some(if least >= LEAST_USD {
        if (most - least).round() < 1.0 {
            format!("{start} about {most:.0} USD per month less")
        } else {
            format!("{start} {least:.0} to {most:.0} USD per month less, by how many records become rows")
        }
    } else {
        // Linear in the share of records that become rows.
        let percent = ((LEAST_USD - least) / (most - least) * 100.0).ceil();
        if percent >= 100.0 {
            return None;
        }
        format!(
            "{start} up to {most:.0} USD per month less, if more than {percent} % of the records become rows"
        )
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::plan::fixture::{flink_spec, planned, spec, with_flink};

    const SMALL: &str = "record_size: 1 KiB, records_per_second: 1000";

    /// The advice without that about alarms, which every pipeline here lacks; `plan::alarms` has its tests.
    fn of_cost(plan: &Plan, cost: &Cost, checked: &Checked) -> impl Iterator<Item = Diagnostic> {
        let found = advise(plan, cost, Prices::BuiltIn, checked);
        found.into_iter().filter(|advice| advice.code != Code::Unwatched)
    }

    fn advice((plan, checked): &(Plan, Checked)) -> Vec<(Code, String, String)> {
        of_cost(plan, &estimate(plan, Prices::BuiltIn), checked)
            .map(|advice| (advice.code, advice.message, advice.help))
            .collect()
    }

    #[test]
    fn small_records_should_be_packed() {
        insta::assert_debug_snapshot!(advice(&planned(&spec(SMALL, ""))));
    }

    #[test]
    fn packing_keeps_what_parts_the_objects() {
        let newline = advice(&planned(&spec(SMALL, "transform: {}\n")));
        assert!(newline[0].2.contains("batch 24 JSON lines into one record"), "{newline:?}");
        let comma = advice(&planned(&spec(SMALL, "transform: { append: \",\" }\n")));
        assert!(comma[0].2.contains("batch 24 events, with \",\" between, into one record"), "{comma:?}");
    }

    #[test]
    fn nobody_is_told_to_pack_what_cannot_be_packed() {
        let producer = |rate| {
            format!("producer: {{ http: {{ url: 'https://example.com/' }}, records_per_second: {rate} }}\n")
        };
        // pipec's own producer sends one event per record.
        assert_eq!(advice(&planned(&spec(SMALL, &producer(1000)))), []);
        let rest = advice(&planned(&spec(SMALL, &producer(400))));
        assert!(rest[0].1.contains("that other programs send"), "{rest:?}");
        // A service sends one event per record.
        let queue = "sources: { q: { sqs: { queue: 'arn:aws:sqs:us-east-1:111122223333:q' } } }\n";
        assert_eq!(advice(&planned(&spec(SMALL, queue))), []);
        // Flink reads one JSON object per record.
        assert!(advice(&with_flink(SMALL, 100)).iter().all(|advice| advice.0 != Code::PackRecords));
        // Large records, small loads, unknown prices.
        assert_eq!(advice(&planned(&spec("record_size: 25 KiB, records_per_second: 100", ""))), []);
        assert_eq!(advice(&planned(&spec("record_size: 1 KiB, records_per_second: 10", ""))), []);
        assert_eq!(advice(&planned(&format!("region: eu-central-1\n{}", spec(SMALL, "")))), []);
    }

    #[test]
    fn a_record_just_over_a_step_is_packed_into_a_larger_one() {
        let found = advice(&planned(&spec("record_size: 6000 B, records_per_second: 1000", "")));
        assert!(found[0].1.starts_with("packing 4 events into a record"), "{found:?}");
    }

    #[test]
    fn a_stateless_query_needs_no_flink() {
        insta::assert_debug_snapshot!(advice(&with_flink("record_size: 1 KiB, records_per_second: 10", 100)));
    }

    #[test]
    fn a_filter_can_make_flink_the_cheaper_one() {
        insta::assert_debug_snapshot!(advice(&with_flink(SMALL, 100)));
        // Where rows are much smaller than records, Firehose takes less from Flink than from the stream.
        assert_eq!(advice(&with_flink("record_size: 50 KiB, records_per_second: 1000", 100)), []);
    }

    #[test]
    fn a_query_with_state_stays_on_flink() {
        let (mut plan, checked) = with_flink("record_size: 1 KiB, records_per_second: 10", 100);
        plan.analytics.as_mut().expect("analytics").stateless = false;
        assert_eq!(advice(&(plan, checked)), []);
    }

    /// The SQL in pipec's function would exclude the user's.
    #[test]
    fn a_function_of_the_users_stays_behind_flink() {
        let own =
            "transform: {lambda: {function: \"arn:aws:lambda:us-east-1:111122223333:function:clean\"}}\n";
        let spec = flink_spec("record_size: 1 KiB, records_per_second: 10");
        let advises =
            |spec: &str| advice(&planned(spec)).iter().any(|(code, ..)| *code == Code::StatelessOnFlink);
        assert!(advises(&spec) && !advises(&spec.replace("transform: {}\n", own)));
    }

    #[test]
    fn without_prices_the_billed_units_are_named() {
        let (mut plan, checked) = with_flink(SMALL, 100);
        plan.region = "eu-central-1".into();
        let found = advice(&(plan, checked));
        assert!(found[0].1.contains("billed for 2 KPUs and an output stream"), "{found:?}");
    }

    proptest! {
        #[test]
        fn an_advice_can_be_followed(size in 1_u64..200_000, rate in 0.01..5_000.0_f64, on_demand: bool) {
            let capacity = if on_demand { "on_demand" } else { "provisioned" };
            let stream = |size: u64, rate: f64| {
                format!("record_size: {size} B, records_per_second: {rate}, capacity: {capacity}")
            };
            let (plan, checked) = planned(&spec(&stream(size, rate), ""));
            let cost = estimate(&plan, Prices::BuiltIn);
            prop_assert!(cost.monthly_usd.is_finite());
            prop_assert!(cost.lines.iter().all(|line| line.monthly_usd.is_some_and(|usd| usd >= 0.0)));
            for advice in of_cost(&plan, &cost, &checked) {
                let number = |at: usize| advice.message.split(' ').nth(at).and_then(|word| word.parse().ok());
                let (events, saved): (u64, f64) =
                    number(1).zip(number(9).map(|saved: u64| saved as f64)).expect("two numbers");
                let packed = spec(&stream(events * (size + 1), rate / events as f64), "");
                let after = estimate(&planned(&packed).0, Prices::BuiltIn).monthly_usd;
                prop_assert!((cost.monthly_usd - after - saved).abs() <= 1.0, "{}: {after}", advice.message);
            }
        }
    }
}
