//! What pipec fetches, and only when asked: the Flink connector from a Maven repository, and AWS's price list.

use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use sha1::{Digest as _, Sha1};

use super::output::{note, shown, write};
use pipec_compiler::artifacts::connector::Jar;
use pipec_compiler::aws::flink::Maven;
use pipec_compiler::hex::hex;
use pipec_compiler::price_list::{self, Offer};

/// Maven Central.
pub(super) const MAVEN_CENTRAL: &str = "https://repo1.maven.org/maven2";
/// The published connectors have about 20 MB.
const JAR_BYTES_MAX: u64 = 256 << 20;
const TIMEOUT: Duration = Duration::from_secs(300);

/// Fetches a connector, verifies it against the digest that is known, or else the one that the repository publishes
/// beside it (SHA-256, or SHA-1), and keeps it in the cache. Without a digest it is refused.
pub(super) fn connector(
    repository: &str,
    connector: &Maven,
    known: Option<&str>,
    cache: Option<&Path>,
) -> Result<Jar, String> {
    let url = format!("{}/{}", repository.trim_end_matches('/'), connector.path());
    note(&format!("fetching {connector}"));
    let refused = |problem: &str| format!("{url}: {problem}");
    let agent: ureq::Agent = ureq::Agent::config_builder().timeout_global(Some(TIMEOUT)).build().into();
    let get = |url: &str| {
        let mut response = agent.get(url).call().map_err(|error| error.to_string())?;
        response
            .body_mut()
            .with_config()
            .limit(JAR_BYTES_MAX)
            .read_to_vec()
            .map_err(|error| error.to_string())
    };
    let jar = Jar::new(get(&url).map_err(|problem| refused(&problem))?).map_err(refused)?;
    let published = |kind: &str| {
        let digest = get(&format!("{url}.{kind}"))?;
        let digest =
            String::from_utf8_lossy(&digest).split_whitespace().next().unwrap_or_default().to_lowercase();
        Ok::<_, String>(digest)
    };
    let (kind, came, wanted, whose) = if let Some(known) = known {
        ("SHA-256", jar.sha256.clone(), known.to_owned(), "expected")
    } else if let Ok(sha256) = published("sha256") {
        ("SHA-256", jar.sha256.clone(), sha256, "published")
    } else {
        // What Maven Central publishes of every file. Nobody can make another file with a given SHA-1.
        let sha1 = published("sha1").map_err(|problem| {
            refused(&format!(
                "the repository publishes no digest of it ({problem}), so it is not used; compare it with a \
                 source that you trust, and name its digest with `--connector-sha256 HEX`, or the jar with \
                 `--connector-jar FILE` (the SHA-256 of what came is {})",
                jar.sha256
            ))
        })?;
        let came = hex(Sha1::digest(&jar.bytes));
        ("SHA-1", came, sha1, "published")
    };
    if wanted != came {
        return Err(refused(&format!("its {kind} is {came}, and {wanted} is {whose}")));
    }
    if let Some(cache) = cache {
        let path = cache.join(connector.jar());
        write(&path, &jar.bytes).map_err(|_| refused("it cannot be stored"))?;
        note(&format!("stored it as {}", shown(&path)));
    }
    Ok(jar)
}

/// A service's index of regions is several kilobytes in size.
const INDEX_BYTES_MAX: u64 = 4 << 20;
/// The file of EC2 is several hundred megabytes in size.
const OFFER_BYTES_MAX: u64 = 4 << 30;
const OFFER_TIMEOUT: Duration = Duration::from_secs(1_800);

/// The regions of a service, and where their prices are.
#[derive(Deserialize)]
struct RegionIndex {
    regions: std::collections::BTreeMap<String, RegionEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RegionEntry {
    current_version_url: String,
}

/// Fetches the prices of a service in a region from AWS's price list; `None` where the service is not in the region.
pub(super) fn offer(list: &str, name: &str, region: &str) -> Result<Option<Offer>, String> {
    let list = list.trim_end_matches('/');
    let agent: ureq::Agent = ureq::Agent::config_builder().timeout_global(Some(OFFER_TIMEOUT)).build().into();
    let url = format!("{list}/offers/v1.0/aws/{name}/current/region_index.json");
    let refused = |url: &str, problem: &dyn std::fmt::Display| format!("{url}: {problem}");
    let mut response = agent.get(&url).call().map_err(|error| refused(&url, &error))?;
    let index = response.body_mut().with_config().limit(INDEX_BYTES_MAX).read_to_vec();
    let index = index.map_err(|error| refused(&url, &error))?;
    let index: RegionIndex = serde_json::from_slice(&index)
        .map_err(|error| refused(&url, &format!("it is not an index of regions: {error}")))?;
    let Some(entry) = index.regions.get(region) else { return Ok(None) };
    // A path below the price list, whatever the index says.
    let path = entry.current_version_url.strip_suffix(".json").filter(|path| path.starts_with("/offers/"));
    let Some(path) = path else {
        return Err(refused(&url, &format!("`{}` is not a path of the list", entry.current_version_url)));
    };
    let url = format!("{list}{path}.csv");
    let mut response = agent.get(&url).call().map_err(|error| refused(&url, &error))?;
    let file = response.body_mut().with_config().limit(OFFER_BYTES_MAX).reader();
    price_list::read(name, region, file).map(Some).map_err(|problem| refused(&url, &problem))
}
