//! What a module is told of its three descriptors, its arguments and its end; and that there is no more.
//!
//! Each answer takes the same work whatever the guest asks, and each is paid. The numbers are those of
//! wasmtime-wasi, but for the few that `tests.rs` lists.

use wasmtime::{Caller, Engine, FuncType, Linker, Val, ValType};
use wasmtime_wasi::I32Exit;

use super::{
    costs::CALL_FUEL,
    preview1::{EBADF, HasStreams, SUCCESS, WASI, charge, write},
};

const ENOTDIR: i32 = 54;
const ENOTSOCK: i32 = 57;
const ENOTSUP: i32 = 58;
pub(super) const ESPIPE: i32 = 70;

/// What a descriptor stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    Input,
    Output,
    Error,
}

/// Descriptors 0 to 2, as the guest has left them open and numbered them.
pub(super) struct Descriptors([Option<Stream>; 3]);

impl Descriptors {
    pub(super) fn new() -> Self {
        Self([
            Some(Stream::Input),
            Some(Stream::Output),
            Some(Stream::Error),
        ])
    }

    pub(super) fn get(&self, fd: i32) -> Option<Stream> {
        let fd = usize::try_from(fd).ok()?;
        *self.0.get(fd)?
    }

    pub(super) fn take(&mut self, fd: i32) -> Option<Stream> {
        let fd = usize::try_from(fd).ok()?;
        self.0.get_mut(fd)?.take()
    }

    /// Gives the stream of `from` the number of `to`, whose own is closed.
    fn renumber(&mut self, from: i32, to: i32) -> Option<()> {
        self.get(to)?;
        let stream = self.get(from)?;
        if from != to {
            self.take(from);
            self.0[usize::try_from(to).ok()?] = Some(stream);
        }
        Some(())
    }
}

/// Functions that want a file, a folder or a socket: parameters (`i` 32 bits, `I` 64 bits; the first is a
/// descriptor), and the answer where the descriptor is a stream. Elsewhere it is [`EBADF`].
pub(super) const REFUSED: [(&str, &str, i32); 28] = [
    ("fd_advise", "iIIi", EBADF),
    ("fd_allocate", "iII", EBADF),
    ("fd_datasync", "i", EBADF),
    ("fd_fdstat_set_flags", "ii", EBADF),
    ("fd_fdstat_set_rights", "iII", EBADF),
    ("fd_filestat_set_size", "iI", EBADF),
    ("fd_filestat_set_times", "iIIi", EBADF),
    ("fd_pread", "iiiIi", ESPIPE),
    ("fd_prestat_dir_name", "iii", ENOTDIR),
    ("fd_prestat_get", "ii", EBADF),
    ("fd_pwrite", "iiiIi", ESPIPE),
    ("fd_readdir", "iiiIi", EBADF),
    ("fd_seek", "iIii", ESPIPE),
    ("fd_sync", "i", EBADF),
    ("fd_tell", "ii", ESPIPE),
    ("path_create_directory", "iii", EBADF),
    ("path_filestat_get", "iiiii", EBADF),
    ("path_filestat_set_times", "iiiiIIi", EBADF),
    ("path_open", "iiiiiIIii", EBADF),
    ("path_readlink", "iiiiii", EBADF),
    ("path_remove_directory", "iii", EBADF),
    ("path_rename", "iiiiii", EBADF),
    ("path_link", "iiiiiii", EBADF),
    ("path_unlink_file", "iii", EBADF),
    ("sock_accept", "iii", ENOTSOCK),
    ("sock_recv", "iiiiii", ENOTSOCK),
    ("sock_send", "iiiii", ENOTSOCK),
    ("sock_shutdown", "ii", ENOTSOCK),
];

/// Adds the functions of this file.
pub(super) fn add_to<T: HasStreams>(
    linker: &mut Linker<T>,
    engine: &Engine,
) -> wasmtime::Result<()> {
    for (name, parameters, answer) in REFUSED {
        refuse(linker, engine, name, parameters, answer)?;
    }
    linker
        .func_wrap(WASI, "args_sizes_get", no_strings)?
        .func_wrap(WASI, "environ_sizes_get", no_strings)?
        .func_wrap(WASI, "args_get", |it: Caller<'_, T>, _: i32, _: i32| {
            paid(it, SUCCESS)
        })?
        .func_wrap(WASI, "environ_get", |it: Caller<'_, T>, _: i32, _: i32| {
            paid(it, SUCCESS)
        })?
        .func_wrap(
            WASI,
            "path_symlink",
            |it: Caller<'_, T>, _: i32, _: i32, _: i32, _: i32, _: i32| paid(it, EBADF),
        )?
        .func_wrap(WASI, "fd_close", fd_close)?
        .func_wrap(WASI, "fd_renumber", fd_renumber)?
        .func_wrap(WASI, "fd_fdstat_get", fd_fdstat_get)?
        .func_wrap(WASI, "fd_filestat_get", fd_filestat_get)?
        .func_wrap(WASI, "sched_yield", |it: Caller<'_, T>| paid(it, SUCCESS))?
        .func_wrap(WASI, "proc_raise", |it: Caller<'_, T>, _: i32| {
            paid(it, ENOTSUP)
        })?
        .func_wrap(WASI, "proc_exit", proc_exit)?;
    Ok(())
}

fn refuse<T: HasStreams>(
    linker: &mut Linker<T>,
    engine: &Engine,
    name: &str,
    parameters: &str,
    answer: i32,
) -> wasmtime::Result<()> {
    let parameters = parameters.chars().map(|it| match it {
        'I' => ValType::I64,
        _ => ValType::I32,
    });
    let ty = FuncType::new(engine, parameters, [ValType::I32]);
    linker.func_new(WASI, name, ty, move |mut caller, parameters, results| {
        charge(&mut caller, CALL_FUEL)?;
        let fd = parameters[0].i32().unwrap_or(-1);
        let is_open = caller.data_mut().streams().descriptors.get(fd).is_some();
        results[0] = Val::I32(if is_open { answer } else { EBADF });
        Ok(())
    })?;
    Ok(())
}

pub(super) fn paid<T>(mut caller: Caller<'_, T>, answer: i32) -> wasmtime::Result<i32> {
    charge(&mut caller, CALL_FUEL)?;
    Ok(answer)
}

/// `args_sizes_get` and `environ_sizes_get`: there are neither arguments nor an environment.
fn no_strings<T>(mut caller: Caller<'_, T>, n_at: i32, n_bytes_at: i32) -> wasmtime::Result<i32> {
    charge(&mut caller, CALL_FUEL)?;
    write(&mut caller, n_at, &[0; 4])?;
    write(&mut caller, n_bytes_at, &[0; 4])?;
    Ok(SUCCESS)
}

pub(super) fn fd_close<T: HasStreams>(mut caller: Caller<'_, T>, fd: i32) -> wasmtime::Result<i32> {
    charge(&mut caller, CALL_FUEL)?;
    let closed = caller.data_mut().streams().descriptors.take(fd);
    Ok(closed.map_or(EBADF, |_| SUCCESS))
}

pub(super) fn fd_renumber<T: HasStreams>(
    mut caller: Caller<'_, T>,
    from: i32,
    to: i32,
) -> wasmtime::Result<i32> {
    charge(&mut caller, CALL_FUEL)?;
    let done = caller.data_mut().streams().descriptors.renumber(from, to);
    Ok(done.map_or(EBADF, |()| SUCCESS))
}

/// `fd_fdstat_get`: a stream is of no known type, and may be read or written and nothing else.
pub(super) fn fd_fdstat_get<T: HasStreams>(
    mut caller: Caller<'_, T>,
    fd: i32,
    stat_at: i32,
) -> wasmtime::Result<i32> {
    const RIGHT_READ: u8 = 1 << 1;
    const RIGHT_WRITE: u8 = 1 << 6;
    const STAT_BYTES: usize = 24;

    charge(&mut caller, CALL_FUEL)?;
    let rights = match caller.data_mut().streams().descriptors.get(fd) {
        None => return Ok(EBADF),
        Some(Stream::Input) => RIGHT_READ,
        Some(Stream::Output | Stream::Error) => RIGHT_WRITE,
    };
    let mut stat = [0; STAT_BYTES];
    (stat[8], stat[16]) = (rights, rights);
    write(&mut caller, stat_at, &stat)?;
    Ok(SUCCESS)
}

/// `fd_filestat_get`: all zero, as befits a stream.
pub(super) fn fd_filestat_get<T: HasStreams>(
    mut caller: Caller<'_, T>,
    fd: i32,
    stat_at: i32,
) -> wasmtime::Result<i32> {
    const STAT_BYTES: usize = 64;

    charge(&mut caller, CALL_FUEL)?;
    if caller.data_mut().streams().descriptors.get(fd).is_none() {
        return Ok(EBADF);
    }
    write(&mut caller, stat_at, &[0; STAT_BYTES])?;
    Ok(SUCCESS)
}

/// `proc_exit`: ends the guest. Of the code eight bits are kept, as a shell sees it: `exit(256)` is 0.
fn proc_exit<T>(_: Caller<'_, T>, code: i32) -> wasmtime::Result<()> {
    Err(I32Exit(code & 0xff).into())
}
