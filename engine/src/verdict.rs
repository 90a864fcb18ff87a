//! What an execution's ending means for the program that ran, before any judge has looked at its output.

use riddle_problems::Verdict;
use riddle_sandbox::Ending;

/// Returns how a program failed by its ending alone; `None` if its output is to be judged.
///
/// An execution that the backstop ended says nothing about the candidate: it is a judge error,
/// `JE`, and reported as such.
pub(crate) fn failure(ending: &Ending) -> Option<Verdict> {
    Some(match ending {
        Ending::Ok => return None,
        Ending::Exit(_) | Ending::Trap(_) => Verdict::Rte,
        // Two that wait for each other would do so until the time is up.
        Ending::Fuel | Ending::Deadlock => Verdict::Tle,
        Ending::Memory => Verdict::Mle,
        Ending::Output => Verdict::Ole,
        _ => Verdict::Je,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clean_end_is_judged_by_its_output() {
        use Verdict::{Je, Mle, Ole, Rte, Tle};
        assert_eq!(failure(&Ending::Ok), None);
        for (ending, verdict) in [
            (Ending::Exit(1), Rte),
            (Ending::Trap("unreachable".into()), Rte),
            (Ending::Fuel, Tle),
            (Ending::Deadlock, Tle),
            (Ending::Memory, Mle),
            (Ending::Output, Ole),
            (Ending::Backstop, Je),
        ] {
            assert_eq!(failure(&ending), Some(verdict));
        }
    }
}
