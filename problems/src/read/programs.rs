//! Reading the programs of a package that judge or validate, and the files for submissions.
//!
//! What a program is written in is guessed from its files' endings, as the package formats do it;
//! whether we can run it is not known here.

use std::collections::BTreeSet;

use super::constants::Constants;
use super::tree::{Budget, Tree, base_name, extension, is_hidden};
use crate::error::LoadError;
use crate::{Include, JudgeLanguage, JudgeProgram, Protocol, SourceFile};

/// Reads programs out of one budget, with the package's constants put in.
pub(super) struct Programs<'a> {
    pub(super) tree: &'a Tree,
    pub(super) constants: &'a Constants,
    pub(super) budget: &'a mut Budget,
    pub(super) protocol: Protocol,
}

impl Programs<'_> {
    /// Reads the programs of a folder where each file and each folder is one. Headers that lie among
    /// them go with every file.
    pub(super) fn each_in(&mut self, folder: &str) -> Result<Vec<JudgeProgram>, LoadError> {
        let files = self.files(folder)?;
        let below = |file: &'_ str| file[folder.len() + 1..].to_owned();
        let is_header = |it: &&String| !below(it).contains('/') && is_header(it);
        let headers: Vec<String> = files.iter().filter(is_header).cloned().collect();
        let mut programs = Vec::new();
        let mut files = files.iter().peekable();
        while let Some(file) = files.next() {
            let name = below(file);
            match name.split_once('/') {
                Some((name, _)) => {
                    let root = format!("{folder}/{name}");
                    let mut ours = vec![file.clone()];
                    let inside = |it: &&String| it[..].starts_with(&format!("{root}/"));
                    while let Some(file) = files.next_if(inside) {
                        ours.push(file.clone());
                    }
                    programs.extend(self.program(name, &root, &ours)?);
                }
                None if code_of(file).is_some() => {
                    let mut ours = headers.clone();
                    ours.push(file.clone());
                    ours.sort_unstable();
                    programs.extend(self.program(&name, folder, &ours)?);
                }
                None => {}
            }
        }
        Ok(programs)
    }

    /// Reads the one program of a folder: all of its files, or those of its only subfolder.
    pub(super) fn only_in(&mut self, folder: &str) -> Result<Option<JudgeProgram>, LoadError> {
        let files = self.files(folder)?;
        let Some(first) = files.first() else {
            return Ok(None);
        };
        let subfolder = |file: &str| {
            let below = &file[folder.len() + 1..];
            below.split_once('/').map(|(name, _)| name.to_owned())
        };
        let only = subfolder(first).filter(|it| {
            let mut all = files.iter();
            all.all(|file| subfolder(file).as_ref() == Some(it))
        });
        match only {
            Some(name) => self.program(&name, &format!("{folder}/{name}"), &files),
            None => self.program(base_name(folder), folder, &files),
        }
    }

    /// Makes a program of files below a folder; `None` where none of them is in a language.
    pub(super) fn program(
        &mut self,
        name: &str,
        root: &str,
        files: &[String],
    ) -> Result<Option<JudgeProgram>, LoadError> {
        let below = |file: &str| file[root.len()..].trim_start_matches('/').to_owned();
        let names: Vec<String> = files.iter().map(|it| below(it)).collect();
        self.named(name, files, names)
    }

    fn named(
        &mut self,
        name: &str,
        files: &[String],
        names: Vec<String>,
    ) -> Result<Option<JudgeProgram>, LoadError> {
        let Some(language) = language_of(&names) else {
            return Ok(None);
        };
        let entry = entry_of(&names, &language);
        let mut sources = Vec::new();
        for (file, name) in files.iter().zip(names) {
            let bytes = self.tree.read_within(file, self.budget)?;
            let bytes = self.constants.put_into(bytes);
            sources.push(SourceFile { name, bytes });
        }
        Ok(Some(JudgeProgram {
            name: name.to_owned(),
            language,
            protocol: self.protocol,
            entry,
            files: sources,
        }))
    }

    /// Makes a program of files that may lie anywhere, by their own names.
    pub(super) fn side_by_side(
        &mut self,
        name: &str,
        files: &[String],
    ) -> Result<Option<JudgeProgram>, LoadError> {
        let names = files.iter().map(|it| base_name(it).to_owned()).collect();
        self.named(name, files, names)
    }

    /// Reads `include/<language>/`.
    pub(super) fn includes(&mut self) -> Result<Vec<Include>, LoadError> {
        let mut includes: Vec<Include> = Vec::new();
        for file in self.files("include")? {
            let Some((language, name)) = file["include/".len()..].split_once('/') else {
                continue;
            };
            let bytes = self.tree.read_within(&file, self.budget)?;
            let bytes = self.constants.put_into(bytes);
            let source = SourceFile {
                name: name.to_owned(),
                bytes,
            };
            match includes.last_mut().filter(|it| it.language == language) {
                Some(last) => last.files.push(source),
                None => includes.push(Include {
                    language: language.to_owned(),
                    files: vec![source],
                }),
            }
        }
        Ok(includes)
    }

    fn files(&self, folder: &str) -> Result<Vec<String>, LoadError> {
        let mut files = self.tree.files(folder)?;
        files.retain(|it| !is_hidden(it) && !it.contains("/__pycache__/"));
        Ok(files)
    }
}

/// Guesses the language of a program from the names of its files; `None` where none of them is code.
fn language_of(names: &[String]) -> Option<JudgeLanguage> {
    if names.iter().any(|it| it == "build" || it == "run") {
        return Some(JudgeLanguage::Script);
    }
    let codes: BTreeSet<&str> = names.iter().filter_map(|it| code_of(it)).collect();
    let codes: Vec<&str> = codes.into_iter().collect();
    Some(match codes[..] {
        [] => return None,
        ["c"] => JudgeLanguage::C,
        // A C++ compiler takes both.
        ["cpp"] | ["c", "cpp"] => JudgeLanguage::Cpp,
        ["python3"] => JudgeLanguage::Python,
        ["checktestdata"] => JudgeLanguage::Checktestdata,
        ["viva"] => JudgeLanguage::Viva,
        _ => JudgeLanguage::Other(codes.join(", ")),
    })
}

/// Finds the file that a program starts at: its only one, or the one that its language says.
fn entry_of(names: &[String], language: &JudgeLanguage) -> Option<String> {
    let code: Vec<&String> = names.iter().filter(|it| code_of(it).is_some()).collect();
    if let [only] = code[..] {
        return Some(only.clone());
    }
    let usual: &[&str] = match language {
        JudgeLanguage::Python => &["__main__.py", "main.py"],
        JudgeLanguage::Script => &["run"],
        _ => &[],
    };
    let usual = usual.iter().find(|it| names.iter().any(|name| name == *it));
    usual.map(|it| (*it).to_owned())
}

fn is_header(path: &str) -> bool {
    matches!(
        extension(path),
        Some("h" | "hh" | "hpp" | "hxx" | "h++" | "inc")
    )
}

/// Returns the language's code by the table of the package formats.
fn code_of(path: &str) -> Option<&'static str> {
    Some(match extension(path)? {
        "c" => "c",
        "cc" | "cpp" | "cxx" | "c++" | "C" => "cpp",
        "py" | "py3" => "python3",
        "py2" => "python2",
        "ctd" => "checktestdata",
        "viva" => "viva",
        "java" => "java",
        "kt" => "kotlin",
        "rs" => "rust",
        "go" => "go",
        "hs" => "haskell",
        "js" => "javascript",
        "cs" => "csharp",
        "rb" => "ruby",
        "php" => "php",
        "pas" | "dpr" => "pascal",
        "d" => "d",
        "ml" => "ocaml",
        "scala" => "scala",
        "swift" => "swift",
        "sh" => "bash",
        "pl" | "pm" => "perl",
        "lua" => "lua",
        "jl" => "julia",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(names: &[&str], language: Option<JudgeLanguage>, entry: Option<&str>) {
        let names: Vec<String> = names.iter().map(|it| (*it).to_owned()).collect();
        let found = language_of(&names);
        let starts = found.as_ref().and_then(|it| entry_of(&names, it));
        assert_eq!((found, starts.as_deref()), (language, entry));
    }

    #[test]
    fn a_language_is_guessed_from_the_endings() {
        check(
            &["validate.cc", "validate.h"],
            Some(JudgeLanguage::Cpp),
            Some("validate.cc"),
        );
        check(&["a.c", "b.cpp"], Some(JudgeLanguage::Cpp), None);
        check(&["v.c"], Some(JudgeLanguage::C), Some("v.c"));
        check(
            &["__main__.py", "util.py"],
            Some(JudgeLanguage::Python),
            Some("__main__.py"),
        );
        check(
            &["build", "v.cpp"],
            Some(JudgeLanguage::Script),
            Some("v.cpp"),
        );
        check(
            &["run", "a.cpp", "b.cpp"],
            Some(JudgeLanguage::Script),
            Some("run"),
        );
        check(
            &["x.ctd"],
            Some(JudgeLanguage::Checktestdata),
            Some("x.ctd"),
        );
        check(&["x.viva"], Some(JudgeLanguage::Viva), Some("x.viva"));
        check(
            &["A.java", "b.py"],
            Some(JudgeLanguage::Other("java, python3".into())),
            None,
        );
        check(&["README.md", "v.h"], None, None);
        check(&[".cpp"], None, None);
    }
}
