//! Events as EventBridge and its pipes see them: their fields.

/// The form of a service's events.
pub(super) struct Event {
    /// What an event is called, with its article.
    pub what: &'static str,
    /// Its fields.
    pub fields: &'static [(&'static str, Field)],
    /// Where the user's own fields are, with `NAME` in place of one.
    pub own: &'static str,
}

/// What a field contains.
pub(super) enum Field {
    /// A text, a number or a boolean.
    Scalar,
    /// A text that may be JSON: fields of the user's, which a path does not reach.
    Text,
    /// A text that all events share.
    Constant,
    /// A list of texts.
    List,
    /// An object with known fields.
    Object(&'static [(&'static str, Field)]),
    /// An object with names of the user's, each with these fields.
    Each(&'static [(&'static str, Field)]),
    /// JSON of the user's.
    Any,
    /// Attributes of a table in typed values: `NAME.S`. Those of a key are texts, numbers or binary.
    Attributes {
        /// Whether they are those of the item's key.
        key: bool,
    },
}

/// An event of a bus. EventBridge user guide, "AWS service event structure", 2026-11. Events of one bus share the version.
pub(super) const BUS: Event = Event {
    what: "an event",
    fields: &[
        ("version", Field::Constant),
        ("id", Field::Scalar),
        ("detail-type", Field::Scalar),
        ("source", Field::Scalar),
        ("account", Field::Scalar),
        ("time", Field::Scalar),
        ("region", Field::Scalar),
        ("resources", Field::List),
        ("detail", Field::Any),
    ],
    own: "detail.NAME",
};

/// A message of a queue. EventBridge user guide, "Amazon SQS queue as a source", 2026-11.
pub(super) const MESSAGE: Event = Event {
    what: "a message of SQS",
    fields: &[
        ("messageId", Field::Scalar),
        ("receiptHandle", Field::Scalar),
        ("body", Field::Any),
        ("attributes", Field::Object(MESSAGE_ATTRIBUTES)),
        (
            "messageAttributes",
            Field::Each(&[
                ("stringValue", Field::Scalar),
                ("binaryValue", Field::Scalar),
                ("dataType", Field::Scalar),
            ]),
        ),
        ("md5OfBody", Field::Scalar),
        ("eventSource", Field::Constant),
        ("eventSourceARN", Field::Constant),
        ("awsRegion", Field::Constant),
    ],
    own: "body.NAME",
};

/// A message of a queue as a record: its body is a text.
pub(super) const MESSAGE_OF_TEXT: Event = Event {
    what: "a message of SQS",
    fields: &[
        ("messageId", Field::Scalar),
        ("receiptHandle", Field::Scalar),
        ("body", Field::Text),
        ("attributes", Field::Object(MESSAGE_ATTRIBUTES)),
        ("messageAttributes", Field::Any),
        ("md5OfBody", Field::Scalar),
        ("eventSource", Field::Scalar),
        ("eventSourceARN", Field::Scalar),
        ("awsRegion", Field::Scalar),
    ],
    own: "body.NAME",
};

/// A message of a queue as a record with the JSON of its body.
pub(super) const MESSAGE_OF_JSON: Event = Event {
    what: "a record with a body as JSON",
    fields: &[
        ("messageId", Field::Scalar),
        ("attributes", Field::Object(MESSAGE_ATTRIBUTES)),
        ("body", Field::Any),
    ],
    own: "body.NAME",
};

/// A metric of a metric stream in JSON. CloudWatch user guide, "CloudWatch metric stream output in JSON format", 2026-11.
pub(super) const METRIC: Event = Event {
    what: "a metric",
    fields: &[
        ("metric_stream_name", Field::Scalar),
        ("account_id", Field::Scalar),
        ("region", Field::Scalar),
        ("namespace", Field::Scalar),
        ("metric_name", Field::Scalar),
        ("dimensions", Field::Any),
        ("timestamp", Field::Scalar),
        ("value", Field::Any),
        ("unit", Field::Scalar),
        ("entity", Field::Any),
    ],
    own: "dimensions.NAME",
};

/// A message of a topic with its envelope. SNS developer guide, "Fanout to Firehose delivery streams", 2026-11.
pub(super) const NOTIFICATION: Event = Event {
    what: "a notification of SNS",
    fields: &[
        ("Type", Field::Scalar),
        ("MessageId", Field::Scalar),
        ("TopicArn", Field::Scalar),
        ("Subject", Field::Scalar),
        ("Message", Field::Text),
        ("Timestamp", Field::Scalar),
        ("UnsubscribeURL", Field::Scalar),
        ("SignatureVersion", Field::Scalar),
        ("Signature", Field::Scalar),
        ("SigningCertURL", Field::Scalar),
        ("MessageAttributes", Field::Any),
    ],
    own: "Message.NAME",
};

/// A log event that the transform has unpacked, as `runtime/core` writes it.
pub(super) const LOG_EVENT: Event = Event {
    what: "a log event",
    fields: &[
        ("id", Field::Scalar),
        ("timestamp", Field::Scalar),
        ("message", Field::Text),
        ("logGroup", Field::Scalar),
        ("logStream", Field::Scalar),
        ("owner", Field::Scalar),
        ("extractedFields", Field::Any),
        ("fields", Field::Any),
    ],
    own: "fields.NAME",
};

/// SQS API reference, `ReceiveMessage`, `MessageSystemAttributeNames`, 2026-11.
const MESSAGE_ATTRIBUTES: &[(&str, Field)] = &[
    ("SenderId", Field::Scalar),
    ("SentTimestamp", Field::Scalar),
    ("ApproximateReceiveCount", Field::Scalar),
    ("ApproximateFirstReceiveTimestamp", Field::Scalar),
    ("MessageGroupId", Field::Scalar),
    ("MessageDeduplicationId", Field::Scalar),
    ("SequenceNumber", Field::Scalar),
    ("AWSTraceHeader", Field::Scalar),
    ("DeadLetterQueueSourceArn", Field::Scalar),
];

/// A change of a table. EventBridge user guide, "Amazon DynamoDB stream as a source", 2026-11.
pub(super) const CHANGE: Event = Event {
    what: "a change of DynamoDB",
    fields: &[
        ("eventID", Field::Scalar),
        ("eventName", Field::Scalar),
        ("eventVersion", Field::Constant),
        ("eventSource", Field::Constant),
        ("awsRegion", Field::Constant),
        ("eventSourceARN", Field::Constant),
        ("userIdentity", Field::Object(&[("type", Field::Scalar), ("principalId", Field::Scalar)])),
        (
            "dynamodb",
            Field::Object(&[
                ("Keys", Field::Attributes { key: true }),
                ("NewImage", Field::Attributes { key: false }),
                ("OldImage", Field::Attributes { key: false }),
                ("ApproximateCreationDateTime", Field::Scalar),
                ("SequenceNumber", Field::Scalar),
                ("SizeBytes", Field::Scalar),
                ("StreamViewType", Field::Constant),
            ]),
        ),
    ],
    own: "dynamodb.Keys.NAME.S",
};
