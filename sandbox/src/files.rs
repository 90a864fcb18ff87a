//! The files of one execution: a small tree in memory, given before it and looked at after it.
//!
//! Candidates have none. A judge's program finds its tests in one and leaves its feedback there. Knows no
//! WASI and no file of the machine.

use std::{collections::BTreeMap, sync::Arc};

use thiserror::Error;

/// Files and folders that one execution may have.
pub const MAX_FILES: usize = 1000;
/// Bytes that one execution may have in files that it wrote.
pub const MAX_WRITTEN_BYTES: u64 = 64 << 20;
/// Bytes of a path.
pub const MAX_PATH_BYTES: usize = 1024;

/// A tree of files in memory.
///
/// Paths are relative to the root, with `/` between names: `feedback/score.txt`. A folder exists once it
/// was added or a file was added below it.
#[derive(Clone, Debug, Default)]
pub struct Files {
    nodes: BTreeMap<String, Node>,
    contents: Vec<Content>,
    written_bytes: u64,
}

/// What a path is the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    Folder,
    /// The file with this number, which stays its own after the name is gone.
    File(usize),
}

#[derive(Clone, Debug)]
enum Content {
    Given(Arc<[u8]>),
    Written(Vec<u8>),
}

/// Why a tree refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FilesError {
    /// The path has an empty name, leads out of the root, or is too long.
    #[error("path leads nowhere or is longer than {MAX_PATH_BYTES} bytes")]
    BadPath,
    /// Nothing has this path.
    #[error("no such file or folder")]
    Missing,
    /// Something has this path already.
    #[error("file or folder exists")]
    Exists,
    /// A file stands where a folder should.
    #[error("not a folder")]
    NotAFolder,
    /// A folder stands where a file should.
    #[error("is a folder")]
    IsAFolder,
    /// A folder that has files is not removed.
    #[error("folder is not empty")]
    NotEmpty,
    /// There would be more than [`MAX_FILES`] or [`MAX_WRITTEN_BYTES`].
    #[error("more than {MAX_FILES} files or {MAX_WRITTEN_BYTES} bytes")]
    Full,
}

impl Files {
    /// Makes an empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file, and the folders above it; replaces one of the same path.
    ///
    /// # Errors
    ///
    /// Returns an error if the path is none, a file stands in its way, or there are too many.
    pub fn add(&mut self, path: &str, bytes: Arc<[u8]>) -> Result<(), FilesError> {
        let path = normal(path)?;
        if let Some((folder, _)) = path.rsplit_once('/') {
            self.add_folder(folder)?;
        }
        match self.node(&path) {
            Some(Node::Folder) => return Err(FilesError::IsAFolder),
            Some(Node::File(number)) => self.contents[number] = Content::Given(bytes),
            None => {
                self.name(path, Content::Given(bytes))?;
            }
        }
        Ok(())
    }

    /// Adds a folder, and those above it.
    ///
    /// # Errors
    ///
    /// As [`add`](Self::add).
    pub fn add_folder(&mut self, path: &str) -> Result<(), FilesError> {
        let path = normal(path)?;
        let ends = path.match_indices('/').map(|(at, _)| at);
        for end in ends.chain([path.len()]) {
            match self.node(&path[..end]) {
                Some(Node::Folder) => {}
                Some(Node::File(_)) => return Err(FilesError::NotAFolder),
                None => self.insert(path[..end].to_owned(), Node::Folder)?,
            }
        }
        Ok(())
    }

    /// Returns a file's bytes.
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        match self.node(&normal(path).ok()?)? {
            Node::File(number) => Some(self.bytes(number)),
            Node::Folder => None,
        }
    }

    /// Removes a file and returns its bytes.
    pub fn take(&mut self, path: &str) -> Option<Arc<[u8]>> {
        let path = normal(path).ok()?;
        let bytes = self.get(&path)?.into();
        self.nodes.remove(&path);
        Some(bytes)
    }

    /// Forgets what has no name any more, so that it is not counted. Files get other numbers.
    pub(crate) fn compact(&mut self) {
        let mut old: Vec<_> = self.contents.drain(..).map(Some).collect();
        self.written_bytes = 0;
        for node in self.nodes.values_mut() {
            if let Node::File(number) = node
                && let Some(content) = old[*number].take()
            {
                if let Content::Written(bytes) = &content {
                    self.written_bytes += bytes.len() as u64;
                }
                *number = self.contents.len();
                self.contents.push(content);
            }
        }
    }

    /// Returns the paths of all files, in byte order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        let files = self.nodes.iter();
        files.filter_map(|(path, node)| matches!(node, Node::File(_)).then_some(path.as_str()))
    }

    pub(crate) fn n_nodes(&self) -> usize {
        self.nodes.len()
    }

    pub(crate) fn node(&self, path: &str) -> Option<Node> {
        if path.is_empty() {
            return Some(Node::Folder);
        }
        self.nodes.get(path).copied()
    }

    pub(crate) fn bytes(&self, number: usize) -> &[u8] {
        match &self.contents[number] {
            Content::Given(bytes) => bytes,
            Content::Written(bytes) => bytes,
        }
    }

    /// Makes an empty file in a folder that is there.
    pub(crate) fn create(&mut self, path: &str) -> Result<usize, FilesError> {
        self.free_at(path)?;
        self.name(path.to_owned(), Content::Written(Vec::new()))
    }

    pub(crate) fn make_folder(&mut self, path: &str) -> Result<(), FilesError> {
        self.free_at(path)?;
        self.insert(path.to_owned(), Node::Folder)
    }

    /// Takes a name away; an open file stays readable.
    pub(crate) fn remove(&mut self, path: &str, is_folder: bool) -> Result<(), FilesError> {
        match (self.node(path), is_folder) {
            (None, _) => return Err(FilesError::Missing),
            (Some(Node::Folder), false) => return Err(FilesError::IsAFolder),
            (Some(Node::File(_)), true) => return Err(FilesError::NotAFolder),
            (Some(Node::Folder), true) if path.is_empty() || self.below(path).next().is_some() => {
                return Err(FilesError::NotEmpty);
            }
            _ => {}
        }
        self.nodes.remove(path);
        Ok(())
    }

    /// Gives a file another name; one that had it loses it.
    pub(crate) fn rename(&mut self, from: &str, to: &str) -> Result<(), FilesError> {
        let Some(node) = self.node(from) else {
            return Err(FilesError::Missing);
        };
        if node == Node::Folder {
            // Nobody's checker has been seen to do it.
            return Err(FilesError::IsAFolder);
        }
        match self.node(to) {
            Some(Node::Folder) => return Err(FilesError::IsAFolder),
            Some(Node::File(_)) => {}
            None => self.free_at(to)?,
        }
        self.nodes.remove(from);
        self.nodes.insert(to.to_owned(), node);
        Ok(())
    }

    /// Writes into a file, which grows as needed, with zeros before `at`.
    pub(crate) fn write(&mut self, number: usize, at: u64, bytes: &[u8]) -> Result<(), FilesError> {
        let end = at.saturating_add(bytes.len() as u64);
        let length = end.max(self.bytes(number).len() as u64);
        let at = usize::try_from(at).map_err(|_| FilesError::Full)?;
        let content = self.resize(number, length)?;
        content[at..at + bytes.len()].copy_from_slice(bytes);
        Ok(())
    }

    /// Cuts a file or lengthens it with zeros, and returns it.
    pub(crate) fn resize(
        &mut self,
        number: usize,
        length: u64,
    ) -> Result<&mut Vec<u8>, FilesError> {
        let old = match &self.contents[number] {
            Content::Given(_) => 0,
            Content::Written(bytes) => bytes.len() as u64,
        };
        let written = (self.written_bytes - old).saturating_add(length);
        if written > MAX_WRITTEN_BYTES {
            return Err(FilesError::Full);
        }
        self.written_bytes = written;
        let content = &mut self.contents[number];
        if let Content::Given(bytes) = content {
            let kept = usize::try_from(length).map_or(bytes.len(), |it| it.min(bytes.len()));
            *content = Content::Written(bytes[..kept].to_vec());
        }
        let Content::Written(bytes) = content else {
            unreachable!("it was made so above")
        };
        bytes.resize(usize::try_from(length).map_err(|_| FilesError::Full)?, 0);
        // What is counted is the length: a file that was cut must not keep its old size on the host.
        if bytes.capacity() / 2 > bytes.len() {
            bytes.shrink_to_fit();
        }
        Ok(bytes)
    }

    /// Returns the names in a folder, in byte order, and what they are.
    pub(crate) fn below(&self, folder: &str) -> impl Iterator<Item = (&str, Node)> {
        let prefix = match folder {
            "" => String::new(),
            folder => format!("{folder}/"),
        };
        let nodes = self.nodes.range(prefix.clone()..);
        nodes
            .map_while(move |(path, node)| Some((path.strip_prefix(&prefix)?, *node)))
            .filter(|(name, _)| !name.contains('/'))
    }

    /// Checks that something may be made at a path where nothing is.
    fn free_at(&self, path: &str) -> Result<(), FilesError> {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        match self.node(folder) {
            None => Err(FilesError::Missing),
            Some(Node::File(_)) => Err(FilesError::NotAFolder),
            Some(Node::Folder) if self.node(path).is_some() => Err(FilesError::Exists),
            Some(Node::Folder) => Ok(()),
        }
    }

    fn name(&mut self, path: String, content: Content) -> Result<usize, FilesError> {
        // A file whose name was taken away still counts.
        if self.contents.len() == MAX_FILES {
            return Err(FilesError::Full);
        }
        let number = self.contents.len();
        self.insert(path, Node::File(number))?;
        self.contents.push(content);
        Ok(number)
    }

    fn insert(&mut self, path: String, node: Node) -> Result<(), FilesError> {
        if self.nodes.len() == MAX_FILES {
            return Err(FilesError::Full);
        }
        self.nodes.insert(path, node);
        Ok(())
    }
}

/// Returns a path without `.`, `..` and doubled slashes. An absolute path starts at the root.
pub(crate) fn normal(path: &str) -> Result<String, FilesError> {
    if path.len() > MAX_PATH_BYTES || path.contains('\0') {
        return Err(FilesError::BadPath);
    }
    let mut names = Vec::new();
    for name in path.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                names.pop().ok_or(FilesError::BadPath)?;
            }
            name => names.push(name),
        }
    }
    Ok(names.join("/"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_added_is_found_and_its_folders_with_it() {
        let mut files = Files::new();
        files.add("a/b/c.txt", Arc::from(*b"hello")).unwrap();
        files.add("/a/./d", Arc::from(*b"")).unwrap();
        assert_eq!(files.get("a/x/../b/c.txt"), Some(&b"hello"[..]));
        assert_eq!(files.get("a/b"), None);
        assert_eq!(files.paths().collect::<Vec<_>>(), ["a/b/c.txt", "a/d"]);
        let below: Vec<_> = files.below("a").map(|(name, _)| name).collect();
        assert_eq!(below, ["b", "d"]);
    }

    #[test]
    fn what_is_cut_off_is_given_back() {
        let mut files = Files::new();
        files.add("a", Arc::from([])).unwrap();
        files.resize(0, 1 << 20).unwrap();
        assert!(files.resize(0, 1).unwrap().capacity() < 1 << 10);
    }

    #[test]
    fn what_has_no_name_is_not_counted_in_the_next_execution() {
        let mut files = Files::new();
        files.add("kept", Arc::from(*b"kept")).unwrap();
        for pass in 0..3 * MAX_FILES {
            let number = files.create("feedback").unwrap();
            files.write(number, 0, &vec![7; 1 << 16]).unwrap();
            // A file that is replaced, and one that is taken.
            if pass % 2 == 0 {
                files.add("feedback", Arc::from(*b"short")).unwrap();
            }
            files.take("feedback").unwrap();
            files.compact();
        }
        assert_eq!((files.contents.len(), files.written_bytes), (1, 0));
        assert_eq!(files.get("kept"), Some(&b"kept"[..]));

        files.create("a").unwrap();
        files.compact();
        let Some(Node::File(a)) = files.node("a") else {
            panic!("a file")
        };
        files.write(a, 0, b"new").unwrap();
        files.compact();
        assert_eq!(
            (files.get("a"), files.written_bytes),
            (Some(&b"new"[..]), 3)
        );
        assert_eq!(files.get("kept"), Some(&b"kept"[..]));
    }

    #[test]
    fn paths_do_not_lead_out() {
        let mut files = Files::new();
        for path in ["..", "a/../../b", "/.."] {
            assert_eq!(files.add(path, Arc::from([])), Err(FilesError::BadPath));
        }
    }

    #[test]
    fn a_given_file_is_copied_when_it_is_written() {
        let given: Arc<[u8]> = Arc::from(*b"abc");
        let mut files = Files::new();
        files.add("f", Arc::clone(&given)).unwrap();
        files.write(0, 5, b"x").unwrap();
        assert_eq!(files.get("f"), Some(&b"abc\0\0x"[..]));
        assert_eq!(*given, *b"abc");
        files.resize(0, 1).unwrap();
        assert_eq!(files.get("f"), Some(&b"a"[..]));
    }

    #[test]
    fn bytes_and_files_are_bounded() {
        let mut files = Files::new();
        let file = files.create("f").unwrap();
        assert_eq!(
            files.write(file, MAX_WRITTEN_BYTES, b"x"),
            Err(FilesError::Full)
        );
        assert_eq!(files.write(file, u64::MAX, b"x"), Err(FilesError::Full));
        // A removed file counts on: its bytes may still be read.
        for _ in 1..MAX_FILES {
            files.remove("f", false).unwrap();
            files.create("f").unwrap();
        }
        files.remove("f", false).unwrap();
        assert_eq!(files.create("f"), Err(FilesError::Full));
    }

    proptest! {
        #[test]
        fn a_normal_path_is_its_own_normal_path(path in "[a/.\\x00]{0,12}") {
            if let Ok(once) = normal(&path) {
                prop_assert_eq!(normal(&once), Ok(once.clone()));
                prop_assert!(!once.split('/').any(|it| it == ".."));
            }
        }
    }
}
