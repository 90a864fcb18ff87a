//! Selection rules beside each other, as they were measured over the run.

use std::collections::BTreeMap;

use maud::{Markup, html};
use riddle_engine::{Interval, Unscored};

use super::Recorded;
use crate::text::{count, counted, harmless, outward};

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

fn of_all(n: u64, share: Option<Interval>) -> Markup {
    html! {
        (count(n))
        @if let Some(it) = share { " · " (with_interval(it)) }
    }
}

/// Returns a share with its interval, in percent.
pub(super) fn with_interval(it: Interval) -> Markup {
    let (low, high) = outward(it);
    html! {
        (percent(it.value)) " " span.faint { (format!("{low:.0}–{high:.0}")) }
    }
}

/// Returns a share in percent.
fn percent(share: f64) -> String {
    format!("{:.1}\u{a0}%", 100.0 * share)
}

/// Returns the numbers of submissions that were measured.
pub(super) fn sizes(run: &Recorded) -> Vec<usize> {
    let mut sizes: Vec<usize> = (run.survey.evaluation.table.iter())
        .map(|it| it.n_submissions)
        .collect();
    sizes.dedup();
    sizes
}
