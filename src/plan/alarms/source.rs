//! Alarms of a source.

use super::{Rule, Scope};
use crate::graph::Node;
use crate::plan::sources::{self, Site};
use crate::plan::value::Value;

/// The alarms that the kind of the source has, and the name of the source's main resource.
pub(super) fn rules(scope: &Scope, node: &Node) -> Option<(Value, Vec<Rule>)> {
    let source = scope.pipeline.source(node.name.as_deref()?)?;
    let site = Site { pipeline: scope.pipeline, source };
    let name = Value::reference(node.logical_id.as_deref()?);
    Some((name, sources::kind(source).alarms(&site, scope)))
}
