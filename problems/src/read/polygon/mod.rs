//! Polygon packages: `problem.xml` and what it names.
//!
//! A full package is needed, with the tests in it: the generators and scripts that make them are not
//! run. What was left out of the package is left out here, with a warning.

mod assets;
mod tests;
mod xml;

use std::num::NonZeroU32;

use super::constants::Constants;
use super::load::MAX_CONFIG_BYTES;
use super::problem_json::MAX_TIME_LIMIT_SECONDS;
use super::programs::Programs;
use super::tree::{Budget, MAX_ALL_PROGRAMS_BYTES, Tree, without_bom};
use crate::error::{LoadError, LoadErrorKind};
use crate::{
    FileIo, Format, Interaction, Judging, Objective, PrivateTests, Problem, Protocol, Submission,
    Task, TaskLimits, TimeLimit, Validation,
};
use xml::Element;

pub use xml::MAX_XML_BYTES;

pub(super) const FILE: &str = "problem.xml";

pub(super) fn load(tree: &Tree) -> Result<Problem, LoadError> {
    let text = read_text(tree)?;
    let document = xml::parse(tree, &text)?;
    let problem = Element::root(tree, &document);
    let mut warnings = Vec::new();
    let constants = Constants::default();
    let mut programs = Programs {
        tree,
        constants: &constants,
        budget: &mut Budget::new(MAX_ALL_PROGRAMS_BYTES),
        protocol: Protocol::Testlib,
    };

    let (interactor, checker) = assets::judges(problem, &mut programs, &mut warnings)?;
    let judging = Judging {
        judge: checker,
        interaction: interactor.map_or(Interaction::None, Interaction::Interactor),
        max_passes: passes(problem)?,
        ..Judging::default()
    };
    let Some(testset) = tests::testset(problem) else {
        return Err(tree.error("", LoadErrorKind::NoTests));
    };
    let tests = tests::read(testset, &mut warnings)?;
    let validation = Validation {
        input_validators: assets::validators(problem, &mut programs)?,
        ..tests::cases(problem)?
    };
    let tags = problem
        .child("tags")
        .into_iter()
        .flat_map(|it| it.children("tag"));
    let tags = tags
        .filter_map(|it| it.attribute("value"))
        .map(str::to_owned);
    let task = Task {
        id: tree.id(),
        title: assets::in_english(problem, "names", "name", |it| it.attribute("value")),
        statement: statement(problem, &mut warnings)?,
        format: Format::Polygon,
        limits: limits(testset)?,
        judging,
        objective: tests.scoring.then_some(Objective::Max),
        file_io: file_io(problem),
        includes: assets::includes(problem, &mut programs)?,
        public_tests: tests.public,
        tags: tags.collect(),
        ..Task::default()
    };
    Ok(Problem {
        task,
        private: PrivateTests::new(tests.private),
        groups: tests.groups,
        validation,
        warnings,
    })
}

/// Reads the solutions, in byte order of path.
pub(super) fn submissions(tree: &Tree, budget: &mut Budget) -> Result<Vec<Submission>, LoadError> {
    let text = read_text(tree)?;
    let document = xml::parse(tree, &text)?;
    assets::solutions(Element::root(tree, &document), budget)
}

fn read_text(tree: &Tree) -> Result<String, LoadError> {
    let bytes = tree.read(FILE, MAX_XML_BYTES)?;
    String::from_utf8(without_bom(&bytes).to_vec()).map_err(|err| {
        let good = &err.as_bytes()[..err.utf8_error().valid_up_to()];
        let line = good.split(|&byte| byte == b'\n').count();
        let message = "text is not UTF-8".to_owned();
        tree.error(FILE, LoadErrorKind::Syntax { line, message })
    })
}

/// Reads milliseconds and bytes.
fn limits(testset: Element<'_>) -> Result<TaskLimits, LoadError> {
    let read = |name, maximum: f64, expected| {
        let Some(element) = testset.child(name) else {
            return Ok(None);
        };
        let text = element.text().unwrap_or_default();
        let number = text
            .parse()
            .ok()
            .filter(|it: &f64| *it > 0.0 && *it <= maximum);
        number
            .map(Some)
            .ok_or_else(|| element.error("", text, expected))
    };
    let default = TaskLimits::default();
    let time = read(
        "time-limit",
        MAX_TIME_LIMIT_SECONDS * 1e3,
        "a number of milliseconds above 0, and no more than a day",
    )?;
    let memory = read("memory-limit", 1e15, "a number of bytes above 0")?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive and bounded"
    )]
    let memory_bytes = memory.map_or(default.memory_bytes, |it| it.max(1.0) as u64);
    Ok(TaskLimits {
        time: time.map_or(default.time, |it| TimeLimit::declared(it / 1e3)),
        memory_bytes,
        ..default
    })
}

/// Reads how often a program runs on one test.
fn passes(problem: Element<'_>) -> Result<NonZeroU32, LoadError> {
    /// The most passes that are believed.
    const MAX_PASSES: u32 = 10_000;
    let judging = problem.child("judging");
    let Some((judging, text)) = judging.and_then(|it| Some((it, it.attribute("run-count")?)))
    else {
        return Ok(NonZeroU32::MIN);
    };
    let passes = text
        .trim()
        .parse()
        .ok()
        .filter(|it: &u32| *it <= MAX_PASSES);
    let passes = passes.and_then(NonZeroU32::new);
    passes.ok_or_else(|| judging.error("run-count", text, "a whole number from 1 to 10000"))
}

fn file_io(problem: Element<'_>) -> Option<FileIo> {
    let judging = problem.child("judging")?;
    let name = |attribute| {
        let name = judging.attribute(attribute).filter(|it| !it.is_empty());
        name.map(str::to_owned)
    };
    let io = FileIo {
        input: name("input-file"),
        output: name("output-file"),
    };
    Some(io).filter(|it| *it != FileIo::default())
}

/// Reads the statement in TeX: the English one, else the first.
fn statement(
    problem: Element<'_>,
    warnings: &mut Vec<String>,
) -> Result<Option<String>, LoadError> {
    let tree = problem.tree;
    let statements = problem
        .child("statements")
        .into_iter()
        .flat_map(|it| it.children("statement"));
    let mut found: Vec<(bool, &str)> = Vec::new();
    for statement in statements {
        let is_tex = statement.attribute("type") == Some("application/x-tex");
        if let Some(path) = statement.path("path")?
            && is_tex
            && tree.has_file(path)
        {
            found.push((statement.attribute("language") != Some("english"), path));
        }
    }
    let Some((_, path)) = found.into_iter().min_by_key(|it| it.0) else {
        warnings.push("no statement in TeX".to_owned());
        return Ok(None);
    };
    let bytes = tree.read(path, MAX_CONFIG_BYTES)?;
    Ok(Some(
        String::from_utf8_lossy(without_bom(&bytes)).into_owned(),
    ))
}
