//! AWS's public price list, as far as an estimate needs it: read from the files of its services, kept as one small file
//! for each region.

mod offer;

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::aws::offers::{self, Listed};
use crate::aws::prices::{self, INSTANCE_HOUR, Item, Price, Tier};

pub use offer::read;

/// Where the prices of an estimate come from.
#[derive(Clone, Copy, Debug)]
pub enum Prices<'a> {
    /// Those that pipec carries, of one region.
    BuiltIn,
    /// Those of AWS's price list, of its region.
    Listed(&'a PriceList),
}

impl Prices<'_> {
    /// The price of an item in a region, `None` where it is unknown.
    pub fn price(self, item: Item, region: &str) -> Option<Price> {
        match self {
            Self::BuiltIn => prices::price(item, region),
            Self::Listed(list) => (list.region == region).then(|| list.price(item))?,
        }
    }

    /// The price of an hour of an instance, `None` where it is unknown.
    pub fn ec2_hour(self, name: &str, region: &str) -> Option<Price> {
        match self {
            Self::BuiltIn => prices::ec2_hour(name, region),
            Self::Listed(list) => (list.region == region).then(|| list.ec2_hour(name))?,
        }
    }
}

/// The prices of a region.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct PriceList {
    /// The region.
    pub region: String,
    /// The services, by the names of their offers.
    pub offers: BTreeMap<String, Offer>,
}

/// The prices of a service.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct Offer {
    /// Day of publication (ISO).
    pub published: String,
    /// The steps of each price, by rising quantity, in units of the item.
    pub prices: BTreeMap<Item, Vec<Step>>,
    /// US dollars for an hour of an instance, Linux on demand with shared tenancy.
    pub instances: BTreeMap<String, f64>,
}

/// A step of a price that falls with the quantity of a month.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
pub struct Step {
    /// Where it begins.
    pub from: f64,
    /// Where it ends; `None` for the last one.
    pub up_to: Option<f64>,
    /// US dollars a unit.
    pub usd: f64,
}

/// The source that a price names.
const SOURCE: &str = "AWS price list";

impl PriceList {
    fn price(&self, item: Item) -> Option<Price> {
        let Listed { offer, .. } = offers::listing(item)?;
        let offer = self.offers.get(*offer)?;
        let steps = offer.prices.get(&item)?;
        let tiers: Vec<Tier> = steps
            .iter()
            .map(|step| Tier { up_to: step.up_to.unwrap_or(f64::INFINITY), usd: step.usd })
            .collect();
        Some(Price {
            usd: tiers.first()?.usd,
            unit: prices::unit(item),
            as_of: Cow::Owned(offer.published.clone()),
            source: SOURCE,
            sure: true,
            tiers: if tiers.len() > 1 { Cow::Owned(tiers) } else { Cow::Borrowed(&[]) },
        })
    }

    fn ec2_hour(&self, name: &str) -> Option<Price> {
        let offer = self.offers.get(offers::EC2)?;
        Some(Price {
            usd: *offer.instances.get(name)?,
            unit: INSTANCE_HOUR,
            as_of: Cow::Owned(offer.published.clone()),
            source: SOURCE,
            sure: true,
            tiers: Cow::Borrowed(&[]),
        })
    }
}

/// The name of the file that keeps a region's prices.
pub fn file_name(region: &str) -> String {
    format!("prices-{region}.json")
}
