//! AWS regions, and the quotas that differ between them.
//!
//! Source of the list: botocore 1.44.5, `partitions.json`, 2026-11. A region that is missing here
//! may have opened since.

use super::limits::firehose::{DIRECT_PUT_LARGE, DIRECT_PUT_SMALL, DirectPutQuota};
use super::limits::{GIB, MIB};

/// A group of regions with accounts and endpoints of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Partition {
    /// The commercial regions.
    Aws,
    /// The regions in China.
    China,
    /// The regions for US government customers.
    GovCloud,
    /// The European Sovereign Cloud.
    EuSovereign,
}

impl Partition {
    /// The second field of an ARN, which a template gets from `AWS::Partition`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::China => "aws-cn",
            Self::GovCloud => "aws-us-gov",
            Self::EuSovereign => "aws-eusc",
        }
    }

    /// The domain of its endpoints, which a template gets from `AWS::URLSuffix`.
    pub const fn url_suffix(self) -> &'static str {
        match self {
            Self::Aws | Self::GovCloud => "amazonaws.com",
            Self::China => "amazonaws.com.cn",
            Self::EuSovereign => "amazonaws.eu",
        }
    }

    /// The service principal of EC2. The others end in `amazonaws.com` everywhere; in China, EC2 has a name of its own (IAM
    /// user guide, "AWS service principals", 2026-11). It does not follow the domain of the endpoints: in the European
    /// Sovereign Cloud, IAM refuses `ec2.amazonaws.eu` as an invalid principal (public Terraform configurations, 2026-11).
    pub const fn ec2_principal(self) -> &'static str {
        match self {
            Self::Aws | Self::GovCloud | Self::EuSovereign => "ec2.amazonaws.com",
            Self::China => "ec2.amazonaws.com.cn",
        }
    }
}

/// A region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// Name, such as `eu-west-1`.
    pub name: &'static str,
    /// Where it is.
    pub place: &'static str,
    /// The partition it belongs to.
    pub partition: Partition,
    /// Whether the endpoint table of botocore 1.44.5 knows Kinesis, Firehose and managed Flink
    /// there. `false` stands for "not yet known", not for "not offered".
    pub services_known: bool,
}

/// Quotas of one region by default; all can be raised on request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegionQuotas {
    /// Shards of all provisioned streams of an account. Kinesis quota page, 2026-11.
    pub shards: u64,
    /// Whether [`RegionQuotas::shards`] is exact; if not, the page names two figures without
    /// saying which region has which, and this is the lower.
    pub shards_exact: bool,
    /// Bytes per second to which an on-demand stream grows for writing. Kinesis quota page,
    /// 2026-11, which counts in GB and MB.
    pub on_demand_write_bytes_per_s: u64,
    /// Bytes per second to which an on-demand stream grows for reading. Same page.
    pub on_demand_read_bytes_per_s: u64,
    /// Intake of a Direct PUT delivery stream. Firehose quota page, 2023.
    pub direct_put: DirectPutQuota,
}

/// Shards per account in us-east-1, us-west-2 and eu-west-1. Kinesis quota page, 2026-11.
pub const SHARD_QUOTA_LARGE: u64 = 20_000;
/// Shards per account in the other regions, the lower of the two figures (1,000 or 6,000) that the
/// Kinesis quota page of 2026-11 gives without a list; pages before 2025 said 200.
pub const SHARD_QUOTA_OTHER_LOW: u64 = 1_000;

/// The quotas of the three large regions.
pub const QUOTAS_LARGE: RegionQuotas = RegionQuotas {
    shards: SHARD_QUOTA_LARGE,
    shards_exact: true,
    on_demand_write_bytes_per_s: 10 * GIB,
    on_demand_read_bytes_per_s: 20 * GIB,
    direct_put: DIRECT_PUT_LARGE,
};

/// The quotas of every other region, known or not.
pub const QUOTAS_OTHER: RegionQuotas = RegionQuotas {
    shards: SHARD_QUOTA_OTHER_LOW,
    shards_exact: false,
    on_demand_write_bytes_per_s: 200 * MIB,
    on_demand_read_bytes_per_s: 400 * MIB,
    direct_put: DIRECT_PUT_SMALL,
};

/// The regions with the higher quotas, sorted. Kinesis and Firehose quota pages.
const LARGE: [&str; 3] = ["eu-west-1", "us-east-1", "us-west-2"];

/// The default quotas of the region of that name; an unknown name has those of a smaller region.
pub fn quotas(name: &str) -> &'static RegionQuotas {
    if LARGE.binary_search(&name).is_ok() { &QUOTAS_LARGE } else { &QUOTAS_OTHER }
}

/// The region of that name.
pub fn region(name: &str) -> Option<&'static Region> {
    REGIONS.binary_search_by(|r| r.name.cmp(name)).ok().map(|at| &REGIONS[at])
}

/// All regions, sorted by name.
pub fn all() -> &'static [Region] {
    REGIONS
}

/// The names of all regions, sorted.
pub fn names() -> impl Iterator<Item = &'static str> {
    REGIONS.iter().map(|r| r.name)
}

impl Region {
    /// The default quotas of this region.
    pub fn quotas(&self) -> &'static RegionQuotas {
        quotas(self.name)
    }
}

const fn aws(name: &'static str, place: &'static str) -> Region {
    Region { name, place, partition: Partition::Aws, services_known: true }
}

const fn new(name: &'static str, place: &'static str) -> Region {
    Region { name, place, partition: Partition::Aws, services_known: false }
}

const fn of(partition: Partition, name: &'static str, place: &'static str) -> Region {
    Region { name, place, partition, services_known: true }
}

static REGIONS: &[Region] = &[
    aws("af-south-1", "Cape Town"),
    aws("ap-east-1", "Hong Kong"),
    aws("ap-east-2", "Taipei"),
    aws("ap-northeast-1", "Tokyo"),
    aws("ap-northeast-2", "Seoul"),
    aws("ap-northeast-3", "Osaka"),
    aws("ap-south-1", "Mumbai"),
    aws("ap-south-2", "Hyderabad"),
    aws("ap-southeast-1", "Singapore"),
    aws("ap-southeast-2", "Sydney"),
    aws("ap-southeast-3", "Jakarta"),
    aws("ap-southeast-4", "Melbourne"),
    aws("ap-southeast-5", "Malaysia"),
    aws("ap-southeast-6", "New Zealand"),
    aws("ap-southeast-7", "Thailand"),
    aws("ca-central-1", "Central Canada"),
    aws("ca-west-1", "Calgary"),
    of(Partition::China, "cn-north-1", "Beijing"),
    of(Partition::China, "cn-northwest-1", "Ningxia"),
    aws("eu-central-1", "Frankfurt"),
    aws("eu-central-2", "Zurich"),
    aws("eu-north-1", "Stockholm"),
    aws("eu-south-1", "Milan"),
    aws("eu-south-2", "Spain"),
    aws("eu-west-1", "Ireland"),
    aws("eu-west-2", "London"),
    aws("eu-west-3", "Paris"),
    of(Partition::EuSovereign, "eusc-de-east-1", "Germany"),
    aws("il-central-1", "Tel Aviv"),
    aws("me-central-1", "United Arab Emirates"),
    aws("me-south-1", "Bahrain"),
    new("me-west-1", "Saudi Arabia"),
    aws("mx-central-1", "Mexico"),
    aws("sa-east-1", "São Paulo"),
    new("sa-west-1", "Chile"),
    aws("us-east-1", "Northern Virginia"),
    aws("us-east-2", "Ohio"),
    of(Partition::GovCloud, "us-gov-east-1", "GovCloud, eastern US"),
    of(Partition::GovCloud, "us-gov-west-1", "GovCloud, western US"),
    aws("us-west-1", "Northern California"),
    aws("us-west-2", "Oregon"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorted_unique_and_found() {
        assert!(REGIONS.is_sorted_by(|a, b| a.name < b.name));
        assert!(LARGE.is_sorted());
        for r in all() {
            assert_eq!(region(r.name), Some(r));
        }
        assert_eq!(region("us-east-3"), None);
        assert!(LARGE.iter().all(|name| region(name).is_some()));
    }

    #[test]
    fn quotas_by_region() {
        assert_eq!(quotas("us-east-1").shards, 20_000);
        assert!(quotas("us-east-1").shards_exact);
        let frankfurt = region("eu-central-1").expect("Frankfurt").quotas();
        assert_eq!(frankfurt.shards, 1_000);
        assert!(!frankfurt.shards_exact);
        assert_eq!(frankfurt.on_demand_write_bytes_per_s, 200 * MIB);
        assert_eq!(frankfurt.direct_put.bytes_per_s, MIB);
    }

    #[test]
    fn partitions() {
        let beijing = region("cn-north-1").expect("Beijing");
        assert_eq!(beijing.partition.id(), "aws-cn");
        assert_eq!(beijing.partition.url_suffix(), "amazonaws.com.cn");
        assert!(names().filter(|n| n.starts_with("cn-")).count() == 2);
    }
}
