//! Values of a template: literals and the few intrinsic functions that a stack needs.

use serde::Serialize;

/// A value of a template property.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Value {
    /// The text itself.
    Text(String),
    /// `Ref`: a parameter's value, a pseudo parameter, or a resource's main identifier.
    Ref(String),
    /// `Fn::GetAtt`: a resource and one of its attributes.
    GetAtt(String, String),
    /// `Fn::Sub`: text with `${..}`. Only pipec's own text; see [`literal`].
    Sub(String),
}

impl Value {
    /// The text itself.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A reference by name.
    pub fn reference(name: &str) -> Self {
        Self::Ref(name.into())
    }

    /// A resource's ARN.
    pub fn arn(logical_id: &str) -> Self {
        Self::GetAtt(logical_id.into(), "Arn".into())
    }

    /// Text with `${..}`; a plain text or a plain reference where it means the same, since tools that evaluate no
    /// `Fn::Sub` understand those as well.
    pub fn sub(text: impl Into<String>) -> Self {
        let text: String = text.into();
        if !text.replace("${!", "").contains("${") {
            return Self::Text(text.replace("${!", "${"));
        }
        let inner = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
        match inner.filter(|inner| !inner.contains(['{', '}', '!'])) {
            Some(name) => match name.split_once('.') {
                Some((resource, attribute)) => Self::GetAtt(resource.into(), attribute.into()),
                None => Self::Ref(name.into()),
            },
            None => Self::Sub(text),
        }
    }

    /// The value as a part of a text of `Fn::Sub`.
    pub fn in_sub(&self) -> String {
        match self {
            Self::Text(text) => literal(text),
            Self::Sub(text) => text.clone(),
            Self::Ref(name) => format!("${{{name}}}"),
            Self::GetAtt(resource, attribute) => format!("${{{resource}.{attribute}}}"),
        }
    }

    /// The value in the template's short form, for people.
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) | Self::Sub(text) => text.clone(),
            Self::Ref(name) => format!("${{{name}}}"),
            Self::GetAtt(resource, attribute) => format!("${{{resource}.{attribute}}}"),
        }
    }
}

/// A user's text in the resource or a condition of a policy, inside of `Fn::Sub`: there, `*`, `?` and `$` have a meaning
/// of their own.
pub fn policy_literal(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '*' | '?' | '$' => format!("${{!{c}}}"),
            c => c.to_string(),
        })
        .collect()
}

/// A user's text inside of `Fn::Sub`: `${` would be filled in otherwise.
pub fn literal(text: &str) -> String {
    text.replace("${", "${!")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_needs_it_is_a_substitution() {
        assert_eq!(Value::sub("errors/*"), Value::text("errors/*"));
        assert_eq!(Value::sub("a${!*}b"), Value::text("a${*}b"));
        assert_eq!(Value::sub("${AWS::StackName}"), Value::reference("AWS::StackName"));
        assert_eq!(Value::sub("${Bucket.Arn}"), Value::arn("Bucket"));
        for text in ["${A}-${B}", "${Bucket.Arn}/*", "x${A}", "${A}${!b}"] {
            assert_eq!(Value::sub(text), Value::Sub(text.into()));
        }
    }
}
