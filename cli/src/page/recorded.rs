//! What a page shows of a run: its files, and what is measured over them. Writes no markup.

use std::{collections::HashMap, path::Path};

use riddle_engine::{
    ClusterExplanation, EvaluateOptions, ProblemReport, ProblemTimings, Report, RunFiles,
    RunManifest, Survey, SurveyOptions, Timings, rule_names, survey,
};

use super::{MAX_SECTIONS, problem::Section};
use crate::errors::UsageError;

/// Rules beside the run's own.
const RULES: [&str; 3] = ["riddle", "alphacode", "first"];
/// Clusters of a problem whose representatives are compared.
const N_COMPARED: usize = 2;

/// What is asked of a page.
#[derive(Clone, Debug)]
pub(crate) struct PageOptions {
    /// Rules to measure; none for the run's own beside some.
    pub(crate) rules: Vec<String>,
    /// Samples drawn for each size.
    pub(crate) n_draws: u32,
    /// What they are drawn by.
    pub(crate) seed: u64,
}

/// A run as a page shows it.
#[derive(Debug)]
pub(crate) struct Recorded {
    /// The name of its folder.
    pub(super) name: String,
    pub(super) manifest: RunManifest,
    pub(super) report: Report,
    pub(super) timings: Option<Timings>,
    pub(super) survey: Survey,
}

impl Recorded {
    /// Reads a run and measures rules over it.
    pub(crate) fn read(folder: &Path, options: &PageOptions) -> anyhow::Result<Self> {
        let manifest = RunManifest::read_as_written(folder)?;
        if !folder.join("report.json").exists() {
            let folder = folder.display();
            let error = UsageError::new(format!(
                "`{folder}/report.json` is not there: the run was cut short"
            ));
            let hint = format!("`riddle resume {folder}` goes on with the run");
            return Err(error.with_hint(hint).into());
        }
        let files = RunFiles::read(folder)?;
        let problems = files.report.problems();
        let rules = match &options.rules[..] {
            [] => rules_beside(problems.first()),
            rules => rules.to_vec(),
        };
        let most = problems.iter().map(|it| it.metrics.n_candidates).max();
        let mut n_submissions = vec![1, manifest.config.n_submissions.max(1)];
        n_submissions.dedup();
        let survey = survey(
            folder,
            &SurveyOptions {
                evaluate: EvaluateOptions {
                    rules,
                    ks: sample_sizes(most.unwrap_or(0)),
                    n_submissions,
                    n_draws: options.n_draws,
                    seed: options.seed,
                    ..EvaluateOptions::default()
                },
                n_explained: MAX_SECTIONS,
                n_sources: N_COMPARED,
            },
        )?;
        // Not as it was named, so that a page does not tell from where it was asked for.
        let real = fs_err::canonicalize(folder)?;
        let name = real.file_name().unwrap_or(real.as_os_str());
        Ok(Self {
            name: name.to_string_lossy().into_owned(),
            manifest,
            report: files.report,
            timings: files.timings,
            survey,
        })
    }

    /// Returns the rule by which the run chose.
    pub(super) fn rule(&self) -> &str {
        let first = self.report.problems().first();
        first.map_or(&self.manifest.config.rule, |it| &it.rule)
    }

    /// Returns the problems in the order of the run, with all that is known of each.
    pub(super) fn sections(&self) -> impl Iterator<Item = Section<'_>> {
        let mut reports: HashMap<&str, &ProblemReport> = HashMap::new();
        for it in self.report.problems() {
            reports.entry(&it.problem).or_insert(it);
        }
        let timings = self.timings.iter().flat_map(|it| &it.problems);
        let timings: HashMap<&str, &ProblemTimings> =
            timings.map(|it| (&*it.problem, it)).collect();
        let clusters = self.survey.clusters.iter();
        let clusters: HashMap<&str, &ClusterExplanation> =
            clusters.map(|it| (&*it.problem, it)).collect();
        let problems = self.survey.evaluation.problems.iter();
        problems.enumerate().map(move |(index, pool)| Section {
            number: index + 1,
            pool,
            report: reports.get(&*pool.problem).copied(),
            timings: timings.get(&*pool.problem).copied(),
            clusters: clusters.get(&*pool.problem).copied(),
        })
    }
}

/// Returns the rule of a run, and those that it is held against.
fn rules_beside(first: Option<&ProblemReport>) -> Vec<String> {
    let own = first.map(|it| it.rule.as_str());
    let own = own.filter(|own| rule_names().any(|it| it == *own));
    let others = RULES.into_iter().filter(|it| Some(*it) != own);
    own.into_iter().chain(others).map(str::to_owned).collect()
}

/// Returns 1, 2, 5, 10, 20, 50, … up to the size of the largest pool; at least 1.
fn sample_sizes(most: u64) -> Vec<u64> {
    let tens = std::iter::successors(Some(1_u64), |it| it.checked_mul(10));
    tens.flat_map(|ten| [1, 2, 5].map(|it| ten.saturating_mul(it)))
        .take_while(|it| *it <= most.clamp(1, u64::from(u32::MAX) / 2))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_as_large_as_pools() {
        assert_eq!(sample_sizes(0), [1]);
        assert_eq!(sample_sizes(49), [1, 2, 5, 10, 20]);
        assert_eq!(sample_sizes(u64::MAX).last(), Some(&2_000_000_000));
    }

    #[test]
    fn a_run_without_problems_is_held_against_all() {
        assert_eq!(rules_beside(None), RULES);
    }
}
