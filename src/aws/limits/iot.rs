//! IoT Core.

/// Bytes of a message that are billed as one rule and as one action. IoT Core pricing page, from memory, 2026-11.
pub const BILLED_BYTES: u64 = 5 * super::KIB;
