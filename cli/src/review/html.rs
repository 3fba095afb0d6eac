//! The report as a page that stands alone: no script, no request, readable with a keyboard and a screen reader, on light
//! and on dark screens.

use std::sync::OnceLock;

use minijinja::value::Serde;
use minijinja::{Environment, Error, UndefinedBehavior, Value, context};

use super::{Earlier, Review};
use pipec_compiler::amount::{amount, dollars, dollars_more};

const PAGE: &str = include_str!("report.html.j2");

/// Writes the page.
///
/// # Errors
/// A fault of pipec in the page's template.
pub fn html(review: &Review) -> Result<String, String> {
    // What each pipeline needs beyond the report's contract.
    let pipelines: Vec<Value> = review
        .pipelines
        .iter()
        .map(|pipeline| {
            let difference = match &pipeline.earlier {
                Earlier::Compared(comparison) => comparison.monthly_usd_more().map(dollars_more),
                Earlier::New => Some("new".to_owned()),
                Earlier::NotAsked => None,
            };
            context! { svg => &pipeline.svg, difference => difference, ..Value::from(Serde(pipeline)) }
        })
        .collect();
    let review = context! { pipelines => pipelines, ..Value::from(Serde(review)) };
    let page = environment()
        .get_template("report.html")
        .and_then(|template| template.render(context! { title => title(&review), review => review }));
    page.map_err(|error| format!("report.html: {error:#}"))
}

fn title(review: &Value) -> String {
    let pipelines = review.get_attr("pipelines").ok();
    let first = pipelines.as_ref().and_then(|all| all.get_item(&Value::from(0)).ok());
    let name = first.and_then(|one| one.get_attr("plan").ok()?.get_attr("pipeline").ok());
    match (pipelines.and_then(|all| all.len()), name) {
        (Some(1), Some(name)) => format!("Report of the pipeline {name}"),
        (Some(count), Some(_)) if count > 1 => format!("Report of {count} pipelines"),
        _ => "Report: no pipeline without errors".to_owned(),
    }
}

fn environment() -> &'static Environment<'static> {
    static ENVIRONMENT: OnceLock<Environment<'static>> = OnceLock::new();
    ENVIRONMENT.get_or_init(|| {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Chainable);
        environment.add_filter("amount", |value: Option<f64>| value.map_or_else(|| "–".to_owned(), amount));
        environment
            .add_filter("usd", |value: Option<f64>| value.map_or_else(|| "unknown".to_owned(), dollars));
        environment.add_filter("signed", dollars_more);
        environment.add_filter("share", share);
        environment.add_filter("coded", coded);
        environment.add_filter("streams", streams);
        environment.add_filter("tone", tone);
        environment.add_filter("words", words);
        let added = environment.add_template("report.html", PAGE);
        debug_assert!(added.is_ok(), "{added:?}");
        environment
    })
}

/// A message as HTML, with what is between backticks as code.
fn coded(message: &str) -> Value {
    let mut html = String::new();
    for (at, part) in message.split('`').enumerate() {
        let escaped = part.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        match at % 2 {
            0 => html.push_str(&escaped),
            _ => html += &format!("<code>{escaped}</code>"),
        }
    }
    Value::from_safe_string(html)
}

/// The length of a bar, percent of the longest.
fn share(value: f64, lines: &Value) -> Result<f64, Error> {
    let costs = lines.try_iter()?.filter_map(|line| {
        let usd = line.get_attr("monthly_usd").ok()?;
        f64::try_from(usd).ok()
    });
    let longest = costs.fold(0.0, f64::max);
    Ok(if longest > 0.0 { (value / longest * 1000.0).round() / 10.0 } else { 0.0 })
}

/// The streams of a pipeline, in the order of the data.
fn streams(pipeline: &Value) -> Result<Vec<Value>, Error> {
    let plan = pipeline.get_attr("plan")?;
    let mut streams: Vec<Value> = Vec::new();
    for name in ["shards", "output_shards"] {
        streams.push(plan.get_attr(name)?);
    }
    for output in plan.get_attr("outputs")?.try_iter()? {
        streams.push(output.get_attr("shards")?);
    }
    streams.retain(|stream| !stream.is_none() && !stream.is_undefined());
    Ok(streams)
}

/// How an action is shown.
fn tone(action: &str) -> &'static str {
    match action {
        "add" => "add",
        "change" => "change",
        _ => "danger",
    }
}

/// An action in words.
fn words(action: &str) -> &'static str {
    match action {
        "add" => "added",
        "change" => "changed",
        "remove" => "removed",
        "replace" => "replaced",
        _ => "perhaps replaced",
    }
}
