//! What `problem.yaml` says about the kind of problem, and who judges it.

use std::num::NonZeroU32;
use std::time::Duration;

use crate::error::{LoadError, LoadErrorKind};
use crate::read::fields::Fields;
use crate::read::programs::Programs;
use crate::{Interaction, Judge, JudgeLimits, Judging, Objective};

/// The most passes that a multi-pass problem may ask for.
const MAX_PASSES: u64 = 10_000;

/// What of the format's history matters here.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    Legacy,
    /// 2025-09 and the drafts that led to it.
    Modern,
}

pub(super) fn version(config: &Fields<'_>) -> Result<Version, LoadError> {
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

/// The kind of problem, from `type` and, in a legacy package, `validation`.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the format's own words, each there or not"
)]
pub(super) struct Kind {
    pub(super) scoring: bool,
    pub(super) interactive: bool,
    pub(super) multi_pass: bool,
    pub(super) submit_answer: bool,
    /// Legacy: `validation: custom`.
    custom: bool,
}

pub(super) fn kind(config: &Fields<'_>) -> Result<Kind, LoadError> {
    let mut kind = Kind::default();
    let mut pass_fail = false;
    for word in config.words("type")?.unwrap_or_default() {
        match word.as_str() {
            "pass-fail" => pass_fail = true,
            "scoring" => kind.scoring = true,
            "interactive" => kind.interactive = true,
            "multi-pass" => kind.multi_pass = true,
            "submit-answer" => kind.submit_answer = true,
            other => {
                let feature = format!("problem type `{other}`");
                return Err(config.fail(LoadErrorKind::Unsupported { feature }));
            }
        }
    }
    let contradicts = (pass_fail && kind.scoring)
        || (kind.submit_answer && (kind.interactive || kind.multi_pass));
    if let Some(value) = config.get("type").filter(|_| contradicts) {
        let expected = "types that go together: not `pass-fail` with `scoring`, nor \
                        `submit-answer` with `interactive` or `multi-pass`";
        return Err(config.error("type", value, expected));
    }
    let validation = config.words("validation")?.unwrap_or_default();
    for word in &validation {
        match word.as_str() {
            // A score that a validator gives counts, whether it was announced or not.
            "default" | "score" => {}
            "custom" => kind.custom = true,
            "interactive" => kind.interactive = true,
            "multi-pass" => kind.multi_pass = true,
            _ => {
                let feature = format!("`{}` output validation", validation.join(" "));
                return Err(config.fail(LoadErrorKind::Unsupported { feature }));
            }
        }
    }
    Ok(kind)
}

/// Returns what a score is for, if there is one.
pub(super) fn objective(config: &Fields<'_>, kind: &Kind) -> Result<Option<Objective>, LoadError> {
    let objective = config.read("grading.objective", "`max` or `min`", |value| {
        match value.as_str()? {
            "max" => Some(Objective::Max),
            "min" => Some(Objective::Min),
            _ => None,
        }
    })?;
    Ok(kind.scoring.then(|| objective.unwrap_or(Objective::Max)))
}

/// Finds who judges.
///
/// A legacy package says `validation: custom`; a modern one has a folder. Packages on the way from one
/// to the other have the folder's new name with the old version, and so on: both names are looked at.
pub(super) fn judging(
    config: &Fields<'_>,
    kind: &Kind,
    version: Version,
    programs: &mut Programs<'_>,
    warnings: &mut Vec<String>,
) -> Result<Judging, LoadError> {
    let mut validators = Vec::new();
    if version == Version::Modern || kind.custom {
        let old = |programs: &mut Programs<'_>| programs.each_in("output_validators");
        let new = |programs: &mut Programs<'_>| {
            Ok(programs.only_in("output_validator")?.into_iter().collect())
        };
        validators = match version {
            Version::Legacy => old(programs)?,
            Version::Modern => new(programs)?,
        };
        if validators.is_empty() {
            validators = match version {
                Version::Legacy => new(programs)?,
                Version::Modern => old(programs)?,
            };
        }
    }
    let needs_one = kind.custom || kind.interactive || kind.multi_pass;
    if validators.is_empty() && needs_one {
        warnings.push("no output validator, though the package says that it has one".to_owned());
    }
    let is_custom = needs_one || !validators.is_empty();
    let mut graders = programs.each_in("graders")?;
    if let [first, _, ..] = &graders[..] {
        let (n, first) = (graders.len(), &first.name);
        warnings.push(format!(
            "`graders` has {n} programs and not one: `{first}` grades"
        ));
    }
    Ok(Judging {
        judge: if is_custom {
            Judge::Programs(validators)
        } else {
            Judge::Checker
        },
        interaction: if kind.interactive {
            Interaction::Judge
        } else {
            Interaction::None
        },
        max_passes: if kind.multi_pass {
            max_passes(config)?
        } else {
            NonZeroU32::MIN
        },
        submit_answer: kind.submit_answer,
        static_validator: programs.only_in("static_validator")?,
        grader: (!graders.is_empty()).then(|| graders.remove(0)),
        limits: judge_limits(config)?,
    })
}

fn max_passes(config: &Fields<'_>) -> Result<NonZeroU32, LoadError> {
    let field = "limits.validation_passes";
    let expected = "a whole number from 2 to 10000";
    let passes = config.count(field, expected)?.unwrap_or(2);
    let small = u32::try_from(passes).ok().and_then(NonZeroU32::new);
    match small.filter(|_| (2..=MAX_PASSES).contains(&passes)) {
        Some(passes) => Ok(passes),
        None => Err(config.error(field, &passes.into(), expected)),
    }
}

fn judge_limits(config: &Fields<'_>) -> Result<JudgeLimits, LoadError> {
    let default = JudgeLimits::default();
    let size = |field, expected| {
        let units = config.count(field, expected)?;
        let size = |units: u64| match units.checked_mul(1 << 20).filter(|it| *it > 0) {
            Some(bytes) => Ok(bytes),
            None => Err(config.error(field, &units.into(), expected)),
        };
        units.map(size).transpose()
    };
    let field = "limits.validation_time";
    let seconds = config.positive(
        field,
        86_400.0,
        "a number of seconds above 0, and no more than a day",
    )?;
    Ok(JudgeLimits {
        time: seconds.map_or(default.time, |it| {
            Duration::from_secs_f64(it).max(Duration::from_nanos(1))
        }),
        memory_bytes: size("limits.validation_memory", "a number of MiB above 0")?
            .unwrap_or(default.memory_bytes),
        output_bytes: size("limits.validation_output", "a number of MiB above 0")?
            .unwrap_or(default.output_bytes),
    })
}
