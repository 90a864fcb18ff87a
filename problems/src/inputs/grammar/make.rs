//! One input from a grammar, by a recipe.
//!
//! A try may come to nothing, where limits leave no room; the caller tries again.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::super::dice::Dice;
use super::Grammar;
use super::edges::{Rules, edges};
use super::facts::{Bound, Graph, Kind, Order, SlotFacts, Source};
use super::layout::{Env, Line, Node, Repeat, Rest, Slot, Times, series_slots};
use super::recipe::{Counts, Recipe, Values};

/// How often a value is chosen again that breaks an inequality.
const MAX_REDRAWS: usize = 20;
/// The most rounds up to the end of the input, or to a last line.
const MAX_OPEN_ROUNDS: i128 = 40;
/// The words of one in so many inputs are of the characters of the public inputs, as often as these have them …
const SEEN_ODDS: u64 = 3;
/// … and one in so many words is of pieces of these.
const PIECES_ODDS: u64 = 4;
/// The longest piece.
const MAX_PIECE: usize = 8;
/// How far numbers go beyond a guess where nothing is stated: contests like to end at this.
const BEYOND: i128 = 1_000_000_000;
/// The largest number of a guess that is kept to: small numbers may be a choice, as of directions.
const MAX_CLOSED: i128 = 9;
/// The longest word where nothing limits it.
const MAX_LENGTH: i128 = 1 << 20;

/// Makes one input; the second part is the largest count of it.
pub(super) fn make(
    grammar: &Grammar,
    recipe: Recipe,
    max_bytes: usize,
    dice: &mut Dice,
) -> Option<(Vec<u8>, u64)> {
    let mut maker = Maker {
        grammar,
        recipe,
        dice,
        env: Env::default(),
        out: Vec::new(),
        max_bytes,
        size: 0,
        queues: BTreeMap::new(),
        letters: BTreeMap::new(),
        sums: grammar.facts.sums.clone(),
    };
    maker.nodes(&grammar.nodes)?;
    let mut bytes = maker.out;
    let size = maker.size;
    // Every line got its end; the last as in the first public input.
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
    }
    let end: &[u8] = if grammar.is_crlf { b"\r\n" } else { b"\n" };
    if grammar.is_crlf {
        bytes = bytes
            .split(|it| *it == b'\n')
            .collect::<Vec<_>>()
            .join(&b"\r\n"[..]);
    }
    for _ in 0..grammar.n_final_newlines {
        bytes.extend_from_slice(end);
    }
    // A blank line at the end can be lost among those that every input ends in.
    (bytes.len() <= max_bytes && grammar.accepts(&bytes)).then_some((bytes, size))
}

struct Maker<'a> {
    grammar: &'a Grammar,
    recipe: Recipe,
    dice: &'a mut Dice,
    env: Env,
    out: Vec<u8>,
    max_bytes: usize,
    size: u64,
    /// Values of repeated slots that were chosen together.
    queues: BTreeMap<Slot, VecDeque<Vec<u8>>>,
    /// The characters that words of a slot have in this input.
    letters: BTreeMap<Slot, Vec<u8>>,
    sums: Vec<(Slot, i128)>,
}

impl Maker<'_> {
    fn nodes(&mut self, nodes: &[Node]) -> Option<()> {
        for node in nodes {
            match node {
                Node::Line(line) => self.line(line)?,
                Node::Repeat(repeat) => self.repeat(repeat)?,
            }
        }
        Some(())
    }

    fn facts(&self, slot: Slot) -> &SlotFacts {
        &self.grammar.facts.slots[slot]
    }

    /// Refuses what would get too long before it is made.
    fn room_for(&self, n: usize) -> Option<()> {
        (n <= self.max_bytes.saturating_sub(self.out.len())).then_some(())
    }

    fn line(&mut self, line: &Line) -> Option<()> {
        let mut is_first = true;
        for &slot in &line.fields {
            self.separate(&mut is_first);
            self.field(slot)?;
        }
        match &line.rest {
            Rest::Nothing => {}
            Rest::Text(slot) => self.field(*slot)?,
            Rest::List(_, slot) | Rest::Free(slot) => {
                let n = match &line.rest {
                    Rest::List(count, _) => self.env.eval(count)?,
                    _ => self.count_of(1, 10, self.recipe.counts),
                };
                let n = usize::try_from(n).ok()?;
                self.size = self.size.max(n as u64);
                for value in self.series(*slot, n)? {
                    self.separate(&mut is_first);
                    self.room_for(value.len())?;
                    self.out.extend_from_slice(&value);
                }
                if self.grammar.facts.trails.contains(slot) {
                    self.out.push(b' ');
                }
            }
        }
        self.out.push(b'\n');
        self.room_for(0)
    }

    fn separate(&mut self, is_first: &mut bool) {
        if !*is_first {
            self.out.push(b' ');
        }
        *is_first = false;
    }

    fn repeat(&mut self, repeat: &Repeat) -> Option<()> {
        let times = match &repeat.times {
            Times::Of(count) => self.env.eval(count)?,
            _ => self.count_of(1, MAX_OPEN_ROUNDS, self.recipe.cases),
        };
        let n = usize::try_from(times).ok()?;
        self.room_for(n)?;
        self.size = self.size.max(n as u64);
        let slots = series_slots(&repeat.body);
        if let Some(&first) = slots.first() {
            self.env.cut(first);
        }
        let mut queued = Vec::new();
        let graph = self
            .grammar
            .facts
            .graphs
            .iter()
            .find(|it| it.ends[..] == slots[..slots.len().min(2)]);
        if let Some(graph) = graph {
            self.graph(graph, n)?;
            queued.extend(graph.ends);
        }
        for &slot in &slots {
            let has_order = self.facts(slot).series.order != Order::Any
                || matches!(
                    self.recipe.values,
                    Values::Sorted(_) | Values::Reversed(_) | Values::Equal
                );
            if has_order && !queued.contains(&slot) && self.is_free(slot, &slots) {
                let values = self.series(slot, n)?;
                self.queues.insert(slot, values.into());
                queued.push(slot);
            }
        }
        for _ in 0..n {
            let start = self.out.len();
            self.nodes(&repeat.body)?;
            if let Times::Until(end) = &repeat.times {
                let line = self.out[start..].split(|it| *it == b'\n').next()?;
                if line == end.join(&b' ') {
                    return None;
                }
            }
        }
        for slot in queued {
            self.queues.remove(&slot);
        }
        if let Times::Until(end) = &repeat.times {
            self.out.extend_from_slice(&end.join(&b' '));
            self.out.push(b'\n');
        }
        Some(())
    }

    /// Whether a slot has no limits by others of its round, and counts nothing in it.
    fn is_free(&self, slot: Slot, round: &[Slot]) -> bool {
        let facts = self.facts(slot);
        let mut bounds = facts.low.iter().chain(&facts.high);
        !facts.is_count && !bounds.any(|it| it.value.vars().iter().any(|it| round.contains(it)))
    }

    /// Chooses the ends of all edges.
    fn graph(&mut self, graph: &Graph, n_edges: usize) -> Option<()> {
        let n_nodes = usize::try_from(self.env.eval(&graph.nodes)?).ok()?;
        self.room_for(n_nodes / 8)?;
        self.room_for(n_edges.saturating_mul(4))?;
        let rules = Rules {
            is_connected: graph.is_connected,
            is_simple: graph.is_simple,
            has_loops: graph.has_loops,
        };
        let mut ends = [VecDeque::new(), VecDeque::new()];
        for (mut left, mut right) in edges(n_nodes, n_edges, rules, self.dice)? {
            if graph.is_ordered && left > right {
                (left, right) = (right, left);
            }
            for (end, node) in ends.iter_mut().zip([left, right]) {
                end.push_back((node as i128 + graph.base).to_string().into_bytes());
            }
        }
        for (slot, end) in graph.ends.into_iter().zip(ends) {
            self.queues.insert(slot, end);
        }
        Some(())
    }

    /// Writes one value and remembers it.
    fn field(&mut self, slot: Slot) -> Option<()> {
        let queued = self.queues.get_mut(&slot).and_then(VecDeque::pop_front);
        let is_queued = queued.is_some();
        let mut text = queued;
        for _ in 0..MAX_REDRAWS {
            let value = match text.take() {
                Some(text) => text,
                None => self.value(slot, None)?,
            };
            let measure = super::page::integer(&value);
            let is_number = measure.is_some() && self.facts(slot).is_integer();
            let measure = measure.filter(|_| is_number).unwrap_or(value.len() as i128);
            self.env.set(slot, measure, is_number);
            if self.grammar.checks_hold(slot, &self.env) {
                for (of, left) in &mut self.sums {
                    if *of == slot {
                        *left -= measure;
                    }
                }
                self.room_for(value.len())?;
                self.out.extend_from_slice(&value);
                return Some(());
            }
            if is_queued {
                return None;
            }
        }
        None
    }

    /// The limits of a slot here and now.
    fn limits(&self, slot: Slot) -> Option<(i128, i128)> {
        let facts = self.facts(slot);
        let values = |bounds: &[Bound]| {
            let values = bounds.iter().filter_map(|it| {
                self.env.eval(&it.value).or_else(|| {
                    // The length of a word is limited by that of another.
                    it.value.value(&|&slot| self.env.measure(slot))
                })
            });
            values.collect::<Vec<_>>()
        };
        let mut low = values(&facts.low).into_iter().max()?;
        let mut high = values(&facts.high).into_iter().min()?;
        for (of, left) in &self.sums {
            if *of == slot {
                high = high.min(*left);
            }
        }
        let is_guess = |it: &Bound| it.source == Source::Guessed && it.value.constant().is_some();
        let goes_beyond = matches!(self.recipe.values, Values::AnyLength | Values::Overflow)
            && !self.grammar.facts.is_stated
            && facts.is_integer()
            && !facts.is_count;
        if goes_beyond && facts.high.iter().all(is_guess) && high > MAX_CLOSED {
            high = high.max(BEYOND);
            if low < 0 && facts.low.iter().all(is_guess) {
                low = low.min(-BEYOND);
            }
        }
        (low <= high).then_some((low, high))
    }

    fn count_of(&mut self, low: i128, high: i128, counts: Counts) -> i128 {
        match counts {
            Counts::Least => low,
            Counts::UpTo(most) => {
                let last = high.min(low.max(1).saturating_add(most - 1)).max(low);
                self.dice.between_wide(low, last)
            }
            Counts::Exactly(n) => n.clamp(low, high),
        }
    }

    /// Makes one value; `window` narrows numbers to neighbours that were chosen before.
    fn value(&mut self, slot: Slot, window: Option<(i128, i128)>) -> Option<Vec<u8>> {
        match self.facts(slot).kind.clone() {
            Kind::Choice(words) => Some(self.dice.pick(&words).clone()),
            Kind::Integer => {
                let value = if self.facts(slot).is_count {
                    let (low, high) = self.limits(slot)?;
                    let counts = if self.grammar.is_outer[slot] {
                        self.recipe.cases
                    } else {
                        self.recipe.counts
                    };
                    self.count_of(low, high, counts)
                } else {
                    let (low, high) = self.limits(slot)?;
                    self.number(low, high, 1, window)
                };
                Some(value.to_string().into_bytes())
            }
            Kind::Decimal { places, .. } => {
                let (low, high) = self.limits(slot)?;
                let value = self.number(low, high, 10i128.pow(places), window);
                Some(decimal_text(value, places))
            }
            Kind::Word {
                alphabet,
                is_number,
                seen,
                ..
            } => {
                let (low, high) = self.limits(slot)?;
                let low = low.max(0);
                let high = high.min(MAX_LENGTH).max(low);
                let length = self.count_of(low, high, self.recipe.counts);
                let length = usize::try_from(length).ok()?;
                self.room_for(length)?;
                self.size = self.size.max(length as u64);
                Some(self.word(slot, [&alphabet, &seen], length, is_number))
            }
        }
    }

    /// The numbers that one input has of a slot, by the recipe.
    fn window(&self, low: i128, high: i128, unit: i128) -> (i128, i128) {
        let near = |spread: i128| {
            let width = (spread - 1).saturating_mul(unit);
            if low < 0 && high > 0 {
                // Around 0, so that signs mix.
                let half = (width + 1) / 2;
                (low.max(-half), high.min(half))
            } else if high <= 0 {
                (low.max(high.saturating_sub(width)), high)
            } else {
                (low, high.min(low.saturating_add(width)))
            }
        };
        match self.recipe.values {
            Values::Spread(spread) | Values::Sorted(spread) | Values::Reversed(spread) => {
                near(spread)
            }
            Values::Equal => near(10),
            Values::Full | Values::AnyLength => (low, high),
            Values::Largest => (high.saturating_sub(1).max(low), high),
            Values::Smallest => (low, low),
            Values::Overflow => {
                let edge = i128::from(i32::MAX);
                if high > edge + 2 && low < edge {
                    (low.max(edge - 2), edge + 2)
                } else {
                    (high.saturating_sub(2).max(low), high)
                }
            }
        }
    }

    fn number(&mut self, low: i128, high: i128, unit: i128, window: Option<(i128, i128)>) -> i128 {
        let (first, last) = window.unwrap_or_else(|| self.window(low, high, unit));
        let (first, last) = (first.clamp(low, high), last.clamp(low, high));
        if !matches!(self.recipe.values, Values::AnyLength) {
            return self.dice.between_wide(first, last);
        }
        let longest = high.abs().max(low.abs()).max(1).ilog10();
        let length = self.dice.index(longest as usize + 1);
        let top = 10i128.pow(u32::try_from(length).unwrap_or(0) + 1);
        let value = self.dice.between_wide(top / 10, top - 1);
        let value = if low < 0 && self.dice.one_in(2) {
            -value
        } else {
            value
        };
        if (low..=high).contains(&value) {
            value
        } else {
            self.dice.between_wide(low, high)
        }
    }

    /// The characters of words in this input: all, or a few.
    fn letters(&mut self, slot: Slot, [alphabet, seen]: [&[u8]; 2]) -> Vec<u8> {
        if let Some(letters) = self.letters.get(&slot) {
            return letters.clone();
        }
        if seen.len() > 1 && self.dice.one_in(SEEN_ODDS) {
            self.letters.insert(slot, seen.to_vec());
            return seen.to_vec();
        }
        let most = match self.recipe.values {
            Values::Equal | Values::Smallest | Values::Largest => 1,
            Values::Spread(spread) => usize::try_from(spread).unwrap_or(usize::MAX).max(2),
            _ => alphabet.len(),
        };
        let mut letters = alphabet.to_vec();
        if most < alphabet.len() {
            self.dice.shuffle(&mut letters);
            letters.truncate(most);
            letters.sort_unstable();
        }
        self.letters.insert(slot, letters.clone());
        letters
    }

    fn word(
        &mut self,
        slot: Slot,
        [alphabet, seen]: [&[u8]; 2],
        length: usize,
        is_number: bool,
    ) -> Vec<u8> {
        let letters = self.letters(slot, [alphabet, seen]);
        let solid: Vec<u8> = alphabet.iter().copied().filter(|it| *it != b' ').collect();
        let mut word: Vec<u8> = if seen.len() > 2 && self.dice.one_in(PIECES_ODDS) {
            self.pieces(seen, length)
        } else {
            (0..length).map(|_| *self.dice.pick(&letters)).collect()
        };
        match self.recipe.values {
            Values::Sorted(_) => word.sort_unstable(),
            Values::Reversed(_) => word.sort_unstable_by(|left, right| right.cmp(left)),
            _ => {}
        }
        // Spaces stand alone, and not at the ends.
        let mut before = b' ';
        for at in 0..word.len() {
            if word[at] == b' ' && (before == b' ' || at + 1 == word.len()) && !solid.is_empty() {
                word[at] = *self.dice.pick(&solid);
            }
            before = word[at];
        }
        if is_number && word.len() > 1 && word[0] == b'0' {
            word[0] = b'1';
        }
        word
    }

    /// Makes a word of pieces of others.
    fn pieces(&mut self, seen: &[u8], length: usize) -> Vec<u8> {
        let mut word = Vec::with_capacity(length);
        while word.len() < length {
            let start = self.dice.index(seen.len());
            let n = 1 + self.dice.index(MAX_PIECE.min(seen.len() - start));
            word.extend_from_slice(&seen[start..start + n]);
        }
        word.truncate(length);
        word
    }

    /// Makes the values of a list or a column.
    fn series(&mut self, slot: Slot, n: usize) -> Option<Vec<Vec<u8>>> {
        self.room_for(n.saturating_mul(2).saturating_sub(1))?;
        let facts = self.facts(slot);
        let order = facts.series.order;
        let places = match facts.kind {
            Kind::Integer => 0,
            Kind::Decimal { places, .. } => places,
            _ => return self.words(slot, n, order),
        };
        if n == 0 {
            return Some(Vec::new());
        }
        let mut numbers: Vec<i128> = Vec::with_capacity(n);
        if let Order::Permutation(base) = order {
            numbers.extend((0..n as i128).map(|it| it + base));
            match self.recipe.values {
                Values::Sorted(_) => {}
                Values::Reversed(_) => numbers.reverse(),
                _ => self.dice.shuffle(&mut numbers),
            }
        } else {
            let (low, high) = self.limits(slot)?;
            let unit = 10i128.pow(places);
            let mut window = self.window(low, high, unit);
            match order {
                Order::Distinct | Order::Increasing => {
                    numbers = self.distinct(n, low, high, &mut window, unit)?;
                    if order == Order::Distinct {
                        self.dice.shuffle(&mut numbers);
                    }
                }
                _ if matches!(self.recipe.values, Values::Equal) => {
                    let value = self.number(low, high, unit, Some(window));
                    numbers.resize(n, value);
                }
                _ => {
                    for _ in 0..n {
                        let value = self.number(low, high, unit, Some(window));
                        numbers.push(value);
                    }
                }
            }
            match (order, self.recipe.values) {
                (Order::Sorted, _) | (Order::Any | Order::Distinct, Values::Sorted(_)) => {
                    numbers.sort_unstable();
                }
                (Order::Falling, _) | (Order::Any | Order::Distinct, Values::Reversed(_)) => {
                    numbers.sort_unstable_by(|left, right| right.cmp(left));
                }
                _ => {}
            }
        }
        let text = |it: i128| match self.facts(slot).kind {
            Kind::Decimal { places, .. } => decimal_text(it, places),
            _ => it.to_string().into_bytes(),
        };
        Some(numbers.into_iter().map(text).collect())
    }

    /// Chooses different numbers, ascending; the window grows where it is too narrow.
    fn distinct(
        &mut self,
        n: usize,
        low: i128,
        high: i128,
        window: &mut (i128, i128),
        unit: i128,
    ) -> Option<Vec<i128>> {
        let n_wide = n as i128;
        if high.checked_sub(low)?.saturating_add(1) < n_wide {
            return None;
        }
        let missing = n_wide.saturating_mul(2) - (window.1 - window.0 + 1);
        if missing > 0 {
            window.1 = window.1.saturating_add(missing).min(high);
            let missing = n_wide - (window.1 - window.0 + 1);
            window.0 = window.0.saturating_sub(missing.max(0)).max(low);
        }
        let mut chosen = BTreeSet::new();
        for _ in 0..n.saturating_mul(4) {
            if chosen.len() == n {
                break;
            }
            let value = self.number(low, high, unit, Some(*window));
            chosen.insert(value);
        }
        let mut next = low;
        while chosen.len() < n {
            chosen.insert(next);
            next += 1;
        }
        Some(chosen.into_iter().collect())
    }

    fn words(&mut self, slot: Slot, n: usize, order: Order) -> Option<Vec<Vec<u8>>> {
        let mut words = Vec::with_capacity(n);
        let mut known = BTreeSet::new();
        let mut tries = n.saturating_mul(8) + 8;
        while words.len() < n {
            let word = match (self.recipe.values, words.first()) {
                (Values::Equal, Some(first)) if order == Order::Any => Vec::clone(first),
                _ => self.value(slot, None)?,
            };
            if order != Order::Any && !known.insert(word.clone()) {
                tries = tries.checked_sub(1)?;
                // More letters make more words.
                if tries.is_multiple_of(4) {
                    self.letters.remove(&slot);
                }
                continue;
            }
            self.room_for(word.len())?;
            words.push(word);
        }
        Some(words)
    }
}

/// Writes a number of units of the last place.
fn decimal_text(value: i128, places: u32) -> Vec<u8> {
    let unit = 10i128.pow(places).unsigned_abs();
    let sign = if value < 0 { "-" } else { "" };
    let (whole, part) = (value.unsigned_abs() / unit, value.unsigned_abs() % unit);
    let width = places as usize;
    format!("{sign}{whole}.{part:0width$}").into_bytes()
}
