//! The limits of a package: stated, kept beside it by a judge, or left to its slowest accepted program.

use std::time::Duration;

use serde_json::Value;

use super::config::Version;
use crate::error::{LoadError, LoadErrorKind};
use crate::read::fields::Fields;
use crate::read::load::MAX_CONFIG_BYTES;
use crate::read::problem_json::MAX_TIME_LIMIT_SECONDS;
use crate::read::tree::{Tree, without_bom};
use crate::{Rounding, TaskLimits, TimeLimit};

const TIME_LIMIT: &str = ".timelimit";
const DOMJUDGE: &str = "domjudge-problem.ini";
/// The most that a time is multiplied by.
const MAX_FACTOR: f64 = 1000.0;
const FACTOR: &str = "a number above 0, and no more than 1000";

pub(super) fn read(
    tree: &Tree,
    config: &Fields<'_>,
    version: Version,
    warnings: &mut Vec<String>,
) -> Result<TaskLimits, LoadError> {
    let size = |field, unit_bytes: u64, default: u64, expected| {
        let units = config.count(field, expected)?.unwrap_or(default);
        match units.checked_mul(unit_bytes).filter(|it| *it > 0) {
            Some(bytes) => Ok(bytes),
            None => Err(config.error(field, &Value::from(units), expected)),
        }
    };
    Ok(TaskLimits {
        time: time_limit(tree, config, version, warnings)?,
        memory_bytes: size("limits.memory", 1 << 20, 2048, "a number of MiB above 0")?,
        output_bytes: size("limits.output", 1 << 20, 8, "a number of MiB above 0")?,
        // The format says 128 KiB, and tools do not hold a package's own programs to what it does not state.
        source_bytes: size("limits.code", 1 << 10, 256, "a number of KiB above 0")?,
        tle_margin: tle_margin(config, version)?,
    })
}

/// Finds the time limit: stated in `problem.yaml`, in a judge's own file, or left to the slowest
/// accepted program.
fn time_limit(
    tree: &Tree,
    config: &Fields<'_>,
    version: Version,
    warnings: &mut Vec<String>,
) -> Result<TimeLimit, LoadError> {
    let seconds = "a number of seconds above 0, and no more than a day";
    let stated = config.positive("limits.time_limit", MAX_TIME_LIMIT_SECONDS, seconds)?;
    let resolution = config.positive("limits.time_resolution", MAX_TIME_LIMIT_SECONDS, seconds)?;
    if let (Some(limit), Version::Modern) = (stated, version) {
        let units = limit / resolution.unwrap_or(1.0);
        if (units - units.round()).abs() > 1e-6 {
            let message = "is no multiple of `limits.time_resolution`";
            warnings.push(format!("`problem.yaml`: `limits.time_limit` {message}"));
        }
    }
    if let Some(limit) = stated.or(judge_time_limit(tree)?) {
        return Ok(TimeLimit::declared(limit));
    }
    let second = Duration::from_secs(1);
    if version == Version::Legacy {
        let multiplier = config.positive("limits.time_multiplier", MAX_FACTOR, FACTOR)?;
        return Ok(TimeLimit::FromAccepted {
            multiplier: multiplier.unwrap_or(5.0),
            minimum: second,
            resolution: second,
            rounding: Rounding::Nearest,
        });
    }
    let field = "limits.time_multipliers.ac_to_time_limit";
    let multiplier = config.positive(field, MAX_FACTOR, FACTOR)?.unwrap_or(2.0);
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

/// Returns how far above the limit the author keeps what is meant to be too slow.
fn tle_margin(config: &Fields<'_>, version: Version) -> Result<f64, LoadError> {
    let (field, default) = match version {
        Version::Legacy => ("limits.time_safety_margin", 2.0),
        Version::Modern => ("limits.time_multipliers.time_limit_to_tle", 1.5),
    };
    Ok(config
        .positive(field, MAX_FACTOR, FACTOR)?
        .unwrap_or(default))
}

/// Reads the limit that a judge keeps beside the package, in seconds.
fn judge_time_limit(tree: &Tree) -> Result<Option<f64>, LoadError> {
    for file in [TIME_LIMIT, DOMJUDGE] {
        let Some(bytes) = tree.read_if_there(file, MAX_CONFIG_BYTES)? else {
            continue;
        };
        let text = String::from_utf8_lossy(without_bom(&bytes));
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
