//! Kattis and ICPC problem packages: legacy, legacy-icpc and 2025-09, as far as the default
//! validator and pass or fail go.
//!
//! What needs a program of the package to judge (custom, interactive, multi-pass, scoring) is
//! refused by name. The field names follow <https://www.kattis.com/problem-package-format/>.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::Value;

use super::fields::{Fields, scalar};
use super::load::MAX_CONFIG_BYTES;
use super::pairs::{Pair, Pairs, check_count, check_size, pair_up, read_tests};
use super::problem_json::MAX_TIME_LIMIT_SECONDS;
use super::statement;
use super::tree::Tree;
use crate::error::{LoadError, LoadErrorKind};
use crate::{Checker, Format, PrivateTests, Problem, Rounding, Task, TaskLimits, TimeLimit};

const CONFIG: &str = "problem.yaml";
const TIME_LIMIT: &str = ".timelimit";
const DOMJUDGE: &str = "domjudge-problem.ini";
const DATA: &str = "data";
/// The file of a folder of tests: its old name and its new one.
const GROUP_FILES: [&str; 2] = ["testdata.yaml", "test_group.yaml"];
/// The field in it that holds the validator's flags, likewise.
const GROUP_FLAGS: [&str; 2] = ["output_validator_flags", "output_validator_args"];

pub(super) fn load(tree: &Tree) -> Result<Problem, LoadError> {
    let bytes = tree
        .read_if_there(CONFIG, MAX_CONFIG_BYTES)?
        .unwrap_or_default();
    let config = Fields::from_yaml(tree, CONFIG, &bytes)?;
    let version = version(&config)?;
    refuse_unsupported(tree, &config, version)?;

    let mut warnings = Vec::new();
    let (public, private, files) = find_tests(tree, &mut warnings)?;
    if public.is_empty() && private.is_empty() {
        return Err(tree.error("", LoadErrorKind::NoTests));
    }
    if public.is_empty() {
        warnings.push("no sample data: nothing to filter candidates on".to_owned());
    }
    let checker = checker(tree, &config, &files, public.iter().chain(&private))?;
    check_count(tree, public.len() + private.len())?;
    check_size(tree, public.iter().chain(&private))?;
    let public_tests = read_tests(tree, &public)?;
    let private_tests = read_tests(tree, &private)?;

    let statement = statement::read(tree, &mut warnings)?;
    let title = match title(&config)? {
        Some(title) => Some(title),
        None => statement.as_deref().and_then(statement::title),
    };
    let task = Task {
        id: tree.id(),
        title,
        statement,
        format: Format::Kattis,
        limits: limits(tree, &config, version)?,
        checker,
        public_tests,
        tags: config.words("keywords")?.unwrap_or_default(),
        rating: None,
    };
    Ok(Problem {
        task,
        private: PrivateTests::new(private_tests),
        warnings,
    })
}

/// What of the format's history matters here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Version {
    Legacy,
    /// 2025-09 and the drafts that led to it.
    Modern,
}

fn version(config: &Fields<'_>) -> Result<Version, LoadError> {
    let version = config.text("problem_format_version")?;
    match version.as_deref() {
        None | Some("legacy" | "legacy-icpc") => Ok(Version::Legacy),
        Some("draft" | "2023-07-draft" | "2023-07" | "2025-09-draft" | "2025-09") => {
            Ok(Version::Modern)
        }
        Some(other) => {
            let feature = format!("`problem_format_version` `{other}`");
            Err(config.fail(LoadErrorKind::Unsupported { feature }))
        }
    }
}

/// Refuses what the default validator cannot judge.
fn refuse_unsupported(tree: &Tree, config: &Fields<'_>, version: Version) -> Result<(), LoadError> {
    let unsupported = |feature: String| config.fail(LoadErrorKind::Unsupported { feature });
    let types = config.words("type")?.unwrap_or_default();
    if let Some(other) = types.iter().find(|it| *it != "pass-fail") {
        return Err(unsupported(format!("problem type `{other}`")));
    }
    let validation = config.words("validation")?.unwrap_or_default();
    if validation.iter().any(|it| it != "default") {
        return Err(unsupported(format!(
            "`{}` output validation",
            validation.join(" ")
        )));
    }
    // The new format says nothing in `problem.yaml`: the validator's folder is the sign.
    if version == Version::Modern && tree.has_folder("output_validator") {
        let feature = "custom output validation".to_owned();
        return Err(tree.error("output_validator", LoadErrorKind::Unsupported { feature }));
    }
    Ok(())
}

type FoundTests = (Vec<Pair>, Vec<Pair>, BTreeSet<String>);

/// Finds the sample and the secret tests, and all files beside them.
fn find_tests(tree: &Tree, warnings: &mut Vec<String>) -> Result<FoundTests, LoadError> {
    let files: Vec<String> = tree
        .files(DATA)?
        .into_iter()
        .filter(|it| it.starts_with("data/sample/") || it.starts_with("data/secret/"))
        .collect();
    let files_folder = |it: &&String| {
        it.split('/')
            .any(|part| part.strip_suffix(".files").is_some())
    };
    if let Some(file) = files.iter().find(files_folder) {
        let feature = "tests that come with files".to_owned();
        return Err(tree.error(file, LoadErrorKind::Unsupported { feature }));
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
    Ok((public, private, files.into_iter().collect()))
}

fn title(config: &Fields<'_>) -> Result<Option<String>, LoadError> {
    config.read("name", "a text, or a text for each language", |value| {
        let name = match value {
            Value::Object(names) => names.get("en").or_else(|| names.values().next())?,
            other => other,
        };
        scalar(name)
    })
}

fn limits(tree: &Tree, config: &Fields<'_>, version: Version) -> Result<TaskLimits, LoadError> {
    let size = |field, unit_bytes: u64, default: u64, expected| {
        let units = config.count(field, expected)?.unwrap_or(default);
        match units.checked_mul(unit_bytes).filter(|it| *it > 0) {
            Some(bytes) => Ok(bytes),
            None => Err(config.error(field, &Value::from(units), expected)),
        }
    };
    Ok(TaskLimits {
        time: time_limit(tree, config, version)?,
        memory_bytes: size("limits.memory", 1 << 20, 2048, "a number of MiB above 0")?,
        output_bytes: size("limits.output", 1 << 20, 8, "a number of MiB above 0")?,
        source_bytes: size("limits.code", 1 << 10, 128, "a number of KiB above 0")?,
    })
}

/// Finds the time limit: stated in `problem.yaml`, in a judge's own file, or left to the slowest
/// accepted program.
fn time_limit(tree: &Tree, config: &Fields<'_>, version: Version) -> Result<TimeLimit, LoadError> {
    let seconds = "a number of seconds above 0, and no more than a day";
    let factor = "a number above 0, and no more than 1000";
    let stated = config.positive("limits.time_limit", MAX_TIME_LIMIT_SECONDS, seconds)?;
    if let Some(limit) = stated.or(judge_time_limit(tree)?) {
        return Ok(TimeLimit::declared(limit));
    }
    let second = Duration::from_secs(1);
    if version == Version::Legacy {
        let multiplier = config.positive("limits.time_multiplier", 1000.0, factor)?;
        return Ok(TimeLimit::FromAccepted {
            multiplier: multiplier.unwrap_or(5.0),
            minimum: second,
            resolution: second,
            rounding: Rounding::Nearest,
        });
    }
    let field = "limits.time_multipliers.ac_to_time_limit";
    let multiplier = config.positive(field, 1000.0, factor)?.unwrap_or(2.0);
    let resolution = config.positive("limits.time_resolution", MAX_TIME_LIMIT_SECONDS, seconds)?;
    // A resolution below a nanosecond would be zero.
    let resolution = resolution.map_or(second, Duration::from_secs_f64);
    let resolution = resolution.max(Duration::from_nanos(1));
    let minimum = resolution;
    Ok(TimeLimit::FromAccepted {
        multiplier,
        minimum,
        resolution,
        rounding: Rounding::Up,
    })
}

/// Reads the limit that a judge keeps beside the package, in seconds.
fn judge_time_limit(tree: &Tree) -> Result<Option<f64>, LoadError> {
    for file in [TIME_LIMIT, DOMJUDGE] {
        let Some(bytes) = tree.read_if_there(file, MAX_CONFIG_BYTES)? else {
            continue;
        };
        let text = String::from_utf8_lossy(&bytes);
        let value = if file == TIME_LIMIT {
            Some(text.trim())
        } else {
            ini_value(&text)
        };
        let Some(value) = value else { continue };
        let limit = value.parse().ok();
        let limit = limit.filter(|it: &f64| *it > 0.0 && *it <= MAX_TIME_LIMIT_SECONDS);
        return limit.map(Some).ok_or_else(|| {
            let field = "timelimit".to_owned();
            let found = format!(
                "`{}`",
                value.chars().take(40).collect::<String>().escape_debug()
            );
            let expected = "a number of seconds above 0, and no more than a day";
            tree.error(
                file,
                LoadErrorKind::Field {
                    field,
                    found,
                    expected,
                },
            )
        });
    }
    Ok(None)
}

/// Returns the value of `timelimit = '8'` without its quotes.
fn ini_value(text: &str) -> Option<&str> {
    let mut settings = text.lines().filter_map(|line| line.split_once('='));
    let (_, value) = settings.find(|(key, _)| key.trim() == "timelimit")?;
    Some(value.trim().trim_matches(['\'', '"']))
}

/// Finds the validator's flags: those of `problem.yaml`, then those of the nearest folder of tests
/// that has some. We have one checker a problem, so all tests must come to the same.
fn checker<'a>(
    tree: &Tree,
    config: &Fields<'_>,
    files: &BTreeSet<String>,
    tests: impl Iterator<Item = &'a Pair>,
) -> Result<Checker, LoadError> {
    let mut flags = config.words("validator_flags")?.unwrap_or_default();
    let mut groups = GroupFlags {
        tree,
        known: BTreeMap::new(),
    };
    let mut shared: Option<Option<GroupText>> = None;
    for pair in tests {
        let stem = pair
            .input
            .strip_suffix(".in")
            .expect("an input ends in `.in`");
        let (folder, _) = stem.rsplit_once('/').expect("tests are below `data`");
        let own = format!("{stem}.yaml");
        let mut found = groups.of_folder(folder)?;
        if files.contains(&own) {
            found = test_flags(tree, &own)?.or(found);
        }
        match &shared {
            None => shared = Some(found),
            Some(first) if text_of(first.as_ref()) == text_of(found.as_ref()) => {}
            Some(first) => {
                let file = found
                    .or(first.clone())
                    .map(|it| it.file)
                    .unwrap_or_default();
                let feature = "validator flags that differ between tests".to_owned();
                return Err(tree.error(&file, LoadErrorKind::Unsupported { feature }));
            }
        }
    }
    let (mut file, mut field) = (CONFIG.to_owned(), "validator_flags");
    if let Some(group) = shared.flatten() {
        flags.extend(group.words);
        (file, field) = (group.file, group.field);
    }
    match flags.join(" ").parse() {
        Ok(flags) => Ok(Checker::Kattis(flags)),
        Err(source) => {
            let field = field.to_owned();
            Err(tree.error(&file, LoadErrorKind::Flags { field, source }))
        }
    }
}

/// Flags and where they stand.
#[derive(Clone)]
struct GroupText {
    file: String,
    field: &'static str,
    words: Vec<String>,
}

fn text_of(flags: Option<&GroupText>) -> &[String] {
    flags.map_or(&[], |it| &it.words)
}

/// The flags of each folder of tests, read once a folder.
struct GroupFlags<'a> {
    tree: &'a Tree,
    known: BTreeMap<String, Option<GroupText>>,
}

impl GroupFlags<'_> {
    /// Returns the flags of a folder, or of the nearest above it that has some.
    fn of_folder(&mut self, folder: &str) -> Result<Option<GroupText>, LoadError> {
        if let Some(known) = self.known.get(folder) {
            return Ok(known.clone());
        }
        let mut found = None;
        for name in GROUP_FILES {
            let file = format!("{folder}/{name}");
            if let Some(bytes) = self.tree.read_if_there(&file, MAX_CONFIG_BYTES)? {
                let fields = Fields::from_yaml(self.tree, &file, &bytes)?;
                found = found.or(flags_in(&fields, &file)?);
            }
        }
        if let (None, Some((above, _))) = (&found, folder.rsplit_once('/')) {
            found = self.of_folder(above)?;
        }
        self.known.insert(folder.to_owned(), found.clone());
        Ok(found)
    }
}

/// Reads the settings of a single test, which only the new format has.
fn test_flags(tree: &Tree, file: &str) -> Result<Option<GroupText>, LoadError> {
    let fields = Fields::from_yaml(tree, file, &tree.read(file, MAX_CONFIG_BYTES)?)?;
    if fields.get("args").is_some() {
        let feature = "tests with command line arguments".to_owned();
        return Err(fields.fail(LoadErrorKind::Unsupported { feature }));
    }
    flags_in(&fields, file)
}

fn flags_in(fields: &Fields<'_>, file: &str) -> Result<Option<GroupText>, LoadError> {
    for field in GROUP_FLAGS {
        if let Some(words) = fields.words(field)? {
            return Ok(Some(GroupText {
                file: file.to_owned(),
                field,
                words,
            }));
        }
    }
    Ok(None)
}
