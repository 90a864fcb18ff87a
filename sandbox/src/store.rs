//! The artifact store: bytes on disk, found by the digest of everything that shaped them.
//!
//! Does not know what the bytes are. Whatever it hands out it has verified: each entry carries a
//! BLAKE3 digest keyed with a secret of this cache, so a truncated, corrupt or foreign entry is
//! detected, removed and counted, and its artifact is built again. Machine code comes from here into
//! the process, hence the care.
//!
//! Layout: `artifacts/v1/key` (the secret), `artifacts/v1/ab/abcd…` (entries).

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use crate::{Digest, SandboxError};

/// The bytes that a store may take up, by default: 8 GiB.
pub const DEFAULT_STORE_BYTES: u64 = 8 << 30;

/// Length of the digest at the head of each entry, and of the secret.
const DIGEST_BYTES: usize = 32;

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
        let mut bytes = match fs_err::read(&path) {
            Ok(bytes) => bytes,
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
            match fs_err::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(SandboxError::io("remove a corrupt artifact", error));
                }
                _ => return Ok(None),
            }
        }
        self.n_hits.fetch_add(1, Ordering::Relaxed);
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
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(self.seal(key, payload).as_bytes())?;
        file.write_all(payload)?;
        file.persist(&path).map_err(|error| error.error)?;
        Ok(())
    }

    /// Removes the entries that were written longest ago until `max_bytes` are left. Returns the bytes removed.
    pub(crate) fn prune(&self, max_bytes: u64) -> Result<u64, SandboxError> {
        self.try_prune(max_bytes)
            .map_err(|error| SandboxError::io("prune the artifact store", error))
    }

    fn try_prune(&self, max_bytes: u64) -> io::Result<u64> {
        let mut entries = Vec::new();
        let mut total_bytes = 0;
        for folder in fs_err::read_dir(&self.folder)? {
            let folder = folder?;
            if !folder.file_type()?.is_dir() {
                continue;
            }
            for entry in fs_err::read_dir(folder.path())? {
                let entry = entry?;
                // Another process may have removed it in the meantime.
                let Ok(metadata) = entry.metadata() else {
                    continue;
                };
                total_bytes += metadata.len();
                entries.push((metadata.modified()?, entry.path(), metadata.len()));
            }
        }
        entries.sort();
        let mut removed_bytes = 0;
        for (_, path, bytes) in entries {
            if total_bytes - removed_bytes <= max_bytes {
                break;
            }
            match fs_err::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => removed_bytes += bytes,
            }
        }
        Ok(removed_bytes)
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

/// Reads the cache's secret, making one on first use; two processes that race agree on one.
fn secret(folder: &Path) -> io::Result<[u8; DIGEST_BYTES]> {
    let path = folder.join("key");
    if !path.exists() {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        let mut bytes = [0; DIGEST_BYTES];
        io::Read::read_exact(&mut fs_err::File::open("/dev/urandom")?, &mut bytes)?;
        file.write_all(&bytes)?;
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
mod tests {
    use super::*;

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        (folder, store)
    }

    #[test]
    fn what_was_put_comes_back() {
        let (_folder, store) = store();
        let key = Digest::of(b"k");
        assert_eq!(store.get(&key).unwrap(), None);
        store.put(&key, b"payload");
        assert_eq!(store.get(&key).unwrap().as_deref(), Some(&b"payload"[..]));
    }

    #[test]
    fn an_empty_payload_is_an_entry() {
        let (_folder, store) = store();
        let key = Digest::of(b"k");
        store.put(&key, b"");
        assert_eq!(store.get(&key).unwrap().as_deref(), Some(&b""[..]));
    }

    #[test]
    fn every_flipped_byte_and_every_cut_is_detected_and_removed() {
        let (_folder, store) = store();
        let key = Digest::of(b"k");
        store.put(&key, b"abc");
        let path = store.path(&key);
        let whole = fs_err::read(&path).unwrap();
        let mut n_bad = 0;
        for index in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[index] ^= 1;
            for bad in [&flipped[..], &whole[..index]] {
                fs_err::write(&path, bad).unwrap();
                assert_eq!(store.get(&key).unwrap(), None, "byte {index}");
                assert!(!path.exists());
                n_bad += 1;
            }
        }
        assert_eq!(store.stats().n_corrupt, n_bad);
    }

    #[test]
    fn an_entry_under_another_name_is_refused() {
        let (_folder, store) = store();
        let (one, other) = (Digest::of(b"1"), Digest::of(b"2"));
        store.put(&one, b"abc");
        fs_err::create_dir_all(store.path(&other).parent().unwrap()).unwrap();
        fs_err::copy(store.path(&one), store.path(&other)).unwrap();
        assert_eq!(store.get(&other).unwrap(), None);
    }

    #[test]
    fn an_entry_of_another_cache_is_refused() {
        let ((_a, ours), (_b, theirs)) = (store(), store());
        let key = Digest::of(b"k");
        theirs.put(&key, b"abc");
        fs_err::create_dir_all(ours.path(&key).parent().unwrap()).unwrap();
        fs_err::copy(theirs.path(&key), ours.path(&key)).unwrap();
        assert_eq!(ours.get(&key).unwrap(), None);
    }

    #[test]
    fn an_unwritable_entry_is_counted_and_no_fault() {
        let (_folder, store) = store();
        let key = Digest::of(b"k");
        // A file where the entry's folder should be.
        fs_err::write(store.path(&key).parent().unwrap(), b"").unwrap();
        store.put(&key, b"abc");
        assert_eq!(store.stats().n_unwritten, 1);
    }

    #[test]
    fn pruning_leaves_at_most_the_bound() {
        let (_folder, store) = store();
        for index in 0..10u8 {
            store.put(&Digest::of(&[index]), &[0; 68]);
        }
        assert_eq!(store.prune(550).unwrap(), 500);
        assert_eq!(store.prune(550).unwrap(), 0);
    }
}
