//! Opening the runtime that C and C++ candidates share: what setup linked, initialised and compiled once.
//!
//! The machine code is kept in the artifact store under all that shaped it. Two processes that need it at
//! once make it once: the second waits on a lock.

use std::{path::Path, sync::Arc};

use crate::{
    Digest, SandboxError,
    link::{self, LinkError, PAGE_BYTES},
    runtime::{ModuleRuntime, SharedRuntime},
    setup::{Layout, SysrootManifest, recipe},
    store::Store,
};

/// Memory that each instance has for its candidate's variables without growing, in bytes.
const ROOM_BYTES: u32 = 1 << 20;

/// The runtime: what the linker knows of it, and what is instantiated.
pub(crate) struct Shared {
    pub(crate) index: Arc<link::Runtime>,
    pub(crate) runtime: Arc<SharedRuntime>,
    /// Digest of all that shaped it: a candidate's module means something only together with it.
    pub(crate) digest: Digest,
}

impl Shared {
    /// Loads the runtime, compiling it on first use (some seconds). The folder must be complete.
    pub(crate) fn open(
        layout: &Layout,
        store: &Store,
        modules: &ModuleRuntime,
        engine_hash: &str,
    ) -> Result<Self, SandboxError> {
        let folder = layout.sysroot();
        let bad = |reason: String| SandboxError::BadToolchain {
            path: folder.clone(),
            reason,
        };
        let manifest = SysrootManifest::read(&folder).map_err(bad)?;
        let wasm = fs_err::read(folder.join("lib").join(recipe::RUNTIME))
            .map_err(|error| bad(error.to_string()))?;
        let key = Digest::of_parts(
            "riddle 2026-11-24 shared runtime",
            &[
                engine_hash.as_bytes(),
                &manifest.digest.0,
                link::SOURCES.as_bytes(),
                include_bytes!("shared.rs"),
            ],
        );
        let machine_code = if let Some(machine_code) = store.get(&key)? {
            machine_code
        } else {
            let _lock = lock(&layout.toolchains())?;
            // Another process may have made it meanwhile.
            if let Some(machine_code) = store.get(&key)? {
                machine_code
            } else {
                let machine_code = compile(modules, &wasm, &bad)?;
                store.put(&key, &machine_code);
                machine_code
            }
        };
        let runtime = modules.load_runtime(&machine_code)?;
        let base = u32::try_from(runtime.memory_bytes() - u64::from(ROOM_BYTES))
            .map_err(|_| bad("the shared runtime's memory is too large".to_owned()))?;
        let index = link::Runtime::read(&wasm, base).map_err(|error| bad(error.to_string()))?;
        Ok(Self {
            index: Arc::new(index),
            runtime: Arc::new(runtime),
            digest: key,
        })
    }
}

/// Initialises the runtime that setup linked, and compiles what is instantiated.
fn compile(
    modules: &ModuleRuntime,
    wasm: &[u8],
    bad: &dyn Fn(String) -> SandboxError,
) -> Result<Vec<u8>, SandboxError> {
    // Whether it is a runtime at all: what comes after would be our fault.
    link::Runtime::read(wasm, 0).map_err(|error| bad(error.to_string()))?;
    let memory = modules.initialised_memory(wasm)?;
    let snapshot = link::Snapshot {
        memory: &memory,
        room_bytes: ROOM_BYTES.next_multiple_of(PAGE_BYTES),
    };
    let image = link::image(wasm, &snapshot).map_err(|error: LinkError| bad(error.to_string()))?;
    modules.compile(&image).map_err(bad)
}

fn lock(folder: &Path) -> Result<fs_err::File, SandboxError> {
    let fault = |error| SandboxError::io("lock the shared runtime", error);
    let file = fs_err::File::create(folder.join("runtime.lock")).map_err(fault)?;
    file.file().lock().map_err(fault)?;
    Ok(file)
}
