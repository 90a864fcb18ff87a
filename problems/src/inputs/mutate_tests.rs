//! Tests of the mutations: what every mutant keeps to, and that its bytes never change.

use proptest::prelude::*;

use super::*;

fn mutants(inputs: &[&str], n: usize) -> Vec<String> {
    let inputs: Vec<&[u8]> = inputs.iter().map(|it| it.as_bytes()).collect();
    let mutants = mutated_inputs(&inputs, n, 1);
    mutants
        .into_iter()
        .map(|it| String::from_utf8(it).unwrap())
        .collect()
}

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

#[test]
fn the_bytes_are_the_same_on_every_machine() {
    let inputs = [
        &b"3 2\n10 20 -30\nabc XY\n010110\n3.25 007\n"[..],
        b"2 1\n5 0\n#..# b\n1\n0.5 9\n",
    ];
    let mutants = mutated_inputs(&inputs, 200, 42);
    assert_eq!(mutants.len(), 200);
    let digest = blake3::hash(&mutants.join(&0)).to_hex();
    insta::assert_snapshot!(&digest[..16], @"7b04d705fef0768d");
    assert_ne!(mutants, mutated_inputs(&inputs, 200, 43));
}

#[test]
fn fewer_are_asked_for_a_prefix_comes() {
    assert_eq!(mutants(&["1 2 3\n"], 50)[..10], mutants(&["1 2 3\n"], 10));
}

#[test]
fn even_a_single_number_has_many_mutants() {
    assert_eq!(mutants(&["5\n"], 20).len(), 20);
    assert_eq!(mutants(&["1000000 3"], 300).len(), 300);
}

#[test]
fn the_search_ends_where_there_are_no_more() {
    assert_eq!(mutants(&["01"], 100).len(), 3);
    assert_eq!(mutants(&["", "\n"], 100).len(), 0);
    assert_eq!(mutants(&[], 100).len(), 0);
    assert_eq!(mutants(&["##"], 100).len(), 0);
}

#[test]
fn numbers_stay_positive_where_none_is_negative() {
    assert!(
        mutants(&["1 5 100\n"], 300)
            .iter()
            .all(|it| !it.contains('-'))
    );
    assert!(
        mutants(&["1 -5 100\n"], 300)
            .iter()
            .any(|it| it.matches('-').count() > 1)
    );
}

#[test]
fn numbers_are_seldom_zero_where_none_is() {
    let zeros = |input| {
        let all = mutants(&[input], 500);
        all.iter()
            .filter(|it| it.split_whitespace().any(|it| it == "0"))
            .count()
    };
    assert!(
        (1..60).contains(&zeros("1 2 3 2 1 2\n")),
        "{}",
        zeros("1 2 3 2 1 2\n")
    );
    assert!(zeros("1 2 3 0 1 2\n") > 300);
}

#[test]
fn a_count_is_mostly_lowered() {
    let all = mutants(&["4\n10 20 30 40\n"], 400);
    let counts: Vec<u32> = all
        .iter()
        .map(|it| it.split_once('\n').unwrap().0.parse().unwrap())
        .collect();
    let of = |wanted: fn(&u32) -> bool| counts.iter().filter(|it| wanted(it)).count();
    assert!(of(|it| *it > 4) < 20 && of(|it| *it < 4) > 40, "{counts:?}");
}

#[test]
fn steps_are_small_and_large() {
    let values = mutants(&["1000\n"], 300);
    let steps: Vec<i64> = values
        .iter()
        .map(|it| it.trim().parse::<i64>().unwrap() - 1000)
        .collect();
    assert!(steps.iter().any(|it| it.abs() == 1));
    assert!(steps.iter().any(|it| it.abs() > 100));
    assert!(steps.iter().any(|it| *it > 4000));
}

#[test]
fn bits_stay_bits() {
    for input in ["01101\n", "1 0 0 1\n", "11011011\n"] {
        let is_kept = |it: &String| it.bytes().all(|byte| b"01 \n".contains(&byte));
        assert!(mutants(&[input], 10).iter().all(is_kept));
    }
}

#[test]
fn characters_change_within_their_class() {
    for mutant in mutants(&["#..#\n.#.#\n"], 40) {
        assert!(mutant.bytes().all(|it| b"#.\n".contains(&it)), "{mutant}");
    }
    for mutant in mutants(&["abc\n"], 60) {
        assert!(
            mutant.trim().bytes().all(|it| it.is_ascii_lowercase()),
            "{mutant}"
        );
    }
}

#[test]
fn decimals_stay_decimals() {
    for mutant in mutants(&["3.25 0.5 -1e5\n"], 60) {
        assert!(
            mutant
                .split_whitespace()
                .all(|it| it.parse::<f64>().is_ok()),
            "{mutant}"
        );
    }
}

#[test]
fn very_long_numbers_keep_their_length() {
    let long = "9".repeat(40);
    for mutant in mutants(&[&long], 40) {
        assert!(mutant.len() == 40 && !mutant.starts_with('0'), "{mutant}");
    }
}

proptest! {
    #[test]
    fn mutants_are_new_distinct_and_keep_the_white_space(
        inputs in prop::collection::vec("([-]?[0-9]{1,20}|[a-cA-C01#.é]{1,9}|[ \n\t\r]{1,2}){0,12}", 1..4),
        seed: u64,
    ) {
        let inputs: Vec<&[u8]> = inputs.iter().map(String::as_bytes).collect();
        let mutants = mutated_inputs(&inputs, 30, seed);
        prop_assert!(mutants.len() <= 30);
        let mut all: Vec<&[u8]> = mutants.iter().map(Vec::as_slice).collect();
        for mutant in &all {
            prop_assert!(!inputs.contains(mutant));
            prop_assert!(inputs.iter().any(|it| layout(it) == layout(mutant)));
        }
        all.sort_unstable();
        all.dedup();
        prop_assert_eq!(all.len(), mutants.len());
    }

    #[test]
    fn no_bytes_panic(inputs in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..3)) {
        let inputs: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
        mutated_inputs(&inputs, 10, 0);
    }
}
