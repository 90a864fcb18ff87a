//! A small module and a small shared object, joined and run.

use wasmparser::{Parser, Payload};
use wasmtime::{Engine, Func, Instance, Module, Store};

use super::*;

/// Has a function and a variable of its own, calls `twice` of the shared object, and has room for its memory.
const BASE: &str = r#"(module
    (import "wasi" "answer" (func $answer (result i32)))
    (import "env" "twice" (func $twice (param i32) (result i32)))
    (memory (export "memory") 2)
    (table 3 funcref)
    (global (export "__stack_pointer") (mut i32) (i32.const 1000))
    (global (export "errno") i32 (i32.const 70000))
    (func $seven (export "seven") (result i32) i32.const 7)
    (func (export "run") (result i32) (call $twice (call $answer)))
    (elem (i32.const 1) func $seven)
    (data (i32.const 70000) "\05"))"#;

/// Sums what it gets by each way of reaching something.
const LIBRARY: &str = r#"(module
    (@dylink.0 (mem-info (memory 16 4) (table 1 0)))
    (import "env" "memory" (memory 1))
    (import "env" "__indirect_function_table" (table 1 funcref))
    (import "env" "__stack_pointer" (global $sp (mut i32)))
    (import "env" "__memory_base" (global $memory_base i32))
    (import "env" "__table_base" (global $table_base i32))
    (import "GOT.mem" "errno" (global $errno i32))
    (import "GOT.mem" "own" (global $own i32))
    (import "GOT.func" "seven" (global $seven_at i32))
    (import "GOT.func" "ten" (global $ten_at i32))
    (import "env" "seven" (func $seven (result i32)))
    (type $get (func (result i32)))
    (global (export "own") i32 (i32.const 8))
    (global $nine_at i32 (i32.add (global.get $table_base) (i32.const 0)))
    (func $nine (result i32) i32.const 9)
    (func $ten (export "ten") (result i32) i32.const 10)
    (start $start)
    (func $start (memory.fill (global.get $memory_base) (i32.const 0) (i32.const 4)))
    (func (export "_initialize")
        (i32.store (i32.add (global.get $memory_base) (i32.const 4)) (i32.const 3)))
    (func (export "twice") (param i32) (result i32)
        (global.set $sp (i32.sub (global.get $sp) (i32.const 16)))
        (call_indirect (type $get) (global.get $nine_at))
        (i32.add (call $seven))
        (i32.add (call_indirect (type $get) (global.get $seven_at)))
        (i32.add (call_indirect (type $get) (global.get $ten_at)))
        (i32.add (i32.load (global.get $errno)))
        (i32.add (i32.load (global.get $own)))
        (i32.add (i32.load (i32.add (global.get $memory_base) (i32.const 4))))
        (i32.add (i32.mul (local.get 0) (i32.const 2))))
    (elem (global.get $table_base) func $nine)
    (data (global.get $memory_base) "\00\00\00\00\00\00\00\00\0b"))"#;

/// What `run` of both returns.
const SUM: i32 = 9 + 7 + 7 + 10 + 5 + 0x0b + 3 + 2 * 21;

fn joined(base: &str, replaced: &[&str]) -> Joined {
    let [base, library] = [base, LIBRARY].map(|it| wat::parse_str(it).expect("it is wasm"));
    join(&base, &library, 2048, replaced).expect("they fit")
}

fn sum(joined: &Joined) -> i32 {
    let engine = Engine::default();
    let module = Module::new(&engine, &joined.wasm).expect("it is valid");
    assert_eq!(module.imports().len(), 1);
    let mut store = Store::new(&engine, ());
    let answer = Func::wrap(&mut store, || 21);
    let instance = Instance::new(&mut store, &module, &[answer.into()]).expect("it starts");
    for name in [START, "_initialize"] {
        let initialise = instance.get_typed_func::<(), ()>(&mut store, name);
        initialise
            .expect("it is there")
            .call(&mut store, ())
            .expect("it returns");
    }
    let run = instance
        .get_typed_func::<(), i32>(&mut store, "run")
        .expect("it is there");
    run.call(&mut store, ()).expect("it returns")
}

#[test]
fn each_way_of_reaching_something_across_the_two_parts_works() {
    assert_eq!(sum(&joined(BASE, &[])), SUM);
}

#[test]
fn what_a_shared_object_needs_is_told() {
    let library = wat::parse_str(LIBRARY).expect("it is wasm");
    let needs = needs(&library).expect("it is a shared object");
    assert_eq!((needs.memory_bytes, needs.alignment), (16, 16));
    assert_eq!(needs.names, ["__stack_pointer", "errno", "seven"]);
    assert_eq!(joined(BASE, &[]).variable("own"), Some(2048 + 8));
}

#[test]
fn a_function_that_neither_part_has_is_an_error() {
    let base = wat::parse_str("(module (memory 1))").expect("it is wasm");
    let library = wat::parse_str(LIBRARY).expect("it is wasm");
    assert!(matches!(
        join(&base, &library, 0, &[]),
        Err(LinkError::Undefined(_))
    ));
}

#[test]
fn a_function_that_is_replaced_is_the_bases_wherever_it_is_reached() {
    let base = BASE.replace(
        "(elem",
        r#"(func (export "ten") (result i32) i32.const 1000)
        (elem"#,
    );
    assert_eq!(sum(&joined(&base, &["ten"])), SUM - 10 + 1000);
}

#[test]
fn a_function_that_only_one_part_has_cannot_be_replaced() {
    let [base, library] = [BASE, LIBRARY].map(|it| wat::parse_str(it).expect("it is wasm"));
    for name in ["ten", "run"] {
        let joined = join(&base, &library, 2048, &[name]);
        assert!(matches!(joined, Err(LinkError::Undefined(it)) if it == name));
    }
}

/// Small functions with all that needs care: an early return, a branch to the end, variables that must be zero at
/// each call, one within the other, recursion.
const SMALL_FUNCTIONS: &str = r#"(module
    (import "host" "one" (func $one (result i32)))
    (func $early (param i32) (result i32)
        (block (if (i32.lt_s (local.get 0) (i32.const 10)) (then (return (i32.const 7)))))
        (br_table 0 0 (i32.mul (local.get 0) (i32.const 2)) (i32.const 1)))
    (func $count (param f64) (result i32) (local i32 i64)
        (local.set 1 (i32.add (local.get 1) (call $one)))
        (local.set 2 (i64.add (local.get 2) (i64.trunc_f64_s (local.get 0))))
        (i32.add (local.get 1) (i32.wrap_i64 (local.get 2))))
    (func $both (param i32) (result i32)
        (i32.sub (call $early (local.get 0)) (call $count (f64.convert_i32_s (local.get 0)))))
    (func $down (param i32) (result i32)
        (if (result i32) (local.get 0)
            (then (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1)))))
            (else (i32.const 0))))
    (func $nothing (param i32))
    (func (export "run") (param i32) (result i32) (local $sum i32)
        (loop $again
            (local.set $sum
                (i32.add (i32.mul (local.get $sum) (i32.const 3)) (call $both (local.get 0))))
            (call $nothing (local.get 0))
            (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
            (br_if $again (local.get 0)))
        (i32.add (local.get $sum) (call $down (i32.const 5)))))"#;

fn run_20(wasm: &[u8]) -> i32 {
    let engine = Engine::default();
    let module = Module::new(&engine, wasm).expect("it is valid");
    let mut store = Store::new(&engine, ());
    let one = Func::wrap(&mut store, || 1);
    let instance = Instance::new(&mut store, &module, &[one.into()]).expect("it starts");
    let run = instance.get_typed_func::<i32, i32>(&mut store, "run");
    let sum = run.expect("it is there").call(&mut store, 20);
    sum.expect("it returns")
}

#[test]
fn a_module_does_the_same_with_fewer_calls() {
    let wasm = wat::parse_str(SMALL_FUNCTIONS).expect("it is wasm");
    let inlined = inline::inline(&wasm).expect("it is a module");
    assert_eq!(run_20(&wasm), run_20(&inlined));
    let calls = |wasm: &[u8]| {
        let mut n = Vec::new();
        for payload in Parser::new(0).parse_all(wasm) {
            if let Payload::CodeSectionEntry(body) = payload.expect("it is valid") {
                let operators = body.get_operators_reader().expect("it is valid");
                let is_call = |it: &Operator<'_>| matches!(it, Operator::Call { .. });
                n.push(operators.into_iter().flatten().filter(is_call).count());
            }
        }
        n
    };
    assert_eq!(calls(&wasm), [0, 1, 2, 1, 0, 3]);
    // What is left: the host's function, and the recursion.
    assert_eq!(calls(&inlined), [0, 1, 1, 1, 0, 2]);
}

#[test]
fn inlining_twice_the_same_module_gives_the_same_bytes() {
    let wasm = wat::parse_str(SMALL_FUNCTIONS).expect("it is wasm");
    assert_eq!(
        inline::inline(&wasm).expect("it is"),
        inline::inline(&wasm).expect("it is")
    );
}
