//! What a judge says of an output, and what that comes to for the program that made it.
//!
//! Runs nothing.

use riddle_problems::Verdict;
use riddle_sandbox::{Conversation, Ending};

use crate::verdict::failure;

/// The most that is kept of a judge's message, in bytes.
const MESSAGE_BYTES: usize = 400;

/// What a judge says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Opinion {
    pub(super) verdict: Verdict,
    pub(super) score: Option<f64>,
    /// The part of the most possible score, from 0 to 1.
    pub(super) multiplier: Option<f64>,
    pub(super) message: Option<String>,
}

impl Opinion {
    pub(super) fn of(verdict: Verdict) -> Self {
        Self {
            verdict,
            score: None,
            multiplier: None,
            message: None,
        }
    }

    pub(super) fn fault(message: String) -> Self {
        Self {
            message: Some(message),
            ..Self::of(Verdict::Je)
        }
    }

    /// Returns the head of a message on one line; `None` if it is empty.
    pub(super) fn message(bytes: &[u8]) -> Option<String> {
        let head = &bytes[..bytes.len().min(MESSAGE_BYTES)];
        let text: String = String::from_utf8_lossy(head)
            .chars()
            .map(|it| if it.is_control() { ' ' } else { it })
            .collect();
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// Returns this opinion, with the scores of an earlier one where it has none.
    pub(super) fn or_scores_of(self, earlier: &Self) -> Self {
        Self {
            score: self.score.or(earlier.score),
            multiplier: self.multiplier.or(earlier.multiplier),
            ..self
        }
    }

    /// Returns what the opinion of a judge comes to that talked to a program.
    ///
    /// A judge that refuses before the program has ended decides, whatever the program did of it then; in all
    /// else the program's own failure comes first, as on Kattis and DOMjudge. Two that wait for each other
    /// would do so until the time is up: the program is too slow.
    pub(super) fn after_talk(self, talk: &Conversation) -> Self {
        let [judge, program] = &talk.executions;
        let judge_was_first = talk.first_to_end == Some(0);
        if self.verdict == Verdict::Wa && judge_was_first {
            return self;
        }
        if judge.ending == Ending::Deadlock || program.ending == Ending::Deadlock {
            return Self {
                message: Some("the program and the judge wait for each other".to_owned()),
                ..Self::of(Verdict::Tle)
            };
        }
        match failure(&program.ending) {
            Some(verdict) if self.verdict != Verdict::Je || !judge_was_first => Self::of(verdict),
            _ => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use riddle_sandbox::{Execution, Files};

    use super::*;

    fn talk(judge: Ending, program: Ending, first_to_end: Option<usize>) -> Conversation {
        let execution = |ending| Execution {
            ending,
            stdout: Vec::new(),
            stderr: Vec::new(),
            n_stderr_bytes: 0,
            fuel: 1,
            memory_bytes: 1,
            cpu_time: Duration::ZERO,
        };
        Conversation {
            executions: [execution(judge), execution(program)],
            files: [Files::new(), Files::new()],
            first_to_end,
        }
    }

    #[track_caller]
    fn check(said: Verdict, program: Ending, first_to_end: usize, expected: Verdict) {
        let judge = Ending::Exit(43);
        let talk = talk(judge, program, Some(first_to_end));
        assert_eq!(Opinion::of(said).after_talk(&talk).verdict, expected);
    }

    #[test]
    fn who_fails_first_counts() {
        use Verdict::{Ac, Je, Mle, Rte, Tle, Wa};
        check(Ac, Ending::Ok, 0, Ac);
        check(Ac, Ending::Exit(1), 0, Rte);
        check(Wa, Ending::Exit(1), 0, Wa);
        check(Wa, Ending::Exit(1), 1, Rte);
        check(Wa, Ending::Ok, 1, Wa);
        check(Wa, Ending::Fuel, 1, Tle);
        check(Ac, Ending::Memory, 0, Mle);
        check(Je, Ending::Ok, 0, Je);
        check(Je, Ending::Exit(1), 0, Je);
        check(Je, Ending::Exit(1), 1, Rte);
    }

    #[test]
    fn two_that_wait_are_too_slow() {
        let talk = talk(Ending::Deadlock, Ending::Deadlock, None);
        let said = Opinion::fault("no end".to_owned()).after_talk(&talk);
        assert_eq!(said.verdict, Verdict::Tle);
    }

    #[test]
    fn a_message_is_one_line_and_short() {
        assert_eq!(Opinion::message(b" \n"), None);
        assert_eq!(Opinion::message(b"a\nb\x1b[0m").as_deref(), Some("a b [0m"));
        let long = Opinion::message(&[b'x'; 1000]).unwrap();
        assert_eq!(long.len(), MESSAGE_BYTES);
    }
}
