//! A function of the user's in place of pipec's transform.

use super::outputs;
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::{Delivery, OwnTransform, Pipeline, Transform};

pub(super) fn check(
    pipeline: &Pipeline,
    delivery: &Delivery,
    transform: &Transform,
    own: &OwnTransform,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    found.extend(query(pipeline, delivery, own));
    found.extend(outputs::function_region(pipeline, &own.function.value, own.function.span));
    let of_pipec = [
        ("append", transform.append.written.then_some(transform.append.span)),
        ("unpack", transform.unpack.as_ref().map(|unpack| unpack.span)),
        ("timeout", transform.timeout.written.then_some(transform.timeout.span)),
        ("memory", transform.memory.written.then_some(transform.memory.span)),
        ("architecture", transform.architecture.written.then_some(transform.architecture.span)),
    ];
    let place = delivery.spec.trim_start_matches('/').replace('/', ".");
    for (key, span) in of_pipec.into_iter().filter_map(|(key, span)| Some((key, span?))) {
        let help = match key {
            "append" => {
                format!("remove `append`; `newline` in `{place}` determines the text after each record")
            }
            "unpack" => {
                "remove `unpack`, and decompress the records in the function; or remove `lambda`".to_owned()
            }
            _ => format!("remove `{key}`; the function has its own"),
        };
        let message = format!("`{key}` belongs to pipec's function, but Firehose calls yours");
        found.push(
            Diagnostic::error(Code::OwnTransformKey, span, message, help).related(own.span, "your function"),
        );
    }
    found
}

/// The SQL runs in pipec's function.
fn query(pipeline: &Pipeline, delivery: &Delivery, own: &OwnTransform) -> Option<Diagnostic> {
    let analytics = pipeline.analytics.as_ref().filter(|_| pipeline.runs_query(delivery))?;
    let help = match pipeline.stream {
        Some(_) => "remove `lambda`, or write `runtime: flink`: Firehose then calls the function with rows",
        None => "remove `lambda`, or the SQL",
    };
    let message = "the SQL runs in pipec's function, and Firehose calls only one function";
    let found = Diagnostic::error(Code::OwnTransformQuery, own.span, message, help);
    Some(found.related(analytics.runtime.span, "the SQL"))
}
