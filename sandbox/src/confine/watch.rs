//! Starts a confined program and sees it to its end: drains what it prints, ends it when its time is
//! up, counts the CPU time it took.
//!
//! One `poll` on the child, its output and a timer, so that nothing is decided by reading a clock and
//! no thread is needed. Does not know what the output means.
#![expect(
    unsafe_code,
    reason = "waiting with resource usage, poll and timers are system calls without a safe wrapper"
)]

use std::{
    io::{self, PipeReader, Read},
    os::fd::{AsRawFd, FromRawFd, OwnedFd},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use thiserror::Error;

use super::jail::Jail;

/// Bytes read from the output at a time.
const READ_BYTES: usize = 16 << 10;

/// One run of a trusted program on hostile input.
pub(crate) struct Confined<'a> {
    /// The program.
    pub(crate) program: &'a Path,
    /// Its arguments.
    pub(crate) arguments: &'a [&'a str],
    /// Its environment, and nothing of ours.
    pub(crate) environment: &'a [(&'a str, &'a str)],
    /// The files that may be executed: the program, and its loader if it has one.
    pub(crate) executable: &'a [&'a Path],
    /// Files and folders that may be read.
    pub(crate) readable: &'a [&'a Path],
    /// The private folder: may be read and written, and is the working folder.
    pub(crate) scratch: &'a Path,
    /// System calls that it may make beyond those of every compiler.
    pub(crate) calls: &'a [libc::c_long],
    /// How much it may use.
    pub(crate) limits: ProcessLimits,
    /// Whether to do without Landlock.
    pub(crate) unconfined: bool,
}

/// What one process may use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProcessLimits {
    /// Address space, in bytes.
    pub(crate) memory_bytes: u64,
    /// Size of any file that it writes, in bytes.
    pub(crate) file_bytes: u64,
    /// CPU time, in whole seconds and at least one: a backstop.
    pub(crate) cpu_time: Duration,
    /// Wall time: a backstop.
    pub(crate) wall_time: Duration,
    /// Output kept, in bytes; the rest is read and dropped.
    pub(crate) output_bytes: usize,
}

/// How a run ended.
pub(crate) struct Ended {
    pub(crate) end: End,
    /// The first bytes of standard output and standard error, as they came.
    pub(crate) output: Vec<u8>,
    /// CPU time, user and system.
    pub(crate) cpu_time: Duration,
}

/// The ways a run may end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// By itself, with this status.
    Exited(i32),
    /// By this signal, other than `SIGKILL`.
    Signalled(i32),
    /// Killed: by the CPU-time or wall-clock backstop, or by the kernel for want of memory. Another
    /// attempt may end otherwise.
    Backstop,
}

/// The fences could not be put up, or the program could not be run.
#[derive(Debug, Error)]
pub(crate) enum ConfineError {
    /// The kernel has no Landlock.
    #[error("the kernel has no Landlock")]
    NoLandlock,
    /// A fence could not be made.
    #[error("could not prepare the fences: {0}")]
    Fence(String),
    /// A system call failed.
    #[error("could not {action}")]
    Io {
        action: String,
        #[source]
        source: io::Error,
    },
}

/// Runs a program to its end, whatever that is.
pub(crate) fn run(confined: &Confined<'_>) -> Result<Ended, ConfineError> {
    let failed = |action: &str| {
        let action = format!("{action} `{}`", confined.program.display());
        move |source| ConfineError::Io { action, source }
    };
    let jail = Jail::new(confined)?;
    let timer = timer(confined.limits.wall_time).map_err(failed("set the timer of"))?;
    let (reader, writer) = io::pipe().map_err(failed("make a pipe for"))?;
    let pid = {
        let mut command = Command::new(confined.program);
        command
            .args(confined.arguments)
            .env_clear()
            .envs(confined.environment.iter().copied())
            .current_dir(confined.scratch)
            .stdin(Stdio::null())
            .stdout(writer.try_clone().map_err(failed("make a pipe for"))?)
            .stderr(writer);
        jail.guard(&mut command);
        let child = command.spawn().map_err(failed("start"))?;
        // `Child` neither waits nor kills when dropped; from here on the id is ours to reap.
        libc::pid_t::try_from(child.id()).expect("process ids fit")
        // Dropping the command closes our copies of the pipe's writing end.
    };
    let watched = watch(pid, reader, &timer, confined.limits.output_bytes);
    // Kill and reap in any case: no process outlives this call.
    let (status, cpu_time) = end(pid).map_err(failed("wait for"))?;
    let output = watched.map_err(failed("watch"))?;
    Ok(Ended {
        end: if libc::WIFEXITED(status) {
            End::Exited(libc::WEXITSTATUS(status))
        } else if libc::WTERMSIG(status) == libc::SIGKILL {
            End::Backstop
        } else {
            End::Signalled(libc::WTERMSIG(status))
        },
        output,
        cpu_time,
    })
}

/// Reads output until the child has ended or the timer has run out, and what is left after that.
fn watch(
    pid: libc::pid_t,
    mut reader: PipeReader,
    timer: &OwnedFd,
    keep_bytes: usize,
) -> io::Result<Vec<u8>> {
    let child = pidfd(pid)?;
    let mut kept = Vec::new();
    let mut buffer = [0; READ_BYTES];
    let mut is_open = true;
    loop {
        let mut waited = [
            readable(child.as_raw_fd()),
            readable(timer.as_raw_fd()),
            // A negative descriptor is skipped by `poll`.
            readable(if is_open { reader.as_raw_fd() } else { -1 }),
        ];
        // SAFETY: `waited` is an array of three valid entries, and three is what is said.
        let n_ready = unsafe { libc::poll(waited.as_mut_ptr(), 3, -1) };
        if n_ready < 0 {
            let error = io::Error::last_os_error();
            if error.kind() == io::ErrorKind::Interrupted {
                continue;
            }
            return Err(error);
        }
        if waited[2].revents != 0 {
            let n = reader.read(&mut buffer)?;
            is_open = n > 0;
            let room = keep_bytes - kept.len();
            kept.extend_from_slice(&buffer[..n.min(room)]);
        } else if waited[0].revents != 0 {
            // The pipe is empty and the child, which had no way to start others, has ended.
            return Ok(kept);
        }
        if waited[1].revents != 0 {
            return Ok(kept);
        }
    }
}

/// Kills whatever is left of the child's process group, and reaps the child.
fn end(pid: libc::pid_t) -> io::Result<(libc::c_int, Duration)> {
    // The child was not reaped yet, so that its id, which is its group's, belongs to no one else.
    // SAFETY: takes plain numbers. That the group is gone already is no fault.
    unsafe { libc::killpg(pid, libc::SIGKILL) };
    let mut status = 0;
    // SAFETY: `rusage` is plain numbers, for which zero is a valid value.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    loop {
        // SAFETY: both places are valid for what the kernel writes to them.
        let reaped = unsafe { libc::wait4(pid, &raw mut status, 0, &raw mut usage) };
        if reaped == pid {
            return Ok((status, duration(usage.ru_utime) + duration(usage.ru_stime)));
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

fn readable(fd: libc::c_int) -> libc::pollfd {
    libc::pollfd {
        fd,
        events: libc::POLLIN,
        revents: 0,
    }
}

fn pidfd(pid: libc::pid_t) -> io::Result<OwnedFd> {
    // SAFETY: takes plain numbers.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0_u32) };
    owned(fd)
}

/// Returns a descriptor that becomes readable after `time`.
fn timer(time: Duration) -> io::Result<OwnedFd> {
    // SAFETY: takes plain numbers.
    let fd = unsafe { libc::timerfd_create(libc::CLOCK_MONOTONIC, libc::TFD_CLOEXEC) };
    let timer = owned(fd.into())?;
    let spec = libc::itimerspec {
        it_interval: libc::timespec {
            tv_sec: 0,
            tv_nsec: 0,
        },
        it_value: libc::timespec {
            tv_sec: time.as_secs().try_into().unwrap_or(libc::time_t::MAX),
            // Zero and zero would mean never.
            tv_nsec: time.subsec_nanos().max(1).into(),
        },
    };
    // SAFETY: `spec` is read and not kept; the old value is not asked for.
    let result = unsafe {
        libc::timerfd_settime(timer.as_raw_fd(), 0, &raw const spec, std::ptr::null_mut())
    };
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(timer)
}

fn owned(fd: libc::c_long) -> io::Result<OwnedFd> {
    match libc::c_int::try_from(fd) {
        // SAFETY: the kernel has just made this descriptor for us, and no one else owns it.
        Ok(fd) if fd >= 0 => Ok(unsafe { OwnedFd::from_raw_fd(fd) }),
        _ => Err(io::Error::last_os_error()),
    }
}

fn duration(time: libc::timeval) -> Duration {
    Duration::new(
        time.tv_sec.try_into().unwrap_or(0),
        u32::try_from(time.tv_usec).unwrap_or(0) * 1000,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASH: &str = "/bin/bash";

    fn limits() -> ProcessLimits {
        ProcessLimits {
            memory_bytes: 1 << 30,
            file_bytes: 1 << 20,
            cpu_time: Duration::from_secs(1),
            wall_time: Duration::from_mins(1),
            output_bytes: 4096,
        }
    }

    /// Runs a script in a shell that may read the system's libraries and nothing else.
    fn shell(script: &str, limits: ProcessLimits) -> (End, String) {
        let scratch = tempfile::tempdir().unwrap();
        let system = [
            Path::new("/lib"),
            Path::new("/lib64"),
            Path::new("/usr/lib"),
        ];
        let mut executable = vec![Path::new(BASH)];
        executable.extend(system);
        let ended = run(&Confined {
            program: Path::new(BASH),
            arguments: &["--norc", "-c", script],
            environment: &[],
            executable: &executable,
            readable: &system,
            scratch: scratch.path(),
            calls: &[],
            limits,
            unconfined: false,
        })
        .unwrap();
        let output = String::from_utf8_lossy(&ended.output).into_owned();
        (ended.end, output)
    }

    #[track_caller]
    fn check(script: &str, expected: &str) {
        let (_, output) = shell(script, limits());
        assert!(output.contains(expected), "{script}: {output}");
    }

    #[test]
    fn a_status_and_both_outputs_come_back() {
        let (end, output) = shell("echo out; echo err >&2; exit 7", limits());
        assert_eq!((end, output.as_str()), (End::Exited(7), "out\nerr\n"));
    }

    #[test]
    fn the_private_folder_can_be_written_and_read() {
        check("echo hello > f; read x < f; echo got $x", "got hello");
    }

    #[test]
    fn files_elsewhere_cannot_be_read() {
        check("read x < /etc/passwd; echo got $x", "Permission denied");
        check(
            "read x < /proc/self/environ; echo got $x",
            "Permission denied",
        );
    }

    #[test]
    fn files_elsewhere_cannot_be_written() {
        check("echo x > /tmp/riddle-escaped", "Permission denied");
    }

    #[test]
    fn the_environment_is_empty_of_ours() {
        check("echo [$HOME$USER$CARGO_MANIFEST_DIR]", "[]");
    }

    #[test]
    fn other_programs_cannot_be_started() {
        check("exec /bin/ls", "Permission denied");
    }

    #[test]
    fn processes_cannot_be_made() {
        check("(echo forked)", "Operation not permitted");
    }

    #[test]
    fn sockets_cannot_be_made() {
        check("echo > /dev/tcp/127.0.0.1/9", "Operation not permitted");
    }

    #[test]
    fn signals_cannot_be_sent() {
        check("kill -0 1 || echo no", "Operation not permitted");
    }

    #[test]
    fn descriptors_are_not_inherited() {
        // SAFETY: takes plain numbers; the copy lacks the close-on-exec flag, which is the point.
        let leaked = unsafe { libc::dup(2) };
        let script = format!("echo leak >&{leaked}");
        let (_, output) = shell(&script, limits());
        // SAFETY: the descriptor was made above and is used nowhere else.
        unsafe { libc::close(leaked) };
        assert!(output.contains("Bad file descriptor"), "{output}");
    }

    #[test]
    fn an_endless_loop_is_ended_by_the_cpu_backstop() {
        // Costs one second of CPU time: the smallest limit that the kernel knows.
        assert_eq!(shell("while :; do :; done", limits()).0, End::Backstop);
    }

    #[test]
    fn a_program_that_takes_too_long_is_ended_by_the_wall_backstop() {
        let limits = ProcessLimits {
            cpu_time: Duration::from_mins(10),
            wall_time: Duration::from_millis(50),
            ..limits()
        };
        assert_eq!(shell("while :; do :; done", limits).0, End::Backstop);
    }

    #[test]
    fn output_beyond_the_cap_is_drained_and_dropped() {
        let script = "for ((i = 0; i < 20000; i++)); do echo 0123456789; done; exit 3";
        let (end, output) = shell(script, limits());
        assert_eq!((end, output.len()), (End::Exited(3), 4096));
    }

    #[test]
    fn a_file_over_the_cap_cannot_be_written() {
        let limits = ProcessLimits {
            file_bytes: 1000,
            ..limits()
        };
        let (end, _) = shell("printf '%02000d' 1 > f", limits);
        assert_eq!(end, End::Signalled(libc::SIGXFSZ));
    }

    #[test]
    fn memory_is_bounded() {
        let limits = ProcessLimits {
            memory_bytes: 64 << 20,
            ..limits()
        };
        let (end, output) = shell("x=x; while :; do x=$x$x; done", limits);
        assert_ne!(end, End::Exited(0));
        assert!(output.contains("cannot allocate"), "{output}");
    }
}
