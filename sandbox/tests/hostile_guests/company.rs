//! Many guests at once over one sandbox: no guest changes another's result, and any thread may call.

use std::sync::atomic::{AtomicUsize, Ordering};

use riddle_sandbox::{Cancel, Ending, Language, Limits, Program};

use super::{bare_sandbox, check_all, limits, program, seen, start, with_items};

/// Guests that do as they should: compute, read, write, catch, draw, grow, and say what they find fresh.
fn saints() -> Vec<String> {
    let write = "(drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))";
    let report = |at: u32, length: u32| {
        format!(
            "(i32.store (i32.const 0) (i32.const {at})) (i32.store (i32.const 4) (i32.const {length})) {write}"
        )
    };
    vec![
        start(&report(60_000, 100)),
        start(&format!("(drop (call $random (i32.const 32) (i32.const 40))) {}", report(32, 40))),
        start(&format!(
            "(i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (i32.const 100))
            (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8))) {}",
            report(64, 50)
        )),
        with_items(
            "(tag $e (param i32)) (global $g (mut i32) (i32.const 5))",
            &format!(
                "(loop $l (drop (block $h (result i32) (try_table (catch $e $h) (throw $e (i32.const 1))) unreachable))
                    (global.set $g (i32.add (global.get $g) (i32.const 1)))
                    (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 20))))
                (i32.store (i32.const 16) (global.get $g)) {}",
                report(16, 4)
            ),
        ),
        start(&format!(
            "(drop (memory.grow (i32.const 5))) (i32.store (i32.const 16) (i32.load (i32.const 390000)))
            (i32.store (i32.const 390000) (i32.const 77)) (drop (table.grow $t (ref.null func) (i32.const 100)))
            (i32.store (i32.const 20) (table.size $t)) {} (call $exit (i32.const 3))",
            report(16, 8)
        )),
    ]
}

/// Guests that do what they can to be noticed: fill all memory and tables, and end badly.
fn sinners() -> Vec<String> {
    let scribble = "(memory.fill (i32.const 0) (i32.const 255) (i32.const 65536)) (drop (memory.grow (i32.const 9)))
        (memory.fill (i32.const 0) (i32.const 170) (i32.const 655360))
        (drop (table.grow $t (ref.func $recurse) (i32.const 1000)))
        (table.fill $t (i32.const 0) (ref.func $recurse) (i32.const 1010))";
    let items = "(tag $e (param i32)) (elem declare func $recurse)";
    [
        "unreachable",
        "(loop $l (br $l))",
        "(drop (memory.grow (i32.const 1000)))",
        "(call $exit (i32.const 255))",
        "(throw $e (i32.const 1))",
        "(call $recurse (i32.const 0))",
        "(i32.store (i32.const 0) (i32.const 0)) (i32.store (i32.const 4) (i32.const 5000))
            (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))",
        "(drop (call $fd_close (i32.const 0))) (drop (call $fd_close (i32.const 1))) (call_indirect $t (i32.const 0))",
    ]
    .map(|end| with_items(items, &format!("{scribble} {end}")))
    .into()
}

#[test]
fn no_guest_changes_anothers_result() {
    const ROUNDS: usize = 2_000;
    let (_cache, sandbox) = bare_sandbox(2);
    let compile = |texts: Vec<String>| -> Vec<Program> {
        let compiled = texts
            .iter()
            .map(|it| program(&sandbox, Language::Wasm, it.as_bytes()));
        compiled.collect()
    };
    let (saints, sinners) = (compile(saints()), compile(sinners()));
    let limits = Limits {
        fuel: 15_000_000,
        ..limits()
    };
    let run = |program: &Program| {
        let input = b"some input that is longer than what is asked for";
        let execution = sandbox.execute(program, input.as_slice().into(), &limits, &Cancel::new());
        seen(&execution.unwrap())
    };
    let alone: Vec<_> = saints.iter().map(run).collect();
    assert!(
        alone
            .iter()
            .all(|it| matches!(it.0, Ending::Ok | Ending::Exit(3))),
        "{alone:?}"
    );
    let sinned: Vec<_> = sinners.iter().map(run).collect();
    let turn = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let turn = turn.fetch_add(1, Ordering::Relaxed);
                    if turn >= ROUNDS {
                        break;
                    }
                    // Each saint meets each sinner, before it and beside it.
                    let (saint, sinner) =
                        (turn % saints.len(), turn / saints.len() % sinners.len());
                    assert_eq!(run(&sinners[sinner]), sinned[sinner]);
                    assert_eq!(run(&saints[saint]), alone[saint]);
                }
            });
        }
    });
}

#[test]
fn a_small_thread_may_call() {
    // A guest has a stack of its own, so that its depth is not the caller's.
    use riddle_sandbox::CALLER_STACK_BYTES;
    let (_cache, sandbox) = bare_sandbox(1);
    let program = program(
        &sandbox,
        Language::Wasm,
        start("(call $recurse (i32.const 0))").as_bytes(),
    );
    let caller = std::thread::Builder::new().stack_size(CALLER_STACK_BYTES);
    std::thread::scope(|scope| {
        let execution = caller.spawn_scoped(scope, || {
            sandbox.execute(
                &program,
                [].into(),
                &Limits {
                    fuel: 1 << 40,
                    ..limits()
                },
                &Cancel::new(),
            )
        });
        let ending = execution.unwrap().join().unwrap().unwrap().ending;
        assert_eq!(ending, Ending::Trap("call stack exhausted".to_owned()));
    });
}

#[test]
fn the_same_guest_is_the_same_with_another_before_it() {
    // Fuel and memory of a guest that does next to nothing, after each sinner and without.
    let rows = sinners().into_iter().map(|_| ("", start(""), Ending::Ok));
    check_all(limits(), rows);
}
