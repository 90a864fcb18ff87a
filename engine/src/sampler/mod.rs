//! Where candidates come from.
//!
//! A sampler turns an [`Ask`] about one task (never its private tests) into a stream of samples. It does
//! not judge, deduplicate or record; the search does.

mod answer;
mod config;
mod error;
pub(crate) mod extract;
mod folder;
mod jsonl;
#[cfg(feature = "local")]
mod local;
mod openai;
mod own;
mod plan;
mod replay;

use std::{collections::BTreeSet, sync::Arc};

use futures_util::stream::BoxStream;
use riddle_problems::Task;

pub(crate) use self::jsonl::{Line, line_of};
#[cfg(feature = "local")]
pub use self::local::LocalSampler;
pub use self::{
    config::{BUILD_LOCAL, LocalConfig, OpenaiConfig, SamplerConfig},
    error::SamplerError,
    openai::{OpenaiSampler, Prefill, ServerConfig},
    own::OwnSampler,
    plan::SamplingConfig,
    replay::Replay,
};
use crate::{Interrupt, Lineage, Place, Rejected, Sample};

/// What a search wants of a sampler for one problem.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The problem, as far as a sampler may see it.
    pub task: Arc<Task>,
    /// Samples wanted in all: indices from here on are not asked for. Default: all that there are.
    pub n_samples: Option<u64>,
    /// The seed of everything that the sampler draws for this problem.
    pub seed: u64,
    /// Indices that are recorded already, and are not asked for again.
    pub have: Arc<BTreeSet<u64>>,
    /// Once it is set, the sampler begins nothing new and ends its stream soon.
    pub interrupt: Interrupt,
}

impl Ask {
    /// Returns an ask for everything that a sampler has for a task.
    pub fn all(task: Arc<Task>) -> Self {
        Self {
            task,
            n_samples: None,
            seed: 0,
            have: Arc::default(),
            interrupt: Interrupt::new(),
        }
    }

    /// Returns true if the sample of this index is wanted.
    pub fn wants(&self, index: u64) -> bool {
        self.n_samples.is_none_or(|n| index < n) && !self.have.contains(&index)
    }

    /// Returns true once no index from this one on is wanted, or nothing new is to begin.
    pub fn is_over(&self, index: u64) -> bool {
        self.interrupt.is_set() || self.n_samples.is_some_and(|n| index >= n)
    }
}

/// One sample on its way into a search.
#[derive(Clone, Debug)]
pub struct Sampled {
    /// Its index among the problem's samples, from 0, without gaps: the order in which everything is
    /// decided, whatever the order of arrival.
    pub index: u64,
    /// The request and choice that it came by; in the order of the index.
    pub place: Place,
    /// How it came about, as far as that is known.
    pub lineage: Lineage,
    /// The program, or why it is none.
    pub sample: Result<Sample, Rejected>,
}

impl Sampled {
    /// Returns a sample that is a request of its own, and of which nothing more is known.
    pub fn new(index: u64, sample: Result<Sample, Rejected>) -> Self {
        Self {
            index,
            place: Place {
                request: index,
                choice: 0,
            },
            lineage: Lineage::default(),
            sample,
        }
    }
}

/// A source of candidates.
pub trait Sampler {
    /// Returns the sampler's name, for the manifest.
    fn name(&self) -> &str;

    /// Returns how many samples it has for a task, where that is known.
    fn n_samples(&self, task: &Task) -> Option<u64>;

    /// Returns how to open the sampler again, for a run that is resumed. Default: nothing, for a
    /// sampler that only its owner can make.
    fn config(&self) -> Option<SamplerConfig> {
        None
    }

    /// Returns the samples for a task: each index that is [wanted](Ask::wants) once, in any order.
    ///
    /// An index may come at most [`MAX_AHEAD`] before a lower one that is still to come, since later
    /// samples wait in memory for it. The stream may end early. A sample that cannot be a candidate is
    /// a [`Rejected`], and the stream goes on; an error ends it, and the search makes do with what it
    /// has.
    fn samples(&self, ask: Ask) -> BoxStream<'_, Result<Sampled, SamplerError>>;
}

/// How far a sample may come before one of a lower index.
pub const MAX_AHEAD: u64 = 8192;
