//! A tree of source files as a pool of candidates: every file, in byte order of path.

use std::path::{Path, PathBuf};

use riddle_sandbox::Language;

use crate::{EngineError, RejectReason, Rejected, Sample};

/// Files that a tree may hold.
const MAX_FILES: usize = 1_000_000;
/// Folders that a path may go through.
const MAX_DEPTH: usize = 32;
/// Bytes of a file that is read: larger ones cannot be candidates anyway.
const MAX_FILE_BYTES: u64 = 16 << 20;

/// Returns the files below `root`, in byte order of their path below it, parts joined by `/`.
///
/// Hidden files and symbolic links are left out: a link may lead anywhere.
pub(super) fn files(root: &Path) -> Result<Vec<(String, PathBuf)>, EngineError> {
    let mut files = Vec::new();
    walk(root, "", 0, &mut files)?;
    files.sort();
    Ok(files)
}

fn walk(
    folder: &Path,
    prefix: &str,
    depth: usize,
    files: &mut Vec<(String, PathBuf)>,
) -> Result<(), EngineError> {
    let fault = |error| EngineError::io("list the folder of candidates", error);
    let too_much = |what: &str, limit: usize| {
        EngineError::Config(format!(
            "`{}` has {what}: the limit is {limit}",
            folder.display()
        ))
    };
    if depth > MAX_DEPTH {
        return Err(too_much("too many levels", MAX_DEPTH));
    }
    for entry in fs_err::read_dir(folder).map_err(fault)? {
        let entry = entry.map_err(fault)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type().map_err(fault)?;
        if name.starts_with('.') || kind.is_symlink() {
            continue;
        }
        let path = format!("{prefix}{name}");
        if kind.is_dir() {
            walk(&entry.path(), &format!("{path}/"), depth + 1, files)?;
        } else if kind.is_file() {
            if files.len() == MAX_FILES {
                return Err(too_much("too many files", MAX_FILES));
            }
            files.push((path, entry.path()));
        }
    }
    Ok(())
}

/// Reads one file as a sample.
pub(super) fn read(name: &str, path: &Path) -> Result<Sample, Rejected> {
    let reject = |reason, detail| Rejected {
        id: name.to_owned(),
        reason,
        detail,
    };
    let Some(language) = Language::from_path(path) else {
        let detail = "file ending is of no language that we know".to_owned();
        return Err(reject(RejectReason::UnknownLanguage, detail));
    };
    let unreadable = |error: std::io::Error| reject(RejectReason::Unreadable, error.to_string());
    let n_bytes = fs_err::metadata(path).map_err(unreadable)?.len();
    if n_bytes > MAX_FILE_BYTES {
        let detail = format!("source has {n_bytes} bytes: the limit is {MAX_FILE_BYTES}");
        return Err(reject(RejectReason::SourceTooLarge, detail));
    }
    Ok(Sample {
        id: Some(name.to_owned()),
        language,
        source: fs_err::read(path).map_err(unreadable)?.into(),
        logprob: None,
    })
}
