//! `riddle judge`: the verdicts of given programs, and whether their labels are met.

use std::path::{Path, PathBuf};

use clap::Args;
use riddle_engine::{
    EngineError, JudgeOptions, Judged, JudgedProblem, TimeLimitReport, sandbox::Language,
};
use serde::Serialize;

use crate::{
    args::{FormatArgs, JobsArgs, ProblemArgs, SandboxArgs},
    commands::{Session, session::Done},
    errors::UsageError,
    exit::Exit,
    languages::hello,
    printer::{Format, Printer},
    text::counted,
    verdicts::{JudgedLines, Tally},
};

/// Judge given programs on all tests of a problem
#[derive(Args, Debug)]
#[command(after_help = "\
Takes the programs of the problem's own `submissions` folder, whose subfolders say what verdict
is expected (accepted, wrong_answer, time_limit_exceeded, run_time_error, compile_error), or the
files given. A program's tests end where the verdict, and the score if there is one, is decided.

Examples:
  riddle judge problems/even-sum
  riddle judge problems/* --format jsonl | jq 'select(.verdict != .expected)'
  riddle judge problems/even-sum --submission mine.cpp yours.py

Exit code: 0 if every label is met, 1 if not, 2 if a problem could not be judged.")]
pub(crate) struct JudgeArgs {
    /// Folders of problems
    #[arg(value_name = "PROBLEM", required = true)]
    problems: Vec<PathBuf>,
    /// Programs to judge in the place of the problem's own
    #[arg(long = "submission", value_name = "FILE", num_args = 1..)]
    submissions: Vec<PathBuf>,
    /// Run every test, also those that cannot change the verdict any more
    #[arg(long, conflicts_with = "first_failure")]
    all_tests: bool,
    /// End with the first failure that decides the verdict, as is the default
    #[arg(long)]
    first_failure: bool,
    #[command(flatten)]
    reading: ProblemArgs,
    #[command(flatten)]
    sandbox: SandboxArgs,
    #[command(flatten)]
    jobs: JobsArgs,
    #[command(flatten)]
    output: FormatArgs,
}

/// What `--format json` prints.
#[derive(Serialize)]
struct JudgedAll {
    problems: Vec<JudgedJson>,
    totals: Totals,
}

/// One problem of it.
#[derive(Serialize)]
struct JudgedJson {
    problem: String,
    time_limit: TimeLimitReport,
    checker: String,
    warnings: Vec<String>,
    submissions: Vec<Judged>,
}

/// How the labels came out.
#[derive(Serialize)]
#[expect(
    clippy::struct_field_names,
    reason = "counts are called so in all our JSON"
)]
struct Totals {
    n_met: u64,
    n_labelled: u64,
    n_not_judged: u64,
}

pub(crate) fn judge(args: &JudgeArgs, printer: Printer) -> anyhow::Result<Exit> {
    for path in &args.submissions {
        // Said once, and not for each problem.
        fs_err::metadata(path)
            .map_err(|error| UsageError::new("could not find the submission").with_source(error))?;
    }
    let options = JudgeOptions {
        load: args.reading.load_options(),
        submissions: args.submissions.clone(),
        default_time_limit: args.reading.default_time_limit,
        all_tests: args.all_tests,
    };
    let session = Session::open(&args.sandbox, &args.jobs, printer)?;
    let mut tally = Tally::default();
    let Done {
        problems,
        is_all: mut all_judged,
    } = session.each(&args.problems, |folder| {
        judge_one(&session, &options, args.output.format, folder, &mut tally)
    })?;
    match args.output.format {
        Format::Human => printer.data(tally.summary(printer))?,
        Format::Json => printer.json(Format::Json, &json(problems, &tally))?,
        Format::Jsonl => {}
    }
    if session.interrupt.is_set() {
        return Ok(Exit::Interrupted);
    }
    if let Err(error) = could_judge(&tally) {
        printer.error(&error.into());
        all_judged = false;
    }
    Ok(if all_judged {
        Exit::answer(tally.n_met() == tally.n_labelled())
    } else {
        Exit::CouldNot
    })
}

/// Judges one problem and prints each result as soon as it is there. The outer error is of the
/// output, the inner one of the problem.
fn judge_one(
    session: &Session,
    options: &JudgeOptions,
    format: Format,
    folder: &Path,
    tally: &mut Tally,
) -> anyhow::Result<Result<JudgedProblem, EngineError>> {
    let printer = session.printer;
    let mut lines = JudgedLines::new(printer);
    let mut printed = Ok(());
    let judged = riddle_engine::judge(
        &session.sandbox,
        &session.workers,
        folder,
        options,
        &session.interrupt,
        |judged| {
            tally.count(judged);
            if printed.is_err() {
                return;
            }
            printed = match format {
                Format::Human => printer.data(lines.line(judged)),
                Format::Jsonl => printer.json(Format::Jsonl, judged),
                Format::Json => Ok(()),
            };
            if printed.is_err() {
                // Nobody reads any more.
                session.interrupt.set();
            }
        },
    );
    printed?;
    if let Ok(problem) = &judged {
        for warning in &problem.warnings {
            printer.warn(&format!("{}: {warning}", problem.problem));
        }
        if format == Format::Human {
            printer.data(lines.end(problem))?;
        }
    }
    Ok(judged)
}

/// Tells whether the verdicts say anything: a language that this version runs may not be installed.
fn could_judge(tally: &Tally) -> Result<(), UsageError> {
    const FIX: &str = "run `riddle setup`, or `riddle doctor` to see why";
    let missing: Vec<_> = Language::ALL
        .into_iter()
        .filter(|it| hello(*it).is_some() && tally.n_without_toolchain(*it) > 0)
        .collect();
    if !missing.is_empty() {
        let n = missing
            .iter()
            .map(|it| tally.n_without_toolchain(*it))
            .sum();
        let names: Vec<_> = missing.iter().map(|it| it.name()).collect();
        return Err(UsageError::new(format!(
            "{} not judged: no toolchain for {}",
            counted(n, "program"),
            names.join(", ")
        ))
        .with_hint(FIX));
    }
    if tally.n_judged() == 0 {
        return Err(UsageError::new("no program was judged").with_hint(
            "put programs into `submissions/accepted` and so on, or pass `--submission FILE`",
        ));
    }
    Ok(())
}

fn json(problems: Vec<JudgedProblem>, tally: &Tally) -> JudgedAll {
    JudgedAll {
        problems: problems
            .into_iter()
            .map(|it| JudgedJson {
                problem: it.problem,
                time_limit: it.time_limit,
                checker: it.checker,
                warnings: it.warnings,
                submissions: it.submissions,
            })
            .collect(),
        totals: Totals {
            n_met: tally.n_met(),
            n_labelled: tally.n_labelled(),
            n_not_judged: tally.n_not_judged(),
        },
    }
}
