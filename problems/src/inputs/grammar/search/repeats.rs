//! What may stand several times: repetitions by a count, up to a last line, or to the end.
//!
//! A body is found on the first rounds alone, by the same search; then all rounds have to fit.

use super::super::counts::counts;
use super::super::expr::Expr;
use super::super::layout::{Blind, Node, Repeat, Rest, Times, walk};
use super::{Bodies, MAX_FIELDS, Phase, Search, State, mark_used, price};

/// The most of them for the bodies of one repetition.
const MAX_BODY_STEPS: usize = 60_000;
/// The most nodes of what is repeated.
const MAX_BODY_NODES: usize = 4;
/// How deep repetitions nest.
const MAX_DEPTH: usize = 3;

impl Search<'_> {
    /// Repetitions by a count that may stand next.
    pub(super) fn repeats(&mut self, state: &State, next: &mut Vec<State>) {
        let is_too_deep = state.depth > 0 && self.phase < Phase::Nested;
        if is_too_deep || state.depth + 1 >= MAX_DEPTH {
            return;
        }
        let room: Vec<i128> = state
            .cursors
            .iter()
            .map(|it| self.lines_left(it) as i128 + 1)
            .collect();
        for (count, extra, values) in
            counts(state, |place, value| (0..=room[place]).contains(&value))
        {
            let mut first = state.clone();
            first.cursors.clear();
            let mut most = 0;
            for (cursor, &value) in state.cursors.iter().zip(&values) {
                most = most.max(value);
                if value > 0 {
                    first.cursors.push(cursor.clone());
                }
            }
            let has_word = self.hints.has_lines || self.hints.has_cases;
            // In a body only the first round is seen, where a count may well be 1.
            if most < 1 || most < 2 && !has_word && state.depth == 0 {
                continue;
            }
            let bonus = if most < 2 && has_word {
                price::STATED
            } else {
                0
            };
            let doubt = if extra > price::COMMON {
                price::RARE_LINES
            } else {
                0
            };
            let price = state.price + price::REPEAT + extra + doubt;
            let times = Times::Of(count.clone());
            self.push_bodies(state, &first, price, &times, bonus, next);
        }
    }

    /// Keeps the repetitions whose bodies fit.
    fn push_bodies(
        &mut self,
        state: &State,
        first: &State,
        price: u32,
        times: &Times,
        bonus: u32,
        next: &mut Vec<State>,
    ) {
        let max_nodes = if self.phase >= Phase::Nested {
            MAX_BODY_NODES
        } else {
            1
        };
        for (price, body) in self.bodies(first.clone(), price, times, max_nodes) {
            // A free line repeated to the end reads everything and says nothing.
            let is_free = body.nodes.iter().any(says_nothing);
            if is_free && !matches!(times, Times::Of(_)) {
                continue;
            }
            let n_nodes = body.nodes.len();
            let repeat = Repeat {
                times: times.clone(),
                body: body.nodes,
            };
            // Several lines are counted by a number itself, as a rule.
            let is_plain = !matches!(times, Times::Of(Expr::Op(..)));
            let doubt = if n_nodes > 1 && !is_plain {
                price::RARE_CASES
            } else {
                0
            };
            let price = price.saturating_sub(bonus) + doubt;
            self.push_repeat(state, repeat, body.n_slots, price, next);
        }
    }

    /// Finds bodies of at most so many nodes on the first rounds alone.
    fn bodies(&mut self, mut first: State, price: u32, times: &Times, max_nodes: usize) -> Bodies {
        first.depth += 1;
        first.max_nodes = max_nodes;
        first.nodes = Vec::new();
        first.price = price;
        if let Times::Of(count) = times {
            let vars = count.vars();
            for counter in first
                .counters
                .iter_mut()
                .filter(|it| vars.contains(&it.slot))
            {
                counter.price += price::COUNTS_OUTSIDE;
            }
        }
        let mut found = Some(Vec::new());
        let steps = self.steps;
        self.steps = steps.min(MAX_BODY_STEPS);
        let given = self.steps;
        self.extend(&first, &mut found);
        self.steps = steps - (given - self.steps);
        let mut found = found.unwrap_or_default();
        found.sort_by_key(|it| it.0);
        found
    }

    /// Repetitions to the end of the input or up to a last line.
    pub(super) fn open_repeats(&mut self, state: &State, next: &mut Vec<State>) {
        if state.cursors.iter().any(|it| self.lines_left(it) == 0) {
            return;
        }
        let last: Vec<Vec<&[u8]>> = state
            .cursors
            .iter()
            .map(|cursor| {
                let page = &self.pages[cursor.page];
                let tokens = page.tokens_of(page.lines.len() - 1);
                tokens
                    .iter()
                    .take(MAX_FIELDS)
                    .map(|it| page.text(it))
                    .collect()
            })
            .collect();
        let is_end = |it: &[u8]| matches!(it, b"0" | b"-1" | b"#" | b"." | b"*" | b"END" | b"end");
        let ends = last.windows(2).all(|it| it[0] == it[1])
            && last[0].iter().all(|it| is_end(it) && *it == last[0][0]);
        let long_enough = |least| state.cursors.iter().all(|it| self.lines_left(it) >= least);
        let mut kinds = Vec::new();
        if ends && long_enough(2) {
            let end = last[0].iter().map(|it| it.to_vec()).collect();
            kinds.push((Times::Until(end), price::UNTIL));
        }
        let late = if state.nodes.is_empty() {
            0
        } else {
            price::TO_END_LATE
        };
        let stated = if self.hints.has_cases {
            price::CASES_STATED
        } else {
            0
        };
        kinds.push((Times::ToEnd, price::TO_END + late - stated));
        for (times, extra) in kinds {
            let price = state.price + extra;
            self.push_bodies(state, state, price, &times, 0, next);
        }
    }

    /// Reads all rounds on every input, and keeps the repetition if they fit.
    fn push_repeat(
        &mut self,
        state: &State,
        repeat: Repeat,
        n_slots: usize,
        price: u32,
        next: &mut Vec<State>,
    ) {
        if self.is_beaten(price) {
            return;
        }
        let mut new = state.clone();
        let times = repeat.times.clone();
        let node = [Node::Repeat(repeat)];
        for cursor in &mut new.cursors {
            let page = &self.pages[cursor.page];
            let end = walk(
                &node,
                page,
                cursor.at,
                &mut cursor.env,
                &mut Blind,
                &mut self.steps,
            );
            let Some(end) = end else {
                return;
            };
            cursor.at = end;
            // What was read in the last round is nobody's count.
            cursor.env.cut(state.n_slots);
        }
        if let Times::Of(count) = &times {
            mark_used(&mut new, &count.vars());
        }
        let [node] = node;
        new.nodes.push(node);
        new.n_slots = n_slots;
        new.price = price;
        next.push(new);
    }
}

fn says_nothing(node: &Node) -> bool {
    match node {
        Node::Line(line) => matches!(line.rest, Rest::Free(_) | Rest::Text(_)),
        Node::Repeat(_) => false,
    }
}
