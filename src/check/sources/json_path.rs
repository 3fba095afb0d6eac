//! JSON paths as EventBridge takes them: `$.detail.order.id`.

/// Longest path of a partition key. EventBridge API reference, `KinesisParameters`, 2026-11.
const PATH_CHARS_MAX: usize = 256;

/// What is wrong with the form of a path.
pub(super) fn fault(text: &str) -> Option<String> {
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
    (!is_path).then(|| format!("`{text}` is not a JSON path: `$`, then `.name` for each field"))
}
