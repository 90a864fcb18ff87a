//! Checkers on any flags, answer and output.
//!
//! Property: judging ends without a panic and gives a difference exactly when it refuses; an answer is
//! accepted against itself, also with a line feed more where white space does not matter; `tokens`
//! agrees with splitting at C's white space; what `tokens` accepts, `kattis` accepts as well, unless
//! white space matters; flags read back as they were written. Budget: linear in the input.
//!
//! Input: flags, answer and output, separated by the byte 0xff.
#![no_main]

use libfuzzer_sys::fuzz_target;
use riddle_problems::{Checker, KattisFlags};

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(3, |&byte| byte == 0xff);
    let mut part = || parts.next().unwrap_or_default();
    let (flags, answer, output) = (part(), part(), part());

    let same_tokens = check(&Checker::Tokens, answer, output);
    assert_eq!(same_tokens, tokens(answer).eq(tokens(output)));
    assert!(check(&Checker::Tokens, answer, &with_line_feed(answer)));

    let Ok(flags) = String::from_utf8_lossy(flags).parse::<KattisFlags>() else {
        return;
    };
    assert_eq!(flags.to_string().parse(), Ok(flags));
    let checker = Checker::Kattis(flags);
    let accepted = check(&checker, answer, output);
    if !flags.space_change_sensitive {
        assert!(check(&checker, answer, &with_line_feed(answer)));
        assert!(accepted || !same_tokens);
    }
});

fn check(checker: &Checker, answer: &[u8], output: &[u8]) -> bool {
    assert!(checker.judge(answer, answer).accepted);
    let judgement = checker.judge(answer, output);
    assert_eq!(judgement.accepted, judgement.difference.is_none());
    if let Some(difference) = &judgement.difference {
        assert!(!difference.to_string().contains("no difference"));
    }
    judgement.accepted
}

fn with_line_feed(text: &[u8]) -> Vec<u8> {
    [text, b"\n"].concat()
}

fn tokens(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| b" \t\n\x0b\x0c\r".contains(byte))
        .filter(|it| !it.is_empty())
}
