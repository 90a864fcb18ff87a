//! The open files of one execution: WASI's numbers for what `Files` holds.
//!
//! The three streams are not here. Knows WASI's flags and error numbers; no guest, no memory.

use std::collections::BTreeMap;

use crate::{
    Files,
    files::{FilesError, Node, normal},
};

/// The descriptor of the root folder, which is open from the start.
pub(super) const ROOT: u32 = 3;
/// What the guest is told that the root folder is called.
pub(super) const ROOT_NAME: &[u8] = b"/";
/// Descriptors that may be open at one moment.
const MAX_OPEN: usize = 64;

/// A WASI error number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Errno(pub(super) i32);

pub(super) const BADF: Errno = Errno(8);
const EXIST: Errno = Errno(20);
pub(super) const INVAL: Errno = Errno(28);
const ISDIR: Errno = Errno(31);
const MFILE: Errno = Errno(33);
const NOENT: Errno = Errno(44);
const NOSPC: Errno = Errno(51);
const NOTDIR: Errno = Errno(54);
const NOTEMPTY: Errno = Errno(55);
pub(super) const SPIPE: Errno = Errno(70);
const NOTCAPABLE: Errno = Errno(76);

impl From<FilesError> for Errno {
    fn from(error: FilesError) -> Self {
        match error {
            FilesError::BadPath => NOTCAPABLE,
            FilesError::Missing => NOENT,
            FilesError::Exists => EXIST,
            FilesError::NotAFolder => NOTDIR,
            FilesError::IsAFolder => ISDIR,
            FilesError::NotEmpty => NOTEMPTY,
            FilesError::Full => NOSPC,
        }
    }
}

/// WASI's kinds of file.
pub(super) const FOLDER: u8 = 3;
pub(super) const FILE: u8 = 4;

/// `oflags` of an open.
const CREATE: i32 = 1;
const DIRECTORY: i32 = 2;
const EXCLUSIVE: i32 = 4;
const TRUNCATE: i32 = 8;
/// The one of `fdflags` that means something here.
pub(super) const APPEND: u16 = 1;
/// `rights` that a C library asks for by its mode of opening.
const READ: i64 = 1 << 1;
const WRITE: i64 = 1 << 6;

/// What a path or a descriptor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stat {
    pub(super) kind: u8,
    /// A number of its own; 0 for folders.
    pub(super) inode: u64,
    pub(super) n_bytes: u64,
}

/// The files of one execution, and which of them are open.
#[derive(Debug, Default)]
pub(super) struct OpenFiles {
    files: Files,
    open: BTreeMap<u32, Open>,
    root_is_closed: bool,
}

#[derive(Clone, Debug)]
enum Open {
    Folder(String),
    File {
        number: usize,
        at: u64,
        appends: bool,
        reads: bool,
        writes: bool,
    },
}

impl OpenFiles {
    pub(super) fn new(mut files: Files) -> Self {
        // What an execution before this one dropped is not this one's to pay.
        files.compact();
        Self {
            files,
            ..Self::default()
        }
    }

    pub(super) fn into_files(self) -> Files {
        self.files
    }

    pub(super) fn open(
        &mut self,
        folder: u32,
        path: &str,
        oflags: i32,
        rights: i64,
        fdflags: u16,
    ) -> Result<u32, Errno> {
        let path = self.path(folder, path)?;
        let open = match self.files.node(&path) {
            Some(_) if oflags & CREATE != 0 && oflags & EXCLUSIVE != 0 => return Err(EXIST),
            Some(Node::File(_)) if oflags & DIRECTORY != 0 => return Err(NOTDIR),
            Some(Node::Folder) if rights & WRITE != 0 && oflags & DIRECTORY == 0 => {
                return Err(ISDIR);
            }
            Some(Node::Folder) => Open::Folder(path),
            None if oflags & CREATE == 0 => return Err(NOENT),
            node => {
                let number = match node {
                    Some(Node::File(number)) => number,
                    _ => self.files.create(&path)?,
                };
                if oflags & TRUNCATE != 0 {
                    self.files.resize(number, 0)?;
                }
                Open::File {
                    number,
                    at: 0,
                    appends: fdflags & APPEND != 0,
                    reads: rights & READ != 0,
                    writes: rights & WRITE != 0,
                }
            }
        };
        if self.open.len() == MAX_OPEN {
            return Err(MFILE);
        }
        let mut numbers = ROOT + 1..=ROOT + 1 + u32::try_from(MAX_OPEN).unwrap_or(u32::MAX);
        let free = numbers.find(|it| !self.open.contains_key(it));
        let fd = free.ok_or(MFILE)?;
        self.open.insert(fd, open);
        Ok(fd)
    }

    pub(super) fn close(&mut self, fd: u32) -> Result<(), Errno> {
        if fd == ROOT && !self.root_is_closed {
            self.root_is_closed = true;
            return Ok(());
        }
        self.open.remove(&fd).map(|_| ()).ok_or(BADF)
    }

    pub(super) fn is_open(&self, fd: u32) -> bool {
        self.open.contains_key(&fd)
    }

    /// Takes a number that a stream had, so that a file can be given it.
    pub(super) fn reserve(&mut self, fd: u32) {
        self.open.insert(fd, Open::Folder(String::new()));
    }

    /// Gives an open file another number, whose own file is closed.
    pub(super) fn renumber(&mut self, from: u32, to: u32) -> Result<(), Errno> {
        if !self.open.contains_key(&to) {
            return Err(BADF);
        }
        let open = self.open.remove(&from).ok_or(BADF)?;
        self.open.insert(to, open);
        Ok(())
    }

    /// Returns the bytes from where a file is read next, or from `at`.
    pub(super) fn rest(&self, fd: u32, at: Option<u64>) -> Result<&[u8], Errno> {
        match self.get(fd)? {
            Open::Folder(_) => Err(ISDIR),
            Open::File { reads: false, .. } => Err(BADF),
            Open::File {
                number, at: own, ..
            } => {
                let bytes = self.files.bytes(number);
                let at = usize::try_from(at.unwrap_or(own)).unwrap_or(usize::MAX);
                Ok(&bytes[at.min(bytes.len())..])
            }
        }
    }

    /// Moves the place where a file is read next.
    pub(super) fn advance(&mut self, fd: u32, n_bytes: usize) {
        if let Some(Open::File { at, .. }) = self.open.get_mut(&fd) {
            *at += n_bytes as u64;
        }
    }

    /// Writes where a file is written next, or at `at`. Returns the zeros that this took before them.
    pub(super) fn write(&mut self, fd: u32, at: Option<u64>, bytes: &[u8]) -> Result<u64, Errno> {
        let Open::File {
            number,
            at: own,
            appends,
            writes: true,
            ..
        } = self.get(fd)?
        else {
            return Err(BADF);
        };
        let start = match at {
            Some(at) => at,
            None if appends => self.files.bytes(number).len() as u64,
            None => own,
        };
        let n_before = self.files.bytes(number).len() as u64;
        self.files.write(number, start, bytes)?;
        if at.is_none()
            && let Some(Open::File { at, .. }) = self.open.get_mut(&fd)
        {
            *at = start + bytes.len() as u64;
        }
        Ok(start.saturating_sub(n_before))
    }

    /// Moves to an offset from the start (0), from here (1) or from the end (2), and says where that is.
    pub(super) fn seek(&mut self, fd: u32, offset: i64, whence: i32) -> Result<u64, Errno> {
        let Open::File { number, at, .. } = self.get(fd)? else {
            return Err(BADF);
        };
        let base = match whence {
            0 => 0,
            1 => at,
            2 => self.files.bytes(number).len() as u64,
            _ => return Err(INVAL),
        };
        let to = base.checked_add_signed(offset).ok_or(INVAL)?;
        if let Some(Open::File { at, .. }) = self.open.get_mut(&fd) {
            *at = to;
        }
        Ok(to)
    }

    pub(super) fn resize(&mut self, fd: u32, n_bytes: u64) -> Result<(), Errno> {
        match self.get(fd)? {
            Open::File {
                number,
                writes: true,
                ..
            } => Ok(self.files.resize(number, n_bytes).map(|_| ())?),
            _ => Err(BADF),
        }
    }

    pub(super) fn stat(&self, fd: u32) -> Result<Stat, Errno> {
        Ok(match self.get(fd)? {
            Open::Folder(_) => self.stat_of(Node::Folder),
            Open::File { number, .. } => self.stat_of(Node::File(number)),
        })
    }

    /// Returns whether what is open appends.
    pub(super) fn appends(&self, fd: u32) -> Result<bool, Errno> {
        Ok(matches!(self.get(fd)?, Open::File { appends: true, .. }))
    }

    pub(super) fn set_appends(&mut self, fd: u32, to: bool) -> Result<(), Errno> {
        match self.open.get_mut(&fd) {
            Some(Open::File { appends, .. }) => *appends = to,
            Some(Open::Folder(_)) => {}
            None => return Err(BADF),
        }
        Ok(())
    }

    pub(super) fn stat_path(&self, folder: u32, path: &str) -> Result<Stat, Errno> {
        let node = self.files.node(&self.path(folder, path)?);
        Ok(self.stat_of(node.ok_or(NOENT)?))
    }

    pub(super) fn make_folder(&mut self, folder: u32, path: &str) -> Result<(), Errno> {
        let path = self.path(folder, path)?;
        Ok(self.files.make_folder(&path)?)
    }

    pub(super) fn remove(&mut self, folder: u32, path: &str, is_folder: bool) -> Result<(), Errno> {
        let path = self.path(folder, path)?;
        Ok(self.files.remove(&path, is_folder)?)
    }

    pub(super) fn rename(
        &mut self,
        (from_folder, from): (u32, &str),
        (to_folder, to): (u32, &str),
    ) -> Result<(), Errno> {
        let (from, to) = (self.path(from_folder, from)?, self.path(to_folder, to)?);
        Ok(self.files.rename(&from, &to)?)
    }

    /// Returns how many files and folders there are, all of which a listing may look at.
    pub(super) fn n_nodes(&self) -> usize {
        self.files.n_nodes()
    }

    /// Returns what is in an open folder: names in byte order, and what they are.
    pub(super) fn list(&self, fd: u32) -> Result<Vec<(&str, Stat)>, Errno> {
        let folder = match (fd, self.open.get(&fd)) {
            (_, Some(Open::Folder(path))) => path.as_str(),
            (ROOT, None) if !self.root_is_closed => "",
            (_, Some(_)) => return Err(NOTDIR),
            _ => return Err(BADF),
        };
        let entries = self.files.below(folder);
        Ok(entries
            .map(|(name, node)| (name, self.stat_of(node)))
            .collect())
    }

    fn stat_of(&self, node: Node) -> Stat {
        match node {
            Node::Folder => Stat {
                kind: FOLDER,
                inode: 0,
                n_bytes: 0,
            },
            Node::File(number) => Stat {
                kind: FILE,
                inode: number as u64 + 1,
                n_bytes: self.files.bytes(number).len() as u64,
            },
        }
    }

    fn get(&self, fd: u32) -> Result<Open, Errno> {
        match self.open.get(&fd) {
            Some(open) => Ok(open.clone()),
            None if fd == ROOT && !self.root_is_closed => Ok(Open::Folder(String::new())),
            None => Err(BADF),
        }
    }

    /// Returns the path from the root of a path from an open folder.
    fn path(&self, folder: u32, path: &str) -> Result<String, Errno> {
        match self.get(folder)? {
            Open::Folder(above) => Ok(normal(&format!("{above}/{path}"))?),
            Open::File { .. } => Err(NOTDIR),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::files::MAX_FILES;

    fn table() -> OpenFiles {
        let mut files = Files::new();
        files.add("in/a", Arc::from(*b"abcdef")).unwrap();
        OpenFiles::new(files)
    }

    #[test]
    fn a_file_is_read_from_where_it_was_left() {
        let mut table = table();
        let fd = table.open(ROOT, "in/a", 0, READ, 0).unwrap();
        assert_eq!(table.rest(fd, None), Ok(&b"abcdef"[..]));
        table.advance(fd, 2);
        assert_eq!(table.rest(fd, None), Ok(&b"cdef"[..]));
        assert_eq!(table.seek(fd, -1, 2), Ok(5));
        assert_eq!(table.rest(fd, None), Ok(&b"f"[..]));
        assert_eq!(table.seek(fd, 100, 0), Ok(100));
        assert_eq!(table.rest(fd, None), Ok(&b""[..]));
        assert_eq!(table.seek(fd, -1, 0), Err(INVAL));
        assert_eq!(table.write(fd, None, b"x"), Err(BADF));
        table.close(fd).unwrap();
        assert_eq!(table.rest(fd, None), Err(BADF));
    }

    #[test]
    fn what_is_written_is_there() {
        let mut table = table();
        assert_eq!(table.open(ROOT, "out/x", CREATE, WRITE, 0), Err(NOENT));
        assert_eq!(table.open(ROOT, "../x", CREATE, WRITE, 0), Err(NOTCAPABLE));
        table.make_folder(ROOT, "out").unwrap();
        let folder = table.open(ROOT, "out", DIRECTORY, READ, 0).unwrap();
        let fd = table.open(folder, "x", CREATE, WRITE, 0).unwrap();
        table.write(fd, None, b"hello").unwrap();
        table.write(fd, None, b"!").unwrap();
        table.write(fd, Some(0), b"J").unwrap();
        let again = table.open(ROOT, "out/x", 0, READ | WRITE, APPEND).unwrap();
        table.write(again, None, b"?").unwrap();
        assert_eq!(table.into_files().get("out/x"), Some(&b"Jello!?"[..]));
    }

    #[test]
    fn a_truncated_file_is_empty_and_one_that_must_be_new_is_refused() {
        let mut table = table();
        let flags = CREATE | EXCLUSIVE;
        assert_eq!(table.open(ROOT, "in/a", flags, WRITE, 0), Err(EXIST));
        table
            .open(ROOT, "in/a", CREATE | TRUNCATE, WRITE, 0)
            .unwrap();
        assert_eq!(table.into_files().get("in/a"), Some(&b""[..]));
    }

    #[test]
    fn what_an_execution_before_dropped_is_not_counted() {
        let mut table = table();
        for _ in 0..2 * MAX_FILES {
            table.open(ROOT, "in/b", CREATE, WRITE, 0).unwrap();
            let mut files = table.into_files();
            files.take("in/b").unwrap();
            table = OpenFiles::new(files);
        }
    }

    #[test]
    fn descriptors_are_bounded() {
        let mut table = table();
        for _ in 0..MAX_OPEN {
            table.open(ROOT, "in/a", 0, READ, 0).unwrap();
        }
        assert_eq!(table.open(ROOT, "in/a", 0, READ, 0), Err(MFILE));
    }
}
