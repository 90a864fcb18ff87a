//! `problem.json`: the fields of one `CodeContests` problem.
//!
//! Field names and the two shapes of test lists are those of the released proto and of the parquet
//! files made from it. Zero means unknown there, as protobuf has it.

use serde_json::Value;

use super::fields::Fields;
use super::load::MAX_JSON_BYTES;
use super::tree::Tree;
use crate::error::LoadError;
use crate::{FileIo, Test};

pub(super) const FILE: &str = "problem.json";
/// The longest time limit that is believed: one day, in seconds.
pub(super) const MAX_TIME_LIMIT_SECONDS: f64 = 86_400.0;

/// Bytes of the name of a file that programs read or write.
const MAX_NAME_BYTES: usize = 255;

/// What the file says; all of it optional.
#[derive(Default)]
pub(super) struct ProblemJson {
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) time_limit_seconds: Option<f64>,
    pub(super) memory_limit_bytes: Option<u64>,
    pub(super) file_io: Option<FileIo>,
    pub(super) rating: Option<u32>,
    pub(super) tags: Vec<String>,
    pub(super) public_tests: Vec<Test>,
    /// Private tests, then generated ones: their answers are known, so they can score.
    pub(super) private_tests: Vec<Test>,
}

pub(super) fn read(tree: &Tree) -> Result<ProblemJson, LoadError> {
    let Some(bytes) = tree.read_if_there(FILE, MAX_JSON_BYTES)? else {
        return Ok(ProblemJson::default());
    };
    let fields = Fields::from_json(tree, FILE, &bytes)?;
    let mut private_tests = tests(&fields, "private_tests")?;
    private_tests.extend(tests(&fields, "generated_tests")?);
    let rating = fields.read("cf_rating", "a whole number", |it| {
        it.as_f64()
            .filter(|it| it.fract() == 0.0 && (0.0..10_000.0).contains(it))
    })?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked above"
    )]
    let rating = rating.map(|it| it as u32).filter(|it| *it > 0);
    Ok(ProblemJson {
        name: fields.text("name")?,
        description: fields.text("description")?,
        time_limit_seconds: time_limit(&fields)?,
        memory_limit_bytes: fields
            .count("memory_limit_bytes", "a number of bytes")?
            .filter(|it| *it > 0),
        file_io: file_io(&fields)?,
        rating,
        tags: fields
            .read("cf_tags", "a list of texts", texts)?
            .unwrap_or_default()
            .into_iter()
            .filter(|it| !it.is_empty())
            .collect(),
        public_tests: tests(&fields, "public_tests")?,
        private_tests,
    })
}

/// Reads the names of the files that programs read and write; empty ones are standard input and output.
fn file_io(fields: &Fields<'_>) -> Result<Option<FileIo>, LoadError> {
    let name = |field| {
        let name = fields.read(field, "the name of a file without a folder", |value| {
            let name = value.as_str()?;
            let is_plain = name.len() <= MAX_NAME_BYTES
                && ![".", ".."].contains(&name)
                && name.chars().all(|it| it != '/' && !it.is_control());
            is_plain.then(|| name.to_owned())
        });
        Ok(name?.filter(|it| !it.is_empty()))
    };
    let io = FileIo {
        input: name("input_file")?,
        output: name("output_file")?,
    };
    Ok(Some(io).filter(|it| *it != FileIo::default()))
}

fn time_limit(fields: &Fields<'_>) -> Result<Option<f64>, LoadError> {
    let part = |field, maximum: f64| {
        fields.read(
            field,
            "a number of at least 0, and no more than a day",
            |it| it.as_f64().filter(|it| (0.0..=maximum).contains(it)),
        )
    };
    let seconds = part("time_limit.seconds", MAX_TIME_LIMIT_SECONDS)?.unwrap_or(0.0);
    let nanos = part("time_limit.nanos", 999_999_999.0)?.unwrap_or(0.0);
    let limit = seconds + nanos / 1e9;
    Ok(Some(limit).filter(|it| *it > 0.0))
}

/// Reads `{"input": […], "output": […]}` or `[{"input": …, "output": …}, …]`.
fn tests(fields: &Fields<'_>, field: &str) -> Result<Vec<Test>, LoadError> {
    let expected = "`input` and `output`: two lists of texts of one length, or both in each object";
    let group = field
        .strip_suffix("_tests")
        .expect("callers name a list of tests");
    let pairs = fields.read(field, expected, |value| match value {
        Value::Array(items) => items
            .iter()
            .map(|it| Some((it.get("input")?.as_str()?, it.get("output")?.as_str()?)))
            .collect::<Option<Vec<_>>>(),
        Value::Object(lists) => {
            let list = |name| lists.get(name).map_or(Some(Vec::new()), str_list);
            let (inputs, outputs) = (list("input")?, list("output")?);
            (inputs.len() == outputs.len()).then(|| inputs.into_iter().zip(outputs).collect())
        }
        _ => None,
    })?;
    let test = |(index, (input, output)): (usize, (&str, &str))| Test {
        // Five digits keep byte order and list order the same.
        name: format!("{group}/{:05}", index + 1),
        input: input.as_bytes().into(),
        answer: output.as_bytes().into(),
        ..Test::default()
    };
    Ok(pairs
        .unwrap_or_default()
        .into_iter()
        .enumerate()
        .map(test)
        .collect())
}

fn str_list(value: &Value) -> Option<Vec<&str>> {
    value.as_array()?.iter().map(Value::as_str).collect()
}

fn texts(value: &Value) -> Option<Vec<String>> {
    Some(str_list(value)?.into_iter().map(str::to_owned).collect())
}
