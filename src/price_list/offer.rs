//! A service's file of the price list, in CSV: a few lines about the file, a line of column names, a line for each price.
//! AWS Billing user guide, "Reading the service price list file", 2026-11.

use std::io::Read;

use csv::{ReaderBuilder, StringRecord};

use super::{Offer, Step};
use crate::aws::offers::{EC2, LISTED, Listed};

/// The columns that a price is found by.
struct Columns {
    term: usize,
    currency: usize,
    price: usize,
    starts: usize,
    ends: usize,
    usage_type: usize,
    region: Option<usize>,
    instance: Option<Instance>,
}

/// The columns that tell instances apart.
struct Instance {
    name: usize,
    tenancy: usize,
    system: usize,
    software: usize,
    capacity: usize,
}

impl Columns {
    fn find(names: &StringRecord) -> Option<Self> {
        // AWS spells them `usageType`, `Region Code`, `Pre Installed S/W`.
        let plain = |name: &str| -> String {
            name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
        };
        let at = |wanted: &str| names.iter().position(|name| plain(name) == wanted);
        let instance = || {
            Some(Instance {
                name: at("instancetype")?,
                tenancy: at("tenancy")?,
                system: at("operatingsystem")?,
                software: at("preinstalledsw")?,
                capacity: at("capacitystatus")?,
            })
        };
        Some(Self {
            term: at("termtype")?,
            currency: at("currency")?,
            price: at("priceperunit")?,
            starts: at("startingrange")?,
            ends: at("endingrange")?,
            usage_type: at("usagetype")?,
            region: at("regioncode"),
            instance: instance(),
        })
    }
}

/// Reads the prices of a region from a service's file. The file is read line by line, since that of EC2 is several
/// hundred megabytes in size.
///
/// # Errors
/// What is wrong with the file, in words.
pub fn read(name: &str, region: &str, file: impl Read) -> Result<Offer, String> {
    let mut lines = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file);
    let (mut offer, mut columns) = (Offer::default(), None);
    let mut line = StringRecord::new();
    while lines.read_record(&mut line).map_err(|error| format!("it is not CSV: {error}"))? {
        match (&columns, line.get(0)) {
            (None, Some("Publication Date")) => {
                let date = line.get(1).unwrap_or_default();
                offer.published = date.get(..10).unwrap_or(date).to_owned();
            }
            (None, Some("SKU")) => {
                columns = Some(Columns::find(&line).ok_or("it lacks a column that a price is found by")?);
            }
            (None, _) => {}
            (Some(columns), _) => take(&mut offer, name, region, columns, &line),
        }
    }
    if columns.is_none() {
        return Err("it has no line of column names".into());
    }
    for steps in offer.prices.values_mut() {
        steps.sort_by(|a, b| a.from.total_cmp(&b.from).then(b.usd.total_cmp(&a.usd)));
        // Where two lines contradict, the dearer one counts.
        steps.dedup_by(|later, first| later.from == first.from);
    }
    Ok(offer)
}

fn take(offer: &mut Offer, name: &str, region: &str, columns: &Columns, line: &StringRecord) {
    let field = |at: usize| line.get(at).unwrap_or_default();
    let elsewhere = columns.region.is_some_and(|at| !field(at).is_empty() && field(at) != region);
    let usd = field(columns.price).parse::<f64>().ok().filter(|usd| usd.is_finite() && *usd >= 0.0);
    let (Some(usd), false, "OnDemand", "USD") =
        (usd, elsewhere, field(columns.term), field(columns.currency))
    else {
        return;
    };
    if name == EC2
        && let Some(instance) = &columns.instance
        && is_plain(instance, &field)
    {
        let hour = offer.instances.entry(field(instance.name).to_owned()).or_insert(usd);
        *hour = hour.max(usd);
        return;
    }
    let usage_type = field(columns.usage_type);
    let matches = |listed: &&Listed| listed.offer == name && is_usage(usage_type, listed.usage_type, region);
    let Some(listed) = LISTED.iter().find(matches) else { return };
    let Ok(from) = field(columns.starts).parse::<f64>() else { return };
    let step = Step {
        from: from / listed.per,
        up_to: field(columns.ends)
            .parse::<f64>()
            .ok()
            .filter(|end| end.is_finite())
            .map(|end| end / listed.per),
        usd: usd * listed.per,
    };
    offer.prices.entry(listed.item).or_default().push(step);
}

/// An instance with shared tenancy and Linux, without other software or a capacity reservation.
fn is_plain<'a>(columns: &Instance, field: &impl Fn(usize) -> &'a str) -> bool {
    !field(columns.name).is_empty()
        && field(columns.tenancy) == "Shared"
        && field(columns.system) == "Linux"
        && field(columns.software) == "NA"
        && field(columns.capacity) == "Used"
}

/// Whether a usage type is the wanted one, with or without the region in front.
fn is_usage(usage_type: &str, wanted: &str, region: &str) -> bool {
    let Some(before) = usage_type.strip_suffix(wanted) else { return false };
    let Some(code) = before.strip_suffix('-') else { return before.is_empty() };
    code == region || code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::prices::Item;
    use crate::price_list::{PriceList, Prices};

    const ABOUT: &str = "\"FormatVersion\",\"v1.0\"\n\"Disclaimer\",\"For information, only.\"\n\
        \"Publication Date\",\"2026-11-20T18:32:21Z\"\n\"Version\",\"20261120183221\"\n\"OfferCode\",\"X\"\n";
    const COLUMNS: &str = "\"SKU\",\"OfferTermCode\",\"TermType\",\"StartingRange\",\"EndingRange\",\"Unit\",\
        \"PricePerUnit\",\"Currency\",\"Instance Type\",\"Tenancy\",\"Operating System\",\"usageType\",\
        \"Pre Installed S/W\",\"CapacityStatus\",\"Region Code\"\n";

    fn offer(name: &str, lines: &[&str]) -> Offer {
        let text = format!("{ABOUT}{COLUMNS}{}\n", lines.join("\n"));
        read(name, "eu-west-1", text.as_bytes()).expect("a file")
    }

    fn list(name: &str, lines: &[&str]) -> PriceList {
        PriceList { region: "eu-west-1".into(), offers: [(name.to_owned(), offer(name, lines))].into() }
    }

    #[test]
    fn a_price_in_millions_of_units_and_one_of_another_mode() {
        let list = list(
            "AmazonKinesis",
            &[
                "a,t,OnDemand,0,Inf,PutRequest,0.0000000154,USD,,,,EU-PutRequestPayloadUnits,,,eu-west-1",
                "b,t,OnDemand,0,Inf,ShardHour,0.017,USD,,,,EU-Storage-ShardHour,,,eu-west-1",
                "c,t,OnDemand,0,Inf,GB-Mo,0.5,USD,,,,EU-OnDemand-LongTermRetention-ByteHrs,,,eu-west-1",
                "d,t,OnDemand,0,Inf,ShardHour,9,USD,,,,EUC1-Storage-ShardHour,,,eu-central-1",
            ],
        );
        let price = |item| Prices::Listed(&list).price(item, "eu-west-1");
        let units = price(Item::KinesisPutUnitsMillion).expect("a price");
        assert!((units.usd - 0.0154).abs() < 1e-12 && units.as_of == "2026-11-20" && units.sure);
        assert_eq!(price(Item::KinesisShardHour).map(|price| price.usd), Some(0.017));
        // The usage type of on-demand streams ends in the same words.
        assert_eq!(price(Item::KinesisLongTermRetentionGbMonth), None);
        assert_eq!(Prices::Listed(&list).price(Item::KinesisShardHour, "eu-central-1"), None);
    }

    #[test]
    fn steps_are_put_in_order() {
        let list = list(
            "AmazonKinesisFirehose",
            &[
                "b,t,OnDemand,512000,2048000,GB,0.0273,USD,,,,EU-BilledBytes,,,eu-west-1",
                "a,t,OnDemand,0,512000,GB,0.031,USD,,,,EU-BilledBytes,,,eu-west-1",
                "c,t,OnDemand,2048000,Inf,GB,0.0215,USD,,,,EU-BilledBytes,,,eu-west-1",
                "d,t,OnDemand,0,Inf,GB,0.06,USD,,,,EU-IcebergTablesBilledBytes,,,eu-west-1",
            ],
        );
        let price = Prices::Listed(&list).price(Item::FirehoseIngestGb, "eu-west-1").expect("a price");
        assert_eq!(price.usd, 0.031);
        let expected = 512_000.0 * 0.031 + 1_000.0 * 0.0273;
        assert!((price.cost(513_000.0) - expected).abs() < 1e-6);
    }

    #[test]
    fn plain_instances_only() {
        let list = list(
            EC2,
            &[
                "a,t,OnDemand,0,Inf,Hrs,0.0114,USD,t3.micro,Shared,Linux,EU-BoxUsage:t3.micro,NA,Used,eu-west-1",
                "b,t,OnDemand,0,Inf,Hrs,0.0206,USD,t3.micro,Shared,Windows,EU-BoxUsage:t3.micro,NA,Used,eu-west-1",
                "c,t,OnDemand,0,Inf,Hrs,0.5,USD,t3.micro,Shared,Linux,EU-BoxUsage:t3.micro,SQL Web,Used,eu-west-1",
                "d,t,OnDemand,0,Inf,Hrs,0.0,USD,t3.micro,Shared,Linux,EU-Reservation:t3.micro,NA,AllocatedCapacityReservation,eu-west-1",
                "e,t,Reserved,0,Inf,Hrs,0.007,USD,t3.micro,Shared,Linux,EU-BoxUsage:t3.micro,NA,Used,eu-west-1",
                "f,t,OnDemand,0,Inf,GB-Mo,0.088,USD,,,,EU-EBS:VolumeUsage.gp3,,,eu-west-1",
            ],
        );
        let prices = Prices::Listed(&list);
        assert_eq!(prices.ec2_hour("t3.micro", "eu-west-1").map(|price| price.usd), Some(0.0114));
        assert_eq!(prices.ec2_hour("t3.nano", "eu-west-1"), None);
        assert_eq!(prices.price(Item::EbsGp3GbMonth, "eu-west-1").map(|price| price.usd), Some(0.088));
    }

    #[test]
    fn other_files_are_refused() {
        let error = |text: &str| read("AmazonS3", "eu-west-1", text.as_bytes()).expect_err("an error");
        assert!(error("<html>\n").contains("no line of column names"));
        assert!(error("SKU,Price\n").contains("lacks a column"));
        assert!(error(ABOUT).contains("no line of column names"));
    }

    #[test]
    fn every_item_of_the_built_in_table_that_is_listed_has_a_unit() {
        for listed in LISTED {
            assert!(!crate::aws::prices::unit(listed.item).is_empty(), "{listed:?}");
        }
    }
}
