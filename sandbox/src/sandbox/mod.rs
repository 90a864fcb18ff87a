//! The sandbox itself: compile a source once, execute it as often as asked.
//!
//! Joins toolchains, artifact store and runtime. Does not know tests, verdicts or problems.

mod toolchains;

use std::{
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use dashmap::DashMap;
use serde::{Deserialize, Serialize};

use crate::{
    Calibration, CompileFailure, CompileFailureKind, Digest, Language, Program, SandboxError,
    SandboxOptions, SourceFiles, admission,
    runtime::{EngineKind, ModuleProgram, ModuleRuntime, time_on_this_thread},
    setup::{Layout, recipe::STACK_BYTES},
    shared::Shared,
    slots::Slots,
    store::{Store, StoreStats},
    toolchain::{Clang, CompileOutcome, Go, ProcessTimes, Python, Rust, Toolchain},
};

/// Compiles and executes candidates. Cheap to share by reference; safe to use from any thread.
pub struct Sandbox {
    pub(crate) options: SandboxOptions,
    layout: Layout,
    store: Store,
    modules: ModuleRuntime,
    /// Go's modules are run by an engine of their own.
    large_modules: OnceLock<ModuleRuntime>,
    c: OnceLock<Clang>,
    cpp: OnceLock<Clang>,
    shared: OnceLock<Shared>,
    python: OnceLock<Python>,
    rust: OnceLock<Rust>,
    go: OnceLock<Go>,
    /// Held while a toolchain is opened, which for Python may take some seconds.
    opening: Mutex<()>,
    /// One lock a compilation under way, so that the same source is compiled once.
    in_flight: DashMap<Digest, Arc<Mutex<()>>>,
    pub(crate) slots: Slots,
}

/// The result of one compilation.
pub struct Compiled {
    /// The program, or why there is none.
    pub outcome: Result<Program, CompileFailure>,
    /// Whether the artifact store had it.
    pub was_stored: bool,
    /// CPU time from source to runnable, compiler processes included. Not deterministic.
    pub cpu_time: Duration,
    /// The part of it that compiler processes took.
    pub processes: ProcessTimes,
}

/// What the artifact store remembers of one source.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredOutcome {
    Module {
        artifact: Digest,
        stack_bytes: u64,
        static_reason: Option<Arc<str>>,
    },
    Shared {
        artifact: Digest,
    },
    Python {
        artifact: Digest,
    },
    Failed(CompileFailure),
}

/// Makes a program of machine code; the inner `Err` is what it lacks.
type Load<'a> = &'a dyn Fn(&[u8]) -> Result<Result<ModuleProgram, String>, SandboxError>;

impl Sandbox {
    /// Opens a sandbox on a cache folder. Toolchains are opened when first used.
    ///
    /// # Errors
    ///
    /// Returns an error if the cache folder cannot be used or the runtime cannot be started.
    pub fn open(options: SandboxOptions) -> Result<Self, SandboxError> {
        let n_slots = options.n_slots.max(1);
        Ok(Self {
            layout: Layout::new(&options.cache),
            store: Store::open(&options.cache)?,
            modules: ModuleRuntime::new(EngineKind::Module, options.metering, n_slots)?,
            large_modules: OnceLock::new(),
            c: OnceLock::new(),
            cpp: OnceLock::new(),
            shared: OnceLock::new(),
            python: OnceLock::new(),
            rust: OnceLock::new(),
            go: OnceLock::new(),
            opening: Mutex::new(()),
            in_flight: DashMap::new(),
            slots: Slots::new(n_slots, options.memory_budget_bytes),
            options,
        })
    }

    /// Returns how it was set up.
    pub fn options(&self) -> &SandboxOptions {
        &self.options
    }

    /// Returns how the artifact store served so far.
    pub fn store_stats(&self) -> StoreStats {
        self.store.stats()
    }

    /// Opens a language's toolchain, so that what is missing is known before the first candidate.
    ///
    /// Returns the digest of everything but the source that shapes the language's artifacts.
    pub fn prepare(&self, language: Language) -> Result<Digest, SandboxError> {
        Ok(self.toolchain(language)?.identity())
    }

    /// Returns the digest of what shapes every execution besides program, input and limits: wasmtime and
    /// its settings, what a second is in fuel, the seed, and the bounds of compilations. Where two
    /// sandboxes differ in it, or in a toolchain, their results say nothing about each other.
    pub fn identity(&self) -> Digest {
        let options = &self.options;
        let seconds = Language::ALL.map(|it| Calibration::of(it).fuel_per_second().to_le_bytes());
        let compile_limits = format!("{:?}", options.compile_limits);
        Digest::of_parts(
            "riddle 2026-11-25 sandbox",
            &[
                env!("CARGO_PKG_VERSION").as_bytes(),
                engine_hash(self.modules.engine()).as_bytes(),
                seconds.as_flattened(),
                &options.seed.to_le_bytes(),
                &[u8::from(options.link_statically)],
                compile_limits.as_bytes(),
            ],
        )
    }

    /// Compiles a source, or finds it compiled.
    ///
    /// # Errors
    ///
    /// Returns an error if the language has no toolchain here, or on a fault of ours. A source that
    /// does not compile is an outcome.
    pub fn compile(&self, language: Language, source: &[u8]) -> Result<Compiled, SandboxError> {
        self.compile_with(language, source, &SourceFiles::default())
    }

    /// Compiles a source with the files beside it, or finds it compiled.
    ///
    /// In C and C++, further sources among the files are parts of the program, and headers are found by the
    /// names in quotes; in Python and Rust they are the modules that the source imports or declares; in Go they are
    /// of the same package. A module of WebAssembly is one file: others beside it are unsupported. Errors are those
    /// of [`Sandbox::compile`].
    pub fn compile_with(
        &self,
        language: Language,
        source: &[u8],
        files: &SourceFiles,
    ) -> Result<Compiled, SandboxError> {
        let limit = self.options.compile_limits.source_bytes;
        let n_bytes = source.len() as u64 + files.n_bytes();
        if n_bytes > limit {
            let text = format!("source has {n_bytes} bytes: the limit is {limit}");
            return Ok(Compiled {
                outcome: Err(CompileFailure::new(
                    CompileFailureKind::SourceTooLarge,
                    text,
                )),
                was_stored: false,
                cpu_time: Duration::ZERO,
                processes: ProcessTimes::default(),
            });
        }
        let toolchain = self.toolchain(language)?;
        let key = self.outcome_key(language, toolchain, source, files)?;
        let lock = Arc::clone(&self.in_flight.entry(key).or_default());
        let result = {
            let _guard = lock.lock().unwrap_or_else(PoisonError::into_inner);
            self.compile_locked(language, toolchain, &key, source, files)
        };
        self.in_flight
            .remove_if(&key, |_, lock| Arc::strong_count(lock) <= 2);
        result
    }

    fn compile_locked(
        &self,
        language: Language,
        toolchain: &dyn Toolchain,
        key: &Digest,
        source: &[u8],
        files: &SourceFiles,
    ) -> Result<Compiled, SandboxError> {
        let (stored, load_time) = time_on_this_thread(|| self.find(language, key));
        if let Some(outcome) = stored? {
            return Ok(Compiled {
                outcome,
                was_stored: true,
                cpu_time: load_time,
                processes: ProcessTimes::default(),
            });
        }
        let mut processes = ProcessTimes::default();
        let (outcome, own_time) = time_on_this_thread(|| {
            let limits = &self.options.compile_limits;
            let compilation = toolchain.compile_with(source, files, limits)?;
            processes = compilation.processes;
            self.finish(language, key, compilation.outcome)
        });
        Ok(Compiled {
            outcome: outcome?,
            was_stored: false,
            cpu_time: own_time + processes.compiler + processes.linker,
            processes,
        })
    }

    /// Looks a source up in the artifact store.
    fn find(
        &self,
        language: Language,
        key: &Digest,
    ) -> Result<Option<Result<Program, CompileFailure>>, SandboxError> {
        if !self.options.use_store {
            return Ok(None);
        }
        let Some(bytes) = self.store.get(key)? else {
            return Ok(None);
        };
        // The bytes are verified to be ours, so that a shape we do not know is an older one of ours.
        let Ok(outcome) = serde_json::from_slice(&bytes) else {
            return Ok(None);
        };
        match outcome {
            StoredOutcome::Failed(failure) => Ok(Some(Err(failure))),
            StoredOutcome::Module {
                artifact,
                stack_bytes,
                static_reason,
            } => {
                let Some(machine_code) = self.store.get(&self.blob_key(language, &artifact)?)?
                else {
                    return Ok(None);
                };
                let runtime = self.runtime(language)?;
                let program = runtime.load(&machine_code, stack_bytes)?;
                Ok(program.ok().map(|program| {
                    Ok(Program {
                        language,
                        digest: artifact,
                        module: program,
                        with_files: Arc::default(),
                        static_reason,
                    })
                }))
            }
            StoredOutcome::Shared { artifact } => {
                let Some(machine_code) = self.store.get(&self.blob_key(language, &artifact)?)?
                else {
                    return Ok(None);
                };
                let runtime = &self.shared()?.runtime;
                let program = self
                    .modules
                    .load_shared(&machine_code, STACK_BYTES, runtime)?;
                Ok(program.ok().map(|program| {
                    Ok(Program {
                        language,
                        digest: artifact,
                        module: program,
                        with_files: Arc::default(),
                        static_reason: None,
                    })
                }))
            }
            StoredOutcome::Python { artifact } => {
                let Some(code) = self.store.get(&self.blob_key(language, &artifact)?)? else {
                    return Ok(None);
                };
                Ok(Some(Ok(self.python_program(artifact, code)?)))
            }
        }
    }

    /// Makes a program of what a toolchain made, and stores it.
    fn finish(
        &self,
        language: Language,
        key: &Digest,
        outcome: CompileOutcome,
    ) -> Result<Result<Program, CompileFailure>, SandboxError> {
        let (stored, result) = match outcome {
            CompileOutcome::Failed(failure) => {
                (StoredOutcome::Failed(failure.clone()), Err(failure))
            }
            CompileOutcome::PythonCode(code) => {
                let artifact = Digest::of_parts("riddle 2026-11-22 python artifact", &[&code]);
                self.put(&self.blob_key(language, &artifact)?, &code);
                let program = self.python_program(artifact, code)?;
                (StoredOutcome::Python { artifact }, Ok(program))
            }
            CompileOutcome::Module {
                wasm,
                stack_bytes,
                static_reason,
            } => {
                let artifact = Digest::of_parts("riddle 2026-11-22 module artifact", &[&wasm]);
                let stored = StoredOutcome::Module {
                    artifact,
                    stack_bytes,
                    static_reason: static_reason.map(Into::into),
                };
                let runtime = self.runtime(language)?;
                let load = |code: &[u8]| runtime.load(code, stack_bytes);
                self.module(language, &wasm, artifact, stored, &load)?
            }
            CompileOutcome::Shared { wasm } => {
                let shared = self.shared()?;
                let artifact = Digest::of_parts(
                    "riddle 2026-11-24 shared artifact",
                    &[&shared.digest.0, &wasm],
                );
                let stored = StoredOutcome::Shared { artifact };
                let load =
                    |code: &[u8]| self.modules.load_shared(code, STACK_BYTES, &shared.runtime);
                self.module(language, &wasm, artifact, stored, &load)?
            }
        };
        let deterministic = match &result {
            Ok(_) => true,
            Err(failure) => failure.is_deterministic(),
        };
        if deterministic {
            self.put(
                key,
                &serde_json::to_vec(&stored).expect("an outcome is plain data"),
            );
        }
        Ok(result)
    }

    /// Compiles a module to machine code, unless another source came to the same module, and loads it.
    fn module(
        &self,
        language: Language,
        wasm: &[u8],
        artifact: Digest,
        stored: StoredOutcome,
        load: Load<'_>,
    ) -> Result<(StoredOutcome, Result<Program, CompileFailure>), SandboxError> {
        let limits = &self.options.compile_limits;
        let failed =
            |failure: CompileFailure| Ok((StoredOutcome::Failed(failure.clone()), Err(failure)));
        if let Some(refusal) = admission::refusal(wasm, limits.module_bytes) {
            let kind = CompileFailureKind::ObjectTooLarge;
            return failed(CompileFailure::new(kind, refusal));
        }
        let rejected =
            |text: String| failed(CompileFailure::rejected(&text, limits.diagnostics_bytes));
        let blob_key = self.blob_key(language, &artifact)?;
        let found = if self.options.use_store {
            self.store.get(&blob_key)?
        } else {
            None
        };
        let runtime = self.runtime(language)?;
        let machine_code = match found {
            Some(machine_code) => machine_code,
            None => match runtime.compile(wasm) {
                Ok(machine_code) => {
                    self.put(&blob_key, &machine_code);
                    machine_code
                }
                Err(text) => return rejected(text),
            },
        };
        match load(&machine_code)? {
            Ok(program) => {
                let program = Program {
                    language,
                    digest: artifact,
                    module: program,
                    with_files: Arc::default(),
                    static_reason: match &stored {
                        StoredOutcome::Module { static_reason, .. } => static_reason.clone(),
                        _ => None,
                    },
                };
                Ok((stored, Ok(program)))
            }
            Err(text) => rejected(text),
        }
    }

    fn python_program(&self, artifact: Digest, code: Vec<u8>) -> Result<Program, SandboxError> {
        let python = self.python()?;
        Ok(Program {
            language: Language::Python,
            digest: artifact,
            module: python.guest().program(code.into()),
            with_files: Arc::default(),
            static_reason: None,
        })
    }

    fn put(&self, key: &Digest, payload: &[u8]) {
        if self.options.use_store {
            self.store.put(key, payload);
        }
    }

    /// The store's key of what a source came to.
    fn outcome_key(
        &self,
        language: Language,
        toolchain: &dyn Toolchain,
        source: &[u8],
        files: &SourceFiles,
    ) -> Result<Digest, SandboxError> {
        let limits = serde_json::to_vec(&self.options.compile_limits);
        Ok(Digest::of_parts(
            "riddle 2026-11-25 outcome",
            &[
                &toolchain.identity().0,
                self.runtime_hash(language)?.as_bytes(),
                &limits.expect("limits are plain data"),
                source,
                &files.digest().0,
            ],
        ))
    }

    /// The store's key of an artifact's bytes: machine code depends on the runtime as well.
    fn blob_key(&self, language: Language, artifact: &Digest) -> Result<Digest, SandboxError> {
        Ok(Digest::of_parts(
            "riddle 2026-11-22 blob",
            &[self.runtime_hash(language)?.as_bytes(), &artifact.0],
        ))
    }

    fn runtime_hash(&self, language: Language) -> Result<String, SandboxError> {
        Ok(engine_hash(self.runtime(language)?.engine()))
    }
}

impl Drop for Sandbox {
    /// Prunes the artifact store if that is due. One that cannot be pruned is left as it is: the next
    /// sandbox tries again.
    fn drop(&mut self) {
        let _ = self.store.prune_when_due(self.options.store_bytes);
    }
}

/// Returns a digest of what makes machine code of one engine usable by another.
fn engine_hash(engine: &wasmtime::Engine) -> String {
    use std::hash::{Hash, Hasher};

    /// Feeds what is hashed to BLAKE3, whose result does not change with the standard library.
    struct Feed(blake3::Hasher);
    impl Hasher for Feed {
        fn finish(&self) -> u64 {
            0
        }
        fn write(&mut self, bytes: &[u8]) {
            self.0.update(bytes);
        }
    }
    let mut feed = Feed(blake3::Hasher::new());
    engine.precompile_compatibility_hash().hash(&mut feed);
    feed.0.finalize().to_hex().to_string()
}
