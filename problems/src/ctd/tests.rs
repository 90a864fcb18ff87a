//! Scripts on inputs.

use proptest::prelude::*;

use super::*;

fn checked(script: &str, input: &str) -> Result<(), CtdFailure> {
    let script = Checktestdata::parse(script.as_bytes()).unwrap();
    script.check(input.as_bytes())
}

#[track_caller]
fn accepts(script: &str, inputs: &[&str]) {
    for input in inputs {
        assert_eq!(checked(script, input), Ok(()), "{input:?}");
    }
}

#[track_caller]
fn refuses(script: &str, inputs: &[&str]) {
    for input in inputs {
        let failure = checked(script, input);
        let is_refused = matches!(failure, Err(CtdFailure::Refused { .. }));
        assert!(is_refused, "{input:?}: {failure:?}");
    }
}

#[track_caller]
fn faults(script: &str, input: &str, expected: &str) {
    match checked(script, input) {
        Err(CtdFailure::Fault { message, .. }) => assert_eq!(message, expected),
        other => panic!("{other:?}"),
    }
}

#[test]
fn whole_numbers_spaces_and_ends() {
    let script = "INT(-5, 10^3) SPACE INT(0, 10^20 - 1)\nNEWLINE # and nothing more";
    accepts(
        script,
        &[
            "-5 0\n",
            "1000 99999999999999999999\n",
            "0 18446744073709551616\n",
        ],
    );
    refuses(
        script,
        &[
            "",
            "-6 0\n",
            "1001 0\n",
            "1 100000000000000000000\n",
            "-0 0\n",
            "01 0\n",
            "+1 0\n",
            "1  0\n",
            "1 0",
            "1 0\r\n",
            "1 0\n\n",
            "1 0 \n",
            "- 0\n",
            "1 \u{663}\n",
        ],
    );
    let long = format!("{} 0\n", "9".repeat(1_000_000));
    refuses(script, &[&long]);
}

#[test]
fn decimal_numbers() {
    accepts(
        "FLOAT(0, 1.5e1, x) NEWLINE ASSERT(x > 0.25)",
        &["0.26\n", "15\n", "1.5E+1\n", "26e-2\n"],
    );
    refuses(
        "FLOAT(0, 1.5e1, x) NEWLINE ASSERT(x > 0.25)",
        &[
            "0.25\n",
            "15.0000000000000000000001\n",
            "1.\n",
            ".5\n",
            "01.5\n",
            "1e\n",
            "1e01\n",
            "nan\n",
        ],
    );
    accepts("FLOAT(0, 1, x, FIXED) STRING(\"e1\")", &["0.1e1"]);
    refuses("FLOAT(0, 1, x, SCIENTIFIC)", &["0.1"]);
    accepts("FLOATP(0, 1, 2, 3)", &["0.10", "0.123", "1.25e-1"]);
    refuses(
        "FLOATP(0, 1, 2, 3)",
        &["0.1", "0.1234", "12.5e-2", "1", "0.12e0"],
    );
}

#[test]
fn loops_have_counters_and_separators() {
    accepts(
        "INT(1, 9, n) NEWLINE REP(n, SPACE) INT(1, 9) END NEWLINE",
        &["1\n5\n", "3\n1 2 3\n"],
    );
    refuses(
        "INT(1, 9, n) NEWLINE REP(n, SPACE) INT(1, 9) END NEWLINE",
        &["1\n5 \n", "3\n1 2\n", "2\n1 2 3\n"],
    );
    accepts(
        "REPI(i, 3) INT(i, i) NEWLINE END ASSERT(i == 3)",
        &["0\n1\n2\n"],
    );
    accepts(
        "SET(n = 0) WHILE(!ISEOF, STRING(\",\")) INT(0, 9) SET(n = n + 1) END ASSERT(1 <= n && n < 4)",
        &["1", "1,2,3"],
    );
    refuses(
        "SET(n = 0) WHILE(!ISEOF, STRING(\",\")) INT(0, 9) SET(n = n + 1) END ASSERT(1 <= n && n < 4)",
        &["", "1,2,3,4", "1,", "12"],
    );
    accepts(
        "WHILEI(i, MATCH(\"ab\")) REGEX(\".\") END ASSERT(i == 2) NEWLINE",
        &["ab\n"],
    );
}

#[test]
fn blocks_are_chosen() {
    let script = "REGEX(\"one|oneself|two\", word)\nIF(word == \"two\")\n  SPACE INT(2, 2)\nELSE\n  IF(STRLEN(word) > 3) SPACE END\nEND\nNEWLINE";
    accepts(script, &["one\n", "oneself \n", "two 2\n"]);
    refuses(script, &["one \n", "oneself\n", "two\n", "three\n"]);
}

#[test]
fn arrays_are_unique_and_searched() {
    let script =
        "REPI(i, 3) INT(0, 9, x[i]) SPACE INT(0, 9, y[i]) NEWLINE END ASSERT(UNIQUE(x, y))";
    accepts(script, &["1 2\n2 1\n1 1\n"]);
    refuses(script, &["1 2\n2 1\n1 2\n"]);
    let script = "REPI(i, 2) INT(0, 9, x[i, i + 1]) NEWLINE END INT(0, 9, n) ASSERT(INARRAY(n, x)) SET(x[0, 1] = 7) ASSERT(!INARRAY(3, x))";
    accepts(script, &["3\n4\n3", "3\n4\n4"]);
    refuses(script, &["3\n4\n5", "3\n3\n3"]);
    refuses("SET(a[0] = 1, b[1] = 1) ASSERT(UNIQUE(a, b))", &[""]);
    faults(
        "SET(a[0] = 1) UNSET(a) ASSERT(UNIQUE(a))",
        "",
        "`a` has no value",
    );
}

#[test]
fn operators_bind_as_the_grammar_says() {
    accepts("ASSERT(-2^2 == 0-4)", &[""]);
    accepts("ASSERT(2^3^2 == 64)", &[""]);
    accepts(
        "ASSERT((1+2)*3 == 9 && (7/2 == 3) && 7%4 == 3 && -7/2 == -3)",
        &[""],
    );
    accepts("ASSERT(1/2.0 == 0.5)", &[""]);
    // `||` and `&&` bind alike, from the left.
    refuses("ASSERT(1 == 1 || 1 == 1 && 1 == 2)", &[""]);
    // `!` holds for all that follows.
    accepts("ASSERT(!ISEOF && 1 == 2)", &[""]);
    accepts(
        "ASSERT(\"ab\" < \"b\") STRING(\"a\\\"\\\\\\101\\n\")",
        &["a\"\\A\n"],
    );
}

#[test]
fn a_script_that_is_wrong_says_nothing_of_the_input() {
    faults("INT(1, n)", "1", "`n` has no value");
    faults(
        "ASSERT(1 == \"1\")",
        "",
        "a whole number cannot be compared with a text",
    );
    faults("SET(a = 1 / 0)", "", "division by 0");
    faults("REP(0 - 1) END", "", "a count is from 0 to 2^64 - 1");
    faults("REGEX(\"(\")", "", "pattern leaves a group open");
    faults("STRING(1)", "1", "a text is expected, not a number");
    faults(
        "SET(a = 2 ^ (10 ^ 9))",
        "",
        "number has more than 65536 bits",
    );
}

#[test]
fn what_never_ends_is_ended() {
    faults("WHILE(1 == 1) END", "", "script does too much");
    faults(
        "SET(a = 3) WHILE(1 == 1) SET(a = a * a) END",
        "",
        "number has more than 65536 bits",
    );
    faults(
        "REGEX(\".*\", t) REPI(i, 10^9) SET(a[i] = t) END",
        &"x".repeat(1 << 20),
        "variables have more than 536870912 bytes",
    );
}

#[test]
fn a_text_that_is_no_script_is_refused_by_line() {
    for (text, expected) in [
        (
            "SPACE\nREP(3) SPACE",
            "line 2: expected `END`, found the end",
        ),
        ("END", "line 1: `END` closes nothing"),
        (
            "IF(ISEOF) ELSE ELSE END",
            "line 1: expected `END`, found `ELSE`",
        ),
        ("INT(1 2)", "line 1: expected `,`, found `2`"),
        ("\n\nfoo", "line 3: expected a command, found `foo`"),
        ("ASSERT(1)", "line 1: a test is expected, not a value"),
        ("SET(a = ISEOF)", "line 1: a value is expected, not a test"),
        ("STRING(\"a", "line 1: text has no end"),
        ("INT(007, 8)", "line 1: `007` begins with a zero"),
        ("Int(1, 2)", "line 1: unexpected `I`"),
    ] {
        let error = Checktestdata::parse(text.as_bytes())
            .unwrap_err()
            .to_string();
        assert_eq!(error, expected);
    }
}

#[test]
fn what_is_too_deep_or_too_large_is_refused() {
    for text in [
        "(".repeat(10_000),
        "ASSERT(".to_owned() + &"(".repeat(10_000),
        "ASSERT(".to_owned() + &"!".repeat(10_000),
        "SET(a = ".to_owned() + &"-".repeat(10_000),
        "SET(a = b".to_owned() + &" + b".repeat(10_000),
        "SET(a = ".to_owned() + &"b[".repeat(10_000),
        "SET(a = ".to_owned() + &"STRLEN(".repeat(10_000),
        "IF(ISEOF)".repeat(10_000),
        "REP(1, ".repeat(10_000),
        "SET(a = ".to_owned() + &"9".repeat(100_000) + ")",
        " ".repeat(MAX_SCRIPT_BYTES + 1),
    ] {
        assert!(Checktestdata::parse(text.as_bytes()).is_err());
    }
}

proptest! {
    /// Pieces of scripts in any order neither panic nor run for ever.
    #[test]
    fn any_script_on_any_input_ends(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "INT(0,9,x)", "SPACE", "NEWLINE", "REP(2)", "REPI(i,3,SPACE)", "WHILE(!ISEOF)", "END", "IF(x<5)", "ELSE",
            "SET(x=x*x-1)", "SET(y[x]=x)", "ASSERT(UNIQUE(y))", "UNSET(y)", "REGEX(\"[a-z]*\",s)", "FLOAT(0,1e9,x)",
            "ASSERT(INARRAY(x,y))", "STRING(s)", "EOF", "(", ")", "\"", "\\", "^", "#", "a",
        ]), 0..12),
        input in "[0-9a-z .\n-]{0,12}",
    ) {
        if let Ok(script) = Checktestdata::parse(pieces.join(" ").as_bytes()) {
            script.check_within(input.as_bytes(), 1_000_000).ok();
        }
    }
}
