//! The parts of a page that are about the run as a whole.

use std::{collections::BTreeMap, time::Duration};

use maud::{Markup, PreEscaped, html};
use riddle_engine::{
    ClusterReport, Interval, ProblemReport, RuleRow, StageCount, Unscored, clustering::wilson,
    problems::Verdict,
};
use serde_json::Value;

use super::{
    Plot, Recorded,
    plots::{Bar, Curve, RankShare, SHOWN_RANKS, cluster_sizes, funnel, n_at_k},
    problem::{NAME, Section, reasons},
};
use crate::text::{compact, count, counted, harmless, outward, shortened, time};

/// Remarks on the run that are shown.
const SHOWN_REMARKS: usize = 20;
/// Problems whose time is told, the slowest.
const SLOWEST: usize = 5;
/// Characters of a setting that are shown.
const SETTING: usize = 200;
/// Settings that are shown.
const SHOWN_SETTINGS: usize = 100;

/// Returns a share in percent.
fn percent(share: f64) -> String {
    format!("{:.1}\u{a0}%", 100.0 * share)
}

fn with_interval(it: Interval) -> Markup {
    let (low, high) = outward(it);
    html! {
        (percent(it.value)) " " span.faint { (format!("{low:.0}–{high:.0}")) }
    }
}

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

/// Returns the plots.
pub(super) fn figures(run: &Recorded, plots: &[Plot]) -> Markup {
    html! {
        section #figures {
            h2 { "Overview" }
            @if plots.is_empty() { p { "The run has no candidate, so there is nothing to draw." } }
            div.plots {
                @for plot in plots {
                    figure {
                        h3 { (plot.title) }
                        (inline(&plot.svg))
                        figcaption { (plot.caption) }
                    }
                }
            }
            (stages(run.report.problems()))
        }
    }
}

/// Returns a plot for inside a page, where it needs no name of its language.
fn inline(svg: &str) -> PreEscaped<String> {
    PreEscaped(svg.replacen(" xmlns=\"http://www.w3.org/2000/svg\"", "", 1))
}

/// Returns the sum of all funnels.
fn summed(problems: &[ProblemReport]) -> Vec<StageCount> {
    let mut sum: Vec<StageCount> = Vec::new();
    for stage in problems.iter().flat_map(|it| &it.funnel) {
        match sum.iter_mut().find(|it| it.stage == stage.stage) {
            None => sum.push(stage.clone()),
            Some(it) => {
                it.n_in += stage.n_in;
                it.n_out += stage.n_out;
                it.n_dropped += stage.n_dropped;
                for (reason, n) in &stage.reasons {
                    *it.reasons.entry(reason.clone()).or_default() += n;
                }
            }
        }
    }
    sum.sort_by_key(|it| it.stage);
    sum
}

fn stages(problems: &[ProblemReport]) -> Markup {
    let stages = summed(problems);
    html! {
        @if !stages.is_empty() {
            details {
                summary { "The funnel in numbers" }
                div.scroll tabindex="0" {
                    table {
                        thead {
                            tr {
                                th { "stage" } th.number { "in" } th.number { "out" }
                                th.number { "dropped" } th { "why" }
                            }
                        }
                        tbody {
                            @for it in &stages {
                                tr {
                                    td { (it.stage.title()) }
                                    td.number { (count(it.n_in)) }
                                    td.number { (count(it.n_out)) }
                                    td.number { (count(it.n_dropped)) }
                                    td { (reasons(it)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Draws what there is to draw.
pub(super) fn plots(run: &Recorded) -> anyhow::Result<Vec<Plot>> {
    let problems = run.report.problems();
    let stages = summed(problems);
    let mut plots = Vec::new();
    if let Some(first) = stages.first().filter(|it| it.n_in > 0) {
        let bar = |name: &str, n| Bar {
            name: name.to_owned(),
            n,
        };
        let mut bars = vec![bar("candidates", first.n_in)];
        bars.extend(
            stages
                .iter()
                .skip(1)
                .map(|it| bar(it.stage.title(), it.n_out)),
        );
        let n_sent: usize = problems.iter().map(|it| it.submissions.len()).sum();
        bars.push(bar("submissions", n_sent as u64));
        plots.push(Plot {
            name: "funnel".to_owned(),
            title: "Funnel".to_owned(),
            caption: "Candidates that are left after each stage, over all problems. Duplicates end where they \
                      are found; elsewhere they count as what they are duplicates of."
                .to_owned(),
            svg: funnel("candidates left after each stage", &bars)?,
        });
    }
    let (shares, n) = rank_shares(problems);
    if n > 0 {
        plots.push(Plot {
            name: "cluster-sizes".to_owned(),
            title: "Cluster sizes".to_owned(),
            caption: format!(
                "Share of a problem's survivors in its clusters, the largest first: the mean over {}{}. A \
                 cluster is right if its earliest program is.",
                counted(n, "problem"),
                if n == 1 { "" } else { " that have any" },
            ),
            svg: cluster_sizes("share of survivors in the cluster of each rank", &shares)?,
        });
    }
    plots.extend(curves(run)?);
    Ok(plots)
}

/// Returns the mean share of each rank, and the number of problems that it is a mean over.
fn rank_shares(problems: &[ProblemReport]) -> (Vec<RankShare>, u64) {
    let mut shares: Vec<RankShare> = Vec::new();
    let total = |it: &ProblemReport| it.clusters.iter().map(|it| it.size).sum::<u64>();
    let with_survivors: Vec<_> = problems.iter().filter(|it| total(it) > 0).collect();
    #[expect(clippy::cast_precision_loss, reason = "shares in a picture")]
    for problem in &with_survivors {
        let whole = total(problem) as f64 * with_survivors.len() as f64;
        for (rank, cluster) in problem.clusters.iter().take(SHOWN_RANKS).enumerate() {
            if rank == shares.len() {
                shares.push(RankShare::default());
            }
            let ClusterReport { size, verdict, .. } = cluster;
            let part = if *verdict == Some(Verdict::Ac) {
                &mut shares[rank].right
            } else {
                &mut shares[rank].other
            };
            *part += *size as f64 / whole;
        }
    }
    (shares, with_survivors.len() as u64)
}

fn curves(run: &Recorded) -> anyhow::Result<Vec<Plot>> {
    let evaluation = &run.survey.evaluation;
    if evaluation.oracle.at.is_empty() {
        return Ok(Vec::new());
    }
    let oracle = Curve {
        name: "oracle".to_owned(),
        points: evaluation
            .oracle
            .at
            .iter()
            .map(|it| (it.k, it.solved))
            .collect(),
    };
    let curve = |it: &RuleRow| Curve {
        name: it.rule.clone(),
        points: it.at.iter().map(|it| (it.k, it.solved)).collect(),
    };
    let mut plots = Vec::new();
    for n in sizes(run) {
        let rows = evaluation.table.iter().filter(|it| it.n_submissions == n);
        let curves: Vec<Curve> = [oracle.clone()]
            .into_iter()
            .chain(rows.map(curve))
            .collect();
        let sent = counted(n as u64, "submission");
        plots.push(Plot {
            name: format!("n-at-k-{n}"),
            title: format!("{n}@k: problems solved with {sent}"),
            caption: format!(
                "The chance that a submission is right, of k candidates drawn from those of the run: the mean \
                 over those of {} with verdicts that have so many. Bars are 95\u{a0}% intervals over the choice of problems; {} \
                 each, seed {}.",
                counted(evaluation.n_scored, "problem"),
                counted(u64::from(evaluation.n_draws), "draw"),
                evaluation.seed,
            ),
            svg: n_at_k(&format!("share of problems solved with {sent} over k"), &curves)?,
        });
    }
    Ok(plots)
}

/// Returns the numbers of submissions that were measured.
fn sizes(run: &Recorded) -> Vec<usize> {
    let mut sizes: Vec<usize> = (run.survey.evaluation.table.iter())
        .map(|it| it.n_submissions)
        .collect();
    sizes.dedup();
    sizes
}

/// Returns the rules beside each other, or why there is nothing to tell of them.
pub(super) fn rules(run: &Recorded) -> Markup {
    let evaluation = &run.survey.evaluation;
    if evaluation.n_scored == 0 {
        return html! {
            section #rules {
                h2 { "Selection rules" }
                p { "n@k cannot be told: right and wrong are not known." }
                (unscored(run))
            }
        };
    }
    html! {
        section #rules {
            h2 { "Selection rules" }
            p.note {
                "Over " (counted(evaluation.n_scored, "problem")) " with verdicts. The run chose by "
                code { (harmless(run.rule())) } "."
            }
            (unscored(run))
            div.scroll tabindex="0" {
                table {
                    thead {
                        tr {
                            th { "rule" }
                            @for n in sizes(run) { th.number { "solved, " (counted(n as u64, "submission")) } }
                        }
                    }
                    tbody {
                        tr {
                            th scope="row" { "oracle" }
                            @for _ in sizes(run) {
                                td.number { (of_all(evaluation.oracle.n_solved, evaluation.oracle.solved)) }
                            }
                        }
                        @for rule in &evaluation.rules {
                            tr {
                                th scope="row" { (rule) }
                                @for it in evaluation.table.iter().filter(|it| it.rule == *rule) {
                                    td.number { (of_all(it.n_solved, it.solved)) }
                                }
                            }
                        }
                    }
                }
            }
            details {
                summary { "The curves in numbers" }
                @for n in sizes(run) { (curve_table(run, n)) }
            }
        }
    }
}

/// Says which problems are in no mean: those that are left may not be like them.
fn unscored(run: &Recorded) -> Markup {
    let mut counts: BTreeMap<Unscored, u64> = BTreeMap::new();
    for why in run
        .survey
        .evaluation
        .problems
        .iter()
        .filter_map(|it| it.unscored)
    {
        *counts.entry(why).or_default() += 1;
    }
    html! {
        @for (why, n) in counts {
            p.warning { "⚠ " (counted(n, "problem")) " not measured: " (why.reason()) "." }
        }
    }
}

fn of_all(n: u64, share: Option<Interval>) -> Markup {
    html! {
        (count(n))
        @if let Some(it) = share { " · " (with_interval(it)) }
    }
}

fn curve_table(run: &Recorded, n: usize) -> Markup {
    let evaluation = &run.survey.evaluation;
    html! {
        h4 { (n) "@k, in percent" }
        div.scroll tabindex="0" {
            table {
                thead {
                    tr {
                        th.number { "k" } th.number { "problems" } th.number { "oracle" }
                        @for rule in &evaluation.rules { th.number { (rule) } }
                    }
                }
                tbody {
                    @for (place, it) in evaluation.oracle.at.iter().enumerate() {
                        tr {
                            td.number { (count(it.k)) }
                            td.number { (count(it.n_problems)) }
                            td.number { (with_interval(it.solved)) }
                            @for row in evaluation.table.iter().filter(|it| it.n_submissions == n) {
                                td.number {
                                    @if let Some(it) = row.at.get(place) { (with_interval(it.solved)) }
                                }
                            }
                        }
                    }
                }
            }
        }
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

/// Returns what the run took.
pub(super) fn timings(run: &Recorded) -> Markup {
    let Some(timings) = &run.timings else {
        return html! {
            section #timings { h2 { "Timings" } p { "The run has no timings." } }
        };
    };
    let all = &timings.problems;
    let mut slowest: Vec<_> = all.iter().collect();
    slowest.sort_by_key(|it| std::cmp::Reverse(it.wall_time));
    let n: u64 = run.report.totals().n_executions;
    html! {
        section #timings {
            h2 { "Timings" }
            dl.settings {
                div { dt { "in all" } dd { (time(all.iter().map(|it| it.wall_time).sum())) } }
                div {
                    dt { "compiling" }
                    dd {
                        (time(all.iter().map(|it| it.compile_cpu_time).sum())) " of CPU for "
                        (counted(all.iter().map(|it| it.n_compiled).sum(), "program")) ", "
                        (count(all.iter().map(|it| it.n_stored).sum())) " more from the cache"
                    }
                }
                div {
                    dt { "running" }
                    dd {
                        (time(all.iter().map(|it| it.execute_cpu_time).sum::<Duration>())) " of CPU for "
                        (counted(n, "execution")) ", " (fuel(run)) " fuel"
                    }
                }
                @if all.len() > 1 {
                    div {
                        dt { "slowest" }
                        dd {
                            @for (index, it) in slowest.iter().take(SLOWEST).enumerate() {
                                @if index > 0 { ", " }
                                (shortened(&harmless(&it.problem), NAME)) " " (time(it.wall_time))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn fuel(run: &Recorded) -> String {
    let fuel = run.report.problems().iter().map(|it| it.cost.fuel);
    #[expect(clippy::cast_precision_loss, reason = "shown with three digits")]
    let fuel = fuel.fold(0, u64::saturating_add) as f64;
    compact(fuel)
}

/// Returns the settings of the run, its seed among them.
pub(super) fn settings(run: &Recorded) -> Markup {
    let manifest = &run.manifest;
    let mut rows = vec![
        ("riddle".to_owned(), manifest.riddle_version.clone()),
        ("sampler".to_owned(), manifest.sampler.clone()),
    ];
    let config = serde_json::to_value(&manifest.config).unwrap_or_default();
    flatten("", &config, &mut rows);
    let sampler = serde_json::to_value(&manifest.sampler_config).unwrap_or_default();
    flatten("sampler", &sampler, &mut rows);
    if let Some(seed) = manifest.sandbox_seed {
        rows.push(("sandbox seed".to_owned(), seed.to_string()));
    }
    if let Some(digest) = manifest.sandbox {
        rows.push(("sandbox".to_owned(), digest.to_string()));
    }
    let n_more = rows.len().saturating_sub(SHOWN_SETTINGS);
    html! {
        section #settings {
            h2 { "Settings" }
            dl.settings {
                @for (name, value) in rows.iter().take(SHOWN_SETTINGS) {
                    div {
                        dt { (shortened(&harmless(name), NAME)) }
                        dd { (shortened(&harmless(value), SETTING)) }
                    }
                }
            }
            @if n_more > 0 { p.note { "… and " (counted(n_more as u64, "more setting")) } }
        }
    }
}

/// Lays out fields within fields as lines.
fn flatten(path: &str, value: &Value, rows: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let name = name.replace('_', " ");
                let gap = if path.is_empty() { "" } else { " " };
                flatten(&format!("{path}{gap}{name}"), value, rows);
            }
        }
        Value::Null => {}
        Value::Array(values) if values.is_empty() => {}
        Value::String(text) => rows.push((path.to_owned(), text.clone())),
        value => rows.push((path.to_owned(), value.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn settings_within_settings_are_lines() {
        let mut rows = Vec::new();
        let value = json!({"a_b": 1, "c": {"d": "x", "e": null}, "f": [], "g": [1]});
        flatten("", &value, &mut rows);
        let lines: Vec<String> = rows.iter().map(|(a, b)| format!("{a}={b}")).collect();
        assert_eq!(lines, ["a b=1", "c d=x", "g=[1]"]);
    }

    #[test]
    fn a_plot_in_a_page_names_no_address() {
        let svg = funnel("a", &[]).unwrap();
        assert!(svg.contains("http:"));
        assert!(!inline(&svg).0.contains("http:"));
    }
}
