//! A bounded pipe between two guests on one thread.
//!
//! Neither end blocks: it says that it would, and whoever drives both guests turns to the other. Two
//! sequential processes joined by such pipes give the same bytes whatever the turns (Kahn, "The semantics
//! of a simple language for parallel programming", 1974), but for what is written to a reader that is gone;
//! the turns are fixed too, so that this is the same as well. Knows no guest and no driver.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use super::descriptors::Stream;

/// Bytes that a pipe holds, as on Linux.
const PIPE_BYTES: usize = 64 << 10;

/// Either end of a pipe.
#[derive(Clone, Debug, Default)]
pub(super) struct Pipe(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    bytes: VecDeque<u8>,
    reader_is_gone: bool,
    writer_is_gone: bool,
}

/// What an end can do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moved {
    /// This many bytes went through, at least one unless none were asked for.
    Bytes(usize),
    /// The other end must do something first.
    Blocked,
    /// The other end is gone.
    Gone,
}

impl Pipe {
    fn with<T>(&self, use_state: impl FnOnce(&mut State) -> T) -> T {
        use_state(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes what is there, as far as it fits.
    pub(super) fn read(&self, into: &mut [u8]) -> Moved {
        self.with(|state| {
            let n = state.bytes.len().min(into.len());
            let (front, back) = state.bytes.as_slices();
            let n_front = n.min(front.len());
            into[..n_front].copy_from_slice(&front[..n_front]);
            into[n_front..n].copy_from_slice(&back[..n - n_front]);
            state.bytes.drain(..n);
            match n {
                0 if into.is_empty() => Moved::Bytes(0),
                0 if state.writer_is_gone => Moved::Gone,
                0 => Moved::Blocked,
                n => Moved::Bytes(n),
            }
        })
    }

    /// Puts in what there is room for.
    pub(super) fn write(&self, bytes: &[u8]) -> Moved {
        self.with(|state| {
            if state.reader_is_gone {
                return Moved::Gone;
            }
            let n = bytes.len().min(PIPE_BYTES - state.bytes.len());
            state.bytes.extend(&bytes[..n]);
            match n {
                0 if !bytes.is_empty() => Moved::Blocked,
                n => Moved::Bytes(n),
            }
        })
    }

    pub(super) fn reader_leaves(&self) {
        self.with(|state| {
            state.reader_is_gone = true;
            state.bytes.clear();
        });
    }

    pub(super) fn writer_leaves(&self) {
        self.with(|state| state.writer_is_gone = true);
    }

    fn can_be_read(&self) -> bool {
        self.with(|state| !state.bytes.is_empty() || state.writer_is_gone)
    }

    fn can_be_written(&self) -> bool {
        self.with(|state| state.bytes.len() < PIPE_BYTES || state.reader_is_gone)
    }
}

/// What a guest waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    ToRead,
    ToWrite,
}

/// The two pipes of one guest, and what it waits for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ends {
    pub(super) input: Pipe,
    pub(super) output: Pipe,
    wait: Arc<Mutex<Option<Wait>>>,
}

impl Ends {
    /// Makes the ends of two guests that talk to each other.
    pub(super) fn pair() -> (Self, Self) {
        let first = Self::default();
        let second = Self {
            input: first.output.clone(),
            output: first.input.clone(),
            wait: Arc::default(),
        };
        (first, second)
    }

    /// Lets the other guest go first: ready when this one is driven again.
    pub(super) async fn wait(&self, wait: Wait) {
        *self.wait.lock().unwrap_or_else(PoisonError::into_inner) = Some(wait);
        let mut waited = false;
        std::future::poll_fn(|_| {
            if std::mem::replace(&mut waited, true) {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        })
        .await;
        *self.wait.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Returns true if the guest waits for the other.
    pub(super) fn waits(&self) -> bool {
        let wait = self.wait.lock().unwrap_or_else(PoisonError::into_inner);
        wait.is_some()
    }

    /// Returns true unless the guest waits for what has not happened.
    pub(super) fn can_go_on(&self) -> bool {
        match *self.wait.lock().unwrap_or_else(PoisonError::into_inner) {
            None => true,
            Some(Wait::ToRead) => self.input.can_be_read(),
            Some(Wait::ToWrite) => self.output.can_be_written(),
        }
    }

    /// The guest has closed one of its streams.
    pub(super) fn close(&self, stream: Option<Stream>) {
        match stream {
            Some(Stream::Input) => self.input.reader_leaves(),
            Some(Stream::Output) => self.output.writer_leaves(),
            Some(Stream::Error) | None => {}
        }
    }

    /// The guest has ended: the other one reads to the end, and writes for nobody.
    pub(super) fn leave(&self) {
        self.input.reader_leaves();
        self.output.writer_leaves();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_out_as_they_went_in() {
        let pipe = Pipe::default();
        let mut into = [0; 4];
        assert_eq!(pipe.read(&mut into), Moved::Blocked);
        assert_eq!(pipe.write(b"hello"), Moved::Bytes(5));
        assert_eq!(pipe.read(&mut into), Moved::Bytes(4));
        assert_eq!(&into, b"hell");
        pipe.writer_leaves();
        assert_eq!(pipe.read(&mut into), Moved::Bytes(1));
        assert_eq!(pipe.read(&mut into), Moved::Gone);
    }

    #[test]
    fn a_full_pipe_takes_no_more() {
        let pipe = Pipe::default();
        let bytes = vec![1; PIPE_BYTES + 1];
        assert_eq!(pipe.write(&bytes), Moved::Bytes(PIPE_BYTES));
        assert_eq!(pipe.write(&bytes), Moved::Blocked);
        pipe.reader_leaves();
        assert_eq!(pipe.write(&bytes), Moved::Gone);
    }

    #[test]
    fn a_guest_that_waits_goes_on_when_the_other_has_done_its_part() {
        let (first, second) = Ends::pair();
        let mut waiting = std::pin::pin!(first.wait(Wait::ToRead));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(waiting.as_mut().poll(&mut context).is_pending());
        assert!(!first.can_go_on());
        second.output.write(b"x");
        assert!(first.can_go_on());
        assert!(waiting.as_mut().poll(&mut context).is_ready());
    }
}
