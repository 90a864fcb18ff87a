//! Polygon packages.

use std::time::Duration;

use insta::assert_snapshot;
use riddle_problems::{
    FileIo, Format, GroupRule, Interaction, Judge, JudgeLanguage, LoadOptions, Objective, Protocol,
    TimeLimit, Verdict, load, load_submissions, score,
};

use super::{error, folder, private, public, read};

/// The files of a package whose `problem.xml` has the given judging and assets.
fn package<'a>(xml: &'a str, files: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&[("problem.xml", xml)], files].concat()
}

const TESTS: [(&str, &str); 6] = [
    ("tests/01", "1\n"),
    ("tests/01.a", "2\n"),
    ("tests/02", "2\n"),
    ("tests/02.a", "4\n"),
    ("tests/03", "3\n"),
    ("tests/03.a", "6\n"),
];

const TESTSET: &str = r#"<testset name="tests">
  <time-limit>1500</time-limit>
  <memory-limit>268435456</memory-limit>
  <test-count>3</test-count>
  <input-path-pattern>tests/%02d</input-path-pattern>
  <answer-path-pattern>tests/%02d.a</answer-path-pattern>
  <tests>
    <test method="manual" sample="true" description="small"/>
    <test method="generated" cmd="gen 1"/>
    <test method="generated" cmd="gen 2"/>
  </tests>
</testset>"#;

fn whole(testset: &str, rest: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="utf-8" standalone="no"?>
<problem revision="3" short-name="double">
  <names><name language="russian" value="Удвоить"/><name language="english" value="Double"/></names>
  <statements>
    <statement charset="UTF-8" language="english" path="statements/english/problem.tex" type="application/x-tex"/>
  </statements>
  <judging input-file="" output-file="">
    <testset name="pretests"><test-count>1</test-count></testset>
    {testset}
  </judging>
  {rest}
</problem>"#
    )
}

#[test]
fn a_package_is_known_by_its_file_and_read() {
    let rest = r#"<files><resources><file path="files/testlib.h" type="h.g++"/><file path="files/olymp.sty"/></resources></files>
      <assets>
        <checker name="std::ncmp.cpp" type="testlib"><source path="files/check.cpp" type="cpp.g++17"/></checker>
        <validators><validator><source path="files/val.cpp" type="cpp.g++17"/></validator></validators>
      </assets>
      <tags><tag value="math"/><tag value="*800"/></tags>"#;
    let xml = whole(TESTSET, rest);
    let files = [
        ("files/check.cpp", "#include \"testlib.h\""),
        ("files/val.cpp", ""),
        ("files/testlib.h", "// a copy"),
        ("files/olymp.sty", ""),
        ("statements/english/problem.tex", "\u{feff}Print twice."),
    ];
    let problem = read(&package(&xml, &[&TESTS[..], &files].concat()));
    let task = &problem.task;
    assert_eq!(
        (task.format, task.title.as_deref()),
        (Format::Polygon, Some("Double"))
    );
    assert_eq!(task.statement.as_deref(), Some("Print twice."));
    assert_eq!(
        (public(&problem), private(&problem)),
        (vec!["01"], vec!["02", "03"])
    );
    assert_eq!(task.public_tests[0].description.as_deref(), Some("small"));
    assert_eq!(&*problem.private.open_for_scoring()[1].answer, b"6\n");
    assert_eq!(
        task.limits.time,
        TimeLimit::Declared(Duration::from_millis(1500))
    );
    assert_eq!(task.limits.memory_bytes, 256 << 20);
    assert_eq!(task.tags, ["math", "*800"]);
    let Judge::Standard {
        name,
        program: Some(program),
    } = &task.judging.judge
    else {
        panic!("{:?}", task.judging);
    };
    assert_eq!((&**name, &program.language), ("ncmp", &JudgeLanguage::Cpp));
    let names: Vec<_> = program.files.iter().map(|it| &*it.name).collect();
    assert_eq!(
        (names, program.entry.as_deref()),
        (vec!["check.cpp", "testlib.h"], Some("check.cpp"))
    );
    assert_eq!(program.protocol, Protocol::Testlib);
    assert_eq!(problem.validation.input_validators.len(), 1);
    assert_eq!(problem.needs(), None);
    assert_eq!(
        problem.task.judging.to_string(),
        "output validation by testlib's `ncmp`"
    );
    assert_eq!(task.objective, None);
    assert_eq!(problem.warnings, [""; 0]);
}

#[test]
fn an_interactor_and_a_checker_are_two_programs() {
    let rest = r#"<assets>
      <checker><source path="files/check.cpp"/></checker>
      <interactor><source path="files/interactor.cpp"/></interactor></assets>"#;
    let xml = whole(TESTSET, rest);
    let files = [("files/check.cpp", ""), ("files/interactor.cpp", "")];
    let problem = read(&package(&xml, &[&TESTS[..], &files].concat()));
    let judging = &problem.task.judging;
    assert!(
        matches!(&judging.interaction, Interaction::Interactor(it) if it.name == "interactor.cpp")
    );
    assert_eq!(judging.programs().count(), 2);
    assert_eq!(problem.needs(), None);
    assert_eq!(judging.to_string(), "interactive custom output validation");
}

#[test]
fn points_and_groups_are_read_and_graded() {
    let testset = r#"<testset name="tests">
      <input-path-pattern>tests/%02d</input-path-pattern>
      <answer-path-pattern>tests/%02d.a</answer-path-pattern>
      <tests>
        <test sample="true" group="0" points="0.0"/>
        <test group="1" points="30.0"/>
        <test group="2" points="70.0"/>
      </tests>
      <groups>
        <group name="0" points="0.0" points-policy="complete-group"/>
        <group name="1" points-policy="each-test"><dependencies><dependency group="0"/></dependencies></group>
        <group name="2" points="70.0" points-policy="complete-group"><dependencies><dependency group="1"/></dependencies></group>
      </groups></testset>"#;
    let xml = whole(testset, "");
    let problem = read(&package(&xml, &TESTS));
    assert_eq!(problem.task.objective, Some(Objective::Max));
    let warnings = [
        "no checker: outputs are compared token by token",
        "no statement in TeX",
    ];
    let mut found: Vec<&str> = problem.warnings.iter().map(String::as_str).collect();
    found.sort_unstable();
    assert_eq!(found, warnings);
    let GroupRule::Polygon(rule) = &problem.groups.groups()[3].rule else {
        panic!("polygon");
    };
    assert_eq!(
        (rule.complete, rule.points, &rule.require_pass[..]),
        (true, Some(70.0), &["1".to_owned()][..])
    );
    let score = |bad: &'static str| {
        score::grade(&problem.groups, move |it| {
            Some(if it == bad { Verdict::Wa } else { Verdict::Ac }.into())
        })
        .score
    };
    assert_eq!(
        [score(""), score("01"), score("02"), score("03")],
        [Some(100.0), Some(0.0), Some(0.0), Some(30.0)]
    );
}

#[test]
fn solutions_have_the_labels_of_their_tags() {
    let rest = r#"<assets><solutions>
      <solution tag="main"><source path="solutions/a.cpp" type="cpp.g++17"/></solution>
      <solution tag="time-limit-exceeded-or-accepted"><source path="solutions/slow.py" type="python.3"/></solution>
      <solution tag="rejected"><source path="solutions/bad.cpp" type="cpp.g++17"/></solution>
      <solution tag="wrong-answer"><source path="solutions/wa.cpp" type="cpp.g++17"/></solution>
      <solution tag="accepted"><source path="solutions/not-there.cpp" type="cpp.g++17"/></solution>
    </solutions></assets>"#;
    let xml = whole(TESTSET, rest);
    let files = [
        ("solutions/a.cpp", "A"),
        ("solutions/slow.py", ""),
        ("solutions/bad.cpp", ""),
        ("solutions/wa.cpp", ""),
    ];
    let folder = folder(&package(&xml, &files));
    let found = load_submissions(folder.path()).unwrap();
    let found: Vec<_> = (found.iter())
        .map(|it| {
            (
                &*it.path,
                it.label(),
                it.expected.as_ref().unwrap().verdicts.to_string(),
            )
        })
        .collect();
    let expected = [
        ("solutions/a.cpp", Some(Verdict::Ac), "AC"),
        ("solutions/bad.cpp", None, "WA, TLE, MLE, OLE, RTE"),
        ("solutions/slow.py", None, "AC, TLE"),
        ("solutions/wa.cpp", Some(Verdict::Wa), "WA"),
    ];
    assert_eq!(found, expected.map(|(a, b, c)| (a, b, c.to_owned())));
}

#[test]
fn tests_of_checker_and_validator_are_read() {
    let rest = r#"<assets>
      <checker><source path="files/check.cpp"/><testset>
        <input-path-pattern>files/tests/c/%02d</input-path-pattern>
        <output-path-pattern>files/tests/c/%02d.o</output-path-pattern>
        <answer-path-pattern>files/tests/c/%02d.a</answer-path-pattern>
        <tests><test verdict="ok"/><test verdict="wrong-answer"/></tests></testset></checker>
      <validators><validator><source path="files/val.cpp"/><testset>
        <input-path-pattern>files/tests/v/%02d</input-path-pattern>
        <tests><test verdict="valid"/><test verdict="invalid"/></tests></testset></validator></validators>
      </assets>"#;
    let xml = whole(TESTSET, rest);
    let files = [
        ("files/check.cpp", ""),
        ("files/tests/c/01", ""),
        ("files/tests/c/01.o", "right"),
        ("files/tests/c/01.a", ""),
        ("files/tests/v/02", "bad"),
    ];
    let problem = read(&package(&xml, &[&TESTS[..], &files].concat()));
    let validation = &problem.validation;
    assert_eq!(&*validation.valid_outputs[0].output, b"right");
    assert_eq!(validation.invalid_outputs, []);
    assert_eq!(&*validation.invalid_inputs[0].input, b"bad");
}

#[test]
fn files_in_the_place_of_standard_input_are_named() {
    let xml = whole(TESTSET, "").replace(r#"input-file="""#, r#"input-file="in.txt""#);
    let problem = read(&package(&xml, &TESTS));
    let io = FileIo {
        input: Some("in.txt".to_owned()),
        output: None,
    };
    assert_eq!(problem.task.file_io, Some(io));
    assert_eq!(problem.needs(), None);
}

#[test]
fn tests_that_are_not_in_the_package_are_left_out_with_a_warning() {
    let xml = whole(TESTSET, "");
    let problem = read(&package(&xml, &TESTS[..5]));
    assert_eq!(private(&problem), ["02"]);
    assert_eq!(problem.groups.tests(), ["01", "02"]);
    let warning = "`tests/03.a` is not in the package: test left out".to_owned();
    assert!(problem.warnings.contains(&warning));
    assert!(error(&package(&xml, &[])).contains("problem has no tests"));
}

fn xml_error(xml: &str) -> String {
    error(&package(xml, &TESTS))
}

#[test]
fn a_bad_file_is_named_with_its_line_or_field() {
    assert_snapshot!(xml_error("<problem>\n<judging>"), @r"
    failed to load problem from `P/problem.xml`
      line 1: the root node was opened but never closed
    ");
    assert_snapshot!(xml_error("<contest/>"), @r"
    failed to load problem from `P/problem.xml`
      line 1: expected a `problem` element
    ");
    assert_snapshot!(xml_error(&whole(&TESTSET.replace("1500", "soon"), "")), @r"
    failed to load problem from `P/problem.xml`
      field `problem.judging.testset.time-limit` is `soon`: expected a number of milliseconds above 0, and no more than a day
    ");
    assert_snapshot!(xml_error(&whole(&TESTSET.replace("%02d.a", "%s"), "")), @r"
    failed to load problem from `P/problem.xml`
      field `problem.judging.testset.answer-path-pattern` is `tests/%s`: expected a path inside the package with one number in it, such as `tests/%02d`
    ");
    assert_snapshot!(xml_error(&whole(&TESTSET.replace("tests/%02d.a", "../%02d"), "")), @r"
    failed to load problem from `P/problem.xml`
      field `problem.judging.testset.answer-path-pattern` is `../%02d`: expected a path inside the package with one number in it, such as `tests/%02d`
    ");
    let crowded = " a=''".repeat(10_001);
    assert_snapshot!(xml_error(&format!("<problem\n{crowded}/>")), @r"
    failed to load problem from `P/problem.xml`
      line 2: an element has more than 10000 attributes
    ");
    let outside = r#"<assets><checker><source path="/etc/passwd"/></checker></assets>"#;
    assert_snapshot!(xml_error(&whole(TESTSET, outside)), @r"
    failed to load problem from `P/problem.xml`
      field `problem.assets.checker.source.path` is `/etc/passwd`: expected a path inside the package
    ");
    let nothing = r#"<assets><checker name="mine"/></assets>"#;
    assert_snapshot!(xml_error(&whole(TESTSET, nothing)), @r"
    failed to load problem from `P/problem.xml`
      field `problem.assets.checker.name` is `mine`: expected a standard checker, or one with a source that is there
    ");
}

#[test]
fn a_file_made_to_grow_or_to_reach_outside_is_refused() {
    let entity =
        r#"<!DOCTYPE problem [<!ENTITY a SYSTEM "file:///etc/passwd">]><problem>&a;</problem>"#;
    assert!(xml_error(entity).contains("DTD"), "{}", xml_error(entity));
    let deep = format!("<problem>{}", "<a>".repeat(200_000));
    assert!(xml_error(&deep).contains("problem.xml"));
    let wide = format!("<problem>{}</problem>", "<a/>".repeat(600_000));
    assert!(xml_error(&wide).contains("problem.xml"));
    let many = whole(
        "<testset name=\"tests\"><test-count>4000000000</test-count></testset>",
        "",
    );
    assert!(xml_error(&many).contains("the limit is 10000"));
}

#[test]
fn the_format_can_be_forced_on_a_package() {
    let xml = whole(TESTSET, "");
    let folder = folder(&package(
        &xml,
        &[&TESTS[..], &[("problem.yaml", "name: x")]].concat(),
    ));
    let options = LoadOptions {
        format: Some(Format::Polygon),
        ..LoadOptions::default()
    };
    assert_eq!(
        load(folder.path(), &options).unwrap().task.format,
        Format::Polygon
    );
    assert!(load(folder.path(), &LoadOptions::default()).is_err());
}
