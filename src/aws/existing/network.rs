//! Networks.

use super::{ExistingKind, Fact, Is, Request};

/// A VPC.
pub static VPC: ExistingKind = ExistingKind::new(
    "VPC",
    "FindExistingNetwork",
    "ec2:DescribeVpcs",
    Request::Query("2016-11-15", &[("VpcId.1", "{id}")]),
)
.arns(&[])
.facts(&[Fact {
    at: "/vpcSet/item/state",
    is: Is::OneOf(&["available"]),
    fault: "the VPC `{id}` has the state {found}",
    help: &[("", "wait until it is available: `aws ec2 wait vpc-available --vpc-ids {id}`")],
}])
.missing("name one that exists: `aws ec2 describe-vpcs` lists them");

/// A subnet, which the spec names together with its VPC.
pub static SUBNET: ExistingKind = ExistingKind::new(
    "subnet",
    "FindExistingNetwork",
    "ec2:DescribeSubnets",
    Request::Query("2016-11-15", &[("SubnetId.1", "{id}")]),
)
.arns(&[])
.facts(&[
    Fact {
        at: "/subnetSet/item/vpcId",
        is: Is::Declared("vpc"),
        fault: "the subnet `{id}` is in {found}, not in {declared}",
        help: &[(
            "",
            "write `vpc: {found}`, or name a subnet of {declared}: `aws ec2 describe-subnets --filters \
             Name=vpc-id,Values={declared}` lists them",
        )],
    },
    Fact {
        at: "/subnetSet/item/state",
        is: Is::OneOf(&["available"]),
        fault: "the subnet `{id}` has the state {found}",
        help: &[("", "wait until it is available: `aws ec2 wait subnet-available --subnet-ids {id}`")],
    },
])
.missing("name one that exists: `aws ec2 describe-subnets` lists them");

/// A security group of Firehose's network interfaces.
pub static SECURITY_GROUP: ExistingKind = ExistingKind::new(
    "security group",
    "FindExistingNetwork",
    "ec2:DescribeSecurityGroups",
    Request::Query("2016-11-15", &[("GroupId.1", "{id}")]),
)
.arns(&[])
.missing("name one that exists: `aws ec2 describe-security-groups` lists them");
