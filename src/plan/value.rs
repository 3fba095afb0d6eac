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

    /// Text with `${..}`.
    pub fn sub(text: impl Into<String>) -> Self {
        Self::Sub(text.into())
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

/// A user's text inside of `Fn::Sub`: `${` would be filled in otherwise.
pub fn literal(text: &str) -> String {
    text.replace("${", "${!")
}
