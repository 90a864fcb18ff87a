//! A program that the user named: a file, or a folder of answers or of all its files.

use std::path::{Path, PathBuf};

use riddle_problems::{SourceFile, Submission};

use crate::EngineError;

/// Files that a folder may have that was named.
const MAX_GIVEN_FILES: usize = 10_000;

/// Makes a submission of a file that the user named, or of a folder: of answers, or of the files of a program.
///
/// # Errors
///
/// Returns an error if it cannot be read, or is a folder of too many files.
pub fn given(path: &Path) -> Result<Submission, EngineError> {
    let read = |path: &Path| {
        fs_err::read(path).map_err(|error| EngineError::io("read the program", error))
    };
    let name = path.to_string_lossy().into_owned();
    let mut files = Vec::new();
    if path.is_dir() {
        for below in files_below(path)? {
            let name = below.strip_prefix(path).unwrap_or(&below);
            files.push(SourceFile {
                name: name.to_string_lossy().into_owned(),
                bytes: read(&below)?,
            });
        }
    } else {
        files.push(SourceFile {
            name: name.clone(),
            bytes: read(path)?,
        });
    }
    Ok(Submission {
        path: name,
        expected: None,
        language: None,
        entry: None,
        files,
    })
}

/// Returns the plain files below a folder of the user's, in byte order; links are not followed.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>, EngineError> {
    let fault = |error| EngineError::io("read the program", error);
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(folder).map_err(fault)? {
            let entry = entry.map_err(fault)?;
            let kind = entry.file_type().map_err(fault)?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
        if files.len() > MAX_GIVEN_FILES {
            let message = format!("folder has more than {MAX_GIVEN_FILES} files");
            return Err(fault(std::io::Error::other(message)));
        }
    }
    files.sort_unstable();
    Ok(files)
}
