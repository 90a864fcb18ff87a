//! Modules that are malformed, too large, or not what a command is: each is a failure to compile, and told.

use riddle_sandbox::{
    Cancel,
    CompileFailureKind::{self, Diagnostics, ObjectTooLarge, SourceTooLarge},
    Ending, Language, Limits, Sandbox, SandboxOptions,
};

use super::{SANDBOX, check, limits, start};

/// The failure of a source that must not compile.
#[track_caller]
fn check_rejected(source: &[u8], kind: CompileFailureKind, text: &str) {
    let sandbox = &SANDBOX.1;
    let Err(failure) = sandbox.compile(Language::Wasm, source).unwrap().outcome else {
        panic!("it compiles");
    };
    assert_eq!(failure.kind, kind, "{}", failure.text);
    assert!(failure.text.contains(text), "{}", failure.text);
}

#[test]
fn modules_that_are_no_commands_are_compile_failures() {
    for (source, text) in [
        ("(module)", "exports no function `_start`"),
        (
            "(module (func (export \"_start\") (param i32)))",
            "`_start`",
        ),
        (
            "(module (func (export \"_start\") (result i32) (i32.const 0)))",
            "`_start`",
        ),
        ("(module (memory (export \"_start\") 1))", "`_start`"),
        (
            "(module (func (export \"_start\")) (func (export \"_start\")))",
            "duplicate export",
        ),
        (
            "(module (import \"env\" \"system\" (func)) (func (export \"_start\")))",
            "unknown import: `env::system`",
        ),
        (
            "(module (import \"env\" \"memory\" (memory 1)) (func (export \"_start\")))",
            "unknown import",
        ),
        (
            "(module (import \"wasi_unstable\" \"proc_exit\" (func (param i32))) (func (export \"_start\")))",
            "unknown import",
        ),
        (
            "(module (import \"wasi_snapshot_preview1\" \"proc_exit\" (func (param i64))) (func (export \"_start\")))",
            "incompatible import type",
        ),
        (
            "(module (import \"wasi_snapshot_preview1\" \"fd_write\" (global i32)) (func (export \"_start\")))",
            "incompatible import type",
        ),
        (
            "(module (import \"wasi\" \"thread-spawn\" (func (param i32) (result i32))) (func (export \"_start\")))",
            "unknown import",
        ),
        ("(module (func $x)", ""),
        (
            "(module (func (export \"_start\") (i32.add)))",
            "type mismatch",
        ),
        (
            "(module (func (export \"_start\") (local.set 0 (i32.const 1))))",
            "unknown local",
        ),
        (
            "(module (func (export \"_start\") (call 7)))",
            "unknown function",
        ),
        (
            "(module (func (export \"_start\") (br 7)))",
            "unknown label",
        ),
        ("(module (start 7) (func (export \"_start\")))", ""),
        (
            "(module (func $s (param i32)) (start $s) (func (export \"_start\")))",
            "",
        ),
    ] {
        check_rejected(source.as_bytes(), Diagnostics, text);
    }
    // What a terminal acts on does not get into messages.
    check_rejected(
        b"(module (import \"\\1b[31m\" \"x\" (func)) (func (export \"_start\")))",
        Diagnostics,
        "unknown import: `\u{fffd}[31m::x`",
    );
}

#[test]
fn proposals_that_vary_or_share_are_refused() {
    for (what, items) in [
        ("shared memory", "(memory 1 1 shared)"),
        (
            "atomics",
            "(memory 1) (func (drop (i32.atomic.load (i32.const 0))))",
        ),
        (
            "atomics that wait",
            "(memory 1) (func (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1))))",
        ),
        (
            "relaxed vectors",
            "(func (drop (i32x4.relaxed_trunc_f32x4_s (v128.const i64x2 0 0))))",
        ),
        ("two memories", "(memory 1) (memory 1)"),
        ("64-bit memory", "(memory i64 1)"),
        ("garbage-collected structs", "(type (struct (field i32)))"),
        ("continuations", "(type $f (func)) (type (cont $f))"),
        (
            "wide arithmetic",
            "(func (drop (drop (i64.mul_wide_u (i64.const 1) (i64.const 1)))))",
        ),
    ] {
        let module = format!("(module {items} (func (export \"_start\")))");
        let sandbox = &SANDBOX.1;
        let failure = sandbox
            .compile(Language::Wasm, module.as_bytes())
            .unwrap()
            .outcome;
        assert!(failure.is_err_and(|it| it.is_deterministic()), "{what}");
    }
}

#[test]
fn what_is_huge_is_refused_before_it_is_compiled_or_never_starts() {
    check_rejected(
        &vec![b' '; 300_000],
        SourceTooLarge,
        "300000 bytes: the limit is 262144",
    );
    check_rejected(
        format!(
            "(module {} (func (export \"_start\")))",
            "(table 1 funcref)".repeat(5)
        )
        .as_bytes(),
        ObjectTooLarge,
        "tables 5",
    );
    check_rejected(
        b"(module (table 4000000000 funcref) (func (export \"_start\")))",
        ObjectTooLarge,
        "a table of elements 4000000000",
    );
    check_rejected(
        b"(module (memory 70000) (func (export \"_start\")))",
        Diagnostics,
        "",
    );
    check(
        "(module (memory (export \"memory\") 65536) (func (export \"_start\")))",
        Ending::Memory,
    );
    check(
        &start("").replace("(export \"memory\") 1)", "(export \"memory\") 17)"),
        Ending::Memory,
    );
    check(
        "(module (import \"wasi_snapshot_preview1\" \"proc_exit\" (func (param i32)))
            (memory 65536) (func $s unreachable) (start $s) (func (export \"_start\")))",
        Ending::Memory,
    );
}

/// Writes a number as WebAssembly does.
fn leb(mut number: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

/// A module of one type and `n` functions of `body`, without `_start`.
fn functions(n: u32, body: &[u8]) -> Vec<u8> {
    let section = |id: u8, count: u32, items: &[u8]| {
        let contents = [leb(count), items.to_vec()].concat();
        [
            vec![id],
            leb(u32::try_from(contents.len()).unwrap()),
            contents,
        ]
        .concat()
    };
    let body = [leb(u32::try_from(body.len()).unwrap()), body.to_vec()].concat();
    let n_times = usize::try_from(n).unwrap();
    [
        b"\0asm\x01\0\0\0".to_vec(),
        section(1, 1, b"\x60\0\0"),
        section(3, n, &vec![0; n_times]),
        section(10, n, &body.repeat(n_times)),
    ]
    .concat()
}

#[test]
fn a_million_functions_are_counted_and_refused() {
    let cache = tempfile::tempdir().unwrap();
    let mut options = SandboxOptions::new(cache.path());
    options.compile_limits.source_bytes = 64 << 20;
    let sandbox = Sandbox::open(options).unwrap();
    let module = functions(1_000_000, b"\0\x0b");
    let failure = sandbox
        .compile(Language::Wasm, &module)
        .unwrap()
        .outcome
        .err()
        .unwrap();
    assert_eq!(failure.kind, ObjectTooLarge);
    assert!(
        failure.text.contains("functions 1000000: the limit is"),
        "{}",
        failure.text
    );
    // The count says a million, the bytes are not there.
    let mut lying = functions(3, b"\0\x0b");
    lying.truncate(lying.len() - 1);
    let failure = sandbox
        .compile(Language::Wasm, &lying)
        .unwrap()
        .outcome
        .err()
        .unwrap();
    assert!(failure.is_deterministic());
}

/// Compiles any bytes and runs what comes of it: neither may be a fault of ours.
fn try_bytes(sandbox: &Sandbox, bytes: &[u8]) {
    if let Ok(program) = sandbox.compile(Language::Wasm, bytes).unwrap().outcome {
        let limits = Limits {
            fuel: 5_000_000,
            ..limits()
        };
        sandbox
            .execute(&program, [].into(), &limits, &Cancel::new())
            .unwrap();
    }
}

fn small_module() -> Vec<u8> {
    wat::parse_str(
        r#"(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
            (type $f (func (param i32) (result i32))) (memory (export "memory") 1 2) (table 3 funcref)
            (global $g (mut i64) (i64.const 7)) (tag $e (param i32)) (data (i32.const 8) "data") (elem (i32.const 0) func $h)
            (func $h (type $f) (i32.add (local.get 0) (i32.const 1)))
            (func (export "_start") (local f64)
                (block $b (br_table $b $b (call_indirect (type $f) (i32.const 1) (i32.const 0))))
                (drop (block $c (result i32) (try_table (catch $e $c) (throw $e (i32.const 3))) unreachable))
                (memory.fill (i32.const 0) (i32.const 1) (i32.const 100)) (call $exit (i32.const 3))))"#,
    )
    .unwrap()
}

#[test]
fn a_module_cut_at_any_byte_is_refused() {
    let sandbox = &SANDBOX.1;
    let module = small_module();
    for length in 0..module.len() {
        try_bytes(sandbox, &module[..length]);
    }
}

#[test]
fn no_flipped_bit_of_a_module_is_our_fault() {
    let sandbox = &SANDBOX.1;
    let module = small_module();
    for index in 0..module.len() * 8 {
        let mut flipped = module.clone();
        flipped[index / 8] ^= 1 << (index % 8);
        try_bytes(sandbox, &flipped);
    }
}
