//! `riddle solve`: candidates in, submissions and a run folder out.

use std::{
    collections::BTreeMap,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use clap::{Args, builder::PossibleValuesParser};
use riddle_engine::{
    InputWay, Interrupt, LoadedProblem, Replay, Report, SameOutput, Sampler, SamplerConfig,
    SearchConfig, Solver, StopReason, Timings,
};

use crate::{
    args::{FormatArgs, JobsArgs, ProblemArgs, SandboxArgs},
    commands::stop_on_ctrl_c,
    errors::UsageError,
    exit::Exit,
    printer::{Format, Printer},
    progress::Progress,
    sampler::SamplerArgs,
    summary,
    text::counted,
};

/// Run folders that are numbered below `runs`.
const MAX_NUMBERED_RUNS: u32 = 1_000_000;
/// Stray lines of a pool that are quoted.
const QUOTED_LINES: usize = 3;
/// Problems that are named where a pool has candidates for others.
const NAMED_PROBLEMS: usize = 5;

const RUN_HELP: &str = "\
Folder to write the run to, new or empty [default: runs/<problem>-<n> or runs/batch-<n>]";

/// Search candidates for submissions that solve a problem
#[derive(Args, Debug)]
#[command(after_help = "\
Candidates that pass the public tests are run on generated inputs and grouped by what they do;
one of each group is submitted, from the largest to the smallest. Everything goes to a run folder.
The same problems, candidates, settings and seed give the same report, whatever the number of
threads. What a model writes is kept in the run folder as `candidates.jsonl`, a pool like any other.

Examples:
  riddle solve problems/even-sum --candidates pool.jsonl
  riddle solve problems/* --candidates pools/ --submit 3 -o runs/night
  riddle solve even-sum --sampler local --samples 500
  riddle solve even-sum --candidates pool.jsonl --format json | jq .metrics

A pool of candidates is a JSONL file, {\"problem\", \"language\", \"source\", \"id\"?, \"logprob\"?} a line,
or a folder of programs, with a subfolder by problem id where there are several problems.

Exit code: 0 if there is something to submit for at least one problem, 1 if for none, 2 if the model
or its server gave up on the way; `riddle resume` goes on.")]
pub(crate) struct SolveArgs {
    /// Folders of problems
    #[arg(value_name = "PROBLEM", required = true)]
    problems: Vec<PathBuf>,
    #[command(flatten)]
    sampler: SamplerArgs,
    /// Submissions to pick for each problem, at most
    #[arg(long, value_name = "N", default_value_t = 10, help_heading = "Search")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    submit: u32,
    /// Inputs to generate for telling survivors apart
    #[arg(long, value_name = "N", default_value_t = 50, help_heading = "Search")]
    #[arg(value_parser = clap::value_parser!(u32).range(..=10_000))]
    inputs: u32,
    /// Inputs to look for besides that part survivors which do the same on those, at most
    #[arg(long, value_name = "N", default_value_t = 50, help_heading = "Search")]
    #[arg(value_parser = clap::value_parser!(u32).range(..=10_000))]
    parting_inputs: u32,
    /// Make inputs by mutating the public ones alone, as AlphaCode did
    #[arg(long, help_heading = "Search")]
    mutations_only: bool,
    /// How submissions are chosen
    #[arg(
        long,
        value_name = "RULE",
        default_value = riddle_engine::clustering::rules::NAMES[0],
        help_heading = "Search"
    )]
    #[arg(value_parser = PossibleValuesParser::new(riddle_engine::clustering::rules::NAMES))]
    rule: String,
    /// Seed of everything random
    #[arg(
        long,
        value_name = "SEED",
        default_value_t = 0,
        help_heading = "Search"
    )]
    seed: u64,
    #[command(flatten)]
    reading: ProblemArgs,
    #[command(flatten)]
    sandbox: SandboxArgs,
    #[command(flatten)]
    jobs: JobsArgs,
    #[arg(
        help = RUN_HELP,
        short = 'o',
        long = "output",
        value_name = "RUN",
        help_heading = "Output"
    )]
    run: Option<PathBuf>,
    #[command(flatten)]
    output: FormatArgs,
}

pub(crate) fn solve(args: &SolveArgs, printer: Printer) -> anyhow::Result<Exit> {
    let Some(problems) = load(args, printer) else {
        return Ok(Exit::CouldNot);
    };
    let ids = distinct_ids(&problems)?;
    let settings = args.sampler.config()?;
    let sampler: Box<dyn Sampler> = match &settings {
        SamplerConfig::Replay { candidates } => {
            let pool = Replay::open(candidates, &ids)?;
            warn_of_pool(&pool, &problems, printer);
            Box::new(pool)
        }
        live => live.open(&ids, &args.sandbox.cache()?, args.jobs.n() as usize)?,
    };

    let sandbox = args.sandbox.open(args.jobs.n(), args.seed)?;
    let progress = Progress::new(printer);
    let interrupt = Interrupt::new();
    let solver = Solver::new(sandbox, args.jobs.n() as usize, config(args))?
        .with_interrupt(interrupt.clone());
    let folder = match &args.run {
        Some(folder) => folder.clone(),
        None => numbered_run(Path::new("runs"), &ids)?,
    };
    stop_on_ctrl_c(&interrupt, progress.notes())?;
    let (report, timings) = solver.run(&problems, &*sampler, &folder, &progress)?;
    let n_left = problems.len() - report.problems().len();
    summary::tell_cost(printer, &report, &settings);
    conclude(
        printer,
        args.output.format,
        &folder,
        &report,
        &timings,
        n_left,
    )
}

/// Prints what came of a run, and how to go on with one that was cut short.
pub(super) fn conclude(
    printer: Printer,
    format: Format,
    folder: &Path,
    report: &Report,
    timings: &Timings,
    n_left: usize,
) -> anyhow::Result<Exit> {
    printer.note(&format!("wrote {}", folder.display()));
    if n_left > 0 {
        printer.warn(&format!(
            "interrupted: {} not begun",
            counted(n_left as u64, "problem")
        ));
    }
    summary::print(printer, format, report, Some(timings))?;
    let stopped = |reason| report.problems().iter().any(|it| it.stop_reason == reason);
    let (is_interrupted, has_failed) = (
        n_left > 0 || stopped(StopReason::Interrupted),
        stopped(StopReason::SamplerFailed),
    );
    if is_interrupted || has_failed {
        printer.hint(&format!(
            "`riddle resume {}` goes on with it",
            folder.display()
        ));
    }
    if is_interrupted {
        return Ok(Exit::Interrupted);
    }
    if has_failed {
        return Ok(Exit::CouldNot);
    }
    let answered = (report.problems().iter()).any(|it| !it.submissions.is_empty());
    Ok(Exit::answer(answered))
}

/// Loads every problem. If any cannot be loaded, each that cannot is named, and there is no run.
fn load(args: &SolveArgs, printer: Printer) -> Option<Vec<LoadedProblem>> {
    let options = args.reading.load_options();
    let loaded: Vec<_> = args
        .problems
        .iter()
        .filter_map(|folder| match LoadedProblem::load(folder, &options) {
            Ok(problem) => Some(problem),
            Err(error) => {
                printer.error(&error.into());
                None
            }
        })
        .collect();
    (loaded.len() == args.problems.len()).then_some(loaded)
}

/// Returns the problems' ids, by which candidates and results are told apart.
fn distinct_ids(problems: &[LoadedProblem]) -> anyhow::Result<Vec<&str>> {
    let mut folders = BTreeMap::new();
    for problem in problems {
        let folder = problem.folder().unwrap_or(Path::new(""));
        if let Some(first) = folders.insert(&problem.task.id, folder) {
            bail!(
                UsageError::new(format!(
                    "`{}` and `{}` have the same problem id `{}`",
                    first.display(),
                    folder.display(),
                    problem.task.id
                ))
                .with_hint("solve them in two runs, or rename one folder")
            );
        }
    }
    Ok(problems.iter().map(|it| it.task.id.as_str()).collect())
}

fn config(args: &SolveArgs) -> SearchConfig {
    SearchConfig {
        n_samples: args.sampler.n_samples(),
        n_submissions: args.submit as usize,
        n_inputs: args.inputs as usize,
        inputs: if args.mutations_only {
            InputWay::Mutations
        } else {
            InputWay::Inferred
        },
        n_parting_inputs: args.parting_inputs as usize,
        foretells_growth: true,
        same_output: SameOutput::default(),
        failing_inputs_vote: false,
        rule: args.rule.clone(),
        languages: args.sampler.languages().to_vec(),
        seed: args.seed,
        default_time_limit: args.reading.default_time_limit,
    }
}

/// Says what of a pool will not be used, and which problems get nothing.
fn warn_of_pool(pool: &Replay, problems: &[LoadedProblem], printer: Printer) {
    let stray = pool.stray();
    if !stray.is_empty() {
        printer.warn(&format!(
            "{} of the pool can be put down to no problem",
            counted(stray.len() as u64, "line")
        ));
        for line in stray.iter().take(QUOTED_LINES) {
            printer.note(&format!("  {}: {}", line.id, line.detail));
        }
        if stray.len() > QUOTED_LINES {
            printer.note("  …");
        }
    }
    if !pool.others().is_empty() {
        let n: u64 = pool.others().values().sum();
        let mut names: Vec<_> = pool.others().keys().map(|it| format!("`{it}`")).collect();
        let n_more = names.len().saturating_sub(NAMED_PROBLEMS);
        names.truncate(NAMED_PROBLEMS);
        if n_more > 0 {
            names.push(format!("{n_more} more"));
        }
        printer.warn(&format!(
            "{} of the pool left out, for problems not asked for: {}",
            counted(n, "candidate"),
            names.join(", ")
        ));
    }
    for problem in problems {
        if pool.n_samples(&problem.task) == Some(0) {
            printer.warn(&format!(
                "the pool has no candidate for `{}`",
                problem.task.id
            ));
        }
    }
}

/// Makes the first free folder `<problem>-<n>` or `batch-<n>`, so that no other run takes it.
fn numbered_run(root: &Path, ids: &[&str]) -> anyhow::Result<PathBuf> {
    fs_err::create_dir_all(root).context("could not make the folder of runs")?;
    let name = match ids {
        [only] => only,
        _ => "batch",
    };
    for n in 1..=MAX_NUMBERED_RUNS {
        let folder = root.join(format!("{name}-{n}"));
        match fs_err::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error).context("could not make the run folder"),
        }
    }
    bail!(
        "`{}` has {MAX_NUMBERED_RUNS} runs: the limit",
        root.display()
    )
}
