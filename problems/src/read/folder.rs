//! Our own folder format, which needs no file of ours: `tests`, and what else is there.
//!
//! ```text
//! tests/{public,sample}/**.in,.ans  tests/{private,hidden,secret}/**.in,.ans   or  tests/**.in,.ans
//! problem.toml  statement.md  problem.json  submissions/<verdict>/
//! ```
//!
//! What `problem.toml` and `statement.md` say holds over `problem.json`. Tests of both places join.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::fields::syntax_error;
use super::load::MAX_CONFIG_BYTES;
use super::pairs::{Pair, Pairs, check_count, check_size, pair_up, read_tests};
use super::problem_json::{self, MAX_TIME_LIMIT_SECONDS};
use super::tree::{Tree, without_bom};
use crate::error::{LoadError, LoadErrorKind};
use crate::{
    Checker, CheckerError, Format, PrivateTests, Problem, Task, TaskLimits, TestGroup, TimeLimit,
    Validation,
};

const CONFIG: &str = "problem.toml";
const STATEMENT: &str = "statement.md";
const TESTS: &str = "tests";

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Config {
    title: Option<String>,
    time_limit_seconds: Option<f64>,
    memory_limit_bytes: Option<u64>,
    output_limit_bytes: Option<u64>,
    source_limit_bytes: Option<u64>,
    rating: Option<u32>,
    tags: Option<Vec<String>>,
    #[serde(deserialize_with = "name_or_table")]
    checker: Option<CheckerConfig>,
}

/// `checker = "testlib:rcmp6"`, or a table of name and flags.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckerConfig {
    name: String,
    #[serde(default)]
    flags: String,
}

fn name_or_table<'de, D: Deserializer<'de>>(from: D) -> Result<Option<CheckerConfig>, D::Error> {
    struct NameOrTable;

    impl<'de> Visitor<'de> for NameOrTable {
        type Value = CheckerConfig;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the name of a checker, or a table of `name` and `flags`")
        }

        fn visit_str<E>(self, text: &str) -> Result<CheckerConfig, E> {
            let (name, flags) = text.split_once(' ').unwrap_or((text, ""));
            let (name, flags) = (name.to_owned(), flags.to_owned());
            Ok(CheckerConfig { name, flags })
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<CheckerConfig, A::Error> {
            CheckerConfig::deserialize(MapAccessDeserializer::new(map))
        }
    }

    from.deserialize_any(NameOrTable).map(Some)
}

pub(super) fn load(tree: &Tree, n_public: usize) -> Result<Problem, LoadError> {
    let config = read_config(tree)?;
    let json = problem_json::read(tree)?;
    let (public, private) = divide(tree, n_public)?;
    let n_json = json.public_tests.len() + json.private_tests.len();
    check_count(tree, public.len() + private.len() + n_json)?;
    check_size(tree, public.iter().chain(&private))?;

    let mut public_tests = read_tests(tree, &public)?;
    public_tests.extend(json.public_tests);
    let mut private_tests = read_tests(tree, &private)?;
    private_tests.extend(json.private_tests);
    if public_tests.is_empty() {
        let nothing = private_tests.is_empty();
        let kind = if nothing {
            LoadErrorKind::NoTests
        } else {
            LoadErrorKind::NoPublicTest
        };
        return Err(tree.error("", kind));
    }

    let default = TaskLimits::default();
    let time = config.time_limit_seconds.or(json.time_limit_seconds);
    let memory = config.memory_limit_bytes.or(json.memory_limit_bytes);
    let task = Task {
        id: tree.id(),
        title: config.title.clone().or(json.name),
        statement: read_statement(tree)?.or(json.description),
        format: Format::Folder,
        limits: TaskLimits {
            time: time.map_or(default.time, TimeLimit::declared),
            memory_bytes: memory.unwrap_or(default.memory_bytes),
            output_bytes: config.output_limit_bytes.unwrap_or(default.output_bytes),
            source_bytes: config.source_limit_bytes.unwrap_or(default.source_bytes),
            ..default
        },
        checker: checker(tree, config.checker.as_ref())?,
        file_io: json.file_io,
        public_tests,
        tags: config.tags.unwrap_or(json.tags),
        rating: config.rating.or(json.rating),
        ..Task::default()
    };
    let tests = task.public_tests.iter().chain(&private_tests);
    let groups = TestGroup::of_tests(tests.map(|it| it.name.as_str()));
    Ok(Problem {
        task,
        groups,
        validation: Validation::default(),
        private: PrivateTests::new(private_tests),
        warnings: Vec::new(),
    })
}

fn read_config(tree: &Tree) -> Result<Config, LoadError> {
    let Some(text) = read_text(tree, CONFIG)? else {
        return Ok(Config::default());
    };
    let config: Config = toml::from_str(&text).map_err(|err| {
        let start = err.span().map_or(0, |it| it.start.min(text.len()));
        let line = text.as_bytes()[..start]
            .split(|&byte| byte == b'\n')
            .count();
        syntax_error(tree, CONFIG, line, err.message())
    })?;
    let fail = |field: &str, found: String, expected| {
        let field = field.to_owned();
        Err(tree.error(
            CONFIG,
            LoadErrorKind::Field {
                field,
                found,
                expected,
            },
        ))
    };
    if let Some(seconds) = config.time_limit_seconds
        && !(seconds > 0.0 && seconds <= MAX_TIME_LIMIT_SECONDS)
    {
        let expected = "a number of seconds above 0, and no more than a day";
        return fail("time_limit_seconds", format!("`{seconds}`"), expected);
    }
    let sizes = [
        ("memory_limit_bytes", config.memory_limit_bytes),
        ("output_limit_bytes", config.output_limit_bytes),
        ("source_limit_bytes", config.source_limit_bytes),
    ];
    match sizes.into_iter().find(|(_, size)| *size == Some(0)) {
        Some((field, _)) => fail(field, "`0`".to_owned(), "a number of bytes above 0"),
        None => Ok(config),
    }
}

fn checker(tree: &Tree, config: Option<&CheckerConfig>) -> Result<Checker, LoadError> {
    let Some(CheckerConfig { name, flags }) = config else {
        return Ok(Checker::default());
    };
    let fail = |kind| Err(tree.error(CONFIG, kind));
    let field = |field: &str, value: &str, expected| {
        let found = format!("`{value}`");
        fail(LoadErrorKind::Field {
            field: field.to_owned(),
            found,
            expected,
        })
    };
    match format!("{name} {flags}").parse() {
        Ok(checker) => Ok(checker),
        Err(CheckerError::Flags(source)) => fail(LoadErrorKind::Flags {
            field: "checker.flags".to_owned(),
            source,
        }),
        Err(CheckerError::Argument { argument, .. }) => {
            let expected = "what the checker takes, which is nothing for most";
            field("checker.flags", &argument, expected)
        }
        Err(CheckerError::Unknown(_)) => {
            let expected = "a checker, such as `tokens`, `kattis` or `testlib:wcmp`";
            field("checker.name", name, expected)
        }
    }
}

fn read_statement(tree: &Tree) -> Result<Option<String>, LoadError> {
    read_text(tree, STATEMENT)
}

fn read_text(tree: &Tree, file: &str) -> Result<Option<String>, LoadError> {
    let Some(bytes) = tree.read_if_there(file, MAX_CONFIG_BYTES)? else {
        return Ok(None);
    };
    let bytes = without_bom(&bytes).to_vec();
    String::from_utf8(bytes).map(Some).map_err(|err| {
        let good = &err.as_bytes()[..err.utf8_error().valid_up_to()];
        let line = good.split(|&byte| byte == b'\n').count();
        syntax_error(tree, file, line, "text is not UTF-8")
    })
}

/// Finds the tests below `tests` and says which are public.
fn divide(tree: &Tree, n_public: usize) -> Result<(Vec<Pair>, Vec<Pair>), LoadError> {
    let files = tree.files(TESTS)?;
    let Pairs {
        complete,
        lone_inputs,
        lone_answers,
    } = pair_up(TESTS, &files, &["ans", "out"]);
    if let Some(file) = lone_inputs.first() {
        let test = test_name(file);
        return Err(tree.error(file, LoadErrorKind::MissingAnswer { test }));
    }
    if let Some(file) = lone_answers.first() {
        let test = test_name(file);
        return Err(tree.error(file, LoadErrorKind::MissingInput { test }));
    }
    let (mut public, mut private, mut loose) = (Vec::new(), Vec::new(), Vec::new());
    for pair in complete {
        match pair.name.split_once('/').map(|(folder, _)| folder) {
            Some("public" | "sample") => public.push(pair),
            Some("private" | "hidden" | "secret") => private.push(pair),
            _ => loose.push(pair),
        }
    }
    if public.is_empty() && private.is_empty() {
        private = loose.split_off(n_public.min(loose.len()));
        return Ok((loose, private));
    }
    match loose.into_iter().next() {
        Some(Pair {
            name: test, input, ..
        }) => Err(tree.error(&input, LoadErrorKind::Undivided { test })),
        None => Ok((public, private)),
    }
}

fn test_name(file: &str) -> String {
    let below = file.strip_prefix("tests/").unwrap_or(file);
    below
        .rsplit_once('.')
        .map_or(below, |(stem, _)| stem)
        .to_owned()
}
