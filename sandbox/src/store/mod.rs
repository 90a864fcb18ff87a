//! The artifact store: bytes on disk, found by the digest of everything that shaped them.
//!
//! Does not know what the bytes are. Whatever it hands out it has verified: each entry carries a
//! BLAKE3 digest keyed with a secret of this cache, so a truncated, corrupt or foreign entry is
//! detected, removed and counted, and its artifact is built again. Machine code comes from here into
//! the process, hence the care.
//!
//! Any number of processes may use one store, and each may be killed at any moment: a file appears
//! under its name by a rename, when it is whole, and what a killed process leaves behind has another
//! kind of name and is removed when it is old.
//!
//! Layout: `artifacts/v1/key` (the secret), `artifacts/v1/ab/abcd…` (entries, modified when they were
//! last of use), `artifacts/v1/pruned` (modified when the store was last looked through).

use std::{
    fs::Metadata,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, SystemTime},
};

use crate::{Digest, SandboxError};

/// The bytes that a store may take up, by default: 8 GiB.
pub const DEFAULT_STORE_BYTES: u64 = 8 << 30;

/// Length of the digest at the head of each entry, and of the secret.
const DIGEST_BYTES: usize = 32;
/// How exactly the time of an entry's last use is known: entries of use in one search are written to
/// at most once in it.
const USE_RESOLUTION: Duration = Duration::from_hours(1);
/// How files are called that are being written, and how old one is that nobody writes any more.
const PARTIAL: &str = ".partial-";
const ABANDONED_AFTER: Duration = Duration::from_hours(1);
/// Looking through a full store takes a second or so: it is done once in this time, ...
const PRUNE_INTERVAL: Duration = Duration::from_mins(10);
/// ... or when this part of the bound was written by one process.
const PRUNE_PART: u64 = 16;
/// The file that tells when it was last done.
const PRUNED: &str = "pruned";

/// How the store served since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct StoreStats {
    /// Entries found and verified.
    pub n_hits: u64,
    /// Entries not there.
    pub n_misses: u64,
    /// Entries removed because their digest did not match.
    pub n_corrupt: u64,
    /// Entries that could not be written (a full disk, say); their artifacts were used all the same.
    pub n_unwritten: u64,
}

/// A folder of verified entries.
#[derive(Debug)]
pub(crate) struct Store {
    folder: PathBuf,
    secret: [u8; DIGEST_BYTES],
    written_bytes: AtomicU64,
    n_hits: AtomicU64,
    n_misses: AtomicU64,
    n_corrupt: AtomicU64,
    n_unwritten: AtomicU64,
}

impl Store {
    /// Opens the store below `cache`, making it if there is none.
    pub(crate) fn open(cache: &Path) -> Result<Self, SandboxError> {
        let folder = cache.join("artifacts").join("v1");
        let fault = |source| {
            SandboxError::io(
                format!("open the artifact store `{}`", folder.display()),
                source,
            )
        };
        fs_err::create_dir_all(&folder).map_err(fault)?;
        let secret = secret(&folder).map_err(fault)?;
        Ok(Self {
            folder,
            secret,
            written_bytes: AtomicU64::new(0),
            n_hits: AtomicU64::new(0),
            n_misses: AtomicU64::new(0),
            n_corrupt: AtomicU64::new(0),
            n_unwritten: AtomicU64::new(0),
        })
    }

    pub(crate) fn stats(&self) -> StoreStats {
        StoreStats {
            n_hits: self.n_hits.load(Ordering::Relaxed),
            n_misses: self.n_misses.load(Ordering::Relaxed),
            n_corrupt: self.n_corrupt.load(Ordering::Relaxed),
            n_unwritten: self.n_unwritten.load(Ordering::Relaxed),
        }
    }

    /// Returns the verified bytes of an entry, or `None` if there is none that can be trusted.
    pub(crate) fn get(&self, key: &Digest) -> Result<Option<Vec<u8>>, SandboxError> {
        let path = self.path(key);
        let (mut bytes, file) = match read(&path) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.n_misses.fetch_add(1, Ordering::Relaxed);
                return Ok(None);
            }
            Err(error) => return Err(SandboxError::io("read an artifact", error)),
        };
        let verified = bytes.len() >= DIGEST_BYTES && {
            let (digest, payload) = bytes.split_at(DIGEST_BYTES);
            let digest: [u8; DIGEST_BYTES] = digest.try_into().expect("split at its length");
            // `blake3::Hash` compares in constant time.
            self.seal(key, payload) == blake3::Hash::from_bytes(digest)
        };
        if !verified {
            self.n_corrupt.fetch_add(1, Ordering::Relaxed);
            remove(&path).map_err(|error| SandboxError::io("remove a corrupt artifact", error))?;
            return Ok(None);
        }
        self.n_hits.fetch_add(1, Ordering::Relaxed);
        mark_used(&file);
        bytes.drain(..DIGEST_BYTES);
        Ok(Some(bytes))
    }

    /// Writes an entry. It appears whole or not at all; one that cannot be written is counted, since
    /// a cache that is full must not end a search.
    pub(crate) fn put(&self, key: &Digest, payload: &[u8]) {
        if self.try_put(key, payload).is_err() {
            self.n_unwritten.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn try_put(&self, key: &Digest, payload: &[u8]) -> io::Result<()> {
        let path = self.path(key);
        let folder = path.parent().expect("an entry is in a folder");
        fs_err::create_dir_all(folder)?;
        let mut file = partial(folder)?;
        file.write_all(self.seal(key, payload).as_bytes())?;
        file.write_all(payload)?;
        file.persist(&path).map_err(|error| error.error)?;
        let bytes = (DIGEST_BYTES + payload.len()) as u64;
        self.written_bytes.fetch_add(bytes, Ordering::Relaxed);
        Ok(())
    }

    /// Prunes, if this process has written and it is time for it.
    pub(crate) fn prune_when_due(&self, max_bytes: u64) -> Result<(), SandboxError> {
        let written_bytes = self.written_bytes.load(Ordering::Relaxed);
        let is_due = || match fs_err::metadata(self.folder.join(PRUNED)) {
            Ok(found) => age(&found) >= PRUNE_INTERVAL,
            Err(_) => true,
        };
        if written_bytes > max_bytes / PRUNE_PART || (written_bytes > 0 && is_due()) {
            self.prune(max_bytes)?;
        }
        Ok(())
    }

    /// Removes the entries whose last use lies furthest back until `max_bytes` are left, and what
    /// killed processes left behind. Returns the bytes of the entries removed.
    pub(crate) fn prune(&self, max_bytes: u64) -> Result<u64, SandboxError> {
        self.try_prune(max_bytes)
            .map_err(|error| SandboxError::io("prune the artifact store", error))
    }

    fn try_prune(&self, max_bytes: u64) -> io::Result<u64> {
        // First, so that other processes leave it to this one.
        fs_err::write(self.folder.join(PRUNED), b"")?;
        let mut entries = Vec::new();
        self.look_through(&self.folder, &mut entries)?;
        for folder in fs_err::read_dir(&self.folder)? {
            let folder = folder?;
            if folder.file_type()?.is_dir() {
                self.look_through(&folder.path(), &mut entries)?;
            }
        }
        entries.sort_unstable();
        let total_bytes: u64 = entries.iter().map(|it| it.bytes).sum();
        let mut removed_bytes = 0;
        for entry in entries {
            if total_bytes - removed_bytes <= max_bytes {
                break;
            }
            remove(&self.path(&entry.key))?;
            removed_bytes += entry.bytes;
        }
        Ok(removed_bytes)
    }

    /// Lists the entries in a folder, and removes what was abandoned there; other files are not ours.
    fn look_through(&self, folder: &Path, entries: &mut Vec<Entry>) -> io::Result<()> {
        for file in fs_err::read_dir(folder)? {
            let file = file?;
            // Another process may have removed it in the meantime.
            let Ok(found) = file.metadata() else {
                continue;
            };
            let name = file.file_name();
            let Some(name) = name.to_str().filter(|_| found.is_file()) else {
                continue;
            };
            if name.starts_with(PARTIAL) && age(&found) >= ABANDONED_AFTER {
                remove(&file.path())?;
            } else if let Ok(key) = name.parse::<Digest>()
                && self.path(&key) == file.path()
            {
                entries.push(Entry {
                    used: found.modified()?,
                    key,
                    bytes: found.len(),
                });
            }
        }
        Ok(())
    }

    fn seal(&self, key: &Digest, payload: &[u8]) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_keyed(&self.secret);
        hasher.update(&key.0).update(payload);
        hasher.finalize()
    }

    fn path(&self, key: &Digest) -> PathBuf {
        let name = key.to_string();
        self.folder.join(&name[..2]).join(name)
    }
}

/// An entry as pruning sees it: in the order in which entries go.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    used: SystemTime,
    key: Digest,
    bytes: u64,
}

/// Reads a file, and keeps it open.
fn read(path: &Path) -> io::Result<(Vec<u8>, fs_err::File)> {
    let mut file = fs_err::File::open(path)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok((bytes, file))
}

/// Notes that an entry was of use. A store that cannot be written to still serves.
#[expect(
    clippy::disallowed_methods,
    reason = "only the order in which entries are pruned depends on it"
)]
fn mark_used(file: &fs_err::File) {
    let is_known = file.metadata().is_ok_and(|it| age(&it) < USE_RESOLUTION);
    if !is_known {
        let _ = file.file().set_modified(SystemTime::now());
    }
}

/// Returns how long ago a file was modified; without end if that lies in the future, by a clock that
/// was set back since.
fn age(found: &Metadata) -> Duration {
    let modified = found.modified().ok();
    let age = modified.and_then(|it| it.elapsed().ok());
    age.unwrap_or(Duration::MAX)
}

/// Makes the file that becomes an entry when it is whole.
fn partial(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    tempfile::Builder::new().prefix(PARTIAL).tempfile_in(folder)
}

/// Removes a file; that another process did so first is no fault.
fn remove(path: &Path) -> io::Result<()> {
    match fs_err::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Reads the cache's secret, making one on first use; two processes that race agree on one.
fn secret(folder: &Path) -> io::Result<[u8; DIGEST_BYTES]> {
    let path = folder.join("key");
    if !path.exists() {
        let mut file = partial(folder)?;
        let mut bytes = [0; DIGEST_BYTES];
        fs_err::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
        file.write_all(&bytes)?;
        // Entries that a crash of the machine cuts are found out; a key would make all of them strangers.
        file.as_file().sync_all()?;
        match file.persist_noclobber(&path) {
            Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(error.error);
            }
            _ => {}
        }
    }
    let bytes = fs_err::read(&path)?;
    bytes.try_into().map_err(|bytes: Vec<u8>| {
        io::Error::new(
            io::ErrorKind::InvalidData,
            format!(
                "`{}` has {} bytes: expected {DIGEST_BYTES}",
                path.display(),
                bytes.len()
            ),
        )
    })
}

#[cfg(test)]
mod tests;
