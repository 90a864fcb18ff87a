//! Reading the labelled programs below `submissions`.
//!
//! Every file is taken; which of them are programs, the one who knows languages decides.

use std::path::Path;

use super::tree::{MAX_FILE_BYTES, Tree, is_hidden};
use crate::error::{LoadError, LoadErrorKind};
use crate::submission::expected_in;
use crate::{SourceFile, Submission};

/// The most that the programs of one problem may have in all: 1 GiB.
pub const MAX_ALL_SUBMISSIONS_BYTES: u64 = 1 << 30;

/// Reads the programs that come with a problem, in byte order of path.
///
/// A file of `submissions/<verdict>/` is a program; so is a folder there, with all its files. A file
/// directly in `submissions` is a program without a label. Hidden files and `submissions.yaml` are
/// passed over. A problem without the folder has none.
///
/// # Errors
///
/// Returns an error that names the file if one cannot be read or exceeds a bound.
pub fn load_submissions(folder: &Path) -> Result<Vec<Submission>, LoadError> {
    let tree = Tree::open(folder)?;
    let mut bytes_left = MAX_ALL_SUBMISSIONS_BYTES;
    let mut submissions: Vec<Submission> = Vec::new();
    for file in tree.files("submissions")? {
        if is_hidden(&file) || file == "submissions/submissions.yaml" {
            continue;
        }
        let parts: Vec<&str> = file.splitn(4, '/').collect();
        let (path, name, expected) = match parts[..] {
            [_, name] => (file.clone(), name, None),
            [_, verdict, name] => (file.clone(), name, expected_in(verdict)),
            [root, verdict, program, name] => (
                format!("{root}/{verdict}/{program}"),
                name,
                expected_in(verdict),
            ),
            _ => unreachable!("every path starts with `submissions/` and is cut into at most 4"),
        };
        let bytes = tree.read(&file, MAX_FILE_BYTES)?;
        bytes_left = bytes_left.checked_sub(bytes.len() as u64).ok_or_else(|| {
            let limit_bytes = MAX_ALL_SUBMISSIONS_BYTES;
            tree.error(&file, LoadErrorKind::FolderTooLarge { limit_bytes })
        })?;
        let source = SourceFile {
            name: name.to_owned(),
            bytes,
        };
        match submissions.last_mut().filter(|it| it.path == path) {
            Some(last) => last.files.push(source),
            None => submissions.push(Submission {
                path,
                expected,
                files: vec![source],
            }),
        }
    }
    // Files come in order, folders almost: `a/b` sorts after `a.c`, `a` before it.
    submissions.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(submissions)
}
