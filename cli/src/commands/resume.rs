//! `riddle resume`: go on with a run that was interrupted or killed.

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use riddle_engine::{Interrupt, LoadedProblem, RunFiles, RunManifest, Solver};

use crate::{
    args::{FormatArgs, JobsArgs, SandboxArgs},
    commands::{solve, stop_on_ctrl_c},
    errors::UsageError,
    exit::Exit,
    printer::Printer,
    progress::Progress,
    summary,
};

/// Go on with a run that was interrupted or killed
#[derive(Args, Debug)]
#[command(after_help = "\
Candidates that are recorded stay, and the sampler is asked for those that are missing. Problems
that were done are not done again. Settings are those that the run began with.

Examples:
  riddle resume runs/even-sum-1
  riddle resume runs/night -j 4

Exit code: as `solve`.")]
pub(crate) struct ResumeArgs {
    /// Folder of a run
    #[arg(value_name = "RUN")]
    run: PathBuf,
    #[command(flatten)]
    sandbox: SandboxArgs,
    #[command(flatten)]
    jobs: JobsArgs,
    #[command(flatten)]
    output: FormatArgs,
}

pub(crate) fn resume(args: &ResumeArgs, printer: Printer) -> anyhow::Result<Exit> {
    let manifest = RunManifest::read(&args.run)?;
    // Nothing is asked for a run that was done, so that it does not matter whether its sampler is still there.
    if let Ok(RunFiles { report, timings }) = RunFiles::read(&args.run)
        && report.problems().len() == manifest.problems().count()
        && !report
            .problems()
            .iter()
            .any(|it| it.stop_reason.is_cut_short())
    {
        printer.note("the run was done before");
        let timings = timings.unwrap_or_default();
        return solve::conclude(printer, args.output.format, &args.run, &report, &timings, 0);
    }
    let Some(settings) = &manifest.sampler_config else {
        bail!(
            UsageError::new(format!(
                "the run's sampler `{}` is none of ours",
                manifest.sampler
            ))
            .with_hint("resume it by the program that began it")
        );
    };
    let mut problems = Vec::new();
    for (problem, origin) in manifest.problems() {
        let Some(origin) = origin else {
            bail!("problem `{problem}` was not loaded from a folder");
        };
        problems.push(LoadedProblem::load_again(&origin)?);
    }
    let ids: Vec<&str> = problems.iter().map(|it| it.task.id.as_str()).collect();
    let n_jobs = args.jobs.n();
    let sampler = settings.open(&ids, &args.sandbox.cache()?, n_jobs as usize)?;

    let sandbox = args.sandbox.open(n_jobs, manifest.config.seed)?;
    let progress = Progress::new(printer);
    let interrupt = Interrupt::new();
    let solver = Solver::new(sandbox, n_jobs as usize, manifest.config.clone())?
        .with_interrupt(interrupt.clone());
    stop_on_ctrl_c(&interrupt, progress.notes())?;
    let (report, timings) = solver.resume(&problems, &*sampler, &args.run, &progress)?;
    let n_left = problems.len() - report.problems().len();
    summary::tell_cost(printer, &report, settings);
    solve::conclude(
        printer,
        args.output.format,
        &args.run,
        &report,
        &timings,
        n_left,
    )
}
