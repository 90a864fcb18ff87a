//! The torture matrix: what twelve judges and harnesses say of 26 pairs. It was measured with the programs
//! themselves.

use super::*;

/// The columns, in the order of the marks below.
const COLUMNS: [&str; 12] = [
    "alphacode",
    "sandboxfusion",
    "open-r1",
    "verl",
    "lcb",
    "apps",
    "alphacodium",
    "kattis",
    "kattis float_tolerance 1e-6",
    "testlib:wcmp",
    "testlib:lcmp",
    "testlib:rcmp6",
];

/// Case, answer, output, and a mark a column: `+` accepted, `-` rejected.
const ROWS: [(&str, &str, &str, &str); 26] = [
    ("identical", "1 2\n", "1 2\n", "++++++++++++"),
    ("no final newline", "1 2\n", "1 2", "++++++++++++"),
    ("trailing space", "1 2\n", "1 2 \n", "+++-++++++++"),
    ("double space", "1 2\n", "1  2\n", "+---++++++++"),
    ("split over lines", "1 2\n", "1\n2\n", "+------+++-+"),
    ("CRLF", "1\n2\n", "1\r\n2\r\n", "+++-++-+++++"),
    ("case", "Yes\n", "YES\n", "++----+++---"),
    (
        "6 against 10 digits",
        "0.333333\n",
        "0.3333333333\n",
        "++---++-+--+",
    ),
    (
        "floats on one line",
        "0.5 0.25\n",
        "0.5000 0.2500\n",
        "+---++--+--+",
    ),
    ("1e-7 against 0", "0\n", "1e-7\n", "+----++-+--+"),
    (
        "relative 1e-9, big",
        "1000000000.5\n",
        "1000000001.5\n",
        "-+---++-+--+",
    ),
    ("relative 2e-5", "1\n", "1.00002\n", "-----++-----"),
    (
        "1000001 for 1000000",
        "1000000\n",
        "1000001\n",
        "-+---++-+--+",
    ),
    (
        "1e9 for 1e9 + 7",
        "1000000007\n",
        "1000000000\n",
        "-+---++-+--+",
    ),
    (
        "2^53 + 1",
        "9007199254740992\n",
        "9007199254740993\n",
        "++---++-+--+",
    ),
    ("truncated", "1\n2\n3\n", "1\n", "--+---------"),
    ("empty", "1\n", "", "------------"),
    ("extra lines", "1\n", "1\n2\n", "------------"),
    ("regrouped", "1 23\n", "12 3\n", "------+-----"),
    ("permuted", "1 2 3\n", "3 1 2\n", "-----+------"),
    ("multiset", "1 1 2\n", "1 2 2\n", "-----+------"),
    ("line order", "1\n2\n", "2\n1\n", "-----+------"),
    ("007 for 7", "7\n", "007\n", "++--+++-+--+"),
    ("nan for 0.5", "0.5\n", "nan\n", "------------"),
    ("1e3 for 1000", "1000\n", "1e3\n", "++--+++-+--+"),
    ("-0.0 for 0.0", "0.0\n", "-0.0\n", "++--+++-+--+"),
];

#[test]
fn every_cell_of_the_torture_matrix() {
    for (case, answer, output, expected) in ROWS {
        let mark = |name: &str| {
            let checker: Checker = name.parse().unwrap();
            let accepted = checker.judge(answer.as_bytes(), output.as_bytes()).accepted;
            if accepted { '+' } else { '-' }
        };
        let marks: String = COLUMNS.iter().map(|it| mark(it)).collect();
        assert_eq!(marks, expected, "{case}");
    }
}

/// The default is stricter than all of them but for verl's white space.
#[test]
fn tokens_accept_what_differs_in_white_space_alone() {
    for (index, (case, answer, output, _)) in ROWS.into_iter().enumerate() {
        let judgement = Checker::Tokens.judge(answer.as_bytes(), output.as_bytes());
        assert_eq!(judgement.accepted, index < 6, "{case}");
    }
}
