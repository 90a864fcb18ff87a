//! CPU time from source to runnable, by stage: `stages [FILE...]`, medians and 90th percentiles over
//! the files, or over repeats of small sources.
//!
//! Stages: the compiler's process, the linker's process, and the rest, which is Cranelift and loading
//! on our own thread. Nothing is stored.

use std::{collections::BTreeMap, path::Path, time::Duration};

use anyhow::{Context, Result};
use riddle_benches::{SOURCES, sandbox_without_store};
use riddle_engine::sandbox::Language;

/// Repeats of each small source.
const REPEATS: usize = 15;

fn main() -> Result<()> {
    let files: Vec<String> = std::env::args().skip(1).collect();
    let mut sources = Vec::new();
    for file in &files {
        let language = Language::from_path(Path::new(file));
        let language =
            language.with_context(|| format!("`{file}` is in no language that we know"))?;
        sources.push((language.name().to_owned(), language, fs_err::read(file)?));
    }
    if sources.is_empty() {
        for (name, language, source) in SOURCES {
            for _ in 0..REPEATS {
                sources.push((name.to_owned(), language, source.as_bytes().to_vec()));
            }
        }
    }

    let sandbox = sandbox_without_store();
    let mut times: BTreeMap<String, Vec<[Duration; 4]>> = BTreeMap::new();
    let mut n_failed: BTreeMap<String, usize> = BTreeMap::new();
    for (name, language, source) in &sources {
        sandbox.prepare(*language)?;
        let compiled = sandbox.compile(*language, source)?;
        if compiled.outcome.is_err() {
            *n_failed.entry(name.clone()).or_default() += 1;
            continue;
        }
        let (compiler, linker) = (compiled.processes.compiler, compiled.processes.linker);
        let rest = compiled.cpu_time.saturating_sub(compiler + linker);
        let row = [compiler, linker, rest, compiled.cpu_time];
        times.entry(name.clone()).or_default().push(row);
    }
    report(&times, &n_failed);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the table is what this program is for")]
fn report(times: &BTreeMap<String, Vec<[Duration; 4]>>, n_failed: &BTreeMap<String, usize>) {
    println!("CPU ms, median (90th percentile)");
    println!(
        "{:14} {:>5} {:>16} {:>16} {:>16} {:>16}",
        "", "n", "compiler", "linker", "Cranelift, load", "all"
    );
    for (name, rows) in times {
        let column = |index: usize| {
            let mut column: Vec<Duration> = rows.iter().map(|row| row[index]).collect();
            column.sort();
            let at = |share: usize| column[(column.len() - 1) * share / 100].as_secs_f64() * 1e3;
            format!("{:.1} ({:.1})", at(50), at(90))
        };
        let [compiler, linker, rest, all] = [0, 1, 2, 3].map(column);
        println!(
            "{name:14} {:>5} {compiler:>16} {linker:>16} {rest:>16} {all:>16}",
            rows.len()
        );
    }
    for (name, n) in n_failed {
        println!("{name}: {n} did not compile and are left out");
    }
}
