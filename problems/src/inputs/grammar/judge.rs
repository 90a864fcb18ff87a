//! Whether an input keeps to a grammar.
//!
//! Layout, kinds of values and what is stated are held against it; guesses are not.

use std::collections::BTreeSet;

use super::evidence::decimal;
use super::facts::{Bound, Facts, Kind, Source};
use super::layout::{Env, Observer, Seen, Slot};

/// Looks for broken facts while an input is read.
pub(super) struct Judge<'a> {
    facts: &'a Facts,
    /// Whether to read on and note what is broken, instead of refusing.
    notes: bool,
    pub(super) broken: Broken,
}

/// Facts that an input breaks, as places in their lists.
#[derive(Default)]
pub(super) struct Broken {
    pub(super) low: BTreeSet<(Slot, usize)>,
    pub(super) high: BTreeSet<(Slot, usize)>,
    pub(super) checks: BTreeSet<usize>,
    pub(super) unequal: BTreeSet<usize>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(facts: &'a Facts, notes: bool) -> Self {
        Self {
            facts,
            notes,
            broken: Broken::default(),
        }
    }
}

/// Whether an inequality holds, as far as its values are known.
pub(super) fn check_holds(facts: &Facts, check: usize, env: &Env) -> bool {
    let (left, right) = &facts.checks[check];
    match (env.eval(left), env.eval(right)) {
        (Some(left), Some(right)) => left <= right,
        _ => true,
    }
}

/// Whether two slots that differ do.
pub(super) fn differ(facts: &Facts, pair: usize, env: &Env) -> bool {
    let (left, right) = facts.unequal[pair];
    env.number(left).is_none() || env.number(left) != env.number(right)
}

/// The inequalities in which a slot is the last.
pub(super) fn checks_at(facts: &Facts, slot: Slot) -> impl Iterator<Item = usize> + '_ {
    (0..facts.checks.len()).filter(move |&it| {
        let (left, right) = &facts.checks[it];
        left.vars().into_iter().chain(right.vars()).max() == Some(slot)
    })
}

/// The pairs in which a slot is the second.
pub(super) fn pairs_at(facts: &Facts, slot: Slot) -> impl Iterator<Item = usize> + '_ {
    (0..facts.unequal.len()).filter(move |&it| facts.unequal[it].1 == slot)
}

impl Observer for Judge<'_> {
    fn value(&mut self, slot: Slot, seen: Seen<'_>, env: &Env) -> bool {
        let facts = &self.facts.slots[slot];
        // Values are compared in units of the last place of the limits.
        let (value, scale) = match &facts.kind {
            Kind::Integer => match seen.integer {
                Some(value) => (value, 1),
                None => return false,
            },
            Kind::Decimal { places, .. } => match decimal(seen.text) {
                Some((value, _)) => (value, 10i128.pow(12 - (*places).min(12))),
                None => return false,
            },
            Kind::Word { .. } | Kind::Choice(_) => (seen.text.len() as i128, 1),
        };
        let limit = |bound: &Bound| {
            if bound.source == Source::Guessed {
                return None;
            }
            env.eval(&bound.value)?.checked_mul(scale)
        };
        for (place, bound) in facts.low.iter().enumerate() {
            if limit(bound).is_some_and(|it| value < it) {
                if !self.notes {
                    return false;
                }
                self.broken.low.insert((slot, place));
            }
        }
        for (place, bound) in facts.high.iter().enumerate() {
            if limit(bound).is_some_and(|it| value > it) {
                if !self.notes {
                    return false;
                }
                self.broken.high.insert((slot, place));
            }
        }
        for check in checks_at(self.facts, slot) {
            if !check_holds(self.facts, check, env) {
                if !self.notes {
                    return false;
                }
                self.broken.checks.insert(check);
            }
        }
        for pair in pairs_at(self.facts, slot) {
            if !differ(self.facts, pair, env) {
                if !self.notes {
                    return false;
                }
                self.broken.unequal.insert(pair);
            }
        }
        true
    }
}

/// Takes broken facts out.
pub(super) fn remove(facts: &mut Facts, broken: &Broken) {
    for (slot, facts) in facts.slots.iter_mut().enumerate() {
        let keep = |bounds: &mut Vec<Bound>, broken: &BTreeSet<(Slot, usize)>| {
            let mut place = 0;
            bounds.retain(|_| {
                place += 1;
                !broken.contains(&(slot, place - 1))
            });
        };
        keep(&mut facts.low, &broken.low);
        keep(&mut facts.high, &broken.high);
    }
    let mut place = 0;
    facts.checks.retain(|_| {
        place += 1;
        !broken.checks.contains(&(place - 1))
    });
    let mut place = 0;
    facts.unequal.retain(|_| {
        place += 1;
        !broken.unequal.contains(&(place - 1))
    });
}
