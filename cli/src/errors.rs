//! How an error reads: its causes in one line if there is room, and its hint.
//!
//! Does not print.

use std::{error::Error, fmt};

use riddle_engine::{
    EngineError, PromptError,
    problems::LoadError,
    sandbox::{SandboxError, SetupError},
};

/// Characters of an error that are still one line; a longer one becomes a list.
const ONE_LINE: usize = 100;

/// Bad input from the command line, with advice.
#[derive(Debug)]
pub(crate) struct UsageError {
    message: String,
    hint: Option<String>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl UsageError {
    /// Makes an error of a fragment.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: None,
            source: None,
        }
    }

    /// Adds the cause.
    pub(crate) fn with_source(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }

    /// Adds what the user can do.
    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for UsageError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|it| it as _)
    }
}

/// Returns an error and its causes: joined by colons, or below each other where that is too long.
pub(crate) fn message(error: &anyhow::Error) -> String {
    let mut parts: Vec<String> = error.chain().map(ToString::to_string).collect();
    parts.dedup();
    let joined = parts.join(": ");
    if joined.chars().count() <= ONE_LINE && !joined.contains('\n') {
        return joined;
    }
    parts.join("\n  caused by: ")
}

/// Returns what the user can do about an error: the advice of the first cause that has any.
pub(crate) fn hint(error: &anyhow::Error) -> Option<String> {
    error.chain().find_map(|cause| {
        if let Some(error) = cause.downcast_ref::<UsageError>() {
            error.hint.clone()
        } else if let Some(error) = cause.downcast_ref::<EngineError>() {
            error.hint()
        } else if let Some(error) = cause.downcast_ref::<PromptError>() {
            error.hint()
        } else if let Some(error) = cause.downcast_ref::<SandboxError>() {
            error.hint().map(Into::into)
        } else if let Some(error) = cause.downcast_ref::<LoadError>() {
            error.hint().map(Into::into)
        } else if let Some(error) = cause.downcast_ref::<SetupError>() {
            error.hint().map(Into::into)
        } else {
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn causes_are_joined_while_there_is_room() {
        let error = anyhow!("no such file").context("could not read `a`");
        assert_eq!(message(&error), "could not read `a`: no such file");
        let error = anyhow!("x".repeat(90)).context("could not read `a`");
        let expected = format!("could not read `a`\n  caused by: {}", "x".repeat(90));
        assert_eq!(message(&error), expected);
    }

    #[test]
    fn a_hint_is_found_below_a_context() {
        let error = anyhow!(UsageError::new("no").with_hint("say yes")).context("could not");
        assert_eq!(hint(&error).as_deref(), Some("say yes"));
        assert_eq!(hint(&anyhow!("no")), None);
    }
}
