//! Writes pools of candidates for a folder of problems: `make_pool --problems DIR --per-problem N
//! --seed S --out POOL.jsonl`.
//!
//! Every subfolder with `submissions/<verdict>/` is a problem, in byte order of its name; programs
//! labelled `compile_error` are left out, since the recipe of [`riddle_benches::pool`] makes its
//! own. It does not look at tests, and never asks whether a label is true.

use std::collections::BTreeMap;
use std::env;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use riddle_benches::{labelled_programs, pool::pool};

const USAGE: &str = "usage: make_pool --problems DIR --per-problem N --seed S --out POOL.jsonl";

fn main() -> Result<()> {
    let arguments = Arguments::parse(env::args().skip(1)).context(USAGE)?;
    let folders = entries(&arguments.problems)?;
    let mut out = BufWriter::new(fs_err::File::create(&arguments.out)?);
    let (mut n_problems, mut n_candidates, mut empty) = (0, 0, Vec::new());
    for folder in folders {
        if !folder.join("submissions").is_dir() {
            continue;
        }
        let id = name(&folder)?;
        let programs = labelled_programs(&folder)?;
        if programs.is_empty() {
            empty.push(id);
            continue;
        }
        for entry in pool(&id, &programs, arguments.per_problem, arguments.seed) {
            writeln!(out, "{}", entry.to_json_line())?;
            n_candidates += 1;
        }
        n_problems += 1;
    }
    out.flush()?;
    ensure!(
        n_problems > 0,
        "`{}` has no folder with C, C++ or Python programs in `submissions/<verdict>/`",
        arguments.problems.display()
    );
    report(n_problems, n_candidates, &empty);
    Ok(())
}

#[expect(clippy::print_stderr, reason = "the one line that this program prints")]
fn report(n_problems: usize, n_candidates: usize, empty: &[String]) {
    eprint!("{n_candidates} candidates for {n_problems} problems");
    if !empty.is_empty() {
        eprint!("; no C, C++ or Python programs for {}", empty.join(", "));
    }
    eprintln!();
}

#[derive(Debug, PartialEq)]
struct Arguments {
    problems: PathBuf,
    per_problem: usize,
    seed: u64,
    out: PathBuf,
}

impl Arguments {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        const NAMES: [&str; 4] = ["--problems", "--per-problem", "--seed", "--out"];
        let mut given: BTreeMap<String, String> = BTreeMap::new();
        while let Some(name) = arguments.next() {
            ensure!(NAMES.contains(&name.as_str()), "unknown argument `{name}`");
            let Some(value) = arguments.next() else {
                bail!("`{name}` has no value");
            };
            ensure!(!given.contains_key(&name), "`{name}` is given twice");
            given.insert(name, value);
        }
        let mut take = |name: &str| {
            given
                .remove(name)
                .with_context(|| format!("`{name}` is missing"))
        };
        Ok(Self {
            problems: take("--problems")?.into(),
            per_problem: number("--per-problem", &take("--per-problem")?)?,
            seed: number("--seed", &take("--seed")?)?,
            out: take("--out")?.into(),
        })
    }
}

fn number<T: std::str::FromStr>(name: &str, value: &str) -> Result<T> {
    let Ok(number) = value.parse() else {
        bail!("`{name}` is not a whole number: `{value}`");
    };
    Ok(number)
}

/// Returns what is in a folder, in byte order of name.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs_err::read_dir(folder)? {
        paths.push(entry?.path());
    }
    paths.sort_by(|a, b| {
        a.as_os_str()
            .as_encoded_bytes()
            .cmp(b.as_os_str().as_encoded_bytes())
    });
    Ok(paths)
}

fn name(folder: &Path) -> Result<String> {
    let name = folder.file_name().and_then(|it| it.to_str());
    let name = name.with_context(|| format!("`{}` is not valid UTF-8", folder.display()))?;
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(arguments: &str, expected: &str) {
        let parsed = Arguments::parse(arguments.split_whitespace().map(str::to_owned));
        assert_eq!(parsed.unwrap_err().to_string(), expected);
    }

    #[test]
    fn arguments_in_any_order() {
        let arguments = "--out o --seed 7 --per-problem 20 --problems p";
        let parsed = Arguments::parse(arguments.split_whitespace().map(str::to_owned)).unwrap();
        let expected = Arguments {
            problems: "p".into(),
            per_problem: 20,
            seed: 7,
            out: "o".into(),
        };
        assert_eq!(parsed, expected);
    }

    #[test]
    fn wrong_arguments_are_named() {
        check("--sed 7", "unknown argument `--sed`");
        check("--seed", "`--seed` has no value");
        check("--seed 1 --seed 2", "`--seed` is given twice");
        check(
            "--problems p --per-problem ten",
            "`--per-problem` is not a whole number: `ten`",
        );
        check("--seed 1", "`--problems` is missing");
    }
}
