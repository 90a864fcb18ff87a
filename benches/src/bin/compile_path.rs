//! From source to runnable, three ways: `compile_path [--every N] [--no-peer] [--json FILE] FOLDER...`.
//!
//! Every N-th C++ file below the folders goes through `g++ -O2` (if it is installed), the static route and
//! the shared route, one after the other, so that all meet the same machine. CPU time, compiler processes
//! included, nothing stored; medians and 90th percentiles over the programs that all of them take. Then
//! compilations a second with one worker and two, with an empty store and a full one. At last the CPU time
//! of the whole process tree, as the kernel counts it, beside what Riddle says of itself.

#![expect(
    clippy::cast_precision_loss,
    reason = "counts of programs and of ticks are small"
)]

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use riddle_benches::{files_below, sandbox_with};
use riddle_engine::sandbox::{Language, Sandbox, SandboxOptions, default_cache};

/// The kernel's clock ticks a second in `/proc`, on every Linux that we run on.
const TICKS_PER_SECOND: u64 = 100;

struct Options {
    every: usize,
    with_peer: bool,
    json: Option<PathBuf>,
    folders: Vec<PathBuf>,
}

fn options() -> Result<Options> {
    let mut options = Options {
        every: 1,
        with_peer: true,
        json: None,
        folders: Vec::new(),
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--every" => {
                let value = arguments.next().context("`--every` needs a number")?;
                options.every = value.parse::<usize>().context("`--every`")?.max(1);
            }
            "--no-peer" => options.with_peer = false,
            "--json" => {
                options.json = Some(arguments.next().context("`--json` needs a file")?.into());
            }
            _ => options.folders.push(argument.into()),
        }
    }
    if options.folders.is_empty() {
        bail!("usage: compile_path [--every N] [--no-peer] [--json FILE] FOLDER...");
    }
    Ok(options)
}

/// One program's times, in CPU seconds.
struct Row {
    file: PathBuf,
    has_bits: bool,
    seconds: BTreeMap<&'static str, f64>,
}

#[expect(
    clippy::print_stdout,
    reason = "the tables are what this program is for"
)]
fn main() -> Result<()> {
    let options = options()?;
    let mut files = Vec::new();
    for folder in &options.folders {
        let found = files_below(folder)?.into_iter();
        files.extend(found.filter(|it| Language::from_path(it) == Some(Language::Cpp)));
    }
    let files: Vec<_> = files.into_iter().step_by(options.every).collect();
    let with_peer = options.with_peer && Command::new("g++").arg("--version").output().is_ok();

    let [shared, alone] = [false, true].map(|link_statically| {
        sandbox_with(|it| {
            it.use_store = false;
            it.link_statically = link_statically;
        })
    });
    for sandbox in [&shared, &alone] {
        sandbox.prepare(Language::Cpp)?;
    }
    let scratch = std::env::temp_dir().join(format!("riddle-compile-path-{}", std::process::id()));
    fs_err::create_dir_all(&scratch)?;
    let mut rows = Vec::new();
    let mut outcomes = BTreeMap::<String, usize>::new();
    for file in &files {
        let source = fs_err::read(file)?;
        let mut seconds = BTreeMap::new();
        let mut takes = Vec::new();
        if with_peer {
            let (time, is_done) = peer(file, &scratch)?;
            seconds.insert("g++ -O2", time);
            takes.push(is_done);
        }
        for (name, sandbox) in [("static", &alone), ("shared", &shared)] {
            let compiled = sandbox.compile(Language::Cpp, &source)?;
            takes.push(compiled.outcome.is_ok());
            seconds.insert(name, compiled.cpu_time.as_secs_f64());
            if name == "shared" {
                let processes = compiled.processes;
                let rest = compiled
                    .cpu_time
                    .saturating_sub(processes.compiler + processes.linker);
                seconds.insert("shared: clang", processes.compiler.as_secs_f64());
                seconds.insert("shared: link, Cranelift, load", rest.as_secs_f64());
                if let Ok(Some(reason)) = compiled.outcome.as_ref().map(|it| it.static_reason()) {
                    *outcomes
                        .entry(format!("linked statically: {reason}"))
                        .or_default() += 1;
                }
            }
        }
        let all = takes.iter().all(|it| *it);
        let what = if all {
            "all compile it".to_owned()
        } else {
            format!("compiles by {takes:?} (g++, static, shared)")
        };
        *outcomes.entry(what).or_default() += 1;
        if all {
            rows.push(Row {
                file: file.clone(),
                has_bits: String::from_utf8_lossy(&source).contains("bits/stdc++.h"),
                seconds,
            });
        }
    }
    fs_err::remove_dir_all(&scratch)?;
    println!("{} programs", files.len());
    for (what, n) in &outcomes {
        println!("{n:>6} {what}");
    }
    for (name, has_bits) in [
        ("all", None),
        ("with bits/stdc++.h", Some(true)),
        ("without", Some(false)),
    ] {
        let rows: Vec<&Row> = rows
            .iter()
            .filter(|it| has_bits.is_none_or(|has| it.has_bits == has))
            .collect();
        table(name, &rows);
    }
    throughput(&files)?;
    outside(&shared, &files)?;
    if let Some(path) = &options.json {
        let rows: Vec<_> = rows
            .iter()
            .map(|it| {
                let name = it.file.file_name().unwrap_or_default().to_string_lossy();
                serde_json::json!({"file": name, "bits": it.has_bits, "seconds": it.seconds})
            })
            .collect();
        fs_err::write(path, serde_json::to_vec_pretty(&rows)?)?;
    }
    Ok(())
}

/// Compiles a file as a judge would; returns its CPU time and whether it was taken.
fn peer(file: &Path, scratch: &Path) -> Result<(f64, bool)> {
    let before = children_ticks()?;
    let status = Command::new("g++")
        .args(["-O2", "-std=gnu++20", "-w", "-o"])
        .arg(scratch.join("a.out"))
        .arg(file)
        .stderr(Stdio::null())
        .status()?;
    let ticks = children_ticks()? - before;
    Ok((ticks as f64 / TICKS_PER_SECOND as f64, status.success()))
}

/// CPU ticks of the children of this process that have ended, and of theirs.
fn children_ticks() -> Result<u64> {
    Ok(tree_ticks()?.1)
}

/// CPU ticks of this process, and of its ended children.
fn tree_ticks() -> Result<(u64, u64)> {
    let stat = fs_err::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(')').context("`/proc/self/stat`")?;
    // Fields 14 to 17, of which the first behind the name is the third.
    let field = |index: usize| -> Result<u64> {
        let field = fields.split_whitespace().nth(index - 3);
        Ok(field.context("`/proc/self/stat`")?.parse()?)
    };
    Ok((field(14)? + field(15)?, field(16)? + field(17)?))
}

#[expect(
    clippy::print_stdout,
    reason = "the tables are what this program is for"
)]
fn table(name: &str, rows: &[&Row]) {
    println!("\n{name}: {} programs, CPU ms", rows.len());
    let Some(first) = rows.first() else { return };
    println!(
        "{:32} {:>8} {:>8} {:>8}  times the shared route",
        "", "median", "p90", "mean"
    );
    let column = |name: &str| {
        let mut column: Vec<f64> = rows.iter().map(|it| it.seconds[name] * 1e3).collect();
        column.sort_by(f64::total_cmp);
        column
    };
    let at = |column: &[f64], percent: usize| column[(column.len() - 1) * percent / 100];
    let ours = at(&column("shared"), 50);
    for name in first.seconds.keys() {
        let column = column(name);
        let mean = column.iter().sum::<f64>() / column.len() as f64;
        let median = at(&column, 50);
        println!(
            "{name:32} {median:>8.1} {:>8.1} {mean:>8.1}  {:.2}",
            at(&column, 90),
            median / ours
        );
    }
}

/// Compilations a second by workers, with an empty store and a full one.
#[expect(
    clippy::print_stdout,
    reason = "the tables are what this program is for"
)]
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn throughput(files: &[PathBuf]) -> Result<()> {
    println!("\nprograms a second, wall time");
    for n_workers in [1, 2] {
        // The toolchains of the machine's cache, and an empty store.
        let cache = default_cache().context("no cache")?;
        let empty =
            std::env::temp_dir().join(format!("riddle-store-{}-{n_workers}", std::process::id()));
        fs_err::create_dir_all(&empty)?;
        fs_err::os::unix::fs::symlink(cache.join("toolchains"), empty.join("toolchains"))?;
        for state in ["cold", "warm"] {
            let sandbox = Sandbox::open(SandboxOptions::new(&empty))?;
            sandbox.prepare(Language::Cpp)?;
            let start = Instant::now();
            let next = AtomicUsize::new(0);
            thread::scope(|scope| {
                let workers: Vec<_> = (0..n_workers)
                    .map(|_| {
                        scope.spawn(|| -> Result<()> {
                            while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                                sandbox.compile(Language::Cpp, &fs_err::read(file)?)?;
                            }
                            Ok(())
                        })
                    })
                    .collect();
                workers.into_iter().try_for_each(|it| {
                    it.join()
                        .map_err(|_| anyhow::anyhow!("a worker panicked"))?
                })
            })?;
            let rate = files.len() as f64 / start.elapsed().as_secs_f64();
            println!("{n_workers} workers, store {state}: {rate:.1}");
        }
        fs_err::remove_dir_all(&empty)?;
    }
    Ok(())
}

/// What the kernel counts for the process tree beside what Riddle says.
#[expect(
    clippy::print_stdout,
    reason = "the tables are what this program is for"
)]
fn outside(sandbox: &Sandbox, files: &[PathBuf]) -> Result<()> {
    let before = tree_ticks()?;
    let mut said = Duration::ZERO;
    for file in files {
        said += sandbox
            .compile(Language::Cpp, &fs_err::read(file)?)?
            .cpu_time;
    }
    let after = tree_ticks()?;
    let counted = (after.0 - before.0 + after.1 - before.1) as f64 / TICKS_PER_SECOND as f64;
    println!(
        "\nCPU s of all by the shared route: {:.2} as Riddle reports it, {counted:.2} as the kernel counts it",
        said.as_secs_f64()
    );
    Ok(())
}
