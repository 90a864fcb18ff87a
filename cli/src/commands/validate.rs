//! `riddle validate`: what a problem's own validators say of its inputs and answers, or of given files.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context as _;
use clap::Args;
use riddle_engine::{EngineError, Said, Subject, Validated, ValidatedProblem, validate};
use serde::Serialize;

use super::run::read_bounded;
use crate::{
    args::{FormatArgs, JobsArgs, LoadArgs, SandboxArgs},
    commands::{Session, session::Done},
    exit::Exit,
    printer::{Format, Printer, Tone},
    table::{Cell, Side, Table},
    text::{count, counted},
};

/// Bytes of an input that are read: 256 MiB, as of a test.
const MAX_INPUT_BYTES: u64 = 256 << 20;

/// Run a problem's own validators on its inputs and answers
#[derive(Args, Debug)]
#[command(after_help = "\
Asks every input validator of a package (programs in C, C++ and Python, in the sandbox, and scripts
of checktestdata) about the inputs of all tests, which must be valid, and those in `invalid_input`,
which one validator at least must refuse; or about the files given, which must be valid. Where a
package has answer validators, they are asked about its answers too, of which those in
`invalid_answer` must be refused.

Examples:
  riddle validate problems/even-sum
  riddle validate problems/* --format jsonl | jq 'select(.says != .expected)'
  riddle validate problems/even-sum --input mine.in generated/*.in

Exit code: 0 if everything is as it must be, 1 if not, 2 if a validator failed or cannot be run.")]
pub(crate) struct ValidateArgs {
    /// Folders of problems
    #[arg(value_name = "PROBLEM", required = true)]
    problems: Vec<PathBuf>,
    /// Files to validate in the place of the problem's own inputs; `-` is standard input
    #[arg(long = "input", value_name = "FILE", num_args = 1..)]
    inputs: Vec<PathBuf>,
    #[command(flatten)]
    reading: LoadArgs,
    #[command(flatten)]
    sandbox: SandboxArgs,
    #[command(flatten)]
    jobs: JobsArgs,
    #[command(flatten)]
    output: FormatArgs,
}

/// What `--format json` prints.
#[derive(Serialize)]
struct ValidatedAll {
    problems: Vec<ValidatedJson>,
    totals: Totals,
}

/// One problem of it.
#[derive(Serialize)]
struct ValidatedJson {
    problem: String,
    validators: Vec<String>,
    answer_validators: Vec<String>,
    unusable: Vec<String>,
    warnings: Vec<String>,
    inputs: Vec<Validated>,
    answers: Vec<Validated>,
}

/// How many inputs and answers are what they must be.
#[derive(Clone, Copy, Default, Serialize)]
#[expect(
    clippy::struct_field_names,
    reason = "counts are called so in all our JSON"
)]
struct Totals {
    #[serde(skip)]
    n_answers: u64,
    n_as_expected: u64,
    n_not_so: u64,
    n_unknown: u64,
}

impl Totals {
    fn count(&mut self, validated: &Validated) {
        self.n_answers += u64::from(validated.subject == Subject::Answer);
        match validated.says {
            None => self.n_unknown += 1,
            Some(_) if validated.is_as_expected() => self.n_as_expected += 1,
            Some(_) => self.n_not_so += 1,
        }
    }
}

pub(crate) fn validate_problems(args: &ValidateArgs, printer: Printer) -> anyhow::Result<Exit> {
    let inputs: Vec<(String, Arc<[u8]>)> = args
        .inputs
        .iter()
        .map(|it| read(it))
        .collect::<Result<_, _>>()?;
    let session = Session::open(&args.sandbox, &args.jobs, printer)?;
    let mut totals = Totals::default();
    let Done { problems, is_all } = session.each(&args.problems, |folder| {
        validate_one(&session, args, &inputs, folder, &mut totals)
    })?;
    match args.output.format {
        Format::Human if problems.is_empty() => {}
        Format::Human => printer.data(summary(&totals))?,
        Format::Json => printer.json(Format::Json, &json(problems, totals))?,
        Format::Jsonl => {}
    }
    if session.interrupt.is_set() {
        return Ok(Exit::Interrupted);
    }
    Ok(if is_all && totals.n_unknown == 0 {
        Exit::answer(totals.n_not_so == 0)
    } else {
        Exit::CouldNot
    })
}

/// Validates one problem. The outer error is of the output, the inner one of the problem.
fn validate_one(
    session: &Session,
    args: &ValidateArgs,
    inputs: &[(String, Arc<[u8]>)],
    folder: &Path,
    totals: &mut Totals,
) -> anyhow::Result<Result<ValidatedProblem, EngineError>> {
    let printer = session.printer;
    let mut printed = Ok(());
    let validated = validate(
        &session.sandbox,
        &session.workers,
        folder,
        &args.reading.load_options(),
        inputs,
        &session.interrupt,
        |validated| {
            totals.count(validated);
            if printed.is_ok() && args.output.format == Format::Jsonl {
                printed = printer.json(Format::Jsonl, validated);
            }
            if printed.is_err() {
                // Nobody reads any more.
                session.interrupt.set();
            }
        },
    );
    printed?;
    if let Ok(problem) = &validated {
        for warning in problem.warnings.iter().chain(&problem.unusable) {
            printer.warn(&format!("{}: {warning}", problem.problem));
        }
        if args.output.format == Format::Human {
            printer.data(lines(problem, printer))?;
        }
    }
    Ok(validated)
}

/// Writes a line for each input and answer that is not what it must be, and one that counts them all.
fn lines(problem: &ValidatedProblem, printer: Printer) -> String {
    let mut totals = Totals::default();
    let mut table = Table::new(&[("", Side::Left), ("", Side::Left), ("", Side::Left)]);
    table.take(&printer);
    for validated in problem.inputs.iter().chain(&problem.answers) {
        totals.count(validated);
        let message = validated.message.as_deref();
        let (mark, text) = match (validated.says, validated.validator.as_deref()) {
            _ if validated.is_as_expected() => continue,
            // Said once, in a warning.
            (None, _) if problem.unusable.iter().any(|it| Some(&**it) == message) => continue,
            (None, _) => (
                Cell::toned(Tone::Warning, "unknown"),
                message.unwrap_or_default().to_owned(),
            ),
            (Some(Said::Valid), _) => (
                Cell::toned(Tone::Bad, "VALID"),
                "no validator refuses it".to_owned(),
            ),
            (Some(Said::Invalid), validator) => {
                let validator = validator.unwrap_or_default();
                let message = message.map(|it| format!(": {it}")).unwrap_or_default();
                let text = format!("refused by {validator}{message}");
                (Cell::toned(Tone::Bad, "INVALID"), text)
            }
        };
        let name = match validated.subject {
            Subject::Input => validated.input.clone(),
            Subject::Answer => format!("answer of {}", validated.input),
        };
        table.row([mark, name.into(), text.into()]);
    }
    let title = printer.tinted(Tone::Heading, &crate::text::clean(&problem.problem));
    let of = |n: usize, what, validators: &[String]| {
        let by = crate::text::clean(&validators.join(", "));
        (!validators.is_empty()).then(|| format!("{} by {by}", counted(n as u64, what)))
    };
    let inputs = of(problem.inputs.len(), "input", &problem.validators);
    let answers = of(problem.answers.len(), "answer", &problem.answer_validators);
    let all: Vec<String> = inputs.into_iter().chain(answers).collect();
    format!(
        "{title}\n{}  {}: {}\n",
        table.take(&printer),
        all.join("; "),
        came_out(&totals),
    )
}

fn summary(totals: &Totals) -> String {
    let what = match totals.n_answers {
        0 => "inputs",
        _ => "inputs and answers",
    };
    format!("\n{what}: {}\n", came_out(totals))
}

fn came_out(totals: &Totals) -> String {
    let mut parts = vec![format!("{} as they must be", count(totals.n_as_expected))];
    for (n, what) in [(totals.n_not_so, "not so"), (totals.n_unknown, "unknown")] {
        if n > 0 {
            parts.push(format!("{} {what}", count(n)));
        }
    }
    parts.join(", ")
}

fn json(problems: Vec<ValidatedProblem>, totals: Totals) -> ValidatedAll {
    let problem = |it: ValidatedProblem| ValidatedJson {
        problem: it.problem,
        validators: it.validators,
        answer_validators: it.answer_validators,
        unusable: it.unusable,
        warnings: it.warnings,
        inputs: it.inputs,
        answers: it.answers,
    };
    ValidatedAll {
        problems: problems.into_iter().map(problem).collect(),
        totals,
    }
}

fn read(path: &Path) -> anyhow::Result<(String, Arc<[u8]>)> {
    let bytes = if path == Path::new("-") {
        read_bounded(std::io::stdin().lock(), MAX_INPUT_BYTES)
    } else {
        fs_err::File::open(path)
            .map_err(Into::into)
            .and_then(|it| read_bounded(it, MAX_INPUT_BYTES))
    };
    let bytes = bytes.context("could not read the input")?;
    Ok((path.to_string_lossy().into_owned(), bytes.into()))
}
