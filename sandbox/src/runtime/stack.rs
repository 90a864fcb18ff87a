//! Giving back the native stack that deep recursion leaves mapped.
//!
//! The pool keeps a stack as its last guest left it, so that each slot would hold on to the deepest recursion that
//! it ever saw. To give it back after each execution costs a tenth of a small one. Who recurses deeply takes
//! page faults, and those are counted by the kernel: so a stack is given back once the calling thread has taken
//! enough of them.

use std::cell::Cell;

use wasmtime::{Func, Store};

use super::config::WASM_STACK_BYTES;

/// Page faults of a thread after which it gives a stack back: 1 MiB of pages.
const FAULTS_UNTIL: i64 = 256;

/// Stack that is not given back, in bytes: what a guest that hardly recurses uses.
const KEEP_BYTES: usize = 64 << 10;

thread_local! {
    /// Page faults of this thread when it last gave a stack back.
    static SEEN: Cell<i64> = const { Cell::new(0) };
}

/// Returns whether this thread has taken so many page faults that it should give its stack back now.
pub(super) fn is_due() -> bool {
    let now = n_faults();
    let is_due = now - SEEN.get() >= FAULTS_UNTIL;
    if is_due {
        SEEN.set(now);
    }
    is_due
}

/// Gives back what lies below the first bytes of the store's own stack.
pub(super) async fn give_back<T: Send + 'static>(store: &mut Store<T>) -> wasmtime::Result<()> {
    // A store keeps its stack from one call to the next, and hosts' functions run on it.
    let function = Func::wrap(&mut *store, discard_below);
    let function = function.typed::<(), ()>(&mut *store)?;
    function.call_async(store, ()).await
}

/// Tells the kernel that all of this stack below the caller is not needed, but for some of it.
#[expect(unsafe_code, reason = "the kernel is told by address")]
fn discard_below() {
    const PAGE_BYTES: usize = 4096;
    let here = 0u8;
    let here = (&raw const here).addr();
    let start = (here - WASM_STACK_BYTES).next_multiple_of(PAGE_BYTES);
    let end = (here - KEEP_BYTES) / PAGE_BYTES * PAGE_BYTES;
    // SAFETY: wasmtime calls this on a stack of its own of `WASM_STACK_BYTES` and `HOST_STACK_BYTES` more, as the
    // first call on it, which uses far less than the latter: so the range is part of that stack, and below all that is
    // in use. Its contents mean nothing to anybody.
    let code = unsafe {
        libc::madvise(
            std::ptr::with_exposed_provenance_mut(start),
            end - start,
            libc::MADV_DONTNEED,
        )
    };
    debug_assert_eq!(code, 0, "the stack is mapped");
}

/// Returns the page faults that this thread has taken.
#[expect(unsafe_code, reason = "the standard library has no such count")]
fn n_faults() -> i64 {
    // SAFETY: a `rusage` is plain numbers, for which zeros will do, and the call fills it.
    unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_THREAD, &raw mut usage);
        usage.ru_minflt
    }
}
