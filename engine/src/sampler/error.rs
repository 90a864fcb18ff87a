//! Why a sampler cannot go on.
//!
//! What is wrong with one sample is a `Rejected` and not this.

use std::{error::Error, fmt, sync::Arc};

use crate::PromptError;

/// A sampler gave up: a server that is down, a model file that is none, a statement that does not fit.
///
/// What it gave until then counts, and the search ends with it. Cheap to copy.
#[derive(Clone, Debug)]
pub struct SamplerError {
    message: String,
    hint: Option<String>,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl SamplerError {
    /// Makes an error of a fragment.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: None,
            source: None,
        }
    }

    /// Adds what the user can do.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// Returns what the user can do about it, if anything.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// Returns the message and its causes in one line.
    pub fn in_full(&self) -> String {
        let mut text = self.message.clone();
        let mut cause = self.source();
        while let Some(error) = cause {
            let part = error.to_string();
            if !text.ends_with(&part) {
                text += ": ";
                text += &part;
            }
            cause = error.source();
        }
        text
    }
}

impl From<PromptError> for SamplerError {
    fn from(error: PromptError) -> Self {
        Self {
            hint: error.hint(),
            ..Self::new("could not write the prompt").with_source(error)
        }
    }
}

impl fmt::Display for SamplerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for SamplerError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|it| it as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_told_in_one_line() {
        let cause = std::io::Error::other("no route");
        let error = SamplerError::new("could not reach the server").with_source(cause);
        assert_eq!(error.in_full(), "could not reach the server: no route");
    }
}
