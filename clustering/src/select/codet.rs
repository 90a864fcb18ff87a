//! The rules that trust programs and tests that agree with each other: `CodeT`, and `MaxPass`.
//!
//! Which tests are wrong is not known here; B4 is the rule that reckons with it.

use super::ballot::Ballot;
use super::passes::{PassSets, Tests};
use super::{Pick, Reason, SelectionRule, best_first, in_rounds};

/// How the number of programs and the number of tests make a score.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// tests × programs: arXiv 2207.10397, section 2.2.
    #[default]
    Product,
    /// tests × √programs: the authors' code (`agreement.py`).
    Root,
    /// tests alone: `MaxPass`, the baseline of arXiv 2409.08692.
    Tests,
}

/// Ranks the groups of programs that pass exactly the same tests by how many they are and how many
/// tests they pass; one program a group, then round again (`CodeT`, arXiv 2207.10397).
///
/// Duplicates count, of programs and of tests. Ties go to the larger group, then to the earliest;
/// the authors' code draws among them. Takes O(clusters × inputs) time with
/// [`Tests::Proposed`], O(rows × tests) with [`Tests::Given`].
#[derive(Clone, Debug, Default)]
pub struct CodeT {
    /// How the score is made. Default: the product.
    pub form: Form,
    /// The tests. Default: those that the programs propose.
    pub tests: Tests,
}

impl SelectionRule for CodeT {
    fn name(&self) -> &'static str {
        match self.form {
            Form::Product => "codet",
            Form::Root => "codet-sqrt",
            Form::Tests => "maxpass",
        }
    }

    fn choose(&self, ballot: &Ballot<'_>, n: usize) -> Vec<Pick> {
        let all = PassSets::of(ballot, &self.tests);
        let scores = all.sets.iter().map(|it| match self.form {
            Form::Product => it.tests * it.programs,
            Form::Root => it.tests * it.programs.sqrt(),
            Form::Tests => it.tests,
        });
        let order = best_first(&scores.collect::<Vec<f64>>());
        let reason = |set: usize, round| Reason::Passed {
            round,
            programs: all.sets[set].programs,
            tests: all.sets[set].tests,
            n_tests: all.n_tests,
        };
        in_rounds(
            &order,
            n,
            |set, limit| all.members(ballot, set, limit),
            reason,
        )
    }
}
