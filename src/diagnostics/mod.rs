//! What pipec tells its users about their spec.
//!
//! Invariants: no diagnostic without a code, a place and a help; nothing else of the compiler prints; no `Debug`
//! text reaches a user.

pub mod code;
pub mod format;
pub mod github;
mod json;
mod sarif;
mod secret_places;
pub mod secrets;
pub mod suggest;
mod text;

pub use code::Code;
pub use format::Format;

use crate::source::Span;

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is built.
    Error,
    /// Something is built, and probably not what was meant.
    Warning,
    /// All is well, and could be better.
    Advice,
}

impl Severity {
    /// The word that people and machines read.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Advice => "advice",
        }
    }
}

/// A second place that explains the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// A few words.
    pub text: String,
}

/// One finding: what, where, and what to type instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which rule spoke; it has an explain page.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// One terse sentence, without a full stop.
    pub message: String,
    /// The place to look at.
    pub span: Span,
    /// A few words at the caret; may be empty.
    pub label: String,
    /// Other places that explain this one.
    pub related: Vec<Label>,
    /// What to type.
    pub help: String,
}

impl Diagnostic {
    fn new(severity: Severity, code: Code, span: Span, message: String, help: String) -> Self {
        debug_assert!(!help.is_empty(), "{code} has no help");
        Self { code, severity, message, span, label: String::new(), related: Vec::new(), help }
    }

    /// Something that keeps the spec from being built.
    pub fn error(code: Code, span: Span, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, span, message.into(), help.into())
    }

    /// Something that is probably not meant.
    pub fn warning(code: Code, span: Span, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, span, message.into(), help.into())
    }

    /// Something that could be better.
    pub fn advice(code: Code, span: Span, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::new(Severity::Advice, code, span, message.into(), help.into())
    }

    /// Puts words at the caret.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label = text.into();
        self
    }

    /// Points at another place that explains this one.
    #[must_use]
    pub fn related(mut self, span: Span, text: impl Into<String>) -> Self {
        self.related.push(Label { span, text: text.into() });
        self
    }
}

/// Whether any of them keeps the spec from being built.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}

/// Into reading order: by file and place, errors before advice, each finding once.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| {
        (a.span, a.severity, a.code, &a.message).cmp(&(b.span, b.severity, b.code, &b.message))
    });
    diagnostics.dedup();
}
