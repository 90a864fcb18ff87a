//! Each rule against its definition, worked out candidate by candidate and pair by pair.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::Outcome;
use crate::math::{power, real};

/// The rule as the paper words it: go round, skip what was sent, end when a lap sends nothing.
fn naive(clusters: &[Cluster], n: usize) -> Vec<usize> {
    let mut sent = Vec::new();
    loop {
        let before = sent.len();
        for cluster in clusters {
            let next = cluster.members.iter().find(|it| !sent.contains(*it));
            match next {
                Some(&row) if sent.len() < n => sent.push(row),
                _ => {}
            }
        }
        if sent.len() == before {
            return sent;
        }
    }
}

/// Programs with at least one candidate each.
fn pools() -> impl Strategy<Value = ExecutionMatrix> {
    let letters = prop::sample::select(vec!['a', 'a', 'a', 'b', 'c', 'T', 'F', '?']);
    (0..4_usize).prop_flat_map(move |n_inputs| {
        let row = (1..4_u64, prop::collection::vec(letters.clone(), n_inputs));
        prop::collection::vec(row, 0..14).prop_map(move |rows| {
            let mut matrix = ExecutionMatrix::new(n_inputs);
            for (weight, cells) in rows {
                let row: Vec<_> = cells.into_iter().map(observation).collect();
                matrix.push_row(weight, &row);
            }
            matrix
        })
    })
}

/// Whether two programs print the same on an input.
fn equal(matrix: &ExecutionMatrix, left: usize, right: usize, input: usize) -> bool {
    let outcomes = [left, right].map(|it| matrix.outcome(it, input));
    matches!(outcomes[0], Some(Outcome::Answered(_))) && outcomes[0] == outcomes[1]
}

/// Sorts groups by score, then candidates, then first row, and goes round.
fn rounds(matrix: &ExecutionMatrix, mut groups: Vec<(f64, Vec<usize>)>, n: usize) -> Vec<usize> {
    let weight = |rows: &[usize]| -> u64 { rows.iter().map(|it| matrix.weight(*it)).sum() };
    groups.sort_by(|left, right| {
        let by_score = right.0.total_cmp(&left.0);
        by_score
            .then(weight(&right.1).cmp(&weight(&left.1)))
            .then(left.1[0].cmp(&right.1[0]))
    });
    let clusters: Vec<Cluster> = groups
        .into_iter()
        .map(|(_, members)| Cluster { members, weight: 0 })
        .collect();
    naive(&clusters, n)
}

/// Ranks exact clusters by a score of their first rows.
fn ranked(matrix: &ExecutionMatrix, n: usize, score: impl Fn(usize) -> f64) -> Vec<usize> {
    let clusters = cluster(matrix).into_iter();
    let groups = clusters.map(|it| (score(it.members[0]), it.members));
    rounds(matrix, groups.collect(), n)
}

/// The tests that all candidates propose, one for each candidate and input, and for each row which of
/// them it passes.
fn proposals(matrix: &ExecutionMatrix) -> Vec<Vec<bool>> {
    let mut tests = Vec::new();
    for row in 0..matrix.n_rows() {
        for _ in 0..matrix.weight(row) {
            for input in 0..matrix.n_inputs() {
                if let Some(Outcome::Answered(output)) = matrix.outcome(row, input) {
                    tests.push((input, output));
                }
            }
        }
    }
    let passes = |row| {
        let passes = |(input, output): &(usize, _)| {
            matrix.outcome(row, *input) == Some(Outcome::Answered(*output))
        };
        tests.iter().map(passes).collect()
    };
    (0..matrix.n_rows()).map(passes).collect()
}

/// Rows that pass the same tests.
fn pass_sets(passes: &[Vec<bool>]) -> Vec<(Vec<bool>, Vec<usize>)> {
    let mut sets: BTreeMap<Vec<bool>, Vec<usize>> = BTreeMap::new();
    for (row, passes) in passes.iter().enumerate() {
        sets.entry(passes.clone()).or_default().push(row);
    }
    sets.into_iter().collect()
}

fn count(passes: &[bool]) -> f64 {
    real(passes.iter().filter(|it| **it).count() as u64)
}

/// ln Γ of a whole number, as a sum.
fn ln_gamma(x: f64) -> f64 {
    let mut sum = 0.0;
    let mut factor = 1.0;
    while factor < x {
        sum += f64::ln(factor);
        factor += 1.0;
    }
    sum
}

fn ln_beta(a: f64, b: f64) -> f64 {
    ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)
}

proptest! {
    #[test]
    fn alphacode_is_the_rule_as_worded(matrix in pools(), n in 0..12_usize) {
        let clusters = cluster(&matrix);
        prop_assert_eq!(rows_of(&AlphaCode.pick(&matrix, &clusters, n)), naive(&clusters, n));
    }

    #[test]
    fn alphacode2_sorts_members_by_score(
        matrix in pools(),
        n in 0..12_usize,
        scores in prop::collection::vec(-2..3_i8, 14),
    ) {
        let scores: Vec<f64> = scores.into_iter().map(f64::from).collect();
        let mut clusters = cluster(&matrix);
        let rule = AlphaCode2 { n_clusters: 3, scores: scores.clone() };
        let picks = rule.pick(&matrix, &clusters, n);
        clusters.truncate(3);
        for cluster in &mut clusters {
            cluster.members.sort_by(|left, right| {
                scores[*right].total_cmp(&scores[*left]).then(left.cmp(right))
            });
        }
        prop_assert_eq!(rows_of(&picks), naive(&clusters, n));
    }

    #[test]
    fn mbr_is_of_least_loss(matrix in pools(), n in 0..12_usize) {
        let expected = ranked(&matrix, n, |row| {
            let differs = |other: &usize| {
                (0..matrix.n_inputs()).any(|input| !equal(&matrix, row, *other, input))
            };
            let unlike = (0..matrix.n_rows()).filter(differs);
            -real(unlike.map(|it| matrix.weight(it)).sum())
        });
        prop_assert_eq!(rows_of(&MbrExec.pick(&matrix, &cluster(&matrix), n)), expected);
    }

    #[test]
    fn fmv_counts_pairs(matrix in pools(), n in 0..12_usize) {
        let expected = ranked(&matrix, n, |row| {
            let mut pairs = 0;
            for other in 0..matrix.n_rows() {
                let others = matrix.weight(other) - u64::from(other == row);
                for input in 0..matrix.n_inputs() {
                    pairs += others * u64::from(equal(&matrix, row, other, input));
                }
            }
            real(pairs)
        });
        prop_assert_eq!(rows_of(&Fmv.pick(&matrix, &cluster(&matrix), n)), expected);
    }

    #[test]
    fn srank_is_overlap_times_worth(
        matrix in pools(),
        n in 0..12_usize,
        table in prop::option::of(prop::collection::vec(prop::array::uniform2(any::<bool>()), 14)),
    ) {
        let worth = |row: usize| match &table {
            Some(table) => real(matrix.weight(row)) * count(&table[row]) / 2.0,
            None => real(matrix.weight(row)),
        };
        let clusters = cluster(&matrix);
        let expected = ranked(&matrix, n, |row| {
            let mut score = 0.0;
            for other in &clusters {
                let value: f64 = other.members.iter().map(|it| worth(*it)).sum();
                let same = (0..matrix.n_inputs())
                    .filter(|input| equal(&matrix, row, other.members[0], *input));
                // The division by the number of inputs is left out: these sums are exact.
                score += value * real(same.count() as u64);
            }
            score
        });
        let tests = match &table {
            None => Tests::Proposed,
            Some(table) => {
                let mut passes = PassMatrix::new(vec![1, 1]);
                for row in table {
passes.push_row(row);
}
                Tests::Given(Arc::new(passes))
            }
        };
        prop_assert_eq!(rows_of(&SRank { tests }.pick(&matrix, &clusters, n)), expected);
    }

    #[test]
    fn codet_multiplies_what_is_counted(matrix in pools(), n in 0..12_usize) {
        let passes = proposals(&matrix);
        let mut given = PassMatrix::new(vec![1; passes.first().map_or(0, Vec::len)]);
        for row in &passes {
given.push_row(row);
}
        let given = Arc::new(given);
        for form in [Form::Product, Form::Root, Form::Tests] {
            let score = |(passes, rows): (Vec<bool>, Vec<usize>)| {
                let programs = real(rows.iter().map(|it| matrix.weight(*it)).sum());
                let score = match form {
                    Form::Product => count(&passes) * programs,
                    Form::Root => count(&passes) * programs.sqrt(),
                    Form::Tests => count(&passes),
                };
                (score, rows)
            };
            let sets = pass_sets(&passes).into_iter().map(score).collect();
            let expected = rounds(&matrix, sets, n);
            for tests in [Tests::Proposed, Tests::Given(Arc::clone(&given))] {
                let picks = CodeT { form, tests }.pick(&matrix, &cluster(&matrix), n);
                prop_assert_eq!(rows_of(&picks), &*expected);
            }
        }
    }

    #[test]
    fn b4_counts_ones_and_zeros(matrix in pools()) {
        let passes = proposals(&matrix);
        let mut given = PassMatrix::new(vec![1; passes.first().map_or(0, Vec::len)]);
        for row in &passes {
given.push_row(row);
}
        let given = Arc::new(given);
        let (a, b) = (3.0, 20.0);
        let mut scores = BTreeMap::new();
        for (set, rows) in pass_sets(&passes) {
            // (ones, size) of the four quarters of the matrix, candidate by candidate.
            let mut quarters = [[(0.0, 0.0); 2]; 2];
            for (row, passes) in passes.iter().enumerate() {
                let weight = real(matrix.weight(row));
                for (test, &passed) in passes.iter().enumerate() {
                    let (ones, size) =
                        &mut quarters[usize::from(rows.contains(&row))][usize::from(set[test])];
                    *ones += if passed { weight } else { 0.0 };
                    *size += weight;
                }
            }
            let programs = real(rows.iter().map(|it| matrix.weight(*it)).sum());
            let all = real((0..matrix.n_rows()).map(|it| matrix.weight(it)).sum());
            let (tests, all_tests) = (count(&set), real(set.len() as u64));
            let [[(s0, n0), (s1, n1)], _] = quarters;
            let score = ln_beta(tests + a, all_tests - tests + 1.0)
                + ln_beta(programs + a, all - programs + 1.0)
                + ln_beta(s1 + 1.0, n1 - s1 + 1.0)
                + ln_beta(s0 + 1.0, n0 - s0 + b);
            scores.insert(rows[0], score);
        }
        for tests in [Tests::Proposed, Tests::Given(given)] {
            let picks = B4 { a, b, tests }.pick(&matrix, &cluster(&matrix), scores.len());
            prop_assert_eq!(picks.len(), scores.len());
            for pair in picks.windows(2) {
                prop_assert!(scores[&pair[0].row] >= scores[&pair[1].row] - 1e-8);
            }
            for pick in picks {
                if let Reason::Likely { ln_posterior, .. } = pick.reason {
                    prop_assert!((ln_posterior - scores[&pick.row]).abs() < 1e-8);
                }
            }
        }
    }

    #[test]
    fn first_come_is_by_row(matrix in pools(), n in 0..12_usize) {
        let picks = FirstCome.pick(&matrix, &cluster(&matrix), n);
        prop_assert!(rows_of(&picks).into_iter().eq(0..n.min(matrix.n_rows())));
    }

    #[test]
    fn riddle_is_as_documented(matrix in pools(), n in 0..6_usize) {
        let tuning = Tuning::default();
        let all: u64 = (0..matrix.n_rows()).map(|it| matrix.weight(it)).sum();
        let clusters = cluster(&matrix);
        let inputs = 0..matrix.n_inputs();
        let voters = |row: usize, input: usize| -> u64 {
            let same = (0..matrix.n_rows()).filter(|it| equal(&matrix, row, *it, input));
            same.map(|it| matrix.weight(it)).sum()
        };
        let answers = |input: usize| -> u64 {
            let answered = (0..matrix.n_rows()).filter(|it| equal(&matrix, *it, *it, input));
            answered.map(|it| matrix.weight(it)).sum()
        };
        let score = |it: &Cluster| {
            let row = it.members[0];
            let won: u64 = inputs.clone().map(|input| voters(row, input)).sum();
            let cast: u64 = inputs.clone().map(answers).sum();
            let agreement = match (matrix.n_inputs(), cast) {
                (0, _) => 1.0,
                (_, 0) => 0.0,
                _ => real(won) / real(cast),
            };
            let crashes = inputs.clone().any(|input| {
                let failed = matches!(matrix.outcome(row, input), Some(Outcome::Failed(_)));
                failed && answers(input) > 0 && 2 * answers(input) >= all
            });
            let roots = (0..tuning.size_roots).fold(real(it.weight) / real(all), |it, _| it.sqrt());
            let score = roots * power(agreement, tuning.agreement_power);
            if crashes { score * tuning.crash_factor } else { score }
        };
        let scores: Vec<f64> = clusters.iter().map(score).collect();
        let likeness = |left: &Cluster, right: &Cluster| {
            let same = inputs.clone().filter(|input| {
                let outcomes = [left, right].map(|it| matrix.outcome(it.members[0], *input));
                outcomes[0].is_some() && outcomes[0] == outcomes[1]
            });
            if matrix.n_inputs() == 0 {
                0.0
            } else {
                real(same.count() as u64) / real(matrix.n_inputs() as u64)
            }
        };
        let answered = inputs.clone().filter(|it| answers(*it) > 0).count() as u64;
        let within = (real(answered) + 1.0) / (real(answered) + 1.0 + tuning.slack);
        let mut taken: Vec<usize> = Vec::new();
        while taken.len() < n.min(matrix.n_rows()) {
            let sent = |index: usize| taken.iter().filter(|it| **it == index).count();
            let gain = |index: usize| {
                let near = taken
                    .iter()
                    .filter(|it| **it != index)
                    .map(|it| likeness(&clusters[index], &clusters[*it]));
                let wrong = (0..sent(index)).fold(1.0, |it, _| it * (1.0 - within));
                scores[index] * wrong * (1.0 - tuning.likeness_malus * near.fold(0.0, f64::max))
            };
            let left = (0..clusters.len()).filter(|it| sent(*it) < clusters[*it].members.len());
            // Ties go to the one sent from less, then to the higher score, the larger, the earlier.
            let best = left.min_by(|one, other| {
                gain(*other)
                    .total_cmp(&gain(*one))
                    .then(sent(*one).cmp(&sent(*other)))
                    .then(scores[*other].total_cmp(&scores[*one]))
                    .then(one.cmp(other))
            });
            taken.push(best.expect("one is left"));
        }
        let picks = Riddle::default().pick(&matrix, &clusters, n);
        let got: Vec<usize> = picks.iter().map(|it| it.cluster).collect();
        prop_assert_eq!(got, taken);
    }
}
