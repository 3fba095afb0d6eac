//! The stop of a Flink application: what it saves, what becomes of records and state, and which alarms ring.

use std::collections::BTreeSet;

use super::application::{STALE_LOOKS, Target, Watch, failed, located};
use super::report::{Event, Reporter, confirm};
use crate::aws::limits::billing::HOURS_PER_MONTH;
use crate::aws::prices::{self, Item};
use crate::cloud::client::AwsClient;
use crate::cloud::stop::{Step, Stop};
use crate::graph::INPUT_STREAM;
use crate::plan::Plan;
use crate::plan::alarms::AlarmPlan;
use crate::spec::AlarmKey;

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
            message: format!(
                "stopped; `pipec start {}`, or the next deployment, starts it again",
                target.spec
            ),
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
    let snapshots = plan.analytics.as_ref().is_some_and(|analytics| analytics.snapshots);
    let state = match (force, snapshots) {
        (false, true) => "its state is saved in a snapshot",
        (_, false) => {
            "its state is lost, since snapshots are off, and so is its position: all records that the stream still holds \
             are read again, so rows are repeated"
        }
        (true, true) => {
            "its state since the last snapshot is lost, and so is its position: records since that snapshot, or all that \
             the stream still holds without one, are read again, so rows are repeated"
        }
    };
    format!(
        "records that arrive in the meantime stay in the stream for its retention period of {} h, and are read after the \
         start; {state}",
        plan.stream.as_ref().map_or(0, |stream| stream.retention_hours)
    )
}
