//! Traps of every kind, each with wasmtime's own words.

use riddle_sandbox::{Ending, Limits};

use super::{check_all, limits, trap, with_items};

/// What traps, further items of the module, the body, the words.
const TRAPS: [(&str, &str, &str, &str); 25] = [
    (
        "unreachable",
        "",
        "unreachable",
        "wasm `unreachable` instruction executed",
    ),
    (
        "i32.div_s by 0",
        "",
        "(drop (i32.div_s (i32.const 1) (i32.const 0)))",
        "integer divide by zero",
    ),
    (
        "i32.div_u by 0",
        "",
        "(drop (i32.div_u (i32.const 1) (i32.const 0)))",
        "integer divide by zero",
    ),
    (
        "i32.rem_s by 0",
        "",
        "(drop (i32.rem_s (i32.const 1) (i32.const 0)))",
        "integer divide by zero",
    ),
    (
        "i64.rem_u by 0",
        "",
        "(drop (i64.rem_u (i64.const 1) (i64.const 0)))",
        "integer divide by zero",
    ),
    (
        "i32 overflow",
        "",
        "(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))",
        "integer overflow",
    ),
    (
        "i64 overflow",
        "",
        "(drop (i64.div_s (i64.const 0x8000000000000000) (i64.const -1)))",
        "integer overflow",
    ),
    (
        "NaN to i32",
        "",
        "(drop (i32.trunc_f64_s (f64.const nan)))",
        "invalid conversion to integer",
    ),
    (
        "1e10 to i32",
        "",
        "(drop (i32.trunc_f64_s (f64.const 1e10)))",
        "integer overflow",
    ),
    (
        "-1 to u64",
        "",
        "(drop (i64.trunc_f32_u (f32.const -1)))",
        "integer overflow",
    ),
    (
        "load below 0",
        "",
        "(drop (i32.load (i32.const -4)))",
        "out of bounds memory access",
    ),
    (
        "load over the end",
        "",
        "(drop (i64.load (i32.const 65529)))",
        "out of bounds memory access",
    ),
    (
        "load at a large offset",
        "",
        "(drop (i32.load8_u offset=0xffffffff (i32.const -1)))",
        "out of bounds memory access",
    ),
    (
        "store over the end",
        "",
        "(i32.store16 (i32.const 65535) (i32.const 0))",
        "out of bounds memory access",
    ),
    (
        "vector store over the end",
        "",
        "(v128.store (i32.const 65521) (v128.const i64x2 0 0))",
        "out of bounds memory access",
    ),
    (
        "memory.fill over the end",
        "",
        "(memory.fill (i32.const 65536) (i32.const 0) (i32.const 1))",
        "out of bounds memory access",
    ),
    (
        "memory.copy over the end",
        "",
        "(memory.copy (i32.const 0) (i32.const 1) (i32.const 65536))",
        "out of bounds memory access",
    ),
    (
        "memory.init of a dropped segment",
        "(data $d \"x\")",
        "(data.drop $d) (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1))",
        "out of bounds memory access",
    ),
    (
        "table.get over the end",
        "",
        "(drop (table.get $t (i32.const 10)))",
        "undefined element: out of bounds table access",
    ),
    (
        "table.init over the end",
        "(elem $e func $recurse)",
        "(table.init $t $e (i32.const 10) (i32.const 0) (i32.const 1))",
        "undefined element: out of bounds table access",
    ),
    (
        "call over the table's end",
        "",
        "(call_indirect $t (i32.const 10))",
        "undefined element: out of bounds table access",
    ),
    (
        "call of nothing",
        "",
        "(call_indirect $t (i32.const 0))",
        "uninitialized element",
    ),
    (
        "call of another type",
        "(elem (table $t) (i32.const 0) func $recurse)",
        "(call_indirect $t (i32.const 0))",
        "indirect call type mismatch",
    ),
    (
        "data segment over the end",
        "(data (i32.const 65536) \"x\")",
        "",
        "out of bounds memory access",
    ),
    (
        "element segment over the end",
        "(elem (table $t) (i32.const 10) func $recurse)",
        "",
        "undefined element: out of bounds table access",
    ),
];

#[test]
fn every_trap_is_told_by_its_name() {
    let rows = TRAPS.map(|(what, items, body, text)| (what, with_items(items, body), trap(text)));
    check_all(limits(), rows);
}

#[test]
fn a_trap_is_a_trap_at_any_depth() {
    let items = "(func $down (param i32) (if (i32.eqz (local.get 0)) (then unreachable))
        (call $down (i32.sub (local.get 0) (i32.const 1))))";
    let text = "wasm `unreachable` instruction executed";
    let deep = Limits {
        fuel: 1 << 40,
        ..limits()
    };
    let rows = [0, 1, 1_000, 100_000].map(|depth| {
        let body = format!("(call $down (i32.const {depth}))");
        ("", with_items(items, &body), trap(text))
    });
    check_all(deep, rows);
}

#[test]
fn no_trap_is_caught_by_a_guest() {
    // Exceptions are the guest's to catch; traps, the ends of fuel and memory, and exits are not.
    let caught = |body: &str| {
        let body =
            format!("(block $h (try_table (catch_all $h) {body})) (call $exit (i32.const 5))");
        with_items("", &body)
    };
    check_all(
        limits(),
        [
            (
                "trap",
                caught("unreachable"),
                trap("wasm `unreachable` instruction executed"),
            ),
            ("fuel", caught("(loop $l (br $l))"), Ending::Fuel),
            (
                "stack",
                caught("(call $recurse (i32.const 0))"),
                trap("call stack exhausted"),
            ),
            (
                "memory",
                caught("(drop (memory.grow (i32.const 100)))"),
                Ending::Memory,
            ),
            ("exit", caught("(call $exit (i32.const 0))"), Ending::Ok),
            (
                "output",
                caught(
                    "(i32.store (i32.const 4) (i32.const 2000))
                (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))",
                ),
                Ending::Output,
            ),
        ],
    );
}
