//! The statement of a Kattis package, and the title inside it.
//!
//! The text is handed on as it is; nothing here understands LaTeX.

use super::load::MAX_CONFIG_BYTES;
use super::tree::{Tree, base_name};
use crate::error::LoadError;

/// Reads the statement: English where there is one, else the first in byte order.
pub(super) fn read(tree: &Tree, warnings: &mut Vec<String>) -> Result<Option<String>, LoadError> {
    let mut candidates = Vec::new();
    for folder in ["statement", "problem_statement"] {
        candidates.extend(
            tree.files(folder)?
                .into_iter()
                .filter(|it| rank(it).is_some()),
        );
    }
    let Some(path) = candidates.into_iter().min_by_key(|it| rank(it)) else {
        return Ok(None);
    };
    let bytes = tree.read(&path, MAX_CONFIG_BYTES)?;
    let text = String::from_utf8_lossy(&bytes);
    if let std::borrow::Cow::Owned(_) = text {
        warnings.push(format!("`{path}` is not UTF-8: some characters are lost"));
    }
    Ok(Some(text.into_owned()))
}

/// Returns which of several statements to take, least first; `None` for other files.
fn rank(path: &str) -> Option<u8> {
    let name = base_name(path);
    let (stem, markdown) = match name.strip_suffix(".md") {
        Some(stem) => (stem, true),
        None => (name.strip_suffix(".tex")?, false),
    };
    match (stem, markdown) {
        ("problem.en", true) => Some(0),
        ("problem.en", false) => Some(1),
        ("problem", true) => Some(2),
        ("problem", false) => Some(3),
        _ => stem.starts_with("problem.").then_some(4),
    }
}

/// Returns the argument of `\problemname`, where old packages have their only title.
pub(super) fn title(statement: &str) -> Option<String> {
    let (_, rest) = statement.split_once("\\problemname{")?;
    let mut depth = 1;
    for (at, char) in rest.char_indices() {
        match char {
            '{' => depth += 1,
            '}' => depth -= 1,
            '\n' => return None,
            _ => {}
        }
        if depth == 0 {
            let title = rest[..at].trim();
            return (!title.is_empty()).then(|| title.to_owned());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_is_the_argument_with_its_braces() {
        assert_eq!(
            title("x\\problemname{A1 Paper}\n").as_deref(),
            Some("A1 Paper")
        );
        assert_eq!(
            title("\\problemname{The {\\TeX} Case}").as_deref(),
            Some("The {\\TeX} Case")
        );
        assert_eq!(title("\\problemname{open\n}"), None);
        assert_eq!(title("nothing"), None);
    }

    #[test]
    fn english_comes_first_and_other_files_are_none() {
        assert!(rank("s/problem.en.tex") < rank("s/problem.tex"));
        assert!(rank("s/problem.tex") < rank("s/problem.sv.md"));
        assert_eq!(rank("s/trees.tex"), None);
        assert_eq!(rank("s/problem.en.pdf"), None);
    }
}
