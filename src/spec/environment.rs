//! Environments: pipelines that differ from their spec in parts.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::schema;

/// Pipelines that differ from this one in parts, by their names: lower-case letters, digits and hyphens. Each is this
/// spec with its own part laid over: keys are taken one by one, everything else (a number, a text, a list) replaces
/// what it meets, another alternative takes the place of the first (`file` that of `http`), and `null` removes a key.
/// An environment's pipeline is called `<name>-<environment>`, unless its part has a `name`.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(
    inline,
    extend("propertyNames" = {"pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"}),
    extend("examples" = [{"prod": {"stream": {"records_per_second": 5000}}}])
)]
pub struct Environments(pub IndexMap<String, Part>);

/// A part of a spec: the same keys at every level, none of them required.
#[derive(Clone, Debug)]
pub struct Part;

impl JsonSchema for Part {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        schema::PART.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "$ref": schema::PART_REFERENCE })
    }
}
