//! What a submission's folder, or a tag in its text, says about what is expected of it.

use crate::{Expectation, Rule, ScoreExpectation, Verdict, VerdictSet};

/// How much of a source is searched for a tag, in bytes.
pub(super) const SEARCHED_BYTES: usize = 64 << 10;
/// DOMjudge's tags. Either may hold verdicts; a number is a score in the second alone.
const RESULTS: &str = "@EXPECTED_RESULTS@: ";
const SCORE: &str = "@EXPECTED_SCORE@: ";

/// Returns what the name of a folder below `submissions` promises; `None` for other names.
///
/// Names are those of all formats: Kattis, BAPCtools, DOMjudge.
pub(super) fn of_folder(folder: &str, is_legacy: bool) -> Option<Expectation> {
    use Verdict::{Ac, Ce, Ole, Tle, Wa};
    let rule = |permitted: VerdictSet, required: VerdictSet| Rule {
        permitted,
        required,
        time_bound: time_bound(permitted, required),
        ..Rule::anything()
    };
    let accepted = VerdictSet::from(Ac);
    let errors = VerdictSet::RUN_TIME_ERRORS;
    let rule = match folder.to_ascii_lowercase().replace('-', "_").as_str() {
        "accepted" | "correct" => rule(accepted, VerdictSet::RUN),
        "rejected" => rule(VerdictSet::RUN, VerdictSet::FAILURES),
        "wrong_answer" | "presentation_error" | "no_output" => {
            rule(VerdictSet::of(&[Ac, Wa]), Wa.into())
        }
        // A legacy package's slow program may also be wrong.
        "time_limit_exceeded" | "timelimit" if is_legacy => {
            let expected = Rule {
                required: Tle.into(),
                ..rule(VerdictSet::of(&[Ac, Wa, Tle]), Tle.into())
            };
            return Some(Expectation {
                verdicts: Tle.into(),
                ..Expectation::of_rules(vec![expected])
            });
        }
        "time_limit_exceeded" | "timelimit" => rule(VerdictSet::of(&[Ac, Tle]), Tle.into()),
        "run_time_error" | "runtime_error" | "run_error" | "run_time_exception"
        | "runtime_exception" => rule(accepted.or(errors), errors),
        "memory_limit_exceeded" | "memory_limit" => {
            let errors = VerdictSet::of(&[Verdict::Mle, Verdict::Rte]);
            rule(accepted.or(errors), errors)
        }
        "output_limit_exceeded" | "output_limit" => rule(VerdictSet::of(&[Ac, Ole]), Ole.into()),
        "brute_force" => {
            let failures = errors.or(Tle.into());
            rule(accepted.or(failures), failures)
        }
        "compile_error" | "compiler_error" | "compilation_error" => {
            return Some(Expectation::of(Ce));
        }
        "partially_accepted" => {
            // The legacy grader accepts whatever scores; elsewhere failed tests are failures.
            let verdicts = if is_legacy { accepted } else { VerdictSet::RUN };
            let score = Some(ScoreExpectation::Partial);
            return Some(Expectation {
                score,
                ..Expectation::of(verdicts)
            });
        }
        _ => return None,
    };
    Some(Expectation::of_rules(vec![rule]))
}

/// Returns how the time of a submission that a rule is for bounds a derived time limit.
pub(super) fn time_bound(permitted: VerdictSet, required: VerdictSet) -> Option<crate::TimeBound> {
    if !permitted.contains(Verdict::Tle) {
        Some(crate::TimeBound::Lower)
    } else if required == VerdictSet::from(Verdict::Tle) {
        Some(crate::TimeBound::Upper)
    } else {
        None
    }
}

/// What the tags of a program say.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Tags {
    pub(super) verdicts: Option<VerdictSet>,
    pub(super) score: Option<f64>,
}

/// Reads the tags of a source. A tag that is there twice says nothing, and neither do verdicts that
/// both tags have.
pub(super) fn tags(source: &[u8]) -> Tags {
    let text = String::from_utf8_lossy(&source[..source.len().min(SEARCHED_BYTES)]);
    // Nothing but ASCII changes, so that places stay the same.
    let upper = text.to_ascii_uppercase();
    let mut tags = Tags::default();
    let mut n_verdicts = 0;
    for tag in [RESULTS, SCORE] {
        let mut places = upper.match_indices(tag);
        let (Some((at, _)), None) = (places.next(), places.next()) else {
            continue;
        };
        let rest = &upper[at + tag.len()..];
        let value = rest.lines().next().unwrap_or_default().trim();
        let number = value
            .parse()
            .ok()
            .filter(|it: &f64| tag == SCORE && it.is_finite());
        if number.is_some() {
            tags.score = number;
        } else if let Some(verdicts) = verdicts_in(value) {
            n_verdicts += 1;
            tags.verdicts = Some(verdicts).filter(|_| n_verdicts == 1);
        }
    }
    tags
}

/// Reads names of results joined by commas; a name that we do not know makes it none.
fn verdicts_in(names: &str) -> Option<VerdictSet> {
    let verdicts = names.split(',').map(|name| {
        Some(match name.trim().replace('-', "_").as_str() {
            "CORRECT" | "ACCEPTED" => Verdict::Ac.into(),
            "WRONG_ANSWER" | "NO_OUTPUT" | "PRESENTATION_ERROR" => Verdict::Wa.into(),
            "TIMELIMIT" | "TIME_LIMIT_EXCEEDED" => Verdict::Tle.into(),
            // DOMjudge has no verdict of its own for memory.
            "RUN_ERROR" | "RUN_TIME_ERROR" => VerdictSet::of(&[Verdict::Rte, Verdict::Mle]),
            "MEMORY_LIMIT" => Verdict::Mle.into(),
            "OUTPUT_LIMIT" => Verdict::Ole.into(),
            "COMPILER_ERROR" | "COMPILE_ERROR" => Verdict::Ce.into(),
            _ => return None,
        })
    });
    verdicts
        .reduce(|a, b| Some(VerdictSet::or(a?, b?)))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, verdicts: Option<&[Verdict]>, score: Option<f64>) {
        let verdicts = verdicts.map(VerdictSet::of);
        assert_eq!(
            tags(source.as_bytes()),
            Tags { verdicts, score },
            "{source}"
        );
    }

    #[test]
    fn tags_are_read_as_domjudge_reads_them() {
        use Verdict::{Ac, Mle, Rte, Wa};
        check("// @EXPECTED_RESULTS@: CORRECT\nx", Some(&[Ac]), None);
        check(
            "@expected_results@: correct, Wrong-Answer",
            Some(&[Ac, Wa]),
            None,
        );
        check("@EXPECTED_RESULTS@: RUN-ERROR\r\n", Some(&[Rte, Mle]), None);
        check("@EXPECTED_SCORE@: 74.42\n", None, Some(74.42));
        check("@EXPECTED_SCORE@: CORRECT\n", Some(&[Ac]), None);
        check(
            "@EXPECTED_RESULTS@: NO-OUTPUT\n@EXPECTED_SCORE@: 5\n",
            Some(&[Wa]),
            Some(5.0),
        );
    }

    #[test]
    fn tags_that_are_unclear_say_nothing() {
        check("uses the @EXPECTED_RESULTS@ tag", None, None);
        check(
            "@EXPECTED_RESULTS@: CORRECT\n@EXPECTED_RESULTS@: CORRECT",
            None,
            None,
        );
        check(
            "@EXPECTED_RESULTS@: CORRECT\n@EXPECTED_SCORE@: CORRECT",
            None,
            None,
        );
        check("@EXPECTED_RESULTS@: FINE", None, None);
        check("@EXPECTED_SCORE@: inf", None, None);
        check("@EXPECTED_RESULTS@: ", None, None);
        check("é@EXPECTED_RESULTS@: CORRECTß", None, None);
    }

    #[test]
    fn folders_of_all_formats_are_known() {
        let label = |name: &str| of_folder(name, false).map(|it| it.single());
        assert_eq!(label("accepted"), Some(Some(Verdict::Ac)));
        assert_eq!(label("wrong-answer"), Some(Some(Verdict::Wa)));
        assert_eq!(label("runtime_error"), Some(Some(Verdict::Rte)));
        assert_eq!(label("compile_error"), Some(Some(Verdict::Ce)));
        assert_eq!(label("rejected"), Some(None));
        assert_eq!(label("brute_force"), Some(None));
        assert_eq!(label("slow_accepted"), None);
        assert_eq!(label("memory_limit_exceeded"), Some(None));
        assert_eq!(label("partially_accepted"), Some(None));
        let partial = of_folder("partially_accepted", true).unwrap();
        assert_eq!(
            (partial.verdicts, partial.single()),
            (Verdict::Ac.into(), None)
        );
    }
}
