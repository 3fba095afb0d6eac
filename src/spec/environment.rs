//! Environments: pipelines that differ from their spec in parts. A [`Spec`](super::Spec) has no field for them: it is
//! what comes out when a part has been merged in.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::schema;

/// How parts are merged into a spec, for the reference.
pub(super) const REFERENCE: &str = r"Each environment is this spec, merged with a part of its own:

- Objects are taken key by key; a number, a text or a list replaces what it meets.
- Where one of several keys is chosen, another one takes its place: `file` that of `http`, `lambda` that of `stream`.
- `null` (or `~`) removes a key.

```yaml
environments:
  dev:
    stream: {records_per_second: 5}
    producer: ~                        # no producer there
  prod:
    name: shop-orders                  # instead of <name>-prod
    stream: {records_per_second: 5000}
    delivery:
      s3: {bucket: company-data-lake}
```

The spec itself is a pipeline as well. `pipec check` and `pipec build` take it and all environments, with `--env prod` that
one alone. The commands about one pipeline (`plan`, `sql`, `permissions`, `deploy`, `diff`, `destroy`, `status`, `logs`,
`tail`) take the spec itself, or the environment of `--env`.
";

/// Pipelines that differ from this one in parts, by their names: lower-case letters, digits and hyphens. `null` removes
/// a key. An environment's pipeline is called `<name>-<environment>`, unless its part has a `name`.
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
