//! The user's wish to stop: once to stop asking for candidates, and what is under way is finished.
//!
//! A library never listens to signals by itself: whoever owns the process calls
//! [`Interrupt::on_ctrl_c`], or [`Interrupt::set`] by a way of its own.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::Notify;

use crate::EngineError;

/// A flag that samplers and searches look at, and can wait for.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<Flag>);

#[derive(Debug, Default)]
struct Flag {
    is_set: AtomicBool,
    changed: Notify,
}

impl Interrupt {
    /// Returns a flag that is not set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the search to stop.
    pub fn set(&self) {
        self.0.is_set.store(true, Ordering::SeqCst);
        self.0.changed.notify_waiters();
    }

    /// Returns true once the search was asked to stop.
    pub fn is_set(&self) -> bool {
        self.0.is_set.load(Ordering::SeqCst)
    }

    /// Returns once the search was asked to stop.
    pub(crate) async fn wait(&self) {
        // Listening begins before the flag is looked at, so that no call of `set` falls between.
        let changed = self.0.changed.notified();
        tokio::pin!(changed);
        changed.as_mut().enable();
        if !self.is_set() {
            changed.await;
        }
    }

    /// Sets the flag at the first Ctrl-C and calls `heard`, and `leave` at the second, on a thread of
    /// its own.
    ///
    /// # Errors
    ///
    /// Returns an error if the system refuses the thread.
    pub fn on_ctrl_c(
        &self,
        heard: impl FnOnce() + Send + 'static,
        leave: impl FnOnce() + Send + 'static,
    ) -> Result<(), EngineError> {
        let interrupt = self.clone();
        std::thread::Builder::new()
            .name("riddle-signals".to_owned())
            .spawn(move || {
                let twice = crate::workers::block_on(async {
                    tokio::signal::ctrl_c().await?;
                    interrupt.set();
                    heard();
                    tokio::signal::ctrl_c().await
                });
                if matches!(twice, Ok(Ok(()))) {
                    leave();
                }
            })
            .map(drop)
            .map_err(|error| EngineError::io("listen to signals", error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_ends_whether_it_begins_before_or_after() {
        let interrupt = Interrupt::new();
        let setter = interrupt.clone();
        crate::workers::block_on(async {
            tokio::join!(interrupt.wait(), async { setter.set() });
            interrupt.wait().await;
        })
        .unwrap();
    }
}
