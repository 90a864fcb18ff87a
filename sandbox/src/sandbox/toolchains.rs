//! The toolchains and runtimes of a sandbox, each opened when it is first asked for, and once.
//!
//! Knows what each needs to be opened. Compiles no candidate.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::Sandbox;
use crate::{
    Digest, Language, SandboxError,
    runtime::{EngineKind, ModuleRuntime},
    setup::{GuestManifest, is_complete},
    shared::Shared,
    toolchain::{Clang, ClangLanguage, Go, Python, Rust, Toolchain, Wasm},
};

impl Sandbox {
    pub(super) fn toolchain(&self, language: Language) -> Result<&dyn Toolchain, SandboxError> {
        match language {
            Language::C => self.clang(&self.c, ClangLanguage::C),
            Language::Cpp => self.clang(&self.cpp, ClangLanguage::Cpp),
            Language::Python => self.python().map(|it| it as &dyn Toolchain),
            Language::Wasm => Ok(&Wasm),
            Language::Rust => open_once(&self.rust, &self.opening, || {
                Rust::open(&self.layout.rust(), self.options.unconfined)
            })
            .map(|it| it as &dyn Toolchain),
            Language::Go => open_once(&self.go, &self.opening, || {
                Go::open(&self.layout.go(), self.options.unconfined)
            })
            .map(|it| it as &dyn Toolchain),
        }
    }

    /// The runtime of a language's modules.
    pub(crate) fn runtime(&self, language: Language) -> Result<&ModuleRuntime, SandboxError> {
        if language != Language::Go {
            return Ok(&self.modules);
        }
        open_once(&self.large_modules, &self.opening, || {
            ModuleRuntime::new(EngineKind::LargeModule, self.options.metering, self.slots.n)
        })
    }

    fn clang<'a>(
        &'a self,
        cell: &'a OnceLock<Clang>,
        language: ClangLanguage,
    ) -> Result<&'a dyn Toolchain, SandboxError> {
        open_once(cell, &self.opening, || {
            let sysroot = self.layout.sysroot();
            let runtime = if self.options.link_statically {
                None
            } else {
                is_complete(&sysroot)
                    .then(|| self.open_shared())
                    .transpose()?
            };
            let runtime = runtime.map(|it| Arc::clone(&it.index));
            Clang::open(&sysroot, language, runtime, self.options.unconfined)
        })
        .map(|it| it as &dyn Toolchain)
    }

    pub(super) fn shared(&self) -> Result<&Shared, SandboxError> {
        if self.shared.get().is_none() {
            let _guard = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
            self.open_shared()?;
        }
        Ok(self.shared.get().expect("it was just opened"))
    }

    /// Opens the shared runtime, if it is not open. `opening` is held.
    fn open_shared(&self) -> Result<&Shared, SandboxError> {
        if let Some(it) = self.shared.get() {
            return Ok(it);
        }
        let hash = self.runtime_hash(Language::Cpp)?;
        let shared = Shared::open(&self.layout, &self.store, &self.modules, &hash)?;
        Ok(self.shared.get_or_init(|| shared))
    }

    pub(super) fn python(&self) -> Result<&Python, SandboxError> {
        open_once(&self.python, &self.opening, || self.open_python())
    }

    /// Loads the Python guest, compiling it on first use (some seconds).
    fn open_python(&self) -> Result<Python, SandboxError> {
        let folder = self.layout.guest();
        if !is_complete(&folder) {
            return Err(SandboxError::NoToolchain {
                language: Language::Python,
                reason: "it is not installed".to_owned(),
            });
        }
        let (manifest, wasm) =
            GuestManifest::read(&folder).map_err(|reason| SandboxError::BadToolchain {
                path: folder,
                reason,
            })?;
        let key = Digest::of_parts(
            "riddle 2026-11-25 python guest",
            &[
                self.runtime_hash(Language::Python)?.as_bytes(),
                &manifest.digest.0,
            ],
        );
        // The guest is kept even where candidates are not.
        let machine_code = if let Some(machine_code) = self.store.get(&key)? {
            machine_code
        } else {
            // On all cores; what comes of it is the same.
            let compiler = ModuleRuntime::new(EngineKind::Guest, self.options.metering, 1)?;
            let machine_code = compiler
                .compile(&wasm)
                .map_err(|error| SandboxError::Runtime {
                    action: "compile the Python guest".to_owned(),
                    source: error.into(),
                })?;
            self.store.put(&key, &machine_code);
            machine_code
        };
        let guest = self.modules.load_python(&machine_code)?;
        Ok(Python::new(guest, manifest.digest))
    }
}

/// Fills a cell by something that can fail, once: `opening` keeps a second thread waiting.
fn open_once<'a, T>(
    cell: &'a OnceLock<T>,
    opening: &Mutex<()>,
    open: impl FnOnce() -> Result<T, SandboxError>,
) -> Result<&'a T, SandboxError> {
    if let Some(it) = cell.get() {
        return Ok(it);
    }
    let _guard = opening.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(it) = cell.get() {
        return Ok(it);
    }
    let it = open()?;
    Ok(cell.get_or_init(|| it))
}
