//! Reading the programs that come with a problem, and what is expected of each.
//!
//! Every file is taken; which of them are programs, the one who knows languages decides.

use std::path::Path;

use super::constants::Constants;
use super::expected::{self, Tags, of_folder, tags};
use super::load::{Format, detect};
use super::submissions_yaml::{self, SubmissionsYaml};
use super::tree::{Budget, Tree, is_hidden};
use super::{kattis, polygon};
use crate::error::LoadError;
use crate::{Expectation, ScoreExpectation, SourceFile, Submission, VerdictSet};

/// The most that the programs of one problem may have in all: 1 GiB.
pub const MAX_ALL_SUBMISSIONS_BYTES: u64 = 1 << 30;

/// Reads the programs that come with a problem, in byte order of path, whatever its format is.
///
/// # Errors
///
/// As [`load_submissions_as`].
pub fn load_submissions(folder: &Path) -> Result<Vec<Submission>, LoadError> {
    load_submissions_as(folder, None)
}

/// Reads the programs that come with a problem, in byte order of path. `format` is as in
/// [`LoadOptions`](crate::LoadOptions).
///
/// A file of `submissions/<verdict>/` is a program; so is a folder there, with all its files. A file
/// directly in `submissions` is a program without a label. Hidden files and `submissions.yaml` are
/// passed over. In a Polygon package, `problem.xml` lists the programs. A problem without any has none.
///
/// What is expected of a program: what `submissions.yaml` says, and the name of its folder; where that
/// is a name of no format, DOMjudge's tag `@EXPECTED_RESULTS@: ` in its text.
///
/// # Errors
///
/// Returns an error that names the file if one cannot be read or exceeds a bound.
pub fn load_submissions_as(
    folder: &Path,
    format: Option<Format>,
) -> Result<Vec<Submission>, LoadError> {
    let tree = Tree::open(folder)?;
    let mut budget = Budget::new(MAX_ALL_SUBMISSIONS_BYTES);
    let (is_legacy, constants) = match format.unwrap_or_else(|| detect(&tree)) {
        Format::Polygon => return polygon::submissions(&tree, &mut budget),
        Format::Kattis => kattis::version_and_constants(&tree)?,
        Format::Folder => (true, Constants::default()),
    };
    let yaml = SubmissionsYaml::read(&tree)?;
    let mut submissions: Vec<Submission> = Vec::new();
    for file in files(&tree)? {
        let (path, name) = program_of(&file);
        let bytes = tree.read_within(&file, &mut budget)?;
        let source = SourceFile {
            name: name.to_owned(),
            bytes: constants.put_into(bytes),
        };
        match submissions.last_mut().filter(|it| it.path == path) {
            Some(last) => last.files.push(source),
            None => submissions.push(Submission {
                path: path.to_owned(),
                expected: None,
                language: None,
                entry: None,
                files: vec![source],
            }),
        }
    }
    for submission in &mut submissions {
        let below = submission.path["submissions/".len()..].to_owned();
        let mut said = yaml.of(&below);
        let folder = below
            .split_once('/')
            .and_then(|(it, _)| of_folder(it, is_legacy));
        let expected = said.expectation(folder);
        submission.expected = with_tags(expected, &tags_of(submission));
        submission.language = said.language;
        submission.entry = said.entry;
    }
    // Files come in order, folders almost: `a/b` sorts after `a.c`, `a` before it.
    submissions.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(submissions)
}

/// Returns whether a program has DOMjudge's tag for scores: then the package is scored as DOMjudge does.
pub(super) fn has_expected_score(tree: &Tree) -> Result<bool, LoadError> {
    for file in files(tree)? {
        let start = tree.read_start(&file, expected::SEARCHED_BYTES as u64)?;
        if tags(&start).score.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn files(tree: &Tree) -> Result<Vec<String>, LoadError> {
    let mut files = tree.files("submissions")?;
    files.retain(|it| !is_hidden(it) && it != submissions_yaml::FILE);
    Ok(files)
}

/// Returns the path of the program that a file belongs to, and the file's name in it.
fn program_of(file: &str) -> (&str, &str) {
    let mut slashes = file.match_indices('/').map(|(at, _)| at);
    let (first, second, third) = (slashes.next(), slashes.next(), slashes.next());
    match (first, second, third) {
        (_, _, Some(at)) => (&file[..at], &file[at + 1..]),
        (_, Some(at), None) | (Some(at), None, None) => (file, &file[at + 1..]),
        (None, ..) => (file, file),
    }
}

/// Returns the tags of the only file that has some.
fn tags_of(submission: &Submission) -> Tags {
    let all = submission.files.iter().map(|it| tags(&it.bytes));
    let mut all = all.filter(|it| *it != Tags::default());
    match (all.next(), all.next()) {
        (Some(only), None) => only,
        _ => Tags::default(),
    }
}

/// Adds what tags say. As in DOMjudge, a folder's name holds over a tag's verdicts.
fn with_tags(expected: Option<Expectation>, tags: &Tags) -> Option<Expectation> {
    let exact = tags.score.map(|it| ScoreExpectation::Within(it, it));
    match (expected, tags.verdicts) {
        (Some(expected), _) => Some(Expectation {
            score: expected.score.or(exact),
            ..expected
        }),
        (None, None) if exact.is_none() => None,
        (None, verdicts) => Some(Expectation {
            score: exact,
            ..Expectation::of(verdicts.unwrap_or(VerdictSet::RUN))
        }),
    }
}
