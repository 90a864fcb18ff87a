//! The same run with one worker and with two, on an idle machine and beside threads that take all of it.
//!
//! Candidates do what differs between two runs elsewhere: they watch clocks, draw randomness, print
//! addresses and the order of hashes, and end by every limit. Needs the toolchains of `riddle setup`.

use std::{
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use riddle_engine::{
    Interrupt, Replay, SearchConfig, Silent, Solver, VerifyOptions, Workers,
    sandbox::{Sandbox, SandboxOptions, default_cache},
    verify,
};
use rusqlite::{Connection, types::ValueRef};

use crate::fixture::Fixture;

/// What the C++ candidates do on all inputs but the public one.
const CPP: [&str; 13] = [
    "using namespace std::chrono;
     cout << system_clock::now().time_since_epoch().count() << ' '
          << steady_clock::now().time_since_epoch().count() << ' ' << time(nullptr) << ' ' << clock();",
    "random_device device; mt19937 draw(device()); uniform_real_distribution<double> real;
     cout << device() << ' ' << draw() << ' ' << real(draw) << ' ' << rand();",
    "int here; auto there = make_unique<int>(1);
     cout << &here << ' ' << there.get() << ' ' << (void *)&main << ' ' << getenv(\"HOME\");",
    "unordered_set<string> names; for (int i = 0; i < 50; i++) names.insert(to_string(i * 7919));
     for (auto &it : names) cout << it << ' '; cout << hash<string>()(\"x\");",
    "auto start = chrono::steady_clock::now(); long turns = 0;
     while (chrono::steady_clock::now() - start < chrono::milliseconds(3)) turns++;
     cout << turns;",
    "volatile double zero = 0; double none = zero / zero; uint64_t bits; memcpy(&bits, &none, 8);
     cout << bits << ' ' << sqrt(-1 - zero) << ' ' << this_thread::get_id();",
    "vector<string> kept; while (true) kept.emplace_back(1 << 20, 'x');",
    "function<int(int)> deep = [&](int at) { return at < 0 ? 0 : 1 + deep(at + n) + deep(at - 1); };
     cout << deep(1 << 30);",
    "volatile int turns = 0; while (true) turns++;",
    "while (true) cout << \"flood\\n\";",
    "int caught = 0; for (int i = 0; i < 300; i++) try { throw runtime_error(\"no\"); } catch (exception &) { caught++; }
     cout << caught; throw logic_error(\"uncaught\");",
    "vector<int> past(3); cout << past.at(n + 3);",
    "return n % 7;",
];

/// What the C candidates do.
const C: [&str; 4] = [
    "struct timespec at; clock_gettime(CLOCK_MONOTONIC, &at); struct timeval day; gettimeofday(&day, 0);
     printf(\"%ld %ld %ld %ld\", (long)at.tv_sec, (long)at.tv_nsec, (long)day.tv_sec, (long)day.tv_usec);",
    "unsigned char *block = malloc(100000); unsigned long sum = 0; volatile unsigned char stack[20000];
     for (int i = 0; i < 100000; i++) sum = sum * 31 + block[i];
     for (int i = 0; i < 20000; i++) sum = sum * 31 + stack[i];
     printf(\"%lu %p\", sum, (void *)block);",
    "srand((unsigned)time(0)); printf(\"%d %d\", rand(), rand());",
    "int *nowhere = 0; nowhere[-n] = 1; abort();",
];

/// What the Python candidates do.
const PYTHON: [&str; 10] = [
    "import time, datetime; print(time.time(), time.perf_counter_ns(), time.monotonic(), datetime.datetime.now())",
    "import random, os; print(random.random(), random.sample(range(99), 9), os.urandom(8))",
    "print(hash('abc'), {str(i) for i in range(60)}, hash(1.5), hash(None))",
    "print(object(), id([]), id(print), lambda: 0)",
    "def deep(at): return deep(at + 1)\n    deep(0)",
    "kept = []\n    while True: kept.append('x' * 1000000)",
    "import time\n    start = time.perf_counter(); turns = 0\n    while time.perf_counter() - start < 0.002: turns += 1\n    print(turns)",
    "while True: pass",
    "raise SystemExit(3)",
    "print({}[n])",
];

/// A pool of programs that pass the public test, and then do as they please, and two that are none.
fn pool(fixture: &Fixture) -> std::path::PathBuf {
    let mut candidates: Vec<(&str, String)> = Vec::new();
    for body in CPP {
        let text = format!(
            "#include <bits/stdc++.h>\nusing namespace std;\nint main() {{ long long n; cin >> n;\n\
             if (n == 17) {{ cout << n; return 0; }}\n{body}\n}}"
        );
        candidates.push(("cpp", text));
    }
    for body in C {
        let text = format!(
            "#include <stdio.h>\n#include <stdlib.h>\n#include <time.h>\n#include <sys/time.h>\n\
             int main(void) {{ int n; if (scanf(\"%d\", &n) != 1) return 1;\n\
             if (n == 17) {{ printf(\"17\"); return 0; }}\n{body}\n}}"
        );
        candidates.push(("c", text));
    }
    for body in PYTHON {
        candidates.push((
            "python",
            format!("n = int(input())\nif n == 17: print(n)\nelse:\n    {body}\n"),
        ));
    }
    candidates.push(("cpp", "int main() { return nothing; }".to_owned()));
    candidates.push(("python", "print(".to_owned()));
    let candidates: Vec<_> = candidates.iter().map(|(a, b)| (*a, &**b)).collect();
    fixture.pool(&candidates)
}

/// A sandbox that compiles everything anew, with the toolchains that are there.
fn sandbox() -> Arc<Sandbox> {
    let cache = default_cache().expect("a cache that `riddle setup` filled");
    Arc::new(
        Sandbox::open(SandboxOptions {
            use_store: false,
            ..SandboxOptions::new(cache)
        })
        .unwrap(),
    )
}

/// Does something while as many threads as the machine has cores, and two more, spin over memory.
fn beside_a_hog<T>(work: impl FnOnce() -> T) -> T {
    let stop = AtomicBool::new(false);
    let n = thread::available_parallelism().map_or(1, usize::from) + 2;
    thread::scope(|scope| {
        for _ in 0..n {
            scope.spawn(|| {
                let mut block = vec![1u64; 1 << 18];
                while !stop.load(Ordering::Relaxed) {
                    for at in 0..block.len() {
                        block[at] = block[at].wrapping_mul(31) ^ block[(at * 77) % block.len()];
                    }
                }
            });
        }
        let result = work();
        stop.store(true, Ordering::Relaxed);
        result
    })
}

/// Every row of every table, sorted. There is no column of times.
fn dump(database: &Connection) -> String {
    let mut out = String::new();
    for table in ["problem", "input", "candidate", "stage"] {
        let mut statement = database.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let n_columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        let mut lines = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            let cell = |index| match row.get_ref(index).unwrap() {
                ValueRef::Null => "-".to_owned(),
                ValueRef::Integer(it) => it.to_string(),
                ValueRef::Text(it) => String::from_utf8_lossy(it).into_owned(),
                ValueRef::Blob(it) => it.iter().fold(String::new(), |mut hex, byte| {
                    write!(hex, "{byte:02x}").unwrap();
                    hex
                }),
                ValueRef::Real(_) => panic!("a time in `{table}`"),
            };
            lines.push((0..n_columns).map(cell).collect::<Vec<_>>().join("|"));
        }
        assert!(!lines.is_empty(), "{table}");
        lines.sort();
        writeln!(out, "{table}\n{}", lines.join("\n")).unwrap();
    }
    out
}

/// Takes a minute of CPU: some thirty programs are compiled five times, nothing kept.
#[test]
fn a_run_is_the_same_under_any_load_and_verifies() {
    let fixture = Fixture::new();
    fixture.write(
        "echo/problem.toml",
        "time_limit_seconds = 0.02\nmemory_limit_bytes = 33554432",
    );
    let pool = pool(&fixture);
    let config = SearchConfig {
        n_inputs: 5,
        seed: 7,
        ..SearchConfig::default()
    };
    let run = |name: &str, n_workers| {
        let solver = Solver::new(sandbox(), n_workers, config.clone()).unwrap();
        let replay = Replay::open(&pool, &["echo"]).unwrap();
        let problem = [fixture.problem()];
        let (report, _) = (solver.run(&problem, &replay, &fixture.path(name), &Silent)).unwrap();
        assert_eq!(report.problems()[0].backstops, [""; 0]);
        let database = Connection::open(fixture.path(&format!("{name}/run.sqlite"))).unwrap();
        let report = fixture.read(&format!("{name}/report.json"));
        (dump(&database), report)
    };
    let (tables, report) = run("one", 1);
    // All but the two that do not compile come past the public test, and do something of their own there.
    let n_survivors = CPP.len() + C.len() + PYTHON.len();
    let parsed: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(parsed["metrics"]["n_survivors"], n_survivors, "{report}");

    let others = [
        ("two", run("two", 2)),
        ("one beside a hog", beside_a_hog(|| run("one-hog", 1))),
        ("two beside a hog", beside_a_hog(|| run("two-hog", 2))),
    ];
    for (name, (other_tables, other_report)) in others {
        for (line, other) in tables.lines().zip(other_tables.lines()) {
            assert_eq!(line, other, "{name}");
        }
        assert_eq!(tables, other_tables, "{name}");
        assert_eq!(report, other_report, "{name}");
    }

    let options = VerifyOptions {
        share: 1.0,
        ..VerifyOptions::default()
    };
    let workers = Workers::start(2).unwrap();
    let run = fixture.path("one");
    let verified = beside_a_hog(|| {
        verify(
            &sandbox(),
            &workers,
            &run,
            &options,
            &Interrupt::new(),
            |_| {},
        )
        .unwrap()
    });
    assert_eq!(verified.mismatches, []);
    assert_eq!(verified.executions.n_equal, verified.executions.n_recorded);
    assert_eq!(verified.compilations.n_equal, n_survivors as u64 + 2);
}
