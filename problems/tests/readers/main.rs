//! The readers, on small folders written for each test: what loads, and what the errors say.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of tests may panic as tests do"
)]

mod hostile_folders;
mod judged_packages;
mod kattis_packages;
mod labelled_programs;
mod our_folder;
mod polygon_packages;

use std::error::Error;

use fs_err as fs;
use riddle_problems::{LoadError, LoadOptions, Problem, load};
use tempfile::TempDir;

/// Writes files below a new folder; a name that ends in `/` is an empty folder.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        let parent = if name.ends_with('/') {
            path.as_path()
        } else {
            path.parent().unwrap()
        };
        fs::create_dir_all(parent).unwrap();
        if !name.ends_with('/') {
            fs::write(&path, text).unwrap();
        }
    }
    folder
}

fn read(files: &[(&str, &str)]) -> Problem {
    load(folder(files).path(), &LoadOptions::default()).unwrap()
}

/// Returns the whole chain of messages, and the hint, with the temporary folder as `P`.
fn error(files: &[(&str, &str)]) -> String {
    let folder = folder(files);
    let err = load(folder.path(), &LoadOptions::default()).unwrap_err();
    describe(&err, &folder)
}

fn describe(err: &LoadError, folder: &TempDir) -> String {
    let mut text = err.to_string();
    let mut cause = err.source();
    while let Some(it) = cause {
        text = format!("{text}\n  {it}");
        cause = it.source();
    }
    if let Some(hint) = err.hint() {
        text = format!("{text}\nhint: {hint}");
    }
    let text = text.replace(folder.path().to_str().unwrap(), "P");
    text.replace(
        fs::canonicalize(folder.path()).unwrap().to_str().unwrap(),
        "P",
    )
}

fn public(problem: &Problem) -> Vec<&str> {
    problem
        .task
        .public_tests
        .iter()
        .map(|it| &*it.name)
        .collect()
}

fn private(problem: &Problem) -> Vec<&str> {
    problem
        .private
        .open_for_scoring()
        .iter()
        .map(|it| &*it.name)
        .collect()
}

const SAMPLE: [(&str, &str); 2] = [("data/sample/1.in", "1\n"), ("data/sample/1.ans", "2\n")];
const SECRET: [(&str, &str); 2] = [("data/secret/1.in", "3\n"), ("data/secret/1.ans", "4\n")];

/// A Kattis package of one sample, one secret test, and more.
fn package<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&SAMPLE[..], &SECRET[..], more].concat()
}
