//! A language model in process: a GGUF file by llama.cpp, one single-threaded context a worker over one
//! shared model.
//!
//! Threads of its own write the samples and hand them over by a bounded channel; dropping the stream or
//! setting the interrupt ends them within one step of the model. What they write is not deterministic
//! (scores depend on who shares a batch), so the journal is what a run is identified by.

mod desk;
mod draw;
mod model;
#[cfg(test)]
mod tests;
mod worker;

use std::{path::Path, sync::Arc, thread::JoinHandle};

use futures_util::{StreamExt, stream, stream::BoxStream};
use riddle_problems::Task;
use tokio::sync::mpsc;

use self::{
    desk::{Counter, Desks},
    model::Model,
};
use super::{Ask, LocalConfig, Sampled, Sampler, SamplerConfig, SamplerError};
use crate::{PromptWriter, default_model};

/// Slots of a worker, at most: llama.cpp has 256 sequences, and one holds the prompt.
const MAX_SLOTS: u32 = 255;
/// Samples that may wait for the search; a full channel makes the workers wait.
const WAITING_SAMPLES: usize = 64;
/// Stack of a worker thread, in bytes.
const STACK_BYTES: usize = 8 << 20;

/// Samples from a model in process.
pub struct LocalSampler {
    config: LocalConfig,
    model: Arc<Model>,
    writer: Arc<PromptWriter>,
    n_workers: usize,
}

impl LocalSampler {
    /// Loads the model. `cache` is where the default model is, `n_workers` the threads that write.
    ///
    /// # Errors
    ///
    /// Returns an error if the model is missing or broken, or if the settings cannot be.
    pub fn open(
        config: &LocalConfig,
        cache: &Path,
        n_workers: usize,
    ) -> Result<Self, SamplerError> {
        if !(1..=MAX_SLOTS).contains(&config.n_slots) {
            return Err(SamplerError::new(format!(
                "a worker cannot have {} slots: 1 to {MAX_SLOTS} are possible",
                config.n_slots
            )));
        }
        config.sampling.check()?;
        let path = if let Some(path) = &config.model {
            path.clone()
        } else {
            let packed = default_model(cache);
            if !packed.is_file() {
                return Err(SamplerError::new("the embedded model is not installed")
                    .with_hint("run `riddle setup`, or pass a GGUF file by `--model PATH`"));
            }
            model::quantised(&packed, &packed.with_extension("q8_0.gguf"))?
        };
        Ok(Self {
            writer: Arc::new(PromptWriter::open(&config.sampling.prompt)?),
            model: Arc::new(Model::open(&path)?),
            config: config.clone(),
            n_workers: n_workers.max(1),
        })
    }
}

impl Sampler for LocalSampler {
    fn name(&self) -> &'static str {
        "local"
    }

    fn n_samples(&self, _: &Task) -> Option<u64> {
        None
    }

    fn config(&self) -> Option<SamplerConfig> {
        Some(SamplerConfig::Local(self.config.clone()))
    }

    fn samples(&self, ask: Ask) -> BoxStream<'_, Result<Sampled, SamplerError>> {
        let (sender, receiver) = mpsc::channel(WAITING_SAMPLES);
        let desks = Arc::new(Desks::new(
            ask,
            Arc::clone(&self.model),
            Arc::clone(&self.writer),
            self.config.sampling.clone(),
        ));
        let mut running = Running {
            receiver,
            threads: Vec::new(),
        };
        for index in 0..self.n_workers {
            let mut counter = Counter::new(Arc::clone(&desks), sender.clone());
            let model = Arc::clone(&self.model);
            let n_slots = self.config.n_slots as usize;
            let thread = std::thread::Builder::new()
                .name(format!("riddle-model-{index}"))
                .stack_size(STACK_BYTES)
                .spawn(move || {
                    if let Err(error) = worker::work(&model, n_slots, &mut counter) {
                        counter.fail(error);
                    }
                });
            match thread {
                Ok(thread) => running.threads.push(thread),
                Err(error) => {
                    let error = SamplerError::new("could not start a thread").with_source(error);
                    return stream::iter([Err(error)]).boxed();
                }
            }
        }
        drop(sender);
        stream::unfold(running, |mut running| async {
            let next = match running.receiver.recv().await {
                Some(next) => Some(next),
                None => running.join().map(Err),
            };
            next.map(|it| (it, running))
        })
        .boxed()
    }
}

/// Worker threads, which end when this is dropped.
struct Running {
    receiver: mpsc::Receiver<Result<Sampled, SamplerError>>,
    threads: Vec<JoinHandle<()>>,
}

impl Running {
    /// Waits for the threads, and says if one of them panicked: a fault of ours.
    fn join(&mut self) -> Option<SamplerError> {
        let threads = self.threads.drain(..);
        let n_panics = threads.map(JoinHandle::join).filter(Result::is_err).count();
        (n_panics > 0).then(|| SamplerError::new("internal fault in a model worker"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A worker that finds the channel closed ends.
        self.receiver.close();
        while self.receiver.try_recv().is_ok() {}
        self.join();
    }
}
