//! Rust: a rustc process makes an object, the linker of the same toolchain a module, both confined.
//!
//! rustc would start the linker itself; asked for an object it starts nothing, so that the fences are
//! those of C and C++. It knows no virtual folders, so that a source can name files outside its folder:
//! Landlock keeps them closed, and what the compiler may read itself is seen in its list of inputs. How
//! the toolchain was found is setup's.

use std::{
    borrow::Cow,
    path::{Path, PathBuf},
};

use super::{
    Compilation, CompileFailure, CompileFailureKind, Toolchain, printable,
    work::{self, Fault, Step, Tool, Work, unconfinable},
};
use crate::{
    CompileLimits, Digest, Language, SandboxError, SourceFiles,
    confine::{self, ConfineError},
    setup::{RUST_CODE, RustManifest, is_complete, recipe},
};

/// The editions that candidates are read by: the next one only if rustc says that it takes the source.
const EDITIONS: &[&str] = &["--edition=2021", "--edition=2024"];
/// How rustc says so.
const NEXT_EDITION: &str = "only allowed in Rust 2024";
/// Flags of candidates, beside those that shape code.
const CANDIDATE: &[&str] = &[
    "--crate-type=bin",
    // Not a cap on all lints: what rustc denies by itself is an error on judges, too, and one of these
    // lints bounds evaluation at compile time.
    "-Awarnings",
    "--error-format=short",
    "--color=never",
    "--emit=obj=main.o,dep-info=main.d",
    SOURCE,
];

/// The linker's flags.
const LINK: &[&str] = &[
    "-flavor",
    "wasm",
    "--threads=1",
    "--error-limit=5",
    "--color-diagnostics=never",
    "--gc-sections",
    "--strip-all",
    "--stack-first",
    "-zstack-size=268435456",
    // A program with an allocator of its own defines what the shim does: the first definition holds.
    "--allow-multiple-definition",
];

/// System calls that a program with Rust's runtime and the system's C library makes beyond clang's.
const CALLS: &[libc::c_long] = &[
    #[cfg(target_arch = "x86_64")]
    libc::SYS_poll,
    libc::SYS_ppoll,
    libc::SYS_pipe2,
    libc::SYS_fchmod,
];

const SOURCE: &str = "main.rs";
const OBJECT: &str = "main.o";
const INPUTS: &str = "main.d";
const MODULE: &str = "main.wasm";

/// How the line of the list of inputs begins that names those of the object.
const OBJECT_INPUTS: &str = "main.o: ";
/// What rustc says of a file that a source asks for: whether it is there, or why it cannot be read.
const OTHER_FILE: &[&str] = &[
    "couldn't read ",
    "wasn't a utf-8 file",
    "[E0583]",
    "[E0584]",
];
/// What is said in its place, which does not tell whether the file is there.
const NO_FILE: &str = "error: a candidate reads no file but its own";
/// Lines that say nothing of the source.
const SUMMARIES: &[&str] = &[
    "error: aborting due to ",
    "Some errors have detailed explanations",
    "For more information about ",
];
/// Crates that some judges have and we have not.
const UNSUPPORTED: &[&str] = &[
    "`ac_library`",
    "`itertools`",
    "`md5`",
    "`num`",
    "`num_bigint`",
    "`num_traits`",
    "`proconio`",
    "`rand`",
    "`regex`",
];
/// What is said of a crate that is not there.
const NO_CRATE: &[&str] = &[
    "unresolved import",
    "can't find crate",
    "crate or module",
    "module or crate",
];
/// The lint that bounds evaluation at compile time, to two million steps. A source that names it would
/// lift the bound.
const BOUNDING_LINT: &str = "long_running_const_eval";
/// The compiler's words when it crashes by a panic.
const CRASH: &str = "internal compiler error";

/// The toolchain of Rust candidates.
pub(crate) struct Rust {
    manifest: RustManifest,
    /// The folder that setup filled.
    folder: PathBuf,
    unconfined: bool,
}

impl Rust {
    /// Opens what setup found, if it is still there and the same.
    pub(crate) fn open(folder: &Path, unconfined: bool) -> Result<Self, SandboxError> {
        let missing = |reason: String| SandboxError::NoToolchain {
            language: Language::Rust,
            reason,
        };
        if !is_complete(folder) {
            return Err(missing("it is not installed".to_owned()));
        }
        if !unconfined && confine::landlock_abi().is_none() {
            return Err(unconfinable(&ConfineError::NoLandlock));
        }
        Ok(Self {
            manifest: RustManifest::read(folder).map_err(missing)?,
            folder: fs_err::canonicalize(folder)
                .map_err(|error| SandboxError::io("open the Rust toolchain", error))?,
            unconfined,
        })
    }

    /// Makes `main.o` of the source and of those beside it that it names as its modules.
    fn object(
        &self,
        source: &[u8],
        files: &SourceFiles,
        work: &mut Work<'_>,
    ) -> Result<Step, SandboxError> {
        let refused = |text: &str| Ok(Err(CompileFailure::rejected(text, text.len())));
        let files: Vec<_> = files.iter().filter(|(name, _)| *name != SOURCE).collect();
        for &(name, bytes) in files.iter().chain([&(SOURCE, source)]) {
            // What is no source may be a source's `include!`.
            let text = String::from_utf8_lossy(bytes);
            if is_source(name) && matches!(text, Cow::Owned(_)) {
                return refused("error: the source is not UTF-8");
            }
            if text.contains(BOUNDING_LINT) {
                return refused(
                    "error: evaluation at compile time is bounded, and the lint cannot be set",
                );
            }
            work.write(name, bytes)?;
        }
        // Where the standard library's sources are installed they are named as where they are not.
        let library = format!(
            "--remap-path-prefix={}/lib/rustlib/src/rust=/rustc/{}",
            self.manifest.sysroot.display(),
            self.manifest.field("commit-hash")
        );
        let here = format!("--remap-path-prefix={}/=", work.folder().display());
        let sysroot = format!("--sysroot={}", self.manifest.sysroot.display());
        let (rustc, max_bytes) = (&self.manifest.rustc, work.limits.object_bytes);
        let mut step = Ok(());
        for edition in EDITIONS {
            let own: &[&str] = &[&sysroot, &library, &here, edition];
            let arguments = [own, RUST_CODE, CANDIDATE].concat();
            step = self.run(rustc, &arguments, max_bytes, work)?;
            if !matches!(&step, Err(failure) if failure.text.contains(NEXT_EDITION)) {
                break;
            }
        }
        if step.is_ok() {
            let inputs = work.read(INPUTS, max_bytes)?;
            let inputs = String::from_utf8_lossy(&inputs);
            let is_own = |name: &str| {
                let name = plain(name);
                name == SOURCE || files.iter().any(|(own, _)| *own == name)
            };
            let object = inputs.lines().find_map(|it| it.strip_prefix(OBJECT_INPUTS));
            if !object.is_some_and(|names| names.split(' ').all(is_own)) {
                return refused(NO_FILE);
            }
        }
        Ok(step)
    }

    /// Makes `main.wasm` of `main.o`.
    fn link(&self, work: &mut Work<'_>) -> Result<Step, SandboxError> {
        let own = self.manifest.libraries.join("self-contained");
        let mut inputs = vec![own.join("crt1-command.o"), PathBuf::from(OBJECT)];
        inputs.extend(self.manifest.objects.iter().map(|it| self.folder.join(it)));
        inputs.extend(self.manifest.linked().map(Path::to_owned));
        inputs.push(own.join("libc.a"));
        let inputs: Vec<String> = inputs.iter().map(|it| it.display().to_string()).collect();
        let mut arguments = [LINK, &["-o", MODULE]].concat();
        arguments.extend(inputs.iter().map(String::as_str));
        self.run(
            &self.manifest.linker,
            &arguments,
            work.limits.module_bytes,
            work,
        )
    }

    /// Runs one of the two programs in the private folder; it may write files of so many bytes.
    fn run(
        &self,
        program: &Path,
        arguments: &[&str],
        file_bytes: u64,
        work: &mut Work<'_>,
    ) -> Result<Step, SandboxError> {
        let mut executable = vec![program];
        executable.extend(self.manifest.loader.as_deref());
        let mut readable = vec![self.manifest.libraries.as_path(), &self.folder];
        readable.extend(self.manifest.loaded.iter().map(PathBuf::as_path));
        let tool = Tool {
            program,
            environment: &[],
            executable: &executable,
            readable: &readable,
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
        if text.contains(CRASH) {
            let text = "the compiler crashed on this source";
            return CompileFailure::new(CompileFailureKind::Exhausted, text);
        }
        let is_unsupported = text.lines().any(|line| {
            NO_CRATE.iter().any(|it| line.contains(it))
                && UNSUPPORTED.iter().any(|it| line.contains(it))
        });
        let kind = if is_unsupported {
            CompileFailureKind::Unsupported
        } else {
            CompileFailureKind::Diagnostics
        };
        let paths = [
            format!("{}/", work.folder().display()),
            format!("{}/", self.manifest.sysroot.display()),
            format!("{}/", self.folder.display()),
        ];
        let text = paths
            .iter()
            .fold(diagnostics(text), |text, it| text.replace(it, ""));
        CompileFailure::new(kind, printable(&text, work.limits.diagnostics_bytes))
    }
}

fn is_source(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|it| it == "rs")
}

/// Follows the `..` of a path within the private folder, where no folder is a link.
fn plain(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match (part, parts.last()) {
            ("..", Some(&last)) if last != ".." && !last.is_empty() => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// Cuts rustc's messages to what a person or a model can use.
fn diagnostics(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        if line.is_empty() || SUMMARIES.iter().any(|it| line.starts_with(it)) {
            continue;
        }
        let is_of_a_file = OTHER_FILE.iter().any(|it| line.contains(it));
        lines.push(match line.split_once(": error") {
            Some((place, _)) if is_of_a_file => format!("{place}: {NO_FILE}"),
            None if is_of_a_file => NO_FILE.to_owned(),
            _ => line.to_owned(),
        });
    }
    lines.join("\n")
}

impl Toolchain for Rust {
    fn identity(&self) -> Digest {
        let flags = [RUST_CODE, CANDIDATE, EDITIONS, LINK].map(|it| it.join("\0"));
        let [code, candidate, editions, link] = flags.each_ref().map(String::as_bytes);
        Digest::of_parts(
            "riddle 2026-11-25 rust toolchain, files",
            &[&self.manifest.digest.0, code, candidate, editions, link],
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
        work::in_two_steps(
            limits,
            |work| self.object(source, files, work),
            |work| self.link(work),
            MODULE,
            recipe::STACK_BYTES,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(diagnostics(text), expected);
    }

    #[test]
    fn linker_is_told_the_size_of_the_stack() {
        let flag = format!("-zstack-size={}", recipe::STACK_BYTES);
        assert!(LINK.contains(&flag.as_str()));
    }

    #[test]
    fn paths_that_leave_the_folder_still_do() {
        for (path, expected) in [
            ("util/../words.txt", "words.txt"),
            ("a/b/../../c.rs", "c.rs"),
            ("a/../../c.rs", "../c.rs"),
            ("../../c.rs", "../../c.rs"),
            ("/../main.rs", "/../main.rs"),
            ("/etc/passwd", "/etc/passwd"),
        ] {
            assert_eq!(plain(path), expected);
        }
    }

    #[test]
    fn messages_keep_place_and_code_and_lose_the_summary() {
        check(
            "main.rs:1:13: error[E0425]: cannot find value `x` in this scope\n\
             error: aborting due to 1 previous error\n\n\
             For more information about this error, try `rustc --explain E0425`.\n",
            "main.rs:1:13: error[E0425]: cannot find value `x` in this scope",
        );
    }

    #[test]
    fn whether_a_file_is_there_is_not_told() {
        for said in [
            "couldn't read `/etc/passwd`: Permission denied (os error 13)",
            "couldn't read `/etc/nosuch`: No such file or directory (os error 2)",
        ] {
            check(
                &format!("main.rs:2:5: error: {said}\n"),
                "main.rs:2:5: error: a candidate reads no file but its own",
            );
        }
        check(
            "main.rs:1:1: error[E0583]: file not found for module `x`",
            "main.rs:1:1: error: a candidate reads no file but its own",
        );
    }
}
