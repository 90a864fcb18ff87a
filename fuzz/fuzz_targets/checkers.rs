//! Every checker on any flags, answer and output.
//!
//! Property: judging ends without a panic and gives a difference exactly when it refuses, with a bounded
//! text; `tokens` agrees with splitting at C's white space, and accepts an answer against itself; what
//! `tokens` accepts, `kattis` accepts as well, unless white space matters; a checker that takes any order
//! takes lines reversed; a name reads back as it was written. Budget: linear in the input, but for
//! sorting.
//!
//! Input: flags, answer and output, separated by the byte 0xff.
#![no_main]

use libfuzzer_sys::fuzz_target;
use riddle_problems::{Checker, KattisFlags, QUOTED_BYTES};

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(3, |&byte| byte == 0xff);
    let mut part = || parts.next().unwrap_or_default();
    let (flags, answer, output) = (part(), part(), part());

    for checker in Checker::profiles() {
        check(&checker, answer, output);
        check(&checker, output, answer);
    }
    for name in [
        "testlib:uncmp",
        "dmoj:sorted",
        "dmoj:unordered",
        "dmoj:easy",
    ] {
        let checker: Checker = name.parse().unwrap();
        let reversed = check(&checker, answer, &reversed_lines(output));
        assert_eq!(check(&checker, answer, output), reversed, "{name}");
    }

    let same_tokens = check(&Checker::Tokens, answer, output);
    assert_eq!(same_tokens, tokens(answer).eq(tokens(output)));
    assert!(check(&Checker::Tokens, answer, &with_line_feed(answer)));

    let flags = String::from_utf8_lossy(flags);
    if let Ok(checker) = flags.parse::<Checker>() {
        check(&checker, answer, output);
    }
    let Ok(flags) = flags.parse::<KattisFlags>() else {
        return;
    };
    assert_eq!(flags.to_string().parse(), Ok(flags));
    let checker = Checker::Kattis(flags);
    assert!(check(&checker, answer, answer));
    let accepted = check(&checker, answer, output);
    if !flags.space_change_sensitive {
        assert!(check(&checker, answer, &with_line_feed(answer)));
        assert!(accepted || !same_tokens);
    }
});

fn check(checker: &Checker, answer: &[u8], output: &[u8]) -> bool {
    assert_eq!(checker.to_string().parse(), Ok(*checker));
    let judgement = checker.judge(answer, output);
    assert_eq!(judgement.accepted, judgement.difference.is_none());
    if let Some(difference) = &judgement.difference {
        // An escape is up to 10 characters for a byte.
        assert!(difference.to_string().len() < 30 * QUOTED_BYTES);
        assert_eq!(difference.answer_at_fault, judgement.answer_is_at_fault());
    }
    judgement.accepted
}

fn with_line_feed(text: &[u8]) -> Vec<u8> {
    [text, b"\n"].concat()
}

/// Puts lines in reverse order, each with a line feed. A byte order mark is a matter of its own.
fn reversed_lines(text: &[u8]) -> Vec<u8> {
    if text.contains(&0xef) || text.contains(&b'\r') {
        return text.to_vec();
    }
    let mut lines: Vec<&[u8]> = text.split(|&it| it == b'\n').collect();
    lines.reverse();
    lines.join(&b'\n')
}

fn tokens(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| b" \t\n\x0b\x0c\r".contains(byte))
        .filter(|it| !it.is_empty())
}
