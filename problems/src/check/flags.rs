//! The flags of the default validator of Kattis.
//!
//! Only their meaning and their text; the comparison is in `checker`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::number::number;

/// How the default validator of Kattis compares.
///
/// Default: case-blind, blind to the amount and kind of white space, no tolerance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KattisFlags {
    /// Whether `yes` differs from `YES`. Default: no.
    pub case_sensitive: bool,
    /// Whether white space must be the same byte for byte. Default: no.
    pub space_change_sensitive: bool,
    /// Accepted if `|output − answer|` is at most this. Default: none.
    pub float_absolute_tolerance: Option<f64>,
    /// Accepted if `|output − answer|` is at most this times `|answer|`. Default: none.
    pub float_relative_tolerance: Option<f64>,
}

/// A text that is no list of flags.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FlagsError {
    /// A word is no flag.
    #[error("unknown flag `{0}`")]
    Unknown(String),
    /// A tolerance was announced and not given.
    #[error("flag `{0}` has no value")]
    MissingValue(&'static str),
    /// A tolerance is no finite number.
    #[error("flag `{flag}` has the value `{value}`: expected a number")]
    BadValue {
        /// The flag.
        flag: &'static str,
        /// What follows it.
        value: String,
    },
}

impl FromStr for KattisFlags {
    type Err = FlagsError;

    /// Reads flags separated by white space. A later flag overrides an earlier one.
    fn from_str(text: &str) -> Result<Self, FlagsError> {
        let mut flags = Self::default();
        let mut words = text.split_whitespace();
        while let Some(word) = words.next() {
            match word {
                "case_sensitive" => flags.case_sensitive = true,
                "space_change_sensitive" => flags.space_change_sensitive = true,
                "float_absolute_tolerance" => {
                    let value = tolerance("float_absolute_tolerance", words.next())?;
                    flags.float_absolute_tolerance = value;
                }
                "float_relative_tolerance" => {
                    let value = tolerance("float_relative_tolerance", words.next())?;
                    flags.float_relative_tolerance = value;
                }
                "float_tolerance" => {
                    let value = tolerance("float_tolerance", words.next())?;
                    flags.float_absolute_tolerance = value;
                    flags.float_relative_tolerance = value;
                }
                _ => return Err(FlagsError::Unknown(word.to_owned())),
            }
        }
        Ok(flags)
    }
}

impl KattisFlags {
    /// Returns whether numbers are compared as numbers.
    pub(super) fn has_tolerance(&self) -> bool {
        self.float_absolute_tolerance.is_some() || self.float_relative_tolerance.is_some()
    }
}

/// Reads a tolerance. One below zero is none to the validator, and overrides what was there.
fn tolerance(flag: &'static str, value: Option<&str>) -> Result<Option<f64>, FlagsError> {
    let value = value.ok_or(FlagsError::MissingValue(flag))?;
    match number(value.as_bytes()) {
        Some(number) => Ok(Some(number).filter(|it| *it >= 0.0)),
        None => Err(FlagsError::BadValue {
            flag,
            value: value.to_owned(),
        }),
    }
}

impl fmt::Display for KattisFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = Vec::new();
        if self.case_sensitive {
            words.push("case_sensitive".to_owned());
        }
        if self.space_change_sensitive {
            words.push("space_change_sensitive".to_owned());
        }
        let (absolute, relative) = (self.float_absolute_tolerance, self.float_relative_tolerance);
        match (absolute, relative) {
            (Some(value), Some(same)) if value.to_bits() == same.to_bits() => {
                words.push(format!("float_tolerance {value:e}"));
            }
            _ => {
                let absolute = absolute.map(|it| format!("float_absolute_tolerance {it:e}"));
                let relative = relative.map(|it| format!("float_relative_tolerance {it:e}"));
                words.extend(absolute);
                words.extend(relative);
            }
        }
        f.write_str(&words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flag_is_read_and_written() {
        let text = "case_sensitive space_change_sensitive float_absolute_tolerance 1e-3 \
                    float_relative_tolerance 5e-1";
        let flags: KattisFlags = text.parse().unwrap();
        assert_eq!(flags.to_string(), text);
        assert_eq!(flags.to_string().parse(), Ok(flags));
        assert_eq!("".parse(), Ok(KattisFlags::default()));
        let text = "float_tolerance 1e-6";
        assert_eq!(text.parse::<KattisFlags>().unwrap().to_string(), text);
    }

    #[test]
    fn float_tolerance_sets_both_and_the_last_one_counts() {
        let flags: KattisFlags = "float_tolerance 1E-6 float_absolute_tolerance 0.1"
            .parse()
            .unwrap();
        assert_eq!(flags.float_relative_tolerance, Some(1e-6));
        assert_eq!(flags.float_absolute_tolerance, Some(0.1));
    }

    #[test]
    fn a_tolerance_below_zero_is_none() {
        let flags: KattisFlags = "float_tolerance 1 float_absolute_tolerance -1"
            .parse()
            .unwrap();
        assert_eq!(flags.float_absolute_tolerance, None);
        assert_eq!(flags.float_relative_tolerance, Some(1.0));
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(
            text.parse::<KattisFlags>().unwrap_err().to_string(),
            expected
        );
    }

    #[test]
    fn bad_flags_are_named() {
        check("fuzzy", "unknown flag `fuzzy`");
        check("Case_Sensitive", "unknown flag `Case_Sensitive`");
        check("float_tolerance", "flag `float_tolerance` has no value");
        let wrong = "flag `float_tolerance` has the value `nan`: expected a number";
        check("float_tolerance nan", wrong);
    }
}
