//! What a pick says for itself.
//!
//! Reasons are told as each rule sees them; no two rules' figures can be compared.

use std::fmt;

use serde::Serialize;

/// What spoke for a [`Pick`](super::Pick).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// It was its cluster's turn.
    Turn {
        /// How many times the rule had come round to this cluster, from 1.
        round: usize,
        /// The number of candidates in the cluster.
        weight: u64,
    },
    /// A scorer liked it best of what was left of its cluster.
    Scored {
        /// How many times the rule had come round to this cluster, from 1.
        round: usize,
        /// The number of candidates in the cluster.
        weight: u64,
        /// What the scorer said, in its own unit.
        score: f64,
    },
    /// Others did the same.
    Agreed {
        /// How many times the rule had come round to this cluster, from 1.
        round: usize,
        /// The number of candidates in the cluster.
        weight: u64,
        /// The share of the votes that it won, of all that it could win, from 0 to 1.
        agreement: f64,
    },
    /// It passed tests, with others that passed the same.
    Passed {
        /// How many times the rule had come round to this group, from 1.
        round: usize,
        /// The number of candidates that passed just these tests.
        programs: f64,
        /// The number of tests passed.
        tests: f64,
        /// The number of tests.
        n_tests: f64,
    },
    /// The tests that it passed, and the programs that passed them, are likely the right ones.
    Likely {
        /// How many times the rule had come round to this group, from 1.
        round: usize,
        /// The number of candidates that passed just these tests.
        programs: f64,
        /// The logarithm of the posterior, up to a constant.
        ln_posterior: f64,
    },
    /// Here it added most, by agreement, size and conduct together.
    Stood {
        /// How many times the rule had come round to this cluster, from 1.
        round: usize,
        /// The number of candidates in the cluster.
        weight: u64,
        /// The share of the answers given that are as its own, from 0 to 1.
        agreement: f64,
        /// Inputs on which it failed while most others answered.
        n_crashed: usize,
        /// The score of its cluster as a share of the best cluster's, from 0 to 1.
        score: f64,
    },
    /// The dice fell on it.
    Drawn {
        /// The number of candidates that it stands for.
        weight: u64,
    },
    /// It came first of those not yet taken.
    Arrived,
}

/// A number of candidates in words.
struct Candidates(u64);

impl fmt::Display for Candidates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1 => f.write_str("1 candidate"),
            n => write!(f, "{n} candidates"),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Turn { round, weight } => {
                write!(f, "round {round}, cluster of {}", Candidates(weight))
            }
            Self::Scored {
                round,
                weight,
                score,
            } => {
                let candidates = Candidates(weight);
                write!(
                    f,
                    "round {round}, cluster of {candidates}, score {score:.3}"
                )
            }
            Self::Agreed {
                round,
                weight,
                agreement,
            } => {
                let candidates = Candidates(weight);
                write!(
                    f,
                    "round {round}, cluster of {candidates}, agreement {agreement:.3}"
                )
            }
            Self::Passed {
                round,
                programs,
                tests,
                n_tests,
            } => write!(
                f,
                "round {round}, {tests} of {n_tests} tests passed, as by {programs} candidates"
            ),
            Self::Likely {
                round,
                programs,
                ln_posterior,
            } => write!(
                f,
                "round {round}, log posterior {ln_posterior:.3}, group of {programs} candidates"
            ),
            Self::Stood {
                round,
                weight,
                agreement,
                n_crashed,
                score,
            } => {
                let candidates = Candidates(weight);
                write!(
                    f,
                    "round {round}, cluster of {candidates}, agreement {agreement:.3}, "
                )?;
                match n_crashed {
                    0 => {}
                    1 => f.write_str("fails on 1 input that most answer, ")?,
                    n => write!(f, "fails on {n} inputs that most answer, ")?,
                }
                write!(f, "score {score:.3}")
            }
            Self::Drawn { weight } => write!(f, "drawn, stands for {}", Candidates(weight)),
            Self::Arrived => f.write_str("first to come"),
        }
    }
}
