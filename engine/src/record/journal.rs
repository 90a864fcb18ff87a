//! `candidates.jsonl`: every sample, in order, written before anything uses it.

use std::{
    io::{BufWriter, Write},
    path::Path,
};

use crate::{
    Candidate, EngineError, Place, Rejected,
    sampler::{line_of_candidate, line_of_rejected},
};

/// Lines that may wait in memory before they are handed to the system.
const LINES_PER_FLUSH: usize = 64;

/// The open journal of a run.
#[derive(Debug)]
pub(crate) struct Journal {
    file: BufWriter<fs_err::File>,
    n_waiting: usize,
}

impl Journal {
    /// Starts a new journal.
    pub(crate) fn create(path: &Path) -> Result<Self, EngineError> {
        let file = fs_err::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(path)
            .map_err(|error| EngineError::io("start the journal of candidates", error))?;
        Ok(Self {
            file: BufWriter::new(file),
            n_waiting: 0,
        })
    }

    /// Writes one sample.
    pub(crate) fn write(
        &mut self,
        problem: &str,
        place: Place,
        sample: Result<&Candidate, &Rejected>,
    ) -> Result<(), EngineError> {
        let line = match sample {
            Ok(candidate) => line_of_candidate(problem, candidate),
            Err(rejected) => line_of_rejected(problem, place, rejected),
        };
        writeln!(self.file, "{line}").map_err(fault)?;
        self.n_waiting += 1;
        if self.n_waiting == LINES_PER_FLUSH {
            self.flush()?;
        }
        Ok(())
    }

    /// Hands everything to the system.
    pub(crate) fn flush(&mut self) -> Result<(), EngineError> {
        self.n_waiting = 0;
        self.file.flush().map_err(fault)
    }
}

fn fault(error: std::io::Error) -> EngineError {
    EngineError::io("write the journal of candidates", error)
}
