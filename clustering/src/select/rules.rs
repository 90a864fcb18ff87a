//! All rules by name, so that they can be compared and chosen in a config.
//!
//! Which rule is best is not known here.

use std::sync::Arc;

use super::{
    AlphaCode, AlphaCode2, B4, CodeT, FirstCome, Fmv, Form, MbrExec, PassMatrix, RandomSurvivor,
    Riddle, SRank, SelectionRule, Tests,
};

/// The names that [`by_name`] knows, the default rule first.
pub const NAMES: [&str; 12] = [
    "riddle",
    "alphacode",
    "alphacode2",
    "mbr-exec",
    "fmv",
    "codet",
    "codet-sqrt",
    "b4",
    "maxpass",
    "srank",
    "random",
    "first",
];

/// What some rules can use beyond behaviours. Every part may be left out.
#[derive(Clone, Debug, Default)]
pub struct Extras {
    /// What random choices are made from. Default: 0.
    pub seed: u64,
    /// A score for each row, for `alphacode2`. Default: the log probabilities.
    pub scores: Vec<f64>,
    /// The sampler's log probability for each row, for `riddle` and `alphacode2`. Default: none.
    pub logprobs: Vec<f64>,
    /// Which row passes which test, for `codet`, `codet-sqrt`, `b4`, `maxpass` and `srank`.
    /// Default: none, and the programs' own answers are the tests.
    pub passes: Option<Arc<PassMatrix>>,
    /// Fuel that an execution may use, for `riddle`. Default: none.
    pub fuel_limit: Option<u64>,
}

/// Returns the rule of a name, or `None` if it is not one of [`NAMES`].
///
/// # Examples
///
/// ```
/// use riddle_clustering::rules::{Extras, NAMES, by_name};
///
/// let rule = by_name("codet-sqrt", &Extras::default()).expect("a known name");
/// assert_eq!(rule.name(), "codet-sqrt");
/// assert!(by_name("luck", &Extras::default()).is_none());
/// # assert!(NAMES.contains(&"codet-sqrt"));
/// ```
pub fn by_name(name: &str, extras: &Extras) -> Option<Box<dyn SelectionRule>> {
    let tests = || match &extras.passes {
        Some(passes) => Tests::Given(Arc::clone(passes)),
        None => Tests::Proposed,
    };
    let codet = |form| CodeT {
        form,
        tests: tests(),
    };
    let scores = if extras.scores.is_empty() {
        &extras.logprobs
    } else {
        &extras.scores
    };
    Some(match name {
        "riddle" => {
            let rule = Riddle::default().with_logprobs(&extras.logprobs);
            Box::new(rule.with_fuel_limit(extras.fuel_limit))
        }
        "alphacode" => Box::new(AlphaCode),
        "alphacode2" => Box::new(AlphaCode2 {
            scores: scores.clone(),
            ..AlphaCode2::default()
        }),
        "mbr-exec" => Box::new(MbrExec),
        "fmv" => Box::new(Fmv),
        "codet" => Box::new(codet(Form::Product)),
        "codet-sqrt" => Box::new(codet(Form::Root)),
        "b4" => Box::new(B4 {
            tests: tests(),
            ..B4::default()
        }),
        "maxpass" => Box::new(codet(Form::Tests)),
        "srank" => Box::new(SRank { tests: tests() }),
        "random" => Box::new(RandomSurvivor { seed: extras.seed }),
        "first" => Box::new(FirstCome),
        _ => return None,
    })
}

/// Returns all rules, in the order of [`NAMES`].
pub fn all(extras: &Extras) -> Vec<Box<dyn SelectionRule>> {
    NAMES.iter().filter_map(|it| by_name(it, extras)).collect()
}
