//! Execution matrices as a Parquet file, written and read: for notebooks, and for pools made elsewhere.
//!
//! One row for each program and input, problem after problem; `docs/formats.md` has the columns. What the rows
//! cannot hold (candidates that failed, problems without survivors, costs) is in the file's metadata; a file
//! without that is read as pools of survivors only. Measures nothing.

use std::{
    collections::VecDeque,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use parquet::{
    basic::Compression,
    column::reader::get_typed_column_reader,
    data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type},
    errors::ParquetError,
    file::{
        metadata::KeyValue,
        properties::WriterProperties,
        reader::{FileReader, RowGroupReader, SerializedFileReader},
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::parser::parse_message_type,
};
use riddle_clustering::{ExecutionMatrix, Observation};
use riddle_problems::Verdict;
use riddle_sandbox::Digest;
use serde::{Deserialize, Serialize};

use super::{
    Unscored,
    measure::refuse_repeated,
    pool::{Pool, Program, RecordedRun},
};
use crate::{
    Cost, EngineError, Place,
    record::{ExecutionRecord, ending_name, ending_of},
};

/// The version of the columns and of the metadata.
const VERSION: u32 = 1;
/// The key of the metadata.
const KEY: &str = "riddle";
/// Rows of a row group, about: a group has the rows of one problem only.
const ROWS_PER_GROUP: usize = 1 << 17;
/// Rows of a row group that is read, at most: twice what other writers make by default.
const MAX_ROWS_READ: i64 = 1 << 21;
/// Candidates and inputs of a problem that a file may tell of: a draw takes eight bytes a candidate.
const MAX_CANDIDATES: u64 = 100_000_000;
const MAX_INPUTS: usize = 1_000_000;

const SCHEMA: &str = "message riddle_matrix {
    REQUIRED BYTE_ARRAY run (UTF8);
    REQUIRED BYTE_ARRAY problem (UTF8);
    REQUIRED BYTE_ARRAY program (UTF8);
    REQUIRED BYTE_ARRAY candidate (UTF8);
    REQUIRED BYTE_ARRAY language (UTF8);
    REQUIRED INT64 weight (INTEGER(64,false));
    OPTIONAL DOUBLE logprob;
    OPTIONAL BYTE_ARRAY verdict (UTF8);
    OPTIONAL INT32 input;
    OPTIONAL BYTE_ARRAY ending (UTF8);
    OPTIONAL INT32 exit_code;
    OPTIONAL INT64 fuel (INTEGER(64,false));
    OPTIONAL INT64 memory_bytes (INTEGER(64,false));
    OPTIONAL BYTE_ARRAY output (UTF8);
}";

/// What the rows cannot hold.
#[derive(Debug, Serialize, Deserialize)]
struct Metadata {
    version: u32,
    pools: Vec<PoolMetadata>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct PoolMetadata {
    run: String,
    problem: String,
    n_candidates: u64,
    n_inputs: usize,
    unscored: Option<Unscored>,
    cost: Option<Cost>,
}

/// A program with all its cells.
struct Entry {
    program: Program,
    weight: u64,
    records: Vec<ExecutionRecord>,
}

/// Writes the execution matrices of recorded runs to a new Parquet file, and returns the number of its rows.
///
/// # Errors
///
/// Returns an error if the file is there already or cannot be written, or if a run is given twice or cannot be
/// read.
pub fn export_matrix(runs: &[PathBuf], path: &Path) -> Result<u64, EngineError> {
    refuse_repeated(runs)?;
    if path.exists() {
        return Err(EngineError::Config(format!(
            "`{}` is there already",
            path.display()
        )));
    }
    let fault = |error| EngineError::io(format!("write `{}`", path.display()), error);
    let folder = path.parent().filter(|it| *it != Path::new(""));
    // Written aside, so that the file is there whole or not at all.
    let aside = tempfile::Builder::new()
        .permissions(std::fs::Permissions::from_mode(0o666)) // As any new file: less the umask.
        .tempfile_in(folder.unwrap_or(Path::new(".")))
        .map_err(fault)?;
    let file = aside.as_file().try_clone().map_err(fault)?;
    let n_rows = write(runs, file, path)?;
    aside
        .persist_noclobber(path)
        .map_err(|error| fault(error.error))?;
    Ok(n_rows)
}

fn write(runs: &[PathBuf], file: std::fs::File, path: &Path) -> Result<u64, EngineError> {
    let fault = |error: ParquetError| {
        let action = format!("write `{}`", path.display());
        EngineError::io(action, std::io::Error::other(error))
    };
    let schema = Arc::new(parse_message_type(SCHEMA).expect("the schema is one"));
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by(format!("riddle {}", env!("CARGO_PKG_VERSION")))
        .build();
    let mut writer =
        SerializedFileWriter::new(file, schema, Arc::new(properties)).map_err(fault)?;
    let mut metadata = Metadata {
        version: VERSION,
        pools: Vec::new(),
    };
    let mut n_rows = 0;
    for folder in runs {
        let run = RecordedRun::open(folder, true)?;
        for problem in run.problems() {
            let pool = run.outline(problem)?;
            let mut batch: Vec<Entry> = Vec::new();
            let mut n_batched = 0;
            run.each_program(problem, pool.n_inputs, |program, weight, records| {
                n_batched += records.len().max(1);
                batch.push(Entry {
                    program,
                    weight,
                    records: records.to_vec(),
                });
                if n_batched >= ROWS_PER_GROUP {
                    n_rows += n_batched as u64;
                    write_group(&mut writer, &pool.run, problem, &batch).map_err(fault)?;
                    batch.clear();
                    n_batched = 0;
                }
                Ok(())
            })?;
            if !batch.is_empty() {
                n_rows += n_batched as u64;
                write_group(&mut writer, &pool.run, problem, &batch).map_err(fault)?;
            }
            metadata.pools.push(PoolMetadata {
                run: pool.run,
                problem: problem.to_owned(),
                n_candidates: pool.n_candidates,
                n_inputs: pool.n_inputs,
                unscored: pool.unscored,
                cost: pool.cost,
            });
        }
    }
    let text = serde_json::to_string(&metadata).expect("plain data");
    writer.append_key_value_metadata(KeyValue::new(KEY.to_owned(), text));
    writer.close().map_err(fault)?;
    Ok(n_rows)
}

fn write_group(
    writer: &mut SerializedFileWriter<std::fs::File>,
    run: &str,
    problem: &str,
    batch: &[Entry],
) -> Result<(), ParquetError> {
    let text = |it: &str| Some(ByteArray::from(it));
    let mut writer = writer.next_row_group()?;
    let group = &mut writer;
    column::<ByteArrayType>(group, batch, |_, _| text(run))?;
    column::<ByteArrayType>(group, batch, |_, _| text(problem))?;
    column::<ByteArrayType>(group, batch, |it, _| text(&it.program.artifact.to_string()))?;
    column::<ByteArrayType>(group, batch, |it, _| text(&it.program.candidate))?;
    column::<ByteArrayType>(group, batch, |it, _| text(&it.program.language))?;
    column::<Int64Type>(group, batch, |it, _| Some(it.weight.cast_signed()))?;
    column::<DoubleType>(group, batch, |it, _| it.program.logprob)?;
    column::<ByteArrayType>(group, batch, |it, _| {
        it.program.verdict.and_then(|it| text(it.as_str()))
    })?;
    column::<Int32Type>(group, batch, |_, cell| i32::try_from(cell?.0).ok())?;
    column::<ByteArrayType>(group, batch, |_, cell| text(ending_name(cell?.1.ending)))?;
    column::<Int32Type>(group, batch, |_, cell| Some(cell?.1.exit_code))?;
    column::<Int64Type>(group, batch, |_, cell| Some(cell?.1.fuel.cast_signed()))?;
    column::<Int64Type>(group, batch, |_, cell| {
        Some(cell?.1.memory_bytes.cast_signed())
    })?;
    column::<ByteArrayType>(group, batch, |_, cell| text(&cell?.1.output.to_string()))?;
    writer.close()?;
    Ok(())
}

/// Writes the next column: a value for each program and input, or one for a program that has no inputs.
fn column<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, std::fs::File>,
    batch: &[Entry],
    value: impl Fn(&Entry, Option<(usize, &ExecutionRecord)>) -> Option<T::T>,
) -> Result<(), ParquetError> {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    let mut push = |it: Option<T::T>| {
        levels.push(i16::from(it.is_some()));
        values.extend(it);
    };
    for entry in batch {
        if entry.records.is_empty() {
            push(value(entry, None));
        }
        for cell in entry.records.iter().enumerate() {
            push(value(entry, Some(cell)));
        }
    }
    let mut writer = group.next_column()?.expect("the schema has as many");
    let typed = writer.typed::<T>();
    let is_optional = typed.get_descriptor().max_def_level() > 0;
    typed.write_batch(&values, is_optional.then_some(&levels[..]), None)?;
    writer.close()
}

/// Reads the pools of a Parquet file, and gives them one after the other.
pub(super) fn each_pool(
    path: &Path,
    mut each: impl FnMut(&Pool) -> Result<(), EngineError>,
) -> Result<(), EngineError> {
    let broken = |reason: String| EngineError::NotAMatrix {
        path: path.to_owned(),
        reason,
    };
    let file = fs_err::File::open(path)
        .map_err(|error| EngineError::io("read the execution matrix", error))?;
    let reader =
        SerializedFileReader::new(file.into_file()).map_err(|error| broken(error.to_string()))?;
    let mut known = metadata_of(&reader).map_err(broken)?;
    let mut building: Option<Building> = None;
    for index in 0..reader.num_row_groups() {
        let group = reader
            .get_row_group(index)
            .map_err(|error| broken(error.to_string()))?;
        for row in rows_of(&*group).map_err(broken)? {
            let is_same = building
                .as_ref()
                .is_some_and(|it| it.run == row.run && it.problem == row.problem);
            if !is_same && let Some(done) = building.take() {
                each(&done.finish(known.as_mut()).map_err(broken)?)?;
            }
            let building = building.get_or_insert_with(|| Building::new(&row));
            building.add(row).map_err(broken)?;
        }
    }
    if let Some(done) = building {
        each(&done.finish(known.as_mut()).map_err(broken)?)?;
    }
    // What has no rows has no survivors.
    for rest in known.unwrap_or_default() {
        let empty = Building {
            run: rest.run.clone(),
            problem: rest.problem.clone(),
            ..Building::default()
        };
        each(&empty.pool(Some(rest)).map_err(broken)?)?;
    }
    Ok(())
}

/// Returns what our metadata tells, if the file has any.
fn metadata_of(
    reader: &SerializedFileReader<std::fs::File>,
) -> Result<Option<VecDeque<PoolMetadata>>, String> {
    let pairs = reader.metadata().file_metadata().key_value_metadata();
    let mut pairs = pairs.into_iter().flatten();
    let Some(text) = pairs
        .find(|it| it.key == KEY)
        .and_then(|it| it.value.as_ref())
    else {
        return Ok(None);
    };
    let wrong = |error: serde_json::Error| format!("its metadata: {error}");
    let metadata: serde_json::Value = serde_json::from_str(text).map_err(wrong)?;
    let version = metadata["version"].as_u64().unwrap_or(0);
    if version != u64::from(VERSION) {
        return Err(format!(
            "it is of version {version}: this Riddle knows {VERSION}"
        ));
    }
    let metadata: Metadata = serde_json::from_value(metadata).map_err(wrong)?;
    Ok(Some(metadata.pools.into()))
}

/// One row.
struct Row {
    run: String,
    problem: String,
    program: Program,
    weight: u64,
    cell: Option<(usize, ExecutionRecord)>,
}

fn rows_of(group: &dyn RowGroupReader) -> Result<Vec<Row>, String> {
    let run = texts(group, "run")?;
    let problem = texts(group, "problem")?;
    let program = texts(group, "program")?;
    let candidate = texts(group, "candidate")?;
    let language = texts(group, "language")?;
    let weight = values::<Int64Type>(group, "weight")?;
    let logprob = values::<DoubleType>(group, "logprob")?;
    let verdict = texts(group, "verdict")?;
    let input = values::<Int32Type>(group, "input")?;
    let ending = texts(group, "ending")?;
    let exit_code = values::<Int32Type>(group, "exit_code")?;
    let fuel = values::<Int64Type>(group, "fuel")?;
    let memory_bytes = values::<Int64Type>(group, "memory_bytes")?;
    let output = texts(group, "output")?;
    let n_rows = run.len();
    let lengths = [
        problem.len(),
        program.len(),
        candidate.len(),
        language.len(),
        weight.len(),
        logprob.len(),
        verdict.len(),
        input.len(),
        ending.len(),
        exit_code.len(),
        fuel.len(),
        memory_bytes.len(),
        output.len(),
    ];
    if lengths.iter().any(|it| *it != n_rows) {
        return Err("its columns differ in length".to_owned());
    }
    let row = |at: usize| {
        let there = |it: &Option<String>, name: &str| {
            it.clone().ok_or_else(|| format!("a `{name}` is missing"))
        };
        let digest = |it: &str, name: &str| {
            let digest = it.parse::<Digest>();
            digest.map_err(|_| format!("`{name}` is `{it}` and not 64 hexadecimal digits"))
        };
        let cell = match input[at] {
            None => None,
            Some(input) => {
                let ending = there(&ending[at], "ending")?;
                Some((
                    usize::try_from(input).map_err(|_| format!("an input is number {input}"))?,
                    ExecutionRecord {
                        ending: ending_of(&ending)
                            .ok_or_else(|| format!("`ending` is `{ending}`"))?,
                        exit_code: exit_code[at].unwrap_or(0),
                        fuel: fuel[at].unwrap_or(0).cast_unsigned(),
                        memory_bytes: memory_bytes[at].unwrap_or(0).cast_unsigned(),
                        output: digest(&there(&output[at], "output")?, "output")?,
                    },
                ))
            }
        };
        let verdict = verdict[at].as_deref().map(str::parse::<Verdict>);
        Ok(Row {
            run: there(&run[at], "run")?,
            problem: there(&problem[at], "problem")?,
            program: Program {
                artifact: digest(&there(&program[at], "program")?, "program")?,
                candidate: there(&candidate[at], "candidate")?,
                place: Place {
                    request: 0,
                    choice: 0,
                },
                language: there(&language[at], "language")?,
                verdict: verdict.transpose().map_err(|error| error.to_string())?,
                logprob: logprob[at],
            },
            weight: weight[at].ok_or("a `weight` is missing")?.cast_unsigned(),
            cell,
        })
    };
    (0..n_rows).map(row).collect()
}

fn texts(group: &dyn RowGroupReader, name: &str) -> Result<Vec<Option<String>>, String> {
    let values = values::<ByteArrayType>(group, name)?;
    let text = |it: ByteArray| {
        let text = String::from_utf8(it.data().to_vec());
        text.map_err(|_| format!("a `{name}` is no UTF-8"))
    };
    values
        .into_iter()
        .map(|it| it.map(text).transpose())
        .collect()
}

/// Reads a column, whether values may be missing or not.
fn values<T: DataType>(
    group: &dyn RowGroupReader,
    name: &str,
) -> Result<Vec<Option<T::T>>, String> {
    let fault = |error: ParquetError| error.to_string();
    let metadata = group.metadata();
    if metadata.num_rows() > MAX_ROWS_READ {
        return Err(format!(
            "a row group has {} rows: the limit is {MAX_ROWS_READ}",
            metadata.num_rows()
        ));
    }
    let n_rows = usize::try_from(metadata.num_rows()).unwrap_or(0);
    let mut columns = metadata.columns().iter();
    let index = columns
        .position(|it| it.column_path().parts() == [name])
        .ok_or_else(|| format!("column `{name}` is missing"))?;
    let descriptor = metadata.column(index).column_descr();
    if descriptor.physical_type() != T::get_physical_type() || descriptor.max_rep_level() > 0 {
        return Err(format!(
            "column `{name}` is not of type {}",
            T::get_physical_type()
        ));
    }
    let is_optional = descriptor.max_def_level() > 0;
    let mut reader = get_typed_column_reader::<T>(group.get_column_reader(index).map_err(fault)?);
    let (mut all, mut levels) = (Vec::new(), Vec::new());
    let mut n_read = 0;
    while n_read < n_rows {
        let (n, _, _) = reader
            .read_records(n_rows - n_read, Some(&mut levels), None, &mut all)
            .map_err(fault)?;
        if n == 0 {
            break;
        }
        n_read += n;
    }
    if !is_optional {
        return Ok(all.into_iter().map(Some).collect());
    }
    let mut all = all.into_iter();
    let value = |level: i16| if level > 0 { all.next() } else { None };
    Ok(levels.into_iter().map(value).collect())
}

/// A pool of which rows are coming in.
#[derive(Default)]
struct Building {
    run: String,
    problem: String,
    matrix: Option<ExecutionMatrix>,
    programs: Vec<Program>,
    /// The program whose cells are coming in.
    open: Option<(Program, u64, Vec<Observation>)>,
}

impl Building {
    fn new(row: &Row) -> Self {
        Self {
            run: row.run.clone(),
            problem: row.problem.clone(),
            ..Self::default()
        }
    }

    fn add(&mut self, row: Row) -> Result<(), String> {
        let is_same = self
            .open
            .as_ref()
            .is_some_and(|it| it.0.artifact == row.program.artifact);
        if !is_same {
            self.close()?;
            self.open = Some((row.program, row.weight, Vec::new()));
        }
        let (program, _, cells) = self.open.as_mut().expect("it was opened");
        match row.cell {
            Some((input, record)) if input == cells.len() => cells.push(record.observation()),
            None if cells.is_empty() => {}
            cell => {
                let input = cell.map_or("none".to_owned(), |it| it.0.to_string());
                return Err(format!(
                    "`{}` of `{}` has input {input} where {} is due",
                    program.candidate,
                    self.problem,
                    cells.len()
                ));
            }
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), String> {
        let Some((program, weight, cells)) = self.open.take() else {
            return Ok(());
        };
        let matrix = self
            .matrix
            .get_or_insert_with(|| ExecutionMatrix::new(cells.len()));
        if matrix.n_inputs() != cells.len() {
            return Err(format!(
                "`{}` of `{}` has {} inputs where others have {}",
                program.candidate,
                self.problem,
                cells.len(),
                matrix.n_inputs()
            ));
        }
        matrix.push_row(weight, &cells);
        self.programs.push(program);
        Ok(())
    }

    /// Takes what the metadata tells of the pool, and makes it.
    fn finish(mut self, known: Option<&mut VecDeque<PoolMetadata>>) -> Result<Pool, String> {
        self.close()?;
        let known = match known {
            None => None,
            Some(known) => {
                let place = (known.iter())
                    .position(|it| it.run == self.run && it.problem == self.problem)
                    .ok_or_else(|| {
                        format!(
                            "`{}` is not in its metadata, or twice in the file",
                            self.problem
                        )
                    })?;
                known.remove(place)
            }
        };
        self.pool(known)
    }

    fn pool(self, known: Option<PoolMetadata>) -> Result<Pool, String> {
        let n_inputs = known.as_ref().map_or(0, |it| it.n_inputs);
        let weights = self.matrix.iter();
        let weights = weights.flat_map(|it| (0..it.n_rows()).map(|row| it.weight(row)));
        let n_survivors = weights.fold(0, u64::saturating_add);
        let n_candidates = known.as_ref().map_or(n_survivors, |it| it.n_candidates);
        if n_candidates > MAX_CANDIDATES || n_inputs > MAX_INPUTS {
            return Err(format!(
                "`{}` has {n_candidates} candidates and {n_inputs} inputs: the limits are {MAX_CANDIDATES} and \
                 {MAX_INPUTS}",
                self.problem
            ));
        }
        if n_candidates < n_survivors {
            return Err(format!(
                "`{}` has {n_survivors} survivors of {n_candidates} candidates",
                self.problem
            ));
        }
        let matrix = self
            .matrix
            .unwrap_or_else(|| ExecutionMatrix::new(n_inputs));
        let has_verdicts = self.programs.iter().all(|it| it.verdict.is_some());
        let unscored = known.as_ref().and_then(|it| it.unscored);
        Ok(Pool {
            run: self.run,
            problem: self.problem,
            n_candidates,
            programs: self.programs,
            matrix,
            failing_inputs_vote: false,
            unscored: unscored.or((!has_verdicts).then_some(Unscored::NotTold)),
            cost: known.and_then(|it| it.cost),
            chosen: None,
            warnings: Vec::new(),
        })
    }
}
