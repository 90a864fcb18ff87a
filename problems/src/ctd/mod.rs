//! Checktestdata: DOMjudge's language for the format of an input (`.ctd`).
//!
//! The language is that of <https://github.com/DOMjudge/checktestdata>, as far as it checks; it generates nothing
//! here. Scripts and inputs are hostile: reading a script is bounded by its size and depth, checking an input by
//! [`MAX_WORK`], and numbers, texts and variables by their sizes. Pure: no file, no clock, no randomness.
//!
//! ```text
//! script ──► lex: tokens ──► parse, expr: syntax ──► run: commands on an input ──► accepted, refused, or at fault
//!                                                     read, pattern: what is taken from it
//!                                                     store, number: variables and values
//! ```

mod expr;
mod lex;
mod number;
mod parse;
mod pattern;
mod read;
mod run;
mod store;
mod syntax;
#[cfg(test)]
mod tests;

use thiserror::Error;

pub use run::MAX_WORK;

/// Bytes that a script may have.
pub const MAX_SCRIPT_BYTES: usize = 256 << 10;

/// A script, read.
#[derive(Clone, Debug)]
pub struct Checktestdata {
    script: syntax::Script,
}

/// A script could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}: {message}")]
pub struct CtdError {
    /// The line of the script, from 1.
    pub line: usize,
    /// What is wrong there.
    pub message: String,
}

/// A script did not accept an input.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CtdFailure {
    /// The input is not as the script says.
    #[error("line {line}, character {character}: {message}")]
    Refused {
        /// The line of the input, from 1.
        line: usize,
        /// The byte in that line, from 1.
        character: usize,
        /// What the script wants there, in a few words.
        message: String,
    },
    /// The script itself is wrong, or does too much; nothing is said of the input.
    #[error("line {line} of the script: {message}")]
    Fault {
        /// The line of the script, from 1.
        line: usize,
        /// What is wrong there.
        message: String,
    },
}

impl Checktestdata {
    /// Reads a script.
    ///
    /// # Errors
    ///
    /// Returns an error that names the line if the text is no script, or is larger or deeper than is taken.
    pub fn parse(text: &[u8]) -> Result<Self, CtdError> {
        if text.len() > MAX_SCRIPT_BYTES {
            return Err(CtdError {
                line: 1,
                message: format!(
                    "script has {} bytes: the limit is {MAX_SCRIPT_BYTES}",
                    text.len()
                ),
            });
        }
        let script = parse::parse(lex::lex(text)?)?;
        Ok(Self { script })
    }

    /// Checks an input.
    ///
    /// # Errors
    ///
    /// Returns what is wrong with the input, or with the script.
    pub fn check(&self, input: &[u8]) -> Result<(), CtdFailure> {
        self.check_within(input, MAX_WORK)
    }

    /// Checks an input with less work than [`MAX_WORK`].
    ///
    /// # Errors
    ///
    /// As [`check`](Self::check).
    pub fn check_within(&self, input: &[u8], max_work: u64) -> Result<(), CtdFailure> {
        run::run(&self.script, input, max_work.min(MAX_WORK))
    }
}
