//! API Gateway.

use super::Bounds;

/// Requests per second of a stage. Upper bound: all APIs of an account and region together. API Gateway quotas, 2026-11.
pub const REQUESTS_PER_S: Bounds<u64> = Bounds::new(1, 10_000);
/// Requests at once. Upper bound: the account's bucket, which AWS sets from its rate. API Gateway quotas, 2026-11.
pub const BURST: Bounds<u64> = Bounds::new(1, 5_000);
