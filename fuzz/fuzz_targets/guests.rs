//! Modules that wasm-smith makes, and any bytes, as candidates in the sandbox.
//!
//! Property: compiling and executing neither panics nor is an `Err`; each of two executions ends the
//! same way with the same output, fuel and memory, within its limits and never by the backstop; a
//! message holds nothing that a terminal acts on.
//! Budget, an execution: 5,000,000 of fuel, 4 MiB, 1,000 bytes of output, 60 s as a backstop.
//!
//! Input: the first byte picks between raw bytes and a module with our exports and imports; the next 16
//! are what the guest reads.
#![no_main]

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use libfuzzer_sys::{
    arbitrary::{Result, Unstructured},
    fuzz_target,
};
use riddle_sandbox::{Cancel, Ending, Language, Limits, Sandbox, SandboxOptions};

const LIMITS: Limits = Limits {
    fuel: 5_000_000,
    memory_bytes: 4 << 20,
    stdout_bytes: 1_000,
    stderr_bytes: 100,
    backstop: Duration::from_mins(1),
};
const INPUT_BYTES: usize = 16;

/// What a WASI command exports.
const EXPORTS: &str = r#"(module (func (export "_start")) (memory (export "memory") 1))"#;

/// What the linker offers to guests, in part.
const IMPORTS: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_read" (func (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "clock_time_get" (func (param i32 i64 i32) (result i32)))
    (import "wasi_snapshot_preview1" "poll_oneoff" (func (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "random_get" (func (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_open"
        (func (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "args_get" (func (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func (param i32))))"#;

static SANDBOX: LazyLock<Sandbox> = LazyLock::new(|| {
    let cache = tempfile::tempdir().expect("temporary folders can be made");
    let options = SandboxOptions {
        n_slots: 1,
        use_store: false,
        ..SandboxOptions::new(cache.path())
    };
    Sandbox::open(options).expect("a sandbox for wasm needs nothing but a folder")
});

fuzz_target!(|data: &[u8]| {
    if let Some((&kind, data)) = data.split_first()
        && let Some((input, data)) = data.split_at_checked(INPUT_BYTES)
    {
        let source = match kind % 4 {
            0 => Ok(data.to_vec()),
            1 => module(data, true),
            _ => module(data, false),
        };
        if let Ok(source) = source {
            check(&source, &input.into());
        }
    }
});

/// Makes a module; a `wild` one may use what we do not offer.
fn module(data: &[u8], wild: bool) -> Result<Vec<u8>> {
    let mut random = Unstructured::new(data);
    let mut config = wasm_smith::Config {
        exports: Some(wat::parse_str(EXPORTS).expect("the text is a module")),
        max_memories: 1,
        max_tables: 4,
        min_funcs: 1,
        exceptions_enabled: true,
        custom_page_sizes_enabled: false,
        gc_enabled: false,
        memory64_enabled: false,
        relaxed_simd_enabled: false,
        shared_everything_threads_enabled: false,
        threads_enabled: false,
        wide_arithmetic_enabled: false,
        ..wasm_smith::Config::default()
    };
    if wild {
        config.exports = None;
        config.export_everything = true;
        config.allow_invalid_funcs = random.ratio(1, 8)?;
        config.gc_enabled = random.arbitrary()?;
        config.memory64_enabled = random.arbitrary()?;
        config.max_memories = 3;
    } else if random.arbitrary()? {
        config.available_imports = Some(wat::parse_str(IMPORTS).expect("the text is a module"));
    }
    Ok(wasm_smith::Module::new(config, &mut random)?.to_bytes())
}

fn check(source: &[u8], input: &Arc<[u8]>) {
    let compiled = SANDBOX.compile(Language::Wasm, source);
    let program = match compiled.expect("no candidate is our fault").outcome {
        Ok(program) => program,
        Err(failure) => {
            assert!(failure.is_deterministic() && !failure.text.is_empty());
            let acts = |it: char| it.is_control() && it != '\n' && it != '\t';
            assert!(!failure.text.contains(acts), "{:?}", failure.text);
            return;
        }
    };
    let [one, other] = [0, 1].map(|_| {
        SANDBOX
            .execute(&program, Arc::clone(input), &LIMITS, &Cancel::new())
            .expect("no candidate is our fault")
    });
    assert_ne!(one.ending, Ending::Backstop);
    assert_eq!(one.ending, other.ending);
    assert_eq!((&one.stdout, &one.stderr), (&other.stdout, &other.stderr));
    assert_eq!(
        (one.fuel, one.memory_bytes),
        (other.fuel, other.memory_bytes)
    );
    assert!(one.stdout.len() as u64 <= LIMITS.stdout_bytes);
    assert!(one.stderr.len() as u64 <= LIMITS.stderr_bytes);
    assert!(one.fuel <= LIMITS.fuel && one.memory_bytes <= LIMITS.memory_bytes);
}
