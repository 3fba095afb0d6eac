//! The network of a destination within a VPC.

use serde::Serialize;

use super::super::cost::{Bill, Delivered, gigabytes};
use super::super::existing::Existing;
use super::super::grants::{Condition, Grant, grant};
use super::super::value::Value;
use crate::aws::destinations::opensearch_limits::{INTERFACE_ACTIONS, INTERFACES_OF_SUBNET, NETWORK_LOOKUPS};
use crate::aws::existing;
use crate::aws::limits::billing;
use crate::aws::prices::Item;
use crate::graph::NodeKind;
use crate::pipeline::DestinationNetwork;

/// The network of a destination, as the template has it.
#[derive(Clone, Debug, Serialize)]
pub struct DestinationNetworkPlan {
    /// Its place in the spec, a JSON pointer.
    #[serde(skip)]
    pub spec: String,
    /// IDs of subnets.
    pub subnets: Vec<String>,
    /// IDs of security groups.
    pub security_groups: Vec<String>,
}

pub(super) fn plan(network: &DestinationNetwork) -> DestinationNetworkPlan {
    DestinationNetworkPlan {
        spec: network.spec.clone(),
        subnets: network.subnets.value.clone(),
        security_groups: network.security_groups.value.clone(),
    }
}

/// What Firehose's network interfaces need. The guide grants all calls on `*`; those that create and delete have resources. A
/// subnet of a shared VPC is in another account, so its ID alone identifies it.
pub(super) fn grants(network: &DestinationNetwork) -> Vec<Grant> {
    let of = |kind: &str, id: &String| {
        Value::sub(format!("arn:${{AWS::Partition}}:ec2:${{AWS::Region}}:*:{kind}/{id}"))
    };
    let interfaces =
        Value::sub("arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:network-interface/*");
    let subnets = network.subnets.value.iter().map(|id| of("subnet", id));
    let groups = network.security_groups.value.iter().map(|id| of("security-group", id));
    let created: Vec<Value> = [interfaces.clone()].into_iter().chain(subnets).chain(groups).collect();
    let create = "Firehose creates network interfaces in these subnets, with these security groups.";
    let manage = "Firehose uses the network interfaces in these subnets, and deletes them with the stream.";
    let attributes = "Firehose reads how the VPC resolves names. The spec names its subnets, not the VPC.";
    let vpcs = Value::sub("arn:${AWS::Partition}:ec2:${AWS::Region}:*:vpc/*");
    let find = "Firehose looks up the network. `*`: the actions have no resource-level permissions.";
    let mut managed = grant("ManageInterfaces", INTERFACE_ACTIONS, vec![interfaces], manage);
    let values = network.subnets.value.iter().map(|id| of("subnet", id)).collect();
    managed.conditions.push(Condition { operator: "ArnLike", key: "ec2:Subnet", values });
    vec![
        grant("CreateInterfaces", &["ec2:CreateNetworkInterface"], created, create),
        managed,
        grant("ReadVpc", &["ec2:DescribeVpcAttribute"], vec![vpcs], attributes),
        grant("FindNetwork", NETWORK_LOOKUPS, vec![Value::text("*")], find),
    ]
}

/// What it uses and the stack does not create.
pub(super) fn existing(network: &DestinationNetwork) -> Vec<Existing> {
    let at = &network.spec;
    let of = |key: &'static str, kind, ids: &[String]| -> Vec<Existing> {
        let one = |(index, id): (usize, &String)| Existing::new(kind, id, format!("{at}/{key}/{index}"));
        ids.iter().enumerate().map(one).collect()
    };
    [
        of("subnets", &existing::SUBNET, &network.subnets.value),
        of("security_groups", &existing::SECURITY_GROUP, &network.security_groups.value),
    ]
    .concat()
}

/// What is to be known of it.
pub(super) fn facts(network: &DestinationNetwork) -> Vec<(&'static str, String)> {
    vec![
        ("subnets", network.subnets.value.join(", ")),
        ("security_groups", network.security_groups.value.join(", ")),
    ]
}

/// What the owner of the network has to do.
pub(super) fn other_side(network: &DestinationNetwork, region: &str) -> Vec<String> {
    let mut lines = vec![
        format!("each subnet has {INTERFACES_OF_SUBNET} free addresses for network interfaces of Firehose"),
        "the security group of the destination must accept HTTPS from Firehose's:".to_owned(),
    ];
    let groups = &network.security_groups.value;
    lines.extend(groups.iter().map(|group| {
        format!(
            "  aws ec2 authorize-security-group-ingress --region {region} --group-id GROUP --protocol tcp --port 443 --source-group \
             {group}"
        )
    }));
    lines.push("Firehose's security group must allow HTTPS to it, unless it allows all outbound traffic, as a new one does:".to_owned());
    lines.extend(groups.iter().map(|group| {
        format!(
            "  aws ec2 authorize-security-group-egress --region {region} --group-id {group} --ip-permissions \
             'IpProtocol=tcp,FromPort=443,ToPort=443,UserIdGroupPairs=[{{GroupId=GROUP}}]'"
        )
    }));
    lines
}

impl DestinationNetworkPlan {
    /// Firehose's delivery into a VPC.
    pub(super) fn cost(&self, bill: &mut Bill, delivered: Delivered) {
        let zones = self.subnets.len();
        let bill = bill.of(NodeKind::Delivery);
        bill.add(
            self.spec.clone(),
            "Firehose: delivery into a VPC",
            Item::FirehoseVpcZoneHour,
            zones as f64 * billing::HOURS_PER_MONTH as f64,
            format!("assumed: the {zones} subnets are in as many Availability Zones"),
        );
        bill.unsure();
        let records = delivered.per_second * billing::SECONDS_PER_MONTH as f64;
        bill.add(
            self.spec.clone(),
            "Firehose: data into a VPC",
            Item::FirehoseVpcGb,
            gigabytes(records * delivered.bytes as f64),
            format!("{} B per record", delivered.bytes),
        );
    }
}
