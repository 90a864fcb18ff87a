//! `riddle doctor`: what is there, what is missing, and what to do about it.
//!
//! Looks only; changes nothing.

use std::{path::Path, process::Command};

use serde::Serialize;

use super::{GoManifest, GuestManifest, Layout, RustManifest, layout, process::run, venv};

/// How one check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// All is well.
    Ok,
    /// It works, but something could be better.
    Warning,
    /// Something does not work without it.
    Missing,
}

/// One thing that was looked at.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// What was looked at.
    pub name: &'static str,
    /// How it came out.
    pub state: CheckState,
    /// What was found.
    pub detail: String,
    /// What to do, if anything.
    pub fix: Option<String>,
}

impl Check {
    fn ok(name: &'static str, detail: impl Into<String>) -> Self {
        Self {
            name,
            state: CheckState::Ok,
            detail: detail.into(),
            fix: None,
        }
    }

    fn not_ok(name: &'static str, state: CheckState, detail: impl Into<String>, fix: &str) -> Self {
        Self {
            name,
            state,
            detail: detail.into(),
            fix: Some(fix.to_owned()),
        }
    }
}

/// Looks at the machine and at the toolchains below `cache`.
pub fn doctor(cache: &Path) -> Vec<Check> {
    let layout = Layout::new(cache);
    vec![
        cache_folder(cache),
        host_python(),
        compiler("C compiler", "cc", "apt-get install gcc"),
        compiler("C++ compiler", "c++", "apt-get install g++"),
        confinement(),
        page_map(),
        toolchain("C and C++", &layout.sysroot(), |folder| {
            super::SysrootManifest::read(folder).map(|it| it.describe())
        }),
        toolchain("Python", &layout.guest(), |folder| {
            GuestManifest::read(folder)
                .map(|(it, _)| format!("guest {}", &it.digest.to_string()[..12]))
        }),
        toolchain("Rust", &layout.rust(), |folder| {
            RustManifest::read(folder).map(|it| it.describe())
        }),
        toolchain("Go", &layout.go(), |folder| {
            GoManifest::read(folder).map(|it| it.describe())
        }),
    ]
}

fn cache_folder(cache: &Path) -> Check {
    const NAME: &str = "cache folder";
    let probe = fs_err::create_dir_all(cache).and_then(|()| tempfile::tempfile_in(cache));
    match probe {
        Ok(_) => Check::ok(NAME, cache.display().to_string()),
        Err(error) => Check::not_ok(
            NAME,
            CheckState::Missing,
            error.to_string(),
            "set RIDDLE_CACHE to a folder that can be written to",
        ),
    }
}

fn host_python() -> Check {
    const NAME: &str = "Python (for setup)";
    match venv::host_python() {
        Ok(python) => Check::ok(NAME, python.version),
        Err(error) => Check::not_ok(
            NAME,
            CheckState::Missing,
            error.to_string(),
            error.hint().unwrap_or_default(),
        ),
    }
}

fn compiler(name: &'static str, program: &str, install: &str) -> Check {
    match run("ask for a version", Command::new(program).arg("--version")) {
        Ok(text) => Check::ok(name, text.lines().next().unwrap_or_default()),
        Err(error) => Check::not_ok(
            name,
            CheckState::Warning,
            format!("{error} (needed to build Riddle, not to run it)"),
            install,
        ),
    }
}

fn confinement() -> Check {
    const NAME: &str = "Landlock";
    match crate::confine::landlock_abi() {
        Some(abi) => Check::ok(NAME, format!("ABI {abi}")),
        None => Check::not_ok(
            NAME,
            CheckState::Missing,
            "the kernel has none, so compilers of C, C++, Rust and Go cannot be confined",
            "use a kernel with Landlock (5.13), or pass `--unconfined` for sources you trust",
        ),
    }
}

fn page_map() -> Check {
    const NAME: &str = "PAGEMAP_SCAN";
    if crate::runtime::pagemap_scan_available() {
        Check::ok(
            NAME,
            "available: used memory stays mapped between executions",
        )
    } else {
        Check::not_ok(
            NAME,
            CheckState::Warning,
            "the kernel has none, so each execution costs some 15 µs more",
            "use Linux 6.7 or newer for the highest rates",
        )
    }
}

fn toolchain(
    name: &'static str,
    folder: &Path,
    read: impl FnOnce(&Path) -> Result<String, String>,
) -> Check {
    const FIX: &str = "run `riddle setup`";
    if !layout::is_complete(folder) {
        return Check::not_ok(name, CheckState::Missing, "not installed", FIX);
    }
    match read(folder) {
        Ok(detail) => Check::ok(name, detail),
        Err(error) => Check::not_ok(
            name,
            CheckState::Missing,
            error,
            "run `riddle setup --force`",
        ),
    }
}
