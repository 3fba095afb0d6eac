//! The Flink application beside its stack: whether it runs the deployed code, and its start. CloudFormation knows
//! neither: a failed update may leave it stopped, and the next deployment has nothing to change.

use std::time::{Duration, Instant};

use super::job_log::{JobLog, Proof};
use super::report::{Event, Reporter};
use crate::cloud::call_error::{CallError, CallErrorKind};
use crate::cloud::client::{Application, AwsClient, StackReader};
use crate::cloud::deployed::Deployed;
use crate::cloud::observer::Observer;
use crate::cloud::stack_state::StackState;
use crate::cloud::stop::{At, Step, Stop};
use pipec_compiler::diagnostics::Code;
use pipec_compiler::plan::grants::APPLICATION_NAME;
use pipec_compiler::plan::{Plan, artifact_keys};

/// Logical id of the application.
const LOGICAL_ID: &str = "Analytics";
/// Logical id of its log group.
const LOG_GROUP: &str = "AnalyticsLogs";
/// Between two looks at the application.
const PAUSE: Duration = Duration::from_secs(5);
/// Longest start or stop: Lambda's limit for the stack's own starter.
const PATIENCE: Duration = Duration::from_secs(900);
/// Looks at READY after a start or at RUNNING after a stop that may be older than the call.
pub(super) const STALE_LOOKS: u32 = 3;
/// Looks at ROLLED_BACK after which it is the end, ten seconds after the first.
const ROLLED_BACK_LOOKS: u32 = 3;
/// Looks in a row that may fail during a wait; each is tried for a minute by the SDK.
const FAILED_LOOKS_MAX: u32 = 5;
/// Starts that may be refused because the application is busy, such as with a start whose answer was lost.
const BUSY_STARTS_MAX: u32 = 5;
/// What the service answers then.
const BUSY: [&str; 2] = ["ResourceInUseException", "ConcurrentModificationException"];

/// An application that a stack holds.
#[derive(Clone, Copy)]
pub struct Target<'a> {
    /// Its name.
    pub name: &'a str,
    /// S3 key of the code that the stack has for it.
    pub code_key: &'a str,
    /// The spec as the user named it.
    pub spec: &'a str,
    /// Its log, where it is to be read after a start.
    pub log: Option<JobLog<'a>>,
}

impl Target<'_> {
    pub(super) fn meanwhile(&self) -> String {
        format!("the application {} continues; `pipec status {}` shows it", self.name, self.spec)
    }
}

/// What the stack holds.
#[derive(Clone, Debug)]
pub struct Found {
    name: String,
    code_key: String,
    log_group: Option<String>,
}

/// The application of a deployed stack, with the code that its template names.
///
/// # Errors
/// As AWS gives them, and where the stack has none or is being changed.
pub fn find(client: &dyn StackReader, deployed: &Deployed, spec: &str) -> Step<Found> {
    let stack = &deployed.stack;
    if stack.status.state() == StackState::InProgress {
        return Err(Stop::fault(
            Code::AwsRefused,
            At::Name,
            format!("the stack `{}` is {}", stack.name, stack.status),
            format!("`pipec deploy {spec}` waits for it to finish; then run the command again"),
        ));
    }
    let Some(name) = deployed.name(LOGICAL_ID) else {
        return Err(Stop::fault(
            Code::NotDeployed,
            At::Name,
            format!("the stack `{}` has no Flink application, the only part that can be stopped", stack.name),
            format!("`pipec destroy {spec}` deletes the stack"),
        ));
    };
    let keys = artifact_keys(&client.template(&stack.id)?);
    let of_flink = |key: &String| {
        key.starts_with("flink/") || (key.starts_with("flink-") && !key.starts_with("flink-starter"))
    };
    let code_key = keys.into_iter().find(of_flink).unwrap_or_default();
    let log_group = deployed.name(LOG_GROUP).map(str::to_owned);
    Ok(Found { name: name.to_owned(), code_key, log_group })
}

impl Found {
    /// It, as the user named its spec.
    pub fn target<'a>(&'a self, spec: &'a str) -> Target<'a> {
        Target { name: &self.name, code_key: &self.code_key, spec, log: None }
    }

    /// The same, with its log read after a start.
    pub fn with_log<'a>(&'a self, spec: &'a str, observer: &'a dyn Observer) -> Target<'a> {
        let log = self.log_group.as_deref().map(|group| JobLog { observer, group });
        Target { log, ..self.target(spec) }
    }
}

/// The application of a plan after its deployment; `None` where there is none. Its name is fixed.
pub(super) fn of_plan(plan: &Plan) -> Option<Found> {
    let analytics = plan.analytics.as_ref()?;
    let name = APPLICATION_NAME.replace("${AWS::StackName}", &plan.name);
    Some(Found { name, code_key: analytics.artifact.s3_key.clone(), log_group: None })
}

/// Sees to it that the application runs the deployed code. Where it does, that takes one call. Whether its state was told.
///
/// # Errors
/// As AWS gives them, and where it does not come up or runs other code.
pub fn ensure_running(client: &dyn AwsClient, reporter: &mut dyn Reporter, target: &Target) -> Step<bool> {
    let mut since = None;
    let ensured = start_if_stopped(client, reporter, target, &mut since);
    if let (Err(Stop::Fault(_)), Some(log), Some(since)) = (&ensured, &target.log, since) {
        log.tell_cause(reporter, since);
    }
    ensured.map_err(|stop| match stop {
        Stop::Interrupted(_) => Stop::Interrupted(target.meanwhile()),
        stop => stop,
    })
}

/// `since` is when the log of a start begins.
fn start_if_stopped(
    client: &dyn AwsClient,
    reporter: &mut dyn Reporter,
    target: &Target,
    since: &mut Option<i64>,
) -> Step<bool> {
    let mut watch = Watch::new(client, target);
    let (mut operation, mut started, mut stale) = (None, false, 0);
    let (mut busy, mut rolled_back) = (0, 0);
    loop {
        let seen = watch.look()?;
        match seen.status.as_str() {
            "RUNNING" => match finished(client, target, operation.as_deref())? {
                false => {}
                true if seen.code_key.as_deref().is_none_or(|key| key == target.code_key) => {
                    if started || watch.waited() {
                        watch.tell(reporter, &seen);
                    }
                    if started {
                        verify(client, reporter, target, operation.as_deref(), *since)?;
                    }
                    return Ok(started || watch.waited());
                }
                true => return Err(other_code(target, &seen)),
            },
            "READY" if !started => {
                if seen.code_key.as_deref().is_some_and(|key| key != target.code_key) {
                    return Err(other_code(target, &seen));
                }
                reporter.tell(&Event::Note {
                    message: format!("the Flink application {} is stopped: starting it", target.name),
                });
                // A start whose answer was lost may be the one that counts.
                *since = since.or(target.log.map(|log| log.before_now()));
                match client.start_application(target.name) {
                    Ok(id) => {
                        (operation, started) = (id, true);
                        continue;
                    }
                    Err(error)
                        if busy < BUSY_STARTS_MAX
                            && error.code.as_deref().is_some_and(|code| BUSY.contains(&code)) =>
                    {
                        busy += 1;
                    }
                    Err(error) => return Err(located(error)),
                }
            }
            "READY" => {
                stale += 1;
                if watch.moved || stale >= STALE_LOOKS {
                    return Err(failed(
                        client,
                        target,
                        operation.as_deref(),
                        "was started and is READY again",
                    ));
                }
            }
            "DELETING" => return Err(failed(client, target, None, "is being deleted")),
            "ROLLED_BACK" => {
                rolled_back += 1;
                if rolled_back >= ROLLED_BACK_LOOKS {
                    let other = seen.code_key.as_deref().is_some_and(|key| key != target.code_key);
                    return Err(if other {
                        other_code(target, &seen)
                    } else {
                        failed(client, target, operation.as_deref(), "was rolled back")
                    });
                }
                watch.moved = started;
            }
            _ => {
                // The start that seemed refused was taken.
                started |= busy > 0;
                watch.moved = started;
                rolled_back = 0;
            }
        }
        watch.tell(reporter, &seen);
        watch.pause()?;
    }
}

/// The state of an application that runs.
pub fn running(target: &Target) -> Event {
    Event::Application { application: target.name.to_owned(), status: "RUNNING".to_owned() }
}

/// Requires the job of a start in the log, as the stack's starter does.
fn verify(
    client: &dyn AwsClient,
    reporter: &mut dyn Reporter,
    target: &Target,
    operation: Option<&str>,
    since: Option<i64>,
) -> Step<()> {
    let proof = match target.log.zip(since) {
        Some((log, since)) => log.prove(since).map_err(located)?,
        None => Proof::Unreadable(String::new()),
    };
    match proof {
        Proof::Runs => Ok(()),
        Proof::Failed(how) => Err(failed(client, target, operation, &how)),
        Proof::Unreadable(why) => {
            let why = if why.is_empty() { why } else { format!(" ({why})") };
            reporter.tell(&Event::Note {
                message: format!(
                    "its log was not verified{why}, and an application can be RUNNING although its program failed: `pipec \
                     logs {}` shows whether its job runs",
                    target.spec
                ),
            });
            Ok(())
        }
    }
}

/// Whether the operation of a start is over, as intended.
fn finished(client: &dyn AwsClient, target: &Target, operation: Option<&str>) -> Step<bool> {
    let Some(id) = operation else { return Ok(true) };
    match client.application_operation(target.name, id) {
        Ok(Some(operation)) if operation.status == "FAILED" || operation.status == "CANCELLED" => {
            Err(failed(client, target, Some(id), "is RUNNING, but its start failed"))
        }
        Ok(operation) => Ok(operation.is_none_or(|operation| operation.status == "SUCCESSFUL")),
        Err(error) if error.passes() => Ok(false),
        Err(error) => Err(located(error)),
    }
}

/// Looks at an application until something is so.
pub(super) struct Watch<'a> {
    client: &'a dyn AwsClient,
    target: &'a Target<'a>,
    start: Instant,
    told: Option<String>,
    looks: u32,
    /// Whether it was seen on its way.
    pub(super) moved: bool,
}

impl<'a> Watch<'a> {
    pub(super) fn new(client: &'a dyn AwsClient, target: &'a Target<'a>) -> Self {
        Self { client, target, start: Instant::now(), told: None, looks: 0, moved: false }
    }

    pub(super) fn look(&mut self) -> Step<Application> {
        self.looks += 1;
        let absent = || {
            Stop::fault(
                Code::AwsRefused,
                At::Resource(LOGICAL_ID.to_owned()),
                format!("the stack's Flink application {} does not exist any more", self.target.name),
                format!(
                    "it was deleted outside CloudFormation; run `pipec destroy {0}` and `pipec deploy {0}` to \
                     recreate the pipeline",
                    self.target.spec
                ),
            )
        };
        let mut failed = 0;
        loop {
            match self.client.application(self.target.name) {
                // What passes must not end a wait of minutes.
                Err(error) if error.passes() && self.looks > 1 && failed < FAILED_LOOKS_MAX => {
                    failed += 1;
                    self.client.wait(PAUSE)?;
                }
                seen => return seen.map_err(located)?.ok_or_else(absent),
            }
        }
    }

    fn waited(&self) -> bool {
        self.looks > 1
    }

    pub(super) fn tell(&mut self, reporter: &mut dyn Reporter, seen: &Application) {
        if self.told.as_ref() != Some(&seen.status) {
            reporter.tell(&Event::Application {
                application: self.target.name.to_owned(),
                status: seen.status.clone(),
            });
            self.told = Some(seen.status.clone());
        }
    }

    pub(super) fn pause(&mut self) -> Step<()> {
        if self.start.elapsed() >= PATIENCE {
            let status = self.told.as_deref().unwrap_or("not seen");
            let seconds = self.start.elapsed().as_secs();
            return Err(failed(
                self.client,
                self.target,
                None,
                &format!("is still {status} after {seconds} s"),
            ));
        }
        Ok(self.client.wait(PAUSE)?)
    }
}

/// A failure, with the service's own words where it has any.
pub(super) fn failed(client: &dyn AwsClient, target: &Target, operation: Option<&str>, how: &str) -> Stop {
    let seen = operation.and_then(|id| client.application_operation(target.name, id).ok().flatten());
    let cause =
        seen.and_then(|operation| operation.error).map(|error| format!(": {error}")).unwrap_or_default();
    Stop::fault(
        Code::ResourceFailed,
        At::Resource(LOGICAL_ID.to_owned()),
        format!("the Flink application {} {how}{cause}", target.name),
        format!("`pipec logs {}` shows its log, with the job's exception", target.spec),
    )
}

/// An application that runs, or would run, something else than the stack says.
fn other_code(target: &Target, seen: &Application) -> Stop {
    let update = serde_json::json!({"ApplicationCodeConfigurationUpdate": {"CodeContentUpdate":
        {"S3ContentLocationUpdate": {"FileKeyUpdate": target.code_key}}}});
    Stop::fault(
        Code::ResourceFailed,
        At::Resource(LOGICAL_ID.to_owned()),
        format!(
            "the Flink application {} has the code {} and not the deployed {}: an update did not take effect, or was \
             rolled back",
            target.name,
            seen.code_key.as_deref().unwrap_or("of no deployment"),
            target.code_key
        ),
        format!(
            "`pipec logs {}` shows the cause; CloudFormation sees nothing to change, so this updates it: `aws \
             kinesisanalyticsv2 update-application --application-name {} --current-application-version-id {} \
             --application-configuration-update '{update}'`",
            target.spec, target.name, seen.version
        ),
    )
}

pub(super) fn located(error: CallError) -> Stop {
    if error.kind == CallErrorKind::Interrupted {
        return Stop::interrupted();
    }
    match error.into() {
        Stop::Fault(mut fault) => {
            fault.at = At::Resource(LOGICAL_ID.to_owned());
            Stop::Fault(fault)
        }
        stop => stop,
    }
}
