//! What every rule keeps to, on any matrix.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::cluster::tests::matrices;
use crate::select::rules::{NAMES, all};

proptest! {
    #[test]
    fn picks_are_distinct_of_their_cluster_and_a_prefix_of_more(matrix in matrices(), n in 0..14_usize) {
        let clusters = cluster(&matrix);
        for rule in all(&Extras::default()) {
            let picks = rule.pick(&matrix, &clusters, n);
            let rows: BTreeSet<usize> = picks.iter().map(|it| it.row).collect();
            prop_assert_eq!(rows.len(), picks.len());
            prop_assert!(picks.iter().all(|it| clusters[it.cluster].members.contains(&it.row)));
            // Ten clusters are kept, which may have fewer members than are asked for.
            if rule.name() == "alphacode2" {
                let kept: usize = clusters.iter().take(10).map(|it| it.members.len()).sum();
                prop_assert_eq!(picks.len(), n.min(kept));
            } else {
                prop_assert_eq!(picks.len(), n.min(matrix.n_rows()), "{}", rule.name());
            }
            let rows = |picks: &[Pick]| -> Vec<usize> { picks.iter().map(|it| it.row).collect() };
            let more = rule.pick(&matrix, &clusters, n + 3);
            prop_assert_eq!(rows(&picks), rows(&more[..picks.len()]), "{}", rule.name());
            prop_assert!(picks.iter().all(|it| !it.reason.to_string().is_empty()));
        }
    }

    #[test]
    fn a_ballot_of_behaviours_is_one_of_exact_clusters(matrix in matrices(), n in 0..14_usize) {
        let behaviours = Behaviours::of(&matrix);
        let ballot = Ballot::new(&behaviours);
        for rule in all(&Extras::default()) {
            let picks = rule.pick(&matrix, &cluster(&matrix), n);
            prop_assert_eq!(rule.choose(&ballot, n), picks);
        }
    }

    #[test]
    fn merged_clusters_are_chosen_from_too(matrix in matrices(), n in 0..14_usize) {
        let clusters = crate::cluster_tolerantly(&matrix, crate::Tolerance::default());
        for rule in all(&Extras::default()) {
            let picks = rule.pick(&matrix, &clusters, n);
            prop_assert!(picks.iter().all(|it| clusters[it.cluster].members.contains(&it.row)));
            prop_assert!(picks.len() <= n);
        }
    }

    #[test]
    fn chances_are_chances(matrix in matrices(), n in 0..14_usize) {
        let behaviours = Behaviours::of(&matrix);
        let ballot = Ballot::new(&behaviours);
        for rule in all(&Extras::default()) {
            let plan = Plan::new(&*rule, &ballot, n);
            let solved = plan.solved_probability;
            prop_assert!((0.0..=1.0).contains(&solved));
            let sum: f64 = plan.probabilities.iter().sum();
            let most = plan.probabilities.iter().fold(0.0_f64, |most, it| most.max(*it));
            prop_assert!(solved <= sum + 1e-9 && solved >= most - 1e-9);
        }
    }
}

#[test]
fn every_name_is_of_its_rule() {
    let names: Vec<String> = all(&Extras::default())
        .iter()
        .map(|it| it.name().to_owned())
        .collect();
    assert_eq!(names, NAMES);
}

#[test]
fn odd_matrices_do_not_trip_a_rule() {
    let odd: [&[(u64, &str)]; 8] = [
        &[],
        &[(1, "")],
        &[(0, ""), (0, "")],
        &[(0, "a"), (0, "b")],
        &[(1, "?")],
        &[(3, "TF"), (3, "FT")],
        &[(u64::MAX, "a"), (u64::MAX, "b"), (1, "T")],
        &[(1, "a"), (1, "b"), (1, "c"), (1, "d")],
    ];
    for rows in odd {
        let matrix = matrix(rows);
        let clusters = cluster(&matrix);
        for rule in all(&Extras::default()) {
            assert!(rule.pick(&matrix, &clusters, 0).is_empty());
            let picks = rule.pick(&matrix, &clusters, 10);
            assert_eq!(picks.len(), rows.len(), "{}", rule.name());
        }
    }
}
