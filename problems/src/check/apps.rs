//! APPS, and verl's runner that descends from it: lines, then numbers, then sets.
//!
//! Texts only; reading of numbers is in `python`.

use super::difference::Difference;
use super::python::{digit, float, is_close, round_to_thousandths, split, split_lines, strip};

const RELATIVE: f64 = 1e-5;
const ABSOLUTE: f64 = 1e-8;

/// Follows `run_test` and `custom_compare_` of `eval/testing_util.py` in hendrycks/apps, the part for
/// standard input.
///
/// An output is cut where `str.splitlines` cuts and an answer at line feeds, so that an answer with a form
/// feed is not met by itself. In the end a permutation of lines, of a line's tokens, or any repetition of
/// either is accepted, and numbers by their thousandths.
pub(super) fn apps(answer: &str, output: &str) -> Option<Difference> {
    let lines = Lines::cut(answer, output);
    let same = lines.same()
        || lines.same_numbers(|_| false)
        || lines.same_sets(Some)
        || lines.same_sets(thousandths);
    lines.unless(same)
}

/// Follows `run_test` of `verl/utils/reward_score/prime_code/testing_util.py` in volcengine/verl: the same
/// without sets, and numbers are let off only where some line is more than digits.
pub(super) fn verl_prime(answer: &str, output: &str) -> Option<Difference> {
    let lines = Lines::cut(answer, output);
    let is_digits = |it: &str| !it.is_empty() && it.chars().all(|it| digit(it).is_some());
    let same = lines.same() || lines.same_numbers(is_digits);
    lines.unless(same)
}

struct Lines<'a> {
    answer: &'a str,
    output: &'a str,
    /// Lines of the answer that are not empty, stripped.
    expected: Vec<&'a str>,
    /// All lines of the output.
    found: Vec<&'a str>,
}

impl<'a> Lines<'a> {
    fn cut(answer: &'a str, output: &'a str) -> Self {
        let lines = answer.split('\n').filter(|it| !it.is_empty());
        Self {
            answer,
            output,
            expected: lines.map(strip).collect(),
            found: split_lines(output).collect(),
        }
    }

    /// Lines of the output that are not empty.
    fn found(&self) -> impl Iterator<Item = &'a str> {
        self.found.iter().copied().filter(|it| !it.is_empty())
    }

    fn same(&self) -> bool {
        let stripped: Vec<_> = self.found.iter().map(|it| strip(it)).collect();
        let answer = strip(self.answer);
        strip(&self.found.join("\n")) == answer
            || strip(&stripped.join("\n")) == answer
            // A blank line of the answer is there as an empty one; a wholly empty one is not.
            || self.found == self.expected
            || self.found().eq(self.expected.iter().copied())
    }

    /// One number a line, compared as `numpy.allclose` does, unless all lines of both are `exact`.
    fn same_numbers(&self, exact: impl Fn(&str) -> bool) -> bool {
        if self.found().count() != self.expected.len() {
            return false;
        }
        let mut lines = self.found().zip(&self.expected);
        if lines.all(|(found, expected)| exact(found) && exact(expected)) {
            return false;
        }
        let close = |(found, expected): (&str, &&str)| match (float(found), float(expected)) {
            (Some(found), Some(expected)) => is_close(found, expected, RELATIVE, ABSOLUTE),
            _ => false,
        };
        self.found().zip(&self.expected).all(close)
    }

    /// The lines as a set of sets of tokens. A blank line of the answer is an empty set; the output has
    /// none.
    fn same_sets<T: Ord>(&self, read: impl Fn(&'a str) -> Option<T>) -> bool {
        let set = |line| {
            let tokens: Option<Vec<T>> = split(line).map(&read).collect();
            tokens.map(as_set)
        };
        let expected: Option<Vec<_>> = self.expected.iter().copied().map(set).collect();
        let found = self.found().filter(|it| split(it).next().is_some());
        let found: Option<Vec<_>> = found.map(set).collect();
        match (expected, found) {
            (Some(expected), Some(found)) => as_set(expected) == as_set(found),
            _ => false,
        }
    }

    fn unless(&self, same: bool) -> Option<Difference> {
        let reason = "and no other way of comparing makes them the same";
        let (answer, output) = (self.answer.as_bytes(), self.output.as_bytes());
        (!same).then(|| Difference::of_texts(answer, output, reason))
    }
}

fn as_set<T: Ord>(mut values: Vec<T>) -> Vec<T> {
    values.sort_unstable();
    values.dedup();
    values
}

/// A number to three places, as its bits. A NaN equals nothing, so that a text with one has no set.
fn thousandths(token: &str) -> Option<u64> {
    let value = round_to_thousandths(float(token)?);
    // The two zeros are one.
    (!value.is_nan()).then(|| (value + 0.0).to_bits())
}
