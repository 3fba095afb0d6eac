//! The spec reference (`docs/spec.md`), generated from the schema and so from the doc comments of the spec's types.
