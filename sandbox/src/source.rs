//! The files of a program beside its main source: headers, further sources.
//!
//! Names come from packages and submissions, so that any text may be one; those that could lead out of
//! the folder that the compiler sees are refused. Does not know which languages have a use for which file.

use std::collections::BTreeMap;

use thiserror::Error;

use crate::Digest;

/// Files beside one source.
const MAX_FILES: usize = 256;
/// Length of a name, in bytes.
const MAX_NAME_BYTES: usize = 200;
/// Folders in a name, its file included.
const MAX_DEPTH: usize = 8;

/// Files beside a program's main source, by their names relative to it, in ascending order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceFiles(BTreeMap<String, Vec<u8>>);

/// A file cannot lie beside a source.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SourceFileError {
    /// The name is not a relative path of plain names.
    #[error("file name {name:?} is not a relative path of letters, digits and `._+-`")]
    BadName {
        /// The name.
        name: String,
    },
    /// A file lies where the name has a folder, or the other way round.
    #[error("file name {name:?} is there already, as a file or as a folder")]
    Taken {
        /// The name.
        name: String,
    },
    /// There are too many.
    #[error("source has more than {MAX_FILES} files beside it")]
    TooMany,
}

impl SourceFiles {
    /// Puts a file beside the source; folders are separated by `/`.
    ///
    /// # Errors
    ///
    /// Returns an error if the name may not be used, or if there are 256 files already.
    pub fn add(&mut self, name: &str, bytes: Vec<u8>) -> Result<(), SourceFileError> {
        let parts: Vec<&str> = name.split('/').collect();
        if name.len() > MAX_NAME_BYTES || parts.len() > MAX_DEPTH || !parts.iter().all(is_plain) {
            return Err(SourceFileError::BadName {
                name: name.to_owned(),
            });
        }
        let within = |folder: &str, file: &str| {
            file.strip_prefix(folder)
                .is_some_and(|it| it.is_empty() || it.starts_with('/'))
        };
        if self.0.keys().any(|it| within(it, name) || within(name, it)) {
            return Err(SourceFileError::Taken {
                name: name.to_owned(),
            });
        }
        if self.0.len() == MAX_FILES {
            return Err(SourceFileError::TooMany);
        }
        self.0.insert(name.to_owned(), bytes);
        Ok(())
    }

    /// Returns true if the main source is alone.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns names and contents.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(name, bytes)| (&**name, &**bytes))
    }

    /// Returns the size of all contents, in bytes.
    pub(crate) fn n_bytes(&self) -> u64 {
        self.0.values().map(|it| it.len() as u64).sum()
    }

    /// Returns what names and contents come to, for keys.
    pub(crate) fn digest(&self) -> Digest {
        let parts: Vec<&[u8]> = self
            .iter()
            .flat_map(|(name, bytes)| [name.as_bytes(), bytes])
            .collect();
        Digest::of_parts("riddle 2026-11-25 source files", &parts)
    }
}

/// Returns true for a part of a path that is no more than a name.
fn is_plain(part: &&str) -> bool {
    let is_usual = |it: u8| it.is_ascii_alphanumeric() || b"._+-".contains(&it);
    !part.is_empty() && part.bytes().all(is_usual) && !part.bytes().all(|it| it == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        let mut files = SourceFiles::default();
        for name in [
            "",
            ".",
            "..",
            "../x.h",
            "a/../x.h",
            "/x.h",
            "a//x.h",
            "a/",
            "x\0.h",
            "a\\b.h",
            "C:x.h",
            "a\nb.h",
            "%s",
            "a/b/c/d/e/f/g/h/i.h",
        ] {
            assert!(files.add(name, Vec::new()).is_err(), "{name:?}");
        }
        assert!(files.is_empty());
    }

    #[test]
    fn a_name_is_a_file_or_a_folder() {
        let mut files = SourceFiles::default();
        files.add("lib/x.h", Vec::new()).expect("a plain name");
        files.add("libx.h", Vec::new()).expect("another name");
        for name in ["lib", "lib/x.h", "lib/x.h/y.h"] {
            let error = files.add(name, Vec::new()).expect_err(name);
            assert!(matches!(error, SourceFileError::Taken { .. }), "{error}");
        }
    }

    #[test]
    fn what_is_in_a_file_and_what_it_is_called_are_told_apart() {
        let of = |name: &str, text: &str| {
            let mut files = SourceFiles::default();
            files.add(name, text.into()).expect("a plain name");
            files.digest()
        };
        assert_ne!(of("a.h", "b"), of("a.hb", ""));
        assert_ne!(of("a.h", "b"), of("a.h", "c"));
    }
}
