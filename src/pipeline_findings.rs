//! What is found in the pipelines of one spec: the spec's own and its environments'. Several of them have the same lines,
//! so a finding about a line is decided by all of them.

use crate::accept::{self, Accepted};
use crate::check;
use crate::diagnostics::{Code, Diagnostic};
use crate::parse::{self, Environment};
use crate::source::Span;

/// What is found in one pipeline of a spec.
#[derive(Debug)]
pub struct PipelineFindings {
    /// The environment, where findings have to name it.
    pub environment: Option<Environment>,
    /// The findings that are not accepted.
    pub found: Vec<Diagnostic>,
    /// The entries of `accept`, with the findings that are.
    pub accepted: Vec<Accepted>,
    /// Places of settings that have an effect in this pipeline.
    pub in_effect: Vec<Span>,
    /// Whether all phases have seen the pipeline, so that `in_effect` is complete.
    pub is_complete: bool,
}

/// All findings, each once: the first pipeline's, then those of environments alone with their names.
pub fn merge(pipelines: &[PipelineFindings]) -> Vec<Diagnostic> {
    let Some((first, others)) = pipelines.split_first() else { return Vec::new() };
    let mut found = first.found.clone();
    let others = others.iter().filter_map(|other| Some((other.environment.as_ref()?, other.found.clone())));
    parse::add_findings(&mut found, others.collect());
    found
}

/// Adds the findings about what several pipelines read, and cannot share.
pub fn add_shared(pipelines: &mut [PipelineFindings], uses: Vec<Vec<check::Use>>) {
    let environment = |one: &PipelineFindings| Some(one.environment.as_ref()?.name.clone());
    let names: Vec<Option<String>> = pipelines.iter().map(environment).collect();
    let all: Vec<_> = names.iter().map(Option::as_deref).zip(uses).collect();
    for (at, finding) in check::shared(&all) {
        pipelines[at].found.push(finding);
    }
}

/// Keeps of the findings that a setting has no effect those about settings that have none in any pipeline with the
/// line. A setting in an environment's part is in no other pipeline; others are in several, and decided only where all
/// pipelines are there.
pub fn keep_unused(pipelines: &mut [PipelineFindings], environments: &[Environment]) {
    let in_effect: Vec<Span> = pipelines.iter().flat_map(|one| one.in_effect.clone()).collect();
    let are_all_there = pipelines.len() == environments.len() + 1;
    let are_all_known = are_all_there && pipelines.iter().all(|one| one.is_complete);
    let mut before: Vec<Span> = Vec::new();
    for pipeline in pipelines {
        pipeline.found.retain(|one| {
            let is_own = environments.iter().any(|environment| environment.holds(one.span));
            // The reason can differ between pipelines; the first is enough.
            let is_new = !before.contains(&one.span);
            let are_known = match one.code {
                Code::AlarmUnused => are_all_known,
                // Known as soon as a pipeline is resolved.
                Code::RecordsUnused => are_all_there,
                _ => return true,
            };
            !in_effect.contains(&one.span) && (is_own || (are_known && is_new))
        });
        let is_unused = |one: &&Diagnostic| matches!(one.code, Code::AlarmUnused | Code::RecordsUnused);
        let unused = pipeline.found.iter().filter(is_unused);
        before.extend(unused.map(|one| one.span));
    }
}

/// Takes what is accepted out of the findings.
pub fn apply(pipelines: &mut [PipelineFindings]) {
    for PipelineFindings { accepted, found, .. } in pipelines {
        accept::apply(accepted, found);
    }
}

/// Puts back what is no longer accepted on a day, as `2026-11-30`.
pub fn put_back(pipelines: &mut [PipelineFindings], today: &str) {
    for PipelineFindings { accepted, found, .. } in pipelines {
        for one in accept::returned(accepted, today) {
            if !found.contains(&one) {
                found.push(one);
            }
        }
    }
}
