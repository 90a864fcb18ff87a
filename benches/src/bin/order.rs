//! What an order of tests would save: `order FOLDER...`, each a folder of problems with `submissions`.
//!
//! Runs every distinct program of a problem on every test, nothing left out, and replays from the results
//! how many executions, and how much fuel, early exit takes with the tests in the problem's order and in
//! orders that follow kill power per cost. Programs come in an order drawn by a seed; an adaptive order
//! changes at fixed barriers and looks only at programs of blocks that are complete by then. The real
//! thing would decide by what is replayed here and nothing else.

use std::{collections::BTreeMap, path::Path, time::Duration};

use anyhow::Result;
use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use riddle_benches::{entries_of, on_two_threads, sandbox_without_store};
use riddle_engine::{
    problems::{self, LoadOptions, Problem, Submission, Test},
    sandbox::{Calibration, Cancel, Ending, Language, Limits, Sandbox},
};

/// Seed of the order in which programs come.
const SEED: u64 = 5;
/// The time limit, short so that endless loops do not take hours.
const TIME_LIMIT: Duration = Duration::from_millis(100);
/// What an execution costs besides its fuel, in fuel: some 20 µs.
const EXECUTION_FUEL: u64 = 100_000;
/// Programs between two barriers.
const BLOCKS: [usize; 3] = [8, 32, 128];
/// Public tests that a problem is taken to have.
const N_PUBLIC: [usize; 5] = [1, 2, 3, 5, usize::MAX];

/// What one program did on one test.
#[derive(Clone, Copy)]
struct Did {
    passed: bool,
    fuel: u64,
}

/// What early exit took.
#[derive(Clone, Copy, Default)]
struct Taken {
    runs: u64,
    fuel: u64,
}

fn main() -> Result<()> {
    let mut table = BTreeMap::<(usize, usize, String), Taken>::new();
    let (mut n_programs, mut n_problems) = (0, 0);
    for root in std::env::args().skip(1) {
        for folder in entries_of(Path::new(&root))? {
            let Ok(problem) = problems::load(&folder, &LoadOptions::default()) else {
                continue;
            };
            let rows = matrix(&problem, problems::load_submissions(&folder)?)?;
            n_problems += 1;
            n_programs += rows.len();
            count(&rows, &mut table);
        }
    }
    report(n_problems, n_programs, &table);
    Ok(())
}

/// Runs every distinct program on every test.
fn matrix(problem: &Problem, mut submissions: Vec<Submission>) -> Result<Vec<Vec<Did>>> {
    submissions.retain(|it| it.files.len() == 1);
    submissions.shuffle(&mut ChaCha8Rng::seed_from_u64(SEED));
    let tests: Vec<&Test> = (problem.task.public_tests.iter())
        .chain(problem.private.open_for_scoring())
        .collect();
    let sandbox = sandbox_without_store();
    let rows = on_two_threads(&submissions, |it| row(&sandbox, problem, &tests, it))?;
    let mut seen = std::collections::HashSet::new();
    Ok(rows
        .into_iter()
        .flatten()
        .filter(|(digest, _)| seen.insert(*digest))
        .map(|(_, row)| row)
        .collect())
}

type Row = (riddle_engine::sandbox::Digest, Vec<Did>);

/// Runs one program on every test; `None` if it does not compile.
fn row(
    sandbox: &Sandbox,
    problem: &Problem,
    tests: &[&Test],
    submission: &Submission,
) -> Result<Option<Row>> {
    let Some(language) = Language::from_path(Path::new(&submission.path)) else {
        return Ok(None);
    };
    let Ok(program) = sandbox
        .compile(language, &submission.files[0].bytes)?
        .outcome
    else {
        return Ok(None);
    };
    let task = &problem.task;
    let limits = Limits {
        fuel: Calibration::of(language).fuel_of(TIME_LIMIT),
        memory_bytes: task.limits.memory_bytes,
        stdout_bytes: task.limits.output_bytes,
        ..Limits::default()
    };
    let mut row = Vec::new();
    for test in tests {
        let input = std::sync::Arc::clone(&test.input);
        let execution = sandbox.execute(&program, input, &limits, &Cancel::new())?;
        row.push(Did {
            passed: execution.ending == Ending::Ok
                && task.checker.judge(&test.answer, &execution.stdout).accepted,
            fuel: execution.fuel,
        });
    }
    Ok(Some((program.digest(), row)))
}

/// Replays every order over a problem's programs.
fn count(rows: &[Vec<Did>], table: &mut BTreeMap<(usize, usize, String), Taken>) {
    let n_all = rows.first().map_or(0, Vec::len);
    for (column, n_public) in N_PUBLIC.into_iter().enumerate() {
        let n_tests = n_public.min(n_all);
        let mut add = |rank: usize, name: String, taken: Taken| {
            let sum = table.entry((column, rank, name)).or_default();
            sum.runs += taken.runs;
            sum.fuel += taken.fuel;
        };
        let every = rows.iter().flat_map(|row| &row[..n_tests]);
        let no_exit = every.fold(Taken::default(), |sum, it| run(sum, *it));
        add(0, "no early exit".to_owned(), no_exit);
        let own: Vec<usize> = (0..n_tests).collect();
        add(1, "the problem's order".to_owned(), fixed(rows, &own));
        for (rank, block) in BLOCKS.into_iter().enumerate() {
            let name = format!("kills per cost, blocks of {block}");
            add(2 + rank, name, adaptive(rows, n_tests, block, 2));
        }
        let hindsight = hindsight(rows, n_tests);
        add(9, "greedy in hindsight".to_owned(), fixed(rows, &hindsight));
    }
}

fn run(taken: Taken, did: Did) -> Taken {
    Taken {
        runs: taken.runs + 1,
        fuel: taken.fuel + did.fuel + EXECUTION_FUEL,
    }
}

/// One order for all.
fn fixed(rows: &[Vec<Did>], order: &[usize]) -> Taken {
    let mut taken = Taken::default();
    for row in rows {
        for &test in order {
            taken = run(taken, row[test]);
            if !row[test].passed {
                break;
            }
        }
    }
    taken
}

/// The order of a block by what blocks up to `lag` before it showed.
fn adaptive(rows: &[Vec<Did>], n_tests: usize, block: usize, lag: usize) -> Taken {
    let mut taken = Taken::default();
    let mut seen = vec![(0u64, Taken::default()); n_tests];
    let mut waiting: Vec<Vec<(usize, Did)>> = Vec::new();
    for rows in rows.chunks(block) {
        if waiting.len() >= lag {
            for (test, did) in waiting.remove(0) {
                seen[test].0 += u64::from(!did.passed);
                seen[test].1 = run(seen[test].1, did);
            }
        }
        let mut order: Vec<usize> = (0..n_tests).collect();
        // Kills a fuel, with half a kill in a run assumed before anything is known.
        order.sort_by(|a, b| {
            let score = |test: usize| {
                let (kills, taken) = seen[test];
                (2 * kills + 1, taken.fuel + EXECUTION_FUEL)
            };
            let ((kills_a, cost_a), (kills_b, cost_b)) = (score(*a), score(*b));
            (u128::from(kills_b) * u128::from(cost_a))
                .cmp(&(u128::from(kills_a) * u128::from(cost_b)))
        });
        let mut did_here = Vec::new();
        for row in rows {
            for &test in &order {
                taken = run(taken, row[test]);
                did_here.push((test, row[test]));
                if !row[test].passed {
                    break;
                }
            }
        }
        waiting.push(did_here);
    }
    taken
}

/// The test that kills most a cost, then that which kills most of what is left, and so on.
fn hindsight(rows: &[Vec<Did>], n_tests: usize) -> Vec<usize> {
    let mut left: Vec<&Vec<Did>> = rows.iter().collect();
    let mut rest: Vec<usize> = (0..n_tests).collect();
    let mut order = Vec::new();
    while !rest.is_empty() {
        let score = |test: usize| {
            let kills = left.iter().filter(|row| !row[test].passed).count();
            let cost: u64 = left.iter().map(|row| row[test].fuel + EXECUTION_FUEL).sum();
            #[expect(clippy::cast_precision_loss, reason = "a bound to compare with")]
            let score = kills as f64 / cost.max(1) as f64;
            score
        };
        let best = (0..rest.len()).max_by(|a, b| {
            let (a, b) = (score(rest[*a]), score(rest[*b]));
            a.total_cmp(&b)
        });
        let test = rest.remove(best.expect("not empty"));
        left.retain(|row| row[test].passed);
        order.push(test);
    }
    order
}

#[expect(clippy::print_stdout, reason = "the table is what this program is for")]
#[expect(clippy::cast_precision_loss, reason = "shares for people")]
fn report(n_problems: usize, n_programs: usize, table: &BTreeMap<(usize, usize, String), Taken>) {
    println!("{n_problems} problems, {n_programs} distinct programs");
    for (column, n_public) in N_PUBLIC.into_iter().enumerate() {
        let title = match n_public {
            usize::MAX => "all tests".to_owned(),
            n => format!("the first {n}"),
        };
        println!(
            "\n{title:34} {:>10} {:>7} {:>16} {:>7}",
            "runs", "", "fuel", ""
        );
        let own = table.get(&(column, 1, "the problem's order".to_owned()));
        let own = own.copied().unwrap_or_default();
        for ((_, _, name), taken) in table.iter().filter(|it| it.0.0 == column) {
            let share = |a: u64, b: u64| a as f64 / b.max(1) as f64 * 100.0;
            println!(
                "{name:34} {:>10} {:>6.1}% {:>16} {:>6.1}%",
                taken.runs,
                share(taken.runs, own.runs),
                taken.fuel,
                share(taken.fuel, own.fuel)
            );
        }
    }
}
