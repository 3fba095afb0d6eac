//! IAM policies and KMS keys.

/// Characters of a role's inline policies together, white space not counted. IAM quota page, from
/// memory, 2026-11.
pub const ROLE_INLINE_CHARS_MAX: u64 = 10_240;
/// Characters of a managed policy, white space not counted. From memory, 2026-11.
pub const MANAGED_POLICY_CHARS_MAX: u64 = 6_144;
