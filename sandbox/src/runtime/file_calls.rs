//! The WASI preview 1 functions on files, folders and arguments, for programs that were given some.
//!
//! They stand in the place of those in `descriptors.rs`, which they call for the three streams. All work that
//! grows with what the guest asks for is paid in fuel.

use std::sync::Arc;

use wasmtime::{Caller, Linker, Trap};

use super::{
    costs::{CALL_FUEL, STREAM_BYTE_FUEL, VECTOR_FUEL},
    descriptors,
    open_files::{APPEND, BADF, Errno, FOLDER, INVAL, OpenFiles, ROOT, ROOT_NAME, SPIPE, Stat},
    preview1::{HasStreams, SUCCESS, WASI, charge, charge_vectors, memory, offset, vector, write},
};
use crate::files::{MAX_PATH_BYTES, MAX_WRITTEN_BYTES};

const ILSEQ: Errno = Errno(25);
const NAMETOOLONG: Errno = Errno(37);
const NOTSUP: Errno = Errno(58);

/// Descriptors below it are the streams.
const FIRST_FILE: i32 = ROOT.cast_signed();

/// Rights that a file of ours is said to have: all.
const ALL_RIGHTS: u64 = (1 << 30) - 1;

/// Adds the functions to a linker that has those without files.
pub(super) fn add_to<T: HasStreams>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    linker
        .func_wrap(WASI, "args_sizes_get", args_sizes_get)?
        .func_wrap(WASI, "args_get", args_get)?
        .func_wrap(WASI, "fd_close", fd_close)?
        .func_wrap(WASI, "fd_fdstat_get", fd_fdstat_get)?
        .func_wrap(WASI, "fd_fdstat_set_flags", fd_fdstat_set_flags)?
        .func_wrap(WASI, "fd_filestat_get", fd_filestat_get)?
        .func_wrap(WASI, "fd_filestat_set_size", fd_filestat_set_size)?
        .func_wrap(WASI, "fd_pread", fd_pread)?
        .func_wrap(WASI, "fd_pwrite", fd_pwrite)?
        .func_wrap(WASI, "fd_prestat_get", fd_prestat_get)?
        .func_wrap(WASI, "fd_prestat_dir_name", fd_prestat_dir_name)?
        .func_wrap(WASI, "fd_readdir", fd_readdir)?
        .func_wrap(WASI, "fd_renumber", fd_renumber)?
        .func_wrap(WASI, "fd_seek", fd_seek)?
        .func_wrap(WASI, "fd_tell", fd_tell)?
        .func_wrap(WASI, "path_open", path_open)?
        .func_wrap(WASI, "path_filestat_get", path_filestat_get)?
        .func_wrap(WASI, "path_create_directory", path_create_directory)?
        .func_wrap(WASI, "path_remove_directory", path_remove_directory)?
        .func_wrap(WASI, "path_unlink_file", path_unlink_file)?
        .func_wrap(WASI, "path_rename", path_rename)?;
    Ok(())
}

fn args_sizes_get<T: HasStreams>(
    mut caller: Caller<'_, T>,
    n_at: i32,
    n_bytes_at: i32,
) -> wasmtime::Result<i32> {
    charge(&mut caller, CALL_FUEL)?;
    let arguments = &caller.data_mut().streams().given.arguments;
    let n = u32::try_from(arguments.len())?;
    let n_bytes: usize = arguments.iter().map(|it| it.len() + 1).sum();
    write(&mut caller, n_at, &n.to_le_bytes())?;
    write(
        &mut caller,
        n_bytes_at,
        &u32::try_from(n_bytes)?.to_le_bytes(),
    )?;
    Ok(SUCCESS)
}

fn args_get<T: HasStreams>(
    mut caller: Caller<'_, T>,
    list_at: i32,
    bytes_at: i32,
) -> wasmtime::Result<i32> {
    let arguments = Arc::clone(&caller.data_mut().streams().given.arguments);
    let n_bytes: usize = arguments.iter().map(|it| it.len() + 1).sum();
    charge(&mut caller, CALL_FUEL + STREAM_BYTE_FUEL * n_bytes as u64)?;
    let (mut list_at, mut at) = (offset(list_at, 0)?, offset(bytes_at, 0)?);
    let memory = memory(&mut caller)?;
    for argument in &*arguments {
        memory.write(&mut caller, list_at, &u32::try_from(at)?.to_le_bytes())?;
        memory.write(&mut caller, at, argument.as_bytes())?;
        memory.write(&mut caller, at + argument.len(), &[0])?;
        list_at += 4;
        at += argument.len() + 1;
    }
    Ok(SUCCESS)
}

/// Returns true if a descriptor is a stream's: one of the first three, unless a file was put in its place.
fn is_stream<T: HasStreams>(caller: &mut Caller<'_, T>, fd: i32) -> bool {
    let files = &caller.data_mut().streams().given.files;
    (0..FIRST_FILE).contains(&fd) && !files.is_open(fd.cast_unsigned())
}

/// Calls `act` on the open files. A stream's descriptor gives `stream` instead.
fn with_file<T: HasStreams, R>(
    caller: &mut Caller<'_, T>,
    fd: i32,
    stream: Errno,
    act: impl FnOnce(&mut OpenFiles, u32) -> Result<R, Errno>,
) -> wasmtime::Result<Result<R, Errno>> {
    charge(caller, CALL_FUEL)?;
    if is_stream(caller, fd) {
        return Ok(Err(stream));
    }
    let files = &mut caller.data_mut().streams().given.files;
    Ok(act(files, fd.cast_unsigned()))
}

/// Calls `act` with the path at an address.
fn with_path<T: HasStreams, R>(
    caller: &mut Caller<'_, T>,
    at: i32,
    n_bytes: i32,
    act: impl FnOnce(&mut OpenFiles, &str) -> Result<R, Errno>,
) -> wasmtime::Result<Result<R, Errno>> {
    let n_bytes = n_bytes.cast_unsigned() as usize;
    charge(
        caller,
        CALL_FUEL + VECTOR_FUEL * n_bytes.min(MAX_PATH_BYTES) as u64,
    )?;
    if n_bytes > MAX_PATH_BYTES {
        return Ok(Err(NAMETOOLONG));
    }
    let start = offset(at, 0)?;
    let memory = memory(caller)?;
    let (data, host) = memory.data_and_store_mut(&mut *caller);
    let path = data
        .get(start..start + n_bytes)
        .ok_or(Trap::MemoryOutOfBounds)?;
    Ok(match std::str::from_utf8(path) {
        Ok(path) => act(&mut host.streams().given.files, path),
        Err(_) => Err(ILSEQ),
    })
}

fn number(result: Result<(), Errno>) -> i32 {
    match result {
        Ok(()) => SUCCESS,
        Err(errno) => errno.0,
    }
}

/// Writes a result's bytes to an address, if there is one.
fn give<T: HasStreams, const N: usize>(
    caller: &mut Caller<'_, T>,
    at: i32,
    result: Result<[u8; N], Errno>,
) -> wasmtime::Result<i32> {
    match result {
        Ok(bytes) => write(caller, at, &bytes).map(|()| SUCCESS),
        Err(errno) => Ok(errno.0),
    }
}

fn fd_close<T: HasStreams>(mut caller: Caller<'_, T>, fd: i32) -> wasmtime::Result<i32> {
    if is_stream(&mut caller, fd) {
        let streams = caller.data_mut().streams();
        if let Some(ends) = &streams.given.ends {
            ends.close(streams.descriptors.get(fd));
        }
        return descriptors::fd_close(caller, fd);
    }
    with_file(&mut caller, fd, BADF, OpenFiles::close).map(number)
}

fn fd_fdstat_get<T: HasStreams>(
    mut caller: Caller<'_, T>,
    fd: i32,
    at: i32,
) -> wasmtime::Result<i32> {
    if is_stream(&mut caller, fd) {
        return descriptors::fd_fdstat_get(caller, fd, at);
    }
    let result = with_file(&mut caller, fd, BADF, |table, fd| {
        let flags = if table.appends(fd)? { APPEND } else { 0 };
        let mut bytes = [0; 24];
        bytes[0] = table.stat(fd)?.kind;
        bytes[2..4].copy_from_slice(&flags.to_le_bytes());
        bytes[8..16].copy_from_slice(&ALL_RIGHTS.to_le_bytes());
        bytes[16..24].copy_from_slice(&ALL_RIGHTS.to_le_bytes());
        Ok(bytes)
    })?;
    give(&mut caller, at, result)
}

fn fd_fdstat_set_flags<T: HasStreams>(
    mut caller: Caller<'_, T>,
    fd: i32,
    flags: i32,
) -> wasmtime::Result<i32> {
    let appends = flags & i32::from(APPEND) != 0;
    let result = with_file(&mut caller, fd, BADF, |table, fd| {
        table.set_appends(fd, appends)
    })?;
    Ok(number(result))
}

fn filestat(stat: Stat) -> [u8; 64] {
    let mut bytes = [0; 64];
    bytes[..8].copy_from_slice(&1u64.to_le_bytes());
    bytes[8..16].copy_from_slice(&stat.inode.to_le_bytes());
    bytes[16] = stat.kind;
    bytes[24..32].copy_from_slice(&1u64.to_le_bytes());
    bytes[32..40].copy_from_slice(&stat.n_bytes.to_le_bytes());
    bytes
}

fn fd_filestat_get<T: HasStreams>(
    mut caller: Caller<'_, T>,
    fd: i32,
    at: i32,
) -> wasmtime::Result<i32> {
    if is_stream(&mut caller, fd) {
        return descriptors::fd_filestat_get(caller, fd, at);
    }
    let result = with_file(&mut caller, fd, BADF, |table, fd| {
        table.stat(fd).map(filestat)
    })?;
    give(&mut caller, at, result)
}

fn fd_filestat_set_size<T: HasStreams>(
    mut caller: Caller<'_, T>,
    fd: i32,
    n_bytes: i64,
) -> wasmtime::Result<i32> {
    let n_bytes = n_bytes.cast_unsigned();
    charge(
        &mut caller,
        CALL_FUEL + STREAM_BYTE_FUEL * n_bytes.min(MAX_WRITTEN_BYTES),
    )?;
    with_file(&mut caller, fd, INVAL, |table, fd| {
        table.resize(fd, n_bytes)
    })
    .map(number)
}

fn fd_pread<T: HasStreams>(
    mut caller: Caller<'_, T>,
    fd: i32,
    vectors_at: i32,
    n_vectors: i32,
    at: i64,
    n_read_at: i32,
) -> wasmtime::Result<i32> {
    if is_stream(&mut caller, fd) {
        return descriptors::paid(caller, SPIPE.0);
    }
    let at = Some(at.cast_unsigned());
    read_file(caller, fd, vectors_at, n_vectors, at, n_read_at)
}

fn fd_pwrite<T: HasStreams>(
    mut caller: Caller<'_, T>,
    fd: i32,
    vectors_at: i32,
    n_vectors: i32,
    at: i64,
    n_written_at: i32,
) -> wasmtime::Result<i32> {
    if is_stream(&mut caller, fd) {
        return descriptors::paid(caller, SPIPE.0);
    }
    let at = Some(at.cast_unsigned());
    write_file(caller, fd, vectors_at, n_vectors, at, n_written_at)
}

/// Reads an open file, at a place or where it was left.
pub(super) fn read_file<T: HasStreams>(
    mut caller: Caller<'_, T>,
    fd: i32,
    vectors_at: i32,
    n_vectors: i32,
    at: Option<u64>,
    n_read_at: i32,
) -> wasmtime::Result<i32> {
    let n_vectors = charge_vectors(&mut caller, n_vectors)?;
    let fd = fd.cast_unsigned();
    let memory = memory(&mut caller)?;
    let (data, host) = memory.data_and_store_mut(&mut caller);
    let table = &mut host.streams().given.files;
    let mut rest = match table.rest(fd, at) {
        Ok(rest) => rest,
        Err(errno) => return Ok(errno.0),
    };
    let mut n_read = 0;
    for index in 0..n_vectors {
        let piece = vector(data, offset(vectors_at, 0)?, index)?;
        let n = rest.len().min(piece.len());
        data[piece.start..piece.start + n].copy_from_slice(&rest[..n]);
        rest = &rest[n..];
        n_read += n;
    }
    if at.is_none() {
        table.advance(fd, n_read);
    }
    charge(&mut caller, STREAM_BYTE_FUEL * n_read as u64)?;
    write(
        &mut caller,
        n_read_at,
        &u32::try_from(n_read)?.to_le_bytes(),
    )?;
    Ok(SUCCESS)
}

/// Writes an open file, at a place or where it was left.
pub(super) fn write_file<T: HasStreams>(
    mut caller: Caller<'_, T>,
    fd: i32,
    vectors_at: i32,
    n_vectors: i32,
    mut at: Option<u64>,
    n_written_at: i32,
) -> wasmtime::Result<i32> {
    let n_vectors = charge_vectors(&mut caller, n_vectors)?;
    let fd = fd.cast_unsigned();
    let memory = memory(&mut caller)?;
    let (data, host) = memory.data_and_store_mut(&mut caller);
    let table = &mut host.streams().given.files;
    let (mut n_written, mut n_touched) = (0u32, 0u64);
    let mut result = Ok(());
    for index in 0..n_vectors {
        let piece = &data[vector(data, offset(vectors_at, 0)?, index)?];
        match table.write(fd, at, piece) {
            Ok(n_zeros) => n_touched += n_zeros + piece.len() as u64,
            Err(errno) => {
                result = Err(errno);
                break;
            }
        }
        at = at.map(|at| at + piece.len() as u64);
        n_written = n_written.saturating_add(u32::try_from(piece.len())?);
    }
    // Also where it went wrong in the end: what was written before is work done.
    charge(&mut caller, STREAM_BYTE_FUEL.saturating_mul(n_touched))?;
    give(
        &mut caller,
        n_written_at,
        result.map(|()| n_written.to_le_bytes()),
    )
}

fn fd_prestat_get<T: HasStreams>(
    mut caller: Caller<'_, T>,
    fd: i32,
    at: i32,
) -> wasmtime::Result<i32> {
    let result = with_file(&mut caller, fd, BADF, |table, fd| {
        if fd != ROOT || table.stat(fd)?.kind != FOLDER {
            return Err(BADF);
        }
        // The tag of folders is 0; then the length of its name.
        let mut bytes = [0; 8];
        bytes[4] = u8::try_from(ROOT_NAME.len()).unwrap_or(u8::MAX);
        Ok(bytes)
    })?;
    give(&mut caller, at, result)
}

fn fd_prestat_dir_name<T: HasStreams>(
    mut caller: Caller<'_, T>,
    fd: i32,
    at: i32,
    n_bytes: i32,
) -> wasmtime::Result<i32> {
    charge(&mut caller, CALL_FUEL)?;
    if fd.cast_unsigned() != ROOT {
        return Ok(BADF.0);
    }
    if (n_bytes.cast_unsigned() as usize) < ROOT_NAME.len() {
        return Ok(NAMETOOLONG.0);
    }
    write(&mut caller, at, ROOT_NAME)?;
    Ok(SUCCESS)
}

/// `fd_readdir`: entries from number `cookie` on, the last one cut where the guest's buffer ends.
fn fd_readdir<T: HasStreams>(
    mut caller: Caller<'_, T>,
    fd: i32,
    at: i32,
    n_bytes: i32,
    cookie: i64,
    n_used_at: i32,
) -> wasmtime::Result<i32> {
    let room = n_bytes.cast_unsigned() as usize;
    let result = with_file(&mut caller, fd, BADF, |table, fd| {
        let n_nodes = table.n_nodes();
        let entries = table.list(fd)?;
        let mut bytes = Vec::new();
        for (index, (name, stat)) in entries.iter().enumerate() {
            if (index as u64) < cookie.cast_unsigned() {
                continue;
            }
            if bytes.len() >= room {
                break;
            }
            bytes.extend((index as u64 + 1).to_le_bytes());
            bytes.extend(stat.inode.to_le_bytes());
            bytes.extend(u32::try_from(name.len()).unwrap_or(u32::MAX).to_le_bytes());
            bytes.extend([stat.kind, 0, 0, 0]);
            bytes.extend(name.as_bytes());
        }
        bytes.truncate(room);
        Ok((bytes, n_nodes))
    })?;
    let (bytes, n_nodes) = match result {
        Ok(it) => it,
        Err(errno) => return Ok(errno.0),
    };
    charge(
        &mut caller,
        VECTOR_FUEL * n_nodes as u64 + STREAM_BYTE_FUEL * bytes.len() as u64,
    )?;
    write(&mut caller, at, &bytes)?;
    write(
        &mut caller,
        n_used_at,
        &u32::try_from(bytes.len())?.to_le_bytes(),
    )?;
    Ok(SUCCESS)
}

fn fd_renumber<T: HasStreams>(
    mut caller: Caller<'_, T>,
    from: i32,
    to: i32,
) -> wasmtime::Result<i32> {
    match (is_stream(&mut caller, from), is_stream(&mut caller, to)) {
        (true, true) => return descriptors::fd_renumber(caller, from, to),
        (true, false) => return descriptors::paid(caller, NOTSUP.0),
        // A file in the place of a stream, which is closed: what `freopen` does.
        (false, true) => {
            let streams = caller.data_mut().streams();
            if streams.given.files.is_open(from.cast_unsigned())
                && let Some(stream) = streams.descriptors.take(to)
            {
                if let Some(ends) = &streams.given.ends {
                    ends.close(Some(stream));
                }
                streams.given.files.reserve(to.cast_unsigned());
            }
        }
        (false, false) => {}
    }
    let to = to.cast_unsigned();
    with_file(&mut caller, from, NOTSUP, |table, from| {
        table.renumber(from, to)
    })
    .map(number)
}

fn fd_seek<T: HasStreams>(
    mut caller: Caller<'_, T>,
    fd: i32,
    by: i64,
    whence: i32,
    at: i32,
) -> wasmtime::Result<i32> {
    let result = with_file(&mut caller, fd, SPIPE, |table, fd| {
        table.seek(fd, by, whence)
    })?;
    give(&mut caller, at, result.map(u64::to_le_bytes))
}

fn fd_tell<T: HasStreams>(caller: Caller<'_, T>, fd: i32, at: i32) -> wasmtime::Result<i32> {
    fd_seek(caller, fd, 0, 1, at)
}

#[expect(clippy::too_many_arguments, reason = "WASI has them")]
fn path_open<T: HasStreams>(
    mut caller: Caller<'_, T>,
    folder: i32,
    _lookup: i32,
    path_at: i32,
    path_bytes: i32,
    oflags: i32,
    rights: i64,
    _inherited: i64,
    fdflags: i32,
    fd_at: i32,
) -> wasmtime::Result<i32> {
    let fdflags = u16::try_from(fdflags & 0xffff)?;
    let result = with_path(&mut caller, path_at, path_bytes, |table, path| {
        table.open(folder.cast_unsigned(), path, oflags, rights, fdflags)
    })?;
    give(&mut caller, fd_at, result.map(u32::to_le_bytes))
}

fn path_filestat_get<T: HasStreams>(
    mut caller: Caller<'_, T>,
    folder: i32,
    _lookup: i32,
    path_at: i32,
    path_bytes: i32,
    at: i32,
) -> wasmtime::Result<i32> {
    let result = with_path(&mut caller, path_at, path_bytes, |table, path| {
        table.stat_path(folder.cast_unsigned(), path).map(filestat)
    })?;
    give(&mut caller, at, result)
}

fn path_create_directory<T: HasStreams>(
    mut caller: Caller<'_, T>,
    folder: i32,
    path_at: i32,
    path_bytes: i32,
) -> wasmtime::Result<i32> {
    let result = with_path(&mut caller, path_at, path_bytes, |table, path| {
        table.make_folder(folder.cast_unsigned(), path)
    })?;
    Ok(number(result))
}

fn path_remove_directory<T: HasStreams>(
    mut caller: Caller<'_, T>,
    folder: i32,
    path_at: i32,
    path_bytes: i32,
) -> wasmtime::Result<i32> {
    let result = with_path(&mut caller, path_at, path_bytes, |table, path| {
        table.remove(folder.cast_unsigned(), path, true)
    })?;
    Ok(number(result))
}

fn path_unlink_file<T: HasStreams>(
    mut caller: Caller<'_, T>,
    folder: i32,
    path_at: i32,
    path_bytes: i32,
) -> wasmtime::Result<i32> {
    let result = with_path(&mut caller, path_at, path_bytes, |table, path| {
        table.remove(folder.cast_unsigned(), path, false)
    })?;
    Ok(number(result))
}

fn path_rename<T: HasStreams>(
    mut caller: Caller<'_, T>,
    from_folder: i32,
    from_at: i32,
    from_bytes: i32,
    to_folder: i32,
    to_at: i32,
    to_bytes: i32,
) -> wasmtime::Result<i32> {
    let from = with_path(&mut caller, from_at, from_bytes, |_, path| {
        Ok(path.to_owned())
    })?;
    let from = match from {
        Ok(from) => from,
        Err(errno) => return Ok(errno.0),
    };
    let result = with_path(&mut caller, to_at, to_bytes, |table, to| {
        let from = (from_folder.cast_unsigned(), from.as_str());
        table.rename(from, (to_folder.cast_unsigned(), to))
    })?;
    Ok(number(result))
}
