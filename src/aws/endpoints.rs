//! Endpoints of services that pipec calls without a client of their own.
//!
//! Source: the endpoint rules of botocore 1.43.106, 2026-11.

use super::regions::{self, Partition};

/// An endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Address.
    pub url: String,
    /// Region of the signature.
    pub region: String,
}

/// Services whose FIPS endpoints have a name of their own in GovCloud; the others have FIPS endpoints only.
const FIPS_IN_GOV_CLOUD: [&str; 3] = ["kms", "lambda", "wafv2"];

/// The endpoint of a service for a region. IAM has one for each partition.
pub fn endpoint(service: &str, region: &str, fips: bool) -> Endpoint {
    let partition = regions::region(region).map_or(Partition::Aws, |region| region.partition);
    let suffix = partition.url_suffix();
    let named = match partition {
        Partition::GovCloud => fips && FIPS_IN_GOV_CLOUD.contains(&service),
        Partition::Aws | Partition::China | Partition::EuSovereign => fips,
    };
    let fips = if named { "-fips" } else { "" };
    let (host, region) = match (service, partition) {
        ("iam", Partition::Aws) => (format!("iam{fips}"), "us-east-1"),
        ("iam", Partition::GovCloud) => ("iam.us-gov".to_owned(), "us-gov-west-1"),
        ("iam", Partition::China) => ("iam.cn-north-1".to_owned(), "cn-north-1"),
        ("iam", Partition::EuSovereign) => ("iam.eusc-de-east-1".to_owned(), "eusc-de-east-1"),
        (service, _) => (format!("{service}{fips}.{region}"), region),
    };
    Endpoint { url: format!("https://{host}.{suffix}"), region: region.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_those_of_botocore() {
        for (service, region, fips, host, signed) in [
            ("kms", "us-east-1", false, "kms.us-east-1.amazonaws.com", "us-east-1"),
            ("kms", "us-east-1", true, "kms-fips.us-east-1.amazonaws.com", "us-east-1"),
            ("kms", "us-gov-west-1", true, "kms-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
            ("lambda", "cn-north-1", false, "lambda.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            ("lambda", "us-gov-west-1", true, "lambda-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
            ("sns", "us-gov-west-1", true, "sns.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
            ("ec2", "us-gov-west-1", true, "ec2.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
            ("ec2", "eusc-de-east-1", false, "ec2.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
            (
                "streams.dynamodb",
                "us-east-1",
                true,
                "streams.dynamodb-fips.us-east-1.amazonaws.com",
                "us-east-1",
            ),
            ("iam", "eu-west-1", false, "iam.amazonaws.com", "us-east-1"),
            ("iam", "us-west-2", true, "iam-fips.amazonaws.com", "us-east-1"),
            ("iam", "us-gov-east-1", true, "iam.us-gov.amazonaws.com", "us-gov-west-1"),
            ("iam", "cn-northwest-1", false, "iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            ("iam", "eusc-de-east-1", false, "iam.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
        ] {
            let expected = Endpoint { url: format!("https://{host}"), region: signed.to_owned() };
            assert_eq!(endpoint(service, region, fips), expected, "{service} {region} {fips}");
        }
    }
}
