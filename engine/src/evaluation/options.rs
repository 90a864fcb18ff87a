//! What is asked of an evaluation, and whether it can be.

use std::collections::BTreeSet;

use riddle_clustering::{SelectionRule, rules};

use crate::EngineError;

/// Samples above this are more than can be drawn from.
const MAX_K: u64 = u32::MAX as u64 - 1;

/// What is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvaluateOptions {
    /// Names of rules, of [`rule_names`]; the first is the one that the others are compared with. Default:
    /// all.
    pub rules: Vec<String>,
    /// Sizes of samples. Default: none, which is the powers of ten that a pool has candidates for.
    pub ks: Vec<u64>,
    /// Submissions allowed, each a table. Default: 10.
    pub n_submissions: Vec<usize>,
    /// Samples drawn for each size. Default: 1,000.
    pub n_draws: u32,
    /// What samples, and the dice of rules that throw any, are made from. Default: 0.
    pub seed: u64,
    /// Numbers of inputs to try. Default: none.
    pub n_inputs: Vec<usize>,
    /// Which inputs are the first ones. Default: as recorded.
    pub input_order: InputOrder,
}

/// Which inputs a smaller number of them keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InputOrder {
    /// The first ones, as they were generated.
    #[default]
    Recorded,
    /// Those that tell the most pairs of candidates apart, in hindsight.
    Cover,
}

impl Default for EvaluateOptions {
    fn default() -> Self {
        Self {
            rules: rule_names().map(str::to_owned).collect(),
            ks: Vec::new(),
            n_submissions: vec![10],
            n_draws: 1_000,
            seed: 0,
            n_inputs: Vec::new(),
            input_order: InputOrder::Recorded,
        }
    }
}

/// Returns the names of all rules.
pub fn rule_names() -> impl Iterator<Item = &'static str> {
    rules::NAMES.into_iter()
}

impl EvaluateOptions {
    /// Refuses what cannot be measured.
    pub(super) fn check(&self) -> Result<(), EngineError> {
        let refuse = |what: String| Err(EngineError::Config(what));
        for rule in &self.rules {
            if !rule_names().any(|it| it == rule) {
                let known: Vec<&str> = rule_names().collect();
                return refuse(format!(
                    "unknown rule `{rule}`: expected `all` or some of {}",
                    known.join(", ")
                ));
            }
        }
        if self.rules.is_empty() {
            return refuse("no rule is asked for".to_owned());
        }
        if self.n_submissions.is_empty() || self.n_submissions.contains(&0) {
            return refuse("no submissions solve nothing: at least 1 is needed".to_owned());
        }
        if self.n_draws == 0 {
            return refuse("no draws measure nothing: at least 1 is needed".to_owned());
        }
        if let Some(k) = self.ks.iter().find(|it| !(1..=MAX_K).contains(*it)) {
            return refuse(format!(
                "a sample cannot have {k} candidates: 1 to {MAX_K} are possible"
            ));
        }
        let repeated = |n_all: usize, n: usize| n_all != n;
        let ks: BTreeSet<_> = self.ks.iter().collect();
        let names: BTreeSet<_> = self.rules.iter().collect();
        let sizes: BTreeSet<_> = self.n_submissions.iter().collect();
        let inputs: BTreeSet<_> = self.n_inputs.iter().collect();
        for (what, is_repeated) in [
            ("a rule", repeated(self.rules.len(), names.len())),
            ("a number of samples", repeated(self.ks.len(), ks.len())),
            (
                "a number of submissions",
                repeated(self.n_submissions.len(), sizes.len()),
            ),
            (
                "a number of inputs",
                repeated(self.n_inputs.len(), inputs.len()),
            ),
        ] {
            if is_repeated {
                return refuse(format!("{what} is asked for twice"));
            }
        }
        Ok(())
    }

    /// Returns the sizes of samples that a pool has candidates for.
    pub(super) fn ks_of(&self, n_candidates: u64) -> Vec<u64> {
        let mut ks = self.ks.clone();
        if ks.is_empty() {
            ks = std::iter::successors(Some(1), |it: &u64| it.checked_mul(10))
                .take_while(|it| *it <= MAX_K)
                .collect();
        }
        ks.retain(|it| *it <= n_candidates.min(MAX_K));
        ks
    }

    /// Makes the rules for a pool with these log probabilities.
    pub(super) fn rules_for(&self, logprobs: &[f64]) -> Vec<Box<dyn SelectionRule>> {
        let names = self.rules.iter();
        names
            .filter_map(|it| rule(it, self.seed, logprobs))
            .collect()
    }

    /// Returns true if one of the rules looks at log probabilities.
    pub(super) fn uses_logprobs(&self) -> bool {
        self.rules.iter().any(|it| uses_logprobs(it))
    }
}

/// Makes a rule by its name, if there is one.
pub(super) fn rule(name: &str, seed: u64, logprobs: &[f64]) -> Option<Box<dyn SelectionRule>> {
    let extras = rules::Extras {
        seed,
        logprobs: logprobs.to_vec(),
        ..rules::Extras::default()
    };
    rules::by_name(name, &extras)
}

/// Returns true if a rule looks at log probabilities.
pub(super) fn uses_logprobs(rule: &str) -> bool {
    matches!(rule, "riddle" | "alphacode2")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_refused(options: &EvaluateOptions, message: &str) {
        let error = options.check().expect_err("it cannot be measured");
        assert!(error.to_string().starts_with(message), "{error}");
    }

    #[test]
    fn what_cannot_be_measured_is_refused() {
        let default = EvaluateOptions::default;
        assert!(default().check().is_ok());
        check_refused(
            &EvaluateOptions {
                rules: vec!["riddle".to_owned(), "luck".to_owned()],
                ..default()
            },
            "unknown rule `luck`: expected `all` or some of riddle, alphacode, ",
        );
        check_refused(
            &EvaluateOptions {
                ks: vec![1, 0],
                ..default()
            },
            "a sample cannot have 0 candidates: 1 to ",
        );
        check_refused(
            &EvaluateOptions {
                n_submissions: vec![1, 1],
                ..default()
            },
            "a number of submissions is asked for twice",
        );
        check_refused(
            &EvaluateOptions {
                n_draws: 0,
                ..default()
            },
            "no draws measure nothing",
        );
    }

    #[test]
    fn samples_are_as_large_as_the_pool_allows() {
        let options = EvaluateOptions::default();
        assert_eq!(options.ks_of(0), [0; 0]);
        assert_eq!(options.ks_of(100), [1, 10, 100]);
        let options = EvaluateOptions {
            ks: vec![50, 7],
            ..options
        };
        assert_eq!(options.ks_of(49), [7]);
    }
}
