//! `riddle run`: one program, one input, and how it ended.

use std::{
    io::Read,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context as _;
use clap::Args;
use riddle_engine::sandbox::{
    Calibration, Cancel, CompileFailure, Compiled, Ending, Execution, Language, Limits,
};
use serde::Serialize;

use crate::{
    args::{self, FormatArgs, SandboxArgs},
    errors::UsageError,
    exit::Exit,
    printer::{Format, Printer},
    text,
};

/// Bytes that a program is given to read: 1 GiB.
const MAX_INPUT_BYTES: u64 = 1 << 30;
/// Bytes of a source file that are read; compilers take far less.
const MAX_SOURCE_BYTES: u64 = 64 << 20;
/// Bytes of standard output that a program may print: 64 MiB.
const MAX_STDOUT_BYTES: u64 = 64 << 20;
/// Bytes of standard error that are shown: 1 MiB.
const MAX_STDERR_BYTES: u64 = 1 << 20;

/// Compile and run one program
#[derive(Args, Debug)]
#[command(after_help = "\
The program reads standard input. What it prints goes where it says; one line on standard error
then tells how it ended and what it took.

Examples:
  echo 1 2 3 | riddle run sum.py
  riddle run solution.cpp --time-limit 2 --memory-limit 268435456 < big.in > big.out
  riddle run a.txt --language c --compile-only

Exit code: 0 after a clean end, 1 after any other, 2 if the program could not be run at all.")]
pub(crate) struct RunArgs {
    /// Source of the program, or a WebAssembly module (binary or text)
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Language of the source [default: as the file's ending says]
    #[arg(long, value_name = "LANGUAGE")]
    language: Option<Language>,
    /// Compile and stop there; standard input is not read
    #[arg(long)]
    compile_only: bool,
    /// Time limit, in seconds of a native judge
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = args::seconds)]
    time_limit: Duration,
    /// Memory limit, in bytes [default: 1 GiB]
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 30, hide_default_value = true)]
    memory_limit: u64,
    #[command(flatten)]
    sandbox: SandboxArgs,
    #[command(flatten)]
    output: FormatArgs,
}

/// What `--format json` prints.
#[derive(Debug, Serialize)]
struct Outcome {
    language: Language,
    ending: &'static str,
    exit_code: Option<i32>,
    stdout: String,
    stderr: String,
    fuel: u64,
    memory_bytes: u64,
    compile_ms: f64,
    run_ms: f64,
}

pub(crate) fn run(args: &RunArgs, printer: Printer) -> anyhow::Result<Exit> {
    let language = match args.language {
        Some(language) => language,
        None => language_of(&args.file)?,
    };
    let source = read(&args.file)?;
    let sandbox = args.sandbox.open(1, 0)?;
    let Compiled {
        outcome, cpu_time, ..
    } = sandbox.compile(language, &source)?;
    let program = match outcome {
        Ok(program) => program,
        Err(failure) => return not_compiled(args, printer, language, &failure, cpu_time),
    };
    if args.compile_only {
        return compiled(args, printer, language, cpu_time);
    }
    let limits = Limits {
        fuel: Calibration::of(language).fuel_of(args.time_limit),
        memory_bytes: args.memory_limit,
        stdout_bytes: MAX_STDOUT_BYTES,
        stderr_bytes: MAX_STDERR_BYTES,
        backstop: Limits::backstop_of(args.time_limit),
    };
    let input = read_bounded(std::io::stdin().lock(), MAX_INPUT_BYTES)
        .context("could not read standard input")?;
    let execution = sandbox.execute(&program, input.into(), &limits, &Cancel::new())?;
    ended(args, printer, language, &execution, cpu_time)
}

fn language_of(file: &Path) -> Result<Language, UsageError> {
    Language::from_path(file).ok_or_else(|| {
        let names: Vec<_> = Language::ALL.iter().map(|it| it.name()).collect();
        UsageError::new(format!(
            "`{}` has the ending of no language that we know",
            file.display()
        ))
        .with_hint(format!(
            "pass `--language` with one of {}",
            names.join(", ")
        ))
    })
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    let opened = fs_err::File::open(file).context("could not read the program")?;
    read_bounded(opened, MAX_SOURCE_BYTES).context("could not read the program")
}

/// Reads all of a stream that is not longer than a limit.
pub(crate) fn read_bounded(from: impl Read, limit: u64) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        anyhow::bail!("more than {limit} bytes: the limit");
    }
    Ok(bytes)
}

fn not_compiled(
    args: &RunArgs,
    printer: Printer,
    language: Language,
    failure: &CompileFailure,
    cpu_time: Duration,
) -> anyhow::Result<Exit> {
    let ending = if failure.is_deterministic() {
        "compile_error"
    } else {
        "backstop"
    };
    if args.output.format == Format::Human {
        printer.raw_note(format!("{}\n", failure.text.trim_end()).as_bytes());
        printer.note(&format!("{ending}: compiled in {}", text::time(cpu_time)));
    } else {
        let outcome = Outcome {
            ending,
            exit_code: None,
            stderr: failure.text.clone(),
            ..Outcome::of_compilation(language, cpu_time)
        };
        printer.json(args.output.format, &outcome)?;
    }
    Ok(Exit::NotSo)
}

fn compiled(
    args: &RunArgs,
    printer: Printer,
    language: Language,
    cpu_time: Duration,
) -> anyhow::Result<Exit> {
    if args.output.format == Format::Human {
        printer.note(&format!("ok: compiled in {}", text::time(cpu_time)));
    } else {
        let outcome = Outcome::of_compilation(language, cpu_time);
        printer.json(args.output.format, &outcome)?;
    }
    Ok(Exit::Done)
}

fn ended(
    args: &RunArgs,
    printer: Printer,
    language: Language,
    execution: &Execution,
    compile_time: Duration,
) -> anyhow::Result<Exit> {
    if args.output.format == Format::Human {
        printer.data(&execution.stdout)?;
        printer.raw_note(&execution.stderr);
        // The line below is ours, and starts a line of its own.
        if execution.stderr.last().is_some_and(|it| *it != b'\n') {
            printer.raw_note(b"\n");
        }
        printer.note(&format!(
            "{}: {} fuel, {}, compiled in {}, ran in {}",
            described(&execution.ending),
            text::count(execution.fuel),
            text::bytes(execution.memory_bytes),
            text::time(compile_time),
            text::time(execution.cpu_time),
        ));
    } else {
        let outcome = Outcome {
            ending: execution.ending.name(),
            exit_code: execution.ending.exit_code(),
            stdout: String::from_utf8_lossy(&execution.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&execution.stderr).into_owned(),
            fuel: execution.fuel,
            memory_bytes: execution.memory_bytes,
            run_ms: milliseconds(execution.cpu_time),
            ..Outcome::of_compilation(language, compile_time)
        };
        printer.json(args.output.format, &outcome)?;
    }
    Ok(Exit::answer(execution.ending == Ending::Ok))
}

impl Outcome {
    /// Returns the outcome of a program that compiled and has not run.
    fn of_compilation(language: Language, cpu_time: Duration) -> Self {
        Self {
            language,
            ending: Ending::Ok.name(),
            exit_code: None,
            stdout: String::new(),
            stderr: String::new(),
            fuel: 0,
            memory_bytes: 0,
            compile_ms: milliseconds(cpu_time),
            run_ms: 0.0,
        }
    }
}

/// Returns an ending with what is known about it.
fn described(ending: &Ending) -> String {
    match ending {
        Ending::Exit(code) => format!("exit {code}"),
        Ending::Trap(text) => format!("trap ({text})"),
        _ => ending.name().to_owned(),
    }
}

/// Returns milliseconds with three decimals, as all our JSON has them.
fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}
