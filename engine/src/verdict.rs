//! From an execution and a checker to a verdict: the only place that needs both.

use riddle_problems::{Checker, Verdict};
use riddle_sandbox::{Ending, Execution};

/// Judges one execution against the expected answer.
///
/// An execution that the wall clock ended says nothing about the candidate, nor does a checker that
/// refuses the answer: it is a judge error, `JE`, and reported as such.
pub(crate) fn verdict(execution: &Execution, checker: &Checker, answer: &[u8]) -> Verdict {
    match execution.ending {
        Ending::Ok => {
            let judgement = checker.judge(answer, &execution.stdout);
            if judgement.answer_is_at_fault() {
                Verdict::Je
            } else if judgement.accepted {
                Verdict::Ac
            } else {
                Verdict::Wa
            }
        }
        Ending::Exit(_) | Ending::Trap(_) => Verdict::Rte,
        Ending::Fuel => Verdict::Tle,
        Ending::Memory => Verdict::Mle,
        Ending::Output => Verdict::Ole,
        _ => Verdict::Je,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[track_caller]
    fn check(ending: Ending, stdout: &str, expected: Verdict) {
        let execution = Execution {
            ending,
            stdout: stdout.into(),
            stderr: Vec::new(),
            n_stderr_bytes: 0,
            fuel: 1,
            memory_bytes: 1,
            cpu_time: Duration::ZERO,
        };
        assert_eq!(verdict(&execution, &Checker::Tokens, b"42\n"), expected);
    }

    #[test]
    fn the_answer_counts_only_after_a_clean_end() {
        check(Ending::Ok, "42", Verdict::Ac);
        check(Ending::Ok, "43", Verdict::Wa);
        check(Ending::Exit(1), "42", Verdict::Rte);
        check(Ending::Trap("unreachable".into()), "42", Verdict::Rte);
        check(Ending::Fuel, "42", Verdict::Tle);
        check(Ending::Memory, "42", Verdict::Mle);
        check(Ending::Output, "42", Verdict::Ole);
        check(Ending::Backstop, "42", Verdict::Je);
    }

    #[test]
    fn an_answer_that_the_checker_refuses_is_a_judge_error() {
        let execution = Execution {
            ending: Ending::Ok,
            stdout: b"42".to_vec(),
            stderr: Vec::new(),
            n_stderr_bytes: 0,
            fuel: 1,
            memory_bytes: 1,
            cpu_time: Duration::ZERO,
        };
        let checker = "testlib:icmp".parse().unwrap();
        assert_eq!(verdict(&execution, &checker, b"forty-two"), Verdict::Je);
        assert_eq!(verdict(&execution, &checker, b"42\n"), Verdict::Ac);
    }
}
