//! C and C++: a clang process makes an object, a linker process a module, both confined.
//!
//! The compiler sees two folders under virtual names, the libraries' and one that holds the source;
//! everything else does not exist for it, and Landlock, seccomp and limits hold where that fails. How
//! compilers are called is the recipe's; how the libraries were built is setup's.

use std::path::{Path, PathBuf};

use super::{
    Compilation, CompileFailure, CompileFailureKind, Toolchain,
    cpp_text::{precompiled_header, without_failed_constexpr},
    formats, lp64, printable,
    work::{self, Fault, Step, Tool, Work, unconfinable},
};
use crate::{
    CompileLimits, Digest, Language, SandboxError,
    confine::{self, ConfineError},
    setup::{SysrootManifest, is_complete, recipe},
};

/// Times that a source is compiled again with fewer `constexpr`, by one standard.
const MAX_CONSTEXPR_ROUNDS: usize = 3;
/// What messages quote when a source uses what judges have and we have not.
const UNSUPPORTED: &[&str] = &["'ext/pb_ds/", "'_mm", "'__m128", "'__m256"];

/// What comes before a C source that calls functions without declaring them: in wasm32 a call must return
/// the type that the function does.
const UNDECLARED_HEADERS: &[u8] =
    b"#include <stdlib.h>\n#include <string.h>\n#include <time.h>\n#include <unistd.h>\n#line 1\n";

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

    /// Makes `main.o`: of the source with a `long` of 64 bits, and if that is no program, of the source as
    /// it is.
    fn object(&self, source: &[u8], work: &mut Work<'_>) -> Result<Step, SandboxError> {
        let is_c = self.language == ClangLanguage::C;
        if let Some(wide) = lp64::with_64_bit_long(source, is_c) {
            let made = self.object_of(&wide, work)?;
            if !matches!(&made, Err(failure) if is_about_source(failure)) {
                return Ok(made);
            }
        }
        // Whoever reads the messages knows the source as it was.
        self.object_of(source, work)
    }

    /// Makes `main.o`: by the first standard that takes the source, and where only `constexpr` is in
    /// the way, without it.
    fn object_of(&self, source: &[u8], work: &mut Work<'_>) -> Result<Step, SandboxError> {
        if self.language == ClangLanguage::C {
            return self.object_by(None, source, work);
        }
        let mut last = Ok(());
        for standard in recipe::CPP_STANDARDS {
            last = self.object_by(Some(standard), source, work)?;
            let mut changed = source.to_vec();
            let mut again = last.clone();
            for _ in 0..MAX_CONSTEXPR_ROUNDS {
                let Err(failure) = &again else { break };
                let Some(fewer) = without_failed_constexpr(&changed, &failure.text) else {
                    break;
                };
                changed = fewer;
                again = self.object_by(Some(standard), &changed, work)?;
            }
            if again.is_ok() {
                return Ok(again);
            }
            if !matches!(&last, Err(failure) if is_about_source(failure)) {
                break;
            }
        }
        Ok(last)
    }

    /// Makes `main.o` by one standard, a second time where the compiler had better advice: on formats of
    /// another length than their arguments, on functions that are not declared.
    fn object_by(
        &self,
        standard: Option<&str>,
        source: &[u8],
        work: &mut Work<'_>,
    ) -> Result<Step, SandboxError> {
        let compile = |source: &[u8], work: &mut Work<'_>| match standard {
            None => self.c_object(source, work),
            Some(standard) => self.cpp_object(standard, source, work),
        };
        let messages = match compile(source, work)? {
            Ok(messages) => messages,
            Err(failure) => return Ok(Err(failure)),
        };
        let mut advised = formats::with_suggested_lengths(source, &self.source_path(), &messages);
        if standard.is_none() && formats::calls_undeclared(&messages) {
            let source = advised.as_deref().unwrap_or(source);
            advised = Some([UNDECLARED_HEADERS, source].concat());
        }
        if let Some(advised) = advised
            && compile(&advised, work)?.is_err()
        {
            return Ok(compile(source, work)?.map(drop));
        }
        Ok(Ok(()))
    }

    fn c_object(
        &self,
        source: &[u8],
        work: &mut Work<'_>,
    ) -> Result<Result<String, CompileFailure>, SandboxError> {
        let path = self.write(source, work)?;
        let arguments = [
            recipe::COMMON,
            formats::FLAGS,
            recipe::C,
            &["-emit-obj", "-o", OBJECT, &path],
        ];
        self.run(&arguments.concat(), work.limits.object_bytes, work)
    }

    fn cpp_object(
        &self,
        standard: &str,
        source: &[u8],
        work: &mut Work<'_>,
    ) -> Result<Result<String, CompileFailure>, SandboxError> {
        let path = self.write(source, work)?;
        let standard_flag = format!("-std={standard}");
        let precompiled = precompiled_header(source)
            .map(|it| format!("{}/{}", recipe::SYSROOT, recipe::precompiled(it, standard)));
        let mut arguments = [
            recipe::COMMON,
            formats::FLAGS,
            recipe::CPP,
            recipe::CPP_CANDIDATE,
            &[&standard_flag],
        ]
        .concat();
        if let Some(precompiled) = &precompiled {
            arguments.extend(["-include-pch", precompiled]);
        }
        arguments.extend(["-x", "c++", "-emit-obj", "-o", OBJECT, &path]);
        self.run(&arguments, work.limits.object_bytes, work)
    }

    /// Returns the path by which the compiler knows the source.
    fn source_path(&self) -> String {
        let name = match self.language {
            ClangLanguage::C => "main.c",
            ClangLanguage::Cpp => "main.cpp",
        };
        format!("{}/{name}", recipe::SOURCE)
    }

    /// Writes the source and the overlay; returns the source's virtual path.
    fn write(&self, source: &[u8], work: &Work<'_>) -> Result<String, SandboxError> {
        let path = self.source_path();
        let name = path.rsplit('/').next().unwrap_or_default();
        let visible = work.folder().join("source");
        let overlay = recipe::overlay(&[
            (recipe::SYSROOT, self.sysroot.as_path()),
            (recipe::SOURCE, &visible),
        ]);
        fs_err::create_dir_all(&visible)
            .and_then(|()| fs_err::write(visible.join(name), source))
            .and_then(|()| fs_err::write(work.folder().join(recipe::OVERLAY_FILE), overlay))
            .map_err(|error| SandboxError::io("write a candidate's source", error))?;
        Ok(path)
    }

    /// Makes `main.wasm` of `main.o`.
    fn link(&self, work: &mut Work<'_>) -> Result<Step, SandboxError> {
        let libraries = match self.language {
            ClangLanguage::C => recipe::C_LIBRARIES,
            ClangLanguage::Cpp => recipe::CPP_LIBRARIES,
        };
        let libraries: Vec<String> = libraries
            .iter()
            .map(|it| self.sysroot.join("lib").join(it).display().to_string())
            .collect();
        let mut arguments = [recipe::LINK, &["-o", MODULE, OBJECT]].concat();
        arguments.extend(libraries.iter().map(String::as_str));
        let ran = self.run(&arguments, work.limits.module_bytes, work)?;
        Ok(ran.map(drop))
    }

    /// Runs one of the wheel's tools in the private folder; it may write files of so many bytes. Returns its
    /// messages.
    fn run(
        &self,
        arguments: &[&str],
        file_bytes: u64,
        work: &mut Work<'_>,
    ) -> Result<Result<String, CompileFailure>, SandboxError> {
        let tool = Tool {
            program: &self.zig,
            executable: &[&self.zig],
            readable: &[&self.sysroot],
            calls: &[],
            unconfined: self.unconfined,
        };
        let max_bytes = work.limits.diagnostics_bytes;
        let ran = work.run(&tool, arguments, file_bytes)?;
        Ok(ran.map_err(|fault| match fault {
            Fault::Limit(failure) => failure,
            Fault::Messages(text) => self.failure(&text, max_bytes),
        }))
    }

    /// Says what is wrong with the source by a tool's messages.
    fn failure(&self, text: &str, max_bytes: usize) -> CompileFailure {
        let kind = if UNSUPPORTED.iter().any(|it| text.contains(it)) {
            CompileFailureKind::Unsupported
        } else {
            CompileFailureKind::Diagnostics
        };
        CompileFailure::new(kind, self.diagnostics(text, max_bytes))
    }

    /// Cuts messages to what a person or a model can use: no paths of this machine, nothing that a
    /// terminal would act on.
    fn diagnostics(&self, text: &str, max_bytes: usize) -> String {
        let libraries = format!("{}/lib/", self.sysroot.display());
        // A recursive include would fill the text with the way to the message.
        let lines = text
            .lines()
            .filter(|it| !it.starts_with("In file included from "))
            .filter(|it| !formats::is_about_formats(it) && !is_quotation(it));
        let text = lines
            .collect::<Vec<_>>()
            .join("\n")
            .replace(&format!("{}/", recipe::SOURCE), "")
            .replace(&format!("{}/include/", recipe::SYSROOT), "")
            .replace(&libraries, "");
        printable(&text, max_bytes)
    }
}

/// Returns true if another reading of the source may do better.
fn is_about_source(failure: &CompileFailure) -> bool {
    failure.kind == CompileFailureKind::Diagnostics
}

/// Returns true for a line below a message that quotes the source or points into it, `   12 | int x;`.
fn is_quotation(line: &str) -> bool {
    let rest = line.trim_start();
    let rest = rest.trim_start_matches(|it: char| it.is_ascii_digit());
    rest.starts_with(" | ") || (rest.starts_with("| ") && line.starts_with(' '))
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
        work::in_two_steps(
            limits,
            |work| self.object(source, work),
            |work| self.link(work),
            MODULE,
        )
    }
}
