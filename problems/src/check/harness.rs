//! The harnesses of models' evaluation and training that compare texts or lines.
//!
//! They hold texts, so that an output that is not UTF-8 is never right to them. What else a harness does
//! to an output, such as cutting a long one short, is not a matter of comparison and left out.

use super::apps;
use super::decimal::Decimal;
use super::difference::Difference;
use super::python::{float, split, strip};
use super::scan::offset_in;

const NOT_UTF8: &str = "the harness holds texts, and this is not UTF-8";

/// A harness written in Python.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Harness {
    /// AlphaCodium.
    AlphaCodium,
    /// APPS.
    Apps,
    /// LiveCodeBench.
    LiveCodeBench,
    /// open-r1.
    OpenR1,
    /// SandboxFusion.
    SandboxFusion,
    /// verl over SandboxFusion.
    Verl,
    /// verl with its own runner, `prime_code`.
    VerlPrime,
}

impl Harness {
    /// Every one, in the order of names.
    pub const ALL: [Self; 7] = [
        Self::AlphaCodium,
        Self::Apps,
        Self::LiveCodeBench,
        Self::OpenR1,
        Self::SandboxFusion,
        Self::Verl,
        Self::VerlPrime,
    ];

    /// Returns the name of its profile.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AlphaCodium => "alphacodium",
            Self::Apps => "apps",
            Self::LiveCodeBench => "lcb",
            Self::OpenR1 => "open-r1",
            Self::SandboxFusion => "sandboxfusion",
            Self::Verl => "verl",
            Self::VerlPrime => "verl:prime",
        }
    }

    /// Returns its rule in one line.
    pub(super) fn rule(self) -> &'static str {
        match self {
            Self::AlphaCodium => {
                "the text in lower case without blanks, or one number within 1e-4 of max(1, answer)"
            }
            Self::Apps => {
                "lines, or one number a line within 1e-5, or lines as a set of sets of tokens, \
                 numbers to three places"
            }
            Self::LiveCodeBench => "lines, stripped, or their tokens as exact decimals",
            Self::OpenR1 => "lines, stripped, as far as the shorter of the two goes",
            Self::SandboxFusion => {
                "lines, stripped and in lower case, or one number a line within 1e-5 relative"
            }
            Self::Verl => "the text, line feeds at its end aside",
            Self::VerlPrime => "lines, or one number a line within 1e-5 unless all are digits",
        }
    }

    pub(super) fn judge(self, answer: &[u8], output: &[u8]) -> Option<Difference> {
        let Ok(expected) = std::str::from_utf8(answer) else {
            let difference = Difference::of_texts(answer, output, NOT_UTF8);
            return Some(difference.of_the_answer(NOT_UTF8));
        };
        let Ok(found) = std::str::from_utf8(output) else {
            return Some(Difference::of_texts(answer, output, NOT_UTF8));
        };
        match self {
            Self::AlphaCodium => alphacodium(expected, found),
            Self::Apps => apps::apps(expected, found),
            Self::LiveCodeBench => lcb(expected, found),
            Self::OpenR1 => open_r1(expected, found),
            Self::SandboxFusion => sandbox_fusion(expected, found),
            Self::Verl => verl(expected, found),
            Self::VerlPrime => apps::verl_prime(expected, found),
        }
    }
}

/// Returns the first line of the stripped texts that is not the same; `None` if all are, and as many.
fn first_line(answer: &str, output: &str, same: impl Fn(&str, &str) -> bool) -> Option<Difference> {
    let mut expected = strip(answer).split('\n');
    let mut found = strip(output).split('\n');
    for number in n_blank_lines(output) + 1.. {
        match (expected.next(), found.next()) {
            (None, None) => return None,
            (Some(a), Some(b)) if same(a, b) => {}
            (a, b) => {
                let [a, b] = [a, b].map(|it| it.map(str::as_bytes));
                return Some(Difference::at_line(number, a, b));
            }
        }
    }
    unreachable!("texts are shorter than the largest number")
}

/// How many line feeds the strip takes from the start.
fn n_blank_lines(text: &str) -> usize {
    let blank = &text[..offset_in(text.as_bytes(), strip(text).as_bytes())];
    blank.matches('\n').count()
}

/// Follows `grade_stdio`, `get_stripped_lines` and `convert_line_to_decimals` of
/// `lcb_runner/evaluation/testing_util.py` in LiveCodeBench/LiveCodeBench.
fn lcb(answer: &str, output: &str) -> Option<Difference> {
    first_line(answer, output, |a, b| {
        strip(a) == strip(b) || same_decimals(a, b)
    })
}

fn same_decimals(expected: &str, found: &str) -> bool {
    let (mut expected, mut found) = (split(expected), split(found));
    loop {
        let pair = match (expected.next(), found.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) => (Decimal::read(a), Decimal::read(b)),
            _ => return false,
        };
        match pair {
            (Some(a), Some(b)) if a.equals(&b) => {}
            _ => return false,
        }
    }
}

/// Follows `check_stdio_test_case`, `is_float` and `float_equal` of `sandbox/utils/testing.py` in
/// bytedance/SandboxFusion.
fn sandbox_fusion(answer: &str, output: &str) -> Option<Difference> {
    const TOLERANCE: f64 = 1e-5;
    const LEAST: f64 = 1e-10;
    let same = |a: &str, b: &str| {
        let (a, b) = (a.to_lowercase(), b.to_lowercase());
        if strip(&a) == strip(&b) {
            return true;
        }
        match (float(&a), float(&b)) {
            (Some(a), Some(b)) => {
                let largest = if a.abs() < LEAST { LEAST } else { a.abs() };
                (b - a).abs() / largest < TOLERANCE
            }
            _ => false,
        }
    };
    first_line(answer, output, same)
}

/// Follows the script in `code_reward` of `src/open_r1/rewards.py` in huggingface/open-r1.
///
/// Its way to read an output turns every end of a line into a line feed. The output is stripped and the
/// answer is not, so that an answer that begins with an empty line is met by no other output than none.
fn open_r1(answer: &str, output: &str) -> Option<Difference> {
    let output = output.replace("\r\n", "\n").replace('\r', "\n");
    let lines = || strip(&output).split('\n').zip(answer.split('\n'));
    let (number, (found, expected)) = (n_blank_lines(&output) + 1..)
        .zip(lines())
        .find(|(_, (a, b))| strip(a) != strip(b))?;
    let difference = Difference::at_line(number, Some(expected.as_bytes()), Some(found.as_bytes()));
    Some(difference)
}

/// Follows `_process_single_case` of `verl/utils/reward_score/sandbox_fusion/utils.py` in volcengine/verl.
fn verl(answer: &str, output: &str) -> Option<Difference> {
    let [expected, found] = [answer, output].map(|it| it.trim_end_matches('\n'));
    if expected == found {
        return None;
    }
    let (answer, output) = (expected.as_bytes(), found.as_bytes());
    Some(Difference::of_texts(answer, output, "byte for byte"))
}

/// Follows `compare_func` of `alpha_codium/code_contests/eval/local_exec.py` in Codium-ai/AlphaCodium, with
/// the settings it comes with: `delta = 0.0001`, `order_matters = true`.
fn alphacodium(answer: &str, output: &str) -> Option<Difference> {
    const DELTA: f64 = 1e-4;
    let [a, b] = [answer, output].map(|it| strip(it).to_lowercase());
    if a.replace(' ', "") == b.replace(' ', "") {
        return None;
    }
    if let (Some(a), Some(b)) = (float(&a), float(&b)) {
        let error = (b - a).abs() / a.abs().max(1.0);
        if error <= DELTA {
            return None;
        }
    }
    let (answer, output) = (answer.as_bytes(), output.as_bytes());
    let reason = "the text in lower case without blanks, or as one number";
    Some(Difference::of_texts(answer, output, reason))
}
