//! The shared route against the static one: `differential [--every N] [--tests K] [-j N] FOLDER...`.
//!
//! Every C and C++ file below the folders is compiled both ways and run on up to K of its problem's inputs
//! (those of the nearest folder above it that has any). Whether it compiles, endings, exit codes and outputs
//! must be the same; what is not is printed, and makes the exit code 1.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use riddle_benches::{files_below, sandbox_with};
use riddle_engine::sandbox::{
    Cancel, CompileFailure, Compiled, Ending, Execution, Language, Limits, Sandbox,
};

/// Memory of each execution, in bytes.
const MEMORY_BYTES: u64 = 1 << 30;
/// Fuel of each execution: a quarter of a native second.
const FUEL: u64 = 25_000_000_000;
/// The machine may be as busy as it likes.
const WALL_TIME: Duration = Duration::from_hours(1);

struct Options {
    every: usize,
    tests: usize,
    workers: usize,
    folders: Vec<PathBuf>,
}

fn options() -> Result<Options> {
    let mut options = Options {
        every: 1,
        tests: 4,
        workers: thread::available_parallelism().map_or(1, usize::from),
        folders: Vec::new(),
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || -> Result<usize> {
            let value = arguments.next().context("a number is missing")?;
            let value: usize = value.parse().with_context(|| format!("`{value}`"))?;
            Ok(value.max(1))
        };
        match argument.as_str() {
            "--every" => options.every = number()?,
            "--tests" => options.tests = number()?,
            "-j" => options.workers = number()?,
            _ => options.folders.push(argument.into()),
        }
    }
    if options.folders.is_empty() {
        bail!("usage: differential [--every N] [--tests K] [-j N] FOLDER...");
    }
    Ok(options)
}

#[expect(
    clippy::print_stdout,
    reason = "the report is what this program is for"
)]
fn main() -> Result<()> {
    let options = options()?;
    let mut programs = Vec::new();
    for folder in &options.folders {
        for file in files_below(folder)? {
            let language = Language::from_path(&file);
            if let Some(language @ (Language::C | Language::Cpp)) = language {
                programs.push((file, language));
            }
        }
    }
    let programs: Vec<_> = programs.into_iter().step_by(options.every).collect();
    let ways = [false, true].map(|link_statically| {
        sandbox_with(|it| {
            it.use_store = false;
            it.link_statically = link_statically;
        })
    });
    for (language, sandbox) in [Language::C, Language::Cpp]
        .iter()
        .zip(&ways)
        .chain([(&Language::Cpp, &ways[0]), (&Language::C, &ways[1])])
    {
        sandbox.prepare(*language)?;
    }
    let next = AtomicUsize::new(0);
    let counts = Mutex::new(BTreeMap::<String, usize>::new());
    let count = |what: &str| {
        let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(what.to_owned()).or_default() += 1;
    };
    let failure = Mutex::new(None);
    thread::scope(|scope| {
        for _ in 0..options.workers {
            scope.spawn(|| {
                while let Some((file, language)) =
                    programs.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    match compare(file, *language, &ways, options.tests, &count) {
                        Ok(None) => {}
                        Ok(Some(difference)) => {
                            count("DIFFERENT");
                            println!("{}: {difference}", file.display());
                        }
                        Err(error) => {
                            *failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                        }
                    }
                }
            });
        }
    });
    if let Some(error) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    let counts = counts.into_inner().unwrap_or_else(PoisonError::into_inner);
    println!("{} programs", programs.len());
    for (what, n) in &counts {
        println!("{n:>8} {what}");
    }
    if counts.contains_key("DIFFERENT") {
        std::process::exit(1);
    }
    Ok(())
}

/// Compares one program by the two ways; returns the first difference.
fn compare(
    file: &Path,
    language: Language,
    ways: &[Sandbox; 2],
    n_tests: usize,
    count: &dyn Fn(&str),
) -> Result<Option<String>> {
    let source = fs_err::read(file)?;
    let [shared, alone] = ways;
    let (shared_program, alone_program) = match (
        program(shared.compile(language, &source)?, count),
        program(alone.compile(language, &source)?, &|_| ()),
    ) {
        (Ok(shared), Ok(alone)) => (shared, alone),
        (Err(shared), Err(alone)) => {
            count("do not compile");
            return Ok((shared != alone).then(|| format!("{shared:?} against {alone:?}")));
        }
        (Ok(_), Err(alone)) => return Ok(Some(format!("compiles against {}", alone.text))),
        (Err(shared), Ok(_)) => return Ok(Some(format!("{} against compiles", shared.text))),
    };
    let inputs = inputs_of(file)?;
    let step = inputs.len().div_ceil(n_tests).max(1);
    let limits = Limits {
        fuel: FUEL,
        memory_bytes: MEMORY_BYTES,
        backstop: WALL_TIME,
        ..Limits::default()
    };
    for input in inputs.iter().step_by(step) {
        let bytes: Arc<[u8]> = fs_err::read(input)?.into();
        let run = |sandbox: &Sandbox, program| {
            sandbox.execute(program, Arc::clone(&bytes), &limits, &Cancel::new())
        };
        let ours = run(shared, &shared_program)?;
        let theirs = run(alone, &alone_program)?;
        count("executions");
        if let Some(difference) = difference(&ours, &theirs) {
            return Ok(Some(format!("on {}: {difference}", input.display())));
        }
    }
    Ok(None)
}

fn program(
    compiled: Compiled,
    count: &dyn Fn(&str),
) -> Result<riddle_engine::sandbox::Program, CompileFailure> {
    if let Ok(Some(reason)) = compiled.outcome.as_ref().map(|it| it.static_reason()) {
        count(&format!("linked statically: {reason}"));
    }
    compiled.outcome
}

fn difference(ours: &Execution, theirs: &Execution) -> Option<String> {
    if ours.ending != theirs.ending {
        return Some(format!(
            "ends {:?} against {:?}",
            ours.ending, theirs.ending
        ));
    }
    // A program that a limit ends has printed as far as it came.
    let is_whole = !matches!(ours.ending, Ending::Fuel | Ending::Memory | Ending::Output);
    (is_whole && ours.stdout != theirs.stdout).then(|| "outputs differ".to_owned())
}

/// Returns the inputs of the nearest folder above a program that has any, in byte order of path.
fn inputs_of(file: &Path) -> Result<Vec<PathBuf>> {
    for folder in file.ancestors().skip(1).take(4) {
        let mut inputs = files_below(folder)?;
        inputs.retain(|it| it.extension().is_some_and(|it| it == "in"));
        if !inputs.is_empty() {
            return Ok(inputs);
        }
    }
    Ok(Vec::new())
}
