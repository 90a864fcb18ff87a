//! The built binary, driven as a user drives it: exit code, standard output and standard error.
//!
//! Candidates are WebAssembly text and problems a few files, so that no toolchain is needed. Each test
//! has a folder and a cache of its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

mod check;
mod evaluate;
mod inputs;
mod judge;
mod models;
mod programs;
mod report;
mod run;
mod solve;
mod toolchains;
mod validate;
mod verify;
mod world;
