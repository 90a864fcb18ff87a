//! Executions per second on one core: tiny programs, so that what is measured is the cost of a fresh
//! instance. Needs the toolchains that `riddle setup` installs.

use std::{hint::black_box, sync::Arc};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use riddle_engine::sandbox::{Cancel, Ending, Language, Limits, Program, Sandbox};

/// Adds two numbers.
const PROGRAMS: [(&str, Language, &str); 4] = [
    (
        "wasm-empty",
        Language::Wasm,
        r#"(module (memory (export "memory") 1) (func (export "_start")))"#,
    ),
    (
        "c",
        Language::C,
        "#include <stdio.h>\nint main() { int a, b; scanf(\"%d %d\", &a, &b); printf(\"%d\\n\", a + b); }",
    ),
    (
        "cpp",
        Language::Cpp,
        "#include <bits/stdc++.h>\nusing namespace std;\nint main() { int a, b; cin >> a >> b; cout << a + b << endl; }",
    ),
    (
        "python",
        Language::Python,
        "a, b = map(int, input().split())\nprint(a + b)",
    ),
];

fn execute(criterion: &mut Criterion) {
    let sandbox = riddle_benches::sandbox();
    let mut group = criterion.benchmark_group("execute");
    group.throughput(Throughput::Elements(1));
    for (name, language, source) in PROGRAMS {
        let program = program(&sandbox, language, source);
        let input: Arc<[u8]> = Arc::from(&b"20 22\n"[..]);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let execution = sandbox
                    .execute(
                        &program,
                        Arc::clone(&input),
                        &Limits::default(),
                        &Cancel::new(),
                    )
                    .expect("the sandbox works");
                assert_eq!(execution.ending, Ending::Ok);
                black_box(execution)
            });
        });
    }
    group.finish();
}

fn program(sandbox: &Sandbox, language: Language, source: &str) -> Program {
    let compiled = sandbox
        .compile(language, source.as_bytes())
        .expect("the toolchain is installed");
    compiled.outcome.expect("the program compiles")
}

criterion_group!(benches, execute);
criterion_main!(benches);
