//! The threads that compile and execute: as many as asked for, fed through a bounded channel.
//!
//! The dispatcher (async) owns all state; a worker gets a closure, returns its result, and shares
//! nothing. Guests never run anywhere else.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    thread::JoinHandle,
};

use crossbeam::channel::{Receiver, Sender, bounded};
use tokio::{
    runtime::Runtime,
    sync::{Semaphore, oneshot},
};

use crate::EngineError;

/// Jobs that may wait or run, for each worker: enough to keep it busy while results are collected in
/// order behind a slow one.
const JOBS_PER_WORKER: usize = 32;

/// Stack of a worker, in bytes. Guests have stacks of their own; this one is for Cranelift.
const STACK_BYTES: usize = 16 << 20;

type Job = Box<dyn FnOnce() + Send>;

/// A pool of worker threads. Dropping it lets them finish what they run and joins them.
pub struct Workers {
    n: usize,
    jobs: Option<Sender<Job>>,
    room: Semaphore,
    threads: Vec<JoinHandle<()>>,
}

impl Workers {
    /// Starts `n` workers, at least one.
    ///
    /// # Errors
    ///
    /// Returns an error if the system refuses a thread.
    pub fn start(n: usize) -> Result<Self, EngineError> {
        let n = n.max(1);
        let capacity = n * JOBS_PER_WORKER;
        let (jobs, inbox) = bounded(capacity);
        let threads = (0..n)
            .map(|index| {
                let inbox: Receiver<Job> = inbox.clone();
                std::thread::Builder::new()
                    .name(format!("riddle-worker-{index}"))
                    .stack_size(STACK_BYTES)
                    .spawn(move || {
                        for job in inbox {
                            job();
                        }
                    })
                    .map_err(|error| EngineError::io("start a worker thread", error))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            n,
            jobs: Some(jobs),
            room: Semaphore::new(capacity),
            threads,
        })
    }

    /// Returns the number of workers.
    pub fn n(&self) -> usize {
        self.n
    }

    /// Returns the number of jobs that are useful to have under way.
    pub fn capacity(&self) -> usize {
        self.n * JOBS_PER_WORKER
    }

    /// Runs `work` on a worker. `name` says what it is about, should it panic.
    ///
    /// # Errors
    ///
    /// Returns an error if `work` panicked: a fault of ours, never a candidate's.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        name: String,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, EngineError> {
        let _room = self.room.acquire().await.expect("never closed");
        let (reply, result) = oneshot::channel();
        let job: Job = Box::new(move || {
            let result = catch_unwind(AssertUnwindSafe(work));
            // Nobody listens any more if the search was abandoned.
            drop(reply.send(result));
        });
        let jobs = self.jobs.as_ref().expect("open until dropped");
        jobs.try_send(job)
            .map_err(|_| ())
            .expect("the channel holds as many jobs as there is room for");
        match result.await {
            Ok(Ok(it)) => Ok(it),
            Ok(Err(panic)) => Err(EngineError::Panicked {
                candidate: name,
                message: message(panic.as_ref()),
            }),
            Err(_) => Err(EngineError::Panicked {
                candidate: name,
                message: "the worker is gone".to_owned(),
            }),
        }
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            // Jobs catch their panics, so that a worker's own end is quiet.
            drop(thread.join());
        }
    }
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|it| (*it).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "panic without a message".to_owned())
}

/// Makes a runtime that runs futures on the calling thread, with the timers and signals that they may use.
///
/// # Errors
///
/// Returns an error if the system refuses what the runtime needs.
pub(crate) fn runtime() -> Result<Runtime, EngineError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| EngineError::io("start the dispatcher", error))
}

/// Runs a future to its end on a runtime of its own.
///
/// # Errors
///
/// Returns an error if there can be no runtime.
pub(crate) fn block_on<F: Future>(future: F) -> Result<F::Output, EngineError> {
    Ok(runtime()?.block_on(future))
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt, stream};

    use super::*;

    #[test]
    fn results_come_in_order_and_all_of_them() {
        let workers = Workers::start(3).unwrap();
        let results: Vec<u32> = block_on(
            stream::iter(0..1000)
                .map(|it| workers.run(it.to_string(), move || it * 2))
                .buffered(workers.capacity() * 2)
                .map(Result::unwrap)
                .collect(),
        )
        .unwrap();
        assert_eq!(results, (0..1000).map(|it| it * 2).collect::<Vec<_>>());
    }

    #[test]
    fn a_panic_is_our_fault_and_names_the_candidate() {
        let workers = Workers::start(1).unwrap();
        let result = block_on(workers.run("c-7".to_owned(), || panic!("oh"))).unwrap();
        let error: EngineError = result.unwrap_err();
        assert_eq!(
            error.to_string(),
            "internal fault while working on `c-7`: oh"
        );
        // The worker lives on.
        assert_eq!(
            block_on(workers.run(String::new(), || 5)).unwrap().unwrap(),
            5
        );
    }
}
