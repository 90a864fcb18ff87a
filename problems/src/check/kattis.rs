//! The default validator of Kattis: tokens, with flags for case, white space and tolerance.
//!
//! The flags' text is in `flags`, reading of numbers in `number`.

use super::difference::Difference;
use super::flags::KattisFlags;
use super::number::number;
use super::tokens::first_difference;

/// Follows `main` of `support/default_validator/default_validator.cc` in Kattis/problemtools.
pub(super) fn judge(flags: &KattisFlags, answer: &[u8], output: &[u8]) -> Option<Difference> {
    let same = |a: &[u8], b: &[u8]| same_token(flags, a, b);
    first_difference(answer, output, flags.space_change_sensitive, same)
}

/// Compares C strings, so that a token ends at a zero byte.
fn same_token(flags: &KattisFlags, expected: &[u8], found: &[u8]) -> bool {
    let (expected, found) = (until_zero(expected), until_zero(found));
    let (absolute, relative) = (
        flags.float_absolute_tolerance,
        flags.float_relative_tolerance,
    );
    if (absolute.is_some() || relative.is_some())
        && let Some(judge) = number(expected)
    {
        return number(found).is_some_and(|team| {
            let error = (judge - team).abs();
            absolute.is_some_and(|it| error <= it)
                || relative.is_some_and(|it| error <= it * judge.abs())
        });
    }
    if flags.case_sensitive {
        expected == found
    } else {
        expected.eq_ignore_ascii_case(found)
    }
}

/// Returns what C takes for the text: up to the first zero byte.
pub(super) fn until_zero(token: &[u8]) -> &[u8] {
    token
        .split(|&byte| byte == 0)
        .next()
        .expect("a split has a first part")
}
