//! From source to runnable, with nothing stored and with everything stored. Criterion measures wall
//! time; CPU time by stage is what `stages` in this crate's binaries prints.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use riddle_benches::{SOURCES, sandbox, sandbox_without_store};

fn compile(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("compile");
    group.sample_size(20);
    for (case, sandbox) in [("cold", sandbox_without_store()), ("stored", sandbox())] {
        for (name, language, source) in SOURCES {
            // The first use opens the toolchain, and fills the store if there is one.
            sandbox
                .compile(language, source.as_bytes())
                .expect("the toolchain is installed");
            group.bench_function(format!("{case}/{name}"), |bencher| {
                bencher.iter(|| {
                    let compiled = sandbox.compile(language, source.as_bytes());
                    assert!(black_box(compiled).is_ok_and(|it| it.outcome.is_ok()));
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, compile);
criterion_main!(benches);
