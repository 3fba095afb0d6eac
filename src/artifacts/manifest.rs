//! What a build wrote, for the programs that come after it. The names are a contract.

use std::collections::BTreeMap;

use serde::Serialize;

use super::ARTIFACTS_DIR;
use crate::plan::cost::estimate;
use crate::plan::{Content, Plan};
use crate::price_list::Prices;

#[derive(Serialize)]
struct Manifest<'a> {
    pipeline: &'a str,
    /// Name of the spec's own pipeline, of that of an environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    environment_of: Option<&'a str>,
    pipec: &'static str,
    template: &'static str,
    artifacts: Vec<Entry<'a>>,
    /// What the pipeline costs at its declared load, for comparisons with later builds. By pipec's own prices, so that
    /// the same spec gives the same text everywhere; missing where none is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<ManifestCost>,
}

#[derive(Serialize)]
struct ManifestCost {
    /// US dollars per month.
    monthly_usd: f64,
    prices_as_of: String,
    /// US dollars per month by what is billed.
    items: BTreeMap<String, f64>,
}

/// The estimate of a plan by pipec's own prices.
fn cost(plan: &Plan) -> Option<ManifestCost> {
    let cost = estimate(plan, Prices::BuiltIn);
    let prices_as_of = cost.prices_as_of.clone()?;
    Some(ManifestCost { monthly_usd: cost.monthly_usd, prices_as_of, items: cost.by_item() })
}

#[derive(Serialize)]
struct Entry<'a> {
    name: &'a str,
    /// Relative to the manifest.
    file: String,
    s3_key: &'a str,
    /// What has to be fetched before the file can be made.
    #[serde(skip_serializing_if = "Option::is_none")]
    connector: Option<String>,
}

/// The manifest's text.
pub(super) fn text(plan: &Plan) -> String {
    let manifest = Manifest {
        pipeline: &plan.name,
        environment_of: plan.environment_of.as_deref(),
        pipec: env!("CARGO_PKG_VERSION"),
        template: "template.yaml",
        artifacts: plan
            .artifacts
            .iter()
            .map(|artifact| Entry {
                name: artifact.name,
                file: format!("../{ARTIFACTS_DIR}/{}", artifact.s3_key),
                s3_key: &artifact.s3_key,
                connector: match &artifact.content {
                    Content::Flink { connector, .. } => Some(connector.to_string()),
                    _ => None,
                },
            })
            .collect(),
        cost: cost(plan),
    };
    let mut text = serde_json::to_string_pretty(&manifest).unwrap_or_default();
    text.push('\n');
    text
}
