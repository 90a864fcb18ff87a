//! The two output streams of a guest: bounded bytes out.
//!
//! Always ready, never blocking. The output is shared with the host by an `Arc`, since wasmtime-wasi
//! owns its streams.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::{
    async_trait,
    cli::{IsTerminal, StdoutStream},
    p2::{OutputStream, Pollable, StreamError, StreamResult},
};

/// What happens to the byte after the last that a [`Sink`] may keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Overflow {
    /// It ends the guest.
    EndsGuest,
    /// It is counted and dropped.
    IsDropped,
}

/// A bounded output stream.
#[derive(Clone, Debug)]
pub(crate) struct Sink(Arc<Mutex<SinkState>>);

#[derive(Debug)]
struct SinkState {
    kept: Vec<u8>,
    limit_bytes: usize,
    n_written_bytes: u64,
    overflow: Overflow,
}

/// The guest wrote more than it may.
#[derive(Debug, thiserror::Error)]
#[error("guest wrote more than {limit_bytes} bytes to standard output")]
pub(crate) struct OutputExceeded {
    limit_bytes: usize,
}

impl Sink {
    pub(crate) fn new(limit_bytes: u64, overflow: Overflow) -> Self {
        Self(Arc::new(Mutex::new(SinkState {
            kept: Vec::new(),
            limit_bytes: usize::try_from(limit_bytes).unwrap_or(usize::MAX),
            n_written_bytes: 0,
            overflow,
        })))
    }

    fn with<T>(&self, use_state: impl FnOnce(&mut SinkState) -> T) -> T {
        use_state(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Writes some bytes; an error ends the guest.
    pub(crate) fn push(&self, bytes: &[u8]) -> Result<(), OutputExceeded> {
        self.with(|state| {
            let room = state.limit_bytes - state.kept.len();
            state
                .kept
                .extend_from_slice(&bytes[..bytes.len().min(room)]);
            state.n_written_bytes += bytes.len() as u64;
            if bytes.len() > room && state.overflow == Overflow::EndsGuest {
                return Err(OutputExceeded {
                    limit_bytes: state.limit_bytes,
                });
            }
            Ok(())
        })
    }

    /// Takes what was kept, and says how many bytes were written in all.
    pub(crate) fn take(&self) -> (Vec<u8>, u64) {
        self.with(|state| (std::mem::take(&mut state.kept), state.n_written_bytes))
    }

    /// Returns true once more than the limit was written.
    pub(crate) fn exceeded(&self) -> bool {
        self.with(|state| state.n_written_bytes > state.limit_bytes as u64)
    }
}

impl OutputStream for Sink {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.push(&bytes)
            .map_err(|exceeded| StreamError::Trap(exceeded.into()))
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        /// The largest single write, in bytes.
        const PERMIT_BYTES: usize = 1 << 20;
        Ok(PERMIT_BYTES)
    }
}

#[async_trait]
impl Pollable for Sink {
    async fn ready(&mut self) {}
}

impl IsTerminal for Sink {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Sink {
    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }

    /// Only WASI 0.3 asks for this form, and no guest of ours speaks it.
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(wasmtime_wasi::p2::pipe::MemoryOutputPipe::new(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(sink: &mut Sink, text: &'static str) -> bool {
        OutputStream::write(sink, Bytes::from_static(text.as_bytes())).is_ok()
    }

    #[test]
    fn the_limit_itself_may_be_written() {
        let mut sink = Sink::new(4, Overflow::EndsGuest);
        assert!(write(&mut sink, "abcd"));
        assert!(!sink.exceeded());
    }

    #[test]
    fn one_byte_more_ends_the_guest_and_the_head_is_kept() {
        let mut sink = Sink::new(4, Overflow::EndsGuest);
        assert!(!write(&mut sink, "abcde"));
        assert!(sink.exceeded());
        assert_eq!(sink.take(), (b"abcd".to_vec(), 5));
    }

    #[test]
    fn dropped_bytes_are_counted() {
        let mut sink = Sink::new(2, Overflow::IsDropped);
        assert!(write(&mut sink, "abc"));
        assert!(write(&mut sink, "def"));
        assert_eq!(sink.take(), (b"ab".to_vec(), 6));
    }
}
