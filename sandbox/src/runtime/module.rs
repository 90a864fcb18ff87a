//! Running a core module: a WASI preview 1 command, as C, C++, Rust, Go and plain wasm candidates are.
//!
//! What the host answers to a module's calls is in `preview1.rs`.

use wasmtime::{Engine, InstancePre, Linker, Module};
use wasmtime_wasi::p1::WasiP1Ctx;

use super::{
    EngineKind,
    clock::{self, FuelClock, HasClock},
    cpu_time::thread_cpu_time,
    engine,
    invocation::{Host, Invocation, sort},
    meter::Meter,
    preview1::{self, HasStreams, Streams},
};
use crate::{Ending, Execution, SandboxError};

/// What the host knows of one execution.
struct ModuleHost {
    wasi: WasiP1Ctx,
    streams: Streams,
    meter: Meter,
    clock: FuelClock,
}

impl HasStreams for ModuleHost {
    fn streams(&mut self) -> &mut Streams {
        &mut self.streams
    }

    fn wasi(&mut self) -> &mut WasiP1Ctx {
        &mut self.wasi
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
}

/// A module, ready to be instantiated.
#[derive(Clone)]
pub(crate) struct ModuleProgram {
    pre: InstancePre<ModuleHost>,
    /// Linear memory that the module sets aside for its call stack, which is not the candidate's use.
    stack_bytes: u64,
}

impl ModuleRuntime {
    pub(crate) fn new(kind: EngineKind, slots: u32) -> Result<Self, SandboxError> {
        let engine = engine(kind, slots)?;
        let linker = preview1::linker(&engine)
            .map_err(|error| SandboxError::runtime("set up the WASI functions", error))?;
        Ok(Self { engine, linker })
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
        #[expect(unsafe_code, reason = "machine code has no other way in")]
        // SAFETY: the bytes come from `compile` of this engine's configuration, either just now or
        // through the artifact store, which hands out only bytes whose keyed digest it has verified.
        let module = unsafe { Module::deserialize(&self.engine, machine_code) }
            .map_err(|error| SandboxError::runtime("load a compiled module", error))?;
        if !matches!(
            module.get_export("_start"),
            Some(wasmtime::ExternType::Func(ty)) if ty.params().len() == 0 && ty.results().len() == 0
        ) {
            return Ok(Err("module exports no function `_start`".to_owned()));
        }
        Ok(self
            .linker
            .instantiate_pre(&module)
            .map(|pre| ModuleProgram { pre, stack_bytes })
            .map_err(|error| format!("{error:#}")))
    }
}

impl ModuleProgram {
    /// Runs the module once, in a fresh instance.
    pub(crate) fn execute(&self, invocation: &Invocation<'_>) -> Result<Execution, SandboxError> {
        let start = thread_cpu_time();
        let outputs = invocation.outputs();
        let memory_bytes = invocation.limits.memory_bytes;
        let host = ModuleHost {
            wasi: clock::empty_world(invocation.seed).build_p1(),
            streams: Streams::new(invocation, &outputs),
            meter: Meter::new(memory_bytes.saturating_add(self.stack_bytes)),
            clock: invocation.clock(),
        };
        let mut store = invocation.store(self.pre.module().engine(), host)?;
        let result = invocation.drive(async {
            let instance = self.pre.instantiate_async(&mut store).await?;
            let main = instance.get_typed_func::<(), ()>(&mut store, "_start")?;
            main.call_async(&mut store, ()).await
        });
        let ending = sort(result, &outputs, &store.data().meter)?;
        let fuel = invocation.fuel_used(&store);
        let peak_bytes = store.data().meter.peak_bytes();
        drop(store);
        let (stdout, _) = outputs.stdout.take();
        let (stderr, n_stderr_bytes) = outputs.stderr.take();
        Ok(Execution {
            ending: ending.err().unwrap_or(Ending::Ok),
            stdout,
            stderr,
            n_stderr_bytes,
            fuel,
            memory_bytes: peak_bytes.saturating_sub(self.stack_bytes),
            cpu_time: thread_cpu_time().saturating_sub(start),
        })
    }
}
