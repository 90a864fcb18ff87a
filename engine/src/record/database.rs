//! `run.sqlite`: each candidate's fate and each execution's result.
//!
//! One writer thread behind a bounded channel; transactions are committed by count or when nothing
//! waits. A kill loses at most the last transaction, which can be run again. Tables are described in
//! `docs/formats.md`.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
};

use crossbeam::channel::{Receiver, Sender, TryRecvError, bounded};
use riddle_sandbox::Digest;
use rusqlite::{Connection, params};

use super::{ExecutionRecord, pack};
use crate::{EngineError, Place};

/// Rows that may wait for the writer; a full channel makes the search wait.
const WAITING_ROWS: usize = 1024;
/// Rows of one transaction.
const ROWS_PER_COMMIT: usize = 512;
/// The version of the tables.
pub(super) const SCHEMA_VERSION: u32 = 1;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS problem (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
    CREATE TABLE IF NOT EXISTS input (
        problem INTEGER NOT NULL, number INTEGER NOT NULL, digest BLOB NOT NULL, content BLOB NOT NULL,
        PRIMARY KEY (problem, number)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS candidate (
        problem INTEGER NOT NULL, request INTEGER NOT NULL, choice INTEGER NOT NULL,
        name TEXT NOT NULL, language TEXT, source BLOB, artifact BLOB,
        dropped_at TEXT, reason TEXT, detail TEXT,
        PRIMARY KEY (problem, request, choice)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS stage (
        problem INTEGER NOT NULL, artifact BLOB NOT NULL, stage TEXT NOT NULL, results BLOB NOT NULL,
        PRIMARY KEY (problem, artifact, stage)) WITHOUT ROWID;
";

/// What became of one candidate.
#[derive(Clone, Debug)]
pub(crate) struct CandidateRow {
    pub(crate) problem: String,
    pub(crate) place: Place,
    pub(crate) name: String,
    pub(crate) language: Option<&'static str>,
    pub(crate) source: Option<Digest>,
    pub(crate) artifact: Option<Digest>,
    /// Stage, reason and detail of the drop; `None` for a survivor.
    pub(crate) dropped: Option<(&'static str, String, String)>,
}

/// What one program did at one stage.
#[derive(Clone, Debug)]
pub(crate) struct StageRow {
    pub(crate) problem: String,
    pub(crate) artifact: Digest,
    /// `public`, `inputs` or `private`.
    pub(crate) stage: &'static str,
    pub(crate) results: Vec<ExecutionRecord>,
}

enum Row {
    Input {
        problem: String,
        number: i64,
        content: Arc<[u8]>,
    },
    Candidate(CandidateRow),
    Stage(StageRow),
}

/// The road to the database.
#[derive(Debug)]
pub(crate) struct Recorder {
    rows: Option<Sender<Row>>,
    writer: Option<JoinHandle<()>>,
    fault: Arc<Mutex<Option<rusqlite::Error>>>,
    path: PathBuf,
}

impl Recorder {
    /// Makes the database, or opens one of a run that was cut short, and starts its writer.
    ///
    /// Rows that are there are replaced by those of the same candidate, program or input.
    pub(crate) fn open(path: &Path) -> Result<Self, EngineError> {
        let connection = open(path).map_err(|source| EngineError::Database {
            action: "make the tables",
            path: path.to_owned(),
            source,
        })?;
        let (rows, inbox) = bounded(WAITING_ROWS);
        let fault = Arc::new(Mutex::new(None));
        let writer = std::thread::Builder::new()
            .name("riddle-recorder".to_owned())
            .spawn({
                let fault = Arc::clone(&fault);
                move || {
                    if let Err(error) = write_all(connection, &inbox) {
                        *fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                    }
                }
            })
            .map_err(|error| EngineError::io("start the recorder", error))?;
        Ok(Self {
            rows: Some(rows),
            writer: Some(writer),
            fault,
            path: path.to_owned(),
        })
    }

    pub(crate) fn input(
        &mut self,
        problem: &str,
        number: usize,
        content: Arc<[u8]>,
    ) -> Result<(), EngineError> {
        self.send(Row::Input {
            problem: problem.to_owned(),
            number: i64::try_from(number).expect("inputs are counted in thousands"),
            content,
        })
    }

    pub(crate) fn candidate(&mut self, row: CandidateRow) -> Result<(), EngineError> {
        self.send(Row::Candidate(row))
    }

    pub(crate) fn stage(&mut self, row: StageRow) -> Result<(), EngineError> {
        self.send(Row::Stage(row))
    }

    /// Commits everything and ends the writer.
    pub(crate) fn finish(mut self) -> Result<(), EngineError> {
        self.stop();
        self.check()
    }

    fn send(&mut self, row: Row) -> Result<(), EngineError> {
        let rows = self.rows.as_ref().expect("open until finished");
        if rows.send(row).is_err() {
            // The writer is gone: its fault says why.
            self.stop();
            self.check()?;
            return Err(EngineError::Config("the recorder stopped".to_owned()));
        }
        Ok(())
    }

    fn stop(&mut self) {
        self.rows = None;
        if let Some(writer) = self.writer.take() {
            drop(writer.join());
        }
    }

    fn check(&self) -> Result<(), EngineError> {
        let fault = self
            .fault
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        match fault {
            None => Ok(()),
            Some(source) => Err(EngineError::Database {
                action: "write results",
                path: self.path.clone(),
                source,
            }),
        }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.stop();
    }
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    connection.execute_batch(SCHEMA)?;
    Ok(connection)
}

fn write_all(mut connection: Connection, inbox: &Receiver<Row>) -> rusqlite::Result<()> {
    while let Ok(first) = inbox.recv() {
        let transaction = connection.transaction()?;
        write(&transaction, first)?;
        for _ in 1..ROWS_PER_COMMIT {
            match inbox.try_recv() {
                Ok(row) => write(&transaction, row)?,
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
            }
        }
        transaction.commit()?;
    }
    // Leave one file behind, not three.
    connection.pragma_update(None, "wal_checkpoint", "TRUNCATE")
}

fn write(connection: &Connection, row: Row) -> rusqlite::Result<()> {
    match row {
        Row::Input {
            problem,
            number,
            content,
        } => {
            let problem = problem_id(connection, &problem)?;
            connection
                .prepare_cached("INSERT OR REPLACE INTO input VALUES (?, ?, ?, ?)")?
                .execute(params![problem, number, Digest::of(&content).0, &*content])?;
        }
        Row::Candidate(row) => {
            let problem = problem_id(connection, &row.problem)?;
            let (dropped_at, reason, detail) = match row.dropped {
                Some((stage, reason, detail)) => (Some(stage), Some(reason), Some(detail)),
                None => (None, None, None),
            };
            connection
                .prepare_cached(
                    "INSERT OR REPLACE INTO candidate VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                )?
                .execute(params![
                    problem,
                    row.place.request.cast_signed(),
                    row.place.choice,
                    row.name,
                    row.language,
                    row.source.map(|it| it.0),
                    row.artifact.map(|it| it.0),
                    dropped_at,
                    reason,
                    detail,
                ])?;
        }
        Row::Stage(row) => {
            let problem = problem_id(connection, &row.problem)?;
            connection
                .prepare_cached("INSERT OR REPLACE INTO stage VALUES (?, ?, ?, ?)")?
                .execute(params![
                    problem,
                    row.artifact.0,
                    row.stage,
                    pack(&row.results)
                ])?;
        }
    }
    Ok(())
}

fn problem_id(connection: &Connection, name: &str) -> rusqlite::Result<i64> {
    connection
        .prepare_cached("INSERT OR IGNORE INTO problem (name) VALUES (?)")?
        .execute([name])?;
    connection
        .prepare_cached("SELECT id FROM problem WHERE name = ?")?
        .query_row([name], |row| row.get(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(request: u64) -> CandidateRow {
        CandidateRow {
            problem: "p".to_owned(),
            place: Place { request, choice: 0 },
            name: format!("c{request}"),
            language: Some("cpp"),
            source: None,
            artifact: None,
            dropped: None,
        }
    }

    #[test]
    fn every_row_is_there_after_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.sqlite");
        let mut recorder = Recorder::open(&path).unwrap();
        for request in 0..3000 {
            recorder.candidate(row(request)).unwrap();
        }
        recorder.finish().unwrap();
        assert!(!folder.path().join("run.sqlite-wal").exists());
        let connection = Connection::open(&path).unwrap();
        let n: i64 = connection
            .query_row("SELECT count(*) FROM candidate", [], |row| row.get(0))
            .unwrap();
        assert_eq!(n, 3000);
    }

    #[test]
    fn a_database_that_fails_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.sqlite");
        let mut recorder = Recorder::open(&path).unwrap();
        Connection::open(&path)
            .unwrap()
            .execute_batch("DROP TABLE candidate")
            .unwrap();
        let result = (0..3000).try_for_each(|request| recorder.candidate(row(request)));
        let error = result.and_then(|()| recorder.finish()).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("could not write results in the run database")
        );
    }
}
