//! The request of CloudFormation, read so that every request with a `ResponseURL` can be answered.

use serde_json::Value;

use crate::configuration::Configuration;

/// What CloudFormation wants of the resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestType {
    /// The resource is new: start the application.
    Create,
    /// A property changed: the application runs, or is started.
    Update,
    /// The resource goes away: stop the application.
    Delete,
}

/// Where and how to answer. Fields that the event lacks are empty: an answer that CloudFormation may
/// refuse is better than none, which would leave the stack waiting for an hour.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReplyTo {
    /// Presigned URL that takes the answer by PUT. A secret: whoever has it can answer.
    pub url: String,
    /// The stack, as it came.
    pub stack_id: String,
    /// The request, as it came.
    pub request_id: String,
    /// The resource's name in the template, as it came.
    pub logical_resource_id: String,
    /// The id that the answer gives to the resource.
    pub physical_resource_id: String,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Why the function was called.
    pub request: RequestType,
    /// Name of the Flink application.
    pub application: String,
    /// Whether the application may start with state that does not fit its program; `None` leaves the
    /// service's default.
    pub allow_non_restored_state: Option<bool>,
    /// What has to run, as far as the template says.
    pub wanted: Configuration,
    /// What the stack had before an update: CloudFormation's rollback of a failed update is an update too, and names what
    /// failed here.
    pub before: Option<Configuration>,
    /// Log group of the application; `None` where the template names none.
    pub log_group: Option<String>,
}

impl Order {
    /// Whether this takes an update back, given what the application has: that is what is asked for, and the stack had
    /// something else before. An application that the service has rolled back is as it should be then.
    #[must_use]
    pub fn restores(&self, seen: &Configuration) -> bool {
        self.wanted.is_of(seen) && self.before.as_ref().is_some_and(|before| *before != self.wanted)
    }
}

/// A request, with a reason instead of an order where there is nothing that can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Where to answer.
    pub reply_to: ReplyTo,
    /// What to do, or how to answer at once.
    pub order: Result<Order, Unusable>,
}

/// A request without an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unusable {
    /// The event is wrong: FAILED, with this reason.
    Malformed(String),
    /// A delete of something that was never created: SUCCESS, or the stack could not be deleted.
    NothingToDelete(String),
}

/// The event has no `ResponseURL`, so it is not from CloudFormation and nobody waits for an answer.
#[derive(Debug, thiserror::Error)]
#[error("the event has no ResponseURL; this function accepts only CloudFormation custom resource requests")]
pub struct NobodyAsked;

/// Reads an event.
///
/// # Errors
/// Only when it does not say where to answer. All else is part of the [`Request`].
pub fn read(event: &Value) -> Result<Request, NobodyAsked> {
    let text = |key: &str| event[key].as_str().unwrap_or_default().to_owned();
    let url = text("ResponseURL");
    if url.is_empty() {
        return Err(NobodyAsked);
    }
    let order = order(event);
    let physical_resource_id = match &order {
        // CloudFormation takes a delete's answer only under the id that it asked for.
        Ok(Order { request: RequestType::Create | RequestType::Update, application, .. }) => {
            application.clone()
        }
        _ => match (text("PhysicalResourceId"), text("LogicalResourceId")) {
            (physical, _) if !physical.is_empty() => physical,
            (_, logical) if !logical.is_empty() => logical,
            _ => "unknown".to_owned(),
        },
    };
    let reply_to = ReplyTo {
        url,
        stack_id: text("StackId"),
        request_id: text("RequestId"),
        logical_resource_id: text("LogicalResourceId"),
        physical_resource_id,
    };
    Ok(Request { reply_to, order })
}

fn order(event: &Value) -> Result<Order, Unusable> {
    let request = match event["RequestType"].as_str() {
        Some("Create") => RequestType::Create,
        Some("Update") => RequestType::Update,
        Some("Delete") => RequestType::Delete,
        _ => return Err(Unusable::Malformed("RequestType is not Create, Update or Delete".to_owned())),
    };
    let refuse = |reason: &str| {
        Err(match request {
            RequestType::Delete => Unusable::NothingToDelete(reason.to_owned()),
            _ => Unusable::Malformed(reason.to_owned()),
        })
    };
    let properties = &event["ResourceProperties"];
    let Some(application) = properties["ApplicationName"].as_str().filter(|name| is_name(name)) else {
        return refuse(
            "the property ApplicationName is not the name of a Flink application: 1 to 128 letters, digits, \
             '.', '-' or '_'",
        );
    };
    let allow_non_restored_state = match &properties["AllowNonRestoredState"] {
        Value::Null => None,
        Value::Bool(allow) => Some(*allow),
        Value::String(text) if text == "true" => Some(true),
        Value::String(text) if text == "false" => Some(false),
        // It matters to a start only, so a delete goes on without it.
        _ if request == RequestType::Delete => None,
        _ => return refuse("the property AllowNonRestoredState is neither \"true\" nor \"false\""),
    };
    let text = |key: &str| properties[key].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    Ok(Order {
        request,
        application: application.to_owned(),
        allow_non_restored_state,
        wanted: Configuration::read(properties),
        before: event["OldResourceProperties"].as_object().map(|_| {
            // An older template says less; that is no difference.
            let before = Configuration::read(&event["OldResourceProperties"]);
            before.known_as(&Configuration::read(properties))
        }),
        log_group: text("LogGroup"),
    })
}

/// Pattern and length of `ApplicationName` in the API model of kinesisanalyticsv2 (2018-05-23).
fn is_name(name: &str) -> bool {
    (1..=128).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(request: &str, properties: &Value) -> Value {
        json!({
            "RequestType": request,
            "ResponseURL": "https://cloudformation.invalid/answer",
            "StackId": "stack",
            "RequestId": "request",
            "LogicalResourceId": "Starter",
            "PhysicalResourceId": "before",
            "ResourceProperties": properties,
        })
    }

    #[test]
    fn reads_a_create() {
        let properties = json!({"ServiceToken": "arn", "ApplicationName": "app-1", "CodeKey": "k",
            "AllowNonRestoredState": "true", "LogGroup": "logs"});
        let request = read(&event("Create", &properties)).expect("a request");
        let order = request.order.expect("an order");
        assert_eq!(order.application, "app-1");
        assert_eq!((order.wanted.code_key.as_deref(), order.log_group.as_deref()), (Some("k"), Some("logs")));
        assert_eq!(order.allow_non_restored_state, Some(true));
        assert_eq!(request.reply_to.physical_resource_id, "app-1");
        assert_eq!(request.reply_to.logical_resource_id, "Starter");
    }

    #[test]
    fn a_rollback_asks_for_the_code_that_the_application_has_again() {
        let mut event = event("Update", &json!({"ApplicationName": "app-1", "CodeKey": "old"}));
        let restores = |event: &Value, runs: Option<&str>| {
            let seen = Configuration { code_key: runs.map(str::to_owned), ..Configuration::default() };
            read(event).expect("a request").order.expect("an order").restores(&seen)
        };
        assert!(!restores(&event, Some("old")), "nothing is known of before");
        event["OldResourceProperties"] = json!({"CodeKey": "new"});
        assert!(restores(&event, Some("old")));
        assert!(!restores(&event, Some("new")) && !restores(&event, None), "it has other code");
        event["OldResourceProperties"] = json!({"CodeKey": "old"});
        assert!(!restores(&event, Some("old")), "what changed is not the code");
    }

    #[test]
    fn a_rollback_of_settings_or_properties_alone_is_one_too() {
        let properties = |parallelism: u32, stream: &str| {
            json!({"ApplicationName": "app-1", "CodeKey": "k", "Properties": {"stream": stream},
                "Settings": format!("FLINK-2_2 c.jar parallelism={parallelism} snapshots=true")})
        };
        let seen = |parallelism, stream| Configuration::read(&properties(parallelism, stream));
        for failed in [properties(2, "a"), properties(1, "b"), properties(2, "b")] {
            let mut event = event("Update", &properties(1, "a"));
            event["OldResourceProperties"] = failed;
            let order = read(&event).expect("a request").order.expect("an order");
            assert!(order.restores(&seen(1, "a")));
            assert!(!order.restores(&seen(2, "a")) && !order.restores(&seen(1, "b")));
        }
        // The update itself, which the service rolled back: the application has what it had before.
        let mut update = event("Update", &properties(2, "b"));
        update["OldResourceProperties"] = properties(1, "a");
        assert!(!read(&update).expect("a request").order.expect("an order").restores(&seen(1, "a")));
        // Of an older template, nothing but the code is known.
        let mut newer = event("Update", &properties(1, "a"));
        newer["OldResourceProperties"] = json!({"ApplicationName": "app-1", "CodeKey": "k"});
        assert!(!read(&newer).expect("a request").order.expect("an order").restores(&seen(1, "a")));
    }

    #[test]
    fn a_delete_is_answered_under_the_id_it_came_with() {
        let request = read(&event("Delete", &json!({"ApplicationName": "app-1"}))).expect("a request");
        assert_eq!(request.reply_to.physical_resource_id, "before");
    }

    #[test]
    fn a_delete_of_nothing_is_no_failure() {
        let request = read(&event("Delete", &json!({}))).expect("a request");
        assert!(matches!(request.order, Err(Unusable::NothingToDelete(_))));
        let odd = json!({"ApplicationName": "a", "AllowNonRestoredState": "maybe"});
        assert!(read(&event("Delete", &odd)).expect("a request").order.is_ok());
    }

    #[test]
    fn malformed_events_are_answered() {
        for (request, properties) in [
            ("Create", json!({})),
            ("Create", json!({"ApplicationName": 7})),
            ("Create", json!({"ApplicationName": ""})),
            ("Update", json!({"ApplicationName": "a/b"})),
            ("Create", json!({"ApplicationName": "a", "AllowNonRestoredState": "yes"})),
            ("Create", json!(null)),
            ("Import", json!({"ApplicationName": "a"})),
        ] {
            let read = read(&event(request, &properties)).expect("a request");
            assert!(matches!(read.order, Err(Unusable::Malformed(_))), "{request} {properties}");
            assert_eq!(read.reply_to.physical_resource_id, "before");
        }
        let bare = read(&json!({"ResponseURL": "https://x.invalid/"})).expect("a request");
        assert_eq!(bare.reply_to.physical_resource_id, "unknown");
    }

    #[test]
    fn without_a_url_there_is_nobody_to_answer() {
        for event in
            [json!(null), json!([]), json!({}), json!({"ResponseURL": ""}), json!({"ResponseURL": 7})]
        {
            assert!(read(&event).is_err(), "{event}");
        }
    }
}
