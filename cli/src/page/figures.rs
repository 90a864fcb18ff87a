//! The plots of a page with what they are of, and the funnel in numbers.
//!
//! Sums and means of what the run's report says are made here; how a plot is drawn is not known.

use maud::{Markup, PreEscaped, html};
use riddle_engine::{ClusterReport, ProblemReport, RuleRow, StageCount, problems::Verdict};

use super::{
    Plot, Recorded,
    plots::{Bar, Curve, RankShare, SHOWN_RANKS, cluster_sizes, funnel, n_at_k},
    problem::reasons,
    rules::sizes,
};
use crate::text::{count, counted};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plot_in_a_page_names_no_address() {
        let svg = funnel("a", &[]).unwrap();
        assert!(svg.contains("http:"));
        assert!(!inline(&svg).0.contains("http:"));
    }
}
