//! Building the Python guest: CPython and our small program, one module, one snapshot.
//!
//! ```text
//! guest.c, heap.c, C library ─► static module ─┐
//! CPython's shared object ─────────────────────┴► joined ─► freeze: the library's sources to code
//!                                                        └► initialise: imports, then the memory as it is ─► guest.wasm
//! ```
//!
//! Each step is a pure function of the wheels and of our sources: no clock, no randomness, no file and no
//! environment is seen, so that the module is the same on every machine.

use std::{collections::BTreeMap, path::Path, process::Command};

use serde::{Deserialize, Serialize};

use super::{
    cpython::{self, Cpython},
    install::SetupError,
    layout,
    process::run,
    recipe::{self, OVERLAY_FILE, SYSROOT},
};
use crate::{
    Digest, Metering, SandboxError,
    link::{self, PAGE_BYTES},
    runtime::{EngineKind, ModuleRuntime},
};

/// The guest's own program.
const PROGRAM: &str = include_str!("../../guest/python/guest.c");
/// Its heap, which stands before the C library's.
const HEAP: &str = include_str!("../../guest/python/heap.c");
const LARGE_HEAP: &str = include_str!("../../support/malloc.c");
/// The sources of the static module, those first that are compiled.
const FILES: [(&str, &str); 3] = [
    ("guest.c", PROGRAM),
    ("heap.c", HEAP),
    ("malloc.c", LARGE_HEAP),
];
const OBJECTS: [&str; 2] = ["guest", "heap"];
/// Functions of CPython in whose place ours are called.
const REPLACED: &[&str] = &[
    "PyErr_CheckSignals",
    "PyMem_Calloc",
    "PyMem_Free",
    "PyMem_Malloc",
    "PyMem_RawCalloc",
    "PyMem_RawFree",
    "PyMem_RawMalloc",
    "PyMem_RawRealloc",
    "PyMem_Realloc",
    "PyObject_Calloc",
    "PyObject_Free",
    "PyObject_Malloc",
    "PyObject_Realloc",
];
/// Modules of our own: what is done in Python around a candidate, and what stands for modules that WASI lacks.
const MODULES: &[(&str, &str)] = &[
    (
        "riddle_guest.py",
        include_str!("../../guest/python/guest.py"),
    ),
    (
        "resource.py",
        include_str!("../../guest/python/resource.py"),
    ),
];

/// The text that names the recipe, apart from the C library's.
pub(super) const RECIPE: &[&str] = &[
    PROGRAM,
    HEAP,
    LARGE_HEAP,
    MODULES[0].1,
    MODULES[1].1,
    cpython::REQUIREMENT,
    link::SOURCES,
    include_str!("../link/join/mod.rs"),
    include_str!("../link/join/part.rs"),
    include_str!("../link/join/inline.rs"),
    include_str!("cpython.rs"),
    include_str!("guest.rs"),
];

/// The module's file.
const WASM: &str = "guest.wasm";
/// The manifest's file.
const MANIFEST: &str = "manifest.json";

/// Libraries of the static module, below the sysroot's `lib`.
const LIBRARIES: &[&str] = &["libsupport.a", "libc.a", "libzigc.a", "libcompiler_rt.a"];
/// The variable that points at the frozen modules.
const FROZEN: &str = "PyImport_FrozenModules";

/// What was built.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct GuestManifest {
    /// Digest of the module, which every Python artifact's key contains.
    pub(crate) digest: Digest,
    /// Size of the module, in bytes.
    pub(crate) bytes: u64,
}

impl GuestManifest {
    /// Reads the module, and checks that it is the one that was built.
    pub(crate) fn read(folder: &Path) -> Result<(Self, Vec<u8>), String> {
        let read = |name: &str| fs_err::read(folder.join(name)).map_err(|error| error.to_string());
        let manifest: Self = serde_json::from_slice(&read(MANIFEST)?)
            .map_err(|error| format!("`{MANIFEST}` is broken: {error}"))?;
        let wasm = read(WASM)?;
        if Digest::of(&wasm) != manifest.digest {
            return Err(format!("`{WASM}` is not the file that was built"));
        }
        Ok((manifest, wasm))
    }
}

/// Builds the guest into `folder` with the C library of `sysroot` and the compiler `zig`.
pub(super) fn build(
    zig: &Path,
    sysroot: &Path,
    cpython: &Cpython,
    folder: &Path,
    progress: &dyn Fn(&str),
) -> Result<(), SetupError> {
    let needs = link::needs(&cpython.interpreter).map_err(|error| incomplete(&error))?;
    let memory_base = u32::try_from(recipe::STACK_BYTES)
        .map_err(|error| incomplete(&error))?
        .next_multiple_of(needs.alignment);
    let base = static_module(
        zig,
        sysroot,
        memory_base + needs.memory_bytes.next_multiple_of(PAGE_BYTES),
        &needs.names,
    )?;
    let joined = link::join(&base, &cpython.interpreter, memory_base, REPLACED)
        .map_err(|error| incomplete(&error))?;
    let frozen_at = joined
        .variable(FROZEN)
        .ok_or_else(|| incomplete(&format!("CPython has no `{FROZEN}`")))?;

    progress("snapshotting the Python guest (about half a minute)");
    let wasm = snapshot(&joined.wasm, frozen_at, cpython).map_err(|error| incomplete(&error))?;
    fs_err::write(folder.join(WASM), &wasm).map_err(SetupError::Io)?;
    let manifest = GuestManifest {
        digest: Digest::of(&wasm),
        bytes: wasm.len() as u64,
    };
    let text = serde_json::to_vec_pretty(&manifest).expect("a manifest is plain data");
    fs_err::write(folder.join(MANIFEST), text).map_err(SetupError::Io)?;
    layout::mark_complete(folder).map_err(SetupError::Io)
}

/// Compiles our program and links it with the C library, of which `exports` are kept.
fn static_module(
    zig: &Path,
    sysroot: &Path,
    data_start: u32,
    exports: &[String],
) -> Result<Vec<u8>, SetupError> {
    let work = tempfile::tempdir().map_err(SetupError::Io)?;
    let source = work.path().join("source");
    let overlay = recipe::overlay(&[(SYSROOT, sysroot), (recipe::SOURCE, &source)]);
    fs_err::create_dir(&source)
        .and_then(|()| fs_err::write(work.path().join(OVERLAY_FILE), overlay))
        .and_then(|()| {
            let mut files = FILES.iter();
            files.try_for_each(|(name, text)| fs_err::write(source.join(name), text))
        })
        .map_err(SetupError::Io)?;
    let zig = || {
        let mut command = Command::new(zig);
        command.env_clear().current_dir(work.path());
        command
    };
    for name in OBJECTS {
        run(
            "compile the Python guest's program",
            zig()
                .args(recipe::COMMON)
                .args(recipe::C)
                .args(["-w", "-emit-obj", "-o", &format!("{name}.o")])
                .arg(format!("{}/{name}.c", recipe::SOURCE)),
        )?;
    }
    let libraries = LIBRARIES.iter().map(|it| sysroot.join("lib").join(it));
    run(
        "link the Python guest's program",
        zig()
            .args(recipe::LINK)
            .args(["--no-entry", "--import-undefined"])
            .arg(format!("--global-base={data_start}"))
            // Of what the C library defines too, ours counts.
            .args(["--allow-multiple-definition", "--export=__wasm_call_ctors"])
            .args(exports.iter().map(|it| format!("--export={it}")))
            .args(REPLACED.iter().map(|it| format!("--export={it}")))
            .args(OBJECTS.map(|it| format!("{it}.o")))
            .args(libraries)
            .args(["-o", "guest.wasm"]),
    )?;
    fs_err::read(work.path().join("guest.wasm")).map_err(SetupError::Io)
}

/// Compiles the standard library, starts the interpreter, and makes the module as it is then.
fn snapshot(joined: &[u8], frozen_at: u32, cpython: &Cpython) -> Result<Vec<u8>, SandboxError> {
    const START: [(&str, Option<u32>); 4] = [
        (link::START, None),
        ("__wasm_apply_data_relocs", None),
        ("__wasm_call_ctors", None),
        ("_initialize", None),
    ];
    let runtime = ModuleRuntime::new(EngineKind::Guest, Metering::default(), 1)?;
    let module = runtime.rehearsal(joined)?;
    let mut freeze = START.to_vec();
    freeze.push(("freeze", None));
    let frozen = module
        .run(&freeze, modules(&cpython.sources).into())?
        .stdout;
    let mut initialise = START.to_vec();
    initialise.push(("initialise", Some(frozen_at)));
    let memory = module.run(&initialise, frozen.into())?.memory;
    let snapshot = link::Snapshot {
        memory: &memory,
        room_bytes: 0,
    };
    link::image(joined, &snapshot).map_err(|error| SandboxError::Runtime {
        action: "snapshot the Python guest".to_owned(),
        source: error.into(),
    })
}

/// Writes sources as the guest's `freeze` reads them: name, whether it is a package, source.
fn modules(sources: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    fn text(bytes: &[u8], to: &mut Vec<u8>) {
        to.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
        to.extend(bytes);
        to.push(0);
    }
    let mut modules = Vec::new();
    let library = sources.iter().map(|(path, source)| (&**path, &**source));
    let own = MODULES
        .iter()
        .map(|(path, source)| (*path, source.as_bytes()));
    for (path, source) in library.chain(own) {
        let name = path.trim_end_matches(".py").replace('/', ".");
        let package = name.strip_suffix(".__init__");
        text(package.unwrap_or(&name).as_bytes(), &mut modules);
        modules.extend(u32::from(package.is_some()).to_le_bytes());
        text(source, &mut modules);
    }
    modules
}

fn incomplete(what: &dyn std::fmt::Display) -> SetupError {
    SetupError::Incomplete {
        what: what.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Layout, default_cache, venv},
        *,
    };

    #[test]
    #[ignore = "fetches a wheel, and takes a minute"]
    fn a_guest_that_is_built_again_elsewhere_is_the_same_to_the_byte() {
        let layout = Layout::new(&default_cache().expect("a cache that `riddle setup` filled"));
        let (installed, _) = GuestManifest::read(&layout.guest()).expect("the guest is installed");
        let cpython = Cpython::fetch(&layout.venv(), None).expect("the wheel can be had");
        let zig = venv::zig(&layout.venv()).expect("the compiler is installed");
        let folder = tempfile::tempdir().expect("a folder can be made");
        build(&zig, &layout.sysroot(), &cpython, folder.path(), &|_| {}).expect("it can be built");
        let (again, _) = GuestManifest::read(folder.path()).expect("it was built");
        assert_eq!(again.digest, installed.digest);
    }
}
