//! Which inputs tell programs apart: the few that do most of it, and how much one more would.
//!
//! Which of the programs told apart is right is not known here.

use crate::math::{ln, real, share, total};
use crate::{Behaviours, Class};

/// How well an input splits a partition of the programs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Split {
    /// Pairs of candidates of one group that did different things on the input.
    pub pairs: f64,
    /// What the input says about which group a candidate is in, in bits: 1 where it halves all
    /// candidates, 0 where it splits nothing. Among inputs that split as many pairs, more bits mean
    /// more even parts.
    pub entropy_bits: f64,
}

/// One input of a [`Cover`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chosen {
    /// The input, as numbered in the behaviours.
    pub input: usize,
    /// Pairs of candidates that it tells apart and no input before it did.
    pub pairs: f64,
}

/// A few inputs that tell apart what all inputs tell apart, or most of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cover {
    /// The inputs, in the order of choice.
    pub chosen: Vec<Chosen>,
    /// The group of each behaviour after the chosen inputs, from 0 in the order of first rows.
    pub groups: Vec<usize>,
}

/// Chooses at most `limit` inputs, each the one that tells the most pairs of candidates apart that
/// are still together; ties go to the earliest, and it ends when nothing more is told apart.
///
/// This is the greedy cover of pairs: of all pairs that can be told apart it covers with m inputs at
/// least `1 - 1/e` of what the best m inputs cover. An unknown execution tells nothing: its program
/// is not counted as told apart by that input; it is set aside from its group all the same, so pairs
/// with it count for no later input.
///
/// Takes O(inputs × behaviours × inputs chosen) time, which is at most O(inputs × rows × inputs
/// chosen).
pub fn cover(behaviours: &Behaviours, limit: usize) -> Cover {
    let weights = group_weights(behaviours);
    let mut partition = Partition::new(vec![0; behaviours.n_groups()]);
    let mut chosen: Vec<Chosen> = Vec::new();
    while chosen.len() < limit {
        let mut best: Option<Chosen> = None;
        for input in 0..behaviours.n_inputs() {
            let pairs = partition.split(behaviours, &weights, input).pairs;
            if pairs > best.map_or(0.0, |it| it.pairs) {
                best = Some(Chosen { input, pairs });
            }
        }
        let Some(best) = best else {
            break;
        };
        partition.refine(behaviours, best.input);
        chosen.push(best);
    }
    Cover {
        chosen,
        groups: partition.group_of,
    }
}

/// Returns how well an input splits a partition of the behaviours, for a search for inputs that
/// distinguish: run a proposed input on a program of each behaviour, add what they did to the
/// matrix, and compare.
///
/// `groups` has a group for each behaviour. All in one group asks what the input tells alone;
/// [`Cover::groups`] asks what it adds to a cover. Takes O(behaviours × log behaviours) time.
///
/// # Panics
///
/// Panics if there is not exactly one group a behaviour, or no such input.
pub fn expected_split(behaviours: &Behaviours, groups: &[usize], input: usize) -> Split {
    assert_eq!(
        groups.len(),
        behaviours.n_groups(),
        "a partition has one group a behaviour"
    );
    assert!(input < behaviours.n_inputs(), "no such input");
    Partition::new(groups.to_vec()).split(behaviours, &group_weights(behaviours), input)
}

fn group_weights(behaviours: &Behaviours) -> Vec<f64> {
    let weight = |group| {
        let members = behaviours.positions(group).iter();
        total(members.map(|it| real(behaviours.row(*it as usize).1)))
    };
    (0..behaviours.n_groups()).map(weight).collect()
}

/// A partition of behaviours, group by group.
struct Partition {
    group_of: Vec<usize>,
    /// Behaviours, those of one group together, ascending in each.
    order: Vec<usize>,
}

impl Partition {
    fn new(group_of: Vec<usize>) -> Self {
        let mut order: Vec<usize> = (0..group_of.len()).collect();
        order.sort_by_key(|it| group_of[*it]);
        Self { group_of, order }
    }

    fn groups(&self) -> impl Iterator<Item = &[usize]> {
        self.order
            .chunk_by(|left, right| self.group_of[*left] == self.group_of[*right])
    }

    fn split(&self, behaviours: &Behaviours, weights: &[f64], input: usize) -> Split {
        let n_classes = behaviours.n_classes(input);
        let mut parts = vec![0.0; n_classes];
        let mut seen: Vec<usize> = Vec::new();
        let (mut pairs, mut nats, mut all) = (0.0, 0.0, 0.0);
        for group in self.groups() {
            let mut known = 0.0;
            for &behaviour in group {
                let weight = weights[behaviour];
                all += weight;
                let Some(class) = number(behaviours.class(behaviour, input)) else {
                    continue;
                };
                if parts[class] == 0.0 {
                    seen.push(class);
                }
                parts[class] += weight;
                known += weight;
            }
            let mut same = 0.0;
            for class in seen.drain(..) {
                let part = std::mem::take(&mut parts[class]);
                same += part * part;
                if part > 0.0 {
                    nats += part * ln(known / part);
                }
            }
            pairs += (known * known - same) / 2.0;
        }
        Split {
            pairs,
            entropy_bits: share(nats, all) / std::f64::consts::LN_2,
        }
    }

    fn refine(&mut self, behaviours: &Behaviours, input: usize) {
        let mut numbers = std::collections::BTreeMap::new();
        for (behaviour, group) in self.group_of.iter_mut().enumerate() {
            let next = numbers.len();
            let class = number(behaviours.class(behaviour, input));
            *group = *numbers.entry((*group, class)).or_insert(next);
        }
        self.order.sort_by_key(|it| (self.group_of[*it], *it));
    }
}

/// The number of a class among all of its input, failures too.
fn number(class: Class) -> Option<usize> {
    match class {
        Class::Answer(number) | Class::Failure(number) => Some(number as usize),
        Class::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cluster::tests::matrices;
    use crate::matrix::tests::matrix;
    use crate::{ExecutionMatrix, MatrixView, cluster};

    #[track_caller]
    fn check(rows: &[(u64, &str)], limit: usize, expected: &[(usize, u32)]) {
        let cover = cover(&Behaviours::of(&matrix(rows)), limit);
        let expected: Vec<Chosen> = expected
            .iter()
            .map(|(input, pairs)| Chosen {
                input: *input,
                pairs: f64::from(*pairs),
            })
            .collect();
        assert_eq!(cover.chosen, expected);
    }

    #[test]
    fn the_input_that_tells_most_apart_goes_first() {
        // Input 0 tells 1 × 3 pairs apart, input 1 tells 2 × 2, input 2 all that 0 does.
        let rows = [(1, "aaa"), (1, "bab"), (1, "bbb"), (1, "bbb")];
        check(&rows, 9, &[(1, 4), (0, 1)]);
        check(&rows, 1, &[(1, 4)]);
        check(&rows, 0, &[]);
    }

    #[test]
    fn weights_are_pairs_of_candidates() {
        check(&[(5, "aa"), (1, "ab"), (2, "ba")], 9, &[(0, 12), (1, 5)]);
    }

    #[test]
    fn ties_go_to_the_earliest() {
        check(&[(1, "caa"), (1, "cbb")], 9, &[(1, 1)]);
    }

    #[test]
    fn nothing_to_tell_apart() {
        check(&[], 9, &[]);
        check(&[(1, ""), (1, "")], 9, &[]);
        check(&[(1, "aT"), (7, "aT")], 9, &[]);
        check(&[(0, "a"), (0, "b")], 9, &[]);
    }

    #[test]
    fn failures_tell_apart_and_the_unknown_does_not() {
        check(&[(1, "T"), (1, "a"), (1, "F")], 9, &[(0, 3)]);
        check(&[(1, "?"), (1, "a")], 9, &[]);
        check(&[(1, "?a"), (1, "aa"), (1, "ab")], 9, &[(1, 2)]);
    }

    #[test]
    fn an_even_split_says_most() {
        let matrix = matrix(&[(2, "aab"), (1, "abb"), (1, "aba")]);
        let behaviours = Behaviours::of(&matrix);
        let split = |groups: [usize; 3], input| expected_split(&behaviours, &groups, input);
        let bits = |split: Split| split.entropy_bits;
        assert_eq!(split([0; 3], 0), Split::default());
        assert!((bits(split([0; 3], 1)) - 1.0).abs() < 1e-12);
        // A quarter against three quarters.
        assert!((bits(split([0; 3], 2)) - 0.811_278_124_459_132_8).abs() < 1e-12);
        // In a partition that knows input 1 already, input 2 splits the two of half the weight.
        assert!((bits(split([0, 1, 1], 2)) - 0.5).abs() < 1e-12);
        assert!((split([0, 1, 1], 2).pairs - 1.0).abs() < 1e-12);
    }

    /// Pairs of candidates in one part that differ on an input, pair by pair.
    fn naive_pairs(matrix: &ExecutionMatrix, part_of: &[usize], input: usize) -> f64 {
        let mut pairs = 0;
        for left in 0..matrix.n_rows() {
            for right in 0..left {
                let outcomes = [left, right].map(|it| matrix.outcome(it, input));
                let known = outcomes.iter().all(Option::is_some);
                if part_of[left] == part_of[right] && known && outcomes[0] != outcomes[1] {
                    pairs += matrix.weight(left) * matrix.weight(right);
                }
            }
        }
        real(pairs)
    }

    proptest! {
        #[test]
        fn each_choice_is_the_best_there_is(matrix in matrices()) {
            let behaviours = Behaviours::of(&matrix);
            let cover = cover(&behaviours, usize::MAX);
            let mut part_of: Vec<usize> = vec![0; matrix.n_rows()];
            for chosen in &cover.chosen {
                let pairs = (0..matrix.n_inputs()).map(|it| naive_pairs(&matrix, &part_of, it));
                let pairs: Vec<f64> = pairs.collect();
                let most = pairs.iter().fold(0.0_f64, |most, it| most.max(*it));
                let first = pairs.iter().position(|it| it.total_cmp(&most).is_eq());
                prop_assert_eq!(Some(chosen.input), first);
                prop_assert!((chosen.pairs - most).abs() < 1e-9);
                // The part and the outcome together, as one number.
                let mut numbers = std::collections::BTreeMap::new();
                for (row, part) in part_of.iter_mut().enumerate() {
                    let next = numbers.len();
                    let key = (*part, matrix.outcome(row, chosen.input));
                    *part = *numbers.entry(key).or_insert(next);
                }
            }
            let left: f64 = (0..matrix.n_inputs())
                .map(|it| naive_pairs(&matrix, &part_of, it))
                .fold(0.0, f64::max);
            prop_assert!(left == 0.0, "{left} pairs are left");
        }

        #[test]
        fn a_whole_cover_clusters_as_all_inputs_do(
            rows in prop::collection::vec((1..4_u64, "[aabT]{4}"), 0..20),
        ) {
            let rows: Vec<(u64, &str)> = rows.iter().map(|it| (it.0, it.1.as_str())).collect();
            let matrix = matrix(&rows);
            let chosen = cover(&Behaviours::of(&matrix), usize::MAX).chosen;
            let inputs: Vec<usize> = chosen.iter().map(|it| it.input).collect();
            let by_cover = cluster(MatrixView::new(&matrix).inputs(&inputs));
            prop_assert_eq!(by_cover, cluster(&matrix));
        }
    }
}
