//! Programs in WebAssembly text, one for each way in which a candidate can end.

const READ: &str = r#"(import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))"#;
const WRITE: &str = r#"(import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))"#;
const EXIT: &str = r#"(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))"#;

fn module(body: &str) -> String {
    format!(
        "(module {READ} {WRITE} {EXIT} (memory (export \"memory\") 1) (func (export \"_start\") {body}))"
    )
}

/// Copies up to 60,000 bytes of standard input to standard output.
pub(crate) fn echo() -> String {
    module(
        "(i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const 60000))
         (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
         (i32.store (i32.const 4) (i32.load (i32.const 8)))
         (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))",
    )
}

/// Prints four bytes to a stream, whatever the input.
pub(crate) fn prints(stream: u32, four: [u8; 4]) -> String {
    module(&format!(
        "(i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const 4))
         (i32.store (i32.const 16) (i32.const {}))
         (drop (call $write (i32.const {stream}) (i32.const 0) (i32.const 1) (i32.const 8)))",
        u32::from_le_bytes(four)
    ))
}

/// Traps.
pub(crate) fn traps() -> String {
    module("unreachable")
}

/// Never ends.
pub(crate) fn loops() -> String {
    module("(loop $again (br $again))")
}

/// Exits with a code.
pub(crate) fn exits(code: u32) -> String {
    module(&format!("(call $exit (i32.const {code}))"))
}

/// Asks for 4 GiB of memory.
pub(crate) fn grows() -> String {
    module("(drop (memory.grow (i32.const 65535)))")
}

/// Prints without end.
pub(crate) fn floods() -> String {
    module(
        "(i32.store (i32.const 4) (i32.const 60000))
         (loop $again (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
             (br $again))",
    )
}

/// Is no module.
pub(crate) fn broken() -> String {
    "(module (func (export \"_start\") (i32.add)))".to_owned()
}
