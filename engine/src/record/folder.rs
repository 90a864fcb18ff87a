//! The run folder and its small files.

use std::path::{Component, Path, PathBuf};

use riddle_problems::Task;
use riddle_sandbox::{Digest, Sandbox};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    EngineError, LoadedProblem, Report, Sampler, SamplerConfig, SearchConfig, Timings,
    score::private_digest,
};

/// The version of a run folder's layout and files. Readers refuse a newer one.
pub const FORMAT_VERSION: u32 = 1;

/// What a run was: everything needed to do it again, or to go on with it. It is `manifest.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunManifest {
    /// The version of the run folder's files: [`FORMAT_VERSION`].
    pub format_version: u32,
    /// The version of Riddle that wrote it.
    pub riddle_version: String,
    /// The settings of the search.
    pub config: SearchConfig,
    /// The sampler's name.
    pub sampler: String,
    /// How to open the sampler again; none for a sampler of the user's own. Holds no key.
    #[serde(default)]
    pub sampler_config: Option<SamplerConfig>,
    /// Worker threads.
    pub n_workers: usize,
    /// Digest of each language's toolchain, by language.
    pub toolchains: Vec<(String, Digest)>,
    /// Digest of what shapes every execution besides program, input and limits
    /// ([`Sandbox::identity`](riddle_sandbox::Sandbox::identity)); manifests of older versions have none.
    #[serde(default)]
    pub sandbox: Option<Digest>,
    /// The seed of what guests saw as randomness; manifests of older versions have none.
    #[serde(default)]
    pub sandbox_seed: Option<u64>,
    pub(crate) problems: Vec<TaskManifest>,
    /// The run folder that it was read from.
    #[serde(skip)]
    folder: PathBuf,
}

impl RunManifest {
    pub(crate) fn new(
        config: SearchConfig,
        sampler: &dyn Sampler,
        n_workers: usize,
        toolchains: Vec<(String, Digest)>,
        sandbox: &Sandbox,
        problems: Vec<TaskManifest>,
    ) -> Self {
        Self {
            sandbox: Some(sandbox.identity()),
            sandbox_seed: Some(sandbox.options().seed),
            format_version: FORMAT_VERSION,
            riddle_version: env!("CARGO_PKG_VERSION").to_owned(),
            config,
            sampler: sampler.name().to_owned(),
            sampler_config: sampler.config(),
            n_workers,
            toolchains,
            problems,
            folder: PathBuf::new(),
        }
    }

    /// Reads the manifest of a run folder as it is written: paths are as seen from that folder.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder is no run, or is of a newer version.
    pub fn read_as_written(folder: &Path) -> Result<Self, EngineError> {
        read_json(folder, "manifest.json")
    }

    /// Reads the manifest of a run folder.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder is no run, or is of a newer version.
    pub fn read(folder: &Path) -> Result<Self, EngineError> {
        let mut manifest = Self::read_as_written(folder)?;
        if let Some(config) = &mut manifest.sampler_config {
            config.map_paths(|path| folder.join(path));
        }
        folder.clone_into(&mut manifest.folder);
        Ok(manifest)
    }

    /// Returns where the problems were loaded from and how; none for those that came from no folder.
    pub fn problems(&self) -> impl Iterator<Item = (&str, Option<ProblemOrigin>)> {
        self.problems.iter().map(|it| {
            let origin = it.origin.clone().map(|origin| ProblemOrigin {
                folder: self.folder.join(&origin.folder),
                ..origin
            });
            (&*it.problem, origin)
        })
    }
}

/// What a problem was.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct TaskManifest {
    pub(crate) problem: String,
    pub(crate) format: String,
    /// Where it was loaded from, as seen from the run folder.
    #[serde(default)]
    pub(crate) origin: Option<ProblemOrigin>,
    /// Digest of title, statement, limits, checker and public tests.
    pub(crate) digest: Digest,
    pub(crate) n_public_tests: usize,
    pub(crate) n_private_tests: usize,
    /// Digest of the private tests; manifests of older versions have none.
    #[serde(default)]
    pub(crate) private_digest: Option<Digest>,
}

impl TaskManifest {
    pub(crate) fn of(problem: &LoadedProblem, folder: &RunFolder) -> Self {
        let task = &problem.task;
        Self {
            problem: task.id.clone(),
            format: task.format.to_string(),
            origin: problem.origin.clone().map(|origin| ProblemOrigin {
                folder: folder.seen(&origin.folder),
                ..origin
            }),
            digest: task_digest(task),
            n_public_tests: task.public_tests.len(),
            n_private_tests: problem.private.len(),
            private_digest: Some(private_digest(&problem.private)),
        }
    }
}

/// Returns the digest of title, statement, limits, checker and public tests.
pub(crate) fn task_digest(task: &Task) -> Digest {
    let limits = serde_json::to_vec(&task.limits).expect("limits are plain data");
    let checker = task.checker.to_string();
    let [title, statement] = [&task.title, &task.statement].map(|it| it.as_deref().unwrap_or(""));
    let mut parts: Vec<&[u8]> = vec![&limits, checker.as_bytes()];
    parts.extend([title.as_bytes(), statement.as_bytes()]);
    for test in &task.public_tests {
        parts.extend([test.name.as_bytes(), &*test.input, &*test.answer]);
    }
    Digest::of_parts("riddle 2026-11-24 task", &parts)
}

/// Where a problem was loaded from, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemOrigin {
    /// The folder.
    pub folder: PathBuf,
    /// The format that was asked for; none where the folder's look decided.
    pub forced_format: Option<String>,
    /// Tests to take as public where the folder does not divide them.
    pub n_public: usize,
}

/// Returns `path` as seen from `folder`; both must exist. Where they have nothing in common, or one
/// cannot be looked at, it is `path` as it is.
fn seen_from(folder: &Path, path: &Path) -> PathBuf {
    let (Ok(folder), Ok(target)) = (fs_err::canonicalize(folder), fs_err::canonicalize(path))
    else {
        return path.to_owned();
    };
    let n_common = (folder.components().zip(target.components()))
        .take_while(|(a, b)| a == b)
        .count();
    let up = std::iter::repeat_n(Component::ParentDir, folder.components().count() - n_common);
    up.chain(target.components().skip(n_common)).collect()
}

/// Reads one of a run folder's files.
fn read_json<T: DeserializeOwned>(folder: &Path, name: &str) -> Result<T, EngineError> {
    let not_a_run = |reason: String| EngineError::NotARun {
        path: folder.to_owned(),
        reason,
    };
    let read =
        |name: &str| fs_err::read(folder.join(name)).map_err(|error| not_a_run(error.to_string()));
    let broken = |name: &str, error: serde_json::Error| not_a_run(format!("`{name}`: {error}"));

    let version: Version = serde_json::from_slice(&read("manifest.json")?)
        .map_err(|error| broken("manifest.json", error))?;
    if version.format_version > FORMAT_VERSION {
        return Err(not_a_run(format!(
            "its format is version {}: this Riddle knows {FORMAT_VERSION}",
            version.format_version
        )));
    }
    serde_json::from_slice(&read(name)?).map_err(|error| broken(name, error))
}

/// The part of a manifest that every version has.
#[derive(Deserialize)]
struct Version {
    format_version: u32,
}

/// A run folder, being filled.
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

    /// Takes the folder of a run that was cut short.
    pub(crate) fn reopen(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    /// Returns a path as seen from this folder.
    pub(crate) fn seen(&self, path: &Path) -> PathBuf {
        seen_from(&self.path, path)
    }

    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Removes a folder and all that is in it, if it is there.
    pub(crate) fn clear(&self, name: &str) -> Result<(), EngineError> {
        match fs_err::remove_dir_all(self.join(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(EngineError::io(format!("clear `{name}`"), error))
            }
            _ => Ok(()),
        }
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
        let report = read_json(path, "report.json")?;
        let timings = if path.join("timings.json").exists() {
            Some(read_json(path, "timings.json")?)
        } else {
            None
        };
        Ok(Self { report, timings })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_told_as_seen_from_the_run() {
        let root = tempfile::tempdir().unwrap();
        let (run, problem) = (root.path().join("runs/1"), root.path().join("p/even"));
        fs_err::create_dir_all(&run).unwrap();
        fs_err::create_dir_all(&problem).unwrap();
        let seen = seen_from(&run, &problem);
        assert_eq!(seen, Path::new("../../p/even"));
        assert!(run.join(seen).is_dir());
        let gone = root.path().join("gone");
        assert_eq!(seen_from(&run, &gone), gone);
    }
}
