//! From what was seen and what is stated to facts.
//!
//! A stated limit counts unless a public input breaks it. What nothing is stated about is guessed in
//! [`super::guess`].

use super::constraints::{Side, Statement};
use super::evidence::{Gatherer, SlotEvidence};
use super::expr::Expr;
use super::facts::{Bound, Facts, Kind, Order, Series, SlotFacts, Source};
use super::layout::{Node, Rest, Slot, Times};
use super::names::{Place, is_same, limits_of, pair};
use super::plain::Name;

/// Bytes of seen words that are kept, to make others of.
const MAX_SEEN_BYTES: usize = 256;
/// A set of values is closed when each was seen so often on average.
pub(super) const CLOSED_TIMES: usize = 3;

/// Concludes.
pub(super) fn conclude(nodes: &[Node], seen: &Gatherer, statement: &Statement) -> Facts {
    let shape = Shape::of(nodes, seen.slots.len());
    let kinds: Vec<Kind> = (0..seen.slots.len())
        .map(|slot| kind(slot, seen, &shape, statement))
        .collect();
    let places: Vec<Place<'_>> = (0..seen.slots.len())
        .map(|slot| Place {
            evidence: &seen.slots[slot],
            is_count: shape.is_count[slot],
            is_list: shape.is_list[slot],
            is_repeated: shape.is_repeated[slot],
            is_number: matches!(kinds[slot], Kind::Integer | Kind::Decimal { .. }),
        })
        .collect();
    let names = pair(&places, statement);
    let mut facts = Facts {
        is_stated: !statement.limits.is_empty(),
        ..Facts::default()
    };
    for (slot, kind) in kinds.into_iter().enumerate() {
        facts.slots.push(SlotFacts {
            name: own_name(slot, names[slot].as_ref(), &names),
            kind,
            low: Vec::new(),
            high: Vec::new(),
            series: Series {
                order: Order::Any,
                source: Source::Guessed,
            },
            is_count: shape.is_count[slot],
        });
    }
    let scene = Scene {
        seen,
        statement,
        names: &names,
        shape: &shape,
    };
    for slot in 0..facts.slots.len() {
        scene.state(slot, &mut facts);
    }
    scene.state_checks(&mut facts);
    for (&slot, counts) in &seen.trails {
        if counts.0 > 0 && counts.1 == 0 {
            facts.trails.push(slot);
        }
    }
    facts
}

/// What the layout says of slots.
pub(super) struct Shape {
    pub(super) is_count: Vec<bool>,
    pub(super) is_list: Vec<bool>,
    pub(super) is_repeated: Vec<bool>,
    /// The slot before it on its line.
    pub(super) before: Vec<Option<Slot>>,
    /// The fields of its line.
    pub(super) line: Vec<Vec<Slot>>,
}

impl Shape {
    pub(super) fn of(nodes: &[Node], n: usize) -> Self {
        let mut shape = Self {
            is_count: vec![false; n],
            is_list: vec![false; n],
            is_repeated: vec![false; n],
            before: vec![None; n],
            line: vec![Vec::new(); n],
        };
        shape.add(nodes, false);
        shape
    }

    fn add(&mut self, nodes: &[Node], is_repeated: bool) {
        for node in nodes {
            match node {
                Node::Line(line) => {
                    let mut before = None;
                    for &slot in &line.fields {
                        self.before[slot] = before;
                        self.line[slot].clone_from(&line.fields);
                        self.is_repeated[slot] = is_repeated;
                        before = Some(slot);
                    }
                    if let Rest::List(count, _) = &line.rest {
                        count.vars().iter().for_each(|&it| self.is_count[it] = true);
                    }
                    if let Rest::List(_, slot) | Rest::Free(slot) = line.rest {
                        self.is_list[slot] = true;
                        self.is_repeated[slot] = is_repeated;
                    }
                    if let Rest::Text(slot) = line.rest {
                        self.is_repeated[slot] = is_repeated;
                    }
                }
                Node::Repeat(repeat) => {
                    if let Times::Of(count) = &repeat.times {
                        count.vars().iter().for_each(|&it| self.is_count[it] = true);
                    }
                    self.add(&repeat.body, true);
                }
            }
        }
    }
}

fn own_name(slot: Slot, name: Option<&Name>, names: &[Option<Name>]) -> String {
    if let Some(name) = name
        && name.base != "?"
    {
        return name.to_string();
    }
    // Letters that the statement does not use, then letters with numbers.
    let is_free = |it: &char| {
        let letter = it.to_string();
        !names.iter().flatten().any(|name| name.base == letter)
    };
    let letters: Vec<char> = ('a'..='z').filter(is_free).collect();
    match letters.get(slot) {
        Some(letter) => letter.to_string(),
        None => format!("v{slot}"),
    }
}

fn kind(slot: Slot, seen: &Gatherer, shape: &Shape, statement: &Statement) -> Kind {
    let all = &seen.slots[slot];
    let is_binary = all.bytes.iter().all(|it| matches!(it, b'0' | b'1'));
    let longest = all.lengths.map_or(0, |it| it.1);
    if all.n_integers == all.n {
        let is_power = all
            .words
            .iter()
            .all(|it| it[1..].iter().all(|it| *it == b'0'));
        let is_real = statement.words.real
            && shape.line[slot].iter().any(|&it| {
                seen.slots[it].n_integers < seen.slots[it].n
                    && seen.slots[it].n_decimals == seen.slots[it].n
            });
        if is_real && !shape.is_count[slot] {
            let places = shape.line[slot]
                .iter()
                .filter_map(|&it| seen.slots[it].places);
            return Kind::Decimal {
                places: places.map(|it| it.1).max().unwrap_or(1),
                is_fixed: false,
            };
        }
        let is_string = is_binary && longest >= 5 && !is_power;
        let has_length = as_long_as(slot, seen, shape).is_some() && longest >= 3;
        if shape.is_count[slot] || !is_string && !has_length {
            return Kind::Integer;
        }
    } else if all.n_decimals == all.n {
        let (least, most) = all.places.unwrap_or((0, 0));
        if most > 0 {
            return Kind::Decimal {
                places: most,
                is_fixed: least == most,
            };
        }
    }
    let is_closed = all.n >= CLOSED_TIMES * all.words.len() && all.words.len() <= 8;
    let has_odd_bytes = all.bytes.iter().any(|it| !(b' '..=b'~').contains(it));
    if has_odd_bytes
        || is_closed
            && longest > 1
            && all.words.len() > 1
            && all.lengths != Some((longest, longest))
    {
        return Kind::Choice(all.words.iter().cloned().collect());
    }
    let (alphabet, source) = alphabet(all, statement);
    let is_digits = all.bytes.iter().all(u8::is_ascii_digit);
    Kind::Word {
        alphabet,
        source,
        seen: all
            .words
            .iter()
            .flatten()
            .take(MAX_SEEN_BYTES)
            .copied()
            .collect(),
        is_number: is_digits && !all.has_leading_zero && !is_binary,
    }
}

/// Returns the characters that words are of: what was seen, or whole classes of them.
fn alphabet(all: &SlotEvidence, statement: &Statement) -> (Vec<u8>, Source) {
    let mut alphabet: Vec<u8> = all.bytes.iter().copied().collect();
    let mut source = Source::Guessed;
    let classes = [
        (b'a'..=b'z', statement.words.lower),
        (b'A'..=b'Z', statement.words.upper),
        (b'0'..=b'9', false),
    ];
    for (class, is_stated) in classes {
        let known: Vec<u8> = alphabet
            .iter()
            .copied()
            .filter(|it| class.contains(it))
            .collect();
        if known.is_empty() {
            continue;
        }
        let is_binary = known.iter().all(|it| matches!(it, b'0' | b'1'));
        // Many different letters are all letters; few that are often used are a choice of these.
        let is_open = known.len() > 5 || known.len() * 2 > all.n_bytes && known.len() > 3;
        if (is_open || is_stated && known.len() > 2) && !is_binary {
            alphabet.extend(class);
            if is_stated {
                source = Source::Stated;
            }
        }
    }
    alphabet.sort_unstable();
    alphabet.dedup();
    (alphabet, source)
}

/// Returns the earlier slot that says how long a word is, or is as long.
pub(super) fn as_long_as(slot: Slot, seen: &Gatherer, shape: &Shape) -> Option<Slot> {
    let all = &seen.slots[slot];
    let longest = all.lengths.map_or(0, |it| it.1);
    let varies = all.lengths.is_some_and(|it| it.0 < it.1);
    let fitting = |want_number: bool| {
        // So many lines of short words may be so long by chance, but not the rows of a grid.
        let is_grid =
            varies || longest >= 4 || all.bytes.iter().any(|it| !it.is_ascii_alphabetic());
        all.same_length.iter().rev().find(|(other, it)| {
            if shape.is_count[**other] && shape.is_repeated[slot] && !is_grid {
                return false;
            }
            let is_enough = if want_number {
                longest >= 2 || varies
            } else {
                varies || longest >= 5
            };
            it.n == all.n && it.holds && it.is_number == want_number && is_enough
        })
    };
    fitting(true).or_else(|| fitting(false)).map(|it| *it.0)
}

/// What stated limits are resolved with.
struct Scene<'a> {
    seen: &'a Gatherer,
    statement: &'a Statement,
    names: &'a [Option<Name>],
    shape: &'a Shape,
}

impl Scene<'_> {
    /// The slot that a name means at another slot.
    fn resolve(&self, name: &Name, at: Slot) -> Option<Slot> {
        let bare = name
            .base
            .strip_prefix('|')
            .and_then(|it| it.strip_suffix('|'));
        if bare.is_some() {
            return None;
        }
        let visible = self.seen.visible[at].iter().rev();
        visible
            .copied()
            .find(|&it| {
                self.names[it]
                    .as_ref()
                    .is_some_and(|own| is_same(own, name))
            })
            .filter(|&it| self.seen.slots[it].n_integers == self.seen.slots[it].n)
    }

    /// Adds what is stated of a slot.
    fn state(&self, slot: Slot, facts: &mut Facts) {
        if let Some(name) = &self.names[slot] {
            for limit in limits_of(self.statement, name) {
                let bounds = |sides: &[Side], is_low: bool, facts: &Facts| {
                    let bounds = sides.iter().filter_map(|it| {
                        self.bound(slot, it, limit.is_size, is_low, &facts.slots[slot].kind)
                    });
                    bounds.collect::<Vec<_>>()
                };
                let low = bounds(&limit.low, true, facts);
                let high = bounds(&limit.high, false, facts);
                let is_number =
                    matches!(facts.slots[slot].kind, Kind::Integer | Kind::Decimal { .. });
                if limit.is_size && is_number {
                    for bound in &high {
                        facts.slots[slot].low.push(Bound {
                            value: Expr::op('-', Expr::Number(0), bound.value.clone()),
                            source: Source::Stated,
                        });
                    }
                } else {
                    facts.slots[slot].low.extend(low);
                }
                facts.slots[slot].high.extend(high);
            }
            for (of, limit) in &self.statement.sums {
                if is_same(of, name) && self.shape.is_count[slot] {
                    facts.sums.push((slot, *limit));
                }
            }
        }
        let is_word = matches!(facts.slots[slot].kind, Kind::Word { .. });
        if let (true, Some(most)) = (is_word, self.statement.max_length) {
            facts.slots[slot].high.push(Bound {
                value: Expr::Number(most),
                source: Source::Stated,
            });
        }
    }

    fn bound(
        &self,
        slot: Slot,
        side: &Side,
        is_size: bool,
        is_low: bool,
        kind: &Kind,
    ) -> Option<Bound> {
        let formula = side.formula.map(&|name| self.resolve(name, slot));
        let mut value = match side.formula.constant() {
            Some(value) => Expr::Number(value),
            // Too large for us: as large as we can.
            None if side.formula.vars().is_empty() => Expr::Number(10i128.pow(18)),
            None => formula.clone()?,
        };
        match kind {
            Kind::Integer => {}
            Kind::Decimal { places, .. } => {
                let unit = 10i128.pow(*places);
                // The fraction of a constant is kept.
                value = match formula {
                    Some(Expr::Op('/', top, bottom)) => {
                        Expr::op('/', Expr::op('*', *top, Expr::Number(unit)), *bottom)
                    }
                    _ => match value {
                        Expr::Number(it) => Expr::Number(it.checked_mul(unit)?),
                        other => Expr::op('*', other, Expr::Number(unit)),
                    },
                };
            }
            // A limit of a long number is one of its length.
            Kind::Word {
                is_number: true, ..
            } if !is_size => {
                let digits = power_of_ten(&side.formula)?;
                value = Expr::Number(digits);
            }
            Kind::Word { .. } if is_size => {}
            _ => return None,
        }
        let step = match (side.is_strict, is_low) {
            (false, _) => 0,
            (true, true) => 1,
            (true, false) => -1,
        };
        Some(Bound {
            value: value.plus(step),
            source: Source::Stated,
        })
    }

    /// Adds inequalities between slots that are no limits of one.
    fn state_checks(&self, facts: &mut Facts) {
        for (left, right, is_strict) in &self.statement.checks {
            let mut names = left.vars();
            names.extend(right.vars());
            // The place where all are known.
            let Some(at) = self.last_of(&names) else {
                continue;
            };
            let of = |name: &Name| {
                let is_here = self.names[at].as_ref().is_some_and(|it| is_same(it, name));
                if is_here {
                    Some(at)
                } else {
                    self.resolve(name, at)
                }
            };
            if let (Some(left), Some(right)) = (left.map(&of), right.map(&of)) {
                facts
                    .checks
                    .push((left.plus(i128::from(*is_strict)), right));
            }
        }
        for (left, right) in &self.statement.unequal {
            let Some(at) = self.last_of(&[left.clone(), right.clone()]) else {
                continue;
            };
            let here = self.names[at].as_ref();
            let other = if here.is_some_and(|it| is_same(it, left)) {
                right
            } else {
                left
            };
            if let Some(other) = self.resolve(other, at) {
                facts.unequal.push((other, at));
            }
        }
    }

    fn last_of(&self, names: &[Name]) -> Option<Slot> {
        let mut last = None;
        for name in names {
            let slot = self
                .names
                .iter()
                .position(|own| own.as_ref().is_some_and(|own| is_same(own, name)))?;
            if self.shape.is_list[slot]
                || self.seen.slots[slot].n_integers < self.seen.slots[slot].n
            {
                return None;
            }
            last = last.max(Some(slot));
        }
        last
    }
}

/// Returns how many digits the numbers below a power of ten have.
fn power_of_ten(formula: &super::formula::Formula) -> Option<i128> {
    match formula {
        Expr::Number(value) => Some(i128::from(value.abs().checked_ilog10()?) + 1),
        Expr::Op('^', base, exponent) if **base == Expr::Number(10) => exponent.constant(),
        _ => None,
    }
}
