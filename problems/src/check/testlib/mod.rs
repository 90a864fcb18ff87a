//! The checkers that testlib ships, in `checkers/` of MikeMirzayanov/testlib.
//!
//! `pointscmp` and `pointsinfo` are left out: they give points and accept nothing.

mod cases;
mod rules;
mod stream;

use super::difference::Difference;
use stream::{Reason, Stream};

/// A checker that testlib ships.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Testlib {
    /// One number, within 1.5e-6.
    Acmp,
    /// `Case N:` and an integer, again and again.
    Caseicmp,
    /// `Case N:` and integers, again and again.
    Casencmp,
    /// `Case N:` and tokens, again and again.
    Casewcmp,
    /// One number, within 1e-6 absolute or relative.
    Dcmp,
    /// Lines, byte for byte.
    Fcmp,
    /// One integer of any size.
    Hcmp,
    /// One integer of 32 bits.
    Icmp,
    /// Lines as lists of tokens.
    Lcmp,
    /// A sequence of integers of 64 bits.
    Ncmp,
    /// A sequence of YES and NO, in any case.
    Nyesno,
    /// The same as `acmp`.
    Rcmp,
    /// A sequence of numbers, within 1e-4 absolute or relative.
    Rcmp4,
    /// A sequence of numbers, within 1e-6 absolute or relative.
    Rcmp6,
    /// A sequence of numbers, within 1e-9 absolute or relative.
    Rcmp9,
    /// A sequence of numbers, within 1.5e-5.
    Rncmp,
    /// Integers of 64 bits in any order.
    Uncmp,
    /// A sequence of tokens.
    Wcmp,
    /// YES or NO, in any case.
    Yesno,
}

impl Testlib {
    /// Every one, in the order of names.
    pub const ALL: [Self; 19] = [
        Self::Acmp,
        Self::Caseicmp,
        Self::Casencmp,
        Self::Casewcmp,
        Self::Dcmp,
        Self::Fcmp,
        Self::Hcmp,
        Self::Icmp,
        Self::Lcmp,
        Self::Ncmp,
        Self::Nyesno,
        Self::Rcmp,
        Self::Rcmp4,
        Self::Rcmp6,
        Self::Rcmp9,
        Self::Rncmp,
        Self::Uncmp,
        Self::Wcmp,
        Self::Yesno,
    ];

    /// Returns its name there.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Acmp => "acmp",
            Self::Caseicmp => "caseicmp",
            Self::Casencmp => "casencmp",
            Self::Casewcmp => "casewcmp",
            Self::Dcmp => "dcmp",
            Self::Fcmp => "fcmp",
            Self::Hcmp => "hcmp",
            Self::Icmp => "icmp",
            Self::Lcmp => "lcmp",
            Self::Ncmp => "ncmp",
            Self::Nyesno => "nyesno",
            Self::Rcmp => "rcmp",
            Self::Rcmp4 => "rcmp4",
            Self::Rcmp6 => "rcmp6",
            Self::Rcmp9 => "rcmp9",
            Self::Rncmp => "rncmp",
            Self::Uncmp => "uncmp",
            Self::Wcmp => "wcmp",
            Self::Yesno => "yesno",
        }
    }

    /// Returns its rule in one line.
    pub(super) fn rule(self) -> &'static str {
        match self {
            Self::Acmp | Self::Rcmp => "the first number within 1.5e-6, then no more output",
            Self::Caseicmp => "`Case N:` and one int64 a case, the same",
            Self::Casencmp => "`Case N:` and int64s a case, the same",
            Self::Casewcmp => "`Case N:` and tokens a case, the same",
            Self::Dcmp => "the first number within 1e-6, absolute or relative, then no more output",
            Self::Fcmp => "the same lines byte for byte, blanks at the end aside",
            Self::Hcmp => "one integer of any size, written the same",
            Self::Icmp => "the first int32, then no more output",
            Self::Lcmp => "the same tokens in the same lines",
            Self::Ncmp => "the same int64s in order, written plainly",
            Self::Nyesno => "the same YES and NO in order, in any case",
            Self::Rcmp4 => "numbers within 1e-4, absolute or relative",
            Self::Rcmp6 => "numbers within 1e-6, absolute or relative",
            Self::Rcmp9 => "numbers within 1e-9, absolute or relative",
            Self::Rncmp => "numbers within 1.5e-5",
            Self::Uncmp => "the same int64s in any order",
            Self::Wcmp => "the same tokens; white space is blank, tab, CR and LF",
            Self::Yesno => "the first token YES or NO, in any case, then no more output",
        }
    }

    pub(super) fn judge(self, answer: &[u8], output: &[u8]) -> Option<Difference> {
        let mut pair = Pair {
            answer: Stream::answer(answer),
            output: Stream::output(output),
        };
        let judged = pair.open().and_then(|()| match self {
            Self::Acmp | Self::Rcmp => rules::one_number(&mut pair, rules::within(1.5e-6)),
            Self::Dcmp => rules::one_number(&mut pair, rules::near(1e-6)),
            Self::Rcmp4 => rules::numbers(&mut pair, rules::near(1e-4)),
            Self::Rcmp6 => rules::numbers(&mut pair, rules::near(1e-6)),
            Self::Rcmp9 => rules::numbers(&mut pair, rules::near(1e-9)),
            Self::Rncmp => rules::numbers(&mut pair, rules::within(1.5e-5)),
            Self::Caseicmp => cases::one_integer_a_case(&mut pair),
            Self::Casencmp => cases::cases(&mut pair, cases::int64),
            Self::Casewcmp => cases::cases(&mut pair, Ok),
            Self::Fcmp => rules::lines(&mut pair, |a, b| a == b),
            Self::Lcmp => rules::lines(&mut pair, rules::same_words),
            Self::Hcmp => rules::huge_integer(&mut pair),
            Self::Icmp => rules::one_int32(&mut pair),
            Self::Ncmp => rules::integers(&mut pair),
            Self::Nyesno => rules::yes_no_sequence(&mut pair),
            Self::Uncmp => rules::unordered_integers(&mut pair),
            Self::Wcmp => rules::words(&mut pair),
            Self::Yesno => rules::yes_or_no(&mut pair),
        });
        judged.and_then(|()| pair.nothing_more()).err()
    }
}

/// What a rule comes to: nothing, or where the output or the answer is not as it must be.
type Judged<T = ()> = Result<T, Difference>;

/// The two streams of a checker. Reading the answer may find the answer at fault.
struct Pair<'a> {
    answer: Stream<'a>,
    output: Stream<'a>,
}

impl<'a> Pair<'a> {
    fn open(&mut self) -> Judged {
        const TOO_LONG: Reason = "the rule takes files up to 128 MiB";
        if !self.output.opens() {
            return Err(self.refuse(TOO_LONG));
        }
        if !self.answer.opens() {
            return Err(self.refuse_answer(TOO_LONG));
        }
        Ok(())
    }

    /// What `quit(_ok, …)` does first: the output must be at its end.
    fn nothing_more(&mut self) -> Judged {
        if self.output.seek_end() {
            return Ok(());
        }
        let found = self.output.word().ok();
        Err(self.differ(None, found))
    }

    fn read_answer<T>(
        &mut self,
        read: impl FnOnce(&mut Stream<'a>) -> Result<T, Reason>,
    ) -> Judged<T> {
        read(&mut self.answer).map_err(|reason| self.refuse_answer(reason))
    }

    fn read_output<T>(
        &mut self,
        read: impl FnOnce(&mut Stream<'a>) -> Result<T, Reason>,
    ) -> Judged<T> {
        read(&mut self.output).map_err(|reason| self.refuse(reason))
    }

    fn both_go_on(&mut self) -> bool {
        !self.answer.seek_end() && !self.output.seek_end()
    }

    fn ended_together(&mut self) -> Judged {
        if self.answer.seek_end() && self.output.seek_end() {
            return Ok(());
        }
        let (mut answer, mut output) = (self.answer, self.output);
        let expected = answer.word().ok();
        let found = output.word().ok();
        self.output.n_tokens = output.n_tokens;
        self.output.start = output.start;
        Err(self.differ(expected, found))
    }

    /// Says whether the last tokens of both agree.
    fn agree(&self, agree: bool) -> Judged {
        if agree {
            Ok(())
        } else {
            Err(self.differ_here())
        }
    }

    fn differ_here(&self) -> Difference {
        self.differ(Some(self.answer.last), Some(self.output.last))
    }

    /// The difference at the last token of the output. An empty token is the end.
    fn differ(&self, expected: Option<&[u8]>, found: Option<&[u8]>) -> Difference {
        let Stream {
            n_tokens, start, ..
        } = self.output;
        let text = self.output.text();
        let [expected, found] = [expected, found].map(|it| it.filter(|it| !it.is_empty()));
        Difference::at_token(n_tokens, text, start, expected, found)
    }

    /// The last token of the output is not what the rule can read.
    fn refuse(&self, reason: Reason) -> Difference {
        self.differ_here().because(reason)
    }

    /// The last token of the answer is not what the rule can read.
    fn refuse_answer(&self, reason: Reason) -> Difference {
        let Stream {
            n_tokens,
            start,
            last,
            ..
        } = self.answer;
        let word = Some(last).filter(|it| !it.is_empty());
        let difference = Difference::at_token(n_tokens, self.answer.text(), start, word, None);
        difference.of_the_answer(reason)
    }
}

#[cfg(test)]
mod tests;
