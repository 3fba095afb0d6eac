//! What a deployment asks of AWS: one narrow trait, so that the steps can be run against anything that answers.
//!
//! Calls block. Retries, timeouts and signatures are the SDK's business ([`super::sdk`]).

use std::time::Duration;

use serde_json::Value;

use super::call_error::CallError;
use super::stack_state::StackStatus;
use pipec_compiler::aws::existing::ExistingKind;

/// What a call gives.
pub type Call<T> = Result<T, CallError>;

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Account id, twelve digits.
    pub account: String,
    /// ARN of the user or the assumed role.
    pub principal: String,
}

/// A stack as CloudFormation describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stack {
    /// ARN; unlike the name it stays when the stack is deleted.
    pub id: String,
    /// Name.
    pub name: String,
    /// State.
    pub status: StackStatus,
    /// Why it is in this state, in CloudFormation's words.
    pub status_reason: Option<String>,
    /// Keys and values of its tags.
    pub tags: Vec<(String, String)>,
    /// Names and values of its parameters.
    pub parameters: Vec<(String, String)>,
    /// Its outputs.
    pub outputs: Vec<Output>,
}

/// An output of a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Name.
    pub name: String,
    /// Value.
    pub value: String,
    /// What it is.
    pub description: String,
}

/// A resource of a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackResource {
    /// Logical id.
    pub logical_id: String,
    /// The resource's own name or id, where it has one yet.
    pub physical_id: Option<String>,
    /// CloudFormation type.
    pub resource_type: String,
    /// State, such as `DELETE_SKIPPED`.
    pub status: String,
}

impl StackResource {
    /// Its name, where it has one yet. The id that CloudFormation has is the name, but for a queue: that is its address.
    pub fn name(&self) -> Option<&str> {
        let id = self.physical_id.as_deref().filter(|id| !id.is_empty())?;
        if self.resource_type == "AWS::SQS::Queue" { id.rsplit(['/', ':']).next() } else { Some(id) }
    }
}

/// A Flink application as Managed Flink describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// State, such as `STARTING`.
    pub status: String,
    /// S3 key of its code, where it has one.
    pub code_key: Option<String>,
    /// Version, which each change raises.
    pub version: i64,
}

/// An operation of a Flink application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationOperation {
    /// State: `IN_PROGRESS`, `SUCCESSFUL`, `FAILED`, `CANCELLED`.
    pub status: String,
    /// Why it failed, in the service's words.
    pub error: Option<String>,
}

/// Something that happened to a stack or to a resource of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackEvent {
    /// Unique id.
    pub id: String,
    /// Logical id; the stack's name for the stack itself.
    pub logical_id: String,
    /// The resource's own name or id; the stack's ARN for the stack itself.
    pub physical_id: Option<String>,
    /// CloudFormation type.
    pub resource_type: String,
    /// State, such as `CREATE_FAILED`.
    pub status: String,
    /// Why, in CloudFormation's words.
    pub reason: Option<String>,
    /// Seconds since 1970.
    pub at: i64,
    /// Whether it is about the stack itself.
    pub of_stack: bool,
}

/// What a template is given as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplateSource<'a> {
    /// In the request, up to 51,200 bytes.
    Body(&'a str),
    /// As an object of S3.
    Url(&'a str),
}

/// What a change set is asked to be.
#[derive(Clone, Copy, Debug)]
pub struct ChangeSetRequest<'a> {
    /// Name or ARN of the stack.
    pub stack: &'a str,
    /// Name of the change set, never used before.
    pub name: &'a str,
    /// Whether the stack is new.
    pub create: bool,
    /// Template.
    pub template: TemplateSource<'a>,
    /// Names and values of the parameters; others have their defaults.
    pub parameters: &'a [(&'a str, &'a str)],
    /// Tags of the stack.
    pub tags: &'a [(&'a str, &'a str)],
}

/// A change set as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeSet {
    /// Whether it can be executed.
    pub status: ChangeSetStatus,
    /// What it would change; empty until it is ready.
    pub changes: Vec<ResourceChange>,
}

/// Whether a change set can be executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeSetStatus {
    /// CloudFormation is still computing it.
    Pending,
    /// It can.
    Ready,
    /// Nothing would change.
    Empty,
    /// It cannot: CloudFormation's words.
    Failed(String),
}

/// What a change set does to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeAction {
    /// Makes it.
    Add,
    /// Changes it.
    Modify,
    /// Takes it out of the stack.
    Remove,
    /// Takes an existing one in.
    Import,
    /// Known only during execution.
    Dynamic,
}

/// Whether a change makes a resource anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Replacement {
    /// It stays.
    Never,
    /// CloudFormation cannot tell yet.
    Perhaps,
    /// A new one takes its place.
    Always,
}

/// One change of a change set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceChange {
    /// Logical id.
    pub logical_id: String,
    /// CloudFormation type.
    pub resource_type: String,
    /// What is done.
    pub action: ChangeAction,
    /// Whether it is made anew.
    pub replacement: Replacement,
    /// What happens to the old one: `Delete`, `Retain`, `ReplaceAndDelete`, `ReplaceAndRetain` and so on.
    pub policy_action: Option<String>,
    /// What of it changes.
    pub details: Vec<PropertyChange>,
}

/// A part of a resource that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyChange {
    /// `Properties`, `Metadata`, `Tags`, `DeletionPolicy` and so on.
    pub attribute: String,
    /// The property's name.
    pub name: Option<String>,
    /// Value before, where CloudFormation tells it.
    pub before: Option<String>,
    /// Value after, where CloudFormation tells it.
    pub after: Option<String>,
    /// Whether this makes the resource anew.
    pub replacement: Replacement,
    /// The resource whose name or ARN the property holds, where only that may change it.
    pub follows: Option<String>,
}

/// A finding of CloudFormation's checks before anything is executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidationFailure {
    /// Logical id, where it is about a resource.
    pub logical_id: Option<String>,
    /// Place in the template, such as `/Resources/Stream/Properties/ShardCount`.
    pub path: Option<String>,
    /// CloudFormation's words.
    pub reason: String,
}

/// An object of a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectHead {
    /// Base64 of the SHA-256 that S3 recorded over the whole object, where it did.
    pub sha256: Option<String>,
}

/// A version of an object, or a marker that it was deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectVersion {
    /// Key.
    pub key: String,
    /// Version; `null` in buckets without versions.
    pub version: String,
}

/// A bucket, and whose it has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Name.
    pub name: String,
    /// Account that must own it; `None` where the user names a bucket, which may be another account's.
    pub owner: Option<String>,
}

/// What looks at stacks, and changes nothing.
///
/// # Errors
/// As AWS gives them.
pub trait StackReader {
    /// Region that is asked.
    fn region(&self) -> &str;
    /// `sts:GetCallerIdentity`
    fn identity(&self) -> Call<Identity>;
    /// `cloudformation:DescribeStacks` of one stack, by name or ARN; `None` where there is none.
    fn stack(&self, stack: &str) -> Call<Option<Stack>>;
    /// `cloudformation:DescribeStacks` of all stacks.
    fn stacks(&self) -> Call<Vec<Stack>>;
    /// ARN of the stack of a name that was deleted last: `cloudformation:ListStacks`.
    fn deleted_stack(&self, name: &str) -> Call<Option<String>>;
    /// `cloudformation:DescribeStackResources`; of a deleted stack by its ARN.
    fn resources(&self, stack: &str) -> Call<Vec<StackResource>>;
    /// `cloudformation:GetTemplate`, as it was given; of a deleted stack by its ARN.
    fn template(&self, stack: &str) -> Call<String>;
    /// Events, the newest first, down to the one that is known: `cloudformation:DescribeStackEvents`.
    fn events(&self, stack: &str, known: Option<&str>) -> Call<Vec<StackEvent>>;
    /// Id of the newest event: `cloudformation:DescribeStackEvents`.
    fn newest_event(&self, stack: &str) -> Call<Option<String>>;
    /// Names of the consumers with enhanced fan-out that are registered for a stream, by its ARN:
    /// `kinesis:ListStreamConsumers`.
    fn stream_consumers(&self, stream: &str) -> Call<Vec<String>>;
    /// A Flink application; `None` where there is none: `kinesisanalytics:DescribeApplication`.
    fn application(&self, application: &str) -> Call<Option<Application>>;
    /// An operation of a Flink application: `kinesisanalytics:DescribeApplicationOperation`.
    fn application_operation(&self, application: &str, id: &str) -> Call<Option<ApplicationOperation>>;
}

/// What changes stacks.
///
/// # Errors
/// As AWS gives them.
pub trait StackWriter: StackReader {
    /// The ARNs of the new change set and of its stack: `cloudformation:CreateChangeSet`.
    fn create_change_set(&self, request: &ChangeSetRequest) -> Call<(String, String)>;
    /// All pages of `cloudformation:DescribeChangeSet`.
    fn change_set(&self, change_set: &str) -> Call<ChangeSet>;
    /// What its validation found: `cloudformation:DescribeEvents`.
    fn validation_failures(&self, change_set: &str) -> Call<Vec<ValidationFailure>>;
    /// `cloudformation:DeleteChangeSet`
    fn delete_change_set(&self, change_set: &str) -> Call<()>;
    /// `cloudformation:ExecuteChangeSet`
    fn execute_change_set(&self, change_set: &str) -> Call<()>;
    /// `cloudformation:ContinueUpdateRollback`, leaving out the resources named.
    fn continue_rollback(&self, stack: &str, skip: &[String]) -> Call<()>;
    /// `cloudformation:DeleteStack`, leaving the resources named.
    fn delete_stack(&self, stack: &str, retain: &[String]) -> Call<()>;
    /// The id of the operation: `kinesisanalytics:StartApplication`. State that does not fit the code is dropped.
    fn start_application(&self, application: &str) -> Call<Option<String>>;
    /// `kinesisanalytics:StopApplication`, with a snapshot unless it is forced.
    fn stop_application(&self, application: &str, force: bool) -> Call<()>;
}

/// What a deployment asks of S3.
///
/// # Errors
/// As AWS gives them.
pub trait Objects {
    /// Whether there is such a bucket, in any account: `s3:HeadBucket`.
    fn bucket_exists(&self, bucket: &str) -> Call<bool>;
    /// The KMS key that a bucket encrypts new objects with, if that is not AWS's own: `s3:GetBucketEncryption`.
    fn bucket_key(&self, bucket: &str) -> Call<Option<String>>;
    /// `s3:HeadObject`; `None` where there is no such object.
    fn object(&self, bucket: &Bucket, key: &str) -> Call<Option<ObjectHead>>;
    /// `s3:PutObject` with its SHA-256 (base64), which S3 verifies and records.
    fn put_object(&self, bucket: &Bucket, key: &str, bytes: &[u8], sha256: &str) -> Call<()>;
    /// Address of an object for CloudFormation.
    fn object_url(&self, bucket: &Bucket, key: &str) -> String;
    /// A page of `s3:ListObjectVersions`, up to a thousand; empty where there is nothing, `None` without the bucket.
    fn object_versions(&self, bucket: &Bucket) -> Call<Option<Vec<ObjectVersion>>>;
    /// Versions of one object, which may be gone already: `s3:ListObjectVersions`.
    fn versions_of(&self, bucket: &Bucket, key: &str) -> Call<Vec<ObjectVersion>>;
    /// `s3:DeleteObjects`, up to a thousand.
    fn delete_versions(&self, bucket: &Bucket, versions: &[ObjectVersion]) -> Call<()>;
    /// `s3:DeleteBucket`; one that is gone is deleted.
    fn delete_bucket(&self, bucket: &Bucket) -> Call<()>;
}

/// What looks up resources that a stack does not create.
///
/// # Errors
/// As AWS gives them.
pub trait Lookup {
    /// The service's response about a resource, by its ARN, id or name; `None` where there is none.
    fn look_up(&self, kind: &'static ExistingKind, id: &str) -> Call<Option<Value>>;
}

/// Everything that a deployment asks of AWS.
pub trait AwsClient: StackWriter + Objects + Lookup {
    /// Waits.
    ///
    /// # Errors
    /// Where the user interrupts.
    fn wait(&self, time: Duration) -> Call<()>;
}
