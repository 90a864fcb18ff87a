//! `riddle inputs`: a problem's public tests in, inputs out, or those that a program makes, with a trusted program's
//! answers.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use riddle_engine::{
    Generator, InputWay, LeftOut, LoadedProblem, MadeTest, Oracle, SearchConfig, TestSet,
    TestSource, Validators, given, make_tests, problems, sandbox::Language,
};
use serde::Serialize;

use crate::{
    args::{FormatArgs, ProblemArgs, SandboxArgs},
    errors::UsageError,
    exit::Exit,
    printer::{Format, Printer},
    table::{Cell, Side, Table},
    text::counted,
};

/// Characters of an input that a line of the table shows.
const SHOWN: usize = 48;

/// Generate inputs for a problem, and a trusted program's answers
#[derive(Args, Debug)]
#[command(after_help = "\
Inputs come from a grammar inferred from the public inputs and the limits that the statement
gives, and from mutations of the public inputs: the most telling first. Nothing else of the
problem is looked at. Or from a program in any language (with testlib.h for C++), run in the sandbox
once for each input: it prints the input, and has no clock and no randomness but its arguments. A
run that fails is counted, and so is an input that an earlier run made.

Examples:
  riddle inputs problem --explain
  riddle inputs problem -n 100 --oracle slow_but_right.py -o tests
  riddle inputs problem --generator gen.cpp --generator-args '10 {seed}' --validate

Exit code: 0 if there are inputs, 1 if none could be made, 2 if it could not be done.")]
pub(crate) struct InputsArgs {
    /// The problem's folder
    #[arg(value_name = "PROBLEM")]
    problem: PathBuf,
    /// Inputs to make, at most
    #[arg(short = 'n', value_name = "N", default_value_t = 50)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=10_000))]
    n: u32,
    /// Seed of everything random
    #[arg(long, value_name = "SEED", default_value_t = 0)]
    seed: u64,
    /// Mutate the public inputs alone, as AlphaCode did
    #[arg(long)]
    mutations_only: bool,
    /// Print the grammar and no inputs
    #[arg(long, conflicts_with_all = ["oracle", "folder", "generator", "validate"])]
    explain: bool,
    /// A program that prints an input, a file or a folder with all of its files
    #[arg(long, value_name = "FILE", conflicts_with = "mutations_only")]
    generator: Option<PathBuf>,
    /// Arguments of the generator, parted at white space; given several times, one a run in turn; `{seed}` is a number
    /// of the run's own, which is one more argument where none of them has it, since testlib's generators
    /// draw by what their arguments are
    #[arg(
        long,
        value_name = "ARGS",
        requires = "generator",
        allow_hyphen_values = true
    )]
    generator_args: Vec<String>,
    /// Leave out inputs that the problem's own validators refuse or cannot judge
    #[arg(long)]
    validate: bool,
    /// A program whose answers are taken for right; it must pass the public tests
    #[arg(long, value_name = "FILE")]
    oracle: Option<PathBuf>,
    /// Folder to write `001.in`, `001.ans` and so on to, new or empty
    #[arg(short = 'o', long = "output", value_name = "DIR")]
    folder: Option<PathBuf>,
    #[command(flatten)]
    reading: ProblemArgs,
    #[command(flatten)]
    sandbox: SandboxArgs,
    #[command(flatten)]
    output: FormatArgs,
}

/// What `--format json` prints.
#[derive(Serialize)]
struct Listed<'a> {
    problem: &'a str,
    grammar: Option<&'a str>,
    inputs: Vec<ListedInput<'a>>,
}

/// A line of `--format jsonl`, and of `provenance.jsonl`.
#[derive(Serialize)]
struct ListedInput<'a> {
    name: String,
    origin: &'a str,
    bytes: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
}

/// What `provenance.jsonl` begins with.
#[derive(Serialize)]
struct Provenance<'a> {
    riddle: &'static str,
    problem: &'a str,
    seed: u64,
    grammar: Option<&'a str>,
    generator: Option<String>,
    oracle: Option<String>,
}

pub(crate) fn inputs(args: &InputsArgs, printer: Printer) -> anyhow::Result<Exit> {
    let problem = LoadedProblem::load(&args.problem, &args.reading.load_options())?;
    let config = SearchConfig {
        n_inputs: args.n as usize,
        seed: args.seed,
        inputs: if args.mutations_only {
            InputWay::Mutations
        } else {
            InputWay::Inferred
        },
        default_time_limit: args.reading.default_time_limit,
        ..SearchConfig::default()
    };
    let set = make(args, &problem, &config, printer)?;
    if args.explain {
        return explain(&set, printer);
    }
    if let Err(reason) = &set.grammar
        && !args.mutations_only
        && args.generator.is_none()
    {
        printer.warn(&format!("inputs are mutations alone: {reason}"));
    }
    warn_of_left_out(&set, printer);
    if !set.unanswered.is_empty() {
        let n = counted(set.unanswered.len() as u64, "input");
        let (_, ending) = &set.unanswered[0];
        printer.warn(&format!(
            "{n} left out: the oracle has no answer (the first ends with `{ending}`)"
        ));
    }
    match &args.folder {
        Some(folder) => write(&set, &problem.task.id, args, folder, printer)?,
        None => print(&set, &problem.task.id, args.output.format, printer)?,
    }
    Ok(Exit::answer(!set.tests.is_empty()))
}

/// Makes the tests with all the programs that the user named.
fn make(
    args: &InputsArgs,
    problem: &LoadedProblem,
    config: &SearchConfig,
    printer: Printer,
) -> anyhow::Result<TestSet> {
    let needs_sandbox = args.oracle.is_some() || args.generator.is_some() || args.validate;
    let sandbox = needs_sandbox.then(|| args.sandbox.open(1, args.seed));
    let sandbox = sandbox.transpose()?;
    let generator = args.generator.as_deref().map(given).transpose();
    let generator = generator.context("could not read the generator")?;
    let oracle = args.oracle.as_deref().map(read_oracle).transpose()?;
    let validators = match sandbox.as_ref().filter(|_| args.validate) {
        Some(sandbox) => {
            let problem = problems::load(&args.problem, &args.reading.load_options())?;
            let limits = &problem.task.judging.limits;
            Some(Validators::prepare(sandbox, &problem.validation, limits)?)
        }
        None => None,
    };
    if let Some(validators) = &validators {
        if validators.is_empty() {
            printer.warn("the problem has no input validators: every input is kept");
        }
        validators.unusable().for_each(|it| printer.warn(&it));
    }
    let source = TestSource {
        sandbox: sandbox.as_ref(),
        generator: generator.as_ref().map(|program| Generator {
            program,
            arguments: &args.generator_args,
        }),
        validators: validators.as_ref(),
        oracle: oracle.as_ref().map(|it| Oracle {
            name: &it.name,
            language: it.language,
            source: &it.source,
        }),
    };
    Ok(make_tests(&problem.task, config, &source)?)
}

/// A program whose answers are taken for right, as it was read.
struct ReadOracle {
    name: String,
    language: Language,
    source: Vec<u8>,
}

fn read_oracle(path: &Path) -> anyhow::Result<ReadOracle> {
    let source = fs_err::read(path).context("could not read the oracle")?;
    let name = path.display().to_string();
    let language = Language::from_path(path)
        .ok_or_else(|| UsageError::new(format!("`{name}` is in no language that we know")))?;
    Ok(ReadOracle {
        name,
        language,
        source,
    })
}

/// Says what is not among the inputs, with the first reason of each kind.
fn warn_of_left_out(set: &TestSet, printer: Printer) {
    let warn = |LeftOut { n, first }: &LeftOut, noun, what| {
        if let Some(first) = first {
            let n = counted(*n, noun);
            printer.warn(&format!("{n} {what} (the first: {first})"));
        }
    };
    warn(&set.failed, "run", "of the generator failed");
    if set.n_duplicates > 0 {
        let n = counted(set.n_duplicates, "run");
        printer.warn(&format!("{n} of the generator made what was there"));
    }
    warn(&set.refused, "input", "left out: refused by a validator");
    warn(&set.unknown, "input", "left out: a validator cannot judge");
}

fn explain(set: &TestSet, printer: Printer) -> anyhow::Result<Exit> {
    match &set.grammar {
        Ok(grammar) => {
            printer.data(grammar)?;
            Ok(Exit::answer(true))
        }
        Err(reason) => {
            printer.warn(&format!("there is no grammar: {reason}"));
            Ok(Exit::answer(false))
        }
    }
}

fn name(index: usize) -> String {
    format!("{:03}", index + 1)
}

fn listed(index: usize, test: &MadeTest, has_texts: bool) -> ListedInput<'_> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    ListedInput {
        name: name(index),
        origin: &test.origin,
        bytes: test.input.len(),
        input: has_texts.then(|| text(&test.input)),
        answer: test.answer.as_deref().filter(|_| has_texts).map(text),
    }
}

fn print(set: &TestSet, problem: &str, format: Format, printer: Printer) -> anyhow::Result<()> {
    let mut all = set.tests.iter().enumerate();
    match format {
        Format::Human => {
            let columns = [
                ("input", Side::Left),
                ("bytes", Side::Right),
                ("made by", Side::Left),
                ("text", Side::Left),
            ];
            let mut table = Table::new(&columns);
            for (index, test) in all {
                let text = String::from_utf8_lossy(&test.input);
                let text = text.trim_end().escape_debug().to_string();
                let mut shown: String = text.chars().take(SHOWN).collect();
                if shown.len() < text.len() {
                    shown.push('…');
                }
                let cells: [Cell; 4] = [
                    name(index).into(),
                    test.input.len().to_string().into(),
                    test.origin.clone().into(),
                    shown.into(),
                ];
                table.row(cells);
            }
            printer.data(table.take(&printer))
        }
        Format::Json => {
            let listed = Listed {
                problem,
                grammar: set.grammar.as_deref().ok(),
                inputs: all.map(|(index, test)| listed(index, test, true)).collect(),
            };
            printer.json(format, &listed)
        }
        Format::Jsonl => {
            all.try_for_each(|(index, test)| printer.json(format, &listed(index, test, true)))
        }
    }
}

/// Writes the inputs and answers, and where they come from.
fn write(
    set: &TestSet,
    problem: &str,
    args: &InputsArgs,
    folder: &Path,
    printer: Printer,
) -> anyhow::Result<()> {
    fs_err::create_dir_all(folder)?;
    if fs_err::read_dir(folder)?.next().is_some() {
        let message = format!("`{}` is not empty", folder.display());
        return Err(UsageError::new(message)
            .with_hint("name a folder that is new or empty")
            .into());
    }
    let first = Provenance {
        riddle: env!("CARGO_PKG_VERSION"),
        problem,
        seed: args.seed,
        grammar: set.grammar.as_deref().ok(),
        generator: args.generator.as_ref().map(|it| it.display().to_string()),
        oracle: args.oracle.as_ref().map(|it| it.display().to_string()),
    };
    let mut provenance = serde_json::to_string(&first)?;
    provenance.push('\n');
    for (index, test) in set.tests.iter().enumerate() {
        let name = name(index);
        fs_err::write(folder.join(format!("{name}.in")), &test.input)?;
        if let Some(answer) = &test.answer {
            fs_err::write(folder.join(format!("{name}.ans")), answer)?;
        }
        provenance.push_str(&serde_json::to_string(&listed(index, test, false))?);
        provenance.push('\n');
    }
    fs_err::write(folder.join("provenance.jsonl"), provenance)?;
    let n = counted(set.tests.len() as u64, "input");
    printer.note(&format!("wrote {n} to {}", folder.display()));
    Ok(())
}
