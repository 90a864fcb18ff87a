//! What to ask a model, as settings. Plain data: it goes into the manifest as it is.

use std::fmt;

use riddle_sandbox::Language;
use serde::{Deserialize, Serialize};

use super::PromptError;

/// The settings that shape prompts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PromptConfig {
    /// The name of a bundled template family, or the path of a template file. Default: `instruct`.
    pub template: String,
    /// The form to use. Default: the first that the template has, of chat, completion, infilling.
    pub form: Option<PromptForm>,
    /// The languages to ask for, each with its weight, a positive number. Default: Python alone.
    pub languages: Vec<(Language, f64)>,
    /// The ratings to draw from, as AlphaCode did. Default: none, which is the problem's own rating.
    pub ratings: Option<RatingRange>,
    /// Whether tags are drawn from 50 common combinations, as AlphaCode did. Default: false, which is
    /// the problem's own tags.
    pub random_tags: bool,
    /// Whether a worked example stands before the question. Default: true.
    pub example: bool,
    /// Whether the model's answer is begun for it, with an opened code fence. Default: true.
    pub prefill: bool,
}

impl Default for PromptConfig {
    fn default() -> Self {
        Self {
            template: "instruct".to_owned(),
            form: None,
            languages: vec![(Language::Python, 1.0)],
            ratings: None,
            random_tags: false,
            example: true,
            prefill: true,
        }
    }
}

/// How a model is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromptForm {
    /// Messages, which the server puts into the model's own form.
    Chat,
    /// A text to be continued.
    Completion,
    /// A program with a hole.
    Infill,
}

impl PromptForm {
    /// Returns the name used in settings and template files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Completion => "completion",
            Self::Infill => "infill",
        }
    }
}

impl fmt::Display for PromptForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The ratings `first`, `first + step`, … up to `last`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RatingRange {
    /// The lowest rating.
    pub first: u32,
    /// The highest rating, if the steps meet it.
    pub last: u32,
    /// The distance of two ratings. Not zero.
    pub step: u32,
}

impl RatingRange {
    /// What AlphaCode drew from: 800 to 3500 in steps of 100.
    pub const ALPHACODE: Self = Self {
        first: 800,
        last: 3500,
        step: 100,
    };
}

impl PromptConfig {
    /// Refuses what could not be drawn from.
    pub(super) fn check(&self) -> Result<(), PromptError> {
        let refuse = |field, message: String| Err(PromptError::Config { field, message });
        if self.languages.is_empty() {
            return refuse("languages", "no language is named".to_owned());
        }
        for (index, (language, weight)) in self.languages.iter().enumerate() {
            if !(weight.is_finite() && *weight > 0.0) {
                let message = format!("weight of `{language}` is {weight}: not a positive number");
                return refuse("languages", message);
            }
            if self.languages[..index].iter().any(|it| it.0 == *language) {
                return refuse("languages", format!("`{language}` is named twice"));
            }
        }
        if let Some(RatingRange { first, last, step }) = self.ratings {
            if step == 0 {
                return refuse("ratings", "`step` is 0".to_owned());
            }
            if first > last {
                let message = format!("`first` is {first}, above `last`, which is {last}");
                return refuse("ratings", message);
            }
        }
        Ok(())
    }
}
