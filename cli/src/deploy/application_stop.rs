//! The stop of a Flink application: what it saves, what becomes of records and state, and which alarms ring.

use std::collections::BTreeSet;

use super::application::{STALE_LOOKS, Target, Watch, failed, located};
use super::report::{Event, Reporter, confirm};
use crate::cloud::client::AwsClient;
use crate::cloud::stop::{Step, Stop};
use pipec_compiler::aws::limits::billing::HOURS_PER_MONTH;
use pipec_compiler::aws::prices::{self, Item};
use pipec_compiler::graph::INPUT_STREAM;
use pipec_compiler::plan::Plan;
use pipec_compiler::plan::alarms::AlarmPlan;
use pipec_compiler::spec::AlarmKey;
use pipec_compiler::sql::Start;

/// Stops the application after a snapshot of its state, or at once.
///
/// # Errors
/// As AWS gives them, the user's decision, and where it does not stop.
pub fn stop(
    client: &dyn AwsClient,
    reporter: &mut dyn Reporter,
    plan: &Plan,
    target: &Target,
    (yes, force): (bool, bool),
) -> Step<()> {
    let mut watch = Watch::new(client, target);
    let mut seen = watch.look()?;
    if seen.status == "READY" {
        reporter.tell(&Event::Note {
            message: format!("the Flink application {} is stopped already", target.name),
        });
        return Ok(());
    }
    if let Some(savings) = savings(plan, client.region()) {
        reporter.tell(&savings);
    }
    reporter.tell(&Event::Note { message: retained(plan, force) });
    if let Some(message) = ringing(plan) {
        reporter.tell(&Event::Note { message });
    }
    let question = format!("Stop the Flink application {}?", target.name);
    confirm(
        reporter,
        yes,
        &question,
        ("there is no terminal for the confirmation prompt", "add `--yes` to the command"),
    )?;
    let stopped = (|| {
        client.stop_application(target.name, force).map_err(located)?;
        let mut stale = 0;
        loop {
            seen = watch.look()?;
            watch.tell(reporter, &seen);
            match seen.status.as_str() {
                "READY" => break,
                "RUNNING" => {
                    stale += 1;
                    if watch.moved || stale > STALE_LOOKS {
                        return Err(failed(client, target, None, "did not stop"));
                    }
                }
                _ => watch.moved = true,
            }
            watch.pause()?;
        }
        reporter.tell(&Event::Note {
            message: format!("stopped; `pipec start {}` or the next deployment restarts it", target.spec),
        });
        Ok(())
    })();
    stopped.map_err(|stop| match stop {
        Stop::Interrupted(_) => Stop::Interrupted(target.meanwhile()),
        stop => stop,
    })
}

/// What a stopped application does not cost, at list price; `None` where the price is not known.
fn savings(plan: &Plan, region: &str) -> Option<Event> {
    let analytics = plan.analytics.as_ref()?;
    let hour = prices::price(Item::FlinkKpuHour, region)?.cost(analytics.billed_kpus as f64);
    Some(Event::Savings {
        usd_per_hour: format!("{hour:.2}"),
        usd_per_month: format!("{:.2}", hour * HOURS_PER_MONTH as f64),
    })
}

/// The alarms that a stopped application rings; `None` where the pipeline has none of them.
fn ringing(plan: &Plan) -> Option<String> {
    let alarms = &plan.alarms.as_ref()?.alarms;
    let of_flink = |alarm: &&AlarmPlan| match alarm.key {
        AlarmKey::JobDown => true,
        // Other streams have other readers.
        AlarmKey::IteratorAge => alarm.subject == INPUT_STREAM,
        _ => false,
    };
    let names: BTreeSet<&str> = alarms.iter().filter(of_flink).map(|alarm| alarm.key.name()).collect();
    let names: Vec<String> = names.into_iter().rev().map(|name| format!("`{name}`")).collect();
    let (word, verb) = if names.len() == 1 { ("alarm", "rings") } else { ("alarms", "ring") };
    (!names.is_empty()).then(|| format!("the {word} {} {verb} until the start", names.join(" and ")))
}

/// What becomes of the records that arrive meanwhile, and of the state.
fn retained(plan: &Plan, force: bool) -> String {
    let hours = plan.stream.as_ref().map_or(0, |stream| stream.retention_hours);
    let stay = format!(
        "records that arrive in the meantime stay in the stream for its retention period of {hours} h"
    );
    let Some(analytics) = &plan.analytics else { return stay };
    if analytics.snapshots && !force {
        return format!("{stay}, and are read after the start; its state is saved in a snapshot");
    }
    let again = match analytics.first_record {
        Start::Oldest => "all records that the stream still contains are read again, so rows are repeated",
        Start::Latest => "`analytics.start` is `latest`, so all records before the start are skipped",
        Start::At(_) => "all records since `analytics.start` are read again, so rows are repeated",
    };
    if analytics.snapshots {
        format!(
            "{stay}; its state since the last snapshot is lost, and so is its position: records since that snapshot are read \
             again, so rows are repeated; without a snapshot, {again}"
        )
    } else {
        format!("{stay}; its state is lost, since snapshots are off, and so is its position: {again}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pipec_compiler::plan::fixture::with_flink;

    #[test]
    fn what_is_read_after_the_start_depends_on_snapshots_and_on_the_start_position() {
        let (mut plan, _) = with_flink("record_size: 1 KiB, records_per_second: 10", 100);
        let mut message = |snapshots: bool, first: Start, force: bool| {
            let analytics = plan.analytics.as_mut().expect("an application");
            (analytics.snapshots, analytics.first_record) = (snapshots, first);
            retained(&plan, force)
        };
        assert!(
            message(true, Start::Latest, false)
                .ends_with("are read after the start; its state is saved in a snapshot")
        );
        assert!(message(true, Start::Oldest, true).ends_with(
            "without a snapshot, all records that the stream still contains are read again, so rows are repeated"
        ));
        assert!(
            message(false, Start::Latest, false).ends_with("so all records before the start are skipped")
        );
        assert!(
            message(false, Start::At(0), true)
                .ends_with("all records since `analytics.start` are read again, so rows are repeated")
        );
    }
}
