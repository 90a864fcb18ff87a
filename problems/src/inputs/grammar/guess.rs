//! Guesses of what nothing is stated about: limits, orders and graphs.
//!
//! A fact is guessed only if chance is a poor explanation of what was seen, and then on the side of
//! valid inputs.

use super::conclude::{CLOSED_TIMES, Shape, as_long_as};
use super::constraints::Statement;
use super::evidence::{Gatherer, SlotEvidence};
use super::expr::Expr;
use super::facts::{Bound, Facts, Graph, Kind, Order, Series, Source};
use super::layout::{Count, Node, Repeat, Slot, Times, series_slots};

/// The least guess for the largest count, so that there is something to scale to.
const MIN_COUNT_GUESS: i128 = 100;
/// The least guess for the largest number.
const MIN_NUMBER_GUESS: i128 = 10;
/// The least guess for the longest word.
const MIN_LENGTH_GUESS: i128 = 10;
/// At least so unlikely by chance, in bits, is an order that is guessed.
const ORDER_BITS: f64 = 9.0;
const STATED_ORDER_BITS: f64 = 2.5;

/// Guesses what nothing is stated about; to be called once broken limits are gone.
pub(super) fn guess(nodes: &[Node], seen: &Gatherer, statement: &Statement, facts: &mut Facts) {
    let shape = Shape::of(nodes, seen.slots.len());
    for slot in 0..facts.slots.len() {
        guess_limits(slot, seen, &shape, statement, facts);
        facts.slots[slot].series = series(&seen.slots[slot], statement);
    }
    guess_graphs(nodes, seen, statement, facts);
}

/// Returns facts without guesses of how numbers hang together: of orders, and of limits by other numbers. One small
/// sample may look sorted, or small beside its count, by chance. Graphs stay: what reads edges relies on their nodes.
pub(super) fn loosened(facts: &Facts, seen: &Gatherer) -> Facts {
    let mut loose = facts.clone();
    for (slot, facts) in loose.slots.iter_mut().enumerate() {
        let is_end = loose.graphs.iter().any(|it| it.ends.contains(&slot));
        if is_end || !facts.is_integer() {
            continue;
        }
        if facts.series.source == Source::Guessed {
            facts.series.order = Order::Any;
        }
        let (least, most) = seen.slots[slot].range.unwrap_or((1, 1));
        let size = widened(least.abs().max(most.abs())).max(MIN_NUMBER_GUESS);
        let is_relation =
            |it: &Bound| it.source == Source::Guessed && it.value.constant().is_none();
        for (bounds, constant) in [
            (&mut facts.low, least_guess(least, size)),
            (&mut facts.high, size),
        ] {
            if bounds.iter().any(is_relation) {
                bounds.retain(|it| !is_relation(it));
                bounds.push(guessed(Expr::Number(constant)));
            }
        }
    }
    loose
}

/// The least number that is guessed where the least seen is `least`, of numbers up to `size`.
fn least_guess(least: i128, size: i128) -> i128 {
    match least {
        0 => 0,
        1.. => 1,
        _ => -size,
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
                low.push(guessed(Expr::Number(least_guess(least, size))));
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
