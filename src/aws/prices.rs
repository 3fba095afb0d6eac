//! Prices, for estimates.
//!
//! Nothing here comes from a live price list: each entry says where its figure was
//! read, of when the figure is, and whether anything but memory supports it. Show the date with every estimate.
//! Only us-east-1 is filled in; every other region gives `None`, which means "unknown", not "free".
//! "GB" is [`limits::GIB`](super::limits::GIB) bytes, as on the bill. Free tiers are left out.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::instance_types::instance_type;
#[cfg(doc)]
use super::limits::billing;
use Item::*;

/// Something that AWS bills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
pub enum Item {
    /// An open shard of a provisioned stream.
    KinesisShardHour,
    /// PUT payload units of a provisioned stream, see [`billing::PUT_PAYLOAD_UNIT_BYTES`].
    KinesisPutUnitsMillion,
    /// An on-demand Standard stream.
    KinesisOnDemandStreamHour,
    /// Data written to an on-demand Standard stream, rounded by [`billing::ON_DEMAND_RECORD_BYTES`].
    KinesisOnDemandInGb,
    /// Data read from an on-demand Standard stream, not rounded.
    KinesisOnDemandOutGb,
    /// Retention over 24 hours and up to 7 days, provisioned: the same for each retention in that range.
    KinesisExtendedRetentionShardHour,
    /// Retention over 24 hours and up to 7 days, on demand.
    KinesisOnDemandExtendedRetentionGbMonth,
    /// Retention over 7 days.
    KinesisLongTermRetentionGbMonth,
    /// Data over 7 days old that is read again.
    KinesisLongTermReadGb,
    /// Enhanced fan-out on a provisioned stream, per consumer and shard.
    KinesisEfoConsumerShardHour,
    /// Data read by enhanced fan-out from a provisioned stream.
    KinesisEfoGb,
    /// Data read by enhanced fan-out from an on-demand Standard stream.
    KinesisOnDemandEfoGb,
    /// Data written under on-demand Advantage.
    KinesisAdvantageInGb,
    /// Data read under on-demand Advantage, enhanced fan-out too.
    KinesisAdvantageOutGb,
    /// Data that Firehose takes in for S3, rounded by [`billing::FIREHOSE_RECORD_BYTES`].
    FirehoseIngestGb,
    /// Data that Firehose reads from a stream for tables of Iceberg, not rounded.
    FirehoseIcebergGb,
    /// The same that is put into it.
    FirehoseIcebergDirectGb,
    /// Data that Firehose takes in for Snowflake, not rounded.
    FirehoseSnowflakeGb,
    /// Conversion to Parquet or ORC, of the rounded volume.
    FirehoseConversionGb,
    /// Dynamic partitioning, of the volume delivered.
    FirehosePartitioningGb,
    /// Objects written with dynamic partitioning.
    FirehosePartitioningObjectsThousand,
    /// Processing of jq expressions in dynamic partitioning.
    FirehosePartitioningJqHour,
    /// Delivery into a VPC, per Availability Zone.
    FirehoseVpcZoneHour,
    /// Data delivered into a VPC.
    FirehoseVpcGb,
    /// A KPU of managed Flink; each application has one more for orchestration.
    FlinkKpuHour,
    /// Running storage of managed Flink: 50 GB of each KPU but the one for orchestration. The developer guide ("How
    /// pricing works") bills them, with the line of the Cost and Usage Report; AWS's toolkit of 2026 calls them included.
    FlinkRunningStorageGbMonth,
    /// Snapshots of managed Flink.
    FlinkSnapshotGbMonth,
    /// Lambda invocations.
    LambdaRequestsMillion,
    /// Lambda duration times memory, x86_64.
    LambdaGbSecondX86,
    /// Lambda duration times memory, arm64.
    LambdaGbSecondArm,
    /// Lambda `/tmp` over 512 MB.
    LambdaEphemeralGbSecond,
    /// S3 Standard storage.
    S3StorageGbMonth,
    /// Storage of S3 Tables.
    S3TablesStorageGbMonth,
    /// S3 Standard PUT, COPY, POST and LIST requests.
    S3PutThousand,
    /// S3 Standard GET requests.
    S3GetThousand,
    /// An EBS gp3 volume with its included rate.
    EbsGp3GbMonth,
    /// A public IPv4 address, in use or not.
    PublicIpv4Hour,
    /// Data sent to the internet, after 100 GB per month free.
    TransferOutGb,
    /// Data sent between availability zones, for each direction.
    TransferBetweenZonesGb,
    /// A NAT gateway.
    NatGatewayHour,
    /// Data through a NAT gateway.
    NatGatewayGb,
    /// An interface endpoint in one availability zone.
    InterfaceEndpointHour,
    /// Data through an interface endpoint.
    InterfaceEndpointGb,
    /// Log events taken in by CloudWatch Logs, standard class.
    LogsIngestGb,
    /// Compressed log events kept by CloudWatch Logs.
    LogsStorageGbMonth,
    /// Logs that AWS services deliver to CloudWatch Logs, such as VPC flow logs.
    VendedLogsGb,
    /// An alarm, for each metric it watches.
    AlarmMonth,
    /// An alarm with a period below 60 seconds, for each metric it watches.
    AlarmHighResolutionMonth,
    /// A dashboard, after three free ones.
    DashboardMonth,
    /// A custom metric, up to 10,000 of them.
    CustomMetricMonth,
    /// A customer managed key.
    KmsKeyMonth,
    /// Calls on KMS keys.
    KmsCallsTenThousand,
    /// A secret in Secrets Manager.
    SecretMonth,
    /// Calls on Secrets Manager.
    SecretCallsTenThousand,
    /// Batches that an EventBridge pipe has read, each 64 KB of one.
    PipesRequestsMillion,
    /// Updates of metrics that a metric stream of CloudWatch sends.
    MetricStreamUpdatesThousand,
    /// Lines of CloudFront's real-time logs.
    CloudFrontRealTimeLinesMillion,
    /// Rules that messages trigger in IoT Core, each 5 KB of a message.
    IotRulesMillion,
    /// Actions of such rules, each 5 KB of a message.
    IotActionsMillion,
    /// Requests to a REST API.
    ApiGatewayRequestsMillion,
}

/// A step of a price that falls with the quantity of a month.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tier {
    /// Quantity up to which the step reaches, counted from zero; infinite in the last one.
    pub up_to: f64,
    /// US dollars a unit within the step.
    pub usd: f64,
}

/// A price with where it is from.
#[derive(Debug, Clone, PartialEq)]
pub struct Price {
    /// US dollars a unit; of the first step, if there are several.
    pub usd: f64,
    /// The unit.
    pub unit: &'static str,
    /// Month or day (ISO) of the source.
    pub as_of: Cow<'static, str>,
    /// Where the figure was read.
    pub source: &'static str,
    /// Whether a source other than memory supports the figure.
    pub sure: bool,
    /// The steps of a price that falls with the quantity; empty if it does not.
    pub tiers: Cow<'static, [Tier]>,
}

impl Price {
    /// US dollars for `quantity` units in one month.
    pub fn cost(&self, quantity: f64) -> f64 {
        if self.tiers.is_empty() {
            return self.usd * quantity;
        }
        let mut from = 0.0;
        let mut sum = 0.0;
        for tier in self.tiers.iter() {
            let within = quantity.min(tier.up_to) - from;
            if within <= 0.0 {
                break;
            }
            sum += within * tier.usd;
            from = tier.up_to;
        }
        sum
    }
}

/// The price of an item in a region, or `None` if it is not known there.
pub fn price(item: Item, region: &str) -> Option<Price> {
    PRICES
        .binary_search_by(|(i, r, _)| i.cmp(&item).then_with(|| (*r).cmp(region)))
        .ok()
        .map(|at| PRICES[at].2.clone())
}

/// The unit of an instance's price.
pub const INSTANCE_HOUR: &str = "instance-hour";

/// The unit in which an item is counted, in every region.
pub fn unit(item: Item) -> &'static str {
    PRICES.iter().find(|(priced, ..)| *priced == item).map_or("", |(.., price)| price.unit)
}

/// The price of an hour of an instance, Linux on demand with shared tenancy, or `None` if it is not
/// known. Within a family AWS's price is proportional to the size.
pub fn ec2_hour(name: &str, region: &str) -> Option<Price> {
    if region != EC2_REGION {
        return None;
    }
    let (family, size) = instance_type(name)?.name.split_once('.')?;
    let at = EC2_LARGE_HOUR.binary_search_by(|f| f.0.cmp(family)).ok()?;
    let (_, large, sure) = EC2_LARGE_HOUR[at];
    let listed = EC2_ROUNDED.iter().find(|(listed, _)| *listed == name);
    let usd = match listed {
        Some(&(_, usd)) => usd,
        None => large * size_factor(size)?,
    };
    let Source { text: source, as_of } = if sure { CODE_TABLES } else { MEMORY };
    Some(Price {
        usd,
        unit: INSTANCE_HOUR,
        as_of: Cow::Borrowed(as_of),
        source,
        sure,
        tiers: Cow::Borrowed(FLAT),
    })
}

/// How many times `large` a size is; nothing for a `metal` that does not name its size.
fn size_factor(size: &str) -> Option<f64> {
    let size = size.strip_prefix("metal-").unwrap_or(size);
    Some(match size {
        "nano" => 1.0 / 16.0,
        "micro" => 1.0 / 8.0,
        "small" => 1.0 / 4.0,
        "medium" => 1.0 / 2.0,
        "large" => 1.0,
        "xlarge" => 2.0,
        _ => {
            let times = size.strip_suffix("xlarge").or_else(|| size.strip_suffix("xl"))?;
            f64::from(times.parse::<u16>().ok()?) * 2.0
        }
    })
}

/// A source with its month.
#[derive(Clone, Copy)]
struct Source {
    text: &'static str,
    as_of: &'static str,
}

/// Test fixtures that infracost computed from AWS's price list.
const INFRACOST: Source = Source { text: "infracost test fixtures", as_of: "2024-07" };
/// Three independent articles on the launch of on-demand Advantage.
const THIRD_PARTY: Source = Source { text: "third-party articles", as_of: "2026-11" };
/// A public note of the price page for the tiers, infracost for their bounds.
const FIREHOSE: Source =
    Source { text: "undated note of the Firehose price page, tier bounds from infracost", as_of: "2024-07" };
/// AWS's own toolkit for agents, managed Flink pricing.
const TOOLKIT: Source = Source { text: "AWS agent toolkit, managed Flink pricing", as_of: "2026-08" };
/// The pricing example with its line of the bill.
const FLINK_GUIDE: Source =
    Source { text: "Managed Flink developer guide, pricing example", as_of: "2026-11" };
/// Tables in public code. The Price List API of 2026-10 is quoted for c7i, c8g and m8g; several
/// tables agree on most others. For r7g, c8g and m8g some tables have other figures; r7i, m5a and
/// gp3 were seen in one place only.
const CODE_TABLES: Source = Source { text: "price tables in public code", as_of: "2026-10" };
/// AWS's whitepaper on private APIs, section "Cost optimization".
const API_WHITEPAPER: Source =
    Source { text: "AWS whitepaper on private APIs, cost optimization", as_of: "2026-11" };
/// Estimates of cost in public repositories, of which at least three have the same figure and none another one for us-east-1.
const COST_NOTES: Source = Source { text: "estimates of cost in public repositories", as_of: "2026-11" };
/// General knowledge.
const MEMORY: Source = Source { text: "from memory", as_of: "2026-11" };

const FLAT: &[Tier] = &[];
const REST: f64 = f64::INFINITY;

/// First 500 TB, next 1.5 PB, and on (a price for 5 PB and more is by agreement).
const FIREHOSE_TIERS: &[Tier] = &[
    Tier { up_to: 512_000.0, usd: 0.029 },
    Tier { up_to: 2_048_000.0, usd: 0.025 },
    Tier { up_to: REST, usd: 0.020 },
];
/// First 6 and next 9 billion GB-seconds, and on. The first step is [`INFRACOST`], the others from
/// memory.
const LAMBDA_X86_TIERS: &[Tier] = &[
    Tier { up_to: 6e9, usd: 0.0000166667 },
    Tier { up_to: 15e9, usd: 0.000015 },
    Tier { up_to: REST, usd: 0.0000133334 },
];
/// First 7.5 and next 11.25 billion GB-seconds, and on. The first step is [`INFRACOST`], the others
/// from memory.
const LAMBDA_ARM_TIERS: &[Tier] = &[
    Tier { up_to: 7.5e9, usd: 0.0000133334 },
    Tier { up_to: 18.75e9, usd: 0.0000120001 },
    Tier { up_to: REST, usd: 0.0000106667 },
];
/// First 50 TB, next 450 TB, and on. The first step is [`INFRACOST`], the others from memory.
const S3_TIERS: &[Tier] = &[
    Tier { up_to: 51_200.0, usd: 0.023 },
    Tier { up_to: 512_000.0, usd: 0.022 },
    Tier { up_to: REST, usd: 0.021 },
];
/// First 333 million, next 667 million, next 19 billion, and on. [`API_WHITEPAPER`].
const API_TIERS: &[Tier] = &[
    Tier { up_to: 333.0, usd: 3.50 },
    Tier { up_to: 1_000.0, usd: 2.80 },
    Tier { up_to: 20_000.0, usd: 2.38 },
    Tier { up_to: REST, usd: 1.51 },
];
/// First 10 TB, next 20 TB, next 20 TB, and on. From memory.
const VENDED_TIERS: &[Tier] = &[
    Tier { up_to: 10_240.0, usd: 0.50 },
    Tier { up_to: 30_720.0, usd: 0.25 },
    Tier { up_to: 51_200.0, usd: 0.10 },
    Tier { up_to: REST, usd: 0.05 },
];

type Row = (Item, &'static str, Price);

/// A row for us-east-1.
const fn p(
    item: Item,
    unit: &'static str,
    usd: f64,
    Source { text: source, as_of }: Source,
    sure: bool,
    tiers: &'static [Tier],
) -> Row {
    let price = Price { usd, unit, as_of: Cow::Borrowed(as_of), source, sure, tiers: Cow::Borrowed(tiers) };
    (item, "us-east-1", price)
}

/// Sorted by item, then region.
#[rustfmt::skip]
static PRICES: &[Row] = &[
    p(KinesisShardHour, "shard-hour", 0.015, INFRACOST, true, FLAT),
    p(KinesisPutUnitsMillion, "million PUT payload units", 0.014, INFRACOST, true, FLAT),
    p(KinesisOnDemandStreamHour, "stream-hour", 0.04, INFRACOST, true, FLAT),
    p(KinesisOnDemandInGb, "GB", 0.08, INFRACOST, true, FLAT),
    p(KinesisOnDemandOutGb, "GB", 0.04, INFRACOST, true, FLAT),
    p(KinesisExtendedRetentionShardHour, "shard-hour", 0.020, INFRACOST, true, FLAT),
    p(KinesisOnDemandExtendedRetentionGbMonth, "GB-month", 0.10, INFRACOST, true, FLAT),
    p(KinesisLongTermRetentionGbMonth, "GB-month", 0.023, INFRACOST, true, FLAT),
    p(KinesisLongTermReadGb, "GB", 0.021, INFRACOST, true, FLAT),
    p(KinesisEfoConsumerShardHour, "consumer-shard-hour", 0.015, INFRACOST, true, FLAT),
    p(KinesisEfoGb, "GB", 0.013, INFRACOST, true, FLAT),
    p(KinesisOnDemandEfoGb, "GB", 0.05, INFRACOST, true, FLAT),
    p(KinesisAdvantageInGb, "GB", 0.032, THIRD_PARTY, true, FLAT),
    p(KinesisAdvantageOutGb, "GB", 0.016, THIRD_PARTY, true, FLAT),
    p(FirehoseIngestGb, "GB", 0.029, FIREHOSE, true, FIREHOSE_TIERS),
    p(FirehoseIcebergGb, "GB", 0.045, MEMORY, false, FLAT),
    p(FirehoseIcebergDirectGb, "GB", 0.075, MEMORY, false, FLAT),
    p(FirehoseSnowflakeGb, "GB", 0.071, MEMORY, false, FLAT),
    p(FirehoseConversionGb, "GB", 0.018, MEMORY, false, FLAT),
    p(FirehosePartitioningGb, "GB", 0.020, MEMORY, false, FLAT),
    p(FirehosePartitioningObjectsThousand, "thousand objects", 0.005, MEMORY, false, FLAT),
    p(FirehosePartitioningJqHour, "jq-hour", 0.07, MEMORY, false, FLAT),
    p(FirehoseVpcZoneHour, "zone-hour", 0.01, MEMORY, false, FLAT),
    p(FirehoseVpcGb, "GB", 0.01, MEMORY, false, FLAT),
    p(FlinkKpuHour, "KPU-hour", 0.11, TOOLKIT, true, FLAT),
    p(FlinkRunningStorageGbMonth, "GB-month", 0.10, FLINK_GUIDE, true, FLAT),
    p(FlinkSnapshotGbMonth, "GB-month", 0.023, TOOLKIT, true, FLAT),
    p(LambdaRequestsMillion, "million requests", 0.20, INFRACOST, true, FLAT),
    p(LambdaGbSecondX86, "GB-second", 0.0000166667, INFRACOST, true, LAMBDA_X86_TIERS),
    p(LambdaGbSecondArm, "GB-second", 0.0000133334, INFRACOST, true, LAMBDA_ARM_TIERS),
    p(LambdaEphemeralGbSecond, "GB-second", 0.0000000309, INFRACOST, true, FLAT),
    p(S3StorageGbMonth, "GB-month", 0.023, INFRACOST, true, S3_TIERS),
    p(S3TablesStorageGbMonth, "GB-month", 0.0265, MEMORY, false, FLAT),
    p(S3PutThousand, "thousand requests", 0.005, INFRACOST, true, FLAT),
    p(S3GetThousand, "thousand requests", 0.0004, INFRACOST, true, FLAT),
    p(EbsGp3GbMonth, "GB-month", 0.08, CODE_TABLES, true, FLAT),
    p(PublicIpv4Hour, "address-hour", 0.005, MEMORY, false, FLAT),
    p(TransferOutGb, "GB", 0.09, MEMORY, false, FLAT),
    p(TransferBetweenZonesGb, "GB", 0.01, MEMORY, false, FLAT),
    p(NatGatewayHour, "gateway-hour", 0.045, INFRACOST, true, FLAT),
    p(NatGatewayGb, "GB", 0.045, INFRACOST, true, FLAT),
    p(InterfaceEndpointHour, "endpoint-hour", 0.01, INFRACOST, true, FLAT),
    p(InterfaceEndpointGb, "GB", 0.01, INFRACOST, true, FLAT),
    p(LogsIngestGb, "GB", 0.50, INFRACOST, true, FLAT),
    p(LogsStorageGbMonth, "GB-month", 0.03, INFRACOST, true, FLAT),
    p(VendedLogsGb, "GB", 0.50, MEMORY, false, VENDED_TIERS),
    p(AlarmMonth, "metric-month", 0.10, INFRACOST, true, FLAT),
    p(AlarmHighResolutionMonth, "metric-month", 0.30, INFRACOST, true, FLAT),
    p(DashboardMonth, "dashboard-month", 3.00, INFRACOST, true, FLAT),
    p(CustomMetricMonth, "metric-month", 0.30, INFRACOST, true, FLAT),
    p(KmsKeyMonth, "key-month", 1.00, INFRACOST, true, FLAT),
    p(KmsCallsTenThousand, "ten thousand calls", 0.03, INFRACOST, true, FLAT),
    p(SecretMonth, "secret-month", 0.40, INFRACOST, true, FLAT),
    p(SecretCallsTenThousand, "ten thousand calls", 0.05, INFRACOST, true, FLAT),
    p(PipesRequestsMillion, "million requests", 0.40, CODE_TABLES, true, FLAT),
    p(MetricStreamUpdatesThousand, "thousand updates", 0.003, COST_NOTES, true, FLAT),
    p(CloudFrontRealTimeLinesMillion, "million lines", 0.01, COST_NOTES, true, FLAT),
    p(IotRulesMillion, "million rules", 0.15, COST_NOTES, true, FLAT),
    p(IotActionsMillion, "million actions", 0.15, COST_NOTES, true, FLAT),
    p(ApiGatewayRequestsMillion, "million requests", 3.50, API_WHITEPAPER, true, API_TIERS),
];

const EC2_REGION: &str = "us-east-1";

/// US dollars per hour of the size `large` (by proportion where there is none), and whether
/// [`CODE_TABLES`] has it; else it is from [`MEMORY`]. Sorted by family.
#[rustfmt::skip]
static EC2_LARGE_HOUR: &[(&str, f64, bool)] = &[
    ("c5", 0.085, true),
    ("c5a", 0.077, false),
    ("c5n", 0.108, false),
    ("c6a", 0.0765, true),
    ("c6g", 0.068, true),
    ("c6gn", 0.0864, false),
    ("c6i", 0.085, true),
    ("c6in", 0.1134, false),
    ("c7a", 0.10264, false),
    ("c7g", 0.0725, true),
    ("c7gn", 0.1248, false),
    ("c7i", 0.08925, true),
    ("c7i-flex", 0.08479, false),
    ("c8g", 0.07976, true),
    ("m5", 0.096, true),
    ("m5a", 0.086, true),
    ("m5n", 0.119, false),
    ("m6a", 0.0864, true),
    ("m6g", 0.077, true),
    ("m6i", 0.096, true),
    ("m6in", 0.13923, false),
    ("m7a", 0.11592, false),
    ("m7g", 0.0816, true),
    ("m7i", 0.1008, true),
    ("m7i-flex", 0.09576, false),
    ("m8g", 0.08976, true),
    ("r5", 0.126, true),
    ("r5a", 0.113, false),
    ("r5n", 0.149, false),
    ("r6a", 0.1134, false),
    ("r6g", 0.1008, true),
    ("r6i", 0.126, true),
    ("r7a", 0.15215, false),
    ("r7g", 0.1071, true),
    ("r7i", 0.1323, true),
    ("r8g", 0.11782, false),
    ("t2", 0.0928, true),
    ("t3", 0.0832, true),
    ("t3a", 0.0752, true),
    ("t4g", 0.0672, true),
];

/// Types whose list price is rounded away from the proportion.
static EC2_ROUNDED: &[(&str, f64)] = &[("c7g.medium", 0.0363), ("r7g.medium", 0.0536), ("t2.small", 0.023)];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::limits::GIB;
    use crate::aws::limits::billing::{
        FIREHOSE_RECORD_BYTES, HOURS_PER_MONTH, SECONDS_PER_MONTH, put_payload_units, rounded_up,
    };

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-9 * b.abs().max(1.0)
    }

    fn usd(item: Item, quantity: f64) -> f64 {
        price(item, "us-east-1").expect("a price").cost(quantity)
    }

    #[test]
    fn sorted_and_unique() {
        assert!(PRICES.is_sorted_by(|a, b| (a.0, a.1) < (b.0, b.1)));
        assert!(EC2_LARGE_HOUR.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn tiers_rise_and_start_with_the_price() {
        for (item, _, price) in PRICES {
            assert!(price.usd > 0.0, "{item:?}");
            let Some(last) = price.tiers.last() else { continue };
            assert!(near(price.tiers[0].usd, price.usd), "{item:?}");
            assert!(price.tiers.is_sorted_by(|a, b| a.up_to < b.up_to && a.usd > b.usd), "{item:?}");
            assert!(last.up_to.is_infinite(), "{item:?}");
        }
    }

    #[test]
    fn unknown_regions_have_no_price() {
        assert_eq!(price(KinesisShardHour, "eu-west-1"), None);
        assert_eq!(ec2_hour("t3.micro", "eu-west-1"), None);
    }

    #[test]
    fn a_thousand_small_records_a_second() {
        let records = 1_000 * SECONDS_PER_MONTH;
        let millions = (records * put_payload_units(1_024)) as f64 / 1e6;
        assert!((usd(KinesisPutUnitsMillion, millions) - 36.79).abs() < 0.01);
        let billed = (records * rounded_up(1_024, FIREHOSE_RECORD_BYTES)) as f64 / GIB as f64;
        assert!((usd(FirehoseIngestGb, billed) - 363.4).abs() < 0.05);
        assert!(near(usd(FlinkKpuHour, (3 * HOURS_PER_MONTH) as f64), 240.90));
    }

    #[test]
    fn tiers_are_summed_step_by_step() {
        let expected = 512_000.0 * 0.029 + 1_536_000.0 * 0.025 + 1_000.0 * 0.020;
        assert!(near(usd(FirehoseIngestGb, 2_049_000.0), expected));
        assert!(near(usd(FirehoseIngestGb, 512_000.0), 512_000.0 * 0.029));
        assert!(near(usd(FirehoseIngestGb, 0.0), 0.0));
    }

    #[test]
    fn instances() {
        let hour = |name| ec2_hour(name, "us-east-1").map(|p| p.usd);
        let listed = [
            ("t3.nano", 0.0052),
            ("t3.micro", 0.0104),
            ("t3.small", 0.0208),
            ("t4g.nano", 0.0042),
            ("t4g.small", 0.0168),
            ("t2.small", 0.023),
            ("m7g.16xlarge", 2.6112),
            ("m8g.4xlarge", 0.71808),
            ("c5.18xlarge", 3.06),
            ("c7g.medium", 0.0363),
            ("m7i.metal-24xl", 4.8384),
        ];
        for (name, expected) in listed {
            assert!(near(hour(name).expect(name), expected), "{name}");
        }
        assert_eq!(hour("t3.900xlarge"), None);
        assert_eq!(hour("c5.metal"), None);
        assert!(!ec2_hour("c7gn.medium", "us-east-1").expect("c7gn.medium").sure);
    }
}
