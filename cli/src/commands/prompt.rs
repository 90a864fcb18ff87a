//! `riddle prompt`: what a model would be asked. Asks none.

use std::{fmt::Write as _, path::PathBuf};

use anyhow::Context as _;
use clap::Args;
use riddle_engine::{LoadedProblem, PromptBody, PromptWriter, sandbox::Language};
use serde::Serialize;

use crate::{
    args::{FormatArgs, ProblemArgs},
    exit::Exit,
    printer::{Format, Printer, Tone},
    sampler::SamplerArgs,
    text::clean,
};

/// Print what a model would be asked
#[derive(Args, Debug)]
#[command(after_help = "\
Prints the prompt of one request, as `solve` with the same options would send it. Asks no model.

Examples:
  riddle prompt problems/even-sum --sampler local
  riddle prompt even-sum --template base --ratings 800..3500 --random-tags --request 7
  riddle prompt even-sum --template code-llama --form infill --mix cpp --format json")]
pub(crate) struct PromptCommandArgs {
    /// Folder of a problem
    #[arg(value_name = "PROBLEM")]
    problem: PathBuf,
    /// Request to show: what is drawn differs from one to the next
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Prompt")]
    request: u64,
    /// Seed of everything random
    #[arg(
        long,
        value_name = "SEED",
        default_value_t = 0,
        help_heading = "Prompt"
    )]
    seed: u64,
    #[command(flatten)]
    sampler: SamplerArgs,
    #[command(flatten)]
    reading: ProblemArgs,
    #[command(flatten)]
    output: FormatArgs,
}

/// What `--format json` prints.
#[derive(Serialize)]
struct Shown<'a> {
    problem: &'a str,
    language: Language,
    rating: Option<u32>,
    tags: &'a [String],
    messages: Option<&'a [riddle_engine::Message]>,
    prompt: Option<&'a str>,
    suffix: Option<&'a str>,
    prefill: &'a str,
    stop: &'a [String],
}

pub(crate) fn prompt(args: &PromptCommandArgs, printer: Printer) -> anyhow::Result<Exit> {
    let problem = LoadedProblem::load(&args.problem, &args.reading.load_options())?;
    let task = &problem.task;
    let writer = PromptWriter::open(&args.sampler.prompt())?;
    let config = riddle_engine::SearchConfig {
        seed: args.seed,
        ..riddle_engine::SearchConfig::default()
    };
    let conditioning = writer.conditioning(task, config.seed_of("sampler", &task.id), args.request);
    let prompt = writer
        .write(task, &conditioning)
        .context("could not write the prompt")?;
    if args.output.format == Format::Human {
        return printer.data(human(printer, &prompt)).map(|()| Exit::Done);
    }
    let (messages, text, suffix) = match &prompt.body {
        PromptBody::Chat(messages) => (Some(&messages[..]), None, None),
        PromptBody::Text { prompt, suffix } => (None, Some(&**prompt), suffix.as_deref()),
    };
    let shown = Shown {
        problem: &task.id,
        language: prompt.language,
        rating: conditioning.rating,
        tags: &conditioning.tags,
        messages,
        prompt: text,
        suffix,
        prefill: &prompt.prefill,
        stop: &prompt.stop,
    };
    printer.json(args.output.format, &shown)?;
    Ok(Exit::Done)
}

/// Lays a prompt out part by part, each below its name.
fn human(printer: Printer, prompt: &riddle_engine::Prompt) -> String {
    let mut out = String::new();
    let mut part = |name: &str, text: &str| {
        let _ = writeln!(
            out,
            "{}",
            printer.tinted(Tone::Heading, &format!("[{name}]"))
        );
        let _ = writeln!(out, "{}", clean(text));
    };
    match &prompt.body {
        PromptBody::Chat(messages) => {
            for message in messages {
                part(message.role.name(), &message.content);
            }
        }
        PromptBody::Text { prompt, suffix } => {
            part("prompt", prompt);
            if let Some(suffix) = suffix {
                part("suffix", suffix);
            }
        }
    }
    if !prompt.prefill.is_empty() {
        part("the answer begins with", prompt.prefill.trim_end());
    }
    let stop: Vec<String> = prompt.stop.iter().map(|it| format!("{it:?}")).collect();
    part("the answer ends at", &stop.join(" "));
    out
}
