//! Records that become several rows.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};
use crate::spec::AnalyticsRuntime;

/// The transform answers a record with one text, in which the rows stand one behind the other.
pub(super) fn check(context: &mut Context) {
    let pipeline = context.pipeline;
    let (Some(analytics), Some(query), Some(transform)) =
        (pipeline.analytics_on(AnalyticsRuntime::Lambda), context.query, &pipeline.transform)
    else {
        return;
    };
    let Some(output) = analytics.delivered(query).filter(|_| transform.append.value.is_empty()) else {
        return;
    };
    let rate = query.row_rate(output, 1.0, &|_| None);
    if rate.per_second > 1.0 || !rate.open.is_empty() {
        let message = "a record can produce several rows, which would be concatenated without a delimiter";
        let help = "write `append: \"\\n\"`";
        let fault = Diagnostic::error(Code::RowsNotParted, transform.append.span, message, help);
        let span = rate.open.first().map_or(output.span, |place| place.span);
        context.report(fault.related(span, "the rows"));
    }
}
