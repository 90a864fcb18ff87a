//! The answers of a submission where the problem asks for answers and not for programs: which file is for which test.
//!
//! Judges nothing.

use std::collections::HashMap;

use riddle_problems::{SourceFile, Submission, Test};

/// What may follow a test's name in that of its answer; the last is nothing.
const ENDINGS: [&str; 4] = [".out", ".ans", ".txt", ""];

/// One answer a test, in the order of the tests; `None` where the submission has none.
pub(crate) struct Answers<'a>(pub(crate) Vec<Option<&'a [u8]>>);

impl<'a> Answers<'a> {
    /// Finds the answers by their names: that of the test (`secret/1.out`), or its last part (`1.out`) where no other
    /// test of `private` has that. `None` if no file is named after a test.
    pub(crate) fn of(
        submission: &'a Submission,
        public: &[Test],
        private: &[Test],
    ) -> Option<Self> {
        let tests: Vec<&Test> = public.iter().chain(private).collect();
        let mut short: HashMap<&str, Option<usize>> = HashMap::new();
        for (place, test) in tests.iter().enumerate().rev() {
            let is_public = place < public.len();
            let entry = short.entry(last_part(&test.name));
            entry
                .and_modify(|it| {
                    // A private test's name stands before a public one's.
                    let is_taken = it.is_none_or(|it| (it < public.len()) == is_public);
                    if is_taken {
                        *it = None;
                    }
                })
                .or_insert(Some(place));
        }
        let whole: HashMap<&str, usize> = (tests.iter().enumerate())
            .map(|(place, test)| (&*test.name, place))
            .collect();
        let place_of = |name: &str| {
            let stems = || ENDINGS.iter().filter_map(|it| name.strip_suffix(it));
            let of_whole = stems().find_map(|it| whole.get(it).copied());
            of_whole.or_else(|| stems().find_map(|it| short.get(it).copied().flatten()))
        };
        let mut answers: Vec<Option<&[u8]>> = vec![None; tests.len()];
        // The whole name counts more, whatever the order.
        let mut files: Vec<&SourceFile> = submission.files.iter().collect();
        files.sort_by_key(|it| std::cmp::Reverse(it.name.matches('/').count()));
        for file in files {
            if let Some(place) = place_of(&file.name) {
                answers[place].get_or_insert(&file.bytes);
            }
        }
        answers.iter().any(Option::is_some).then_some(Self(answers))
    }

    /// Takes the only file for the answer to the only test.
    pub(crate) fn only(submission: &'a Submission, n_tests: usize) -> Option<Self> {
        match &submission.files[..] {
            [file] if n_tests == 1 => Some(Self(vec![Some(&file.bytes)])),
            _ => None,
        }
    }
}

fn last_part(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(files: &[&str], expected: &[Option<&str>]) {
        let test = |name: &&str| Test {
            name: (*name).to_owned(),
            ..Test::default()
        };
        let file = |name: &&str| SourceFile {
            name: (*name).to_owned(),
            bytes: name.as_bytes().to_vec(),
        };
        let submission = Submission {
            path: "submissions/accepted/a".to_owned(),
            expected: None,
            language: None,
            entry: None,
            files: files.iter().map(file).collect(),
        };
        let public: Vec<Test> = ["sample/1", "sample/s"].iter().map(test).collect();
        let private = ["secret/1", "secret/a/2", "secret/b/2", "secret/3.x"];
        let private: Vec<Test> = private.iter().map(test).collect();
        let found = Answers::of(&submission, &public, &private).map(|it| it.0);
        let found = found.map(|it| {
            it.into_iter()
                .map(|it| it.map(|it| std::str::from_utf8(it).unwrap()))
                .collect::<Vec<_>>()
        });
        assert_eq!(found.unwrap_or_default(), expected);
    }

    #[test]
    fn a_file_answers_the_test_that_it_is_named_after() {
        check(
            &["sample/1.out", "secret/1.ans", "secret/a/2"],
            &[
                Some("sample/1.out"),
                None,
                Some("secret/1.ans"),
                Some("secret/a/2"),
                None,
                None,
            ],
        );
        check(
            &["1.out", "2.out", "3.x.txt", "s"],
            &[None, Some("s"), Some("1.out"), None, None, Some("3.x.txt")],
        );
        check(
            &["1.out", "secret/1.out"],
            &[None, None, Some("secret/1.out"), None, None, None],
        );
        check(&["main.py", "9.out"], &[]);
    }
}
