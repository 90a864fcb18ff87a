//! B4: the likeliest pair of right programs and right tests.
//!
//! What makes a program or a test right is not known here; both may be wrong.

use super::ballot::Ballot;
use super::passes::{PassSet, PassSets, Tests};
use super::{Pick, Reason, SelectionRule, best_first, in_rounds};
use crate::math::{ln_beta, total};

/// Ranks the groups of programs that pass exactly the same tests by the posterior that just these
/// programs and just these tests are right (B4, arXiv 2409.08692; the form is that of the
/// authors' `strategy.py`).
///
/// With N programs, M tests, X the group and Y the tests that it passes, the score is
/// `ln B(|Y|+a, M-|Y|+1) + ln B(|X|+a, N-|X|+1) + ln B(s1+1, n1-s1+1) + ln B(s0+1, n0-s0+b)`, where
/// the other programs passed s1 of the n1 = (N-|X|)|Y| pairs with tests in Y, and s0 of the
/// n0 = (N-|X|)(M-|Y|) others. Ties go to the larger group, then to the earliest. Takes
/// O(clusters × inputs) time with [`Tests::Proposed`], O(rows × tests) with [`Tests::Given`].
#[derive(Clone, Debug)]
pub struct B4 {
    /// The prior of right programs and tests: the larger, the more of them. Default: 1,000, as in
    /// the authors' runs.
    pub a: f64,
    /// The prior of wrong programs that pass wrong tests: the larger, the fewer. Default: 100,000,
    /// the middle of the authors' 10⁴ to 10⁶.
    pub b: f64,
    /// The tests. Default: those that the programs propose.
    pub tests: Tests,
}

impl Default for B4 {
    fn default() -> Self {
        Self {
            a: 1e3,
            b: 1e5,
            tests: Tests::Proposed,
        }
    }
}

impl B4 {
    fn ln_posterior(&self, all: &PassSets, passes: f64, set: &PassSet) -> f64 {
        let (x, y) = (set.programs, set.tests);
        let (not_x, not_y) = ((all.n_programs - x).max(0.0), (all.n_tests - y).max(0.0));
        let (s1, n1) = (set.others, not_x * y);
        let (s0, n0) = ((passes - x * y - s1).max(0.0), not_x * not_y);
        ln_beta(y + self.a, not_y + 1.0)
            + ln_beta(x + self.a, not_x + 1.0)
            + ln_beta(s1 + 1.0, (n1 - s1).max(0.0) + 1.0)
            + ln_beta(s0 + 1.0, (n0 - s0).max(0.0) + self.b)
    }
}

impl SelectionRule for B4 {
    fn name(&self) -> &'static str {
        "b4"
    }

    fn choose(&self, ballot: &Ballot<'_>, n: usize) -> Vec<Pick> {
        let all = PassSets::of(ballot, &self.tests);
        let passes = total(all.sets.iter().map(|it| it.programs * it.tests));
        let scores = all.sets.iter();
        let scores: Vec<f64> = scores
            .map(|it| self.ln_posterior(&all, passes, it))
            .collect();
        let reason = |set: usize, round| Reason::Likely {
            round,
            programs: all.sets[set].programs,
            ln_posterior: scores[set],
        };
        let members = |set, limit| all.members(ballot, set, limit);
        in_rounds(&best_first(&scores), n, members, reason)
    }
}
