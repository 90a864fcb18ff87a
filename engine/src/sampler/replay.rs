//! Replays candidates that somebody else sampled: a JSONL file or a tree of source files.
//!
//! Opening reads the pool once and remembers where each problem's candidates are, not what they say:
//! a pool may be larger than memory.

use std::{
    collections::{BTreeMap, HashSet},
    io::{BufRead, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use futures_util::{StreamExt, stream, stream::BoxStream};
use riddle_problems::Task;

use super::{Ask, Sampled, Sampler, SamplerConfig, SamplerError, folder, jsonl::Line};
use crate::{EngineError, RejectReason, Rejected};

/// Bytes of one line: longer ones are counted as unreadable and skipped.
const MAX_LINE_BYTES: u64 = 8 << 20;

/// Candidates from a file or a folder.
#[derive(Debug)]
pub struct Replay {
    path: PathBuf,
    /// Candidates of each problem, in the order of their places.
    pools: BTreeMap<String, Vec<Item>>,
    /// Problems that the pool has candidates for and that were not asked for, with their number.
    others: BTreeMap<String, u64>,
    /// Lines that cannot be put down to any problem.
    stray: Vec<Rejected>,
}

/// One candidate of a pool.
#[derive(Clone, Debug)]
enum Item {
    /// A line of the JSONL file.
    Line {
        number: u64,
        /// The index that a journal gave it.
        index: Option<u64>,
        offset: u64,
        n_bytes: u64,
    },
    /// A line that is known to be no candidate.
    Rejected(Rejected),
    /// A file of the folder.
    File { name: String, path: PathBuf },
}

impl Replay {
    /// Opens a pool for the problems that will be solved, by id.
    ///
    /// A file is JSONL. A folder is a tree of source files: for several problems, a subfolder for
    /// each by its id; for one problem its subfolder if there is one, or else the whole.
    ///
    /// # Errors
    ///
    /// Returns an error if the pool cannot be read at all. A broken line or file is a rejected sample
    /// of its problem, or [stray](Self::stray).
    pub fn open(path: &Path, problems: &[&str]) -> Result<Self, EngineError> {
        let mut replay = Self {
            path: path.to_owned(),
            pools: problems
                .iter()
                .map(|it| ((*it).to_owned(), Vec::new()))
                .collect(),
            others: BTreeMap::new(),
            stray: Vec::new(),
        };
        let metadata = fs_err::metadata(path)
            .map_err(|error| EngineError::io("open the pool of candidates", error))?;
        if metadata.is_dir() {
            replay.open_folder(problems)?;
        } else {
            replay.open_file(problems)?;
        }
        Ok(replay)
    }

    /// Returns the problems that the pool has candidates for and that were not asked for.
    pub fn others(&self) -> &BTreeMap<String, u64> {
        &self.others
    }

    /// Returns the lines that cannot be put down to any problem.
    pub fn stray(&self) -> &[Rejected] {
        &self.stray
    }

    fn open_folder(&mut self, problems: &[&str]) -> Result<(), EngineError> {
        for problem in problems {
            let own = self.path.join(problem);
            let root = match (own.is_dir(), problems.len()) {
                (true, _) => own,
                (false, 1) => self.path.clone(),
                (false, _) => continue,
            };
            let files = folder::files(&root)?;
            let items = files
                .into_iter()
                .map(|(name, path)| Item::File { name, path });
            self.pools.insert((*problem).to_owned(), items.collect());
        }
        Ok(())
    }

    fn open_file(&mut self, problems: &[&str]) -> Result<(), EngineError> {
        let fault = |error| EngineError::io("read the pool of candidates", error);
        let mut file = BufReader::new(fs_err::File::open(&self.path).map_err(fault)?);
        let mut line = Vec::new();
        let mut offset = 0;
        for number in 1.. {
            line.clear();
            let mut n_bytes = (&mut file)
                .take(MAX_LINE_BYTES)
                .read_until(b'\n', &mut line)
                .map_err(fault)? as u64;
            if n_bytes == 0 {
                break;
            }
            let too_long = n_bytes == MAX_LINE_BYTES && line.last() != Some(&b'\n');
            if too_long {
                n_bytes += skip_line(&mut file).map_err(fault)?;
            }
            let here = offset;
            offset += n_bytes;
            if line.trim_ascii().is_empty() {
                continue;
            }
            let reject = |detail| Rejected {
                id: format!("line {number}"),
                reason: RejectReason::Unreadable,
                detail,
            };
            let (problem, item) = if too_long {
                let detail = format!("line has {n_bytes} bytes: the limit is {MAX_LINE_BYTES}");
                (None, Item::Rejected(reject(detail)))
            } else {
                match Line::parse(&line) {
                    Err(detail) => (None, Item::Rejected(reject(detail))),
                    Ok(line) => (
                        line.problem.clone(),
                        Item::Line {
                            number,
                            index: line.index(),
                            offset: here,
                            n_bytes,
                        },
                    ),
                }
            };
            self.add(problem, item, number, problems);
        }
        self.pools.values_mut().for_each(|pool| in_order(pool));
        Ok(())
    }

    /// Puts an item down to its problem: the one it names, or the only one there is.
    fn add(&mut self, problem: Option<String>, item: Item, number: u64, problems: &[&str]) {
        let problem = match (problem, problems) {
            (Some(problem), _) => problem,
            (None, [only]) => (*only).to_owned(),
            (None, _) => {
                let rejected = match item {
                    Item::Rejected(rejected) => rejected,
                    _ => Rejected {
                        id: format!("line {number}"),
                        reason: RejectReason::Unreadable,
                        detail: "field `problem` is missing".to_owned(),
                    },
                };
                self.stray.push(rejected);
                return;
            }
        };
        match self.pools.get_mut(&problem) {
            Some(pool) => pool.push(item),
            None => *self.others.entry(problem).or_default() += 1,
        }
    }
}

impl Sampler for Replay {
    fn name(&self) -> &'static str {
        "replay"
    }

    fn config(&self) -> Option<SamplerConfig> {
        let candidates = self.path.clone();
        Some(SamplerConfig::Replay { candidates })
    }

    fn n_samples(&self, task: &Task) -> Option<u64> {
        Some(self.pools.get(&task.id).map_or(0, |it| it.len() as u64))
    }

    fn samples(&self, ask: Ask) -> BoxStream<'_, Result<Sampled, SamplerError>> {
        let pool = self.pools.get(&ask.task.id).map_or(&[][..], Vec::as_slice);
        let mut file = None;
        let wanted = ask.clone();
        let items = (0..)
            .zip(pool)
            .take_while(move |(index, _)| !ask.is_over(*index))
            .filter(move |(index, _)| wanted.wants(*index));
        stream::iter(items.map(move |(index, item)| {
            Ok(match item {
                Item::Rejected(rejected) => Sampled::new(index, Err(rejected.clone())),
                Item::File { name, path } => Sampled::new(index, folder::read(name, path)),
                Item::Line {
                    number,
                    index: own_index,
                    offset,
                    n_bytes,
                } => {
                    let name = format!("line {number}");
                    let line = read_at(&mut file, &self.path, *offset, *n_bytes)
                        .map_err(|error| error.to_string())
                        .and_then(|line| Line::parse(&line));
                    match line {
                        Ok(line) if own_index.is_some() => line.into_sampled(index, &name),
                        Ok(line) => line.of_a_pool().into_sampled(index, &name),
                        Err(detail) => Sampled::new(
                            index,
                            Err(Rejected {
                                id: name,
                                reason: RejectReason::Unreadable,
                                detail,
                            }),
                        ),
                    }
                }
            })
        }))
        .boxed()
    }
}

/// Puts a journal's lines into the order of their indices: they were written as samples arrived. A
/// line that was cut short goes to the end. A pool whose lines have no indices stays as it is, and so does
/// one with an index twice, which is several journals: its lines then count as a pool's.
fn in_order(pool: &mut [Item]) {
    let index = |item: &Item| match item {
        Item::Line { index, .. } => *index,
        Item::Rejected(_) | Item::File { .. } => Some(u64::MAX),
    };
    let mut seen = HashSet::new();
    let is_journal = pool.iter().all(|item| match item {
        Item::Line { index, .. } => index.is_some_and(|it| seen.insert(it)),
        Item::Rejected(_) | Item::File { .. } => true,
    });
    if is_journal {
        pool.sort_by_key(index);
    } else {
        for item in pool {
            if let Item::Line { index, .. } = item {
                *index = None;
            }
        }
    }
}

fn read_at(
    file: &mut Option<fs_err::File>,
    path: &Path,
    offset: u64,
    n_bytes: u64,
) -> std::io::Result<Vec<u8>> {
    let file = match file {
        Some(file) => file,
        None => file.insert(fs_err::File::open(path)?),
    };
    file.seek(SeekFrom::Start(offset))?;
    let mut line = Vec::new();
    file.take(n_bytes).read_to_end(&mut line)?;
    Ok(line)
}

/// Reads on to the end of the line, keeping nothing, and returns the bytes passed.
fn skip_line(file: &mut impl BufRead) -> std::io::Result<u64> {
    let mut n_bytes = 0;
    loop {
        let buffer = file.fill_buf()?;
        if buffer.is_empty() {
            return Ok(n_bytes);
        }
        let (n, ends) = match buffer.iter().position(|it| *it == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), false),
        };
        file.consume(n);
        n_bytes += n as u64;
        if ends {
            return Ok(n_bytes);
        }
    }
}
