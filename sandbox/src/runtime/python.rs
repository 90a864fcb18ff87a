//! Running Python: one component, compiled once, instantiated copy-on-write for each execution.
//!
//! Knows the guest's two functions (`sandbox/guest/python`), and nothing of where the component
//! came from.

use std::{sync::Arc, time::Duration};

use wasmtime::{
    Engine, StoreContextMut,
    component::{
        Component, ComponentNamedList, InstancePre, Lift, Linker, Lower, Resource, TypedFunc,
    },
};
use wasmtime_wasi::{
    ResourceTable, WasiCtx, WasiCtxView, WasiView, async_trait,
    p2::{DynPollable, Pollable, subscribe},
};

use super::{
    EngineKind, Metering,
    clock::{self, FuelClock, HasClock},
    cpu_time::thread_cpu_time,
    drive::Cancel,
    engine,
    invocation::{Host, Invocation, Outputs, sort},
    meter::Meter,
};
use crate::{Ending, Execution, Limits, Request, SandboxError};

/// What the host knows of one execution.
struct PythonHost {
    wasi: WasiCtx,
    table: ResourceTable,
    meter: Meter,
    clock: FuelClock,
}

impl WasiView for PythonHost {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl Host for PythonHost {
    fn meter(&mut self) -> &mut Meter {
        &mut self.meter
    }
}

impl HasClock for PythonHost {
    fn clock(&self) -> FuelClock {
        self.clock
    }
}

/// The Python guest, ready to be instantiated.
#[derive(Clone)]
pub(crate) struct PythonGuest {
    engine: Engine,
    pre: InstancePre<PythonHost>,
}

/// One candidate's code and the guest that runs it.
#[derive(Clone)]
pub(crate) struct PythonProgram {
    guest: PythonGuest,
    code: Arc<[u8]>,
}

/// What a call of the guest returned, and what it did on the way.
struct Call<T> {
    result: Result<T, Ending>,
    outputs: Outputs,
    fuel: u64,
    memory_bytes: u64,
    cpu_time: Duration,
}

/// What compiling came to: marshalled code or Python's own message, or how else the guest ended.
pub(crate) type CompileResult = Result<Result<Vec<u8>, String>, Ending>;

impl PythonGuest {
    /// Makes the engine that guests are compiled for and run by.
    pub(crate) fn engine(metering: Metering, slots: u32) -> Result<Engine, SandboxError> {
        engine(EngineKind::Component, metering, slots)
    }

    /// Makes a guest of machine code that the store vouches for.
    pub(crate) fn load(engine: &Engine, machine_code: &[u8]) -> Result<Self, SandboxError> {
        let fault = |error| SandboxError::runtime("load the Python guest", error);
        #[expect(unsafe_code, reason = "machine code has no other way in")]
        // SAFETY: the bytes come from `Engine::precompile_component` through the artifact store,
        // which hands out only bytes whose keyed digest it has verified.
        let component = unsafe { Component::deserialize(engine, machine_code) }.map_err(fault)?;
        let linker = linker(engine).map_err(fault)?;
        let pre = linker.instantiate_pre(&component).map_err(fault)?;
        Ok(Self {
            engine: engine.clone(),
            pre,
        })
    }

    /// Compiles source text to marshalled code.
    pub(crate) fn compile(
        &self,
        source: &[u8],
        limits: &Limits,
    ) -> Result<CompileResult, SandboxError> {
        let cancel = Cancel::new();
        // Compiling does not look at the clock.
        let invocation = Invocation::new(Request::default(), limits, &cancel, u64::MAX, 0);
        let call =
            self.call::<(&[u8],), (Result<Vec<u8>, String>,)>("compile", (source,), &invocation)?;
        Ok(call.result.map(|(result,)| result))
    }

    pub(crate) fn program(&self, code: Arc<[u8]>) -> PythonProgram {
        PythonProgram {
            guest: self.clone(),
            code,
        }
    }

    fn call<P, R>(
        &self,
        function: &str,
        parameters: P,
        invocation: &Invocation<'_>,
    ) -> Result<Call<R>, SandboxError>
    where
        P: ComponentNamedList + Lower + Send + Sync,
        R: ComponentNamedList + Lift + Send + Sync + 'static,
    {
        let start = thread_cpu_time();
        let outputs = invocation.outputs();
        let host = PythonHost {
            wasi: invocation.world(&outputs).build(),
            table: ResourceTable::new(),
            meter: Meter::new(invocation.limits.memory_bytes),
            clock: invocation.clock(),
        };
        let mut store = invocation.store(&self.engine, host)?;
        let result = invocation.drive(async {
            let instance = self.pre.instantiate_async(&mut store).await?;
            let function: TypedFunc<P, R> = instance.get_typed_func(&mut store, function)?;
            function.call_async(&mut store, parameters).await
        });
        let result = sort(result, &outputs, &store.data().meter)?;
        let fuel = invocation.fuel_used(&store);
        let memory_bytes = store.data().meter.peak_bytes();
        drop(store);
        Ok(Call {
            result,
            outputs,
            fuel,
            memory_bytes,
            cpu_time: thread_cpu_time().saturating_sub(start),
        })
    }
}

impl PythonProgram {
    /// Runs the program once, in a fresh instance of the guest.
    pub(crate) fn execute(&self, invocation: &Invocation<'_>) -> Result<Execution, SandboxError> {
        let call = self
            .guest
            .call::<(&[u8],), (i32,)>("run", (&self.code,), invocation)?;
        let ending = match call.result {
            Ok((0,)) => Ending::Ok,
            Ok((code,)) => Ending::Exit(code),
            Err(ending) => ending,
        };
        let (stdout, _) = call.outputs.stdout.take();
        let (stderr, n_stderr_bytes) = call.outputs.stderr.take();
        Ok(Execution {
            ending,
            stdout,
            stderr,
            n_stderr_bytes,
            fuel: call.fuel,
            memory_bytes: call.memory_bytes,
            cpu_time: call.cpu_time,
        })
    }
}

/// A pollable that is ready: the time it stands for was slept when it was made.
struct Slept;

#[async_trait]
impl Pollable for Slept {
    async fn ready(&mut self) {}
}

/// wasmtime-wasi's functions, with the clocks replaced by ones that read fuel.
fn linker(engine: &Engine) -> wasmtime::Result<Linker<PythonHost>> {
    /// The version whose names wasmtime-wasi defines; imports of older 0.2 versions resolve to it.
    const VERSION: &str = "0.2.12";

    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    linker.allow_shadowing(true);

    let mut wall = linker.instance(&format!("wasi:clocks/wall-clock@{VERSION}"))?;
    wall.func_wrap(
        "now",
        |mut store: StoreContextMut<'_, PythonHost>, (): ()| {
            let now = Duration::from_secs(clock::START_SECONDS) + clock::now(&mut store);
            Ok((Datetime::from(now),))
        },
    )?;

    let mut monotonic = linker.instance(&format!("wasi:clocks/monotonic-clock@{VERSION}"))?;
    monotonic.func_wrap(
        "now",
        |mut store: StoreContextMut<'_, PythonHost>, (): ()| Ok((nanos(clock::now(&mut store)),)),
    )?;
    monotonic.func_wrap(
        "subscribe-duration",
        |store: StoreContextMut<'_, PythonHost>, (wait,): (u64,)| {
            Ok((slept(store, Duration::from_nanos(wait))?,))
        },
    )?;
    monotonic.func_wrap(
        "subscribe-instant",
        |mut store: StoreContextMut<'_, PythonHost>, (when,): (u64,)| {
            let now = clock::now(&mut store);
            let wait = Duration::from_nanos(when).saturating_sub(now);
            Ok((slept(store, wait)?,))
        },
    )?;
    Ok(linker)
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// Sleeps at once: in preview 2 a guest subscribes to a time in order to wait for it.
fn slept(
    mut store: StoreContextMut<'_, PythonHost>,
    wait: Duration,
) -> wasmtime::Result<Resource<DynPollable>> {
    clock::sleep(&mut store, wait)?;
    let table = &mut store.data_mut().table;
    let resource = table.push(Slept)?;
    subscribe(table, resource)
}

/// `wasi:clocks/wall-clock.datetime`.
#[derive(wasmtime::component::ComponentType, wasmtime::component::Lower)]
#[component(record)]
struct Datetime {
    seconds: u64,
    nanoseconds: u32,
}

impl From<Duration> for Datetime {
    fn from(time: Duration) -> Self {
        Self {
            seconds: time.as_secs(),
            nanoseconds: time.subsec_nanos(),
        }
    }
}
