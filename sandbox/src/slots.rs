//! Executions that may be under way at one moment. Knows nothing of what is executed.

use std::sync::{Condvar, Mutex, PoisonError};

/// A counting semaphore over the pool's slots, so that a full pool makes callers wait and not fail.
pub(crate) struct Slots {
    pub(crate) n: u32,
    free: Mutex<u32>,
    freed: Condvar,
}

impl Slots {
    pub(crate) fn new(n: u32) -> Self {
        Self {
            n,
            free: Mutex::new(n),
            freed: Condvar::new(),
        }
    }

    pub(crate) fn take(&self) -> Slot<'_> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = self
            .freed
            .wait_while(free, |free| *free == 0)
            .unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        Slot(self)
    }
}

/// One slot, given back when it is dropped.
pub(crate) struct Slot<'a>(&'a Slots);

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.freed.notify_one();
    }
}
