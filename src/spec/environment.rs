//! Environments: pipelines that differ from their spec in parts. A [`Spec`](super::Spec) has no field for them: it is
//! what comes out when a part has been merged in.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::schema;

/// How parts are merged into a spec, for the reference.
pub(super) const REFERENCE: &str = r"An environment is a variant of the spec. Its keys are merged into the spec:

- Objects are merged key by key; a number, a text or a list replaces the spec's value.
- If keys exclude each other, the environment's key replaces the spec's: `file` replaces `http`, `lambda` replaces `stream`.
- `null` (or `~`) removes a key.

```yaml
environments:
  dev:
    stream: {records_per_second: 5}
    producer: ~                        # no producer in this environment
  prod:
    name: shop-orders                  # instead of <name>-prod
    stream: {records_per_second: 5000}
    delivery:
      s3: {bucket: company-data-lake}
```

The spec without its environments is a pipeline too. `pipec check` and `pipec build` process it and all environments, or only
one with `--env prod`. The commands for one pipeline (`plan`, `sql`, `permissions`, `deploy`, `diff`, `destroy`, `status`, `logs`,
`tail`) use the spec itself, or the environment that `--env` names.
";

/// Variants of this pipeline, by name: lower-case letters, digits and hyphens. Each is merged into the spec; `null`
/// removes a key. The pipeline of an environment is called `<name>-<environment>`, unless the environment sets `name`.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(
    inline,
    extend("propertyNames" = {"pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"}, "maxProperties" = 100),
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
