//! One compilation by confined processes: its private folder, its bounds, and what a tool came to.
//!
//! Knows the limits that every compiler is under; what a compiler's messages mean is for its own file.

use std::{
    io::Read,
    path::{Path, PathBuf},
    time::Duration,
};

use tempfile::TempDir;

use super::{Compilation, CompileFailure, CompileFailureKind, CompileOutcome, ProcessTimes};
use crate::{
    CompileLimits, SandboxError,
    confine::{self, ConfineError, Confined, End, Ended, ProcessLimits},
};

/// Output of a tool that is looked at; diagnostics are cut from its start.
const OUTPUT_BYTES: usize = 1 << 20;

/// What each tool may take at least, however long those before it took.
const LEAST_CPU_TIME: Duration = Duration::from_secs(1);

/// What a tool says that ignores the signal of a file that is too large, in C and in Go.
const TOO_LARGE: &[&str] = &["File too large", "file too large"];

/// What one step came to: done, or what is wrong with the source.
pub(super) type Step = Result<(), CompileFailure>;

/// Compiles in two steps, source to object and object to module, and returns the file `module` of the
/// second, which sets so many bytes aside for its call stack.
pub(super) fn in_two_steps(
    limits: &CompileLimits,
    object: impl FnOnce(&mut Work<'_>) -> Result<Step, SandboxError>,
    link: impl FnOnce(&mut Work<'_>) -> Result<Step, SandboxError>,
    module: &str,
    stack_bytes: u64,
) -> Result<Compilation, SandboxError> {
    let mut work = Work::new(limits)?;
    let mut step = object(&mut work)?;
    let compiler = work.take_cpu_time();
    if step.is_ok() {
        step = link(&mut work)?;
    }
    let outcome = match step {
        Err(failure) => CompileOutcome::Failed(failure),
        Ok(()) => CompileOutcome::Module {
            wasm: work.read(module, limits.module_bytes)?,
            stack_bytes,
            static_reason: None,
        },
    };
    Ok(Compilation {
        outcome,
        processes: ProcessTimes {
            compiler,
            linker: work.take_cpu_time(),
        },
    })
}

/// A program of a toolchain, and what it needs of the machine.
pub(super) struct Tool<'a> {
    pub(super) program: &'a Path,
    /// Its environment: constants of ours.
    pub(super) environment: &'a [(&'a str, &'a str)],
    /// The program, and its loader if it has one.
    pub(super) executable: &'a [&'a Path],
    /// Files and folders that it may read.
    pub(super) readable: &'a [&'a Path],
    /// System calls that it needs beyond those of every compiler.
    pub(super) calls: &'a [libc::c_long],
    pub(super) unconfined: bool,
}

/// What a tool left behind that did not do its part.
pub(super) enum Fault {
    /// It met a limit.
    Limit(CompileFailure),
    /// It ended by itself, with these messages.
    Messages(String),
}

impl Fault {
    fn new(kind: CompileFailureKind, text: String) -> Self {
        Self::Limit(CompileFailure::new(kind, text))
    }
}

/// One compilation under way.
pub(super) struct Work<'a> {
    /// The private folder, removed with all that is in it at the end.
    _folder: TempDir,
    path: PathBuf,
    pub(super) limits: &'a CompileLimits,
    /// CPU time of the processes of this step so far.
    cpu_time: Duration,
    /// CPU time of all processes so far.
    spent: Duration,
}

impl<'a> Work<'a> {
    /// Makes the private folder.
    pub(super) fn new(limits: &'a CompileLimits) -> Result<Self, SandboxError> {
        let made = |error| SandboxError::io("make a private folder", error);
        let folder = tempfile::Builder::new()
            .prefix("riddle-")
            .tempdir()
            .map_err(made)?;
        Ok(Self {
            path: fs_err::canonicalize(folder.path()).map_err(made)?,
            _folder: folder,
            limits,
            cpu_time: Duration::ZERO,
            spent: Duration::ZERO,
        })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.path
    }

    /// Writes a source into the private folder, and the folders that its name says.
    pub(super) fn write(&self, name: &str, text: &[u8]) -> Result<(), SandboxError> {
        let path = self.folder().join(name);
        fs_err::create_dir_all(path.parent().expect("the file lies in the folder"))
            .and_then(|()| fs_err::write(&path, text))
            .map_err(|error| SandboxError::io("write a candidate's source", error))
    }

    /// Returns the CPU time of the processes since the last call.
    pub(super) fn take_cpu_time(&mut self) -> Duration {
        std::mem::take(&mut self.cpu_time)
    }

    /// Runs a tool in the private folder; it may write files of so many bytes. Returns its messages.
    pub(super) fn run(
        &mut self,
        tool: &Tool<'_>,
        arguments: &[&str],
        file_bytes: u64,
    ) -> Result<Result<String, Fault>, SandboxError> {
        let confined = Confined {
            program: tool.program,
            arguments,
            environment: tool.environment,
            executable: tool.executable,
            readable: tool.readable,
            scratch: &self.path,
            calls: tool.calls,
            limits: ProcessLimits {
                memory_bytes: self.limits.memory_bytes,
                file_bytes,
                // One budget for all attempts at one source.
                cpu_time: self
                    .limits
                    .cpu_time
                    .saturating_sub(self.spent)
                    .max(LEAST_CPU_TIME),
                wall_time: self.limits.wall_time,
                output_bytes: OUTPUT_BYTES,
            },
            unconfined: tool.unconfined,
        };
        let ended = confine::run(&confined).map_err(|error| match error {
            ConfineError::Io { action, source } => SandboxError::Io { action, source },
            ConfineError::NoLandlock | ConfineError::Fence(_) => unconfinable(&error),
        })?;
        self.cpu_time += ended.cpu_time;
        self.spent += ended.cpu_time;
        Ok(judge(&ended, file_bytes, self.limits))
    }

    /// Reads a file that a confined process wrote, up to the limit that it was under.
    pub(super) fn read(&self, name: &str, max_bytes: u64) -> Result<Vec<u8>, SandboxError> {
        let mut bytes = Vec::new();
        fs_err::File::open(self.path.join(name))
            .and_then(|file| file.take(max_bytes).read_to_end(&mut bytes))
            .map_err(|error| SandboxError::io("read what a compiler wrote", error))?;
        Ok(bytes)
    }
}

/// Returns a tool's messages, or says which limit it met if it did not do its part.
fn judge(ended: &Ended, file_bytes: u64, limits: &CompileLimits) -> Result<String, Fault> {
    let text = String::from_utf8_lossy(&ended.output);
    let memory = format!("its memory is limited to {} bytes", limits.memory_bytes);
    let too_large = || {
        Fault::new(
            CompileFailureKind::ObjectTooLarge,
            format!("the program takes more than {file_bytes} bytes"),
        )
    };
    Err(match ended.end {
        End::Exited(0) => return Ok(text.into_owned()),
        End::Backstop => Fault::new(
            CompileFailureKind::Backstop,
            format!(
                "the compiler was ended: it may take {:?} of CPU time, and {:?} in all",
                limits.cpu_time, limits.wall_time
            ),
        ),
        End::Signalled(libc::SIGXFSZ) => too_large(),
        End::Exited(_) if TOO_LARGE.iter().any(|it| text.contains(it)) => too_large(),
        End::Signalled(signal) => Fault::new(
            CompileFailureKind::Exhausted,
            format!("the compiler crashed with signal {signal}: {memory}"),
        ),
        End::Exited(_) if text.contains("LLVM ERROR: out of memory") => Fault::new(
            CompileFailureKind::Exhausted,
            format!("the compiler ran out of memory: {memory}"),
        ),
        End::Exited(_) => Fault::Messages(text.into_owned()),
    })
}

/// The fault of a machine on which compilers cannot be confined.
pub(super) fn unconfinable(error: &ConfineError) -> SandboxError {
    SandboxError::Unconfined {
        reason: error.to_string(),
    }
}
