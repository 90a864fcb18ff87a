//! Results of many executions packed into one database value.
//!
//! Version 1, little endian: a byte `1`, the number of executions as LEB128, then for each its ending
//! (one byte), exit code (LEB128, zigzag, for endings with one), fuel and memory bytes (LEB128) and
//! the 32 bytes of its output's digest. A reader refuses what it does not know.

use riddle_clustering::{Digest as OutputDigest, EndingClass, Observation};
use riddle_problems::Task;
use riddle_sandbox::{Digest, Ending, Execution};
use thiserror::Error;

use crate::SameOutput;

/// The version that [`pack`] writes.
const VERSION: u8 = 1;
/// The least bytes of one execution.
const MIN_EXECUTION_BYTES: usize = 1 + 1 + 1 + 32;

/// What is kept of one execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExecutionRecord {
    /// How it ended.
    pub ending: EndingClass,
    /// The exit code, where [`ending`](Self::ending) is `Exit`; 0 otherwise.
    pub exit_code: i32,
    /// Fuel consumed.
    pub fuel: u64,
    /// Peak memory, in bytes.
    pub memory_bytes: u64,
    /// Digest of standard output; on a generated input, of its form by the problem's checker
    /// ([`riddle_problems::Checker::form`]), unless the run compares bytes.
    pub output: Digest,
}

impl ExecutionRecord {
    /// Keeps what is worth keeping.
    pub(crate) fn of(execution: &Execution) -> Self {
        Self {
            ending: ending_class(&execution.ending),
            exit_code: match execution.ending {
                Ending::Exit(code) => code,
                _ => 0,
            },
            fuel: execution.fuel,
            memory_bytes: execution.memory_bytes,
            output: Digest::of(&execution.stdout),
        }
    }
}

impl ExecutionRecord {
    /// Keeps what is worth keeping of an execution on a generated input.
    pub(crate) fn of_behaviour(execution: &Execution, task: &Task, same: SameOutput) -> Self {
        let record = Self::of(execution);
        match same {
            SameOutput::Bytes => record,
            SameOutput::Form => Self {
                output: Digest::of(&task.checker.form(&execution.stdout)),
                ..record
            },
        }
    }

    /// Returns what stands for an execution that was not run, by a fault of the machine: it is like no other.
    pub(crate) fn not_run() -> Self {
        Self {
            ending: EndingClass::Unknown,
            exit_code: 0,
            fuel: 0,
            memory_bytes: 0,
            output: Digest([0; 32]),
        }
    }

    /// Returns the execution as the matrix sees it.
    pub(crate) fn observation(&self) -> Observation {
        Observation {
            ending: self.ending,
            output: OutputDigest(self.output.0),
            fuel: self.fuel,
            memory_bytes: self.memory_bytes,
        }
    }
}

fn ending_class(ending: &Ending) -> EndingClass {
    match ending {
        Ending::Ok => EndingClass::Ok,
        Ending::Exit(_) => EndingClass::Exit,
        Ending::Trap(_) => EndingClass::Trap,
        // Two that wait for each other would do so until the time is up.
        Ending::Fuel | Ending::Deadlock => EndingClass::Fuel,
        Ending::Memory => EndingClass::Memory,
        Ending::Output => EndingClass::Output,
        _ => EndingClass::Unknown,
    }
}

/// Returns the name of an ending in files and on the command line.
pub(crate) fn ending_name(ending: EndingClass) -> &'static str {
    match ending {
        EndingClass::Ok => "ok",
        EndingClass::Exit => "exit",
        EndingClass::Trap => "trap",
        EndingClass::Fuel => "fuel",
        EndingClass::Memory => "memory",
        EndingClass::Output => "output",
        EndingClass::Unknown => "backstop",
    }
}

/// Returns the ending of a name.
pub(crate) fn ending_of(name: &str) -> Option<EndingClass> {
    ENDINGS.into_iter().find(|it| ending_name(*it) == name)
}

/// The endings by their byte.
const ENDINGS: [EndingClass; 7] = [
    EndingClass::Ok,
    EndingClass::Exit,
    EndingClass::Trap,
    EndingClass::Fuel,
    EndingClass::Memory,
    EndingClass::Output,
    EndingClass::Unknown,
];

/// A blob is not one of packed results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BlobError {
    /// It is of another version.
    #[error("results are of version {0}: this reader knows version {VERSION}")]
    Version(u8),
    /// It ends early or goes on too long, or holds a value that cannot be.
    #[error("results are corrupt at byte {0}")]
    Corrupt(usize),
}

/// Packs results.
pub(crate) fn pack(records: &[ExecutionRecord]) -> Vec<u8> {
    let mut out = vec![VERSION];
    push_number(&mut out, records.len() as u64);
    for record in records {
        let byte = ENDINGS.iter().position(|it| *it == record.ending);
        let byte = byte.expect("every ending has a byte");
        out.push(u8::try_from(byte).expect("there are seven"));
        if record.ending == EndingClass::Exit {
            push_number(&mut out, zigzag(record.exit_code));
        }
        push_number(&mut out, record.fuel);
        push_number(&mut out, record.memory_bytes);
        out.extend_from_slice(&record.output.0);
    }
    out
}

/// Unpacks results.
///
/// # Errors
///
/// Returns an error for any bytes that packing does not write.
pub fn unpack(blob: &[u8]) -> Result<Vec<ExecutionRecord>, BlobError> {
    let mut reader = Reader { blob, at: 0 };
    match reader.byte()? {
        VERSION => {}
        version => return Err(BlobError::Version(version)),
    }
    let n = reader.number()?;
    // A hostile count must not reserve memory that the blob cannot fill.
    if n > (blob.len() / MIN_EXECUTION_BYTES) as u64 {
        return Err(BlobError::Corrupt(reader.at));
    }
    let mut records = Vec::new();
    for _ in 0..n {
        let byte = reader.byte()?;
        let ending = *ENDINGS
            .get(usize::from(byte))
            .ok_or(BlobError::Corrupt(reader.at))?;
        let exit_code = match ending {
            EndingClass::Exit => {
                let number = u32::try_from(reader.number()?);
                unzigzag(number.map_err(|_| BlobError::Corrupt(reader.at))?)
            }
            _ => 0,
        };
        records.push(ExecutionRecord {
            ending,
            exit_code,
            fuel: reader.number()?,
            memory_bytes: reader.number()?,
            output: Digest(*reader.take::<32>()?),
        });
    }
    if reader.at == blob.len() {
        Ok(records)
    } else {
        Err(BlobError::Corrupt(reader.at))
    }
}

struct Reader<'a> {
    blob: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take<const N: usize>(&mut self) -> Result<&'a [u8; N], BlobError> {
        let rest = &self.blob[self.at..];
        let taken = rest.first_chunk().ok_or(BlobError::Corrupt(self.at))?;
        self.at += N;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, BlobError> {
        self.take::<1>().map(|[byte]| *byte)
    }

    fn number(&mut self) -> Result<u64, BlobError> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            // Neither past 64 bits, nor longer than it must be.
            if bits << shift >> shift != bits || (shift > 0 && byte == 0) {
                break;
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(BlobError::Corrupt(self.at))
    }
}

fn push_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(u8::try_from(number & 0x7f).expect("seven bits") | 0x80);
        number >>= 7;
    }
    out.push(u8::try_from(number).expect("seven bits"));
}

fn zigzag(code: i32) -> u64 {
    u64::from(((code << 1) ^ (code >> 31)).cast_unsigned())
}

fn unzigzag(number: u32) -> i32 {
    (number >> 1).cast_signed() ^ -((number & 1).cast_signed())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn record() -> impl Strategy<Value = ExecutionRecord> {
        (
            0..7usize,
            any::<i32>(),
            any::<u64>(),
            any::<u64>(),
            any::<[u8; 32]>(),
        )
            .prop_map(
                |(ending, exit_code, fuel, memory_bytes, output)| ExecutionRecord {
                    ending: ENDINGS[ending],
                    exit_code: if ENDINGS[ending] == EndingClass::Exit {
                        exit_code
                    } else {
                        0
                    },
                    fuel,
                    memory_bytes,
                    output: Digest(output),
                },
            )
    }

    proptest! {
        #[test]
        fn what_was_packed_comes_back(records in proptest::collection::vec(record(), 0..20)) {
            prop_assert_eq!(unpack(&pack(&records)), Ok(records));
        }

        #[test]
        fn any_cut_is_noticed(records in proptest::collection::vec(record(), 1..4), cut in any::<prop::sample::Index>()) {
            let blob = pack(&records);
            prop_assert!(unpack(&blob[..cut.index(blob.len())]).is_err());
        }

        #[test]
        fn any_bytes_are_read_or_refused(blob in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = unpack(&blob);
        }
    }

    #[test]
    fn another_version_is_refused() {
        assert_eq!(unpack(&[2, 0]), Err(BlobError::Version(2)));
    }

    #[test]
    fn a_number_longer_than_it_must_be_is_refused() {
        assert_eq!(unpack(&[1, 0x80, 0]), Err(BlobError::Corrupt(3)));
    }

    #[test]
    fn a_count_that_the_blob_cannot_hold_is_refused() {
        assert_eq!(
            unpack(&[1, 0xff, 0xff, 0xff, 0x7f]),
            Err(BlobError::Corrupt(5))
        );
    }
}
