//! `pipec prices`

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Args;

use super::connectors::cache;
use super::output::{Exit, any_errors, counted, note, print, report, shown, tally, write};
use super::{PipelineArgs, fetch};
use pipec_compiler::aws::offers::{EC2, PRICE_LIST};
use pipec_compiler::diagnostics::{Format, Severity};
use pipec_compiler::plan::cost::{Cost, estimate};
use pipec_compiler::price_list::{PriceList, Prices, file_name};
use pipec_compiler::world::{Disk, World as _};

/// Fetch AWS's price list for a pipeline's region, for `pipec plan`
///
/// Fetches the public files of the services that the pipeline is billed for, without credentials, and keeps their prices
/// in pipec's cache. `pipec plan` then estimates with them. The file of EC2, which a pipeline with a producer needs,
/// is several hundred megabytes in size.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pipec prices pipeline.yaml\n  pipec prices --env prod pipeline.yaml && pipec plan --env prod pipeline.yaml"
)]
pub(super) struct PricesVerb {
    #[command(flatten)]
    pipeline: PipelineArgs,
    /// Base address of the price list
    #[arg(long, value_name = "URL", env = "PIPEC_PRICE_LIST", default_value = PRICE_LIST)]
    price_list: String,
}

impl PricesVerb {
    pub(super) fn run(self) -> Result<(), Exit> {
        let programs = self.pipeline.runtime.programs()?;
        let compilation = pipec_compiler::compile(
            &Disk,
            &programs,
            &self.pipeline.spec,
            self.pipeline.env.as_deref().into(),
        );
        let pipec_compiler::Compilation { sources, mut diagnostics, pipelines, .. } = compilation;
        diagnostics.retain(|one| one.severity == Severity::Error);
        let found = [(sources, diagnostics)];
        report(&found, Format::Text)?;
        let Some(stack) = pipelines.into_iter().next().filter(|_| !any_errors(&found)) else {
            note(&format!("no prices: {}", tally(&found)));
            return Err(Exit::Spec);
        };
        let region = &stack.plan.region;
        let file = path(region).ok_or_else(|| Exit::usage("there is no home folder to store prices in"))?;
        let mut list =
            read(region).unwrap_or_else(|| PriceList { region: region.clone(), offers: BTreeMap::new() });
        let offers: BTreeSet<&str> = stack.cost.lines.iter().filter_map(|line| line.offer).collect();
        let mut offers: Vec<&str> = offers.into_iter().collect();
        // The largest file comes last: where it fails, the others are there.
        offers.sort_by_key(|name| *name == EC2);
        for name in offers {
            note(&format!("fetching {name} in {region}"));
            match fetch::offer(&self.price_list, name, region).map_err(|problem| Exit::usage(&problem))? {
                Some(offer) => {
                    list.offers.insert(name.to_owned(), offer);
                    // A later file may fail; what was fetched is kept.
                    keep(&file, &list)?;
                }
                None => note(&format!("warning: the price list has no {name} in {region}")),
            }
        }
        keep(&file, &list)?;
        note(&format!("kept them as {}", shown(&file)));
        print(&summary(&estimate(&stack.plan, Prices::Listed(&list))))
    }
}

/// Writes the prices into the cache.
fn keep(file: &Path, list: &PriceList) -> Result<(), Exit> {
    let mut text = serde_json::to_string_pretty(list).unwrap_or_default();
    text.push('\n');
    write(file, text.as_bytes()).map(drop)
}

/// What the prices come to.
fn summary(cost: &Cost) -> String {
    let unknown: Vec<&str> =
        cost.lines.iter().filter(|line| line.monthly_usd.is_none()).map(|line| line.item.as_str()).collect();
    let priced = cost.lines.len() - unknown.len();
    let mut text = format!(
        "{}: {} of {}, as of {}\n",
        cost.region,
        counted(priced, "price", "prices").unwrap_or_else(|| "no price".into()),
        cost.lines.len(),
        cost.prices_as_of.as_deref().unwrap_or("no date"),
    );
    for item in unknown {
        text.push_str(&format!("unknown: {item}\n"));
    }
    text
}

fn path(region: &str) -> Option<PathBuf> {
    Some(cache()?.join(file_name(region)))
}

/// The prices of a region that were fetched before, where they can be read.
pub(super) fn read(region: &str) -> Option<PriceList> {
    let path = path(region)?;
    let bytes = Disk.read(&path).ok()?;
    match serde_json::from_slice::<PriceList>(&bytes) {
        Ok(list) if list.region == region => Some(list),
        _ => {
            note(&format!("warning: {} has no prices of {region} and is left out", shown(&path)));
            None
        }
    }
}
