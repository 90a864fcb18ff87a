//! The run folder and its small files.

use std::path::{Path, PathBuf};

use riddle_sandbox::Digest;
use serde::{Deserialize, Serialize};

use crate::{EngineError, Report, SearchConfig, Timings};

/// The version of a run folder's layout and files. Readers refuse a newer one.
pub const FORMAT_VERSION: u32 = 1;

/// What a run was: everything needed to do it again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) format_version: u32,
    pub(crate) riddle_version: String,
    pub(crate) config: SearchConfig,
    pub(crate) sampler: String,
    pub(crate) n_workers: usize,
    /// Digest of each language's toolchain, by language.
    pub(crate) toolchains: Vec<(String, Digest)>,
    pub(crate) problems: Vec<TaskManifest>,
}

/// What a problem was.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct TaskManifest {
    pub(crate) problem: String,
    pub(crate) format: String,
    /// Digest of limits, checker and public tests.
    pub(crate) digest: Digest,
    pub(crate) n_public_tests: usize,
    pub(crate) n_private_tests: usize,
}

/// The part of a manifest that every version has.
#[derive(Deserialize)]
struct Version {
    format_version: u32,
}

/// A new run folder, being filled.
#[derive(Debug)]
pub(crate) struct RunFolder {
    path: PathBuf,
}

impl RunFolder {
    /// Makes the folder, or takes one that is empty.
    pub(crate) fn create(path: &Path) -> Result<Self, EngineError> {
        let fault = |error| EngineError::io("make the run folder", error);
        fs_err::create_dir_all(path).map_err(fault)?;
        if fs_err::read_dir(path).map_err(fault)?.next().is_some() {
            return Err(EngineError::RunFolderInUse {
                path: path.to_owned(),
            });
        }
        Ok(Self {
            path: path.to_owned(),
        })
    }

    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Writes a file whole or not at all.
    pub(crate) fn write(&self, name: &str, content: &[u8]) -> Result<(), EngineError> {
        let path = self.join(name);
        let fault = |error| EngineError::io(format!("write `{name}`"), error);
        let folder = path.parent().expect("a file is in a folder");
        fs_err::create_dir_all(folder).map_err(fault)?;
        let aside = path.with_file_name(format!(
            ".{}.partial",
            path.file_name().unwrap_or_default().to_string_lossy()
        ));
        fs_err::write(&aside, content).map_err(fault)?;
        fs_err::rename(&aside, &path).map_err(fault)
    }

    pub(crate) fn write_json(
        &self,
        name: &str,
        content: &impl Serialize,
    ) -> Result<(), EngineError> {
        let mut text = serde_json::to_vec_pretty(content).expect("our files are plain data");
        text.push(b'\n');
        self.write(name, &text)
    }
}

/// The readable files of a finished run.
#[derive(Debug)]
pub struct RunFiles {
    /// The answer.
    pub report: Report,
    /// What it took, if it was written.
    pub timings: Option<Timings>,
}

impl RunFiles {
    /// Reads a run folder.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder is no run, is of a newer version, or is not finished.
    pub fn read(path: &Path) -> Result<Self, EngineError> {
        let not_a_run = |reason: String| EngineError::NotARun {
            path: path.to_owned(),
            reason,
        };
        let read = |name: &str| {
            fs_err::read(path.join(name)).map_err(|error| not_a_run(error.to_string()))
        };
        let broken = |name: &str, error: serde_json::Error| not_a_run(format!("`{name}`: {error}"));

        let version: Version = serde_json::from_slice(&read("manifest.json")?)
            .map_err(|error| broken("manifest.json", error))?;
        if version.format_version > FORMAT_VERSION {
            return Err(not_a_run(format!(
                "its format is version {}: this Riddle knows {FORMAT_VERSION}",
                version.format_version
            )));
        }
        let report = serde_json::from_slice(&read("report.json")?)
            .map_err(|error| broken("report.json", error))?;
        let timings = match fs_err::read(path.join("timings.json")) {
            Ok(text) => {
                Some(serde_json::from_slice(&text).map_err(|error| broken("timings.json", error))?)
            }
            Err(_) => None,
        };
        Ok(Self { report, timings })
    }
}
