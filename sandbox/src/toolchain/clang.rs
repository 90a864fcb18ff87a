//! C and C++: one clang process makes an object, one linker process a module, both confined.
//!
//! The compiler sees two folders under virtual names, the libraries' and one that holds the source;
//! everything else does not exist for it, and Landlock, seccomp and limits hold where that fails. How
//! compilers are called is the recipe's; how the libraries were built is setup's.

use std::{
    io::Read,
    path::{Path, PathBuf},
};

use super::{
    Compilation, CompileFailure, CompileFailureKind, CompileOutcome, ProcessTimes, Toolchain,
};
use crate::{
    CompileLimits, Digest, Language, SandboxError,
    confine::{self, ConfineError, Confined, End, Ended, ProcessLimits},
    setup::{SysrootManifest, is_complete, recipe},
};

/// Lines at the start of a source that are searched for a header with a precompiled form.
const MAX_LEADING_LINES: usize = 200;
/// Output of a compiler that is looked at; diagnostics are cut from its start.
const OUTPUT_BYTES: usize = 64 << 10;

const OBJECT: &str = "main.o";
const MODULE: &str = "main.wasm";

/// Which of the two languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClangLanguage {
    C,
    Cpp,
}

impl ClangLanguage {
    fn language(self) -> Language {
        match self {
            Self::C => Language::C,
            Self::Cpp => Language::Cpp,
        }
    }
}

/// The toolchain of C or of C++ candidates.
pub(crate) struct Clang {
    language: ClangLanguage,
    sysroot: PathBuf,
    zig: PathBuf,
    digest: Digest,
    unconfined: bool,
}

impl Clang {
    /// Opens the folder that setup built.
    pub(crate) fn open(
        sysroot: &Path,
        language: ClangLanguage,
        unconfined: bool,
    ) -> Result<Self, SandboxError> {
        if !is_complete(sysroot) {
            return Err(SandboxError::NoToolchain {
                language: language.language(),
                reason: "it is not installed".to_owned(),
            });
        }
        if !unconfined && confine::landlock_abi().is_none() {
            return Err(unconfinable(&ConfineError::NoLandlock));
        }
        // The kernel and the overlay are told absolute paths.
        let sysroot = fs_err::canonicalize(sysroot)
            .map_err(|error| SandboxError::io("open the C and C++ libraries", error))?;
        let manifest =
            SysrootManifest::read(&sysroot).map_err(|reason| SandboxError::BadToolchain {
                path: sysroot.clone(),
                reason,
            })?;
        Ok(Self {
            language,
            zig: manifest.zig_path(&sysroot),
            digest: manifest.digest,
            sysroot,
            unconfined,
        })
    }

    /// Runs one of the wheel's tools in the private folder.
    fn run(
        &self,
        arguments: &[&str],
        folder: &Path,
        limits: &CompileLimits,
    ) -> Result<Ended, SandboxError> {
        let confined = Confined {
            program: &self.zig,
            arguments,
            executable: &[&self.zig],
            readable: &[&self.sysroot],
            scratch: folder,
            limits: ProcessLimits {
                memory_bytes: limits.memory_bytes,
                file_bytes: limits.object_bytes,
                cpu_time: limits.cpu_time,
                wall_time: limits.wall_time,
                output_bytes: OUTPUT_BYTES,
            },
            unconfined: self.unconfined,
        };
        confine::run(&confined).map_err(|error| match error {
            ConfineError::Io { action, source } => SandboxError::Io { action, source },
            ConfineError::NoLandlock | ConfineError::Fence(_) => unconfinable(&error),
        })
    }

    /// Makes `main.o` of the source.
    fn object(
        &self,
        source: &[u8],
        folder: &Path,
        limits: &CompileLimits,
    ) -> Result<Ended, SandboxError> {
        let precompiled;
        let mut arguments = recipe::COMMON.to_vec();
        let name = match self.language {
            ClangLanguage::C => {
                arguments.extend(recipe::C);
                "main.c"
            }
            ClangLanguage::Cpp => {
                arguments.extend(recipe::CPP);
                arguments.extend(recipe::CPP_CANDIDATE);
                if let Some(file) = precompiled_for(source) {
                    precompiled = format!("{}/{file}", recipe::SYSROOT);
                    arguments.extend(["-include-pch", &precompiled]);
                }
                arguments.extend(["-x", "c++"]);
                "main.cpp"
            }
        };
        let overlay = recipe::overlay(&[
            (recipe::SYSROOT, self.sysroot.as_path()),
            (recipe::SOURCE, folder),
        ]);
        let write = |name: &str, bytes: &[u8]| {
            fs_err::write(folder.join(name), bytes)
                .map_err(|error| SandboxError::io("write a candidate's source", error))
        };
        write(recipe::OVERLAY_FILE, overlay.as_bytes())?;
        write(name, source)?;
        let path = format!("{}/{name}", recipe::SOURCE);
        arguments.extend(["-emit-obj", "-o", OBJECT, &path]);
        self.run(&arguments, folder, limits)
    }

    /// Makes `main.wasm` of `main.o`.
    fn link(&self, folder: &Path, limits: &CompileLimits) -> Result<Ended, SandboxError> {
        let libraries = match self.language {
            ClangLanguage::C => recipe::C_LIBRARIES,
            ClangLanguage::Cpp => recipe::CPP_LIBRARIES,
        };
        let libraries: Vec<String> = libraries
            .iter()
            .map(|it| self.sysroot.join("lib").join(it).display().to_string())
            .collect();
        let mut arguments = recipe::LINK.to_vec();
        arguments.extend(["-o", MODULE, OBJECT]);
        arguments.extend(libraries.iter().map(String::as_str));
        self.run(&arguments, folder, limits)
    }

    /// Says why a tool did not do its part; `None` if it did.
    fn failure(&self, ended: &Ended, limits: &CompileLimits) -> Option<CompileFailure> {
        let text = String::from_utf8_lossy(&ended.output);
        let has = |it: &str| text.contains(it);
        let too_large = || {
            CompileFailure::new(
                CompileFailureKind::ObjectTooLarge,
                format!("the program takes more than {} bytes", limits.object_bytes),
            )
        };
        let exhausted = || {
            CompileFailure::new(
                CompileFailureKind::Exhausted,
                format!(
                    "the compiler needs more than {} bytes of memory, or of call stack",
                    limits.memory_bytes
                ),
            )
        };
        Some(match ended.end {
            End::Exited(0) => return None,
            End::Backstop => CompileFailure::new(
                CompileFailureKind::Backstop,
                format!(
                    "the compiler was ended after {:?} of CPU time",
                    ended.cpu_time
                ),
            ),
            End::Signalled(libc::SIGXFSZ) => too_large(),
            End::Exited(_) if has("File too large") => too_large(),
            End::Signalled(_) => exhausted(),
            End::Exited(_) if has("LLVM ERROR: out of memory") => exhausted(),
            End::Exited(_) => CompileFailure::new(
                CompileFailureKind::Diagnostics,
                self.diagnostics(&text, limits.diagnostics_bytes),
            ),
        })
    }

    /// Cuts messages to what a person or a model can use: no paths of this machine, nothing that a
    /// terminal would act on.
    fn diagnostics(&self, text: &str, max_bytes: usize) -> String {
        let libraries = format!("{}/lib/", self.sysroot.display());
        let text = text
            .replace(&format!("{}/", recipe::SOURCE), "")
            .replace(&format!("{}/include/", recipe::SYSROOT), "")
            .replace(&libraries, "");
        super::python::printable(&text, max_bytes)
    }
}

impl Toolchain for Clang {
    fn identity(&self) -> Digest {
        let language = self.language.language();
        Digest::of_parts(
            "riddle 2026-11-22 clang toolchain",
            &[&self.digest.0, language.name().as_bytes()],
        )
    }

    fn compile(&self, source: &[u8], limits: &CompileLimits) -> Result<Compilation, SandboxError> {
        let folder = tempfile::Builder::new()
            .prefix("riddle-")
            .tempdir()
            .and_then(|it| Ok((fs_err::canonicalize(it.path())?, it)));
        // The folder is removed when `_guard` goes.
        let (folder, _guard) =
            folder.map_err(|error| SandboxError::io("make a private folder", error))?;
        let mut processes = ProcessTimes::default();
        for step in [Step::Compile, Step::Link] {
            let ended = match step {
                Step::Compile => self.object(source, &folder, limits)?,
                Step::Link => self.link(&folder, limits)?,
            };
            match step {
                Step::Compile => processes.compiler = ended.cpu_time,
                Step::Link => processes.linker = ended.cpu_time,
            }
            if let Some(failure) = self.failure(&ended, limits) {
                return Ok(Compilation {
                    outcome: CompileOutcome::Failed(failure),
                    processes,
                });
            }
        }
        let wasm = read_bounded(&folder.join(MODULE), limits.object_bytes)
            .map_err(|error| SandboxError::io("read a linked module", error))?;
        Ok(Compilation {
            outcome: CompileOutcome::Module {
                wasm,
                stack_bytes: recipe::STACK_BYTES,
            },
            processes,
        })
    }
}

#[derive(Clone, Copy)]
enum Step {
    Compile,
    Link,
}

fn unconfinable(error: &ConfineError) -> SandboxError {
    SandboxError::Unconfined {
        reason: error.to_string(),
    }
}

/// Reads a file that a confined process wrote, up to the limit that it was under.
fn read_bounded(path: &Path, max_bytes: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs_err::File::open(path)?
        .take(max_bytes)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Returns the precompiled header, below the folder of the libraries, that stands for a header which
/// the source includes before anything that could change what headers mean.
///
/// Only includes of the form `#include <name>`, blank lines, comments and pragmas about optimisation
/// may come first. Headers of the standard library may be included in any order, so that having the
/// precompiled one come before the others changes nothing.
fn precompiled_for(source: &[u8]) -> Option<&'static str> {
    let source = String::from_utf8_lossy(source);
    let mut included = Vec::new();
    let mut rest = source.trim_start_matches('\u{feff}');
    for _ in 0..MAX_LEADING_LINES {
        rest = rest.trim_start();
        if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/")?.1;
            continue;
        }
        let (line, next) = rest.split_once('\n').unwrap_or((rest, ""));
        // A line that goes on in the next one is read by nobody's eye.
        if line.trim_end().ends_with('\\') {
            break;
        }
        if !line.starts_with("//") {
            let Some(directive) = line.strip_prefix('#') else {
                break;
            };
            match header(directive) {
                Some(name) => included.push(name),
                None if is_harmless_pragma(directive) => {}
                None => break,
            }
        }
        rest = next;
    }
    recipe::PRECOMPILED
        .iter()
        .find(|(header, _)| included.contains(header))
        .map(|&(_, file)| file)
}

/// Returns the name in `include <name>`, with nothing but a comment after it.
fn header(directive: &str) -> Option<&str> {
    let name = directive.trim_start().strip_prefix("include")?;
    let (name, after) = name.trim_start().strip_prefix('<')?.split_once('>')?;
    let after = after.trim();
    (after.is_empty() || after.starts_with("//")).then_some(name)
}

fn is_harmless_pragma(directive: &str) -> bool {
    let mut words = directive.split_whitespace();
    words.next() == Some("pragma")
        && words.next() == Some("GCC")
        && words
            .next()
            .is_some_and(|it| it.starts_with("optimize") || it.starts_with("target"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, expected: Option<&str>) {
        assert_eq!(precompiled_for(source.as_bytes()), expected, "{source}");
    }

    #[test]
    fn headers_with_a_precompiled_form_are_found() {
        let (all, some) = (Some("pch/stdc++.pch"), Some("pch/iostream.pch"));
        check("#include <bits/stdc++.h>\nint main() {}", all);
        check("#include <iostream>", some);
        check("\u{feff}# include<iostream> // io\r\n", some);
        check("#include <iostream>\n#include <bits/stdc++.h>", all);
        check(
            "#include <vector>\n\n#include <iostream>\nusing namespace std;",
            some,
        );
        check("/* by\n me */ // of course\n#include <bits/stdc++.h>", all);
        check(
            "#pragma GCC optimize(\"O3\")\n#include <bits/stdc++.h>",
            all,
        );
    }

    #[test]
    fn whatever_may_change_a_header_comes_in_the_way() {
        check("", None);
        check("#include <vector>", None);
        check("#define int long long\n#include <iostream>", None);
        check("#pragma pack(1)\n#include <iostream>", None);
        check("#ifdef X\n#include <iostream>\n#endif", None);
        check("int x;\n#include <iostream>", None);
        check("/*\n#include <iostream>\n", None);
        check("// \\\n#include <iostream>", None);
        check("#include <cstdio> \\\n\n#include <iostream>", None);
        check("#include <vector> int x;\n#include <iostream>", None);
    }
}
