//! Executions that may be under way at one moment: how many, and with how much memory. Knows nothing of what
//! is executed.
//!
//! Callers wait in the order in which they came, so that none is passed over for ever; one that asks for more
//! than there is in all runs alone. So nobody waits for anything but the end of executions that are under way.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Who is in and who waits.
pub(crate) struct Slots {
    pub(crate) n: u32,
    budget_bytes: u64,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    n_taken: u32,
    taken_bytes: u64,
    /// The number that the next caller draws.
    next: u64,
    /// The number whose turn it is.
    turn: u64,
}

impl Slots {
    pub(crate) fn new(n: u32, budget_bytes: u64) -> Self {
        Self {
            n,
            budget_bytes,
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// Waits until there is a slot and room for what the execution may take up, in bytes.
    pub(crate) fn take(&self, bytes: u64) -> Slot<'_> {
        let mut state = self.lock();
        let number = state.next;
        state.next += 1;
        while state.turn != number || !self.has_room(&state, bytes) {
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.turn += 1;
        state.n_taken += 1;
        state.taken_bytes = state.taken_bytes.saturating_add(bytes);
        self.tell(&state);
        Slot { slots: self, bytes }
    }

    fn has_room(&self, state: &State, bytes: u64) -> bool {
        let fits = state.taken_bytes.saturating_add(bytes) <= self.budget_bytes;
        state.n_taken == 0 || (state.n_taken < self.n && fits)
    }

    /// Wakes those who wait, if any do: that is a call of the system.
    fn tell(&self, state: &State) {
        if state.turn != state.next {
            self.changed.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One slot, given back when it is dropped.
pub(crate) struct Slot<'a> {
    slots: &'a Slots,
    bytes: u64,
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        let mut state = self.slots.lock();
        state.n_taken -= 1;
        state.taken_bytes = state.taken_bytes.saturating_sub(self.bytes);
        self.slots.tell(&state);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    /// Takes slots from many threads; returns the most bytes and the most slots that were held at one moment.
    fn most(slots: &Slots, sizes: &[u64]) -> (u64, u64) {
        let [held, most, n_held, n_most] = [0; 4].map(AtomicU64::new);
        std::thread::scope(|scope| {
            for &bytes in sizes {
                let (held, most, n_held, n_most) = (&held, &most, &n_held, &n_most);
                scope.spawn(move || {
                    for _ in 0..200 {
                        let slot = slots.take(bytes);
                        let now = held.fetch_add(bytes, Ordering::SeqCst) + bytes;
                        most.fetch_max(now, Ordering::SeqCst);
                        let n_now = n_held.fetch_add(1, Ordering::SeqCst) + 1;
                        n_most.fetch_max(n_now, Ordering::SeqCst);
                        std::thread::yield_now();
                        n_held.fetch_sub(1, Ordering::SeqCst);
                        held.fetch_sub(bytes, Ordering::SeqCst);
                        drop(slot);
                    }
                });
            }
        });
        assert_eq!(slots.lock().taken_bytes, 0);
        (most.into_inner(), n_most.into_inner())
    }

    #[test]
    fn what_is_under_way_stays_within_the_budget_and_all_come_through() {
        let (bytes, n) = most(&Slots::new(64, 100), &[10, 20, 30, 40, 50, 60, 90, 100]);
        assert!(bytes <= 100 && n <= 10, "{bytes} bytes, {n} slots");
    }

    #[test]
    fn more_than_there_is_runs_alone() {
        let (bytes, n) = most(&Slots::new(64, 100), &[1_000, 1_000, u64::MAX / 4, 101]);
        assert!(bytes <= u64::MAX / 4 && n == 1, "{bytes} bytes, {n} slots");
    }

    #[test]
    fn no_more_are_under_way_than_there_are_slots() {
        let (_, n) = most(&Slots::new(2, u64::MAX), &[1; 8]);
        assert!(n <= 2, "{n} slots");
    }
}
