//! The rules that look at no behaviour: what a choice by clusters has to beat.
//!
//! Clusters only tell these rules which rows there are.

use super::ballot::Ballot;
use super::{Pick, Reason, SelectionRule};
use crate::dice::Dice;

/// The programs that came first, in the order of rows: what a search without any rule submits.
///
/// Takes O(clusters × log n + n²) time.
#[derive(Clone, Copy, Debug, Default)]
pub struct FirstCome;

impl SelectionRule for FirstCome {
    fn name(&self) -> &'static str {
        "first"
    }

    fn choose(&self, ballot: &Ballot<'_>, n: usize) -> Vec<Pick> {
        let mut earliest: Vec<(usize, usize)> = Vec::new();
        for cluster in 0..ballot.n_clusters() {
            for member in ballot.members(cluster) {
                let next = (member.row, cluster);
                let place = earliest.partition_point(|it| *it < next);
                if place >= n {
                    break;
                }
                earliest.insert(place, next);
                earliest.truncate(n);
            }
        }
        let pick = |(row, cluster)| Pick {
            row,
            cluster,
            reason: Reason::Arrived,
        };
        earliest.into_iter().map(pick).collect()
    }
}

/// Programs drawn at random among the survivors, duplicates weighing in, without sending one twice:
/// what n@k in closed form ([`n_at_k`](crate::n_at_k)) supposes, but for duplicates, which that
/// sends twice.
///
/// When only programs without candidates are left, the earliest of the largest cluster comes next.
/// Takes O(n × clusters) time and what the members of the clusters drawn take to look through.
#[derive(Clone, Copy, Debug, Default)]
pub struct RandomSurvivor {
    /// What the draws are made from. Default: 0.
    pub seed: u64,
}

impl SelectionRule for RandomSurvivor {
    fn name(&self) -> &'static str {
        "random"
    }

    fn throws_dice(&self) -> bool {
        true
    }

    fn choose(&self, ballot: &Ballot<'_>, n: usize) -> Vec<Pick> {
        let mut dice = Dice::new(b"riddle random v1", self.seed, ballot.salt());
        let mut left: Vec<u64> = (0..ballot.n_clusters())
            .map(|it| ballot.weight(it))
            .collect();
        let mut n_sent = vec![0; left.len()];
        let mut picks: Vec<Pick> = Vec::new();
        let mut sent = std::collections::BTreeSet::new();
        while picks.len() < n {
            let total = left.iter().fold(0, |sum: u64, it| sum.saturating_add(*it));
            let (cluster, mut remainder) = if total == 0 {
                let unsent = |it: &usize| ballot.members(*it).nth(n_sent[*it]).is_some();
                match (0..left.len()).find(unsent) {
                    Some(cluster) => (cluster, 0),
                    None => break,
                }
            } else {
                place(&left, dice.below(total))
            };
            let mut drawn = None;
            for member in ballot.members(cluster) {
                if !sent.contains(&member.row) {
                    drawn = Some(member);
                    if remainder < member.weight || total == 0 {
                        break;
                    }
                    remainder -= member.weight;
                }
            }
            let Some(member) = drawn else {
                // The cluster claims more candidates than its members have.
                left[cluster] = 0;
                continue;
            };
            sent.insert(member.row);
            n_sent[cluster] += 1;
            left[cluster] = left[cluster].saturating_sub(member.weight);
            picks.push(Pick {
                row: member.row,
                cluster,
                reason: Reason::Drawn {
                    weight: member.weight,
                },
            });
        }
        picks
    }
}

/// The index whose share of the weights `point` falls in, and where in it.
fn place(weights: &[u64], mut point: u64) -> (usize, u64) {
    for (index, &weight) in weights.iter().enumerate() {
        if point < weight {
            return (index, point);
        }
        point -= weight;
    }
    unreachable!("a point below the sum of weights")
}
