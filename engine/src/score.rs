//! The scorer: the private tests, on the survivors, after everything is decided.
//!
//! Together with `judge`, the derivation of time limits and `verify` it is the only place that opens
//! [`PrivateTests`]; nothing here flows back into the search.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use futures_util::{StreamExt, stream};
use riddle_clustering::{n_at_k, oracle, pass_at_k};
use riddle_problems::{PrivateTests, Test, Verdict};
use riddle_sandbox::{Digest, SandboxError};

use crate::{
    EngineError, Interrupt, Metrics, Workers,
    evaluate::{TestResult, limits},
    judging::Judges,
    search::Survivor,
};

/// The values of k at which metrics are given.
const KS: [u64; 7] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

/// What the private tests say of one survivor.
pub(crate) struct Score {
    pub(crate) verdict: Verdict,
    pub(crate) failed_test: Option<String>,
    pub(crate) results: Vec<TestResult>,
    /// Private tests that were not run, since it had failed before.
    pub(crate) n_cancelled: u64,
}

impl Score {
    /// Returns true if the backstop ended its compilation or one of its executions.
    pub(crate) fn met_backstop(&self) -> bool {
        let was_not_run = self.results.is_empty() && self.verdict == Verdict::Je;
        was_not_run || self.results.iter().any(TestResult::met_backstop)
    }
}

/// Runs the private tests on every survivor, in order; `None` if the problem has no private tests, or if
/// `stop` is set before they are through.
pub(crate) async fn score(
    judges: &Arc<Judges>,
    workers: &Workers,
    stop: &Interrupt,
    time_limit: Duration,
    private: &PrivateTests,
    survivors: &[Survivor],
) -> Result<Option<Vec<Score>>, EngineError> {
    if private.is_empty() {
        return Ok(None);
    }
    let tests: Arc<[Test]> = private.open_for_scoring().into();
    let mut scores = stream::iter(survivors)
        .take_while(|_| std::future::ready(!stop.is_set()))
        .map(|survivor| {
            let stop = stop.clone();
            let (judges, tests) = (Arc::clone(judges), Arc::clone(&tests));
            let sample = survivor.candidate.sample.clone();
            workers.run(survivor.candidate.name(), move || {
                // It compiled before, so that a failure now is the store's or the machine's fault.
                let program = match judges
                    .sandbox()
                    .compile(sample.language, &sample.source)?
                    .outcome
                {
                    Ok(program) => program,
                    Err(failure) => {
                        return Ok(Score {
                            verdict: Verdict::Je,
                            failed_test: Some(failure.text),
                            results: Vec::new(),
                            n_cancelled: 0,
                        });
                    }
                };
                let limits = limits(judges.task(), time_limit, sample.language);
                let begun = tests.iter().take_while(|_| !stop.is_set());
                let results = judges.run_tests(&program, &limits, begun)?;
                let verdict = results.last().map_or(Verdict::Ac, |it| it.verdict);
                let failed_test =
                    (verdict != Verdict::Ac).then(|| tests[results.len() - 1].name.clone());
                Ok::<_, SandboxError>(Score {
                    verdict,
                    failed_test,
                    n_cancelled: (tests.len() - results.len()) as u64,
                    results,
                })
            })
        })
        .buffered(workers.capacity());
    let mut all = Vec::new();
    while let Some(score) = scores.next().await {
        all.push(score??);
    }
    Ok((!stop.is_set()).then_some(all))
}

/// Returns the digest of private tests, by which it is known later whether they are the same.
pub(crate) fn private_digest(private: &PrivateTests) -> Digest {
    let tests = private.open_for_scoring().iter();
    let parts: Vec<&[u8]> = tests
        .flat_map(|it| [it.name.as_bytes(), &*it.input, &*it.answer])
        .collect();
    Digest::of_parts("riddle 2026-11-25 private tests", &parts)
}

/// Returns the metrics of a search, given the scores of its survivors and the rows that were picked.
pub(crate) fn metrics(
    n_candidates: u64,
    n_submissions: u64,
    survivors: &[Survivor],
    scores: Option<&[Score]>,
    picked: &[usize],
) -> Metrics {
    let n_survivors = survivors.iter().map(|it| it.weight).sum();
    let Some(scores) = scores else {
        return Metrics {
            n_candidates,
            n_survivors,
            ..Metrics::default()
        };
    };
    let is_right = |row: usize| scores[row].verdict == Verdict::Ac;
    let n_right = (0..survivors.len())
        .filter(|row| is_right(*row))
        .map(|row| survivors[row].weight)
        .sum();
    let mut at = BTreeMap::new();
    for k in KS.into_iter().filter(|k| *k <= n_candidates) {
        if let Some(value) = pass_at_k(n_candidates, n_right, k) {
            at.insert(format!("pass@{k}"), value);
        }
        if let Some(value) = n_at_k(n_candidates, n_survivors, n_right, k, n_submissions) {
            at.insert(format!("{n_submissions}@{k}"), value);
        }
    }
    Metrics {
        n_candidates,
        n_survivors,
        n_right: Some(n_right),
        oracle: Some(oracle((0..survivors.len()).map(is_right))),
        chosen: Some(picked.iter().any(|row| is_right(*row))),
        at,
    }
}
