//! One recorded run, looked at as a whole: rules measured over it and the clusters of its problems, with
//! each problem and the journal read once. Runs nothing, and does not know how it is shown.

use std::path::Path;

use super::{
    EvaluateOptions, EvaluationReport,
    clusters::{ClusterExplanation, Clustered},
    measure::{measured, report_of},
    pool::RecordedRun,
};
use crate::EngineError;

/// What is asked of a survey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SurveyOptions {
    /// What is measured.
    pub evaluate: EvaluateOptions,
    /// Problems of which the clusters are explained, the first of the run.
    pub n_explained: usize,
    /// Clusters of a problem whose representatives come with their text, the largest.
    pub n_sources: usize,
}

/// A recorded run.
#[derive(Clone, Debug)]
pub struct Survey {
    /// Rules, measured over all its problems.
    pub evaluation: EvaluationReport,
    /// The clusters of its first problems, in the order of the run.
    pub clusters: Vec<ClusterExplanation>,
}

/// Looks at a recorded run as a whole.
///
/// # Errors
///
/// Returns an error if an option cannot be, if the folder is no run, or if it cannot be read. Problems
/// without verdicts are data.
pub fn survey(folder: &Path, options: &SurveyOptions) -> Result<Survey, EngineError> {
    options.evaluate.check()?;
    let run = RecordedRun::open(folder, options.evaluate.uses_logprobs())?;
    let (mut pools, mut warnings, mut clustered) = (Vec::new(), Vec::new(), Vec::new());
    for (index, problem) in run.problems().enumerate() {
        let pool = run.pool(problem)?;
        warnings.extend(pool.warnings.iter().cloned());
        pools.push(measured(&pool, &options.evaluate, &mut warnings));
        if index < options.n_explained {
            clustered.push(Clustered::of(&run, &pool, &options.evaluate)?);
        }
    }
    Ok(Survey {
        evaluation: report_of(vec![run.name()], pools, warnings, &options.evaluate),
        clusters: Clustered::with_sources(&run, clustered, options.n_sources)?,
    })
}
