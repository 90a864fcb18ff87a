//! WASI preview 1 as a module sees it: three streams, a virtual clock, seeded randomness, no files.
//!
//! wasmtime-wasi answers whatever has no cost and no clock in it. The functions here are ours: those that
//! read a clock, since ours is fuel; those whose work depends on a length that the guest chooses, since
//! that work must be paid in fuel or a guest could hold a worker without end; and those that take a path,
//! of which there are none.

use std::{sync::Arc, time::Duration};

use wasmtime::{Caller, Engine, Extern, Linker, Trap, error::Context as _};
use wasmtime_wasi::p1::WasiP1Ctx;

use super::{
    clock::{self, HasClock},
    costs::{CALL_FUEL, RANDOM_BYTE_FUEL, STREAM_BYTE_FUEL, VECTOR_FUEL},
    invocation::{Invocation, Outputs},
    stdio::Sink,
};

/// The streams and the randomness of one execution.
pub(super) struct Streams {
    input: Arc<[u8]>,
    n_read_bytes: usize,
    stdout: Sink,
    stderr: Sink,
    random: blake3::OutputReader,
}

impl Streams {
    pub(super) fn new(invocation: &Invocation<'_>, outputs: &Outputs) -> Self {
        Self {
            input: Arc::clone(&invocation.input),
            n_read_bytes: 0,
            stdout: outputs.stdout.clone(),
            stderr: outputs.stderr.clone(),
            random: clock::random_stream(invocation.seed, "preview1"),
        }
    }
}

/// A store's data as these functions need it.
pub(super) trait HasStreams: HasClock + Send + 'static {
    fn streams(&mut self) -> &mut Streams;
    fn wasi(&mut self) -> &mut WasiP1Ctx;
}

const WASI: &str = "wasi_snapshot_preview1";

/// WASI error numbers.
const SUCCESS: i32 = 0;
const EBADF: i32 = 8;
const EINVAL: i32 = 28;

/// Subscriptions that one `poll_oneoff` may have.
const MAX_SUBSCRIPTIONS: i32 = 64;

/// Makes the linker of modules.
pub(super) fn linker<T: HasStreams>(engine: &Engine) -> wasmtime::Result<Linker<T>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p1::add_to_linker_async(&mut linker, T::wasi)?;
    linker.allow_shadowing(true);
    linker.func_wrap(WASI, "clock_time_get", clock_time_get)?;
    linker.func_wrap(WASI, "poll_oneoff", poll_oneoff)?;
    linker.func_wrap(WASI, "fd_read", fd_read)?;
    linker.func_wrap(WASI, "fd_write", fd_write)?;
    linker.func_wrap(WASI, "random_get", random_get)?;
    no_files(&mut linker)?;
    Ok(linker)
}

/// Answers every function that wants an open folder, file or socket: there is none.
#[rustfmt::skip]
fn no_files<T: HasStreams>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    linker
        .func_wrap(WASI, "fd_pread", |_: i32, _: i32, _: i32, _: i64, _: i32| EBADF)?
        .func_wrap(WASI, "fd_pwrite", |_: i32, _: i32, _: i32, _: i64, _: i32| EBADF)?
        .func_wrap(WASI, "path_create_directory", |_: i32, _: i32, _: i32| EBADF)?
        .func_wrap(WASI, "path_filestat_get", |_: i32, _: i32, _: i32, _: i32, _: i32| EBADF)?
        .func_wrap(WASI, "path_filestat_set_times", |_: i32, _: i32, _: i32, _: i32, _: i64, _: i64, _: i32| EBADF)?
        .func_wrap(WASI, "path_link", |_: i32, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32| EBADF)?
        .func_wrap(WASI, "path_open", |_: i32, _: i32, _: i32, _: i32, _: i32, _: i64, _: i64, _: i32, _: i32| EBADF)?
        .func_wrap(WASI, "path_readlink", |_: i32, _: i32, _: i32, _: i32, _: i32, _: i32| EBADF)?
        .func_wrap(WASI, "path_remove_directory", |_: i32, _: i32, _: i32| EBADF)?
        .func_wrap(WASI, "path_rename", |_: i32, _: i32, _: i32, _: i32, _: i32, _: i32| EBADF)?
        .func_wrap(WASI, "path_symlink", |_: i32, _: i32, _: i32, _: i32, _: i32| EBADF)?
        .func_wrap(WASI, "path_unlink_file", |_: i32, _: i32, _: i32| EBADF)?
        .func_wrap(WASI, "sock_recv", |_: i32, _: i32, _: i32, _: i32, _: i32, _: i32| EBADF)?
        .func_wrap(WASI, "sock_send", |_: i32, _: i32, _: i32, _: i32, _: i32| EBADF)?;
    Ok(())
}

/// Takes the fuel of some work of the host, and returns what is left. Ends a guest that cannot pay.
fn charge<T>(caller: &mut Caller<'_, T>, fuel: u64) -> wasmtime::Result<u64> {
    let Ok(left) = caller.get_fuel() else {
        return Ok(0); // An engine that counts nothing.
    };
    let Some(rest) = left.checked_sub(fuel) else {
        caller.set_fuel(0)?;
        return Err(Trap::OutOfFuel.into());
    };
    caller.set_fuel(rest)?;
    Ok(rest)
}

/// Takes the fuel of a call over some pieces of memory.
fn charge_vectors<T>(caller: &mut Caller<'_, T>, n_vectors: i32) -> wasmtime::Result<u32> {
    let n_vectors = n_vectors.cast_unsigned();
    charge(caller, CALL_FUEL + VECTOR_FUEL * u64::from(n_vectors))?;
    Ok(n_vectors)
}

/// Returns the piece of memory that vector `index` of a list stands for.
fn vector(data: &[u8], list_at: usize, index: u32) -> wasmtime::Result<std::ops::Range<usize>> {
    const VECTOR_BYTES: usize = 8;
    let at = list_at + index as usize * VECTOR_BYTES;
    let bytes = data
        .get(at..)
        .and_then(|it| it.first_chunk::<VECTOR_BYTES>());
    let pair = u64::from_le_bytes(*bytes.ok_or(Trap::MemoryOutOfBounds)?);
    let start = usize::try_from(pair & u64::from(u32::MAX))?;
    let end = start + usize::try_from(pair >> 32)?;
    if end > data.len() {
        return Err(Trap::MemoryOutOfBounds.into());
    }
    Ok(start..end)
}

/// `fd_write`: standard output and standard error.
fn fd_write<T: HasStreams>(
    mut caller: Caller<'_, T>,
    fd: i32,
    vectors_at: i32,
    n_vectors: i32,
    n_written_at: i32,
) -> wasmtime::Result<i32> {
    let n_vectors = charge_vectors(&mut caller, n_vectors)?;
    let memory = memory(&mut caller)?;
    let (data, host) = memory.data_and_store_mut(&mut caller);
    let sink = match fd {
        1 => &host.streams().stdout,
        2 => &host.streams().stderr,
        _ => return Ok(EBADF),
    };
    let mut n_written = 0u32;
    for index in 0..n_vectors {
        let piece = &data[vector(data, offset(vectors_at, 0)?, index)?];
        sink.push(piece)?;
        n_written = n_written.saturating_add(u32::try_from(piece.len())?);
    }
    charge(&mut caller, STREAM_BYTE_FUEL * u64::from(n_written))?;
    write(&mut caller, n_written_at, &n_written.to_le_bytes())?;
    Ok(SUCCESS)
}

/// `fd_read`: standard input.
fn fd_read<T: HasStreams>(
    mut caller: Caller<'_, T>,
    fd: i32,
    vectors_at: i32,
    n_vectors: i32,
    n_read_at: i32,
) -> wasmtime::Result<i32> {
    if fd != 0 {
        return Ok(EBADF);
    }
    let n_vectors = charge_vectors(&mut caller, n_vectors)?;
    let memory = memory(&mut caller)?;
    let (data, host) = memory.data_and_store_mut(&mut caller);
    let streams = host.streams();
    let start = streams.n_read_bytes;
    for index in 0..n_vectors {
        let piece = vector(data, offset(vectors_at, 0)?, index)?;
        let rest = &streams.input[streams.n_read_bytes..];
        let n_bytes = rest.len().min(piece.len());
        data[piece.start..piece.start + n_bytes].copy_from_slice(&rest[..n_bytes]);
        streams.n_read_bytes += n_bytes;
    }
    let n_read = u32::try_from(streams.n_read_bytes - start)?;
    charge(&mut caller, STREAM_BYTE_FUEL * u64::from(n_read))?;
    write(&mut caller, n_read_at, &n_read.to_le_bytes())?;
    Ok(SUCCESS)
}

/// `random_get`: the next bytes of the execution's own stream.
fn random_get<T: HasStreams>(
    mut caller: Caller<'_, T>,
    at: i32,
    n_bytes: i32,
) -> wasmtime::Result<i32> {
    let n_bytes = n_bytes.cast_unsigned();
    charge(
        &mut caller,
        CALL_FUEL + RANDOM_BYTE_FUEL * u64::from(n_bytes),
    )?;
    let start = offset(at, 0)?;
    let memory = memory(&mut caller)?;
    let (data, host) = memory.data_and_store_mut(&mut caller);
    let piece = data.get_mut(start..start + n_bytes as usize);
    host.streams()
        .random
        .fill(piece.ok_or(Trap::MemoryOutOfBounds)?);
    Ok(SUCCESS)
}

/// `clock_time_get`: all four clocks are the virtual one; the real-time clock has its start added.
fn clock_time_get<T: HasStreams>(
    mut caller: Caller<'_, T>,
    clock: i32,
    _precision: i64,
    time_at: i32,
) -> wasmtime::Result<i32> {
    let start = match clock {
        0 => Duration::from_secs(clock::START_SECONDS),
        1..=3 => Duration::ZERO,
        _ => return Ok(EINVAL),
    };
    let left = charge(&mut caller, CALL_FUEL)?;
    let time = start + caller.data().clock().elapsed(left);
    let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    write(&mut caller, time_at, &nanos.to_le_bytes())?;
    Ok(SUCCESS)
}

/// `poll_oneoff`: streams are always ready; where only clocks are asked for, sleeps until the first.
fn poll_oneoff<T: HasStreams>(
    mut caller: Caller<'_, T>,
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
    let left = charge(&mut caller, CALL_FUEL)?;
    let now = caller.data().clock().elapsed(left);
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

fn memory<T>(caller: &mut Caller<'_, T>) -> wasmtime::Result<wasmtime::Memory> {
    match caller.get_export("memory") {
        Some(Extern::Memory(memory)) => Ok(memory),
        _ => wasmtime::bail!("module exports no memory `memory`"),
    }
}

/// Reads a guest's pointer as the unsigned number that it is, and adds `bytes`.
fn offset(pointer: i32, bytes: usize) -> wasmtime::Result<usize> {
    Ok(usize::try_from(pointer.cast_unsigned())? + bytes)
}

fn write<T>(caller: &mut Caller<'_, T>, at: i32, bytes: &[u8]) -> wasmtime::Result<()> {
    Ok(memory(caller)?.write(&mut *caller, offset(at, 0)?, bytes)?)
}
