//! EC2 instance types: processor, memory and network.
//!
//! Source: the answers of DescribeInstanceTypes and DescribeInstanceTypeOfferings carried by moto 5.2.5, 2026. Families
//! t, m, c and r.

mod offerings;
mod table;

use offerings::MISSING;
use table::TYPES;

/// Processor architecture of an instance type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Architecture {
    /// Intel or AMD, 64 bits.
    X86_64,
    /// Graviton, 64 bits.
    Arm64,
}

impl Architecture {
    /// The name AWS uses, in Lambda's `Architectures` as well.
    pub const fn name(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Arm64 => "arm64",
        }
    }
}

/// What an instance runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hypervisor {
    /// The Nitro hypervisor.
    Nitro,
    /// Xen: no enhanced networking, and no EBS optimisation in the types listed here.
    Xen,
    /// No hypervisor.
    BareMetal,
}

/// An EC2 instance type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InstanceType {
    /// Name, such as `t3.micro`.
    pub name: &'static str,
    /// Processor architecture.
    pub architecture: Architecture,
    /// vCPUs.
    pub vcpus: u32,
    /// Memory, MiB.
    pub memory_mib: u32,
    /// Network rate that can be had all the time, Mbit/s, of the default network card.
    pub network_baseline_mbit: u32,
    /// Network rate while credits last, Mbit/s, of the default network card.
    pub network_burst_mbit: u32,
    /// What the instance runs on.
    pub hypervisor: Hypervisor,
    /// Whether the processor runs on credits, so that `CreditSpecification` applies.
    pub burstable: bool,
    /// Whether `EbsOptimized: true` is accepted.
    pub ebs_optimized: bool,
}

impl InstanceType {
    /// Baseline network rate in bytes per second; sustained sending has to stay below it.
    pub const fn network_baseline_bytes_per_s(&self) -> u64 {
        self.network_baseline_mbit as u64 * (1_000_000 / 8)
    }

    /// The part of the name before the dot, such as `t3`.
    pub fn family(&self) -> &'static str {
        self.name.split_once('.').map_or(self.name, |(family, _)| family)
    }
}

/// The facts of the type of that name.
pub fn instance_type(name: &str) -> Option<&'static InstanceType> {
    TYPES.binary_search_by(|t| t.name.cmp(name)).ok().map(|at| &TYPES[at])
}

/// Whether a region offers the family of a type; `None` where nothing is known of the region. Some sizes are missing in
/// some regions that have the family.
pub fn is_offered(instance_type: &InstanceType, region: &str) -> Option<bool> {
    let (_, missing) = MISSING.iter().find(|(known, _)| *known == region)?;
    Some(!missing.split(' ').any(|family| family == instance_type.family()))
}

/// All types, sorted by name.
pub fn all() -> &'static [InstanceType] {
    TYPES
}

/// The names of all types, sorted.
pub fn names() -> impl Iterator<Item = &'static str> {
    TYPES.iter().map(|t| t.name)
}

const X86_64: Architecture = Architecture::X86_64;
const ARM64: Architecture = Architecture::Arm64;

/// Hypervisor, burstable, EBS-optimised: the combinations that occur.
#[derive(Clone, Copy)]
struct Kind(Hypervisor, bool, bool);

const NITRO: Kind = Kind(Hypervisor::Nitro, false, true);
const NITRO_T: Kind = Kind(Hypervisor::Nitro, true, true);
const XEN_T: Kind = Kind(Hypervisor::Xen, true, false);
const METAL: Kind = Kind(Hypervisor::BareMetal, false, true);

const fn row(
    name: &'static str,
    architecture: Architecture,
    vcpus: u32,
    memory_mib: u32,
    network_baseline_mbit: u32,
    network_burst_mbit: u32,
    Kind(hypervisor, burstable, ebs_optimized): Kind,
) -> InstanceType {
    InstanceType {
        name,
        architecture,
        vcpus,
        memory_mib,
        network_baseline_mbit,
        network_burst_mbit,
        hypervisor,
        burstable,
        ebs_optimized,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorted_and_unique() {
        assert!(TYPES.is_sorted_by(|a, b| a.name < b.name));
        assert!(TYPES.len() > 500);
    }

    #[test]
    fn every_type_is_found_and_plausible() {
        for t in all() {
            assert_eq!(instance_type(t.name), Some(t));
            assert!(t.vcpus >= 1 && t.memory_mib >= 512, "{}", t.name);
            assert!(t.network_baseline_mbit >= 30, "{}", t.name);
            assert!(t.network_baseline_mbit <= t.network_burst_mbit, "{}", t.name);
            assert!(t.family().len() < t.name.len(), "{}", t.name);
        }
        assert_eq!(instance_type("t3.gigantic"), None);
        assert_eq!(instance_type(""), None);
    }

    #[test]
    fn known_figures() {
        let micro = instance_type("t3.micro").expect("t3.micro");
        assert_eq!((micro.vcpus, micro.memory_mib), (2, 1024));
        assert_eq!((micro.network_baseline_mbit, micro.network_burst_mbit), (64, 5000));
        assert_eq!(micro.architecture, Architecture::X86_64);
        assert_eq!(micro.hypervisor, Hypervisor::Nitro);
        assert_eq!(micro.network_baseline_bytes_per_s(), 8_000_000);
        assert!(micro.burstable && micro.ebs_optimized);

        let old = instance_type("t2.micro").expect("t2.micro");
        assert_eq!(old.hypervisor, Hypervisor::Xen);
        assert!(!old.ebs_optimized);

        let graviton = instance_type("c7gn.medium").expect("c7gn.medium");
        assert_eq!(graviton.architecture, Architecture::Arm64);
        assert_eq!((graviton.network_baseline_mbit, graviton.network_burst_mbit), (3125, 25_000));
        assert!(!graviton.burstable);

        let metal = instance_type("m7i.metal-24xl").expect("m7i.metal-24xl");
        assert_eq!(metal.hypervisor, Hypervisor::BareMetal);
    }

    #[test]
    fn families_are_not_offered_everywhere() {
        let (old, new) =
            (instance_type("t2.micro").expect("t2.micro"), instance_type("t3.micro").expect("t3"));
        assert_eq!(is_offered(old, "us-east-1"), Some(true));
        assert_eq!((is_offered(old, "eu-north-1"), is_offered(new, "eu-north-1")), (Some(false), Some(true)));
        assert_eq!(is_offered(old, "xx-north-9"), None);
    }

    #[test]
    fn names_follow_the_table() {
        assert!(names().any(|n| n == "m7g.large"));
        assert_eq!(names().count(), all().len());
    }
}
