//! What generated inputs are worth: `inputs FOLDER...`, each a folder of problems with `submissions`.
//!
//! Takes what a search would have, the statement and the public tests, makes inputs of it in several ways, and counts
//! the pairs of an accepted and a wrong program, both through the public tests and told apart by the private ones,
//! that still behave alike after the first 1, 2, 5 … inputs. An input that tells accepted programs from each other
//! costs: those pairs are counted too. Private tests are read for the labels alone.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::Result;
use riddle_benches::{entries_of, on_two_threads, sandbox};
use riddle_engine::{
    SameOutput,
    clustering::{Digest as OutputDigest, EndingClass, ExecutionMatrix, Observation},
    observe,
    problems::{
        self, LoadOptions, Problem, Submission, Task, Test, Verdict,
        inputs::{blend::blended_inputs, grammar::Grammar},
    },
    sandbox::{Calibration, Cancel, Digest, Ending, Language, Limits, Program, Sandbox},
    split::Splitter,
};

/// Seed of everything that is drawn.
const SEED: u64 = 7;
/// The time limit of tests, and of generated inputs, short so that endless loops do not take hours.
const TIME_LIMIT: Duration = Duration::from_millis(200);
const INPUT_TIME_LIMIT: Duration = Duration::from_millis(20);
/// What an execution costs besides its fuel, in fuel: some 20 µs.
const EXECUTION_FUEL: u64 = 2_000_000;
/// Inputs after which pairs are counted.
const COUNTS: [usize; 7] = [1, 2, 5, 10, 20, 50, 100];
/// The count at which ways are compared.
const AT: usize = 50;
/// Programs of one problem and label, at most: pairs are their product.
const MAX_PROGRAMS: usize = 200;

/// A way to make inputs.
type Way = fn(&Task, usize, u64) -> Vec<Arc<[u8]>>;

const WAYS: [(&str, Way); 3] = [
    ("mutations", mutations),
    ("grammar", grammar),
    ("both", both),
];
/// The place of AlphaCode's way, which the others are compared with.
const MUTATIONS: usize = 0;
/// The last way: inputs made by [`both`], and then others that are looked for by what programs did on these.
const SEARCH: &str = "search";
/// The inputs of `both` that a search begins with.
const BASE: usize = 25;

fn mutations(task: &Task, n: usize, seed: u64) -> Vec<Arc<[u8]>> {
    let public: Vec<&[u8]> = task.public_tests.iter().map(|it| &*it.input).collect();
    let inputs = problems::mutate::mutated_inputs(&public, n, seed);
    inputs.into_iter().map(Into::into).collect()
}

fn statement(task: &Task) -> &str {
    task.statement.as_deref().unwrap_or_default()
}

/// As [`both`] without mutants, where there is a grammar.
fn grammar(task: &Task, n: usize, seed: u64) -> Vec<Arc<[u8]>> {
    let public: Vec<&[u8]> = task.public_tests.iter().map(|it| &*it.input).collect();
    match Grammar::infer(&public, statement(task)) {
        Ok(grammar) => {
            let inputs = grammar.generate(n, seed);
            inputs.into_iter().map(|it| it.bytes.into()).collect()
        }
        Err(_) => mutations(task, n, seed),
    }
}

fn both(task: &Task, n: usize, seed: u64) -> Vec<Arc<[u8]>> {
    let public: Vec<&[u8]> = task.public_tests.iter().map(|it| &*it.input).collect();
    let grammar = Grammar::infer(&public, statement(task));
    let inputs = blended_inputs(grammar.as_ref(), &public, n, seed);
    inputs.into_iter().map(|it| it.bytes.into()).collect()
}

/// A program that passed the public tests.
struct Survivor {
    is_right: bool,
    program: Program,
    limits: Limits,
    /// What it did on the inputs of each way.
    did: Vec<Vec<Observation>>,
}

/// Pairs, and those of them still together after so many inputs.
#[derive(Clone, Default)]
struct Pairs {
    all: u64,
    together: BTreeMap<usize, u64>,
}

impl Pairs {
    fn add(&mut self, other: &Self) {
        self.all += other.all;
        for (n, together) in &other.together {
            *self.together.entry(*n).or_default() += together;
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a share for people")]
    fn share(&self, n: usize) -> f64 {
        self.together.get(&n).map_or(0.0, |it| *it as f64) / (self.all.max(1) as f64) * 100.0
    }
}

/// What a problem shows of one way.
#[derive(Clone, Default)]
struct Shown {
    /// Pairs of an accepted and a wrong program.
    mixed: Pairs,
    /// Pairs of accepted programs.
    right: Pairs,
    /// Mixed pairs that mutations leave together when they have used as much fuel as this way has for `AT` inputs, and
    /// the number of mutants that cost so much.
    of_mutations: u64,
    n_mutants: usize,
}

#[expect(clippy::print_stdout, reason = "the table is what this program is for")]
fn main() -> Result<()> {
    let mut totals: BTreeMap<PathBuf, (usize, Vec<Shown>, Vec<f64>)> = BTreeMap::new();
    let names = WAYS.map(|it| it.0).join(", ");
    println!(
        "ways: {names}, {SEARCH}; % of accepted-wrong pairs together after {AT} inputs, and after as many mutants as cost the same fuel"
    );
    for root in std::env::args_os().skip(1).map(PathBuf::from) {
        for folder in entries_of(Path::new(&root))? {
            let Ok(problem) = problems::load(&folder, &LoadOptions::default()) else {
                continue;
            };
            let mut survivors = survivors(&problem, &problems::load_submissions(&folder)?)?;
            let spent = search(&problem.task, &mut survivors)?;
            let shown = shown(&survivors, spent);
            if shown.first().is_none_or(|it| it.mixed.all == 0) {
                continue;
            }
            let id = &problem.task.id;
            print!("{id:24} {:>6}", shown[0].mixed.all);
            for it in &shown {
                let equal = Pairs {
                    all: it.mixed.all,
                    together: [(0, it.of_mutations)].into(),
                };
                let n = it.n_mutants;
                print!("  {:5.1} {:5.1} ({n})", it.mixed.share(AT), equal.share(0));
            }
            println!();
            let total = totals.entry(root.clone()).or_default();
            total.0 += 1;
            total.1.resize(shown.len(), Shown::default());
            total.2.resize(shown.len(), 0.0);
            for (way, it) in shown.iter().enumerate() {
                total.1[way].mixed.add(&it.mixed);
                total.1[way].right.add(&it.right);
                total.1[way].of_mutations += it.of_mutations;
                total.2[way] += it.mixed.share(AT);
            }
        }
    }
    for (root, (n, shown, shares)) in &totals {
        println!("\n{} problems of {}", n, root.display());
        for (way, it) in shown.iter().enumerate() {
            print!("{:12}", WAYS.get(way).map_or(SEARCH, |it| it.0));
            for n in COUNTS {
                print!(" {n}: {:.1}", it.mixed.share(n));
            }
            #[expect(clippy::cast_precision_loss, reason = "a mean for people")]
            let mean = shares[way] / *n as f64;
            println!(
                " % of {} pairs; mean over problems at {AT} {mean:.1} %; {} pairs, mutations {} at equal fuel; right pairs apart {:.1} %",
                it.mixed.all,
                it.mixed.together.get(&AT).unwrap_or(&0),
                it.of_mutations,
                100.0 - it.right.share(AT),
            );
        }
    }
    Ok(())
}

/// Compiles and runs a problem's programs, on two threads.
fn survivors(problem: &Problem, submissions: &[Submission]) -> Result<Vec<Survivor>> {
    let task = &problem.task;
    let limit = COUNTS[COUNTS.len() - 1];
    let inputs: Vec<Vec<Arc<[u8]>>> = WAYS.iter().map(|(_, way)| way(task, limit, SEED)).collect();
    let mut n_of_label = BTreeMap::<Verdict, usize>::new();
    let chosen = submissions.iter().filter(|it| {
        let Some(label @ (Verdict::Ac | Verdict::Wa)) = it.label() else {
            return false;
        };
        let n = n_of_label.entry(label).or_default();
        *n += 1;
        it.files.len() == 1 && *n <= MAX_PROGRAMS
    });
    let chosen: Vec<&Submission> = chosen.collect();
    let sandbox = sandbox();
    let found = on_two_threads(&chosen, |it| survivor(&sandbox, problem, it, &inputs))?;
    let mut seen = std::collections::HashSet::new();
    Ok(found
        .into_iter()
        .flatten()
        .filter(|(digest, _)| seen.insert(*digest))
        .map(|(_, it)| it)
        .collect())
}

/// Runs one program; `None` if it is not of use: no program, through at the public tests, or not what its label says.
fn survivor(
    sandbox: &Sandbox,
    problem: &Problem,
    submission: &Submission,
    inputs: &[Vec<Arc<[u8]>>],
) -> Result<Option<(Digest, Survivor)>> {
    let Some(language) = Language::from_path(Path::new(&submission.path)) else {
        return Ok(None);
    };
    let compiled = sandbox.compile(language, &submission.files[0].bytes)?;
    let Ok(program) = compiled.outcome else {
        return Ok(None);
    };
    let task = &problem.task;
    let limits = Limits {
        fuel: Calibration::of(language).fuel_of(TIME_LIMIT),
        memory_bytes: task.limits.memory_bytes,
        stdout_bytes: task.limits.output_bytes,
        ..Limits::default()
    };
    let passes = |tests: &[Test]| -> Result<bool> {
        for test in tests {
            let execution =
                sandbox.execute(&program, Arc::clone(&test.input), &limits, &Cancel::new())?;
            let right = || task.checker.judge(&test.answer, &execution.stdout).accepted;
            if execution.ending != Ending::Ok || !right() {
                return Ok(false);
            }
        }
        Ok(true)
    };
    if !passes(&task.public_tests)? {
        return Ok(None);
    }
    let is_right = passes(problem.private.open_for_scoring())?;
    if is_right != (submission.label() == Some(Verdict::Ac)) {
        return Ok(None);
    }
    let limits = Limits {
        fuel: Calibration::of(language).fuel_of(INPUT_TIME_LIMIT),
        ..limits
    };
    let did = inputs
        .iter()
        .map(|inputs| run(sandbox, task, &program, &limits, inputs))
        .collect::<Result<_>>()?;
    let survivor = Survivor {
        is_right,
        program,
        limits,
        did,
    };
    Ok(Some((survivor.program.digest(), survivor)))
}

/// Looks for inputs that part the survivors; what they did on these becomes their last way. Returns the fuel that
/// trying others took.
fn search(task: &Task, survivors: &mut [Survivor]) -> Result<u64> {
    let public: Vec<Arc<[u8]>> = task
        .public_tests
        .iter()
        .map(|it| Arc::clone(&it.input))
        .collect();
    let bytes: Vec<&[u8]> = public.iter().map(|it| &**it).collect();
    let grammar = Grammar::infer(&bytes, statement(task));
    let mut inputs = both(task, BASE, SEED);
    let mut matrix = ExecutionMatrix::new(inputs.len());
    for survivor in &*survivors {
        let both = survivor.did.last().expect("there are ways");
        matrix.push_row(1, &both[..inputs.len()]);
    }
    let mut splitter = Splitter::new(
        &matrix,
        &inputs,
        &public,
        grammar.as_ref().ok(),
        AT - BASE,
        SEED,
    );
    let sandbox = sandbox();
    while let Some(asked) = splitter.ask() {
        let did = on_two_threads(&asked.rows, |row| {
            let Survivor {
                program, limits, ..
            } = &survivors[*row];
            run(&sandbox, task, program, limits, &asked.inputs)
        })?;
        splitter.tell(&did);
    }
    let (found, n_executions, fuel) = splitter.finish();
    let n_kept = (found.len() * survivors.len()) as u64;
    let of_found = found.iter().flat_map(|it| &it.observations).map(cost);
    let spent = fuel + n_executions * EXECUTION_FUEL - of_found.sum::<u64>();
    debug_assert!(n_kept <= n_executions, "what is kept was run");
    inputs.extend(found.iter().map(|it| Arc::clone(&it.content)));
    for (row, survivor) in survivors.iter_mut().enumerate() {
        let both = survivor.did.last().expect("there are ways");
        let mut did = both[..BASE.min(both.len())].to_vec();
        did.extend(found.iter().map(|it| it.observations[row]));
        survivor.did.push(did);
    }
    Ok(spent)
}

/// What two executions are compared by.
fn outcome(observation: &Observation) -> (EndingClass, Option<OutputDigest>) {
    let is_well = observation.ending == EndingClass::Ok;
    (observation.ending, is_well.then_some(observation.output))
}

/// What an execution cost, in fuel.
fn cost(observation: &Observation) -> u64 {
    observation.fuel + EXECUTION_FUEL
}

fn run(
    sandbox: &Sandbox,
    task: &Task,
    program: &Program,
    limits: &Limits,
    inputs: &[Arc<[u8]>],
) -> Result<Vec<Observation>> {
    let mut did = Vec::new();
    for input in inputs {
        let execution = sandbox.execute(program, Arc::clone(input), limits, &Cancel::new())?;
        did.push(observe(&execution, task, SameOutput::default()));
    }
    Ok(did)
}

/// Counts the pairs of a problem's survivors, for each way.
fn shown(survivors: &[Survivor], spent: u64) -> Vec<Shown> {
    let fuel_of = |way: usize, n: usize| -> u64 {
        let costs = survivors.iter().flat_map(|it| it.did[way].iter().take(n));
        let spent = if way == WAYS.len() && n > BASE {
            spent
        } else {
            0
        };
        costs.map(cost).sum::<u64>() + spent
    };
    let parted = |way: usize, one: &Survivor, other: &Survivor| {
        let pairs = one.did[way].iter().zip(&other.did[way]);
        let parted = pairs
            .map(|(a, b)| outcome(a) != outcome(b))
            .position(|it| it);
        parted.unwrap_or(usize::MAX)
    };
    (0..=WAYS.len())
        .map(|way| {
            let budget = fuel_of(way, AT);
            let n_inputs = survivors.first().map_or(0, |it| it.did[MUTATIONS].len());
            let n_mutants = (0..=n_inputs)
                .rev()
                .find(|n| fuel_of(MUTATIONS, *n) <= budget)
                .unwrap_or(0);
            let mut shown = Shown {
                n_mutants,
                ..Shown::default()
            };
            for (index, one) in survivors.iter().enumerate() {
                for other in &survivors[index + 1..] {
                    let first = parted(way, one, other);
                    let pairs = match (one.is_right, other.is_right) {
                        (false, false) => continue,
                        (true, true) => &mut shown.right,
                        _ => {
                            let of_mutations = parted(MUTATIONS, one, other);
                            shown.of_mutations += u64::from(of_mutations >= n_mutants);
                            &mut shown.mixed
                        }
                    };
                    pairs.all += 1;
                    for n in COUNTS {
                        *pairs.together.entry(n).or_default() += u64::from(first >= n);
                    }
                }
            }
            shown
        })
        .collect()
}
