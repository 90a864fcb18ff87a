//! One problem of a page: what became of its candidates, its clusters, and what was sent.

use maud::{Markup, html};
use riddle_engine::{
    ClusterExplanation, ClusterReport, ClusterView, Conduct, PairDifference, PoolReport,
    ProblemReport, ProblemTimings, StageCount, SubmissionReport, problems::Verdict,
};

use super::{
    bar,
    highlight::Highlighter,
    programs::{Budget, Titled, difference, program, text},
    verdict,
};
use crate::{
    printer::Tone,
    summary,
    text::{compact, count, counted, harmless, shortened, time},
};

/// Clusters that are shown, the largest.
const SHOWN_CLUSTERS: usize = 10;
/// Submissions that are shown.
const SHOWN_SUBMISSIONS: usize = 20;
/// Warnings that are shown.
const SHOWN_WARNINGS: usize = 10;
/// Characters of a name that are shown.
pub(super) const NAME: usize = 48;
/// Digits of a digest that are shown.
const DIGITS: usize = 8;

/// All that is known of one problem.
#[derive(Clone, Copy, Debug)]
pub(super) struct Section<'a> {
    /// Its place in the run, from 1.
    pub(super) number: usize,
    pub(super) pool: &'a PoolReport,
    /// None where the run was interrupted before it.
    pub(super) report: Option<&'a ProblemReport>,
    pub(super) timings: Option<&'a ProblemTimings>,
    pub(super) clusters: Option<&'a ClusterExplanation>,
}

impl Section<'_> {
    /// Returns what came of it, with a mark that needs no colour.
    pub(super) fn status(&self) -> Markup {
        let (class, mark, words) = match self.report.map(summary::result) {
            None => ("", "–", "not searched".to_owned()),
            Some((Tone::Good, words)) => ("good", "✓", words),
            Some((Tone::Bad, words)) => ("bad", "✗", words),
            Some((_, words)) => ("", "–", words),
        };
        html! { span.status.(class) { (mark) " " (words) } }
    }

    /// Returns the section.
    pub(super) fn markup(&self, highlighter: &Highlighter, budget: &mut Budget) -> Markup {
        html! {
            section.problem id={ "p" (self.number) } {
                header {
                    h2 { (shortened(&harmless(&self.pool.problem), 2 * NAME)) }
                    (self.status())
                }
                @if let Some(report) = self.report {
                    (self.searched(report, highlighter, budget))
                } @else {
                    p.note { "The run ended before it came to this problem." }
                }
            }
        }
    }

    fn searched(
        &self,
        report: &ProblemReport,
        highlighter: &Highlighter,
        budget: &mut Budget,
    ) -> Markup {
        html! {
            p.note {
                (harmless(&summary::rules(&report.time_limit, &report.checker).to_string()))
                " · rule " (harmless(&report.rule))
                " · " (counted(report.n_inputs, "generated input"))
                " · " (stopped(report))
            }
            (warnings(report))
            (funnel(&report.funnel))
            @if report.clusters.is_empty() {
                p { "No candidate passes the public tests, so there is no cluster and nothing to submit." }
            } @else {
                h3 { "Clusters" }
                (self.cluster_table(report))
                @if let Some(clusters) = self.clusters {
                    (told_apart(clusters, highlighter, budget))
                }
                h3 { "Submissions" }
                (submissions(report, highlighter, budget))
            }
            p.note { (cost(report, self.timings)) }
        }
    }

    fn cluster_table(&self, report: &ProblemReport) -> Markup {
        let largest = report.clusters.iter().map(|it| it.size).max().unwrap_or(1);
        let views = self.clusters.map_or(&[][..], |it| &it.clusters);
        let rest = report.clusters.get(SHOWN_CLUSTERS..).unwrap_or_default();
        html! {
            div.scroll tabindex="0" {
                table {
                    thead {
                        tr {
                            th.number { "cluster" } th.number { "size" } th.wide {}
                            th { "private tests" } th.number { "programs" } th { "earliest" }
                        }
                    }
                    tbody {
                        @for it in report.clusters.iter().take(SHOWN_CLUSTERS) {
                            @let view = views.iter().find(|view| is_of(view, it));
                            tr {
                                td.number { (count(it.rank)) }
                                td.number { (count(it.size)) }
                                td.wide { (bar(it.size, largest)) }
                                td { (verdicts(view, it.verdict)) }
                                td.number { (count(it.n_programs)) }
                                td {
                                    code { (shortened(&harmless(&it.representative), NAME)) }
                                    @if let Some(view) = view { " " span.faint { (harmless(&view.language)) } }
                                }
                            }
                        }
                        @if !rest.is_empty() {
                            tr.faint {
                                td.number { "…" }
                                td.number { (count(rest.iter().map(|it| it.size).sum())) }
                                td.wide {}
                                td {}
                                td.number { (count(rest.iter().map(|it| it.n_programs).sum())) }
                                td { "in " (counted(rest.len() as u64, "smaller cluster")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Whether a cluster of the run is one that was found again in what it recorded.
fn is_of(view: &ClusterView, report: &ClusterReport) -> bool {
    view.rank == report.rank && view.representative == report.representative
}

fn stopped(report: &ProblemReport) -> String {
    let n = counted(report.metrics.n_candidates, "candidate");
    if report.stop_reason.is_cut_short() {
        format!("cut short after {n}")
    } else {
        n
    }
}

fn warnings(report: &ProblemReport) -> Markup {
    let n_more = report.warnings.len().saturating_sub(SHOWN_WARNINGS);
    html! {
        @for warning in report.warnings.iter().take(SHOWN_WARNINGS) {
            p.warning { "⚠ " (harmless(warning)) }
        }
        @if n_more > 0 { p.warning { "⚠ " (counted(n_more as u64, "more warning")) } }
        @if let Some(first) = report.backstops.first() {
            p.warning {
                "⚠ The backstop ended " (counted(report.backstops.len() as u64, "program")) ", "
                code { (shortened(&harmless(first), NAME)) } " first: another run may give another report."
            }
        }
    }
}

/// Returns the funnel as one line of steps.
fn funnel(stages: &[StageCount]) -> Markup {
    let n_in = stages.first().map_or(0, |it| it.n_in);
    html! {
        ol.funnel {
            @for stage in stages {
                li {
                    span.count { (count(stage.n_out)) }
                    " " (stage.stage.title())
                    (bar(stage.n_out, n_in))
                    @if stage.n_dropped > 0 { span.faint { "− " (reasons(stage)) } }
                }
            }
        }
    }
}

/// Returns why candidates were dropped at a stage, most first.
pub(super) fn reasons(stage: &StageCount) -> String {
    let mut reasons: Vec<(&String, &u64)> = stage.reasons.iter().collect();
    reasons.sort_by_key(|it| std::cmp::Reverse(it.1));
    let reasons: Vec<String> = reasons
        .iter()
        .map(|(reason, n)| format!("{} {}", count(**n), harmless(reason).replace('_', " ")))
        .collect();
    reasons.join(", ")
}

/// Returns what the private tests say of a cluster's programs, or of its earliest where no more is known.
fn verdicts(view: Option<&ClusterView>, earliest: Option<Verdict>) -> Markup {
    let known = view.map(|it| &it.verdicts).filter(|it| !it.is_empty());
    html! {
        @if let Some(verdicts) = known {
            @for (it, n) in verdicts {
                (verdict(Some(*it)))
                @if *n > 1 { span.faint { " × " (count(*n)) } }
                " "
            }
        } @else {
            (verdict(earliest))
        }
    }
}

/// Shows where the two largest clusters part, and how their programs differ.
fn told_apart(
    clusters: &ClusterExplanation,
    highlighter: &Highlighter,
    budget: &mut Budget,
) -> Markup {
    let pair = clusters.differences.iter().find(|it| it.clusters == [1, 2]);
    let [Some(one), Some(other)] = [0, 1].map(|it| clusters.clusters.get(it)) else {
        return html! {};
    };
    html! {
        h3 { "The two largest clusters" }
        @if let Some(pair) = pair {
            (where_they_part(clusters, pair))
        } @else {
            p.note { "No recorded input tells them apart." }
        }
        @if let (Some(a), Some(b)) = (&one.source, &other.source) {
            details {
                summary { "How their earliest programs differ" }
                @let titles = [one, other]
                    .map(|it| format!("cluster {}: {}", it.rank, shortened(&it.representative, NAME)));
                (difference(highlighter, budget, [
                    Titled { title: &titles[0], language: &one.language, source: a },
                    Titled { title: &titles[1], language: &other.language, source: b },
                ]))
            }
        }
    }
}

fn where_they_part(clusters: &ClusterExplanation, pair: &PairDifference) -> Markup {
    html! {
        p {
            "They part on " (count(pair.n_inputs)) " of " (counted(clusters.n_inputs, "generated input"))
            ". Input " (count(pair.input)) " is the shortest on which both answer, or else the shortest:"
        }
        (text(&pair.content))
        div.beside {
            @for (it, did) in pair.clusters.iter().zip(&pair.conduct) {
                p.did { "Cluster " (count(*it)) " " (conduct(did)) }
            }
        }
    }
}

fn conduct(did: &Conduct) -> Markup {
    let digest = did.output.to_string();
    html! {
        @match (did.ending, did.is_empty) {
            ("ok", true) => "prints nothing",
            ("ok", false) => { "prints " code { (digest[..DIGITS]) "…" } },
            (ending, _) => { "ends with " code { (ending) } },
        }
    }
}

fn submissions(report: &ProblemReport, highlighter: &Highlighter, budget: &mut Budget) -> Markup {
    let n_more = report.submissions.len().saturating_sub(SHOWN_SUBMISSIONS);
    html! {
        @for it in report.submissions.iter().take(SHOWN_SUBMISSIONS) {
            details {
                summary { (sent(it)) }
                p.note {
                    (harmless(&it.reason))
                    @if let Some(test) = &it.failed_test {
                        " · fails private test " code { (shortened(&harmless(test), NAME)) }
                    }
                    " · " code { (harmless(&it.file)) }
                }
                (program(highlighter, budget, it.language.name(), &it.source))
            }
        }
        @if n_more > 0 { p.note { "… and " (counted(n_more as u64, "more submission")) } }
    }
}

fn sent(it: &SubmissionReport) -> Markup {
    html! {
        span.rank { (count(it.rank)) }
        (verdict(it.verdict))
        code.name { (shortened(&harmless(&it.candidate), NAME)) }
        span.faint {
            (it.language.name()) " · cluster " (count(it.cluster)) ", " (counted(it.cluster_size, "candidate"))
        }
    }
}

fn cost(report: &ProblemReport, timings: Option<&ProblemTimings>) -> Markup {
    #[expect(clippy::cast_precision_loss, reason = "shown with three digits")]
    let fuel = compact(report.cost.fuel as f64);
    html! {
        (counted(report.cost.n_executions, "execution")) ", " (fuel) " fuel"
        @if report.cost.n_cancelled > 0 {
            ", " (counted(report.cost.n_cancelled, "test")) " not run after a first failure"
        }
        @if report.sampling.n_tokens > 0 {
            " · " (counted(report.sampling.n_tokens, "token")) " of answers, "
            (count(report.sampling.n_prompt_tokens)) " of prompts"
        }
        @if let Some(it) = timings {
            " · " (time(it.wall_time)) " in all, CPU: " (time(it.compile_cpu_time)) " compiling "
            (count(it.n_compiled)) " (and " (count(it.n_stored)) " from the cache), "
            (time(it.execute_cpu_time)) " running"
        }
    }
}
