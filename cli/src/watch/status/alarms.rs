//! The states of the stack's own alarms.

use serde::Serialize;

use crate::cloud::client::Call;
use crate::cloud::deployed::Deployed;
use crate::cloud::observer::{AlarmState, Observer};
use pipec_compiler::plan::{AlarmPlan, Plan};

/// An alarm of the stack's own, and its state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OwnAlarm {
    /// Its key in the spec.
    pub alarm: &'static str,
    /// Logical id of the resource that it watches.
    pub resource: String,
    /// Its name in CloudWatch; `null` where it is not deployed.
    pub name: Option<String>,
    /// CloudWatch's word: `OK`, `ALARM` or `INSUFFICIENT_DATA`; `null` where it has none.
    pub state: Option<String>,
    /// Since when, seconds since 1970.
    pub since: Option<i64>,
    /// Why, in CloudWatch's words.
    pub reason: Option<String>,
    /// What it means and what to do.
    pub description: String,
}

impl OwnAlarm {
    /// Whether it rings.
    pub fn rings(&self) -> bool {
        self.state.as_deref() == Some("ALARM")
    }
}

/// The states of the alarms that are deployed, as CloudWatch gives them.
pub(super) fn states(observer: &dyn Observer, plan: &Plan, deployed: &Deployed) -> Call<Vec<AlarmState>> {
    let names: Vec<String> =
        planned(plan).filter_map(|alarm| deployed.name(&alarm.logical_id)).map(str::to_owned).collect();
    if names.is_empty() { Ok(Vec::new()) } else { observer.alarms(&names) }
}

/// The alarms of the plan with their states.
pub(super) fn own(plan: &Plan, deployed: &Deployed, states: &[AlarmState]) -> Vec<OwnAlarm> {
    let own = |alarm: &AlarmPlan| {
        let name = deployed.name(&alarm.logical_id).map(str::to_owned);
        let state = states.iter().find(|state| Some(&state.name) == name.as_ref());
        OwnAlarm {
            alarm: alarm.key.name(),
            resource: alarm.subject.clone(),
            name,
            state: state.map(|state| state.state.clone()),
            since: state.and_then(|state| state.since),
            reason: state.map(|state| state.reason.clone()),
            description: alarm.description.clone(),
        }
    };
    planned(plan).map(own).collect()
}

fn planned(plan: &Plan) -> impl Iterator<Item = &AlarmPlan> {
    plan.alarms.iter().flat_map(|alarms| &alarms.alarms)
}

/// The alarms for people: those that ring with what to do, then how many there are of each state, and each of them.
pub(super) fn lines(alarms: &[OwnAlarm], since: impl Fn(i64) -> String) -> Vec<String> {
    if alarms.is_empty() {
        return Vec::new();
    }
    let of = |alarm: &OwnAlarm| match (&alarm.name, &alarm.state) {
        (None, _) => "not deployed",
        (_, Some(state)) => match state.as_str() {
            "OK" => "OK",
            "ALARM" => "ALARM",
            "INSUFFICIENT_DATA" => "no data",
            _ => "unknown",
        },
        (_, None) => "unknown",
    };
    let counts = ["ALARM", "OK", "no data", "not deployed", "unknown"].into_iter().filter_map(|word| {
        let count = alarms.iter().filter(|alarm| of(alarm) == word).count();
        (count > 0).then(|| format!("{count} {word}"))
    });
    let mut lines = vec![String::new(), format!("alarms: {}", counts.collect::<Vec<_>>().join(", "))];
    for alarm in alarms.iter().filter(|alarm| alarm.rings()) {
        let when = alarm.since.map(|at| format!(" since {}", since(at))).unwrap_or_default();
        let reason = alarm.reason.as_deref().unwrap_or_default();
        lines.push(format!("! {} of {}{when}: {reason}", alarm.alarm, alarm.resource));
        lines.push(format!("  {}", alarm.description));
    }
    let quiet = alarms.iter().filter(|alarm| !alarm.rings());
    lines.extend(quiet.map(|alarm| format!("  {:<26} {:<22} {}", alarm.resource, alarm.alarm, of(alarm))));
    lines
}
