//! Prompts: what a model is asked, for one task and one request.
//!
//! Templates are data files, one for each family of models; a prompt is what comes out of one and a
//! task's public part. Nothing here knows how a model is reached or what it answers. [`PromptWriter`]
//! is the way in.

mod clean;
mod conditioning;
mod config;
mod error;
mod question;
mod template;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use minijinja::{Value, context};
use riddle_problems::Task;
use riddle_sandbox::Language;
use serde::{Deserialize, Serialize};

pub use self::{
    conditioning::Conditioning,
    config::{PromptConfig, PromptForm, RatingRange},
    error::PromptError,
};
use self::{
    question::Question,
    template::{Family, Form, LanguageText, Renderer, Shared},
};

/// What is sent to a model, whichever way it is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// The language that the program is asked for in.
    pub language: Language,
    /// The question.
    pub body: PromptBody,
    /// What the answer is made to begin with; empty for nothing. It is not part of the body: the sender
    /// appends it to a text, or opens the assistant's turn with it.
    pub prefill: String,
    /// Program text that the body ends with and the answer continues. Empty unless the answer is only a
    /// part of the program.
    pub before: String,
    /// Program text that follows the answer.
    pub after: String,
    /// Where the answer is to end. A server takes as many as it can, in this order.
    pub stop: Vec<String>,
}

/// The question, in one of the shapes that servers take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PromptBody {
    /// Messages; the answer is the next, from the assistant.
    Chat(Vec<Message>),
    /// A text that the answer continues.
    Text {
        /// What stands before the answer.
        prompt: String,
        /// What stands behind it, for servers that put the tokens of infilling themselves.
        suffix: Option<String>,
    },
}

/// One message of a chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub content: String,
}

/// Who speaks in a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The setting of the whole.
    System,
    /// The one who asks.
    User,
    /// The model.
    Assistant,
}

impl Role {
    /// Returns the name that servers and templates know it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// Writes prompts by one template and one set of settings.
#[derive(Clone, Debug)]
pub struct PromptWriter {
    config: PromptConfig,
    special: Vec<String>,
    form_name: PromptForm,
    form: Form,
    shared: Shared,
    languages: BTreeMap<Language, LanguageText>,
    combinations: Vec<Vec<String>>,
    renderer: Renderer,
}

impl PromptWriter {
    /// Reads the template and tries it, so that what can be wrong with it shows now.
    ///
    /// # Errors
    ///
    /// Returns an error that names file and field if the template cannot be read or rendered, or a
    /// setting cannot be used.
    pub fn open(config: &PromptConfig) -> Result<Self, PromptError> {
        config.check()?;
        let file = &config.template;
        let mut family = Family::open(file)?;
        let special = std::mem::take(&mut family.special);
        let (form_name, form) = family.pick(file, config.form)?;
        let writer = Self {
            config: config.clone(),
            special,
            form_name,
            form,
            shared: template::shared()?,
            languages: template::languages()?,
            combinations: template::tag_combinations()?,
            renderer: Renderer::new(file),
        };
        writer.try_out()?;
        Ok(writer)
    }

    /// Returns the names of the bundled template families.
    pub fn families() -> Vec<&'static str> {
        template::family_names()
    }

    /// Returns the form that is used.
    pub fn form(&self) -> PromptForm {
        self.form_name
    }

    /// Draws what a request asks for: a pure function of the settings, the task, the seed and the
    /// request's index.
    pub fn conditioning(&self, task: &Task, seed: u64, request: u64) -> Conditioning {
        conditioning::draw(&self.config, &self.combinations, task, seed, request)
    }

    /// Writes the prompt for a task.
    ///
    /// # Errors
    ///
    /// Returns an error if the task has nothing to ask by or its statement is too long, or if there are
    /// no prompts for the language.
    pub fn write(&self, task: &Task, conditioning: &Conditioning) -> Result<Prompt, PromptError> {
        let question = Question::new(task, conditioning, &self.special)?;
        self.render(conditioning.language, &question)
    }

    /// Renders the form for tasks that have everything and nothing, in each language of the settings.
    fn try_out(&self) -> Result<(), PromptError> {
        let full = Question {
            title: Some("title".to_owned()),
            statement: Some("statement".to_owned()),
            tests: vec![self.shared.example.test()],
            rating: Some(800),
            tags: vec!["tag".to_owned()],
        };
        let bare = Question {
            title: None,
            statement: None,
            rating: None,
            tags: Vec::new(),
            ..full.clone()
        };
        for (language, _) in &self.config.languages {
            self.render(*language, &full)?;
            self.render(*language, &bare)?;
        }
        Ok(())
    }

    fn render(&self, language: Language, question: &Question) -> Result<Prompt, PromptError> {
        let Some(text) = self.languages.get(&language) else {
            return Err(PromptError::Config {
                field: "languages",
                message: format!("there are no prompts for `{language}`"),
            });
        };
        let has_prefill = self.config.prefill && !self.form.prefill.is_empty();
        let example = if self.config.example {
            let example = &self.shared.example;
            let asked = Question {
                title: None,
                statement: Some(example.statement.clone()),
                tests: vec![example.test()],
                rating: None,
                tags: Vec::new(),
            };
            let context = self.context(text, &asked)?;
            context! { source => text.example.trim(), ..context }
        } else {
            Value::from(())
        };
        let context = context! {
            example,
            prefill => has_prefill,
            ..self.context(text, question)?
        };
        let form = &self.form;
        let field = |name: &str| format!("{}.{name}", self.form_name);
        let render = |name: &str, template: &str, context: &Value| {
            self.renderer.render(&field(name), template, context)
        };
        let before = render("before", &form.before, &context)?;
        let after = render("after", &form.after, &context)?;
        let context = context! { before => &before, after => &after, ..context };

        let body = if self.form_name == PromptForm::Chat {
            let mut messages = Vec::new();
            for (index, message) in form.messages.iter().enumerate() {
                let name = format!("messages[{index}].content");
                let content = render(&name, &message.content, &context)?;
                if !content.is_empty() {
                    let role = message.role;
                    messages.push(Message { role, content });
                }
            }
            PromptBody::Chat(messages)
        } else {
            let suffix = match &form.suffix {
                Some(suffix) => Some(render("suffix", suffix, &context)?),
                None => None,
            };
            let prompt = render("prompt", &form.prompt, &context)?;
            PromptBody::Text { prompt, suffix }
        };
        let prefill = render("prefill", &form.prefill, &context)?;
        let mut stop = Vec::new();
        let prefill_stop = if has_prefill {
            &form.prefill_stop[..]
        } else {
            &[]
        };
        for (name, templates) in [("prefill_stop", prefill_stop), ("stop", &form.stop[..])] {
            for (index, template) in templates.iter().enumerate() {
                stop.push(render(&format!("{name}[{index}]"), template, &context)?);
            }
        }
        Ok(Prompt {
            language,
            body,
            prefill: if has_prefill { prefill } else { String::new() },
            before,
            after,
            stop,
        })
    }

    /// Returns what a template may say about a question, the shared texts rendered.
    fn context(&self, language: &LanguageText, question: &Question) -> Result<Value, PromptError> {
        let tests: Vec<Value> = question
            .tests
            .iter()
            .map(|test| context! { input => &test.input, answer => &test.answer })
            .collect();
        let mut context = context! {
            language => language.to_value(),
            title => question.title.clone(),
            statement => question.statement.clone(),
            tests,
            rating => question.rating,
            tags => question.tags.clone(),
        };
        for (name, template) in [
            ("system", &self.shared.system),
            ("question", &self.shared.question),
            ("instruction", &self.shared.instruction),
        ] {
            let text = self.renderer.render(name, template, &context)?;
            context = context! { ..Value::from_pairs([(name, text.trim())]), ..context };
        }
        Ok(context)
    }
}
