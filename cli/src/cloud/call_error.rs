//! Why a call to AWS gave nothing, in the few kinds that a deployment treats differently.

use std::fmt;

use super::catalogue;

/// A call that gave nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallError {
    /// IAM action, such as `cloudformation:CreateChangeSet`.
    pub action: &'static str,
    /// Kind.
    pub kind: CallErrorKind,
    /// AWS's code, where it answered with one.
    pub code: Option<String>,
    /// AWS's words, or what happened on the way.
    pub message: String,
}

/// What a deployment does about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallErrorKind {
    /// The user pressed Ctrl-C.
    Interrupted,
    /// Nothing gave credentials.
    NoCredentials,
    /// They were good once.
    ExpiredCredentials,
    /// AWS does not know them.
    WrongCredentials,
    /// A permission is missing.
    Denied,
    /// What was asked for is not there.
    NotFound,
    /// What was to be made is there.
    Exists,
    /// Too many calls, after the SDK's own patience.
    Throttled,
    /// AWS, or the way to it, does not answer.
    Unreachable,
    /// The bucket is in another region.
    OtherRegion,
    /// Any other refusal.
    Refused,
}

/// AWS's codes of each kind. Common errors of the service API references, 2026-11.
const CODES: &[(CallErrorKind, &[&str])] = &[
    (
        CallErrorKind::ExpiredCredentials,
        &["ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"],
    ),
    (
        CallErrorKind::WrongCredentials,
        &[
            "AuthFailure",
            "IncompleteSignature",
            "InvalidAccessKeyId",
            "InvalidClientTokenId",
            "InvalidSignatureException",
            "InvalidToken",
            "MissingAuthenticationToken",
            "NotSignedUp",
            "OptInRequired",
            "SignatureDoesNotMatch",
            "UnrecognizedClientException",
        ],
    ),
    (
        CallErrorKind::Denied,
        &[
            "AccessDenied",
            "AccessDeniedException",
            "AllAccessDisabled",
            "AuthorizationError",
            "Forbidden",
            "UnauthorizedOperation",
        ],
    ),
    (
        CallErrorKind::NotFound,
        &[
            "AWS.SimpleQueueService.NonExistentQueue",
            "ChangeSetNotFound",
            "ChangeSetNotFoundException",
            "EntityNotFoundException",
            "InvalidGroup.NotFound",
            "InvalidSubnetID.NotFound",
            "InvalidVpcID.NotFound",
            "NoSuchBucket",
            "NoSuchEntity",
            "NoSuchKey",
            "NotFound",
            "NotFoundException",
            "QueueDoesNotExist",
            "ResourceNotFoundException",
            "WAFNonexistentItemException",
        ],
    ),
    (CallErrorKind::Exists, &["AlreadyExistsException"]),
    (
        CallErrorKind::OtherRegion,
        &["AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "PermanentRedirect"],
    ),
    (
        CallErrorKind::Throttled,
        &[
            "LimitExceededException",
            "RequestLimitExceeded",
            "SlowDown",
            "Throttling",
            "ThrottlingException",
            "TooManyRequestsException",
        ],
    ),
    (
        CallErrorKind::Unreachable,
        &["InternalError", "InternalFailure", "InternalServerError", "RequestTimeout", "ServiceUnavailable"],
    ),
];

impl CallErrorKind {
    /// The kind of an answer with an error, by its code and its HTTP status.
    pub fn of(action: &str, code: Option<&str>, status: u16) -> Self {
        // A quota there, while others mean too many calls by it. CloudFormation API reference, 2026-11.
        if code == Some("LimitExceededException") && action.starts_with("cloudformation:") {
            return Self::Refused;
        }
        let named = code
            .and_then(|code| CODES.iter().find(|(_, codes)| codes.contains(&code)).map(|(kind, _)| *kind));
        named.unwrap_or(match status {
            301 | 307 => Self::OtherRegion,
            // S3 answers a HEAD without words; of the reasons that it has for 400 there, only an expired token comes
            // with a request that is otherwise whole. S3 API reference, "HeadObject" and "Error responses", 2026-11.
            400 if code.is_none() => Self::ExpiredCredentials,
            403 => Self::Denied,
            404 => Self::NotFound,
            429 => Self::Throttled,
            500.. => Self::Unreachable,
            _ => Self::Refused,
        })
    }
}

impl CallErrorKind {
    /// What an answer without words says.
    pub fn words(self) -> &'static str {
        match self {
            Self::OtherRegion => "the bucket is in another region",
            Self::ExpiredCredentials => "the login has expired",
            _ => "",
        }
    }
}

impl CallError {
    /// Whether the same call may succeed a little later.
    pub fn passes(&self) -> bool {
        matches!(self.kind, CallErrorKind::Throttled | CallErrorKind::Unreachable)
    }

    /// Whether there is nothing of the name that was asked for. CloudFormation says so with a code that it has for
    /// everything.
    pub fn is_of_nothing(&self) -> bool {
        self.kind == CallErrorKind::NotFound || self.message.contains("does not exist")
    }

    /// What to type.
    pub fn help(&self) -> String {
        match self.kind {
            CallErrorKind::Interrupted => "run the command again; it resumes where it stopped".into(),
            CallErrorKind::NoCredentials => {
                "log in as for the AWS CLI: `aws sso login`, `AWS_PROFILE=name`, or `AWS_ACCESS_KEY_ID` and \
                 `AWS_SECRET_ACCESS_KEY`; `aws sts get-caller-identity` shows whether it works"
                    .into()
            }
            CallErrorKind::ExpiredCredentials => {
                "log in again, with `aws sso login` for instance, and run the command again; it resumes where it \
                 stopped"
                    .into()
            }
            CallErrorKind::WrongCredentials => {
                "see with `aws sts get-caller-identity` whether the credentials are whole, the clock is right, and \
                 the account has this region enabled"
                    .into()
            }
            CallErrorKind::Denied => format!(
                "request permission for `{}`; `pipec permissions SPEC` prints the complete policy that a deployment \
                 needs",
                self.action
            ),
            CallErrorKind::Throttled => "wait a minute and run the command again; it resumes where it stopped".into(),
            CallErrorKind::Unreachable => {
                "check whether this machine can reach AWS (proxy, VPN, `AWS_ENDPOINT_URL`), and run the command \
                 again; it \
                 resumes where it stopped"
                    .into()
            }
            CallErrorKind::OtherRegion => {
                "name a bucket in the stack's region with `--artifact-bucket`".into()
            }
            CallErrorKind::NotFound | CallErrorKind::Exists | CallErrorKind::Refused => {
                let known = catalogue::help(&self.message);
                known.unwrap_or("see the AWS error above; fix it and run the command again").into()
            }
        }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "{}: ", self.action)?;
        match &self.code {
            Some(code) if !self.message.is_empty() => write!(formatter, "{code}: {}", self.message),
            Some(code) => write!(formatter, "{code}"),
            None => write!(formatter, "{}", self.message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_goes_before_the_status() {
        let of = |code, status| CallErrorKind::of("cloudformation:DescribeStacks", code, status);
        assert_eq!(of(Some("ExpiredToken"), 403), CallErrorKind::ExpiredCredentials);
        assert_eq!(of(Some("Throttling"), 400), CallErrorKind::Throttled);
        assert_eq!(of(Some("ValidationError"), 400), CallErrorKind::Refused);
        assert_eq!(of(None, 403), CallErrorKind::Denied);
        assert_eq!(of(None, 503), CallErrorKind::Unreachable);
    }

    #[test]
    fn the_same_code_is_a_quota_of_stacks_and_too_many_calls_elsewhere() {
        let of = |action| CallErrorKind::of(action, Some("LimitExceededException"), 400);
        assert_eq!(of("cloudformation:CreateChangeSet"), CallErrorKind::Refused);
        assert_eq!(of("kinesis:ListShards"), CallErrorKind::Throttled);
    }
}
