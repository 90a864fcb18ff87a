//! Installing the toolchains, and saying what is there.
//!
//! Everything comes from a package registry into one folder of ours, without root, pinned by version
//! and hash; but for Rust, where the machine's own toolchain is found and described. Nothing here runs a
//! candidate.

mod cpython;
mod doctor;
mod go;
mod guest;
mod headers;
mod install;
mod layout;
mod patches;
mod process;
pub(crate) mod recipe;
mod rust;
mod sysroot;
mod venv;
mod wheel;

pub use self::{
    doctor::{Check, CheckState, doctor},
    install::{SetupError, SetupOptions, SetupReport, setup},
    layout::default_cache,
    wheel::{WheelFiles, fetch_wheel_files},
};
pub(crate) use self::{
    go::{
        COMPILER as GO_COMPILER, GoManifest, INTERNAL as GO_INTERNAL, LIBRARY as GO_LIBRARY,
        LINKER as GO_LINKER, TARGET as GO_TARGET,
    },
    guest::GuestManifest,
    layout::{Layout, is_complete},
    rust::{CODE as RUST_CODE, RustManifest},
    sysroot::SysrootManifest,
};
