//! Streams in the report, with the arithmetic of their shards.

use std::borrow::Cow;

use serde::Serialize;

use crate::amount::amount;
use crate::aws::limits::kinesis;
use crate::aws::regions;
use crate::capacity::{self, Limit, Term};
use crate::plan::{Carries, StreamPlan};

/// A stream and how its capacity comes about.
#[derive(Clone, Debug, Serialize)]
pub struct StreamReport {
    /// Logical id.
    pub logical_id: String,
    /// JSON pointer into the spec.
    pub spec: Cow<'static, str>,
    /// Whether it is not the stack's: then its capacity, its retention and its key are as the spec declares.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub existing: bool,
    /// What it carries.
    #[serde(skip)]
    pub carries: Carries,
    /// `PROVISIONED` or `ON_DEMAND`.
    pub mode: &'static str,
    /// Shards; `None` on demand.
    pub count: Option<u64>,
    /// Shards that the load needs with headroom; `None` on demand.
    pub needed: Option<u64>,
    /// The limit that asks for the most; `None` on demand.
    pub binding: Option<&'static str>,
    /// Records a second at peak; of rows, at most.
    pub records_per_second: f64,
    /// Where the number of rows comes from, if it is that of windows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<String>,
    /// Bytes of a record, its partition key included.
    pub record_bytes: u64,
    /// Readers of the stack that share what each shard gives out.
    pub readers: u64,
    /// Percent beyond the load.
    pub headroom_percent: u64,
    /// What each limit of a shard asks for; empty on demand.
    pub arithmetic: Vec<TermReport>,
    /// Load, start and ceiling; `None` with shards.
    pub on_demand: Option<OnDemandReport>,
    /// Hours that records stay readable.
    pub retention_hours: u64,
}

/// What one limit of a shard asks for.
#[derive(Clone, Debug, Serialize)]
pub struct TermReport {
    /// The limit.
    pub limit: &'static str,
    /// The load a second, in the limit's unit.
    pub load: f64,
    /// What a shard carries of it.
    pub per_shard: u64,
    /// Shards for the load alone.
    pub bare: u64,
    /// Shards for the load with headroom.
    pub shards: u64,
    /// The arithmetic in one line.
    pub text: String,
}

/// How far an on-demand stream carries, bytes per second.
#[derive(Clone, Debug, Serialize)]
pub struct OnDemandReport {
    /// Written by the load.
    pub write: u64,
    /// What a new stream takes in.
    pub write_start: u64,
    /// What it grows to in the region by default.
    pub write_ceiling: u64,
    /// Read by the stack's consumers.
    pub read: u64,
    /// What a new stream gives out.
    pub read_start: u64,
    /// What it grows to in the region by default.
    pub read_ceiling: u64,
}

pub(super) fn stream(plan: &StreamPlan, region: &str) -> StreamReport {
    let (load, need) = (&plan.load, &plan.need);
    let provisioned = plan.shards.is_some();
    let terms = need.terms.iter().filter(|_| provisioned);
    StreamReport {
        logical_id: plan.logical_id.to_string(),
        spec: plan.spec.clone(),
        existing: plan.existing,
        carries: plan.carries,
        mode: plan.mode,
        count: plan.shards,
        needed: plan.shards.map(|_| need.shards),
        binding: plan.shards.map(|_| need.binding.key()),
        records_per_second: load.records_per_second,
        rows: plan.rows.as_ref().map(|rows| rows.note.clone()),
        record_bytes: load.record_bytes,
        readers: load.consumers,
        headroom_percent: load.headroom_percent,
        arithmetic: terms.map(|term| arithmetic(term, load.headroom_percent)).collect(),
        on_demand: (!provisioned).then(|| {
            let quotas = regions::quotas(region);
            let write = capacity::bytes_per_second(load.records_per_second, load.record_bytes);
            OnDemandReport {
                write,
                write_start: kinesis::ON_DEMAND_START_WRITE_BYTES_PER_S,
                write_ceiling: quotas.on_demand_write_bytes_per_s,
                read: write.saturating_mul(load.consumers),
                read_start: kinesis::ON_DEMAND_START_READ_BYTES_PER_S,
                read_ceiling: quotas.on_demand_read_bytes_per_s,
            }
        }),
        retention_hours: plan.retention_hours,
    }
}

fn arithmetic(term: &Term, headroom_percent: u64) -> TermReport {
    let unit = match term.limit {
        Limit::WriteRecords => "records/s",
        Limit::WriteBytes | Limit::ReadBytes => "B/s",
    };
    let headroom = if headroom_percent == 0 { String::new() } else { format!(" + {headroom_percent} %") };
    TermReport {
        limit: term.limit.key(),
        load: term.load,
        per_shard: term.per_shard,
        bare: term.bare,
        shards: term.shards,
        text: format!(
            "({} {unit}{headroom}) / {} = {}",
            amount(term.load),
            amount(term.per_shard as f64),
            term.shards
        ),
    }
}
