//! What a rule is shown: clusters, how many candidates stand behind each, and what each did.
//!
//! Whether all survivors are shown or a sample of them is not known to a rule.

use crate::cluster::{Packed, packed_answer, packed_failure};
use crate::math::{real, total};
use crate::{Behaviours, Class, Cluster};

/// The clusters that a rule chooses from, largest first, ties to the earliest.
///
/// A cluster answers as its *representative* behaviour does: the only one where clusters are exact,
/// else the one with the most candidates in the cluster (ties to the earliest).
#[derive(Clone, Debug)]
pub struct Ballot<'a> {
    behaviours: &'a Behaviours,
    standings: Vec<Standing>,
    members: Members<'a>,
    total: f64,
    salt: u64,
}

#[derive(Clone, Copy, Debug)]
struct Standing {
    weight: u64,
    representative: usize,
}

#[derive(Clone, Copy, Debug)]
enum Members<'a> {
    /// Clusters as they were given. Positions of the behaviours are rows of the matrix.
    Given(&'a [Cluster]),
    /// Each behaviour is a cluster.
    Groups,
    /// Each behaviour is a cluster of the rows with candidates in a sample, by position.
    Sampled(&'a [u64]),
}

/// A program in a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Row of the matrix.
    pub row: usize,
    /// The number of candidates that it stands for on this ballot.
    pub weight: u64,
    position: usize,
}

impl<'a> Ballot<'a> {
    /// Shows every behaviour as a cluster. Takes O(rows + clusters × log clusters) time.
    pub fn new(behaviours: &'a Behaviours) -> Self {
        let weight = |group: usize| {
            let members = behaviours.positions(group).iter();
            let weights = members.map(|it| behaviours.row(*it as usize).1);
            weights.fold(0, u64::saturating_add)
        };
        let groups = 0..behaviours.n_groups();
        let mut standings: Vec<Standing> = groups
            .map(|group| Standing {
                weight: weight(group),
                representative: group,
            })
            .collect();
        standings.sort_by_key(|it| std::cmp::Reverse(it.weight));
        Self::with(behaviours, standings, Members::Groups)
    }

    /// Shows clusters as they are given, of a whole matrix or of some of its rows, merged or exact.
    /// Takes O(rows × log rows) time.
    ///
    /// # Panics
    ///
    /// Panics if a cluster is empty, or has a row that is not in the matrix, or if `behaviours` are
    /// of some of a matrix's rows only.
    pub fn of_clusters(behaviours: &'a Behaviours, clusters: &'a [Cluster]) -> Self {
        let standing = |cluster: &Cluster| {
            let mut votes: Vec<(usize, u64)> = cluster
                .members
                .iter()
                .map(|row| {
                    let (of_matrix, weight) = behaviours.row(*row);
                    assert_eq!(of_matrix, *row, "the behaviours are of a whole matrix");
                    (behaviours.group(*row), weight)
                })
                .collect();
            votes.sort_unstable_by_key(|it| it.0);
            votes.dedup_by(|next, kept| {
                let same = next.0 == kept.0;
                if same {
                    kept.1 = kept.1.saturating_add(next.1);
                }
                same
            });
            let first = *votes.first().expect("a cluster is never empty");
            let heaviest = votes
                .into_iter()
                .fold(first, |best, it| if it.1 > best.1 { it } else { best });
            Standing {
                weight: cluster.weight,
                representative: heaviest.0,
            }
        };
        let standings = clusters.iter().map(standing).collect();
        Self::with(behaviours, standings, Members::Given(clusters))
    }

    /// Shows the behaviours that have candidates in a sample.
    ///
    /// `counts` has the candidates in the sample by position; `groups` has, for each behaviour in
    /// the sample, its candidates, its first position in the sample, and its number.
    pub(crate) fn sampled(
        behaviours: &'a Behaviours,
        counts: &'a [u64],
        groups: &mut [(u64, u32, usize)],
        salt: u64,
    ) -> Self {
        groups.sort_unstable_by_key(|it| (std::cmp::Reverse(it.0), it.1));
        let standing = |it: &(u64, u32, usize)| Standing {
            weight: it.0,
            representative: it.2,
        };
        let standings = groups.iter().map(standing).collect();
        Self {
            salt,
            ..Self::with(behaviours, standings, Members::Sampled(counts))
        }
    }

    fn with(behaviours: &'a Behaviours, standings: Vec<Standing>, members: Members<'a>) -> Self {
        let total = total(standings.iter().map(|it| real(it.weight)));
        Self {
            behaviours,
            standings,
            members,
            total,
            salt: 0,
        }
    }

    /// Returns the number of clusters.
    pub fn n_clusters(&self) -> usize {
        self.standings.len()
    }

    /// Returns the number of inputs.
    pub fn n_inputs(&self) -> usize {
        self.behaviours.n_inputs()
    }

    /// Returns the number of candidates in all clusters.
    pub fn total(&self) -> f64 {
        self.total
    }

    /// Returns the number of candidates in a cluster.
    ///
    /// # Panics
    ///
    /// Panics if there is no such cluster.
    pub fn weight(&self, cluster: usize) -> u64 {
        self.standings[cluster].weight
    }

    /// Returns what a cluster did on each input, in input order.
    ///
    /// # Panics
    ///
    /// Panics if there is no such cluster.
    pub fn classes(&self, cluster: usize) -> impl ExactSizeIterator<Item = Class> + Clone + '_ {
        self.behaviours
            .classes(self.standings[cluster].representative)
    }

    fn packed(&self, cluster: usize) -> &[Packed] {
        self.behaviours
            .packed(self.standings[cluster].representative)
    }

    /// Returns the weight in `votes` of what agrees with a cluster, over all inputs; its own is in it.
    /// Takes O(inputs) time.
    ///
    /// # Panics
    ///
    /// Panics if there is no such cluster.
    pub fn won(&self, votes: &Votes, cluster: usize) -> f64 {
        let classes = self.packed(cluster).iter().zip(&votes.starts);
        let mut won = 0.0;
        for (&class, start) in classes {
            if let Some(class) = packed_answer(class) {
                won += votes.counts[start + class];
            }
        }
        won
    }

    /// Returns the number of inputs that a cluster fails on and at least `quorum` candidates answer.
    pub(super) fn n_failed(&self, votes: &Votes, cluster: usize, quorum: f64) -> usize {
        let classes = self.packed(cluster).iter().zip(&votes.answers);
        let failed = |(class, answers): &(&Packed, &f64)| {
            packed_failure(**class) && **answers > 0.0 && **answers >= quorum
        };
        classes.filter(failed).count()
    }

    /// Returns the programs in a cluster, in the order of rows.
    ///
    /// # Panics
    ///
    /// Panics if there is no such cluster.
    pub fn members(&self, cluster: usize) -> impl Iterator<Item = Member> + '_ {
        let given: &[usize] = match self.members {
            Members::Given(clusters) => &clusters[cluster].members,
            Members::Groups | Members::Sampled(_) => &[],
        };
        let of_group: &[u32] = match self.members {
            Members::Given(_) => &[],
            Members::Groups | Members::Sampled(_) => self
                .behaviours
                .positions(self.standings[cluster].representative),
        };
        let positions = of_group.iter().map(|it| *it as usize);
        let positions = given.iter().copied().chain(positions);
        positions.filter_map(|position| {
            let (row, weight) = self.behaviours.row(position);
            let weight = match self.members {
                Members::Given(_) | Members::Groups => weight,
                Members::Sampled(counts) if counts[position] == 0 => return None,
                Members::Sampled(counts) => counts[position],
            };
            Some(Member {
                row,
                weight,
                position,
            })
        })
    }

    /// Returns the most fuel that a program used on one input.
    pub fn peak_fuel(&self, member: Member) -> u64 {
        self.behaviours.peak_fuel(member.position)
    }

    /// Returns a number that is another one for every sample that a rule is tried on, for rules that
    /// throw dice. 0 where the ballot is not of a sample.
    pub fn salt(&self) -> u64 {
        self.salt
    }

    /// Counts what each cluster did on each input, with the weight that `weight` gives a cluster.
    /// Takes O(clusters × inputs) time.
    pub fn votes(&self, weight: impl Fn(usize) -> f64) -> Votes {
        let mut starts = Vec::with_capacity(self.n_inputs() + 1);
        starts.push(0);
        for input in 0..self.n_inputs() {
            starts.push(starts[input] + self.behaviours.n_classes(input));
        }
        let mut counts = vec![0.0; starts[self.n_inputs()]];
        let mut answers = vec![0.0; self.n_inputs()];
        for cluster in 0..self.n_clusters() {
            let weight = weight(cluster);
            let inputs = starts.iter().zip(&mut answers);
            for (&class, (start, answers)) in self.packed(cluster).iter().zip(inputs) {
                if let Some(class) = packed_answer(class) {
                    counts[start + class] += weight;
                    *answers += weight;
                }
            }
        }
        Votes {
            starts,
            counts,
            answers,
        }
    }

    /// Counts candidates; see [`Ballot::votes`].
    pub fn candidate_votes(&self) -> Votes {
        self.votes(|it| real(self.weight(it)))
    }

    /// Returns at most `limit` (row, cluster) of a cluster, in the order of rows.
    pub(super) fn earliest(&self, cluster: usize, limit: usize) -> Vec<(usize, usize)> {
        let members = self.members(cluster).take(limit);
        members.map(|it| (it.row, cluster)).collect()
    }

    /// Returns at most `limit` (row, cluster) of a cluster, least cost first, ties to the earliest.
    pub(super) fn cheapest<K: Ord>(
        &self,
        cluster: usize,
        limit: usize,
        cost: impl Fn(Member) -> K,
    ) -> Vec<(usize, usize)> {
        if limit == 1 {
            let best = self.members(cluster).min_by_key(|it| cost(*it));
            return best.map(|it| (it.row, cluster)).into_iter().collect();
        }
        let mut members: Vec<Member> = self.members(cluster).collect();
        members.sort_by_cached_key(|it| cost(*it));
        let members = members.into_iter().take(limit);
        members.map(|it| (it.row, cluster)).collect()
    }
}

/// How much stands behind each answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Votes {
    starts: Vec<usize>,
    counts: Vec<f64>,
    answers: Vec<f64>,
}

impl Votes {
    /// Returns the weight of the clusters that did this on an input: 0 unless it is an answer.
    ///
    /// # Panics
    ///
    /// Panics if there is no such input or class.
    pub fn of(&self, input: usize, class: Class) -> f64 {
        match class {
            Class::Answer(class) => self.counts[self.starts[input] + class as usize],
            Class::Failure(_) | Class::Unknown => 0.0,
        }
    }

    /// Returns the weight of the clusters that answered on an input.
    ///
    /// # Panics
    ///
    /// Panics if there is no such input.
    pub fn answers(&self, input: usize) -> f64 {
        self.answers[input]
    }

    /// Returns the weight of all answers on all inputs.
    pub fn cast(&self) -> f64 {
        total(self.answers.iter().copied())
    }

    /// Returns the weight behind each answer that was given on any input.
    pub(super) fn each(&self) -> &[f64] {
        &self.counts
    }
}
