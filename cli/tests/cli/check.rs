//! `riddle check`.

use serde_json::Value;

use crate::{check, world::World};

fn world() -> World {
    let world = World::new();
    world.write("a.ans", "1 2\n0.5\n");
    world.write("a.out", "1 2\n0.50\n");
    world
}

#[test]
fn the_default_is_tokens_and_the_first_difference_is_shown() {
    let world = world();
    check!(world.riddle(&["check", "a.ans", "a.out"]), @"
    exit 1
    --- stdout
    rejected by tokens: token 3, line 2: expected `0.5`, found `0.50`
    --- stderr
    ");
    check!(world.riddle(&["check", "a.ans", "a.ans"]), @"
    exit 0
    --- stdout
    accepted by tokens
    --- stderr
    ");
}

#[test]
fn a_profile_is_chosen_by_its_name() {
    let world = world();
    let args = ["check", "a.ans", "a.out", "--profile", "testlib:rcmp6"];
    assert_eq!(world.riddle(&args).exit, Some(0));
    let args = [
        "check",
        "a.ans",
        "-",
        "--profile",
        "kattis float_tolerance 1e-3",
    ];
    assert_eq!(world.riddle_reading(&args, b"1\n2 0.5001").exit, Some(0));
    check!(world.riddle(&["check", "a.ans", "a.out", "--profile", "kattis fuzzy"]), @"
    exit 2
    --- stdout
    --- stderr
    error: invalid value 'kattis fuzzy' for '--profile <NAME>': checker `kattis` has bad flags: unknown flag `fuzzy`

    For more information, try '--help'.
    ");
}

#[test]
fn an_answer_that_the_rule_refuses_is_not_judged() {
    let world = world();
    check!(world.riddle(&["check", "a.ans", "a.ans", "--profile", "testlib:yesno"]), @"
    exit 2
    --- stdout
    not judged by testlib:yesno: of the answer, token 1, line 1: `1` (the rule wants YES or NO)
    --- stderr
    ");
}

#[test]
fn what_cannot_be_read_is_an_error() {
    let world = world();
    check!(world.riddle(&["check", "-", "-"]), @"
    exit 2
    --- stdout
    --- stderr
    error: both outputs are to be read from standard input
    ");
    let outcome = world.riddle(&["check", "a.ans", "none"]);
    assert_eq!(outcome.exit, Some(2), "{outcome}");
    assert!(
        outcome.stderr.contains("could not read the actual output"),
        "{outcome}"
    );
}

#[test]
fn json_has_the_profile_and_the_difference() {
    let world = world();
    check!(world.riddle(&["check", "a.ans", "a.out", "--format", "json"]), @r#"
    exit 1
    --- stdout
    {
      "profile": "tokens",
      "rule": "the same tokens byte for byte",
      "accepted": false,
      "difference": {
        "token": 3,
        "line": 2,
        "expected": "0.5",
        "found": "0.50",
        "reason": null,
        "answer_at_fault": false
      }
    }
    --- stderr
    "#);
    let args = ["check", "a.ans", "a.out", "--profiles", "--format", "json"];
    let outcome = world.riddle(&args);
    let json: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let profiles = json["profiles"].as_array().unwrap();
    let accepted: Vec<&str> = profiles
        .iter()
        .filter(|it| it["accepted"] == true)
        .map(|it| it["profile"].as_str().unwrap())
        .collect();
    let expected = "kattis float_tolerance 1e-6, testlib:rcmp4, testlib:rcmp6, testlib:rcmp9, testlib:rncmp, dmoj:floats, dmoj:floatsabs, dmoj:floatsrel, alphacode, apps, lcb, sandboxfusion";
    assert_eq!(accepted.join(", "), expected);
    assert_eq!(outcome.exit, Some(1));
}

#[test]
fn every_profile_has_a_line() {
    let world = world();
    check!(world.riddle(&["check", "a.ans", "a.out", "--profiles"]), @"
    exit 1
    --- stdout
      profile                      says        the first difference, or the rule
      tokens                       rejected    token 3, line 2: expected `0.5`, found `0.50`
      kattis                       rejected    token 3, line 2: expected `0.5`, found `0.50`
      kattis float_tolerance 1e-6  accepted    the same tokens in any case; where the answer is a number, within the tolerance
      testlib:acmp                 rejected    token 2, line 1: expected the end, found `2`
      testlib:caseicmp             not judged  of the answer, token 1, line 1: `1` (the rule wants `Case`)
      testlib:casencmp             not judged  of the answer, token 1, line 1: `1` (the rule wants `Case`)
      testlib:casewcmp             not judged  of the answer, token 1, line 1: `1` (the rule wants `Case`)
      testlib:dcmp                 rejected    token 2, line 1: expected the end, found `2`
      testlib:fcmp                 rejected    line 2: expected `0.5`, found `0.50`
      testlib:hcmp                 not judged  of the answer, token 1, line 1: `1` (the rule wants one token)
      testlib:icmp                 rejected    token 2, line 1: expected the end, found `2`
      testlib:lcmp                 rejected    line 2: expected `0.5`, found `0.50`
      testlib:ncmp                 not judged  of the answer, token 3, line 2: `0.5` (the rule wants an integer of 64 bits, written plainly)
      testlib:nyesno               not judged  of the answer, token 1, line 1: `1` (the rule wants YES or NO)
      testlib:rcmp                 rejected    token 2, line 1: expected the end, found `2`
      testlib:rcmp4                accepted    numbers within 1e-4, absolute or relative
      testlib:rcmp6                accepted    numbers within 1e-6, absolute or relative
      testlib:rcmp9                accepted    numbers within 1e-9, absolute or relative
      testlib:rncmp                accepted    numbers within 1.5e-5
      testlib:uncmp                not judged  of the answer, token 3, line 2: `0.5` (the rule wants an integer of 64 bits, written plainly)
      testlib:wcmp                 rejected    token 3, line 2: expected `0.5`, found `0.50`
      testlib:yesno                not judged  of the answer, token 1, line 1: `1` (the rule wants YES or NO)
      dmoj:easy                    rejected    line 2: expected `0.5`, found `0.50` (the same bytes in any order and case, white space aside)
      dmoj:floats                  accepted    lines of tokens, numbers within 10^-6 absolute or relative
      dmoj:floatsabs               accepted    lines of tokens, numbers within 10^-6 absolute
      dmoj:floatsrel               accepted    lines of tokens, numbers within 10^-6 relative
      dmoj:identical               rejected    line 2: expected `0.5`, found `0.50` (the same bytes)
      dmoj:rstripped               rejected    line 2: expected `0.5`, found `0.50` (the same lines, blanks at their ends aside)
      dmoj:sorted                  rejected    line 2: expected `0.5`, found `0.50` (the same lines of tokens in any order, empty lines aside)
      dmoj:standard                rejected    token 3, line 2: expected `0.5`, found `0.50`
      dmoj:unordered               rejected    line 2: expected `0.5`, found `0.50` (the same tokens in any order)
      alphacode                    accepted    the same tokens in any case, numbers within 1e-5 absolute
      evalplus                     rejected    line 2: expected `0.5`, found `0.50` (compared as texts, since one of them is no Python value)
      alphacodium                  rejected    line 2: expected `0.5`, found `0.50` (the text in lower case without blanks, or as one number)
      apps                         accepted    lines, or one number a line within 1e-5, or lines as a set of sets of tokens, numbers to three places
      lcb                          accepted    lines, stripped, or their tokens as exact decimals
      open-r1                      rejected    line 2: expected `0.5`, found `0.50`
      sandboxfusion                accepted    lines, stripped and in lower case, or one number a line within 1e-5 relative
      verl                         rejected    line 2: expected `0.5`, found `0.50` (byte for byte)
      verl:prime                   rejected    line 2: expected `0.5`, found `0.50` (and no other way of comparing makes them the same)
    --- stderr
    ");
    let args = [
        "check",
        "a.ans",
        "a.out",
        "--profiles",
        "--profile",
        "dmoj:floats 1",
    ];
    let outcome = world.riddle(&args);
    let first = outcome.stdout.lines().nth(1).unwrap();
    assert!(first.trim().starts_with("dmoj:floats 1"), "{outcome}");
    assert_eq!(outcome.exit, Some(0));
}
