//! The commands that look at a deployed pipeline.

use serde_json::Value;

use crate::support::place::{Place, SPEC, code, err, out};

#[test]
fn what_is_watched_is_of_the_pipeline() {
    let place = Place::new();
    for (args, says) in [
        (&["tail", "orders.yaml", "output"][..], "it has input, failed, bucket"),
        (&["logs", "orders.yaml", "producer"], "it has logs of delivery"),
        (&["logs", "orders.yaml", "--since", "5m"], "write `5 min`"),
        (&["tail", "orders.yaml", "--count", "0"], "0 is not in"),
        (&["tail", "orders.yaml", "--since", "1h", "--from-beginning"], "cannot be used with"),
    ] {
        let output = place.pipec(args);
        assert_eq!(code(&output), 2, "{args:?}");
        assert!(err(&output).contains(says) && out(&output).is_empty(), "{}", err(&output));
    }
}

#[test]
fn watching_without_credentials_says_how_to_log_in() {
    for verb in ["status", "logs", "tail"] {
        let output = Place::new().pipec(&[verb, "orders.yaml"]);
        assert_eq!(code(&output), 3, "{}", err(&output));
        assert!(err(&output).contains("PIPE1101") && out(&output).is_empty(), "{}", err(&output));
    }
}

#[test]
fn what_tells_events_tells_the_faults_of_a_spec_as_such() {
    let place = Place::new();
    place.file("orders.yaml", &SPEC.replace("prefix", "prefx"));
    for verb in ["status", "logs"] {
        let output = place.pipec(&[verb, "orders.yaml", "--format", "json"]);
        assert_eq!((code(&output), out(&output)), (1, String::new()), "{verb}");
    }
    for verb in ["deploy", "diff", "destroy"] {
        let output = place.pipec(&[verb, "orders.yaml", "--format", "json"]);
        assert_eq!(code(&output), 1, "{verb}");
        let event: Value = serde_json::from_str(&out(&output)).expect("an event on one line");
        assert_eq!((&event["event"], &event["code"]), (&"error".into(), &"PIPE0110".into()), "{verb}");
        assert_eq!(err(&output), "nothing was done: 1 error\n", "{verb}");
    }
}
