//! How much Flink the load needs, as a plan shows it.

use serde::Serialize;

use crate::check::Checked;
use crate::diagnostics::{Code, Diagnostic};
use crate::spec::AnalyticsRuntime;
use crate::throughput::{self, Need, figure};

/// Keys that are compared with the number that is supposed.
const FEWER_KEYS: u64 = 1_000;

/// The arithmetic of the parallelism.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ThroughputPlan {
    /// Records a second at peak.
    pub records_per_second: f64,
    /// Microseconds of processor time that a record takes on a core.
    pub microseconds_per_record: f64,
    /// By how much a KPU is planned for less than that core.
    pub margin: f64,
    /// KPUs that the load needs, that of the orchestration left out.
    pub needed_kpus: u64,
    /// What asks for most of them.
    pub binding: &'static str,
    /// Whether the plan has decided the parallelism, and not the spec.
    pub computed: bool,
    /// What a record takes its time with.
    pub terms: Vec<ThroughputTerm>,
}

/// A part of a record's time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ThroughputTerm {
    /// What for.
    pub what: String,
    /// Microseconds for each record of the pipeline.
    pub microseconds: f64,
    /// The arithmetic.
    pub note: String,
    /// Subtasks that have work at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtasks: Option<u64>,
    /// Whether no other part takes as long.
    pub largest: bool,
}

impl ThroughputPlan {
    /// The sum in a line.
    pub fn shown(&self) -> String {
        let kpus = self.records_per_second * self.microseconds_per_record * self.margin / 1e6;
        let enough = match self.needed_kpus {
            1 => "1 KPU carries it".to_owned(),
            kpus => format!("{kpus} KPUs, by {}", self.binding),
        };
        format!(
            "{} records/s x {} us x {}, the margin, = {} s of processor time per second: {enough}",
            figure(self.records_per_second),
            figure(self.microseconds_per_record),
            self.margin,
            figure(kpus)
        )
    }
}

/// The need and how it comes about.
pub(super) fn plan(need: &Need, computed: bool) -> ThroughputPlan {
    let largest = need.dearest().map(|term| term.micros);
    let rounded = |value: f64| (value * 1000.0).round() / 1000.0;
    ThroughputPlan {
        records_per_second: need.records_per_second,
        microseconds_per_record: rounded(need.micros()),
        margin: need.margin,
        needed_kpus: need.kpus,
        binding: need.limit.name(),
        computed,
        terms: need
            .terms
            .iter()
            .map(|term| ThroughputTerm {
                what: term.what.clone(),
                microseconds: rounded(term.micros),
                note: term.note.clone(),
                subtasks: term.operator.as_ref().and_then(|operator| operator.subtasks),
                largest: Some(term.micros) == largest,
            })
            .collect(),
    }
}

/// Numbers of keys that nobody told, where they decide how many KPUs are planned.
pub(super) fn advise(checked: &Checked) -> Option<Diagnostic> {
    let pipeline = checked.pipeline();
    let analytics = pipeline.analytics_on(AnalyticsRuntime::Flink)?;
    let query = checked.query()?;
    let need = throughput::of_pipeline(query, analytics, &pipeline.intake);
    let with_fewer = throughput::need(query, analytics, &pipeline.intake, FEWER_KEYS).kpus;
    if need.kpus == with_fewer {
        return None;
    }
    let operators = need.terms.iter().filter_map(|term| term.operator.as_ref());
    let (operator, columns) =
        operators.filter_map(|operator| Some((operator, operator.supposed.as_ref()?))).next()?;
    let key = columns.join(",");
    let of = |kpus: u64| if kpus == 1 { "1 KPU".to_owned() } else { format!("{kpus} KPUs") };
    Some(Diagnostic::advice(
        Code::KeysUnknown,
        operator.span,
        format!(
            "how many values `{key}` has is not known: a million of them need {}, a thousand {}",
            of(need.kpus),
            of(with_fewer)
        ),
        format!(
            "write `keys: {{\"{key}\": 2000}}` in `analytics`, with their number; the plan assumes a million"
        ),
    ))
}
