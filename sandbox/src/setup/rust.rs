//! Finding the machine's Rust: a `rustc` with the target `wasm32-wasip1`, and what of it shapes a module.
//!
//! Nothing is copied: the manifest names the compiler's own folder and the files in it by size, time
//! and digest, so that a toolchain which was updated or removed is seen before it is used. What is made
//! are two small objects that every candidate is linked with. Nothing here sees a candidate.

use std::{
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use serde::{Deserialize, Serialize};

use super::{install::SetupError, layout, process::run};
use crate::Digest;

/// The text that names the recipe.
pub(super) const RECIPE: &str = concat!(
    include_str!("rust.rs"),
    include_str!("../../support/threads.rs")
);

/// The target of candidates.
const TARGET: &str = "wasm32-wasip1";
/// The manifest's file.
const MANIFEST: &str = "manifest.json";
/// The object between a program's calls of the allocator and the standard library's allocator. rustc
/// makes it for each program when it links, and always the same; candidates are linked by us.
const SHIM: &str = "allocator.o";
/// Our threads, and the symbols of the standard library that they use, by their ends.
const THREADS: &str = "threads.o";
const THREADS_SOURCE: &str = include_str!("../../support/threads.rs");
const THREADS_SYMBOLS: [(&str, &str); 2] = [
    ("@CURRENT@", "_3std6thread7current7CURRENT"),
    ("@ID@", "_3std6thread7current2id2ID"),
];
/// How the shim's name ends, and what is in the names of other objects only.
const SHIM_ENDING: &str = ".rcgu.o";
const OTHER_OBJECT: &str = "-cgu.";
/// Where dynamic loaders look up libraries.
const LOADER_CACHE: &str = "/etc/ld.so.cache";
/// Libraries of the compiler itself, by the start of their names; others are the system's.
const COMPILER_LIBRARIES: [&str; 2] = ["librustc_driver", "libLLVM"];

/// Flags that shape code, of candidates and of the two objects; the edition is a candidate's own.
pub(crate) const CODE: &[&str] = &[
    "--target",
    TARGET,
    "-Copt-level=3",
    "-Ccodegen-units=1",
    "-Cpanic=abort",
    "-Cdebuginfo=0",
    "-Cdebug-assertions=off",
    "-Coverflow-checks=off",
    "-Cmetadata=riddle",
];

/// What was found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RustManifest {
    /// Digest of the compiler, the linker, the libraries and our objects: whatever shapes a module apart
    /// from its source and the flags.
    pub(crate) digest: Digest,
    /// What `rustc -vV` prints.
    pub(crate) version: String,
    /// The compiler's folder.
    pub(crate) sysroot: PathBuf,
    /// The compiler itself, not rustup's stand-in for it.
    pub(crate) rustc: PathBuf,
    /// The linker that comes with it.
    pub(crate) linker: PathBuf,
    /// The folder of the target's libraries.
    pub(crate) libraries: PathBuf,
    /// The dynamic loader that starts both programs, if they need one.
    pub(crate) loader: Option<PathBuf>,
    /// The shared libraries that both programs load, and what the loader finds them by.
    pub(crate) loaded: Vec<PathBuf>,
    /// The objects that setup made, in its folder.
    pub(crate) objects: Vec<String>,
    /// The files of the toolchain that the digest covers.
    files: Vec<FileStamp>,
}

/// A file as it was: a cheap check that it is still the one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct FileStamp {
    path: PathBuf,
    bytes: u64,
    /// Time of the last change, in seconds and nanoseconds.
    modified: (i64, i64),
}

impl FileStamp {
    fn of(path: &Path) -> std::io::Result<Self> {
        let found = fs_err::metadata(path)?;
        Ok(Self {
            path: path.to_owned(),
            bytes: found.len(),
            modified: (found.mtime(), found.mtime_nsec()),
        })
    }
}

impl RustManifest {
    /// Reads the manifest, and checks that the toolchain is still the one that it describes.
    pub(crate) fn read(folder: &Path) -> Result<Self, String> {
        let bytes = fs_err::read(folder.join(MANIFEST)).map_err(|error| error.to_string())?;
        let manifest: Self = serde_json::from_slice(&bytes)
            .map_err(|error| format!("`{MANIFEST}` is broken: {error}"))?;
        let changed = |what: String| format!("rustc has changed since setup: {what}");
        for file in &manifest.files {
            let found = FileStamp::of(&file.path).map_err(|error| changed(error.to_string()))?;
            if found != *file {
                let path = file.path.display();
                return Err(changed(format!("`{path}` is another file")));
            }
        }
        for path in manifest.loader.iter().chain(&manifest.loaded) {
            fs_err::metadata(path).map_err(|error| changed(error.to_string()))?;
        }
        let version = version(&manifest.rustc).map_err(|error| changed(error.to_string()))?;
        if version != manifest.version {
            return Err(changed("it names another version".to_owned()));
        }
        Ok(manifest)
    }

    /// Returns one line for people.
    pub(crate) fn describe(&self) -> String {
        format!(
            "{}, digest {}",
            self.version.lines().next().unwrap_or_default(),
            &self.digest.to_string()[..12]
        )
    }

    /// Returns a field of `rustc -vV`, or nothing if it has none of that name.
    pub(crate) fn field(&self, name: &str) -> &str {
        field(&self.version, name)
    }

    /// Returns the libraries that candidates are linked with, in the order of their names.
    pub(crate) fn linked(&self) -> impl Iterator<Item = &Path> {
        /// What no candidate needs, and the runtime of panics that unwind, of which there is one.
        const LEFT_OUT: [&str; 4] = [
            "libpanic_unwind-",
            "libproc_macro-",
            "libtest-",
            "libgetopts-",
        ];
        let candidates = self.files.iter().map(|it| it.path.as_path());
        candidates.filter(|it| {
            let name = it.file_name().unwrap_or_default().to_string_lossy();
            name.ends_with(".rlib") && !LEFT_OUT.iter().any(|it| name.starts_with(it))
        })
    }
}

/// Finds the machine's Rust, adds the target if it is not there, and describes both in `folder`.
pub(super) fn build(folder: &Path, progress: &dyn Fn(&str)) -> Result<(), SetupError> {
    let here = folder.parent().unwrap_or(folder);
    let sysroot = sysroot(here)?;
    let libraries = sysroot.join("lib/rustlib").join(TARGET).join("lib");
    if !libraries.is_dir() {
        progress("adding rustc's target wasm32-wasip1");
        add_target(here)?;
    }
    let rustc = sysroot.join("bin/rustc");
    let version = version(&rustc)?;
    let host = sysroot.join("lib/rustlib").join(field(&version, "host"));
    let linker = host.join("bin/rust-lld");
    for path in [&rustc, &linker, &libraries] {
        if !path.exists() {
            let what = format!("there is no `{}`", path.display());
            return Err(SetupError::Incomplete { what });
        }
    }
    let mut objects = vec![SHIM.to_owned()];
    shim(&rustc, &sysroot, folder)?;
    if threads(&rustc, &sysroot, &libraries, folder)? {
        objects.push(THREADS.to_owned());
    }
    let (loader, loaded) = loaded(&[&rustc, &linker])?;

    let mut shaping = vec![rustc.clone(), linker.clone()];
    shaping.extend(loaded.iter().filter(|it| is_the_compilers(it)).cloned());
    for folder in [libraries.clone(), libraries.join("self-contained")] {
        shaping.extend(files(&folder).map_err(SetupError::Io)?);
    }
    let mut hasher = blake3::Hasher::new_derive_key("riddle 2026-11-24 rust files");
    hasher.update(version.as_bytes());
    let made = objects.iter().map(|it| folder.join(it));
    for path in shaping.iter().cloned().chain(made) {
        let mut file = blake3::Hasher::new();
        fs_err::File::open(path)
            .and_then(|it| file.update_reader(it).map(drop))
            .map_err(SetupError::Io)?;
        hasher.update(file.finalize().as_bytes());
    }
    let stamps: std::io::Result<Vec<_>> = shaping.iter().map(|it| FileStamp::of(it)).collect();
    let manifest = RustManifest {
        digest: Digest(*hasher.finalize().as_bytes()),
        version,
        sysroot,
        rustc,
        linker,
        libraries,
        loader,
        loaded,
        objects,
        files: stamps.map_err(SetupError::Io)?,
    };
    let text = serde_json::to_vec_pretty(&manifest).expect("a manifest is plain data");
    fs_err::write(folder.join(MANIFEST), text).map_err(SetupError::Io)?;
    layout::mark_complete(folder).map_err(SetupError::Io)
}

/// Asks the `rustc` on the path for its folder; by rustup that is the active toolchain's.
fn sysroot(here: &Path) -> Result<PathBuf, SetupError> {
    let mut ask = Command::new("rustc");
    let found = run(
        "look for the machine's Rust",
        ask.current_dir(here).args(["--print", "sysroot"]),
    );
    let sysroot = found.map_err(|error| SetupError::Missing {
        what: "rustc".to_owned(),
        install: "install Rust's stable toolchain by rustup, then run `riddle setup`",
        why: error.to_string(),
    })?;
    fs_err::canonicalize(sysroot.trim()).map_err(SetupError::Io)
}

fn add_target(here: &Path) -> Result<(), SetupError> {
    let mut add = Command::new("rustup");
    let added = run(
        "add a target to rustc",
        add.current_dir(here).args(["target", "add", TARGET]),
    );
    added.map(drop).map_err(|error| SetupError::Missing {
        what: format!("rustc's target {TARGET}"),
        install: "rustup target add wasm32-wasip1",
        why: error.to_string(),
    })
}

fn version(rustc: &Path) -> Result<String, SetupError> {
    run(
        "ask for a version",
        Command::new(rustc).arg("-vV").env_clear(),
    )
}

fn field<'a>(version: &'a str, name: &str) -> &'a str {
    let mut fields = version.lines().filter_map(|it| it.split_once(": "));
    fields.find(|it| it.0 == name).map_or("", |it| it.1)
}

/// Compiles one of our sources in a folder.
fn compile(
    rustc: &Path,
    sysroot: &Path,
    work: &Path,
    source: &str,
    arguments: &[&str],
) -> Result<(), SetupError> {
    fs_err::write(work.join("main.rs"), source).map_err(SetupError::Io)?;
    let mut command = Command::new(rustc);
    command.current_dir(work).env_clear();
    command.arg("--sysroot").arg(sysroot).args(CODE);
    command.args(["--edition=2021", "main.rs"]).args(arguments);
    run("compile a small Rust program", &mut command).map(drop)
}

/// Makes the object of threads; false if this standard library has not the statics that it needs, so
/// that a thread cannot be started.
fn threads(
    rustc: &Path,
    sysroot: &Path,
    libraries: &Path,
    folder: &Path,
) -> Result<bool, SetupError> {
    let mut source = THREADS_SOURCE.to_owned();
    let libraries = files(libraries).map_err(SetupError::Io)?;
    let is_std = |it: &&PathBuf| {
        let name = it.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("libstd-") && name.ends_with(".rlib")
    };
    let Some(library) = libraries.iter().find(is_std) else {
        return Ok(false);
    };
    let library = fs_err::read(library).map_err(SetupError::Io)?;
    for (place, ending) in THREADS_SYMBOLS {
        let Some(symbol) = symbol(&library, ending) else {
            return Ok(false);
        };
        source = source.replace(place, symbol);
    }
    let work = tempfile::tempdir().map_err(SetupError::Io)?;
    let arguments = ["--crate-type=lib", "--emit=obj=threads.o"];
    compile(rustc, sysroot, work.path(), &source, &arguments)?;
    fs_err::copy(work.path().join("threads.o"), folder.join(THREADS)).map_err(SetupError::Io)?;
    Ok(true)
}

/// Finds a symbol by its end among the names in a library.
fn symbol<'a>(library: &'a [u8], ending: &str) -> Option<&'a str> {
    let mut windows = library.windows(ending.len());
    let end = windows.position(|it| it == ending.as_bytes())? + ending.len();
    let is_of_a_name = |it: &u8| it.is_ascii_alphanumeric() || *it == b'_';
    let length = library[..end]
        .iter()
        .rev()
        .take_while(|it| is_of_a_name(it))
        .count();
    // What precedes the name may happen to be a letter, too.
    let name = std::str::from_utf8(&library[end - length..end]).ok()?;
    name.rfind("_RNv").map(|start| &name[start..])
}

/// Lets rustc link a program of one line, and keeps the shim.
fn shim(rustc: &Path, sysroot: &Path, folder: &Path) -> Result<(), SetupError> {
    let work = tempfile::tempdir().map_err(SetupError::Io)?;
    compile(
        rustc,
        sysroot,
        work.path(),
        "fn main() {}\n",
        &["-Csave-temps"],
    )?;
    let made = files(work.path()).map_err(SetupError::Io)?;
    let shim = made.iter().find(|it| {
        let name = it.to_string_lossy();
        name.ends_with(SHIM_ENDING) && !name.contains(OTHER_OBJECT)
    });
    let shim = shim.ok_or_else(|| SetupError::Incomplete {
        what: "rustc made no shim of the allocator".to_owned(),
    })?;
    fs_err::copy(shim, folder.join(SHIM)).map_err(SetupError::Io)?;
    Ok(())
}

/// Returns the loader of some programs and the shared libraries that they load.
fn loaded(programs: &[&Path]) -> Result<(Option<PathBuf>, Vec<PathBuf>), SetupError> {
    let mut text = String::new();
    for program in programs {
        // The dynamic loader lists what it would load, and starts nothing.
        let mut list = Command::new(program);
        list.env_clear().env("LD_TRACE_LOADED_OBJECTS", "1");
        text.push_str(&run("list the libraries of a program", &mut list)?);
    }
    let (loader, mut loaded) = libraries(&text);
    loaded.extend(Some(PathBuf::from(LOADER_CACHE)).filter(|it| it.is_file()));
    Ok((loader, loaded))
}

/// Reads the loader's lines: `name => /path (address)` for a library, `/path (address)` for itself.
fn libraries(text: &str) -> (Option<PathBuf>, Vec<PathBuf>) {
    let mut loader = None;
    let mut loaded = Vec::new();
    for line in text.lines() {
        let path = |text: &str| PathBuf::from(text.split(" (").next().unwrap_or_default().trim());
        match line.split_once(" => ") {
            Some((_, found)) if found.starts_with('/') => loaded.push(path(found)),
            None if line.trim().starts_with('/') => loader = Some(path(line)),
            // The kernel's own library has no file.
            _ => {}
        }
    }
    loaded.sort();
    loaded.dedup();
    (loader, loaded)
}

fn is_the_compilers(library: &Path) -> bool {
    let name = library.file_name().unwrap_or_default().to_string_lossy();
    COMPILER_LIBRARIES.iter().any(|it| name.starts_with(it))
}

/// Returns the files of a folder, in the order of their names.
fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs_err::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loaders_lines_are_read() {
        let text = "\tlinux-vdso.so.1 (0x00007f0c5f468000)\n\
                    \tlibz.so.1 => /lib/libz.so.1 (0x00007f3f26708000)\n\
                    \tlibc.so.6 => /lib/libc.so.6 (0x00007f3f1b41e000)\n\
                    \t/lib64/ld-linux-x86-64.so.2 (0x00007f0c5f46a000)\n\
                    \tlibz.so.1 => /lib/libz.so.1 (0x00007f3f26708000)\n";
        let (loader, loaded) = libraries(text);
        assert_eq!(loader, Some(PathBuf::from("/lib64/ld-linux-x86-64.so.2")));
        assert_eq!(
            loaded,
            ["/lib/libc.so.6", "/lib/libz.so.1"].map(PathBuf::from)
        );
    }

    #[test]
    fn a_symbol_is_found_by_its_end() {
        let library = b"\0\x04xx_RNvNtCsAb1_3std3now2ID\0more";
        assert_eq!(
            symbol(library, "_3std3now2ID"),
            Some("_RNvNtCsAb1_3std3now2ID")
        );
        assert_eq!(symbol(library, "_3std4then2ID"), None);
    }

    /// Describes a toolchain that is one file, and a compiler that prints its arguments.
    fn manifest(file: &Path) -> RustManifest {
        RustManifest {
            digest: Digest::of(b""),
            version: "-vV\n".to_owned(),
            sysroot: PathBuf::from("/"),
            rustc: PathBuf::from("/bin/echo"),
            linker: PathBuf::new(),
            libraries: PathBuf::new(),
            loader: None,
            loaded: Vec::new(),
            objects: Vec::new(),
            files: vec![FileStamp::of(file).unwrap()],
        }
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut RustManifest, &Path), expected: Option<&str>) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rustc");
        fs_err::write(&file, "a compiler").unwrap();
        let mut manifest = manifest(&file);
        change(&mut manifest, &file);
        let text = serde_json::to_vec(&manifest).unwrap();
        fs_err::write(folder.path().join(MANIFEST), text).unwrap();
        match (RustManifest::read(folder.path()), expected) {
            (Ok(_), None) => {}
            (Err(error), Some(expected)) => {
                assert!(
                    error.starts_with("rustc has changed since setup: "),
                    "{error}"
                );
                assert!(error.contains(expected), "{error}");
            }
            (read, _) => panic!("{read:?}"),
        }
    }

    #[test]
    fn a_toolchain_that_has_changed_is_not_read() {
        check(|_, _| {}, None);
        check(
            |_, file| fs_err::write(file, "another").unwrap(),
            Some("another file"),
        );
        check(
            |_, file| fs_err::write(file, "b compiler").unwrap(),
            Some("another file"),
        );
        check(|_, file| fs_err::remove_file(file).unwrap(), Some("rustc`"));
        check(
            |it, _| it.loaded = vec!["/nowhere.so".into()],
            Some("/nowhere.so"),
        );
        check(
            |it, _| it.version = "rustc 1.0.0\n".to_owned(),
            Some("another version"),
        );
        check(|it, _| it.rustc = "/nowhere".into(), Some("/nowhere"));
    }

    #[test]
    fn a_field_of_the_version_is_found() {
        let version = "rustc 1.0.0\nbinary: rustc\nhost: x86_64-unknown-linux-gnu\n";
        assert_eq!(field(version, "host"), "x86_64-unknown-linux-gnu");
        assert_eq!(field(version, "nothing"), "");
    }
}
