use std::collections::BTreeSet;

use crate::aws::metrics::{FAILURES, FAMILIES, FLINK_1, FLINK_2, Kind, STREAM, TRANSFORM, is_known};
use crate::check::Checked;
use crate::graph::NodeKind;
use crate::plan::Plan;
use crate::plan::fixture::{DESTINATIONS, DIRECT_SOURCES, LAKE, SOURCES, delivering, planned, spec};
use crate::plan::value::Value;
use crate::spec::AlarmKey;

/// A pipeline with every kind of part that has alarms.
pub(crate) const WHOLE: &str = "
name: readings
stream: {record_size: 1 KiB, records_per_second: 100, encryption: {kms_key: 'arn:aws:kms:us-east-1:111122223333:key/k'}}
producer: {generate: {}, records_per_second: 2}
records: {format: json, columns: {id: {type: INTEGER}, age: {type: INTEGER}}}
analytics:
  runtime: flink
  errors: delivery
  outputs:
    ROWS: delivery
    ALERTS: {lambda: {function: 'arn:aws:lambda:us-east-1:111122223333:function:alert:live', role: alert}}
  sql: |
    CREATE STREAM ROWS (id INTEGER); CREATE PUMP P1 AS INSERT INTO ROWS SELECT STREAM \"id\" FROM SOURCE_SQL_STREAM_001;
    CREATE STREAM ALERTS (id INTEGER);
    CREATE PUMP P2 AS INSERT INTO ALERTS SELECT STREAM \"id\" FROM SOURCE_SQL_STREAM_001 WHERE \"age\" > 90;
consumers:
  fraud: {lambda: {function: 'arn:aws:lambda:us-east-1:111122223333:function:fraud', role: fraud, fan_out: true}}
  audit: {fan_out: {role: audit}}
transform: {}
delivery: {buffer: {size: 5 MiB, interval: 600 s}, s3: {}}
alarms: {}
dashboard: true
";

fn alarms((plan, _): &(Plan, Checked)) -> Vec<String> {
    let alarms = plan.alarms.as_ref().expect("alarms");
    alarms
        .alarms
        .iter()
        .map(|alarm| {
            let metrics: Vec<&str> = alarm.metrics.iter().map(|metric| metric.name).collect();
            format!(
                "{}: {} of {} {}, {} of {} x {} s, missing is {}",
                alarm.logical_id,
                alarm
                    .expression
                    .map_or_else(|| metrics.join(", "), |of| format!("{of} of {}", metrics.join(", "))),
                alarm.comparison,
                alarm.threshold,
                alarm.datapoints,
                alarm.periods,
                alarm.period,
                alarm.missing
            )
        })
        .collect()
}

#[test]
fn every_part_of_a_pipeline_has_its_alarms() {
    insta::assert_snapshot!(alarms(&planned(WHOLE)).join("\n"));
}

#[test]
fn what_acts_in_a_pipeline_has_an_alarm() {
    let (plan, _) = planned(WHOLE);
    let watched: BTreeSet<NodeKind> =
        plan.alarms.iter().flat_map(|alarms| &alarms.alarms).map(|alarm| alarm.part).collect();
    for node in plan.graph.all() {
        let passive = matches!(
            node.kind,
            NodeKind::Starter
                | NodeKind::Bucket(_)
                | NodeKind::Network
                | NodeKind::Reader
                | NodeKind::Artifacts
                | NodeKind::Logs
                | NodeKind::SessionManager
        );
        assert_eq!(watched.contains(&node.kind), !passive, "{:?}", node.kind);
    }
}

#[test]
fn every_kind_of_alarm_exists_somewhere() {
    let old = WHOLE.replace("runtime: flink", "runtime: flink\n  flink: {runtime_environment: FLINK-1_20}");
    let direct = spec("record_size: 1 KiB, records_per_second: 10", "alarms: {}\n");
    let shared = "name: shared\nstream: {record_size: 1 KiB, records_per_second: 10}\nrecords: {format: json, columns: {a: {type: \
                  INTEGER}}}\nanalytics: {runtime: flink, outputs: {OUT: {stream: {}}, ROWS: delivery}, sql: 'CREATE STREAM ROWS (a \
                  INTEGER); CREATE PUMP P AS INSERT INTO ROWS SELECT STREAM \"a\" FROM SOURCE_SQL_STREAM_001; CREATE STREAM OUT (a \
                  INTEGER); CREATE PUMP Q AS INSERT INTO OUT SELECT STREAM \"a\" FROM SOURCE_SQL_STREAM_001;'}\ndelivery: {s3: \
                  {}}\nalarms: {}\n";
    let mut found = BTreeSet::new();
    let backed_up = delivering("backup: all, http: {url: 'https://example.com'}");
    let search =
        delivering("opensearch: {domain: 'arn:aws:es:us-east-1:111122223333:domain/search', index: orders}");
    for spec in [WHOLE, &old, &direct, shared, SOURCES, DIRECT_SOURCES, LAKE, &backed_up, &search] {
        let (plan, _) = planned(spec);
        found.extend(plan.alarms.iter().flat_map(|alarms| &alarms.alarms).map(|alarm| alarm.key));
    }
    let missing: Vec<&str> =
        AlarmKey::ALL.iter().filter(|key| !found.contains(key)).map(|key| key.name()).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// What alarms, the dashboard and `status` read is in the table of documented metrics, and nothing is in it in vain.
#[test]
fn metrics_are_those_of_the_table() {
    let mut read = BTreeSet::new();
    let old = WHOLE.replace("runtime: flink", "runtime: flink\n  flink: {runtime_environment: FLINK-1_20}");
    let lambda = spec(
        "record_size: 1 KiB, records_per_second: 10",
        "records: {format: json, columns: {A: {type: INTEGER}}}\nanalytics: {sql: SELECT A FROM SOURCE_SQL_STREAM_001}\nalarms: \
         {}\ndashboard: true\n",
    );
    let direct = "name: direct\ndelivery: {record_size: 1 KiB, records_per_second: 10, s3: {}}\nalarms: {}\ndashboard: true\n";
    let destinations = DESTINATIONS.iter().map(|destination| delivering(destination));
    let backed_up = delivering("backup: all, http: {url: 'https://example.com'}");
    let mut kinds: Vec<&Kind> = vec![&STREAM, &TRANSFORM, &FLINK_1, &FLINK_2, &FAILURES];
    let specs = [WHOLE, &old, &lambda, SOURCES, DIRECT_SOURCES, LAKE, direct, &backed_up].map(str::to_owned);
    for spec in specs.into_iter().chain(destinations) {
        let (plan, checked) = planned(&spec);
        let deliveries = &checked.pipeline().deliveries;
        kinds.extend(deliveries.iter().map(|delivery| delivery.destination.capabilities().metrics));
        let alarms = plan.alarms.expect("alarms");
        for metric in alarms.alarms.iter().flat_map(|alarm| &alarm.metrics) {
            let dimensions = metric.dimensions.iter().map(|dimension| dimension.name.to_owned()).collect();
            read.insert((metric.namespace.to_owned(), dimensions, metric.name.to_owned()));
        }
        let body = plan.dashboard.expect("a dashboard").body;
        let body: serde_json::Value = serde_json::from_str(&body).expect("JSON");
        let widgets = body["widgets"].as_array().expect("widgets").iter();
        for metric in
            widgets.flat_map(|widget| widget["properties"]["metrics"].as_array().into_iter().flatten())
        {
            // An expression has no name.
            let Some(namespace) = metric[0].as_str() else { continue };
            let part = |at: usize| metric[at].as_str().expect("text").to_owned();
            let options = metric.as_array().expect("a metric").len() - 1;
            let dimensions: Vec<String> = (2..options).step_by(2).map(part).collect();
            read.insert((namespace.to_owned(), dimensions, part(1)));
        }
    }
    for kind in kinds {
        for metric in kind.metrics {
            let namespace = metric.namespace.unwrap_or(kind.namespace).to_owned();
            read.insert((namespace, vec![kind.dimension.to_owned()], metric.name.to_owned()));
        }
    }
    for (namespace, dimensions, name) in &read {
        assert!(
            is_known(namespace, dimensions, name),
            "{namespace} {dimensions:?} {name} is not in the table"
        );
    }
    for family in FAMILIES {
        for name in family.names {
            let dimensions = std::iter::once(&family.dimension).chain(family.further);
            let dimensions = dimensions.map(|&dimension| dimension.to_owned()).collect();
            let known = (family.namespace.to_owned(), dimensions, (*name).to_owned());
            // What the producer sends is shown by records alone.
            assert!(read.contains(&known) || *name == "BytesSent", "{known:?} is read by nothing");
        }
    }
}

#[test]
fn thresholds_follow_from_the_spec_and_yield_to_it() {
    let threshold = |spec: &str, id: &str| {
        let (plan, _) = planned(spec);
        let alarms = plan.alarms.expect("alarms").alarms;
        alarms.into_iter().find(|alarm| alarm.logical_id == id).map(|alarm| alarm.threshold)
    };
    let with = |rest: &str| {
        format!(
            "name: orders\nstream: {{record_size: 1 KiB, records_per_second: 10, retention: 48 h}}\n{rest}alarms: {{thresholds: \
             {{iterator_age: 5 min}}}}\n"
        )
    };
    let plain = with("delivery: {buffer: {size: 5 MiB, interval: 900 s}, s3: {}}\n");
    assert_eq!(threshold(&plain, "StreamIteratorAgeAlarm"), Some(300_000.0));
    assert_eq!(threshold(&plain, "StreamExpiringRecordsAlarm"), Some(86_400_000.0));
    assert_eq!(threshold(&plain, "StreamDeclaredRateAlarm"), Some(3_000.0));
    assert_eq!(threshold(&plain, "DeliveryFreshnessAlarm"), Some(1_800.0));
    assert_eq!(threshold(&plain, "StreamNoDataAlarm"), None);
    let transform =
        with("transform: {timeout: 30 s}\ndelivery: {buffer: {size: 5 MiB, interval: 900 s}, s3: {}}\n");
    assert_eq!(threshold(&transform, "DeliveryFreshnessAlarm"), Some(1_860.0));
    assert_eq!(threshold(&transform, "TransformFunctionDurationAlarm"), Some(24_000.0));
}

/// A threshold is for several streams, and each alarm can ring.
#[test]
fn no_threshold_is_above_what_a_stream_retains() {
    let sql: String = ["ROWS", "LONG", "SHORT"]
        .iter()
        .map(|name| {
            format!(
                "CREATE STREAM {name} (id INTEGER); CREATE PUMP OF_{name} AS INSERT INTO {name} SELECT STREAM \"id\" FROM \
                 SOURCE_SQL_STREAM_001; "
            )
        })
        .collect();
    let spec = |thresholds: &str| {
        format!(
            "name: kept\nstream: {{record_size: 1 KiB, records_per_second: 10, retention: 7 d}}\nrecords: {{format: json, \
             columns: {{id: {{type: INTEGER}}}}}}\nanalytics: {{runtime: flink, outputs: {{ROWS: delivery, {}, {}}}, sql: \
             {sql:?}}}\ndelivery: {{s3: {{}}}}\nalarms: {{thresholds: {{{thresholds}}}}}\n",
            "LONG: {stream: {retention: 3 d}}", "SHORT: {stream: {}}"
        )
    };
    let hours = |thresholds: &str, key: AlarmKey| {
        let (plan, _) = planned(&spec(thresholds));
        let alarms = plan.alarms.expect("alarms").alarms.into_iter().filter(move |alarm| alarm.key == key);
        alarms
            .map(|alarm| {
                (alarm.logical_id, alarm.threshold / 3.6e6, alarm.description.contains("expire after 24 h"))
            })
            .collect::<Vec<_>>()
    };
    let ages = |threshold: &str| -> Vec<(f64, bool)> {
        let found = hours(&format!("iterator_age: {threshold}"), AlarmKey::IteratorAge);
        found.into_iter().map(|(_, hours, because)| (hours, because)).collect()
    };
    // The input, the delivered rows, LONG and SHORT.
    assert_eq!(ages("20 h"), [(20.0, false); 4]);
    assert_eq!(ages("26 h"), [(26.0, false), (12.0, true), (26.0, false), (12.0, true)]);
}

#[test]
fn silence_is_a_fault_only_where_a_producer_sends_on() {
    let no_data = |rest: &str| {
        let spec = format!(
            "name: orders\nstream: {{record_size: 1 KiB, records_per_second: 10}}\ndelivery: {{s3: {{}}}}\n{rest}"
        );
        let (plan, _) = planned(&spec);
        let alarms = plan.alarms.as_ref().expect("alarms").alarms.clone();
        let found = alarms.into_iter().find(|alarm| alarm.key == AlarmKey::NoData);
        found.map(|alarm| {
            (alarm.period, alarm.periods, alarm.missing, plan.order.contains_key(alarm.logical_id.as_str()))
        })
    };
    let producer = |rate| {
        format!(
            "producer: {{http: {{url: 'https://example.com/'}}, records_per_second: {rate}}}\nalarms: {{}}\n"
        )
    };
    assert_eq!(no_data("alarms: {}\n"), None);
    // The alarm itself refers to the stream.
    assert_eq!(no_data("alarms: {thresholds: {no_data: 1 h}}\n"), Some((300, 12, "breaching", false)));
    assert_eq!(no_data(&producer("2")), Some((300, 1, "breaching", true)));
    // A record every 1,000 seconds; every 12 hours; every 11 days.
    assert_eq!(no_data(&producer("0.001")), Some((300, 10, "breaching", true)));
    assert_eq!(no_data(&producer("0.0000231")), Some((3_600, 37, "breaching", true)));
    assert_eq!(no_data(&producer("0.000001")), None);
}

#[test]
fn silence_of_a_delivery_is_a_fault_where_the_producer_writes_into_it() {
    let spec = "name: orders\ndeliveries:\n  all: {record_size: 1 KiB, records_per_second: 10, s3: {}}\n  few: \
                {record_size: 1 KiB, records_per_second: 10, s3: {}}\nproducer: {http: {url: 'https://example.com/'}, \
                records_per_second: 2}\n";
    let silent = |alarms: &str| {
        let (plan, _) = planned(&format!("{spec}{alarms}"));
        let alarms = plan.alarms.as_ref().expect("alarms").alarms.iter();
        let of = alarms.filter(|alarm| alarm.key == AlarmKey::NoData);
        let found: Vec<_> = of
            .map(|alarm| {
                let metric = &alarm.metrics[0];
                let waits = plan.order.contains_key(alarm.logical_id.as_str());
                let dimension = metric.dimensions[0].name;
                (alarm.logical_id.clone(), metric.namespace, dimension, alarm.periods, waits)
            })
            .collect();
        found
    };
    let of = |id: &str, periods, waits| {
        (format!("{id}NoDataAlarm"), "AWS/Firehose", "DeliveryStreamName", periods, waits)
    };
    assert_eq!(silent("alarms: {}\n"), [of("DeliveryAll", 1, true)]);
    let both = [of("DeliveryAll", 12, true), of("DeliveryFew", 12, false)];
    assert_eq!(silent("alarms: {thresholds: {no_data: 1 h}}\n"), both);
}

/// The producer's own metrics have the name of what it writes into.
#[test]
fn given_up_records_are_those_of_the_target() {
    let name = |spec: &str| {
        let (plan, _) = planned(spec);
        let alarms = plan.alarms.expect("alarms").alarms.into_iter();
        let mut of = alarms.filter(|alarm| alarm.logical_id == "ProducerGroupRecordsFailedAlarm");
        of.next().expect("an alarm").metrics[0].of().expect("a dimension").clone()
    };
    let producer = "producer: {http: {url: 'https://example.com/'}, records_per_second: 2}\nalarms: {}\n";
    let load = "record_size: 1 KiB, records_per_second: 10";
    let stream = format!("name: orders\nstream: {{{load}}}\ndelivery: {{s3: {{}}}}\n{producer}");
    assert_eq!(name(&stream), Value::reference("Stream"));
    let arn = "arn:aws:kinesis:us-east-1:111122223333:stream/clicks";
    let existing = format!(
        "name: orders\nstream: {{existing: '{arn}', {load}, capacity: on_demand}}\ndelivery: {{s3: {{}}}}\n{producer}"
    );
    assert_eq!(name(&existing), Value::text("clicks"));
    let direct = format!("name: orders\ndelivery: {{{load}, s3: {{}}}}\n{producer}");
    assert_eq!(name(&direct), Value::sub("${AWS::StackName}-delivery"));
}

#[test]
fn alarms_keep_within_the_bounds_of_cloudwatch() {
    let old = WHOLE.replace("runtime: flink", "runtime: flink\n  flink: {runtime_environment: FLINK-1_20}");
    for spec in [WHOLE, &old] {
        let (plan, _) = planned(spec);
        let alarms = plan.alarms.expect("alarms").alarms;
        let ids: BTreeSet<&str> = alarms.iter().map(|alarm| alarm.logical_id.as_str()).collect();
        assert_eq!(ids.len(), alarms.len());
        for alarm in &alarms {
            let most = if alarm.period >= 3_600 { 604_800 } else { 86_400 };
            assert!(
                alarm.period * alarm.periods <= most && alarm.datapoints <= alarm.periods,
                "{}",
                alarm.logical_id
            );
            assert!(alarm.description.len() <= 1_024, "{}", alarm.description);
            assert!(alarm.metrics.len() <= 10 && alarm.threshold.is_finite());
            assert!(alarm.expression.is_some() || alarm.metrics.len() == 1, "{}", alarm.logical_id);
        }
    }
}

#[test]
fn a_description_names_what_to_type() {
    let (plan, _) = planned(WHOLE);
    for alarm in plan.alarms.expect("alarms").alarms {
        let command = alarm.description.contains("`pipec ") && alarm.description.contains(" spec.yaml");
        // The concurrency of an account and the log of a user's function are no matter of pipec's.
        let others = matches!(alarm.key, AlarmKey::FunctionThrottled)
            || alarm.key == AlarmKey::FunctionErrors && alarm.part == NodeKind::Function;
        assert!(command || others, "{}: {}", alarm.logical_id, alarm.description);
    }
}

#[test]
fn what_is_off_is_not_there() {
    let (plan, _) = planned(&WHOLE.replace("alarms: {}", "alarms: {off: [cpu, no_data]}"));
    let alarms = plan.alarms.expect("alarms").alarms;
    assert!(alarms.iter().all(|alarm| !matches!(alarm.key, AlarmKey::Cpu | AlarmKey::NoData)));
    assert!(alarms.iter().any(|alarm| alarm.key == AlarmKey::Heap));
}

#[test]
fn addresses_subscribe_to_a_topic_of_the_stack() {
    let of = |addresses: &str| {
        let (plan, _) =
            planned(&WHOLE.replace("alarms: {}", &format!("alarms: {{notify: {{email: [{addresses}]}}}}")));
        let topic = plan.alarms.expect("alarms").topic.expect("a topic");
        topic.subscriptions.into_iter().map(|one| (one.email, one.logical_id)).collect::<Vec<_>>()
    };
    let both = of("a@example.com, b@example.com");
    // Another order, or another address, leaves a subscription as it is.
    assert_eq!(of("b@example.com"), [both[1].clone()]);
    assert_ne!(both[0].1, both[1].1);
    let (plan, _) = planned(
        &WHOLE.replace("alarms: {}", "alarms: {notify: 'arn:aws:sns:us-east-1:111122223333:on-call'}"),
    );
    let alarms = plan.alarms.expect("alarms");
    assert!(alarms.topic.is_none() && alarms.notify.is_some());
}

#[test]
fn an_alarm_names_the_delivery_if_there_are_several() {
    let spec = "name: orders\nstream: {record_size: 1 KiB, records_per_second: 10}\ndeliveries:\n  raw: {s3: {}}\n  large: {transform: \
                {}, s3: {prefix: large/}}\nalarms: {}\n";
    let (plan, _) = planned(spec);
    for alarm in plan.alarms.expect("alarms").alarms {
        let of = match alarm.logical_id.as_str() {
            id if id.starts_with("DeliveryRaw") => "Delivery raw: ",
            id if id.starts_with("DeliveryLarge") || id.starts_with("TransformLarge") => "Delivery large: ",
            _ => "",
        };
        assert!(alarm.description.starts_with(of), "{}: {}", alarm.logical_id, alarm.description);
        assert_eq!(of.is_empty(), !matches!(alarm.part, NodeKind::Delivery | NodeKind::Transform));
    }
}

/// What alarms about a stream of others read, and what they say about it.
#[test]
fn a_stream_of_others_is_watched_by_its_name() {
    let spec = "name: reader\nstream:\n  existing: arn:aws:kinesis:us-east-1:111122223333:stream/orders\n  record_size: 1 KiB\n  \
                records_per_second: 10\n  capacity: {shards: 4}\nconsumers: {fraud: {fan_out: {role: fraud}}}\nalarms: \
                {}\ndashboard: true\n";
    let (plan, _) = planned(spec);
    let alarms = plan.alarms.expect("alarms").alarms;
    let dimensions = |id: &str| {
        let alarm = alarms.iter().find(|alarm| alarm.logical_id == id).unwrap_or_else(|| panic!("no {id}"));
        let dimensions = alarm.metrics[0].dimensions.iter();
        dimensions.map(|one| (one.name, one.of.shown())).collect::<Vec<_>>()
    };
    let stream = || ("StreamName", "orders".to_owned());
    for key in ["IteratorAge", "ExpiringRecords", "DeclaredRate", "WriteThrottled", "ReadThrottled"] {
        assert_eq!(dimensions(&format!("Stream{key}Alarm")), [stream()], "{key}");
    }
    let consumer = ("ConsumerName", "${AWS::StackName}-fraud".to_owned());
    assert_eq!(dimensions("ConsumerFanOutFraudIteratorAgeAlarm"), [consumer, stream()]);
    for alarm in &alarms {
        assert!(!alarm.description.contains("Raise the retention period"), "{}", alarm.description);
    }
    let body = plan.dashboard.expect("a dashboard").body;
    assert!(body.contains("\"StreamName\",\"orders\"") && body.contains("Input stream"), "{body}");
}

/// Log groups by a query, since not all dimensions of their metrics are known; a rule by the name of its bus as well.
#[test]
fn metrics_of_more_dimensions_are_found() {
    let (plan, _) = planned(SOURCES);
    let alarms = plan.alarms.expect("alarms").alarms;
    let of = |start: &str, key: AlarmKey| {
        let found: Vec<_> =
            alarms.iter().filter(|alarm| alarm.subject.starts_with(start) && alarm.key == key).collect();
        found
    };
    for key in [AlarmKey::SourceFailures, AlarmKey::WriteThrottled] {
        let groups = of("SourceLogs", key);
        assert_eq!(groups.len(), 2, "one for each log group");
        for (alarm, group) in groups.iter().zip(["/aws/lambda/a", "/aws/lambda/b"]) {
            let query = alarm.query.as_deref().expect("a query");
            assert!(
                query.ends_with(&format!(" FROM \"AWS/Logs\" WHERE LogGroupName = '{group}'")),
                "{query}"
            );
        }
    }
    let rule = of("SourceTeam", AlarmKey::SourceFailures);
    let dimensions: Vec<_> = rule.iter().flat_map(|alarm| &alarm.metrics[0].dimensions).collect();
    assert_eq!(dimensions[0].of.shown(), "${AWS::StackName}-team");
    assert_eq!((dimensions[1].name, dimensions[1].of.shown()), ("EventBusName", "team-bus".into()));
}
