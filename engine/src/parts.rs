//! The files of a labelled program: its main one, its language, and what lies beside.
//!
//! Compiles nothing.

use std::path::Path;

use riddle_problems::{SourceFile, Submission, Task};
use riddle_sandbox::{Compiled, Language, Sandbox, SandboxError, SourceFiles};

use crate::python2;

/// A program's files, sorted.
#[derive(Debug)]
pub(crate) struct Parts<'a> {
    pub(crate) language: Language,
    main: &'a SourceFile,
    beside: SourceFiles,
    /// Size of its own files, in bytes.
    pub(crate) n_bytes: u64,
}

impl<'a> Parts<'a> {
    /// Sorts a program's files, and puts the problem's own beside them. `Err` is why it is not judged.
    pub(crate) fn of(submission: &'a Submission, task: &Task) -> Result<Self, String> {
        let entry = submission.entry.as_deref();
        let files = &submission.files;
        let main = files.iter().find(|it| Some(it.name.as_str()) == entry);
        let usual = || files.iter().find(|it| has_usual_name(&it.name));
        let known = || files.iter().find(|it| language_of(&it.name).is_some());
        let main = main.or_else(usual).or_else(known);
        let named = main.and_then(|it| Some((it, language_of(&it.name)?)));
        let Some((main, language)) = named else {
            return Err("the file's ending is of no language that we know".to_owned());
        };
        if language == Language::Python
            && let Some(sign) = python2::sign(&main.bytes)
        {
            return Err(format!("this is Python 2: {sign}"));
        }
        let named = |name: &str| task.includes.iter().find(|it| it.language == name);
        let include = named(code_of(language)).or_else(|| named("default"));
        let own = include.map_or(&[][..], |it| &it.files);
        // The problem's own stand in the place of those that the program brings.
        let brought = files
            .iter()
            .filter(|it| own.iter().all(|own| own.name != it.name));
        let mut beside = SourceFiles::default();
        for file in own.iter().chain(brought).filter(|it| it.name != main.name) {
            add(&mut beside, file)?;
        }
        Ok(Self {
            language,
            main,
            beside,
            n_bytes: files.iter().map(|it| it.bytes.len() as u64).sum(),
        })
    }

    /// Returns its language by the code of the package formats, and its main file: what a static validator is told.
    pub(crate) fn entry_point(&self) -> [&str; 2] {
        [code_of(self.language), &self.main.name]
    }

    /// Returns all files, those of the problem included.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let main = (&*self.main.name, &*self.main.bytes);
        std::iter::once(main).chain(self.beside.iter())
    }

    pub(crate) fn compile(&self, sandbox: &Sandbox) -> Result<Compiled, SandboxError> {
        sandbox.compile_with(self.language, &self.main.bytes, &self.beside)
    }
}

fn add(beside: &mut SourceFiles, file: &SourceFile) -> Result<(), String> {
    let added = beside.add(&file.name, file.bytes.clone());
    added.map_err(|error| error.to_string())
}

pub(crate) fn language_of(name: &str) -> Option<Language> {
    Language::from_path(Path::new(name))
}

/// Whether a file is called as main files are: `main.cpp`, `Main.go`, `__main__.py`.
fn has_usual_name(name: &str) -> bool {
    let stem = Path::new(name).file_stem().and_then(|it| it.to_str());
    matches!(stem, Some("main" | "Main" | "__main__")) && language_of(name).is_some()
}

/// A language's code in the package formats.
fn code_of(language: Language) -> &'static str {
    match language {
        Language::Python => "python3",
        other => other.name(),
    }
}

#[cfg(test)]
mod tests {
    use riddle_problems::Include;

    use super::*;

    fn file(name: &str) -> SourceFile {
        SourceFile {
            name: name.to_owned(),
            bytes: name.into(),
        }
    }

    fn submission(names: &[&str], entry: Option<&str>) -> Submission {
        Submission {
            path: "submissions/accepted/x".to_owned(),
            expected: None,
            language: None,
            entry: entry.map(str::to_owned),
            files: names.iter().map(|it| file(it)).collect(),
        }
    }

    #[track_caller]
    fn check(names: &[&str], entry: Option<&str>, expected: Result<&str, &str>) {
        let submission = submission(names, entry);
        let parts = Parts::of(&submission, &Task::default());
        let main = parts.as_ref().map(|it| it.main.name.as_str());
        assert_eq!(main.map_err(String::as_str), expected);
    }

    #[test]
    fn the_main_file_is_found() {
        check(&["a.cpp"], None, Ok("a.cpp"));
        check(&["a.cpp", "b.h", "main.cpp"], None, Ok("main.cpp"));
        check(&["a.cpp", "b.cpp"], Some("b.cpp"), Ok("b.cpp"));
        check(&["notes.txt", "z.py"], Some("gone"), Ok("z.py"));
        check(
            &["a.hs"],
            None,
            Err("the file's ending is of no language that we know"),
        );
    }

    #[test]
    fn python_2_is_not_ours() {
        let mut submission = submission(&["a.py"], None);
        submission.files[0].bytes = b"#!/usr/bin/env python2\n".to_vec();
        let reason = Parts::of(&submission, &Task::default()).unwrap_err();
        assert_eq!(reason, "this is Python 2: its first line names `python2`");
    }

    #[test]
    fn the_problems_own_files_lie_beside() {
        let task = Task {
            includes: vec![Include {
                language: "cpp".to_owned(),
                files: vec![SourceFile {
                    name: "grader.h".to_owned(),
                    bytes: b"own".to_vec(),
                }],
            }],
            ..Task::default()
        };
        let submission = submission(&["a.cpp", "grader.h", "other.h"], None);
        let parts = Parts::of(&submission, &task).unwrap();
        let beside: Vec<_> = parts.beside.iter().collect();
        assert_eq!(parts.main.name, "a.cpp");
        assert_eq!(
            beside,
            [("grader.h", &b"own"[..]), ("other.h", &b"other.h"[..])]
        );
    }
}
