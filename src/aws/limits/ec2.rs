//! EC2 instances that run a producer.

use super::KIB;

/// Bytes of user data before base64. EC2 guide; [`crate::aws::instance_types`] has the machines.
/// From memory, 2026-11.
pub const USER_DATA_BYTES_MAX: u64 = 16 * KIB;
/// Overhead of TLS and HTTP on the wire to allow for when sizing, percent. A rule of practice.
pub const WIRE_OVERHEAD_PERCENT: u64 = 10;
/// SSM parameter with the newest Amazon Linux 2023 image for x86_64. SSM public parameters, 2026-11.
pub const AMI_PARAMETER_X86_64: &str =
    "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";
/// SSM parameter with the newest Amazon Linux 2023 image for arm64. SSM public parameters, 2026-11.
pub const AMI_PARAMETER_ARM64: &str = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64";
/// Age at which instances are replaced by ones with a newer image, seconds: 30 days. Auto Scaling accepts a day to a year.
/// EC2 Auto Scaling guide, "Replace Auto Scaling instances based on maximum instance lifetime", 2026-11.
pub const INSTANCE_RENEWAL_S: u64 = 30 * 86_400;
