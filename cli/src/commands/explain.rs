//! `riddle explain`: what the public tests alone would have sent, and what clustering sent.

use std::{fmt::Write as _, path::PathBuf};

use clap::Args;
use riddle_engine::{Did, Explained, Explanation, RunFiles, explain};
use serde::Serialize;

use crate::{
    args::{FormatArgs, SandboxArgs},
    exit::Exit,
    printer::{Format, Printer, Tone},
    text::{clean, count, counted},
};

/// Lines of a program, an input or an output that are shown.
const SHOWN_LINES: usize = 24;

/// Show what the public tests alone would have sent, and what clustering sent
#[derive(Args, Debug)]
#[command(after_help = "\
Takes the earliest candidate that passes the public tests and the first submission of a recorded run,
and runs both on the generated inputs until they differ. Without a problem it shows the first one where
the earliest candidate is wrong and the submission is right.

Examples:
  riddle explain runs/batch-1
  riddle explain runs/batch-1 even-sum

Exit code: 0 if there is something to show, else 1.")]
pub(crate) struct ExplainArgs {
    /// Folder of a run
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// Id of the problem [default: the first where clustering made the difference]
    #[arg(value_name = "PROBLEM")]
    problem: Option<String>,
    #[command(flatten)]
    sandbox: SandboxArgs,
    #[command(flatten)]
    output: FormatArgs,
}

/// What `--format json` prints.
#[derive(Serialize)]
struct Explanations<'a> {
    explanation: Option<&'a Explanation>,
}

pub(crate) fn explain_run(args: &ExplainArgs, printer: Printer) -> anyhow::Result<Exit> {
    let files = RunFiles::read(&args.run)?;
    let sandbox = args.sandbox.open(1, 0)?;
    let explanation = if let Some(problem) = &args.problem {
        explain(&sandbox, &args.run, problem)?
    } else {
        let mut found = None;
        for report in files.report.problems() {
            found = explain(&sandbox, &args.run, &report.problem)?
                .filter(Explanation::shows_the_effect);
            if found.is_some() {
                break;
            }
        }
        found
    };
    match (args.output.format, &explanation) {
        (Format::Human, Some(explanation)) => printer.data(human(printer, explanation))?,
        (Format::Human, None) => printer.note(match args.problem {
            Some(_) => "no candidate passed the public tests",
            None => "there is no problem where the earliest survivor is wrong and the first submission right",
        }),
        (format, explanation) => {
            let explanation = explanation.as_ref();
            printer.json(format, &Explanations { explanation })?;
        }
    }
    Ok(Exit::answer(explanation.is_some()))
}

fn human(printer: Printer, explanation: &Explanation) -> String {
    let Explanation {
        problem,
        n_survivors,
        n_clusters,
        earliest,
        sent,
        difference,
    } = explanation;
    let mut out = format!(
        "{}  {} of the public tests in {}\n",
        printer.tinted(Tone::Heading, &clean(problem)),
        counted(*n_survivors, "survivor"),
        counted(*n_clusters, "cluster"),
    );
    program(
        printer,
        &mut out,
        "the public tests alone would have sent",
        earliest,
    );
    program(printer, &mut out, "clustering sent first", sent);
    match difference {
        None => out += "\n  both do the same on every generated input\n",
        Some(difference) => {
            out += "\n  on this generated input\n";
            block(&mut out, &difference.input);
            did(&mut out, "the former", &difference.earliest);
            did(&mut out, "the latter", &difference.sent);
        }
    }
    out
}

fn program(printer: Printer, out: &mut String, title: &str, program: &Explained) {
    let verdict = match program.verdict {
        None => String::new(),
        Some(verdict) => {
            let tone = match verdict.as_str() {
                "AC" => Tone::Good,
                _ => Tone::Bad,
            };
            format!(": {}", printer.tinted(tone, verdict.as_str()))
        }
    };
    let _ = writeln!(
        out,
        "\n  {title} {}, of cluster {} with {}{verdict}",
        clean(&program.candidate),
        count(program.cluster),
        counted(program.cluster_size, "candidate"),
    );
    block(out, &program.source);
}

fn did(out: &mut String, who: &str, did: &Did) {
    match did.ending {
        "ok" => {
            let _ = writeln!(out, "  {who} prints");
            block(out, &did.stdout);
        }
        ending => {
            let _ = writeln!(out, "  {who} ends with `{ending}`");
        }
    }
}

/// Writes a text that somebody else wrote, indented and cut.
fn block(out: &mut String, text: &str) {
    let text = clean(text);
    for line in text.lines().take(SHOWN_LINES) {
        let _ = writeln!(out, "      {line}");
    }
    if text.lines().count() > SHOWN_LINES {
        *out += "      …\n";
    }
}
