//! Running a core module: a WASI preview 1 command, as C, C++, Rust, Go and plain wasm candidates are.
//!
//! What the host answers to a module's calls is in `preview1.rs`.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use wasmtime::{Engine, InstancePre, Linker, Module, Store};

use super::{
    EngineKind, Metering,
    clock::{FuelClock, HasClock},
    cpu_time::thread_cpu_time,
    engine,
    invocation::{Host, Invocation, sort},
    meter::Meter,
    preview1::{self, HasStreams, Streams},
    python::{PythonGuest, PythonProgram},
    rehearsal::Rehearsal,
    shared::{SharedProgram, SharedRuntime},
    stack,
};
use crate::{Ending, Execution, Files, SandboxError};

/// What the host knows of one execution.
pub(super) struct ModuleHost {
    pub(super) streams: Streams,
    meter: Meter,
    clock: FuelClock,
}

impl ModuleHost {
    /// `stack_bytes` of memory are not counted.
    pub(super) fn new(invocation: &Invocation<'_>, stack_bytes: u64) -> Self {
        let memory_bytes = invocation.limits.memory_bytes;
        Self {
            streams: Streams::new(invocation),
            meter: Meter::new(memory_bytes.saturating_add(stack_bytes)),
            clock: invocation.clock(),
        }
    }
}

impl HasStreams for ModuleHost {
    fn streams(&mut self) -> &mut Streams {
        &mut self.streams
    }
}

impl Host for ModuleHost {
    fn meter(&mut self) -> &mut Meter {
        &mut self.meter
    }
}

impl HasClock for ModuleHost {
    fn clock(&self) -> FuelClock {
        self.clock
    }
}

/// Compiles and runs core modules.
pub(crate) struct ModuleRuntime {
    engine: Engine,
    linker: Linker<ModuleHost>,
    /// The linker of judges' programs, made when the first one runs.
    files_linker: OnceLock<Linker<ModuleHost>>,
}

/// A module, ready to be instantiated.
#[derive(Clone)]
pub(crate) struct ModuleProgram {
    kind: Kind,
    /// Linear memory that is not the candidate's use: the call stack, or all that the Python guest starts with.
    stack_bytes: u64,
}

#[derive(Clone)]
pub(super) enum Kind {
    /// A module of its own.
    Alone(InstancePre<ModuleHost>),
    /// A module on the shared runtime.
    Shared(SharedProgram),
    /// A task of the Python guest.
    Python(PythonProgram),
}

impl ModuleRuntime {
    pub(crate) fn new(
        kind: EngineKind,
        metering: Metering,
        slots: u32,
    ) -> Result<Self, SandboxError> {
        let engine = engine(kind, metering, slots)?;
        let linker = preview1::linker(&engine)
            .map_err(|error| SandboxError::runtime("set up the WASI functions", error))?;
        Ok(Self {
            engine,
            linker,
            files_linker: OnceLock::new(),
        })
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Compiles wasm to machine code in wasmtime's own format. `Err` is what is wrong with the module.
    pub(crate) fn compile(&self, wasm: &[u8]) -> Result<Vec<u8>, String> {
        self.engine
            .precompile_module(wasm)
            .map_err(|error| format!("{error:#}"))
    }

    /// Makes a program of machine code that [`compile`](Self::compile) made and the store vouches for.
    ///
    /// The outer `Err` is a fault of ours; the inner one is what the module lacks or asks for.
    pub(crate) fn load(
        &self,
        machine_code: &[u8],
        stack_bytes: u64,
    ) -> Result<Result<ModuleProgram, String>, SandboxError> {
        let module = self.module(machine_code)?;
        if !matches!(
            module.get_export("_start"),
            Some(wasmtime::ExternType::Func(ty)) if ty.params().len() == 0 && ty.results().len() == 0
        ) {
            return Ok(Err("module exports no function `_start`".to_owned()));
        }
        Ok(self
            .linker
            .instantiate_pre(&module)
            .map(|pre| ModuleProgram {
                kind: Kind::Alone(pre),
                stack_bytes,
            })
            .map_err(|error| format!("{error:#}")))
    }

    /// Makes the shared runtime of machine code, under the same condition.
    pub(crate) fn load_runtime(&self, machine_code: &[u8]) -> Result<SharedRuntime, SandboxError> {
        let module = self.module(machine_code)?;
        let pre = self.linker.instantiate_pre(&module);
        SharedRuntime::new(
            pre.map_err(|error| SandboxError::runtime("load the shared runtime", error))?,
        )
    }

    /// Makes the Python guest of machine code, under the same condition.
    pub(crate) fn load_python(
        &self,
        machine_code: &[u8],
    ) -> Result<Arc<PythonGuest>, SandboxError> {
        let module = self.module(machine_code)?;
        let pre = self.linker.instantiate_pre(&module);
        PythonGuest::new(
            pre.map_err(|error| SandboxError::runtime("load the Python guest", error))?,
        )
    }

    /// As [`load`](Self::load), for a module that is linked onto the shared runtime.
    pub(crate) fn load_shared(
        &self,
        machine_code: &[u8],
        stack_bytes: u64,
        runtime: &Arc<SharedRuntime>,
    ) -> Result<Result<ModuleProgram, String>, SandboxError> {
        let program = runtime.program(self.module(machine_code)?);
        Ok(program.map(|program| ModuleProgram {
            stack_bytes,
            kind: Kind::Shared(program),
        }))
    }

    fn module(&self, machine_code: &[u8]) -> Result<Module, SandboxError> {
        #[expect(unsafe_code, reason = "machine code has no other way in")]
        // SAFETY: the bytes come from `compile` of this engine's configuration, either just now or
        // through the artifact store, which hands out only bytes whose keyed digest it has verified.
        unsafe { Module::deserialize(&self.engine, machine_code) }
            .map_err(|error| SandboxError::runtime("load a compiled module", error))
    }

    /// Runs the initialisers of the runtime as the static linker left it, and returns its memory.
    pub(crate) fn initialised_memory(&self, wasm: &[u8]) -> Result<Vec<u8>, SandboxError> {
        let rehearsal = self.rehearsal(wasm)?;
        let calls = [("__wasm_call_ctors", None)];
        Ok(rehearsal.run(&calls, Arc::new([]))?.memory)
    }

    /// Compiles a module of our own, to be run before there is any candidate.
    pub(crate) fn rehearsal(&self, wasm: &[u8]) -> Result<Rehearsal, SandboxError> {
        let module = Module::new(&self.engine, wasm);
        module
            .and_then(|it| preview1::files_linker(&self.engine)?.instantiate_pre(&it))
            .map(Rehearsal::new)
            .map_err(|error| SandboxError::runtime("compile a module of our own", error))
    }
}

impl ModuleProgram {
    pub(super) fn new(kind: Kind, stack_bytes: u64) -> Self {
        Self { kind, stack_bytes }
    }

    /// Returns the part of its linear memory that is its call stack, in bytes.
    pub(crate) fn stack_bytes(&self) -> u64 {
        self.stack_bytes
    }

    /// Runs the module once, in a fresh instance, and returns its files too.
    pub(crate) fn execute(
        &self,
        invocation: &Invocation<'_>,
    ) -> Result<(Execution, Files), SandboxError> {
        let start = thread_cpu_time();
        let mut store = self.begin(invocation)?;
        let result = invocation.drive(self.run(&mut store));
        let (mut execution, files) = self.end(store, result, invocation)?;
        execution.cpu_time = thread_cpu_time().saturating_sub(start);
        Ok((execution, files))
    }

    /// Makes the world of an execution.
    pub(super) fn begin(
        &self,
        invocation: &Invocation<'_>,
    ) -> Result<Store<ModuleHost>, SandboxError> {
        let host = ModuleHost::new(invocation, self.stack_bytes);
        let engine = match &self.kind {
            Kind::Alone(pre) => pre.module().engine(),
            Kind::Shared(program) => program.engine(),
            Kind::Python(program) => program.engine(),
        };
        invocation.store(engine, host)
    }

    /// Makes the instance and runs it to its end.
    pub(super) async fn run(&self, store: &mut Store<ModuleHost>) -> wasmtime::Result<()> {
        match &self.kind {
            Kind::Alone(pre) => {
                let instance = pre.instantiate_async(&mut *store).await?;
                let main = instance.get_typed_func::<(), ()>(&mut *store, "_start")?;
                main.call_async(&mut *store, ()).await
            }
            Kind::Shared(program) => program.run(store).await,
            Kind::Python(program) => program.run(store).await,
        }
    }

    /// Tells what an execution came to; no result means that it was stopped from outside. Knows no CPU time.
    pub(super) fn end(
        &self,
        mut store: Store<ModuleHost>,
        result: Option<wasmtime::Result<()>>,
        invocation: &Invocation<'_>,
    ) -> Result<(Execution, Files), SandboxError> {
        let fuel = invocation.fuel_used(&store);
        if stack::is_due() {
            invocation
                .drive(stack::give_back(&mut store))
                .unwrap_or(Ok(()))
                .map_err(|error| SandboxError::runtime("give a stack back", error))?;
        }
        let mut host = store.into_data();
        let ending = sort(result, host.streams.stdout.exceeded(), &host.meter)?;
        let (stdout, _) = host.streams.stdout.take();
        let (stderr, n_stderr_bytes) = host.streams.stderr.take();
        let execution = Execution {
            ending: ending.err().unwrap_or(Ending::Ok),
            stdout,
            stderr,
            n_stderr_bytes,
            fuel,
            memory_bytes: host.meter.peak_bytes().saturating_sub(self.stack_bytes),
            cpu_time: Duration::ZERO,
        };
        Ok((execution, host.streams.into_files()))
    }

    /// Returns the program as one that may have files and arguments, and may talk to another.
    pub(crate) fn with_files(&self, runtime: &ModuleRuntime) -> Result<Self, SandboxError> {
        let fault = |error| SandboxError::runtime("give a program its files", error);
        let linker = if let Some(linker) = runtime.files_linker.get() {
            linker
        } else {
            let linker = preview1::files_linker(&runtime.engine).map_err(fault)?;
            runtime.files_linker.get_or_init(|| linker)
        };
        let kind = match &self.kind {
            Kind::Alone(pre) => Kind::Alone(linker.instantiate_pre(pre.module()).map_err(fault)?),
            Kind::Shared(program) => Kind::Shared(program.on(linker).map_err(fault)?),
            Kind::Python(program) => Kind::Python(program.on(linker)?),
        };
        Ok(Self {
            kind,
            stack_bytes: self.stack_bytes,
        })
    }
}
