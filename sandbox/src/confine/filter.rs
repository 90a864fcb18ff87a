//! The system calls that a confined compiler may make.
//!
//! A list of what is allowed, so that a call which the kernel learns tomorrow is denied: no sockets,
//! no new processes, no signals, no mounts, no tracing, no keys, no `bpf`, no `io_uring`, no
//! `userfaultfd`. A denied call fails with `EPERM`, which every program handles. Which *files* may be
//! touched, and which program may be started, is for Landlock.

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, sock_filter,
};

/// Calls allowed with any arguments.
const ALLOWED: &[libc::c_long] = &[
    // Files, on descriptors and by path; Landlock judges the paths.
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_readv,
    libc::SYS_writev,
    libc::SYS_pread64,
    libc::SYS_pwrite64,
    libc::SYS_openat,
    libc::SYS_close,
    libc::SYS_lseek,
    libc::SYS_fstat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_statfs,
    libc::SYS_fstatfs,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_readlinkat,
    libc::SYS_getdents64,
    libc::SYS_fcntl,
    libc::SYS_ioctl,
    libc::SYS_dup,
    libc::SYS_dup3,
    libc::SYS_ftruncate,
    libc::SYS_fallocate,
    libc::SYS_fadvise64,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_unlinkat,
    libc::SYS_mkdirat,
    libc::SYS_getcwd,
    libc::SYS_umask,
    // Memory.
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_brk,
    // Its own threads, signals and time; the creation of threads is a rule of its own.
    libc::SYS_futex,
    libc::SYS_set_tid_address,
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_gettimeofday,
    // What it is and where it runs.
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_getppid,
    libc::SYS_getpgid,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getegid,
    libc::SYS_getrusage,
    libc::SYS_getrandom,
    libc::SYS_uname,
    libc::SYS_sysinfo,
    // Hard limits are already as low as they must be.
    libc::SYS_prlimit64,
    libc::SYS_restart_syscall,
    libc::SYS_exit,
    libc::SYS_exit_group,
    // The start of the program itself; Landlock lets nothing else be started.
    libc::SYS_execve,
];

/// Older spellings of the same calls, which only x86-64 has.
#[cfg(target_arch = "x86_64")]
const ALLOWED_HERE: &[libc::c_long] = &[
    libc::SYS_open,
    libc::SYS_stat,
    libc::SYS_lstat,
    libc::SYS_access,
    libc::SYS_readlink,
    libc::SYS_rename,
    libc::SYS_unlink,
    libc::SYS_mkdir,
    libc::SYS_dup2,
    libc::SYS_getpgrp,
    libc::SYS_time,
    libc::SYS_arch_prctl,
];
#[cfg(not(target_arch = "x86_64"))]
const ALLOWED_HERE: &[libc::c_long] = &[];

/// Returns the filter as a program for the kernel: what every compiler may call, and `more`.
pub(super) fn program(more: &[libc::c_long]) -> Result<BpfProgram, seccompiler::BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = ALLOWED
        .iter()
        .chain(ALLOWED_HERE)
        .chain(more)
        .map(|&call| (call, Vec::new()))
        .collect();
    // Threads, but no processes.
    let thread = u64::try_from(libc::CLONE_THREAD | libc::CLONE_VM).expect("flags are positive");
    let is_thread = SeccompCondition::new(
        0,
        SeccompCmpArgLen::Qword,
        SeccompCmpOp::MaskedEq(thread),
        thread,
    )?;
    rules.insert(libc::SYS_clone, vec![SeccompRule::new(vec![is_thread])?]);
    let denied = SeccompAction::Errno(libc::EPERM.cast_unsigned());
    let allowed: BpfProgram = SeccompFilter::new(
        rules,
        denied,
        SeccompAction::Allow,
        std::env::consts::ARCH.try_into()?,
    )?
    .try_into()?;
    Ok([&no_clone3()[..], &allowed].concat())
}

/// Denies `clone3` as a kernel does that has none, so that the C library makes its threads by `clone`,
/// whose flags a filter can read. The jumps of what follows are relative.
fn no_clone3() -> [sock_filter; 3] {
    /// `BPF_LD | BPF_W | BPF_ABS`: loads a word of the call, at zero its number.
    const LOAD: u16 = 0x20;
    /// `BPF_JMP | BPF_JEQ | BPF_K`: passes over `jf` instructions if the word is another.
    const UNLESS: u16 = 0x15;
    /// `BPF_RET | BPF_K`: ends with an action.
    const RETURN: u16 = 0x06;
    let instruction = |code, jf, k| sock_filter { code, jt: 0, jf, k };
    let number = u32::try_from(libc::SYS_clone3).expect("numbers of calls are small");
    let missing = libc::SECCOMP_RET_ERRNO | libc::ENOSYS.cast_unsigned();
    [
        instruction(LOAD, 0, 0),
        instruction(UNLESS, 1, number),
        instruction(RETURN, 0, missing),
    ]
}
