//! A problem, candidates written in WAT, and the runs over them: what the tests of searches share.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use riddle_engine::{
    LoadedProblem, ProblemReport, Replay, Report, SearchConfig, Silent, Solver,
    problems::LoadOptions,
    sandbox::{Sandbox, SandboxOptions},
};

/// Copies standard input to standard output, up to 60,000 bytes.
pub(crate) const ECHO: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "_start")
        (i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const 60000))
        (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
        (i32.store (i32.const 4) (i32.load (i32.const 8)))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))"#;

/// Prints a text whatever the input.
pub(crate) fn constant(text: &str) -> String {
    let n_bytes = text.replace("\\n", "n").len();
    format!(
        r#"(module
            (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
            (memory (export "memory") 1)
            (data (i32.const 16) "{text}")
            (func (export "_start")
                (i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const {n_bytes}))
                (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))"#
    )
}

pub(crate) fn start(body: &str) -> String {
    format!(r#"(module (memory (export "memory") 1) (func (export "_start") {body}))"#)
}

pub(crate) struct Fixture {
    folder: tempfile::TempDir,
}

impl Fixture {
    /// A problem whose answer is its input, with one public and two private tests.
    pub(crate) fn new() -> Self {
        let fixture = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        for (name, text) in [("public/1", "17"), ("private/1", "23"), ("private/2", "99")] {
            fixture.write(&format!("echo/tests/{name}.in"), text);
            fixture.write(&format!("echo/tests/{name}.ans"), text);
        }
        fixture.write("echo/problem.toml", "time_limit_seconds = 0.05");
        fixture
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }

    /// Writes a pool of (language, source) as JSONL.
    pub(crate) fn pool(&self, candidates: &[(&str, &str)]) -> PathBuf {
        let mut text = String::new();
        for (language, source) in candidates {
            let line =
                serde_json::json!({ "problem": "echo", "language": language, "source": source });
            writeln!(text, "{line}").unwrap();
        }
        self.write("pool.jsonl", text);
        self.path("pool.jsonl")
    }

    pub(crate) fn solver(&self, n_workers: usize, config: SearchConfig) -> Solver {
        Solver::new(Arc::new(self.sandbox()), n_workers, config).unwrap()
    }

    pub(crate) fn sandbox(&self) -> Sandbox {
        Sandbox::open(SandboxOptions::new(self.path("cache"))).unwrap()
    }

    pub(crate) fn problem(&self) -> LoadedProblem {
        LoadedProblem::load(&self.path("echo"), &LoadOptions::default()).unwrap()
    }

    pub(crate) fn run(
        &self,
        pool: &Path,
        run: &str,
        n_workers: usize,
        config: SearchConfig,
    ) -> ProblemReport {
        let replay = Replay::open(pool, &["echo"]).unwrap();
        let (report, _) = self
            .solver(n_workers, config)
            .run(&[self.problem()], &replay, &self.path(run), &Silent)
            .unwrap();
        match report {
            Report::One(report) => *report,
            Report::Many(_) => panic!("one problem has one report"),
        }
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs_err::read_to_string(self.path(name)).unwrap()
    }
}

/// Right, wrong in several ways, duplicates by source and by artifact, and what is no candidate.
pub(crate) fn candidates() -> Vec<(String, String)> {
    let wasm = |source: &str| ("wasm".to_owned(), source.to_owned());
    vec![
        wasm(&constant("17")),
        wasm(&start("unreachable")),
        wasm(&start("(loop $l (br $l))")),
        wasm(&start("(drop (memory.grow (i32.const 65535)))")),
        wasm("(module (func $broken"),
        wasm(ECHO),
        wasm(&format!("{ECHO}\r\n")),
        wasm(&format!(";; a comment\n{ECHO}")),
        wasm(&constant("18")),
        wasm(&constant("17\\n")),
        ("brainfuck".to_owned(), ",.".to_owned()),
        wasm("  "),
        wasm(&" ".repeat(300_000).replacen(' ', "x", 1)),
        wasm(&constant("17")),
    ]
}

pub(crate) fn as_refs(candidates: &[(String, String)]) -> Vec<(&str, &str)> {
    candidates.iter().map(|(a, b)| (&**a, &**b)).collect()
}
