//! Folders that are made to read too much, or something else.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

use fs_err as fs;
use insta::assert_snapshot;
use proptest::prelude::*;
use riddle_problems::{
    Format, LoadOptions, Verdict, load, load_submissions_as, read_bounds, score,
};
use tempfile::TempDir;

use super::{describe, error, folder};

fn error_in(folder: &TempDir) -> String {
    describe(
        &load(folder.path(), &LoadOptions::default()).unwrap_err(),
        folder,
    )
}

#[test]
fn what_is_no_folder_is_an_error() {
    let folder = folder(&[("file", ""), ("p/tests", "")]);
    let missing = load(&folder.path().join("none"), &LoadOptions::default()).unwrap_err();
    assert!(describe(&missing, &folder).starts_with("failed to load problem from `P/none`\n"));
    let file = load(&folder.path().join("file"), &LoadOptions::default()).unwrap_err();
    assert_snapshot!(describe(&file, &folder), @r"
    failed to load problem from `P/file`
      not a folder
    ");
    let file = load(&folder.path().join("p"), &LoadOptions::default()).unwrap_err();
    assert_snapshot!(describe(&file, &folder), @r"
    failed to load problem from `P/p/tests`
      not a folder
    ");
}

#[test]
fn a_link_that_leaves_the_folder_is_refused() {
    let outside = folder(&[("secret", "password")]);
    let inside = folder(&[("tests/1.ans", "")]);
    symlink(
        outside.path().join("secret"),
        inside.path().join("tests/1.in"),
    )
    .unwrap();
    assert_snapshot!(error_in(&inside), @r"
    failed to load problem from `P/tests/1.in`
      symbolic link leaves the problem folder
    hint: put a copy in the place of the link
    ");
}

#[test]
fn a_judge_that_lies_outside_is_refused_and_a_validator_is_left_out() {
    let outside = folder(&[("v.py", "print(1)")]);
    let files = [
        ("problem.yaml", "problem_format_version: 2025-09"),
        ("data/secret/1.in", ""),
        ("data/secret/1.ans", ""),
        ("input_validators/", ""),
        ("output_validator/", ""),
    ];
    let inside = folder(&files);
    let link = |to: &str| symlink(outside.path().join("v.py"), inside.path().join(to)).unwrap();
    link("input_validators/v.py");
    let problem = load(inside.path(), &LoadOptions::default()).unwrap();
    let warning = "`input_validators` left out: symbolic link leaves the problem folder".to_owned();
    assert!(problem.warnings.contains(&warning));
    link("output_validator/v.py");
    assert_snapshot!(error_in(&inside), @r"
    failed to load problem from `P/output_validator/v.py`
      symbolic link leaves the problem folder
    hint: put a copy in the place of the link
    ");
}

#[test]
fn a_path_of_problem_xml_is_not_followed_out_of_the_package() {
    let outside = folder(&[("1", "secret")]);
    let inside = folder(&[
        (
            "problem.xml",
            "<problem><judging><testset><test-count>1</test-count>\
            <input-path-pattern>tests/%d</input-path-pattern>\
            <answer-path-pattern>tests/%d.a</answer-path-pattern></testset></judging></problem>",
        ),
        ("tests/1.a", ""),
    ]);
    symlink(outside.path().join("1"), inside.path().join("tests/1")).unwrap();
    assert_snapshot!(error_in(&inside), @r"
    failed to load problem from `P/tests/1`
      symbolic link leaves the problem folder
    hint: put a copy in the place of the link
    ");
}

#[test]
fn too_many_groups_are_refused() {
    let names: Vec<String> = (0..=read_bounds::MAX_GROUPS)
        .flat_map(|it| {
            [
                format!("data/secret/{it}/1.in"),
                format!("data/secret/{it}/1.ans"),
            ]
        })
        .collect();
    let files: Vec<_> = names.iter().map(|it| (it.as_str(), "")).collect();
    assert!(error(&files).contains("tests are in more than 1000 groups"));
}

#[test]
fn a_link_inside_the_folder_is_read() {
    let folder = folder(&[("tests/1.ans", "x"), ("data.txt", "y")]);
    symlink("../data.txt", folder.path().join("tests/1.in")).unwrap();
    let problem = load(folder.path(), &LoadOptions::default()).unwrap();
    assert_eq!(&*problem.task.public_tests[0].input, b"y");
}

#[test]
fn a_link_to_a_folder_is_refused() {
    let folder = folder(&[("tests/1.in", ""), ("tests/1.ans", "")]);
    symlink("..", folder.path().join("tests/loop")).unwrap();
    assert_snapshot!(error_in(&folder), @r"
    failed to load problem from `P/tests/loop`
      symbolic link to a folder
    hint: put a copy in the place of the link
    ");
}

#[test]
fn a_socket_is_no_test() {
    let folder = folder(&[("tests/1.ans", "")]);
    let _socket = UnixListener::bind(folder.path().join("tests/1.in")).unwrap();
    assert_snapshot!(error_in(&folder), @r"
    failed to load problem from `P/tests/1.in`
      not a plain file
    ");
}

#[test]
fn a_file_above_the_limit_is_refused_unread() {
    let folder = folder(&[("tests/1.ans", "")]);
    let file = fs::File::create(folder.path().join("tests/1.in")).unwrap();
    file.set_len(read_bounds::MAX_FILE_BYTES + 1).unwrap();
    assert_snapshot!(error_in(&folder), @r"
    failed to load problem from `P/tests/1.in`
      file has more than 268435456 bytes: the limit for it
    ");
}

#[test]
fn tests_above_the_limit_in_all_are_refused() {
    let folder = folder(&[("tests/", "")]);
    for name in ["1.in", "1.ans", "2.in", "2.ans", "3.in", "3.ans"] {
        // Holes: nothing is on disk, and nothing is read.
        let file = fs::File::create(folder.path().join("tests").join(name)).unwrap();
        file.set_len(read_bounds::MAX_FILE_BYTES).unwrap();
    }
    assert_snapshot!(error_in(&folder), @r"
    failed to load problem from `P/tests/3.in`
      files have more than 1073741824 bytes in all: the limit for one problem
    ");
}

#[test]
fn too_many_tests_are_refused() {
    let one = r#""x","#.repeat(read_bounds::MAX_TESTS);
    let lists = format!(r#"{{"input": [{one} "x"], "output": [{one} "x"]}}"#);
    let json = format!(r#"{{"public_tests": {lists}}}"#);
    assert_snapshot!(error(&[("problem.json", &json)]), @r"
    failed to load problem from `P`
      problem has 10001 tests: the limit is 10000
    ");
}

#[test]
fn deep_folders_are_refused() {
    let deep = format!("tests/{}1.in", "d/".repeat(20));
    assert!(error(&[(&deep, "")]).contains("nested more than 16 deep"));
}

#[test]
fn a_name_that_is_no_text_is_refused() {
    let folder = folder(&[("tests/1.in", ""), ("tests/1.ans", "")]);
    let name = OsStr::from_bytes(b"\xff.in");
    fs::write(folder.path().join("tests").join(name), "").unwrap();
    assert_snapshot!(error_in(&folder), @r"
    failed to load problem from `P/tests/�.in`
      file name is not UTF-8
    ");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any answer is right here, as long as there is one.
    #[test]
    fn no_bytes_in_any_file_panic(
        file in prop::sample::select(vec![
            "problem.toml", "problem.json", "problem.yaml", "data/testdata.yaml", ".timelimit",
            "domjudge-problem.ini", "statement.md", "problem_statement/problem.tex", "problem.xml",
            "data/secret/test_group.yaml", "data/secret/1.yaml", "submissions/submissions.yaml",
            "submissions/x/a.py",
        ]),
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..60),
            "[a-z_:{}\\[\\]\"'&*!,.0-9 \n-]{0,60}".prop_map(String::into_bytes),
            "(accepted|[*]|a[.]py|score|permitted|require_pass|range|grader_flags|args|type|constants)[: ]{1,2}[a-z0-9{}\\[\\]*,. :-]{0,30}"
                .prop_map(String::into_bytes),
            "<problem>(<judging|<testset>|<test|<tests>|<group|<assets>|<checker|/>|>|[a-z=\"/%. 0-9]{0,8}){0,12}(</problem>)?"
                .prop_map(String::into_bytes),
            "(limits|name|public_tests|time_limit|validator_flags|timelimit|\\[checker\\])[:= \n]{1,3}[a-z0-9{}\\[\\],.-]{0,20}"
                .prop_map(String::into_bytes),
        ],
        format in prop::sample::select(vec![
            None, Some(Format::Folder), Some(Format::Kattis), Some(Format::Polygon),
        ]),
    ) {
        let folder = folder(&[("tests/1.in", ""), ("tests/1.ans", ""), ("data/secret/1.in", ""), ("data/secret/1.ans", ""),
            ("problem_statement/", ""), ("submissions/x/", ""), ("submissions/accepted/a.py", "")]);
        fs::write(folder.path().join(file), bytes).unwrap();
        if let Ok(problem) = load(folder.path(), &LoadOptions { format, n_public: 0 }) {
            for verdict in [Verdict::Ac, Verdict::Tle] {
                let _ = score::grade(&problem.groups, |_| Some(verdict.into()));
            }
        }
        let _ = load_submissions_as(folder.path(), format);
    }
}
