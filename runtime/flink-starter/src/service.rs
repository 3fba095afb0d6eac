//! The service behind a trait as narrow as the machine needs, and the trait over the AWS SDK.

use std::collections::BTreeMap;

use aws_sdk_cloudwatchlogs::Client as Logs;
use aws_sdk_kinesisanalyticsv2::{
    Client,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    types::{
        ApplicationDetail, ApplicationOperationInfo, ApplicationStatus, EnvironmentPropertyDescriptions,
        FlinkRunConfiguration, OperationStatus, PropertyGroup, RunConfiguration,
    },
};

use pipec_flink_job::{Job, PATTERN};

use crate::{
    configuration::{self, Configuration},
    machine::Status,
    proof::{Operation, OperationState},
};

/// The operations after which an application runs anew. Its logging option and its snapshots have others.
const RESTARTS: [&str; 3] = ["StartApplication", "UpdateApplication", "RollbackApplication"];
/// Most operations of a page. API reference of kinesisanalyticsv2, ListApplicationOperations, 2026-11.
const OPERATIONS_PAGE: i32 = 50;
/// Most pages of the log at one look. A page may be empty while others follow.
const LOG_PAGES: usize = 20;

/// What StopApplication may answer when the application's status does not allow it.
const STATUS_ERRORS: [&str; 2] = ["InvalidRequestException", "InvalidArgumentException"];
/// Errors with a status below 500 that pass, besides those with `Throttl` in their name.
const PASSING_ERRORS: [&str; 6] = [
    "ConcurrentModificationException",
    "LimitExceededException",
    "RequestLimitExceeded",
    "ResourceInUseException",
    "ServiceUnavailableException",
    "TooManyRequestsException",
];

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallError {
    /// Another operation is under way, or the service is overloaded or out of reach: try again.
    Passing(String),
    /// A permission is missing. One that the same update has changed can take effect late.
    Denied(String),
    /// It will not work however often it is tried.
    Final(String),
}

impl CallError {
    /// The text, for the answer.
    #[must_use]
    pub fn text(&self) -> &str {
        let (Self::Passing(text) | Self::Denied(text) | Self::Final(text)) = self;
        text
    }
}

/// An application as it was described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its status; [`Status::Missing`] where there is none.
    pub status: Status,
    /// What it runs.
    pub configuration: Configuration,
}

/// One Flink application.
pub trait Application {
    /// Its status and its code.
    async fn look(&self) -> Result<Seen, CallError>;
    /// The operation of this id, or else the newest after which the application runs anew; `None` where there is none.
    async fn operation(&self, id: Option<&str>) -> Result<Option<Operation>, CallError>;
    /// What its log group shows of its job since a time, in milliseconds since 1970.
    async fn job(&self, log_group: &str, since_ms: i64) -> Result<Job, CallError>;
    /// Asks for a start, and gives the operation's id where the service says one.
    async fn start(&self, allow_non_restored_state: Option<bool>) -> Result<Option<String>, CallError>;
    /// Asks for a stop.
    async fn stop(&self, force: bool) -> Result<(), CallError>;
    /// The service's own words on why an operation failed: the one of this id, or else the newest that began since a
    /// time, in milliseconds since 1970.
    async fn failure(&self, operation: Option<&str>, since_ms: i64) -> Result<Option<String>, CallError>;
}

/// The application in AWS.
///
/// Needs `kinesisanalytics:DescribeApplication`, `StartApplication`, `StopApplication`,
/// `ListApplicationOperations` and `DescribeApplicationOperation` on the application, and `logs:FilterLogEvents` on its
/// log group.
#[derive(Debug)]
pub struct Aws {
    client: Client,
    logs: Logs,
    name: String,
}

impl Aws {
    /// The application of this name.
    #[must_use]
    pub fn new(client: Client, logs: Logs, name: String) -> Self {
        Self { client, logs, name }
    }

    /// The operations of a state, or all. Their order is not documented, so the newest may be on any page.
    async fn operations(
        &self,
        status: Option<OperationStatus>,
    ) -> Result<Vec<ApplicationOperationInfo>, CallError> {
        let (mut all, mut token) = (Vec::new(), None);
        loop {
            let call = self.client.list_application_operations().application_name(&self.name);
            let call = call.set_operation_status(status.clone()).limit(OPERATIONS_PAGE);
            let output = call.set_next_token(token).send().await;
            let output = output.map_err(|error| call_error("ListApplicationOperations", &error))?;
            all.extend(output.application_operation_info_list.unwrap_or_default());
            token = output.next_token;
            if token.is_none() {
                return Ok(all);
            }
        }
    }
}

impl Application for Aws {
    async fn look(&self) -> Result<Seen, CallError> {
        let described = self.client.describe_application().application_name(&self.name).send().await;
        match described {
            Ok(output) => Ok(match output.application_detail() {
                Some(detail) => Seen {
                    status: status(detail.application_status()),
                    configuration: configuration_of(detail),
                },
                None => Seen {
                    status: Status::Unknown("without a status".to_owned()),
                    configuration: Configuration::default(),
                },
            }),
            Err(error) if error.code() == Some("ResourceNotFoundException") => {
                Ok(Seen { status: Status::Missing, configuration: Configuration::default() })
            }
            Err(error) => Err(call_error("DescribeApplication", &error)),
        }
    }

    async fn operation(&self, id: Option<&str>) -> Result<Option<Operation>, CallError> {
        if let Some(id) = id {
            let call =
                self.client.describe_application_operation().application_name(&self.name).operation_id(id);
            let output = call.send().await;
            let output = output.map_err(|error| call_error("DescribeApplicationOperation", &error))?;
            let info = output.application_operation_info_details();
            return Ok(info.map(|info| Operation {
                kind: info.operation().to_owned(),
                state: operation_state(info.operation_status()),
                began_ms: info.start_time().to_millis().unwrap_or_default(),
            }));
        }
        let all = self.operations(None).await?;
        let restarts =
            all.iter().filter(|info| info.operation().is_some_and(|kind| RESTARTS.contains(&kind)));
        let newest = restarts.max_by_key(|info| began_ms(info));
        Ok(newest.map(|info| Operation {
            kind: info.operation().unwrap_or_default().to_owned(),
            state: info.operation_status().map_or(OperationState::InProgress, operation_state),
            began_ms: began_ms(info),
        }))
    }

    async fn job(&self, log_group: &str, since_ms: i64) -> Result<Job, CallError> {
        let (mut events, mut token) = (Vec::new(), None);
        for _ in 0..LOG_PAGES {
            let call = self.logs.filter_log_events().log_group_name(log_group).filter_pattern(PATTERN);
            let output = call.start_time(since_ms).set_next_token(token).send().await;
            let output = output.map_err(|error| call_error("FilterLogEvents", &error))?;
            events.extend(output.events.unwrap_or_default());
            token = output.next_token;
            if token.is_none() {
                break;
            }
        }
        // The order within a stream stays.
        events.sort_by_key(|event| event.timestamp);
        Ok(Job::read(events.iter().filter_map(|event| event.message.as_deref())))
    }

    async fn start(&self, allow_non_restored_state: Option<bool>) -> Result<Option<String>, CallError> {
        let run = allow_non_restored_state.map(|allow| {
            let flink = FlinkRunConfiguration::builder().allow_non_restored_state(allow).build();
            RunConfiguration::builder().flink_run_configuration(flink).build()
        });
        let call = self.client.start_application().application_name(&self.name).set_run_configuration(run);
        let output = call.send().await.map_err(|error| call_error("StartApplication", &error))?;
        Ok(output.operation_id().map(str::to_owned))
    }

    async fn stop(&self, force: bool) -> Result<(), CallError> {
        // Left out where it is false: a service that does not know it takes the call then.
        let force = force.then_some(true);
        let call = self.client.stop_application().application_name(&self.name).set_force(force);
        call.send().await.map(|_| ()).map_err(|error| match call_error("StopApplication", &error) {
            // The status changed between the look and the stop: the next look decides again.
            CallError::Final(text) if error.code().is_some_and(|code| STATUS_ERRORS.contains(&code)) => {
                CallError::Passing(text)
            }
            other => other,
        })
    }

    async fn failure(&self, operation: Option<&str>, since_ms: i64) -> Result<Option<String>, CallError> {
        let id = match operation {
            Some(id) => id.to_owned(),
            None => {
                let failed = self.operations(Some(OperationStatus::Failed)).await?;
                // What failed long ago explains nothing.
                let recent = failed.iter().filter(|info| began_ms(info) >= since_ms);
                let newest = recent.max_by_key(|info| began_ms(info));
                let Some(id) = newest.and_then(|info| info.operation_id()) else { return Ok(None) };
                id.to_owned()
            }
        };
        let call = self.client.describe_application_operation().application_name(&self.name).operation_id(id);
        let output = call.send().await.map_err(|error| call_error("DescribeApplicationOperation", &error))?;
        let Some(info) = output.application_operation_info_details() else { return Ok(None) };
        let error = info.operation_failure_details().and_then(|details| details.error_info());
        let text = error.and_then(|error| error.error_string());
        Ok(text.map(|text| format!("{} {}: {text}", info.operation(), info.operation_status().as_str())))
    }
}

/// When it began, in milliseconds since 1970.
fn began_ms(info: &ApplicationOperationInfo) -> i64 {
    info.start_time().and_then(|time| time.to_millis().ok()).unwrap_or_default()
}

fn configuration_of(detail: &ApplicationDetail) -> Configuration {
    let all = detail.application_configuration_description();
    let mut settings =
        BTreeMap::from([(configuration::RUNTIME, detail.runtime_environment().as_str().to_owned())]);
    let flink = all.and_then(|all| all.flink_application_configuration_description());
    if let Some(parallel) = flink.and_then(|flink| flink.parallelism_configuration_description()) {
        let numbers = [
            (configuration::PARALLELISM, parallel.parallelism()),
            (configuration::PER_KPU, parallel.parallelism_per_kpu()),
        ];
        settings.extend(numbers.into_iter().filter_map(|(name, value)| Some((name, value?.to_string()))));
        settings
            .extend(parallel.auto_scaling_enabled().map(|on| (configuration::AUTO_SCALING, on.to_string())));
    }
    if let Some(snapshots) = all.and_then(|all| all.application_snapshot_configuration_description()) {
        settings.insert(configuration::SNAPSHOTS, snapshots.snapshots_enabled().to_string());
    }
    let groups = all
        .and_then(|all| all.environment_property_descriptions())
        .map(EnvironmentPropertyDescriptions::property_group_descriptions)
        .unwrap_or_default();
    let own = groups.iter().find(|group| group.property_group_id() == configuration::PROPERTY_GROUP);
    let pairs = own.into_iter().flat_map(PropertyGroup::property_map);
    Configuration {
        code_key: code_key(detail),
        settings,
        properties: pairs.map(|(name, value)| (name.clone(), value.clone())).collect(),
    }
}

fn code_key(detail: &ApplicationDetail) -> Option<String> {
    let configuration = detail.application_configuration_description()?;
    let code = configuration.application_code_configuration_description()?.code_content_description()?;
    Some(code.s3_application_code_location_description()?.file_key().to_owned())
}

fn operation_state(status: &OperationStatus) -> OperationState {
    match status {
        OperationStatus::Successful => OperationState::Successful,
        OperationStatus::Failed | OperationStatus::Cancelled => OperationState::Failed,
        _ => OperationState::InProgress,
    }
}

fn status(status: &ApplicationStatus) -> Status {
    match status {
        ApplicationStatus::Ready => Status::Ready,
        ApplicationStatus::Running => Status::Running,
        ApplicationStatus::Starting => Status::Changing("STARTING"),
        ApplicationStatus::Updating => Status::Changing("UPDATING"),
        ApplicationStatus::Autoscaling => Status::Changing("AUTOSCALING"),
        ApplicationStatus::RollingBack => Status::Changing("ROLLING_BACK"),
        ApplicationStatus::RolledBack => Status::Changing("ROLLED_BACK"),
        ApplicationStatus::Maintenance => Status::Maintenance,
        ApplicationStatus::Stopping => Status::Stopping,
        ApplicationStatus::ForceStopping => Status::ForceStopping,
        ApplicationStatus::Deleting => Status::Deleting,
        other => Status::Unknown(other.as_str().to_owned()),
    }
}

fn call_error<E>(call: &str, error: &SdkError<E>) -> CallError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let text = match (error.code(), error.message()) {
        (Some(code), message) => format!("{call}: {code}: {}", message.unwrap_or_default()),
        // No answer of the service: connection, time, credentials.
        (None, _) => format!("{call}: {}", DisplayErrorContext(error)),
    };
    let status = error.raw_response().map(|response| response.status().as_u16());
    let passing = match error.code() {
        Some(code) => {
            status.is_some_and(|status| status >= 500)
                || code.contains("Throttl")
                || PASSING_ERRORS.contains(&code)
        }
        None => !matches!(error, SdkError::ConstructionFailure(_)),
    };
    if passing {
        CallError::Passing(text)
    } else if error.code().is_some_and(|code| code.starts_with("AccessDenied")) {
        CallError::Denied(text)
    } else {
        CallError::Final(text)
    }
}
