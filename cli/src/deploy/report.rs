//! What a deployment tells while it goes on. Each event is a line for people or an object for programs; the field
//! names are a contract.

use serde::Serialize;

use super::changes::Change;
use super::positions::Position;
use crate::cloud::stop::{At, Step, Stop};
use pipec_compiler::diagnostics::Code;

/// Something to tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Whose account it is, and what of the pipeline is there.
    Account {
        /// Account id.
        account: String,
        /// Region.
        region: String,
        /// Name of the stack.
        stack: String,
        /// Its state; `None` where there is none.
        status: Option<String>,
    },
    /// The bucket of the artifacts.
    ArtifactBucket {
        /// Name.
        bucket: String,
        /// Whether it was made just now.
        created: bool,
    },
    /// An artifact that was sent.
    Uploaded {
        /// What it is.
        artifact: String,
        /// Key.
        key: String,
        /// Size.
        bytes: u64,
    },
    /// Artifacts that are in the bucket already.
    Present {
        /// How many.
        count: usize,
    },
    /// What the change set does.
    Changes {
        /// All of it.
        changes: Vec<Change>,
        /// Steps of shard counts that a single update cannot make, see [`super::shard_steps`].
        #[serde(skip_serializing_if = "Vec::is_empty")]
        shard_steps: Vec<ShardSteps>,
    },
    /// What an update means for Flink's position in the stream.
    Position {
        /// Whether it is kept.
        position: Position,
        /// Why, and what follows.
        message: String,
        /// What to write for another start.
        #[serde(skip_serializing_if = "Option::is_none")]
        help: Option<String>,
    },
    /// The stack is as the spec says.
    Unchanged {
        /// Name of the stack.
        stack: String,
    },
    /// An operation of someone else, or of an earlier run, that is waited for.
    Following {
        /// Name of the stack.
        stack: String,
        /// Its state.
        status: String,
    },
    /// A resource came to the end of something.
    Resource {
        /// Logical id.
        resource: String,
        /// What it is, such as `Kinesis stream`.
        kind: String,
        /// State, such as `CREATE_COMPLETE`.
        status: String,
        /// Why, where it failed.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// How long it took, where its begin was seen.
        #[serde(skip_serializing_if = "Option::is_none")]
        seconds: Option<i64>,
    },
    /// What is not ready yet; told again and again.
    Busy {
        /// Logical ids.
        resources: Vec<String>,
        /// How many are ready.
        ready: usize,
    },
    /// State of the Flink application while it is started.
    Application {
        /// Name.
        application: String,
        /// State, such as `STARTING`.
        status: String,
    },
    /// What a stopped application does not cost, at list price in US dollars.
    Savings {
        /// For an hour, with two places.
        usd_per_hour: String,
        /// For a month.
        usd_per_month: String,
    },
    /// A sentence.
    Note {
        /// Without a full stop.
        message: String,
    },
    /// An operation came to its end.
    Finished {
        /// Name of the stack.
        stack: String,
        /// State.
        status: String,
        /// How long it took.
        seconds: u64,
    },
    /// An output of the stack.
    Output {
        /// Name.
        name: String,
        /// Value.
        value: String,
        /// What it is.
        description: String,
    },
    /// What the end of a stack takes with it, and what stays.
    Loss {
        /// Lost.
        lost: Vec<String>,
        /// Kept.
        kept: Vec<String>,
    },
    /// Objects that were deleted so far.
    Emptied {
        /// Bucket.
        bucket: String,
        /// Versions and markers.
        versions: u64,
    },
}

/// The way of a stream's shards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShardSteps {
    /// Logical id.
    pub stream: String,
    /// Count after each step.
    pub counts: Vec<u64>,
}

/// An answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Go on.
    Yes,
    /// Do not.
    No,
    /// Ctrl-C.
    Interrupted,
    /// Nobody is there to ask.
    Nobody,
}

/// Who is told, and asked.
pub trait Reporter {
    /// Takes an event.
    fn tell(&mut self, event: &Event);
    /// Asks a question that yes or no answers.
    fn ask(&mut self, question: &str) -> Answer;
}

/// Asks for a yes, unless it was given beforehand.
///
/// # Errors
/// The user's decision; the problem and its help where nobody is there to ask.
pub fn confirm(
    reporter: &mut dyn Reporter,
    yes: bool,
    question: &str,
    (problem, help): (&str, &str),
) -> Step<()> {
    if yes {
        return Ok(());
    }
    match reporter.ask(question) {
        Answer::Yes => Ok(()),
        Answer::No => Err(Stop::Declined),
        Answer::Interrupted => Err(Stop::interrupted()),
        Answer::Nobody => Err(Stop::fault(Code::Unconfirmed, At::Name, problem, help)),
    }
}
