//! Why a deployment ends early: a fault with its place in the spec, or a decision of the user.

use super::call_error::{CallError, CallErrorKind};
use pipec_compiler::diagnostics::Code;

/// What a step gives.
pub type Step<T> = Result<T, Stop>;

/// Why there is no next step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Something is wrong.
    Fault(Box<Fault>),
    /// Several things are wrong, before anything was changed.
    Faults(Vec<Fault>),
    /// The user pressed Ctrl-C: what goes on in AWS, and how to pick it up again.
    Interrupted(String),
    /// The user said no.
    Declined,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which rule speaks; it has an explain page.
    pub code: Code,
    /// Where in the spec to look.
    pub at: At,
    /// One sentence, without a full stop.
    pub message: String,
    /// What to type; `SPEC` stands for the spec as the user named it.
    pub help: String,
}

/// A place in the spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum At {
    /// The pipeline's name.
    Name,
    /// The region.
    Region,
    /// What caused a resource, by its logical id.
    Resource(String),
    /// A key, by its JSON pointer.
    Spec(String),
}

impl Stop {
    /// Ctrl-C while nothing goes on.
    pub fn interrupted() -> Self {
        Self::Interrupted("no operation is in progress in AWS; run the same command again".into())
    }

    /// A fault.
    pub fn fault(code: Code, at: At, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Fault(Box::new(Fault { code, at, message: message.into(), help: help.into() }))
    }

    /// The same, with what goes on in AWS in the meantime.
    #[must_use]
    pub fn while_going_on(self, words: &str) -> Self {
        match self {
            Self::Fault(mut fault) => {
                fault.help = format!("{}. {words}", fault.help);
                Self::Fault(fault)
            }
            Self::Interrupted(_) => Self::Interrupted(words.to_owned()),
            Self::Faults(faults) => Self::Faults(faults),
            Self::Declined => Self::Declined,
        }
    }
}

impl Stop {
    /// The same for a step whose request may have got through although no answer came.
    #[must_use]
    pub fn perhaps_going_on(self, words: &str) -> Self {
        match self {
            Self::Fault(mut fault) if fault.code == Code::AwsUnreachable => {
                fault.help =
                    format!("the request may have reached AWS: in that case {words}; {}", fault.help);
                Self::Fault(fault)
            }
            Self::Interrupted(_) => {
                Self::Interrupted(format!("the request may have reached AWS: in that case {words}"))
            }
            stop => stop,
        }
    }
}

impl From<CallError> for Stop {
    fn from(error: CallError) -> Self {
        let code = match error.kind {
            CallErrorKind::Interrupted => return Self::interrupted(),
            CallErrorKind::NoCredentials
            | CallErrorKind::ExpiredCredentials
            | CallErrorKind::WrongCredentials => Code::Credentials,
            CallErrorKind::Denied => Code::MissingPermission,
            CallErrorKind::Throttled | CallErrorKind::Unreachable => Code::AwsUnreachable,
            CallErrorKind::OtherRegion => Code::ArtifactBucket,
            CallErrorKind::NotFound | CallErrorKind::Exists | CallErrorKind::Refused => Code::AwsRefused,
        };
        Self::fault(code, At::Name, error.to_string(), error.help())
    }
}
