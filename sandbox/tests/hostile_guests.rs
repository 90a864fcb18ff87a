//! Hostile guests against each limit: every one ends exactly as the table says.
//!
//! Inline WAT, so that no toolchain is needed. For each limit, taking its check out makes a line fail.

#![expect(clippy::unwrap_used, reason = "a test may panic")]
#![expect(
    clippy::needless_pass_by_value,
    reason = "a table reads better without `&`"
)]

use std::time::Duration;

use riddle_sandbox::{
    Cancel, CompileFailureKind, Ending, Execution, Language, Limits, Program, Sandbox,
    SandboxOptions,
};

struct Guest {
    _cache: tempfile::TempDir,
    sandbox: Sandbox,
    program: Program,
}

fn guest(wat: &str) -> Guest {
    let cache = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::open(SandboxOptions {
        n_slots: 1,
        ..SandboxOptions::new(cache.path())
    })
    .unwrap();
    let compiled = sandbox.compile(Language::Wasm, wat.as_bytes()).unwrap();
    let program = compiled
        .outcome
        .unwrap_or_else(|failure| panic!("{}", failure.text));
    Guest {
        _cache: cache,
        sandbox,
        program,
    }
}

fn run(wat: &str, input: &[u8], limits: Limits) -> Execution {
    let guest = guest(wat);
    guest
        .sandbox
        .execute(&guest.program, input.into(), &limits, &Cancel::new())
        .unwrap()
}

fn limits() -> Limits {
    Limits {
        fuel: 250_000_000,
        memory_bytes: 1 << 20,
        stdout_bytes: 1000,
        ..Limits::default()
    }
}

#[track_caller]
fn check(wat: &str, expected: Ending) {
    assert_eq!(run(wat, b"", limits()).ending, expected);
}

/// A module whose `_start` has this body, with a few WASI functions and 64 KiB of memory.
fn start(body: &str) -> String {
    format!(
        r#"(module
            (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
            (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
            (memory (export "memory") 1)
            (table 10 funcref)
            (func $recurse (param i32) (call $recurse (i32.add (local.get 0) (i32.const 1))))
            (func (export "_start") (local $i i32) {body}))"#
    )
}

#[test]
fn returning_is_ok() {
    check(&start(""), Ending::Ok);
}

#[test]
fn exit_zero_is_ok() {
    check(&start("(call $exit (i32.const 0))"), Ending::Ok);
}

#[test]
fn exit_codes_are_kept() {
    check(&start("(call $exit (i32.const 7))"), Ending::Exit(7));
}

#[test]
fn an_endless_loop_runs_out_of_fuel() {
    check(&start("(loop $l (br $l))"), Ending::Fuel);
}

#[test]
fn bulk_operations_are_paid_by_the_byte() {
    // Each round fills 64 KiB: unpaid, the loop would be 65,536 times as long.
    let body = "(loop $l (memory.fill (i32.const 0) (i32.const 0) (i32.const 65536)) (br $l))";
    let execution = run(&start(body), b"", limits());
    assert_eq!(execution.ending, Ending::Fuel);
}

#[test]
fn endless_recursion_overflows_the_stack() {
    check(
        &start("(call $recurse (i32.const 0))"),
        Ending::Trap("call stack exhausted".into()),
    );
}

#[test]
fn reads_outside_memory_trap() {
    check(
        &start("(drop (i32.load (i32.const -4)))"),
        Ending::Trap("out of bounds memory access".into()),
    );
}

#[test]
fn division_by_zero_traps() {
    check(
        &start("(drop (i32.div_u (i32.const 1) (i32.const 0)))"),
        Ending::Trap("integer divide by zero".into()),
    );
}

#[test]
fn growing_past_the_memory_limit_ends_the_guest() {
    check(
        &start("(drop (memory.grow (i32.const 16)))"),
        Ending::Memory,
    );
}

#[test]
fn memory_up_to_the_limit_may_be_used() {
    let execution = run(&start("(drop (memory.grow (i32.const 15)))"), b"", limits());
    assert_eq!(
        (execution.ending, execution.memory_bytes),
        (Ending::Ok, 1 << 20)
    );
}

#[test]
fn a_module_born_too_large_never_starts() {
    let module = r#"(module (memory (export "memory") 17) (func (export "_start")))"#;
    check(module, Ending::Memory);
}

#[test]
fn endless_output_is_cut() {
    let body = "(i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const 100))
        (loop $l (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))) (br $l))";
    let execution = run(&start(body), b"", limits());
    assert_eq!(
        (execution.ending, execution.stdout.len()),
        (Ending::Output, 1000)
    );
}

#[test]
fn standard_error_is_cut_and_does_not_end_the_guest() {
    let body = "(i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const 100))
        (loop $l (drop (call $fd_write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8)))
            (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100))))";
    let execution = run(
        &start(body),
        b"",
        Limits {
            stderr_bytes: 250,
            ..limits()
        },
    );
    assert_eq!(execution.ending, Ending::Ok);
    assert_eq!(
        (execution.stderr.len(), execution.n_stderr_bytes),
        (250, 10_000)
    );
}

/// Runs a loop of host calls until its fuel is gone; each round writes one piece to standard error.
fn n_rounds_of(call: &str, piece_bytes: u64) -> u64 {
    let body = format!(
        "(i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const {piece_bytes}))
        (loop $l {call} (drop (call $fd_write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8))) (br $l))"
    );
    let execution = run(&start(&body), b"", limits());
    assert_eq!(execution.ending, Ending::Fuel);
    execution.n_stderr_bytes / piece_bytes
}

#[test]
fn work_of_the_host_is_paid_in_fuel() {
    // 250,000,000 fuel: unpaid, each loop would go round several million times.
    let few = 100..25_000;
    assert!(few.contains(&n_rounds_of("", 1)));
    assert!((100..1_000).contains(&n_rounds_of("", 60_000)));
    let random = "(drop (call $random (i32.const 100) (i32.const 1000)))";
    assert!((100..2_500).contains(&n_rounds_of(random, 1)));
    let pieces =
        "(drop (call $fd_write (i32.const 1) (i32.const 100) (i32.const 1000) (i32.const 8)))";
    assert!((100..2_500).contains(&n_rounds_of(pieces, 1)));
    let clock = "(drop (call $clock (i32.const 1) (i64.const 0) (i32.const 100)))";
    assert!(few.contains(&n_rounds_of(clock, 1)));
}

#[test]
fn input_is_echoed_to_the_byte() {
    let body = "(i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const 100))
        (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
        (i32.store (i32.const 4) (i32.load (i32.const 8)))
        (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))";
    let execution = run(&start(body), b"to be\0or\xff", limits());
    assert_eq!(execution.stdout, b"to be\0or\xff");
}

#[test]
fn there_are_no_files() {
    // Directory 3 is the first that a WASI program looks for; errno 8 is EBADF.
    let body =
        "(if (i32.ne (i32.const 8) (call $path_open (i32.const 3) (i32.const 0) (i32.const 16)
            (i32.const 1) (i32.const 0) (i64.const 1) (i64.const 1) (i32.const 0) (i32.const 64)))
        (then unreachable))";
    check(&start(body), Ending::Ok);
}

#[test]
fn a_pointer_outside_memory_given_to_the_host_ends_the_guest() {
    for call in [
        "(call $clock (i32.const 1) (i64.const 0) (i32.const -4))",
        "(call $poll (i32.const -4) (i32.const -4) (i32.const 1) (i32.const -4))",
        "(call $random (i32.const -4) (i32.const 100))",
        "(call $fd_write (i32.const 1) (i32.const -4) (i32.const 1) (i32.const 8))",
    ] {
        let ending = run(&start(&format!("(drop {call})")), b"", limits()).ending;
        assert!(
            matches!(ending, Ending::Trap(_) | Ending::Ok),
            "{call}: {ending:?}"
        );
    }
}

#[test]
fn sleeping_is_paid_in_fuel_and_takes_no_time() {
    // One relative subscription to the monotonic clock, for 2^40 ns: 18 minutes.
    let body = "(i32.store (i32.const 16) (i32.const 1)) (i64.store (i32.const 24) (i64.const 0x10000000000))
        (drop (call $poll (i32.const 0) (i32.const 100) (i32.const 1) (i32.const 200)))
        (loop $l (br_if $l (i32.const 0)))";
    check(&start(body), Ending::Fuel);
}

#[test]
fn a_short_sleep_moves_the_clock() {
    // 1 ms, then the monotonic clock must read at least that, and the real-time clock its fixed start.
    let body = "(i32.store (i32.const 16) (i32.const 1)) (i64.store (i32.const 24) (i64.const 1000000))
        (drop (call $poll (i32.const 0) (i32.const 100) (i32.const 1) (i32.const 200)))
        (if (i32.ne (i32.load (i32.const 200)) (i32.const 1)) (then unreachable))
        (drop (call $clock (i32.const 1) (i64.const 1) (i32.const 300)))
        (if (i64.lt_u (i64.load (i32.const 300)) (i64.const 1000000)) (then unreachable))
        (drop (call $clock (i32.const 0) (i64.const 1) (i32.const 300)))
        (if (i64.ne (i64.div_u (i64.load (i32.const 300)) (i64.const 1000000000)) (i64.const 1700000000)) (then unreachable))";
    check(&start(body), Ending::Ok);
}

#[test]
fn randomness_is_the_same_each_time() {
    let body = "(drop (call $random (i32.const 16) (i32.const 8)))
        (i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const 8))
        (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))";
    let [one, other] = [0, 1].map(|_| run(&start(body), b"", limits()).stdout);
    assert_eq!(one, other);
    assert_ne!(one, [0; 8]);
}

#[test]
fn nothing_of_one_execution_is_seen_by_the_next() {
    // Traps if the memory, the global or the table is not as the module says.
    let guest = guest(
        r#"(module (memory (export "memory") 1) (global $g (mut i32) (i32.const 0)) (table $t 1 1 funcref)
            (func $f)
            (elem declare func $f)
            (func (export "_start")
                (if (i32.load (i32.const 4096)) (then unreachable))
                (if (global.get $g) (then unreachable))
                (if (i32.eqz (ref.is_null (table.get $t (i32.const 0)))) (then unreachable))
                (i32.store (i32.const 4096) (i32.const 1))
                (global.set $g (i32.const 1))
                (table.set $t (i32.const 0) (ref.func $f))))"#,
    );
    for _ in 0..3 {
        let execution = guest
            .sandbox
            .execute(&guest.program, [].into(), &limits(), &Cancel::new())
            .unwrap();
        assert_eq!(execution.ending, Ending::Ok);
    }
}

#[test]
fn fuel_is_the_same_each_time() {
    let body = "(loop $l (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 1000))))";
    let [one, other] = [0, 1].map(|_| run(&start(body), b"", limits()).fuel);
    assert_eq!(one, other);
    // A thousand rounds of some seven operators.
    assert!((50_000..100_000).contains(&one), "{one}");
}

#[test]
fn the_backstop_ends_what_fuel_does_not() {
    let endless = Limits {
        fuel: u64::MAX >> 1,
        wall_time: Duration::ZERO,
        ..limits()
    };
    let execution = run(&start("(loop $l (br $l))"), b"", endless);
    assert_eq!(execution.ending, Ending::Backstop);
}

#[test]
fn a_cancelled_execution_ends() {
    let guest = guest(&start("(loop $l (br $l))"));
    let cancel = Cancel::new();
    cancel.cancel();
    let endless = Limits {
        fuel: u64::MAX >> 1,
        ..limits()
    };
    let execution = guest
        .sandbox
        .execute(&guest.program, [].into(), &endless, &cancel)
        .unwrap();
    assert_eq!(execution.ending, Ending::Backstop);
}

#[test]
fn more_callers_than_slots_wait_for_their_turn() {
    let guest = guest(&start(""));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..20 {
                    let execution = guest
                        .sandbox
                        .execute(&guest.program, [].into(), &limits(), &Cancel::new())
                        .unwrap();
                    assert_eq!(execution.ending, Ending::Ok);
                }
            });
        }
    });
}

#[track_caller]
fn check_rejected(source: &[u8], kind: CompileFailureKind, text: &str) {
    let cache = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::open(SandboxOptions::new(cache.path())).unwrap();
    let Err(failure) = sandbox.compile(Language::Wasm, source).unwrap().outcome else {
        panic!("it compiles");
    };
    assert_eq!(failure.kind, kind, "{}", failure.text);
    assert!(failure.text.contains(text), "{}", failure.text);
}

#[test]
fn modules_that_are_no_commands_are_compile_failures() {
    use CompileFailureKind::Diagnostics;
    check_rejected(b"(module)", Diagnostics, "exports no function `_start`");
    check_rejected(
        b"(module (func (export \"_start\") (param i32)))",
        Diagnostics,
        "`_start`",
    );
    check_rejected(
        b"(module (import \"env\" \"system\" (func)) (func (export \"_start\")))",
        Diagnostics,
        "env",
    );
    // What a terminal acts on does not get into messages.
    check_rejected(
        b"(module (import \"\\1b[31m\" \"x\" (func)) (func (export \"_start\")))",
        Diagnostics,
        "unknown import: `\u{fffd}[31m::x`",
    );
    check_rejected(b"(module (func $x)", Diagnostics, "");
    check_rejected(
        b"(module (memory 70000) (func (export \"_start\")))",
        Diagnostics,
        "",
    );
    check_rejected(
        b"(module (memory 1) (memory 1) (func (export \"_start\")))",
        Diagnostics,
        "",
    );
    check_rejected(
        b"(module (func (export \"_start\") (i32.add)))",
        Diagnostics,
        "",
    );
    check_rejected(
        format!(
            "(module {} (func (export \"_start\")))",
            "(table 1 funcref)".repeat(5)
        )
        .as_bytes(),
        CompileFailureKind::ObjectTooLarge,
        "tables 5",
    );
    check_rejected(
        b"\0asm\x01\0\0\0\xff",
        CompileFailureKind::ObjectTooLarge,
        "malformed",
    );
    check_rejected(
        &vec![b' '; 300_000],
        CompileFailureKind::SourceTooLarge,
        "300000 bytes: the limit is 262144",
    );
}
