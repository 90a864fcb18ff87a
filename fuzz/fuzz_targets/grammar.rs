//! Grammars of any public inputs and any statement.
//!
//! Property: no panic; a grammar reads the public inputs it was inferred from, and all that it makes;
//! at most as many inputs as asked for, distinct; the same again from the same seed, and fewer are a
//! prefix of more. Budget: 24 inputs a call.
//!
//! Input: a byte of seed, then the statement and public inputs, separated by the byte 0xff.
#![no_main]

use std::collections::BTreeSet;

use libfuzzer_sys::fuzz_target;
use riddle_problems::inputs::grammar::Grammar;

const N_INPUTS: usize = 24;

fuzz_target!(|data: &[u8]| {
    let Some((&seed, data)) = data.split_first() else {
        return;
    };
    let mut parts = data.split(|&byte| byte == 0xff);
    let statement = String::from_utf8_lossy(parts.next().unwrap_or_default());
    let inputs: Vec<&[u8]> = parts.collect();
    let Ok(grammar) = Grammar::infer(&inputs, &statement) else {
        return;
    };
    assert!(inputs.iter().all(|it| grammar.accepts(it)));
    assert!(!grammar.to_string().is_empty());

    let made = grammar.generate(N_INPUTS, seed.into());
    assert!(made.len() <= N_INPUTS);
    assert!(made.iter().all(|it| grammar.accepts(&it.bytes)));
    let distinct: BTreeSet<_> = made.iter().map(|it| &it.bytes).collect();
    assert_eq!(distinct.len(), made.len());

    let fewer = grammar.generate(N_INPUTS / 4, seed.into());
    assert!(made.starts_with(&fewer));
});
