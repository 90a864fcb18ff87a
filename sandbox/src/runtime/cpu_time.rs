//! CPU time of the calling thread.
//!
//! For reports, and for the backstop of an execution that fuel does not end.

use std::time::Duration;

/// Returns the CPU time that the calling thread has used.
#[expect(
    unsafe_code,
    reason = "the standard library has no per-thread CPU clock"
)]
pub(crate) fn thread_cpu_time() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `time` is a valid timespec that outlives the call; the call writes nothing else.
    let code = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    assert_eq!(code, 0, "every Linux has a thread CPU clock");
    Duration::new(
        u64::try_from(time.tv_sec).unwrap_or_default(),
        u32::try_from(time.tv_nsec).unwrap_or_default(),
    )
}

/// Runs `work` and returns its result with the CPU time that it took on this thread.
pub(crate) fn time_on_this_thread<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = thread_cpu_time();
    let result = work();
    (result, thread_cpu_time().saturating_sub(start))
}
