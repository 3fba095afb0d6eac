//! The report as Markdown for a comment on a pull request.

use std::fmt::Write;

use super::{Comparison, Earlier, Permissions, PipelineReview, Review};
use crate::deploy::changes::Action;
use pipec_compiler::amount::{amount, dollars, dollars_more};

/// Longest comment that GitHub takes, characters. "Body is too long (maximum is 65536 characters)", the answer of its
/// API, 2026-11. What puts the report into a comment may add a marker of its own.
const COMMENT_CHARS_MAX: usize = 65_536 - MARKER_CHARS;
/// Room for a marker.
const MARKER_CHARS: usize = 64;

/// Writes the comment. What is too long for one leaves out the pictures, then the bills, then the last lines, and names
/// what is left out.
pub fn markdown(review: &Review) -> String {
    let parts = [(true, true), (false, true), (false, false)];
    let mut text = String::new();
    for (pictures, bills) in parts {
        text = whole(review, pictures, bills);
        if text.chars().count() <= COMMENT_CHARS_MAX {
            return text;
        }
    }
    shortened(&text)
}

/// The first lines of a text that is too long whatever is left out.
fn shortened(text: &str) -> String {
    /// Room for the sentence at the end.
    const END_CHARS: usize = 80;
    let lines: Vec<&str> = text.lines().collect();
    let mut chars = 0;
    let fits = |line: &&&str| {
        chars += line.chars().count() + 1;
        chars <= COMMENT_CHARS_MAX - END_CHARS
    };
    let kept = lines.iter().take_while(fits).count();
    let left = lines.len() - kept;
    format!("{}\n\n{left} more lines do not fit into a comment.\n", lines[..kept].join("\n"))
}

fn whole(review: &Review, pictures: bool, bills: bool) -> String {
    let mut text = String::from("## Pipelines\n\n");
    write_figures(review, &mut text);
    for pipeline in &review.pipelines {
        write_changes(review, pipeline, &mut text);
    }
    write_findings(review, &mut text);
    for pipeline in review.pipelines.iter().filter(|_| bills) {
        write_bill(pipeline, &mut text);
    }
    for pipeline in review.pipelines.iter().filter(|_| pictures) {
        let _ = write!(
            text,
            "\n<details><summary>Picture of {}</summary>\n\n```mermaid\n{}```\n\n</details>\n",
            cell(&pipeline.plan.pipeline),
            pipeline.mermaid
        );
    }
    match (pictures, bills) {
        (true, _) => {}
        (false, true) => {
            text.push_str("\nThe pictures are left out: the report is too long for a comment.\n");
        }
        (false, false) => {
            text.push_str("\nBills and pictures are left out: the report is too long for a comment.\n");
        }
    }
    text
}

fn write_figures(review: &Review, text: &mut String) {
    if review.pipelines.is_empty() {
        text.push_str("No pipeline without errors.\n");
        return;
    }
    let difference = if review.against.is_some() { [" Difference |", " ---: |"] } else { ["", ""] };
    let _ = writeln!(
        text,
        "| Pipeline | Records/s | Shards | KPUs | Resources | Permissions | USD per month |{}\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: |{}",
        difference[0], difference[1]
    );
    let number = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), amount);
    for pipeline in &review.pipelines {
        let figures = &pipeline.figures;
        let _ = write!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} |",
            cell(&pipeline.plan.pipeline),
            number(figures.records_per_second),
            number(figures.shards.map(|count| count as f64)),
            number(figures.kpus.map(|count| count as f64)),
            figures.resources,
            figures.grants,
            figures.monthly_usd.map_or_else(|| "unknown".to_owned(), dollars)
        );
        match &pipeline.earlier {
            Earlier::NotAsked => {}
            Earlier::New => text.push_str(" new |"),
            Earlier::Compared(comparison) => {
                let more = comparison.monthly_usd_more().map_or_else(|| "unknown".to_owned(), dollars_more);
                let _ = write!(text, " {more} |");
            }
        }
        text.push('\n');
    }
}

fn write_changes(review: &Review, pipeline: &PipelineReview, text: &mut String) {
    let Some(against) = &review.against else { return };
    let _ = write!(text, "\n### {}\n\n", cell(&pipeline.plan.pipeline));
    let comparison = match &pipeline.earlier {
        Earlier::NotAsked => return,
        Earlier::New => {
            let _ = writeln!(text, "New: {} has no pipeline of this name.", code(against));
            return;
        }
        Earlier::Compared(comparison) => comparison,
    };
    if comparison.is_empty() {
        text.push_str("No changes.\n");
        return;
    }
    write_comparison(comparison, text);
}

fn write_comparison(comparison: &Comparison, text: &mut String) {
    for change in &comparison.changes {
        let verb = match change.action {
            Action::Add => "added",
            Action::Change => "changed",
            Action::PerhapsReplace => "**perhaps replaced**",
            Action::Replace => "**replaced**",
            Action::Remove => "**removed**",
        };
        let _ = write!(text, "- {} ({}) {verb}", code(&change.resource), cell(&change.kind));
        if !change.what.is_empty() {
            let _ = write!(text, ": {}", cell(&change.what.join(", ")));
        }
        if let Some(loss) = &change.loss {
            let fate = if loss.kept { "kept" } else { "**lost**" };
            let _ = write!(text, "; {fate}: {}", cell(&loss.what));
        }
        text.push('\n');
    }
    for (title, permissions) in [("gained", &comparison.gained), ("lost", &comparison.lost)] {
        if !permissions.is_empty() {
            let _ = write!(text, "\nPermissions {title}:\n\n");
        }
        permissions.iter().for_each(|one| write_permissions(one, text));
    }
    if !comparison.costs.is_empty() {
        text.push_str("\nCosts per month, by pipec's own prices:\n\n");
    }
    for cost in &comparison.costs {
        let _ = writeln!(text, "- {}: {} USD", cell(&cost.item), dollars_more(cost.monthly_usd));
    }
}

fn write_permissions(one: &Permissions, text: &mut String) {
    let denied = if one.effect == "Allow" { "" } else { "denied " };
    let _ = write!(
        text,
        "- {}: {denied}{} on {}",
        code(&one.principal),
        code(&one.actions.join(", ")),
        code(&one.resource)
    );
    if !one.condition.is_empty() {
        let _ = write!(text, " if {}", code(&one.condition));
    }
    text.push('\n');
}

fn write_findings(review: &Review, text: &mut String) {
    text.push_str("\n### Findings\n\n");
    if review.findings.is_empty() {
        text.push_str("None.\n");
    }
    for finding in &review.findings {
        let place = format!("{}:{}:{}", finding.file, finding.line, finding.column);
        let _ = writeln!(
            text,
            "- **{} {}** {} {}. Help: {}",
            finding.severity,
            finding.code,
            code(&place),
            message(&finding.message),
            message(&finding.help)
        );
    }
}

fn write_bill(pipeline: &PipelineReview, text: &mut String) {
    let cost = &pipeline.plan.cost;
    let Some(prices_as_of) = &cost.prices_as_of else { return };
    let _ = write!(
        text,
        "\n<details><summary>Bill of {}: {} USD per month</summary>\n\nPrices of {prices_as_of} in {}.\n\n\
         | Item | Quantity | Unit price | USD per month | Arithmetic |\n| --- | ---: | ---: | ---: | --- |\n",
        cell(&pipeline.plan.pipeline),
        dollars(cost.monthly_usd),
        cost.region
    );
    for line in &cost.lines {
        let price = line.monthly_usd.map_or_else(|| "unknown".to_owned(), dollars);
        let about = if line.sure { "" } else { "\\~" };
        let _ = writeln!(
            text,
            "| {} | {} {} | {} | {about}{price} | {} |",
            cell(&line.item),
            amount(line.quantity),
            cell(line.unit),
            line.unit_price.map_or_else(|| "unknown".to_owned(), amount),
            cell(&line.note)
        );
    }
    for left_out in &cost.left_out {
        let _ = write!(text, "\nNot included: {} ({})", cell(left_out.item), cell(left_out.because));
    }
    if cost.lines.iter().any(|line| !line.sure) {
        text.push_str("\n\n~ is based on an assumption or an unverified price.");
    }
    text.push('\n');
    text.push_str("\n</details>\n");
}

/// A text in one line that Markdown and HTML leave as it is.
fn cell(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '\n' | '\r' => escaped.push(' '),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '#' | '~' | '@' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c if c.is_control() => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A message: what is between backticks stays code.
fn message(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 0 { cell(part) } else { code(part) }).collect()
}

/// A text as code: between more backticks than it has in a row.
fn code(text: &str) -> String {
    let text = text.replace(char::is_control, " ");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_too_long_ends_with_a_whole_line() {
        let long = "- a line\n".repeat(20_000);
        let short = shortened(&long);
        assert!(short.chars().count() <= COMMENT_CHARS_MAX, "{}", short.chars().count());
        let (kept, end) = short.split_once("\n\n").expect("the end");
        let kept = kept.lines().filter(|line| *line == "- a line").count();
        assert_eq!(end, format!("{} more lines do not fit into a comment.\n", 20_000 - kept));
    }

    #[test]
    fn no_text_leaves_its_place() {
        assert_eq!(cell("a|b\n<img src=x> @team `x`"), "a\\|b &lt;img src=x&gt; \\@team \\`x\\`");
        assert_eq!(code("a``b`"), "``` a``b` ```");
        assert_eq!(code("Role"), "`Role`");
    }
}
