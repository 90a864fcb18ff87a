//! WASI preview 1 as a module sees it: three streams, a virtual clock, seeded randomness, and no files but
//! those that an execution was given (a candidate's has none; see `file_calls.rs`).
//!
//! All of it is ours, and nothing waits but a read of a pipe between two guests (`pipe.rs`), so that a module needs no context of wasmtime-wasi, which costs
//! more than the rest of a small execution. The functions here read a clock, which is fuel, or do work whose
//! size the guest chooses, which it pays in fuel: else it could hold a worker without end. What is asked of
//! descriptors and the process is in `descriptors.rs`.

use std::{sync::Arc, time::Duration};

use wasmtime::{Caller, Engine, Extern, Linker, Trap, error::Context as _};

use super::{
    clock::{self, HasClock},
    costs::{CALL_FUEL, RANDOM_BYTE_FUEL, STREAM_BYTE_FUEL, VECTOR_FUEL},
    descriptors::{self, Descriptors, Stream},
    file_calls,
    invocation::Invocation,
    open_files::OpenFiles,
    pipe::{Ends, Moved, Wait},
    stdio::{Output, Overflow},
};
use crate::Files;

/// The streams and the randomness of one execution, and what else it was given.
pub(super) struct Streams {
    input: Arc<[u8]>,
    n_read_bytes: usize,
    pub(super) descriptors: Descriptors,
    pub(super) stdout: Output,
    pub(super) stderr: Output,
    seed: u64,
    /// Made when it is first asked for.
    random: Option<blake3::OutputReader>,
    pub(super) given: Given,
}

/// What only judges' programs are given, and those that talk to one.
pub(super) struct Given {
    pub(super) files: OpenFiles,
    pub(super) arguments: Arc<[String]>,
    /// Where standard input and output lead if the guest talks to another one.
    pub(super) ends: Option<Ends>,
}

impl Streams {
    pub(super) fn new(invocation: &Invocation<'_>) -> Self {
        let limits = invocation.limits;
        Self {
            input: Arc::clone(&invocation.input),
            n_read_bytes: 0,
            descriptors: Descriptors::new(),
            stdout: Output::new(limits.stdout_bytes, Overflow::EndsGuest),
            stderr: Output::new(limits.stderr_bytes, Overflow::IsDropped),
            seed: invocation.seed,
            random: None,
            given: Given {
                files: OpenFiles::new(invocation.files.clone().unwrap_or_default()),
                arguments: Arc::clone(&invocation.arguments),
                ends: invocation.ends.clone(),
            },
        }
    }

    /// Returns the files as they are at the end.
    pub(super) fn into_files(self) -> Files {
        self.given.files.into_files()
    }

    /// Fills a piece of memory with the next bytes of the execution's own stream.
    fn draw(&mut self, piece: &mut [u8]) {
        let seed = self.seed;
        self.random
            .get_or_insert_with(|| clock::random_stream(seed, "preview1"))
            .fill(piece);
    }
}

/// A store's data as these functions need it.
pub(super) trait HasStreams: HasClock + Send + 'static {
    fn streams(&mut self) -> &mut Streams;
}

pub(super) const WASI: &str = "wasi_snapshot_preview1";

/// WASI error numbers.
pub(super) const SUCCESS: i32 = 0;
pub(super) const EBADF: i32 = 8;
pub(super) const EINVAL: i32 = 28;
const EPIPE: i32 = 64;

/// Subscriptions that one `poll_oneoff` may have.
const MAX_SUBSCRIPTIONS: i32 = 64;

/// Makes the linker of candidates.
pub(super) fn linker<T: HasStreams>(engine: &Engine) -> wasmtime::Result<Linker<T>> {
    let mut linker = Linker::new(engine);
    linker
        .func_wrap(WASI, "clock_res_get", clock_res_get)?
        .func_wrap(WASI, "clock_time_get", clock_time_get)?
        .func_wrap(WASI, "poll_oneoff", poll_oneoff)?
        .func_wrap(WASI, "fd_read", fd_read)?
        .func_wrap(WASI, "fd_write", fd_write)?
        .func_wrap(WASI, "random_get", random_get)?;
    descriptors::add_to(&mut linker, engine)?;
    Ok(linker)
}

/// Makes the linker of programs that were given files or arguments, or talk to another: for these, reading and
/// writing may wait.
pub(super) fn files_linker<T: HasStreams>(engine: &Engine) -> wasmtime::Result<Linker<T>> {
    let mut linker = linker::<T>(engine)?;
    linker.allow_shadowing(true);
    file_calls::add_to(&mut linker)?;
    linker.func_wrap_async(
        WASI,
        "fd_read",
        |caller: Caller<'_, T>, (fd, vectors_at, n_vectors, n_read_at)| {
            Box::new(talking_fd_read(
                caller, fd, vectors_at, n_vectors, n_read_at,
            ))
        },
    )?;
    linker.func_wrap_async(
        WASI,
        "fd_write",
        |caller: Caller<'_, T>, (fd, vectors_at, n_vectors, n_written_at)| {
            Box::new(talking_fd_write(
                caller,
                fd,
                vectors_at,
                n_vectors,
                n_written_at,
            ))
        },
    )?;
    Ok(linker)
}

/// Takes the fuel of some work of the host, and returns what is left. Ends a guest that cannot pay.
pub(super) fn charge<T>(caller: &mut Caller<'_, T>, fuel: u64) -> wasmtime::Result<u64> {
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
pub(super) fn charge_vectors<T>(
    caller: &mut Caller<'_, T>,
    n_vectors: i32,
) -> wasmtime::Result<u32> {
    let n_vectors = n_vectors.cast_unsigned();
    charge(caller, CALL_FUEL + VECTOR_FUEL * u64::from(n_vectors))?;
    Ok(n_vectors)
}

/// Returns the piece of memory that vector `index` of a list stands for.
pub(super) fn vector(
    data: &[u8],
    list_at: usize,
    index: u32,
) -> wasmtime::Result<std::ops::Range<usize>> {
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
    let streams = host.streams();
    let sink = match streams.descriptors.get(fd) {
        Some(Stream::Output) => &mut streams.stdout,
        Some(Stream::Error) => &mut streams.stderr,
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
    let n_vectors = charge_vectors(&mut caller, n_vectors)?;
    let memory = memory(&mut caller)?;
    let (data, host) = memory.data_and_store_mut(&mut caller);
    let streams = host.streams();
    if streams.descriptors.get(fd) != Some(Stream::Input) {
        return Ok(EBADF);
    }
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

/// `fd_read` of a judge's program: a file; or what another guest wrote, waiting for the first byte.
async fn talking_fd_read<T: HasStreams>(
    mut caller: Caller<'_, T>,
    fd: i32,
    vectors_at: i32,
    n_vectors: i32,
    n_read_at: i32,
) -> wasmtime::Result<i32> {
    let streams = caller.data_mut().streams();
    let ends = match (streams.descriptors.get(fd), streams.given.ends.clone()) {
        (None, _) => {
            return file_calls::read_file(caller, fd, vectors_at, n_vectors, None, n_read_at);
        }
        (Some(Stream::Input), Some(ends)) => ends,
        _ => return fd_read(caller, fd, vectors_at, n_vectors, n_read_at),
    };
    let n_vectors = charge_vectors(&mut caller, n_vectors)?;
    let memory = memory(&mut caller)?;
    let mut n_read = 0;
    let mut index = 0;
    while index < n_vectors {
        let data = memory.data_mut(&mut caller);
        let piece = vector(data, offset(vectors_at, 0)?, index)?;
        let length = piece.len();
        match ends.input.read(&mut data[piece]) {
            Moved::Blocked if n_read == 0 => {
                ends.wait(Wait::ToRead).await;
                continue;
            }
            Moved::Blocked | Moved::Gone => break,
            Moved::Bytes(n) => {
                n_read += n;
                if n < length {
                    break;
                }
            }
        }
        index += 1;
    }
    let n_read = u32::try_from(n_read)?;
    charge(&mut caller, STREAM_BYTE_FUEL * u64::from(n_read))?;
    write(&mut caller, n_read_at, &n_read.to_le_bytes())?;
    Ok(SUCCESS)
}

/// `fd_write` of a judge's program: to a file; or all of it to another guest, waiting for room.
async fn talking_fd_write<T: HasStreams>(
    mut caller: Caller<'_, T>,
    fd: i32,
    vectors_at: i32,
    n_vectors: i32,
    n_written_at: i32,
) -> wasmtime::Result<i32> {
    let streams = caller.data_mut().streams();
    let ends = match (streams.descriptors.get(fd), streams.given.ends.clone()) {
        (None, _) => {
            return file_calls::write_file(caller, fd, vectors_at, n_vectors, None, n_written_at);
        }
        (Some(Stream::Output), Some(ends)) => ends,
        _ => return fd_write(caller, fd, vectors_at, n_vectors, n_written_at),
    };
    let n_vectors = charge_vectors(&mut caller, n_vectors)?;
    let memory = memory(&mut caller)?;
    let mut n_written = 0u32;
    for index in 0..n_vectors {
        let piece = vector(memory.data(&caller), offset(vectors_at, 0)?, index)?;
        charge(&mut caller, STREAM_BYTE_FUEL * piece.len() as u64)?;
        let mut start = piece.start;
        while start < piece.end {
            let (data, host) = memory.data_and_store_mut(&mut caller);
            let rest = &data[start..piece.end];
            match ends.output.write(rest) {
                Moved::Blocked => ends.wait(Wait::ToWrite).await,
                Moved::Gone => return Ok(EPIPE),
                Moved::Bytes(n) => {
                    host.streams().stdout.push(&rest[..n])?;
                    start += n;
                }
            }
        }
        n_written = n_written.saturating_add(u32::try_from(piece.len())?);
    }
    write(&mut caller, n_written_at, &n_written.to_le_bytes())?;
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
    host.streams().draw(piece.ok_or(Trap::MemoryOutOfBounds)?);
    Ok(SUCCESS)
}

/// Returns where a clock starts: all four are the virtual one, the real-time clock has its start added.
fn start_of(clock: i32) -> Option<Duration> {
    match clock {
        0 => Some(Duration::from_secs(clock::START_SECONDS)),
        1..=3 => Some(Duration::ZERO),
        _ => None,
    }
}

fn clock_res_get<T: HasStreams>(
    mut caller: Caller<'_, T>,
    clock: i32,
    resolution_at: i32,
) -> wasmtime::Result<i32> {
    charge(&mut caller, CALL_FUEL)?;
    if start_of(clock).is_none() {
        return Ok(EINVAL);
    }
    write(
        &mut caller,
        resolution_at,
        &clock::RESOLUTION_NANOS.to_le_bytes(),
    )?;
    Ok(SUCCESS)
}

fn clock_time_get<T: HasStreams>(
    mut caller: Caller<'_, T>,
    clock: i32,
    _precision: i64,
    time_at: i32,
) -> wasmtime::Result<i32> {
    let left = charge(&mut caller, CALL_FUEL)?;
    let Some(start) = start_of(clock) else {
        return Ok(EINVAL);
    };
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

    let left = charge(&mut caller, CALL_FUEL)?;
    if !(1..=MAX_SUBSCRIPTIONS).contains(&n_subscriptions) {
        return Ok(EINVAL);
    }
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
        let cost = caller.data().clock().fuel_of(wait);
        charge(&mut caller, cost)?;
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

pub(super) fn memory<T>(caller: &mut Caller<'_, T>) -> wasmtime::Result<wasmtime::Memory> {
    match caller.get_export("memory") {
        Some(Extern::Memory(memory)) => Ok(memory),
        _ => wasmtime::bail!("module exports no memory `memory`"),
    }
}

/// Reads a guest's pointer as the unsigned number that it is, and adds `bytes`.
pub(super) fn offset(pointer: i32, bytes: usize) -> wasmtime::Result<usize> {
    Ok(usize::try_from(pointer.cast_unsigned())? + bytes)
}

pub(super) fn write<T>(caller: &mut Caller<'_, T>, at: i32, bytes: &[u8]) -> wasmtime::Result<()> {
    Ok(memory(caller)?.write(&mut *caller, offset(at, 0)?, bytes)?)
}
