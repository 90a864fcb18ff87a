//! The user's wish to stop: once to stop asking for candidates, and what is under way is finished.
//!
//! A library never listens to signals by itself: whoever owns the process calls
//! [`Interrupt::on_ctrl_c`], or [`Interrupt::set`] by a way of its own.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use crate::EngineError;

/// A flag that samplers and searches look at between two samples.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Returns a flag that is not set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the search to stop.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Returns true once the search was asked to stop.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
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
