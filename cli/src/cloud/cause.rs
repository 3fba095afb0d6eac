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

/// What AWS says, without what CloudFormation wraps around it: handlers, request ids, tokens.
pub fn words(reason: &str) -> &str {
    let inner = reason.split_once("Resource handler returned message: \"").map(|(_, inner)| inner);
    let inner = inner.and_then(|inner| inner.rsplit_once("\" (RequestToken:")).map(|(inner, _)| inner);
    let returned = reason.split_once("custom resource. Message returned: ").map(|(_, inner)| inner);
    let words = inner.filter(|inner| *inner != "null").or(returned).unwrap_or(reason);
    let end = [" (Service: ", " (RequestId: "].iter().filter_map(|mark| words.rfind(mark)).min();
    words[..end.unwrap_or(words.len())].trim_end()
}

/// Whether another failure caused this one.
pub fn is_consequence(reason: &str) -> bool {
    CONSEQUENCES.iter().any(|words| reason.starts_with(words))
}

/// The failures of an operation, in the order of time, without those that only follow from another.
pub fn causes(events: &[StackEvent]) -> Vec<&StackEvent> {
    let failed = |event: &&StackEvent| event.status.ends_with("_FAILED") && !event.of_stack;
    let consequence = |event: &StackEvent| is_consequence(event.reason.as_deref().unwrap_or_default());
    let all: Vec<&StackEvent> = events.iter().filter(failed).collect();
    let first: Vec<&StackEvent> = all.iter().copied().filter(|event| !consequence(event)).collect();
    if first.is_empty() { all } else { first }
}

/// The events of an operation until it began to take back what it had done, and those after that.
pub fn until_rollback(events: &[StackEvent]) -> (&[StackEvent], &[StackEvent]) {
    let back = |event: &StackEvent| event.of_stack && event.status.contains("ROLLBACK");
    events.split_at(events.iter().position(back).unwrap_or(events.len()))
}

/// The events of the latest operation, in the order of time; `newest_first` as CloudFormation lists them.
pub fn latest_operation(newest_first: &[StackEvent]) -> Vec<StackEvent> {
    let begins = |event: &StackEvent| {
        event.of_stack && super::stack_state::StackStatus::new(event.status.clone()).begins()
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

/// The events of a stack's deletion, however often it was tried; `newest_first` as CloudFormation lists them.
pub fn deletion(newest_first: &[StackEvent]) -> Vec<StackEvent> {
    let mut events = Vec::new();
    loop {
        let operation = latest_operation(&newest_first[events.len()..]);
        if operation.first().is_none_or(|begin| !begin.of_stack || begin.status != "DELETE_IN_PROGRESS") {
            return events;
        }
        events.extend(operation);
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
    fn the_words_of_aws_come_out_of_their_wrapping() {
        let wrapped = "Resource handler returned message: \"Stream s already exists. (Service: Kinesis, Status Code: \
                       400, Request ID: 1)\" (RequestToken: 2, HandlerErrorCode: AlreadyExists)";
        assert_eq!(words(wrapped), "Stream s already exists.");
        let custom = "Received response status [FAILED] from custom resource. Message returned: no (job) (RequestId: 1)";
        assert_eq!(words(custom), "no (job)");
        let null = "See the page. Resource handler returned message: \"null\" (RequestToken: 2, HandlerErrorCode: X)";
        assert_eq!([words(null), words("plain (text)"), words("")], [null, "plain (text)", ""]);
    }

    #[test]
    fn an_operation_that_went_well_hides_no_earlier_failure() {
        let mut events = newest_first();
        events.insert(0, event(9, "user-data", "DELETE_IN_PROGRESS", "User Initiated"));
        let operation = failed_operation(&events);
        assert_eq!(causes(&operation).len(), 1);
    }

    #[test]
    fn a_deletion_is_all_its_attempts_and_nothing_before() {
        let mut events = newest_first();
        for (id, status) in [(9, "DELETE_IN_PROGRESS"), (10, "DELETE_FAILED"), (11, "DELETE_IN_PROGRESS")] {
            events.insert(0, event(id, "user-data", status, ""));
        }
        let mut times: Vec<i64> = deletion(&events).iter().map(|event| event.at).collect();
        times.sort_unstable();
        assert_eq!(times, [9, 10, 11]);
        assert_eq!(deletion(&newest_first()), []);
    }
}
