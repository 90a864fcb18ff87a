//! `riddle doctor`: what is there, what is missing, and what to do. Changes nothing.

use std::path::Path;

use clap::Args;
use riddle_engine::{
    BUILD_LOCAL, default_model,
    sandbox::{self, Check, CheckState},
};
use serde::Serialize;

use crate::{
    args::{CacheArgs, FormatArgs},
    exit::Exit,
    printer::{Format, Printer, Tone},
    table::{Cell, Side, Table},
};

/// Check this machine and the toolchains, and say what to do
#[derive(Args, Debug)]
#[command(after_help = "\
Changes nothing. Exit code: 0 if nothing is missing, else 1.

Examples:
  riddle doctor
  riddle doctor --format json | jq '.checks[] | select(.state != \"ok\")'")]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    cache: CacheArgs,
    #[command(flatten)]
    output: FormatArgs,
}

/// What `--format json` prints.
#[derive(Serialize)]
struct Diagnosis<'a> {
    checks: &'a [Check],
}

pub(crate) fn doctor(args: &DoctorArgs, printer: Printer) -> anyhow::Result<Exit> {
    let cache = args.cache.folder()?;
    let mut checks = sandbox::doctor(&cache);
    checks.push(language_model(&cache));
    match args.output.format {
        Format::Human => {
            printer.data(tabulated(&checks).take(&printer))?;
            for check in &checks {
                if let Some(fix) = &check.fix {
                    printer.hint(&format!("{}: {fix}", check.name));
                }
            }
        }
        Format::Json => printer.json(Format::Json, &Diagnosis { checks: &checks })?,
        Format::Jsonl => {
            for check in &checks {
                printer.json(Format::Jsonl, check)?;
            }
        }
    }
    let all_there = checks.iter().all(|it| it.state != CheckState::Missing);
    Ok(Exit::answer(all_there))
}

/// Looks for the embedded model. Only `--sampler local` needs it.
fn language_model(cache: &Path) -> Check {
    let is_there = default_model(cache).is_file();
    let (state, detail, fix) = match (is_there, cfg!(feature = "local")) {
        (true, true) => (CheckState::Ok, "SmolLM2-135M-Instruct", None),
        (false, _) => (
            CheckState::Warning,
            "the embedded one is not installed",
            Some("run `riddle setup`".to_owned()),
        ),
        (true, false) => (
            CheckState::Warning,
            "this Riddle was built without `--sampler local`",
            Some(format!("build it by `{BUILD_LOCAL}`")),
        ),
    };
    Check {
        name: "language model",
        state,
        detail: detail.to_owned(),
        fix,
    }
}

fn tabulated(checks: &[Check]) -> Table {
    let mut table = Table::new(&[
        ("state", Side::Left),
        ("what", Side::Left),
        ("found", Side::Left),
    ]);
    for check in checks {
        let (tone, state) = match check.state {
            CheckState::Ok => (Tone::Good, "ok"),
            CheckState::Warning => (Tone::Warning, "warning"),
            CheckState::Missing => (Tone::Bad, "missing"),
        };
        table.row([
            Cell::toned(tone, state),
            check.name.into(),
            (&check.detail).into(),
        ]);
    }
    table
}
