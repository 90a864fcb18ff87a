//! Go: a compiler process makes an object, a linker process a module, both confined.
//!
//! They are the two programs that `go build` starts, without it: it would start others, read an
//! environment and look for modules. A candidate is package `main` over the standard library, mostly one file;
//! for the compiler there is nothing else that could be imported, embedded or linked. How the library
//! was built is setup's.

use std::path::{Path, PathBuf};

use super::{
    Compilation, CompileFailure, CompileFailureKind, CompileOutcome, Toolchain, bulk, printable,
    work::{self, Fault, Step, Tool, Work, unconfinable},
};
use crate::{
    CompileLimits, Digest, Language, SandboxError, SourceFiles,
    confine::{self, ConfineError},
    setup::{GO_COMPILER, GO_INTERNAL, GO_LIBRARY, GO_LINKER, GO_TARGET, GoManifest, is_complete},
};

/// Flags of the compiler.
const COMPILE: &[&str] = &[
    "-p=main",
    // No functions without a body: there is no assembly that could define them.
    "-complete",
    "-nolocalimports",
    "-dwarf=false",
    "-c=1",
    "-pack",
    "-o",
    OBJECT,
];
/// Flags of the linker.
const LINK: &[&str] = &["-buildmode=exe", "-s", "-w", "-o", MODULE];

/// System calls that Go's runtime makes in a compiler beyond clang's: it waits for files by them, and does
/// not start without.
const CALLS: &[libc::c_long] = &[
    libc::SYS_epoll_create1,
    libc::SYS_epoll_ctl,
    libc::SYS_epoll_pwait,
    libc::SYS_eventfd2,
];

const SOURCE: &str = "main.go";
const OBJECT: &str = "main.a";
const MODULE: &str = "main.wasm";

/// Call stack of the module outside of what Go's runtime allocates, in bytes.
const STACK_BYTES: u64 = 0;

/// What the compiler says of a package that it does not find, and what is said in its place.
const NO_PACKAGE: &str = " (file not found)";
const ONLY_STANDARD: &str = ": there is the standard library and nothing else";
/// What is said of a source that wants C.
const NO_C: &str = "could not import C";
/// Packages that some judges have and we have not.
const UNSUPPORTED: &[&str] = &[
    "could not import golang.org/x/",
    "could not import github.com/",
];
/// How the runtime of the compiler begins to say that it is lost.
const CRASHES: &[&str] = &[
    "fatal error: ",
    "internal compiler error",
    "panic: ",
    "runtime: ",
];
const OUT_OF_MEMORY: &[&str] = &["out of memory", "cannot allocate memory"];

/// The toolchain of Go candidates.
pub(crate) struct Go {
    manifest: GoManifest,
    folder: PathBuf,
    compiler: PathBuf,
    linker: PathBuf,
    unconfined: bool,
}

impl Go {
    /// Opens the folder that setup built.
    pub(crate) fn open(folder: &Path, unconfined: bool) -> Result<Self, SandboxError> {
        if !is_complete(folder) {
            return Err(SandboxError::NoToolchain {
                language: Language::Go,
                reason: "it is not installed".to_owned(),
            });
        }
        if !unconfined && confine::landlock_abi().is_none() {
            return Err(unconfinable(&ConfineError::NoLandlock));
        }
        let folder = fs_err::canonicalize(folder)
            .map_err(|error| SandboxError::io("open the Go toolchain", error))?;
        let manifest = GoManifest::read(&folder).map_err(|reason| SandboxError::BadToolchain {
            path: folder.clone(),
            reason,
        })?;
        Ok(Self {
            manifest,
            compiler: folder.join(GO_COMPILER),
            linker: folder.join(GO_LINKER),
            folder,
            unconfined,
        })
    }

    /// Makes the object of the source and of those beside it.
    fn object(
        &self,
        source: &[u8],
        files: &SourceFiles,
        work: &mut Work<'_>,
    ) -> Result<Step, SandboxError> {
        let mut names = vec![SOURCE];
        for (name, text) in files.iter().filter(|(name, _)| is_of_package(name)) {
            if name == SOURCE {
                let text = format!("`{SOURCE}` is a file beside the one that begins");
                return Ok(Err(CompileFailure::new(
                    CompileFailureKind::Unsupported,
                    text,
                )));
            }
            work.write(name, text)?;
            names.push(name);
        }
        work.write(SOURCE, source)?;
        let library = self.folder.join(GO_LIBRARY).display().to_string();
        let language = format!("-lang={}", self.manifest.language);
        // Messages and panics name the file by its name alone.
        let here = format!("{}=>", work.folder().display());
        let own: &[&str] = &["-trimpath", &here, &language, "-I", &library];
        let max_bytes = work.limits.object_bytes;
        let arguments = [COMPILE, own, &names].concat();
        self.run(&self.compiler, &arguments, max_bytes, work)
    }

    /// Makes the module of the object.
    fn link(&self, work: &mut Work<'_>) -> Result<Step, SandboxError> {
        let [library, internal] =
            [GO_LIBRARY, GO_INTERNAL].map(|it| self.folder.join(it).display().to_string());
        let own: &[&str] = &["-L", &library, "-L", &internal, OBJECT];
        let max_bytes = work.limits.module_bytes;
        self.run(&self.linker, &[LINK, own].concat(), max_bytes, work)
    }

    /// Runs one of the two programs in the private folder; it may write files of so many bytes.
    fn run(
        &self,
        program: &Path,
        arguments: &[&str],
        file_bytes: u64,
        work: &mut Work<'_>,
    ) -> Result<Step, SandboxError> {
        let tool = Tool {
            program,
            environment: GO_TARGET,
            executable: &[program],
            readable: &[&self.folder],
            calls: CALLS,
            unconfined: self.unconfined,
        };
        let ran = work.run(&tool, arguments, file_bytes)?;
        Ok(ran.map(drop).map_err(|fault| match fault {
            Fault::Limit(failure) => failure,
            Fault::Messages(text) => self.failure(&text, work),
        }))
    }

    /// Says what is wrong with the source by a tool's messages.
    fn failure(&self, text: &str, work: &Work<'_>) -> CompileFailure {
        if let Some(text) = crash(text, work.limits) {
            return CompileFailure::new(CompileFailureKind::Exhausted, text);
        }
        let kind = if UNSUPPORTED.iter().any(|it| text.contains(it)) {
            CompileFailureKind::Unsupported
        } else {
            CompileFailureKind::Diagnostics
        };
        let paths = [
            format!("{}: ", self.linker.display()),
            format!("{}/", work.folder().display()),
            format!("{}/", self.folder.display()),
        ];
        let text = paths
            .iter()
            .fold(diagnostics(text), |text, it| text.replace(it, ""));
        CompileFailure::new(kind, printable(&text, work.limits.diagnostics_bytes))
    }
}

/// Returns true for a file that `go build` would take into the package.
fn is_of_package(name: &str) -> bool {
    let is_code = |stem: &str| !stem.ends_with("_test") && !stem.contains('/');
    !name.starts_with(['_', '.', '-']) && name.strip_suffix(".go").is_some_and(is_code)
}

/// Returns what to say if a tool did not reject the source but was lost in it.
fn crash(text: &str, limits: &CompileLimits) -> Option<String> {
    let is_crash = |line: &str| CRASHES.iter().any(|it| line.starts_with(it));
    let has = |words: &[&str]| words.iter().any(|it| text.contains(it));
    if !text.lines().any(is_crash) && !text.contains("internal compiler error") {
        return None;
    }
    Some(if has(OUT_OF_MEMORY) {
        let memory_bytes = limits.memory_bytes;
        format!("the compiler ran out of memory: its memory is limited to {memory_bytes} bytes")
    } else {
        "the compiler crashed on this source".to_owned()
    })
}

/// Says in the compiler's messages what a candidate can import.
fn diagnostics(text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| match line.strip_suffix(NO_PACKAGE) {
            Some(said) if said.ends_with(NO_C) => format!("{said}: there is no C"),
            Some(said) => format!("{said}{ONLY_STANDARD}"),
            None => line.to_owned(),
        });
    lines.collect::<Vec<_>>().join("\n")
}

impl Toolchain for Go {
    fn identity(&self) -> Digest {
        let flags = [COMPILE, LINK].map(|it| it.join("\0"));
        let [compile, link] = flags.each_ref().map(String::as_bytes);
        Digest::of_parts(
            "riddle 2026-11-25 go toolchain, files",
            &[&self.manifest.digest.0, compile, link, bulk::SOURCE],
        )
    }

    fn compile(&self, source: &[u8], limits: &CompileLimits) -> Result<Compilation, SandboxError> {
        self.compile_with(source, &SourceFiles::default(), limits)
    }

    fn compile_with(
        &self,
        source: &[u8],
        files: &SourceFiles,
        limits: &CompileLimits,
    ) -> Result<Compilation, SandboxError> {
        let mut compilation = work::in_two_steps(
            limits,
            |work| self.object(source, files, work),
            |work| self.link(work),
            MODULE,
            STACK_BYTES,
        )?;
        if let CompileOutcome::Module { wasm, .. } = &mut compilation.outcome {
            *wasm = bulk::in_pieces(wasm).map_err(|error| SandboxError::BadToolchain {
                path: self.linker.clone(),
                reason: error.to_string(),
            })?;
        }
        Ok(compilation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_that_is_not_there_is_told_in_our_words() {
        for (said, expected) in [
            (
                "main.go:3:8: could not import a/b (file not found)",
                "main.go:3:8: could not import a/b: there is the standard library and nothing else",
            ),
            (
                "main.go:3:8: could not import C (file not found)",
                "main.go:3:8: could not import C: there is no C",
            ),
            ("main.go:4:2: undefined: x", "main.go:4:2: undefined: x"),
        ] {
            assert_eq!(diagnostics(said), expected);
        }
    }

    #[test]
    fn a_crash_is_told_apart_from_a_message() {
        let limits = CompileLimits::default();
        assert_eq!(crash("main.go:4:2: undefined: x", &limits), None);
        let lost = crash("fatal error: runtime: out of memory\n\nstack:", &limits);
        assert!(lost.is_some_and(|it| it.contains("limited to")));
        let lost = crash("main.go:1:1: internal compiler error: x", &limits);
        assert_eq!(lost.as_deref(), Some("the compiler crashed on this source"));
    }
}
