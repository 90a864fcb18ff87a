//! The oddities of testlib's checkers, each as the program itself has it.

use super::*;

/// Checks a checker: `+` accepts, `-` rejects, `!` finds the answer at fault.
#[track_caller]
fn check(checker: Testlib, answer: &str, output: &str, expected: char) {
    check_bytes(checker, answer.as_bytes(), output.as_bytes(), expected);
}

#[track_caller]
fn check_bytes(checker: Testlib, answer: &[u8], output: &[u8], expected: char) {
    let difference = checker.judge(answer, output);
    let mark = match &difference {
        None => '+',
        Some(it) if it.answer_at_fault => '!',
        Some(_) => '-',
    };
    assert_eq!(mark, expected, "{checker:?}: {difference:?}");
}

#[test]
fn what_follows_the_first_token_counts_in_the_output_alone() {
    for (checker, token) in [
        (Testlib::Icmp, "7"),
        (Testlib::Dcmp, "7"),
        (Testlib::Acmp, "7"),
        (Testlib::Yesno, "yes"),
    ] {
        check(checker, &format!("{token} more"), token, '+');
        check(checker, token, &format!("{token} more"), '-');
        check(checker, token, &format!("\n {token}\r\n\t\n"), '+');
        check(checker, "", token, '!');
        check(checker, token, "", '-');
    }
    check(Testlib::Hcmp, "7 more", "7", '!');
    check(Testlib::Rcmp6, "7 8", "7", '-');
}

#[test]
fn integers_are_written_plainly() {
    for bad in [
        "007",
        "+7",
        "-0",
        "00",
        "7.0",
        "7x",
        "--7",
        "-",
        "9223372036854775808",
    ] {
        check(Testlib::Ncmp, "7", bad, '-');
        check(Testlib::Ncmp, bad, bad, '!');
        check(Testlib::Uncmp, bad, bad, '!');
    }
    check(
        Testlib::Ncmp,
        "-9223372036854775808",
        "-9223372036854775808",
        '+',
    );
    check(Testlib::Icmp, "2147483648", "2147483648", '!');
    check(
        Testlib::Hcmp,
        "-18446744073709551616",
        "-18446744073709551616",
        '+',
    );
    check(Testlib::Hcmp, "-0", "-0", '!');
    check_bytes(Testlib::Ncmp, b"7", b"7\0", '-');
}

#[test]
fn doubles_are_cs_without_words_and_hexadecimal() {
    check(Testlib::Rcmp6, "1", "+1.0e", '+');
    check(Testlib::Rcmp6, "0.5 1000", ".5\n1E3", '+');
    for bad in ["nan", "inf", "0x1", "1e5.0", ".", "1_0", "1,5"] {
        check(Testlib::Rcmp6, "1", bad, '-');
        check(Testlib::Rcmp6, bad, bad, '!');
    }
}

#[test]
fn infinity_begins_beyond_1e300() {
    check(Testlib::Rcmp6, "1e301", "9e308", '+');
    check(Testlib::Rcmp6, "1e301", "1e300", '-');
    check(Testlib::Rcmp6, "1e301", "-1e301", '-');
    check(Testlib::Rcmp, "1e999", "1e999", '+');
    check(Testlib::Rcmp, "1e999", "1", '-');
}

#[test]
fn each_tolerance_is_its_own() {
    check(Testlib::Rcmp4, "1", "1.0001", '+');
    check(Testlib::Rcmp4, "1", "1.00011", '-');
    check(Testlib::Rcmp4, "1000", "1000.1", '+');
    check(Testlib::Rcmp6, "1", "1.000001", '+');
    check(Testlib::Rcmp6, "1", "1.0000011", '-');
    check(Testlib::Rcmp9, "1", "1.000000001", '+');
    check(Testlib::Rcmp9, "1", "1.0000000011", '-');
    check(Testlib::Dcmp, "1000", "1000.001", '+');
    check(Testlib::Rcmp, "1", "1.0000015", '+');
    check(Testlib::Rcmp, "1", "1.0000016", '-');
    check(Testlib::Rcmp, "1000", "1000.001", '-');
    check(Testlib::Rncmp, "1 1", "1.000015 1", '+');
    check(Testlib::Rncmp, "1 1", "1.000016 1", '-');
}

#[test]
fn white_space_is_four_bytes() {
    check(Testlib::Wcmp, "a b", "a\x0bb", '-');
    check(Testlib::Wcmp, "a\x0bb", "a\x0bb", '+');
    check(Testlib::Wcmp, "a b", "\ta\r\rb\n", '+');
    check(Testlib::Lcmp, "a b", "a\x0bb", '+');
}

#[test]
fn a_byte_order_mark_is_skipped_in_the_output() {
    check(Testlib::Wcmp, "a", "\u{feff}a", '+');
    check(Testlib::Wcmp, "\u{feff}a", "a", '-');
    check(Testlib::Fcmp, "\u{feff}a", "\u{feff}\u{feff}a", '+');
    check_bytes(Testlib::Wcmp, b"\xef\xbb", b"\xef\xbb", '+');
}

#[test]
fn lines_end_as_testlib_reads_them() {
    check(Testlib::Fcmp, "a\nb\n", "a\r\nb", '+');
    check(Testlib::Fcmp, "a\nb\n", "a\nb\n\n \t\n", '+');
    check(Testlib::Fcmp, "a\n\n\n", "a", '+');
    check(Testlib::Fcmp, "a b", "a  b", '-');
    check(Testlib::Fcmp, "a \n", "a\n", '-');
    check(Testlib::Lcmp, "a  b \n", " a b\n", '+');
    check(Testlib::Lcmp, "a b\n", "a\nb\n", '-');
    // A lone carriage return is dropped, and at the very end it reads as the byte 255.
    check(Testlib::Fcmp, "ab\n", "a\rb\n", '+');
    check(Testlib::Fcmp, "a\n", "a\r", '-');
    check_bytes(Testlib::Fcmp, b"a\xff", b"a\r", '+');
    check_bytes(
        Testlib::Fcmp,
        b"a\x0d\x0d\x0a",
        b"a\x0d\x0d\x0d\x0d\x0a",
        '-',
    );
}

#[test]
fn yes_and_no_are_of_any_case_and_nothing_else() {
    check(Testlib::Nyesno, "YES no", "Yes NO", '+');
    check(Testlib::Nyesno, "", "\n", '+');
    check(Testlib::Nyesno, "YES", "YES YES", '-');
    check(Testlib::Nyesno, "YES NO", "YES", '-');
    check(Testlib::Nyesno, "YES", "maybe", '-');
    check(Testlib::Nyesno, "maybe", "YES", '!');
    check(Testlib::Yesno, "maybe", "maybe", '!');
}

#[test]
fn any_order_is_by_multiset() {
    check(Testlib::Uncmp, "3 1 2", "1 2\n3", '+');
    check(Testlib::Uncmp, "1 1 2", "1 2 2", '-');
    check(Testlib::Uncmp, "1 2", "1 2 2", '-');
    check(Testlib::Uncmp, "", "", '+');
}

#[test]
fn cases_are_numbered_from_1() {
    let answer = "Case 1: 5\nCase 2: 6\n";
    check(Testlib::Caseicmp, answer, "Case 1: 5 Case 2: 6", '+');
    check(Testlib::Caseicmp, answer, "Case 1: 5", '-');
    check(Testlib::Caseicmp, answer, "Case 1: 5\nCase 3: 6", '-');
    check(Testlib::Caseicmp, answer, "case 1: 5\nCase 2: 6", '-');
    check(Testlib::Caseicmp, "Case 1 : 5", "Case 1 : 5", '!');
    check(
        Testlib::Casencmp,
        "Case 1: 5 6\nCase 2:",
        "Case 1: 5\n6\nCase 2:",
        '+',
    );
    check(Testlib::Casencmp, "Case 1: x", "Case 1: x", '!');
    check(Testlib::Casewcmp, "Case 1: x y", "Case 1: x y", '+');
    check(Testlib::Casewcmp, "Case 1: x y", "Case 1: x", '-');
}

#[test]
fn a_last_case_may_be_a_word_alone() {
    check(Testlib::Casewcmp, "Case 1: x Case", "Case 1: x", '+');
    check(Testlib::Casewcmp, "Case 1: x", "Case 1: x Case", '+');
    check(Testlib::Caseicmp, "Case 1: 5", "Case 1: 5 Case", '-');
    check_bytes(Testlib::Casencmp, b"Case 1: 5", b"Case 1: 5\0x", '+');
}

#[test]
fn a_difference_says_what_the_rule_wants() {
    let text = |checker: Testlib, answer: &str, output: &str| {
        let difference = checker.judge(answer.as_bytes(), output.as_bytes());
        difference.unwrap().to_string()
    };
    assert_eq!(
        text(Testlib::Ncmp, "1 2", "1\n02"),
        "token 2, line 2: expected `2`, found `02` (the rule wants an integer of 64 bits, written plainly)"
    );
    assert_eq!(
        text(Testlib::Yesno, "maybe", "YES"),
        "of the answer, token 1, line 1: `maybe` (the rule wants YES or NO)"
    );
    assert_eq!(
        text(Testlib::Wcmp, "1 2", "1"),
        "token 2, line 1: expected `2`, found the end"
    );
}
