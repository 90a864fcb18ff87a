//! Groups that a program of the package grades: what it is asked, and how its answer is read.
//!
//! To the letter of problemtools, numbers included. Runs nothing: who does, gives `ask`.

use super::{Grade, Grader};
use crate::{LegacyRule, Verdict};

/// What a grader answers. The score has no bounds of its own.
pub type GraderAnswer = (Verdict, f64);

/// Asks a grader that is a program, given its arguments and what it reads.
pub(super) type Ask<'f> = dyn Fn(&[String], &str) -> Result<GraderAnswer, String> + 'f;

/// One item of a group, as a grader is told of it.
pub(super) struct Line {
    pub(super) verdict: Verdict,
    pub(super) score: f64,
    /// Whether the score is written as a whole number.
    pub(super) is_whole: bool,
}

/// Lets the program grade a group from the results of its items, none of which is a judge error.
pub(super) fn grade(
    grader: &Grader<'_, '_>,
    rule: &LegacyRule,
    results: &[Line],
    mut grade: Grade,
) -> Grade {
    let input: String = results.iter().map(Line::to_text).collect();
    match (grader.ask)(&rule.flags, &input) {
        Ok((Verdict::Je, _)) => grade.fail("the grader says that it is a judge error".to_owned()),
        Ok((verdict, score)) => (grade.verdict, grade.score) = (verdict, Some(score)),
        Err(fault) => grade.fail(fault),
    }
    grade
}

impl Line {
    fn to_text(&self) -> String {
        let (verdict, score) = (self.verdict, self.score);
        // A float that was read from a whole number is one.
        let score = if self.is_whole {
            format!("{score:.0}")
        } else {
            as_python_writes(score)
        };
        format!("{verdict} {score}\n")
    }
}

/// Writes a float as Python does: the fewest digits that tell it from others, with an exponent of two digits and more
/// below 1e-4 and from 1e16 on.
fn as_python_writes(number: f64) -> String {
    let text = format!("{number:?}");
    let Some((mantissa, exponent)) = text.split_once('e') else {
        return text;
    };
    let (sign, digits) = match exponent.strip_prefix('-') {
        Some(digits) => ('-', digits),
        None => ('+', exponent),
    };
    format!("{mantissa}e{sign}{digits:0>2}")
}

/// Reads what a grader that is a program wrote: a verdict and a score without an exponent, on whichever lines, and
/// nothing else.
///
/// # Errors
///
/// Returns what is wrong with it, to be put behind the program's name.
pub fn read_grader_answer(output: &[u8]) -> Result<GraderAnswer, String> {
    let text = String::from_utf8_lossy(output);
    let wrong = || {
        let head: String = text.chars().take(SHOWN).collect();
        let head = head.escape_debug();
        format!("wrote no verdict and score, but `{head}`")
    };
    let mut words = text.split(is_space).filter(|it| !it.is_empty());
    let (Some(verdict), Some(score), None) = (words.next(), words.next(), words.next()) else {
        return Err(wrong());
    };
    let is_first = text.starts_with(verdict);
    let is_plain = |it: &str| it.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let plain = Some(score).filter(|it| is_plain(it.strip_prefix('-').unwrap_or(it)));
    let verdict = match verdict {
        "CE" => None,
        other => other.parse().ok(),
    };
    // So many digits that they come to infinity are no score.
    let score = plain.and_then(|it| it.parse().ok());
    match (verdict, score.filter(|it: &f64| it.is_finite())) {
        (Some(verdict), Some(score)) if is_first => Ok((verdict, score)),
        _ => Err(wrong()),
    }
}

/// The most characters of a wrong answer that are shown.
const SHOWN: usize = 60;

/// Returns true for what Python takes for white space in a text.
fn is_space(it: char) -> bool {
    it.is_whitespace() || ('\x1c'..='\x1f').contains(&it)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_python_does() {
        for (number, text) in [
            (0.0, "0.0"),
            (30.0, "30.0"),
            (-2.5, "-2.5"),
            (0.1 + 0.2, "0.30000000000000004"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1.5e-10, "1.5e-10"),
            (9_999_999_999_999_998.0, "9999999999999998.0"),
            (1e16, "1e+16"),
            (1.25e100, "1.25e+100"),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(as_python_writes(number), text);
        }
    }

    #[test]
    fn an_answer_is_a_verdict_and_a_plain_score() {
        let read = |text: &str| read_grader_answer(text.as_bytes());
        assert_eq!(read("AC 10\n"), Ok((Verdict::Ac, 10.0)));
        assert_eq!(read("WA\t\n-.5  \n\n"), Ok((Verdict::Wa, -0.5)));
        assert_eq!(read("JE 0"), Ok((Verdict::Je, 0.0)));
        for wrong in [
            "", "AC", "AC\n", " AC 1", "AC 1 2", "AC 1e3", "AC +1", "AC inf", "AC 1.2.3", "AC .",
            "AC -", "AC --1", "CE 0", "PE 0", "ac 1", "AC1", "AC ١",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert!(read_grader_answer(b"AC \xff").is_err());
        assert!(read(&format!("AC {}", "9".repeat(400))).is_err());
        let long = read(&format!("x\n{}", "y".repeat(1000))).unwrap_err();
        let expected = format!("wrote no verdict and score, but `x\\n{}`", "y".repeat(58));
        assert_eq!(long, expected);
    }
}
