//! One artifact store under many: threads of one sandbox, and processes that read, write and prune at
//! the same moment. Needs no toolchain: the candidates are modules already.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    path::Path,
    process::{Command, Stdio},
    sync::Barrier,
};

use riddle_sandbox::{Cancel, Compiled, Ending, Language, Limits, Sandbox, SandboxOptions};

const N_THREADS: usize = 8;
const N_PROCESSES: usize = 3;
/// Programs that each process compiles and runs, and how often it goes through them.
const N_PROGRAMS: u32 = 20;
const N_ROUNDS: u32 = 8;
/// Room for some of the programs and not for all of them.
const STORE_BYTES: u64 = 64 << 10;
/// Tells this test's own program that it is one of the processes, and which cache it uses.
const PROCESS_CACHE: &str = "RIDDLE_TEST_CACHE_PROCESS";

fn open(cache: &Path) -> Sandbox {
    Sandbox::open(SandboxOptions {
        n_slots: 1,
        store_bytes: STORE_BYTES,
        ..SandboxOptions::new(cache)
    })
    .unwrap()
}

/// Compiles a program that exits with a code of its own.
fn compile(sandbox: &Sandbox, code: u32) -> Compiled {
    let source = format!(
        "(module (import \"wasi_snapshot_preview1\" \"proc_exit\" (func $exit (param i32)))
           (memory (export \"memory\") 1) (func (export \"_start\") (call $exit (i32.const {code}))))"
    );
    sandbox.compile(Language::Wasm, source.as_bytes()).unwrap()
}

#[track_caller]
fn check(sandbox: &Sandbox, compiled: Compiled, code: u32) {
    let program = compiled.outcome.ok().unwrap();
    let limits = Limits::default();
    let execution = sandbox.execute(&program, [].into(), &limits, &Cancel::new());
    assert_eq!(execution.unwrap().ending, Ending::Exit(code.cast_signed()));
}

#[test]
fn a_source_that_many_threads_ask_for_is_compiled_once() {
    let cache = tempfile::tempdir().unwrap();
    let sandbox = open(cache.path());
    for code in 1..=N_PROGRAMS {
        let start = Barrier::new(N_THREADS);
        let n_compiled: usize = std::thread::scope(|scope| {
            let ask = || {
                start.wait();
                let compiled = compile(&sandbox, code);
                let was_compiled = usize::from(!compiled.was_stored);
                check(&sandbox, compiled, code);
                was_compiled
            };
            let threads: Vec<_> = (0..N_THREADS).map(|_| scope.spawn(ask)).collect();
            threads.into_iter().map(|it| it.join().unwrap()).sum()
        });
        assert_eq!(n_compiled, 1);
    }
}

#[test]
fn processes_that_share_a_cache_do_not_disturb_each_other() {
    if let Some(cache) = std::env::var_os(PROCESS_CACHE) {
        return use_cache(Path::new(&cache));
    }
    let cache = tempfile::tempdir().unwrap();
    let children: Vec<_> = (0..N_PROCESSES)
        .map(|_| {
            let mut child = Command::new(std::env::current_exe().unwrap());
            child.args([
                "--exact",
                "processes_that_share_a_cache_do_not_disturb_each_other",
            ]);
            child.env(PROCESS_CACHE, cache.path()).stdout(Stdio::null());
            child.spawn().unwrap()
        })
        .collect();
    use_cache(cache.path());
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
}

fn use_cache(cache: &Path) {
    for _ in 0..N_ROUNDS {
        // Each is dropped, and has then written enough to prune.
        let sandbox = open(cache);
        for code in 1..=N_PROGRAMS {
            let compiled = compile(&sandbox, code);
            check(&sandbox, compiled, code);
        }
        let stats = sandbox.store_stats();
        assert_eq!((stats.n_corrupt, stats.n_unwritten), (0, 0), "{stats:?}");
    }
}
