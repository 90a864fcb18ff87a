//! What a package has to check its own tests with: validators, and data whose judgement is known.
//!
//! None of it is needed to judge a submission, so what cannot be read is left out with a warning.

use std::collections::BTreeSet;

use super::DATA;
use super::settings::SettingsReader;
use crate::error::LoadError;
use crate::read::pairs::{MAX_ALL_TESTS_BYTES, MAX_TESTS};
use crate::read::programs::Programs;
use crate::read::tree::{Budget, Tree, extension, is_hidden};
use crate::{JudgeProgram, OutputCase, Test, Validation};

/// Reads the programs of the first folder that has some.
pub(super) fn validators(
    programs: &mut Programs<'_>,
    folders: &[&str],
    warnings: &mut Vec<String>,
) -> Vec<JudgeProgram> {
    for folder in folders {
        match programs.each_in(folder) {
            Ok(found) if found.is_empty() => {}
            Ok(found) => return found,
            Err(error) => warnings.push(format!("`{folder}` left out: {}", error.kind)),
        }
    }
    Vec::new()
}

/// Reads the data whose judgement is known, by the names of the 2025-09 format and those that BAPCtools
/// had before it.
pub(super) fn cases(
    tree: &Tree,
    settings: &mut SettingsReader<'_>,
    package_flags: &[String],
    warnings: &mut Vec<String>,
) -> Result<Validation, LoadError> {
    let mut reader = CaseReader {
        tree,
        settings,
        package_flags,
        files: tree.files(DATA)?.into_iter().collect(),
        budget: Budget::new(MAX_ALL_TESTS_BYTES),
        warnings,
    };
    Ok(Validation {
        invalid_inputs: reader.tests(&["invalid_input", "invalid_inputs"], false)?,
        invalid_answers: reader.tests(&["invalid_answer", "invalid_answers"], true)?,
        invalid_outputs: reader.outputs(&["invalid_output", "invalid_outputs"])?,
        valid_outputs: reader.outputs(&["valid_output", "valid_outputs"])?,
        ..Validation::default()
    })
}

struct CaseReader<'a, 'b> {
    tree: &'a Tree,
    settings: &'a mut SettingsReader<'b>,
    /// `validator_flags` of `problem.yaml`.
    package_flags: &'a [String],
    files: BTreeSet<String>,
    budget: Budget,
    warnings: &'a mut Vec<String>,
}

impl CaseReader<'_, '_> {
    fn outputs(&mut self, folders: &[&str]) -> Result<Vec<OutputCase>, LoadError> {
        let mut cases = Vec::new();
        for test in self.tests(folders, true)? {
            let file = format!("{DATA}/{}.out", test.name);
            if self.files.contains(&file) {
                let output = self.tree.read_within(&file, &mut self.budget)?.into();
                cases.push(OutputCase { test, output });
            } else {
                self.warnings
                    .push(format!("`{file}` is not there: test left out"));
            }
        }
        Ok(cases)
    }

    fn tests(&mut self, folders: &[&str], answers: bool) -> Result<Vec<Test>, LoadError> {
        let in_folder = |it: &&String| {
            let below = it.strip_prefix("data/").unwrap_or_default();
            let inside = |folder: &&str| {
                below
                    .strip_prefix(*folder)
                    .is_some_and(|it| it.starts_with('/'))
            };
            folders.iter().any(inside)
        };
        let is_input =
            |it: &&String| extension(it) == Some("in") && !is_hidden(it) && !it.contains(".files/");
        let inputs: Vec<String> = (self.files.iter())
            .filter(|it| is_input(it) && in_folder(it))
            .take(MAX_TESTS)
            .cloned()
            .collect();
        let mut tests = Vec::new();
        for input in inputs {
            let stem = input.strip_suffix(".in").expect("it was asked for");
            let answer = format!("{stem}.ans");
            if answers && !self.files.contains(&answer) {
                let message = "has no answer beside it: test left out";
                self.warnings.push(format!("`{input}` {message}"));
                continue;
            }
            let settings = self.settings.of_test(stem)?;
            tests.push(Test {
                name: stem["data/".len()..].to_owned(),
                input: self.tree.read_within(&input, &mut self.budget)?.into(),
                answer: if answers {
                    self.tree.read_within(&answer, &mut self.budget)?.into()
                } else {
                    Vec::new().into()
                },
                judge_args: (self.package_flags.iter())
                    .chain(settings.judge_args.iter().flat_map(|it| &it.words))
                    .cloned()
                    .collect(),
                validator_args: settings.validator_args.unwrap_or_default(),
                answer_validator_args: settings.answer_validator_args.unwrap_or_default(),
                args: settings.args.unwrap_or_default(),
                description: settings.description,
                hint: settings.hint,
                ..Test::default()
            });
        }
        Ok(tests)
    }
}
