//! Whether a changed job finds its position and its state: what pipec derives from the SQL, against the ids that a real
//! Flink gives the operators of cases. `tests/flink/test_positions.py` compares the list of ids with Flink.

use std::path::Path;

use pipec_compiler::sql::{PositionMatch, SourceReaders, print_flink};

use super::support;

/// On each line a name, the begin of its source's id, and the begin of a hash of all ids.
const IDS: &str = include_str!("source_ids.txt");

struct Case {
    name: &'static str,
    readers: SourceReaders,
    source: &'static str,
    all: &'static str,
}

fn cases() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sql/cases");
    let read = |line: &'static str| {
        let [name, source, all] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let query = support::case(&root.join(name)).query.expect("a query");
        Case { name, readers: SourceReaders::of(&print_flink(&query), "FLINK-2_2"), source, all }
    };
    IDS.lines().map(read).collect()
}

#[test]
fn a_job_finds_its_position_where_flink_gives_the_source_the_same_id() {
    let cases = cases();
    let (mut kept, mut lost, mut all) = (0, 0, 0);
    for old in &cases {
        for new in &cases {
            let pair = format!("{} ({}) to {} ({})", old.name, old.readers, new.name, new.readers);
            let found = new.readers.position_of(&old.readers);
            match found {
                PositionMatch::Kept => assert_eq!(old.source, new.source, "{pair}"),
                PositionMatch::Lost => assert_ne!(old.source, new.source, "{pair}"),
                PositionMatch::Unknown => {}
            }
            kept += usize::from(found == PositionMatch::Kept);
            lost += usize::from(found == PositionMatch::Lost);
            if new.readers.same_operators(&old.readers) {
                assert_eq!(old.all, new.all, "{pair}");
                all += usize::from(old.name != new.name);
            }
        }
    }
    assert!(kept > 500 && lost > 300 && all > 20, "{kept} kept, {lost} lost, {all} in all operators");
}
