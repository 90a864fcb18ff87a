//! A small module and a small shared object, joined and run.

use wasmtime::{Engine, Instance, Module, Store};

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
    let answer = wasmtime::Func::wrap(&mut store, || 21);
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
