//! IAM policies and KMS keys.

use super::Bounds;

/// Characters of a role's inline policies together, white space not counted. IAM quota page, from
/// memory, 2026-11.
pub const ROLE_INLINE_CHARS_MAX: u64 = 10_240;
/// Characters of a managed policy, white space not counted. From memory, 2026-11.
pub const MANAGED_POLICY_CHARS_MAX: u64 = 6_144;
/// Characters of a role's trust policy. From memory, 2026-11.
pub const TRUST_POLICY_CHARS_MAX: u64 = 2_048;
/// Managed policies of a role by default. From memory, 2026-11.
pub const MANAGED_POLICIES_DEFAULT: u64 = 10;
/// Managed policies of a role at most. CloudFormation schema, 2026-10.
pub const MANAGED_POLICIES_MAX: u64 = 20;
/// Roles of an instance profile. CloudFormation schema, 2026-10.
pub const INSTANCE_PROFILE_ROLES: u64 = 1;
/// Days that a KMS key waits for its deletion (`PendingWindowInDays`). CloudFormation schema,
/// 2026-10.
pub const KEY_PENDING_DAYS: Bounds<u64> = Bounds::new(7, 30);
