//! The states of a stack, and what a deployment may do in each.

use std::fmt;

/// A state in CloudFormation's own word, such as `UPDATE_COMPLETE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackStatus(String);

/// What a deployment does about a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StackState {
    /// Made by a change set that was never executed; it has no resources.
    ReviewInProgress,
    /// An operation goes on.
    InProgress,
    /// It can be updated.
    Stable,
    /// Its creation failed and was rolled back: it holds nothing and can only be deleted.
    RollbackComplete,
    /// Its creation or deletion failed halfway; resources are left.
    Failed,
    /// An update failed, and so did its rollback.
    UpdateRollbackFailed,
    /// It is deleted.
    DeleteComplete,
}

impl StackStatus {
    /// A state.
    pub fn new(status: impl Into<String>) -> Self {
        Self(status.into())
    }

    /// CloudFormation's word.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What to do about it. CloudFormation user guide, "stack status codes", 2026-11.
    pub fn state(&self) -> StackState {
        match self.0.as_str() {
            "REVIEW_IN_PROGRESS" => StackState::ReviewInProgress,
            "ROLLBACK_COMPLETE" => StackState::RollbackComplete,
            "CREATE_FAILED" | "ROLLBACK_FAILED" | "DELETE_FAILED" => StackState::Failed,
            "UPDATE_ROLLBACK_FAILED" => StackState::UpdateRollbackFailed,
            "DELETE_COMPLETE" => StackState::DeleteComplete,
            status if status.ends_with("_IN_PROGRESS") => StackState::InProgress,
            // UPDATE_FAILED is left by an update without rollback, and can be updated.
            _ => StackState::Stable,
        }
    }

    /// Whether an operation that ends here did what it was to do.
    pub fn succeeded(&self) -> bool {
        matches!(
            self.0.as_str(),
            "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "DELETE_COMPLETE" | "IMPORT_COMPLETE"
        )
    }

    /// Whether an operation begins with it, rather than going on.
    pub fn begins(&self) -> bool {
        matches!(
            self.0.as_str(),
            "CREATE_IN_PROGRESS" | "UPDATE_IN_PROGRESS" | "DELETE_IN_PROGRESS" | "IMPORT_IN_PROGRESS"
        )
    }

    /// The operation in a verb's form: "creating", "rolling back".
    pub fn doing(&self) -> &'static str {
        match self.0.as_str() {
            "CREATE_IN_PROGRESS" => "creating",
            "DELETE_IN_PROGRESS" => "deleting",
            "IMPORT_IN_PROGRESS" => "importing into",
            status if status.contains("ROLLBACK") => "rolling back",
            status if status.contains("CLEANUP") => "cleaning up",
            _ => "updating",
        }
    }
}

impl fmt::Display for StackStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudformation::types::StackStatus as Known;

    use super::*;

    #[test]
    fn every_status_is_in_a_state() {
        let of = |wanted| {
            Known::values().iter().copied().filter(move |status| StackStatus::new(*status).state() == wanted)
        };
        assert_eq!(of(StackState::ReviewInProgress).collect::<Vec<_>>(), ["REVIEW_IN_PROGRESS"]);
        assert_eq!(of(StackState::RollbackComplete).collect::<Vec<_>>(), ["ROLLBACK_COMPLETE"]);
        assert_eq!(of(StackState::UpdateRollbackFailed).collect::<Vec<_>>(), ["UPDATE_ROLLBACK_FAILED"]);
        assert_eq!(of(StackState::DeleteComplete).collect::<Vec<_>>(), ["DELETE_COMPLETE"]);
        assert_eq!(of(StackState::Failed).count(), 3);
        assert!(of(StackState::InProgress).all(|status| status.ends_with("_IN_PROGRESS")));
        // What is left can be updated; import states and UPDATE_FAILED among them, ..FAILED of an import's rollback too.
        assert_eq!(
            of(StackState::Stable).collect::<Vec<_>>(),
            [
                "CREATE_COMPLETE",
                "IMPORT_COMPLETE",
                "IMPORT_ROLLBACK_COMPLETE",
                "IMPORT_ROLLBACK_FAILED",
                "UPDATE_COMPLETE",
                "UPDATE_FAILED",
                "UPDATE_ROLLBACK_COMPLETE"
            ]
        );
    }
}
