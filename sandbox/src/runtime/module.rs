//! Running a core module: a WASI preview 1 command, as C, C++ and plain wasm candidates are.
//!
//! wasmtime-wasi answers all of preview 1 but the two functions that would let the host's clock in.

use std::time::Duration;

use wasmtime::{Caller, Engine, Extern, InstancePre, Linker, Module, error::Context as _};
use wasmtime_wasi::p1::WasiP1Ctx;

use super::{
    EngineKind,
    clock::{self, FuelClock, HasClock},
    cpu_time::thread_cpu_time,
    engine,
    invocation::{Host, Invocation, sort},
    meter::Meter,
};
use crate::{Ending, Execution, SandboxError};

/// What the host knows of one execution.
struct ModuleHost {
    wasi: WasiP1Ctx,
    meter: Meter,
    clock: FuelClock,
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
    pub(crate) fn new(slots: u32) -> Result<Self, SandboxError> {
        let engine = engine(EngineKind::Module, slots)?;
        let linker = linker(&engine)
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
            wasi: invocation.world(&outputs).build_p1(),
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

const WASI: &str = "wasi_snapshot_preview1";

/// WASI error numbers.
const SUCCESS: i32 = 0;
const EINVAL: i32 = 28;

/// Subscriptions that one `poll_oneoff` may have.
const MAX_SUBSCRIPTIONS: i32 = 64;

fn linker(engine: &Engine) -> wasmtime::Result<Linker<ModuleHost>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p1::add_to_linker_async(&mut linker, |host: &mut ModuleHost| &mut host.wasi)?;
    linker.allow_shadowing(true);
    linker.func_wrap(WASI, "clock_time_get", clock_time_get)?;
    linker.func_wrap(WASI, "poll_oneoff", poll_oneoff)?;
    Ok(linker)
}

/// `clock_time_get`: all four clocks are the virtual one; the real-time clock has its start added.
fn clock_time_get(
    mut caller: Caller<'_, ModuleHost>,
    clock: i32,
    _precision: i64,
    time_at: i32,
) -> wasmtime::Result<i32> {
    let start = match clock {
        0 => Duration::from_secs(clock::START_SECONDS),
        1..=3 => Duration::ZERO,
        _ => return Ok(EINVAL),
    };
    let left = caller.get_fuel()?;
    let time = start + caller.data().clock.elapsed(left);
    let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    write(&mut caller, time_at, &nanos.to_le_bytes())?;
    Ok(SUCCESS)
}

/// `poll_oneoff`: streams are always ready; where only clocks are asked for, sleeps until the first.
fn poll_oneoff(
    mut caller: Caller<'_, ModuleHost>,
    subscriptions_at: i32,
    events_at: i32,
    n_subscriptions: i32,
    n_events_at: i32,
) -> wasmtime::Result<i32> {
    const SUBSCRIPTION_BYTES: usize = 48;
    const EVENT_BYTES: usize = 32;
    const TAG_CLOCK: u8 = 0;
    const FLAG_ABSOLUTE: u16 = 1;

    if !(1..=MAX_SUBSCRIPTIONS).contains(&n_subscriptions) {
        return Ok(EINVAL);
    }
    let left = caller.get_fuel()?;
    let now = caller.data().clock.elapsed(left);
    let mut clocks = Vec::new();
    let mut ready = Vec::new();
    for index in 0..usize::try_from(n_subscriptions)? {
        let mut subscription = [0; SUBSCRIPTION_BYTES];
        let at = offset(subscriptions_at, index * SUBSCRIPTION_BYTES)?;
        memory(&mut caller)?.read(&caller, at, &mut subscription)?;
        let field = |at: usize| subscription[at..at + 8].try_into().map(u64::from_le_bytes);
        let user_data = field(0)?;
        let tag = subscription[8];
        if tag != TAG_CLOCK {
            ready.push((user_data, tag));
            continue;
        }
        let timeout = Duration::from_nanos(field(24)?);
        let absolute =
            u16::from_le_bytes([subscription[40], subscription[41]]) & FLAG_ABSOLUTE != 0;
        let start = match subscription[16] {
            0 => Duration::from_secs(clock::START_SECONDS),
            _ => Duration::ZERO,
        };
        let wait = if absolute {
            timeout.saturating_sub(start + now)
        } else {
            timeout
        };
        clocks.push((user_data, wait));
    }
    if ready.is_empty() {
        let wait = clocks.iter().map(|(_, wait)| *wait).min();
        let wait = wait.context("a poll has at least one subscription")?;
        clock::sleep(&mut caller, wait)?;
        ready.extend(
            clocks
                .iter()
                .filter(|(_, it)| *it == wait)
                .map(|(user_data, _)| (*user_data, TAG_CLOCK)),
        );
    }
    for (index, (user_data, tag)) in ready.iter().enumerate() {
        let mut event = [0; EVENT_BYTES];
        event[..8].copy_from_slice(&user_data.to_le_bytes());
        event[10] = *tag;
        event[16] = 1;
        let at = offset(events_at, index * EVENT_BYTES)?;
        memory(&mut caller)?.write(&mut caller, at, &event)?;
    }
    let n_events = u32::try_from(ready.len())?;
    write(&mut caller, n_events_at, &n_events.to_le_bytes())?;
    Ok(SUCCESS)
}

fn memory(caller: &mut Caller<'_, ModuleHost>) -> wasmtime::Result<wasmtime::Memory> {
    match caller.get_export("memory") {
        Some(Extern::Memory(memory)) => Ok(memory),
        _ => wasmtime::bail!("module exports no memory `memory`"),
    }
}

/// Reads a guest's pointer as the unsigned number that it is, and adds `bytes`.
fn offset(pointer: i32, bytes: usize) -> wasmtime::Result<usize> {
    Ok(usize::try_from(pointer.cast_unsigned())? + bytes)
}

fn write(caller: &mut Caller<'_, ModuleHost>, at: i32, bytes: &[u8]) -> wasmtime::Result<()> {
    Ok(memory(caller)?.write(&mut *caller, offset(at, 0)?, bytes)?)
}
