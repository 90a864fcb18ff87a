//! Hostile guests against each limit: every one ends exactly as its line says, and the same way twice.
//!
//! Inline WAT, so that no toolchain is needed; `programs.rs` and `cpp.rs` alone have C and C++. For each limit, taking
//! its check out makes a line fail.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod company;
mod cpp;
mod exceptions;
mod exits;
mod host_calls;
mod limits;
mod loops;
mod modules;
mod programs;
mod traps;

use std::sync::LazyLock;

use riddle_sandbox::{
    Cancel, Ending, Execution, Language, Limits, Program, Sandbox, SandboxOptions,
};

/// One sandbox for all that does not look at the sandbox itself; nothing is stored.
static SANDBOX: LazyLock<(tempfile::TempDir, Sandbox)> = LazyLock::new(|| bare_sandbox(1));

/// Opens a sandbox that needs nothing but a folder.
fn bare_sandbox(n_slots: u32) -> (tempfile::TempDir, Sandbox) {
    let cache = tempfile::tempdir().unwrap();
    let options = SandboxOptions {
        n_slots,
        use_store: false,
        ..SandboxOptions::new(cache.path())
    };
    (cache, Sandbox::open(options).unwrap())
}

fn program(sandbox: &Sandbox, language: Language, source: &[u8]) -> Program {
    let compiled = sandbox.compile(language, source).unwrap();
    compiled.outcome.unwrap_or_else(|failure| {
        panic!("{}\n{}", failure.text, String::from_utf8_lossy(source));
    })
}

struct Guest {
    sandbox: &'static Sandbox,
    program: Program,
}

fn guest(wat: &str) -> Guest {
    let sandbox = &SANDBOX.1;
    Guest {
        sandbox,
        program: program(sandbox, Language::Wasm, wat.as_bytes()),
    }
}

impl Guest {
    fn run(&self, input: &[u8], limits: Limits) -> Execution {
        self.sandbox
            .execute(&self.program, input.into(), &limits, &Cancel::new())
            .unwrap()
    }
}

fn run(wat: &str, input: &[u8], limits: Limits) -> Execution {
    guest(wat).run(input, limits)
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
    check_all(limits(), [("", wat.to_owned(), expected)]);
}

/// Runs each guest twice: both times it must end as expected, and both must be the same in all else.
#[track_caller]
fn check_all<'a>(limits: Limits, table: impl IntoIterator<Item = (&'a str, String, Ending)>) {
    let mut faults = Vec::new();
    for (what, wat, expected) in table {
        let guest = guest(&wat);
        let [one, other] = [0, 1].map(|_| guest.run(b"", limits));
        if one.ending != expected {
            faults.push(format!("{what}: {:?}, not {expected:?}", one.ending));
        }
        if seen(&one) != seen(&other) {
            faults.push(format!("{what}: {one:?}, then {other:?}"));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// All that is promised to be the same each time.
fn seen(it: &Execution) -> (Ending, Vec<u8>, Vec<u8>, u64, u64, u64) {
    let (stdout, stderr) = (it.stdout.clone(), it.stderr.clone());
    let numbers = (it.n_stderr_bytes, it.fuel, it.memory_bytes);
    (
        it.ending.clone(),
        stdout,
        stderr,
        numbers.0,
        numbers.1,
        numbers.2,
    )
}

fn trap(text: &str) -> Ending {
    Ending::Trap(text.to_owned())
}

/// A module whose `_start` has this body, with a few WASI functions and 64 KiB of memory.
fn start(body: &str) -> String {
    with_items("", body)
}

/// As [`start`], with more items.
fn with_items(items: &str, body: &str) -> String {
    format!(
        r#"(module
            (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "fd_seek" (func $fd_seek (param i32 i64 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
            (import "wasi_snapshot_preview1" "fd_renumber" (func $fd_renumber (param i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes (param i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
            (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
            (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
            (memory (export "memory") 1)
            (table $t 10 funcref)
            (func $recurse (param i32) (call $recurse (i32.add (local.get 0) (i32.const 1))))
            {items}
            (func (export "_start") (local $i i32) {body}))"#
    )
}
