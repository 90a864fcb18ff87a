//! The oddities of the harnesses, each as the program itself has it.

use super::Checker;

/// Checks a pair against a profile by its name.
#[track_caller]
fn check(profile: &str, answer: &str, output: &str, accepted: bool) {
    let checker: Checker = profile.parse().unwrap();
    let judgement = checker.judge(answer.as_bytes(), output.as_bytes());
    assert_eq!(judgement.accepted, accepted, "{profile}: {judgement:?}");
}

#[test]
fn alphacode_compares_all_tokens_as_texts_or_each_by_value() {
    check("alphacode", "inf x", "INF X", true);
    check("alphacode", "inf 1", "inf 1.0", false);
    check("alphacode", "1", "1.00001", false);
    check("alphacode", "1", "1.000009", true);
    check("alphacode", "5", "5\x0c", true);
    check("alphacode", "a b", "a\x0cb", false);
    check("alphacode", "1", "+1", true);
    check("alphacode", "1", "+-1", false);
    check("alphacode", "0x10", "16", true);
    check("alphacode", "0x1.8p1", "3.0", true);
    check("alphacode", "0x1p", "1", false);
    check("alphacode", "NO", "nan(x)", false);
}

#[test]
fn lcb_has_exact_decimals() {
    check("lcb", "0.1", "0.1000", true);
    check("lcb", "0.1", "0.10000000000000000000000000001", false);
    check("lcb", "1 2", " 01  2.0 ", true);
    check("lcb", "a b", "a  b", false);
    check("lcb", "1\n\n2", "1\n2", false);
    check("lcb", "\n1\n", "1", true);
    check("lcb", "10", "1_0_", true);
    check("lcb", "nan 1", "nan 1.0", false);
    check("lcb", "1\x0b2", "1 2", true);
}

#[test]
fn apps_takes_any_order_and_repetition() {
    check("apps", "1 2\n3\n", "3\n2 1 1\n3\n", true);
    check("apps", "0.1234", "0.1231", true);
    check("apps", "0.1234", "0.1239", false);
    check("apps", "1\n2", "1\n\n2", true);
    check("apps", "1 2", "1\n2", false);
    check("apps", "a\x0cb", "a\x0cb", false);
    check("apps", "x\n \ny", "y\nx", false);
    check("apps", "nan 1", "1 nan", true);
    check("apps", "nan 1", "1.0 nan", false);
}

#[test]
fn verl_prime_is_apps_without_sets() {
    check("verl:prime", "1 2\n3\n", "3\n2 1\n", false);
    check("verl:prime", "1000000", "1000001", false);
    check("verl:prime", "1000000", "1000001.0", true);
    check("verl:prime", "1000000\n-1", "1000001\n-1", true);
}

#[test]
fn open_r1_compares_as_far_as_the_shorter_goes() {
    check("open-r1", "1", "1\n2", true);
    check("open-r1", "1\n", "1\n2", false);
    check("open-r1", "\n1\n", "", true);
    check("open-r1", "\n1\n", "\n1\n", false);
    check("open-r1", "1\n2", "1\r2", true);
    check("open-r1", "1\r2", "1\r2", false);
}

#[test]
fn sandbox_fusion_is_relative_on_lines_that_are_one_number() {
    check("sandboxfusion", "0", "1e-16", true);
    check("sandboxfusion", "0", "1e-15", false);
    check("sandboxfusion", "100000", "100000.9", true);
    check("sandboxfusion", "100000", "100001", false);
    check("sandboxfusion", "1\n2", " 1.0 \n2", true);
    check("sandboxfusion", "inf", "infinity", false);
    check("sandboxfusion", "ΑΣ", "ας", true);
}

#[test]
fn verl_is_blind_to_line_feeds_at_the_end_alone() {
    check("verl", "1\n", "1\n\n\n", true);
    check("verl", "1\n", "1\r\n", false);
    check("verl", "1\n", "\n1\n", false);
}

#[test]
fn alphacodium_leaves_blanks_out() {
    check("alphacodium", "1 2 3", "12 3", true);
    check("alphacodium", "1 2", "1\t2", false);
    check("alphacodium", "10000", "10001", true);
    check("alphacodium", "0", "0.0001", true);
    check("alphacodium", "0 0", "0 0.0001", false);
}

#[test]
fn a_text_is_utf_8() {
    for profile in [
        "lcb",
        "apps",
        "verl",
        "open-r1",
        "sandboxfusion",
        "evalplus",
    ] {
        let checker: Checker = profile.parse().unwrap();
        let judgement = checker.judge(b"1", b"1\xff");
        assert!(!judgement.accepted && !judgement.answer_is_at_fault());
        assert!(!checker.judge(b"\xff", b"\xff").accepted, "{profile}");
    }
}

#[test]
fn evalplus_compares_values() {
    check("evalplus", "[1, 2]", "[1,2.0]", true);
    check("evalplus", "[1, 2]", "(1, 2)", false);
    check("evalplus", "{1: 'a', 2: 'b'}", "{2: 'b', 1: 'a'}", true);
    check("evalplus", "0.5", "0.5000001", true);
    check("evalplus", "0.5", "0.500002", false);
    check("evalplus", "1.0", "1", true);
    check("evalplus", "1.0", "1.0000001", true);
    check("evalplus", "1", "1.0000001", false);
    check("evalplus", "[0.5, 0.25]", "[0.5000001, 0.25]", true);
    check("evalplus", "[0.5, 0.25]", "(0.5000001, 0.25)", false);
    check("evalplus", "[0.5, 1]", "[0.5000001, 1]", false);
    check("evalplus", "nan", "nan", false);
    check("evalplus", "hello world\n", " hello world", true);
    check("evalplus", "hello world", "hello  world", false);
}

#[test]
fn dmoj_has_line_ends_between_the_same_tokens() {
    check("dmoj:standard", "1 2\n3", "\n 1  2 \r\n\n3 ", true);
    check("dmoj:standard", "1 2\n3", "1\n2\n3", false);
    check("dmoj:standard", "1 2\n3", "1 2 3", false);
    check("dmoj:standard", "1 2", "1 22", false);
    check("dmoj:standard", "", " \n", true);
}

#[test]
fn dmoj_floats_are_pythons_on_bytes() {
    check("dmoj:floats", "abc 0.68", "abc 0.6800001", true);
    check("dmoj:floats", "abc 0.68", "ABC 0.68", false);
    check("dmoj:floats", "0.68", "0.680002", false);
    check("dmoj:floats 3", "0.68", "0.6805", true);
    check("dmoj:floatsabs", "1000000", "1000000.5", false);
    check("dmoj:floatsrel", "1000000", "1000000.5", true);
    check("dmoj:floatsrel", "0", "1e-9", false);
    check("dmoj:floats", "inf", "inf", false);
    check("dmoj:floats", "1\n\n2", "1\r\n2", true);
    check("dmoj:floats", "1 2", "1\n2", false);
    check("dmoj:floats", "10", "1_0", true);
}

#[test]
fn dmoj_orders() {
    check("dmoj:sorted", "1 2\n3", "3\n1  2", true);
    check("dmoj:sorted", "1 2\n3", "3\n2 1", false);
    check("dmoj:sorted", "1\n \n2", "1\n2", false);
    check("dmoj:unordered", "1 2\n3", "3 2\n1", true);
    check("dmoj:unordered", "1 2 2", "1 1 2", false);
    check("dmoj:easy", "abc", "C B\nA", true);
    check("dmoj:easy", "abc", "abcc", false);
    check("dmoj:rstripped", "1\n2\n", "1 \t\n2\n", true);
    check("dmoj:rstripped", "1\n2\n", "1\n2", false);
    check("dmoj:identical", "1\n", "1", false);
}
