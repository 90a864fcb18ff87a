//! The programs below `submissions`.

use riddle_problems::{Verdict, load_submissions};

use super::folder;

#[test]
fn labels_come_from_folder_names() {
    let folder = folder(&[
        ("submissions/accepted/a.cpp", "A"),
        ("submissions/accepted/.gitkeep", ""),
        ("submissions/accepted/dir/main.py", "M"),
        ("submissions/accepted/dir/lib/util.py", "U"),
        ("submissions/compile_error/c.c", ""),
        ("submissions/run_time_error/r.c", ""),
        ("submissions/runtime_error/r.c", ""),
        ("submissions/slow_accepted/s.c", ""),
        ("submissions/submissions.yaml", ""),
        ("submissions/time_limit_exceeded/t.c", ""),
        ("submissions/top.c", ""),
        ("submissions/wrong_answer/w.c", ""),
    ]);
    let found = load_submissions(folder.path()).unwrap();
    let found: Vec<_> = found
        .iter()
        .map(|it| (&*it.path, it.label(), it.files.len()))
        .collect();
    let expected = [
        ("submissions/accepted/a.cpp", Some(Verdict::Ac), 1),
        ("submissions/accepted/dir", Some(Verdict::Ac), 2),
        ("submissions/compile_error/c.c", Some(Verdict::Ce), 1),
        ("submissions/run_time_error/r.c", Some(Verdict::Rte), 1),
        ("submissions/runtime_error/r.c", Some(Verdict::Rte), 1),
        ("submissions/slow_accepted/s.c", None, 1),
        ("submissions/time_limit_exceeded/t.c", Some(Verdict::Tle), 1),
        ("submissions/top.c", None, 1),
        ("submissions/wrong_answer/w.c", Some(Verdict::Wa), 1),
    ];
    assert_eq!(found, expected);
}

#[test]
fn files_of_one_program_stay_together() {
    let folder = folder(&[
        ("submissions/accepted/dir/b.c", "B"),
        ("submissions/accepted/dir/a.c", "A"),
        ("submissions/accepted/dir.c", "C"),
    ]);
    let found = load_submissions(folder.path()).unwrap();
    let paths: Vec<_> = found.iter().map(|it| &*it.path).collect();
    assert_eq!(
        paths,
        ["submissions/accepted/dir", "submissions/accepted/dir.c"]
    );
    let names: Vec<_> = found[0]
        .files
        .iter()
        .map(|it| (&*it.name, &*it.bytes))
        .collect();
    assert_eq!(names, [("a.c", &b"A"[..]), ("b.c", b"B")]);
}

#[test]
fn a_problem_without_the_folder_has_none() {
    assert_eq!(load_submissions(folder(&[("x", "")]).path()).unwrap(), []);
}
