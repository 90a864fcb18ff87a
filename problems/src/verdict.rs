//! The verdicts of a judge, by the names that judges print.
//!
//! What turns an execution into a verdict is in `engine`, which knows both.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What a judge says about one program, or expects of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verdict {
    /// Accepted.
    Ac,
    /// Wrong answer.
    Wa,
    /// Time limit exceeded.
    Tle,
    /// Memory limit exceeded.
    Mle,
    /// Output limit exceeded.
    Ole,
    /// Run-time error.
    Rte,
    /// Compile error.
    Ce,
    /// Judge error: a fault of the problem's own programs or of ours.
    Je,
}

impl Verdict {
    /// Every verdict, in the order of the enum.
    pub const ALL: [Self; 8] = [
        Self::Ac,
        Self::Wa,
        Self::Tle,
        Self::Mle,
        Self::Ole,
        Self::Rte,
        Self::Ce,
        Self::Je,
    ];

    /// Returns the judges' abbreviation: `AC`, `WA`, and so on.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ac => "AC",
            Self::Wa => "WA",
            Self::Tle => "TLE",
            Self::Mle => "MLE",
            Self::Ole => "OLE",
            Self::Rte => "RTE",
            Self::Ce => "CE",
            Self::Je => "JE",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A word that is no verdict.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("unknown verdict `{0}`: expected AC, WA, TLE, MLE, OLE, RTE, CE or JE")]
pub struct UnknownVerdict(String);

impl FromStr for Verdict {
    type Err = UnknownVerdict;

    fn from_str(word: &str) -> Result<Self, UnknownVerdict> {
        let mut all = Self::ALL.into_iter();
        all.find(|it| it.as_str() == word)
            .ok_or_else(|| UnknownVerdict(word.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_has_one_name_everywhere() {
        for verdict in Verdict::ALL {
            let name = verdict.to_string();
            assert_eq!(name.parse(), Ok(verdict));
            assert_eq!(
                serde_json::to_string(&verdict).unwrap(),
                format!("\"{name}\"")
            );
        }
        assert_eq!("OK".parse::<Verdict>(), Err(UnknownVerdict("OK".into())));
    }
}
