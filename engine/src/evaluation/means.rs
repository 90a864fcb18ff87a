//! Means over problems, with intervals.
//!
//! A share of problems has Wilson's interval, which does not shrink to nothing at 0 and 1; a mean of chances,
//! gaps and differences has that of a bootstrap over problems. All rules are compared on the same problems.

use riddle_clustering::{Interval, bootstrap_mean, wilson};

use super::{
    EvaluateOptions,
    report::{
        InputsRow, OraclePoint, OracleRow, PoolReport, RuleAtInputs, RuleOnPool, RulePoint,
        RuleRow, SolvedCost,
    },
};

/// Draws of problems for an interval.
const N_RESAMPLES: u32 = 2_000;

fn mean(figures: &[f64], options: &EvaluateOptions) -> Option<Interval> {
    bootstrap_mean(figures, N_RESAMPLES, options.seed)
}

/// Returns the share of `n` and its interval, if there is any to have a share of.
fn share(n: u64, n_all: u64) -> Option<Interval> {
    (n_all > 0).then(|| wilson(n, n_all))
}

fn scored(pools: &[PoolReport]) -> impl Iterator<Item = &PoolReport> {
    pools.iter().filter(|it| it.unscored.is_none())
}

fn has_right(pool: &PoolReport) -> bool {
    pool.n_right.is_some_and(|it| it > 0)
}

fn number(is_so: bool) -> f64 {
    f64::from(u8::from(is_so))
}

/// Returns all sizes of samples that were drawn, ascending.
fn ks(pools: &[PoolReport]) -> Vec<u64> {
    let points = scored(pools).filter_map(|it| it.rules.first());
    let mut ks: Vec<u64> = points.flat_map(|it| &it.at).map(|it| it.k).collect();
    ks.sort_unstable();
    ks.dedup();
    ks
}

pub(super) fn oracle_row(pools: &[PoolReport], options: &EvaluateOptions) -> OracleRow {
    let at = |k| {
        let points = scored(pools).filter_map(|it| it.rules.first());
        let points = points.filter_map(|it| it.at.iter().find(|it| it.k == k));
        let figures: Vec<f64> = points.map(|it| it.oracle).collect();
        Some(OraclePoint {
            k,
            n_problems: figures.len() as u64,
            solved: mean(&figures, options)?,
        })
    };
    let n_solved = scored(pools).filter(|it| has_right(it)).count() as u64;
    OracleRow {
        n_solved,
        solved: share(n_solved, scored(pools).count() as u64),
        at: ks(pools).into_iter().filter_map(at).collect(),
    }
}

pub(super) fn rule_rows(pools: &[PoolReport], options: &EvaluateOptions) -> Vec<RuleRow> {
    let ks = ks(pools);
    let n_rules = options.rules.len();
    let mut rows = Vec::new();
    for (size, &n_submissions) in options.n_submissions.iter().enumerate() {
        for (index, rule) in options.rules.iter().enumerate() {
            // Of each scored problem: itself, the rule on it, and the first rule on it.
            let all: Vec<(&PoolReport, &RuleOnPool, &RuleOnPool)> = scored(pools)
                .map(|it| {
                    let rules = &it.rules[size * n_rules..];
                    (it, &rules[index], &rules[0])
                })
                .collect();
            rows.push(RuleRow {
                rule: rule.clone(),
                n_submissions,
                ..rule_row(&all, &ks, options)
            });
        }
    }
    rows
}

fn rule_row(
    all: &[(&PoolReport, &RuleOnPool, &RuleOnPool)],
    ks: &[u64],
    options: &EvaluateOptions,
) -> RuleRow {
    let n_solved = all.iter().filter(|it| it.1.solved).count() as u64;
    let gaps: Vec<f64> = (all.iter())
        .map(|(pool, rule, _)| number(has_right(pool)) - number(rule.solved))
        .collect();
    let differences: Vec<f64> = (all.iter())
        .map(|(_, rule, first)| number(rule.solved) - number(first.solved))
        .collect();
    let at = |&k: &u64| {
        let point = |rule: &RuleOnPool| rule.at.iter().find(|it| it.k == k).copied();
        let points: Vec<_> = (all.iter())
            .filter_map(|(_, rule, first)| Some((point(rule)?, point(first)?)))
            .collect();
        let figures = |figure: &dyn Fn(usize) -> f64| {
            let figures: Vec<f64> = (0..points.len()).map(figure).collect();
            mean(&figures, options)
        };
        Some(RulePoint {
            k,
            n_problems: points.len() as u64,
            solved: figures(&|it| points[it].0.solved.value)?,
            gap: figures(&|it| points[it].0.gap)?,
            difference: figures(&|it| points[it].0.solved.value - points[it].1.solved.value)?,
        })
    };
    RuleRow {
        rule: String::new(),
        n_submissions: 0,
        n_solved,
        solved: share(n_solved, all.len() as u64),
        gap: mean(&gaps, options),
        difference: mean(&differences, options),
        at: ks.iter().filter_map(at).collect(),
        cost: cost(all, n_solved),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a mean")]
fn cost(all: &[(&PoolReport, &RuleOnPool, &RuleOnPool)], n_solved: u64) -> Option<SolvedCost> {
    let costs: Option<Vec<_>> = all.iter().map(|it| it.0.cost).collect();
    let costs = costs.filter(|_| n_solved > 0)?;
    let n_executions: u64 = costs.iter().map(|it| it.n_executions).sum();
    let fuel: u64 = costs.iter().map(|it| it.fuel).sum();
    Some(SolvedCost {
        n_executions: n_executions as f64 / n_solved as f64,
        fuel: fuel as f64 / n_solved as f64,
    })
}

pub(super) fn inputs_rows(pools: &[PoolReport], options: &EvaluateOptions) -> Vec<InputsRow> {
    let n_rules = options.rules.len();
    let n_scored = scored(pools).count() as u64;
    let mut rows = Vec::new();
    for (size, &n_submissions) in options.n_submissions.iter().enumerate() {
        for (place, &n_inputs) in options.n_inputs.iter().enumerate() {
            let parts = || scored(pools).map(|it| &it.inputs[place]);
            let solved = |index: usize| {
                let solved = parts().filter(|it| it.rules[size * n_rules + index].solved);
                solved.count() as u64
            };
            #[expect(clippy::cast_precision_loss, reason = "a mean")]
            let n_clusters: Vec<f64> = parts().map(|it| it.n_clusters as f64).collect();
            let rule = |(index, rule): (usize, &String)| {
                let n_solved = solved(index);
                RuleAtInputs {
                    rule: rule.clone(),
                    n_solved,
                    solved: share(n_solved, n_scored),
                }
            };
            rows.push(InputsRow {
                n_inputs,
                order: options.input_order,
                n_submissions,
                n_clusters: mean(&n_clusters, options),
                rules: options.rules.iter().enumerate().map(rule).collect(),
            });
        }
    }
    rows
}
