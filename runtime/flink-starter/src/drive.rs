//! Runs the machine against an application until it is done, has failed, or time is up.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use pipec_flink_job::Job;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::{
    configuration::Configuration,
    event::{Order, RequestType},
    machine::{Starting, Status, Step, Stopping},
    proof::{self, Evidence},
    service::{Application, CallError, Seen},
};

/// Time between two looks at the application: doubled from the first to the last. A start takes minutes,
/// and the service's limit on DescribeApplication is per account, so looking more often gains nothing.
const FIRST_INTERVAL: Duration = Duration::from_secs(1);
const LAST_INTERVAL: Duration = Duration::from_secs(5);
/// Longest time spent on asking why an operation failed, and between two such questions. The operation's
/// failure, and above all the log, can show later than the application's status.
const CAUSE: Duration = Duration::from_secs(8);
const ACCOUNT: Duration = Duration::from_secs(15);
/// An operation that began longer before the request is not part of what the request is for: nothing was restarted,
/// and the log may have expired.
const HISTORY_MS: i64 = 60 * 60 * 1000;
/// Between the clock of this function and that of the service.
const CLOCKS_MS: i64 = 5_000;
const CAUSE_INTERVAL: Duration = Duration::from_secs(1);
/// How long a missing permission may be one that has not taken effect yet. The same update can change the role.
const PERMISSIONS: Duration = Duration::from_secs(60);

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// The application is as it was asked for; its last status.
    Reached(Status),
    /// It is not, for this reason.
    Failed(String),
}

/// Carries out the order; ends before `deadline` whatever the service does.
pub async fn drive(application: &impl Application, order: &Order, deadline: Instant) -> End {
    let began = Instant::now();
    let mut run = Run {
        application,
        order,
        began,
        deadline,
        requested_ms: now_ms(),
        last: None,
        trouble: None,
        operation: None,
        job: Job::default(),
        read: false,
        since_ms: None,
        evidence: Evidence::default(),
    };
    let end = match timeout_at(deadline, run.until_end()).await {
        Ok(end) => end,
        Err(_) => End::Failed(run.out_of_time()),
    };
    match end {
        End::Failed(reason) => End::Failed(format!("Flink application {}: {reason}", order.application)),
        reached => reached,
    }
}

fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}

struct Run<'a, A> {
    application: &'a A,
    order: &'a Order,
    began: Instant,
    deadline: Instant,
    requested_ms: i64,
    last: Option<Status>,
    /// The last call that failed in passing, cleared by one that did not.
    trouble: Option<String>,
    /// The operation of our start.
    operation: Option<String>,
    /// The job as its log shows it, and since when the log is read.
    job: Job,
    read: bool,
    since_ms: Option<i64>,
    evidence: Evidence,
}

impl<A: Application> Run<'_, A> {
    async fn until_end(&mut self) -> End {
        let mut starting = Starting::default();
        let mut stopping = Stopping::default();
        let mut interval = FIRST_INTERVAL;
        let stop = self.order.request == RequestType::Delete;
        loop {
            let step = match self.application.look().await {
                Ok(Seen { status, configuration }) => {
                    let step = if stop {
                        stopping.next(&status, self.began.elapsed())
                    } else {
                        starting.restores(self.order.restores(&configuration));
                        starting.next(&status, self.began.elapsed())
                    };
                    tracing::info!(
                        application = self.order.application,
                        status = status.name(),
                        code = configuration.code_key,
                        step = ?step,
                        "checked the application"
                    );
                    self.last = Some(status);
                    self.trouble = None;
                    match (stop, step) {
                        (false, Step::Done) => match self.prove(&configuration).await {
                            Ok(step) => step,
                            Err(error) => match self.passing(error) {
                                Ok(()) => Step::Wait,
                                Err(end) => return end,
                            },
                        },
                        // Started with other code, it would look like a success.
                        (false, Step::Start) => {
                            let wanted = self.order.wanted.code_key.as_deref();
                            match proof::wrong_code(wanted, configuration.code_key.as_deref()) {
                                Some(reason) => Step::Fail(reason),
                                None => Step::Start,
                            }
                        }
                        (_, step) => step,
                    }
                }
                Err(error) => match self.passing(error) {
                    Ok(()) => Step::Wait,
                    Err(end) => return end,
                },
            };
            let asked = match step {
                Step::Wait => Ok(()),
                Step::Done => return End::Reached(self.last.take().unwrap_or(Status::Missing)),
                Step::Fail(reason) => return self.failed(reason).await,
                Step::Start => {
                    let began_ms = now_ms();
                    self.application.start(self.order.allow_non_restored_state).await.map(|operation| {
                        self.operation = operation;
                        self.since_ms = Some(began_ms - CLOCKS_MS);
                        starting.started();
                    })
                }
                Step::Stop { force } => self.application.stop(force).await.map(|()| stopping.stopped(force)),
            };
            if let Err(error) = asked
                && let Err(end) = self.passing(error)
            {
                return end;
            }
            sleep(interval).await;
            interval = LAST_INTERVAL.min(interval * 2);
        }
    }

    /// Whether an application that is RUNNING runs the requested code.
    async fn prove(&mut self, seen: &Configuration) -> Result<Step, CallError> {
        let operation = self.application.operation(self.operation.as_deref()).await?;
        // Without an id, an older operation is not that of our start.
        let own = operation.filter(|operation| operation.began_ms >= self.requested_ms - HISTORY_MS);
        let restores = self.order.restores(seen);
        if let Some(step) = own.as_ref().and_then(|operation| proof::of_operation(operation, restores)) {
            return Ok(step);
        }
        if let Some(reason) =
            proof::wrong_code(self.order.wanted.code_key.as_deref(), seen.code_key.as_deref())
        {
            return Ok(Step::Fail(reason));
        }
        let since = self.since_ms.or(own.map(|operation| operation.began_ms));
        let (Some(log_group), Some(since)) = (&self.order.log_group, since) else { return Ok(Step::Done) };
        self.since_ms = Some(since);
        self.job = self.application.job(log_group, since).await?;
        self.read = true;
        let left = self.deadline.saturating_duration_since(Instant::now());
        let step = self.evidence.next(&self.job, self.began.elapsed(), left);
        tracing::info!(application = self.order.application, step = ?step, "read the application's log");
        Ok(step)
    }

    /// The program's own account of a failure, from its log.
    async fn account(&mut self) -> String {
        let Some(log_group) = &self.order.log_group else { return String::new() };
        // Read for minutes already, or for as long as there was time.
        if self.read {
            return self.job.account();
        }
        let since = self.since_ms.unwrap_or(self.requested_ms - HISTORY_MS);
        let reading = async {
            while !self.job.explains() {
                match self.application.job(log_group, since).await {
                    Ok(job) => self.job = job,
                    // It is an addition to a reason, not a reason of its own.
                    Err(CallError::Denied(_) | CallError::Final(_)) => break,
                    Err(CallError::Passing(_)) => {}
                }
                if !self.job.explains() {
                    sleep(CAUSE_INTERVAL).await;
                }
            }
        };
        let _ = timeout(ACCOUNT, reading).await;
        self.job.account()
    }

    /// Notes an error that may pass, and ends at one that will not.
    fn passing(&mut self, error: CallError) -> Result<(), End> {
        tracing::warn!(application = self.order.application, error = error.text(), "a call failed");
        match error {
            CallError::Passing(text) => {
                self.trouble = Some(text);
                Ok(())
            }
            CallError::Denied(text) if self.began.elapsed() < PERMISSIONS => {
                self.trouble = Some(text);
                Ok(())
            }
            CallError::Denied(text) | CallError::Final(text) => Err(End::Failed(text)),
        }
    }

    async fn failed(&mut self, reason: String) -> End {
        let mut unknown = "the service reports no cause; see the application's log group".to_owned();
        // What is said if time is up meanwhile.
        self.trouble = Some(reason.clone());
        let since_ms = self.requested_ms - HISTORY_MS;
        let asking = async {
            loop {
                match self.application.failure(self.operation.as_deref(), since_ms).await {
                    Ok(Some(cause)) => break cause,
                    Ok(None) => {}
                    Err(CallError::Passing(text)) => unknown = format!("the cause cannot be read ({text})"),
                    Err(CallError::Denied(text) | CallError::Final(text)) => {
                        break format!("the cause cannot be read ({text})");
                    }
                }
                sleep(CAUSE_INTERVAL).await;
            }
        };
        let cause = timeout(CAUSE, asking).await.unwrap_or(unknown);
        let reason = format!("{reason}; {cause}");
        self.trouble = Some(reason.clone());
        let account = self.account().await;
        End::Failed(if account.is_empty() { reason } else { format!("{reason}\n{account}") })
    }

    fn out_of_time(&self) -> String {
        let seconds = self.began.elapsed().as_secs();
        let status = self.last.as_ref().map_or("with unknown status", Status::name);
        let trouble = self.trouble.as_ref().map(|text| format!("; last error: {text}")).unwrap_or_default();
        let account = self.job.account();
        let gap = if account.is_empty() { "" } else { "\n" };
        format!("still {status} after {seconds} s{trouble}{gap}{account}")
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, collections::VecDeque};

    use super::*;
    use crate::proof::{Operation, OperationState};

    /// Plays a list of statuses, the last of them for ever, and writes down what is asked of it.
    #[derive(Default)]
    struct Script {
        statuses: RefCell<VecDeque<Result<Status, CallError>>>,
        start: RefCell<VecDeque<Result<Option<String>, CallError>>>,
        /// The last of them for ever, or none at all.
        causes: RefCell<VecDeque<Result<Option<&'static str>, CallError>>>,
        calls: RefCell<Vec<String>>,
        /// Each once, the last for ever; a successful one where there is none.
        operations: RefCell<VecDeque<Operation>>,
        /// Messages of the log at each look, the last for ever.
        log: RefCell<VecDeque<Vec<&'static str>>>,
        code_key: Option<&'static str>,
        code_key_before: Option<&'static str>,
    }

    const RUNS: &str = "Job a (b) switched from state CREATED to RUNNING.";
    const TASK_RUNS: &str = "Source: s (1/1) (b) switched from INITIALIZING to RUNNING.";
    const TRACEBACK: &str =
        r#"{"logger": "a.PythonDriver", "message": "Traceback (most recent call last):"}"#;

    impl Script {
        fn of(statuses: impl IntoIterator<Item = Result<Status, CallError>>) -> Self {
            Self {
                statuses: RefCell::new(statuses.into_iter().collect()),
                log: RefCell::new([vec![RUNS, TASK_RUNS]].into()),
                code_key: Some("k"),
                ..Self::default()
            }
        }

        fn call(&self, text: String) {
            self.calls.borrow_mut().push(text);
        }
    }

    impl Application for Script {
        async fn look(&self) -> Result<Seen, CallError> {
            let mut statuses = self.statuses.borrow_mut();
            let status = if statuses.len() > 1 {
                statuses.pop_front().expect("there are two")
            } else {
                statuses[0].clone()
            };
            let configuration = of_code(self.code_key);
            status.map(|status| Seen { status, configuration })
        }

        async fn operation(&self, id: Option<&str>) -> Result<Option<Operation>, CallError> {
            let mut operations = self.operations.borrow_mut();
            let operation =
                if operations.len() > 1 { operations.pop_front() } else { operations.front().cloned() };
            Ok(operation.or_else(|| id.map(|_| operation_of("StartApplication", OperationState::Successful))))
        }

        async fn job(&self, log_group: &str, _: i64) -> Result<Job, CallError> {
            assert_eq!(log_group, "logs");
            let mut log = self.log.borrow_mut();
            let messages = if log.len() > 1 { log.pop_front() } else { log.front().cloned() };
            Ok(Job::read(messages.unwrap_or_default()))
        }

        async fn start(&self, allow: Option<bool>) -> Result<Option<String>, CallError> {
            self.call(format!("start {allow:?}"));
            self.start.borrow_mut().pop_front().unwrap_or(Ok(Some("op-1".to_owned())))
        }

        async fn stop(&self, force: bool) -> Result<(), CallError> {
            self.call(format!("stop force={force}"));
            Ok(())
        }

        async fn failure(&self, operation: Option<&str>, _: i64) -> Result<Option<String>, CallError> {
            self.call(format!("failure of {operation:?}"));
            let mut causes = self.causes.borrow_mut();
            let cause = if causes.len() > 1 { causes.pop_front() } else { causes.front().cloned() };
            cause.unwrap_or(Ok(None)).map(|cause| cause.map(str::to_owned))
        }
    }

    fn of_code(key: Option<&str>) -> Configuration {
        Configuration { code_key: key.map(str::to_owned), ..Configuration::default() }
    }

    fn operation_of(kind: &str, state: OperationState) -> Operation {
        Operation { kind: kind.to_owned(), state, began_ms: now_ms() }
    }

    fn starting() -> Result<Status, CallError> {
        Ok(Status::Changing("STARTING"))
    }

    async fn run(script: &Script, request: RequestType, seconds: u64) -> End {
        let order = Order {
            request,
            application: "app".to_owned(),
            allow_non_restored_state: Some(true),
            wanted: of_code(Some("k")),
            before: script.code_key_before.map(|before| of_code(Some(before))),
            log_group: Some("logs".to_owned()),
        };
        drive(script, &order, Instant::now() + Duration::from_secs(seconds)).await
    }

    #[tokio::test(start_paused = true)]
    async fn creates() {
        let script = Script::of([Ok(Status::Ready), starting(), starting(), Ok(Status::Running)]);
        assert_eq!(run(&script, RequestType::Create, 300).await, End::Reached(Status::Running));
        assert_eq!(*script.calls.borrow(), ["start Some(true)"]);
    }

    #[tokio::test(start_paused = true)]
    async fn says_why_it_did_not_come_up() {
        let script = Script::of([Ok(Status::Ready), starting(), Ok(Status::Ready)]);
        script.causes.borrow_mut().push_back(Ok(Some("StartApplication FAILED: no such column")));
        let End::Failed(reason) = run(&script, RequestType::Create, 300).await else { panic!("it failed") };
        assert!(reason.starts_with("Flink application app: "), "{reason}");
        assert!(reason.ends_with("no such column"), "{reason}");
        assert_eq!(*script.calls.borrow(), ["start Some(true)", "failure of Some(\"op-1\")"]);
    }

    async fn reason(script: &Script, request: RequestType, seconds: u64) -> String {
        match run(script, request, seconds).await {
            End::Failed(reason) => reason,
            reached => panic!("{reached:?}"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn running_without_a_job_is_a_failure_with_the_programs_own_words() {
        let script = Script::of([Ok(Status::Ready), starting(), Ok(Status::Running)]);
        *script.log.borrow_mut() = [vec![], vec![TRACEBACK]].into();
        let failed = reason(&script, RequestType::Create, 890).await;
        assert!(failed.contains("it is RUNNING, but its job failed"), "{failed}");
        assert!(failed.ends_with("\nPythonDriver: Traceback (most recent call last):"), "{failed}");

        let silent = Script::of([Ok(Status::Ready), starting(), Ok(Status::Running)]);
        *silent.log.borrow_mut() = [vec![]].into();
        let failed = reason(&silent, RequestType::Create, 890).await;
        assert!(failed.contains("its log shows no running job after 300 s"), "{failed}");

        let without_slots = Script::of([Ok(Status::Ready), starting(), Ok(Status::Running)]);
        *without_slots.log.borrow_mut() = [vec![RUNS]].into();
        let failed = reason(&without_slots, RequestType::Create, 890).await;
        assert!(failed.contains("its log shows no running job after 300 s"), "{failed}");

        let late = Script::of([Ok(Status::Ready), starting(), Ok(Status::Running)]);
        *late.log.borrow_mut() = [vec![], vec![RUNS], vec![RUNS, TASK_RUNS]].into();
        assert_eq!(run(&late, RequestType::Create, 890).await, End::Reached(Status::Running));
    }

    #[tokio::test(start_paused = true)]
    async fn the_operation_has_to_succeed() {
        use OperationState::{Failed, InProgress, Successful};
        let script = Script::of([Ok(Status::Running)]);
        let operations = [InProgress, InProgress, Successful];
        *script.operations.borrow_mut() =
            operations.map(|state| operation_of("UpdateApplication", state)).into();
        assert_eq!(run(&script, RequestType::Update, 300).await, End::Reached(Status::Running));
        assert_eq!(script.operations.borrow().len(), 1);

        for (operation, told) in [
            (operation_of("UpdateApplication", Failed), "its operation UpdateApplication failed"),
            (operation_of("RollbackApplication", Successful), "its last update was rolled back"),
        ] {
            let script = Script::of([Ok(Status::Running)]);
            script.operations.borrow_mut().push_back(operation);
            script.causes.borrow_mut().push_back(Ok(Some("UpdateApplication FAILED: no such column")));
            let failed = reason(&script, RequestType::Update, 300).await;
            assert!(failed.contains(told) && failed.contains("no such column"), "{failed}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_rollback_takes_what_the_service_rolled_back() {
        let rolled_back = || {
            let script = Script { code_key_before: Some("failed"), ..Script::of([Ok(Status::Running)]) };
            let operation = operation_of("RollbackApplication", OperationState::Successful);
            script.operations.borrow_mut().push_back(operation);
            script
        };
        assert_eq!(run(&rolled_back(), RequestType::Update, 600).await, End::Reached(Status::Running));

        let silent = rolled_back();
        *silent.log.borrow_mut() = [vec![]].into();
        let failed = reason(&silent, RequestType::Update, 890).await;
        assert!(failed.contains("its log shows no running job"), "{failed}");

        // The update itself: the code is still the one before.
        let update = Script { code_key: Some("before"), code_key_before: Some("before"), ..rolled_back() };
        let failed = reason(&update, RequestType::Update, 600).await;
        assert!(failed.contains("its last update was rolled back"), "{failed}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_permission_may_take_effect_late() {
        let denied = || Err(CallError::Denied("DescribeApplication: AccessDeniedException: no".to_owned()));
        let late = Script::of([denied(), denied(), denied(), Ok(Status::Running)]);
        assert_eq!(run(&late, RequestType::Update, 300).await, End::Reached(Status::Running));

        let began = Instant::now();
        let failed = reason(&Script::of([denied()]), RequestType::Update, 300).await;
        assert!(failed.ends_with("AccessDeniedException: no"), "{failed}");
        assert!((60..70).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn history_is_no_part_of_a_request() {
        let script = Script::of([Ok(Status::Running)]);
        *script.log.borrow_mut() = [vec![]].into();
        let began_ms = now_ms() - 2 * HISTORY_MS;
        let old = Operation { began_ms, ..operation_of("RollbackApplication", OperationState::Successful) };
        script.operations.borrow_mut().push_back(old);
        assert_eq!(run(&script, RequestType::Update, 300).await, End::Reached(Status::Running));
    }

    #[tokio::test(start_paused = true)]
    async fn other_code_is_neither_a_success_nor_started() {
        for status in [Status::Running, Status::Ready] {
            let script = Script { code_key: Some("before"), ..Script::of([Ok(status)]) };
            let failed = reason(&script, RequestType::Update, 300).await;
            assert!(failed.contains("its code is before, not k"), "{failed}");
            assert!(!script.calls.borrow().iter().any(|call| call.starts_with("start")));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn asks_for_the_cause_until_it_is_there() {
        let busy = CallError::Passing("DescribeApplicationOperation: ThrottlingException: ".to_owned());
        let denied = CallError::Final("DescribeApplicationOperation: AccessDeniedException: ".to_owned());
        for (causes, end) in [
            (vec![Ok(None), Err(busy.clone()), Ok(Some("no such column"))], "no such column"),
            (vec![Ok(None)], "the service reports no cause; see the application's log group"),
            (vec![Err(busy)], "cannot be read (DescribeApplicationOperation: ThrottlingException: )"),
            (vec![Err(denied)], "cannot be read (DescribeApplicationOperation: AccessDeniedException: )"),
        ] {
            let script = Script::of([Ok(Status::Ready), starting(), Ok(Status::Ready)]);
            *script.causes.borrow_mut() = causes.into();
            *script.log.borrow_mut() = [vec![]].into();
            let End::Failed(reason) = run(&script, RequestType::Create, 300).await else {
                panic!("it failed")
            };
            assert!(reason.contains("returned to READY; ") && reason.ends_with(end), "{reason}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn says_what_it_knows_when_time_is_up_before_the_cause_is_there() {
        let script = Script::of([Ok(Status::Ready), starting(), Ok(Status::Ready)]);
        let End::Failed(reason) = run(&script, RequestType::Create, 5).await else { panic!("it failed") };
        assert!(reason.ends_with("last error: it was started but returned to READY"), "{reason}");
    }

    #[tokio::test(start_paused = true)]
    async fn starts_again_when_another_operation_was_in_the_way() {
        let script = Script::of([Ok(Status::Ready), Ok(Status::Ready), Ok(Status::Running)]);
        script.start.borrow_mut().push_back(Err(CallError::Passing("busy".to_owned())));
        assert_eq!(run(&script, RequestType::Update, 300).await, End::Reached(Status::Running));
        assert_eq!(script.calls.borrow().len(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn gives_up_at_once_where_trying_again_is_no_use() {
        let denied = CallError::Final("StartApplication: AccessDeniedException: no".to_owned());
        let script = Script::of([Ok(Status::Ready)]);
        script.start.borrow_mut().push_back(Err(denied));
        let End::Failed(reason) = run(&script, RequestType::Create, 300).await else { panic!("it failed") };
        assert!(reason.contains("AccessDenied"), "{reason}");
    }

    #[tokio::test(start_paused = true)]
    async fn ends_before_the_deadline_with_what_it_saw() {
        let script = Script::of([Ok(Status::Ready), starting()]);
        let began = Instant::now();
        let End::Failed(reason) = run(&script, RequestType::Create, 290).await else { panic!("it failed") };
        assert_eq!(began.elapsed().as_secs(), 290);
        assert!(reason.contains("still STARTING after 290 s"), "{reason}");

        let unreachable = Script::of([Err(CallError::Passing("no route".to_owned()))]);
        let End::Failed(reason) = run(&unreachable, RequestType::Create, 30).await else {
            panic!("it failed")
        };
        assert!(reason.contains("with unknown status after 30 s; last error: no route"), "{reason}");
    }

    #[tokio::test(start_paused = true)]
    async fn deletes() {
        let script = Script::of([Ok(Status::Running), Ok(Status::Stopping), Ok(Status::Ready)]);
        assert_eq!(run(&script, RequestType::Delete, 300).await, End::Reached(Status::Ready));
        assert_eq!(*script.calls.borrow(), ["stop force=false"]);

        let gone = Script::of([Ok(Status::Missing)]);
        assert_eq!(run(&gone, RequestType::Delete, 300).await, End::Reached(Status::Missing));
    }

    #[tokio::test(start_paused = true)]
    async fn deletes_by_force_what_will_not_stop() {
        let mut statuses = vec![Ok(Status::Running)];
        statuses.extend(std::iter::repeat_n(Ok(Status::Stopping), 40));
        statuses.extend([Ok(Status::ForceStopping), Ok(Status::Ready)]);
        let script = Script::of(statuses);
        assert_eq!(run(&script, RequestType::Delete, 600).await, End::Reached(Status::Ready));
        assert_eq!(*script.calls.borrow(), ["stop force=false", "stop force=true"]);
    }
}
