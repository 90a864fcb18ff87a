//! What the public inputs show of each slot, gathered while a layout reads them.
//!
//! Nothing is concluded here: see [`super::conclude`].

use std::collections::{BTreeMap, BTreeSet};

use super::facts::Order;
use super::layout::{Env, Line, Node, Observer, Repeat, Rest, Seen, Slot, series_slots};

/// The most different words kept of a slot.
const MAX_WORDS: usize = 64;
/// The most values of a series that are looked at together.
const MAX_SERIES: usize = 1 << 17;
/// The most digits behind the point that are counted.
const MAX_PLACES: usize = 12;

/// All that was seen of one slot.
#[derive(Default)]
pub(super) struct SlotEvidence {
    pub(super) n: usize,
    pub(super) n_integers: usize,
    pub(super) n_decimals: usize,
    /// Of integers.
    pub(super) range: Option<(i128, i128)>,
    pub(super) distinct: BTreeSet<i128>,
    /// Of decimals, in units of `10^-12`.
    pub(super) scaled: Option<(i128, i128)>,
    pub(super) places: Option<(u32, u32)>,
    pub(super) lengths: Option<(i128, i128)>,
    pub(super) bytes: BTreeSet<u8>,
    pub(super) n_bytes: usize,
    pub(super) words: BTreeSet<Vec<u8>>,
    pub(super) has_leading_zero: bool,
    /// How values compare with those of earlier slots.
    pub(super) relations: BTreeMap<Slot, Relation>,
    /// Whether it is as long as each earlier slot says, or is.
    pub(super) same_length: BTreeMap<Slot, SameLength>,
    pub(super) series: SeriesEvidence,
}

/// How the values of one slot compare with those of another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Relation {
    pub(super) n: usize,
    pub(super) less: usize,
    pub(super) equal: usize,
    pub(super) greater: usize,
    /// How often the value is one less.
    pub(super) one_less: usize,
    /// The largest value of the other.
    pub(super) most: i128,
    /// Whether the other was always a number.
    pub(super) is_number: bool,
}

/// How the length of a word compares with an earlier number, or the length of an earlier word.
#[derive(Clone, Copy, Debug)]
pub(super) struct SameLength {
    pub(super) n: usize,
    pub(super) holds: bool,
    pub(super) is_number: bool,
}

/// How the values of series hang together.
#[derive(Default)]
pub(super) struct SeriesEvidence {
    /// Series of at least two values.
    pub(super) n_long: usize,
    pub(super) longest: usize,
    /// Pairs of values that might have been equal.
    pub(super) n_pairs: f64,
    /// How unlikely it is, in bits, that values are sorted by chance.
    pub(super) sorted_bits: f64,
    /// The orders that did not hold somewhere.
    pub(super) broken: Vec<Order>,
}

impl SeriesEvidence {
    pub(super) fn holds(&self, order: Order) -> bool {
        self.n_long > 0 && !self.broken.contains(&order)
    }
}

/// What was seen of the first two columns of a repeated line, as edges.
#[derive(Default)]
pub(super) struct PairEvidence {
    pub(super) n_pairs: usize,
    pub(super) n_rounds: usize,
    pub(super) has_loops: bool,
    pub(super) has_doubles: bool,
    pub(super) is_unordered: bool,
    /// For each number that may say how many nodes there are: whether all were connected.
    pub(super) connected: BTreeMap<(Slot, i128), bool>,
}

/// Gathers.
pub(super) struct Gatherer {
    pub(super) slots: Vec<SlotEvidence>,
    pub(super) pairs: BTreeMap<Slot, PairEvidence>,
    /// For each slot, those that stand before it and still say something there.
    pub(super) visible: Vec<Vec<Slot>>,
    /// For each list: how often a space stood behind it, and how often not.
    pub(super) trails: BTreeMap<Slot, (usize, usize)>,
    series: Vec<Vec<i128>>,
}

impl Gatherer {
    pub(super) fn new(nodes: &[Node]) -> Self {
        let mut visible = Vec::new();
        scope(nodes, &mut Vec::new(), &mut visible);
        Self {
            slots: visible.iter().map(|_| SlotEvidence::default()).collect(),
            series: visible.iter().map(|_| Vec::new()).collect(),
            pairs: BTreeMap::new(),
            trails: BTreeMap::new(),
            visible,
        }
    }
}

/// Finds what is visible from each slot, in slot order.
fn scope(nodes: &[Node], seen: &mut Vec<Slot>, visible: &mut Vec<Vec<Slot>>) {
    let outside = seen.len();
    for node in nodes {
        match node {
            Node::Line(line) => {
                for &slot in &line.fields {
                    visible.push(seen.clone());
                    seen.push(slot);
                }
                match line.rest {
                    Rest::Nothing => {}
                    Rest::List(..) | Rest::Free(_) => visible.push(seen.clone()),
                    Rest::Text(slot) => {
                        visible.push(seen.clone());
                        seen.push(slot);
                    }
                }
            }
            Node::Repeat(repeat) => {
                let before = seen.len();
                scope(&repeat.body, seen, visible);
                seen.truncate(before);
            }
        }
    }
    debug_assert!(seen.len() >= outside);
}

fn widen(range: &mut Option<(i128, i128)>, value: i128) {
    let (low, high) = range.unwrap_or((value, value));
    *range = Some((low.min(value), high.max(value)));
}

/// Reads a decimal: the value in units of `10^-12`, and the places behind the point.
pub(super) fn decimal(text: &[u8]) -> Option<(i128, u32)> {
    let (sign, digits) = match text.strip_prefix(b"-") {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let point = digits.iter().position(|&it| it == b'.');
    let (whole, part) = digits.split_at(point.unwrap_or(digits.len()));
    let part = part.strip_prefix(b".").unwrap_or(part);
    let is_digits = |it: &[u8]| it.iter().all(u8::is_ascii_digit);
    if whole.is_empty()
        || whole.len() > 1 && whole[0] == b'0'
        || point.is_some() && part.is_empty()
        || whole.len() > 18
        || part.len() > MAX_PLACES
        || !is_digits(whole)
        || !is_digits(part)
    {
        return None;
    }
    let mut value = 0i128;
    for &digit in whole.iter().chain(part) {
        value = value * 10 + i128::from(digit - b'0');
    }
    let places = u32::try_from(part.len()).ok()?;
    Some((sign * value * 10i128.pow(12 - places), places))
}

/// A number that stands for a word, so that equal words have equal numbers.
fn stand_in(text: &[u8]) -> i128 {
    let hash = blake3::hash(text);
    let mut bytes = [0; 16];
    bytes[..15].copy_from_slice(&hash.as_bytes()[..15]);
    i128::from_le_bytes(bytes)
}

impl Observer for Gatherer {
    fn value(&mut self, slot: Slot, seen: Seen<'_>, env: &Env) -> bool {
        let all = &mut self.slots[slot];
        all.n += 1;
        if let Some(value) = seen.integer {
            all.n_integers += 1;
            widen(&mut all.range, value);
            if all.distinct.len() < MAX_WORDS {
                all.distinct.insert(value);
            }
        }
        if let Some((value, places)) = decimal(seen.text) {
            all.n_decimals += 1;
            widen(&mut all.scaled, value);
            let (least, most) = all.places.unwrap_or((places, places));
            all.places = Some((least.min(places), most.max(places)));
        }
        widen(&mut all.lengths, seen.text.len() as i128);
        all.n_bytes += seen.text.len();
        all.bytes.extend(seen.text.iter().copied());
        all.has_leading_zero |= seen.text.len() > 1 && seen.text[0] == b'0';
        if all.words.len() < MAX_WORDS {
            all.words.insert(seen.text.to_vec());
        }
        let value = seen.measure();
        for &other in &self.visible[slot] {
            let Some(beside) = env.measure(other) else {
                continue;
            };
            let relation = all.relations.entry(other).or_insert(Relation {
                n: 0,
                less: 0,
                equal: 0,
                greater: 0,
                one_less: 0,
                most: beside,
                is_number: true,
            });
            relation.n += 1;
            relation.less += usize::from(value < beside);
            relation.equal += usize::from(value == beside);
            relation.greater += usize::from(value > beside);
            relation.one_less += usize::from(value == beside - 1);
            relation.most = relation.most.max(beside);
            relation.is_number &= env.number(other).is_some();
            let length = all.same_length.entry(other).or_insert(SameLength {
                n: 0,
                holds: true,
                is_number: true,
            });
            length.n += 1;
            length.holds &= beside == seen.text.len() as i128;
            length.is_number &= env.number(other).is_some();
        }
        if self.series[slot].len() < MAX_SERIES {
            self.series[slot].push(seen.integer.unwrap_or_else(|| stand_in(seen.text)));
        }
        true
    }

    fn begin_series(&mut self, slot: Slot, _n: usize, _env: &Env) {
        self.series[slot].clear();
    }

    fn end_series(&mut self, slot: Slot, _env: &Env) -> bool {
        let values = &self.series[slot];
        let evidence = &mut self.slots[slot].series;
        evidence.longest = evidence.longest.max(values.len());
        if values.len() < 2 {
            // One value is a permutation only if it is the first number.
            if let [value] = values[..] {
                for base in [0, 1] {
                    let order = Order::Permutation(base);
                    if value != base && !evidence.broken.contains(&order) {
                        evidence.broken.push(order);
                    }
                }
            }
            return true;
        }
        let n = f64::from(u32::try_from(values.len()).unwrap_or(u32::MAX));
        evidence.n_long += 1;
        evidence.n_pairs += n * (n - 1.0) / 2.0;
        evidence.sorted_bits += (1..=values.len().min(30))
            .map(|it| f64::from(u32::try_from(it).unwrap_or(1)).log2())
            .sum::<f64>();
        let mut sorted = values.clone();
        sorted.sort_unstable();
        let is_run = |base: i128| sorted.iter().zip(base..).all(|(&it, wanted)| it == wanted);
        let orders = [
            (Order::Distinct, sorted.windows(2).all(|it| it[0] < it[1])),
            (Order::Sorted, values.is_sorted()),
            (Order::Increasing, values.windows(2).all(|it| it[0] < it[1])),
            (Order::Falling, values.windows(2).all(|it| it[0] >= it[1])),
            (Order::Permutation(0), is_run(0)),
            (Order::Permutation(1), is_run(1)),
        ];
        for (order, holds) in orders {
            if !holds && !evidence.broken.contains(&order) {
                evidence.broken.push(order);
            }
        }
        true
    }

    fn line(&mut self, line: &Line, has_trail: bool) {
        if let Rest::List(_, slot) | Rest::Free(slot) = line.rest {
            let counts = self.trails.entry(slot).or_default();
            if has_trail {
                counts.0 += 1;
            } else {
                counts.1 += 1;
            }
        }
    }

    fn repeat(&mut self, repeat: &Repeat, is_end: bool, env: &Env) -> bool {
        if !is_end {
            return true;
        }
        let slots = series_slots(&repeat.body);
        let [Node::Line(_)] = repeat.body[..] else {
            return true;
        };
        let [first, second, ..] = slots[..] else {
            return true;
        };
        if self.slots[first].n != self.slots[first].n_integers
            || self.slots[second].n != self.slots[second].n_integers
        {
            return true;
        }
        let pairs: Vec<(i128, i128)> = self.series[first]
            .iter()
            .copied()
            .zip(self.series[second].iter().copied())
            .collect();
        let evidence = self.pairs.entry(first).or_default();
        evidence.n_rounds += 1;
        evidence.n_pairs += pairs.len();
        evidence.has_loops |= pairs.iter().any(|it| it.0 == it.1);
        evidence.is_unordered |= pairs.iter().any(|it| it.0 > it.1);
        let mut sorted: Vec<_> = pairs
            .iter()
            .map(|it| (it.0.min(it.1), it.0.max(it.1)))
            .collect();
        sorted.sort_unstable();
        evidence.has_doubles |= sorted.windows(2).any(|it| it[0] == it[1]);
        for &slot in &self.visible[first] {
            let Some(n_nodes) = env.number(slot).and_then(|it| usize::try_from(it).ok()) else {
                continue;
            };
            for base in [0, 1] {
                // Fewer edges than it takes cannot join all nodes, however many there are.
                let now = n_nodes <= pairs.len() + 1 && is_connected(&pairs, n_nodes, base);
                *evidence.connected.entry((slot, base)).or_insert(true) &= now;
            }
        }
        true
    }
}

/// Returns whether the edges join all nodes; false where one has an end outside.
fn is_connected(edges: &[(i128, i128)], n_nodes: usize, base: i128) -> bool {
    let mut parents: Vec<usize> = (0..n_nodes).collect();
    let find = |parents: &mut Vec<usize>, mut at: usize| {
        while parents[at] != at {
            parents[at] = parents[parents[at]];
            at = parents[at];
        }
        at
    };
    let mut n_parts = n_nodes;
    for &(left, right) in edges {
        let place = |it: i128| usize::try_from(it - base).ok().filter(|it| *it < n_nodes);
        let (Some(left), Some(right)) = (place(left), place(right)) else {
            return false;
        };
        let (left, right) = (find(&mut parents, left), find(&mut parents, right));
        if left != right {
            parents[left] = right;
            n_parts -= 1;
        }
    }
    n_parts <= 1
}
