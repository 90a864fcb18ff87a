//! The head of a page and its table of problems.

use maud::{Markup, html};
use riddle_engine::{ProblemReport, clustering::wilson, problems::Verdict};

use super::{
    Recorded,
    problem::{NAME, Section},
    rules::with_interval,
};
use crate::text::{count, counted, harmless, shortened};

/// Remarks on the run that are shown.
const SHOWN_REMARKS: usize = 20;

/// Returns the headline.
pub(super) fn head(run: &Recorded) -> Markup {
    let totals = run.report.totals();
    let n_sent: usize = (run.report.problems().iter())
        .map(|it| it.submissions.len())
        .sum();
    let n_asked = run.survey.evaluation.n_problems;
    let figure = |n: u64, what: &str| {
        let what = what.strip_suffix('s').filter(|_| n == 1).unwrap_or(what);
        html! { div { dt { (what) } dd { (count(n)) } } }
    };
    html! {
        header.top {
            p.kind { "Riddle, a recorded run" }
            h1 { (harmless(&run.name)) }
            dl.totals {
                @if totals.n_scored > 0 {
                    @let share = wilson(totals.n_solved, totals.n_scored);
                    div.main {
                        dt { "problems solved" }
                        dd {
                            (count(totals.n_solved)) " of " (count(totals.n_scored)) " "
                            span.share { (with_interval(share)) }
                        }
                    }
                    (figure(totals.n_solvable, "solvable, by oracle"))
                } @else {
                    div.main {
                        dt { "problems with something to submit" }
                        dd {
                            (count(answered(run.report.problems()))) " of " (count(totals.n_problems))
                        }
                    }
                }
                (figure(totals.n_candidates, "candidates"))
                (figure(totals.n_survivors, "survivors"))
                (figure(n_sent as u64, "submissions"))
                (figure(totals.n_executions, "executions"))
            }
            @if totals.n_problems < n_asked {
                p.warning {
                    "⚠ The run was interrupted: it came to " (count(totals.n_problems)) " of "
                    (counted(n_asked, "problem")) "."
                }
            }
            (remarks(run))
        }
    }
}

fn answered(problems: &[ProblemReport]) -> u64 {
    problems
        .iter()
        .filter(|it| !it.submissions.is_empty())
        .count() as u64
}

fn remarks(run: &Recorded) -> Markup {
    let warnings = &run.survey.evaluation.warnings;
    let n_more = warnings.len().saturating_sub(SHOWN_REMARKS);
    html! {
        @for warning in warnings.iter().take(SHOWN_REMARKS) {
            p.warning { "⚠ " (harmless(warning)) }
        }
        @if n_more > 0 { p.warning { "⚠ " (counted(n_more as u64, "more remark")) } }
    }
}

/// Returns the table of problems.
pub(super) fn problems(run: &Recorded, sections: &[Section<'_>]) -> Markup {
    let n = run.manifest.config.n_submissions;
    html! {
        section #problems {
            h2 { "Problems" }
            @if sections.is_empty() { p { "The run has no problem." } } @else {
                div.scroll tabindex="0" {
                    table {
                        thead {
                            tr {
                                th { "problem" } th { "result" }
                                th.number { "sampled" } th.number { "survive" } th.number { "clusters" }
                                th { "@1" } @if n > 1 { th { "@" (n) } } th { "oracle" }
                            }
                        }
                        tbody {
                            @for it in sections { (line(it, n)) }
                        }
                    }
                }
            }
        }
    }
}

fn line(section: &Section<'_>, n: usize) -> Markup {
    let name = shortened(&harmless(&section.pool.problem), NAME);
    html! {
        tr {
            th scope="row" {
                @if section.number <= super::MAX_SECTIONS { a href={ "#p" (section.number) } { (name) } }
                @else { (name) }
            }
            td { (section.status()) }
            @if let Some(report) = section.report {
                @let first = report.submissions.first();
                td.number { (count(report.metrics.n_candidates)) }
                td.number { (count(report.metrics.n_survivors)) }
                td.number { (count(report.clusters.len() as u64)) }
                td { (yes(report.metrics.chosen.map(|_| first.is_some_and(|it| it.verdict == Some(Verdict::Ac))))) }
                @if n > 1 { td { (yes(report.metrics.chosen)) } }
                td { (yes(report.metrics.oracle)) }
            } @else {
                td.number { (count(section.pool.n_candidates)) }
                td {} td {} td {} @if n > 1 { td {} } td {}
            }
        }
    }
}

fn yes(answer: Option<bool>) -> Markup {
    html! {
        @match answer {
            None => span.faint title="not known" { "–" },
            Some(true) => span.good { "✓" span.hidden { "yes" } },
            Some(false) => span.bad { "✗" span.hidden { "no" } },
        }
    }
}
