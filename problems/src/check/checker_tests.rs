//! Tests of the token checkers: each flag, and a naive oracle.

use proptest::prelude::*;

use super::*;
use crate::check::QUOTED_BYTES;

fn kattis(flags: &str) -> Checker {
    Checker::Kattis(flags.parse().unwrap())
}

#[track_caller]
fn check(checker: Checker, answer: &str, output: &str, accepted: bool) {
    let judgement = checker.judge(answer.as_bytes(), output.as_bytes());
    assert_eq!(
        judgement.accepted, accepted,
        "{checker}: {answer:?} against {output:?}"
    );
    assert_eq!(judgement.difference.is_none(), accepted);
}

#[test]
fn an_absolute_tolerance_does_not_grow_with_the_answer() {
    let checker = kattis("float_absolute_tolerance 1e-3");
    check(checker, "1000000", "1000000.0009", true);
    check(checker, "1000000", "1000000.002", false);
}

#[test]
fn a_relative_tolerance_is_of_the_answer_and_not_of_the_output() {
    let checker = kattis("float_relative_tolerance 0.5");
    check(checker, "10", "15", true);
    check(checker, "10", "15.1", false);
    check(checker, "15", "10", true);
    check(checker, "0", "1e-300", false);
    check(checker, "0", "-0", true);
}

#[test]
fn a_tolerance_concerns_only_answers_that_are_numbers() {
    let checker = kattis("float_tolerance 1");
    check(checker, "1", "one", false);
    check(checker, "one", "1", false);
    check(checker, "Impossible", "IMPOSSIBLE", true);
    check(checker, "inf", "INF", true);
    check(checker, "nan", "0", false);
}

#[test]
fn case_counts_when_asked() {
    check(kattis("case_sensitive"), "Yes", "yes", false);
    check(kattis("case_sensitive"), "Yes", " Yes\n", true);
    check(kattis(""), "É", "é", false);
}

#[test]
fn white_space_counts_when_asked() {
    let checker = kattis("space_change_sensitive");
    check(checker, "a b\n", "A b\n", true);
    check(checker, "a b\n", "a b", false);
    check(checker, "a b\n", "a  b\n", false);
    check(checker, "a b\n", " a b\n", false);
    check(checker, "a b\n", "a b\n\n", false);
    check(checker, "", "\n", false);
    check(checker, "a\n", "a\r\n", false);
}

#[test]
fn a_zero_byte_ends_a_token_for_the_c_program_only() {
    check(kattis(""), "1 2", "1\0x 2", true);
    check(Checker::Tokens, "1 2", "1\0x 2", false);
}

#[track_caller]
fn check_difference(answer: &str, output: &str, expected: &str) {
    let difference = Checker::Tokens
        .judge(answer.as_bytes(), output.as_bytes())
        .difference;
    assert_eq!(difference.unwrap().to_string(), expected);
}

#[test]
fn a_difference_says_where() {
    check_difference(
        "1 2\n3\n",
        "1 2\n4\n",
        "token 3, line 2: expected `3`, found `4`",
    );
    check_difference(
        "1 2",
        "1\n\n",
        "token 2, line 3: expected `2`, found the end",
    );
    check_difference("", "x", "token 1, line 1: expected the end, found `x`");
    let judgement = kattis("space_change_sensitive").judge(b"1 2", b"1\n2");
    let text = judgement.difference.unwrap().to_string();
    assert_eq!(text, "token 2, line 1: expected ` `, found `\\n`");
}

#[test]
fn a_difference_is_short_and_printable() {
    let long = "9".repeat(1 << 20);
    let found = Checker::Tokens
        .judge(b"1", long.as_bytes())
        .difference
        .unwrap()
        .found
        .unwrap();
    assert_eq!(found, format!("{}…", "9".repeat(QUOTED_BYTES)));
    let found = Checker::Tokens
        .judge(b"1", b"\xff\x1b[2J")
        .difference
        .unwrap()
        .found
        .unwrap();
    assert_eq!(found, "\u{fffd}\\u{1b}[2J");
}

/// The slow and obvious way: all tokens in a list.
fn naive_tokens(text: &[u8]) -> Vec<&[u8]> {
    let is_space = |byte: &u8| b" \t\n\x0b\x0c\r".contains(byte);
    text.split(is_space).filter(|it| !it.is_empty()).collect()
}

const TEXT: &str = "([aA1. \n\t\r\x0b-]|0\\.5){0,12}";

fn checkers() -> impl Strategy<Value = Checker> {
    prop::sample::select(vec![
        Checker::Tokens,
        kattis(""),
        kattis("case_sensitive"),
        kattis("space_change_sensitive"),
        kattis("float_tolerance 1e-6"),
    ])
}

proptest! {
    #[test]
    fn every_checker_accepts_the_answer_itself(
        checker in checkers(),
        text in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        // A byte more at the end keeps the short cut for equal texts out of the way.
        let longer = [text.as_slice(), b"\n"].concat();
        let sensitive = kattis("space_change_sensitive");
        prop_assert!(checker.judge(&text, &text).accepted);
        prop_assert_eq!(checker.judge(&text, &longer).accepted, checker != sensitive);
    }

    #[test]
    fn tokens_agree_with_splitting(answer in TEXT, output in TEXT) {
        let (answer, output) = (answer.as_bytes(), output.as_bytes());
        let expected = naive_tokens(answer) == naive_tokens(output);
        prop_assert_eq!(Checker::Tokens.judge(answer, output).accepted, expected);
        let (lower, output) = (answer.to_ascii_lowercase(), output.to_ascii_lowercase());
        let expected = naive_tokens(&lower) == naive_tokens(&output);
        prop_assert_eq!(kattis("").judge(answer, &output).accepted, expected);
    }

    #[test]
    fn white_space_between_tokens_does_not_matter(
        tokens in prop::collection::vec("[a-z0-9]{1,4}", 0..10),
        gaps in prop::collection::vec("[ \n\t\r]{1,3}", 10),
    ) {
        let spread: String = tokens.iter().zip(&gaps).flat_map(|(token, gap)| [&**token, gap]).collect();
        prop_assert!(Checker::Tokens.judge(tokens.join(" ").as_bytes(), spread.as_bytes()).accepted);
    }
}
