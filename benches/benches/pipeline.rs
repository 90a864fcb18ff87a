//! Candidates per second through the whole pipeline, by replay of a generated pool over one bundled
//! problem, everything recorded; with 1 and with 2 workers, compiled before and not.

use std::{path::Path, sync::Arc};

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use riddle_benches::{labelled_programs, pool::pool, sandbox, sandbox_without_store};
use riddle_engine::{LoadedProblem, Replay, SearchConfig, Silent, Solver, problems::LoadOptions};

/// Candidates in the pool.
const CANDIDATES: usize = 100;
const PROBLEM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../problems/data/even-sum");

fn pipeline(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder for runs");
    let pool_path = folder.path().join("pool.jsonl");
    let programs = labelled_programs(Path::new(PROBLEM)).expect("the bundled problem is there");
    let lines: String = pool("even-sum", &programs, CANDIDATES, 1)
        .iter()
        .map(|it| it.to_json_line() + "\n")
        .collect();
    fs_err::write(&pool_path, lines).expect("the pool can be written");
    let problem =
        LoadedProblem::load(Path::new(PROBLEM), &LoadOptions::default()).expect("it loads");

    let mut group = criterion.benchmark_group("pipeline");
    group.sample_size(10);
    group.throughput(Throughput::Elements(CANDIDATES as u64));
    for n_workers in [1, 2] {
        for (case, sandbox) in [("cold", sandbox_without_store()), ("stored", sandbox())] {
            let solver = Solver::new(Arc::new(sandbox), n_workers, SearchConfig::default())
                .expect("threads start");
            let mut n_runs = 0;
            group.bench_function(format!("{case}/{n_workers}-workers"), |bencher| {
                bencher.iter_batched(
                    || {
                        n_runs += 1;
                        let replay = Replay::open(&pool_path, &["even-sum"]).expect("it opens");
                        (
                            replay,
                            folder.path().join(format!("{case}-{n_workers}-{n_runs}")),
                        )
                    },
                    |(replay, run)| {
                        solver
                            .run(std::slice::from_ref(&problem), &replay, &run, &Silent)
                            .expect("the run ends")
                    },
                    BatchSize::PerIteration,
                );
            });
        }
    }
    group.finish();
}

criterion_group!(benches, pipeline);
criterion_main!(benches);
