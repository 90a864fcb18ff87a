//! C and C++: a clang process makes an object, a linker process a module, both confined.
//!
//! The compiler sees two folders under virtual names, the libraries' and one that holds the source;
//! everything else does not exist for it, and Landlock, seccomp and limits hold where that fails. How
//! compilers are called is the recipe's; how the libraries were built is setup's.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    Compilation, CompileFailure, CompileFailureKind, CompileOutcome, ProcessTimes, Toolchain,
    cpp_text::{Precompiled, without_failed_constexpr},
    formats, lp64, names, parts, printable,
    work::{Fault, Step, Tool, Work, unconfinable},
    zeros,
};
use crate::{
    CompileLimits, Digest, Language, SandboxError, SourceFiles,
    confine::{self, ConfineError},
    link,
    setup::{SysrootManifest, is_complete, recipe},
};

/// Times that a source is compiled again with fewer `constexpr`, by one standard.
const MAX_CONSTEXPR_ROUNDS: usize = 3;
/// Times that a source is compiled until the compiler advises nothing more; its messages may be cut.
const MAX_ADVICE_ROUNDS: usize = 4;
/// What the compiler says of a name that is the source's and, by a newer standard, also the library's.
const AMBIGUOUS: &str = "is ambiguous";
/// What messages quote when a source uses what judges have and we have not.
const UNSUPPORTED: &[&str] = &["'ext/pb_ds/", "'_mm", "'__m128", "'__m256"];

/// What comes before a C source that calls functions without declaring them: in wasm32 a call must return
/// the type that the function does.
const UNDECLARED_HEADERS: &[u8] =
    b"#include <stdlib.h>\n#include <string.h>\n#include <time.h>\n#include <unistd.h>\n#line 1\n";

/// The largest object of a program without huge arrays: beyond it, clang is writing zeros.
const ORDINARY_OBJECT_BYTES: u64 = 64 << 20;

/// The folder in the private one that the compiler sees.
const VISIBLE: &str = "source";
const OBJECT: &str = "main.o";
const TEXT: &str = "main.ll";
const MODULE: &str = "main.wasm";

/// The compiler's messages, or what is wrong with the source.
type Emitted = Result<String, CompileFailure>;

/// The text of all that changes a source on its way: an artifact of other code is another.
const SOURCES: &str = concat!(
    include_str!("clang.rs"),
    include_str!("cpp_text.rs"),
    include_str!("formats.rs"),
    include_str!("gnu_names.txt"),
    include_str!("lp64.rs"),
    include_str!("names.rs"),
    include_str!("parts.rs"),
    include_str!("tokens.rs"),
    include_str!("zeros.rs"),
);

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
    /// What candidates are linked onto; `None` gives each a library of its own.
    runtime: Option<Arc<link::Runtime>>,
    unconfined: bool,
}

impl Clang {
    /// Opens the folder that setup built.
    pub(crate) fn open(
        sysroot: &Path,
        language: ClangLanguage,
        runtime: Option<Arc<link::Runtime>>,
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
            runtime,
            unconfined,
        })
    }

    /// Makes `main.o`: of the source as a judge reads it, with names that are its own and a `long` of 64
    /// bits, and if that is no program, of the source as it is.
    fn object(
        &self,
        source: &[u8],
        files: &SourceFiles,
        work: &mut Work<'_>,
    ) -> Result<Step, SandboxError> {
        let is_c = self.language == ClangLanguage::C;
        for (name, text) in files.iter() {
            let wide = parts::is_text(name)
                .then(|| lp64::with_64_bit_long(text, is_c, &[]))
                .flatten();
            write_source(name, wide.as_deref().unwrap_or(text), work)?;
        }
        // A header may have the name as well, and would keep it.
        let named = if is_c || !files.is_empty() {
            None
        } else {
            names::with_own_names(source)
        };
        for text in [named.as_deref(), Some(source)].into_iter().flatten() {
            let wide = lp64::with_64_bit_long(text, is_c, &[]);
            if wide.is_none() && text == source {
                continue;
            }
            let mut made = self.object_of(wide.as_deref().unwrap_or(text), work)?;
            if let Err(failure) = &made
                && let lines @ [_, ..] = &*declared_twice(&failure.text)
                && let Some(wide) = lp64::with_64_bit_long(text, is_c, lines)
            {
                made = self.object_of(&wide, work)?;
            }
            if !matches!(&made, Err(failure) if is_about_source(failure)) {
                return Ok(made);
            }
        }
        // Whoever reads the messages knows the source as it was.
        for (name, text) in files.iter() {
            write_source(name, text, work)?;
        }
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
            // A limit that was met says nothing about the source.
            if !matches!(&again, Err(failure) if is_about_source(failure)) {
                return Ok(again);
            }
        }
        if matches!(&last, Err(failure) if failure.text.contains(AMBIGUOUS)) {
            let old = self.object_by(Some(recipe::CPP_OLD_STANDARD), source, work)?;
            if !matches!(&old, Err(failure) if is_about_source(failure)) {
                return Ok(old);
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
        let mut text = std::borrow::Cow::Borrowed(source);
        for _ in 0..MAX_ADVICE_ROUNDS {
            let messages = match compile(&text, work)? {
                Ok(messages) => messages,
                Err(failure) if is_about_source(&failure) && text != source => {
                    return Ok(compile(source, work)?.map(drop));
                }
                Err(failure) => return Ok(Err(failure)),
            };
            let mut advised =
                formats::with_suggested_lengths(&text, &self.source_path(), &messages);
            if standard.is_none() && formats::calls_undeclared(&messages) && text == source {
                advised = Some([UNDECLARED_HEADERS, advised.as_deref().unwrap_or(source)].concat());
            }
            match advised {
                Some(advised) => text = advised.into(),
                None => break,
            }
        }
        Ok(Ok(()))
    }

    fn c_object(&self, source: &[u8], work: &mut Work<'_>) -> Result<Emitted, SandboxError> {
        let path = self.write(source, work)?;
        let arguments = [
            recipe::COMMON,
            formats::FLAGS,
            recipe::C,
            &[recipe::NO_ASSEMBLY],
        ];
        self.emit(&arguments.concat(), &path, work)
    }

    /// Makes `main.o` by one standard: with the precompiled library or, where that has more than was asked
    /// for and this is in the way, without.
    fn cpp_object(
        &self,
        standard: &str,
        source: &[u8],
        work: &mut Work<'_>,
    ) -> Result<Emitted, SandboxError> {
        let path = self.write(source, work)?;
        if standard == recipe::CPP_OLD_STANDARD {
            return self.cpp_object_with(None, standard, &path, work);
        }
        let precompiled = Precompiled::of(source);
        let made = self.cpp_object_with(precompiled.first, standard, &path, work)?;
        match made {
            Err(failure)
                if failure.kind == CompileFailureKind::Diagnostics
                    && precompiled.may_be_in_the_way(&failure.text) =>
            {
                self.cpp_object_with(precompiled.exact, standard, &path, work)
            }
            made => Ok(made),
        }
    }

    fn cpp_object_with(
        &self,
        header: Option<&str>,
        standard: &str,
        path: &str,
        work: &mut Work<'_>,
    ) -> Result<Emitted, SandboxError> {
        let standard_flag = format!("-std={standard}");
        let precompiled =
            header.map(|it| format!("{}/{}", recipe::SYSROOT, recipe::precompiled(it, standard)));
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
        arguments.extend(["-x", "c++"]);
        self.emit(&arguments, path, work)
    }

    /// Compiles the source at `path` to `main.o`. Where global arrays make that too large, they are left
    /// out of it for the linker to make.
    fn emit(
        &self,
        arguments: &[&str],
        path: &str,
        work: &mut Work<'_>,
    ) -> Result<Emitted, SandboxError> {
        let emit = |what, output| [arguments, &[what, "-o", output, path]].concat();
        let whole = work.limits.object_bytes;
        let Some(runtime) = &self.runtime else {
            return self.run(&emit("-emit-obj", OBJECT), whole, work);
        };
        let first = whole.min(ORDINARY_OBJECT_BYTES);
        let made = self.run(&emit("-emit-obj", OBJECT), first, work)?;
        let is_too_large =
            matches!(&made, Err(it) if it.kind == CompileFailureKind::ObjectTooLarge);
        if !is_too_large || first == whole {
            return Ok(made);
        }
        let emitted = self.run(&emit("-emit-llvm", TEXT), first, work)?;
        if let Err(failure) = &emitted
            && failure.kind == CompileFailureKind::Backstop
        {
            return Ok(emitted);
        }
        if emitted.is_ok() {
            let text = work.read(TEXT, first)?;
            if let Some(text) = zeros::without_zeros(&String::from_utf8_lossy(&text)) {
                let path = write_source(TEXT, text.as_bytes(), work)?;
                let rest = [
                    "-x",
                    "ir",
                    "-disable-llvm-passes",
                    "-emit-obj",
                    "-o",
                    OBJECT,
                    &path,
                ];
                let again = self.run(&[recipe::COMMON, &rest].concat(), first, work)?;
                // The static linker makes no zeros.
                if again.is_ok() && link::link(&work.read(OBJECT, first)?, runtime).is_ok() {
                    // The messages about the source are those of its first step.
                    return Ok(emitted);
                }
            }
        }
        self.run(&emit("-emit-obj", OBJECT), whole, work)
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
        let overlay = recipe::overlay(&[
            (recipe::SYSROOT, self.sysroot.as_path()),
            (recipe::SOURCE, &work.folder().join(VISIBLE)),
        ]);
        fs_err::write(work.folder().join(recipe::OVERLAY_FILE), overlay)
            .map_err(|error| SandboxError::io("write a candidate's source", error))?;
        write_source(name, source, work)
    }

    /// Links `main.o` onto the shared runtime or, where that cannot be, with a library of its own.
    fn linked(&self, work: &mut Work<'_>) -> Result<CompileOutcome, SandboxError> {
        let reason = match &self.runtime {
            Some(runtime) => {
                let object = work.read(OBJECT, work.limits.object_bytes)?;
                match link::link(&object, runtime) {
                    Ok(wasm) => return Ok(CompileOutcome::Shared { wasm }),
                    Err(error) => error.to_string(),
                }
            }
            None => "it was asked for".to_owned(),
        };
        Ok(match self.link(work)? {
            Err(failure) => CompileOutcome::Failed(failure),
            Ok(()) => CompileOutcome::Module {
                wasm: work.read(MODULE, work.limits.module_bytes)?,
                stack_bytes: recipe::STACK_BYTES,
                static_reason: Some(reason),
            },
        })
    }

    /// Makes `main.wasm` of `main.o` by the static linker.
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
    ) -> Result<Emitted, SandboxError> {
        let tool = Tool {
            program: &self.zig,
            environment: &[],
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

/// Writes a file where the compiler sees it; returns its virtual path.
fn write_source(name: &str, text: &[u8], work: &Work<'_>) -> Result<String, SandboxError> {
    work.write(&format!("{VISIBLE}/{name}"), text)?;
    Ok(format!("{}/{name}", recipe::SOURCE))
}

/// Returns the lines of declarations that messages say are there twice, in ascending order.
fn declared_twice(messages: &str) -> Vec<usize> {
    if !["redefinition of", "redeclar", "duplicate"]
        .iter()
        .any(|it| messages.contains(it))
    {
        return Vec::new();
    }
    let mut lines: Vec<usize> = messages
        .lines()
        .filter_map(|it| {
            it.strip_prefix("main.cpp:")?
                .split(':')
                .next()?
                .parse()
                .ok()
        })
        .collect();
    lines.sort_unstable();
    lines.dedup();
    lines
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
            "riddle 2026-11-24 clang toolchain",
            &[
                SOURCES.as_bytes(),
                link::SOURCES.as_bytes(),
                &self.digest.0,
                language.name().as_bytes(),
                &[u8::from(self.runtime.is_some())],
            ],
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
        let mut work = Work::new(limits)?;
        let made = self.object(&parts::joined(source, files), files, &mut work)?;
        let compiler = work.take_cpu_time();
        let outcome = match made {
            Err(failure) => CompileOutcome::Failed(failure),
            Ok(()) => self.linked(&mut work)?,
        };
        Ok(Compilation {
            outcome,
            processes: ProcessTimes {
                compiler,
                linker: work.take_cpu_time(),
            },
        })
    }
}
