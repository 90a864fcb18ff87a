//! Comparing token by token, in one pass and without a copy.
//!
//! Which tokens are the same is the caller's to say.

use super::difference::Difference;
use super::scan::Scanner;

/// Returns the first pair of tokens that is not the same, or the first unequal white space where that
/// matters.
pub(super) fn first_difference(
    answer: &[u8],
    output: &[u8],
    spaces_matter: bool,
    same: impl Fn(&[u8], &[u8]) -> bool,
) -> Option<Difference> {
    let mut answer = Scanner::new(answer);
    let mut scanner = Scanner::new(output);
    // Each round takes a token, so there are at most as many as the shorter text has bytes.
    for token in 1.. {
        let (answer_gap, gap_start) = (answer.gap(), scanner.offset());
        let output_gap = scanner.gap();
        let differ = |start, expected, found| {
            Some(Difference::at_token(token, output, start, expected, found))
        };
        if spaces_matter && answer_gap != output_gap {
            return differ(gap_start, Some(answer_gap), Some(output_gap));
        }
        let token_start = scanner.offset();
        match (answer.token(), scanner.token()) {
            (None, None) => return None,
            (Some(expected), Some(found)) if same(expected, found) => {}
            (expected, found) => return differ(token_start, expected, found),
        }
    }
    unreachable!("texts are shorter than the largest number")
}
