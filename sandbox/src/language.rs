//! The languages that a candidate may be written in.
//!
//! Only names and file endings: whether a language can be compiled on this machine is for
//! [`Sandbox`](crate::Sandbox) to say.

use std::{fmt, path::Path, str::FromStr};

use serde::{Deserialize, Serialize};

/// A language that a candidate may be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Language {
    /// C, as contest judges read it (gnu11 with the tolerance of older compilers).
    C,
    /// C++, gnu++20 with `bits/stdc++.h`.
    Cpp,
    /// Python 3.
    Python,
    /// Rust, edition 2021, the standard library alone.
    Rust,
    /// Go.
    Go,
    /// A WebAssembly command module, binary or text.
    Wasm,
}

impl Language {
    /// Every language, in the order in which reports list them.
    pub const ALL: [Self; 6] = [
        Self::C,
        Self::Cpp,
        Self::Python,
        Self::Rust,
        Self::Go,
        Self::Wasm,
    ];

    /// Returns the name used in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::C => "c",
            Self::Cpp => "cpp",
            Self::Python => "python",
            Self::Rust => "rust",
            Self::Go => "go",
            Self::Wasm => "wasm",
        }
    }

    /// Returns the ending of a source file, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::C => "c",
            Self::Cpp => "cpp",
            Self::Python => "py",
            Self::Rust => "rs",
            Self::Go => "go",
            Self::Wasm => "wasm",
        }
    }

    /// Returns the language that a file's ending says, or `None` for any other ending.
    pub fn from_path(path: &Path) -> Option<Self> {
        Some(match path.extension()?.to_str()? {
            "c" => Self::C,
            "cpp" | "cc" | "cxx" | "c++" | "C" => Self::Cpp,
            "py" | "py3" | "python3" => Self::Python,
            "rs" => Self::Rust,
            "go" => Self::Go,
            "wasm" | "wat" => Self::Wasm,
            _ => return None,
        })
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no language.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown language `{name}`: expected one of c, cpp, python, rust, go, wasm")]
pub struct UnknownLanguage {
    /// The name as it was given, cut at 64 characters.
    pub name: String,
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    /// Reads a name, or one of the spellings that data sets use (`c++`, `python3`, `py`).
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Ok(match name.to_ascii_lowercase().as_str() {
            "c" => Self::C,
            "cpp" | "c++" | "cc" | "cxx" | "cpp17" | "cpp20" => Self::Cpp,
            "python" | "python3" | "py" | "py3" => Self::Python,
            "rust" | "rs" => Self::Rust,
            "go" | "golang" => Self::Go,
            "wasm" | "wat" => Self::Wasm,
            _ => {
                return Err(UnknownLanguage {
                    name: name.chars().take(64).collect(),
                });
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_and_ending_reads_back() {
        for language in Language::ALL {
            assert_eq!(language.name().parse(), Ok(language));
            let path = format!("a.{}", language.extension());
            assert_eq!(Language::from_path(Path::new(&path)), Some(language));
        }
    }

    #[test]
    fn an_unknown_name_is_quoted() {
        let error = "brainfuck"
            .parse::<Language>()
            .expect_err("no such language");
        assert_eq!(
            error.to_string(),
            "unknown language `brainfuck`: expected one of c, cpp, python, rust, go, wasm"
        );
    }

    #[test]
    fn endings_of_other_files_are_no_language() {
        for path in ["a.txt", "Makefile", "a.java", ".cpp"] {
            assert_eq!(Language::from_path(Path::new(path)), None, "{path}");
        }
    }
}
