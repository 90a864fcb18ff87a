//! The output streams of a guest: bounded bytes out.

/// What happens to the byte after the last that a [`Output`] may keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Overflow {
    /// It ends the guest.
    EndsGuest,
    /// It is counted and dropped.
    IsDropped,
}

/// A bounded output stream.
#[derive(Debug)]
pub(crate) struct Output {
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

impl Output {
    pub(crate) fn new(limit_bytes: u64, overflow: Overflow) -> Self {
        Self {
            kept: Vec::new(),
            limit_bytes: usize::try_from(limit_bytes).unwrap_or(usize::MAX),
            n_written_bytes: 0,
            overflow,
        }
    }

    /// Writes some bytes; an error ends the guest.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<(), OutputExceeded> {
        let room = self.limit_bytes - self.kept.len();
        self.kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
        self.n_written_bytes = self.n_written_bytes.saturating_add(bytes.len() as u64);
        if bytes.len() > room && self.overflow == Overflow::EndsGuest {
            return Err(OutputExceeded {
                limit_bytes: self.limit_bytes,
            });
        }
        Ok(())
    }

    /// Takes what was kept, and says how many bytes were written in all.
    pub(crate) fn take(&mut self) -> (Vec<u8>, u64) {
        (std::mem::take(&mut self.kept), self.n_written_bytes)
    }

    /// Returns true once more than the limit was written.
    pub(crate) fn exceeded(&self) -> bool {
        self.n_written_bytes > self.limit_bytes as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_itself_may_be_written() {
        let mut output = Output::new(4, Overflow::EndsGuest);
        assert!(output.push(b"abcd").is_ok());
        assert!(!output.exceeded());
    }

    #[test]
    fn one_byte_more_ends_the_guest_and_the_head_is_kept() {
        let mut output = Output::new(4, Overflow::EndsGuest);
        assert!(output.push(b"abcde").is_err());
        assert!(output.exceeded());
        assert_eq!(output.take(), (b"abcd".to_vec(), 5));
    }

    #[test]
    fn dropped_bytes_are_counted() {
        let mut output = Output::new(2, Overflow::IsDropped);
        assert!(output.push(b"abc").is_ok());
        assert!(output.push(b"def").is_ok());
        assert_eq!(output.take(), (b"ab".to_vec(), 6));
    }
}
