//! `validate` on packages that check their answers too.

use riddle_engine::{Said, Subject, Validated, ValidatedProblem};

use super::validators::validated;

/// A package of which the answers have as many numbers as the input says, at most one of them above 9.
fn with_answers<'a>(validators: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut files = vec![
        (
            "problem.yaml",
            "problem_format_version: 2025-09\nname: x\nuuid: 1\nlimits:\n  time_limit: 2\n",
        ),
        ("data/sample/1.in", "2\n"),
        ("data/sample/1.ans", "3 4\n"),
        (
            "data/secret/big/test_group.yaml",
            "answer_validator_args: [most=1000]\n",
        ),
        ("data/secret/big/1.in", "1\n"),
        ("data/secret/big/1.ans", "700\n"),
        ("data/valid_output/1.in", "1\n"),
        ("data/valid_output/1.ans", "7\n"),
        ("data/valid_output/1.out", "x\n"),
        ("data/invalid_answer/1.in", "2\n"),
        ("data/invalid_answer/1.ans", "700\n"),
    ];
    files.extend(validators);
    files
}

/// Checks that the answers are valid and the one that is not meant to be is refused.
#[track_caller]
fn check_answers(validators: &[(&str, &str)]) -> ValidatedProblem {
    let validated = validated(&with_answers(validators));
    assert_eq!(validated.unusable, [""; 0]);
    let said: Vec<_> = (validated.answers.iter())
        .map(|it| (&*it.input, it.subject, it.says))
        .collect();
    let answer = |name, says| (name, Subject::Answer, Some(says));
    let expected = [
        answer("sample/1", Said::Valid),
        answer("secret/big/1", Said::Valid),
        answer("valid_output/1", Said::Valid),
        answer("invalid_answer/1", Said::Invalid),
    ];
    assert_eq!(said, expected, "{:?}", validated.answers);
    assert!(validated.answers.iter().all(Validated::is_as_expected));
    validated
}

#[test]
fn an_answer_validator_reads_the_answer_and_finds_the_input_and_its_arguments() {
    let in_python = r"
import sys
n = int(open(sys.argv[1]).read())
most = int(sys.argv[2].split('=')[1]) if len(sys.argv) > 2 else 10
numbers = [int(it) for it in input().split()]
if len(numbers) != n: print(n, 'numbers are expected', file=sys.stderr)
sys.exit(42 if len(numbers) == n and max(numbers) <= most else 43)
";
    let validated = check_answers(&[("answer_validators/v.py", in_python)]);
    // There is nobody to ask about the inputs.
    assert_eq!(validated.inputs.len(), 0);
    assert_eq!(validated.answer_validators, ["v.py"]);
    let refused = &validated.answers[3];
    assert_eq!(refused.validator.as_deref(), Some("v.py"));
    assert_eq!(refused.message.as_deref(), Some("2 numbers are expected"));

    let in_cpp = r"
        #include <fstream>
        #include <iostream>
        int main(int argc, char **argv) {
            std::ifstream input(argv[1]);
            int n, it, most = argc > 2 ? std::stoi(std::string(argv[2]).substr(5)) : 10;
            input >> n;
            while (std::cin >> it) if (--n < 0 || it > most) return 43;
            return n == 0 ? 42 : 43;
        }";
    check_answers(&[("answer_format_validators/v/main.cpp", in_cpp)]);
}

#[test]
fn input_validators_are_asked_about_the_inputs_of_answers_that_are_not_valid() {
    let validated = check_answers(&[
        (
            "answer_validators/v.ctd",
            "REGEX(\"([0-9] )?[0-9]|7?00\") NEWLINE IF(ISEOF) END",
        ),
        (
            "answer_validators/w.py",
            "import sys\nsys.exit(43 if open(sys.argv[1]).read() == '2\\n' and input() == '700' else 42)",
        ),
        ("input_validators/v.ctd", "INT(1, 2) NEWLINE"),
    ]);
    let names: Vec<_> = (validated.inputs.iter())
        .map(|it| (&*it.input, it.subject, it.says))
        .collect();
    let input = |name| (name, Subject::Input, Some(Said::Valid));
    let all = [
        "sample/1",
        "secret/big/1",
        "valid_output/1",
        "invalid_answer/1",
    ];
    assert_eq!(names, all.map(input));
}

#[test]
fn a_script_of_checktestdata_reads_the_answer() {
    let script =
        "INT(0, 700, a) IF(MATCH(\" \")) SPACE INT(0, 9) END NEWLINE ASSERT(a < 700 || a > 700)";
    let validated = validated(&with_answers(&[("answer_validators/v.ctd", script)]));
    let said: Vec<_> = validated.answers.iter().map(|it| it.says).collect();
    let (valid, invalid) = (Some(Said::Valid), Some(Said::Invalid));
    assert_eq!(said, [valid, invalid, valid, invalid]);
    let message = validated.answers[1].message.as_deref().unwrap();
    assert!(message.contains("`ASSERT`: does not hold"), "{message}");
}

#[test]
fn an_answer_validator_that_fails_or_cannot_be_used_refuses_nothing() {
    let validated = validated(&with_answers(&[
        ("answer_validators/v.py", "pass"),
        ("answer_validators/w.sh", "exit 42"),
    ]));
    assert!(validated.answers.iter().all(|it| it.says.is_none()));
    let message = validated.answers[0].message.as_deref();
    assert_eq!(message, Some("judge's program `v.py` exited with code 0"));
    let unusable = "judge's program `w.sh` is not usable: programs in bash are not run";
    assert_eq!(validated.unusable, [unusable]);
}
