//! `riddle check`: an expected and an actual output, and what the checkers say of them. Runs nothing.

use std::{
    error::Error,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use clap::Args;
use riddle_engine::problems::{Checker, CheckerError, Difference, Judgement};
use serde::Serialize;

use super::run::read_bounded;
use crate::{
    args::FormatArgs,
    errors::UsageError,
    exit::Exit,
    printer::{Format, Printer, Tone},
    table::{Cell, Side, Table},
};

/// Bytes of an output that are read: 256 MiB, as of a test.
const MAX_OUTPUT_BYTES: u64 = 256 << 20;

/// Compare two outputs as a judge or a harness does
#[derive(Args, Debug)]
#[command(after_help = "\
Shows the first place where the actual output is not what the rule expects. A rule may also
refuse the expected output, and then nothing is judged.

Profiles:
  tokens                       the same tokens byte for byte
  kattis [FLAGS]               the default validator of Kattis; the flags are in docs/formats.md
  testlib:<NAME>               a checker that testlib ships: testlib:wcmp, testlib:rcmp6, …
  dmoj:<NAME> [PRECISION]      a checker of DMOJ: dmoj:standard, dmoj:floats 4, …
  alphacode, alphacodium, apps, evalplus, lcb, open-r1, sandboxfusion, verl, verl:prime
                               harnesses of models' evaluation and training

Examples:
  riddle check 1.ans 1.out
  riddle run mine.py < 1.in | riddle check 1.ans - --profile 'kattis float_tolerance 1e-6'
  riddle check 1.ans 1.out --profiles

Exit code: 0 if the profile accepts, 1 if it rejects, 2 if it could not judge.")]
pub(crate) struct CheckArgs {
    /// The expected output; `-` is standard input
    #[arg(value_name = "EXPECTED")]
    expected: PathBuf,
    /// The actual output; `-` is standard input
    #[arg(value_name = "ACTUAL")]
    actual: PathBuf,
    /// The rule, by its name
    #[arg(long, value_name = "NAME", default_value = "tokens", value_parser = profile)]
    profile: Checker,
    /// Show what every profile says
    #[arg(long)]
    profiles: bool,
    #[command(flatten)]
    output: FormatArgs,
}

/// What one profile says, as `--format json` prints it.
#[derive(Serialize)]
struct Checked {
    profile: Checker,
    rule: &'static str,
    accepted: bool,
    difference: Option<Difference>,
}

/// What `--format json` prints for all of them.
#[derive(Serialize)]
struct AllChecked {
    profiles: Vec<Checked>,
}

pub(crate) fn check(args: &CheckArgs, printer: Printer) -> anyhow::Result<Exit> {
    if [&args.expected, &args.actual].map(|it| is_stdin(it)) == [true, true] {
        return Err(UsageError::new("both outputs are to be read from standard input").into());
    }
    let expected = read(&args.expected).context("could not read the expected output")?;
    let actual = read(&args.actual).context("could not read the actual output")?;
    let judge = |profile: Checker| {
        let Judgement {
            accepted,
            difference,
        } = profile.judge(&expected, &actual);
        Checked {
            rule: profile.rule(),
            profile,
            accepted,
            difference,
        }
    };
    let checked = judge(args.profile);
    let exit = exit_of(&checked);
    let format = args.output.format;
    if args.profiles {
        let mut profiles = Checker::profiles();
        if !profiles.contains(&args.profile) {
            profiles.insert(0, args.profile);
        }
        print_all(printer, format, profiles.into_iter().map(judge).collect())?;
    } else if format == Format::Human {
        let (tone, mark) = mark(&checked);
        let mark = printer.tinted(tone, mark);
        let difference = checked.difference.map(|it| format!(": {it}"));
        let difference = difference.unwrap_or_default();
        printer.data(format!("{mark} by {}{difference}\n", checked.profile))?;
    } else {
        printer.json(format, &checked)?;
    }
    Ok(exit)
}

fn print_all(printer: Printer, format: Format, profiles: Vec<Checked>) -> anyhow::Result<()> {
    match format {
        Format::Human => {
            let columns = ["profile", "says", "the first difference, or the rule"];
            let mut table = Table::new(&columns.map(|it| (it, Side::Left)));
            for checked in &profiles {
                let (tone, mark) = mark(checked);
                let difference = checked.difference.as_ref().map(ToString::to_string);
                let text = difference.unwrap_or_else(|| checked.rule.to_owned());
                let name = checked.profile.to_string();
                let mark = Cell::toned(tone, mark);
                table.row([name.into(), mark, text.into()]);
            }
            printer.data(table.take(&printer))
        }
        Format::Json => printer.json(format, &AllChecked { profiles }),
        Format::Jsonl => profiles
            .iter()
            .try_for_each(|checked| printer.json(format, checked)),
    }
}

fn mark(checked: &Checked) -> (Tone, &'static str) {
    match &checked.difference {
        None => (Tone::Good, "accepted"),
        Some(it) if it.answer_at_fault => (Tone::Warning, "not judged"),
        Some(_) => (Tone::Bad, "rejected"),
    }
}

fn exit_of(checked: &Checked) -> Exit {
    match &checked.difference {
        Some(it) if it.answer_at_fault => Exit::CouldNot,
        difference => Exit::answer(difference.is_none()),
    }
}

fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    if is_stdin(path) {
        return read_bounded(std::io::stdin().lock(), MAX_OUTPUT_BYTES);
    }
    read_bounded(fs_err::File::open(path)?, MAX_OUTPUT_BYTES)
}

/// Reads the name of a profile; an error tells all of its causes.
fn profile(text: &str) -> Result<Checker, String> {
    text.parse().map_err(|error: CheckerError| {
        let cause = error.source().map(|it| format!(": {it}"));
        format!("{error}{}", cause.unwrap_or_default())
    })
}
