//! The layout of an input as data: lines, the lists at their ends, and what repeats.
//!
//! A layout knows where values stand and how many there are, and not what they are: see
//! [`super::facts`]. It reads a page by [`walk`], which is also how everything else looks at one.

use super::expr::Expr;
use super::page::{Page, Token};

/// The number of a place where values stand, in reading order.
pub(super) type Slot = usize;
/// A count, over values read before.
pub(super) type Count = Expr<Slot>;

/// One line, or something repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Line(Line),
    Repeat(Repeat),
}

/// A line: single values, then perhaps more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) fields: Vec<Slot>,
    pub(super) rest: Rest,
}

/// What stands behind the fields of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    Nothing,
    /// As many values as were announced.
    List(Count, Slot),
    /// As many values as there are.
    Free(Slot),
    /// All of the line, white space included, as one value; there are no fields.
    Text(Slot),
}

/// Lines that stand several times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Repeat {
    pub(super) times: Times,
    pub(super) body: Vec<Node>,
}

/// How often lines stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Times {
    Of(Count),
    /// To the end of the input, at least once.
    ToEnd,
    /// Up to a line of just these tokens.
    Until(Vec<Vec<u8>>),
}

/// A value on a page.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) text: &'a [u8],
    pub(super) integer: Option<i128>,
}

impl Seen<'_> {
    /// What formulas take for the value: the number, or the length of a word.
    pub(super) fn measure(self) -> i128 {
        self.integer.unwrap_or(self.text.len() as i128)
    }
}

/// What was read last in each slot; a number, or the length of a word.
#[derive(Clone, Default)]
pub(super) struct Env {
    values: Vec<Option<(i128, bool)>>,
}

impl Env {
    pub(super) fn set(&mut self, slot: Slot, value: i128, is_number: bool) {
        if self.values.len() <= slot {
            self.values.resize(slot + 1, None);
        }
        self.values[slot] = Some((value, is_number));
    }

    /// Returns a number or a length.
    pub(super) fn measure(&self, slot: Slot) -> Option<i128> {
        self.values.get(slot).copied().flatten().map(|it| it.0)
    }

    /// Returns a number.
    pub(super) fn number(&self, slot: Slot) -> Option<i128> {
        let (value, is_number) = self.values.get(slot).copied().flatten()?;
        is_number.then_some(value)
    }

    pub(super) fn eval(&self, count: &Count) -> Option<i128> {
        count.value(&|&slot| self.number(slot))
    }

    /// Forgets the slots from `first` on.
    pub(super) fn cut(&mut self, first: Slot) {
        self.values.truncate(first);
    }
}

/// Looks on while a page is read. Each method may refuse what it sees by returning false.
pub(super) trait Observer {
    fn value(&mut self, _slot: Slot, _seen: Seen<'_>, _env: &Env) -> bool {
        true
    }
    /// A list, or a slot of a repeated line, begins: what follows in the slot belongs together.
    fn begin_series(&mut self, _slot: Slot, _n: usize, _env: &Env) {}
    /// The series ends.
    fn end_series(&mut self, _slot: Slot, _env: &Env) -> bool {
        true
    }
    /// A line was read.
    fn line(&mut self, _line: &Line, _has_trail: bool) {}
    /// A repetition begins or ends.
    fn repeat(&mut self, _repeat: &Repeat, _is_end: bool, _env: &Env) -> bool {
        true
    }
}

/// Sees nothing and refuses nothing.
pub(super) struct Blind;

impl Observer for Blind {}

/// Reads nodes from line `at` on; returns the line behind them, or `None` where they do not fit.
///
/// `steps` bounds the work: one for each token and line read, and `None` when they are used up.
pub(super) fn walk(
    nodes: &[Node],
    page: &Page<'_>,
    mut at: usize,
    env: &mut Env,
    observer: &mut impl Observer,
    steps: &mut usize,
) -> Option<usize> {
    for node in nodes {
        at = match node {
            Node::Line(line) => walk_line(line, page, at, env, observer, steps)?,
            Node::Repeat(repeat) => walk_repeat(repeat, page, at, env, observer, steps)?,
        };
    }
    Some(at)
}

fn walk_repeat(
    repeat: &Repeat,
    page: &Page<'_>,
    mut at: usize,
    env: &mut Env,
    observer: &mut impl Observer,
    steps: &mut usize,
) -> Option<usize> {
    let lines_left = page.lines.len().saturating_sub(at);
    let times = match &repeat.times {
        Times::Of(count) => {
            let times = usize::try_from(env.eval(count)?).ok()?;
            // One more than there is: a last line may be blank and so not on the page.
            if times > lines_left + 1 {
                return None;
            }
            Some(times)
        }
        Times::ToEnd | Times::Until(_) => None,
    };
    let slots = series_slots(&repeat.body);
    if !observer.repeat(repeat, false, env) {
        return None;
    }
    for &slot in &slots {
        observer.begin_series(slot, times.unwrap_or(lines_left), env);
    }
    let mut done = 0;
    loop {
        let is_over = match (&repeat.times, times) {
            (_, Some(times)) => done == times,
            (Times::Until(end), _) => {
                let tokens = page.tokens_of(at);
                if at >= page.lines.len() {
                    return None;
                }
                tokens.len() == end.len()
                    && tokens.iter().zip(end).all(|(it, end)| page.text(it) == end)
            }
            _ => at >= page.lines.len() && done > 0,
        };
        if is_over {
            break;
        }
        *steps = steps.checked_sub(1)?;
        let next = walk(&repeat.body, page, at, env, observer, steps)?;
        // Rounds of nothing, up to what comes after them, would never end.
        if times.is_none() && next == at {
            return None;
        }
        at = next;
        done += 1;
    }
    if matches!(repeat.times, Times::Until(_)) {
        at += 1;
    }
    for &slot in &slots {
        if !observer.end_series(slot, env) {
            return None;
        }
    }
    observer.repeat(repeat, true, env).then_some(at)
}

/// The slots of which each round of a body has one value.
pub(super) fn series_slots(body: &[Node]) -> Vec<Slot> {
    let lines = body.iter().filter_map(|it| match it {
        Node::Line(line) => Some(line),
        Node::Repeat(_) => None,
    });
    lines
        .flat_map(|line| {
            let text = match line.rest {
                Rest::Text(slot) => Some(slot),
                _ => None,
            };
            line.fields.iter().copied().chain(text)
        })
        .collect()
}

fn walk_line(
    line: &Line,
    page: &Page<'_>,
    at: usize,
    env: &mut Env,
    observer: &mut impl Observer,
    steps: &mut usize,
) -> Option<usize> {
    let tokens = page.tokens_of(at);
    *steps = steps.checked_sub(tokens.len() + 1)?;
    let has_trail = page.lines.get(at).is_some_and(|it| it.has_trail);
    if let Rest::Text(slot) = line.rest {
        // A line behind the last may be blank and so not on the page.
        let place = page.lines.get(at).map_or(0..0, |it| it.place.clone());
        let seen = Seen {
            text: &page.bytes[place],
            integer: None,
        };
        env.set(slot, seen.measure(), false);
        observer.line(line, false);
        return observer.value(slot, seen, env).then_some(at + 1);
    }
    if page.lines.get(at).is_some_and(|it| !it.is_plain) || tokens.len() < line.fields.len() {
        return None;
    }
    let (fields, rest) = tokens.split_at(line.fields.len());
    for (&slot, token) in line.fields.iter().zip(fields) {
        if !see(slot, token, page, env, observer) {
            return None;
        }
    }
    let slot = match &line.rest {
        Rest::Nothing | Rest::Text(_) if rest.is_empty() => {
            observer.line(line, has_trail);
            return Some(at + 1);
        }
        Rest::Nothing | Rest::Text(_) => return None,
        Rest::List(count, slot) => {
            if env.eval(count)? != rest.len() as i128 {
                return None;
            }
            *slot
        }
        Rest::Free(slot) => *slot,
    };
    observer.begin_series(slot, rest.len(), env);
    for token in rest {
        if !see(slot, token, page, env, observer) {
            return None;
        }
    }
    if !observer.end_series(slot, env) {
        return None;
    }
    observer.line(line, has_trail);
    Some(at + 1)
}

fn see(
    slot: Slot,
    token: &Token,
    page: &Page<'_>,
    env: &mut Env,
    observer: &mut impl Observer,
) -> bool {
    let seen = Seen {
        text: page.text(token),
        integer: token.integer,
    };
    env.set(slot, seen.measure(), seen.integer.is_some());
    observer.value(slot, seen, env)
}
