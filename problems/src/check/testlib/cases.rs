//! testlib's checkers for outputs of the form `Case 1: …`, `Case 2: …`.
//!
//! The last `Case` may stand alone, in the answer and in the output: it is read with the case before it.

use super::stream::{self, Reason, Stream};
use super::{Judged, Pair};
use crate::check::kattis::until_zero;

const WORD: &[u8] = b"Case";

pub(super) fn one_integer_a_case(pair: &mut Pair<'_>) -> Judged {
    let mut expected = Vec::new();
    while !pair.answer.seek_end() {
        let number = expected.len() + 1;
        expected.push(pair.read_answer(|it| one_case(it, number))?);
    }
    for number in 1.. {
        let expected = expected.get(number - 1);
        let text = expected.map(i64::to_string).unwrap_or_default();
        if pair.output.seek_end() {
            return match expected {
                None => Ok(()),
                Some(_) => Err(pair.differ(Some(text.as_bytes()), None)),
            };
        }
        let found = pair.read_output(|it| one_case(it, number))?;
        if expected != Some(&found) {
            return Err(pair.differ(Some(text.as_bytes()), Some(pair.output.last)));
        }
    }
    Ok(())
}

fn one_case(stream: &mut Stream<'_>, number: usize) -> Result<i64, Reason> {
    head(stream, number, false)?;
    stream.int64()
}

pub(super) fn cases<'a, T: PartialEq>(
    pair: &mut Pair<'a>,
    read: impl Fn(&'a [u8]) -> Result<T, Reason>,
) -> Judged {
    let (mut answer_has_word, mut output_has_word) = (false, false);
    let mut number = 0;
    while !pair.answer.seek_end() {
        number += 1;
        let expected = pair.read_answer(|it| case(it, number, &mut answer_has_word, &read))?;
        let found = pair.read_output(|it| case(it, number, &mut output_has_word, &read))?;
        if expected != found {
            return Err(pair.differ_here().because("the case ends here"));
        }
    }
    Ok(())
}

pub(super) fn int64(word: &[u8]) -> Result<i64, Reason> {
    stream::int64(until_zero(word))
}

fn case<'a, T>(
    stream: &mut Stream<'a>,
    number: usize,
    has_word: &mut bool,
    read: impl Fn(&'a [u8]) -> Result<T, Reason>,
) -> Result<Vec<T>, Reason> {
    head(stream, number, *has_word)?;
    let mut values = Vec::new();
    while !stream.seek_end() {
        let word = stream.word()?;
        if word == WORD {
            *has_word = true;
            break;
        }
        values.push(read(word)?);
    }
    Ok(values)
}

/// Reads `Case 12:`, of which the word may have been read before.
fn head(stream: &mut Stream<'_>, number: usize, has_word: bool) -> Result<(), Reason> {
    if !has_word && stream.word()? != WORD {
        return Err("the rule wants `Case`");
    }
    if stream.word()? == format!("{number}:").as_bytes() {
        Ok(())
    } else {
        Err("the rule wants the number of the case and a colon")
    }
}
