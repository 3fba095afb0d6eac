//! Amazon Redshift. Data Firehose developer guide, "Configure destination settings", "Grant Firehose access to an Amazon Redshift
//! destination", "Handle data delivery failures" and "Monitor with CloudWatch metrics", 2026-11.

use super::{
    BACKUP_FRESHNESS, Capabilities, FIREHOSE, Fallback, Form, PUTS_SUCCEEDED, RETRY_S, Reading, Rows, Unit,
    Watched, delivery, freshness, last_delivery, metric, records_delivered, share,
};
use crate::aws::limits::firehose;

/// What Firehose and Redshift accept.
pub mod limits {
    /// The port of Redshift. Management guide, "Connecting to a cluster", 2026-11.
    pub const PORT: u16 = 5439;
    /// Characters of a workgroup's name: lower-case letters, digits and hyphens. API reference of Redshift Serverless,
    /// `CreateWorkgroup`, 2026-11.
    pub const WORKGROUP_CHARS: core::ops::RangeInclusive<usize> = 3..=64;
    /// Bytes of the name of a database, schema, table or column. Database developer guide, "Names and identifiers", 2026-11.
    pub const NAME_BYTES_MAX: usize = 127;
    /// Characters of `CopyOptions`, and of `DataTableColumns`. API reference of Firehose, `CopyCommand`, 2026-11; the schema of
    /// CloudFormation has 204,800.
    pub const COPY_CHARS_MAX: usize = 10_240;
    /// Bytes of the longest VARCHAR. Database developer guide, "Character types", 2026-11.
    pub const VARCHAR_BYTES_MAX: u32 = 65_535;
    /// Bytes of a character in UTF-8, in which VARCHAR counts. Same.
    pub const CHARACTER_BYTES_MAX: u32 = 4;
    /// Seconds until staged objects expire, if the spec does not set that. Firehose deletes none, and COPY needs them until the
    /// retries end.
    pub const STAGING_S_DEFAULT: u64 = 14 * 24 * 3_600;
    /// Seconds that a serverless workgroup is billed for at least, each time it works. Redshift pricing, 2026-11.
    pub const SERVERLESS_BILLED_S: u64 = 60;
    /// RPU of the smallest workgroup. Redshift management guide, "Billing for Amazon Redshift Serverless", 2026-11.
    pub const SERVERLESS_RPU_MIN: u64 = 4;
    /// US dollars of an RPU-hour in us-east-1. Redshift pricing, 2025.
    pub const SERVERLESS_RPU_HOUR_USD: f64 = 0.375;
    /// Seconds of an interval below which a serverless workgroup is awake much of the time.
    pub const SERVERLESS_INTERVAL_S: u64 = 300;
}

/// Folder in the bucket with a manifest of the objects that were not loaded. Firehose guide, "Handle data delivery failures", 2026-11.
pub const NOT_LOADED: &str = "errors/";
/// Folder with records that the transform could not process. Same guide, "Understand custom prefixes for Amazon S3 objects".
pub const NOT_PROCESSED: &str = "processing-failed/";
/// Folder with the manifests that COPY reads.
pub const MANIFESTS: &str = "manifests/";

/// Redshift. A record may be several lines: COPY reads objects of JSON with white space between them. `JSON 'auto ignorecase'` and
/// `TIMEFORMAT 'auto'` read the keys and times of SQL as they are; lower-case keys also suit a manual COPY with `JSON 'auto'`.
pub const REDSHIFT: Capabilities = Capabilities {
    key: "redshift",
    words: "Redshift",
    cannot_write: "Redshift loads nothing: it is not reachable, rejects the user, or the table does not fit the records.",
    unit: "an object to load",
    description: "Firehose stream that loads the records into Redshift",
    buffer_mib: firehose::S3_BUFFER_MIB,
    buffer_mib_default: firehose::S3_BUFFER_MIB_DEFAULT,
    buffer_s: firehose::S3_BUFFER_S,
    buffer_s_default: firehose::S3_BUFFER_S_DEFAULT,
    buffer_because: "",
    separator: "\n",
    is_appended: false,
    splits_objects: false,
    rows: Rows::Any,
    form: Form { lower_case_keys: true, iso_times: false },
    reads_log_envelopes: false,
    fallback: Some(Fallback {
        retry_s: RETRY_S,
        retry_s_default: 3_600,
        failed: "Disabled",
        all: Some("Enabled"),
        freshness: BACKUP_FRESHNESS,
    }),
    metrics: &delivery(&[
        last_delivery("DeliveryToRedshift.Records"),
        records_delivered("DeliveryToRedshift.Records"),
        metric(
            PUTS_SUCCEEDED,
            "COPY success rate",
            "DeliveryToRedshift.Success",
            "Average",
            Reading::Lowest,
            Unit::Share,
        ),
        freshness("DeliveryToRedshift.DataFreshness"),
    ]),
    watched: Watched {
        records: FIREHOSE.metric("DeliveryToRedshift.Records"),
        freshness: FIREHOSE.metric("DeliveryToRedshift.DataFreshness"),
        success: share(FIREHOSE.metric("DeliveryToRedshift.Success")),
        denied: None,
    },
};

/// Addresses of Firehose towards Redshift, by region. Firehose guide, "Grant Firehose access to an Amazon Redshift destination",
/// "VPC access", 2026-11.
const ADDRESSES: &[(&str, &str)] = &[
    ("us-east-1", "52.70.63.192/27"),
    ("us-east-2", "13.58.135.96/27"),
    ("us-west-1", "13.57.135.192/27"),
    ("us-west-2", "52.89.255.224/27"),
    ("ca-central-1", "35.183.92.128/27"),
    ("ca-west-1", "40.176.98.192/27"),
    ("mx-central-1", "78.12.207.32/27"),
    ("sa-east-1", "18.228.1.128/27"),
    ("eu-west-1", "52.19.239.192/27"),
    ("eu-west-2", "18.130.1.96/27"),
    ("eu-west-3", "35.180.1.96/27"),
    ("eu-central-1", "35.158.127.160/27"),
    ("eu-central-2", "16.62.183.32/27"),
    ("eu-north-1", "13.53.63.224/27"),
    ("eu-south-1", "15.161.135.128/27"),
    ("eu-south-2", "18.100.71.96/27"),
    ("ap-south-1", "13.232.67.32/27"),
    ("ap-south-2", "18.60.192.128/27"),
    ("ap-northeast-1", "13.113.196.224/27"),
    ("ap-northeast-2", "13.209.1.64/27"),
    ("ap-northeast-3", "13.208.177.192/27"),
    ("ap-southeast-1", "13.228.64.192/27"),
    ("ap-southeast-2", "13.210.67.224/27"),
    ("ap-southeast-3", "108.136.221.64/27"),
    ("ap-southeast-4", "16.50.161.128/27"),
    ("ap-southeast-5", "43.216.58.0/27"),
    ("ap-southeast-7", "43.208.112.96/27"),
    ("ap-east-1", "18.162.221.32/27"),
    ("ap-east-2", "43.212.53.160/27"),
    ("me-south-1", "15.185.91.0/27"),
    ("me-central-1", "3.28.159.32/27"),
    ("il-central-1", "51.16.102.0/27"),
    ("af-south-1", "13.244.121.224/27"),
    ("us-gov-east-1", "18.253.138.96/27"),
    ("us-gov-west-1", "52.61.204.160/27"),
    ("cn-north-1", "52.81.151.32/27"),
    ("cn-northwest-1", "161.189.23.64/27"),
];

/// The addresses of Firehose towards Redshift, of a region.
pub fn addresses(region: &str) -> Option<&'static str> {
    ADDRESSES.iter().find(|(known, _)| *known == region).map(|(_, addresses)| *addresses)
}

/// US dollars per month of the smallest serverless workgroup that loads at this interval, seconds.
pub fn serverless_usd(interval: u64) -> f64 {
    const HOURS_PER_MONTH: f64 = 730.0;
    let share = (limits::SERVERLESS_BILLED_S as f64 / interval.max(1) as f64).min(1.0);
    share * limits::SERVERLESS_RPU_MIN as f64 * limits::SERVERLESS_RPU_HOUR_USD * HOURS_PER_MONTH
}

/// A host of Redshift.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint<'a> {
    /// The host.
    pub host: &'a str,
    /// The port.
    pub port: u16,
    /// Name of the cluster or of the workgroup.
    pub name: &'a str,
    /// Its region.
    pub region: &'a str,
}

/// The endpoint of a cluster, `NAME.LETTERS.REGION.redshift.DOMAIN`, or of a workgroup, `NAME.ACCOUNT.REGION.redshift-serverless.DOMAIN`,
/// perhaps with its port. `None` of anything else: Firehose connects to no other name. API reference of Firehose,
/// `RedshiftDestinationConfiguration`, 2026-11.
pub fn endpoint(text: &str) -> Option<Endpoint<'_>> {
    let (host, port) = match text.split_once(':') {
        None => (text, limits::PORT),
        Some((host, port)) => (host, port.parse().ok().filter(|port| *port > 0)?),
    };
    let labels: Vec<&str> = host.split('.').collect();
    let is_label = |label: &&str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let at = labels.iter().position(|label| ["redshift", "redshift-serverless"].contains(label))?;
    let (own, domain) = (&labels[..at], labels[at + 1..].join("."));
    let is_known = ["amazonaws.com", "amazonaws.com.cn", "amazonaws.eu"].contains(&domain.as_str());
    let ([name, _, region], true, true) = (own, is_known, own.iter().all(is_label)) else {
        return None;
    };
    Some(Endpoint { host, port, name, region })
}

/// Words that are names only in quotes. Database developer guide, "Reserved words", 2026-11.
const RESERVED: &str = " aes128 aes256 all allowoverwrite analyse analyze and any array as asc authorization az64 backup between \
    binary blanksasnull both bytedict bzip2 case cast check collate column connect constraint create credentials cross \
    current_date current_time current_timestamp current_user current_user_id default deferrable deflate defrag delta delta32k \
    desc disable distinct do else emptyasnull enable encode encrypt encryption end except explicit false for foreign freeze from \
    full globaldict256 globaldict64k grant group gzip having identity ignore ilike in initially inner intersect interval into is \
    isnull join language leading left like limit localtime localtimestamp lun luns lzo lzop minus mostly16 mostly32 mostly8 \
    natural new not notnull null nulls off offline offset oid old on only open or order outer overlaps parallel partition percent \
    permissions pivot placing primary qualify raw readratio recover references rejectlog resort respect restore right select \
    session_user similar snapshot some sysdate system table tag tdes text255 text32k then timestamp to top trailing true \
    truncatecolumns type union unique unnest unpivot user using verbose wallet when where with without ";

/// A column's name as SQL has it: in lower case, as Redshift stores names, and in quotes where it is no plain name.
pub fn identifier(name: &str) -> String {
    let lower = name.to_lowercase();
    let mut characters = lower.chars();
    let begins = characters.next().is_some_and(|first| first == '_' || first.is_ascii_lowercase());
    let is_plain =
        begins && characters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_$".contains(c));
    let is_reserved = RESERVED.contains(&format!(" {lower} "));
    if is_plain && !is_reserved { lower } else { format!("\"{}\"", lower.replace('"', "\"\"")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::regions;

    #[test]
    fn addresses_are_of_regions() {
        for (region, _) in ADDRESSES {
            assert!(regions::region(region).is_some(), "{region}");
        }
    }

    #[test]
    fn an_endpoint_is_one_of_redshift() {
        let cluster = endpoint("shop.cabc123.eu-west-1.redshift.amazonaws.com:5440").expect("a cluster");
        assert_eq!((cluster.name, cluster.region, cluster.port), ("shop", "eu-west-1", 5440));
        let workgroup = endpoint("shop.111122223333.cn-north-1.redshift-serverless.amazonaws.com.cn")
            .expect("a workgroup");
        assert_eq!((workgroup.name, workgroup.region, workgroup.port), ("shop", "cn-north-1", 5439));
        for text in [
            "",
            "redshift.example.com",
            "dwh.example.com:5439",
            "shop.cabc123.eu-west-1.redshift.amazonaws.com:5439/dev",
            "jdbc:redshift://shop.cabc123.eu-west-1.redshift.amazonaws.com:5439",
            "shop.cabc123.eu-west-1.redshift.amazonaws.com:0",
            "-.cabc123.eu-west-1.redshift.amazonaws.com",
        ] {
            assert_eq!(endpoint(text), None, "{text}");
        }
    }

    #[test]
    fn names_that_are_words_of_sql_are_in_quotes() {
        for (name, shown) in [
            ("ID", "id"),
            ("user", "\"user\""),
            ("a-b", "\"a-b\""),
            ("a\"b", "\"a\"\"b\""),
            ("1st", "\"1st\""),
        ] {
            assert_eq!(identifier(name), shown);
        }
    }
}
