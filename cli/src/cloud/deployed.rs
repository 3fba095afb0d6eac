//! The stack of a pipeline as it stands, for the verbs that watch it.

use super::client::{Stack, StackReader, StackResource};
use super::owner::check_owner;
use super::stack_state::StackState;
use super::stop::{At, Step, Stop};
use pipec_compiler::diagnostics::Code;
use pipec_compiler::plan::Plan;
use pipec_compiler::spec::PIPELINE_TAG;

/// A stack and what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployed {
    /// The stack.
    pub stack: Stack,
    /// Its resources.
    pub resources: Vec<StackResource>,
}

impl Deployed {
    /// The name of a resource, where it is there.
    pub fn name(&self, logical_id: &str) -> Option<&str> {
        let found = self.resources.iter().find(|resource| resource.logical_id == logical_id);
        found.filter(|resource| resource.status != "DELETE_COMPLETE")?.name()
    }
}

/// Looks the stack up; `spec` is the spec as the user named it.
///
/// # Errors
/// As AWS gives them, and where there is no stack or it is another's.
pub fn deployed(client: &dyn StackReader, plan: &Plan, spec: &str) -> Step<Deployed> {
    let found = client.stack(&plan.name)?;
    let gone = |stack: &Stack| {
        matches!(stack.status.state(), StackState::DeleteComplete | StackState::ReviewInProgress)
    };
    let Some(stack) = found.filter(|stack| !gone(stack)) else {
        return Err(absent(client, plan, spec));
    };
    check_owner(&stack, (PIPELINE_TAG, &plan.name))?;
    let resources = client.resources(&stack.id)?;
    Ok(Deployed { stack, resources })
}

/// The fault of a pipeline without a stack.
pub fn absent(client: &dyn StackReader, plan: &Plan, spec: &str) -> Stop {
    Stop::fault(
        Code::NotDeployed,
        At::Name,
        format!("there is no stack `{}` in {}", plan.name, client.region()),
        format!("deploy it with `pipec deploy {spec}`"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_is_called_by_its_name_and_not_by_its_address() {
        let resource = |resource_type: &str, id: &str| StackResource {
            logical_id: "R".into(),
            physical_id: Some(id.into()),
            resource_type: resource_type.into(),
            status: "CREATE_COMPLETE".into(),
        };
        for (resource_type, id, name) in [
            (
                "AWS::SQS::Queue",
                "https://sqs.us-east-1.amazonaws.com/111122223333/failures",
                Some("failures"),
            ),
            ("AWS::SQS::Queue", "arn:aws:sqs:us-east-1:111122223333:failures", Some("failures")),
            ("AWS::Logs::LogGroup", "/pipec/orders/flink", Some("/pipec/orders/flink")),
            ("AWS::Kinesis::Stream", "", None),
        ] {
            assert_eq!(resource(resource_type, id).name(), name, "{id}");
        }
    }
}
