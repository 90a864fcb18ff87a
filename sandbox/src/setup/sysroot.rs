//! Building the folder that C and C++ candidates are compiled against, from the ziglang wheel alone.
//!
//! ```text
//! include/{riddle,c++/v1,clang,libc}   headers: ours, LLVM's, the compiler's, the C library's
//! lib/                                 libraries, C++ with exceptions, and the start of a module
//! pch/                                 precompiled headers
//! manifest.json                        what it is, by digest
//! ```
//!
//! The wheel's own build makes the C library; the C++ library is compiled here, since the wheel
//! builds it without exceptions. Nothing here sees a candidate.

use std::{
    borrow::Cow,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use serde::{Deserialize, Serialize};

use super::{
    headers::{self, HEADERS},
    install::SetupError,
    patches,
    process::run,
    recipe::{self, OVERLAY_FILE, SYSROOT},
};
use crate::Digest;

/// The text that names the recipe.
pub(super) const RECIPE: &str = recipe::TEXT;

/// The manifest's file.
const MANIFEST: &str = "manifest.json";
/// Folders below one another that a copy follows.
const MAX_DEPTH: usize = 12;

/// Our sources.
const SUPPORT: &[(&str, &str)] = &[
    ("start.cpp", include_str!("../../support/start.cpp")),
    ("runtime.cpp", include_str!("../../support/runtime.cpp")),
    ("instances.cpp", include_str!("../../support/instances.cpp")),
    ("main.c", include_str!("../../support/main.c")),
    ("arguments.c", include_str!("../../support/arguments.c")),
    ("main3.c", include_str!("../../support/main3.c")),
    ("gets.c", include_str!("../../support/gets.c")),
    ("thread_exit.c", include_str!("../../support/thread_exit.c")),
    ("malloc.c", include_str!("../../support/malloc.c")),
    ("memory.c", include_str!("../../support/memory.c")),
    (
        "cpp_exception.c",
        include_str!("../../support/cpp_exception.c"),
    ),
    ("c_longjmp.c", include_str!("../../support/c_longjmp.c")),
];

/// Headers of the compiler that a wasm32 target has, by the start of their names.
const COMPILER_HEADERS: &[&str] = &[
    "__float",
    "__std",
    "float.h",
    "inttypes.h",
    "iso646.h",
    "limits.h",
    "std",
    "tgmath.h",
    "unwind.h",
    "wasm_simd128.h",
];

/// Sources of the C++ library that need threads or files, or that define what another library does.
const LEFT_OUT: &[&str] = &[
    "atomic.cpp",
    "barrier.cpp",
    "condition_variable.cpp",
    "condition_variable_destructor.cpp",
    "cxa_demangle.cpp",
    "cxa_noexception.cpp",
    "cxa_thread_atexit.cpp",
    "future.cpp",
    "mutex.cpp",
    "mutex_destructor.cpp",
    "new.cpp",
    "print.cpp",
    "shared_mutex.cpp",
    "thread.cpp",
];

/// Flags of the C++ library's own sources.
const LIBRARY: &[&str] = &[
    "-std=c++23",
    "-DNDEBUG",
    "-D_LIBCPP_BUILDING_LIBRARY",
    "-D_LIBCXXABI_BUILDING_LIBRARY",
    "-DLIBCXX_BUILDING_LIBCXXABI",
    "-D_LIBCXXABI_HAS_NO_THREADS",
    // Otherwise every program would carry a demangler for the message of an uncaught exception.
    "-DLIBCXXABI_NON_DEMANGLING_TERMINATE",
    "-DLIBC_NAMESPACE=__llvm_libc_common_utils",
    "-I/wheel/libcxx/src",
    "-I/wheel/libcxx/src/include",
    "-I/wheel/libcxx/libc",
    "-I/wheel/libcxxabi/src",
];

/// What was built.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SysrootManifest {
    /// Digest of the compiler, the flags, the headers and the libraries: whatever shapes a module
    /// apart from its source.
    pub(crate) digest: Digest,
    /// The compiler's executable, relative to the folder that this one lies in.
    pub(crate) zig: PathBuf,
    /// Size of the executable, in bytes: a cheap check that it is still the one.
    pub(crate) zig_bytes: u64,
    /// Version of the wheel.
    pub(crate) zig_version: String,
    /// Version of the compiler.
    pub(crate) clang_version: String,
}

impl SysrootManifest {
    /// Reads the manifest of a finished folder.
    pub(crate) fn read(folder: &Path) -> Result<Self, String> {
        let bytes = fs_err::read(folder.join(MANIFEST)).map_err(|error| error.to_string())?;
        let manifest: Self = serde_json::from_slice(&bytes)
            .map_err(|error| format!("`{MANIFEST}` is broken: {error}"))?;
        let zig = manifest.zig_path(folder);
        let found = fs_err::metadata(&zig).map_err(|error| error.to_string())?;
        if found.len() != manifest.zig_bytes {
            return Err(format!(
                "`{}` has {} bytes: {} were built with",
                zig.display(),
                found.len(),
                manifest.zig_bytes
            ));
        }
        Ok(manifest)
    }

    /// Returns the path of the compiler's executable.
    pub(crate) fn zig_path(&self, folder: &Path) -> PathBuf {
        folder.parent().unwrap_or(folder).join(&self.zig)
    }

    /// Returns one line for people.
    pub(crate) fn describe(&self) -> String {
        format!(
            "clang {} (ziglang {}), libraries {}",
            self.clang_version,
            self.zig_version,
            &self.digest.to_string()[..12]
        )
    }
}

/// Builds headers, libraries and precompiled headers into `out` with the wheel's `zig`.
pub(super) fn build(
    zig: &Path,
    out: &Path,
    progress: &dyn Fn(&str),
) -> Result<SysrootManifest, SetupError> {
    let work = tempfile::tempdir().map_err(SetupError::Io)?;
    let wheel = zig
        .parent()
        .map(|it| it.join("lib"))
        .filter(|it| it.is_dir())
        .ok_or_else(|| incomplete("the wheel has no `lib` beside `zig`"))?;
    let builder = Builder {
        zig,
        wheel: &wheel,
        out,
        work: work.path(),
    };
    builder.headers().map_err(SetupError::Io)?;
    progress("building the C library");
    builder.c_library()?;
    progress("building the C++ library with exceptions");
    builder.cpp_library()?;
    progress("linking the shared runtime");
    builder.runtime()?;
    progress("precompiling headers");
    builder.precompile()?;
    let manifest = builder.manifest()?;
    let text = serde_json::to_vec_pretty(&manifest).expect("a manifest is plain data");
    fs_err::write(out.join(MANIFEST), text).map_err(SetupError::Io)?;
    Ok(manifest)
}

/// One build: where things come from and go to.
struct Builder<'a> {
    zig: &'a Path,
    /// The wheel's `lib`: headers and sources.
    wheel: &'a Path,
    out: &'a Path,
    work: &'a Path,
}

impl Builder<'_> {
    /// Copies the wheel's headers and writes our own, our sources and the overlay.
    fn headers(&self) -> std::io::Result<()> {
        let include = self.out.join("include");
        let all = |_: &str| true;
        let wheel = self.wheel;
        copy(
            &wheel.join("libcxx/include"),
            &include.join("c++/v1"),
            &all,
            0,
        )?;
        copy(
            &wheel.join("libcxxabi/include"),
            &include.join("c++/v1"),
            &all,
            0,
        )?;
        // The specific ones replace the generic ones.
        copy(
            &wheel.join("libc/include/generic-musl"),
            &include.join("libc"),
            &all,
            0,
        )?;
        copy(
            &wheel.join("libc/include/wasm-wasi-musl"),
            &include.join("libc"),
            &all,
            0,
        )?;
        copy(
            &wheel.join("include"),
            &include.join("clang"),
            &|name| COMPILER_HEADERS.iter().any(|it| name.starts_with(it)),
            MAX_DEPTH,
        )?;
        for (folder, files) in [
            (include.join("riddle"), HEADERS),
            (self.work.join("support"), SUPPORT),
        ] {
            for (name, text) in files {
                let path = folder.join(name);
                fs_err::create_dir_all(path.parent().expect("the file lies in the folder"))?;
                fs_err::write(path, text)?;
            }
        }
        for (header, names) in headers::ALIASES {
            for name in *names {
                let text = format!("#pragma once\n#include <{header}>\n");
                fs_err::write(include.join("riddle").join(name), text)?;
            }
        }
        patches::apply(&include.join("c++/v1"))?;
        fs_err::create_dir_all(self.out.join("lib"))?;
        fs_err::create_dir_all(self.out.join("pch"))?;
        let overlay = recipe::overlay(&[
            (SYSROOT, self.out),
            ("/wheel", self.wheel),
            ("/support", &self.work.join("support")),
        ]);
        fs_err::write(self.work.join(OVERLAY_FILE), overlay)
    }

    /// Lets the wheel build its C library for a program of one line, and takes it from the cache.
    fn c_library(&self) -> Result<(), SetupError> {
        let cache = self.work.join("cache");
        let source = self.work.join("empty.c");
        fs_err::write(&source, "int main(void) { return 0; }\n").map_err(SetupError::Io)?;
        run(
            "build the C library",
            self.zig()
                .env("ZIG_GLOBAL_CACHE_DIR", &cache)
                .env("ZIG_LOCAL_CACHE_DIR", &cache)
                // `-s` for the libraries: debug information would hold this machine's paths.
                .args(["cc", "-target", "wasm32-wasi", "-mcpu=generic", "-O2", "-s"])
                .args(["empty.c", "-o", "empty.wasm"]),
        )?;
        for (built, name) in [
            ("crt1-command.o", "crt1.o"),
            ("libc.a", "libc.a"),
            ("libzigc.a", "libzigc.a"),
            ("libcompiler_rt.a", "libcompiler_rt.a"),
        ] {
            let found = entries(&cache.join("o"))
                .map_err(SetupError::Io)?
                .into_iter()
                .map(|it| it.join(built))
                .find(|it| it.is_file())
                .ok_or_else(|| incomplete(&format!("the wheel built no `{built}`")))?;
            fs_err::copy(found, self.out.join("lib").join(name)).map_err(SetupError::Io)?;
        }
        Ok(())
    }

    /// Compiles the C++ library, the support for exceptions and `longjmp`, and our own sources.
    fn cpp_library(&self) -> Result<(), SetupError> {
        const SETJMP: &str = "/wheel/libc/wasi/libc-top-half/musl/src/setjmp/wasm32/rt.c";
        let object = |name: &str| self.work.join(name.replace('/', "_") + ".o");

        let mut jobs = Vec::new();
        let mut cpp = Vec::new();
        for folder in ["libcxx/src", "libcxx/src/ryu", "libcxxabi/src"] {
            for path in entries(&self.wheel.join(folder)).map_err(SetupError::Io)? {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                if !name.ends_with(".cpp") || LEFT_OUT.contains(&&*name) {
                    continue;
                }
                let source = format!("{folder}/{name}");
                cpp.push(object(&source));
                jobs.push(Job {
                    arguments: object_arguments(&[recipe::CPP, LIBRARY, &["-x", "c++"]]),
                    output: object(&source),
                    source: format!("/wheel/{source}"),
                });
            }
        }
        let c = |source: &str, name: &str, more: &[&'static str]| Job {
            arguments: object_arguments(&[recipe::C, more]),
            output: object(name),
            source: source.to_owned(),
        };
        cpp.extend(["unwind", "cpp_exception", "instances"].map(object));
        jobs.extend([
            c(
                "/wheel/libunwind/src/Unwind-wasm.c",
                "unwind",
                &[
                    "-fexceptions",
                    "-I/wheel/libunwind/include",
                    "-D_LIBUNWIND_IS_NATIVE_ONLY",
                    "-D_LIBUNWIND_HAS_NO_THREADS",
                    "-D_LIBUNWIND_HIDE_SYMBOLS",
                    "-DNDEBUG",
                ],
            ),
            c("/support/cpp_exception.c", "cpp_exception", &[]),
            c("/support/main.c", "main", &[]),
            c("/support/arguments.c", "arguments", &[]),
            c("/support/main3.c", "main3", &[]),
            c("/support/gets.c", "gets", &[]),
            c("/support/thread_exit.c", "thread_exit", &[]),
            // What they do must not become calls of what they implement.
            c("/support/malloc.c", "malloc", &["-fno-builtin"]),
            c("/support/memory.c", "memory", &["-fno-builtin"]),
            c("/support/c_longjmp.c", "c_longjmp", &[]),
            c(SETJMP, "setjmp", &[]),
            Job {
                arguments: object_arguments(&[recipe::CPP, &["-std=c++23", "-x", "c++"]]),
                output: self.out.join("lib/start.o"),
                source: "/support/start.cpp".to_owned(),
            },
            Job {
                // As candidates are compiled, whose functions these are.
                arguments: object_arguments(&[
                    recipe::CPP,
                    recipe::CPP_CANDIDATE,
                    &["-std=gnu++17", "-x", "c++"],
                ]),
                output: object("instances"),
                source: "/support/instances.cpp".to_owned(),
            },
            Job {
                arguments: object_arguments(&[recipe::CPP, &["-std=c++23", "-x", "c++"]]),
                output: object("runtime"),
                source: "/support/runtime.cpp".to_owned(),
            },
        ]);
        self.compile_all(&jobs)?;
        let support = [
            "main",
            "arguments",
            "main3",
            "gets",
            "thread_exit",
            "malloc",
            "memory",
            "c_longjmp",
            "setjmp",
        ]
        .map(object);
        self.archive("libc++.a", &cpp)?;
        self.archive("libsupport.a", &support)
    }

    /// Runs compilations on all cores; the first that fails is the error.
    fn compile_all(&self, jobs: &[Job]) -> Result<(), SetupError> {
        let next = AtomicUsize::new(0);
        let failure = Mutex::new(None);
        let n_threads = thread::available_parallelism().map_or(1, usize::from);
        thread::scope(|scope| {
            for _ in 0..n_threads.min(jobs.len()) {
                scope.spawn(|| {
                    while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                        if let Err(error) = self.compile(job) {
                            failure
                                .lock()
                                .unwrap_or_else(PoisonError::into_inner)
                                .get_or_insert(error);
                            // What the others have not begun is not begun.
                            next.store(jobs.len(), Ordering::Relaxed);
                        }
                    }
                });
            }
        });
        match failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    fn compile(&self, job: &Job) -> Result<(), SetupError> {
        let mut command = self.zig();
        command
            .args(recipe::COMMON)
            .arg("-w")
            .args(job.arguments.iter().map(AsRef::<str>::as_ref))
            .arg("-o")
            .arg(&job.output)
            .arg(&job.source);
        run(&format!("compile `{}`", job.source), &mut command).map(drop)
    }

    fn archive(&self, name: &str, objects: &[PathBuf]) -> Result<(), SetupError> {
        let path = self.out.join("lib").join(name);
        // `D`: no times or owners, so that the same objects make the same archive.
        run(
            &format!("make `{name}`"),
            self.zig().args(["ar", "rcsD"]).arg(path).args(objects),
        )
        .map(drop)
    }

    /// Links all libraries, whole, into the runtime that candidates share, each symbol with its name.
    fn runtime(&self) -> Result<(), SetupError> {
        let lib = self.out.join("lib");
        let mut command = self.zig();
        command
            .args(recipe::LINK_RUNTIME)
            .arg(self.work.join("runtime.o"))
            // Behind the program's start; the others are libraries.
            .args(recipe::CPP_LIBRARIES[1..].iter().map(|it| lib.join(it)))
            .arg("-o")
            .arg(lib.join(recipe::RUNTIME));
        run("link the shared runtime", &mut command).map(drop)
    }

    fn precompile(&self) -> Result<(), SetupError> {
        let mut jobs = Vec::new();
        for standard in recipe::CPP_STANDARDS {
            for (header, precompiled) in recipe::PRECOMPILED {
                let arguments = [
                    &["-x", "c++-header", "-emit-pch", "-fno-pch-timestamp"],
                    recipe::CPP,
                    recipe::CPP_CANDIDATE,
                ];
                let mut arguments: Vec<_> = arguments.concat().into_iter().map(Cow::from).collect();
                arguments.push(format!("-std={standard}").into());
                jobs.push(Job {
                    arguments,
                    output: self.out.join(recipe::precompiled(header, standard)),
                    source: format!("{SYSROOT}/{precompiled}"),
                });
            }
        }
        self.compile_all(&jobs)
    }

    fn manifest(&self) -> Result<SysrootManifest, SetupError> {
        let zig_version = run("ask for the version", self.zig().arg("version"))?;
        let clang_version = run(
            "ask for the version",
            self.zig().args(["clang", "--version"]),
        )?;
        let clang_version = clang_version
            .lines()
            .next()
            .and_then(|it| it.strip_prefix("clang version "))
            .ok_or_else(|| incomplete("`zig clang` tells no version"))?;
        let zig_bytes = fs_err::read(self.zig).map_err(SetupError::Io)?;
        let mut parts = vec![
            RECIPE.as_bytes().to_vec(),
            Digest::of(&zig_bytes).0.to_vec(),
        ];
        for folder in ["include", "lib"] {
            collect(&self.out.join(folder), &mut parts, 0).map_err(SetupError::Io)?;
        }
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        let toolchains = self.out.parent().unwrap_or(self.out);
        Ok(SysrootManifest {
            digest: Digest::of_parts("riddle 2026-11-22 sysroot", &parts),
            zig: self.zig.strip_prefix(toolchains).unwrap_or(self.zig).into(),
            zig_bytes: zig_bytes.len() as u64,
            zig_version: zig_version.trim().to_owned(),
            clang_version: clang_version.trim().to_owned(),
        })
    }

    /// Returns a command that runs the wheel's executable in the work folder, without our
    /// environment.
    fn zig(&self) -> Command {
        let mut command = Command::new(self.zig);
        command.env_clear().current_dir(self.work);
        command
    }
}

/// One source to compile; paths of sources are virtual.
struct Job {
    arguments: Vec<Cow<'static, str>>,
    output: PathBuf,
    source: String,
}

fn object_arguments(parts: &[&[&'static str]]) -> Vec<Cow<'static, str>> {
    let arguments = parts.iter().copied().flatten();
    arguments
        .chain(&["-emit-obj"])
        .map(|&it| it.into())
        .collect()
}

/// Copies the files of a folder whose names are wanted, and the folders below it down to
/// [`MAX_DEPTH`].
fn copy(
    from: &Path,
    to: &Path,
    is_wanted: &dyn Fn(&str) -> bool,
    depth: usize,
) -> std::io::Result<()> {
    fs_err::create_dir_all(to)?;
    for path in entries(from)? {
        let name = path.file_name().unwrap_or_default();
        if path.is_dir() {
            if depth < MAX_DEPTH {
                copy(&path, &to.join(name), is_wanted, depth + 1)?;
            }
        } else if is_wanted(&name.to_string_lossy()) {
            fs_err::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}

/// Appends the names and contents of all files below a folder, in the order of names.
fn collect(folder: &Path, parts: &mut Vec<Vec<u8>>, depth: usize) -> std::io::Result<()> {
    for path in entries(folder)? {
        let name = path.file_name().unwrap_or_default();
        parts.push(name.to_string_lossy().into_owned().into_bytes());
        if !path.is_dir() {
            parts.push(fs_err::read(&path)?);
        } else if depth < MAX_DEPTH {
            collect(&path, parts, depth + 1)?;
        }
    }
    Ok(())
}

/// Returns what a folder holds, in the order of names.
fn entries(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths = fs_err::read_dir(folder)?
        .map(|it| it.map(|it| it.path()))
        .collect::<std::io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn incomplete(what: &str) -> SetupError {
    SetupError::Incomplete {
        what: what.to_owned(),
    }
}
