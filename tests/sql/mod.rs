//! SQL from the text to Flink's, with the diagnostics as a user sees them.

mod any_input;
mod depth;
mod random;
mod random_expressions;
mod random_inputs;
mod random_records;
mod random_rows;
mod random_state;
mod random_times;
mod record_program;
mod row_form;
mod size;
mod source_ids;
mod support;

use std::fs;
use std::path::Path;

use pipec_compiler::source::{Excerpt, Sources};
use pipec_compiler::sql::{Input, RecordFormat, analyze, print_flink};

/// One folder for each case: `input.sql`, perhaps `columns` (else those of the reference pipeline) and `event_time` (a
/// column and its lateness in milliseconds), or a whole `spec.yaml`; and what comes out: `pipeline.sql`, `diagnostics`, or
/// both.
#[test]
fn cases() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sql/cases");
    let mut folders: Vec<_> = fs::read_dir(&root)
        .expect("the cases")
        .map(|entry| entry.expect("a case").path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    for folder in folders {
        let analyzed = support::case(&folder);
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(&folder);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| {
            if let Some(query) = &analyzed.query {
                insta::assert_snapshot!("pipeline", print_flink(query));
            }
            if analyzed.query.is_none() || !analyzed.diagnostics.is_empty() {
                insta::assert_snapshot!("diagnostics", analyzed.text());
            }
        });
        let expected = usize::from(analyzed.query.is_some())
            + usize::from(analyzed.query.is_none() || !analyzed.diagnostics.is_empty());
        let snapshots = fs::read_dir(&folder).expect("the case").filter(|entry| {
            entry.as_ref().is_ok_and(|entry| entry.path().extension().is_some_and(|e| e == "snap"))
        });
        assert_eq!(snapshots.count(), expected, "{} holds a snapshot of nothing", folder.display());
    }
}

/// SQL in a block scalar of a spec: the caret is in the YAML, at the word.
#[test]
fn sql_inside_of_a_spec() {
    let yaml = "analytics:\n  sql: |\n    SELECT \"first\",\n      \"agee\" FROM stream\n";
    let mut sources = Sources::default();
    let columns = support::columns(&mut sources, "first VARCHAR(16) $.first\nage INTEGER $.age\n");
    let id = sources.add("spec.yaml", yaml.into());
    let file = sources.file(id);
    let sql = "SELECT \"first\",\n  \"agee\" FROM stream\n";
    let start = yaml.find("SELECT").expect("the SQL");
    let second_line = yaml.find("  \"agee\"").expect("its second line");
    let excerpt =
        Excerpt::pieces(sql.into(), file.span(start..yaml.len()), vec![(0, start), (16, second_line)]);
    let (query, diagnostics) =
        analyze(&excerpt, &Input { format: RecordFormat::Json, columns: &columns, ..Input::default() });
    assert!(query.is_none());
    assert_eq!(diagnostics.len(), 1);
    assert_eq!(file.text().get(diagnostics[0].span.range()), Some("\"agee\""));
}
