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
    Format, JudgeLanguage, LoadErrorKind, LoadOptions, Problem, TimeLimit, Verdict, load,
    load_submissions, mutate, score,
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
fn contest_packages_load_and_say_what_they_need() {
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
            // `molecules` says so and has no program.
            let problem = load(&folder, &LoadOptions::default())
                .unwrap_or_else(|err| panic!("{err}: {}", err.kind));
            assert_eq!(problem.task.format, Format::Kattis);
            assert!(problem.task.title.is_some(), "{}", folder.display());
            assert!(problem.task.statement.is_some());
            assert!(!problem.private.is_empty());
            let judged_by_program = !problem.task.judging.is_built_in();
            assert_eq!(judged_by_program, custom, "{}", folder.display());
            for program in problem.programs() {
                assert!(!program.files.is_empty());
                let known = !matches!(program.language, JudgeLanguage::Other(_));
                assert!(known, "{}: {program:?}", folder.display());
            }
            let stated = !set.starts_with("kth");
            let is_stated = matches!(problem.task.limits.time, TimeLimit::Declared(_));
            assert_eq!(is_stated, stated, "{}", folder.display());
            check_groups(&folder, &problem);
            check(&folder, &problem);
        }
    }
}

/// Every test is in one group, and a program that is right everywhere is accepted.
fn check_groups(folder: &Path, problem: &Problem) {
    let mut grouped = problem.groups.tests();
    let private = problem.private.open_for_scoring();
    let mut tests: Vec<&str> = (problem.task.public_tests.iter().chain(private))
        .map(|it| &*it.name)
        .collect();
    grouped.sort_unstable();
    tests.sort_unstable();
    assert_eq!(grouped, tests, "{}", folder.display());
    if problem.task.objective.is_none() {
        let right = score::grade(&problem.groups, |_| Some(Verdict::Ac.into()));
        assert_eq!(right.verdict, Verdict::Ac, "{}", folder.display());
        let wrong = score::grade(&problem.groups, |_| Some(Verdict::Wa.into()));
        assert_eq!(wrong.verdict, Verdict::Wa, "{}", folder.display());
    }
}

/// What the packages of the tools' own examples are: folder, tests, judging, groups, score of a
/// program that is right everywhere.
const EXAMPLES: [(&str, usize, &str, usize, Option<f64>); 23] = [
    (
        "domjudge-examples/jumble",
        18,
        "multi-pass custom output validation",
        6,
        None,
    ),
    // The validator gives the score.
    (
        "domjudge-examples/knapsack",
        2,
        "custom output validation",
        4,
        Some(0.0),
    ),
    (
        "bapctools-tests/different",
        3,
        "custom output validation",
        3,
        None,
    ),
    (
        "bapctools-tests/generatorincludes",
        15,
        "default output validation",
        3,
        None,
    ),
    (
        "bapctools-tests/guess",
        10,
        "interactive custom output validation",
        3,
        None,
    ),
    (
        "bapctools-tests/guessnoeofcheck",
        10,
        "interactive custom output validation",
        3,
        None,
    ),
    (
        "bapctools-tests/helloproblemtools",
        1,
        "default output validation",
        3,
        None,
    ),
    (
        "bapctools-tests/pseudointeraction",
        3,
        "interactive custom output validation",
        3,
        None,
    ),
    (
        "bapctools-tests/testexpectations",
        7,
        "custom output validation",
        3,
        None,
    ),
    (
        "domjudge-examples/addone",
        7,
        "default output validation",
        6,
        Some(60.0),
    ),
    (
        "domjudge-examples/boolfind",
        8,
        "interactive custom output validation",
        2,
        None,
    ),
    (
        "domjudge-examples/fibonacci",
        6,
        "default output validation",
        7,
        Some(100.0),
    ),
    (
        "domjudge-examples/fltcmp",
        4,
        "default output validation",
        3,
        None,
    ),
    (
        "domjudge-examples/hangman",
        8,
        "multi-pass custom output validation",
        4,
        None,
    ),
    (
        "domjudge-examples/largestsum",
        9,
        "default output validation",
        12,
        Some(100.0),
    ),
    (
        "kattis-ppf-examples/maximal",
        5,
        "custom output validation",
        3,
        None,
    ),
    (
        "kattis-ppf-examples/passfail",
        4,
        "default output validation",
        3,
        None,
    ),
    (
        "kattis-ppf-examples/scoring",
        7,
        "default output validation",
        5,
        Some(100.0),
    ),
    (
        "kattis-problemtools-examples/different",
        3,
        "custom output validation",
        3,
        None,
    ),
    (
        "kattis-problemtools-examples/examples__hello",
        1,
        "default output validation",
        2,
        None,
    ),
    (
        "kattis-problemtools-examples/guess",
        10,
        "interactive custom output validation",
        3,
        None,
    ),
    (
        "kattis-problemtools-examples/oddecho",
        18,
        "default output validation",
        5,
        Some(100.0),
    ),
    (
        "kattis-problemtools-examples/tests__hello",
        1,
        "default output validation",
        2,
        None,
    ),
];

#[test]
fn the_tools_own_examples_are_what_their_names_say() {
    let sets = [
        "bapctools-tests",
        "domjudge-examples",
        "kattis-ppf-examples",
        "kattis-problemtools-examples",
    ];
    let mut found = Vec::new();
    for set in sets {
        for folder in folders(&format!("kattis/{set}")).unwrap_or_default() {
            let problem = match load(&folder, &LoadOptions::default()) {
                Ok(problem) => problem,
                Err(err) => panic!("{err}: {}", err.kind),
            };
            check_groups(&folder, &problem);
            let right = score::grade(&problem.groups, |_| Some(Verdict::Ac.into()));
            let name = folder.file_name().unwrap().to_string_lossy().into_owned();
            let line = (
                format!("{set}/{name}"),
                problem.task.public_tests.len() + problem.private.len(),
                problem.task.judging.to_string(),
                problem.groups.groups().len(),
                right.score.filter(|_| problem.task.objective.is_some()),
            );
            found.push(line);
        }
    }
    if found.is_empty() {
        return;
    }
    for (name, n_tests, judging, n_groups, score) in EXAMPLES {
        let expected = (
            name.to_owned(),
            n_tests,
            judging.to_owned(),
            n_groups,
            score,
        );
        let found = found.iter().find(|it| it.0 == name).unwrap();
        assert_eq!(*found, expected);
    }
}

#[test]
fn the_tools_own_submissions_have_the_labels_that_their_formats_give() {
    let labels = [
        // The file says so of the whole folder `accepted`.
        ("bapctools-tests/testexpectations", "accepted/wa.py", "WA"),
        ("bapctools-tests/testexpectations", "ac_or_wa/wa.py", "WA"),
        ("bapctools-tests/testexpectations", "ac_or_wa/ac.py", "AC"),
        (
            "bapctools-tests/testexpectations",
            "ac_or_wa/ac.cpp",
            "AC, WA",
        ),
        ("bapctools-tests/testexpectations", "expansion/ac.cpp", "AC"),
        ("bapctools-tests/testexpectations", "wa/wa.py", "WA"),
        ("bapctools-tests/testexpectations", "match/nested", "AC"),
        (
            "domjudge-examples/boolfind",
            "mixed-verdicts/boolfind-test-random.py",
            "AC, WA",
        ),
        (
            "domjudge-examples/boolfind",
            "mixed-verdicts/boolfind-test-correct-different-tag.py",
            "AC",
        ),
        (
            "domjudge-examples/boolfind",
            "wrong_answer/boolfind-test-double.py",
            "WA",
        ),
        ("domjudge-examples/addone", "partial/addone-tiny.py", "WA"),
        (
            "kattis-ppf-examples/maximal",
            "run_time_error/not_defined",
            "MLE, OLE, RTE",
        ),
        (
            "kattis-problemtools-examples/different",
            "time_limit_exceeded/different_linear_search.cc",
            "TLE",
        ),
    ];
    let Some(data) = std::env::var_os("RIDDLE_DATA") else {
        return;
    };
    for (problem, path, expected) in labels {
        let folder = Path::new(&data).join("kattis").join(problem);
        let submissions = load_submissions(&folder).unwrap();
        let path = format!("submissions/{path}");
        let submission = submissions.iter().find(|it| it.path == path).unwrap();
        let verdicts = submission.expected.as_ref().unwrap().verdicts;
        assert_eq!(verdicts.to_string(), expected, "{problem}/{path}");
    }
    let folder = Path::new(&data).join("kattis/bapctools-tests/testexpectations");
    let submissions = load_submissions(&folder).unwrap();
    let metadata = submissions
        .iter()
        .find(|it| it.path.ends_with("ac_or_wa/metadata"))
        .unwrap();
    assert_eq!(metadata.language.as_deref(), Some("python3"));
    assert_eq!(metadata.entry.as_deref(), Some("ac.py"));
    assert_eq!(metadata.files.len(), 2);
}
