//! Any files in a problem's folder, of our own format, of Kattis' or of Polygon's.
//!
//! Property: `load` and `load_submissions` never panic, and say the same when asked again. What loads
//! has a public test where the format asks for one, a time limit above zero, sizes above zero, and a
//! checker that accepts each answer against itself; every test is in one group, and grading never
//! panics; submissions come in order, each with a file.
//! Budget: files of at most libFuzzer's `-max_len` in all.
//!
//! Input: files separated by the byte 0xff; the first byte of each picks its name, and zero leaves out
//! the file. The very first byte is the number of public tests of a flat folder.
#![no_main]

use std::{path::Path, time::Duration};

use libfuzzer_sys::fuzz_target;
use riddle_problems::{
    Format, KattisFlags, LoadOptions, Problem, Rounding, TimeLimit, Verdict, load,
    load_submissions_as, score,
};

/// The names that readers look for, and a few beside them.
const NAMES: [&str; 62] = [
    "problem.toml",
    "problem.json",
    "problem.yaml",
    "statement.md",
    "tests/1.in",
    "tests/1.ans",
    "tests/2.in",
    "tests/2.out",
    "tests/public/1.in",
    "tests/public/1.ans",
    "tests/sample/a.in",
    "tests/sample/a.out",
    "tests/private/1.in",
    "tests/private/1.ans",
    "tests/secret/g/1.in",
    "tests/secret/g/1.ans",
    "tests/notes.txt",
    "data/sample/1.in",
    "data/sample/1.ans",
    "data/sample/1.yaml",
    "data/sample/testdata.yaml",
    "data/secret/1.in",
    "data/secret/1.ans",
    "data/secret/g/2.in",
    "data/secret/g/2.ans",
    "data/secret/g/2.yaml",
    "data/secret/g/testdata.yaml",
    "data/secret/test_group.yaml",
    "data/secret/2.files/x",
    "data/testdata.yaml",
    "problem_statement/problem.tex",
    "problem_statement/problem.en.tex",
    "statement/problem.sv.md",
    "output_validator/validate.py",
    ".timelimit",
    "domjudge-problem.ini",
    "submissions/accepted/a.cpp",
    "submissions/accepted/b/main.py",
    "submissions/wrong_answer/a.c",
    "submissions/submissions.yaml",
    "problem.xml",
    "tests/01",
    "tests/01.a",
    "tests/02",
    "tests/02.a",
    "files/check.cpp",
    "files/interactor.cpp",
    "files/testlib.h",
    "solutions/a.cpp",
    "statements/english/problem.tex",
    "data/secret/1.files/x",
    "data/secret/1.desc",
    "data/secret/g/test_group.yaml",
    "data/sample/test_group.yaml",
    "data/invalid_input/1.in",
    "data/valid_output/1.in",
    "data/valid_output/1.ans",
    "data/valid_output/1.out",
    "include/cpp/a.h",
    "input_validators/v.ctd",
    "output_validators/v/a.cpp",
    "submissions/mixed/a.py",
];

fuzz_target!(|data: &[u8]| {
    let Some((&n_public, files)) = data.split_first() else {
        return;
    };
    let folder = tempfile::tempdir().expect("temporary folders can be made");
    for file in files.split(|&byte| byte == 0xff) {
        if let Some((&name, content)) = file.split_first()
            && let Some(&name) = usize::from(name)
                .checked_sub(1)
                .and_then(|it| NAMES.get(it))
        {
            write(&folder.path().join(name), content);
        }
    }
    let formats = [Format::Folder, Format::Kattis, Format::Polygon].map(Some);
    for format in formats.into_iter().chain([None]) {
        let options = LoadOptions {
            format,
            n_public: n_public.into(),
        };
        let problem = load(folder.path(), &options);
        let again = load(folder.path(), &options);
        assert_eq!(format!("{problem:?}"), format!("{again:?}"));
        match problem {
            Ok(problem) => check(&problem),
            Err(error) => assert!(!error.kind.to_string().contains('\n'), "{error}"),
        }
        if let Ok(submissions) = load_submissions_as(folder.path(), format) {
            assert!(submissions.is_sorted_by(|a, b| a.path < b.path));
            assert!(submissions.iter().all(|it| !it.files.is_empty()));
        }
    }
});

fn write(path: &Path, content: &[u8]) {
    let parent = path.parent().expect("a file is in a folder");
    fs_err::create_dir_all(parent).expect("folders can be made");
    fs_err::write(path, content).expect("files can be written");
}

fn check(problem: &Problem) {
    let Problem {
        task,
        private,
        groups,
        ..
    } = problem;
    let tests = task.public_tests.iter().chain(private.open_for_scoring());
    let mut names: Vec<&str> = tests.map(|it| &*it.name).collect();
    let mut grouped = groups.tests();
    names.sort_unstable();
    grouped.sort_unstable();
    assert_eq!(names, grouped);
    for verdict in Verdict::ALL {
        let found = score::grade(groups, |_| Some(verdict.into()));
        assert!(found.verdict != Verdict::Ac || verdict == Verdict::Ac || task.objective.is_some());
    }
    match task.format {
        Format::Folder => assert!(!task.public_tests.is_empty()),
        _ => assert!(!task.public_tests.is_empty() || !private.is_empty()),
    }
    for test in task.public_tests.iter().chain(private.open_for_scoring()) {
        assert!(!test.name.is_empty());
        let checker = test.checker.as_ref().unwrap_or(&task.checker);
        let gaps_matter = matches!(
            checker,
            riddle_problems::Checker::Kattis(KattisFlags {
                space_change_sensitive: true,
                ..
            })
        );
        let longer = [&test.answer[..], b"\n"].concat();
        let judgement = checker.judge(&test.answer, &longer);
        assert!(judgement.accepted || gaps_matter, "{}", test.name);
    }
    let limits = task.limits;
    assert!(limits.memory_bytes > 0 && limits.output_bytes > 0 && limits.source_bytes > 0);
    match limits.time {
        TimeLimit::Unstated => assert_eq!(limits.time.resolve(Some(Duration::MAX)), None),
        _ => {
            for slowest in [Duration::ZERO, Duration::from_millis(290), Duration::MAX] {
                let limit = limits.time.resolve(Some(slowest));
                assert!(
                    limit.is_some_and(|it| it > Duration::ZERO),
                    "{:?}",
                    limits.time
                );
            }
        }
    }
    if let TimeLimit::FromAccepted {
        rounding: Rounding::Nearest,
        resolution,
        ..
    } = limits.time
    {
        assert_eq!(resolution, Duration::from_secs(1));
    }
}
