//! Reads the real problems that `RIDDLE_DATA` points at, and says so where it points at none.
//!
//! The sets are other people's and are not in the repository, so this cannot run everywhere.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of tests may panic as tests do"
)]

use std::path::{Path, PathBuf};

use fs_err as fs;
use riddle_problems::{
    Format, LoadErrorKind, LoadOptions, Problem, TimeLimit, load, load_submissions, mutate,
};

/// Returns the subfolders of a folder of `RIDDLE_DATA`, or `None` where that is not set.
fn folders(set: &str) -> Option<Vec<PathBuf>> {
    let Some(data) = std::env::var_os("RIDDLE_DATA") else {
        #[expect(clippy::print_stderr, reason = "a test that is left out says so")]
        {
            eprintln!("left out: RIDDLE_DATA names no folder of real problems");
        }
        return None;
    };
    let entries = fs::read_dir(Path::new(&data).join(set)).unwrap();
    let mut folders: Vec<_> = entries.map(|it| it.unwrap().path()).collect();
    folders.retain(|it| it.is_dir() && !it.ends_with("IPAs_description"));
    folders.sort();
    assert!(!folders.is_empty());
    Some(folders)
}

/// What holds for every problem that loads.
fn check(folder: &Path, problem: &Problem) {
    let Problem { task, private, .. } = problem;
    for test in task.public_tests.iter().chain(private.open_for_scoring()) {
        let judgement = task.checker.judge(&test.answer, &test.answer);
        assert!(judgement.accepted, "{}: {}", folder.display(), test.name);
        // Not by the short cut for equal texts: the same tokens with another gap at the end.
        let longer = [&test.answer[..], b"\n"].concat();
        assert!(
            task.checker.judge(&test.answer, &longer).accepted,
            "{}",
            folder.display()
        );
    }
    let inputs: Vec<&[u8]> = task.public_tests.iter().map(|it| &*it.input).collect();
    let mutants = mutate::mutated_inputs(&inputs, 20, 7);
    assert!(mutants.len() <= 20);
    let submissions = load_submissions(folder).unwrap();
    assert!(
        submissions.iter().any(|it| it.expected.is_some()),
        "{}",
        folder.display()
    );
    assert!(submissions.is_sorted_by(|a, b| a.path < b.path));
}

#[test]
fn flat_folders_load_with_one_public_test() {
    for set in ["codeflaws", "c-pack-ipas"] {
        for folder in folders(set).unwrap_or_default() {
            let problem = match load(&folder, &LoadOptions::default()) {
                Ok(problem) => problem,
                // A few problems of codeflaws have an empty folder of tests.
                Err(err) if matches!(err.kind, LoadErrorKind::NoTests) => continue,
                Err(err) => panic!("{err}: {}", err.kind),
            };
            assert_eq!(problem.task.format, Format::Folder);
            assert_eq!(problem.task.public_tests.len(), 1);
            assert_eq!(problem.warnings, [""; 0]);
            check(&folder, &problem);
        }
    }
}

#[test]
fn contest_packages_load_or_need_a_custom_validator() {
    let sets = [
        "kth-challenge-2013",
        "kth-challenge-2014",
        "kth-challenge-2015",
    ];
    let sets = sets.into_iter().chain(["kth-challenge-2017", "gcpc2021"]);
    for set in sets.chain(["rocky-mountain-2018", "rocky-mountain-2019"]) {
        for folder in folders(&format!("kattis/{set}")).unwrap_or_default() {
            let config = fs::read_to_string(folder.join("problem.yaml")).unwrap();
            let custom = config
                .lines()
                .any(|it| it.starts_with("validation: custom"));
            match load(&folder, &LoadOptions::default()) {
                Ok(problem) => {
                    assert!(!custom, "{}", folder.display());
                    assert_eq!(problem.task.format, Format::Kattis);
                    assert!(problem.task.title.is_some(), "{}", folder.display());
                    assert!(problem.task.statement.is_some());
                    assert!(!problem.private.is_empty());
                    let stated = !set.starts_with("kth");
                    let is_stated = matches!(problem.task.limits.time, TimeLimit::Declared(_));
                    assert_eq!(is_stated, stated, "{}", folder.display());
                    check(&folder, &problem);
                }
                Err(err) => {
                    assert!(custom, "{err}: {:?}", err.kind);
                    assert!(
                        matches!(err.kind, LoadErrorKind::Unsupported { .. }),
                        "{err}"
                    );
                    assert!(err.path.ends_with("problem.yaml"));
                }
            }
        }
    }
}

#[test]
fn odd_packages_load_or_say_why_not() {
    let sets = [
        "bapctools-tests",
        "domjudge-examples",
        "kattis-ppf-examples",
    ];
    for set in sets.into_iter().chain(["kattis-problemtools-examples"]) {
        for folder in folders(&format!("kattis/{set}")).unwrap_or_default() {
            match load(&folder, &LoadOptions::default()) {
                Ok(_) => {}
                Err(err) => {
                    let expected = matches!(
                        err.kind,
                        LoadErrorKind::Unsupported { .. } | LoadErrorKind::NoTests
                    );
                    assert!(expected, "{err}: {:?}", err.kind);
                }
            }
        }
    }
}
