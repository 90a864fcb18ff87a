//! The Python environment that holds the pinned wheels.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use super::{
    install::SetupError,
    layout::{self, REQUIREMENTS},
    process::run,
};

/// The oldest Python that the tools run on.
const MIN_PYTHON: (u32, u32) = (3, 11);

/// The Python that makes the environment.
#[derive(Debug)]
pub(super) struct HostPython {
    pub(super) version: String,
}

/// Finds the machine's Python, and says what to install if it will not do.
pub(super) fn host_python() -> Result<HostPython, SetupError> {
    const PROBE: &str = "import sys, venv, ensurepip; print('%d.%d.%d' % sys.version_info[:3])";
    let version = run(
        "look at the machine's Python",
        Command::new("python3").args(["-c", PROBE]),
    )
    .map_err(|error| SetupError::Missing {
        what: format!(
            "Python {}.{} or newer with venv and pip",
            MIN_PYTHON.0, MIN_PYTHON.1
        ),
        install: "apt-get install python3 python3-venv python3-pip",
        why: error.to_string(),
    })?;
    let version = version.trim().to_owned();
    let mut numbers = version.split('.').map(|it| it.parse::<u32>().unwrap_or(0));
    let found = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if found < MIN_PYTHON {
        return Err(SetupError::Missing {
            what: format!("Python {}.{} or newer", MIN_PYTHON.0, MIN_PYTHON.1),
            install: "apt-get install python3 python3-venv python3-pip",
            why: format!("`python3` is {version}"),
        });
    }
    Ok(HostPython { version })
}

/// Makes the environment in `folder` and installs the wheels into it, from `wheels` if given.
pub(super) fn build(folder: &Path, wheels: Option<&Path>) -> Result<(), SetupError> {
    host_python()?;
    if folder.exists() {
        // Left behind by an installation that was cut short.
        fs_err::remove_dir_all(folder).map_err(SetupError::Io)?;
    }
    run(
        "make a Python environment",
        Command::new("python3").args(["-m", "venv"]).arg(folder),
    )?;
    let requirements = folder.join("requirements.txt");
    fs_err::write(&requirements, REQUIREMENTS).map_err(SetupError::Io)?;
    let mut pip = Command::new(python(folder));
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ])
    .args([
        "--no-deps",
        "--only-binary",
        ":all:",
        "--require-hashes",
        "-r",
    ])
    .arg(&requirements);
    if let Some(wheels) = wheels {
        pip.args(["--no-index", "--find-links"]).arg(wheels);
    }
    run("install the pinned wheels", &mut pip)?;
    layout::mark_complete(folder).map_err(SetupError::Io)
}

/// The environment's interpreter.
pub(super) fn python(venv: &Path) -> PathBuf {
    venv.join("bin").join("python")
}

/// The `zig` program inside the environment, which carries its `lib` folder beside it.
pub(super) fn zig(venv: &Path) -> Result<PathBuf, SetupError> {
    let lib = venv.join("lib");
    for entry in fs_err::read_dir(&lib).map_err(SetupError::Io)? {
        let zig = entry
            .map_err(SetupError::Io)?
            .path()
            .join("site-packages/ziglang/zig");
        if zig.is_file() {
            return Ok(zig);
        }
    }
    Err(SetupError::Incomplete {
        what: format!("`{}` holds no ziglang package", lib.display()),
    })
}
