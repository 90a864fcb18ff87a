//! A sample of real C and C++ programs by the shared route and by the static one. All of them:
//! `differential FOLDER...`, recorded under `benches/runs/`.

#![expect(clippy::print_stderr, reason = "what is left out is told")]

use std::{path::Path, process::Command};

/// Every so many of the programs.
const EVERY: &str = "67";

#[test]
fn real_programs_do_the_same_on_the_shared_runtime_and_alone() {
    let Some(data) = std::env::var_os("RIDDLE_DATA") else {
        eprintln!("left out: RIDDLE_DATA is not set");
        return;
    };
    let folders = ["kattis", "codeflaws", "c-pack-ipas"].map(|it| Path::new(&data).join(it));
    let ran = Command::new(env!("CARGO_BIN_EXE_differential"))
        .args(["--every", EVERY, "--tests", "2"])
        .args(folders)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&ran.stdout);
    assert!(
        ran.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    assert!(text.contains("executions"), "{text}");
}
