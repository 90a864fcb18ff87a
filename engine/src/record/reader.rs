//! `run.sqlite`, read: the rows of one problem after the other. Writes nothing, not even beside it.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use riddle_problems::{UnknownVerdict, Verdict};
use riddle_sandbox::Digest;
use rusqlite::{
    Connection, OpenFlags, Row, params,
    types::{Type, ValueRef},
};

use super::{
    BlobError, ExecutionRecord,
    database::{PARTING, SCHEMA_VERSION, newer, version},
    unpack,
};
use crate::{EngineError, Place};

/// The open database of a run that nobody writes.
#[derive(Debug)]
pub(crate) struct RunDatabase {
    connection: Connection,
    version: u32,
    path: PathBuf,
}

/// What is recorded of a candidate that was compiled, or failed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CandidateRecord {
    pub(crate) place: Place,
    pub(crate) name: String,
    pub(crate) language: String,
    pub(crate) source: Digest,
    pub(crate) artifact: Option<Digest>,
    /// Stage, reason and detail of the drop; `None` for a survivor.
    pub(crate) dropped: Option<(String, String, String)>,
}

/// What is recorded of a program at a stage.
#[derive(Debug)]
pub(crate) struct StageRecord {
    pub(crate) artifact: Digest,
    pub(crate) stage: String,
    pub(crate) results: Result<Vec<ExecutionRecord>, BlobError>,
}

/// What is recorded of a sample, of whatever became of it.
#[derive(Debug)]
pub(crate) struct SampleRecord {
    pub(crate) place: Place,
    pub(crate) name: String,
    pub(crate) language: Option<String>,
    pub(crate) source: Option<Digest>,
    pub(crate) artifact: Option<Digest>,
    /// Whether it is the earliest that came out as a program that passes the public tests.
    pub(crate) survives: bool,
}

/// What is recorded of a survivor on the private tests.
#[derive(Debug)]
pub(crate) struct VerdictRecord {
    pub(crate) artifact: Digest,
    pub(crate) verdict: Verdict,
    pub(crate) failed_test: Option<String>,
}

/// A recorded input.
#[derive(Debug)]
pub(crate) struct InputRecord {
    pub(crate) digest: Digest,
    pub(crate) content: Vec<u8>,
    /// Whether it was looked for by what programs did, and so cannot be made again without them.
    pub(crate) is_parting: bool,
}

impl RunDatabase {
    /// Opens the database of a run folder.
    ///
    /// # Errors
    ///
    /// Returns an error if there is none, if it is of a newer version, or if it cannot be read.
    pub(crate) fn open(folder: &Path) -> Result<Self, EngineError> {
        let path = folder.join("run.sqlite");
        let not_a_run = |reason: String| EngineError::NotARun {
            path: folder.to_owned(),
            reason,
        };
        fs_err::metadata(&path).map_err(|error| not_a_run(error.to_string()))?;
        let fault = |source| EngineError::Database {
            action: "read the tables",
            path: path.clone(),
            source,
        };
        let connection = connect(&path).map_err(fault)?;
        let version = version(&connection).map_err(fault)?;
        if version > SCHEMA_VERSION {
            return Err(not_a_run(newer(version)));
        }
        if version == 0 {
            return Err(not_a_run("its database has no tables".to_owned()));
        }
        Ok(Self {
            connection,
            version,
            path,
        })
    }

    /// Gives every sample, candidates and others, in the order of places.
    pub(crate) fn each_sample(
        &self,
        problem: &str,
        mut each: impl FnMut(SampleRecord),
    ) -> Result<(), EngineError> {
        let query = "
            SELECT request, choice, candidate.name, language, source, artifact, dropped_at
            FROM candidate JOIN problem ON problem.id = candidate.problem
            WHERE problem.name = ? ORDER BY request, choice";
        self.each_row(query, problem, |row| {
            each(SampleRecord {
                place: Place {
                    request: row.get::<_, i64>(0)?.cast_unsigned(),
                    choice: row.get(1)?,
                },
                name: row.get(2)?,
                language: row.get(3)?,
                source: row.get::<_, Option<_>>(4)?.map(Digest),
                artifact: row.get::<_, Option<_>>(5)?.map(Digest),
                survives: row.get_ref(6)? == ValueRef::Null,
            });
            Ok(())
        })
    }

    /// Returns what a survivor did on the generated inputs, and on those that were looked for besides; `None` if that is
    /// not recorded.
    pub(crate) fn behaviour(
        &self,
        problem: &str,
        artifact: Digest,
    ) -> Result<Option<Result<Vec<ExecutionRecord>, BlobError>>, EngineError> {
        let query = "
            SELECT results FROM stage WHERE problem = (SELECT id FROM problem WHERE name = ?)
                AND artifact = ? AND stage = ?";
        let read = |stage: &str| {
            let mut statement = self.connection.prepare_cached(query)?;
            let mut rows = statement.query(params![problem, artifact.0, stage])?;
            Ok(match rows.next()? {
                Some(row) => Some(unpack(row.get_ref(0)?.as_bytes()?)),
                None => None,
            })
        };
        let read = |stage| read(stage).map_err(|source| self.fault(source));
        let Some(generated) = read("inputs")? else {
            return Ok(None);
        };
        let parting = read(PARTING)?.unwrap_or(Ok(Vec::new()));
        Ok(Some(generated.and_then(|mut all| {
            all.extend(parting?);
            Ok(all)
        })))
    }

    /// Gives what the private tests say of each survivor: nothing, where the database is of a version
    /// that did not record it.
    pub(crate) fn each_verdict(
        &self,
        problem: &str,
        mut each: impl FnMut(VerdictRecord),
    ) -> Result<(), EngineError> {
        if self.version < 2 {
            return Ok(());
        }
        let query = "
            SELECT artifact, verdict, failed_test
            FROM verdict JOIN problem ON problem.id = verdict.problem
            WHERE problem.name = ? ORDER BY artifact";
        self.each_row(query, problem, |row| {
            let verdict: String = row.get(1)?;
            let verdict = verdict.parse().map_err(|error: UnknownVerdict| {
                rusqlite::Error::FromSqlConversionFailure(1, Type::Text, error.into())
            })?;
            each(VerdictRecord {
                artifact: Digest(row.get(0)?),
                verdict,
                failed_test: row.get(2)?,
            });
            Ok(())
        })
    }

    /// Gives each candidate that was compiled, or failed to, in the order of places.
    pub(crate) fn each_candidate(
        &self,
        problem: &str,
        mut each: impl FnMut(CandidateRecord),
    ) -> Result<(), EngineError> {
        let query = "
            SELECT request, choice, candidate.name, language, source, artifact, dropped_at, reason, detail
            FROM candidate JOIN problem ON problem.id = candidate.problem
            WHERE problem.name = ? AND source IS NOT NULL
                AND dropped_at IS NOT 'new source' AND reason IS NOT 'no_toolchain'
            ORDER BY request, choice";
        self.each_row(query, problem, |row| {
            let dropped_at: Option<String> = row.get(6)?;
            let dropped = match dropped_at {
                None => None,
                Some(stage) => Some((
                    stage,
                    row.get::<_, Option<_>>(7)?.unwrap_or_default(),
                    row.get::<_, Option<_>>(8)?.unwrap_or_default(),
                )),
            };
            each(CandidateRecord {
                place: Place {
                    request: row.get::<_, i64>(0)?.cast_unsigned(),
                    choice: row.get(1)?,
                },
                name: row.get(2)?,
                language: row.get::<_, Option<_>>(3)?.unwrap_or_default(),
                source: Digest(row.get(4)?),
                artifact: row.get::<_, Option<_>>(5)?.map(Digest),
                dropped,
            });
            Ok(())
        })
    }

    /// Gives what each program did at each stage.
    pub(crate) fn each_stage(
        &self,
        problem: &str,
        mut each: impl FnMut(StageRecord),
    ) -> Result<(), EngineError> {
        let query = "
            SELECT artifact, stage, results FROM stage JOIN problem ON problem.id = stage.problem
            WHERE problem.name = ? ORDER BY artifact, stage";
        self.each_row(query, problem, |row| {
            each(StageRecord {
                artifact: Digest(row.get(0)?),
                stage: row.get(1)?,
                results: unpack(row.get_ref(2)?.as_bytes()?),
            });
            Ok(())
        })
    }

    /// Returns the number of generated inputs.
    pub(crate) fn n_inputs(&self, problem: &str) -> Result<usize, EngineError> {
        let query = "
            SELECT count(*) FROM input JOIN problem ON problem.id = input.problem
            WHERE problem.name = ?";
        let mut n_inputs = 0u32;
        self.each_row(query, problem, |row| {
            n_inputs = row.get(0)?;
            Ok(())
        })?;
        Ok(n_inputs as usize)
    }

    /// Returns the generated inputs, in the order of their numbers.
    pub(crate) fn inputs(&self, problem: &str) -> Result<Vec<InputRecord>, EngineError> {
        // Version 1 had no origins: all were mutations.
        let origin = if self.version < 2 { "''" } else { "origin" };
        let query = &format!(
            "SELECT digest, content, {origin} FROM input JOIN problem ON problem.id = input.problem
            WHERE problem.name = ? ORDER BY number"
        );
        let mut inputs = Vec::new();
        self.each_row(query, problem, |row| {
            inputs.push(InputRecord {
                digest: Digest(row.get(0)?),
                content: row.get(1)?,
                is_parting: row.get_ref(2)?.as_str()?.starts_with(PARTING),
            });
            Ok(())
        })?;
        Ok(inputs)
    }

    fn each_row(
        &self,
        query: &str,
        problem: &str,
        mut each: impl FnMut(&Row<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), EngineError> {
        let mut read = || {
            let mut statement = self.connection.prepare(query)?;
            let mut rows = statement.query(params![problem])?;
            while let Some(row) = rows.next()? {
                each(row)?;
            }
            Ok(())
        };
        read().map_err(|source| self.fault(source))
    }

    fn fault(&self, source: rusqlite::Error) -> EngineError {
        EngineError::Database {
            action: "read the tables",
            path: self.path.clone(),
            source,
        }
    }
}

/// A database that was closed is read as a file that does not change, so that nothing is written beside it.
/// One that a kill left has a log of what it did not come to, which SQLite needs to look into.
fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let log = path.with_extension("sqlite-wal");
    if fs_err::metadata(log).is_ok_and(|it| it.len() > 0) {
        return Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE);
    }
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                uri.push(char::from(*byte));
            }
            _ => {
                let _ = write!(uri, "%{byte:02x}");
            }
        }
    }
    uri += "?immutable=1";
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(uri, flags)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{CandidateRow, Recorder, database::make_version_1};

    #[test]
    fn reading_leaves_nothing_beside_the_database() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("a run%");
        fs_err::create_dir(&folder).unwrap();
        let mut recorder = Recorder::open(&folder.join("run.sqlite")).unwrap();
        let row = |request, source| CandidateRow {
            problem: "p".to_owned(),
            place: Place { request, choice: 0 },
            name: format!("c{request}"),
            language: Some("cpp"),
            source,
            artifact: None,
            dropped: None,
        };
        recorder.candidate(row(1, Some(Digest::of(b"1")))).unwrap();
        recorder.candidate(row(0, None)).unwrap();
        recorder.finish().unwrap();

        let database = RunDatabase::open(&folder).unwrap();
        let mut names = Vec::new();
        let each = |it: CandidateRecord| names.push(it.name);
        database.each_candidate("p", each).unwrap();
        assert_eq!(names, ["c1"]);
        drop(database);
        assert_eq!(fs_err::read_dir(&folder).unwrap().count(), 1);
    }

    #[test]
    fn a_newer_database_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let connection = Connection::open(folder.path().join("run.sqlite")).unwrap();
        connection.pragma_update(None, "user_version", 4).unwrap();
        drop(connection);
        let error = RunDatabase::open(folder.path()).unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("its database is version 4: this Riddle knows 3")
        );
    }

    #[test]
    fn version_1_is_read_and_has_no_verdicts() {
        let folder = tempfile::tempdir().unwrap();
        make_version_1(&folder.path().join("run.sqlite"));
        let database = RunDatabase::open(folder.path()).unwrap();
        assert_eq!(database.inputs("p").unwrap()[0].content, b"1");
        let mut n = 0;
        database.each_verdict("p", |_| n += 1).unwrap();
        assert_eq!(n, 0);
    }

    #[test]
    fn a_database_without_tables_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs_err::write(folder.path().join("run.sqlite"), "").unwrap();
        let error = RunDatabase::open(folder.path()).unwrap_err();
        assert!(error.to_string().ends_with("its database has no tables"));
    }
}
