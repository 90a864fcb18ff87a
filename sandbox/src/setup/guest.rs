//! Building the Python guest: CPython for WASI, our small program, one snapshot.

use std::{path::Path, process::Command};

use serde::{Deserialize, Serialize};

use super::{install::SetupError, layout, process::run, venv};
use crate::Digest;

/// The guest's program.
pub(super) const SOURCE: &str = include_str!("../../guest/python/guest.py");
/// The guest's interface.
pub(super) const WIT: &str = include_str!("../../guest/python/guest.wit");

/// The component's file.
const COMPONENT: &str = "guest.wasm";
/// The manifest's file.
const MANIFEST: &str = "manifest.json";

/// What was built.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct GuestManifest {
    /// Digest of the component, which every Python artifact's key contains.
    pub(crate) digest: Digest,
    /// Size of the component, in bytes.
    pub(crate) bytes: u64,
}

impl GuestManifest {
    /// Reads the component, and checks that it is the one that was built.
    pub(crate) fn read(folder: &Path) -> Result<(Self, Vec<u8>), String> {
        let read = |name: &str| fs_err::read(folder.join(name)).map_err(|error| error.to_string());
        let manifest: Self = serde_json::from_slice(&read(MANIFEST)?)
            .map_err(|error| format!("`{MANIFEST}` is broken: {error}"))?;
        let component = read(COMPONENT)?;
        if Digest::of(&component) != manifest.digest {
            return Err(format!("`{COMPONENT}` is not the file that was built"));
        }
        Ok((manifest, component))
    }
}

/// Builds the guest into `folder` with the componentize-py of `venv`.
pub(super) fn build(venv: &Path, folder: &Path) -> Result<(), SetupError> {
    /// The wheel's own entry point, called without the script whose path an environment fixes.
    const ENTRY: &str = "import sys; from componentize_py import script; sys.exit(script())";

    let work = tempfile::tempdir().map_err(SetupError::Io)?;
    let wit = work.path().join("guest.wit");
    let component = folder.join(COMPONENT);
    fs_err::write(&wit, WIT).map_err(SetupError::Io)?;
    fs_err::write(work.path().join("guest.py"), SOURCE).map_err(SetupError::Io)?;
    run(
        "snapshot the Python guest",
        Command::new(venv::python(venv))
            .current_dir(work.path())
            .env_clear()
            .env("PYTHONHASHSEED", "0")
            .args([
                "-c",
                ENTRY,
                "-d",
                "guest.wit",
                "-w",
                "guest",
                "componentize",
                "guest",
                "-o",
            ])
            .arg(&component),
    )?;
    let bytes = fs_err::read(&component).map_err(SetupError::Io)?;
    let manifest = GuestManifest {
        digest: Digest::of(&bytes),
        bytes: bytes.len() as u64,
    };
    let text = serde_json::to_vec_pretty(&manifest).expect("a manifest is plain data");
    fs_err::write(folder.join(MANIFEST), text).map_err(SetupError::Io)?;
    layout::mark_complete(folder).map_err(SetupError::Io)
}
