//! The clusters of one problem of a recorded run, and what tells the largest of them apart.
//!
//! Runs nothing. What programs printed is not recorded, but digests of it are: two outputs can be told apart
//! here and cannot be shown.

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
};

use riddle_clustering::{Ballot, Behaviours, Class, Cluster, MatrixView};
use riddle_problems::Verdict;
use riddle_sandbox::Digest;
use serde::Serialize;

use super::{
    EvaluateOptions, Unscored,
    pool::{Pool, RecordedRun},
};
use crate::{
    EngineError, Place,
    record::{InputRecord, Samples, ending_name},
};

/// Clusters that are shown, largest first.
const SHOWN_CLUSTERS: usize = 10;
/// Clusters of which each pair is told apart.
const PAIRED_CLUSTERS: usize = 5;

/// The clusters of one problem.
#[derive(Clone, Debug, Serialize)]
pub struct ClusterExplanation {
    /// The run, as it was named.
    pub run: String,
    /// The problem.
    pub problem: String,
    /// Candidates.
    pub n_candidates: u64,
    /// Those that passed the public tests.
    pub n_survivors: u64,
    /// Distinct programs among them.
    pub n_programs: u64,
    /// Generated inputs.
    pub n_inputs: u64,
    /// Clusters.
    pub n_clusters: u64,
    /// Why right and wrong cannot be told, if so.
    pub unscored: Option<Unscored>,
    /// The largest clusters.
    pub clusters: Vec<ClusterView>,
    /// What each rule picks, best first.
    pub picks: Vec<RulePicks>,
    /// For each pair of the largest clusters, an input that tells them apart.
    pub differences: Vec<PairDifference>,
}

/// A cluster.
#[derive(Clone, Debug, Serialize)]
pub struct ClusterView {
    /// Its place by size, from 1.
    pub rank: u64,
    /// Candidates, duplicates included.
    pub size: u64,
    /// Distinct programs.
    pub n_programs: u64,
    /// Programs by their verdict on the private tests; empty where there are none.
    pub verdicts: BTreeMap<Verdict, u64>,
    /// Its earliest program's candidate.
    pub representative: String,
    /// The language of that.
    pub language: String,
    /// The text of that; bytes that are no UTF-8 are replaced. None where the journal has it not, or where it
    /// was not asked for.
    pub source: Option<String>,
}

/// What a rule picks.
#[derive(Clone, Debug, Serialize)]
pub struct RulePicks {
    /// Its name.
    pub rule: String,
    /// The picks, best first.
    pub picks: Vec<ClusterPick>,
}

/// A pick.
#[derive(Clone, Debug, Serialize)]
pub struct ClusterPick {
    /// The candidate.
    pub candidate: String,
    /// Its cluster's rank.
    pub cluster: u64,
    /// Its verdict on the private tests, if any.
    pub verdict: Option<Verdict>,
    /// What spoke for it.
    pub reason: String,
}

/// An input that tells two clusters apart: the shortest on which both answer and differ, else the shortest
/// on which they differ.
#[derive(Clone, Debug, Serialize)]
pub struct PairDifference {
    /// The clusters' ranks.
    pub clusters: [u64; 2],
    /// Inputs on which they differ.
    pub n_inputs: u64,
    /// The input's number, from 0.
    pub input: u64,
    /// The input; bytes that are no UTF-8 are replaced.
    pub content: String,
    /// What each did on it.
    pub conduct: [Conduct; 2],
}

/// What a program did on an input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Conduct {
    /// How it ended.
    pub ending: &'static str,
    /// Digest of what it printed.
    pub output: Digest,
    /// Whether it printed nothing.
    pub is_empty: bool,
}

/// Explains the clusters of a problem of a recorded run; `None` if the run has no such problem.
///
/// # Errors
///
/// Returns an error if an option cannot be, or if the run cannot be read.
pub fn explain_clusters(
    run: &Path,
    problem: &str,
    options: &EvaluateOptions,
) -> Result<Option<ClusterExplanation>, EngineError> {
    options.check()?;
    let run = RecordedRun::open(run, options.uses_logprobs())?;
    if !run.problems().any(|it| it == problem) {
        return Ok(None);
    }
    let clustered = Clustered::of(&run, &run.pool(problem)?, options)?;
    let explained = Clustered::with_sources(&run, vec![clustered], SHOWN_CLUSTERS)?;
    Ok(explained.into_iter().next())
}

/// An explanation before its programs have their texts.
#[derive(Debug)]
pub(super) struct Clustered {
    explanation: ClusterExplanation,
    /// The place of each shown cluster's representative.
    places: Vec<Place>,
}

impl Clustered {
    /// Explains the clusters of a pool.
    pub(super) fn of(
        run: &RecordedRun,
        pool: &Pool,
        options: &EvaluateOptions,
    ) -> Result<Self, EngineError> {
        let voting = pool.voting();
        let behaviours = Behaviours::of(MatrixView::new(&pool.matrix).inputs(&voting));
        let clusters = behaviours.clusters();
        // Those that part programs, so that places agree.
        let inputs = run.inputs(&pool.problem)?;
        let inputs: Vec<(usize, &InputRecord)> = voting
            .iter()
            .filter_map(|it| Some((*it, inputs.get(*it)?)))
            .collect();
        let shown = &clusters[..clusters.len().min(SHOWN_CLUSTERS)];
        Ok(Self {
            explanation: ClusterExplanation {
                run: run.name(),
                problem: pool.problem.clone(),
                n_candidates: pool.n_candidates,
                n_survivors: pool.n_survivors(),
                n_programs: pool.programs.len() as u64,
                n_inputs: pool.matrix.n_inputs() as u64,
                n_clusters: clusters.len() as u64,
                unscored: pool.unscored,
                clusters: views(pool, shown),
                picks: picks(pool, &behaviours, options),
                differences: differences(pool, &behaviours, &clusters, &inputs),
            },
            places: (shown.iter())
                .map(|it| pool.programs[it.members[0]].place)
                .collect(),
        })
    }

    /// Gives the representatives of the `n_sources` largest clusters of each problem their texts. Reads the
    /// journal once.
    pub(super) fn with_sources(
        run: &RecordedRun,
        mut all: Vec<Self>,
        n_sources: usize,
    ) -> Result<Vec<ClusterExplanation>, EngineError> {
        let named = all.iter().map(|it| it.explanation.problem.clone());
        let indices: HashMap<String, usize> = named.zip(0..).collect();
        for sampled in Samples::open(&run.folder().join("candidates.jsonl"))? {
            let (problem, sampled) = sampled?;
            let Some(it) = indices.get(&problem).map(|it| &mut all[*it]) else {
                continue;
            };
            let mut places = it.places.iter().take(n_sources);
            let cluster = places.position(|it| *it == sampled.place);
            if let (Some(cluster), Ok(sample)) = (cluster, sampled.sample) {
                let source = &mut it.explanation.clusters[cluster].source;
                source.get_or_insert_with(|| String::from_utf8_lossy(&sample.source).into_owned());
            }
        }
        Ok(all.into_iter().map(|it| it.explanation).collect())
    }
}

fn views(pool: &Pool, clusters: &[Cluster]) -> Vec<ClusterView> {
    let view = |(index, cluster): (usize, &Cluster)| {
        let first = &pool.programs[cluster.members[0]];
        let mut verdicts = BTreeMap::new();
        for verdict in cluster
            .members
            .iter()
            .filter_map(|it| pool.programs[*it].verdict)
        {
            *verdicts.entry(verdict).or_default() += 1;
        }
        ClusterView {
            rank: index as u64 + 1,
            size: cluster.weight,
            n_programs: cluster.members.len() as u64,
            verdicts,
            representative: first.candidate.clone(),
            language: first.language.clone(),
            source: None,
        }
    };
    clusters.iter().enumerate().map(view).collect()
}

fn picks(pool: &Pool, behaviours: &Behaviours, options: &EvaluateOptions) -> Vec<RulePicks> {
    let ballot = Ballot::new(behaviours);
    let n = options.n_submissions.iter().copied().max().unwrap_or(0);
    let rules = options.rules_for(&pool.logprobs());
    let picks = rules.iter().map(|rule| RulePicks {
        rule: rule.name().to_owned(),
        picks: rule
            .choose(&ballot, n)
            .into_iter()
            .map(|it| ClusterPick {
                candidate: pool.programs[it.row].candidate.clone(),
                cluster: it.cluster as u64 + 1,
                verdict: pool.programs[it.row].verdict,
                reason: it.reason.to_string(),
            })
            .collect(),
    });
    picks.collect()
}

fn differences(
    pool: &Pool,
    behaviours: &Behaviours,
    clusters: &[Cluster],
    inputs: &[(usize, &InputRecord)],
) -> Vec<PairDifference> {
    let paired = &clusters[..clusters.len().min(PAIRED_CLUSTERS)];
    let mut differences = Vec::new();
    for (first, one) in paired.iter().enumerate() {
        for (second, other) in paired.iter().enumerate().skip(first + 1) {
            let rows = [one.members[0], other.members[0]];
            let groups = rows.map(|it| behaviours.group(it));
            // Two that are not known are different by decree, and there is nothing to show.
            let differ: Vec<usize> = (0..inputs.len())
                .filter(|it| {
                    let [a, b] = groups.map(|group| behaviours.class(group, *it));
                    a != b && a != Class::Unknown && b != Class::Unknown
                })
                .collect();
            let fails = |input: usize| {
                let mut classes = groups.iter().map(|it| behaviours.class(*it, input));
                classes.any(|it| !matches!(it, Class::Answer(_)))
            };
            // Two answers say more than an answer and a crash.
            let shown = (differ.iter().copied())
                .min_by_key(|it| (fails(*it), inputs[*it].1.content.len(), *it));
            differences.extend(shown.map(|place| {
                let (input, record) = inputs[place];
                PairDifference {
                    clusters: [first as u64 + 1, second as u64 + 1],
                    n_inputs: differ.len() as u64,
                    input: input as u64,
                    content: String::from_utf8_lossy(&record.content).into_owned(),
                    conduct: rows.map(|it| conduct(pool, it, input)),
                }
            }));
        }
    }
    differences
}

fn conduct(pool: &Pool, row: usize, input: usize) -> Conduct {
    let cell = pool.matrix.cell(row, input);
    let output = Digest(pool.matrix.digest(cell.output).0);
    Conduct {
        ending: ending_name(cell.ending),
        output,
        is_empty: output == Digest::of(b""),
    }
}
