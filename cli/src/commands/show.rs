//! `riddle show`: a recorded run as `solve` printed it. Runs nothing.

use std::path::PathBuf;

use clap::Args;
use riddle_engine::{RunFiles, RunManifest};

use crate::{args::FormatArgs, exit::Exit, printer::Printer, summary};

/// Show a recorded run
#[derive(Args, Debug)]
#[command(after_help = "\
Prints what `riddle solve` printed at its end. Nothing is run again.

Examples:
  riddle show runs/even-sum-1
  riddle show runs/batch-1 --format json | jq .totals")]
pub(crate) struct ShowArgs {
    /// Folder of a run
    #[arg(value_name = "RUN")]
    run: PathBuf,
    #[command(flatten)]
    output: FormatArgs,
}

pub(crate) fn show(args: &ShowArgs, printer: Printer) -> anyhow::Result<Exit> {
    let files = RunFiles::read(&args.run)?;
    summary::print(
        printer,
        args.output.format,
        &files.report,
        files.timings.as_ref(),
    )?;
    if let Some(sampler) = &RunManifest::read(&args.run)?.sampler_config {
        summary::tell_cost(printer, &files.report, sampler);
    }
    Ok(Exit::Done)
}
