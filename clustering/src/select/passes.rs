//! Which program passes which test, and the programs that pass the same.
//!
//! Whether a test is right is not known here: most were written by the model that wrote the programs.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ballot::Ballot;
use crate::Class;
use crate::math::{real, total};

/// Which program passes which test. A bit each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PassMatrix {
    weights: Vec<u64>,
    n_rows: usize,
    words: Vec<u64>,
}

impl PassMatrix {
    /// Returns a matrix without programs, for tests that were proposed so many times each.
    ///
    /// Where a model wrote the same test twice, it counts twice.
    pub fn new(test_weights: Vec<u64>) -> Self {
        Self {
            weights: test_weights,
            ..Self::default()
        }
    }

    /// Adds the next row of the execution matrix, with whether it passes each test.
    ///
    /// # Panics
    ///
    /// Panics if there is not exactly one entry a test.
    pub fn push_row(&mut self, passes: &[bool]) {
        assert_eq!(
            passes.len(),
            self.weights.len(),
            "a row has one entry a test"
        );
        self.n_rows += 1;
        for chunk in passes.chunks(64) {
            let bits = chunk.iter().enumerate();
            let word = bits.fold(0, |word, (bit, passes)| word | (u64::from(*passes) << bit));
            self.words.push(word);
        }
    }

    /// Returns whether a program passes a test; a row that was not pushed passes none.
    pub fn passes(&self, row: usize, test: usize) -> bool {
        let word = self.row(row).get(test / 64);
        word.is_some_and(|it| it >> (test % 64) & 1 == 1)
    }

    /// Returns the weight of the tests that a program passes.
    pub fn passed(&self, row: usize) -> f64 {
        self.passed_of(self.row(row), |_| 1.0)
    }

    /// Returns the weight of all tests.
    pub fn total(&self) -> f64 {
        total(self.weights.iter().map(|it| real(*it)))
    }

    fn row(&self, row: usize) -> &[u64] {
        let width = self.weights.len().div_ceil(64);
        if row < self.n_rows {
            &self.words[row * width..(row + 1) * width]
        } else {
            &[]
        }
    }

    /// The sum over tests passed of the test's weight times `of`.
    fn passed_of(&self, words: &[u64], of: impl Fn(usize) -> f64) -> f64 {
        let mut sum = 0.0;
        for (index, &word) in words.iter().enumerate() {
            let mut rest = word;
            while rest != 0 {
                let test = index * 64 + rest.trailing_zeros() as usize;
                sum += real(self.weights[test]) * of(test);
                rest &= rest - 1;
            }
        }
        sum
    }
}

/// The tests by which programs are told good from bad.
#[derive(Clone, Debug, Default)]
pub enum Tests {
    /// The programs' own answers: every candidate that answers on an input proposes the test that
    /// the answer there is this, and passes the tests that say the same as it does. A test proposed
    /// by many counts as many times, as a test does that a model wrote many times (`CodeT` counts
    /// duplicates). Needs no expected output.
    #[default]
    Proposed,
    /// Tests with a known or predicted outcome, by row of the execution matrix.
    Given(Arc<PassMatrix>),
}

/// The candidates that pass the same tests.
pub(super) struct PassSet {
    /// The number of candidates.
    pub(super) programs: f64,
    /// The weight of the tests that they pass.
    pub(super) tests: f64,
    /// How often other candidates pass these tests.
    pub(super) others: f64,
    /// (row, cluster), in the order of rows, or the cluster whose members they are.
    members: Members,
}

enum Members {
    Clusters(Vec<usize>),
    Rows(Vec<(usize, usize)>),
}

/// All sets, most candidates first, ties to the earliest row.
pub(super) struct PassSets {
    pub(super) sets: Vec<PassSet>,
    /// The number of candidates.
    pub(super) n_programs: f64,
    /// The weight of all tests.
    pub(super) n_tests: f64,
}

impl PassSets {
    /// Takes O(clusters × inputs) time for proposed tests, O(rows × tests) for given ones.
    pub(super) fn of(ballot: &Ballot<'_>, tests: &Tests) -> Self {
        match tests {
            Tests::Proposed => Self::proposed(ballot),
            Tests::Given(passes) => Self::given(ballot, passes),
        }
    }

    /// At most `limit` (row, cluster) of a set, in the order of rows.
    pub(super) fn members(
        &self,
        ballot: &Ballot<'_>,
        set: usize,
        limit: usize,
    ) -> Vec<(usize, usize)> {
        match &self.sets[set].members {
            Members::Rows(rows) => rows.iter().take(limit).copied().collect(),
            Members::Clusters(clusters) => {
                let earliest = clusters.iter().flat_map(|it| ballot.earliest(*it, limit));
                let mut members: Vec<(usize, usize)> = earliest.collect();
                members.sort_unstable();
                members.truncate(limit);
                members
            }
        }
    }

    fn proposed(ballot: &Ballot<'_>) -> Self {
        let votes = ballot.candidate_votes();
        // A failure passes nothing, in whichever way it failed. Clusters that never fail are told
        // apart by their answers alone.
        let mut failing: BTreeMap<Vec<Option<u32>>, usize> = BTreeMap::new();
        let mut sets: Vec<PassSet> = Vec::new();
        for cluster in 0..ballot.n_clusters() {
            let answers = ballot.classes(cluster).map(|it| match it {
                Class::Answer(class) => Some(class),
                Class::Failure(_) | Class::Unknown => None,
            });
            let next = sets.len();
            let set = if answers.clone().any(|it| it.is_none()) {
                *failing.entry(answers.collect()).or_insert(next)
            } else {
                next
            };
            if set == next {
                sets.push(PassSet {
                    programs: 0.0,
                    tests: ballot.won(&votes, cluster),
                    others: 0.0,
                    members: Members::Clusters(Vec::new()),
                });
            }
            sets[set].programs += real(ballot.weight(cluster));
            if let Members::Clusters(clusters) = &mut sets[set].members {
                clusters.push(cluster);
            }
        }
        for set in &mut sets {
            if let Members::Clusters(clusters) = &set.members {
                let classes = ballot.classes(clusters[0]).enumerate();
                let won = classes.map(|(input, class)| votes.of(input, class));
                set.others = total(won.map(|it| it * (it - set.programs).max(0.0)));
            }
        }
        let mut all = Self {
            sets,
            n_programs: ballot.total(),
            n_tests: total(votes.each().iter().copied()),
        };
        all.largest_first(ballot);
        all
    }

    fn given(ballot: &Ballot<'_>, passes: &PassMatrix) -> Self {
        type Programs = (f64, Vec<(usize, usize)>);
        let mut by_words: BTreeMap<&[u64], Programs> = BTreeMap::new();
        let mut per_test = vec![0.0; passes.weights.len()];
        for cluster in 0..ballot.n_clusters() {
            for member in ballot.members(cluster) {
                let (programs, rows) = by_words.entry(passes.row(member.row)).or_default();
                *programs += real(member.weight);
                rows.push((member.row, cluster));
            }
        }
        for (words, (programs, rows)) in &mut by_words {
            rows.sort_unstable();
            for (test, sum) in per_test.iter_mut().enumerate() {
                if words
                    .get(test / 64)
                    .is_some_and(|it| it >> (test % 64) & 1 == 1)
                {
                    *sum += *programs;
                }
            }
        }
        let set = |(words, (programs, rows))| PassSet {
            programs,
            tests: passes.passed_of(words, |_| 1.0),
            others: passes.passed_of(words, |test| per_test[test] - programs),
            members: Members::Rows(rows),
        };
        let mut all = Self {
            n_programs: total(by_words.values().map(|it| it.0)),
            sets: by_words.into_iter().map(set).collect(),
            n_tests: passes.total(),
        };
        all.largest_first(ballot);
        all
    }

    fn largest_first(&mut self, ballot: &Ballot<'_>) {
        let first = |set: &PassSet| match &set.members {
            Members::Clusters(clusters) => {
                let firsts = clusters.iter().filter_map(|it| ballot.members(*it).next());
                firsts.map(|it| it.row).min()
            }
            Members::Rows(rows) => rows.first().map(|it| it.0),
        };
        let sets = std::mem::take(&mut self.sets);
        let mut sets: Vec<_> = sets.into_iter().map(|it| (first(&it), it)).collect();
        sets.sort_by(|left, right| {
            let by_size = right.1.programs.total_cmp(&left.1.programs);
            by_size.then_with(|| left.0.cmp(&right.0))
        });
        self.sets = sets.into_iter().map(|it| it.1).collect();
    }
}
