//! Runs the machine against an application until it is done, has failed, or time is up.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::{
    event::{Order, RequestType},
    machine::{Starting, Status, Step, Stopping},
    service::{Application, CallError},
};

/// Time between two looks at the application: doubled from the first to the last. A start takes minutes,
/// and the service's limit on DescribeApplication is per account, so looking more often gains nothing.
const FIRST_INTERVAL: Duration = Duration::from_secs(1);
const LAST_INTERVAL: Duration = Duration::from_secs(5);
/// Longest time spent on asking why an operation failed, and between two such questions. The operation's
/// failure can show later than the application's status.
const CAUSE: Duration = Duration::from_secs(8);
const CAUSE_INTERVAL: Duration = Duration::from_secs(1);

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
    let mut run = Run { application, order, began, last: None, trouble: None, operation: None };
    let end = match timeout_at(deadline, run.until_end()).await {
        Ok(end) => end,
        Err(_) => End::Failed(run.out_of_time()),
    };
    match end {
        End::Failed(reason) => End::Failed(format!("Flink application {}: {reason}", order.application)),
        reached => reached,
    }
}

struct Run<'a, A> {
    application: &'a A,
    order: &'a Order,
    began: Instant,
    last: Option<Status>,
    /// The last call that failed in passing, cleared by one that did not.
    trouble: Option<String>,
    /// The operation of our start.
    operation: Option<String>,
}

impl<A: Application> Run<'_, A> {
    async fn until_end(&mut self) -> End {
        let mut starting = Starting::default();
        let mut stopping = Stopping::default();
        let mut interval = FIRST_INTERVAL;
        let stop = self.order.request == RequestType::Delete;
        loop {
            let step = match self.application.status().await {
                Ok(status) => {
                    let step = if stop {
                        stopping.next(&status, self.began.elapsed())
                    } else {
                        starting.next(&status, self.began.elapsed())
                    };
                    tracing::info!(
                        application = self.order.application,
                        status = status.name(),
                        step = ?step,
                        "looked at the application"
                    );
                    self.last = Some(status);
                    self.trouble = None;
                    step
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
                    self.application.start(self.order.allow_non_restored_state).await.map(|operation| {
                        self.operation = operation;
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

    /// Notes an error that may pass, and ends at one that will not.
    fn passing(&mut self, error: CallError) -> Result<(), End> {
        tracing::warn!(application = self.order.application, error = error.text(), "a call failed");
        match error {
            CallError::Passing(text) => {
                self.trouble = Some(text);
                Ok(())
            }
            CallError::Final(text) => Err(End::Failed(text)),
        }
    }

    async fn failed(&mut self, reason: String) -> End {
        let mut unknown = "the service gives no cause; see the application's log group".to_owned();
        // What is said if time is up meanwhile.
        self.trouble = Some(reason.clone());
        let asking = async {
            loop {
                match self.application.failure(self.operation.as_deref()).await {
                    Ok(Some(cause)) => break cause,
                    Ok(None) => {}
                    Err(CallError::Passing(text)) => unknown = format!("the cause cannot be read ({text})"),
                    Err(CallError::Final(text)) => break format!("the cause cannot be read ({text})"),
                }
                sleep(CAUSE_INTERVAL).await;
            }
        };
        let cause = timeout(CAUSE, asking).await.unwrap_or(unknown);
        End::Failed(format!("{reason}; {cause}"))
    }

    fn out_of_time(&self) -> String {
        let seconds = self.began.elapsed().as_secs();
        let status = self.last.as_ref().map_or("not seen at all", Status::name);
        let trouble = self.trouble.as_ref().map(|text| format!("; last error: {text}")).unwrap_or_default();
        format!("still {status} after {seconds} s{trouble}")
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, collections::VecDeque};

    use super::*;

    /// Plays a list of statuses, the last of them for ever, and writes down what is asked of it.
    #[derive(Default)]
    struct Script {
        statuses: RefCell<VecDeque<Result<Status, CallError>>>,
        start: RefCell<VecDeque<Result<Option<String>, CallError>>>,
        /// The last of them for ever, or none at all.
        causes: RefCell<VecDeque<Result<Option<&'static str>, CallError>>>,
        calls: RefCell<Vec<String>>,
    }

    impl Script {
        fn of(statuses: impl IntoIterator<Item = Result<Status, CallError>>) -> Self {
            Self { statuses: RefCell::new(statuses.into_iter().collect()), ..Self::default() }
        }

        fn call(&self, text: String) {
            self.calls.borrow_mut().push(text);
        }
    }

    impl Application for Script {
        async fn status(&self) -> Result<Status, CallError> {
            let mut statuses = self.statuses.borrow_mut();
            if statuses.len() > 1 {
                return statuses.pop_front().expect("there are two");
            }
            statuses[0].clone()
        }

        async fn start(&self, allow: Option<bool>) -> Result<Option<String>, CallError> {
            self.call(format!("start {allow:?}"));
            self.start.borrow_mut().pop_front().unwrap_or(Ok(Some("op-1".to_owned())))
        }

        async fn stop(&self, force: bool) -> Result<(), CallError> {
            self.call(format!("stop force={force}"));
            Ok(())
        }

        async fn failure(&self, operation: Option<&str>) -> Result<Option<String>, CallError> {
            self.call(format!("failure of {operation:?}"));
            let mut causes = self.causes.borrow_mut();
            let cause = if causes.len() > 1 { causes.pop_front() } else { causes.front().cloned() };
            cause.unwrap_or(Ok(None)).map(|cause| cause.map(str::to_owned))
        }
    }

    fn starting() -> Result<Status, CallError> {
        Ok(Status::Changing("STARTING"))
    }

    async fn run(script: &Script, request: RequestType, seconds: u64) -> End {
        let order = Order { request, application: "app".to_owned(), allow_non_restored_state: Some(true) };
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

    #[tokio::test(start_paused = true)]
    async fn asks_for_the_cause_until_it_is_there() {
        let busy = CallError::Passing("DescribeApplicationOperation: ThrottlingException: ".to_owned());
        let denied = CallError::Final("DescribeApplicationOperation: AccessDeniedException: ".to_owned());
        for (causes, end) in [
            (vec![Ok(None), Err(busy.clone()), Ok(Some("no such column"))], "no such column"),
            (vec![Ok(None)], "the service gives no cause; see the application's log group"),
            (vec![Err(busy)], "cannot be read (DescribeApplicationOperation: ThrottlingException: )"),
            (vec![Err(denied)], "cannot be read (DescribeApplicationOperation: AccessDeniedException: )"),
        ] {
            let script = Script::of([Ok(Status::Ready), starting(), Ok(Status::Ready)]);
            *script.causes.borrow_mut() = causes.into();
            let End::Failed(reason) = run(&script, RequestType::Create, 300).await else {
                panic!("it failed")
            };
            assert!(reason.contains("went back to READY; ") && reason.ends_with(end), "{reason}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn says_what_it_knows_when_time_is_up_before_the_cause_is_there() {
        let script = Script::of([Ok(Status::Ready), starting(), Ok(Status::Ready)]);
        let End::Failed(reason) = run(&script, RequestType::Create, 5).await else { panic!("it failed") };
        assert!(reason.ends_with("last error: it was started and went back to READY"), "{reason}");
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
        assert!(reason.contains("not seen at all after 30 s; last error: no route"), "{reason}");
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
