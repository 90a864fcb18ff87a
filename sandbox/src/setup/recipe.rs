//! How C and C++ are compiled and linked: one set of flags for the libraries, the precompiled headers
//! and the candidates, since all three must agree.
//!
//! Every path that the compiler sees is virtual ([`overlay`]), so that objects, precompiled headers
//! and messages are the same on every machine, and nothing outside can even be asked after. Does not
//! know what is compiled, or when.

use std::path::Path;

/// The text that names this recipe: whatever changes it gives the folder of libraries another name.
pub(super) const TEXT: &str = concat!(
    include_str!("recipe.rs"),
    include_str!("sysroot.rs"),
    include_str!("patches.rs"),
    include_str!("../../support/start.cpp"),
    include_str!("../../support/runtime.cpp"),
    include_str!("../../support/instances.cpp"),
    include_str!("../../support/main.c"),
    include_str!("../../support/arguments.c"),
    include_str!("../../support/main3.c"),
    include_str!("../../support/gets.c"),
    include_str!("../../support/thread_exit.c"),
    include_str!("../../support/malloc.c"),
    include_str!("../../support/memory.c"),
    include_str!("../../support/cpp_exception.c"),
    include_str!("../../support/c_longjmp.c"),
);

/// Linear memory set aside for the call stack, in bytes. It lies at the bottom, so that an overflow
/// leaves memory and traps.
pub(crate) const STACK_BYTES: u64 = 256 << 20;

/// Where the compiler sees the folder that setup built.
pub(crate) const SYSROOT: &str = "/sysroot";
/// Where the compiler sees the folder with the source.
pub(crate) const SOURCE: &str = "/source";

/// Flags of every compilation, for the compiler proper: its driver would look for files by itself.
pub(crate) const COMMON: &[&str] = &[
    "clang",
    "-cc1",
    "-triple",
    "wasm32-unknown-wasip1",
    "-O2",
    "-disable-free",
    "-clear-ast-before-backend",
    "-disable-llvm-verifier",
    "-discard-value-names",
    "-mrelocation-model",
    "static",
    "-mframe-pointer=none",
    "-mconstructor-aliases",
    "-vectorize-loops",
    "-vectorize-slp",
    "-target-cpu",
    "generic",
    "-target-feature",
    "+exception-handling",
    "-target-feature",
    "+multivalue",
    "-target-feature",
    "+reference-types",
    // Loops over numbers take half the time. Its results are the same everywhere, unlike relaxed SIMD's.
    "-target-feature",
    "+simd128",
    // C++ exceptions and `longjmp` by WebAssembly's own exceptions, in their standard form.
    "-exception-model=wasm",
    "-mllvm",
    "-wasm-enable-eh",
    "-mllvm",
    "-wasm-enable-sjlj",
    "-mllvm",
    "-wasm-use-legacy-eh=false",
    "-fvisibility=hidden",
    "-fgnuc-version=4.2.1",
    "-fskip-odr-check-in-gmf",
    // Nothing but the virtual folders.
    "-ivfsoverlay",
    OVERLAY_FILE,
    "-resource-dir",
    SYSROOT,
    "-nostdsysteminc",
    "-nobuiltininc",
    "-fdebug-compilation-dir=/",
    "-fcoverage-compilation-dir=/",
    "-fmacro-prefix-map=/source/=",
    // The C library's substitutes for what WASI lacks: all are linked in where they are used.
    "-D_WASI_EMULATED_SIGNAL",
    "-D_WASI_EMULATED_PROCESS_CLOCKS",
    "-D_WASI_EMULATED_MMAN",
    "-D_WASI_EMULATED_GETPID",
    // Submissions that read a file at home ask for this, or would not read what they are given.
    "-DONLINE_JUDGE",
    // Messages: the first few, plain. Candidates get further flags about warnings.
    "-ferror-limit",
    "5",
    "-fno-spell-checking",
    "-ftemplate-backtrace-limit=3",
    "-fconstexpr-backtrace-limit=3",
    "-fmacro-backtrace-limit=3",
    // Limits of record: the same source meets them on every machine.
    "-ftemplate-depth=900",
    "-fconstexpr-steps=1048576",
    "-fconstexpr-depth=512",
    "-fbracket-depth",
    "1024",
];

/// Further flags of C: what judges' compilers took from older C is taken.
pub(crate) const C: &[&str] = &[
    "-x",
    "c",
    "-std=gnu17",
    "-Wno-implicit-int",
    // Told, so that the headers can be included.
    "-Wimplicit-function-declaration",
    "-Wno-error=implicit-function-declaration",
    "-Wno-int-conversion",
    "-Wno-incompatible-pointer-types",
    "-Wno-incompatible-function-pointer-types",
    "-Wno-return-mismatch",
    // GNU C lets a variable have the name of a library function whose header is not included; clang
    // refuses that for what it takes to be built in.
    "-fno-builtin-index",
    "-fno-builtin-rindex",
    "-isystem",
    "/sysroot/include/riddle",
    "-isystem",
    "/sysroot/include/clang",
    "-isystem",
    "/sysroot/include/libc",
];

/// Further flags of C++, the same for libraries and candidates.
pub(crate) const CPP: &[&str] = &[
    "-fdeprecated-macro",
    "-fcxx-exceptions",
    "-fexceptions",
    "-fpch-instantiate-templates",
    "-D_GNU_SOURCE",
    // These stand for the `__config_site` that the wheel does without.
    "-D_LIBCPP_ABI_VERSION=1",
    "-D_LIBCPP_ABI_NAMESPACE=__1",
    "-D_LIBCPP_HAS_THREADS=0",
    "-D_LIBCPP_HAS_MONOTONIC_CLOCK=1",
    "-D_LIBCPP_HAS_TERMINAL=1",
    "-D_LIBCPP_HAS_MUSL_LIBC=1",
    "-D_LIBCPP_HAS_VENDOR_AVAILABILITY_ANNOTATIONS=0",
    "-D_LIBCPP_HAS_FILESYSTEM=0",
    "-D_LIBCPP_HAS_RANDOM_DEVICE=1",
    "-D_LIBCPP_HAS_LOCALIZATION=1",
    "-D_LIBCPP_HAS_UNICODE=1",
    "-D_LIBCPP_HAS_WIDE_CHARACTERS=1",
    "-D_LIBCPP_HAS_NO_STD_MODULES",
    "-D_LIBCPP_PSTL_BACKEND_SERIAL",
    "-D_LIBCPP_HARDENING_MODE=_LIBCPP_HARDENING_MODE_NONE",
    "-D_LIBCPP_ASSERTION_SEMANTIC_DEFAULT=_LIBCPP_ASSERTION_SEMANTIC_IGNORE",
    "-D_LIBCPP_DISABLE_VISIBILITY_ANNOTATIONS",
    "-D_LIBCXXABI_DISABLE_VISIBILITY_ANNOTATIONS",
    "-isystem",
    "/sysroot/include/riddle",
    "-isystem",
    "/sysroot/include/c++/v1",
    "-isystem",
    "/sysroot/include/clang",
    "-isystem",
    "/sysroot/include/libc",
];

/// The standards that C++ candidates are read by: the next one if one does not take the source.
///
/// The older one comes first: it is what most are written for, and `vector<int> graph[200000]` takes
/// the compiler three times as long by the newer one, which evaluates the constructors at once.
pub(crate) const CPP_STANDARDS: &[&str] = &["gnu++17", "gnu++20"];

/// The standard of last resort, which knows no `std::size`, `std::data` or `std::byte`: a program of that time may have
/// such names for itself. Nothing is precompiled for it.
pub(crate) const CPP_OLD_STANDARD: &str = "gnu++14";

/// A flag of candidates: an assembler reads files of which no overlay knows, and nothing that it takes
/// runs here. An empty text, which keeps the compiler from moving loads and stores, is let through.
pub(crate) const NO_ASSEMBLY: &str = "-fno-gnu-inline-asm";

/// Further flags of C++ candidates and precompiled headers: what judges' compilers take, and what a
/// standard has dropped that submissions still use.
pub(crate) const CPP_CANDIDATE: &[&str] = &[
    NO_ASSEMBLY,
    // A function that ends without a value returns something, as with other compilers.
    "-fno-strict-return",
    "-Wno-register",
    "-Wno-c++11-narrowing",
    "-Wno-reserved-user-defined-literal",
    "-Wno-invalid-constexpr",
    "-D_LIBCPP_ENABLE_CXX17_REMOVED_AUTO_PTR",
    "-D_LIBCPP_ENABLE_CXX17_REMOVED_BINDERS",
    "-D_LIBCPP_ENABLE_CXX17_REMOVED_RANDOM_SHUFFLE",
    "-D_LIBCPP_ENABLE_CXX17_REMOVED_UNARY_BINARY_FUNCTION",
    "-D_LIBCPP_ENABLE_CXX17_REMOVED_UNEXPECTED_FUNCTIONS",
    "-D_LIBCPP_ENABLE_CXX20_REMOVED_ALLOCATOR_MEMBERS",
    "-D_LIBCPP_ENABLE_CXX20_REMOVED_BINDER_TYPEDEFS",
    "-D_LIBCPP_ENABLE_CXX20_REMOVED_NEGATORS",
    "-D_LIBCPP_ENABLE_CXX20_REMOVED_RAW_STORAGE_ITERATOR",
    "-D_LIBCPP_ENABLE_CXX20_REMOVED_SHARED_PTR_UNIQUE",
    "-D_LIBCPP_ENABLE_CXX20_REMOVED_TEMPORARY_BUFFER",
    "-D_LIBCPP_ENABLE_CXX20_REMOVED_TYPE_TRAITS",
    "-D_LIBCPP_ENABLE_CXX20_REMOVED_UNCAUGHT_EXCEPTION",
];

/// The linker's flags.
pub(crate) const LINK: &[&str] = &[
    "wasm-ld",
    "--threads=1",
    "--error-limit=5",
    "--color-diagnostics=never",
    "--gc-sections",
    "--strip-all",
    "--stack-first",
    "-z",
    "stack-size=268435456",
];

/// The linker's flags for the shared runtime. Of what two libraries define, the first counts, as it does
/// where members are taken one by one.
pub(crate) const LINK_RUNTIME: &[&str] = &[
    "wasm-ld",
    "--threads=1",
    "--no-entry",
    "--export-all",
    "--growable-table",
    "--export-table",
    "--strip-all",
    "--stack-first",
    "-z",
    "stack-size=268435456",
    "--allow-multiple-definition",
    "--whole-archive",
];

/// The shared runtime's file, below the folder's `lib`.
pub(crate) const RUNTIME: &str = "runtime.wasm";

/// The libraries of one language, in linking order, below the folder's `lib`.
pub(crate) const C_LIBRARIES: &[&str] = &[
    "crt1.o",
    "libsupport.a",
    "libc.a",
    "libzigc.a",
    "libcompiler_rt.a",
];
/// As [`C_LIBRARIES`], for C++.
pub(crate) const CPP_LIBRARIES: &[&str] = &[
    "start.o",
    "libc++.a",
    "libsupport.a",
    "libc.a",
    "libzigc.a",
    "libcompiler_rt.a",
];

/// The header that has all of the standard library in it, and a precompiled form.
pub(crate) const WHOLE_LIBRARY: &str = "bits/stdc++.h";
/// The header that, when no more than a part of the library will do, has a precompiled form.
pub(crate) const STREAMS: &str = "iostream";

/// Headers with a precompiled form: name as it is included, and the file that is precompiled for it.
pub(crate) const PRECOMPILED: &[(&str, &str)] = &[
    (WHOLE_LIBRARY, "include/riddle/bits/riddle_precompiled.h"),
    (STREAMS, "include/c++/v1/iostream"),
];

/// Returns the file of a header's precompiled form, below the folder that setup built.
pub(crate) fn precompiled(header: &str, standard: &str) -> String {
    format!("pch/{}-{standard}.pch", header.replace('/', "-"))
}

/// The overlay's file in the compiler's working folder.
pub(crate) const OVERLAY_FILE: &str = "overlay.json";

/// Returns the text of a file overlay in which only the given folders exist, each under its virtual
/// name.
pub(crate) fn overlay(folders: &[(&str, &Path)]) -> String {
    let roots: Vec<_> = folders
        .iter()
        .map(|(name, folder)| {
            serde_json::json!({
                "type": "directory-remap",
                "name": name,
                "external-contents": folder,
            })
        })
        .collect();
    serde_json::json!({
        "version": 0,
        "case-sensitive": true,
        "overlay-relative": false,
        "redirecting-with": "redirect-only",
        "use-external-names": false,
        "roots": roots,
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linker_is_told_the_size_of_the_stack() {
        let flag = format!("stack-size={STACK_BYTES}");
        assert!(LINK.contains(&flag.as_str()));
        assert!(LINK_RUNTIME.contains(&flag.as_str()));
    }
}
