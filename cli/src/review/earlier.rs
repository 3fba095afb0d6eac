//! A build that `pipec build` has written: the folder of one pipeline.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::template::Template;
use pipec_compiler::plan::cost::Cost;
use pipec_compiler::world::World;

/// A pipeline's build, earlier or present.
#[derive(Clone, Debug, PartialEq)]
pub struct EarlierBuild {
    /// The template.
    pub template: Template,
    /// US dollars per month by pipec's own prices of its version; `None` without an estimate.
    pub monthly_usd: Option<f64>,
    /// The same by what is billed.
    pub costs: BTreeMap<String, f64>,
}

/// What is read of a manifest.
#[derive(Deserialize)]
struct Manifest {
    cost: Option<ManifestCost>,
}

#[derive(Deserialize)]
struct ManifestCost {
    monthly_usd: f64,
    #[serde(default)]
    items: BTreeMap<String, f64>,
}

impl EarlierBuild {
    /// Reads the build of a pipeline below the folder that `pipec build --out` wrote; `None` where it has none.
    ///
    /// # Errors
    /// What cannot be read, in one sentence with its path.
    pub fn read(world: &dyn World, folder: &Path, pipeline: &str) -> Result<Option<Self>, String> {
        let path = folder.join(pipeline).join("template.yaml");
        let text = |path: &Path| match world.read(path) {
            Ok(bytes) => {
                String::from_utf8(bytes).map(Some).map_err(|_| format!("{} is not text", path.display()))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!("{} cannot be read: {error}", path.display())),
        };
        let Some(template) = text(&path)? else { return Ok(None) };
        let template = Template::read(&template)
            .map_err(|problem| format!("{} is not a template: {problem}", path.display()))?;
        let path = folder.join(pipeline).join("manifest.json");
        let cost = match text(&path)? {
            None => None,
            Some(text) => {
                let manifest: Result<Manifest, _> = serde_json::from_str(&text);
                manifest.map_err(|error| format!("{} is not a manifest: {error}", path.display()))?.cost
            }
        };
        let (monthly_usd, costs) = match cost {
            None => (None, BTreeMap::new()),
            Some(cost) => (Some(cost.monthly_usd), cost.items),
        };
        Ok(Some(Self { template, monthly_usd, costs }))
    }

    /// The present build. The cost has to be that of pipec's own prices.
    ///
    /// # Errors
    /// What makes the text no template, in one sentence.
    pub fn present(template: &str, cost: &Cost) -> Result<Self, String> {
        Ok(Self {
            template: Template::read(template)?,
            monthly_usd: cost.prices_as_of.is_some().then_some(cost.monthly_usd),
            costs: cost.by_item(),
        })
    }
}
