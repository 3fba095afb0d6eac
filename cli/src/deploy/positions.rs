//! Whether an update of the Flink application continues at its position in the stream: the deployed template records how
//! its SQL reads the stream, and Flink finds a position only if the new SQL reads it in the same way.

use serde::Serialize;

use super::changes::{Action, Change};
use super::report::Event;
use pipec_compiler::parse::tree::{self, Kind, Node};
use pipec_compiler::plan::{Plan, positions};
use pipec_compiler::sql::{PositionMatch, SourceReaders};

/// Logical id of the application.
const LOGICAL_ID: &str = "Analytics";

/// What happens to the position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// Flink continues there.
    Kept,
    /// Flink starts elsewhere.
    Lost,
    /// Flink may start elsewhere.
    Unknown,
}

/// Whether the changes restart the Flink application.
pub(super) fn restarts(changes: &[Change]) -> bool {
    changes.iter().any(|change| change.resource == LOGICAL_ID && change.action == Action::Change)
}

/// What an update means for the position; `None` where the deployed template has no Flink application.
pub(super) fn of_update(deployed: &str, plan: &Plan) -> Option<Event> {
    let analytics = plan.analytics.as_ref()?;
    let deployed = Deployed::read(deployed)?;
    let found = deployed.readers.as_ref().map(|old| analytics.source_readers.position_of(old));
    let same_code = deployed.code_key.as_deref() == Some(analytics.artifact.s3_key.as_str());
    let (new, first) = (&analytics.source_readers, positions::first_record(analytics));
    let (position, why) = if !analytics.snapshots {
        (Position::Lost, "snapshots are off".to_owned())
    } else if !deployed.snapshots {
        (Position::Lost, "snapshots are off in the deployed stack".to_owned())
    } else if same_code {
        (Position::Kept, String::new())
    } else {
        match (found, &deployed.readers) {
            (Some(PositionMatch::Kept), _) => (Position::Kept, String::new()),
            (Some(PositionMatch::Lost), Some(old)) => (
                Position::Lost,
                format!(
                    "{} SELECTs read the stream instead of {}, so the snapshot has no position for them",
                    new.words(),
                    old.words()
                ),
            ),
            (_, Some(old)) => (
                Position::Unknown,
                format!(
                    "{} SELECTs read the stream instead of {}. Flink merges those that read the same, so only its plan shows \
                     whether the number stays the same. If it does not",
                    new.words(),
                    old.words()
                ),
            ),
            (_, None) => (
                Position::Unknown,
                "the deployed stack does not record how many SELECTs read the stream, so its snapshot may have no position \
                 for the new ones. If it has none"
                    .to_owned(),
            ),
        }
    };
    let same_operators = deployed.readers.as_ref().is_some_and(|old| new.same_operators(old));
    Some(match position {
        Position::Kept => {
            let state = (!same_code && !same_operators).then(|| positions::without_state(analytics));
            let dropped = state.map(|state| format!(". {state}")).unwrap_or_default();
            let message = format!("Flink continues at its position in the stream{dropped}");
            Event::Position { position, message, help: None }
        }
        Position::Lost | Position::Unknown => {
            let then = if position == Position::Lost { ". " } else { ", " };
            let consequence = positions::without_a_position(plan, analytics);
            Event::Position {
                position,
                message: format!("{why}{then}Flink starts at {first}: {consequence}"),
                help: Some(positions::another_start(analytics).to_owned()),
            }
        }
    })
}

/// What a deployed template contains of its Flink application.
#[derive(Debug, PartialEq, Eq)]
struct Deployed {
    readers: Option<SourceReaders>,
    code_key: Option<String>,
    snapshots: bool,
}

impl Deployed {
    fn read(template: &str) -> Option<Self> {
        let (root, _) = tree::read(template);
        let application = under(root.as_ref()?, &["Resources", LOGICAL_ID])?;
        let text = |path: &[&str]| match &under(application, path)?.kind {
            Kind::String(text, _) => Some(text.clone()),
            _ => None,
        };
        let configuration = ["Properties", "ApplicationConfiguration"];
        let of = |path: &[&'static str]| [&configuration[..], path].concat();
        let code = of(&["ApplicationCodeConfiguration", "CodeContent", "S3ContentLocation", "FileKey"]);
        let snapshots = under(application, &of(&["ApplicationSnapshotConfiguration", "SnapshotsEnabled"]));
        Some(Self {
            readers: text(&["Metadata", "pipec", "source_readers"]).and_then(|text| text.parse().ok()),
            code_key: text(&code),
            snapshots: !snapshots.is_some_and(|node| matches!(node.kind, Kind::Bool(false))),
        })
    }
}

fn under<'a>(node: &'a Node, path: &[&str]) -> Option<&'a Node> {
    path.iter().try_fold(node, |node, key| {
        let Kind::Mapping(entries) = &node.kind else { return None };
        entries.iter().find(|entry| entry.key == *key).map(|entry| &entry.value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use pipec_compiler::plan::fixture::with_flink;
    use pipec_compiler::sql::Start;

    fn template(readers: &str, key: &str, snapshots: bool) -> String {
        format!(
            "Resources:\n  Analytics:\n    Metadata:\n      pipec: {{spec: /analytics, source_readers: {readers}}}\n    \
             Properties:\n      ApplicationConfiguration:\n        ApplicationCodeConfiguration: {{CodeContent: \
             {{S3ContentLocation: {{FileKey: {key}}}}}}}\n        ApplicationSnapshotConfiguration: {{SnapshotsEnabled: \
             {snapshots}}}\n"
        )
    }

    /// The position after an update to a plan that is changed, with message and help.
    fn update(
        deployed: &str,
        change: impl FnOnce(&mut pipec_compiler::plan::AnalyticsPlan),
    ) -> (Position, String, String) {
        let (mut plan, _) = with_flink("record_size: 1 KiB, records_per_second: 10", 100);
        let analytics = plan.analytics.as_mut().expect("an application");
        analytics.source_readers = "2 0a1b2c3d".parse().expect("readers");
        change(analytics);
        match of_update(deployed, &plan) {
            Some(Event::Position { position, message, help }) => {
                (position, message, help.unwrap_or_default())
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_number_of_readers_decides() {
        for (readers, expected) in [
            ("\"2 0a1b2c3d\"", Position::Kept),
            ("\"2 ffffffff\"", Position::Kept),
            ("\"1 0a1b2c3d\"", Position::Lost),
            ("\"3-4 0a1b2c3d\"", Position::Lost),
            ("\"1-2 0a1b2c3d\"", Position::Unknown),
            ("none", Position::Unknown),
            ("~", Position::Unknown),
        ] {
            let (position, message, help) = update(&template(readers, "flink/p/0a.zip", true), |_| {});
            assert_eq!(position, expected, "{readers}: {message}");
            assert_eq!(help.is_empty(), expected == Position::Kept);
            assert_eq!(
                message.contains("864,000 at the declared rate"),
                expected != Position::Kept,
                "{message}"
            );
        }
    }

    #[test]
    fn the_same_code_keeps_everything() {
        let same = template("~", "flink-00.zip", true);
        let (position, message, _) = update(&same, |_| {});
        assert_eq!(
            (position, message.as_str()),
            (Position::Kept, "Flink continues at its position in the stream")
        );
    }

    #[test]
    fn without_snapshots_there_is_no_position() {
        let same = template("\"2 0a1b2c3d\"", "flink-00.zip", true);
        assert_eq!(update(&same, |analytics| analytics.snapshots = false).0, Position::Lost);
        let off = template("\"2 0a1b2c3d\"", "flink-00.zip", false);
        assert_eq!(update(&off, |_| {}).0, Position::Lost);
    }

    #[test]
    fn a_start_of_the_users_is_named() {
        let lost = template("\"1 0a1b2c3d\"", "flink/p/0a.zip", true);
        let (_, message, help) = update(&lost, |analytics| analytics.first_record = Start::Latest);
        assert!(message.ends_with(
            "Flink starts at the next record that arrives: records that arrive during the update are skipped"
        ));
        assert!(help.contains("`analytics.start: 2026-03-01T10:00:00Z`"), "{help}");
        let (_, message, _) =
            update(&lost, |analytics| analytics.first_record = Start::At(1_772_359_200_000));
        assert!(message.contains("Flink starts at the first record since 2026-03-01T10:00:00Z"), "{message}");
    }

    #[test]
    fn other_templates_have_no_position() {
        let (plan, _) = with_flink("record_size: 1 KiB, records_per_second: 10", 100);
        for other in ["", "[", "Resources: {}", "Resources: {Analytics: 1}", "{\"Resources\": []}"] {
            let _ = of_update(other, &plan);
        }
        assert_eq!(of_update("Resources: {}", &plan), None);
    }
}
