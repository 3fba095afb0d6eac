//! A policy document of IAM, and its parts.

use indexmap::IndexMap;
use serde::Serialize;

use crate::aws::limits::iam::MANAGED_POLICY_CHARS_MAX;

/// A policy document as IAM reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyDocument {
    /// Version of the language.
    pub version: &'static str,
    /// Statements.
    pub statement: Vec<Statement>,
}

/// A statement that allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statement {
    /// What it is for, in one word.
    pub sid: String,
    /// `Allow`.
    pub effect: &'static str,
    /// Exact actions, sorted.
    pub action: Vec<&'static str>,
    /// ARN patterns; `*` only for actions without a resource level.
    pub resource: Vec<String>,
    /// Operator, key, values.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub condition: IndexMap<&'static str, IndexMap<&'static str, Vec<String>>>,
}

impl PolicyDocument {
    /// A document of these statements.
    pub fn new(statement: Vec<Statement>) -> Self {
        /// The current version of the policy language.
        const VERSION: &str = "2012-10-17";
        Self { version: VERSION, statement }
    }

    /// Characters as IAM counts them: no white space.
    pub fn chars(&self) -> u64 {
        serde_json::to_string(self).map_or(0, |text| text.chars().count() as u64)
    }

    /// The same statements in documents that a managed policy can hold, in the same order. A statement stays whole: the patterns
    /// of a plan are few, however many outputs it has.
    pub fn parts(&self) -> Vec<Self> {
        let mut parts: Vec<Self> = Vec::new();
        for statement in &self.statement {
            if let Some(part) = parts.last_mut() {
                part.statement.push(statement.clone());
                if part.chars() <= MANAGED_POLICY_CHARS_MAX {
                    continue;
                }
                part.statement.pop();
            }
            parts.push(Self::new(vec![statement.clone()]));
        }
        parts
    }
}

/// A statement that allows actions on resources.
pub(super) fn allow(sid: &str, actions: &[&'static str], resources: Vec<String>) -> Statement {
    let mut action = actions.to_vec();
    action.sort_unstable();
    action.dedup();
    Statement {
        sid: sid.to_owned(),
        effect: "Allow",
        action,
        resource: resources,
        condition: IndexMap::new(),
    }
}

/// The same under a condition.
pub(super) fn only(
    mut statement: Statement,
    operator: &'static str,
    key: &'static str,
    values: Vec<String>,
) -> Statement {
    statement.condition.entry(operator).or_default().insert(key, values);
    statement
}

/// Every resource: for actions that have no resource level.
pub(super) fn anything() -> Vec<String> {
    vec!["*".to_owned()]
}
