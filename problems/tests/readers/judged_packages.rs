//! Kattis packages that need more than the default validator: who judges, groups, files, arguments.

use insta::assert_snapshot;
use riddle_problems::{
    Aggregation, GroupRule, Interaction, Judge, JudgeLanguage, ModernRule, Objective, OnReject,
    Problem, Protocol, ScoreMode, TestGroup, Verdict, score,
};

use super::{error, read};

const SECRET: [(&str, &str); 2] = [("data/secret/1.in", ""), ("data/secret/1.ans", "")];
const MODERN: (&str, &str) = ("problem.yaml", "problem_format_version: 2025-09");

fn package<'a>(files: &[(&'a str, &'a str)]) -> Problem {
    read(&[&SECRET[..], files].concat())
}

fn package_error(files: &[(&str, &str)]) -> String {
    error(&[&SECRET[..], files].concat())
}

fn group<'a>(problem: &'a Problem, name: &str) -> &'a TestGroup {
    let mut groups = problem.groups.groups().into_iter();
    groups.find(|it| it.name == name).unwrap()
}

#[test]
fn a_custom_validator_is_a_program_with_all_its_files() {
    let legacy = ("problem.yaml", "validation: custom\nvalidator_flags: a b");
    let problem = package(&[
        legacy,
        ("output_validators/v/validate.cc", "int main() {}"),
        ("output_validators/v/validate.h", ""),
        ("output_validators/second.py", ""),
        ("output_validators/README.md", ""),
        ("data/secret/testdata.yaml", "output_validator_flags: c"),
    ]);
    let Judge::Programs(programs) = &problem.task.judging.judge else {
        panic!("a custom validator is a program");
    };
    let found: Vec<_> = (programs.iter())
        .map(|it| (&*it.name, &it.language, it.files.len(), it.entry.as_deref()))
        .collect();
    let expected = [
        ("second.py", &JudgeLanguage::Python, 1, Some("second.py")),
        ("v", &JudgeLanguage::Cpp, 2, Some("validate.cc")),
    ];
    assert_eq!(found, expected);
    assert_eq!(programs[0].protocol, Protocol::Kattis);
    // Flags that the default validator does not know are this one's own.
    assert_eq!(
        *problem.private.open_for_scoring()[0].judge_args,
        ["a", "b", "c"]
    );
    assert_eq!(problem.needs(), None);
    assert_eq!(problem.task.judging.to_string(), "custom output validation");

    let problem = package(&[
        MODERN,
        ("output_validator/a.cpp", ""),
        ("output_validator/b.h", ""),
    ]);
    assert_eq!(problem.task.judging.programs().count(), 1);
    let problem = package(&[MODERN, ("output_validator/guess_validator/a.cpp", "")]);
    assert_eq!(
        problem.task.judging.programs().next().unwrap().name,
        "guess_validator"
    );
}

#[test]
fn packages_on_the_way_between_versions_have_their_validator_found() {
    let custom = ("problem.yaml", "validation: custom");
    let problem = package(&[custom, ("output_validator/validator.py", "")]);
    assert_eq!(problem.task.judging.programs().count(), 1);
    // The default validator is used where the package says so, whatever lies about.
    let problem = package(&[("output_validators/v.py", "")]);
    assert!(problem.task.judging.is_built_in());
}

#[test]
fn a_validator_that_is_not_there_is_warned_of_and_needed() {
    let missing = "no output validator, though the package says that it has one".to_owned();
    let problem = package(&[("problem.yaml", "validation: custom")]);
    assert!(problem.warnings.contains(&missing));
    let needs = "custom output validation by a program that is not there";
    assert_eq!(problem.needs().as_deref(), Some(needs));
    let interactive = (
        "problem.yaml",
        "problem_format_version: 2025-09\ntype: interactive",
    );
    assert!(package(&[interactive]).warnings.contains(&missing));
    let group = (
        "data/secret/test_group.yaml",
        "static_validation_score: pass-fail",
    );
    let problem = package(&[MODERN, group]);
    assert!(
        problem
            .warnings
            .iter()
            .any(|it| it.contains("`static_validator`"))
    );
    assert_eq!(
        problem.needs().as_deref(),
        Some("static validation by a program that is not there (in `secret`)")
    );
    let problem = package(&[MODERN, group, ("static_validator/v.py", "")]);
    assert_eq!(problem.needs(), None);
    assert_eq!(
        problem.needs_of_search().as_deref(),
        Some("searching with static validation (in `secret`)")
    );
}

#[test]
fn interactive_and_multi_pass_problems_say_so() {
    let validator = ("output_validators/v.py", "");
    let judging = |config| package(&[("problem.yaml", config), validator]).task.judging;
    let interactive = judging("validation: custom interactive");
    assert_eq!(interactive.interaction, Interaction::Judge);
    assert_eq!(interactive.max_passes.get(), 1);
    let passes = judging("validation: custom multi-pass\nlimits: {validation_passes: 26}");
    assert_eq!(passes.max_passes.get(), 26);
    let both = "problem_format_version: 2025-09\ntype: [interactive, multi-pass]";
    assert_eq!(
        judging(both).to_string(),
        "interactive multi-pass custom output validation"
    );
    assert_eq!(judging(both).max_passes.get(), 2);
    let answers = package(&[(
        "problem.yaml",
        "problem_format_version: 2025-09\ntype: submit-answer",
    )]);
    assert_eq!(answers.needs(), None);
    assert_eq!(
        answers.needs_of_search().as_deref(),
        Some("searching for answers, and not for programs")
    );
    let limits =
        judging("validation: custom\nlimits: {validation_time: 5, validation_memory: 64}").limits;
    assert_eq!((limits.time.as_secs(), limits.memory_bytes), (5, 64 << 20));
}

#[test]
fn kinds_that_exclude_each_other_are_an_error() {
    assert_snapshot!(package_error(&[("problem.yaml", "type: [pass-fail, scoring]")]), @r"
    failed to load problem from `P/problem.yaml`
      field `type` is a list: expected types that go together: not `pass-fail` with `scoring`, nor `submit-answer` with `interactive` or `multi-pass`
    ");
    let passes = "validation: custom multi-pass\nlimits: {validation_passes: 1}";
    assert_snapshot!(package_error(&[("problem.yaml", passes), ("output_validators/v.py", "")]), @r"
    failed to load problem from `P/problem.yaml`
      field `limits.validation_passes` is `1`: expected a whole number from 2 to 10000
    ");
}

#[test]
fn tests_have_arguments_files_and_flags_of_their_own() {
    let problem = package(&[
        MODERN,
        ("data/sample/1.in", ""),
        ("data/sample/1.ans", ""),
        (
            "data/secret/1.yaml",
            "args: [--fast, 'two words']\nhint: h\noutput_validator_args: [case_sensitive]",
        ),
        ("data/secret/1.files/a/b.txt", "inside"),
        ("data/secret/1.files/c.in", "no test"),
        ("data/secret/1.desc", "what for\n"),
        (
            "data/secret/test_group.yaml",
            "input_validator_args: {v.py: [x]}",
        ),
    ]);
    let [test] = problem.private.open_for_scoring() else {
        panic!("the files of a test are no tests");
    };
    assert_eq!(*test.args, ["--fast", "two words"]);
    assert_eq!(
        test.files.iter().map(|it| &*it.name).collect::<Vec<_>>(),
        ["a/b.txt", "c.in"]
    );
    assert_eq!(
        (test.hint.as_deref(), test.description.as_deref()),
        (Some("h"), Some("what for"))
    );
    assert_eq!(test.validator_args.of("v.py"), ["x"]);
    assert_eq!(test.validator_args.of("w.py"), [""; 0]);
    assert_eq!(problem.task.checker.to_string(), "kattis");
    assert_eq!(
        test.checker.as_ref().unwrap().to_string(),
        "kattis case_sensitive"
    );
    assert!(problem.task.public_tests[0].checker.is_none());
    assert_eq!(problem.needs(), None);
}

#[test]
fn legacy_groups_inherit_what_they_do_not_set() {
    let problem = package(&[
        ("problem.yaml", "type: scoring\ngrading: {objective: min}"),
        (
            "data/testdata.yaml",
            "on_reject: continue\ngrader_flags: min ignore_sample odd\nrange: 0 100",
        ),
        ("data/secret/a/1.in", ""),
        ("data/secret/a/1.ans", ""),
        (
            "data/secret/a/testdata.yaml",
            "grader_flags: max\naccept_score: 7\nrange: -inf 50",
        ),
    ]);
    assert_eq!(problem.task.objective, Some(Objective::Min));
    assert_eq!(problem.needs(), None);
    assert!(
        problem
            .warnings
            .contains(&"`data/testdata.yaml`: unknown grader flag `odd`".to_owned())
    );
    let rule = |name| match &group(&problem, name).rule {
        GroupRule::Legacy(rule) => rule.clone(),
        other => panic!("{other:?}"),
    };
    let secret = rule("secret");
    assert_eq!(
        (secret.on_reject, secret.score),
        (OnReject::Continue, ScoreMode::Min)
    );
    assert_eq!((secret.ignore_sample, secret.range), (true, (0.0, 100.0)));
    let a = rule("secret/a");
    assert_eq!(
        (a.on_reject, a.score, a.ignore_sample),
        (OnReject::Continue, ScoreMode::Max, false)
    );
    assert_eq!(
        (a.accept_score, a.range),
        (Some(7.0), (f64::NEG_INFINITY, 50.0))
    );
}

#[test]
fn groups_of_the_2025_09_format_are_folders_with_a_file() {
    let scoring = "problem_format_version: 2025-09\ntype: scoring";
    let problem = read(&[
        ("problem.yaml", scoring),
        ("data/sample/1.in", ""),
        ("data/sample/1.ans", ""),
        ("data/secret/a/1.in", ""),
        ("data/secret/a/1.ans", ""),
        ("data/secret/a/deep/2.in", ""),
        ("data/secret/a/deep/2.ans", ""),
        (
            "data/secret/a/test_group.yaml",
            "max_score: 40\nrequire_pass: sample",
        ),
        ("data/secret/b/1.in", ""),
        ("data/secret/b/1.ans", ""),
        (
            "data/secret/b/test_group.yaml",
            "max_score: 60\nscore_aggregation: min\nrequire_pass: [sample, secret/a]",
        ),
    ]);
    let rule = |name| match &group(&problem, name).rule {
        GroupRule::Modern(rule) => rule.clone(),
        other => panic!("{other:?}"),
    };
    let expected = ModernRule {
        max_score: Some(100.0),
        aggregation: Aggregation::Sum,
        require_pass: Vec::new(),
    };
    assert_eq!(rule("secret"), expected);
    assert_eq!(rule("secret/a").aggregation, Aggregation::PassFail);
    assert_eq!(rule("secret/b").require_pass, ["sample", "secret/a"]);
    assert_eq!(
        group(&problem, "secret/a").tests(),
        ["secret/a/1", "secret/a/deep/2"]
    );
    assert_eq!(problem.groups.groups().len(), 5);
    let right = score::grade(&problem.groups, |_| Some(Verdict::Ac.into()));
    assert_eq!((right.verdict, right.score), (Verdict::Ac, Some(100.0)));
    let wrong = |bad: &'static str| {
        score::grade(&problem.groups, move |it| {
            Some(if it == bad { Verdict::Wa } else { Verdict::Ac }.into())
        })
    };
    assert_eq!(wrong("secret/a/deep/2").score, Some(0.0));
    assert_eq!(wrong("secret/b/1").score, Some(40.0));
}

#[test]
fn bad_settings_of_groups_are_named_with_file_and_field() {
    let legacy = |text| package_error(&[("data/secret/testdata.yaml", text)]);
    assert_snapshot!(legacy("on_reject: stop"), @r"
    failed to load problem from `P/data/secret/testdata.yaml`
      field `on_reject` is `stop`: expected `break` or `continue`
    ");
    assert_snapshot!(legacy("range: 5 1"), @r"
    failed to load problem from `P/data/secret/testdata.yaml`
      field `range` is `5 1`: expected two numbers, the first not above the second
    ");
    assert_snapshot!(legacy("accept_score: many"), @r"
    failed to load problem from `P/data/secret/testdata.yaml`
      field `accept_score` is `many`: expected a number
    ");
    let modern = |text| package_error(&[MODERN, ("data/secret/test_group.yaml", text)]);
    assert_snapshot!(modern("max_score: -1"), @r"
    failed to load problem from `P/data/secret/test_group.yaml`
      field `max_score` is `-1`: expected a number of at least 0, or `unbounded`
    ");
    assert_snapshot!(modern("score_aggregation: avg"), @r"
    failed to load problem from `P/data/secret/test_group.yaml`
      field `score_aggregation` is `avg`: expected `pass-fail`, `sum` or `min`
    ");
    assert_snapshot!(modern("args: {a: b}"), @r"
    failed to load problem from `P/data/secret/test_group.yaml`
      field `args` is a map: expected a list of words
    ");
}

#[test]
fn domjudge_scores_are_known_by_its_tag() {
    let files = [
        ("problem.yaml", "type: scoring"),
        (
            "data/testdata.yaml",
            "on_reject: continue\ngrader_flags: sum",
        ),
        ("data/secret/testdata.yaml", "on_reject: continue"),
        ("data/secret/a/1.in", ""),
        ("data/secret/a/1.ans", ""),
        ("data/secret/a/2.in", ""),
        ("data/secret/a/2.ans", ""),
        ("data/secret/a/testdata.yaml", "accept_score: 10"),
    ];
    let right =
        |problem: &Problem| score::grade(&problem.groups, |_| Some(Verdict::Ac.into())).score;
    assert_eq!(right(&read(&files)), Some(20.0));
    let tagged = ("submissions/partial/a.py", "# @EXPECTED_SCORE@: 10\n");
    assert_eq!(right(&read(&[&files[..], &[tagged]].concat())), Some(10.0));
}

#[test]
fn a_grader_is_read_with_its_flags() {
    let scoring = ("problem.yaml", "type: scoring");
    let custom = (
        "data/testdata.yaml",
        "grading: custom\ngrader_flags: odd 3\naccept_score: 30\nreject_score: -1.0",
    );
    let grader = ("graders/g.py", "print('AC 0')");
    let problem = package(&[scoring, custom, grader]);
    assert_eq!(problem.needs(), None);
    assert_eq!(problem.task.judging.grader.as_ref().unwrap().name, "g.py");
    let GroupRule::Legacy(rule) = &group(&problem, "secret").rule else {
        panic!("it is a legacy package");
    };
    assert!(rule.custom && rule.accept_is_whole && !rule.reject_is_whole);
    assert_eq!(rule.flags, ["odd", "3"]);
    // Flags of a program are its own.
    assert!(
        !problem.warnings.iter().any(|it| it.contains("flag")),
        "{:?}",
        problem.warnings
    );

    let needs = |files: &[(&str, &str)]| package(files).needs().unwrap();
    assert_eq!(
        needs(&[scoring, custom]),
        "grading by a program that is not there (in ``)"
    );
    assert_eq!(
        needs(&[custom, grader]),
        "grading by a program, though nothing has a score (in ``)"
    );
    let several = package(&[scoring, custom, grader, ("graders/f.py", "")]);
    let warning = "`graders` has 2 programs and not one: `f.py` grades".to_owned();
    assert!(
        several.warnings.contains(&warning),
        "{:?}",
        several.warnings
    );
}

#[test]
fn what_checks_the_tests_is_read_too() {
    let problem = package(&[
        MODERN,
        ("input_validators/a.ctd", "EOF"),
        ("input_validators/b/v.py", ""),
        ("answer_validators/c.viva", ""),
        ("data/invalid_input/1.in", "bad"),
        ("data/invalid_output/1.in", ""),
        ("data/invalid_output/1.ans", ""),
        ("data/invalid_output/1.out", "wrong"),
        ("data/valid_output/2.in", ""),
        ("data/valid_output/2.ans", ""),
    ]);
    let validation = &problem.validation;
    let languages: Vec<_> = validation
        .input_validators
        .iter()
        .map(|it| it.language.to_string())
        .collect();
    assert_eq!(languages, ["Checktestdata", "Python"]);
    assert_eq!(
        validation.answer_validators[0].language,
        JudgeLanguage::Viva
    );
    assert_eq!(&*validation.invalid_inputs[0].input, b"bad");
    assert_eq!(&*validation.invalid_outputs[0].output, b"wrong");
    assert_eq!(validation.valid_outputs.len(), 0);
    let warning = "`data/valid_output/2.out` is not there: test left out".to_owned();
    assert!(
        problem.warnings.contains(&warning),
        "{:?}",
        problem.warnings
    );
    // None of these is judged.
    assert_eq!(problem.groups.tests(), ["secret/1"]);
}

#[test]
fn constants_and_includes_are_put_in() {
    let problem = package(&[
        (
            "problem.yaml",
            "problem_format_version: 2025-09\nconstants: {n: 5, m: {value: 7, tex: '$7$'}}",
        ),
        (
            "statement/problem.en.md",
            "At most {{n}}, {{m.tex}}, {{other}}.",
        ),
        ("include/cpp/grader.h", "const int M = {{m}};"),
        ("include/default/data.txt", ""),
        ("output_validator/v.py", "N = {{n.value}}"),
    ]);
    assert_eq!(
        problem.task.statement.as_deref(),
        Some("At most 5, $7$, {{other}}.")
    );
    let includes: Vec<_> = problem
        .task
        .includes
        .iter()
        .map(|it| (&*it.language, it.files.len()))
        .collect();
    assert_eq!(includes, [("cpp", 1), ("default", 1)]);
    assert_eq!(problem.task.includes[0].files[0].bytes, b"const int M = 7;");
    let validator = problem.task.judging.programs().next().unwrap();
    assert_eq!(validator.files[0].bytes, b"N = 5");
}

#[test]
fn a_byte_order_mark_and_carriage_returns_change_nothing() {
    let problem = package(&[
        (
            "problem.yaml",
            "\u{feff}name: x\r\nlimits:\r\n  memory: 64\r\n",
        ),
        ("data/testdata.yaml", "\u{feff}on_reject: continue\r\n"),
        (".timelimit", "\u{feff}2\r\n"),
    ]);
    assert_eq!(problem.task.title.as_deref(), Some("x"));
    assert_eq!(problem.task.limits.memory_bytes, 64 << 20);
    let GroupRule::Legacy(rule) = &problem.groups.rule else {
        panic!("legacy");
    };
    assert_eq!(rule.on_reject, OnReject::Continue);
}

#[test]
fn safety_margins_of_both_versions_are_read() {
    let margin = |config| package(&[("problem.yaml", config)]).task.limits.tle_margin;
    let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-9);
    near(margin("limits: {time_safety_margin: 4}"), 4.0);
    near(margin("name: x"), 2.0);
    near(margin("problem_format_version: 2025-09"), 1.5);
    near(
        margin(
            "problem_format_version: 2025-09\nlimits: {time_multipliers: {time_limit_to_tle: 3}}",
        ),
        3.0,
    );
    let odd = package(&[(
        "problem.yaml",
        "problem_format_version: 2025-09\nlimits: {time_limit: 1.5}",
    )]);
    assert!(
        odd.warnings.iter().any(|it| it.contains("time_resolution")),
        "{:?}",
        odd.warnings
    );
}
