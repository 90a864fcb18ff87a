//! `proc_exit` from odd places, with odd codes.

use riddle_sandbox::Ending;

use super::{check, check_all, limits, start, with_items};

#[test]
fn of_an_exit_code_eight_bits_are_kept_as_a_shell_sees_it() {
    let codes = [
        (0, 0),
        (1, 1),
        (125, 125),
        (126, 126),
        (127, 127),
        (134, 134),
        (255, 255),
        (256, 0),
        (257, 1),
        (-1, 255),
        (i32::MAX, 255),
        (i32::MIN, 0),
    ];
    let rows = codes.map(|(code, seen)| {
        let expected = match seen {
            0 => Ending::Ok,
            seen => Ending::Exit(seen),
        };
        let exit = format!("(call $exit (i32.const {code})) unreachable");
        ("", start(&exit), expected)
    });
    check_all(limits(), rows);
}

#[test]
fn an_exit_ends_the_guest_wherever_it_is() {
    let rows = [
        (
            "in a call",
            "(func $f (call $exit (i32.const 3)))",
            "(call $f) unreachable",
        ),
        (
            "in an indirect call",
            "(elem (table $t) (i32.const 0) func $exit)",
            "(call_indirect $t (param i32) (i32.const 3) (i32.const 0)) unreachable",
        ),
        (
            "in a loop",
            "",
            "(loop $l (call $exit (i32.const 3)) (br $l))",
        ),
        (
            "in a start function",
            "(func $s (call $exit (i32.const 3))) (start $s)",
            "unreachable",
        ),
        (
            "as the start function's tail call",
            "(func $s (return_call $exit (i32.const 3))) (start $s)",
            "",
        ),
        (
            "100,000 calls deep",
            "(func $f (param i32) (if (i32.eqz (local.get 0)) (then (call $exit (i32.const 3))))
                (call $f (i32.sub (local.get 0) (i32.const 1))))",
            "(call $f (i32.const 100000)) unreachable",
        ),
        (
            "where exceptions are caught",
            "",
            "(block $h (try_table (catch_all $h) (call $exit (i32.const 3)))) unreachable",
        ),
        (
            "after standard output was closed",
            "",
            "(drop (call $fd_close (i32.const 1))) (call $exit (i32.const 3))",
        ),
    ];
    check_all(
        limits(),
        rows.map(|(what, items, body)| (what, with_items(items, body), Ending::Exit(3))),
    );
}

#[test]
fn what_was_written_before_an_exit_is_there() {
    let body = "(i32.store (i32.const 4) (i32.const 3)) (i32.store (i32.const 0) (i32.const 16))
        (i32.store (i32.const 16) (i32.const 0x434241))
        (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
        (call $exit (i32.const 7))";
    let execution = super::run(&start(body), b"", limits());
    assert_eq!(
        (execution.ending, execution.stdout.as_slice()),
        (Ending::Exit(7), b"ABC".as_slice())
    );
}

#[test]
fn a_guest_that_exits_cannot_be_called_back() {
    check(
        &start("(call $exit (i32.const 0)) (loop $l (br $l))"),
        Ending::Ok,
    );
}
