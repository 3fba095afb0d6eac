//! The first cause of a failure. CloudFormation's last event says that it rolled back; the first failure says why,
//! and those after it are mostly its consequences.

use super::client::StackEvent;

/// Words of failures that another failure caused. CloudFormation user guide, "troubleshooting", 2026-11.
const CONSEQUENCES: &[&str] = &[
    "Resource creation cancelled",
    "Resource update cancelled",
    "Resource deletion cancelled",
    "The following resource(s) failed",
];

/// The failures of an operation, in the order of time, without those that only follow from another.
pub fn causes(events: &[StackEvent]) -> Vec<&StackEvent> {
    let failed = |event: &&StackEvent| event.status.ends_with("_FAILED") && !event.of_stack;
    let consequence = |event: &StackEvent| {
        let reason = event.reason.as_deref().unwrap_or_default();
        CONSEQUENCES.iter().any(|words| reason.starts_with(words))
    };
    let all: Vec<&StackEvent> = events.iter().filter(failed).collect();
    let first: Vec<&StackEvent> = all.iter().copied().filter(|event| !consequence(event)).collect();
    if first.is_empty() { all } else { first }
}

/// The events of the latest operation, in the order of time; `newest_first` as CloudFormation lists them.
pub fn latest_operation(newest_first: &[StackEvent]) -> Vec<StackEvent> {
    let begins = |event: &StackEvent| {
        event.of_stack && super::stack_status::StackStatus::new(event.status.clone()).begins()
    };
    let end = newest_first.iter().position(begins).map_or(newest_first.len(), |at| at + 1);
    newest_first[..end].iter().rev().cloned().collect()
}

/// The last failures of the stack's creation or update in its events, the newest first, however it went on: deleting a
/// stack that was rolled back is an operation of its own.
pub fn failed_operation(newest_first: &[StackEvent]) -> Vec<StackEvent> {
    let mut rest = newest_first;
    loop {
        let operation = latest_operation(rest);
        if operation.is_empty() || !causes(&operation).is_empty() {
            return operation;
        }
        rest = &rest[operation.len()..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: u32, logical_id: &str, status: &str, reason: &str) -> StackEvent {
        StackEvent {
            id: id.to_string(),
            logical_id: logical_id.into(),
            physical_id: None,
            resource_type: String::new(),
            status: status.into(),
            reason: Some(reason.into()).filter(|reason: &String| !reason.is_empty()),
            at: i64::from(id),
            of_stack: logical_id == "user-data",
        }
    }

    fn newest_first() -> Vec<StackEvent> {
        let mut events = vec![
            event(1, "user-data", "CREATE_IN_PROGRESS", "User Initiated"),
            event(2, "Stream", "CREATE_COMPLETE", ""),
            event(3, "user-data", "CREATE_COMPLETE", ""),
            event(4, "user-data", "UPDATE_IN_PROGRESS", "User Initiated"),
            event(5, "Delivery", "UPDATE_FAILED", "Resource update cancelled"),
            event(6, "Transform", "UPDATE_FAILED", "no such key"),
            event(
                7,
                "user-data",
                "UPDATE_ROLLBACK_IN_PROGRESS",
                "The following resource(s) failed: [Transform]",
            ),
            event(8, "user-data", "UPDATE_ROLLBACK_COMPLETE", ""),
        ];
        events.reverse();
        events
    }

    #[test]
    fn a_consequence_is_no_cause_even_when_it_comes_first() {
        let operation = latest_operation(&newest_first());
        assert_eq!(operation.first().map(|event| event.at), Some(4));
        let causes = causes(&operation);
        assert_eq!(causes.iter().map(|event| event.at).collect::<Vec<_>>(), [6]);
    }

    #[test]
    fn an_operation_that_went_well_hides_no_earlier_failure() {
        let mut events = newest_first();
        events.insert(0, event(9, "user-data", "DELETE_IN_PROGRESS", "User Initiated"));
        let operation = failed_operation(&events);
        assert_eq!(causes(&operation).len(), 1);
    }
}
