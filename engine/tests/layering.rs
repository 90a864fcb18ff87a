//! The direction of dependencies between our crates, and who may name which package, as
//! `docs/ARCHITECTURE.md` states them. Reads `cargo metadata`.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{collections::BTreeMap, process::Command};

use serde_json::Value;

/// Our crates with the normal dependencies that each declares.
fn dependencies() -> BTreeMap<String, Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
            "--offline",
        ])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let name = |it: &Value| it["name"].as_str().unwrap().to_owned();
    packages
        .iter()
        .map(|package| {
            let all = package["dependencies"].as_array().unwrap();
            let normal = all.iter().filter(|it| it["kind"].is_null()).map(name);
            (name(package), normal.collect())
        })
        .collect()
}

fn ours_of(name: &str) -> Vec<String> {
    let mut ours = dependencies().remove(name).unwrap();
    ours.retain(|it| it == "riddle" || it.starts_with("riddle-"));
    ours
}

#[track_caller]
fn check_only(package: &str, allowed: &[&str]) {
    for (name, dependencies) in dependencies() {
        if dependencies.iter().any(|it| it == package) {
            assert!(allowed.contains(&&*name), "`{name}` names `{package}`");
        }
    }
}

#[test]
fn the_leaves_know_nothing_of_each_other() {
    for leaf in ["riddle-problems", "riddle-sandbox", "riddle-clustering"] {
        assert_eq!(ours_of(leaf), [""; 0], "{leaf}");
    }
}

#[test]
fn the_engine_alone_joins_them() {
    assert_eq!(ours_of("riddle-engine").len(), 3);
    assert_eq!(ours_of("riddle"), ["riddle-engine"]);
    assert_eq!(ours_of("riddle-benches"), ["riddle-engine"]);
}

#[test]
fn each_package_has_its_place() {
    for package in ["wasmtime", "wasmtime-wasi", "landlock", "seccompiler"] {
        check_only(package, &["riddle-sandbox"]);
    }
    for package in [
        "clap",
        "indicatif",
        "maud",
        "plotters",
        "similar",
        "syntect",
    ] {
        check_only(package, &["riddle"]);
    }
    for package in ["rusqlite", "parquet", "reqwest", "rustls", "httpdate"] {
        check_only(package, &["riddle-engine"]);
    }
    check_only("anyhow", &["riddle", "riddle-benches"]);
    // The sandbox names one trait of tokio's in a signature; it runs nothing on it.
    check_only("tokio", &["riddle-engine", "riddle-sandbox"]);
}

#[test]
fn private_tests_are_opened_by_the_scorer_alone() {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let mut openers: Vec<String> = Vec::new();
    let mut folders = vec![std::path::PathBuf::from(source)];
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if fs_err::read_to_string(&path)
                .unwrap()
                .contains("open_for_scoring")
            {
                openers.push(path.file_name().unwrap().to_string_lossy().into_owned());
            }
        }
    }
    openers.sort();
    assert_eq!(
        openers,
        [
            "ground.rs",
            "judge.rs",
            "score.rs",
            "time_limit.rs",
            "validate.rs"
        ]
    );
}
