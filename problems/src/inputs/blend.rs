//! Inputs made in several ways, in one order: by the grammar of the public inputs where one was inferred, and by mutation.
//!
//! A grammar makes what a contest would send; a mutant of a public input stays near what programs were tried on, and
//! is all there is where no grammar fits. Which of them tell programs apart is not known here.

use std::collections::HashSet;
use std::fmt;

use super::grammar::{Grammar, GrammarError, How};
use super::mutate::mutated_inputs;

/// One in so many inputs is a mutant where there is a grammar.
///
/// On pools of people's programs a fifth of mutants leaves 11.3 pairs of a right and a wrong program in 100 together after
/// 50 inputs, none 18, mutants alone 24 (`benches/runs/2026-11-25-inputs`); a third and a half were tried, and leave 11.3.
const MUTANT_TURN: usize = 5;

/// How an input was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// By the grammar.
    Grammar(How),
    /// By changing a public input.
    Mutation,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Grammar(how) => how.fmt(f),
            Self::Mutation => f.write_str("mutation"),
        }
    }
}

/// An input, and how it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeInput {
    /// The input.
    pub bytes: Vec<u8>,
    /// How it was made.
    pub origin: Origin,
}

/// Returns at most `n` inputs, distinct from each other and from the public ones.
///
/// `grammar` is what [`Grammar::infer`] says of the public inputs. The same arguments give the same bytes on every
/// machine. There are fewer than `n` where neither way finds more.
pub fn blended_inputs(
    grammar: Result<&Grammar, &GrammarError>,
    public_inputs: &[&[u8]],
    n: usize,
    seed: u64,
) -> Vec<MadeInput> {
    let grammatical = grammar.map_or_else(|_| Vec::new(), |it| it.generate(n, seed));
    let mut grammatical = grammatical.into_iter().map(|it| MadeInput {
        bytes: it.bytes,
        origin: Origin::Grammar(it.how),
    });
    let mutants = mutated_inputs(public_inputs, n, seed);
    let mut mutants = mutants.into_iter().map(|bytes| MadeInput {
        bytes,
        origin: Origin::Mutation,
    });
    let mut seen: HashSet<blake3::Hash> =
        (public_inputs.iter()).map(|it| blake3::hash(it)).collect();
    let mut inputs = Vec::new();
    for turn in 1.. {
        if inputs.len() == n {
            break;
        }
        let next = if turn % MUTANT_TURN == 0 {
            mutants.next().or_else(|| grammatical.next())
        } else {
            grammatical.next().or_else(|| mutants.next())
        };
        let Some(next) = next else {
            break;
        };
        if seen.insert(blake3::hash(&next.bytes)) {
            inputs.push(next);
        }
    }
    inputs
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLIC: [&[u8]; 2] = [b"3\n10 20 30\n", b"2\n7 5\n"];

    fn blended(public: &[&[u8]], n: usize, seed: u64) -> Vec<MadeInput> {
        let grammar = Grammar::infer(public, "");
        blended_inputs(grammar.as_ref(), public, n, seed)
    }

    #[test]
    fn both_ways_take_turns() {
        let inputs = blended(&PUBLIC, 50, 1);
        assert_eq!(inputs.len(), 50);
        let n_mutants = inputs
            .iter()
            .filter(|it| it.origin == Origin::Mutation)
            .count();
        assert!((8..=10).contains(&n_mutants), "{n_mutants}");
        let distinct: HashSet<&[u8]> = inputs.iter().map(|it| &*it.bytes).chain(PUBLIC).collect();
        assert_eq!(distinct.len(), 52);
    }

    #[test]
    fn where_no_grammar_fits_all_are_mutants() {
        let public: [&[u8]; 1] = [b"\xff\xfe 12 30\n"];
        assert!(Grammar::infer(&public, "").is_err());
        let inputs = blended(&public, 10, 1);
        assert_eq!(inputs.len(), 10);
        assert!(inputs.iter().all(|it| it.origin == Origin::Mutation));
        assert_eq!(blended(&[], 10, 1), []);
    }

    #[test]
    fn a_seed_gives_the_same_inputs_and_fewer_are_a_prefix() {
        assert_eq!(blended(&PUBLIC, 30, 3), blended(&PUBLIC, 30, 3));
        assert_eq!(blended(&PUBLIC, 30, 3)[..12], blended(&PUBLIC, 12, 3));
        assert_ne!(blended(&PUBLIC, 30, 3), blended(&PUBLIC, 30, 4));
    }
}
