//! `render`: a plan to the text of its template. The templates below `templates/` look like CloudFormation and decide
//! nothing; every value in them is written as JSON, which is YAML, so that none can be more than a value.

mod filters;
pub mod verify;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior};
use serde::Serialize;

use crate::plan::grants::Role;
use crate::plan::{Plan, RecordsPlan, StreamPlan, TagPlan, destination, sources};

/// The templates, by name.
const TEMPLATES: &[(&str, &str)] = &[
    ("template.yaml.j2", include_str!("../../templates/template.yaml.j2")),
    ("role.yaml.j2", include_str!("../../templates/role.yaml.j2")),
    ("streams.yaml.j2", include_str!("../../templates/streams.yaml.j2")),
    ("bucket.yaml.j2", include_str!("../../templates/bucket.yaml.j2")),
    ("transform.yaml.j2", include_str!("../../templates/transform.yaml.j2")),
    ("delivery.yaml.j2", include_str!("../../templates/delivery.yaml.j2")),
    ("table.yaml.j2", include_str!("../../templates/table.yaml.j2")),
    ("iceberg_table.yaml.j2", include_str!("../../templates/iceberg_table.yaml.j2")),
    ("delivery/parts.yaml.j2", include_str!("../../templates/delivery/parts.yaml.j2")),
    ("analytics.yaml.j2", include_str!("../../templates/analytics.yaml.j2")),
    ("function.yaml.j2", include_str!("../../templates/function.yaml.j2")),
    ("consumers.yaml.j2", include_str!("../../templates/consumers.yaml.j2")),
    ("outputs.yaml.j2", include_str!("../../templates/outputs.yaml.j2")),
    ("network.yaml.j2", include_str!("../../templates/network.yaml.j2")),
    ("producer.yaml.j2", include_str!("../../templates/producer.yaml.j2")),
    ("sources.yaml.j2", include_str!("../../templates/sources.yaml.j2")),
    ("alarms.yaml.j2", include_str!("../../templates/alarms.yaml.j2")),
    ("dashboard.yaml.j2", include_str!("../../templates/dashboard.yaml.j2")),
    ("user-data.sh.j2", include_str!("../../templates/user-data.sh.j2")),
];

/// A tag as CloudFormation spells it.
#[derive(Serialize)]
struct Tag<'a> {
    #[serde(rename = "Key")]
    key: &'a str,
    #[serde(rename = "Value")]
    value: &'a str,
}

/// What the templates see.
#[derive(Serialize)]
struct Context<'a> {
    plan: &'a Plan,
    tags: Vec<Tag<'a>>,
    named_tags: Vec<Tag<'a>>,
    roles: BTreeMap<&'a str, &'a Role>,
    streams: Vec<&'a StreamPlan>,
    user_data: String,
}

/// What the user data's template sees.
#[derive(Serialize)]
struct UserData<'a> {
    key: &'a str,
    config: &'a str,
    /// The service that takes the records.
    service: &'static str,
    records: Option<&'a RecordsPlan>,
}

/// The templates, compiled once.
fn environment() -> Result<&'static Environment<'static>, minijinja::Error> {
    static ENVIRONMENT: OnceLock<Environment<'static>> = OnceLock::new();
    if let Some(environment) = ENVIRONMENT.get() {
        return Ok(environment);
    }
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?;
    environment.set_syntax(syntax);
    // JSON is the default, so that a template of a new name is safe; a shell script is no YAML.
    environment.set_auto_escape_callback(|name| {
        if name.ends_with(".sh.j2") { AutoEscape::None } else { AutoEscape::Json }
    });
    filters::add(&mut environment);
    for (name, source) in TEMPLATES.iter().chain(destination::TEMPLATES).chain(sources::TEMPLATES) {
        environment.add_template(name, source)?;
    }
    Ok(ENVIRONMENT.get_or_init(|| environment))
}

/// The template of a plan.
///
/// # Errors
/// A fault of the templates, in words for pipec's developers: `verify` turns it into a diagnostic.
pub fn render(plan: &Plan) -> Result<String, String> {
    try_render(plan).map_err(|error| {
        let mut text = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            text += &format!(": {cause}");
            source = cause.source();
        }
        text
    })
}

fn try_render(plan: &Plan) -> Result<String, minijinja::Error> {
    let environment = environment()?;
    let tags: Vec<Tag> = plan.tags.iter().map(|TagPlan { key, value }| Tag { key, value }).collect();
    let mut named_tags = vec![Tag { key: "Name", value: &plan.name }];
    named_tags.extend(
        plan.tags.iter().filter(|tag| tag.key != "Name").map(|TagPlan { key, value }| Tag { key, value }),
    );
    let roles = plan.roles.iter().map(|role| (role.logical_id.as_ref(), role)).collect();
    let streams = plan.streams().filter(|stream| !stream.existing).collect();
    let user_data = match &plan.producer {
        Some(producer) => environment.get_template("user-data.sh.j2")?.render(Serde(UserData {
            key: &producer.artifact.s3_key,
            config: &producer.config,
            service: producer.service,
            records: producer.records.as_ref(),
        }))?,
        None => String::new(),
    };
    let context = Context { plan, tags, named_tags, roles, streams, user_data };
    let mut text = environment.get_template("template.yaml.j2")?.render(Serde(context))?;
    squeeze(&mut text);
    if text.contains('\t') {
        return Err(minijinja::Error::new(ErrorKind::InvalidOperation, "a tab in the template"));
    }
    Ok(text)
}

/// One empty line where sections of the templates left several, and one line end at the end.
fn squeeze(text: &mut String) {
    let mut squeezed = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.lines() {
        let line = line.trim_end();
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty < 2 && !(line.is_empty() && squeezed.is_empty()) {
            squeezed += line;
            squeezed.push('\n');
        }
    }
    squeezed.truncate(squeezed.trim_end().len());
    squeezed.push('\n');
    *text = squeezed;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::USER_DATA_FRAME_BYTES;

    #[test]
    fn every_template_escapes_json_but_the_script() {
        let mut environment = environment().expect("templates").clone();
        environment.add_template("any.new.name", "{{ v }}").expect("a template");
        let rendered = environment
            .get_template("any.new.name")
            .expect("it")
            .render(minijinja::context! { v => "Yes\n- inject: 1" });
        assert_eq!(rendered.expect("text"), r#""Yes\n- inject: 1""#);
    }

    #[test]
    fn an_undefined_value_is_a_fault() {
        let mut environment = environment().expect("templates").clone();
        environment.add_template("x.yaml.j2", "{{ nothing }}").expect("a template");
        assert!(environment.get_template("x.yaml.j2").expect("it").render(minijinja::context! {}).is_err());
    }

    #[test]
    fn the_frame_of_the_user_data_fits_its_reserve() {
        let template = environment().expect("templates").get_template("user-data.sh.j2").expect("it");
        let script = template
            .render(Serde(UserData { key: &"k".repeat(80), config: "", service: "Firehose", records: None }))
            .expect("a script");
        // CloudFormation fills in names: two of up to 128 characters where the text has a dozen, a few times.
        assert!(script.len() + 2048 <= USER_DATA_FRAME_BYTES, "{}", script.len());
    }
}
