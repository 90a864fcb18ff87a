//! The programs that `problem.xml` names: checker, interactor, validators, solutions.

use super::xml::Element;
use crate::error::LoadError;
use crate::read::programs::Programs;
use crate::read::tree::{Budget, base_name, extension};
use crate::{
    Expectation, Include, Judge, JudgeProgram, SourceFile, Submission, Verdict, VerdictSet,
};

/// Reads the interactor and the checker.
pub(super) fn judges(
    problem: Element<'_>,
    programs: &mut Programs<'_>,
    warnings: &mut Vec<String>,
) -> Result<(Option<JudgeProgram>, Judge), LoadError> {
    let interactor = problem.at(&["assets", "interactor"]);
    let interactor = interactor
        .map(|it| program(problem, it, programs))
        .transpose()?;
    let Some(checker) = problem.at(&["assets", "checker"]) else {
        warnings.push("no checker: outputs are compared token by token".to_owned());
        return Ok((interactor.flatten(), Judge::Checker));
    };
    let program = program(problem, checker, programs)?;
    let standard = checker
        .attribute("name")
        .and_then(|it| it.strip_prefix("std::"));
    let judge = match (standard, program) {
        (Some(name), program) => {
            let name = name
                .rsplit_once('.')
                .map_or(name, |(stem, _)| stem)
                .to_owned();
            Judge::Standard { name, program }
        }
        (None, Some(program)) => Judge::Programs(vec![program]),
        (None, None) => {
            return Err(checker.error(
                "name",
                checker.attribute("name").unwrap_or_default(),
                "a standard checker, or one with a source that is there",
            ));
        }
    };
    Ok((interactor.flatten(), judge))
}

/// Reads the validators of inputs.
pub(super) fn validators(
    problem: Element<'_>,
    programs: &mut Programs<'_>,
) -> Result<Vec<JudgeProgram>, LoadError> {
    let validators = problem.at(&["assets", "validators"]).into_iter();
    let mut found = Vec::new();
    for validator in validators.flat_map(|it| it.children("validator")) {
        found.extend(program(problem, validator, programs)?);
    }
    Ok(found)
}

/// Reads the program whose source an element names, with the headers that the package has for all;
/// `None` where the source is not in the package.
fn program(
    problem: Element<'_>,
    element: Element<'_>,
    programs: &mut Programs<'_>,
) -> Result<Option<JudgeProgram>, LoadError> {
    let Some(source) = element.child("source") else {
        return Ok(None);
    };
    let Some(path) = source.path("path")?.filter(|it| problem.tree.has_file(it)) else {
        return Ok(None);
    };
    let mut files = vec![path.to_owned()];
    for resource in resources(problem) {
        if let Some(path) = resource.path("path")?
            && matches!(extension(path), Some("h" | "hpp" | "hh"))
            && problem.tree.has_file(path)
            && files.iter().all(|it| base_name(it) != base_name(path))
        {
            files.push(path.to_owned());
        }
    }
    files.sort_by(|a, b| base_name(a).cmp(base_name(b)));
    programs.side_by_side(base_name(path), &files)
}

fn resources(problem: Element<'_>) -> impl Iterator<Item = Element<'_>> {
    let resources = problem.at(&["files", "resources"]).into_iter();
    resources.flat_map(|it| it.children("file"))
}

/// Reads the files that are put beside every solution.
pub(super) fn includes(
    problem: Element<'_>,
    programs: &mut Programs<'_>,
) -> Result<Vec<Include>, LoadError> {
    let mut includes: Vec<Include> = Vec::new();
    for resource in resources(problem) {
        let mut assets = resource
            .child("assets")
            .into_iter()
            .flat_map(|it| it.children("asset"));
        let is_ours = assets.any(|it| it.attribute("name") == Some("solution"));
        let Some(path) = resource
            .path("path")?
            .filter(|it| is_ours && problem.tree.has_file(it))
        else {
            continue;
        };
        let file = SourceFile {
            name: base_name(path).to_owned(),
            bytes: problem.tree.read_within(path, programs.budget)?,
        };
        let language = resource.attribute("for-types").unwrap_or("default");
        match includes.iter_mut().find(|it| it.language == language) {
            Some(include) => include.files.push(file),
            None => includes.push(Include {
                language: language.to_owned(),
                files: vec![file],
            }),
        }
    }
    includes.sort_by(|a, b| a.language.cmp(&b.language));
    Ok(includes)
}

/// Reads the solutions that are in the package.
pub(super) fn solutions(
    problem: Element<'_>,
    budget: &mut Budget,
) -> Result<Vec<Submission>, LoadError> {
    let solutions = problem.at(&["assets", "solutions"]).into_iter();
    let mut submissions: Vec<Submission> = Vec::new();
    for solution in solutions.flat_map(|it| it.children("solution")) {
        let Some(source) = solution.child("source") else {
            continue;
        };
        let Some(path) = source.path("path")?.filter(|it| problem.tree.has_file(it)) else {
            continue;
        };
        let file = SourceFile {
            name: base_name(path).to_owned(),
            bytes: problem.tree.read_within(path, budget)?,
        };
        submissions.push(Submission {
            path: path.to_owned(),
            expected: expected(solution.attribute("tag").unwrap_or_default()),
            language: source.attribute("type").map(str::to_owned),
            entry: None,
            files: vec![file],
        });
    }
    submissions.sort_by(|a, b| a.path.cmp(&b.path));
    submissions.dedup_by(|a, b| a.path == b.path);
    Ok(submissions)
}

/// Returns what a solution's tag says; `None` for tags that say nothing.
fn expected(tag: &str) -> Option<Expectation> {
    use Verdict::{Ac, Mle, Tle, Wa};
    let verdicts = match tag {
        "main" | "accepted" => Ac.into(),
        // Polygon tells outputs of the wrong form apart; the judges here do not.
        "wrong-answer" | "presentation-error" => Wa.into(),
        "time-limit-exceeded" => Tle.into(),
        "memory-limit-exceeded" => Mle.into(),
        "time-limit-exceeded-or-accepted" => VerdictSet::of(&[Ac, Tle]),
        "time-limit-exceeded-or-memory-limit-exceeded" => VerdictSet::of(&[Tle, Mle]),
        "rejected" | "failed" => VerdictSet::FAILURES,
        _ => return None,
    };
    Some(Expectation::of(verdicts))
}

/// Returns what the English one of several elements has, else the first that has it.
pub(super) fn in_english<'a>(
    problem: Element<'a>,
    list: &str,
    name: &str,
    value: impl Fn(Element<'a>) -> Option<&'a str>,
) -> Option<String> {
    let all = || {
        problem
            .child(list)
            .into_iter()
            .flat_map(|it| it.children(name))
    };
    let english = all().filter(|it| it.attribute("language") == Some("english"));
    english.chain(all()).find_map(value).map(str::to_owned)
}
