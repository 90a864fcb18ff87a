//! The way in: which reader a folder is for, and what they all share.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::tree::Tree;
use super::{folder, kattis, polygon};
use crate::Problem;
use crate::error::LoadError;

/// The most that is read of `problem.toml`, `problem.yaml`, or a statement: 1 MiB.
pub const MAX_CONFIG_BYTES: u64 = 1 << 20;
/// The most that is read of `problem.json`, which may hold tests: 64 MiB.
pub const MAX_JSON_BYTES: u64 = 64 << 20;

/// The most groups that the tests of one problem may be in.
pub const MAX_GROUPS: usize = 1_000;

/// The formats that we read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Format {
    /// Our own: a folder with `tests`, and perhaps `problem.toml`, `problem.json`, `statement.md`.
    #[default]
    Folder,
    /// A Kattis or ICPC problem package: legacy, legacy-icpc, or 2025-09.
    Kattis,
    /// A Polygon package: `problem.xml` and what it names.
    Polygon,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Folder => "folder",
            Self::Kattis => "kattis",
            Self::Polygon => "polygon",
        })
    }
}

/// A word that names no format.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("unknown format `{0}`: expected `folder`, `kattis` or `polygon`")]
pub struct UnknownFormat(String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(word: &str) -> Result<Self, UnknownFormat> {
        match word {
            "folder" => Ok(Self::Folder),
            "kattis" => Ok(Self::Kattis),
            "polygon" => Ok(Self::Polygon),
            _ => Err(UnknownFormat(word.to_owned())),
        }
    }
}

/// How to read a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoadOptions {
    /// The format. Default: `None`, which looks at the folder: with `problem.yaml`, `data/sample`
    /// or `data/secret` it is a Kattis package, with `problem.xml` a Polygon package, otherwise our
    /// own format.
    pub format: Option<Format>,
    /// How many tests are public where `tests` is flat, in byte order of path; at least 1 is taken.
    /// Default: 1.
    pub n_public: usize,
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self {
            format: None,
            n_public: 1,
        }
    }
}

/// Reads a problem from its folder.
///
/// Our own format is read strictly, since who wrote it can mend it: a test without an answer, an
/// answer without an input, or no public test is an error. A package is somebody else's: an
/// incomplete test is left out and missing sample data is borne, each with a warning.
///
/// A problem that cannot be judged here is loaded all the same: [`Problem::needs`] says what it lacks.
///
/// # Errors
///
/// Returns an error that names the file if the folder is no problem, cannot be read, exceeds one of
/// the [`read_bounds`](crate::read_bounds), or has a version that is not known.
///
/// # Examples
///
/// ```no_run
/// use std::path::Path;
///
/// let problem = riddle_problems::load(Path::new("two-sum"), &Default::default())?;
/// println!("{}: {} public tests", problem.task.id, problem.task.public_tests.len());
/// # Ok::<(), riddle_problems::LoadError>(())
/// ```
pub fn load(folder: &Path, options: &LoadOptions) -> Result<Problem, LoadError> {
    let tree = Tree::open(folder)?;
    match options.format.unwrap_or_else(|| detect(&tree)) {
        Format::Folder => folder::load(&tree, options.n_public.max(1)),
        Format::Kattis => kattis::load(&tree),
        Format::Polygon => polygon::load(&tree),
    }
}

pub(super) fn detect(tree: &Tree) -> Format {
    let is_package = tree.has_file("problem.yaml")
        || tree.has_folder("data/sample")
        || tree.has_folder("data/secret");
    if is_package {
        Format::Kattis
    } else if tree.has_file(polygon::FILE) {
        Format::Polygon
    } else {
        Format::Folder
    }
}
