//! The names of all checkers, what each goes by, and the rule it stands for.
//!
//! Judges nothing.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::checker::Checker;
use super::dmoj::{Dmoj, MAX_PRECISION};
use super::flags::{FlagsError, KattisFlags};
use super::harness::Harness;
use super::testlib::Testlib;

const TESTLIB: &str = "testlib:";
const DMOJ: &str = "dmoj:";

/// A text that names no checker.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CheckerError {
    /// No checker goes by this name.
    #[error("unknown checker `{0}`")]
    Unknown(String),
    /// The flags of `kattis` are wrong.
    #[error("checker `kattis` has bad flags")]
    Flags(#[source] FlagsError),
    /// A checker got an argument that it does not take.
    #[error("checker `{checker}` does not take `{argument}`")]
    Argument {
        /// The checker.
        checker: String,
        /// What follows its name.
        argument: String,
    },
}

impl Checker {
    /// Returns every profile, those with arguments by an example.
    pub fn profiles() -> Vec<Self> {
        let tolerant = KattisFlags {
            float_absolute_tolerance: Some(1e-6),
            float_relative_tolerance: Some(1e-6),
            ..KattisFlags::default()
        };
        let mut all = vec![
            Self::Tokens,
            Self::Kattis(KattisFlags::default()),
            Self::Kattis(tolerant),
        ];
        all.extend(Testlib::ALL.map(Self::Testlib));
        all.extend(Dmoj::ALL.map(Self::Dmoj));
        all.extend([Self::AlphaCode, Self::EvalPlus]);
        all.extend(Harness::ALL.map(Self::Harness));
        all
    }

    /// Returns the rule in one line.
    pub fn rule(&self) -> &'static str {
        match self {
            Self::Tokens => "the same tokens byte for byte",
            Self::Kattis(flags) if flags.has_tolerance() => {
                "the same tokens in any case; where the answer is a number, within the tolerance"
            }
            Self::Kattis(_) => "the same tokens in any case",
            Self::Testlib(it) => it.rule(),
            Self::Dmoj(it) => it.rule(),
            Self::AlphaCode => "the same tokens in any case, numbers within 1e-5 absolute",
            Self::EvalPlus => "equal Python values; floats within 1e-6 + 1e-7 relative",
            Self::Harness(it) => it.rule(),
        }
    }

    fn with_argument(self, argument: &str) -> Option<Self> {
        match self {
            Self::Dmoj(it) => {
                let precision = argument.parse().ok().filter(|it| *it <= MAX_PRECISION)?;
                it.with_precision(precision).map(Self::Dmoj)
            }
            _ => None,
        }
    }
}

impl FromStr for Checker {
    type Err = CheckerError;

    /// Reads a name, and after white space what the checker takes: flags, a precision.
    fn from_str(text: &str) -> Result<Self, CheckerError> {
        let text = text.trim();
        let (name, argument) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let argument = argument.trim();
        if name == "kattis" {
            let flags = argument.parse().map_err(CheckerError::Flags)?;
            return Ok(Self::Kattis(flags));
        }
        let mut plain = Self::profiles()
            .into_iter()
            .filter(|it| !matches!(it, Self::Kattis(_)));
        let Some(checker) = plain.find(|it| it.to_string() == name) else {
            return Err(CheckerError::Unknown(name.to_owned()));
        };
        if argument.is_empty() {
            return Ok(checker);
        }
        let error = || CheckerError::Argument {
            checker: name.to_owned(),
            argument: argument.to_owned(),
        };
        checker.with_argument(argument).ok_or_else(error)
    }
}

impl fmt::Display for Checker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tokens => f.write_str("tokens"),
            Self::Kattis(flags) if *flags == KattisFlags::default() => f.write_str("kattis"),
            Self::Kattis(flags) => write!(f, "kattis {flags}"),
            Self::Testlib(it) => write!(f, "{TESTLIB}{}", it.as_str()),
            Self::Dmoj(it) => match it.precision().filter(|_| !it.is_plain()) {
                Some(precision) => write!(f, "{DMOJ}{} {precision}", it.as_str()),
                None => write!(f, "{DMOJ}{}", it.as_str()),
            },
            Self::AlphaCode => f.write_str("alphacode"),
            Self::EvalPlus => f.write_str("evalplus"),
            Self::Harness(it) => f.write_str(it.as_str()),
        }
    }
}

impl TryFrom<String> for Checker {
    type Error = CheckerError;

    fn try_from(text: String) -> Result<Self, CheckerError> {
        text.parse()
    }
}

impl From<Checker> for String {
    fn from(checker: Checker) -> Self {
        checker.to_string()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_profile_has_a_name_of_its_own_that_reads_back() {
        let profiles = Checker::profiles();
        let names: BTreeSet<String> = profiles.iter().map(ToString::to_string).collect();
        assert_eq!(names.len(), profiles.len());
        for checker in profiles {
            assert_eq!(checker.to_string().parse(), Ok(checker));
            let json = serde_json::to_string(&checker).unwrap();
            assert_eq!(json, format!("\"{checker}\""));
            assert_eq!(serde_json::from_str::<Checker>(&json).unwrap(), checker);
        }
    }

    #[test]
    fn arguments_are_part_of_the_name() {
        let checker: Checker = " dmoj:floats  4 ".parse().unwrap();
        assert_eq!(checker, Checker::Dmoj(Dmoj::Floats(4)));
        assert_eq!(checker.to_string(), "dmoj:floats 4");
        let checker: Checker = "kattis float_tolerance 1e-6".parse().unwrap();
        assert_eq!(checker, Checker::profiles()[2]);
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(text.parse::<Checker>().unwrap_err().to_string(), expected);
    }

    #[test]
    fn names_of_nothing_are_errors() {
        check("wcmp", "unknown checker `wcmp`");
        check("", "unknown checker ``");
        check("kattis fuzzy", "checker `kattis` has bad flags");
        check("lcb 3", "checker `lcb` does not take `3`");
        check(
            "dmoj:floats 101",
            "checker `dmoj:floats` does not take `101`",
        );
        check("dmoj:easy 3", "checker `dmoj:easy` does not take `3`");
    }
}
