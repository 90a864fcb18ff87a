//! Grammars inferred from public inputs, and inputs made from them.
//!
//! A grammar says how an input is laid out (lines, counts and the lists they count, several cases),
//! what its values are (numbers and their limits, words and their characters, permutations, graphs),
//! and of each limit whether the statement says so or the public inputs look so. It is the simplest
//! one found that reads all public inputs. Nothing here runs a program: a guess may be wrong, and
//! whether inputs are valid shows elsewhere.
//!
//! ```text
//! public inputs ──► page ──► search ──► layout ─┐
//!                               ▲               ├─► evidence ──► conclude ──► Grammar
//! statement ──► plain ──► constraints ──────────┘                              │
//!                                    explain ◄── judge ◄── recipe, make ◄──────┘
//! ```
//!
//! ```
//! use riddle_problems::inputs::grammar::Grammar;
//!
//! let statement = "Input\nAn integer n (1 ≤ n ≤ 1000), then n integers a_i (0 ≤ a_i ≤ 10^9).";
//! let grammar = Grammar::infer(&[b"4\n10 20 30 40\n"], statement)?;
//! assert_eq!(
//!     grammar.to_string(),
//!     "line 1: n (count; 1..=1000, stated)\nline 2: n times a_i (0..=1000000000, stated)\n"
//! );
//! let inputs = grammar.generate(20, 0);
//! assert_eq!(inputs[0].how.to_string(), "grammar, small random");
//! assert!(inputs.iter().all(|it| grammar.accepts(&it.bytes)));
//! # Ok::<(), riddle_problems::inputs::grammar::GrammarError>(())
//! ```

mod conclude;
mod constraints;
mod counts;
mod edges;
mod evidence;
mod explain;
mod expr;
mod facts;
mod formula;
mod guess;
mod judge;
mod layout;
mod make;
mod names;
mod page;
mod plain;
mod recipe;
mod search;
#[cfg(test)]
mod sketch;

use std::collections::HashSet;

use thiserror::Error;

use super::dice::Dice;
use evidence::Gatherer;
use facts::Facts;
use judge::Judge;
use layout::{Env, Node, Observer, Rest, Slot, Times, walk};
use make::make;
use page::Page;
use recipe::Recipe;
pub use recipe::{Corner, How};

/// The most bytes that public inputs may have in all to infer a grammar from: 1 MiB.
pub const MAX_INFERRED_BYTES: usize = 1 << 20;
/// The most bytes of an input that may be read by a grammar: 64 MiB.
pub const MAX_ACCEPTED_BYTES: usize = 64 << 20;
/// The most inputs of one call.
pub const MAX_GENERATED: usize = 100_000;
/// The most bytes of one generated input that is not scaled: 64 KiB.
pub const MAX_GENERATED_BYTES: usize = 64 << 10;
/// The most bytes that the inputs of one call may have in all: 256 MiB.
pub const MAX_ALL_GENERATED_BYTES: usize = 256 << 20;
/// The most bytes of a scaled input: 16 MiB.
pub const MAX_SCALED_BYTES: usize = 16 << 20;
/// How often, for each input asked for, we try to make a new one.
pub const ATTEMPTS_PER_INPUT: usize = 24;
/// One in so many inputs is made without guesses of how values hang together, where nothing is stated.
const LOOSE_TURN: usize = 3;
/// After so many inputs in a row of which no try came to anything new, there are no more.
const MAX_FAILURES: usize = 40;
/// How often a scaled input that is too long is made half as large.
const MAX_HALVINGS: usize = 40;
/// How often a scaled input is tried at one size.
const ATTEMPTS_PER_SIZE: usize = 4;

/// Why no grammar was inferred.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum GrammarError {
    /// There is nothing to infer from.
    #[error("no public input has anything in it")]
    Nothing,
    /// An input is no text.
    #[error("public input {index} is binary")]
    Binary {
        /// Position of the input, from 0.
        index: usize,
    },
    /// There is too much to infer from.
    #[error("public inputs have {bytes} bytes, which exceeds the limit of {MAX_INFERRED_BYTES}")]
    TooLarge {
        /// How many bytes there are.
        bytes: usize,
    },
    /// No layout was found that reads all public inputs.
    #[error("no layout fits all {inputs} public inputs")]
    NoLayout {
        /// How many inputs there are.
        inputs: usize,
    },
}

/// A grammar of a problem's inputs.
#[derive(Clone, Debug)]
pub struct Grammar {
    nodes: Vec<Node>,
    facts: Facts,
    /// Whether a slot counts what itself has counts: test cases.
    is_outer: Vec<bool>,
    is_crlf: bool,
    n_final_newlines: usize,
    /// The same without guesses of how values hang together, where nothing is stated that they could be held against.
    loose: Option<Box<Self>>,
}

/// An input made from a grammar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    /// The input.
    pub bytes: Vec<u8>,
    /// How it was made.
    pub how: How,
    /// The largest count in it: of values, lines or characters.
    pub size: u64,
}

impl Grammar {
    /// Infers the simplest grammar found that reads all public inputs.
    ///
    /// The statement may be empty, in any language, and in LaTeX, HTML, Markdown or plain text.
    ///
    /// # Errors
    ///
    /// Says why nothing fits: see [`GrammarError`].
    pub fn infer(public_inputs: &[&[u8]], statement: &str) -> Result<Self, GrammarError> {
        let bytes = public_inputs.iter().map(|it| it.len()).sum();
        if bytes > MAX_INFERRED_BYTES {
            return Err(GrammarError::TooLarge { bytes });
        }
        if let Some(index) = public_inputs.iter().position(|it| is_binary(it)) {
            return Err(GrammarError::Binary { index });
        }
        let pages: Vec<Page<'_>> = public_inputs.iter().map(|it| Page::new(it)).collect();
        let pages: Vec<Page<'_>> = pages
            .into_iter()
            .filter(|it| !it.lines.is_empty())
            .collect();
        if pages.len() < public_inputs.len() || pages.is_empty() {
            return Err(GrammarError::Nothing);
        }
        let no_layout = GrammarError::NoLayout {
            inputs: pages.len(),
        };
        let statement = constraints::read(statement);
        let nodes = search::search(&pages, &statement.hints).ok_or(no_layout)?;

        let mut seen = Gatherer::new(&nodes);
        for page in &pages {
            read(&nodes, page, &mut seen).ok_or(no_layout)?;
        }
        let mut facts = conclude::conclude(&nodes, &seen, &statement);
        let mut notes = Judge::new(&facts, true);
        for page in &pages {
            read(&nodes, page, &mut notes).ok_or(no_layout)?;
        }
        let broken = notes.broken;
        judge::remove(&mut facts, &broken);
        guess::guess(&nodes, &seen, &statement, &mut facts);
        let loosened = (!facts.is_stated).then(|| guess::loosened(&facts, &seen));

        let mut is_outer = vec![false; facts.slots.len()];
        mark_outer(&nodes, &mut is_outer);
        let grammar = Self {
            is_crlf: pages[0].is_crlf,
            n_final_newlines: pages[0].n_final_newlines,
            nodes,
            facts,
            is_outer,
            loose: None,
        };
        let loose = loosened.map(|facts| {
            Box::new(Self {
                facts,
                ..grammar.clone()
            })
        });
        Ok(Self { loose, ..grammar })
    }

    /// Returns whether an input is laid out by this grammar and keeps to what is stated.
    ///
    /// Guesses are not held against it, nor are blank lines at its end, nor a kind of line end.
    pub fn accepts(&self, input: &[u8]) -> bool {
        if input.len() > MAX_ACCEPTED_BYTES || is_binary(input) {
            return false;
        }
        let page = Page::new(input);
        read(&self.nodes, &page, &mut Judge::new(&self.facts, false)).is_some()
    }

    /// Returns at most `n` inputs, distinct, the most telling first.
    ///
    /// The same arguments give the same bytes on every machine, and fewer are a prefix of more. There
    /// are fewer than `n` where no more are found, or where [`MAX_GENERATED`] or
    /// [`MAX_ALL_GENERATED_BYTES`] ends the search. An input may equal a public one.
    pub fn generate(&self, n: usize, seed: u64) -> Vec<Generated> {
        let n = n.min(MAX_GENERATED);
        let mut dice = Dice::named("riddle problems inputs grammar v1", seed);
        let mut known: HashSet<blake3::Hash> = HashSet::new();
        let mut inputs = Vec::new();
        let mut bytes_left = MAX_ALL_GENERATED_BYTES;
        let mut n_failures = 0;
        let mut place = 0;
        while inputs.len() < n && n_failures < MAX_FAILURES {
            let new = (0..ATTEMPTS_PER_INPUT).find_map(|attempt| {
                let recipe = Recipe::at(place, attempt, &mut dice);
                let grammar = match &self.loose {
                    Some(loose) if place % LOOSE_TURN == LOOSE_TURN - 1 => loose,
                    _ => self,
                };
                let (bytes, size) = make(grammar, recipe, MAX_GENERATED_BYTES, &mut dice)?;
                let is_new = known.insert(blake3::hash(&bytes));
                is_new.then_some(Generated {
                    bytes,
                    how: recipe.how,
                    size,
                })
            });
            place += 1;
            let Some(new) = new else {
                n_failures += 1;
                continue;
            };
            n_failures = 0;
            let Some(left) = bytes_left.checked_sub(new.bytes.len()) else {
                break;
            };
            bytes_left = left;
            inputs.push(new);
        }
        inputs
    }

    /// Returns the largest count that is allowed, stated or guessed: what [`Self::scaled`] may be
    /// asked for. Where nothing counts it is the largest number or length.
    pub fn max_size(&self) -> u64 {
        let most = |is_wanted: &dyn Fn(Slot) -> bool| {
            let slots = (0..self.facts.slots.len()).filter(|&it| is_wanted(it));
            let highs = slots.filter_map(|it| {
                let highs = self.facts.slots[it].high.iter();
                highs.filter_map(|it| it.value.constant()).min()
            });
            highs.max()
        };
        let counts = |slot: Slot| self.facts.slots[slot].is_count && !self.is_outer[slot];
        let words = |slot: Slot| matches!(self.facts.slots[slot].kind, facts::Kind::Word { .. });
        let size = most(&|it| counts(it) || words(it)).or_else(|| most(&|_| true));
        u64::try_from(size.unwrap_or(1).max(1)).unwrap_or(u64::MAX)
    }

    /// Whether the largest size, [`Self::max_size`], is stated and not guessed.
    pub fn states_size(&self) -> bool {
        let slots = 0..self.facts.slots.len();
        let is_size = |slot: &Slot| {
            let facts = &self.facts.slots[*slot];
            facts.is_count && !self.is_outer[*slot]
                || matches!(facts.kind, facts::Kind::Word { .. })
        };
        let is_stated = |slot: Slot| {
            let mut highs = self.facts.slots[slot].high.iter();
            highs.any(|it| it.source == facts::Source::Stated && it.value.constant().is_some())
        };
        let mut sizes = slots.clone().filter(is_size).peekable();
        if sizes.peek().is_some() {
            sizes.any(is_stated)
        } else {
            slots.clone().any(is_stated)
        }
    }

    /// Returns an input whose counts are `size`, or as near to it as limits allow, with values of all
    /// sizes.
    ///
    /// It has at most [`MAX_SCALED_BYTES`]: where it would have more, the size is halved until it has
    /// not. `None` where limits leave no room.
    pub fn scaled(&self, size: u64, seed: u64) -> Option<Generated> {
        let mut dice = Dice::named("riddle problems inputs grammar scaled v1", seed);
        let mut size = size;
        for _ in 0..MAX_HALVINGS {
            for _ in 0..ATTEMPTS_PER_SIZE {
                let recipe = Recipe::scaled(size);
                if let Some((bytes, count)) = make(self, recipe, MAX_SCALED_BYTES, &mut dice) {
                    return Some(Generated {
                        bytes,
                        how: recipe.how,
                        size: count,
                    });
                }
            }
            size /= 2;
        }
        None
    }

    /// Whether the inequalities hold that a slot completes.
    fn checks_hold(&self, slot: Slot, env: &Env) -> bool {
        let mut checks = judge::checks_at(&self.facts, slot);
        let mut pairs = judge::pairs_at(&self.facts, slot);
        checks.all(|it| judge::check_holds(&self.facts, it, env))
            && pairs.all(|it| judge::differ(&self.facts, it, env))
    }
}

/// Reads a whole page; `None` where it does not fit.
fn read(nodes: &[Node], page: &Page<'_>, observer: &mut impl Observer) -> Option<()> {
    // Each step takes a token or a line, so that the page itself bounds them; the rest is for
    // blank lines behind its end.
    let mut steps = page.tokens.len() * 2 + page.lines.len() * 2 + 1000;
    let end = walk(nodes, page, 0, &mut Env::default(), observer, &mut steps)?;
    (end >= page.lines.len()).then_some(())
}

/// Whether bytes are no text.
fn is_binary(bytes: &[u8]) -> bool {
    let is_odd = |it: &u8| it.is_ascii_control() && !matches!(it, b'\t' | b'\n' | b'\r');
    bytes.iter().any(is_odd) || std::str::from_utf8(bytes).is_err()
}

/// Marks the slots that count what has counts of its own.
fn mark_outer(nodes: &[Node], is_outer: &mut [bool]) {
    for node in nodes {
        let Node::Repeat(repeat) = node else {
            continue;
        };
        mark_outer(&repeat.body, is_outer);
        let counts = |it: &Node| match it {
            Node::Line(line) => matches!(line.rest, Rest::List(..)) && !line.fields.is_empty(),
            Node::Repeat(_) => true,
        };
        let has_own = repeat.body.iter().any(counts) || repeat.body.len() > 1;
        if let (Times::Of(count), true) = (&repeat.times, has_own) {
            count.vars().iter().for_each(|&it| is_outer[it] = true);
        }
    }
}

#[cfg(test)]
mod tests;
