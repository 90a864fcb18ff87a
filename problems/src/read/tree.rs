//! A problem's folder, seen through bounds: no file outside it, none too large, not too many.
//!
//! Knows nothing of any format. Paths inside are texts with parts joined by `/`, on every system.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use fs_err as fs;

use crate::error::{LoadError, LoadErrorKind};

/// The most that is read of one test's input or answer, or of one source file: 256 MiB.
pub const MAX_FILE_BYTES: u64 = 256 << 20;
/// The most files and folders that are looked at below one folder of a problem.
pub const MAX_FILES: usize = 100_000;
/// The deepest nesting of folders that is looked at.
pub const MAX_DEPTH: usize = 16;

/// The most that the programs of a package that judge, and the files for submissions, have in all:
/// 256 MiB.
pub const MAX_ALL_PROGRAMS_BYTES: u64 = 256 << 20;
/// The longest path that a file may name another by, in bytes.
const MAX_PATH_BYTES: usize = 4096;

/// How much may still be read of one kind.
pub(super) struct Budget {
    limit_bytes: u64,
    left_bytes: u64,
}

impl Budget {
    pub(super) fn new(limit_bytes: u64) -> Self {
        Self {
            limit_bytes,
            left_bytes: limit_bytes,
        }
    }
}

/// A folder that is read.
pub(super) struct Tree {
    /// The folder as the user named it: what errors show.
    shown: PathBuf,
    /// The same without links: what every file must lie below.
    root: PathBuf,
}

impl Tree {
    pub(super) fn open(folder: &Path) -> Result<Self, LoadError> {
        let unreadable = |err| LoadError::new(folder, LoadErrorKind::Read(err));
        let root = fs::canonicalize(folder).map_err(unreadable)?;
        if !fs::metadata(&root).map_err(unreadable)?.is_dir() {
            return Err(LoadError::new(folder, LoadErrorKind::NotAFolder));
        }
        Ok(Self {
            shown: folder.to_owned(),
            root,
        })
    }

    /// Returns the folder's own name, also where the user said `.`.
    pub(super) fn id(&self) -> String {
        let name = self.root.file_name().unwrap_or(self.root.as_os_str());
        name.to_string_lossy().into_owned()
    }

    pub(super) fn error(&self, path: &str, kind: LoadErrorKind) -> LoadError {
        let shown = if path.is_empty() {
            self.shown.clone()
        } else {
            self.shown.join(path)
        };
        LoadError::new(shown, kind)
    }

    pub(super) fn has_file(&self, path: &str) -> bool {
        self.root.join(path).is_file()
    }

    pub(super) fn has_folder(&self, path: &str) -> bool {
        self.root.join(path).is_dir()
    }

    /// Returns true if there is something of this name, be it readable or not.
    pub(super) fn is_there(&self, path: &str) -> bool {
        fs::symlink_metadata(self.root.join(path)).is_ok()
    }

    /// Returns the size of a file, in bytes; 0 where reading it will fail.
    pub(super) fn size(&self, path: &str) -> u64 {
        fs::metadata(self.root.join(path)).map_or(0, |it| it.len())
    }

    /// Reads a file of at most `limit_bytes`.
    pub(super) fn read(&self, path: &str, limit_bytes: u64) -> Result<Vec<u8>, LoadError> {
        let too_large = || self.error(path, LoadErrorKind::FileTooLarge { limit_bytes });
        if self.size(path) > limit_bytes {
            // Says what is wrong with it before how large it is.
            self.resolve(path)?;
            return Err(too_large());
        }
        // Asked twice, since the file may grow in between.
        let bytes = self.read_start(path, limit_bytes.saturating_add(1))?;
        if bytes.len() as u64 > limit_bytes {
            return Err(too_large());
        }
        Ok(bytes)
    }

    /// Reads the first bytes of a file, at most so many.
    pub(super) fn read_start(&self, path: &str, limit_bytes: u64) -> Result<Vec<u8>, LoadError> {
        let unreadable = |err: io::Error| self.error(path, LoadErrorKind::Read(err));
        let file = fs::File::open(self.resolve(path)?).map_err(unreadable)?;
        let mut bytes = Vec::new();
        file.take(limit_bytes)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        Ok(bytes)
    }

    /// Finds a plain file inside the folder, through links.
    fn resolve(&self, path: &str) -> Result<PathBuf, LoadError> {
        let fail = |kind| self.error(path, kind);
        let unreadable = |err: io::Error| fail(LoadErrorKind::Read(err));
        let file = fs::canonicalize(self.root.join(path)).map_err(unreadable)?;
        if !file.starts_with(&self.root) {
            return Err(fail(LoadErrorKind::LinkLeavesFolder));
        }
        // Asked before opening: opening a pipe would wait for its other end.
        if !fs::metadata(&file).map_err(unreadable)?.is_file() {
            return Err(fail(LoadErrorKind::NotAFile));
        }
        Ok(file)
    }

    /// Reads a file out of a budget.
    pub(super) fn read_within(
        &self,
        path: &str,
        budget: &mut Budget,
    ) -> Result<Vec<u8>, LoadError> {
        let limit_bytes = budget.limit_bytes;
        let too_large = || self.error(path, LoadErrorKind::FolderTooLarge { limit_bytes });
        if self.size(path) > budget.left_bytes && self.size(path) <= MAX_FILE_BYTES {
            return Err(too_large());
        }
        let bytes = self.read(path, MAX_FILE_BYTES)?;
        let left = budget.left_bytes.checked_sub(bytes.len() as u64);
        budget.left_bytes = left.ok_or_else(too_large)?;
        Ok(bytes)
    }

    /// Reads a file that need not be there.
    pub(super) fn read_if_there(
        &self,
        path: &str,
        limit_bytes: u64,
    ) -> Result<Option<Vec<u8>>, LoadError> {
        match fs::symlink_metadata(self.root.join(path)) {
            Ok(_) => self.read(path, limit_bytes).map(Some),
            Err(err) if err.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(err) => Err(self.error(path, LoadErrorKind::Read(err))),
        }
    }

    /// Lists the files below a folder, in byte order of path; none where there is no such folder.
    pub(super) fn files(&self, folder: &str) -> Result<Vec<String>, LoadError> {
        let mut files = Vec::new();
        let mut n_seen = 0;
        match fs::symlink_metadata(self.root.join(folder)) {
            Ok(metadata) if metadata.is_dir() => {
                self.walk(folder, 0, &mut n_seen, &mut files)?;
            }
            Ok(metadata) if metadata.is_symlink() && self.has_folder(folder) => {
                return Err(self.error(folder, LoadErrorKind::LinkToFolder));
            }
            Ok(_) => return Err(self.error(folder, LoadErrorKind::NotAFolder)),
            Err(err) if err.kind() == io::ErrorKind::NotFound => {}
            Err(err) => return Err(self.error(folder, LoadErrorKind::Read(err))),
        }
        files.sort_unstable();
        Ok(files)
    }

    fn walk(
        &self,
        folder: &str,
        depth: usize,
        n_seen: &mut usize,
        files: &mut Vec<String>,
    ) -> Result<(), LoadError> {
        let fail = |kind| self.error(folder, kind);
        if depth > MAX_DEPTH {
            return Err(fail(LoadErrorKind::TooDeep { limit: MAX_DEPTH }));
        }
        let unreadable = |err| fail(LoadErrorKind::Read(err));
        for entry in fs::read_dir(self.root.join(folder)).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            *n_seen += 1;
            if *n_seen > MAX_FILES {
                return Err(fail(LoadErrorKind::TooManyFiles { limit: MAX_FILES }));
            }
            let name = entry.file_name();
            let Some(name) = name.to_str() else {
                let path = format!("{folder}/{}", name.to_string_lossy());
                return Err(self.error(&path, LoadErrorKind::NameNotUtf8));
            };
            let path = format!("{folder}/{name}");
            let kind = entry.file_type().map_err(unreadable)?;
            if kind.is_dir() {
                self.walk(&path, depth + 1, n_seen, files)?;
            } else if kind.is_symlink() && self.has_folder(&path) {
                return Err(self.error(&path, LoadErrorKind::LinkToFolder));
            } else {
                files.push(path);
            }
        }
        Ok(())
    }
}

/// Returns the last part of a path.
pub(super) fn base_name(path: &str) -> &str {
    path.rsplit('/').next().expect("a split has a first part")
}

/// Returns true for a path that another file may name: below the folder, with plain parts.
pub(super) fn is_inside(path: &str) -> bool {
    path.len() <= MAX_PATH_BYTES
        && !path.contains(['\\', '\0'])
        && path.split('/').all(|it| !matches!(it, "" | "." | ".."))
}

/// Returns the text after the last dot of the last part; `None` where nothing is before the dot.
pub(super) fn extension(path: &str) -> Option<&str> {
    let (stem, extension) = base_name(path).rsplit_once('.')?;
    (!stem.is_empty()).then_some(extension)
}

/// Takes away the byte order mark that some editors put first.
pub(super) fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// Returns true for files that editors and systems leave behind.
pub(super) fn is_hidden(path: &str) -> bool {
    path.split('/').any(|part| part.starts_with('.'))
}
