//! What becomes of records and rows that are not as they should be, and where each is counted, so that nothing goes in
//! silence.

use serde::Serialize;

use super::buckets;
use crate::check::Checked;
use crate::pipeline::{KeysFrom, ServiceKind};
use crate::spec::{AnalyticsRuntime, ErrorsPlace};
use crate::sql::{self, ERROR_STREAM};

/// One kind of fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FaultPlan {
    /// Which records or rows.
    pub what: &'static str,
    /// What becomes of them.
    pub becomes: &'static str,
    /// The metric that counts them; `None` if nothing does.
    pub counted: Option<String>,
    /// What to write to have them counted.
    pub help: Option<&'static str>,
}

/// A record of CSV that has more than one line, and what becomes of it.
const SEVERAL_LINES: &str = "a record of several lines";
const FIRST_LINE: &str = "is read up to the first line break; the other lines are ignored";

/// The metrics of the record program, in the namespace `pipec`.
fn of_lambda(metric: &str) -> String {
    format!("{metric} of pipec, by FunctionName")
}

/// What becomes of records of CloudWatch Logs that are no log events, or too many.
fn unpacking() -> Vec<FaultPlan> {
    let fault =
        |what, becomes, counted: String| FaultPlan { what, becomes, counted: Some(counted), help: None };
    vec![
        fault(
            "gzip that contains no log events",
            "is stored under the error prefix",
            of_lambda("ProcessingFailed"),
        ),
        fault(
            "log events of more than 6 MB in a call",
            "are stored under the error prefix as gzip",
            of_lambda("ProcessingFailed"),
        ),
        fault(
            "a control message of CloudWatch Logs",
            "is dropped",
            "control_messages in the transform's log".into(),
        ),
    ]
}

/// The faults that unpacking and a query may meet; none without both, since Firehose then takes any record.
pub(super) fn plan(checked: &Checked) -> Vec<FaultPlan> {
    let pipeline = checked.pipeline();
    let unpacks = pipeline
        .deliveries
        .iter()
        .filter_map(|delivery| delivery.transform.as_ref())
        .any(|transform| transform.unpack.is_some());
    let mut faults = if unpacks { unpacking() } else { Vec::new() };
    faults.extend(of_query(checked));
    faults.extend(of_objects(checked));
    faults.extend(of_loads(checked));
    faults
}

/// Rows that a load drops.
fn of_loads(checked: &Checked) -> Option<FaultPlan> {
    let mut kinds =
        checked.pipeline().deliveries.iter().filter_map(|delivery| delivery.destination.service());
    let drops = kinds.find_map(|service| match &service.kind {
        ServiceKind::Redshift(redshift) => redshift.dropped_rows(),
        _ => None,
    });
    drops.map(|_| FaultPlan { what: "a row that COPY drops", becomes: "is lost", counted: None, help: None })
}

/// The faults that partitioning and conversion may meet.
fn of_objects(checked: &Checked) -> Vec<FaultPlan> {
    let deliveries = &checked.pipeline().deliveries;
    let s3 = || deliveries.iter().filter_map(|delivery| delivery.destination.s3());
    let by = |keys: KeysFrom| s3().any(|s3| !s3.partitions.is_empty() && s3.keys_from == keys);
    let without_key = FaultPlan {
        what: "a record without a value of a partition key",
        becomes: "is stored under the error prefix",
        counted: Some(of_lambda("ProcessingFailed")),
        help: None,
    };
    let by_transform = by(KeysFrom::Transform).then(|| without_key.clone());
    let by_firehose = by(KeysFrom::Firehose).then_some(FaultPlan {
        counted: None,
        help: Some("`transform: {}`, which finds the keys and counts such records"),
        ..without_key
    });
    let unfit = s3().any(|s3| s3.format.value.is_columnar()).then(|| FaultPlan {
        what: "a record that does not fit the columns of the table",
        becomes: "is stored under the error prefix, with the reason",
        counted: Some("FailedConversion.Records of the Firehose stream".into()),
        help: None,
    });
    by_transform.into_iter().chain(by_firehose).chain(unfit).collect()
}

/// The faults that a query may meet.
fn of_query(checked: &Checked) -> Vec<FaultPlan> {
    let (Some(query), Some(analytics)) = (checked.query(), checked.pipeline().analytics.as_ref()) else {
        return Vec::new();
    };
    let is_json = query.format == sql::RecordFormat::Json;
    let unreadable =
        if is_json { "a record that is not a JSON object" } else { "a record that is not a line of CSV" };
    if analytics.runtime.value == AnalyticsRuntime::Lambda {
        let fault =
            |what, becomes, metric| FaultPlan { what, becomes, counted: Some(of_lambda(metric)), help: None };
        let mut faults = vec![fault(unreadable, "is stored under the error prefix", "ProcessingFailed")];
        if !is_json {
            faults.push(fault(SEVERAL_LINES, FIRST_LINE, "InvalidValues"));
        }
        faults.push(fault("an invalid value", "is NULL, and the row is kept", "InvalidValues"));
        return faults;
    }
    let name = &checked.pipeline().name.value;
    let error_rows = checked.pipeline().error_delivery().map_or_else(String::new, |delivery| {
        buckets::error_rows_prefix(name, delivery.destination.failures().1)
    });
    let errors = analytics.errors.map(|errors| errors.place);
    let counted = errors.map(|place| match place {
        ErrorsPlace::Stream => format!("IncomingRecords of the stream of {ERROR_STREAM}"),
        ErrorsPlace::Delivery => {
            format!("IncomingRecords of the stream of {ERROR_STREAM}; the rows are stored under {error_rows}")
        }
    });
    let help = errors.is_none().then_some("`errors: delivery` or `errors: stream` in `analytics`");
    let fault = |what, becomes| FaultPlan { what, becomes, counted: counted.clone(), help };
    // Flink's formats skip it before the SQL sees it, so its bytes are read once more.
    let twice = query.reads_records_twice();
    let skipped =
        if twice { "is skipped, and found by a second reading of the stream" } else { "is skipped" };
    let mut faults = vec![fault(unreadable, skipped)];
    if !is_json {
        faults.push(fault(SEVERAL_LINES, FIRST_LINE));
    }
    faults.push(fault("an invalid value", "is NULL, and the row is kept"));
    if query.event_time.is_some() {
        faults.push(fault("a record without an event time", "belongs to no window by event time"));
        faults.push(FaultPlan {
            what: "a late record",
            becomes: "belongs to no window by event time",
            counted: Some("numLateRecordsDropped of the application".into()),
            help: None,
        });
    }
    if query.outputs().any(sql::row_may_be_too_large) {
        faults.push(fault("a row of more than 1 MiB", "is dropped"));
    }
    faults
}

#[cfg(test)]
mod tests {
    use crate::plan::fixture::planned;

    fn spec(format: &str, errors: &str) -> String {
        format!(
            "name: faults\nstream: {{record_size: 1 KiB, records_per_second: 900}}\nrecords:\n  format: {format}\n  columns: \
             {{id: {{type: INTEGER{}}}}}\nanalytics:\n  runtime: flink\n{errors}  sql: SELECT \"id\" FROM stream\ndelivery: \
             {{s3: {{prefix: faults/}}}}\n",
            if format == "json" { ", path: $.id" } else { "" }
        )
    }

    #[test]
    fn what_the_format_skips_is_found_by_a_second_reader() {
        for (format, errors, readers, counted) in [
            ("json", "", 1, false),
            ("json", "  errors: stream\n", 2, true),
            ("json", "  errors: delivery\n", 2, true),
            ("csv", "", 1, false),
            ("csv", "  errors: stream\n", 2, true),
        ] {
            let (plan, _) = planned(&spec(format, errors));
            assert_eq!(
                plan.stream.as_ref().map(|stream| stream.load.consumers),
                Some(readers),
                "{format} {errors}"
            );
            let skipped = &plan.faults[0];
            assert_eq!(skipped.counted.is_some(), counted, "{format} {errors}");
            assert_eq!(skipped.help.is_some(), !counted, "{format} {errors}");
            let lines = plan.faults.iter().any(|fault| fault.what == super::SEVERAL_LINES);
            assert_eq!(lines, format == "csv", "{format} {errors}");
        }
    }

    #[test]
    fn a_second_reader_takes_processor_time() {
        let kpus = |errors: &str| {
            let (plan, _) = planned(&spec("json", errors).replace("900", "40000"));
            plan.analytics.expect("an application").throughput.needed_kpus
        };
        assert!(kpus("  errors: stream\n") > kpus(""));
    }
}
