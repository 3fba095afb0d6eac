//! Applications as `aws kinesisanalytics describe-application` and `aws kinesisanalyticsv2 describe-application` print
//! them, one or a list of them; what `create-application` takes has the same form.

use super::application::{self, Application};
use super::cloudformation;
use super::value::{Kind, Value};
use crate::parse::tree::Node;
use crate::source::SourceFile;

/// The applications of a document, and those that are no SQL, by their runtimes.
pub(super) fn read(root: &Node, file: &SourceFile) -> (Vec<Application>, Vec<String>) {
    let value = cloudformation::plain(root, file);
    let (mut applications, mut others) = (Vec::new(), Vec::new());
    for one in list(&value) {
        let detail = one.get(&["ApplicationDetail"]).unwrap_or(one);
        if !application::is_application(detail) {
            continue;
        }
        match application::other_runtime(detail) {
            None => applications.push(Application::read(detail, None)),
            Some(runtime) => {
                let name = Application::read(detail, None).name;
                others.push(format!("`{name}` runs {runtime}"));
            }
        }
    }
    (applications, others)
}

fn list(value: &Value) -> &[Value] {
    match &value.kind {
        Kind::List(items) => items,
        _ => std::slice::from_ref(value),
    }
}
