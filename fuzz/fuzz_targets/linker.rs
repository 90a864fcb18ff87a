//! Any bytes as an object, for the in-process linker.
//!
//! Property: linking neither panics nor takes more than it is given; what it makes has the magic number, one
//! export and no memory, table or global of its own, and the same object gives the same bytes.
//!
//! Seeds: objects of small programs, of which the runtime below has what they name.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use riddle_sandbox::link::{Runtime, link};

/// Bytes that a module may have beyond its object's: types, imports and the start.
const OVERHEAD_BYTES: usize = 64 << 10;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let wasm = wat::parse_str(include_str!("linker_runtime.wat")).expect("the text is a module");
    Runtime::read(&wasm, 300_000).expect("the module is a runtime")
});

fuzz_target!(|object: &[u8]| {
    let Ok(wasm) = link(object, &RUNTIME) else {
        return;
    };
    assert!(wasm.starts_with(b"\0asm"));
    assert!(wasm.len() <= 2 * object.len() + OVERHEAD_BYTES);
    assert_eq!(link(object, &RUNTIME).as_ref(), Ok(&wasm));
});
