//! Why a prompt could not be written: a template, a setting or a task that cannot be used.

use std::io;

use thiserror::Error;

use super::PromptForm;

/// A prompt could not be written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PromptError {
    /// The name is of no bundled family, and no file is there.
    #[error("no template family and no file is named `{name}`")]
    UnknownTemplate {
        /// The name as it was given.
        name: String,
        /// The bundled families.
        families: Vec<&'static str>,
    },
    /// The template file could not be read.
    #[error("could not read the template file")]
    Read(#[source] io::Error),
    /// The template file is larger than we read.
    #[error("template file `{file}` has more than {limit_bytes} bytes: the limit")]
    FileTooLarge {
        /// The file.
        file: String,
        /// The limit, in bytes.
        limit_bytes: u64,
    },
    /// The template file is no TOML, or has a field that we do not know.
    #[error("template file `{file}`, line {line}: {message}")]
    Syntax {
        /// The file or family.
        file: String,
        /// From 1.
        line: usize,
        /// What the parser said.
        message: String,
    },
    /// A field of the template file does not render.
    #[error("template file `{file}`, field `{field}`, line {line} of it: {message}")]
    Field {
        /// The file or family.
        file: String,
        /// The field, for example `completion.prompt`.
        field: String,
        /// From 1, within the field's text.
        line: usize,
        /// What is wrong, for example which variable is not known.
        message: String,
    },
    /// The template file lacks the form asked for.
    #[error("template file `{file}` has no form `{form}`")]
    NoForm {
        /// The file or family.
        file: String,
        /// The form.
        form: PromptForm,
    },
    /// The template file has no form at all.
    #[error("template file `{file}` has none of the tables `chat`, `completion`, `infill`")]
    Empty {
        /// The file.
        file: String,
    },
    /// A setting has a value that cannot be used.
    #[error("prompt setting `{field}`: {message}")]
    Config {
        /// The field of [`PromptConfig`](super::PromptConfig).
        field: &'static str,
        /// What is wrong with it.
        message: String,
    },
    /// The statement is too long. It is not cut: half a statement is another problem.
    #[error("statement of `{problem}` has {n_bytes} bytes: the limit of a prompt is {limit_bytes}")]
    StatementTooLong {
        /// The problem.
        problem: String,
        /// Length of the statement, in bytes.
        n_bytes: usize,
        /// The limit, in bytes.
        limit_bytes: usize,
    },
    /// The task has neither statement nor public tests.
    #[error("problem `{problem}` has neither a statement nor public tests to ask by")]
    NothingToAsk {
        /// The problem.
        problem: String,
    },
}

impl PromptError {
    /// Returns what the user can do about it, if anything.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownTemplate { families, .. } => Some(format!(
                "the bundled families are {}; a file of your own is named by its path",
                families.join(", ")
            )),
            _ => None,
        }
    }
}
