//! What the application's log shows about its job.
//!
//! For a program in Python, RUNNING is no proof of a job: if the program fails, the service may report the application
//! as RUNNING all the same, and the cause is in the log only, under the logger `PythonDriver` and at level INFO. Flink
//! itself logs each change of a job's state ("Job .. switched from state CREATED to RUNNING."), and of a task's
//! ("switched from INITIALIZING to RUNNING"). Sources: README of `python/GettingStarted` in
//! aws-samples/amazon-managed-service-for-apache-flink-examples, 2025-06; Flink 2.2.1, `DefaultExecutionGraph`,
//! `Execution` and `PythonDriver`.

use std::fmt::Write as _;

use serde_json::Value;

/// A filter for the lines that this module reads: CloudWatch's syntax, any of the terms.
pub const PATTERN: &str = r#"?"to RUNNING" ?"switched from state" ?PythonDriver ?"Caused by""#;

/// Most lines of the program that a reason repeats: a traceback with the exception of Java below it.
const LINES: usize = 24;
/// Most characters of one of them.
const LINE_CHARS: usize = 400;
/// What Flink's driver writes around the program's own lines.
const FRAME: &str = "----------";

/// A job as its log shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Job {
    /// The job's last state, such as RUNNING.
    state: Option<String>,
    /// Whether one of its tasks has run since the job's last change of state.
    task_ran: bool,
    /// What the program printed.
    printed: Vec<String>,
    /// The innermost cause of the last exception.
    cause: Option<String>,
}

/// What a job's log amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The job runs.
    Runs,
    /// The program, or the job, ended with an exception.
    Failed,
    /// Neither can be seen yet.
    Unseen,
}

impl Job {
    /// A job from the messages of its log, in the order of time.
    pub fn read<'a>(messages: impl IntoIterator<Item = &'a str>) -> Self {
        let mut job = Self::default();
        for message in messages {
            job.add(message);
        }
        job
    }

    fn add(&mut self, message: &str) {
        // The service writes each line as an object; anything else is taken as it is.
        let entry: Value = serde_json::from_str(message).unwrap_or_default();
        let text = entry["message"].as_str().unwrap_or(message);
        let of_program = entry["logger"].as_str().is_some_and(|logger| logger.ends_with("PythonDriver"));
        if of_program && !text.starts_with(FRAME) && !text.trim().is_empty() {
            self.printed.push(text.trim_end().chars().take(LINE_CHARS).collect());
        }
        if !of_program && let Some((_, states)) = text.split_once("switched from state ") {
            let state = states.split(" to ").nth(1).unwrap_or_default();
            self.state = Some(state.chars().take_while(char::is_ascii_uppercase).collect());
            // Tasks are deployed anew after each change; those from before are over.
            self.task_ran = false;
        } else if !of_program && text.contains("switched from ") && text.contains(" to RUNNING") {
            self.task_ran = true;
        }
        let thrown = match &entry["throwableInformation"] {
            Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"),
            Value::String(lines) => lines.clone(),
            _ => String::new(),
        };
        let mut causes = text.lines().chain(thrown.lines()).filter_map(|line| line.split_once("Caused by: "));
        if let Some((_, cause)) = causes.next_back() {
            self.cause = Some(cause.trim().chars().take(LINE_CHARS).collect());
        }
    }

    /// What the log amounts to.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self.state.as_deref() {
            // Flink logs the job's change when scheduling starts, before a task has a slot: that alone proves nothing.
            Some("RUNNING") if self.task_ran => Verdict::Runs,
            Some("FAILED" | "FAILING") => Verdict::Failed,
            // The lines of the job are not there: those of its tasks say the same.
            None if self.task_ran => Verdict::Runs,
            _ if self.printed.iter().any(|line| line.starts_with("Traceback ")) => Verdict::Failed,
            _ => Verdict::Unseen,
        }
    }

    /// Whether the log holds anything that explains a failure.
    #[must_use]
    pub fn explains(&self) -> bool {
        self.cause.is_some() || self.printed.iter().any(|line| line.starts_with("Traceback "))
    }

    /// The program's last lines and the innermost cause, for a reason; empty where the log has neither.
    #[must_use]
    pub fn account(&self) -> String {
        let mut text = String::new();
        let last = &self.printed[self.printed.len().saturating_sub(LINES)..];
        if !last.is_empty() {
            let _ = write!(text, "PythonDriver: {}", last.join("\n"));
        }
        if let Some(cause) = &self.cause {
            let gap = if text.is_empty() { "" } else { "\n" };
            let _ = write!(text, "{gap}Innermost cause: {cause}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn line(logger: &str, message: &str) -> String {
        json!({"logger": logger, "message": message, "messageType": "INFO", "applicationVersionId": "1"})
            .to_string()
    }

    fn graph(message: &str) -> String {
        line("org.apache.flink.runtime.executiongraph.ExecutionGraph", message)
    }

    fn python(message: &str) -> String {
        line("org.apache.flink.client.python.PythonDriver", message)
    }

    fn read(lines: &[String]) -> Job {
        Job::read(lines.iter().map(String::as_str))
    }

    #[test]
    fn the_last_state_of_the_job_counts() {
        let created = graph("Job insert (5e8f) switched from state CREATED to RUNNING.");
        let task = graph("Source: orders[1] (1/1) (5e8f_cbc3_0_0) switched from INITIALIZING to RUNNING.");
        let restarting = graph("Job insert (5e8f) switched from state RUNNING to RESTARTING.");
        let failed = graph("Job insert (5e8f) switched from state FAILING to FAILED.");
        assert_eq!(read(&[]).verdict(), Verdict::Unseen);
        assert_eq!(read(std::slice::from_ref(&created)).verdict(), Verdict::Unseen, "no task is deployed");
        assert_eq!(read(&[created.clone(), task.clone()]).verdict(), Verdict::Runs);
        assert_eq!(read(std::slice::from_ref(&task)).verdict(), Verdict::Runs);
        assert_eq!(read(&[created.clone(), task.clone(), restarting.clone()]).verdict(), Verdict::Unseen);
        let again = graph("Job insert (5e8f) switched from state RESTARTING to RUNNING.");
        let restarted = [created.clone(), task.clone(), restarting, again, task.clone()];
        assert_eq!(
            read(&restarted[..4]).verdict(),
            Verdict::Unseen,
            "the tasks of the first attempt are over"
        );
        assert_eq!(read(&restarted).verdict(), Verdict::Runs);
        assert_eq!(read(&[created.clone(), task, failed]).verdict(), Verdict::Failed);
        assert_eq!(read(&[created, python("Traceback (most recent call last):")]).verdict(), Verdict::Failed);
    }

    #[test]
    fn what_the_program_prints_is_no_state_of_a_job() {
        let told = python("Job x switched from state CREATED to RUNNING.");
        assert_eq!(read(&[told, python("pipec: job 5e8f submitted")]).verdict(), Verdict::Unseen);
    }

    #[test]
    fn a_traceback_is_a_failure_with_its_lines_and_its_cause() {
        let job = read(&[
            python("--------------------------- Python Process Started --------------------------"),
            python("Traceback (most recent call last):"),
            python("  File \"/tmp/main.py\", line 1, in <module>"),
            python("py4j.protocol.Py4JJavaError: An error occurred while calling o1.execute."),
            python(": org.apache.flink.table.api.ValidationException: Unable to create a source"),
            python("Caused by: org.apache.flink.table.api.ValidationException: Could not find any factory"),
        ]);
        assert_eq!(job.verdict(), Verdict::Failed);
        let account = job.account();
        assert!(account.starts_with("PythonDriver: Traceback"), "{account}");
        assert!(account.ends_with(
            "Innermost cause: org.apache.flink.table.api.ValidationException: Could not find any factory"
        ));
    }

    #[test]
    fn the_cause_of_an_exception_of_java_is_its_innermost() {
        let thrown = ["java.lang.RuntimeException: outer", "Caused by: a.B: middle", "Caused by: c.D: inner"];
        for thrown in [json!(thrown), json!(thrown.join("\n\tat x\n"))] {
            let message =
                json!({"logger": "x", "message": "failed", "throwableInformation": thrown}).to_string();
            assert_eq!(read(&[message]).account(), "Innermost cause: c.D: inner");
        }
        assert_eq!(
            read(&["plain text\nCaused by: e.F: last".to_owned()]).account(),
            "Innermost cause: e.F: last"
        );
    }
}
