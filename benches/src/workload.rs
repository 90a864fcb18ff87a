//! What the benches run on: small sources, the machine's sandbox, the bundled problems' programs.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Mutex,
    thread,
};

use anyhow::{Context, Result};
use riddle_engine::{
    problems::Verdict,
    sandbox::{Language as SandboxLanguage, Sandbox, SandboxOptions, default_cache},
};

use crate::pool::{LabelledProgram, Language};

/// Larger files are not programs that people wrote, in bytes.
const MAX_SOURCE_BYTES: usize = 256 << 10;

/// One ordinary source a language: name, language, text.
pub const SOURCES: [(&str, SandboxLanguage, &str); 5] = [
    (
        "cpp-bits",
        SandboxLanguage::Cpp,
        "#include <bits/stdc++.h>\nusing namespace std;\nint main() { int n; cin >> n; vector<int> a(n); \
         for (auto& x : a) cin >> x; sort(a.begin(), a.end()); map<int, int> m; for (int x : a) ++m[x]; \
         for (auto [x, k] : m) cout << x << ' ' << k << '\\n'; }",
    ),
    (
        "cpp-iostream",
        SandboxLanguage::Cpp,
        "#include <iostream>\nint main() { int a, b; std::cin >> a >> b; std::cout << a + b << std::endl; }",
    ),
    (
        "c",
        SandboxLanguage::C,
        "#include <stdio.h>\nint main() { int a, b; scanf(\"%d %d\", &a, &b); printf(\"%d\\n\", a + b); }",
    ),
    (
        "rust",
        SandboxLanguage::Rust,
        "use std::{collections::BTreeMap, io::*};\nfn main() { let mut text = String::new(); \
         stdin().read_to_string(&mut text).unwrap(); \
         let mut a: Vec<i32> = text.split_whitespace().skip(1).map(|x| x.parse().unwrap()).collect(); a.sort(); \
         let mut m = BTreeMap::new(); for x in a { *m.entry(x).or_insert(0) += 1; } \
         for (x, k) in m { println!(\"{x} {k}\"); } }",
    ),
    (
        "python",
        SandboxLanguage::Python,
        "n = int(input())\nprint(sum(map(int, input().split())))",
    ),
];

/// Opens the sandbox on the machine's cache.
///
/// # Panics
///
/// Panics if there is none: benches cannot go on without.
pub fn sandbox() -> Sandbox {
    open(true)
}

/// As [`sandbox`], but compiles everything anew.
///
/// # Panics
///
/// As [`sandbox`].
pub fn sandbox_without_store() -> Sandbox {
    open(false)
}

fn open(use_store: bool) -> Sandbox {
    sandbox_with(|it| it.use_store = use_store)
}

/// As [`sandbox`], with other options.
///
/// # Panics
///
/// As [`sandbox`].
pub fn sandbox_with(change: impl FnOnce(&mut SandboxOptions)) -> Sandbox {
    let cache = default_cache().expect("RIDDLE_CACHE or HOME is set");
    let mut options = SandboxOptions::new(cache);
    change(&mut options);
    Sandbox::open(options).expect("the sandbox opens")
}

/// Returns all files below a folder, in byte order of path.
///
/// # Errors
///
/// Returns an error if a folder cannot be read.
pub fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Reads the labelled C, C++ and Python programs of a problem's folder, in byte order of path, those
/// labelled `compile_error` left out: a pool makes its own.
///
/// # Errors
///
/// Returns an error if the folder cannot be read.
pub fn labelled_programs(problem: &Path) -> Result<Vec<LabelledProgram>> {
    let submissions = riddle_engine::problems::load_submissions(problem)
        .with_context(|| format!("failed to read `{}`", problem.display()))?;
    let programs = submissions.into_iter().filter_map(|submission| {
        let [file] = &submission.files[..] else {
            return None;
        };
        let extension = Path::new(&file.name).extension()?.to_str()?;
        // Old programs have comments in Latin-1, which matter to nobody.
        let source = String::from_utf8_lossy(&file.bytes).into_owned();
        let fits = source.len() <= MAX_SOURCE_BYTES;
        (fits && submission.label() != Some(Verdict::Ce)).then_some(LabelledProgram {
            source,
            language: Language::of_extension(extension)?,
            accepted: submission.label() == Some(Verdict::Ac),
        })
    });
    Ok(programs.collect())
}

/// Returns what lies in a folder, in byte order.
///
/// # Errors
///
/// Returns an error if it cannot be read.
pub fn entries_of(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs_err::read_dir(folder)?;
    let mut paths = entries
        .map(|it| Ok(it?.path()))
        .collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// Does something with each item, on two threads, and returns the results in the order of the items.
///
/// # Errors
///
/// Returns the first error of `work` that a thread met; the thread ends there.
///
/// # Panics
///
/// Panics if `work` does.
pub fn on_two_threads<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let next = Mutex::new(items.iter().enumerate());
    let done = Mutex::new(BTreeMap::new());
    let run = || -> Result<()> {
        loop {
            let Some((place, item)) = next.lock().expect("no panic").next() else {
                return Ok(());
            };
            let result = work(item)?;
            done.lock().expect("no panic").insert(place, result);
        }
    };
    thread::scope(|scope| {
        let threads = [scope.spawn(run), scope.spawn(run)];
        threads
            .into_iter()
            .try_for_each(|it| it.join().expect("no panic"))
    })?;
    Ok(done.into_inner().expect("no panic").into_values().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_read_by_label_and_language() {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in [
            ("accepted/b.py", "print(1)"),
            ("accepted/a.cc", "int main() {}"),
            ("accepted/A.java", "class A {}"),
            ("wrong_answer/a.c", "int main() { return 1; }"),
            ("compile_error/a.c", "int main("),
        ] {
            let file = folder.path().join("submissions").join(path);
            fs_err::create_dir_all(file.parent().unwrap()).unwrap();
            fs_err::write(file, text).unwrap();
        }
        let programs = labelled_programs(folder.path()).unwrap();
        let seen: Vec<_> = programs
            .iter()
            .map(|it| (it.language, it.accepted))
            .collect();
        let expected = [
            (Language::Cpp, true),
            (Language::Python, true),
            (Language::C, false),
        ];
        assert_eq!(seen, expected);
    }
}
