//! Driving one guest's future to its end on the calling thread.
//!
//! Guests run on a fiber and yield after each interval of fuel; all host functions are ready at once,
//! so no executor, timer or reactor is needed: only a loop that looks at the clock between two slices.

use std::{
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use super::cpu_time::thread_cpu_time;

/// A flag by which a caller ends executions that are under way.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Makes a flag that is not set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the flag: executions under it end as [`Ending::Backstop`](crate::Ending::Backstop)
    /// within one interval of fuel.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Returns true once [`cancel`](Self::cancel) was called.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Polls a guest's future once.
pub(crate) fn poll<F: Future + ?Sized>(guest: Pin<&mut F>) -> Poll<F::Output> {
    guest.poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls `future` until it is ready; `None` if the thread used up `cpu_time` or `cancel` was set first.
pub(crate) fn drive<F: Future>(
    future: F,
    cpu_time: Duration,
    cancel: &Cancel,
) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut backstop = Backstop::new(cpu_time, cancel);
    loop {
        if let Poll::Ready(output) = poll(future.as_mut()) {
            return Some(output);
        }
        if backstop.has_come() {
            return None;
        }
    }
}

/// The end of what fuel does not end. Its clock starts at the first look, and is the thread's own: a guest never
/// waits for anything, and a loaded machine must not end what a quiet one would let go on.
pub(crate) struct Backstop<'a> {
    start: Option<Duration>,
    cpu_time: Duration,
    cancel: &'a Cancel,
}

impl<'a> Backstop<'a> {
    pub(crate) fn new(cpu_time: Duration, cancel: &'a Cancel) -> Self {
        Self {
            start: None,
            cpu_time,
            cancel,
        }
    }

    /// Returns true once the time is used up or the caller cancelled.
    pub(crate) fn has_come(&mut self) -> bool {
        let now = thread_cpu_time();
        let start = *self.start.get_or_insert(now);
        now.saturating_sub(start) >= self.cpu_time || self.cancel.is_cancelled()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ready_future_never_meets_the_backstop() {
        let cancel = Cancel::new();
        cancel.cancel();
        assert_eq!(
            drive(std::future::ready(7), Duration::ZERO, &cancel),
            Some(7)
        );
    }

    #[test]
    fn a_pending_future_ends_when_cancelled() {
        let cancel = Cancel::new();
        cancel.cancel();
        let forever = std::future::pending::<()>();
        assert_eq!(drive(forever, Duration::MAX, &cancel), None);
    }

    #[test]
    fn a_pending_future_ends_at_the_backstop() {
        let forever = std::future::pending::<()>();
        assert_eq!(drive(forever, Duration::ZERO, &Cancel::new()), None);
    }
}
