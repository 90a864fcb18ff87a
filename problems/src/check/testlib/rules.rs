//! What each of testlib's checkers reads, in its order, and compares.
//!
//! The end of the output is looked at by the caller, as `quit(_ok, …)` does for all of them.

use super::stream::Stream;
use super::{Judged, Pair};
use crate::check::difference::Difference;
use crate::check::scan::is_space;

/// Added to every tolerance there.
const SLACK: f64 = 1e-15;

/// Beyond this a number is infinite to `doubleCompare`.
const INFINITE: f64 = 1e300;

/// Refuses where `fabs(j - p) > EPS + 1E-15`: two infinities have no difference that is larger.
pub(super) fn within(tolerance: f64) -> impl Fn(f64, f64) -> bool {
    move |expected, found| {
        let error = (expected - found).abs();
        error.is_nan() || error <= tolerance + SLACK
    }
}

/// `doubleCompare`.
pub(super) fn near(tolerance: f64) -> impl Fn(f64, f64) -> bool {
    let tolerance = tolerance + SLACK;
    let is_infinite = |it: f64| it.abs() > INFINITE;
    move |expected, found| {
        if is_infinite(expected) || is_infinite(found) {
            let same_sign = (expected > 0.0) == (found > 0.0);
            return is_infinite(expected) && is_infinite(found) && same_sign;
        }
        let (a, b) = (expected * (1.0 - tolerance), expected * (1.0 + tolerance));
        (found - expected).abs() <= tolerance || (a.min(b) <= found && found <= a.max(b))
    }
}

pub(super) fn one_number(pair: &mut Pair<'_>, same: impl Fn(f64, f64) -> bool) -> Judged {
    let expected = pair.read_answer(Stream::double)?;
    let found = pair.read_output(Stream::double)?;
    pair.agree(same(expected, found))
}

pub(super) fn numbers(pair: &mut Pair<'_>, same: impl Fn(f64, f64) -> bool) -> Judged {
    while !pair.answer.seek_end() {
        one_number(pair, &same)?;
    }
    Ok(())
}

pub(super) fn one_int32(pair: &mut Pair<'_>) -> Judged {
    let expected = pair.read_answer(Stream::int32)?;
    let found = pair.read_output(Stream::int32)?;
    pair.agree(expected == found)
}

pub(super) fn integers(pair: &mut Pair<'_>) -> Judged {
    while pair.both_go_on() {
        let expected = pair.read_answer(Stream::int64)?;
        let found = pair.read_output(Stream::int64)?;
        pair.agree(expected == found)?;
    }
    let ended = pair.ended_together();
    while !pair.answer.seek_end() {
        pair.read_answer(Stream::int64)?;
    }
    ended
}

pub(super) fn unordered_integers(pair: &mut Pair<'_>) -> Judged {
    let (mut expected, mut found) = (Vec::new(), Vec::new());
    while !pair.answer.seek_end() {
        expected.push(pair.read_answer(Stream::int64)?);
    }
    while !pair.output.seek_end() {
        found.push(pair.read_output(Stream::int64)?);
    }
    if expected.len() == found.len() {
        expected.sort_unstable();
        found.sort_unstable();
        if expected == found {
            return Ok(());
        }
    }
    let unequal = expected.iter().zip(&found).position(|(a, b)| a != b);
    let first = unequal.unwrap_or(expected.len().min(found.len()));
    let [expected, found] = [expected, found].map(|it| it.get(first).map(i64::to_string));
    let [expected, found] = [&expected, &found].map(|it| it.as_ref().map(String::as_bytes));
    let difference = Difference::at_line(1, expected, found);
    Err(difference.because("compared in increasing order where there are as many"))
}

pub(super) fn huge_integer(pair: &mut Pair<'_>) -> Judged {
    let expected = pair.read_answer(Stream::word)?;
    let found = pair.read_output(Stream::word)?;
    if !is_plain_integer(expected) {
        return Err(pair.refuse_answer("the rule wants an integer, written plainly"));
    }
    if !pair.answer.seek_end() {
        return Err(pair.refuse_answer("the rule wants one token"));
    }
    if !is_plain_integer(found) {
        return Err(pair.refuse("the rule wants an integer, written plainly"));
    }
    pair.agree(expected == found)
}

/// `0|-?[1-9][0-9]*`
fn is_plain_integer(word: &[u8]) -> bool {
    let digits = word.strip_prefix(b"-").unwrap_or(word);
    let starts = word == b"0" || matches!(digits.first(), Some(b'1'..=b'9'));
    starts && digits.iter().all(u8::is_ascii_digit)
}

pub(super) fn words(pair: &mut Pair<'_>) -> Judged {
    while pair.both_go_on() {
        let expected = pair.read_answer(Stream::word)?;
        let found = pair.read_output(Stream::word)?;
        pair.agree(expected == found)?;
    }
    pair.ended_together()
}

pub(super) fn yes_or_no(pair: &mut Pair<'_>) -> Judged {
    const REASON: &str = "the rule wants YES or NO";
    let expected = pair.read_answer(Stream::word)?;
    let found = pair.read_output(Stream::word)?;
    if !is_yes_or_no(expected) {
        return Err(pair.refuse_answer(REASON));
    }
    if !is_yes_or_no(found) {
        return Err(pair.refuse(REASON));
    }
    pair.agree(expected.eq_ignore_ascii_case(found))
}

pub(super) fn yes_no_sequence(pair: &mut Pair<'_>) -> Judged {
    while pair.both_go_on() {
        yes_or_no(pair)?;
    }
    pair.ended_together()
}

fn is_yes_or_no(word: &[u8]) -> bool {
    word.eq_ignore_ascii_case(b"YES") || word.eq_ignore_ascii_case(b"NO")
}

/// Empty lines at the end of the answer are also there where the output has ended.
pub(super) fn lines(pair: &mut Pair<'_>, same: impl Fn(&[u8], &[u8]) -> bool) -> Judged {
    for number in 1.. {
        if pair.answer.at_end() {
            break;
        }
        let expected = pair.answer.line();
        if expected.is_empty() && pair.answer.at_end() {
            break;
        }
        let found = pair.output.line();
        if !same(&expected, &found) {
            return Err(Difference::at_line(number, Some(&expected), Some(&found)));
        }
    }
    Ok(())
}

pub(super) fn same_words(expected: &[u8], found: &[u8]) -> bool {
    let words = |line| <[u8]>::split(line, |&it| is_space(it)).filter(|it| !it.is_empty());
    words(expected).eq(words(found))
}
