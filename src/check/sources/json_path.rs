//! JSON paths as EventBridge takes them: `$.detail.order.id`.

use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::Setting;

/// Longest path of a partition key. EventBridge API reference, `KinesisParameters`, 2026-11.
const PATH_CHARS_MAX: usize = 256;

/// What is wrong with a path.
pub(super) fn check(path: &Setting<String>, key: &str) -> Option<Diagnostic> {
    let text = &path.value;
    let steps = text.strip_prefix('$');
    let is_path = text.chars().count() <= PATH_CHARS_MAX
        && steps.is_some_and(|steps| {
            steps.is_empty()
                || steps.starts_with('.')
                    && steps[1..].split('.').all(|step| {
                        !step.is_empty()
                            && step.chars().all(|c| c.is_ascii_alphanumeric() || "_-[]*".contains(c))
                    })
        });
    if is_path {
        return None;
    }
    let plain = text.trim_start_matches(['$', '.', '/']).replace('/', ".");
    let is_plain =
        !plain.is_empty() && plain.chars().all(|c| c.is_ascii_alphanumeric() || "_-.[]".contains(c));
    let help = match is_plain {
        true => format!("write `{key}: $.{plain}`"),
        false => format!("write a path such as `{key}: $.detail.id`"),
    };
    let message = format!("`{text}` is not a JSON path: `$`, then `.name` for each step");
    Some(Diagnostic::error(Code::SourcePath, path.span, message, help))
}
