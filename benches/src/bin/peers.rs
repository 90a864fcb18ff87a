//! Executions beside what others do for one run of one program: `peers [--rounds N] [--slice-ms N] [--eryx PYTHON]`.
//!
//! In each round each line has its turn for one slice of time: our executions with one thread and with two, a loop
//! that only computes likewise (what the machine itself gives for a second thread), fork and exec of native programs
//! and of `python3`, and `pyeryx`, if `--eryx` names a Python that has it. All read `20 22` and print their sum, but
//! for the empty module and the computing loop. Wall time; medians over the rounds, with the least and the most; and
//! the CPU time of the calling threads, which other work on the machine hardly changes.

#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(clippy::cast_precision_loss, reason = "counts of runs are small")]

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc, Barrier,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use riddle_benches::sandbox_with;
use riddle_engine::sandbox::{Cancel, Ending, Language, Limits, Program, Sandbox};

const INPUT: &[u8] = b"20 22\n";

/// What we run: name, language, text.
const PROGRAMS: [(&str, Language, &str); 4] = [
    (
        "riddle, empty wasm",
        Language::Wasm,
        "(module (memory (export \"memory\") 1) (func (export \"_start\")))",
    ),
    ("riddle, C", Language::C, C_SOURCE),
    ("riddle, C++", Language::Cpp, CPP_SOURCE),
    (
        "riddle, Python",
        Language::Python,
        "a, b = map(int, input().split())\nprint(a + b)",
    ),
];
const C_SOURCE: &str = "#include <stdio.h>\nint main() { int a, b; scanf(\"%d %d\", &a, &b); printf(\"%d\\n\", a + b); }";
const CPP_SOURCE: &str = "#include <iostream>\nusing namespace std;\nint main() { int a, b; cin >> a >> b; cout << a + b << endl; }";

/// Prints microseconds a run: of a new sandbox and one run in it, and of a run in a session that is used again.
const ERYX: &str = "
import eryx, sys, time
def median(f, n):
    times = []
    for _ in range(n):
        start = time.perf_counter(); f(); times.append(time.perf_counter() - start)
    return sorted(times)[n // 2] * 1e6
def fresh(): eryx.Sandbox().execute('print(20 + 22)')
session = eryx.Session()
def used(): session.execute('print(20 + 22)')
fresh(); used()
for _ in range(int(sys.argv[1])): print(median(fresh, 25), median(used, 100), flush=True)
";

/// One line of the table: how often it ran in each round, and CPU time a run of the calling threads, in microseconds.
struct Line {
    name: String,
    runs_per_second: Vec<f64>,
    cpu_micros: Vec<f64>,
}

struct Options {
    rounds: usize,
    slice: Duration,
    eryx: Option<PathBuf>,
}

fn options() -> Result<Options> {
    let mut options = Options {
        rounds: 7,
        slice: Duration::from_millis(500),
        eryx: None,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments
            .next()
            .with_context(|| format!("`{argument}` needs a value"))?;
        match argument.as_str() {
            "--rounds" => options.rounds = value.parse::<usize>()?.max(1),
            "--slice-ms" => options.slice = Duration::from_millis(value.parse()?),
            "--eryx" => options.eryx = Some(value.into()),
            _ => bail!("usage: peers [--rounds N] [--slice-ms N] [--eryx PYTHON]"),
        }
    }
    Ok(options)
}

/// A piece of work that can be done again and again from any thread.
type Work = Box<dyn Fn() -> Result<()> + Sync>;

/// Returns the CPU time that this thread has had, in nanoseconds.
fn cpu_nanos() -> Result<u64> {
    let text = fs_err::read_to_string("/proc/thread-self/schedstat")?;
    let first = text.split_whitespace().next();
    Ok(first.context("the kernel gives no CPU time")?.parse()?)
}

/// Does the work on some threads for one slice; adds what all of them did to the line.
fn turn(line: &mut Line, work: &Work, n_threads: usize, slice: Duration) -> Result<()> {
    let (over, together) = (AtomicBool::new(false), Barrier::new(n_threads + 1));
    thread::scope(|scope| {
        let loops: Vec<_> = (0..n_threads)
            .map(|_| {
                scope.spawn(|| -> Result<(u64, u64)> {
                    work()?;
                    together.wait();
                    let (mut n_runs, start) = (0, cpu_nanos()?);
                    while !over.load(Ordering::Relaxed) {
                        work()?;
                        n_runs += 1;
                    }
                    Ok((n_runs, cpu_nanos()? - start))
                })
            })
            .collect();
        together.wait();
        let start = Instant::now();
        thread::sleep(slice);
        over.store(true, Ordering::Relaxed);
        let (mut n_runs, mut nanos) = (0, 0);
        for it in loops {
            let own = it.join().expect("no loop panics")?;
            n_runs += own.0;
            nanos += own.1;
        }
        let seconds = start.elapsed().as_secs_f64();
        line.runs_per_second.push(n_runs as f64 / seconds);
        line.cpu_micros
            .push(nanos as f64 / 1e3 / n_runs.max(1) as f64);
        Ok(())
    })
}

/// Runs one of our programs once.
fn execution(sandbox: &Arc<Sandbox>, program: Program) -> Work {
    let (sandbox, input) = (Arc::clone(sandbox), Arc::<[u8]>::from(INPUT));
    Box::new(move || {
        let input = Arc::clone(&input);
        let execution = sandbox.execute(&program, input, &Limits::default(), &Cancel::new())?;
        ensure!(
            execution.ending == Ending::Ok,
            "it ended by {:?}",
            execution.ending
        );
        Ok(())
    })
}

/// Starts a process, gives it its input, and waits for its output.
fn process(program: &Path, arguments: &[&str]) -> Work {
    let program = program.to_owned();
    let arguments: Vec<String> = arguments.iter().map(|&it| it.to_owned()).collect();
    Box::new(move || {
        let mut child = Command::new(&program)
            .args(&arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        child
            .stdin
            .take()
            .context("it has a standard input")?
            .write_all(INPUT)?;
        let output = child.wait_with_output()?;
        ensure!(output.stdout == b"42\n", "it printed {:?}", output.stdout);
        Ok(())
    })
}

/// Computes for some tens of microseconds, in registers.
fn computing() -> Work {
    Box::new(|| {
        let mut state = 1u64;
        for _ in 0..20_000 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
        }
        std::hint::black_box(state);
        Ok(())
    })
}

/// Compiles a native program; `None` without a compiler.
fn native(folder: &Path, compiler: &str, source: &str, flags: &[&str]) -> Option<PathBuf> {
    let extension = if compiler == "g++" { "cpp" } else { "c" };
    let (text, program) = (
        folder.join("a").with_extension(extension),
        folder.join(compiler),
    );
    fs_err::write(&text, source).ok()?;
    let status = Command::new(compiler)
        .arg("-O2")
        .args(flags)
        .arg(&text)
        .arg("-o")
        .arg(&program)
        .status();
    status.is_ok_and(|it| it.success()).then_some(program)
}

fn main() -> Result<()> {
    let options = options()?;
    let sandbox = Arc::new(sandbox_with(|it| it.n_slots = 2));
    let folder = tempfile::tempdir()?;
    let mut works: Vec<(String, Work, bool)> = Vec::new();
    for (name, language, source) in PROGRAMS {
        match sandbox.compile(language, source.as_bytes()) {
            Ok(compiled) => {
                let program = compiled
                    .outcome
                    .map_err(|failure| anyhow::anyhow!(failure.text))?;
                works.push((name.to_owned(), execution(&sandbox, program), true));
            }
            Err(error) => note(&format!("{name}: {error}")),
        }
    }
    works.push(("computing alone".to_owned(), computing(), true));
    if let Some(program) = native(folder.path(), "gcc", C_SOURCE, &["-static"]) {
        works.push((
            "fork and exec, static C".to_owned(),
            process(&program, &[]),
            false,
        ));
    }
    if let Some(program) = native(folder.path(), "g++", CPP_SOURCE, &[]) {
        works.push((
            "fork and exec, dynamic C++".to_owned(),
            process(&program, &[]),
            false,
        ));
    }
    let script = "a, b = map(int, input().split())\nprint(a + b)";
    let python = Path::new("python3");
    works.push((
        "python3 -I -S".to_owned(),
        process(python, &["-I", "-S", "-c", script]),
        false,
    ));
    works.push((
        "python3".to_owned(),
        process(python, &["-c", script]),
        false,
    ));

    let mut lines: Vec<(Line, Line)> = works
        .iter()
        .map(|(name, ..)| (line(name.clone()), line(format!("{name}, 2 threads"))))
        .collect();
    let mut eryx = (
        line("pyeryx, new sandbox".to_owned()),
        line("pyeryx, used session".to_owned()),
    );
    for _ in 0..options.rounds {
        for ((_, work, scales), (one, two)) in works.iter().zip(&mut lines) {
            turn(one, work, 1, options.slice)?;
            if *scales {
                turn(two, work, 2, options.slice)?;
            }
        }
        if let Some(python) = &options.eryx {
            for (line, micros) in [&mut eryx.0, &mut eryx.1]
                .into_iter()
                .zip(eryx_round(python)?)
            {
                line.runs_per_second.push(1e6 / micros);
            }
        }
    }
    report(&lines, [&eryx.0, &eryx.1]);
    Ok(())
}

fn line(name: String) -> Line {
    Line {
        name,
        runs_per_second: Vec::new(),
        cpu_micros: Vec::new(),
    }
}

/// Microseconds a run of `pyeryx`.
fn eryx_round(python: &Path) -> Result<[f64; 2]> {
    let output = Command::new(python)
        .args(["-c", ERYX, "1"])
        .stderr(Stdio::inherit())
        .output()?;
    let text = String::from_utf8(output.stdout)?;
    let mut numbers = text.split_whitespace().map(str::parse);
    let mut next = || numbers.next().context("pyeryx printed no number");
    Ok([next()??, next()??])
}

#[expect(clippy::print_stderr, reason = "a row is missing, and why")]
fn note(text: &str) {
    eprintln!("{text}");
}

#[expect(clippy::print_stdout, reason = "the table is what this program is for")]
fn report(lines: &[(Line, Line)], others: [&Line; 2]) {
    println!(
        "{:34} {:>12} {:>26} {:>12} {:>12}",
        "", "runs/s", "least to most", "us a run", "CPU us"
    );
    for line in lines.iter().flat_map(|(one, two)| [one, two]).chain(others) {
        if let Some([least, median, most]) = spread(&line.runs_per_second) {
            let range = format!("{least:.0} to {most:.0}");
            let cpu = spread(&line.cpu_micros).map_or(String::new(), |it| format!("{:.2}", it[1]));
            println!(
                "{:34} {median:>12.0} {range:>26} {:>12.2} {cpu:>12}",
                line.name,
                1e6 / median
            );
        }
    }
    println!(
        "\n{:34} {:>12} {:>26}",
        "2 threads over 1, of each round", "median", "least to most"
    );
    for (one, two) in lines {
        let ratios = one
            .runs_per_second
            .iter()
            .zip(&two.runs_per_second)
            .map(|(one, two)| two / one);
        if let Some([least, median, most]) = spread(&ratios.collect::<Vec<_>>()) {
            println!(
                "{:34} {median:>12.2} {:>26}",
                one.name,
                format!("{least:.2} to {most:.2}")
            );
        }
    }
}

/// The least, the median and the most; nothing of nothing.
fn spread(values: &[f64]) -> Option<[f64; 3]> {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    Some([*values.first()?, values[values.len() / 2], *values.last()?])
}
