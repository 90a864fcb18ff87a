//! Mutations of the public inputs, by the recipe of arXiv 2203.07814: bit flips in binary strings,
//! random steps of integers, swapped and changed characters in words.
//!
//! Nothing here knows what an input means. It only keeps to what shows on the page, because an
//! input that is nearly valid tells candidates apart where a broken one does not: white space stays
//! byte for byte, signs and zeros appear only where the public inputs have them, and a number that
//! looks like a count is mostly lowered, so that a program still finds all it wants to read.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use super::dice::Dice;
use super::shape::{Base, Kind, integer, kind_of};

/// The most mutants of one call.
pub const MAX_MUTANTS: usize = 100_000;
/// The most bytes that the mutants of one call may have in all: 256 MiB.
pub const MAX_ALL_MUTANTS_BYTES: usize = 256 << 20;
/// How often, for each mutant asked for, we try to make a new one.
pub const ATTEMPTS_PER_MUTANT: usize = 64;
/// The most mutations that one mutant is made by.
pub const MAX_STACKED: usize = 16;
/// One in this many mutants gets another mutation on top, and so on.
const STACK_ODDS: u64 = 3;
/// One in this many mutations of a count treats it as any other number.
const COUNT_ODDS: u64 = 8;
/// One in this many zeros is kept where the public inputs have none.
const ZERO_ODDS: u64 = 8;

/// Returns at most `n` mutants of the public inputs, distinct from each other and from these.
///
/// The same arguments give the same bytes on every machine. There are fewer than `n` only where
/// [`MAX_MUTANTS`], [`MAX_ALL_MUTANTS_BYTES`] or [`ATTEMPTS_PER_MUTANT`] ends the search.
///
/// # Examples
///
/// ```
/// let mutants = riddle_problems::mutate::mutated_inputs(&[b"3\n10 20 30\n"], 5, 0);
/// assert_eq!(mutants.len(), 5);
/// ```
pub fn mutated_inputs(public_inputs: &[&[u8]], n: usize, seed: u64) -> Vec<Vec<u8>> {
    let n = n.min(MAX_MUTANTS);
    let vocabulary = Vocabulary::of(public_inputs);
    let bases: Vec<Base<'_>> = public_inputs.iter().map(|it| Base::new(it)).collect();
    let bases: Vec<&Base<'_>> = bases.iter().filter(|it| !it.tokens.is_empty()).collect();
    let mut dice = Dice::new(seed);
    let mut seen: HashSet<blake3::Hash> = public_inputs.iter().map(|it| blake3::hash(it)).collect();
    let mut mutants = Vec::new();
    let mut bytes_left = MAX_ALL_MUTANTS_BYTES;
    for _ in 0..n * ATTEMPTS_PER_MUTANT {
        if mutants.len() == n || bases.is_empty() {
            break;
        }
        let base = bases[dice.index(bases.len())];
        let mutant = mutant(base, &vocabulary, &mut dice);
        if seen.insert(blake3::hash(&mutant)) {
            let Some(left) = bytes_left.checked_sub(mutant.len()) else {
                break;
            };
            bytes_left = left;
            mutants.push(mutant);
        }
    }
    mutants
}

/// What occurs in the public inputs.
#[derive(Default)]
struct Vocabulary<'a> {
    has_negatives: bool,
    has_zeros: bool,
    words: Vec<&'a [u8]>,
    /// The bytes of all words, by class.
    bytes: [Vec<u8>; 4],
}

impl<'a> Vocabulary<'a> {
    fn of(inputs: &[&'a [u8]]) -> Self {
        let mut all = Self::default();
        for input in inputs {
            for token in input
                .split(u8::is_ascii_whitespace)
                .filter(|it| !it.is_empty())
            {
                match integer(token) {
                    Some(value) => {
                        all.has_negatives |= value < 0;
                        all.has_zeros |= value == 0;
                    }
                    None if kind_of(token) == Kind::Word => all.words.push(token),
                    None => {}
                }
            }
        }
        all.words.sort_unstable();
        all.words.dedup();
        for &byte in all.words.iter().copied().flatten() {
            let class = &mut all.bytes[class(byte)];
            if let Err(place) = class.binary_search(&byte) {
                class.insert(place, byte);
            }
        }
        all
    }
}

/// The classes within which characters change, as indexes of [`CLASSES`]; the last has no range.
fn class(byte: u8) -> usize {
    CLASSES
        .iter()
        .position(|it| it.contains(&byte))
        .unwrap_or(CLASSES.len())
}

const CLASSES: [std::ops::RangeInclusive<u8>; 3] = [b'a'..=b'z', b'A'..=b'Z', b'0'..=b'9'];

/// The tokens of a base that were changed so far.
struct Draft<'a, 'b> {
    base: &'b Base<'a>,
    changed: BTreeMap<usize, Vec<u8>>,
}

impl Draft<'_, '_> {
    fn text(&self, index: usize) -> Vec<u8> {
        let changed = self.changed.get(&index).cloned();
        changed.unwrap_or_else(|| self.base.text(index).to_vec())
    }

    fn finish(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.base.bytes.len() + 16);
        let mut copied = 0;
        for (index, text) in self.changed {
            let Range { start, end } = self.base.tokens[index].place;
            bytes.extend_from_slice(&self.base.bytes[copied..start]);
            bytes.extend_from_slice(&text);
            copied = end;
        }
        bytes.extend_from_slice(&self.base.bytes[copied..]);
        bytes
    }
}

fn mutant(base: &Base<'_>, vocabulary: &Vocabulary<'_>, dice: &mut Dice) -> Vec<u8> {
    let mut draft = Draft {
        base,
        changed: BTreeMap::new(),
    };
    for _ in 0..MAX_STACKED {
        mutate(&mut draft, vocabulary, dice);
        if !dice.one_in(STACK_ODDS) {
            break;
        }
    }
    draft.finish()
}

/// Changes one token, or swaps two of a line. May do nothing.
fn mutate(draft: &mut Draft<'_, '_>, vocabulary: &Vocabulary<'_>, dice: &mut Dice) {
    let index = dice.index(draft.base.tokens.len());
    let token = &draft.base.tokens[index];
    if !token.is_count && dice.one_in(4) {
        let line = draft.base.lines[token.line].clone();
        let other = line.start + dice.index(line.len());
        let partner = &draft.base.tokens[other];
        if other != index && partner.kind == token.kind && !partner.is_count {
            let texts = (draft.text(index), draft.text(other));
            draft.changed.insert(other, texts.0);
            draft.changed.insert(index, texts.1);
            return;
        }
    }
    let mut text = draft.text(index);
    match (token.kind, integer(&text)) {
        (Kind::Bits, _) => {
            let place = dice.index(text.len());
            text[place] ^= 1;
        }
        (Kind::Integer, Some(value)) if token.is_count && !dice.one_in(COUNT_ODDS) => {
            // Lowered, so that what follows is enough.
            if value > 1 {
                text = dice.between(1, value - 1).to_string().into_bytes();
            }
        }
        (Kind::Integer, Some(value)) => {
            text = other_integer(value, vocabulary, dice)
                .to_string()
                .into_bytes();
        }
        (Kind::Integer | Kind::Digits, _) => change_digit(&mut text, dice),
        (Kind::Word, _) => text = other_word(text, vocabulary, dice),
    }
    draft.changed.insert(index, text);
}

/// Returns a number near the old one, of its size, or of its length.
fn other_integer(value: i64, vocabulary: &Vocabulary<'_>, dice: &mut Dice) -> i64 {
    let reach = value.abs() / 2 + 1;
    let mut new = match dice.index(8) {
        0..=3 => value + dice.between(1, 3) * dice.sign(),
        4..=5 => value + dice.between(1, reach) * dice.sign(),
        _ => {
            let length = value.abs().checked_ilog10().unwrap_or(0);
            let first = 10i64.pow(length);
            dice.between(first, first * 10 - 1) * if value < 0 { -1 } else { 1 }
        }
    };
    if new < 0 && !vocabulary.has_negatives {
        new = -new;
    }
    if new == 0 && !vocabulary.has_zeros && !dice.one_in(ZERO_ODDS) {
        new = 1;
    }
    new
}

/// Changes one digit into another, without making a leading zero.
fn change_digit(text: &mut [u8], dice: &mut Dice) {
    let places: Vec<usize> = (0..text.len())
        .filter(|it| text[*it].is_ascii_digit())
        .collect();
    let place = *dice.pick(&places);
    let leads = places[0] == place && text.get(place + 1).is_some_and(u8::is_ascii_digit);
    let least = i64::from(leads && text[place] != b'0');
    text[place] = b'0' + u8::try_from(dice.between(least, 9)).expect("one digit");
}

/// Swaps two characters, changes one within its class, or takes another word of the inputs.
fn other_word(mut text: Vec<u8>, vocabulary: &Vocabulary<'_>, dice: &mut Dice) -> Vec<u8> {
    let place = dice.index(text.len());
    match dice.index(8) {
        0 => dice.pick(&vocabulary.words).to_vec(),
        1..=3 => {
            let other = dice.index(text.len());
            text.swap(place, other);
            text
        }
        kind => {
            let class = class(text[place]);
            let known = &vocabulary.bytes[class];
            text[place] = match CLASSES.get(class) {
                // Now and then a letter that no public input has.
                Some(range) if kind == 4 || known.is_empty() => {
                    let (first, last) = (i64::from(*range.start()), i64::from(*range.end()));
                    u8::try_from(dice.between(first, last)).expect("a range of bytes")
                }
                _ => *dice.pick(known),
            };
            text
        }
    }
}

#[cfg(test)]
#[path = "mutate_tests.rs"]
mod tests;
