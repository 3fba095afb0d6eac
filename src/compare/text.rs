//! The comparison for people.

use std::fmt::Write;

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::{Column, Comparison, Figures, Outcome};
use crate::amount::{amount, dollars};
use crate::spec::Duration;
use crate::terminal::printable;

/// Widest line of the table, without its indentation.
const WIDTH: u16 = 128;
/// Columns of figures, which are aligned on the right.
const FIGURES: [usize; 3] = [2, 3, 4];

/// The comparison for people: a line for each destination, and what each needs.
pub fn text(comparison: &Comparison) -> String {
    let of =
        comparison.delivery.as_ref().map_or_else(|| "delivery".to_owned(), |name| format!("delivery {name}"));
    let mut text = format!(
        "{} in {}: {of}, {} GB per month at the declared load\n\n",
        comparison.pipeline,
        comparison.region,
        amount(comparison.gigabytes.round())
    );
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(WIDTH);
    table.set_header([
        "",
        "delivered after",
        "USD per month",
        "USD per GB",
        "whole pipeline",
        "buffer",
        "retries",
        "a record is",
    ]);
    for column in &comparison.columns {
        table.add_row(row(column));
    }
    for column in FIGURES {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for line in table.lines() {
        let _ = writeln!(text, " {}", line.trim_end());
    }
    for column in &comparison.columns {
        write_needs(column, &mut text);
    }
    // A user's own words could hold what a terminal obeys.
    printable(&text)
}

fn row(column: &Column) -> Vec<String> {
    let name = title(column);
    match &column.result {
        Outcome::Refused { .. } => vec![name, "not possible".into()],
        Outcome::Possible(figures) => {
            let usd = |usd: Option<f64>| usd.map_or_else(|| "unknown".into(), dollars);
            let per_gigabyte =
                figures.usd_per_gigabyte.map_or_else(|| "unknown".into(), |usd| format!("{usd:.3}"));
            let (least, most) = figures.size_mib;
            vec![
                name,
                figures.latency(),
                usd(figures.delivery_usd),
                per_gigabyte,
                usd(figures.pipeline_usd),
                format!(
                    "{least} to {most} MiB, {} to {} s",
                    figures.interval_seconds.0, figures.interval_seconds.1
                ),
                figures
                    .retry_seconds
                    .map_or_else(|| "24 h".into(), |(_, most)| format!("up to {}", Duration(most))),
                figures.record.to_owned(),
            ]
        }
    }
}

fn title(column: &Column) -> String {
    if column.is_own { format!("{} (the spec)", column.name) } else { column.name.clone() }
}

/// What a destination needs that the spec lacks, and what its owner has to do.
fn write_needs(column: &Column, text: &mut String) {
    let _ = writeln!(text, "\n{}", title(column));
    match &column.result {
        Outcome::Refused { code, message, help } => {
            let _ = writeln!(text, "  not possible: {code}: {message}\n  help: {help}");
        }
        Outcome::Possible(figures) => {
            let Figures { line, placeholders, other_side, not_included, .. } = &**figures;
            let _ = writeln!(text, "  {line}");
            for (place, value) in placeholders {
                let _ = writeln!(text, "  placeholder: `{place}` is `{value}`");
            }
            for one in not_included {
                let _ = writeln!(text, "  not included: {one}");
            }
            if !other_side.is_empty() {
                let _ = writeln!(text, "  on the other side:");
            }
            for line in other_side {
                let _ = writeln!(text, "    {line}");
            }
        }
    }
}
