//! Pairing inputs with answers, and reading the pairs.
//!
//! Knows the file names of tests, not which tests are public.

use std::collections::BTreeSet;

use super::tree::{MAX_FILE_BYTES, Tree, is_hidden};
use crate::Test;
use crate::error::{LoadError, LoadErrorKind};

/// The most tests that one problem may have.
pub const MAX_TESTS: usize = 10_000;
/// The most that the inputs and answers of one problem may have in all: 1 GiB.
pub const MAX_ALL_TESTS_BYTES: u64 = 1 << 30;

/// The tests found below one folder, in byte order of the input's path.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pairs {
    pub(super) complete: Vec<Pair>,
    /// Inputs without an answer.
    pub(super) lone_inputs: Vec<String>,
    /// Answers without an input.
    pub(super) lone_answers: Vec<String>,
}

/// The files of one test, as paths below the problem folder.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) name: String,
    pub(super) input: String,
    pub(super) answer: String,
}

/// Pairs the files of a folder of tests, given as [`Tree::files`] lists them.
///
/// An input is `*.in`; its answer has the same name with the first of `answer_extensions` that is
/// there. Names are relative to `folder`. All other files are left alone.
pub(super) fn pair_up(folder: &str, files: &[String], answer_extensions: &[&str]) -> Pairs {
    let there: BTreeSet<&str> = files.iter().map(String::as_str).collect();
    let name_of = |stem: &str| {
        stem.strip_prefix(folder)
            .map_or(stem, |it| it.trim_start_matches('/'))
            .to_owned()
    };
    let mut pairs = Pairs::default();
    for file in files.iter().filter(|it| !is_hidden(it)) {
        if let Some(stem) = file.strip_suffix(".in") {
            let mut answers = answer_extensions.iter().map(|it| format!("{stem}.{it}"));
            match answers.find(|it| there.contains(it.as_str())) {
                Some(answer) => {
                    let pair = Pair {
                        name: name_of(stem),
                        input: file.clone(),
                        answer,
                    };
                    pairs.complete.push(pair);
                }
                None => pairs.lone_inputs.push(file.clone()),
            }
        } else if let Some((stem, extension)) = file.rsplit_once('.')
            && answer_extensions.contains(&extension)
            && !there.contains(format!("{stem}.in").as_str())
        {
            pairs.lone_answers.push(file.clone());
        }
    }
    pairs
}

/// Reads the tests of one problem; [`check_size`] comes first.
pub(super) fn read_tests(tree: &Tree, pairs: &[Pair]) -> Result<Vec<Test>, LoadError> {
    pairs
        .iter()
        .map(
            |Pair {
                 name,
                 input,
                 answer,
             }| {
                let input = tree.read(input, MAX_FILE_BYTES)?.into();
                let answer = tree.read(answer, MAX_FILE_BYTES)?.into();
                Ok(Test {
                    name: name.clone(),
                    input,
                    answer,
                    ..Test::default()
                })
            },
        )
        .collect()
}

/// Refuses tests that are too large together, before any of them is read.
pub(super) fn check_size<'a>(
    tree: &Tree,
    pairs: impl Iterator<Item = &'a Pair>,
) -> Result<(), LoadError> {
    let mut bytes_left = MAX_ALL_TESTS_BYTES;
    for path in pairs.flat_map(|it| [&it.input, &it.answer]) {
        bytes_left = bytes_left.checked_sub(tree.size(path)).ok_or_else(|| {
            let limit_bytes = MAX_ALL_TESTS_BYTES;
            tree.error(path, LoadErrorKind::FolderTooLarge { limit_bytes })
        })?;
    }
    Ok(())
}

/// Refuses a problem with too many tests.
pub(super) fn check_count(tree: &Tree, n_tests: usize) -> Result<(), LoadError> {
    if n_tests > MAX_TESTS {
        let kind = LoadErrorKind::TooManyTests {
            found: n_tests,
            limit: MAX_TESTS,
        };
        return Err(tree.error("", kind));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(files: &[&str]) -> (Vec<String>, Vec<String>, Vec<String>) {
        let files: Vec<String> = files.iter().map(|it| (*it).to_owned()).collect();
        let Pairs {
            complete,
            lone_inputs,
            lone_answers,
        } = pair_up("t", &files, &["ans", "out"]);
        let complete = complete
            .into_iter()
            .map(|it| format!("{}={}", it.name, it.answer));
        (complete.collect(), lone_inputs, lone_answers)
    }

    #[track_caller]
    fn check(files: &[&str], complete: &[&str], lone_inputs: &[&str], lone_answers: &[&str]) {
        let (found, inputs, answers) = names(files);
        assert_eq!((found, inputs), (owned(complete), owned(lone_inputs)));
        assert_eq!(answers, owned(lone_answers));
    }

    fn owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|it| (*it).to_owned()).collect()
    }

    #[test]
    fn an_input_pairs_with_the_answer_of_its_name() {
        check(
            &["t/1.ans", "t/1.in", "t/g/2.in", "t/g/2.out"],
            &["1=t/1.ans", "g/2=t/g/2.out"],
            &[],
            &[],
        );
        check(&["t/1.ans", "t/1.in", "t/1.out"], &["1=t/1.ans"], &[], &[]);
        check(&["t/a.b.ans", "t/a.b.in"], &["a.b=t/a.b.ans"], &[], &[]);
    }

    #[test]
    fn halves_are_listed() {
        check(&["t/1.in", "t/2.ans"], &[], &["t/1.in"], &["t/2.ans"]);
    }

    #[test]
    fn other_files_are_left_alone() {
        check(
            &[
                "t/.in",
                "t/._1.in",
                "t/1.desc",
                "t/Makefile",
                "t/1.in.download",
            ],
            &[],
            &[],
            &[],
        );
    }
}
