//! The checkers: an answer and an output in, a judgement out.
//!
//! Every profile is held to the judge it is named after, oddities included. Time is linear in the two
//! lengths, but for sorting where a rule takes any order, and memory is in proportion to them. What a
//! test or a program is, is not known here.

use super::alphacode;
use super::difference::Difference;
use super::dmoj::Dmoj;
use super::evalplus;
use super::flags::KattisFlags;
use super::harness::Harness;
use super::kattis;
use super::testlib::Testlib;
use super::tokens::first_difference;

use serde::{Deserialize, Serialize};

/// Decides whether an output is right.
///
/// Its text, by `Display` and `FromStr`, is its one name everywhere: `tokens`,
/// `kattis float_tolerance 1e-6`, `testlib:rcmp6`, `lcb`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
#[non_exhaustive]
pub enum Checker {
    /// The same tokens, byte for byte, whatever the white space between them: `1.0` is not `1` and
    /// `yes` is not `YES`. The default where a problem names no checker.
    #[default]
    Tokens,
    /// The default validator of Kattis packages.
    Kattis(KattisFlags),
    /// A checker that testlib ships.
    Testlib(Testlib),
    /// A checker of DMOJ.
    Dmoj(Dmoj),
    /// AlphaCode, for CodeContests.
    AlphaCode,
    /// EvalPlus, over values as Python writes them.
    EvalPlus,
    /// A harness that compares texts or lines.
    Harness(Harness),
}

/// What a checker says about one output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Judgement {
    /// Whether the output is right.
    pub accepted: bool,
    /// Where it first goes wrong; `None` exactly when it is accepted.
    pub difference: Option<Difference>,
}

impl Judgement {
    /// Returns whether the checker refused the answer itself: the problem is at fault, not the output.
    pub fn answer_is_at_fault(&self) -> bool {
        self.difference
            .as_ref()
            .is_some_and(|it| it.answer_at_fault)
    }
}

impl Checker {
    /// Returns the built-in form of one of testlib's checkers, by its name: `ncmp`.
    pub fn of_testlib(name: &str) -> Option<Self> {
        format!("testlib:{name}").parse().ok()
    }

    /// Judges an output against the expected answer.
    ///
    /// Not every profile accepts the answer itself: testlib's want it well-formed, and some harnesses cut
    /// answers and outputs in different ways.
    pub fn judge(&self, answer: &[u8], output: &[u8]) -> Judgement {
        let difference = match self {
            // A right output mostly is the answer itself.
            Self::Tokens | Self::Kattis(_) if answer == output => None,
            Self::Tokens => first_difference(answer, output, false, |a, b| a == b),
            Self::Kattis(flags) => kattis::judge(flags, answer, output),
            Self::Testlib(it) => it.judge(answer, output),
            Self::Dmoj(it) => it.judge(answer, output),
            Self::AlphaCode => alphacode::judge(answer, output),
            Self::EvalPlus => evalplus::judge(answer, output),
            Self::Harness(it) => it.judge(answer, output),
        };
        Judgement {
            accepted: difference.is_none(),
            difference,
        }
    }
}

#[cfg(test)]
#[path = "checker_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "matrix_tests.rs"]
mod matrix_tests;

#[cfg(test)]
#[path = "harness_tests.rs"]
mod harness_tests;
