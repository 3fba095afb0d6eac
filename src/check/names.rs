//! Names, tags, region, keys and retention: what belongs to no one service.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::Context;
use super::arn_region;
use crate::aws::limits::{self, Bounds, NameRule, monitoring, tags};
use crate::aws::regions;
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::pipeline::{Encryption, Setting};
use crate::source::Span;
use crate::spec::{ARTIFACT_STACK, ARTIFACTS_DIR, SECONDS_PER_DAY};

/// Longest pipeline name. It becomes the stack's name, which stands in names that AWS bounds at 64 characters together
/// with a logical id and a random suffix.
const NAME_CHARS_MAX: usize = 40;
/// Longest path of a role. IAM API reference, CreateRole, 2026-11.
const ROLE_PATH_CHARS_MAX: usize = 512;
/// Partitions of AWS.
const PARTITIONS: [&str; 4] = ["aws", "aws-cn", "aws-us-gov", "aws-eusc"];
/// Names that pipec uses itself, and for what.
const RESERVED: [(&str, &str); 2] = [
    (ARTIFACT_STACK, "pipec's own stack with the artifact bucket"),
    (ARTIFACTS_DIR, "the folder that the artifacts of all pipelines are built into"),
];
/// Tags that pipec adds itself: [`crate::spec::PIPELINE_TAG`], and `Name` on instances and volumes.
const OWN_TAGS: usize = 2;

pub(super) fn check(context: &mut Context) {
    name(context);
    description(context);
    region(context);
    tags(context);
    log_retention(context);
    keys(context);
    roles(context);
}

/// What an organisation demands of roles.
fn roles(context: &mut Context) {
    let pipeline = context.pipeline;
    let mut found = Vec::new();
    if let Some(boundary) = &pipeline.role_boundary
        && !is_policy_arn(&boundary.value)
    {
        let text = &boundary.value;
        found.push(Diagnostic::error(
            Code::RoleBoundary,
            boundary.span,
            format!("`{text}` is not the ARN of a managed policy"),
            match text.chars().all(|c| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c)) && !text.is_empty()
            {
                true => format!(
                    "write `boundary: arn:aws:iam::111122223333:policy/{text}` with your account's id"
                ),
                false => {
                    "write the policy's ARN, as in `arn:aws:iam::111122223333:policy/team-boundary`".into()
                }
            },
        ));
    }
    if let Some(boundary) = pipeline.role_boundary.as_ref().filter(|boundary| is_policy_arn(&boundary.value))
    {
        let arn = (boundary.value.as_str(), boundary.span);
        found.extend(arn_region::partition(Code::RoleBoundary, arn, "the policy", &pipeline.region));
    }
    if let Some(path) = &pipeline.role_path {
        let text = &path.value;
        let inner: Vec<&str> = text.split('/').filter(|step| !step.is_empty()).collect();
        let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "/+=,.@_-".contains(c));
        let better = if inner.is_empty() { "/".to_owned() } else { format!("/{}/", inner.join("/")) };
        if !plain || *text != better || text.len() > ROLE_PATH_CHARS_MAX {
            found.push(Diagnostic::error(
                Code::RolePath,
                path.span,
                format!(
                    "`{text}` is not a path of roles: letters, digits and `+=,.@_-` between slashes, at most \
                     {ROLE_PATH_CHARS_MAX} characters"
                ),
                match plain && better.len() <= ROLE_PATH_CHARS_MAX {
                    true => format!("write `path: {better}`"),
                    false => "write a path such as `/team/streaming/`".into(),
                },
            ));
        }
    }
    found.into_iter().for_each(|diagnostic| context.report(diagnostic));
}

/// Whether a text is the ARN of a managed policy, AWS's or a customer's.
fn is_policy_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    let ["arn", partition, "iam", "", account, resource] = parts.as_slice() else { return false };
    let own = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    let name = resource.strip_prefix("policy/").unwrap_or_default();
    PARTITIONS.contains(partition)
        && (own || *account == "aws")
        && !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "/+=,.@_-".contains(c))
}

fn name(context: &mut Context) {
    let Some(base) = &context.pipeline.base_name else {
        let fault = no_name(&context.pipeline.name);
        fault.into_iter().for_each(|diagnostic| context.report(diagnostic));
        return;
    };
    let name = &context.pipeline.name;
    let fault = no_name(base).or_else(|| {
        no_name(name).map(|_| {
            if let Some(of) = reserved(&name.value) {
                return Diagnostic::error(
                    Code::EnvironmentName,
                    name.span,
                    format!("the pipeline would be called `{}`, the name of {of}", name.value),
                    "rename the environment, or give its pipeline a name of its own, as in `name: orders-prod`",
                );
            }
            Diagnostic::error(
                Code::EnvironmentName,
                name.span,
                format!(
                    "the pipeline would be called `{}`, {} characters; a name has \
                     {NAME_CHARS_MAX} at most",
                    name.value,
                    name.value.len()
                ),
                "shorten the environment's name, or give its pipeline one of its own, as in `name: orders-prod`",
            )
        })
    });
    fault.into_iter().for_each(|diagnostic| context.report(diagnostic));
}

/// What of pipec's own has a name.
fn reserved(name: &str) -> Option<&'static str> {
    RESERVED.iter().find(|(reserved, _)| *reserved == name).map(|(_, of)| *of)
}

/// What keeps a text from naming a pipeline.
fn no_name(name: &Setting<String>) -> Option<Diagnostic> {
    if let Some(of) = reserved(&name.value) {
        return Some(Diagnostic::error(
            Code::InvalidName,
            name.span,
            format!("`{}` is the name of {of}", name.value),
            "write a name that says what the pipeline carries, as in `name: meter-readings`",
        ));
    }
    let valid = name.value.starts_with(|c: char| c.is_ascii_lowercase())
        && name.value.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && !name.value.ends_with('-')
        && name.value.len() <= NAME_CHARS_MAX;
    if valid {
        return None;
    }
    let span = name.span;
    // `UserData` is two words.
    let mut words = String::new();
    for c in name.value.chars() {
        if c.is_uppercase() && words.ends_with(|c: char| c.is_ascii_lowercase()) {
            words.push('-');
        }
        words.extend(c.to_lowercase());
    }
    let mut better: String = words
        .chars()
        .map(|c| if c.is_ascii_lowercase() || c.is_ascii_digit() { c } else { '-' })
        .skip_while(|c| !c.is_ascii_lowercase())
        .take(NAME_CHARS_MAX)
        .collect();
    better.truncate(better.trim_end_matches('-').len());
    let help = if better.is_empty() {
        "write a name such as `user-data`".into()
    } else {
        format!("write `name: {better}`")
    };
    Some(Diagnostic::error(
        Code::InvalidName,
        span,
        format!(
            "`{}` cannot name a pipeline: a name is a lower-case letter, then lower-case letters, digits \
             and hyphens, {NAME_CHARS_MAX} characters at most, no hyphen at the end",
            name.value
        ),
        help,
    ))
}

fn description(context: &mut Context) {
    let max = limits::cloudformation::DESCRIPTION_BYTES_MAX as usize;
    if let Some(description) = &context.pipeline.description
        && description.value.len() > max
    {
        let (span, length) = (description.span, description.value.len());
        context.report(Diagnostic::error(
            Code::DescriptionLength,
            span,
            format!("the description has {length} bytes; CloudFormation accepts {max}"),
            format!("shorten it by {} bytes, and keep the rest in a comment", length - max),
        ));
    }
}

fn region(context: &mut Context) {
    let region = &context.pipeline.region;
    if regions::region(&region.value).is_none() {
        let there = regions::all().iter().find(|known| known.place.eq_ignore_ascii_case(region.value.trim()));
        let help =
            match there.map(|known| known.name).or_else(|| suggest::nearest(&region.value, regions::names()))
            {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => "write a region such as `us-east-1`".into(),
            };
        let (span, message) = (region.span, format!("`{}` is not a region that pipec knows", region.value));
        context.report(Diagnostic::error(Code::UnknownRegion, span, message, help));
    }
}

fn tags(context: &mut Context) {
    let mut found = Vec::new();
    let all = &context.pipeline.tags;
    let room = tags::TAGS_MAX as usize - OWN_TAGS;
    if let Some(tag) = all.get(room) {
        found.push((
            tag.key_span,
            format!(
                "there are {} tags; AWS accepts {}, and pipec adds {OWN_TAGS}",
                all.len(),
                tags::TAGS_MAX
            ),
            format!("keep {room} of them"),
        ));
    }
    for (index, tag) in all.iter().enumerate() {
        // IAM's keys have no case, and a role with both is refused.
        if let Some(other) =
            all[..index].iter().find(|other| other.key.to_lowercase() == tag.key.to_lowercase())
        {
            found.push((
                tag.key_span,
                format!("`{}` and `{}` are the same tag to IAM, which knows no case", other.key, tag.key),
                "keep one of the two".into(),
            ));
        }
        let key_length = tag.key.chars().count() as u64;
        let value_length = tag.value.chars().count() as u64;
        if tags::is_reserved(&tag.key) {
            found.push((
                tag.key_span,
                format!("`{}`: AWS keeps the prefix `{}` for itself", tag.key, tags::RESERVED_PREFIX),
                "choose another prefix".into(),
            ));
        }
        if tag.key.starts_with("pipec:") {
            found.push((
                tag.key_span,
                format!("`{}`: pipec keeps the prefix `pipec:` for itself", tag.key),
                "choose another prefix".into(),
            ));
        }
        if !tags::KEY_CHARS.contains(key_length) {
            found.push((
                tag.key_span,
                format!("a tag's key has {} characters, not {key_length}", tags::KEY_CHARS),
                if key_length == 0 { "write a key" } else { "shorten the key" }.into(),
            ));
        }
        if !tags::KINESIS_VALUE_CHARS.contains(value_length) {
            found.push((
                tag.value_span,
                format!(
                    "a tag's value has {} characters at a Kinesis stream, not {value_length}",
                    tags::KINESIS_VALUE_CHARS
                ),
                "shorten the value".into(),
            ));
        }
        for (text, span, what) in [(&tag.key, tag.key_span, "key"), (&tag.value, tag.value_span, "value")] {
            if let Some(bad) = text.chars().find(|c| !tags::is_allowed(*c)) {
                found.push((
                    span,
                    format!("a tag's {what} cannot contain `{bad}`"),
                    "use letters, digits, spaces and `_ . : / = + - @`".into(),
                ));
            }
        }
    }
    for (span, message, help) in found {
        context.report(Diagnostic::error(Code::InvalidTag, span, message, help));
    }
}

fn log_retention(context: &mut Context) {
    let retention = &context.pipeline.log_retention;
    let choices = monitoring::LOG_RETENTION_DAYS;
    let days = retention.value / SECONDS_PER_DAY;
    if retention.value.is_multiple_of(SECONDS_PER_DAY) && choices.contains(&days) {
        return;
    }
    let span = retention.span;
    let next = choices.iter().copied().find(|choice| *choice * SECONDS_PER_DAY >= retention.value);
    let all: Vec<String> = choices.iter().map(ToString::to_string).collect();
    context.report(Diagnostic::error(
        Code::LogRetention,
        span,
        "CloudWatch Logs does not offer this retention",
        match next {
            Some(days) => {
                format!("write `retention: {days} d`; CloudWatch Logs offers {} days", all.join(", "))
            }
            None => format!("write one of {} days, as in `retention: 365 d`", all.join(", ")),
        },
    ));
}

fn keys(context: &mut Context) {
    let pipeline = context.pipeline;
    let region = &pipeline.region;
    let deliveries = pipeline.deliveries.iter();
    let objects = deliveries.clone().flat_map(|delivery| delivery.destination.locations());
    let tables = deliveries.clone().filter_map(|delivery| delivery.destination.iceberg()?.location());
    let held = deliveries.filter_map(|delivery| delivery.direct.as_ref()).map(|direct| &direct.encryption);
    let stream = pipeline.stream.iter().map(|stream| &stream.encryption);
    let of_objects = objects.chain(tables).map(|location| &location.encryption);
    let of_data = stream.chain(held).chain(of_objects);
    let of_data = of_data.filter_map(|encryption| match &encryption.value {
        Encryption::CustomerKey(text) => Some((text, encryption.span)),
        Encryption::AwsManaged => None,
    });
    let services = pipeline.deliveries.iter().filter_map(|delivery| delivery.destination.service());
    let of_secrets = services.filter_map(|service| service.secret.as_ref()?.key.as_ref());
    let of_secrets = of_secrets.map(|key| (&key.value, key.span));
    let of_logs = pipeline.log_key.iter().map(|key| (&key.value, key.span));
    for (text, span) in of_data.chain(of_secrets).chain(of_logs) {
        let diagnostic = match key_region(text) {
            None => Some(no_key(text, span)),
            Some(of_key) if of_key != region.value => {
                let other = Diagnostic::error(
                    Code::KmsKeyArn,
                    span,
                    format!(
                        "the key is in {of_key} and the pipeline in {}; a key works in its own region",
                        region.value
                    ),
                    if regions::region(of_key).is_some() {
                        format!("write `region: {of_key}`, or name a key of {}", region.value)
                    } else {
                        format!("name a key of {}", region.value)
                    },
                );
                Some(if region.written { other.related(region.span, "the pipeline's region") } else { other })
            }
            Some(_) => arn_region::partition(Code::KmsKeyArn, (text, span), "the key", region),
        };
        diagnostic.into_iter().for_each(|diagnostic| context.report(diagnostic));
    }
}

/// The region of a key's ARN, if it is one.
fn key_region(text: &str) -> Option<&str> {
    let parts: Vec<&str> = text.split(':').collect();
    let ["arn", partition, "kms", region, account, resource] = parts.as_slice() else { return None };
    let id = resource.strip_prefix("key/")?;
    let known = PARTITIONS.contains(partition)
        && !region.is_empty()
        && account.len() == 12
        && account.bytes().all(|b| b.is_ascii_digit())
        && !id.is_empty()
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    known.then_some(*region)
}

/// A grant names a key by its ARN; an alias, an id or an alias's ARN in a policy matches nothing, and the pipeline
/// fails with AccessDenied only when data flows.
fn no_key(text: &str, span: Span) -> Diagnostic {
    let message = if text.contains("alias/") {
        format!("`{text}` is an alias; a policy can only name a key by its ARN")
    } else {
        format!("`{text}` is not the ARN of a KMS key")
    };
    // The command is there to be pasted, so only what a shell takes as one plain word goes into it.
    let plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "/:_-".contains(c));
    let id = if plain { text } else { "<alias>" };
    Diagnostic::error(
        Code::KmsKeyArn,
        span,
        message,
        format!(
            "write the key's ARN, `kms_key: arn:aws:kms:<region>:<account>:key/<id>`; \
             `aws kms describe-key --key-id {id} --query KeyMetadata.Arn --output text` prints it"
        ),
    )
}

/// Pipelines (file, name and the name's place) that are built in one call and have one name: their output folders and
/// stacks would be one. Of each the place in the list and the diagnostic, which lies in that pipeline's own file.
pub fn same_names<'a>(
    pipelines: impl IntoIterator<Item = (&'a str, &'a str, Span)>,
) -> Vec<(usize, Diagnostic)> {
    let mut first: HashMap<&str, &str> = HashMap::new();
    let mut found = Vec::new();
    for (at, (path, name, span)) in pipelines.into_iter().enumerate() {
        match first.entry(name) {
            Entry::Vacant(entry) => {
                entry.insert(path);
            }
            Entry::Occupied(entry) => found.push((
                at,
                Diagnostic::error(
                    Code::DuplicatePipeline,
                    span,
                    format!("`{name}` is the name of the pipeline in {} as well", entry.get()),
                    format!("write another name, as in `name: {name}-2`"),
                ),
            )),
        }
    }
    found
}

/// Pipelines of one spec (name and the name's place) that have one name: they would be one stack, so that one would be
/// laid over the other, and deleted with it.
pub fn same_names_within(names: &[(String, Span)]) -> Vec<Diagnostic> {
    let mut first: HashMap<&str, Span> = HashMap::new();
    let mut found = Vec::new();
    for (name, span) in names {
        match first.entry(name) {
            Entry::Vacant(entry) => {
                entry.insert(*span);
            }
            Entry::Occupied(entry) => found.push(
                Diagnostic::error(
                    Code::DuplicatePipeline,
                    *span,
                    format!("`{name}` is the name of another pipeline of this spec as well"),
                    format!("write another name, as in `name: {name}-2`"),
                )
                .related(*entry.get(), "the other one"),
            ),
        }
    }
    found
}

/// Holds a name against a service's rule.
/// A name of a part of the pipeline that is like a text.
pub(super) fn part_like(text: &str) -> Option<String> {
    let words = text.to_lowercase();
    let words: Vec<&str> =
        words.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let name: String = words.join("-").chars().take(PART.max as usize).collect();
    let name = name.trim_matches('-').to_owned();
    PART.check(&name).is_ok().then_some(name)
}

/// The names of sources, consumers and deliveries. They are part of names that AWS limits to 64 characters, together
/// with the stack's.
pub(super) const PART: NameRule =
    NameRule::new(Bounds::new(1, 20), "lower-case letters, digits and single `-`", part_char)
        .starting("a lower-case letter", |c| c.is_ascii_lowercase())
        .ending("a letter or a digit", |c| c.is_ascii_alphanumeric())
        .also(|name| name.contains("--").then_some("has two hyphens in a row"));

fn part_char(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'
}

pub(super) fn against(rule: &NameRule, name: &Setting<String>, code: Code, help: &str) -> Option<Diagnostic> {
    let fault = rule.check(&name.value).err()?;
    Some(Diagnostic::error(code, name.span, format!("`{}`: {fault}", name.value), help))
}
