//! Template files: one TOML file for each family of models, rendered by minijinja.
//!
//! A variable that does not exist is an error, so that a typo in a file does not become a hole in a
//! prompt. Nothing here knows what a task is.

use std::{collections::BTreeMap, path::Path};

use minijinja::{
    AutoEscape, Environment, State, UndefinedBehavior, Value, context, syntax::SyntaxConfig,
};
use riddle_sandbox::Language;
use serde::{Deserialize, de::DeserializeOwned};

use super::{PromptError, PromptForm, Role, question::ShownTest};

/// Bytes of a template file.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// The bundled families, by name.
const FAMILIES: [(&str, &str); 6] = [
    ("instruct", include_str!("../../prompts/instruct.toml")),
    ("few-shot", include_str!("../../prompts/few-shot.toml")),
    ("chatml", include_str!("../../prompts/chatml.toml")),
    ("code-llama", include_str!("../../prompts/code-llama.toml")),
    (
        "deepseek-coder",
        include_str!("../../prompts/deepseek-coder.toml"),
    ),
    ("base", include_str!("../../prompts/base.toml")),
];

/// A template file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Family {
    /// Tokens of the model that must not come out of a problem's text.
    #[serde(default)]
    pub(super) special: Vec<String>,
    pub(super) chat: Option<Form>,
    pub(super) completion: Option<Form>,
    pub(super) infill: Option<Form>,
}

/// One form: `messages` for a chat, `prompt` for a text.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Form {
    pub(super) messages: Vec<MessageTemplate>,
    pub(super) prompt: String,
    pub(super) suffix: Option<String>,
    pub(super) before: String,
    pub(super) after: String,
    pub(super) prefill: String,
    pub(super) stop: Vec<String>,
    /// Where the answer ends only if it was begun with the prefill.
    pub(super) prefill_stop: Vec<String>,
}

/// One message; left out where its content renders to nothing.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MessageTemplate {
    pub(super) role: Role,
    pub(super) content: String,
}

/// What prompts say about a language.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LanguageText {
    pub(super) display: String,
    pub(super) fence: String,
    pub(super) label: String,
    pub(super) comment: String,
    pub(super) opening: String,
    pub(super) before: String,
    pub(super) after: String,
    pub(super) example: String,
}

/// What all families have in common.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shared {
    pub(super) system: String,
    pub(super) question: String,
    pub(super) instruction: String,
    pub(super) example: ExampleTask,
}

/// The task of the worked example.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExampleTask {
    pub(super) statement: String,
    pub(super) input: String,
    pub(super) answer: String,
}

impl LanguageText {
    pub(super) fn to_value(&self) -> Value {
        context! {
            display => &self.display,
            fence => &self.fence,
            label => &self.label,
            comment => &self.comment,
            opening => &self.opening,
            before => &self.before,
            after => &self.after,
        }
    }
}

impl ExampleTask {
    pub(super) fn test(&self) -> ShownTest {
        ShownTest {
            input: self.input.clone(),
            answer: self.answer.clone(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tags {
    combinations: Vec<Vec<String>>,
}

impl Family {
    /// Reads a bundled family by name, or else a file by path.
    pub(super) fn open(name: &str) -> Result<Self, PromptError> {
        let family: Self = match FAMILIES.iter().find(|it| it.0 == name) {
            Some((_, text)) => parse(name, text)?,
            None => parse(name, &read(name)?)?,
        };
        let refuse = |field: &str, message: &str| {
            Err(PromptError::Field {
                file: name.to_owned(),
                field: field.to_owned(),
                line: 1,
                message: message.to_owned(),
            })
        };
        if family.special.iter().any(String::is_empty) {
            return refuse("special", "a token is empty");
        }
        if let Some(chat) = &family.chat {
            if chat.messages.is_empty() {
                return refuse("chat.messages", "a chat needs messages");
            }
            if !(chat.prompt.is_empty() && chat.suffix.is_none()) {
                return refuse("chat", "a chat has neither `prompt` nor `suffix`");
            }
        }
        for (field, form) in [
            ("completion", &family.completion),
            ("infill", &family.infill),
        ] {
            let Some(form) = form else { continue };
            if form.prompt.is_empty() {
                return refuse(&format!("{field}.prompt"), "a text needs a prompt");
            }
            if !form.messages.is_empty() {
                return refuse(&format!("{field}.messages"), "only a chat has messages");
            }
        }
        Ok(family)
    }

    /// Returns the form asked for, or the first that there is.
    pub(super) fn pick(
        mut self,
        name: &str,
        asked: Option<PromptForm>,
    ) -> Result<(PromptForm, Form), PromptError> {
        use PromptForm::{Chat, Completion, Infill};
        let mut take = |form| match form {
            Chat => self.chat.take(),
            Completion => self.completion.take(),
            Infill => self.infill.take(),
        };
        let file = name.to_owned();
        match asked {
            Some(form) => take(form)
                .map(|it| (form, it))
                .ok_or(PromptError::NoForm { file, form }),
            None => [Chat, Completion, Infill]
                .into_iter()
                .find_map(|form| take(form).map(|it| (form, it)))
                .ok_or(PromptError::Empty { file }),
        }
    }
}

/// Returns the names of the bundled families.
pub(super) fn family_names() -> Vec<&'static str> {
    FAMILIES.iter().map(|it| it.0).collect()
}

pub(super) fn shared() -> Result<Shared, PromptError> {
    parse("shared", include_str!("../../prompts/shared.toml"))
}

pub(super) fn languages() -> Result<BTreeMap<Language, LanguageText>, PromptError> {
    parse("languages", include_str!("../../prompts/languages.toml"))
}

pub(super) fn tag_combinations() -> Result<Vec<Vec<String>>, PromptError> {
    let Tags { combinations } = parse("tags", include_str!("../../prompts/tags.toml"))?;
    Ok(combinations)
}

fn read(name: &str) -> Result<String, PromptError> {
    let path = Path::new(name);
    match fs_err::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(PromptError::UnknownTemplate {
                name: name.to_owned(),
                families: family_names(),
            });
        }
        Err(error) => return Err(PromptError::Read(error)),
        Ok(metadata) if metadata.len() > MAX_FILE_BYTES => {
            return Err(PromptError::FileTooLarge {
                file: name.to_owned(),
                limit_bytes: MAX_FILE_BYTES,
            });
        }
        Ok(_) => {}
    }
    fs_err::read_to_string(path).map_err(PromptError::Read)
}

fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, PromptError> {
    toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |it| it.start);
        PromptError::Syntax {
            file: file.to_owned(),
            line: 1 + text.bytes().take(at).filter(|it| *it == b'\n').count(),
            message: error.message().to_owned(),
        }
    })
}

/// How templates are rendered.
#[derive(Clone, Debug)]
pub(super) struct Renderer {
    file: String,
    environment: Environment<'static>,
}

impl Renderer {
    pub(super) fn new(file: &str) -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::None);
        let syntax = SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .keep_trailing_newline(true)
            .build()
            .expect("the default delimiters are valid");
        environment.set_syntax(syntax);
        environment.add_filter("comment", comment);
        // Errors know the expression that they are about.
        environment.set_debug(true);
        Self {
            file: file.to_owned(),
            environment,
        }
    }

    /// Renders one field of the file.
    pub(super) fn render(
        &self,
        field: &str,
        template: &str,
        context: &Value,
    ) -> Result<String, PromptError> {
        self.environment
            .render_named_str(field, template, context.clone())
            .map_err(|error| fault(&self.file, field, &error))
    }
}

fn fault(file: &str, field: &str, error: &minijinja::Error) -> PromptError {
    let place = error.template_source().zip(error.range());
    let text = place.and_then(|(source, range)| source.get(range));
    let message = match (error.detail(), text) {
        (Some(detail), _) => format!("{}: {detail}", error.kind()),
        (None, Some(text)) => format!("{} at `{text}`", error.kind()),
        (None, None) => error.kind().to_string(),
    };
    PromptError::Field {
        file: file.to_owned(),
        field: field.to_owned(),
        line: error.line().unwrap_or(1),
        message,
    }
}

/// The filter `comment`: makes every line a comment of the prompt's language.
fn comment(state: &State<'_, '_>, text: &str) -> Result<String, minijinja::Error> {
    let language = state.lookup("language").unwrap_or_default();
    let sign = language.get_attr("comment")?.to_string();
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| format!("{sign} {line}").trim_end().to_owned())
        .collect();
    Ok(lines.join("\n"))
}
