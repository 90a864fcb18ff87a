//! Host memory: flat over many executions, however they end, and bounded over many at once.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::time::Duration;

use riddle_sandbox::{
    Cancel, Ending, Language, Limits, Program, Sandbox, SandboxOptions, WASM_STACK_BYTES,
};

fn sandbox(cache: &tempfile::TempDir, change: impl FnOnce(&mut SandboxOptions)) -> Sandbox {
    let mut options = SandboxOptions::new(cache.path());
    change(&mut options);
    Sandbox::open(options).unwrap()
}

fn program(sandbox: &Sandbox, items: &str, body: &str) -> Program {
    let wat = format!(
        r#"(module (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
            (memory (export "memory") 1) (table $t 10 funcref) (tag $e (param i32)) {items}
            (func $recurse (param i32) (call $recurse (i32.add (local.get 0) (i32.const 1))))
            (func (export "_start") (local $i i32) {body}))"#
    );
    let compiled = sandbox.compile(Language::Wasm, wat.as_bytes()).unwrap();
    compiled
        .outcome
        .unwrap_or_else(|failure| panic!("{}", failure.text))
}

/// The memory of this process that is in use, in KiB.
fn resident_kib() -> u64 {
    let status = fs_err::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find_map(|it| it.strip_prefix("VmRSS:"))
        .unwrap();
    line.trim().trim_end_matches("kB").trim().parse().unwrap()
}

#[test]
fn a_hundred_thousand_executions_leave_nothing_behind() {
    const N: usize = 100_000;
    const GROWTH_KIB: u64 = 4 << 10;
    let cache = tempfile::tempdir().unwrap();
    let sandbox = sandbox(&cache, |it| it.n_slots = 1);
    let programs = [
        ("", ""),
        ("", "unreachable"),
        ("", "(loop $l (br $l))"),
        ("", "(drop (memory.grow (i32.const 1000)))"),
        ("", "(drop (memory.grow (i32.const 10))) (memory.fill (i32.const 0) (i32.const 1) (i32.const 700000))"),
        ("", "(throw $e (i32.const 1))"),
        ("", "(drop (block $h (result i32) (try_table (catch $e $h) (throw $e (i32.const 1))) unreachable))"),
        ("", "(drop (table.grow $t (ref.null func) (i32.const 1000)))"),
        ("", "(i32.store (i32.const 4) (i32.const 50000))
            (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))"),
    ]
    .map(|(items, body)| program(&sandbox, items, body));
    let limits = Limits {
        fuel: 500_000,
        memory_bytes: 1 << 20,
        stdout_bytes: 10_000,
        ..Limits::default()
    };
    let mut early = 0;
    for index in 0..N {
        let program = &programs[index % programs.len()];
        sandbox
            .execute(program, [].into(), &limits, &Cancel::new())
            .unwrap();
        if index == N / 10 {
            early = resident_kib();
        }
    }
    let late = resident_kib();
    assert!(late <= early + GROWTH_KIB, "{early} KiB, then {late} KiB");
}

#[test]
fn a_deep_recursion_gives_its_stack_back() {
    const LEFT_KIB: u64 = 32 << 10;
    let cache = tempfile::tempdir().unwrap();
    let sandbox = sandbox(&cache, |it| it.n_slots = 1);
    let [shallow, deep] = ["", "(call $recurse (i32.const 0))"].map(|it| program(&sandbox, "", it));
    let limits = Limits {
        fuel: 1 << 40,
        ..Limits::default()
    };
    let run = |program: &Program| {
        sandbox
            .execute(program, [].into(), &limits, &Cancel::new())
            .unwrap()
            .ending
    };
    run(&shallow);
    let before = resident_kib();
    for _ in 0..3 {
        assert_eq!(run(&deep), Ending::Trap("call stack exhausted".to_owned()));
    }
    let after = resident_kib();
    assert!(after <= before + LEFT_KIB, "{before} KiB, then {after} KiB");
}

#[test]
fn executions_that_need_much_wait_for_each_other_and_all_end() {
    // Room for one and a half: so they run one by one, on more slots than that. The smaller ones pass through.
    let cache = tempfile::tempdir().unwrap();
    let large = Limits {
        memory_bytes: 64 << 20,
        ..Limits::default()
    };
    let whole = large.memory_bytes + WASM_STACK_BYTES as u64;
    let sandbox = sandbox(&cache, |it| {
        it.n_slots = 8;
        it.memory_budget_bytes = whole / 2 * 3;
    });
    let touch = program(
        &sandbox,
        "",
        "(drop (memory.grow (i32.const 1000))) (memory.fill (i32.const 0) (i32.const 1) (i32.const 65000000))",
    );
    let small = program(&sandbox, "", "");
    let huge = Limits {
        memory_bytes: 1 << 40,
        ..Limits::default()
    };
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (sandbox, touch, small) = (&sandbox, &touch, &small);
            scope.spawn(move || {
                for round in 0..10 {
                    let (program, limits) = match (thread + round) % 3 {
                        0 => (touch, &large),
                        1 => (small, &large),
                        _ => (small, &huge),
                    };
                    let limits = Limits {
                        backstop: Duration::MAX,
                        ..*limits
                    };
                    let execution = sandbox.execute(program, [].into(), &limits, &Cancel::new());
                    assert_eq!(execution.unwrap().ending, Ending::Ok);
                }
            });
        }
    });
}
