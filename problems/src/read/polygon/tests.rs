//! The tests that `problem.xml` lists, their groups, and the tests of checker and validators.

use std::collections::BTreeMap;

use super::xml::{Element, PathPattern};
use crate::error::{LoadError, LoadErrorKind};
use crate::read::load::MAX_GROUPS;
use crate::read::pairs::{
    MAX_ALL_TESTS_BYTES, MAX_TESTS, Pair, check_count, check_size, read_tests,
};
use crate::read::tree::Budget;
use crate::{GroupItem, GroupRule, OutputCase, PolygonRule, Test, TestGroup, Validation};

pub(super) struct Tests {
    pub(super) public: Vec<Test>,
    pub(super) private: Vec<Test>,
    pub(super) groups: TestGroup,
    pub(super) scoring: bool,
}

/// Returns the set that is judged: `tests`, else the first.
pub(super) fn testset(problem: Element<'_>) -> Option<Element<'_>> {
    let sets = || {
        problem
            .child("judging")
            .into_iter()
            .flat_map(|it| it.children("testset"))
    };
    let mut tests = sets().filter(|it| it.attribute("name") == Some("tests"));
    tests.next().or_else(|| sets().next())
}

/// One test as it is listed.
struct Listed<'a> {
    pair: Pair,
    element: Option<Element<'a>>,
}

pub(super) fn read(set: Element<'_>, warnings: &mut Vec<String>) -> Result<Tests, LoadError> {
    let tree = set.tree;
    let mut listed = list(set, warnings)?;
    if listed.is_empty() {
        return Err(tree.error("", LoadErrorKind::NoTests));
    }
    check_count(tree, listed.len())?;
    check_size(tree, listed.iter().map(|it| &it.pair))?;
    let (groups, scoring) = groups(set, &listed)?;
    let is_sample = |it: &Listed<'_>| {
        let sample = it.element.and_then(|it| it.attribute("sample"));
        sample == Some("true")
    };
    let descriptions: BTreeMap<String, String> = (listed.iter())
        .filter_map(|it| {
            let text = it.element?.attribute("description")?;
            (!text.is_empty()).then(|| (it.pair.name.clone(), text.to_owned()))
        })
        .collect();
    let (public, private): (Vec<_>, Vec<_>) = listed.drain(..).partition(is_sample);
    if public.is_empty() {
        warnings.push("no sample data: nothing to filter candidates on".to_owned());
    }
    let read = |listed: Vec<Listed<'_>>| {
        let pairs: Vec<Pair> = listed.into_iter().map(|it| it.pair).collect();
        let mut tests = read_tests(tree, &pairs)?;
        for test in &mut tests {
            test.description = descriptions.get(&test.name).cloned();
        }
        Ok(tests)
    };
    Ok(Tests {
        public: read(public)?,
        private: read(private)?,
        groups,
        scoring,
    })
}

/// Lists the tests that are in the package.
fn list<'a>(set: Element<'a>, warnings: &mut Vec<String>) -> Result<Vec<Listed<'a>>, LoadError> {
    let (tree, needs) = (set.tree, |name| {
        set.error(
            name,
            "",
            "a path inside the package with one number in it, such as `tests/%02d`",
        )
    });
    let elements: Vec<Element<'_>> = (set.child("tests").into_iter())
        .flat_map(|it| it.children("test"))
        .collect();
    let n_tests = match elements.len() {
        0 => count(set)?,
        n_tests => n_tests,
    };
    check_count(tree, n_tests)?;
    if n_tests == 0 {
        return Ok(Vec::new());
    }
    let name = "input-path-pattern";
    let inputs = PathPattern::read(set, name)?.ok_or_else(|| needs(name))?;
    let name = "answer-path-pattern";
    let answers = PathPattern::read(set, name)?.ok_or_else(|| needs(name))?;
    let mut listed = Vec::new();
    for number in 1..=n_tests {
        let pair = Pair {
            name: inputs.number(number),
            input: inputs.path(number),
            answer: answers.path(number),
        };
        let lacks = match (tree.is_there(&pair.input), tree.is_there(&pair.answer)) {
            (true, true) => {
                let element = elements.get(number - 1).copied();
                listed.push(Listed { pair, element });
                continue;
            }
            (false, _) => &pair.input,
            (true, false) => &pair.answer,
        };
        warnings.push(format!("`{lacks}` is not in the package: test left out"));
    }
    Ok(listed)
}

fn count(set: Element<'_>) -> Result<usize, LoadError> {
    let Some(element) = set.child("test-count") else {
        return Ok(0);
    };
    let text = element.text().unwrap_or_default();
    let count = text.parse().ok();
    count.ok_or_else(|| element.error("", text, "a whole number"))
}

/// Makes the groups of the tests, and says whether they have points.
fn groups(set: Element<'_>, listed: &[Listed<'_>]) -> Result<(TestGroup, bool), LoadError> {
    let mut rules: BTreeMap<&str, PolygonRule> = BTreeMap::new();
    for group in set
        .child("groups")
        .into_iter()
        .flat_map(|it| it.children("group"))
    {
        let name = group.attribute("name").unwrap_or_default();
        let complete = match group.attribute("points-policy") {
            Some("complete-group") => true,
            None | Some("each-test") => false,
            Some(other) => {
                let expected = "`complete-group` or `each-test`";
                return Err(group.error("points-policy", other, expected));
            }
        };
        let needed = group
            .child("dependencies")
            .into_iter()
            .flat_map(|it| it.children("dependency"));
        let needed = needed.filter_map(|it| it.attribute("group"));
        let rule = PolygonRule {
            complete,
            points: group.number("points")?,
            require_pass: needed.map(str::to_owned).collect(),
        };
        rules.entry(name).or_insert(rule);
        if rules.len() > MAX_GROUPS {
            let kind = LoadErrorKind::TooManyGroups { limit: MAX_GROUPS };
            return Err(set.tree.error(super::FILE, kind));
        }
    }
    let mut has_points = false;
    let mut root = TestGroup::default();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for Listed { pair, element } in listed {
        let points = element.map(|it| it.number("points")).transpose()?.flatten();
        has_points |= points.is_some();
        let name = pair.name.clone();
        let test = GroupItem::Test { name, points };
        let group = element
            .and_then(|it| it.attribute("group"))
            .filter(|it| !it.is_empty());
        let Some(group) = group else {
            root.items.push(test);
            continue;
        };
        let place = *places.entry(group).or_insert(root.items.len());
        if place == root.items.len() {
            let rule = rules.get(group).cloned().unwrap_or_default();
            root.items.push(GroupItem::Group(TestGroup {
                name: group.to_owned(),
                rule: GroupRule::Polygon(rule),
                ..TestGroup::default()
            }));
        }
        if let Some(GroupItem::Group(group)) = root.items.get_mut(place) {
            group.items.push(test);
        }
    }
    if places.len() > MAX_GROUPS {
        let kind = LoadErrorKind::TooManyGroups { limit: MAX_GROUPS };
        return Err(set.tree.error(super::FILE, kind));
    }
    let scoring = has_points || rules.values().any(|it| it.points.is_some());
    if scoring {
        root.rule = GroupRule::Polygon(PolygonRule::default());
        return Ok((root, true));
    }
    let names = listed.iter().map(|it| it.pair.name.as_str());
    Ok((TestGroup::of_tests(names), false))
}

/// Reads the tests of validators and checker, as far as they are in the package.
pub(super) fn cases(problem: Element<'_>) -> Result<Validation, LoadError> {
    let mut validation = Validation::default();
    let mut budget = Budget::new(MAX_ALL_TESTS_BYTES);
    let tree = problem.tree;
    let validators = problem.at(&["assets", "validators"]).into_iter();
    for validator in validators.flat_map(|it| it.children("validator")) {
        let Some(set) = validator.child("testset") else {
            continue;
        };
        let Some(inputs) = PathPattern::read(set, "input-path-pattern")? else {
            continue;
        };
        for (number, test) in numbered(set) {
            let path = inputs.path(number);
            if test.attribute("verdict") == Some("invalid") && tree.is_there(&path) {
                validation.invalid_inputs.push(Test {
                    name: format!("validator/{}", inputs.number(number)),
                    input: tree.read_within(&path, &mut budget)?.into(),
                    ..Test::default()
                });
            }
        }
    }
    let Some(set) = problem.at(&["assets", "checker", "testset"]) else {
        return Ok(validation);
    };
    let pattern = |name| PathPattern::read(set, name);
    let (Some(inputs), Some(outputs), Some(answers)) = (
        pattern("input-path-pattern")?,
        pattern("output-path-pattern")?,
        pattern("answer-path-pattern")?,
    ) else {
        return Ok(validation);
    };
    for (number, test) in numbered(set) {
        let paths = [&inputs, &outputs, &answers].map(|it| it.path(number));
        let list = match test.attribute("verdict") {
            Some("ok") => &mut validation.valid_outputs,
            Some("wrong-answer" | "presentation-error") => &mut validation.invalid_outputs,
            _ => continue,
        };
        if paths.iter().all(|it| tree.is_there(it)) {
            let mut read = |path| tree.read_within(path, &mut budget);
            let [input, output, answer] = [read(&paths[0])?, read(&paths[1])?, read(&paths[2])?];
            list.push(OutputCase {
                test: Test {
                    name: format!("checker/{}", inputs.number(number)),
                    input: input.into(),
                    answer: answer.into(),
                    ..Test::default()
                },
                output: output.into(),
            });
        }
    }
    Ok(validation)
}

/// Returns the tests of a set with their numbers, no more than a problem may have.
fn numbered(set: Element<'_>) -> impl Iterator<Item = (usize, Element<'_>)> {
    let tests = set
        .child("tests")
        .into_iter()
        .flat_map(|it| it.children("test"));
    (1..).zip(tests).take(MAX_TESTS)
}
