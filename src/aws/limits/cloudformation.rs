//! CloudFormation templates and stacks.

use super::KIB;

/// `AWSTemplateFormatVersion`. CloudFormation schema, 2026-10.
pub const FORMAT_VERSION: &str = "2010-09-09";
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
/// Mappings of a template. CloudFormation schema, 2026-10.
pub const MAPPINGS_MAX: u64 = 200;
/// Attributes of a mapping. CloudFormation schema, 2026-10.
pub const MAPPING_ATTRIBUTES_MAX: u64 = 200;
/// Bytes of the template's `Description`. CloudFormation schema, 2026-10.
pub const DESCRIPTION_BYTES_MAX: u64 = 1_024;
/// Characters of a parameter's value or default. CloudFormation schema, 2026-10.
pub const PARAMETER_VALUE_CHARS_MAX: u64 = 4_096;
/// Characters of a parameter's description. CloudFormation schema, 2026-10.
pub const PARAMETER_DESCRIPTION_CHARS_MAX: u64 = 4_000;
/// Characters of an output's description. CloudFormation schema, 2026-10.
pub const OUTPUT_DESCRIPTION_CHARS_MAX: u64 = 1_024;
/// Bytes of a custom resource's answer. CloudFormation quota page, 2023.
pub const CUSTOM_RESOURCE_RESPONSE_BYTES_MAX: u64 = 4 * KIB;
/// Stacks per account and region by default. CloudFormation quota page, 2023.
pub const STACKS_PER_REGION: u64 = 2_000;
/// Top-level keys of a template. CloudFormation schema, 2026-10.
pub const TEMPLATE_KEYS: &[&str] = &[
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
    "Rules",
    "Transform",
];
