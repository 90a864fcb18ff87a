//! `riddle evaluate`: selection rules measured over recorded runs. Runs no program.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use riddle_engine::{
    EvaluateOptions, EvaluationReport, InputOrder, evaluate, explain_clusters, export_matrix,
    rule_names,
};
use serde::Serialize;

use crate::{
    args::{DrawArgs, FormatArgs},
    commands::evaluate_tables::{explanation, tables},
    errors::UsageError,
    exit::Exit,
    printer::{Format, Printer},
    text::counted,
};

/// Problems that are named where some have no verdicts.
const NAMED_PROBLEMS: usize = 5;

/// Measure selection rules over recorded runs
#[derive(Args, Debug)]
#[command(after_help = "\
Nothing is run: what programs did and what the private tests said of them is taken from the runs.
For each rule: the problems that it solves with all candidates; `N@K`, the chance that it solves a
problem with K candidates drawn from those of the run and N submissions, the sample clustered anew
for each draw; and the gap to a perfect choice, `oracle`, which for K candidates is pass@K. Means
are over the problems with verdicts, intervals at 95 %. The first rule is the one others are
compared with.

Rules: riddle alphacode alphacode2 mbr-exec fmv codet codet-sqrt b4 maxpass srank random first

Examples:
  riddle evaluate runs/batch-1
  riddle evaluate runs/* --rules alphacode,riddle --submissions 1,10 --k 10,100,1000
  riddle evaluate runs/batch-1 --inputs 1,5,10,20,50
  riddle evaluate runs/batch-1 --explain even-sum
  riddle evaluate runs/* --export matrix.parquet
  riddle evaluate runs/batch-1 --format json | jq '.table[] | {rule, n_solved}'

Exit code: 0 if something was measured, 1 if no problem has verdicts.")]
pub(crate) struct EvaluateArgs {
    /// Folders of runs
    #[arg(value_name = "RUN", required_unless_present = "import")]
    runs: Vec<PathBuf>,
    /// Rules, by name, or `all`
    #[arg(
        long,
        value_name = "RULE",
        value_delimiter = ',',
        default_value = "all"
    )]
    #[arg(help_heading = "Measuring")]
    rules: Vec<String>,
    /// Candidates to draw from those of a problem [default: 1, 10, 100, … as far as there are]
    #[arg(
        long,
        value_name = "K",
        value_delimiter = ',',
        help_heading = "Measuring"
    )]
    k: Vec<u64>,
    /// Submissions allowed, a table each
    #[arg(long, value_name = "N", value_delimiter = ',', default_value = "10")]
    #[arg(help_heading = "Measuring")]
    submissions: Vec<usize>,
    #[command(flatten)]
    drawing: DrawArgs,
    /// Cluster on the first N of the generated inputs as well, a column each
    #[arg(
        long,
        value_name = "N",
        value_delimiter = ',',
        help_heading = "Measuring"
    )]
    inputs: Vec<usize>,
    /// Which inputs are the first
    #[arg(long, value_name = "ORDER", value_enum, default_value_t = Order::Recorded)]
    #[arg(help_heading = "Measuring", requires = "inputs")]
    input_order: Order,
    /// Measure over this Parquet file as well, as `--export` writes it; may be given several times
    #[arg(long, value_name = "FILE", help_heading = "Parquet")]
    import: Vec<PathBuf>,
    /// Write what the programs of the runs did to this new Parquet file, and measure nothing
    #[arg(long, value_name = "FILE", help_heading = "Parquet")]
    #[arg(conflicts_with_all = ["import", "explain"])]
    export: Option<PathBuf>,
    /// Show this problem's clusters, what each rule picks, and inputs that tell the clusters apart
    #[arg(
        long,
        value_name = "PROBLEM",
        help_heading = "Output",
        conflicts_with = "import"
    )]
    explain: Option<String>,
    #[command(flatten)]
    output: FormatArgs,
}

/// Which inputs are the first.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Order {
    /// As they were generated.
    Recorded,
    /// Those that tell the most candidates apart, in hindsight.
    Cover,
}

/// What `--explain` prints as JSON.
#[derive(Serialize)]
struct Explanations<T> {
    explanations: Vec<T>,
}

impl EvaluateArgs {
    fn options(&self) -> EvaluateOptions {
        let mut rules: Vec<String> = Vec::new();
        for rule in &self.rules {
            match rule.as_str() {
                "all" => rules.extend(rule_names().map(str::to_owned)),
                _ => rules.push(rule.clone()),
            }
        }
        EvaluateOptions {
            rules,
            ks: self.k.clone(),
            n_submissions: self.submissions.clone(),
            n_draws: self.drawing.draws,
            seed: self.drawing.seed,
            n_inputs: self.inputs.clone(),
            input_order: match self.input_order {
                Order::Recorded => InputOrder::Recorded,
                Order::Cover => InputOrder::Cover,
            },
        }
    }
}

pub(crate) fn evaluate_runs(args: &EvaluateArgs, printer: Printer) -> anyhow::Result<Exit> {
    if let Some(problem) = &args.explain {
        return explain(args, problem, printer);
    }
    if let Some(file) = &args.export {
        let n_rows = export_matrix(&args.runs, file)?;
        printer.note(&format!(
            "wrote {} to {}",
            counted(n_rows, "row"),
            file.display()
        ));
        return Ok(Exit::Done);
    }
    let report = evaluate(&args.runs, &args.import, &args.options())?;
    match args.output.format {
        Format::Human => printer.data(tables(printer, &report))?,
        format => printer.json(format, &report)?,
    }
    for warning in &report.warnings {
        printer.warn(warning);
    }
    tell_unscored(printer, &report);
    Ok(Exit::answer(report.n_scored > 0))
}

/// Says which problems are in no mean, why, and what can be done about it.
fn tell_unscored(printer: Printer, report: &EvaluationReport) {
    let unscored = || {
        let problems = report.problems.iter();
        problems.filter_map(|it| Some((&*it.run, it.unscored?, &*it.problem)))
    };
    let mut kinds: Vec<_> = unscored().map(|(run, why, _)| (run, why)).collect();
    kinds.dedup();
    for (run, why) in kinds {
        let names: Vec<&str> = unscored()
            .filter(|it| (it.0, it.1) == (run, why))
            .map(|it| it.2)
            .collect();
        let mut named = names[..names.len().min(NAMED_PROBLEMS)].join(", ");
        if names.len() > NAMED_PROBLEMS {
            named += ", …";
        }
        printer.warn(&format!(
            "{run}: {} not measured, {}: {named}",
            counted(names.len() as u64, "problem"),
            why.reason(),
        ));
        if let Some(hint) = why.hint(run) {
            printer.hint(&hint);
        }
    }
}

fn explain(args: &EvaluateArgs, problem: &str, printer: Printer) -> anyhow::Result<Exit> {
    let options = args.options();
    let mut explanations = Vec::new();
    for run in &args.runs {
        explanations.extend(explain_clusters(run, problem, &options)?);
    }
    if explanations.is_empty() {
        let none = if args.runs.len() == 1 {
            "the run has"
        } else {
            "the runs have"
        };
        return Err(UsageError::new(format!("{none} no problem `{problem}`")).into());
    }
    match args.output.format {
        Format::Human => {
            for it in &explanations {
                printer.data(explanation(printer, it))?;
            }
        }
        format => printer.json(
            format,
            &Explanations {
                explanations: explanations.iter().collect(),
            },
        )?,
    }
    let has_survivors = explanations.iter().any(|it| it.n_survivors > 0);
    Ok(Exit::answer(has_survivors))
}
