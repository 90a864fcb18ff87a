//! From what was seen and what is stated to facts.
//!
//! A stated limit counts unless a public input breaks it. Where nothing is stated, a fact is guessed
//! only if chance is a poor explanation of what was seen, and then on the side of valid inputs.

use super::constraints::{Side, Statement};
use super::evidence::{Gatherer, SlotEvidence};
use super::expr::Expr;
use super::facts::{Bound, Facts, Graph, Kind, Order, Series, SlotFacts, Source};
use super::layout::{Count, Node, Repeat, Rest, Slot, Times, series_slots};
use super::names::{Place, is_same, limits_of, pair};
use super::plain::Name;

/// The least guess for the largest count, so that there is something to scale to.
const MIN_COUNT_GUESS: i128 = 100;
/// The least guess for the largest number.
const MIN_NUMBER_GUESS: i128 = 10;
/// The least guess for the longest word.
const MIN_LENGTH_GUESS: i128 = 10;
/// A set of values is closed when each was seen so often on average.
const CLOSED_TIMES: usize = 3;
/// At least so unlikely by chance, in bits, is an order that is guessed.
const ORDER_BITS: f64 = 9.0;
const STATED_ORDER_BITS: f64 = 2.5;

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
    let mut facts = Facts::default();
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

/// Guesses what nothing is stated about; to be called once broken limits are gone.
pub(super) fn guess(nodes: &[Node], seen: &Gatherer, statement: &Statement, facts: &mut Facts) {
    let shape = Shape::of(nodes, seen.slots.len());
    for slot in 0..facts.slots.len() {
        guess_limits(slot, seen, &shape, statement, facts);
        facts.slots[slot].series = series(&seen.slots[slot], statement);
    }
    guess_graphs(nodes, seen, statement, facts);
}

/// What the layout says of slots.
struct Shape {
    is_count: Vec<bool>,
    is_list: Vec<bool>,
    is_repeated: Vec<bool>,
    /// The slot before it on its line.
    before: Vec<Option<Slot>>,
    /// The fields of its line.
    line: Vec<Vec<Slot>>,
}

impl Shape {
    fn of(nodes: &[Node], n: usize) -> Self {
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
fn as_long_as(slot: Slot, seen: &Gatherer, shape: &Shape) -> Option<Slot> {
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

/// The next power of ten.
fn widened(value: i128) -> i128 {
    let mut power = 1;
    while power < value && power < 10i128.pow(18) {
        power *= 10;
    }
    power.max(value)
}

fn guessed(value: Count) -> Bound {
    Bound {
        value,
        source: Source::Guessed,
    }
}

fn guess_limits(
    slot: Slot,
    seen: &Gatherer,
    shape: &Shape,
    statement: &Statement,
    facts: &mut Facts,
) {
    let all = &seen.slots[slot];
    let (mut low, mut high) = (Vec::new(), Vec::new());
    match facts.slots[slot].kind.clone() {
        Kind::Choice(_) => return,
        Kind::Word { .. } => {
            let (least, most) = all.lengths.unwrap_or((1, 1));
            if let Some(other) = as_long_as(slot, seen, shape) {
                facts.slots[other].is_count |= facts.slots[other].is_integer();
                low.push(guessed(Expr::Var(other)));
                high.push(guessed(Expr::Var(other)));
                // Exactly so long: what else is stated can only say the same.
                facts.slots[slot].low.clear();
                facts.slots[slot].high.clear();
            } else if least == most && (all.n >= 3 || most == 1) {
                low.push(guessed(Expr::Number(least)));
                high.push(guessed(Expr::Number(most)));
            } else {
                low.push(guessed(Expr::Number(least.min(1))));
                high.push(guessed(Expr::Number(widened(most).max(MIN_LENGTH_GUESS))));
            }
        }
        Kind::Decimal { places, .. } => {
            let (least, most) = all.scaled.unwrap_or((0, 0));
            let unit = 10i128.pow(12 - places.min(12));
            let size = widened(least.abs().max(most.abs()) / 10i128.pow(12) + 1);
            let high_value = size.saturating_mul(10i128.pow(places));
            low.push(guessed(Expr::Number(match least / unit {
                0 => 0,
                value if value > 0 => 1,
                _ => -high_value,
            })));
            high.push(guessed(Expr::Number(high_value)));
        }
        Kind::Integer => {
            let (least, most) = all.range.unwrap_or((1, 1));
            let is_closed = !shape.is_count[slot]
                && (0..10).contains(&least)
                && most < 10
                && all.n >= CLOSED_TIMES * all.distinct.len()
                && all.n >= 6;
            if is_closed {
                low.push(guessed(Expr::Number(least)));
                high.push(guessed(Expr::Number(most)));
            } else {
                let size = widened(least.abs().max(most.abs())).max(if shape.is_count[slot] {
                    MIN_COUNT_GUESS
                } else {
                    MIN_NUMBER_GUESS
                });
                low.push(guessed(Expr::Number(match least {
                    0 => 0,
                    1.. => 1,
                    _ => -size,
                })));
                high.push(guessed(Expr::Number(size)));
            }
            relate(slot, seen, shape, statement, facts, &mut low, &mut high);
        }
    }
    let own = &mut facts.slots[slot];
    let has_constant = |bounds: &[Bound]| bounds.iter().any(|it| it.source == Source::Stated);
    if !has_constant(&own.low) {
        own.low.extend(low);
    }
    if !has_constant(&own.high) {
        own.high.extend(high);
    }
}

/// Guesses limits of a number by numbers before it.
fn relate(
    slot: Slot,
    seen: &Gatherer,
    shape: &Shape,
    statement: &Statement,
    facts: &Facts,
    low: &mut Vec<Bound>,
    high: &mut Vec<Bound>,
) {
    let all = &seen.slots[slot];
    let is_list = shape.is_list[slot] || shape.is_repeated[slot];
    for (&other, relation) in &all.relations {
        if relation.n < all.n || !relation.is_number || !facts.slots[other].is_integer() {
            continue;
        }
        let is_beside = shape.before[slot] == Some(other);
        let counts = shape.is_count[other];
        if relation.greater == 0 && counts && !shape.is_count[slot] {
            let is_zero_based = all.range.is_some_and(|it| it.0 == 0);
            let hits = relation.equal > 0 || is_zero_based && relation.one_less > 0;
            let is_likely = if is_list {
                hits && all.n >= 3
            } else {
                is_beside
            };
            // Nothing is stated of it though much is of others: what always held is kept.
            let is_unstated = is_list && !statement.limits.is_empty() && all.n >= 3;
            if is_unstated && !is_likely {
                high.push(guessed(Expr::Var(other)));
            }
            if is_likely {
                high.retain(|it| it.value.constant().is_none());
                let below = relation.equal == 0 && is_zero_based && relation.one_less > 0;
                high.push(guessed(Expr::Var(other).plus(-i128::from(below))));
            }
        }
        // Pairs of ends: `l ≤ r`.
        let is_same_sort = !counts && !shape.is_count[slot];
        let is_often = relation.n >= if statement.limits.is_empty() { 3 } else { 5 };
        if is_beside && is_same_sort && is_often {
            if relation.greater == relation.n {
                low.push(guessed(Expr::Var(other).plus(1)));
            } else if relation.less == 0 && relation.greater > 0 {
                low.push(guessed(Expr::Var(other)));
            }
        }
    }
}

fn series(all: &SlotEvidence, statement: &Statement) -> Series {
    let evidence = &all.series;
    let words = statement.words;
    let guess = |order| Series {
        order,
        source: Source::Guessed,
    };
    for base in [1, 0] {
        let order = Order::Permutation(base);
        if !evidence.holds(order) {
            continue;
        }
        if words.permutation && evidence.longest >= 3 {
            return Series {
                order,
                source: Source::Stated,
            };
        }
        if evidence.longest >= 5 || evidence.longest >= 4 && evidence.n_long >= 2 {
            return guess(order);
        }
    }
    let needed = if words.sorted {
        STATED_ORDER_BITS
    } else {
        ORDER_BITS
    };
    for order in [Order::Increasing, Order::Sorted, Order::Falling] {
        // A list of equal values is no evidence of an order.
        let varies = all.words.len() > 1;
        if evidence.holds(order) && evidence.sorted_bits >= needed && varies {
            return guess(order);
        }
    }
    if evidence.holds(Order::Distinct) {
        let width = all.range.map_or(1000.0, |it| {
            f64::from(i32::try_from(it.1.saturating_sub(it.0)).unwrap_or(i32::MAX)) + 1.0
        });
        let is_stated = words.distinct && evidence.n_pairs >= 3.0;
        if is_stated || evidence.n_pairs / width >= 3.0 {
            return Series {
                order: Order::Distinct,
                source: if is_stated {
                    Source::Stated
                } else {
                    Source::Guessed
                },
            };
        }
    }
    guess(Order::Any)
}

/// Finds repeated lines whose first two columns are edges.
fn guess_graphs(nodes: &[Node], seen: &Gatherer, statement: &Statement, facts: &mut Facts) {
    for node in nodes {
        let Node::Repeat(repeat) = node else {
            continue;
        };
        guess_graphs(&repeat.body, seen, statement, facts);
        if let Some(graph) = graph(repeat, seen, statement, facts) {
            limit_edges(repeat, &graph, seen, facts);
            for slot in graph.ends {
                facts.slots[slot].series.order = Order::Any;
            }
            // As many nodes as edges: small where these are.
            for slot in graph.nodes.vars() {
                facts.slots[slot].is_count = true;
            }
            facts.graphs.push(graph);
        }
    }
}

fn graph(repeat: &Repeat, seen: &Gatherer, statement: &Statement, facts: &Facts) -> Option<Graph> {
    let Times::Of(times) = &repeat.times else {
        return None;
    };
    let slots = series_slots(&repeat.body);
    let (&first, &second) = (slots.first()?, slots.get(1)?);
    let evidence = seen.pairs.get(&first)?;
    // Both columns are limited by one number of nodes.
    let limit_of = |slot: Slot| {
        let least = facts.slots[slot]
            .low
            .iter()
            .filter_map(|it| it.value.constant())
            .max()?;
        let highs = facts.slots[slot].high.iter().map(|it| it.value.clone());
        highs
            .rev()
            .find(|it| !it.vars().is_empty())
            .map(|it| (least, it))
    };
    let (base, high) = limit_of(second).filter(|it| matches!(it.0, 0 | 1))?;
    if !facts.slots[first].high.iter().any(|it| it.value == high) {
        return None;
    }
    let var = match &high.vars()[..] {
        [var] => *var,
        _ => return None,
    };
    let nodes = high.clone().plus(1 - base);
    let nodes = if high == Expr::Var(var).plus(base - 1) {
        Expr::Var(var)
    } else {
        nodes
    };
    let is_connected =
        evidence.connected.get(&(var, base)) == Some(&true) && nodes == Expr::Var(var);
    let is_tree = is_connected && *times == Expr::Var(var).plus(-1);
    let graph = Graph {
        ends: [first, second],
        nodes,
        base,
        is_tree,
        is_connected: is_connected
            && (is_tree
                || statement.words.connected
                || evidence.n_rounds > 1
                || evidence.n_pairs >= 5),
        is_simple: !evidence.has_doubles && evidence.n_pairs >= 3,
        is_ordered: !evidence.is_unordered
            && (evidence.n_pairs >= 3
                || facts.slots[second]
                    .low
                    .iter()
                    .any(|it| it.value.vars().contains(&first))),
        has_loops: evidence.has_loops || evidence.n_pairs < 2,
    };
    let says_something = graph.is_connected || graph.is_simple || !graph.has_loops;
    says_something.then_some(graph)
}

/// A simple graph has only so many edges, a connected one at least so many.
fn limit_edges(repeat: &Repeat, graph: &Graph, seen: &Gatherer, facts: &mut Facts) {
    let Times::Of(Expr::Var(edges)) = repeat.times else {
        return;
    };
    let nodes = graph.nodes.vars();
    if graph.is_tree || !nodes.iter().all(|it| seen.visible[edges].contains(it)) {
        return;
    }
    let n = || graph.nodes.clone();
    if graph.is_simple {
        let all = Expr::op('/', Expr::op('*', n(), n().plus(-1)), Expr::Number(2));
        facts.slots[edges].high.push(guessed(all));
    }
    if graph.is_connected {
        facts.slots[edges].low.push(guessed(n().plus(-1)));
    }
}
