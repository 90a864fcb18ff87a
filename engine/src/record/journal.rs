//! `candidates.jsonl`: every sample, written as it arrives and before anything uses it.
//!
//! Each line is handed to the system at once, so that a kill loses no sample but the one whose line
//! it cut. Only one process writes a journal: it holds a lock on the file.

use std::{
    io::{BufRead, BufReader, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use crate::{
    EngineError,
    sampler::{Line, Sampled, line_of},
};

/// The open journal of a run.
#[derive(Debug)]
pub(crate) struct Journal {
    file: fs_err::File,
}

impl Journal {
    /// Starts a new journal.
    pub(crate) fn create(path: &Path) -> Result<Self, EngineError> {
        let file = fs_err::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(path)
            .map_err(|error| EngineError::io("start the journal of candidates", error))?;
        lock(&file, path)?;
        Ok(Self { file })
    }

    /// Opens the journal of a run that was cut short, takes away a last line that is not whole, and
    /// returns the samples that it holds, problem by problem, with their indices.
    ///
    /// # Errors
    ///
    /// Returns an error if another process writes it, or if a line before the last is broken: a kill
    /// cannot do that.
    pub(crate) fn reopen(path: &Path) -> Result<(Self, Vec<(String, Sampled)>), EngineError> {
        let mut file = fs_err::OpenOptions::new()
            .read(true)
            .append(true)
            .open(path)
            .map_err(fault)?;
        lock(&file, path)?;
        let mut lines = Samples::new(&mut file, path);
        let samples = lines.by_ref().collect::<Result<_, _>>()?;
        let whole = lines.n_bytes;
        file.file().set_len(whole).map_err(fault)?;
        file.seek(SeekFrom::Start(whole)).map_err(fault)?;
        Ok((Self { file }, samples))
    }

    /// Writes one sample.
    pub(crate) fn write(&mut self, problem: &str, sampled: &Sampled) -> Result<(), EngineError> {
        let mut line = line_of(problem, sampled);
        line.push('\n');
        self.file.write_all(line.as_bytes()).map_err(fault)
    }
}

/// Returns the samples that a journal holds for a problem, in the order of their arrival.
pub(crate) fn journalled(path: &Path, problem: &str) -> Result<Vec<Sampled>, EngineError> {
    let of_problem = |it: Result<(String, Sampled), EngineError>| match it {
        Ok((name, sampled)) => (name == problem).then_some(Ok(sampled)),
        Err(error) => Some(Err(error)),
    };
    Samples::open(path)?.filter_map(of_problem).collect()
}

/// Keeps a run from going on for as long as the file is held.
///
/// # Errors
///
/// Returns an error if another process writes the run.
pub(crate) fn hold(path: &Path) -> Result<fs_err::File, EngineError> {
    let file = fs_err::File::open(path).map_err(unread)?;
    locked(file.file().try_lock_shared(), path)?;
    Ok(file)
}

/// The samples in the whole lines of a journal, each with its problem, in the order of their arrival.
///
/// A line that is broken is an error, and ends them.
pub(crate) struct Samples<F> {
    reader: BufReader<F>,
    path: PathBuf,
    number: u64,
    /// Bytes of the lines that were read.
    n_bytes: u64,
}

impl Samples<fs_err::File> {
    /// Opens a journal to read it.
    pub(crate) fn open(path: &Path) -> Result<Self, EngineError> {
        Ok(Self::new(fs_err::File::open(path).map_err(unread)?, path))
    }
}

impl<F: Read> Samples<F> {
    fn new(file: F, path: &Path) -> Self {
        Self {
            reader: BufReader::new(file),
            path: path.to_owned(),
            number: 0,
            n_bytes: 0,
        }
    }
}

impl<F: Read> Iterator for Samples<F> {
    type Item = Result<(String, Sampled), EngineError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut text = Vec::new();
        if let Err(error) = self.reader.read_until(b'\n', &mut text) {
            return Some(Err(unread(error)));
        }
        if text.last() != Some(&b'\n') {
            return None;
        }
        self.number += 1;
        self.n_bytes += text.len() as u64;
        Some(parse(&text).map_err(|reason| EngineError::NotARun {
            path: self.path.clone(),
            reason: format!("line {} is broken: {reason}", self.number),
        }))
    }
}

fn parse(text: &[u8]) -> Result<(String, Sampled), String> {
    let line = Line::parse(text)?;
    let problem = line.problem.clone().ok_or("field `problem` is missing")?;
    let index = line.index().ok_or("field `index` is missing")?;
    Ok((problem, line.into_sampled(index, "")))
}

fn lock(file: &fs_err::File, path: &Path) -> Result<(), EngineError> {
    locked(file.file().try_lock(), path)
}

fn locked(result: Result<(), std::fs::TryLockError>, path: &Path) -> Result<(), EngineError> {
    result.map_err(|error| match error {
        std::fs::TryLockError::WouldBlock => EngineError::RunInUse {
            path: path.to_owned(),
        },
        std::fs::TryLockError::Error(error) => fault(error),
    })
}

fn unread(error: std::io::Error) -> EngineError {
    EngineError::io("read the journal of candidates", error)
}

fn fault(error: std::io::Error) -> EngineError {
    EngineError::io("write the journal of candidates", error)
}

#[cfg(test)]
mod tests {
    use riddle_sandbox::Language;

    use super::*;
    use crate::Sample;

    fn sampled(index: u64) -> Sampled {
        Sampled::new(index, Ok(Sample::new(Language::Python, "print(1)")))
    }

    #[test]
    fn a_cut_line_is_taken_away_and_the_rest_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("candidates.jsonl");
        let mut journal = Journal::create(&path).unwrap();
        for index in [1, 0, 2] {
            journal.write("p", &sampled(index)).unwrap();
        }
        drop(journal);
        let whole = fs_err::read(&path).unwrap();
        let second = whole.len() * 2 / 3;
        for n_bytes in second..whole.len() {
            fs_err::write(&path, &whole[..n_bytes]).unwrap();
            let (mut journal, samples) = Journal::reopen(&path).unwrap();
            let indices: Vec<_> = samples.iter().map(|(_, it)| it.index).collect();
            assert_eq!(indices, [1, 0], "cut at {n_bytes}");
            journal.write("p", &sampled(2)).unwrap();
            drop(journal);
            assert_eq!(fs_err::read(&path).unwrap(), whole);
        }
    }

    #[test]
    fn a_broken_line_in_the_middle_is_no_work_of_a_kill() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("candidates.jsonl");
        fs_err::write(&path, "{\"problem\":\"p\"}\n{}\n").unwrap();
        let error = Journal::reopen(&path).unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("line 1 is broken: field `index` is missing")
        );
    }

    #[test]
    fn two_processes_do_not_write_one_journal() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("candidates.jsonl");
        let _journal = Journal::create(&path).unwrap();
        let error = Journal::reopen(&path).unwrap_err();
        assert!(matches!(error, EngineError::RunInUse { .. }));
    }
}
