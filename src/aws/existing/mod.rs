//! Kinds of resources that a spec can name and a stack does not create: the call that looks one up, and what must hold of
//! it. One entry per kind; `plan::existing` has the places where a spec names one.
//!
//! A look-up is one call of the service itself: its response has the state of the resource. CloudFormation's own reader of
//! resources (Cloud Control) has only the properties of a template, see ARCHITECTURE.md.
//!
//! Sources: the services' API references, 2026-11; botocore 1.43.106 for the form of requests and responses. Resource levels:
//! service authorization reference, 2026-11.

mod destinations;
mod network;
mod security;
mod sources;

pub use destinations::{BUCKET, DATABASE, DOMAIN, ICEBERG_TABLE, TABLE, WORKGROUP};
pub use network::{SECURITY_GROUP, SUBNET, VPC};
pub use security::{BOUNDARY, KEY, LOG_KEY, ROLE, SECRET};
pub use sources::{BUS, FUNCTION, LOG_GROUP, QUEUE, SOURCE_TOPIC, STREAM, TABLE_STREAM, TOPIC, WEB_ACL};

/// A kind of resource that a spec can name.
#[derive(Debug)]
pub struct ExistingKind {
    /// What it is, for people.
    pub what: &'static str,
    /// Id of the deployer's statement. Kinds with the same one share a statement.
    pub sid: &'static str,
    /// IAM action of the call, which names the service and the operation.
    pub action: &'static str,
    /// Form of the call.
    pub request: Request,
    /// First part of the endpoint, if that is not the service of the action.
    pub host: Option<&'static str>,
    /// ARNs that the action is allowed on, without `arn:` and the partition; `{id}` is the name in the spec. Empty for
    /// actions without a resource level.
    pub arns: &'static [&'static str],
    /// Whether it must belong to the account of the stack.
    pub own_account: bool,
    /// What must hold.
    pub facts: &'static [Fact],
    /// What should hold: the stack works without it, so that a note is enough.
    pub notes: &'static [Fact],
    /// What to type if there is none, with the placeholders of [`filled`]; empty if another kind finds that out.
    pub missing: &'static str,
}

/// Form of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// AWS JSON: its version, the prefix of `X-Amz-Target`, and the members.
    Json(&'static str, &'static str, Parameters),
    /// AWS query: the version of the API, and the parameters.
    Query(&'static str, Parameters),
    /// A GET of a path.
    Get(&'static str),
    /// `HeadBucket`, which the client of S3 sends.
    Bucket,
}

/// Names and values of the parameters of a call. In values and paths, `{id}` is what the spec names; of an ARN, `{last}` is
/// its last part and `{account}` its account; of `DATABASE.TABLE`, `{before_dot}` and `{after_dot}` are its parts.
pub type Parameters = &'static [(&'static str, &'static str)];

/// Something that must hold of a resource.
#[derive(Debug)]
pub struct Fact {
    /// Its place in the response, a JSON pointer; elements of XML count as members, without the root. Not every response
    /// has it: a value that is missing is not a fault.
    pub at: &'static str,
    /// What it must be.
    pub is: Is,
    /// The fault in one sentence, with the placeholders of [`filled`].
    pub fault: &'static str,
    /// What to type, by the value that was found; the last one is for all other values.
    pub help: &'static [(&'static str, &'static str)],
}

/// What a value must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Is {
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// None of these words.
    NoneOf(&'static [&'static str]),
    /// A policy that has a statement for a service principal that begins with this.
    PolicyFor(&'static str),
    /// What the spec declares under this name, or an ARN that ends with it. What is not declared is not compared.
    Declared(&'static str),
    /// A number that is at least the declared one.
    AtLeast(&'static str),
    /// The same, unless the response has this word at this place.
    AtLeastUnless(&'static str, &'static str, &'static str),
    /// A number that is at most the declared one.
    AtMost(&'static str),
    /// The declared KMS key, or one of AWS.
    Key(&'static str),
}

impl ExistingKind {
    /// A kind without facts, whose ARN the spec names.
    const fn new(what: &'static str, sid: &'static str, action: &'static str, request: Request) -> Self {
        Self {
            what,
            sid,
            action,
            request,
            host: None,
            arns: &["{id}"],
            own_account: false,
            facts: &[],
            notes: &[],
            missing: "name one that exists",
        }
    }

    const fn missing(mut self, help: &'static str) -> Self {
        self.missing = help;
        self
    }

    const fn arns(mut self, arns: &'static [&'static str]) -> Self {
        self.arns = arns;
        self
    }

    const fn of_own_account(mut self) -> Self {
        self.own_account = true;
        self
    }

    const fn facts(mut self, facts: &'static [Fact]) -> Self {
        self.facts = facts;
        self
    }

    const fn notes(mut self, notes: &'static [Fact]) -> Self {
        self.notes = notes;
        self
    }

    /// The same kind at an endpoint that is not named after the service.
    const fn at_host(mut self, host: &'static str) -> Self {
        self.host = Some(host);
        self
    }

    /// The service of the call, as its signature names it.
    pub fn service(&self) -> &'static str {
        self.action.split(':').next().unwrap_or_default()
    }

    /// The operation of the call. Differs from the action for S3, whose client knows it.
    pub fn operation(&self) -> &'static str {
        self.action.split(':').nth(1).unwrap_or_default()
    }
}

/// A value of a parameter, or a path, for what the spec names.
pub fn parameter(value: &str, id: &str) -> String {
    /// Position of the account among the parts of an ARN. IAM user guide, "ARN format", 2026-11.
    const ACCOUNT: usize = 4;
    let last = id.rsplit([':', '/']).next().unwrap_or_default();
    let account = id.split(':').nth(ACCOUNT).unwrap_or_default();
    named(value, id).replace("{account}", account).replace("{last}", last)
}

/// A text with the name in the spec, and the parts of it before and after its first dot.
pub fn named(text: &str, id: &str) -> String {
    let (before, after) = id.split_once('.').unwrap_or((id, ""));
    text.replace("{before_dot}", before).replace("{after_dot}", after).replace("{id}", id)
}

/// A help or a fault with its placeholders filled in: `{id}` is the name in the spec, `{found}` the value that was found,
/// `{name}` the part of it after the last slash, `{declared}` what the spec declares, `{last}` the last part of the ARN in the
/// spec.
pub fn filled(text: &str, id: &str, found: &str, declared: &str) -> String {
    let name = found.rsplit('/').next().unwrap_or_default();
    let text = text.replace("{found}", found).replace("{name}", name);
    let last = id.rsplit([':', '/']).next().unwrap_or_default();
    text.replace("{declared}", declared).replace("{last}", last).replace("{id}", id)
}

/// All kinds.
pub static KINDS: [&ExistingKind; 23] = [
    &ICEBERG_TABLE,
    &BUCKET,
    &KEY,
    &LOG_KEY,
    &ROLE,
    &FUNCTION,
    &VPC,
    &SUBNET,
    &SECURITY_GROUP,
    &DOMAIN,
    &TOPIC,
    &SOURCE_TOPIC,
    &WEB_ACL,
    &BUS,
    &LOG_GROUP,
    &STREAM,
    &QUEUE,
    &TABLE_STREAM,
    &DATABASE,
    &TABLE,
    &BOUNDARY,
    &SECRET,
    &WORKGROUP,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_complete() {
        /// What a text may contain in braces.
        const PLACEHOLDERS: [&str; 5] = ["{id}", "{found}", "{name}", "{declared}", "{last}"];
        /// What a help lets the user write.
        const WRITTEN: [&str; 4] =
            ["{kms_key: ARN}", "{shards: 4}", "{shards: }", "{subnets: [..], security_groups: [..]}"];
        for kind in KINDS {
            assert!(kind.action.split(':').count() == 2, "{kind:?}");
            assert!(kind.sid.chars().all(char::is_alphanumeric), "{kind:?}");
            for fact in kind.facts.iter().chain(kind.notes) {
                assert!(fact.at.starts_with('/'), "{fact:?}");
                assert_eq!(fact.help.last().map(|(found, _)| *found), Some(""), "{fact:?}");
            }
            let facts = || kind.facts.iter().chain(kind.notes);
            let helps = facts().flat_map(|fact| fact.help).map(|(_, help)| *help);
            let texts = helps.chain(facts().map(|fact| fact.fault)).chain([kind.missing]);
            for text in texts {
                let rest = PLACEHOLDERS
                    .iter()
                    .chain(&WRITTEN)
                    .fold(text.to_owned(), |text, name| text.replace(name, ""));
                assert!(!rest.contains(['{', '}']), "{text}");
                assert_eq!(rest.matches('`').count() % 2, 0, "{text}");
            }
        }
    }

    #[test]
    fn parameters_are_parts_of_an_arn() {
        let queue = "arn:aws:sqs:us-east-1:111122223333:orders";
        assert_eq!(parameter("{last} of {account}", queue), "orders of 111122223333");
        assert_eq!(parameter("{id}", queue), queue);
        assert_eq!(parameter("{last}", "arn:aws:kinesis:us-east-1:111122223333:stream/orders"), "orders");
        assert_eq!(parameter("{last}", "page-role"), "page-role");
    }

    #[test]
    fn placeholders_are_filled_in() {
        let role = "arn:aws:iam::111122223333:role/team/page";
        assert_eq!(
            filled("{name}, {found}: {id} of {declared}", "i", role, "r"),
            format!("page, {role}: i of r")
        );
    }
}
