//! Which name of the statement belongs to which slot.
//!
//! Names are spoken of in the order in which values stand; the pairing that keeps the order and
//! fits best wins. A name whose limits the public inputs break is never paired.

use super::constraints::{Limit, Mention, Statement};
use super::evidence::SlotEvidence;
use super::plain::Name;

/// The most pairs of a mention and a slot that are weighed.
const MAX_CELLS: usize = 40_000;

/// What the pairing looks at of a slot.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says one thing of its own"
)]
pub(super) struct Place<'a> {
    pub(super) evidence: &'a SlotEvidence,
    pub(super) is_count: bool,
    pub(super) is_list: bool,
    pub(super) is_repeated: bool,
    pub(super) is_number: bool,
}

/// Returns a name for each slot that has one.
pub(super) fn pair(places: &[Place<'_>], statement: &Statement) -> Vec<Option<Name>> {
    let mentions = &statement.mentions;
    let mut names = vec![None; places.len()];
    if places.is_empty() || mentions.is_empty() || places.len() * mentions.len() > MAX_CELLS {
        return names;
    }
    // best[s][m]: of the first s slots and m mentions.
    let width = mentions.len() + 1;
    let mut best = vec![0i64; (places.len() + 1) * width];
    let scores: Vec<Vec<Option<i64>>> = places
        .iter()
        .map(|place| {
            let scores = mentions
                .iter()
                .enumerate()
                .map(|(at, mention)| score(place, mention, is_first(mentions, at), statement));
            scores.collect()
        })
        .collect();
    for slot in 1..=places.len() {
        for mention in 1..width {
            let without = best[(slot - 1) * width + mention].max(best[slot * width + mention - 1]);
            let with =
                scores[slot - 1][mention - 1].map(|it| best[(slot - 1) * width + mention - 1] + it);
            best[slot * width + mention] = with.map_or(without, |it| it.max(without));
        }
    }
    let (mut slot, mut mention) = (places.len(), width - 1);
    while slot > 0 && mention > 0 {
        let here = best[slot * width + mention];
        if here == best[slot * width + mention - 1] {
            mention -= 1;
        } else if here == best[(slot - 1) * width + mention] {
            slot -= 1;
        } else {
            slot -= 1;
            mention -= 1;
            names[slot] = Some(mentions[mention].name.clone());
        }
    }
    names
}

fn is_first(mentions: &[Mention], at: usize) -> bool {
    !mentions[..at].iter().any(|it| it.name == mentions[at].name)
}

/// The limits of a name: those near the description of the input, else any.
pub(super) fn limits_of<'a>(statement: &'a Statement, name: &Name) -> Vec<&'a Limit> {
    let of = |near: bool| {
        let limits = statement.limits.iter();
        limits
            .filter(|it| it.is_near == near && is_same(&it.subject, name))
            .collect::<Vec<_>>()
    };
    let near = of(true);
    if near.is_empty() { of(false) } else { near }
}

/// Whether two names are one: `a_1` and `a_n` are `a_i`.
pub(super) fn is_same(left: &Name, right: &Name) -> bool {
    left == right
        || left.base == right.base && (left.is_indexed() || right.is_indexed()) && {
            let is_end = |it: &Name| {
                it.is_indexed() || matches!(it.sub.as_str(), "1" | "2" | "n" | "N" | "0")
            };
            is_end(left) && is_end(right)
        }
}

/// How well a mention fits a slot, in hundredths; `None` where it cannot.
fn score(
    place: &Place<'_>,
    mention: &Mention,
    is_first: bool,
    statement: &Statement,
) -> Option<i64> {
    let limits = limits_of(statement, &mention.name);
    let mut score = if limits.is_empty() { 100 } else { 200 };
    for limit in limits {
        if !fits(place, limit) {
            return None;
        }
        if limit.is_size && !place.is_number {
            score += 60;
        }
    }
    if !is_first {
        // Beside an inequality a name is limited again, and not read again.
        if mention.is_limited || mention.counts {
            return None;
        }
        score -= 120;
    }
    score += match (place.is_count, mention.counts) {
        (true, true) => 60,
        (false, true) => -70,
        _ => 0,
    };
    let is_listed = mention.name.is_indexed() || matches!(mention.name.sub.as_str(), "1" | "2");
    let may_be_listed = place.is_list || place.is_repeated && !place.is_count;
    score += match (may_be_listed, is_listed) {
        _ if place.is_count && is_listed => -100,
        (true, true) => 50,
        (false, true) if mention.name.is_indexed() => -60,
        (true, false) if place.is_list => -40,
        _ => 0,
    };
    (score > 0).then_some(score)
}

/// Whether the constant limits of a name hold for all that was seen.
fn fits(place: &Place<'_>, limit: &Limit) -> bool {
    let (range, scale) = if place.is_number {
        match (place.evidence.range, place.evidence.scaled) {
            (Some(range), _) if place.evidence.n_integers == place.evidence.n => (range, 1),
            (_, Some(scaled)) => (scaled, 10i128.pow(12)),
            _ => return false,
        }
    } else if limit.is_size {
        (place.evidence.lengths.unwrap_or((0, 0)), 1)
    } else {
        // A word has no limits but of its length, unless it is a long number.
        let is_digits = place.evidence.bytes.iter().all(u8::is_ascii_digit);
        return is_digits;
    };
    let constant = |it: &super::constraints::Side| {
        Some((it.formula.constant()?.checked_mul(scale)?, it.is_strict))
    };
    let size = range.0.abs().max(range.1.abs());
    let (least, most) = if limit.is_size { (size, size) } else { range };
    limit
        .low
        .iter()
        .filter_map(constant)
        .all(|(low, strict)| low < least || !strict && low == least)
        && limit
            .high
            .iter()
            .filter_map(constant)
            .all(|(high, strict)| most < high || !strict && high == most)
}
