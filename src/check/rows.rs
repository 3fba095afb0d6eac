//! Records that become several rows.

use super::Context;
use crate::aws::destinations::Rows;
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::Transform;
use crate::sql::{Query, Stream};

/// The transform answers a record with one text, in which the rows stand one behind the other.
pub(super) fn check(context: &mut Context) {
    let pipeline = context.pipeline;
    let Some(query) = context.query else { return };
    for delivery in &pipeline.deliveries {
        let appends_nothing =
            delivery.transform.as_ref().filter(|own| own.own.is_none() && own.append.value.is_empty());
        // Where a record must be one row, several are reported by the rules of destinations.
        let any = delivery.destination.capabilities().rows == Rows::Any;
        let output = pipeline.output(delivery, query).filter(|_| any && pipeline.runs_query(delivery));
        if let (Some(transform), Some(output)) = (appends_nothing, output) {
            of_transform(context, query, transform, output);
        }
    }
}

fn of_transform(context: &mut Context, query: &Query, transform: &Transform, output: &Stream) {
    let rate = query.row_rate(output, 1.0, &|_| None);
    if !query.makes_one_row(output) {
        let message = "a record can produce several rows, which would be concatenated without a delimiter";
        let help = "write `append: \"\\n\"`";
        let fault = Diagnostic::error(Code::RowsNotParted, transform.append.span, message, help);
        let span = rate.open.first().map_or(output.span, |place| place.span);
        context.report(fault.related(span, "the rows"));
    }
}
