//! The search for the simplest layout that reads every public input.
//!
//! Layouts are grown node by node on all inputs at once, and the cheapest that reads all of them to
//! the end wins. The price is a rough description length: what must be written down of a layout,
//! more for what is seldom meant (`2n+1` numbers) than for what often is (`n` numbers). Nothing here
//! knows what values are, beyond which are integers.

mod price;
mod repeats;

use std::collections::BTreeMap;

use super::counts::counts;
use super::layout::{Env, Line, Node, Rest, Slot};
use super::page::Page;

/// The most tokens and lines looked at in one phase of a search.
const MAX_STEPS: usize = 1_000_000;
/// What it takes to look at one state, in steps.
const STEPS_PER_STATE: usize = 300;
/// The most single values on one line.
const MAX_FIELDS: usize = 16;
/// The most single values before a list.
const MAX_HEADER: usize = 3;
/// The most nodes of a layout.
const MAX_NODES: usize = 14;
/// The most bodies tried for one repetition.
const MAX_BODIES: usize = 32;

/// What the statement says about the layout.
#[derive(Default)]
pub(super) struct Hints {
    /// It speaks of `n` lines.
    pub(super) has_lines: bool,
    /// It speaks of `n` numbers, or writes a list out.
    pub(super) has_lists: bool,
    /// It speaks of several test cases.
    pub(super) has_cases: bool,
}

/// Returns the cheapest layout, or `None` where nothing fits or the search got too long.
pub(super) fn search(pages: &[Page<'_>], hints: &Hints) -> Option<Vec<Node>> {
    let mut search = Search {
        pages,
        hints,
        steps: MAX_STEPS,
        best: None,
        phase: Phase::Single,
        least: BTreeMap::new(),
    };
    let cursors = (0..pages.len())
        .map(|page| Cursor {
            page,
            at: 0,
            env: Env::default(),
        })
        .collect();
    let start = State {
        cursors,
        n_slots: 0,
        counters: Vec::new(),
        nodes: Vec::new(),
        price: 0,
        depth: 0,
        max_nodes: MAX_NODES,
    };
    for phase in PHASES {
        search.phase = phase;
        search.steps = MAX_STEPS;
        search.least.clear();
        search.extend(&start, &mut None);
    }
    search.best.map(|it| it.1)
}

/// What is tried. What each phase finds is a bar that the next has to clear.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    /// Lines of single values.
    Single,
    /// Lists and lines that are counted too.
    Counted,
    /// Several lines that are counted together, and what is counted in these, too.
    Nested,
    /// Repetitions without a count too.
    Open,
    /// Lists without a count, and lines of text, too.
    Free,
}

const PHASES: [Phase; 5] = [
    Phase::Single,
    Phase::Counted,
    Phase::Nested,
    Phase::Open,
    Phase::Free,
];

struct Search<'a> {
    pages: &'a [Page<'a>],
    hints: &'a Hints,
    steps: usize,
    best: Option<(u32, Vec<Node>)>,
    phase: Phase,
    /// The least price at which inputs were read so far.
    least: BTreeMap<Vec<usize>, u32>,
}

/// Where one input was read up to.
#[derive(Clone)]
pub(super) struct Cursor {
    pub(super) page: usize,
    pub(super) at: usize,
    pub(super) env: Env,
}

/// A number read before that may count.
#[derive(Clone)]
pub(super) struct Counter {
    pub(super) slot: Slot,
    pub(super) price: u32,
}

/// A layout under way.
#[derive(Clone)]
pub(super) struct State {
    pub(super) cursors: Vec<Cursor>,
    pub(super) n_slots: usize,
    pub(super) counters: Vec<Counter>,
    pub(super) nodes: Vec<Node>,
    pub(super) price: u32,
    pub(super) depth: usize,
    /// The most nodes of a body.
    pub(super) max_nodes: usize,
}

/// Bodies found for a repetition, with the state behind each.
type Bodies = Vec<(u32, State)>;

impl Search<'_> {
    /// Grows a layout by every node that may follow. Bodies of repetitions are gathered in `bodies`;
    /// whole layouts compete for `best`.
    fn extend(&mut self, state: &State, bodies: &mut Option<Bodies>) {
        if self.steps == 0 || self.is_beaten(state.price) {
            return;
        }
        self.spend(STEPS_PER_STATE);
        let max_nodes = if let Some(bodies) = bodies {
            if !state.nodes.is_empty() {
                bodies.push((state.price, state.clone()));
            }
            if bodies.len() >= MAX_BODIES {
                return;
            }
            state.max_nodes
        } else {
            if state.cursors.iter().all(|it| self.lines_left(it) == 0) {
                self.best = Some((state.price, state.nodes.clone()));
                return;
            }
            if self.is_behind(state) {
                return;
            }
            MAX_NODES
        };
        if state.nodes.len() >= max_nodes || state.cursors.iter().all(|it| self.lines_left(it) == 0)
        {
            return;
        }
        let mut next = Vec::new();
        self.lines(state, &mut next);
        if self.phase >= Phase::Counted {
            self.repeats(state, &mut next);
        }
        if self.phase >= Phase::Open && bodies.is_none() && state.depth == 0 {
            self.open_repeats(state, &mut next);
        }
        // What reads many lines first: a good layout found early prunes the rest.
        next.sort_by_key(|it| {
            let read: usize = it.cursors.iter().map(|it| it.at).sum();
            let read = units(read / it.cursors.len().max(1)).saturating_mul(price::LINE_READ);
            i64::from(it.price) - i64::from(read)
        });
        for state in next {
            self.extend(&state, bodies);
        }
    }

    /// Whether a much cheaper layout read just as much.
    fn is_behind(&mut self, state: &State) -> bool {
        let read: Vec<usize> = state.cursors.iter().map(|it| it.at).collect();
        let least = self.least.entry(read).or_insert(state.price);
        *least = state.price.min(*least);
        state.price > least.saturating_add(price::MARGIN)
    }

    fn is_beaten(&self, price: u32) -> bool {
        self.best.as_ref().is_some_and(|it| it.0 <= price)
    }

    fn lines_left(&self, cursor: &Cursor) -> usize {
        self.pages[cursor.page]
            .lines
            .len()
            .saturating_sub(cursor.at)
    }

    fn spend(&mut self, steps: usize) {
        self.steps = self.steps.saturating_sub(steps);
    }

    /// Lines that may stand next.
    fn lines(&mut self, state: &State, next: &mut Vec<State>) {
        let mut lengths = Vec::new();
        let mut is_plain = true;
        let mut has_words = false;
        for cursor in &state.cursors {
            let page = &self.pages[cursor.page];
            let tokens = page.tokens_of(cursor.at);
            lengths.push(tokens.len());
            is_plain &= page.lines.get(cursor.at).is_none_or(|it| it.is_plain);
            has_words |= tokens.iter().any(|it| it.integer.is_none());
        }
        self.spend(lengths.iter().sum::<usize>() + 1);
        let longest = lengths.iter().copied().max().unwrap_or(0);
        let shortest = lengths.iter().copied().min().unwrap_or(0);
        let slot = state.n_slots;
        if is_plain {
            if longest == shortest && longest <= MAX_FIELDS {
                let line = Line {
                    fields: (slot..slot + longest).collect(),
                    rest: Rest::Nothing,
                };
                let price = price::LINE + price::FIELD * units(longest);
                self.push_line(state, line, price, next);
            }
            if self.phase >= Phase::Counted {
                self.lists(state, &lengths, has_words, next);
            }
            let may_be_free = state.depth > 0 || shortest != longest || longest > MAX_HEADER * 2;
            if may_be_free && self.phase >= Phase::Free {
                let line = Line {
                    fields: Vec::new(),
                    rest: Rest::Free(slot),
                };
                self.push_line(state, line, price::LINE + price::FREE, next);
            }
        }
        let on_page = |it: &Cursor| it.at < self.pages[it.page].lines.len();
        let is_text = self.phase >= Phase::Free && has_words && longest > 1 || !is_plain;
        if is_text && state.cursors.iter().all(on_page) {
            let line = Line {
                fields: Vec::new(),
                rest: Rest::Text(slot),
            };
            self.push_line(state, line, price::LINE + price::TEXT, next);
        }
    }

    /// Lines that may stand next and end in a list.
    fn lists(&self, state: &State, lengths: &[usize], has_words: bool, next: &mut Vec<State>) {
        let longest = lengths.iter().copied().max().unwrap_or(0);
        let shortest = lengths.iter().copied().min().unwrap_or(0);
        let slot = state.n_slots;
        for header in 0..=MAX_HEADER.min(shortest) {
            // One value is a list only where the statement speaks of lists.
            let is_single = longest == shortest && longest <= header + 1;
            if is_single && (!self.hints.has_lists || header > 0) {
                continue;
            }
            let fields: Vec<Slot> = (slot..slot + header).collect();
            let behind = self.behind_fields(state, &fields);
            let wanted: Vec<i128> = lengths.iter().map(|it| (it - header) as i128).collect();
            let price = price::LINE + price::FIELD * units(header) + price::LIST;
            for (count, extra, _) in counts(&behind, |place, value| value == wanted[place]) {
                // With few values or with words, a rare form is most likely chance.
                let is_rare = extra > price::NOT_ALONE + 2 * price::COUNTS_ALREADY;
                let is_short = longest <= header + 3 && longest == shortest;
                let is_own = count.vars().iter().any(|it| fields.contains(it));
                let doubt = if has_words && (is_rare || header > 0 && !is_own) {
                    price::RARE_WITH_WORDS
                } else if is_short
                    && (is_rare || extra >= price::NOT_ALONE && longest <= header + 2)
                {
                    price::SHORT
                } else {
                    0
                };
                let bonus = if is_single { price::LIST_STATED } else { 0 };
                let line = Line {
                    fields: fields.clone(),
                    rest: Rest::List(count, slot + header),
                };
                self.push_line(
                    state,
                    line,
                    (price + extra + doubt).saturating_sub(bonus),
                    next,
                );
            }
        }
    }

    /// The state with the fields of the next line read, and only these.
    fn behind_fields(&self, state: &State, fields: &[Slot]) -> State {
        let mut state = state.clone();
        for cursor in &mut state.cursors {
            let page = &self.pages[cursor.page];
            for (&slot, token) in fields.iter().zip(page.tokens_of(cursor.at)) {
                let length = token.place.len() as i128;
                let value = token.integer.unwrap_or(length);
                cursor.env.set(slot, value, token.integer.is_some());
            }
        }
        let is_alone = fields.len() == 1;
        add_counters(&mut state, fields, is_alone);
        state
    }

    fn push_line(&self, state: &State, line: Line, price: u32, next: &mut Vec<State>) {
        let mut new = self.behind_fields(state, &line.fields);
        let used = match &line.rest {
            Rest::List(count, _) => count.vars(),
            _ => Vec::new(),
        };
        if !matches!(line.rest, Rest::Nothing) {
            new.n_slots += 1;
        }
        new.n_slots += line.fields.len();
        for cursor in &mut new.cursors {
            cursor.at += 1;
        }
        mark_used(&mut new, &used);
        new.price += price;
        new.nodes.push(Node::Line(line));
        next.push(new);
    }
}

fn units(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX / price::FIELD)
}

/// Adds the slots that are integers everywhere to what may count.
fn add_counters(state: &mut State, fields: &[Slot], is_alone: bool) {
    for &slot in fields {
        let is_number = |it: &Cursor| it.env.number(slot).is_some_and(|it| it >= 0);
        if state.cursors.iter().all(is_number) {
            state.counters.push(Counter {
                slot,
                price: if is_alone { 0 } else { price::NOT_ALONE },
            });
        }
    }
}

fn mark_used(state: &mut State, slots: &[Slot]) {
    for counter in &mut state.counters {
        if slots.contains(&counter.slot) {
            counter.price += price::COUNTS_ALREADY;
        }
    }
}

#[cfg(test)]
mod tests;
