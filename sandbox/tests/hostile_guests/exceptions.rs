//! Exceptions as WebAssembly has them: thrown for ever, kept alive, thrown out of the module.

use riddle_sandbox::{Ending, Limits};

use super::{check_all, limits, run, trap, with_items};

const ITEMS: &str = "(tag $e (param i32)) (func $throw (throw $e (i32.const 1)))";

/// Throws and catches `n` exceptions.
fn throws(n: u32) -> String {
    with_items(
        ITEMS,
        &format!(
            "(loop $l (drop (block $h (result i32) (try_table (catch $e $h) (call $throw)) unreachable))
                (br_if $l (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const {n}))))"
        ),
    )
}

fn unlimited() -> Limits {
    Limits {
        fuel: 1 << 50,
        ..limits()
    }
}

#[test]
fn ten_million_exceptions_take_no_memory() {
    let execution = run(&throws(10_000_000), b"", unlimited());
    assert_eq!(execution.ending, Ending::Ok);
    assert!(
        execution.memory_bytes <= 512 << 10,
        "{}",
        execution.memory_bytes
    );
}

#[test]
fn throwing_without_end_runs_out_of_fuel() {
    let again = "(loop $l (block $h (try_table (catch_all $h) (call $throw))) (br $l))";
    let rethrown = "(local $x exnref)
        (local.set $x (block $h (result exnref) (try_table (catch_all_ref $h) (call $throw)) unreachable))
        (loop $l (block $h (try_table (catch_all $h) (throw_ref (local.get $x)))) (br $l))";
    let few = Limits {
        fuel: 10_000_000,
        ..limits()
    };
    check_all(
        few,
        [
            ("new ones", with_items(ITEMS, again), Ending::Fuel),
            ("the same again", with_items(ITEMS, rethrown), Ending::Fuel),
        ],
    );
}

#[test]
fn exceptions_that_are_kept_count_as_memory() {
    // Each is held by a local of a frame of its own.
    let deep = "(func $keep (local $x exnref)
        (local.set $x (block $h (result exnref) (try_table (catch_all_ref $h) (call $throw)) unreachable))
        (call $keep) (throw_ref (local.get $x)))";
    check_all(
        unlimited(),
        [(
            "in frames",
            with_items(&format!("{ITEMS} {deep}"), "(call $keep)"),
            Ending::Memory,
        )],
    );
}

#[test]
fn an_exception_nobody_catches_is_a_trap() {
    let uncaught = || trap("thrown Wasm exception");
    check_all(
        limits(),
        [
            ("of _start", with_items(ITEMS, "(call $throw)"), uncaught()),
            (
                "of a start function",
                with_items(&format!("{ITEMS} (start $throw)"), ""),
                uncaught(),
            ),
            (
                "of another tag",
                with_items(
                    &format!("{ITEMS} (tag $f)"),
                    "(block $h (try_table (catch $f $h) (call $throw)))",
                ),
                uncaught(),
            ),
            (
                "of nothing",
                with_items(ITEMS, "(throw_ref (ref.null exn))"),
                trap("null reference"),
            ),
        ],
    );
}

#[test]
fn an_exception_unwinds_a_hundred_thousand_frames() {
    let items = format!(
        "{ITEMS} (func $down (param i32) (if (i32.eqz (local.get 0)) (then (call $throw)))
            (call $down (i32.sub (local.get 0) (i32.const 1))))
        (func $caught (param i32) (local $x exnref)
            (local.set $x (block $h (result exnref) (try_table (catch_all_ref $h)
                (if (i32.eqz (local.get 0)) (then (call $throw)))
                (call $caught (i32.sub (local.get 0) (i32.const 1)))) unreachable))
            (throw_ref (local.get $x)))"
    );
    let at_once =
        "(block $h (try_table (catch_all $h) (call $down (i32.const 100000))) unreachable)";
    let frame_by_frame =
        "(block $h (try_table (catch_all $h) (call $caught (i32.const 100000))) unreachable)";
    check_all(
        unlimited(),
        [
            ("at once", with_items(&items, at_once), Ending::Ok),
            (
                "frame by frame",
                with_items(&items, frame_by_frame),
                Ending::Ok,
            ),
        ],
    );
}
