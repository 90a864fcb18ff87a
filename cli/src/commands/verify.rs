//! `riddle verify`: a share of what runs recorded, done again and compared bit by bit.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use clap::Args;
use indicatif::ProgressBar;
use riddle_engine::{
    Checked, EngineError, Interrupt, Mismatch, RunManifest, VerifyOptions, VerifyReport, Workers,
    verify,
};
use serde::Serialize;

use crate::{
    args::{FormatArgs, JobsArgs, SandboxArgs},
    commands::stop_on_ctrl_c,
    exit::Exit,
    printer::{Format, Printer, Tone},
    table::{Cell, Side, Table},
    text::{clean, count, counted, shortened},
};

/// Mismatches that are shown of a run; `--format json` lists more.
const SHOWN_MISMATCHES: usize = 10;
/// What the reason says where a problem cannot be found.
const MOVED: &str = "is not where it was";
/// Columns of a recorded or seen value.
const VALUE_WIDTH: usize = 20;

/// Do a share of a run's executions again and compare every recorded bit
#[derive(Args, Debug)]
#[command(after_help = "\
Candidates are taken from the run's journal, compiled again, and run each time in a fresh execution.
Compared are source, artifact or compile failure of each, and of each execution the ending, exit
code, output, fuel, memory and verdict; and the generated inputs. Executions that the backstop
ended are counted apart. What another toolchain made, or a problem that has changed asks, is not
comparable, and is named. Nothing is written to the run.

Examples:
  riddle verify runs/even-sum-1
  riddle verify runs/* --share 0.01 --seed 7
  riddle verify runs/batch-1 --all --no-cache
  riddle verify runs/even-sum-1 --problem new/place/even-sum

Exit code: 0 if nothing differs, 1 if something does, 2 if something drawn could not be compared.")]
pub(crate) struct VerifyArgs {
    /// Folders of runs
    #[arg(value_name = "RUN", required = true)]
    runs: Vec<PathBuf>,
    /// Share of the executions and compilations to do again; at least some twenty executions a problem
    #[arg(long, value_name = "SHARE", default_value = "0.1", value_parser = share)]
    #[arg(help_heading = "Verifying")]
    share: f64,
    /// Do all again
    #[arg(long, conflicts_with = "share", help_heading = "Verifying")]
    all: bool,
    /// Seed by which the share is drawn
    #[arg(
        long,
        value_name = "SEED",
        default_value_t = 0,
        help_heading = "Verifying"
    )]
    seed: u64,
    /// Folder of a problem that is not where it was when the run was made; may be given several times
    #[arg(long = "problem", value_name = "PROBLEM", help_heading = "Verifying")]
    problems: Vec<PathBuf>,
    #[command(flatten)]
    sandbox: SandboxArgs,
    #[command(flatten)]
    jobs: JobsArgs,
    #[command(flatten)]
    output: FormatArgs,
}

/// What `--format json` prints for several runs.
#[derive(Serialize)]
struct Verified {
    runs: Vec<VerifyReport>,
    totals: Totals,
}

/// Sums over runs.
#[derive(Default, Serialize)]
#[expect(
    clippy::struct_field_names,
    reason = "counts are called so in all our JSON"
)]
struct Totals {
    n_runs: usize,
    n_equal: u64,
    n_different: u64,
    n_backstopped: u64,
    n_not_comparable: u64,
    n_mismatches: u64,
}

/// Reads a share: above 0, at most 1.
fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| "expected a number".to_owned())?;
    if share > 0.0 && share <= 1.0 {
        Ok(share)
    } else {
        Err("expected more than 0 and at most 1".to_owned())
    }
}

pub(crate) fn verify_runs(args: &VerifyArgs, printer: Printer) -> anyhow::Result<Exit> {
    let interrupt = Interrupt::new();
    stop_on_ctrl_c(&interrupt, move |message| printer.note(message))?;
    let workers = Workers::start(args.jobs.n() as usize)?;
    let mut reports = Vec::new();
    let mut could_all = true;
    // Each run has its report, also those that an interrupt leaves no time for.
    for run in &args.runs {
        match verify_one(args, run, &workers, &interrupt)? {
            Ok(report) => {
                for warning in &report.warnings {
                    printer.warn(&format!("{}: {warning}", run.display()));
                }
                match args.output.format {
                    Format::Human => printer.data(human(printer, &report))?,
                    Format::Jsonl => printer.json(Format::Jsonl, &report)?,
                    Format::Json => {}
                }
                if report.not_comparable.keys().any(|it| it.contains(MOVED)) {
                    printer.hint("pass `--problem PROBLEM` to say where it is now");
                }
                could_all &= !report.is_incomplete();
                reports.push(report);
            }
            Err(error) => {
                printer.error(&error.into());
                could_all = false;
            }
        }
    }
    let differs = reports.iter().any(|it| it.n_mismatches > 0);
    if args.output.format == Format::Json {
        match &mut reports[..] {
            [report] if args.runs.len() == 1 => printer.json(Format::Json, report)?,
            _ => printer.json(Format::Json, &all(reports))?,
        }
    }
    Ok(if differs {
        Exit::NotSo
    } else if interrupt.is_set() {
        Exit::Interrupted
    } else if could_all {
        Exit::Done
    } else {
        Exit::CouldNot
    })
}

/// Verifies one run. The outer error is of the sandbox, the inner one of the run.
fn verify_one(
    args: &VerifyArgs,
    run: &Path,
    workers: &Workers,
    interrupt: &Interrupt,
) -> anyhow::Result<Result<VerifyReport, EngineError>> {
    let manifest = match RunManifest::read(run) {
        Ok(manifest) => manifest,
        Err(error) => return Ok(Err(error)),
    };
    let seed = manifest.sandbox_seed.unwrap_or(manifest.config.seed);
    let sandbox = args.sandbox.open(args.jobs.n(), seed)?;
    let options = VerifyOptions {
        share: if args.all { 1.0 } else { args.share },
        seed: args.seed,
        problems: args.problems.clone(),
    };
    // Shown only where standard error is a terminal.
    let bar = ProgressBar::new(0);
    let report = verify(&sandbox, workers, run, &options, interrupt, |it| {
        bar.set_length(it.n_candidates);
        bar.set_position(it.n_done);
    });
    bar.finish_and_clear();
    Ok(report)
}

fn all(runs: Vec<VerifyReport>) -> Verified {
    let mut totals = Totals {
        n_runs: runs.len(),
        ..Totals::default()
    };
    for run in &runs {
        for checked in [run.executions, run.compilations, run.inputs] {
            totals.n_equal += checked.n_equal;
            totals.n_different += checked.n_different;
            totals.n_backstopped += checked.n_backstopped;
            totals.n_not_comparable += checked.n_not_comparable;
        }
        totals.n_mismatches += run.n_mismatches;
    }
    Verified { runs, totals }
}

fn human(printer: Printer, report: &VerifyReport) -> String {
    let run = clean(&report.run.display().to_string());
    let mut out = format!("{}\n", printer.tinted(Tone::Heading, &run));
    let mut table = Table::new(&[
        ("", Side::Left),
        ("recorded", Side::Right),
        ("drawn", Side::Right),
        ("equal", Side::Right),
        ("different", Side::Right),
        ("by the clock", Side::Right),
        ("not comparable", Side::Right),
    ]);
    let kinds = [
        ("executions", report.executions),
        ("compilations", report.compilations),
        ("inputs", report.inputs),
    ];
    for (kind, checked) in kinds {
        table.row(row(kind, checked));
    }
    out += &table.take(&printer);
    for (reason, n) in &report.not_comparable {
        let _ = writeln!(out, "  not comparable, {}: {}", count(*n), clean(reason));
    }
    if !report.mismatches.is_empty() {
        out.push('\n');
        out += &mismatches(&report.mismatches).take(&printer);
        let n_more = report.n_mismatches - report.mismatches.len().min(SHOWN_MISMATCHES) as u64;
        if n_more > 0 {
            let _ = writeln!(out, "  … and {} more", count(n_more));
        }
    }
    let compared = [report.executions, report.compilations];
    let n: u64 = compared.iter().map(|it| it.n_equal + it.n_different).sum();
    let (tone, result) = match report.n_mismatches {
        0 if n == 0 => (Tone::Warning, "nothing was compared".to_owned()),
        0 => (Tone::Good, "no differences".to_owned()),
        n => (Tone::Bad, counted(n, "difference")),
    };
    let interrupted = if report.is_interrupted {
        ", interrupted before all that was drawn was compared"
    } else {
        ""
    };
    let _ = writeln!(out, "\n  {}{interrupted}\n", printer.tinted(tone, &result));
    out
}

fn row(kind: &str, checked: Checked) -> [Cell; 7] {
    let tone = if checked.n_different > 0 {
        Tone::Bad
    } else {
        Tone::Plain
    };
    [
        kind.into(),
        count(checked.n_recorded).into(),
        count(checked.n_drawn).into(),
        count(checked.n_equal).into(),
        Cell::toned(tone, count(checked.n_different)),
        count(checked.n_backstopped).into(),
        count(checked.n_not_comparable).into(),
    ]
}

fn mismatches(mismatches: &[Mismatch]) -> Table {
    let mut table = Table::new(&[
        ("candidate", Side::Left),
        ("stage", Side::Left),
        ("input", Side::Left),
        ("differs", Side::Left),
        ("recorded", Side::Left),
        ("seen", Side::Left),
    ]);
    for mismatch in mismatches.iter().take(SHOWN_MISMATCHES) {
        let name = mismatch.candidate.as_deref().unwrap_or("-");
        let number = mismatch.number.map(|it| it.to_string());
        let input = mismatch.test.clone().or(number);
        table.row([
            format!("{} {}", mismatch.problem, shortened(name, VALUE_WIDTH)).into(),
            mismatch.stage.as_str().into(),
            input.as_deref().unwrap_or("-").into(),
            mismatch.field.as_str().into(),
            shortened(&mismatch.recorded, VALUE_WIDTH).into(),
            shortened(&mismatch.seen, VALUE_WIDTH).into(),
        ]);
    }
    table
}
