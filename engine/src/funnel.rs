//! The count of candidates at each stage, and the rule that none goes missing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The stages, in the order in which a candidate meets them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It is read from the sampler.
    Sample,
    /// It is no duplicate of an earlier source.
    Source,
    /// It compiles.
    Compile,
    /// It is no duplicate of an earlier artifact.
    Artifact,
    /// It passes every public test.
    PublicTests,
}

impl Stage {
    /// Every stage, in order.
    pub const ALL: [Self; 5] = [
        Self::Sample,
        Self::Source,
        Self::Compile,
        Self::Artifact,
        Self::PublicTests,
    ];

    /// Returns the stage's name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Sample => "sampled",
            Self::Source => "new source",
            Self::Compile => "compiled",
            Self::Artifact => "new program",
            Self::PublicTests => "public tests",
        }
    }
}

/// How many candidates entered one stage and what became of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageCount {
    /// The stage.
    pub stage: Stage,
    /// Candidates that entered.
    pub n_in: u64,
    /// Candidates passed on.
    pub n_out: u64,
    /// Candidates dropped.
    pub n_dropped: u64,
    /// Why they were dropped: each reason with its count.
    pub reasons: BTreeMap<String, u64>,
}

/// The funnel of one problem's search.
///
/// Filled candidate by candidate; [`into_counts`](Self::into_counts) checks that it balances.
#[derive(Clone, Debug)]
pub(crate) struct Funnel {
    n_survivors: u64,
    drops: BTreeMap<Stage, BTreeMap<String, u64>>,
}

impl Funnel {
    pub(crate) fn new() -> Self {
        Self {
            n_survivors: 0,
            drops: BTreeMap::new(),
        }
    }

    /// Counts a candidate that was dropped at a stage, having passed all before it.
    pub(crate) fn drop_at(&mut self, stage: Stage, reason: &str) {
        *self
            .drops
            .entry(stage)
            .or_default()
            .entry(reason.to_owned())
            .or_default() += 1;
    }

    /// Counts a candidate that passed every stage.
    pub(crate) fn survive(&mut self) {
        self.n_survivors += 1;
    }

    /// Returns the counts of every stage, for `n_candidates` in all.
    ///
    /// # Panics
    ///
    /// Panics if they do not balance: a candidate was lost or counted twice, which is a bug of ours,
    /// and a report built on it would be wrong.
    pub(crate) fn into_counts(self, n_candidates: u64) -> Vec<StageCount> {
        let mut n_in = n_candidates;
        let mut counts = Vec::new();
        for stage in Stage::ALL {
            let reasons = self.drops.get(&stage).cloned().unwrap_or_default();
            let n_dropped: u64 = reasons.values().sum();
            assert!(n_dropped <= n_in, "stage {stage:?} drops more than came in");
            counts.push(StageCount {
                stage,
                n_in,
                n_out: n_in - n_dropped,
                n_dropped,
                reasons,
            });
            n_in -= n_dropped;
        }
        assert_eq!(n_in, self.n_survivors, "the funnel does not balance");
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_flow_from_stage_to_stage() {
        let mut funnel = Funnel::new();
        funnel.drop_at(Stage::Sample, "empty_source");
        funnel.drop_at(Stage::PublicTests, "WA");
        funnel.drop_at(Stage::PublicTests, "WA");
        funnel.survive();
        let counts = funnel.into_counts(4);
        let flow: Vec<_> = counts.iter().map(|it| (it.n_in, it.n_out)).collect();
        assert_eq!(flow, [(4, 3), (3, 3), (3, 3), (3, 3), (3, 1)]);
        assert_eq!(counts[4].reasons["WA"], 2);
    }

    #[test]
    #[should_panic(expected = "the funnel does not balance")]
    fn a_lost_candidate_is_noticed() {
        let mut funnel = Funnel::new();
        funnel.survive();
        funnel.into_counts(2);
    }
}
