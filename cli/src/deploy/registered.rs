//! Consumers with enhanced fan-out that others have registered for an existing stream: with the pipeline's own, they must not exceed
//! the limit of a stream.

use super::existing::is_of_credentials;
use super::report::{Event, Reporter};
use crate::cloud::client::AwsClient;
use crate::cloud::stop::{At, Fault, Step};
use pipec_compiler::aws::limits::kinesis::{FAN_OUT_CONSUMERS_MAX, FAN_OUT_CONSUMERS_MAX_ADVANTAGE};
use pipec_compiler::diagnostics::{Code, suggest};
use pipec_compiler::plan::Plan;
use pipec_compiler::plan::value::Value;

/// Names of the pipeline's registered consumers, and the ARN of the stream, where it is one of others.
fn own(plan: &Plan) -> Option<(Vec<String>, &str)> {
    let stream = plan.stream.as_ref().filter(|stream| stream.existing)?;
    let Value::Text(arn) = &stream.arn else { return None };
    let registered = plan.consumers.iter().filter_map(|consumer| consumer.registered.as_ref());
    let names: Vec<String> =
        registered.map(|one| one.name.shown().replace("${AWS::StackName}", &plan.name)).collect();
    (!names.is_empty()).then_some((names, arn))
}

/// The fault of an existing stream with too many consumers.
///
/// # Errors
/// Where no call would succeed.
pub(super) fn check(client: &dyn AwsClient, reporter: &mut dyn Reporter, plan: &Plan) -> Step<Option<Fault>> {
    let Some((own, arn)) = own(plan) else { return Ok(None) };
    let all = match client.stream_consumers(arn) {
        Ok(all) => all,
        // That the stream does not exist is a fault of its own.
        Err(error) if error.is_of_nothing() => return Ok(None),
        Err(error) if is_of_credentials(&error) => return Err(error.into()),
        Err(error) => {
            let message = format!("the consumers of the stream were not counted: {error}");
            reporter.tell(&Event::Note { message });
            return Ok(None);
        }
    };
    let others: Vec<String> = all.into_iter().filter(|name| !own.contains(name)).collect();
    let count = others.len() + own.len();
    if count <= FAN_OUT_CONSUMERS_MAX {
        return Ok(None);
    }
    let what = format!(
        "the stream has {} consumers of others, and {} of the pipeline: more than {FAN_OUT_CONSUMERS_MAX}",
        others.len(),
        own.len()
    );
    // The account's billing mode allows more, which no response shows.
    let is_on_demand = plan.stream.as_ref().is_some_and(|stream| stream.shards.is_none());
    if is_on_demand && count <= FAN_OUT_CONSUMERS_MAX_ADVANTAGE {
        let message = format!("{what}, the limit without On-demand Advantage");
        reporter.tell(&Event::Note { message });
        return Ok(None);
    }
    Ok(Some(Fault {
        code: Code::ExistingResource,
        at: At::Spec("/stream/existing".into()),
        message: format!("{what}: {}", suggest::all_of(&others)),
        help: format!(
            "deregister one of them, as in `aws kinesis deregister-stream-consumer --stream-arn {arn} --consumer-name {}`, or \
             read without `fan_out`",
            others.first().map_or("NAME", String::as_str)
        ),
    }))
}
