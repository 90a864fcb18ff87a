//! Our WASI preview 1 held against wasmtime-wasi's: the same answer, and the same bytes written.

use std::{fmt::Write as _, time::Duration};

use wasmtime::{Engine, Linker, Module, Store, Val};
use wasmtime_wasi::{HostMonotonicClock, HostWallClock, WasiCtxBuilder, p1::WasiP1Ctx};

use super::{
    Cancel, EngineKind, Metering,
    clock::{self, FuelClock, HasClock},
    costs::CALL_FUEL,
    descriptors::{ESPIPE, REFUSED},
    drive::drive,
    engine,
    invocation::Invocation,
    preview1::{self, EINVAL, HasStreams, SUCCESS, Streams, WASI},
};
use crate::{Files, Limits, Request};

struct Host {
    streams: Streams,
    clock: FuelClock,
}

impl HasStreams for Host {
    fn streams(&mut self) -> &mut Streams {
        &mut self.streams
    }
}

impl HasClock for Host {
    fn clock(&self) -> FuelClock {
        self.clock
    }
}

/// wasmtime-wasi's world with nothing in it, at the instant at which guests start.
fn empty_world() -> WasiP1Ctx {
    let mut wasi = WasiCtxBuilder::new();
    wasi.wall_clock(StandingClock)
        .monotonic_clock(StandingClock)
        .allow_tcp(false)
        .allow_udp(false)
        .allow_ip_name_lookup(false);
    wasi.build_p1()
}

struct StandingClock;

impl HostWallClock for StandingClock {
    fn resolution(&self) -> Duration {
        Duration::from_nanos(clock::RESOLUTION_NANOS)
    }

    fn now(&self) -> Duration {
        Duration::from_secs(clock::START_SECONDS)
    }
}

impl HostMonotonicClock for StandingClock {
    fn resolution(&self) -> u64 {
        clock::RESOLUTION_NANOS
    }

    fn now(&self) -> u64 {
        0
    }
}

/// Functions of the file above and of `preview1.rs`, with their parameters.
const ANSWERED: [(&str, &str); 15] = [
    ("args_get", "ii"),
    ("args_sizes_get", "ii"),
    ("clock_res_get", "ii"),
    ("clock_time_get", "iIi"),
    ("environ_get", "ii"),
    ("environ_sizes_get", "ii"),
    ("fd_close", "i"),
    ("fd_fdstat_get", "ii"),
    ("fd_filestat_get", "ii"),
    ("fd_read", "iiii"),
    ("fd_renumber", "ii"),
    ("fd_write", "iiii"),
    ("path_symlink", "iiiii"),
    ("proc_raise", "i"),
    ("sched_yield", ""),
];

/// What we answer otherwise: function, descriptor or clock, our answer.
const OURS: [(&str, i32, i32); 9] = [
    // A pipe cannot be read or written at a place, whichever way it goes.
    ("fd_pread", 1, ESPIPE),
    ("fd_pread", 2, ESPIPE),
    ("fd_pwrite", 0, ESPIPE),
    // The clocks of process and thread are the virtual one; theirs are none.
    ("clock_res_get", 2, SUCCESS),
    ("clock_res_get", 3, SUCCESS),
    ("clock_time_get", 2, SUCCESS),
    ("clock_time_get", 3, SUCCESS),
    // A clock that is none: theirs ends the guest.
    ("clock_res_get", 4, EINVAL),
    ("clock_time_get", 4, EINVAL),
];

fn functions() -> impl Iterator<Item = (&'static str, &'static str)> {
    let refused = REFUSED.into_iter().map(|(name, types, _)| (name, types));
    refused.chain(ANSWERED)
}

/// A module that exports what it imports, so that a call has a memory to write to.
fn module(engine: &Engine) -> Module {
    let (mut imports, mut wrappers) = (String::new(), String::new());
    for (name, types) in functions() {
        let mut arguments = String::new();
        let mut parameters = String::new();
        for (index, ty) in types.chars().enumerate() {
            let ty = if ty == 'I' { "i64" } else { "i32" };
            write!(parameters, " {ty}").unwrap();
            write!(arguments, " (local.get {index})").unwrap();
        }
        let ty = format!("(param{parameters}) (result i32)");
        writeln!(
            imports,
            "(import \"{WASI}\" \"{name}\" (func ${name} {ty}))"
        )
        .unwrap();
        writeln!(
            wrappers,
            "(func (export \"{name}\") {ty} (call ${name}{arguments}))"
        )
        .unwrap();
    }
    let text = format!("(module {imports} (memory (export \"memory\") 1) {wrappers})");
    Module::new(engine, wat::parse_str(text).unwrap()).unwrap()
}

/// Calls one function in a fresh instance: its answer and all of memory, or how the guest ended.
fn call<T: Send + 'static>(
    linker: &Linker<T>,
    module: &Module,
    host: T,
    name: &str,
    parameters: &[Val],
) -> wasmtime::Result<(i32, Vec<u8>, u64)> {
    const FUEL: u64 = 1 << 40;
    let mut store = Store::new(module.engine(), host);
    store.set_fuel(FUEL)?;
    let called = async {
        let instance = linker.instantiate_async(&mut store, module).await?;
        let function = instance.get_func(&mut store, name).unwrap();
        let mut results = [Val::I32(-1)];
        function
            .call_async(&mut store, parameters, &mut results)
            .await?;
        let memory = instance.get_memory(&mut store, "memory").unwrap();
        let memory = memory.data(&store).to_vec();
        Ok((results[0].unwrap_i32(), memory, FUEL - store.get_fuel()?))
    };
    drive(called, Duration::MAX, &Cancel::new()).unwrap()
}

/// Zeros, which are pointers that are there, lengths of nothing and flags that are none, after `first`.
fn parameters(name: &str, types: &str, first: i32) -> Vec<Val> {
    let zero = |ty| if ty == 'I' { Val::I64(0) } else { Val::I32(0) };
    let mut parameters: Vec<Val> = types.chars().map(zero).collect();
    if let Some(parameter) = parameters.first_mut() {
        let is_pointer = name.starts_with("args") || name.starts_with("environ");
        *parameter = Val::I32(if is_pointer { first * 8 } else { first });
    }
    if name == "fd_renumber" {
        parameters[1] = Val::I32(1);
    }
    parameters
}

#[test]
fn answers_are_those_of_wasmtime_wasi() {
    let engine = engine(EngineKind::Module, Metering::default(), 1).unwrap();
    let module = module(&engine);
    let ours = preview1::linker::<Host>(&engine).unwrap();
    let mut theirs = Linker::<WasiP1Ctx>::new(&engine);
    wasmtime_wasi::p1::add_to_linker_async(&mut theirs, |it| it).unwrap();
    let limits = Limits::default();
    let cancel = Cancel::new();
    let invocation = Invocation::new(Request::default(), &limits, &cancel, 1 << 40, 0);
    let mut faults = Vec::new();
    for (name, types) in functions() {
        for first in 0..5 {
            let parameters = parameters(name, types, first);
            let host = Host {
                streams: Streams::new(&invocation),
                clock: invocation.clock(),
            };
            let our = call(&ours, &module, host, name, &parameters).unwrap();
            let their = empty_world();
            let their = call(&theirs, &module, their, name, &parameters);
            let is_like_theirs =
                their.is_ok_and(|it| it.0 == our.0 && (it.1 == our.1 || name == "clock_time_get"));
            let other = OURS.iter().find(|it| (it.0, it.1) == (name, first));
            if is_like_theirs != other.is_none_or(|it| it.2 != our.0) {
                faults.push(format!("{name}({first}) = {}", our.0));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn every_function_is_paid_for_with_files_too() {
    let engine = engine(EngineKind::Module, Metering::default(), 1).unwrap();
    let module = module(&engine);
    let linker = preview1::files_linker::<Host>(&engine).unwrap();
    let limits = Limits::default();
    let cancel = Cancel::new();
    let request = Request {
        files: Some(Files::new()),
        arguments: ["a".to_owned()].into(),
        ..Request::default()
    };
    let invocation = Invocation::new(request, &limits, &cancel, 1 << 40, 0);
    for (name, types) in functions() {
        for first in 0..5 {
            let host = Host {
                streams: Streams::new(&invocation),
                clock: invocation.clock(),
            };
            let parameters = parameters(name, types, first);
            let (_, _, fuel) = call(&linker, &module, host, name, &parameters).unwrap();
            assert!(fuel >= CALL_FUEL, "{name}({first}): {fuel}");
        }
    }
}
