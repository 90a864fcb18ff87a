//! Which layout is found on small inputs.

use super::super::sketch::sketch;
use super::*;

#[track_caller]
fn check(inputs: &[&str], expected: &str) {
    check_hinted(inputs, &Hints::default(), expected);
}

#[track_caller]
fn check_hinted(inputs: &[&str], hints: &Hints, expected: &str) {
    let pages: Vec<Page<'_>> = inputs.iter().map(|it| Page::new(it.as_bytes())).collect();
    let found = search(&pages, hints).map(|it| sketch(&it));
    assert_eq!(found.as_deref(), Some(expected));
}

#[test]
fn single_values_and_lists() {
    check(&["5\n"], "#0");
    check(&["5 7\n", "1 2\n"], "#0 #1");
    check(&["4\n10 20 30 40\n"], "#0 /  {#0 of #1}");
    check(&["4 10 20 30 40\n"], "#0 {#0 of #1}");
    check(&["2 3\n1 2\n"], "#0 #1 / #2 #3");
    check(&["5 100\n1 2 3 4 5\n"], "#0 #1 /  {#0 of #2}");
    check(&["3\nabc\n"], "#0 / #1");
    check(&["4\n1 2 3\n", "1\n\n"], "#0 /  {#0-1 of #1}");
}

#[test]
fn lines_that_are_counted() {
    check(&["3\n1 2\n3 4\n5 6\n"], "#0 / #0*[#1 #2]");
    check(&["4 2\n1 2\n3 4\n"], "#0 #1 / #1*[#2 #3]");
    check(&["5\n1 2\n1 3\n1 4\n4 5\n"], "#0 / #0-1*[#1 #2]");
    check(&["2 3\n1 2 3\n4 5 6\n"], "#0 #1 / #0*[ {#1 of #2}]");
    check(&["2 3\n..#\n#..\n"], "#0 #1 / #0*[#2]");
    check(&["2\n3 a b c\n1 d\n"], "#0 / #0*[#1 {#1 of #2}]");
}

#[test]
fn several_cases() {
    check(&["2\n3\n1 2 3\n1\n9\n"], "#0 / #0*[#1 /  {#1 of #2}]");
    check(
        &["3\n5 1\n1 2\n7 2\n3 4\n2 3\n6 1\n1 3\n"],
        "#0 / #0*[#1 #2 / #2*[#3 #4]]",
    );
    let cases = Hints {
        has_cases: true,
        ..Hints::default()
    };
    check_hinted(&["1 9\n3 4\n5 6\n7 8\n"], &cases, "end*[#0 #1]");
    check(&["1 2\n3 4\n5 6\n0 0\n"], "until `0 0`*[#0 #1]");
    check(&["3\n1 2 3\n2\n5 5\n0\n"], "until `0`*[#0 /  {#0 of #1}]");
}

#[test]
fn the_statement_decides_where_the_inputs_do_not() {
    check(&["1\n7\n"], "#0 / #1");
    let lists = Hints {
        has_lists: true,
        ..Hints::default()
    };
    check_hinted(&["1\n7\n"], &lists, "#0 /  {#0 of #1}");
}

#[test]
fn lines_of_text() {
    check(
        &["4\nan apple a day keeps\nall of the\ndoctors away\nfrom all those who eat it\n"],
        "#0 / #0*[text #1]",
    );
    check(&["  two  spaces\n"], "text #0");
}
