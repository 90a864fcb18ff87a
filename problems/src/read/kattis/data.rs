//! The tests of a package, with all that belongs to each.
//!
//! Which tests count together, `rules` knows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::settings::{Settings, SettingsReader};
use super::{CONFIG, DATA};
use crate::error::{LoadError, LoadErrorKind};
use crate::read::fields::Fields;
use crate::read::pairs::{MAX_ALL_TESTS_BYTES, Pair, Pairs, check_count, check_size, pair_up};
use crate::read::tree::{Budget, MAX_FILE_BYTES, Tree, is_hidden};
use crate::{Checker, Judge, Judging, SourceFile, Test};

/// The ending of a folder with the files of one test.
const FILES: &str = ".files";

/// The tests of a package, not yet read.
pub(super) struct Found {
    /// Those of `data/sample`, in byte order of path; names are relative to `data`.
    pub(super) public: Vec<Pair>,
    /// Those of `data/secret`, likewise.
    pub(super) private: Vec<Pair>,
    /// Every file below `data`.
    pub(super) files: BTreeSet<String>,
    /// The files in `<test>.files`, by the path of the test without ending.
    attached: BTreeMap<String, Vec<String>>,
}

pub(super) fn find(tree: &Tree, warnings: &mut Vec<String>) -> Result<Found, LoadError> {
    let all = tree.files(DATA)?;
    let mut attached: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut files = Vec::new();
    for file in &all {
        if let Some((stem, _)) = split_attached(file) {
            attached
                .entry(stem.to_owned())
                .or_default()
                .push(file.clone());
        } else if file.starts_with("data/sample/") || file.starts_with("data/secret/") {
            files.push(file.clone());
        }
    }
    let Pairs {
        complete,
        lone_inputs,
        lone_answers,
    } = pair_up(DATA, &files, &["ans"]);
    for file in lone_inputs {
        warnings.push(format!("`{file}` has no answer beside it: test left out"));
    }
    for file in lone_answers {
        warnings.push(format!("`{file}` has no input beside it: test left out"));
    }
    let is_sample = |pair: &Pair| pair.name.starts_with("sample/");
    let (public, private) = complete.into_iter().partition(is_sample);
    Ok(Found {
        public,
        private,
        files: all.into_iter().collect(),
        attached,
    })
}

/// Cuts `data/secret/1.files/x` into the test's path and the file's name.
fn split_attached(file: &str) -> Option<(&str, &str)> {
    let at = file.find(".files/")?;
    Some((&file[..at], &file[at + FILES.len() + 1..]))
}

/// The tests, read.
pub(super) struct Tests {
    pub(super) public: Vec<Test>,
    pub(super) private: Vec<Test>,
    /// The checker of the first test: the task's. Tests that differ have their own.
    pub(super) checker: Checker,
}

pub(super) fn read(
    tree: &Tree,
    config: &Fields<'_>,
    found: &Found,
    settings: &mut SettingsReader<'_>,
    judging: &Judging,
) -> Result<Tests, LoadError> {
    let pairs = || found.public.iter().chain(&found.private);
    check_count(tree, pairs().count())?;
    check_size(tree, pairs())?;
    let mut reader = TestReader {
        tree,
        found,
        attached_budget: Budget::new(MAX_ALL_TESTS_BYTES),
        package_flags: config.words("validator_flags")?.unwrap_or_default(),
        is_built_in: judging.judge == Judge::Checker,
        known: BTreeMap::new(),
        first: None,
    };
    let public = reader.read_all(&found.public, settings)?;
    let private = reader.read_all(&found.private, settings)?;
    Ok(Tests {
        public,
        private,
        checker: reader.first.unwrap_or_default(),
    })
}

/// Arguments of the judge, and the checker that they make of the built-in one.
type SharedArgs = (Arc<[String]>, Option<Checker>);

struct TestReader<'a> {
    tree: &'a Tree,
    found: &'a Found,
    attached_budget: Budget,
    /// `validator_flags` of `problem.yaml`, which stand before those of a test.
    package_flags: Vec<String>,
    is_built_in: bool,
    /// The arguments that were met, so that tests share them, and the checker that they make.
    known: BTreeMap<Vec<String>, SharedArgs>,
    first: Option<Checker>,
}

impl TestReader<'_> {
    fn read_all(
        &mut self,
        pairs: &[Pair],
        settings: &mut SettingsReader<'_>,
    ) -> Result<Vec<Test>, LoadError> {
        pairs.iter().map(|it| self.read(it, settings)).collect()
    }

    fn read(&mut self, pair: &Pair, settings: &mut SettingsReader<'_>) -> Result<Test, LoadError> {
        let stem = pair
            .input
            .strip_suffix(".in")
            .expect("an input ends in `.in`");
        let settings = settings.of_test(stem)?;
        let (judge_args, checker) = self.judge_args(&settings)?;
        let own = checker.filter(|it| *self.first.get_or_insert(*it) != *it);
        Ok(Test {
            name: pair.name.clone(),
            input: self.tree.read(&pair.input, MAX_FILE_BYTES)?.into(),
            answer: self.tree.read(&pair.answer, MAX_FILE_BYTES)?.into(),
            checker: own,
            judge_args,
            validator_args: settings.validator_args.unwrap_or_default(),
            answer_validator_args: settings.answer_validator_args.unwrap_or_default(),
            args: settings.args.unwrap_or_default(),
            files: self.attached(stem)?,
            description: settings.description,
            hint: settings.hint,
        })
    }

    /// Returns what the settings of a test come to.
    fn judge_args(&mut self, settings: &Settings) -> Result<SharedArgs, LoadError> {
        let own = settings.judge_args.as_ref();
        let mut words = self.package_flags.clone();
        words.extend(own.iter().flat_map(|it| it.words.iter().cloned()));
        if let Some(known) = self.known.get(&words) {
            return Ok(known.clone());
        }
        let checker = match words.join(" ").parse() {
            _ if !self.is_built_in => None,
            Ok(flags) => Some(Checker::Kattis(flags)),
            Err(source) => {
                let (file, field) =
                    own.map_or((CONFIG, "validator_flags"), |it| (&it.file, it.field));
                let field = field.to_owned();
                return Err(self
                    .tree
                    .error(file, LoadErrorKind::Flags { field, source }));
            }
        };
        let known = (Arc::from(words.clone()), checker);
        self.known.insert(words, known.clone());
        Ok(known)
    }

    fn attached(&mut self, stem: &str) -> Result<Arc<[SourceFile]>, LoadError> {
        let files = self.found.attached.get(stem).map_or(&[][..], Vec::as_slice);
        let mut sources = Vec::new();
        for file in files {
            let (_, name) = split_attached(file).expect("it was found so");
            if !is_hidden(name) {
                sources.push(SourceFile {
                    name: name.to_owned(),
                    bytes: self.tree.read_within(file, &mut self.attached_budget)?,
                });
            }
        }
        Ok(sources.into())
    }
}
