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

    /// Returns the size of a file, in bytes; 0 where reading it will fail.
    pub(super) fn size(&self, path: &str) -> u64 {
        fs::metadata(self.root.join(path)).map_or(0, |it| it.len())
    }

    /// Reads a file of at most `limit_bytes`.
    pub(super) fn read(&self, path: &str, limit_bytes: u64) -> Result<Vec<u8>, LoadError> {
        let fail = |kind| self.error(path, kind);
        let unreadable = |err: io::Error| fail(LoadErrorKind::Read(err));
        let file = fs::canonicalize(self.root.join(path)).map_err(unreadable)?;
        if !file.starts_with(&self.root) {
            return Err(fail(LoadErrorKind::LinkLeavesFolder));
        }
        // Asked before opening: opening a pipe would wait for its other end.
        let metadata = fs::metadata(&file).map_err(unreadable)?;
        if !metadata.is_file() {
            return Err(fail(LoadErrorKind::NotAFile));
        }
        let mut bytes = Vec::new();
        if metadata.len() <= limit_bytes {
            let file = fs::File::open(&file).map_err(unreadable)?;
            file.take(limit_bytes + 1)
                .read_to_end(&mut bytes)
                .map_err(unreadable)?;
        }
        // Asked twice, since the file may grow in between.
        if metadata.len().max(bytes.len() as u64) > limit_bytes {
            return Err(fail(LoadErrorKind::FileTooLarge { limit_bytes }));
        }
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

/// Returns true for files that editors and systems leave behind.
pub(super) fn is_hidden(path: &str) -> bool {
    path.split('/').any(|part| part.starts_with('.'))
}
