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
use riddle_problems::Verdict;
use riddle_sandbox::Digest;
use rusqlite::{Connection, params};

use super::{ExecutionRecord, pack};
use crate::{EngineError, Place};

/// Rows that may wait for the writer; a full channel makes the search wait.
const WAITING_ROWS: usize = 1024;
/// Rows of one transaction.
const ROWS_PER_COMMIT: usize = 512;
/// The version of the tables.
pub(super) const SCHEMA_VERSION: u32 = 3;

/// The stage at which survivors run on inputs that were looked for by what programs did; the origin of these begins with
/// it.
pub(crate) const PARTING: &str = "parting";

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS problem (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
    CREATE TABLE IF NOT EXISTS input (
        problem INTEGER NOT NULL, number INTEGER NOT NULL, digest BLOB NOT NULL, content BLOB NOT NULL,
        origin TEXT NOT NULL DEFAULT 'mutation',
        PRIMARY KEY (problem, number)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS candidate (
        problem INTEGER NOT NULL, request INTEGER NOT NULL, choice INTEGER NOT NULL,
        name TEXT NOT NULL, language TEXT, source BLOB, artifact BLOB,
        dropped_at TEXT, reason TEXT, detail TEXT,
        PRIMARY KEY (problem, request, choice)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS stage (
        problem INTEGER NOT NULL, artifact BLOB NOT NULL, stage TEXT NOT NULL, results BLOB NOT NULL,
        PRIMARY KEY (problem, artifact, stage)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS verdict (
        problem INTEGER NOT NULL, artifact BLOB NOT NULL, verdict TEXT NOT NULL, failed_test TEXT,
        PRIMARY KEY (problem, artifact)) WITHOUT ROWID;
";

/// What version 1 lacks besides a table. All inputs were mutations then.
const FROM_VERSION_1: &str = "ALTER TABLE input ADD COLUMN origin TEXT NOT NULL DEFAULT 'mutation'";

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
    /// `public`, `inputs`, [`PARTING`] or `private`.
    pub(crate) stage: &'static str,
    pub(crate) results: Vec<ExecutionRecord>,
}

/// What the private tests say of one survivor.
#[derive(Clone, Debug)]
pub(crate) struct VerdictRow {
    pub(crate) problem: String,
    pub(crate) artifact: Digest,
    pub(crate) verdict: Verdict,
    /// The first private test that it fails.
    pub(crate) failed_test: Option<String>,
}

/// The inputs that were looked for by what programs did, and what every survivor did on them. They take the place of all
/// such of the problem, in one transaction.
#[derive(Clone, Debug)]
pub(crate) struct PartingRows {
    pub(crate) problem: String,
    /// The number of the first; those before it were generated.
    pub(crate) first: usize,
    /// Content and origin.
    pub(crate) inputs: Vec<(Arc<[u8]>, String)>,
    pub(crate) results: Vec<(Digest, Vec<ExecutionRecord>)>,
}

enum Row {
    Input {
        problem: String,
        number: i64,
        content: Arc<[u8]>,
        origin: String,
    },
    Candidate(CandidateRow),
    Stage(StageRow),
    Verdict(VerdictRow),
    Parting(PartingRows),
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
    /// Rows that are there are replaced by those of the same candidate, program or input. Tables of an
    /// older version become those of this one; a newer version is refused.
    pub(crate) fn open(path: &Path) -> Result<Self, EngineError> {
        let fault = |source| EngineError::Database {
            action: "make the tables",
            path: path.to_owned(),
            source,
        };
        let mut connection = Connection::open(path).map_err(fault)?;
        let version = version(&connection).map_err(fault)?;
        if version > SCHEMA_VERSION {
            return Err(EngineError::NotARun {
                path: path.parent().unwrap_or(path).to_owned(),
                reason: newer(version),
            });
        }
        prepare(&mut connection, version).map_err(fault)?;
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
        origin: &str,
    ) -> Result<(), EngineError> {
        self.send(Row::Input {
            problem: problem.to_owned(),
            number: i64::try_from(number).expect("inputs are counted in thousands"),
            content,
            origin: origin.to_owned(),
        })
    }

    pub(crate) fn candidate(&mut self, row: CandidateRow) -> Result<(), EngineError> {
        self.send(Row::Candidate(row))
    }

    pub(crate) fn stage(&mut self, row: StageRow) -> Result<(), EngineError> {
        self.send(Row::Stage(row))
    }

    pub(crate) fn verdict(&mut self, row: VerdictRow) -> Result<(), EngineError> {
        self.send(Row::Verdict(row))
    }

    pub(crate) fn parting(&mut self, rows: PartingRows) -> Result<(), EngineError> {
        self.send(Row::Parting(rows))
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

/// Returns the version of a database's tables; 0 where there are none yet.
pub(super) fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Says why a database is refused.
pub(super) fn newer(version: u32) -> String {
    format!("its database is version {version}: this Riddle knows {SCHEMA_VERSION}")
}

/// Makes the tables, or makes those of an older version into ours, all or nothing.
fn prepare(connection: &mut Connection, version: u32) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    let transaction = connection.transaction()?;
    if version == 1 {
        transaction.execute_batch(FROM_VERSION_1)?;
    }
    transaction.execute_batch(SCHEMA)?;
    transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    transaction.commit()
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
            origin,
        } => {
            let problem = problem_id(connection, &problem)?;
            write_input(connection, problem, number, &content, &origin)?;
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
            write_stage(connection, problem, row.artifact, row.stage, &row.results)?;
        }
        Row::Parting(rows) => write_parting(connection, &rows)?,
        Row::Verdict(row) => {
            let problem = problem_id(connection, &row.problem)?;
            connection
                .prepare_cached("INSERT OR REPLACE INTO verdict VALUES (?, ?, ?, ?)")?
                .execute(params![
                    problem,
                    row.artifact.0,
                    row.verdict.as_str(),
                    row.failed_test
                ])?;
        }
    }
    Ok(())
}

fn write_input(
    connection: &Connection,
    problem: i64,
    number: i64,
    content: &[u8],
    origin: &str,
) -> rusqlite::Result<()> {
    let digest = Digest::of(content).0;
    connection
        .prepare_cached("INSERT OR REPLACE INTO input VALUES (?, ?, ?, ?, ?)")?
        .execute(params![problem, number, digest, content, origin])?;
    Ok(())
}

fn write_stage(
    connection: &Connection,
    problem: i64,
    artifact: Digest,
    stage: &str,
    results: &[ExecutionRecord],
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO stage VALUES (?, ?, ?, ?)")?
        .execute(params![problem, artifact.0, stage, pack(results)])?;
    Ok(())
}

fn write_parting(connection: &Connection, rows: &PartingRows) -> rusqlite::Result<()> {
    let problem = problem_id(connection, &rows.problem)?;
    let number =
        |place: usize| i64::try_from(rows.first + place).expect("inputs are counted in thousands");
    connection
        .prepare_cached("DELETE FROM input WHERE problem = ? AND number >= ?")?
        .execute(params![problem, number(0)])?;
    connection
        .prepare_cached("DELETE FROM stage WHERE problem = ? AND stage = ?")?
        .execute(params![problem, PARTING])?;
    for (place, (content, origin)) in rows.inputs.iter().enumerate() {
        let origin = format!("{PARTING}, {origin}");
        write_input(connection, problem, number(place), content, &origin)?;
    }
    for (artifact, results) in &rows.results {
        write_stage(connection, problem, *artifact, PARTING, results)?;
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

/// Makes a database as version 1 had it, with one input.
#[cfg(test)]
pub(super) fn make_version_1(path: &Path) {
    let schema = SCHEMA.replace("origin TEXT NOT NULL DEFAULT 'mutation',", "");
    let connection = Connection::open(path).unwrap();
    connection.execute_batch(&schema).unwrap();
    let rows = "DROP TABLE verdict; INSERT INTO problem VALUES (1, 'p');
        INSERT INTO input VALUES (1, 0, zeroblob(32), x'31'); PRAGMA user_version = 1";
    connection.execute_batch(rows).unwrap();
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
    fn version_1_becomes_ours_and_keeps_its_rows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.sqlite");
        make_version_1(&path);
        for _ in 0..2 {
            let mut recorder = Recorder::open(&path).unwrap();
            let content: Arc<[u8]> = (*b"2").into();
            recorder.input("p", 1, content, "written").unwrap();
            recorder
                .verdict(VerdictRow {
                    problem: "p".to_owned(),
                    artifact: Digest::of(b"a"),
                    verdict: Verdict::Wa,
                    failed_test: Some("private/1".to_owned()),
                })
                .unwrap();
            recorder.finish().unwrap();
        }
        let connection = Connection::open(&path).unwrap();
        assert_eq!(version(&connection), Ok(SCHEMA_VERSION));
        let origins: Vec<String> = connection
            .prepare("SELECT origin FROM input ORDER BY number")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(origins, ["mutation", "written"]);
        let verdict: (String, String) = connection
            .query_row("SELECT verdict, failed_test FROM verdict", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .unwrap();
        assert_eq!(verdict, ("WA".to_owned(), "private/1".to_owned()));
    }

    #[test]
    fn a_newer_version_is_not_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.sqlite");
        let connection = Connection::open(&path).unwrap();
        connection.pragma_update(None, "user_version", 9).unwrap();
        let error = Recorder::open(&path).unwrap_err();
        let end = "its database is version 9: this Riddle knows 3";
        assert!(error.to_string().ends_with(end), "{error}");
        assert_eq!(version(&connection), Ok(9));
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
