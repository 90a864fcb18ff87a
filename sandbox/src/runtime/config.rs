//! The one place that configures wasmtime.
//!
//! Everything that could differ between two machines is pinned here: the target and its features
//! (frame sizes decide where a deep recursion overflows), fuel costs, NaN bits, the wasm proposals.

use wasmtime::{
    Collector, Config, Enabled, Engine, InstanceAllocationStrategy, OptLevel,
    PoolingAllocationConfig, RegallocAlgorithm, Strategy,
};

use super::costs::Metering;
use crate::SandboxError;

/// Native stack of a guest, in bytes. Judges run with an unlimited stack; half a million C++ frames
/// fit in this one.
pub const WASM_STACK_BYTES: usize = 256 << 20;

/// Native stack that a thread needs to call [`Sandbox::execute`](crate::Sandbox::execute), in bytes.
pub const CALLER_STACK_BYTES: usize = 128 << 10;

/// Native stack kept for the host functions that a guest calls, in bytes.
const HOST_STACK_BYTES: usize = 1 << 20;

/// Fuel between two looks at the thread's CPU time and the cancellation flag: about 3 ms of native time.
pub const YIELD_INTERVAL_FUEL: u64 = 500_000_000;

/// The largest linear memory, in bytes: all of a 32-bit address space.
const MAX_MEMORY_BYTES: usize = 4 << 30;

/// Linear memory, and table, kept mapped between two uses of a slot, in bytes, where the kernel can tell which
/// pages were touched (`PAGEMAP_SCAN`, Linux 6.7); none elsewhere, since it would be cleared by hand.
const KEEP_RESIDENT_BYTES: usize = 1 << 20;

/// Elements of the largest table. The Python guest's own has some 12,000.
pub(crate) const MAX_TABLE_ELEMENTS: usize = 200_000;

/// Tables of one module.
pub(crate) const MAX_TABLES: u32 = 4;

/// Instances of one execution: a candidate's module and the shared runtime.
const MAX_INSTANCES: u32 = 2;

/// What one instance may take up outside of its memories, in bytes: its globals and function
/// references. Far above what the bounds on modules allow.
const MAX_INSTANCE_BYTES: usize = 16 << 20;

/// Whether wasmtime has a compiler in one pass for this machine that does all that is asked of it.
const HAS_ONE_PASS: bool = cfg!(target_arch = "x86_64");

/// What an engine is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EngineKind {
    /// Core modules: one instance or, on the shared runtime, two, which have one memory; a few tables.
    Module,
    /// The same, compiled in one pass: for modules that bring a large runtime of their own along, of
    /// which an execution uses little.
    LargeModule,
    /// As [`Module`](Self::Module), compiled on all cores: for what is compiled once and run ever after.
    Guest,
}

/// Room in the pool beyond the executions under way, as a factor: one may be of two programs that talk, and
/// a slot that was given back is free only when some thread has decommitted it, which may be another one
/// than its user's.
const POOL_SLACK: u32 = 3;

/// Makes an engine with room for `slots` executions at one moment.
pub(crate) fn engine(
    kind: EngineKind,
    metering: Metering,
    slots: u32,
) -> Result<Engine, SandboxError> {
    let mut config = Config::new();
    let in_one_pass = kind == EngineKind::LargeModule && HAS_ONE_PASS;
    config
        .strategy(if in_one_pass {
            Strategy::Winch
        } else {
            Strategy::Cranelift
        })
        .cranelift_opt_level(OptLevel::Speed)
        .cranelift_regalloc_algorithm(RegallocAlgorithm::Backtracking)
        // In one pass NaN bits are the processor's, which are the same wherever the machine code is.
        .cranelift_nan_canonicalization(!in_one_pass)
        .memory_init_cow(true)
        .max_wasm_stack(WASM_STACK_BYTES)
        .async_stack_size(WASM_STACK_BYTES + HOST_STACK_BYTES)
        .wasm_backtrace_max_frames(None)
        .wasm_relaxed_simd(false)
        .wasm_multi_memory(false)
        .wasm_memory64(false)
        .wasm_gc(false)
        .wasm_function_references(false)
        .concurrency_support(false)
        .parallel_compilation(kind == EngineKind::Guest)
        // C++ exceptions are wasm exceptions, whose payloads live in a GC heap.
        .collector(Collector::DeferredReferenceCounting)
        .wasm_exceptions(!in_one_pass)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool(slots)));
    metering.apply(&mut config);
    pin_target(&mut config)?;
    Engine::new(&config).map_err(|error| SandboxError::runtime("start the wasm runtime", error))
}

/// Shapes the pool of memories, tables, stacks and instances.
fn pool(slots: u32) -> PoolingAllocationConfig {
    let slots = slots.saturating_mul(POOL_SLACK).saturating_add(POOL_SLACK);
    let mut pool = PoolingAllocationConfig::new();
    pool.max_memory_size(MAX_MEMORY_BYTES)
        .table_elements(MAX_TABLE_ELEMENTS)
        .max_core_instance_size(MAX_INSTANCE_BYTES)
        .total_stacks(slots)
        .total_gc_heaps(slots)
        .pagemap_scan(Enabled::Auto);
    if pagemap_scan_available() {
        pool.linear_memory_keep_resident(KEEP_RESIDENT_BYTES)
            .table_keep_resident(KEEP_RESIDENT_BYTES);
    }
    pool.total_core_instances(slots * MAX_INSTANCES)
        .total_memories(slots)
        .max_memories_per_module(1)
        .total_tables(slots * MAX_TABLES)
        .max_tables_per_module(MAX_TABLES);
    pool
}

/// Pins the target: the same machine code, and so the same stack frames, on every machine.
#[cfg(target_arch = "x86_64")]
fn pin_target(config: &mut Config) -> Result<(), SandboxError> {
    /// x86-64-v3, which every server since 2013 has.
    const FEATURES: [&str; 11] = [
        "has_sse3",
        "has_ssse3",
        "has_sse41",
        "has_sse42",
        "has_popcnt",
        "has_avx",
        "has_avx2",
        "has_fma",
        "has_bmi1",
        "has_bmi2",
        "has_lzcnt",
    ];
    config
        .target("x86_64-unknown-linux-gnu")
        .map_err(|error| SandboxError::runtime("pin the compiler's target", error))?;
    for feature in FEATURES {
        #[expect(unsafe_code, reason = "wasmtime marks every flag of Cranelift unsafe")]
        // SAFETY: these flags only allow instructions; `Engine::new` refuses a host without them.
        unsafe {
            config.cranelift_flag_enable(feature);
        }
    }
    Ok(())
}

/// Elsewhere the host's own features are used; artifacts carry them in their key.
#[cfg(not(target_arch = "x86_64"))]
#[expect(clippy::unnecessary_wraps, reason = "fails on x86-64")]
fn pin_target(_config: &mut Config) -> Result<(), SandboxError> {
    Ok(())
}

/// Returns whether the kernel can tell which pages of a memory were touched.
pub(crate) fn pagemap_scan_available() -> bool {
    PoolingAllocationConfig::is_pagemap_scan_available()
}
