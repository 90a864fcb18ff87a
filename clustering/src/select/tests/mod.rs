//! Each rule on examples worked by hand; what all rules keep to is in `laws`, and each rule against
//! its definition in `naive`.

mod laws;
mod naive;

use std::sync::Arc;

use super::rules::{Extras, by_name};
use super::*;
use crate::cluster;
use crate::matrix::tests::{matrix, observation};
use crate::{MatrixView, Observation};

/// Rows picked, by the rule of a name.
fn picked(name: &str, extras: &Extras, rows: &[(u64, &str)], n: usize) -> Vec<usize> {
    let matrix = matrix(rows);
    let rule = by_name(name, extras).expect("a known name");
    let picks = rule.pick(&matrix, &cluster(&matrix), n);
    picks.iter().map(|it| it.row).collect()
}

/// Picks from programs, written as (weight, one character an input).
#[track_caller]
fn check_rule(name: &str, rows: &[(u64, &str)], n: usize, expected: &[usize]) {
    assert_eq!(picked(name, &Extras::default(), rows, n), expected);
}

/// Picks from programs that ran on one input, written as (weight, answer).
#[track_caller]
fn check(rows: &[(u64, &str)], n: usize, expected: &[usize]) {
    let matrix = matrix(rows);
    let rule: &dyn SelectionRule = &AlphaCode;
    let picks = rule.pick(&matrix, &cluster(&matrix), n);
    let rows: Vec<usize> = picks.iter().map(|it| it.row).collect();
    assert_eq!(rows, expected);
}

/// Worked by hand: `b` has weight 5 (rows 1, 4), `a` 3 (rows 0, 2, 5), `c` 1 (row 3).
const WORKED: [(u64, &str); 6] = [(1, "a"), (4, "b"), (1, "a"), (1, "c"), (1, "b"), (1, "a")];

#[test]
fn largest_to_smallest_then_round_again() {
    check(&WORKED, 10, &[1, 0, 3, 4, 2, 5]);
}

#[test]
fn stops_at_the_limit() {
    check(&WORKED, 4, &[1, 0, 3, 4]);
    check(&WORKED, 1, &[1]);
    check(&WORKED, 0, &[]);
}

#[test]
fn nothing_to_pick_from() {
    check(&[], 10, &[]);
}

#[test]
fn a_pick_says_why() {
    let matrix = matrix(&WORKED);
    let picks = AlphaCode.pick(&matrix, &cluster(&matrix), 10);
    let told: Vec<String> = picks
        .iter()
        .map(|it| format!("{}: {}", it.cluster, it.reason))
        .collect();
    assert_eq!(
        told,
        [
            "0: round 1, cluster of 5 candidates",
            "1: round 1, cluster of 3 candidates",
            "2: round 1, cluster of 1 candidate",
            "0: round 2, cluster of 5 candidates",
            "1: round 2, cluster of 3 candidates",
            "1: round 3, cluster of 3 candidates",
        ]
    );
}

#[test]
fn alphacode2_keeps_ten_clusters_and_takes_the_best_of_each() {
    let extras = Extras {
        scores: vec![0.1, 0.2, 0.9, 0.5, 0.8, f64::NAN],
        ..Extras::default()
    };
    // Of `b` row 4 (0.8), of `a` row 2 (0.9), of `c` row 3; then rows 1 and 0, then the NaN.
    assert_eq!(
        picked("alphacode2", &extras, &WORKED, 10),
        [4, 2, 3, 1, 0, 5]
    );
    let letters: Vec<String> = ('a'..='l').map(String::from).collect();
    let rows: Vec<(u64, &str)> = letters.iter().map(|it| (1, it.as_str())).collect();
    check_rule("alphacode2", &rows, 12, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
}

/// Worked by hand. Clusters: `TT` (9), `aa` (4), `ab` (3), `cb` (2). Votes on input 0: a 7, c 2; on
/// input 1: a 4, b 5.
const VOTED: [(u64, &str); 4] = [(2, "cb"), (4, "aa"), (3, "ab"), (9, "TT")];

#[test]
fn mbr_takes_the_largest_that_never_fails() {
    check_rule("mbr-exec", &VOTED, 4, &[1, 2, 0, 3]);
}

#[test]
fn fmv_counts_each_input_for_itself() {
    // ab: 7 + 5, aa: 7 + 4, cb: 2 + 5, TT: 0, each less two for itself where it answers.
    check_rule("fmv", &VOTED, 4, &[2, 1, 0, 3]);
    check_rule("maxpass", &VOTED, 4, &[2, 1, 0, 3]);
    check_rule("srank", &VOTED, 4, &[2, 1, 0, 3]);
}

#[test]
fn codet_multiplies_tests_and_programs() {
    // aa: 11 × 4 = 44, ab: 12 × 3 = 36, cb: 7 × 2 = 14, TT: 0.
    check_rule("codet", &VOTED, 4, &[1, 2, 0, 3]);
    // aa: 11 × 2 = 22, ab: 12 × 1.73 = 20.8.
    check_rule("codet-sqrt", &VOTED, 4, &[1, 2, 0, 3]);
    // aa: 20 × 9 against ab: 21 × 8.
    check_rule("codet", &[(9, "aa"), (8, "ab"), (2, "cb")], 1, &[0]);
    // aa: 14 × √5 = 31.3 against ab: 17 × √4 = 34; 70 against 68.
    let close = [(5, "aa"), (4, "ab"), (4, "cb")];
    check_rule("codet-sqrt", &close, 1, &[1]);
    check_rule("codet", &close, 1, &[0]);
}

#[test]
fn failures_of_two_kinds_pass_the_same_tests() {
    // The rows with T and F at the end both pass `a` only, so they are one group of 4: 7 × 4 = 28
    // against 10 × 3 = 30.
    let rows = [(3, "ab"), (2, "aT"), (2, "aF")];
    check_rule("codet", &rows, 3, &[0, 1, 2]);
    check_rule("codet", &[(2, "ab"), (2, "aT"), (2, "aF")], 3, &[1, 0, 2]);
}

/// Four tests: rows 0 and 1 pass the first three, row 2 passes all, row 3 none.
fn given() -> Arc<PassMatrix> {
    let mut passes = PassMatrix::new(vec![1, 1, 1, 1]);
    passes.push_row(&[true, true, true, false]);
    passes.push_row(&[true, true, true, false]);
    passes.push_row(&[true, true, true, true]);
    passes.push_row(&[false; 4]);
    Arc::new(passes)
}

#[test]
fn given_tests_group_by_what_is_passed_not_by_behaviour() {
    let extras = Extras {
        passes: Some(given()),
        ..Extras::default()
    };
    let rows = [(1, "a"), (1, "b"), (1, "c"), (3, "d")];
    // 3 × 2 = 6 against 4 × 1 and 0 × 3.
    assert_eq!(picked("codet", &extras, &rows, 4), [0, 2, 3, 1]);
    // 3 × √2 = 4.2 against 4 × 1.
    assert_eq!(picked("codet-sqrt", &extras, &rows, 4), [0, 2, 3, 1]);
    assert_eq!(picked("maxpass", &extras, &rows, 4), [2, 0, 3, 1]);
    // Worth: d 0, c 1, a and b 0.75 each; no overlap between clusters.
    assert_eq!(picked("srank", &extras, &rows, 4), [2, 0, 1, 3]);
    // A program that the table does not know passes nothing.
    assert_eq!(picked("maxpass", &extras, &[(1, "a"); 5], 3), [2, 0, 3]);
}

#[test]
fn b4_is_the_formula() {
    // One test, two programs of which one passes: with a = b = 1 the score of the one that passes
    // is ln B(2,1) + ln B(2,2) + ln B(1,2) + ln B(1,1) = ln (1/2 × 1/6 × 1/2 × 1).
    let mut passes = PassMatrix::new(vec![1]);
    passes.push_row(&[true]);
    passes.push_row(&[false]);
    let rule = B4 {
        a: 1.0,
        b: 1.0,
        tests: Tests::Given(Arc::new(passes)),
    };
    let matrix = matrix(&[(1, "a"), (1, "b")]);
    let picks = rule.pick(&matrix, &cluster(&matrix), 2);
    let Reason::Likely { ln_posterior, .. } = picks[0].reason else {
        panic!("another reason: {:?}", picks[0].reason);
    };
    assert_eq!(picks[0].row, 0);
    assert!((ln_posterior - (1.0_f64 / 24.0).ln()).abs() < 1e-12);
}

/// Rows that our rule picks where agreement does not count, so that the other parts show.
fn by_size(tuning: Tuning, rows: &[(u64, &str)], n: usize) -> Vec<usize> {
    let tuning = Tuning {
        agreement_power: 0,
        ..tuning
    };
    let matrix = matrix(rows);
    let rule = Riddle::default().with_tuning(tuning);
    rows_of(&rule.pick(&matrix, &cluster(&matrix), n))
}

fn rows_of(picks: &[Pick]) -> Vec<usize> {
    picks.iter().map(|it| it.row).collect()
}

#[test]
fn riddle_puts_agreement_before_size() {
    // Of 18 answers ab has 12 with it, aa 11, cb 7.
    check_rule("riddle", &VOTED, 4, &[2, 1, 0, 3]);
    // Of two that agree as much with the others, the larger.
    check_rule("riddle", &[(1, "ab"), (2, "ac"), (3, "aT")], 1, &[1]);
}

#[test]
fn riddle_sends_twice_from_a_cluster_far_ahead() {
    check_rule("riddle", &[(1, "b"), (2, "a"), (2, "a")], 3, &[1, 2, 0]);
    // The score of each is the fourth root of its share; one input leaves a doubt of 10/12.
    let rows = [(9, "a"), (9, "a"), (9, "a"), (4, "b"), (1, "c")];
    // 0.958, 0.799, 0.666 of `a` against 0.595 of `b` and 0.420 of `c`.
    let alike = Tuning::default();
    assert_eq!(by_size(alike, &rows, 5), [0, 1, 2, 3, 4]);
    // With a doubt of 1/3: 0.958, 0.319, 0.106.
    let slack = Tuning {
        slack: 1.0,
        ..Tuning::default()
    };
    assert_eq!(by_size(slack, &rows, 5), [0, 3, 4, 1, 2]);
}

#[test]
fn riddle_demotes_what_crashes_where_most_answer() {
    // The fourth root of 8/6 is 1.07; 10 of 18 answer on the last input.
    let crashing = [(8, "aaT"), (6, "aab"), (4, "aac")];
    let strict = Tuning {
        crash_factor: 0.7,
        ..Tuning::default()
    };
    assert_eq!(by_size(strict, &crashing, 3), [1, 2, 0]);
    // Where most fail, a failure does not tell.
    let failing = [(12, "aaT"), (6, "aab"), (4, "aac")];
    assert_eq!(by_size(strict, &failing, 3), [0, 1, 2]);
}

#[test]
fn riddle_takes_the_different_before_the_alike() {
    let rows = [(40, "aaaa"), (20, "aaab"), (9, "bcde")];
    let malus = |likeness_malus| Tuning {
        likeness_malus,
        ..Tuning::default()
    };
    assert_eq!(by_size(malus(0.0), &rows, 3), [0, 1, 2]);
    // `aaab` did as `aaaa` on three inputs of four: 0.734 × 0.325 against 0.601.
    assert_eq!(by_size(malus(0.9), &rows, 3), [0, 2, 1]);
}

#[test]
fn riddle_prefers_the_likely_then_the_earliest_of_a_cluster_and_last_those_near_the_limit() {
    let mut matrix = ExecutionMatrix::new(1);
    for fuel in [900, 100, 500, 100] {
        let observation = Observation {
            fuel,
            ..observation('a')
        };
        matrix.push_row(1, &[observation]);
    }
    let clusters = cluster(&matrix);
    let order = |rule: Riddle| -> Vec<usize> {
        let picks = rule.pick(&matrix, &clusters, 4);
        picks.iter().map(|it| it.row).collect()
    };
    assert_eq!(order(Riddle::default()), [0, 1, 2, 3]);
    let likely = Riddle::default().with_logprobs(&[-1.0, -9.0, -0.5, f64::NAN]);
    assert_eq!(order(likely.clone()), [2, 0, 1, 3]);
    assert_eq!(order(likely.with_fuel_limit(Some(1500))), [2, 1, 3, 0]);
}

#[test]
fn riddle_shuns_the_fuel_limit() {
    let mut matrix = ExecutionMatrix::new(1);
    for (weight, letter, fuel) in [(10, 'a', 900), (9, 'b', 100)] {
        let observation = Observation {
            fuel,
            ..observation(letter)
        };
        matrix.push_row(weight, &[observation]);
    }
    let clusters = cluster(&matrix);
    let size_only = Tuning {
        agreement_power: 0,
        ..Tuning::default()
    };
    let first = |fuel_limit| {
        let rule = Riddle::default().with_tuning(size_only);
        let rule = rule.with_fuel_limit(fuel_limit);
        rule.pick(&matrix, &clusters, 1)[0].row
    };
    assert_eq!(
        [first(None), first(Some(1_000)), first(Some(10_000))],
        [0, 1, 0]
    );
}

#[test]
fn random_follows_the_weights() {
    let rows = [(0, "a"), (97, "b"), (3, "c")];
    let firsts = (0..200).map(|seed| {
        let extras = Extras {
            seed,
            ..Extras::default()
        };
        picked("random", &extras, &rows, 3)
    });
    let firsts: Vec<Vec<usize>> = firsts.collect();
    assert!(firsts.iter().all(|it| it[2] == 0), "no candidates, so last");
    let n_heavy = firsts.iter().filter(|it| it[0] == 1).count();
    assert!((185..200).contains(&n_heavy), "{n_heavy} of 200");
}

#[test]
fn reasons_are_told_in_words() {
    let told = |name: &str, rows: &[(u64, &str)]| {
        let matrix = matrix(rows);
        let extras = Extras {
            scores: vec![0.5],
            ..Extras::default()
        };
        let rule = by_name(name, &extras).expect("a known name");
        rule.pick(&matrix, &cluster(&matrix), 1)[0]
            .reason
            .to_string()
    };
    let rows = [(3, "a"), (1, "b")];
    let expected = [
        (
            "alphacode2",
            "round 1, cluster of 3 candidates, score 0.500",
        ),
        ("fmv", "round 1, cluster of 3 candidates, agreement 0.667"),
        ("codet", "round 1, 3 of 4 tests passed, as by 3 candidates"),
        (
            "riddle",
            "round 1, cluster of 3 candidates, agreement 0.750, score 1.000",
        ),
        ("random", "drawn, stands for 1 candidate"),
        ("first", "first to come"),
    ];
    for (name, words) in expected {
        assert_eq!(told(name, &rows), words);
    }
    assert!(told("b4", &rows).starts_with("round 1, log posterior -"));
    assert_eq!(
        told("riddle", &[(9, "T"), (9, "a"), (1, "T")][..1]),
        "round 1, cluster of 9 candidates, agreement 0.000, score 0.000"
    );
}

#[test]
fn a_plan_knows_its_chances() {
    let matrix = matrix(&WORKED);
    let behaviours = Behaviours::of(&matrix);
    let ballot = Ballot::new(&behaviours);
    let plan = Plan::new(&AlphaCode, &ballot, 4);
    // 9 votes and one for none of them; one input, so a member is right with chance 2/12.
    let expected = [5.0, 3.0, 1.0, 5.0].map(|it| it / 10.0 / 6.0);
    assert_eq!(plan.rule, "alphacode");
    for (got, expected) in plan.probabilities.iter().zip(expected) {
        assert!((got - expected).abs() < 1e-12);
    }
    // Two members of the first cluster: 1 - (5/6)².
    let solved = 0.5 * 11.0 / 36.0 + 0.3 / 6.0 + 0.1 / 6.0;
    assert!((plan.solved_probability - solved).abs() < 1e-12);

    let nothing = Plan::new(&AlphaCode, &ballot, 0);
    assert_eq!(
        (nothing.picks.len(), nothing.solved_probability.to_bits()),
        (0, 0)
    );
}

#[test]
fn a_condition_drops_programs_by_their_answers() {
    let matrix = matrix(&[(1, "ab"), (2, "aT"), (3, "bb"), (4, "?b")]);
    let bad = matrix.cell(0, 0).output;
    let mut asked = 0;
    let kept = keep_rows(&matrix, |input, output| {
        asked += 1;
        input != 0 || output != bad
    });
    assert_eq!(kept, [(2, 3), (3, 4)]);
    assert_eq!(asked, 3, "once an input and output, of programs still kept");
    let view = MatrixView::new(&matrix);
    assert_eq!(keep_rows(view.inputs(&[1]), |_, _| false), [(1, 2)]);
}
