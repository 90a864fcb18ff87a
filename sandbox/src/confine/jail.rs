//! What a child puts on between `fork` and `exec`, made ready before the fork.
//!
//! After the fork only raw system calls on prepared data are made: no allocation, no lock, no panic,
//! since another thread may have held any lock at that moment.
#![expect(
    unsafe_code,
    reason = "limits, Landlock and seccomp are put on by system calls in the forked child"
)]

use std::{
    io,
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::process::CommandExt,
    },
    process::Command,
};

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd,
    Ruleset, RulesetAttr, RulesetCreatedAttr, Scope,
};

use super::{
    filter,
    watch::{ConfineError, Confined},
};

/// The newest Landlock that we know how to use; an older kernel enforces the part that it knows.
const NEWEST_ABI: ABI = ABI::V6;
/// Descriptors a confined program may have open.
const OPEN_FILES: u64 = 64;
/// Call stack, where the machine's hard limit allows it: templates and expressions nest deeply.
const STACK_BYTES: u64 = 64 << 20;

/// Returns the version of Landlock that this kernel has, or `None` if it has none.
pub(crate) fn landlock_abi() -> Option<u32> {
    /// `LANDLOCK_CREATE_RULESET_VERSION`: asks for the version and creates nothing.
    const VERSION: libc::c_uint = 1;
    // SAFETY: with this flag the kernel takes a null pointer and a zero size, and touches no memory.
    let version = unsafe {
        libc::syscall(
            libc::SYS_landlock_create_ruleset,
            std::ptr::null::<libc::c_void>(),
            0_usize,
            VERSION,
        )
    };
    u32::try_from(version).ok().filter(|&it| it > 0)
}

/// The fences of one child.
pub(super) struct Jail {
    /// `None` only if the caller asked for a run without Landlock.
    ruleset: Option<OwnedFd>,
    filter: Vec<libc::sock_filter>,
    limits: Vec<(Resource, u64)>,
    parent: libc::pid_t,
}

/// The type of a resource's number differs between C libraries.
#[cfg(target_env = "gnu")]
type Resource = libc::__rlimit_resource_t;
#[cfg(not(target_env = "gnu"))]
type Resource = libc::c_int;

impl Jail {
    /// Makes everything ready that the child will need.
    pub(super) fn new(confined: &Confined<'_>) -> Result<Self, ConfineError> {
        let limits = &confined.limits;
        let cpu_s = limits.cpu_time.as_secs().max(1);
        Ok(Self {
            ruleset: if confined.unconfined {
                None
            } else {
                Some(ruleset(confined)?)
            },
            filter: filter::program(confined.calls)
                .map_err(|error| ConfineError::Fence(error.to_string()))?
                .iter()
                .map(|it| libc::sock_filter {
                    code: it.code,
                    jt: it.jt,
                    jf: it.jf,
                    k: it.k,
                })
                .collect(),
            limits: vec![
                (libc::RLIMIT_AS, limits.memory_bytes),
                (libc::RLIMIT_FSIZE, limits.file_bytes),
                (libc::RLIMIT_NOFILE, OPEN_FILES),
                (libc::RLIMIT_CORE, 0),
                (libc::RLIMIT_STACK, STACK_BYTES),
                // Soft and hard are equal, so that the kernel ends it without asking it first.
                (libc::RLIMIT_CPU, cpu_s),
            ],
            parent: libc::pid_t::try_from(std::process::id()).expect("process ids fit"),
        })
    }

    /// Makes `command` put the fences on before it becomes the program.
    pub(super) fn guard(self, command: &mut Command) {
        command.process_group(0);
        // SAFETY: `enter` only makes system calls on memory that was allocated before the fork; it
        // neither allocates nor takes a lock nor panics.
        unsafe {
            command.pre_exec(move || self.enter());
        }
    }

    /// Puts the fences on. Runs in the forked child.
    fn enter(&self) -> io::Result<()> {
        // SAFETY: takes plain numbers.
        check(unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL, 0, 0, 0) })?;
        // The parent may have died before it could be our death's signal.
        // SAFETY: takes nothing, cannot fail.
        if unsafe { libc::getppid() } != self.parent {
            return Err(io::Error::from_raw_os_error(libc::ESRCH));
        }
        for &(resource, amount) in &self.limits {
            lower(resource, amount)?;
        }
        // Descriptors that some library opened without `O_CLOEXEC` end here as well.
        // SAFETY: takes plain numbers, and only sets a flag on this process's descriptors.
        check_long(unsafe {
            libc::syscall(
                libc::SYS_close_range,
                3_u32,
                u32::MAX,
                libc::CLOSE_RANGE_CLOEXEC,
            )
        })?;
        // SAFETY: takes plain numbers.
        check(unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) })?;
        if let Some(ruleset) = &self.ruleset {
            // SAFETY: the descriptor is open, being owned by `self`; no memory is passed.
            check_long(unsafe {
                libc::syscall(libc::SYS_landlock_restrict_self, ruleset.as_raw_fd(), 0_u32)
            })?;
        }
        let program = libc::sock_fprog {
            len: self.filter.len().try_into().unwrap_or(u16::MAX),
            filter: self.filter.as_ptr().cast_mut(),
        };
        // SAFETY: `program` and the instructions that it points to live until the call returns; the
        // kernel copies and checks them, and writes nothing.
        check_long(unsafe {
            libc::syscall(
                libc::SYS_seccomp,
                libc::SECCOMP_SET_MODE_FILTER,
                0_u32,
                &raw const program,
            )
        })
    }
}

/// Makes the Landlock ruleset: what is not named is denied.
fn ruleset(confined: &Confined<'_>) -> Result<OwnedFd, ConfineError> {
    if landlock_abi().is_none() {
        return Err(ConfineError::NoLandlock);
    }
    let fence = |error: &dyn std::error::Error| ConfineError::Fence(error.to_string());
    let mut created = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(NEWEST_ABI))
        .and_then(|it| it.handle_access(AccessNet::from_all(NEWEST_ABI)))
        .and_then(|it| it.scope(Scope::from_all(NEWEST_ABI)))
        .and_then(Ruleset::create)
        .map_err(|error| fence(&error))?;
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let run = AccessFs::ReadFile | AccessFs::Execute;
    // No links, pipes or devices: we read what it writes, with our own rights.
    let write = read
        | AccessFs::WriteFile
        | AccessFs::Truncate
        | AccessFs::MakeReg
        | AccessFs::MakeDir
        | AccessFs::RemoveFile
        | AccessFs::RemoveDir;
    let scratch = [confined.scratch];
    let grants: [(&[&std::path::Path], BitFlags<AccessFs>); 3] = [
        (confined.executable, run),
        (confined.readable, read),
        (&scratch, write),
    ];
    for (paths, access) in grants {
        for path in paths {
            let access = if path.is_dir() {
                access
            } else {
                access & AccessFs::from_file(NEWEST_ABI)
            };
            let opened = PathFd::new(path).map_err(|error| fence(&error))?;
            created = created
                .add_rule(PathBeneath::new(opened, access))
                .map_err(|error| fence(&error))?;
        }
    }
    Option::<OwnedFd>::from(created).ok_or(ConfineError::NoLandlock)
}

/// Lowers a limit, soft and hard; a limit that is lower already stays.
fn lower(resource: Resource, amount: u64) -> io::Result<()> {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: `limit` is a valid place for one `rlimit`.
    check(unsafe { libc::getrlimit(resource, &raw mut limit) })?;
    limit.rlim_max = limit.rlim_max.min(amount);
    limit.rlim_cur = limit.rlim_max;
    // SAFETY: `limit` is a valid `rlimit`, read and not kept.
    check(unsafe { libc::setrlimit(resource, &raw const limit) })
}

fn check(result: libc::c_int) -> io::Result<()> {
    check_long(result.into())
}

fn check_long(result: libc::c_long) -> io::Result<()> {
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}
