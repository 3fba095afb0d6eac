//! CloudFormation templates and stacks.

/// Bytes of a template passed in the request. CloudFormation quota page, 2026-08.
pub const TEMPLATE_BODY_BYTES_MAX: u64 = 51_200;
/// Bytes of a template in S3, "1 MB"; cfn-lint counts 1,000,000. CloudFormation quota page, 2023.
pub const TEMPLATE_S3_BYTES_MAX: u64 = 1_000_000;
/// Resources of a template. CloudFormation schema, 2026-10.
pub const RESOURCES_MAX: u64 = 500;
/// Parameters of a template. CloudFormation schema, 2026-10.
pub const PARAMETERS_MAX: u64 = 200;
/// Outputs of a template. CloudFormation schema, 2026-10.
pub const OUTPUTS_MAX: u64 = 200;
/// Bytes of the template's `Description`. CloudFormation schema, 2026-10.
pub const DESCRIPTION_BYTES_MAX: u64 = 1_024;
