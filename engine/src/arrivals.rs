//! Samples as they arrive: admitted or not, and put to work at once.
//!
//! Knows no order and counts nothing; what is decided is decided by the tally.

use std::{collections::HashMap, sync::Arc};

use riddle_problems::Task;
use riddle_sandbox::Digest;
use tokio::sync::OnceCell;

use crate::{
    Candidate, EngineError, Place, RejectReason, Rejected, Sampled,
    evaluate::{Evaluation, Trials},
    search::SearchContext,
};

/// Turns a sample that may not become a candidate into one that says why.
pub(crate) fn admitted(sampled: Sampled, task: &Task, context: &SearchContext<'_>) -> Sampled {
    let Ok(sample) = &sampled.sample else {
        return sampled;
    };
    let asked = &context.config.languages;
    let n_bytes = sample.source.len() as u64;
    let limit = task
        .limits
        .source_bytes
        .min(context.sandbox.options().compile_limits.source_bytes);
    let (reason, detail) = if !asked.is_empty() && !asked.contains(&sample.language) {
        let detail = format!("language `{}` was not asked for", sample.language);
        (RejectReason::LanguageNotAsked, detail)
    } else if sample.source.trim_ascii().is_empty() {
        (RejectReason::EmptySource, "source is empty".to_owned())
    } else if n_bytes > limit {
        let detail = format!("source has {n_bytes} bytes: the limit is {limit}");
        (RejectReason::SourceTooLarge, detail)
    } else {
        return sampled;
    };
    let id = sample.id.clone();
    let rejected = Rejected {
        id: id.unwrap_or_else(|| sampled.place.to_string()),
        reason,
        detail,
    };
    Sampled {
        sample: Err(rejected),
        ..sampled
    }
}

/// A sample that is through.
pub(crate) enum Arrival {
    Rejected(Place, Rejected),
    /// A candidate whose source was counted already: it was not tried.
    Duplicate(Candidate, Digest),
    Evaluated(Candidate, Digest, Arc<Evaluation>),
}

/// What becomes of a sample that has just arrived.
pub(crate) enum Arrived<F> {
    /// It is through.
    Through(Box<Arrival>),
    /// Its evaluation, which the workers do.
    Work(F),
}

/// Puts samples to work as they arrive: each source once, whichever of its candidates comes first.
pub(crate) struct Arrivals<'a> {
    context: &'a SearchContext<'a>,
    trials: Arc<Trials>,
    /// Sources that are being evaluated, or were, and whose first candidate is not counted yet.
    under_way: HashMap<Digest, Arc<OnceCell<Arc<Evaluation>>>>,
}

impl<'a> Arrivals<'a> {
    pub(crate) fn new(context: &'a SearchContext<'a>, trials: Arc<Trials>) -> Self {
        Self {
            context,
            trials,
            under_way: HashMap::new(),
        }
    }

    pub(crate) fn arrive(
        &mut self,
        sampled: Sampled,
        counted: &HashMap<Digest, Place>,
    ) -> Arrived<impl Future<Output = Result<(u64, Arrival), EngineError>> + use<'a>> {
        let candidate = match sampled.sample {
            Ok(sample) => Candidate {
                place: sampled.place,
                lineage: sampled.lineage,
                sample,
            },
            Err(rejected) => {
                return Arrived::Through(Box::new(Arrival::Rejected(sampled.place, rejected)));
            }
        };
        let source = candidate.source_digest();
        if counted.contains_key(&source) {
            return Arrived::Through(Box::new(Arrival::Duplicate(candidate, source)));
        }
        let evaluation = Arc::clone(self.under_way.entry(source).or_default());
        let trials = Arc::clone(&self.trials);
        let workers = self.context.workers;
        Arrived::Work(async move {
            let (language, text) = (candidate.sample.language, &candidate.sample.source);
            let evaluation = evaluation
                .get_or_try_init(|| async {
                    let text = Arc::clone(text);
                    let work = move || trials.evaluate(language, &text);
                    let evaluation = workers.run(candidate.name(), work).await??;
                    Ok::<_, EngineError>(Arc::new(evaluation))
                })
                .await?;
            let evaluation = Arc::clone(evaluation);
            Ok((
                sampled.index,
                Arrival::Evaluated(candidate, source, evaluation),
            ))
        })
    }

    /// Lets go of the evaluation of a source that is counted from now on.
    pub(crate) fn forget(&mut self, arrival: &Arrival) {
        if let Arrival::Evaluated(_, source, _) = arrival {
            self.under_way.remove(source);
        }
    }
}
