//! Managed Service for Apache Flink.

use aws_sdk_kinesisanalyticsv2::Client;
use aws_sdk_kinesisanalyticsv2::types::{ApplicationDetail, FlinkRunConfiguration, RunConfiguration};

use super::SdkClient;
use crate::cloud::call_error::CallErrorKind;
use crate::cloud::client::{Application, ApplicationOperation, Call};

/// An application; `None` where there is none.
pub(super) fn describe(client: &SdkClient, name: &str) -> Call<Option<Application>> {
    let send = Client::new(&client.config).describe_application().application_name(name).send();
    match client.call("kinesisanalytics:DescribeApplication", send) {
        Ok(answer) => Ok(answer.application_detail().map(|detail| Application {
            status: detail.application_status().as_str().to_owned(),
            code_key: code_key(detail),
            version: detail.application_version_id(),
        })),
        Err(error) if error.kind == CallErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn code_key(detail: &ApplicationDetail) -> Option<String> {
    let configuration = detail.application_configuration_description()?;
    let code = configuration.application_code_configuration_description()?.code_content_description()?;
    Some(code.s3_application_code_location_description()?.file_key().to_owned())
}

/// An operation of it.
pub(super) fn operation(client: &SdkClient, name: &str, id: &str) -> Call<Option<ApplicationOperation>> {
    let call = Client::new(&client.config).describe_application_operation();
    let send = call.application_name(name).operation_id(id).send();
    let answer = client.call("kinesisanalytics:DescribeApplicationOperation", send)?;
    Ok(answer.application_operation_info_details().map(|details| {
        let failure = details.operation_failure_details().and_then(|failure| failure.error_info());
        ApplicationOperation {
            status: details.operation_status().as_str().to_owned(),
            error: failure.and_then(|error| error.error_string()).map(str::to_owned),
        }
    }))
}

/// Starts it, from its latest snapshot where it has one.
pub(super) fn start(client: &SdkClient, name: &str) -> Call<Option<String>> {
    let flink = FlinkRunConfiguration::builder().allow_non_restored_state(true).build();
    let run = RunConfiguration::builder().flink_run_configuration(flink).build();
    let send =
        Client::new(&client.config).start_application().application_name(name).run_configuration(run).send();
    let answer = client.call("kinesisanalytics:StartApplication", send)?;
    Ok(answer.operation_id().map(str::to_owned))
}

/// Stops it.
pub(super) fn stop(client: &SdkClient, name: &str, force: bool) -> Call<()> {
    let call = Client::new(&client.config).stop_application().application_name(name);
    let send = call.set_force(force.then_some(true)).send();
    client.call("kinesisanalytics:StopApplication", send).map(|_| ())
}
