//! Draws against all samples, against the closed form, and against clustering each sample anew.

use proptest::prelude::*;

use super::*;
use crate::cluster::tests::matrices;
use crate::matrix::tests::matrix;
use crate::rules::{Extras, by_name};
use crate::{AlphaCode, ExecutionMatrix, MatrixView, RandomSurvivor, cluster, n_at_k};

fn drawn(
    matrix: &ExecutionMatrix,
    right: &[bool],
    n_failed: u64,
    rule: &dyn SelectionRule,
    draws: &Draws,
) -> Option<Vec<DrawnPoint>> {
    let pool = LabelledPool {
        behaviours: &Behaviours::of(matrix),
        right,
        n_failed,
    };
    let mut curves = drawn_n_at_k(pool, &[rule], draws)?;
    Some(curves.remove(0).points)
}

#[test]
fn all_candidates_are_one_sample() {
    let matrix = matrix(&[(3, "a"), (2, "b"), (1, "c")]);
    let draws = |n_submissions| Draws {
        ks: vec![8, 0],
        n_submissions,
        numbers: 0..50,
        ..Draws::default()
    };
    let solved = |n_submissions| {
        let right = [false, true, false];
        let points = drawn(&matrix, &right, 2, &AlphaCode, &draws(n_submissions));
        let points = points.expect("enough candidates");
        assert_eq!([points[0].k, points[1].k], [8, 0]);
        assert_eq!(
            (points[0].oracle.to_bits(), points[1].n_solved),
            (1.0_f64.to_bits(), 0)
        );
        points[0].n_solved
    };
    assert_eq!([solved(0), solved(1), solved(2)], [0, 0, 50]);
}

#[test]
fn too_large_a_sample_is_none() {
    let matrix = matrix(&[(3, "a")]);
    let draws = Draws {
        ks: vec![5],
        ..Draws::default()
    };
    assert_eq!(drawn(&matrix, &[true], 1, &AlphaCode, &draws), None);
    assert_eq!(drawn(&matrix, &[true], u64::MAX, &AlphaCode, &draws), None);
    assert!(drawn(&matrix, &[true], 2, &AlphaCode, &draws).is_some());
}

#[test]
fn no_survivors_solve_nothing() {
    let draws = Draws {
        ks: vec![3],
        ..Draws::default()
    };
    let points = drawn(&matrix(&[]), &[], 5, &AlphaCode, &draws).expect("enough candidates");
    assert_eq!((points[0].n_solved, points[0].n_draws), (0, 1_000));
}

#[test]
fn parts_of_a_range_add_up() {
    let matrix = matrix(&[(3, "a"), (2, "b"), (1, "c"), (4, "b")]);
    let right = [true, false, false, false];
    let solved = |numbers| {
        let draws = Draws {
            ks: vec![2, 5],
            n_submissions: 1,
            numbers,
            seed: 9,
        };
        let points = drawn(&matrix, &right, 3, &AlphaCode, &draws).expect("enough candidates");
        [points[0].n_solved, points[1].n_solved]
    };
    let (first, second, both) = (solved(0..70), solved(70..200), solved(0..200));
    assert_eq!([first[0] + second[0], first[1] + second[1]], both);
}

/// AlphaCode over all samples of `k` of these candidates, written as (letter, right).
fn enumerate(candidates: &[(&str, bool)], k: u32, n: usize) -> f64 {
    let (mut solved, mut all) = (0_u32, 0_u32);
    for sample in (0..1_u32 << candidates.len()).filter(|it| it.count_ones() == k) {
        let kept: Vec<usize> = (0..candidates.len())
            .filter(|it| sample >> it & 1 == 1)
            .collect();
        let rows: Vec<(u64, &str)> = kept.iter().map(|it| (1, candidates[*it].0)).collect();
        let matrix = matrix(&rows);
        let picks = AlphaCode.pick(&matrix, &cluster(&matrix), n);
        solved += u32::from(picks.iter().any(|it| candidates[kept[it.row]].1));
        all += 1;
    }
    f64::from(solved) / f64::from(all)
}

#[test]
fn draws_tend_to_the_mean_over_all_samples() {
    let candidates = [
        ("a", false),
        ("b", true),
        ("b", true),
        ("a", false),
        ("c", true),
        ("a", true),
        ("b", false),
        ("d", false),
    ];
    let rows: Vec<(u64, &str)> = candidates.iter().map(|it| (1, it.0)).collect();
    let right: Vec<bool> = candidates.iter().map(|it| it.1).collect();
    let draws = Draws {
        ks: vec![1, 3, 5, 7],
        n_submissions: 2,
        numbers: 0..4_000,
        seed: 5,
    };
    let points = drawn(&matrix(&rows), &right, 0, &AlphaCode, &draws);
    for point in points.expect("enough candidates") {
        let exact = enumerate(&candidates, u32::try_from(point.k).unwrap(), 2);
        // Four standard errors of 4,000 draws, at most.
        assert!(
            (point.solved.value - exact).abs() < 0.032,
            "{point:?} is not {exact}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn random_picks_by_draws_agree_with_the_closed_form(
        passed in 1..24_u64,
        failed in 0..30_u64,
        correct in 0..24_u64,
        k in 1..54_u64,
        n_submissions in 0..6_usize,
    ) {
        let (correct, total) = (correct.min(passed), passed + failed);
        let k = k.min(total);
        // One input, and all alike: clusters do not help a random rule, nor hinder it.
        let rows: Vec<(u64, &str)> = (0..passed).map(|_| (1, "a")).collect();
        let right: Vec<bool> = (0..passed).map(|it| it < correct).collect();
        let draws = Draws { ks: vec![k], n_submissions, numbers: 0..2_000, seed: k };
        let points = drawn(&matrix(&rows), &right, failed, &RandomSurvivor::default(), &draws);
        let point = points.expect("enough candidates")[0];
        let exact = n_at_k(total, passed, correct, k, n_submissions as u64).expect("counts agree");
        // Five standard errors of 2,000 draws, and a little where there is next to none.
        let error = 5.0 * (exact * (1.0 - exact) / 2_000.0).sqrt() + 0.002;
        prop_assert!((point.solved.value - exact).abs() <= error, "{point:?} is not {exact}");
    }
}

proptest! {
    #[test]
    fn counting_is_clustering_the_sample_anew(
        matrix in matrices(),
        n_failed in 0..6_u64,
        seed in 0..9_u64,
        n_submissions in 1..4_usize,
    ) {
        let right: Vec<bool> = (0..matrix.n_rows()).map(|it| it % 3 == 0).collect();
        let n_survivors: u64 = (0..matrix.n_rows()).map(|it| matrix.weight(it)).sum();
        let n_candidates = u32::try_from(n_survivors + n_failed).unwrap();
        let ks = [u64::from(n_candidates) / 3, u64::from(n_candidates) / 2, u64::from(n_candidates)];
        let draws = Draws { ks: ks.to_vec(), n_submissions, numbers: 4..7, seed };
        let behaviours = Behaviours::of(&matrix);
        for name in ["riddle", "alphacode", "fmv", "codet-sqrt", "b4", "mbr-exec", "srank", "first"] {
            let rule = by_name(name, &Extras::default()).expect("a known name");
            let points = drawn(&matrix, &right, n_failed, &*rule, &draws).expect("enough candidates");
            for (k, point) in ks.into_iter().zip(points) {
                let mut n_solved = 0;
                for number in 4..7 {
                    let one = [k];
                    let mut sampler = Sampler::new(&behaviours, n_candidates, &one);
                    sampler.draw(seed, number);
                    let mut rows: Vec<(usize, u64)> = Vec::new();
                    sampler.arrivals[0].sort_unstable();
                    for owners in sampler.arrivals[0].chunk_by(|left, right| left == right) {
                        rows.push((owners[0] as usize, owners.len() as u64));
                    }
                    let clusters = cluster(MatrixView::new(&matrix).rows(&rows));
                    let picks = rule.pick(&matrix, &clusters, n_submissions);
                    n_solved += u64::from(picks.iter().any(|it| right[it.row]));
                }
                prop_assert_eq!(point.n_solved, n_solved, "{}", name);
            }
        }
    }
}
