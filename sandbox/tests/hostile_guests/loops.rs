//! Endless loops of every kind, and bombs: of memory, of tables, of depth.

use riddle_sandbox::{Ending, Limits};

use super::{check, check_all, limits, start, trap, with_items};

#[test]
fn every_endless_loop_runs_out_of_fuel() {
    let rows = [
        ("br", "", "(loop $l (br $l))"),
        ("br_if", "", "(loop $l (br_if $l (i32.const 1)))"),
        (
            "br_table",
            "",
            "(loop $l (br_table $l $l $l (i32.const 7)))",
        ),
        (
            "two loops in each other",
            "",
            "(loop $a (loop $b (br_if $a (i32.const 1)) (br $b)))",
        ),
        ("calls", "(func $f)", "(loop $l (call $f) (br $l))"),
        (
            "indirect calls",
            "(func $f) (elem (table $t) (i32.const 0) func $f)",
            "(loop $l (call_indirect $t (i32.const 0)) (br $l))",
        ),
        (
            "tail calls, which need no stack",
            "(func $f (return_call $g)) (func $g (return_call $f))",
            "(call $f)",
        ),
        (
            "indirect tail calls",
            "(func $f (return_call_indirect $t (i32.const 0))) (elem (table $t) (i32.const 0) func $f)",
            "(call $f)",
        ),
        (
            "growing memory by nothing",
            "",
            "(loop $l (drop (memory.grow (i32.const 0))) (br $l))",
        ),
        (
            "growing a table by nothing",
            "",
            "(loop $l (drop (table.grow $t (ref.null func) (i32.const 0))) (br $l))",
        ),
        (
            "growing memory past the module's own maximum",
            "",
            "(loop $l (drop (memory.grow (i32.const -1))) (br $l))",
        ),
        (
            "growing a table past its maximum",
            "(table $u 1 2 funcref)",
            "(loop $l (drop (table.grow $u (ref.null func) (i32.const 100))) (br $l))",
        ),
        (
            "filling memory",
            "",
            "(loop $l (memory.fill (i32.const 0) (i32.const 1) (i32.const 65536)) (br $l))",
        ),
        (
            "filling nothing",
            "",
            "(loop $l (memory.fill (i32.const 0) (i32.const 1) (i32.const 0)) (br $l))",
        ),
        (
            "copying memory",
            "",
            "(loop $l (memory.copy (i32.const 0) (i32.const 1) (i32.const 60000)) (br $l))",
        ),
        (
            "filling a table",
            "(table $u 100000 funcref)",
            "(loop $l (table.fill $u (i32.const 0) (ref.null func) (i32.const 100000)) (br $l))",
        ),
        (
            "copying a table",
            "(table $u 100000 funcref)",
            "(loop $l (table.copy $u $u (i32.const 0) (i32.const 1) (i32.const 90000)) (br $l))",
        ),
        (
            "initialising memory",
            "(data $d \"0123456789\")",
            "(loop $l (memory.init $d (i32.const 0) (i32.const 0) (i32.const 10)) (br $l))",
        ),
        (
            "initialising a table",
            "(func $f) (elem $e func $f $f $f)",
            "(loop $l (table.init $t $e (i32.const 0) (i32.const 0) (i32.const 3)) (br $l))",
        ),
        (
            "vectors",
            "",
            "(loop $l (drop (i32x4.mul (v128.const i32x4 1 2 3 4) (i32x4.splat (local.get $i)))) (br $l))",
        ),
    ];
    // A page more than it is born with may be had, so that "past its own maximum" is not the limit's doing.
    let rows = rows.map(|(what, items, body)| {
        let wat = with_items(items, body);
        let wat = if what.contains("module's own") {
            wat.replace("(export \"memory\") 1)", "(export \"memory\") 1 2)")
        } else {
            wat
        };
        (what, wat, Ending::Fuel)
    });
    let few = Limits {
        fuel: 10_000_000,
        ..limits()
    };
    check_all(few, rows);
}

#[test]
fn a_start_function_is_a_guest_too() {
    let looping = "(func $s (loop $l (br $l))) (start $s)";
    let trapping = "(func $s unreachable) (start $s)";
    let exiting = "(func $s (call $exit (i32.const 9))) (start $s)";
    let growing = "(func $s (drop (memory.grow (i32.const 100)))) (start $s)";
    check_all(
        limits(),
        [
            ("loops", with_items(looping, ""), Ending::Fuel),
            (
                "traps",
                with_items(trapping, ""),
                trap("wasm `unreachable` instruction executed"),
            ),
            ("exits", with_items(exiting, "unreachable"), Ending::Exit(9)),
            ("grows", with_items(growing, ""), Ending::Memory),
        ],
    );
}

#[test]
fn all_recursion_overflows_a_stack_that_is_bounded() {
    let exhausted = || trap("call stack exhausted");
    let fuel = Limits {
        fuel: 1 << 40,
        ..limits()
    };
    let wide = format!("(func $wide (local {}) (call $wide))", "v128 ".repeat(500));
    check_all(
        fuel,
        [
            (
                "direct",
                start("(call $recurse (i32.const 0))"),
                exhausted(),
            ),
            (
                "mutual",
                with_items("(func $f (call $g)) (func $g (call $f))", "(call $f)"),
                exhausted(),
            ),
            (
                "indirect",
                with_items(
                    "(func $f (call_indirect $t (i32.const 0))) (elem (table $t) (i32.const 0) func $f)",
                    "(call $f)",
                ),
                exhausted(),
            ),
            (
                "of wide frames",
                with_items(&wide, "(call $wide)"),
                exhausted(),
            ),
            (
                "of a start function",
                with_items("(func $s (call $recurse (i32.const 0))) (start $s)", ""),
                exhausted(),
            ),
        ],
    );
}

#[test]
fn a_host_call_at_the_end_of_the_stack_is_safe() {
    // Each level calls the host, the last where hardly any stack is left: the host has its own share.
    let items =
        "(func $deep (drop (call $clock (i32.const 1) (i64.const 0) (i32.const 64))) (call $deep))";
    let fuel = Limits {
        fuel: 1 << 50,
        ..limits()
    };
    check_all(
        fuel,
        [(
            "",
            with_items(items, "(call $deep)"),
            trap("call stack exhausted"),
        )],
    );
}

#[test]
fn memory_bombs_end_at_the_limit() {
    check(
        &start("(loop $l (drop (memory.grow (i32.const 1))) (br $l))"),
        Ending::Memory,
    );
    check(
        &start("(drop (memory.grow (i32.const 65535)))"),
        Ending::Memory,
    );
    // A module that says itself how far it may grow is told -1, and must not be ended.
    let modest =
        start("(if (i32.ne (memory.grow (i32.const 9)) (i32.const -1)) (then unreachable))");
    check(
        &modest.replace("(export \"memory\") 1)", "(export \"memory\") 1 2)"),
        Ending::Ok,
    );
}

#[test]
fn a_table_grows_to_its_bound_and_not_beyond() {
    // Growing answers -1 at the bound: the loop ends by itself, with a table of no more than the bound.
    let body = "(loop $l (br_if $l (i32.ne (i32.const -1) (table.grow $t (ref.null func) (i32.const 10000)))))
        (if (i32.gt_u (table.size $t) (i32.const 200000)) (then unreachable))
        (if (i32.lt_u (table.size $t) (i32.const 190000)) (then unreachable))";
    check(&start(body), Ending::Ok);
    // What is asked for is paid by the element, had or not.
    let much = "(drop (table.grow $t (ref.null func) (i32.const -1)))";
    check(&start(much), Ending::Fuel);
}
