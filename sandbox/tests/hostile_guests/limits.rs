//! The plain cases: one guest a limit, and what must be fresh in each execution.

use std::time::Duration;

use riddle_sandbox::{Cancel, Ending, Limits};

use super::{check, guest, limits, run, start};

#[test]
fn returning_is_ok() {
    check(&start(""), Ending::Ok);
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
        backstop: Duration::ZERO,
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
