//! CloudFormation's answers as the types of [`super::super::client`].

use aws_sdk_cloudformation::types;

use super::{SdkClient, flink};
use crate::cloud::call_error::CallErrorKind;
use crate::cloud::client::{Application, ApplicationOperation};
use crate::cloud::client::{Call, ChangeAction, ChangeSet, ChangeSetRequest, ChangeSetStatus, Output};
use crate::cloud::client::{Identity, StackReader, StackWriter};
use crate::cloud::client::{PropertyChange, Replacement, ResourceChange, Stack, StackEvent, StackResource};
use crate::cloud::client::{TemplateSource, ValidationFailure};
use crate::cloud::stack_state::StackStatus;
use crate::cloud::unique_name::unique_name;

/// What CloudFormation says of a change set without changes; a status of its own does not exist.
const NO_CHANGES: [&str; 3] = ["didn't contain changes", "No updates are to be performed", "no changes"];

fn text(value: Option<&str>) -> String {
    value.unwrap_or_default().to_owned()
}

impl SdkClient {
    fn find_change_set(&self, request: &ChangeSetRequest) -> Call<(String, String)> {
        let described = self.cloudformation.describe_change_set();
        let send = described.stack_name(request.stack).change_set_name(request.name).send();
        let answer = self.call("cloudformation:DescribeChangeSet", send)?;
        Ok((text(answer.change_set_id()), text(answer.stack_id())))
    }
}

impl StackReader for SdkClient {
    fn region(&self) -> &str {
        &self.region
    }

    fn identity(&self) -> Call<Identity> {
        let sts = aws_sdk_sts::Client::new(&self.config);
        let answer = self.call("sts:GetCallerIdentity", sts.get_caller_identity().send())?;
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        Ok(Identity { account: text(answer.account()), principal: text(answer.arn()) })
    }

    fn stack(&self, stack: &str) -> Call<Option<Stack>> {
        let send = self.cloudformation.describe_stacks().stack_name(stack).send();
        match self.call("cloudformation:DescribeStacks", send) {
            Ok(answer) => Ok(answer.stacks().first().map(read_stack)),
            Err(error) if error.is_of_nothing() => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn stacks(&self) -> Call<Vec<Stack>> {
        let mut stacks = Vec::new();
        let mut token = None;
        loop {
            let send = self.cloudformation.describe_stacks().set_next_token(token).send();
            let answer = self.call("cloudformation:DescribeStacks", send)?;
            stacks.extend(answer.stacks().iter().map(read_stack));
            token = answer.next_token().map(str::to_owned);
            if token.is_none() {
                return Ok(stacks);
            }
        }
    }

    fn deleted_stack(&self, name: &str) -> Call<Option<String>> {
        let mut token = None;
        loop {
            let request = self.cloudformation.list_stacks().set_next_token(token);
            let send = request.stack_status_filter(types::StackStatus::DeleteComplete).send();
            let answer = self.call("cloudformation:ListStacks", send)?;
            // The newest first.
            let mut found = answer.stack_summaries().iter();
            if let Some(found) = found.find(|stack| stack.stack_name() == Some(name)) {
                return Ok(found.stack_id().map(str::to_owned));
            }
            token = answer.next_token().map(str::to_owned);
            if token.is_none() {
                return Ok(None);
            }
        }
    }

    fn resources(&self, stack: &str) -> Call<Vec<StackResource>> {
        let send = self.cloudformation.describe_stack_resources().stack_name(stack).send();
        let answer = self.call("cloudformation:DescribeStackResources", send)?;
        let read = |resource: &types::StackResource| StackResource {
            logical_id: text(resource.logical_resource_id()),
            physical_id: resource.physical_resource_id().map(str::to_owned),
            resource_type: text(resource.resource_type()),
            status: text(resource.resource_status().map(types::ResourceStatus::as_str)),
        };
        Ok(answer.stack_resources().iter().map(read).collect())
    }

    fn template(&self, stack: &str) -> Call<String> {
        let request = self.cloudformation.get_template().stack_name(stack);
        let send = request.template_stage(types::TemplateStage::Original).send();
        let answer = self.call("cloudformation:GetTemplate", send)?;
        Ok(text(answer.template_body()))
    }

    fn events(&self, stack: &str, known: Option<&str>) -> Call<Vec<StackEvent>> {
        let mut events = Vec::new();
        let mut token = None;
        loop {
            let send =
                self.cloudformation.describe_stack_events().stack_name(stack).set_next_token(token).send();
            let answer = self.call("cloudformation:DescribeStackEvents", send)?;
            for event in answer.stack_events() {
                if event.event_id() == known {
                    return Ok(events);
                }
                events.push(read_event(event));
            }
            token = answer.next_token().map(str::to_owned);
            if token.is_none() {
                return Ok(events);
            }
        }
    }

    fn newest_event(&self, stack: &str) -> Call<Option<String>> {
        let send = self.cloudformation.describe_stack_events().stack_name(stack).send();
        let answer = self.call("cloudformation:DescribeStackEvents", send)?;
        Ok(answer.stack_events().first().and_then(|event| event.event_id()).map(str::to_owned))
    }

    fn stream_consumers(&self, stream: &str) -> Call<Vec<String>> {
        let client = aws_sdk_kinesis::Client::new(&self.config);
        let (mut found, mut token) = (Vec::new(), None::<String>);
        loop {
            let send = client.list_stream_consumers().stream_arn(stream).set_next_token(token).send();
            let answer = self.call("kinesis:ListStreamConsumers", send)?;
            found.extend(answer.consumers().iter().map(|consumer| consumer.consumer_name().to_owned()));
            token = answer.next_token().map(str::to_owned);
            if token.is_none() {
                return Ok(found);
            }
        }
    }

    fn application(&self, application: &str) -> Call<Option<Application>> {
        flink::describe(self, application)
    }

    fn application_operation(&self, application: &str, id: &str) -> Call<Option<ApplicationOperation>> {
        flink::operation(self, application, id)
    }
}

impl StackWriter for SdkClient {
    fn create_change_set(&self, request: &ChangeSetRequest) -> Call<(String, String)> {
        let parameters = request.parameters.iter().map(|(key, value)| {
            types::Parameter::builder().parameter_key(*key).parameter_value(*value).build()
        });
        let tags =
            request.tags.iter().map(|(key, value)| types::Tag::builder().key(*key).value(*value).build());
        let kind = if request.create { types::ChangeSetType::Create } else { types::ChangeSetType::Update };
        let (body, url) = match request.template {
            TemplateSource::Body(body) => (Some(body.to_owned()), None),
            TemplateSource::Url(url) => (None, Some(url.to_owned())),
        };
        let send = self
            .cloudformation
            .create_change_set()
            .stack_name(request.stack)
            .change_set_name(request.name)
            // The same call again, after an answer that was lost, is the same change set.
            .client_token(request.name)
            .change_set_type(kind)
            .set_template_body(body)
            .set_template_url(url)
            .set_parameters(Some(parameters.collect()))
            .set_tags(Some(tags.collect()))
            .capabilities(types::Capability::CapabilityIam)
            .description("made by pipec")
            .send();
        match self.call("cloudformation:CreateChangeSet", send) {
            Ok(answer) => Ok((text(answer.id()), text(answer.stack_id()))),
            // Its name is new, so it is this one: the answer to an earlier attempt was lost.
            Err(error) if error.kind == CallErrorKind::Exists => self.find_change_set(request),
            Err(error) => Err(error),
        }
    }

    fn change_set(&self, change_set: &str) -> Call<ChangeSet> {
        let mut changes = Vec::new();
        let mut token = None;
        loop {
            let request = self.cloudformation.describe_change_set().change_set_name(change_set);
            let send = request.include_property_values(true).set_next_token(token).send();
            let answer = self.call("cloudformation:DescribeChangeSet", send)?;
            changes
                .extend(answer.changes().iter().filter_map(types::Change::resource_change).map(read_change));
            token = answer.next_token().map(str::to_owned);
            if token.is_none() {
                let status = text(answer.status().map(types::ChangeSetStatus::as_str));
                let reason = text(answer.status_reason());
                let status = match status.as_str() {
                    "FAILED" if NO_CHANGES.iter().any(|words| reason.contains(words)) => {
                        ChangeSetStatus::Empty
                    }
                    "FAILED" => ChangeSetStatus::Failed(reason),
                    "CREATE_COMPLETE" if changes.is_empty() && outputs_stay(&answer) => {
                        ChangeSetStatus::Empty
                    }
                    "CREATE_COMPLETE" => ChangeSetStatus::Ready,
                    "CREATE_PENDING" | "CREATE_IN_PROGRESS" => ChangeSetStatus::Pending,
                    other => ChangeSetStatus::Failed(format!("it is {other}")),
                };
                return Ok(ChangeSet { status, changes });
            }
        }
    }

    fn validation_failures(&self, change_set: &str) -> Call<Vec<ValidationFailure>> {
        let filter = types::EventFilter::builder().failed_events(true).build();
        let request = self.cloudformation.describe_events().change_set_name(change_set);
        let answer = self.call("cloudformation:DescribeEvents", request.filters(filter).send())?;
        let read = |event: &types::OperationEvent| {
            let reason = event.validation_status_reason().or(event.resource_status_reason())?;
            Some(ValidationFailure {
                logical_id: event.logical_resource_id().map(str::to_owned),
                path: event.validation_path().map(str::to_owned),
                reason: reason.to_owned(),
            })
        };
        Ok(answer.operation_events().iter().filter_map(read).collect())
    }

    fn delete_change_set(&self, change_set: &str) -> Call<()> {
        let send = self.cloudformation.delete_change_set().change_set_name(change_set).send();
        self.call("cloudformation:DeleteChangeSet", send).map(drop)
    }

    fn execute_change_set(&self, change_set: &str) -> Call<()> {
        let send = self.cloudformation.execute_change_set().change_set_name(change_set).send();
        self.call("cloudformation:ExecuteChangeSet", send).map(drop)
    }

    fn continue_rollback(&self, stack: &str, skip: &[String]) -> Call<()> {
        let skip = (!skip.is_empty()).then(|| skip.to_vec());
        let request = self.cloudformation.continue_update_rollback().stack_name(stack);
        // By its token CloudFormation knows a request again whose answer was lost, and refuses it otherwise.
        let request = request.client_request_token(unique_name());
        let send = request.set_resources_to_skip(skip).send();
        self.call("cloudformation:ContinueUpdateRollback", send).map(drop)
    }

    fn delete_stack(&self, stack: &str, retain: &[String]) -> Call<()> {
        let retain = (!retain.is_empty()).then(|| retain.to_vec());
        let request = self.cloudformation.delete_stack().stack_name(stack);
        self.call("cloudformation:DeleteStack", request.set_retain_resources(retain).send()).map(drop)
    }

    fn start_application(&self, application: &str) -> Call<Option<String>> {
        flink::start(self, application)
    }

    fn stop_application(&self, application: &str, force: bool) -> Call<()> {
        flink::stop(self, application, force)
    }
}

/// A change set that is ready and names no resource changes outputs or tags, which can be executed all the same. An
/// emulator may say so of one without changes.
fn outputs_stay(
    answer: &aws_sdk_cloudformation::operation::describe_change_set::DescribeChangeSetOutput,
) -> bool {
    answer.execution_status() != Some(&types::ExecutionStatus::Available)
}

fn read_stack(stack: &types::Stack) -> Stack {
    let output = |output: &types::Output| Output {
        name: text(output.output_key()),
        value: text(output.output_value()),
        description: text(output.description()),
    };
    let parameter = |one: &types::Parameter| {
        (text(one.parameter_key()), text(one.resolved_value().or(one.parameter_value())))
    };
    Stack {
        id: text(stack.stack_id()),
        name: text(stack.stack_name()),
        status: StackStatus::new(text(stack.stack_status().map(types::StackStatus::as_str))),
        status_reason: stack.stack_status_reason().map(str::to_owned),
        tags: stack.tags().iter().map(|tag| (text(tag.key()), text(tag.value()))).collect(),
        parameters: stack.parameters().iter().map(parameter).collect(),
        outputs: stack.outputs().iter().map(output).collect(),
    }
}

fn read_event(event: &types::StackEvent) -> StackEvent {
    StackEvent {
        id: text(event.event_id()),
        logical_id: text(event.logical_resource_id()),
        physical_id: event.physical_resource_id().filter(|id| !id.is_empty()).map(str::to_owned),
        resource_type: text(event.resource_type()),
        status: text(event.resource_status().map(types::ResourceStatus::as_str)),
        reason: event.resource_status_reason().filter(|reason| !reason.is_empty()).map(str::to_owned),
        at: event.timestamp().map_or(0, aws_sdk_cloudformation::primitives::DateTime::secs),
        of_stack: event.resource_type() == Some("AWS::CloudFormation::Stack")
            && event.logical_resource_id() == event.stack_name(),
    }
}

fn read_change(change: &types::ResourceChange) -> ResourceChange {
    let action = match change.action() {
        Some(types::ChangeAction::Add) => ChangeAction::Add,
        Some(types::ChangeAction::Modify) => ChangeAction::Modify,
        Some(types::ChangeAction::Remove) => ChangeAction::Remove,
        Some(types::ChangeAction::Import) => ChangeAction::Import,
        _ => ChangeAction::Dynamic,
    };
    ResourceChange {
        logical_id: text(change.logical_resource_id()),
        resource_type: text(change.resource_type()),
        action,
        replacement: match change.replacement() {
            Some(types::Replacement::True) => Replacement::Always,
            Some(types::Replacement::Conditional) => Replacement::Perhaps,
            _ => Replacement::Never,
        },
        policy_action: change.policy_action().map(|policy| policy.as_str().to_owned()),
        details: change.details().iter().filter_map(read_detail).collect(),
    }
}

fn read_detail(detail: &types::ResourceChangeDetail) -> Option<PropertyChange> {
    let target = detail.target()?;
    let cause =
        detail.causing_entity().filter(|_| detail.evaluation() == Some(&types::EvaluationType::Dynamic));
    let follows = match (detail.change_source(), cause) {
        (Some(types::ChangeSource::ResourceReference), Some(cause)) => Some(cause.to_owned()),
        // Other attributes, such as a launch template's version, change on their own.
        (Some(types::ChangeSource::ResourceAttribute), Some(cause)) => cause
            .split_once('.')
            .filter(|(_, attribute)| attribute.ends_with("Arn"))
            .map(|(of, _)| of.to_owned()),
        _ => None,
    };
    Some(PropertyChange {
        follows,
        attribute: target.attribute()?.as_str().to_owned(),
        name: target.name().map(str::to_owned),
        before: target.before_value().map(str::to_owned),
        after: target.after_value().map(str::to_owned),
        replacement: match target.requires_recreation() {
            Some(types::RequiresRecreation::Always) => Replacement::Always,
            Some(types::RequiresRecreation::Conditionally) => Replacement::Perhaps,
            _ => Replacement::Never,
        },
    })
}
