//! Rules measured over pools, one pool at a time.
//!
//! Means over problems are made in `means.rs`. Where pools come from is not known here.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use riddle_clustering::{
    Ballot, Behaviours, Draws, LabelledPool, MatrixView, SelectionRule, cover, drawn_n_at_k,
};

use super::{
    EvaluateOptions, EvaluationReport, InputOrder,
    matrix_file::each_pool,
    means::{inputs_rows, oracle_row, rule_rows},
    options,
    pool::{Pool, RecordedRun},
    report::{PoolAtInputs, PoolReport, RuleOnInputs, RuleOnPool},
};
use crate::EngineError;

/// Measures rules over recorded runs, and over execution matrices in Parquet files. Runs no program, and
/// reads one problem at a time.
///
/// # Errors
///
/// Returns an error if an option cannot be, if a folder is no run or is given twice, or if a run cannot be
/// read. Problems without verdicts are data: they are told of, and are in no mean.
pub fn evaluate(
    runs: &[PathBuf],
    files: &[PathBuf],
    options: &EvaluateOptions,
) -> Result<EvaluationReport, EngineError> {
    options.check()?;
    refuse_repeated(runs)?;
    refuse_repeated(files)?;
    let mut pools = Vec::new();
    let mut warnings = Vec::new();
    for folder in runs {
        let run = RecordedRun::open(folder, options.uses_logprobs())?;
        for problem in run.problems() {
            let pool = run.pool(problem)?;
            warnings.extend(pool.warnings.iter().cloned());
            pools.push(measured(&pool, options, &mut warnings));
        }
    }
    for file in files {
        each_pool(file, |pool| {
            pools.push(measured(pool, options, &mut warnings));
            Ok(())
        })?;
    }
    let named = runs.iter().chain(files);
    let runs = named.map(|it| it.display().to_string()).collect();
    Ok(report_of(runs, pools, warnings, options))
}

/// Makes the means over pools that were measured.
pub(super) fn report_of(
    runs: Vec<String>,
    pools: Vec<PoolReport>,
    mut warnings: Vec<String>,
    options: &EvaluateOptions,
) -> EvaluationReport {
    warnings.extend(repeated_problems(&pools));
    warnings.extend(too_large_samples(&pools, options));
    EvaluationReport {
        runs,
        rules: options.rules.clone(),
        n_draws: options.n_draws,
        seed: options.seed,
        n_problems: pools.len() as u64,
        n_scored: pools.iter().filter(|it| it.unscored.is_none()).count() as u64,
        oracle: oracle_row(&pools, options),
        table: rule_rows(&pools, options),
        inputs: inputs_rows(&pools, options),
        problems: pools,
        warnings,
    }
}

/// Refuses a run that is given twice: its problems would count double, and intervals be too narrow.
pub(super) fn refuse_repeated(runs: &[PathBuf]) -> Result<(), EngineError> {
    let real = |it: &Path| fs_err::canonicalize(it).unwrap_or_else(|_| it.to_owned());
    let mut seen: Vec<PathBuf> = Vec::new();
    for run in runs {
        let run_is = real(run);
        if seen.contains(&run_is) {
            return Err(EngineError::Config(format!(
                "`{}` is given twice: its problems would count double",
                run.display()
            )));
        }
        seen.push(run_is);
    }
    Ok(())
}

fn repeated_problems(pools: &[PoolReport]) -> Option<String> {
    let mut runs_of: BTreeMap<&str, u64> = BTreeMap::new();
    for pool in pools {
        *runs_of.entry(&pool.problem).or_default() += 1;
    }
    let (problem, n) = runs_of.into_iter().find(|it| it.1 > 1)?;
    Some(format!(
        "`{problem}` is a problem of {n} runs, and counts {n} times: intervals take problems for independent"
    ))
}

fn too_large_samples(pools: &[PoolReport], options: &EvaluateOptions) -> Vec<String> {
    let most = pools.iter().map(|it| it.n_candidates).max().unwrap_or(0);
    let too_large = options.ks.iter().filter(|it| **it > most);
    too_large
        .map(|k| {
            format!("no problem has {k} candidates to draw from: the most that one has is {most}")
        })
        .collect()
}

/// Measures the rules on one pool.
pub(super) fn measured(
    pool: &Pool,
    options: &EvaluateOptions,
    warnings: &mut Vec<String>,
) -> PoolReport {
    let voting = pool.voting();
    let behaviours = Behaviours::of(MatrixView::new(&pool.matrix).inputs(&voting));
    let logprobs = pool.logprobs();
    let as_recorded = is_as_recorded(pool, &behaviours, options, &logprobs);
    if let (Some(false), Some(chosen)) = (as_recorded, &pool.chosen) {
        warnings.push(format!(
            "what rule `{}` picks for `{}` is not what the run submitted: the run was made by another version, \
             or its files do not belong together",
            chosen.rule, pool.problem
        ));
    }
    let right = pool.right();
    let rules = options.rules_for(&logprobs);
    let rules: Vec<&dyn SelectionRule> = rules.iter().map(|it| &**it).collect();
    let n_right = right.as_ref().map(|right| {
        let rows = (0..right.len()).filter(|it| right[*it]);
        rows.map(|it| pool.matrix.weight(it)).sum()
    });
    PoolReport {
        run: pool.run.clone(),
        problem: pool.problem.clone(),
        n_candidates: pool.n_candidates,
        n_survivors: pool.n_survivors(),
        n_programs: pool.programs.len() as u64,
        n_clusters: behaviours.n_groups() as u64,
        n_inputs: pool.matrix.n_inputs() as u64,
        n_right,
        unscored: pool.unscored,
        as_recorded,
        cost: pool.cost,
        rules: right.as_ref().map_or(Vec::new(), |right| {
            on_pool(pool, &behaviours, right, &rules, options)
        }),
        inputs: right.as_ref().map_or(Vec::new(), |right| {
            on_inputs(pool, &behaviours, right, &rules, options)
        }),
    }
}

/// Whether the run's own rule makes the run's submissions of the pool.
fn is_as_recorded(
    pool: &Pool,
    behaviours: &Behaviours,
    options: &EvaluateOptions,
    logprobs: &[f64],
) -> Option<bool> {
    let chosen = pool.chosen.as_ref()?;
    let rule = options::rule(&chosen.rule, options.seed, logprobs)?;
    let picks = rule.choose(&Ballot::new(behaviours), chosen.n_submissions);
    let places = picks.iter().map(|it| pool.programs[it.row].place);
    Some(places.eq(chosen.places.iter().copied()))
}

/// Whether a pick of a rule is right.
fn solves(rule: &dyn SelectionRule, ballot: &Ballot<'_>, n: usize, right: &[bool]) -> bool {
    rule.choose(ballot, n).iter().any(|it| right[it.row])
}

fn on_pool(
    pool: &Pool,
    behaviours: &Behaviours,
    right: &[bool],
    rules: &[&dyn SelectionRule],
    options: &EvaluateOptions,
) -> Vec<RuleOnPool> {
    let ballot = Ballot::new(behaviours);
    let labelled = LabelledPool {
        behaviours,
        right,
        n_failed: pool.n_candidates.saturating_sub(pool.n_survivors()),
    };
    let mut all = Vec::new();
    for &n_submissions in &options.n_submissions {
        let draws = Draws {
            ks: options.ks_of(pool.n_candidates),
            n_submissions,
            numbers: 0..options.n_draws,
            seed: options.seed,
        };
        let mut curves = drawn_n_at_k(labelled, rules, &draws)
            .unwrap_or_default()
            .into_iter();
        for rule in rules {
            all.push(RuleOnPool {
                rule: rule.name().to_owned(),
                n_submissions,
                solved: solves(*rule, &ballot, n_submissions, right),
                at: curves.next().map_or(Vec::new(), |it| it.points),
            });
        }
    }
    all
}

fn on_inputs(
    pool: &Pool,
    behaviours: &Behaviours,
    right: &[bool],
    rules: &[&dyn SelectionRule],
    options: &EvaluateOptions,
) -> Vec<PoolAtInputs> {
    if options.n_inputs.is_empty() {
        return Vec::new();
    }
    let voting = pool.voting();
    let order = in_order(behaviours, options.input_order);
    let at = |&n_inputs: &usize| {
        let kept: Vec<usize> = order.iter().take(n_inputs).map(|it| voting[*it]).collect();
        let fewer = Behaviours::of(MatrixView::new(&pool.matrix).inputs(&kept));
        let ballot = Ballot::new(&fewer);
        let mut all = Vec::new();
        for &n_submissions in &options.n_submissions {
            all.extend(rules.iter().map(|rule| RuleOnInputs {
                rule: rule.name().to_owned(),
                n_submissions,
                solved: solves(*rule, &ballot, n_submissions, right),
            }));
        }
        PoolAtInputs {
            n_inputs,
            n_clusters: fewer.n_groups() as u64,
            rules: all,
        }
    };
    options.n_inputs.iter().map(at).collect()
}

/// Returns all inputs, those first that are kept where there are to be fewer.
fn in_order(behaviours: &Behaviours, order: InputOrder) -> Vec<usize> {
    let n_inputs = behaviours.n_inputs();
    match order {
        InputOrder::Recorded => (0..n_inputs).collect(),
        InputOrder::Cover => {
            let chosen = cover(behaviours, n_inputs).chosen;
            let mut order: Vec<usize> = chosen.iter().map(|it| it.input).collect();
            // Those that tell nothing more apart come last, as they were.
            let rest: Vec<usize> = (0..n_inputs).filter(|it| !order.contains(it)).collect();
            order.extend(rest);
            order
        }
    }
}
