//! How a program's fuel grows with the size of its input, and whether it will last to the stated limits.
//!
//! A picked program runs on inputs of doubling sizes, the largest as large as the statement allows. What it takes there is
//! seen, not guessed, where such an input can be made and the program lasts so long; else the last doublings say how the
//! fuel grows. Only a warning comes of it: the submission is sent all the same.

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt, TryStreamExt, stream};
use riddle_problems::inputs::grammar::Grammar;
use riddle_sandbox::{Ending, SandboxError};
use serde::{Deserialize, Serialize};

use crate::{
    EngineError, Sample,
    evaluate::limits,
    judging::{Judges, run_input},
    search::{SearchContext, Survivor},
};

/// Sizes that a program runs on, each half the next; the largest is the stated limit.
const SIZES: u32 = 7;
/// Fuel of a program that has done nothing much: below it, doubling says nothing.
const LEAST_FUEL: u64 = 200_000;

/// How a program's fuel grows with the size of its input.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Growth {
    /// The largest size that the statement allows: of a list, a word, a number of edges.
    pub max_size: u64,
    /// The largest size that it ran on and came to its end, 0 if none.
    pub size: u64,
    /// The fuel that it took there.
    pub fuel: u64,
    /// The size at which it ran out of fuel, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ran_out_at: Option<u64>,
    /// The power of the size that its fuel grows with, over the last doubling; none where it took too little to tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exponent: Option<f64>,
    /// The fuel that it takes at the largest size, as a share of what it may take: seen, or foretold by the exponent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_of_limit: Option<f64>,
    /// Whether it will likely run out of fuel: it did at some size, or is foretold to.
    pub is_likely_slow: bool,
}

impl Growth {
    /// Reads what a program took at each size, ascending: its fuel, or `None` if the fuel ran out. `None` where nothing
    /// can be told.
    fn of(seen: &[(u64, Option<u64>)], max_size: u64, fuel_limit: u64) -> Option<Self> {
        let ended: Vec<(u64, u64)> = seen.iter().filter_map(|it| Some((it.0, it.1?))).collect();
        let last = seen.last()?;
        let ran_out_at = last.1.is_none().then_some(last.0);
        let (size, fuel) = ended.last().copied().unwrap_or((0, 0));
        let before = ended.len().checked_sub(2).map(|it| ended[it]);
        let exponent = before
            .filter(|it| it.1 >= LEAST_FUEL && it.0 < size)
            .map(|it| (real(fuel) / real(it.1)).ln() / (real(size) / real(it.0)).ln());
        let exponent = exponent.map(|it| (it * 100.0).round() / 100.0);
        let share = real(fuel) / real(fuel_limit.max(1));
        let share_of_limit = if size >= max_size {
            Some(share)
        } else if ran_out_at.is_some() {
            None
        } else {
            // Steeper than seen is always possible; flatter than a constant is not.
            let steps = real(max_size) / real(size.max(1));
            exponent.map(|it| share * steps.powf(it.max(0.0)))
        };
        Some(Self {
            max_size,
            size,
            fuel,
            ran_out_at,
            exponent,
            share_of_limit,
            is_likely_slow: ran_out_at.is_some() || share_of_limit.is_some_and(|it| it > 1.0),
        })
    }

    /// Says why it will likely be too slow, as a fragment; `None` if it will not.
    pub fn warning(&self) -> Option<String> {
        if !self.is_likely_slow {
            return None;
        }
        let grows = self.exponent.map_or(String::new(), |it| {
            format!(", and its fuel grows with the power {it:.1} of the size")
        });
        let max_size = self.max_size;
        Some(match (self.ran_out_at, self.share_of_limit) {
            (Some(size), _) if size < max_size => {
                format!(
                    "runs out of fuel on an input of size {size}, where {max_size} is allowed{grows}"
                )
            }
            (_, Some(share)) => {
                format!("will take {share:.1} times its fuel on inputs of size {max_size}{grows}")
            }
            _ => format!("runs out of fuel on an input of size {max_size}{grows}"),
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "a ratio")]
fn real(n: u64) -> f64 {
    n as f64
}

/// Runs programs on inputs of doubling sizes and returns how the fuel of each grows, in their order, with the executions
/// and fuel that it took. `None` for a program of which nothing can be told, and for all where the statement does not
/// limit the size.
pub(crate) async fn growth(
    context: &SearchContext<'_>,
    judges: &Arc<Judges>,
    time_limit: Duration,
    grammar: Option<&Grammar>,
    programs: &[&Survivor],
) -> Result<(Vec<Option<Growth>>, u64, u64), EngineError> {
    let nothing = (vec![None; programs.len()], 0, 0);
    let is_asked = context.config.foretells_growth && !programs.is_empty();
    let Some(grammar) = grammar.filter(|it| is_asked && it.states_size()) else {
        return Ok(nothing);
    };
    let max_size = grammar.max_size();
    let seed = context.config.seed_of("growth", &judges.task().id);
    let mut inputs: Vec<(u64, Arc<[u8]>)> = Vec::new();
    for halvings in (0..SIZES).rev() {
        let made = grammar.scaled(max_size >> halvings, seed);
        let Some(made) = made else { continue };
        // Where nothing counts, the size is that of a number, and numbers are of all sizes anyway: one is enough. So it is
        // of sizes that come out alike, for limits of other values.
        let size = if made.size == 0 { max_size } else { made.size };
        if inputs.last().is_none_or(|it| it.0 < size) {
            inputs.push((size, made.bytes.into()));
        }
    }
    let inputs: Arc<[(u64, Arc<[u8]>)]> = inputs.into();
    let runs = stream::iter(programs).map(|survivor| {
        let (judges, inputs) = (Arc::clone(judges), Arc::clone(&inputs));
        let sample = survivor.candidate.sample.clone();
        let stop = context.interrupt.clone();
        let work = move || run(&judges, &sample, time_limit, &inputs, || stop.is_set());
        context.workers.run(survivor.candidate.name(), work)
    });
    let runs = runs.buffered(context.workers.capacity());
    let (mut all, mut n_executions, mut fuel) = (Vec::new(), 0, 0);
    for (ran, survivor) in runs
        .try_collect::<Vec<_>>()
        .await?
        .into_iter()
        .zip(programs)
    {
        let Ran { seen, spent, n } = ran?;
        n_executions += n;
        fuel += spent;
        let language = survivor.candidate.sample.language;
        let limit = limits(judges.task(), time_limit, language).fuel;
        all.push(Growth::of(&seen, max_size, limit));
    }
    Ok((all, n_executions, fuel))
}

/// What a program took at each size.
#[derive(Default)]
struct Ran {
    seen: Vec<(u64, Option<u64>)>,
    spent: u64,
    n: u64,
}

/// Runs one program on inputs of ascending size, up to one that it does not come to the end of.
fn run(
    judges: &Judges,
    sample: &Sample,
    time_limit: Duration,
    inputs: &[(u64, Arc<[u8]>)],
    is_over: impl Fn() -> bool,
) -> Result<Ran, SandboxError> {
    let (sandbox, task) = (judges.sandbox(), judges.task());
    let mut ran = Ran::default();
    let Ok(program) = sandbox.compile(sample.language, &sample.source)?.outcome else {
        return Ok(ran);
    };
    let limits = limits(task, time_limit, sample.language);
    for (size, input) in inputs {
        if is_over() {
            break;
        }
        let execution = run_input(sandbox, task, &program, &limits, Arc::clone(input))?;
        ran.n += 1;
        ran.spent += execution.fuel;
        match execution.ending {
            Ending::Ok => ran.seen.push((*size, Some(execution.fuel))),
            Ending::Fuel => {
                ran.seen.push((*size, None));
                break;
            }
            // What it crashes on may be no input at all.
            _ => break,
        }
    }
    Ok(ran)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: u64 = 1_000_000_000;

    #[track_caller]
    fn check(seen: &[(u64, Option<u64>)], exponent: Option<f64>, slow: bool) -> Growth {
        let growth = Growth::of(seen, 1000, LIMIT).unwrap();
        assert_eq!((growth.exponent, growth.is_likely_slow), (exponent, slow));
        assert_eq!(growth.warning().is_some(), slow);
        growth
    }

    #[test]
    fn what_was_seen_at_the_limit_is_not_foretold() {
        let growth = check(
            &[
                (250, Some(1_000_000)),
                (500, Some(4_000_000)),
                (1000, Some(16_000_000)),
            ],
            Some(2.0),
            false,
        );
        assert_eq!(growth.share_of_limit, Some(0.016));
    }

    #[test]
    fn what_ran_out_of_fuel_is_slow() {
        let growth = check(
            &[
                (125, Some(10_000_000)),
                (250, Some(80_000_000)),
                (500, None),
            ],
            Some(3.0),
            true,
        );
        assert_eq!(growth.share_of_limit, None);
        let text = "runs out of fuel on an input of size 500, where 1000 is allowed, and its fuel grows with the power 3.0 of the size";
        assert_eq!(growth.warning().as_deref(), Some(text));
        check(&[(15, None)], None, true);
    }

    #[test]
    fn where_no_larger_input_can_be_made_the_last_doubling_foretells() {
        let growth = check(
            &[(50, Some(100_000_000)), (100, Some(400_000_000))],
            Some(2.0),
            true,
        );
        let text = "will take 40.0 times its fuel on inputs of size 1000, and its fuel grows with the power 2.0 of the size";
        assert_eq!(growth.warning().as_deref(), Some(text));
        check(
            &[(50, Some(1_000_000)), (100, Some(2_000_000))],
            Some(1.0),
            false,
        );
    }

    #[test]
    fn too_little_fuel_tells_no_growth_and_nothing_tells_nothing() {
        check(&[(50, Some(100)), (100, Some(800))], None, false);
        assert_eq!(Growth::of(&[], 1000, LIMIT), None);
    }
}
