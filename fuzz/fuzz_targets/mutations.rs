//! Mutations of any public inputs.
//!
//! Property: no panic; at most as many mutants as asked for, distinct, none of them a public input,
//! each with the white space of one; the same again from the same seed, and fewer are a prefix of
//! more. Budget: 32 mutants a call.
//!
//! Input: a byte of seed, then public inputs separated by the byte 0xff.
#![no_main]

use std::collections::BTreeSet;

use libfuzzer_sys::fuzz_target;
use riddle_problems::mutate::mutated_inputs;

const N_MUTANTS: usize = 32;

fuzz_target!(|data: &[u8]| {
    let Some((&seed, data)) = data.split_first() else {
        return;
    };
    let inputs: Vec<&[u8]> = data.split(|&byte| byte == 0xff).collect();
    let layouts: BTreeSet<Vec<u8>> = inputs.iter().map(|it| layout(it)).collect();

    let mutants = mutated_inputs(&inputs, N_MUTANTS, seed.into());
    assert!(mutants.len() <= N_MUTANTS);
    assert!(mutants.iter().all(|it| !inputs.contains(&it.as_slice())));
    assert!(mutants.iter().all(|it| layouts.contains(&layout(it))));
    let distinct: BTreeSet<_> = mutants.iter().collect();
    assert_eq!(distinct.len(), mutants.len());

    let fewer = mutated_inputs(&inputs, N_MUTANTS / 4, seed.into());
    assert!(mutants.starts_with(&fewer));
});

/// The white space of an input, with every token as one dot.
fn layout(input: &[u8]) -> Vec<u8> {
    let mut layout = Vec::new();
    for &byte in input {
        if byte.is_ascii_whitespace() {
            layout.push(byte);
        } else if layout.last() != Some(&b'.') {
            layout.push(b'.');
        }
    }
    layout
}
